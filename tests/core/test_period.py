from __future__ import annotations

from datetime import date

import msgspec
import numpy as np
import pytest

from core.model import Instrument, SymbolClass
from core.panel import Bars, Panel, align
from core.period import Base, Period, period_table
from core.settings import Basis

DAYS = np.array(["2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08"], dtype="datetime64[D]")
FUND = Instrument("FUND", "A fund", SymbolClass.FUND, "size")
INDEX = Instrument("^IDX", "An index", SymbolClass.INDEX, "indices")
RATE = Instrument("^TNX", "A yield", SymbolClass.RATE, "rates")


def bars(symbol: str, closes: list[float], opens: list[float], dividend: float = 0.0) -> Bars:
    close, open_ = np.array(closes), np.array(opens)
    adjusted = close.copy()
    adjusted[:2] *= 1 - dividend  # paid on the third day
    volume = np.array([100.0, 200.0, 0.0, 400.0])
    return Bars(symbol, DAYS, open_, np.maximum(close, open_), np.minimum(close, open_), close, adjusted, volume)


def panel() -> Panel:
    series = {
        "FUND": bars("FUND", [100.0, 110.0, 99.0, 108.9], [90.0, 100.0, 109.0, 100.0], dividend=0.5),
        "^IDX": bars("^IDX", [10.0, 11.0, 11.0, 12.1], [np.nan] * 4),
        "^TNX": bars("^TNX", [4.0, 4.1, 4.2, 4.3], [4.0] * 4),
    }
    return align(series, ["FUND", "^IDX", "^TNX"], DAYS)


def table(base: Base = "close", basis: Basis = "px", ddof: int = 1, first: str = "2026-01-06") -> Period:
    made = period_table(
        panel(), (FUND, INDEX, RATE), date.fromisoformat(first), date(2026, 1, 10), base=base, basis=basis, ddof=ddof
    )
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("base", "basis", "expected"),
    [
        ("close", "px", 108.9 / 100.0 - 1),
        ("first-close", "px", 108.9 / 110.0 - 1),
        ("open", "px", 108.9 / 100.0 - 1),
        ("open", "tr", 108.9 / 100.0 - 1),  # opens are not adjusted: px whatever was asked for
        ("close", "tr", 108.9 / 50.0 - 1),
        ("first-close", "tr", 108.9 / 55.0 - 1),
    ],
)
def test_the_base_is_the_one_asked_for(base: Base, basis: Basis, expected: float) -> None:
    assert table(base, basis).rows[0].ret == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("ddof", "expected"), [(0, 0.1), (1, 0.1 * np.sqrt(2))])
@pytest.mark.parametrize("base", ["close", "first-close", "open"])
def test_volatility_takes_the_returns_between_the_sessions_inside(base: Base, ddof: int, expected: float) -> None:
    # 110 -> 99 -> 108.9: -10 % and +10 %, whatever the base
    assert table(base, ddof=ddof).rows[0].volatility == pytest.approx(expected, abs=1e-12)


def test_the_conventions_and_the_sessions_are_told() -> None:
    made = table("open", "tr", 0, first="2026-01-03")
    assert (made.first_session, made.last_session, made.base_session) == (
        date(2026, 1, 5),
        date(2026, 1, 8),
        date(2026, 1, 5),
    )
    assert (made.sessions, made.base, made.basis, made.ddof) == (4, "open", "px", 0)
    assert made.asked_from == date(2026, 1, 3)


def test_a_missing_price_gives_no_value_and_says_so() -> None:
    fund, index = table("open").rows
    assert index.ret is None
    assert index.base_price is None
    assert index.status == {"base_price": "missing_input", "ret": "missing_input", "mean_volume": "not_supported"}
    assert fund.mean_volume is None  # one of the days had no trade
    assert fund.status == {"mean_volume": "missing_input"}


def test_without_a_close_before_there_is_no_return() -> None:
    made = table("close", first="2026-01-05")
    assert made.base_session is None
    assert [row.ret for row in made.rows] == [None, None]


def test_a_period_without_a_session_is_none() -> None:
    made = period_table(panel(), (FUND,), date(2026, 1, 9), date(2026, 1, 11), base="close", basis="tr", ddof=1)
    assert made is None


def test_the_document_holds_no_number_that_is_none() -> None:
    text = msgspec.json.encode(table("open")).decode()
    assert "NaN" not in text
    assert '"ret":null' in text
