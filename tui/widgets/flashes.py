"""Which cells of a table show that they have just changed, and until when. Pure: the caller brings the time."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Final

from tui.widgets.table_model import Change

NONE: Final[Mapping[str, Change]] = {}


class Flashes:
    """Changes by row and column, and the end of each; ends are added in rising order."""

    def __init__(self) -> None:
        self._changes: dict[str, dict[str, Change]] = {}
        self._ends: dict[str, dict[str, float]] = {}
        self._queue: deque[tuple[float, str]] = deque()

    def of(self, row: str) -> Mapping[str, Change]:
        """The changes to show in a row, by column."""
        return self._changes.get(row, NONE)

    @property
    def next_end(self) -> float | None:
        """When the oldest flash ends; None without any."""
        while self._queue and self._superseded(*self._queue[0]):
            self._queue.popleft()
        return self._queue[0][0] if self._queue else None

    def add(self, row: str, changes: Mapping[str, Change], end: float) -> None:
        """Show `changes` of a row, by column ("" is none), until `end`, which is not before any end given so far."""
        lit = {column: change for column, change in changes.items() if change}
        if lit:
            self._changes.setdefault(row, {}).update(lit)
            self._ends.setdefault(row, {}).update(dict.fromkeys(lit, end))
            self._queue.append((end, row))

    def expire(self, now: float) -> set[str]:
        """Forget what has ended by `now`, and name its rows."""
        over = set()
        while (end := self.next_end) is not None and end <= now:
            over.add(self._queue.popleft()[1])
        for row in over:
            self._ends[row] = {column: end for column, end in self._ends[row].items() if end > now}
            self._changes[row] = {column: self._changes[row][column] for column in self._ends[row]}
            if not self._ends[row]:
                del self._ends[row], self._changes[row]
        return over

    def _superseded(self, end: float, row: str) -> bool:
        """Whether every cell of a row that was to end then has been lit again since."""
        return end not in self._ends[row].values()
