"""Plain HTTP addresses beside the pages: geometry, front-end packages, exports, health."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from functools import cache, partial

import geopandas as gpd
from flask import Flask, Response, abort, jsonify, request, send_from_directory

from geodata.basemap import read_basemap
from geodata.sources.statistics import template
from layers import webgeo
from layers.atlas import Atlas
from layers.inputs import LEVELS
from layers.mapview import MapView
from layers.scenario import scenario_points
from reports.map import Kind, draw_map, draw_reach
from reports.tables import (
    facilities_csv,
    facilities_gpkg,
    facilities_xlsx,
    file_name,
    map_csv,
    map_gpkg,
    map_xlsx,
)
from reports.words import slug
from views import einlesen, einrichtungen, reichweite
from views.components.mappage import view_of
from views.selection import Selection, read_query, scenario_of, settle
from views.settings import Settings

VENDOR = ("maplibre-gl/dist/", "@fontsource/fira-sans/files/", "@mapbox/maki/icons/")
WEEK = 7 * 24 * 3600


def register(server: Flask, atlas: Atlas, settings: Settings) -> None:
    """Attach all plain addresses."""
    _register_geometry(server, atlas)
    _register_exports(server, atlas)

    @server.get("/vendor/<path:path>")
    def vendor(path: str) -> Response:
        if not path.startswith(VENDOR):
            abort(404)
        return send_from_directory(settings.packages, path, max_age=WEEK, conditional=True)

    @server.get("/gesund")
    def health() -> Response:
        return jsonify(status="ok", kreis=atlas.data.ags, gemeinden=len(atlas.data.gemeinden))


def _register_geometry(server: Flask, atlas: Atlas) -> None:
    makers: dict[str, Callable[[], bytes]] = {
        **{level: partial(webgeo.areas_geojson, atlas, level) for level in LEVELS},
        "kontext": partial(webgeo.context_geojson, atlas),
        "orte": partial(webgeo.places_geojson, atlas),
        "einrichtungen": partial(webgeo.facilities_geojson, atlas),
    }
    if (basemap := atlas.data.basemap) is not None:
        makers |= {f"grundkarte/{layer}": path.read_bytes for layer, path in read_basemap(basemap)[0].items()}

    @cache
    def body(name: str) -> tuple[bytes, str]:
        made = makers[name]()
        return made, hashlib.sha256(made).hexdigest()[:16]

    @server.get("/geo/<path:name>.geojson")
    def geometry(name: str) -> Response:
        if name not in makers:
            abort(404)
        made, tag = body(name)
        response = Response(made, mimetype="application/geo+json")
        response.set_etag(tag)
        response.headers["Cache-Control"] = "no-cache"  # ask every time, answered by 304
        return response.make_conditional(request)


def _register_exports(server: Flask, atlas: Atlas) -> None:
    def asked() -> tuple[Selection, MapView]:
        selection = settle(read_query(_query())[0], atlas)[0]
        return selection, view_of(atlas, selection)

    @server.get("/karte.svg")
    def map_picture() -> Response:
        selection, view = asked()
        picture = draw_map(atlas, view, selection, kind="svg", frame=False, scenario=_changes(atlas, selection))
        return Response(picture, mimetype="image/svg+xml")

    @server.get("/reichweite.svg")
    def reach_picture() -> Response:
        view = view_of(atlas, settle(Selection(indicator="BEV01", handlungsfeld="ALLE"), atlas)[0])
        return Response(draw_reach(atlas, view, reichweite.overlay(atlas, _query())), mimetype="image/svg+xml")

    @server.get("/einlesen/vorschau.svg")
    def import_preview() -> Response:
        picture = einlesen.preview_picture(atlas, request.args.get("auftrag"), request.args.get("indicator"))
        return Response(picture, mimetype="image/svg+xml") if picture else abort(404)

    @server.get("/ausgabe/vorlage.csv")
    def template_file() -> Response:
        body = ";".join(template.TEMPLATE) + "\r\n"
        return _file("vorlage-sozialatlas.csv", "csv", ("\ufeff" + body).encode())

    @server.get("/ausgabe/karte.<ending>")
    def map_export(ending: str) -> Response:
        if ending not in MAP_FILES:
            abort(404)
        selection, view = asked()
        name = file_name(view, ending, district=atlas.data.name)
        return _file(name, ending, MAP_FILES[ending](atlas, view, selection))

    @server.get("/ausgabe/einrichtungen.<ending>")
    def facility_export(ending: str) -> Response:
        if ending not in FACILITY_FILES:
            abort(404)
        rows = einrichtungen.exported_rows(atlas, _query())
        return _file(f"einrichtungen-{slug(atlas.data.name)}.{ending}", ending, FACILITY_FILES[ending](atlas, rows))


def _query() -> str:
    return request.query_string.decode("utf-8", "replace")


def _changes(atlas: Atlas, selection: Selection) -> gpd.GeoDataFrame | None:
    scenario = scenario_of(selection)
    return scenario_points(atlas.inputs, scenario) if scenario else None


def _printed(kind: Kind) -> Callable[[Atlas, MapView, Selection], bytes]:
    def make(atlas: Atlas, view: MapView, selection: Selection) -> bytes:
        changes = _changes(atlas, selection)
        return draw_map(atlas, view, selection, kind=kind, created=date.today(), scenario=changes)

    return make


MAP_FILES: dict[str, Callable[[Atlas, MapView, Selection], bytes]] = {
    "csv": map_csv,
    "xlsx": map_xlsx,
    "gpkg": map_gpkg,
    "png": _printed("png"),
    "svg": _printed("svg"),
    "pdf": _printed("pdf"),
}
FACILITY_FILES = {"csv": facilities_csv, "xlsx": facilities_xlsx, "gpkg": facilities_gpkg}
MIME_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "gpkg": "application/geopackage+sqlite3",
    "png": "image/png",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
}


def _file(name: str, ending: str, body: bytes) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, content_type=MIME_TYPES[ending], headers=headers)
