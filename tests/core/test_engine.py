"""The engine as a whole: the same snapshot for the same input, and reasons for what its blocks lack."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import numpy as np
import pytest

from core import universe
from core.engine import Engine
from core.panel import LiveRow, Panel
from core.snapshot import Snapshot, to_json
from tests.core import builders
from tests.reference.data import SECTORS

SESSIONS = 270
LAST = SESSIONS - 1


@pytest.fixture(scope="module")
def whole() -> Panel:
    """Without dividends, so that a tick and the bar it becomes are the same."""
    whole = builders.panel(17, SESSIONS)
    return replace(whole, tr=0.9 * whole.px)


@pytest.fixture(scope="module")
def before(whole: Panel) -> Panel:
    return builders.part(whole, slice(LAST))


@pytest.fixture(scope="module")
def live(whole: Panel) -> LiveRow:
    return builders.live_row(whole, LAST)


def look(engine: Engine, live: LiveRow | None, session: date) -> Snapshot:
    return engine.snapshot(live, builders.view(session))


def assert_close(found: Any, expected: Any) -> None:
    """Two documents, their numbers to 1e-9."""
    assert type(found) is type(expected)
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for key in expected:
            assert_close(found[key], expected[key])
    elif isinstance(expected, list):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert_close(one, other)
    else:
        assert found == (pytest.approx(expected, rel=1e-9, abs=1e-9) if isinstance(expected, float) else expected)


def test_the_same_input_gives_the_same_snapshot(whole: Panel) -> None:
    day = builders.last_day(whole)
    assert to_json(look(builders.engine(whole), None, day)) == to_json(look(builders.engine(whole), None, day))


def test_a_live_row_leaves_no_trace(before: Panel, live: LiveRow) -> None:
    engine, day = builders.engine(before), builders.last_day(before)
    untouched = to_json(look(engine, None, day))
    first = to_json(look(engine, live, live.session))
    wild = replace(live, px=live.px * 1.3, high=live.high * 1.4)
    assert to_json(look(engine, wild, live.session)) != first
    assert to_json(look(engine, live, live.session)) == first
    assert to_json(look(engine, None, day)) == untouched


def test_a_tick_says_what_the_finished_session_will_say(whole: Panel, before: Panel, live: LiveRow) -> None:
    """All but what is about being provisional (the marks, the times, the age of the data), and the past of a rule."""
    found = json.loads(to_json(look(builders.engine(before), live, live.session)))
    expected = json.loads(to_json(look(builders.engine(whole), None, live.session)))
    for document in (found, expected):
        document["verdict"].pop("provisional")
        for row in (*document["leadership"], *document["sectors"]):
            row.pop("asof")
            row.pop("status")
        for warning in document["warnings"]:
            warning.pop("provisional")
            warning.pop("history")
    assert_close(found, expected)


def test_blocks_stand_in_the_order_of_the_configuration(whole: Panel) -> None:
    snapshot = look(builders.engine(whole), None, builders.last_day(whole))
    assert [row.symbol for row in snapshot.leadership] == [*builders.FUNDS, "RSP", "^VIX", "^TNX"]
    assert [row.symbol for row in snapshot.sectors] == SECTORS
    assert [spread.id for spread in snapshot.spreads] == ["IWM-SPY", "RSP-SPY", "IWD-IWF", "IWN-IWO", "DIA-QQQ"]
    assert snapshot.session == builders.last_day(whole)
    judged = {warning.id for warning in snapshot.warnings if warning.state != "NOT_EVALUATED"}
    assert judged == {"W01", "W01b", "W02", "W07", "W10", "W15", "W18", "W19", "W19b", "W20"}
    assert (snapshot.evaluated.rules, snapshot.evaluated.of) == (8, 20)


def test_a_watched_symbol_has_a_row_of_its_own(whole: Panel) -> None:
    settings = msgspec.structs.replace(builders.settings(), watchlist={"mine": ("XLK", "XLF")})
    engine = Engine(universe.build(settings), settings, whole)
    snapshot = look(engine, None, builders.last_day(whole))
    sectors = {row.symbol: row for row in snapshot.sectors}
    assert [row.symbol for row in snapshot.watchlist] == ["XLK", "XLF"]
    for row in snapshot.watchlist:
        assert row.group == "watchlist:mine"
        assert row.ret == sectors[row.symbol].ret
        assert row.rank_of == dict.fromkeys(row.rank_of, 2)


def test_the_spark_of_a_spread_is_its_lead(whole: Panel) -> None:
    iwm, spy = whole.tr[:, 1], whole.tr[:, 0]
    spread = look(builders.engine(whole), None, builders.last_day(whole)).spreads[0]
    lead = iwm[63:] / iwm[:-63] - spy[63:] / spy[:-63]
    assert spread.spark == pytest.approx(lead[-60:])


@pytest.mark.parametrize("sessions", [1, 70, SESSIONS])
def test_every_absent_value_of_spreads_and_rotation_has_a_reason(sessions: int, whole: Panel) -> None:
    part = builders.part(whole, slice(sessions))
    snapshot = look(builders.engine(part), None, builders.last_day(part))
    reason = "short_history" if sessions > 5 else "missing_input"
    for spread in json.loads(to_json(snapshot))["spreads"]:
        if spread["id"] in ("IWD-IWF", "IWN-IWO"):
            assert spread["status"] == "missing_input"
            continue
        fields = {**spread, "agree": spread["agree"][0], "band63": spread["band63"][0]}
        fields["42s"] = spread["relative"]["42s"]
        absent = {name for name, value in fields.items() if value is None}
        assert spread["status"] == (dict.fromkeys(absent, reason) or "ok")
    rotation = snapshot.rotation
    absent = {f"cyc_minus_def.{key}" for key, value in rotation.cyc_minus_def.items() if value is None}
    absent |= {name for name in ("z21", "rank_persistence") if getattr(rotation, name) is None}
    assert rotation.status == (dict.fromkeys(absent, reason) or "ok")


def test_one_missing_sector_leaves_the_rotation_without_input(whole: Panel) -> None:
    rotation = look(builders.engine(builders.without(whole, "XLU")), None, builders.last_day(whole)).rotation
    assert set(rotation.cyc_minus_def.values()) == {None}
    assert isinstance(rotation.status, dict)
    assert set(rotation.status.values()) == {"missing_input"}


@pytest.mark.parametrize(
    ("show", "evaluated"),
    [
        ("index_funds", {"W01", "W01b", "W02", "W07", "W18", "W19", "W19b", "W20"}),
        ("size", {"W20"}),
        ("sectors", {"W15", "W20"}),
        ("rates", {"W20"}),
    ],
)
def test_any_part_of_the_universe_can_be_watched_alone(show: str, evaluated: set[str], whole: Panel) -> None:
    """Absence is never scored: what lacks an input is not evaluated, and nothing breaks."""
    settings = builders.settings((show,))
    watched = universe.build(settings)
    columns = [whole.symbols.index(symbol) for symbol in watched.symbols]
    fields = {name: getattr(whole, name)[:, columns] for name in builders.FIELDS}
    part = replace(whole, symbols=watched.symbols, adjusted=np.ones(len(columns), dtype=np.bool_), **fields)
    snapshot = look(Engine(watched, settings, part), None, builders.last_day(part))
    assert tuple(row.symbol for row in (*snapshot.leadership, *snapshot.sectors)) == watched.symbols
    assert snapshot.verdict.state == "NOT EVALUATED"
    assert {warning.id for warning in snapshot.warnings if warning.state != "NOT_EVALUATED"} == evaluated


def test_a_market_that_stands_still_breaks_nothing(whole: Panel) -> None:
    """Zero variance everywhere: no number is infinite, and nobody leads."""
    still: dict[str, Any] = {name: np.full_like(whole.px, 50.0) for name in ("open", "high", "low", "px", "tr")}
    snapshot = look(builders.engine(replace(whole, **still)), None, builders.last_day(whole))
    for row in (*snapshot.leadership, *snapshot.sectors):
        assert (row.rsi14, row.pct_b, row.beta63, row.sigma20) == (50, None, None, None)
    assert snapshot.rotation.leader["63s"] is None
    assert (snapshot.verdict.state, snapshot.verdict.score) == ("NARROWING", 0)
