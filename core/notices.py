"""Notices: a warning that was raised is told once, on the screen and, where `[notify]` names addresses, outside.

Told are transitions to WATCH and WARNING of final sessions, of the last few where a store remembers what was told,
else of the last one. A warning that eases is no news, nor is one that is muted or acknowledged; nor, for the screen,
what stands there at the first look of all, or of a run that remembers none. Addresses that fail are tried again, after
a while that doubles; those that succeeded are not. Of several terminals on one store that one sends which has claimed
the notice; it gives the claim back where that failed, and a claim that is old is void. Simulated data never go out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from core.errors import StoreError, UsageError
from core.i18n import _
from core.journal import Key
from core.messenger import digest, named, send
from core.model import Instant, Session
from core.sessions import Clock
from core.settings import NotifySettings
from core.snapshot import EMPTY, ProblemNote, RiskWarning, RuleState, Snapshot

if TYPE_CHECKING:
    from core.rules.board import RuleBoard
    from core.store import Store

FRESH: Final = 5
"""Sessions in which a transition is still news, where what was told is remembered."""
FIRST, MOST = timedelta(seconds=30), timedelta(minutes=30)
"""How long after a failure the next try comes, and at most."""
CLAIM: Final = timedelta(minutes=5)
"""How long what one terminal is sending is left alone by the others: longer than any sending takes."""
KIND: Final = "notify"
"""The kind of problem that a failed delivery is."""
ON_SCREEN: Final = ""
"""The target that stands for the screen."""
_LEAST: Final = {"watch": ("WATCH", "WARNING"), "warning": ("WARNING",)}


class NoticeKey(NamedTuple):
    """One transition: a rule on a subject came to a state in a session."""

    universe: str
    rule: str
    subject: str
    state: RuleState
    session: Session


@dataclass(frozen=True, slots=True)
class Notice:
    """One transition in words: `headline` for a line, `text` with evidence and condition."""

    key: NoticeKey
    headline: str
    text: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """How it stands with what goes out: why something did not, and after how many seconds to ask again."""

    failure: str = ""
    wait: float | None = None

    def applied(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot with the failure among its problems, and none of before; the same object where it says so."""
        problems = snapshot.source.problems
        told = [note.text for note in problems if note.kind == KIND]
        if snapshot is EMPTY or told == ([self.failure] if self.failure else []):
            return snapshot
        mine = (ProblemNote(kind=KIND, text=self.failure),) if self.failure else ()
        others = tuple(note for note in problems if note.kind != KIND)
        source = msgspec.structs.replace(snapshot.source, problems=(*others, *mine))
        return msgspec.structs.replace(snapshot, source=source)


def eased(board: RuleBoard) -> set[Key]:
    """The rules and subjects that are no more than WATCH after a WARNING, or would be by a provisional session."""
    return {
        (course.rule.id, course.subject)
        for course in board.courses
        if course.transitions and "WARNING" in (course.transitions[-1].old, course.transitions[-1].new)
    }


def due(
    snapshot: Snapshot, settings: NotifySettings, universe: str, easing: Collection[Key], fresh: int
) -> tuple[Notice, ...]:
    """What of a snapshot is news: raised to one of the states asked for in the last `fresh` sessions."""
    if snapshot.session_status == "stale" and snapshot.source.feed == "files":  # files are as old as they were given
        return ()
    return tuple(
        _notice(warning, warning.since, universe)
        for warning in snapshot.warnings
        if warning.since is not None
        and warning.state in _LEAST[settings.least]
        and not (warning.state == "WATCH" and (warning.id, warning.subject) in easing)
        and not warning.acknowledged
        and warning.muted_until is None
        and _young(warning, snapshot.session, fresh, provisional=settings.provisional)
    )


def _young(warning: RiskWarning, session: Session | None, fresh: int, *, provisional: bool) -> bool:
    """Whether it was raised a few sessions ago: by a final session, or by one in progress if that is asked for."""
    if warning.since_at_least:
        return False
    in_progress = warning.provisional and warning.since == session
    age = (warning.sessions or 0) - (warning.provisional and not in_progress)
    return age <= fresh and (provisional or not in_progress)


def _notice(warning: RiskWarning, since: Session, universe: str) -> Notice:
    name = f"{warning.id} {warning.title} {warning.subject}"
    state = _("{name}: {state} since {day}").format(name=name, state=warning.state, day=since)
    evidence = " · ".join(part.strip() for part in warning.text.split("   ") if part.strip())
    rule = _("Rule: {condition}.").format(condition=warning.condition)
    key = NoticeKey(universe, warning.id, warning.subject, warning.state, since)
    return Notice(key, state, f"{state}. {evidence}. {rule} {warning.history.get('text') or ''}".strip())


class Notices:
    """The notices of one pipeline in this run. Any thread may call it; `deliver` waits for the network."""

    def __init__(self, store: Store | None, settings: NotifySettings, universe: str, clock: Clock) -> None:
        self._store = store
        self._settings = settings
        self._universe = universe
        self._clock = clock
        self._seen = (EMPTY, frozenset[Key]())
        self._due: dict[NoticeKey, Notice] = {}
        self._given: dict[str, set[NoticeKey]] = {}
        self._looked = NoticeKey(universe, "", "", "CLEAR", date.min)  # told to the screen: that it was looked at
        self._tries = 0
        self._next: Instant | None = None
        self._failure = ""
        self._lock, self._sending = Lock(), Lock()

    def see(self, snapshot: Snapshot, easing: Collection[Key]) -> None:
        """The newest snapshot, and which of its warnings only ease."""
        self._seen = (snapshot, frozenset(easing))

    def told(self) -> tuple[Notice, ...]:
        """All notices of this run for the screen, the newest last. Raises StoreError."""
        with self._lock:
            fresh = 1 if self._store is None else FRESH
            snapshot, easing = self._seen
            found = due(snapshot, self._settings, self._universe, easing, fresh)
            new = {notice.key: notice for notice in found if notice.key not in self._due}
            given = self._given.setdefault(ON_SCREEN, set())
            if new or self._looked not in given:
                asked = {*new, self._looked} - given
                told = self._told_before(asked, ON_SCREEN)
                first = self._looked in asked - told
                self._remember(asked, ON_SCREEN)
                given |= asked if first else told
                self._due |= new
            return tuple(notice for key, notice in self._due.items() if key not in given)

    def deliver(self) -> Delivery:
        """Send what has not gone out yet, to each address in one message. Raises StoreError."""
        with self._sending:
            urls = () if self._seen[0].source.simulated else self._settings.urls
            now = self._clock.now()
            if self._next is not None and now < self._next <= now + MOST:  # further ahead: the clock was set back
                return Delivery(self._failure, (self._next - now).total_seconds())
            outcomes = [(name, *self._send_to(url)) for name, url in zip(named(urls), urls, strict=True)]
            failed = "; ".join(f"{name}: {reason}" for name, reason, _held in outcomes if reason)
            self._tries = self._tries + 1 if failed else 0
            wait = min(FIRST * 2 ** min(self._tries - 1, 16), MOST) if failed else None
            self._next = None if wait is None else now + wait
            self._failure = _("not sent, {failed}").format(failed=failed) if failed else ""
            if wait is None and any(held for _name, _reason, held in outcomes):
                wait = FIRST
            return Delivery(self._failure, None if wait is None else wait.total_seconds())

    def marked(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot with what was not sent among its problems."""
        return Delivery(self._failure).applied(snapshot)

    def _send_to(self, url: str) -> tuple[str, bool]:
        """Send to one address what it has not been given; "" or why that failed, and whether another sends some of it.

        Raises StoreError where it cannot be kept that it was sent.
        """
        target = digest(url)
        with self._lock:
            notices = dict(self._due)
        known = self._given.setdefault(target, set())
        asked = {key for key in notices if key not in known}
        try:
            mine, given = self._claimed(asked, target)
        except StoreError as error:
            return str(error), False
        known |= given
        waiting = [notice for key, notice in notices.items() if key in mine]
        sent = False
        try:
            reason = send(url, title(waiting), "\n\n".join(notice.text for notice in waiting)) if waiting else ""
            sent = not reason
        except UsageError as error:
            reason = str(error)
        finally:
            if sent:
                known |= mine
            if mine and self._store is not None:
                self._store.settle_notices(mine, target, self._clock.now() if sent else None)
        return reason, bool(asked - mine - given)

    def _claimed(self, keys: set[NoticeKey], target: str) -> tuple[set[NoticeKey], set[NoticeKey]]:
        """Those that nobody else is sending, now claimed, and those that the target has been given before."""
        if self._store is None or not keys:
            return keys, set()
        return self._store.claim_notices(keys, target, self._clock.now(), CLAIM)

    def _told_before(self, keys: Collection[NoticeKey], target: str) -> set[NoticeKey]:
        return self._store.noticed(keys, target) if self._store is not None and keys else set()

    def _remember(self, keys: Collection[NoticeKey], target: str) -> None:
        if self._store is not None:
            self._store.put_noticed(keys, target, self._clock.now())


def title(notices: Sequence[Notice]) -> str:
    """The subject of a message about these notices."""
    if len(notices) == 1:
        return f"Tapeboard: {notices[0].headline}"
    return _("Tapeboard: {n} warnings").format(n=len(notices))


def trial(settings: NotifySettings) -> tuple[list[str], bool]:
    """Send a notice that only tests the road; a sentence for each address, and whether all got it.

    Raises UsageError where there is no address, or no apprise.
    """
    if not settings.urls:
        raise UsageError(_("there is no address to notify"), _('give one: [notify] urls = ["ntfy://TOPIC"]'))
    told: list[str] = []
    whole = True
    for name, url in zip(named(settings.urls), settings.urls, strict=True):
        reason = send(url, _("Tapeboard: a test"), _("A warning would come like this."))
        whole = whole and not reason
        told.append(_("{name}: {reason}").format(name=name, reason=reason or _("sent")))
    return told, whole
