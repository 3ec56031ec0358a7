"""Numbers in the sentences of rules and verdict: signed, with unit, as plain text."""

from __future__ import annotations

import math
from collections.abc import Callable

from core.i18n import _
from core.metrics.nameable import FRACTIONS, Unit


def pp(value: float, digits: int = 1) -> str:
    """A difference of two returns in percentage points: +2.8 pp."""
    return _or_dash(value, lambda v: _("{x} pp").format(x=_signed(100 * v, digits)))


def percent(value: float, digits: int = 1) -> str:
    """A signed percentage: -0.4 %."""
    return _or_dash(value, lambda v: _("{x} %").format(x=_signed(100 * v, digits)))


def number(value: float, digits: int = 2) -> str:
    """A plain number: 0.49."""
    return _or_dash(value, lambda v: f"{v:.{digits}f}")


def share(value: float, digits: int = 0) -> str:
    """A share as an unsigned percentage: 60 %."""
    return _or_dash(value, lambda v: _("{x} %").format(x=f"{100 * v:.{digits}f}"))


def in_unit(value: float, unit: Unit, *, exact: bool = False) -> str:
    """A value of a nameable metric: -3.0 %. `exact`: with all its digits, as its owner wrote it."""
    least = 0 if unit == "bp" else 1
    digits = _digits(100 * value if unit in FRACTIONS else value, least) if exact else least
    forms: dict[Unit, Callable[[float], str]] = {
        "change": lambda v: percent(v, digits),
        "share": lambda v: share(v, digits),
        "spread": lambda v: pp(v, digits),
        "bp": lambda v: _("{x} bp").format(x=_signed(v, digits)),
        "percent": lambda v: _("{x} %").format(x=f"{v:.{digits}f}"),
        "number": lambda v: f"{v:g}" if exact else f"{v:.5g}",
    }
    return _or_dash(value, forms[unit])


def _digits(value: float, least: int) -> int:
    """The decimals that a value has, up to six."""
    return next((digits for digits in range(least, 6) if math.isclose(round(value, digits), value)), 6)


def _signed(value: float, digits: int) -> str:
    """A sign unless the digits shown are all zero."""
    return f"{value:+.{digits}f}" if round(abs(value), digits) else f"{0.0:.{digits}f}"


def _or_dash(value: float, form: Callable[[float], str]) -> str:
    return "—" if math.isnan(value) else form(value)
