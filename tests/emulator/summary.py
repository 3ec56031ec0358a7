"""What the endpoints of fundamentals answer: `quoteSummary` and `fundamentals-timeseries`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from core.model import Instant, SymbolClass
from tests.emulator.market import Market
from tests.emulator.quote import quote_row
from tests.emulator.wire import Answer, Json

_MODULES = {  # what each module repeats of the row of a quote, and under which names
    "quoteType": {"symbol": "symbol", "quoteType": "quoteType", "exchange": "exchange", "longName": "longName"},
    "price": {"symbol": "symbol", "regularMarketPrice": "regularMarketPrice", "marketCap": "marketCap"},
    "summaryDetail": {
        "previousClose": "regularMarketPreviousClose",
        "open": "regularMarketOpen",
        "dayLow": "regularMarketDayLow",
        "dayHigh": "regularMarketDayHigh",
        "volume": "regularMarketVolume",
        "trailingPE": "trailingPE",
        "forwardPE": "forwardPE",
        "marketCap": "marketCap",
        "totalAssets": "netAssets",
        "currency": "currency",
    },
    "defaultKeyStatistics": {
        "forwardPE": "forwardPE",
        "sharesOutstanding": "sharesOutstanding",
        "bookValue": "bookValue",
        "priceToBook": "priceToBook",
        "trailingEps": "epsTrailingTwelveMonths",
        "forwardEps": "epsForward",
    },
    "financialData": {"currentPrice": "regularMarketPrice", "financialCurrency": "currency"},
    "assetProfile": {},
}
_MEASURES = {
    "MarketCap": "marketCap",
    "PeRatio": "trailingPE",
    "ForwardPeRatio": "forwardPE",
    "PbRatio": "priceToBook",
}


def summary(market: Market, now: Instant, symbol: str, query: Mapping[str, str]) -> Answer:
    """The modules that are asked for and known here."""
    row = quote_row(market, now, symbol)
    result = {
        module: {"maxAge": 86_400} | {name: row[field] for name, field in fields.items() if field in row}
        for module, fields in _MODULES.items()
        if module in query.get("modules", "").split(",")
    }
    if "topHoldings" in query.get("modules", "").split(",") and market.cls(symbol) is SymbolClass.FUND:
        result["topHoldings"] = {"maxAge": 1, "equityHoldings": _yields(row)}
    return Answer(document={"quoteSummary": {"result": [result], "error": None}})


def _yields(row: Json) -> Json:
    """The ratios of what a fund holds: Yahoo names them as ratios and gives their reciprocals."""
    named = {"priceToEarnings": "trailingPE", "priceToBook": "priceToBook"}
    return {name: round(1.0 / row[field], 5) for name, field in named.items() if row.get(field)}


def timeseries(market: Market, now: Instant, symbol: str, query: Mapping[str, str]) -> Answer:
    """Valuation measures by type, or without types the shares outstanding of each month."""
    row = quote_row(market, now, symbol)
    first, last = (datetime.fromtimestamp(int(query[name]), UTC).date() for name in ("period1", "period2"))
    months = [day for age in range(60) if first <= (day := (now - timedelta(days=30 * age)).date()) <= last][::-1]
    if "type" not in query:
        result = [_shares(symbol, row, months)]
    else:
        result = [_measure(symbol, name, row, months) for name in query["type"].split(",")]
    return Answer(document={"timeseries": {"result": result, "error": None}})


def _shares(symbol: str, row: Json, months: list[date]) -> Json:
    result: Json = {"meta": {"symbol": [symbol], "type": ["shares_out"]}}
    if "sharesOutstanding" in row and months:
        result |= {
            "timestamp": [_midnight(day) for day in months],
            "shares_out": [row["sharesOutstanding"]] * len(months),
        }
    return result


def _measure(symbol: str, name: str, row: Json, months: list[date]) -> Json:
    """One type, as trailingPeRatio: one value, of the last month asked for."""
    result: Json = {"meta": {"symbol": [symbol], "type": [name]}}
    measure = next((m for m in sorted(_MEASURES, key=len, reverse=True) if name.endswith(m)), None)
    if measure and months and (value := row.get(_MEASURES[measure])) is not None:
        point = {"asOfDate": months[-1].isoformat(), "reportedValue": {"raw": value, "fmt": f"{value:.2f}"}}
        result |= {"timestamp": [_midnight(months[-1])], name: [point]}
    return result


def _midnight(day: date) -> int:
    return (day - date(1970, 1, 1)).days * 86_400
