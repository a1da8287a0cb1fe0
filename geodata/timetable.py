"""The timetable of a dataset: one day, cut to the district and its surroundings, kept as files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geodata.model import GeoDataError
from geodata.sources.gtfs_changes import Changes
from geodata.sources.gtfs_day import Timetable

PROVENANCE = "provenance.json"
CONNECTION = ("from_stop", "to_stop", "departure", "arrival", "trip", "boards", "alights")
TABLES = ("connections", "trips", "stops", "routes", "walks", "same", "barred")
REMEDY = "Abhilfe: Datensatz aus dem Fahrplan neu bauen."
Box = tuple[float, float, float, float]  # west, south, east, north in EPSG:25832


def cut_timetable(table: Timetable, box: Box) -> Timetable:
    """Return the connections that begin or end in the box, with only the stops that they need.

    Raise GeoDataError where none does: then the timetable belongs to another region.
    """
    x, y = table.stops["x"].to_numpy(), table.stops["y"].to_numpy()
    near = (x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3])
    kept = near[table.from_stop] | near[table.to_stop]
    if not kept.any():
        raise GeoDataError(
            f"{table.provenance.get('file', 'Fahrplan')}: keine Fahrt berührt den Kreis. "
            "Abhilfe: den Fahrplan der Region angeben."
        )
    wanted = np.unique(np.concatenate([table.from_stop[kept], table.to_stop[kept]]))
    new = np.full(len(x), -1, np.int32)
    new[wanted] = np.arange(len(wanted), dtype=np.int32)
    columns: dict[str, Any] = {name: getattr(table, name)[kept] for name in CONNECTION}
    columns |= {name: new[columns[name]] for name in ("from_stop", "to_stop")}
    return replace(table, stops=table.stops.iloc[wanted], changes=_moved(table.changes, new), **columns)


def _moved(changes: Changes, new: np.ndarray) -> Changes:
    """Return the changes between stops that are still there, by their new positions."""
    moved = []
    for frame in changes:
        places = [name for name in ("start", "dest", "stop") if name in frame]
        turned = frame.assign(**{name: new[frame[name].to_numpy(np.int64)] for name in places})
        moved.append(turned[(turned[places] >= 0).all(axis=1)].reset_index(drop=True))
    return Changes(*moved)


def join_timetables(tables: Sequence[Timetable]) -> Timetable:
    """Return several timetables of one day as one; stops are named ``feed:stop_id`` where there is more than one feed.

    Between stops of different feeds one walks.
    """
    if len(tables) == 1:
        return tables[0]
    stops, trips, routes = (np.cumsum([0, *sizes]) for sizes in zip(*map(_sizes, tables), strict=True))
    parts = [
        {
            "from_stop": table.from_stop + stops[n],
            "to_stop": table.to_stop + stops[n],
            "departure": table.departure,
            "arrival": table.arrival,
            "trip": table.trip + trips[n],
            "boards": table.boards,
            "alights": table.alights,
        }
        for n, table in enumerate(tables)
    ]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in CONNECTION}
    order = np.argsort(columns["departure"], kind="stable")
    names = [str(table.provenance["file"]) for table in tables]
    return Timetable(
        day=tables[0].day,
        stops=pd.concat([t.stops.set_axis(f"{name}:" + t.stops.index) for t, name in zip(tables, names, strict=True)]),
        trip_route=np.concatenate([t.trip_route + np.int32(routes[n]) for n, t in enumerate(tables)]),
        routes=pd.concat([t.routes for t in tables]),
        changes=_joined_changes(tables, stops),
        provenance={"file": ", ".join(names), "feeds": [t.provenance for t in tables]},
        **{name: values[order].astype(np.int32 if values.dtype != bool else bool) for name, values in columns.items()},
    )


def _sizes(table: Timetable) -> tuple[int, int, int]:
    return len(table.stops), len(table.trip_route), len(table.routes)


def _joined_changes(tables: Sequence[Timetable], first: np.ndarray) -> Changes:
    moved = []
    for kind in Changes._fields:
        frames = [getattr(table.changes, kind) for table in tables]
        shifted = [
            frame.assign(**{name: frame[name] + int(first[n]) for name in ("start", "dest", "stop") if name in frame})
            for n, frame in enumerate(frames)
        ]
        moved.append(pd.concat(shifted, ignore_index=True))
    return Changes(*moved)


def write_timetable(folder: Path, table: Timetable) -> None:
    """Write a timetable into a new folder: Parquet tables and its provenance."""
    folder.mkdir(parents=True)
    frames = {
        "connections": pd.DataFrame({name: getattr(table, name) for name in CONNECTION}),
        "trips": pd.DataFrame({"route": table.trip_route}),
        "stops": table.stops.rename_axis("stop_id").reset_index(),
        "routes": table.routes.rename_axis("route_id").reset_index(),
        **table.changes._asdict(),
    }
    for name in TABLES:
        frames[name].to_parquet(folder / f"{name}.parquet", index=False)
    text = json.dumps({**table.provenance, "day": table.day}, ensure_ascii=False, indent=2, default=str)
    (folder / PROVENANCE).write_text(text + "\n", "utf-8")


def read_timetable(folder: Path) -> Timetable:
    """Return the timetable of a folder, or raise GeoDataError where a file or column is missing or broken."""
    try:
        provenance = json.loads((folder / PROVENANCE).read_text("utf-8"))
        frames = {name: pd.read_parquet(folder / f"{name}.parquet") for name in TABLES}
        connections = {name: frames["connections"][name].to_numpy() for name in CONNECTION}
        table = Timetable(
            day=date.fromisoformat(provenance["day"]),
            stops=frames["stops"].set_index("stop_id"),
            trip_route=frames["trips"]["route"].to_numpy(np.int32),
            routes=frames["routes"].set_index("route_id"),
            changes=Changes(*(frames[name] for name in Changes._fields)),
            provenance=provenance,
            **connections,
        )
    except (OSError, ValueError, KeyError) as error:
        raise GeoDataError(f"{folder}: Fahrplan fehlt oder ist nicht lesbar ({error}). {REMEDY}") from error
    if problems := _problems(table):
        raise GeoDataError(f"{folder}: Fahrplan ist beschädigt: {', '.join(problems)}. {REMEDY}")
    return table


def _problems(table: Timetable) -> list[str]:
    lengths = {name: len(getattr(table, name)) for name in (f.name for f in fields(table)) if name in CONNECTION}
    rules = {
        "ohne Verbindungen": not len(table.departure),
        "Spalten verschieden lang": len(set(lengths.values())) > 1,
        "nicht nach Abfahrt geordnet": bool((np.diff(table.departure) < 0).any()),
        "Halt, den es nicht gibt": bool(
            len(table.from_stop) and max(table.from_stop.max(), table.to_stop.max()) >= len(table.stops)
        ),
        "Fahrt, die es nicht gibt": bool(len(table.trip) and table.trip.max() >= len(table.trip_route)),
    }
    return [rule for rule, broken in rules.items() if broken]
