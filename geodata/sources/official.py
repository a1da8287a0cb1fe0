"""What lies in a folder of official files: told by the content of each file, not by its name alone."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from geodata.model import GeoDataError
from geodata.sources.osm_file import ENDINGS
from geodata.sources.vg250 import layer_of
from geodata.sources.zensus import FEATURES, header_of
from geodata.sources.zensus_grid import column_name

REGISTER, ON_DEMAND = "facilities.csv", "on_demand.toml"
REGISTER_COLUMNS = {"id", "category", "name", "ags", "lat", "lon"}
IGNORED = (".part", ".json", ".md5", ".md", ".txt")
START_BYTES = 100_000  # of a table: enough for rows of several Merkmale
UNREADABLE = (OSError, ValueError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True)
class OfficialFiles:
    """The files of a folder by what they are; ``unknown`` are those that nothing reads, with the reason."""

    osm: Path | None = None
    areas: Path | None = None
    people: Path | None = None
    ages: tuple[Path, ...] = ()
    timetables: tuple[Path, ...] = ()
    register: Path | None = None
    on_demand: Path | None = None
    unknown: dict[str, str] = field(default_factory=dict)


def find_files(folder: Path) -> OfficialFiles:
    """Return what lies in ``folder`` (not below it); raise where two files of one kind contradict each other.

    Of several census tables the newer census counts, then the finer grid; several timetables are joined.
    """
    if not folder.is_dir():
        raise GeoDataError(
            f"{folder}: diesen Ordner gibt es nicht. Abhilfe: mit --sources den Ordner der Dateien nennen."
        )
    found: dict[str, list[Path]] = {}
    unknown: dict[str, str] = {}
    for path in sorted(folder.iterdir()):
        if path.is_file() and not path.name.startswith(".") and not path.name.endswith(IGNORED):
            _sort_in(path, found, unknown)
    people, ages = _census_tables(found, unknown)
    return OfficialFiles(
        osm=_only(found.get("osm", []), "Auszüge von OpenStreetMap"),
        areas=_only(found.get("areas", []), "Dateien mit Verwaltungsgebieten"),
        people=people,
        ages=ages,
        timetables=tuple(found.get("gtfs", [])),
        register=next(iter(found.get("register", [])), None),
        on_demand=next(iter(found.get("on_demand", [])), None),
        unknown=unknown,
    )


def _sort_in(path: Path, found: dict[str, list[Path]], unknown: dict[str, str]) -> None:
    """Enter one file under what it is; one that cannot be read is told, never raised."""
    try:
        kind = kind_of(path)
    except UNREADABLE as error:
        unknown[path.name] = f"nicht lesbar ({error})"
        return
    if kind:
        found.setdefault(kind, []).append(path)
    else:
        unknown[path.name] = "unbekannter Inhalt"


def kind_of(path: Path) -> str:
    """Return osm, areas, people, ages, people_ages (one table has both), gtfs, register or on_demand; else empty.

    OpenStreetMap goes by the ending: a damaged extract is to be refused by its reader, not passed over.
    """
    if path.name.endswith(ENDINGS):
        return "osm"
    if path.name == ON_DEMAND:
        return "on_demand"
    if path.name == REGISTER:
        return "register" if set(pd.read_csv(path, nrows=0)) >= REGISTER_COLUMNS else ""
    if path.suffix.lower() == ".gpkg":
        return "areas" if gemeinde_layer(path) else ""
    if path.suffix.lower() == ".zip":
        return _kind_of_zip(path)
    return _census_kind(path) if path.suffix.lower() == ".csv" else ""


def _kind_of_zip(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    if {"stops.txt", "stop_times.txt", "trips.txt"} <= {Path(name).name for name in names}:
        return "gtfs"
    if any(name.lower().endswith(".gpkg") for name in names):
        return "areas" if gemeinde_layer(path) else ""
    return _census_kind(path)


def gemeinde_layer(path: Path) -> str:
    """Return the address for GDAL of a GeoPackage with a layer of Gemeinden (also in a ZIP); empty without one."""
    address = str(path)
    if path.suffix.lower() == ".zip":
        with zipfile.ZipFile(path) as archive:
            inside = next(name for name in archive.namelist() if name.lower().endswith(".gpkg"))
        address = f"/vsizip/{{{path}}}/{inside}"
    return address if layer_of(address, "gem") else ""


def _census_kind(path: Path) -> str:
    """Return whether a census table names people, their ages, or both; empty for rents, homes, households ..."""
    census, _, columns = header_of(path)
    if not census:
        return ""
    if "Merkmal" in columns:  # the long form; one of households or homes counts other things in the same columns
        return "people_ages" if any(word in _start(path) for word in FEATURES[1:]) else ""
    names = {column_name(name) for name in columns}
    known = {"people": "people" in names, "ages": any(name.startswith(("age_", "share_")) for name in names)}
    return "_".join(kind for kind, there in known.items() if there)


def _start(path: Path) -> str:
    """Return the first rows of a table, or of all tables in a ZIP."""
    if path.suffix.lower() != ".zip":
        with path.open("rb") as file:
            return file.read(START_BYTES).decode("latin-1")
    with zipfile.ZipFile(path) as archive:
        tables = [name for name in archive.namelist() if name.lower().endswith(".csv")]
        return "".join(archive.open(name).read(START_BYTES).decode("latin-1") for name in tables)


def _census_tables(
    found: Mapping[str, Sequence[Path]], unknown: dict[str, str]
) -> tuple[Path | None, tuple[Path, ...]]:
    """Return the table of people and those of ages that go with it; the others are told as unused."""
    both = found.get("people_ages", [])
    heads = {path: header_of(path)[:2] for kind in ("people", "people_ages", "ages") for path in found.get(kind, [])}
    ranked = sorted(heads, key=lambda path: (-heads[path][0], heads[path][1], path in both, path.name))
    people = next((path for path in ranked if path not in found.get("ages", [])), None)
    aged = [*both, *found.get("ages", [])]
    ages = tuple(path for path in ranked if path in aged and path != people and people and heads[path] == heads[people])
    for path in heads.keys() - {people, *ages}:
        used = f"verwendet wird {people.name}" if people else "es fehlt die Tabelle der Einwohner dazu"
        unknown[path.name] = f"Zensus {heads[path][0]}, Gitter {heads[path][1]} m: {used}"
    return people, ages


def _only(paths: Sequence[Path], what: str) -> Path | None:
    if len(paths) > 1:
        names = ", ".join(path.name for path in paths)
        raise GeoDataError(f"mehrere {what}: {names}. Abhilfe: nur eine Datei im Ordner lassen.")
    return paths[0] if paths else None
