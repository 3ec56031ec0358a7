"""`tapeboard backtest` without its screen: what followed the warnings in all the history a pipeline has at hand."""

from __future__ import annotations

from collections.abc import Collection

from core.backtest.result import Backtest
from core.backtest.run import Progress, check_rules, run
from core.pipeline import Pipeline
from core.settings import Settings


def backtest(
    pipe: Pipeline, settings: Settings, chosen: Collection[str], progress: Progress, *, null: bool = False
) -> Backtest:
    """What followed the `chosen` warnings, or all (`core.backtest.run`); results on stored data are kept.

    Raises UsageError on an unknown rule, FeedError, and StoreWriteError where the results cannot be kept.
    """
    check_rules(chosen, settings)
    told = {"feed": pipe.feed_name, "simulated": pipe.simulated, "universe": settings.universe.breadth}
    found = run(pipe.ground(), settings, chosen, null=null, progress=progress, **told)
    pipe.keep_backtests(found.results)
    return found
