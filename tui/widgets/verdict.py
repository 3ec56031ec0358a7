"""The second line: the state of the market in one word, and the evidence for it with its numbers."""

from __future__ import annotations

from core.i18n import _
from core.snapshot import Evidence, Snapshot, Spread, Verdict
from tui.format import APPROXIMATE, pct, pp, short_day
from tui.widgets.line import Line, Piece, piece

SMALL_LEAD, LEAD_SPREAD = "small_lead", "IWM-SPY"


class VerdictLine(Line):
    """The verdict of the snapshot shown."""

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the verdict of `snapshot`."""
        self.show(verdict_pieces(snapshot))


def verdict_pieces(snapshot: Snapshot) -> list[Piece]:
    """State, score and evidence; the evidence gives way to the state, the last piece first, the score to its marks."""
    if snapshot.session is None:
        return []
    verdict = snapshot.verdict
    pieces = [piece(*_state(verdict), style=_style(verdict), gap=1), *_score(verdict)]
    for evidence in verdict.evidence:
        style = {True: "", False: "dim", None: "dim"}[evidence.holds]
        pieces.append(piece(*_forms(evidence), style=style, weight=60, group="evidence"))
        if evidence.id == SMALL_LEAD and evidence.holds and verdict.fragile:  # only what leads has a lead
            pieces.append(piece(*_fragile(snapshot.spreads), style="watch", weight=58, gap=1))
    if verdict.evidence and snapshot.basis == "px":  # of what the panes show; rules keep their own
        pieces.append(piece(_("verdict with dividends"), "tr", "", style="dim", weight=4))
    if not verdict.evidence and verdict.text:
        pieces.append(piece(verdict.text, style="dim", weight=40))
    return pieces


def _state(verdict: Verdict) -> tuple[str, ...]:
    names = {
        "BROADENING": _("BROADENING"),
        "MIXED": _("MIXED"),
        "NARROWING": _("NARROWING"),
        "NOT EVALUATED": _("NOT EVALUATED"),
    }
    name = names[verdict.state]
    return (f"{APPROXIMATE} {name}" if verdict.provisional else name,)


def _style(verdict: Verdict) -> str:
    return "dim" if verdict.state == "NOT EVALUATED" else "verdict"


def _score(verdict: Verdict) -> list[Piece]:
    if verdict.state == "NOT EVALUATED":
        return []
    score = _("{score} of {of}").format(score=verdict.score, of=verdict.of)
    pieces = [piece(score, f"{verdict.score}/{verdict.of}", "", style="strong", weight=59, last=61)]
    if verdict.since is not None:
        since = _("since {day}").format(day=short_day(verdict.since))
        pieces.append(piece(since, "", style="dim", weight=5))
    return pieces


def _forms(evidence: Evidence) -> tuple[str, ...]:
    """The sentence of the evidence, without its window, and in the fewest words that keep its number and its mark."""
    mark = {True: "✓ ", False: "✗ ", None: "? "}[evidence.holds]
    words = {"small_lead": _("small"), "equal_weight": _("equal"), "cyclicals": _("cyc")}
    text = evidence.text
    head = text.split(" / ")[0]
    if evidence.value is None:
        return mark + text, mark + head
    bare = head.replace(_("sectors"), "").replace(" % of ", "%\0").replace(" ", "").replace("\0", " ")
    if evidence.id not in words:
        return mark + text, mark + head, mark + bare, mark.strip() + bare
    word, least = words[evidence.id], _("{x}pp").format(x=pct(evidence.value, 1))
    return mark + text, mark + head, f"{mark}{word} {pp(evidence.value)}", f"{mark.strip()}{word} {least}"


def _fragile(spreads: tuple[Spread, ...]) -> tuple[str, ...]:
    band = next((spread.band63 for spread in spreads if spread.id == LEAD_SPREAD), (None, None))
    word = _("fragile")
    if None in band:
        return (word,)
    low, high = (pct(value, 1) for value in band)
    return _("fragile: {low}..{high} by base date").format(low=low, high=high), f"{word} {low}..{high}", word
