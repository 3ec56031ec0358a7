"""What is wrong with settings whose types are right: names that refer to nothing, thresholds in the wrong order.

`Mistake`s come lazily: who only asks whether there is one need not wait for all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise

from core.i18n import _
from core.settings import CORE, MemberListSettings, Settings, UniverseSettings
from core.settings_check import Mistake, found_as, unknown
from core.text import clean


def against_itself(settings: Settings, commands: Collection[str]) -> Iterator[Mistake]:
    """Names that refer to nothing, and keys with two commands; `commands` are those that exist."""
    groups = settings.universe.groups
    for index, name in enumerate(settings.universe.show):
        path = ("universe", "show", str(index + 1))
        if name not in groups:
            yield unknown(path, name, _("a group of universe.groups"), groups)
        elif name in settings.universe.show[:index]:
            yield Mistake(path, _("each group once"), _("{name} again").format(name=found_as(name)))
    yield from _schemes(settings.universe)
    if settings.metrics.scheme not in settings.universe.schemes:
        schemes = settings.universe.schemes
        yield unknown(("metrics", "scheme"), settings.metrics.scheme, _("a scheme of universe.schemes"), schemes)
    yield from _thresholds(settings)
    yield from _member_lists(settings.universes)
    yield from _keys(settings.keys, commands)


def _schemes(universe: UniverseSettings) -> Iterator[Mistake]:
    """Every symbol of a scheme is a sector, and stands in it once: a second time it would weigh double."""
    sectors = universe.groups["sectors"].symbols if "sectors" in universe.groups else {}
    for scheme, classes in universe.schemes.items():
        placed: set[str] = set()
        for kind in classes.__struct_fields__:
            path = ("universe", "schemes", scheme, kind)
            for symbol in getattr(classes, kind):
                if symbol not in sectors:
                    yield unknown(path, symbol, _("a symbol of the group sectors"), sectors)
                elif symbol in placed:
                    yield Mistake(
                        path, _("each symbol once in a scheme"), _("{name} again").format(name=found_as(symbol))
                    )
                placed.add(symbol)


_ASCENDING = {
    "W01": (("warning_z", "watch_z", "exit_z"),),
    "W03": (
        ("exit_ratio", "watch_ratio", "warning_ratio"),
        ("exit_percentile", "watch_percentile", "warning_percentile"),
    ),
    "W04": (("exit_vix", "watch_vix", "warning_vix"), ("exit_percentile", "watch_percentile", "warning_percentile")),
    "W05": (("exit", "watch", "warning"),),
    "W06": (("exit_points", "watch_points", "warning_points"), ("exit_rsi", "rsi")),
    "W07": (("near_high", "exit_distance"), ("exit_extension", "watch_extension", "warning_extension")),
    "W08": (("warning_above", "watch_above", "exit_above"), ("near_high", "exit_distance")),
    "W10": (
        ("exit_weight", "watch_weight", "warning_weight"),
        ("exit_share", "watch_share", "warning_share"),
        ("watch_equal", "exit_equal"),
    ),
    "W11": (("exit_share", "watch_share", "warning_share"), ("warning_beating", "watch_beating", "exit_beating")),
    "W12": (("exit_percentile", "watch_percentile", "warning_percentile"),),
    "W13": (
        ("exit_t", "watch_t"),
        ("warning_bonds", "watch_bonds", "exit_bonds"),
        ("exit_bp", "watch_bp", "warning_bp"),
    ),
    "W14": (("warning_z", "watch_z", "exit_z"), ("exit_bp", "watch_bp", "warning_bp")),
    "W15": (("warning_z", "watch_z", "exit_z"),),
    "W16": (
        ("exit_correlation", "watch_correlation", "warning_correlation"),
        ("exit_shift", "watch_shift", "warning_shift"),
    ),
    "W17": (("exit_sessions", "watch_sessions", "warning_sessions"),),
    "W18": (("exit", "watch", "warning"),),
    "W19": (("bear", "warning", "watch", "exit"),),
    "W20": (("warning_coverage", "watch_coverage"),),
}
"""Thresholds of a rule that must not fall: a warning implies a watch, and where a watch holds no exit does (C.1)."""


def _thresholds(settings: Settings) -> Iterator[Mistake]:
    for rule, ladders in _ASCENDING.items():
        limits = getattr(settings.warnings, rule)
        for ladder in ladders:
            for lower, upper in pairwise(ladder):
                if getattr(limits, lower) > getattr(limits, upper):
                    expected = _("at least {lower}, {value:g}").format(lower=lower, value=getattr(limits, lower))
                    yield Mistake(("warnings", rule, upper), expected, f"{getattr(limits, upper):g}")


def _member_lists(universes: Mapping[str, MemberListSettings]) -> Iterator[Mistake]:
    for name, entry in universes.items():
        if name == CORE:
            yield Mistake(("universes", name), _("a name of your own"), _("that of the watched funds and indices"))
        elif bool(entry.symbols) == bool(entry.file):
            found = _("both") if entry.file else _("neither")
            yield Mistake(("universes", name), _("either symbols or a file"), found)


def _keys(keys: Mapping[str, str], commands: Collection[str]) -> Iterator[Mistake]:
    taken: dict[str, str] = {}
    for command, bound in keys.items():
        if command not in commands:
            yield unknown(("keys", command), command, _("a command"), commands)
            continue  # its keys are most likely those of the command that was meant
        for key in filter(None, (part.strip() for part in bound.split(","))):
            other = taken.setdefault(key, command)
            if other != command:
                expected = _("a key that no other command has")
                found = _('"{key}", which {command} has too').format(key=clean(key), command=other)
                yield Mistake(("keys", command), expected, found)
