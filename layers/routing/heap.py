"""A binary heap of (key, node) in two arrays, for the kernels of a search."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from layers.routing.arcs import Int32, Int64


class Heap(NamedTuple):
    """The waiting nodes; ``size[0]`` says how many. The smallest key is at place 0."""

    keys: Int64
    nodes: Int32
    size: Int64


def empty_heap(room: int) -> Heap:
    """Return a heap with room for ``room`` entries."""
    return Heap(np.empty(room, np.int64), np.empty(room, np.int32), np.zeros(1, np.int64))


@njit(cache=True)
def push(heap: Heap, key: int | np.int64, node: int) -> None:
    """Add an entry."""
    at = heap.size[0]
    heap.size[0] += 1
    while at > 0:
        above = (at - 1) >> 1
        if heap.keys[above] <= key:
            break
        heap.keys[at], heap.nodes[at] = heap.keys[above], heap.nodes[above]
        at = above
    heap.keys[at], heap.nodes[at] = key, node


@njit(cache=True)
def pop(heap: Heap) -> tuple[int, int]:
    """Remove and return the entry with the smallest key."""
    key, node = heap.keys[0], heap.nodes[0]
    heap.size[0] -= 1
    last = heap.size[0]
    moved_key, moved_node = heap.keys[last], heap.nodes[last]
    at = 0
    while 2 * at + 1 < last:
        below = 2 * at + 1
        if below + 1 < last and heap.keys[below + 1] < heap.keys[below]:
            below += 1
        if heap.keys[below] >= moved_key:
            break
        heap.keys[at], heap.nodes[at] = heap.keys[below], heap.nodes[below]
        at = below
    heap.keys[at], heap.nodes[at] = moved_key, moved_node
    return key, node
