"""How indicators go together over areas: a straight line, correlations, and sentences on what they do not prove."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import scipy  # loads scipy.stats when it is first asked for

from layers.german import number

FEWEST_FOR_LINE = 3
FEWEST_FOR_TEST = 8
FEW = 20
ALPHA = 0.05
SAME = 1e-12
NO_TEST = f"weniger als {FEWEST_FOR_TEST} Gebiete mit beiden Werten: kein Test, kein Band"
FALLACY = (
    "Die Werte beschreiben Gebiete, nicht Personen: Was für Gebiete zusammengeht, muss für die Menschen darin nicht "
    "zusammengehen (ökologischer Fehlschluss). Ein Zusammenhang ist auch keine Ursache."
)


@dataclass(frozen=True, eq=False)
class Regression:
    """The line y = intercept + slope · x over the ``n`` areas that have both values.

    ``low`` and ``high`` enclose the slope with 95 % confidence; ``rho`` is Spearman's. ``residuals`` follow the index
    of x, NaN where there is no pair. ``reason`` (German) says why there is no line, or why there is no test (then
    p, low and high are NaN); else it is empty.
    """

    n: int
    residuals: pd.Series
    reason: str
    slope: float = np.nan
    intercept: float = np.nan
    r: float = np.nan
    r2: float = np.nan
    rho: float = np.nan
    p: float = np.nan
    low: float = np.nan
    high: float = np.nan


def regression(x: pd.Series, y: pd.Series, *, level: float = 0.95) -> Regression:
    """Return the line of least squares of ``y`` on ``x`` over the areas of ``x`` that have both values."""
    pairs = pd.DataFrame({"x": x, "y": y.reindex(x.index)}, dtype=float).dropna()
    n = len(pairs)
    residuals = pd.Series(np.nan, index=x.index)
    reason = _no_line(pairs)
    if reason:
        return Regression(n, residuals, reason)
    line = scipy.stats.linregress(pairs["x"], pairs["y"])
    slope, intercept, r = float(line.slope), float(line.intercept), float(line.rvalue)
    residuals.loc[pairs.index] = pairs["y"] - intercept - slope * pairs["x"]
    rho = float(scipy.stats.spearmanr(pairs["x"], pairs["y"]).statistic)
    fit = (slope, intercept, r, r * r, rho)
    if n < FEWEST_FOR_TEST:
        return Regression(n, residuals, f"{NO_TEST} ({n})", *fit)
    half = float(scipy.stats.t.ppf((1 + level) / 2, n - 2) * line.stderr)
    return Regression(n, residuals, "", *fit, p=float(line.pvalue), low=slope - half, high=slope + half)


def _no_line(pairs: pd.DataFrame) -> str:
    if len(pairs) < FEWEST_FOR_LINE:
        return f"nicht sinnvoll: weniger als {FEWEST_FOR_LINE} Gebiete mit beiden Werten ({len(pairs)})"
    for name, words in {"x": "die erste Kennzahl", "y": "die zweite Kennzahl"}.items():
        if np.ptp(pairs[name]) <= SAME * pairs[name].abs().max():
            return f"nicht sinnvoll: {words} hat in allen Gebieten denselben Wert"
    return ""


def correlations(values: pd.DataFrame, method: Literal["pearson", "spearman"] = "pearson") -> pd.DataFrame:
    """Return one row per pair of columns: ``first``, ``second``, ``r``, ``n``, ``p`` and ``p_holm``.

    Each pair uses the areas that have both values (``n``). Without variation or with fewer than 3 areas there is
    no r, with fewer than 8 no p. ``p_holm`` is p adjusted for the number of pairs tested (Holm 1979).
    """
    numbers = values.astype(float)
    known = numbers.notna().to_numpy(int)
    row, column = np.triu_indices(numbers.shape[1], 1)
    n = (known.T @ known)[row, column]
    every = _rank_correlation(numbers) if method == "spearman" else numbers.corr().to_numpy()
    r = np.where(n >= FEWEST_FOR_LINE, every[row, column], np.nan)
    table = pd.DataFrame({"first": values.columns[row], "second": values.columns[column], "r": r, "n": n})
    table["p"] = _p_of(table["r"], table["n"])
    table["p_holm"] = holm(table["p"])
    return table


def _rank_correlation(numbers: pd.DataFrame) -> np.ndarray:
    """Return Spearman's rho of all pairs; each column is sorted once, not once per pair as in pandas."""
    columns = numbers.to_numpy().T
    orders = [np.argsort(column)[: np.count_nonzero(~np.isnan(column))] for column in columns]
    rho = np.full((len(columns), len(columns)), np.nan)
    for one, other in zip(*np.triu_indices(len(columns), 1), strict=True):
        x = _ranks_among(columns[one], orders[one], columns[other])
        y = _ranks_among(columns[other], orders[other], columns[one])
        size = np.sqrt((x * x).sum() * (y * y).sum())
        rho[one, other] = np.clip((x * y).sum() / size, -1, 1) if size else np.nan
    return rho


def _ranks_among(values: np.ndarray, order: np.ndarray, partner: np.ndarray) -> np.ndarray:
    """Return the ranks of ``values`` where ``partner`` is known, less their mean, else 0; ties share their mean."""
    both = order[~np.isnan(partner[order])]
    rising = values[both]
    starts = np.flatnonzero(np.concatenate([[True], rising[1:] != rising[:-1]])) if len(both) else both
    sizes = np.diff(np.append(starts, len(both)))
    ranks = np.zeros(len(values))
    ranks[both] = np.repeat(starts + (sizes - 1) / 2, sizes) - (len(both) - 1) / 2
    return ranks


def _p_of(r: pd.Series, n: pd.Series) -> pd.Series:
    """Return the two-sided p of ``r`` under no relation: r is beta-distributed on [-1, 1] (as scipy's pearsonr)."""
    tested = r.notna() & (n >= FEWEST_FOR_TEST)
    shape = n[tested] / 2 - 1
    p = pd.Series(np.nan, index=r.index)
    p[tested] = np.minimum(2 * scipy.stats.beta.sf(r[tested].abs(), shape, shape, loc=-1, scale=2), 1)
    return p


def holm(p: pd.Series) -> pd.Series:
    """Return ``p`` adjusted so that one wrong finding among all is as rare as the level says (Holm 1979); NaN stays.

    >>> holm(pd.Series([0.01, float("nan"), 0.04, 0.03])).tolist()
    [0.03, nan, 0.06, 0.06]
    """
    ordered = p.dropna().sort_values()
    steps = ordered * np.arange(len(ordered), 0, -1)
    return steps.cummax().clip(upper=1).reindex(p.index)


def warnings(
    found: pd.DataFrame,
    *,
    parts: Mapping[str, Collection[str]] | None = None,
    names: Mapping[str, str] | None = None,
) -> list[str]:
    """Return what a reader of ``correlations`` has to know, as German sentences.

    ``parts``: the counts that an indicator is made of; ``names``: what indicators and parts are called.
    """
    said = [FALLACY, _number_of_areas(found["n"]), _many_tests(found), *_shared(found, parts or {}, names or {})]
    return [sentence for sentence in said if sentence]


def _number_of_areas(n: pd.Series) -> str:
    if n.empty:
        return ""
    low, high = int(n.min()), int(n.max())
    span = number(low) if low == high else f"{number(low)} bis {number(high)}"
    lead = f"Jeder Wert beruht auf {span} Gebieten, die beide Kennzahlen haben."
    if low < FEWEST_FOR_TEST:
        return f"{lead} Bei weniger als {FEWEST_FOR_TEST} Gebieten wird nicht geprüft."
    return f"{lead} Bei so wenigen Gebieten kann ein einzelnes das Ergebnis bestimmen." if low < FEW else lead


def _many_tests(found: pd.DataFrame) -> str:
    tests = int(found["p"].notna().sum())
    if tests < 2:
        return ""
    before, after = int((found["p"] < ALPHA).sum()), int((found["p_holm"] < ALPHA).sum())
    return (
        f"Geprüft wurden {number(tests)} Paare; etwa {number(ALPHA * tests, 1)} davon fielen auch ohne jeden "
        f"Zusammenhang auf (p < {number(ALPHA, 2)}). Auffällig sind {number(before)}, nach der Korrektur nach Holm "
        f"{number(after)}."
    )


def _shared(found: pd.DataFrame, parts: Mapping[str, Collection[str]], names: Mapping[str, str]) -> list[str]:
    said = []
    for one, other in zip(found["first"], found["second"], strict=True):
        both = sorted(set(parts.get(one, ())) & set(parts.get(other, ())))
        if both:
            words = ", ".join(names.get(part, part) for part in both)
            pair = f"„{names.get(one, one)}“ und „{names.get(other, other)}“"
            said.append(f"{pair} enthalten dieselbe Größe ({words}): Ein Teil des Zusammenhangs ist rechnerisch.")
    return said
