"""Road networks from OpenStreetMap: one pass over a pbf or XML file, ways cut at crossings, one network per mode."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
from numpy.typing import NDArray

from geodata.catalog.ways import ROAD_MODES, WayRules, way_rules
from geodata.model import METRIC_CRS, WEB_CRS, GeoDataError
from geodata.network import Network, build_network
from geodata.sources.osm_file import Box, extract_day, in_box, read_items
from geodata.sources.osm_tags import speeds, stops
from geodata.sources.registry import file_hash

DECISECONDS_PER_HOUR = 36_000
EVERY = 100_000  # ways between two lines of progress
RELEVANT = ("highway", "route", "junction", "area", "motorroad", "surface", "smoothness", "tracktype")
RELEVANT_PREFIXES = ("oneway", "cycleway", "maxspeed", "zone:maxspeed")
Progress = Callable[[str], None]


@dataclass
class _Found:
    """What one pass collects: the nodes of all ways one after the other, the speeds per way, the closed nodes."""

    node: array[int] = field(default_factory=lambda: array("q"))
    lon: array[float] = field(default_factory=lambda: array("d"))
    lat: array[float] = field(default_factory=lambda: array("d"))
    count: array[int] = field(default_factory=lambda: array("l"))
    along: dict[str, array[float]] = field(default_factory=dict)
    against: dict[str, array[float]] = field(default_factory=dict)
    closed: dict[str, set[int]] = field(default_factory=dict)
    outside: int = 0


def read_networks(
    path: Path,
    modes: Sequence[str] = ROAD_MODES,
    *,
    box: Box | None = None,
    ferries: bool = False,
    rules: WayRules | None = None,
    progress: Progress = lambda text: None,
) -> dict[str, Network]:
    """Return the network of every mode in an OpenStreetMap file.

    Ways are cut at crossings, at their ends and at barriers; the nodes between are only counted into the length
    (EPSG:25832). ``box`` (west, south, east, north in degrees): only ways with a node in it, in full length.
    ``ferries``: they are ways too, without waiting.
    """
    progress(f"{path.name}: lese Wege")
    found = _collect(path, modes, box, ferries, rules or way_rules(), progress)
    if not len(found.count):
        _raise_outside(path, found, box)
        raise GeoDataError(
            f"{path.name}: enthält keine Wege mit dem Merkmal highway, die jemand nutzen darf. "
            "Abhilfe: einen Auszug mit Straßen nehmen, nicht nur Grenzen oder Gebäude."
        )
    progress(f"{path.name}: {len(found.count)} Wege; schneide an Kreuzungen")
    edges = _cut(found)
    note = {
        "source": path.name,
        "sha256": file_hash(path),
        "date": extract_day(path),
        "box": list(box) if box else [],
        "ferries": ferries,
        "licence": "ODbL 1.0",
    }
    return {mode: _network(mode, edges, found, note) for mode in modes}


def _raise_outside(path: Path, found: _Found, box: Box | None) -> None:
    """Raise where the file has ways, but none in the box."""
    if box and found.outside:
        edges = ", ".join(f"{edge:g}" for edge in box)
        raise GeoDataError(
            f"{path.name}: keiner der {found.outside} Wege liegt im Ausschnitt {edges} (West, Süd, Ost, Nord in Grad). "
            "Abhilfe: einen Auszug nehmen, der den Kreis mit Umland enthält."
        )


def _collect(
    path: Path, modes: Sequence[str], box: Box | None, ferries: bool, rules: WayRules, progress: Progress
) -> _Found:
    found = _Found(
        along={mode: array("f") for mode in modes},
        against={mode: array("f") for mode in modes},
        closed={mode: set() for mode in modes},
    )
    known: dict[tuple[tuple[str, str], ...], list[tuple[float, float]]] = {}
    wanted = {key for access in rules.access.values() for key in access.keys} | set(RELEVANT)
    for item in read_items(path, "highway", "barrier", "route"):
        tags = {tag.k: tag.v for tag in item.tags}
        if item.is_node():
            for mode in modes:
                if stops(tags, rules.access[mode]):
                    found.closed[mode].add(item.id)
        elif item.is_way() and ("highway" in tags or (ferries and tags.get("route") == "ferry")):
            key = tuple(sorted(t for t in tags.items() if t[0] in wanted or t[0].startswith(RELEVANT_PREFIXES)))
            if key not in known:
                known[key] = [speeds(dict(key), mode, rules) for mode in modes]
            if any(max(pair) > 0 for pair in known[key]):
                _add_way(found, item, dict(zip(modes, known[key], strict=True)), box)
                if len(found.count) % EVERY == 0:
                    progress(f"{path.name}: {len(found.count)} Wege")
    return found


def _add_way(found: _Found, way: Any, kmh: dict[str, tuple[float, float]], box: Box | None) -> None:
    """Add a way; nodes beyond the edge of the extract have no location and end it there, to begin anew behind them."""
    for located, run in groupby(way.nodes, key=lambda node: node.location.valid()):
        nodes = [(node.ref, node.lon, node.lat) for node in run] if located else []
        if len(nodes) > 1 and any(in_box(lon, lat, box) for _, lon, lat in nodes):
            _add_run(found, nodes, kmh)
        elif len(nodes) > 1:
            found.outside += 1


def _add_run(found: _Found, nodes: list[tuple[int, float, float]], kmh: dict[str, tuple[float, float]]) -> None:
    refs, lons, lats = zip(*nodes, strict=True)
    found.node.extend(refs)
    found.lon.extend(lons)
    found.lat.extend(lats)
    found.count.append(len(nodes))
    for mode, (along, against) in kmh.items():
        found.along[mode].append(along)
        found.against[mode].append(against)


@dataclass(frozen=True)
class _Edges:
    """Pieces of ways between two crossings; ``first`` and ``last`` are positions among the distinct nodes."""

    ids: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    way: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    metres: NDArray[np.float64]


def _cut(found: _Found) -> _Edges:
    """Return the ways cut where they meet, end or pass a barrier."""
    count = np.frombuffer(found.count, np.dtype("l"))
    ids, position, uses = np.unique(np.frombuffer(found.node, np.int64), return_inverse=True, return_counts=True)
    way = np.repeat(np.arange(len(count)), count)
    ends = np.zeros(len(way), bool)
    ends[np.cumsum(count) - 1] = ends[np.cumsum(count) - count] = True
    barrier = np.isin(ids, np.fromiter(set().union(*found.closed.values()), np.int64))
    cut = np.flatnonzero(ends | (uses > 1)[position] | barrier[position])
    to_metres = pyproj.Transformer.from_crs(WEB_CRS, METRIC_CRS, always_xy=True)
    x, y = to_metres.transform(np.frombuffer(found.lon), np.frombuffer(found.lat))
    step = np.append(0.0, np.hypot(np.diff(x), np.diff(y)))
    run = np.cumsum(np.where(np.append(True, way[1:] != way[:-1]), 0.0, step))
    same = way[cut[1:]] == way[cut[:-1]]
    first, last = cut[:-1][same], cut[1:][same]
    one = np.empty(len(ids), np.int64)
    one[position] = np.arange(len(position))
    return _Edges(ids, x[one], y[one], way[first], position[first], position[last], run[last] - run[first])


def _network(mode: str, edges: _Edges, found: _Found, note: dict[str, Any]) -> Network:
    """Return the network of one mode: its pieces in the directions in which it may go; nothing passes a barrier."""
    first, last, x, y = _split_at_barriers(edges, found.closed[mode])
    parts = []
    for kmh, tail, head in ((found.along[mode], first, last), (found.against[mode], last, first)):
        speed = np.frombuffer(kmh, np.float32)[edges.way].astype(float)
        open_to = speed > 0
        cost = edges.metres[open_to] / (speed[open_to] * 1000) * DECISECONDS_PER_HOUR
        parts.append((tail[open_to], head[open_to], cost, edges.metres[open_to]))
    tail, head, cost, metres = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    if not len(tail):
        raise GeoDataError(f"{note['source']}: kein Weg für „{mode}“. Abhilfe: einen Auszug mit solchen Wegen nehmen.")
    used, place = np.unique(np.concatenate([tail, head]), return_inverse=True)
    tail, head = place[: len(tail)], place[len(tail) :]
    counts = {"ways": len(found.count), "barriers": len(found.closed[mode])}
    return build_network(mode, x[used], y[used], tail, head, cost, metres, {**note, "counts": counts})


def _split_at_barriers(
    edges: _Edges, closed: set[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Give every piece an end of its own where it reaches a closed node, so that no two of them meet there."""
    shut = np.isin(edges.ids, np.fromiter(closed, np.int64))
    first, last, x, y = edges.first.copy(), edges.last.copy(), edges.x, edges.y
    for ends in (first, last):
        hit = np.flatnonzero(shut[np.minimum(ends, len(shut) - 1)] & (ends < len(shut)))
        x, y, fresh = np.append(x, x[ends[hit]]), np.append(y, y[ends[hit]]), len(x) + np.arange(len(hit))
        ends[hit] = fresh
    return first, last, x, y
