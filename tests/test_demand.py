"""Spreading people over their settlement: sums stay, points stay in the disc and fill it evenly."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geodata import GeoData
from layers.demand import spread

SETTLEMENT = st.tuples(
    st.floats(0, 1000),
    st.integers(0, 500_000).map(lambda n: n / 10),
    st.floats(280_000, 920_000),
    st.floats(5.2e6, 6.1e6),
)


def demand(settlements: list[tuple[float, float, float, float]]) -> gpd.GeoDataFrame:
    table = pd.DataFrame(
        {
            "ags": [f"ags{n}" for n in range(len(settlements))],
            "population": [people for _, people, _, _ in settlements],
            "area_ha": [hectares for hectares, _, _, _ in settlements],
        },
        index=[f"s{n}" for n in range(len(settlements))],
    )
    return gpd.GeoDataFrame(table, geometry=[shapely.Point(x, y) for _, _, x, y in settlements])


def from_centre(settlements: gpd.GeoDataFrame, points: pd.DataFrame) -> np.ndarray:
    centre = settlements.geometry.reindex(points["settlement"])
    return np.hypot(points["x"].to_numpy() - centre.x, points["y"].to_numpy() - centre.y).to_numpy()


def test_a_settlement_of_nine_hectares_becomes_four_points_of_a_quarter() -> None:
    points = spread(demand([(9.0, 100.0, 0.0, 0.0)]))
    assert points["people"].tolist() == [25.0, 25.0, 25.0, 25.0]
    assert points["settlement"].tolist() == ["s0"] * 4
    assert points["ags"].tolist() == ["ags0"] * 4
    radius = np.sqrt(90_000 / np.pi)
    expected = radius * np.sqrt([0.125, 0.375, 0.625, 0.875])
    np.testing.assert_allclose(np.hypot(points["x"], points["y"]), expected)


def test_a_settlement_smaller_than_one_cell_is_its_centre() -> None:
    points = spread(demand([(2.25, 7.0, 300.0, 400.0), (0.0, 1.0, 5.0, 6.0)]))
    assert points[["x", "y", "people"]].to_numpy().tolist() == [[300.0, 400.0, 7.0], [5.0, 6.0, 1.0]]


@given(st.lists(SETTLEMENT, min_size=1, max_size=8))
def test_spread_keeps_the_sum_of_each_settlement(settlements: list[tuple[float, ...]]) -> None:
    given_demand = demand(settlements)
    sums = spread(given_demand).groupby("settlement")["people"].sum().reindex(given_demand.index)
    np.testing.assert_allclose(sums, given_demand["population"], rtol=1e-12)


@given(st.lists(SETTLEMENT, min_size=1, max_size=8))
def test_spread_stays_inside_the_disc(settlements: list[tuple[float, ...]]) -> None:
    given_demand = demand(settlements)
    points = spread(given_demand)
    radius = np.sqrt(given_demand["area_ha"].reindex(points["settlement"]) * 1e4 / np.pi).to_numpy()
    assert (from_centre(given_demand, points) <= radius + 1e-6).all()


@given(st.floats(20, 1000))
def test_half_of_the_points_lie_in_the_inner_half_of_the_disc(hectares: float) -> None:
    given_demand = demand([(hectares, 100.0, 0.0, 0.0)])
    points = spread(given_demand)
    inner = np.sqrt(hectares * 1e4 / np.pi / 2)
    assert abs((from_centre(given_demand, points) <= inner).mean() - 0.5) <= 1 / len(points)


def test_the_people_of_the_district_are_all_there(data: GeoData) -> None:
    points = spread(data.demand)
    people = points.groupby("ags")["people"].sum().reindex(data.gemeinden.index)
    np.testing.assert_allclose(people, data.gemeinden["population"], rtol=1e-9)
    np.testing.assert_allclose(points["people"].sum(), 159_351, rtol=1e-9)
