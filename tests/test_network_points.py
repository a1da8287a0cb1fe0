"""Stops of a timetable, facilities of OpenStreetMap beside a register, and how complete that is said to be."""

from __future__ import annotations

import dataclasses

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geodata import catalog
from geodata.assemble.extras import people_off_network
from geodata.assemble.network_points import facilities_of, judge_register, no_facilities, places_of, stops_of
from geodata.assemble.points import shape_facilities
from geodata.catalog import Completeness
from geodata.model import FACILITY_COLUMNS, METRIC_CRS, GeoDataError
from geodata.network import build_network
from tests.timetables import HOUR, day_of

AGS = "99001001"
GEMEINDEN = gpd.GeoDataFrame(
    {"name": ["Kunstdorf"], "population": [100.0]},
    geometry=[shapely.box(-1000, -1000, 6100, 1000)],
    index=pd.Index([AGS], name="ags"),
    crs=METRIC_CRS,
)
LINE = [(n, 8 * HOUR + 60 * n) for n in range(6)]


def facilities(*rows: tuple[str, str, float, str]) -> gpd.GeoDataFrame:
    """Return facilities: id, category, x, source."""
    frame = pd.DataFrame(rows, columns=["id", "category", "x", "source"])
    points = gpd.points_from_xy(frame.pop("x"), np.zeros(len(frame)), crs=METRIC_CRS)
    frame = frame.assign(name=frame["id"], ags=AGS, inside=True, precision="address", seen="2024-09-08")
    return shape_facilities(gpd.GeoDataFrame(frame, geometry=points).set_index("id"))


def test_platforms_of_one_station_or_one_name_are_one_stop() -> None:
    """s0 and s1 belong to a station, s2 and s3 are platforms of one name 20 m apart, s4 alone, s5 outside."""
    table = day_of([LINE], parents=["bf", "bf", "", "", "", ""], kinds=["bahn"])
    places = table.stops.assign(
        name=["Bahnhof Gleis 1", "Bahnhof Gleis 2", "Markt Bstg A", "Markt Bussteig B", "Schule", "Fern"],
        x=[0.0, 10.0, 4000.0, 4020.0, 6000.0, 9000.0],
        wheelchair=["yes", "yes", "yes", "", "no", ""],
    )
    found = stops_of(dataclasses.replace(table, stops=places), GEMEINDEN, 5000)
    assert found["name"].tolist() == ["Bahnhof", "Markt", "Schule", "Fern"]
    assert found["wheelchair"].tolist() == ["yes", "", "no", ""]
    assert found["inside"].tolist() == [True, True, True, False]
    assert found["kind"].unique().tolist() == ["bahnhof"]
    assert found.geometry.x.tolist() == [5.0, 4010.0, 6000.0, 9000.0]
    assert set(FACILITY_COLUMNS) <= set(found)
    assert found["note"].tolist() == [
        "06.05.2024: 2 Abfahrten, 8:00 bis 8:01 Uhr",
        "06.05.2024: 2 Abfahrten, 8:02 bis 8:03 Uhr",
        "06.05.2024: 1 Abfahrt um 8:04 Uhr",
        "06.05.2024: keine Abfahrt",
    ]


def test_stops_that_nobody_serves_on_the_day_are_none() -> None:
    assert stops_of(day_of([LINE[:2]]), GEMEINDEN, 5000).index.tolist() == ["halt-s0", "halt-s1"]


def test_the_register_wins_and_doubles_are_counted() -> None:
    own = facilities(("apo", "apotheke", 0.0, "https://example.org"))
    osm = facilities(("apo-osm-1", "apotheke", 20.0, "osm"), ("kita-osm-2", "kita", 20.0, "osm"))
    osm = osm.assign(name=["apo", "Kita Sonne"])
    found, doubles = facilities_of(own, osm, GEMEINDEN, 5000)
    assert found.index.tolist() == ["apo", "kita-osm-2"]
    assert doubles == 1
    alone, none = facilities_of(own, None, GEMEINDEN, 5000)
    assert (alone.index.tolist(), none) == (["apo"], 0)


def test_what_nobody_compared_is_called_unchecked_and_what_is_not_there_empty() -> None:
    rows = facilities(("a", "apotheke", 0.0, "osm"), ("h", "haltestelle", 0.0, "fahrplan"))
    judged = judge_register(rows, known=catalog.categories(), day="2024-09-08", keep=False)
    assert judged.keys() == catalog.categories().keys()
    assert judged["apotheke"]["judgement"] == "ungeprueft"
    assert "1 im Kreis erfasst, davon 1 aus OpenStreetMap (08.09.2024)" in judged["apotheke"]["note"]
    assert judged["haltestelle"]["judgement"] == "ausreichend"
    assert judged["kita"]["judgement"] == "keine"
    for done in judged.values():
        assert Completeness(**done).usable == (done["judgement"] != "keine")


def test_where_the_catalogue_judges_only_what_it_calls_empty_is_judged_anew() -> None:
    empty = next(c.id for c in catalog.categories().values() if c.completeness.judgement == "keine" and c.osm)
    rows = facilities(("x", empty, 0.0, "osm"), ("k", "kita", 0.0, "osm"))
    assert list(judge_register(rows, known=catalog.categories(), day="", keep=True)) == [empty]


def test_a_gemeinde_without_a_place_stands_at_its_largest_cell() -> None:
    cells = gpd.GeoDataFrame(
        {"ags": [AGS, AGS, None], "counted": [3.0, 9.0, 99.0]},
        geometry=[shapely.Point(x, 0) for x in (0, 500, 9000)],
        crs=METRIC_CRS,
    )
    made = places_of(None, cells, GEMEINDEN, 5000)
    assert made["name"].tolist() == ["Kunstdorf"]
    assert made.geometry.x.tolist() == [500.0]
    named = gpd.GeoDataFrame(
        {"name": ["Kunstdorf", "Weiler"], "population": [90.0, np.nan]},
        geometry=[shapely.Point(10, 0), shapely.Point(8000, 0)],
        crs=METRIC_CRS,
    )
    assert places_of(named, cells, GEMEINDEN, 5000)["inside"].tolist() == [True, False]


def test_an_empty_register_has_all_columns() -> None:
    assert set(FACILITY_COLUMNS) <= set(no_facilities())
    assert no_facilities().empty


def test_people_off_the_network_are_told_and_a_network_of_elsewhere_is_refused() -> None:
    homes = gpd.GeoDataFrame(
        {"ags": [AGS, AGS, None], "population": [300.0, 100.0, 999.0]},
        geometry=[shapely.Point(0, 0), shapely.Point(0, 501), shapely.Point(0, 0)],
        crs=METRIC_CRS,
    )
    cost = np.array([10, 10])
    here = build_network("fuss", [0.0, 100.0], [0.0, 0.0], [0, 1], [1, 0], cost, cost * 1.0, {})
    assert people_off_network({"fuss": here}, homes) == {"fuss": 0.25}
    assert people_off_network({}, homes) == {}
    far = build_network("fuss", [1e6, 1e6 + 1], [0.0, 0.0], [0, 1], [1, 0], cost, cost * 1.0, {})
    with pytest.raises(GeoDataError, match=r"Wegenetz: nur 0 % der Menschen .* Abhilfe: einen Auszug"):
        people_off_network({"fuss": far}, homes)
