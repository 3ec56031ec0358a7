from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.feeds.splice import OVERLAP, carried, joined
from core.panel import Bars
from tests.core.feeds.bars import bars, rows, same, times, with_values, without

WHOLE = bars(30)
NAN = float("nan")


def part(first: int, last: int) -> Bars:
    return rows(WHOLE, [*range(first, last)])


def restated(series: Bars, *, upto: int, tr: float, px: float = 1.0) -> Bars:
    """A dividend (or a split, with `px`) restates the rows before `upto`."""
    before = np.arange(len(series)) < upto
    adjusted = np.where(before, series.adj_close * tr * px, series.adj_close)
    split = times(series, px, slice(0, upto))
    return replace(split, adj_close=adjusted, volume=np.where(before, series.volume / px, series.volume))


# On one base


def test_new_sessions_join_those_stored() -> None:
    assert same(joined(part(0, 20), part(13, 30)), WHOLE)


def test_older_sessions_and_holes_join_too() -> None:
    assert same(joined(part(10, 30), part(0, 16)), WHOLE)
    assert same(joined(without(WHOLE, 17), part(10, 25)), WHOLE)


def test_where_nothing_is_new_the_stored_series_itself_comes_back() -> None:
    stored = part(0, 30)
    assert joined(stored, part(20, 30)) is stored
    assert joined(stored, with_values(part(20, 30), 3, {"open": NAN})) is stored


def test_a_value_that_is_there_is_never_lost_to_one_that_is_not() -> None:
    sparse = with_values(part(10, 30), 5, dict.fromkeys(("open", "high", "low", "volume"), NAN))
    assert same(joined(part(0, 20), sparse), WHOLE)


def test_a_session_that_is_stored_is_never_lost_to_an_answer_without_it() -> None:
    assert same(joined(part(0, 20), without(part(10, 30), 4)), WHOLE)


def test_a_value_that_was_corrected_is_taken_over() -> None:
    corrected = with_values(part(10, 30), 3, {"volume": 5.0})
    result = joined(WHOLE, corrected)
    assert result is not None
    assert result.volume[13] == 5.0


@pytest.mark.parametrize("factor", [1 + 1e-5, 0.25, 0.997])
def test_an_adjusted_close_on_another_base_is_not_joined(factor: float) -> None:
    fresh = replace(part(10, 30), adj_close=part(10, 30).adj_close * factor)
    assert joined(part(0, 20), fresh) is None


def test_a_close_on_another_base_is_not_joined_even_where_the_adjusted_one_agrees() -> None:
    assert joined(part(0, 20), replace(part(10, 30), close=part(10, 30).close * 1.1)) is None


def test_series_of_one_basis_and_of_two_are_not_joined() -> None:
    assert joined(replace(part(0, 20), adjusted=False), part(10, 30)) is None


def test_too_little_in_common_shows_nothing() -> None:
    assert joined(part(0, 20), part(20 - OVERLAP + 1, 30)) is None
    assert joined(part(0, 20), part(20 - OVERLAP, 30)) is not None
    assert joined(part(0, 10), part(20, 30)) is None


def test_a_symbol_listed_three_days_ago_has_no_more_in_common_than_it_has() -> None:
    assert same(joined(part(0, 3), part(0, 4)), part(0, 4))


@given(st.sets(st.integers(0, 29), min_size=6), st.sets(st.integers(0, 29), min_size=6))
def test_what_either_has_is_there_and_as_it_was(one: set[int], other: set[int]) -> None:
    result = joined(rows(WHOLE, sorted(one)), rows(WHOLE, sorted(other)))
    if len(one & other) < OVERLAP:
        assert result is None
    else:
        assert same(result, rows(WHOLE, sorted(one | other)))


# On another base


def test_a_dividend_restates_the_history_as_a_whole() -> None:
    fresh = restated(WHOLE, upto=25, tr=0.99)
    assert same(carried(part(0, 26), fresh), fresh)


def test_a_session_only_stored_is_brought_to_the_new_base() -> None:
    fresh = restated(WHOLE, upto=25, tr=0.99)
    result = carried(part(0, 26), without(fresh, 7))
    assert result is not None
    np.testing.assert_allclose(result.adj_close, fresh.adj_close, rtol=1e-12)
    assert np.array_equal(result.close, fresh.close)


def test_a_split_brings_prices_and_volume_to_the_new_base() -> None:
    fresh = restated(WHOLE, upto=25, tr=1.0, px=0.25)
    result = carried(part(0, 26), without(fresh, 7))
    assert result is not None
    assert result.close[7] == pytest.approx(WHOLE.close[7] / 4)
    assert result.adj_close[7] == pytest.approx(WHOLE.adj_close[7] / 4)
    assert result.volume[7] == pytest.approx(WHOLE.volume[7] * 4)


def test_sessions_before_the_whole_are_brought_along() -> None:
    fresh = restated(WHOLE, upto=25, tr=0.99)
    result = carried(part(0, 26), rows(fresh, [*range(10, 30)]))
    assert result is not None
    np.testing.assert_allclose(result.adj_close, fresh.adj_close, rtol=1e-12)


def test_a_session_on_the_edge_of_a_restatement_is_of_neither_base() -> None:
    fresh = restated(WHOLE, upto=20, tr=0.99)
    assert carried(part(0, 26), without(fresh, 20)) is None
    assert carried(part(0, 26), without(fresh, 18)) is not None


def test_an_answer_that_ends_before_the_stored_series_does_not_shorten_it() -> None:
    fresh = restated(WHOLE, upto=15, tr=0.99)
    kept = carried(WHOLE, rows(fresh, [*range(25)]))
    assert kept is not None
    assert same(rows(kept, [*range(25, 30)]), part(25, 30))
    # Where it ends before the event, nobody knows whether what follows was restated.
    assert carried(WHOLE, rows(fresh, [*range(12)])) is None


def test_two_series_without_a_common_session_are_not_carried() -> None:
    assert carried(part(0, 10), part(20, 30)) is None
