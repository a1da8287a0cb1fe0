"""The table of every measure: states and numbers go together, and no state ever becomes firmer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from geodata.model import State
from layers.frames import COLUMNS, EMPTY_STATES, ORDER, empty, frame, mark

STATES = st.sampled_from(list(State))
VALUES = st.one_of(st.just(float("nan")), st.floats(-1e6, 1e6))
ROWS = st.lists(st.tuples(VALUES, STATES), min_size=1, max_size=8)


def table(rows: list[tuple[float, State]]) -> pd.DataFrame:
    index = pd.Index([f"a{n}" for n in range(len(rows))], name="ags")
    states = pd.Series([str(state) for _, state in rows], index=index)
    return frame(pd.Series([value for value, _ in rows], index=index), states)


def weakness(states: pd.Series) -> np.ndarray:
    return np.array([ORDER.index(State(state)) for state in states])


def assert_sound(found: pd.DataFrame) -> None:
    """A number is there exactly where the state has one."""
    assert list(found.columns) == COLUMNS
    has_none = np.array([State(state) in EMPTY_STATES for state in found["state"]])
    assert (found["value"].isna().to_numpy() == has_none).all()


def test_every_state_has_its_place_in_the_order() -> None:
    assert sorted(ORDER) == sorted(State)
    assert ORDER[0] == State.MEASURED
    assert ORDER[-1] == State.MISSING
    firm = {State.MEASURED, State.ZERO, State.REVISED, State.PROVISIONAL, State.ESTIMATED, State.UNRELIABLE}
    assert set(State) - firm == EMPTY_STATES


def test_a_frame_by_hand() -> None:
    index = pd.Index(["a", "b", "c"], name="ags")
    found = frame(
        pd.Series([1.0, np.nan, 3.0], index=index),
        pd.Series(["measured", "measured", "missing"], index=index),
        base=pd.Series([10, 20], index=["b", "a"]),
        reason=pd.Series({"a": "", "b": "vorher", "c": "fehlt"}),
        lost=(State.NOT_APPLICABLE, "nichts da"),
    )
    expected = pd.DataFrame(
        {
            "value": [1.0, np.nan, np.nan],
            "state": ["measured", "not_applicable", "missing"],
            "base": [20.0, 10.0, np.nan],
            "reason": ["", "nichts da", "fehlt"],
        },
        index=index,
    )
    assert_frame_equal(found, expected, check_dtype=False)


@given(ROWS)
def test_a_frame_has_a_number_exactly_where_its_state_has_one(rows: list) -> None:
    assert_sound(table(rows))


@given(ROWS, st.data())
def test_marking_never_makes_a_state_firmer(rows: list, data: st.DataObject) -> None:
    before, state = table(rows), data.draw(STATES)
    chosen = pd.Series(data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))), before.index)
    after = mark(before, chosen, state, "darum")
    assert_sound(after)
    assert (weakness(after["state"]) >= weakness(before["state"])).all()
    hit = chosen & (weakness(before["state"]) < ORDER.index(state))
    assert_frame_equal(after[~hit], before[~hit])
    assert (after.loc[hit, "state"] == state).all()
    assert (after.loc[hit, "reason"] == "darum").all()


def test_marking_leaves_the_table_it_was_given() -> None:
    before = table([(1.0, State.MEASURED)])
    copy = before.copy()
    mark(before, ["a0"], State.MISSING, "weg")
    assert_frame_equal(before, copy)


def test_marking_by_key_ignores_keys_that_are_not_there() -> None:
    before = table([(1.0, State.MEASURED), (2.0, State.ESTIMATED)])
    after = mark(before, ["a1", "elsewhere"], State.UNRELIABLE, "Lücke")
    assert after["state"].tolist() == ["measured", "unreliable"]
    assert after["value"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize("state", sorted(EMPTY_STATES))
def test_an_empty_table_has_no_number_and_one_reason(state: State) -> None:
    found = empty(pd.Index(["a", "b"], name="ags"), state, "darum")
    assert found["value"].isna().all()
    assert found["state"].tolist() == [state, state]
    assert found["reason"].tolist() == ["darum", "darum"]
    assert found.index.name == "ags"
