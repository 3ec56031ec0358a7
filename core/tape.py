"""The newest quote of each symbol, by whatever road it came: asked for, streamed, or stored before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from threading import Lock

from core.model import Quote


class Tape:
    """Quotes of any number of symbols, for any number of threads; none gives way to an older one."""

    def __init__(self) -> None:
        self._quotes: dict[str, Quote] = {}
        self._lock = Lock()

    def take(self, quotes: Iterable[Quote]) -> None:
        """Bring each symbol up to date (`newer`)."""
        with self._lock:
            for quote in quotes:
                self._quotes[quote.symbol] = newer(self._quotes.get(quote.symbol), quote)

    def quotes(self) -> dict[str, Quote]:
        """The newest of each symbol, whatever session it is of."""
        with self._lock:
            return dict(self._quotes)


def newer(known: Quote | None, quote: Quote) -> Quote:
    """`known` brought up to date by `quote`, about the same symbol; of two of the same time `quote` wins.

    An older one changes nothing. Within a session what it does not say is kept, the volume never falls, and the
    range holds the price.
    """
    if known is not None and quote.asof < known.asof:
        return known
    old = known if known is not None and known.session == quote.session else quote
    high = quote.high if quote.high is not None else old.high
    low = quote.low if quote.low is not None else old.low
    volumes = [volume for volume in (old.volume, quote.volume) if volume is not None]
    return replace(
        quote,
        open=quote.open if quote.open is not None else old.open,
        high=None if high is None else max(high, quote.price),
        low=None if low is None else min(low, quote.price),
        volume=max(volumes, default=None),
    )
