"""All that is wrong, one key or click away from its number in the header: by kind, and every value not believed.

What the snapshot does not have, the quarantine and how much is asked, comes as an answer (`tui.asking`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.types import CSSPathType
from textual.widgets import Static

from core.i18n import _
from core.model import FeedHealth, Rejected
from core.snapshot import EMPTY, ProblemNote, Source
from core.text import clean
from tui import format as fmt
from tui.ages import moment
from tui.commands import PROBLEMS
from tui.messages import Answered, Asked
from tui.problem_kinds import kinds as titles_of_kinds
from tui.screens.overlay import Overlay
from tui.status import Status

HEALTH: Final = "health"
MOST: Final = 500
"""So many values of the quarantine are listed."""


class ProblemsScreen(Overlay):
    """A page to scroll through, under the header of the board."""

    CSS_PATH: ClassVar[CSSPathType | None] = "../styles/problems.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll(-1)", show=False),
        Binding("down,j", "scroll(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("home", "end(-1)", show=False),
        Binding("end", "end(1)", show=False),
    ]

    def __init__(self, keys: Mapping[str, str], status: Status) -> None:
        super().__init__(PROBLEMS, keys, status)
        self._page = VerticalScroll(id="page", can_focus=False)
        self._text = Static()
        self._health: FeedHealth | None = None
        self._failure = ""
        self._told = EMPTY

    def compose(self) -> ComposeResult:
        """The header, the page and the footer."""
        yield self.header
        with self._page:
            yield self._text
        yield self.footer

    def on_mount(self) -> None:
        """Tell what is known, and ask for the rest."""
        self.watch_status()

    def watch_status(self) -> None:
        """Tell what is wrong now; with a new snapshot the feed has asked for more, and may believe less."""
        super().watch_status()
        if self.status.snapshot is not self._told:
            self._told = self.status.snapshot
            self.post_message(Asked(HEALTH, lambda source: source.feed_health(), self))
        self._show()

    def on_answered(self, event: Answered) -> None:
        """Tell what was asked for, or why it cannot be told."""
        self._failure = event.failure
        if isinstance(event.answer, FeedHealth):
            self._health = event.answer
        self._show()

    def action_scroll(self, step: int) -> None:
        """Scroll by a line."""
        self._page.scroll_relative(y=step, animate=False)

    def action_page(self, step: int) -> None:
        """Scroll by a page."""
        self._page.scroll_relative(y=step * (self._page.size.height - 1), animate=False)

    def action_end(self, step: int) -> None:
        """To the top (-1) or the bottom (1)."""
        self._page.scroll_to(y=0 if step < 0 else self._page.max_scroll_y, animate=False)

    def _show(self) -> None:
        failures = (self.status.failure, self._failure)
        sections = [
            (_("Now"), [line for line in failures if line] or _calm(self.status)),
            (_("The feed"), feed_lines(self.status, self._health)),
            *problem_sections(self.status.snapshot.source.problems),
        ]
        if self._health is not None and self._health.rejected:
            rejected = self._health.rejected
            title = _("Quarantine: values that were not believed, {count}").format(count=len(rejected))
            sections.append((title, quarantine_lines(rejected)))
        self._text.update(Content("\n\n").join(_section(title, lines) for title, lines in sections if lines))


def _section(title: str, lines: Sequence[str]) -> Content:
    return Content("\n").join([Content.styled(title, "bold $strong"), *map(Content, lines)])


def _calm(status: Status) -> list[str]:
    """In place of problems, where there are none."""
    source = status.snapshot.source
    return [] if source.problems or source.breaker else [_("Nothing is wrong.")]


def feed_lines(status: Status, health: FeedHealth | None) -> list[str]:
    """How the feed is doing: what keeps it from asking, how old the prices are, how much it asks."""
    snapshot = status.snapshot
    source = snapshot.source
    lines = [_refusal(source)] if source.breaker else []
    times = {
        _("newest price"): source.asof,
        _("oldest price"): source.oldest,
        _("fetched"): source.fetched_at,
        _("next refresh"): status.next_run,
    }
    told = [f"{name} {moment(at, snapshot)}" for name, at in times.items() if at is not None]
    if health is not None:
        told.append(_("requests in the last minute: {count}").format(count=health.requests))
    if source.feed:
        lines.append(f"{source.feed}: {', '.join(told)}")
    return lines


def problem_sections(notes: Sequence[ProblemNote]) -> list[tuple[str, list[str]]]:
    """Titles with their lines, by kind; what is the same for several symbols stands in one line."""
    kinds: dict[str, list[ProblemNote]] = {}
    for note in notes:
        kinds.setdefault(note.kind, []).append(note)
    titles = titles_of_kinds()
    order = sorted(kinds, key=lambda kind: list(titles).index(kind) if kind in titles else len(titles))
    counted = _("{title}, {count}")
    return [(counted.format(title=titles.get(k, k), count=len(kinds[k])), _lines(kinds[k])) for k in order]


def quarantine_lines(rejected: Sequence[Rejected]) -> list[str]:
    """Symbol, session, field, value and reason in columns, the newest session first."""
    rows = [
        (clean(one.symbol, 12), one.session.isoformat(), clean(one.field, 12), f"{one.value:.6g}", clean(one.reason))
        for one in rejected[:MOST]
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        f"{symbol:<{widths[0]}}  {day}  {field:<{widths[2]}}  {value:>{widths[3]}}  {reason}"
        for symbol, day, field, value, reason in rows
    ]
    more = len(rejected) - MOST
    return [*lines, _("and {count} more").format(count=more)] if more > 0 else lines


def _refusal(source: Source) -> str:
    text = _("{cause}; nothing is asked until the next try at {time} ET")
    return text.format(cause=source.breaker, time=fmt.time_et(source.next_try, seconds=True))


def _lines(notes: Sequence[ProblemNote]) -> list[str]:
    """The texts of one kind; what is the same for several symbols once, with all of them."""
    shared: dict[str, list[ProblemNote]] = {}
    for note in notes:
        text = note.text
        if note.symbol:
            text = text.removeprefix(note.symbol).removeprefix(":").lstrip()
        shared.setdefault(text, []).append(note)
    return [clean(_line(text, same), 1000) for text, same in shared.items()]


def _line(text: str, notes: Sequence[ProblemNote]) -> str:
    symbols = list(dict.fromkeys(note.symbol for note in notes if note.symbol))
    if len(notes) > 1 and symbols:
        return f"{', '.join(symbols)}: {text}"
    (symbol, whole) = notes[0].symbol, notes[0].text
    return f"{symbol}: {whole}" if symbol and symbol not in whole else whole
