"""What the bridge tells the application, and what the screen asks of it.

Each message is posted, never called, from whatever thread knows it. A result that has not been handled
yet is replaced by a newer one of its kind: a slow terminal skips snapshots instead of falling behind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from textual.message import Message

if TYPE_CHECKING:
    from textual.message_pump import MessagePump

    from core.model import Problem
    from core.snapshot import RiskWarning, Snapshot
    from tui.source import SnapshotSource

Question: TypeAlias = "Callable[[SnapshotSource], object]"
"""Asked of the source in a daemon thread; may raise `TapeboardError`. Its answer should be frozen."""


class Asked(Message):
    """Somebody on the screen wants to know something that takes a while; bubbles up to the application.

    Of the questions of one `kind` the newest counts. The asker gets `Answered`, and nobody else does.
    """

    def __init__(self, kind: str, question: Question, asker: MessagePump) -> None:
        super().__init__()
        self.kind = kind
        self.question = question
        self.asker = asker


class Answered(Message, bubble=False):
    """What the question said, for who asked; `failure` tells in one line why there is no answer."""

    def __init__(self, kind: str, answer: object = None, failure: str = "") -> None:
        super().__init__()
        self.kind = kind
        self.answer = answer
        self.failure = failure


class Opened(Message):
    """A row was opened: its symbol, and those of its list in their order, among which the detail can go on.

    `sector`: it is the fund of a sector, which may have members to show.
    """

    def __init__(self, symbol: str, symbols: Sequence[str], *, sector: bool = False) -> None:
        super().__init__()
        self.symbol = symbol
        self.symbols = tuple(dict.fromkeys(symbols))
        self.sector = sector


class PairOpened(Message):
    """A spread was opened: of the symbol `above` over `below`."""

    def __init__(self, above: str, below: str) -> None:
        super().__init__()
        self.above = above
        self.below = below


class RuleOpened(Message):
    """A warning was opened: the `place` of it among `names`, each a rule and its subject, in their order."""

    def __init__(self, names: Sequence[tuple[str, str]], place: int) -> None:
        super().__init__()
        self.names = tuple(names)
        self.place = place


class Acknowledge(Message):
    """The user has seen a warning, or wants it to count as new again."""

    def __init__(self, warning: RiskWarning) -> None:
        super().__init__()
        self.warning = warning


class Mute(Message):
    """The user wants to say till when the rule of a warning is muted."""

    def __init__(self, warning: RiskWarning) -> None:
        super().__init__()
        self.warning = warning


class Remarked(Message):
    """Something is to be told in a line; nothing has failed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class SnapshotArrived(Message):
    """A refresh succeeded."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self.snapshot = snapshot

    def can_replace(self, message: Message) -> bool:
        """A waiting snapshot makes this one old."""
        return isinstance(message, SnapshotArrived)


class ProblemArrived(Message):
    """A refresh failed, came late or ran out of time; what is on the screen stays."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem

    def can_replace(self, message: Message) -> bool:
        """Only the newest problem is shown in the header."""
        return isinstance(message, ProblemArrived)


class Waiting(Message):
    """How far the source is on its way to the first numbers, in one line."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def can_replace(self, message: Message) -> bool:
        """Only the newest line is shown."""
        return isinstance(message, Waiting)


class SourceReady(Message):
    """The source is open; refreshing can begin. `line` counts the configurations there have been."""

    def __init__(self, source: SnapshotSource, line: int = 0) -> None:
        super().__init__()
        self.source = source
        self.line = line


class SourceFailed(Message):
    """The source could not be opened; there will be no data in this run."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error
