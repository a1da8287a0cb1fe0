"""Invented ways for the real Wartburgkreis: a grid of streets every 600 m and bus lines. Synthetic, for tests only."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import numpy as np

import geodata
from geodata import dataset
from geodata.network import Network, build_network, write_network
from geodata.timetable import write_timetable
from tests.timetables import HOUR, day_of

SPACING_M = 600.0
AGS = "16063"
SPEEDS_KMH = {"fuss": 4.8, "pkw": 40.0}


def grid(mode: str, bounds: np.ndarray) -> Network:
    """Return a grid of streets over the bounds, both ways, at one speed."""
    west, south, east, north = bounds
    columns, rows = int((east - west) / SPACING_M) + 2, int((north - south) / SPACING_M) + 2
    number = np.arange(rows * columns).reshape(rows, columns)
    x = west + (number % columns).ravel() * SPACING_M
    y = south + (number // columns).ravel() * SPACING_M
    pairs = np.concatenate(
        [
            np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()]),
            np.column_stack([number[:-1].ravel(), number[1:].ravel()]),
        ]
    )
    tail, head = np.concatenate([pairs, pairs[:, ::-1]]).T
    cost = np.full(len(tail), SPACING_M / (SPEEDS_KMH[mode] / 3.6) * 10)
    return build_network(mode, x, y, tail, head, cost, np.full(len(tail), SPACING_M), {"source": "erfunden"})


def build(root: Path) -> Path:
    """Return ``root`` after putting the embedded dataset with invented ways into it."""
    folder = root / AGS
    shutil.copytree(dataset.EMBEDDED / AGS, folder)
    data = geodata.load(AGS)
    for mode in SPEEDS_KMH:
        write_network(folder / dataset.NETWORKS / mode, grid(mode, data.kreis.total_bounds))
    # One line along the largest places from north to south, every half hour in both directions.
    largest = data.places[data.places["inside"]].nlargest(6, "population").geometry
    stops = largest.iloc[np.argsort(-largest.y.to_numpy())]
    there = [[(s, h * HOUR // 2 + s * 900) for s in range(6)] for h in range(10, 40)]
    back = [[(5 - s, h * HOUR // 2 + s * 900) for s in range(6)] for h in range(10, 40)]
    table = day_of(there + back, day=date(2026, 5, 5))
    table.stops["x"], table.stops["y"] = stops.x.to_numpy(), stops.y.to_numpy()
    span = {"file": "erfundener-fahrplan.zip", "first": "2026-01-01", "last": "2026-12-31"}
    table.provenance.update(span)
    write_timetable(folder / dataset.TIMETABLE, table)
    return root
