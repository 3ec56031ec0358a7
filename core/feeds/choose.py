"""Which feed serves: the one asked for, or with `auto` the best that can be had without asking anybody.

What `auto` makes of that together with Yahoo stands in `core.automatic`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.feeds.base import Feed
from core.model import Watch, unwatched
from core.settings import Settings
from core.store_file import absent, path_of

if TYPE_CHECKING:
    from core.sessions import Calendar, Clock
    from core.store import Store

NO_STORE: Final = "none"
"""The store URL that keeps nothing."""

FILLING: Final = ("yahoo", "alpaca")
"""Feeds whose answers are stored as they come."""


def open_store(settings: Settings, *, read_only: bool = False) -> Store | None:
    """The store beside the feed: for one that fills it made if need be, for `auto` one with real data or none.

    None for every other feed, for files that were named, without a store, and where one to be read only is absent.
    Raises StoreError.
    """
    feed, url = settings.feed, settings.store.url
    fills = feed.name in FILLING
    serves = feed.name == "auto" and not feed.data
    if url == NO_STORE or not (fills or serves) or (absent(path_of(url)) and (read_only or serves)):
        return None
    from core.store import Store  # noqa: PLC0415 - SQLAlchemy takes time that other feeds need not spend

    store = Store.open(url, read_only=read_only)
    try:
        useful = fills or bool(store.symbols())
    except BaseException:
        store.close()
        raise
    if useful:
        return store
    store.close()
    return None


def choose_feed(
    settings: Settings, calendar: Calendar, clock: Clock, store: Store | None, watch: Watch = unwatched
) -> Feed:
    """The feed of the effective configuration; `store` is what `open_store` gave, `watch` is told of every file read.

    `auto` takes the files that were named, else the real data in the store, else simulated data.
    Raises FeedUnavailable for a feed that lacks a package or a key.
    """
    name = settings.feed.name
    if name == "yahoo":
        from core.feeds.yahoo import YahooFeed  # noqa: PLC0415 - each feed loads what only it needs

        return YahooFeed(settings.feed.yahoo, clock, calendar, store)
    if name == "alpaca":
        from core.feeds.alpaca import open_alpaca  # noqa: PLC0415 - likewise

        return open_alpaca(settings.feed.alpaca, calendar, clock=clock)
    if name == "files" or (name == "auto" and settings.feed.data):
        from core.feeds.files import FilesFeed  # noqa: PLC0415 - likewise

        return FilesFeed([Path(path) for path in settings.feed.data], watch)
    if store is not None:
        from core.feeds.stored import StoredFeed  # noqa: PLC0415 - likewise

        return StoredFeed(store)
    from core.feeds.simulated import SimulatedFeed  # noqa: PLC0415 - likewise

    return SimulatedFeed(settings.feed.simulated.seed, settings.feed.simulated.sessions, calendar)
