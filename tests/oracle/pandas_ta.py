"""The library pandas_ta_classic, without the warning its import causes: it asks pandas for a day by an old name."""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from pandas_ta_classic import atr, bbands, rsi

__all__ = ["atr", "bbands", "rsi"]
