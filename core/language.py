"""Which language is shown: that of an option, of the configuration, or of the locale. Catalogues: `make catalogue`."""

from __future__ import annotations

import gettext
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from core.i18n import SOURCE, install

LANGUAGES: Final = (SOURCE, "zh")
"""What can be shown."""

AUTO: Final = "auto"
"""Follow the locale."""

DOMAIN: Final = "tapeboard"
LOCALES: Final = Path(__file__).with_name("locale")


def use(choice: str) -> None:
    """Show everything in one of `LANGUAGES` from now on, with `AUTO` in that of the locale."""
    language = preferred() if choice == AUTO else choice
    if language == SOURCE:
        install(gettext.NullTranslations())
        return
    with (LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as file:
        install(gettext.GNUTranslations(file), language)


def preferred(env: Mapping[str, str] = os.environ) -> str:
    """The language of the user's locale, as gettext reads it; English where that is none of ours."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := env.get(name, ""):
            found = value.split(":")[0].split("_")[0].split(".")[0].split("-")[0].lower()
            return found if found in LANGUAGES else SOURCE
    return SOURCE
