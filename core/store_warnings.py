"""What the store keeps of the warnings: their journal, and the results of backtests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec
from sqlalchemy import Connection, RowMapping, func, select
from sqlalchemy.dialects.sqlite import insert

from core.backtest.result import RuleResult
from core.journal import Chain, Entry, Key, Origin, news
from core.model import Instant
from core.store_part import StorePart
from core.store_rows import put
from core.store_schema import from_microseconds, to_microseconds
from core.store_tables import BACKTESTS, JOURNAL


class WarningStore(StorePart):
    """That part of a `core.store.Store`; its methods raise what the others do."""

    def write_journal(self, told: Sequence[Chain], origin: Origin, at: Instant) -> int:
        """Continue the journal by what the replay tells, in one transaction; how many entries were new."""
        with self._reading() as connection:  # nearly always there is nothing to write, and nobody waits for a lock
            if not news(told, _ends(connection, origin.universe), origin):
                return 0
        with self._writing() as connection:
            # Looked at anew under the write lock: another process may have written the same in between.
            fresh = news(told, _ends(connection, origin.universe), origin)
            if fresh:
                connection.execute(insert(JOURNAL), [_entry_row(entry, at) for entry in fresh])
        return len(fresh)

    def journal(self, universe: str, since: date | None = None) -> tuple[Entry, ...]:
        """The entries of a breadth universe from session `since` on, in the order they were written in."""
        query = select(JOURNAL).where(JOURNAL.c.universe == universe).order_by(JOURNAL.c.session, JOURNAL.c.id)
        if since is not None:
            query = query.where(JOURNAL.c.session >= since)
        with self._reading() as connection:
            return tuple(_entry_of(row) for row in connection.execute(query).mappings())

    def put_backtests(self, results: Sequence[RuleResult], at: Instant) -> None:
        """Keep each result; of one rule and subject by the same rules on the same data the last word stands."""
        rows = [_result_row(result, at) for result in results]
        if not rows:
            return
        with self._writing() as connection:
            put(connection, BACKTESTS, rows)

    def backtests(self, rule_set: str) -> dict[Key, RuleResult]:
        """The newest result of each rule and subject by these rules; those of another form are left out."""
        query = select(BACKTESTS.c.document).where(BACKTESTS.c.rule_set == rule_set).order_by(BACKTESTS.c.at)
        with self._reading() as connection:
            found = [_result_of(document) for (document,) in connection.execute(query)]
        return {(result.rule, result.subject): result for result in found if result is not None}


def _ends(connection: Connection, universe: str) -> dict[Key, tuple[date, str]]:
    """Session and state of the last entry of each chain."""
    newest = select(func.max(JOURNAL.c.id)).where(JOURNAL.c.universe == universe)
    newest = newest.group_by(JOURNAL.c.rule, JOURNAL.c.subject)
    query = select(JOURNAL).where(JOURNAL.c.id.in_(newest))
    return {(row.rule, row.subject): (row.session, row.new) for row in connection.execute(query)}


def _entry_row(entry: Entry, at: Instant) -> dict[str, object]:
    evidence = msgspec.json.encode(entry.evidence).decode()
    return msgspec.structs.asdict(entry) | {"evidence": evidence, "at": to_microseconds(at)}


def _entry_of(row: RowMapping) -> Entry:
    told = {name: value for name, value in row.items() if name != "id"}
    told |= {"evidence": msgspec.json.decode(row["evidence"]), "at": from_microseconds(row["at"])}
    return Entry(**told)


def _result_row(result: RuleResult, at: Instant) -> dict[str, object]:
    key = {name: getattr(result, name) for name in ("rule", "subject", "rule_set", "data_hash")}
    return {**key, "at": to_microseconds(at), "document": msgspec.json.encode(result)}


def _result_of(document: bytes) -> RuleResult | None:
    try:
        return msgspec.json.decode(document, type=RuleResult)
    except msgspec.MsgspecError:
        return None
