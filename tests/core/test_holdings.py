"""Weights out of holdings files and market caps."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from core.errors import DataFileError, NoDataError
from core.holdings import MARKET_CAPS, from_market_caps, read_holdings

ASOF = datetime(2026, 1, 9, 21, 0, tzinfo=UTC)
BEFORE = datetime(2026, 1, 8, 21, 0, tzinfo=UTC)


def write(folder: Path, text: str, name: str = "SPY_2026-01-05.csv") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


class TestFile:
    def test_equity_lines_in_percent_are_scaled_to_one(self, tmp_path: Path) -> None:
        """50 + 20 + 10 of 80 percent; cash, a line without a symbol and one without a weight are left out."""
        text = (
            "symbol,name,sector,weight_pct\nAAA,,Energy,50\nUSD,CASH,Cash and/or Derivatives,15\nBRKB,,Financials,20\n"
            "AAA,second line,Energy,10\n-,ESCROW,Energy,5\nCCC,,Energy,x\n"
        )
        found = read_holdings(write(tmp_path, text), "SPY")
        assert found.values == {"AAA": pytest.approx(60 / 80), "BRK-B": pytest.approx(20 / 80)}
        assert (found.fund, found.dated, found.source) == ("SPY", date(2026, 1, 5), "SPY_2026-01-05.csv")
        assert found.coverage == pytest.approx(0.80)

    def test_fractions_are_taken_as_they_are(self, tmp_path: Path) -> None:
        found = read_holdings(write(tmp_path, "symbol,weight\nA,0.6\nB,0.3\n"), "SPY")
        assert found.values == {"A": pytest.approx(2 / 3), "B": pytest.approx(1 / 3)}
        assert found.coverage == pytest.approx(0.9)

    def test_the_ten_largest_are_no_fund(self, tmp_path: Path) -> None:
        found = read_holdings(write(tmp_path, "symbol,weight\nA,7.8%\nB,7.0%\n"), "SPY")
        assert found.coverage == pytest.approx(0.148)
        assert found.status(date(2026, 1, 5)) == "missing_input"

    def test_rounded_percents_never_cover_more_than_all(self, tmp_path: Path) -> None:
        assert read_holdings(write(tmp_path, "symbol,weight\nA,60\nB,40.04\n"), "SPY").coverage == 1.0

    @pytest.mark.parametrize(
        ("text", "name", "answer"),
        [
            ("symbol\nA\n", "SPY_2026-01-05.csv", "no weights: add a column 'weight' in percent"),
            ("symbol,weight\nA,0\n", "SPY_2026-01-05.csv", "no weights: add a column 'weight' in percent"),
            (
                'symbol,weight\nA,"7,82"\n',
                "SPY_2026-01-05.csv",
                "weights that sum to 782 %: write them in percent, with a decimal point",
            ),
            ("symbol,weight\nA,100\n", "SPY.csv", "holdings without a date: name it like SPY_2026-01-09.csv"),
        ],
    )
    def test_what_is_no_holdings_file_is_refused(self, tmp_path: Path, text: str, name: str, answer: str) -> None:
        file = write(tmp_path, text, name)
        with pytest.raises(DataFileError) as caught:
            read_holdings(file, "SPY")
        assert str(caught.value) == f"{file}: {answer}"


class TestMarketCaps:
    def test_they_are_weights_of_their_day(self) -> None:
        found = from_market_caps({"A": (300.0, ASOF), "B": (100.0, ASOF)}, "SPY")
        assert found.values == {"A": 0.75, "B": 0.25}
        assert (found.dated, found.coverage, found.source) == (date(2026, 1, 9), 1.0, MARKET_CAPS)

    def test_the_day_is_that_of_new_york(self) -> None:
        late = datetime(2026, 1, 10, 0, 30, tzinfo=UTC)
        assert from_market_caps({"A": (300.0, late)}, "SPY").dated == date(2026, 1, 9)

    def test_a_company_counts_once_with_all_its_lines(self) -> None:
        found = from_market_caps({"GOOG": (400.0, ASOF), "GOOGL": (400.0, ASOF), "B": (600.0, ASOF)}, "SPY")
        assert found.values == {"GOOG": 0.2, "GOOGL": 0.2, "B": 0.6}

    def test_a_cap_of_an_earlier_day_is_left_out_and_lowers_the_coverage(self) -> None:
        found = from_market_caps({"A": (300.0, ASOF), "B": (100.0, BEFORE), "C": (math.nan, ASOF)}, "SPY")
        assert found.values == {"A": 1.0}
        assert found.coverage == 0.75

    def test_none_at_all(self) -> None:
        with pytest.raises(NoDataError, match=r"no market caps: name a holdings file of SPY in config\.toml"):
            from_market_caps({"A": (0.0, ASOF)}, "SPY")


class TestMarket:
    def test_the_sp500_fund(self, market: Path) -> None:
        found = read_holdings(market / "holdings_sp500_ivv_2025-11-18.csv", "SPY")
        assert (len(found.values), found.dated) == (503, date(2025, 11, 18))
        assert sum(found.values.values()) == pytest.approx(1.0)
        assert found.coverage == pytest.approx(0.9969)
        assert found.values["NVDA"] == pytest.approx(0.0782 / 0.9969)
        assert {"BRK-B", "BF-B"} < found.values.keys()
        assert found.status(date(2026, 1, 9)) == "partial"

    def test_the_russell_2000_fund(self, market: Path) -> None:
        found = read_holdings(market / "holdings_russell2000_iwm_2025-11-11.csv", "IWM")
        assert (len(found.values), found.dated) == (1957, date(2025, 11, 11))
        assert found.coverage == pytest.approx(0.9951)
