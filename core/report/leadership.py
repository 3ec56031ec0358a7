"""How the leadership changes: funds by window, spreads with the band of their base dates, agreement and t."""

from __future__ import annotations

from core.i18n import _
from core.report.captions import bases, lines, on_basis
from core.report.facts import Facts
from core.report.note import Column, Section, Sentence, Slot, Table
from core.snapshot import Row, Spread

WINDOWS = ("5s", "21s", "63s", "126s", "252s")
SIGNIFICANT = 2.0
"""A t-statistic from which on a mean daily difference is told apart from none."""


def leadership(facts: Facts) -> Section:
    """Section 2."""
    said: tuple[Sentence, ...] = ()
    for spread in facts.snapshot.spreads:
        if facts.known(f"spreads.{spread.id}.63s"):
            said += _said(facts, spread)
    return Section(
        id="leadership",
        title=_("Change of leadership"),
        sentences=said,
        tables=(*_funds(facts), *_spreads(facts)),
    )


def _said(facts: Facts, spread: Spread) -> tuple[Sentence, ...]:
    """What one spread shows: its sign over the windows, over the base dates, and against noise."""
    path = f"spreads.{spread.id}"
    low, high = (facts.number(f"{path}.band63.{end}") for end in (0, 1))
    said: tuple[Sentence, ...] = ()
    if low < 0 < high:
        text = _("{pair}: {x:pp} over 63 sessions, but the sign turns with the base date ({low:pp} to {high:pp}).")
        said += facts.say(
            "sign_turns", text, pair=f"{path}.id", x=f"{path}.63s", low=f"{path}.band63.0", high=f"{path}.band63.1"
        )
    elif low > 0 or high < 0:
        text = _("{pair}: {x:pp} over 63 sessions, of one sign at every base date ({low:pp} to {high:pp}).")
        said += facts.say(
            "one_sign", text, pair=f"{path}.id", x=f"{path}.63s", low=f"{path}.band63.0", high=f"{path}.band63.1"
        )
    t = facts.number(f"{path}.t63")
    if abs(t) < SIGNIFICANT:
        text = _("{pair}: with t = {t:number} the mean daily difference is not told apart from noise.")
        said += facts.say("noise", text, pair=f"{path}.id", t=f"{path}.t63")
    elif abs(t) >= SIGNIFICANT:
        text = _("{pair}: with t = {t:number} the mean daily difference is told apart from noise.")
        said += facts.say("no_noise", text, pair=f"{path}.id", t=f"{path}.t63")
    return said


def _funds(facts: Facts) -> tuple[Table, ...]:
    """Every ranked fund with a price, group by group; an index has no dividends to compare by."""
    rows = [row for row in facts.snapshot.leadership if _ranked(facts, row)]
    groups = list(dict.fromkeys(row.group for row in rows))
    rows.sort(key=lambda row: (groups.index(row.group), -facts.number(f"leadership.{row.symbol}.ret.63s")))
    if not rows:
        return ()
    caption = _(
        "Returns in percent by window in sessions, {basis}, from the closes of {bases}; rank: in the group of the fund"
    )
    titles = (_("Group"), _("Symbol"), _("Name"))
    return (
        Table(
            id="funds",
            caption=caption.format(basis=on_basis(facts), bases=bases(facts, f"leadership.{rows[0].symbol}", WINDOWS)),
            columns=(
                *(Column(title=title, numeric=False) for title in titles),
                *(Column(title=window) for window in ("1s", *WINDOWS)),
                Column(title=_("Rank 63s")),
                lines(_("every fourth close of 60 sessions")),
            ),
            rows=tuple(_fund(facts, row) for row in rows),
        ),
    )


def _ranked(facts: Facts, row: Row) -> bool:
    fund = not row.symbol.startswith("^") and row.rank_of.get("63s", 0) > 1
    return fund and facts.known(f"leadership.{row.symbol}.ret.63s")


def _fund(facts: Facts, row: Row) -> tuple[Slot, ...]:
    path = f"leadership.{row.symbol}"
    return (
        facts.group(path),
        facts.slot(f"{path}.symbol", "name"),
        facts.slot(f"{path}.name", "name"),
        facts.slot(f"{path}.chg_1s", "plain_pct"),
        *(facts.slot(f"{path}.ret.{window}", "plain_pct") for window in WINDOWS),
        facts.slot(f"{path}.rank.63s", "count"),
        facts.line(f"{path}.spark"),
    )


def _spreads(facts: Facts) -> tuple[Table, ...]:
    known = [spread.id for spread in facts.snapshot.spreads if facts.known(f"spreads.{spread.id}.63s")]
    if not known:
        return ()
    measures = (_("lowest"), _("highest"), _("agree"), "z21", "t63", _("streak"))
    caption = _(
        "Spreads in percentage points by window in sessions, basis {basis}, from the closes of {bases}; lowest and "
        "highest over base dates 58 to 68 sessions back; agree: windows of six that share the sign; streak: sessions "
        "in a row with that sign over 63"
    )
    return (
        Table(
            id="spreads",
            caption=caption.format(
                basis=facts.snapshot.basis, bases=bases(facts, f"leadership.{known[0].partition('-')[0]}", WINDOWS)
            ),
            columns=(
                Column(title=_("Pair"), numeric=False),
                *(Column(title=title) for title in (*WINDOWS, *measures)),
                lines(_("the spread over 63 at every fourth of 60 sessions")),
            ),
            rows=tuple(_spread(facts, f"spreads.{pair}") for pair in known),
        ),
    )


def _spread(facts: Facts, path: str) -> tuple[Slot, ...]:
    return (
        facts.slot(f"{path}.id", "name"),
        *(facts.slot(f"{path}.{field}", "plain_pp") for field in (*WINDOWS, "band63.0", "band63.1")),
        facts.slot(f"{path}.agree.0", "count"),
        *(facts.slot(f"{path}.{field}", "number") for field in ("z21", "t63")),
        facts.slot(f"{path}.streak", "count"),
        facts.line(f"{path}.spark"),
    )
