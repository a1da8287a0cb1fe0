"""The real app in a process of its own, a real browser, and a page that must stay without a complaint."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests import kunstwege
from tests.browser.browsers import launch
from tests.browser.reader import Reader

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
WIDE, ZOOMED, PHONE = 1600, 800, 390  # 800 x 500 is what a magnification of 200 % leaves of 1600 x 1000
HEIGHTS = {WIDE: 1000, ZOOMED: 500, PHONE: 844}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the running atlas, started as ``make run`` starts it; its log must hold no traceback."""
    with running(tmp_path_factory.mktemp("server")) as open_at:
        yield open_at


@pytest.fixture(scope="session")
def address_with_ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an atlas whose dataset has (invented) road networks and a timetable."""
    folder = tmp_path_factory.mktemp("wege")
    with running(folder, KREIS=kunstwege.AGS, DATEN=str(kunstwege.build(folder / "daten"))) as open_at:
        yield open_at


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[str]:
    """Run the atlas with settings of its own until the end of the block."""
    port, log = free_port(), folder / "log.txt"
    nowhere = str(folder / "keine-daten")  # what was built on this machine is not looked at
    environment = {
        **os.environ,
        "DATEN": nowhere,
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "BROWSER": "nein",
        "SPEICHER": str(folder / "speicher"),
        **settings,
    }
    with log.open("w") as out:
        server = subprocess.Popen(
            [sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            wait_until_open(port, server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(10)
    assert "Traceback" not in log.read_text(), log.read_text()[-4000:]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_open(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the server answers; fail with its log when it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"Der Atlas startet nicht:\n{log.read_text()[-4000:]}")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver of the browsers."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium with WebGL in software."""
    chromium = launch(playwright)
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Callable[[int], BrowserContext]:
    """Return a function that gives the context of a window width; each is made once and keeps its cache."""
    made: dict[int, BrowserContext] = {}

    def context_of(width: int) -> BrowserContext:
        if width not in made:
            size = {"width": width, "height": HEIGHTS.get(width, 800)}
            made[width] = browser.new_context(viewport=size, locale="de-DE", accept_downloads=True)
        return made[width]

    return context_of


@pytest.fixture
def open_reader(address: str, contexts: Callable[[int], BrowserContext]) -> Iterator[Callable[..., Reader]]:
    """Return a function that opens a window; at the end of the test no window may have complained."""
    with windows(address, contexts) as open_window:
        yield open_window


@pytest.fixture
def walker(address_with_ways: str, contexts: Callable[[int], BrowserContext]) -> Iterator[Callable[..., Reader]]:
    """Return the same for the atlas with ways."""
    with windows(address_with_ways, contexts) as open_window:
        yield open_window


@contextmanager
def windows(address: str, contexts: Callable[[int], BrowserContext]) -> Iterator[Callable[..., Reader]]:
    """Give a function that opens windows on an address; at the end no window may have complained."""
    readers: list[Reader] = []

    def open_window(width: int = WIDE, context: BrowserContext | None = None) -> Reader:
        readers.append(Reader((context or contexts(width)).new_page(), address))
        return readers[-1]

    yield open_window
    complaints = [text for reader in readers for text in reader.complaints()]
    for reader in readers:
        reader.page.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def reader(open_reader: Callable[..., Reader]) -> Reader:
    """A window of a desktop screen."""
    return open_reader()
