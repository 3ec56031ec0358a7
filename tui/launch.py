"""The start and the end of the live screen: what it is opened over, what was chosen last time, its exit code."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from functools import cache, partial
from typing import TYPE_CHECKING

from core.choices import Choices, choices_file, load_choices, save_choices
from core.glance import last_snapshot
from core.snapshot import Snapshot
from tui import garbage
from tui.app import TapeboardApp
from tui.cli_output import say
from tui.errands import reopened
from tui.memory import UNIVERSE, Memory
from tui.messages import Waiting
from tui.themes import themes
from tui.waiting import Paced

if TYPE_CHECKING:
    from core.automatic import Succession
    from core.settings_load import Loaded

NEVER_STORED = ("files", "simulated")
"""Feeds that never store a snapshot, so that a stored one is not theirs to show."""


def run(loaded: Loaded, *, as_of: date | None = None, fresh: bool = False) -> int:
    """Show the live screen until the user quits; returns the exit code. `fresh`: as if nothing had been chosen before.

    What goes wrong is told on the screen; what has left it without data is raised again at the end, so that the
    command line tells it too.
    """
    memory = remembered(loaded, fresh=fresh)
    settings = memory.in_force(loaded.settings)

    @cache
    def succession() -> Succession:
        from core.automatic import Succession  # noqa: PLC0415 - pandas and the calendar, after the first paint
        from core.opening import Opening  # noqa: PLC0415 - likewise

        return Succession(Opening(settings, as_of=as_of, watch=Paced(wait_for)))

    def wait_for(text: str) -> None:
        with suppress(RuntimeError):  # the application has ended meanwhile, and its loop with it
            app.post_message(Waiting(text))

    def glance() -> Snapshot | None:
        feed = settings.feed
        files = feed.name == "auto" and bool(feed.data)  # those that were named serve, not the store
        foreign = feed.name in NEVER_STORED or files or settings.store.url == "none" or as_of is not None
        return None if foreign else last_snapshot(settings.store.url)

    app = TapeboardApp(
        settings,
        lambda: succession().first(),
        successor=lambda: succession().then(),
        glance=glance,
        frozen=as_of is not None,
        reopen=partial(reopened, as_of=as_of),
        memory=memory,
        settled=garbage.set_aside,
    )
    app.run()
    if app.unkept:
        say(app.unkept)
    if app.failure is not None:
        raise app.failure
    return app.return_code or 0


def remembered(loaded: Loaded, *, fresh: bool) -> Memory:
    """What was chosen on the screen last time, over the configuration and below the command line."""
    path = choices_file()
    kept, problem = (Choices(), "") if fresh else load_choices(path)
    given = [UNIVERSE] if loaded.origin.get(UNIVERSE, "").startswith("--") else []
    names = [theme.name for theme in themes(loaded.settings.screen.up_is)]
    keep = partial(save_choices, path=path)
    return Memory(kept, loaded.settings, names, given=given, problem=problem, keep=keep)
