"""The note of the published Sunday, against what was worked out by hand (article.md), and every number in notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from core.report.as_text import markdown
from core.report.note import Slot
from tests.core.report.notes import SESSIONS, Written, written

SUNDAY = date(2026, 1, 11)


@pytest.fixture(scope="module")
def note(market: Path) -> Written:
    return written(market, SUNDAY, members=True)


def test_it_is_of_the_session_before_the_sunday(note: Written) -> None:
    assert note.note.session == date(2026, 1, 9)
    assert "Sun 2026-01-11 was not a session; this note is about the last one before it, Fri 2026-01-09." in note.text


def test_the_verdict_and_the_fragile_lead(note: Written) -> None:
    headline = note.section("headline")
    assert "BROADENING: 4 of 4 pieces of evidence hold, since Tue 2026-01-06." in headline
    assert "IWM less SPY +2.8 pp over 63 sessions" in headline
    assert "fragile" in headline
    assert "from -0.3 pp to +3.2 pp" in headline


def test_the_dow_is_ahead_of_small_caps_over_a_quarter(note: Written) -> None:
    assert "DIA +7.20 %, IWM +6.52 %, SPY +3.72 %, QQQ +2.74 %" in note.section("headline")


def test_materials_and_not_real_estate_are_among_the_leaders(note: Written) -> None:
    sectors = note.section("sectors")
    assert "Over 63 sessions the first are Health care +9.56 %, Materials +9.41 %, Energy +7.26 %." in sectors
    assert "Over 63 sessions the last are Technology +0.88 %, Real estate -0.46 %, Utilities -5.42 %." in sectors


def test_utilities_rose_that_day(note: Written) -> None:
    (defensives,) = (s for s in note.note.sections[3].sentences if s.id == "defensives_day")
    assert "Utilities +1.24 %" in defensives.text


def test_records_of_the_index_are_told_by_their_kind(note: Written) -> None:
    indices = note.section("indices")
    assert "S&P 500 closed at a record of the loaded history, 6,966.28" in indices
    assert "S&P 500 has set 2 closing records in this calendar week." in indices


def test_no_overbought_warning(note: Written) -> None:
    risks = note.section("risks")
    raised = [s.text for s in note.note.sections[5].sentences if s.id.startswith("raised_")]
    assert not any("Overbought" in text for text in raised)
    assert "Overbought IWM" in next(line for line in risks.splitlines() if line.startswith("Clear:"))


def test_prices_alone_are_not_said_to_count_dividends(market: Path) -> None:
    found = written(market, SUNDAY, basis="px")
    assert "The verdict counts dividends; the other returns of this note do not." in found.section("headline")
    (leadership,) = (section for section in found.note.sections if section.id == "leadership")
    captions = [table.caption for table in leadership.tables]
    assert any("prices only (basis px)" in caption for caption in captions)
    assert not any("with dividends" in caption for caption in captions)


def test_without_members_the_sector_funds_take_part(market: Path) -> None:
    headline = written(market, SUNDAY).section("headline")
    assert "Half or more take part: 81.8 % of the sector funds above their 50-session averages." in headline
    assert "verdict counts dividends" not in headline


def test_stale_prices_are_not_said_to_be_of_the_last_session(market: Path) -> None:
    headline = written(market, date(2026, 3, 1)).section("headline")
    assert "The prices are stale: the last session they hold is Fri 2026-01-30." in headline
    assert "the last one before it" not in headline


def test_what_could_not_be_evaluated_is_said(note: Written) -> None:
    risks = note.section("risks")
    assert "Valuation stretch IWM: not evaluated" in risks
    assert "Small-cap concentration IWM: not evaluated" in risks
    assert "Not evaluated (no fundamentals source): P/E and P/B of funds (L1)," in risks
    assert "F2" not in risks  # the event calendar has a source: the shipped file
    assert "no weights of members are configured" in note.section("breadth")


def test_the_next_meeting_of_the_fed_is_told_with_its_source(note: Written) -> None:
    watch = note.section("watch")
    assert "Fed meeting (FOMC): Tue 2026-01-27 to Wed 2026-01-28 (Federal Reserve schedule of 2024-08-09)." in watch
    assert "Next sessions: Mon 2026-01-12" in watch


def test_a_line_of_blocks_stands_in_every_table_of_courses(note: Written) -> None:
    for section in ("leadership", "indices", "sectors", "breadth"):
        for table in note.tables(section):
            assert table.rows
            assert all(re.fullmatch(r"[▁-█ ]{12,15}", row[-1].text) for row in table.rows), table.id
    assert len(re.findall("[▁▂▃▄▅▆▇█]{12}", markdown(note.note))) > 20


def test_captions_tell_the_basis_and_the_base_of_every_window(note: Written) -> None:
    bases = "5s 2026-01-02, 21s 2025-12-09, 63s 2025-10-09"
    (funds, spreads), (sectors,) = note.tables("leadership"), note.tables("sectors")
    for table in (funds, sectors):
        assert "1s of prices alone (basis px), longer windows with dividends (basis tr)" in table.caption
        assert bases in table.caption
    assert f"basis tr, from the closes of {bases}, 126s 2025-07-11, 252s 2025-01-07" in spreads.caption
    (indices,) = note.tables("indices")
    assert "without dividends (basis px)" in indices.caption
    assert "5s 2026-01-02, 63s 2025-10-09, ytd 2025-12-31" in indices.caption
    headline = note.section("headline")
    assert "basis tr): 63 sessions from the close of Thu 2025-10-09, 21 from Tue 2025-12-09" in headline


def test_the_move_of_a_day_with_a_dividend_is_that_of_the_price(market: Path) -> None:
    """SPY went without its dividend that day: +0.61 % in price, +0.91 % with it."""
    (funds, _spreads) = written(market, date(2025, 12, 19)).tables("leadership")
    assert next(row[3].text for row in funds.rows if row[1].text == "SPY") == "+0.61"


def test_an_appetite_held_by_memory_says_so_with_its_thresholds(note: Written) -> None:
    risks = note.section("risks")
    assert "state risk-on since Tue 2025-12-16: entered from +25 on, left below +10, on two sessions" in risks
    assert "That state is held: the score no longer enters it, and its exit is not met." in risks


def test_a_rule_judged_on_a_part_is_not_plainly_clear(note: Written) -> None:
    risks = note.section("risks")
    assert "Mega-cap concentration" not in next(line for line in risks.splitlines() if line.startswith("Clear:"))
    assert "Mega-cap concentration SPY: clear on a part of its inputs, without holdings of SPY." in risks
    assert "partial: weights missing" in risks


def test_a_base_rate_names_whose_close_and_which_cases(note: Written) -> None:
    said = "Of the 35 cases with 63 sessions behind them, IWM closed 5 % or more lower within these in 57.1 %"
    assert said in note.section("risks")


def test_a_subject_that_is_no_symbol_is_not_named(note: Written) -> None:
    names = [w["subject"] for w in note.snapshot["warnings"] if w["subject"].islower()]
    assert set(names) == {"credit", "sectors", "data"}
    assert not re.search(r"Credit stress credit|Turbulence sectors|Data health data", note.text)


@pytest.mark.parametrize(("day", "language"), [*((day, "en") for day in SESSIONS), (SUNDAY, "zh")])
def test_every_number_is_one_of_the_snapshot(market: Path, day: date, language: str) -> None:
    """Each slot holds what the snapshot has at its path, and each number of the text comes from a slot or a word."""
    found = written(market, day, language=language)
    numbers = 0
    for section in found.note.sections:
        slots = [slot for sentence in section.sentences for slot in sentence.slots.values()]
        slots += [cell for table in section.tables for row in table.rows for cell in row]
        for slot in slots:
            if slot.path.startswith("agenda."):
                continue
            if re.fullmatch(r"warnings\.[^.]+(\.\d+\w*)?\.text", slot.path):
                evidence = at(found.snapshot, slot.path.removesuffix(".text"))["evidence"]
                assert list(unproved(slot.text, evidence)) == [], slot
            value = at(found.snapshot, slot.path)
            assert same(value, slot.value), slot.path
            numbers += isinstance(value, float)
            assert rounded(slot), slot
        for sentence in section.sentences:
            left = unspaced(sentence.text)
            for text in sorted((unspaced(slot.text) for slot in sentence.slots.values()), key=len, reverse=True):
                left = re.sub(rf"(?<![\d.]){re.escape(text)}(?![\d])", "", left, count=1)
            assert set(re.findall(r"\d+", left)) <= WORDS, sentence.text
    assert numbers > 100


WORDS = {"21", "63", "50", "20", "200", "252", "13", "00", "1", "5", "100", "14"}
"""Numbers that belong to the words: windows, the hour of a half day, the "1 %" of what is close."""

FRACTIONS = re.compile(
    r".*\.(chg_1s|ret\.\w+|dist_\w+|pr|coverage|upvol_share|above_sma\d+|p_entry|p_base)"
    r"|spreads\.[^.]+\.(\d+s|band63\.\d)|verdict\.evidence\.\w+\.value"
    r"|(rotation\.cyc_minus_def|breadth\.equal_less_cap)\.\d+s|concentration\.(c1|c2\.\w+|c2_contribution\.\w+|c5|c7)"
)
"""The places of fractions, which are printed in percent or in percentage points; all else is in its own unit."""

NUMBER = re.compile(r"(?<![\w.])[+-]?\d[\d,]*(?:\.(?P<decimals>\d+))?(?![\w]|\.\d)(?P<unit> ?%| pp| 个百分点)?")
"""A number alone; "63s" and "200d" are names of windows."""


def unspaced(text: str) -> str:
    """Without the spaces beside Chinese, which a sentence sets anew around its slots."""
    return re.sub(r"(?<=[\u3400-\u9fff]) | (?=[\u3400-\u9fff])", "", text)


def rounded(slot: Slot) -> bool:
    """Whether the printed number is the value rounded, a fraction in percent and all else in its own unit."""
    if isinstance(slot.value, bool) or not isinstance(slot.value, int | float):
        return True
    (*_before, match) = NUMBER.finditer(slot.text)
    fraction = FRACTIONS.fullmatch(slot.path) is not None
    return is_rounded(match, 100 * slot.value if fraction else slot.value)


def is_rounded(printed: re.Match[str], value: float) -> bool:
    half = 0.5 * 10.0 ** -len(printed["decimals"] or "") * (1 + 1e-9)
    return abs(float(re.sub(r"[^\d.+-]", "", printed[0])) - value) <= half


def unproved(text: str, evidence: dict[str, Any]) -> Iterator[str]:
    """The numbers of an evidence in words that are none of its values; one without a sign may tell a distance."""
    values = [value for value in evidence.values() if isinstance(value, int | float)]
    for number in NUMBER.finditer(re.sub(r"\bof \d+\b|\d+ (?=个窗口中)", "", text)):
        unit = 100 if number["unit"] else 1
        signed = number[0][0] in "+-"
        proved = any(is_rounded(number, unit * x) or (not signed and is_rounded(number, unit * abs(x))) for x in values)
        if not proved and (number["unit"] or number[0] not in WORDS):
            yield number[0]


@pytest.mark.parametrize(
    ("path", "value", "text", "holds"),
    [
        ("leadership.SPY.ret.63s", 0.0272, "+2.72", True),
        ("leadership.SPY.ret.63s", 0.0272, "+0.03", False),
        ("leadership.SPY.rsi14", 61.6, "62", True),
        ("leadership.SPY.rsi14", 0.616, "62", False),
        ("spreads.RSP-SPY.band63.0", -0.0034, "-0.3 pp", True),
        ("breadth.sectors_above_sma50", 9.0, "900 %", False),
    ],
)
def test_a_number_in_another_unit_than_that_of_its_place_is_found(
    path: str, value: float, text: str, holds: bool
) -> None:
    assert rounded(Slot(path=path, value=value, text=text)) is holds


def test_a_number_in_words_that_is_no_evidence_is_found() -> None:
    evidence = {"band_low": -0.0035, "agree": 5, "line_gap": -68.0}
    assert list(unproved("band -0.35 pp; 5 of 6 windows agree; 252s; 68 under its high", evidence)) == []
    assert list(unproved("band -0.34 pp; 4 of 6 windows agree", evidence)) == ["-0.34 pp", "4"]


def same(value: object, held: object) -> bool:
    if isinstance(held, tuple):
        return value == list(held)
    if isinstance(held, datetime):
        return isinstance(value, str) and datetime.fromisoformat(value) == held
    if isinstance(held, date):
        return value == held.isoformat()
    return value == held


def at(tree: Any, path: str) -> Any:
    """The value at a path of the JSON document, looked up without the code under test."""
    for part in path.split("."):
        if isinstance(tree, dict):
            tree = tree.get(part)
        elif tree is not None:
            by_name = {item.get("symbol") or item.get("id"): item for item in tree if isinstance(item, dict)}
            by_subject = {f"{i.get('id')}:{i.get('subject')}": i for i in tree if isinstance(i, dict)}
            tree = by_subject.get(part) or by_name.get(part) or (tree[int(part)] if part.isdecimal() else None)
    return tree
