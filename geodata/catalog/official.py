"""The official files that a district is built from, and the Länder whose extracts they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from geodata.catalog.reader import read_blocks
from geodata.catalog.records import Status
from geodata.model import GeoDataError

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class OfficialFile:
    """One file: ``url`` (may hold {land}) is empty where it is never fetched, ``file`` is its name in the folder.

    ``checksum`` "md5": the publisher puts one beside the file.
    """

    id: str
    kind: Literal["osm", "vg250", "zensus", "gtfs", "register"]
    title: str
    publisher: str
    licence: str
    attribution: str
    used_for: str
    status: Status
    url: str = ""
    file: str = ""
    licence_url: str = ""
    checksum: Literal["", "md5"] = ""


@dataclass(frozen=True, slots=True)
class Land:
    """A Land: the first two digits of its keys, its name, and how addresses write it."""

    key: str
    name: str
    slug: str


def read_official_files(folder: Path = FOLDER) -> Mapping[str, OfficialFile]:
    """Return the files of ``official.toml`` by id; raise one GeoDataError that lists everything that is wrong."""
    problems: list[str] = []
    files = read_blocks(folder / "official.toml", "file", OfficialFile, "id", problems)
    problems += [f"official.toml [{key}]: {text}" for key, entry in files.items() for text in _broken(entry)]
    if problems:
        raise GeoDataError(f"{len(problems)} broken rules of official files:\n" + "\n".join(problems))
    return files


def _broken(entry: OfficialFile) -> Iterator[str]:
    if entry.url and not entry.url.startswith("https://"):
        yield f"url must begin with https://, found '{entry.url}'"
    if entry.url and not entry.file:
        yield "file must name what is fetched from url"
    if "/" in entry.file:
        yield f"file must be a name without folders, found '{entry.file}'"


def read_laender(folder: Path = FOLDER) -> Mapping[str, Land]:
    """Return the Länder by key; raise one GeoDataError that lists everything that is wrong."""
    problems: list[str] = []
    laender = read_blocks(folder / "laender.toml", "land", Land, "key", problems)
    if problems:
        raise GeoDataError(f"{len(problems)} broken rules of Länder:\n" + "\n".join(problems))
    return laender


@cache
def official_files() -> Mapping[str, OfficialFile]:
    """Return the files that ship with the project."""
    return read_official_files()


def land_of(ags: str) -> Land:
    """Return the Land of a key; raise GeoDataError for one that belongs to none.

    >>> land_of("16063").name
    'Thüringen'
    """
    laender = read_laender()
    if ags[:2] not in laender:
        raise GeoDataError(f"Schlüssel {ags}: gehört zu keinem Land. Abhilfe: fünfstelligen Kreisschlüssel nennen.")
    return laender[ags[:2]]
