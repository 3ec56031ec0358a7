"""The indices: level, change, trend and records, close and intraday kept apart."""

from __future__ import annotations

from core.i18n import _, plural
from core.report.captions import bases, lines
from core.report.facts import Facts
from core.report.note import Column, Section, Sentence, Slot, Table
from core.snapshot import Row


def indices(facts: Facts) -> Section:
    """Section 3: the price indices, or the index funds where there are none."""
    rows = [row for row in facts.snapshot.leadership if row.symbol.startswith("^") and row.sma20 is not None]
    rows = [row for row in rows if facts.known(f"leadership.{row.symbol}.ret.63s")]
    said: tuple[Sentence, ...] = ()
    for row in rows:
        said += _said(facts, row)
    if not rows:
        said = facts.say("no_indices", _("Not evaluated: the feed has no index levels."))
    return Section(id="indices", title=_("Indices"), sentences=said, tables=_table(facts, rows))


def _said(facts: Facts, row: Row) -> tuple[Sentence, ...]:
    """Records of the session, and where the close stands to its average."""
    path = f"leadership.{row.symbol}"
    said: tuple[Sentence, ...] = ()
    if row.record_close:
        text = _("{name} closed at a record of the loaded history, {last:level}; since {since:day}.")
        said += facts.say("record_close", text, name=f"{path}.name", last=f"{path}.last", since=f"{path}.record_since")
    elif row.dist_high_close_252 == 0:
        text = _("{name} closed at its highest of 252 sessions, {last:level}.")
        said += facts.say("high_close", text, name=f"{path}.name", last=f"{path}.last")
    if row.records_week:
        text = plural(
            "{name} has set {n:count} closing record in this calendar week.",
            "{name} has set {n:count} closing records in this calendar week.",
            row.records_week,
        )
        said += facts.say("records_week", text, name=f"{path}.name", n=f"{path}.records_week")
    return said


def _table(facts: Facts, rows: list[Row]) -> tuple[Table, ...]:
    if not rows:
        return ()
    fields = (
        ("name", "name", _("Index")),
        ("last", "level", _("Close")),
        ("chg_1s", "plain_pct", "1s"),
        ("ret.5s", "plain_pct", "5s"),
        ("ret.63s", "plain_pct", "63s"),
        ("ret.ytd", "plain_pct", _("YTD")),
        ("sma20", "level", _("20-session average")),
        ("dist_sma20", "plain_pct", _("vs it")),
        ("dist_sma200", "plain_pct", _("vs 200")),
        ("dist_high_close_252", "plain_pct", _("from closing high")),
        ("high_252", "level", _("intraday high")),
        ("rsi14", "whole", "RSI14"),
    )
    caption = _(
        "Price indices, without dividends (basis px): changes in percent from the closes of {bases}, 1s from the close "
        "before; highs over 252 sessions, closing and intraday"
    )
    return (
        Table(
            id="indices",
            caption=caption.format(bases=bases(facts, f"leadership.{rows[0].symbol}", ("5s", "63s", "ytd"))),
            columns=(
                *(Column(title=title, numeric=kind != "name") for _field, kind, title in fields),
                lines(_("every fourth close of 60 sessions")),
            ),
            rows=tuple(_row(facts, row, fields) for row in rows),
        ),
    )


def _row(facts: Facts, row: Row, fields: tuple[tuple[str, str, str], ...]) -> tuple[Slot, ...]:
    path = f"leadership.{row.symbol}"
    return (*(facts.slot(f"{path}.{field}", kind) for field, kind, _title in fields), facts.line(f"{path}.spark"))
