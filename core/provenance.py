"""By which rules and from which data: the two short names under which warnings are journaled and results kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

from core.panel import Panel
from core.settings import Settings


def rule_set(settings: Settings) -> str:
    """The rules: the version of the shipped thresholds, and a digest of all that the rules are told.

    A threshold, scheme or universe of the user's own gives another name, whether or not the version was raised.
    """
    scheme = settings.universe.schemes[settings.metrics.scheme]
    told = (settings.warnings, settings.rules, scheme, settings.universe.breadth)
    digest = hashlib.sha256(msgspec.json.encode(told)).hexdigest()[:8]
    return f"{settings.warnings.version}-{digest}"


def data_hash(panels: Iterable[Panel]) -> str:
    """The finished bars of all panels: another name where any number in them differs."""
    digest = hashlib.blake2b(digest_size=8)
    for panel in panels:
        digest.update("\0".join(panel.symbols).encode())
        for values in (panel.sessions, panel.open, panel.high, panel.low, panel.px, panel.tr, panel.volume):
            digest.update(values.tobytes())
    return digest.hexdigest()
