"""Who belongs to a breadth universe, in which sector, and as of when (metrics.md 0.6).

`sp500`, `sp600` and `nasdaq100` come with the package pytickersymbols, which holds them offline and undated;
`russell2000` is the holdings file of IWM. A list of the same name in `[universes]` of the configuration stands
before them, and adds universes of the user's own. Today's members applied to a past session are survivors, which
`Membership.caption` says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from core.errors import UsageError
from core.i18n import _
from core.member_files import read_lines, yahoo_symbol
from core.model import Session
from core.settings import Settings
from core.settings_check import nearest
from core.text import clean

RUSSELL = "russell2000"
SMALL_CAPS = ("sp600", RUSSELL)
"""The universes that may stand for small caps in C6 and C7; a large-cap one never does."""

LARGE_CAPS = "sp500"
"""The universe that is the index of SPY."""

_PACKAGED = {"sp500": "S&P 500", "sp600": "S&P 600", "nasdaq100": "NASDAQ 100"}
"""The name pytickersymbols has for a list. A label is looked for in this order: the S&P's are those of GICS."""

_TITLES = {"sp500": "S&P 500", "sp600": "S&P SmallCap 600", "nasdaq100": "Nasdaq 100", RUSSELL: "Russell 2000"}

GICS = (
    *("Communication Services", "Consumer Discretionary", "Consumer Staples", "Health Care"),
    *("Information Technology", "Materials", "Real Estate", "Utilities", "Financials", "Industrials", "Energy"),
)
"""The sectors, those with a name that only GICS uses first: of two names that a company carries, the first is its
sector, the other the word of another classification (a utility is in the Energy of many)."""

SECTOR_FUNDS = {
    "XLB": "Materials",
    "XLC": "Communication Services",
    "XLE": "Energy",
    "XLF": "Financials",
    "XLI": "Industrials",
    "XLK": "Information Technology",
    "XLP": "Consumer Staples",
    "XLRE": "Real Estate",
    "XLU": "Utilities",
    "XLV": "Health Care",
    "XLY": "Consumer Discretionary",
}
"""The sector whose large caps each of the sector funds holds."""

_MEANS = {
    "Basic Materials": "Materials",
    "Beverages": "Consumer Staples",
    "Biotechnology": "Health Care",
    "Communication": "Communication Services",
    "Semiconductors": "Information Technology",
    "Semiconductors & Semiconductor Equipment": "Information Technology",
}
"""Labels of other classifications that lie in one sector whole; "Technology" and the like do not."""


@dataclass(frozen=True, slots=True)
class Member:
    """One line of a universe; `sector` is one of `GICS`, `industry` whatever the list calls it."""

    symbol: str
    name: str
    sector: str | None = None
    industry: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Membership:
    """The members of a universe as of `dated` (None: the list does not say), each symbol once."""

    id: str
    title: str
    members: tuple[Member, ...]
    dated: date | None
    source: str
    notes: tuple[str, ...] = ()

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols in the order of the list."""
        return tuple(member.symbol for member in self.members)

    @property
    def unmapped(self) -> int:
        """How many members have no sector."""
        return sum(member.sector is None for member in self.members)

    def hindsight(self, session: Session) -> bool | None:
        """Whether the list is later than `session`, so that who has left since is missing; None if undated."""
        return None if self.dated is None else session < self.dated

    def caption(self, session: Session) -> str:
        """What must stand beside a number of these members at `session`."""
        if self.dated is None:
            return _("members of an undated list ({source})").format(source=self.source)
        dated = _("members of {date}").format(date=self.dated)
        if not self.hindsight(session):
            return dated
        return _("{members}, applied to the past: survivors").format(members=dated)


def available(settings: Settings) -> tuple[str, ...]:
    """The universes that `members` can give."""
    files = (RUSSELL,) if settings.holdings.IWM else ()
    return tuple(dict.fromkeys((*_PACKAGED, *files, *settings.universes)))


def members(universe_id: str, settings: Settings) -> Membership:
    """The members of a universe. Raises UsageError where there is no such list, DataFileError for its file."""
    own = settings.universes.get(universe_id)
    if own is not None:
        title = own.title or _TITLES.get(universe_id, universe_id)
        if own.file:
            return _from_file(universe_id, title, Path(own.file))
        return _from_symbols(universe_id, title, own.symbols)
    if universe_id in _PACKAGED:
        return _from_package(universe_id)
    if universe_id == RUSSELL and settings.holdings.IWM:
        return _from_file(RUSSELL, _TITLES[RUSSELL], Path(settings.holdings.IWM))
    raise _unknown(universe_id, settings)


def _unknown(universe_id: str, settings: Settings) -> UsageError:
    if universe_id == RUSSELL:
        mend = _("name the file of IWM under [holdings] in config.toml")
        return UsageError(_("the universe {name} has no list of members").format(name=RUSSELL), mend)
    known = available(settings)
    meant = nearest(universe_id, known)
    mend = _("did you mean {name}?").format(name=clean(meant)) if meant else clean(", ".join(known))
    return UsageError(_("no universe {name}").format(name=clean(universe_id, 40)), mend)


def _from_package(universe_id: str) -> Membership:
    package, labels = _package(), _package_labels()
    companies = package.PyTickerSymbols().get_stocks_by_index(_PACKAGED[universe_id])
    found = ((yahoo_symbol(company["symbol"]), company["name"]) for company in companies)
    lines = tuple(Member(symbol, clean(name, 60), *labels[symbol]) for symbol, name in found if symbol)
    source = f"pytickersymbols {package.__version__}"
    return _tidy(Membership(universe_id, _TITLES[universe_id], lines, None, source))


def _from_file(universe_id: str, title: str, path: Path) -> Membership:
    file = read_lines(path)
    lines = _labelled(
        Member(line.symbol, line.name, _sector([line.sector]), line.industry or None) for line in file.lines
    )
    return _tidy(Membership(universe_id, title, lines, file.dated, clean(path.name), _left_out(file.unnamed)))


def _from_symbols(universe_id: str, title: str, symbols: Iterable[str]) -> Membership:
    found = [yahoo_symbol(text) for text in symbols]
    lines = _labelled(Member(symbol, symbol) for symbol in found if symbol)
    return _tidy(Membership(universe_id, title, lines, None, "config.toml", _left_out(found.count(None))))


def _left_out(count: int) -> tuple[str, ...]:
    return (_("lines without a symbol, left out: {count}").format(count=count),) if count else ()


def _tidy(membership: Membership) -> Membership:
    """Each symbol once, as it stands first, and a note of how many have no sector."""
    once = {member.symbol: member for member in reversed(membership.members)}
    tidy = replace(membership, members=tuple(dict.fromkeys(once[symbol] for symbol in membership.symbols)))
    if not tidy.unmapped:
        return tidy
    note = _("members without a sector: {count} of {members}").format(count=tidy.unmapped, members=len(tidy.members))
    return replace(tidy, notes=(*tidy.notes, note))


def _labelled(lines: Iterable[Member]) -> tuple[Member, ...]:
    """The members, with the sector of the package's lists where they have none of their own."""
    return tuple(member if member.sector else _labelled_by_package(member) for member in lines)


def _labelled_by_package(member: Member) -> Member:
    sector, industry = _package_labels().get(member.symbol, (None, None))
    return replace(member, sector=sector, industry=member.industry or industry)


def _package() -> ModuleType:
    """The package, imported when first needed: its lists take 25 ms and 6 MB."""
    return import_module("pytickersymbols")


@cache
def _package_labels() -> Mapping[str, tuple[str | None, str | None]]:
    """Sector and industry of every symbol in the package's lists; the first list with a sector decides."""
    labels: dict[str, tuple[str | None, str | None]] = {}
    for name in _PACKAGED.values():
        for company in _package().PyTickerSymbols().get_stocks_by_index(name):
            symbol = yahoo_symbol(company["symbol"])
            if symbol and labels.get(symbol, (None, None))[0] is None:
                labels[symbol] = (_sector(company["industries"]), _industry(company["industries"]))
    return labels


def _sector(labels: Iterable[str]) -> str | None:
    """The GICS sector that the labels of a company name, or mean."""
    given = set(labels)
    named = (sector for sector in GICS if sector in given)
    meant = (sector for label, sector in _MEANS.items() if label in given)
    return next(named, None) or next(meant, None)


def _industry(labels: Iterable[str]) -> str | None:
    """The label beside the sector where there is just one."""
    others = [label for label in labels if label not in GICS]
    return clean(others[0], 60) if len(others) == 1 else None
