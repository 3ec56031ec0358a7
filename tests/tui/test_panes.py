from __future__ import annotations

from datetime import date

import msgspec
import pytest

from core.snapshot import Evaluated, RiskWarning, Row, SectorRow, Snapshot, Spread
from core.universe import build
from tests.tui import builders
from tui.panes.leadership import LeadershipPane
from tui.panes.sectors import SectorsPane, rotation_pieces
from tui.panes.warnings import WarningsPane, summary
from tui.widgets.line import fit
from tui.widgets.live_table import TableRow
from tui.widgets.pane import Pane, TablePane
from tui.widgets.table_model import ordered

GROUPS = {group.id: group.title for group in build(builders.settings()).groups}


@pytest.fixture(autouse=True)
def eighty_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pane, "room", 80)


def filled(pane: TablePane, snapshot: Snapshot, window: str = "63s") -> TablePane:
    """The pane as it would be on the board, without one."""
    pane.set_reactive(Pane.snapshot, snapshot)
    pane.set_reactive(Pane.window, window)
    return pane


def leadership(*rows: Row, window: str = "63s") -> tuple[list[TableRow], dict[str, str]]:
    """Rows and titles of a board that holds these symbols and no spreads."""
    snapshot = builders.rich(leadership=rows, spreads=())
    found, sections = filled(LeadershipPane("1", GROUPS), snapshot, window).rows()
    return list(found), dict(sections)


def test_leadership_stands_in_groups_ordered_by_rank() -> None:
    pane = filled(LeadershipPane("1", GROUPS), builders.rich(spreads=()))
    rows, sections = pane.rows()
    assert list(sections)[:4] == ["index_funds", "spreads", "size", "style"]
    funds = ordered([row for row in rows if row.section == "index_funds"], pane.table.sort_key)
    assert [row.cells["rank"].text for row in funds] == ["1", "2", "3", "4"]
    assert funds[0].cells["symbol"].style == "strong"
    assert len({row.key for row in rows}) == len(rows) == 45


def test_another_window_is_another_order() -> None:
    snapshot = builders.rich()
    orders = {
        window: [
            row.cells["symbol"].text
            for row in ordered(filled(LeadershipPane("1", GROUPS), snapshot, window).rows()[0], "rank")
        ]
        for window in ("1s", "63s", "252s")
    }
    assert len({tuple(order) for order in orders.values()}) == 3


def test_the_first_of_one_does_not_stand_out() -> None:
    (row,), _ = leadership(builders.row("RSP", rank={"63s": 1.0}, rank_of={"63s": 1}))
    assert (row.cells["rank"].text, row.cells["rank"].style, row.cells["symbol"].style) == ("1", "", "")


def test_direction_is_told_by_sign_and_colour_where_it_matters() -> None:
    (row,), _ = leadership(builders.row("IWM", chg_1s=-0.0126, ret={"5s": 0.02, "63s": 0.0652}))
    assert (row.cells["1s"].text, row.cells["1s"].style) == ("-1.26", "down")
    assert (row.cells["63s"].text, row.cells["63s"].style) == ("+6.52", "up")
    assert (row.cells["5s"].text, row.cells["5s"].style) == ("+2.00", "")
    assert row.cells["252s"].text == "—"


def test_rates_change_in_basis_points_and_volatility_in_points() -> None:
    rate = builders.row("^TNX", chg_bp={"1s": 3.2, "63s": -12.0})
    vix = builders.row("^VIX", chg_pt={"1s": -0.81, "63s": 2.0})
    (first, second), _ = leadership(rate, vix)
    assert first.cells["1s"].text == "+3 bp"
    assert first.cells["63s"].text == "-12 bp"
    assert second.cells["1s"].text == "-0.8 pt"
    assert second.cells["rank"].text == ""


def test_a_change_that_rounds_to_nothing_has_no_colour() -> None:
    small = (builders.row("^TNX", chg_bp={"1s": 0.3}), builders.row("^VIX", chg_pt={"1s": -0.04}))
    rows, _ = leadership(*small)
    assert [(row.cells["1s"].text, row.cells["1s"].style) for row in rows] == [("0 bp", "flat"), ("0.0 pt", "flat")]


def test_a_record_is_named_and_a_distance_is_a_number() -> None:
    record = builders.row("SPY", record_close=True, dist_high_close_252=0.0)
    below = builders.row("QQQ", record_close=False, dist_high_close_252=-0.017)
    rows, _ = leadership(record, below)
    assert {row.cells["high"].text for row in rows} == {"record", "-1.7"}


def test_prices_of_all_sizes_are_aligned_on_the_point() -> None:
    levels = (builders.row("SPY", last=49504.07), builders.row("GLD", last=0.0512))
    small = builders.rich(leadership=levels, spreads=())
    pane = filled(LeadershipPane("1", GROUPS), small)
    (width,) = (column.width for column in pane.columns() if column.key == "last")
    texts = [row.cells["last"].text.rjust(width) for row in pane.rows()[0]]
    assert len({text.index(".") for text in texts}) == 1
    assert {len(text) for text in texts} == {width}


def test_spreads_are_told_by_window_and_one_without_data_is_left_out() -> None:
    lead = Spread(id="IWM-SPY", s5=0.03, s21=-0.0195, s63=0.028, s126=None, s252=-0.0114, spark=(0.01, -0.02, 0.03))
    absent = Spread(id="IWD-IWF", status="missing_input")
    snapshot = builders.rich(leadership=(), spreads=(lead, absent))
    (row,), sections = filled(LeadershipPane("1", GROUPS), snapshot, "21s").rows()
    assert sections[row.section] == "Spreads, percentage points"
    texts = {key: cell.text for key, cell in row.cells.items() if key != "spark"}
    assert texts == {
        "symbol": "IWM-SPY",
        "name": "small-large",
        "1s": "—",
        "5s": "+3.00",
        "21s": "-1.95",
        "63s": "+2.80",
        "126s": "—",
        "252s": "-1.14",
    }
    assert row.cells["21s"].style == "down"


def test_a_symbol_without_any_price_stands_at_the_end_with_the_reason() -> None:
    gone = builders.row("MDY", last=None, session=None, status={"last": "missing_input"}, rank={})
    rows, sections = leadership(gone, builders.row("RSP"))
    assert [row.cells["symbol"].text for row in rows] == ["RSP", "MDY"]
    assert rows[1].cells["last"].text == "—"
    assert {cell.style for cell in rows[1].cells.values()} == {"stale"}
    assert sections[rows[1].section] == "No data: the feed does not have it"
    assert sections["size"] == "Size · 1 of 2"


def test_a_stale_row_is_dim_and_says_from_when_it_is() -> None:
    (row,), _ = leadership(builders.row("GLD", session=date(2026, 1, 8)))
    assert row.cells["name"].text == "01-08 · Gold"
    assert {cell.style for cell in row.cells.values()} == {"stale"}


def test_a_symbol_of_the_watchlist_may_be_one_of_the_universe() -> None:
    mine = builders.row("SPY", group="watchlist:mine")
    pane = filled(LeadershipPane("1", GROUPS | {"watchlist:mine": "mine"}), builders.rich(watchlist=(mine,)))
    rows, sections = pane.rows()
    assert [row.key for row in rows if row.cells["symbol"].text == "SPY"] == ["index_funds SPY", "watchlist:mine SPY"]
    assert list(sections)[-1] == "watchlist:mine"


@pytest.mark.parametrize(
    ("window", "text"),
    [("63s", "% · 63s · tr · since 2025-10-09 · by rank"), ("1s", "% · 1s · px · by rank")],
)
def test_the_title_names_window_basis_and_base(window: str, text: str) -> None:
    assert filled(LeadershipPane("1", GROUPS), builders.rich(), window).info()[0] == text


def sectors(*rows: SectorRow, window: str = "63s") -> list[TableRow]:
    return list(filled(SectorsPane("2"), builders.rich(sectors=rows), window).rows()[0])


def sector(**changes: object) -> SectorRow:
    return msgspec.structs.replace(builders.rich().sectors[0], **changes)


def test_a_sector_shows_class_move_ranks_and_quadrant() -> None:
    (row,) = sectors(sector(chg_1s=0.016, cls="defensive", rank={"5s": 3.0, "21s": 2.5, "63s": 1.0}))
    texts = {key: cell.text for key, cell in row.cells.items()}
    assert texts["class"] == "○"
    assert texts["1s"] == "+1.60"
    assert [texts[f"#{w}"] for w in ("5s", "21s", "63s")] == ["3", "2½", "1"]
    assert texts["quadrant"] == "Leading"


def test_bars_are_measured_by_the_largest_move_and_point_its_way() -> None:
    pane = filled(SectorsPane("2"), builders.rich(sectors=(sector(chg_1s=0.02), sector(symbol="B", chg_1s=-0.01))))
    first, second = pane.rows()[0]
    assert first.cells["bar"].text == "     ━━━━━"
    assert second.cells["bar"].text == "  ╺━━     "
    assert (first.cells["bar"].style, second.cells["bar"].style) == ("up", "down")


def test_a_sector_without_data_is_dim_and_says_why() -> None:
    (gone,) = sectors(sector(last=None, session=None, chg_1s=None, status={"last": "missing_input"}))
    assert gone.cells["name"].text.startswith("the feed does not have it · ")
    assert gone.cells["1s"].text == "—"
    assert gone.cells["bar"].text == ""
    (late,) = sectors(sector(session=date(2026, 1, 8)))
    assert late.cells["name"].text.startswith("01-08 · ")


def test_the_title_of_the_sectors_names_the_scheme_and_only_classes_that_are_there() -> None:
    head = "% · 63s · tr · since 2025-10-09 · by 1s"
    assert filled(SectorsPane("2"), builders.rich()).info()[0] == f"{head} · ● cyclical ○ defensive (msci)"


def test_rotation_in_one_line_with_its_scheme() -> None:
    text = "  ".join(one.text for one in rotation_pieces(builders.rotation(), "63s"))
    assert text == (
        "cyclicals - defensives msci  1s +0.67 pp  5s +1.21 pp  21s +1.63 pp  63s -0.42 pp  z21 +0.8  "
        "rank persistence +0.64  XLV first in 63s for 12 s"
    )
    narrow = [one.text for one in fit(rotation_pieces(builders.rotation(), "63s"), 66) if one.text]
    assert narrow[0] == "cyc - def msci"
    assert "63s -0.42 pp" in narrow
    assert rotation_pieces(msgspec.structs.replace(builders.rotation(), scheme=""), "63s") == []


def warnings(*found: RiskWarning) -> list[TableRow]:
    pane = filled(WarningsPane("3"), builders.rich(warnings=found))
    assert isinstance(pane, WarningsPane)
    return pane._lines(conditions=True)


def test_the_most_severe_stands_first_and_the_newest_of_equals() -> None:
    rows = warnings(
        builders.warning(id="W06", subject="SPY", state="CLEAR"),
        builders.warning(id="W02"),
        builders.warning(id="W07", subject="DIA", state="WATCH", since=date(2026, 1, 7)),
        builders.warning(id="W01b", state="INFO"),
        builders.warning(id="W19", subject="QQQ", state="WARNING"),
        builders.warning(id="W12", state="NOT_EVALUATED", text="needs fundamentals"),
    )
    assert [row.cells["id"].text for row in rows] == ["W19", "W07", "W02", "W01b", "W06", "W12"]
    assert [row.cells["state"].text for row in rows] == ["●WARN", "●WATCH", "●WATCH", "●INFO", " clear", " ?"]


def test_a_raised_rule_has_evidence_and_condition_under_it() -> None:
    (row,) = warnings(builders.warning(since_at_least=True))
    notes = " ".join(cell.text.strip() for cell in row.notes)
    assert "band -0.35 pp..+3.20 pp" in notes
    assert "Rule: moving the base date" in notes
    assert row.cells["reading"].text == "since ≥10-29 · 50 s"
    assert row.cells["state"].style == "watch"


def test_a_date_more_than_a_year_ago_has_its_year() -> None:
    (row,) = warnings(builders.warning(since=date(2024, 7, 25)))
    assert row.cells["reading"].text == "2024-07-25 · 50 s"


def test_a_label_belongs_to_the_title() -> None:
    (row,) = warnings(builders.warning(id="W19", subject="SPY", title="Drawdown", label="pullback"))
    assert (row.cells["title"].text, row.cells["subject"].text) == ("Drawdown: pullback", "SPY")


def test_a_low_pane_puts_the_clear_subjects_of_a_rule_in_one_line() -> None:
    clear = [builders.warning(id="W06", subject=subject, state="CLEAR") for subject in ("SPY", "IWM", "QQQ")]
    pane = filled(WarningsPane("3"), builders.rich(warnings=(*clear, builders.warning(id="W07", subject="DIA"))))
    assert isinstance(pane, WarningsPane)
    pane._grouped = True
    raised, quiet = pane._lines(conditions=False)
    assert raised.cells["subject"].text == "DIA"
    assert len(raised.notes) > 0
    assert quiet.cells["subject"].text == "SPY IWM QQQ"


def test_a_clear_rule_is_one_dim_line() -> None:
    (row,) = warnings(builders.warning(id="W06", subject="SPY", state="CLEAR", text="RSI 61.2   %b 0.71"))
    assert row.notes == ()
    assert row.cells["reading"].text == "RSI 61.2 · %b 0.71"
    assert {cell.style for cell in row.cells.values()} == {"dim"}


def test_what_was_not_evaluated_says_what_it_needs() -> None:
    (row,) = warnings(builders.warning(state="NOT_EVALUATED", text="needs IWM; last evaluated 2026-01-07: WATCH"))
    assert "needs IWM" in " ".join(cell.text for cell in row.notes)
    assert row.section == "not evaluated"


def test_provisional_and_partial_states_are_marked() -> None:
    (row,) = warnings(builders.warning(provisional=True, partial=True, missing=("weights",)))
    assert row.cells["state"].text == "●≈WATCH*"
    assert "partial: without weights" in " ".join(cell.text.strip() for cell in row.notes)


def test_no_warnings_is_said_only_when_every_rule_was_judged() -> None:
    clear = builders.warning(state="CLEAR")
    judged = summary(builders.rich(warnings=(clear,), evaluated=Evaluated(rules=6, of=6)))
    assert judged.text == "no warnings, all 6 rules evaluated"
    partly = summary(builders.rich(warnings=(clear,), evaluated=Evaluated(rules=5, of=6)))
    assert partly.text == "none among 5 of 6 rules; 1 not evaluated"
    assert partly.forms[-1] == "none among 5 of 6"
    raised = summary(builders.rich(warnings=(builders.warning(), clear)))
    assert raised.text == "1 watch, all 6 rules evaluated"


def test_muted_warnings_are_counted_and_are_not_none() -> None:
    clear, mute = builders.warning(state="CLEAR"), builders.warning(muted_until=date(2026, 1, 15))
    shut = summary(builders.rich(warnings=(mute, mute, clear), evaluated=Evaluated(rules=20, of=20)))
    assert shut.forms == ("2 muted, all 20 rules evaluated", "2 muted")
    partly = summary(builders.rich(warnings=(mute, clear), evaluated=Evaluated(rules=19, of=20)))
    assert partly.text == "1 muted among 19 of 20 rules; 1 not evaluated"
    both = summary(builders.rich(warnings=(builders.warning(), mute), evaluated=Evaluated(rules=6, of=6)))
    assert both.text == "1 watch, 1 muted, all 6 rules evaluated"
    quiet = builders.warning(state="CLEAR", muted_until=date(2026, 1, 15))
    assert summary(builders.rich(warnings=(quiet,))).text.startswith("no warnings")
