"""Readers: each format gives the frame it promises; archives are fetched once, verified and kept."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

from geodata.model import GeoDataError
from geodata.sources import facilities, places, population, registry, settlements, stations, stops, vg250
from tests.data import kunstkreis

WORLD = (-180.0, -90.0, 180.0, 90.0)
QUELLEN = Path("geodata/embedded/quellen")


def as_file(text: str) -> io.BytesIO:
    return io.BytesIO(text.encode())


# areas


def test_areas_are_found_in_nested_collections_and_dissolved_by_key() -> None:
    areas = vg250.read_areas(as_file(json.dumps(kunstkreis.gemeinden()))).set_index("ags")
    assert list(areas.index) == [*("99056000",), *(f"9906300{n}" for n in range(1, 6)), "99064001"]
    assert areas["parts"].to_dict()["99063002"] == 2
    assert areas.to_crs(25832).area.div(1e6).round(3).to_dict()["99063002"] == 4.0


def test_water_is_no_part_of_a_gemeinde() -> None:
    areas = vg250.read_areas(as_file(json.dumps(kunstkreis.gemeinden()))).set_index("ags")
    assert areas.to_crs(25832).area.div(1e6).round(3).to_dict()["99063001"] == 4.0


def test_areas_are_narrowed_by_prefix() -> None:
    areas = vg250.read_areas(as_file(json.dumps(kunstkreis.gemeinden())), ("99064",))
    assert list(areas["name"]) == ["Nachbarort"]


def test_areas_of_no_known_prefix_give_an_empty_frame() -> None:
    areas = vg250.read_areas(as_file(json.dumps(kunstkreis.gemeinden())), ("00000",))
    assert list(areas.columns) == ["ags", "name", "bez", "parts", "geometry"]
    assert areas.empty


def test_area_file_keeps_its_crs_and_leaves_water_out(tmp_path: Path) -> None:
    rows = [("99063001", "Adorf", 4), ("99063001", "Adorf", 2)]
    frame = gpd.GeoDataFrame(rows, columns=["AGS", "GEN", "GF"], geometry=[kunstkreis.square(0, 0)] * 2, crs=25832)
    frame.to_file(tmp_path / "gebiete.gpkg")
    areas = vg250.read_area_file(tmp_path / "gebiete.gpkg")
    assert (areas.crs.to_epsg(), list(areas["ags"]), list(areas["name"])) == (25832, ["99063001"], ["Adorf"])


# points


def test_settlement_without_count_stays_missing() -> None:
    frame = settlements.read_settlements(as_file(kunstkreis.settlements()), ("99063",)).set_index("id")
    assert frame["zensus2011"].isna().to_dict()["10"]
    assert frame["zensus2011"].sum() == 250
    assert set(frame["ags_2016"].str[:5]) == {"99063"}


def test_stops_outside_the_box_and_other_items_are_passed_over() -> None:
    file = as_file(kunstkreis.ndjson(kunstkreis.stops()))
    frame = stops.read_stops(file, WORLD)
    assert set(frame["id"]) == {"501", "502", "503", "504", "505", "506", "8000001", "599"}
    lon, _lat = kunstkreis.lonlat(10, 1)
    near = stops.read_stops(as_file(kunstkreis.ndjson(kunstkreis.stops())), (0.0, 0.0, lon, 90.0))
    assert "599" not in set(near["id"])


def test_stop_names_its_products_and_its_station() -> None:
    frame = stops.read_stops(as_file(kunstkreis.ndjson(kunstkreis.stops())), WORLD).set_index("id")
    assert frame.loc["502", ["products", "parent"]].to_list() == ["bus taxi", "8000001"]
    assert frame.loc["504", ["products", "parent"]].to_list() == ["", ""]


def test_station_has_address_and_step_free_access() -> None:
    frame = stations.read_stations(as_file(kunstkreis.ndjson(kunstkreis.stations())))
    row = frame.drop(columns="geometry").iloc[0].to_dict()
    assert row == {
        "id": "8000001",
        "name": "Estadt Hbf",
        "operator": "KVG",
        "street": "Bahnhofstr. 1",
        "plz": "99001",
        "place": "Estadt",
        "wheelchair": "limited",
    }


def test_station_without_details_has_empty_texts() -> None:
    frame = stations.read_stations(as_file('{"id":"1","name":"Halt","location":{"longitude":10,"latitude":51}}\n'))
    assert frame[["operator", "street", "wheelchair"]].iloc[0].to_list() == ["", "", ""]


def test_places_are_populated_places_of_the_country_and_zero_people_are_unknown() -> None:
    frame = places.read_places(as_file(kunstkreis.places())).set_index("id")
    assert list(frame.index) == ["11", "12", "13"]
    assert frame["population"].isna().to_dict() == {"11": False, "12": False, "13": True}


# tables


def test_register_is_read_as_text_and_located(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text(kunstkreis.register(), "utf-8")
    frame = facilities.read_facilities(tmp_path / "f.csv")
    assert frame[["ags", "capacity", "seen", "precision"]].iloc[0].to_list() == [
        "99063001",
        "20",
        "2019?",
        "place",
    ]
    assert frame["capacity"].iloc[1] == ""
    assert frame.crs.to_epsg() == 4326
    assert frame.geometry.iloc[0].x == pytest.approx(kunstkreis.lonlat(0.5, 0.5)[0])


def test_register_row_without_readable_coordinates_has_no_geometry(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text(kunstkreis.register(kunstkreis.facility("a", 0, 0, lat="nördlich")), "utf-8")
    assert facilities.read_facilities(tmp_path / "f.csv").geometry.isna().all()


def test_register_without_coordinate_columns_has_no_geometry(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("id,name\n1,Kita\n", "utf-8")
    assert facilities.read_facilities(tmp_path / "f.csv").geometry.isna().all()


def test_register_may_be_a_geopackage(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"id": ["a", "b"], "ags": [99063001, 99063001], "capacity": [20.0, None]},
        geometry=[kunstkreis.square(0, 0).centroid] * 2,
        crs=25832,
    )
    frame.to_file(tmp_path / "f.gpkg")
    read = facilities.read_facilities(tmp_path / "f.gpkg")
    assert read["capacity"].to_list() == ["20.0", ""]
    assert read["ags"].to_list() == [99063001, 99063001]
    assert read.crs.to_epsg() == 25832


@pytest.mark.parametrize("name", ["f.csv", "f.gpkg", "f.geojson"])
def test_unreadable_register_is_named(tmp_path: Path, name: str) -> None:
    for content in (None, b"", b'a,"b\xff'):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(GeoDataError, match=rf"^{name}: fehlt oder ist .*Abhilfe"):
            facilities.read_facilities(tmp_path / name)


def test_register_without_geometry_layer_is_refused(tmp_path: Path) -> None:
    pyogrio.write_dataframe(pd.DataFrame({"id": ["a"]}), tmp_path / "f.gpkg")
    with pytest.raises(GeoDataError, match=r"f\.gpkg: enthält keine Geometrie"):
        facilities.read_facilities(tmp_path / "f.gpkg")


def test_population_figures_keep_their_page() -> None:
    frame = population.read_population(QUELLEN / "population_pages.csv")
    assert len(frame) == 48
    assert frame["source"].str.startswith("http").all()
    assert all(pd.api.types.is_string_dtype(frame[name]) for name in frame)


# packages


def test_package_of_npm_with_scope_has_the_name_that_npm_pack_gives() -> None:
    assert registry.parse_package("npm:@mapbox/maki@8.2.0").stem == "mapbox-maki-8.2.0"


@pytest.mark.parametrize("spec", ["reegis", "npm:reegis", "gem:reegis@1", "pypi:reegis@1", "npm:@1.0"])
def test_unreadable_package_is_refused(spec: str) -> None:
    with pytest.raises(GeoDataError, match="nicht lesbar"):
        registry.parse_package(spec)


def test_verified_archive_is_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = kunstkreis.write_packages(tmp_path / "p")
    monkeypatch.setattr(registry, "download", forbidden)
    source = sources["orte"]
    path = registry.fetch_archive(source.package, source.sha256, tmp_path / "p")
    assert path.name == "kunst-orte-1.0.0.tgz"


def test_damaged_archive_is_loaded_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = kunstkreis.write_packages(tmp_path / "p")
    path = tmp_path / "p" / "kunst-orte-1.0.0.tgz"
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    monkeypatch.setattr(registry, "download", lambda package, folder: path.write_bytes(whole))
    said: list[str] = []
    registry.fetch_archive(sources["orte"].package, sources["orte"].sha256, tmp_path / "p", said.append)
    assert path.read_bytes() == whole
    assert said == ["Lade npm:kunst-orte@1.0.0"]


def test_archive_with_another_checksum_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        registry, "download", lambda package, folder: (folder / "kunst-orte-1.0.0.tgz").write_bytes(b"anders")
    )
    with pytest.raises(GeoDataError, match=r"npm:kunst-orte@1\.0\.0: Prüfsumme stimmt nicht.*Abhilfe"):
        registry.fetch_archive("npm:kunst-orte@1.0.0", "0" * 64, tmp_path)


def test_failed_download_names_package_reason_and_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = "import sys; print('npm error code E404', file=sys.stderr); sys.exit(1)"
    monkeypatch.setattr(registry, "npm_command", lambda package: [sys.executable, "-c", script])
    with pytest.raises(GeoDataError) as caught:
        registry.fetch_archive("npm:kunst-orte@1.0.0", "0" * 64, tmp_path, print)
    message = str(caught.value)
    assert "npm:kunst-orte 1.0.0 ließ sich nicht laden: npm error code E404" in message
    assert f"nach {tmp_path} legen" in message


def test_download_that_leaves_nothing_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "pip_command", lambda package: [sys.executable, "-c", ""])
    with pytest.raises(GeoDataError, match="fehlt die Archivdatei"):
        registry.fetch_archive("pypi:kunst==1.0", "0" * 64, tmp_path)


def test_machine_without_npm_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(registry.shutil, "which", lambda name: None)
    with pytest.raises(GeoDataError, match=r"npm fehlt.*pip install -r requirements\.txt"):
        registry.npm_command(registry.parse_package("npm:kunst@1.0.0"))


def test_missing_file_in_a_package_is_named(tmp_path: Path) -> None:
    kunstkreis.write_packages(tmp_path / "p")
    for name in ("kunst-orte-1.0.0.tgz", "kunst_siedlungen-1.0-py3-none-any.whl"):
        with pytest.raises(GeoDataError, match=r"Datei fehlt\.csv fehlt im Paket"):
            registry.read_member(tmp_path / "p" / name, "fehlt.csv")


def test_no_registry_address_is_written_down() -> None:
    assert "://" not in Path("geodata/sources/registry.py").read_text("utf-8")


def forbidden(*_: object) -> None:
    raise AssertionError("no download is needed here")
