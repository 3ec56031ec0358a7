"""Aligned columns of plain text."""

from __future__ import annotations

from collections.abc import Container, Sequence

from rich.cells import cell_len


def aligned(lines: Sequence[Sequence[str]], left: Container[int]) -> str:
    """The lines, the heading first, as wide as their cells ask; columns in `left` flush left, the others right."""
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]

    def set_to(cell: str, width: int, column: int) -> str:
        room = " " * (width - cell_len(cell))
        return cell + room if column in left else room + cell

    return "\n".join(
        "  ".join(set_to(cell, width, k) for k, (cell, width) in enumerate(zip(line, widths, strict=True))).rstrip()
        for line in lines
    )
