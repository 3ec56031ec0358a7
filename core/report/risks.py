"""The risks: every warning that is not clear with its evidence, then what is clear, then what could not be judged."""

from __future__ import annotations

from collections.abc import Sequence

from core.i18n import _
from core.report.facts import Facts
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
    said += _listed(facts, "clear", _("Clear: {list}."), [w for w in warnings if w.state == "CLEAR"])
    for warning in warnings:
        if warning.state == "NOT_EVALUATED":
            text = _("{title} {subject}: not evaluated, {reason}.")
            path = _path(warning)
            said += facts.say(
                "not_evaluated", text, title=f"{path}.title", subject=f"{path}.subject", reason=f"{path}.text"
            )
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
    """The template of warnings.md C.1; a provisional state and one that only began before the data say so."""
    path = _path(warning)
    states = {
        "WARNING": _("{title} {subject}: WARNING since {since:day} ({n:count} sessions). {evidence}. Rule: {rule}."),
        "WATCH": _("{title} {subject}: WATCH since {since:day} ({n:count} sessions). {evidence}. Rule: {rule}."),
        "INFO": _("{title} {subject}: INFO since {since:day} ({n:count} sessions). {evidence}. Rule: {rule}."),
    }
    slots = {
        "title": "title",
        "subject": "subject",
        "since": "since",
        "n": "sessions",
        "evidence": "text",
        "rule": "condition",
    }
    paths = {name: f"{path}.{field}" for name, field in slots.items()}
    said = facts.say(f"raised_{warning.state}", states[warning.state], **paths)
    fired = _(
        "History: fired {fired:count} times in {years:count} years; followed by a lower close of 5 % or more within 63 "
        "sessions in {p:share} of the cases, on any day in {base:share}."
    )
    h = f"{path}.history"
    rate = facts.say("base_rate", fired, fired=f"{h}.fired", years=f"{h}.years", p=f"{h}.p_entry", base=f"{h}.p_base")
    if rate and facts.number(f"{h}.n") < FEW:
        rate += facts.say("few", _("n = {n}: anecdote, not evidence"), n=f"{h}.n")
    return said + rate


def _listed(facts: Facts, name: str, template: str, warnings: Sequence[RiskWarning]) -> tuple[Sentence, ...]:
    slots = [Slot(path=f"{_path(w)}.state", value=w.state, text=f"{w.title} {w.subject}") for w in warnings]
    return facts.list(name, template, slots)


def _appetite(facts: Facts) -> tuple[Sentence, ...]:
    states = {
        "risk-on": _("Risk appetite {score:index} of 100, state risk-on, from {parts:count} of {of:count} parts."),
        "neutral": _("Risk appetite {score:index} of 100, state neutral, from {parts:count} of {of:count} parts."),
        "risk-off": _("Risk appetite {score:index} of 100, state risk-off, from {parts:count} of {of:count} parts."),
    }
    template = states.get(facts.snapshot.risk.appetite.state or "")
    path = "risk.appetite"
    slots = {"score": f"{path}.score", "parts": f"{path}.parts", "of": f"{path}.of"}
    return facts.say("appetite", template, **slots) if template else ()


def _unsourced(facts: Facts) -> tuple[Sentence, ...]:
    names = {
        "L1": _("valuation of small caps (L1)"),
        "L2": _("relative valuation (L2)"),
        "L3": _("valuation gap (L3)"),
        "F1": _("fund flows (F1)"),
        "F2": _("flow share (F2)"),
    }
    lacking = facts.snapshot.not_evaluated
    slots = [Slot(path=f"not_evaluated.{id_}", value=lacking[id_], text=names.get(id_, id_)) for id_ in lacking]
    return facts.list("unsourced", _("Not evaluated, for want of a source: {list}."), slots)


def _path(warning: RiskWarning) -> str:
    return f"warnings.{warning.id}:{warning.subject}"
