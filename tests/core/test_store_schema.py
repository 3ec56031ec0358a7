from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, inspect
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from core import store_schema
from core.errors import StoreError
from core.store import Store
from core.store_schema import MIGRATIONS, VERSION, migrate, share, transaction, version_of
from core.store_tables import METADATA
from tests.core.store_builders import AT, contents, same, series, url_of

TABLES = {
    *("series", "quotes", "snapshot", "quarantine", "fundamentals", "market_caps"),
    *("journal", "backtests"),
    *("acknowledged", "muted", "notices"),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tapeboard.sqlite3"


@pytest.fixture
def engine(path: Path) -> Iterator[Engine]:
    made = create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(path, isolation_level=None, timeout=0.0), poolclass=NullPool
    )
    yield made
    made.dispose()


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def fill(path: Path) -> None:
    with closing(Store.open(url_of(path))) as store:
        store.replace(series("SPY"), source="yahoo", fetched_at=AT)


def add_notes(connection: Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE notes (symbol TEXT NOT NULL, text TEXT NOT NULL)")
    connection.exec_driver_sql("INSERT INTO notes SELECT symbol, source FROM series")


def add_notes_and_fail(connection: Connection) -> None:
    add_notes(connection)
    connection.exec_driver_sql("DELETE FROM series")
    connection.exec_driver_sql("SELECT * FROM no_such_table")


@pytest.mark.parametrize("made", [False, True])
def test_an_absent_or_empty_file_becomes_a_store(path: Path, *, made: bool) -> None:
    if made:
        path.touch()
    fill(path)
    assert version(path) == VERSION == 5
    assert tables(path) == TABLES


def test_a_file_without_tables_becomes_a_store(path: Path) -> None:
    # What is left when the process that made the store was killed before the first migration.
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    fill(path)
    assert version(path) == VERSION


def test_the_migrations_lead_to_the_declared_tables(engine: Engine) -> None:
    migrate(engine)
    found = inspect(engine)
    assert set(found.get_table_names()) == set(METADATA.tables)
    for name, table in METADATA.tables.items():
        columns = [(column["name"], str(column["type"]), column["nullable"]) for column in found.get_columns(name)]
        declared = [(column.name, column.type.compile(engine.dialect), column.nullable) for column in table.columns]
        assert columns == declared
        assert found.get_pk_constraint(name)["constrained_columns"] == [key.name for key in table.primary_key]


def test_a_store_of_the_first_version_is_led_on_with_its_data(path: Path, engine: Engine) -> None:
    migrate(engine, MIGRATIONS[:1])
    assert tables(path) == {"series", "quotes", "snapshot"}
    with transaction(engine) as connection:
        connection.exec_driver_sql(
            "INSERT INTO quotes VALUES ('SPY', '2026-01-09', 0, 690.5, NULL, NULL, NULL, 1, 'y')"
        )
    with closing(Store.open(url_of(path))) as store:
        assert store.quotes(["SPY"])["SPY"].price == 690.5
        assert store.rejected(["SPY"]) == []
    assert version(path) == VERSION


def test_a_store_of_the_second_version_is_led_on_with_its_data(path: Path, engine: Engine) -> None:
    migrate(engine, MIGRATIONS[:2])
    with transaction(engine) as connection:
        connection.exec_driver_sql(
            "INSERT INTO quarantine VALUES ('SPY', '2026-01-09', 'high', 1.5, 'below the low', 'yahoo', 0)"
        )
    with closing(Store.open(url_of(path))) as store:
        assert [one.value for one in store.rejected(["SPY"])] == [1.5]
        assert store.fundamentals() == ()
        assert store.market_caps(["SPY"]) == {}
    assert version(path) == VERSION


def test_a_migration_to_come_keeps_the_data(path: Path, engine: Engine) -> None:
    fill(path)
    migrate(engine, (*MIGRATIONS, add_notes))
    assert version(path) == VERSION + 1
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT * FROM notes").fetchall() == [("SPY", "yahoo")]
        assert connection.execute("SELECT symbol FROM series").fetchall() == [("SPY",)]


def test_all_steps_are_taken_from_an_empty_file(path: Path, engine: Engine) -> None:
    migrate(engine, (*MIGRATIONS, add_notes))
    assert version(path) == VERSION + 1
    assert tables(path) == TABLES | {"notes"}


def test_a_migration_that_fails_half_way_leaves_the_version_before_it(path: Path, engine: Engine) -> None:
    fill(path)
    with pytest.raises(OperationalError, match="no_such_table"):
        migrate(engine, (*MIGRATIONS, add_notes_and_fail))
    assert version(path) == VERSION
    assert "notes" not in tables(path)
    with closing(Store.open(url_of(path))) as store:
        assert same(store.load(["SPY"])["SPY"], series("SPY"))
    migrate(engine, (*MIGRATIONS, add_notes))
    assert version(path) == VERSION + 1


def test_the_steps_before_a_failing_one_stay(path: Path, engine: Engine) -> None:
    with pytest.raises(OperationalError, match="no_such_table"):
        migrate(engine, (*MIGRATIONS, add_notes_and_fail))
    assert version(path) == VERSION


def test_a_step_that_another_process_has_taken_is_not_taken_again(
    path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = store_schema.transaction

    def overtaken(late: Engine) -> AbstractContextManager[Connection]:
        monkeypatch.setattr(store_schema, "transaction", honest)
        fill(path)  # the other process, after we have read the version and before we can write
        return honest(late)

    monkeypatch.setattr(store_schema, "transaction", overtaken)
    migrate(engine)
    with closing(Store.open(url_of(path))) as store:
        assert same(store.load(["SPY"])["SPY"], series("SPY"))


def test_a_transaction_holds_the_write_lock_from_its_first_read_on(path: Path, engine: Engine) -> None:
    migrate(engine)
    with transaction(engine) as connection, closing(sqlite3.connect(path, timeout=0.0)) as other:
        assert version_of(connection) == VERSION
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")


def test_a_newer_schema_is_refused_untouched(path: Path, engine: Engine) -> None:
    fill(path)
    migrate(engine, (*MIGRATIONS, add_notes))
    before = contents(path.parent)
    assert list(before) == [path.name]
    for read_only in (False, True):
        with pytest.raises(StoreError, match="was written by a newer Tapeboard; it was left as it is: update"):
            Store.open(url_of(path), read_only=read_only)
    assert contents(path.parent) == before


def test_of_two_that_share_a_new_store_at_once_one_may_be_sent_away(path: Path, engine: Engine) -> None:
    migrate(engine)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        share(engine)
        other.execute("ROLLBACK")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "delete"
    share(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
