"""Which indicators lead the profile (Steckbrief) of an area, and how each is said plainly: our own choice by level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from geodata.catalog.reader import read_blocks
from geodata.model import GeoDataError

FILE = Path(__file__).parent / "leading.toml"
FEWEST, MOST = 8, 10  # fachgrundlage 7.2
NUMBER = "{wert}"


@dataclass(frozen=True, slots=True)
class Lead:
    """One leading indicator, the reason for it, and a sentence around its number ({wert})."""

    indicator: str
    reason: str
    plain: str


@dataclass(frozen=True, slots=True)
class Leading:
    """The leading indicators of a level in the order shown."""

    level: Literal["gemeinde", "sozialraum"]
    members: tuple[Lead, ...]


def read_leading(path: Path, known: frozenset[str]) -> dict[str, Leading]:
    """Return the leading indicators by level; raise one GeoDataError that lists every broken rule.

    ``known``: the indicators that may lead.
    """
    problems: list[str] = []
    found = read_blocks(path, "leading", Leading, "level", problems)
    for leading in found.values():
        problems.extend(f"{path.name} [{leading.level}]: {text}" for text in _broken(leading, known))
    if problems:
        raise GeoDataError(f"{len(problems)} broken rules in the catalogues:\n" + "\n".join(problems))
    return found


def _broken(leading: Leading, known: frozenset[str]) -> Iterator[str]:
    keys = [lead.indicator for lead in leading.members]
    if not FEWEST <= len(keys) <= MOST:
        yield f"members must be {FEWEST} to {MOST} indicators, found {len(keys)} (a profile stays short)"
    for key in dict.fromkeys(keys):
        if key not in known:
            yield f"indicator '{key}' is unknown (name one of indicators.toml)"
        if keys.count(key) > 1:
            yield f"indicator '{key}' must not lead twice (remove one)"
    for lead in leading.members:
        if lead.plain.count(NUMBER) != 1 or "{" in lead.plain.replace(NUMBER, ""):
            yield f"plain of '{lead.indicator}' must hold {NUMBER} once and no other braces, found '{lead.plain}'"


@cache
def leading() -> Mapping[str, Leading]:
    """Return the leading indicators of the project by level."""
    from geodata import catalog

    return read_leading(FILE, frozenset(catalog.indicators()))
