"""Vector files that people bring: GeoPackage, GeoJSON, Shapefile."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pyogrio

from geodata.model import GeoDataError


def read_vector(path: Path) -> gpd.GeoDataFrame:
    """Return the first layer of a file in its own CRS, or raise when it is none or has no geometry."""
    try:
        frame = pyogrio.read_dataframe(path)
    except pyogrio.errors.DataSourceError as error:
        raise GeoDataError(f"{path.name}: fehlt oder ist nicht lesbar. Abhilfe: GeoPackage oder GeoJSON.") from error
    if not isinstance(frame, gpd.GeoDataFrame):
        raise GeoDataError(f"{path.name}: enthält keine Geometrie. Abhilfe: Ebene mit Geometrie speichern.")
    return frame
