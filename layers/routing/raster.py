"""Costs of a network spread over a raster: along its ways first, then on foot beside them."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from layers.routing.arcs import Arcs

Raster = NDArray[np.float32]


@njit(cache=True)
def lay_ways(
    arcs: Arcs,
    costs: NDArray[np.int32],
    column: NDArray[np.float64],
    row: NDArray[np.float64],
    limit: int,
    raster: Raster,
    leaving: bool,
) -> None:
    """Write the least cost up to ``limit`` into every cell that a way crosses; ways run straight between nodes.

    ``column`` and ``row`` place the nodes in cells. ``leaving``: the costs are those of ways from a place, else to it.
    """
    for v in range(len(costs)):
        for e in range(arcs.start[v], arcs.start[v + 1]):
            u = arcs.head[e]
            a, b = (v, u) if leaving else (u, v)
            known = costs[a]
            if known > limit:
                continue
            steps = 1 + int(max(abs(column[b] - column[a]), abs(row[b] - row[a])))
            for step in range(steps + 1):
                cost = known + arcs.cost[e] * step / steps
                if cost > limit:
                    break
                x = int(column[a] + (column[b] - column[a]) * step / steps)
                y = int(row[a] + (row[b] - row[a]) * step / steps)
                if 0 <= x < raster.shape[1] and 0 <= y < raster.shape[0]:
                    raster[y, x] = min(raster[y, x], cost)


@njit(cache=True)
def walk_beside(raster: Raster, metres: Raster, cell_m: float, per_metre: float, most_m: float) -> None:
    """Carry the costs on foot to the cells beside, at most ``most_m`` far (chamfer distance, Borgefors 1986).

    ``metres`` holds how far each cell has been walked to, 0 on a way. Two passes, over the raster and back; cells on
    its edge stay as they are.
    """
    straight, across = np.float32(cell_m), np.float32(cell_m * 2**0.5)
    price, most = np.float32(per_metre), np.float32(most_m)
    rows, columns = raster.shape
    for y in range(1, rows - 1):
        for x in range(1, columns - 1):
            _step(raster, metres, y, x, y, x - 1, straight, price, most)
            _step(raster, metres, y, x, y - 1, x - 1, across, price, most)
            _step(raster, metres, y, x, y - 1, x, straight, price, most)
            _step(raster, metres, y, x, y - 1, x + 1, across, price, most)
    for y in range(rows - 2, 0, -1):
        for x in range(columns - 2, 0, -1):
            _step(raster, metres, y, x, y, x + 1, straight, price, most)
            _step(raster, metres, y, x, y + 1, x + 1, across, price, most)
            _step(raster, metres, y, x, y + 1, x, straight, price, most)
            _step(raster, metres, y, x, y + 1, x - 1, across, price, most)


@njit(cache=True, inline="always")
def _step(
    raster: Raster,
    metres: Raster,
    y: int,
    x: int,
    near_y: int,
    near_x: int,
    step: np.float32,
    price: np.float32,
    most: np.float32,
) -> None:
    cost, walked = raster[near_y, near_x] + step * price, metres[near_y, near_x] + step
    if cost < raster[y, x] and walked <= most:
        raster[y, x], metres[y, x] = cost, walked
