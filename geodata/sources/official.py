"""What lies in a folder of official files: told by the content of each file, not by its name alone."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyogrio

from geodata.model import GeoDataError
from geodata.sources.osm_file import ENDINGS
from geodata.sources.zensus import header_of

REGISTER = "facilities.csv"
REGISTER_COLUMNS = {"id", "category", "name", "ags", "lat", "lon"}
IGNORED = (".part", ".json", ".md5", ".md", ".txt")


@dataclass(frozen=True)
class OfficialFiles:
    """The files of a folder by what they are; ``unknown`` are those that nothing reads, with the reason."""

    osm: Path | None = None
    areas: Path | None = None
    people: Path | None = None
    ages: tuple[Path, ...] = ()
    timetables: tuple[Path, ...] = ()
    register: Path | None = None
    unknown: dict[str, str] = field(default_factory=dict)


@dataclass
class _Sorted:
    """Paths by kind while a folder is looked through."""

    found: dict[str, list[Path]] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)

    def add(self, kind: str, path: Path) -> None:
        self.found.setdefault(kind, []).append(path)


def find_files(folder: Path) -> OfficialFiles:
    """Return what lies in ``folder`` (not below it); raise where two files of one kind contradict each other.

    Of several census tables the newer census counts, then the finer grid; several timetables are joined.
    """
    if not folder.is_dir():
        raise GeoDataError(
            f"{folder}: diesen Ordner gibt es nicht. Abhilfe: mit --sources den Ordner der Dateien nennen."
        )
    by_kind = _Sorted()
    for path in sorted(folder.iterdir()):
        if path.is_file() and not path.name.startswith(".") and not path.name.endswith(IGNORED):
            _sort_in(path, by_kind)
    found = by_kind.found
    people, ages = _newest(found.get("people", [])), _newest(found.get("ages", []))
    return OfficialFiles(
        osm=_only(found.get("osm", []), "Auszüge von OpenStreetMap"),
        areas=_only(found.get("areas", []), "Dateien mit Verwaltungsgebieten"),
        people=people[0] if people else None,
        ages=tuple(path for path in ages if people and header_of(path)[:2] == header_of(people[0])[:2]),
        timetables=tuple(found.get("gtfs", [])),
        register=found["register"][0] if "register" in found else None,
        unknown=by_kind.unknown,
    )


def _sort_in(path: Path, found: _Sorted) -> None:
    """Enter one file under what it is; one that cannot be read is told, never raised."""
    try:
        kind = kind_of(path)
    except (OSError, ValueError, zipfile.BadZipFile, UnicodeDecodeError, RuntimeError) as error:
        found.unknown[path.name] = f"nicht lesbar ({error})"
        return
    if kind:
        found.add(kind, path)
    else:
        found.unknown[path.name] = "unbekannter Inhalt"


def kind_of(path: Path) -> str:
    """Return osm, areas, people, ages, gtfs or register; empty for a file that nothing reads."""
    if path.name.endswith(ENDINGS):
        return "osm"
    if path.name == REGISTER:
        return "register" if set(pd.read_csv(path, nrows=0)) >= REGISTER_COLUMNS else ""
    if path.suffix == ".gpkg":
        return "areas" if gemeinde_layer(path) else ""
    if path.suffix == ".zip":
        return _kind_of_zip(path)
    return _census_kind(path) if path.suffix == ".csv" else ""


def _kind_of_zip(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        names = [Path(name).name for name in archive.namelist()]
    if {"stops.txt", "stop_times.txt", "trips.txt"} <= set(names):
        return "gtfs"
    if any(name.endswith(".gpkg") for name in names):
        return "areas" if gemeinde_layer(path) else ""
    return _census_kind(path)


def gemeinde_layer(path: Path) -> str:
    """Return the address for GDAL of a GeoPackage with a layer of Gemeinden (also in a ZIP); empty without one."""
    address = str(path)
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            inside = next(name for name in archive.namelist() if name.endswith(".gpkg"))
        address = f"/vsizip/{path}/{inside}"
    layers = [str(name).lower() for name in pyogrio.list_layers(address)[:, 0]]
    return address if any(name.endswith("_gem") for name in layers) else ""


def _census_kind(path: Path) -> str:
    try:
        census, _, columns = header_of(path)
    except GeoDataError:
        return ""
    if not census:
        return ""
    counts = {"einwohner", "insgesamt_bevoelkerung", "merkmal"}
    return "people" if counts & {name.lower() for name in columns} else "ages"


def _newest(paths: list[Path]) -> list[Path]:
    """Return census tables, the newer census first, then the finer grid."""
    return sorted(paths, key=lambda path: (-header_of(path)[0], header_of(path)[1], path.name))


def _only(paths: Iterable[Path], what: str) -> Path | None:
    names = [path.name for path in paths]
    if len(names) > 1:
        raise GeoDataError(f"mehrere {what}: {', '.join(names)}. Abhilfe: nur eine Datei im Ordner lassen.")
    return next(iter(paths), None)
