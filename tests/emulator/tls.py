"""The throw-away CA of one emulator, the certificate that programs trust, and one that they must refuse."""

from __future__ import annotations

import ssl
from pathlib import Path

import trustme

_NAMES = ("*.yahoo.com", "*.finance.yahoo.com")


class Certificates:
    """`trusted` is signed by the CA of the file `ca`; `untrusted` has the same names but an unknown issuer."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.ca = folder / "ca.pem"
        authority.cert_pem.write_to_path(self.ca)
        self.trusted = _context(authority)
        self.untrusted = _context(trustme.CA())


def _context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    authority.issue_cert(*_NAMES).configure_cert(context)
    return context
