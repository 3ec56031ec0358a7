"""The charts over time, on canvases of any size."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import ComposeResult

from core.series import Leaders
from tests.core.builders import examples
from tests.tui import series
from tests.tui.drawn import DrawnApp
from tests.tui.script import text
from tui.widgets.canvas import Canvas
from tui.widgets.leader_strip import draw_leaders, run, shares
from tui.widgets.price_chart import PriceChart, PriceLook, draw_prices, gathered, newest, per_candle, volume_text
from tui.widgets.ratio_chart import RatioChart, draw_ratio

width, height = st.integers(1, 250), st.integers(1, 70)


@examples(60)
@given(width, height, st.booleans(), st.booleans(), st.booleans())
def test_prices_are_drawn_at_any_size(width: int, height: int, candles: bool, log: bool, live: bool) -> None:
    canvas = Canvas(width, height)
    draw_prices(canvas, series.prices(live=live), PriceLook(candles=candles, log=log))
    assert canvas.text().strip()


@examples(40)
@given(width, height)
def test_ratio_and_leaders_are_drawn_at_any_size(width: int, height: int) -> None:
    ratio, leaders = Canvas(width, height), Canvas(width, height)
    draw_ratio(ratio, series.ratio())
    draw_leaders(leaders, series.leaders()[0])
    assert ratio.text().strip()
    assert leaders.text().strip()


def test_a_price_chart_names_its_lines_beside_them() -> None:
    canvas = Canvas(120, 35)
    draw_prices(canvas, series.prices(), PriceLook())
    seen = canvas.text()
    for part in ("20d", "50d", "200d +", "52w high", "70M", "2025-"):
        assert part in seen
    assert {"up", "down", "info", "watch", "alarm", "volume"} <= styles(canvas)


def test_candles_show_all_sessions_as_a_line_does() -> None:
    candles, line = Canvas(100, 30), Canvas(100, 30)
    draw_prices(candles, series.prices(), PriceLook())
    draw_prices(line, series.prices(), PriceLook(candles=False))
    assert "2025-03" in line.text()
    assert "2025-03" in candles.text()
    assert not {"up", "down"} & styles(line)
    assert newest(series.prices(), 5).sessions == series.SESSIONS[-5:]


def test_sessions_are_gathered_up_to_the_newest() -> None:
    all_of_them = series.prices()
    seen = gathered(all_of_them, 4)
    assert seen.sessions == all_of_them.sessions[::-4][::-1]
    assert seen.open[-1] == all_of_them.open[-4]
    assert seen.close[-1] == all_of_them.close[-1]
    for field, pick in (("high", max), ("low", min), ("volume", max)):
        assert getattr(seen, field)[-1] == pick(getattr(all_of_them, field)[-4:])
    assert gathered(all_of_them, 1) is all_of_them
    assert per_candle(all_of_them, 10, 5) == math.ceil(len(all_of_them.sessions) / 10)


def test_without_colours_a_fall_has_another_shape() -> None:
    canvas = Canvas(100, 30)
    draw_prices(canvas, series.prices(), PriceLook(colours=False))
    falls = {char for y in range(30) for run in canvas.runs(y) if run.style == "down" for char in run.text}
    rises = {char for y in range(30) for run in canvas.runs(y) if run.style == "up" for char in run.text}
    assert falls & set("▄▀█")
    assert rises & set("┃╻╹╽╿")
    assert not falls & set("┃╻╹╽╿")


def test_a_session_in_progress_is_drawn_without_an_open() -> None:
    canvas = Canvas(100, 30)
    draw_prices(canvas, series.prices(live=True), PriceLook())
    assert canvas.text().strip()


def test_what_has_no_prices_is_told_in_words() -> None:
    empty = replace(series.prices(), close=(None,) * series.COUNT)
    canvas = Canvas(60, 12)
    draw_prices(canvas, empty, PriceLook())
    assert canvas.text().split() == ["SPY", "—"]


def test_a_ratio_tells_its_distance_from_both_averages() -> None:
    wide, narrow = Canvas(90, 20), Canvas(45, 20)
    for canvas in (wide, narrow):
        draw_ratio(canvas, series.ratio())
        for part in ("IWM / SPY", "200d +", "50d +", "2025-"):
            assert part in canvas.text()


def test_lanes_tell_share_and_run() -> None:
    canvas = Canvas(90, 5)
    draw_leaders(canvas, series.leaders()[0])
    spy, iwm, qqq, dia, months = canvas.text().split("\n")
    assert spy.split()[0] == "SPY"
    assert spy.rstrip().endswith("┈  17 %")
    assert "7 % now 17 s" in iwm
    assert "▇▇▇" in qqq
    assert {"▃", "▄", "▅"} & set(dia)
    assert "2025-" in months


def test_where_lanes_do_not_fit_those_remain_that_led_most_and_the_present_leader() -> None:
    canvas = Canvas(90, 3)
    draw_leaders(canvas, series.leaders()[0])
    assert [line.split()[0] for line in canvas.text().split("\n")[:2]] == ["IWM", "QQQ"]


def test_nobody_leads_alone() -> None:
    alone = Leaders("Funds", "63s", ("SPY",), series.SESSIONS, (None,) * series.COUNT)
    canvas = Canvas(60, 5)
    draw_leaders(canvas, alone)
    assert "Funds: nobody leads alone" in canvas.text()
    assert run(alone.leader) == 0


@examples(60)
@given(st.lists(st.sampled_from(["a", "b", None]), min_size=1, max_size=300), st.integers(1, 200))
def test_shares_count_each_session_of_a_cell(leader: list[str | None], cells: int) -> None:
    found = shares(leader, "a", cells)
    assert len(found) == cells
    assert all(0 <= share <= 1 for share in found)
    assert any(found) == ("a" in leader)


@pytest.mark.parametrize(("volume", "text"), [(62e6, "62M"), (1.6e9, "2B"), (9_400, "9K"), (12, "12")])
def test_volumes_are_short(volume: float, text: str) -> None:
    assert volume_text(volume) == text


class Both(DrawnApp):
    CSS = "PriceChart, RatioChart { height: 1fr; }"

    def compose(self) -> ComposeResult:
        self.prices, self.ratio = PriceChart(), RatioChart()
        yield self.prices
        yield self.ratio


async def test_the_widgets_show_series_or_words() -> None:
    app = Both()
    async with app.run_test(size=(100, 40)) as pilot:
        await pilot.pause()
        assert "no prices" in text(pilot)
        assert "no common prices" in text(pilot)
        app.prices.show(series.prices(), PriceLook())
        app.ratio.show(None, "asking")
        await pilot.pause()
        assert "52w high" in text(pilot)
        assert "asking" in text(pilot)
        app.ratio.show(series.ratio())
        await pilot.pause()
        assert "IWM / SPY" in text(pilot)


def styles(canvas: Canvas) -> set[str]:
    return {run.style for y in range(canvas.height) for run in canvas.runs(y)}
