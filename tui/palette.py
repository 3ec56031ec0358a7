"""The command palette (Ctrl+P): every command of the registry, symbols, windows, themes and universes, by their words.

Textual's own palette, which is imported when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import ClassVar, Final, NamedTuple, Protocol, cast

from textual.binding import Binding, BindingType
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.types import CSSPathType

from core.i18n import _
from core.snapshot import Snapshot
from tui.commands import ALWAYS_QUIT, DIALOG, groups, registry, shown

ALIKE: Final = 0.75
"""How like a word of an entry must be to one that is typed, of 1: "unvierse" is meant for "universe"."""
LEAST: Final = 0.01
"""The score of an entry that only such a likeness has found."""


class Entry(NamedTuple):
    """A line of the palette, and what it does."""

    text: str
    run: Callable[[], object]


class Offering(Protocol):
    """An application with a palette."""

    def offered(self) -> Iterable[Entry]:
        """What can be done now."""
        ...


class Offered(Provider):
    """The entries of the application."""

    async def search(self, query: str) -> Hits:
        """Those that match."""
        matcher = self.matcher(query)
        for entry in self._entries():
            if has(entry.text, query):
                score = max(matcher.match(entry.text), LEAST)
                yield Hit(score, matcher.highlight(entry.text), entry.run, text=entry.text)

    async def discover(self) -> Hits:
        """All, before anything is typed."""
        for entry in self._entries():
            yield DiscoveryHit(entry.text, entry.run)

    def _entries(self) -> Iterable[Entry]:
        return cast("Offering", self.app).offered()


class Palette(CommandPalette):
    """Over any screen."""

    CSS_PATH: ClassVar[CSSPathType | None] = "styles/dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding(ALWAYS_QUIT, "app.command('quit')", show=False, priority=True)]

    def __init__(self) -> None:
        super().__init__([Offered], placeholder=_("a command, a symbol, a theme, a universe …"), name=DIALOG)


def has(text: str, query: str) -> bool:
    """Whether each word of the query stands in the text, or one very like it; letters strewn over it are no match."""
    folded = text.casefold()
    return all(word in folded or get_close_matches(word, folded.split(), 1, ALIKE) for word in query.casefold().split())


def of_commands(here: str, keys: Mapping[str, str], run: Callable[[str], object]) -> Iterator[Entry]:
    """The commands that work on the screen `here`, by their groups, with their keys."""
    titles = groups()
    for command in registry():
        if here in command.where and command.id != "palette":
            key = shown(command, keys)
            text = _("{group}: {what}").format(group=titles[command.group], what=command.help)
            if command.title.casefold() not in text.casefold():  # it shall be found by its word in the footer too
                what = _("{title}: {what}").format(title=command.title, what=command.help)
                text = _("{group}: {what}").format(group=titles[command.group], what=what)
            yield Entry(f"{text} ({key})" if key else text, _call(run, command.id))


def of_symbols(snapshot: Snapshot, go: Callable[[str], object]) -> Iterator[Entry]:
    """The watched symbols, each once, by symbol and name."""
    rows = (*snapshot.leadership, *snapshot.sectors, *snapshot.watchlist)
    for symbol, name in {row.symbol: row.name for row in rows}.items():
        yield Entry(_("Go to {symbol} {name}").format(symbol=symbol, name=name), _call(go, symbol))


def of_names(form: str, names: Mapping[str, str], take: Callable[[str], object]) -> Iterator[Entry]:
    """One entry for each of the `names` by id, in the words of `form`, which has a {name}."""
    for key, name in names.items():
        yield Entry(form.format(name=name), _call(take, key))


def _call(function: Callable[[str], object], argument: str) -> Callable[[], object]:
    return lambda: function(argument)
