"""What computing ways holds in memory at most, in a process of its own that only reads a written network.

`python -m tests.bench.peaks FOLDER` writes there a synthetic district, with `--lese` computes on it and prints JSON.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.network import Network, read_network, write_network
from layers.catchment import enhanced_fca, gaussian
from layers.costs import Costs
from layers.german import number
from layers.routing.hierarchy import prepare
from layers.routing.places import at_nodes
from layers.routing.reach import costs_between
from layers.routing.sweep import costs_to
from layers.run_task import peak_mb
from tests.bench.district import CATEGORIES, CELLS, NODES, PER_CATEGORY, synthetic_district
from tests.bench.process import ROOT
from tests.bench.table import Row, limit

LAND_NODES = 2_000_000
DESTS, LIMIT = 1_000, 18_000
PAIRS_UP_TO = 100_000  # nodes: costs between all cells of a Land are not computed in one piece


def main() -> None:
    """Write a network, or compute on it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peaks", description=__doc__)
    parser.add_argument("folder", type=Path, help="Ordner des Netzes")
    parser.add_argument("--knoten", type=int, default=NODES, help="Knoten des Netzes, das geschrieben wird")
    parser.add_argument("--lese", action="store_true", help="rechnen und Speicher messen")
    asked = parser.parse_args()
    if asked.lese:
        print(json.dumps(computed(read_network(asked.folder))))
    else:
        write_network(asked.folder, synthetic_district(asked.knoten).network)


def measure_peaks() -> list[Row]:
    """Return the peaks of a district and of a Land; nothing where the system does not tell."""
    if sys.platform != "linux":
        return []
    district, land = _in_own_process(NODES), _in_own_process(LAND_NODES)
    where = f"{number(int(land['nodes']))} Knoten und {number(int(land['edges']))} Kanten, synthetisches Land"
    return [
        limit("Speicher eines Kreises: Wege, 7,7 Mio. Paare und E2SFCA (synthetisch)", district["mb"], 500.0, "MB"),
        limit(f"Speicher eines Landes: Vorbereitung und 20 Arten ({where})", land["mb"], 2500.0, "MB"),
        limit("Vorbereitung des Landes", land["prepared"], 30.0, "s", judged=False),
        limit("Nächste von 20 Arten für das Land", land["nearest"], 1.0, "s", judged=False),
    ]


def computed(network: Network) -> dict[str, float]:
    """Return nodes, edges, seconds and the peak in MB (10^6 bytes) of what a reader of the network does."""
    nodes = len(network.x)
    random = np.random.default_rng(1)
    begun = time.perf_counter()
    hierarchy = prepare(network)
    prepared = time.perf_counter()
    per_lane = PER_CATEGORY * max(1, nodes // NODES)
    costs_to(hierarchy, [at_nodes(lane) for lane in random.integers(0, nodes, (CATEGORIES, per_lane)).astype(np.int32)])
    nearest = time.perf_counter()
    if nodes <= PAIRS_UP_TO:
        homes, dests = (random.choice(nodes, count).astype(np.int32) for count in (CELLS, DESTS))
        costs = Costs(*costs_between(hierarchy, at_nodes(homes), at_nodes(dests), LIMIT))
        enhanced_fca(pd.Series(np.ones(CELLS)), pd.Series(np.ones(DESTS)), costs, gaussian(30))
    return {
        "nodes": nodes,
        "edges": len(network.head),
        "prepared": prepared - begun,
        "nearest": nearest - prepared,
        "mb": peak_mb(),
    }


def _in_own_process(nodes: int) -> dict[str, float]:
    """Return what a fresh process says: its peak is the reader's, not that of the making of the network."""
    with tempfile.TemporaryDirectory() as parent:
        folder = str(Path(parent) / "netz")
        _run([folder, "--knoten", str(nodes)])
        found: dict[str, float] = json.loads(_run([folder, "--lese"]))
    return found


def _run(arguments: Sequence[str]) -> str:
    command = [sys.executable, "-m", "tests.bench.peaks", *arguments]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout


if __name__ == "__main__":
    main()
