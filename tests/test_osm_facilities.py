"""Facilities from OpenStreetMap: by their tags, without protected places, and never twice beside the register."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geodata import catalog
from geodata.assemble.merge import merge_with_register, name_similarity
from geodata.model import FACILITY_COLUMNS, METRIC_CRS
from geodata.sources.osm_facilities import read_osm_facilities

EXTRACT = Path(__file__).parents[2] / "shared" / "data" / "osm" / "ors_heidelberg.osm.pbf"
real = pytest.mark.skipif(not EXTRACT.is_file(), reason="der Auszug aus OpenStreetMap liegt nicht bei")
KITA = {
    "amenity": "kindergarten",
    "name": "Kita Sonnenschein",
    "operator": "Stadt",
    "capacity": "60",
    "wheelchair": "limited",
}
ADDRESS = {"addr:street": "Am Markt", "addr:housenumber": "3", "addr:postcode": "36433", "addr:city": "Musterort"}


def drawn(folder: Path, *objects: dict[str, str], area: dict[str, str] | None = None) -> Path:
    """Write nodes with tags along a street, and a square way with the tags of ``area``."""
    lines = [
        f'<node id="{i}" lon="{10.3 + i * 0.01:.4f}" lat="50.9">{"".join(map(tag, node.items()))}</node>'
        for i, node in enumerate(objects, 1)
    ]
    corners = [(91, 10.5, 50.8), (92, 10.501, 50.8), (93, 10.501, 50.801), (94, 10.5, 50.801)]
    lines += [f'<node id="{i}" lon="{lon}" lat="{lat}"/>' for i, lon, lat in corners]
    refs = "".join(f'<nd ref="{i}"/>' for i in (91, 92, 93, 94, 91))
    lines.append(f'<way id="7">{refs}{"".join(map(tag, (area or {}).items()))}</way>')
    path = folder / "ort.osm"
    path.write_text(f'<osm version="0.6">{"".join(lines)}</osm>', "utf-8")
    return path


def tag(item: tuple[str, str]) -> str:
    return f'<tag k="{item[0]}" v="{item[1]}"/>'


def test_a_row_says_what_the_tags_say(tmp_path: Path) -> None:
    row = read_osm_facilities(drawn(tmp_path, KITA | ADDRESS)).loc["kita-osm-node-1"]
    assert set(FACILITY_COLUMNS) <= set(row.index)
    assert row[["name", "operator", "street", "plz", "place"]].tolist() == [
        "Kita Sonnenschein", "Stadt", "Am Markt 3", "36433", "Musterort",
    ]  # fmt: skip
    assert (row["capacity"], row["capacity_unit"], row["wheelchair"], row["precision"]) == (
        60,
        "Plätze",
        "limited",
        "address",
    )
    assert not row["inside"]


def test_what_is_not_tagged_stays_unknown(tmp_path: Path) -> None:
    row = read_osm_facilities(drawn(tmp_path, {"amenity": "kindergarten", "capacity": "viele"})).iloc[0]
    assert np.isnan(row["capacity"])
    assert row["wheelchair"] == ""
    assert row["name"] == catalog.categories()["kita"].name


def test_an_area_is_its_middle(tmp_path: Path) -> None:
    found = read_osm_facilities(drawn(tmp_path, area=KITA))
    middle = found.to_crs(4326).geometry.iloc[0]
    assert found.index.tolist() == ["kita-osm-way-7"]
    assert (middle.x, middle.y) == pytest.approx((10.5005, 50.8005), abs=1e-5)


@pytest.mark.parametrize(
    "tags",
    [
        {"amenity": "social_facility", "social_facility": "shelter", "name": "Zuflucht"},
        {"amenity": "social_facility", "social_facility": "outreach", "name": "Frauenhaus Musterort"},
        {"amenity": "kindergarten", "name": "Kindertagespflege Muster"},
        {**KITA, "disused": "yes"},
        {"shop": "hairdresser"},
    ],
)
def test_protected_closed_and_other_places_are_left_out(tmp_path: Path, tags: dict[str, str]) -> None:
    assert read_osm_facilities(drawn(tmp_path, tags)).empty


def test_a_box_cuts(tmp_path: Path) -> None:
    path = drawn(tmp_path, KITA, {**KITA, "name": "Kita Ferne"})
    assert len(read_osm_facilities(path, box=(10.305, 50.8, 10.315, 51.0))) == 1


@real
def test_a_real_extract_has_its_schools_and_kindergartens() -> None:
    told: list[str] = []
    found = read_osm_facilities(EXTRACT, progress=told.append)
    counts = found["category"].value_counts()
    assert counts["kita"] == 25
    assert set(counts.index) <= set(catalog.categories())
    assert not any(catalog.categories()[key].protection for key in counts.index)
    assert found.index.is_unique
    assert found.geometry.notna().all()
    assert told


# ---------------------------------------------------------------- beside the register


def facilities(*rows: tuple[str, str, str, float, str]) -> gpd.GeoDataFrame:
    """Return rows of id, category, name, metres to the east, precision (invented)."""
    empty = dict.fromkeys(FACILITY_COLUMNS, "")
    table = [
        empty | {"id": key, "category": category, "name": name, "precision": precision, "ags": None, "x": x}
        for key, category, name, x, precision in rows
    ]
    points = [shapely.Point(500_000 + row["x"], 5_600_000) for row in table]
    return gpd.GeoDataFrame(table, geometry=points, crs=METRIC_CRS).set_index("id").drop(columns="x")


REGISTER = facilities(
    ("r1", "kita", "Kita Sonnenschein", 0, "address"), ("r2", "apotheke", "Löwen-Apotheke", 0, "place")
)


@pytest.mark.parametrize(
    ("row", "double"),
    [
        (("o", "kita", "Ev. Kindertagesstätte „Sonnenschein“", 149, "address"), "r1"),
        (("o", "kita", "Ev. Kindertagesstätte „Sonnenschein“", 151, "address"), None),
        (("o", "kita", "Kita Regenbogen", 20, "address"), None),
        (("o", "grundschule", "Kita Sonnenschein", 0, "address"), None),
        (("o", "apotheke", "Loewen Apotheke", 2400, "address"), "r2"),
        (("o", "apotheke", "Apotheke", 2400, "address"), "r2"),
        (("o", "apotheke", "Adler-Apotheke", 10, "address"), None),
    ],
)
def test_the_register_wins_over_what_is_the_same(row: tuple, double: str | None) -> None:
    merged = merge_with_register(REGISTER, facilities(row))
    assert merged.facilities.index.tolist() == (["r1", "r2"] if double else ["r1", "r2", "o"])
    assert merged.dropped["duplicate_of"].tolist() == ([double] if double else [])


def test_of_two_objects_for_one_facility_one_stays() -> None:
    osm = facilities(
        ("kita-osm-node-5", "kita", "Kita Regenbogen", 9000, "address"),
        ("kita-osm-way-9", "kita", "Kita Regenbogen", 9050, "address"),
    )
    merged = merge_with_register(REGISTER, osm)
    assert merged.facilities.index.tolist() == ["r1", "r2", "kita-osm-way-9"]
    assert merged.dropped.loc["kita-osm-node-5", "duplicate_of"] == "kita-osm-way-9"


def test_merging_again_adds_nothing() -> None:
    osm = facilities(("kita-osm-node-5", "kita", "Kita Regenbogen", 9000, "address"))
    once = merge_with_register(REGISTER, osm).facilities
    twice = merge_with_register(once, osm)
    assert twice.facilities.index.tolist() == once.index.tolist()
    assert twice.dropped["duplicate_of"].tolist() == ["kita-osm-node-5"]


def test_names_without_words_of_their_own_cannot_be_compared() -> None:
    assert np.isnan(name_similarity("Kita", "Kita Sonnenschein"))
    assert name_similarity("Grundschule Nord", "Grundschule Süd", frozenset({"grundschule"})) < 0.75
