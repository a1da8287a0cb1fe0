"""Buses on demand (Rufbus, Flexverkehr): where and when they run, how long one waits and rides. None is embedded."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from geodata.catalog.reader import read_blocks
from geodata.catalog.records import Status
from geodata.model import GeoDataError

FOLDER = Path(__file__).parent
FILE = "on_demand.toml"
WEEKDAYS = ("mo", "di", "mi", "do", "fr", "sa", "so")
CLOCK = re.compile(r"([0-2]?\d):([0-5]\d)")
AGS = re.compile(r"\d{8}")


@dataclass(frozen=True, slots=True)
class OnDemand:
    """A service on demand within ``areas`` (8-digit keys of Gemeinden) or between ``stops`` (stop_id), or both.

    It runs on ``weekdays`` from ``begins`` to ``ends`` (HH:MM, may pass 24:00), booked ``booking_minutes`` ahead, and
    comes ``wait_minutes`` after the time that was asked for on average. A ride takes straight line x ``detour`` at
    ``speed_kmh``, and ``boarding_minutes`` for getting on and off.
    """

    id: str
    name: str
    weekdays: tuple[str, ...]
    begins: str
    ends: str
    booking_minutes: float
    wait_minutes: float
    speed_kmh: float
    detour: float
    source: str
    status: Status
    areas: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    boarding_minutes: float = 0.0

    @property
    def hours(self) -> tuple[int, int]:
        """Seconds of the day from the first to the last departure."""
        return clock_seconds(self.begins), clock_seconds(self.ends)


def clock_seconds(text: str) -> int:
    """Return seconds of the day.

    >>> clock_seconds("24:30")
    88200
    """
    hours, minutes = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def read_on_demand(folder: Path = FOLDER) -> Mapping[str, OnDemand]:
    """Return the services of ``on_demand.toml`` by id, none where the file is missing or holds no block.

    Raise one GeoDataError that lists everything that is wrong.
    """
    path, problems = folder / FILE, list[str]()
    if not path.is_file() or _is_empty(path):
        return {}
    services = read_blocks(path, "service", OnDemand, "id", problems)
    problems += [f"{FILE} [{key}]: {text}" for key, service in services.items() for text in _broken(service)]
    if problems:
        raise GeoDataError(f"{len(problems)} broken rules of services on demand:\n" + "\n".join(problems))
    return services


def _is_empty(path: Path) -> bool:
    try:
        return not tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return False  # the reader says what is wrong


def _broken(service: OnDemand) -> Iterator[str]:
    if not service.areas and not service.stops:
        yield "areas or stops must name at least one entry"
    if wrong := [ags for ags in service.areas if not AGS.fullmatch(ags)]:
        yield f"areas must be 8 digits, found '{wrong[0]}'"
    if not service.weekdays or set(service.weekdays) - set(WEEKDAYS):
        yield f"weekdays must be of {', '.join(WEEKDAYS)}, found {list(service.weekdays)}"
    times = [service.begins, service.ends]
    if wrong := [text for text in times if not CLOCK.fullmatch(text)]:
        yield f"times must be HH:MM, found '{wrong[0]}'"
    elif clock_seconds(service.begins) >= clock_seconds(service.ends):
        yield f"begins must be before ends, found {service.begins} and {service.ends} (past midnight: 24:30)"
    for name in ("booking_minutes", "wait_minutes", "boarding_minutes"):
        if getattr(service, name) < 0:
            yield f"{name} must not be negative, found {getattr(service, name)}"
    if service.speed_kmh <= 0 or service.detour < 1:
        yield f"speed_kmh must be above 0 and detour at least 1, found {service.speed_kmh} and {service.detour}"
