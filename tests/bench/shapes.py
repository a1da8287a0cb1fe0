"""Areas to draw: the real Gemeinden, and synthetic coverages of more areas over the same ground."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

import geodata
from geodata.model import METRIC_CRS, WEB_CRS
from layers import build_atlas, webgeo

SEED = 16063
SIDE_M = 50_000.0
CORNER_M = (560_000.0, 5_610_000.0)
# The real Gemeinden have 156 vertices each on the screen. Of 11,000 areas nobody would send as many: a map of
# all Gemeinden of Germany is simplified further. That spares the peers, who send them again on every switch.
VERTICES = {630: 156, 11_000: 32}
REAL = 30
DECIMALS = 5
Collection = dict[str, Any]


@cache
def collection(n: int) -> Collection:
    """Return ``n`` areas as a FeatureCollection (EPSG:4326): the real ones for 30, else synthetic ones."""
    if n == REAL:
        return json.loads(webgeo.areas_geojson(build_atlas(geodata.load("16063")), "gemeinde"))
    return _as_collection(synthetic_areas(n, VERTICES[n]))


def synthetic_areas(n: int, vertices: int) -> gpd.GeoSeries:
    """Return a synthetic coverage (EPSG:25832): Voronoi cells with edges bent like those of real areas."""
    random = np.random.default_rng(SEED)
    seeds = shapely.multipoints(random.random((n, 2)) * SIDE_M)
    cells = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=shapely.box(0, 0, SIDE_M, SIDE_M)))
    inside = shapely.intersection(cells, shapely.box(0, 0, SIDE_M, SIDE_M))
    width = SIDE_M / n**0.5
    fine = shapely.segmentize(inside, 4.1 * width / vertices)
    return gpd.GeoSeries(shapely.transform(fine, lambda xy: _bent(xy, width)), crs=METRIC_CRS)


def _bent(xy: np.ndarray, width: float) -> np.ndarray:
    """Move points by a smooth field, so that neighbours still share their edges."""
    x, y = xy.T * (2 * np.pi / width)
    shift = np.column_stack([np.sin(3.1 * y) + np.sin(7.3 * x), np.cos(3.7 * x) + np.sin(6.1 * y)])
    return xy + shift * 0.008 * width + CORNER_M


def _as_collection(shapes: gpd.GeoSeries) -> Collection:
    web = shapely.transform(shapes.to_crs(WEB_CRS).to_numpy(), lambda xy: np.round(xy, DECIMALS))
    features = [
        {
            "type": "Feature",
            "properties": {"id": f"{i:08d}", "name": f"Testfläche {i}"},
            "geometry": shapely.geometry.mapping(shape),
        }
        for i, shape in enumerate(web)
    ]
    return {"type": "FeatureCollection", "features": features}


def ids(areas: Collection) -> list[str]:
    """Return the ids of the areas in their order."""
    return [feature["properties"]["id"] for feature in areas["features"]]


def bounds(areas: Collection) -> list[float]:
    """Return west, south, east, north."""
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in areas["features"]]
    return [float(edge) for edge in shapely.total_bounds(shapes)]
