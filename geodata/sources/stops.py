"""Stops of public transport as Deutsche Bahn lists them (npm package db-hafas-stations, full.ndjson)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any

import geopandas as gpd
import pandas as pd

from geodata.model import WEB_CRS

COLUMNS = ["id", "name", "parent", "products", "wheelchair", "lon", "lat"]
STEP_FREE = {"yes": "yes", "partial": "limited", "no": "no"}


def read_stops(file: IO[bytes], box: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    """Return the stops and stations inside ``box`` (west, south, east, north in degrees; EPSG:4326).

    Columns: id, name, parent (id of the station a stop belongs to, else empty), products (names separated by
    a space, empty where none is reported), wheelchair.
    """
    table = pd.DataFrame(stop_rows(file, box), columns=COLUMNS)
    geometry = gpd.points_from_xy(table.pop("lon"), table.pop("lat"), crs=WEB_CRS)
    return gpd.GeoDataFrame(table, geometry=geometry)


def stop_rows(file: IO[bytes], box: tuple[float, float, float, float]) -> Iterator[dict[str, Any]]:
    """Yield one record per stop or station inside the box; other items of the list are passed over."""
    west, south, east, north = box
    for line in file:
        item = json.loads(line)
        if item.get("type") not in ("stop", "station") or not item.get("location"):
            continue
        lon, lat = item["location"]["longitude"], item["location"]["latitude"]
        if west <= lon <= east and south <= lat <= north:
            yield stop_row(item)


def stop_row(item: dict[str, Any]) -> dict[str, Any]:
    """Return the record of one stop."""
    return {
        "id": item["id"],
        "name": item["name"],
        "parent": item.get("station", {}).get("id", ""),
        "products": " ".join(name for name, runs in item.get("products", {}).items() if runs),
        "wheelchair": STEP_FREE.get(item.get("facilities", {}).get("stepFreeAccess", ""), ""),
        "lon": item["location"]["longitude"],
        "lat": item["location"]["latitude"],
    }
