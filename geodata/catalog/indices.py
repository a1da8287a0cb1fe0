"""The composite indices of indices.toml: which indicators, with which weight and direction, by which procedure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from geodata import catalog
from geodata.catalog.reader import read_blocks
from geodata.model import GeoDataError

FILE = Path(__file__).parent / "indices.toml"


@dataclass(frozen=True, slots=True)
class Member:
    """An indicator of an index; ``load`` 1: a higher value is more load or need, -1: a lower one."""

    indicator: str
    weight: float
    load: Literal[1, -1]
    note: str


@dataclass(frozen=True, slots=True)
class Index:
    """One composite index; ``method`` and ``how`` as in layers/index.py, ``levels`` where all members have figures."""

    id: str
    name: str
    question: str
    method: Literal["robust", "z", "percentile", "minmax"]
    how: Literal["arithmetic", "geometric"]
    levels: tuple[str, ...]
    members: tuple[Member, ...]
    limits: str
    traps: tuple[str, ...]
    status: str
    proof: str


@cache
def indices(path: Path = FILE) -> Mapping[str, Index]:
    """Return the indices by id; raise one GeoDataError that lists every broken rule."""
    problems: list[str] = []
    found = read_blocks(path, "index", Index, "id", problems)
    problems += [f"{path.name} [{key}]: {text}" for key, index in found.items() for text in _broken(index)]
    if problems:
        raise GeoDataError("\n".join(problems))
    return found


def _broken(index: Index) -> Iterator[str]:
    total = sum(member.weight for member in index.members)
    if abs(total - 1) > 1e-9:
        yield f"weights must add up to 1, found {total:g}"
    for member in index.members:
        if member.indicator not in catalog.indicators():
            yield f"'{member.indicator}' is unknown (name an indicator)"
