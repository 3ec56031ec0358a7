"""The screen in a browser: what the command refuses, what the page lets in, and a real Chromium that presses keys."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.chrome.options import Options as ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.support.wait import WebDriverWait

from core.settings_load import load
from tui.cli import main
from tui.cli_arguments import parse
from tui.cli_serve import _passed_on
from tui.web.server import is_foreign, is_local

PATIENCE = 60.0
"""Seconds until something that is waited for counts as never coming."""
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
PROGRAM = (sys.executable, "-c", "import sys; from tui.cli import main; sys.exit(main())")

RECORDER = """
window.received = "";
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    const decoder = new TextDecoder();
    this.addEventListener("message", (event) => {
      if (typeof event.data !== "string") window.received += decoder.decode(event.data, { stream: true });
    });
  }
};
"""
"""Keeps what the page is sent for its terminal, which draws it on a canvas."""

HARMLESS = re.compile(r"\x1b\[[0-9;?<=>]*[A-Za-z]|\x1b\][^\x07]*\x07")


@pytest.fixture
def served() -> Iterator[str]:
    """The address of a server over simulated data."""
    command = [*PROGRAM, "serve", "--feed", "simulated", "--store", "none", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, line
        yield found.group()
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
        assert process.stderr.read() == ""


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[webdriver.Chrome]:
    """A headless Chromium with a profile of its own."""
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("no browser: chromium and chromedriver are not installed")
    options = ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (
        *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
        *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
        *("--disable-dev-shm-usage", "--window-size=1500,900", f"--user-data-dir={tmp_path / 'profile'}"),
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": RECORDER})
        yield driver
    finally:
        driver.quit()


class Page:
    """The served page: its keys, and what its terminal got."""

    def __init__(self, driver: webdriver.Chrome, address: str) -> None:
        self.driver = driver
        self._seen = 0
        driver.get(address)

    def wait_for(self, *words: str) -> None:
        """Wait until the terminal has got all these words since the last key."""

        def there(_driver: object) -> bool:
            text = HARMLESS.sub("", self.received()[self._seen :])
            return all(word in text for word in words)

        try:
            WebDriverWait(self.driver, PATIENCE, 0.1).until(there)
        except TimeoutException:
            pytest.fail(f"not all of {words} in {self.received()[self._seen :]!r}")

    def press(self, key: str, *words: str) -> bytes:
        """Press a key, wait for what it brings, and photograph it."""
        self._seen = len(self.received())
        ActionChains(self.driver).send_keys(key).perform()
        self.wait_for(*words)
        return self.driver.get_screenshot_as_png()

    def received(self) -> str:
        return str(self.driver.execute_script("return window.received"))


def test_a_browser_shows_the_screen_and_has_its_keys(served: str, browser: webdriver.Chrome) -> None:
    page = Page(browser, served)
    page.wait_for("SIMULATED", "Leadership", "Sectors")
    pictures = [browser.get_screenshot_as_png()]
    pictures.append(page.press("5", "Quadrant"))
    pictures.append(page.press("z", "RS-ratio"))
    pictures.append(page.press("?", "Keys"))
    assert len(set(pictures)) == len(pictures), "the canvas shows what has come"
    assert _asked(browser) <= {served.removeprefix("http://")}, "nothing comes from elsewhere"
    assert [entry for entry in logged(browser, "browser") if entry["level"] == "SEVERE"] == []
    page.press("?")
    ActionChains(browser).send_keys("q").perform()
    WebDriverWait(browser, PATIENCE).until(lambda driver: "Start again" in driver.find_element("tag name", "body").text)


def logged(browser: webdriver.Chrome, kind: str) -> list[dict[str, str]]:
    entries: list[dict[str, str]] = browser.execute("getLog", {"type": kind})["value"]
    return entries


def _asked(browser: webdriver.Chrome) -> set[str]:
    """The hosts, with their ports, that the page has asked for anything."""
    events = (entry["message"] for entry in logged(browser, "performance"))
    urls = {
        url
        for event in events
        if "Network.requestWillBeSent" in event or "Network.webSocketCreated" in event
        for url in re.findall(r'"url":"(?:https?|wss?)://([^/"]+)', event)
    }
    assert urls
    return urls


def test_a_page_may_load_from_here_only(served: str) -> None:
    with urllib.request.urlopen(served) as answer:  # noqa: S310 - the address is ours
        policy, page = answer.headers["Content-Security-Policy"], answer.read().decode()
    assert policy.startswith("default-src 'self'")
    assert set(re.findall(r"\w+://[^/\"]+", page)) == {served.replace("http", "ws")}


@pytest.mark.parametrize("header", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_another_page_cannot_reach_in(served: str, header: dict[str, str]) -> None:
    request = urllib.request.Request(f"{served}/ws", headers=header)  # noqa: S310 - the address is ours
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(request)  # noqa: S310 - likewise


@pytest.mark.parametrize(
    ("asked", "origin", "served_at", "foreign"),
    [
        ("127.0.0.1:8000", None, "127.0.0.1", False),
        ("localhost:8000", "http://localhost:8000", "127.0.0.1", False),
        ("[::1]:8000", "http://[::1]:8000", "::1", False),
        ("127.0.0.1:8000", "http://127.0.0.1:9000", "127.0.0.1", True),
        ("rebound.example:8000", "http://rebound.example:8000", "127.0.0.1", True),
        ("desk.lan:8000", "http://desk.lan:8000", "0.0.0.0", False),  # noqa: S104 - what a user may ask for
        ("desk.lan:8000", "http://evil.example", "0.0.0.0", True),  # noqa: S104 - likewise
        ("", None, "127.0.0.1", True),
    ],
)
def test_who_is_let_in(asked: str, origin: str | None, served_at: str, *, foreign: bool) -> None:
    assert is_foreign(asked, origin, served_at) is foreign


def test_what_is_local() -> None:
    assert all(map(is_local, ("127.0.0.1", "127.3.2.1", "::1", "localhost")))
    assert not any(map(is_local, ("0.0.0.0", "desk.lan", "")))  # noqa: S104 - nothing listens there


def test_other_hosts_are_warned_of(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.web.server.serve", lambda *_given: None)
    monkeypatch.setattr("tui.cli_serve._listen", lambda _host, _port: socket.create_server(("127.0.0.1", 0)))
    assert main(["serve", "--feed", "simulated"]) == 0
    assert "no password" not in capsys.readouterr().err
    assert main(["serve", "--feed", "simulated", "--host", "0.0.0.0"]) == 0  # noqa: S104 - nothing listens there
    assert "whoever can reach 0.0.0.0 sees this screen and has its keys" in capsys.readouterr().err


def test_a_port_in_use_is_one_line_with_the_mend(capsys: pytest.CaptureFixture[str]) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 2
    told = capsys.readouterr().err
    assert told == (
        f"tapeboard: cannot listen at 127.0.0.1, port {port} (Address already in use): "
        "name another one with --host or --port\n"
    )


def test_a_host_that_does_not_exist_is_one_line_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_asked: object, **_how: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert main(["serve", "--host", "nowhere"]) == 2
    assert "cannot listen at nowhere, port 8000 (Name or service not known): name" in capsys.readouterr().err


def test_a_missing_package_is_one_line_with_the_mend(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    monkeypatch.delitem(sys.modules, "tui.web.server")
    assert main(["serve"]) == 2
    assert capsys.readouterr().err == (
        "tapeboard: the screen in a browser needs textual-serve: pip install 'tapeboard[web]'\n"
    )


@pytest.mark.parametrize("port", ["-1", "65536", "x", "80.5"])
def test_a_port_is_a_number(capsys: pytest.CaptureFixture[str], port: str) -> None:
    assert main(["serve", f"--port={port}"]) == 2
    assert "expected a port up to 65535" in capsys.readouterr().err


def test_a_mistake_in_the_configuration_is_told_at_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('[screen]\ntheme = "tapeboard-drak"\n')
    assert main(["serve", "--config", str(mine)]) == 2
    assert 'did you mean "tapeboard-dark"?' in capsys.readouterr().err


def test_the_options_of_the_screen_are_passed_on(tmp_path: Path) -> None:
    mine = tmp_path / "with a blank.toml"
    mine.write_text("")
    given = ["--config", str(mine), "--feed", "files", "--data", "a.csv", "--store", "none"]
    options = parse([*given, "serve", "--data", "b b.csv", "--lang", "zh", "--universe", "sp500", "--port", "8123"])
    passed = parse(list(_passed_on(options)))
    assert passed.command == ""
    assert (passed.config, passed.feed, passed.store) == (mine, "files", "none")
    assert (passed.data, passed.lang, passed.universe) == (("a.csv", "b b.csv"), "zh", "sp500")
    assert load(passed.config).user_file == mine
