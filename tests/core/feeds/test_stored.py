"""The feed over a store: what was fetched, when, and what it cannot give."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from core.errors import StoreError
from core.feeds.stored import StoredFeed
from core.model import Instrument, SymbolClass
from core.store import Store
from tests.core.fakes import FRIDAY, MONDAY, new_york, quote, sessions, walk
from tests.core.store_builders import same

DAYS = sessions(30)
AT = datetime(2026, 1, 9, 22, 0, tzinfo=UTC)
SPY, IWM, GONE = (Instrument(symbol, symbol, SymbolClass.FUND, "group") for symbol in ("SPY", "IWM", "GONE"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.open(f"sqlite:///{tmp_path}/store.sqlite3")) as opened:
        opened.replace_many([walk(SPY, DAYS), walk(IWM, DAYS[:10])], source="files", fetched_at=AT)
        yield opened


def test_it_is_a_real_feed_with_a_name_of_its_own(store: Store) -> None:
    feed = StoredFeed(store)
    assert (feed.name, feed.simulated, feed.always_open) == ("store", False, False)
    assert feed.known() == {"SPY", "IWM"}


def test_it_gives_what_is_stored_and_when_it_was_fetched(store: Store) -> None:
    history = StoredFeed(store).history([SPY, IWM], date(2000, 1, 1), FRIDAY)
    assert history.bars.keys() == {"SPY", "IWM"}
    assert same(history.bars["SPY"], walk(SPY, DAYS))
    assert (history.problems, history.fetched_at) == ((), AT)


def test_it_keeps_to_the_period_and_names_what_is_missing(store: Store) -> None:
    first, last = DAYS[12].item(), DAYS[20].item()
    history = StoredFeed(store).history([SPY, IWM, GONE, GONE], first, last)
    assert history.bars["SPY"].sessions.tolist() == DAYS[12:21].tolist()
    assert [(problem.kind, problem.text) for problem in history.problems] == [
        ("missing", f"IWM: no price from {first} to {last} is stored"),
        ("missing", "GONE is not stored"),
    ]


def test_a_damaged_series_is_named_and_the_others_are_given(store: Store) -> None:
    with closing(sqlite3.connect(store.path)) as raw, raw:
        raw.execute("UPDATE series SET data = x'54426172' WHERE symbol = 'IWM'")
    history = StoredFeed(store).history([SPY, IWM], DAYS[0].item(), FRIDAY)
    assert history.bars.keys() == {"SPY"}
    (problem,) = history.problems
    assert (problem.kind, problem.symbol) == ("store", "IWM")
    assert problem.text == "The stored history of IWM is damaged: load it anew with `tapeboard fetch`"


def test_only_quotes_of_the_session_count(store: Store) -> None:
    store.put_quotes([quote("SPY", 700.0, new_york(MONDAY, "11:00"))], source="files")
    store.put_quotes([quote("IWM", 260.0, new_york(FRIDAY, "11:00"))], source="files")
    quotes = StoredFeed(store).quotes([SPY, IWM], MONDAY, new_york(MONDAY, "11:01"))
    assert {symbol: found.price for symbol, found in quotes.quotes.items()} == {"SPY": 700.0}
    assert quotes.problems == ()


def test_a_closed_store_says_so(store: Store) -> None:
    feed = StoredFeed(store)
    feed.close()
    assert feed.known()  # the store belongs to whoever opened it
    store.close()
    with pytest.raises(StoreError, match="closed"):
        feed.history([SPY], DAYS[0].item(), FRIDAY)
