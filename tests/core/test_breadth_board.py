"""The breadth block of a universe: its coverage, what is marked, who is in doubt, and what W20 makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from core.panel import Panel
from core.snapshot import Snapshot
from tests.core import builders

SESSIONS = 270
LAST = SESSIONS - 1
VOLUMES = ("up_volume", "down_volume", "upvol_share", "trin", "trin10")


@pytest.fixture(scope="module")
def whole() -> Panel:
    return builders.panel(17, SESSIONS)


def walks(count: int) -> Panel:
    return builders.walks(count, SESSIONS)


def seen(whole: Panel, of: Panel, *, size: int | None = None, dated: date | None = None) -> Snapshot:
    """The last session of a universe of these members."""
    return builders.look(builders.engine_with_members(whole, of, size=size, dated=dated), whole)


# --- coverage -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("used", "state"), [(20, "CLEAR"), (19, "CLEAR"), (18, "WATCH"), (16, "WATCH")])
def test_a_universe_is_told_with_its_coverage(used: int, state: str, whole: Panel) -> None:
    """Of 20 members; from 95 % on it is whole, down to 80 % partial (0.5), and W20 watches below 95 %."""
    snapshot = seen(whole, walks(used), size=20)
    breadth, health = snapshot.breadth, builders.health(snapshot)
    assert (breadth.members, breadth.used, breadth.advances is None) == (20, used, False)
    assert ("coverage", "partial") in builders.reasons(breadth).items() or used >= 19
    assert builders.reasons(breadth).keys() <= {"coverage", "ad_ratio", "trin"}  # few members: some day nobody declines
    assert breadth.coverage == health.evidence["universe_coverage"] == used / 20
    assert (health.state, health.evidence["suspect_share"]) == (state, 0.0)
    assert f"{5 * used} % of the members" in health.text


def test_of_a_universe_that_is_mostly_missing_nothing_is_said(whole: Panel) -> None:
    """15 of 20 are fewer than 80 %: no breadth, no verdict, and W20 warns."""
    snapshot = seen(whole, walks(15), size=20)
    assert (snapshot.breadth.status, snapshot.breadth.advances, snapshot.breadth.used) == ("missing_input", None, 15)
    assert (snapshot.verdict.state, snapshot.verdict.evidence[3].holds) == ("NOT EVALUATED", None)
    health = builders.health(snapshot)
    assert (health.state, health.evidence["universe_coverage"]) == ("WARNING", 0.75)


def test_without_a_universe_health_is_that_of_the_core_symbols(whole: Panel) -> None:
    health = builders.health(builders.look(builders.engine(whole), whole))
    found = [health.evidence[name] for name in ("coverage", "universe_coverage", "suspect_share")]
    assert found == [1.0, None, None]
    assert health.text == "coverage 100 % of the core symbols"


def test_health_of_the_past_counts_members(whole: Panel) -> None:
    """Replayed: 2 of 20 lack rows 100 and 101, 5 of 20 lack row 200; a warning is left by way of a watch."""
    holed = builders.without(walks(20), "M000", "M001", rows=slice(100, 102))
    holed = builders.without(holed, *(f"M{k:03}" for k in range(5)), rows=slice(200, 201))
    board = builders.engine_with_members(whole, holed)._board
    told = builders.states(board, whole.sessions, builders.rule("W20"), "data")
    raised = {t: state for t, (state, _since, _sessions) in enumerate(told) if state != "CLEAR"}
    assert raised == {100: "WATCH", 101: "WATCH", 200: "WARNING", 201: "WATCH"}


def test_members_that_are_not_quoted_are_missing_live_and_back_with_their_quotes(whole: Panel) -> None:
    """A refresh without them shows nothing of the one before."""
    panel = walks(20)
    engine = builders.engine_with_members(builders.part(whole, slice(LAST)), builders.part(panel, slice(LAST)))
    live, quoted = builders.live_row(whole, LAST), builders.live_row(panel, LAST)
    for row, used, state in ((None, 0, "WARNING"), (quoted, 20, "CLEAR"), (None, 0, "WARNING")):
        snapshot = engine.snapshot(live, builders.view(live.session), row)
        assert (snapshot.breadth.used, snapshot.breadth.coverage) == (used, used / 20)
        assert (snapshot.breadth.status == "missing_input") is (row is None)
        assert builders.health(snapshot).state == state


# --- closes in doubt ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "state"), [(100, "WATCH"), (200, "CLEAR")])
def test_a_split_nobody_applied_is_counted_out_and_told(size: int, state: str, whole: Panel) -> None:
    """One of 100 members is more than half a percent of them, one of 200 is not."""
    snapshot = seen(whole, builders.halved(walks(size), "M000", LAST - 1))
    assert snapshot.breadth.used == size - 1
    assert snapshot.breadth.notes[-1] == "1 in doubt, not counted: M000"
    health = builders.health(snapshot)
    assert (health.state, health.evidence["suspect_share"]) == (state, 1 / size)
    assert f"{100 / size:.1f} % of them suspect" in health.text


def test_three_closes_near_it_clear_it(whole: Panel) -> None:
    snapshot = seen(whole, builders.halved(walks(100), "M000", LAST - 3))
    health = builders.health(snapshot)
    assert (snapshot.breadth.used, len(snapshot.breadth.notes)) == (100, 1)
    assert (health.state, health.evidence["suspect_share"]) == ("CLEAR", 0.0)


def test_many_in_doubt_are_counted_and_a_few_named(whole: Panel) -> None:
    doubted = walks(40)
    for k in range(10):
        doubted = builders.halved(doubted, f"M{k:03}", LAST)
    named = ", ".join(f"M{k:03}" for k in range(8))
    assert seen(whole, doubted).breadth.notes[-1] == f"10 in doubt, not counted: {named}, …"


# --- marks and notes ------------------------------------------------------------------------------------------------


def test_a_half_day_counts_and_marks_its_volumes(whole: Panel) -> None:
    engine = builders.engine_with_members(whole, walks(20))
    full, half = (builders.look(engine, whole, half_day=half).breadth for half in (False, True))
    assert (full.advances, full.trin, full.status) == (half.advances, half.trin, "ok")
    assert half.status == dict.fromkeys(VOLUMES, "half_day")


@pytest.mark.parametrize("volume", [0.0, np.nan])
def test_without_any_volume_it_says_what_is_missing(volume: float, whole: Panel) -> None:
    found = seen(whole, replace(walks(20), volume=np.full((SESSIONS, 20), volume))).breadth
    assert found.status == dict.fromkeys(VOLUMES, "missing_input")
    assert found.advances is not None


def test_a_day_on_which_nobody_declines_has_no_quotients() -> None:
    """All rise: 4 to 0 of 4."""
    rising = builders.members(dict.fromkeys("ABCD", np.linspace(10, 20, SESSIONS)))
    found = seen(builders.panel(17, SESSIONS), rising).breadth
    assert found.status == dict.fromkeys(("ad_ratio", "trin", "trin10"), "undefined")
    assert (found.advances, found.declines, found.adv_share, found.upvol_share) == (4, 0, 1.0, 1.0)


def test_todays_members_applied_to_the_past_are_told_so(whole: Panel) -> None:
    day = builders.last_day(whole)
    later = day + timedelta(days=1)
    assert [seen(whole, walks(4), dated=dated).breadth.notes for dated in (day, later, None)] == [
        (f"members of {day}",),
        (f"members of {later} applied to the past: who left since is not counted",),
        ("members of an undated list (mine.csv)",),
    ]
