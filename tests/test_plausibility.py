"""Zeros that are gaps, and totals that are not the sum of their parts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.plausibility import implausible_zero, sum_check, zero_reasons

NAN = float("nan")
INKAR = Path(__file__).parents[2] / "shared" / "data" / "indicators"
UNEMPLOYED = INKAR / "inkar_gemeinden_16063_arbeitslose_erwerbsfaehige.csv"


@pytest.mark.parametrize(
    ("series", "found"),
    [
        ([97, 0, 123], [1]),
        ([97, NAN, 0, NAN, NAN, 123], [2]),  # the nearest known figures
        ([0, 97, 123, 0], []),  # an end has one neighbour only
        ([10, 0, 123], []),  # not greater than k
        ([11, 0, 11], [1]),
        ([97, 0, 0, 123], []),  # a second zero speaks for the first
        ([NAN, 0, 123], []),
        ([97, 3, 123], []),  # small is not zero
    ],
)
def test_a_zero_is_doubted_only_between_two_known_figures_above_k(series: list[float], found: list[int]) -> None:
    assert np.flatnonzero(implausible_zero(series, 10)).tolist() == found


@given(st.lists(st.lists(st.sampled_from([0.0, 5.0, 20.0, NAN]), min_size=3, max_size=3), min_size=1, max_size=8))
def test_the_cube_is_judged_area_by_area(rows: list[list[float]]) -> None:
    cube = np.array(rows)
    for area in range(3):
        alone = [by_hand(cube[:, area], period, 10) for period in range(len(cube))]
        assert implausible_zero(cube, 10)[:, area].tolist() == alone


def by_hand(series: np.ndarray, period: int, k: float) -> bool:
    """Look for the neighbours one by one."""
    before = [value for value in series[:period] if value == value]
    after = [value for value in series[period + 1 :] if value == value]
    return bool(series[period] == 0 and before and after and before[-1] > k and after[0] > k)


def test_the_reason_names_both_neighbours_and_their_periods() -> None:
    cube = np.array([[97, 5], [0, 0], [NAN, 5], [1123, 5]])
    texts = zero_reasons(cube, ["2018", "2019", "2020", "2021"], 10)
    assert texts[1, 0] == "0 zwischen 97 (2018) und 1.123 (2021): vermutlich Lücke der Quelle, als fehlend gezeigt."
    assert (texts != "").sum() == 1


def test_a_reason_never_names_a_hidden_figure() -> None:
    texts = zero_reasons([97, 0, 123], ["2018", "2019", "2020"], 10, hidden=[False, False, True])
    assert texts[1] == "0 ist nicht plausibel: vermutlich Lücke der Quelle, als fehlend gezeigt."


def test_the_difference_of_a_sum_is_told_beyond_the_tolerance() -> None:
    parts = np.array([[3000, 897], [3000, 985], [3000, 990], [3000, NAN], [3000, 897]])
    difference, texts = sum_check(parts, [3988, 3988, 3988, 3988, NAN], tolerance=2)
    np.testing.assert_array_equal(difference, [91, 3, -2, NAN, NAN])
    assert texts.tolist() == [
        "Kreiswert 3.988, Summe der Gemeinden 3.897: Unterschied 91.",
        "Kreiswert 3.988, Summe der Gemeinden 3.985: Unterschied 3.",
        "",
        "",
        "",
    ]


def test_a_total_below_its_parts_has_a_negative_difference() -> None:
    difference, text = sum_check([1.5, 2], 3, names=("Gemeinde", "Ortsteile"))
    assert difference == -0.5
    assert text.item() == "Gemeinde 3, Summe der Ortsteile 3,5: Unterschied -0,5."


@pytest.mark.skipif(not UNEMPLOYED.is_file(), reason="the INKAR file is not at hand")
def test_the_only_implausible_zero_of_inkar_is_amt_creuzburg_2019() -> None:
    rows = pd.read_csv(UNEMPLOYED, dtype={"id": str})
    rows = rows[rows["indikator"] == "arbeitslose_anzahl"]
    cube = rows.pivot_table(index="jahr", columns="id", values="wert")
    found = [(cube.index[period], cube.columns[area]) for period, area in zip(*zero_places(cube), strict=True)]
    assert found == [(2019, "16063104")]
    years = [str(year) for year in cube.index]
    reason = zero_reasons(cube.to_numpy(), years, 10)[years.index("2019"), cube.columns.get_loc("16063104")]
    assert reason == "0 zwischen 97 (2018) und 123 (2020): vermutlich Lücke der Quelle, als fehlend gezeigt."
    difference, text = sum_check(cube.loc[2019], 3988)  # the figure of the Kreis as INKAR publishes it
    assert difference == 91
    assert text.item() == "Kreiswert 3.988, Summe der Gemeinden 3.897: Unterschied 91."


def zero_places(cube: pd.DataFrame) -> tuple[np.ndarray, ...]:
    return np.nonzero(implausible_zero(cube.to_numpy(), 10))
