from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import NoDataError
from core.metrics.nameable import nameable
from core.model import Problem, Rejected, Watch, unwatched
from core.panel import Bars
from core.pipeline import FetchReport, Progress, Step
from core.sessions import FixedClock
from core.settings import Settings
from core.settings_load import Loaded, load
from core.snapshot import EMPTY, Snapshot, from_json
from core.store import Store
from tests.emulator import Emulator
from tui.cli import main

Run = Callable[..., tuple[int, str, str]]

COMMANDS = "serve, snapshot, period, report, verify, fetch, backtest, warnings, config or doctor"


@dataclass
class FakePipeline:
    """Answers as it is told, and remembers what it was asked."""

    snapshot: Snapshot = EMPTY
    lacking: tuple[str, ...] = ()
    report: FetchReport = field(default_factory=lambda: FetchReport(3, 1234, ()))
    error: BaseException | None = None
    opened: list[tuple[Settings, date | None]] = field(default_factory=list)
    since: list[date | None] = field(default_factory=list)
    closed: int = 0

    def open(self, settings: Settings, *, as_of: date | None = None, watch: Watch = unwatched) -> FakePipeline:
        self.opened.append((settings, as_of))
        return self

    def refresh(self) -> Snapshot:
        if self.error:
            raise self.error
        return self.snapshot

    def incomplete(self, snapshot: Snapshot) -> tuple[str, ...]:
        assert snapshot is self.snapshot
        return self.lacking

    def fetch(self, since: date | None, progress: Progress) -> FetchReport:
        self.since.append(since)
        for done in range(1, 31):
            progress(Step(done, 30, f"S{done}"))
        return self.report

    def close(self) -> None:
        self.closed += 1


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's own configuration or store takes part; it is 2026-01-12 in New York."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setattr("tui.cli_arguments.exchange_day", lambda: date(2026, 1, 12))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line; give its exit code, output and error output."""

    def run(*argv: str) -> tuple[int, str, str]:
        code = main(argv)
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> FakePipeline:
    fake = FakePipeline()
    monkeypatch.setattr("core.pipeline.open_pipeline", fake.open)
    return fake


def tapeboard(*argv: str, **options: Any) -> subprocess.Popen[str]:
    """The real program in a process of its own."""
    code = "import sys; from tui.cli import main; sys.exit(main())"
    return subprocess.Popen(
        [sys.executable, "-c", code, *argv],
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **options},
    )


class TestArguments:
    @pytest.mark.parametrize(
        ("argv", "message"),
        [
            (
                "snapsot",
                f'COMMAND: expected {COMMANDS}, found "snapsot", did you mean "snapshot"?',
            ),
            (
                "xyz",
                f'COMMAND: expected {COMMANDS}, found "xyz"',
            ),
            ("--fed files", 'unknown option "--fed", did you mean "--feed"?'),
            ("snapshot --fromat=json", 'unknown option "--fromat", did you mean "--format"?'),
            ("--form json", 'unknown option "--form", did you mean "--format"?'),
            ("config --format json", '"--format" has no place in tapeboard config'),
            ("-x", '"-x" has no place in tapeboard'),
            ("snapshot more", '"more" has no place in tapeboard snapshot'),
            (
                "--feed yaho",
                '--feed: expected auto, yahoo, alpaca, files or simulated, found "yaho", did you mean "yahoo"?',
            ),
            ("snapshot --format jsn", '--format: expected json or text, found "jsn", did you mean "json"?'),
            ("snapshot --as-of 2026-1-9", '--as-of: expected YYYY-MM-DD, found "2026-1-9"'),
            ("snapshot --as-of 2026-02-30", '--as-of: expected YYYY-MM-DD, found "2026-02-30"'),
            ("snapshot --as-of 2026-01-13", "--as-of: expected a day up to today, 2026-01-12, found 2026-01-13"),
            ("fetch --since yesterday", '--since: expected YYYY-MM-DD, found "yesterday"'),
            ("--data=", "--data: expected a value, found nothing"),
            ("--config", "--config: expected a value, found nothing"),
            ("verify", "FILE is missing"),
            ("period --ddof x", "--ddof: expected a whole number, found 'x'"),
            ("config --quiet=1", "--quiet takes no value, found '1'"),
        ],
    )
    def test_each_mistake_is_one_line(self, run: Run, argv: str, message: str) -> None:
        command, *_rest = argv.split()
        known = command in ("snapshot", "fetch", "config", "verify", "period") and "unknown option" not in message
        program = f"tapeboard {command}" if known else "tapeboard"
        assert run(*argv.split()) == (2, "", f"tapeboard: {message}; try '{program} --help'\n")

    def test_control_characters_do_not_reach_the_terminal(self, run: Run) -> None:
        _code, _out, err = run("\x1b[31mred")
        assert "\x1b" not in err

    def test_common_options_stand_before_and_after(self, run: Run, pipeline: FakePipeline) -> None:
        run("--feed", "files", "--data", "/a", "snapshot", "--data", "/b", "--store", "none")
        settings, _as_of = pipeline.opened[0]
        assert settings.feed.name == "files"
        assert settings.feed.data == ("/a", "/b")
        assert settings.store.url == "none"

    def test_the_version(self, run: Run) -> None:
        code, out, err = run("--version")
        assert (code, out.split()[0], err) == (0, "tapeboard", "")

    def test_the_help_lists_the_commands_and_the_exit_codes(self, run: Run) -> None:
        code, out, err = run("--help")
        assert (code, err) == (0, "")
        for word in ("snapshot", "fetch", "backtest", "warnings", "config", "doctor", "--store", "Exit codes"):
            assert word in out

    def test_the_help_and_mistakes_speak_the_language_of_the_option(self, run: Run) -> None:
        _code, out, _err = run("--lang", "zh", "report", "--help")
        assert out.startswith("用法：tapeboard report")
        assert not re.search(r"usage|options|show this", out)
        assert "用法" in run("--help", "--lang=zh")[1]
        assert "'snapshot --help'" not in run("snapshot", "--as-of", "--lang", "zh")[2]
        assert "应为一个值" in run("snapshot", "--lang", "zh", "--as-of")[2]

    def test_the_help_speaks_the_language_of_the_configuration(self, run: Run, tmp_path: Path) -> None:
        file = tmp_path / "own.toml"
        file.write_text('[screen]\nlanguage = "zh"\n[screens]\nmistaken = 1\n')
        assert run("--config", str(file), "--help")[1].startswith("用法：")
        assert run("--config", str(file), "--lang", "en", "--help")[1].startswith("usage:")
        file.write_text("[screen\n")
        assert run("--config", str(file), "--help")[1].startswith("usage:")


class TestFailures:
    def test_an_error_of_ours_is_one_line_and_its_code(self, run: Run, pipeline: FakePipeline) -> None:
        pipeline.error = NoDataError("nothing at all", "give files")
        assert run("snapshot") == (3, "", "tapeboard: nothing at all: give files\n")
        assert pipeline.closed == 1

    def test_an_unforeseen_error_is_one_line(self, run: Run, pipeline: FakePipeline) -> None:
        pipeline.error = ZeroDivisionError("one\ntwo")
        expected = "unexpected error, ZeroDivisionError: one two: run again with --debug for the traceback"
        assert run("snapshot") == (1, "", f"tapeboard: {expected}\n")

    def test_debug_shows_the_traceback(self, run: Run, pipeline: FakePipeline) -> None:
        pipeline.error = ZeroDivisionError("oh")
        code, out, err = run("snapshot", "--debug")
        assert (code, out) == (1, "")
        assert err.startswith("Traceback (most recent call last):")
        assert err.endswith("\ntapeboard: unexpected error, ZeroDivisionError: oh\n")

    def test_an_interrupt_is_silent(self, run: Run, pipeline: FakePipeline) -> None:
        pipeline.error = KeyboardInterrupt()
        assert run("snapshot") == (130, "", "")
        assert pipeline.closed == 1

    def test_a_wrong_configuration_is_one_line(self, run: Run, tmp_path: Path) -> None:
        file = tmp_path / "mine.toml"
        file.write_text("[refresh]\nopen = 0\n")
        expected = "refresh.open: expected a number above 0 and at most 86400, found 0"
        assert run("snapshot", "--config", str(file)) == (2, "", f"tapeboard: {file}: {expected}\n")

    def test_a_reader_that_leaves_is_no_failure(self) -> None:
        process = tapeboard("config")
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        with process.stderr:
            assert process.stderr.read() == ""
        assert process.wait() == 0

    def test_an_output_that_cannot_be_written_is_one_line(self) -> None:
        with Path(os.devnull).open("rb") as only_readable:
            process = tapeboard("config", stdout=only_readable)
            _out, err = process.communicate()
        assert err.startswith("tapeboard: standard output cannot be written (")
        assert err.count("\n") == 1
        assert process.returncode == 1

    def test_a_closed_output_is_one_line(self) -> None:
        code = "import sys; sys.stdout = None; from tui.cli import main; sys.exit(main(['config']))"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        mend = "do not close it, or send it to a file"
        assert (done.returncode, done.stderr) == (1, f"tapeboard: standard output is closed: {mend}\n")


class TestScreen:
    def test_it_needs_a_terminal_to_write_to(self, run: Run) -> None:
        expected = "the screen needs a terminal, and standard output is none"
        mend = "use 'tapeboard snapshot' for output to a file or a pipe"
        assert run() == (2, "", f"tapeboard: {expected}: {mend}\n")

    def test_on_a_terminal_it_gets_the_settings(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        seen: list[Loaded] = []

        def show(loaded: Loaded, *, fresh: bool) -> int:
            assert not fresh
            seen.append(loaded)
            return 0

        monkeypatch.setattr("tui.launch.run", show)
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
        assert run("--feed", "simulated")[0] == 0
        assert seen[0].settings.feed.name == "simulated"


class TestSnapshot:
    def test_json_is_one_compact_line(self, run: Run, pipeline: FakePipeline) -> None:
        code, out, err = run("snapshot")
        assert (code, err) == (0, "")
        assert out.endswith("}\n")
        assert out.count("\n") == 1
        assert from_json(out.encode()).schema == 1
        assert (pipeline.opened[0][1], pipeline.closed) == (None, 1)

    def test_text_is_for_people(self, run: Run, pipeline: FakePipeline) -> None:
        code, out, _err = run("snapshot", "--format", "text")
        assert code == 0
        assert out.startswith("TAPEBOARD")

    def test_a_past_day_reaches_the_pipeline(self, run: Run, pipeline: FakePipeline) -> None:
        run("snapshot", "--as-of", "2026-01-11")
        assert pipeline.opened[0][1] == date(2026, 1, 11)

    def test_what_is_incomplete_is_printed_and_named(self, run: Run, pipeline: FakePipeline) -> None:
        pipeline.lacking = tuple(f"S{i}" for i in range(14))
        code, out, err = run("snapshot")
        assert (code, json.loads(out)["schema"]) == (4, 1)
        names = "S0, S1, S2, S3, S4, S5, S6, S7, S8, S9, S10, S11 and 2 more"
        assert err == f"tapeboard: failed or stale: 14 ({names}); 'tapeboard doctor' helps\n"

    def test_simulated_data_come_without_textual(self) -> None:
        code = (
            "import sys; from tui.cli import main; code = main(); "
            "print('textual' in sys.modules, code, file=sys.stderr)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, "snapshot", "--feed", "simulated", "--store", "none"],
            capture_output=True,
            check=True,
        )
        assert done.stderr == b"False 0\n"
        assert json.loads(done.stdout)["source"]["simulated"] is True


class TestUniverse:
    def test_one_that_does_not_exist_is_answered_with_the_nearest(self, run: Run) -> None:
        code, out, err = run("snapshot", "--universe", "sp50", "--feed", "simulated")
        assert (code, out) == (2, "")
        assert err == "tapeboard: no universe sp50: did you mean sp500?\n"

    def test_russell_needs_the_holdings_of_its_fund(self, run: Run) -> None:
        code, _out, err = run("snapshot", "--universe", "russell2000", "--feed", "simulated")
        assert code == 2
        assert "name the file of IWM under [holdings]" in err


class TestFetch:
    def test_it_says_what_it_stored(self, run: Run, pipeline: FakePipeline) -> None:
        code, out, err = run("fetch", "--data", "/x", "--since", "2025-01-01", "--quiet")
        assert (code, out, err) == (0, "symbols stored: 3, daily bars: 1,234\n", "")
        assert pipeline.since == [date(2025, 1, 1)]
        assert pipeline.closed == 1

    def test_without_a_terminal_progress_is_a_line_per_tenth(self, run: Run, pipeline: FakePipeline) -> None:
        _code, _out, err = run("fetch", "--feed", "files", "--data", "/x")
        lines = err.splitlines()
        assert lines[0] == "tapeboard: 3 of 30 symbols, S3"
        assert lines[-1] == "tapeboard: 30 of 30 symbols, S30"
        assert len(lines) == 10

    def test_on_a_terminal_progress_is_a_bar(
        self, run: Run, pipeline: FakePipeline, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        code, out, err = run("fetch", "--feed", "files", "--data", "/x")
        assert (code, out) == (0, "symbols stored: 3, daily bars: 1,234\n")
        assert "100%" in err

    def test_what_failed_is_named(self, run: Run, pipeline: FakePipeline) -> None:
        problems = (Problem("missing", "IWC", "none"), Problem("feed", None, "a folder is empty"))
        pipeline.report = FetchReport(1, 10, problems)
        code, out, err = run("fetch", "--feed", "files", "--data", "/x", "--quiet")
        assert (code, out) == (4, "symbols stored: 1, daily bars: 10\n")
        assert err == "tapeboard: failed: 2 (IWC, a folder is empty); 'tapeboard doctor' helps\n"

    def test_a_remark_is_no_failure(self, run: Run, pipeline: FakePipeline) -> None:
        pipeline.report = FetchReport(1, 10, (Problem("rejected", "^IRX", "^IRX: 7 rows dropped"),))
        code, _out, err = run("fetch", "--feed", "files", "--data", "/x")
        assert code == 0
        assert err.splitlines()[-1] == "tapeboard: remarks: 1, such as: ^IRX: 7 rows dropped"

    def test_it_needs_a_real_feed(self, run: Run) -> None:
        expected = "tapeboard: fetch needs a real feed: --feed yahoo, --feed files --data PATH\n"
        assert run("fetch", "--feed", "simulated", "--data", "/x") == (2, "", expected)

    @pytest.mark.parametrize("argv", [(), ("--feed", "auto"), ("--feed", "yahoo")])
    def test_without_files_yahoo_is_asked(self, run: Run, argv: tuple[str, ...]) -> None:
        code, out, err = run("fetch", *argv)
        assert (code, out, err.count("\n")) == (3, "", 1)
        assert err.startswith("tapeboard: Yahoo cannot be reached")

    def test_it_needs_a_store(self, run: Run) -> None:
        expected = "fetch needs a store: --store sqlite:///PATH, or no --store for your own"
        assert run("fetch", "--data", "/x", "--store", "none") == (2, "", f"tapeboard: {expected}\n")


class TestConfig:
    def test_it_lists_what_a_rule_of_the_user_may_look_at(self, run: Run) -> None:
        code, out, err = run("config", "--metrics")
        assert (code, err) == (0, "")
        names = dict(line.split(maxsplit=1) for line in out.splitlines())
        assert names == nameable()

    def test_its_output_loads_to_the_same_settings(self, run: Run, tmp_path: Path) -> None:
        mine = tmp_path / "mine.toml"
        mine.write_text('[refresh]\nopen = 20\n[watchlist]\nbig = ["AAPL"]\n')
        argv = ("--config", str(mine), "--feed", "files", "--data", "rel")
        code, out, err = run("config", *argv)
        assert (code, err) == (0, "")
        assert tomllib.loads(out)["refresh"]["open"] == 20
        assert f"open = 20.0  # from {mine}\n" in out
        again = tmp_path / "again.toml"
        again.write_text(out)
        overridden = load(mine).with_overrides(feed="files", data=("rel",))
        assert load(again).settings == overridden.settings

    def test_it_imports_neither_textual_nor_numpy(self) -> None:
        code = (
            "import sys; from tui.cli import main; main(['config']); "
            "print(*sorted({'textual', 'rich', 'numpy', 'pandas', 'sqlalchemy'} & set(sys.modules)), file=sys.stderr)"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        assert done.stderr == b"\n"


class TestDoctor:
    @pytest.fixture(autouse=True)
    def _monday_evening(self, monkeypatch: pytest.MonkeyPatch) -> None:
        clock = FixedClock(datetime(2026, 1, 13, 0, 0, tzinfo=UTC))
        monkeypatch.setattr("tui.cli_doctor.SystemClock", lambda: clock)

    def doctor(self, run: Run, *argv: str) -> tuple[int, dict[str, list[str]]]:
        """The exit code, and per subject its findings as "level text"."""
        code, out, err = run("doctor", *argv)
        assert err == ""
        findings: dict[str, list[str]] = {}
        for line in out.splitlines():
            level, subject, text = line.split(None, 2)
            findings.setdefault(subject, []).append(f"{level} {text}")
        return code, findings

    def test_a_fresh_machine_is_well(self, run: Run, tmp_path: Path) -> None:
        code, findings = self.doctor(run, "--feed", "simulated")
        assert code == 0
        config, data = tmp_path / "XDG_CONFIG_HOME/tapeboard", tmp_path / "XDG_DATA_HOME/tapeboard"
        assert findings["config"] == [f"ok the defaults; a file of your own would be {config}/config.toml"]
        assert findings["store"] == [f"note {data}/tapeboard.sqlite3 does not exist yet; 'tapeboard fetch' makes it"]
        assert "prices" not in findings
        assert findings["feed"] == ["ok simulated"]
        assert findings["versions"][0].startswith("ok tapeboard ")
        expected = "ok last finished session Mon 2026-01-12, next open Tue 2026-01-13 09:30 ET"
        assert findings["calendar"] == [expected]
        assert not data.exists()

    def test_auto_without_data_is_worth_knowing(self, run: Run) -> None:
        code, findings = self.doctor(run)
        reason = "for there are neither files nor a filled store; 'tapeboard fetch' fills it"
        assert findings["feed"] == [f"note auto: simulated until Yahoo answers, {reason}"]
        assert (code, len(findings["proxy"])) == (4, 1)

    def test_a_feed_that_cannot_be_reached_is_bad(self, run: Run) -> None:
        code, findings = self.doctor(run, "--feed", "yahoo")
        assert code == 4
        assert findings["feed"] == ["note yahoo: nothing is stored yet; 'tapeboard fetch' fills it"]
        mend = "start it, or correct or unset https_proxy"
        assert findings["proxy"] == [f"BAD 127.0.0.1:9 (https_proxy) cannot be reached, nobody listens there: {mend}"]

    def test_the_shipped_program_asks_yahoo_four_times(self, tmp_path: Path) -> None:
        with Emulator() as emulator:
            emulator.clock.follow_system()
            process = tapeboard("doctor", "--feed", "yahoo", env={**os.environ, **emulator.environment()})
            out, err = process.communicate()
            assert (process.returncode, err, emulator.log.count()) == (0, "", 4)
        assert re.search(r"ok    yahoo      answers in \d\.\d\d s: charts and quotes come\n", out)

    def test_files_that_cannot_be_read_are_listed(self, run: Run, tmp_path: Path) -> None:
        mine = tmp_path / "mine.toml"
        mine.write_text('[universe]\nshow = ["industry"]\n')
        (tmp_path / "SMH.csv").write_text("date,close\n2026-01-09,1\n2026-01-12,2\n")
        for name in ("A.csv", "B.csv"):
            (tmp_path / name).write_text("nothing, of the kind\n")
        code, findings = self.doctor(run, "--config", str(mine), "--data", str(tmp_path))
        assert code == 4
        first, second, content = findings["prices"]
        assert ("A.csv" in first, "B.csv" in second) == (True, True)
        assert content == "ok symbols: 1, up to Mon 2026-01-12"

    def test_a_wrong_configuration_does_not_end_the_checks(self, run: Run, tmp_path: Path) -> None:
        file = tmp_path / "mine.toml"
        file.write_text("[screen]\nflash = 1\nlanguage = 2\n")
        code, findings = self.doctor(run, "--config", str(file))
        assert code == 4
        first, last = findings["config"]
        assert first.startswith(f"BAD {file}: screen.language: expected ")
        assert last == f"BAD {file}: screen.flash: expected true or false, found 1; the checks below use the defaults"
        assert "calendar" in findings

    def test_files_that_lack_symbols_and_sessions_are_bad(self, run: Run, tmp_path: Path) -> None:
        file = tmp_path / "prices.csv"
        file.write_text("date,symbol,close\n2026-01-08,SPY,689.5\n2026-01-09,SPY,694.1\n")
        code, findings = self.doctor(run, "--feed", "files", "--data", str(file))
        assert (code, findings["feed"]) == (4, ["ok files"])
        lacking, stale = findings["prices"]
        assert re.match(
            r"BAD no prices for \d+ \(IWM, QQQ, DIA, .*\): give files with them, or leave them out", lacking
        )
        assert stale == (
            "BAD the newest are of Fri 2026-01-09, the last finished session was Mon 2026-01-12: "
            "fetch, or give newer files"
        )

    def test_files_that_have_all_are_well(self, run: Run, tmp_path: Path) -> None:
        mine = tmp_path / "mine.toml"
        mine.write_text('[universe]\nshow = ["industry"]\n')
        (tmp_path / "SMH.csv").write_text("date,close\n2026-01-09,1\n2026-01-12,2\n")
        code, findings = self.doctor(run, "--config", str(mine), "--data", str(tmp_path))
        assert code == 0
        assert findings["feed"] == ["ok auto: files"]
        assert findings["prices"] == ["ok symbols: 1, up to Mon 2026-01-12"]

    def test_a_path_without_files_is_bad(self, run: Run, tmp_path: Path) -> None:
        code, findings = self.doctor(run, "--feed", "files", "--data", str(tmp_path / "absent.csv"))
        assert code == 4
        assert "absent.csv" in findings["feed"][-1]
        assert findings["feed"][-1].startswith("BAD ")

    def test_a_store_tells_its_content(self, run: Run, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path}/s.sqlite3"
        ones = np.ones(1)
        days = np.array(["2026-01-09"], dtype="datetime64[D]")
        store = Store.open(url)
        at = datetime(2026, 1, 9, 22, 0, tzinfo=UTC)
        store.replace(Bars("SPY", days, ones, ones, ones, ones, ones, ones), source="files", fetched_at=at)
        store.put_rejected([Rejected("SPY", date(2026, 1, 8), "close", 0.0, "not a price")], source="files", at=at)
        store.close()
        _code, findings = self.doctor(run, "--store", url)
        size = (tmp_path / "s.sqlite3").stat().st_size / 1e6
        content = f"{size:.1f} MB, symbols: 1, last fetch Fri 2026-01-09 17:00 ET, values in quarantine: 1"
        assert findings["store"] == [f"ok {tmp_path}/s.sqlite3, {content}"]
        assert findings["feed"] == ["ok auto: store"]

    def test_a_store_that_is_none_of_ours_is_bad(self, run: Run, tmp_path: Path) -> None:
        file = tmp_path / "letter.txt"
        file.write_text("Dear reader, " * 100)
        code, findings = self.doctor(run, "--store", f"sqlite:///{file}")
        assert code == 4
        assert findings["store"][0].startswith(f"BAD {file} is not a database")

    def test_no_store_is_a_choice(self, run: Run) -> None:
        code, findings = self.doctor(run, "--feed", "simulated", "--store", "none")
        assert (code, findings["store"]) == (0, ["note none, as configured: nothing is kept"])

    def test_a_check_that_breaks_does_not_end_the_others(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(_closures: object) -> None:
            raise OSError("the disk is gone")

        monkeypatch.setattr("tui.cli_doctor.Calendar", broken)
        code, findings = self.doctor(run, "--feed", "simulated")
        assert code == 4
        assert findings["calendar"] == ["BAD unexpected error, OSError: the disk is gone"]
        assert "terminal" in findings

    @pytest.mark.parametrize(
        ("environment", "size", "expected"),
        [
            (
                {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
                (120, 35),
                ["ok 120x35, TERM=xterm-256color, COLORTERM=truecolor, utf-8"],
            ),
            (
                {"TERM": "xterm", "COLORTERM": ""},
                (79, 24),
                [
                    "BAD 79x24 is too small: make the window at least 80x24",
                    "note COLORTERM does not promise 24-bit colours; the themes are approximated",
                    "ok 79x24, TERM=xterm, COLORTERM=, utf-8",
                ],
            ),
            (
                {"TERM": "dumb", "COLORTERM": "truecolor"},
                (80, 24),
                [
                    'BAD TERM is "dumb": export TERM=xterm-256color in a terminal that can draw',
                    "ok 80x24, TERM=dumb, COLORTERM=truecolor, utf-8",
                ],
            ),
        ],
    )
    def test_the_terminal(
        self,
        run: Run,
        monkeypatch: pytest.MonkeyPatch,
        environment: dict[str, str],
        size: tuple[int, int],
        expected: list[str],
    ) -> None:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size(size))
        _code, findings = self.doctor(run, "--feed", "simulated")
        assert [line.lower() for line in findings["terminal"]] == [line.lower() for line in expected]

    def test_a_locale_without_utf8_is_bad(self) -> None:
        environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
        process = tapeboard("doctor", "--feed", "simulated", env=environment, encoding="latin-1")
        out, err = process.communicate()
        assert (process.returncode, err) == (4, "")
        assert re.search("BAD   terminal   the locale is .*1, not UTF-8: export LC_ALL=C.UTF-8\n", out)


class TestInvented:
    @pytest.mark.parametrize("command", ["snapshot", "period --from 2025-12-01 --to 2026-01-09"])
    def test_numbers_that_nobody_asked_to_invent_say_so(self, run: Run, command: str) -> None:
        code, out, err = run(*command.split(), "--store", "none")
        assert (code, bool(out)) == (4, True)
        assert err.startswith("tapeboard: Yahoo does not answer and nothing is stored, these numbers are invented: ")

    def test_who_asked_for_it_is_not_told(self, run: Run) -> None:
        code, _out, err = run("snapshot", "--feed", "simulated")
        assert (code, err) == (0, "")


class TestNothingToShow:
    def test_a_file_without_a_watched_symbol_says_what_it_has(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "ZZZZ.csv").write_text("date,close\n2026-01-08,10\n2026-01-09,11\n", encoding="utf-8")
        code, _out, err = run("snapshot", "--feed", "files", "--data", str(tmp_path), "--as-of", "2026-01-09")
        assert code == 3
        assert "no price of a watched symbol" in err
        assert "the feed has 1 others: watch them under [watchlist]" in err

    def test_a_period_after_the_data_says_where_they_end(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "SPY.csv").write_text("date,close\n2026-01-08,10\n2026-01-09,11\n", encoding="utf-8")
        days = ("--from", "2026-01-05", "--to", "2026-01-12")
        code, _out, err = run("period", *days, "--feed", "files", "--data", str(tmp_path))
        assert code == 3
        assert err == "tapeboard: there is no price on 2026-01-12: the prices end on 2026-01-09\n"
