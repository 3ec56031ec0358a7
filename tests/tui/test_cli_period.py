"""`tapeboard period` on the real data: the published note's own figures, to the digit (article.md A.4)."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tui.cli import main


def period(market: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, dict[str, float]]:
    data = str(market / "index_etf_daily.csv")
    dates = ("--from", "2025-12-01", "--to", "2026-01-09")
    assert main(["period", *dates, *options, "--format", "json", "--feed", "files", "--data", data]) == 4
    made = msgspec.json.decode(capsys.readouterr().out)
    assert made["sessions"] == 28
    return {row["symbol"]: row for row in made["rows"]}


def test_the_note_was_computed_from_the_open_on_price_with_population_deviation(
    market: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = period(market, capsys, "--base", "open", "--basis", "px", "--ddof", "0")
    printed = {"IWM": 5.9698, "^RUT": 5.7203, "^GSPC": 2.2603, "^DJI": 4.0420, "^IXIC": 2.1535}
    assert {symbol: round(100 * rows[symbol]["ret"], 4) for symbol in printed} == printed
    assert {symbol: round(100 * rows[symbol]["volatility"], 4) for symbol in ("IWM", "^GSPC")} == {
        "IWM": 0.9162,
        "^GSPC": 0.5226,
    }
    assert round(rows["IWM"]["mean_volume"]) == 35_658_350


def test_close_to_close_it_prints_what_the_metrics_say(market: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = period(market, capsys, "--base", "first-close")
    assert round(100 * rows["IWM"]["ret"], 2) == 6.30  # total return
    assert round(100 * rows["IWM"]["volatility"], 3) == 0.922
    assert round(100 * rows["^GSPC"]["ret"], 3) == 2.255


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (("--from", "2026-01-09", "--to", "2025-12-01"), "--from is after --to"),
        (("--from", "2026-01-09"), "--to"),
        (("--from", "yesterday", "--to", "2026-01-09"), "expected YYYY-MM-DD"),
        (("--from", "2026-01-10", "--to", "2026-01-11", "--feed", "simulated"), "no session has finished"),
    ],
)
def test_each_mistake_is_one_line(options: tuple[str, ...], line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["period", *options]) in (2, 3)
    said = capsys.readouterr().err
    assert said.startswith("tapeboard: ")
    assert line in said
    assert said.count("\n") == 1


def test_invented_returns_are_marked_and_those_of_the_snapshot(capsys: pytest.CaptureFixture[str]) -> None:
    dates = ("--from", "2026-09-01", "--to", "2026-10-30")
    assert main(["period", *dates, "--feed", "simulated"]) == 0
    assert capsys.readouterr().out.startswith("SIMULATED · feed simulated · ")
    assert main(["period", *dates, "--feed", "simulated", "--format", "json"]) == 0
    table = msgspec.json.decode(capsys.readouterr().out)
    assert (table["feed"], table["simulated"]) == ("simulated", True)


@pytest.mark.parametrize("first", ["0001-01-05", "1989-12-01"])
def test_a_day_before_the_calendar_is_said_in_one_line(first: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["period", "--from", first, "--to", "2026-01-09", "--feed", "simulated"]) == 2
    said = capsys.readouterr().err
    assert "the exchange calendar knows the sessions of 1990" in said
    assert said.count("\n") == 1
