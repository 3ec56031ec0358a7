"""The backtest: each rule followed over the history, measured, and measured again with its thresholds moved.

1. replay    core/rules/board.py             every rule over every session, from data before each session only
2. measure   core/backtest/measure.py        episodes, what followed, what was missed; bootstrap.py: bounds
3. move      core/backtest/sensitivity.py    each threshold by a fifth, and steps 1 and 2 in short
4. shuffle   core/backtest/ground.py         with `--null`: step 1 on markets of shuffled blocks
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

import msgspec
import numpy as np

from core.backtest import bootstrap
from core.backtest.ground import Ground
from core.backtest.measure import Target, as_fields, frequency, headline
from core.backtest.result import Backtest, Null, RuleResult, Variant
from core.backtest.sensitivity import Moved, moves
from core.errors import UsageError
from core.i18n import _
from core.provenance import data_hash, rule_set
from core.rules import catalogue
from core.rules.base_rates import measurable, target
from core.rules.board import RuleBoard
from core.rules.course import CLEAR, Course
from core.settings import Settings
from core.settings_check import listed
from core.text import clean

PANELS = 200
Progress: TypeAlias = Callable[[int, int, str], None]
"""Steps done, steps in all, and what the last one was about."""


def check_rules(chosen: Collection[str], settings: Settings) -> None:
    """Raise UsageError on a name that no rule has, or a rule that says nothing of a market."""
    known = [rule.id for rule in catalogue.rules(settings.warnings, settings.rules) if measurable(rule.id)]
    for name in chosen:
        if name not in known:
            message = _('no rule "{name}" can be tested').format(name=clean(name))
            raise UsageError(message, _("there are {rules}").format(rules=listed(known)))


def run(
    ground: Ground, settings: Settings, chosen: Collection[str], *, null: bool, progress: Progress, **told: Any
) -> Backtest:
    """The backtest of the `chosen` rules, of all where none is; `told` are the fields that tell of the feed.

    Raises UsageError as `check_rules`.
    """
    check_rules(chosen, settings)
    board = ground.board()
    bench = _Bench(board, settings, rule_set(settings), data_hash(ground.panels), ground.panel.sessions[-1].item())
    courses = [c for c in board.courses if measurable(c.rule.id) and (not chosen or c.rule.id in chosen)]
    total = len(courses) + (PANELS if null else 0)
    results: list[RuleResult] = []
    for done, course in enumerate(courses, start=1):
        results.append(bench.result(course))
        progress(done, total, f"{course.rule.id} {course.subject}")
    if null:
        expected = _null(ground, lambda done: progress(len(courses) + done, total, _("shuffled markets")))
        results = [msgspec.structs.replace(r, null=expected.get((r.rule, r.subject))) for r in results]
    return _told(ground, bench, results, told)


def _told(ground: Ground, bench: _Bench, results: Iterable[RuleResult], told: Mapping[str, Any]) -> Backtest:
    return Backtest(
        rule_set=bench.rule_set,
        data_hash=bench.data_hash,
        first=ground.panel.sessions[0].item(),
        last=bench.until,
        sessions=len(ground.panel.sessions),
        symbols=int(np.isfinite(ground.panel.px).any(axis=0).sum()),
        draws=bootstrap.DRAWS,
        block=bootstrap.BLOCK,
        seed=bootstrap.SEED,
        results=tuple(results),
        left_out=tuple(dict.fromkeys(c.rule.id for c in bench.board.courses if not measurable(c.rule.id))),
        **told,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Bench:
    """The rules over one history, and what lies ahead of the targets looked at so far."""

    board: RuleBoard
    settings: Settings
    rule_set: str
    data_hash: str
    until: date
    targets: dict[str, Target] = field(default_factory=dict)

    def result(self, course: Course) -> RuleResult:
        """Everything about one rule and subject; without its target there is only how often it was raised."""
        rule, subject = course.rule, course.subject
        symbol = target(rule.id, subject, self.board.market.columns) or ""
        told: dict[str, Any] = {
            "rule": rule.id,
            "subject": subject,
            "title": rule.title(subject),
            "target": symbol,
            "rule_set": self.rule_set,
            "data_hash": self.data_hash,
            "until": self.until,
            "entries": tuple(self._day(t) for t in course.entries),
        }
        evaluated = np.flatnonzero(course.levels >= CLEAR)
        if not len(evaluated):
            last = rule.judge(self.board.market, subject, len(course.levels) - 1)
            return RuleResult(**told, needs=last.missing)
        told |= {"first": self._day(evaluated[0]), "last": self._day(evaluated[-1])}
        if symbol not in self.board.market.columns:
            return RuleResult(**told, **frequency(course), needs=(symbol,))
        of = self._target(symbol)
        variants = tuple(self._variant(course, of, moved) for moved in moves(self.settings, rule.id))
        return RuleResult(**told, **as_fields(course, of), sensitivity=variants)

    def _variant(self, course: Course, of: Target, moved: Moved) -> Variant:
        variant = Variant(threshold=moved.threshold, value=moved.value, moved=moved.moved)
        if moved.settings is None:
            return variant
        rules = catalogue.rules(moved.settings.warnings, moved.settings.rules)
        rule = next(rule for rule in rules if rule.id == course.rule.id)
        found = self.board.replay(rule, course.subject)
        n, p_entry = headline(found, of)
        active = frequency(found)["active"]
        return msgspec.structs.replace(variant, episodes=len(found.entries), active=active, n=n, p_entry=p_entry)

    def _target(self, symbol: str) -> Target:
        if symbol not in self.targets:
            self.targets[symbol] = Target.of(self.board.closes(symbol))
        return self.targets[symbol]

    def _day(self, t: int) -> date:
        day: date = self.board.sessions[t].item()
        return day


def _null(ground: Ground, progress: Callable[[int], None]) -> Mapping[tuple[str, str], Null]:
    """How often each rule fires on shuffled markets, those on which it was never evaluated left out."""
    rng = np.random.default_rng(bootstrap.SEED)
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for done in range(1, PANELS + 1):
        for course in ground.shuffled(rng).board().courses:
            told = frequency(course)
            if told["sessions"]:
                key = (course.rule.id, course.subject)
                found.setdefault(key, []).append((told["per_year"], told["active"]))
        progress(done)
    return {key: _null_of(rates) for key, rates in found.items()}


def _null_of(rates: Iterable[tuple[float, float]]) -> Null:
    per_year, active = np.array(list(rates)).T
    low, high = np.percentile(per_year, (5, 95))
    return Null(
        panels=len(per_year),
        per_year=float(per_year.mean()),
        bounds=(float(low), float(high)),
        active=float(active.mean()),
    )
