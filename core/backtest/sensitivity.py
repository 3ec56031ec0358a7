"""The thresholds of one rule, each moved by a fifth either way (C.4): what hangs on the exact number?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from core.rules import catalogue
from core.settings import Settings, WarningSettings
from core.settings_check import against_itself

FACTORS = (0.8, 1.2)
_WITHOUT = ("W19b",)
"""Rules that share a table of the configuration with another and have no threshold of their own."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One threshold with another value; `warnings` is None where the configuration would be refused."""

    threshold: str
    value: float
    moved: float
    warnings: WarningSettings | None


def moves(settings: Settings, rule_id: str) -> Iterator[Moved]:
    """Every threshold of a rule but those at zero, of which there is no fifth; counts move by one at least."""
    name = catalogue.number(rule_id)
    section = getattr(settings.warnings, name, None)
    if not isinstance(section, msgspec.Struct) or rule_id in _WITHOUT:
        return
    for threshold, value in msgspec.structs.asdict(section).items():
        if not isinstance(value, int | float) or isinstance(value, bool) or value == 0:
            continue
        for factor in FACTORS:
            moved = _moved(value, factor)
            yield Moved(threshold, value, moved, _with(settings, name, section, threshold, moved))


def _moved(value: float, factor: float) -> float:
    if isinstance(value, int):
        step = round(value * factor) - value
        return value + (step or (1 if factor > 1 else -1))
    return value * factor


def _with(
    settings: Settings, name: str, section: msgspec.Struct, threshold: str, moved: float
) -> WarningSettings | None:
    changed = msgspec.structs.replace(section, **{threshold: moved})
    try:
        msgspec.convert(msgspec.to_builtins(changed), type(section))  # `replace` looks at no range
    except msgspec.ValidationError:
        return None
    warnings = msgspec.structs.replace(settings.warnings, **{name: changed})
    mistakes = against_itself(msgspec.structs.replace(settings, warnings=warnings), settings.keys)
    return None if any(mistakes) else warnings
