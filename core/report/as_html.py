"""The note as one self-contained page: no script, nothing loaded, light and dark, printed on two or three pages."""

from __future__ import annotations

from html import escape
from typing import Final, Literal

from core.i18n import _
from core.report.note import Note, Section, Table
from core.report.pictures import Source, pictures

_PLACES: Final = {
    "leadership": ("lines",),
    "sectors": ("sectors", "rotation"),
    "breadth": ("breadth",),
    "risks": ("timeline",),
}
"""The pictures of each section."""

_STYLE: Final = """
:root{color-scheme:light dark;--ground:#fff;--text:#23272d;--strong:#0c0f13;--dim:#646b75;--rule:#d3d2cc;
--green:#0d693b;--red:#b3261e;--watch:#d09a2a;--alarm:#a83c00;--info:#386174;--s1:#1560ad;--s2:#c05a00;--s3:#0d693b;
--s4:#7a3e9d;--s5:#8a6d00;--s6:#646b75}
@media screen and (prefers-color-scheme:dark){:root{--ground:#101014;--text:#c9cfd8;--strong:#f2f4f7;--dim:#858d99;
--rule:#2f363f;--green:#5fc08b;--red:#ee7f77;--watch:#b98a2c;--alarm:#ff9257;--info:#8fb3c9;--s1:#6cb2f5;--s2:#ff9257;
--s3:#5fc08b;--s4:#c79bf0;--s5:#e2b34c;--s6:#858d99}}
.up-is-green{--up:var(--green);--down:var(--red)}
.up-is-red{--up:var(--red);--down:var(--green)}
*{box-sizing:border-box}
body{margin:0 auto;padding:2rem 1.2rem 3rem;max-width:62rem;background:var(--ground);color:var(--text);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans CJK SC",
"PingFang SC","Microsoft YaHei",sans-serif}
h1{font-size:1.5rem;color:var(--strong);margin:0 0 1rem}
h2{font-size:1.05rem;color:var(--strong);margin:1.8rem 0 .4rem;border-bottom:1px solid var(--rule);padding-bottom:.2rem}
ul{margin:.4rem 0;padding-left:1.2rem}
li{margin:.1rem 0}
.headline li:first-child,.headline .verdict{font-weight:600;color:var(--strong)}
figure{margin:1rem 0}
figcaption,.caption{color:var(--dim);font-size:.85rem;text-align:left;padding:.2rem 0}
figure svg{display:block;width:100%;height:auto}
figure svg text{font-family:inherit!important}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(20rem,100%),1fr));gap:0 1.5rem}
.key{display:inline-block;width:1.4em;margin:0 .4em 0 1em;vertical-align:middle}
.caption{margin:1rem 0 0}
.scroll,figure{overflow-x:auto}
.wide svg{min-width:32rem}
table{border-collapse:separate;border-spacing:0;font-size:.85rem;
font-variant-numeric:tabular-nums;margin:0 0 .6rem;width:100%}
th,td{padding:.15rem .4rem;border-bottom:1px solid var(--rule);text-align:left}
th{color:var(--dim);font-weight:500;vertical-align:bottom}
td{white-space:nowrap}
th:first-child,td:first-child{position:sticky;left:0;background:var(--ground)}
th:first-child{white-space:nowrap}
th.n,td.n{text-align:right}
.invented{border:2px solid var(--alarm);color:var(--alarm);padding:.4rem .8rem;font-weight:600}
@media print{@page{size:A4;margin:8mm 12mm}
:root{color-scheme:light;--ground:#fff;--text:#000;--strong:#000;--dim:#444;--rule:#bbb}
body{font-size:8pt;line-height:1.2;padding:0;max-width:none}
h1{font-size:14pt;margin:0 0 4pt}h2{font-size:10pt;margin:5pt 0 1pt;break-after:avoid}
ul{columns:2;column-gap:6mm;padding-left:14pt;margin:2pt 0}
figure,table,li{break-inside:avoid}li{margin:0}.wide svg{min-width:0}
figure{margin:3pt 0}.pair{grid-template-columns:1fr 1fr;gap:0 6mm}
table{font-size:7.5pt;line-height:1.15;margin:2pt 0}th,td{padding:0 2pt}figcaption,.caption{font-size:7.5pt;padding:0}
.caption{margin:2pt 0 0;break-after:avoid}
.scroll,figure{overflow:visible}}
"""


def html(note: Note, source: Source, *, up_is: Literal["green", "red"] = "green") -> str:
    """The page; `up_is`: the colour of a rise in its pictures."""
    captions = _captions(source.snapshot.basis)
    figures = {name: _figure(name, svg, captions[name]) for name, svg in pictures(source).items()}
    body = "\n".join(_section(section, figures) for section in note.sections)
    warning = (
        f'<p class="invented">{escape(_("SIMULATED: every number here is invented"))}</p>' if note.simulated else ""
    )
    return (
        f'<!doctype html>\n<html lang="{escape(note.language)}" class="up-is-{up_is}">\n<head>\n'
        '<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(note.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{escape(note.title)}</h1>\n{warning}{body}\n</body>\n</html>\n"
    )


def _section(section: Section, drawn: dict[str, str]) -> str:
    """A section with its figures, of all that are drawn."""
    lines = "".join(f'<li class="{escape(s.id)}">{escape(s.text)}</li>\n' for s in section.sentences)
    figures = "".join(drawn[name] for name in _PLACES.get(section.id, ()) if name in drawn)
    if figures.count("<figure") > 1:
        figures = f'<div class="pair">{figures}</div>\n'
    tables = "".join(_table(table) for table in section.tables)
    return (
        f'<section class="{escape(section.id)}">\n<h2>{escape(section.title)}</h2>\n'
        f"{f'<ul>{lines}</ul>' if lines else ''}\n{figures}{tables}</section>"
    )


def _captions(basis: str) -> dict[str, str]:
    lines = {
        "tr": _("Index funds over the last 252 sessions, 100 at the first; with dividends"),
        "px": _("Index funds over the last 252 sessions, 100 at the first; prices only"),
    }
    return {
        "lines": lines[basis],
        "sectors": _("Sector funds, change over a day and over 63 sessions in percent"),
        "rotation": _("Rotation against SPY: ratio and momentum of relative strength, tails by week"),
        "breadth": _("Share of the universe above its averages over the last 252 sessions, in percent"),
        "timeline": _("Rules that were raised in the last 252 sessions:"),
    }


def _keys() -> str:
    """What the strips of the timeline mean, each with a piece of it."""
    keys = (
        ("alarm", ".8em", _("WARNING")),
        ("watch", ".4em", _("WATCH or INFO")),
        ("dim", "1px", _("not evaluated")),
    )
    return "".join(
        f'<i class="key" style="height:{height};background:var(--{colour})"></i>{escape(words)}'
        for colour, height, words in keys
    )


def _figure(name: str, svg: str, caption: str) -> str:
    said = escape(caption)
    keys = _keys() if name == "timeline" else ""
    wide = " wide" if name in ("lines", "breadth", "timeline") else ""
    return (
        f'<figure class="{name}{wide}" role="img" aria-label="{said}">{svg}'
        f"<figcaption>{said}{keys}</figcaption></figure>\n"
    )


def _table(table: Table) -> str:
    """A table without its text sparklines: the page has pictures."""
    shown = [place for place, column in enumerate(table.columns) if not column.line]
    sides = {place: "n" if table.columns[place].numeric else "" for place in shown}
    head = "".join(f'<th class="{sides[place]}">{escape(table.columns[place].title)}</th>' for place in shown)
    rows = "".join(
        "<tr>" + "".join(f'<td class="{sides[place]}">{escape(row[place].text)}</td>' for place in shown) + "</tr>\n"
        for row in table.rows
    )
    name = f"about-{escape(table.id)}"
    return (
        f'<p class="caption" id="{name}">{escape(table.caption)}</p>\n'
        f'<div class="scroll"><table aria-labelledby="{name}">'
        f"<thead><tr>{head}</tr></thead><tbody>\n{rows}</tbody></table></div>\n"
    )
