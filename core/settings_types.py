"""What a value of the configuration may be: the ranges that its types declare."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

Seconds: TypeAlias = Annotated[float, Meta(gt=0, le=86_400)]
Hours: TypeAlias = Annotated[float, Meta(ge=0, le=8_760)]
Count: TypeAlias = Annotated[int, Meta(ge=1, le=10_000)]
Share: TypeAlias = Annotated[float, Meta(ge=0, le=1)]
Fall: TypeAlias = Annotated[float, Meta(ge=-1, le=0)]  # a loss as a fraction, never positive
Points: TypeAlias = Annotated[int, Meta(ge=0, le=4)]
OfFive: TypeAlias = Annotated[int, Meta(ge=0, le=5)]
Positive: TypeAlias = Annotated[float, Meta(gt=0, le=1_000)]
Correlation: TypeAlias = Annotated[float, Meta(ge=-1, le=1)]
BasisPoints: TypeAlias = Annotated[float, Meta(ge=-1_000, le=1_000)]
Oscillator: TypeAlias = Annotated[float, Meta(ge=0, le=100)]
Ticker: TypeAlias = Annotated[str, Meta(pattern=r"^\S+$", description="a symbol without spaces")]
Address: TypeAlias = Annotated[
    str,
    Meta(
        # Keys travel there: in the clear to this computer only, and none stands in the address.
        pattern=r"^(https://|http://(127\.0\.0\.1|localhost)(?=[:/]|$))[^@\s]*$",
        description="an address that begins with https://",
    ),
]


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of `config.toml`."""
