"""The series behind the charts, read off a history; pure. Results are those of `core.series`.

Each function gives the `sessions` sessions up to row t, which may be the provisional one on top.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from core.metrics.fold import History
from core.metrics.leadership import ranked_field, sole_leaders
from core.metrics.statistics import full_tail, last_rows
from core.model import Group, Session
from core.panel import Floats, Panel
from core.periods import YEAR
from core.rules.board import RuleBoard
from core.series import Leaders, Lines, PriceSeries, RatioSeries, RuleCourse, RuleDetail, RuleStep, Timeline, Values
from core.snapshot import number


def leaders(
    history: History, t: int, columns: Mapping[str, int], group: Group, window: str, *, sessions: int = YEAR
) -> Leaders:
    """R13 on every session: the sole first of `group` by `window`; `columns` gives the place of each symbol.

    Who has nobody to be compared with leads nobody.
    """
    symbols = tuple(instrument.symbol for instrument in group.instruments)
    rows = last_rows(t, sessions)
    members = [columns[symbol] for symbol in symbols]
    compared = np.isfinite(history[ranked_field(window)][: t + 1, members]).sum(axis=1) > 1
    places = np.where(compared, sole_leaders(history, t, members, window), -1)[rows]
    return Leaders(
        group=group.title,
        window=window,
        symbols=symbols,
        sessions=_days(history, rows),
        leader=tuple(symbols[place] if place >= 0 else None for place in places.tolist()),
    )


def ratio_series(
    history: History, t: int, columns: Mapping[str, int], above: str, below: str, *, sessions: int = YEAR
) -> RatioSeries:
    """R15 on every session: `tr` of one symbol over that of another, and the averages of the ratio."""
    rows = last_rows(t, sessions)
    tr = history["tr"][: t + 1]
    ratio = tr[:, columns[above]] / tr[:, columns[below]]
    return RatioSeries(
        above=above,
        below=below,
        sessions=_days(history, rows),
        ratio=_values(ratio[rows]),
        sma50=_values(_average(ratio, 50)[rows]),
        sma200=_values(_average(ratio, 200)[rows]),
    )


def price_series(history: History, t: int, panel: Panel, symbol: str, sessions: int = YEAR) -> PriceSeries:
    """Bars on `px`, T1 on every session and the range of T2 at row t; `history` is that of `panel`."""
    column = panel.symbols.index(symbol)
    rows = last_rows(t, sessions)
    live = t == len(panel.sessions)
    px = history["px"][: t + 1, column]

    def bars(name: str) -> Floats:
        finished: Floats = getattr(panel, name)[: t + 1, column]
        on_top = history.latest[name][column] if name in history.latest else np.nan  # the open of today is not kept
        return np.append(finished, on_top) if live else finished

    high, low = bars("high"), bars("low")
    return PriceSeries(
        symbol=symbol,
        sessions=_days(history, rows),
        open=_values(bars("open")[rows]),
        high=_values(high[rows]),
        low=_values(low[rows]),
        close=_values(px[rows]),
        volume=_values(bars("volume")[rows]),
        sma20=_values(_average(px, 20)[rows]),
        sma50=_values(_average(px, 50)[rows]),
        sma200=_values(_average(px, 200)[rows]),
        high_252=number(float(full_tail(high, t, YEAR).max())),
        low_252=number(float(full_tail(low, t, YEAR).min())),
        live=live,
    )


def lines(history: History, t: int, columns: Mapping[str, int], symbols: Sequence[str], sessions: int = YEAR) -> Lines:
    """`tr` of each watched symbol on every session, 100 at the first one; symbols without a base are left out."""
    rows = last_rows(t, sessions)
    values = {}
    for symbol in symbols:
        column = columns.get(symbol)
        if column is None:
            continue
        tr = history["tr"][rows, column]
        if np.isfinite(tr[0]):
            values[symbol] = _values(100.0 * tr / tr[0])
    return Lines(sessions=_days(history, rows), values=values)


def timeline(board: RuleBoard, t: int, sessions: int = YEAR) -> Timeline:
    """The states of every rule over the finished sessions up to row t, of those that were raised on one of them."""
    end = min(t + 1, len(board.sessions))
    rows = slice(max(0, end - sessions), end)
    raised = [course for course in board.courses if (course.levels[rows] > 0).any()]
    return Timeline(
        sessions=tuple(board.sessions[rows].tolist()),
        courses=tuple(
            RuleCourse(c.rule.id, c.subject, c.rule.title(c.subject), tuple(c.levels[rows].tolist())) for c in raised
        ),
    )


def rule_detail(board: RuleBoard, rule_id: str, subject: str, t: int) -> RuleDetail | None:
    """One rule over all finished sessions up to row t; None where there is no such rule."""
    course = next((c for c in board.courses if (c.rule.id, c.subject) == (rule_id, subject)), None)
    if course is None:
        return None
    course, days = course.until(t), board.sessions[: t + 1].tolist()
    return RuleDetail(
        id=rule_id,
        subject=subject,
        informs=course.rule.informs,
        sessions=tuple(days),
        levels=tuple(course.levels.tolist()),
        steps=tuple(RuleStep(days[s.t], s.old.value, s.new.value, dict(s.evidence)) for s in course.transitions),
        gauge=board.gauge_series(rule_id, subject, t),
    )


def _days(history: History, rows: slice) -> tuple[Session, ...]:
    return tuple(history.sessions[rows].tolist())


def _values(values: Floats) -> Values:
    return tuple(number(value) for value in values.tolist())


def _average(values: Floats, n: int) -> Floats:
    """The mean of the last n values at each place; NaN where one of them is missing."""
    averages = np.full(len(values), np.nan)
    if len(values) >= n:
        averages[n - 1 :] = np.lib.stride_tricks.sliding_window_view(values, n).mean(axis=-1)
    return averages
