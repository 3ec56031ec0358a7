"""The result of a backtest as aligned text, and as CSV. Shares and returns are in percent in the text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from core.i18n import _
from tui.cli_table import aligned
from tui.format import DASH, day, number, pct

if TYPE_CHECKING:
    from core.backtest.result import Backtest, Bounds, RuleResult, Variant

_LEFT: Final = (0, 1, 2)
_PLAIN: Final = (
    *("rule", "subject", "target", "first", "last", "sessions"),
    *("warnings", "per_year", "active", "mean_length"),
)


def render(found: Backtest) -> str:
    """Head, table, and below it what the table cannot say."""
    measured = [result for result in found.results if result.windows]
    blocks = [_head(found)]
    if measured:
        blocks += [
            aligned([headings(), *map(cells, measured)], _LEFT),
            "\n".join(reading(found)),
            "\n".join(few(measured)),
            "\n".join(_shuffled(measured)),
            aligned(moved(measured), (0, 4)),
        ]
    blocks.append("\n".join(lacking(found)))
    return "\n\n".join(filter(None, blocks)) + "\n"


def headings() -> tuple[str, ...]:
    """Of the columns that `cells` fills."""
    return (
        *(_("rule"), _("of"), _("on"), _("years"), _("fired"), _("a year"), _("warned"), _("active %"), _("length")),
        *(
            _("exit"),
            _("21s %"),
            _("any day"),
            _("63s %"),
            _("any day"),
            _("cases"),
            _("≥5 % in 63s"),
            _("90 % bounds"),
        ),
        *(_("any day"), _("≥10 %"), _("any day"), _("false %"), _("missed")),
    )


def cells(result: RuleResult) -> tuple[str, ...]:
    """One rule and subject, as the table shows it."""
    month, quarter = result.windows
    five, ten = quarter.falls
    return (
        *(result.rule, result.subject, result.target, number(result.years, 1, sign=False), str(len(result.entries))),
        *(number(result.per_year, 1, sign=False), str(result.warnings), pct(result.active, 1, sign=False)),
        *(number(result.mean_length, 0, sign=False), number(result.time_to_exit, 0, sign=False)),
        *(pct(month.ret, 1), pct(month.ret_base, 1), pct(quarter.ret, 1), pct(quarter.ret_base, 1), str(quarter.n)),
        *(share(five.entry), bounds(five.bounds), share(five.base), share(ten.entry), share(ten.base)),
        *(share(result.false_alarms), f"{result.missed}/{result.drawdowns}" if result.drawdowns else DASH),
    )


def bounds(found: Bounds | None) -> str:
    """The bounds of a share, in percent."""
    return DASH if found is None else f"{share(found[0])}–{share(found[1])}"


def to_csv(found: Backtest) -> str:
    """One line for each rule and subject: fractions, empty where nothing is known."""
    rows = [_flat(result) for result in found.results]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(name for row in rows for name in row)), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _flat(result: RuleResult) -> dict[str, object]:
    row: dict[str, object] = {name: getattr(result, name) for name in _PLAIN}
    row |= {"episodes": len(result.entries), "exits": result.exits, "time_to_exit": result.time_to_exit}
    for window in result.windows:
        row |= {f"{name}_{window.horizon}": getattr(window, name) for name in ("n", "cut", "days", "ret", "ret_base")}
        for falls in window.falls:
            at = f"{100 * falls.fall:.0f}_{window.horizon}"
            low, high = falls.bounds or (None, None)
            row |= {f"p{at}": falls.entry, f"p{at}_base": falls.base, f"p{at}_low": low, f"p{at}_high": high}
    row |= {"false_alarms": result.false_alarms, "drawdowns": result.drawdowns, "missed": result.missed}
    if result.null is not None:
        low, high = result.null.bounds
        row |= {"null_per_year": result.null.per_year, "null_low": low, "null_high": high}
    return row | {"rule_set": result.rule_set, "data_hash": result.data_hash, "needs": "; ".join(result.needs)}


def _head(found: Backtest) -> str:
    parts = [
        *([_("SIMULATED")] if found.simulated else []),
        _("feed {feed}").format(feed=found.feed),
        _("{first} to {last}, {n} sessions").format(first=day(found.first), last=day(found.last), n=found.sessions),
        _("{n} symbols").format(n=found.symbols),
        _("universe {universe}").format(universe=found.universe),
        _("rules {rules}").format(rules=found.rule_set),
        _("data {data}").format(data=found.data_hash),
    ]
    return " · ".join(parts)


def reading(found: Backtest) -> Iterator[str]:
    """What the columns mean."""
    yield _(
        "fired: from clear to raised. length: sessions raised for each time fired; exit: median sessions to clear. "
        "21s %, 63s %: mean return from the close of entry."
    )
    yield _(
        "cases: entries whose 63 sessions are all in the data. ≥5 %, ≥10 %: share with a close that much lower in "
        "them, dividends counted; false %: share without the first."
    )
    yield _(
        "any day: the same from every evaluated session. bounds: 5th and 95th percentile of {draws} draws of {block}-"
        "session blocks. missed: drawdowns of 10 % that began with the rule clear for 21 sessions."
    ).format(draws=found.draws, block=found.block)
    yield _("Thresholds were chosen with some of this history in view: these are descriptions, not forecasts.")


def few(measured: list[RuleResult]) -> Iterator[str]:
    """How few the cases are, and which of them the end of the data cuts off."""
    told = [(result.few(), _name(result)) for result in measured if result.few()]
    for words in sorted(dict.fromkeys(words for words, _rule in told), key=lambda words: [len(words), words]):
        yield f"{words}: " + ", ".join(rule for found, rule in told if found == words)
    cut = [f"{_name(result)} ({result.windows[-1].cut})" for result in measured if result.windows[-1].cut]
    if cut:
        yield _("left out, because their 63 sessions reach past the end of the data: {rules}").format(
            rules=", ".join(cut)
        )


def _name(result: RuleResult) -> str:
    return f"{result.rule} {result.subject}"


def _shuffled(measured: list[RuleResult]) -> Iterator[str]:
    """How often the rules fire by chance."""
    template = _("{rule}: on {n} shuffled markets {rate} times a year ({low}–{high}), here {here}; active {active} %")
    for result in measured:
        if result.null is not None:
            low, high = (number(x, 1, sign=False) for x in result.null.bounds)
            yield template.format(
                rule=_name(result),
                n=result.null.panels,
                rate=number(result.null.per_year, 1, sign=False),
                low=low,
                high=high,
                here=number(result.per_year, 1, sign=False),
                active=pct(result.null.active, 1, sign=False),
            )
    if any(result.null for result in measured):
        yield _("A shuffled VIX wanders and does not come back: chance tells little of W04 and W05.")


def moved(measured: list[RuleResult]) -> list[tuple[str, ...]]:
    """What a fifth more or less of each threshold does: the whole range, and the threshold that does most; a table."""
    lines: list[tuple[str, ...]] = [(_("thresholds ±20 %"), _("fired"), _("active %"), _("≥5 % in 63s"), _("most by"))]
    for result in measured:
        tried = [variant for variant in result.sensitivity if variant.episodes is not None]
        if tried:
            lines.append(_range(result, tried))
    return lines


def _range(result: RuleResult, tried: list[Variant]) -> tuple[str, ...]:
    active = [variant.active for variant in tried if variant.active is not None]
    shares = [variant.p_entry for variant in tried if variant.p_entry is not None]
    fired = [variant.episodes for variant in tried if variant.episodes is not None]
    most = max(tried, key=lambda variant: abs((variant.active or 0.0) - (result.active or 0.0)))
    return (
        _name(result),
        f"{min(fired)}–{max(fired)}",
        f"{pct(min(active), 1, sign=False)}–{pct(max(active), 1, sign=False)}" if active else DASH,
        bounds((min(shares), max(shares))) if shares else DASH,
        f"{most.threshold} {most.value:g} → {most.moved:g}",
    )


def lacking(found: Backtest) -> Iterator[str]:
    """What was not tested, and why."""
    for result in found.results:
        if not result.windows:
            inputs = ", ".join(result.needs) or DASH
            yield _("{rule} {subject}: not evaluated, needs {inputs}").format(
                rule=result.rule, subject=result.subject, inputs=inputs
            )
    if found.left_out:
        yield _("left out, because it says nothing of a market: {rules}").format(rules=", ".join(found.left_out))


def share(x: float | None) -> str:
    """A share in whole percent, without the unit."""
    return pct(x, 0, sign=False)
