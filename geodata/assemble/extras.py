"""What official files add to a district: census cells, road networks, facilities, basemap, timetable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geodata import catalog, validate
from geodata.assemble.cells import build_cells, reconcile, settled_parts, spread_people
from geodata.assemble.inputs import box_around
from geodata.assemble.network_points import no_facilities
from geodata.assemble.points import build_register
from geodata.model import METRIC_CRS, GeoDataError
from geodata.network import Network, snap
from geodata.sources import osm, osm_basemap, osm_facilities, zensus
from geodata.sources.facilities import read_facilities
from geodata.sources.gtfs import read_feed
from geodata.sources.gtfs_day import Timetable, timetable, typical_working_day
from geodata.sources.osm_file import extract_day
from geodata.timetable import cut_timetable, join_timetables

Progress = Callable[[str], None]
LEAST_DIFFERENCE = 0.5  # people
LIVED_IN = "wohnen"  # class of the settlement layer
REMEDY = "Abhilfe: die Gitterdatei des Zensus in den Ordner der Quellen legen."
LEAST_COVERED = 0.1  # share of people near a way; below it the extract belongs to another region


@dataclass(frozen=True)
class Given:
    """The official files to build from; what is not there is None or empty."""

    areas: Path | None = None
    people: Path | None = None
    ages: tuple[Path, ...] = ()
    osm: Path | None = None
    timetables: tuple[Path, ...] = ()
    register: Path | None = None
    day: date | None = None
    on_demand: Path | None = None


@dataclass(frozen=True, eq=False)
class FromOsm:
    """What an OpenStreetMap file holds of a district and its surroundings."""

    networks: Mapping[str, Network] = field(default_factory=dict)
    facilities: gpd.GeoDataFrame | None = None
    basemap: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    note: Mapping[str, Any] = field(default_factory=dict)
    day: str = ""


def read_cells(given: Given, gemeinden: gpd.GeoDataFrame, reach: float, progress: Progress) -> gpd.GeoDataFrame:
    """Return the census cells of a district and ``reach`` metres around it as counted; empty without a file."""
    if given.people is None:
        return build_none()
    progress(f"{given.people.name}: lese Rasterzellen")
    box = zensus.box_around(gemeinden, reach)
    metres = zensus.header_of(given.people)[1]
    cells = zensus.read_zensus(given.people, metres=metres, box=box)
    for path in given.ages:
        progress(f"{path.name}: lese Altersgruppen")
        cells = zensus.join_cells(cells, zensus.read_zensus(path, metres=metres, box=box))
    return build_cells(cells, gemeinden, buffer_m=reach)


def build_none() -> gpd.GeoDataFrame:
    """Return no cells in the columns that others rely on."""
    columns = ["ags", "population", "counted", "census", "zensus2011", "area_ha"]
    return gpd.GeoDataFrame(pd.DataFrame(columns=columns), geometry=[], crs=METRIC_CRS)


def homes_on_settled_land(settled: gpd.GeoDataFrame | None, gemeinden: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the people of each Gemeinde on its residential land, for a district without census cells.

    ``settled`` is the settlement layer of a basemap.
    """
    if settled is None or settled.empty:
        raise GeoDataError(f"Wohnorte: keine Gitterdatei des Zensus und keine Wohngebiete aus OpenStreetMap. {REMEDY}")
    parts = settled_parts(settled[settled["class"] == LIVED_IN], gemeinden)
    homes = spread_people(parts, gemeinden["population"])
    return homes.set_axis("wohngebiet-" + homes.index.astype(str)).rename_axis("id")


def read_osm(path: Path | None, gemeinden: gpd.GeoDataFrame, reach: float, progress: Progress) -> FromOsm:
    """Return networks, facilities and basemap of a district and ``reach`` metres around it; nothing without a file."""
    if path is None:
        return FromOsm()
    box = box_around(gemeinden, reach)
    return FromOsm(
        networks=osm.read_networks(path, box=box, progress=progress),
        facilities=osm_facilities.read_osm_facilities(path, box=box, progress=progress),
        basemap=osm_basemap.read_osm_basemap(path, box=box, progress=progress),
        note=osm_basemap.basemap_note(path, box),
        day=extract_day(path),
    )


def read_day(given: Given, gemeinden: gpd.GeoDataFrame, reach: float, progress: Progress) -> Timetable | None:
    """Return one day of all timetables around a district: the one asked for, else a typical working day of all."""
    if not given.timetables:
        return None
    feeds = []
    for path in given.timetables:
        progress(f"{path.name}: lese Fahrplan")
        feeds.append(read_feed(path))
    day = given.day or typical_working_day(feeds[0])
    west, south, east, north = gemeinden.total_bounds
    box = (west - reach, south - reach, east + reach, north + reach)
    cut = [cut_timetable(timetable(feed, day), box) for feed in feeds]
    progress(f"Fahrplan: {day:%d.%m.%Y}, {sum(len(part.departure) for part in cut)} Fahrten von Halt zu Halt")
    return join_timetables(cut)


def scale_cells(cells: gpd.GeoDataFrame, population: pd.Series) -> gpd.GeoDataFrame:
    """Return the cells with the people of each Gemeinde scaled to its figure; what fits already stays as counted."""
    summed = cells["counted"].groupby(cells["ags"]).sum()
    differs = (population - summed.reindex(population.index, fill_value=0.0)).abs() > LEAST_DIFFERENCE
    people, state = reconcile(cells["counted"], cells["population_state"], cells["ags"], population[differs])
    return cells.assign(population=people, population_state=state)


def read_register(given: Given, gemeinden: gpd.GeoDataFrame, progress: Progress) -> gpd.GeoDataFrame:
    """Return the checked own register of a district, empty where there is none."""
    if given.register is None:
        return no_facilities()
    progress(f"{given.register.name}: lese Einrichtungen")
    register = read_facilities(given.register)
    validate.check_facilities(register, place=given.register.name, areas=gemeinden, categories=catalog.categories())
    return build_register(register)


def people_off_network(networks: Mapping[str, Network], homes: gpd.GeoDataFrame) -> dict[str, float]:
    """Return per mode the share of people farther than 500 m from every way.

    Raise GeoDataError where that is nearly all of them: then the extract belongs to another region.
    """
    inside = homes[homes["ags"].notna() & homes["population"].notna()]
    x, y, people = inside.geometry.x, inside.geometry.y, inside["population"]
    off = {mode: float(people[snap(net, x, y)["node"] < 0].sum() / people.sum()) for mode, net in networks.items()}
    if off and min(off.values()) > 1 - LEAST_COVERED:
        raise GeoDataError(
            f"Wegenetz: nur {100 * (1 - min(off.values())):.0f} % der Menschen wohnen höchstens 500 m von einem Weg. "
            "Abhilfe: einen Auszug angeben, der den Kreis mit Umland enthält."
        )
    return off
