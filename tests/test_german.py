"""German notation: numbers as tables round them, dates, a word or sign for every state."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.model import State
from layers.frames import EMPTY_STATES
from layers.german import SHORT, SIGNS, STATE_WORDS, day, number, signed_value


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0, 0, "0"),
        (-0.04, 1, "0,0"),
        (999.95, 1, "1.000,0"),
        (1234567, 0, "1.234.567"),
        (1234.5, 1, "1.234,5"),
        (-1234.56, 2, "-1.234,56"),
        (0.5, 0, "1"),
        (2.5, 0, "3"),
        (-2.5, 0, "-3"),
        (0.125, 2, "0,13"),
        (1234.5, 0, "1.235"),
    ],
)
def test_a_number_as_a_german_table_writes_it(value: float, decimals: int, text: str) -> None:
    """Half away from zero (kaufmännisch), also where binary numbers would round to even."""
    assert number(value, decimals) == text


@given(st.integers(-(10**8), 10**8), st.integers(0, 3), st.sampled_from([0, 1, 4, 5, 6, 9]))
def test_a_decimal_number_is_rounded_half_away_from_zero(units: int, decimals: int, last_digit: int) -> None:
    exact = Decimal(units * 10 + last_digit).scaleb(-decimals - 1)
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    written = number(float(exact), decimals).replace(".", "").replace(",", ".")
    assert Decimal(written) == rounded


@given(st.floats(-1e9, 1e9), st.integers(0, 3))
def test_a_number_has_groups_of_three_and_its_decimals(value: float, decimals: int) -> None:
    whole, _, fraction = number(value, decimals).lstrip("-").partition(",")
    assert len(fraction) == decimals
    first, *groups = whole.split(".")
    assert 1 <= len(first) <= 3
    assert all(len(group) == 3 for group in groups)


def test_dates_of_every_precision() -> None:
    assert [day(text) for text in ("2023-12-31", "2023-12", "2023")] == ["31.12.2023", "12.2023", "2023"]


def test_every_state_has_a_word_and_what_is_not_plain_has_a_sign() -> None:
    assert set(STATE_WORDS) == set(State)
    assert set(State) - {State.MEASURED, State.ESTIMATED} == set(SIGNS)
    assert set(SHORT) == set(EMPTY_STATES)


@given(st.floats(-1e6, 1e6), st.sampled_from(sorted(set(State) - EMPTY_STATES)), st.integers(0, 2))
def test_a_value_is_shown_with_its_unit_and_brackets_where_it_is_unsure(
    value: float, state: str, decimals: int
) -> None:
    shown = signed_value(value, state, decimals, "%")
    plain = number(value, decimals)
    assert shown == (f"({plain}) %" if state == State.UNRELIABLE else f"{plain} %")


@pytest.mark.parametrize("state", sorted(EMPTY_STATES))
def test_a_value_that_is_not_there_is_a_word_without_unit(state: str) -> None:
    assert signed_value(float("nan"), state, 1, "%") == SHORT[State(state)]
