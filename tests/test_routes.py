"""Plain addresses: geometry, front-end packages, exports."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

import geopandas as gpd
import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from geodata import catalog
from geodata.basemap import write_basemap
from layers import Atlas
from layers.inputs import LEVELS
from tests.webapp import assert_polite, get, no_failure, shared_atlas
from views.components.mapconfig import map_config
from views.routes import FACILITY_FILES, MAP_FILES, MIME_TYPES, register
from views.selection import PARSERS
from views.settings import Settings

GEOMETRY = [*LEVELS, "kontext", "orte", "einrichtungen"]
SIGNATURES = {
    "csv": b"\xef\xbb\xbf",
    "xlsx": b"PK\x03\x04",
    "gpkg": b"SQLite format 3",
    "png": b"\x89PNG",
    "svg": b"<",
    "pdf": b"%PDF-",
}
text = st.text(max_size=40)


def assert_not_served(answer: TestResponse) -> None:
    """The answer is "not found", or the page of the app that says so (Dash answers every free path)."""
    assert answer.status_code == 404 or b"react-entry-point" in answer.data
    assert b"create_app" not in answer.data


def assert_file(answer: TestResponse, ending: str) -> None:
    """The answer is a file of its kind with a plain name."""
    assert answer.status_code == 200
    assert answer.content_type == MIME_TYPES[ending]
    assert answer.data.startswith(SIGNATURES[ending])
    name = answer.headers["Content-Disposition"].split('filename="')[1].rstrip('"')
    assert name.endswith(f".{ending}")
    assert name.isascii()
    assert not set(name) & set(' "/\\;')


@pytest.mark.parametrize("name", GEOMETRY)
def test_geometry_travels_once(name: str) -> None:
    first = get(f"/geo/{name}.geojson")
    assert first.status_code == 200
    assert first.mimetype == "application/geo+json"
    features = first.get_json()["features"]
    assert features
    again = get(f"/geo/{name}.geojson", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    if name in LEVELS:
        keys = {feature["properties"]["id"] for feature in features}
        assert keys == set(shared_atlas().areas(name).index)


def test_protected_places_are_not_in_the_geometry() -> None:
    features = get("/geo/einrichtungen.geojson").get_json()["features"]
    shown = {feature["properties"]["category"] for feature in features}
    hidden = {key for key, category in catalog.categories().items() if category.protection == "no_location"}
    assert hidden
    assert not shown & hidden


def test_geometry_without_a_name_is_not_found() -> None:
    for name in ("bundesland", "", "gemeinde%00", "*"):
        assert_not_served(get(f"/geo/{name}.geojson"))
    assert_not_served(get("/geo/..%2f..%2fapp.geojson"))


@pytest.fixture(scope="module")
def with_basemap(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    """The Atlas of the dataset that ships with the project, with a drawn basemap (synthetic)."""
    folder = tmp_path_factory.mktemp("daten")
    line = gpd.GeoDataFrame({"class": ["autobahn"]}, geometry=[shapely.LineString([(10, 50), (11, 51)])], crs=4326)
    (folder / "geheim.geojson").write_text("geheim", "utf-8")
    write_basemap(folder / "grundkarte", {"strassen": line, "bahn": line[:0]}, {})
    return replace(shared_atlas(), data=replace(shared_atlas().data, basemap=folder / "grundkarte"))


@pytest.fixture(scope="module")
def basemap_client(with_basemap: Atlas) -> FlaskClient:
    """A server of the plain addresses alone: there is one page registry of Dash in a process."""
    server = Flask("grundkarte")
    register(server, with_basemap, Settings())
    return server.test_client()


def test_the_map_learns_where_the_basemap_lies_and_the_address_answers(
    with_basemap: Atlas, basemap_client: FlaskClient
) -> None:
    basemap = map_config(with_basemap)["basemap"]
    assert basemap["layers"] == {name: f"/geo/grundkarte/{name}.geojson" for name in ("strassen", "bahn")}
    assert basemap["attribution"] == "© OpenStreetMap-Mitwirkende, ODbL"
    folder = with_basemap.data.basemap
    assert folder is not None
    for name, address in basemap["layers"].items():
        first = basemap_client.get(address)
        assert (first.status_code, first.mimetype) == (200, "application/geo+json")
        assert first.data == (folder / f"{name}.geojson").read_bytes()
        again = basemap_client.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "grundkarte/wald",
        "grundkarte/",
        "grundkarte/../geheim",
        "grundkarte/..%2fgeheim",
        "grundkarte/%2e%2e/geheim",
        "grundkarte/strassen/../../geheim",
        "grundkarte//strassen",
        "strassen",
    ],
)
def test_nothing_beside_the_layers_of_the_basemap_is_served(basemap_client: FlaskClient, path: str) -> None:
    answer = basemap_client.get(f"/geo/{path}.geojson")
    assert answer.status_code == 404
    assert b"geheim" not in answer.data


def test_a_dataset_without_basemap_has_none_of_its_addresses() -> None:
    assert "basemap" not in map_config(replace(shared_atlas(), data=replace(shared_atlas().data, basemap=None)))
    server = Flask("ohne")
    register(server, replace(shared_atlas(), data=replace(shared_atlas().data, basemap=None)), Settings())
    assert server.test_client().get("/geo/grundkarte/strassen.geojson").status_code == 404
    assert server.test_client().get("/geo/kreis.geojson").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "maplibre-gl/dist/maplibre-gl.css",
        "maplibre-gl/dist/maplibre-gl.mjs",
        "@mapbox/maki/icons/hospital.svg",
        "@fontsource/fira-sans/files/fira-sans-latin-400-normal.woff2",
    ],
)
def test_front_end_packages_are_served_and_kept(path: str) -> None:
    answer = get(f"/vendor/{path}")
    assert answer.status_code == 200
    assert "max-age=604800" in answer.headers["Cache-Control"]
    again = get(f"/vendor/{path}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("icon", sorted({category.icon for category in catalog.categories().values()}))
def test_the_icon_of_every_category_exists(icon: str) -> None:
    assert get(f"/vendor/@mapbox/maki/icons/{icon}.svg").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "axe-core/axe.min.js",
        "maplibre-gl/package.json",
        "../app.py",
        "%2e%2e/app.py",
        "maplibre-gl/dist/../../../app.py",
        "maplibre-gl/dist/..%2f..%2f..%2fapp.py",
        "maplibre-gl/dist/%2e%2e/%2e%2e/%2e%2e/app.py",
        "maplibre-gl/dist//etc/passwd",
        "maplibre-gl/dist/..\\..\\..\\app.py",
        "/etc/passwd",
    ],
)
def test_nothing_else_of_the_machine_is_served(path: str) -> None:
    assert_not_served(get(f"/vendor/{path}"))


@given(path=st.lists(st.sampled_from(["..", ".", "%2e%2e", "maplibre-gl", "dist", "app.py", "", "\x00"]), max_size=7))
def test_no_path_leads_out_of_the_packages(path: list[str]) -> None:
    answer = get("/vendor/maplibre-gl/dist/" + "/".join(path))
    assert_polite(answer)
    assert b"create_app" not in answer.data


@pytest.mark.parametrize("ending", MAP_FILES)
@pytest.mark.parametrize(
    "query",
    ["", "handlungsfeld=ALLE&indicator=MIN01", "indicator=haltestelle&level=sozialraum&area=dermbach"],
)
def test_every_export_of_the_map(ending: str, query: str) -> None:
    with no_failure():
        answer = get(f"/ausgabe/karte.{ending}?{query}")
    assert_file(answer, ending)


@pytest.mark.parametrize("ending", FACILITY_FILES)
@pytest.mark.parametrize("query", ["", "categories=krankenhaus", "search=gibtesnirgends"])
def test_every_export_of_the_register(ending: str, query: str) -> None:
    with no_failure():
        answer = get(f"/ausgabe/einrichtungen.{ending}?{query}")
    assert_file(answer, ending)


@pytest.mark.parametrize(
    "path", ["/ausgabe/karte.exe", "/ausgabe/einrichtungen.pdf", "/ausgabe/..", "/ausgabe/karte.", "/geo/"]
)
def test_unknown_files_are_not_found(path: str) -> None:
    assert_not_served(get(path))


@settings(max_examples=25)
@given(parts=st.dictionaries(st.sampled_from([*PARSERS, "unbekannt"]), text, max_size=5))
def test_any_query_gives_a_table(parts: dict[str, str]) -> None:
    query = "&".join(f"{name}={quote(value)}" for name, value in parts.items())
    for path in ("/ausgabe/karte.csv", "/ausgabe/einrichtungen.csv"):
        with no_failure():
            answer = get(f"{path}?{query}")
        assert answer.status_code == 200


@settings(max_examples=30)
@given(query=st.binary(max_size=60))
def test_any_bytes_as_query_give_a_table(query: bytes) -> None:
    with no_failure():
        answer = get("/ausgabe/karte.csv", environ_overrides={"QUERY_STRING": query.decode("latin-1")})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "query", ["", "indicator=%ff", "level=<script>", "area=../../etc/passwd", "k=%00", "webgl=aus"]
)
def test_any_query_gives_a_picture(query: str) -> None:
    with no_failure():
        answer = get(f"/karte.svg?{query}")
    assert answer.status_code == 200
    assert answer.mimetype == "image/svg+xml"
    assert b"<script" not in answer.data


def test_health() -> None:
    assert get("/gesund").get_json() == {"status": "ok", "kreis": "16063", "gemeinden": 30}
