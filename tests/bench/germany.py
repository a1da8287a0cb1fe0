"""`python -m tests.bench.germany`: all Kreise of Germany on 1 km census cells with straight lines, built and computed.

Needs ../shared/data/zensus and the registry packages; writes to build/deutschland. Prints what it measured.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata import build, catalog, dataset
from geodata.assemble import network_points, official
from geodata.assemble.cells import build_cells
from geodata.assemble.inputs import open_source
from geodata.assemble.official import GROUP_DIGITS, OfficialAreas
from geodata.assemble.sources import PACKAGE_LAYERS, PACKAGE_STATE
from geodata.folders import replace_folder
from geodata.model import METRIC_CRS, WEB_CRS
from geodata.sources import stations, stops
from geodata.sources.vg250 import dissolve_official, flatten
from geodata.sources.zensus_grid import grid_cells
from layers.run import district_folders, run_all, write_summary
from layers.run_task import Done

CENSUS = Path(__file__).parents[3] / "shared" / "data" / "zensus" / "zensus2011_1km_deutschland.parquet"
ROOT = Path("build/deutschland")
PEOPLE = 80_212_528  # of the source, all cells together
REACH_M = 15_000.0
STRAY_M = 2_000.0  # a cell of the coast or the border belongs to the nearest Gemeinde up to here
COMPARED = 20
FIGURES = [
    "minuten.haltestelle.fuss",
    "minuten_median.haltestelle.fuss",
    *(f"haltestelle.{m}" for m in (300, 600, 1200)),
]
EVERYWHERE = (-180.0, -90.0, 180.0, 90.0)


def read_nation() -> dict[str, Any]:
    """Return areas, cells and stops of all Germany, each read once."""
    areas = {kind: _layer(name) for kind, name in PACKAGE_LAYERS.items()}
    table = pd.read_parquet(CENSUS)
    cells = grid_cells(table, metres=1000, census=2011, place="Zensus 2011")
    assert int(cells["people"].sum()) == PEOPLE, cells["people"].sum()
    listed = stops.read_stops(_package("haltestellen"), EVERYWHERE).to_crs(METRIC_CRS)
    homes = home_of(cells, areas["gem"])
    trains = stations.read_stations(_package("bahnhoefe")).to_crs(METRIC_CRS)
    groups = areas["vwg"].assign(code=areas["vwg"]["ars"].str[:GROUP_DIGITS]).drop_duplicates("code")
    return {
        "gemeinden": areas["gem"].set_index("ags"),
        "groups": groups.set_index("code")["name"],
        "kreise": areas["krs"].assign(ags=areas["krs"]["ars"].str[:5]).set_index("ags"),
        "cells": cells,
        "homes": homes,
        "stops": listed,
        "stations": trains,
    }


def _layer(name: str) -> gpd.GeoDataFrame:
    features = list(flatten(json.load(_package("vg250", f"{name}.geo.json"))))
    return dissolve_official(gpd.GeoDataFrame.from_features(features, crs=WEB_CRS), name).to_crs(METRIC_CRS)


def home_of(cells: gpd.GeoDataFrame, gemeinden: gpd.GeoDataFrame) -> pd.Series:
    """Return the Gemeinde of the cells whose centre lies in none (coast, border, water): the nearest within 2 km."""
    areas = gemeinden[["ags", "geometry"]]
    inside = gpd.sjoin(cells[["geometry"]], areas, predicate="intersects").index
    stray = cells[~cells.index.isin(inside)]
    near = gpd.sjoin_nearest(stray[["geometry"]], areas, max_distance=STRAY_M).sort_values("ags")
    homes = near["ags"].groupby(level=0).first()
    lost = stray[~stray.index.isin(homes.index)]
    print(f"außerhalb aller Gemeinden: {len(stray)} Zellen, {stray['people'].sum():.0f} Menschen; ", end="")
    print(f"davon weiter als {STRAY_M:.0f} m: {len(lost)} Zellen, {lost['people'].sum():.0f} Menschen")
    return homes


def _package(key: str, file: str = "") -> Any:
    return open_source(key, file, packages=build.PACKAGES, progress=lambda text: None)


def build_kreis(ags: str, nation: dict[str, Any], folder: Path) -> None:
    """Write the dataset of one Kreis: its cells and stops, and those of a buffer around."""
    own = nation["gemeinden"][nation["gemeinden"].index.str.startswith(ags)]
    near = own.geometry.total_bounds
    box = near + np.array([-1, -1, 1, 1]) * REACH_M
    known = OfficialAreas(own, nation["groups"], _within(nation["kreise"], box), PACKAGE_STATE, "")
    cells = build_cells(_within(nation["cells"], box), own, buffer_m=REACH_M)
    homes = nation["homes"][nation["homes"].str.startswith(ags)].reindex(cells.index)
    cells["ags"] = cells["ags"].where(cells["ags"].notna(), homes.astype(object).where(homes.notna(), None))
    layers = official.build_areas(ags, known, cells, REACH_M)
    gemeinden = layers["gemeinden"]
    found = network_points.listed_stops(
        _within(nation["stops"], box), _within(nation["stations"], box), gemeinden, REACH_M
    )
    judged = network_points.judge_register(found, known=catalog.categories(), day="", keep=False)
    layers |= {"zellen": cells, "einrichtungen": found}
    layers["orte"] = network_points.places_of(None, cells, gemeinden, REACH_M)
    ordered = {name: layers[name] for name in dataset.LAYERS if name in layers}
    notes = {
        "ags": ags,
        "name": str(known.kreise.at[ags, "name"]),
        "gebietsstand": PACKAGE_STATE.isoformat(),
        "sources": [],
        "completeness": judged,
        "roles": {"population": [], "homes": [], "register": ["haltestellen"]},
    }
    dataset.write_dataset(folder, ordered, notes)


def _within(frame: gpd.GeoDataFrame, box: Any) -> gpd.GeoDataFrame:
    return frame.cx[box[0] : box[2], box[1] : box[3]]


def build_all(keys: list[str], nation: dict[str, Any], root: Path) -> None:
    """Write the datasets of all Kreise that are named."""
    begin = time.perf_counter()
    for number, ags in enumerate(keys, start=1):
        replace_folder(root / ags, lambda folder, ags=ags: build_kreis(ags, nation, folder))
        if number % 50 == 0 or number == len(keys):
            print(f"gebaut: {number} von {len(keys)}, {time.perf_counter() - begin:.0f} s", flush=True)


def compare(folders: list[Path], out: Path, workers: int) -> None:
    """Say whether one process and several give the same bytes for some Kreise from all over the country."""
    some = folders[:: max(1, len(folders) // COMPARED)][:COMPARED]
    begin = time.perf_counter()
    assert not any(item.error for item in run_all(some, out / "allein", fresh=True))
    names = [f"{folder.name}.parquet" for folder in some]
    other = [name for name in names if (out / name).read_bytes() != (out / "allein" / name).read_bytes()]
    seconds = time.perf_counter() - begin
    print(f"ein Prozess und {workers}: {len(names) - len(other)} von {len(names)} Dateien gleich ({seconds:.0f} s)")
    assert not other, other


def national(done: list[Done], out: Path) -> pd.DataFrame:
    """Return every figure of the Kreise beside each other, and print their range and mean by people."""
    parts = [pd.read_parquet(out / f"{item.ags}.parquet").query("level == 'kreis'") for item in done]
    table = pd.concat(parts).pivot_table(index="area", columns="indicator", values="value")[FIGURES]
    people = pd.Series({item.ags: item.people for item in done}).reindex(table.index)
    for name, column in table.items():
        mean = (column * people).sum() / people[column.notna()].sum()
        least, most = column.idxmin(), column.idxmax()
        print(f"{name}: {mean:.1f}; {least} {column[least]:.1f} bis {most} {column[most]:.1f}; {column.count()} Kreise")
    return table


def main() -> None:
    """Build what is asked for, compute all, print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.germany")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", default="", help="nur Kreise, deren Schlüssel so beginnt")
    parser.add_argument("--built", action="store_true", help="die Datensätze des letzten Laufs nehmen")
    options = parser.parse_args()
    data, out = ROOT / "kreise", ROOT / "ergebnisse"
    if not options.built:
        begin = time.perf_counter()
        nation = read_nation()
        keys = [key for key in nation["kreise"].index if key.startswith(options.only)]
        print(f"gelesen: {len(nation['cells'])} Zellen, {len(keys)} Kreise, {time.perf_counter() - begin:.0f} s")
        build_all(keys, nation, data)
        del nation
    folders = [folder for folder in district_folders(data) if folder.name.startswith(options.only)]
    begin = time.perf_counter()
    done = list(run_all(folders, out, workers=options.workers, fresh=True))
    seconds = time.perf_counter() - begin
    write_summary(done, out / "uebersicht.csv")
    people, cells, points = (sum(getattr(item, name) for item in done) for name in ("people", "cells", "points"))
    peaks, failed = sorted(item.peak_mb for item in done), [item for item in done if item.error]
    print(f"{len(done)} Kreise, {len(failed)} Fehler, {people:.0f} Menschen, {cells} Zellen, {points} Punkte")
    print(f"{seconds:.0f} s mit {options.workers} Prozessen: {cells / seconds:.0f} Zellen je Sekunde")
    print(f"Speicher je Kreis: Median {peaks[len(peaks) // 2]:.0f} MB, höchstens {peaks[-1]:.0f} MB")
    assert not failed, failed
    assert options.only or round(people) == PEOPLE, people
    national(done, out)
    compare(folders, out, options.workers)


if __name__ == "__main__":
    main()
