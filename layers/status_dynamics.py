"""Classes of status and dynamics after Berlin's Monitoring Soziale Stadtentwicklung, and what to use for few areas.

Limits in standard deviations move when one of few areas changes; below about 50 areas quintiles or limits
around the value of the Land say more. Classes are numbered from least to most; NO_CLASS where there is no value.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.model import State
from layers.frames import frame
from layers.index import refuse, scales

NO_CLASS = -1
STATUS = {1: "hoch", 2: "mittel", 3: "niedrig", 4: "sehr niedrig"}
DYNAMIC = {1: "positiv", 2: "stabil", 3: "negativ"}
SIGNS = {1: "+", 2: "±", 3: "-"}
ATTENTION = "besonderer Aufmerksamkeitsbedarf"
NEEDY = ("4+", "4±", "4-", "3-")
REFERENCE = {1: "unter 80 %", 2: "80 bis unter 95 %", 3: "95 bis 105 %", 4: "über 105 bis 120 %", 5: "über 120 %"}
DECIMALS = 9  # limits compare what is left after that many, so that 0.95 x 20 is 19


def status_classes(index: pd.Series, *, frozen: Collection[str] | None = None) -> pd.Series:
    """Return the class of status (STATUS): 1 below -1, 2 up to +1, 3 up to +1.5, 4 above +1.5 standard deviations.

    ``index``: more is more load, so a high index is a low status. Both limits of the middle belong to it.
    ``frozen``: areas that alone fix mean and standard deviation. Without spread there are no classes.
    """
    deviation = _deviation(index, frozen)
    return _numbered(1 + (deviation >= -1) + (deviation > 1) + (deviation > 1.5), deviation)


def dynamic_classes(change: pd.Series, *, frozen: Collection[str] | None = None) -> pd.Series:
    """Return the class of dynamics (DYNAMIC): 1 below -1, 2 up to +1, 3 above +1 standard deviations.

    ``change``: more is load that grew more than elsewhere. Both limits of the middle belong to it.
    """
    deviation = _deviation(change, frozen)
    return _numbered(1 + (deviation >= -1) + (deviation > 1), deviation)


def _deviation(values: pd.Series, frozen: Collection[str] | None) -> pd.Series:
    table = scales(values.to_frame("x"), "z", frozen=frozen).loc["x"]
    scale = table["scale"] if table["reason"] == "" else np.nan
    return ((values - table["location"]) / scale).astype(float).round(DECIMALS)


def _numbered(number: pd.Series, known: pd.Series) -> pd.Series:
    return number.where(known.notna(), NO_CLASS).astype(int)


def group_codes(status: pd.Series, dynamic: pd.Series) -> pd.Series:
    """Return the twelve groups as ``1+ 1± 1- ... 4-``, empty where either class is not there.

    >>> group_codes(pd.Series([1, 4, -1]), pd.Series([2, 3, 1])).tolist()
    ['1±', '4-', '']
    """
    sign = dynamic.reindex(status.index).map(SIGNS)
    both = status.isin(list(STATUS)) & sign.notna()
    return (status.astype(str) + sign.fillna("")).where(both, "")


def needs_attention(codes: pd.Series) -> pd.Series:
    """Return which groups need special attention (ATTENTION): status very low, or low with negative dynamics."""
    return codes.isin(NEEDY)


def status_by_reference(value: pd.Series, land: float) -> pd.Series:
    """Return the class of ``value`` in percent of that of the Land (REFERENCE): < 80, 80-95, 95-105, 105-120, > 120.

    Exactly 80 and 120 belong inwards, 95 and 105 to the middle. Only for figures with a true zero, not for z-values.
    Whether above is load or not is left to the indicator. Without a positive reference there are no classes.
    """
    share = (100 * value / land if land > 0 else value * np.nan).astype(float).round(DECIMALS)
    return _numbered(1 + (share >= 80) + (share >= 95) + (share > 105) + (share > 120), share)


def quintile_limits(values: pd.Series) -> tuple[float, ...]:
    """Return the four limits between the quintiles (linear interpolation), empty without values.

    >>> quintile_limits(pd.Series([0.0, 1, 2, 3, 4, 5]))
    (1.0, 2.0, 3.0, 4.0)
    """
    known = values.dropna().to_numpy(float)
    limits = np.quantile(known, (0.2, 0.4, 0.6, 0.8)) if len(known) else np.empty(0)
    return tuple(float(limit) for limit in limits)


def quintiles(values: pd.Series) -> pd.Series:
    """Return the quintile 1 to 5 of each value; equal values always share one, a value on a limit the lower one.

    Where several limits fall on one value it has the middle of the classes they part, so that areas that are all alike
    are neither best nor worst. Ties leave classes unequal or empty; nothing is split by the order of rows.
    """
    x = values.astype(float).round(DECIMALS)
    limits = np.round(quintile_limits(values), DECIMALS)
    below, upto = (np.searchsorted(limits, x.to_numpy(), side) for side in ("left", "right"))
    return _numbered(pd.Series(1 + below + (upto - below) // 2, values.index), x)


def change_over(values: pd.DataFrame, year: int, *, back: int = 3, basis: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the change of one indicator against ``back`` years before, as value, state, base and reason per area.

    ``values``: areas x years (whole numbers). Both ends are means of two years: ``year`` and the one before, and the
    same ``back`` years earlier; of shares in percent the change is in percentage points. ``base`` is the earlier mean.
    One of the four missing leaves no change. ``basis`` (areas x years, text, may be empty): two different ones
    among these years are a break, not comparable. No direction is applied: standardise the changes for an index.
    """
    refuse(("Abstand in Jahren ist kleiner als 1", [str(back)] if back < 1 else [], "mindestens 1 angeben"))
    ends = [year, year - 1, year - back, year - back - 1]
    four = values.reindex(columns=ends).astype(float)
    now, before = (four.iloc[:, two].mean(axis=1, skipna=False) for two in ([0, 1], [2, 3]))
    lost = four.isna().to_numpy()
    reason = pd.Series([_missing(ends, row) if row.any() else "" for row in lost], values.index, dtype=object)
    state = pd.Series(str(State.MISSING), values.index).where(reason != "", str(State.MEASURED))
    broken = _broken(values, basis, range(year - back - 1, year + 1))
    break_text = f"Reihenbruch zwischen {year - back - 1} und {year}: die Grundlagen sind nicht vergleichbar."
    state, reason = state.mask(broken, str(State.BREAK)), reason.mask(broken, break_text)
    return frame(now - before, state, base=before, reason=reason)


def _missing(ends: list[int], lost: NDArray[np.bool_]) -> str:
    years = sorted({end for end, gone in zip(ends, lost, strict=True) if gone})
    return f"Für {', '.join(map(str, years))} liegt kein Wert vor: Beide Enden brauchen zwei Jahre."


def _broken(values: pd.DataFrame, basis: pd.DataFrame | None, years: range) -> pd.Series:
    """Return which areas name two different bases among the figures of ``years``."""
    if basis is None:
        return pd.Series(False, values.index)
    known = values.reindex(columns=list(years)).notna()
    named = basis.reindex(index=values.index, columns=list(years)).where(known).replace("", np.nan)
    codes = pd.factorize(named.to_numpy(object).ravel())[0].reshape(named.shape)
    least = np.where(codes < 0, codes.max(initial=0) + 1, codes).min(axis=1)
    return pd.Series((codes >= 0).any(axis=1) & (least != codes.max(axis=1)), values.index)
