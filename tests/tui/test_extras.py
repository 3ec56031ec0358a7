from __future__ import annotations

import pytest

from tests.tui import builders
from tui.panes import extras


def test_every_extra_column_has_a_key_of_its_own_a_unit_and_words() -> None:
    keys = [column.key for column in extras.columns()]
    assert len(set(keys)) == len(keys) >= 20
    assert all(column.unit for column in extras.columns())
    assert set(extras.meanings()) == set(keys)
    assert all(extras.meanings().values())


def test_nothing_is_filled_that_is_not_shown() -> None:
    assert extras.fillers(None) == {}
    assert set(extras.fillers(["symbol", "ytd", "beta63"])) == {"ytd", "beta63"}


@pytest.mark.parametrize(
    ("key", "fields", "shown", "raw"),
    [
        ("ytd", {"ret": {"ytd": 0.0123}}, "+1.23", 0.0123),
        ("momentum", {"momentum_12_1": -0.051}, "-5.1", -0.051),
        ("rs 63s", {"rs": {"63s": 0.02}}, "+2.0", 0.02),
        ("beta63", {"beta63": 1.234}, "1.23", 1.234),
        ("sigma20", {"sigma20": 0.00494}, "0.49", 0.00494),
        ("drawdown", {"drawdown": -0.2}, "-20.0", -0.2),
        ("rel_volume", {"rel_volume": 0.386}, "0.39", 0.386),
        ("since_high", {"days_since_high": 12}, "12", 12),
        ("sma200", {"dist_sma200": None}, "—", None),
    ],
)
def test_cells_are_shown_in_the_units_of_the_screen_and_sorted_raw(
    key: str, fields: dict[str, object], shown: str, raw: float | None
) -> None:
    cell = extras.fillers([key])[key](builders.row("IWM", **fields))
    assert (cell.text.strip(), cell.sort) == (shown, raw)
