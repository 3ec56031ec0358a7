"""On real data the engine says what the independent reference says, number by number and state by state.

The reference reads the same file and the specification, and nothing of `core`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import universe
from core.engine import Engine
from core.feeds.files import FilesFeed
from core.panel import Bars, align
from core.pipeline import open_pipeline
from core.rules import verdict as verdict_rules
from core.rules.board import RuleBoard
from core.rules.verdict import Confirmed
from core.sessions import Calendar
from core.settings import Settings
from core.settings_load import load
from core.snapshot import to_json
from tests.core import builders, golden
from tests.reference.data import LEADERS, SECTORS, Data
from tests.reference.data import load as load_reference
from tests.reference.ranks import expected_days_at_rank1
from tests.reference.rules import States, rule_states
from tests.reference.verdict import Verdict, verdicts

ARTICLE = date(2026, 1, 9)
SUNDAY = date(2026, 1, 11)

WATCHLIST = """
[watchlist.funds]
class = "fund"
symbols = ["EEM", "EFA", "JNK", "VNQ"]

[watchlist.volatility]
class = "volatility"
symbols = ["^VIX6M", "^VIX9D"]
"""
"""What the file holds beside the shipped universe, so that every symbol of it is proved."""

PLACES = [(260 + 63 * k, (255, 300, 400)[k % 3]) for k in range(25)]
"""The position of a session in the file, and how many sessions up to it are loaded: 2020-01-14 to 2026-01-16."""


@pytest.fixture(scope="module")
def csv(market: Path) -> Path:
    return market / "index_etf_daily.csv"


@pytest.fixture(scope="module")
def data(csv: Path) -> Data:
    return load_reference(csv)


@pytest.fixture(scope="module")
def settings(csv: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    file = tmp_path_factory.mktemp("golden") / "config.toml"
    file.write_text(WATCHLIST, encoding="utf-8")
    return load(file).with_overrides(feed="files", data=[str(csv)], store="none").settings


@pytest.fixture(scope="module")
def bars(csv: Path, settings: Settings) -> dict[str, Bars]:
    watched = universe.build(settings).instruments
    return dict(FilesFeed([csv]).history(watched, date(2019, 1, 1), date(2026, 1, 31)).bars)


@pytest.fixture(scope="module")
def board(bars: dict[str, Bars]) -> RuleBoard:
    """The rules over the whole file."""
    sessions = Calendar().sessions(date(2019, 1, 2), date(2026, 1, 30))
    return builders.board(align(bars, builders.SYMBOLS, sessions))


@pytest.fixture(scope="module")
def reference_states(data: Data) -> States:
    return rule_states(data)


@pytest.fixture(scope="module")
def reference_verdicts(data: Data) -> list[Verdict]:
    return verdicts(data)


@pytest.fixture(scope="module")
def road(settings: Settings) -> dict[str, Any]:
    """The whole road on the Sunday after the article, as JSON."""
    document: dict[str, Any] = json.loads(to_json(open_pipeline(settings, as_of=SUNDAY).refresh()))
    return document


def ranked_groups(settings: Settings, data: Data) -> dict[str, list[str]]:
    """The members with data of each group that is ranked."""
    groups = {
        group.id: [i.symbol for i in group.instruments] for group in universe.build(settings).groups if group.ranked
    }
    return {name: [symbol for symbol in symbols if symbol in data.symbols] for name, symbols in groups.items()}


# --- the road on the article's session ------------------------------------------------------------------------------


def test_a_sunday_shows_the_session_of_friday(road: dict[str, Any]) -> None:
    assert (road["session"], road["session_status"], road["next_session"]) == ("2026-01-09", "final", "2026-01-12")


def test_every_number_of_the_road_is_that_of_the_reference(
    road: dict[str, Any], settings: Settings, data: Data
) -> None:
    expected = golden.expected_blocks(data, ARTICLE, ranked_groups(settings, data))
    assert set(expected["rows"]) == set(data.symbols)
    assert list(golden.differences(golden.blocks(road), expected)) == []


@pytest.mark.parametrize("members", [LEADERS, SECTORS], ids=["index funds", "sectors"])
def test_the_tenure_of_leaders_is_that_of_the_reference(members: list[str], road: dict[str, Any], data: Data) -> None:
    rows = golden.blocks(road)["rows"]
    found = {symbol: rows[symbol]["days_at_rank1"] for symbol in members}
    assert found == expected_days_at_rank1(data, ARTICLE, members)


def test_rates_and_volatility_have_no_returns(road: dict[str, Any]) -> None:
    rows = golden.blocks(road)["rows"]
    for symbol, changes in {"^VIX": "chg_pt", "^VIX9D": "chg_pt", "^TNX": "chg_bp", "^IRX": "chg_bp"}.items():
        assert "ret" not in rows[symbol]
        assert rows[symbol]["chg_1s"] is None
        assert None not in rows[symbol][changes].values()


def test_what_the_file_lacks_has_no_number(road: dict[str, Any], data: Data) -> None:
    blocks = golden.blocks(road)
    absent = {symbol: row for symbol, row in blocks["rows"].items() if symbol not in data.symbols}
    assert {"MAGS", "SMH", "^TYX"} <= set(absent)
    for row in absent.values():
        assert row["last"] is None
        assert row["status"]["last"] == "missing_input"
        assert set(row["rank"].values()) <= {None}
    assert blocks["spreads"]["IWD-IWF"]["status"]["63s"] == "missing_input"
    assert blocks["rows"]["RSP"]["rank_of"]["63s"] == 1


def test_the_verdict_of_the_road(road: dict[str, Any], data: Data, reference_verdicts: list[Verdict]) -> None:
    expected = reference_verdicts[data.at(ARTICLE)]
    assert expected.evidence is not None
    small, equal, rotation, sectors = expected.evidence
    values = {piece["id"]: piece["value"] for piece in road["verdict"]["evidence"]}
    wanted = {"small_lead": small, "equal_weight": equal, "cyclicals": rotation, "participation": sectors / 11}
    assert list(golden.differences(values, wanted)) == []
    assert road["verdict"]["state"] == expected.state == "BROADENING"
    assert road["verdict"]["since"] == str(expected.since) == "2026-01-06"
    assert (road["verdict"]["score"], road["verdict"]["fragile"]) == (expected.score, expected.fragile) == (4, True)


def test_the_warnings_of_the_road(road: dict[str, Any], data: Data, reference_states: States) -> None:
    found = {(w["id"], w["subject"]): (w["state"], w["since"], w["sessions"]) for w in road["warnings"]}
    assert found.pop(("W20", "data"))[0] == "CLEAR"
    at = data.at(ARTICLE)
    rows = {key: course[at] for key, course in reference_states.items()}
    expected = {key: (row.state, str(row.since), row.sessions) for key, row in rows.items()}
    assert {key: found[key] for key in expected} == expected
    assert found["W02", "IWM-SPY"] == ("WATCH", "2025-10-29", 50)


# --- other sessions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("at", "loaded"), PLACES)
def test_every_number_of_other_sessions(
    at: int, loaded: int, bars: dict[str, Bars], settings: Settings, data: Data
) -> None:
    """On panels that begin late and end early, so that what is not there cannot be seen."""
    known = golden.part(data, max(0, at + 1 - loaded), at)
    session = known.sessions[-1]
    watched = universe.build(settings)
    panel = align(bars, watched.symbols, np.array(known.sessions, dtype="datetime64[D]"))
    snapshot = Engine(watched, settings, panel).snapshot(None, builders.view(session))
    found = golden.blocks(json.loads(to_json(snapshot)))
    expected = golden.expected_blocks(known, session, ranked_groups(settings, data))
    assert list(golden.differences(found, expected)) == []


def test_the_verdict_of_every_session(board: RuleBoard, reference_verdicts: list[Verdict]) -> None:
    classes = builders.sector_classes(builders.SYMBOLS)
    confirmed = Confirmed()
    for t, expected in enumerate(reference_verdicts):
        raw = verdict_rules.raw_state(board.market, classes, t)
        confirmed = confirmed.step(raw, t)
        since = None if confirmed.since is None else reference_verdicts[confirmed.since].session
        lead = board.market.spread("IWM", "SPY", t)
        assert lead is not None
        assert (raw.value, lead.fragile) == (expected.today, expected.fragile)
        if expected.evidence is not None:
            assert (confirmed.state.value, since) == (expected.state, expected.since)
            *values, sectors = expected.evidence
            pieces = verdict_rules.evidence(board.market, classes, t)
            assert [piece.value for piece in pieces] == pytest.approx([*values, sectors / 11], rel=1e-9, abs=1e-12)
            assert sum(piece.holds is True for piece in pieces) == expected.score


# --- the command, as issue 2 asks for it ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def printed(csv: Path) -> dict[str, Any]:
    """What `tapeboard snapshot` prints of the article's weekend."""
    command = [str(Path(sys.executable).with_name("tapeboard")), "snapshot", "--feed", "files", "--data", str(csv)]
    options = ["--as-of", "2026-01-11", "--format", "json", "--store", "none"]
    ended = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert ended.returncode == 4, ended.stderr  # done, but the file lacks part of the universe
    document: dict[str, Any] = json.loads(ended.stdout)
    return document


def prints(value: float, digits: int) -> str:
    return f"{value:+.{digits}f}"


def test_the_command_prints_the_figures_of_the_issue(printed: dict[str, Any]) -> None:
    rows = golden.blocks(printed)["rows"]
    assert printed["session"] == "2026-01-09"
    assert prints(rows["IWM"]["ret"]["63s"], 4) == "+0.0652"
    assert prints(rows["SPY"]["ret"]["63s"], 4) == "+0.0372"
    assert {row["base"]["3m"] for row in rows.values()} == {"2025-10-09"}
    assert (rows["^GSPC"]["record_close"], rows["^GSPC"]["record_high"]) == (True, True)
    assert prints(rows["^GSPC"]["sma20"], 2) == "+6874.38"
    assert prints(rows["^RUT"]["sma20"], 2) == "+2542.44"
    moves = {symbol: prints(100 * rows[symbol]["chg_1s"], 2) for symbol in ("XLB", "XLE", "XLRE")}
    assert moves == {"XLB": "+1.60", "XLE": "+0.26", "XLRE": "+0.15"}
    assert (rows["DIA"]["rank"]["63s"], rows["IWM"]["rank"]["63s"]) == (1, 2)
    assert printed["verdict"]["fragile"] is True
    assert [w["state"] for w in printed["warnings"] if w["id"] == "W02"] == ["WATCH"]


def test_the_command_prints_what_the_road_gives(printed: dict[str, Any], road: dict[str, Any]) -> None:
    """The watchlist is the only other thing in the configuration of the two."""
    for block in ("leadership", "sectors", "spreads", "rotation", "verdict", "warnings"):
        assert printed[block] == road[block], block
