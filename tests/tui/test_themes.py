from __future__ import annotations

import pytest
from textual.color import Color

from tui.themes import PALETTES, Palette, themes

READABLE = 4.5
"""The contrast that WCAG 2 asks of text."""
GRAPHIC = 3.0
"""What it asks of charts."""


def luminance(color: Color) -> float:
    channels = (c / 255 for c in color.rgb)
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: Color, b: Color) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_is_that_of_wcag() -> None:
    assert contrast(Color.parse("#000"), Color.parse("#fff")) == pytest.approx(21)
    assert contrast(Color.parse("#777"), Color.parse("#fff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.name)
@pytest.mark.parametrize("name", ["text", "strong", "dim", "accent", "green", "red", "watch", "warning", "info"])
def test_text_is_readable_on_the_ground_and_at_the_cursor(palette: Palette, name: str) -> None:
    color = Color.parse(getattr(palette, name))
    assert contrast(color, Color.parse(palette.ground)) >= READABLE
    assert contrast(color, Color.parse(palette.cursor)) >= READABLE


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.name)
def test_a_chart_is_seen_though_it_is_no_text(palette: Palette) -> None:
    assert contrast(Color.parse(palette.spark), Color.parse(palette.ground)) >= GRAPHIC


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.name)
@pytest.mark.parametrize("flash", ["green", "red"])
def test_a_flash_leaves_its_number_readable(palette: Palette, flash: str) -> None:
    ground = Color.parse(palette.ground).blend(Color.parse(getattr(palette, flash)), 0.18)
    for name in ("text", "green", "red"):
        assert contrast(Color.parse(getattr(palette, name)), ground) >= READABLE, name


def test_up_is_green_unless_asked_otherwise() -> None:
    for palette, usual, eastern in zip(PALETTES, themes(), themes("red"), strict=True):
        assert (usual.variables["up"], usual.variables["down"]) == (palette.green, palette.red)
        assert (eastern.variables["up"], eastern.variables["down"]) == (palette.red, palette.green)
        assert usual.variables["alarm"] == eastern.variables["alarm"]


def test_names_are_our_own() -> None:
    assert [theme.name for theme in themes()] == ["tapeboard-dark", "tapeboard-light", "tapeboard-contrast"]
