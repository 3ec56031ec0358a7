from __future__ import annotations

from collections.abc import Sequence

import pytest
from rich.cells import cell_len

from core.snapshot import Appetite, Snapshot
from tests.tui import blocks, builders
from tests.tui.script import app, shown, text, until
from tui.panes.breadth import BreadthPane
from tui.panes.cross_asset import CrossAssetPane
from tui.panes.gauges import ABOUT, NAME, GaugePane
from tui.widgets.live_table import TableRow
from tui.widgets.pane import Pane
from tui.widgets.table_model import pages


@pytest.fixture(autouse=True)
def fifty_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pane, "room", 50)


def filled(pane: GaugePane, snapshot: Snapshot) -> GaugePane:
    """The pane as it would be on the board, without one."""
    pane.set_reactive(Pane.snapshot, snapshot)
    return pane


def rows_of(pane: GaugePane) -> dict[str, TableRow]:
    """The rows by key."""
    return {row.key: row for row in pane.rows()[0]}


def texts(row: TableRow, columns: Sequence[str] = ("symbol", "value", "step", "pr")) -> list[str]:
    """What a row says, without the padding on the point."""
    return [row.cells[column].text.strip() for column in columns]


def breadth(snapshot: Snapshot | None = None) -> dict[str, TableRow]:
    return rows_of(filled(BreadthPane("4", "u"), snapshot or blocks.full()))


def cross_asset(snapshot: Snapshot | None = None) -> dict[str, TableRow]:
    return rows_of(filled(CrossAssetPane("6"), snapshot or blocks.full()))


def test_a_measure_shows_value_step_and_percentile_in_its_own_unit() -> None:
    rows = breadth()
    assert texts(rows["advances"]) == ["Advances", "281", "+12", "50"]
    assert texts(rows["above_sma200"]) == ["above 200 d, %", "64.4", "+1.2", "50"]
    assert texts(rows["trin"]) == ["TRIN", "0.90", "+1.00", "98"]
    assert texts(rows["equal_less_cap_21s"]) == ["RSP-SPY 21 s, pp", "+1.80", "+1.20", "50"]


@pytest.mark.parametrize("pane", [BreadthPane("4", "u"), CrossAssetPane("6")], ids=["breadth", "cross-asset"])
def test_no_name_and_no_explanation_is_cut(pane: GaugePane) -> None:
    filled(pane, blocks.full())
    gauges = [gauge for _title, own in pane.sections() for gauge in own]
    assert [gauge.name for gauge in gauges if cell_len(gauge.name) > NAME] == []
    assert [gauge.about for gauge in gauges if cell_len(gauge.about) > ABOUT] == []
    assert len({gauge.key for gauge in gauges}) == len(gauges)


def test_only_an_extreme_percentile_stands_out() -> None:
    rows = breadth()
    assert rows["trin"].cells["pr"].style == "accent"
    assert rows["advances"].cells["pr"].style == ""


def test_lines_without_a_level_are_told_by_their_change() -> None:
    rows = breadth()
    assert texts(rows["ad_line"]) == ["A/D line in 21 s", "+341", "+12", "50"]
    assert texts(rows["summation"])[:2] == ["Summation in 21 s", "-34"]


def test_all_numbers_stand_on_one_point() -> None:
    pane = filled(CrossAssetPane("6"), blocks.full())
    width = next(column.width for column in pane.columns() if column.key == "value")
    shown = [row.cells["value"].text.rjust(width) for row in pane.rows()[0]]
    points = {number.index(".") for number in shown if "." in number}
    assert len(points) == 1
    assert all(len(number) == width for number in shown)


def test_the_line_of_a_year_is_as_long_as_there_is_room() -> None:
    for room, length in ((50, 11), (80, 41), (160, 42)):
        pane = filled(BreadthPane("4", "u"), blocks.full())
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Pane, "room", room)
            assert len(rows_of(pane)["advances"].cells["year"].text) == length
            keys = [column.key for column in pages(pane.columns(), room)[0]]
        assert keys[:5] == ["symbol", "value", "step", "year", "pr"]
        assert ("about" in keys) == (room == 160)


def test_a_conflict_says_how_long_it_is_active() -> None:
    rows = breadth()
    assert texts(rows["conflict 2.2"])[:2] == ["Conflict 2.2 %", "no"]
    assert texts(rows["conflict 2.8"])[:2] == ["Conflict 2.8 %", "12 left"]


def test_breadth_names_its_universe_and_the_day_of_its_list() -> None:
    pane = BreadthPane("4", "u")
    filled(pane, blocks.full())
    assert pane.info() == ("sp500 · 501 of 503 · Fri 2026-01-09", "sp500 · 501 of 503", "sp500")
    assert pane.remark()[0] == "100 % of the members of 2025-11-16"
    assert [note.text.strip() for note in rows_of(pane)["coverage"].notes] == ["members of 2025-11-16"]


def test_without_a_universe_the_funds_are_told_and_how_to_have_one() -> None:
    rows = breadth(blocks.full(breadth=blocks.funds()))
    assert texts(rows["equal_less_cap_21s"])[:2] == ["RSP-SPY 21 s, pp", "-1.94"]
    assert "advances" not in rows
    notes = " ".join(note.text.strip() for note in rows["members"].notes)
    assert "tapeboard --universe sp500" in notes
    assert rows["sectors_beating_21s"].section == "absent No value: the feed does not have the funds"


def test_a_value_that_is_absent_stands_under_its_reason() -> None:
    few = blocks.breadth(advances=None, trin=None, status={"advances": "missing_input", "trin": "undefined"})
    rows = breadth(blocks.full(breadth=few))
    assert rows["advances"].section == "absent No value: too few members have data"
    assert rows["trin"].section == "absent No value: nothing to divide by today"
    assert {rows[key].cells["value"].text for key in ("advances", "trin")} == {"—"}


def test_a_value_with_a_reservation_says_so_below_it() -> None:
    warming = blocks.breadth(status={"mcclellan": "warming", "coverage": "partial"})
    rows = breadth(blocks.full(breadth=warming))
    assert "warming up" in rows["mcclellan"].notes[0].text
    assert "fewer than 95 %" in " ".join(note.text for note in rows["coverage"].notes)


def test_components_of_the_appetite_are_bars_that_add_up_to_the_score() -> None:
    rows = cross_asset()
    parts = [row for key, row in rows.items() if key.startswith("appetite ") and row.cells["value"].text != "—"]
    bars = {row.key: row.cells["year"] for row in parts if row.key != "appetite state"}
    assert texts(rows["appetite cyclical_defensive"])[:2] == ["Cyc-defensive", "+21.0"]
    assert (bars["appetite iwm_spy"].style, bars["appetite hyg_ief"].style) == ("down", "up")
    assert set(bars["appetite iwm_spy"].text) <= set(" ━╺╸")
    assert rows["appetite cper_gld"].section == "absent No value: the feed does not have it"
    assert texts(rows["appetite state"])[:2] == ["State", "risk-on"]


def test_an_appetite_without_enough_components_has_no_score() -> None:
    snapshot = blocks.full(risk=blocks.risk(appetite=Appetite(parts=3, components={"vix": 0.2})))
    rows = cross_asset(snapshot)
    assert rows["appetite"].section == rows["appetite state"].section
    assert "fewer than 5 of its 8 components" in rows["appetite"].section
    assert filled(CrossAssetPane("6"), snapshot).info() == ("",)


def test_the_title_tells_appetite_and_regime() -> None:
    pane = filled(CrossAssetPane("6"), blocks.full())
    assert pane.info()[1:] == ("appetite +24 risk-on · volatility calm", "appetite +24 risk-on", "risk-on")


def test_concentration_names_the_day_of_the_weights_and_what_it_lacks() -> None:
    rows = cross_asset()
    assert rows["c1"].section == "Concentration, weights of SPY 2025-11-18"
    assert texts(rows["c1"])[:2] == ["Seven weigh, %", "34.3"]
    assert rows["c2"].section == "absent No value: SPY moved by less than 2 %"
    assert rows["c5"].section == "absent No value: needs [holdings] or members with prices"


def test_a_pane_before_there_are_data_says_that_nothing_is_known() -> None:
    assert {row.cells["value"].text for row in cross_asset(builders.rich()).values()} == {"—"}


@pytest.mark.parametrize(("key", "place"), [("4", 3), ("6", 5)])
async def test_the_measure_at_the_cursor_is_explained(key: str, place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the real room
    snapshot = blocks.full()
    async with app(snapshot).run_test(size=(80, 24)) as pilot:
        screen = await shown(pilot, snapshot)
        await pilot.press(key, "down")
        await pilot.pause()
        pane = screen.panes[place]
        assert isinstance(pane, GaugePane)
        gauge = next(g for _title, own in pane.sections() for g in own if g.key == pane.table.cursor_key)
        await until(pilot, lambda: f"{gauge.name}: {gauge.about}" in text(pilot))


@pytest.mark.parametrize(
    ("score", "state", "told"),
    [
        (24.0, "risk-on", "in from +25, left below +10, for 2 sessions"),
        (-12.0, "risk-off", "in from -25, left above -10, for 2 sessions"),
        (24.0, "neutral", "on from +25, off from -25, for 2 sessions"),
    ],
)
def test_the_state_of_the_appetite_tells_what_ends_it(score: float, state: str, told: str) -> None:
    snapshot = blocks.full(risk=blocks.risk(appetite=Appetite(score=score, state=state, parts=8)))
    assert cross_asset(snapshot)["appetite state"].cells["about"].text == told
    assert cell_len(told) <= ABOUT


def test_the_hint_at_a_universe_names_the_key_that_chooses_one() -> None:
    pane = filled(BreadthPane("4", "U"), builders.rich())
    note = next(gauge.note for _title, own in pane.sections() for gauge in own if gauge.key == "members")
    assert "Choose one with U, or start with: tapeboard --universe sp500" in note
