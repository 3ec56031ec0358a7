from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.widgets.line import fit, measure, piece


def test_the_lightest_piece_shrinks_first_and_the_last_of_equals() -> None:
    pieces = [piece("heavy", "h", weight=9), piece("light", "l", "", weight=1), piece("also light", "a", weight=1)]
    assert [one.text for one in fit(pieces, 100)] == ["heavy", "light", "also light"]
    assert [one.text for one in fit(pieces, 20)] == ["heavy", "light", "a"]
    assert [one.text for one in fit(pieces, 13)] == ["heavy", "l", "a"]
    assert [one.text for one in fit(pieces, 10)] == ["heavy", "", "a"]


def test_pieces_of_a_group_shrink_together() -> None:
    pieces = [piece("z", "", group="zoom", gap=1), piece("zoom", "", group="zoom", gap=1), piece("q")]
    assert [one.text for one in fit(pieces, 9)] == ["", "", "q"]


def test_what_has_one_form_stays() -> None:
    assert [one.text for one in fit([piece("SIMULATED"), piece("x", "")], 3)] == ["SIMULATED", ""]


def test_a_piece_obeys_no_text_from_outside() -> None:
    assert piece("[red]x[/]\x1b[31m").text == "[red]x[/][31m"


@given(st.lists(st.tuples(st.lists(st.text("ab漢", max_size=9), min_size=1, max_size=3), st.integers(0, 3))))
def test_a_line_fits_wherever_its_shortest_forms_do(made: list[tuple[list[str], int]]) -> None:
    pieces = [piece(*sorted(forms, key=len, reverse=True), weight=weight) for forms, weight in made]
    least = measure([piece(one.forms[-1]) for one in pieces])
    for width in (least, least + 3):
        assert measure(fit(pieces, width)) <= width
