"""What to watch: the next sessions and events, and what stands close to a threshold."""

from __future__ import annotations

from core.agenda import Agenda
from core.i18n import _
from core.report.facts import Facts, printed
from core.report.note import Section, Sentence, Slot

NEAR = 0.01
"""A distance from an average or a high, as a fraction, that counts as close."""

MOST = 6
"""So many symbols are named."""


def watch(facts: Facts, agenda: Agenda) -> Section:
    """Section 7."""
    return Section(
        id="watch",
        title=_("What to watch"),
        sentences=(*_calendar(facts, agenda), *_near(facts)),
    )


def _calendar(facts: Facts, agenda: Agenda) -> tuple[Sentence, ...]:
    days = [Slot(path=f"agenda.sessions.{k}", value=d, text=printed(d, "day")) for k, d in enumerate(agenda.sessions)]
    half = [Slot(path=f"agenda.half_days.{k}", value=d, text=printed(d, "day")) for k, d in enumerate(agenda.half_days)]
    said = facts.list("next_sessions", _("Next sessions: {list}."), days)
    said += facts.list("half_days", _("Half days, over at 13:00 New York: {list}."), half)
    for place, event in enumerate(agenda.events):
        text = _("{title}: {first:day} to {last:day} ({source}).")
        if event.first_day == event.last_day:
            text = _("{title}: {first:day} ({source}).")
        path = f"agenda.events.{place}"
        said += facts.say(
            "event",
            text,
            title=f"{path}.title",
            first=f"{path}.first_day",
            last=f"{path}.last_day",
            source=f"{path}.source",
        )
    return said


def _near(facts: Facts) -> tuple[Sentence, ...]:
    """Who is within 1 % of an average, or of the closing high of 252 sessions without standing at it."""
    said: tuple[Sentence, ...] = ()
    templates = {
        "dist_sma200": _("Within 1 % of the 200-session average: {list}."),
        "dist_sma50": _("Within 1 % of the 50-session average: {list}."),
        "dist_high_close_252": _("Within 1 % of the closing high of 252 sessions, and not at it: {list}."),
    }
    snapshot = facts.snapshot
    rows = {f"leadership.{row.symbol}": row.symbol for row in snapshot.leadership if row.last is not None}
    rows |= {f"sectors.{row.symbol}": row.symbol for row in snapshot.sectors if row.last is not None}
    for field, template in templates.items():
        at = {path: facts.number(f"{path}.{field}") for path in rows}
        close = [path for path, x in at.items() if abs(x) <= NEAR and (x != 0 or field != "dist_high_close_252")]
        close.sort(key=lambda path: abs(at[path]))
        slots = [facts.labelled(rows[path], f"{path}.{field}", "pct") for path in close[:MOST]]
        said += facts.list(f"near_{field}", template, slots)
    return said
