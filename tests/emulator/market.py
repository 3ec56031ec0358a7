"""The market behind the emulator: any symbol as Yahoo would show it at this moment.

Closes are split-adjusted, adjusted closes also dividend-adjusted, both only for what has already happened: when
the clock passes a split or an ex-dividend date, the whole history is restated. Prices are rounded to 32 bits as
Yahoo's are. Tests change the market from any thread while it is being asked.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from core.model import Instant, Session, SymbolClass
from core.panel import Days, Floats
from core.sessions import Calendar, MarketState, Phase
from tests.emulator.clock import VirtualClock
from tests.emulator.listing import Listing, Rows, Trade


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Daily bars; the last is that of the last session begun. `times`: each open in seconds, there the last trade."""

    days: Days
    times: list[int]
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    adj_close: Floats
    volume: Floats
    dividends: dict[Session, float]
    splits: dict[Session, float]


@dataclass(frozen=True, slots=True)
class Live:
    """The last session that has begun, at this moment; `at` is its last trade, `extended` one outside its hours."""

    session: Session
    phase: Phase
    at: Instant
    price: float
    open: float
    high: float
    low: float
    volume: int
    previous_close: float
    extended: tuple[float, Instant] | None


class Market:
    """Every symbol there is, as of the time of `clock`; methods raise `ValueError` for a day that is no session."""

    def __init__(self, clock: VirtualClock) -> None:
        self.calendar = Calendar()
        self._clock = clock
        self._rows = Rows(self.calendar)
        self._lock = threading.RLock()
        self._listings: dict[str, Listing] = {}

    def state(self) -> MarketState:
        """The exchange at this moment."""
        return self.calendar.state(self._clock.now())

    def cls(self, symbol: str) -> SymbolClass:
        """What `symbol` is."""
        return self._listing(symbol).walk.cls

    def price(self, symbol: str, session: Session) -> float:
        """The close of `session` as it is shown now; of the session in progress, the last price.

        Raises:
            ValueError: the session has not begun.
        """
        with self._lock:
            listing, now = self._listing(symbol), self._clock.now()
            begun = self.calendar.state(now).session
            if session > begun:
                raise ValueError(f"the session of {session} has not begun")
            return _shown(listing.bar(self._rows.of(session), now).close * listing.unit(begun))

    def series(self, symbol: str) -> Series:
        """All bars that are shown now."""
        with self._lock:
            listing, now = self._listing(symbol), self._clock.now()
            last = self.calendar.state(now).session
            rows, unit = self._rows.of(last) + 1, listing.unit(last)
            *prices, volume = listing.bars(rows, now)
            prices.append(listing.adjusted(prices[-1]))
            days = self._rows.days[:rows]
            times = self._rows.opens[:rows].copy()
            times[-1] = int(listing.bar(rows - 1, now).at.timestamp())
            kept = (days >= np.datetime64(listing.first, "D")) & ~np.isin(days, _days(listing.dropped))
            opening, high, low, close, adjusted = (_shown_all(column[kept] * unit) for column in prices)
            return Series(
                days=days[kept],
                times=times[kept].tolist(),
                open=opening,
                high=high,
                low=low,
                close=close,
                adj_close=adjusted,
                volume=np.round(volume[kept] / unit),
                dividends={d: amount * unit for d, amount in listing.dividends.items() if listing.first < d <= last},
                splits={d: ratio for d, ratio in listing.splits.items() if listing.first < d <= last},
            )

    def live(self, symbol: str) -> Live:
        """The last session that has begun, at this moment."""
        with self._lock:
            listing, now = self._listing(symbol), self._clock.now()
            state = self.calendar.state(now)
            row, unit = self._rows.of(state.session), listing.unit(state.session)
            bar, before = listing.bar(row, now), listing.bar(row - 1, now)
            return Live(
                session=state.session,
                phase=state.phase,
                at=bar.at,
                price=_shown(bar.close * unit),
                open=_shown(bar.open * unit),
                high=_shown(bar.high * unit),
                low=_shown(bar.low * unit),
                volume=round(bar.volume / unit),
                previous_close=_shown(before.close * unit),
                extended=self._extended(listing, state, bar.close * unit),
            )

    def session_path(self, symbol: str, session: Session) -> Floats:
        """The price at each minute of `session` that has begun, as it is shown now; trades of tests are left out."""
        with self._lock:
            listing, now = self._listing(symbol), self._clock.now()
            begun = int((now - self.calendar.open_at(session)).total_seconds() // 60) + 1
            path = listing.path(self._rows.of(session))[: max(begun, 0)]
            return _shown_all(path * listing.unit(self.calendar.state(now).session))

    def set_live(self, symbol: str, price: float, volume: float | None = None, at: Instant | None = None) -> None:
        """A trade of the session in progress at `at` (default: now); the last one of a session is also its close.

        `volume` is that of the session until then (default: what it would have been without the trade).

        Raises:
            ValueError: no session is in progress at `at`.
        """
        with self._lock:
            moment = at or self._clock.now()
            state = self.calendar.state(moment)
            if state.phase is not Phase.OPEN:
                raise ValueError(f"no session is in progress at {moment}")
            listing = self._listing(symbol)
            unit = listing.unit(state.session)
            usual = listing.bar(self._rows.of(state.session), moment).volume
            trades = listing.trades.setdefault(state.session, [])
            trades.append(Trade(moment, price / unit, usual if volume is None else volume * unit))
            trades.sort(key=lambda trade: trade.at)

    def split(self, symbol: str, session: Session, ratio: float) -> None:
        """From the open of `session` on, `ratio` new shares stand for an old one, and older prices are restated."""
        self._rows.of(session)
        with self._lock:
            self._listing(symbol).splits[session] = ratio

    def dividend(self, symbol: str, session: Session, amount: float) -> None:
        """A dividend of `amount`, in the unit shown now, with the ex-date `session`."""
        self._rows.of(session)
        with self._lock:
            listing = self._listing(symbol)
            listing.dividends[session] = amount / listing.unit(self.state().session)

    def restate(self, symbol: str, ratio: float) -> None:
        """Multiply every price of `symbol`, also the present one, by `ratio` without announcing any event."""
        with self._lock:
            self._listing(symbol).scale *= ratio

    def drop_session(self, symbol: str, session: Session) -> None:
        """Leave the bar of `session` out of the history of `symbol`."""
        self._rows.of(session)
        with self._lock:
            self._listing(symbol).dropped.add(session)

    def restore_session(self, symbol: str, session: Session) -> None:
        """Give the bar of `session` again."""
        with self._lock:
            self._listing(symbol).dropped.discard(session)

    def list_from(self, symbol: str, first: Session) -> None:
        """Let `symbol` have no bars before `first`."""
        with self._lock:
            self._listing(symbol).first = first

    def first_session(self, symbol: str) -> Session:
        """The first session of `symbol`."""
        return self._listing(symbol).first

    def set_fundamentals(self, symbol: str, **values: float | None) -> None:
        """Replace fields of a quote by Yahoo's names (`trailingPE=21.4`); None leaves a field out."""
        with self._lock:
            self._listing(symbol).fundamentals.update(values)

    def fundamentals(self, symbol: str) -> dict[str, float | None]:
        """What `set_fundamentals` has replaced."""
        with self._lock:
            return dict(self._listing(symbol).fundamentals)

    def _listing(self, symbol: str) -> Listing:
        with self._lock:
            if symbol not in self._listings:
                self._listings[symbol] = Listing.of(symbol, self._rows)
            return self._listings[symbol]

    def _extended(self, listing: Listing, state: MarketState, close: float) -> tuple[float, Instant] | None:
        """Price and time of the last trade before the open or after the close, a little off the last close."""
        if not listing.walk.cls.has_total_return or state.phase is Phase.OPEN:
            return None
        now = self._clock.now()
        if state.phase is Phase.PRE:
            return _shown(close * 1.003), now
        return _shown(close * 1.001), min(now, self.calendar.close_at(state.session) + timedelta(hours=4))


def _days(sessions: set[Session]) -> Days:
    return np.array(sorted(sessions), "datetime64[D]")


def _shown(price: float) -> float:
    return float(np.float32(price))


def _shown_all(prices: Floats) -> Floats:
    return prices.astype(np.float32).astype(np.float64)
