"""From aligned bars to a snapshot; pure: no clock, no I/O, the same answer for the same input.

    1. align     core/panel.py          series of bars side by side on sessions
    2. fold      core/metrics/fold.py   every metric at every finished session, O(symbols) each
    3. replay    core/rules/board.py    every rule's state machine over those sessions, and the verdict's
    4. read      core/metrics/fold.py   the session in progress as one provisional row on top, if there is one
    5. judge     core/rules/board.py    the rules once more on that row, on copies: provisional states
    6. assemble  core/rows.py           rows, ranks, spreads, rotation, warnings -> core/snapshot.py
                 core/breadth_board.py, concentration_board.py, risk_board.py: what stands behind the funds
                 core/valuation_board.py: what they cost

Steps 1 to 3 are done once per finished session, steps 4 to 6 at every refresh.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Self

import msgspec
import numpy as np

from core import __version__
from core.breadth_board import BreadthBoard, BreadthUniverse
from core.comparison import rotation_block, spread_block
from core.concentration_board import ConcentrationBoard
from core.concentration_series import ConcentrationSeries
from core.fund_lines import FundLines
from core.metrics.fold import KEPT, History
from core.metrics.members import Members
from core.metrics.risk import Assets
from core.panel import LiveRow, Panel
from core.risk_board import RiskBoard
from core.rows import RowBuilder
from core.rules.base_rates import Record
from core.rules.board import RuleBoard, evaluated
from core.rules.market import Behind, SectorFunds
from core.rules.own import looked_back_on
from core.rules.verdict import SectorClasses
from core.screen_history import ScreenHistory
from core.settings import Basis, Settings
from core.snapshot import Rotation, Row, SectorRow, Snapshot
from core.universe import BENCHMARK, SECTORS, SPREADS, WATCHLIST, Universe, sector_class
from core.valuation import Fundamentals
from core.valuation_board import ValuationBoard
from core.valuation_series import ValuationSeries
from core.view import View


class Engine:
    """Everything known after the finished sessions of one panel, whose columns are the universe's symbols."""

    def __init__(
        self,
        universe: Universe,
        settings: Settings,
        panel: Panel,
        breadth: BreadthUniverse | None = None,
        lines: Mapping[str, FundLines] | None = None,
        *,
        fundamentals: Sequence[Fundamentals] | None = None,
        kept: Mapping[tuple[str, str], Record] | None = None,
    ) -> None:
        """`fundamentals`: the own daily snapshots, None where there is no source of them; `kept`: see `RuleBoard`."""
        lines = lines or {}
        self._universe, self._settings, self._panel = universe, settings, panel
        self._behind = (*(() if breadth is None else (breadth.panel,)), *(part.panel for part in lines.values()))
        self._columns = {symbol: column for column, symbol in enumerate(panel.symbols)}
        self._judged = self._folded(panel, (*KEPT, *looked_back_on(settings.rules)))
        self._history = self._judged.history
        self._folds: dict[Basis, ScreenHistory] = {"tr": self._judged}
        self._seen = self._seen_on(self.basis)
        classes = self._sector_classes(settings.metrics.scheme)
        assets = Assets(self._columns, classes.all, classes.cyclical, classes.defensive)
        self._risk = RiskBoard(self._history, assets)
        self._breadth = BreadthBoard(self._history, assets, breadth)
        self._concentration = ConcentrationBoard(self._history, assets, lines)
        series = None if fundamentals is None else ValuationSeries(fundamentals, settings.warnings.W12.snapshots)
        self._valuation = ValuationBoard(self._history, self._columns, series)
        if breadth is not None:
            classes = replace(classes, universe=breadth.id, participation=self._breadth.share_above_sma50)
        self._board = self._replayed(classes, kept)

    def on(self, basis: Basis) -> Self:
        """The same with returns shown on `basis`, folded at the first time; rules keep those they are defined on."""
        metrics = msgspec.structs.replace(self._settings.metrics, basis=basis)
        settings = msgspec.structs.replace(self._settings, metrics=metrics)
        other = copy(self)
        vars(other).update(_settings=settings, _seen=self._seen_on(basis))
        return other

    @property
    def history(self) -> History:
        """Every metric at every finished session, and at the provisional one last shown."""
        return self._history

    @property
    def board(self) -> RuleBoard:
        """The rules over the finished sessions."""
        return self._board

    @property
    def panels(self) -> tuple[Panel, ...]:
        """All bars the rules look at: of the screen, of the members, of the lines of funds."""
        return (self._panel, *self._behind)

    @property
    def shown(self) -> History:
        """The same on the basis that is shown."""
        return self._seen.history

    @property
    def panel(self) -> Panel:
        """The bars of the finished sessions."""
        return self._panel

    @property
    def members(self) -> Members | None:
        """The members of the breadth universe; None where none is chosen."""
        series = self._breadth.series
        return None if series is None else series.members

    @property
    def concentration(self) -> ConcentrationSeries:
        """The lines of funds with their weights."""
        return self._concentration.series

    @property
    def basis(self) -> Basis:
        """What returns are shown on."""
        return self._settings.metrics.basis

    @property
    def columns(self) -> Mapping[str, int]:
        """The place of each symbol in history and panel."""
        return self._columns

    def snapshot(
        self,
        live: LiveRow | None,
        view: View,
        members: LiveRow | None = None,
        lines: Mapping[str, LiveRow | None] | None = None,
    ) -> Snapshot:
        """One refresh: the last finished session, or the provisional one where a live row is given.

        `members` is the live row of the breadth universe, `lines` those of the funds' lines.
        """
        self._look(live, members, lines or {})
        return self._assembled(self._history.size - 1, live, view)

    def snapshot_at(self, t: int, view: View) -> Snapshot:
        """What `snapshot` told on the evening of the finished session of row t, `view` being that of then.

        The live row stays as it lies. Nothing later than row t is looked at, with these exceptions, where an engine
        that had ended there would know otherwise: prices with dividends are adjusted to the last close there is, the
        members of a universe are today's, and before the last `SERIES_SESSIONS` nothing is known of them.
        """
        return self._assembled(t, None, view)

    def _assembled(self, t: int, live: LiveRow | None, view: View) -> Snapshot:
        """Row t as a snapshot; `live` is that row where it is the provisional one."""
        rows, sectors, watched = self._rows(t, live, view)
        risk = self._risk.block(t, self._breadth.highs_less_lows(t))
        valuation = self._valuation.block(t)
        warnings = self._board.warnings(t, view.expected, view.fetch_age_hours)
        return Snapshot(
            tapeboard=__version__,
            session=self._history.session(t),
            session_status=view.session_status,
            half_day=view.half_day,
            past=view.past,
            phase=view.phase,
            viewed_at=view.viewed_at,
            next_session=view.next_session,
            next_open=view.next_open,
            source=view.source,
            verdict=self._board.verdict(t),
            leadership=rows,
            sectors=sectors,
            watchlist=watched,
            basis=self.basis,
            spreads=tuple(spread_block(self.shown, self._columns, a, b, t) for a, b in SPREADS),
            rotation=self._rotation(t),
            breadth=self._breadth.block(t, half_day=view.half_day),
            concentration=msgspec.structs.replace(self._concentration.block(t), c8=risk.effective_bets),
            risk=risk,
            valuation=valuation,
            warnings=warnings,
            evaluated=evaluated(warnings),
            not_evaluated=self._valuation.lacking(valuation),
        )

    def _folded(self, panel: Panel, names: Sequence[str]) -> ScreenHistory:
        """Step 2 on one return basis; `names` are the metrics that something looks back on."""
        doubtful = [self._columns[i.symbol] for i in self._universe.instruments if i.cls.has_returns]
        return ScreenHistory(panel, benchmark=self._columns.get(BENCHMARK, -1), doubtful=doubtful, names=names)

    def _seen_on(self, basis: Basis) -> ScreenHistory:
        if basis not in self._folds:
            self._folds[basis] = self._folded(self._panel.on(basis), KEPT)
        return self._folds[basis]

    def _replayed(self, classes: SectorClasses, kept: Mapping[tuple[str, str], Record] | None) -> RuleBoard:
        """Step 3, over what the boards have gathered."""
        settings = self._settings
        sectors = SectorFunds(
            symbols=tuple(settings.universe.groups[SECTORS].symbols),
            scheme=settings.metrics.scheme,
            schemes=settings.universe.schemes,
        )
        return RuleBoard(
            self._history,
            self._columns,
            settings.warnings,
            classes,
            self._universe.core_symbols(),
            members=self._breadth.health,
            kept=kept,
            own=settings.rules,
            behind=Behind(
                universe=classes.universe,
                breadth=self._breadth.series,
                concentration=self._concentration.series,
                risk=self._risk.series,
                valuation=self._valuation.series,
                sectors=sectors,
            ),
        )

    def _look(self, live: LiveRow | None, members: LiveRow | None, lines: Mapping[str, LiveRow | None]) -> None:
        """Lay the session in progress on top of every history, or take it off."""
        self._judged.look(live)
        if self._seen is not self._judged:
            self._seen.look(None if live is None else live.on(self.basis))
        if live is not None:
            self._breadth.put_live(members)
            self._concentration.put_live(lines)

    def _rows(
        self, t: int, live: LiveRow | None, view: View
    ) -> tuple[tuple[Row, ...], tuple[SectorRow, ...], tuple[Row, ...]]:
        """The rows of leadership, sectors and watchlist."""
        seen = np.isfinite(self.shown["px"][t])
        asof = live.asof if live else tuple(view.final_asof if present else None for present in seen)
        builder = RowBuilder(
            self._panel,
            self.shown,
            t,
            asof=asof,
            live=live is not None,
            now=self._seen.metrics(t),
            half_day=view.half_day,
            basis=self.basis,
        )
        leadership: list[Row] = []
        sectors: tuple[SectorRow, ...] = ()
        watched: list[Row] = []
        for group in self._universe.groups:
            if group.id == SECTORS:
                classes = {i.symbol: sector_class(self._settings, i.symbol) for i in group.instruments}
                sectors = builder.sector_rows(group, classes)
            elif group.id.startswith(WATCHLIST):
                watched += builder.rows(group)
            else:
                leadership += builder.rows(group)
        return tuple(leadership), sectors, tuple(watched)

    def _rotation(self, t: int) -> Rotation:
        schemes = {name: self._sector_classes(name) for name in self._settings.universe.schemes}
        return rotation_block(self.shown, self._panel.symbols, schemes, self._settings.metrics.scheme, t)

    def _sector_classes(self, name: str) -> SectorClasses:
        scheme = self._settings.universe.schemes[name]
        sectors = [i.symbol for group in self._universe.groups if group.id == SECTORS for i in group.instruments]
        return SectorClasses(
            scheme=name,
            cyclical=self._known(scheme.cyclical),
            defensive=self._known(scheme.defensive),
            all=self._known(sectors),
        )

    def _known(self, symbols: Sequence[str]) -> list[int]:
        return [self._columns[symbol] for symbol in symbols if symbol in self._columns]
