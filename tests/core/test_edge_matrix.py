"""The edge-case matrix of metrics.md B.10 and the numerics of 0.4, row by row.

What another test proves already is named here and not repeated:

    0.4   simple returns, ddof              oracle/test_traps.py          conventions
          not above at a tie                oracle/test_traps.py          test_a_tie_with_an_average_is_not_above_it
          zero variance is NaN              core/metrics/                 test_risk_properties, test_statistics
          ranks: ties share, NaN is none    core/test_rows.py             ..._share_their_rank, ..._a_stale_symbol_...
          rules use unrounded values        core/rules/test_rules.py      thresholds
          which jump is in doubt            core/metrics/test_suspects.py
          a bad tick that has left          core/metrics/test_rolling.py, oracle/test_traps.py
    B.10  a row missing today: the level    core/test_rows.py             test_a_stale_symbol_keeps_its_last_price_...
          a hole: the return of the resume  oracle/test_traps.py          test_a_hole_is_neither_padded_nor_carried_over
          no volume: not in UV, DV, TRIN    core/metrics/                 test_breadth_properties
          missing ticker, resolver's hint   core/test_pipeline.py         test_an_unknown_symbol_is_answered_...
          restated by a dividend            core/feeds/test_splice.py
          rows doubled, unsorted, zones     core/feeds/                   test_tables, test_sanitise
          weights that do not sum to 1      core/test_holdings.py         test_equity_lines_in_percent_are_scaled_to_one
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import numpy as np
import pytest

from core.metrics.members import Members
from core.panel import Bars, Floats, Panel
from core.pipeline import Pipeline
from core.sessions import Calendar
from core.settings import Basis, Settings
from core.snapshot import Row, Snapshot, to_json
from core.weights import Weights
from tests.core import builders, fakes

NAN = np.nan
SESSIONS = 270
LAST = SESSIONS - 1
PRICES = ("open", "high", "low", "px", "tr")
VOLUMES = {"volume", "adv20", "adv63", "rel_volume"}


def breadth(panel: Panel) -> dict[str, Floats]:
    """Every series over the finished sessions."""
    return {name: values[:-1] for name, values in Members(panel).history.items()}


@pytest.fixture(scope="module")
def whole() -> Panel:
    return builders.panel(17, SESSIONS)


def row_of(snapshot: Snapshot, symbol: str) -> Row:
    return fakes.rows(snapshot)[symbol]


def road(
    feed: fakes.FakeFeed, now: str = "12:00", day: date = fakes.SUNDAY, *, chosen: Settings | None = None
) -> Snapshot:
    """The whole road, at some moment."""
    clock = fakes.clock_at(day, now)
    return Pipeline(chosen or fakes.settings(), clock=clock, calendar=Calendar(), feed=feed, store=None).refresh()


# --- sessions -------------------------------------------------------------------------------------------------------


def with_row(series: Bars, day: str, close: float) -> Bars:
    """The series with one more bar, laid in at its place."""
    at = int(np.searchsorted(series.sessions, np.datetime64(day)))
    columns: dict[str, Any] = {name: np.insert(getattr(series, name), at, close) for name in fakes.COLUMNS}
    return replace(series, sessions=np.insert(series.sessions, at, np.datetime64(day)), **columns)


@pytest.mark.parametrize("day", ["2025-11-27", "2025-12-25", "2026-01-01", "2026-01-03", "2026-01-10"])
def test_a_row_of_a_day_without_a_session_is_dropped(day: str) -> None:
    """VIX and rates are quoted on holidays, currencies on Saturdays: nothing changes by it, and no session begins."""
    expected = to_json(road(fakes.market(fakes.settings(), fakes.sessions())))
    feed = fakes.market(fakes.settings(), fakes.sessions())
    for symbol in ("^VIX", "^TNX"):
        feed.bars[symbol] = with_row(feed.bars[symbol], day, 3.21)
    assert to_json(road(feed)) == expected


@pytest.mark.parametrize(("day", "marked"), [(fakes.HALF_DAY, VOLUMES), (date(2025, 12, 1), set())])
def test_a_half_day_is_a_session_whose_volumes_are_marked(day: date, marked: set[str]) -> None:
    snapshot = road(fakes.market(fakes.settings(), fakes.sessions(last=day)), "20:00", day)
    assert (snapshot.session, snapshot.half_day) == (day, bool(marked))
    found = {name for name, reason in builders.reasons(row_of(snapshot, "SPY")).items() if reason == "half_day"}
    assert found == marked
    assert row_of(snapshot, "SPY").chg_1s is not None
    assert "half_day" not in builders.reasons(row_of(snapshot, "^VIX")).values()


def test_in_progress_its_share_of_a_usual_volume_is_partial(whole: Panel) -> None:
    live = builders.live_row(whole, LAST)
    before = builders.part(whole, slice(LAST))
    view = builders.view(live.session, half_day=True)
    spy = row_of(builders.engine(before).snapshot(live, view), "SPY")
    expected = {**dict.fromkeys(VOLUMES, "half_day"), "rel_volume": "partial"}
    assert {name: reason for name, reason in builders.reasons(spy).items() if name in VOLUMES} == expected


# --- holes, halts, volumes, short histories -------------------------------------------------------------------------


def test_a_member_without_a_bar_is_in_no_count_of_the_day_and_moves_once_when_it_resumes() -> None:
    """A gains throughout; B lacks row 3 and resumes at 90 after 100: one decline, of row 4."""
    found = breadth(builders.members({"A": [100, 101, 102, 103, 104, 105], "B": [100, 100, 100, NAN, 90, 91]}))
    np.testing.assert_array_equal(found["counted"], [0, 2, 2, 1, 2, 2])
    np.testing.assert_array_equal(found["advances"][1:], [1, 1, 1, 1, 2])
    np.testing.assert_array_equal(found["declines"][1:], [0, 0, 0, 1, 0])
    np.testing.assert_array_equal(found["unchanged"][1:], [1, 1, 0, 0, 0])
    np.testing.assert_array_equal(found["ad_line"][1:], [1, 2, 3, 3, 5])
    # V10 of two members is their difference over the root of two; B's move of row 4 is that since row 2
    np.testing.assert_allclose(found["dispersion"][4], (104 / 103 - 90 / 100) / np.sqrt(2), rtol=1e-12)
    assert np.isnan(found["dispersion"][3])


def test_a_member_without_a_bar_makes_no_high_and_no_low() -> None:
    """Both rise to a high every day; the one that is missing on the last day makes none on it, nor interpolated."""
    rising = np.linspace(10, 20, 260)
    found = Members(builders.members({"A": rising, "B": np.where(np.arange(260) == 259, NAN, rising)}))
    assert found.history["new_highs"][[258, 259]].tolist() == [2, 1]
    assert found.history["highs_counted"][[258, 259]].tolist() == [2, 1]
    assert np.isnan(found.latest["px"][1])
    assert np.isnan(found.latest["sigma20"][1])


def test_a_halted_member_is_unchanged_above_nothing_and_of_middling_strength() -> None:
    found = Members(builders.members({"A": np.linspace(10, 20, 60), "HALT": np.full(60, 17.23)}))
    history = {name: values[:-1] for name, values in found.history.items()}
    assert set(history["unchanged"][1:]) == {1}
    assert set(history["above_sma20"][19:]) == {0.5}
    assert set(history["above_sma20_counted"][19:]) == {2}
    assert found.latest["rsi14"].tolist() == [100, 50]


def test_a_day_without_volume_leaves_the_prices_alone_and_names_the_hole(whole: Panel) -> None:
    """Four sessions ago nobody traded DIA: no mean volume of 20 sessions, and every price metric as before."""
    volume = whole.volume[:, whole.symbols.index("DIA")].copy()
    volume[LAST - 4] = 0.0
    usual = row_of(builders.look(builders.engine(whole), whole), "DIA")
    silent = builders.altered(whole, {"volume": volume}, symbol="DIA")
    row = row_of(builders.look(builders.engine(silent), whole), "DIA")
    expected = dict.fromkeys(("adv20", "adv63", "rel_volume"), "gap")
    assert builders.reasons(row) == {**builders.reasons(usual), **expected}
    assert row.volume == usual.volume
    for name in ("last", "chg_1s", "ret", "rsi14", "sigma20", "atr14", "rank"):
        assert getattr(row, name) == getattr(usual, name)


def test_a_young_member_is_in_neither_part_of_a_share() -> None:
    """Of three members with 50 rows one is above its average; a fourth with 30 rows counts for 20 sessions only."""
    t = np.arange(60)
    found = breadth(
        builders.members(
            {
                "UP": np.linspace(10, 20, 60),
                "DOWN": np.linspace(20, 10, 60),
                "FLAT": np.full(60, 5.0),
                "YOUNG": np.where(t < 30, NAN, np.linspace(1, 9, 60)),
            }
        )
    )
    assert (found["above_sma50"][-1], found["above_sma50_counted"][-1]) == (1 / 3, 3)
    assert (found["above_sma20"][-1], found["above_sma20_counted"][-1]) == (2 / 4, 4)
    assert (found["above_sma200_counted"][-1], np.isnan(found["above_sma200"][-1])) == (0, True)


def test_a_young_member_is_in_neither_part_of_highs_and_lows() -> None:
    """Both make a high every day, but one has 200 rows only: 1 of 1."""
    rising = np.linspace(10, 20, 260)
    found = breadth(builders.members({"OLD": rising, "YOUNG": np.where(np.arange(260) < 60, NAN, rising)}))
    assert (found["new_highs"][-1], found["highs_counted"][-1], found["high_share"][-1]) == (1, 1, 1.0)
    assert found["advances"][-1] == 2


# --- what is missing, what is in doubt ------------------------------------------------------------------------------


def test_a_close_in_doubt_silences_the_symbol_for_the_day(whole: Panel) -> None:
    """IWM at half its price: the level before it, no metric, ranks of three, no rule and no verdict on it."""
    suspect = builders.priced(whole, "IWM", whole.px[:, 1] * np.where(np.arange(SESSIONS) < LAST, 1.0, 0.5))
    snapshot = builders.look(builders.engine(suspect), whole)
    iwm = row_of(snapshot, "IWM")
    assert (iwm.last, iwm.session, iwm.asof) == (whole.px[LAST - 1, 1], whole.sessions[LAST - 1].item(), None)
    assert set(builders.reasons(iwm).values()) == {"suspect"}
    assert (iwm.chg_1s, iwm.sma20, iwm.volume, iwm.record_close) == (None, None, None, None)
    assert row_of(snapshot, "SPY").rank_of == dict.fromkeys(iwm.rank_of, 3)
    assert {w.state for w in snapshot.warnings if "IWM" in w.subject} == {"NOT_EVALUATED"}
    assert (snapshot.verdict.state, builders.health(snapshot).state) == ("NOT EVALUATED", "WARNING")


def test_once_confirmed_it_counts_again(whole: Panel) -> None:
    confirmed = builders.priced(whole, "IWM", whole.px[:, 1] * np.where(np.arange(SESSIONS) < LAST - 3, 1.0, 0.5))
    iwm = row_of(builders.look(builders.engine(confirmed), whole), "IWM")
    assert (iwm.last, iwm.session) == (whole.px[LAST, 1] / 2, whole.sessions[LAST].item())
    assert iwm.ret != {}
    assert "suspect" not in builders.reasons(iwm).values()


def test_a_quote_in_doubt_leaves_no_trace(whole: Panel) -> None:
    engine = builders.engine(builders.part(whole, slice(LAST)))
    live = builders.live_row(whole, LAST)
    half = replace(live, px=np.where(np.arange(len(live.px)) == 1, live.px / 2, live.px))
    view = builders.view(live.session)
    before = to_json(engine.snapshot(live, view))
    found = row_of(engine.snapshot(half, view), "IWM")
    assert (set(builders.reasons(found).values()), found.asof) == ({"suspect"}, None)
    assert to_json(engine.snapshot(live, view)) == before


def test_volatility_and_rates_may_double(whole: Panel) -> None:
    """No share of theirs is ever split."""
    factor = np.where(np.arange(SESSIONS) < LAST, 1.0, 2.0)
    doubled = whole
    for symbol in ("^VIX", "^TNX"):
        doubled = builders.priced(doubled, symbol, whole.px[:, whole.symbols.index(symbol)] * factor)
    snapshot = builders.look(builders.engine(doubled), whole)
    for symbol in ("^VIX", "^TNX"):
        assert row_of(snapshot, symbol).last == 2 * whole.px[LAST, whole.symbols.index(symbol)]
        assert "suspect" not in builders.reasons(row_of(snapshot, symbol)).values()


# --- dividends ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("basis", ["tr", "px"])
@pytest.mark.parametrize("quoted", [True, False])
def test_on_its_day_a_dividend_is_in_the_returns_before_the_evening(basis: Basis, *, quoted: bool) -> None:
    """1 % is paid on Monday: every earlier close was adjusted by 0.99. Quotes and a file's bar give the same."""
    days = fakes.sessions(last=fakes.MONDAY)
    usual = fakes.settings()
    chosen = msgspec.structs.replace(usual, metrics=msgspec.structs.replace(usual.metrics, basis=basis))
    feed = fakes.market(chosen, days)
    px = feed.bars["SPY"].close
    feed.bars["SPY"] = replace(feed.bars["SPY"], adj_close=px * np.where(np.arange(len(px)) < len(px) - 1, 0.99, 1.0))
    evening = row_of(road(feed, "20:00", fakes.MONDAY, chosen=chosen), "SPY")
    if quoted:
        feed.current = fakes.quotes(feed, fakes.new_york(fakes.MONDAY, "15:59"), factor=1.0)
        feed.bars = {symbol: series.upto(fakes.FRIDAY) for symbol, series in feed.bars.items()}
    snapshot = road(feed, "15:59", fakes.MONDAY, chosen=chosen)
    spy = row_of(snapshot, "SPY")
    assert (snapshot.session, snapshot.session_status) == (fakes.MONDAY, "intraday")
    assert isinstance(spy.ret, dict)
    for name, n in (("5s", 5), ("21s", 21), ("63s", 63)):
        assert spy.ret[name] == pytest.approx(px[-1] / (px[-1 - n] * (0.99 if basis == "tr" else 1.0)) - 1)
    assert spy.ret == pytest.approx(evening.ret)
    assert spy.sigma20 == pytest.approx(evening.sigma20)
    assert spy.chg_1s == pytest.approx(px[-1] / px[-2] - 1)


def test_on_its_day_a_dividend_is_in_what_the_lines_of_a_fund_brought(whole: Panel) -> None:
    """AAPL is half the fund, rises by a tenth over 21 sessions and pays 1 % on the last: 0.5 · (1.1/0.99 - 1)."""
    px = np.append(np.full(LAST, 10.0), 11.0)
    lines = builders.members({"AAPL": px, "XOM": px})
    adjusted = replace(lines, tr=lines.px * np.where(np.arange(SESSIONS) < LAST, 0.99, 1.0)[:, None])
    weights = Weights("SPY", whole.sessions[LAST - 21].item(), {"AAPL": 0.5, "XOM": 0.5}, 1.0, "SPY.csv")
    before = builders.part(adjusted, slice(LAST))
    engine = builders.engine_with_members(builders.part(whole, slice(LAST)), before, lines=weights)
    live, of_lines = builders.live_row(whole, LAST), builders.live_row(lines, LAST)
    told = replace(of_lines, tr_per_px=np.array([1.0, NAN]))
    found = engine.snapshot(live, builders.view(live.session), of_lines, {"SPY": told}).concentration
    assert found.c2_contribution["21s"] == pytest.approx(0.5 * (1.1 / 0.99 - 1), rel=1e-12)


# --- members, companies, weights ------------------------------------------------------------------------------------


def test_two_lines_of_one_company_are_one_name_and_two_members(whole: Panel) -> None:
    """GOOG and GOOGL weigh a quarter each, XOM a half: two names of equal weight, three lines that rise."""
    rising = np.linspace(10, 20, SESSIONS)
    panel = builders.members({"GOOG": rising, "GOOGL": rising, "XOM": rising})
    weights = Weights("SPY", builders.last_day(whole), {"GOOG": 0.25, "GOOGL": 0.25, "XOM": 0.5}, 1.0, "SPY.csv")
    snapshot = builders.look(builders.engine_with_members(whole, panel, lines=weights), whole)
    assert (snapshot.concentration.c1, snapshot.concentration.c3) == (0.5, 2.0)
    assert (snapshot.breadth.advances, snapshot.breadth.used) == (3, 3)


# --- risk -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lost", [1, 7])
def test_a_correlation_needs_every_session_of_its_window(lost: int, whole: Panel) -> None:
    """7 of 63 are fewer than 0.9·n; one is too, by the stricter reading that every window has (decisions/006)."""
    rows = slice(LAST - 30, LAST - 30 + lost)
    snapshot = builders.look(builders.engine(builders.without(whole, "IWM", rows=rows)), whole)
    iwm = row_of(snapshot, "IWM")
    assert (iwm.corr63, iwm.beta63, builders.reasons(iwm)["corr63"]) == (None, None, "gap")
    assert snapshot.risk.corr63["IWM-SPY"] is None


def test_a_singular_covariance_gives_no_distance_and_a_constant_series_is_left_out(whole: Panel) -> None:
    """Two funds that do the same cannot be told apart; one that stood still cannot have moved unusually."""
    xlb, xlk = (whole.px[:, whole.symbols.index(symbol)] for symbol in ("XLB", "XLK"))
    twins = builders.look(builders.engine(builders.priced(whole, "XLK", xlb)), whole).risk
    assert twins.turbulence is None
    assert twins.effective_bets is not None
    still = builders.look(builders.engine(builders.priced(whole, "XLK", np.full(SESSIONS, xlk[0]))), whole).risk
    assert still.turbulence is not None
    assert (still.avg_corr, still.effective_bets) == (None, None)


# --- numbers --------------------------------------------------------------------------------------------------------


def numbers(found: Any) -> Iterator[float]:
    """Every float of a document."""
    if isinstance(found, Mapping):
        for part in found.values():
            yield from numbers(part)
    elif isinstance(found, list | tuple):
        for part in found:
            yield from numbers(part)
    elif isinstance(found, float):
        yield found


def flat(panel: Panel) -> Panel:
    """Nothing ever moves, nobody trades."""
    still = np.full_like(panel.px, 50.0)
    fields: dict[str, Any] = dict.fromkeys(PRICES, still)
    return replace(panel, volume=np.zeros_like(still), **fields)


def hostile(whole: Panel) -> dict[str, tuple[Panel, Panel]]:
    """Markets that divide by zero: the panel of the screen, and that of the members."""
    panel = builders.walks(20, SESSIONS)
    rising = np.linspace(1, 2, SESSIONS)[:, None]
    all_up = builders.members(dict(zip(panel.symbols, np.repeat(rising, 20, axis=1).T, strict=True)))
    scaled: dict[str, Any] = {name: getattr(panel, name) * np.geomspace(1e-4, 1e7, 20) for name in PRICES}
    at_zero = builders.priced(whole, "^TNX", np.where(np.arange(SESSIONS) % 2, 1e-9, 1e-12))
    return {
        "flat": (flat(whole), flat(panel)),
        "flat lately": (
            builders.priced(whole, "SPY", np.where(np.arange(SESSIONS) < 5, 40.0, 50.0)),
            builders.halved(flat(panel), "M000", 100),
        ),
        "all up": (whole, all_up),
        "no volume": (replace(whole, volume=np.zeros_like(whole.px)), replace(panel, volume=np.zeros_like(panel.px))),
        "extremes": (at_zero, replace(panel, **scaled)),
        "one session": (builders.part(whole, slice(1)), builders.part(panel, slice(1))),
        "two sessions": (builders.part(whole, slice(2)), builders.part(panel, slice(2))),
        "nobody but VIX": (builders.without(whole, *(s for s in whole.symbols if s != "^VIX")), flat(panel)),
    }


@pytest.mark.parametrize(
    "name",
    ["flat", "flat lately", "all up", "no volume", "extremes", "one session", "two sessions", "nobody but VIX"],
)
def test_no_number_is_infinite_whatever_is_divided_by(name: str, whole: Panel) -> None:
    """Absent numbers are absent: in JSON an infinity would pass for one of them, so it is looked for before that."""
    screen, panel = hostile(whole)[name]
    found = list(numbers(msgspec.to_builtins(builders.look(builders.engine_with_members(screen, panel), screen))))
    assert found
    assert np.isfinite(found).all()


@pytest.mark.parametrize("price", [0.0, -5.0, np.inf, -np.inf])
def test_an_impossible_price_is_as_none_at_all(price: float) -> None:
    """Refused before any sum: nothing of it is left in a window, nor does the bar count."""
    documents = []
    for value in (price, NAN):
        feed = fakes.market(fakes.settings(), fakes.sessions())
        spy = feed.bars["SPY"]
        columns = {name: getattr(spy, name).copy() for name in fakes.COLUMNS}
        for name in fakes.COLUMNS[:-1]:
            columns[name][-10] = value
        feed.bars["SPY"] = replace(spy, **columns)
        documents.append(to_json(road(feed)))
    assert documents[0] == documents[1]
