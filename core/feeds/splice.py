"""Stored bars and newly given ones of one symbol as one series, of which no good value is lost.

A dividend or a split restates a whole history (metrics.md 0.2): two parts on different bases are never put
together. Found by the ratio of closes and adjusted closes where they overlap. Pure functions.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.panel import COLUMNS, Bars, Floats, Mask

SAME_BASE = 1e-6
"""Prices of two fetches may differ by this ratio; more is a restatement (metrics.md 0.2)."""

OVERLAP = 5
"""So many sessions must two parts have in common before they can be said to stand on one base."""

_PX = ("open", "high", "low", "close")


def joined(stored: Bars, given: Bars) -> Bars | None:
    """`stored` with `given` laid over it, or None where it cannot be shown that they stand on one base.

    What `given` does not say stays as stored; where nothing is new, `stored` itself is returned.
    """
    of_stored, of_given = _common(stored, given)
    enough = min(OVERLAP, len(stored), len(given))
    on_one_base = stored.adjusted == given.adjusted and all(
        bool((np.abs(_ratio(name, stored, of_stored, given, of_given) - 1.0) <= SAME_BASE).all())
        for name in ("close", "adj_close")
    )
    if len(of_stored) < enough or not on_one_base:
        return None
    return _laid_over(stored, given, of_stored, of_given)


def carried(stored: Bars, whole: Bars) -> Bars | None:
    """`whole`, the restated history, with the bars that only `stored` has brought to its base.

    None where one of them cannot be: it stands between two sessions of which one was restated otherwise.
    """
    of_stored, of_whole = _common(stored, whole)
    if len(of_stored) == 0:
        return None
    px = _ratio("close", whole, of_whole, stored, of_stored)
    tr = _ratio("adj_close", whole, of_whole, stored, of_stored)
    after = np.searchsorted(of_stored, np.arange(len(stored)))
    left, right = np.maximum(after - 1, 0), np.minimum(after, len(of_stored) - 1)
    alone = np.ones(len(stored), np.bool_)
    alone[of_stored] = False
    newest = alone & (after == len(of_stored))
    certain = (_near(px[left], px[right]) & _near(tr[left], tr[right]))[alone & ~newest].all()
    if not certain or not (_near(px[left], 1.0) & _near(tr[left], 1.0))[newest].all():
        return None
    left[of_stored] = right[of_stored] = np.arange(len(of_stored))
    factors = dict.fromkeys(_PX, px[right]) | {"adj_close": tr[right], "volume": 1.0 / px[right]}
    rebased = {name: getattr(stored, name) * factors[name] for name in COLUMNS}
    return _laid_over(Bars(stored.symbol, stored.sessions, **rebased), whole, of_stored, of_whole)


def _laid_over(under: Bars, over: Bars, of_under: npt.NDArray[np.intp], of_over: npt.NDArray[np.intp]) -> Bars:
    """Both as one series: where both have a session, each value of `over` that there is, else that of `under`."""
    parts = {}
    changed = len(of_over) < len(over)
    for name in COLUMNS:
        old, new = getattr(under, name)[of_under], getattr(over, name)
        merged = new.copy()
        merged[of_over] = np.where(np.isnan(new[of_over]), old, new[of_over])
        changed = changed or not np.array_equal(merged[of_over], old, equal_nan=True)
        parts[name] = merged
    if not changed:
        return under
    patched = Bars(over.symbol, over.sessions, **parts, adjusted=over.adjusted)
    rest = np.ones(len(under), np.bool_)
    rest[of_under] = False
    if not rest.any():
        return patched
    sessions = np.concatenate([under.sessions[rest], patched.sessions])
    columns = {name: np.concatenate([getattr(under, name)[rest], getattr(patched, name)]) for name in COLUMNS}
    return Bars(over.symbol, sessions, **columns, adjusted=over.adjusted).taken(np.argsort(sessions))


def _common(a: Bars, b: Bars) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The rows of the sessions that both have."""
    _sessions, of_a, of_b = np.intersect1d(a.sessions, b.sessions, assume_unique=True, return_indices=True)
    return of_a, of_b


def _ratio(name: str, a: Bars, of_a: npt.NDArray[np.intp], b: Bars, of_b: npt.NDArray[np.intp]) -> Floats:
    """One column of `a` over that of `b`, 1 where either says nothing."""
    ratio: Floats = getattr(a, name)[of_a] / getattr(b, name)[of_b]
    return np.where(np.isnan(ratio), 1.0, ratio)


def _near(a: Floats, b: Floats | float) -> Mask:
    near: Mask = np.abs(a / b - 1.0) <= SAME_BASE
    return near
