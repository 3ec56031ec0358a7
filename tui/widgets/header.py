"""The first line: what is looked at, how old it is, and whether anything is wrong.

Every time in it stands still, so that nothing is written to the terminal between two refreshes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from core.i18n import _
from core.snapshot import Snapshot
from tui.ages import is_delayed, moment
from tui.format import date_et, day, short_day, shorten, time_et, weekday_name
from tui.status import Status, Work, heard_and_muted
from tui.widgets.line import Line, Piece, piece
from tui.widgets.past_header import past_left, past_right

PROBLEMS: Final = "app.command('problems')"
"""What a click on something wrong runs."""
REFUSAL: Final = 90
"""The weight of why a feed asks nothing."""
SET_ASIDE: Final = 40
"""The same while invented prices stand in for it: less than the session that they are of."""


class Header(Line):
    """Feed, session and its status on the left; time, problems and warnings on the right."""

    def show_status(self, status: Status) -> None:
        """Show this state of the screen."""
        self.set_class(status.snapshot.past, "-past")
        self.show(*header_pieces(status))


def header_pieces(status: Status) -> tuple[list[Piece], list[Piece]]:
    """What stands left and right; why nothing is asked and how old the prices are goes before all that is smaller."""
    if status.snapshot.past:
        return past_left(status), past_right(status)
    left, right = header_left(status), header_right(status)
    if not status.snapshot.source.breaker or status.snapshot.source.simulated:
        return left, right
    return [_yielding(one) for one in left], [_yielding(one) for one in right]


def _yielding(one: Piece) -> Piece:
    """The same piece, which disappears before a badge or a refusal loses a word."""
    return one if one.style == "badge" or one.weight >= REFUSAL else replace(one, forms=(*one.forms, ""))


def header_left(status: Status) -> list[Piece]:
    """Name, feed or SIMULATED, what is held, stored or failed, and the session."""
    snapshot = status.snapshot
    pieces = [piece("TAPEBOARD", style="strong", weight=46, gap=1)]
    if snapshot.source.simulated:
        pieces.append(piece(_("SIMULATED"), style="badge"))
    elif snapshot.source.feed:
        pieces.append(piece(snapshot.source.feed, "", style="info", weight=57))
    if status.paused:
        held = _("PAUSED {time}").format(time=data_time(snapshot))
        pieces.append(piece(held, style="badge"))
    if status.stored:
        pieces.append(piece(*_stored(snapshot, hope=not status.fatal), style="watch", weight=80))
    if snapshot.source.breaker:
        weight = SET_ASIDE if snapshot.source.simulated else REFUSAL
        pieces.append(piece(*_refusal(snapshot), style="warning", weight=weight, action=PROBLEMS))
    if status.work is not None:
        pieces.append(piece(*work_forms(status.work), style="accent", weight=70))
    if status.failure:
        text = f"✗ {status.failure}"
        pieces.append(piece(text, shorten(text, 60), shorten(text, 30), _("failed"), style="warning", weight=45))
    return pieces if snapshot.session is None else [*pieces, *_session(snapshot, snapshot.session)]


def header_right(status: Status) -> list[Piece]:
    """Time of the data and of the next refresh, problems, raised warnings, rules evaluated."""
    snapshot = status.snapshot
    if snapshot.session is None:
        return []
    time = data_time(snapshot)
    problems = len(snapshot.source.problems) + bool(status.failure)
    rules, of = snapshot.evaluated.rules, snapshot.evaluated.of
    return [
        piece(
            _("data {time} ET").format(time=time),
            _("data {time}").format(time=time),
            weight=5 if snapshot.source.breaker and not snapshot.source.simulated else 60,
        ),
        *_oldest(snapshot),
        piece(*_next_run(status.next_run, snapshot), style="dim", weight=15),
        _problems(problems),
        *_raised(snapshot),
        piece(
            _("{m}/{n} rules").format(m=rules, n=of),
            f"{rules}/{of}",
            style="dim" if rules == of else "watch",
            weight=35,
        ),
    ]


def data_time(snapshot: Snapshot) -> str:
    """The clock time of the newest datum, to the second while quotes come in."""
    return time_et(snapshot.source.asof, seconds=snapshot.phase in ("open", "simulated"))


def work_forms(work: Work) -> tuple[str, ...]:
    """What is under way, how far it is, and how it is stopped, longest form first."""
    parts = [_("{title} …").format(title=work.title)]
    share = ""
    if work.total:
        parts[0] = work.title
        parts.append(_("{done} of {total}").format(done=work.done, total=work.total))
        share = " " + _("{x} %").format(x=100 * work.done // work.total)
    counted = " ".join(parts)
    named = [counted, shorten(work.name, 12), _("{n} failed").format(n=work.failed) if work.failed else ""]
    stop = _("esc stops it")
    whole = " · ".join(filter(None, [*named, stop]))
    return whole, f"{counted} · {stop}", f"{work.title}{share} · esc", f"{shorten(work.title, 12)}{share}"


def _stored(snapshot: Snapshot, *, hope: bool) -> tuple[str, ...]:
    kept = snapshot.viewed_at or snapshot.source.asof
    when = time_et(kept) if kept is None else f"{short_day(date_et(kept))} {time_et(kept)}"
    alone = _("stored {when}").format(when=when)
    return (_("stored {when} · refreshing").format(when=when), alone) if hope else (alone,)


def _session(snapshot: Snapshot, session: date) -> list[Piece]:
    states = {"final": _("final"), "intraday": _("intraday"), "stale": _("stale")}
    state = states[snapshot.session_status]
    full = _("half day {state}").format(state=state) if snapshot.half_day else state
    viewed = date_et(snapshot.viewed_at) if snapshot.viewed_at else session
    if snapshot.session_status == "stale":
        full = _("{state}, {days} days old").format(state=full, days=(viewed - session).days)
    pieces = [
        piece(
            f"{day(session)} {full}",
            f"{day(session, weekday=False)} {state}",
            f"{short_day(session)} {state}",
            style="watch" if snapshot.session_status == "stale" else "strong",
            weight=50,
        )
    ]
    if viewed != session:
        text = _("viewed {weekday} {day}").format(weekday=weekday_name(viewed), day=short_day(viewed, session))
        pieces.append(piece(text, "", style="dim", weight=20))
    style = {"open": "ok", "simulated": "dim", "closed": "dim"}.get(snapshot.phase, "info")
    style = "watch" if _late(snapshot) else style
    return [*pieces, piece(*_phase(snapshot), style=style, weight=28)]


def _phase(snapshot: Snapshot) -> tuple[str, ...]:
    """What the exchange does, in a mark and words, and when it opens next."""
    if snapshot.phase == "simulated":
        return _("invented prices, always open"), ""
    words = {
        "pre": (_("◐ pre-market"), _("◐ pre")),
        "open": (_("● market open"), _("● open")),
        "after": (_("◑ after hours"), _("◑ after")),
    }
    word, short = words.get(snapshot.phase, (_("○ market closed"), _("○ closed")))
    if snapshot.phase == "open":
        return (_("● open, prices delayed"), _("● delayed")) if _late(snapshot) else (word, short)
    if snapshot.next_open is None:
        return word, short
    when = f"{weekday_name(date_et(snapshot.next_open))} {time_et(snapshot.next_open)}"
    told = _("{word}, next {when} ET").format(word=word, when=when)
    return told, _("{word}, next {when}").format(word=short, when=when), word, short


def _late(snapshot: Snapshot) -> bool:
    """Whether even the newest price is a delayed one."""
    return is_delayed(snapshot.source.asof, snapshot)


def _oldest(snapshot: Snapshot) -> list[Piece]:
    """The oldest price of a session in progress; one that is late does not give way."""
    source = snapshot.source
    if source.simulated or source.breaker or source.oldest is None or snapshot.session_status != "intraday":
        return []
    time = moment(source.oldest, snapshot)
    forms = _("oldest quote {time}").format(time=time), _("oldest {time}").format(time=time)
    if is_delayed(source.oldest, snapshot):
        return [piece(*forms, style="watch", weight=58, action=PROBLEMS)]
    return [piece(*forms, "", style="dim", weight=25)]


def _refusal(snapshot: Snapshot) -> tuple[str, ...]:
    """Why the feed asks nothing, until when, and of when the prices are."""
    source = snapshot.source
    words = _("{cause}; next try {time}").format(cause=source.breaker, time=time_et(source.next_try))
    brief = _("{cause}; next {time}").format(cause=shorten(source.breaker, 24), time=time_et(source.next_try))
    if source.simulated:
        return words, brief, _("next try {time}").format(time=time_et(source.next_try)), ""
    if source.oldest is None:
        return words, brief
    prices = _("prices of {time}").format(time=moment(source.oldest, snapshot))
    return f"{words}; {prices}", f"{brief}; {prices}", f"{shorten(source.breaker, 24)}; {prices}"


def _next_run(next_run: datetime | None, snapshot: Snapshot) -> tuple[str, ...]:
    if next_run is None:
        return ("",)
    seconds = snapshot.phase in ("open", "simulated")
    return _("next {time}").format(time=time_et(next_run, seconds=seconds)), ""


def _problems(count: int) -> Piece:
    if count == 0:
        return piece(_("0 problems"), "", style="dim", weight=12)
    text = _("1 problem") if count == 1 else _("{count} problems").format(count=count)
    return piece(text, f"{count}!", style="watch", weight=30, action=PROBLEMS)


def _raised(snapshot: Snapshot) -> list[Piece]:
    """The raised warnings, how many of them are muted, and how many of the others nobody has acknowledged."""
    heard, muted = heard_and_muted(snapshot.warnings)
    counts = Counter(warning.state for warning in heard)
    new = sum(warning.state in ("WATCH", "WARNING") and not warning.acknowledged for warning in heard)
    watch = _("{count} watch").format(count=counts["WATCH"])
    warn = _("{count} warn").format(count=counts["WARNING"])
    style = "warning" if counts["WARNING"] else "watch" if counts["WATCH"] else "dim"
    unheard = " " + _("{n} muted").format(n=muted) if muted else ""
    short = warn if counts["WARNING"] else watch
    told = piece(f"{watch} {warn}{unheard}", f"{short}{unheard}", style=style, weight=55)
    return [told, piece(_("{n} new").format(n=new), "", style=style, weight=16, gap=1)] if new else [told]
