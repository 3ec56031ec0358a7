"""Which feed serves: the one asked for, or with `auto` the best there is."""

from __future__ import annotations

from pathlib import Path

from core.errors import FeedUnavailable
from core.feeds.base import Feed
from core.i18n import _
from core.sessions import Calendar
from core.settings import Settings
from core.store import Store


def choose_feed(settings: Settings, calendar: Calendar, store: Store | None) -> Feed:
    """The feed of the effective configuration.

    `auto` takes the files that were named, else the real data in the store, else simulated data.
    Raises FeedUnavailable for a feed that this version does not have.
    """
    name = settings.feed.name
    if name == "yahoo":
        raise FeedUnavailable(
            _("the feed 'yahoo' is not part of this version yet"),
            _("use --feed files --data PATH, or --feed simulated"),
        )
    if name == "files" or (name == "auto" and settings.feed.data):
        from core.feeds.files import FilesFeed  # noqa: PLC0415 - each feed loads what only it needs

        return FilesFeed([Path(path).expanduser() for path in settings.feed.data])
    if name == "auto" and store is not None and store.symbols():
        from core.feeds.stored import StoredFeed  # noqa: PLC0415 - likewise

        return StoredFeed(store)
    from core.feeds.simulated import SimulatedFeed  # noqa: PLC0415 - likewise

    return SimulatedFeed(settings.feed.simulated.seed, settings.feed.simulated.sessions, calendar)
