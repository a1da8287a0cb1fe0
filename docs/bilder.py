"""`python -m docs.bilder`: start the atlas and take the pictures of README and handbook."""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(__file__).parent / "bilder"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
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
]
MAX_BYTES = 250_000
PATIENCE = 60.0
GEISA = "16063032"


@dataclass(frozen=True)
class Shot:
    """One picture of a page, or of its element ``part`` only."""

    name: str
    address: str
    width: int = 1600
    height: int = 1000
    has_map: bool = True
    part: str = ""


SHOTS = (
    Shot("karte", f"/?area={GEISA}"),
    Shot("erreichbarkeit", f"/?handlungsfeld=SIC&indicator=minuten&category=krankenhaus&mode=pkw&area={GEISA}"),
    Shot("tabelle", "/?handlungsfeld=PLA&indicator=BEV02&level=sozialraum&table=ja", part="#tabelle .card"),
    Shot("unsicher", "/?handlungsfeld=CHA&indicator=anzahl&category=kita"),
    Shot("einrichtungen", "/einrichtungen?handlungsfeld=CHA"),
    Shot("reichweite", "/reichweite?place=ort%3A2921816&mode=rad&minutes=45"),
    Shot(
        "szenario", "/?handlungsfeld=SIC&indicator=minuten&category=krankenhaus&mode=pkw&closed=krankenhaus-16063003-01"
    ),
    Shot("daten", "/daten", has_map=False),
    Shot("telefon", f"/?area={GEISA}", width=390, height=844),
    Shot("ohne-webgl", "/?webgl=aus", height=900),
)
PRINTED = (
    "druckkarte",
    "/ausgabe/karte.png?handlungsfeld=SIC&indicator=minuten&category=krankenhaus&mode=pkw",
)


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_atlas() -> Iterator[str]:
    """Serve the atlas on a free port, yield its address, stop it."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = os.environ | {"PORT": str(port), "HOST": "127.0.0.1", "BROWSER": "nein"}
    server = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment)
    try:
        wait_for_answer(f"{address}/gesund", server)
        yield address
    finally:
        server.terminate()
        server.wait()


def wait_for_answer(url: str, server: subprocess.Popen[bytes]) -> None:
    """Return once ``url`` answers; raise when the server ends or stays silent."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        try:
            with urlopen(url, timeout=5):
                return
        except URLError:
            time.sleep(0.2)
    raise RuntimeError(f"{url} antwortet nicht")


def take(page: Page, address: str, shot: Shot) -> bytes:
    """Return the picture of a page once its map is drawn."""
    page.set_viewport_size({"width": shot.width, "height": shot.height})
    page.goto(address + shot.address)
    page.wait_for_selector("h1")
    if shot.has_map:
        wait_for_map(page)
    page.wait_for_timeout(500)
    return page.locator(shot.part).screenshot() if shot.part else page.screenshot()


def wait_for_map(page: Page) -> None:
    """Return once the map says which state it shows (the content policy forbids to wait by a script text)."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if page.evaluate("document.documentElement.dataset.karte ?? null") is not None:
            return
        page.wait_for_timeout(100)
    raise RuntimeError(f"{page.url}: die Karte erscheint nicht")


def save(name: str, picture: bytes, width: int = 1600) -> Path:
    """Write a picture with as many colours as fit into the size that a repository can bear."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    if image.width > width:
        image = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
    path = FOLDER / f"{name}.png"
    for colours in (256, 128, 64, 32):
        image.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= MAX_BYTES:
            break
    return path


def browser_path() -> str | None:
    """Return the Chromium of this machine, or None for the one that playwright brings."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def main() -> None:
    """Take all pictures."""
    FOLDER.mkdir(exist_ok=True)
    with running_atlas() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        page = browser.new_page(locale="de-DE", reduced_motion="reduce")
        for shot in SHOTS:
            report(save(shot.name, take(page, address, shot)))
        report(save(PRINTED[0], page.request.get(address + PRINTED[1]).body()))
        browser.close()


def report(path: Path) -> None:
    """Say what was written."""
    print(f"{path.name}: {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
