"""One district is one folder: a GeoPackage with all layers, dataset.json with their provenance, its road networks."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

from geodata import catalog
from geodata.basemap import read_basemap
from geodata.catalog.on_demand import read_on_demand
from geodata.model import (
    AREA_COLUMNS,
    CELL_COLUMNS,
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
from geodata.timetable import read_timetable

EMBEDDED = Path(__file__).parent / "embedded"
GEOPACKAGE, PROVENANCE = "sozialatlas.gpkg", "dataset.json"
NETWORKS, TIMETABLE, BASEMAP = "wege", "fahrplan", "grundkarte"
AGE_COLUMN = re.compile(r"age_\d+_(\d+|plus)")
REMEDY = "Abhilfe: Datensatz mit `make data` neu bauen."
ALT_COLUMNS = ("name", "ags_2022", "ags_2024", "zensus2011", "area_km2")
OLDER_COLUMNS = ("name", "bez", "sozialraum", "area_km2", "zensus2011", "central_place")

# layer -> (key column, columns that must be there); the year is that of the territorial state
LAYERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "gemeinden": ("ags", tuple(GEMEINDE_COLUMNS)),
    "gemeinden_2022": ("ags", OLDER_COLUMNS),
    "altgemeinden_2016": ("ags", ALT_COLUMNS),
    "sozialraeume": ("sozialraum", tuple(AREA_COLUMNS)),
    "kreis": ("ags", tuple(AREA_COLUMNS)),
    "kontext_kreise": ("ags", ("name", "bez", "gebietsstand")),
    "siedlungen": ("id", tuple(DEMAND_COLUMNS)),
    "zellen": ("id", tuple(CELL_COLUMNS)),
    "einrichtungen": ("id", tuple(FACILITY_COLUMNS)),
    "orte": ("id", tuple(PLACE_COLUMNS)),
    "bevoelkerung": ("", tuple(POPULATION_COLUMNS)),
}
DATED = ("gemeinden", "sozialraeume", "kreis")
OPTIONAL = ("gemeinden_2022", "altgemeinden_2016", "siedlungen", "zellen")


def load(ags: str, root: Path | str | None = None) -> GeoData:
    """Return a district's dataset from ``root`` (by default the embedded one); a folder is read once."""
    return read_dataset((Path(root) if root else EMBEDDED).resolve() / ags)


@cache
def read_dataset(folder: Path) -> GeoData:
    """Return the dataset of a folder, or raise GeoDataError when a file, layer or column is missing."""
    provenance = read_provenance(folder)
    frames = read_layers(folder / GEOPACKAGE, provenance["gebietsstand"])
    homes = frames["siedlungen"] if frames["zellen"].empty else frames["zellen"]
    lived_in = homes["ags"].notna() & homes["population"].notna()
    ages = [name for name in homes if AGE_COLUMN.fullmatch(str(name))]
    return GeoData(
        ags=provenance["ags"],
        name=provenance["name"],
        gebietsstand=date.fromisoformat(provenance["gebietsstand"]),
        gemeinden=frames["gemeinden"],
        sozialraeume=frames["sozialraeume"],
        kreis=frames["kreis"],
        gemeinden_2022=frames["gemeinden_2022"],
        altgemeinden=frames["altgemeinden_2016"],
        context=frames["kontext_kreise"],
        facilities=frames["einrichtungen"],
        demand=homes.loc[lived_in, [*DEMAND_COLUMNS, *ages, "geometry"]],
        settlements=frames["siedlungen"],
        cells=frames["zellen"],
        places=frames["orte"],
        population=frames["bevoelkerung"],
        provenance=provenance,
        networks=read_networks(folder / NETWORKS),
        timetable=read_timetable(folder / TIMETABLE) if (folder / TIMETABLE).is_dir() else None,
        on_demand=tuple(read_on_demand(folder).values()),
        basemap=_checked_basemap(folder / BASEMAP) if (folder / BASEMAP).is_dir() else None,
        categories=read_categories(provenance),
        sources={**catalog.sources(), **{row["id"]: catalog.Source(**row) for row in provenance.get("official", [])}},
    )


def _checked_basemap(folder: Path) -> Path:
    read_basemap(folder)
    return folder


def read_categories(provenance: Mapping[str, Any]) -> Mapping[str, catalog.Category]:
    """Return the categories as this dataset judges its register; by default as the catalogue does."""
    judged = provenance.get("completeness", {})
    known = catalog.categories()
    return {key: replace(item, completeness=_completeness(item, judged)) for key, item in known.items()}


def _completeness(category: catalog.Category, judged: Mapping[str, Any]) -> catalog.Completeness:
    if category.id not in judged:
        return category.completeness
    values = judged[category.id]
    return catalog.Completeness(**{**values, "gap_ags": tuple(values.get("gap_ags", ()))})


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


def layer_name(role: str, gebietsstand: str) -> str:
    """Return the name of a layer in the GeoPackage.

    >>> layer_name("gemeinden", "2024-01-01"), layer_name("orte", "2024-01-01")
    ('gemeinden_2024', 'orte')
    """
    return f"{role}_{gebietsstand[:4]}" if role in DATED else role


def read_layers(path: Path, gebietsstand: str) -> dict[str, Any]:
    """Return every layer of a dataset, indexed by its key, with its columns checked; optional ones may be empty."""
    try:
        present = set(pyogrio.list_layers(path)[:, 0])
    except pyogrio.errors.DataSourceError as error:
        raise GeoDataError(f"{path}: fehlt oder ist kein GeoPackage. {REMEDY}") from error
    names = {role: layer_name(role, gebietsstand) for role in LAYERS}
    if missing := [name for role, name in names.items() if name not in present and role not in OPTIONAL]:
        raise GeoDataError(f"{path}: Ebene fehlt: {', '.join(missing)}. {REMEDY}")
    return {
        role: read_layer(path, names[role], key, columns) if names[role] in present else _no_rows(key, columns)
        for role, (key, columns) in LAYERS.items()
    }


def _no_rows(key: str, columns: tuple[str, ...]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns=[key, *columns, "geometry"], crs=METRIC_CRS).set_index(key)


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
            write_layer(folder / GEOPACKAGE, layer_name(name, provenance["gebietsstand"]), LAYERS[name][0], frame)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    content = {**provenance, "layers": describe(layers, provenance["gebietsstand"])}
    text = json.dumps(content, ensure_ascii=False, indent=2)
    (folder / PROVENANCE).write_text(text + "\n", "utf-8")


def write_layer(path: Path, name: str, key: str, frame: pd.DataFrame) -> None:
    """Append one layer to a GeoPackage; areas become MultiPolygons."""
    table = frame.rename_axis(key).reset_index() if key else frame
    if not isinstance(frame, gpd.GeoDataFrame):
        pyogrio.write_dataframe(table, path, layer=name, driver="GPKG")
        return
    is_area = frame.geom_type.dropna().str.contains("Polygon").any()
    kind = "MultiPolygon" if is_area else "Point"
    pyogrio.write_dataframe(table, path, layer=name, driver="GPKG", geometry_type=kind, promote_to_multi=bool(is_area))


def describe(layers: Mapping[str, pd.DataFrame], gebietsstand: str) -> dict[str, dict[str, Any]]:
    """Return rows and content hash per layer."""
    return {
        layer_name(role, gebietsstand): {"rows": len(frame), "sha256": content_hash(frame)}
        for role, frame in layers.items()
    }


def content_hash(frame: pd.DataFrame) -> str:
    """Return the sha256 of keys, values and geometry of a frame."""
    table = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    digest = hashlib.sha256(table.to_csv().encode())
    if isinstance(frame, gpd.GeoDataFrame):
        for shape in frame.geometry.to_wkb():
            digest.update(shape or b"")
    return digest.hexdigest()
