"""Prices of now that are not believed: told as long as no good one has come, by whatever road."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.i18n import _
from core.model import Doubt, Instant, Problem, Quote
from core.sessions import exchange_time


def told(doubts: Iterable[Doubt], kept: Mapping[str, Quote], now: Instant) -> tuple[Problem, ...]:
    """A problem for each symbol in doubt, the earliest doubt of it; `kept` are the quotes that stand meanwhile."""
    first: dict[str, Doubt] = {}
    for doubt in sorted(doubts, key=lambda one: one.since):
        quote = kept.get(doubt.symbol)
        if quote is None or quote.asof <= doubt.since:
            first.setdefault(doubt.symbol, doubt)
    return tuple(Problem("rejected", symbol, _text(doubt, kept.get(symbol), now)) for symbol, doubt in first.items())


def _text(doubt: Doubt, kept: Quote | None, now: Instant) -> str:
    text = _("{symbol}: its price is not believed since {since} ({reason}); the last close stands")
    if kept is not None:
        text = _("{symbol}: its price is not believed since {since} ({reason}); {price} of {time} stands")
    price, at = ("", doubt.since) if kept is None else (f"{kept.price:,.2f}", kept.asof)
    return text.format(
        symbol=doubt.symbol, since=_clock(doubt.since, now), reason=doubt.reason, price=price, time=_clock(at, now)
    )


def _clock(at: Instant, now: Instant) -> str:
    """The time on the exchange's clock, with its day where that is another one."""
    at, now = exchange_time(at), exchange_time(now)
    return f"{at:%H:%M}" if at.date() == now.date() else f"{at:%Y-%m-%d %H:%M}"
