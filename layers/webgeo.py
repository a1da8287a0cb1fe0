"""Geometry for the browser: small GeoJSON (EPSG:4326) that travels once; same data, same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata import catalog
from geodata.model import METRIC_CRS, WEB_CRS, GeoData
from layers.atlas import Atlas
from layers.inputs import areas

SIMPLIFY_M = 20.0
CONTEXT_SIMPLIFY_M = 100.0  # edges between the Kreise around, away from the district
CONTEXT_KM = 25.0  # for a district that is not in the catalogue
WIDE_SCREEN = 3
DECIMALS = 5  # of a degree: about one metre
FACILITY_PROPERTIES = ["category", "kind", "name", "place", "inside", "precision", "check"]


@lru_cache(maxsize=12)
def simplified_areas(data: GeoData, level: str) -> gpd.GeoSeries:
    """Return the areas of a level (EPSG:25832), simplified so that neighbours and levels share edges.

    Kept for the next call: do not change what is returned.
    """
    gemeinden = _simplified_coverage(data)[: len(data.gemeinden)].set_axis(data.gemeinden.index)
    if level == "gemeinde":
        return gemeinden
    parent = data.gemeinden["sozialraum"] if level == "sozialraum" else pd.Series(data.ags, gemeinden.index)
    merged = {key: shapely.coverage_union_all(part.to_numpy()) for key, part in gemeinden.groupby(parent)}
    return gpd.GeoSeries(merged, crs=METRIC_CRS).reindex(areas(data, level).index)


@lru_cache(maxsize=4)
def simplified_context(data: GeoData) -> gpd.GeoSeries:
    """Return the Kreise around the district (EPSG:25832), cut to ``context_metres``; they meet its edge."""
    around = _simplified_coverage(data)[len(data.gemeinden) :].set_axis(data.context.index)
    shapes = shapely.coverage_simplify(around.to_numpy(), CONTEXT_SIMPLIFY_M, simplify_boundary=False)
    near = shapely.box(*data.kreis.total_bounds + np.array([-1, -1, 1, 1]) * context_metres(data))
    return gpd.GeoSeries(shapely.intersection(shapes, near), index=around.index, crs=METRIC_CRS)


def context_metres(data: GeoData) -> float:
    """Return how far around the district neighbours are drawn: on a wide screen the cut must not show."""
    district = catalog.districts().get(data.ags)
    return (district.context_km if district else CONTEXT_KM) * 1000 * WIDE_SCREEN


@lru_cache(maxsize=4)
def _simplified_coverage(data: GeoData) -> gpd.GeoSeries:
    """Return the Gemeinden followed by the Kreise around them, simplified as one coverage."""
    shapes = np.concatenate([data.gemeinden.geometry.to_numpy(), data.context.geometry.to_numpy()])
    return gpd.GeoSeries(shapely.coverage_simplify(shapes, SIMPLIFY_M), crs=METRIC_CRS)


def areas_geojson(atlas: Atlas, level: str) -> bytes:
    """Return the areas of ``level`` as FeatureCollection; KeyError for no such level.

    ``id``, ``name``, and ``lon``, ``lat`` of a point well inside, where a circle stands for an absolute number.
    """
    shapes = simplified_areas(atlas.data, level)
    inside = gpd.GeoSeries(shapely.point_on_surface(shapes.to_numpy()), shapes.index, crs=METRIC_CRS).to_crs(WEB_CRS)
    known = {"name": atlas.areas(level)["name"], "lon": inside.x.round(DECIMALS), "lat": inside.y.round(DECIMALS)}
    return _collection(shapes, pd.DataFrame(known))


def context_geojson(atlas: Atlas) -> bytes:
    """Return the Kreise around the district with ``id``, ``name`` and ``bez``."""
    return _collection(simplified_context(atlas.data), pd.DataFrame(atlas.data.context[["name", "bez"]]))


def places_geojson(atlas: Atlas) -> bytes:
    """Return the places with ``name``, ``population`` (orders labels), ``rank`` (1 = largest), ``inside``."""
    places = atlas.data.places.sort_values(["population", "name"], ascending=[False, True], na_position="last")
    properties = places[["name", "population", "inside"]].assign(rank=range(1, len(places) + 1))
    return _collection(places.geometry, pd.DataFrame(properties))


def facilities_geojson(atlas: Atlas) -> bytes:
    """Return the facilities that have a location and may show it."""
    rows = atlas.data.facilities
    hidden = {c.id for c in catalog.categories().values() if c.protection == "no_location"}
    shown = rows[rows.geometry.notna() & ~rows["category"].isin(hidden)].sort_index()
    return _collection(shown.geometry, pd.DataFrame(shown[FACILITY_PROPERTIES]))


def _collection(shapes: gpd.GeoSeries, properties: pd.DataFrame) -> bytes:
    """Return a FeatureCollection; ``id`` is the index, written as text."""
    features = _features(_rounded(shapes), properties.to_dict("records"))
    text = json.dumps(
        {"type": "FeatureCollection", "features": list(features)},
        ensure_ascii=False,
        separators=(",", ":"),
        allow_nan=False,
    )
    return text.encode()


def to_web(shape: shapely.Geometry, crs: int) -> shapely.Geometry:
    """Return one shape in degrees, rounded as all geometry for the browser."""
    return _rounded(gpd.GeoSeries([shape], crs=crs)).iloc[0]


def _rounded(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    web = shapes.to_crs(WEB_CRS)
    near = shapely.transform(web.to_numpy(), lambda xy: np.round(xy, DECIMALS))
    return gpd.GeoSeries(shapely.orient_polygons(near), index=web.index, crs=web.crs)


def _features(shapes: gpd.GeoSeries, properties: Iterable[Mapping[Any, Any]]) -> Iterable[dict[str, Any]]:
    for (key, shape), values in zip(shapes.items(), properties, strict=True):
        known = {name: _plain(value) for name, value in values.items()}
        yield {
            "type": "Feature",
            "properties": {"id": str(key)} | known,
            "geometry": shapely.geometry.mapping(shape),
        }


def _plain(value: Any) -> Any:
    """Return a value that JSON knows; unknown is null, whole numbers have no point."""
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if pd.isna(value):
        return None
    if isinstance(value, float | np.number):
        return int(value) if float(value).is_integer() else float(value)
    return value
