"""One symbol in detail, and the members of one sector, read off what was folded; pure. Results: `core.series`.

A member has no history of its own: of a universe only the breadth is kept. Its metrics are those of the fold of the
screen, over the member and the benchmark alone, so that each has the one definition there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from core.charts import price_series
from core.membership import LARGE_CAPS, RUSSELL, SECTOR_FUNDS, Membership
from core.metrics.fold import BulkFold, History, ScreenFold
from core.metrics.members import Members
from core.metrics.returns import Returns
from core.metrics.trend import Participation, Range
from core.model import Group, Instrument
from core.panel import Days, Floats, LiveRow, Panel
from core.rows import RowBuilder
from core.series import Drawdowns, MemberRow, SectorMembers, SymbolDetail
from core.settings import Basis
from core.snapshot import RANK_WINDOWS, Row, Value, number
from core.universe import BENCHMARK, LARGE, SMALL

if TYPE_CHECKING:
    from core.engine import Engine

SESSIONS: Final = 504
"""Two years of prices."""
MOVES: Final = {window: "chg_1s" if window == "1s" else f"ret_{window}" for window in RANK_WINDOWS}
"""The windows of the members, and the metric of each."""
FUND_OF: Final = {LARGE_CAPS: LARGE, RUSSELL: SMALL}
"""The fund that holds a universe, so that its weights are those of the members."""

_FIELDS: Final = ("open", "high", "low", "px", "tr", "volume")


@dataclass(frozen=True, slots=True, eq=False)
class Alone:
    """The bars of a member, and of the benchmark where it is watched, up to a session; `live` is in progress."""

    panel: Panel
    live: LiveRow | None
    basis: Basis


def of_watched(history: History, t: int, panel: Panel, symbol: str, row: Row | None = None) -> SymbolDetail:
    """The detail of a symbol at row t; `history` is that of `panel`, on the basis that is shown."""
    return SymbolDetail(
        symbol=symbol,
        prices=price_series(history, t, panel, symbol, SESSIONS),
        drawdowns=drawdowns(history.sessions, history["tr"][: t + 1, panel.symbols.index(symbol)]),
        row=row,
    )


def laid_out(engine: Engine, members: Members, t: int, symbol: str) -> Alone:
    """What the detail of a member is made from at row t; a session without quotes of members does not count."""
    column, t = [members.panel.symbols.index(symbol)], _told(members, t)
    spy = [engine.columns[BENCHMARK]] if BENCHMARK in engine.columns else []
    panel = _beside(_part(members.panel, t, column), _part(engine.panel, t, spy))
    if t < members.finished or members.live is None:
        return Alone(panel, None, engine.basis)
    quoted, latest = _quoted(members.live, column), engine.history.latest
    known = {name: np.append(getattr(quoted, name), latest[name][spy]) for name in ("high", "low", "px", "volume")}
    live = LiveRow(
        session=quoted.session,
        open=np.append(quoted.open, np.full(len(spy), np.nan)),
        asof=(*quoted.asof, *(None for _column in spy)),
        tr_per_px=np.append(_ratio(quoted), latest["tr"][spy] / latest["px"][spy]),
        **known,
    )
    return Alone(panel, live, engine.basis)


def of_member(instrument: Instrument, bars: Alone) -> SymbolDetail:
    """The detail of a member, with all its metrics but ranks: it stands in no group of the screen."""
    panel, live = bars.panel.on(bars.basis), bars.live
    benchmark = panel.symbols.index(BENCHMARK) if BENCHMARK in panel.symbols else -1
    fold = ScreenFold(panel, benchmark=benchmark, doubtful=[0])
    history = History(panel, fold)
    asof = (None,) * len(panel.symbols) if live is None else live.asof
    if live is not None:
        history.put_live(live.session, fold.read(fold.live_row(live.on(bars.basis))))
    t = history.size - 1
    builder = RowBuilder(panel, history, t, asof=asof, live=live is not None, basis=bars.basis)
    group = Group(instrument.group, instrument.group, instrument.cls, ranked=False, instruments=(instrument,))
    return of_watched(history, t, panel, instrument.symbol, *builder.rows(group))


def drawdowns(sessions: Days, prices: Floats) -> Drawdowns | None:
    """V9 with its dates, of prices (T,) of which some may be missing; None where all are."""
    there = np.flatnonzero(np.isfinite(prices))
    if not len(there):
        return None
    known, days = prices[there], sessions[there].tolist()
    highs = np.maximum.accumulate(known)
    depth = known / highs - 1.0
    last, trough = len(known) - 1, int(depth.argmin())
    peak, top = _last(known == highs[last]), _last(known[: trough + 1] == highs[trough])
    again = np.flatnonzero(known[trough:] >= highs[trough])
    return Drawdowns(
        since=days[0],
        depth=float(depth[last]),
        peak=days[peak],
        sessions=last - peak,
        deepest=float(depth[trough]),
        top=days[top],
        trough=days[trough],
        recovered=days[trough + int(again[0])] if len(again) else None,
    )


def of_sector(engine: Engine, members: Members, t: int, labels: Membership, fund: str) -> SectorMembers:
    """The members of a universe in the sector of `fund` at row t; a session without quotes of them does not count."""
    t = _told(members, t)
    session = engine.history.session(t)
    names = {member.symbol: member.name for member in labels.members if member.sector == SECTOR_FUNDS[fund]}
    held = FUND_OF.get(labels.id, "")
    weights = engine.concentration.weights(held, t)
    brought = {window: engine.concentration.brought(held, t, int(window[:-1])) for window in MOVES}
    rows = tuple(
        replace(row, name=names[row.symbol], weight=_known(weights, row.symbol), brought=_each(brought, row.symbol))
        for row in _rows(members, t, list(names), engine.basis)
    )
    lines = engine.concentration.lines.get(held)
    return SectorMembers(
        fund=fund,
        sector=SECTOR_FUNDS[fund],
        universe=labels.title,
        session=session,
        live=t == members.finished,
        used=sum(row.session == session and row.status != "suspect" for row in rows),
        rows=rows,
        caption=labels.caption(session),
        weights_of=held if weights else "",
        weights_dated=lines.weights.dated if weights and lines and lines.weights else None,
    )


def _rows(members: Members, t: int, symbols: Sequence[str], basis: Basis) -> Iterable[MemberRow]:
    """What is told of some members at row t: by the families of the fold, brought to the row before."""
    columns = [members.panel.symbols.index(symbol) for symbol in symbols]
    part = _part(members.panel, members.finished, columns).on(basis)
    fold = BulkFold(part, (Returns(part.tr, part.px), Participation(len(columns)), Range(len(columns))))
    fold.begin_at(t)
    live = None if t < members.finished or members.live is None else _quoted(members.live, columns).on(basis)
    values = fold.read(fold.finished_row(t) if live is None else fold.live_row(live))
    days = part.sessions if live is None else np.append(part.sessions, np.datetime64(live.session, "D"))
    prices = np.vstack([part.px[:t], values["px"]])
    doubted = members.doubted.get(t, ())
    for k, symbol in enumerate(symbols):
        now = {name: float(array[k]) for name, array in values.items()}
        yield _row(symbol, now, prices[:, k], days, doubted=symbol in doubted)


def _row(symbol: str, now: Mapping[str, float], prices: Floats, days: Days, *, doubted: bool) -> MemberRow:
    """One member by its metrics `now`, at the last of its prices (t+1,)."""
    there = np.flatnonzero(np.isfinite(prices))
    if not len(there):
        return MemberRow(symbol, symbol, status="missing_input")
    last = int(there[-1])
    known = MemberRow(symbol, symbol, last=number(float(prices[last])), session=days[last].item())
    if last < len(prices) - 1 or doubted:
        return replace(known, status="suspect" if doubted else "stale_input")
    ret = {window: number(now[name]) for window, name in MOVES.items()}
    high, average = number(now["px"] / now["high_252"] - 1.0), number(now["px"] / now["sma50"] - 1.0)
    holed = len(there) < len(prices) - there[0]
    lacking = "gap" if holed else "short_history"
    status = lacking if None in (*ret.values(), high, average) else "ok"
    return replace(known, ret=ret, dist_sma50=average, dist_high_252=high, status=status)


def _told(members: Members, t: int) -> int:
    """Row t, or the one before where it is in progress and no member is quoted in it."""
    return min(t, members.finished - (members.live is None))


def _part(panel: Panel, t: int, columns: Sequence[int]) -> Panel:
    """Some columns of a panel up to row t."""
    rows = {name: getattr(panel, name)[: t + 1, columns] for name in _FIELDS}
    symbols = tuple(panel.symbols[column] for column in columns)
    return Panel(sessions=panel.sessions[: t + 1], symbols=symbols, adjusted=panel.adjusted[columns], **rows)


def _beside(left: Panel, right: Panel) -> Panel:
    """The columns of both, whose sessions are the same."""
    rows = {name: np.hstack([getattr(left, name), getattr(right, name)]) for name in _FIELDS}
    adjusted = np.append(left.adjusted, right.adjusted)
    return Panel(sessions=left.sessions, symbols=left.symbols + right.symbols, adjusted=adjusted, **rows)


def _quoted(live: LiveRow, columns: Sequence[int]) -> LiveRow:
    """Some columns of a live row."""
    rows = {name: getattr(live, name)[columns] for name in ("open", "high", "low", "px", "volume")}
    asof = tuple(live.asof[column] for column in columns)
    return LiveRow(session=live.session, asof=asof, tr_per_px=_ratio(live)[columns], **rows)


def _ratio(live: LiveRow) -> Floats:
    return np.full(len(live.px), np.nan) if live.tr_per_px is None else live.tr_per_px


def _last(flags: npt.NDArray[np.bool_]) -> int:
    return int(np.flatnonzero(flags)[-1])


def _known(values: Mapping[str, float], symbol: str) -> Value:
    return number(values.get(symbol, np.nan))


def _each(values: Mapping[str, Mapping[str, float]], symbol: str) -> dict[str, Value]:
    return {window: _known(found, symbol) for window, found in values.items()}
