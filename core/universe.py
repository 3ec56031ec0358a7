"""What is watched: the groups of the configuration, the sector schemes, and the nearest known symbol."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from core.i18n import _
from core.model import Group, Instrument, SymbolClass
from core.settings import Settings, WatchGroup

BENCHMARK = "SPY"
LARGE, SMALL = BENCHMARK, "IWM"
"""The funds that stand for the large and for the small caps."""

INDEX_FUNDS = ("SPY", "IWM", "QQQ", "DIA")
SECTORS = "sectors"
WATCHLIST = "watchlist:"
"""Prefix of the ids of the user's own groups."""

SPREADS = (("IWM", "SPY"), ("RSP", "SPY"), ("IWD", "IWF"), ("IWN", "IWO"), ("DIA", "QQQ"))
"""The pairs of the spreads block (interface.md)."""

VOLATILITY_CORE = "^VIX"

WHOLE, ENOUGH = 0.95, 0.80
"""Shares of a universe, or of a fund's weight: from the first on it is whole, below the second it tells nothing
(metrics.md 0.5)."""


@dataclass(frozen=True, slots=True, eq=False)
class Universe:
    """The watched groups in screen order, and every symbol once, in the order of first mention."""

    groups: tuple[Group, ...]
    instruments: tuple[Instrument, ...]

    @property
    def symbols(self) -> tuple[str, ...]:
        """Every watched symbol once."""
        return tuple(instrument.symbol for instrument in self.instruments)

    def core_symbols(self) -> tuple[str, ...]:
        """The symbols W20 stands guard over: SPY IWM QQQ DIA, the sector funds, ^VIX (warnings.md)."""
        sectors = (i.symbol for group in self.groups if group.id == SECTORS for i in group.instruments)
        return (*INDEX_FUNDS, *sectors, VOLATILITY_CORE)


def build(settings: Settings) -> Universe:
    """The universe of the effective configuration: the groups shown, then the user's watchlist.

    Titles and names are in the language in force, as far as its catalogue has them.
    """
    groups = [
        Group(
            id=name,
            title=_(group.title),
            cls=group.cls,
            ranked=group.ranked and group.cls.has_returns,
            instruments=tuple(Instrument(s, _(title), group.cls, name) for s, title in group.symbols.items()),
        )
        for name in settings.universe.show
        for group in (settings.universe.groups[name],)
    ]
    groups += [_watch_group(name, entry, groups) for name, entry in settings.watchlist.items()]
    once = {i.symbol: i for group in reversed(groups) for i in reversed(group.instruments)}
    order = dict.fromkeys(i.symbol for group in groups for i in group.instruments)
    return Universe(groups=tuple(groups), instruments=tuple(once[symbol] for symbol in order))


def instrument(universe: Universe, symbol: str) -> Instrument:
    """The instrument of a symbol, watched or not; "^" names an index, as on Yahoo."""
    watched = next((i for i in universe.instruments if i.symbol == symbol), None)
    return watched or Instrument(symbol, symbol, _usual_class(symbol, SymbolClass.STOCK), "")


def sector_class(settings: Settings, symbol: str) -> str | None:
    """Class of a sector fund in the scheme in force: cyclical, sensitive or defensive."""
    scheme = settings.universe.schemes[settings.metrics.scheme]
    for name in ("cyclical", "sensitive", "defensive"):
        if symbol in getattr(scheme, name):
            return name
    return None


def suggest(symbol: str, known: Iterable[str]) -> str | None:
    """The known symbol nearest in spelling, for "did you mean"; None where nothing is near."""
    near = difflib.get_close_matches(symbol.upper(), sorted(set(known) - {symbol}), n=1, cutoff=0.6)
    return near[0] if near else None


def _watch_group(name: str, entry: tuple[str, ...] | WatchGroup, declared: Iterable[Group]) -> Group:
    """A user's group. A symbol that the universe already knows keeps its name and class."""
    symbols, title, cls = (
        (entry.symbols, entry.title or name, entry.cls)
        if isinstance(entry, WatchGroup)
        else (entry, name, SymbolClass.STOCK)
    )
    known = {i.symbol: i for group in declared for i in group.instruments}
    group_id = WATCHLIST + name
    instruments = tuple(
        Instrument(s, known[s].name, known[s].cls, group_id)
        if s in known
        else Instrument(s, s, _usual_class(s, cls), group_id)
        for s in dict.fromkeys(symbol.upper() for symbol in symbols)
    )
    return Group(id=group_id, title=title, cls=cls, ranked=_comparable(instruments), instruments=instruments)


def _usual_class(symbol: str, cls: SymbolClass) -> SymbolClass:
    return SymbolClass.INDEX if symbol.startswith("^") and cls is SymbolClass.STOCK else cls


def _comparable(instruments: Iterable[Instrument]) -> bool:
    """Whether all have returns on one basis: no index is ranked against a fund's total return (metrics.md 0.2)."""
    classes = {instrument.cls for instrument in instruments}
    return all(cls.has_returns for cls in classes) and len({cls.has_total_return for cls in classes}) == 1
