"""What `v7/finance/quote` answers: one row a symbol, with prices, session state and fundamentals."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from core.feeds.loadings import stream
from core.model import Instant, SymbolClass
from core.sessions import Phase
from tests.emulator.market import Live, Market
from tests.emulator.venue import VENUES, offset, short_zone
from tests.emulator.wire import Answer, Json


def quotes(market: Market, now: Instant, symbols: Collection[str], query: Mapping[str, str]) -> Answer:
    """The answer to a request for `symbols`; `fields` in the query names the columns wanted."""
    rows = [quote_row(market, now, symbol) for symbol in symbols]
    if wanted := set(query.get("fields", "").split(",")) - {""}:
        wanted |= {"symbol", "quoteType", "exchange", "marketState", "exchangeTimezoneName", "regularMarketTime"}
        rows = [{name: value for name, value in row.items() if name in wanted} for row in rows]
    return Answer(document={"quoteResponse": {"result": rows, "error": None}})


def quote_row(market: Market, now: Instant, symbol: str) -> Json:
    """All that Yahoo says of `symbol` in one row."""
    venue, live, series = VENUES[market.cls(symbol)], market.live(symbol), market.series(symbol)
    year, quarter = slice(-252, None), slice(-63, None)
    return {
        "language": "en-US",
        "region": "US",
        "quoteType": venue.kind,
        "quoteSourceName": "Nasdaq Real Time Price",
        "currency": "USD",
        "symbol": symbol,
        "shortName": symbol,
        "longName": f"{symbol} of the emulator",
        "exchange": venue.exchange,
        "fullExchangeName": venue.name,
        "exchangeTimezoneName": venue.zone.key,
        "exchangeTimezoneShortName": short_zone(venue.zone, now),
        "gmtOffSetMilliseconds": offset(venue.zone, now) * 1000,
        "exchangeDataDelayedBy": 0,
        "sourceInterval": 15,
        "market": "us_market",
        "tradeable": False,
        "priceHint": venue.price_hint,
        "hasPrePostMarketData": venue.extended_hours,
        "firstTradeDateMilliseconds": series.times[0] * 1000,
        "marketState": market_state(market, now),
        "regularMarketPrice": live.price,
        "regularMarketTime": int(live.at.timestamp()),
        "regularMarketOpen": live.open,
        "regularMarketDayHigh": live.high,
        "regularMarketDayLow": live.low,
        "regularMarketVolume": live.volume,
        "regularMarketPreviousClose": live.previous_close,
        **_change("regularMarket", live.price, live.previous_close),
        **_extended(live),
        "fiftyTwoWeekHigh": float(series.high[year].max()),
        "fiftyTwoWeekLow": float(series.low[year].min()),
        "averageDailyVolume3Month": int(series.volume[quarter].mean()),
        **fundamentals(market, symbol, live),
    }


def market_state(market: Market, now: Instant) -> str:
    """Yahoo's word for what the exchange is doing; the days without a session are CLOSED throughout."""
    state = market.calendar.state(now)
    named = {Phase.PRE: "PRE", Phase.OPEN: "REGULAR", Phase.AFTER: "POST"}
    if state.phase in named:
        return named[state.phase]
    if state.next_session == now.date():
        return "PREPRE"
    return "POSTPOST" if state.session == now.date() else "CLOSED"


def fundamentals(market: Market, symbol: str, live: Live) -> Json:
    """Earnings, book value and shares; with negative earnings there is no price over them, as with Yahoo."""
    cls = market.cls(symbol)
    if not cls.has_total_return:
        return {}
    rng = stream("emulator", symbol, "fundamentals")
    usual = float(np.median(market.series(symbol).close[-252:]))
    eps, book = round(usual / rng.uniform(10, 35), 2), round(usual / rng.uniform(1.2, 6), 2)
    shares = int(rng.uniform(5e7, 5e9)) // 100_000 * 100_000
    if cls is SymbolClass.STOCK and rng.random() < 0.15:
        eps = -eps
    row: Json = {
        "epsTrailingTwelveMonths": eps,
        "trailingPE": live.price / eps if eps > 0 else None,
        "bookValue": book,
        "priceToBook": live.price / book,
        "sharesOutstanding": shares,
        "marketCap": round(shares * live.price),
    }
    if cls is SymbolClass.STOCK:  # Yahoo forecasts no earnings of a fund
        forward = round(abs(eps) * 1.1, 2)
        row |= {"epsForward": forward, "forwardPE": live.price / forward}
    else:
        row["netAssets"] = float(row["marketCap"])
    return {name: value for name, value in (row | market.fundamentals(symbol)).items() if value is not None}


def _extended(live: Live) -> Json:
    if live.extended is None:
        return {}
    price, at = live.extended
    prefix = "preMarket" if live.phase is Phase.PRE else "postMarket"
    return {f"{prefix}Price": price, f"{prefix}Time": int(at.timestamp()), **_change(prefix, price, live.price)}


def _change(prefix: str, price: float, base: float) -> Json:
    return {f"{prefix}Change": price - base, f"{prefix}ChangePercent": 100 * (price / base - 1)}
