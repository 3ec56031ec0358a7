"""Time travel: which evening of the past the screen shows, asked for as questions are, and played one after the other.

Nothing that comes live moves the view; the way back is `leave`. What is asked for is an evening by its day; the
newest wish counts, so a held key is followed as fast as evenings come.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Protocol

from core.i18n import _
from core.snapshot import Snapshot
from tui import steps
from tui.status import Past

if TYPE_CHECKING:
    from tui.messages import Answered, Question
    from tui.steps import Step

SESSIONS, EVENING = "sessions", "evening"
KINDS: Final = (SESSIONS, EVENING)
"""The kinds of our questions."""

SPEEDS: Final = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Sessions a second."""

MONTH: Final = 21
"""Sessions that are played where nobody has gone back yet."""

STEPS: Final = {
    "session_back": steps.by_sessions(-1),
    "session_on": steps.by_sessions(1),
    "month_back": steps.by_months(-1),
    "month_on": steps.by_months(1),
}
"""The steps that have a command."""


class Stoppable(Protocol):
    """A timer that has been set."""

    def stop(self) -> None:
        """Let it not come."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a traveller needs of the application.

    `ask` has a question answered, `wait` calls back after so many seconds, `changed` is called when `past` is
    another, `failed` when there is no evening to show, `today` tells the session that is shown live.
    """

    ask: Callable[[str, Question], object]
    wait: Callable[[float, Callable[[], None]], Stoppable]
    changed: Callable[[], None]
    failed: Callable[[str], None]
    today: Callable[[], date | None]


class Traveller:
    """Goes through the finished sessions for one application. Lives on the event loop."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings
        self._sessions: Sequence[date] = ()
        self._wishes: list[Step] = []
        self._row: int | None = None
        self._note = ""
        self._playing = False
        self._speed = 2.0
        self._timer: Stoppable | None = None
        self._snapshot: Snapshot | None = None
        self.past: Past | None = None
        """What is shown of the past; None while the screen is live."""

    def run(self, command: str) -> bool:
        """Do what a command asks for, if it is about time."""
        match command:
            case "play":
                self._toggle()
            case "live":
                self.leave()
            case "faster" | "slower" if self.past is not None:
                self._change_speed(1 if command == "faster" else -1)
            case _ if command in STEPS:
                self.go(STEPS[command])
            case _:
                return False
        return True

    def go(self, step: Step | None) -> None:
        """Take a step, which ends a play; None is none. The first one asks which sessions there are."""
        if step is not None:
            self._stop()
            self._go(step)

    def leave(self) -> None:
        """Back to what is live."""
        self._stop()
        self._sessions, self._wishes, self._row = (), [], None
        self._snapshot = self.past = None
        self._around.changed()

    def refreshed(self, live: Snapshot) -> None:
        """Ask for the evening anew where what is live is on another basis now, or of another universe."""
        shown = self._snapshot
        if shown is None or self._row is None:
            return
        if (live.basis, live.breadth.universe) != (shown.basis, shown.breadth.universe):
            self._ask_evening(self._sessions[self._row])

    def answered(self, event: Answered) -> None:
        """Take an answer; what nobody waits for any more is left."""
        if event.failure:
            self._stop()
            self._wishes = []
            if self.past is None:
                self._row = None
                self._around.failed(event.failure)
            else:
                self._tell(event.failure)
        elif event.kind == SESSIONS:
            wishes, self._wishes = self._wishes, []
            if wishes and isinstance(event.answer, tuple):
                self._sessions = event.answer
                for step in wishes:
                    self._go(step)
        elif self._row is not None and isinstance(event.answer, tuple):
            day, snapshot = event.answer
            if day == self._sessions[self._row]:
                self._snapshot = snapshot
                self._tell(self._note)
                self._play_on()

    def _go(self, step: Step) -> None:
        if not self._sessions:
            self._wishes.append(step)
            self._around.ask(SESSIONS, lambda source: source.evenings())
            return
        before = self._row
        self._row, self._note = step(self._sessions, self._here())
        if self._row == before and self._snapshot is not None:
            self._tell(self._note)
            return
        self._ask_evening(self._sessions[self._row])

    def _ask_evening(self, day: date) -> None:
        self._around.ask(EVENING, lambda source: (day, source.past(day)))

    def _here(self) -> int:
        """The place to start from: that of the evening asked for last, or of what is live."""
        return self._live() if self._row is None else self._row

    def _live(self) -> int:
        """The place of what is live: after the finished sessions while one is in progress."""
        today = self._around.today()
        return len(self._sessions) if today is None else bisect_left(self._sessions, today)

    def _toggle(self) -> None:
        """Play forward, or stop; from what is live the past month."""
        if self._playing:
            self._stop()
            self._tell(self._note)
            return
        self._playing = True
        if self.past is None:
            self._go(steps.by_sessions(-MONTH))
        else:
            self._tell(self._note)
            self._play_on()

    def _play_on(self) -> None:
        """Wait for the next session, if there is one."""
        if not self._playing or self._row is None:
            return
        if self._row == len(self._sessions) - 1:
            self._stop()
            self._tell(_("the last finished session"))
        else:
            self._timer = self._around.wait(1 / self._speed, lambda: self._go(STEPS["session_on"]))

    def _stop(self) -> None:
        self._playing = False
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _change_speed(self, step: int) -> None:
        self._speed = SPEEDS[max(0, min(len(SPEEDS) - 1, SPEEDS.index(self._speed) + step))]
        self._tell(self._note)

    def _tell(self, note: str) -> None:
        """Say where one is, once the first evening has come."""
        if self._snapshot is not None and self._row is not None:
            self.past = Past(
                snapshot=self._snapshot,
                ago=self._live() - self._row,
                note=note,
                speed=self._speed if self._playing else None,
            )
            self._around.changed()
