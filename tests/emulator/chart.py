"""What `v8/finance/chart` answers: daily bars with events, and minute bars of the last sessions."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from core.model import Instant
from tests.emulator.market import Market, Series
from tests.emulator.venue import VENUES, offset, short_zone, trading_period
from tests.emulator.wire import Answer, Json

VALID_RANGES = ["1d", "5d", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "ytd", "max"]

_MINUTES = {"1m": 1, "2m": 2, "5m": 5, "15m": 15, "30m": 30, "60m": 60, "90m": 90, "1h": 60}
_MONTHS = {"mo": 1, "y": 12}
_LONGEST_INTRADAY = 60  # sessions


def chart(market: Market, now: Instant, symbol: str, query: Mapping[str, str]) -> Answer:
    """The answer to a request for `symbol`."""
    interval = query.get("interval", "1d")
    series = market.series(symbol)
    chosen = _chosen(series, now, query)
    if chosen is None or (interval != "1d" and interval not in _MINUTES):
        return refused(422, "Unprocessable Entity", f"Invalid input - range={query.get('range')}, interval={interval}")
    if "period1" in query and int(query["period2"]) <= series.times[0]:
        window = f"startDate = {query['period1']}, endDate = {query['period2']}"
        return refused(400, "Bad Request", f"Data doesn't exist for {window}")
    rows = np.flatnonzero(chosen).tolist()
    result = {"meta": _meta(market, now, symbol, series, rows) | {"dataGranularity": interval}}
    result["meta"]["range"] = query.get("range", "")
    result |= _daily(series, rows) if interval == "1d" else _intraday(market, symbol, series, rows, _MINUTES[interval])
    if interval == "1d" and rows and (events := _events(market, series, rows)):
        result["events"] = events
    return Answer(document={"chart": {"result": [result], "error": None}})


def refused(status: int, code: str, description: str) -> Answer:
    """How Yahoo says no to a request for a chart."""
    return Answer(status, {"chart": {"result": None, "error": {"code": code, "description": description}}})


def _chosen(series: Series, now: Instant, query: Mapping[str, str]) -> npt.NDArray[np.bool_] | None:
    """Which rows are asked for; None where Yahoo does not understand the question."""
    if "period1" in query:
        times = np.array(series.times)
        within: npt.NDArray[np.bool_] = (times >= int(query["period1"])) & (times < int(query["period2"]))
        return within
    first = _first_day(query.get("range", "1d"), now.date())
    if first is None:
        return None
    if isinstance(first, int):
        first = series.days[-min(first, len(series.days))].item()
    since: npt.NDArray[np.bool_] = series.days >= np.datetime64(first, "D")
    return since


def _first_day(span: str, today: date) -> date | int | None:
    """The first day of a range, or its number of sessions."""
    if span == "max":
        return date.min
    if span == "ytd":
        return date(today.year, 1, 1)
    match = re.fullmatch(r"(\d+)(d|wk|mo|y)", span)
    if match is None:
        return None
    count, unit = int(match[1]), match[2]
    if unit == "d":
        return count
    if unit == "wk":
        return today - timedelta(weeks=count)
    year, month = divmod(today.year * 12 + today.month - 1 - count * _MONTHS[unit], 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def _meta(market: Market, now: Instant, symbol: str, series: Series, rows: list[int]) -> Json:
    venue, live = VENUES[market.cls(symbol)], market.live(symbol)
    year = slice(max(len(series.days) - 252, 0), None)
    before = series.close[rows[0] - 1] if rows and rows[0] else live.previous_close
    return {
        "currency": "USD",
        "symbol": symbol,
        "exchangeName": venue.exchange,
        "fullExchangeName": venue.name,
        "instrumentType": venue.kind,
        "firstTradeDate": series.times[0],
        "regularMarketTime": int(live.at.timestamp()),
        "hasPrePostMarketData": venue.extended_hours,
        "gmtoffset": offset(venue.zone, now),
        "timezone": short_zone(venue.zone, now),
        "exchangeTimezoneName": venue.zone.key,
        "regularMarketPrice": live.price,
        "fiftyTwoWeekHigh": float(series.high[year].max()),
        "fiftyTwoWeekLow": float(series.low[year].min()),
        "regularMarketDayHigh": live.high,
        "regularMarketDayLow": live.low,
        "regularMarketVolume": live.volume,
        "longName": f"{symbol} of the emulator",
        "shortName": symbol,
        "chartPreviousClose": float(before),
        "priceHint": venue.price_hint,
        "currentTradingPeriod": trading_period(market, venue, now),
        "validRanges": VALID_RANGES,
    }


def _daily(series: Series, rows: list[int]) -> Json:
    if not rows:
        return {"indicators": {"quote": [{}], "adjclose": [{}]}}
    return {
        "timestamp": [series.times[row] for row in rows],
        "indicators": {
            "quote": [
                {
                    "open": series.open[rows].tolist(),
                    "high": series.high[rows].tolist(),
                    "low": series.low[rows].tolist(),
                    "close": series.close[rows].tolist(),
                    "volume": series.volume[rows].astype(int).tolist(),
                }
            ],
            "adjclose": [{"adjclose": series.adj_close[rows].tolist()}],
        },
    }


def _events(market: Market, series: Series, rows: list[int]) -> Json:
    """Dividends and splits of the sessions shown, by the time of their open."""
    first, last = series.days[rows[0]].item(), series.days[rows[-1]].item()
    events: Json = {}
    for day, amount in series.dividends.items():
        if first <= day <= last:
            at = int(market.calendar.open_at(day).timestamp())
            events.setdefault("dividends", {})[str(at)] = {"amount": round(amount, 6), "date": at}
    for day, ratio in series.splits.items():
        if first <= day <= last:
            at = int(market.calendar.open_at(day).timestamp())
            events.setdefault("splits", {})[str(at)] = split_event(at, ratio)
    return events


def split_event(at: int, ratio: float) -> Json:
    """A split as the events of a chart have it; a `ratio` under one is a reverse split."""
    new, old = (ratio, 1.0) if ratio >= 1 else (1.0, round(1 / ratio, 6))
    return {"date": at, "numerator": new, "denominator": old, "splitRatio": f"{new:g}:{old:g}"}


def _intraday(market: Market, symbol: str, series: Series, rows: list[int], step: int) -> Json:
    """Bars of `step` minutes of the sessions shown, at most the last 60 of them."""
    columns: dict[str, list[float | int]] = {name: [] for name in ("open", "high", "low", "close", "volume")}
    times: list[int] = []
    for row in rows[-_LONGEST_INTRADAY:]:
        session = series.days[row].item()
        opened, path = int(market.calendar.open_at(session).timestamp()), market.session_path(symbol, session)
        for start in range(0, len(path) - 1, step):
            prices = path[start : start + step + 1].tolist()
            times.append(opened + start * 60)
            for name, price in zip(columns, (prices[0], max(prices), min(prices), prices[-1]), strict=False):
                columns[name].append(price)
            columns["volume"].append(int(series.volume[row]) * step // len(path))
    return {"timestamp": times, "indicators": {"quote": [columns]}}
