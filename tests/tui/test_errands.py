from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from core.errors import UsageError
from core.pipeline import Pipeline
from core.settings import MemberListSettings, Settings
from core.settings_load import defaults
from core.store import Store
from tests.core import fakes
from tui.errands import backtested, fetched, reopened
from tui.memory import with_universe
from tui.work import Cancelled


def simulated(sessions: int = 300) -> Settings:
    """Invented prices, and a universe of three."""
    shipped = defaults().with_overrides(feed="simulated", store="none").settings
    feed = msgspec.structs.replace(
        shipped.feed, simulated=msgspec.structs.replace(shipped.feed.simulated, sessions=sessions)
    )
    mine = {"mine": MemberListSettings(symbols=("AAPL", "MSFT", "NVDA"))}
    return msgspec.structs.replace(shipped, feed=feed, universes=mine)


class Told:
    """What a job tells; wanted until so many calls."""

    def __init__(self, wanted: int = 10_000) -> None:
        self.steps: list[tuple[int, int, str]] = []
        self._wanted = wanted

    def __call__(self, done: int, total: int, name: str = "", failed: int = 0) -> None:
        self.steps.append((done, total, name))
        if len(self.steps) > self._wanted:
            raise Cancelled


def test_another_universe_comes_refreshed_and_nothing_follows_it() -> None:
    source, then = reopened(with_universe(simulated(), "mine"), "simulated", Told())
    try:
        assert source.latest is not None
        assert (source.latest.breadth.universe, source.latest.breadth.members) == ("mine", 3)
        assert then() is None
    finally:
        source.close()


def test_a_universe_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError, match="no universe sp50: did you mean sp500"):
        reopened(with_universe(simulated(), "sp50"), "simulated", Told())


@pytest.mark.parametrize("wanted", [0, 1])
def test_a_source_that_nobody_wants_any_more_is_closed(wanted: int, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[Pipeline] = []

    def close(pipe: Pipeline) -> None:
        closed.append(pipe)

    monkeypatch.setattr(Pipeline, "close", close)
    with pytest.raises(Cancelled):
        reopened(with_universe(simulated(), "mine"), "simulated", Told(wanted))
    assert len(closed) == 1


def test_history_is_fetched_into_the_store_and_counted(tmp_path: Path) -> None:
    data = fakes.write_csv(tmp_path / "prices.csv", fakes.market(fakes.settings(), fakes.sessions()).bars.values())
    url = f"sqlite:///{tmp_path}/store.sqlite3"
    told = Told()
    line = fetched(defaults().with_overrides(feed="files", data=[str(data)], store=url).settings, told)
    done, total, _name = told.steps[-1]
    assert done == total == len(told.steps)
    assert line.startswith("symbols stored: ")
    store = Store.open(url)
    assert "SPY" in store.load_sound(["SPY"])[0]
    store.close()


def test_a_feed_that_cannot_fill_a_store_is_refused() -> None:
    with pytest.raises(UsageError, match="fetch needs a real feed"):
        fetched(simulated(), Told())


def test_a_backtest_is_told_as_text_and_can_be_stopped() -> None:
    told = Told()
    text = backtested(simulated(400), told)
    assert text.startswith("SIMULATED")
    assert "W06" in text
    with pytest.raises(Cancelled):
        backtested(simulated(400), Told(1))
