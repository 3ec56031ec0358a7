"""The first line: what is looked at, how old it is, and whether anything is wrong.

Every time in it stands still, so that nothing is written to the terminal between two refreshes.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from core.i18n import _
from core.snapshot import Snapshot
from tui.format import date_et, day, short_day, shorten, time_et, weekday_name
from tui.status import Status
from tui.widgets.line import Line, Piece, piece


class Header(Line):
    """Feed, session and its status on the left; time, problems and warnings on the right."""

    def show_status(self, status: Status) -> None:
        """Show this state of the screen."""
        self.show(header_left(status), header_right(status))


def header_left(status: Status) -> list[Piece]:
    """Name, feed or SIMULATED, what is held, stored or failed, and the session."""
    snapshot = status.snapshot
    pieces = [piece("TAPEBOARD", style="strong", gap=1)]
    if snapshot.source.simulated:
        pieces.append(piece(_("SIMULATED"), style="badge"))
    elif snapshot.source.feed:
        pieces.append(piece(snapshot.source.feed, "", style="info", weight=40))
    if status.paused:
        held = _("PAUSED {time}").format(time=data_time(snapshot))
        pieces.append(piece(held, style="badge"))
    if status.stored:
        pieces.append(piece(*_stored(snapshot, hope=not status.fatal), style="watch", weight=80))
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
        piece(_("data {time} ET").format(time=time), _("data {time}").format(time=time), weight=60),
        piece(*_next_run(status.next_run, snapshot), style="dim", weight=15),
        _problems(problems),
        _raised(snapshot),
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
    return [*pieces, piece(*_phase(snapshot), style="dim", weight=10)]


def _phase(snapshot: Snapshot) -> tuple[str, ...]:
    if snapshot.phase == "simulated":
        return (_("invented prices, always open"), "")
    words = {"pre": _("before the open"), "open": _("market open"), "after": _("after hours")}
    word = words.get(snapshot.phase, _("market closed"))
    opens = snapshot.next_open
    if snapshot.phase == "open" or opens is None:
        return word, ""
    when = f"{weekday_name(date_et(opens))} {time_et(opens)}"
    return _("{word}, next {when} ET").format(word=word, when=when), _("next {when}").format(when=when), ""


def _next_run(next_run: datetime | None, snapshot: Snapshot) -> tuple[str, ...]:
    if next_run is None:
        return ("",)
    seconds = snapshot.phase in ("open", "simulated")
    return _("next {time}").format(time=time_et(next_run, seconds=seconds)), ""


def _problems(count: int) -> Piece:
    if count == 0:
        return piece(_("0 problems"), "", style="dim", weight=12)
    text = _("1 problem") if count == 1 else _("{count} problems").format(count=count)
    return piece(text, f"{count}!", style="watch", weight=30, action="app.command('help')")


def _raised(snapshot: Snapshot) -> Piece:
    counts = Counter(warning.state for warning in snapshot.warnings)
    watch = _("{count} watch").format(count=counts["WATCH"])
    warn = _("{count} warn").format(count=counts["WARNING"])
    style = "warning" if counts["WARNING"] else "watch" if counts["WATCH"] else "dim"
    return piece(f"{watch} {warn}", warn if counts["WARNING"] else watch, style=style, weight=55)
