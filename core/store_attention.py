"""What the store keeps of the user's attention: acknowledged warnings, muted rules, and notices that were given."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, and_, delete, select
from sqlalchemy.dialects.sqlite import insert

from core.journal import Key
from core.model import Instant
from core.store_part import StorePart
from core.store_schema import to_microseconds
from core.store_tables import ACKNOWLEDGED, MUTED, NOTICES

if TYPE_CHECKING:
    from core.attention import Acknowledged
    from core.notices import NoticeKey

CLAIMED: Final = "claimed "
"""Before the target of a notice that a process has claimed and has not sent yet."""


class AttentionStore(StorePart):
    """That part of a `core.store.Store`; its methods raise what the others do."""

    def acknowledged(self, universe: str) -> dict[Key, Acknowledged]:
        """What was acknowledged last of each rule and subject of a breadth universe."""
        from core.attention import Acknowledged  # noqa: PLC0415 - it may be handed a store

        query = select(ACKNOWLEDGED).where(ACKNOWLEDGED.c.universe == universe)
        with self._reading() as connection:
            rows = connection.execute(query).all()
        return {(row.rule, row.subject): Acknowledged(row.state, row.session) for row in rows}

    def put_acknowledged(self, universe: str, key: Key, seen: Acknowledged | None, at: Instant) -> None:
        """Keep that a warning was acknowledged, or forget it."""
        rule, subject = key
        columns = ACKNOWLEDGED.c
        place = and_(columns.universe == universe, columns.rule == rule, columns.subject == subject)
        with self._writing() as connection:
            connection.execute(delete(ACKNOWLEDGED).where(place))
            if seen is not None:
                row = {"universe": universe, "rule": rule, "subject": subject, "at": to_microseconds(at)}
                connection.execute(insert(ACKNOWLEDGED), [row | {"state": seen.state, "session": seen.session}])

    def muted(self) -> dict[str, date]:
        """The last day of every rule that was ever muted and not unmuted."""
        with self._reading() as connection:
            return {row.rule: row.until for row in connection.execute(select(MUTED))}

    def put_muted(self, rule: str, until: date | None, at: Instant) -> None:
        """Keep till when a rule is muted, or forget it."""
        with self._writing() as connection:
            connection.execute(delete(MUTED).where(MUTED.c.rule == rule))
            if until is not None:
                connection.execute(insert(MUTED), [{"rule": rule, "until": until, "at": to_microseconds(at)}])

    def noticed(self, keys: Collection[NoticeKey], target: str) -> set[NoticeKey]:
        """Those of `keys` that a target has been given."""
        with self._reading() as connection:
            return set(_noticed(connection, keys, target))

    def put_noticed(self, keys: Iterable[NoticeKey], target: str, at: Instant) -> None:
        """Keep that a target has been given these notices; twice is as once."""
        with self._writing() as connection:
            _notice(connection, keys, target, at)

    def claim_notices(
        self, keys: Collection[NoticeKey], target: str, at: Instant, life: timedelta
    ) -> tuple[set[NoticeKey], set[NoticeKey]]:
        """Claim for one process what a target shall be given; `settle_notices` ends that, or a crash after `life`.

        Gives what is claimed now, and what the target has been given before; all else another process has claimed.
        """
        with self._writing() as connection:
            given = set(_noticed(connection, keys, target))
            now, least = to_microseconds(at), life // timedelta(microseconds=1)
            claims = _noticed(connection, keys, CLAIMED + target)
            held = {key for key, since in claims.items() if abs(now - since) < least}  # after now: a clock set back
            mine = set(keys) - given - held
            _forget(connection, mine & set(claims), CLAIMED + target)
            _notice(connection, mine, CLAIMED + target, at)
        return mine, given

    def settle_notices(self, keys: Collection[NoticeKey], target: str, at: Instant | None) -> None:
        """End a claim: keep that the target was given these notices, or that it was not (None)."""
        with self._writing() as connection:
            _forget(connection, keys, CLAIMED + target)
            if at is not None:
                _notice(connection, keys, target, at)


def _noticed(connection: Connection, keys: Collection[NoticeKey], target: str) -> dict[NoticeKey, int]:
    """Those of `keys` that stand there for a target, and when they were put, in microseconds."""
    c = NOTICES.c
    query = select(c.universe, c.rule, c.subject, c.state, c.session, c.at)  # the fields of a key, in their order
    query = query.where(c.target == target, c.session.in_({key.session for key in keys}))
    rows = {tuple(row[:-1]): row.at for row in connection.execute(query)}
    return {key: rows[tuple(key)] for key in keys if tuple(key) in rows}


def _notice(connection: Connection, keys: Iterable[NoticeKey], target: str, at: Instant) -> None:
    rows = [{**key._asdict(), "target": target, "at": to_microseconds(at)} for key in keys]
    if rows:
        connection.execute(insert(NOTICES).on_conflict_do_nothing(), rows)


def _forget(connection: Connection, keys: Iterable[NoticeKey], target: str) -> None:
    for key in keys:
        connection.execute(delete(NOTICES).filter_by(**key._asdict(), target=target))
