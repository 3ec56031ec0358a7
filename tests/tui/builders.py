"""Fake snapshots for the tests of the screen: the whole default universe, plausible, and always the same."""

from __future__ import annotations

import random
import statistics
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from core.model import SymbolClass
from core.settings import GroupSettings, Settings
from core.settings_load import defaults
from core.snapshot import (
    RANK_WINDOWS,
    Evaluated,
    Evidence,
    RiskWarning,
    Rotation,
    Row,
    SectorRow,
    Snapshot,
    Source,
    Spread,
    Verdict,
)

SESSION = date(2026, 1, 9)
CLOSE = datetime(2026, 1, 9, 21, 0, tzinfo=UTC)
NEXT_OPEN = datetime(2026, 1, 12, 14, 30, tzinfo=UTC)
EVENINGS = tuple(
    day for day in (date(2024, 1, 2) + timedelta(days=n) for n in range(739)) if day.weekday() < 5 and day <= SESSION
)
"""Finished sessions: each weekday of two years."""
LENGTHS = {window: int(window[:-1]) for window in RANK_WINDOWS}
STARTS = {SymbolClass.RATE: 4.2, SymbolClass.VOLATILITY: 16.0, SymbolClass.INDEX: 6900.0}
CYCLICAL = frozenset({"XLC", "XLY", "XLF", "XLI", "XLK", "XLB", "XLRE"})
QUADRANTS = ("Leading", "Weakening", "Lagging", "Improving")


def settings(**screen: object) -> Settings:
    """The shipped settings with the simulated feed, without flashes, and with `[screen]` keys replaced."""
    shipped = defaults().with_overrides(feed="simulated", store="none").settings
    changed = msgspec.structs.replace(shipped.screen, **{"flash": False, **screen})
    return msgspec.structs.replace(shipped, screen=changed)


def rich(seed: int = 7, *, step: int = 0, session_status: str = "final", **changes: Any) -> Snapshot:
    """A full snapshot; `step` moves the last price of every symbol a little, as a refresh would."""
    groups = settings().universe.groups
    rows = {name: _group(name, group, seed, step) for name, group in groups.items()}
    sectors = tuple(_sector(row, place) for place, row in enumerate(rows.pop("sectors")))
    changes.setdefault("source", source())
    return msgspec.structs.replace(
        Snapshot(
            tapeboard="0.1.0",
            session=SESSION,
            viewed_at=datetime(2026, 1, 11, 20, 0, tzinfo=UTC),
            next_session=date(2026, 1, 12),
            next_open=NEXT_OPEN,
            verdict=verdict(),
            leadership=tuple(row for group in rows.values() for row in group),
            sectors=sectors,
            spreads=spreads(),
            rotation=rotation(),
            warnings=warnings(),
            evaluated=Evaluated(rules=6, of=6),
        ),
        session_status=session_status,
        **changes,
    )


def evening(day: date) -> Snapshot:
    """What is told of an evening of the past: prices of its own."""
    asof = datetime(day.year, day.month, day.day, 21, tzinfo=UTC)
    told = source(asof=asof, fetched_at=CLOSE)
    return rich(step=day.toordinal() % 97, session=day, past=True, phase="after", viewed_at=asof, source=told)


def simulated(step: int = 0) -> Snapshot:
    """What the simulated feed gives at its `step`-th refresh."""
    asof = datetime(2026, 1, 9, 16, 30, 0, tzinfo=UTC) + timedelta(seconds=3 * step)
    return rich(
        step=step,
        session_status="intraday",
        phase="simulated",
        viewed_at=asof,
        source=source(feed="simulated", simulated=True, asof=asof, fetched_at=asof),
    )


def source(**changes: Any) -> Source:
    """A feed of files that gave everything."""
    return msgspec.structs.replace(Source(feed="files", simulated=False, asof=CLOSE, fetched_at=CLOSE), **changes)


def verdict(**changes: Any) -> Verdict:
    """The verdict of 2026-01-09."""
    evidence = (
        Evidence(id="small_lead", text="small caps +2.8 pp / 63s", value=0.028, holds=True),
        Evidence(id="equal_weight", text="equal vs cap +1.0 pp / 63s", value=0.010, holds=True),
        Evidence(id="cyclicals", text="cyclicals vs defensives +1.6 pp / 21s msci", value=0.016, holds=True),
        Evidence(id="participation", text="9/11 sectors > 50d", value=9 / 11, holds=True),
    )
    full = Verdict(state="BROADENING", score=4, of=4, evidence=evidence, since=date(2026, 1, 6), fragile=True)
    return msgspec.structs.replace(full, **changes)


def spreads() -> tuple[Spread, ...]:
    """The spread the verdict speaks of."""
    return (
        Spread(
            id="IWM-SPY",
            s5=0.030,
            s21=0.0194,
            s63=0.028,
            s126=0.0617,
            s252=-0.0114,
            z21=0.61,
            band63=(-0.0035, 0.032),
            agree=(5, 6),
            t63=0.49,
            streak=17,
        ),
    )


def rotation() -> Rotation:
    """S4 and S5 in the msci scheme."""
    return Rotation(
        scheme="msci",
        cyc_minus_def={"1s": 0.0067, "5s": 0.0121, "21s": 0.0163, "63s": -0.0042},
        z21=0.82,
        rank_persistence=0.64,
        leader={"1s": "XLB", "63s": "XLV"},
        leader_days={"1s": 1, "63s": 12},
    )


def warning(**changes: Any) -> RiskWarning:
    """W02 as it stood on 2026-01-09, with `changes`."""
    raised = RiskWarning(
        id="W02",
        subject="IWM-SPY",
        title="Fragile leadership",
        state="WATCH",
        since=date(2025, 10, 29),
        sessions=50,
        text="band -0.35 pp..+3.20 pp   5 of 6 windows agree   252s -1.1 pp   t 0.49",
        evidence={"band_low": -0.0035, "band_high": 0.032, "agree": 5, "t63": 0.49},
        condition="moving the base date by five sessions changes the sign of the 63-session spread, or the 21, 63 and "
        "126-session spreads disagree; left after 3 sessions of neither",
        history={"episodes": 12, "years": 6.0},
    )
    return msgspec.structs.replace(raised, **changes)


def warnings() -> tuple[RiskWarning, ...]:
    """One raised rule, clear ones for each index, data health."""
    clear: list[RiskWarning] = [
        warning(
            id="W01",
            title="Leadership reversal",
            state="CLEAR",
            since=None,
            sessions=None,
            text="z21 0.56   ratio vs 50d +3.3 %   ahead on 68 % of 63 sessions",
        )
    ]
    for subject, rsi, extension in (("SPY", 61.2, 0.45), ("IWM", 66.1, 0.92), ("QQQ", 55.0, 0.12), ("DIA", 68.4, 0.8)):
        plain = {"subject": subject, "state": "CLEAR", "since": None, "sessions": None}
        clear += [
            warning(
                id="W06", title="Overbought", text=f"RSI {rsi}   %b 0.71   1 of 4", evidence={"rsi14": rsi}, **plain
            ),
            warning(
                id="W07",
                title="Extended near high",
                text=f"-0.4 % from the closing high   {extension} σ above 50d",
                evidence={},
                **plain,
            ),
            warning(id="W19", title="Drawdown", text="-0.4 % from the 252-session closing high", evidence={}, **plain),
            warning(
                id="W19b",
                title="Below the 200-day average",
                text="+10.1 % vs 200d   200d over 20 sessions +1.8 %",
                evidence={},
                **plain,
            ),
        ]
    health = warning(
        id="W20",
        subject="data",
        title="Data health",
        state="CLEAR",
        text="coverage 100 % of the core symbols",
        evidence={},
    )
    return (warning(), *clear, health)


def row(of: str, **changes: Any) -> Row:
    """The row of one symbol in the full snapshot, changed."""
    return msgspec.structs.replace(next(row for row in rich().leadership if row.symbol == of), **changes)


def with_row(snapshot: Snapshot, changed: Row) -> Snapshot:
    """`snapshot` with the leadership row of the same symbol replaced."""
    rows = tuple(changed if row.symbol == changed.symbol else row for row in snapshot.leadership)
    return msgspec.structs.replace(snapshot, leadership=rows)


def _group(name: str, group: GroupSettings, seed: int, step: int) -> list[Row]:
    rows = [_row(symbol, name, group, seed, step) for symbol in group.symbols]
    if not group.ranked:
        return rows
    ranks: dict[str, dict[str, float | None]] = {row.symbol: {} for row in rows}
    for window in RANK_WINDOWS:
        ordered = sorted(rows, key=lambda row: -_change(row, window))
        for place, row in enumerate(ordered, 1):
            ranks[row.symbol][window] = float(place)
    return [
        msgspec.structs.replace(
            row,
            rank=ranks[row.symbol],
            rank_of=dict.fromkeys(RANK_WINDOWS, len(rows)),
            rank_change={window: float((len(row.name) + place) % 5 - 2) for window in RANK_WINDOWS},
        )
        for place, row in enumerate(rows)
    ]


def _change(row: Row, window: str) -> float:
    if window == "1s":
        return row.chg_1s or 0.0
    assert isinstance(row.ret, dict)
    return row.ret[window] or 0.0


def _row(symbol: str, name: str, group: GroupSettings, seed: int, step: int) -> Row:
    closes = _walk(symbol, group.cls, seed, step)
    last, day_ago = closes[-1], closes[-2]
    changes = {window: last - closes[-1 - n] for window, n in LENGTHS.items()}
    returns: dict[str, float | None] = {window: last / closes[-1 - n] - 1 for window, n in LENGTHS.items() if n > 1}
    sma20, sma50, sma200 = (statistics.fmean(closes[-n:]) for n in (20, 50, 200))
    high = max(closes[-252:])
    bases: dict[str, date | None] = {w: SESSION - timedelta(days=round(n * 1.45)) for w, n in LENGTHS.items() if n > 1}
    bases["63s"] = date(2025, 10, 9)
    kinds: dict[str, Any] = {"ret": returns, "chg_1s": last / day_ago - 1}
    if group.cls is SymbolClass.RATE:
        kinds = {"chg_bp": {window: 100 * change for window, change in changes.items()}}
    elif group.cls is SymbolClass.VOLATILITY:
        kinds = {"chg_pt": changes}
    return Row(
        symbol=symbol,
        name=group.symbols[symbol],
        group=name,
        last=last,
        session=SESSION,
        base=bases,
        basis="tr" if group.cls is SymbolClass.FUND else "px",
        sma20=sma20,
        dist_sma20=last / sma20 - 1,
        dist_sma50=last / sma50 - 1,
        dist_sma200=last / sma200 - 1,
        rsi14=max(10.0, min(90.0, 50 + 900 * (last / sma20 - 1))),
        high_close_252=high,
        dist_high_close_252=last / high - 1,
        record_close=last >= high,
        annual_vol=statistics.stdev(b / a - 1 for a, b in zip(closes[-21:], closes[-20:], strict=False)) * 252**0.5,
        spark=tuple(closes[-60:]),
        **kinds,
    )


def _sector(row: Row, place: int) -> SectorRow:
    shared = {field: getattr(row, field) for field in Row.__struct_fields__}
    return SectorRow(
        **shared,
        quadrant=QUADRANTS[place % 4],
        rs_ratio=101.0,
        rs_momentum=100.4,
        cls="cyclical" if row.symbol in CYCLICAL else "defensive",
    )


def _walk(symbol: str, cls: SymbolClass, seed: int, step: int) -> list[float]:
    rng = random.Random(f"{seed} {symbol}")  # noqa: S311 - invented prices, no secret
    volatility = {SymbolClass.RATE: 0.012, SymbolClass.VOLATILITY: 0.05}.get(cls, 0.009)
    drift = 0.0006 if cls.has_returns else 0.0
    price = STARTS.get(cls) or rng.uniform(40, 600)
    closes = []
    for _day in range(300):
        price *= 1 + drift + rng.gauss(0, volatility)
        closes.append(price)
    for _tick in range(step):
        closes[-1] *= 1 + rng.gauss(0, volatility / 8) * (rng.random() < 0.4)
    return closes
