"""Files of the user's, written whole or not at all: a reader sees what was there before, or all that is there now."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from itertools import count
from pathlib import Path

from core.errors import TapeboardError
from core.i18n import _
from core.text import clean


def shown(path: Path) -> str:
    """A path for people, on one line; hardly one is so long that it is cut."""
    return clean(str(path), 400)


def write_whole(document: bytes, path: Path, *, mend: str = "") -> None:
    """Write a whole document or nothing, in place of what was there.

    Raises TapeboardError, with this `mend`, where the disk does not take it.
    """
    unfinished: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            unfinished = Path(file.name)
            file.write(document)
            file.flush()
            os.fsync(file.fileno())
        unfinished.chmod(0o666 & ~_umask())
        unfinished.replace(path)
    except OSError as error:
        if unfinished is not None:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
        message = _("{file}: cannot be written ({reason})")
        reason = error.strerror or str(error)
        raise TapeboardError(message.format(file=shown(path), reason=reason), mend) from error


def unused(path: Path) -> Path:
    """`path`, or where there is such a file already the first of `NAME-2`, `NAME-3`, ... that is free."""
    if not path.exists():
        return path
    numbered = (path.with_stem(f"{path.stem}-{number}") for number in count(2))
    return next(other for other in numbered if not other.exists())


def _umask() -> int:
    """The rights that new files are not given; there is no way to read them but to set them."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
