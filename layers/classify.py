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
    "bezug": "Um den Kreiswert",
}
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


def classify(values: pd.Series, scheme: str, k: int, *, decimals: int = 1, reference: float | None = None) -> Classes:
    """Return at most ``k`` classes for ``values`` rounded to ``decimals``, as they are shown; NaN has no class.

    Equal values never fall into different classes; where there are fewer different values than classes there
    are fewer classes. Around a reference the limits are 80, 95, 105 and 120 % of it; without one, quantiles.
    """
    scheme = _settled(scheme, decimals, reference)
    shown = printed(values, decimals)
    known = shown.dropna()
    if known.empty:
        return Classes(scheme, (), float("nan"), pd.Series(-1, index=values.index), (), decimals)
    bins = _reference_limits(reference or 0, decimals) if scheme == "bezug" else _limits(known, scheme, k, decimals)
    position = pd.Series(np.searchsorted(bins, shown.to_numpy(), side="left"), index=values.index)
    of = position.where(shown.notna(), -1).astype(int)
    counts = tuple(int((of == c).sum()) for c in range(len(bins)))
    return Classes(scheme, tuple(bins), float(known.min()), of, counts, decimals)


def _settled(scheme: str, decimals: int, reference: float | None) -> str:
    """Return the scheme that can be kept: no classes around a reference that is not there or too small to print."""
    if scheme != "bezug":
        return scheme
    if not reference or reference <= 0:
        return "quantile"
    limits = _reference_limits(reference, decimals)
    return scheme if len(set(limits)) == len(limits) else "quantile"


def _reference_limits(reference: float, decimals: int) -> list[float]:
    return [*(rounded(share * reference, decimals) for share in REFERENCE_SHARES), float("inf")]


def _limits(known: pd.Series, scheme: str, k: int, decimals: int) -> list[float]:
    """Return rising upper limits as they are printed; the last one is the greatest value."""
    lowest, top = float(known.min()), float(known.max())
    distinct = known.nunique()
    if distinct == 1:
        return [top]
    limits = SCHEME_LIMITS[scheme](known.to_numpy(float), min(k, distinct))
    printed = {rounded(float(limit), decimals) for limit in limits}
    return sorted({limit for limit in printed if lowest <= limit < top} | {top})


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


SCHEME_LIMITS: dict[str, Callable[[np.ndarray, int], np.ndarray]] = {
    "quantile": _quantiles,
    "gleich": _equal,
    "jenks": _fisher_jenks,
    "rund": _round_limits,
}
