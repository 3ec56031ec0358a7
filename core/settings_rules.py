"""What is wrong with the rules of the user's own: names that mean nothing, thresholds in the wrong order."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from core.i18n import _
from core.metrics.nameable import MARKET_WIDE, PAIRED, nameable
from core.settings import Settings, WatchGroup
from core.settings_check import Mistake, found_as, unknown
from core.settings_warnings import OwnRuleSettings

_NAME = re.compile(r"(?!W\d)[A-Za-z][A-Za-z0-9_-]{0,15}")
"""W and a digit begin the rules that are built in."""


def own_rules(settings: Settings) -> Iterator[Mistake]:
    """The mistakes in `[rules]`, rule by rule."""
    if not settings.rules:
        return
    watched, metrics = _watched(settings), nameable()
    for name, rule in settings.rules.items():
        path = ("rules", name)
        if not _NAME.fullmatch(name):
            expected = _("a name of up to 16 letters, digits, _ and -, other than W and digits")
            yield Mistake(path, expected, found_as(name))
        if rule.metric not in metrics:
            what = _("a metric of `tapeboard config --metrics`")
            yield unknown((*path, "metric"), rule.metric, what, metrics)
        else:
            yield from _subjects((*path, "subjects"), rule, watched)
        yield from _thresholds(path, rule)


def pair(subject: str, watched: Collection[str]) -> tuple[str, str] | None:
    """The two watched symbols of "A-B"; a symbol may have a hyphen itself."""
    cuts = (at for at, letter in enumerate(subject) if letter == "-")
    halves = ((subject[:at], subject[at + 1 :]) for at in cuts)
    return next(((a, b) for a, b in halves if a in watched and b in watched), None)


def _watched(settings: Settings) -> list[str]:
    """The symbols of the groups that are shown, as far as there are such groups, and of the watchlist."""
    groups = settings.universe.groups
    shown = [symbol for name in settings.universe.show if name in groups for symbol in groups[name].symbols]
    for entry in settings.watchlist.values():
        shown += [symbol.upper() for symbol in (entry.symbols if isinstance(entry, WatchGroup) else entry)]
    return shown


def _subjects(path: tuple[str, ...], rule: OwnRuleSettings, watched: Collection[str]) -> Iterator[Mistake]:
    """Symbols for a metric of symbols, pairs for a spread, nothing for what is about the market as a whole."""
    if rule.metric.startswith(MARKET_WIDE):
        if rule.subjects:
            yield Mistake(path, _("none: the metric is about the market as a whole"), found_as(rule.subjects[0]))
        return
    paired = rule.metric.startswith(PAIRED)
    if not rule.subjects:
        example = '["IWM-SPY"]' if paired else '["SPY"]'
        yield Mistake(path, _("what it looks at, as {example}").format(example=example), _("nothing"))
    for index, subject in enumerate(rule.subjects):
        if subject in rule.subjects[:index]:
            yield Mistake(path, _("each once"), _("{name} again").format(name=found_as(subject)))
        elif paired and pair(subject, watched) is None:
            yield Mistake(path, _("two watched symbols, as IWM-SPY"), found_as(subject))
        elif not paired and subject not in watched:
            yield unknown(path, subject, _("a symbol that is watched"), watched)


def _thresholds(path: tuple[str, ...], rule: OwnRuleSettings) -> Iterator[Mistake]:
    """`leave` on this side of `enter`, `warning` beyond it; a warning only where it can be the state."""
    at_most, at_least = _("at most enter, {value:g}"), _("at least enter, {value:g}")
    above = rule.comparison == "above"
    if (rule.leave > rule.enter) if above else (rule.leave < rule.enter):
        expected = (at_most if above else at_least).format(value=rule.enter)
        yield Mistake((*path, "leave"), expected, f"{rule.leave:g}")
    if rule.warning is None:
        return
    if (rule.warning < rule.enter) if above else (rule.warning > rule.enter):
        expected = (at_least if above else at_most).format(value=rule.enter)
        yield Mistake((*path, "warning"), expected, f"{rule.warning:g}")
    elif rule.severity != "warning":
        expected = _('none, or severity = "warning"')
        yield Mistake((*path, "warning"), expected, f"{rule.warning:g}")
