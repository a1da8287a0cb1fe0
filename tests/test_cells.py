"""Demand on cells: what is kept, what is estimated, what stays hidden, and that no people are lost."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import geodata
from geodata.assemble.cells import (
    build_cells,
    cut_cells,
    fill_hidden,
    reconcile,
    settled_parts,
    spread_people,
    spread_total,
    unexplained,
)
from geodata.model import DEMAND_COLUMNS, GeoDataError, State
from geodata.sources.zensus import box_around
from geodata.sources.zensus_grid import grid_cells
from layers.demand import spread

REAL = Path(__file__).parents[2] / "shared" / "data" / "zensus"
A, B = "16063001", "16063002"
HIDDEN, MEASURED, ESTIMATED = str(State.SUPPRESSED_PRIMARY), str(State.MEASURED), str(State.ESTIMATED)
GEMEINDEN = gpd.GeoDataFrame(
    {"name": ["Aheim", "Bheim"]},
    index=pd.Index([A, B], name="ags"),
    geometry=[shapely.box(580_000, 5_640_000, 580_400, 5_640_400), shapely.box(580_400, 5_640_000, 580_800, 5_640_400)],
    crs=25832,
)


def cells_at(*rows: tuple[float, float | None, float | None], census: int = 2011) -> gpd.GeoDataFrame:
    """Return invented cells: metres east of Aheim's corner, people, children; None is hidden."""
    key = pd.Index([f"z{k}" for k in range(len(rows))], name="id")
    x, people, children = (pd.Series([row[k] for row in rows], key, dtype=float) for k in range(3))
    state = {True: HIDDEN, False: MEASURED}
    columns = {
        "people": people,
        "people_state": people.isna().map(state),
        "age_0_9": children,
        "age_0_9_state": children.isna().map(state),
        "metres": 100,
        "census": census,
    }
    points = gpd.points_from_xy(580_000 + x, np.full(len(rows), 5_640_050.0), crs=25832)
    return gpd.GeoDataFrame(columns, key, geometry=points)


def test_cells_are_cut_by_their_centre_and_the_buffer_has_no_gemeinde() -> None:
    cells = cells_at((50, 1, 1), (450, 1, 1), (850, 1, 1), (2_000, 1, 1))
    near = cut_cells(cells, GEMEINDEN, buffer_m=100)
    assert near["ags"].tolist() == [A, B, None]
    assert near["inside"].tolist() == [True, True, False]
    assert cut_cells(cells_at((400, 1, 1)), GEMEINDEN)["ags"].tolist() == [A]
    with pytest.raises(GeoDataError, match="keine von 1 liegt im Gebiet"):
        cut_cells(cells_at((9_000, 1, 1)), GEMEINDEN)


def test_both_numbers_are_kept_and_the_new_one_is_estimated() -> None:
    """Aheim: 10 and 30 counted, 60 today, so 15 and 45; the hidden cell stays hidden; Bheim has no total."""
    cells = cells_at((50, 10, 3), (150, 30, 4), (250, None, None), (450, 7, 3), (850, 5, 3))
    demand = build_cells(cells, GEMEINDEN, buffer_m=100, population=pd.Series({A: 60.0}))
    assert demand["population"].tolist()[:2] == [15.0, 45.0]
    assert demand["population"].tolist()[3:] == [7.0, 5.0]
    assert np.isnan(demand["population"].iloc[2])
    assert demand["population_state"].tolist() == [ESTIMATED, ESTIMATED, HIDDEN, MEASURED, MEASURED]
    assert demand["counted"].fillna(-1).tolist() == [10, 30, -1, 7, 5]
    assert demand["zensus2011"].equals(demand["counted"].rename("zensus2011"))
    assert set(DEMAND_COLUMNS) <= set(demand)
    assert (demand["area_ha"] == 1).all()


def test_cells_of_another_census_are_not_called_2011() -> None:
    demand = build_cells(cells_at((50, 10, 3), census=2022), GEMEINDEN)
    assert demand["zensus2011"].isna().all()
    assert demand["counted"].tolist() == [10]


def test_demand_on_cells_can_be_spread_like_settlements() -> None:
    demand = build_cells(cells_at((50, 10, 3), (450, 30, 4)), GEMEINDEN, population=pd.Series({A: 20.0, B: 30.0}))
    points = spread(demand)
    assert points.groupby("ags")["people"].sum().to_dict() == {A: 20.0, B: 30.0}


def test_people_without_a_cell_are_refused() -> None:
    with pytest.raises(GeoDataError, match=rf"ohne Zelle mit Einwohnern: {B} \(9\)\. Abhilfe"):
        build_cells(cells_at((50, 10, 3), (450, None, None)), GEMEINDEN, population=pd.Series({A: 10.0, B: 9.0}))
    empty = build_cells(cells_at((50, 10, 3), (450, 3, 3)), GEMEINDEN, population=pd.Series({A: 0.0, B: 3.0}))
    assert empty["population"].tolist() == [0, 3]


def test_hidden_ages_are_the_rest_of_the_gemeinde() -> None:
    """Known 4 of 10 children: 6 go to the hidden cells by their 20, 30 and 10 people."""
    cells = cells_at((50, 40, 4), (150, 20, None), (250, 30, None), (350, 10, None))
    demand = build_cells(cells, GEMEINDEN, ages=pd.DataFrame({"age_0_9": {A: 10.0}}))
    assert demand["age_0_9"].tolist() == pytest.approx([4, 2, 3, 1])
    assert demand["age_0_9_state"].tolist() == [MEASURED, ESTIMATED, ESTIMATED, ESTIMATED]


@pytest.mark.parametrize(
    ("hidden", "total"),
    [
        (3, None),  # unknown
        (2, 10.0),  # two cells: the rest would tell
        (3, 3.0),  # less than the known cells have
        (3, 70.0),  # more than there are people
    ],
)
def test_ages_stay_hidden_where_the_rest_says_nothing_or_too_much(hidden: int, total: float | None) -> None:
    cells = cells_at((50, 40, 4), *[(150 + 100 * k, 20, None) for k in range(hidden)])
    ages = pd.DataFrame({"age_0_9": pd.Series({A: total}, dtype=float)})
    demand = build_cells(cells, GEMEINDEN, ages=ages)
    assert demand["age_0_9"].isna().sum() == hidden
    assert (demand["age_0_9_state"] == HIDDEN).sum() == hidden


def test_a_gemeinde_without_a_total_stays_hidden_beside_one_with() -> None:
    cells = cells_at(*[(50 + 100 * k, 20, None) for k in range(8)])
    demand = build_cells(cells, GEMEINDEN, ages=pd.DataFrame({"age_0_9": {A: 0.0}}))
    assert demand["age_0_9"].fillna(-1).tolist() == [0, 0, 0, 0, -1, -1, -1, -1]
    assert demand["age_0_9_state"].tolist() == [ESTIMATED] * 4 + [HIDDEN] * 4


def test_a_rest_of_nothing_is_nothing() -> None:
    cells = cells_at((50, 40, 4), (150, 20, None), (250, 30, None), (350, 10, None), (60, None, None))
    demand = build_cells(cells, GEMEINDEN, ages=pd.DataFrame({"age_0_9": {A: 4.0}}))
    assert demand["age_0_9"].fillna(-1).tolist() == [4, 0, 0, 0, -1]
    assert demand["age_0_9_state"].iloc[-1] == HIDDEN


def test_only_people_that_no_other_age_explains_are_left() -> None:
    """Groups that overlap (65 and more beside 60-69) are not taken off twice."""
    cells = pd.DataFrame({"people": [30.0, 10.0, np.nan], "age_0_9": [np.nan, 4.0, np.nan]}).assign(
        age_10_19=[5.0, 9.0, 1.0], age_60_69=[8.0, 0.0, 1.0], age_65_plus=[9.0, 0.0, 1.0], age_70_79=[6.0, 0.0, 1.0]
    )
    assert unexplained(cells, "age_0_9").tolist() == [11.0, 1.0, 0.0]


@st.composite
def districts(draw: st.DrawFn) -> tuple[gpd.GeoDataFrame, pd.Series, pd.Series]:
    """Draw cells with hidden values in two Gemeinden and totals that may or may not fit."""
    count = draw(st.integers(2, 9))
    people = draw(st.lists(st.integers(3, 60), min_size=count, max_size=count))
    children = [draw(st.none() | st.integers(3, p)) for p in people]
    rows = [(50 + 100 * (k % 8), p, c) for k, (p, c) in enumerate(zip(people, children, strict=True))]
    rows += [(50, 5, 3), (450, 5, 3)]
    total = st.integers(0, 500).map(float)
    return cells_at(*rows), pd.Series({A: draw(total), B: draw(total)}), pd.Series({A: draw(total), B: draw(total)})


@given(districts())
def test_no_people_are_lost_and_nothing_exceeds_the_people_of_a_cell(case: tuple) -> None:
    cells, people, children = case
    demand = build_cells(cells, GEMEINDEN, population=people, ages=children.to_frame("age_0_9"))
    sums = demand.groupby("ags")["population"].sum()
    pd.testing.assert_series_equal(sums, people, check_names=False)
    for ags, part in demand.groupby("ags"):
        filled = part["age_0_9_state"] == ESTIMATED
        if filled.any():
            assert part["age_0_9"].sum() == pytest.approx(children[ags])
            assert (part.loc[filled, "age_0_9"] <= part.loc[filled, "counted"] + 1e-9).all()
            assert filled.sum() >= 3
    known = cells["age_0_9"].notna()
    assert demand.loc[known, "age_0_9"].equals(cells.loc[known, "age_0_9"])


@given(districts(), st.randoms())
def test_the_order_of_the_cells_does_not_matter(case: tuple, random: object) -> None:
    cells, people, children = case
    turned = cells.iloc[np.random.default_rng(random.randrange(99)).permutation(len(cells))]  # type: ignore[attr-defined]
    ages = children.to_frame("age_0_9")
    one, two = (build_cells(each, GEMEINDEN, population=people, ages=ages) for each in (cells, turned))
    pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(two).loc[one.index])


def test_reconciling_twice_changes_nothing() -> None:
    cells = cut_cells(cells_at((50, 10, 3), (150, 30, 4)), GEMEINDEN)
    totals = pd.Series({A: 60.0})
    once = reconcile(cells["people"], cells["people_state"], cells["ags"], totals)
    again = reconcile(*once, cells["ags"], totals)
    assert once[0].equals(again[0])
    assert fill_hidden(cells, "age_0_9", None)[0].equals(cells["age_0_9"])


def test_totals_are_spread_over_settled_land_by_area() -> None:
    """One area of 300 x 100 m lies in Aheim by a third, another in Bheim alone."""
    areas = gpd.GeoDataFrame(
        geometry=[
            shapely.box(580_300, 5_640_000, 580_600, 5_640_100),
            shapely.box(580_700, 5_640_000, 580_800, 5_640_200),
        ],
        crs=25832,
    )
    parts = settled_parts(areas, GEMEINDEN)
    assert parts["ags"].tolist() == [A, B, B]
    assert parts["area_ha"].tolist() == pytest.approx([1.0, 2.0, 2.0])
    people, ages = pd.Series({A: 90.0, B: 100.0}), pd.DataFrame({"age_0_9": {A: 9.0}})
    demand = spread_people(parts, people, ages)
    assert demand["population"].tolist() == pytest.approx([90.0, 50.0, 50.0])
    assert demand["age_0_9"].fillna(-1).tolist() == pytest.approx([9, -1, -1])
    assert demand["age_0_9_state"].tolist() == ["estimated", "missing", "missing"]
    assert (demand["population_state"] == ESTIMATED).all()
    assert set(DEMAND_COLUMNS) <= set(demand)
    assert demand.geometry.within(parts.geometry.set_axis(demand.index)).all()


def test_a_total_without_settled_land_is_refused() -> None:
    parts = pd.DataFrame({"ags": [A], "area_ha": [2.0]})
    with pytest.raises(GeoDataError, match=f"Gemeinden ohne Siedlungsfläche: {B}"):
        spread_total(pd.Series({A: 1.0, B: 2.0}), parts)
    assert spread_total(pd.Series({A: 1.0, B: 0.0, "x": np.nan}), parts).tolist() == [1.0]


@given(st.lists(st.tuples(st.sampled_from([A, B]), st.floats(0.01, 900)), min_size=2, max_size=12))
def test_spreading_loses_nobody(rows: list[tuple[str, float]]) -> None:
    parts = pd.DataFrame([(A, 1.0), (B, 1.0), *rows], columns=["ags", "area_ha"])
    found = spread_total(pd.Series({A: 1234.0, B: 77.0}), parts)
    assert found.groupby(parts["ags"]).sum().to_dict() == pytest.approx({A: 1234.0, B: 77.0})


@pytest.mark.skipif(not REAL.is_dir(), reason="die Gitterdateien liegen nicht neben dem Projekt")
def test_real_children_of_the_district(data: geodata.GeoData) -> None:
    table = pd.read_parquet(REAL / "zensus2011_100m_thueringen_unter10.parquet").rename(columns={"value": "Unter10"})
    cells = grid_cells(table, metres=100, census=2011, place="unter 10")
    near = cut_cells(cells, data.gemeinden, buffer_m=2_000)
    inside = near[near["inside"]]
    whole = data.kreis.union_all()
    assert inside.index.tolist() == cells.index[shapely.contains(whole, cells.geometry.values)].tolist()
    assert near.geometry.distance(whole).max() <= 2_000
    homes = data.gemeinden.geometry.reindex(inside["ags"]).set_axis(inside.index)
    assert homes.covers(inside.geometry, align=False).all()
    assert inside["age_0_9"].between(3, 97).all()


@pytest.mark.skipif(not REAL.is_dir(), reason="die Gitterdateien liegen nicht neben dem Projekt")
def test_real_cells_carry_the_people_of_today(data: geodata.GeoData) -> None:
    """Cells of a kilometre reach over borders; their centres still give the Kreis of 2011 within 3 %."""
    west, south, east, north = box_around(data.gemeinden, 15_000)
    table = pd.read_parquet(REAL / "zensus2011_1km_deutschland.parquet")
    near = table[table["x"].between(west, east) & table["y"].between(south, north)]
    cells = grid_cells(near, metres=1_000, census=2011, place="1 km")
    demand = build_cells(cells, data.gemeinden, buffer_m=15_000, population=data.gemeinden["population"])
    inside = demand[demand["ags"].notna()]
    sums = inside.groupby("ags")["population"].sum()
    pd.testing.assert_series_equal(sums, data.gemeinden["population"].astype(float), check_names=False)
    assert inside["counted"].sum() == pytest.approx(data.gemeinden["zensus2011"].sum(), rel=0.03)
    outside = demand[demand["ags"].isna()]
    assert outside["population"].equals(outside["counted"].rename("population"))
