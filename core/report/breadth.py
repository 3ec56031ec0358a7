"""How broad the market is, and how concentrated: counts of a named universe, weights with their date."""

from __future__ import annotations

from core.i18n import _
from core.report.captions import lines
from core.report.facts import Facts
from core.report.note import Column, Section, Sentence, Slot, Table
from core.universe import LARGE


def breadth(facts: Facts) -> Section:
    """Section 5."""
    members = facts.snapshot.breadth.members > 0
    said = _members(facts) if members else _no_members(facts)
    return Section(
        id="breadth",
        title=_("Breadth and concentration"),
        sentences=(*said, *_sectors(facts), *_equal_weight(facts), *_concentration(facts)),
        tables=_courses(facts),
    )


def _no_members(facts: Facts) -> tuple[Sentence, ...]:
    text = _("Advances, declines, averages and highs of members: not evaluated, no universe of members is chosen.")
    return facts.say("no_members", text)


def _members(facts: Facts) -> tuple[Sentence, ...]:
    b = "breadth"
    said = facts.say(
        "coverage",
        _("Universe {universe}: {used:count} of {members:count} members have prices ({coverage:share})."),
        universe=f"{b}.universe",
        used=f"{b}.used",
        members=f"{b}.members",
        coverage=f"{b}.coverage",
    )
    net = facts.number("breadth.net_advances")
    slots = {"up": f"{b}.advances", "down": f"{b}.declines", "flat": f"{b}.unchanged"}
    if net > 0:
        text = _("More rose than fell: {up:count} advances, {down:count} declines, {flat:count} unchanged.")
        said += facts.say("more_rose", text, **slots)
    elif net < 0:
        text = _("More fell than rose: {up:count} advances, {down:count} declines, {flat:count} unchanged.")
        said += facts.say("more_fell", text, **slots)
    text = _("Above their average of 20, 50 and 200 sessions: {a:share}, {b:share}, {c:share}.")
    said += facts.say("above", text, a=f"{b}.above_sma20", b=f"{b}.above_sma50", c=f"{b}.above_sma200")
    text = _("New highs and lows of 252 sessions: {highs:count} and {lows:count}; high-low index {index:ratio}.")
    said += facts.say("highs", text, highs=f"{b}.new_highs", lows=f"{b}.new_lows", index=f"{b}.high_low_index")
    text = _("McClellan oscillator {osc:index}, TRIN {trin:ratio}, volume in rising members {up:share}.")
    return said + facts.say("oscillators", text, osc=f"{b}.mcclellan", trin=f"{b}.trin", up=f"{b}.upvol_share")


def _sectors(facts: Facts) -> tuple[Sentence, ...]:
    text = _("{n:count} of the sector funds close above their 50-session average; {m:count} beat SPY over 21 sessions.")
    return facts.say("sector_funds", text, n="breadth.sectors_above_sma50", m="breadth.sectors_beating_21s")


def _equal_weight(facts: Facts) -> tuple[Sentence, ...]:
    path = "breadth.equal_less_cap"
    text = _(
        "Equal less cap weight (RSP less SPY): {month:pp} over 21 sessions from {b21:date} and {quarter:pp} over 63 "
        "from {b63:date} (basis {basis})."
    )
    base = f"leadership.{LARGE}.base"
    slots = {"month": f"{path}.21s", "quarter": f"{path}.63s", "b21": f"{base}.21s", "b63": f"{base}.63s"}
    return facts.say("equal_less_cap", text, **slots, basis="basis")


def _concentration(facts: Facts) -> tuple[Sentence, ...]:
    c = "concentration"
    if not facts.known(f"{c}.c1") and not facts.known(f"{c}.c5"):
        return facts.say("no_weights", _("Concentration: not evaluated, no weights of members are configured."))
    text = _(
        "Seven companies of a fixed list (AAPL, MSFT, NVDA, AMZN, GOOGL and GOOG, META, TSLA) weigh {c1:share} of SPY "
        "(weights of {day:day})."
    )
    said = facts.say("mag7_weight", text, c1=f"{c}.c1", day=f"{c}.weights_date.SPY")
    text = _("They made {share:share} of its return over 63 sessions, {part:pp} of it.")
    said += facts.say("mag7_share", text, share=f"{c}.c2.63s", part=f"{c}.c2_contribution.63s")
    text = _("The weights are spread as if over {n:count} equal names.")
    said += facts.say("effective", text, n=f"{c}.c3")
    text = _("Small caps: the ten first contributors made {share:share} of the return of IWM over 63 sessions.")
    said += facts.say("small_top", text, share=f"{c}.c5")
    text = _("{share:share} of the small-cap members beat their index over 63 sessions.")
    return said + facts.say("small_beating", text, share=f"{c}.c7")


def _courses(facts: Facts) -> tuple[Table, ...]:
    """How the measures of breadth that are known have moved over the year."""
    measures = (
        ("above_sma20", "breadth.above_sma20", "share", _("Above the 20-session average")),
        ("above_sma50", "breadth.above_sma50", "share", _("Above the 50-session average")),
        ("above_sma200", "breadth.above_sma200", "share", _("Above the 200-session average")),
        ("high_low_index", "breadth.high_low_index", "ratio", _("High-low index")),
        ("mcclellan", "breadth.mcclellan", "index", _("McClellan oscillator")),
        ("sectors_above_sma50", "breadth.sectors_above_sma50", "count", _("Sector funds above the 50-session average")),
        ("equal_less_cap_63s", "breadth.equal_less_cap.63s", "pp", _("RSP less SPY over 63 sessions")),
    )
    rows = tuple(_course(facts, *measure) for measure in measures if facts.known(measure[1]))
    if not rows:
        return ()
    titles = (_("Now"), _("Percentile"))
    return (
        Table(
            id="breadth",
            caption=_("Breadth now, and its percentile among the last 252 sessions"),
            columns=(
                Column(title=_("Measure"), numeric=False),
                *(Column(title=title) for title in titles),
                lines(_("every eighteenth of 252 sessions")),
            ),
            rows=rows,
        ),
    )


def _course(facts: Facts, name: str, path: str, kind: str, title: str) -> tuple[Slot, ...]:
    course = f"breadth.course.{name}"
    return (
        Slot(path="", value=None, text=title),
        facts.slot(path, kind),
        facts.slot(f"{course}.pr", "share"),
        facts.line(f"{course}.spark"),
    )
