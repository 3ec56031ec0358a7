"""yfinance behind two questions: the chart of a symbol, and the quotes of many.

Importing this module takes 0.6 s. yfinance is used as it comes, except that its three caches on disk are replaced by
ones in memory: a corrupt, locked or read-only file of theirs makes every symbol fail, and they cost a request more
for each symbol. Its own warnings and errors go to the log.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd
import yfinance
from yfinance import cache
from yfinance.data import SingletonMeta, YfData
from yfinance.exceptions import YFException, YFPricesMissingError, YFRateLimitError

from core.errors import FeedError, FeedGarbled, FeedThrottled
from core.feeds.http_failures import garbled
from core.feeds.throttle import Throttle
from core.feeds.yahoo_answers import YAHOO, Chart, decimals, instant, number
from core.feeds.yahoo_session import GuardedSession
from core.i18n import _
from core.panel import Bars, Days, Floats
from core.sessions import NEW_YORK, Clock
from core.settings import YahooSettings
from core.text import clean

QUOTES_URL: Final = "https://query1.finance.yahoo.com/v7/finance/quote"
SUMMARY_URL: Final = "https://query2.finance.yahoo.com/v10/finance/quoteSummary/"

_ENDLESS: Final = date(2100, 1, 1)
"""The end of every range asked for: of one that lies in the past, yfinance would keep the answer for ever."""

_COLUMNS: Final = {
    "open": "Open",
    "high": "High",
    "low": "Low",
    "close": "Close",
    "adj_close": "Adj Close",
    "volume": "Volume",
}

logging.getLogger("yfinance").addHandler(logging.NullHandler())
logging.getLogger("py.warnings").addHandler(logging.NullHandler())


class YahooClient:
    """Asks Yahoo, from any thread. Everything raises FeedError."""

    def __init__(self, settings: YahooSettings, throttle: Throttle, clock: Clock) -> None:
        _begin_anew()
        yfinance.config.debug.hide_exceptions = False
        # catch_warnings is of no use among threads, and the ten of pandas per symbol are for the authors of yfinance.
        logging.captureWarnings(capture=True)
        self._session = GuardedSession(settings, throttle, clock)

    def chart(self, symbol: str, first: date, *, urgency: int, patience: float = 0.0) -> Chart:
        """Daily bars of `symbol` from `first` until now, in one request."""
        with self._session.terms(urgency, patience=patience):
            try:
                ticker = yfinance.Ticker(symbol, session=self._session)
                frame = ticker.history(start=first, end=_ENDLESS, interval="1d", auto_adjust=False, actions=True)
                return _chart(symbol, frame, ticker.history_metadata)
            except FeedError:
                raise
            except Exception as error:  # yfinance fails in any way it likes on an answer of another form
                raise _ours(error) from error

    def quotes(self, symbols: Sequence[str], *, urgency: int) -> list[Mapping[str, Any]]:
        """The rows Yahoo has about `symbols`, in one request if a crumb is at hand."""
        with self._session.terms(urgency, crumb=True):
            try:
                data = YfData(session=self._session)
                answer = data.get_raw_json(QUOTES_URL, params={"symbols": ",".join(symbols)})
                rows = answer["quoteResponse"]["result"]
                return [row for row in rows if isinstance(row, Mapping)]
            except FeedError:
                raise
            except Exception as error:  # likewise
                raise _ours(error) from error

    def holdings_ratios(self, symbol: str, *, urgency: int) -> Mapping[str, Any]:
        """What Yahoo says of the stocks that the fund `symbol` holds, by Yahoo's names; empty for no fund."""
        with self._session.terms(urgency, crumb=True):
            try:
                data = YfData(session=self._session)
                answer = data.get_raw_json(
                    SUMMARY_URL + symbol, params={"modules": "topHoldings", "formatted": "false", "symbol": symbol}
                )
                (result,) = answer["quoteSummary"]["result"]
                found = result.get("topHoldings", {}).get("equityHoldings", {})
                return found if isinstance(found, Mapping) else {}
            except FeedError:
                raise
            except Exception as error:  # likewise
                raise _ours(error) from error


def _chart(symbol: str, frame: pd.DataFrame, meta: Mapping[str, Any]) -> Chart:
    index = pd.DatetimeIndex(frame.index)
    days: Days = index.tz_localize(None).to_numpy().astype("datetime64[D]")
    columns: dict[str, Floats] = {name: frame[title].to_numpy(np.float64) for name, title in _COLUMNS.items()}
    volume = columns.pop("volume")
    prices = {name: decimals(column) for name, column in columns.items()}
    ratios = frame["Stock Splits"].to_numpy(dtype=np.float64)
    split = np.flatnonzero(ratios > 0)
    period = meta.get("currentTradingPeriod")
    regular = period.get("regular") if isinstance(period, Mapping) else None
    first = instant(meta.get("firstTradeDate"))
    return Chart(
        bars=Bars(symbol, days, **prices, volume=volume, adjusted=True),
        splits=dict(zip(days[split].tolist(), ratios[split].tolist(), strict=True)),
        symbol=_text(meta.get("symbol")),
        zone=_text(meta.get("exchangeTimezoneName")),
        price=number(meta.get("regularMarketPrice")),
        at=instant(meta.get("regularMarketTime")),
        closes_at=instant(regular.get("end")) if isinstance(regular, Mapping) else None,
        first_trade=first.date() if first is not None else None,
        year_low=number(meta.get("fiftyTwoWeekLow")),
        year_high=number(meta.get("fiftyTwoWeekHigh")),
    )


def _text(value: object) -> str | None:
    return clean(value, 40) if isinstance(value, str) else None


def _ours(error: Exception) -> FeedError:
    """What an error of yfinance, or one under it, means."""
    match error:
        case YFRateLimitError():
            return FeedThrottled(_("Yahoo refuses ({status})").format(status=429))
        case YFPricesMissingError():
            return FeedGarbled(_("Yahoo gave no prices"), clean(error.yahoo_reason or "", 80))
        case YFException():
            return garbled(YAHOO, clean(str(error), 80))
        case _:
            return garbled(YAHOO, type(error).__name__)


class _NoFiles:
    """In the place of yfinance's caches: every symbol is in New York until its chart says otherwise."""

    def __init__(self, answer: str | None = None) -> None:
        self._answer = answer

    def lookup(self, _key: str) -> str | None:
        return self._answer

    def store(self, _key: str, _value: object) -> None:
        """The chart itself tells the zone, and the session keeps its cookies."""


def _begin_anew() -> None:
    """Let yfinance (1.7) keep nothing on disk, nor a crumb of an earlier session, whose cookie is gone.

    There is no public way to do so; a test holds these names against it.
    """
    SingletonMeta._instances.pop(YfData, None)  # noqa: SLF001 - see above
    cache._TzCacheManager._tz_cache = _NoFiles(NEW_YORK.key)  # noqa: SLF001 - likewise
    cache._CookieCacheManager._Cookie_cache = _NoFiles()  # noqa: SLF001 - likewise
    cache._ISINCacheManager._isin_cache = _NoFiles()  # noqa: SLF001 - likewise
