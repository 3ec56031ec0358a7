"""Numbers in the sentences of rules and verdict: signed, with unit, as plain text."""

from __future__ import annotations

import math
from collections.abc import Callable

from core.i18n import _


def pp(value: float, digits: int = 1) -> str:
    """A difference of two returns in percentage points: +2.8 pp."""
    return _or_dash(value, lambda v: _("{x} pp").format(x=_signed(100 * v, digits)))


def percent(value: float, digits: int = 1) -> str:
    """A signed percentage: -0.4 %."""
    return _or_dash(value, lambda v: f"{_signed(100 * v, digits)} %")


def number(value: float, digits: int = 2) -> str:
    """A plain number: 0.49."""
    return _or_dash(value, lambda v: f"{v:.{digits}f}")


def share(value: float, digits: int = 0) -> str:
    """A share as an unsigned percentage: 60 %."""
    return _or_dash(value, lambda v: f"{100 * v:.{digits}f} %")


def _signed(value: float, digits: int) -> str:
    """A sign unless the digits shown are all zero."""
    return f"{value:+.{digits}f}" if round(abs(value), digits) else f"{0.0:.{digits}f}"


def _or_dash(value: float, form: Callable[[float], str]) -> str:
    return "—" if math.isnan(value) else form(value)
