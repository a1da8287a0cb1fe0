"""Searches on the arcs themselves: the nearest facility within a limit, the k nearest, all costs from one node."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geodata.network import INFINITE
from layers.routing.arcs import Arcs, Int32, Int64
from layers.routing.heap import Heap, empty_heap, pop, push
from layers.routing.keys import LABEL_BITS, UNREACHED, Keys
from layers.routing.places import Places


def nearest_within(arcs: Arcs, facilities: Places, limit: int = INFINITE - 1) -> Keys:
    """Return cost and facility (see `keys`) for every node, UNREACHED beyond ``limit`` deciseconds.

    With the arcs of `backward` it is the way to the facility, with those of `forward` the way from it. Buckets by
    cost (Dial 1969): for limits of minutes, not days.
    """
    keys = np.full(len(arcs.start) - 1, UNREACHED, np.int64)
    near = (facilities.nodes >= 0) & (facilities.walk <= limit)
    np.minimum.at(keys, facilities.nodes[near], facilities.keys()[near])
    _spread(arcs, keys, np.unique(facilities.nodes[near]), limit, _buckets(arcs, facilities.walk[near]))
    return keys


def _buckets(arcs: Arcs, walk: Int32) -> int:
    """Return how many buckets there must be: a power of two above the dearest arc and the longest walk."""
    dearest = max(int(costs.max(initial=1)) for costs in (arcs.cost, walk))
    return 1 << dearest.bit_length()


@njit(cache=True)
def _spread(arcs: Arcs, keys: Keys, sources: Int32, limit: int, buckets: int) -> None:
    """Complete ``keys`` from the nodes that have one already."""
    first = np.full(buckets, -1, np.int64)
    room = len(arcs.head) + len(sources)
    node, following = np.empty(room, np.int32), np.empty(room, np.int64)
    count, mask = 0, buckets - 1
    for v in sources:
        at = keys[v] >> LABEL_BITS
        node[count], following[count], first[at] = v, first[at], count
        count += 1
    waiting, cost = count, 0
    while waiting > 0:
        while first[cost & mask] >= 0:
            entry = first[cost & mask]
            first[cost & mask] = following[entry]
            waiting -= 1
            v = node[entry]
            if keys[v] >> LABEL_BITS != cost:
                continue
            for e in range(arcs.start[v], arcs.start[v + 1]):
                u, reached = arcs.head[e], cost + arcs.cost[e]
                key = keys[v] + (np.int64(arcs.cost[e]) << LABEL_BITS)
                if reached > limit or key >= keys[u]:
                    continue
                if reached < keys[u] >> LABEL_BITS:
                    node[count], following[count], first[reached & mask] = u, first[reached & mask], count
                    count += 1
                    waiting += 1
                keys[u] = key
        cost += 1


def k_nearest(arcs: Arcs, facilities: Places, k: int, limit: int = INFINITE - 1) -> NDArray[np.int64]:
    """Return the keys of the ``k`` nearest facilities (columns, nearest first) for every node (rows)."""
    found = np.full((len(arcs.start) - 1, k), UNREACHED, np.int64)
    near = (facilities.nodes >= 0) & (facilities.walk <= limit)
    keys, nodes = facilities.keys()[near], facilities.nodes[near]
    _spread_k(arcs, found, keys, nodes, limit, empty_heap(k * len(arcs.head) + len(keys) + 1))
    return found


@njit(cache=True)
def _spread_k(arcs: Arcs, found: NDArray[np.int64], keys: Int64, nodes: Int32, limit: int, heap: Heap) -> None:
    n, k = found.shape
    count = np.zeros(n, np.int64)
    for i in range(len(keys)):
        push(heap, keys[i], nodes[i])
    while heap.size[0] > 0:
        key, v = pop(heap)
        if count[v] == k or _has_label(found, v, count[v], key):
            continue
        found[v, count[v]] = key
        count[v] += 1
        for e in range(arcs.start[v], arcs.start[v + 1]):
            u, reached = arcs.head[e], key + (np.int64(arcs.cost[e]) << LABEL_BITS)
            if count[u] < k and reached >> LABEL_BITS <= limit:
                push(heap, reached, u)


@njit(cache=True)
def _has_label(found: NDArray[np.int64], v: int, count: int, key: int) -> bool:
    mask = (np.int64(1) << LABEL_BITS) - 1
    for i in range(count):  # noqa: SIM110 (numba has no generators)
        if found[v, i] & mask == key & mask:
            return True
    return False
