"""A snapshot as plain text for people: aligned columns, no escape sequences, no Textual.

The words of states, classes and quadrants are strings of the screen, too, and have their translations from there.
Changes are in percent unless a heading says otherwise; what is missing is a dash, and the end says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import UNSET
from rich.cells import cell_len

from core.i18n import _
from core.model import Group, SymbolClass
from core.settings import Window
from core.snapshot import RANK_WINDOWS, RiskWarning, Row, SectorRow, Snapshot, Spread
from tui import text_blocks
from tui.format import DASH, arrow, date_et, day, level, number, on_point, pct, rank, time_et
from tui.problem_kinds import kinds

_SECTOR_RANKS: Final = ("1s", "5s", "21s", "63s")
_SHOWN: Final = frozenset({"last", "chg_1s", "dist_sma20", "dist_sma200", "dist_high_close_252", "rsi14", "quadrant"})
"""Fields of a row that have a column here, besides the changes by window."""
_NO_FAULT: Final = frozenset({"ok", "not_supported", "partial"})
"""Reasons that are in the nature of a field, not in the data."""
_RAISED: Final = ("WARNING", "WATCH", "INFO")

_Column = tuple[str, Sequence[str]]
"""A heading and its cells; a heading that begins with "<" is set flush left, without that mark."""


def render(snapshot: Snapshot, groups: Iterable[Group], window: Window) -> str:
    """The whole snapshot; `groups` give the headings of the rows, which are ranked by their change over `window`."""
    by_id = {group.id: group for group in groups}
    blocks = [
        _head(snapshot),
        _verdict(snapshot),
        *_groups((*snapshot.leadership, *snapshot.watchlist), by_id, window),
        _sectors(snapshot, window),
        _spreads(snapshot.spreads),
        _rotation(snapshot),
        *text_blocks.blocks(snapshot),
        _warnings(snapshot),
        _problems(snapshot),
        _missing((*snapshot.leadership, *snapshot.sectors, *snapshot.watchlist)),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _head(snapshot: Snapshot) -> list[str]:
    source = snapshot.source
    phases = {
        "pre": _("before the open"),
        "open": _("market open"),
        "after": _("after hours"),
        "closed": _("market closed"),
        "simulated": _("invented market"),
    }
    parts = [
        f"TAPEBOARD {snapshot.tapeboard}".rstrip(),
        *([_("SIMULATED")] if source.simulated else []),
        source.feed,
        f"{day(snapshot.session)} {_(snapshot.session_status)}" + (_(" (half day)") if snapshot.half_day else ""),
        phases[snapshot.phase],
    ]
    if snapshot.viewed_at:
        parts.append(_("viewed {at} ET").format(at=_instant(snapshot.viewed_at)))
    if snapshot.next_session and not source.simulated:
        parts.append(_("next session {day}").format(day=day(snapshot.next_session)))
    if source.asof:
        parts.append(_("data of {at} ET").format(at=_instant(source.asof)))
    return [" · ".join(filter(None, parts))]


def _verdict(snapshot: Snapshot) -> list[str]:
    verdict = snapshot.verdict
    line = _(verdict.state)
    if verdict.state != "NOT EVALUATED":  # what is absent is never scored
        line += _(" {score} of {of}").format(score=verdict.score, of=verdict.of)
    if verdict.since:
        line += _(" since {day}").format(day=day(verdict.since))
    leads = any(piece.id == "small_lead" and piece.holds for piece in verdict.evidence)
    if leads and verdict.fragile:
        line += _(", the lead of the small caps is fragile")
    if verdict.provisional:
        line += _(", provisional")
    signs = {True: "+", False: "-", None: DASH}
    return [line, *(f"  {signs[piece.holds]} {piece.text}" for piece in verdict.evidence)]


def _groups(rows: Iterable[Row], groups: Mapping[str, Group], window: Window) -> Iterator[list[str]]:
    """One table per group, the best of a ranked group first."""
    by_group: dict[str, list[Row]] = {}
    for row in rows:
        by_group.setdefault(row.group, []).append(row)
    for name, members in by_group.items():
        if all(row.last is None for row in members):
            continue  # the end says so
        group = groups[name]
        unit = {SymbolClass.RATE: _("basis points"), SymbolClass.VOLATILITY: _("points")}.get(group.cls, "%")
        ranked_by = window if group.ranked else None
        title = f"{group.title} ({unit})" + (_(", ranked by {window}").format(window=window) if ranked_by else "")
        ordered = sorted(members, key=lambda row: _place(row, window)) if ranked_by else members
        yield [title, *_table(_symbol_columns(ordered, ranked_by, levels=group.cls.has_returns))]


def _place(row: Row, window: Window) -> tuple[bool, float]:
    place = row.rank.get(window)
    return place is None, place or 0.0


def _symbol_columns(rows: Sequence[Row], ranked_by: Window | None, *, levels: bool = True) -> Iterator[_Column]:
    """`levels`: also where the last price stands among averages and highs."""
    if ranked_by:
        yield "#", [rank(row.rank.get(ranked_by)) for row in rows]
        yield "Δ", [arrow(row.rank_change.get(ranked_by)) for row in rows]
    yield _("<symbol"), [row.symbol for row in rows]
    yield _("<name"), [row.name for row in rows]
    yield _("last"), [level(row.last) for row in rows]
    for window in RANK_WINDOWS:
        yield window, [_change(row, window) for row in rows]
    if levels:
        yield _("vs 20d"), [pct(row.dist_sma20) for row in rows]
        yield _("vs 200d"), [pct(row.dist_sma200) for row in rows]
        yield _("from high"), [_("record") if row.record_close else pct(row.dist_high_close_252) for row in rows]
        yield "RSI", [number(row.rsi14, 0, sign=False) for row in rows]


def _change(row: Row, window: str) -> str:
    """The change over `window` in the unit of the symbol's class."""
    if row.chg_bp is not UNSET:
        return number(row.chg_bp.get(window), 0)
    if row.chg_pt is not UNSET:
        return number(row.chg_pt.get(window))
    if window == "1s":
        return pct(row.chg_1s)
    return DASH if row.ret is UNSET else pct(row.ret.get(window))


def _sectors(snapshot: Snapshot, window: Window) -> list[str]:
    rows = sorted(snapshot.sectors, key=lambda row: _place(row, window))
    if not rows:
        return []
    scheme = snapshot.rotation.scheme
    title = _("Sectors (%), ranked by {window}; classes of the scheme {scheme}").format(window=window, scheme=scheme)
    return [title, *_table(_sector_columns(rows, window))]


def _sector_columns(rows: Sequence[SectorRow], ranked_by: Window) -> Iterator[_Column]:
    yield from _symbol_columns(rows, ranked_by)
    for window in _SECTOR_RANKS:
        yield _("# {window}").format(window=window), [rank(row.rank.get(window)) for row in rows]
    yield _("<class"), [_(row.cls or DASH) for row in rows]
    yield _("<quadrant"), [_(row.quadrant or DASH) for row in rows]


def _spreads(spreads: Sequence[Spread]) -> list[str]:
    if not spreads:
        return []
    columns: list[_Column] = [
        (_("<pair"), [spread.id for spread in spreads]),
        *((f"{n}s", [pct(getattr(spread, f"s{n}")) for spread in spreads]) for n in (5, 21, 63, 126, 252)),
        ("z21", [number(spread.z21) for spread in spreads]),
        (_("63s min"), [pct(spread.band63[0]) for spread in spreads]),
        (_("63s max"), [pct(spread.band63[1]) for spread in spreads]),
        (_("agree"), [DASH if s.agree[0] is None else f"{s.agree[0]}/{s.agree[1]}" for s in spreads]),
        ("t63", [number(spread.t63) for spread in spreads]),
        (_("streak"), [DASH if spread.streak is None else str(spread.streak) for spread in spreads]),
    ]
    title = _("Spreads (percentage points; 63s min and max over base dates 58 to 68 sessions back)")
    return [title, *_table(columns)]


def _rotation(snapshot: Snapshot) -> list[str]:
    rotation = snapshot.rotation
    if not rotation.scheme:
        return []
    parts = "  ".join(f"{window} {pct(value)}" for window, value in rotation.cyc_minus_def.items())
    title = _("Cyclicals - defensives ({scheme}, percentage points)").format(scheme=rotation.scheme)
    persistence = _("rank persistence {value}").format(value=number(rotation.rank_persistence))
    return [f"{title}  {parts}  {persistence}"]


def _warnings(snapshot: Snapshot) -> list[str]:
    """The raised ones with their evidence, the others by name."""
    raised = [w for state in _RAISED for w in snapshot.warnings if w.state == state]
    clear = [f"{w.id} {_subject(w)}".rstrip() for w in snapshot.warnings if w.state == "CLEAR"]
    unknown = [w for w in snapshot.warnings if w.state == "NOT_EVALUATED"]
    counts = _("Warnings: evaluated {m} of {of} rules").format(m=snapshot.evaluated.rules, of=snapshot.evaluated.of)
    lines = [counts, *(line for warning in raised for line in _raised(warning))]
    if clear:
        lines.append(_("  clear: {rules}").format(rules=_(", ").join(clear)))
    lines += [_("  NOT EVALUATED {rule}: {reason}").format(rule=_named(w), reason=w.text) for w in unknown]
    return lines


def _raised(warning: RiskWarning) -> Iterator[str]:
    approximate = "≈" if warning.provisional else ""
    line = f"  {approximate}{_(warning.state)} {_named(warning)}"
    if warning.label:
        line += _(" ({label})").format(label=_(warning.label))
    if warning.partial:
        line += _(" (partial: without {inputs})").format(inputs=_(", ").join(warning.missing))
    if warning.since and warning.sessions is not None:
        bound = "≥" if warning.since_at_least else ""
        line += _(" since {bound}{day}, {count} sessions").format(
            bound=bound, day=warning.since.isoformat(), count=warning.sessions
        )
    if warning.muted_until is not None:
        line += ", " + _("muted till {day}").format(day=warning.muted_until.isoformat())
    yield line
    yield f"    {warning.text}"
    if told := warning.history.get("text"):
        yield f"    {told}"


def _named(warning: RiskWarning) -> str:
    """The rule by id and title, and its subject."""
    return f"{warning.id} {warning.title} {_subject(warning)}".rstrip()


def _subject(warning: RiskWarning) -> str:
    """The subject of a rule; "" where it is a word for the whole market, not a symbol."""
    return warning.subject if warning.subject != warning.subject.lower() else ""


def _problems(snapshot: Snapshot) -> list[str]:
    """What the feed said, but for the missing symbols, which stand together at the end."""
    problems = [problem for problem in snapshot.source.problems if problem.kind != "missing"]
    if not problems:
        return []
    titles = kinds()
    named = _("  {title}: {what}")
    lines = (named.format(title=titles.get(problem.kind, problem.kind), what=problem.text) for problem in problems)
    return [_("Problems: {count}").format(count=len(problems)), *lines]


def _missing(rows: Iterable[Row]) -> list[str]:
    """Why there are dashes: the symbols without any value and those that lack some, by reason."""
    absent: dict[str, list[str]] = {}
    partial: dict[str, list[str]] = {}
    for row in rows:
        reasons = [row.status] if isinstance(row.status, str) else _shown_reasons(row.status)
        for reason in dict.fromkeys(reasons):
            if reason not in _NO_FAULT:
                (absent if row.last is None else partial).setdefault(reason, []).append(row.symbol)
    lines = []
    named = _("  {title}: {what}")
    for title, found in ((_("Missing: {count}"), absent), (_("Incomplete: {count}"), partial)):
        if found:
            lines.append(title.format(count=len({symbol for symbols in found.values() for symbol in symbols})))
            lines += [named.format(title=_reason(code), what=_(", ").join(symbols)) for code, symbols in found.items()]
    return lines


def _shown_reasons(status: Mapping[str, str]) -> Iterator[str]:
    """The reasons for what stands here as a dash."""
    changes = {f"{kind}.{window}" for kind in ("ret", "chg_bp", "chg_pt") for window in RANK_WINDOWS}
    for field, reason in status.items():
        if field in _SHOWN or field in changes:
            yield reason


def _reason(code: str) -> str:
    words = {
        "missing_input": _("no data"),
        "stale_input": _("no bar of this session"),
        "short_history": _("the history is too short"),
        "gap": _("the history has gaps"),
    }
    return words.get(code, code)


def _table(columns: Iterable[_Column]) -> list[str]:
    """Columns side by side, two spaces apart, each as wide as its widest cell; widths are cell widths."""
    lines: list[str] = []
    for heading, cells in columns:
        left = heading.startswith("<")
        column = [heading.removeprefix("<"), *(cells if left else on_point(cells))]
        width = max(cell_len(cell) for cell in column)
        padded = [_padded(cell, width, left=left) for cell in column]
        lines = [f"{line}  {cell}" for line, cell in zip(lines or [""] * len(padded), padded, strict=True)]
    return [line.rstrip() for line in lines]


def _padded(cell: str, width: int, *, left: bool) -> str:
    gap = " " * (width - cell_len(cell))
    return cell + gap if left else gap + cell


def _instant(at: datetime) -> str:
    return f"{day(date_et(at))} {time_et(at)}"
