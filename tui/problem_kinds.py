"""What the kinds of problems are called."""

from __future__ import annotations

from collections.abc import Mapping

from core.i18n import _


def kinds() -> Mapping[str, str]:
    """The titles by kind, the gravest first."""
    return {
        "feed": _("Not answered"),
        "late": _("Late"),
        "stream": _("The stream"),
        "stale": _("Out of date"),
        "missing": _("Missing"),
        "partial": _("Incomplete"),
        "unknown-symbol": _("Unknown symbols"),
        "rejected": _("Not believed"),
        "unreadable": _("Files that cannot be read"),
        "restated": _("Restated"),
        "duplicate": _("Given twice"),
        "rescaled": _("Rescaled"),
        "fundamentals": _("Fundamentals"),
        "store": _("The store"),
        "notify": _("Notices not sent"),
    }
