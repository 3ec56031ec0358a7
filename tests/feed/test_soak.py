"""A short life under faults by chance; `python -m bench soak` leads a long one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.feeds.yahoo_rig import PANDAS
from tests.feed.soak import Soak

REFRESHES = 120
SEED = 20260109


@pytest.mark.filterwarnings(PANDAS)
def test_no_price_gives_way_to_an_older_an_empty_or_an_untrue_one(tmp_path: Path) -> None:
    figures = Soak(tmp_path / "store.sqlite3", SEED).run(REFRESHES)
    assert figures.wrong == []
    assert figures.faults > REFRESHES // 2
    assert figures.fresh > 0
    assert len(figures.threads) == 4
    assert figures.steady, (figures.threads, figures.descriptors, figures.sockets)
