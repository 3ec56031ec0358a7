"""The process of `PlainYfinance`: a line of JSON names a function below and its arguments, and is answered by one."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from typing import IO, Any, TypeAlias

import yfinance

Json: TypeAlias = dict[str, Any]


def download(symbols: list[str], **options: object) -> Json:
    """The last close of each symbol by `yf.download`; null where it is missing."""
    frame = yfinance.download(symbols, progress=False, **options)
    last = {symbol: frame["Close"][symbol].dropna() for symbol in frame["Close"].columns}
    return {"rows": len(frame), "close": {symbol: float(c.iloc[-1]) if len(c) else None for symbol, c in last.items()}}


def ready() -> Json:
    """Nothing: everything is imported."""
    return {}


def out_of_the_box(symbols: list[str], **options: object) -> Json:
    """Every close by `yf.download` with the settings that yfinance comes with; what is missing is left out."""
    yfinance.config.debug.hide_exceptions = True
    closes = yfinance.download(symbols, progress=False, **options)["Close"]
    series = {symbol: closes[symbol].dropna() for symbol in closes.columns}
    return {"closes": {s: {f"{day.date()}": float(price) for day, price in one.items()} for s, one in series.items()}}


def history(symbol: str, **options: object) -> Json:
    """Both closes of each day by `Ticker.history`, with the dividends and splits that are not 0."""
    yfinance.data.YfData.cache_get.cache_clear()  # it would answer from the time before a fault
    frame = yfinance.Ticker(symbol).history(auto_adjust=False, **options)
    days = [day.date().isoformat() for day in frame.index]
    columns = {"close": "Close", "adjusted": "Adj Close", "dividends": "Dividends", "splits": "Stock Splits"}
    answer = {name: dict(zip(days, frame[column].tolist(), strict=True)) for name, column in columns.items()}
    for name in ("dividends", "splits"):
        answer[name] = {day: value for day, value in answer[name].items() if value}
    return answer


def quotes(symbols: list[str]) -> Json:
    """Rows of `v7/finance/quote` in one request."""
    url = "https://query1.finance.yahoo.com/v7/finance/quote"
    answer = yfinance.data.YfData().get_raw_json(url, {"symbols": ",".join(symbols), "formatted": "false"})
    return {row["symbol"]: row for row in answer["quoteResponse"]["result"]}


def stream(symbols: list[str], count: int) -> Json:
    """The first `count` ticks of the stream."""

    async def listen() -> list[Json]:
        ticks: asyncio.Queue[Json] = asyncio.Queue()
        async with yfinance.AsyncWebSocket(verbose=False) as socket:
            await socket.subscribe(symbols)
            listening = asyncio.create_task(socket.listen(ticks.put))
            taken = [await ticks.get() for _ in range(count)]
            listening.cancel()
            await asyncio.wait([listening])
        return taken

    return {"ticks": asyncio.run(listen())}


def serve(commands: IO[str], answers: IO[str]) -> None:
    """Obey until the commands end."""
    logging.captureWarnings(capture=True)
    logging.getLogger("py.warnings").addHandler(logging.NullHandler())
    logging.getLogger("yfinance").setLevel(logging.CRITICAL + 1)
    yfinance.config.debug.hide_exceptions = False
    known = {function.__name__: function for function in (ready, download, out_of_the_box, history, quotes, stream)}
    for line in commands:
        what, arguments, options = json.loads(line)
        begun = time.monotonic()
        try:
            answer = known[what](*arguments, **options)
        except Exception as error:  # noqa: BLE001 - whatever it raises is what is asked for
            answer = {"error": type(error).__name__, "text": str(error)}
        answer["seconds"] = time.monotonic() - begun
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout)
