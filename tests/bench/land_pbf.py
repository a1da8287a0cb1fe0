"""Does reading OpenStreetMap bear a Land? A synthetic extract of that size, read in a process of its own.

`python -m tests.bench.land_pbf` prints seconds and peak memory. Villages are grids of streets with bends, joined by
winding roads; every street piece has a building beside it that no reader wants. It is no real place.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import osmium
from numpy.typing import NDArray
from osmium.osm.mutable import Node, Way

from geodata.sources.osm import read_networks
from geodata.sources.osm_basemap import read_osm_basemap
from layers.run_task import peak_mb
from tests.bench.process import ROOT

VILLAGES, GRID = 71, 20  # villages per side of the Land, crossings per side of a village: 2.02 million crossings
WEST, SOUTH = 9.8, 50.2
APART, BLOCK = (0.031, 0.02), (0.00085, 0.00054)  # degrees between villages and between crossings
BENDS = 10  # on a road between villages
CUTS = (0, 3, 6, 9, 12, 15, GRID - 1)  # crossings at which a street's way ends
KREIS = (9.9, 50.25, 10.5, 50.65)
LIMIT_GB = 8.0
VILLAGE = {"highway": "residential", "name": "synthetische Straße"}
ROAD = {"highway": "secondary", "maxspeed": "100", "surface": "asphalt"}


def main() -> None:
    """Write the extract, read it, print one line per reader; with a task only read."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.land_pbf", description=__doc__)
    parser.add_argument("--doerfer", type=int, default=VILLAGES, help="Dörfer je Seite des Landes")
    parser.add_argument("--lese", nargs=2, metavar=("WAS", "DATEI"), help="nur lesen: " + ", ".join(READERS))
    asked = parser.parse_args()
    if asked.lese:
        print(json.dumps(read(asked.lese[0], Path(asked.lese[1]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "synthetisches-land.osm.pbf"
        begun = time.perf_counter()
        crossings, highways, others = write_land(path, asked.doerfer)
        print(
            f"{crossings} Kreuzungen, {highways} Wege, {others} Gebäude (synthetisch), "
            f"{path.stat().st_size / 1e6:.0f} MB, geschrieben in {time.perf_counter() - begun:.0f} s",
            flush=True,
        )
        for task in READERS:
            print(line(task, in_own_process(task, path)), flush=True)


def line(task: str, found: dict[str, Any]) -> str:
    """Return what one reader took, as a reader reads it."""
    kept = "hält" if found["gb"] < LIMIT_GB else "REISST"
    return f"{task}: {found['seconds']:.0f} s, höchstens {found['gb']:.2f} GB ({kept} {LIMIT_GB:g} GB), {found['made']}"


def in_own_process(task: str, path: Path) -> dict[str, Any]:
    """Return what a fresh process says about one task: its peak is the reader's, not the writer's."""
    command = [sys.executable, "-m", "tests.bench.land_pbf", "--lese", task, str(path)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def read(task: str, path: Path) -> dict[str, Any]:
    """Return seconds, peak memory in GB (10^9 bytes) and what was made."""
    begun = time.perf_counter()
    made = READERS[task](path)
    seconds = time.perf_counter() - begun
    return {
        "seconds": seconds,
        "gb": peak_mb() / 1e3,
        "made": made,
    }


def _networks(path: Path) -> str:
    nets = read_networks(path)
    return ", ".join(f"{mode} {len(net.x)} Knoten {len(net.head)} Kanten" for mode, net in nets.items())


def _basemap(path: Path, box: tuple[float, float, float, float] | None = None) -> str:
    return ", ".join(f"{layer} {len(frame)}" for layer, frame in read_osm_basemap(path, box=box).items())


READERS = {"netze": _networks, "grundkarte-kreis": lambda path: _basemap(path, KREIS), "grundkarte-land": _basemap}


# ---------------------------------------------------------------- the Land


def write_land(path: Path, side: int) -> tuple[int, int, int]:
    """Write a Land of ``side`` x ``side`` villages; return its crossings, highways and buildings."""
    nodes = _Numbered()
    ways: list[tuple[NDArray[np.int64], dict[str, str]]] = []
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for column in range(side):
            for row in range(side):
                ways += village(writer, nodes, column, row)
        ways += roads(writer, nodes, side)
        for number, (refs, tags) in enumerate(ways, 1):
            writer.add_way(Way(id=number, nodes=refs.tolist(), tags=tags))
    highways = sum("highway" in tags for _, tags in ways)
    return side * side * GRID * GRID, highways, sum("building" in tags for _, tags in ways)


class _Numbered:
    """Writes nodes one after the other and remembers the corner of every village."""

    def __init__(self) -> None:
        self.last = 0
        self.corner: dict[tuple[int, int], int] = {}

    def add(self, writer: Any, lon: Any, lat: Any) -> NDArray[np.int64]:
        """Write nodes; return their numbers."""
        for x, y in zip(np.ravel(lon).tolist(), np.ravel(lat).tolist(), strict=True):
            self.last += 1
            writer.add_node(Node(id=self.last, location=(x, y)))
        return np.arange(self.last - np.size(lon) + 1, self.last + 1)


def village(writer: Any, nodes: _Numbered, column: int, row: int) -> Iterator[tuple[NDArray[np.int64], dict[str, str]]]:
    """Write a village's nodes and yield its ways: streets with a bend per block, buildings, settled area, wood."""
    lon, lat = WEST + column * APART[0], SOUTH + row * APART[1]
    x, y = np.meshgrid(lon + np.arange(GRID) * BLOCK[0], lat + np.arange(GRID) * BLOCK[1])
    crossing = nodes.add(writer, x, y).reshape(GRID, GRID)
    nodes.corner[column, row] = int(crossing[0, 0])
    east = nodes.add(writer, x[:, :-1] + BLOCK[0] / 2, y[:, :-1] + BLOCK[1] / 9).reshape(GRID, GRID - 1)
    north = nodes.add(writer, x[:-1].T + BLOCK[0] / 9, y[:-1].T + BLOCK[1] / 2).reshape(GRID, GRID - 1)
    for ends, bends in ((crossing, east), (crossing.T, north)):
        for street, between in zip(ends, bends, strict=True):
            yield from pieces(street, between)
    for start in range(2 * GRID * (len(CUTS) - 1)):
        at_x, at_y = x.flat[start] + BLOCK[0] / 4, y.flat[start] + BLOCK[1] / 4
        yield square(writer, nodes, (at_x, at_y), (BLOCK[0] / 5, BLOCK[1] / 5)), {"building": "yes"}
    size = (GRID * BLOCK[0], GRID * BLOCK[1])
    yield square(writer, nodes, (lon, lat), size), {"landuse": "residential"}
    yield square(writer, nodes, (lon + size[0], lat), (size[0] / 2, size[1])), {"landuse": "forest"}


def pieces(street: NDArray[np.int64], bends: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.int64], dict[str, str]]]:
    """Yield the ways of one street, a bend after every crossing."""
    bent = np.empty(2 * len(street) - 1, np.int64)
    bent[::2], bent[1::2] = street, bends
    for first, last in pairwise(CUTS):
        yield bent[2 * first : 2 * last + 1], VILLAGE


def square(writer: Any, nodes: _Numbered, corner: tuple[float, float], size: tuple[float, float]) -> NDArray[np.int64]:
    """Write four nodes and return the closed ring."""
    (x, y), (wide, high) = corner, size
    ring = nodes.add(writer, [x, x + wide, x + wide, x], [y, y, y + high, y + high])
    return np.append(ring, ring[0])


def roads(writer: Any, nodes: _Numbered, side: int) -> Iterator[tuple[NDArray[np.int64], dict[str, str]]]:
    """Write the bends of the roads between neighbouring villages and yield the roads."""
    for (column, row), start in sorted(nodes.corner.items()):
        for other in ((column + 1, row), (column, row + 1)):
            if other in nodes.corner:
                step = np.linspace(0, 1, BENDS + 2)[1:-1]
                wave = 0.001 * np.sin(step * 9) - 0.002
                lon = WEST + (column + step * (other[0] - column)) * APART[0] + wave * (other[1] - row)
                lat = SOUTH + (row + step * (other[1] - row)) * APART[1] + wave * (other[0] - column)
                yield np.concatenate([[start], nodes.add(writer, lon, lat), [nodes.corner[other]]]), ROAD


if __name__ == "__main__":
    main()
