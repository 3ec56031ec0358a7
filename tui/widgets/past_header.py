"""The first line while an evening of the past is shown: all of it reversed, with the date, so that nobody errs.

Its pieces have no colours of their own, which would break up the line; what is wrong now is told all the same.
"""

from __future__ import annotations

from collections import Counter

from core.i18n import _
from core.snapshot import Snapshot
from tui.format import day, short_day, shorten
from tui.status import Past, Status
from tui.widgets.line import Piece, piece


def past_left(status: Status) -> list[Piece]:
    """PAST and the date, how long ago that is, whether it plays, what must be said of it; feed or SIMULATED."""
    snapshot = status.snapshot
    pieces = [piece(*marks(snapshot), style="bold", gap=1)]
    if snapshot.session_status == "stale":
        pieces.append(piece(_("stale"), weight=70))
    if status.past is not None:
        pieces += _journey(status.past)
    if snapshot.source.simulated:
        pieces.append(piece(_("SIMULATED"), style="bold", weight=95))
    else:
        pieces.append(piece(snapshot.source.feed, "", weight=20))
    if status.failure:
        text = f"✗ {status.failure}"
        pieces.append(piece(text, shorten(text, 60), shorten(text, 30), _("failed"), weight=45))
    return pieces


def past_right(status: Status) -> list[Piece]:
    """What was raised that evening, and how many rules could be evaluated."""
    counts = Counter(warning.state for warning in status.snapshot.warnings)
    watch = _("{count} watch").format(count=counts["WATCH"])
    warn = _("{count} warn").format(count=counts["WARNING"])
    rules, of = status.snapshot.evaluated.rules, status.snapshot.evaluated.of
    return [
        piece(f"{watch} {warn}", warn if counts["WARNING"] else watch, style="bold", weight=80),
        piece(_("{m}/{n} rules").format(m=rules, n=of), f"{rules}/{of}", "", weight=35),
    ]


def marks(snapshot: Snapshot) -> tuple[str, ...]:
    """PAST with the date of the session, longest form first."""
    session = snapshot.session
    if session is None:
        return (_("PAST"),)
    dates = (day(session), day(session, weekday=False), short_day(session))
    return tuple(_("PAST {day}").format(day=text) for text in dates)


def _journey(past: Past) -> list[Piece]:
    ago = _("1 session ago") if past.ago == 1 else _("{n} sessions ago").format(n=past.ago)
    pieces = [piece(ago, f"-{past.ago}", "", weight=30)] if past.ago else []
    if past.speed is not None:
        pieces.append(piece(_("▶ {n} a second").format(n=f"{past.speed:g}"), f"▶ {past.speed:g}/s", weight=75))
    if past.note:
        pieces.append(piece(past.note, shorten(past.note, 30), weight=60))
    return pieces
