"""What the signs of the screen mean, for the help: marks, abbreviations, states."""

from __future__ import annotations

from typing import TypeAlias

from core.i18n import _
from tui import format as fmt

Entries: TypeAlias = list[tuple[str, str]]
"""A sign, or several of a kind, and what it means."""


def signs() -> list[tuple[str, Entries]]:
    """Titles with their entries."""
    return [
        (_("Warnings"), _warnings()),
        (_("Numbers"), _numbers()),
        (_("How old, how sure"), _ages()),
        (_("Leadership"), _leadership()),
        (_("Sectors and Rotation"), _sectors()),
        (_("Breadth and Cross-asset"), _gauges()),
        (_("First lines"), _first_lines()),
    ]


def _warnings() -> Entries:
    return [
        (_("clear"), _("judged, and not raised")),
        (_("INFO"), _("raised: good to know, no risk in itself")),
        (_("WATCH"), _("raised: the first threshold is passed")),
        (_("WARN"), _("raised: the higher threshold is passed")),
        ("?", _("not evaluated: an input is missing")),
        ("●", _("new: nobody has marked it as known")),
        ("*", _("judged on a part of its inputs")),
        ("▁▃█ …", _("the past year of the number that decides, its value, its thresholds")),
    ]


def _numbers() -> Entries:
    return [
        ("s", _("sessions: days on which the exchange was open")),
        ("1s … 252s", _("change over so many sessions: %, yields bp, volatility points")),
        ("tr  px", _("with dividends, or prices only; 1s is always prices only")),
        (_("pp"), _("percentage points: the difference of two percentages")),
        (_("bp"), _("basis points: hundredths of a percentage point")),
        ("σ  z", _("in standard deviations")),
        ("pr", _("percentile among the past, mostly of five years")),
        ("▁▃▇", _("a course, from its lowest to its highest")),
        ("━━", _("a change as a bar, to the right for a rise")),
        (fmt.DASH, _("cannot be computed; never a zero")),
    ]


def _ages() -> Entries:
    return [
        (fmt.APPROXIMATE, _("provisional: the session is not over")),
        ("d", _("delayed: a quote older than 15 minutes")),
        ("†", _("of an earlier session than the one expected: not ranked")),
        ("≥", _("at least since then: the data begin there")),
        ("● ◐ ◑ ○", _("the exchange: open, pre-market, after hours, closed")),
    ]


def _leadership() -> Entries:
    return [
        ("#", _("rank in its group, by the window in colour")),
        ("Δ ▲2 ▼1 ·", _("places gained in 21 sessions, lost, none")),
        ("▲ ▼ ›", _("in the titles: sorted by this column; more columns to the right")),
        (_("vs 20d"), _("distance from the 20-session average, %")),
        (_("vs hi"), _("distance from the highest close of 252 sessions, %")),
        ("RSI  vol %", _("RSI of 14 sessions; yearly volatility")),
        (_("60 s"), _("the closes of 60 sessions, from lowest to highest")),
        ("IWM-SPY", _("a spread: the return of the first less that of the second")),
    ]


def _sectors() -> Entries:
    return [
        ("● ◐ ○", _("cyclical, sensitive, defensive in the scheme named")),
        ("#5s #21s", _("rank among the sectors")),
        (_("Leading"), _("stronger than SPY, and gaining")),
        (_("Weakening"), _("stronger than SPY, but losing")),
        (_("Lagging"), _("weaker than SPY, and losing")),
        (_("Improving"), _("weaker than SPY, but gaining")),
        ("RRG-style", _("strength against SPY and its momentum, own formula")),
        ("z21", _("21-session spread in units of its deviation")),
        (_("persistence"), _("rank correlation of the order now and 21 sessions ago")),
    ]


def _gauges() -> Entries:
    return [
        (_("now  1s"), _("the value in the unit of its name, and its change since the session before")),
        ("252 s", _("its course over the year, from lowest to highest; every sixth session")),
        (_("pct"), _("its percentile among the 252 sessions; in colour near either end")),
    ]


def _first_lines() -> Entries:
    return [
        ("✓ ✗ ?", _("evidence of a broad market: it holds, it does not, it is unknown")),
        (_("fragile"), _("the lead hangs on the day from which it is counted")),
        ("2!", _("so many problems, which are told on a page of their own")),
        (_("{n} new").format(n=2), _("raised warnings that nobody has marked as known")),
        ("16/20", _("rules that could be evaluated, of all")),
        (_("SIMULATED"), _("invented prices")),
        (_("PAST"), _("an evening of the past is shown, with what was known then")),
    ]
