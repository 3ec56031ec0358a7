"""A custom period, where one was asked for: the table of `tapeboard period`, its conventions named."""

from __future__ import annotations

from core.i18n import _
from core.period import Period
from core.report.facts import DASH, Facts, printed
from core.report.note import Column, Plain, Section, Slot, Table


def period_section(facts: Facts, table: Period) -> Section:
    """The section; paths begin with "period"."""
    slots = {"first": "period.first_session", "last": "period.last_session", "base": "period.base_session"}
    slots |= {"n": "period.sessions", "basis": "period.basis", "ddof": "period.ddof"}
    text = _(
        "{first:day} to {last:day}, {n:count} sessions; returns from the close of {base:day}, basis {basis}; daily "
        "volatility with ddof {ddof:count}."
    )
    known = [row for row in table.rows if row.ret is not None]
    known.sort(key=lambda row: -(row.ret or 0.0))
    fields = (
        ("symbol", "name"),
        ("name", "name"),
        ("ret", "plain_pct"),
        ("volatility", "plain_pct"),
        ("mean_volume", "count"),
    )
    titles = (_("Symbol"), _("Name"), _("Return %"), _("Daily volatility %"), _("Mean volume"))

    def cell(symbol: str, field: str, value: Plain, kind: str) -> Slot:
        text = (
            DASH
            if value is None
            else printed(round(value) if field == "mean_volume" and isinstance(value, float) else value, kind)
        )
        return Slot(path=f"period.rows.{symbol}.{field}", value=value, text=text)

    made = Table(
        id="period",
        caption=_("By return over the period"),
        columns=tuple(Column(title=title, numeric=k > 1) for k, title in enumerate(titles)),
        rows=tuple(tuple(cell(row.symbol, f, getattr(row, f), kind) for f, kind in fields) for row in known),
    )
    return Section(
        id="period", title=_("The period asked for"), sentences=facts.say("period", text, **slots), tables=(made,)
    )
