"""Many searches at once on a hierarchy: a row per node, a lane per search (PHAST, Delling et al. 2013)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geodata.network import INFINITE
from layers.routing.arcs import Arcs, Int32
from layers.routing.hierarchy import Hierarchy
from layers.routing.keys import LABEL_BITS, UNREACHED
from layers.routing.places import Places

Table = NDArray[Any]  # int32 costs or int64 keys
_SCRATCH = Lock()


def costs_to(hierarchy: Hierarchy, targets: Sequence[Places]) -> NDArray[np.int32]:
    """Return the deciseconds from every node (row) to the nearest of the places of each lane (column).

    Where a lane has no place on the network the cost is INFINITE.
    """
    return _swept(hierarchy, hierarchy.down, hierarchy.up, targets, labelled=False)


def costs_from(hierarchy: Hierarchy, sources: Sequence[Places]) -> NDArray[np.int32]:
    """Return the deciseconds to every node (row) from the nearest of the places of each lane (column)."""
    return _swept(hierarchy, hierarchy.up, hierarchy.down, sources, labelled=False)


def nearest_of(hierarchy: Hierarchy, facilities: Sequence[Places]) -> NDArray[np.int64]:
    """Return cost and facility (see `keys`) of the way from every node (row) to the nearest one of each lane."""
    return _swept(hierarchy, _in_keys(hierarchy.down), _in_keys(hierarchy.up), facilities, labelled=True)


def _in_keys(arcs: Arcs) -> Arcs:
    return arcs._replace(cost=arcs.cost.astype(np.int64) << LABEL_BITS)


def _swept(
    hierarchy: Hierarchy, climb: Arcs, descend: Arcs, lanes: Sequence[Places], *, labelled: bool
) -> NDArray[Any]:
    kind, nothing = (np.int64, UNREACHED) if labelled else (np.int32, INFINITE)
    shape = len(hierarchy.order), len(lanes)
    known, found = np.zeros(len(hierarchy.order), np.bool_), np.empty(shape, kind)
    with _SCRATCH:
        table = _scratch_table(shape, kind)
        _start(hierarchy, table, known, lanes, nothing, labelled=labelled)
        _climb(climb, table, known, kind(nothing))
        _descend(descend, table, known, hierarchy.order, found, kind(nothing))
    return found


@lru_cache(maxsize=1)
def _scratch_table(shape: tuple[int, int], kind: type) -> Table:
    """Return memory for one sweep at a time: fresh memory costs as much as the sweep itself."""
    return np.empty(shape, kind)


def _start(
    hierarchy: Hierarchy,
    table: Table,
    known: NDArray[np.bool_],
    lanes: Sequence[Places],
    nothing: int,
    *,
    labelled: bool,
) -> None:
    """Write the places of every lane into its column and mark their rows as known."""
    for lane, places in enumerate(lanes):
        on = places.nodes >= 0
        rows, first = hierarchy.rank[places.nodes[on]], (places.keys() if labelled else places.walk)[on]
        fresh = rows[~known[rows]]
        table[fresh], known[fresh] = nothing, True
        np.minimum.at(table[:, lane], rows, first)


@njit(cache=True)
def _climb(arcs: Arcs, table: Table, known: NDArray[np.bool_], nothing: Any) -> None:
    """Carry the ``known`` rows of ``table`` upwards; rows that are not known hold nothing yet."""
    n, lanes = table.shape
    number = table.dtype.type
    for v in range(n):
        if not known[v]:
            continue
        for e in range(arcs.start[v], arcs.start[v + 1]):
            u, cost = arcs.head[e], arcs.cost[e]
            if not known[u]:
                known[u] = True
                for lane in range(lanes):
                    table[u, lane] = nothing
            for lane in range(lanes):
                table[u, lane] = min(table[u, lane], number(table[v, lane] + cost))


@njit(cache=True)
def _descend(arcs: Arcs, table: Table, known: NDArray[np.bool_], order: Int32, found: Table, nothing: Any) -> None:
    """Complete every row of ``table`` from the rows above it and copy it to its node in ``found``."""
    n, lanes = table.shape
    number = table.dtype.type
    for v in range(n - 1, -1, -1):
        if not known[v]:
            for lane in range(lanes):
                table[v, lane] = nothing
        for e in range(arcs.start[v], arcs.start[v + 1]):
            u, cost = arcs.head[e], arcs.cost[e]
            for lane in range(lanes):
                table[v, lane] = min(table[v, lane], number(table[u, lane] + cost))
        node = order[v]
        for lane in range(lanes):
            found[node, lane] = table[v, lane]
