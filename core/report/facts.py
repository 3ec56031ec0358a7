"""Facts of a snapshot by their places in it, and the one way they get into a sentence.

A template names its slots with the kind of each, "{spread:pp}"; a slot is filled from a path, so that every number
of a note is one of the snapshot. A sentence with a slot that has no value is not said. The kinds of fractions are
`pct`, `pp` and `share`, and for columns that name the unit `plain_pct` and `plain_pp`; those of numbers `level`,
`ratio`, `count` and `whole`, with the sign of a change `number`, `index` and `bp`; `day`, `date` (without its weekday)
and `instant` are of times, `name` is of text.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from string import Formatter
from typing import Any, Final

import msgspec
from babel.dates import format_date
from babel.numbers import format_decimal

from core.agenda import Agenda
from core.i18n import _, language, spaced
from core.period import Period
from core.report.note import Line, Plain, Sentence, Slot
from core.sessions import exchange_time
from core.snapshot import Snapshot

DASH: Final = "—"

BLOCKS: Final = "▁▂▃▄▅▆▇█"
MARKS: Final = 15
"""So many blocks at most show a series."""

_FORMATTER: Final = Formatter()


class Facts:
    """One snapshot, read by path."""

    def __init__(
        self,
        snapshot: Snapshot,
        *,
        agenda: Agenda,
        period: Period | None = None,
        groups: Mapping[str, str] | None = None,
    ) -> None:
        """`agenda` and `period` stand in the tree beside the snapshot, under their names; `groups` by id to title."""
        self.snapshot = snapshot
        self._groups = groups or {}
        self._tree: dict[str, Any] = msgspec.to_builtins(snapshot, builtin_types=(date, datetime))
        self._tree |= msgspec.to_builtins({"agenda": agenda, "period": period}, builtin_types=(date, datetime))

    def value(self, path: str) -> Plain:
        """What stands at `path`; None where nothing does."""
        node = self._node(path)
        return None if isinstance(node, Mapping | list | tuple) else node

    def number(self, path: str) -> float:
        """The number at `path`; NaN where there is none."""
        value = self.value(path)
        return float(value) if isinstance(value, int | float) else math.nan

    def _node(self, path: str) -> Any:
        node: Any = self._tree
        rest = path
        while rest and isinstance(node, Mapping | list | tuple):
            part, rest = _parted(node, rest)
            node = node.get(part) if isinstance(node, Mapping) else _element(node, part)
        return None if rest else node

    def known(self, *paths: str) -> bool:
        """Whether all of these have a value."""
        return all(self.value(path) is not None for path in paths)

    def say(self, sentence: str, template: str, **paths: str | Slot) -> tuple[Sentence, ...]:
        """The sentence with the id `sentence`, from a translated template; () where a slot has no value.

        A slot is given by its path, or as it is.
        """
        slots: dict[str, Slot] = {}
        text = ""
        for literal, name, kind, _conversion in _FORMATTER.parse(template):
            text += literal
            if name is None:
                continue
            path = paths[name]
            slots[name] = path if isinstance(path, Slot) else self.slot(path, kind or "name")
            if slots[name].value is None:
                return ()
            text += slots[name].text
        return (Sentence(id=sentence, text=spaced(text), slots=slots),)

    def slot(self, path: str, kind: str) -> Slot:
        """One value, printed as its kind is."""
        value = self.value(path)
        return Slot(path=path, value=value, text=DASH if value is None else printed(value, kind))

    def line(self, path: str) -> Slot:
        """A series as blocks: evenly spaced points of it, the last one among them."""
        node = self._node(path)
        known: Line | None = (
            tuple(node) if isinstance(node, list | tuple) and any(x is not None for x in node) else None
        )
        return Slot(path=path, value=known, text=spark(thinned(known)) if known else DASH)

    def group(self, path: str) -> Slot:
        """The group of the row at `path`, by its title."""
        id_ = str(self.value(f"{path}.group"))
        return Slot(path=f"{path}.group", value=id_, text=_(self._groups.get(id_, id_)))

    def labelled(self, label: str, path: str, kind: str) -> Slot:
        """One value, printed after a label: an item of a list."""
        slot = self.slot(path, kind)
        return Slot(path=path, value=slot.value, text=f"{label} {slot.text}")

    def by_name(self, field: str, symbols: Sequence[str], kind: str) -> list[Slot]:
        """Of each sector its name and the value of `field`."""
        names = {symbol: self.slot(f"sectors.{symbol}.name", "name").text for symbol in symbols}
        return [self.labelled(names[symbol], f"sectors.{symbol}.{field}", kind) for symbol in symbols]

    def list(self, sentence: str, template: str, slots: Sequence[Slot], **paths: str | Slot) -> tuple[Sentence, ...]:
        """A sentence around a list, "{list}" in the template; () where nothing is to be listed."""
        joined = _(", ").join(slot.text for slot in slots)
        told = self.say(sentence, template, list=Slot(path="", value=joined or None, text=joined), **paths)
        items = {str(place): slot for place, slot in enumerate(slots)}
        others = [{name: slot for name, slot in made.slots.items() if name != "list"} for made in told]
        return tuple(Sentence(id=sentence, text=m.text, slots=o | items) for m, o in zip(told, others, strict=True))


def printed(value: Plain, kind: str) -> str:
    """A value as the language in force writes it."""
    if isinstance(value, datetime):
        return _instant(value) if kind == "instant" else day(exchange_time(value).date())
    if isinstance(value, date):
        return day(value) if kind == "day" else short(value)
    if value is None or isinstance(value, str):
        return _("; ").join(part.strip() for part in _(value).split("   ")) if value else ""
    return str(value) if kind == "name" else _NUMBERS[kind](float(value))


def day(value: date) -> str:
    """A date with its weekday."""
    # Translators: the pattern of a date with its weekday, in the letters of Unicode's date patterns
    return format_date(value, _("EEE yyyy-MM-dd"), locale=language())


def mark(*, provisional: bool, at_least: bool = False) -> str:
    """What stands before a state of a session in progress, and before a date that is only a bound."""
    return ("≈ " if provisional else "") + ("≥ " if at_least else "")


def short(value: date) -> str:
    """A date alone."""
    # Translators: the pattern of a date, in the letters of Unicode's date patterns
    return format_date(value, _("yyyy-MM-dd"), locale=language())


def _instant(value: datetime) -> str:
    there = exchange_time(value)
    return _("{day} {time} New York").format(day=day(there.date()), time=f"{there:%H:%M}")


def spark(values: Sequence[float | None]) -> str:
    """A series as a row of blocks between its extremes; a blank for what is missing."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    low, reach = min(known), max(known) - min(known)
    return "".join(
        " " if value is None else BLOCKS[min(int((value - low) / reach * len(BLOCKS)), len(BLOCKS) - 1) if reach else 3]
        for value in values
    )


def thinned(values: Line, most: int = MARKS) -> Line:
    """At most so many of the values, evenly spaced, the last one among them."""
    step = -(-len(values) // most)
    return values[::-1][::step][::-1]


def _decimal(value: float, digits: int, *, sign: bool = False) -> str:
    """`value` with `digits` decimals; what rounds to nothing has no sign."""
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    text = format_decimal(abs(value), pattern, locale=language())
    if not any(digit in "123456789" for digit in text):
        return text
    return ("-" if value < 0 else "+" if sign else "") + text


_NUMBERS: Final[dict[str, Callable[[float], str]]] = {
    "pct": lambda x: _("{x} %").format(x=_decimal(100 * x, 2, sign=True)),
    "pp": lambda x: _("{x} pp").format(x=_decimal(100 * x, 1, sign=True)),
    "share": lambda x: _("{x} %").format(x=_decimal(100 * x, 1)),
    "plain_pct": lambda x: _decimal(100 * x, 2, sign=True),
    "plain_pp": lambda x: _decimal(100 * x, 1, sign=True),
    "bp": lambda x: _("{x} bp").format(x=_decimal(x, 0, sign=True)),
    "whole": lambda x: _decimal(x, 0),
    "level": lambda x: _decimal(x, 2),
    "number": lambda x: _decimal(x, 2, sign=True),
    "ratio": lambda x: _decimal(x, 2),
    "index": lambda x: _decimal(x, 1, sign=True),
    "count": lambda x: _decimal(x, 0 if x == int(x) else 1),
}


def _parted(node: Mapping[str, Any] | Sequence[Any], path: str) -> tuple[str, str]:
    """The first step of a path, and what follows it; the name of an element may have dots itself, as BRK.B has."""
    steps, at = path.split("."), 1
    if not isinstance(node, Mapping):
        lengths = range(len(steps), 1, -1)
        at = next((n for n in lengths if _element(node, ".".join(steps[:n])) is not None), 1)
    return ".".join(steps[:at]), ".".join(steps[at:])


def _element(items: Sequence[Any], name: str) -> Any:
    """The element of a list that goes by this name: a symbol, an id, a rule and its subject, a position."""
    for item in items:
        if isinstance(item, Mapping):
            own = item.get("symbol") or item.get("id")
            if name in (own, f"{own}:{item.get('subject')}"):
                return item
    return items[int(name)] if name.isdecimal() and int(name) < len(items) else None
