"""Notices: what is news, told once; sent once to a server of this computer, tried again, never with its secret."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.errors import SettingsError, StoreError, UsageError
from core.messenger import digest, masked, named, send
from core.notices import CLAIM, FIRST, MOST, Delivery, Notices, due, trial
from core.sessions import FixedClock
from core.settings import NotifySettings
from core.settings_dump import to_toml
from core.settings_load import load
from core.snapshot import EMPTY, ProblemNote, RiskWarning, Snapshot, Source
from core.store import Store
from tests.core.fakes import FRIDAY, clock_at
from tests.core.store_builders import url_of

pytest.importorskip("apprise", reason="the extra notify is not installed")

# At its first use apprise imports a hundred plugins and what they need, some of which deprecate things of each other.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

SECRET = "hunter2token"  # noqa: S105 - an invented one, which must show nowhere
THURSDAY = date(2026, 1, 8)


@dataclass
class Received:
    """What a server was sent, and the codes it answers with, the last one again and again."""

    codes: list[int] = field(default_factory=lambda: [200])
    bodies: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""
    asked: Callable[[], object] = lambda: None
    """What happens between a request and its answer, the first time."""


@pytest.fixture
def received() -> Iterator[Received]:
    found = Received()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            asked, found.asked = found.asked, lambda: None
            asked()
            self.send_response(found.codes.pop(0) if len(found.codes) > 1 else found.codes[0])
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        found.url = f"json://user:{SECRET}@127.0.0.1:{server.server_port}/hook/{SECRET}"
        yield found
        server.shutdown()
        thread.join()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.open(url_of(tmp_path / "tapeboard.sqlite3"))) as opened:
        yield opened


def settings(*urls: str, **changes: Any) -> NotifySettings:
    plain = NotifySettings(bell=True, toast=True, least="watch", provisional=False, urls=urls)
    return msgspec.structs.replace(plain, **changes)


def warning(**changes: Any) -> RiskWarning:
    raised = RiskWarning(
        id="W19", subject="SPY", title="Drawdown", state="WATCH", since=FRIDAY, sessions=1, text="-5.2 %   x 1",
        condition="close -5 % or more below", history={"text": "History: fired once"},
    )  # fmt: skip
    return msgspec.structs.replace(raised, **changes)


def snapshot(*warnings: RiskWarning, **changes: Any) -> Snapshot:
    plain = Snapshot(session=FRIDAY, session_status="final", source=Source(feed="yahoo", simulated=False))
    return msgspec.structs.replace(plain, warnings=warnings or (warning(),), **changes)


def names(found: tuple[Any, ...]) -> list[tuple[str, str]]:
    return [(notice.key.rule, notice.key.state) for notice in found]


def looked(
    store: Store | None, *found: RiskWarning, urls: tuple[str, ...] = (), clock: FixedClock | None = None
) -> Notices:
    """Those of a run whose screen has shown these warnings first."""
    made = Notices(store, settings(*urls), "core", clock or clock_at(FRIDAY, "20:00"))
    made.see(snapshot(*found), ())
    made.told()
    return made


def notices(*urls: str, store: Store | None = None, clock: FixedClock | None = None) -> Notices:
    return looked(store, warning(), urls=urls, clock=clock)


@pytest.mark.parametrize(
    ("found", "news"),
    [
        (warning(), True),
        (warning(state="WARNING"), True),
        (warning(state="INFO"), False),
        (warning(state="CLEAR"), False),
        (warning(sessions=5, since=date(2026, 1, 5)), True),
        (warning(sessions=6, since=date(2026, 1, 2)), False),
        (warning(provisional=True), False),
        (warning(provisional=True, since=THURSDAY, sessions=6), True),
        (warning(acknowledged=True), False),
        (warning(muted_until=FRIDAY), False),
        (warning(since_at_least=True), False),
    ],
)
def test_news_is_what_a_final_session_raised_lately(found: RiskWarning, news: bool) -> None:
    assert bool(due(snapshot(found), settings(), "core", (), 5)) is news


def test_what_is_asked_for_is_news() -> None:
    provisional = snapshot(warning(provisional=True))
    assert due(provisional, settings(provisional=True), "core", (), 5)
    both = snapshot(warning(), warning(id="W04", state="WARNING"))
    assert names(due(both, settings(least="warning"), "core", (), 5)) == [("W04", "WARNING")]


def test_what_eases_is_no_news_nor_are_old_files() -> None:
    key = ("W19", "SPY")
    assert due(snapshot(), settings(), "core", {key}, 5) == ()
    assert due(snapshot(warning(state="WARNING")), settings(), "core", {key}, 5)
    files = snapshot(session_status="stale", source=Source(feed="files", simulated=False))
    assert due(files, settings(), "core", (), 5) == ()


def test_what_stands_there_at_the_first_look_is_no_news_for_the_screen(store: Store) -> None:
    assert looked(store, warning()).told() == ()
    assert looked(None, warning()).told() == ()


def test_each_transition_is_told_once_in_a_run_and_after_a_restart(store: Store) -> None:
    first = looked(store, warning())
    first.see(snapshot(warning(state="WARNING")), ())
    assert names(first.told()) == names(first.told()) == [("W19", "WARNING")]
    assert looked(store, warning(state="WARNING")).told() == ()
    assert looked(None, warning(state="WARNING")).told() == (), "without a store nothing is remembered"


def test_what_was_raised_since_the_last_look_is_told_at_the_start(store: Store) -> None:
    looked(store, warning(state="CLEAR"))
    assert names(looked(store, warning(), warning(id="W04", state="WARNING")).told()) == [
        ("W19", "WATCH"),
        ("W04", "WARNING"),
    ]
    assert looked(store, warning()).told() == ()


def test_a_notice_goes_out_once_with_all_that_is_known(received: Received, store: Store) -> None:
    made = notices(received.url, store=store)
    for _refresh in range(3):
        made.see(snapshot(), ())
        made.told()
        assert made.deliver() == Delivery()
    (body,) = received.bodies
    assert body["title"] == "Tapeboard: W19 Drawdown SPY: WATCH since 2026-01-09"
    assert body["message"].endswith("-5.2 % · x 1. Rule: close -5 % or more below. History: fired once")
    assert notices(received.url, store=store).deliver() == Delivery()
    assert len(received.bodies) == 1


def test_several_at_once_are_one_message(received: Received) -> None:
    made = notices(received.url)
    made.see(snapshot(warning(), warning(id="W04", state="WARNING")), ())
    made.told()
    made.deliver()
    assert [body["title"] for body in received.bodies] == ["Tapeboard: 2 warnings"]


def test_a_failure_is_told_and_tried_again_after_a_while_that_doubles(received: Received, store: Store) -> None:
    received.codes = [500, 403, 200]
    clock = clock_at(FRIDAY, "20:00")
    made = notices(received.url, store=store, clock=clock)
    first = FIRST.total_seconds()
    assert made.deliver() == Delivery("not sent, json://…: the service answered 500", first)
    clock.advance(10)
    assert made.deliver().wait == first - 10
    assert len(received.bodies) == 1, "it was too early"
    clock.advance(first - 10)
    assert made.deliver() == Delivery("not sent, json://…: the service answered 403", 2 * first)
    (problem,) = made.marked(snapshot()).source.problems
    assert (problem.kind, problem.text) == ("notify", "not sent, json://…: the service answered 403")
    clock.advance(2 * first)
    assert made.deliver() == Delivery()
    assert len(received.bodies) == 3
    assert made.marked(made.marked(snapshot())).source.problems == ()


def test_a_failure_replaces_the_one_before_and_leaves_other_problems() -> None:
    late = ProblemNote(kind="late", text="late")
    plain = snapshot(source=Source(feed="yahoo", simulated=False, problems=(late,)))
    failed = Delivery("not sent").applied(Delivery("not sent yet").applied(plain))
    assert [note.text for note in failed.source.problems] == ["late", "not sent"]
    assert Delivery("not sent").applied(failed) is failed
    assert Delivery().applied(failed).source.problems == (late,)
    assert Delivery("not sent").applied(EMPTY) is EMPTY


def test_of_two_terminals_on_one_store_one_sends(received: Received, tmp_path: Path) -> None:
    """The second asks while the first is sending, and then once more."""
    url = url_of(tmp_path / "shared.sqlite3")
    with closing(Store.open(url)) as one, closing(Store.open(url)) as other:
        first, second = (notices(received.url, store=store) for store in (one, other))
        meanwhile: list[Delivery] = []
        received.asked = lambda: meanwhile.append(second.deliver())
        assert first.deliver() == Delivery()
        assert meanwhile == [Delivery("", FIRST.total_seconds())]
        assert second.deliver() == Delivery()
        assert len(received.bodies) == 1


def test_what_one_terminal_could_not_send_the_other_sends(received: Received, tmp_path: Path) -> None:
    received.codes = [500, 200]
    url = url_of(tmp_path / "shared.sqlite3")
    with closing(Store.open(url)) as one, closing(Store.open(url)) as other:
        first, second = (notices(received.url, store=store) for store in (one, other))
        assert first.deliver().failure
        assert second.deliver() == Delivery()
        assert len(received.bodies) == 2


def test_what_a_terminal_was_sending_when_it_was_killed_is_sent_after_a_while(
    received: Received, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_message: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("core.notices.send", killed)
    monkeypatch.setattr(store, "settle_notices", lambda *_claim: None)
    with pytest.raises(KeyboardInterrupt):
        notices(received.url, store=store).deliver()
    monkeypatch.undo()
    clock = clock_at(FRIDAY, "20:00")
    later = notices(received.url, store=store, clock=clock)
    assert later.deliver().wait == FIRST.total_seconds()
    assert received.bodies == []
    clock.advance(CLAIM.total_seconds())
    assert later.deliver() == Delivery()
    assert len(received.bodies) == 1


def test_a_store_that_refuses_a_claim_is_a_failure_that_is_tried_again(
    received: Received, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_claim: object) -> object:
        raise StoreError("the store is locked", "")

    clock = clock_at(FRIDAY, "20:00")
    made = notices(received.url, store=store, clock=clock)
    monkeypatch.setattr(store, "claim_notices", locked)
    assert made.deliver() == Delivery("not sent, json://…: the store is locked", FIRST.total_seconds())
    monkeypatch.undo()
    clock.advance(FIRST.total_seconds())
    assert made.deliver() == Delivery()
    assert len(received.bodies) == 1


def test_a_clock_that_was_set_back_does_not_lengthen_the_wait() -> None:
    clock = clock_at(FRIDAY, "20:00")
    made = notices("nonsense://x", clock=clock)
    made.deliver()
    clock.advance(-86_400)
    assert made.deliver().wait == 2 * FIRST.total_seconds()


def test_the_wait_has_an_end() -> None:
    clock = clock_at(FRIDAY, "20:00")
    made = notices("nonsense://x", clock=clock)
    waits = []
    for _try in range(12):
        found = made.deliver()
        assert found.wait is not None
        waits.append(found.wait)
        clock.advance(found.wait)
    assert waits[:3] == [30, 60, 120]
    assert waits[-1] == MOST.total_seconds()


def test_who_got_it_does_not_get_it_again_when_another_failed(received: Received, store: Store) -> None:
    clock = clock_at(FRIDAY, "20:00")
    made = notices(received.url, "nonsense://x", store=store, clock=clock)
    assert made.deliver().failure == "not sent, nonsense://…: no address that apprise knows"
    clock.advance(FIRST.total_seconds())
    made.deliver()
    assert len(received.bodies) == 1


def test_simulated_data_never_go_out(received: Received) -> None:
    made = notices(received.url)
    made.see(snapshot(source=Source(feed="simulated", simulated=True)), ())
    made.told()
    assert made.deliver() == Delivery()
    assert received.bodies == []


def test_nobody_who_answers_is_no_answer(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    with caplog.at_level(logging.DEBUG):
        reason = send(f"json://user:{SECRET}@127.0.0.1:9/{SECRET}", "t", "b")
    assert reason == "no answer"
    assert SECRET not in caplog.text + "".join(capfd.readouterr())


def test_a_defect_inside_apprise_is_named_without_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: object, **_named: object) -> bool:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("apprise.Apprise.notify", broken)
    assert send("json://127.0.0.1:9", "t", "b") == "RuntimeError inside apprise"


def test_an_address_shows_its_kind_only() -> None:
    assert masked(f"ntfys://{SECRET}@host/{SECRET}") == "ntfys://…"
    assert masked(SECRET) == masked(f"{SECRET * 9}://x") == "://…"
    assert named(["json://a", "json://b", "ntfy://c"]) == ["json://… (1)", "json://… (2)", "ntfy://…"]
    assert SECRET not in digest(SECRET)


def test_the_configuration_shows_no_address(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'[notify]\nurls = ["json://user:{SECRET}@host"]\n', encoding="utf-8")
    loaded = load(file)
    assert loaded.settings.notify.urls == (f"json://user:{SECRET}@host",)
    assert 'urls = ["json://…"]' in to_toml(loaded)
    assert SECRET not in to_toml(loaded)


@pytest.mark.parametrize("value", [f'"json://{SECRET}"', f'[["{SECRET}"]]', f'{{a = "{SECRET}"}}'])
def test_a_mistake_in_an_address_does_not_show_it(value: str, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"[notify]\nurls = {value}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="expected a list of addresses of apprise") as caught:
        load(file)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [f'notify = "ntfy://{SECRET}"', f'[notify]\nbell = "ntfy://{SECRET}"', f'[notify]\nleast = "ntfy://{SECRET}"'],
)
def test_nor_does_one_in_the_wrong_place(text: str, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match="found something else, which is kept secret") as caught:
        load(file)
    assert SECRET not in str(caught.value)


def test_a_misspelt_key_is_shown_without_its_value(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'[notify]\nurl = ["ntfy://{SECRET}"]', encoding="utf-8")
    with pytest.raises(SettingsError, match='found "url": did you mean "urls"') as caught:
        load(file)
    assert SECRET not in str(caught.value)


def test_a_trial_tells_of_every_address(received: Received) -> None:
    told, whole = trial(settings(received.url, "nonsense://x"))
    assert told == ["json://…: sent", "nonsense://…: no address that apprise knows"]
    assert not whole
    assert received.bodies[0]["title"] == "Tapeboard: a test"
    assert trial(settings(received.url)) == (["json://…: sent"], True)
    with pytest.raises(UsageError, match="no address to notify"):
        trial(settings())
