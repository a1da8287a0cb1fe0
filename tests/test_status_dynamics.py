"""Status and dynamics: limits by hand, ties together, changes over a break refused, published figures."""

from __future__ import annotations

from pathlib import Path

import mapclassify
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from geodata.model import State
from layers.status_dynamics import (
    ATTENTION,
    DYNAMIC,
    NO_CLASS,
    REFERENCE,
    SIGNS,
    STATUS,
    change_over,
    dynamic_classes,
    group_codes,
    needs_attention,
    quintile_limits,
    quintiles,
    status_by_reference,
    status_classes,
)

FIGURES = Path(__file__).parents[2] / "shared" / "data" / "indicators"
UNEMPLOYED = FIGURES / "inkar_gemeinden_16063_arbeitslose_erwerbsfaehige.csv"
NAN = float("nan")
CELL = st.one_of(st.just(NAN), st.integers(-3, 3).map(float), st.integers(-999, 999).map(lambda n: n / 8))
VALUES = st.lists(CELL, min_size=1, max_size=30).map(pd.Series)
# Mean 0 and standard deviation 1 of these two, so that all other values are deviations themselves.
UNITS = {"low": -1.0, "high": 1.0}


def deviations(**values: float) -> pd.Series:
    return pd.Series(UNITS | values)


# --- classes in standard deviations ------------------------------------------------------------------------


def test_limits_of_the_status_by_hand() -> None:
    index = deviations(a=-1.01, b=0, c=1.01, d=1.5, e=1.51, f=-9, g=NAN)
    classes = status_classes(index, frozen=list(UNITS))
    assert classes.to_dict() == {"low": 2, "high": 2, "a": 1, "b": 2, "c": 3, "d": 3, "e": 4, "f": 1, "g": NO_CLASS}
    assert classes.dtype == int


def test_limits_of_the_dynamics_by_hand() -> None:
    change = deviations(a=-1.01, b=0, c=1.01, d=9, e=NAN)
    classes = dynamic_classes(change, frozen=list(UNITS))
    assert classes.to_dict() == {"low": 2, "high": 2, "a": 1, "b": 2, "c": 3, "d": 3, "e": NO_CLASS}


@given(VALUES)
def test_classes_are_those_of_z_values_of_scipy(values: pd.Series) -> None:
    known = values.dropna()
    if known.nunique() < 2:
        assert (status_classes(values) == NO_CLASS).all()
        assert (dynamic_classes(values) == NO_CLASS).all()
        return
    z = pd.Series(stats.zscore(known.to_numpy()), known.index).round(9)
    status = z.map(lambda x: 1 if x < -1 else 2 if x <= 1 else 3 if x <= 1.5 else 4)
    dynamic = z.map(lambda x: 1 if x < -1 else 2 if x <= 1 else 3)
    assert status_classes(values).tolist() == status.reindex(values.index, fill_value=NO_CLASS).tolist()
    assert dynamic_classes(values).tolist() == dynamic.reindex(values.index, fill_value=NO_CLASS).tolist()


@given(VALUES, st.integers(1, 40), st.integers(-99, 99))
def test_unit_and_zero_point_do_not_matter_for_the_classes(values: pd.Series, factor: int, shift: int) -> None:
    assert status_classes(values * factor / 8 + shift).tolist() == status_classes(values).tolist()


def test_an_outlier_widens_the_classes_unless_it_is_left_out() -> None:
    index = pd.Series([-1.0, -1, 0, 1, 1, 60], index=list("abcdef"))
    assert status_classes(index).tolist() == [2, 2, 2, 2, 2, 4]
    assert status_classes(index, frozen=list("abcde")).tolist() == [1, 1, 2, 3, 3, 4]  # 1 is 1.12 of 0.894


def test_twelve_groups_and_which_of_them_need_attention() -> None:
    pairs = [(status, dynamic) for status in STATUS for dynamic in DYNAMIC]
    status, dynamic = (pd.Series(part) for part in zip(*pairs, strict=True))
    codes = group_codes(status, dynamic)
    assert codes.tolist() == ["1+", "1±", "1-", "2+", "2±", "2-", "3+", "3±", "3-", "4+", "4±", "4-"]
    assert codes[needs_attention(codes)].tolist() == ["3-", "4+", "4±", "4-"]
    assert set(SIGNS) == set(DYNAMIC)
    assert "Problem" not in ATTENTION


def test_without_status_or_dynamics_there_is_no_group_and_no_attention() -> None:
    status = pd.Series([4, NO_CLASS, 4, 3], index=list("abcd"))
    dynamic = pd.Series([NO_CLASS, 3, 1], index=["a", "b", "d"])
    codes = group_codes(status, dynamic)
    assert codes.to_dict() == {"a": "", "b": "", "c": "", "d": "3+"}
    assert not needs_attention(codes).any()


# --- few areas ---------------------------------------------------------------------------------------------


def test_limits_around_the_value_of_the_land_by_hand() -> None:
    value = pd.Series([15.99, 16, 18.99, 19, 20, 21, 21.01, 24, 24.01, 0, NAN])
    assert status_by_reference(value, 20).tolist() == [1, 2, 2, 3, 3, 3, 4, 4, 5, 1, NO_CLASS]
    assert list(REFERENCE) == [1, 2, 3, 4, 5]


@given(st.integers(1, 9999).map(lambda n: n / 7))
def test_limits_around_the_land_hold_in_spite_of_rounding(land: float) -> None:
    value = pd.Series([0.8 * land, 0.95 * land, land * 1.05, land * 1.2])
    assert status_by_reference(value, land).tolist() == [2, 3, 3, 4]


@pytest.mark.parametrize("land", [0.0, -1.0, NAN])
def test_without_a_positive_reference_there_are_no_classes(land: float) -> None:
    assert status_by_reference(pd.Series([1.0, 2.0]), land).tolist() == [NO_CLASS, NO_CLASS]


@given(st.lists(st.integers(0, 99_999), min_size=5, max_size=40, unique=True).map(pd.Series))
def test_quintiles_of_different_values_are_those_of_mapclassify(values: pd.Series) -> None:
    theirs = mapclassify.Quantiles(values.to_numpy(float), k=5)
    assert quintile_limits(values) == pytest.approx(theirs.bins[:-1])
    assert quintiles(values.astype(float)).tolist() == (theirs.yb + 1).tolist()


@given(VALUES)
def test_equal_values_share_a_quintile_and_greater_ones_have_no_lower(values: pd.Series) -> None:
    classes = quintiles(values)
    assert (classes == NO_CLASS).tolist() == values.isna().tolist()
    assert classes[values.notna()].between(1, 5).all()
    assert classes.groupby(values).nunique().le(1).all()
    assert classes[values.dropna().sort_values().index].is_monotonic_increasing


@given(VALUES, st.randoms(use_true_random=False))
def test_the_order_of_the_areas_does_not_matter_for_quintiles(values: pd.Series, random) -> None:
    order = random.sample(range(len(values)), len(values))
    assert quintiles(values.iloc[order]).to_dict() == quintiles(values).to_dict()


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        ([7.0] * 9, [3] * 9),  # all alike: neither best nor worst
        ([0.0] * 6 + [1, 2, 3, 4], [2] * 6 + [4, 4, 5, 5]),  # limits 0, 0, 0.4, 2.2
        ([1.0, 2, 3, 4, 5, 6], [1, 1, 2, 3, 4, 5]),  # limits 2, 3, 4, 5: on a limit the lower one
        ([NAN, NAN], [NO_CLASS, NO_CLASS]),
    ],
)
def test_quintiles_with_ties_by_hand(values: list[float], classes: list[int]) -> None:
    assert quintiles(pd.Series(values)).tolist() == classes


# --- change ------------------------------------------------------------------------------------------------

YEARS = [2016, 2017, 2018, 2019, 2020, 2021]


def rows(*values: list[float]) -> pd.DataFrame:
    return pd.DataFrame(values, index=list("abcdef"[: len(values)]), columns=YEARS, dtype=float)


def test_the_change_is_between_means_of_two_years_three_years_apart() -> None:
    table = change_over(rows([99, 4, 6, 99, 7, 10], [99, 5, 5, 99, 3, 4]), 2021)
    assert table["value"].tolist() == [3.5, -1.5]  # (10 + 7) / 2 - (6 + 4) / 2, (4 + 3) / 2 - 5
    assert table["base"].tolist() == [5.0, 5.0]
    assert table["state"].tolist() == [State.MEASURED] * 2
    assert table["reason"].tolist() == ["", ""]


def test_another_distance_takes_other_years() -> None:
    assert change_over(rows([1, 2, 4, 8, 16, 32]), 2021, back=4)["value"].tolist() == [24 - 1.5]
    assert change_over(rows([1, 2, 4, 8, 16, 32]), 2021, back=1)["value"].tolist() == [24 - 12]
    with pytest.raises(ValueError, match=r"Abstand in Jahren .* gefunden '0'. Abhilfe"):
        change_over(rows([1, 2, 4, 8, 16, 32]), 2021, back=0)


@pytest.mark.parametrize("gap", [2017, 2018, 2020, 2021])
def test_one_of_the_four_figures_missing_leaves_no_change(gap: int) -> None:
    values = rows([1, 2, 4, 8, 16, 32], [1, 2, 4, 8, 16, 32])
    values.loc["a", gap] = NAN
    table = change_over(values, 2021)
    assert table.loc["a", ["state", "reason"]].tolist() == [
        State.MISSING,
        f"Für {gap} liegt kein Wert vor: Beide Enden brauchen zwei Jahre.",
    ]
    assert np.isnan(table.at["a", "value"])
    assert np.isnan(table.at["a", "base"]) == (gap < 2019)
    assert table.loc["b", ["value", "base"]].tolist() == [21.0, 3.0]


def test_years_that_are_not_there_at_all_are_named() -> None:
    table = change_over(rows([1, 2, 4, 8, 16, 32]), 2019)
    assert table["reason"].tolist() == ["Für 2015 liegt kein Wert vor: Beide Enden brauchen zwei Jahre."]


@pytest.mark.parametrize(("first", "broken"), [(2016, False), (2017, False), (2018, True), (2019, True), (2021, True)])
def test_a_break_in_between_is_not_comparable(first: int, broken: bool) -> None:
    values = rows([1, 2, 4, 8, 16, 32], [1, 2, 4, 8, 16, 32])
    basis = pd.DataFrame("Zensus 2011", index=values.index, columns=YEARS)
    basis.loc["a", [year for year in YEARS if year >= first]] = "Zensus 2022"
    table = change_over(values, 2021, basis=basis)
    assert table["state"].tolist() == [State.BREAK if broken else State.MEASURED, State.MEASURED]
    assert np.isnan(table.at["a", "value"]) == broken
    assert ("Reihenbruch zwischen 2017 und 2021" in table.at["a", "reason"]) == broken


def test_a_series_that_leaves_its_basis_and_comes_back_is_broken() -> None:
    values = rows([1, 2, 4, 8, 16, 32])
    basis = pd.DataFrame("Zensus 2011", index=values.index, columns=YEARS)
    basis[2019] = "Zensus 2022"
    assert change_over(values, 2021, basis=basis)["state"].tolist() == [State.BREAK]


def test_a_basis_counts_only_where_it_is_named_and_there_is_a_figure() -> None:
    values = rows([1, 2, 4, 8, 16, 32], [1, 2, 4, NAN, 16, 32])
    basis = pd.DataFrame("Zensus 2011", index=values.index, columns=YEARS)
    basis.loc["a", [2018, 2020]] = ["", None]
    basis.loc["b", 2019] = "Zensus 2022"
    assert change_over(values, 2021, basis=basis)["state"].tolist() == [State.MEASURED] * 2
    assert change_over(values, 2021, basis=basis.drop(columns=2016))["value"].tolist() == [21.0, 21.0]


def test_no_areas_have_no_change() -> None:
    nothing = rows()
    assert change_over(nothing, 2021, basis=nothing.astype(object)).empty


# --- published figures -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def unemployed() -> pd.DataFrame:
    """Share of unemployed of each Gemeinde (territory of 31.12.2022) and year."""
    if not UNEMPLOYED.exists():
        pytest.skip(f"{UNEMPLOYED.name} is not on this machine")
    rows = pd.read_csv(UNEMPLOYED)
    counts = rows.pivot_table(index="name", columns=["indikator", "jahr"], values="wert")
    share = 100 * counts["arbeitslose_anzahl"] / counts["bevoelkerung_15_65"]
    share.index = share.index.str.removesuffix(", Stadt")
    return share


def test_quintile_limits_of_the_unemployed_of_2021(unemployed: pd.DataFrame) -> None:
    assert quintile_limits(unemployed[2021]) == pytest.approx((2.412, 3.254, 3.714, 4.519), abs=5e-4)
    assert quintiles(unemployed[2021]).value_counts().to_dict() == {1: 7, 2: 6, 3: 6, 4: 6, 5: 7}


def test_status_of_the_unemployed_of_2021(unemployed: pd.DataFrame) -> None:
    """By the published z-values: above 1.5 four, up to 1.5 Ruhla and Bad Salzungen, below -1 four."""
    classes = status_classes(unemployed[2021])
    assert sorted(classes.index[classes == 4]) == ["Eisenach", "Hallungen", "Seebach", "Wutha-Farnroda"]
    assert sorted(classes.index[classes == 3]) == ["Bad Salzungen", "Ruhla"]
    assert classes.value_counts().to_dict() == {1: 4, 2: 22, 3: 2, 4: 4}


def test_change_of_the_unemployed_by_hand(unemployed: pd.DataFrame) -> None:
    """Amt Creuzburg has no true figure for 2019, which the change of 2020 needs and that of 2021 does not."""
    share = unemployed.copy()
    share.loc["Amt Creuzburg", 2019] = NAN
    change = change_over(share, 2021)
    eisenach = share.loc["Eisenach"]
    by_hand = (eisenach[2020] + eisenach[2021]) / 2 - (eisenach[2017] + eisenach[2018]) / 2
    assert change.at["Eisenach", "value"] == pytest.approx(by_hand)
    assert change["state"].eq(State.MEASURED).all()
    lost = change_over(share, 2020)["state"]
    assert lost.index[lost == State.MISSING].tolist() == ["Amt Creuzburg"]
