"""Who belongs to a universe: the package's lists, files, symbols of one's own; sectors and dates told honestly."""

from __future__ import annotations

import csv
import subprocess
import sys
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd
import pytest

from core.errors import DataFileError, UsageError
from core.membership import GICS, Member, Membership, available, members
from core.settings import HoldingSettings, MemberListSettings, Settings
from core.settings_load import defaults

DAY = date(2026, 1, 9)


def configured(iwm: str = "", **universes: MemberListSettings) -> Settings:
    return msgspec.structs.replace(defaults().settings, universes=universes, holdings=HoldingSettings(SPY="", IWM=iwm))


def sectors(membership: Membership) -> dict[str, str | None]:
    return {member.symbol: member.sector for member in membership.members}


class TestPackage:
    @pytest.mark.parametrize(
        ("name", "size", "unmapped"), [("sp500", 503, 5), ("sp600", 603, 5), ("nasdaq100", 101, 15)]
    )
    def test_each_list_has_its_size_and_nearly_every_sector(self, name: str, size: int, unmapped: int) -> None:
        found = members(name, configured())
        assert abs(len(found.members) - size) <= 5
        assert found.unmapped <= unmapped
        assert set(sectors(found).values()) <= {*GICS, None}
        assert len(set(found.symbols)) == len(found.symbols)
        assert found.source.startswith("pytickersymbols 1.")

    def test_symbols_are_those_of_yahoo(self) -> None:
        assert {"BRK-B", "BF-B", "GOOG", "GOOGL"} < set(members("sp500", configured()).symbols)

    def test_the_list_of_the_sp_decides_where_labels_differ(self) -> None:
        """The Nasdaq list calls AMD an industrial company; the S&P's labels are those of GICS."""
        found = sectors(members("nasdaq100", configured()))
        assert found["AMD"] == "Information Technology"
        assert found["COST"] == "Consumer Staples"
        assert found["PYPL"] == "Financials"

    def test_a_label_of_many_meanings_means_nothing(self) -> None:
        found = members("nasdaq100", configured())
        assert sectors(found)["TRI"] is None  # "Computer Software", "Mass media"
        assert f"members without a sector: {found.unmapped} of {len(found.members)}" in found.notes

    def test_what_a_label_is_taken_to_mean_it_means_throughout(self) -> None:
        """Where the S&P's list gives the sector, no other list's label that we translate contradicts it."""
        from core.membership import _MEANS  # noqa: PLC0415 - the table itself is what is judged

        known = sectors(members("sp500", configured()))
        package = import_module("pytickersymbols").PyTickerSymbols()
        companies: list[dict[str, Any]] = [
            company
            for name in ("S&P 500", "NASDAQ 100", "S&P 100", "DOW JONES")
            for company in package.get_stocks_by_index(name)
        ]
        seen = {
            label: {
                known[company["symbol"]]
                for company in companies
                if label in company["industries"] and company["symbol"] in known
            }
            for label in _MEANS
        }
        assert {label: {sector} for label, sector in _MEANS.items() if seen[label]} == {
            label: found for label, found in seen.items() if found
        }

    def test_it_is_undated(self) -> None:
        found = members("sp500", configured())
        assert found.dated is None
        assert found.hindsight(DAY) is None
        assert found.caption(DAY) == f"members of an undated list ({found.source})"

    def test_it_is_imported_when_first_needed_and_then_asks_no_network(self) -> None:
        program = (
            "import sys; from core.membership import members; assert 'pytickersymbols' not in sys.modules\n"
            "from core.settings_load import defaults; members('sp500', defaults().settings)\n"
            "assert 'pytickersymbols' in sys.modules\n"
            "print([name for name in ('numpy', 'pandas', 'requests', 'ssl') if name in sys.modules])"
        )
        root = Path(__file__).parents[2]
        ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=root, check=False)
        assert (ended.returncode, ended.stderr, ended.stdout.strip()) == (0, "", "[]")


class TestOwn:
    def test_symbols_take_their_labels_from_the_package(self) -> None:
        own = MemberListSettings(symbols=("msft", "BRK.B", "?", "ZZZZZ", "MSFT"), title="Mine")
        found = members("mine", configured(mine=own))
        assert found.members == (
            Member("MSFT", "MSFT", "Information Technology", None),
            Member("BRK-B", "BRK-B", "Financials", found.members[1].industry),
            Member("ZZZZZ", "ZZZZZ", None, None),
        )
        assert (found.id, found.title, found.dated, found.source) == ("mine", "Mine", None, "config.toml")
        assert found.notes == ("lines without a symbol, left out: 1", "members without a sector: 1 of 3")

    def test_a_file_keeps_its_own_labels_and_its_date(self, tmp_path: Path) -> None:
        file = tmp_path / "few_2026-01-05.csv"
        file.write_text(
            "symbol,name,sector,industry\nMSFT,Microsoft,Energy,Wells\nAAPL,Apple,Gadgets,\nMSFT,again,,\n-,x,,\n"
        )
        found = members("few", configured(few=MemberListSettings(file=str(file))))
        assert found.members[0] == Member("MSFT", "Microsoft", "Energy", "Wells")
        assert (found.members[1].symbol, found.members[1].sector) == ("AAPL", "Information Technology")
        assert found.symbols == ("MSFT", "AAPL")
        assert (found.title, found.source, found.notes) == ("few", file.name, ("lines without a symbol, left out: 1",))
        assert found.dated == date(2026, 1, 5)

    def test_it_stands_before_the_list_of_that_name(self) -> None:
        found = members("sp500", configured(sp500=MemberListSettings(symbols=("AAPL",))))
        assert (found.title, found.symbols) == ("S&P 500", ("AAPL",))

    def test_members_applied_to_the_past_are_told(self) -> None:
        found = Membership("x", "X", (), date(2026, 1, 9), "x.csv")
        assert found.hindsight(date(2026, 1, 9)) is False
        assert found.hindsight(date(2026, 1, 8)) is True
        assert found.caption(date(2026, 1, 9)) == "members of 2026-01-09"
        assert found.caption(date(2026, 1, 8)) == "members of 2026-01-09, applied to the past: survivors"


class TestUnknown:
    def test_what_there_is(self) -> None:
        own = MemberListSettings(symbols=("A",))
        assert available(configured()) == ("sp500", "sp600", "nasdaq100")
        assert available(configured("x.csv", mine=own)) == ("sp500", "sp600", "nasdaq100", "russell2000", "mine")

    @pytest.mark.parametrize(
        ("name", "answer"),
        [
            ("SP50", "no universe SP50: did you mean sp500?"),
            ("xyz\x1b", "no universe xyz: sp500, sp600, nasdaq100"),
            (
                "russell2000",
                "the universe russell2000 has no list of members: name the file of IWM under [holdings] in config.toml",
            ),
        ],
    )
    def test_another_is_refused_in_one_line(self, name: str, answer: str) -> None:
        with pytest.raises(UsageError) as caught:
            members(name, configured())
        assert str(caught.value) == answer

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(DataFileError, match=r"no\.csv: No such file"):
            members("russell2000", configured(str(tmp_path / "no.csv")))


class TestMarket:
    def test_the_sp500_of_november_and_its_prices(self, market: Path) -> None:
        file = market / "sp500_members_2025-11-16.csv"
        found = members("sp500", configured(sp500=MemberListSettings(file=str(file))))
        priced = set(pd.read_parquet(market / "stocks_daily.parquet", columns=["symbol"])["symbol"])
        assert (len(found.members), found.unmapped, found.dated) == (503, 0, date(2025, 11, 16))
        assert len(priced.intersection(found.symbols)) == 488

    def test_the_sectors_of_the_package_are_those_of_that_list(self, market: Path) -> None:
        with (market / "sp500_members_2025-11-16.csv").open(encoding="utf-8", newline="") as file:
            listed = {row["symbol"].replace(".", "-"): row["sector"] for row in csv.DictReader(file)}
        found = sectors(members("sp500", configured()))
        both = found.keys() & listed.keys()
        assert len(both) > 480
        assert {symbol for symbol in both if found[symbol] != listed[symbol]} == set()

    def test_the_russell_2000_of_the_fund(self, market: Path) -> None:
        found = members("russell2000", configured(str(market / "holdings_russell2000_iwm_2025-11-11.csv")))
        assert (len(found.members), found.unmapped, found.dated) == (1957, 1, date(2025, 11, 11))
        assert "lines without a symbol, left out: 4" in found.notes
        assert {"MOG-A", "CENTA"} < set(found.symbols)
        assert sectors(found)["YELP"] == "Communication Services"  # the file says "Communication"
