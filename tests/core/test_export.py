from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date

import pytest

from core.export import Field, Form, Heading, Table, document

TABLE = Table(
    title="Leadership",
    headings=(Heading("symbol", "Symbol"), Heading("63s", "63s", "fraction"), Heading("name", "Name")),
    rows=(
        (Field("IWM", "IWM"), Field(0.0123, " +1.23"), Field("Russell | 2000", "Russell | 2000")),
        (Field("SPY", "SPY"), Field(None, "—"), Field('S&P "500"', 'S&P "500"')),
        (Field("ODD", "ODD"), Field(float("nan"), "—"), Field("=HYPERLINK(1)", "=HYPERLINK(1)")),
    ),
    session=date(2026, 1, 9),
    feed="yahoo",
    simulated=False,
    universe="core",
    basis="tr",
    note="filter: w",
)
INVENTED = replace(TABLE, feed="simulated", simulated=True)


def test_csv_has_raw_numbers_under_headings_with_units() -> None:
    lines = list(csv.reader(io.StringIO(document(TABLE, "csv"))))
    assert lines[0] == ["session", "source", "basis", "symbol", "63s [fraction]", "name"]
    assert lines[1] == ["2026-01-09", "yahoo", "tr", "IWM", "0.0123", "Russell | 2000"]
    assert lines[2][4:] == ["", 'S&P "500"']


def test_csv_holds_no_formula_and_no_nan() -> None:
    *_others, last = csv.reader(io.StringIO(document(TABLE, "csv")))
    assert last[3:] == ["ODD", "", "'=HYPERLINK(1)"]


def test_json_names_units_and_gives_raw_numbers() -> None:
    found = json.loads(document(TABLE, "json"))
    assert found["session"] == "2026-01-09"
    assert (found["feed"], found["simulated"], found["universe"], found["basis"]) == ("yahoo", False, "core", "tr")
    assert found["filter"] == "filter: w"
    assert found["columns"][1] == {"key": "63s", "title": "63s", "unit": "fraction"}
    assert found["rows"][0] == {"symbol": "IWM", "63s": 0.0123, "name": "Russell | 2000"}
    assert found["rows"][2]["63s"] is None


def test_markdown_is_what_the_screen_shows() -> None:
    assert document(TABLE, "md").splitlines() == [
        "## Leadership",
        "",
        "yahoo · 2026-01-09 · core · tr · filter: w",
        "",
        "| Symbol | 63s | Name |",
        "| --- | ---: | --- |",
        "| IWM | +1.23 | Russell \\| 2000 |",
        '| SPY | — | S&P "500" |',
        "| ODD | — | =HYPERLINK(1) |",
    ]


@pytest.mark.parametrize("form", ["csv", "json", "md"])
def test_invented_numbers_say_so_inside(form: Form) -> None:
    told = document(INVENTED, form)
    if form == "csv":
        assert all(line["source"] == "SIMULATED (simulated)" for line in csv.DictReader(io.StringIO(told)))
    elif form == "json":
        assert json.loads(told)["simulated"] is True
    else:
        assert "SIMULATED" in told.splitlines()[2]


@pytest.mark.parametrize("form", ["csv", "json", "md"])
def test_a_table_without_rows_is_still_one(form: Form) -> None:
    assert "symbol" in document(replace(TABLE, rows=(), session=None), form).lower()
