"""The long work that the screen can be asked for: another universe, a fetch, a backtest. Everything here blocks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Final, TypeAlias

from core.i18n import _

if TYPE_CHECKING:
    from core.settings import Settings
    from tui.source import AwaitSource, SnapshotSource
    from tui.work import Tell

FILLED: Final = ("yahoo", "alpaca")
"""Feeds that are slow enough for their history to be fetched into the store before anything is shown."""

Reopen: TypeAlias = "Callable[[Settings, str, Tell], tuple[SnapshotSource, AwaitSource]]"
"""Opens a source for other settings, where so named a feed serves now; with it what waits for its successor."""


def reopened(
    settings: Settings, serving: str, tell: Tell, *, as_of: date | None = None
) -> tuple[SnapshotSource, AwaitSource]:
    """See `Reopen`: the source has been refreshed once. Raises TapeboardError."""
    from core.automatic import Succession, by_yahoo  # noqa: PLC0415 - pandas and the calendar, for the thread alone
    from core.opening import Opening  # noqa: PLC0415 - likewise

    opening = Opening(settings, as_of=as_of)
    then: AwaitSource = lambda: None  # noqa: E731 - a function by its type
    if opening.automatic and serving == "yahoo":
        source = opening.pipeline(by_yahoo(settings))
    else:
        succession = Succession(opening)
        source, then = succession.first(), succession.then
    try:
        tell(0, 0)
        if source.feed_name in FILLED and settings.store.url != "none" and as_of is None:
            source.fetch(None, lambda step: tell(step.done, step.total, step.waits or step.symbol, step.failed))
        source.refresh()
        tell(0, 0)
    except BaseException:
        source.close()
        raise
    return source, then


def fetched(settings: Settings, tell: Tell) -> str:
    """Fill the store from the feed; what was stored, in one line. Raises TapeboardError."""
    from core import pipeline  # noqa: PLC0415 - see above
    from core.automatic import filling  # noqa: PLC0415 - see above

    with closing(pipeline.open_pipeline(filling(settings))) as pipe:
        report = pipe.fetch(None, lambda step: tell(step.done, step.total, step.waits or step.symbol, step.failed))
    told = _("symbols stored: {count}, daily bars: {rows}; complete already: {complete}")
    return told.format(rows=f"{report.rows:,}", count=report.stored, complete=report.complete)


def backtested(settings: Settings, tell: Tell) -> str:
    """How often each warning fired and what followed, as text. Raises TapeboardError."""
    from core import pipeline  # noqa: PLC0415 - see above
    from core.hindsight import backtest  # noqa: PLC0415 - see above
    from tui.backtest_text import render  # noqa: PLC0415 - see above

    with closing(pipeline.open_pipeline(settings)) as pipe:
        return render(backtest(pipe, settings, (), tell))
