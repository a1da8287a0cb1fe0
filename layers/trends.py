"""Change over time in numbers and words: what may be compared, and what counts as a change."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd

from geodata.model import State
from layers.frames import EMPTY_STATES
from layers.german import STATE_WORDS, day, rounded, signed_value
from layers.ranking import wilson

SAME_SHARE = 0.03
NOISE_FACTOR = 2.0
WIDE_SHARE = 0.10
BREAK = "nicht vergleichbar: Reihenbruch"
FROM_ZERO = "Ausgangswert 0: keine Veränderung in %"


def change(
    then: pd.Series,
    now: pd.Series,
    states: pd.DataFrame | None = None,
    *,
    kind: Literal["count", "rate"] = "count",
    basis: tuple[str, str] = ("", ""),
) -> pd.DataFrame:
    """Return per area ``absolute``, ``relative``, ``comparable``, ``reason`` and ``n`` (areas compared).

    A count changes by ``absolute`` and by ``relative`` percent; a rate by ``absolute`` units (percentage points
    where it is a percentage) and never in percent of itself. ``states``: columns ``then`` and ``now``; a break, a
    value that is not there or two different bases ("Zensus 2011", "Zensus 2022") make the pair not comparable.
    """
    before = then.astype(float)
    after = now.reindex(then.index).astype(float)
    reason = _why_not(before, after, states, basis)
    comparable = reason == ""
    absolute = (after - before).where(comparable)
    relative = 100 * absolute / before.where(before > 0)
    if kind == "rate":
        relative = pd.Series(np.nan, index=then.index)
    else:
        reason = reason.mask(comparable & (before == 0), FROM_ZERO)
    columns = {"absolute": absolute, "relative": relative, "comparable": comparable, "reason": reason}
    return pd.DataFrame(columns).assign(n=int(comparable.sum()))


def _why_not(before: pd.Series, after: pd.Series, states: pd.DataFrame | None, basis: tuple[str, str]) -> pd.Series:
    """Return per area why the two values may not be compared, empty where they may."""
    if basis[0] != basis[1]:
        words = " und ".join(name or "unbekannte Grundlage" for name in basis)
        return pd.Series(f"nicht vergleichbar: {words}", index=before.index, dtype=object)
    measured = pd.DataFrame(str(State.MEASURED), index=before.index, columns=["then", "now"])
    given = measured if states is None else states.reindex(before.index).fillna(str(State.MISSING))
    reason = pd.Series("", index=before.index, dtype=object)
    for column, values, words in (("now", after, "neuer Wert"), ("then", before, "früherer Wert")):
        state = given[column].where(given[column].isin([*EMPTY_STATES]) | values.notna(), str(State.MISSING))
        empty = state.isin([*EMPTY_STATES])
        reason = reason.mask(empty, f"{words}: " + state.map(lambda each: STATE_WORDS[State(each)]))
    return reason.mask((given == State.BREAK).any(axis=1), BREAK)


def trend_words(rows: pd.DataFrame, *, unit: str = "", decimals: int = 1, same: float = SAME_SHARE) -> str:
    """Return the course of a series in German words, for a Steckbrief.

    ``rows``: index period (ISO year, month or day, rising), columns ``value`` and ``state``, and for shares of
    people also ``numerator`` and ``denominator``. First and last value since the last break count as a change unless

    - they differ by at most the share ``same`` of the first, or are printed alike;
    - they are shares whose 95 % intervals overlap (Wilson): small counts change by chance;
    - they differ by at most twice the typical swing, the median distance of the steps from the even course; a
      series that only rises or only falls does not swing.

    Unchanged ends with values between that are more than 10 % of the mean apart (and, for shares, with intervals
    that do not overlap) are "schwankend". Missing and suppressed values are left out, never bridged by a break.
    """
    known, broken = _since_break(rows)
    if len(known) < 2:
        return _no_course(rows, known, broken)
    low, high = known.iloc[int(known["value"].argmin())], known.iloc[int(known["value"].argmax())]
    first, last = known.iloc[0], known.iloc[-1]
    ends = [_said(row, unit, decimals) for row in (first, last)]
    after = f" (Reihenbruch {day(broken)}: frühere Werte nicht vergleichbar)" if broken else ""
    if not _unchanged(known, decimals, same):
        word = "gestiegen" if last["value"] > first["value"] else "gesunken"
        return f"{word} von {ends[0]} auf {ends[1]}{after}"
    if _apart(low, high) and _wide(known["value"], decimals):
        return f"schwankend zwischen {_said(low, unit, decimals)} und {_said(high, unit, decimals)}{after}"
    return f"kaum verändert: {ends[0]}, {ends[1]}{after}"


def _since_break(rows: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return the rows with a value since the last break, and the period of the break where it parts two values."""
    broken = rows["state"].eq(State.BREAK)
    known = rows[rows["value"].notna() & (broken | ~rows["state"].isin([*EMPTY_STATES]))]
    if not broken.any():
        return known, ""
    at = str(rows.index[broken][-1])
    since = known[known.index.astype(str) >= at]
    return since, at if len(since) < len(known) else ""


def _no_course(rows: pd.DataFrame, known: pd.DataFrame, broken: str) -> str:
    if broken:
        return f"{BREAK} {day(broken)}"
    if len(known):
        return f"keine Entwicklung: nur der Wert für {day(str(known.index[0]))}"
    state = State(rows["state"].iloc[-1]) if len(rows) else State.MISSING
    return STATE_WORDS[state if state in EMPTY_STATES else State.MISSING]


def _said(row: pd.Series, unit: str, decimals: int) -> str:
    return f"{signed_value(float(row['value']), str(row['state']), decimals, unit)} ({day(str(row.name))})"


def _unchanged(known: pd.DataFrame, decimals: int, same: float) -> bool:
    first, last = known.iloc[0], known.iloc[-1]
    difference = abs(last["value"] - first["value"])
    printed_alike = rounded(first["value"], decimals) == rounded(last["value"], decimals)
    if printed_alike or difference <= same * abs(first["value"]) or not _apart(first, last):
        return True
    return bool(difference <= NOISE_FACTOR * _typical_swing(known["value"]))


def _typical_swing(values: pd.Series) -> float:
    """Return the median distance of the steps from those of an even course; 0 where the series goes one way only."""
    if values.is_monotonic_increasing or values.is_monotonic_decreasing:
        return 0.0
    days = pd.to_datetime(values.index.astype(str), format="ISO8601").map(pd.Timestamp.toordinal).to_numpy(float)
    slope = (values.iloc[-1] - values.iloc[0]) / (days[-1] - days[0])
    steps = [new - old for old, new in pairwise(values)]
    return float(np.median(np.abs(np.array(steps) - slope * np.diff(days))))


def _apart(one: pd.Series, other: pd.Series) -> bool:
    """Return whether two values differ by more than chance; without counts nothing is known of chance: they do."""
    if "numerator" not in one.index or "denominator" not in one.index:
        return True
    pair = pd.DataFrame([one, other])
    spans = wilson(pair["numerator"].astype(float), pair["denominator"].astype(float))
    if spans.isna().to_numpy().any():
        return True
    return bool(spans["low"].max() > spans["high"].min())


def _wide(values: pd.Series, decimals: int) -> bool:
    """Return whether a reader would see values swing: between the ends, printed differently, far apart."""
    printed_apart = rounded(values.max(), decimals) > rounded(values.min(), decimals)
    far = values.max() - values.min() > WIDE_SHARE * abs(values.mean())
    return bool(len(values) > 2 and printed_apart and far)
