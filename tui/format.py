"""Numbers, dates and instants as text. Pure: the same value gives the same text, whoever asks.

What cannot be computed is a dash, never a zero. A sign is part of a change, so that direction never hangs
on colour alone; what rounds to nothing has no sign. Returns come as fractions and leave as percent.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from rich.cells import cell_len, chop_cells, set_cell_size

from core.i18n import _

UNITS: Final = frozenset({"%", "pp", "bp", "σ", "s"})
"""What stands after a number, and never alone at the beginning of a line."""
_WIDE: Final = "\u2e80-\ufe4f\uff01-\uff60"
"""The characters of East Asian scripts and their marks, in a class of a regular expression."""
_PIECE: Final = re.compile(rf"[（《「『【“]*(?:[^{_WIDE}]+|[{_WIDE}])[，。、；：！？）》」』】％”…]*")
DASH: Final = "—"
APPROXIMATE: Final = "≈"
NEW_YORK: Final = ZoneInfo("America/New_York")


def number(x: float | None, digits: int = 2, *, sign: bool = True) -> str:
    """`x` with `digits` decimals; "-0.00" and "+0.00" are both "0.00"."""
    if x is None or not math.isfinite(x):
        return DASH
    text = f"{x:+,.{digits}f}" if sign else f"{x:,.{digits}f}"
    return text.lstrip("+-") if not any(c in "123456789" for c in text) else text


def pct(x: float | None, digits: int = 2, *, sign: bool = True) -> str:
    """A fraction in percent, without the unit: 0.0123 is "+1.23". The column or the title says "%"."""
    return number(None if x is None else 100 * x, digits, sign=sign)


def percent(x: float | None, digits: int = 2, *, sign: bool = True) -> str:
    """A fraction in percent, with the unit: 0.0123 is "+1.23 %"."""
    text = pct(x, digits, sign=sign)
    return text if text == DASH else _("{x} %").format(x=text)


def pp(x: float | None, digits: int = 1) -> str:
    """A difference of two returns in percentage points: 0.028 is "+2.8 pp"."""
    return _unit(pct(x, digits), _("pp"))


def bp(x: float | None) -> str:
    """A change of a yield, given in basis points: "+3 bp"."""
    return _unit(number(x, 0), _("bp"))


def pt(x: float | None) -> str:
    """A change of a volatility index in its points: "-0.8 pt"; from ten on without decimals."""
    return _unit(number(x, 0 if x is not None and abs(x) >= 10 else 1), _("pt"))


def level(x: float | None) -> str:
    """A price or an index level: two decimals, four below one, none from a million on."""
    if x is None or not math.isfinite(x):
        return DASH
    size = abs(x)
    return number(x, 4 if 0 < size < 1 else 0 if size >= 1e6 else 2, sign=False)


def direction(x: float | None, digits: int = 2) -> str:
    """How a change is coloured: "up", "down" or "flat", as its percentage with `digits` decimals tells.

    A missing value has no direction: "".
    """
    if x is None or not math.isfinite(x):
        return ""
    rounded = round(100 * x, digits)
    return "up" if rounded > 0 else "down" if rounded < 0 else "flat"


def arrow(x: float | None) -> str:
    """The direction of a change of rank as a mark and its size: "▲2", "▼1½", "·" for none."""
    if x is None or not math.isfinite(x):
        return ""
    return "·" if x == 0 else ("▲" if x > 0 else "▼") + _halves(abs(x))


def rank(x: float | None) -> str:
    """A rank; shared ones may stand between two: "2", "3½"."""
    return DASH if x is None or not math.isfinite(x) else _halves(x)


def on_point(texts: Iterable[str]) -> list[str]:
    """The texts padded on the right so that, set flush right, their decimal points stand in one column."""
    texts = list(texts)
    tails = [len(text) - text.rindex(".") if "." in text else 0 for text in texts]
    widest = max(tails, default=0)
    return [text + " " * (widest - tail) if text != DASH else text for text, tail in zip(texts, tails, strict=True)]


def day(d: date | None, *, weekday: bool = True) -> str:
    """A date with its day of the week: "Fri 2026-01-09"."""
    if d is None:
        return DASH
    return f"{weekday_name(d)} {d.isoformat()}" if weekday else d.isoformat()


def short_day(d: date | None, today: date | None = None) -> str:
    """A date in few cells: "01-09", with the year where it is not that of `today`."""
    if d is None:
        return DASH
    return f"{d:%m-%d}" if today is None or d.year == today.year else d.isoformat()


def weekday_name(d: date) -> str:
    """The day of the week in three letters."""
    return (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))[d.weekday()]


def time_et(at: datetime | None, *, seconds: bool = False) -> str:
    """The New York clock time of an instant: "16:00" or "16:00:03"."""
    if at is None:
        return DASH
    local = at.astimezone(NEW_YORK)
    return f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"


def date_et(at: datetime) -> date:
    """The New York date of an instant."""
    return at.astimezone(NEW_YORK).date()


def shorten(text: str, width: int) -> str:
    """`text` in at most `width` cells, cut with an ellipsis."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1) + "…" if width > 0 else ""


def wrap(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells, broken at spaces and between Chinese characters where it can be.

    It is not broken before a unit or a closing mark, nor after an opening one.
    """
    lines: list[str] = []
    line = ""
    for gap, piece in _pieces(text):
        grown = f"{line}{gap}{piece}" if line else piece
        if cell_len(grown) <= width:
            line = grown
            continue
        if line:
            lines.append(line)
        *full, line = chop_cells(piece, max(width, 2))
        lines += full
    return [*lines, line] if line else lines


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """What stands together in a line, and the gap before it."""
    for word in _words(text):
        for place, piece in enumerate(_PIECE.findall(word)):
            yield "" if place else " ", piece


def _words(text: str) -> list[str]:
    """The words of `text`, a unit with its number."""
    words: list[str] = []
    for word in text.split():
        if word in UNITS and words and words[-1][-1].isdigit():
            words[-1] += f" {word}"
        else:
            words.append(word)
    return words


def packed(parts: Iterable[str], width: int) -> list[str]:
    """`parts`, a dot between them, in as few lines of at most `width` cells as keep each whole that can be."""
    lines: list[str] = []
    for part in parts:
        grown = f"{lines[-1]} · {part}" if lines else part
        if lines and cell_len(grown) <= width:
            lines[-1] = grown
        else:
            lines += wrap(part, width)
    return lines


def _halves(x: float) -> str:
    whole, half = divmod(round(2 * x), 2)
    return f"{whole or ''}½" if half else f"{whole}"


def _unit(text: str, unit: str) -> str:
    return text if text == DASH else f"{text} {unit}"
