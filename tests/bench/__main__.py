"""Measure everything, print the table, write build/bench.json."""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser

from tests.bench.browser import opened
from tests.bench.buses import measure_buses
from tests.bench.catchments import measure_catchments
from tests.bench.process import LOG, ROOT, free_port, running, running_atlas
from tests.bench.questions import measure_questions
from tests.bench.replay import measure_callbacks
from tests.bench.start import measure_build, measure_memory, measure_start
from tests.bench.statistics import measure_statistics
from tests.bench.switch import measure_maps
from tests.bench.table import Row, as_json, as_text
from tests.bench.ways import measure_ways

RESULT = ROOT / "build" / "bench.json"
PAGES = ("/", "/reichweite", "/einrichtungen", "/daten")
SLOW = ("plotly", 11_000)


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--schnell", action="store_true", help="ohne ganze Plotly-Figuren von 11.000 Flächen")
    skipped = {SLOW} if parser.parse_args().schnell else set()
    LOG.unlink(missing_ok=True)
    begun = time.perf_counter()
    rows = measure_all(skipped)
    RESULT.write_text(json.dumps(as_json(rows), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"\n{as_text(rows)}\n")
    print(f"{time.perf_counter() - begun:.0f} s, {machine()}. Zahlen in {RESULT.relative_to(ROOT)}.")
    print("Verglichen wird innerhalb eines Laufs; Verhältnis = Vergleichswert durch unseren Wert.")


def measure_all(skipped: set[tuple[str, int]]) -> list[Row]:
    """Return the rows of all measurements."""
    with step("Karte, Seite und Speicher"), opened() as browser, running_atlas() as atlas:
        atlas.seconds_until("/")
        fresh = atlas.resident_mb()
        switches = measure_switches(browser, atlas.address, skipped)
        walk(browser, atlas.address)
        memory = measure_memory(atlas, fresh)
    with step("Was wäre, wenn, und Reichweite"), opened() as browser:
        questions = measure_questions(browser)
    with step("Start und Aufbau"):
        start = measure_start() + measure_build()
    with step("Wege im Netz"):
        ways = measure_ways() + measure_catchments() + measure_buses()
    with step("Statistik"):
        statistics = measure_statistics()
    with step("Rückrufe"), running_atlas() as atlas:
        atlas.seconds_until("/")
        callbacks, failed = measure_callbacks(atlas)
    for request in failed[:3]:
        print(f"NICHT BEANTWORTET ({len(failed)} Anfragen): {request}")
    return switches + questions + start + memory + ways + statistics + callbacks


def measure_switches(browser: Browser, atlas: str, skipped: set[tuple[str, int]]) -> list[Row]:
    """Return the switches of the bare maps on a site of their own, and of the page of the atlas."""
    port = free_port()
    with running(["-m", "tests.bench.site", str(port)], port) as site:
        site.seconds_until("/")
        return measure_maps(browser, site.address, atlas, skipped)


def walk(browser: Browser, address: str) -> None:
    """Open every page as a reader would."""
    for path in PAGES:
        page = browser.new_page()
        page.goto(address + path)
        page.wait_for_timeout(2000)
        page.close()


@contextmanager
def step(name: str) -> Iterator[None]:
    """Tell which part runs and how long it took."""
    begun = time.perf_counter()
    print(f"{name} …", end=" ", flush=True)
    yield
    print(f"{time.perf_counter() - begun:.0f} s", flush=True)


def machine() -> str:
    """Return how many processors there are and how busy they have been."""
    busy = f", Last {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{os.cpu_count()} Kerne{busy}"


if __name__ == "__main__":
    main()
