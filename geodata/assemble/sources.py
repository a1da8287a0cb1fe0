"""Where a build takes its files from: the folder of official files, else registry packages; what it says of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geodata.assemble.extras import FromOsm, Given
from geodata.assemble.inputs import open_source
from geodata.assemble.official import GROUP_DIGITS, OfficialAreas
from geodata.catalog import Source
from geodata.catalog.official import official_files
from geodata.model import METRIC_CRS, WEB_CRS, GeoDataError
from geodata.sources.gtfs_day import Timetable
from geodata.sources.official import find_files, gemeinde_layer
from geodata.sources.registry import file_hash
from geodata.sources.vg250 import dissolve_official, flatten, official_day, read_official
from geodata.sources.zensus import header_of

Progress = Callable[[str], None]
PACKAGE_LAYERS = {"krs": "kreise", "gem": "gemeinden", "vwg": "verwaltungsgemeinschaften"}
PACKAGE_STATE = date(2016, 1, 1)


def given_files(folder: Path, progress: Progress) -> Given:
    """Return the official files in a folder, after telling what each is and what is left aside."""
    found = find_files(folder)
    kinds = {
        "OpenStreetMap": found.osm,
        "Verwaltungsgebiete": found.areas,
        "Zensus, Einwohner": found.people,
        "eigene Einrichtungen": found.register,
        "Busse auf Abruf": found.on_demand,
    }
    for what, path in kinds.items():
        progress(f"{what}: {path.name if path else 'keine Datei'}")
    for what, paths in (("Zensus, Alter dazu", found.ages), ("Fahrplan", found.timetables)):
        progress(f"{what}: {', '.join(path.name for path in paths) or 'keine weitere Datei'}")
    for name, reason in found.unknown.items():
        progress(f"übergangen: {name}, {reason}")
    return Given(
        found.areas, found.people, found.ages, found.osm, found.timetables, found.register, on_demand=found.on_demand
    )


def official_areas(ags: str, given: Given, packages: Path, progress: Progress) -> OfficialAreas:
    """Return the official areas of a Kreis: of the folder, else of the registry package (state 2016)."""
    if given.areas is not None:
        progress(f"{given.areas.name}: lese Verwaltungsgebiete")
        layers = read_official(gemeinde_layer(given.areas), ags)
        if layers["gem"].empty:
            raise GeoDataError(f"Kreis {ags}: keine Gemeinde in {given.areas.name}. Abhilfe: Schlüssel prüfen.")
        newest = max(layers["gem"]["since"].max(), layers["krs"]["since"].max(), str(PACKAGE_STATE))
        stand = official_day(given.areas) or date.fromisoformat(newest)
        counted_on = _day_of_people(given.areas, stand)
    else:
        layers = {kind: _package_layer(kind, ags, packages, progress) for kind in PACKAGE_LAYERS}
        stand, counted_on = PACKAGE_STATE, ""
    metric = {kind: frame.to_crs(METRIC_CRS) for kind, frame in layers.items()}
    groups = metric["vwg"].assign(code=metric["vwg"]["ars"].str[:GROUP_DIGITS]).drop_duplicates("code")
    return OfficialAreas(
        gemeinden=metric["gem"].set_index("ags"),
        groups=groups.set_index("code")["name"],
        kreise=metric["krs"].assign(ags=metric["krs"]["ars"].str[:5]).set_index("ags"),
        gebietsstand=stand,
        counted_on=counted_on,
    )


def _day_of_people(path: Path, stand: date) -> str:
    """Return the day of the population: the end of the year in VG250-EW of 31.12., else that of the areas."""
    return f"{stand.year}-12-31" if "12-31" in path.name else stand.isoformat()


def _package_layer(kind: str, ags: str, packages: Path, progress: Progress) -> gpd.GeoDataFrame:
    name = f"{PACKAGE_LAYERS[kind]}.geo.json"
    features = flatten(json.load(open_source("vg250", name, packages=packages, progress=progress)))
    prefix = "" if kind == "krs" else ags
    wanted = [f for f in features if f["properties"].get("RS", f["properties"]["AGS"]).startswith(prefix)]
    if not any(f["properties"]["AGS"].startswith(ags) for f in wanted) and kind != "vwg":
        raise GeoDataError(
            f"Kreis {ags}: steht nicht in den Verwaltungsgebieten (Stand 2016). Abhilfe: Schlüssel prüfen, oder VG250 "
            "als GeoPackage in den Ordner der Quellen legen."
        )
    return dissolve_official(gpd.GeoDataFrame.from_features(wanted, crs=WEB_CRS), name, prefix)


def found_sources(given: Given, from_tables: bool, found: FromOsm, day: Timetable | None) -> dict[str, Any]:
    """Return ``roles`` (which source stands behind what) and ``official`` (their texts) for the provenance."""
    sources: dict[str, Source] = {}
    roles: dict[str, list[str]] = {}
    if not from_tables:
        roles = {"boundaries": ["vg250"], "population": ["vg250"], "homes": [], "register": []}
        if given.areas is not None:
            sources["vg250_ew"] = _source("vg250_ew", given.areas)
            roles |= {"boundaries": ["vg250_ew"], "population": ["vg250_ew"]}
    if given.people is not None:
        key = f"zensus{header_of(given.people)[0]}"
        sources[key] = _source("zensus2022_personen" if key == "zensus2022" else key, given.people, key=key)
        roles["homes"] = [key] if not from_tables else [key, "einwohner"]
        if given.areas is None and not from_tables:
            roles["population"] = [key]
    if given.register is not None and not from_tables:
        sources["register"] = _source("register", given.register)
        roles["register"] = ["register"]
    if given.osm is not None:
        sources["osm"] = _source("osm", given.osm, day=found.day)
        if given.people is None and not from_tables:
            roles["homes"] = ["osm"]
        roles |= {"ways": ["osm"], "register": [*roles.get("register", ["einrichtungen"]), "osm"]}
    if day is not None:
        paths = given.timetables
        sources["fahrplan"] = _source(
            "fahrplan", paths[0], day=day.day.isoformat(), names=[path.name for path in paths]
        )
        roles["timetable"] = ["fahrplan"]
        if not from_tables:
            roles["stops"] = ["fahrplan"]
    return {"roles": roles, "official": [asdict(source) for source in sources.values()]}


def _source(entry: str, path: Path, *, key: str = "", day: str = "", names: list[str] | None = None) -> Source:
    """Return an official file as a source: the texts of the catalogue, name and checksum of what was read."""
    known = official_files()[entry]
    modified = pd.Timestamp(path.stat().st_mtime, unit="s").date().isoformat()
    return Source(
        id=key or known.id,
        title=known.title,
        publisher=known.publisher,
        licence=known.licence,
        attribution=known.attribution,
        date=day or modified,
        file=", ".join(names or [path.name]),
        sha256=file_hash(path),
        used_for=known.used_for,
        url=known.url,
        licence_url=known.licence_url,
    )
