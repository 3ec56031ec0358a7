"""All rules and the verdict over one history: replayed once, then judged again at every refresh.

The replay starts from cleared machines at the first loaded session, so a state never depends on when the
program was started. A provisional session is judged on copies and leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate

import numpy as np
from msgspec.structs import replace

from core.i18n import _
from core.metrics.fold import History
from core.model import Session
from core.panel import Days, Floats
from core.periods import YEAR
from core.rules import catalogue, verdict
from core.rules.base_rates import Ahead, Record, look_ahead, record, target
from core.rules.course import Course, follow, shown
from core.rules.health import DataHealth
from core.rules.machine import EvidenceValue, Judgement, Machine, State
from core.rules.market import Behind, Health, Market
from core.rules.rule import Rule
from core.rules.verdict import Confirmed, SectorClasses, Word
from core.series import GaugeSeries
from core.settings_warnings import OwnRuleSettings, WarningSettings
from core.snapshot import Evaluated, Evidence, Gauge, RiskWarning, Value, Verdict, number
from core.universe import LARGE, SMALL


class RuleBoard:
    """Warnings and verdict at the session in view."""

    def __init__(
        self,
        history: History,
        columns: dict[str, int],
        settings: WarningSettings,
        classes: SectorClasses,
        core_symbols: Sequence[str],
        *,
        members: Callable[[int], tuple[float, float]] = lambda _t: (np.nan, np.nan),
        kept: Mapping[tuple[str, str], Record] | None = None,
        behind: Behind | None = None,
        own: Mapping[str, OwnRuleSettings] | None = None,
    ) -> None:
        """`members` tells the coverage of a breadth universe at a row, and the share of its members in doubt.

        `own` are the user's rules.
        `kept` are the records of earlier backtests by rule and subject; for the others the replay gives them.
        """
        self._members = members
        self.market = Market(history, columns, self._health_then, behind)
        self._history = history
        self._core = {symbol: columns.get(symbol) for symbol in core_symbols}
        self._present = np.isfinite(history["px"][: history.finished])
        self._classes = classes
        self.courses = tuple(
            self.replay(rule, subject) for rule in catalogue.rules(settings, own) for subject in rule.subjects
        )
        self._ahead: dict[str, Ahead] = {}
        self._records = self._measure() | dict(kept or {})
        self._verdicts = self._replay_verdict()

    def warnings(self, t: int, expected: Session, fetch_age_hours: float | None) -> tuple[RiskWarning, ...]:
        """Every rule on every subject at row t.

        At an earlier row than the last it is what was known that evening: the base rates count the cases that had
        ended by then, and no kept result of a backtest, which knows later ones.

        `expected` is the session whose bars should be there by now, `fetch_age_hours` the age of the last fetch.
        """
        now = self.market.with_health(lambda t: self._health_now(t, expected, fetch_age_hours))
        return tuple(self._warning(course, now, t) for course in self.courses)

    def verdict(self, t: int) -> Verdict:
        """The verdict at row t."""
        provisional = t >= self._history.finished
        before = self._verdicts[min(t, self._history.finished - 1)] if self._verdicts else Confirmed()
        raw = verdict.raw_state(self.market, self._classes, t)
        confirmed = before.step(raw, t) if provisional else before
        known = raw is not Word.NOT_EVALUATED
        pieces = verdict.evidence(self.market, self._classes, t)
        lead = self.market.spread(SMALL, LARGE, t)
        return Verdict(
            state=confirmed.state.value if known else Word.NOT_EVALUATED.value,
            score=sum(piece.holds is True for piece in pieces),
            of=len(pieces),
            evidence=tuple(Evidence(id=p.id, text=p.text, value=number(p.value), holds=p.holds) for p in pieces),
            since=None if confirmed.since is None or not known else self._history.session(confirmed.since),
            fragile=None if lead is None else lead.fragile,
            provisional=provisional,
            text="   ".join(piece.text for piece in pieces),
        )

    def course(self, rule: Rule, subject: str) -> Iterator[tuple[Judgement, Machine]]:
        """What a rule judged, and its machine after that, at every finished session from the first one on."""
        machine = Machine(rule.hysteresis)
        for t in range(self._history.finished):
            judgement = rule.judge(self.market, subject, t)
            machine = machine.step(judgement, t)
            yield judgement, machine

    def replay(self, rule: Rule, subject: str) -> Course:
        """The course of a rule over all finished sessions; the rule may be one with other thresholds."""
        return follow(rule, subject, self.course(rule, subject))

    def gauge_series(self, rule_id: str, subject: str, t: int) -> GaugeSeries | None:
        """The number that decides a rule over the year of finished sessions up to row t.

        None for an unknown rule, or one of many numbers.
        """
        rule = next((c.rule for c in self.courses if (c.rule.id, c.subject) == (rule_id, subject)), None)
        gauge = None if rule is None else rule.gauge(subject)
        if rule is None or gauge is None:
            return None
        end = min(t + 1, self._history.finished)
        rows = range(max(0, end - YEAR), end)
        evidence = (rule.judge(self.market, subject, t).evidence for t in rows)
        return GaugeSeries(
            gauge=gauge,
            sessions=tuple(self._history.session(t) for t in rows),
            values=tuple(_reading(gauge, found) for found in evidence),
        )

    @property
    def sessions(self) -> Days:
        """The finished sessions, (T,)."""
        return self._history.sessions[: self._history.finished]

    def closes(self, symbol: str) -> Floats:
        """The finished closes of a watched symbol with dividends, (T,)."""
        return self._history["tr"][: self._history.finished, self.market.columns[symbol]]

    def _measure(self) -> dict[tuple[str, str], Record]:
        """How often each rule was raised and what its target did then, as of the last finished session."""
        last = self._history.finished - 1
        found = {(course.rule.id, course.subject): self._measured(course, last) for course in self.courses}
        return {key: told for key, told in found.items() if told is not None}

    def _measured(self, course: Course, t: int) -> Record | None:
        """The same of one rule as of row t; None of a rule without a watched target, and before the first session."""
        of = target(course.rule.id, course.subject, self.market.columns)
        if of is None or of not in self.market.columns or t < 0:
            return None
        ahead = self._ahead.get(of) or self._ahead.setdefault(of, look_ahead(self.closes(of)))
        return record(course.until(t), ahead.until(t), self._history.session(t))

    def _replay_verdict(self) -> tuple[Confirmed, ...]:
        """The verdict after every finished session."""
        raw = (verdict.raw_state(self.market, self._classes, t) for t in range(self._history.finished))
        return tuple(accumulate(enumerate(raw), lambda was, now: was.step(now[1], now[0]), initial=Confirmed()))[1:]

    def _warning(self, course: Course, now: Market, t: int) -> RiskWarning:
        rule, subject = course.rule, course.subject
        judgement = rule.judge(now, subject, t)
        machine = self._machine(course, judgement, t)
        evaluated = not judgement.missing
        since = machine.since if evaluated else None
        told = self._told(course, t)
        return RiskWarning(
            id=rule.id,
            subject=subject,
            title=rule.title(subject),
            state=shown(machine.state, informs=rule.informs).value if evaluated else State.NOT_EVALUATED.value,
            since=None if since is None else self._history.session(since),
            since_at_least=since is not None and (not machine.moved or since == 0),
            sessions=machine.age if evaluated else None,
            provisional=t >= self._history.finished,
            partial=bool(judgement.partial),
            label=judgement.label,
            text=_evidence_text(rule, subject, judgement, machine)
            if evaluated
            else self._missing_text(judgement, machine, t),
            evidence=dict(judgement.evidence),
            gauge=_read(rule.gauge(subject), judgement.evidence),
            condition=rule.condition(subject),
            missing=(*judgement.missing, *judgement.partial),
            history={} if told is None else told.told() | {"target": target(rule.id, subject, self.market.columns)},
        )

    def _machine(self, course: Course, judgement: Judgement, t: int) -> Machine:
        """The machine after row t, where this was judged."""
        if t >= self._history.finished:
            return course.machine.step(judgement, t)
        if isinstance(course.rule, DataHealth):  # it is about the moment of the view: even a finished session is judged
            return course.at(t - 1).step(judgement, t)  # anew; one session raises and ends it, so no counter is missed
        return course.at(t)

    def _told(self, course: Course, t: int) -> Record | None:
        """What is told of the past of a rule at row t."""
        if t >= self._history.finished - 1:
            return self._records.get((course.rule.id, course.subject))
        return self._measured(course, t)

    def _missing_text(self, judgement: Judgement, machine: Machine, t: int) -> str:
        needs = _("needs {inputs}").format(inputs=", ".join(self._with_last(name, t) for name in judgement.missing))
        if machine.last is None:
            return needs
        before = _("last evaluated {day}: {state}").format(
            day=self._history.session(machine.last), state=machine.state.value
        )
        return f"{needs}; {before}"

    def _with_last(self, name: str, t: int) -> str:
        """A missing symbol with its last good session up to row t."""
        last = self._last_session(self.market.columns.get(name), t)
        return name if last is None else _("{symbol} (last good session {day})").format(symbol=name, day=last)

    def _health_then(self, t: int) -> Health:
        """Health of a past session: the core symbols that had begun by then and lack a bar."""
        begun = {s: c for s, c in self._core.items() if c is not None and self.market.begins[c] <= t}
        missing = tuple(symbol for symbol, column in begun.items() if not self._present[t, column])
        return Health(missing, (), 1 - len(missing) / len(begun) if begun else 0.0, None, *self._members(t))

    def _health_now(self, t: int, expected: Session, fetch_age_hours: float | None) -> Health:
        """Health of the session in view: also what never came, and what is stale by the clock."""
        last = {symbol: self._last_session(column, t) for symbol, column in self._core.items()}
        missing = tuple(symbol for symbol, day in last.items() if day != self._history.session(t))
        stale = tuple(symbol for symbol, day in last.items() if day is not None and day < expected)
        return Health(missing, stale, 1 - len(missing) / len(self._core), fetch_age_hours, *self._members(t))

    def _last_session(self, column: int | None, t: int) -> Session | None:
        if column is None:
            return None
        seen = np.flatnonzero(np.isfinite(self._history["px"][: t + 1, column]))
        return self._history.session(int(seen[-1])) if len(seen) else None


def _evidence_text(rule: Rule, subject: str, judgement: Judgement, machine: Machine) -> str:
    """The evidence; a state that only memory holds says so, or it would seem to contradict its numbers."""
    text = rule.text(subject, judgement)
    held = machine.state is not State.CLEAR and not judgement.watch
    return "   ".join((text, _("held: its exit is not met yet"))) if held else text


def _reading(gauge: Gauge, evidence: Mapping[str, EvidenceValue]) -> Value:
    value = evidence.get(gauge.id)
    return float(value) if isinstance(value, int | float) else None


def _read(gauge: Gauge | None, evidence: Mapping[str, EvidenceValue]) -> Gauge | None:
    return None if gauge is None else replace(gauge, value=_reading(gauge, evidence))


def evaluated(warnings: Sequence[RiskWarning]) -> Evaluated:
    """A rule counts as evaluated when all its instances are; W19b counts under W19 (warnings.md C.1)."""
    rules = {catalogue.number(w.id) for w in warnings}
    lacking = {catalogue.number(w.id) for w in warnings if w.state == State.NOT_EVALUATED}
    return Evaluated(rules=len(rules - lacking), of=len(rules))
