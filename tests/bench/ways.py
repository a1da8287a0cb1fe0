"""Shortest ways: our kernels beside SciPy on the same network, warm, and cold with the preparation."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse.csgraph import dijkstra

from geodata import catalog
from geodata.sources.osm import read_networks
from layers.german import number
from layers.isochrone import isochrones, reach
from layers.routing import reference
from layers.routing.arcs import Arcs, Int32, backward, forward
from layers.routing.hierarchy import Hierarchy, prepare
from layers.routing.places import at_nodes
from layers.routing.reach import costs_between
from layers.routing.search import nearest_within
from layers.routing.sweep import costs_to, nearest_of
from layers.routing.whatif import Scenario, add, close, scenario
from tests.bench.district import District, district_on, synthetic_district
from tests.bench.peaks import measure_peaks
from tests.bench.table import Row, limit

SCIPY = "SciPy dijkstra"
RUNS, CHANGES = 25, 400
DESTS, OD_LIMIT = 1_000, 18_000  # 30 minutes
QUERIES = 3
ROADS = Path(__file__).parents[3] / "shared" / "data" / "osm" / "ors_heidelberg.osm.pbf"


def measure_ways() -> list[Row]:
    """Return the rows on a synthetic district and, where it is there, on the roads of Heidelberg.

    Times are without compiling, which happens once per machine.
    """
    rows = _on("synthetisch", synthetic_district())
    if ROADS.is_file():
        rows += _on("Heidelberg, OpenStreetMap", district_on(read_networks(ROADS)["pkw"]))
    return rows + measure_peaks()


def _on(name: str, district: District) -> list[Row]:
    arcs, hierarchy = backward(district.network), prepare(district.network)
    nodes, edges = number(len(district.network.x)), number(len(district.network.head))
    rows = [
        *_nearest(f"Nächste von 20 Arten für {nodes} Knoten und {edges} Kanten", district, arcs, hierarchy),
        *_pairs(district, arcs, hierarchy),
        *_what_if(district, arcs),
        *_isochrone(district),
    ]
    return [replace(row, name=f"{row.name} ({name})") for row in rows]


def best(run: Callable[[], Any], runs: int = RUNS) -> float:
    """Return the milliseconds of the fastest of several runs after one that is not counted."""
    run()
    return min(_timed(run) for _ in range(runs))


def _timed(run: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    run()
    return (time.perf_counter() - begun) * 1000


def _nearest(what: str, district: District, arcs: Arcs, hierarchy: Hierarchy) -> list[Row]:
    lanes = [at_nodes(nodes) for nodes in district.facilities]
    swept = best(lambda: costs_to(hierarchy, lanes))
    named = best(lambda: nearest_of(hierarchy, lanes))
    buckets = best(lambda: [nearest_within(arcs, lane) for lane in lanes], 3)
    scipy = best(lambda: reference.nearest_costs(arcs, list(district.facilities)), 5)
    scipy_named = best(lambda: _with_sources(arcs, district.facilities), 3)
    prepared = best(lambda: prepare(district.network), 3)
    return [
        Row(f"{what}: Minuten", swept, SCIPY, scipy, "ms", 50.0),
        Row(f"{what}: Minuten und Einrichtung", named, f"{SCIPY} mit Quelle", scipy_named, "ms"),
        Row(f"{what}: mit Eimern statt Hierarchie", buckets, f"{SCIPY} mit Quelle", scipy_named, "ms"),
        *(_cold(what, prepared, swept, scipy, queries) for queries in range(1, QUERIES + 1)),
    ]


def _cold(what: str, prepared: float, swept: float, scipy: float, queries: int) -> Row:
    """Return the preparation and some queries beside SciPy, which prepares nothing."""
    name = f"{what}: kalt, mit Vorbereitung, {queries}. Abfrage fertig"
    return Row(name, prepared + queries * swept, SCIPY, queries * scipy, "ms", 1.0 if queries == QUERIES else None)


def _with_sources(arcs: Arcs, lanes: Int32) -> None:
    graph = reference.matrix(arcs)
    for nodes in lanes:
        dijkstra(graph, indices=nodes, min_only=True, return_predecessors=True)


def _pairs(district: District, arcs: Arcs, hierarchy: Hierarchy) -> list[Row]:
    random = np.random.default_rng(1)
    dests = random.choice(len(district.network.x), DESTS, replace=False).astype(np.int32)
    homes, places = at_nodes(district.cells), at_nodes(dests)
    ours = best(lambda: costs_between(hierarchy, homes, places, OD_LIMIT), 5)
    graph = reference.matrix(arcs)
    scipy = best(lambda: dijkstra(graph, indices=dests, limit=OD_LIMIT)[:, district.cells], 3)
    count = len(costs_between(hierarchy, homes, places, OD_LIMIT)[1])
    name = f"Zeiten zwischen 15.000 Zellen und {DESTS} Zielen bis 30 min ({number(count / 1e6, 1)} Mio. Paare)"
    return [Row(name, ours, SCIPY, scipy, "ms", 25.0)]


def _what_if(district: District, arcs: Arcs) -> list[Row]:
    nodes = district.facilities[0]
    state = scenario(arcs, forward(district.network), at_nodes(nodes))
    changes = [_change(state, i, nodes) for i in range(CHANGES)][5:]
    graph = reference.matrix(arcs)
    scipy = best(lambda: dijkstra(graph, indices=nodes, min_only=True), 5)
    times = np.percentile(changes, [50, 99], axis=0)
    return [
        Row("Was wäre wenn: öffnen, Median", times[0, 0], f"{SCIPY}, alles neu", scipy, "ms"),
        limit("Was wäre wenn: öffnen, p99", times[1, 0], 1.0, "ms"),
        Row("Was wäre wenn: schließen, Median", times[0, 1], f"{SCIPY}, alles neu", scipy, "ms"),
        limit("Was wäre wenn: schließen, p99", times[1, 1], 1.0, "ms"),
    ]


def _change(state: Scenario, turn: int, nodes: Int32) -> tuple[float, float]:
    """Return the milliseconds of opening one facility more and of closing one of the old ones."""
    place = int(np.random.default_rng(turn).integers(len(state.keys)))
    opened = _timed(lambda: add(state, len(nodes), place))
    close(state, len(nodes))
    old = turn % len(nodes)
    closed = _timed(lambda: close(state, old))
    add(state, old, int(nodes[old]))
    return opened, closed


def _isochrone(district: District) -> list[Row]:
    network, mode = district.network, catalog.modes()["pkw"]
    place = pd.DataFrame({"x": [float(np.median(network.x))], "y": [float(np.median(network.y))]})
    rows = []
    for minutes in (15, 30):
        ours = best(lambda minutes=minutes: isochrones(reach(network, mode, place, minutes), [minutes]))
        rows.append(limit(f"Isochrone {minutes} min mit dem Auto, fertig zum Zeichnen", ours, 10.0, "ms"))
    return rows
