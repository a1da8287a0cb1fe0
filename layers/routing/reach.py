"""Costs between many origins and destinations within a limit, on a hierarchy, as a sparse table."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geodata.network import INFINITE
from layers.routing.arcs import Arcs, Int32, Int64
from layers.routing.hierarchy import Hierarchy
from layers.routing.places import Places

LANES = 64  # destinations per sweep: few sweeps, whole rows in the cache of the processor
BEYOND = np.iinfo(np.uint16).max  # stands for "not within the limit"
Sparse = tuple[Int64, Int32, NDArray[np.uint16]]


def costs_between(hierarchy: Hierarchy, origins: Places, dests: Places, limit: int) -> Sparse:
    """Return ``start``, ``dest``, ``cost`` (deciseconds): those of origin i are ``start[i]:start[i + 1]``.

    Within an origin the destinations stand in their order; a place that is not on the network reaches nothing. The
    walks at both ends count. Restricted to the nodes that the origins need (RPHAST, Delling, Goldberg and Werneck
    2011). Exactly at the ``limit`` counts as within.
    """
    if not 0 <= limit < BEYOND:
        raise ValueError(f"limit must lie between 0 and {BEYOND - 1} deciseconds, found {limit}")
    at, to = _by_rank(hierarchy, origins), _by_rank(hierarchy, dests)
    turn = np.argsort(to.nodes, kind="stable")  # neighbours are swept together, they climb the same way
    together = Places(to.nodes[turn], to.walk[turn])
    dense = np.empty((len(at.nodes), -(-len(turn) // LANES) * LANES), np.uint16)
    _fill(hierarchy.down, hierarchy.up, _needed(hierarchy.up, at.nodes), at, together, limit, dense)
    return _sparse(dense, np.argsort(turn))


def _by_rank(hierarchy: Hierarchy, places: Places) -> Places:
    return places._replace(nodes=np.where(places.nodes >= 0, hierarchy.rank[places.nodes], np.int32(-1)))


@njit(cache=True)
def _needed(descend: Arcs, origins: Int32) -> Int32:
    """Return the ranks from which the costs of the origins follow, highest first."""
    n = len(descend.start) - 1
    wanted = np.zeros(n, np.bool_)
    for v in origins:
        if v >= 0:
            wanted[v] = True
    for v in range(n):
        if wanted[v]:
            for u in descend.head[descend.start[v] : descend.start[v + 1]]:
                wanted[u] = True
    return np.flatnonzero(wanted)[::-1].astype(np.int32)


@njit(cache=True)
def _fill(
    climb: Arcs, descend: Arcs, needed: Int32, origins: Places, dests: Places, limit: int, dense: NDArray[np.uint16]
) -> None:
    """Write every cost up to ``limit`` into ``dense`` (origin, destination)."""
    n = len(climb.start) - 1
    table, known = np.empty((n, LANES), np.int32), np.zeros(n, np.bool_)
    for first in range(0, len(dests.nodes), LANES):
        for lane in range(min(LANES, len(dests.nodes) - first)):
            v = dests.nodes[first + lane]
            if v >= 0:
                _know(table, known, v)
                table[v, lane] = dests.walk[first + lane]
        _climb(climb, table, known)
        _descend(descend, table, known, needed)
        known[:] = False
        for i in range(len(origins.nodes)):
            row = dense[i, first : first + LANES]
            if origins.nodes[i] < 0:
                row[:] = BEYOND
                continue
            costs, most = table[origins.nodes[i]], np.int32(limit - origins.walk[i])
            for lane in range(LANES):
                row[lane] = costs[lane] + origins.walk[i] if costs[lane] <= most else BEYOND


@njit(cache=True)
def _know(table: NDArray[np.int32], known: NDArray[np.bool_], v: int) -> None:
    """Clear the row of ``v`` when it is used for the first time."""
    if not known[v]:
        known[v] = True
        for lane in range(LANES):
            table[v, lane] = INFINITE


@njit(cache=True)
def _climb(climb: Arcs, table: NDArray[np.int32], known: NDArray[np.bool_]) -> None:
    for v in range(len(known)):
        if known[v]:
            for e in range(climb.start[v], climb.start[v + 1]):
                u, cost = climb.head[e], climb.cost[e]
                _know(table, known, u)
                for lane in range(LANES):
                    table[u, lane] = min(table[u, lane], np.int32(table[v, lane] + cost))


@njit(cache=True)
def _descend(descend: Arcs, table: NDArray[np.int32], known: NDArray[np.bool_], needed: Int32) -> None:
    for v in needed:
        _know(table, known, v)
        for e in range(descend.start[v], descend.start[v + 1]):
            u, cost = descend.head[e], descend.cost[e]
            for lane in range(LANES):
                table[v, lane] = min(table[v, lane], np.int32(table[u, lane] + cost))


@njit(cache=True)
def _sparse(dense: NDArray[np.uint16], column: Int64) -> Sparse:
    """Return the costs of ``dense`` that are within the limit; destination j stands in column ``column[j]``."""
    start = np.zeros(len(dense) + 1, np.int64)
    for i in range(len(dense)):
        count = 0
        for cost in dense[i]:
            count += cost != BEYOND
        start[i + 1] = start[i] + count
    room = start[-1] + 1  # a cost is written before it is known whether it counts
    dest, cost = np.empty(room, np.int32), np.empty(room, np.uint16)
    at = 0
    for i in range(len(dense)):
        row = dense[i]
        for j in range(len(column)):
            dest[at], cost[at] = j, row[column[j]]
            at += cost[at] != BEYOND
    return start, dest[:-1], cost[:-1]
