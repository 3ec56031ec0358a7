"""The note as Markdown and plain text."""

from __future__ import annotations

from datetime import date

from core.report.as_text import WIDTH, cells, markdown, text
from core.report.note import Column, Note, Section, Sentence, Slot, Table


def note(*words: str, rows: tuple[tuple[str, str], ...] = ()) -> Note:
    table = Table(
        id="t",
        caption="Caption",
        columns=(Column(title="Name", numeric=False), Column(title="%")),
        rows=tuple((Slot(path="a", value=a, text=a), Slot(path="b", value=b, text=b)) for a, b in rows),
    )
    section = Section(
        id="s",
        title="Section",
        sentences=tuple(Sentence(id="x", text=word) for word in words),
        tables=(table,) if rows else (),
    )
    return Note(
        tapeboard="0", language="en", title="Title", session=date(2026, 1, 9), simulated=False, sections=(section,)
    )


def test_text_of_a_feed_cannot_become_markup() -> None:
    made = markdown(note("a [link](x) <b>*bold*</b> | cell", rows=(("a|b", "1"),)))
    assert "- a \\[link\\](x) \\<b\\>\\*bold\\*\\</b\\> \\| cell" in made
    assert "| a\\|b | 1 |" in made


def test_columns_of_double_width_characters_stay_aligned() -> None:
    lines = text(note(rows=(("材料", "+1.60"), ("Technology", "-0.51")))).splitlines()
    table = [line for line in lines if line.startswith("  ")]
    assert len({cells(line) for line in table}) == 1
    assert table[1] == "  材料        +1.60"


def test_no_line_of_plain_text_is_wider_than_the_page() -> None:
    long = note("word " * 80, "没有一个词可以断开的长句子" * 12, "mixed 小盘股 +2.8 pp 领先 " * 12)
    assert all(cells(line) <= WIDTH for line in text(long).splitlines())


def test_nothing_is_lost_where_a_line_is_broken() -> None:
    words = "小盘股领先大盘股 IWM less SPY +2.8 pp " * 8
    broken = text(note(words)).split("-------\n")[1]
    assert "".join(broken.removeprefix("- ").split()) == "".join(words.split())
