"""The sectors: day, week, month and quarter, classes of the scheme, quadrants of the rotation."""

from __future__ import annotations

from core.i18n import _
from core.report.captions import bases, lines, on_basis
from core.report.facts import Facts
from core.report.note import Column, Section, Sentence, Slot, Table
from core.snapshot import SectorRow

TOLD = 3
"""So many sectors are named at either end of a ranking."""

SPANS = ("1s", "5s", "21s", "63s")


def sectors(facts: Facts) -> Section:
    """Section 4."""
    rows = [row for row in facts.snapshot.sectors if row.last is not None]
    if not rows:
        said = facts.say("no_sectors", _("Not evaluated: the feed has no sector funds."))
        return Section(id="sectors", title=_("Sectors"), sentences=said)
    said = (
        *_ends(facts, "1s", _("On the day the first are {list}."), _("On the day the last are {list}.")),
        *_ends(facts, "63s", _("Over 63 sessions the first are {list}."), _("Over 63 sessions the last are {list}.")),
        *_defensives(facts, rows),
        *_classes(facts),
        *_quadrants(facts, rows),
        *_persistence(facts),
    )
    return Section(id="sectors", title=_("Sectors"), sentences=said, tables=(_table(facts, rows),))


def _field(span: str) -> str:
    return "chg_1s" if span == "1s" else f"ret.{span}"


def _ends(facts: Facts, span: str, first: str, last: str) -> tuple[Sentence, ...]:
    """Both ends of a ranking, by the ranks of the snapshot."""
    ranks = {row.symbol: row.rank.get(span) for row in facts.snapshot.sectors}
    ordered = sorted((s for s, rank in ranks.items() if rank is not None), key=lambda s: ranks[s] or 0.0)
    if len(ordered) < 2 * TOLD:
        return ()
    field = _field(span)
    return (
        *facts.list(f"first_{span}", first, facts.by_name(field, ordered[:TOLD], "pct")),
        *facts.list(f"last_{span}", last, facts.by_name(field, ordered[-TOLD:], "pct")),
    )


def _defensives(facts: Facts, rows: list[SectorRow]) -> tuple[Sentence, ...]:
    """What the defensive sectors did on the day: rising defensives contradict a flight from them."""
    defensive = [row.symbol for row in rows if row.cls == "defensive" and row.chg_1s is not None]
    text = _("The defensive sectors on the day: {list}.")
    return facts.list("defensives_day", text, facts.by_name("chg_1s", defensive, "pct"))


def _classes(facts: Facts) -> tuple[Sentence, ...]:
    path = "rotation.cyc_minus_def"
    text = _(
        "Cyclical less defensive sectors: {day:pp} on the day, {month:pp} over 21 and {quarter:pp} over 63 sessions "
        "(scheme {scheme}; bases and basis as in the table)."
    )
    slots = {"day": f"{path}.1s", "month": f"{path}.21s", "quarter": f"{path}.63s", "scheme": "rotation.scheme"}
    return facts.say("classes", text, **slots)


def _quadrants(facts: Facts, rows: list[SectorRow]) -> tuple[Sentence, ...]:
    """Which sectors stand in which quadrant of the rotation graph."""
    templates = {
        "Leading": _("Rotation, leading: {list}."),
        "Improving": _("Rotation, improving: {list}."),
        "Weakening": _("Rotation, weakening: {list}."),
        "Lagging": _("Rotation, lagging: {list}."),
    }
    said: tuple[Sentence, ...] = ()
    for quadrant, template in templates.items():
        names = [facts.slot(f"sectors.{row.symbol}.name", "name") for row in rows if row.quadrant == quadrant]
        said += facts.list(f"quadrant_{quadrant}", template, names)
    return said


def _persistence(facts: Facts) -> tuple[Sentence, ...]:
    text = _("Ranks over 63 sessions and those of 21 sessions earlier have a rank correlation of {rho:number}.")
    return facts.say("persistence", text, rho="rotation.rank_persistence")


def _table(facts: Facts, rows: list[SectorRow]) -> Table:
    """Every sector fund by its rank over 63 sessions; who has none stands last."""
    ordered = sorted(rows, key=lambda row: row.rank.get("63s") or len(rows))
    caption = _("Sector funds by their rank over 63 sessions; changes in percent, {basis}, from the closes of {bases}")
    return Table(
        id="sectors",
        caption=caption.format(basis=on_basis(facts), bases=bases(facts, f"sectors.{rows[0].symbol}", SPANS)),
        columns=(
            *(Column(title=title, numeric=False) for title in (_("Symbol"), _("Sector"), _("Class"))),
            *(Column(title=span) for span in SPANS),
            *(Column(title=f"# {span}") for span in SPANS),
            Column(title=_("Quadrant"), numeric=False),
            lines(_("every fourth close of 60 sessions")),
        ),
        rows=tuple(_line(facts, row) for row in ordered),
    )


def _line(facts: Facts, row: SectorRow) -> tuple[Slot, ...]:
    path = f"sectors.{row.symbol}"
    return (
        facts.slot(f"{path}.symbol", "name"),
        facts.slot(f"{path}.name", "name"),
        Slot(path=f"{path}.class", value=row.cls, text=_class_in_words(row.cls)),
        *(facts.slot(f"{path}.{_field(span)}", "plain_pct") for span in SPANS),
        *(facts.slot(f"{path}.rank.{span}", "count") for span in SPANS),
        Slot(path=f"{path}.quadrant", value=row.quadrant, text=_quadrant_in_words(row.quadrant)),
        facts.line(f"{path}.spark"),
    )


def _class_in_words(cls: str | None) -> str:
    words = {"cyclical": _("cyclical"), "sensitive": _("sensitive"), "defensive": _("defensive")}
    return words.get(cls or "", "")


def _quadrant_in_words(quadrant: str | None) -> str:
    words = {
        "Leading": _("Leading"),
        "Improving": _("Improving"),
        "Weakening": _("Weakening"),
        "Lagging": _("Lagging"),
    }
    return words.get(quadrant or "", "")
