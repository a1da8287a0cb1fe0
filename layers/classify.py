"""Classes for choropleth maps: where the limits lie, how many areas fall into each, which class an area has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import jenkspy
import numpy as np
import pandas as pd

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


def classify(
    values: pd.Series, scheme: str, k: int, *, decimals: int = 1, reference: float | None = None
) -> Classes:
    """Return at most ``k`` classes for ``values`` rounded to ``decimals``, as they are shown; NaN has no class.

    Equal values never fall into different classes; where there are fewer different values than classes there
    are fewer classes. Around a reference the limits are 80, 95, 105 and 120 % of it; without one, quantiles.
    """
    if scheme == "bezug" and not (reference and reference > 0):
        scheme = "quantile"  # the legend and the colours must not speak of a reference that is not there
    shown = values.round(decimals)
    known = shown.dropna()
    if known.empty:
        return Classes(scheme, (), float("nan"), pd.Series(-1, index=values.index), (), decimals)
    bins = _rounded_limits(known, scheme, k, decimals, reference)
    position = pd.Series(np.searchsorted(bins, shown.to_numpy(), side="left"), index=values.index)
    of = position.where(shown.notna(), -1).astype(int)
    counts = tuple(int((of == c).sum()) for c in range(len(bins)))
    return Classes(scheme, tuple(bins), float(known.min()), of, counts, decimals)


def _rounded_limits(
    known: pd.Series, scheme: str, k: int, decimals: int, reference: float | None
) -> list[float]:
    """Return rising upper limits as they are printed; around a reference the five classes always stay."""
    lowest, top = float(known.min()), float(known.max())
    if scheme == "bezug" and reference and reference > 0:
        return [*(round(share * reference, decimals) for share in REFERENCE_SHARES), float("inf")]
    distinct = known.nunique()
    if distinct == 1:
        return [top]
    limits = SCHEME_LIMITS.get(scheme, SCHEME_LIMITS["quantile"])(known.to_numpy(float), min(k, distinct))
    return sorted({round(float(limit), decimals) for limit in limits if lowest <= limit < top} | {top})


def _quantiles(values: np.ndarray, k: int) -> np.ndarray:
    return np.quantile(values, np.arange(1, k + 1) / k)


def _equal(values: np.ndarray, k: int) -> np.ndarray:
    return np.linspace(values.min(), values.max(), k + 1)[1:]


def _fisher_jenks(values: np.ndarray, k: int) -> np.ndarray:
    return np.asarray(jenkspy.jenks_breaks(values, n_classes=k)[1:])


def _round_limits(values: np.ndarray, k: int) -> np.ndarray:
    from matplotlib.ticker import MaxNLocator  # loaded on demand: the start of the app counts

    ticks = MaxNLocator(nbins=k, steps=[1, 2, 2.5, 5, 10]).tick_values(values.min(), values.max())
    return np.asarray(ticks[1:], dtype=float)


SCHEME_LIMITS: dict[str, Callable[[np.ndarray, int], np.ndarray]] = {
    "quantile": _quantiles,
    "gleich": _equal,
    "jenks": _fisher_jenks,
    "rund": _round_limits,
}
