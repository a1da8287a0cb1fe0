"""The same searches by SciPy: slower, independent, the reference for the kernels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geodata.network import INFINITE
from layers.routing.arcs import Arcs, Int32
from layers.routing.keys import LABEL_BITS, UNREACHED
from layers.routing.places import Places


def matrix(arcs: Arcs) -> csr_array:
    """Return the arcs as the matrix that SciPy searches; a Network has no parallel arcs that it could sum up."""
    n = len(arcs.start) - 1
    return csr_array((arcs.cost.astype(float), arcs.head, arcs.start), shape=(n, n))


def nearest_costs(arcs: Arcs, lanes: Sequence[Int32]) -> NDArray[np.int32]:
    """Return the deciseconds of every node (row) to the nearest node of each lane (column); without any walk."""
    graph = matrix(arcs)
    return np.column_stack([_whole(dijkstra(graph, indices=nodes, min_only=True)) for nodes in lanes])


def nearest_keys(arcs: Arcs, facilities: Places) -> NDArray[np.int64]:
    """Return cost and facility (see `keys`) of every node."""
    return np.asarray(_all_keys(arcs, facilities).min(axis=0))


def k_nearest(arcs: Arcs, facilities: Places, k: int) -> NDArray[np.int64]:
    """Return the keys of the ``k`` nearest facilities (columns) of every node (rows)."""
    return np.sort(_all_keys(arcs, facilities), axis=0)[:k].T


def _all_keys(arcs: Arcs, facilities: Places) -> NDArray[np.int64]:
    on = facilities.nodes >= 0
    costs = _whole(dijkstra(matrix(arcs), indices=facilities.nodes[on])).astype(np.int64)
    return np.where(costs < INFINITE, (costs << LABEL_BITS) + facilities.keys()[on][:, None], UNREACHED)


def costs_between(arcs: Arcs, origins: Places, dests: Places) -> NDArray[np.int32]:
    """Return the deciseconds from every origin (row) to every destination (column); all must be on the network.

    ``arcs`` are those of `backward`, because SciPy searches from the destinations.
    """
    costs = _whole(dijkstra(matrix(arcs), indices=dests.nodes))[:, origins.nodes].T
    return costs + origins.walk[:, None] + dests.walk


def _whole(costs: NDArray[np.float64]) -> NDArray[np.int32]:
    return np.where(np.isinf(costs), INFINITE, costs).astype(np.int32)
