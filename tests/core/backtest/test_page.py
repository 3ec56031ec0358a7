from __future__ import annotations

from pathlib import Path

from core.rules import catalogue
from tests.core import builders
from tests.core.backtest.page import PAGE, page


def test_the_page_is_what_make_docs_writes(market: Path) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(market), "run `make docs`"


def test_every_rule_stands_there() -> None:
    written = PAGE.read_text(encoding="utf-8")
    for rule in catalogue.rules(builders.settings().warnings):
        assert f"\n### {rule.id} " in written
