"""Where the screen meets what the user says of the warnings, and all that is told in a line: new warnings first of all.

All questions go to the source (`tui.asking`), and the application is the asker. A notice rings once in a run, however
often it is told. What is told stands in the place of the keys, covers no data, and goes with the next key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final

from textual.timer import Timer

from core.i18n import _
from core.text import clean
from tui.messages import Answered, Asked, Question
from tui.widgets.footer import Footer
from tui.widgets.line import Piece, piece

if TYPE_CHECKING:
    from core.attention import Said
    from core.notices import Delivery, Notice
    from core.settings import NotifySettings
    from core.snapshot import RiskWarning, Snapshot
    from tui.app import TapeboardApp

TOLD: Final = "notices"
DELIVERY: Final = "delivery"
SAID: Final = "said"
"""What is asked for; `SAID` is followed by the warning or the rule that something is said of."""
MOST: Final = 4
"""So many new warnings are named; of more, the number."""


class Herald:
    """One for an application. `mark` changes all snapshots of the screen: by what was said, or was not sent."""

    def __init__(
        self, app: TapeboardApp, settings: NotifySettings, mark: Callable[[Callable[[Snapshot], Snapshot]], None]
    ) -> None:
        self._app = app
        self._settings = settings
        self._mark = mark
        self._rung: set[object] = set()
        self._words: dict[str, Callable[[Said], str]] = {}
        self._amend: dict[str, Callable[[str], None]] = {}
        self._again: Timer | None = None
        self._unsent = ""
        self._told: Footer | None = None

    def look(self) -> None:
        """A new snapshot has come: whatever is new in it shall be told."""
        self._ask(TOLD, lambda source: source.notices.told())

    def acknowledge(self, warning: RiskWarning) -> None:
        """Acknowledge a warning, or take that back."""
        rule, subject = warning.id, warning.subject
        kind = f"{SAID} {rule} {subject}"
        self._words[kind] = partial(_acknowledged, rule, subject)
        self._ask(kind, lambda source: source.attention.acknowledge(rule, subject))

    def mute(self, warning: RiskWarning, answer: date | int | None = None, wrong: str = "") -> None:
        """Ask till when a rule shall be muted; once more where an answer was wrong."""
        from tui.screens.mute import MuteScreen  # noqa: PLC0415 - after the first paint

        rule = warning.id
        name = f"{rule} {warning.title}"

        def chosen(till: tuple[date | int | None] | None) -> None:
            if till is None:
                return
            kind = f"{SAID} {rule}"
            self._words[kind] = partial(_muted, rule)
            self._amend[kind] = partial(self.mute, warning, till[0])
            self._ask(kind, lambda source: source.attention.mute(rule, till[0]))

        self._app.push_screen(MuteScreen(name, warning.muted_until, answer, wrong), chosen)

    def answered(self, event: Answered) -> None:
        """Tell the outcome of a question."""
        from core.attention import Said  # noqa: PLC0415 - loaded long since with the source, which comes after the first paint
        from core.notices import Delivery  # noqa: PLC0415 - likewise

        words, amend = self._words.pop(event.kind, None), self._amend.pop(event.kind, None)
        if event.failure and amend is not None:
            amend(event.failure)
        elif event.failure:
            self.complain(event.failure)
        elif isinstance(event.answer, Delivery):
            self._delivered(event.answer)
        elif isinstance(event.answer, Said) and words is not None:
            self._mark(event.answer.applied)
            self.say(words(event.answer))
        elif isinstance(event.answer, tuple):
            self._ring(event.answer)

    def say(self, text: str) -> None:
        """Tell something that the user has asked for."""
        self._tell(piece(text, style="info", gap=1))

    def complain(self, text: str) -> None:
        """Tell what has failed, and how to mend it."""
        self._tell(piece(f"✗ {text}", style="warning", gap=1))

    def read(self) -> None:
        """A key was pressed: what was told has been read, and the keys come back."""
        told, self._told = self._told, None
        if told is not None:
            told.show_commands()

    def _tell(self, line: Piece) -> None:
        """Show a line in the place of the keys for a while; under a dialog those of the screen below it."""
        footers = (footer for screen in reversed(self._app.screen_stack) for footer in screen.query(Footer))
        self._told = next(footers, None)
        if self._told is not None:
            self._told.tell(line)

    def _ring(self, notices: Sequence[Notice]) -> None:
        """Ring and tell of the notices that are new; have them delivered where there are addresses."""
        new = [notice for notice in notices if notice.key not in self._rung]
        self._rung.update(notice.key for notice in new)
        if self._settings.urls:
            self._ask(DELIVERY, lambda source: source.notices.deliver())
        if not new:
            return
        if self._settings.bell:
            self._app.bell()
        if self._settings.toast:
            self._tell(_headline(new))

    def _delivered(self, delivery: Delivery) -> None:
        """Say what was not sent, once, and as a problem till it is; ask again when its time has come."""
        if delivery.failure not in ("", self._unsent):
            self.complain(clean(delivery.failure, 300))
        self._unsent = delivery.failure
        self._mark(delivery.applied)
        if delivery.wait is not None and self._again is None:
            self._again = self._app.set_timer(delivery.wait, self._deliver_again)

    def _deliver_again(self) -> None:
        self._again = None
        self._ask(DELIVERY, lambda source: source.notices.deliver())

    def _ask(self, kind: str, question: Question) -> None:
        self._app.post_message(Asked(kind, question, self._app))


def _headline(new: Sequence[Notice]) -> Piece:
    """One line about notices that are new."""
    worst = "warning" if any(notice.key.state == "WARNING" for notice in new) else "watch"
    if len(new) == 1:
        return piece(f"▲ {new[0].headline}", style=worst, gap=1)
    names = ", ".join(f"{notice.key.rule} {notice.key.subject}" for notice in new[:MOST])
    more = ", …" if len(new) > MOST else ""
    return piece(_("▲ {n} new: {names}").format(n=len(new), names=names + more), style=worst, gap=1)


def _acknowledged(rule: str, subject: str, said: Said) -> str:
    if (rule, subject) not in said.acknowledged:
        return _("{rule} {subject} counts as new again").format(rule=rule, subject=subject)
    text = _("{rule} {subject} marked as known until its state changes").format(rule=rule, subject=subject)
    return _for_how_long(text, said)


def _muted(rule: str, said: Said) -> str:
    until = said.muted.get(rule)
    if until is None:
        return _("{rule} is no longer muted").format(rule=rule)
    return _for_how_long(_("{rule} muted till {day}").format(rule=rule, day=until), said)


def _for_how_long(text: str, said: Said) -> str:
    return text if said.kept else _("{text} (this run only, no store)").format(text=text)
