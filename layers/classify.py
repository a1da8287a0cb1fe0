"""Classes for choropleth maps: where the limits lie, how many areas fall into each, which class an area has."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import jenkspy
import numpy as np
import pandas as pd

from layers.german import printed, rounded

SCHEMES = {
    "quantile": "Quantile (gleich viele Gebiete)",
    "gleich": "Gleiche Abstände",
    "jenks": "Natürliche Grenzen (Fisher-Jenks)",
    "rund": "Runde Grenzen",
    "std": "Standardabweichungen um das Mittel",
    "kopf": "Kopf und Schwanz (schiefe Verteilung)",
    "kasten": "Boxplot (Ausreißer für sich)",
    "jahre": "Quantile über alle Jahre (vergleichbar)",
    "fest": "Feste Grenzen (vergleichbar)",
    "bezug": "Um den Kreiswert",
    "land": "Um den Landeswert",
}
NAMES = SCHEMES | {"bivariat": "Zwei Kennzahlen, je drei gleich große Gruppen"}
AROUND = frozenset({"bezug", "land"})
OPEN_BELOW = AROUND | {"fest"}  # the lowest class has no lower limit
MOST_CLASSES = 7
K_RANGE = (3, 7)
REFERENCE_SHARES = (0.80, 0.95, 1.05, 1.20)  # of the reference value, fachgrundlage 5.1


@dataclass(frozen=True, eq=False)
class Classes:
    """``bins``: upper limits, each class holds (previous, limit]; ``lowest``: smallest value; ``of``: class per area.

    ``of`` is aligned to the values, -1 where there is no value. ``counts``: areas per class.
    """

    scheme: str
    bins: tuple[float, ...]
    lowest: float
    of: pd.Series
    counts: tuple[int, ...]
    decimals: int


@dataclass(frozen=True, eq=False)
class Ground:
    """What limits may rest on besides the values shown: a ``reference`` value (of Kreis or Land), ``fixed`` limits of
    the catalogue, or the values of all years (``pool``).
    """

    reference: float | None = None
    fixed: tuple[float, ...] = ()
    pool: pd.Series | None = None


NO_GROUND = Ground()


def classify(values: pd.Series, scheme: str, k: int, *, decimals: int = 1, ground: Ground = NO_GROUND) -> Classes:
    """Return at most ``k`` classes for ``values`` rounded to ``decimals``, as they are shown; NaN has no class.

    Equal values never fall into different classes; where there are fewer different values than classes there
    are fewer classes. Around a reference the limits are 80, 95, 105 and 120 % of it. A scheme that lacks its ground
    (no reference, no fixed limits, one year only) gives quantiles.
    """
    scheme = _settled(scheme, decimals, ground)
    shown = printed(values, decimals)
    known = shown.dropna()
    if known.empty:
        return Classes(scheme, (), float("nan"), pd.Series(-1, index=values.index), (), decimals)
    bins = _bins(known, scheme, k, decimals, ground)
    position = pd.Series(np.searchsorted(bins, shown.to_numpy(), side="left"), index=values.index)
    of = position.where(shown.notna(), -1).astype(int)
    counts = tuple(int((of == c).sum()) for c in range(len(bins)))
    return Classes(scheme, tuple(bins), float(known.min()), of, counts, decimals)


def _settled(scheme: str, decimals: int, ground: Ground) -> str:
    """Return the scheme that can be kept: no classes around a reference that is not there or too small to print."""
    if scheme == "fest":
        return scheme if ground.fixed else "quantile"
    if scheme == "jahre":
        return scheme if ground.pool is not None and ground.pool.notna().any() else "quantile"
    if scheme not in AROUND:
        return scheme
    if not ground.reference or ground.reference <= 0:
        return "quantile"
    limits = _reference_limits(ground.reference, decimals)
    return scheme if len(set(limits)) == len(limits) else "quantile"


def _bins(known: pd.Series, scheme: str, k: int, decimals: int, ground: Ground) -> list[float]:
    if scheme in AROUND:
        return _reference_limits(ground.reference or 0, decimals)
    if scheme == "fest":
        return [*ground.fixed, float("inf")]
    if scheme == "jahre" and ground.pool is not None:
        limits = _limits(printed(ground.pool, decimals).dropna(), "quantile", k, decimals)
        return [*limits[:-1], max(limits[-1], float(known.max()))]
    return _limits(known, scheme, k, decimals)


def _reference_limits(reference: float, decimals: int) -> list[float]:
    return [*(rounded(share * reference, decimals) for share in REFERENCE_SHARES), float("inf")]


def _limits(known: pd.Series, scheme: str, k: int, decimals: int) -> list[float]:
    """Return rising upper limits as they are printed; the last one is the greatest value."""
    lowest, top = float(known.min()), float(known.max())
    distinct = known.nunique()
    if distinct == 1:
        return [top]
    limits = SCHEME_LIMITS[scheme](known.to_numpy(float), min(k, distinct))
    shown = {rounded(float(limit), decimals) for limit in limits}
    inner = sorted(limit for limit in shown if lowest <= limit < top)
    return [*inner[: MOST_CLASSES - 1], top]


def _quantiles(values: np.ndarray, k: int) -> np.ndarray:
    return np.asarray(np.quantile(values, np.arange(1, k + 1) / k))


def _equal(values: np.ndarray, k: int) -> np.ndarray:
    return np.linspace(values.min(), values.max(), k + 1)[1:]


def _fisher_jenks(values: np.ndarray, k: int) -> np.ndarray:
    return np.asarray(jenkspy.jenks_breaks(values, n_classes=k)[1:])


def _round_limits(values: np.ndarray, k: int) -> np.ndarray:
    """Return limits at multiples of the smallest of 1, 2, 2.5 or 5 x 10^n that needs at most ``k`` classes."""
    low, high = float(values.min()), float(values.max())
    power = 10.0 ** math.floor(math.log10((high - low) / k))
    for step in (factor * power for factor in (1, 2, 2.5, 5, 10, 20)):
        first, last = math.floor(low / step), math.ceil(high / step)
        if last - first <= k:
            return np.arange(first + 1, last + 1) * step
    return np.array([high])


def _by_mapclassify(name: str) -> Callable[[np.ndarray, int], np.ndarray]:
    """Return the limits of a scheme of mapclassify that finds its own number of classes; loaded when asked for."""

    def limits(values: np.ndarray, k: int) -> np.ndarray:
        import mapclassify

        return np.asarray(getattr(mapclassify, name)(values).bins, float)

    return limits


SCHEME_LIMITS: dict[str, Callable[[np.ndarray, int], np.ndarray]] = {
    "quantile": _quantiles,
    "gleich": _equal,
    "jenks": _fisher_jenks,
    "rund": _round_limits,
    "std": _by_mapclassify("StdMean"),
    "kopf": _by_mapclassify("HeadTailBreaks"),
    "kasten": _by_mapclassify("BoxPlot"),
}
