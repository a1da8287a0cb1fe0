"""The nearest facility of points after facilities have closed or opened, from the state before."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from geodata.catalog import Mode
from geodata.network import Network
from layers.routing.roads import arcs_from, arcs_to, nearest_at, places_at
from layers.routing.whatif import Scenario, add, close, copied, scenario


def nearest_after(
    network: Network, origins: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame, mode: Mode
) -> pd.DataFrame:
    """Return what `nearest_on_roads` gives for ``after``, recomputing only what differs from ``before`` (both by id).

    What is new stands at the end of ``after``; the others keep their order.
    """
    state = copied(_state_before(network, before[["x", "y"]].to_numpy(float).tobytes()))
    for label in np.flatnonzero(~before.index.isin(after.index)):
        if int(label) in state.places:
            close(state, int(label))
    new = after[~after.index.isin(before.index)]
    if len(new):
        at = places_at(network, new)
        for n in np.flatnonzero(at.nodes >= 0):
            add(state, len(before) + int(n), int(at.nodes[n]), int(at.walk[n]))
    names = np.array([*before.index, *new.index, None], dtype=object)
    return nearest_at(network, origins, state.keys, names, mode)


@lru_cache(maxsize=16)
def _state_before(network: Network, coordinates: bytes) -> Scenario:
    """Return the state with facilities at ``coordinates`` (x, y as float64). Kept: change a copy only."""
    places = pd.DataFrame(np.frombuffer(coordinates).reshape(-1, 2), columns=["x", "y"])
    return scenario(arcs_to(network), arcs_from(network), places_at(network, places))
