"""`docs/feed.md`: every fault of the matrix, what ours makes of it and what plain `yf.download` does.

`make faults` plays all of them for real, some at a time, and writes the page; a test holds it to the matrix.
"""

from __future__ import annotations

import argparse
import logging
import os
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.emulator.matrix import ROWS, Row
from tests.feed.playing import FIVE, MINUTE, Ours, Plain, make_stores, of_stream, play_ours, play_plain
from tests.feed.stage import NOON, SYMBOLS
from tests.feed.turns import Turns

PAGE: Final = Path(__file__).parents[2] / "docs" / "feed.md"
CUT: Final = 400.0
OURS_AT_ONCE: Final = 6
PLAIN_AT_ONCE: Final = 2

HEAD: Final = """# The feed under every fault

Made by `make faults` (`tests/feed/table.py`) on {day} with yfinance {yfinance}, curl_cffi {curl}, pandas {pandas} and
Python {python}; do not edit. Yahoo is the emulator of `tests/emulator`, to which the environment alone leads.

Ours is the application, painted to nowhere, with {symbols} symbols at {noon}. It has a store of the
evening two days before, so that charts meet the fault; the rows marked "quotes", the warm one and those of the stream
have one of the evening before, and a good refresh, so that quotes in bulk meet it. A row is its first {seconds:g}
seconds under the fault: requests sent; seconds until the screen told something (it lives all the while); seconds from
`q` to the end of the process; symbols with the true price of the session in progress; values lost, that is symbols
whose price or stored bars have become empty, older or wrong; values that were not believed and are kept in quarantine;
and what the screen said at the end. Where there are several processes, it is the worst of them.

Plain is one `yf.download(symbols, period="1y")` with {count} symbols, in a process of its own in the same run:
requests, seconds until it returned, and symbols with their true closes up to the session in progress. It tells errors
to a log only, as "possibly delisted".

Several rows run at the same time on {cores} cores: ours start one after the other, and while one ends all others stand
still. `python -m bench feed` measures alone. Spoilt caches are those of yfinance, which ours does not use.

| fault | requests | blocked, s | exit, s | fresh | lost | rejected | the screen said | plain: sent | seconds | right |
|---|--:|--:|--:|--:|--:|--:|---|--:|--:|--:|
"""


def page(outcomes: Sequence[tuple[Row, Ours, Plain | None]], *, seconds: float, cut: float) -> str:
    """The whole document."""
    head = HEAD.format(
        day=datetime.now(UTC).date(),
        yfinance=version("yfinance"),
        curl=version("curl_cffi"),
        pandas=version("pandas"),
        python=platform.python_version(),
        symbols=len(SYMBOLS),
        noon=f"noon of {NOON:%A, %Y-%m-%d}",
        seconds=seconds,
        count=len(FIVE),
        cores=os.cpu_count(),
    )
    lines = (line(*outcome, cut=cut) for outcome in outcomes)
    lost = sum(ours.lost for _row, ours, _plain in outcomes)
    longest = max(ours.exit for _row, ours, _plain in outcomes)
    return head + "\n".join([*lines, "", f"Values lost in all rows: {lost}. The longest exit: {longest:.2f} s.", ""])


def line(row: Row, ours: Ours, plain: Plain | None, *, cut: float) -> str:
    """A row of the table."""
    cells = [titled(row), _number(ours.requests), f"{ours.blocked:.1f}", f"{ours.exit:.1f}"]
    cells += [f"{ours.fresh} of {len(SYMBOLS)}", str(ours.lost), str(ours.rejected), ours.said]
    if plain is None:
        cells += ["-", "-", "-"]
    else:
        seconds = f"over {cut:g}" if plain.blocked is None else f"{plain.blocked:.1f}"
        cells += [_number(plain.requests), seconds, f"{plain.right} of {len(FIVE)}"]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def titled(row: Row) -> str:
    """The title of a row, and what meets its fault where that is not what comes first."""
    return f"{row.title} (quotes)" if row.stored else row.title


def rows_of(document: str) -> dict[str, list[str]]:
    """The cells of each row by its title."""
    cells = ([cell.strip() for cell in text.strip("|").split(" | ")] for text in document.splitlines() if "|" in text)
    return {first: rest for first, *rest in cells}


def _number(count: int | None) -> str:
    return "-" if count is None else str(count)


def play(rows: Sequence[Row], *, seconds: float, cut: float) -> Iterator[tuple[Row, Ours | Plain]]:
    """Both sides of every row, in the order in which they end."""
    with (
        TemporaryDirectory() as stores,
        ThreadPoolExecutor(OURS_AT_ONCE) as ours,
        ThreadPoolExecutor(PLAIN_AT_ONCE) as plain,
    ):
        folder, turns = Path(stores), Turns()
        make_stores(folder)
        jobs: dict[Future[Ours | Plain], Row] = {}
        for row in rows:
            jobs[_submit(ours, partial(play_ours, row, folder, turns, seconds=seconds))] = row
            if not of_stream(row):
                jobs[_submit(plain, partial(play_plain, row, folder, turns, cut))] = row
        for job in as_completed(jobs):
            yield jobs[job], job.result()


def _submit(pool: ThreadPoolExecutor, side: Callable[[], Ours | Plain]) -> Future[Ours | Plain]:
    return pool.submit(side)


def main() -> None:
    """Play and write."""
    parser = argparse.ArgumentParser(prog="make faults", description="Options are given as ARGS='...'.")
    parser.add_argument("--cut", type=float, default=CUT, help="seconds after which plain yfinance is ended")
    parser.add_argument("--seconds", type=float, default=MINUTE, help="for which ours is watched under a fault")
    parser.add_argument("--only", default="", metavar="WORD", help="rows with this word in their title, and no page")
    options = parser.parse_args()
    logging.captureWarnings(capture=True)
    rows = [row for row in ROWS if options.only in row.title]
    ours: dict[Row, Ours] = {}
    plain: dict[Row, Plain] = {}
    for row, outcome in play(rows, seconds=options.seconds, cut=options.cut):
        if isinstance(outcome, Ours):
            ours[row] = outcome
        else:
            plain[row] = outcome
        sys.stderr.write(f"{len(ours) + len(plain)}: {row.title}: {outcome}\n")
    document = page([(row, ours[row], plain.get(row)) for row in rows], seconds=options.seconds, cut=options.cut)
    if options.only:
        sys.stdout.write(document)
    else:
        PAGE.write_text(document, encoding="utf-8")


if __name__ == "__main__":
    main()
