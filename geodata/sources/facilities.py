"""The register of facilities: a CSV table with lat and lon, or a GeoPackage or GeoJSON with its columns."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from geodata.model import WEB_CRS, GeoDataError
from geodata.sources.vector import read_vector

WORDS = {"source_url": "source", "source_seen": "seen", "location_precision": "precision"}


def read_facilities(path: Path) -> gpd.GeoDataFrame:
    """Return the register with every column as text, empty where nothing is given, in the file's own CRS.

    A row whose lat or lon is not a number has no geometry. An ags stored as a number stays one.
    """
    if path.suffix == ".csv":
        return locate(read_table(path).rename(columns=WORDS))
    frame = read_vector(path)
    kept = ("ags", "geometry")
    texts = {name: as_text(frame[name]) for name in frame if name not in kept}
    return gpd.GeoDataFrame(frame.assign(**texts).rename(columns=WORDS))


def read_table(path: Path) -> pd.DataFrame:
    """Return a CSV table as text, or raise when it is none."""
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise GeoDataError(
            f"{path.name}: fehlt oder ist keine lesbare Tabelle ({error}). "
            "Abhilfe: als CSV mit Komma und UTF-8 speichern."
        ) from error


def as_text(values: pd.Series) -> pd.Series:
    """Return values as text, empty where missing."""
    return values.astype(object).where(values.notna(), "").astype(str)


def locate(table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the table with points made of its columns lon and lat."""
    lon, lat = (coordinate(table, name) for name in ("lon", "lat"))
    points = gpd.GeoSeries(gpd.points_from_xy(lon, lat, crs=WEB_CRS), index=table.index)
    known = lon.notna() & lat.notna()
    return gpd.GeoDataFrame(table.drop(columns=["lon", "lat"], errors="ignore"), geometry=points.where(known))


def coordinate(table: pd.DataFrame, name: str) -> pd.Series:
    """Return a column as numbers, NaN where it is missing or not a number."""
    if name not in table:
        return pd.Series(float("nan"), index=table.index)
    return pd.to_numeric(table[name], errors="coerce")
