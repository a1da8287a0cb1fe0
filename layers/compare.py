"""One area beside others: which are alike, and how it stands to its Kreis and Land."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

MAD_TO_SD = 1.4826  # of a normal distribution
MEAN_DEVIATION_TO_SD = 1.2533
FEWEST_FOR_SPREAD = 8
SIMILAR_Z = 0.5
SIMILAR_PERCENT = 5.0
SLACK = 1e-9


@dataclass(frozen=True)
class Tolerance:
    """How far an indicator may differ: ``amount`` in its unit, or in percent of the area's own value."""

    amount: float
    percent: bool = False


def spread(values: pd.DataFrame) -> pd.Series:
    """Return the robust standard deviation of each column: 1.4826 · MAD, NaN where all values are equal.

    Where more than half of the areas have one and the same value the MAD is 0; the mean deviation from the median
    takes its place (1.2533 · mean deviation; Iglewicz and Hoaglin 1993).
    """
    deviation = (values - values.median()).abs()
    mad, mean = MAD_TO_SD * deviation.median(), MEAN_DEVIATION_TO_SD * deviation.mean()
    return mad.where(mad > 0, mean.where(mean > 0))


def alike(
    values: pd.DataFrame,
    area: str,
    *,
    tolerance: Mapping[str, Tolerance] | None = None,
    weights: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Return all other areas, the most similar first: ``distance``, ``n``, ``within``, ``note``, then the differences.

    ``distance``: root of the weighted mean square of the differences, each in robust standard deviations; 0 is
    equal, 1 differs by a typical spread. One column per indicator holds its difference to ``area`` in its unit.
    ``within`` says whether every tolerance is kept (None where none is given or the area is not compared). An area
    that lacks an indicator is not compared and stands at the end; an indicator that ``area`` lacks, that is the same
    everywhere or that has no weight counts for no area: ``note`` says what is missing (German), ``n`` how many count.
    """
    own: pd.Series = values.astype(float).T[area]
    others = values.drop(index=area).astype(float)
    difference = others - own
    weight = pd.Series(1.0 if weights is None else dict(weights), index=values.columns, dtype=float).fillna(0.0)
    scale = spread(values.astype(float))[(weight > 0) & own.notna()].dropna()
    used = list(scale.index)
    squares = (difference[used] / scale) ** 2 * weight[used]
    complete = difference[used].notna().all(axis=1) & bool(used)
    table = pd.DataFrame({"distance": np.sqrt(squares.sum(axis=1) / weight[used].sum()).where(complete)})
    table["n"] = len(used)
    table["within"] = _within(difference, own, tolerance or {}, complete)
    table["note"] = _notes(others[used], [name for name in own.index[own.isna()] if weight[name] > 0])
    return pd.concat([table, difference], axis=1).sort_values("distance", kind="stable", na_position="last")


def _within(
    difference: pd.DataFrame, own: pd.Series, tolerance: Mapping[str, Tolerance], complete: pd.Series
) -> pd.Series:
    """Return per area True, False, or None: all tolerances of indicators that ``area`` has are kept."""
    asked = {name: allowed for name, allowed in tolerance.items() if pd.notna(own[name])}
    if not asked:
        return pd.Series(None, index=difference.index, dtype=object)
    kept = pd.Series(True, index=difference.index)
    known = complete.copy()
    for name, allowed in asked.items():
        limit = allowed.amount * abs(own[name]) / 100 if allowed.percent else allowed.amount
        kept &= difference[name].abs() <= limit + SLACK * max(abs(own[name]), 1.0)
        known &= difference[name].notna()
    return kept.astype(object).where(known, None)


def _notes(others: pd.DataFrame, lacking: list[str]) -> pd.Series:
    """Return per area why it is not compared, and which indicators count for none."""
    general = f"Außer Betracht, weil das Gebiet selbst keinen Wert hat: {', '.join(lacking)}." if lacking else ""
    if not others.columns.size:
        return pd.Series(f"Nicht verglichen: keine Kennzahl mit Unterschieden. {general}".strip(), index=others.index)
    missing = others.isna()
    listed = missing.to_numpy(object) @ np.array([f"{name}, " for name in others.columns], dtype=object)
    notes = [f"Nicht verglichen, kein Wert: {names[:-2]}. {general}".strip() if names else general for names in listed]
    return pd.Series(notes, index=others.index, dtype=object)


def profile(
    values: pd.DataFrame,
    area: str,
    kreis: pd.Series,
    land: pd.Series,
    *,
    direction: Mapping[str, int] | None = None,
) -> pd.DataFrame:
    """Return one row per indicator: ``value``, ``n`` areas with a value, and how it stands to Kreis and Land.

    Per reference (suffix ``_kreis``, ``_land``): the reference itself, ``percent`` (difference in % of it, NaN
    where it is not above 0), ``z`` (difference in robust standard deviations of all areas, NaN under 8 areas) and
    ``word``. The word is "ähnlich" within half a standard deviation (within 5 % where there is no z), else
    "günstiger" or "ungünstiger"; empty where the ``direction`` is 0 or unknown (do not judge) or a value is missing.
    """
    numbers = values.astype(float)
    n = numbers.notna().sum()
    scale = spread(numbers).where(n >= FEWEST_FOR_SPREAD)
    way = pd.Series(direction or {}, dtype=float).reindex(numbers.columns).fillna(0)
    table = pd.DataFrame({"value": numbers.loc[area], "n": n})
    for name, given in {"kreis": kreis, "land": land}.items():
        reference = given.reindex(numbers.columns).astype(float)
        difference = table["value"] - reference
        percent = 100 * difference / reference.where(reference > 0)
        table[name] = reference
        table[f"percent_{name}"] = percent
        table[f"z_{name}"] = difference / scale
        table[f"word_{name}"] = _words(difference, percent, difference / scale, way)
    return table


def _words(difference: pd.Series, percent: pd.Series, z: pd.Series, way: pd.Series) -> pd.Series:
    similar = (z.abs() < SIMILAR_Z).where(z.notna(), percent.abs() <= SIMILAR_PERCENT)
    similar = similar | (difference == 0)
    judged = (way != 0) & difference.notna() & (z.notna() | percent.notna() | (difference == 0))
    word = pd.Series(np.where(way * difference > 0, "günstiger", "ungünstiger"), index=way.index, dtype=object)
    return word.mask(similar, "ähnlich").where(judged, "")
