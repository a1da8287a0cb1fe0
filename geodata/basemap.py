"""The basemap of a dataset as a folder: one compact GeoJSON per layer, and where it comes from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.folders import replace_folder
from geodata.model import WEB_CRS, GeoDataError
from geodata.sources.registry import file_hash

DECIMALS = 5  # of a degree: about one metre
PROVENANCE = "provenance.json"
REMEDY = "Abhilfe: Grundkarte aus der OSM-Datei neu bauen."


def write_basemap(folder: Path, layers: Mapping[str, gpd.GeoDataFrame], provenance: Mapping[str, Any]) -> Path:
    """Return ``folder`` after writing layers and provenance.json, all or nothing; the same input gives the same bytes.

    Layers are written in EPSG:4326, one file each. ``provenance`` grows by ``layers``: rows and sha256 of each.
    """
    return replace_folder(folder, partial(_write, layers, provenance))


def read_basemap(folder: Path) -> tuple[dict[str, Path], dict[str, Any]]:
    """Return the files of a basemap by layer and its provenance, or raise GeoDataError where it is not as written."""
    path = folder / PROVENANCE
    try:
        provenance: dict[str, Any] = json.loads(path.read_text("utf-8"))
        wanted = {key: entry["sha256"] for key, entry in provenance["layers"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise GeoDataError(f"{path}: fehlt oder ist nicht lesbar ({error!r}). {REMEDY}") from error
    files = {key: _file(folder, key) for key in wanted}
    if missing := [file.name for file in files.values() if not file.is_file()]:
        raise GeoDataError(f"{folder}: Datei fehlt: {', '.join(missing)}. {REMEDY}")
    if changed := [file.name for key, file in files.items() if file_hash(file) != wanted[key]]:
        raise GeoDataError(f"{folder}: Datei ist beschädigt oder verändert: {', '.join(changed)}. {REMEDY}")
    return files, provenance


def _file(folder: Path, layer: str) -> Path:
    return folder / f"{layer}.geojson"


def _write(layers: Mapping[str, gpd.GeoDataFrame], provenance: Mapping[str, Any], folder: Path) -> None:
    folder.mkdir()
    for key, frame in layers.items():
        _file(folder, key).write_text(_collection(frame), "utf-8", newline="\n")
    written = {key: {"rows": len(frame), "sha256": file_hash(_file(folder, key))} for key, frame in layers.items()}
    text = json.dumps({**provenance, "layers": written}, ensure_ascii=False, indent=2)
    (folder / PROVENANCE).write_text(text + "\n", "utf-8", newline="\n")


def _collection(frame: gpd.GeoDataFrame) -> str:
    """Return a FeatureCollection, one feature per line, without unknown values and lines that rounding made a point."""
    shapes = _rounded(frame.to_crs(WEB_CRS).geometry.to_numpy())
    kept = ~shapely.is_empty(shapes) & ((shapely.get_dimensions(shapes) == 0) | (shapely.length(shapes) > 0))
    rows = pd.DataFrame(frame.drop(columns="geometry"))[kept].to_dict("records")
    features = ",\n".join(_feature(row, shape) for row, shape in zip(rows, shapes[kept], strict=True))
    return f'{{"type":"FeatureCollection","features":[\n{features}\n]}}\n'


def _rounded(shapes: Any) -> Any:
    """Return shapes with rounded coordinates: areas stay valid, lines are not cut where they cross themselves."""
    near, is_area = shapes.copy(), shapely.get_dimensions(shapes) == 2
    near[is_area] = shapely.set_precision(shapes[is_area], 10.0**-DECIMALS)
    near = shapely.transform(near, lambda xy: np.round(xy, DECIMALS))
    near[~is_area] = shapely.remove_repeated_points(near[~is_area])
    return shapely.orient_polygons(near)


def _feature(row: Mapping[Any, Any], shape: Any) -> str:
    known = {key: _plain(value) for key, value in row.items() if not pd.isna(value)}
    feature = {"type": "Feature", "properties": known, "geometry": shapely.geometry.mapping(shape)}
    return json.dumps(feature, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    """Return whole numbers without a point."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
