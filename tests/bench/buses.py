"""Ways by bus on a real timetable, where it lies beside the project, beside the router ferrobus."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import ferrobus
import numpy as np
import pandas as pd

from geodata.sources.gtfs import read_feed
from geodata.sources.gtfs_day import Timetable, timetable
from layers.german import number
from layers.transit import TransitNetwork, arrivals_in_window, transit_network
from layers.transit_walks import straight_legs
from tests.bench.process import ROOT
from tests.bench.table import Row, limit
from tests.bench.ways import best
from tests.ferrobus_peer import RIDES, peer, without_change

FEED = ROOT.parent / "shared" / "data" / "gtfs" / "ors_vrn_gtfs_cut.zip"
DAY = date(2022, 9, 20)
WINDOW = [time - 30 for time in range(7 * 3600, 9 * 3600, 60)]
HOMES = 20


def measure_buses() -> list[Row]:
    """Return the milliseconds per departure from one stop to all; nothing where the timetable is not there."""
    if not FEED.is_file():
        return []
    read = best(lambda: timetable(read_feed(FEED), DAY), 3)
    table = timetable(read_feed(FEED), DAY)
    homes = np.random.default_rng(1).choice(np.unique(table.from_stop), HOMES, replace=False).astype(int)
    return [
        limit("Fahrplan lesen, prüfen und einen Tag bilden", read, 2000.0, "ms", judged=False),
        *_with_walks(table, homes),
        *_beside_ferrobus(table, homes),
    ]


def _with_walks(table: Timetable, homes: np.ndarray) -> list[Row]:
    """Return the time per departure from places that reach the stops within 15 minutes on foot."""
    network, legs = transit_network(table), straight_legs(table.stops.iloc[homes], table)
    walks = [walk.set_index("stop")["seconds"] for _, walk in legs.groupby("place")]
    name = f"{number(len(table.stops))} Haltestellen, {number(len(table.departure))} Fahrten von Halt zu Halt, VRN"
    window, single = _per_departure(network, walks, WINDOW), _per_departure(network, walks, WINDOW[:1])
    return [
        limit(f"Fahrplan: von einem Ort zu allen je Abfahrt, zwei Stunden jede Minute ({name})", window, 2.0, "ms"),
        limit("Fahrplan: von einem Ort zu allen, eine einzelne Abfahrt", single, 2.0, "ms"),
    ]


def _beside_ferrobus(table: Timetable, homes: np.ndarray) -> list[Row]:
    """Return the same from stop to stop without walks; the tests compare the results."""
    walks = [pd.Series({table.stops.index[home]: 0}) for home in homes]
    network = without_change(table)
    window, single = _per_departure(network, walks, WINDOW), _per_departure(network, walks, WINDOW[:1])
    with tempfile.TemporaryDirectory() as folder:
        other = peer(FEED, table, Path(folder))
    model, points = other.model, other.points
    starts = [points[home] for home in homes]
    to_all = best(lambda: [ferrobus.find_routes_one_to_many(model, at, points, WINDOW[0], RIDES) for at in starts], 5)
    matrix = best(lambda: ferrobus.travel_time_matrix(model, points, WINDOW[0], RIDES), 5) / len(points)
    name = "Fahrplan ohne Fußwege: von einer Haltestelle zu allen"
    return [
        Row(f"{name} je Abfahrt, zwei Stunden jede Minute", window, "ferrobus one_to_many", to_all / HOMES, "ms", 2.0),
        Row(f"{name}, eine einzelne Abfahrt", single, "ferrobus one_to_many", to_all / HOMES, "ms"),
        Row(f"{name} je Abfahrt, gegen alle zugleich", window, "ferrobus matrix, alle Kerne", matrix, "ms"),
    ]


def _per_departure(network: TransitNetwork, walks: list[pd.Series], window: list[int]) -> float:
    """Return the milliseconds of one departure from one place to all stops."""
    return best(lambda: [arrivals_in_window(network, walk, window) for walk in walks], 5) / len(walks) / len(window)
