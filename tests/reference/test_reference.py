"""The reference against the figures the specification prints: article.md A.1, A.2 and A.4, metrics.md, issue 2.

Every expectation is copied from the documents at the digits printed there and at no others.
"""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.reference.basics import (
    correlation,
    daily,
    extension,
    percent_b,
    percentile_rank,
    ratio,
    ret,
    rsi,
    sigma,
    std,
)
from tests.reference.conftest import ARTICLE
from tests.reference.data import LEADERS, SECTORS, Array, Data, past
from tests.reference.ranks import expected_days_at_rank1, expected_rank_change, expected_ranks
from tests.reference.rotation import quadrant, rotation_path
from tests.reference.rows import Row, expected_rows
from tests.reference.spreads import expected_spreads, r5, r5_back

FIRST = date(2025, 12, 1)


def prints(value: float, text: str) -> None:
    """Fail unless the value, rounded to the digits of the printed text, is that text."""
    digits = len(text.partition(".")[2])
    assert f"{value:.{digits}f}" == text.removeprefix("+"), f"{value} does not print as {text}"


def percent(value: float, text: str) -> None:
    prints(100 * value, text)


def inside(data: Data, table: pd.DataFrame, symbol: str) -> Array:
    """The rows of the article's window, 2025-12-01 to 2026-01-09."""
    values: Array = table[symbol].to_numpy(dtype=np.float64)
    return values[data.at(FIRST) : data.at(ARTICLE) + 1]


# --- the file -------------------------------------------------------------------------------------------------------


def test_sessions_are_those_of_the_exchange(data: Data) -> None:
    assert (data.sessions[0], data.sessions[-1], len(data.sessions)) == (date(2019, 1, 2), date(2026, 1, 30), 1780)
    assert not {date(2025, 11, 27), date(2026, 1, 11), date(2026, 1, 19)} & set(data.sessions)
    assert {date(2025, 11, 28), date(2025, 12, 24)} <= set(data.sessions)


def test_an_index_has_one_basis_and_a_negative_rate_is_missing(data: Data) -> None:
    assert data.tr["^GSPC"].equals(data.px["^GSPC"])
    assert math.isnan(past(data.px, "^IRX", data.at(date(2020, 3, 20)))[-1])


# --- article.md A.1 -------------------------------------------------------------------------------------------------


def test_three_month_returns_and_their_base(rows: dict[str, Row]) -> None:  # A.1 row 1
    for symbol, printed in [("IWM", "6.52"), ("SPY", "3.72")]:
        for window in ("63s", "3m"):
            percent(rows[symbol]["ret"][window], printed)
            assert rows[symbol]["base"][window] == "2025-10-09"
    prints(rows["IWM"]["ret"]["63s"], "0.0652")
    prints(rows["SPY"]["ret"]["63s"], "0.0372")


@pytest.mark.parametrize(("base", "iwm", "spy"), [("2025-10-02", "6.64", "3.71"), ("2025-10-07", "6.58", "3.73")])
def test_price_returns_that_fit_the_printed_headline(data: Data, base: str, iwm: str, spy: str) -> None:  # row 1
    n = data.at(ARTICLE) - data.at(date.fromisoformat(base))
    percent(ret(past(data.px, "IWM", data.at(ARTICLE)), n), iwm)
    percent(ret(past(data.px, "SPY", data.at(ARTICLE)), n), spy)


def test_the_small_cap_lead_and_how_robust_it_is(data: Data, spreads: dict[str, dict[str, Any]]) -> None:  # row 2
    lead = spreads["IWM-SPY"]
    for window, printed in [("5s", "3.0"), ("21s", "1.9"), ("63s", "2.80"), ("126s", "6.2"), ("252s", "-1.1")]:
        percent(lead[window], printed)
    iwm, spy = past(data.tr, "IWM", data.at(ARTICLE)), past(data.tr, "SPY", data.at(ARTICLE))
    percent(r5(iwm, spy, 42), "4.3")
    percent(lead["band63"][0], "-0.35")
    percent(lead["band63"][1], "3.20")
    prints(lead["t63"], "0.49")
    assert (lead["streak"], lead["agree"]) == (5, [5, 6])
    negative = [data.sessions[data.at(ARTICLE) - k] for k in range(58, 69) if r5(iwm, spy, k) < 0]
    assert negative == [date(2025, 10, 15)]


def test_equal_weight_against_cap_weight(spreads: dict[str, dict[str, Any]]) -> None:  # row 3
    percent(spreads["RSP-SPY"]["21s"], "2.23")
    percent(spreads["RSP-SPY"]["63s"], "1.03")


def test_the_record_closes_of_the_week(data: Data, rows: dict[str, Row]) -> None:  # rows 4, 12, 30
    gspc = rows["^GSPC"]
    assert (gspc["record_close"], gspc["record_high"], gspc["records_week"]) == (True, True, 2)
    week = [date(2026, 1, day) for day in range(5, 10)]
    closes = {day: expected_rows(data, day)["^GSPC"] for day in week}
    records = {day: row["last"] for day, row in closes.items() if row["record_close"]}
    assert list(records) == [date(2026, 1, 6), ARTICLE]
    prints(records[date(2026, 1, 6)], "6944.82")
    prints(records[ARTICLE], "6966.28")
    prints(gspc["high_252"], "6978.36")
    percent(-gspc["dist_high_252"], "0.17")


@pytest.mark.parametrize(("symbol", "ranks"), [("XLB", [1, 2, 1, 2]), ("XLI", [5, 3, 2, 4]), ("XLRE", [9, 10, 9, 10])])
def test_sector_ranks(data: Data, symbol: str, ranks: list[int]) -> None:  # row 5
    row = expected_ranks(data, ARTICLE, SECTORS)[symbol]
    assert [row[key] for key in ("1s", "5s", "21s", "63s")] == ranks


@pytest.mark.parametrize(
    ("symbol", "printed"),
    [
        ("XLRE", "0.15"),
        ("XLI", "1.10"),
        ("XLB", "1.60"),
        ("XLE", "0.26"),
        ("XLF", "-0.30"),
        ("XLV", "-0.51"),
        ("XLU", "1.24"),
        ("XLP", "1.03"),
    ],
)
def test_sector_day_moves(rows: dict[str, Row], symbol: str, printed: str) -> None:  # rows 6, 7
    percent(rows[symbol]["chg_1s"], printed)


def test_the_sectors_the_article_misread(data: Data, rows: dict[str, Row]) -> None:  # rows 7, 21, 22
    ranks = expected_ranks(data, ARTICLE, SECTORS)
    assert (ranks["XLU"]["1s"], ranks["XLU"]["63s"]) == (3, 11)
    assert (ranks["XLRE"]["63s"], ranks["XLV"]["63s"]) == (10, 1)
    percent(rows["XLU"]["ret"]["63s"], "-5.4")
    percent(rows["XLRE"]["ret"]["63s"], "-0.46")
    percent(rows["XLV"]["ret"]["63s"], "9.56")


@pytest.mark.parametrize(
    ("scheme", "day", "month"),
    [("msci", "0.27", "1.55"), ("morningstar", "0.08", "3.22"), ("article", "0.78", "2.93")],
)
def test_cyclical_minus_defensive(rotation: dict[str, Any], scheme: str, day: str, month: str) -> None:  # row 8
    percent(rotation["cyc_minus_def"][scheme]["1s"], day)
    percent(rotation["cyc_minus_def"][scheme]["21s"], month)


def test_the_window_close_to_close(data: Data) -> None:  # rows 9, 10; metrics.md 0.2
    for table, symbol, printed in [
        (data.tr, "IWM", "6.30"),
        (data.px, "IWM", "5.95"),
        (data.tr, "SPY", "2.33"),
        (data.px, "^GSPC", "2.255"),
        (data.px, "^DJI", "4.68"),
        (data.px, "^IXIC", "1.70"),
    ]:
        prices = inside(data, table, symbol)
        assert len(prices) == 28
        percent(ret(prices, 27), printed)
    percent(std(daily(inside(data, data.tr, "IWM")), 27, ddof=1), "0.922")
    percent(std(daily(inside(data, data.tr, "IWM")), 27, ddof=0), "0.904")


def test_the_base_before_the_window(data: Data) -> None:  # row 10
    n = data.at(ARTICLE) - data.at(date(2025, 11, 28))
    percent(ret(past(data.px, "^DJI", data.at(ARTICLE)), n), "3.75")
    percent(ret(past(data.px, "^IXIC", data.at(ARTICLE)), n), "1.31")


def test_small_caps_at_their_closing_high(data: Data) -> None:  # row 13
    for day in (date(2026, 1, 8), ARTICLE):
        tr = past(data.tr, "IWM", data.at(day))
        assert tr[-1] == np.max(tr[-252:])
        assert expected_rows(data, day)["IWM"]["days_since_high"] == 0


def test_twenty_day_averages(rows: dict[str, Row]) -> None:  # row 14, A.4
    prints(rows["^RUT"]["last"], "2624.22")
    prints(rows["^RUT"]["sma20"], "2542.443")
    percent(rows["^RUT"]["dist_sma20"], "3.22")
    prints(rows["^GSPC"]["sma20"], "6874.38")
    percent(rows["^GSPC"]["dist_sma20"], "1.34")


def test_the_dow_leads_over_63_sessions(data: Data, rows: dict[str, Row]) -> None:  # row 16
    for symbol, printed in [("DIA", "7.20"), ("IWM", "6.52"), ("SPY", "3.72"), ("QQQ", "2.74")]:
        percent(rows[symbol]["ret"]["63s"], printed)
    ranks = expected_ranks(data, ARTICLE, LEADERS)
    assert [ranks[symbol]["63s"] for symbol in ("DIA", "IWM", "SPY", "QQQ")] == [1, 2, 3, 4]


def test_small_cap_volatility_is_ordinary(data: Data, rows: dict[str, Row]) -> None:  # row 26
    prints(rows["IWM"]["vol_ratio"], "1.60")
    iwm, spy = past(data.tr, "IWM", data.at(ARTICLE)), past(data.tr, "SPY", data.at(ARTICLE))
    ends = range(1, len(iwm) + 1)
    ratios = np.array([ratio(sigma(iwm[:end], 20), sigma(spy[:end], 20)) for end in ends])
    percent(percentile_rank(ratios), "60")


def test_overbought_parts_on_both_bases(data: Data, rows: dict[str, Row]) -> None:  # row 27
    for symbol, own, total in [
        ("IWM", ("65.5", "1.03", "0.64"), ("66.1", "1.05", "0.66")),
        ("SPY", ("61.6", "0.89", "0.41"), ("62.3", "0.88", "0.45")),
    ]:
        row = rows[symbol]
        for key, printed in zip(("rsi14", "pct_b", "extension"), own, strict=True):
            prints(row[key], printed)
        tr = past(data.tr, symbol, data.at(ARTICLE))
        for value, printed in zip((float(rsi(tr)[-1]), percent_b(tr), extension(tr, tr)), total, strict=True):
            prints(value, printed)


def test_correlations(data: Data, rows: dict[str, Row]) -> None:  # row 28
    prints(rows["IWM"]["beta63"], "1.33")
    prints(rows["IWM"]["corr63"], "0.83")
    at = data.at(ARTICLE)
    prints(correlation(past(data.tr, "IWM", at), past(data.tr, "QQQ", at), 63), "0.72")


def test_sector_ranks_did_not_persist(rotation: dict[str, Any]) -> None:  # row 32
    prints(rotation["rank_persistence"], "0.07")


def test_after_the_article(data: Data) -> None:
    n = data.at(date(2026, 1, 30)) - data.at(ARTICLE)
    percent(ret(past(data.tr, "IWM", data.at(ARTICLE) + n), n), "-0.2")
    percent(ret(past(data.tr, "SPY", data.at(ARTICLE) + n), n), "-0.3")


def test_one_days_sectors_say_nothing_of_three_months(rows: dict[str, Row]) -> None:  # A.2, 11
    day = pd.Series({symbol: rows[symbol]["chg_1s"] for symbol in SECTORS}).rank()
    quarter = pd.Series({symbol: rows[symbol]["ret"]["63s"] for symbol in SECTORS}).rank()
    prints(float(day.corr(quarter)), "-0.19")


# --- article.md A.4: the article's own conventions -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("symbol", "printed"),
    [("IWM", "5.9698"), ("^RUT", "5.7203"), ("^GSPC", "2.2603"), ("^DJI", "4.0420"), ("^IXIC", "2.1535")],
)
def test_open_of_the_first_to_close_of_the_last(data: Data, symbol: str, printed: str) -> None:
    percent(inside(data, data.px, symbol)[-1] / inside(data, data.open, symbol)[0] - 1, printed)


def test_population_volatility_and_mean_volume(data: Data) -> None:
    percent(std(daily(inside(data, data.px, "IWM")), 27, ddof=0), "0.9162")
    percent(std(daily(inside(data, data.px, "^GSPC")), 27, ddof=0), "0.5226")
    percent(std(daily(inside(data, data.px, "^GSPC")), 27, ddof=1), "0.5326")
    prints(float(np.mean(inside(data, data.volume, "IWM"))), "35658350")


def test_health_care_from_its_open(data: Data) -> None:
    at = data.at(ARTICLE)
    percent(past(data.px, "XLV", at)[-1] / past(data.open, "XLV", at)[-1] - 1, "-0.644")


# --- metrics.md -----------------------------------------------------------------------------------------------------


def test_an_ordinary_day_for_every_sector(rotation: dict[str, Any]) -> None:  # S3
    sizes = {symbol: abs(sector["z_day"]) for symbol, sector in rotation["sectors"].items()}
    prints(max(sizes.values()), "1.60")
    assert max(sizes.values()) < 1.60


def test_the_press_count_of_winning_days(data: Data) -> None:  # R10a
    assert expected_spreads(data, date(2026, 1, 16))["IWM-SPY"]["streak_daily"] == 11


def test_the_two_graph_formulas_disagree_on_five_of_twelve(data: Data) -> None:  # B.2
    at = data.at(ARTICLE)
    differ = set()
    for symbol in [*SECTORS, "IWM"]:
        asset, bench = past(data.tr, symbol, at), past(data.tr, "SPY", at)
        ours = [float(path[-1]) for path in rotation_path(asset, bench)]
        strength = pd.Series(asset / bench)
        score = 100 + (strength - strength.rolling(14).mean()) / strength.rolling(14).std()
        momentum = 100 + (score - score.rolling(14).mean()) / score.rolling(14).std()
        if quadrant(*ours) != quadrant(float(score.iloc[-1]), float(momentum.iloc[-1])):
            differ.add(symbol)
    assert differ == {"XLC", "XLF", "XLP", "XLRE", "XLV"}


def test_no_value_looks_ahead(data: Data, rows: dict[str, Row]) -> None:
    """The file cut after the session gives the same rows: the prefix property of oracles.md F, 9."""
    end = data.at(ARTICLE) + 1
    tables = [table.iloc[:end] for table in (data.open, data.high, data.low, data.px, data.tr, data.volume)]
    assert expected_rows(Data(data.sessions[:end], data.symbols, *tables), ARTICLE) == rows


def test_rank_changes_and_tenures_fit_the_ranks(data: Data) -> None:
    now = expected_ranks(data, ARTICLE, SECTORS)
    then = expected_ranks(data, data.sessions[data.at(ARTICLE) - 21], SECTORS)
    changes = expected_rank_change(data, ARTICLE, SECTORS)
    days = expected_days_at_rank1(data, ARTICLE, SECTORS)
    assert changes["XLB"]["63s"] == 9
    assert {symbol for symbol in SECTORS if days[symbol]["63s"]} == {"XLV"}
    for symbol in SECTORS:
        before, after, climbed = then[symbol]["63s"], now[symbol]["63s"], changes[symbol]["63s"]
        assert before is not None
        assert after is not None
        assert climbed == before - after


def test_streak_counts_from_today_backwards(data: Data, spreads: dict[str, dict[str, Any]]) -> None:
    iwm, spy = past(data.tr, "IWM", data.at(ARTICLE)), past(data.tr, "SPY", data.at(ARTICLE))
    assert all(r5_back(iwm, spy, 63, back) > 0 for back in range(spreads["IWM-SPY"]["streak"]))
    assert r5_back(iwm, spy, 63, spreads["IWM-SPY"]["streak"]) <= 0
