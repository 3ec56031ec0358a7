"""Every error Tapeboard raises on purpose.

    TapeboardError                 exit 1   one line for the user: what happened, then the mend
    ├── UsageError                 exit 2   the command line asks for something that cannot be
    ├── SettingsError              exit 2   a configuration file: which file, which key, what was expected; a line each
    ├── StoreError                 exit 2   the store cannot be opened (it is never touched then)
    │   ├── StoreWriteError        exit 2   a write failed (full or read-only disk); what was committed stays
    │   └── SeriesDamaged          exit 2   the stored history of one symbol cannot be read; all else can
    └── FeedError                  exit 3   a source of data failed
        ├── FeedUnavailable        exit 2   the feed does not exist here (not built yet, an extra is missing)
        ├── DataFileError          exit 2   a data file is absent, unreadable or lacks a column
        ├── FeedRefused            exit 3   the source refuses: the key, the plan, what was asked for
        │   └── FeedThrottled      exit 3   ... because it was asked too often
        ├── FeedUnreachable        exit 3   no connection, or the source itself fails
        │   └── FeedTimeout        exit 3   no whole answer in time
        ├── FeedGarbled            exit 3   an answer that is not of the form agreed on
        ├── FeedPaused             exit 3   the source is left alone for a while, because of one of these
        ├── UnknownSymbol          exit 3   the source knows no such symbol
        └── NoDataError            exit 3   nothing at all to compute from

Foreign exceptions are mapped to this tree where they arise (files, SQLite, TOML); whatever else reaches
the command line is a defect of ours and ends with exit 1, still in one line (`--debug` shows the traceback).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self


class TapeboardError(Exception):
    """An expected failure. `message` says what happened, `mend` what the user can do about it."""

    exit_code = 1

    def __init__(self, message: str, mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend

    def __str__(self) -> str:
        """One line: the failure, then the mend."""
        text = f"{self.message}: {self.mend}" if self.mend else self.message
        return " ".join(text.split())

    def detached(self) -> Self:
        """The same error without the frames it came through: they would live as long as it is kept."""
        self.__cause__ = self.__context__ = self.__traceback__ = None
        return self


class UsageError(TapeboardError):
    """The command line asks for something that cannot be."""

    exit_code = 2


class SettingsError(TapeboardError):
    """A configuration file cannot be read or holds wrong keys or values; `others` are what else is wrong with it."""

    exit_code = 2

    def __init__(self, message: str, mend: str = "", others: Sequence[SettingsError] = ()) -> None:
        super().__init__(message, mend)
        self.others = tuple(others)

    def __str__(self) -> str:
        """One line for each mistake, so that one look at the file mends them all."""
        return "\n".join((super().__str__(), *map(str, self.others)))


class StoreError(TapeboardError):
    """The store cannot be opened; it has not been touched."""

    exit_code = 2


class StoreWriteError(StoreError):
    """A write to the store failed; everything committed before it is still there."""


class SeriesDamaged(StoreError):
    """The stored history of one symbol is damaged; a new fetch puts another in its place."""


class FeedError(TapeboardError):
    """A source of market data failed."""

    exit_code = 3


class FeedUnavailable(FeedError):
    """The feed asked for does not exist in this installation."""

    exit_code = 2


class DataFileError(FeedError):
    """A data file is absent, unreadable or not of the expected form."""

    exit_code = 2


class FeedRefused(FeedError):
    """The source answers and refuses: the key, the plan, or what was asked for."""


class FeedThrottled(FeedRefused):
    """The source was asked too often; `wait` is in seconds, None where it does not say for how long."""

    def __init__(self, message: str, mend: str = "", wait: float | None = None) -> None:
        super().__init__(message, mend)
        self.wait = wait


class FeedUnreachable(FeedError):
    """There is no connection to the source, or it fails itself."""


class FeedTimeout(FeedUnreachable):
    """The source has not given a whole answer in time."""


class FeedGarbled(FeedError):
    """The source gave an answer that is not of the form agreed on."""


class FeedPaused(FeedError):
    """Nothing was asked: the source is left alone for a while because of `cause`, which the message repeats."""

    def __init__(self, message: str, cause: FeedError) -> None:
        super().__init__(message, cause.mend)
        self.cause = cause


class UnknownSymbol(FeedError):
    """The source answers that it knows no such symbol."""


class NoDataError(FeedError):
    """There is nothing at all to compute from."""
