"""Costs between origins and destinations that lie within reach of each other, as a sparse table."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers.travel_time import DECISECONDS


class Costs(NamedTuple):
    """Deciseconds by origin: those of origin i are ``start[i]:start[i + 1]``, each destination once, in order."""

    start: NDArray[np.int64]
    dest: NDArray[np.int32]
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
