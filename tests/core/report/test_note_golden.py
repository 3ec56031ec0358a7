"""The note of the published Sunday, against what was worked out by hand (article.md), and every number in notes."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

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
    assert "Not evaluated, for want of a source: " in risks
    assert "no weights of members are configured" in note.section("breadth")


def test_the_next_meeting_of_the_fed_is_told_with_its_source(note: Written) -> None:
    watch = note.section("watch")
    assert "Fed meeting (FOMC): Tue 2026-01-27 to Wed 2026-01-28 (Federal Reserve schedule of 2024-08-09)." in watch
    assert "Next sessions: Mon 2026-01-12" in watch


@pytest.mark.parametrize("day", SESSIONS, ids=str)
def test_every_number_is_one_of_the_snapshot(market: Path, day: date) -> None:
    """Each slot holds what the snapshot has at its path, and each number of the text comes from a slot or a word."""
    found = written(market, day)
    numbers = 0
    for section in found.note.sections:
        slots = [slot for sentence in section.sentences for slot in sentence.slots.values()]
        slots += [cell for table in section.tables for row in table.rows for cell in row]
        for slot in slots:
            if slot.path.startswith("agenda."):
                continue
            value = at(found.snapshot, slot.path)
            assert same(value, slot.value), slot.path
            numbers += isinstance(value, float)
            assert rounded(slot), slot
        for sentence in section.sentences:
            left = sentence.text
            for slot in sorted(sentence.slots.values(), key=lambda slot: -len(slot.text)):
                left = re.sub(rf"(?<![\d.]){re.escape(slot.text)}(?![\d])", "", left, count=1)
            assert set(re.findall(r"\d+", left)) <= WORDS, sentence.text
    assert numbers > 100


WORDS = {"21", "63", "50", "20", "200", "252", "13", "00", "1", "5", "100", "14"}
"""Numbers that belong to the words: windows, the hour of a half day, the "1 %" of what is close."""


def rounded(slot: Slot) -> bool:
    """Whether the printed number is the value rounded, in percent or in its own unit."""
    if isinstance(slot.value, bool) or not isinstance(slot.value, int | float):
        return True
    match = re.search(r"([+-]?[\d,]+(?:\.(\d+))?)[^\d]*$", slot.text)
    assert match is not None, slot
    shown, digits = float(match[1].replace(",", "")), len(match[2] or "")
    half = 0.5 * 10.0**-digits * (1 + 1e-9)
    return any(abs(shown - unit * slot.value) <= half for unit in (1, 100))


def same(value: object, held: object) -> bool:
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
