"""The basemap from OpenStreetMap: a drawn country by hand, a real extract, and files that cannot be read."""

from __future__ import annotations

import gzip
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from geodata.basemap import read_basemap, write_basemap
from geodata.catalog.basemap import GroundClass, GroundLayer, ground_layers
from geodata.model import METRIC_CRS, WEB_CRS, GeoDataError
from geodata.sources.osm import read_networks
from geodata.sources.osm_basemap import basemap_note, read_osm_basemap
from tests.bench.land_pbf import write_land
from tests.data.kunstland import BOX, LAT, LON, STEP, WAYS, drawn

SHARED = Path(__file__).parents[2] / "shared" / "data" / "osm"
EXTRACT = SHARED / "gh_north-bayreuth.osm.gz"
real = pytest.mark.skipif(not EXTRACT.is_file(), reason="der Auszug aus OpenStreetMap liegt nicht bei")


def metres(*places: tuple[float, float]) -> float:
    """Return the length of a line on the ground, places in steps."""
    lon, lat = (np.array(places) * STEP + (LON, LAT)).T
    return float(pyproj.Geod(ellps="GRS80").line_length(lon, lat))


def square_metres(west: float, south: float, east: float, north: float) -> float:
    """Return the area of a rectangle on the ground, edges in steps."""
    lon = LON + STEP * np.array([west, east, east, west])
    lat = LAT + STEP * np.array([south, south, north, north])
    return abs(float(pyproj.Geod(ellps="GRS80").polygon_area_perimeter(lon, lat)[0]))


@pytest.fixture
def country(tmp_path: Path) -> dict[str, gpd.GeoDataFrame]:
    return read_osm_basemap(drawn(tmp_path), box=BOX)


def test_every_layer_of_the_catalogue_is_there_in_metres(country: dict[str, gpd.GeoDataFrame]) -> None:
    assert list(country) == list(ground_layers())
    for key, frame in country.items():
        assert frame.crs.to_epsg() == METRIC_CRS, key
        assert set(frame["class"]) <= {one.id for one in ground_layers()[key].classes}, key
        assert frame.index.tolist() == list(range(len(frame))), key
        assert frame.geometry.is_valid.all(), key


def test_a_multipolygon_keeps_its_hole(country: dict[str, gpd.GeoDataFrame]) -> None:
    (wood,) = country["wald"].geometry
    assert len(wood.interiors) == 1
    wanted = square_metres(0, 0, 5, 5) - square_metres(1, 1, 4, 4)
    assert wood.area == pytest.approx(wanted, rel=0.002)
    (lived_in,) = country["siedlung"].geometry
    assert lived_in.area == pytest.approx(square_metres(1, 1, 4, 4), rel=0.002)
    assert country["siedlung"]["class"].tolist() == ["wohnen"]


def test_what_leaves_the_box_ends_at_its_edge(country: dict[str, gpd.GeoDataFrame]) -> None:
    (river,) = country["fluss"].geometry
    assert river.length == pytest.approx(metres((0, 2), (5.5, 2)), rel=0.001)
    assert country["wasser"].empty
    for frame in country.values():
        if len(frame):
            west, south, east, north = frame.to_crs(WEB_CRS).total_bounds
            assert (west, south) >= (BOX[0] - 1e-6, BOX[1] - 1e-6)
            assert (east, north) <= (BOX[2] + 1e-6, BOX[3] + 1e-6)


def test_without_a_box_everything_is_there(tmp_path: Path) -> None:
    whole = read_osm_basemap(drawn(tmp_path))
    assert whole["wasser"].area.sum() == pytest.approx(square_metres(1, 8, 2, 9), rel=0.002)
    assert whole["fluss"].length.sum() == pytest.approx(metres((0, 2), (9, 2)), rel=0.001)
    assert "Weitweg" in set(whole["orte"]["name"])


def test_roads_of_one_class_become_one_line_and_paths_are_left_out(country: dict[str, gpd.GeoDataFrame]) -> None:
    roads = country["strassen"]
    assert roads["class"].tolist() == ["bundesstrasse", "ortsstrasse"]
    wanted = [metres((1, 0), (2, 0), (2, 1), (3, 1)), metres((2, 1), (2, 3))]
    np.testing.assert_allclose(roads.length, wanted, rtol=0.001)
    assert len(country["bahn"]) == 1  # no siding


def test_the_first_class_that_fits_counts_and_layers_do_not_exclude_each_other(tmp_path: Path) -> None:
    bank = (1, [0, 1, 11, 10, 0], {"landuse": "forest", "natural": "water", "waterway": "riverbank"})
    tram = (2, [30, 31], {"railway": "tram", "highway": "residential"})
    line = GroundLayer(
        "linien", "Linien", "line",
        (GroundClass("strasse", ("highway=residential",)), GroundClass("gleis", ("railway=tram",))),
    )  # fmt: skip
    known = {**ground_layers(), "linien": line}
    found = read_osm_basemap(drawn(tmp_path, ways=[bank, tram], relations=[]), layers=known)
    assert {key: len(frame) for key, frame in found.items() if key != "orte" and len(frame)} == {
        "strassen": 1, "bahn": 1, "wasser": 1, "wald": 1, "linien": 1,
    }  # fmt: skip
    assert found["linien"]["class"].tolist() == ["strasse"]


def test_places_have_a_name_and_a_number_where_one_is_known(country: dict[str, gpd.GeoDataFrame]) -> None:
    places = country["orte"]
    assert places["name"].tolist() == ["Musterdorf", "Musterstadt"]
    assert places["class"].tolist() == ["dorf", "stadt"]
    assert places["population"].iloc[0] == 1234
    assert np.isnan(places["population"].iloc[1])  # "ca. 9000" is no number


def test_an_area_whose_outline_is_not_in_the_file_is_left_out_and_told(tmp_path: Path) -> None:
    told: list[str] = []
    open_ring = (12, [60, 61, 71], {"landuse": "forest"})
    found = read_osm_basemap(drawn(tmp_path, ways=[*WAYS, open_ring]), progress=told.append)
    assert len(found["wald"]) == 1
    assert any("2 Flächen ohne geschlossenen Umriss übergangen: relation/2, way/12" in text for text in told)


def test_a_line_with_lost_nodes_is_drawn_where_it_is_known(tmp_path: Path) -> None:
    road = (1, [0, 1, 2, 3, 4], {"highway": "primary"})
    dot = (2, [7, 7], {"highway": "primary"})
    found = read_osm_basemap(drawn(tmp_path, ways=[road, dot], relations=[], lost=(2,)))
    np.testing.assert_allclose(found["strassen"].length, [metres((0, 0), (1, 0)), metres((3, 0), (4, 0))], rtol=0.001)


def test_a_pond_is_too_small(tmp_path: Path) -> None:
    pond = [(1, [0, 1, 11, 10, 0], {"natural": "water"})]
    text = drawn(tmp_path, ways=pond, relations=[]).read_text("utf-8")
    assert len(read_osm_basemap(tmp_path / "land.osm")["wasser"]) == 1
    for n, (lon, lat) in {1: (0.0003, 0), 11: (0.0003, 0.0003), 10: (0, 0.0003)}.items():
        old = f'lon="{LON + n % 10 * STEP}" lat="{LAT + n // 10 * STEP}"'
        assert old in text
        text = text.replace(old, f'lon="{LON + lon}" lat="{LAT + lat}"')
    (tmp_path / "land.osm").write_text(text, "utf-8")
    assert read_osm_basemap(tmp_path / "land.osm")["wasser"].empty


# ---------------------------------------------------------------- a real extract, and files that cannot be read


@real
def test_a_real_extract_is_plausible(tmp_path: Path) -> None:
    """11 km north of Bayreuth: half wood, villages, the A 70, the railway to Kulmbach, the Red Main."""
    found = read_osm_basemap(EXTRACT)
    km2 = {key: found[key].area.sum() / 1e6 for key in ("wald", "siedlung", "wasser")}
    assert 50 < km2["wald"] < 75
    assert 4 < km2["siedlung"] < 8
    assert 0.1 < km2["wasser"] < 0.5
    km = {key: found[key].length.sum() / 1e3 for key in ("strassen", "bahn", "fluss")}
    assert 150 < km["strassen"] < 250
    assert 10 < km["bahn"] < 16
    assert 15 < km["fluss"] < 25
    assert found["orte"]["name"].iloc[0] == "Neudrossenfeld"
    for frame in found.values():
        assert frame.geometry.is_valid.all()
    files, _ = read_basemap(write_basemap(tmp_path / "grundkarte", found, basemap_note(EXTRACT)))
    assert sum(path.stat().st_size for path in files.values()) < 300_000
    for path in files.values():
        assert gpd.read_file(path).geometry.is_valid.all(), path.name


@real
def test_a_box_cuts_a_real_extract() -> None:
    box = (11.5, 49.98, 11.55, 50.01)
    whole, part = read_osm_basemap(EXTRACT), read_osm_basemap(EXTRACT, box=box)
    frame = shapely.box(*box)
    for key in ("wald", "siedlung"):
        inside = whole[key].to_crs(WEB_CRS).intersection(frame).set_crs(WEB_CRS, allow_override=True)
        area = part[key].area.sum()
        assert area == pytest.approx(inside.to_crs(METRIC_CRS).area.sum(), rel=0.03), key
        assert part[key].to_crs(WEB_CRS).within(frame.buffer(1e-4)).all(), key


def test_the_synthetic_land_of_the_bench_holds_what_it_says(tmp_path: Path) -> None:
    crossings, highways, buildings = write_land(tmp_path / "land.osm.pbf", 2)
    net = read_networks(tmp_path / "land.osm.pbf", ["pkw"])["pkw"]
    assert len(net.x) == crossings == 2 * 2 * 400
    assert net.provenance["counts"]["ways"] == highways == 2 * 2 * 240 + 4
    assert buildings == 2 * 2 * 240
    found = read_osm_basemap(tmp_path / "land.osm.pbf")
    assert {key: len(frame) for key, frame in found.items() if key != "strassen"} == {
        "bahn": 0, "fluss": 0, "wasser": 0, "wald": 4, "siedlung": 4, "orte": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("leer.osm.pbf", b"", "ist leer"),
        ("leer.osm.gz", gzip.compress(b"", mtime=0), "ist leer"),
        ("karte.osm.pbf", b"kein pbf" * 50, "beschädigt oder unvollständig"),
        ("karte.osm", b"<osm><node", "beschädigt oder unvollständig"),
        ("karte.shp", b"x", "keine OpenStreetMap-Datei"),
        (
            "felder.osm",
            b'<osm version="0.6"><node id="1" lon="10" lat="50"/></osm>',
            "nichts, was die Grundkarte zeigt",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_rule_and_remedy(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(GeoDataError, match=words) as error:
        read_osm_basemap(path)
    assert name in str(error.value)
    assert "Abhilfe:" in str(error.value)


def test_a_box_beside_the_extract_is_named(tmp_path: Path) -> None:
    with pytest.raises(GeoDataError, match=r"im Ausschnitt 7, 47, 7\.1, 47\.1 nichts"):
        read_osm_basemap(drawn(tmp_path), box=(7.0, 47.0, 7.1, 47.1))


@real
def test_a_truncated_extract_is_refused(tmp_path: Path) -> None:
    whole = (SHARED / "ors_heidelberg.osm.pbf").read_bytes()
    path = tmp_path / "halb.osm.pbf"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(GeoDataError, match="beschädigt oder unvollständig"):
        read_osm_basemap(path)
