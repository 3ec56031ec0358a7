"""What each simulated symbol is made of: a level, its loadings on the common factors and a shock of its own.

Known symbols stand in a table, with levels and volumes of about January 2026. Any other symbol gets a
believable make-up for its class, drawn from a hash of its name: the same in every process and on every day.
All loadings are per unit of log return of the factor; a rate loads on the log of a yield, so that the
duration D of a bond fund becomes a loading of about -0.04 * D.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np

from core.model import SymbolClass

SECTORS = (
    "materials",
    "communication",
    "energy",
    "financials",
    "industrials",
    "technology",
    "staples",
    "real_estate",
    "utilities",
    "health",
    "discretionary",
)
FACTORS = (
    "market",
    "size",
    "value",
    *SECTORS,
    "credit",
    "gold",
    "dollar",
    "copper",
    "oil",
    "rate",  # log of the ten-year yield
    "short",  # log of the three-month yield
    "vol",  # log of one-month implied volatility
    "vol3m",  # log of three-month implied volatility
)


@dataclass(frozen=True, slots=True)
class Profile:
    """One symbol. `level` is the last close of a price, the centre of a yield or an implied volatility.

    `own` is the daily standard deviation of its own shock and `drift` its yearly growth beside that of
    the factors. `payout` (share of the price a year) leaves a fund or stock in quarterly dividends and an
    index evenly. `volume` is the shares of a usual day, None where there are none. Symbols with one
    `shocks` name share their own shocks, as a fund does with its index.
    """

    cls: SymbolClass
    level: float
    loads: Mapping[str, float] = field(default_factory=dict)
    own: float = 0.0
    drift: float = 0.0
    payout: float = 0.0
    volume: float | None = None
    shocks: str | None = None


def stream(*key: int | str) -> np.random.Generator:
    """A random stream of its own for `key`, the same in every process."""
    digest = sha256("\x1f".join(map(str, key)).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))


def profile(symbol: str, cls: SymbolClass) -> Profile:
    """The make-up of `symbol`: from the table, or drawn from its name for its class."""
    return KNOWN.get(symbol) or _drawn(symbol, cls)


def _drawn(symbol: str, cls: SymbolClass) -> Profile:
    """A believable make-up of a symbol that is not in the table."""
    rng = stream("profile", symbol)
    match cls:
        case SymbolClass.RATE:
            return Profile(cls, rng.uniform(3.5, 5.0), {"rate": rng.uniform(0.5, 1.0)}, own=0.003)
        case SymbolClass.VOLATILITY:
            return Profile(cls, rng.uniform(16.0, 24.0), {"vol3m": rng.uniform(0.6, 1.2)}, own=0.02)
        case SymbolClass.INDEX:
            loads = {"market": rng.uniform(0.8, 1.2), "size": rng.uniform(-0.2, 1.0), "value": rng.uniform(-0.5, 0.5)}
            return Profile(cls, rng.uniform(1_000, 20_000), loads, own=0.003, payout=0.015)
        case SymbolClass.FUND:
            loads = {"market": rng.uniform(0.7, 1.1), "size": rng.uniform(-0.2, 0.9), "value": rng.uniform(-0.5, 0.5)}
            loads[str(rng.choice(SECTORS))] = rng.uniform(0.1, 0.8)
            return Profile(cls, rng.uniform(25, 150), loads, 0.003, 0.0, rng.uniform(0.0, 0.03), 2e6)
        case SymbolClass.STOCK:
            loads = {"market": rng.uniform(0.7, 1.5), "size": rng.uniform(-0.3, 0.9), "value": rng.uniform(-0.6, 0.6)}
            loads[str(rng.choice(SECTORS))] = rng.uniform(0.5, 1.1)
            own, payout = rng.uniform(0.009, 0.02), max(rng.uniform(-0.01, 0.03), 0.0)
            return Profile(cls, float(np.exp(rng.uniform(3.0, 6.0))), loads, own, 0.0, payout, 8e6)


def _index(level: float, own: float, payout: float, shocks: str | None = None, **loads: float) -> Profile:
    return Profile(SymbolClass.INDEX, level, loads, own, payout=payout, shocks=shocks)


def _fund(level: float, volume: float, own: float, payout: float, drift: float = 0.0, **loads: float) -> Profile:
    """A fund; `volume` in millions of shares."""
    return Profile(SymbolClass.FUND, level, loads, own, drift, payout, volume * 1e6)


def _stock(
    level: float, volume: float, own: float, payout: float, shocks: str | None = None, **loads: float
) -> Profile:
    """A mega-cap stock; `volume` in millions of shares."""
    return Profile(SymbolClass.STOCK, level, {"size": -0.4, **loads}, own, 0.0, payout, volume * 1e6, shocks)


def _rate(level: float, own: float, **loads: float) -> Profile:
    return Profile(SymbolClass.RATE, level, loads, own)


def _volatility(level: float, own: float, **loads: float) -> Profile:
    return Profile(SymbolClass.VOLATILITY, level, loads, own)


KNOWN: Mapping[str, Profile] = {
    # Indices carry the loadings and the own shocks of the fund that follows them.
    "^GSPC": _index(6939, 0.0003, 0.012, "SPY", market=1.0),
    "^DJI": _index(48_890, 0.002, 0.016, "DIA", market=0.88, value=0.30, size=-0.05, industrials=0.15),
    "^IXIC": _index(23_460, 0.001, 0.007, market=1.13, value=-0.50, size=-0.10, technology=0.40, communication=0.12),
    "^NDX": _index(
        25_550, 0.001, 0.006, "QQQ", market=1.12, value=-0.50, size=-0.20, technology=0.42, communication=0.15
    ),
    "^RUT": _index(2614, 0.0012, 0.012, "IWM", market=1.10, size=1.0),
    "^VIX": _volatility(15.0, 0.012, vol=1.0),
    "^VIX3M": _volatility(18.2, 0.005, vol3m=1.0),
    "^TNX": _rate(4.20, 0.001, rate=1.0),
    "^FVX": _rate(3.80, 0.003, rate=1.15, short=0.25),
    "^TYX": _rate(4.80, 0.002, rate=0.75),
    "^IRX": _rate(3.60, 0.001, short=1.0),
    # Size and style.
    "SPY": _fund(692, 78, 0.0003, 0.012, market=1.0),
    "IWM": _fund(260, 37, 0.0012, 0.012, market=1.10, size=1.0),
    "QQQ": _fund(622, 52, 0.001, 0.006, market=1.12, value=-0.50, size=-0.20, technology=0.42, communication=0.15),
    "DIA": _fund(489, 6, 0.002, 0.016, market=0.88, value=0.30, size=-0.05, industrials=0.15),
    "RSP": _fund(196, 16, 0.001, 0.016, market=0.95, size=0.35, value=0.30),
    "MDY": _fund(620, 1, 0.0012, 0.013, market=1.02, size=0.70, value=0.10, industrials=0.15),
    "IJR": _fund(125, 7, 0.0015, 0.014, market=1.06, size=1.0, value=0.20),
    "IWC": _fund(160, 0.1, 0.003, 0.011, market=1.08, size=1.35, health=0.30),
    "IWD": _fund(215, 4, 0.0008, 0.017, market=0.90, value=0.60),
    "IWF": _fund(470, 2, 0.0008, 0.005, market=1.10, value=-0.55, technology=0.22),
    "IWN": _fund(190, 1, 0.0015, 0.016, market=1.05, size=1.0, value=0.60, financials=0.20),
    "IWO": _fund(335, 0.6, 0.0015, 0.006, market=1.16, size=1.0, value=-0.50, health=0.25),
    "MTUM": _fund(255, 0.7, 0.003, 0.009, market=1.08, value=-0.25, technology=0.25),
    "QUAL": _fund(202, 1.2, 0.001, 0.010, market=0.97, value=-0.05),
    "USMV": _fund(95, 2, 0.0015, 0.015, market=0.62, staples=0.25, utilities=0.15, health=0.2),
    "VLUE": _fund(140, 0.6, 0.002, 0.024, market=0.95, value=0.75),
    "SPHB": _fund(120, 0.4, 0.002, 0.006, market=1.48, size=0.35, technology=0.20),
    "SPLV": _fund(73, 2, 0.0015, 0.020, market=0.55, value=0.25, utilities=0.3, staples=0.3),
    "XLG": _fund(60, 2.5, 0.0008, 0.007, market=1.05, size=-0.25, value=-0.30),
    "MAGS": _fund(66, 1.5, 0.004, 0.004, market=1.25, size=-0.40, value=-0.70, technology=0.35, communication=0.2),
    # Sectors.
    "XLB": _fund(49, 13, 0.001, 0.018, market=0.85, value=0.30, materials=1.0, copper=0.05),
    "XLC": _fund(120, 5.6, 0.001, 0.010, market=0.92, value=-0.25, communication=1.0),
    "XLE": _fund(51, 33, 0.001, 0.031, market=0.70, value=0.40, energy=1.0, oil=0.25),
    "XLF": _fund(53, 43, 0.001, 0.014, market=0.90, value=0.45, financials=1.0, rate=0.06),
    "XLI": _fund(165, 10.5, 0.001, 0.013, market=0.95, value=0.25, industrials=1.0),
    "XLK": _fund(144, 14.8, 0.001, 0.006, market=1.22, value=-0.55, technology=1.0),
    "XLP": _fund(83.5, 15.8, 0.001, 0.026, market=0.42, value=0.30, staples=1.0),
    "XLRE": _fund(41.5, 7.7, 0.001, 0.033, market=0.72, value=0.20, real_estate=1.0, rate=-0.20),
    "XLU": _fund(43.3, 21.7, 0.001, 0.027, market=0.48, value=0.15, utilities=1.0, rate=-0.15),
    "XLV": _fund(155, 12.7, 0.001, 0.016, market=0.62, value=0.20, health=1.0),
    "XLY": _fund(121, 10.4, 0.001, 0.008, market=1.15, value=-0.30, discretionary=1.0),
    "SMH": _fund(400, 9, 0.006, 0.004, market=1.50, value=-0.65, technology=1.3),
    # Cross-asset.
    "TLT": _fund(87, 34, 0.001, 0.043, 0.043, rate=-0.60),
    "IEF": _fund(96, 8, 0.0005, 0.038, 0.038, rate=-0.29),
    "SHY": _fund(83, 4, 0.0003, 0.039, 0.039, rate=-0.045, short=-0.03),
    "LQD": _fund(110.5, 30, 0.0005, 0.044, 0.046, rate=-0.32, credit=0.7, market=0.06),
    "HYG": _fund(81, 37, 0.0005, 0.058, 0.058, rate=-0.10, credit=1.0, market=0.17),
    "GLD": _fund(445, 11, 0.001, 0.0, gold=1.0, dollar=-0.30, rate=-0.05),
    "CPER": _fund(37, 0.5, 0.002, 0.0, copper=1.0, market=0.25, dollar=-0.40),
    "USO": _fund(78, 4, 0.003, 0.0, oil=1.0, market=0.15),
    "UUP": _fund(27, 1.1, 0.0008, 0.035, 0.035, dollar=1.0, rate=0.03),
    # Small-cap list.
    "AVUV": _fund(108, 0.9, 0.0015, 0.015, market=1.05, size=0.95, value=0.75),
    "BBSC": _fund(78, 0.1, 0.0015, 0.012, market=1.09, size=1.0, value=0.05),
    "BKSE": _fund(115, 0.02, 0.0018, 0.013, market=1.07, size=0.95, value=0.10),
    "AFSM": _fund(36, 0.03, 0.002, 0.007, market=1.06, size=0.95, value=0.25),
    # The largest stocks, which a watchlist often holds.
    "AAPL": _stock(259, 48, 0.011, 0.004, market=1.10, value=-0.3, technology=0.5),
    "MSFT": _stock(430, 26, 0.010, 0.008, market=1.05, value=-0.6, technology=0.7),
    "NVDA": _stock(191, 175, 0.017, 0.0002, market=1.60, value=-0.8, technology=1.2),
    "AMZN": _stock(239, 42, 0.013, 0.0, market=1.25, value=-0.6, discretionary=0.8),
    "GOOGL": _stock(338, 32, 0.014, 0.0025, market=1.10, value=-0.4, communication=0.9),
    "GOOG": _stock(338, 21, 0.014, 0.0025, "GOOGL", market=1.10, value=-0.4, communication=0.9),
    "META": _stock(715, 15, 0.015, 0.003, market=1.25, value=-0.6, communication=1.0),
    "TSLA": _stock(430, 75, 0.027, 0.0, market=1.70, value=-0.7, discretionary=1.1),
}
