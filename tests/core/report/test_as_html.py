"""The note as a page that needs nothing else, and its pictures."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from core import language
from core.pipeline import open_pipeline
from core.report.as_html import html
from core.report.desk import LINES, note_of
from core.report.drawing import COLOURS
from core.report.note import Note, Section, Sentence
from core.report.pictures import Source, pictures
from core.series import Lines, RuleCourse, Timeline
from core.snapshot import EMPTY, Breadth, Course, SectorRow, Snapshot
from tests.core.report.notes import settings

DAYS = tuple(date(2026, 1, 1) + timedelta(days=k) for k in range(30))
NOTHING = Source(EMPTY, Lines(sessions=(), values={}), Timeline(sessions=(), courses=()))


@pytest.fixture(scope="module")
def page(market: Path) -> str:
    chosen = settings(market, members=True)
    with closing(open_pipeline(chosen, as_of=date(2026, 1, 11))) as pipe:
        snapshot = pipe.refresh()
        return html(note_of(snapshot, chosen), Source(snapshot, pipe.lines(LINES), pipe.timeline()))


def test_it_loads_nothing_and_runs_nothing(page: str) -> None:
    addresses = set(re.findall(r"https?://[^\s\"'<>)]+", page))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}  # names of namespaces
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=\"(?!#)", page)
    assert "@import" not in page


def test_every_picture_stands_beside_its_words(page: str) -> None:
    assert re.findall(r'<figure class="(\w+)', page) == ["lines", "sectors", "rotation", "breadth", "timeline"]
    assert page.count("<figcaption>") == 5
    for place in re.finditer(r"<svg.*?</svg>", page, re.DOTALL):
        ElementTree.fromstring(place[0])  # noqa: S314 - our own picture


def test_pictures_take_their_colours_from_the_page(page: str) -> None:
    for picture in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        colours = set(re.findall(r"#[0-9a-fA-F]{6}", picture))
        assert colours <= {"#000000"}  # matplotlib's own default of what is not drawn
    style = page[: page.index("</style>")]
    assert all(f"--{name}:" in style for name in COLOURS)


def test_breadth_has_dates_and_every_sector_a_name_of_its_own(page: str) -> None:
    assert set(re.findall(r">(20\d\d-\d\d)<", figure(page, "breadth"))) >= {"2025-03", "2025-11"}
    drawn = figure(page, "rotation")
    names = re.findall(r'<text [^>]*x="([\d.]+)" y="([\d.]+)"[^>]*>(XL\w+)<', drawn)
    assert len({name for _x, _y, name in names}) == 11
    boxes = [(float(x), float(y), 4.5 * len(name)) for x, y, name in names]
    for place, (x, y, width) in enumerate(boxes):
        for other_x, other_y, other in boxes[:place]:
            assert abs(y - other_y) >= 8 or abs(x - other_x) >= (width + other) / 2


def test_the_timeline_names_its_rules_and_what_its_strips_mean(page: str) -> None:
    drawn = figure(page, "timeline")
    assert ">W02 Fragile leadership IWM-SPY<" in drawn
    assert "~" not in drawn
    assert [words for words in ("WARNING", "WATCH or INFO", "not evaluated") if f"</i>{words}" in drawn] != []
    made = pictures(drawable())["timeline"]
    assert all(f"var(--{colour})" in made for colour in ("alarm", "watch", "dim"))


def test_a_wide_table_wraps_its_headings_and_scrolls(page: str) -> None:
    style = page[: page.index("</style>")]
    assert not re.search(r"(?<!child)[,}]?th{[^}]*nowrap", style)
    assert re.search(r"[.]scroll[^{]*{overflow-x:auto}", style)


def test_print_is_readable(page: str) -> None:
    printed = page[page.index("@media print") : page.index("</style>")]
    sizes = [float(size) for size in re.findall(r"font-size:([\d.]+)pt", printed)]
    assert sizes
    assert min(sizes) >= 7
    assert not re.search(r"font-size:[\d.]+px", printed)
    drawn = [float(size) for size in re.findall(r"font-size: ([\d.]+)px", page)]
    assert min(drawn) >= 7


def test_the_configuration_says_which_colour_a_rise_has() -> None:
    note = Note(tapeboard="0", language="en", title="T", session=DAYS[0], simulated=False, sections=())
    assert 'class="up-is-green"' in html(note, NOTHING)
    assert 'class="up-is-red"' in html(note, NOTHING, up_is="red")


def test_a_chinese_page_speaks_chinese_in_its_pictures_too() -> None:
    language.use("zh")
    try:
        made = pictures(drawable())
    finally:
        language.use("en")
    words = {name: set(re.findall(r"<text [^>]*>([^<]*[^\x00-\x7f][^<]*)<", picture)) for name, picture in made.items()}
    assert {"1 日 %", "63 日 %"} <= words["sectors"]
    assert "&gt; 50 日" in words["breadth"]
    assert any("比率" in word for word in words["rotation"])


def figure(page: str, name: str) -> str:
    start = page.index(f'<figure class="{name}')
    return page[start : page.index("</figure>", start)]


def test_text_of_a_feed_cannot_become_markup() -> None:
    words = '<script>alert(1)</script> & "quotes"'
    section = Section(id="s", title="<b>", sentences=(Sentence(id="x", text=words),))
    note = Note(tapeboard="0", language="en", title="<T>", session=DAYS[0], simulated=True, sections=(section,))
    made = html(note, NOTHING)
    assert "<script" not in made
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quotes&quot;" in made
    assert "SIMULATED" in made


def test_where_there_is_nothing_to_draw_nothing_is_drawn() -> None:
    assert pictures(NOTHING) == {}


def test_the_same_series_give_the_same_picture() -> None:
    source = drawable()
    assert pictures(source) == pictures(source)


def test_missing_values_leave_gaps() -> None:
    made = pictures(drawable(gap=True))
    assert set(made) == {"lines", "sectors", "rotation", "breadth", "timeline"}
    assert all("nan" not in picture.lower() for picture in made.values())


def drawable(*, gap: bool = False) -> Source:
    hole = None if gap else 100.0
    values = (100.0, hole, *(100.0 + k for k in range(28)))
    rows = tuple(
        SectorRow(
            symbol=symbol,
            name=symbol,
            group="sectors",
            last=1.0,
            chg_1s=move,
            ret={"63s": None if gap and symbol == "XLE" else move},
            quadrant="Leading",
            tail=((99.0, 100.0), (hole, hole), (100.0 + move, 101.0)),
        )
        for symbol, move in (("XLB", 0.01), ("XLE", -0.02))
    )
    breadth = Breadth(universe="u", course={"above_sma50": Course(spark=(0.4, None if gap else 0.5, 0.6))})
    snapshot: Snapshot = Snapshot(sectors=rows, breadth=breadth)
    course = RuleCourse("W06", "SPY", "Overbought", tuple([-1, 0, 1, 1, 2, 2, 0] + [0] * 23))
    return Source(snapshot, Lines(sessions=DAYS, values={"IWM": values}), Timeline(sessions=DAYS, courses=(course,)))
