from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date

import msgspec
import pytest
from msgspec import UNSET
from textual.pilot import Pilot

from core.errors import NoDataError
from core.metrics.catalogue import METRICS
from core.series import SymbolDetail
from core.snapshot import Breadth, Row, SectorRow, Snapshot
from tests.tui import builders, series
from tests.tui.script import PATIENCE, Script, board, shown, text, until
from tui.app import TapeboardApp
from tui.screens.board import BoardScreen
from tui.screens.members import MembersScreen
from tui.screens.over_time import OverTimeScreen
from tui.screens.symbol import SymbolScreen
from tui.screens.symbol_metrics import IDS, metric_of, metric_rows

Compare = Callable[..., bool]

SIZES = [(160, 45), (120, 35), (80, 24)]


def with_members() -> Snapshot:
    """A snapshot with a breadth universe."""
    return builders.rich(breadth=Breadth(universe="sp500", members=503, used=503))


def told(pilot: Pilot[None], *parts: str) -> bool:
    return all(part in text(pilot) for part in parts)


def symbol_screen(pilot: Pilot[None]) -> SymbolScreen:
    screen = pilot.app.screen
    assert isinstance(screen, SymbolScreen)
    return screen


@asynccontextmanager
async def opened(script: Script, *keys: str, size: tuple[int, int] = (160, 45)) -> AsyncIterator[Pilot[None]]:
    """The application after these keys on the board."""
    async with TapeboardApp(builders.settings(), lambda: script).run_test(size=size) as pilot:
        await board(pilot)
        await pilot.press(*keys)
        await pilot.pause()
        yield pilot


@pytest.mark.parametrize("size", SIZES)
async def test_enter_opens_a_symbol_with_its_prices_and_metrics(size: tuple[int, int]) -> None:
    async with opened(Script(builders.rich()), "enter", size=size) as pilot:
        await until(pilot, lambda: told(pilot, "52w high"))
        assert told(pilot, symbol_screen(pilot).symbol, "← →", "252 sessions", "200d +")
        if size[0] < 110:
            assert not told(pilot, "Returns")
            await pilot.press("tab")
            await pilot.pause()
            assert not told(pilot, "52w high")
        assert told(pilot, "Returns", "since 20", "5 sessions")


@pytest.mark.parametrize("key", ["escape", "enter"])
async def test_escape_and_enter_go_back(key: str) -> None:
    async with opened(Script(builders.rich()), "enter", key) as pilot:
        assert isinstance(pilot.app.screen, BoardScreen)


async def test_left_and_right_go_through_the_list_as_it_is_sorted() -> None:
    async with opened(Script(builders.rich()), "2") as pilot:
        pane = (await board(pilot)).panes[1]
        await pilot.press("s", "enter")
        screen = symbol_screen(pilot)
        shown = [row.key for _section, row in pane.table.rows()]  # type: ignore[attr-defined]  # a pane with a table
        first = screen.symbol
        for key, step in (("right", 1), ("l", 2), ("left", 1), ("h", 0), ("left", -1)):
            await pilot.press(key)
            assert screen.symbol == shown[(shown.index(first) + step) % len(shown)]
        await until(pilot, lambda: told(pilot, f"{shown.index(screen.symbol) + 1} of 11"))


async def test_the_rotation_list_opens_a_sector_fund() -> None:
    async with opened(Script(with_members()), "5", "down", "enter") as pilot:
        assert symbol_screen(pilot).symbol in {row.symbol for row in builders.rich().sectors}


async def test_a_spread_opens_the_ratio_of_its_two_symbols_over_time() -> None:
    equal = msgspec.structs.replace(builders.spreads()[0], id="RSP-SPY")
    async with opened(Script(builders.rich(spreads=(*builders.spreads(), equal)))) as pilot:
        screen = await board(pilot)
        screen.panes[0].listed().move_cursor_to("spreads RSP-SPY")
        await pilot.press("enter")
        await until(pilot, lambda: told(pilot, "RSP / SPY"))
        assert isinstance(pilot.app.screen, OverTimeScreen)
        await pilot.press("escape", "o")
        await until(pilot, lambda: told(pilot, "RSP / SPY"))


async def test_the_basis_of_returns_is_told_and_changed() -> None:
    async with opened(Script(builders.rich()), "enter") as pilot:
        await until(pilot, lambda: told(pilot, "Returns · tr"))
        await pilot.press("b")
        await until(pilot, lambda: told(pilot, "Returns · px"))


async def test_keys_change_how_prices_are_drawn() -> None:
    async with opened(Script(builders.rich()), "enter") as pilot:
        for key, words in (
            ("v", "252 sessions · candles of 4 sessions"),
            ("y", "logarithmic"),
            ("x", "63 sessions · candles · logarithmic"),
            ("x", "126 sessions · candles of 2 sessions"),
            ("v", "126 sessions · line"),
            ("y", "linear"),
            ("x", "252 sessions · line"),
        ):
            await pilot.press(key)
            await until(pilot, lambda words=words: told(pilot, words))  # type: ignore[misc]  # a name of the loop


async def test_where_the_metrics_hide_the_chart_a_key_that_changes_it_shows_it() -> None:
    async with opened(Script(builders.rich()), "enter", "tab", size=(80, 24)) as pilot:
        await until(pilot, lambda: told(pilot, "Metric"))
        await pilot.press("v")
        await until(pilot, lambda: told(pilot, "candles of") and not told(pilot, "Metric "))


@pytest.mark.parametrize("size", SIZES)
async def test_the_metric_at_the_cursor_is_explained(size: tuple[int, int]) -> None:
    async with opened(Script(builders.rich()), "enter", "f", size=size) as pilot:
        await until(pilot, lambda: told(pilot, "P(t)/P(t-n) - 1", "tr; 1 session px", "field standard"))
        symbol_screen(pilot).table.move_cursor_to("rsi14")
        await until(pilot, lambda: told(pilot, "RSI of 14  ", "Wilder 1978"))
        await pilot.press("f")
        await until(pilot, lambda: not told(pilot, "Wilder 1978"))


def test_every_metric_that_is_shown_is_in_the_catalogue() -> None:
    assert set(IDS.values()) <= {metric.id for metric in METRICS}
    full = msgspec.structs.replace(builders.rich().sectors[0], rs={"5s": 0.01})
    rows, _sections = metric_rows(full, None, {}, "tr")
    assert [row.key for row in rows if metric_of(row.key) is None] == []
    shown = {row.key.partition(".")[0] for row in rows}
    beside = {"symbol", "name", "group", "last", "session", "asof", "status", "basis", "base", "spark", "tail"}
    notes = {"rank_of", "rank_change", "days_at_rank1", "record_since", "records_week", "drawdown_sessions", "quadrant"}
    notes |= {f"{kind}sma{n}" for kind in ("", "slope_") for n in (20, 50, 200)} | {"cls", "tail_days"}
    notes |= {"high_252", "low_252", "high_close_252", "chg_bp", "chg_pt"}
    assert set(SectorRow.__struct_fields__) - shown == beside | notes


def test_what_is_absent_says_why() -> None:
    status = {
        "ret.252s": "short_history",
        "sma200": "short_history",
        "dist_sma200": "short_history",
        "volume": "missing_input",
        "beta63": "suspect",
        "rsi14": "gap",
        "annual_vol": "not_supported",
    }
    row = Row(symbol="X", name="X", group="g", last=5.0, ret={"5s": 0.01, "252s": None}, rel_volume=0.4, status=status)
    row = msgspec.structs.replace(row, status=status | {"rel_volume": "partial"})
    notes = {shown.key: shown.cells["note"].text for shown in metric_rows(row, None, {}, "tr")[0]}
    assert notes["ret.252s"] == notes["dist_sma200"] == "too short a history"
    assert notes["volume"] == "the feed does not have it"
    assert (notes["beta63"], notes["rsi14"]) == ("suspect prices", "a gap in the data")
    assert notes["annual_vol"] == "means nothing for its class"
    assert notes["rel_volume"] == "the session is not over"


@pytest.mark.parametrize(("field", "label"), [("chg_bp", "bp"), ("chg_pt", "pt")])
def test_yields_and_volatilities_have_changes_of_their_own(field: str, label: str) -> None:
    row = Row(symbol="^X", name="X", group="g", last=4.2, ret=UNSET, **{field: {"1s": 3.0, "5s": None}})  # type: ignore[arg-type]  # one of two fields
    shown = {one.key: one.cells["value"].text for one in metric_rows(row, None, {}, "tr")[0]}
    assert shown[f"{field}.1s"].endswith(label)
    assert not any(key.startswith("ret.") for key in shown)


def test_falls_have_dates_where_they_are_known() -> None:
    falls = series.detail().drawdowns
    assert falls is not None
    row = Row(symbol="X", name="X", group="g", drawdown=-0.02, max_drawdown=-0.19)

    def note(field: str, known: object) -> str:
        rows, _sections = metric_rows(row, known, {}, "tr")  # type: ignore[arg-type]  # falls or None
        return next(shown.cells["note"].text for shown in rows if shown.key == field)

    assert note("drawdown", falls) == f"high of {falls.peak}, 7 s ago"
    assert note("max_drawdown", falls) == f"{falls.top} to {falls.trough} · won back {falls.recovered}"
    assert note("max_drawdown", replace(falls, recovered=None)).endswith("not won back")
    assert note("drawdown", replace(falls, depth=0.0)) == "at a high"
    assert note("max_drawdown", replace(falls, deepest=0.0)) == note("drawdown", None) == ""


async def test_why_there_is_no_chart_is_told() -> None:
    class Refusing(Script):
        def detail(self, symbol: str, at: date | None) -> SymbolDetail:
            raise NoDataError(f"{symbol} is not there", "wait")

    async with opened(Refusing(builders.rich()), "enter") as pilot:
        await until(pilot, lambda: told(pilot, "is not there: wait"))
        assert told(pilot, "Returns")


async def test_a_new_snapshot_is_asked_about_again_as_of_its_session() -> None:
    asked: list[tuple[str, date | None]] = []

    class Counting(Script):
        def detail(self, symbol: str, at: date | None) -> SymbolDetail:
            asked.append((symbol, at))
            return super().detail(symbol, at)

    async with opened(Counting(builders.rich(), builders.rich(step=1)), "enter") as pilot:
        await until(pilot, lambda: told(pilot, "52w high"))
        before = len(asked)
        await pilot.press("r")
        await until(pilot, lambda: len(asked) > before)
        assert set(asked) == {(symbol_screen(pilot).symbol, builders.SESSION)}
        await pilot.press("ctrl+t", "question_mark", "escape")
        assert isinstance(pilot.app.screen, SymbolScreen)


async def test_an_answer_about_another_symbol_is_not_shown() -> None:
    late = threading.Event()

    class Slow(Script):
        def detail(self, symbol: str, at: date | None) -> SymbolDetail:
            late.wait(PATIENCE)
            return super().detail(symbol, at)

    async with opened(Slow(builders.rich()), "enter", "right") as pilot:
        screen = symbol_screen(pilot)
        assert told(pilot, "loading …")
        late.set()
        await until(pilot, lambda: told(pilot, "52w high"))
        assert screen.symbol != "IWM" or told(pilot, "IWM")


async def test_without_a_universe_a_sector_opens_its_fund_and_says_how_to_get_members() -> None:
    async with opened(Script(builders.rich()), "2", "enter") as pilot:
        assert told(pilot, "--universe sp500")
        assert symbol_screen(pilot).symbol in {row.symbol for row in builders.rich().sectors}


@pytest.mark.parametrize("size", SIZES)
async def test_a_sector_opens_its_members(size: tuple[int, int]) -> None:
    async with opened(Script(with_members()), "2", "enter", size=size) as pilot:
        assert isinstance(pilot.app.screen, MembersScreen)
        await until(pilot, lambda: told(pilot, "Gainers over 63s · 2", "Losers over 63s · 1"))
        assert told(pilot, "AAA", "+2.10", "No 63s: the feed does not have it · 1", "weights: SPY 2026-01-09")
        if size[0] >= 120:
            assert told(pilot, "Information Technology of S&P 500", "3 of 4 members", "wgt %", "bp 63s", "vs 50d")
            assert told(pilot, "% · 63s · tr · since 2025-10-09")
        else:
            assert told(pilot, "% 63s tr 10-09")
            assert told(pilot, "members of an undated list", "+10.5")
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, BoardScreen)


async def test_every_window_parts_gainers_from_losers_and_is_that_of_the_board() -> None:
    async with opened(Script(with_members()), "2", "enter") as pilot:
        for window in ("63s", "126s", "252s", "1s", "5s", "21s"):
            sides = ("No 252s: too short a history · 3",) if window == "252s" else (f"Gainers over {window} · ",)
            await until(pilot, lambda sides=sides, window=window: told(pilot, *sides, f"by {window}"))  # type: ignore[misc]  # bound at once
            await pilot.press("w")
        await pilot.press("W")
        await until(pilot, lambda: told(pilot, "Gainers over 21s · 2", "Losers over 21s · 1"))
        await pilot.press("escape")
        assert (await board(pilot)).window == "21s"


async def test_members_can_be_sorted() -> None:
    async with opened(Script(with_members()), "2", "enter") as pilot:
        await until(pilot, lambda: told(pilot, "Gainers"))
        table = pilot.app.screen.query_one("LiveTable")
        await pilot.press("S")
        keys = [row.key for _section, row in table.rows()]  # type: ignore[attr-defined]  # it is a LiveTable
        assert keys == ["BBB", "AAA", "CCC", "DDD"]
        await pilot.press("s")
        assert told(pilot, "by 126s")


async def test_enter_opens_a_member_and_d_the_fund() -> None:
    async with opened(Script(with_members()), "2", "enter") as pilot:
        await until(pilot, lambda: told(pilot, "Gainers"))
        await pilot.press("down", "enter")
        assert symbol_screen(pilot).symbol == "BBB"
        await until(pilot, lambda: told(pilot, "BBB Corp.", "101.50", "+1.23 %", "2 of 4"))
        await pilot.press("escape", "d")
        assert symbol_screen(pilot).symbol in {row.symbol for row in builders.rich().sectors}
        await pilot.press("escape", "escape")
        assert isinstance(pilot.app.screen, BoardScreen)


async def test_why_there_are_no_members_is_told() -> None:
    class Refusing(Script):
        def members(self, fund: str, at: date | None) -> object:  # type: ignore[override]  # it never answers
            raise NoDataError("no members", "wait")

    async with opened(Refusing(with_members()), "2", "enter") as pilot:
        await until(pilot, lambda: told(pilot, "no members: wait"))


def holed() -> Snapshot:
    """A snapshot whose first fund lacks a part of its numbers, each for another reason."""
    snapshot = with_members()
    first, *rest = snapshot.leadership
    status = {"ret.252s": "short_history", "dist_sma200": "gap", "volume": "missing_input", "beta63": "suspect"}
    assert isinstance(first.ret, dict)
    lacking = msgspec.structs.replace(
        first, ret=first.ret | {"252s": None}, dist_sma200=None, volume=None, beta63=None, status=status
    )
    return msgspec.structs.replace(snapshot, leadership=(lacking, *rest))


@pytest.mark.parametrize(
    ("theme", "size", "keys", "awaited"),
    [
        ("dark", (160, 45), ("enter", "v", "f"), "52w high"),
        ("contrast", (80, 24), ("enter", "tab", *["down"] * 5), "too short a history"),
        ("light", (120, 35), ("2", "enter"), "Gainers"),
    ],
    ids=["detail-wide-dark", "absences-narrow-contrast", "members-medium-light"],
)
def test_pictures(
    snap_compare: Compare, theme: str, size: tuple[int, int], keys: tuple[str, ...], awaited: str
) -> None:
    snapshot = holed()

    async def before(pilot: Pilot[None]) -> None:
        await shown(pilot, snapshot)
        if keys[0] == "enter":
            (await board(pilot)).panes[0].table.move_cursor_to("index_funds SPY")  # type: ignore[attr-defined]  # it has one
        await pilot.press(*keys)
        await until(pilot, lambda: told(pilot, awaited))

    running = TapeboardApp(builders.settings(theme=f"tapeboard-{theme}"), lambda: Script(snapshot), frozen=True)
    assert snap_compare(running, terminal_size=size, run_before=before)
