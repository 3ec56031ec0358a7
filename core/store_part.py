"""What the parts of the store stand on, which `core.store.Store` puts together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager

from sqlalchemy import Connection


class StorePart(ABC):
    """Some tables of a store, read and written over its connections."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]:
        """A connection to read with."""

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Connection]:
        """A connection in a write transaction, committed at the end of the block."""
