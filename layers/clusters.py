"""Whether neighbouring areas are alike: Moran's I of all areas, local Moran of each, and what may be said of it.

Own arithmetic on arrays, proven against esda: its local test warns on every call, changes the warning filters of
the process and draws from NumPy's global generator, which a server with several threads cannot share.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import scipy  # loads scipy.stats when it is first asked for
from scipy import sparse

from layers.german import number

FEWEST = 20
SEED = 20220515
FINER_PERMUTATIONS, FINER_UP_TO = 9_999, 2_500
LEVEL = 0.05
TIE = 1e-10
QUADRANTS = ("hoch-hoch", "niedrig-niedrig", "hoch-niedrig", "niedrig-hoch")
COLUMNS = ["quadrant", "local_i", "p", "p_fdr", "significant"]
NO_VALUE = "kein Wert"
NO_NEIGHBOUR = "kein Nachbargebiet mit Wert"


@dataclass(frozen=True, eq=False)
class Clusters:
    """Moran's ``i`` over ``n`` areas with a value and a neighbour with a value, ``expected`` without pattern, ``p``.

    ``table`` has a row per area: ``quadrant`` (own value against the mean, then that of the neighbours),
    ``local_i``, ``p``, ``p_fdr``, ``significant``, and the ``reason`` where an area takes no part. ``refusal``
    (German) says why there is no test; then the numbers are NaN and the table has no classes.
    """

    n: int
    i: float
    expected: float
    p: float
    table: pd.DataFrame
    sentence: str
    refusal: str = ""


def contiguity(areas: gpd.GeoSeries) -> pd.DataFrame:
    """Return all pairs ``area``, ``neighbour`` that touch in at least a point (queen), in both directions.

    Geometries as published, EPSG:25832: simplified borders no longer touch.
    """
    at, other = areas.sindex.query(areas.geometry, predicate="intersects")
    apart = at != other
    return pd.DataFrame({"area": areas.index[at[apart]], "neighbour": areas.index[other[apart]]})


def clusters(
    values: pd.Series,
    neighbours: pd.DataFrame | gpd.GeoSeries,
    *,
    permutations: int = 999,
    seed: int = SEED,
    level: float = LEVEL,
) -> Clusters:
    """Return Moran's I and the local clusters of ``values`` among ``neighbours`` (pairs of ``contiguity``, or areas).

    Neighbours weigh equally and sum to 1. Areas without a value, and areas none of whose neighbours has one, take
    no part. All p are two-sided, from permutations with a fixed seed; the local ones (Anselin 1995) hold the area
    itself still and are significant where they pass the false discovery rate (Benjamini and Hochberg 1995; Caldas
    de Castro and Singer 2006). Up to 2,500 areas they rest on 9,999 permutations: with 999 no p would be small
    enough to pass. Fewer than 20 areas, or no variation, are refused.
    """
    pairs = contiguity(neighbours) if isinstance(neighbours, gpd.GeoSeries) else neighbours
    known = values.dropna().astype(float)
    weights, tested = row_weights(known.index, pairs)
    z = known[tested].to_numpy()
    refusal = _refusal(z)
    if refusal:
        return Clusters(len(z), np.nan, np.nan, np.nan, _table(values, tested, refusal=refusal), refusal, refusal)
    z = z - z.mean()
    rng = np.random.default_rng(seed)
    i, p = moran(z, weights, permutations, rng)
    finer = max(permutations, FINER_PERMUTATIONS) if len(z) <= FINER_UP_TO else permutations
    local = local_moran(z, weights, finer, rng).set_axis(tested)
    local["p_fdr"] = scipy.stats.false_discovery_control(local["p"])
    local["significant"] = local["p_fdr"] <= level
    expected = -1 / (len(z) - 1)
    sentence = f"{_pattern(i, expected, p, len(z))} {_local_sentence(local)}"
    return Clusters(len(z), i, expected, p, _table(values, tested, local), sentence)


def _refusal(z: np.ndarray) -> str:
    if len(z) < FEWEST:
        return f"Nur {len(z)} Gebiete: kein belastbarer Test auf räumliche Muster."
    if np.ptp(z) <= 1e-12 * np.abs(z).max():
        return f"Alle {number(len(z))} Gebiete haben denselben Wert: kein räumliches Muster zu prüfen."
    return ""


def _table(
    values: pd.Series, tested: pd.Index, local: pd.DataFrame | None = None, *, refusal: str = ""
) -> pd.DataFrame:
    """Return the columns of ``local`` for all areas, and why an area has none."""
    table = (pd.DataFrame(columns=COLUMNS) if local is None else local).reindex(values.index)
    table["quadrant"] = table["quadrant"].astype(object).fillna("")
    table["significant"] = table["significant"].eq(True)
    table = table.astype({"local_i": float, "p": float, "p_fdr": float})
    reason = np.where(values.isna(), NO_VALUE, np.where(values.index.isin(tested), refusal, NO_NEIGHBOUR))
    return table.assign(reason=pd.Series(reason, values.index, dtype=object))


def row_weights(keys: pd.Index, pairs: pd.DataFrame) -> tuple[sparse.csr_array, pd.Index]:
    """Return weights that sum to 1 per row among those of ``keys`` that have a neighbour there, and these keys.

    Who is a neighbour in one direction is one in both; nobody is their own.
    """
    at, other = (keys.get_indexer(pd.Index(pairs[name])) for name in ("area", "neighbour"))
    real = (at >= 0) & (other >= 0) & (at != other)
    row, column = np.concatenate([at[real], other[real]]), np.concatenate([other[real], at[real]])
    touching = sparse.csr_array((np.ones(len(row)), (row, column)), shape=(len(keys), len(keys)))
    touching.data[:] = 1.0  # pairs given in both directions were summed
    degree = np.diff(touching.indptr)
    with_neighbour = np.flatnonzero(degree)
    inside = touching[with_neighbour][:, with_neighbour]
    return sparse.csr_array(sparse.diags_array(1 / degree[with_neighbour]) @ inside), keys[with_neighbour]


def moran(z: np.ndarray, weights: sparse.csr_array, permutations: int, rng: np.random.Generator) -> tuple[float, float]:
    """Return Moran's I of centred ``z`` under weights that sum to 1 per row, and its two-sided p by permutation."""
    total = float(z @ z)
    observed = float(z @ (weights @ z)) / total
    drawn = (rng.permutation(z) for _ in range(permutations))
    simulated = np.array([(each * (weights @ each)).sum() for each in drawn]) / total
    return observed, _two_sided(simulated, observed, TIE)


def local_moran(z: np.ndarray, weights: sparse.csr_array, permutations: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return ``quadrant``, ``local_i`` and ``p`` per area: its neighbours drawn anew from all others (Anselin 1995).

    An area right at the mean has no side: its p is 1.
    """
    n, lag, degree = len(z), weights @ z, np.diff(weights.indptr)
    draws = _draws(n - 1, int(degree.max()), permutations, rng)
    tie = TIE * float(np.sqrt(z @ z / n))
    p = np.ones(n)
    for area in np.flatnonzero(z):
        drawn = draws[: degree[area]]
        simulated = z[drawn + (drawn >= area)].mean(axis=0)
        p[area] = _two_sided(simulated, lag[area], tie)
    sides = [(z > 0) & (lag > 0), (z <= 0) & (lag <= 0), (z > 0) & (lag <= 0)]
    quadrant = np.select(sides, QUADRANTS[:3], QUADRANTS[3]).astype(object)
    return pd.DataFrame({"quadrant": quadrant, "local_i": (n - 1) * z * lag / (z @ z), "p": p})


def _draws(n: int, k: int, permutations: int, rng: np.random.Generator) -> np.ndarray:
    """Return ``k`` different numbers below ``n`` per column: the first steps of a Fisher-Yates shuffle."""
    pool = np.tile(np.arange(n, dtype=np.min_scalar_type(n)), (permutations, 1))
    rows = np.arange(permutations)
    for place in range(k):
        other = rng.integers(place, n, permutations)
        taken = pool[rows, other]
        pool[rows, other] = pool[:, place]
        pool[:, place] = taken
    return pool[:, :k].T.astype(np.intp, order="C")


def _two_sided(simulated: np.ndarray, observed: float, tie: float) -> float:
    """Return twice the share of draws (the observation among them) at least as far out on its side."""
    below, above = np.count_nonzero(simulated <= observed + tie), np.count_nonzero(simulated >= observed - tie)
    return float(min(1.0, 2 * (min(below, above) + 1) / (len(simulated) + 1)))


def _pattern(i: float, expected: float, p: float, n: int) -> str:
    figures = f"Moran-I {number(i, 2)}, {number(n)} Gebiete, p = {number(p, 3)}"
    if p > LEVEL:
        return f"Ein räumliches Muster ist nicht nachweisbar ({figures})."
    if i > expected:
        return f"Ähnliche Werte liegen häufiger nebeneinander, als der Zufall erwarten lässt ({figures})."
    return f"Nachbargebiete unterscheiden sich stärker, als der Zufall erwarten lässt ({figures})."


def _local_sentence(local: pd.DataFrame) -> str:
    counts = local.loc[local["significant"], "quadrant"].value_counts()
    if counts.empty:
        return "Kein einzelnes Gebiet hebt sich mit seinen Nachbarn gesichert ab."
    said = ", ".join(f"{name} {number(counts[name])}" for name in QUADRANTS if name in counts)
    return f"Mit ihren Nachbarn heben sich gesichert ab (eigener Wert – Nachbarn): {said}."
