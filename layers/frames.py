"""The table every measure returns: one row per area with value, state, base and the reason for the state."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from geodata.model import FIRM_TO_EMPTY, State

COLUMNS = ["value", "state", "base", "reason"]
ORDER = list(FIRM_TO_EMPTY)
EMPTY_STATES = frozenset(ORDER[ORDER.index(State.BREAK) :])


def weakest(states: Iterable[object]) -> str:
    """Return the weakest of ``states``; a state that is not there is missing.

    >>> weakest(["measured", "unreliable", "estimated"])
    'unreliable'
    """
    places = [ORDER.index(State(state)) if isinstance(state, str) else len(ORDER) - 1 for state in states]
    return str(ORDER[max(places)])


def frame(
    value: pd.Series,
    state: State | pd.Series,
    *,
    base: pd.Series | float = np.nan,
    reason: str | pd.Series = "",
    lost: tuple[State, str] = (State.MISSING, ""),
) -> pd.DataFrame:
    """Return a table aligned to ``value``; where there is no number, state and reason are those of ``lost``.

    ``state``, ``base`` and ``reason`` are one for all areas or aligned to ``value``. A state that has no value
    ("missing", "not applicable", ...) takes the value away.
    """
    index = value.index
    number = value.to_numpy(float)
    states, reasons = _column(state, index), _column(reason, index)
    empty_already = np.isin(states, list(EMPTY_STATES))
    gone = np.isnan(number) & ~empty_already
    states[gone] = str(lost[0])
    reasons[gone] = np.where(lost[1] != "", lost[1], reasons[gone])
    columns = {
        "value": np.where(empty_already, np.nan, number),
        "state": states,
        "base": _number(base, index),
    }
    return pd.DataFrame({**columns, "reason": reasons}, index=index)


def _column(given: str | pd.Series, index: pd.Index) -> np.ndarray:
    texts = given.reindex(index).tolist() if isinstance(given, pd.Series) else [given] * len(index)
    return np.array([str(text) for text in texts], dtype=object)


def _number(given: pd.Series | float, index: pd.Index) -> np.ndarray:
    return given.reindex(index).to_numpy(float) if isinstance(given, pd.Series) else np.full(len(index), given)


def empty(index: pd.Index, state: State, reason: str) -> pd.DataFrame:
    """Return a table without values, all areas in one state for one reason."""
    return frame(pd.Series(np.nan, index=index), state, reason=reason)


def mark(table: pd.DataFrame, rows: Iterable[str] | pd.Series, state: State, reason: str) -> pd.DataFrame:
    """Return ``table`` with ``rows`` in a weaker ``state``; rows that are already weaker stay as they are."""
    chosen = rows.to_numpy(bool) if isinstance(rows, pd.Series) else table.index.isin(list(rows))
    firmer = np.array([ORDER.index(State(given)) < ORDER.index(state) for given in table["state"]], dtype=bool)
    hit = chosen & firmer
    if not hit.any():
        return table
    marked = table.copy()
    marked.loc[hit, "state"] = str(state)
    marked.loc[hit, "reason"] = reason
    if state in EMPTY_STATES:
        marked.loc[hit, "value"] = np.nan
    return marked


def add_reason(table: pd.DataFrame, rows: Iterable[str], reason: str) -> pd.DataFrame:
    """Return ``table`` with ``reason`` said of ``rows`` too, after what is said of them already."""
    hit = table.index.isin(list(rows))
    said = [f"{text} {reason}".strip() if also else text for text, also in zip(table["reason"], hit, strict=True)]
    return table.assign(reason=pd.Series(said, table.index, dtype=object))
