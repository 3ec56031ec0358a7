"""How the note was made: conventions, source, ages, coverage, version; and what it is not."""

from __future__ import annotations

from core.i18n import _
from core.report.facts import Facts
from core.report.note import Section, Sentence, Slot


def method(facts: Facts) -> Section:
    """Section 8."""
    snapshot = facts.snapshot
    said: tuple[Sentence, ...] = facts.say(
        "conventions",
        _(
            "Returns run from close to close on basis {basis} (tr: with dividends, px: price alone); n sessions back "
            "unless months are named. Averages, highs, RSI and bands are of prices. Volatility is the sample deviation "
            "(ddof 1)."
        ),
        basis="basis",
    )
    said += facts.say("scheme", _("Sectors are classed by the scheme {scheme}."), scheme="rotation.scheme")
    said += facts.say("source", _("Source: feed {feed}, prices of {at:instant}."), feed="source.feed", at="source.asof")
    said += (
        facts.say(
            "universe",
            _("Universe {universe}: {source}; {used:count} of {members:count} members used."),
            universe="breadth.universe",
            source="breadth.source",
            used="breadth.used",
            members="breadth.members",
        )
        if snapshot.breadth.members
        else ()
    )
    absent = [row.symbol for row in (*snapshot.leadership, *snapshot.sectors, *snapshot.watchlist) if row.last is None]
    slots = [Slot(path=f"leadership.{symbol}.symbol", value=symbol, text=symbol) for symbol in absent]
    said += facts.list("absent", _("Without data: {list}."), slots)
    for place, problem in enumerate(snapshot.source.problems):
        if problem.symbol not in absent:  # those are listed
            said += facts.say("problem", _("Problem: {text}."), text=f"source.problems.{place}.text")
    said += facts.say("version", _("Tapeboard {version}."), version="tapeboard")
    said += facts.say(
        "no_advice", _("This note describes what prices did. It is no forecast and no investment advice.")
    )
    return Section(id="method", title=_("How it was computed"), sentences=said)
