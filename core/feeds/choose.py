"""Which feed serves: the one asked for, or with `auto` the best there is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import FeedUnavailable
from core.feeds.base import Feed
from core.i18n import _
from core.settings import Settings
from core.store_file import absent, path_of

if TYPE_CHECKING:
    from core.sessions import Calendar
    from core.store import Store

NO_STORE = "none"
"""The store URL that keeps nothing."""


def open_store(settings: Settings, *, read_only: bool = False) -> Store | None:
    """The store that `auto` serves from, if there is one with real data; none is made for want of one.

    None for every other feed, for files that were named, and without a store. Raises StoreError.
    """
    feed, url = settings.feed, settings.store.url
    if feed.name != "auto" or feed.data or url == NO_STORE or absent(path_of(url)):
        return None
    from core.store import Store  # noqa: PLC0415 - SQLAlchemy takes time that other feeds need not spend

    store = Store.open(url, read_only=read_only)
    try:
        filled = bool(store.symbols())
    except BaseException:
        store.close()
        raise
    if filled:
        return store
    store.close()
    return None


def choose_feed(settings: Settings, calendar: Calendar, store: Store | None) -> Feed:
    """The feed of the effective configuration; `store` is what `open_store` gave.

    `auto` takes the files that were named, else the real data in the store, else simulated data.
    Raises FeedUnavailable for a feed that this version does not have.
    """
    name = settings.feed.name
    if name == "yahoo":
        raise FeedUnavailable(
            _("the feed 'yahoo' is not part of this version yet"),
            _("use --feed files --data PATH, or --feed simulated"),
        )
    if name == "alpaca":
        from core.feeds.alpaca import open_alpaca  # noqa: PLC0415 - each feed loads what only it needs

        return open_alpaca(settings.feed.alpaca, calendar)
    if name == "files" or (name == "auto" and settings.feed.data):
        from core.feeds.files import FilesFeed  # noqa: PLC0415 - likewise

        return FilesFeed([Path(path) for path in settings.feed.data])
    if store is not None:
        from core.feeds.stored import StoredFeed  # noqa: PLC0415 - likewise

        return StoredFeed(store)
    from core.feeds.simulated import SimulatedFeed  # noqa: PLC0415 - likewise

    return SimulatedFeed(settings.feed.simulated.seed, settings.feed.simulated.sessions, calendar)
