"""The schemes by which stops and places get a class of service (ÖV-Güteklassen)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from geodata.catalog.reader import read_blocks
from geodata.catalog.records import Status
from geodata.model import GeoDataError

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Interval:
    """Category of a stop by group of vehicles where the mean interval is below ``minutes`` (the last: at most)."""

    minutes: float
    category: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Ring:
    """Class of service by metres (upper limit, inclusive) around a stop of one category."""

    category: str
    classes: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True)
class ServiceScheme:
    """One scheme. ``groups`` from the best to the least; ``vehicles`` says the group of each kind, others do not count.

    A stop where trains leave in ``node_directions`` directions or more counts as ``node_group``; 0: none does.
    """

    id: str
    name: str
    begin_hour: int
    end_hour: int
    groups: tuple[str, ...]
    vehicles: Mapping[str, str] = field(hash=False)
    node_directions: int
    intervals: tuple[Interval, ...]
    rings: tuple[Ring, ...]
    source: str
    url: str
    status: Status
    note: str
    node_group: str = ""

    def metres(self, category: str) -> list[tuple[float, str]]:
        """Return the limits of the rings around a stop of ``category`` with their classes, from the inside."""
        rings = next((ring.classes for ring in self.rings if ring.category == category), {})
        return sorted((float(limit), letter) for limit, letter in rings.items())


def read_service_schemes(folder: Path = FOLDER) -> Mapping[str, ServiceScheme]:
    """Return the schemes of ``folder`` by id; raise one GeoDataError that lists everything that is wrong."""
    problems: list[str] = []
    schemes = read_blocks(folder / "service_classes.toml", "scheme", ServiceScheme, "id", problems)
    problems += [f"service_classes.toml [{key}]: {text}" for key, one in schemes.items() for text in _broken(one)]
    if problems:
        raise GeoDataError(f"{len(problems)} broken rules of service classes:\n" + "\n".join(problems))
    return schemes


def _broken(scheme: ServiceScheme) -> Iterator[str]:
    limits, groups = [row.minutes for row in scheme.intervals], set(scheme.groups)
    if not limits or limits != sorted(set(limits)) or limits[0] <= 0:
        yield f"minutes of the intervals must rise from above 0, found {limits}"
    named = set(scheme.vehicles.values()) | {group for row in scheme.intervals for group in row.category}
    named |= {scheme.node_group} - {""}
    if unknown := sorted(named - groups):
        yield f"unknown group {', '.join(map(repr, unknown))} (add it to groups)"
    categories = {category for row in scheme.intervals for category in row.category.values()}
    if unknown := sorted(categories - {ring.category for ring in scheme.rings}):
        yield f"category without ring {', '.join(map(repr, unknown))} (add the ring)"
    if wrong := [limit for ring in scheme.rings for limit in ring.classes if not re.fullmatch(r"[1-9]\d*", limit)]:
        yield f"rings are named by whole metres, found {wrong[0]!r}"
    if not 0 <= scheme.begin_hour < scheme.end_hour <= 24:
        yield f"hours must rise within the day, found {scheme.begin_hour} to {scheme.end_hour}"
    if bool(scheme.node_directions) != bool(scheme.node_group):
        yield "node_directions and node_group stand together"


@cache
def service_schemes() -> Mapping[str, ServiceScheme]:
    """Return the schemes that ship with the project."""
    return read_service_schemes()
