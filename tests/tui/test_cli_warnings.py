"""`tapeboard backtest` and `tapeboard warnings`: the three formats, what is invented or derived, and every mistake."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from core.backtest.result import Backtest
from core.journal import Journal
from tui.cli import main
from tui.cli_warnings import render

Run = Callable[..., tuple[int, str, str]]
SIMULATED = ("--feed", "simulated", "--store", "none")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*argv: str) -> tuple[int, str, str]:
        code = main(argv)
        out, err = capsys.readouterr()
        return code, out, err

    return call


def test_a_backtest_is_a_table_with_its_reading_and_the_number_of_cases(run: Run) -> None:
    code, out, err = run("backtest", "W02", "W19", "--quiet", *SIMULATED)
    assert (code, err) == (0, "")
    head, table, reading, few, moved, rest = out.rstrip("\n").split("\n\n")
    assert head.startswith("SIMULATED · feed simulated · ")
    names = [line.split()[:3] for line in table.splitlines()[1:]]
    funds = ("SPY", "IWM", "QQQ", "DIA")
    assert names == [["W02", "IWM-SPY", "IWM"], *(["W19", fund, fund] for fund in funds)]
    assert len({len(line) for line in table.splitlines()}) == 1
    assert "63-session blocks" in reading
    assert ": anecdote, not evidence: " in few
    assert moved.splitlines()[1].startswith("W02 IWM-SPY")
    assert rest == "left out, because it says nothing of a market: W20"


def test_a_backtest_as_json_and_csv_holds_the_same_numbers(run: Run) -> None:
    _code, out, _err = run("backtest", "W19", "--quiet", "--format", "json", *SIMULATED)
    found = msgspec.json.decode(out, type=Backtest)
    _code, out, _err = run("backtest", "W19", "--quiet", "--format", "csv", *SIMULATED)
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(row["rule"], row["subject"]) for row in rows] == [(r.rule, r.subject) for r in found.results]
    for row, result in zip(rows, found.results, strict=True):
        assert int(row["episodes"]) == len(result.entries)
        window = result.windows[-1]
        assert row["n_63"] == str(window.n)
        assert row["p5_63_base"] == str(window.falls[0].base)
        assert (row["rule_set"], row["data_hash"]) == (found.rule_set, found.data_hash)


def test_progress_goes_to_standard_error_only(run: Run) -> None:
    _code, out, err = run("backtest", "W19", *SIMULATED)
    assert err.splitlines()[-1] == "tapeboard: 4 of 4, W19 DIA"
    assert "of 4" not in out


def test_a_rule_without_its_inputs_is_told_below(run: Run) -> None:
    code, out, _err = run("backtest", "W08", "--quiet", *SIMULATED)
    assert code == 0
    assert "W08 SPY: not evaluated, needs members of a breadth universe" in out


@pytest.mark.parametrize("name", ["W20", "W99"])
def test_a_rule_that_cannot_be_tested_is_one_line(name: str, run: Run) -> None:
    code, out, err = run("backtest", name, *SIMULATED)
    assert (code, out) == (2, "")
    assert err.startswith(f'tapeboard: no rule "{name}" can be tested: there are W01, ')
    assert err.count("\n") == 1


def test_the_journal_of_an_unstored_feed_says_that_it_is_derived(run: Run) -> None:
    code, out, err = run("warnings", *SIMULATED)
    assert (code, err) == (0, "")
    head, blank, columns, first, *_others = out.splitlines()
    assert head.startswith("SIMULATED · feed simulated · universe core · ")
    assert head.endswith("no store is kept for this feed: derived by replay from its history")
    assert blank == ""
    assert columns.split()[:5] == ["session", "rule", "of", "from", "to"]
    assert " CLEAR " in first


def test_the_journal_as_json_and_csv_keeps_standard_output_to_the_result(run: Run) -> None:
    _code, out, err = run("warnings", "--format", "json", *SIMULATED)
    found = msgspec.json.decode(out, type=Journal)
    assert found.derived
    assert err == "tapeboard: no store is kept for this feed: derived by replay from its history\n"
    _code, out, err = run("warnings", "--format", "csv", "--quiet", *SIMULATED)
    rows = list(csv.DictReader(io.StringIO(out)))
    assert err == ""
    assert len(rows) == len(found.entries) > 10
    for row, entry in zip(rows, found.entries, strict=True):
        assert (row["rule"], row["session"], row["new"]) == (entry.rule, entry.session.isoformat(), entry.new)
        assert msgspec.json.decode(row["evidence"]) == entry.evidence


def test_of_a_stored_feed_the_journal_is_kept(market: Path, tmp_path: Path, run: Run) -> None:
    store = ("--store", f"sqlite:///{tmp_path / 'tapeboard.sqlite3'}")
    assert run("fetch", "--data", str(market / "index_etf_daily.csv"), "--quiet", *store)[0] in (0, 4)
    _code, first, _err = run("warnings", "--since", "2025-10-01", "--format", "json", *store)
    _code, again, err = run("warnings", "--since", "2025-10-01", "--format", "json", *store)
    assert (first, err) == (again, "")
    found = msgspec.json.decode(again, type=Journal)
    assert not found.derived
    raised = [(e.session.isoformat(), e.old, e.new) for e in found.entries if e.rule == "W02"]
    assert ("2025-10-29", "CLEAR", "WATCH") in raised  # warnings.md C.2
    assert all(entry.at is not None for entry in found.entries)


def test_where_nothing_happened_there_is_no_table() -> None:
    nothing = Journal(feed="store", simulated=False, derived=False, universe="core", entries=())
    assert render(nothing) == "feed store · universe core · 0 steps\n"


def test_a_trial_of_the_notices_tells_each_address_in_one_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = run("warnings", "--notify-test", *SIMULATED)
    assert (code, out) == (2, "")
    assert err.startswith("tapeboard: there is no address to notify")
    file = tmp_path / "config.toml"
    file.write_text('[notify]\nurls = ["ntfy://topic", "json://user:word@host"]\n', encoding="utf-8")
    reasons = iter(["", "no answer"])
    monkeypatch.setattr("core.notices.send", lambda *_message: next(reasons))
    code, out, err = run("warnings", "--notify-test", "--config", str(file), *SIMULATED)
    assert (code, out, err) == (4, "ntfy://…: sent; json://…: no answer\n", "")
