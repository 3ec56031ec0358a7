"""Panels, histories and engines for the tests of the core: small, fast, and always the same for the same seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, TypeAlias

import hypothesis
import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd

from core import universe
from core.breadth_board import BreadthUniverse
from core.engine import Engine
from core.fund_lines import FundLines
from core.metrics.fold import History, ScreenFold
from core.metrics.risk import Assets
from core.metrics.risk_series import RiskSeries
from core.panel import Days, Floats, LiveRow, Panel
from core.rules import catalogue
from core.rules.base_rates import Record
from core.rules.board import RuleBoard
from core.rules.machine import State
from core.rules.market import Behind, SectorFunds
from core.rules.rule import Rule
from core.rules.verdict import SectorClasses
from core.settings import Settings
from core.settings_load import defaults
from core.snapshot import Breadth, RiskWarning, Row, Snapshot, Source
from core.valuation import Fundamentals
from core.view import View
from core.weights import Weights
from tests.reference.data import SCHEMES, SECTORS, Data

FUNDS = ("SPY", "IWM", "QQQ", "DIA")
SYMBOLS = (*FUNDS, "RSP", *SECTORS, "^VIX", "^TNX")
FIELDS = ("open", "high", "low", "px", "tr", "volume")

StateAt: TypeAlias = tuple[str, date | None, int | None]
"""State, since and sessions as the snapshot tells them; since and sessions are None while not evaluated."""


def examples(count: int) -> hypothesis.settings:
    """So many examples of a property, the same at every run."""
    return hypothesis.settings(max_examples=count, deadline=None, derandomize=True, database=None)


@cache
def settings(show: tuple[str, ...] = ("index_funds", "size", "sectors", "volatility", "rates")) -> Settings:
    """The shipped settings, watching `SYMBOLS` only."""
    shipped = defaults().with_overrides(feed="simulated", store="none").settings
    groups = {
        name: msgspec.structs.replace(group, symbols={s: n for s, n in group.symbols.items() if s in SYMBOLS})
        for name, group in shipped.universe.groups.items()
    }
    watched = msgspec.structs.replace(shipped.universe, show=show, groups=groups)
    return msgspec.structs.replace(shipped, universe=watched)


def days(count: int, start: str = "2020-01-01") -> Days:
    """So many weekdays from `start` on."""
    sessions: Days = np.busday_offset(np.datetime64(start, "D"), np.arange(count), roll="forward")
    return sessions


def panel(seed: int = 0, sessions: int = 320, symbols: Sequence[str] = SYMBOLS) -> Panel:
    """A market with a common factor, dividends and, half-way, a sell-off that is won back."""
    rng = np.random.default_rng(seed)
    common = rng.normal(0.0004, 0.009, sessions)
    common[sessions // 2 : sessions // 2 + 15] -= 0.012
    common[sessions // 2 + 20 : sessions // 2 + 50] += 0.006
    moves = common[:, None] * rng.uniform(0.6, 1.4, len(symbols)) + rng.normal(0, 0.006, (sessions, len(symbols)))
    px = 100.0 * np.exp(moves.cumsum(axis=0))
    reach = np.abs(rng.normal(0, 0.006, (2, sessions, len(symbols))))
    funds = np.array([not symbol.startswith("^") for symbol in symbols])
    dividends = np.where(funds, 5e-5 * np.arange(sessions)[:, None], 0.0)
    return Panel(
        sessions=days(sessions),
        symbols=tuple(symbols),
        open=px * (1 - reach[0] / 2),
        high=px * (1 + reach[0]),
        low=px * (1 - reach[1]),
        px=px,
        tr=px * np.exp(dividends),
        volume=rng.integers(1_000, 9_000, px.shape).astype(np.float64),
        adjusted=np.ones(len(symbols), dtype=np.bool_),
    )


def eventful() -> Panel:
    """800 sessions on which every rule of prices reaches every state it has.

    The index funds idle, soar (rows 570 to 594), idle, fall by a quarter (700 to 744) and rise again. IWM pulls ahead
    of SPY and loses it all at once (150 to 284), then the other way round (400 to 534). No dividends on these.
    """
    rng = np.random.default_rng(1)
    common = np.where(np.arange(800) % 2 == 0, 0.004, -0.0038) + rng.normal(0, 0.001, 800)
    lead = rng.normal(0, 0.002, 800)
    for moves, rows, drift in (
        (common, slice(570, 595), 0.008),
        (common, slice(700, 745), -0.007),
        (common, slice(745, 790), 0.008),
        (lead, slice(150, 270), 0.001),
        (lead, slice(270, 285), -0.006),
        (lead, slice(400, 520), -0.001),
        (lead, slice(520, 535), 0.006),
    ):
        moves[rows] += drift
    whole = panel(0, 800)
    for symbol in FUNDS:
        whole = priced(whole, symbol, 100.0 * np.exp(np.cumsum(common + lead if symbol == "IWM" else common)))
    return whole


def part(whole: Panel, rows: slice) -> Panel:
    """Some of the sessions of a panel."""
    return replace(whole, sessions=whole.sessions[rows], **{name: getattr(whole, name)[rows] for name in FIELDS})


def altered(whole: Panel, change: Mapping[str, Floats], *, symbol: str) -> Panel:
    """A panel with other numbers in some fields of one symbol."""
    fields = {name: getattr(whole, name).copy() for name in change}
    for name, values in change.items():
        fields[name][:, whole.symbols.index(symbol)] = values
    return replace(whole, **fields)


def priced(whole: Panel, symbol: str, prices: npt.ArrayLike) -> Panel:
    """A panel where one symbol has these prices, on both bases and without a range of the day."""
    values = np.asarray(prices, dtype=np.float64)
    return altered(whole, dict.fromkeys(("open", "high", "low", "px", "tr"), values), symbol=symbol)


def without(whole: Panel, *symbols: str, rows: slice = slice(None)) -> Panel:
    """A panel where these symbols have no bars in `rows`."""
    fields = {name: getattr(whole, name).copy() for name in FIELDS}
    for values in fields.values():
        values[rows, [whole.symbols.index(symbol) for symbol in symbols]] = np.nan
    return replace(whole, **fields)


def live_row(whole: Panel, t: int) -> LiveRow:
    """Row t of a panel as quotes of the session in progress."""
    session: date = whole.sessions[t].astype(object)
    rows = {name: getattr(whole, name)[t] for name in ("open", "high", "low", "px", "volume")}
    return LiveRow(session=session, asof=(datetime(2026, 1, 9, 16, tzinfo=UTC),) * len(whole.symbols), **rows)


def folded(whole: Panel) -> tuple[ScreenFold, History]:
    """The fold that has taken in every session of a panel, against SPY, and what it left behind."""
    fold = new_fold(whole)
    return fold, History(whole, fold)


def history(whole: Panel) -> History:
    """The engine's history of a panel."""
    return folded(whole)[1]


def new_fold(whole: Panel) -> ScreenFold:
    """A fold over a panel that has not taken in any session yet."""
    return ScreenFold(whole, benchmark=whole.symbols.index("SPY") if "SPY" in whole.symbols else -1)


def fields(whole: Panel) -> dict[str, Floats]:
    """Every metric at every session of a panel: arrays of the panel's shape by name."""
    fold, read = new_fold(whole), []
    for t in range(len(whole.sessions)):
        row = fold.finished_row(t)
        read.append(fold.read(row))
        fold.advance(row)
    return {name: np.vstack([values[name] for values in read]) for name in read[0]}


def board(
    whole: Panel, chosen: Settings | None = None, *, kept: Mapping[tuple[str, str], Record] | None = None
) -> RuleBoard:
    """The rules and the verdict over a panel."""
    chosen = chosen or settings()
    columns = {symbol: column for column, symbol in enumerate(whole.symbols)}
    classes = sector_classes(whole.symbols)
    past = history(whole)
    risk = RiskSeries(past, Assets(columns, classes.all, classes.cyclical, classes.defensive))
    funds = SectorFunds(tuple(SECTORS), classes.scheme, chosen.universe.schemes)
    return RuleBoard(
        past,
        columns,
        chosen.warnings,
        classes,
        (*FUNDS, *SECTORS, "^VIX"),
        behind=Behind(risk=risk, sectors=funds),
        kept=kept,
    )


def sector_classes(symbols: Sequence[str]) -> SectorClasses:
    """The default scheme over these columns, as metrics.md 0.7 has it."""
    cyclical, defensive = SCHEMES["msci"]
    return SectorClasses(
        scheme="msci",
        cyclical=[symbols.index(symbol) for symbol in cyclical],
        defensive=[symbols.index(symbol) for symbol in defensive],
        all=[symbols.index(symbol) for symbol in SECTORS],
    )


def engine(
    whole: Panel, chosen: Settings | None = None, *, fundamentals: Sequence[Fundamentals] | None = None
) -> Engine:
    """An engine over a panel whose columns are the universe's symbols, in any order."""
    chosen = chosen or settings()
    return Engine(universe.build(chosen), chosen, whole, fundamentals=fundamentals)


def members(prices: Mapping[str, npt.ArrayLike]) -> Panel:
    """Members with these closes, on sessions of their own, without a range of the day; each trades 1000 a session."""
    px = np.stack([np.asarray(closes, dtype=np.float64) for closes in prices.values()], axis=1)
    return Panel(
        sessions=days(len(px)),
        symbols=tuple(prices),
        volume=np.where(np.isnan(px), np.nan, 1000.0),
        adjusted=np.ones(len(prices), dtype=np.bool_),
        **dict.fromkeys(("open", "high", "low", "px", "tr"), px),
    )


def walks(count: int, sessions: int) -> Panel:
    """So many members, M000 and on, that move every day."""
    return panel(5, sessions, [f"M{k:03}" for k in range(count)])


def halved(whole: Panel, symbol: str, row: int) -> Panel:
    """A panel where one symbol's prices are half of what they were from a row on: a split that nobody applied."""
    px = whole.px[:, whole.symbols.index(symbol)]
    return priced(whole, symbol, px * np.where(np.arange(len(px)) < row, 1.0, 0.5))


def engine_with_members(
    whole: Panel,
    of: Panel,
    *,
    size: int | None = None,
    dated: date | None = None,
    lines: Weights | None = None,
    chosen: Settings | None = None,
) -> Engine:
    """An engine over the usual screen and a breadth universe, of which `lines` may be those of SPY."""
    universe_of = BreadthUniverse("mine", size or len(of.symbols), dated, "mine.csv", of)
    funds = {} if lines is None else {"SPY": FundLines(of, lines)}
    chosen = chosen or settings()
    return Engine(universe.build(chosen), chosen, whole, universe_of, funds)


def look(at: Engine, whole: Panel, **changes: Any) -> Snapshot:
    """A snapshot of the last session of a panel."""
    return at.snapshot(None, view(last_day(whole), **changes))


def health(snapshot: Snapshot) -> RiskWarning:
    """What W20 says."""
    return next(warning for warning in snapshot.warnings if warning.id == "W20")


def reasons(block: Row | Breadth) -> dict[str, str]:
    """Why values are absent or marked, by field."""
    return block.status if isinstance(block.status, dict) else {}


def view(session: date, **changes: Any) -> View:
    """A look at `session` two hours after its close."""
    close = datetime(session.year, session.month, session.day, 21, tzinfo=UTC)
    usual: dict[str, Any] = {
        "viewed_at": close + timedelta(hours=2),
        "phase": "after",
        "session_status": "final",
        "half_day": False,
        "past": False,
        "next_session": session + timedelta(days=1),
        "next_open": close + timedelta(hours=17.5),
        "expected": session,
        "final_asof": close,
        "source": Source(feed="files", simulated=False),
    }
    return View(**{**usual, **changes})


def last_day(whole: Panel) -> date:
    """The last session of a panel."""
    day: date = whole.sessions[-1].astype(object)
    return day


def rule(rule_id: str, chosen: Settings | None = None) -> Rule:
    """One rule of the catalogue."""
    return next(r for r in catalogue.rules((chosen or settings()).warnings) if r.id == rule_id)


def states(of: RuleBoard, sessions: Days, judge: Rule, subject: str) -> list[StateAt]:
    """What a rule said of a subject at every finished session."""
    told: list[StateAt] = []
    for judgement, machine in of.course(judge, subject):
        if judgement.missing or machine.since is None:
            told.append(("NOT_EVALUATED", None, None))
            continue
        state = "INFO" if judge.informs and machine.state is State.WATCH else machine.state.value
        told.append((state, sessions[machine.since].astype(object), machine.age))
    return told


def reference_data(whole: Panel) -> Data:
    """A panel as the tables of the independent reference."""
    sessions: list[date] = whole.sessions.astype(object).tolist()
    tables = (pd.DataFrame(getattr(whole, name), sessions, list(whole.symbols)) for name in FIELDS)
    return Data(sessions, list(whole.symbols), *tables)
