"""What is wrong with a table by the types it is to have: keys, kinds of values, ranges.

`Mistake`s come lazily, in the order of the declaration. The checks read the types of `core.settings`, so a new key
needs no code here. Nothing that may be a secret is repeated: not what stands under a type marked so, nor its parts.
"""

from __future__ import annotations

import json
import math
import re
import sys
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import takewhile
from typing import Any, TypeAlias

import msgspec
import msgspec.inspect as mi

from core.i18n import _
from core.settings import Settings
from core.text import clean

Path: TypeAlias = tuple[str, ...]

_MOST_CHOICES = 16
"""A longer list of choices is not printed: the nearest one says more."""

_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One wrong key or value; `nearest` is the spelling that was probably meant."""

    path: Path
    expected: str
    found: str
    nearest: str | None = None


def dotted(path: Path) -> str:
    """`path` as TOML writes it: parts that are not bare are quoted."""
    return ".".join(part if part and _BARE.issuperset(part) else quoted(part) for part in path)


def quoted(text: str) -> str:
    """`text` as a TOML string: JSON's but for DEL; what is not Unicode (an odd path) has no form and is replaced."""
    return json.dumps(text.encode(errors="replace").decode(), ensure_ascii=False).replace("\x7f", "\\u007f")


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that `word` was probably meant to be, whatever its case.

    One that goes on where the word ends, then the one with the fewest edits, then with the longest same start.
    """
    import difflib  # noqa: PLC0415 - only a mistake needs it, and the start does not wait for it

    by_lower = {choice.lower(): choice for choice in choices}
    meant = _letters(word)

    def away(name: str) -> tuple[bool, int, int, int]:
        letters = _letters(name)
        same = sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], zip(meant, letters, strict=False)))
        return not letters.startswith(meant), _edits(meant, letters), -same, abs(len(meant) - len(letters))

    best = min(difflib.get_close_matches(word.lower(), by_lower, n=20, cutoff=0.5), key=away, default=None)
    return None if best is None else by_lower[best]


def _letters(word: str) -> str:
    """A word without what joins its parts, which is easily forgotten."""
    return word.lower().replace("_", "").replace("-", "")


def _edits(a: str, b: str) -> int:
    """The letters to insert, delete, replace or swap with the next one between two words (Damerau, Levenshtein)."""
    rows = [list(range(len(b) + 1))]
    for i, x in enumerate(a, 1):
        above, row = rows[-1], [i]
        for j, y in enumerate(b, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (x != y)))
            if i > 1 < j and a[i - 2] == y and x == b[j - 2]:
                row[j] = min(row[j], rows[-2][j - 2] + 1)
        rows.append(row)
    return rows[-1][-1]


def listed(choices: Collection[str]) -> str:
    """`a, b or c`."""
    *most, last = choices
    return _("{most} or {last}").format(most=_(", ").join(most), last=last) if most else last


def against_types(table: Mapping[str, object], shape: type[msgspec.Struct] = Settings) -> Iterator[Mistake]:
    """Unknown and missing keys, wrong types, values out of range, at any depth of a whole document of that shape."""
    return _check(mi.type_info(shape), table, ())


def unknown(path: Path, name: str, what: str, choices: Collection[str]) -> Mistake:
    """The mistake that `name` is none of `choices`, with the nearest of them."""
    few = 0 < len(choices) <= _MOST_CHOICES
    expected = f"{what} ({listed([clean(c) for c in choices])})" if few else what
    return Mistake(path, expected, found_as(name), nearest(name, choices))


def found_as(value: object) -> str:
    """`value` as its owner wrote it, shortened."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{clean(value, 60)}"'
        case Mapping():
            return _("a table")
        case list():
            return _("a list")
        case date():
            return value.isoformat()
        case _:
            return clean(str(value), 60)


# One function per kind of type; each yields what is wrong with `value` at `path`.


def _check(node: mi.Type, value: object, path: Path) -> Iterator[Mistake]:
    """Dispatch on the declared type; a type without a checker is a defect of ours (KeyError)."""
    return _CHECKERS[type(node)](node, value, path)


def _described(node: mi.Metadata, value: object, path: Path) -> Iterator[Mistake]:
    """A description says what is expected anywhere below; of a secret only its keys are repeated."""
    described, secret = _description(node), (node.extra or {}).get("secret")
    for mistake in _check(node.type, value, path):
        hidden = secret and mistake.found != found_as(mistake.path[-1])
        yield replace(
            mistake,
            expected=described or mistake.expected,
            found=_("something else, which is kept secret") if hidden else mistake.found,
        )


def _struct(node: mi.StructType, value: object, path: Path) -> Iterator[Mistake]:
    if not isinstance(value, Mapping):
        yield Mistake(path, _expected(node), found_as(value))
        return
    fields = {field.encode_name: field for field in node.fields}
    strange = [unknown((*path, key), key, _("a known key"), fields) for key in value if key not in fields]
    yield from strange
    misspelt = {mistake.nearest for mistake in strange}
    for key, field in fields.items():
        if key in value:
            yield from _check(field.type, value[key], (*path, key))
        elif field.required and key not in misspelt:
            yield Mistake((*path, key), _expected(field.type), _("nothing"))


def _dict(node: mi.DictType, value: object, path: Path) -> Iterator[Mistake]:
    if not isinstance(value, Mapping):
        yield Mistake(path, _expected(node), found_as(value))
        return
    for key, item in value.items():
        yield from _check(node.key_type, key, (*path, key))
        yield from _check(node.value_type, item, (*path, key))


def _list(node: mi.VarTupleType, value: object, path: Path) -> Iterator[Mistake]:
    if not isinstance(value, list):
        yield Mistake(path, _expected(node), found_as(value))
        return
    for index, item in enumerate(value):
        yield from _check(node.item_type, item, (*path, str(index + 1)))


def _union(node: mi.UnionType, value: object, path: Path) -> Iterator[Mistake]:
    given = [option for option in node.types if not isinstance(option, mi.NoneType)]
    if len(given) == 1:  # TOML has no null: what is optional is left out
        yield from _check(given[0], value, path)
        return
    wanted = mi.StructType if isinstance(value, Mapping) else mi.VarTupleType
    if not isinstance(value, Mapping | list):
        yield Mistake(path, _expected(node), found_as(value))
        return
    for option in node.types:
        if isinstance(option, wanted):
            yield from _check(option, value, path)


def _choice(node: mi.LiteralType | mi.EnumType, value: object, path: Path) -> Iterator[Mistake]:
    choices = _choices(node)
    if value not in choices:
        meant = nearest(value, choices) if isinstance(value, str) else None
        yield Mistake(path, _expected(node), found_as(value), meant)


def _bool(node: mi.BoolType, value: object, path: Path) -> Iterator[Mistake]:
    if not isinstance(value, bool):
        yield Mistake(path, _expected(node), found_as(value))


def _number(node: mi.IntType | mi.FloatType, value: object, path: Path) -> Iterator[Mistake]:
    kinds = int | float if isinstance(node, mi.FloatType) else int
    if isinstance(value, bool) or not isinstance(value, kinds) or not _in_range(node, value):
        yield Mistake(path, _expected(node), found_as(value))


def _in_range(node: mi.IntType | mi.FloatType, value: float) -> bool:
    """Whether `value` is finite and within the declared range (nan compares false)."""
    largest = sys.float_info.max if isinstance(node, mi.FloatType) else math.inf
    low = -largest if node.ge is None else node.ge
    high = largest if node.le is None else node.le
    return low <= value <= high and (node.gt is None or value > node.gt)


def _text(node: mi.StrType, value: object, path: Path) -> Iterator[Mistake]:
    if not isinstance(value, str):
        yield Mistake(path, _expected(node), found_as(value))
    elif any(unicodedata.category(c)[0] == "C" for c in value):
        yield Mistake(path, _("text without control characters"), found_as(value))
    elif node.pattern is not None and not re.search(node.pattern, value):
        yield Mistake(path, _expected(node), found_as(value))


def _date(node: mi.DateType, value: object, path: Path) -> Iterator[Mistake]:
    if not isinstance(value, date) or isinstance(value, datetime):
        yield Mistake(path, _expected(node), found_as(value))


_Checker: TypeAlias = Callable[[Any, object, Path], Iterator[Mistake]]

_CHECKERS: dict[type[mi.Type], _Checker] = {
    mi.Metadata: _described,
    mi.StructType: _struct,
    mi.DictType: _dict,
    mi.VarTupleType: _list,
    mi.UnionType: _union,
    mi.LiteralType: _choice,
    mi.EnumType: _choice,
    mi.BoolType: _bool,
    mi.IntType: _number,
    mi.FloatType: _number,
    mi.StrType: _text,
    mi.DateType: _date,
}


def _choices(node: mi.LiteralType | mi.EnumType) -> list[str]:
    return [str(value) for value in (node.values if isinstance(node, mi.LiteralType) else node.cls)]


def _description(node: mi.Metadata) -> str:
    """The words a type is declared with, "" where there are none."""
    return str((node.extra_json_schema or {}).get("description", ""))


def _expected(node: mi.Type) -> str:
    """What a value of this type looks like, in words."""
    return _WORDS[type(node)](node)


def _expected_number(node: mi.IntType | mi.FloatType) -> str:
    noun = _("a whole number") if isinstance(node, mi.IntType) else _("a number")
    if node.gt is not None:
        return _("{noun} above {low:g} and at most {high:g}").format(noun=noun, low=node.gt, high=node.le)
    if node.ge is not None and node.le is not None:
        return _("{noun} from {low:g} to {high:g}").format(noun=noun, low=node.ge, high=node.le)
    if node.ge is not None:
        return _("{noun} of at least {low:g}").format(noun=noun, low=node.ge)
    return noun


_WORDS: dict[type[mi.Type], Callable[[Any], str]] = {
    mi.Metadata: lambda node: _description(node) or _expected(node.type),
    mi.StructType: lambda _node: _("a table"),
    mi.DictType: lambda _node: _("a table"),
    mi.VarTupleType: lambda _node: _("a list"),
    mi.UnionType: lambda _node: _("a list or a table"),
    mi.LiteralType: lambda node: listed([f'"{choice}"' for choice in _choices(node)]),
    mi.EnumType: lambda node: listed([f'"{choice}"' for choice in _choices(node)]),
    mi.BoolType: lambda _node: _("true or false"),
    mi.IntType: _expected_number,
    mi.FloatType: _expected_number,
    mi.StrType: lambda _node: _("text in quotes"),
    mi.DateType: lambda _node: _("a date such as 2025-01-09, without quotes"),
}
