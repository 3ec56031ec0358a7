"""The watched symbols on one return basis: their fold, its history, and every metric at any session of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from core.metrics.fold import KEPT, History, ScreenFold
from core.panel import Floats, LiveRow, Panel


class ScreenHistory:
    """Folds the finished sessions of `panel` once; `history` keeps `names` of them. See `ScreenFold` for the rest."""

    def __init__(self, panel: Panel, *, benchmark: int, doubtful: Sequence[int], names: Iterable[str] = KEPT) -> None:
        self.panel = panel
        self._benchmark = benchmark
        self._doubtful = doubtful
        self._fold = self._unfolded()
        self.history = History(panel, self._fold, names)

    def look(self, live: LiveRow | None) -> None:
        """Lay the session in progress on top, or take it off."""
        if live is None:
            self.history.drop_live()
        else:
            self.history.put_live(live.session, self._fold.read(self._fold.live_row(live)))

    def metrics(self, t: int) -> Mapping[str, Floats]:
        """Every metric of row t, (N,) each."""
        history = self.history
        return history.latest if t == history.size - 1 else history.at(t) | self._others.at(t)

    @cached_property
    def _others(self) -> History:
        """The metrics that are shown and nothing looks back on: read when somebody first looks at an earlier session.

        They would more than double the memory of a history of which most screens show the last session only.
        """
        kept = self.history.at(0)
        return History(self.panel, self._unfolded(), [name for name in self.history.latest if name not in kept])

    def _unfolded(self) -> ScreenFold:
        return ScreenFold(self.panel, benchmark=self._benchmark, doubtful=self._doubtful)
