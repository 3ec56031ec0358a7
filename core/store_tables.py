"""The tables of the store as they are now; `core.store_schema` leads every older file to them."""

from __future__ import annotations

from sqlalchemy import REAL, Column, Date, Integer, LargeBinary, MetaData, Table, Text

METADATA = MetaData()

SERIES = Table(
    "series",
    METADATA,
    Column("symbol", Text, primary_key=True, nullable=False),
    Column("first_session", Date, nullable=False),
    Column("last_session", Date, nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("fetched_at", Integer, nullable=False),
    # Last, so that the columns before it are read without its pages.
    Column("data", LargeBinary, nullable=False),
)

QUOTES = Table(
    "quotes",
    METADATA,
    Column("symbol", Text, primary_key=True, nullable=False),
    Column("session", Date, nullable=False),
    Column("asof", Integer, nullable=False),
    Column("price", REAL, nullable=False),
    Column("open", REAL),
    Column("high", REAL),
    Column("low", REAL),
    Column("volume", REAL),
    Column("source", Text, nullable=False),
)

SNAPSHOT = Table(  # one row, id 1; `core.glance` reads it too
    "snapshot",
    METADATA,
    Column("id", Integer, primary_key=True, nullable=False),
    Column("at", Integer, nullable=False),
    Column("document", LargeBinary, nullable=False),
)

QUARANTINE = Table(
    "quarantine",
    METADATA,
    Column("symbol", Text, primary_key=True, nullable=False),
    Column("session", Date, primary_key=True, nullable=False),
    Column("field", Text, primary_key=True, nullable=False),
    Column("value", REAL),
    Column("reason", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("at", Integer, nullable=False),
)

FUNDAMENTALS = Table(  # one own snapshot a session, for there is no history to be had
    "fundamentals",
    METADATA,
    Column("symbol", Text, primary_key=True, nullable=False),
    Column("session", Date, primary_key=True, nullable=False),
    Column("asof", Integer, nullable=False),
    Column("fetched_at", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("trailing_pe", REAL),
    Column("forward_pe", REAL),
    Column("price_to_book", REAL),
    Column("shares", REAL),
    Column("price", REAL),
    Column("losses", Text, nullable=False),
)

MARKET_CAPS = Table(  # of the last session they were quoted in
    "market_caps",
    METADATA,
    Column("symbol", Text, primary_key=True, nullable=False),
    Column("session", Date, nullable=False),
    Column("cap", REAL, nullable=False),
    Column("source", Text, nullable=False),
)

JOURNAL = Table(  # in the order of `id`; never changed, only continued
    "journal",
    METADATA,
    Column("id", Integer, primary_key=True, nullable=False),
    Column("rule", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("universe", Text, nullable=False),
    Column("session", Date, nullable=False),
    Column("old", Text, nullable=False),
    Column("new", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("rule_set", Text, nullable=False),
    Column("data_hash", Text, nullable=False),
    Column("at", Integer, nullable=False),
)

BACKTESTS = Table(
    "backtests",
    METADATA,
    Column("rule", Text, primary_key=True, nullable=False),
    Column("subject", Text, primary_key=True, nullable=False),
    Column("rule_set", Text, primary_key=True, nullable=False),
    Column("data_hash", Text, primary_key=True, nullable=False),
    Column("at", Integer, nullable=False),
    Column("document", LargeBinary, nullable=False),
)

ACKNOWLEDGED = Table(
    "acknowledged",
    METADATA,
    Column("universe", Text, primary_key=True, nullable=False),
    Column("rule", Text, primary_key=True, nullable=False),
    Column("subject", Text, primary_key=True, nullable=False),
    Column("state", Text, nullable=False),
    Column("session", Date, nullable=False),
    Column("at", Integer, nullable=False),
)

MUTED = Table(
    "muted",
    METADATA,
    Column("rule", Text, primary_key=True, nullable=False),
    Column("until", Date, nullable=False),
    Column("at", Integer, nullable=False),
)

NOTICES = Table(  # `target`: "" the screen, else a digest of the address, which is a secret; or "claimed " and that
    "notices",
    METADATA,
    Column("universe", Text, primary_key=True, nullable=False),
    Column("rule", Text, primary_key=True, nullable=False),
    Column("subject", Text, primary_key=True, nullable=False),
    Column("state", Text, primary_key=True, nullable=False),
    Column("session", Date, primary_key=True, nullable=False),
    Column("target", Text, primary_key=True, nullable=False),
    Column("at", Integer, nullable=False),
)
