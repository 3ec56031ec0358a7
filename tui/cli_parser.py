"""argparse in our words: its headings, its help and its mistakes in the language in force.

Also which language that is, before the command line and the configuration are understood.
"""

from __future__ import annotations

import argparse
import re
import tomllib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NoReturn

from core.errors import UsageError
from core.i18n import _
from core.language import AUTO, LANGUAGES
from core.settings_check import listed, nearest
from core.settings_load import user_config_file
from core.text import clean


def spoken(argv: Sequence[str]) -> str:
    """The language for what is said of `argv` itself: of its `--lang`, or of the configuration as far as it is read.

    `AUTO` where neither names one; what is wrong with them is told later.
    """
    named = [word for word in _values(argv, "--lang") if word in LANGUAGES]
    if named:
        return named[-1]
    paths = _values(argv, "--config")
    file = Path(paths[-1]) if paths else user_config_file()
    with suppress(OSError, ValueError, RecursionError):
        if file.is_file():  # a pipe can be read once only
            screen = tomllib.loads(file.read_bytes().decode("utf-8-sig")).get("screen")
            language = screen.get("language") if isinstance(screen, dict) else None
            return language if language in LANGUAGES else AUTO
    return AUTO


def _values(argv: Sequence[str], option: str) -> list[str]:
    """Every value that is given to `option`, as a word after it or behind "="."""
    words = [after for word, after in pairwise(argv) if word == option]
    return words + [word.partition("=")[2] for word in argv if word.startswith(f"{option}=")]


class Formatter(argparse.HelpFormatter):
    """Breaks lines by cells, so that wide characters fit as well."""

    def add_usage(
        self, usage: str | None, actions: Iterable[argparse.Action], groups: Iterable[Any], prefix: str | None = None
    ) -> None:
        """As argparse does it, under a heading of ours."""
        super().add_usage(usage, actions, groups, _("usage: ") if prefix is None else prefix)

    # argparse has no public place for these two; they are what its own other formatters replace.
    def _split_lines(self, text: str, width: int) -> list[str]:
        from tui.format import wrap  # noqa: PLC0415 - for the help alone, and no other command waits for rich

        return wrap(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(indent + line for line in self._split_lines(text, width - len(indent)))


class Parser(argparse.ArgumentParser):
    """Raises `UsageError` where argparse would print its usage and exit."""

    def __init__(self, **options: Any) -> None:
        """As `argparse.ArgumentParser`."""
        super().__init__(add_help=False, formatter_class=Formatter, allow_abbrev=False, **options)
        self._optionals.title = _("options")
        self.add_argument("-h", "--help", action="help", default=argparse.SUPPRESS, help=_("show this help and exit"))

    def error(self, message: str) -> NoReturn:
        """Raise it in our words."""
        raise usage(_worded(message), self.prog)

    # argparse has no public place for this; its own message lists every choice and depends on the version.
    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is None or value in action.choices:
            return
        choices = [str(choice) for choice in action.choices]
        message = _('expected {choices}, found "{value}"').format(choices=listed(choices), value=clean(str(value)))
        raise argparse.ArgumentError(action, message + meant(str(value), choices))


def usage(message: str, program: str = "tapeboard") -> UsageError:
    """The mistake with the way to the help of `program`."""
    return UsageError(_("{message}; try '{program} --help'").format(message=message, program=program))


def meant(word: str, choices: Iterable[str]) -> str:
    """A question for the nearest of `choices`, to be set behind a message; "" where none is near."""
    bare = {choice.lstrip("-"): choice for choice in choices}
    close = nearest(word.lstrip("-"), bare)
    return _(', did you mean "{close}"?').format(close=bare[close]) if close else ""


_MISTAKES: Final = (
    re.compile(r"the following arguments are required: (?P<names>.+)"),
    re.compile(r"(?P<name>\S+): expected one argument"),
    re.compile(r"(?P<name>\S+): ignored explicit argument (?P<value>.+)"),
    re.compile(r"(?P<name>\S+): invalid int value: (?P<value>.+)"),
)
"""What argparse says of the mistakes that `Parser` does not find itself."""


def _worded(message: str) -> str:
    """A message of argparse in the language in force, or as it is where it is another one."""
    templates = (
        _("{names} is missing"),
        _("{name}: expected a value, found nothing"),
        _("{name} takes no value, found {value}"),
        _("{name}: expected a whole number, found {value}"),
    )
    bare = message.removeprefix("argument ")
    for pattern, template in zip(_MISTAKES, templates, strict=True):
        if found := pattern.fullmatch(bare):
            return template.format(**{name: clean(text) for name, text in found.groupdict().items()})
    return bare
