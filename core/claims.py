"""The claims of a published note, as a small TOML file holds them: who said what of which window.

A file has a `title` and groups (`[[group]]`); a group has one window, `from` and `to` or `window` and `to`, the
conventions the note states of itself, if any (`base`, `basis`, `ddof`), and its claims (`[[group.claim]]`). A value
is written as it was printed, "5.97 %" or "35.66 million": its digits are the rounding it is held to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta

from core.errors import UsageError
from core.files import shown
from core.i18n import _
from core.settings_check import Mistake, against_types, found_as
from core.settings_load import parsed, refuse

Metric: TypeAlias = Literal["return", "volatility", "volume", "rank", "close", "high", "low", "average"]
"""Of the window: return, daily volatility, mean volume, rank by return; of its last session: the others."""

LEVELS: Final = ("close", "high", "low", "average")

UNSTATED: Final = date.min
"""The `from` of a group that gives none."""

_UNITS: Final = {"": 1.0, "%": 1e-2, "bp": 1e-4, "k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "billion": 1e9}
_PRINTED: Final = re.compile(r"^([+\-−]?)([\d,]+(?:\.(\d+))?)\s*([A-Za-z%]*)$")

_Line: TypeAlias = Annotated[str, Meta(pattern=r"\S", description="some text")]
_Symbol: TypeAlias = Annotated[str, Meta(pattern=r"^\S+$", description="a symbol without spaces")]
_Window: TypeAlias = Annotated[
    str, Meta(pattern=r"^([1-9]\d{0,3}s|[1-9]\d?m)?$", description='sessions or months, "63s" or "3m"')
]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the file."""


class Claim(_Table, kw_only=True, frozen=True):
    """One number that was printed. `n`: sessions of an average; `among`: the symbols a rank is one of."""

    subject: _Symbol
    metric: Metric
    value: _Line
    n: Annotated[int, Meta(ge=2, le=500)] = 20
    among: tuple[_Symbol, ...] = ()

    @property
    def symbols(self) -> tuple[str, ...]:
        """Every symbol it takes to judge the claim."""
        return tuple(dict.fromkeys((self.subject, *self.among)))


class ClaimGroup(_Table, kw_only=True, frozen=True):
    """Claims that one convention must fit together."""

    title: _Line
    to: date
    begin: date = msgspec.field(name="from", default=UNSTATED)
    window: _Window = ""
    base: Literal["close", "open"] = "close"
    basis: Literal["tr", "px"] = "tr"
    ddof: Annotated[int, Meta(ge=0, le=1)] = 1
    claim: tuple[Claim, ...]


class ClaimFile(_Table, kw_only=True, frozen=True):
    """A file of claims."""

    title: _Line
    group: tuple[ClaimGroup, ...]

    @property
    def symbols(self) -> tuple[str, ...]:
        """Every symbol of the file once."""
        return tuple(dict.fromkeys(s for group in self.group for claim in group.claim for s in claim.symbols))


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed number: `value` in units of `scale`, with so many digits after the point."""

    value: float
    scale: float
    digits: int

    def fits(self, measured: float) -> bool:
        """Whether `measured`, in plain units, rounds to what was printed; one in 1e9 is left to floats."""
        return abs(measured / self.scale - self.value) <= 0.5 * 10.0**-self.digits * (1 + 1e-9)


def printed(text: str) -> Printed:
    """A number as it was printed, with its unit. Raises ValueError where it is none."""
    match = _PRINTED.match(text.strip())
    if match is None or match[4].lower() not in _UNITS:
        raise ValueError(text)
    sign, digits, decimals, unit = match.groups()
    value = float(digits.replace(",", "")) * (-1.0 if sign in ("-", "−") else 1.0)
    return Printed(value, _UNITS[unit.lower()], len(decimals or ""))


def load_claims(path: Path) -> ClaimFile:
    """The claims of the file.

    Raises `UsageError` where it cannot be read, `SettingsError` with every key that is wrong.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        message = _("{file}: cannot be read ({reason})").format(file=shown(path), reason=error.strerror)
        raise UsageError(message, _("check the path")) from None
    table = parsed(path, content, _("the claims of a note in TOML, as docs/verify.md shows"))
    refuse(against_types(table, ClaimFile), path)
    claims = msgspec.convert(table, ClaimFile)
    refuse(_without_sense(claims), path)
    return claims


def _without_sense(claims: ClaimFile) -> Iterator[Mistake]:
    """What is wrong with claims whose types are right: windows that are none, numbers that are none."""
    for place, group in enumerate(claims.group, 1):
        path = ("group", str(place))
        if group.begin != UNSTATED and group.window:
            yield Mistake(path, _("either from or window"), _("both"))
        elif group.begin != UNSTATED and group.begin > group.to:
            found = _("{first} after {last}").format(first=group.begin, last=group.to)
            yield Mistake(path, _("from before to"), found)
        if not group.claim:
            yield Mistake(path, _("at least one claim"), _("nothing"))
        for number, claim in enumerate(group.claim, 1):
            yield from _claim_without_sense((*path, "claim", str(number)), claim, group)


def _claim_without_sense(path: tuple[str, ...], claim: Claim, group: ClaimGroup) -> Iterator[Mistake]:
    try:
        printed(claim.value)
    except ValueError:
        yield Mistake((*path, "value"), _('a number as printed, "5.97 %" or "35.66 million"'), found_as(claim.value))
    if claim.metric not in LEVELS and group.begin == UNSTATED and not group.window:
        expected = _("from or window in its group, which a {metric} needs").format(metric=claim.metric)
        yield Mistake(path, expected, _("neither"))
    if claim.metric == "rank" and claim.subject not in claim.among:
        expected = _("the symbols that are ranked, {subject} one of them").format(subject=claim.subject)
        yield Mistake((*path, "among"), expected, _("a list without it"))
