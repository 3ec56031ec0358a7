"""`tapeboard verify` on the real data: the findings that were made by hand (article.md A.4), and one more note."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tui.cli import main

ROOT = Path(__file__).parents[2]
NOTE = ROOT / "docs" / "claims" / "2026-01-11.toml"

OTHER = """
title = "Another note"

[[group]]
title = "January, by price"
from = 2026-01-02
to = 2026-01-30
basis = "px"
claim = [
    { subject = "SPY", metric = "return", value = "%s %%" },
    { subject = "QQQ", metric = "rank", value = "1", among = ["SPY", "QQQ", "IWM", "DIA"] },
]
"""


def findings(market: Path, capsys: pytest.CaptureFixture[str], file: Path) -> list[dict[str, Any]]:
    data = str(market / "index_etf_daily.csv")
    assert main(["verify", str(file), "--format", "json", "--feed", "files", "--data", data]) == 0
    groups: list[dict[str, Any]] = msgspec.json.decode(capsys.readouterr().out)["groups"]
    return groups


def test_the_published_note_is_judged_as_it_was_by_hand(market: Path, capsys: pytest.CaptureFixture[str]) -> None:
    headline, window, rank, sectors, close, levels = findings(market, capsys, NOTE)
    assert headline["finding"] == "holds otherwise"
    assert [(f["base_session"], f["base"], f["basis"]) for f in headline["fits"]] == [
        ("2025-10-07", "close", "px"),
        ("2025-10-02", "close", "px"),
    ]
    assert window["finding"] == "holds otherwise"
    assert [(f["base"], f["basis"], f["ddof"], f["shift"]) for f in window["fits"]] == [("open", "px", 0, 0)]
    assert rank["finding"] == "fails"
    assert rank["claims"][0]["measured"] == 2
    assert sectors["finding"] == "fails"
    alone = {c["subject"]: [(f["base"], f["shift"]) for f in c["alone"]] for c in sectors["claims"] if c["alone"]}
    assert alone == {"XLV": [("open", 0)]}
    assert (close["finding"], close["no_session"]) == ("fails", "2026-01-11")
    assert levels["finding"] == "holds"


def test_another_note_is_judged_by_its_own_conventions(
    market: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "other.toml"
    # SPY closed at 681.92 on 2025-12-31 and at 691.97 on 2026-01-30; IWM led the four funds.
    file.write_text(OTHER % f"{100 * (691.97 / 681.92 - 1):.2f}", encoding="utf-8")
    (january,) = findings(market, capsys, file)
    assert january["finding"] == "fails"
    assert [claim["fits"] for claim in january["claims"]] == [True, False]


def test_the_text_names_what_fits_and_how_many_were_tried(market: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["verify", str(NOTE), "--feed", "files", "--data", str(market / "index_etf_daily.csv")])
    told = capsys.readouterr().out
    assert "1 of 66 conventions tried fit every claim of the group" in told
    assert "from the open of Mon 2025-12-01, to Fri 2026-01-09, px, ddof 0" in told
    assert "Sun 2026-01-11 was not a session" in told


def test_invented_prices_judge_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(NOTE), "--feed", "simulated"]) == 2
    assert "invented" in capsys.readouterr().err
