"""What stands behind the funds: the members of the breadth universe, and the lines of funds with known holdings.

They add symbols to what the feed is asked for, after those of the screen, and are laid out on the same sessions.
What single members lack is told in one line, not in hundreds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from core.breadth_board import BreadthUniverse
from core.fund_lines import FundLines
from core.holdings import read_holdings
from core.i18n import _
from core.membership import LARGE_CAPS, SMALL_CAPS, Membership, members
from core.model import Instrument, Problem, SymbolClass
from core.panel import Bars, Days, align
from core.settings import CORE, Settings
from core.text import some
from core.universe import LARGE, SMALL
from core.weights import Weights

GROUP = "members"


class Constituents:
    """The universe and the holdings of one configuration.

    Raises UsageError for a universe that does not exist, DataFileError for a file that cannot be read.
    """

    def __init__(self, settings: Settings) -> None:
        chosen = settings.universe.breadth
        self._membership: Membership | None = None if chosen == CORE else members(chosen, settings)
        files = {LARGE: settings.holdings.SPY, SMALL: settings.holdings.IWM}
        self._weights = {fund: read_holdings(Path(path), fund) for fund, path in files.items() if path}

    def instruments(self, watched: Collection[str]) -> tuple[Instrument, ...]:
        """Every member and line that is not `watched` on the screen anyway, once."""
        names: dict[str, str] = {symbol: symbol for weights in self._weights.values() for symbol in weights.lines}
        if self._membership is not None:
            names = {member.symbol: member.name for member in self._membership.members} | names
        return tuple(Instrument(s, name, SymbolClass.STOCK, GROUP) for s, name in names.items() if s not in watched)

    @property
    def membership(self) -> Membership | None:
        """Who belongs to the breadth universe; None where none is chosen."""
        return self._membership

    @property
    def weighable(self) -> tuple[str, ...]:
        """The members whose market caps can give weights of SPY: those of its index, where no file gives them."""
        found = self._membership
        return () if found is None or found.id != LARGE_CAPS or LARGE in self._weights else found.symbols

    def universe(self, bars: Mapping[str, Bars], sessions: Days) -> BreadthUniverse | None:
        """The breadth universe on `sessions`; None where none is chosen."""
        found = self._membership
        if found is None:
            return None
        return BreadthUniverse(
            id=found.id,
            size=len(found.members),
            dated=found.dated,
            source=found.source,
            panel=align(bars, found.symbols, sessions),
            notes=found.notes,
        )

    def lines(
        self,
        bars: Mapping[str, Bars],
        sessions: Days,
        universe: BreadthUniverse | None,
        by_caps: Weights | None = None,
    ) -> dict[str, FundLines]:
        """The lines of each fund; without holdings of IWM a universe of small caps stands in for it.

        `by_caps` are the weights of the `weighable`.
        """
        known = self._weights if by_caps is None else {by_caps.fund: by_caps} | self._weights
        found = {fund: FundLines(align(bars, weights.lines, sessions), weights) for fund, weights in known.items()}
        if SMALL not in found and universe is not None and universe.id in SMALL_CAPS:
            found[SMALL] = FundLines(universe.panel, None, stands_in=universe.id)
        return found

    def told(self, problems: Iterable[Problem], watched: Collection[str]) -> tuple[Problem, ...]:
        """The same problems, those of members gathered into one line a kind."""
        kept: list[Problem] = []
        gathered: dict[str, list[str]] = {}
        for problem in problems:
            if problem.symbol is None or problem.symbol in watched:
                kept.append(problem)
            else:
                gathered.setdefault(problem.kind, []).append(problem.symbol)
        text = _("{count} members or lines of funds: {kind} ({symbols})")
        for kind, symbols in gathered.items():
            kept.append(Problem(kind, None, text.format(count=len(symbols), kind=kind, symbols=some(symbols))))
        return tuple(kept)
