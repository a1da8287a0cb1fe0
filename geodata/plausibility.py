"""Whether figures of a source can be true: zeros that are gaps, totals that are not the sum of their parts.

Both functions of a kind work on a whole cube at once. Their texts name figures: show them only to readers who may see
all of these figures (``hidden``), and that of a sum only where the total is published.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from babel.numbers import format_decimal
from numpy.typing import ArrayLike, NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
GAP = "vermutlich Lücke der Quelle, als fehlend gezeigt."


def implausible_zero(series: ArrayLike, k: float) -> Bools:
    """Return where a 0 stands between figures that are both greater than k.

    ``series``: (periods,) or (periods, areas) in order of time, NaN where missing. Compared are the nearest figures
    before and after that are known; a zero that lacks one of them, at an end, may be true.

    >>> implausible_zero([97, 0, float("nan"), 123, 0], 10).tolist()
    [False, True, False, False, False]
    """
    values = np.asarray(series, float)
    before, after = _neighbours(values, values)
    return np.asarray((values == 0) & (before > k) & (after > k), bool)


def zero_reasons(
    series: ArrayLike, periods: Sequence[str], k: float, hidden: ArrayLike | None = None
) -> NDArray[np.object_]:
    """Return why a zero is shown as missing (German), empty where it is not; in the shape of ``series``.

    ``periods``: name of each period. ``hidden``: figures that the reader must not see, in the shape of ``series``; a
    reason that would name one of them names none.

    >>> zero_reasons([97, 0, 1123], ["2018", "2019", "2020"], 10)[1]
    '0 zwischen 97 (2018) und 1.123 (2020): vermutlich Lücke der Quelle, als fehlend gezeigt.'
    """
    values = np.asarray(series, float)
    secret = np.zeros(values.shape, bool) if hidden is None else np.asarray(hidden, bool)
    place = np.arange(len(values), dtype=float).reshape(-1, *[1] * (values.ndim - 1))
    before, after = _neighbours(values, np.broadcast_to(place, values.shape))
    texts = np.full(values.shape, "", object)
    for at in zip(*np.nonzero(implausible_zero(values, k)), strict=True):
        ends = [(int(place), *at[1:]) for place in (before[at], after[at])]
        told = " und ".join(f"{_number(values[end])} ({periods[end[0]]})" for end in ends)
        texts[at] = f"0 ist nicht plausibel: {GAP}" if any(secret[end] for end in ends) else f"0 zwischen {told}: {GAP}"
    return texts


def sum_check(
    parts: ArrayLike, total: ArrayLike, tolerance: float = 0, *, names: tuple[str, str] = ("Kreiswert", "Gemeinden")
) -> tuple[Floats, NDArray[Any]]:
    """Return total minus sum of parts, and a German text where that is more than ``tolerance``, else empty.

    ``parts``: (..., areas), ``total``: (...). The difference is NaN where the total or one of the parts is missing.

    >>> difference, text = sum_check([3000, 897], 3988)
    >>> float(difference), text.item()
    (91.0, 'Kreiswert 3.988, Summe der Gemeinden 3.897: Unterschied 91.')
    """
    sums, totals = np.asarray(parts, float).sum(axis=-1), np.asarray(total, float)
    difference = np.asarray(totals - sums)
    texts = np.full(difference.shape, "", object)
    for at in zip(*np.nonzero(np.atleast_1d(np.abs(difference) > tolerance)), strict=True):
        place = at if difference.ndim else ()
        told = f"{names[0]} {_number(totals[place])}, Summe der {names[1]} {_number(sums[place])}"
        texts[place] = f"{told}: Unterschied {_number(difference[place])}."
    return difference, texts


def _neighbours(values: Floats, wanted: Floats) -> tuple[Floats, Floats]:
    """Return ``wanted`` at the nearest known value before and after each place, NaN where there is none."""
    known = pd.DataFrame(np.where(np.isnan(values), np.nan, wanted))
    before, after = known.ffill().shift(1), known.bfill().shift(-1)
    return before.to_numpy().reshape(values.shape), after.to_numpy().reshape(values.shape)


def _number(value: float) -> str:
    return format_decimal(round(float(value), 1), format="#,##0.#", locale="de")
