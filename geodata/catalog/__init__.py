"""The catalogues: what exists, in the field's own words; how it is computed lives in ``layers``.

Each file beside this one holds blocks of one kind, and one block is one thing: a category, an indicator, a
threshold, a district. They are read and checked together once; whatever is wrong comes as one error.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from geodata.catalog.parts import Part, read_parts
from geodata.catalog.reader import read_blocks, read_rows
from geodata.catalog.records import (
    Catalog,
    Category,
    Completeness,
    District,
    Handlungsfeld,
    Indicator,
    Measure,
    Mode,
    Proof,
    Source,
    Threshold,
    proof_ids,
)
from geodata.catalog.rules import broken_rules
from geodata.catalog.statistics import Breaks, Publisher
from geodata.model import GeoDataError

__all__ = [
    "Catalog",
    "Category",
    "Completeness",
    "District",
    "Handlungsfeld",
    "Indicator",
    "Measure",
    "Mode",
    "Part",
    "Proof",
    "Publisher",
    "Source",
    "Threshold",
    "categories",
    "districts",
    "fixed_breaks",
    "handlungsfelder",
    "indicators",
    "measures",
    "modes",
    "parts",
    "proof_ids",
    "proofs",
    "publishers",
    "read_catalog",
    "sources",
    "thresholds",
]

FOLDER = Path(__file__).parent


def read_catalog(folder: Path = FOLDER) -> Catalog:
    """Return all catalogues of ``folder``; raise one GeoDataError that lists every broken rule."""
    problems: list[str] = []
    catalog = Catalog(
        handlungsfelder=read_blocks(folder / "handlungsfelder.toml", "handlungsfeld", Handlungsfeld, "code", problems),
        categories=read_blocks(folder / "categories.toml", "category", Category, "id", problems),
        thresholds=read_blocks(folder / "thresholds.toml", "threshold", Threshold, "id", problems),
        indicators=read_blocks(folder / "indicators.toml", "indicator", Indicator, "id", problems),
        measures=read_blocks(folder / "measures.toml", "measure", Measure, "id", problems),
        modes=read_blocks(folder / "modes.toml", "mode", Mode, "id", problems),
        sources=read_blocks(folder / "sources.toml", "source", Source, "id", problems),
        districts=read_blocks(folder / "districts.toml", "district", District, "ags", problems),
        proofs=read_blocks(folder / "proofs.toml", "proof", Proof, "id", problems),
        parts=read_parts(folder / "parts.csv", problems),
        publishers=read_blocks(folder / "publishers.toml", "publisher", Publisher, "id", problems),
    )
    # References are judged once every block is there: one that failed would be called unknown elsewhere.
    problems = problems or broken_rules(catalog)
    if problems:
        raise GeoDataError(f"{len(problems)} broken rules in the catalogues:\n" + "\n".join(problems))
    return catalog


@cache
def _fixed_breaks() -> Mapping[tuple[str, str], Breaks]:
    problems: list[str] = []
    found = read_rows(FOLDER / "breaks.toml", "breaks", Breaks, problems)
    for entry in found:
        if list(entry.limits) != sorted(set(entry.limits)) or entry.indicator not in indicators():
            problems.append(f"breaks.toml [{entry.indicator}]: limits must rise, indicator must be known (correct it)")
    if problems:
        raise GeoDataError("\n".join(problems))
    return {(entry.indicator, entry.level): entry for entry in found}


def fixed_breaks(indicator: str, level: str) -> tuple[float, ...]:
    """Return the fixed limits of classes of an indicator on a level; none where the catalogue has none."""
    entry = _fixed_breaks().get((indicator, level))
    return entry.limits if entry else ()


@cache
def _catalog() -> Catalog:
    return read_catalog()


def handlungsfelder() -> Mapping[str, Handlungsfeld]:
    """Return the ten fields of the strategy by code."""
    return _catalog().handlungsfelder


def categories() -> Mapping[str, Category]:
    """Return the kinds of facilities by id."""
    return _catalog().categories


def thresholds() -> Mapping[str, Threshold]:
    """Return laws, guidelines, plans, benchmarks and own settings by id."""
    return _catalog().thresholds


def indicators() -> Mapping[str, Indicator]:
    """Return the indicators of social reporting by id, with or without data."""
    return _catalog().indicators


def measures() -> Mapping[str, Measure]:
    """Return the figures that the atlas computes by id."""
    return _catalog().measures


def modes() -> Mapping[str, Mode]:
    """Return the ways to move by id, with speed and detour."""
    return _catalog().modes


def sources() -> Mapping[str, Source]:
    """Return the sources of the embedded data by id."""
    return _catalog().sources


def districts() -> Mapping[str, District]:
    """Return the districts that can be built by 5-digit key."""
    return _catalog().districts


def parts() -> Mapping[str, Part]:
    """Return the counts and amounts that indicators are made of by id."""
    return _catalog().parts


def publishers() -> Mapping[str, Publisher]:
    """Return who publishes the statistics that can be read in, by form of file."""
    return _catalog().publishers


def proofs() -> Mapping[str, Proof]:
    """Return the list of proofs by id (S1 ..., TLS-PM, M, E)."""
    return _catalog().proofs
