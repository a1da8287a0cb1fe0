"""The browser of the bench: Chromium with WebGL in software, a tab per map, one switch at a time."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Request, sync_playwright

FLAGS = (
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SCRIPT = Path(__file__).with_name("measure.js")
PATIENCE_MS = 90_000
CALLBACK = "/_dash-update-component"


@dataclass(frozen=True)
class Switch:
    """One switch of the indicator: milliseconds and bytes (``plain``, and as ``sent`` when packed).

    ``values``: the bytes of what our map script was given, without everything else on the page.
    """

    idle: float
    after_answer: float
    drawn: float
    page: float
    plain: int
    sent: int
    values: int


@dataclass(frozen=True)
class Tab:
    """One page of a site under measurement; ``calls`` are the callback requests so far."""

    page: Page
    calls: list[Request] = field(default_factory=list)

    def switch(self, component: str, prop: str, value: Any) -> Switch:
        """Give ``component`` a new value and wait until map and page stand still."""
        self.page.bring_to_front()
        self.calls.clear()
        seen = self.page.evaluate("([id, prop, value]) => bench.change(id, prop, value)", [component, prop, value])
        plain = sum(len(call.post_data_buffer or b"") + len(call.response().body()) for call in self.calls)
        sent = sum(_sent_bytes(call) for call in self.calls)
        return Switch(
            idle=seen["idle"],
            after_answer=seen["idle"] - seen["answered"],
            drawn=seen["drawn"],
            page=max(seen["idle"], seen["page"] or 0),
            plain=plain,
            sent=sent,
            values=_values(self.calls),
        )


def _values(calls: list[Request]) -> int:
    answers = [call.response().json().get("response", {}) for call in calls]
    payloads = [answer["karte-inhalt"]["data"] for answer in answers if "karte-inhalt" in answer]
    return sum(len(json.dumps(payload, separators=(",", ":"))) for payload in payloads)


def _sent_bytes(call: Request) -> int:
    sizes = call.sizes()
    return sizes["requestBodySize"] + sizes["responseBodySize"]


@contextmanager
def opened() -> Iterator[Browser]:
    """Open Chromium: the one of the machine, else the one that playwright brings."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for path in map(shutil.which, names) if path), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def open_tab(browser: Browser, address: str) -> Tab:
    """Open ``address`` and wait until its map is there."""
    page = browser.new_page(viewport={"width": 1600, "height": 1000})
    page.set_default_timeout(PATIENCE_MS)
    page.add_init_script(path=SCRIPT)
    tab = Tab(page)
    page.on("request", lambda request: tab.calls.append(request) if CALLBACK in request.url else None)
    page.goto(address)
    _wait_until_ready(page)
    return tab


def _wait_until_ready(page: Page) -> None:
    # Not wait_for_function: it builds its condition from text, which the policy of the atlas forbids.
    for _ in range(PATIENCE_MS // 100):
        if page.evaluate("() => bench.ready()"):
            return
        page.wait_for_timeout(100)
    raise RuntimeError(f"{page.url}: keine Karte nach {PATIENCE_MS // 1000} s")
