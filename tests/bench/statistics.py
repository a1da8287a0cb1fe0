"""Statistics: all indicators, levels and years of a district and of Germany, what has to be hidden; synthetic counts.

`python -m tests.bench.statistics` computes Germany in a process of its own and prints seconds and its peak as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from geodata import catalog, dataset
from geodata.catalog.formula import names, parse
from geodata.observations import territory_of
from layers.cube import aggregate, build_cube
from layers.figures import compute_figures
from layers.german import number
from layers.protect import Catalogue, protect
from layers.run_task import peak_mb
from layers.statistics import Statistics, areas_of, build_cubes, build_statistics, parts_of, weights_of
from tests.bench.process import ROOT
from tests.bench.table import Row, limit

YEARS = range(2004, 2024)
GEMEINDEN, KREISE, LAENDER = 10_990, 400, 16
MANY = [key for key, item in catalog.indicators().items() if item.count and item.per][:20]


def measure_statistics() -> list[Row]:
    """Return the rows on the Wartburgkreis and on all Gemeinden of Germany, all counts synthetic."""
    data, frame = dataset.load("16063"), observations()
    territory = territory_of(data)
    count = len([key for key, item in catalog.indicators().items() if item.count])
    ours = _best(lambda: _all(build_statistics(data, frame, territory, {}, "intern")))
    plain = _best(lambda: plain_pandas(frame, data.gemeinden["sozialraum"]), runs=1)
    cubes, _ = build_cubes(data, frame, territory)
    known = Catalogue(catalog.parts(), catalog.indicators())
    hidden = _best(lambda: protect(cubes, areas_of(data), known, "oeffentlich"))
    name = f"{count} Indikatoren, 3 Ebenen, {len(YEARS)} Jahre aus {number(len(frame))} Zahlen"
    rows = [
        limit(f"Kreis neu rechnen: {name}", ours, 300.0, "ms"),
        Row("Kreis neu rechnen, gegen pandas je Indikator", ours, "pandas, je Indikator und Ebene", plain, "ms"),
        limit("Kreis: was geheim ist, über alle Ebenen und Jahre", hidden, 1000.0, "ms"),
    ]
    if sys.platform == "linux":
        germany = json.loads(_run())
        where = f"{GEMEINDEN} Gemeinden x {len(YEARS)} Jahre x {len(MANY)} Indikatoren"
        rows += [
            limit(f"Deutschland neu rechnen: {where}", germany["seconds"], 20.0, "s"),
            limit(f"Deutschland, Speicher: {where}", germany["mb"], 2000.0, "MB"),
        ]
    return rows


def _best(run: Callable[[], object], runs: int = 3) -> float:
    """Return the milliseconds of the fastest run after one that is not counted."""
    seconds = []
    for _ in range(runs + 1):
        begun = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - begun)
    return 1000 * min(seconds[1:])


def _all(statistics: Statistics) -> None:
    for figures in statistics.levels.values():
        for key in catalog.indicators():
            figures.result(key)


def observations() -> pd.DataFrame:
    """Return synthetic counts of every part of the catalogue for all Gemeinden of the Wartburgkreis and 20 years."""
    every = catalog.indicators()
    parts = sorted(set().union(*(parts_of(item, every) for item in every.values())) & set(catalog.parts()))
    keys = sorted(dataset.load("16063").gemeinden.index)
    index = pd.MultiIndex.from_product([parts, YEARS, keys], names=["part", "year", "key"])
    values = np.random.default_rng(1).integers(0, 3000, len(index)).astype(float)
    frame = pd.DataFrame({"value": values}, index=index).reset_index()
    return frame.assign(
        state="measured", stand=frame["year"].astype(str), gebietsstand="2024-01-01", basis="", row="", import_id=1
    )


def plain_pandas(frame: pd.DataFrame, sozialraum: pd.Series) -> list[pd.Series]:
    """Return the same shares as one writes them by hand: a pivot, a sum and a division per indicator and level."""
    done = []
    groups = {"gemeinde": frame["key"], "sozialraum": frame["key"].map(sozialraum), "kreis": frame["key"].str[:5]}
    for indicator in catalog.indicators().values():
        if not (indicator.count and indicator.per):
            continue
        for group in groups.values():
            wanted = names(parse(indicator.count)) | names(parse(indicator.per))
            rows = frame[frame["part"].isin(wanted)]
            wide = rows.pivot_table(
                index=[group.loc[rows.index], "year"], columns="part", values="value", aggfunc="sum"
            )
            over, under = (wide[sorted(names(parse(text)))].sum(axis=1) for text in (indicator.count, indicator.per))
            done.append(100 * over / under.where(under > 0))
    return done


def germany() -> dict[str, float]:
    """Return seconds and peak of computing 20 indicators for all Gemeinden, Kreise and Länder."""
    every = catalog.indicators()
    parts = sorted(set().union(*(parts_of(every[key], every) for key in MANY)) & set(catalog.parts()))
    rows = pd.DataFrame(
        {
            "part": pd.Categorical.from_codes(np.repeat(np.arange(len(parts)), GEMEINDEN * len(YEARS)), parts),
            "year": np.tile(np.repeat(np.array(YEARS, np.int16), GEMEINDEN), len(parts)),
            "key": pd.Categorical.from_codes(np.tile(np.arange(GEMEINDEN), len(parts) * len(YEARS)), _keys()),
        }
    )
    rows["value"] = np.random.default_rng(1).integers(0, 3000, len(rows)).astype(float)
    rows["state"] = pd.Categorical.from_codes(np.zeros(len(rows), np.int8), ["measured"])
    rows["basis"] = pd.Categorical.from_codes(np.zeros(len(rows), np.int8), [""])
    begun = time.perf_counter()
    areas = pd.Index(_keys())
    cube = build_cube(rows, areas)
    places = pd.Series(np.arange(GEMEINDEN), areas)
    levels = [cube]
    for count in (KREISE, LAENDER):
        group = (places * count // GEMEINDEN).astype(str)
        levels.append(aggregate(cube, group, pd.Index(group.unique()), weights_of(cube)))
    for level in levels:
        figures = compute_figures(level, every, catalog.parts())
        for key in MANY:
            figures.result(key)
    return {"seconds": time.perf_counter() - begun, "mb": peak_mb()}


def _keys() -> list[str]:
    return [f"{number:08d}" for number in range(GEMEINDEN)]


def _run() -> str:
    command = [sys.executable, "-m", "tests.bench.statistics"]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout


if __name__ == "__main__":
    print(json.dumps(germany()))
