"""What a pipeline answers from its last refresh, for the charts of the screen; nobody is asked for it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from core import charts
from core.errors import NoDataError
from core.i18n import _
from core.universe import Universe

if TYPE_CHECKING:
    from core.engine import Engine
    from core.series import GaugeSeries, Leaders, Lines, PriceSeries, RatioSeries, Timeline

T = TypeVar("T")


class Answers(ABC):
    """That part of a `core.pipeline.Pipeline`."""

    _universe: Universe

    @abstractmethod
    def _answer(self, question: Callable[[Engine], T]) -> T: ...

    def leaders(self, window: str) -> tuple[Leaders, ...]:
        """Who led each ranked group by `window` over the past year, one result for each. Raises NoDataError."""
        ranked = [group for group in self._universe.groups if group.ranked]
        return self._answer(lambda e: tuple(charts.leaders(e.shown, e.columns, group, window) for group in ranked))

    def ratio(self, above: str, below: str) -> RatioSeries:
        """The ratio of two watched symbols over the past year. Raises NoDataError."""
        self._watched(above, below)
        return self._answer(lambda e: charts.ratio_series(e.shown, e.columns, above, below))

    def prices(self, symbol: str) -> PriceSeries:
        """The bars of one watched symbol over the past year. Raises NoDataError."""
        self._watched(symbol)
        return self._answer(lambda e: charts.price_series(e.history, e.panel, symbol))

    def lines(self, symbols: Sequence[str]) -> Lines:
        """Watched symbols over the past year from one base. Raises NoDataError."""
        return self._answer(lambda e: charts.lines(e.shown, e.columns, symbols))

    def timeline(self) -> Timeline:
        """The states of the rules over the past year. Raises NoDataError."""
        return self._answer(lambda e: charts.timeline(e.board))

    def gauge(self, rule_id: str, subject: str) -> GaugeSeries | None:
        """The number that decides a rule over the past year; None where no single one does. Raises NoDataError."""
        return self._answer(lambda e: e.board.gauge_series(rule_id, subject))

    def _watched(self, *symbols: str) -> None:
        for symbol in set(symbols).difference(self._universe.symbols):
            raise NoDataError(_("{symbol} is not watched").format(symbol=symbol), _("add it under [watchlist]"))
