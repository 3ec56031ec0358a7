"""Where weights come from: a fund's holdings file, or market caps quoted in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from math import isfinite
from pathlib import Path

from core.errors import NoDataError
from core.i18n import _
from core.member_files import read_lines, unusable
from core.model import Instant
from core.sessions import NEW_YORK
from core.text import clean
from core.weights import ONE_COMPANY, Weights

MARKET_CAPS = "market caps"
"""The source of weights that nobody wrote down: not adjusted for free float, as an index is."""

_MOST = 1.5
"""A sum of weights above it is of percents, and above a hundredfold it is of something else."""


def read_holdings(path: Path, fund: str) -> Weights:
    """The weights of `fund` in the holdings file `path`, in percent or as fractions.

    Lines of one symbol are summed; cash lines and lines without a symbol lower the coverage. Raises DataFileError,
    also where the file has no date.
    """
    file = read_lines(path)
    written: defaultdict[str, float] = defaultdict(float)
    for line in file.lines:
        if line.weight is not None:
            written[line.symbol] += line.weight
    total = sum(written.values())
    if total == 0:
        raise unusable(path, _("no weights"), _("add a column 'weight' in percent"))
    share = total if total <= _MOST else total / 100
    if share > _MOST:
        reason = _("weights that sum to {total:.0f} %").format(total=total)
        raise unusable(path, reason, _("write them in percent, with a decimal point"))
    if file.dated is None:
        raise unusable(
            path, _("holdings without a date"), _("name it like {fund}_2026-01-09.csv").format(fund=clean(fund))
        )
    return Weights(
        fund=fund,
        dated=file.dated,
        values={symbol: weight / total for symbol, weight in written.items()},
        coverage=min(share, 1.0),
        source=clean(path.name),
    )


def from_market_caps(caps: Mapping[str, tuple[float, Instant]], fund: str) -> Weights:
    """Weights by market cap, each with the instant of its quote; those of the newest New York day count.

    A quote gives the cap of the company with every line of it, so the lines of one company share it equally.
    Raises NoDataError where no cap is a positive number.
    """
    known = {s: (cap, asof.astimezone(NEW_YORK).date()) for s, (cap, asof) in caps.items() if isfinite(cap) and cap > 0}
    if not known:
        raise NoDataError(
            _("no market caps"), _("name a holdings file of {fund} in config.toml").format(fund=clean(fund))
        )
    newest = max(day for _cap, day in known.values())
    lines: defaultdict[str, int] = defaultdict(int)
    for symbol in known:
        lines[ONE_COMPANY.get(symbol, symbol)] += 1
    each = {s: cap / lines[ONE_COMPANY.get(s, s)] for s, (cap, _day) in known.items()}
    total = sum(each.values())
    used = {s: cap for s, cap in each.items() if known[s][1] == newest}
    of_used = sum(used.values())
    return Weights(
        fund=fund,
        dated=newest,
        values={symbol: cap / of_used for symbol, cap in used.items()},
        coverage=of_used / total,
        source=MARKET_CAPS,
    )
