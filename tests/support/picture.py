"""A terminal screen as a PNG: cells painted one by one, in the font that comes with matplotlib, without a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import matplotlib as mpl
from PIL import Image, ImageDraw, ImageFont
from rich.cells import cell_len
from rich.color import Color
from rich.style import Style
from rich.terminal_theme import MONOKAI
from textual.strip import Strip

WIDTH, HEIGHT, FONT = 9, 18, 15
"""Pixels of a cell and of the letters in it."""
COLOURS: Final = 128
"""Of a picture: enough for a theme with its blended grounds, and a third of the bytes."""
FULL: Final = 0x2588
BRAILLE: Final = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
"""Column and row of the dot that each bit of a braille sign stands for."""

Rgb = tuple[int, int, int]


class Box(NamedTuple):
    """The corners of a cell, both inside."""

    left: int
    top: int
    right: int
    bottom: int


def save(strips: Sequence[Strip], size: tuple[int, int], ground: Rgb, text: Rgb, path: Path) -> None:
    """Paint `size` cells (columns, lines); `ground` and `text` are the colours where a cell names none."""
    image = Image.new("RGB", (size[0] * WIDTH, size[1] * HEIGHT), ground)
    draw = ImageDraw.Draw(image)
    for y, strip in enumerate(strips[: size[1]]):
        for x, sign, style in _cells(strip):
            _paint(draw, (x, y), sign, style, (ground, text))
    image.quantize(COLOURS, kmeans=1, dither=Image.Dither.NONE).save(path, optimize=True)


def _cells(strip: Strip) -> Iterator[tuple[int, str, Style]]:
    """Column, sign and style of every cell that holds the beginning of a sign."""
    x = 0
    for segment in strip:
        for sign in segment.text:
            yield x, sign, segment.style or Style.null()
            x += cell_len(sign)


def _paint(draw: ImageDraw.ImageDraw, at: tuple[int, int], sign: str, style: Style, usual: tuple[Rgb, Rgb]) -> None:
    ground, ink = _rgb(style.bgcolor, usual[0]), _rgb(style.color, usual[1])
    if style.reverse:
        ground, ink = ink, ground
    if style.dim:
        ink = (ink[0] * 3 // 5, ink[1] * 3 // 5, ink[2] * 3 // 5)
    left, top = at[0] * WIDTH, at[1] * HEIGHT
    cell = Box(left, top, left + WIDTH * max(1, cell_len(sign)) - 1, top + HEIGHT - 1)
    draw.rectangle(cell, ground)
    if sign.strip() and not _drawn(draw, cell, sign, ink):
        draw.text((left, top), sign, ink, font=_font(bold=bool(style.bold)))
    if style.underline:
        draw.line((cell.left, cell.bottom - 1, cell.right, cell.bottom - 1), ink)


def _drawn(draw: ImageDraw.ImageDraw, cell: Box, sign: str, ink: Rgb) -> bool:
    """Draw a sign that has to join its neighbours, as terminals do; False for all others."""
    code = ord(sign)
    if 0x2581 <= code <= FULL:  # lower eighths
        draw.rectangle(cell._replace(top=cell.bottom + 1 - HEIGHT * (code - 0x2580) // 8), ink)
    elif FULL < code <= 0x258F:  # left eighths
        draw.rectangle(cell._replace(right=cell.left - 1 + max(1, WIDTH * (0x2590 - code) // 8)), ink)
    elif sign in "▀▔":
        draw.rectangle(cell._replace(bottom=cell.top - 1 + HEIGHT // (2 if sign == "▀" else 8)), ink)
    elif sign in "▐▕":
        draw.rectangle(cell._replace(left=cell.right + 1 - WIDTH // (2 if sign == "▐" else 8)), ink)
    elif 0x2800 <= code <= 0x28FF:
        for bit, (across, down) in enumerate(BRAILLE):
            if code >> bit & 1:
                x, y = cell.left + 1 + across * (WIDTH // 2), cell.top + 1 + down * HEIGHT // 4
                draw.rectangle((x, y, x + 1, y + 1), ink)
    else:
        return False
    return True


def _rgb(color: Color | None, usual: Rgb) -> Rgb:
    if color is None or color.is_default:
        return usual
    red, green, blue = color.get_truecolor(MONOKAI)
    return red, green, blue


@cache
def _font(*, bold: bool) -> ImageFont.FreeTypeFont:
    name = "DejaVuSansMono-Bold.ttf" if bold else "DejaVuSansMono.ttf"
    return ImageFont.truetype(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / name), FONT)
