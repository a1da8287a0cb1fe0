"""Ways by bus on a real timetable, where it lies beside the project."""

from __future__ import annotations

from datetime import date

import pandas as pd

from geodata.sources.gtfs import read_feed
from geodata.sources.gtfs_day import timetable
from layers.german import number
from layers.transit import arrivals_in_window, transit_network
from tests.bench.process import ROOT
from tests.bench.table import Row, limit
from tests.bench.ways import best

FEED = ROOT.parent / "shared" / "data" / "gtfs" / "ors_vrn_gtfs_cut.zip"
DAY = date(2022, 9, 20)
WINDOW = range(7 * 3600, 9 * 3600, 60)


def measure_buses() -> list[Row]:
    """Return the milliseconds per departure from one stop to all; nothing where the timetable is not there."""
    if not FEED.is_file():
        return []
    read = best(lambda: timetable(read_feed(FEED), DAY), 3)
    table = timetable(read_feed(FEED), DAY)
    network, home = transit_network(table), pd.Series({table.stops.index[100]: 300})
    window = best(lambda: arrivals_in_window(network, home, WINDOW)) / len(WINDOW)
    name = f"{number(len(table.stops))} Haltestellen, {number(len(table.departure))} Fahrten von Halt zu Halt"
    return [
        limit("Fahrplan lesen, prüfen und einen Tag bilden", read, 2000.0, "ms", judged=False),
        limit(f"Fahrplan: von einem Ort zu allen je Abfahrt ({name})", window, 2.0, "ms"),
    ]
