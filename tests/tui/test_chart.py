from __future__ import annotations

from textual.app import ComposeResult

from tests.tui.drawn import DrawnApp
from tests.tui.script import text
from tui.widgets.canvas import Canvas
from tui.widgets.chart import Chart


class Words(Chart):
    """Shows one word in each line, and counts how often it draws."""

    def __init__(self) -> None:
        super().__init__()
        self.words = ["one", "two", "three"]
        self.draws = 0

    def draw(self, canvas: Canvas) -> None:
        self.draws += 1
        for y, word in enumerate(self.words):
            canvas.put(0, y, word, "strong")


class One(DrawnApp):
    def compose(self) -> ComposeResult:
        self.words = Words()
        yield self.words


async def test_a_line_is_painted_again_only_when_it_has_changed() -> None:
    app = One()
    async with app.run_test(size=(20, 5)) as pilot:
        await pilot.pause()
        before = [app.words.render_line(y) for y in range(5)]
        assert "two" in text(pilot)
        app.words.redraw()
        assert all(app.words.render_line(y) is strip for y, strip in enumerate(before))
        app.words.words[1] = "zwei"
        app.words.redraw()
        after = [app.words.render_line(y) for y in range(5)]
        assert [a is b for a, b in zip(before, after, strict=True)] == [True, False, True, True, True]
        await pilot.pause()
        assert "zwei" in text(pilot)


async def test_an_idle_chart_does_not_draw() -> None:
    app = One()
    async with app.run_test(size=(20, 5)) as pilot:
        await pilot.pause()
        draws = app.words.draws
        app.words.refresh()
        await pilot.pause()
        assert app.words.draws == draws


async def test_another_size_and_another_theme_are_drawn_in_full() -> None:
    app = One()
    async with app.run_test(size=(20, 5)) as pilot:
        await pilot.pause()
        dark = app.words.render_line(0)
        app.theme = "tapeboard-light"
        await pilot.pause()
        light = app.words.render_line(0)
        assert (dark.text, dark._segments[0].style) != (light.text, light._segments[0].style)
        await pilot.resize_terminal(2, 1)
        await pilot.pause()
        assert text(pilot) == "on"


async def test_every_style_has_a_colour_of_the_theme() -> None:
    app = One()
    async with app.run_test(size=(20, 5)) as pilot:
        await pilot.pause()
        plain = app.words._look("", "")
        looks = {name: app.words._look(name, "") for name in ("dim", "rule", "leading", "leading-tail", "marked")}
        assert len({*looks.values(), plain}) == len(looks) + 1
        assert app.words._look("dim", "in-leading").bgcolor != plain.bgcolor
