"""Every metric of one symbol as the rows of a table, in sections: value, what stands beside it, or why it is absent.

The key of a row is the field of the snapshot that it shows; `metric_of` gives the metric behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias

from msgspec import UnsetType

from core.i18n import _
from core.metrics.catalogue import METRICS, Metric
from core.series import Drawdowns
from core.snapshot import RANK_WINDOWS, Row, SectorRow
from tui import format as fmt
from tui.panes import cells
from tui.widgets.live_table import Cell, TableRow
from tui.widgets.price_chart import volume_text

Form: TypeAlias = Callable[[float], str]

CALENDAR: Final = ("1m", "3m", "6m", "1y", "ytd")
SESSIONS: Final = ("5s", "21s", "42s", "63s", "126s", "252s")
BY_ID: Final = {metric.id: metric for metric in METRICS}

IDS: Final = {
    **dict.fromkeys(("chg_1s", *(f"ret.{window}" for window in SESSIONS), "chg_bp", "chg_pt"), "R1"),
    **{f"ret.{window}": "R2" for window in CALENDAR},
    "ret.ytd": "R4",
    "rank": "R7",
    "days_at_rank1": "R13",
    **dict.fromkeys(("dist_sma20", "dist_sma50", "dist_sma200"), "T1"),
    **dict.fromkeys(("dist_high_252", "dist_low_252", "dist_high_close_252"), "T2"),
    **dict.fromkeys(("record_close", "record_high"), "T3"),
    "days_since_high": "T7",
    "extension": "T6",
    "rsi14": "T4",
    "pct_b": "T5",
    "momentum_12_1": "R12",
    "annual_vol": "V2",
    **dict.fromkeys(("sigma20", "sigma60", "sigma252"), "V1"),
    "ewma_vol": "V3",
    "vol_ratio": "V4",
    "atr14": "T8",
    **dict.fromkeys(("drawdown", "max_drawdown", "drawdown_252"), "V9"),
    **dict.fromkeys(("volume", "rel_volume", "adv20", "adv63"), "T9"),
    "rs": "R5",
    "beta63": "X1",
    "corr63": "X2",
    **dict.fromkeys(("quadrant", "rs_ratio", "rs_momentum"), "R14"),
    "z_day": "S3",
}
"""The metric of each field, or of each of its windows."""


class Told(NamedTuple):
    """One row: its field, label and value, how the value is written, and what stands beside it."""

    field: str
    label: str
    value: float | None
    form: Form
    note: str = ""
    colour: bool = False


def metric_of(field: str) -> Metric | None:
    """What a row shows, by its definition."""
    found = IDS.get(field) or IDS.get(field.partition(".")[0])
    return BY_ID[found] if found else None


def metric_rows(
    row: Row, falls: Drawdowns | None, groups: Mapping[str, str], basis: str
) -> tuple[list[TableRow], dict[str, str]]:
    """The rows of the table and the titles of its sections; `groups` maps ids of groups to their titles."""
    found = {
        "returns": (f"{_('Returns')} · {basis}", [*_returns(row)]),
        "ranks": (_("Rank in {group}").format(group=groups.get(row.group, row.group)), [*_ranks(row)]),
        "trend": (_("Trend"), [*_averages(row), *_extremes(row)]),
        "momentum": (_("Momentum"), [*_momentum(row)]),
        "volatility": (_("Volatility"), [*_volatility(row)]),
        "drawdown": (_("Drawdown"), [*_drawdown(row, falls)]),
        "volume": (_("Volume"), [*_volume(row)]),
        "strength": (_("Against SPY"), [*_strength(row)]),
    }
    rows = [_table_row(row, told, section) for section, (_title, several) in found.items() for told in several]
    return rows, {section: title for section, (title, _several) in found.items()}


def _table_row(row: Row, told: Told, section: str) -> TableRow:
    whole = row.status if isinstance(row.status, str) and row.status != "ok" else ""
    reasons = {} if isinstance(row.status, str) else row.status
    why = reasons.get(told.field) or reasons.get(told.field.partition(".")[0]) or whole
    if told.value is None:
        value, note = cells.DASH, Cell(cells.reason(why or "missing_input"), "stale")
    else:
        style = fmt.direction(told.value) if told.colour else ""
        beside = [part for part in (told.note, cells.reason(why) if why else "") if part]
        value, note = Cell(told.form(told.value), style, told.value), Cell(" · ".join(beside), "dim")
    return TableRow(told.field, {"symbol": Cell(told.label), "value": value, "note": note}, section=section)


def _returns(row: Row) -> Iterator[Told]:
    def since(window: str) -> str:
        base = row.base.get(window)
        return _("since {day}").format(day=base.isoformat()) if base else ""

    for field, changes, unit in (("chg_bp", row.chg_bp, fmt.bp), ("chg_pt", row.chg_pt, fmt.pt)):
        if not isinstance(changes, UnsetType):
            for window, change in changes.items():
                yield Told(f"{field}.{window}", _window(window), change, unit, since(window), colour=True)
    if isinstance(row.ret, UnsetType):
        return
    yield Told("chg_1s", _window("1s"), row.chg_1s, fmt.percent, _("prices only"), colour=True)
    for window in (*SESSIONS, *CALENDAR):
        yield Told(f"ret.{window}", _window(window), row.ret.get(window), fmt.percent, since(window), colour=True)


def _ranks(row: Row) -> Iterator[Told]:
    for window in RANK_WINDOWS if row.rank else ():
        of, held = row.rank_of.get(window), row.days_at_rank1.get(window)
        change = row.rank_change.get(window)
        notes = [_("of {count}").format(count=of)]
        if change is not None:
            notes.append(_("{change} in 21 s").format(change=fmt.arrow(change)) if change else _("as 21 s ago"))
        if held:
            notes.append(_("first for {days} s").format(days=held))
        yield Told(f"rank.{window}", _window(window), row.rank.get(window), fmt.rank, " · ".join(notes))


def _averages(row: Row) -> Iterator[Told]:
    for n, distance, level, slope in (
        (20, row.dist_sma20, row.sma20, row.slope_sma20),
        (50, row.dist_sma50, row.sma50, row.slope_sma50),
        (200, row.dist_sma200, row.sma200, row.slope_sma200),
    ):
        note = _("at {level} · slope {slope} %").format(level=fmt.level(level), slope=fmt.pct(slope))
        yield Told(f"dist_sma{n}", _("from {n}-day average").format(n=n), distance, fmt.percent, note, colour=True)


def _extremes(row: Row) -> Iterator[Told]:
    at = _("at {level}")
    high, low, close = (at.format(level=fmt.level(x)) for x in (row.high_252, row.low_252, row.high_close_252))
    yield Told("dist_high_252", _("from 52-week high"), row.dist_high_252, fmt.percent, high)
    yield Told("dist_low_252", _("from 52-week low"), row.dist_low_252, fmt.percent, low)
    yield Told("dist_high_close_252", _("from highest close"), row.dist_high_close_252, fmt.percent, close)
    yield Told("days_since_high", _("sessions since it"), row.days_since_high, _whole)
    since = "" if row.record_since is None else _("since {day}").format(day=row.record_since.isoformat())
    week = "" if not row.records_week else _(" · {count} this week").format(count=row.records_week)
    yield Told("record_close", _("record close"), row.record_close, _yes, since + week)
    yield Told("record_high", _("record high"), row.record_high, _yes, since)
    yield Told("extension", _("extension from 50d"), row.extension, _sigmas)


def _momentum(row: Row) -> Iterator[Told]:
    yield Told("rsi14", _("RSI of 14"), row.rsi14, _plain(1), _("0 to 100"))
    yield Told("pct_b", _("Bollinger %b"), row.pct_b, _plain(2), _("0 lower band, 1 upper"))
    yield Told("momentum_12_1", _("12 months less 1"), row.momentum_12_1, fmt.percent, colour=True)


def _volatility(row: Row) -> Iterator[Told]:
    yield Told("annual_vol", _("yearly, 20 sessions"), row.annual_vol, _share)
    for n, value in ((20, row.sigma20), (60, row.sigma60), (252, row.sigma252)):
        yield Told(f"sigma{n}", _("daily, {n} sessions").format(n=n), value, _share)
    yield Told("ewma_vol", _("daily, EWMA"), row.ewma_vol, _share)
    yield Told("vol_ratio", _("over that of SPY"), row.vol_ratio, _times)
    share = row.atr14 / row.last if row.atr14 and row.last else None
    note = _("{share} % of the price").format(share=fmt.pct(share, 1, sign=False))
    yield Told("atr14", _("average true range"), row.atr14, fmt.level, note)


def _drawdown(row: Row, falls: Drawdowns | None) -> Iterator[Told]:
    now = deepest = ""
    if falls is not None:
        high = _("high of {day}, {count} s ago").format(day=falls.peak.isoformat(), count=falls.sessions)
        now = _("at a high") if falls.depth == 0 else high
        fell = _("{top} to {trough}").format(top=falls.top.isoformat(), trough=falls.trough.isoformat())
        back = _("won back {day}").format(day=falls.recovered.isoformat()) if falls.recovered else _("not won back")
        deepest = f"{fell} · {back}" if falls.deepest < 0 else ""
    yield Told("drawdown", _("now"), row.drawdown, fmt.percent, now, colour=True)
    yield Told("max_drawdown", _("deepest"), row.max_drawdown, fmt.percent, deepest, colour=True)
    yield Told("drawdown_252", _("from close of 252 s"), row.drawdown_252, fmt.percent, _("prices only"), colour=True)


def _volume(row: Row) -> Iterator[Told]:
    yield Told("volume", _("session"), row.volume, volume_text)
    yield Told("rel_volume", _("over mean of 20"), row.rel_volume, _times)
    yield Told("adv20", _("mean of 20"), row.adv20, volume_text)
    yield Told("adv63", _("mean of 63"), row.adv63, volume_text)


def _strength(row: Row) -> Iterator[Told]:
    for window, spread in row.rs.items():
        yield Told(f"rs.{window}", _window(window), spread, fmt.pp, colour=True)
    yield Told("beta63", _("beta, 63 sessions"), row.beta63, _plain(2))
    yield Told("corr63", _("correlation, 63"), row.corr63, _plain(2))
    if isinstance(row, SectorRow):
        yield Told("rs_ratio", _("RRG-style ratio"), row.rs_ratio, _plain(2), row.quadrant or "")
        yield Told("rs_momentum", _("RRG-style momentum"), row.rs_momentum, _plain(2))
        yield Told("z_day", _("day move"), row.z_day, _sigmas)


def _window(window: str) -> str:
    """The name of a window in words."""
    names = {
        "1s": _("1 session"),
        "1m": _("1 month"),
        "3m": _("3 months"),
        "6m": _("6 months"),
        "1y": _("1 year"),
        "ytd": _("year to date"),
    }
    return names.get(window) or _("{n} sessions").format(n=window.removesuffix("s"))


def _share(x: float) -> str:
    return fmt.percent(x, sign=False)


def _times(x: float) -> str:
    return f"{fmt.number(x, sign=False)} ×"


def _sigmas(x: float) -> str:
    return f"{fmt.number(x)} σ"


def _whole(x: float) -> str:
    return fmt.number(x, 0, sign=False)


def _yes(x: float) -> str:
    return _("yes") if x else _("no")


def _plain(digits: int) -> Form:
    return lambda x: fmt.number(x, digits, sign=x < 0)
