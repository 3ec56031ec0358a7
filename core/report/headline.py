"""The headline: which session this is, the verdict with its evidence, and who leads the index funds."""

from __future__ import annotations

from math import isnan

from core.i18n import _
from core.report.facts import Facts, mark
from core.report.note import Section, Sentence
from core.universe import INDEX_FUNDS, LARGE


def headline(facts: Facts) -> Section:
    """Section 1."""
    return Section(
        id="headline",
        title=_("Headline"),
        sentences=(*_when(facts), *_verdict(facts), *_evidence(facts), *_fragile(facts), *_leader(facts)),
    )


def _when(facts: Facts) -> tuple[Sentence, ...]:
    """Of which session the note is, and what that session is not."""
    snapshot = facts.snapshot
    said: tuple[Sentence, ...] = ()
    if snapshot.source.simulated:
        said += facts.say("invented", _("Every number of this note is invented: the feed is simulated."))
    asked = snapshot.viewed_at.date() if snapshot.viewed_at else None
    if (
        asked is not None
        and snapshot.session is not None
        and asked > snapshot.session
        and asked != snapshot.next_session
        and snapshot.session_status != "stale"  # there were sessions in between
    ):
        text = _("{asked:day} was not a session; this note is about the last one before it, {session:day}.")
        said += facts.say("not_a_session", text, asked="viewed_at", session="session")
    if snapshot.session_status == "intraday":
        text = _("The session of {session:day} is in progress; everything here is provisional (≈).")
        said += facts.say("provisional", text, session="session")
    if snapshot.session_status == "stale":
        text = _("The prices are stale: the last session they hold is {session:day}.")
        said += facts.say("stale", text, session="session")
    if snapshot.half_day:
        said += facts.say("half_day", _("{session:day} was a half day."), session="session")
    return said


def _verdict(facts: Facts) -> tuple[Sentence, ...]:
    paths = {"score": "verdict.score", "of": "verdict.of", "since": "verdict.since"}
    templates = {
        "BROADENING": _("BROADENING: {score:count} of {of:count} pieces of evidence hold, since {since:day}."),
        "MIXED": _("MIXED: {score:count} of {of:count} pieces of evidence hold, since {since:day}."),
        "NARROWING": _("NARROWING: {score:count} of {of:count} pieces of evidence hold, since {since:day}."),
    }
    template = templates.get(facts.snapshot.verdict.state)
    if template is None:
        return facts.say("verdict", _("NOT EVALUATED: a piece of the evidence for a verdict is missing."))
    return facts.say("verdict", mark(provisional=facts.snapshot.verdict.provisional) + template, **paths)


def _evidence(facts: Facts) -> tuple[Sentence, ...]:
    """One sentence for each piece, on the side that its sign tells."""
    holds = {piece.id: piece.holds for piece in facts.snapshot.verdict.evidence}
    ahead = {
        "small_lead": _("Small caps are ahead of large caps: IWM less SPY {x:pp} over 63 sessions."),
        "equal_weight": _("Equal weight is ahead of cap weight: RSP less SPY {x:pp} over 63 sessions."),
        "cyclicals": _("Cyclical sectors are ahead of defensive ones: {x:pp} over 21 sessions (scheme {scheme})."),
        "participation": _("Half or more take part: {x:share} of {universe} above the 50-session average."),
        "sectors": _("Half or more take part: {x:share} of the sector funds above their 50-session averages."),
    }
    behind = {
        "small_lead": _("Small caps are not ahead of large caps: IWM less SPY {x:pp} over 63 sessions."),
        "equal_weight": _("Equal weight is not ahead of cap weight: RSP less SPY {x:pp} over 63 sessions."),
        "cyclicals": _("Cyclical sectors are not ahead of defensive ones: {x:pp} over 21 sessions (scheme {scheme})."),
        "participation": _("Less than half take part: {x:share} of {universe} above the 50-session average."),
        "sectors": _("Less than half take part: {x:share} of the sector funds above their 50-session averages."),
    }
    said: tuple[Sentence, ...] = ()
    for name, held in holds.items():
        if held is None or name not in ahead:
            continue
        slots = {"x": f"verdict.evidence.{name}.value"}
        slots |= {"scheme": "rotation.scheme"} if name == "cyclicals" else {}
        slots |= {"universe": "breadth.universe"} if name == "participation" else {}
        told = "sectors" if name == "participation" and not facts.snapshot.breadth.members else name
        said += facts.say(name if held else f"{name}_not", (ahead if held else behind)[told], **slots)
    return (*said, *_basis(facts)) if said else ()


def _basis(facts: Facts) -> tuple[Sentence, ...]:
    """From where and on what the spreads of the evidence are: the verdict knows one basis, whatever is shown."""
    text = _("These spreads count dividends (basis tr): 63 sessions from the close of {b63:day}, 21 from {b21:day}.")
    base = f"leadership.{LARGE}.base"
    said = facts.say("evidence_basis", text, b63=f"{base}.63s", b21=f"{base}.21s")
    if facts.snapshot.basis == "px":
        said += facts.say("verdict_basis", _("The verdict counts dividends; the other returns of this note do not."))
    return said


def _fragile(facts: Facts) -> tuple[Sentence, ...]:
    """Only what leads has a lead, and only the rule of C.1b calls it fragile."""
    verdict = facts.snapshot.verdict
    leads = any(piece.id == "small_lead" and piece.holds for piece in verdict.evidence)
    if not (leads and verdict.fragile):
        return ()
    text = _(
        "The lead of the small caps is fragile: the spread over 63 sessions runs from {low:pp} to {high:pp} as the "
        "base moves by five sessions either way, and {k:count} of {of:count} windows agree."
    )
    band, agree = "spreads.IWM-SPY.band63", "spreads.IWM-SPY.agree"
    return facts.say("fragile", text, low=f"{band}.0", high=f"{band}.1", k=f"{agree}.0", of=f"{agree}.1")


def _leader(facts: Facts) -> tuple[Sentence, ...]:
    """The index funds in the order of their ranks over 63 sessions."""
    ranks = {symbol: facts.number(f"leadership.{symbol}.rank.63s") for symbol in INDEX_FUNDS}
    ordered = sorted((symbol for symbol in ranks if not isnan(ranks[symbol])), key=ranks.__getitem__)
    told = [facts.labelled(symbol, f"leadership.{symbol}.ret.63s", "pct") for symbol in ordered]
    text = _(
        "The index funds over 63 sessions from the close of {base:day} (basis {basis}), the first in front: {list}."
    )
    return facts.list("index_funds", text, told, base=f"leadership.{LARGE}.base.63s", basis="basis")
