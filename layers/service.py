"""How often something departs: departures per stop and working day, categories of stops, classes of places."""

from __future__ import annotations

import pandas as pd
from numpy.typing import ArrayLike
from scipy.spatial import cKDTree

from geodata.catalog.service import ServiceScheme
from geodata.model import GeoDataError
from geodata.sources.gtfs_day import DAY_S, Timetable

DHID = r"^([a-z]{2}:\d+:\d+):"  # country, district, stop: the German stop id without area and platform
SATURDAY = 5
RAIL = ("bahn", "ubahn")


def departures_per_stop(table: Timetable) -> pd.DataFrame:
    """Return per stop the ``departures`` of the day that one may board, the ``first`` and the ``last`` (seconds).

    Only those before 24:00; a stop without any has 0 and NaN.
    """
    rows = pd.DataFrame({"stop": table.from_stop, "time": table.departure})[table.boards & (table.departure < DAY_S)]
    found = rows.groupby("stop")["time"].agg(["size", "min", "max"]).reindex(range(len(table.stops)))
    found = found.set_index(table.stops.index).set_axis(["departures", "first", "last"], axis=1)
    return found.assign(departures=found["departures"].fillna(0).astype(int))


def stop_groups(table: Timetable) -> pd.Series:
    """Return by stop the stop as people know it: its station, else its German stop id without platform, else itself.

    Both directions of a line stand at different platforms; only together do they have an interval.
    """
    ids = table.stops.index.to_series()
    parent = table.stops["parent"]
    return parent.where(parent != "", ids.str.extract(DHID)[0].fillna(ids)).rename("group")


def stop_categories(table: Timetable, scheme: ServiceScheme) -> pd.DataFrame:
    """Return per group of stops x, y, departures, minutes (mean interval), vehicles (group) and category.

    Of several groups of vehicles the one with the best category counts (the higher group of equals). Without category
    ``category`` is empty. Raise GeoDataError for a day that is no working day.
    """
    if table.day.weekday() >= SATURDAY:
        raise GeoDataError(
            f"{table.day:%d.%m.%Y}: Güteklassen gelten für Montag bis Freitag. Abhilfe: einen Werktag wählen."
        )
    groups = stop_groups(table)
    counts = _departures(table, scheme, groups)
    window = (scheme.end_hour - scheme.begin_hour) * 60
    counts["minutes"] = window / (counts["departures"] / 2)
    counts["category"] = [
        _category(scheme, vehicles, minutes)
        for vehicles, minutes in zip(counts["vehicles"], counts["minutes"], strict=True)
    ]
    rank = {"": len(scheme.rings)} | {ring.category: i for i, ring in enumerate(scheme.rings)}
    better = counts["vehicles"].map({group: i for i, group in enumerate(scheme.groups)})
    order = counts.assign(rank=counts["category"].map(rank), better=better).sort_values(["group", "rank", "better"])
    best = order.drop_duplicates("group").set_index("group")
    middle = table.stops[["x", "y"]].groupby(groups).mean()
    return middle.join(best[["departures", "minutes", "vehicles", "category"]], how="inner")


def service_classes(places: pd.DataFrame, stops: pd.DataFrame, scheme: ServiceScheme) -> pd.Series:
    """Return the best class of service at each place (x, y) by straight line to ``stops`` (``stop_categories``).

    Empty where no ring reaches; exactly on a ring is within.
    """
    best = pd.Series("", places.index, name="service_class")
    xy = places[["x", "y"]].to_numpy()
    for letter in sorted({letter for ring in scheme.rings for letter in ring.classes.values()}, reverse=True):
        for ring in scheme.rings:
            reach = max((m for m, found in scheme.metres(ring.category) if found == letter), default=0.0)
            near = stops[stops["category"] == ring.category]
            if reach and len(near) and len(xy):
                metres = cKDTree(near[["x", "y"]].to_numpy()).query(xy)[0]
                best[metres <= reach] = letter
    return best


def _departures(table: Timetable, scheme: ServiceScheme, groups: pd.Series) -> pd.DataFrame:
    """Return the departures per group of stops and group of vehicles in the window of the scheme."""
    begin, end = scheme.begin_hour * 3600, scheme.end_hour * 3600
    inside = table.boards & (table.departure >= begin) & (table.departure < end)
    kinds = table.routes["kind"].to_numpy()[table.trip_route[table.trip[inside]]]
    group = groups.to_numpy()[table.from_stop[inside]]
    rows = pd.DataFrame({"group": group, "vehicles": pd.Series(kinds, dtype=str).map(scheme.vehicles)})
    if scheme.node_directions:
        rows.loc[rows["group"].isin(_nodes(table, scheme, groups)) & _is_rail(kinds), "vehicles"] = scheme.node_group
    return rows.dropna().groupby(["group", "vehicles"]).size().rename("departures").reset_index()


def _nodes(table: Timetable, scheme: ServiceScheme, groups: pd.Series) -> pd.Index:
    """Return the groups of stops from which trains leave for so many different next stops."""
    rail = _is_rail(table.routes["kind"].to_numpy()[table.trip_route[table.trip]])
    names = groups.to_numpy()
    ends = pd.DataFrame({"here": names[table.from_stop[rail]], "there": names[table.to_stop[rail]]})
    directions = ends.groupby("here")["there"].nunique()
    return directions.index[directions >= scheme.node_directions]


def _is_rail(kinds: ArrayLike) -> pd.Series:
    return pd.Series(kinds, dtype=str).isin(RAIL)


def _category(scheme: ServiceScheme, vehicles: str, minutes: float) -> str:
    for row in scheme.intervals:
        if minutes < row.minutes or (row is scheme.intervals[-1] and minutes == row.minutes):
            return row.category.get(vehicles, "")
    return ""
