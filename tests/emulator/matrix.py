"""The faults that the feed must survive, as rows of a table: what happens, and how to make it happen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.emulator.faults import Faults


@dataclass(frozen=True, slots=True)
class Row:
    """A row: a `fault` of Yahoo, or trouble `around` the program (`tests.feed.surroundings`).

    `some` is the number of symbols it befalls (0: all). `warm` asks for one good refresh before it; with `stored` ours
    has one too, so that it has the history and asks for quotes in bulk. `processes` run at once and share a home.
    """

    title: str
    fault: str = ""
    endpoints: tuple[str, ...] = ()
    some: int = 0
    after: int = 0
    times: int | None = None
    warm: bool = False
    stored: bool = False
    around: str = ""
    processes: int = 1

    def play(self, faults: Faults, symbols: Sequence[str]) -> None:
        """Let it happen to the first of `symbols`, or to all; trouble around the program is not played here."""
        if self.fault:
            faults.set(
                self.fault,
                endpoints=self.endpoints,
                symbols=symbols[: self.some],
                after=self.after,
                times=self.times,
            )


ROWS = (
    Row("429 everywhere", "429"),
    Row("429 on getcrumb only", "429_getcrumb"),
    Row("429 for 2 symbols", "429", some=2),
    Row("429 after 3 charts", "429", endpoints=("chart",), after=3),
    Row("401 invalid crumb, once", "401", times=1),
    Row("401 invalid crumb, persistent", "401"),
    Row("403 everywhere", "403"),
    Row("500", "500"),
    Row("502", "502"),
    Row("503, once", "503", times=1),
    Row("503", "503"),
    Row("'Will be right back' page", "right_back"),
    Row("other HTML, 200", "html"),
    Row("bad JSON", "bad_json"),
    Row("cut JSON", "cut_json"),
    Row("consent redirect", "consent"),
    Row("proxy down", "down"),
    Row("refused", "unreachable"),
    Row("connect time-out", "no_tunnel"),
    Row("bad certificate", "bad_certificate"),
    Row("reset", "reset"),
    Row("truncated body", "truncated"),
    Row("read stall, warm", "stall", warm=True),
    Row("read stall, cold", "stall"),
    Row("getcrumb stalls", "stall_getcrumb"),
    Row("fc.yahoo.com stalls", "stall_cookie"),
    Row("trickled body", "trickle"),
    Row("result []", "empty_result"),
    Row("result null", "null_result"),
    Row("chart null", "null_chart"),
    Row("empty quote", "empty_quote"),
    Row("1 symbol delisted", "delisted", some=1),
    Row("null close, last bar", "null_close", stored=True),
    Row("close 0, adjclose fine", "zero_close", stored=True),
    Row("all-null last bar", "null_last", stored=True),
    Row("duplicate timestamps", "duplicates"),
    Row("unsorted timestamps", "unsorted"),
    Row("live bar twice, once without a close", "live_twice"),
    Row("time zone Tokyo", "tokyo"),
    Row("time zone Auckland", "auckland"),
    Row("unknown time zone", "unknown_zone"),
    Row("no time zone", "no_zone"),
    Row("no currency", "no_currency"),
    Row("negative price", "negative", stored=True),
    Row("price 0", "zero", stored=True),
    Row("price NaN", "nan", stored=True),
    Row("price infinite", "inf", stored=True),
    Row("price 1e12", "huge", stored=True),
    Row("last bar x10", "x10_last", stored=True),
    Row("history x10", "x10_history"),
    Row("high below low", "high_below_low", stored=True),
    Row("retroactive split", "retroactive_split"),
    Row("announced split not applied", "announced_split"),
    Row("reply for another symbol", "other_symbol"),
    Row("missing sessions", "missing_sessions"),
    Row("5 stale days", "stale"),
    Row("arrays of unequal length", "unequal_lengths"),
    Row("tkr-tz.db corrupt", around="corrupt_zones"),
    Row("cookies.db corrupt", around="corrupt_cookies"),
    Row("bad pickle in cookies.db", around="bad_pickle"),
    Row("caches read-only", around="read_only"),
    Row("caches locked by another process", around="locked"),
    Row("no folder for caches, and none can be made", around="no_folder"),
    Row("folder of caches not writable", around="unwritable"),
    Row("a file in place of the folder of caches", around="file"),
    Row("4 processes at once, cold caches", processes=4),
    Row("offline, no DNS", around="offline"),
    Row("stream closes normally", "stream_close"),
    Row("stream is cut off", "stream_abort"),
    Row("stream sends garbage", "stream_garbage"),
    Row("stream is silent", "stream_silence"),
    Row("stream bursts, 1000 ticks/s", "stream_burst"),
)
