"""Facilities and stops of a district from OpenStreetMap and timetables, beside a register where there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata import catalog
from geodata.assemble.inputs import source_of
from geodata.assemble.merge import merge_with_register
from geodata.assemble.points import build_stations, build_stops, locate, shape_facilities, split_stops
from geodata.catalog import Category
from geodata.model import METRIC_CRS, PLACE_COLUMNS
from geodata.sources.gtfs_day import DAY_S, Timetable
from geodata.sources.osm_facilities import SOURCE

STATION_KINDS = {"bahn", "ubahn"}
PLATFORM = r"\s+(?:Bstg|Bussteig|Steig|Gleis|Gl\.)\s*\S{1,3}$"
UNPRINTED = r"[^\w.:-]+"
SAME_STOP_M = 150.0  # platforms of one name farther apart are two stops


def stops_of(table: Timetable, gemeinden: gpd.GeoDataFrame, reach: float) -> gpd.GeoDataFrame:
    """Return the stops that are served on the day, platforms of one station as one, in the columns of facilities."""
    served = np.union1d(table.from_stop, table.to_stop)
    rows = table.stops.iloc[served].assign(kind=_kinds(table)[served])
    rows["name"] = rows["name"].str.replace(PLATFORM, "", regex=True)
    rows["id"] = "halt-" + rows.index.astype(str).str.replace(UNPRINTED, "-", regex=True)
    site = rows["parent"].where(rows["parent"] != "", rows["name"] + _raster(rows))
    groups = rows.groupby(site, sort=True)
    frame = pd.DataFrame(
        {
            "id": groups["id"].first(),
            "name": groups["name"].first(),
            "kind": groups["kind"].max().map({1: "bahnhof", 0: "haltestelle"}),
            "wheelchair": groups["wheelchair"].agg(_all_step_free),
            "note": _departures(table, served, site),
        }
    )
    points = gpd.points_from_xy(groups["x"].mean(), groups["y"].mean(), crs=METRIC_CRS)
    located = locate(gpd.GeoDataFrame(frame, geometry=points), gemeinden, reach)
    day = table.day.isoformat()
    located = located.assign(category="haltestelle", precision="stop", source="fahrplan", seen=day)
    return shape_facilities(located.set_index("id"))


def listed_stops(
    stops: gpd.GeoDataFrame, stations: gpd.GeoDataFrame, gemeinden: gpd.GeoDataFrame, reach: float
) -> gpd.GeoDataFrame:
    """Return stops and stations of the lists of Deutsche Bahn in the columns of facilities; they know no departures."""
    rail, bus = source_of("bahnhoefe"), source_of("haltestellen")
    near = locate(stations, gemeinden, reach)
    kept = split_stops(locate(stops, gemeinden, reach), near)["kept"]
    parts = [
        build_stations(near, source=rail.id, seen=rail.date),
        build_stops(kept, source=bus.id, seen=bus.date),
    ]
    return gpd.GeoDataFrame(pd.concat(parts).sort_index())


def _departures(table: Timetable, served: np.ndarray, site: pd.Series) -> pd.Series:
    """Return in words how often something departs on the day, by site: number, first and last departure."""
    by_stop = pd.Series(site.to_numpy(), index=served)
    boards = table.boards & (table.departure < DAY_S)
    rows = pd.DataFrame({"site": by_stop.reindex(table.from_stop[boards]).to_numpy(), "at": table.departure[boards]})
    found = rows.groupby("site")["at"].agg(["size", "min", "max"]).reindex(sorted(site.unique()))
    day = f"{table.day:%d.%m.%Y}"
    texts = [f"{day}: {_said(*row)}" for row in found.itertuples(index=False)]
    return pd.Series(texts, index=found.index)


def _said(count: float, first: float, last: float) -> str:
    if np.isnan(count):
        return "keine Abfahrt"
    return (
        f"1 Abfahrt um {_clock(first)} Uhr"
        if count == 1
        else f"{count:.0f} Abfahrten, {_clock(first)} bis {_clock(last)} Uhr"
    )


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 3600}:{int(seconds) % 3600 // 60:02d}"


def _kinds(table: Timetable) -> np.ndarray:
    """Return 1 for every stop that a train serves, else 0."""
    rail = table.routes["kind"].isin(STATION_KINDS).to_numpy()[table.trip_route][table.trip]
    kinds = np.zeros(len(table.stops), np.int64)
    for ends in (table.from_stop, table.to_stop):
        np.maximum.at(kinds, ends, rail.astype(np.int64))
    return kinds


def _raster(rows: pd.DataFrame) -> pd.Series:
    columns, lines = rows["x"] // SAME_STOP_M, rows["y"] // SAME_STOP_M
    return pd.Series([f" {x:.0f} {y:.0f}" for x, y in zip(columns, lines, strict=True)], rows.index)


def _all_step_free(values: pd.Series) -> str:
    """Return "yes" only where every platform is, "no" where one is not, else unknown."""
    return "no" if (values == "no").any() else "yes" if (values == "yes").all() else ""


def facilities_of(
    register: gpd.GeoDataFrame, osm: gpd.GeoDataFrame | None, gemeinden: gpd.GeoDataFrame, reach: float
) -> tuple[gpd.GeoDataFrame, int]:
    """Return register and OpenStreetMap as one frame without doubles, and how many of the latter were doubles."""
    if osm is None:
        return register, 0
    near = locate(osm.drop(columns=["ags", "inside"]), gemeinden, reach)
    found = shape_facilities(near)
    merged = merge_with_register(register, found)
    return merged.facilities.sort_index(), len(merged.dropped)


def no_facilities() -> gpd.GeoDataFrame:
    """Return an empty register."""
    return shape_facilities(gpd.GeoDataFrame({"id": []}, geometry=[], crs=METRIC_CRS).set_index("id"))


def places_of(
    places: gpd.GeoDataFrame | None, cells: gpd.GeoDataFrame, gemeinden: gpd.GeoDataFrame, reach: float
) -> gpd.GeoDataFrame:
    """Return the places of a basemap as the dataset has them; a Gemeinde that none names stands at its largest cell."""
    named = places if places is not None else gpd.GeoDataFrame({"name": []}, geometry=[], crs=METRIC_CRS)
    located = locate(named.reset_index(drop=True), gemeinden, reach).assign(source=SOURCE)
    located = located.set_axis("ort-" + located.index.astype(str))
    lacking = gemeinden["name"][~gemeinden["name"].isin(located.loc[located["inside"], "name"])]
    largest = cells.dropna(subset=["ags", "counted"]).sort_values("counted").drop_duplicates("ags", keep="last")
    spots = largest.set_index("ags").reindex(lacking.index)[["geometry"]].dropna()
    figures = gemeinden[["name", "population"]].reindex(spots.index)
    added = spots.join(figures).assign(inside=True, source="zellen", ags=spots.index)
    frame = pd.concat([located, gpd.GeoDataFrame(added.set_axis("gemeinde-" + added.index))])
    frame = frame.reindex(columns=[*PLACE_COLUMNS, "source", "geometry"]).rename_axis("id")
    return gpd.GeoDataFrame(frame.astype({"inside": bool, "population": float}), crs=METRIC_CRS)


def judge_register(
    facilities: gpd.GeoDataFrame, *, known: Mapping[str, Category], day: str, keep: bool
) -> dict[str, dict[str, Any]]:
    """Return how complete each category is in a district whose facilities come from OpenStreetMap.

    ``keep``: the catalogue judges the register of this district; then only categories that it calls empty and that
    OpenStreetMap fills are judged anew. Nobody has compared the rest with an official list, and that is what is said.
    """
    inside = facilities[facilities["inside"]]
    counts, around = inside["category"].value_counts(), facilities["category"].value_counts()
    from_osm = inside.loc[inside["source"] == SOURCE, "category"].value_counts()
    judged: dict[str, dict[str, Any]] = {}
    for key, category in known.items():
        if keep and not (category.completeness.judgement == "keine" and from_osm.get(key, 0)):
            continue
        found = tuple(int(rows.get(key, 0)) for rows in (counts, around, from_osm))
        judged[key] = _judgement(category, *found, day=day)
    return judged


def _judgement(category: Category, count: int, around: int, from_osm: int, *, day: str) -> dict[str, Any]:
    stand = ".".join(reversed(day.split("-"))) if day else "ohne Datum"
    texts = {
        "keine": "Keine Zeile im Bestand.",
        "ungeprueft": f"{count} im Kreis erfasst, davon {from_osm} aus OpenStreetMap ({stand}); mit keinem amtlichen "
        "Verzeichnis verglichen.",
        "ausreichend": f"{count} Halte im Kreis.",
    }
    judgement = "keine" if not around else "ausreichend" if category.id == "haltestelle" else "ungeprueft"
    return {
        "expected_text": "unbekannt",
        "judgement": judgement,
        "note": texts[judgement],
        "missing_source": category.register.rstrip(".") or catalog.categories()[category.id].register,
        "outside_known": bool(from_osm) or category.id == "haltestelle",
        "standort": category.completeness.standort,
    }
