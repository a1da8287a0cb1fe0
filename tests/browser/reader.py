"""Somebody in front of the atlas: opens pages, chooses, clicks, and notes what the browser complains about."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, Request

from layers import Atlas
from views.selection import Selection, compact, settle, to_query

PATIENCE = 15.0
NOISE = ("GL Driver Message", "GPU stall due to ReadPixels")  # software WebGL, not the page


class Reader:
    """One window of a browser on the atlas."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.messages: list[str] = []
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.failed: list[str] = []
        page.set_default_timeout(PATIENCE * 1000)
        page.on("console", self._note_message)
        page.on("pageerror", lambda error: self.errors.append(f"Seitenfehler: {error}"))
        page.on("request", lambda request: self.requests.append(request.url))
        page.on(
            "response",
            lambda answer: answer.status >= 400 and self.failed.append(f"{answer.status} {answer.url}"),
        )
        page.on("requestfailed", self._note_failure)

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(text in message.text for text in NOISE):
            self.messages.append(f"Konsole ({message.type}): {message.text}")

    def _note_failure(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # a page left while it loads, a download
            self.failed.append(f"{request.failure} {request.url}")

    def complaints(self) -> list[str]:
        """Return console messages, page errors, failed requests and requests that left this machine."""
        outside = [f"fremde Anfrage: {url}" for url in self.requests if not self._is_own(url)]
        return [
            *self.messages,
            *self.errors,
            *outside,
            *(f"Anfrage misslungen: {text}" for text in self.failed),
        ]

    def forgive(self) -> list[str]:
        """Return the complaints so far and forget them: the test expected them."""
        texts = self.complaints()
        for notes in (self.messages, self.errors, self.failed):
            notes.clear()
        return texts

    def _is_own(self, url: str) -> bool:
        return url.startswith((self.address + "/", "data:", "blob:", "about:"))

    # ---------------------------------------------------------------- where the reader is

    def open(self, path: str = "/") -> None:
        """Go to an address of the atlas and wait for its map where it has one."""
        self.page.goto(self.address + path)
        self.page.locator("main h1").first.wait_for()
        if urlsplit(path).path in ("/", "/einrichtungen", "/reichweite"):
            self.wait_for(lambda: self.drawn() is not None, "die erste Karte")

    def drawn(self) -> str | None:
        """Return the key of the map on the screen."""
        return self.page.evaluate("() => document.documentElement.dataset.karte ?? null")

    def query(self) -> str:
        """Return the query string in the address."""
        return urlsplit(self.page.evaluate("() => location.href")).query

    def wait_for(self, true: Callable[[], Any], what: str) -> None:
        """Return when ``true`` holds; fail with ``what`` when it takes too long."""
        deadline = time.monotonic() + PATIENCE
        while not true():
            if time.monotonic() > deadline:
                raise AssertionError(f"vergeblich gewartet auf: {what}; Karte: {self.drawn()}; {self.complaints()}")
            self.page.wait_for_timeout(25)

    def wait_for_map(self, key: str) -> None:
        """Return when map and address show ``key`` (a query string, or "start")."""
        query = "" if key == "start" else key.removeprefix("bestand?")
        self.wait_for(lambda: self.drawn() == key and self.query() == query, f"die Karte „{key}“")

    def expect(self, wanted: Selection, atlas: Atlas) -> None:
        """Return when map and address show ``wanted`` as the page settles it."""
        self.wait_for_map(to_query(compact(settle(wanted, atlas)[0])) or "start")

    # ---------------------------------------------------------------- what the reader does

    def control(self, field: str) -> Locator:
        """Return the control of the map page for a field of the selection."""
        return self.page.locator(f"#wahl-{field}")

    def options(self, selector: str) -> list[str]:
        """Return the labels that the list of a select offers."""
        box = self.page.locator(selector)
        box.click()
        listbox = self.page.locator(f"#{box.get_attribute('aria-controls')}")
        listbox.wait_for()
        labels = listbox.locator("[role=option]").all_inner_texts()
        self.page.keyboard.press("Escape")
        return labels

    def choose(self, selector: str, label: str) -> None:
        """Choose an entry of a select by its label."""
        box = self.page.locator(selector)
        box.click()
        listbox = self.page.locator(f"#{box.get_attribute('aria-controls')}")
        listbox.get_by_role("option", name=label, exact=True).click()

    def texts(self, selector: str) -> list[str]:
        """Return the visible texts of all elements."""
        return self.page.locator(selector).all_inner_texts()

    def text(self, selector: str) -> str:
        """Return the visible text of one element."""
        return self.page.locator(selector).inner_text()

    def map_point(self, lon: float, lat: float) -> tuple[float, float]:
        """Return where a place of the map lies in the window."""
        script = """([lon, lat]) => {
            const box = window.atlasKarte.getCanvas().getBoundingClientRect();
            const at = window.atlasKarte.project([lon, lat]);
            return [box.left + at.x, box.top + at.y];
        }"""
        x, y = self.page.evaluate(script, [lon, lat])
        return x, y

    def map_centre(self) -> tuple[float, float, float]:
        """Return longitude, latitude and zoom of the map."""
        script = """() => {
            const map = window.atlasKarte, { lng, lat } = map.getCenter();
            return [lng, lat, map.getZoom(), map.isMoving()];
        }"""
        lon, lat, zoom, moving = self.page.evaluate(script)
        return (float("nan"),) * 3 if moving else (lon, lat, zoom)

    def overflow(self) -> int:
        """Return how many pixels the page is wider than its window."""
        return int(
            self.page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        )
