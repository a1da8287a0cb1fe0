"""A contraction hierarchy of a network: prepared once, it answers many searches at once by two sweeps over its nodes.

Customizable Contraction Hierarchies (Dibbelt, Strasser and Wagner 2016). The rank of a node says when it was
contracted: the higher, the later.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geodata.network import INFINITE, Network
from layers.routing.arcs import Arcs, Int32, Int64, forward, sorted_arcs, tails, undirected
from layers.routing.order import contraction_order

GROWTH = 6  # arcs after contraction per arc before it, where the arrays begin


class Hierarchy(NamedTuple):
    """Arcs from every rank to higher ones: ``up`` with the cost of going there, ``down`` of coming from there.

    ``order`` holds the node of every rank, ``rank`` the rank of every node.
    """

    order: Int32
    rank: Int32
    up: Arcs
    down: Arcs


def prepare(network: Network, order: Int32 | None = None) -> Hierarchy:
    """Return the hierarchy of a network; ``order`` is computed where it is not given."""
    arcs = forward(network)
    n = len(arcs.start) - 1
    if order is None:
        order = contraction_order(undirected(network), np.asarray(network.x), np.asarray(network.y))
    rank = np.empty(n, np.int32)
    rank[order] = np.arange(n, dtype=np.int32)
    tail, head = rank[tails(arcs)], rank[arcs.head]
    low, high, goes_up = np.minimum(tail, head), np.maximum(tail, head), tail < head
    start, above = _contract(sorted_arcs(low, high, arcs.cost, n))
    up, down = np.full(len(above), INFINITE, np.int32), np.full(len(above), INFINITE, np.int32)
    _lay_costs(start, above, low, high, arcs.cost, goes_up, up, down)
    _relax_triangles(start, above, up, down)
    return Hierarchy(order, rank, *_without_needless(start, above, up, down))


@njit(cache=True)
def _contract(arcs: Arcs) -> tuple[Int64, Int32]:
    """Return for every rank its neighbours of higher rank once all lower ranks are contracted, sorted."""
    n = len(arcs.start) - 1
    start, above = np.zeros(n + 1, np.int64), np.empty(len(arcs.head) * GROWTH + n, np.int32)
    first_child, next_child = np.full(n, -1, np.int32), np.full(n, -1, np.int32)
    seen, count = np.full(n, -1, np.int32), 0
    for v in range(n):
        if count + n - v > len(above):
            above = np.concatenate((above, np.empty(len(above), np.int32)))
        for u in arcs.head[arcs.start[v] : arcs.start[v + 1]]:
            if seen[u] != v:
                seen[u] = v
                above[count] = u
                count += 1
        child = first_child[v]
        while child >= 0:
            for e in range(start[child], start[child + 1]):
                u = above[e]
                if u != v and seen[u] != v:
                    seen[u] = v
                    above[count] = u
                    count += 1
            child = next_child[child]
        above[start[v] : count] = np.sort(above[start[v] : count])
        start[v + 1] = count
        if count > start[v]:
            parent = above[start[v]]
            next_child[v], first_child[parent] = first_child[parent], v
    return start, above[:count].copy()


@njit(cache=True)
def _lay_costs(
    start: Int64, above: Int32, low: Int32, high: Int32, cost: Int32, goes_up: NDArray[np.bool_], up: Int32, down: Int32
) -> None:
    """Write the cost of every arc of the network to its place, the least of parallel ones."""
    for i in range(len(low)):
        e = start[low[i]] + np.searchsorted(above[start[low[i]] : start[low[i] + 1]], high[i])
        if goes_up[i]:
            up[e] = min(up[e], cost[i])
        else:
            down[e] = min(down[e], cost[i])


@njit(cache=True)
def _relax_triangles(start: Int64, above: Int32, up: Int32, down: Int32) -> None:
    """Let every arc cost at most the way through a lower node."""
    n = len(start) - 1
    place = np.full(n, -1, np.int64)
    for v in range(n):
        for i in range(start[v], start[v + 1]):
            x = above[i]
            for e in range(start[x], start[x + 1]):
                place[above[e]] = e
            for j in range(i + 1, start[v + 1]):
                e = place[above[j]]
                up[e] = min(up[e], down[i] + up[j])
                down[e] = min(down[e], down[j] + up[i])


@njit(cache=True)
def _without_needless(start: Int64, above: Int32, up: Int32, down: Int32) -> tuple[Arcs, Arcs]:
    """Drop every arc for which there is a cheaper way (perfect customization)."""
    n = len(start) - 1
    best_up, best_down = up.copy(), down.copy()
    place = np.full(n, -1, np.int64)
    for v in range(n - 1, -1, -1):
        first, last = start[v], start[v + 1]
        for e in range(first, last):
            place[above[e]] = e
        for i in range(first, last):
            x = above[i]
            for e in range(start[x], start[x + 1]):
                j = place[above[e]]
                if first <= j < last:
                    best_up[j] = min(best_up[j], best_up[i] + best_up[e])
                    best_up[i] = min(best_up[i], best_up[j] + best_down[e])
                    best_down[j] = min(best_down[j], best_down[i] + best_down[e])
                    best_down[i] = min(best_down[i], best_down[j] + best_up[e])
    return _kept(start, above, up, best_up), _kept(start, above, down, best_down)


@njit(cache=True)
def _kept(start: Int64, above: Int32, cost: Int32, best: Int32) -> Arcs:
    n, count = len(start) - 1, 0
    new_start, head, kept = np.zeros(n + 1, np.int64), np.empty_like(above), np.empty_like(cost)
    for v in range(n):
        for e in range(start[v], start[v + 1]):
            if cost[e] == best[e] and cost[e] < INFINITE:
                head[count], kept[count] = above[e], cost[e]
                count += 1
        new_start[v + 1] = count
    return Arcs(new_start, head[:count].copy(), kept[:count].copy())
