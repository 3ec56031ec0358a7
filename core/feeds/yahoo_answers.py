"""What Yahoo's answers are read into. Light: neither yfinance nor curl is needed to have them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import numpy as np

from core.errors import FeedRefused
from core.model import Instant, Session
from core.panel import Bars, Floats
from core.sessions import NEW_YORK, exchange_time

YAHOO: Final = "Yahoo"

_DIGITS: Final = 7  # that a float32 holds in any case


class NoCrumb(FeedRefused):
    """Quotes need a crumb, and there is none to be had now."""


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """What Yahoo says of one symbol, unchecked; numbers it does not say are NaN.

    `bars` may end with one of the session in progress. `price` is the present one, of the time `at`; `closes_at` is
    the end of the session that was or will be traded around then; `first_trade` the oldest day there is.
    """

    bars: Bars
    splits: Mapping[Session, float]
    symbol: str | None
    zone: str | None
    price: float
    at: Instant | None
    closes_at: Instant | None
    first_trade: date | None
    year_low: float
    year_high: float


def number(value: object) -> float:
    """`value` as a float: NaN where it is none."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else np.nan


def instant(value: object) -> Instant | None:
    """`value`, a time or seconds since 1970, as an instant; None where it is neither."""
    try:
        if isinstance(value, datetime):
            return exchange_time(datetime.fromtimestamp(value.timestamp(), NEW_YORK))
        seconds = number(value)
        return exchange_time(datetime.fromtimestamp(seconds, NEW_YORK)) if seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def decimals(values: Floats) -> Floats:
    """Yahoo's prices are of 32 bits: 123.45 for 123.44999694824219, so that one price is the same everywhere."""
    with np.errstate(all="ignore"):  # what is no price stays as it is, and is judged later
        scale = 10.0 ** (_DIGITS - 1 - np.floor(np.log10(np.abs(values))))
        short = np.rint(values * scale) / scale
        same = short.astype(np.float32) == values.astype(np.float32)
    rounded: Floats = np.where(same & (scale >= 1), short, values)
    return rounded
