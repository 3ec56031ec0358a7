"""The themes: dark, light, high contrast, safe for the colour-blind, and red for a rise. One accent, muted rules.

Every colour that carries text stands at least 4.5:1 from the ground it is written on. Seen by eyes without red or
without green, a rise and a fall stay apart in the theme `colorblind`, and a watch and a warning (tested, by
simulation). Where a terminal has 16 colours, the nearest of them still tell all this (tested too). Where a rise is
red, as in East Asia, `up` and `down` change places; warnings keep their colours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from textual.theme import Theme

PREFIX: Final = "tapeboard-"


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme; `ground` is the background, `cursor` that of the row at the cursor; `past` is the past.

    A rise is `cool` and a fall `warm`, unless `warm_up`, or the configuration, says otherwise.
    """

    name: str
    dark: bool
    ground: str
    cursor: str
    text: str
    strong: str
    dim: str
    rule: str
    spark: str
    accent: str
    cool: str
    warm: str
    watch: str
    warning: str
    info: str
    past: str
    warm_up: bool = False


DARK: Final = Palette(
    name="dark",
    dark=True,
    ground="#101014",
    cursor="#1e2a37",
    text="#c9cfd8",
    strong="#f2f4f7",
    dim="#8a929e",
    rule="#2f363f",
    spark="#5f6f82",
    accent="#67b2f5",
    cool="#5ac58b",
    warm="#ee7f77",
    watch="#e2b34c",
    warning="#ff9257",
    info="#8fb3c9",
    past="#c79bf2",
)

PALETTES: Final = (
    DARK,
    Palette(
        name="light",
        dark=False,
        ground="#fbfaf7",
        cursor="#e4ecf5",
        text="#33383f",
        strong="#0c0f13",
        dim="#646b75",
        rule="#d3d2cc",
        spark="#8391a0",
        accent="#1560ad",
        cool="#006928",
        warm="#b3261e",
        watch="#7d5500",
        warning="#a83c00",
        info="#386174",
        past="#7a2fb5",
    ),
    Palette(
        name="contrast",
        dark=True,
        ground="#000000",
        cursor="#003366",
        text="#ffffff",
        strong="#ffffff",
        dim="#cfcfcf",
        rule="#8c8c8c",
        spark="#a9b8c6",
        accent="#ffe14d",
        cool="#5dff9b",
        warm="#ff9393",
        watch="#ffc14d",
        warning="#ff9a57",
        info="#9fe0ff",
        past="#f0a0ff",
    ),
    replace(
        DARK,
        name="colorblind",
        accent="#eaf0fa",
        cool="#5aa9ff",
        warm="#ffab52",
        watch="#f7e88a",
        warning="#e8743e",
        info="#9fd8d0",
    ),
    replace(DARK, name="red-up", warm_up=True),
)


def themes(up_is: Literal["green", "red"] = "green") -> tuple[Theme, ...]:
    """The themes in the order in which the theme command steps through them."""
    return tuple(_theme(palette, up_is) for palette in PALETTES)


def _theme(palette: Palette, up_is: Literal["green", "red"]) -> Theme:
    warm_up = palette.warm_up or up_is == "red"
    up, down = (palette.warm, palette.cool) if warm_up else (palette.cool, palette.warm)
    return Theme(
        name=PREFIX + palette.name,
        dark=palette.dark,
        primary=palette.accent,
        accent=palette.accent,
        foreground=palette.text,
        background=palette.ground,
        surface=palette.ground,
        panel=palette.cursor,
        success=palette.cool,
        error=palette.warm,
        warning=palette.watch,
        variables={
            "up": up,
            "down": down,
            "strong": palette.strong,
            "dim": palette.dim,
            "rule": palette.rule,
            "spark": palette.spark,
            "watch": palette.watch,
            "alarm": palette.warning,
            "info": palette.info,
            "past": palette.past,
            "cursor-row": palette.cursor,
            "scrollbar": palette.rule,
            "scrollbar-hover": palette.dim,
            "scrollbar-active": palette.accent,
            "scrollbar-background": palette.ground,
            "scrollbar-background-hover": palette.ground,
            "scrollbar-background-active": palette.ground,
        },
    )
