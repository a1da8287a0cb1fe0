"""One district is one folder: a GeoPackage with all layers, dataset.json with their provenance, its road networks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

from geodata.model import (
    AREA_COLUMNS,
    DEMAND_COLUMNS,
    FACILITY_COLUMNS,
    GEMEINDE_COLUMNS,
    METRIC_CRS,
    PLACE_COLUMNS,
    POPULATION_COLUMNS,
    GeoData,
    GeoDataError,
)
from geodata.network import Network, read_network

EMBEDDED = Path(__file__).parent / "embedded"
GEOPACKAGE, PROVENANCE, NETWORKS = "sozialatlas.gpkg", "dataset.json", "wege"
REMEDY = "Abhilfe: Datensatz mit `make data` neu bauen."
ALT_COLUMNS = ("name", "ags_2022", "ags_2024", "zensus2011", "area_km2")
OLDER_COLUMNS = ("name", "bez", "sozialraum", "area_km2", "zensus2011", "central_place")

# layer -> (key column, columns that must be there)
LAYERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "gemeinden_2024": ("ags", tuple(GEMEINDE_COLUMNS)),
    "gemeinden_2022": ("ags", OLDER_COLUMNS),
    "altgemeinden_2016": ("ags", ALT_COLUMNS),
    "sozialraeume_2024": ("sozialraum", tuple(AREA_COLUMNS)),
    "kreis_2024": ("ags", tuple(AREA_COLUMNS)),
    "kontext_kreise": ("ags", ("name", "bez", "gebietsstand")),
    "siedlungen": ("id", tuple(DEMAND_COLUMNS)),
    "einrichtungen": ("id", tuple(FACILITY_COLUMNS)),
    "orte": ("id", tuple(PLACE_COLUMNS)),
    "bevoelkerung": ("", tuple(POPULATION_COLUMNS)),
}


def load(ags: str, root: Path | str | None = None) -> GeoData:
    """Return a district's dataset from ``root`` (by default the embedded one); a folder is read once."""
    return read_dataset((Path(root) if root else EMBEDDED).resolve() / ags)


@cache
def read_dataset(folder: Path) -> GeoData:
    """Return the dataset of a folder, or raise GeoDataError when a file, layer or column is missing."""
    provenance = read_provenance(folder)
    frames = read_layers(folder / GEOPACKAGE)
    settlements = frames["siedlungen"]
    lived_in = settlements["ags"].notna() & settlements["population"].notna()
    return GeoData(
        ags=provenance["ags"],
        name=provenance["name"],
        gebietsstand=date.fromisoformat(provenance["gebietsstand"]),
        gemeinden=frames["gemeinden_2024"],
        sozialraeume=frames["sozialraeume_2024"],
        kreis=frames["kreis_2024"],
        gemeinden_2022=frames["gemeinden_2022"],
        altgemeinden=frames["altgemeinden_2016"],
        context=frames["kontext_kreise"],
        facilities=frames["einrichtungen"],
        demand=settlements.loc[lived_in, [*DEMAND_COLUMNS, "geometry"]],
        settlements=settlements,
        places=frames["orte"],
        population=frames["bevoelkerung"],
        provenance=provenance,
        networks=read_networks(folder / NETWORKS),
    )


def read_networks(folder: Path) -> dict[str, Network]:
    """Return the road networks of a dataset by mode; a dataset may have none."""
    return {path.name: read_network(path) for path in sorted(folder.glob("[!.]*")) if path.is_dir()}


def read_provenance(folder: Path) -> dict[str, Any]:
    """Return dataset.json, or raise when it is missing or lacks an entry."""
    path = folder / PROVENANCE
    try:
        provenance: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise GeoDataError(f"{path}: fehlt oder ist nicht lesbar ({error}). {REMEDY}") from error
    missing = [key for key in ("ags", "name", "gebietsstand", "sources", "layers") if key not in provenance]
    if missing:
        raise GeoDataError(f"{path}: Angabe fehlt: {', '.join(missing)}. {REMEDY}")
    return provenance


def read_layers(path: Path) -> dict[str, Any]:
    """Return every layer of a dataset, indexed by its key, with its columns checked."""
    try:
        present = set(pyogrio.list_layers(path)[:, 0])
    except pyogrio.errors.DataSourceError as error:
        raise GeoDataError(f"{path}: fehlt oder ist kein GeoPackage. {REMEDY}") from error
    if missing := [name for name in LAYERS if name not in present]:
        raise GeoDataError(f"{path}: Ebene fehlt: {', '.join(missing)}. {REMEDY}")
    return {name: read_layer(path, name, key, columns) for name, (key, columns) in LAYERS.items()}


def read_layer(path: Path, name: str, key: str, columns: tuple[str, ...]) -> gpd.GeoDataFrame | pd.DataFrame:
    """Return one layer, or raise when a column is missing or the coordinate system is another."""
    frame = pyogrio.read_dataframe(path, layer=name)
    if missing := [column for column in (key, *columns) if column and column not in frame]:
        raise GeoDataError(f"{path}, Ebene {name}: Spalte fehlt: {', '.join(missing)}. {REMEDY}")
    if isinstance(frame, gpd.GeoDataFrame) and frame.crs.to_epsg() != METRIC_CRS:
        raise GeoDataError(f"{path}, Ebene {name}: Koordinatensystem ist nicht EPSG:{METRIC_CRS}. {REMEDY}")
    return frame.set_index(key) if key else frame


def write_dataset(folder: Path, layers: Mapping[str, pd.DataFrame], provenance: Mapping[str, Any]) -> None:
    """Write layers and provenance into a folder; the same input gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp = f"{provenance['gebietsstand']}T00:00:00.000Z"
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": stamp})
    try:
        for name, frame in layers.items():
            write_layer(folder / GEOPACKAGE, name, frame)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    text = json.dumps({**provenance, "layers": describe(layers)}, ensure_ascii=False, indent=2)
    (folder / PROVENANCE).write_text(text + "\n", "utf-8")


def write_layer(path: Path, name: str, frame: pd.DataFrame) -> None:
    """Append one layer to a GeoPackage; areas become MultiPolygons."""
    key = LAYERS[name][0]
    table = frame.rename_axis(key).reset_index() if key else frame
    if not isinstance(frame, gpd.GeoDataFrame):
        pyogrio.write_dataframe(table, path, layer=name, driver="GPKG")
        return
    is_area = frame.geom_type.dropna().str.contains("Polygon").any()
    kind = "MultiPolygon" if is_area else "Point"
    pyogrio.write_dataframe(table, path, layer=name, driver="GPKG", geometry_type=kind, promote_to_multi=bool(is_area))


def describe(layers: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, Any]]:
    """Return rows and content hash per layer."""
    return {name: {"rows": len(frame), "sha256": content_hash(frame)} for name, frame in layers.items()}


def content_hash(frame: pd.DataFrame) -> str:
    """Return the sha256 of keys, values and geometry of a frame."""
    table = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    digest = hashlib.sha256(table.to_csv().encode())
    if isinstance(frame, gpd.GeoDataFrame):
        for shape in frame.geometry.to_wkb():
            digest.update(shape or b"")
    return digest.hexdigest()
