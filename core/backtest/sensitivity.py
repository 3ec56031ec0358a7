"""The thresholds of one rule, each moved by a fifth either way (C.4): what hangs on the exact number?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from core.rules import catalogue
from core.settings import Settings
from core.settings_sense import against_itself

FACTORS = (0.8, 1.2)
_WITHOUT = ("W19b",)
"""Rules that share a table of the configuration with another and have no threshold of their own."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One threshold with another value; `settings` is None where such a configuration would be refused."""

    threshold: str
    value: float
    moved: float
    settings: Settings | None


def moves(settings: Settings, rule_id: str) -> Iterator[Moved]:
    """Every threshold of a rule but those at zero, of which there is no fifth; counts move by one at least."""
    own = settings.rules.get(rule_id)
    section = own or getattr(settings.warnings, catalogue.number(rule_id), None)
    if section is None or rule_id in _WITHOUT:
        return
    for threshold, value in msgspec.structs.asdict(section).items():
        if not isinstance(value, int | float) or isinstance(value, bool) or value == 0:
            continue
        for factor in FACTORS:
            moved = _moved(value, factor)
            changed = msgspec.structs.replace(section, **{threshold: moved})
            yield Moved(threshold, value, moved, _with(settings, rule_id, changed) if _in_range(changed) else None)


def _moved(value: float, factor: float) -> float:
    if isinstance(value, int):
        step = round(value * factor) - value
        return value + (step or (1 if factor > 1 else -1))
    return value * factor


def _in_range(section: msgspec.Struct) -> bool:
    try:
        msgspec.convert(msgspec.to_builtins(section), type(section))  # `replace` looks at no range
    except msgspec.ValidationError:
        return False
    return True


def _with(settings: Settings, rule_id: str, section: msgspec.Struct) -> Settings | None:
    """The settings with another table for the rule; None where it contradicts itself."""
    if rule_id in settings.rules:
        changed = msgspec.structs.replace(settings, rules={**settings.rules, rule_id: section})
    else:
        warnings = msgspec.structs.replace(settings.warnings, **{catalogue.number(rule_id): section})
        changed = msgspec.structs.replace(settings, warnings=warnings)
    return None if any(against_itself(changed, changed.keys)) else changed
