"""What outlives a refresh of the warnings: the journal is continued, and results of backtests come back."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from core.errors import StoreError
from core.journal import Entry, Key, Origin, chains, news
from core.model import Instant, Problem
from core.panel import Panel
from core.provenance import data_hash, rule_set
from core.rules.base_rates import Record
from core.rules.board import RuleBoard
from core.settings import Settings

if TYPE_CHECKING:
    from core.backtest.result import RuleResult
    from core.store import Store

_log = logging.getLogger(__name__)


class Chronicle:
    """The memory of one pipeline; without a `store` it only derives. Any thread may call it."""

    def __init__(self, store: Store | None, settings: Settings) -> None:
        self._store = store
        self._universe = settings.universe.breadth
        self._rule_set = rule_set(settings)
        self._written: RuleBoard | None = None

    @property
    def keeps(self) -> bool:
        """Whether there is a store that the journal is written to."""
        return self._store is not None

    def records(self) -> dict[Key, Record]:
        """The newest kept result by the rules in force, by rule and subject; none from a store that cannot be read.

        What is wrong with such a store is told by whatever is written to it next.
        """
        if self._store is None:
            return {}
        try:
            kept = self._store.backtests(self._rule_set)
        except StoreError as error:
            _log.debug("no results of backtests: %s", error)
            return {}
        return {key: result.record() for key, result in kept.items()}

    def keep(self, results: Sequence[RuleResult], at: Instant) -> None:
        """Keep the results of a backtest, where there is a store. Raises StoreWriteError."""
        if self._store is not None:
            self._store.put_backtests(results, at)

    def write(self, board: RuleBoard, panels: Iterable[Panel], at: Instant) -> tuple[Problem, ...]:
        """Continue the journal by what `board` tells, once; what a disk refused is tried again at the next call."""
        if self._store is None or board is self._written:
            return ()
        origin = self._origin(panels)
        try:
            self._store.write_journal(chains(board.courses, board.sessions, origin), origin, at)
        except StoreError as error:
            return (Problem.of_store(error),)
        self._written = board
        return ()

    def entries(self, board: RuleBoard, panels: Iterable[Panel], since: date | None) -> tuple[Entry, ...]:
        """The journal from session `since` on: as it is stored, or else as the replay of `board` derives it."""
        if self._store is not None:
            return self._store.journal(self._universe, since)
        origin = self._origin(panels)
        told = news(chains(board.courses, board.sessions, origin), {}, origin)
        return tuple(entry for entry in told if since is None or entry.session >= since)

    def _origin(self, panels: Iterable[Panel]) -> Origin:
        return Origin(self._universe, self._rule_set, data_hash(panels))
