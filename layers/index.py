"""Composite indices: indicators of different units on one scale, and one number per area made of them.

Rows are areas, columns are indicators. ``direction`` is r of the formula: +1 where a higher value is more load (or
need), -1 where a lower one is. The catalogue of indicators judges the other way round: there -1 is more load.
More is more load in every score and index. Steps and names follow OECD and JRC (2008), Handbook on Constructing
Composite Indicators.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

Method = Literal["robust", "z", "percentile", "minmax"]
How = Literal["arithmetic", "geometric"]
Floats = NDArray[np.float64]

METHODS: Mapping[Method, str] = {
    "robust": "Robuster z-Wert (Median und MAD, begrenzt auf ±3)",
    "z": "z-Wert (Mittelwert und Standardabweichung)",
    "percentile": "Perzentilrang",
    "minmax": "Min-Max (0 bis 1)",
}
MAD_FACTOR = 1.4826  # makes the MAD of normal values their standard deviation
CUT = 3.0
EDGE = 0.01  # keeps the lowest and the highest min-max score off 0 and 1
EPSILON = 1e-9
NO_FIGURES = "Kein Gebiet hat einen Wert."
NO_SPREAD = "Alle Gebiete haben denselben Wert: ohne Streuung gibt es keinen Vergleich."
NO_MAD = (
    "Mindestens die Hälfte der Gebiete hat denselben Wert: Der mittlere Abstand zum Median (MAD) ist 0, ein robuster "
    "z-Wert ist nicht sinnvoll. Abhilfe: Perzentilrang wählen."
)


def scales(values: pd.DataFrame, method: Method, *, frozen: Collection[str] | None = None) -> pd.DataFrame:
    """Return per indicator ``location``, ``scale``, ``count`` of areas behind them and ``reason`` (German).

    Mean and standard deviation of all areas (division by n), median and 1.4826 MAD, least value and range; a percentile
    rank has neither. Where a reason is given there are no scores. ``frozen``: the only areas that count.
    """
    inside = _fixing(values, frozen)
    count = inside.count()
    location, scale = _spread(inside, method)
    largest = inside.abs().max()
    flat = (count > 0) & (method != "percentile") & ~(scale > 1e-12 * largest)
    reason = pd.Series("", index=values.columns, dtype=object)
    reason[flat] = NO_MAD if method == "robust" else NO_SPREAD
    reason[flat & (inside.max() - inside.min() <= 1e-12 * largest)] = NO_SPREAD
    reason[count == 0] = NO_FIGURES
    return pd.DataFrame({"location": location, "scale": scale, "count": count, "reason": reason})


def _fixing(values: pd.DataFrame, frozen: Collection[str] | None) -> pd.DataFrame:
    """Return the areas that fix location and scale."""
    return values if frozen is None else values[values.index.isin(list(frozen))]


def _spread(inside: pd.DataFrame, method: Method) -> tuple[pd.Series, pd.Series]:
    if method == "z":
        return inside.mean(), inside.std(ddof=0)
    if method == "robust":
        return inside.median(), MAD_FACTOR * (inside - inside.median()).abs().median()
    if method == "minmax":
        return inside.min(), inside.max() - inside.min()
    none = pd.Series(np.nan, index=inside.columns)
    return none, none


def standardise(
    values: pd.DataFrame, direction: Mapping[str, int], method: Method, *, frozen: Collection[str] | None = None
) -> pd.DataFrame:
    """Return the scores of all areas, more is more load; NaN stays NaN, and so does what ``scales`` gives a reason for.

    ``robust`` is winsorised at ±3 (``cut_values``). ``percentile`` is (rank - 0.5) / n, ties at their mean rank.
    ``frozen``: areas that alone fix location and scale; the others are scored against them: a min-max score may
    then leave 0 to 1, and a rank beyond all of them counts like the outermost of them.

    >>> shares = pd.DataFrame({"ARB02": [2.0, 4.0, 9.0]}, index=["a", "b", "c"])
    >>> standardise(shares, {"ARB02": 1}, "minmax")["ARB02"].round(2).tolist()
    [0.0, 0.29, 1.0]
    """
    signed = values * _signs(values.columns, direction)
    if method == "percentile":
        return _percentile(signed, _fixing(signed, frozen))
    table = scales(signed, method, frozen=frozen)
    scores = (signed - table["location"]) / table["scale"].where(table["reason"] == "")
    return scores.clip(-CUT, CUT) if method == "robust" else scores


def _signs(indicators: pd.Index, direction: Mapping[str, int]) -> pd.Series:
    absent = [name for name in indicators if name not in direction]
    wrong = [f"{name}: {direction[name]}" for name in indicators if direction.get(name, 1) not in (1, -1)]
    remedy = "+1 (höher heißt mehr Belastung) oder -1 angeben"
    refuse(("Richtung fehlt", absent, remedy), ("Richtung ist weder +1 noch -1", wrong, remedy))
    return pd.Series([direction[name] for name in indicators], index=indicators, dtype=float)


def refuse(*rules: tuple[str, list[str], str]) -> None:
    """Return nothing, or raise one ValueError (German) with every rule that found something: rule, found, remedy."""
    broken = [f"{rule}, gefunden '{', '.join(found[:3])}'. Abhilfe: {what}." for rule, found, what in rules if found]
    if broken:
        raise ValueError(f"Index: {' '.join(broken)}")


def german(value: float) -> str:
    """Return a number for a message: as many digits as it needs, with a comma."""
    return f"{value:g}".replace(".", ",")


def _percentile(values: pd.DataFrame, inside: pd.DataFrame) -> pd.DataFrame:
    """Return the mean rank less a half as a share of the areas ``inside``, between 0.5 / n and 1 - 0.5 / n."""
    ranks = np.full(values.shape, np.nan)
    for column, name in enumerate(values.columns):
        known = np.sort(inside[name].dropna().to_numpy(float))
        if not len(known):
            continue
        x = values[name].to_numpy(float)
        middle = (np.searchsorted(known, x, "left") + np.searchsorted(known, x, "right")) / 2
        share = np.clip(middle, 0.5, len(known) - 0.5) / len(known)
        ranks[:, column] = np.where(np.isnan(x), np.nan, share)
    return pd.DataFrame(ranks, index=values.index, columns=values.columns)


def cut_values(values: pd.DataFrame, *, frozen: Collection[str] | None = None) -> pd.DataFrame:
    """Return what the robust score cuts at ±3, one row each: ``area``, ``indicator``, ``value``, uncut ``score``.

    The sign of the score says on which side of the median the value lies, whatever the direction.
    """
    table = scales(values, "robust", frozen=frozen)
    scores = ((values - table["location"]) / table["scale"].where(table["reason"] == "")).to_numpy(float)
    row, column = np.nonzero(np.abs(scores) > CUT)
    found = {"area": values.index[row], "indicator": values.columns[column]}
    return pd.DataFrame({**found, "value": values.to_numpy(float)[row, column], "score": scores[row, column]})


def outliers(values: pd.DataFrame) -> pd.Index:
    """Return the areas more than three robust standard deviations off the median in any indicator, in their order."""
    return values.index[values.index.isin(cut_values(values)["area"])]


def outlier_note(names: Sequence[str], *, frozen: bool = False) -> str:
    """Return the German sentence about areas unlike all others, empty where there are none.

    ``frozen``: location and scale were taken without them.

    >>> outlier_note(["Eisenach"])[:51]
    'Eisenach weicht in mindestens einer Kennzahl um meh'
    """
    if not names:
        return ""
    shown = [*names[:3], f"{len(names) - 3} weitere Gebiete"] if len(names) > 4 else list(names)
    listed = " und ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
    verb = "weicht" if len(names) == 1 else "weichen"
    fact = f"{listed} {verb} in mindestens einer Kennzahl um mehr als 3 robuste Standardabweichungen vom Median ab. "
    if frozen:
        return f"{fact}Für den Vergleichsmaßstab zählen diese Werte nicht mit, eingeordnet werden sie trotzdem."
    return (
        f"{fact}Solche Werte verschieben Mittelwert und Streuung und lassen die übrigen Gebiete ähnlicher erscheinen."
    )


def unit_scores(scores: pd.DataFrame, method: Method) -> pd.DataFrame:
    """Return scores of ``standardise`` strictly between 0 and 1, in the same order, as a geometric mean needs them.

    z-values become the share of a normal distribution below them, min-max scores are moved to 0.01 to 0.99 (beyond the
    areas that fix them: cut there), percentile ranks stay.
    """
    if method == "percentile":
        return scores
    if method == "minmax":
        return EDGE + (1 - 2 * EDGE) * scores.clip(0, 1)
    shares = np.clip(ndtr(scores.to_numpy(float)), 1e-12, 1 - 1e-12)
    return pd.DataFrame(shares, index=scores.index, columns=scores.columns)


def weight_shares(weights: Mapping[str, float], indicators: pd.Index) -> pd.Series:
    """Return the weights of ``indicators`` with sum 1, or raise ValueError with all that is wrong with them."""
    given = pd.Series(dict(weights), dtype=float)
    unfit = given[~(np.isfinite(given) & (given >= 0))]
    refuse(
        ("Gewicht fehlt", [str(name) for name in indicators.difference(given.index)], "jeder Kennzahl eines geben"),
        ("Gewicht ohne Kennzahl", [str(name) for name in given.index.difference(indicators)], "Kennzahl ergänzen"),
        (
            "Gewicht ist keine Zahl ab 0",
            [f"{name}: {german(weight)}" for name, weight in unfit.items()],
            "Zahl ab 0 angeben",
        ),
        ("Kein Gewicht über 0", [] if (given > 0).any() else ["Summe 0"], "mindestens ein Gewicht über 0 angeben"),
    )
    return given[indicators] / given.sum()


def _identity(scores: Floats) -> Floats:
    return scores


def _log_favourable(scores: Floats) -> Floats:
    outside = scores[(scores < 0) | (scores >= 1)]
    found = [german(score) for score in outside[:3]]
    refuse(("geometrisches Mittel braucht Werte von 0 bis unter 1", found, "vorher unit_scores anwenden"))
    return np.asarray(np.log1p(-scores))


def _load(logs: Floats) -> Floats:
    return np.asarray(-np.expm1(logs))


MEANS: Mapping[How, tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]] = {
    "arithmetic": (_identity, _identity),
    "geometric": (_log_favourable, _load),
}


def weighted_mean(scores: Floats, shares: Floats, how: How) -> Floats:
    """Return the means of complete rows of ``scores`` (areas x indicators) for each column of ``shares``."""
    forward, back = MEANS[how]
    return back(np.asarray(forward(scores) @ shares))


def combine(
    scores: pd.DataFrame, weights: Mapping[str, float], how: How = "arithmetic", *, allow_missing: float = 0.0
) -> pd.Series:
    """Return the index of each area, the mean of its scores weighted by ``weights`` (scaled to sum 1).

    An area with a missing member has no index, unless at most the share ``allow_missing`` of the weight is missing;
    the other weights are then scaled up (``index_spans.index_table`` says where). A weight of 0 leaves its member out.

    ``geometric`` wants scores between 0 and 1 (``unit_scores``) and is 1 - product((1 - score)^w): the geometric mean
    of what is favourable, turned round. A good value then offsets a bad one less (OECD and JRC 2008, steps 5 and 6,
    speak of performance, where more is better); the geometric mean of the load itself would let it offset more.

    >>> scores = pd.DataFrame({"ARB02": [0.9, 0.5], "MIN01": [0.1, 0.5]}, index=["a", "b"])
    >>> combine(scores, {"ARB02": 1, "MIN01": 1}).tolist()
    [0.5, 0.5]
    >>> combine(scores, {"ARB02": 1, "MIN01": 1}, "geometric").round(2).tolist()
    [0.7, 0.5]
    """
    fits = 0 <= allow_missing < 1
    refuse(("Anteil, der fehlen darf", [] if fits else [german(allow_missing)], "von 0 bis unter 1 angeben"))
    share, members = weight_shares(weights, scores.columns).to_numpy(float), scores.to_numpy(float)
    known = ~np.isnan(members)
    there = known @ share
    enough = there >= 1 - allow_missing - EPSILON
    rows = np.where(known, share, 0.0) / np.where(enough, there, 1.0)[:, None]
    forward, back = MEANS[how]
    value = back((forward(np.where(known, members, 0.0)) * rows).sum(axis=1))
    return pd.Series(np.where(enough, value, np.nan), index=scores.index)


def weighted_reference(values: pd.Series, base: pd.Series) -> float:
    """Return the value of all areas together, weighted by what stands below the line of each; never the plain mean.

    NaN where a part is missing or nothing stands below the line. An area with a base of 0 has no part in it.

    >>> weighted_reference(pd.Series([2.0, 8.0]), pd.Series([300.0, 100.0]))
    3.5
    """
    weight = base.reindex(values.index).to_numpy(float)
    counted = weight != 0
    total = weight[counted].sum()
    return float(values.to_numpy(float)[counted] @ weight[counted] / total) if total > 0 else float("nan")
