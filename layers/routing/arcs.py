"""The arcs of a network as the kernels read them: forward, backward, without direction."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geodata.network import INFINITE, Network

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
__all__ = ["INFINITE", "Arcs", "Int32", "Int64", "backward", "forward", "sorted_arcs", "undirected"]


class Arcs(NamedTuple):
    """Arcs by their first node: those of node v are ``start[v]:start[v + 1]``; ``cost`` in deciseconds."""

    start: Int64
    head: Int32
    cost: Int32


def forward(network: Network) -> Arcs:
    """Return the arcs as they are driven or walked."""
    return Arcs(np.asarray(network.start), np.asarray(network.head), np.asarray(network.cost))


def backward(network: Network) -> Arcs:
    """Return the arcs against their direction: a search from a facility then gives the way *to* it."""
    arcs = forward(network)
    return sorted_arcs(arcs.head, tails(arcs), arcs.cost, len(arcs.start) - 1)


def tails(arcs: Arcs) -> Int32:
    """Return the first node of every arc."""
    return np.repeat(np.arange(len(arcs.start) - 1, dtype=np.int32), np.diff(arcs.start))


def undirected(network: Network) -> Arcs:
    """Return every pair of neighbours once in each direction; the costs say nothing."""
    arcs = forward(network)
    n, tail = len(arcs.start) - 1, tails(arcs)
    pairs = np.unique(np.concatenate([tail * np.int64(n) + arcs.head, arcs.head * np.int64(n) + tail]))
    first, second = (pairs // n).astype(np.int32), (pairs % n).astype(np.int32)
    return sorted_arcs(first, second, np.zeros(len(pairs), np.int32), n)


def sorted_arcs(tail: Int32, head: Int32, cost: Int32, n: int) -> Arcs:
    """Return arcs grouped by ``tail``; within a node they keep their order."""
    return Arcs(*_grouped(tail, head, cost, n))


@njit(cache=True)
def _grouped(tail: Int32, head: Int32, cost: Int32, n: int) -> tuple[Int64, Int32, Int32]:
    start = np.zeros(n + 1, np.int64)
    for v in tail:
        start[v + 1] += 1
    for v in range(n):
        start[v + 1] += start[v]
    free = start[:-1].copy()
    new_head, new_cost = np.empty_like(head), np.empty_like(cost)
    for i in range(len(tail)):
        at = free[tail[i]]
        new_head[at], new_cost[at] = head[i], cost[i]
        free[tail[i]] += 1
    return start, new_head, new_cost
