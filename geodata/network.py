"""A road network of one mode as arrays: built once, kept as files that are mapped into memory, snapped to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geodata.folders import replace_folder
from geodata.model import GeoDataError

INFINITE = 1 << 30
SNAP_LIMIT_M = 500.0
CURVE_BITS = 16
ARRAYS = {"x": "<f8", "y": "<f8", "start": "<i8", "head": "<i4", "cost": "<i4", "metres": "<f4"}
PROVENANCE = "provenance.json"
REMEDY = "Abhilfe: Wegenetz aus der OSM-Datei neu bauen."

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.int32]
IndexArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Network:
    """A strongly connected directed network; ``cost`` in deciseconds, lengths in metres, EPSG:25832.

    The edges of node v are ``start[v]:start[v + 1]``, sorted by ``head``; there is one edge per pair and no loop.
    """

    mode: str
    x: FloatArray
    y: FloatArray
    start: IndexArray
    head: IntArray
    cost: IntArray
    metres: FloatArray
    provenance: Mapping[str, Any] = field(default_factory=dict)


def build_network(
    mode: str,
    x: ArrayLike,
    y: ArrayLike,
    tail: ArrayLike,
    head: ArrayLike,
    cost: ArrayLike,
    metres: ArrayLike,
    provenance: Mapping[str, Any],
) -> Network:
    """Return the largest strongly connected part of a multigraph, its nodes along a Hilbert curve.

    Loops are dropped, of parallel edges the cheapest stays (the shorter of equals), costs are at least 1.
    ``provenance`` grows by ``counts``: nodes and edges kept, and what was dropped for which reason.
    """
    xs, ys = np.asarray(x, np.float64), np.asarray(y, np.float64)
    edges = _edges(tail, head, cost, metres)
    simple = _cheapest(edges)
    new, kept = _renumbered(xs, ys, simple)
    inside = simple[(new[simple["tail"]] >= 0) & (new[simple["head"]] >= 0)]
    inside["tail"], inside["head"] = new[inside["tail"]], new[inside["head"]]
    inside = inside[np.lexsort((inside["head"], inside["tail"]))]
    counts = {
        "nodes": len(kept),
        "edges": len(inside),
        "nodes_dropped_islands": len(xs) - len(kept),
        "edges_dropped_loops": int((edges["tail"] == edges["head"]).sum()),
        "edges_dropped_parallel": int((edges["tail"] != edges["head"]).sum()) - len(simple),
        "edges_dropped_islands": len(simple) - len(inside),
    }
    return Network(
        mode=mode,
        x=xs[kept],
        y=ys[kept],
        start=np.searchsorted(inside["tail"], np.arange(len(kept) + 1)).astype(np.int64),
        head=inside["head"].copy(),
        cost=inside["cost"].copy(),
        metres=inside["metres"].copy(),
        provenance={**provenance, "mode": mode, "counts": {**provenance.get("counts", {}), **counts}},
    )


def _edges(tail: ArrayLike, head: ArrayLike, cost: ArrayLike, metres: ArrayLike) -> NDArray[np.void]:
    """Return the edges as one table with costs rounded to whole deciseconds of at least 1."""
    ends = np.asarray(tail, np.int32)
    edges = np.empty(len(ends), [("tail", "<i4"), ("head", "<i4"), ("cost", "<i4"), ("metres", "<f4")])
    edges["tail"], edges["head"], edges["metres"] = ends, np.asarray(head, np.int32), np.asarray(metres)
    edges["cost"] = np.clip(np.rint(np.asarray(cost, np.float64)), 1, INFINITE - 1)
    return edges


def _cheapest(edges: NDArray[np.void]) -> NDArray[np.void]:
    """Return the edges without loops, one per ordered pair of nodes."""
    edges = edges[edges["tail"] != edges["head"]]
    edges = edges[np.lexsort((edges["metres"], edges["cost"], edges["head"], edges["tail"]))]
    first = np.ones(len(edges), bool)
    first[1:] = (edges["tail"][1:] != edges["tail"][:-1]) | (edges["head"][1:] != edges["head"][:-1])
    return edges[first]


def _renumbered(xs: FloatArray, ys: FloatArray, edges: NDArray[np.void]) -> tuple[IntArray, IndexArray]:
    """Return the new number of every node (-1: dropped) and the nodes that stay in their new order."""
    if not len(xs):
        raise GeoDataError(f"Wegenetz: enthält keinen Knoten. {REMEDY}")
    links = coo_array((np.ones(len(edges), np.int8), (edges["tail"], edges["head"])), shape=(len(xs), len(xs)))
    _, part = connected_components(links, directed=True, connection="strong")
    kept = np.flatnonzero(part == np.bincount(part).argmax())
    kept = kept[np.lexsort((kept, hilbert(xs[kept], ys[kept])))]
    new = np.full(len(xs), -1, np.int32)
    new[kept] = np.arange(len(kept), dtype=np.int32)
    return new, kept


def hilbert(xs: FloatArray, ys: FloatArray) -> IndexArray:
    """Return the place of each point on a Hilbert curve through the box of all points.

    >>> hilbert(np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.0, 1.0, 1.0, 0.0])).argsort().tolist()
    [0, 1, 2, 3]
    """
    extent = max(float(np.ptp(xs)), float(np.ptp(ys))) or 1.0
    scale = ((1 << CURVE_BITS) - 1) / extent
    column = ((xs - xs.min()) * scale).astype(np.int64)
    row = ((ys - ys.min()) * scale).astype(np.int64)
    place = np.zeros(len(xs), np.int64)
    for bit in range(CURVE_BITS - 1, -1, -1):
        right, upper = (column >> bit) & 1, (row >> bit) & 1
        place = (place << 2) | ((3 * right) ^ upper)
        lower = upper == 0
        turned = lower & (right == 1)
        column, row = np.where(turned, ~column, column), np.where(turned, ~row, row)
        column, row = np.where(lower, row, column), np.where(lower, column, row)
    return place


def write_network(folder: Path, network: Network) -> None:
    """Write a network into a folder: one .npy file per array and its provenance; all or nothing."""
    replace_folder(folder, lambda fresh: _write(fresh, network))


def _write(folder: Path, network: Network) -> None:
    folder.mkdir()
    for name, kind in ARRAYS.items():
        np.save(folder / f"{name}.npy", np.ascontiguousarray(getattr(network, name), kind))
    text = json.dumps({**network.provenance, "mode": network.mode}, ensure_ascii=False, indent=2)
    (folder / PROVENANCE).write_text(text + "\n", "utf-8")


def read_network(folder: Path) -> Network:
    """Return the network of a folder, its arrays mapped read-only, or raise when it is incomplete or broken."""
    provenance = _read_provenance(folder / PROVENANCE)
    arrays = {name: _read_array(folder / f"{name}.npy", kind) for name, kind in ARRAYS.items()}
    network = Network(mode=provenance["mode"], provenance=provenance, **arrays)
    if problems := list(_problems(network)):
        raise GeoDataError(f"{folder}: Wegenetz ist beschädigt: {', '.join(problems[:3])}. {REMEDY}")
    return network


def _read_provenance(path: Path) -> dict[str, Any]:
    try:
        provenance = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise GeoDataError(f"{path}: fehlt oder ist nicht lesbar ({error}). {REMEDY}") from error
    if not isinstance(provenance, dict) or not isinstance(provenance.get("mode"), str):
        raise GeoDataError(f"{path}: Angabe fehlt: mode. {REMEDY}")
    return provenance


def _read_array(path: Path, kind: str) -> NDArray[Any]:
    try:
        array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise GeoDataError(f"{path}: fehlt oder ist nicht lesbar ({error}). {REMEDY}") from error
    if array.dtype != np.dtype(kind) or array.ndim != 1:
        raise GeoDataError(f"{path}: erwartet eine Reihe vom Typ {kind}, gefunden {array.dtype}. {REMEDY}")
    return np.asarray(array)


def _problems(network: Network) -> Iterator[str]:
    """Yield what is inconsistent; a rule that needs another one is not judged where that one is broken."""
    nodes, edges, start = len(network.x), len(network.head), network.start
    if not nodes or len(network.y) != nodes or len(start) != nodes + 1:
        yield f"x, y und start passen nicht zusammen ({nodes}, {len(network.y)}, {len(start)} Werte)"
    elif start[0] != 0 or start[-1] != edges or (np.diff(start) < 0).any():
        yield f"start zählt nicht von 0 bis zur Zahl der Kanten ({edges})"
    if len(network.cost) != edges or len(network.metres) != edges:
        yield f"head, cost und metres sind verschieden lang ({edges}, {len(network.cost)}, {len(network.metres)})"
    if edges and not (network.head.min() >= 0 and network.head.max() < nodes):
        yield "head zeigt auf Knoten, die es nicht gibt"
    if len(network.cost) and not (network.cost.min() >= 1 and network.cost.max() < INFINITE):
        yield "cost ist kleiner als 1 oder zu groß"
    if not (np.isfinite(network.x).all() and np.isfinite(network.y).all() and (network.metres >= 0).all()):
        yield "x, y oder metres enthalten ungültige Zahlen"


@lru_cache(maxsize=8)
def _tree(network: Network) -> cKDTree:
    return cKDTree(np.column_stack([network.x, network.y]))


def snap(network: Network, x: pd.Series, y: pd.Series, limit_m: float = SNAP_LIMIT_M) -> pd.DataFrame:
    """Return the nearest node of each point, on the index of ``x``: node, metres, reason.

    ``node`` (int32) is -1 and ``reason`` says why (German) where the point lies farther than ``limit_m`` from every
    node or has no coordinates. ``metres`` is the straight line, to the millimetre; exactly at the limit counts.
    """
    points = np.column_stack([np.asarray(x, np.float64), np.asarray(y, np.float64)])
    located = np.isfinite(points).all(axis=1)
    node, metres = np.full(len(points), -1, np.int32), np.full(len(points), np.nan)
    if located.any():
        far, near = _tree(network).query(points[located])
        metres[located], node[located] = far.round(3), near
    near_enough = metres <= limit_m
    too_far = f"weiter als {limit_m:g} m vom Wegenetz"
    reason = np.where(near_enough, "", np.where(located, too_far, "ohne Lage"))
    rows = {"node": np.where(near_enough, node, -1).astype(np.int32), "metres": metres, "reason": reason}
    return pd.DataFrame(rows, index=x.index)
