"""The committed table of faults, and how it is written."""

from __future__ import annotations

import pytest

from tests.emulator.matrix import ROWS, Row
from tests.feed.playing import Ours, Plain
from tests.feed.surroundings import OFFLINE, SPOILT
from tests.feed.table import PAGE, line, rows_of, titled

OURS = Ours(requests=4, blocked=1.26, exit=0.4, fresh=0, lost=0, rejected=0, said="yahoo; Yahoo refuses (429)")


@pytest.fixture(scope="module")
def committed() -> dict[str, list[str]]:
    return rows_of(PAGE.read_text(encoding="utf-8"))


def test_every_fault_of_the_matrix_has_its_row(committed: dict[str, list[str]]) -> None:
    titles = [titled(row) for row in ROWS]
    assert [title for title in committed if title in titles] == titles


def test_every_trouble_around_a_program_is_a_row() -> None:
    assert {row.around for row in ROWS if row.around} == {*SPOILT, OFFLINE}


def test_no_value_was_lost_under_any_of_them(committed: dict[str, list[str]]) -> None:
    assert {committed[titled(row)][4] for row in ROWS} == {"0"}


def test_the_screen_could_be_left_within_a_second_under_all_of_them(committed: dict[str, list[str]]) -> None:
    assert max(float(committed[titled(row)][2]) for row in ROWS) <= 1.0


def test_the_budget_of_a_refusal_was_kept(committed: dict[str, list[str]]) -> None:
    assert int(committed["429 everywhere"][0]) <= 6


@pytest.mark.parametrize(
    ("plain", "cells"),
    [
        (Plain(37, 0.82, 0), ["37", "0.8", "0 of 5"]),
        (Plain(5, None, 0), ["5", "over 400", "0 of 5"]),
        (None, ["-", "-", "-"]),
    ],
)
def test_a_row_tells_both_sides(plain: Plain | None, cells: list[str]) -> None:
    row = Row("429 everywhere", "429")
    written = rows_of(line(row, OURS, plain, cut=400.0))
    assert written == {row.title: ["4", "1.3", "0.4", "0 of 60", "0", "0", "yahoo; Yahoo refuses (429)", *cells]}
