"""`docs/warnings.md`: the rules with their thresholds, and what they did on the real data in ../shared/market.

`make docs` writes it, and leaves it as it is where those data are absent; a test compares where they are present.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pandas as pd

from core.backtest.result import Backtest
from core.hindsight import backtest
from core.pipeline import open_pipeline
from core.rules import catalogue
from core.rules.base_rates import target
from core.rules.rule import Rule
from core.settings import HoldingSettings, MemberListSettings, Settings
from core.settings_load import defaults
from tests.conftest import MARKET
from tui import backtest_text as text
from tui.format import number, pct

PAGE = Path(__file__).parents[3] / "docs" / "warnings.md"

FUNDS, STOCKS = "index_etf_daily.csv", "stocks_daily.parquet"
MEMBERS = "sp500_members_2025-11-16.csv"
HOLDINGS = HoldingSettings(SPY="holdings_sp500_ivv_2025-11-18.csv", IWM="holdings_russell2000_iwm_2025-11-11.csv")

HEAD = """# Warnings

Made by `make docs` from `core/rules/` and the real data in `../shared/market`, which are not part of the project; do
not edit. `tapeboard backtest` makes the same table from your own store or files, `tapeboard backtest --null` adds how
often each rule fires by chance, `tapeboard warnings` lists every step of every rule.
"""

NOTES = """## What this is, and what it is not

- **Descriptions, not forecasts.** There is no strategy and no transaction here. Most rules have fewer than ten cases in
  these years; the table says so for each. A share of four cases is an anecdote, whatever its bounds.
- **The base rate comes first.** On any day of these years a close 5 % lower followed within 63 sessions in a third of
  cases for SPY and in half for IWM. A rule that "hits" in 40 % of cases on IWM says less than the calendar.
- **In sample.** The thresholds of W03, W04, W16 and W18 were tightened once, on a longer history, to make them rarer;
  what W04 shows here was partly known when it was set. With some thirty rules and subjects compared, one or two stand
  out by chance alone.
- **Folklore that the data do not carry.** Overbought (W06) and extended near a high (W07) were followed by no more
  lower closes than any day over 30 years (above). An inverted VIX curve (W05) is stress now, and by the literature was
  followed by returns above average. They stay as descriptions, with that sentence attached.
- **Survivors.** W08 and W09 count members of a list of November 2025 backwards, over the few months the stocks cover:
  who left before is not counted. W10 and W11 have weights within 92 days of one date only; before and after them W10
  is judged on its equal-weight part alone.
- **Overlap.** Windows of 63 sessions that begin a few days apart share nearly all their days. The bounds draw whole
  blocks of 63 sessions for that reason, and are still too narrow where all cases fall into one or two episodes.
- **The past is read as it would have been told.** A state at a session uses data up to that session only; what follows
  an entry is measured from its close. A test cuts the future off and finds every state unchanged. Prices are as they
  are adjusted today.
- **By chance** (`--null`) shuffles whole days in blocks of 63 sessions on average, prices by returns, volatilities and
  yields by differences, held above the lowest level they had. A volatility made that way wanders and does not come
  back, so what is said of W04 and W05, which stand on levels of VIX, is no measure of them.
- **How it is counted.** A window that the end of the data cuts is left out on both sides and told. A year is 252
  evaluated sessions. An entry is a step out of CLEAR; an episode ends with the return to it. A drawdown begins at the
  highest close so far, the last of equals; it counts as missed where the rule was CLEAR on that session and the 20
  before. A threshold ±20 % that the configuration would refuse (a share above one, a watch beyond its warning) is not
  tried, a count moves by at least one, zero has no fifth.
"""

LONGER = (
    ("W01", "IWM-SPY", 2000, 1.1, 9.1, 39, 47),
    ("W03", "IWM-SPY", 2002, 1.7, 21.4, 38, 46),
    ("W04", "SPY", 1995, 1.0, 20.9, 59, 34),
    ("W06", "SPY", 1995, 1.8, 10.8, 25, 34),
    ("W06", "IWM", 2002, 1.5, 7.9, 42, 45),
    ("W07", "SPY", 1994, 0.7, 9.5, 21, 33),
    ("W07", "IWM", 2001, 0.6, 5.1, 36, 46),
    ("W13", "IWM", 2003, 0.4, 2.3, 56, 45),
    ("W14", "credit", 2008, 1.4, 10.3, 44, 32),
    ("W15", "sectors", 1999, 1.5, 14.0, 41, 35),
    ("W17", "sectors", 2002, 2.2, 10.1, 36, 33),
    ("W18", "IWM-QQQ", 2000, 0.4, 13.3, 60, 47),
    ("W19", "SPY", 1994, 1.4, 37.3, 30, 33),
    ("W19b", "IWM", 2001, 2.0, 32.2, 43, 46),
)
"""warnings.md C.3: first year, episodes a year, share of sessions active, and the headline on entry and on any day."""


def settings(market: Path) -> Settings:
    """The defaults over all that the folder has, with the S&P 500 as the breadth universe."""
    data = [str(market / FUNDS), str(market / STOCKS)]
    shipped = defaults().with_overrides(feed="files", data=data, store="none", universe="sp500").settings
    return msgspec.structs.replace(
        shipped,
        universes={**shipped.universes, "sp500": MemberListSettings(file=str(market / MEMBERS))},
        holdings=HoldingSettings(SPY=str(market / HOLDINGS.SPY), IWM=str(market / HOLDINGS.IWM)),
    )


def page(market: Path) -> str:
    """The whole document."""
    chosen = settings(market)
    found = backtest(open_pipeline(chosen), chosen, (), lambda _done, _total, _name: None)
    parts = [
        HEAD,
        *_data(market, found),
        *_table(found),
        *_longer(found),
        NOTES,
        *_rules(chosen),
    ]
    return "\n".join(parts)


def _data(market: Path, found: Backtest) -> Iterator[str]:
    yield "## The data\n"
    yield "| file | rows | symbols | first | last |"
    yield "|---|---|---|---|---|"
    tables = {FUNDS: pd.read_csv(market / FUNDS), STOCKS: pd.read_parquet(market / STOCKS)}
    for name, rows in tables.items():
        days = pd.to_datetime(rows["date"]).dt.date
        yield f"| `{name}` | {len(rows):,} | {rows['symbol'].nunique()} | {days.min()} | {days.max()} |"
    yield ""
    yield f"Also `{MEMBERS}`, `{HOLDINGS.SPY}` and `{HOLDINGS.IWM}`."
    yield f"The backtest stands on {found.sessions:,} sessions, {found.first} to {found.last}, of {found.symbols}"
    yield f"watched symbols, by rule set version {found.rule_set.partition('-')[0]}, on data `{found.data_hash}`.\n"


def _table(found: Backtest) -> Iterator[str]:
    measured = [result for result in found.results if result.windows]
    yield "## What they did\n"
    yield from _markdown([text.headings(), *map(text.cells, measured)])
    for line in (*text.reading(found), *text.few(measured), *text.lacking(found)):
        yield f"- {line}"
    yield "\n### Each threshold moved by a fifth\n"
    yield from _markdown(text.moved(measured))


def _longer(found: Backtest) -> Iterator[str]:
    """These years beside the long histories of the specification: are the orders of magnitude the same?"""
    results = {(result.rule, result.subject): result for result in found.results}
    yield "## Beside longer histories\n"
    yield "The specification measured the same conditions on longer series of other sources, to August 2026. P is the"
    yield "share followed by a close 5 % lower within 63 sessions, on entry and on any day.\n"
    head = ("rule", "of", "since", "a year", "here", "active %", "here", "P / any day", "here")
    lines = [head]
    for rule, subject, year, rate, active, entry, base in LONGER:
        here = results[rule, subject]
        falls = here.windows[-1].falls[0]
        a_year, share_active = number(here.per_year, 1, sign=False), pct(here.active, 1, sign=False)
        headline = f"{text.share(falls.entry)} / {text.share(falls.base)}"
        frequency = (f"{rate:.1f}", a_year, f"{active:.1f}", share_active)
        lines.append((rule, subject, str(year), *frequency, f"{entry} / {base}", headline))
    yield from _markdown(lines)


def _rules(chosen: Settings) -> Iterator[str]:
    yield "## The rules\n"
    yield "Thresholds stand in `config.toml` under `[warnings]`. A condition must hold for so many sessions in a row to"
    yield "raise a state (WATCH / WARNING) or to end it; W20 is about the data and is not tested.\n"
    for rule in catalogue.rules(chosen.warnings):
        subject = rule.subjects[0]
        yield f"### {rule.id} {rule.title(subject)}\n"
        yield f"{_sentence(rule.condition(subject))}\n"
        yield f"{_machine(rule)}\n"


def _machine(rule: Rule) -> str:
    """Subjects, targets and the hysteresis of a rule."""
    h = rule.hysteresis
    parts = [f"Of {', '.join(rule.subjects)}", f"{h.watch_in} / {h.warn_in} sessions in, {h.out} out"]
    targets = [target(rule.id, subject, _symbols(rule)) for subject in rule.subjects]
    if None not in targets:
        parts.append(f"measured on {', '.join(dict.fromkeys(map(str, targets)))}")
    if rule.informs:
        parts.append("told as information only")
    return "; ".join(parts) + "."


def _symbols(rule: Rule) -> tuple[str, ...]:
    """The subjects that are symbols."""
    return tuple(subject for subject in rule.subjects if subject.isupper() and subject.isalpha())


def _sentence(words: str) -> str:
    return (words if words[1:2].isdigit() else words[:1].upper() + words[1:]) + "."


def _markdown(lines: Sequence[Sequence[str]]) -> Iterator[str]:
    head, *rows = lines
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""


if __name__ == "__main__":
    if MARKET.is_dir():
        PAGE.write_text(page(MARKET), encoding="utf-8")
    else:
        sys.stderr.write("docs/warnings.md is left as it is: there are no data in ../shared/market\n")
