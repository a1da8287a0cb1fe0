"""A district from official areas: names of groups, people from the source that has them, neighbours."""

from __future__ import annotations

from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.assemble.extras import build_none, scale_cells
from geodata.assemble.official import OfficialAreas, build_areas, name_groups
from geodata.model import AREA_COLUMNS, GEMEINDE_COLUMNS, METRIC_CRS, POPULATION_COLUMNS, GeoDataError, State

KREIS = "99001"
A, B, C = (f"{KREIS}00{n}" for n in (1, 2, 3))
ARS = {A: f"{KREIS}0001001", B: f"{KREIS}5001002", C: f"{KREIS}5001003"}


def areas(population: dict[str, float] | None = None, counted_on: str = "2022-12-31") -> OfficialAreas:
    """Return three squares of 1 km side by side, two of them in one group, and a neighbour (invented)."""
    shapes = [shapely.box(n * 1000, 0, (n + 1) * 1000, 1000) for n in range(3)]
    people = pd.Series(population or {}).reindex([A, B, C])
    table = pd.DataFrame(
        {
            "ars": ARS,
            "name": {A: "Ahaus", B: "Bach", C: "Cella"},
            "bez": "Gemeinde",
            "population": people,
            "area_km2": np.nan,
        }
    ).rename_axis("ags")
    own, next_door = shapely.union_all(shapes), shapely.box(3000, 0, 9000, 1000)
    far = shapely.box(90_000, 0, 91_000, 1000)
    kreise = pd.DataFrame(
        {"name": ["Kunstkreis", "Nebenan", "Fern"], "bez": "Landkreis"}, index=[KREIS, "99002", "99003"]
    )
    return OfficialAreas(
        gpd.GeoDataFrame(table, geometry=shapes, crs=METRIC_CRS),
        pd.Series({ARS[B][:9]: "VG Bachtal"}),
        gpd.GeoDataFrame(kreise.rename_axis("ags"), geometry=[own, next_door, far], crs=METRIC_CRS),
        date(2022, 12, 31),
        counted_on,
    )


def cells(*rows: tuple[str | None, float]) -> gpd.GeoDataFrame:
    table = pd.DataFrame(rows, columns=["ags", "counted"])
    table = table.assign(population=table["counted"], census=2011, population_state=str(State.MEASURED))
    points = [shapely.Point(500 + 1000 * n, 500) for n in range(len(rows))]
    return gpd.GeoDataFrame(table, geometry=points, crs=METRIC_CRS)


def test_figures_of_the_areas_count_where_all_have_one() -> None:
    made = build_areas(KREIS, areas({A: 10, B: 20, C: 30}), build_none(), 25_000)
    gemeinden = made["gemeinden"]
    assert gemeinden["population"].to_dict() == {A: 10.0, B: 20.0, C: 30.0}
    assert set(gemeinden["population_state"]) == {State.MEASURED}
    assert made["sozialraeume"]["population"].to_dict() == {"ahaus": 10.0, "vg-bachtal": 50.0}
    assert made["kreis"]["population"].to_dict() == {KREIS: 60.0}
    assert made["kreis"]["name"].tolist() == ["Kunstkreis"]
    assert gemeinden["area_km2"].tolist() == [1.0, 1.0, 1.0]
    assert made["kontext_kreise"].index.tolist() == ["99002"]
    assert made["kontext_kreise"]["gebietsstand"].tolist() == ["31.12.2022"]


def test_where_one_lacks_a_figure_all_are_sums_of_cells_and_say_so() -> None:
    given: dict[str, Any] = {A: 10.0}
    made = build_areas(KREIS, areas(given), cells((A, 7), (A, 5), (B, 4), (None, 99)), 25_000)["gemeinden"]
    assert made["population"].to_dict() == {A: 12.0, B: 4.0, C: 0.0}
    assert set(made["population_state"]) == {State.ESTIMATED}
    assert set(made["population_date"]) == {"2011-05-09"}
    assert made["population_reason"].iloc[0].startswith("Summe der Zellen des Zensus 2011")


def test_without_any_figure_the_remedy_is_named() -> None:
    with pytest.raises(GeoDataError, match=r"Einwohner: weder .* Abhilfe: VG250-EW oder die Gitterdatei"):
        build_areas(KREIS, areas(), build_none(), 25_000)


def test_an_unknown_kreis_is_refused() -> None:
    with pytest.raises(GeoDataError, match="Kreis 12345 gibt es in den Verwaltungsgebieten nicht"):
        build_areas("12345", areas(), cells((A, 1)), 25_000)


def test_the_layers_keep_the_contracts() -> None:
    made = build_areas(KREIS, areas({A: 10, B: 20, C: 30}), build_none(), 25_000)
    assert set(GEMEINDE_COLUMNS) <= set(made["gemeinden"])
    for level in ("sozialraeume", "kreis"):
        assert set(AREA_COLUMNS) <= set(made[level])
    assert set(POPULATION_COLUMNS) == set(made["bevoelkerung"])


@pytest.mark.parametrize(
    ("day", "basis"), [("2022-12-31", "Zensus 2011"), ("2024-12-31", "Zensus 2022"), ("2023-12-31", "Zensus 2011")]
)
def test_the_base_follows_the_day(day: str, basis: str) -> None:
    made = build_areas(KREIS, areas({A: 10, B: 20, C: 30}, day), build_none(), 25_000)["bevoelkerung"]
    assert set(made["basis"]) == {basis}


def test_two_groups_of_one_name_keep_apart() -> None:
    frame = pd.DataFrame(
        {"ars": ["990010011001", "990010011002", "990010022003", "990010022004"], "name": list("abcd")}
    )
    named = name_groups(frame, pd.Series({"990010011": "Mitte", "990010022": "Mitte"}))
    assert named["sozialraum"].tolist() == ["mitte-0011", "mitte-0011", "mitte-0022", "mitte-0022"]


def test_cells_are_scaled_to_a_newer_figure_and_left_alone_where_they_fit() -> None:
    scaled = scale_cells(cells((A, 30), (A, 10), (B, 5), (None, 3)), pd.Series({A: 80.0, B: 5.0}))
    assert scaled["population"].tolist() == [60.0, 20.0, 5.0, 3.0]
    assert scaled["population_state"].tolist() == [State.ESTIMATED] * 2 + [State.MEASURED] * 2
