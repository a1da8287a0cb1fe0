"""Settlement areas with people of the Zensus 2011 (open_eGo load areas, in the PyPI package reegis)."""

from __future__ import annotations

from typing import IO

import geopandas as gpd
import pandas as pd

from geodata.model import WEB_CRS


def read_settlements(file: IO[bytes], prefixes: tuple[str, ...] = ("",)) -> gpd.GeoDataFrame:
    """Return one point per settlement area: id, ags_2016, zensus2011 (NaN where not counted), area_ha."""
    names = {
        "id": "id",
        "ags_0": "ags_2016",
        "zensus_sum": "zensus2011",
        "area_ha": "area_ha",
        "st_astext": "wkt",
    }
    table = pd.read_csv(file, usecols=list(names), dtype={"id": str, "ags_0": str}).rename(columns=names)
    table = table[table["ags_2016"].str.startswith(prefixes, na=False)].reset_index(drop=True)
    geometry = gpd.GeoSeries.from_wkt(table.pop("wkt"), crs=WEB_CRS)
    return gpd.GeoDataFrame(table[["id", "ags_2016", "zensus2011", "area_ha"]], geometry=geometry)
