"""What captions say of the numbers under them: the basis of the returns, and the closes they run from."""

from __future__ import annotations

from collections.abc import Sequence

from core.i18n import _
from core.report.facts import Facts
from core.report.note import Column


def on_basis(facts: Facts) -> str:
    """On what the returns of funds are, the day's apart from those of longer windows (metrics.md R1)."""
    return {
        "tr": _("1s of prices alone (basis px), longer windows with dividends (basis tr)"),
        "px": _("prices only (basis px)"),
    }[facts.snapshot.basis]


def lines(shown: str) -> Column:
    """The column of text sparklines, each of what is `shown`."""
    return Column(title=_("Line"), numeric=False, line=shown)


def bases(facts: Facts, path: str, windows: Sequence[str]) -> str:
    """The session whose close each window starts from, as the row at `path` has it; the day before is not named."""
    named = [facts.labelled(_(window), f"{path}.base.{window}", "date") for window in windows if window != "1s"]
    return _(", ").join(slot.text for slot in named)
