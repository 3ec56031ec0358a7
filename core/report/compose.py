"""From a snapshot to the note: which sections there are, in which order."""

from __future__ import annotations

from collections.abc import Mapping

from core import __version__
from core.agenda import Agenda
from core.errors import NoDataError
from core.i18n import _, language
from core.period import Period
from core.report.breadth import breadth
from core.report.facts import Facts, day
from core.report.headline import headline
from core.report.indices import indices
from core.report.leadership import leadership
from core.report.method import method
from core.report.note import Note
from core.report.period import period_section
from core.report.risks import risks
from core.report.sectors import sectors
from core.report.watch import watch
from core.snapshot import Snapshot


def compose(
    snapshot: Snapshot, agenda: Agenda, period: Period | None = None, groups: Mapping[str, str] | None = None
) -> Note:
    """The note of the session in view, in the language in force; `groups` has the titles of the groups by id.

    Raises NoDataError for a snapshot of nothing.
    """
    if snapshot.session is None:
        raise NoDataError(_("there is no session to write about"), _("fetch, or give files"))
    facts = Facts(snapshot, agenda=agenda, period=period, groups=groups)
    return Note(
        tapeboard=__version__,
        language=language(),
        title=_("Market note of {day}").format(day=day(snapshot.session)),
        session=snapshot.session,
        simulated=snapshot.source.simulated,
        sections=(
            headline(facts),
            leadership(facts),
            indices(facts),
            sectors(facts),
            breadth(facts),
            *((period_section(facts, period),) if period else ()),
            risks(facts),
            watch(facts, agenda),
            method(facts),
        ),
        problems=snapshot.source.problems,
    )
