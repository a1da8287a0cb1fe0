"""How long a fresh start takes, what the running app holds in memory, how long the atlas takes to build."""

from __future__ import annotations

import json
import subprocess
import sys
from urllib.request import urlopen

from tests.bench.process import ROOT, Program, running_atlas
from tests.bench.table import Row, limit, settled

STARTS = 4  # the first one warms the disk cache and is not counted
START_S, BUILD_S, MEMORY_MB = 3.0, 2.0, 400.0
EXPORT = "/ausgabe/karte.png"
BUILD = """
import json, time
import geodata, layers
begun = time.perf_counter()
data = geodata.load("16063")
loaded = time.perf_counter()
layers.build_atlas(data)
print(json.dumps([loaded - begun, time.perf_counter() - loaded]))
"""


def measure_start() -> list[Row]:
    """Return the seconds from a fresh `python app.py` to the first answers."""
    page, layout = [], []
    for _ in range(STARTS):
        with running_atlas() as program:
            page.append(program.seconds_until("/"))
            layout.append(program.seconds_until("/_dash-layout"))
    return [
        limit("Start bis GET /", settled(page, 1), START_S, "s"),
        limit("Start bis /_dash-layout", settled(layout, 1), START_S, "s"),
    ]


def measure_build() -> list[Row]:
    """Return the seconds to load the dataset and build the atlas, in fresh processes, without imports."""
    runs = [_build() for _ in range(STARTS)]
    load, build = (settled(values, 1) for values in zip(*runs, strict=True))
    return [
        limit("Datensatz lesen (geodata.load)", load, BUILD_S, "s", judged=False),
        limit("Atlas bauen (lesen und rechnen)", load + build, BUILD_S, "s"),
    ]


def _build() -> list[float]:
    done = subprocess.run([sys.executable, "-c", BUILD], cwd=ROOT, check=True, capture_output=True)
    return json.loads(done.stdout)


def measure_memory(program: Program, fresh: float | None) -> list[Row]:
    """Return the resident memory after the walk through all pages, and after the first picture."""
    walked = program.resident_mb()
    with urlopen(program.address + EXPORT) as answer:
        answer.read()
    return [
        limit("Speicher nach dem Start", fresh, MEMORY_MB, "MB", judged=False),
        limit("Speicher nach allen Seiten", walked, MEMORY_MB, "MB"),
        limit("Speicher nach dem ersten PNG", program.resident_mb(), MEMORY_MB, "MB"),
    ]
