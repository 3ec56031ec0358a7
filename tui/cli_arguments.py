"""The command line: its options, their values, and one line for every mistake in it.

Common options may stand before and after the sub-command. Imports nothing that takes time.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal, get_args

from core import __version__, language
from core.i18n import _
from core.language import LANGUAGES
from core.settings import Basis, FeedName
from core.settings_load import Loaded, load
from core.text import clean
from tui.cli_parser import Parser, meant, usage

Format = Literal["json", "text", "csv"]
NoteFormat = Literal["md", "html", "text", "json"]
DOCUMENTS: Final = ("json", "text")
"""The formats of what is no table of records."""

Base = Literal["close", "first-close", "open"]
"""As in `core.period`, which takes numpy to import."""

_AFTER: Final = "_after"
"""Suffix of the list options that stand after the sub-command; they are joined to those before it."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says; `command` is "" for the live screen."""

    command: str = ""
    config: Path | None = None
    feed: FeedName | None = None
    data: tuple[str, ...] = ()
    store: str | None = None
    quiet: bool = False
    fresh: bool = False
    debug: bool = False
    lang: str | None = None
    format: Format = "json"
    as_of: date | None = None
    universe: str | None = None
    since: date | None = None
    begin: date | None = None
    end: date | None = None
    base: Base = "close"
    basis: Basis = "tr"
    ddof: int = 1
    file: Path | None = None
    rules: tuple[str, ...] = ()
    null: bool = False
    metrics: bool = False
    notify_test: bool = False
    note_format: NoteFormat = "md"
    output: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8000

    def load(self) -> Loaded:
        """The effective settings: defaults, the user's file, and these options on top; their language is in force."""
        loaded = load(self.config).with_overrides(
            feed=self.feed, data=self.data, store=self.store, universe=self.universe, language=self.lang
        )
        language.use(loaded.settings.screen.language)
        return loaded


def parse(argv: Sequence[str]) -> Options:
    """`argv` without the program's name. Raises `UsageError`; `--help` and `--version` raise `SystemExit`."""
    for name in (argument.partition("=")[0] for argument in argv if argument.startswith("--")):
        if name not in _options():
            raise usage(_('unknown option "{name}"').format(name=clean(name)) + meant(name, _options()))
    found, rest = _parser().parse_known_args(argv)
    values: dict[str, Any] = vars(found)
    if rest:
        command = f"tapeboard {values['command']}".rstrip()
        message = _('"{argument}" has no place in {command}').format(argument=clean(rest[0]), command=command)
        raise usage(message, command)
    values["data"] = (*values["data"], *values.pop(f"data{_AFTER}", ()))
    values["rules"] = tuple(values.get("rules", ()))
    return Options(**values)


def _parser() -> Parser:
    parser = Parser(
        prog="tapeboard",
        description=_("A terminal monitor of US market leadership, breadth and risk. Without a command: the screen."),
        epilog=_("Exit codes: 0 done, 1 unexpected error, 2 usage or configuration, 3 no data, 4 incomplete or stale."),
    )
    _add_common(parser)
    parser.add_argument("--universe", type=_text, metavar="NAME", help=_("whose breadth: core, sp500, ..."))
    parser.add_argument("--fresh", action="store_true", help=_("the screen without its last layout and choices"))
    parser.set_defaults(data=[])
    titles = {
        "serve": _("the same screen in a browser"),
        "snapshot": _("one refresh, printed as JSON or text"),
        "period": _("return, volatility and volume of every symbol over a period"),
        "report": _("the market note of a session"),
        "verify": _("which claims of a published note hold, and under which convention"),
        "fetch": _("fill the store from a feed"),
        "backtest": _("how often each warning fired and what followed, against any day"),
        "warnings": _("every step of the warnings from one state to another"),
        "config": _("the effective settings, and where each comes from"),
        "doctor": _("check feed, store, calendar and terminal"),
    }
    added = parser.add_subparsers(dest="command", metavar="COMMAND", title=_("commands"))
    parser.set_defaults(command="")
    commands = {
        name: added.add_parser(name, help=title, description=title, argument_default=argparse.SUPPRESS)
        for name, title in titles.items()
    }
    for command in commands.values():
        _add_common(command, suffix=_AFTER)
    snapshot, fetch, period = commands["snapshot"], commands["fetch"], commands["period"]
    snapshot.add_argument("--format", choices=DOCUMENTS, help=_("json (the default) or text"))
    snapshot.add_argument("--as-of", type=_date, metavar="DATE", help=_("as it was at the end of this day"))
    snapshot.add_argument("--universe", type=_text, metavar="NAME", help=_("whose breadth: core, sp500, ..."))
    period.add_argument("--from", type=_date, required=True, dest="begin", metavar="DATE", help=_("first day"))
    period.add_argument("--to", type=_date, required=True, dest="end", metavar="DATE", help=_("last day"))
    bases = _("close before the first session (the default), its own close, or its open (always px)")
    period.add_argument("--base", choices=get_args(Base), help=bases)
    period.add_argument("--basis", choices=get_args(Basis), help=_("tr, with dividends (the default), or px"))
    period.add_argument("--ddof", type=int, choices=(0, 1), help=_("1, sample deviation (the default), or 0"))
    period.add_argument("--format", choices=DOCUMENTS, default="text", help=_("text (the default) or json"))
    report, verify = commands["report"], commands["verify"]
    report.add_argument("--as-of", type=_date, metavar="DATE", help=_("of the session at the end of this day"))
    report.add_argument("--from", type=_date, dest="begin", metavar="DATE", help=_("with a period, from this day"))
    until = _("to this day; the note is of its session unless --as-of names another")
    report.add_argument("--to", type=_date, dest="end", metavar="DATE", help=until)
    report.add_argument("--universe", type=_text, metavar="NAME", help=_("whose breadth: core, sp500, ..."))
    formats = get_args(NoteFormat)
    report.add_argument("--format", choices=formats, dest="note_format", help=_("md (the default), html, text or json"))
    report.add_argument("-o", "--output", type=_path, metavar="FILE", help=_("into a file"))
    verify.add_argument("file", type=_path, metavar="FILE", help=_("the claims, in TOML: docs/verify.md"))
    verify.add_argument("--format", choices=DOCUMENTS, default="text", help=_("text (the default) or json"))
    fetch.add_argument("--since", type=_date, metavar="DATE", help=_("only sessions from this day on"))
    listing = _("what a rule of your own may look at, with units: docs/own-rules.md")
    commands["config"].add_argument("--metrics", action="store_true", help=listing)
    _add_warnings(commands["backtest"], commands["warnings"])
    _add_serve(commands["serve"])
    return parser


def _add_serve(serve: argparse.ArgumentParser) -> None:
    where = _("where to listen: 127.0.0.1 (the default), which this machine alone can reach")
    serve.add_argument("--host", type=_text, metavar="HOST", help=where)
    serve.add_argument("--port", type=_port, metavar="PORT", help=_("8000 (the default); 0 for any that is free"))
    serve.add_argument("--universe", type=_text, metavar="NAME", help=_("whose breadth: core, sp500, ..."))


def _add_warnings(backtest: argparse.ArgumentParser, warnings: argparse.ArgumentParser) -> None:
    names = _("a rule such as W06; all, if none is named")
    backtest.add_argument("rules", nargs="*", type=_text, metavar="RULE", help=names)
    chance = _("also on 200 shuffled markets: how often does a rule fire by chance? Takes minutes")
    backtest.add_argument("--null", action="store_true", help=chance)
    warnings.add_argument("--since", type=_date, metavar="DATE", help=_("only sessions from this day on"))
    trial = _("send a test notice to every address of [notify], and nothing else")
    warnings.add_argument("--notify-test", action="store_true", help=trial)
    for command in (backtest, warnings):
        command.add_argument("--universe", type=_text, metavar="NAME", help=_("whose breadth: core, sp500, ..."))
        formats = _("text (the default), json or csv")
        command.add_argument("--format", choices=get_args(Format), default="text", help=formats)


def _options() -> list[str]:
    """The names of all options, each of which fills a field of `Options`."""
    spelt = {"begin": "from", "end": "to"}
    names = [spelt.get(field.name, field.name.replace("_", "-")) for field in fields(Options)]
    return [
        f"--{name}" for name in (*names, "help", "version") if name not in ("command", "file", "rules", "note-format")
    ]


def _add_common(parser: argparse.ArgumentParser, suffix: str = "") -> None:
    common = parser.add_argument_group(_("common options"))
    common.add_argument("--config", type=_path, metavar="PATH", help=_("your configuration file"))
    common.add_argument("--feed", choices=get_args(FeedName), metavar="NAME", help="|".join(get_args(FeedName)))
    common.add_argument(
        "--data",
        type=_text,
        metavar="PATH",
        action="append",
        dest=f"data{suffix}",
        help=_("a folder of SYMBOL.csv, a long CSV or Parquet file, for the feed `files`; may be repeated"),
    )
    common.add_argument("--store", type=_text, metavar="URL", help=_("sqlite:///PATH, or none"))
    common.add_argument("--lang", choices=LANGUAGES, help=_("the language: en or zh"))
    common.add_argument("--quiet", action="store_true", help=_("no progress"))
    common.add_argument("--debug", action="store_true", help=_("show the traceback of an error"))
    common.add_argument("--version", action="version", version=f"tapeboard {__version__}", help=_("print the version"))


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        message = _('expected YYYY-MM-DD, found "{text}"').format(text=clean(text))
        raise argparse.ArgumentTypeError(message)
    today = exchange_day()
    if day > today:
        message = _("expected a day up to today, {today}, found {day}").format(today=today, day=day)
        raise argparse.ArgumentTypeError(message)
    return day


def exchange_day() -> date:
    """The date in New York."""
    from core.sessions import SystemClock  # noqa: PLC0415 - only for a date, and time zones take time to load

    return SystemClock().now().date()


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(_("expected a port up to 65535, found {text}").format(text=clean(text)))
    return int(text)


def _text(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError(_("expected a value, found nothing"))
    return text


def _path(text: str) -> Path:
    return Path(_text(text))
