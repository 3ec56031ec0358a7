"""What Yahoo's stream says: from one message to a `Quote`, and from many ticks to the latest quote per symbol.

A message is JSON whose `message` is a base64 protobuf `PricingData`: prices are float32, the time counts
milliseconds since 1970, zero means "not said", and most ticks say no more than price, time and volume. Nothing
here waits or blocks; neither class is meant for more than one thread.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
import numpy as np
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # protobuf ships no types
from yfinance.pricing_pb2 import PricingData

from core.errors import FeedError
from core.feeds.yahoo_quotes import AHEAD
from core.i18n import _
from core.model import Instant, Quote, Session
from core.sessions import Clock, exchange_time
from core.tape import newer

_REGULAR_HOURS: Final = 1  # 0 is before, 2 and 3 are after: those trades do not make the session's price
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class TickRefused(FeedError):
    """A tick of a symbol that was asked for is not believed, for a `reason` in words."""

    def __init__(self, symbol: str, reason: str) -> None:
        super().__init__(_("The stream sent {symbol} {reason}").format(symbol=symbol, reason=reason))
        self.symbol = symbol
        self.reason = reason


class _Envelope(msgspec.Struct):
    message: bytes  # msgspec decodes the base64


class TickReader:
    """Reads messages about `symbols`; `session_of` tells the session in progress, or the last one begun."""

    def __init__(self, symbols: Collection[str], clock: Clock, session_of: Callable[[Instant], Session]) -> None:
        self._symbols = frozenset(symbols)
        self._clock = clock
        self._session_of = session_of
        self._envelope = msgspec.json.Decoder(_Envelope)

    def read(self, message: bytes) -> Quote | None:
        """The quote in `message`; None for a trade before or after the regular hours.

        Raises TickRefused for one that is not sane, FeedError where there is no tick of a symbol that was asked for.
        """
        data = self._data(message)
        if data.id not in self._symbols:
            raise FeedError(_("The stream sent a symbol that was not asked for"))
        if data.market_hours != _REGULAR_HOURS:
            return None
        asof = self._time(data)
        price = _price(data.price)
        if price is None:
            raise TickRefused(data.id, _("without a price"))
        if data.day_volume < 0:
            raise TickRefused(data.id, _("with a negative volume"))
        first, high, low = (_price(value) for value in (data.open_price, data.day_high, data.day_low))
        said = [value for value in (low, first, high) if value is not None]
        if said != sorted(said):
            raise TickRefused(data.id, _("with a high below its low or its open"))
        volume = float(data.day_volume) or None
        return Quote(data.id, self._session_of(asof), price, exchange_time(asof), first, high, low, volume)

    def _data(self, message: bytes) -> PricingData:
        try:
            return PricingData.FromString(self._envelope.decode(message).message)
        except (msgspec.MsgspecError, UnicodeError, RecursionError, DecodeError) as error:
            raise FeedError(_("The stream sent a message that holds no tick")) from error

    def _time(self, data: PricingData) -> Instant:
        latest = (self._clock.now() - _EPOCH + AHEAD) / timedelta(milliseconds=1)
        if data.time > latest:
            raise TickRefused(data.id, _("with a time ahead of this computer's clock"))
        if data.time <= 0:
            raise TickRefused(data.id, _("without a time"))
        return _EPOCH + timedelta(milliseconds=data.time)


class LatestQuotes:
    """The latest quote of each symbol, and which of them have not been handed over yet."""

    def __init__(self) -> None:
        self._latest: dict[str, Quote] = {}
        self._given: dict[str, Quote] = {}
        self._fresh: set[str] = set()

    def take(self, tick: Quote) -> None:
        """Bring the symbol's quote up to date; an older tick changes nothing."""
        known = self._latest.get(tick.symbol)
        latest = newer(known, tick)
        if latest != known:
            self._latest[tick.symbol] = latest
            self._fresh.add(tick.symbol)

    def drain(self) -> dict[str, Quote]:
        """The quotes that differ from those handed over before; one that went and came back is no news."""
        fresh = {s: self._latest[s] for s in self._fresh if self._latest[s] != self._given.get(s)}
        self._fresh.clear()
        self._given |= fresh
        return fresh


def shortest(value: float) -> float:
    """The shortest decimal number that is `value` in float32: 123.45 for 123.44999694824219."""
    return float(str(np.float32(value)))


def _price(value: float) -> float | None:
    return shortest(value) if math.isfinite(value) and value > 0 else None
