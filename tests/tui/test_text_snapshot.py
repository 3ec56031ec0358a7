from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from rich.cells import cell_len

from core.model import Group, Instrument, SymbolClass
from core.snapshot import (
    EMPTY,
    Evaluated,
    Evidence,
    ProblemNote,
    RiskWarning,
    Rotation,
    Row,
    RuleState,
    Source,
    Spread,
    Verdict,
)
from core.universe import build
from tests.tui import builders
from tui.text_snapshot import render

FRAGILE = RiskWarning(
    id="W02",
    subject="IWM-SPY",
    title="Fragile leadership",
    state="WATCH",
    since=date(2025, 10, 29),
    sessions=50,
    text="the evidence",
)


def group(name: str, cls: SymbolClass = SymbolClass.FUND, *, ranked: bool = True) -> Group:
    return Group(id=name, title=name.title(), cls=cls, ranked=ranked, instruments=())


def of(rows: tuple[Row, ...], *groups: Group, **changes: Any) -> str:
    return render(msgspec.structs.replace(EMPTY, leadership=rows, **changes), groups or (group("funds"),), "63s")


def block(text: str, heading: str) -> list[str]:
    """The lines of the block that begins with `heading`."""
    found = next(part for part in text.split("\n\n") if part.startswith(heading))
    return found.rstrip("\n").splitlines()


def full() -> str:
    return render(builders.rich(), build(builders.settings()).groups, "63s")


class TestHead:
    def test_it_tells_session_status_and_clock(self) -> None:
        close = datetime(2026, 1, 9, 21, 0, tzinfo=UTC)
        text = of(
            (),
            tapeboard="0.1.0",
            session=date(2026, 1, 9),
            session_status="final",
            viewed_at=datetime(2026, 1, 11, 20, 0, tzinfo=UTC),
            next_session=date(2026, 1, 12),
            source=Source(feed="files", simulated=False, asof=close),
        )
        assert text.splitlines()[0] == (
            "TAPEBOARD 0.1.0 · files · Fri 2026-01-09 final · market closed · viewed Sun 2026-01-11 15:00 ET · "
            "next session Mon 2026-01-12 · data of Fri 2026-01-09 16:00 ET"
        )

    def test_simulated_data_say_so_first(self) -> None:
        line = of((), phase="simulated", source=Source(feed="simulated", simulated=True)).splitlines()[0]
        assert line == "TAPEBOARD · SIMULATED · simulated · — stale · invented market"

    def test_an_empty_snapshot_is_no_failure(self) -> None:
        assert render(EMPTY, (), "63s").splitlines() == [
            "TAPEBOARD · — stale · market closed",
            "",
            "NOT EVALUATED",
            "",
            "Warnings: evaluated 0 of 0 rules",
        ]


def test_the_verdict_stands_with_its_evidence() -> None:
    pieces = tuple(
        Evidence(id=name, text=text, value=None, holds=holds)
        for name, text, holds in (
            ("small_lead", "small caps", True),
            ("equal_weight", "equal", False),
            ("participation", "sectors", None),
        )
    )
    verdict = Verdict(state="MIXED", score=1, of=3, evidence=pieces, since=date(2026, 1, 6), fragile=True)
    assert block(of((), verdict=verdict), "MIXED") == [
        "MIXED 1 of 3 since Tue 2026-01-06, the lead of the small caps is fragile",
        "  + small caps",
        "  - equal",
        "  — sectors",
    ]


def test_a_lead_that_is_not_there_is_not_called_fragile() -> None:
    behind = Evidence(id="small_lead", text="small caps -1.2 pp / 63s", value=-0.012, holds=False)
    verdict = Verdict(state="NARROWING", score=0, of=4, evidence=(behind,), fragile=True)
    assert block(of((), verdict=verdict), "NARROWING")[0] == "NARROWING 0 of 4"


def test_what_is_not_evaluated_has_no_score() -> None:
    assert block(of((), verdict=Verdict(state="NOT EVALUATED", score=3, of=4)), "NOT") == ["NOT EVALUATED"]


def test_a_provisional_verdict_is_marked() -> None:
    verdict = Verdict(state="MIXED", score=2, of=4, provisional=True)
    assert "MIXED 2 of 4, provisional\n" in of((), verdict=verdict)


class TestTables:
    def test_a_ranked_group_is_in_the_order_of_its_window(self) -> None:
        lines = block(full(), "Index funds (%), ranked by 63s")
        places = [int(line.split()[0]) for line in lines[2:]]
        assert places == [1, 2, 3, 4]

    def test_percentages_are_signed_and_aligned_on_the_point(self) -> None:
        rows = tuple(
            Row(symbol=symbol, name=name, group="funds", last=last, ret={"63s": ret}, rank={"63s": place})
            for symbol, name, last, ret, place in (
                ("A", "日本株", 5.0, -0.1234, 2.0),
                ("BB", "Second", 1234.5, 0.01, 1.0),
            )
        )
        _title, heads, first, second = block(of(rows), "Funds")
        assert heads.startswith("  #  Δ  symbol  name        last  1s  5s  21s     63s  126s")
        assert first.startswith("  1     BB      Second  1,234.50   —   —    —   +1.00     —")
        assert second.startswith("  2     A       日本株      5.00   —   —    —  -12.34     —")
        assert cell_len(first) == cell_len(second) == cell_len(heads)

    def test_yields_change_in_basis_points_and_volatility_in_points(self) -> None:
        rows = (
            Row(symbol="^TNX", name="Ten years", group="rates", last=4.17, chg_bp={"1s": -1.0, "63s": 2.0}),
            Row(symbol="^VIX", name="VIX", group="volatility", last=14.49, chg_pt={"1s": -0.96}),
        )
        rates = group("rates", SymbolClass.RATE, ranked=False)
        text = of(rows, rates, group("volatility", SymbolClass.VOLATILITY, ranked=False))
        assert block(text, "Rates (basis points)")[-1] == "  ^TNX    Ten years  4.17  -1   —    —   +2     —     —"
        assert block(text, "Volatility (points)")[-1] == "  ^VIX    VIX   14.49  -0.96   —    —    —     —     —"

    def test_a_record_close_is_a_word(self) -> None:
        row = Row(symbol="A", name="A", group="funds", last=5.0, record_close=True, dist_high_close_252=0.0)
        assert "record" in block(of((row,)), "Funds")[-1]

    def test_sectors_have_class_ranks_and_quadrant(self) -> None:
        lines = block(full(), "Sectors (%), ranked by 63s; classes of the scheme msci")
        assert lines[1].split()[-6:] == ["#", "21s", "#", "63s", "class", "quadrant"]
        assert len(lines) == 2 + 11
        assert lines[2].split()[-2] in ("cyclical", "defensive")

    def test_spreads_are_in_percentage_points(self) -> None:
        spread = Spread(id="IWM-SPY", s63=0.028, z21=0.56, band63=(-0.0035, 0.032), agree=(5, 6), t63=0.49, streak=5)
        last = block(of((), spreads=(spread,)), "Spreads")[-1]
        assert last.split() == ["IWM-SPY", *"——", "+2.80", *"——", "+0.56", "-0.35", "+3.20", "5/6", "+0.49", "5"]

    def test_the_rotation_names_its_scheme(self) -> None:
        rotation = Rotation(scheme="msci", cyc_minus_def={"1s": 0.0067, "63s": -0.0042}, rank_persistence=0.64)
        line = "Cyclicals - defensives (msci, percentage points)  1s +0.67  63s -0.42  rank persistence +0.64"
        assert block(of((), rotation=rotation), "Cyclicals") == [line]

    def test_a_watchlist_stands_below_the_universe(self) -> None:
        row = Row(symbol="AAPL", name="Apple", group="watchlist:big", last=259.37)
        big = Group(
            "watchlist:big", "Big", SymbolClass.STOCK, True, (Instrument("AAPL", "Apple", SymbolClass.STOCK, ""),)
        )
        text = of((), big, watchlist=(row,))
        assert "AAPL" in block(text, "Big (%)")[-1]


class TestWarnings:
    def warning(self, **changes: Any) -> list[str]:
        found = (msgspec.structs.replace(FRAGILE, **changes),)
        return block(of((), warnings=found, evaluated=Evaluated(rules=5, of=6)), "Warnings")

    def test_a_raised_one_shows_its_evidence(self) -> None:
        assert self.warning() == [
            "Warnings: evaluated 5 of 6 rules",
            "  WATCH W02 Fragile leadership IWM-SPY since 2025-10-29, 50 sessions",
            "    the evidence",
        ]

    def test_doubts_are_marked(self) -> None:
        line = self.warning(provisional=True, since_at_least=True, label="bear", partial=True, missing=("^VIX",))[1]
        expected = (
            "  ≈WATCH W02 Fragile leadership IWM-SPY (bear) (partial: without ^VIX) since ≥2025-10-29, 50 sessions"
        )
        assert line == expected

    def test_clear_ones_are_named(self) -> None:
        assert self.warning(state="CLEAR")[1:] == ["  clear: W02 IWM-SPY"]

    def test_what_is_not_evaluated_says_what_it_needs(self) -> None:
        lines = self.warning(state="NOT_EVALUATED", text="needs IWM")
        assert lines[1:] == ["  NOT EVALUATED W02 Fragile leadership IWM-SPY: needs IWM"]

    def test_the_worst_comes_first(self) -> None:
        order: tuple[RuleState, ...] = ("INFO", "WATCH", "WARNING")
        states = tuple(msgspec.structs.replace(FRAGILE, state=state) for state in order)
        lines = block(of((), warnings=states), "Warnings")
        assert [line.split()[0] for line in lines[1::2]] == ["WARNING", "WATCH", "INFO"]


class TestWhatIsMissing:
    def test_symbols_without_a_price_stand_at_the_end(self) -> None:
        rows = (
            Row(symbol="A", name="A", group="funds", last=5.0),
            Row(symbol="B", name="B", group="funds", status={"last": "missing_input", "ret.63s": "missing_input"}),
            Row(symbol="C", name="C", group="empty", status={"last": "missing_input"}),
        )
        text = of(rows, group("funds"), group("empty"))
        assert block(text, "Missing: 2") == ["Missing: 2", "  no data: B, C"]
        assert "Empty" not in text

    def test_a_shown_value_that_is_absent_has_its_reason(self) -> None:
        status = {"ret.252s": "short_history", "dist_sma200": "short_history", "volume": "not_supported"}
        rows = (
            Row(symbol="NEW", name="A", group="funds", last=5.0, status=status),
            Row(symbol="OLD", name="B", group="funds", last=5.0, status={"chg_1s": "stale_input"}),
            Row(symbol="FINE", name="C", group="funds", last=5.0, status={"atr14": "missing_input"}),
        )
        assert block(of(rows), "Incomplete: 2") == [
            "Incomplete: 2",
            "  the history is too short: NEW",
            "  no bar of this session: OLD",
        ]

    def test_problems_are_told_and_missing_symbols_not_twice(self) -> None:
        notes = (ProblemNote(kind="missing", symbol="B", text="B is nowhere"), ProblemNote(kind="late", text="slow"))
        text = of((), source=Source(feed="files", simulated=False, problems=notes))
        assert block(text, "Problems") == ["Problems: 1", "  Late: slow"]


def test_there_are_no_escape_sequences() -> None:
    assert all(character.isprintable() or character == "\n" for character in full())


def test_textual_is_not_imported() -> None:
    code = "import sys, tui.text_snapshot; print('textual' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
