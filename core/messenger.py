"""The only door to apprise: a text to one address, and why it was not sent.

Addresses hold passwords and tokens. Nothing that leaves this module names more of one than its kind, and nothing that
apprise says is passed on but the code of an answer.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Sequence
from typing import Final

from core.errors import UsageError
from core.i18n import _

_KIND: Final = re.compile(r"([a-z][a-z0-9+.-]{0,19})://", re.IGNORECASE)
_CODE: Final = re.compile(r"error\s*=\s*(\d{3})\b")

_TALKATIVE: Final = ("apprise", "urllib3.connectionpool", "requests", "requests_oauthlib", "asyncio")
"""The loggers that may write down an address, or a part of one."""


def masked(url: str) -> str:
    """What may be seen of an address: its kind."""
    kind = _KIND.match(url)
    return f"{kind[1].lower() if kind else ''}://…"


def named(urls: Sequence[str]) -> list[str]:
    """The addresses as they may be seen, those of one kind told apart by their number."""
    names = [masked(url) for url in urls]
    return [name if names.count(name) == 1 else f"{name} ({at})" for at, name in enumerate(names, 1)]


def digest(url: str) -> str:
    """What tells an address from others and tells nothing of it."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]


def send(url: str, title: str, body: str) -> str:
    """Send a text and wait for the outcome; "" or, in words, why it was not sent. Raises UsageError without apprise."""
    try:
        import apprise  # noqa: PLC0415 - an extra, and only needed when there is something to say
    except ImportError:
        raise UsageError(_("notices need apprise"), "pip install 'tapeboard[notify]'") from None
    said = _Said()
    loggers = [logging.getLogger(name) for name in _TALKATIVE]
    for logger in loggers:
        logger.addFilter(said)
    try:
        courier = apprise.Apprise(asset=apprise.AppriseAsset(app_id="Tapeboard", async_mode=False))
        if not courier.add(url):
            return _("no address that apprise knows")
        return "" if courier.notify(title=title, body=body, body_format="text") else said.reason()
    except Exception as error:  # noqa: BLE001 - a defect of a foreign service; its words may hold the address
        return _("{kind} inside apprise").format(kind=type(error).__name__)
    finally:
        for logger in loggers:
            logger.removeFilter(said)


class _Said(logging.Filter):
    """Lets nothing through, and keeps the code of the last answer. apprise sends in threads of its own."""

    def __init__(self) -> None:
        super().__init__()
        self._code = ""

    def filter(self, record: logging.LogRecord) -> bool:
        """See `logging.Filter`."""
        found = _CODE.search(record.getMessage())
        if found:
            self._code = found[1]
        return False

    def reason(self) -> str:
        """Why nothing was sent."""
        return _("the service answered {code}").format(code=self._code) if self._code else _("no answer")
