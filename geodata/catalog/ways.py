"""The rules by which OpenStreetMap's ways become a network: classes, surfaces, access. Own settings throughout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from geodata.catalog.reader import read_blocks
from geodata.model import GeoDataError

FOLDER = Path(__file__).parent
ROAD_MODES = ("fuss", "rad", "pkw", "rollstuhl")


@dataclass(frozen=True, slots=True)
class WayClass:
    """km/h per mode on one class of ways; 0 where only a tag lets the mode pass."""

    highway: str
    fuss: float
    rad: float
    pkw: float
    rollstuhl: float


@dataclass(frozen=True, slots=True)
class WaySurface:
    """Factor on the speed of each mode on one surface."""

    surface: str
    fuss: float
    rad: float
    pkw: float
    rollstuhl: float


@dataclass(frozen=True, slots=True)
class WayAccess:
    """Which tags open and close a way for a mode, the particular after the general."""

    mode: str
    keys: tuple[str, ...]
    opens: tuple[str, ...]
    barriers: tuple[str, ...]
    follows_oneway: bool
    maxspeed_factor: float


@dataclass(frozen=True, slots=True)
class WayRules:
    """All rules, by highway class, surface and mode."""

    classes: Mapping[str, WayClass]
    surfaces: Mapping[str, WaySurface]
    access: Mapping[str, WayAccess]


def read_way_rules(folder: Path = FOLDER) -> WayRules:
    """Return the rules of ``folder``; raise one GeoDataError that lists everything that is wrong."""
    problems: list[str] = []
    rules = WayRules(
        read_blocks(folder / "ways.toml", "way", WayClass, "highway", problems),
        read_blocks(folder / "way_surfaces.toml", "surface", WaySurface, "surface", problems),
        read_blocks(folder / "way_access.toml", "access", WayAccess, "mode", problems),
    )
    problems += [
        f"ways.toml [{key}]: km/h must not be negative" for key, way in rules.classes.items() if _least(way) < 0
    ]
    problems += [
        f"way_surfaces.toml [{key}]: factors must be above 0" for key, way in rules.surfaces.items() if _least(way) <= 0
    ]
    if not problems and set(rules.access) != set(ROAD_MODES):
        problems.append(
            f"way_access.toml: one block for each of {', '.join(ROAD_MODES)}, found {', '.join(rules.access)}"
        )
    if problems:
        raise GeoDataError(f"{len(problems)} broken rules of ways:\n" + "\n".join(problems))
    return rules


def _least(row: WayClass | WaySurface) -> float:
    return min(row.fuss, row.rad, row.pkw, row.rollstuhl)


@cache
def way_rules() -> WayRules:
    """Return the rules that ship with the project."""
    return read_way_rules()
