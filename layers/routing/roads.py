"""From frames of points to kernels and back: places beside a network, the nearest facility of each point."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata import catalog
from geodata.catalog import Mode
from geodata.network import INFINITE, Network, snap
from layers.routing.arcs import Arcs, backward, forward
from layers.routing.hierarchy import Hierarchy, prepare
from layers.routing.keys import LABEL_BITS, UNREACHED, Keys, costs_of, labels_of
from layers.routing.places import Places
from layers.routing.search import k_nearest, nearest_within
from layers.travel_time import DECISECONDS, METRES_PER_KM_MINUTE

KEPT = 8  # networks whose arcs stay prepared


@lru_cache(maxsize=KEPT)
def arcs_to(network: Network) -> Arcs:
    """Return the arcs for ways to a place. Kept for the next call."""
    return backward(network)


@lru_cache(maxsize=KEPT)
def arcs_from(network: Network) -> Arcs:
    """Return the arcs for ways from a place. Kept for the next call."""
    return forward(network)


@lru_cache(maxsize=KEPT)
def hierarchy_of(network: Network) -> Hierarchy:
    """Return the hierarchy of a network. Kept for the next call."""
    return prepare(network)


def places_at(network: Network, points: pd.DataFrame) -> Places:
    """Return where points (``x``, ``y``) stand on the network; the walk to it is a straight line at walking speed."""
    return _places_at(network, points[["x", "y"]].to_numpy(float).tobytes())


@lru_cache(maxsize=4 * KEPT)
def _places_at(network: Network, coordinates: bytes) -> Places:
    """Return the same for x and y as float64; people stand where they stood when the last question was asked."""
    x, y = (pd.Series(column) for column in np.frombuffer(coordinates).reshape(-1, 2).T)
    found = snap(network, x, y)
    walking = catalog.modes()["fuss"].speed_kmh * METRES_PER_KM_MINUTE / DECISECONDS
    walk = (found["metres"] / walking).round().where(found["node"] >= 0, 0)
    return Places(found["node"].to_numpy(np.int32), walk.to_numpy().astype(np.int32))


def nearest_on_roads(
    network: Network, origins: pd.DataFrame, dests: pd.DataFrame, mode: Mode, rank: int = 1
) -> pd.DataFrame:
    """Return per origin the ``rank``-th nearest of ``dests``, ``minutes`` (with ``access_minutes``) and ``metres``."""
    to, arcs = places_at(network, dests), arcs_to(network)
    of_nodes = nearest_within(arcs, to) if rank == 1 else k_nearest(arcs, to, rank)[:, rank - 1]
    names = np.array([*dests.index, None], dtype=object)
    return nearest_at(network, origins, of_nodes, names, mode)


def nearest_at(
    network: Network, origins: pd.DataFrame, of_nodes: Keys, names: NDArray[np.object_], mode: Mode
) -> pd.DataFrame:
    """Return the same for points, from the keys of all nodes; ``names`` by label, the last one stands for nothing."""
    at = places_at(network, origins)
    keys = of_nodes[at.nodes] + (at.walk.astype(np.int64) << LABEL_BITS)
    keys = np.where((at.nodes >= 0) & (costs_of(keys) < INFINITE), keys, UNREACHED)
    reached = labels_of(keys)
    way = pd.Series(np.where(reached >= 0, costs_of(keys) / DECISECONDS, np.nan), index=origins.index)
    return pd.DataFrame(
        {
            "dest": names[reached],
            "minutes": way + mode.access_minutes,
            "metres": way * mode.speed_kmh * METRES_PER_KM_MINUTE,
        },
        index=origins.index,
    )
