"""One warning in full: its state, its rule beside live values, all evidence, its number over the year, its past.

What the snapshot does not have is asked for (`tui.asking`), anew when the rule or the session is another one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.reactive import var
from textual.types import CSSPathType
from textual.widgets import Static

from core.i18n import _
from core.series import RuleDetail
from core.snapshot import RiskWarning
from tui.commands import WARNING
from tui.messages import Acknowledge, Answered, Asked, Mute
from tui.screens import warning_text as words
from tui.screens.overlay import Overlay
from tui.status import Status, looked_at
from tui.widgets.gauge_chart import GaugeChart
from tui.widgets.line import piece
from tui.widgets.state_strip import StateStrip
from tui.widgets.title import TitleLine

DETAIL: Final = "rule"
BESIDE: Final = 110
"""Columns from which on the evidence stands beside the chart."""
RULE: Final = piece("─", style="rule", gap=1)


class WarningScreen(Overlay):
    """The detail of the warning `place` of `names`, each a rule and its subject."""

    CSS_PATH: ClassVar[CSSPathType | None] = "../styles/warning.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "back", show=False),
        Binding("left,h", "step(-1)", show=False),
        Binding("right,l", "step(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("down,j", "scroll(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("home", "end(-1)", show=False),
        Binding("end", "end(1)", show=False),
    ]

    place: var[int] = var(0, init=False)
    """Which warning is shown."""

    def __init__(
        self, keys: Mapping[str, str], status: Status, names: tuple[tuple[str, str], ...], place: int = 0
    ) -> None:
        super().__init__(WARNING, keys, status)
        self.set_reactive(WarningScreen.place, place)
        self.chart = GaugeChart()
        self.strip = StateStrip()
        self._names = names
        self._title = TitleLine()
        self._page = VerticalScroll(id="page", can_focus=False)
        self._state, self._rule, self._missing = (Static(id=name) for name in ("state", "rule", "missing"))
        self._evidence, self._past = Static(id="evidence"), Static(id="past")
        self._legend, self._steps = Static(id="legend"), Static(id="steps")
        self._detail: RuleDetail | None = None
        self._asked: tuple[object, ...] = ()
        self._failure = ""

    def compose(self) -> ComposeResult:
        """The title over a page to scroll through."""
        yield self.header
        yield self._title
        with self._page:
            yield self._state
            yield self._missing
            yield self._rule
            with Horizontal(id="now"):
                yield self._evidence
                yield self.chart
            yield self._heading(_("States"))
            yield self._legend
            yield self.strip
            yield self._heading(_("What followed"))
            yield self._past
            yield self._heading(_("Steps"))
            yield self._steps
        yield self.footer

    def on_mount(self) -> None:
        """Show what the snapshot has, ask for the rest."""
        self.watch_status()

    def on_resize(self) -> None:
        """Beside each other, or one below the other."""
        self.set_class(self.size.width >= BESIDE, "-beside")
        self._show()

    def watch_status(self) -> None:
        """Tell it in the header; a new snapshot has other numbers."""
        super().watch_status()
        self._ask()
        self._show()

    def watch_place(self) -> None:
        """Show another rule, from its top."""
        self._detail, self._failure = None, ""
        self._page.scroll_home(animate=False)
        self._ask()
        self._show()

    def on_answered(self, event: Answered) -> None:
        """Show what was asked for, or why it cannot be."""
        answer = event.answer
        if isinstance(answer, RuleDetail) and (answer.id, answer.subject) != self._names[self.place]:
            return
        self._detail = answer if isinstance(answer, RuleDetail) else None
        self._failure = event.failure
        self._show()

    def run_command(self, command: str) -> None:
        """See `Overlay`."""
        warning = self._warning()
        if warning is None:
            return
        match command:
            case "acknowledge":
                self.post_message(Acknowledge(warning))
            case "mute":
                self.post_message(Mute(warning))

    def action_step(self, step: int) -> None:
        """To the next rule."""
        self.place = (self.place + step) % len(self._names)

    def action_scroll(self, step: int) -> None:
        """A line up or down."""
        self._page.scroll_relative(y=step, animate=False)

    def action_page(self, step: int) -> None:
        """A page up or down."""
        self._page.scroll_relative(y=step * max(1, self._page.size.height - 1), animate=False)

    def action_end(self, step: int) -> None:
        """To the top or the bottom."""
        self._page.scroll_to(y=0 if step < 0 else self._page.max_scroll_y, animate=False)

    def _ask(self) -> None:
        """Ask for the past of the rule, unless it is that of this session already."""
        rule, subject = self._names[self.place]
        source = self.status.snapshot.source
        wanted = (rule, subject, self.status.snapshot.session, self.status.snapshot.session_status, source.feed)
        if wanted != self._asked:
            self._asked = wanted
            at = looked_at(self.status.snapshot)
            self.post_message(Asked(DETAIL, lambda source: source.rule(rule, subject, at), self))

    def _warning(self) -> RiskWarning | None:
        found = self.status.snapshot.warnings
        return next((w for w in found if (w.id, w.subject) == self._names[self.place]), None)

    def _show(self) -> None:
        """Fill everything."""
        warning = self._warning()
        self._show_title(warning)
        if warning is None or not self.size.width:
            return
        judged = warning.state != "NOT_EVALUATED"
        self._missing.display = not judged
        self._missing.update(words.missing(warning))
        self._state.update(words.state(warning, self.status.snapshot.session))
        self._rule.update(words.condition(warning))
        room = self.size.width - 4
        self._evidence.update(words.evidence(warning, room // 2 - 2 if self.has_class("-beside") else room))
        self._past.update(words.past(warning))
        detail, asking = self._detail, self._failure or _("loading …")
        if detail is not None:
            detail = detail.ending_in(warning, self.status.snapshot.session)
        gauge = None if detail is None else detail.gauge
        self.chart.show(gauge, warning.gauge.value if warning.gauge else None, asking if detail is None else "")
        self.strip.show(detail, asking)
        self._legend.update(Content("") if detail is None else words.legend(detail))
        self._steps.update(Content(asking) if detail is None else words.steps(detail.steps, room))

    def _show_title(self, warning: RiskWarning | None) -> None:
        rule, subject = self._names[self.place]
        title = "" if warning is None else warning.title
        pieces = [RULE, piece(rule, style="accent", gap=1), piece(title, style="strong", gap=1), piece(subject, gap=1)]
        place = _("{n} of {of}  ← →").format(n=self.place + 1, of=len(self._names))
        self._title.show(pieces, [piece(place, "", style="dim", weight=20), RULE])

    @staticmethod
    def _heading(text: str) -> Static:
        return Static(text, classes="heading", markup=False)
