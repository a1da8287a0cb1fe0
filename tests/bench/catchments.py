"""Floating catchments on millions of pairs: ours beside SciPy's sparse matrices and pysal's access."""

from __future__ import annotations

import time
import warnings

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from layers.catchment import enhanced_fca, zones
from layers.costs import Costs, narrowed
from layers.german import number
from layers.routing.hierarchy import prepare
from layers.routing.places import at_nodes
from layers.routing.reach import costs_between
from layers.travel_time import DECISECONDS
from tests.bench.district import synthetic_district
from tests.bench.table import Row
from tests.bench.ways import best

STEPS = {10: 1.0, 20: 0.68, 30: 0.22}
PLACES = 1_000


def measure_catchments() -> list[Row]:
    """Return E2SFCA on a synthetic district beside its peers; all three must agree."""
    district = synthetic_district()
    random = np.random.default_rng(1)
    dests = random.choice(len(district.network.x), PLACES, replace=False)
    found = costs_between(prepare(district.network), at_nodes(district.cells), at_nodes(dests), 18_000)
    costs, begins = narrowed(Costs(*found)), found[0].astype(np.int32)  # SciPy widens everything to the widest index
    demand = pd.Series(random.integers(1, 60, len(district.cells)).astype(float))
    supply = pd.Series(random.integers(1, 5, PLACES).astype(float))
    name = f"E2SFCA, {number(len(demand))} Zellen, {number(PLACES)} Orte, {number(len(costs.dest) / 1e6, 1)} Mio. Paare"
    weights = zones(STEPS)
    table = csr_array((weights[costs.cost], found[1], begins), shape=(len(demand), len(supply)))
    ours = best(lambda: enhanced_fca(demand, supply, costs, weights))
    scipy = best(lambda: by_scipy(demand, supply, csr_array((weights[costs.cost], found[1], begins), table.shape)), 5)
    given = best(lambda: by_scipy(demand, supply, table))
    access, theirs = by_access(demand, supply, costs)
    for other in (by_scipy(demand, supply, table), theirs.reindex(demand.index).fillna(0)):
        np.testing.assert_allclose(enhanced_fca(demand, supply, costs, weights), other, rtol=1e-9)
    return [
        Row(name, ours, "SciPy sparse", scipy, "ms", 10.0),
        Row(f"{name}, Gewichte gegeben", ours, "SciPy sparse, nur die Produkte", given, "ms"),
        Row(f"{name}, gegen pysal", ours, "pysal access", access, "ms", 1500.0),
    ]


def by_scipy(demand: pd.Series, supply: pd.Series, weights: csr_array) -> np.ndarray:
    """Return the same by two products with a sparse matrix of weights."""
    return weights @ (supply.to_numpy() / (weights.T @ demand.to_numpy()))


def by_access(demand: pd.Series, supply: pd.Series, costs: Costs) -> tuple[float, pd.Series]:
    """Return milliseconds and result of pysal's access."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from access import fca, weights

        pairs = pd.DataFrame({"origin": costs.origin, "dest": costs.dest, "cost": costs.cost / DECISECONDS})
        people = demand.rename("demand").rename_axis("geoid").reset_index()
        places = supply.rename("supply").rename_axis("geoid").to_frame()
        begun = time.perf_counter()
        found = fca.two_stage_fca(
            people, places, pairs, max_cost=30, supply_index=True, weight_fn=weights.step_fn(STEPS)
        )
        return (time.perf_counter() - begun) * 1000, found
