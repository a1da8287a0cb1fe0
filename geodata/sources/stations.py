"""Railway stations of Deutsche Bahn with step-free access (npm package db-stations, full.ndjson)."""

from __future__ import annotations

import json
from typing import IO, Any

import geopandas as gpd
import pandas as pd

from geodata.model import WEB_CRS
from geodata.sources.stops import STEP_FREE

COLUMNS = ["id", "name", "operator", "street", "plz", "place", "wheelchair", "lon", "lat"]


def read_stations(file: IO[bytes]) -> gpd.GeoDataFrame:
    """Return every railway station: id, name, operator, street, plz, place, wheelchair (EPSG:4326)."""
    table = pd.DataFrame([station_row(json.loads(line)) for line in file], columns=COLUMNS)
    geometry = gpd.points_from_xy(table.pop("lon"), table.pop("lat"), crs=WEB_CRS)
    return gpd.GeoDataFrame(table, geometry=geometry)


def station_row(item: dict[str, Any]) -> dict[str, Any]:
    """Return the record of one station; the operator named is the Aufgabenträger of regional rail."""
    address: dict[str, str] = item.get("address") or {}
    place = item.get("location") or {}
    return {
        "id": item["id"],
        "name": item["name"],
        "operator": item.get("operator", {}).get("name", ""),
        "street": address.get("street", "").strip(),
        "plz": address.get("zipcode", ""),
        "place": address.get("city", "").strip(),
        "wheelchair": STEP_FREE.get(item.get("hasSteplessAccess") or "", ""),
        "lon": place.get("longitude"),
        "lat": place.get("latitude"),
    }
