"""What a snapshot must say of a session by the independent reference, and where a document says otherwise."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

from tests.reference.data import SECTORS, Data
from tests.reference.ranks import RANK_WINDOWS, Ranks, expected_rank_change, expected_ranks
from tests.reference.rotation import expected_rotation
from tests.reference.rows import expected_rows
from tests.reference.spreads import expected_spreads

CLOSE = 1e-9


def differences(found: Any, expected: Any, where: str = "") -> Iterator[str]:
    """Every place of `expected` where `found` is not the same, numbers to 1e-9; it may hold more."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key, value in expected.items():
            if key in found:
                yield from differences(found[key], value, f"{where}.{key}")
            else:
                yield f"{where}.{key}: absent"
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for place, value in enumerate(expected):
            yield from differences(found[place], value, f"{where}[{place}]")
    elif isinstance(expected, float) and isinstance(found, int | float):
        if not math.isclose(found, expected, rel_tol=CLOSE, abs_tol=CLOSE):
            yield f"{where}: {found}, expected {expected}"
    elif found != expected or isinstance(found, bool) != isinstance(expected, bool):
        yield f"{where}: {found!r}, expected {expected!r}"


def part(data: Data, first: int, last: int) -> Data:
    """The rows `first` to `last` of the tables, both inclusive."""
    rows = slice(first, last + 1)
    tables = (data.open, data.high, data.low, data.px, data.tr, data.volume)
    cut: list[pd.DataFrame] = [table.iloc[rows] for table in tables]
    return Data(data.sessions[rows], data.symbols, *cut)


def expected_blocks(data: Data, session: date, groups: dict[str, list[str]]) -> dict[str, Any]:
    """Rows by symbol with ranks by group, spreads by id, and rotation, in the form of the JSON document."""
    rotation = expected_rotation(data, session)
    rows = expected_rows(data, session)
    for symbol in _mixed(data):
        rows[symbol].pop("atr14", None)
    for symbol, sector in rotation["sectors"].items():
        tail = [[point["rs_ratio"], point["rs_momentum"]] for point in sector["tail"]]
        rows[symbol] |= {**sector, "tail": tail}
    for members in groups.values():
        for symbol, places in _places(data, session, members).items():
            rows[symbol] |= places
    sector_ranks = expected_ranks(data, session, SECTORS)
    return {
        "rows": rows,
        "spreads": expected_spreads(data, session),
        "rotation": {
            "scheme": "msci",
            "cyc_minus_def": rotation["cyc_minus_def"]["msci"],
            "schemes": rotation["cyc_minus_def"],
            "z21": rotation["z21"],
            "rank_persistence": rotation["rank_persistence"],
            "leader": {window: _leader(sector_ranks, window) for window in RANK_WINDOWS},
        },
    }


def _mixed(data: Data) -> list[str]:
    """Symbols some of whose bars are closes only.

    The specification does not say what such a bar is to the true range. To the reference it is no bar; the engine
    takes its close as the previous one, which `test_trend` holds it to.
    """
    lacking = data.high.isna() & data.px.notna()
    return [symbol for symbol in data.symbols if lacking[symbol].any() and data.high[symbol].notna().any()]


def _places(data: Data, session: date, members: list[str]) -> dict[str, dict[str, Any]]:
    """Ranks, their changes and their tenure; who has no rank has no tenure either, not one of zero sessions."""
    ranks = expected_ranks(data, session, members)
    changes = expected_rank_change(data, session, members)
    days = {window: days_at_rank1(data, data.at(session), members, n) for window, n in RANK_WINDOWS.items()}
    return {
        symbol: {
            "rank": ranks[symbol],
            "rank_change": changes[symbol],
            "days_at_rank1": {w: None if ranks[symbol][w] is None else days[w][symbol] for w in RANK_WINDOWS},
            "rank_of": {w: sum(ranks[member][w] is not None for member in members) for w in RANK_WINDOWS},
        }
        for symbol in members
    }


def days_at_rank1(data: Data, at: int, members: list[str], n: int) -> dict[str, int]:
    """R13 by pandas over the whole past at once: the reference asks every session anew, which takes a second."""
    prices = (data.px if n == 1 else data.tr)[members].iloc[: at + 1]
    first = prices.pct_change(n, fill_method=None).rank(axis=1, ascending=False) == 1
    held = first[::-1].astype(int).cumprod().sum()
    return {symbol: int(held[symbol]) for symbol in members}


def _leader(ranks: Ranks, window: str) -> str | None:
    return next((symbol for symbol, places in ranks.items() if places[window] == 1), None)


def blocks(document: dict[str, Any]) -> dict[str, Any]:
    """A snapshot document as `expected_blocks` has it: rows by symbol, spreads by id, rotation."""
    rows = [*document["leadership"], *document["sectors"], *document["watchlist"]]
    return {
        "rows": {row["symbol"]: row for row in rows},
        "spreads": {spread["id"]: spread for spread in document["spreads"]},
        "rotation": document["rotation"],
    }
