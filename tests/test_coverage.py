"""People-weighted statistics against numpy, and what must hold for all people and areas."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from layers.coverage import share_within, weighted_mean, weighted_median
from layers.travel_time import DECISECONDS

AREAS = ["a", "b", "c"]
# Costs in whole deciseconds as the models of travel time give them, so that ties and limits are exact.
COST = st.integers(0, 60 * DECISECONDS).map(lambda deciseconds: deciseconds / DECISECONDS)
ROW = st.tuples(COST, st.integers(0, 500), st.sampled_from(AREAS))
ROWS = st.lists(ROW, min_size=1, max_size=40)


def columns(rows: list[tuple[float, int, str]]) -> tuple[pd.Series, pd.Series, pd.Series]:
    table = pd.DataFrame(rows, columns=["cost", "people", "area"])
    area = pd.Series(pd.Categorical(table["area"], categories=AREAS))
    return table["cost"], table["people"].astype(float), area


def per_area(rows: list, statistic) -> pd.Series:
    """Return ``statistic(costs, people)`` per area with people, computed with numpy alone."""
    found = {}
    for area in AREAS:
        part = [(cost, people) for cost, people, where in rows if where == area]
        total = sum(people for _, people in part)
        found[area] = statistic(*map(np.array, zip(*part, strict=True))) if total else np.nan
    return pd.Series(found)


def brute_median(cost: np.ndarray, people: np.ndarray) -> float:
    """Return the smallest cost that at least half of the people do not exceed."""
    return min(c for c in cost if people[cost <= c].sum() >= people.sum() / 2)


def assert_same(ours: pd.Series, theirs: pd.Series) -> None:
    assert ours.index.astype(str).tolist() == theirs.index.tolist()
    np.testing.assert_allclose(ours.to_numpy(float), theirs.to_numpy(float), rtol=1e-9)


@given(ROWS)
def test_mean_is_that_of_numpy(rows: list) -> None:
    theirs = per_area(rows, lambda cost, people: np.average(cost, weights=people))
    assert_same(weighted_mean(*columns(rows)), theirs)


@given(ROWS)
def test_median_is_that_of_brute_force(rows: list) -> None:
    assert_same(weighted_median(*columns(rows)), per_area(rows, brute_median))


@given(ROWS)
def test_median_of_people_is_that_of_their_repeated_costs(rows: list) -> None:
    """With one row a person the weighted median is numpy's lower median."""
    rows = [(cost, 1, area) for cost, _, area in rows]
    theirs = per_area(rows, lambda cost, _: np.quantile(cost, 0.5, method="inverted_cdf"))
    assert_same(weighted_median(*columns(rows)), theirs)


@given(ROWS, st.integers(0, 70))
def test_share_is_that_of_numpy(rows: list, limit: int) -> None:
    theirs = per_area(rows, lambda cost, people: 100 * people[cost <= limit].sum() / people.sum())
    assert_same(share_within(*columns(rows), limit), theirs)


@given(ROWS, st.integers(0, 70), st.integers(0, 70))
def test_coverage_never_falls_with_the_threshold(rows: list, one: int, other: int) -> None:
    low, high = sorted([one, other])
    less, more = share_within(*columns(rows), low).dropna(), share_within(*columns(rows), high).dropna()
    assert (less <= more + 1e-9).all()
    assert less.between(0, 100 + 1e-9).all()


@given(ROWS, st.integers(0, 60))
def test_the_whole_is_the_people_weighted_mean_of_its_parts(rows: list, limit: int) -> None:
    cost, people, area = columns(rows)
    whole = pd.Series("whole", index=cost.index)
    weight = people.groupby(area, observed=False).sum()
    for parts, total in (
        (weighted_mean(cost, people, area), weighted_mean(cost, people, whole)),
        (share_within(cost, people, area, limit), share_within(cost, people, whole, limit)),
    ):
        if weight.sum():
            expected = (parts * weight)[weight > 0].sum() / weight.sum()
            np.testing.assert_allclose(total["whole"], expected, rtol=1e-9, atol=1e-9)
        else:
            assert np.isnan(total["whole"])


@given(ROWS)
def test_median_lies_between_the_smallest_and_the_greatest_cost(rows: list) -> None:
    cost, people, area = columns(rows)
    grouped = cost.where(people > 0).groupby(area, observed=False)
    median = weighted_median(cost, people, area)
    known = median.notna()
    assert (median[known] >= grouped.min()[known]).all()
    assert (median[known] <= grouped.max()[known]).all()


def test_exactly_at_the_limit_is_covered_and_a_decisecond_later_is_not() -> None:
    cost = pd.Series([15.0, 15.0 + 1 / DECISECONDS])
    people, area = pd.Series([3.0, 1.0]), pd.Series(["a", "a"])
    assert share_within(cost, people, area, 15).to_dict() == {"a": 75.0}


def test_an_area_with_one_unknown_cost_has_no_value() -> None:
    cost, people = pd.Series([1.0, np.nan, 5.0]), pd.Series([10.0, 1.0, 2.0])
    area = pd.Series(["a", "a", "b"])
    for found in (
        weighted_mean(cost, people, area),
        weighted_median(cost, people, area),
        share_within(cost, people, area, 10),
    ):
        assert np.isnan(found["a"])
        assert not np.isnan(found["b"])


def test_an_area_without_points_or_without_people_has_no_value() -> None:
    area = pd.Series(pd.Categorical(["a", "b"], categories=AREAS))
    cost, people = pd.Series([4.0, 4.0]), pd.Series([1.0, 0.0])
    for found in (
        weighted_mean(cost, people, area),
        weighted_median(cost, people, area),
        share_within(cost, people, area, 10),
    ):
        assert found.index.tolist() == AREAS
        assert found.notna().tolist() == [True, False, False]
