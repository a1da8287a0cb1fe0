"""Costs between origins and destinations that lie within reach of each other, as a sparse table."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from layers.travel_time import DECISECONDS


class Costs(NamedTuple):
    """Deciseconds by origin: those of origin i are ``start[i]:start[i + 1]``, each destination once, in order."""

    start: NDArray[np.int64]
    dest: NDArray[np.uint16] | NDArray[np.int32]
    cost: NDArray[np.uint16] | NDArray[np.int32]

    @property
    def origin(self) -> NDArray[np.int32]:
        """The origin of every pair."""
        return np.repeat(np.arange(len(self.start) - 1, dtype=np.int32), np.diff(self.start))


def costs_from_frame(pairs: pd.DataFrame, origins: pd.Index, dests: pd.Index) -> Costs:
    """Return the costs of a frame with ``origin``, ``dest`` and ``minutes``; of a pair named twice the least.

    Raise ValueError for minutes that are missing or negative, or an origin or destination that is not in the index.
    """
    if not (pairs["minutes"] >= 0).all():
        raise ValueError(
            f"minutes must be 0 or more, found {pairs.loc[~(pairs['minutes'] >= 0), 'minutes'].tolist()[:3]}"
        )
    rows, columns = origins.get_indexer(pd.Index(pairs["origin"])), dests.get_indexer(pd.Index(pairs["dest"]))
    if (unknown := (rows < 0) | (columns < 0)).any():
        raise ValueError(f"unknown origin or dest in {pairs.loc[unknown, ['origin', 'dest']].to_numpy().tolist()[:3]}")
    cost = (pairs["minutes"] * DECISECONDS).round().to_numpy(np.int32)
    table = pd.DataFrame({"row": rows, "column": columns, "cost": cost}).groupby(["row", "column"])["cost"].min()
    row, column = (table.index.get_level_values(name).to_numpy() for name in ("row", "column"))
    start = np.searchsorted(row, np.arange(len(origins) + 1)).astype(np.int64)
    return Costs(start, column.astype(np.int32), table.to_numpy(np.int32))


def within(costs: Costs, minutes: float) -> Costs:
    """Return the pairs of at most ``minutes``; exactly at the limit is within."""
    kept = costs.cost <= round(minutes * DECISECONDS)
    start = np.append(0, np.cumsum(kept))[costs.start]
    return Costs(start.astype(np.int64), costs.dest[kept], costs.cost[kept])


def narrowed(costs: Costs) -> Costs:
    """Return the same with destinations of two bytes where they fit: what is read again and again is read faster."""
    fits = costs.dest.max(initial=0) <= np.iinfo(np.uint16).max
    return costs._replace(dest=costs.dest.astype(np.uint16)) if fits else costs


def costs_to_frame(costs: Costs, origins: pd.Index, dests: pd.Index) -> pd.DataFrame:
    """Return one row per pair: ``origin``, ``dest``, ``minutes``; what `costs_from_frame` reads."""
    columns = {"origin": origins[costs.origin], "dest": dests[costs.dest], "minutes": costs.cost / DECISECONDS}
    return pd.DataFrame(columns)


def transposed(costs: Costs, dests: int) -> Costs:
    """Return the same pairs by destination: ``start`` over the ``dests`` destinations, ``dest`` names the origin."""
    shape = (len(costs.start) - 1, dests)
    turned = csr_array((costs.cost, costs.dest.astype(np.int32), costs.start), shape=shape).tocsc()
    return Costs(turned.indptr.astype(np.int64), turned.indices.astype(np.int32), turned.data)


def check_costs(costs: Costs, origins: int, dests: int) -> Costs:
    """Return the costs as they were, or raise ValueError where the arrays are no table of these origins and dests."""
    start, dest, cost = costs
    steps = np.diff(start)
    inner = np.ones(max(0, len(dest) - 1), bool)
    inner[(start[1:-1] - 1)[(start[1:-1] > 0) & (start[1:-1] < len(dest))]] = False  # from one origin to the next
    rules = {
        f"start must have {origins + 1} entries from 0 to {len(dest)}": len(start) != origins + 1
        or (start[0], start[-1]) != (0, len(dest))
        or bool((steps < 0).any()),
        f"dest must lie in 0 to {dests - 1}": bool(((dest < 0) | (dest >= dests)).any()),
        "dest must rise within an origin, each once": bool((dest[1:] <= dest[:-1])[inner].any()),
        "cost must be whole deciseconds from 0, one per dest": cost.dtype not in (np.uint16, np.int32)
        or len(cost) != len(dest)
        or bool((cost.astype(np.int64) < 0).any()),
    }
    if broken := [rule for rule, wrong in rules.items() if wrong]:
        raise ValueError("; ".join(broken))
    return costs
