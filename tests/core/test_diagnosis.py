"""What keeps this computer from Yahoo, told apart before the emulator: one line each, few requests, no hanging."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest

from core import diagnosis
from core.diagnosis import BAD, NOTE, OK, Finding, diagnose
from core.feeds.yahoo_session import GuardedSession
from core.sessions import SystemClock
from tests.core.feeds.yahoo_rig import SHIPPED
from tests.emulator import Emulator

REQUESTS = 4
"""A doctor who asks more makes the patient worse."""


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        running.clock.follow_system()
        yield running


@contextmanager
def place(emulator: Emulator, changes: Mapping[str, str]) -> Iterator[None]:
    """The environment that leads to the emulator, with these changes."""
    with mock.patch.dict(os.environ, emulator.environment() | dict(changes)):
        yield


def found(emulator: Emulator, **changes: str) -> dict[str, Finding]:
    """The findings by subject."""
    with place(emulator, changes):
        findings = list(diagnose(SHIPPED, SystemClock()))
    assert len({finding.subject for finding in findings}) == len(findings), "one line each"
    assert emulator.log.count() <= REQUESTS
    return {finding.subject: finding for finding in findings}


def bad(findings: dict[str, Finding]) -> list[str]:
    return [subject for subject, finding in findings.items() if finding.level == BAD]


def test_when_all_is_well_it_tells_how_fast(emulator: Emulator) -> None:
    findings = found(emulator)
    assert [finding.level for finding in findings.values()] == [OK, OK, OK]
    assert findings["yahoo"].text.startswith("answers in 0.")
    assert findings["yahoo"].text.endswith("charts and quotes come")
    assert emulator.log.count() == REQUESTS


@pytest.mark.parametrize(
    ("fault", "subject", "words"),
    [
        ("down", "proxy", "nobody listens there: start it, or correct or unset"),
        ("unreachable", "proxy", "gives no way to Yahoo (502): have *.yahoo.com permitted there"),
        ("bad_certificate", "cert", "not trusted by the authorities in force (REQUESTS_CA_BUNDLE="),
        ("429", "refusal", "Yahoo refuses (429): the screen tries again by itself, at "),
        ("403", "refusal", "Yahoo refuses (403): try again in an hour, without a VPN, or from another network"),
        ("401", "refusal", "Yahoo refuses (401): "),
        ("consent", "refusal", "Yahoo asks for consent to its cookies"),
        ("503", "yahoo", "Yahoo fails (503): nothing to mend here"),
        ("right_back", "yahoo", "Yahoo is down for maintenance: nothing to mend here"),
        ("html", "yahoo", "(a page, not data): something else may answer in its place"),
        ("reset", "network", "Yahoo cannot be reached: something breaks the connection off"),
    ],
)
def test_each_trouble_has_a_name_and_a_mend(emulator: Emulator, fault: str, subject: str, words: str) -> None:
    emulator.faults.set(fault)
    findings = found(emulator)
    assert bad(findings) == [subject]
    assert words in findings[subject].text


@pytest.mark.parametrize(
    ("fault", "subject", "words"),
    [
        ("no_tunnel", "proxy", "gives no way to Yahoo (it does not answer)"),
        ("stall", "network", "Yahoo does not answer in time: it is slow, or a firewall"),
        ("trickle", "network", "Yahoo does not answer in time"),
    ],
)
def test_what_hangs_is_given_up(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, fault: str, subject: str, words: str
) -> None:
    monkeypatch.setattr(diagnosis, "STEP", 0.5)
    emulator.faults.set(fault)
    findings = found(emulator)
    assert bad(findings) == [subject]
    assert words in findings[subject].text


def test_all_steps_share_one_time(emulator: Emulator) -> None:
    """Each of them stalls in turn, and none gets more than is left."""
    with place(emulator, {}), mock.patch.object(diagnosis, "PATIENCE", 0.0):
        emulator.faults.set("stall_cookie")
        sent: list[float] = []
        real = GuardedSession._send

        def send(session: GuardedSession, timeout: float, *rest: object) -> object:
            sent.append(timeout)
            return real(session, timeout, *rest)  # type: ignore[arg-type] # passed on as they came

        with mock.patch.object(GuardedSession, "_send", send):
            list(diagnose(SHIPPED, SystemClock()))
    assert sent == [0.5, 0.5]


@pytest.mark.parametrize(("fault", "endpoints"), [("unreachable", ["cookie"]), ("bad_certificate", ["cookie"])])
def test_a_blocked_cookie_is_told_from_a_blocked_yahoo(emulator: Emulator, fault: str, endpoints: list[str]) -> None:
    emulator.faults.set(fault, endpoints=endpoints)
    findings = found(emulator)
    assert bad(findings) == ["cookie"]
    assert findings["cookie"].text == (
        "fc.yahoo.com cannot be reached, while charts can: permit it in the blocker of advertisements or its DNS"
    )
    assert findings["yahoo"].text.endswith("charts come, quotes of many symbols at once do not")


def test_no_crumb_is_worth_knowing_and_passes(emulator: Emulator) -> None:
    emulator.faults.set("429_getcrumb")
    findings = found(emulator)
    assert (bad(findings), findings["cookie"].level) == ([], NOTE)
    assert "Yahoo gives no crumb (Yahoo refuses (429)): until it does" in findings["cookie"].text


def test_a_refusal_of_quotes_alone_is_told(emulator: Emulator) -> None:
    emulator.faults.set("429", endpoints=["quote"])
    findings = found(emulator)
    assert (bad(findings), findings["yahoo"].level) == (["refusal"], OK)


@pytest.mark.parametrize(("minutes", "words"), [(-10, "10 min ahead of"), (10, "10 min behind")])
def test_a_wrong_clock_is_told_even_by_a_refusal(emulator: Emulator, minutes: int, words: str) -> None:
    emulator.faults.set("429")
    emulator.clock.set(SystemClock().now() + timedelta(minutes=minutes), running=True)
    findings = found(emulator)
    assert bad(findings) == ["refusal", "clock"]
    assert findings["clock"].text.startswith(f"this clock is {words} Yahoo's: set it right")


def test_two_minutes_are_near_enough(emulator: Emulator) -> None:
    emulator.clock.set(SystemClock().now() + timedelta(seconds=100), running=True)
    assert found(emulator)["clock"].level == OK


def test_an_authority_that_is_not_there_is_named(emulator: Emulator, tmp_path: Path) -> None:
    absent = str(tmp_path / "absent.pem")
    findings = found(emulator, CURL_CA_BUNDLE=absent, REQUESTS_CA_BUNDLE=absent, SSL_CERT_FILE=absent)
    assert bad(findings) == ["cert"]
    assert f"CURL_CA_BUNDLE={absent}" in findings["cert"].text
    assert findings["cert"].text.startswith("no file there: ")


def test_the_password_of_a_proxy_is_not_told(emulator: Emulator) -> None:
    emulator.faults.set("unreachable")
    secret = emulator.proxy.replace("http://", "http://me:hunter2@")
    findings = found(emulator, HTTPS_PROXY=secret, https_proxy=secret)
    assert f"127.0.0.1:{emulator.port} (https_proxy)" in findings["proxy"].text
    assert "hunter2" not in str(findings)


def test_without_a_network_the_name_is_not_found(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(*_args: object, **_kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", offline)
    none = dict.fromkeys(("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"), "")
    findings = found(emulator, **none)
    assert bad(findings) == ["network"]
    assert findings["network"].text.startswith("the name query2.finance.yahoo.com is not found: connect this computer")
    proxied = found(emulator, HTTPS_PROXY="http://absent.example:3128", https_proxy="http://absent.example:3128")
    assert "absent.example:3128 (https_proxy) cannot be reached, its name is not found" in proxied["proxy"].text


def test_a_resolver_that_hangs_is_left_behind(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: over.wait())
    monkeypatch.setattr(diagnosis, "STEP", 0.05)
    none = dict.fromkeys(("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"), "")
    try:
        assert bad(found(emulator, **none)) == ["network"]
    finally:
        over.set()
