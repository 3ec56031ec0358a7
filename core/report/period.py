"""A custom period, where one was asked for: the table of `tapeboard period`, its conventions named."""

from __future__ import annotations

from core.i18n import _, plural
from core.period import Period
from core.report.facts import Facts
from core.report.note import Column, Section, Table

FIELDS = (
    ("symbol", "name"),
    ("name", "name"),
    ("ret", "plain_pct"),
    ("volatility", "plain_pct"),
    ("mean_volume", "whole"),
)
"""The fields of a row, and the kind each is printed by (`core.report.facts`)."""


def period_section(facts: Facts, table: Period) -> Section:
    """The section; `table` stands in `facts` under "period"."""
    slots = {"first": "period.first_session", "last": "period.last_session", "base": "period.base_session"}
    slots |= {"n": "period.sessions", "basis": "period.basis", "ddof": "period.ddof"}
    text = plural(
        "{first:day} to {last:day}, {n:count} session; returns from the close of {base:day}, basis {basis}; daily "
        "volatility with ddof {ddof:count}.",
        "{first:day} to {last:day}, {n:count} sessions; returns from the close of {base:day}, basis {basis}; daily "
        "volatility with ddof {ddof:count}.",
        table.sessions,
    )
    return Section(
        id="period",
        title=_("The period asked for"),
        sentences=facts.say("period", text, **slots),
        tables=tuple(_table(facts, table, basis) for basis in dict.fromkeys(row.basis for row in table.rows)),
    )


def _table(facts: Facts, table: Period, basis: str) -> Table:
    """Every symbol with a return on this basis, the highest first: what is on another is never ranked with it."""
    captions = {
        "tr": _("With dividends (basis tr), by return over the period"),
        "px": _("Prices alone (basis px), by return over the period"),
        "as supplied": _("Closes as supplied, dividends unknown, by return over the period"),
    }
    titles = (_("Symbol"), _("Name"), _("Return %"), _("Daily volatility %"), _("Mean volume"))
    known = (row for row in table.rows if row.ret is not None and row.basis == basis)
    ranked = sorted(known, key=lambda row: -(row.ret or 0.0))
    return Table(
        id=f"period_{basis.replace(' ', '_')}",
        caption=captions[basis],
        columns=tuple(
            Column(title=title, numeric=kind != "name") for title, (_field, kind) in zip(titles, FIELDS, strict=True)
        ),
        rows=tuple(
            tuple(facts.slot(f"period.rows.{row.symbol}.{field}", kind) for field, kind in FIELDS) for row in ranked
        ),
    )
