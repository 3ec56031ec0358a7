"""Rows of the snapshot: what stands in them, and why what is absent is absent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pytest

from core import universe
from core.panel import LiveRow, Panel
from core.rows import RowBuilder
from core.snapshot import Row
from tests.core import builders

SESSIONS = 280
CLOSE = datetime(2026, 1, 9, 21, tzinfo=UTC)
LAST = SESSIONS - 1
BY_WINDOW = ("ret", "rs", "chg_bp", "chg_pt", "rank", "rank_change", "days_at_rank1")


def rows_of(whole: Panel, live: LiveRow | None = None) -> dict[str, dict[str, Any]]:
    """The rows by symbol, as the JSON document has them."""
    fold, history = builders.folded(whole)
    asof = tuple(CLOSE if np.isfinite(price) else None for price in whole.px[-1])
    if live is not None:
        history.put_live(live.session, fold.read(fold.live_row(live)))
        asof = live.asof
    builder = RowBuilder(whole, history, history.size - 1, asof=asof, live=live is not None)
    settings = builders.settings()
    rows: list[Row] = []
    for group in universe.build(settings).groups:
        classes = {i.symbol: universe.sector_class(settings, i.symbol) for i in group.instruments}
        rows += builder.sector_rows(group, classes) if group.id == universe.SECTORS else builder.rows(group)
    return {row["symbol"]: row for row in json.loads(msgspec.json.encode(rows))}


def absent(row: dict[str, Any]) -> Iterator[str]:
    """The fields without a value, by the name that `status` has for them. A scheme need not class every fund."""
    for name, value in row.items():
        if value is None and name != "class":
            yield name
        elif name in BY_WINDOW:
            yield from (f"{name}.{key}" for key, part in value.items() if part is None)


@pytest.fixture(scope="module")
def whole() -> Panel:
    return builders.panel(31, SESSIONS)


@pytest.fixture(scope="module")
def rows(whole: Panel) -> dict[str, dict[str, Any]]:
    return rows_of(whole)


@pytest.mark.parametrize("sessions", [1, 2, 25, 100, SESSIONS])
def test_every_absent_value_has_a_reason_and_only_those(sessions: int, whole: Panel) -> None:
    young = builders.part(builders.without(whole, "IWM", rows=slice(SESSIONS - 30, None)), slice(-sessions, None))
    for row in rows_of(young).values():
        reasons = {} if row["status"] == "ok" else row["status"]
        assert set(reasons) == set(absent(row)), row["symbol"]


def test_a_whole_history_is_ok(rows: dict[str, dict[str, Any]]) -> None:
    assert {rows[symbol]["status"] for symbol in builders.SYMBOLS if not symbol.startswith("^")} == {"ok"}


@pytest.mark.parametrize(
    ("symbol", "unsupported"),
    [
        ("^VIX", {"chg_1s", "beta63", "sigma20", "drawdown", "vol_ratio", "volume", "adv20", "drawdown_sessions"}),
        ("^TNX", {"chg_1s", "beta63", "sigma20", "drawdown", "vol_ratio", "volume", "adv20", "drawdown_sessions"}),
    ],
)
def test_what_a_class_does_not_have_is_not_supported(
    symbol: str, unsupported: set[str], rows: dict[str, dict[str, Any]]
) -> None:
    row = rows[symbol]
    assert "ret" not in row
    assert {name for name in unsupported if row["status"][name] == "not_supported"} == unsupported
    assert set(row["status"].values()) == {"not_supported"}


def test_rates_change_in_basis_points_and_volatility_in_points(whole: Panel, rows: dict[str, dict[str, Any]]) -> None:
    for symbol, name, unit in (("^TNX", "chg_bp", 100), ("^VIX", "chg_pt", 1)):
        level = whole.px[:, whole.symbols.index(symbol)]
        expected = {f"{n}s": unit * (level[-1] - level[-1 - n]) for n in (1, 5, 21, 63, 126, 252)}
        assert rows[symbol][name] == pytest.approx(expected)


def test_a_short_history_says_so(whole: Panel) -> None:
    row = rows_of(builders.part(whole, slice(40)))["QQQ"]
    for name in ("sma50", "sigma60", "high_252", "ret.63s", "ret.3m", "rank.63s", "rank_change.21s", "rs.126s"):
        assert row["status"][name] == "short_history"
    assert not {"sma20", "rsi14", "ret.21s", "ret.1m", "rank.21s"} & set(row["status"])
    assert (row["base"]["63s"], row["base"]["3m"]) == (None, None)
    assert row["base"]["21s"] == str(whole.sessions[18])


def test_a_sector_without_its_rotation_says_so(whole: Panel) -> None:
    row = rows_of(builders.part(whole, slice(70)))["XLK"]
    assert {row["status"][name] for name in ("rs_momentum", "quadrant")} == {"short_history"}
    assert "rs_ratio" not in row["status"]
    assert (row["class"], row["tail"][-1][0]) == ("cyclical", row["rs_ratio"])


def test_a_symbol_without_data_is_missing(whole: Panel) -> None:
    row = rows_of(builders.without(whole, "RSP"))["RSP"]
    assert (row["last"], row["session"], row["record_since"]) == (None, None, None)
    assert set(row["status"].values()) == {"missing_input"}


def test_a_stale_symbol_keeps_its_last_price_and_nothing_else(whole: Panel) -> None:
    """B.10: the level is carried for display only."""
    found = rows_of(builders.without(whole, "IWM", rows=slice(LAST, None)))
    row = found["IWM"]
    assert row["last"] == whole.px[LAST - 1, 1]
    assert row["session"] == str(whole.sessions[LAST - 1])
    assert set(row["status"].values()) == {"stale_input"}
    for name in ("chg_1s", "sma20", "rsi14", "drawdown", "asof", "records_week", "volume"):
        assert row[name] is None
    assert set(row["ret"].values()) | set(row["rank"].values()) == {None}
    assert row["spark"][-2:] == [whole.px[LAST - 1, 1], None]
    assert found["SPY"]["rank_of"] == dict.fromkeys(row["rank_of"], 3)


def test_a_hole_is_told_from_a_short_history(whole: Panel) -> None:
    row = rows_of(builders.without(whole, "IWM", rows=slice(LAST - 5, LAST - 4)))["IWM"]
    assert row["status"]["sma20"] == row["status"]["ret.5s"] == "gap"
    assert row["sma20"] is None
    assert None not in (row["last"], row["rsi14"], row["ret"]["21s"], row["chg_1s"])


def test_closes_without_a_range_lack_what_needs_one(whole: Panel) -> None:
    nothing = np.full(SESSIONS, np.nan)
    row = rows_of(builders.altered(whole, {"high": nothing, "low": nothing, "volume": nothing}, symbol="DIA"))["DIA"]
    ranges = {"atr14", "high_252", "low_252", "dist_high_252", "dist_low_252", "record_high"}
    assert set(row["status"]) == ranges | {"volume", "adv20", "adv63", "rel_volume"}
    assert set(row["status"].values()) == {"missing_input"}


def test_the_basis_is_named(whole: Panel) -> None:
    adjusted = whole.adjusted.copy()
    adjusted[whole.symbols.index("RSP")] = False
    found = rows_of(replace(whole, adjusted=adjusted))
    assert [found[symbol]["basis"] for symbol in ("SPY", "RSP", "^VIX", "^TNX")] == ["tr", "as supplied", "px", "px"]


def test_bases_are_counted_in_sessions_and_in_the_calendar(whole: Panel, rows: dict[str, dict[str, Any]]) -> None:
    base = rows["SPY"]["base"]
    days = whole.sessions.astype(object).tolist()
    counted = {f"{n}s": str(days[-1 - n]) for n in (5, 21, 42, 63, 126, 252)}
    months = {
        key: str(max(day for day in days if pd.Timestamp(day) <= pd.Timestamp(days[-1]) - pd.DateOffset(months=m)))
        for key, m in {"1m": 1, "3m": 3, "6m": 6, "1y": 12}.items()
    }
    assert base == {**counted, **months, "ytd": str(max(day for day in days if day.year < days[-1].year))}
    spy = whole.tr[:, 0]
    expected = {key: spy[-1] / spy[days.index(date.fromisoformat(day))] - 1 for key, day in base.items()}
    assert rows["SPY"]["ret"] == pytest.approx(expected)


def test_members_that_did_the_same_share_their_rank(whole: Panel) -> None:
    same = whole
    for symbol in ("IWM", "QQQ"):
        same = builders.priced(same, symbol, whole.px[:, 3])
    found = rows_of(builders.priced(same, "SPY", whole.px[:, 3] * np.linspace(1, 2, SESSIONS)))
    ranks = [found[symbol]["rank"]["63s"] for symbol in builders.FUNDS]
    assert ranks == [1, 3.5, 3.5, 2]  # DIA has its dividends besides
    assert (found["SPY"]["days_at_rank1"]["63s"], found["IWM"]["days_at_rank1"]["63s"]) == (SESSIONS - 63, 0)


def test_a_climb_is_a_positive_change_of_rank(whole: Panel, rows: dict[str, dict[str, Any]]) -> None:
    """R7 against 21 sessions earlier; the one-session rank is on px, the others on tr."""
    for n in (1, 5, 21, 63, 126, 252):
        prices = pd.DataFrame(whole.px if n == 1 else whole.tr, columns=list(whole.symbols))[list(builders.FUNDS)]
        ranks = prices.pct_change(n, fill_method=None).rank(axis=1, ascending=False)
        for symbol in builders.FUNDS:
            assert rows[symbol]["rank"][f"{n}s"] == ranks[symbol].iloc[-1]
            assert rows[symbol]["rank_change"][f"{n}s"] == ranks[symbol].iloc[-22] - ranks[symbol].iloc[-1]


def test_relative_strength_is_the_lead_over_spy(whole: Panel, rows: dict[str, dict[str, Any]]) -> None:
    tr = whole.tr
    for n in (5, 21, 63, 126, 252):
        expected = tr[-1, 1] / tr[-1 - n, 1] - tr[-1, 0] / tr[-1 - n, 0]
        assert rows["IWM"]["rs"][f"{n}s"] == pytest.approx(expected)
        assert rows["SPY"]["rs"][f"{n}s"] == 0


def test_records_of_the_week_begin_on_its_monday(whole: Panel) -> None:
    """Every close a record: as many as the week has sessions, and the high is today's."""
    rising = builders.priced(whole, "SPY", np.linspace(100, 200, SESSIONS))
    for sessions in range(SESSIONS - 4, SESSIONS + 1):
        row = rows_of(builders.part(rising, slice(sessions)))["SPY"]
        assert row["records_week"] == date.fromisoformat(row["session"]).isoweekday()
        assert (row["record_close"], row["record_high"], row["days_since_high"]) == (True, True, 0)
        assert (row["drawdown"], row["drawdown_sessions"]) == (0, 0)
        assert row["record_since"] == str(whole.sessions[0])


def test_the_days_since_the_high_count_from_the_latest_of_equal_ones(whole: Panel) -> None:
    prices = np.full(SESSIONS, 100.0)
    prices[[LAST - 40, LAST - 7]] = 110.0
    row = rows_of(builders.priced(whole, "SPY", prices))["SPY"]
    assert (row["days_since_high"], row["drawdown_sessions"]) == (7, 7)
    assert row["dist_high_close_252"] == row["drawdown_252"] == row["drawdown"] == pytest.approx(100 / 110 - 1)


def test_the_sparkline_holds_sixty_closes(whole: Panel, rows: dict[str, dict[str, Any]]) -> None:
    assert rows["XLF"]["spark"] == whole.px[-60:, whole.symbols.index("XLF")].tolist()
    assert len(rows_of(builders.part(whole, slice(7)))["XLF"]["spark"]) == 7


# --- the session in progress ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def live(whole: Panel) -> LiveRow:
    """Quotes of the last session; IWM has none, and nobody knows the time of that of QQQ."""
    row = builders.live_row(builders.without(whole, "IWM", rows=slice(LAST, None)), LAST)
    return replace(row, asof=(row.asof[0], None, None, *row.asof[3:]))


def test_a_provisional_row_is_marked_and_timed(whole: Panel, live: LiveRow) -> None:
    found = rows_of(builders.part(whole, slice(LAST)), live)
    assert found["SPY"]["last"] == whole.px[LAST, 0]
    assert found["SPY"]["session"] == str(live.session)
    assert datetime.fromisoformat(found["SPY"]["asof"]) == datetime(2026, 1, 9, 16, tzinfo=UTC)
    assert found["SPY"]["status"] == {"rel_volume": "partial"}
    assert found["QQQ"]["status"] == {"rel_volume": "partial", "asof": "missing_input"}


def test_a_symbol_without_a_quote_shows_its_last_session(whole: Panel, live: LiveRow) -> None:
    row = rows_of(builders.part(whole, slice(LAST)), live)["IWM"]
    assert (row["last"], row["session"]) == (whole.px[LAST - 1, 1], str(whole.sessions[LAST - 1]))
    assert set(row["status"].values()) == {"stale_input"}
