"""`tapeboard doctor`: one line per check. `ok`, `note` (worth knowing) or `BAD` (with its mend)."""

from __future__ import annotations

import locale
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Final

import msgspec

from core import __version__
from core.diagnosis import BAD, NOTE, OK, Finding, diagnose
from core.errors import SettingsError, TapeboardError
from core.feeds.base import Feed
from core.feeds.choose import NO_STORE, choose_feed, open_store
from core.i18n import _
from core.model import Session
from core.sessions import Calendar, SystemClock
from core.settings import Settings
from core.settings_load import Loaded, defaults, user_config_file
from core.store import Store
from core.store_file import absent, path_of
from core.text import clean
from core.universe import build
from tui.cli_arguments import Options
from tui.cli_output import INCOMPLETE, emit, named, unexpected
from tui.format import date_et, day, time_et

_PACKAGES: Final = (
    "textual",
    "rich",
    "numpy",
    "pandas",
    "sqlalchemy",
    "exchange-calendars",
    "apscheduler",
    "yfinance",
    "msgspec",
)
_SMALLEST: Final = (80, 24)

Check = Callable[[Settings], Iterator[Finding]]


def run(options: Options) -> int:
    """Print the findings; 4 if one of them is BAD."""
    loaded, findings = _configuration(options)
    for subject, check in _CHECKS.items():
        findings += _findings(subject, check, loaded.settings)
    emit("".join(f"{level:<4}  {subject:<9}  {text}\n" for level, subject, text in findings))
    return INCOMPLETE if any(finding.level == BAD for finding in findings) else 0


def _findings(subject: str, check: Check, settings: Settings) -> list[Finding]:
    """What `check` finds, a failure of its own included: the other checks go on."""
    found: list[Finding] = []
    try:
        found += check(settings)
    except TapeboardError as error:
        found.append(Finding(BAD, subject, str(error)))
    except Exception as error:  # noqa: BLE001 - what cannot even be checked is a finding too
        found.append(Finding(BAD, subject, _("unexpected error, {error}").format(error=unexpected(error))))
    return found


def _versions(_settings: Settings) -> Iterator[Finding]:
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    yield Finding(OK, "versions", f"tapeboard {__version__}, Python {platform.python_version()}, {packages}")


def _configuration(options: Options) -> tuple[Loaded, list[Finding]]:
    """The settings in force, or the defaults where the user's file is wrong, so that the checks can go on."""
    try:
        loaded = options.load()
    except SettingsError as error:
        loaded = defaults().with_overrides(feed=options.feed, data=options.data, store=options.store)
        *others, last = str(error).splitlines()
        told = [*others, _("{error}; the checks below use the defaults").format(error=last)]
        return loaded, [Finding(BAD, "config", line) for line in told]
    if loaded.user_file is None:
        text = _("the defaults; a file of your own would be {path}").format(path=clean(str(user_config_file()), 400))
    else:
        text = clean(str(loaded.user_file), 400)
    return loaded, [Finding(OK, "config", text)]


def _store(settings: Settings) -> Iterator[Finding]:
    if settings.store.url == NO_STORE:
        yield Finding(NOTE, "store", _("none, as configured: nothing is kept"))
        return
    path = path_of(settings.store.url)
    shown = clean(str(path), 400)
    if absent(path):
        yield Finding(NOTE, "store", _("{path} does not exist yet; 'tapeboard fetch' makes it").format(path=shown))
        return
    with closing(Store.open(settings.store.url)) as store:
        for problem in store.check():
            yield Finding(BAD, "store", problem)
        fetched, symbols = store.fetched_at(), store.symbols()
        watched = (instrument.symbol for instrument in build(settings).instruments)
        quarantined = len(store.rejected({*symbols, *watched}))
    last = _("never fetched") if fetched is None else _("last fetch {at}").format(at=_instant(fetched))
    text = _("{path}, {size:.1f} MB, symbols: {count}, {last}, values in quarantine: {quarantined}")
    size = path.stat().st_size / 1e6
    told = text.format(path=shown, size=size, count=len(symbols), last=last, quarantined=quarantined)
    yield Finding(OK, "store", told)


def _calendar(settings: Settings) -> Iterator[Finding]:
    state = Calendar(settings.sessions.extra_closures).state(SystemClock().now())
    text = _("last finished session {last}, next open {open}")
    yield Finding(OK, "calendar", text.format(last=day(state.last_finished), open=_instant(state.next_open)))


def _yahoo(settings: Settings) -> Iterator[Finding]:
    """What stands between this computer and Yahoo, where Yahoo is the feed or may become it."""
    if settings.feed.name == "yahoo" or (settings.feed.name == "auto" and not settings.feed.data):
        yield from diagnose(settings.feed.yahoo, SystemClock())


def _feed(settings: Settings) -> Iterator[Finding]:
    """The feed that would serve, and its prices; a store is looked at where there is one, and never made.

    Of Yahoo only what is stored is looked at: whether it answers, `_yahoo` says with fewer requests.
    """
    calendar = Calendar(settings.sessions.extra_closures)
    remote = settings.feed.name == "yahoo"
    serving = _by_store(settings) if remote else settings
    with ExitStack() as opened:
        store = open_store(serving, read_only=True)
        if store is not None:
            opened.callback(store.close)
        feed = choose_feed(serving, calendar, SystemClock(), store)
        opened.callback(feed.close)
        if not feed.simulated:
            name = settings.feed.name
            yield Finding(OK, "feed", name if remote or feed.name == name else f"{name}: {feed.name}")
            yield from _prices(feed, settings, calendar.state(SystemClock().now()).last_finished)
        elif remote:
            mend = _("'tapeboard fetch' fills it")
            yield Finding(NOTE, "feed", _("yahoo: nothing is stored yet; {mend}").format(mend=mend))
        elif settings.feed.name == "auto":
            text = _("auto: simulated until Yahoo answers, for there are neither files nor a filled store; {mend}")
            yield Finding(NOTE, "feed", text.format(mend=_("'tapeboard fetch' fills it")))
        else:
            yield Finding(OK, "feed", feed.name)


def _by_store(settings: Settings) -> Settings:
    """The same settings with what is stored for a feed."""
    return msgspec.structs.replace(settings, feed=msgspec.structs.replace(settings.feed, name="auto", data=()))


def _prices(feed: Feed, settings: Settings, last: Session) -> Iterator[Finding]:
    """Whether the feed has all symbols, up to the last finished session."""
    wanted = build(settings).instruments
    history = feed.history(wanted, last - timedelta(days=366 * settings.metrics.years), last)
    bars = history.bars
    for problem in history.problems:
        if problem.kind in ("unreadable", "store"):
            yield Finding(BAD, "prices", problem.text)
    lacking = [instrument.symbol for instrument in wanted if instrument.symbol not in bars]
    if lacking:
        mend = _("no prices for {symbols}: give files with them, or leave them out of the universe")
        yield Finding(BAD, "prices", mend.format(symbols=named(lacking)))
    if not bars:
        return
    newest: Session = max(series.sessions[-1] for series in bars.values()).item()
    if newest < last:
        mend = _("the newest are of {newest}, the last finished session was {last}: fetch, or give newer files")
        yield Finding(BAD, "prices", mend.format(newest=day(newest), last=day(last)))
    else:
        yield Finding(OK, "prices", _("symbols: {count}, up to {newest}").format(count=len(bars), newest=day(newest)))


def _terminal(_settings: Settings) -> Iterator[Finding]:
    encoding = (sys.stdout.encoding if sys.stdout else None) or locale.getpreferredencoding()
    if encoding.lower().replace("-", "") != "utf8":
        mend = _("the locale is {encoding}, not UTF-8: export LC_ALL=C.UTF-8").format(encoding=encoding)
        yield Finding(BAD, "terminal", mend)
    if sys.stdout is None or not sys.stdout.isatty():
        yield Finding(NOTE, "terminal", _("standard output is no terminal, so its size and colours are not known"))
        return
    term, colours = os.environ.get("TERM", ""), os.environ.get("COLORTERM", "")
    if term in ("", "dumb"):
        mend = _('TERM is "{term}": export TERM=xterm-256color in a terminal that can draw').format(term=term)
        yield Finding(BAD, "terminal", mend)
    columns, lines = shutil.get_terminal_size()
    size = f"{columns}x{lines}"
    if columns < _SMALLEST[0] or lines < _SMALLEST[1]:
        yield Finding(BAD, "terminal", _("{size} is too small: make the window at least 80x24").format(size=size))
    if colours not in ("truecolor", "24bit"):
        yield Finding(NOTE, "terminal", _("COLORTERM does not promise 24-bit colours; the themes are approximated"))
    yield Finding(OK, "terminal", f"{size}, TERM={clean(term)}, COLORTERM={clean(colours)}, {encoding}")


def _instant(at: datetime) -> str:
    return f"{day(date_et(at))} {time_et(at)} ET"


_CHECKS: Final[dict[str, Check]] = {
    "versions": _versions,
    "store": _store,
    "calendar": _calendar,
    "feed": _feed,
    "yahoo": _yahoo,
    "terminal": _terminal,
}
