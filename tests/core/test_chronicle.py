"""What a pipeline writes down of its warnings and finds again: once, and only of stored data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from core.errors import StoreWriteError
from core.hindsight import backtest
from core.journal import Chain, Entry, Journal, Origin
from core.pipeline import Pipeline, open_pipeline
from core.provenance import rule_set
from core.sessions import Calendar
from core.settings import Settings
from core.store import Store
from tests.core.fakes import FRIDAY, MONDAY, FakeFeed, clock_at, market, sessions, settings, write_csv
from tests.core.store_builders import url_of

CALENDAR = Calendar()
DAYS = sessions(320)
WITH_MONDAY = sessions(321, last=MONDAY)


@pytest.fixture(scope="module")
def chosen() -> Settings:
    return settings()


@pytest.fixture(scope="module")
def feed(chosen: Settings) -> FakeFeed:
    return market(chosen, DAYS)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.open(url_of(tmp_path / "tapeboard.sqlite3"))) as opened:
        yield opened


def pipeline(feed: FakeFeed, chosen: Settings, store: Store | None, *, past: bool = False) -> Pipeline:
    clock = clock_at(FRIDAY, "20:00")
    return Pipeline(chosen, clock=clock, calendar=CALENDAR, feed=feed, store=store, past=past)


def silent(_done: int, _total: int, _name: str) -> None:
    pass


def test_a_refresh_writes_the_journal_once(feed: FakeFeed, chosen: Settings, store: Store) -> None:
    pipe = pipeline(feed, chosen, store)
    pipe.refresh()
    entries = store.journal("core")
    assert entries
    assert {entry.rule_set for entry in entries} == {rule_set(chosen)}
    assert all(entry.rule != "W20" for entry in entries)
    pipe.refresh()
    pipeline(feed, chosen, store).refresh()  # a warm start
    assert store.journal("core") == entries


def test_a_new_session_continues_it(chosen: Settings, store: Store) -> None:
    whole = market(chosen, WITH_MONDAY)
    pipeline(whole, chosen, store).refresh()
    before = store.journal("core")
    clock = clock_at(MONDAY, "20:00")
    Pipeline(chosen, clock=clock, calendar=CALENDAR, feed=whole, store=store).refresh()
    after = store.journal("core")
    assert after[: len(before)] == before
    assert {entry.session for entry in after[len(before) :]} <= {MONDAY}
    assert all(entry.kind == "live" for entry in after[len(before) :])


def test_a_look_at_the_past_writes_and_shows_nothing_kept(feed: FakeFeed, chosen: Settings, store: Store) -> None:
    backtest(pipeline(feed, chosen, store), chosen, ("W19",), silent)
    snapshot = pipeline(feed, chosen, store, past=True).refresh()
    assert store.journal("core") == ()
    assert all(warning.history.get("low") is None for warning in snapshot.warnings)


def test_a_disk_that_refuses_is_told_and_tried_again(
    feed: FakeFeed, chosen: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(told: list[Chain], origin: Origin, at: datetime) -> int:
        raise StoreWriteError("the disk is full", "free some space")

    pipe = pipeline(feed, chosen, store)
    with monkeypatch.context() as patch:
        patch.setattr(store, "write_journal", full)
        for _again in range(2):
            notes = [(note.kind, note.text) for note in pipe.refresh().source.problems]
            assert notes == [("store", "the disk is full: free some space")]
    assert pipe.refresh().source.problems == ()
    assert store.journal("core")


def test_without_a_store_the_journal_is_derived(feed: FakeFeed, chosen: Settings, store: Store) -> None:
    derived, kept = pipeline(feed, chosen, None).journal(None), pipeline(feed, chosen, store).journal(None)
    assert (derived.derived, kept.derived) == (True, False)

    def steps(of: Journal) -> list[Entry]:
        return [msgspec.structs.replace(entry, at=None) for entry in of.entries]

    assert steps(derived) == steps(kept)
    assert {entry.at for entry in derived.entries} == {None}
    assert {entry.at for entry in kept.entries} == {clock_at(FRIDAY, "20:00").now()}
    day = kept.entries[-1].session
    for pipe in (pipeline(feed, chosen, None), pipeline(feed, chosen, store)):
        assert [entry.session for entry in pipe.journal(day).entries] == [
            entry.session for entry in kept.entries if entry.session >= day
        ]


def test_results_of_stored_data_come_back_beside_their_rules(feed: FakeFeed, chosen: Settings, store: Store) -> None:
    found = backtest(pipeline(feed, chosen, store), chosen, ("W19",), silent)
    assert store.backtests(rule_set(chosen)).keys() == {(r.rule, r.subject) for r in found.results}
    snapshot = pipeline(feed, chosen, store).refresh()
    for result in found.results:
        warning = next(w for w in snapshot.warnings if (w.id, w.subject) == (result.rule, result.subject))
        assert {name: value for name, value in warning.history.items() if name != "target"} == result.record().told()
    others = [w for w in snapshot.warnings if w.id == "W02"]
    assert all(str(w.history["text"]).startswith("History: ") for w in others)


def test_results_by_other_rules_or_of_another_form_do_not(feed: FakeFeed, chosen: Settings, store: Store) -> None:
    backtest(pipeline(feed, chosen, store), chosen, ("W19",), silent)
    assert store.backtests("1-other") == {}
    with store._writing() as connection:
        connection.exec_driver_sql("UPDATE backtests SET document = '{\"rule\": \"W19\"}' WHERE subject = 'SPY'")
    assert {subject for _rule, subject in store.backtests(rule_set(chosen))} == {"IWM", "QQQ", "DIA"}


def test_a_file_is_backtested_without_leaving_anything(feed: FakeFeed, tmp_path: Path) -> None:
    data = write_csv(tmp_path / "prices.csv", feed.bars.values())
    url = url_of(tmp_path / "none.sqlite3")
    chosen = settings(feed="files", data=(data,), store=url)
    with closing(open_pipeline(chosen)) as pipe:
        found = backtest(pipe, chosen, ("W02",), silent)
        assert pipe.journal(None).derived
    assert found.sessions == len(DAYS)
    assert not (tmp_path / "none.sqlite3").exists()
