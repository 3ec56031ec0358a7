"""The risks: every warning that is not clear with its evidence, then what is clear, then what could not be judged."""

from __future__ import annotations

from collections.abc import Sequence

from core.i18n import _, plural
from core.report.facts import Facts, mark
from core.report.note import Section, Sentence, Slot
from core.rules.base_rates import FEW
from core.snapshot import RiskWarning

RAISED = ("WARNING", "WATCH", "INFO")


def risks(facts: Facts) -> Section:
    """Section 6."""
    warnings = facts.snapshot.warnings
    raised = sorted((w for w in warnings if w.state in RAISED), key=lambda w: (RAISED.index(w.state), w.id, w.subject))
    said: tuple[Sentence, ...] = _summary(facts, raised)
    for warning in raised:
        said += _raised(facts, warning)
    said += _clear(facts, [warning for warning in warnings if warning.state == "CLEAR"])
    for warning in warnings:
        if warning.state == "NOT_EVALUATED":
            text = _("{name}: not evaluated, {reason}.")
            said += facts.say("not_evaluated", text, name=_name(warning), reason=f"{_path(warning)}.text")
    return Section(id="risks", title=_("Risks"), sentences=(*said, *_appetite(facts), *_unsourced(facts)))


def _summary(facts: Facts, raised: Sequence[RiskWarning]) -> tuple[Sentence, ...]:
    """It says "no warnings" only where every rule was judged (warnings.md C.1)."""
    m, n = facts.snapshot.evaluated.rules, facts.snapshot.evaluated.of
    slots = {"m": "evaluated.rules", "n": "evaluated.of"}
    if raised:
        return facts.say("evaluated", _("{m:count} of {n:count} rules could be evaluated."), **slots)
    if m == n:
        return facts.say("no_warnings", _("No warnings: all {n:count} rules were evaluated."), n="evaluated.of")
    return facts.say(
        "none_among", _("No warnings among the {m:count} of {n:count} rules that were evaluated."), **slots
    )


def _raised(facts: Facts, warning: RiskWarning) -> tuple[Sentence, ...]:
    """The template of warnings.md C.1: "≈" marks a provisional state, "≥" one that began before the data."""
    path = _path(warning)
    templates = {
        "WARNING": _("{name}: {mark}WARNING since {bound}{since:day} ({sessions}). {evidence}. Rule: {rule}."),
        "WATCH": _("{name}: {mark}WATCH since {bound}{since:day} ({sessions}). {evidence}. Rule: {rule}."),
        "INFO": _("{name}: {mark}INFO since {bound}{since:day} ({sessions}). {evidence}. Rule: {rule}."),
    }
    said = facts.say(
        f"raised_{warning.state}",
        templates[warning.state],
        name=_name(warning),
        mark=_marked(f"{path}.provisional", mark(provisional=warning.provisional)),
        bound=_marked(f"{path}.since_at_least", mark(provisional=False, at_least=warning.since_at_least)),
        since=f"{path}.since",
        sessions=_sessions(facts, f"{path}.sessions"),
        evidence=f"{path}.text",
        rule=f"{path}.condition",
    )
    if said and warning.partial:
        text = _("{name} is judged on a part of its inputs, without {list}.")
        said += facts.list("partial", text, _lacking(facts, warning), name=_name(warning))
    return said + _history(facts, f"{path}.history")


def _history(facts: Facts, path: str) -> tuple[Sentence, ...]:
    """What followed: of the cases, only those whose window has ended tell anything."""
    fired, n = facts.number(f"{path}.fired"), facts.number(f"{path}.n")
    head = plural(
        "History: fired {fired:count} time in {years:count} years.",
        "History: fired {fired:count} times in {years:count} years.",
        fired,
    )
    said = facts.say("fired", head, fired=f"{path}.fired", years=f"{path}.years")
    text = plural(
        "Of the {n:count} case with 63 sessions behind it, {target} closed 5 % or more lower within these in "
        "{p:share}; after any session in {base:share}.",
        "Of the {n:count} cases with 63 sessions behind them, {target} closed 5 % or more lower within these in "
        "{p:share}; after any session in {base:share}.",
        n,
    )
    slots = {"n": f"{path}.n", "target": f"{path}.target", "p": f"{path}.p_entry", "base": f"{path}.p_base"}
    rate = facts.say("base_rate", text, **slots)
    if rate and n < FEW:
        rate += facts.say("few", _("n = {n}: anecdote, not evidence"), n=f"{path}.n")
    return said + rate


def _clear(facts: Facts, warnings: Sequence[RiskWarning]) -> tuple[Sentence, ...]:
    """What is clear; a rule that was judged without one of its inputs apart from the others."""
    whole = [warning for warning in warnings if not warning.partial]
    names = [Slot(path=f"{_path(w)}.state", value=w.state, text=_name(w).text) for w in whole]
    approximate = mark(provisional=any(warning.provisional for warning in warnings))
    said = facts.list("clear", approximate + _("Clear: {list}."), names)
    for warning in warnings:
        if warning.partial:
            text = approximate + _("{name}: clear on a part of its inputs, without {list}. {evidence}.")
            lacking = _lacking(facts, warning)
            said += facts.list("clear_partial", text, lacking, name=_name(warning), evidence=f"{_path(warning)}.text")
    return said


def _lacking(facts: Facts, warning: RiskWarning) -> list[Slot]:
    return [facts.slot(f"{_path(warning)}.missing.{place}", "name") for place in range(len(warning.missing))]


def _name(warning: RiskWarning) -> Slot:
    """What a rule is called, with its subject where that is more than a word for all the market."""
    named = warning.subject != warning.subject.lower()
    text = f"{warning.title} {warning.subject}" if named else warning.title
    return Slot(path=f"{_path(warning)}.title", value=warning.title, text=text)


def _marked(path: str, sign: str) -> Slot:
    return Slot(path=path, value=bool(sign), text=sign)


def _sessions(facts: Facts, path: str) -> Slot:
    slot = facts.slot(path, "count")
    text = plural("{n} session", "{n} sessions", facts.number(path)).format(n=slot.text)
    return Slot(path=path, value=slot.value, text=text)


def _appetite(facts: Facts) -> tuple[Sentence, ...]:
    """The score with the rule of its state, so that neither contradicts the other."""
    appetite = facts.snapshot.risk.appetite
    templates = {
        "risk-on": _(
            "Risk appetite {score:index} of 100 over 21 sessions, state risk-on since {bound}{since:day}: entered from "
            "+{enter:count} on, left below +{leave:count}, on two sessions; from {parts:count} of {of:count} parts."
        ),
        "neutral": _(
            "Risk appetite {score:index} of 100 over 21 sessions, state neutral since {bound}{since:day}: left at "
            "{enter:count} or more on either side, on two sessions; from {parts:count} of {of:count} parts."
        ),
        "risk-off": _(
            "Risk appetite {score:index} of 100 over 21 sessions, state risk-off since {bound}{since:day}: entered "
            "from -{enter:count} down, left above -{leave:count}, on two sessions; from {parts:count} of {of:count} "
            "parts."
        ),
    }
    if appetite.state not in templates:
        return ()
    path = "risk.appetite"
    bound = _marked(f"{path}.since_at_least", mark(provisional=False, at_least=appetite.since_at_least))
    slots = {name: f"{path}.{name}" for name in ("score", "since", "enter", "leave", "parts", "of")}
    return (*facts.say("appetite", templates[appetite.state], **slots, bound=bound), *_appetite_held(facts))


def _appetite_held(facts: Facts) -> tuple[Sentence, ...]:
    """Where the score alone would give another state: one is held by memory, or not confirmed yet."""
    appetite = facts.snapshot.risk.appetite
    score = appetite.score or 0.0
    towards = {"risk-on": score, "risk-off": -score}.get(appetite.state or "")
    if (abs(score) >= appetite.enter) if towards is None else towards < appetite.leave:
        return facts.say("appetite_unconfirmed", _("The score asks for another state, which takes a second session."))
    if towards is not None and towards < appetite.enter:
        return facts.say(
            "appetite_held", _("That state is held: the score no longer enters it, and its exit is not met.")
        )
    return ()


def _unsourced(facts: Facts) -> tuple[Sentence, ...]:
    names = {
        "L1": _("P/E and P/B of funds (L1)"),
        "L2": _("relative valuation of small caps (L2)"),
        "L3": _("earnings-yield gap (L3)"),
        "F1": _("fund flows (F1)"),
    }
    lacking = facts.snapshot.not_evaluated
    said: tuple[Sentence, ...] = ()
    for reason in dict.fromkeys(lacking.values()):
        ids = [id_ for id_ in lacking if lacking[id_] == reason]
        slots = [Slot(path=f"not_evaluated.{id_}", value=reason, text=names.get(id_, id_)) for id_ in ids]
        text = _("Not evaluated ({reason}): {list}.")
        said += facts.list("unsourced", text, slots, reason=f"not_evaluated.{ids[0]}")
    return said


def _path(warning: RiskWarning) -> str:
    return f"warnings.{warning.id}:{warning.subject}"
