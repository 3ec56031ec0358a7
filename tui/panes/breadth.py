"""How many take part: the members of a universe by direction, average, high and volume; without one, the funds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from core.i18n import _
from core.snapshot import Breadth, Snapshot
from tui import format as fmt
from tui.panes.gauges import NO_COURSE, Gauge, GaugePane, why

HUNDRED = 100.0
"""Fractions are shown in percent."""


class BreadthPane(GaugePane):
    """The `breadth` of the snapshot."""

    COMMAND = "pane_breadth"

    def __init__(self, key: str, choose: str, *, flash: bool = True) -> None:
        """`key` goes to the pane, `choose` chooses a universe."""
        super().__init__(_("Breadth"), key, flash=flash)
        self._choose = choose

    def slices(self, snapshot: Snapshot) -> tuple[object, ...]:
        """See `Pane`."""
        return (snapshot.breadth,)

    def info(self) -> tuple[str, ...]:
        """See `Pane`: the universe, how many of its members are counted, and the session."""
        breadth, day = self.snapshot.breadth, fmt.day(self.snapshot.session)
        if not breadth.members:
            return f"{_('funds only')} · {day}", _("funds only")
        counted = _("{used} of {members}").format(used=breadth.used, members=breadth.members)
        told = f"{breadth.universe} · {counted}"
        return f"{told} · {day}", told, breadth.universe

    def remark(self) -> Sequence[str]:
        """See `GaugePane`: how many members are counted, and of which day the list is."""
        breadth = self.snapshot.breadth
        if not breadth.members:
            return ("",)
        share, day = fmt.pct(breadth.coverage, 0, sign=False), breadth.dated or _("no date")
        return (
            _("{share} % of the members of {day}").format(share=share, day=day),
            _("list of {day}").format(day=day),
        )

    def sections(self) -> Iterable[tuple[str, Sequence[Gauge]]]:
        """See `GaugePane`."""
        breadth = self.snapshot.breadth
        if breadth.members:
            yield _("Advances and declines"), _advances(breadth)
            yield _("Above their averages"), _averages(breadth)
            yield _("Highs and lows of 252 sessions"), _highs(breadth)
            yield _("Volume"), _volume(breadth)
        yield _("Funds"), _funds(breadth)
        yield _("Members"), _members(breadth, self._choose)


def _gauge(breadth: Breadth, field: str, name: str, about: str, **look: Any) -> Gauge:
    """The gauge of one field, with its course, and the reason that `status` gives for it."""
    value = getattr(breadth, field)
    reason = why(breadth.status, field, _reasons())
    told = {"why": reason} if value is None else {"note": reason}
    return Gauge(field, name, value, about, breadth.course.get(field, NO_COURSE), **{**told, **look})


def _advances(breadth: Breadth) -> list[Gauge]:
    """B1 to B5 and B11."""
    line = _gauge(breadth, "ad_line", _("A/D line in 21 s"), _("change of the sum of advances less declines"))
    summation = _gauge(breadth, "summation", _("Summation in 21 s"), _("change of the sum of McClellan"))
    return [
        _gauge(breadth, "advances", _("Advances"), _("members above the close before"), digits=0),
        _gauge(breadth, "declines", _("Declines"), _("members below the close before"), digits=0),
        _gauge(breadth, "unchanged", _("Unchanged"), _("members at the close before"), digits=0),
        _moved(line, breadth.ad_line_chg_21s),
        _gauge(
            breadth, "mcclellan", _("McClellan"), _("EMA 19 less EMA 39 of net advances per 1000"), digits=1, sign=True
        ),
        _moved(summation, breadth.summation_chg_21s),
        _gauge(
            breadth,
            "zweig",
            _("Zweig, %"),
            _("EMA 10 of A/(A+D); thrusts so far: {count}").format(count=_count(breadth.thrusts)),
            digits=1,
            scale=HUNDRED,
        ),
    ]


def _averages(breadth: Breadth) -> list[Gauge]:
    """B6, and the dispersion of the members."""
    about = _("members above their {n}-session average")
    return [
        *(
            _gauge(
                breadth,
                f"above_sma{n}",
                _("above {n} d, %").format(n=n),
                about.format(n=n),
                digits=1,
                scale=HUNDRED,
            )
            for n in (20, 50, 200)
        ),
        _gauge(
            breadth,
            "dispersion",
            _("Dispersion, %"),
            _("deviation of the members' moves today"),
            scale=HUNDRED,
        ),
    ]


def _highs(breadth: Breadth) -> list[Gauge]:
    """B7, B8 and B12."""
    left = {share: breadth.conflict.get(f"active_{share}") for share in ("2.2", "2.8")}
    gauges = [
        _gauge(breadth, "new_highs", _("New highs"), _("members at a high of 252 sessions"), digits=0),
        _gauge(breadth, "new_lows", _("New lows"), _("members at a low of 252 sessions"), digits=0),
        _gauge(
            breadth, "high_low_index", _("High-low index"), _("share of highs in both, mean of 10 sessions"), digits=1
        ),
    ]
    for share, sessions in left.items():
        if sessions is None:
            continue
        text = _("{n} left").format(n=round(sessions)) if sessions else _("no")
        about = _("Hindenburg type: many highs and many lows")
        gauges.append(
            Gauge(f"conflict {share}", _("Conflict {share} %").format(share=share), sessions, about, text=text)
        )
    return gauges


def _volume(breadth: Breadth) -> list[Gauge]:
    """B9 and B10."""
    return [
        _gauge(breadth, "trin", _("TRIN"), _("(A/D) / (up volume / down volume)")),
        _gauge(breadth, "trin10", _("TRIN, 10 s"), _("the same of the sums of 10 sessions")),
        _gauge(
            breadth,
            "upvol_share",
            _("Up volume, %"),
            _("volume of advances in that of both"),
            digits=1,
            scale=HUNDRED,
        ),
    ]


def _funds(breadth: Breadth) -> list[Gauge]:
    """B13 and B14."""
    spread = _("equal less cap weight: above 0, many lead")
    missing = _("the feed does not have the funds")
    return [
        *(
            Gauge(
                f"equal_less_cap_{n}s",
                _("RSP-SPY {n} s, pp").format(n=n),
                breadth.equal_less_cap.get(f"{n}s"),
                spread,
                breadth.course.get(f"equal_less_cap_{n}s", NO_COURSE),
                scale=HUNDRED,
                sign=True,
                why=missing,
            )
            for n in (21, 63)
        ),
        _gauge(
            breadth,
            "sectors_above_sma50",
            _("Sectors > 50 d"),
            _("sector funds above their average"),
            digits=0,
            why=missing,
        ),
        _gauge(
            breadth,
            "sectors_beating_21s",
            _("Sectors > SPY"),
            _("sector funds ahead in 21 sessions"),
            digits=0,
            why=missing,
        ),
    ]


def _members(breadth: Breadth, key: str) -> list[Gauge]:
    """Who is counted, and what must be known of it; `key` chooses another universe."""
    if not breadth.members:
        note = _(
            "Advances, averages, highs and volume need the members of an index. Choose one with {key}, or start with: "
            "tapeboard --universe sp500"
        ).format(key=key)
        return [Gauge("members", _("Universe"), None, _("whose members are counted"), text=_("none"), note=note)]
    return [
        Gauge(
            "coverage",
            _("Coverage, %"),
            breadth.coverage,
            _("members with a usable price"),
            digits=1,
            scale=HUNDRED,
            note=" · ".join(filter(None, (*breadth.notes, why(breadth.status, "coverage", _reasons())))),
        )
    ]


def _moved(gauge: Gauge, change: float | None) -> Gauge:
    """A line whose level means nothing, by its change over 21 sessions."""
    return Gauge(
        gauge.key,
        gauge.name,
        change,
        gauge.about,
        gauge.course,
        digits=0,
        sign=True,
        why=gauge.why or gauge.note,
        note=gauge.note,
    )


def _count(x: float | None) -> str:
    return fmt.number(x, 0, sign=False)


def _reasons() -> dict[str, str]:
    """Reasons as they are meant of a universe."""
    return {
        "missing_input": _("too few members have data"),
        "undefined": _("nothing to divide by today"),
        "short_history": _("too short a history"),
        "warming": _("warming up: fewer than 100 sessions since the seed"),
        "half_day": _("a half day: its volume is not that of a whole one"),
        "partial": _("fewer than 95 % of the members"),
    }
