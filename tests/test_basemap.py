"""The folder of a basemap: same bytes, valid shapes, broken ones refused; and the catalogue of its layers."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geodata.basemap import read_basemap, write_basemap
from geodata.catalog.basemap import FILE, FOLDER, ground_layers, read_ground_layers
from geodata.model import WEB_CRS, GeoDataError
from geodata.sources.osm_basemap import basemap_note, read_osm_basemap
from tests.data.kunstland import BOX, LAT, LON, drawn

SCRIPT = Path(__file__).parents[1] / "assets" / "karte_grund.js"


@pytest.fixture
def country(tmp_path: Path) -> dict[str, gpd.GeoDataFrame]:
    return read_osm_basemap(drawn(tmp_path), box=BOX)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    path = drawn(tmp_path)
    first, second = (
        contents(write_basemap(tmp_path / name, read_osm_basemap(path, box=BOX), basemap_note(path, BOX)))
        for name in ("eins", "zwei")
    )
    assert first == second
    assert set(first) == {"provenance.json", *(f"{key}.geojson" for key in ground_layers())}


def test_files_hold_what_was_written(tmp_path: Path, country: dict[str, gpd.GeoDataFrame]) -> None:
    note = basemap_note(drawn(tmp_path), BOX)
    files, provenance = read_basemap(write_basemap(tmp_path / "grundkarte", country, note))
    assert list(files) == list(country)
    assert {key: provenance[key] for key in note} == note
    assert provenance["licence"] == "ODbL 1.0"
    for key, path in files.items():
        features = json.loads(path.read_text("utf-8"))["features"]
        assert len(features) == len(country[key]) == provenance["layers"][key]["rows"]
        assert [one["properties"]["class"] for one in features] == country[key]["class"].tolist()
    assert json.loads(files["orte"].read_text("utf-8"))["features"][0] == {
        "type": "Feature",
        "properties": {"class": "dorf", "name": "Musterdorf", "population": 1234},
        "geometry": {"type": "Point", "coordinates": [10.33, 50.93]},
    }


def test_rounding_leaves_areas_valid_and_drops_lines_that_are_points(tmp_path: Path) -> None:
    """In units of the last decimal: a neck of a tenth closes, a line of a tenth is none."""
    neck = shapely.Polygon([(0, 0), (40, 0), (40, 40), (20, 0.1), (0, 40)])
    lines = [shapely.LineString([(0, 0), (0.1, 0)]), shapely.LineString([(0, 0), (90, 0)])]
    layers = {
        key: gpd.GeoDataFrame(
            {"class": [key] * len(shapes)},
            geometry=shapely.transform(np.array(shapes), lambda xy: xy * 1e-5 + (LON, LAT)),
            crs=WEB_CRS,
        )
        for key, shapes in {"wald": [neck], "strassen": lines}.items()
    }
    files, _ = read_basemap(write_basemap(tmp_path / "grundkarte", layers, {}))
    wood = shapely.from_geojson(files["wald"].read_text("utf-8"))
    assert shapely.is_valid(wood)
    assert "MultiPolygon" in files["wald"].read_text("utf-8")
    assert len(json.loads(files["strassen"].read_text("utf-8"))["features"]) == 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("provenance.json", None, "fehlt oder ist nicht lesbar"),
        ("provenance.json", b"{", "fehlt oder ist nicht lesbar"),
        ("provenance.json", b"[]", "fehlt oder ist nicht lesbar"),
        ("provenance.json", b'{"layers": {"wald": {}}}', "fehlt oder ist nicht lesbar"),
        ("wald.geojson", None, "Datei fehlt: wald.geojson"),
        ("wald.geojson", b"", "beschädigt oder verändert: wald.geojson"),
    ],
)
def test_a_broken_folder_is_refused(
    tmp_path: Path, country: dict[str, gpd.GeoDataFrame], name: str, content: bytes | None, words: str
) -> None:
    folder = write_basemap(tmp_path / "grundkarte", country, {})
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    with pytest.raises(GeoDataError, match=words) as error:
        read_basemap(folder)
    assert "Abhilfe:" in str(error.value)


def test_when_writing_fails_the_old_basemap_stays(tmp_path: Path, country: dict[str, gpd.GeoDataFrame]) -> None:
    folder = write_basemap(tmp_path / "grundkarte", country, {})
    before = contents(folder)
    with pytest.raises(ValueError, match="naive geometries"):
        write_basemap(folder, {**country, "orte": country["orte"].set_crs(None, allow_override=True)}, {})
    assert contents(folder) == before
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["grundkarte"]


def test_rules_of_the_basemap_that_are_broken_are_listed_together(tmp_path: Path) -> None:
    text = (FOLDER / FILE).read_text("utf-8")
    for old, new in (
        ('id = "wald"\nname', 'id = "../wald"\nname'),
        ("tolerance_m = 15.0", "tolerance_m = -1.0"),
        ("tolerance_m = 10.0", "tolerance_m = 10.0\nleast_m2 = 5.0"),
        ("place=city", "place"),
        ('["railway=tram + service!=yard/siding/spur/crossover"]', "[]"),
        ('id = "landstrasse"', 'id = "autobahn"'),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    (tmp_path / FILE).write_text(text, "utf-8")
    with pytest.raises(GeoDataError) as error:
        read_ground_layers(tmp_path)
    for words in (
        "[../wald]: ids must be small letters",
        "[siedlung]: tolerance_m and least_m2 must not be negative",
        "[fluss]: least_m2 is for areas only",
        "'place' is not key=value",
        "osm of class 'strassenbahn' must name at least one selector",
        "[strassen]: classes must be named and unique",
    ):
        assert words in str(error.value)
    assert str(error.value).startswith("6 broken rules")


def test_an_unknown_shape_is_refused(tmp_path: Path) -> None:
    text = (FOLDER / FILE).read_text("utf-8").replace('shape = "area"', 'shape = "flaeche"', 1)
    (tmp_path / FILE).write_text(text, "utf-8")
    with pytest.raises(GeoDataError, match="shape must be one of 'line', 'area', 'point'"):
        read_ground_layers(tmp_path)


def test_the_map_script_draws_the_layers_and_classes_of_the_catalogue() -> None:
    script = SCRIPT.read_text("utf-8")
    layers = {key: layer for key, layer in ground_layers().items() if layer.shape != "point"}
    for key, layer in layers.items():
        assert f'"{key}"' in script or f"{key}:" in script, key
        for one in layer.classes if layer.shape == "line" else ():
            assert f'"{one.id}"' in script, one.id
