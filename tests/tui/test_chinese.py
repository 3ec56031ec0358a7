"""The screen, the text snapshot and the note in Chinese: whole, aligned, and without a word of English left over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from html import unescape
from pathlib import Path

import msgspec
import pytest
from rich.cells import cell_len, set_cell_size

from core import language
from core.i18n import _, spaced
from core.pipeline import Pipeline, open_pipeline
from core.report import as_text
from core.report.as_html import html
from core.report.desk import LINES, note_of
from core.report.pictures import Source
from core.sessions import FixedClock
from core.universe import INDEX_FUNDS, build
from tests.core.report import notes
from tests.support.catalogue import forms, updated
from tests.tui import blocks, world
from tests.tui.script import app, board, shown, text, until
from tui.app import TapeboardApp
from tui.text_snapshot import render

NAMES = {"msci", "core", "sp500", "files", "simulated", "ctrl", "esc", "enter", "tr", "px", "ddof", "pytickersymbols"}
"""Latin words that are names: of schemes, universes, feeds, keys and conventions."""


@pytest.fixture(scope="module", autouse=True)
def in_chinese() -> Iterator[None]:
    language.use("zh")
    yield
    language.use("en")


@pytest.fixture(scope="module")
def pipeline() -> Iterator[Pipeline]:
    with closing(open_pipeline(world.settings(), clock=FixedClock(world.NOON))) as pipe:
        pipe.refresh()
        yield pipe


def english(shown_text: str) -> set[str]:
    """The English words in a text: Latin ones in small letters that no name has."""
    words = re.findall(r"(?<![\w/.@^-])[A-Z]?[a-z]{2,}(?![\w/.@])", shown_text)
    known = {word.lower() for message in updated("zh") for form in forms(message.string) for word in latin(form)}
    return {word for word in words if word.lower() not in NAMES | known}


def latin(form: str) -> list[str]:
    """The Latin words that a translation itself uses."""
    return re.findall(r"[A-Za-z]{2,}", re.sub(r"{[^}]*}", "", form))


@pytest.mark.parametrize("size", [(160, 45), (80, 24)], ids=["160x45", "80x24"])
async def test_a_screen_is_chinese_and_its_columns_stand(pipeline: Pipeline, size: tuple[int, int]) -> None:
    chosen = world.settings(language="zh")
    running = TapeboardApp(chosen, lambda: world.Shared(pipeline), frozen=True)  # type: ignore[arg-type, return-value] # it passes on what it does not do itself
    async with running.run_test(size=size) as pilot:
        screen = await board(pilot)
        await until(pilot, lambda: screen.snapshot.session is not None)
        for key in "123456":
            await pilot.press(key)
            await pilot.pause()
            lines = text(pilot)
            assert english(lines) == set()
            if key == "1":
                stand_in_columns(lines)


def stand_in_columns(lines: str) -> None:
    """The changes of the index funds end under their heading."""
    rows = lines.split("\n")
    heading = next(row for row in rows if " 63s " in row and "代码" in row)
    end = cell_len(heading[: heading.index(" 63s ") + 4])
    left = [set_cell_size(row, end) for row in rows]
    funds = [row for row in left if re.match(rf"\W*\d+ .*? ({'|'.join(INDEX_FUNDS)}) ", row)]
    assert len(funds) == len(INDEX_FUNDS)
    for row in funds:
        assert re.search(r"[+-]\d+\.\d\d$", row)


def test_the_text_snapshot_is_chinese(pipeline: Pipeline) -> None:
    told = render(pipeline.refresh(), build(world.settings()).groups, "63s")
    assert english(told) == set()
    for word in ("BROADENING", "MIXED", "NARROWING", "WATCH", "WARNING", "NOT EVALUATED"):
        assert word not in told


def test_a_note_is_chinese_and_spaced_by_one_rule(market: Path) -> None:
    chosen = notes.settings(market, members=True)
    with closing(open_pipeline(chosen, as_of=date(2026, 1, 11))) as pipe:
        snapshot = pipe.refresh()
        note = note_of(snapshot, chosen)
        page = html(note, Source(snapshot, pipe.lines(LINES), pipe.timeline()))
    sections = [section for section in note.sections if section.id != "method"]  # which tells paths of files
    told = as_text.text(msgspec.structs.replace(note, sections=tuple(sections)))
    assert english(told) == set()
    drawn = unescape(" ".join(re.findall(r"<text [^>]*>([^<]*)<", page)))
    assert english(drawn) == set()
    for sentence in (s.text for section in sections for s in section.sentences):
        assert not re.search(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9%][\u4e00-\u9fff]|\d %", without_dates(sentence)), (
            sentence
        )


def without_dates(sentence: str) -> str:
    """Dates are written without spaces, as the locale has them."""
    return re.sub(r"(\d{4}年)?\d+月\d+日", "", sentence)


def test_the_catalogue_is_spaced_by_the_same_rule() -> None:
    dates = re.compile(r"y+年M月d日")  # patterns, not text
    found = [form for message in updated("zh") for form in forms(message.string) if form and not dates.match(form)]
    assert [form for form in found if re.search(r"[\d}] %", form)] == []
    assert [form for form in found for part in re.split(r"{[^{}]*}", form) if spaced(part) != part] == []


def test_each_state_of_a_warning_has_one_word() -> None:
    said = {str(form) for message in updated("zh") if "WARNING" in str(message.id) for form in forms(message.string)}
    assert said
    assert all("警告" in form for form in said)
    assert not [form for message in updated("zh") for form in forms(message.string) if form and "警示" in form]


async def test_a_state_of_the_appetite_is_not_cut() -> None:
    snapshot = blocks.full()
    risk = msgspec.structs.replace(
        snapshot.risk, appetite=msgspec.structs.replace(snapshot.risk.appetite, state="risk-on")
    )
    snapshot = msgspec.structs.replace(snapshot, risk=risk)
    async with app(snapshot).run_test(size=(80, 24)) as pilot:
        await shown(pilot, snapshot)
        await pilot.press("6")
        await pilot.pause()
        assert re.search(rf"状态\s+{_('risk-on')}", text(pilot))
        assert "分位" in text(pilot)
