"""What the map script is told once per page: addresses of geometry, icons, extent; and what the search offers."""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import geopandas as gpd

from geodata import catalog
from geodata.basemap import read_basemap
from geodata.model import WEB_CRS
from layers.atlas import Atlas
from layers.inputs import LEVELS

OSM_ATTRIBUTION = "© OpenStreetMap-Mitwirkende, ODbL"
SIGNS = string.digits + string.ascii_lowercase  # of a class in what travels to the browser


@lru_cache(maxsize=2)
def map_config(atlas: Atlas) -> dict[str, Any]:
    """Return the addresses and names that the map script needs. Kept: do not change it."""
    west, south, east, north = atlas.data.kreis.to_crs(WEB_CRS).total_bounds
    icons = {
        c.id: {"icon": c.icon, "colour": _colour(c.handlungsfelder), "name": c.name} for c in atlas.categories.values()
    }
    return {
        "geo": {level: f"/geo/{level}.geojson" for level in LEVELS},
        "context": "/geo/kontext.geojson",
        "places": "/geo/orte.geojson",
        "points": "/geo/einrichtungen.geojson",
        "bounds": [float(west), float(south), float(east), float(north)],
        "vendor": "/vendor/",
        "icons": icons,
        "attribution": "; ".join(source.attribution for source in atlas.data.sources_of("boundaries")),
        **_basemap(atlas),
    }


def _basemap(atlas: Atlas) -> dict[str, Any]:
    """Return the addresses of the basemap's layers, nothing for a dataset without one."""
    folder = atlas.data.basemap
    if folder is None:
        return {}
    layers = {layer: f"/geo/grundkarte/{layer}.geojson" for layer in read_basemap(folder)[0]}
    return {"basemap": {"layers": layers, "attribution": OSM_ATTRIBUTION}}


def area_values(
    colours: list[str], classes: Iterable[int], texts: list[str], hatched: Sequence[int] = ()
) -> dict[str, Any]:
    """Return what the map script draws in every area, in the order of the geometry.

    ``classes`` is the place of the colour, negative for no value; ``hatched`` is true where the area is hatched.

    >>> area_values(["#fff", "#000"], [1, -1, 0], ["2", "keine Angabe", "1"], [False, True, False])
    {'colours': ['#fff', '#000'], 'classes': '1-0', 'texts': ['2', 'keine Angabe', '1'], 'hatch': [1]}
    """
    signs = "".join(SIGNS[i] if i >= 0 else "-" for i in classes)
    return {
        "colours": colours,
        "classes": signs,
        "texts": texts,
        "hatch": [i for i, is_so in enumerate(hatched) if is_so],
    }


def _colour(handlungsfelder: tuple[str, ...]) -> str:
    return catalog.handlungsfelder()[handlungsfelder[0]].colour


@lru_cache(maxsize=4)
def _search_table(atlas: Atlas) -> dict[str, dict[str, Any]]:
    """Return every place and facility that can be found, by search key."""
    places, facilities = atlas.data.places, atlas.data.facilities
    found: dict[str, dict[str, Any]] = {}
    inside = places[places["inside"]].sort_values("name")
    for key, row, point in _with_points(inside):
        found[f"ort:{key}"] = {"group": "Orte", "label": row["name"], "zoom": 12.0, **point}
    rows = facilities[facilities["inside"] & facilities.geometry.notna()].sort_values("name")
    for key, row, point in _with_points(rows):
        place = f", {row['place']}" if row["place"] and row["place"] not in row["name"] else ""
        group = "Haltestellen" if row["category"] == "haltestelle" else "Einrichtungen"
        found[f"einr:{key}"] = {"group": group, "label": f"{row['name']}{place}", "zoom": 14.0, **point}
    return found


def _with_points(frame: gpd.GeoDataFrame) -> list[tuple[Any, Any, dict[str, float]]]:
    points = frame.to_crs(WEB_CRS).geometry
    return [
        (key, row, {"lon": float(point.x), "lat": float(point.y)})
        for (key, row), point in zip(frame.iterrows(), points, strict=True)
    ]


@lru_cache(maxsize=2)
def search_options(atlas: Atlas) -> list[dict[str, Any]]:
    """Return places, facilities and stops as grouped options. Kept: do not change it."""
    groups: dict[str, list[dict[str, str]]] = {}
    for key, entry in _search_table(atlas).items():
        groups.setdefault(entry["group"], []).append({"value": key, "label": entry["label"]})
    return [{"group": name, "items": items} for name, items in groups.items()]


@lru_cache(maxsize=2)
def spots_of_places(atlas: Atlas) -> dict[str, str]:
    """Return the names of the places in the Kreis by "lon_lat", as addresses write them. Kept: do not change it."""
    places = {key: entry for key, entry in _search_table(atlas).items() if key.startswith("ort:")}
    return {f"{entry['lon']:.5f}_{entry['lat']:.5f}": entry["label"] for entry in places.values()}


def spot_name(lon: float, lat: float) -> str:
    """Return a name for a point.

    >>> spot_name(10.32041, 50.97)
    'Punkt 50,9700° Nord, 10,3204° Ost'
    """
    north, east = (f"{value:.4f}°".replace(".", ",") for value in (lat, lon))
    return f"Punkt {north} Nord, {east} Ost"


def place_of(atlas: Atlas, key: str) -> dict[str, Any] | None:
    """Return label, ``lon`` and ``lat`` of a place or facility by its search key; None for a key that names nothing."""
    return _search_table(atlas).get(key)


def search_focus(atlas: Atlas, key: Any) -> dict[str, Any] | None:
    """Return where the map flies to for a search result; None for a key that names nothing."""
    entry = _search_table(atlas).get(str(key))
    if entry is None:
        return None
    return {
        "lon": entry["lon"],
        "lat": entry["lat"],
        "zoom": entry["zoom"],
        "label": entry["label"],
        "n": str(key),
    }
