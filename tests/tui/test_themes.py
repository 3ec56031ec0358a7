from __future__ import annotations

import math
from typing import Final, get_args

import pytest
from rich.color import Color as RichColor
from rich.color import ColorSystem
from textual.color import Color

from core.settings import ThemeName
from tui.themes import PALETTES, Palette, themes

READABLE = 4.5
"""The contrast that WCAG 2 asks of text."""
GRAPHIC = 3.0
"""What it asks of charts."""
APART = 25.0
"""The distance in CIELAB (1976) from which on thin text is told apart by colour; 2.3 can just be seen."""

Channels = tuple[float, float, float]

EYES: Final[dict[str, tuple[Channels, Channels, Channels]]] = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
}
"""How linear RGB looks without red and without green: Machado, Oliveira and Fernandes 2009, severity 1."""

ONCE_EACH = [palette for palette in PALETTES if palette.name != "red-up"]
"""Each palette with colours of its own."""


def linear(color: Color) -> Channels:
    red, green, blue = (
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in color.rgb)
    )
    return red, green, blue


def luminance(color: Color) -> float:
    red, green, blue = linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: Color, b: Color) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(channels: Channels) -> Channels:
    """CIELAB of linear sRGB, white D65."""
    red, green, blue = channels
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.0890
    a, b, c = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * b - 16, 500 * (a - b), 200 * (b - c)


def seen(color: str, eyes: str) -> Channels:
    """CIELAB of a colour as these eyes see it."""
    channels = linear(Color.parse(color))
    red, green, blue = (
        min(max(sum(share * channel for share, channel in zip(row, channels, strict=True)), 0.0), 1.0)
        for row in EYES[eyes]
    )
    return lab((red, green, blue))


def distance(a: str, b: str, eyes: str) -> float:
    return math.dist(seen(a, eyes), seen(b, eyes))


def test_the_measure_is_that_of_wcag() -> None:
    assert contrast(Color.parse("#000"), Color.parse("#fff")) == pytest.approx(21)
    assert contrast(Color.parse("#777"), Color.parse("#fff")) == pytest.approx(4.48, abs=0.01)


def test_the_simulation_knows_whose_eyes_it_looks_through() -> None:
    assert lab(linear(Color.parse("#ff0000"))) == pytest.approx((53.2, 80.1, 67.2), abs=0.2)
    for eyes in EYES:
        assert distance("#000000", "#ffffff", eyes) == pytest.approx(100, abs=0.5)
        usual = PALETTES[0]
        assert distance(usual.cool, usual.warm, eyes) < APART, "else no theme of its own were needed"


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.name)
@pytest.mark.parametrize("name", ["text", "strong", "dim", "accent", "cool", "warm", "watch", "warning", "info"])
def test_text_is_readable_on_the_ground_and_at_the_cursor(palette: Palette, name: str) -> None:
    color = Color.parse(getattr(palette, name))
    assert contrast(color, Color.parse(palette.ground)) >= READABLE
    assert contrast(color, Color.parse(palette.cursor)) >= READABLE


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.name)
def test_a_chart_is_seen_though_it_is_no_text(palette: Palette) -> None:
    assert contrast(Color.parse(palette.spark), Color.parse(palette.ground)) >= GRAPHIC


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.name)
@pytest.mark.parametrize("flash", ["cool", "warm"])
def test_a_flash_leaves_its_number_readable(palette: Palette, flash: str) -> None:
    ground = Color.parse(palette.ground).blend(Color.parse(getattr(palette, flash)), 0.18)
    for name in ("text", "cool", "warm"):
        assert contrast(Color.parse(getattr(palette, name)), ground) >= READABLE, name


@pytest.mark.parametrize("eyes", EYES)
def test_the_colour_blind_tell_a_rise_from_a_fall_and_a_watch_from_a_warning(eyes: str) -> None:
    (palette,) = (palette for palette in PALETTES if palette.name == "colorblind")
    pairs = {
        "up and down": (palette.cool, palette.warm),
        "watch and alarm": (palette.watch, palette.warning),
        "up and accent": (palette.cool, palette.accent),
        "up and text": (palette.cool, palette.text),
        "down and text": (palette.warm, palette.text),
        "alarm and up": (palette.warning, palette.cool),
    }
    for name, (one, other) in pairs.items():
        assert distance(one, other, eyes) >= APART, name


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.name)
def test_sixteen_colours_tell_a_rise_from_a_fall_and_from_text(palette: Palette) -> None:
    def nearest(color: str) -> int | None:
        return RichColor.parse(color).downgrade(ColorSystem.STANDARD).number

    assert len({nearest(color) for color in (palette.ground, palette.text, palette.cool, palette.warm)}) == 4
    for name in ("strong", "dim", "rule", "spark", "accent", "watch", "warning", "info"):
        assert nearest(getattr(palette, name)) != nearest(palette.ground), name


def test_up_is_green_unless_asked_otherwise() -> None:
    for palette, usual, eastern in zip(ONCE_EACH, themes(), themes("red"), strict=False):
        assert (usual.variables["up"], usual.variables["down"]) == (palette.cool, palette.warm)
        assert (eastern.variables["up"], eastern.variables["down"]) == (palette.warm, palette.cool)
        assert usual.variables["alarm"] == eastern.variables["alarm"]


@pytest.mark.parametrize("up_is", ["green", "red"])
def test_one_theme_has_a_red_rise_whatever_the_configuration_says(up_is: str) -> None:
    dark, red_up = themes()[0], themes("red" if up_is == "red" else "green")[-1]
    assert red_up.name == "tapeboard-red-up"
    assert (red_up.variables["up"], red_up.variables["down"]) == (dark.variables["down"], dark.variables["up"])


def test_the_configuration_names_every_theme_in_the_order_of_the_key() -> None:
    assert tuple(theme.name for theme in themes()) == get_args(ThemeName)
