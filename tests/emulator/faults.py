"""The faults that are on: which requests they befall, and how often they have."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Set
from dataclasses import dataclass, field

from tests.emulator.catalogue import CATALOGUE, TUNNEL, Kind, Manner
from tests.emulator.wire import Answer, Endpoint, Request


@dataclass(slots=True, eq=False)
class Fault:
    """A fault that was set; `met` requests were its own, of which it befell `played`."""

    name: str
    kind: Kind
    endpoints: frozenset[Endpoint]
    symbols: frozenset[str]
    after: int
    times: int | None
    met: int = field(default=0, init=False)
    played: int = field(default=0, init=False)

    def concerns(self, endpoints: Set[Endpoint], symbols: Collection[str]) -> bool:
        """Whether a request is its own."""
        return not self.endpoints.isdisjoint(endpoints) and (not self.symbols or not self.symbols.isdisjoint(symbols))

    @property
    def due(self) -> bool:
        """Whether it befalls the next request of its own."""
        return self.met >= self.after and (self.times is None or self.met < self.after + self.times)

    def meet(self) -> bool:
        """Count a request of its own, and say whether the fault befalls it."""
        due = self.due
        self.met += 1
        self.played += due
        return due

    def change(self, request: Request, answer: Answer) -> Answer:
        """What is answered instead of `answer`."""
        return answer if self.kind.change is None else self.kind.change(request, answer, self.symbols)


class Faults:
    """The faults of one emulator, set and cleared from any thread.

    `changed` is called after each of the two, `met` after a request that was a fault's own.
    """

    def __init__(self, changed: Callable[[], None], met: Callable[[], None]) -> None:
        self._lock = threading.Lock()
        self._active: dict[str, Fault] = {}
        self._changed, self._met = changed, met

    def set(
        self,
        name: str,
        *,
        endpoints: Collection[str] = (),
        symbols: Collection[str] = (),
        after: int = 0,
        times: int | None = None,
    ) -> Fault:
        """Switch the fault `name` of the catalogue on, in place of an earlier one of that name.

        It befalls requests to `endpoints` (default: those of the catalogue) about any of `symbols` (default: all);
        of these it lets `after` pass, and then befalls `times` of them (default: all). Of a request about many
        symbols, faults in rows change those of `symbols` only. For the stream, each round of ticks counts as a request.

        Raises:
            ValueError: there is no such fault or endpoint, or the fault cannot be so limited.
        """
        kind = CATALOGUE.get(name)
        if kind is None:
            raise ValueError(f"no fault {name!r}; there are: {', '.join(CATALOGUE)}")
        if kind.manner is Manner.DOWN and (endpoints or symbols or after or times is not None):
            raise ValueError(f"the fault {name!r} befalls everything")
        if kind.manner in TUNNEL and symbols:
            raise ValueError(f"nobody knows the symbols yet when the fault {name!r} occurs")
        chosen = frozenset(Endpoint(endpoint) for endpoint in endpoints) or kind.endpoints
        fault = Fault(name, kind, chosen, frozenset(symbols), after, times)
        with self._lock:
            self._active[name] = fault
        self._changed()
        return fault

    def clear(self, name: str | None = None) -> None:
        """Switch `name` off, or all faults; what already hangs goes on hanging."""
        with self._lock:
            if name is None:
                self._active.clear()
            else:
                self._active.pop(name, None)
        self._changed()

    @property
    def active(self) -> tuple[Fault, ...]:
        """The faults that are on, in the order they were set."""
        with self._lock:
            return tuple(self._active.values())

    @property
    def down(self) -> bool:
        """Whether nobody is to listen."""
        return any(fault.kind.manner is Manner.DOWN for fault in self.active)

    def meet(self, manners: Set[Manner], endpoints: Set[Endpoint], symbols: Collection[str] = ()) -> list[Fault]:
        """The faults that befall a request now, which is counted."""
        with self._lock:
            own = [f for f in self._active.values() if f.kind.manner in manners and f.concerns(endpoints, symbols)]
            due = [fault for fault in own if fault.meet()]
        if own:
            self._met()
        return due

    def closes(self, endpoint: Endpoint) -> bool:
        """Whether a tunnel to `endpoint` would not be given now, so that an old one must not go on either."""
        return any(f.kind.manner in TUNNEL and f.due and f.concerns({endpoint}, ()) for f in self.active)
