"""The catalogues of the languages: extraction, update, compilation, completeness. `make catalogue` runs it.

Every string that passes `core.i18n`, and every name and title of the shipped configuration, stands in
`core/locale/LANGUAGE/LC_MESSAGES/tapeboard.po`, without places in the source, so that moving code changes no
catalogue. The compiled `.mo` beside it is what the program reads. New strings stand there untranslated at first.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from core.agenda import load_events
from core.i18n import SOURCE
from core.language import DOMAIN, LANGUAGES, LOCALES
from core.metrics.catalogue import METRICS
from core.settings_load import defaults
from tui.screens.symbol_metrics import IDS

ROOT: Final = Path(__file__).parents[2]
WRITTEN: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""Stands in the compiled form as its date, so that the same strings give the same file."""

PLACEHOLDER: Final = re.compile(r"{[^{}]*}")


def template() -> Catalog:
    """Every string that can be translated, each once."""
    catalogue = Catalog(domain=DOMAIN, project="Tapeboard", charset="utf-8")
    for message in (*strings_of(ROOT / "core"), *strings_of(ROOT / "tui")):
        catalogue.add(message, flags=("python-brace-format",) if PLACEHOLDER.search(forms(message)[-1]) else ())
    for name in (*shipped_names(), *metric_words()):
        catalogue.add(name)
    return catalogue


def strings_of(folder: Path) -> Iterator[str | tuple[str, str]]:
    """What passes `_` in the source there, and the pairs that pass `plural`.

    Also inside an f-string, where Babel finds them only from Python 3.12 on.
    """
    for file in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="_"), args=[ast.Constant(value=str(message)), *_rest]):
                    yield message
                case ast.Call(
                    func=ast.Name(id="plural"),
                    args=[ast.Constant(value=str(one)), ast.Constant(value=str(many)), _n],
                ):
                    yield one, many


def shipped_names() -> Iterator[str]:
    """The titles of the shipped groups, titles and sources of the events, and the names of the symbols."""
    yield from dict.fromkeys(name for event in load_events() for name in (event.title, event.source))
    for group in defaults().settings.universe.groups.values():
        yield group.title
        yield from group.symbols.values()


def metric_words() -> Iterator[str]:
    """The words of the metrics that the detail of a symbol explains."""
    for metric in METRICS:
        if metric.id in IDS.values():
            yield from (metric.name, metric.formula, metric.unit, metric.basis, metric.window, metric.source)


def path_of(language: str) -> Path:
    """The catalogue of a language, as text."""
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def updated(language: str) -> Catalog:
    """The stored catalogue brought up to the present strings; what nobody uses any more is gone."""
    path = path_of(language)
    catalogue = Catalog(locale=language, domain=DOMAIN, charset="utf-8")
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language, domain=DOMAIN, charset="utf-8")
    catalogue.update(template(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def as_text(catalogue: Catalog) -> bytes:
    """A catalogue as the file holds it: sorted, without dates, so that it changes only with its strings."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=100, no_location=True, omit_header=True, sort_output=True)
    language = catalogue.locale_identifier
    head = f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    return head.encode() + buffer.getvalue()


def compiled(content: bytes) -> bytes:
    """The form that gettext reads."""
    buffer = io.BytesIO()
    catalogue = read_po(io.BytesIO(content), domain=DOMAIN, charset="utf-8")
    catalogue.creation_date = catalogue.revision_date = WRITTEN
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def wrong(catalogue: Catalog) -> Iterator[str]:
    """What keeps a catalogue from being complete, a line each."""
    for message in catalogue:
        if not message.id:
            continue
        if not all(forms(message.string)) or message.fuzzy:
            yield f"not translated: {message.id!r}"
        elif any(placeholders(form) != placeholders(forms(message.id)[-1]) for form in forms(message.string)):
            yield f"other placeholders: {message.id!r}"


def forms(string: Any) -> tuple[str, ...]:
    """The forms of a string by number: one where it has no plural."""
    return tuple(string) if isinstance(string, list | tuple) else (string,)


def placeholders(text: str) -> list[str]:
    """The placeholders of a string, each as often as it stands there."""
    return sorted(PLACEHOLDER.findall(text))


def translations() -> list[str]:
    """The languages that have a catalogue."""
    return [language for language in LANGUAGES if language != SOURCE]


def main() -> int:
    """Bring every catalogue up to date and tell what lacks a translation."""
    lacking = 0
    for language in translations():
        catalogue = updated(language)
        path = path_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        content = as_text(catalogue)
        path.write_bytes(content)
        path.with_suffix(".mo").write_bytes(compiled(content))
        for line in wrong(catalogue):
            lacking += 1
            sys.stderr.write(f"{language}: {line}\n")
    return 1 if lacking else 0


if __name__ == "__main__":
    raise SystemExit(main())
