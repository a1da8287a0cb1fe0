"""`python -m geodata.build AGS [--sources DIR]`: one dataset from official files, registry packages and tables."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geodata import catalog, dataset, territory
from geodata.assemble import changes, extras, network_points, official, tables
from geodata.assemble.extras import Given
from geodata.assemble.inputs import Files, Progress, box_around, open_source, read_inputs
from geodata.assemble.sources import found_sources, given_files, official_areas
from geodata.basemap import write_basemap
from geodata.catalog import District
from geodata.catalog.official import land_of
from geodata.catalog.on_demand import read_on_demand
from geodata.folders import replace_folder
from geodata.model import METRIC_CRS, GeoDataError
from geodata.network import write_network
from geodata.sources import download, registry, stations, stops
from geodata.timetable import write_timetable

PACKAGES = Path("build/packages")
DATASETS = Path("build/datasets")
LEVEL_NAMES = {"gemeinde": "Gemeinden", "sozialraum": "Verwaltungsgemeinschaften", "kreis": "Kreis"}


@dataclass(frozen=True, eq=False)
class Base:
    """A district before official files add to it: its layers, and what is to be said about how they came about."""

    district: District
    layers: dict[str, pd.DataFrame]
    notes: dict[str, Any]
    from_tables: bool


def build_district(
    ags: str, root: Path, files: Files, *, given: Given | None = None, progress: Progress = print
) -> Path:
    """Return the folder ``root/ags`` after building it; a failing build leaves what was there untouched."""
    return replace_folder(root / ags, lambda folder: write_district(folder, ags, files, given or Given(), progress))


def compare_district(ags: str, root: Path, files: Files, *, given: Given, progress: Progress = print) -> list[str]:
    """Return what a build would change in ``root/ags``, in German, without changing it: a full build beside it."""
    with tempfile.TemporaryDirectory(prefix="probe-") as scratch:
        fresh = Path(scratch) / ags
        write_district(fresh, ags, files, given, progress)
        return changes.describe_changes(root / ags, fresh)


def write_district(folder: Path, ags: str, files: Files, given: Given, progress: Progress) -> None:
    """Write a dataset into a new folder and read it again, so that only one that loads takes the old one's place."""
    if ags in catalog.districts():
        base = base_from_tables(catalog.districts()[ags], files, progress)
        areas = base.layers["gemeinden"]
        cells = extras.read_cells(given, areas, base.district.buffer_km * 1000, progress)
    else:
        base, cells = base_from_areas(ags, files, given, progress)
        areas = base.layers["gemeinden"]
    reach = base.district.buffer_km * 1000
    found = extras.read_osm(given.osm, areas, reach, progress)
    day = extras.read_day(given, areas, reach, progress)
    if day is None and not base.from_tables:
        base.layers["einrichtungen"] = with_listed_stops(base, files, progress)
    layers, notes = add_official(base, cells, found, day)
    notes["off_network"] = extras.people_off_network(found.networks, homes_of(layers))
    notes |= found_sources(given, base.from_tables, found, day)
    progress("Schreibe den Datensatz")
    dataset.write_dataset(folder, layers, describe(base.district, files) | base.notes | notes)
    for mode, network in found.networks.items():
        write_network(folder / dataset.NETWORKS / mode, network)
    if day is not None:
        write_timetable(folder / dataset.TIMETABLE, day)
    if given.on_demand is not None:
        read_on_demand(given.on_demand.parent)
        shutil.copy(given.on_demand, folder / given.on_demand.name)
    if found.basemap:
        write_basemap(folder / dataset.BASEMAP, found.basemap, found.note)
    dataset.read_dataset.__wrapped__(folder)


def base_from_tables(district: District, files: Files, progress: Progress) -> Base:
    """Return a district whose tables are at hand: all territorial states, the register, settlements with people."""
    inputs = read_inputs(files, district.buffer_km * 1000, progress)
    progress("Prüfe die Quellen")
    tables.check_inputs(inputs)
    progress("Baue die Ebenen")
    layers, notes = tables.build_layers(district, inputs)
    for name, frame in layers.items():
        progress(f"  {name}: {len(frame)}")
    return Base(district, layers, notes, from_tables=True)


def base_from_areas(ags: str, files: Files, given: Given, progress: Progress) -> tuple[Base, gpd.GeoDataFrame]:
    """Return any district from the official areas alone, and its census cells."""
    known = official_areas(ags, given, files.packages, progress)
    district = District(
        ags=ags,
        name=str(known.kreise.at[ags, "name"]),
        land=land_of(ags).name,
        gebietsstand=known.gebietsstand,
        context_km=25.0,
        buffer_km=20.0,
        level_names=LEVEL_NAMES,
    )
    cells = extras.read_cells(given, known.gemeinden, district.buffer_km * 1000, progress)
    layers = official.build_areas(ags, known, cells, district.context_km * 1000)
    register = extras.read_register(given, layers["gemeinden"], progress)
    return Base(district, layers | {"einrichtungen": register}, {}, from_tables=False), cells


def with_listed_stops(base: Base, files: Files, progress: Progress) -> gpd.GeoDataFrame:
    """Return the facilities with the stops that the registry packages list: where there is no timetable."""
    gemeinden, reach = gpd.GeoDataFrame(base.layers["gemeinden"]), base.district.buffer_km * 1000
    box = box_around(gemeinden, reach)
    listed = stops.read_stops(open_source("haltestellen", "", packages=files.packages, progress=progress), box)
    trains = stations.read_stations(open_source("bahnhoefe", "", packages=files.packages, progress=progress))
    found = network_points.listed_stops(listed, trains, gemeinden, reach)
    return gpd.GeoDataFrame(pd.concat([base.layers["einrichtungen"], found]).sort_index())


def add_official(
    base: Base, cells: gpd.GeoDataFrame, found: extras.FromOsm, day: Any
) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Return the layers with what official files add, and the judgement of the register."""
    gemeinden, reach = base.layers["gemeinden"], base.district.buffer_km * 1000
    facilities, doubles = network_points.facilities_of(
        gpd.GeoDataFrame(base.layers["einrichtungen"]), found.facilities, gemeinden, reach
    )
    if day is not None and not base.from_tables:
        facilities = pd.concat([facilities, network_points.stops_of(day, gemeinden, reach)]).sort_index()
    layers = {**base.layers, "einrichtungen": facilities}
    if len(cells):
        layers["zellen"] = extras.scale_cells(cells, gemeinden["population"])
    elif not base.from_tables:
        layers["siedlungen"] = extras.homes_on_settled_land(found.basemap.get("siedlung"), gpd.GeoDataFrame(gemeinden))
    if "orte" not in layers:
        layers["orte"] = network_points.places_of(found.basemap.get("orte"), cells, gemeinden, reach)
    judged = network_points.judge_register(facilities, known=catalog.categories(), day=found.day, keep=base.from_tables)
    ordered = {name: layers[name] for name in dataset.LAYERS if name in layers}
    return ordered, {"completeness": judged, "osm_doubles": doubles} if found.day or not base.from_tables else {}


def homes_of(layers: Mapping[str, pd.DataFrame]) -> gpd.GeoDataFrame:
    """Return the points where people live: cells, else settlements."""
    return gpd.GeoDataFrame(layers["zellen"] if "zellen" in layers else layers["siedlungen"])


def describe(district: District, files: Files) -> dict[str, Any]:
    """Return key, name and territorial state of a district, the packages and the tables that went in."""
    keys = ("id", "package", "sha256", "date")
    packages = [source for source in catalog.sources().values() if source.package]
    return {
        "ags": district.ags,
        "name": district.name,
        "gebietsstand": district.gebietsstand.isoformat(),
        "crs": f"EPSG:{METRIC_CRS}",
        "sources": [{key: getattr(source, key) for key in keys} for source in packages],
        "quellen": {path.name: registry.file_hash(path) for path in sorted(files.quellen.glob("*.csv"))},
    }


def main(arguments: list[str] | None = None) -> int:
    """Build one district from the command line; return 0, or 1 after saying what is wrong."""
    options = parse_arguments(arguments)
    files = Files(options.packages, options.tables, options.facilities, options.boundaries)
    root = dataset.EMBEDDED if options.embedded else options.out
    try:
        given = read_given(options)
        if options.dry_run:
            print("\n".join(compare_district(options.ags, root, files, given=given)))
            return 0
        folder = build_district(options.ags, root, files, given=given)
    except GeoDataError as error:
        print(error, file=sys.stderr)
        return 1
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
    print(f"Fertig: {folder} ({size:.1f} MB)")
    return 0


def read_given(options: argparse.Namespace) -> Given:
    """Return the official files of the folder ``--sources``, fetched first where ``--download`` asks for it."""
    if options.sources is None:
        if options.download:
            raise GeoDataError("--download braucht einen Ordner. Abhilfe: mit --sources DIR angeben.")
        return Given()
    if options.download:
        download.download_sources(options.sources, options.ags, progress=print)
    return replace(given_files(options.sources, print), day=options.day)


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m geodata.build", description="Datensatz eines Kreises bauen")
    add: Callable[..., Any] = parser.add_argument
    add("ags", help="Kreisschlüssel, zum Beispiel 16063")
    add(
        "--sources", type=Path, help="Ordner mit amtlichen Dateien: OpenStreetMap, Fahrplan, Zensus, Verwaltungsgebiete"
    )
    add("--download", action="store_true", help="fehlende amtliche Dateien von ihren Adressen in diesen Ordner laden")
    add("--dry-run", action="store_true", help="alles bauen, nur berichten, was sich ändern würde")
    add("--day", type=date.fromisoformat, help="Tag des Fahrplans (JJJJ-MM-TT); sonst ein gewöhnlicher Werktag")
    add("--out", type=Path, default=DATASETS, help="Ordner der Datensätze")
    add("--embedded", action="store_true", help="den mitgelieferten Datensatz ersetzen")
    add("--packages", type=Path, default=PACKAGES, help="Ordner der Paketarchive")
    add("--tables", type=Path, default=territory.QUELLEN, help="Ordner mit den Tabellen des Kreises")
    add("--facilities", type=Path, help="eigene Einrichtungen (CSV, GeoPackage, GeoJSON)")
    add("--boundaries", type=Path, help="eigene Gemeindegrenzen, Stand 2016 (GeoPackage, GeoJSON)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
