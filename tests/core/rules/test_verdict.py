"""The verdict: four pieces, one word that must hold two sessions, and no word without all four."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from core.engine import Engine
from core.panel import Panel
from core.rules.board import RuleBoard
from core.rules.verdict import Confirmed, Word, raw_state
from core.snapshot import Verdict
from tests.core import builders
from tests.reference.data import SECTORS
from tests.reference.verdict import Verdict as Expected
from tests.reference.verdict import verdicts

LAST = 320
NONE, UP, MID, DOWN = Word.NOT_EVALUATED, Word.BROADENING, Word.MIXED, Word.NARROWING


@pytest.fixture(scope="module")
def expected(eventful: Panel) -> list[Expected]:
    return verdicts(builders.reference_data(eventful))


@pytest.fixture(scope="module")
def whole(eventful: Panel) -> Panel:
    return builders.part(eventful, slice(LAST))


def verdict_of(whole: Panel) -> Verdict:
    return builders.board(whole).verdict(len(whole.sessions) - 1)


def test_every_session_says_what_the_reference_says(board: RuleBoard, expected: list[Expected]) -> None:
    classes = builders.sector_classes(builders.SYMBOLS)
    confirmed = Confirmed()
    for t, row in enumerate(expected):
        raw = raw_state(board.market, classes, t)
        confirmed = confirmed.step(raw, t)
        assert raw.value == row.today
        if row.evidence is not None:
            since = None if confirmed.since is None else expected[confirmed.since].session
            assert (confirmed.state.value, since) == (row.state, row.since)
    assert {row.state for row in expected} == {word.value for word in Word}


@pytest.mark.parametrize("rows", [63, 64, 65, 100, LAST])
def test_the_snapshot_tells_it_with_its_evidence(rows: int, eventful: Panel, expected: list[Expected]) -> None:
    found, row = verdict_of(builders.part(eventful, slice(rows))), expected[rows - 1]
    assert (found.state, found.since, found.fragile) == (row.state, row.since, row.fragile)
    assert [piece.id for piece in found.evidence] == ["small_lead", "equal_weight", "cyclicals", "participation"]
    if row.evidence is None:
        assert (found.state, found.since) == ("NOT EVALUATED", None)
        assert None in {piece.holds for piece in found.evidence}
        return
    small, equal, rotation, sectors = row.evidence
    values = [piece.value for piece in found.evidence]
    assert values == pytest.approx([small, equal, rotation, sectors / 11])
    assert [piece.holds for piece in found.evidence] == [small > 0, equal > 0, rotation > 0, sectors >= 6]
    assert (found.score, found.of) == (row.score, 4)
    assert f"{sectors}/11" in found.text
    assert "msci" in found.text


@pytest.mark.parametrize("above", [5, 6])
def test_six_of_eleven_sectors_take_part(above: int, whole: Panel) -> None:
    """At least half of the universe above its 50-session average; a sector on its average is not above."""
    for place, symbol in enumerate(SECTORS):
        today = 101.0 if place < above else 100.0 if symbol == SECTORS[-1] else 99.0
        whole = builders.priced(whole, symbol, [*[100.0] * (LAST - 1), today])
    piece = verdict_of(whole).evidence[3]
    assert piece.value == pytest.approx(above / 11)
    assert piece.holds is (above == 6)


@pytest.fixture(scope="module")
def engine(whole: Panel) -> Engine:
    return builders.engine(whole)


@pytest.mark.parametrize("symbol", ["SPY", "IWM", "RSP", *SECTORS])
def test_without_one_of_its_inputs_there_is_no_verdict(symbol: str, engine: Engine, eventful: Panel) -> None:
    live = builders.live_row(builders.without(eventful, symbol), LAST)
    found = engine.snapshot(live, builders.view(live.session)).verdict
    assert (found.state, found.since) == ("NOT EVALUATED", None)
    assert None in {piece.holds for piece in found.evidence}


def test_without_any_sector_nobody_takes_part(whole: Panel) -> None:
    found = verdict_of(builders.without(whole, *SECTORS))
    assert [piece.holds is None for piece in found.evidence] == [False, False, True, True]


def test_a_gap_does_not_forget_the_word_in_force() -> None:
    words = [UP, UP, NONE, NONE, UP, DOWN, NONE, DOWN]
    assert followed(words) == [(NONE, None), *[(UP, 1)] * 6, (DOWN, 7)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([UP], [(NONE, None)]),
        ([UP, UP], [(NONE, None), (UP, 1)]),
        ([UP, DOWN, UP, DOWN], [(NONE, None)] * 4),
        ([UP, UP, MID, UP, MID, UP], [(NONE, None), *[(UP, 1)] * 5]),
        ([UP, UP, MID, DOWN, DOWN], [(NONE, None), *[(UP, 1)] * 3, (DOWN, 4)]),
        ([NONE, NONE, MID, MID, MID], [(NONE, None)] * 3 + [(MID, 3)] * 2),
    ],
)
def test_a_new_word_must_hold_two_sessions(words: list[Word], expected: list[tuple[Word, int | None]]) -> None:
    """C.1b: `since` is the second of them."""
    assert followed(words) == expected


def followed(words: list[Word]) -> list[tuple[Word, int | None]]:
    confirmed, course = Confirmed(), []
    for t, word in enumerate(words):
        confirmed = confirmed.step(word, t)
        course.append((confirmed.state, confirmed.since))
    return course


def test_a_provisional_verdict_is_the_final_one(whole: Panel) -> None:
    """On both sides of a change of the word, on a day without dividends."""
    whole = replace(whole, tr=0.9 * whole.px)
    days = verdicts(builders.reference_data(whole))
    change = next(t for t in range(LAST - 1, 0, -1) if days[t].since == days[t].session)
    for t in (change - 1, change):
        engine = builders.engine(builders.part(whole, slice(t)))
        live = builders.live_row(whole, t)
        found = engine.snapshot(live, builders.view(live.session)).verdict
        assert found.provisional
        assert (found.state, found.since, found.score) == (days[t].state, days[t].since, days[t].score)
        engine.snapshot(live, builders.view(live.session))
        final = engine.snapshot(None, builders.view(days[t - 1].session)).verdict
        assert (final.state, final.since, final.provisional) == (days[t - 1].state, days[t - 1].since, False)


def test_a_missing_piece_shows_a_dash(whole: Panel) -> None:
    found = verdict_of(builders.without(whole, "RSP"))
    assert "equal vs cap — / 63s" in found.text
    assert math.isfinite(found.evidence[0].value or math.nan)
    assert found.evidence[1].value is None
