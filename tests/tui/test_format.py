from __future__ import annotations

import math
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui import format as fmt


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.0123, "+1.23"),
        (-0.0123, "-1.23"),
        (0.0, "0.00"),
        (1e-6, "0.00"),
        (-1e-6, "0.00"),
        (12.345678, "+1,234.57"),
        (None, "—"),
        (math.nan, "—"),
        (math.inf, "—"),
    ],
)
def test_a_fraction_in_percent(x: float | None, text: str) -> None:
    assert fmt.pct(x) == text


def test_percent_takes_digits_and_leaves_the_sign_out() -> None:
    assert fmt.pct(0.181, 1, sign=False) == "18.1"
    assert fmt.pct(-0.181, 1, sign=False) == "-18.1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (fmt.pp(0.028), "+2.8 pp"),
        (fmt.pp(-0.0042, 2), "-0.42 pp"),
        (fmt.pp(None), "—"),
        (fmt.bp(3.2), "+3 bp"),
        (fmt.bp(-0.2), "0 bp"),
        (fmt.bp(None), "—"),
        (fmt.pt(-0.81), "-0.8 pt"),
        (fmt.pt(-12.34), "-12 pt"),
        (fmt.pt(None), "—"),
    ],
)
def test_changes_carry_their_unit(text: str, expected: str) -> None:
    assert text == expected


@pytest.mark.parametrize(
    ("x", "text"),
    [(694.07, "694.07"), (6966.28, "6,966.28"), (4.167, "4.17"), (0.0512, "0.0512"), (1.5e6, "1,500,000"), (None, "—")],
)
def test_levels_have_sensible_decimals(x: float | None, text: str) -> None:
    assert fmt.level(x) == text


@pytest.mark.parametrize(
    ("x", "style"), [(0.01, "up"), (-0.01, "down"), (0.0, "flat"), (-4e-5, "flat"), (None, ""), (math.nan, "")]
)
def test_the_direction_is_the_one_that_is_shown(x: float | None, style: str) -> None:
    assert fmt.direction(x) == style


@given(st.floats(-5, 5))
def test_direction_and_sign_never_disagree(x: float) -> None:
    sign = {"up": "+", "down": "-", "flat": "0"}[fmt.direction(x)]
    assert fmt.pct(x)[0] == sign


@pytest.mark.parametrize(
    ("x", "text"), [(2.0, "▲2"), (-1.0, "▼1"), (0.0, "·"), (1.5, "▲1½"), (-0.5, "▼½"), (None, ""), (math.nan, "")]
)
def test_places_gained_and_lost(x: float | None, text: str) -> None:
    assert fmt.arrow(x) == text


@pytest.mark.parametrize(("x", "text"), [(1.0, "1"), (10.0, "10"), (3.5, "3½"), (None, "—"), (math.nan, "—")])
def test_ranks(x: float | None, text: str) -> None:
    assert fmt.rank(x) == text


def test_points_stand_in_one_column_when_set_flush_right() -> None:
    texts = fmt.on_point(["1.20", "0.0512", "—", "1,500,000", "12.5"])
    width = max(map(len, texts))
    points = {text.rjust(width).index(".") for text in texts if "." in text}
    assert len(points) == 1
    assert [text.strip() for text in texts] == ["1.20", "0.0512", "—", "1,500,000", "12.5"]


def test_days() -> None:
    friday = date(2026, 1, 9)
    assert fmt.day(friday) == "Fri 2026-01-09"
    assert fmt.day(friday, weekday=False) == "2026-01-09"
    assert fmt.day(None) == "—"
    assert fmt.short_day(friday) == "01-09"
    assert fmt.short_day(friday, date(2026, 3, 1)) == "01-09"
    assert fmt.short_day(friday, date(2025, 3, 1)) == "2026-01-09"


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2026, 1, 9, 21, 0, 5, tzinfo=UTC), "16:00:05"),
        (datetime(2026, 7, 9, 20, 0, 5, tzinfo=UTC), "16:00:05"),
        (None, "—"),
    ],
)
def test_times_are_those_of_new_york(at: datetime | None, text: str) -> None:
    assert fmt.time_et(at, seconds=True) == text


def test_the_date_is_that_of_new_york() -> None:
    assert fmt.date_et(datetime(2026, 1, 10, 4, 59, tzinfo=UTC)) == date(2026, 1, 9)


@given(st.text(max_size=40), st.integers(0, 30))
def test_shortened_text_fits(text: str, width: int) -> None:
    shortened = fmt.shorten(text, width)
    assert cell_len(shortened) <= width
    assert cell_len(text) > width or shortened == text


def test_parts_are_kept_whole_where_they_can_be() -> None:
    parts = ["points 1", "raised ≥ 2", "warning ≥ 3"]
    assert fmt.packed(parts, 40) == ["points 1 · raised ≥ 2 · warning ≥ 3"]
    assert fmt.packed(parts, 34) == ["points 1 · raised ≥ 2", "warning ≥ 3"]
    assert fmt.packed(parts, 9) == ["points 1", "raised ≥", "2", "warning ≥", "3"]
    assert fmt.packed([], 9) == []


def test_a_unit_stays_with_its_number() -> None:
    assert fmt.wrap("down by 12.5 % since", 12) == ["down by", "12.5 % since"]
    assert fmt.wrap("a share in % of all", 10) == ["a share in", "% of all"]


def test_chinese_is_broken_between_characters_but_not_at_its_marks() -> None:
    assert fmt.wrap("小盘股的领先并不稳固，自周二起。", 10) == ["小盘股的领", "先并不稳", "固，自周二", "起。"]
    assert fmt.wrap("上涨（扩散）", 6) == ["上涨", "（扩", "散）"]
    assert fmt.wrap("位于 SPY 之上", 8) == ["位于 SPY", "之上"]
    assert fmt.wrap("收于IWM之下", 8) == ["收于IWM", "之下"]


@given(st.text("ab 漢é-1%", max_size=60), st.integers(2, 20))
def test_wrapped_text_fits_and_loses_nothing(text: str, width: int) -> None:
    lines = fmt.wrap(text, width)
    assert all(0 < cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
