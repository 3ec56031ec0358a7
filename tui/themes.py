"""The three themes: dark, light, high contrast. Calm, with one accent colour and muted rules.

Every colour that carries text stands at least 4.5:1 from the ground it is written on (tested). `up` and
`down` change places where a rise is red, as in East Asia; warnings keep their colours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from textual.theme import Theme

PREFIX: Final = "tapeboard-"


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme; `ground` is the background, `cursor` that of the row at the cursor."""

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
    green: str
    red: str
    watch: str
    warning: str
    info: str


PALETTES: Final = (
    Palette(
        name="dark",
        dark=True,
        ground="#101014",
        cursor="#1c2632",
        text="#c9cfd8",
        strong="#f2f4f7",
        dim="#858d99",
        rule="#2f363f",
        spark="#5f6f82",
        accent="#6cb2f5",
        green="#5fc08b",
        red="#ee7f77",
        watch="#e2b34c",
        warning="#ff9257",
        info="#8fb3c9",
    ),
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
        green="#0d693b",
        red="#b3261e",
        watch="#7d5500",
        warning="#a83c00",
        info="#386174",
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
        green="#5dff9b",
        red="#ff9d9d",
        watch="#ffc14d",
        warning="#ff9a57",
        info="#9fe0ff",
    ),
)


def themes(up_is: Literal["green", "red"] = "green") -> tuple[Theme, ...]:
    """The themes in the order in which the theme command steps through them."""
    return tuple(_theme(palette, up_is) for palette in PALETTES)


def _theme(palette: Palette, up_is: Literal["green", "red"]) -> Theme:
    up, down = (palette.green, palette.red) if up_is == "green" else (palette.red, palette.green)
    return Theme(
        name=PREFIX + palette.name,
        dark=palette.dark,
        primary=palette.accent,
        accent=palette.accent,
        foreground=palette.text,
        background=palette.ground,
        surface=palette.ground,
        panel=palette.cursor,
        success=palette.green,
        error=palette.red,
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
            "cursor-row": palette.cursor,
            "scrollbar": palette.rule,
            "scrollbar-hover": palette.dim,
            "scrollbar-active": palette.accent,
            "scrollbar-background": palette.ground,
            "scrollbar-background-hover": palette.ground,
            "scrollbar-background-active": palette.ground,
        },
    )
