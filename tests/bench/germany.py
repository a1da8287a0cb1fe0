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
from geodata.model import METRIC_CRS, WEB_CRS
from geodata.sources import stations, stops
from geodata.sources.vg250 import dissolve_official, flatten
from geodata.sources.zensus_grid import grid_cells
from layers.run import district_folders, run_all, write_summary

CENSUS = Path(__file__).parents[3] / "shared" / "data" / "zensus" / "zensus2011_1km_deutschland.parquet"
ROOT = Path("build/deutschland")
PEOPLE = 80_212_528  # of the source, all cells together
REACH_M = 15_000.0
EVERYWHERE = (-180.0, -90.0, 180.0, 90.0)


def read_nation() -> dict[str, Any]:
    """Return areas, cells and stops of all Germany, each read once."""
    areas = {kind: _layer(name) for kind, name in PACKAGE_LAYERS.items()}
    table = pd.read_parquet(CENSUS)
    cells = grid_cells(table, metres=1000, census=2011, place="Zensus 2011")
    assert int(cells["people"].sum()) == PEOPLE, cells["people"].sum()
    listed = stops.read_stops(_package("haltestellen"), EVERYWHERE).to_crs(METRIC_CRS)
    trains = stations.read_stations(_package("bahnhoefe")).to_crs(METRIC_CRS)
    groups = areas["vwg"].assign(code=areas["vwg"]["ars"].str[:GROUP_DIGITS]).drop_duplicates("code")
    return {
        "gemeinden": areas["gem"].set_index("ags"),
        "groups": groups.set_index("code")["name"],
        "kreise": areas["krs"].assign(ags=areas["krs"]["ars"].str[:5]).set_index("ags"),
        "cells": cells,
        "stops": listed,
        "stations": trains,
    }


def _layer(name: str) -> gpd.GeoDataFrame:
    features = list(flatten(json.load(_package("vg250", f"{name}.geo.json"))))
    return dissolve_official(gpd.GeoDataFrame.from_features(features, crs=WEB_CRS), name).to_crs(METRIC_CRS)


def _package(key: str, file: str = "") -> Any:
    return open_source(key, file, packages=build.PACKAGES, progress=lambda text: None)


def build_kreis(ags: str, nation: dict[str, Any], root: Path) -> int:
    """Write the dataset of one Kreis and return its cells; those of the Kreis, with a buffer around."""
    own = nation["gemeinden"][nation["gemeinden"].index.str.startswith(ags)]
    near = own.geometry.total_bounds
    box = near + np.array([-1, -1, 1, 1]) * REACH_M
    known = OfficialAreas(own, nation["groups"], _within(nation["kreise"], box), PACKAGE_STATE, "")
    cells = build_cells(_within(nation["cells"], box), own, buffer_m=REACH_M)
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
    dataset.write_dataset(root / ags, ordered, notes)
    return int(cells["ags"].notna().sum())


def _within(frame: gpd.GeoDataFrame, box: Any) -> gpd.GeoDataFrame:
    return frame.cx[box[0] : box[2], box[1] : box[3]]


def main() -> None:
    """Build what is not built yet, compute all, print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.germany")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", default="", help="nur Kreise, deren Schlüssel so beginnt")
    options = parser.parse_args()
    data, out = ROOT / "kreise", ROOT / "ergebnisse"
    begin = time.perf_counter()
    nation = read_nation()
    keys = [key for key in nation["kreise"].index if key.startswith(options.only)]
    print(
        f"gelesen: {len(nation['cells'])} Zellen, {len(keys)} Kreise, {time.perf_counter() - begin:.0f} s", flush=True
    )
    begin, inside = time.perf_counter(), 0
    for number, ags in enumerate(keys, start=1):
        if not (data / ags / dataset.PROVENANCE).is_file():
            inside += build_kreis(ags, nation, data)
        if number % 50 == 0:
            print(f"gebaut: {number} von {len(keys)}, {time.perf_counter() - begin:.0f} s", flush=True)
    del nation
    built = time.perf_counter() - begin
    begin = time.perf_counter()
    done = list(run_all(district_folders(data), out, workers=options.workers, fresh=True))
    seconds = time.perf_counter() - begin
    write_summary(done, out / "uebersicht.csv")
    people, points = sum(item.people for item in done), sum(item.points for item in done)
    peak, failed = max(item.peak_mb for item in done), sum(bool(item.error) for item in done)
    print(
        f"Deutschland: {len(done)} Kreise, {failed} Fehler, {people:.0f} Menschen "
        f"(ohne Gemeinde: {PEOPLE - people:.0f}), {points} Punkte; gebaut in {built:.0f} s, gerechnet in "
        f"{seconds:.0f} s mit {options.workers} Prozessen, höchstens {peak:.0f} MB je Prozess"
    )


if __name__ == "__main__":
    main()
