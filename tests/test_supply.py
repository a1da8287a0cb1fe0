"""Facilities per area: counts, ratios, capacity, and what is unknown."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_series_equal

from layers.supply import count_facilities, density, provider_ratio, summed_capacity

INDEX = pd.Index(["a", "b", "c"])


def test_every_area_is_counted_also_one_without_facilities() -> None:
    count = count_facilities(pd.Series(["b", "a", "b", None, "elsewhere"]), INDEX)
    assert_series_equal(count, pd.Series([1.0, 2.0, 0.0], index=INDEX), check_names=False)


def test_density_per_thousand_people() -> None:
    found = density(pd.Series([2.0, 0.0, 5.0]), pd.Series([4000, 10, 0]))
    assert_series_equal(found, pd.Series([0.5, 0.0, np.nan]))


def test_people_per_facility_need_a_facility() -> None:
    found = provider_ratio(pd.Series([4000, 10, 7]), pd.Series([2.0, 0.0, 1.0]))
    assert_series_equal(found, pd.Series([2000.0, np.nan, 7.0]))


@given(st.lists(st.tuples(st.integers(1, 99), st.integers(1, 99_999)), min_size=1, max_size=9))
def test_density_and_ratio_are_each_others_inverse(pairs: list[tuple[int, int]]) -> None:
    count, people = (pd.Series(column, dtype=float) for column in zip(*pairs, strict=True))
    np.testing.assert_allclose(density(count, people) * provider_ratio(people, count), 1000)


def test_capacity_is_known_only_where_all_of_it_is_known() -> None:
    capacity = pd.Series([10.0, 5.0, 8.0, np.nan, 99.0])
    area = pd.Series(["a", "a", "b", "b", None])
    found = summed_capacity(capacity, area, INDEX)
    assert_series_equal(found, pd.Series([15.0, np.nan, 0.0], index=INDEX), check_names=False)


def test_a_capacity_of_zero_is_known() -> None:
    found = summed_capacity(pd.Series([0.0]), pd.Series(["a"]), INDEX)
    assert found.tolist() == [0.0, 0.0, 0.0]
