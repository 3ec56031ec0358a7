"""The JSON of a snapshot against the contract (schema 1): every name, its type, and what a number may be.

The names are written out here on purpose: renaming a field must fail, adding one must not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from core.pipeline import open_pipeline
from core.settings import FeedName
from core.settings_load import defaults
from core.snapshot import to_json
from tests.core.fakes import MONDAY, SUNDAY, clock_at, market, sessions, settings, write_csv

Json: TypeAlias = dict[str, Any]
Kind: TypeAlias = Callable[[Any], bool]


def text(x: Any) -> bool:
    return isinstance(x, str)


def number(x: Any) -> bool:
    return x is None or (isinstance(x, int | float) and not isinstance(x, bool))


def whole(x: Any) -> bool:
    return x is None or (isinstance(x, int) and not isinstance(x, bool))


def flag(x: Any) -> bool:
    return x is None or isinstance(x, bool)


def day(x: Any) -> bool:
    return x is None or date.fromisoformat(x).isoformat() == x


def instant(x: Any) -> bool:
    return x is None or datetime.fromisoformat(x).utcoffset() is not None


def one_of(*words: str) -> Kind:
    return lambda x: x in words


def status(x: Any) -> bool:
    return x == "ok" or (isinstance(x, dict) and len(x) > 0 and all(map(text, x.values())))


def list_of(kind: Kind) -> Kind:
    return lambda x: isinstance(x, list) and all(map(kind, x))


def windows(kind: Kind, *names: str) -> Kind:
    return lambda x: isinstance(x, dict) and set(names) <= set(x) and all(map(kind, x.values()))


RETURNS = ("5s", "21s", "42s", "63s", "126s", "252s", "1m", "3m", "6m", "1y", "ytd")
RANKS = ("1s", "5s", "21s", "63s", "126s", "252s")

SNAPSHOT: Mapping[str, Kind] = {
    "schema": lambda x: x == 1,
    "tapeboard": text,
    "session": day,
    "session_status": one_of("final", "intraday", "stale"),
    "viewed_at": instant,
    "next_session": day,
}
SOURCE: Mapping[str, Kind] = {"feed": text, "simulated": flag, "asof": instant, "problems": list_of(bool)}
PROBLEM: Mapping[str, Kind] = {"kind": text, "symbol": lambda x: x is None or text(x), "text": text}
VERDICT: Mapping[str, Kind] = {
    "state": one_of("BROADENING", "MIXED", "NARROWING", "NOT EVALUATED"),
    "score": whole,
    "of": whole,
    "since": day,
}
EVIDENCE: Mapping[str, Kind] = {"id": text, "text": text, "value": number, "holds": flag}
ROW: Mapping[str, Kind] = {
    **dict.fromkeys(("symbol", "name", "group", "basis"), text),
    "session": day,
    "status": status,
    **dict.fromkeys(
        ("last", "chg_1s", "sma20", "sma50", "sma200", "dist_sma20", "dist_sma50", "dist_sma200", "rsi14", "pct_b"),
        number,
    ),
    **dict.fromkeys(("extension", "atr14", "high_252", "low_252", "dist_high_252", "sigma20", "sigma60"), number),
    **dict.fromkeys(("ewma_vol", "beta63", "corr63", "drawdown_252", "volume", "adv20", "rel_volume"), number),
    **dict.fromkeys(("sigma252", "annual_vol", "vol_ratio"), number),
    **dict.fromkeys(("record_close", "record_high"), flag),
    **dict.fromkeys(("days_since_high", "records_week"), whole),
    "base": windows(day, *RETURNS),
    "spark": list_of(number),
}
RANKED: Mapping[str, Kind] = {
    "rank": windows(number, *RANKS),
    "rank_change": windows(number, "63s"),
    "days_at_rank1": windows(whole, *RANKS),
}
SECTOR: Mapping[str, Kind] = {
    "quadrant": one_of("Leading", "Weakening", "Lagging", "Improving"),
    "class": one_of("cyclical", "sensitive", "defensive"),
    **dict.fromkeys(("rs_ratio", "rs_momentum", "z_day"), number),
}
SPREAD: Mapping[str, Kind] = {
    "id": text,
    **dict.fromkeys(("5s", "21s", "63s", "126s", "252s", "z21", "t63"), number),
    "band63": lambda x: list_of(number)(x) and len(x) == 2,
    "agree": lambda x: list_of(whole)(x) and len(x) == 2 and x[1] == 6,
    "streak": whole,
}
ROTATION: Mapping[str, Kind] = {
    "scheme": one_of("msci", "morningstar", "article"),
    "cyc_minus_def": windows(number, "1s", "5s", "21s", "63s"),
    "rank_persistence": number,
}
VALUATION: Mapping[str, Kind] = {
    "funds": lambda x: isinstance(x, dict),
    **dict.fromkeys(("relative_pe", "relative_pe_pr"), number),
    **dict.fromkeys(("snapshots", "needed"), whole),
    "source": text,
    "fetched_at": instant,
    "negative_earnings": one_of("included", "excluded", "unknown"),
    "status": status,
}
WARNING: Mapping[str, Kind] = {
    **dict.fromkeys(("id", "subject", "title", "condition"), text),
    "state": one_of("NOT_EVALUATED", "CLEAR", "INFO", "WATCH", "WARNING"),
    "since": day,
    "sessions": whole,
    "provisional": flag,
    "evidence": lambda x: isinstance(x, dict),
    "missing": list_of(text),
    "history": lambda x: isinstance(x, dict),
}


def fits(document: Json, contract: Mapping[str, Kind]) -> None:
    for name, kind in contract.items():
        assert name in document, name
        assert kind(document[name]), (name, document[name])


def never(word: str) -> float:
    raise AssertionError(f"{word} is no JSON")


def every_value(document: Any) -> Iterator[Any]:
    if isinstance(document, dict | list):
        for part in document.values() if isinstance(document, dict) else document:
            yield from every_value(part)
    else:
        yield document


def snapshot(feed: FeedName, folder: Path, as_of: date | None) -> Json:
    if feed == "simulated":
        chosen = defaults().with_overrides(feed="simulated", store="none").settings
    else:
        given = settings()
        bars = market(given, sessions(300, MONDAY), without=("XLB", "^TNX")).bars
        chosen = settings(
            feed="files", data=[write_csv(folder / "p.csv", bars.values())], watchlist={"mine": ("AFMS",)}
        )
    pipe = open_pipeline(chosen, clock=None if as_of else clock_at(MONDAY, "11:00"), as_of=as_of)
    found: Json = json.loads(to_json(pipe.refresh()), parse_constant=never)
    return found


@pytest.fixture(
    scope="module", params=[(feed, day) for feed in ("simulated", "files") for day in (None, SUNDAY)], ids=str
)
def document(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Json:
    """All four: simulated and files (with gaps), live and as of a Sunday."""
    feed, as_of = request.param
    return snapshot(feed, tmp_path_factory.mktemp("prices"), as_of)


def rows(document: Json) -> list[Json]:
    return [*document["leadership"], *document["sectors"], *document["watchlist"]]


def test_the_head(document: Json) -> None:
    fits(document, SNAPSHOT)
    fits(document["source"], SOURCE)
    for problem in document["source"]["problems"]:
        fits(problem, PROBLEM)
    fits(document["verdict"], VERDICT)
    assert len(document["verdict"]["evidence"]) == document["verdict"]["of"] == 4
    for piece in document["verdict"]["evidence"]:
        fits(piece, EVIDENCE)


def test_the_rows(document: Json) -> None:
    for row in rows(document):
        fits(row, ROW)
        changes = {"rates": "chg_bp", "volatility": "chg_pt"}.get(row["group"], "ret")
        assert {"ret", "chg_bp", "chg_pt"} & set(row) == {changes}, row["symbol"]
        assert windows(number, *(RETURNS if changes == "ret" else RANKS))(row[changes])
        assert len(row["spark"]) <= 60


def test_ranks_stand_in_ranked_groups(document: Json) -> None:
    ranked = [row for row in rows(document) if row["group"] in ("index_funds", "sectors")]
    assert ranked
    for row in ranked:
        fits(row, RANKED)


def test_the_sectors(document: Json) -> None:
    assert [row["symbol"] for row in document["sectors"]] == [
        *("XLB", "XLC", "XLE", "XLF", "XLI", "XLK"),
        *("XLP", "XLRE", "XLU", "XLV", "XLY"),
    ]
    for row in document["sectors"]:
        lacking = row["session"] is None
        fits(row, {name: kind for name, kind in SECTOR.items() if not (lacking and name == "quadrant")})


def test_the_rest(document: Json) -> None:
    assert [spread["id"] for spread in document["spreads"]] == ["IWM-SPY", "RSP-SPY", "IWD-IWF", "IWN-IWO", "DIA-QQQ"]
    for spread in document["spreads"]:
        fits(spread, SPREAD)
    fits(document["rotation"], ROTATION)
    fits(document["valuation"], VALUATION)
    assert {"L1", "L2", "L3", "F1"} <= set(document["not_evaluated"])  # neither feed has fundamentals
    for warning in document["warnings"]:
        fits(warning, WARNING)
    assert {"W01", "W02", "W06", "W07", "W19", "W20"} <= {warning["id"] for warning in document["warnings"]}
    fits(document["evaluated"], {"rules": whole, "of": whole})


def test_every_instant_has_its_offset(document: Json) -> None:
    times = [
        value for value in every_value(document) if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value)
    ]
    assert len(times) >= 3
    assert all(re.search(r"(Z|[+-]\d\d:\d\d)$", value) for value in times)


def test_what_is_null_has_its_reason(document: Json) -> None:
    for row in rows(document):
        reasons = {} if row["status"] == "ok" else row["status"]
        empty = {name for name, value in row.items() if value is None}
        empty |= {
            f"{name}.{window}"
            for name in ("ret", "chg_bp", "chg_pt", "rank")
            for window, value in row.get(name, {}).items()
            if value is None
        }
        told = empty - {"session", "asof", "class", "record_since"}
        assert told <= set(reasons), (row["symbol"], told - set(reasons))
        assert set(reasons.values()) <= {
            *("not_supported", "missing_input", "stale_input", "short_history", "gap", "partial", "suspect")
        }


def test_the_reasons_are_the_right_ones(tmp_path: Path) -> None:
    found = {row["symbol"]: row["status"] for row in rows(snapshot("files", tmp_path, SUNDAY))}
    assert found["SPY"] == "ok"
    assert found["^VIX"]["volume"] == found["^VIX"]["beta63"] == "not_supported"
    assert found["^GSPC"]["volume"] == "not_supported"
    assert found["^GSPC"]["atr14"] == "missing_input"  # close only
    assert set(found["XLB"].values()) == set(found["AFMS"].values()) == {"missing_input"}
