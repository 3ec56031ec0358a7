"""Notes on the real data, made once for all tests that read them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from core.language import use
from core.pipeline import open_pipeline
from core.report.desk import note_of
from core.report.note import Note, Table
from core.settings import Basis, Settings
from core.settings_load import defaults
from core.snapshot import to_json

SESSIONS = tuple(
    date.fromisoformat(day)
    for day in ("2020-03-23", "2021-11-08", "2022-06-17", "2024-08-05", "2025-04-08", "2026-01-11")
)
"""A crash, a record, a bear market, a shock, another, and the Sunday of the published note."""


@dataclass(frozen=True)
class Written:
    """A note with the snapshot it is of, as JSON gives it to anybody."""

    note: Note
    snapshot: dict[str, Any]

    def section(self, name: str) -> str:
        (section,) = (section for section in self.note.sections if section.id == name)
        return "\n".join(sentence.text for sentence in section.sentences)

    def tables(self, name: str) -> tuple[Table, ...]:
        return next(section.tables for section in self.note.sections if section.id == name)

    @property
    def text(self) -> str:
        return "\n".join(self.section(section.id) for section in self.note.sections)


@cache
def written(market: Path, day: date, *, members: bool = False, basis: Basis = "tr", language: str = "en") -> Written:
    chosen = settings(market, members=members)
    chosen = msgspec.structs.replace(chosen, metrics=msgspec.structs.replace(chosen.metrics, basis=basis))
    with spoken(language), closing(open_pipeline(chosen, as_of=day)) as pipe:
        snapshot = pipe.refresh()
        return Written(note_of(snapshot, chosen), json.loads(to_json(snapshot)))


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """In this language, and in English again."""
    use(language)
    try:
        yield
    finally:
        use("en")


def settings(market: Path, *, members: bool = False) -> Settings:
    loaded = defaults().settings
    data = [str(market / "index_etf_daily.csv")]
    universe = loaded.universe
    if members:
        data.append(str(market / "stocks_daily.parquet"))
        universe = msgspec.structs.replace(universe, breadth="sp500")
    feed = msgspec.structs.replace(loaded.feed, name="files", data=tuple(data))
    store = msgspec.structs.replace(loaded.store, url="none")
    return msgspec.structs.replace(loaded, feed=feed, universe=universe, store=store)
