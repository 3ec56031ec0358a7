"""A custom period, where one was asked for: the table of `tapeboard period`, its conventions named."""

from __future__ import annotations

from core.i18n import _
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
    text = _(
        "{first:day} to {last:day}, {n:count} sessions; returns from the close of {base:day}, basis {basis}; daily "
        "volatility with ddof {ddof:count}."
    )
    return Section(
        id="period",
        title=_("The period asked for"),
        sentences=facts.say("period", text, **slots),
        tables=(_table(facts, table),),
    )


def _table(facts: Facts, table: Period) -> Table:
    """Every symbol with a return, the highest first."""
    titles = (_("Symbol"), _("Name"), _("Return %"), _("Daily volatility %"), _("Mean volume"))
    ranked = sorted((row for row in table.rows if row.ret is not None), key=lambda row: -(row.ret or 0.0))
    return Table(
        id="period",
        caption=_("By return over the period"),
        columns=tuple(
            Column(title=title, numeric=kind != "name") for title, (_field, kind) in zip(titles, FIELDS, strict=True)
        ),
        rows=tuple(
            tuple(facts.slot(f"period.rows.{row.symbol}.{field}", kind) for field, kind in FIELDS) for row in ranked
        ),
    )
