"""The universe is what the configuration says, in its order, and never ranks what cannot be compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import universe
from core.model import SymbolClass
from core.settings import Settings
from core.settings_load import defaults, load
from core.universe import Universe


def configured(tmp_path: Path, text: str) -> Settings:
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    return load(file).settings


def built(tmp_path: Path, text: str) -> Universe:
    return universe.build(configured(tmp_path, text))


@pytest.fixture(scope="module")
def shipped() -> Settings:
    return defaults().settings


def test_the_shipped_universe_is_that_of_the_specification(shipped: Settings) -> None:
    """metrics.md 0.6; the industry fund stands apart from the eleven sectors."""
    indices = "^GSPC ^DJI ^IXIC ^NDX ^RUT ^VIX ^VIX3M ^TNX ^FVX ^IRX ^TYX"
    styles = "SPY IWM QQQ DIA RSP MDY IJR IWC IWD IWF IWN IWO MTUM QUAL USMV VLUE SPHB SPLV XLG MAGS"
    sectors = "XLB XLC XLE XLF XLI XLK XLP XLRE XLU XLV XLY SMH"
    others = "TLT IEF SHY LQD HYG GLD CPER USO UUP AVUV BBSC BKSE AFSM"
    assert set(universe.build(shipped).symbols) == set(f"{indices} {styles} {sectors} {others}".split())


def test_every_symbol_stands_once_in_the_order_of_first_mention(tmp_path: Path) -> None:
    watched = built(tmp_path, '[universe]\nshow = ["rates", "index_funds"]\n[watchlist]\nmine = ["TSLA", "SPY"]')
    assert watched.symbols == ("^TNX", "^FVX", "^IRX", "^TYX", "SPY", "IWM", "QQQ", "DIA", "TSLA")
    assert [group.id for group in watched.groups] == ["rates", "index_funds", "watchlist:mine"]


def test_a_watched_symbol_that_is_known_keeps_its_name_and_class(tmp_path: Path) -> None:
    group = built(tmp_path, '[watchlist]\nmine = ["spy", "^GSPC", "^VIX", "^FTSE", "AAPL", "AAPL"]').groups[-1]
    told = [(i.symbol, i.name, i.cls) for i in group.instruments]
    assert told == [
        ("SPY", "S&P 500", SymbolClass.FUND),
        ("^GSPC", "S&P 500", SymbolClass.INDEX),
        ("^VIX", "VIX 30 days", SymbolClass.VOLATILITY),
        ("^FTSE", "^FTSE", SymbolClass.INDEX),
        ("AAPL", "AAPL", SymbolClass.STOCK),
    ]


def test_a_class_that_is_written_down_holds(tmp_path: Path) -> None:
    text = '[watchlist.fear]\ntitle = "Fear"\nclass = "volatility"\nsymbols = ["^VIX6M", "^VIX9D"]'
    group = built(tmp_path, text).groups[-1]
    assert (group.title, group.ranked) == ("Fear", False)
    assert {i.cls for i in group.instruments} == {SymbolClass.VOLATILITY}


@pytest.mark.parametrize(
    ("symbols", "ranked"),
    [
        (["AAPL", "MSFT"], True),
        (["AAPL", "IWM"], True),
        (["^GSPC", "^RUT"], True),
        (["^GSPC", "SPY"], False),
        (["SPY", "^TNX"], False),
        (["^VIX", "^VIX3M"], False),
        ([], False),
    ],
)
def test_only_what_can_be_compared_is_ranked(symbols: list[str], ranked: bool, tmp_path: Path) -> None:
    """metrics.md 0.2: a price return is never ranked against a total return; rates have no returns at all."""
    assert built(tmp_path, f"[watchlist]\nmine = {symbols}").groups[-1].ranked is ranked


def test_a_group_of_rates_is_not_ranked_whatever_it_says(tmp_path: Path) -> None:
    group = next(g for g in built(tmp_path, "[universe.groups.rates]\nranked = true").groups if g.id == "rates")
    assert not group.ranked


def test_the_core_symbols_are_those_of_w20(shipped: Settings) -> None:
    """warnings.md W20: SPY, IWM, QQQ, DIA, 11 sectors, ^VIX."""
    sectors = "XLB XLC XLE XLF XLI XLK XLP XLRE XLU XLV XLY"
    assert universe.build(shipped).core_symbols() == ("SPY", "IWM", "QQQ", "DIA", *sectors.split(), "^VIX")


@pytest.mark.parametrize(
    ("scheme", "symbol", "expected"),
    [
        ("msci", "XLE", "defensive"),
        ("msci", "XLK", "cyclical"),
        ("morningstar", "XLE", "sensitive"),
        ("article", "XLE", "defensive"),
        ("article", "XLK", None),
        ("msci", "SMH", None),
    ],
)
def test_the_class_of_a_sector_depends_on_the_scheme(
    scheme: str, symbol: str, expected: str | None, tmp_path: Path
) -> None:
    """metrics.md 0.7."""
    assert universe.sector_class(configured(tmp_path, f'[metrics]\nscheme = "{scheme}"'), symbol) == expected


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [("AFMS", "AFSM"), ("afms", "AFSM"), ("SPYY", "SPY"), ("^GSCP", "^GSPC"), ("ZZZZZZ", None), ("SPY", None)],
)
def test_the_nearest_known_symbol_is_suggested(symbol: str, expected: str | None) -> None:
    """metrics.md 0.6: AFMS is answered with AFSM. What is spelt right needs no answer."""
    assert universe.suggest(symbol, ["SPY", "AFSM", "^GSPC", "BKSE"]) == expected
