"""What stays in the store, what waits while the disk refuses, and what gives way to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import StoreWriteError
from core.keeping import Keeper
from core.model import Quote, Rejected
from core.panel import Bars
from core.store import Store
from tests.core.store_builders import AT, document, loaded, same, series

QUOTE = Quote("SPY", AT.date(), 690.5, AT)
WRONG = Rejected("SPY", AT.date(), "price", 6905.0, "a jump")
FULL = "the disk is full: free some space"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.open(f"sqlite:///{tmp_path}/store.sqlite3")) as opened:
        yield opened


@pytest.fixture
def keeper(store: Store) -> Keeper:
    return Keeper(store, "yahoo", ["SPY", "IWM"])


def keep(keeper: Keeper, *bars: Bars, quote: Quote = QUOTE, rejected: tuple[Rejected, ...] = ()) -> list[str]:
    return [problem.text for problem in keeper.keep(bars, {quote.symbol: quote}, rejected, AT)]


def refuse(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    def full(*_arguments: object, **_options: object) -> None:
        raise StoreWriteError("the disk is full", "free some space")

    for name in names:
        monkeypatch.setattr(Store, name, full)


def test_bars_quotes_and_what_was_rejected_are_stored(store: Store, keeper: Keeper) -> None:
    assert keep(keeper, series("SPY"), rejected=(WRONG,)) == []
    assert same(loaded(store, "SPY"), series("SPY"))
    assert store.quotes(["SPY"]) == {"SPY": QUOTE}
    assert store.rejected(["SPY"]) == [WRONG]
    assert Keeper(store, "yahoo", ["SPY"]).quotes() == ({"SPY": QUOTE}, ())


def test_what_another_process_stored_meanwhile_is_not_lost(store: Store, keeper: Keeper) -> None:
    whole = series("SPY", rows=20)
    store.replace(whole, source="yahoo", fetched_at=AT)
    keep(keeper, whole.since(whole.sessions[10].item()))
    assert same(loaded(store, "SPY"), whole)


def test_a_shorter_series_on_another_base_does_not_replace_a_longer_one(store: Store, keeper: Keeper) -> None:
    whole = series("SPY", rows=20)
    store.replace(whole, source="yahoo", fetched_at=AT)
    restated = replace(whole, adj_close=whole.adj_close * 0.9)
    keep(keeper, restated.since(whole.sessions[10].item()))
    assert same(loaded(store, "SPY"), whole)
    keep(keeper, restated)
    assert same(loaded(store, "SPY"), restated)


def test_a_quote_is_written_once(store: Store, keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(keeper)
    refuse(monkeypatch, "put_quotes")
    assert keep(keeper) == []
    assert keep(keeper, quote=replace(QUOTE, asof=AT + timedelta(seconds=1))) == [FULL]


def test_what_could_not_be_stored_is_stored_when_it_can_be(store: Store, keeper: Keeper) -> None:
    with pytest.MonkeyPatch.context() as broken:
        refuse(broken, "merge_many", "put_quotes", "put_rejected", "put_snapshot")
        assert keep(keeper, series("SPY"), rejected=(WRONG,)) == [FULL]
        assert [problem.text for problem in keeper.snapshot(document(), AT)] == [FULL]
        assert keeper.quarantined() == 1
    assert store.symbols() == {}
    assert keep(keeper, series("IWM")) == []
    assert set(store.symbols()) == {"SPY", "IWM"}
    assert store.quotes(["SPY"]) == {"SPY": QUOTE}
    assert store.rejected(["SPY"]) == [WRONG]
    assert keeper.snapshot(document(), AT) == ()
    assert store.snapshot() == (document(), AT)


def test_each_rejected_value_counts_once_and_for_ever(store: Store, keeper: Keeper) -> None:
    assert keeper.quarantined() == 0
    keep(keeper, rejected=(WRONG, replace(WRONG, value=1.0)))
    assert keeper.quarantined() == 1
    keep(keeper, rejected=(WRONG, replace(WRONG, field="high")))
    assert keeper.quarantined() == 2
    assert Keeper(store, "yahoo", ["SPY"]).quarantined() == 2
    assert Keeper(store, "yahoo", ["IWM"]).quarantined() == 0


def test_a_store_that_cannot_be_read_is_a_problem(store: Store, keeper: Keeper) -> None:
    store.close()
    quotes, problems = keeper.quotes()
    assert (quotes, [problem.kind for problem in problems]) == ({}, ["store"])
    assert keeper.quarantined() == 0
