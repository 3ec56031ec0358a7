"""How the note was made: conventions, source, ages, coverage, version; and what it is not."""

from __future__ import annotations

from core.i18n import _
from core.report.facts import Facts
from core.report.note import Section, Sentence, Slot


def method(facts: Facts) -> Section:
    """Section 8."""
    source = _("Source: feed {feed}, prices of {at:instant}.")
    advice = _("This note describes what prices did. It is no forecast and no investment advice.")
    return Section(
        id="method",
        title=_("How it was computed"),
        sentences=(
            *_conventions(facts),
            *facts.say("scheme", _("Sectors are classed by the scheme {scheme}."), scheme="rotation.scheme"),
            *facts.say("source", source, feed="source.feed", at="source.asof"),
            *_universe(facts),
            *_lacking(facts),
            *facts.say("version", _("Tapeboard {version}."), version="tapeboard"),
            *facts.say("no_advice", advice),
        ),
    )


def _conventions(facts: Facts) -> tuple[Sentence, ...]:
    text = _(
        "Returns run from close to close, n sessions back unless months are named: over one session of prices alone "
        "(px), over more of them on basis {basis} (tr: with dividends, px: prices alone); those of indices are always "
        "px. Averages, highs, RSI and bands are of prices. Volatility is the sample deviation (ddof 1)."
    )
    rows = facts.snapshot.leadership + facts.snapshot.sectors + facts.snapshot.watchlist
    unadjusted = [row.symbol for row in rows if row.basis == "as supplied" and row.last is not None]
    slots = [Slot(path=f"leadership.{symbol}.symbol", value=symbol, text=symbol) for symbol in unadjusted]
    return (
        *facts.say("conventions", text, basis="basis"),
        *facts.list("as_supplied", _("On closes as supplied, dividends unknown: {list}."), slots),
    )


def _universe(facts: Facts) -> tuple[Sentence, ...]:
    if not facts.snapshot.breadth.members:
        return ()
    text = _("Universe {universe}: {source}; {used:count} of {members:count} members used.")
    slots = {name: f"breadth.{name}" for name in ("universe", "source", "used", "members")}
    return facts.say("universe", text, **slots)


def _lacking(facts: Facts) -> tuple[Sentence, ...]:
    """The symbols without data in one list, every other problem in its own words."""
    snapshot = facts.snapshot
    absent = [row.symbol for row in (*snapshot.leadership, *snapshot.sectors, *snapshot.watchlist) if row.last is None]
    slots = [Slot(path=f"leadership.{symbol}.symbol", value=symbol, text=symbol) for symbol in absent]
    said = facts.list("absent", _("Without data: {list}."), slots)
    for place, problem in enumerate(snapshot.source.problems):
        if problem.symbol not in absent:
            said += facts.say("problem", _("Problem: {text}."), text=f"source.problems.{place}.text")
    return said
