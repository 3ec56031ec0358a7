"""What the feed knows of one symbol's history, how asking for it went, and what is to be told of it."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from core.errors import FeedError, FeedPaused, UnknownSymbol
from core.feeds.breaker import Backoff
from core.feeds.splice import joined
from core.feeds.yahoo_history import Disbelieved, Outcome, Wanted
from core.i18n import _
from core.model import Instant, Instrument, Problem, Rejected, Session
from core.panel import Bars, Days

REST: Final = Backoff(first=30.0, most=3600.0)
"""How long a symbol is left alone that did not bring what it should."""


@dataclass(frozen=True, slots=True, eq=False)
class Need:
    """What is wanted, the sessions of it that are missing, and the day to ask from, None for not at all."""

    wanted: Wanted
    missing: Days
    ask_from: date | None


@dataclass(slots=True)
class Series:
    """The state of one symbol; whoever shares it holds a lock. Times are seconds of a monotonic clock.

    `answered_at`: when the source answered last, in this process or before. `fresh`: that answer was not handed
    over yet, to be stored with its time. `rejected`: likewise; `doubts` are those of the last answer.
    """

    instrument: Instrument
    bars: Bars | None = None
    asked_from: date | None = None
    answered_at: Instant | None = None
    fresh: bool = False
    rejected: tuple[Rejected, ...] = ()
    doubts: tuple[Rejected, ...] = ()
    error: FeedError | None = None
    tries: int = 0
    rests_until: float = 0.0
    job: Future[None] | None = None
    checking: bool = False
    _cut: tuple[Bars, date, date, Bars] | None = None
    _need: Need | None = None

    @property
    def busy(self) -> bool:
        """Whether a job about it is under way."""
        return self.job is not None and not self.job.done()

    @property
    def loading(self) -> bool:
        """Whether something is under way that lacks; a mere check of what is there does not."""
        return self.busy and not self.checking

    @property
    def late(self) -> bool:
        """Whether nothing is known yet of what is under way; what it lacked before, or why, is still to be told."""
        return self.loading and self.error is None and self.tries == 0

    def need(self, sessions: Days) -> Need:
        """What is needed to have all of `sessions`; found anew only when something has changed."""
        known = self._need
        if known is None or not (
            known.wanted.stored is self.bars
            and known.wanted.asked_from == self.asked_from
            and np.array_equal(known.wanted.sessions, sessions)
        ):
            wanted = Wanted(self.instrument, sessions, self.bars, self.asked_from)
            known = self._need = Need(wanted, wanted.missing(), wanted.ask_from())
        return known

    def recall(self, stored: Bars, fetched_at: Instant) -> None:
        """Take over what is stored, together with what only is here; on two bases the one that reaches further."""
        known = self.bars
        self.answered_at = max(filter(None, (self.answered_at, fetched_at)))
        both = stored if known is None else joined(stored, known)
        if both is not None:
            self.bars, self.fresh = both, both is not stored
        elif known is not None and (stored.sessions[-1], len(stored)) > (known.sessions[-1], len(known)):
            self.bars, self.fresh = stored, False

    def took(self, outcome: Outcome, sessions: Days, now: float, at: Instant) -> None:
        """An answer came, `at` this instant. It rests where some of `sessions` are still missing."""
        self.fresh, self.answered_at = True, at
        self.bars, self.asked_from, self.error = outcome.bars, outcome.asked_from, None
        self._doubt(outcome.rejected)
        complete = self.need(sessions).ask_from is None
        self.tries = 0 if complete else self.tries + 1
        self.rests_until = now if complete else now + REST.pause(self.tries)

    def failed(self, error: FeedError, now: float) -> None:
        """There was no answer. It rests, unless nobody was asked."""
        self.error = error.detached()
        if isinstance(error, Disbelieved):
            self._doubt(error.rejected)
        if not isinstance(error, FeedPaused):
            self.tries += 1
            self.rests_until = now + (REST.most if isinstance(error, UnknownSymbol) else REST.pause(self.tries))

    def unchecked(self, since: Instant, now: float) -> bool:
        """Whether it is time to see if the history was restated `since` then."""
        answered = self.answered_at is not None and self.answered_at >= since
        return not (answered or self.busy or now < self.rests_until)

    def within(self, first: date, last: date) -> Bars | None:
        """The bars from `first` to `last`, the same object as long as they are the same; None where there is none."""
        if self.bars is None:
            return None
        if self._cut is None or self._cut[0] is not self.bars or self._cut[1:3] != (first, last):
            self._cut = (self.bars, first, last, self.bars.since(first).upto(last))
        return self._cut[3] if len(self._cut[3]) else None

    def hand_over(self) -> tuple[Bars | None, tuple[Rejected, ...]]:
        """The bars if they are fresh, and what was rejected: each is told once."""
        told = self.bars if self.fresh else None, self.rejected
        self.fresh, self.rejected = False, ()
        return told

    def problems(self, sessions: Days) -> list[Problem]:
        """What is wrong with it, if all of `sessions` should be there."""
        symbol, missing = self.instrument.symbol, self.need(sessions).missing
        found = []
        if self.bars is None and self.error is not None:
            kind = "missing" if isinstance(self.error, UnknownSymbol) else "feed"
            found = [Problem(kind, symbol, f"{symbol}: {self.error}")]
        elif self.bars is not None and len(missing):
            kind = "stale" if missing[-1] > self.bars.sessions[-1] else "missing"
            found = [Problem(kind, symbol, self._absence(missing))]
        if self.doubts:
            found.append(Problem("rejected", symbol, f"{symbol}: {_summary(self.doubts)}"))
        return found

    def _doubt(self, rejected: tuple[Rejected, ...]) -> None:
        self.doubts = rejected
        self.rejected += rejected

    def _absence(self, missing: Days) -> str:
        last: Session = missing[-1].item()
        text = _("{symbol}: no bar of {last}")
        if len(missing) > 1:
            text = _("{symbol}: no bars of {count} sessions, the last one {last}")
        told = text.format(symbol=self.instrument.symbol, count=len(missing), last=last)
        return told if self.error is None else f"{told}: {self.error}"


def _summary(rejected: tuple[Rejected, ...]) -> str:
    """Each reason once, with how often and when last."""
    by_reason: dict[str, list[Session]] = {}
    for one in rejected:
        by_reason.setdefault(one.reason, []).append(one.session)
    text = _("left out: {reason} ({count} ×, last {last})")
    return "; ".join(text.format(reason=r, count=len(days), last=max(days)) for r, days in by_reason.items())
