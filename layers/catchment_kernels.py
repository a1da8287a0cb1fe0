"""The loops of the catchment methods; the weight of a cost is looked up in a table by deciseconds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Costs = NDArray[Any]  # uint16 or int32
Places = NDArray[Any]  # unsigned: a place that may be negative costs a question each time


@njit(cache=True, nogil=True)
def demand_at(start: Places, dest: Places, cost: Costs, table: Numbers, people: Numbers, places: int) -> Numbers:
    """Return the weighted people at every place; ``table`` has a weight for every cost."""
    at = np.zeros(places)
    for i in range(len(start) - 1):
        asking = people[i]
        for e in range(start[i], start[i + 1]):
            at[dest[e]] += asking * table[cost[e]]
    return at


@njit(cache=True, nogil=True)
def score(start: Places, dest: Places, cost: Costs, table: Numbers, ratio: Numbers) -> Numbers:
    """Return per origin the weighted sum of the ratios of the places within reach."""
    found = np.empty(len(start) - 1)
    for i in range(len(found)):
        total = 0.0
        for e in range(start[i], start[i + 1]):
            total += ratio[dest[e]] * table[cost[e]]
        found[i] = total
    return found


@njit(cache=True)
def serve(origin: NDArray[np.int32], dest: NDArray[Any], people: Numbers, places: Numbers) -> None:
    """Take people and places off both sides, pair after pair."""
    for i in range(len(origin)):
        taken = min(people[origin[i]], places[dest[i]])
        people[origin[i]] -= taken
        places[dest[i]] -= taken
