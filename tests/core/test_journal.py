"""The journal: each step once, in one piece, whoever writes it, and led over where the past is told otherwise."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from core.errors import StoreWriteError
from core.journal import Chain, Entry, Origin, chains, news
from core.panel import Panel
from core.rules.board import RuleBoard
from core.rules.course import Course
from core.rules.machine import State
from core.store import Store
from tests.core import builders
from tests.core.store_builders import AT, url_of

ORIGIN = Origin("core", "1-abc", "0123")
KEY = ("W19", "SPY")
FULL = date(2022, 3, 20)
"""From this session on a disk is full."""


@pytest.fixture(scope="module")
def eventful() -> Panel:
    return builders.eventful()


@pytest.fixture(scope="module")
def board(eventful: Panel) -> RuleBoard:
    return builders.board(eventful)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tapeboard.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with closing(Store.open(url_of(path))) as opened:
        yield opened


def told(eventful: Panel, rows: int) -> list[Chain]:
    """What the replay tells after so many sessions."""
    part = builders.part(eventful, slice(rows))
    return chains(builders.board(part).courses, part.sessions, ORIGIN)


def course_of(eventful: Panel, rule: str, subject: str) -> Course:
    return next(c for c in builders.board(eventful).courses if (c.rule.id, c.subject) == (rule, subject))


def step(day: int, old: str, new: str) -> Entry:
    return Entry(
        rule=KEY[0],
        subject=KEY[1],
        universe="core",
        session=date(2026, 1, day),
        old=old,
        new=new,
        kind="replayed",
        evidence={"drawdown_252": -0.06},
        rule_set="1-abc",
        data_hash="0123",
    )


def chain(last: int, state: State, *steps: Entry) -> Chain:
    return Chain(KEY, state, evaluated=True, last=date(2026, 1, last), steps=steps)


def steps(entries: tuple[Entry, ...] | list[Entry]) -> list[tuple[int, str, str, str]]:
    return [(entry.session.day, entry.old, entry.new, entry.kind) for entry in entries]


def is_whole(entries: tuple[Entry, ...]) -> bool:
    """Whether each chain begins at CLEAR and each entry begins where the one before it ended."""
    ends: dict[tuple[str, str], str] = {}
    for entry in entries:
        if entry.old != ends.get((entry.rule, entry.subject), "CLEAR") or entry.old == entry.new:
            return False
        ends[entry.rule, entry.subject] = entry.new
    return True


def test_every_step_but_those_of_data_health(board: RuleBoard, eventful: Panel) -> None:
    found = chains(board.courses, eventful.sessions, ORIGIN)
    expected = {
        (course.rule.id, course.subject): len(course.transitions) for course in board.courses if course.rule.id != "W20"
    }
    assert {one.key: len(one.steps) for one in found} == expected
    entries = news(found, {}, ORIGIN)
    assert len(entries) == sum(expected.values()) > 40
    assert [entry.session for entry in entries] == sorted(entry.session for entry in entries)
    assert all(entry.evidence for entry in entries)
    assert {(entry.universe, entry.rule_set, entry.data_hash) for entry in entries} == {("core", "1-abc", "0123")}


def test_day_by_day_each_step_is_written_once_and_live(eventful: Panel, store: Store) -> None:
    store.write_journal(told(eventful, 560), ORIGIN, AT)
    before = store.journal("core")
    assert before
    for rows in range(578, 620, 10):
        now = told(eventful, rows)
        fresh = store.write_journal(now, ORIGIN, AT)
        assert store.write_journal(now, ORIGIN, AT) == 0  # a warm start replays, and writes nothing
        assert fresh >= 0
    after = store.journal("core")
    assert after[: len(before)] == before
    assert is_whole(after)
    assert sorted(map(steps_of, after)) == sorted(map(steps_of, news(told(eventful, 618), {}, ORIGIN)))
    assert {entry.kind for entry in after[len(before) :]} >= {"replayed"}  # of the sessions the program did not see
    assert {entry.at for entry in after} == {AT}


def steps_of(entry: Entry) -> tuple[str, str, date, str, str]:
    return entry.rule, entry.subject, entry.session, entry.old, entry.new


def test_since_cuts_and_universes_are_kept_apart(eventful: Panel, store: Store) -> None:
    store.write_journal(told(eventful, 618), ORIGIN, AT)
    whole = store.journal("core")
    day = whole[len(whole) // 2].session
    assert store.journal("core", day) == tuple(entry for entry in whole if entry.session >= day)
    assert store.journal("sp500") == ()
    other = replace(ORIGIN, universe="sp500")
    part = builders.part(eventful, slice(618))
    assert store.write_journal(chains(builders.board(part).courses, part.sessions, other), other, AT) == len(whole)


def test_a_past_told_otherwise_is_led_over_and_never_changed() -> None:
    raised = step(5, "CLEAR", "WATCH")
    assert steps(news([chain(5, State.WATCH, raised)], {}, ORIGIN)) == [(5, "CLEAR", "WATCH", "replayed")]
    written = {KEY: (date(2026, 1, 5), "WATCH")}

    # Other data: it was never raised, and is not raised now.
    assert steps(news([chain(7, State.CLEAR)], written, ORIGIN)) == [(7, "WATCH", "CLEAR", "restated")]
    # It is raised, but a session later than was told.
    later = chain(7, State.WATCH, step(6, "CLEAR", "WATCH"))
    assert steps(news([later], written, ORIGIN)) == [
        (6, "WATCH", "CLEAR", "restated"),
        (6, "CLEAR", "WATCH", "replayed"),
    ]
    # Earlier steps told otherwise, with the same end, are no news.
    assert news([chain(7, State.WATCH, step(2, "CLEAR", "WATCH"))], written, ORIGIN) == []
    # Whoever has not seen the last session yet has nothing to say.
    assert news([chain(4, State.CLEAR)], written, ORIGIN) == []
    # Nor does the absence of an input end what was raised.
    blind = replace(chain(7, State.CLEAR), evaluated=False)
    assert news([blind], written, ORIGIN) == []
    assert steps(news([blind], {}, ORIGIN)) == []


def test_a_rule_that_lost_its_input_keeps_its_state_in_the_journal(eventful: Panel, store: Store) -> None:
    row = next(step.t for step in course_of(eventful, *KEY).transitions if step.old is State.CLEAR) + 1
    part = builders.part(eventful, slice(row))
    store.write_journal(told(eventful, row), ORIGIN, AT)
    before = store.journal("core")
    blind = builders.without(part, "SPY")
    assert store.write_journal(chains(builders.board(blind).courses, blind.sessions, ORIGIN), ORIGIN, AT) == 0
    assert store.journal("core") == before
    assert [entry.new for entry in before if (entry.rule, entry.subject) == KEY][-1] == "WATCH"


def test_a_step_at_the_last_session_is_live_and_one_before_it_replayed(eventful: Panel) -> None:
    row = next(
        step.t
        for course in builders.board(eventful).courses
        if course.rule.id == "W19"
        for step in course.transitions
        if step.t > 500
    )
    at_once = [entry for one in told(eventful, row + 1) for entry in one.steps if entry.kind == "live"]
    a_day_late = [entry for one in told(eventful, row + 2) for entry in one.steps]
    assert "W19" in {entry.rule for entry in at_once}
    same = {steps_of(entry): entry.kind for entry in a_day_late}
    assert {same[steps_of(entry)] for entry in at_once} == {"replayed"}


def test_a_write_is_whole_or_nothing(eventful: Panel, store: Store, path: Path) -> None:
    """What ends inside a write leaves nothing behind: all entries of a refresh are one transaction."""
    store.write_journal(told(eventful, 560), ORIGIN, AT)
    before = store.journal("core")
    coming = [entry.session for one in told(eventful, 618) for entry in one.steps if entry.session > before[-1].session]
    assert min(coming) < FULL <= max(coming)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TRIGGER full AFTER INSERT ON journal WHEN NEW.session >= '2022-03-20' "
            "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        )
        connection.commit()
    with pytest.raises(StoreWriteError, match="the disk is full"):
        store.write_journal(told(eventful, 618), ORIGIN, AT)
    assert store.journal("core") == before
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER full")
        connection.commit()
    assert store.write_journal(told(eventful, 618), ORIGIN, AT) > 3
    assert is_whole(store.journal("core"))


def test_of_two_processes_that_write_the_same_one_does(eventful: Panel, store: Store, path: Path) -> None:
    now = told(eventful, 618)
    with closing(Store.open(url_of(path))) as other:
        counts = [store.write_journal(now, ORIGIN, AT), other.write_journal(now, ORIGIN, AT)]
    assert counts == [len(news(now, {}, ORIGIN)), 0]
