"""Supply within reach: floating catchments, gravity, assignment to places with limited capacity.

Everything takes ``demand`` per origin and ``supply`` per destination in the order of the costs, and returns a series
on the index of ``demand``. A missing demand or supply is an error, never 0. Supply that nobody reaches counts for
nobody; an origin that reaches no supply scores 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers.costs import Costs, within
from layers.travel_time import DECISECONDS

Weights = NDArray[np.float64]
PAIRS_A_PART, PARTS = 1_000_000, 4


def two_step_fca(demand: pd.Series, supply: pd.Series, costs: Costs, minutes: float) -> pd.Series:
    """Return supply per unit of demand within a catchment (2SFCA, Luo and Wang 2003).

    R_j = S_j / sum of P_k with d_kj <= d0; A_i = sum of R_j with d_ij <= d0.
    """
    return _floating(demand, supply, costs, np.ones(_length(minutes)))


def enhanced_fca(demand: pd.Series, supply: pd.Series, costs: Costs, weights: Weights) -> pd.Series:
    """Return supply per unit of demand, both weighted by distance (E2SFCA, Luo and Qi 2009).

    R_j = S_j / sum of P_k W(d_kj); A_i = sum of R_j W(d_ij). ``weights`` by `zones` or `gaussian`.
    """
    return _floating(demand, supply, costs, weights)


def three_step_fca(demand: pd.Series, supply: pd.Series, costs: Costs, weights: Weights) -> pd.Series:
    """Return supply per unit of demand when people choose among the places in reach (3SFCA, Wan, Zou, Sternberg 2012).

    G_ij = W(d_ij) / sum of W(d_ik); R_j = S_j / sum of G_kj P_k W(d_kj); A_i = sum of G_ij R_j W(d_ij).
    """
    people, places = _checked(demand, supply, costs)
    table = _table(weights, costs)
    in_reach = _summed(costs, table, np.ones_like(places))
    asking = np.divide(people, in_reach, out=np.zeros_like(people), where=in_reach > 0)
    squared = table**2  # G W = W^2 / sum of W: the division is by origin and waits until the end
    found = _summed(costs, squared, _ratio(places, _asked(costs, squared, asking, len(places))))
    return pd.Series(np.divide(found, in_reach, out=np.zeros_like(found), where=in_reach > 0), demand.index)


def gravity(demand: pd.Series, supply: pd.Series, costs: Costs, weights: Weights, *, shared: bool = True) -> pd.Series:
    """Return the potential of the supply: the sum of S_j W(d_ij) (Hansen 1959).

    ``shared``: each place is divided by the potential of the demand for it (Joseph and Bantock 1982).
    """
    if shared:
        return _floating(demand, supply, costs, weights)
    _, places = _checked(demand, supply, costs)
    return pd.Series(_summed(costs, _table(weights, costs), places), demand.index)


class Assignment(NamedTuple):
    """Who is served where: ``served`` and ``residual`` demand per origin, ``used`` and ``free`` capacity per place."""

    served: pd.Series
    residual: pd.Series
    used: pd.Series
    free: pd.Series


def assign(demand: pd.Series, capacity: pd.Series, costs: Costs, minutes: float) -> Assignment:
    """Return who finds a place within ``minutes`` when places are limited and the nearest are served first.

    Pairs are taken by cost, of equal costs the earlier origin and then the earlier place; each takes what is left of
    both sides (the greedy rule of AccessMod, Ray and Ebener 2008). Nobody is sent away for somebody nearer later.
    """
    from layers.catchment_kernels import serve  # the compiler costs a second

    people, places = _checked(demand, capacity, costs)
    near = within(costs, minutes)
    order = np.argsort(near.cost, kind="stable")  # the costs lie by origin and place already
    left, free = people.copy(), places.copy()
    serve(near.origin[order], near.dest[order], left, free)
    return Assignment(
        pd.Series(people - left, demand.index),
        pd.Series(left, demand.index),
        pd.Series(places - free, capacity.index),
        pd.Series(free, capacity.index),
    )


def zones(weight_up_to: Mapping[float, float]) -> Weights:
    """Return the weight of every decisecond from limits in minutes: a limit belongs to its own zone.

    >>> table = zones({10: 1.0, 20: 0.5})
    >>> float(table[6000]), float(table[6001]), float(table[12000]), len(table)
    (1.0, 0.5, 0.5, 12001)
    """
    limits = sorted(weight_up_to)
    seconds = np.arange(_length(limits[-1]))
    ends = [round(limit * DECISECONDS) for limit in limits]
    return np.array([weight_up_to[limit] for limit in limits])[np.searchsorted(ends, seconds)]


def gaussian(minutes: float) -> Weights:
    """Return weights that fall from 1 to 0 at ``minutes`` (Dai 2010).

    W(d) = (exp(-1/2 (d / d0)^2) - exp(-1/2)) / (1 - exp(-1/2)), both sides times exp(1/2): so the limit is exactly 0.
    """
    share = np.arange(_length(minutes)) / (minutes * DECISECONDS)
    return np.asarray(np.expm1((1 - share**2) / 2) / np.expm1(0.5))


def exponential(minutes: float, halved_every: float) -> Weights:
    """Return weights up to ``minutes`` that halve every ``halved_every`` minutes."""
    return np.asarray(0.5 ** (np.arange(_length(minutes)) / (halved_every * DECISECONDS)))


def _length(minutes: float) -> int:
    """Return how many deciseconds lie within ``minutes``, 0 and the limit included."""
    return round(minutes * DECISECONDS) + 1


def _floating(demand: pd.Series, supply: pd.Series, costs: Costs, weights: Weights) -> pd.Series:
    people, places = _checked(demand, supply, costs)
    table = _table(weights, costs)
    return pd.Series(_summed(costs, table, _ratio(places, _asked(costs, table, people, len(places)))), demand.index)


def _asked(costs: Costs, table: Weights, people: Weights, places: int) -> Weights:
    """Return the weighted people at every place."""
    from layers.catchment_kernels import demand_at  # the compiler costs a second

    start, dest = _unsigned(costs)
    sums = _in_parts(costs, lambda of: demand_at(start[of], dest, costs.cost, table, people[of], places))
    return np.asarray(np.sum(sums, axis=0))


def _summed(costs: Costs, table: Weights, of_places: Weights) -> Weights:
    """Return for every origin the weighted sum of what the places within reach have."""
    from layers.catchment_kernels import score  # the compiler costs a second

    start, dest = _unsigned(costs)
    return np.concatenate(_in_parts(costs, lambda of: score(start[of], dest, costs.cost, table, of_places)))


def _in_parts(costs: Costs, run: Callable[[slice], Weights]) -> list[Weights]:
    """Return what ``run`` makes of the starts of each part of the origins, in their order, parts at the same time.

    How many parts there are follows from the costs alone, so sums come out the same on every machine.
    """
    count = max(1, min(PARTS, len(costs.dest) // PAIRS_A_PART))
    cuts = np.searchsorted(costs.start, np.linspace(0, len(costs.dest), count + 1)[1:-1])
    ends = [0, *cuts.tolist(), len(costs.start) - 1]
    parts = [slice(first, last + 1) for first, last in pairwise(ends)]
    if count == 1:
        return [run(parts[0])]
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, parts))


def _unsigned(costs: Costs) -> tuple[NDArray[np.uint64], NDArray[Any]]:
    """Return starts and destinations as numbers that cannot be negative: that saves a question for every pair."""
    return costs.start.view(np.uint64), costs.dest.view(np.uint16 if costs.dest.dtype == np.uint16 else np.uint32)


def _table(weights: Weights, costs: Costs) -> Weights:
    """Return the weights of all costs that there are, 0 beyond the limit: so the loops need not ask."""
    longest = np.iinfo(np.uint16).max if costs.cost.dtype == np.uint16 else int(costs.cost.max(initial=0))
    return np.pad(weights, (0, max(0, longest + 1 - len(weights))))


def _ratio(places: Weights, at: Weights) -> Weights:
    return np.divide(places, at, out=np.zeros_like(places), where=at > 0)


def _fit(costs: Costs, dests: int) -> bool:
    """Return whether every destination is one of ``dests``; in rising order only the ends of an origin need a look."""
    reaching = np.diff(costs.start) > 0
    first, last = costs.dest[costs.start[:-1][reaching]], costs.dest[costs.start[1:][reaching] - 1]
    return not len(first) or bool(first.min() >= 0 and last.max() < dests)


def _checked(demand: pd.Series, supply: pd.Series, costs: Costs) -> tuple[Weights, Weights]:
    """Return both as numbers, or raise where one is missing or negative or does not fit the costs."""
    for name, values in (("demand", demand), ("supply", supply)):
        if not (values >= 0).all():
            raise ValueError(f"{name} must be 0 or more, found {values[~(values >= 0)].head(3).to_dict()}")
    if len(demand) != len(costs.start) - 1 or not _fit(costs, len(supply)):
        raise ValueError(f"costs are for other places: {len(demand)} origins, {len(supply)} destinations")
    return demand.to_numpy(float), supply.to_numpy(float)
