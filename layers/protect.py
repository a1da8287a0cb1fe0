"""Counts as an audience may see them: small ones hidden, and as many more that no sum or difference gives them away.

Rules and method are those of ``geodata.confidentiality`` and ``geodata.secondary``; here they meet the cubes of all
levels, which are one table per part and year: Gemeinden, Sozialräume and the Kreis together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from geodata.catalog import Indicator, Part
from geodata.catalog.formula import names, parse
from geodata.confidentiality import RULES, Audience, Rule, Secrecy, primary
from geodata.model import State
from geodata.secondary import Protection, secondary
from layers.cube import CODE, FIRST_EMPTY, Cells, Cube, Floats
from layers.formulas import evaluate

HIDDEN_CODES = (CODE[State.SUPPRESSED_PRIMARY], CODE[State.SUPPRESSED_SECONDARY])
STRICTNESS: tuple[Secrecy, ...] = ("frei", "amtlich", "schutz")


@dataclass(frozen=True)
class Hidden:
    """How many figures of all levels and years were hidden: small ones, and others for their sake."""

    primary: int = 0
    secondary: int = 0


@dataclass(frozen=True, eq=False)
class Catalogue:
    """What the rules need of the catalogue."""

    parts: Mapping[str, Part]
    indicators: Mapping[str, Indicator]


def protect(
    cubes: Mapping[str, Cube], groups: Mapping[str, pd.Series], catalogue: Catalogue, audience: Audience
) -> tuple[dict[str, Cube], Hidden]:
    """Return the cubes of all levels without what an audience must not see, and how much that is.

    ``groups``: per level the area of every Gemeinde. What is hidden has no value and one state, whatever the reason:
    only ``intern`` may tell a small figure from one that is hidden for its sake, and there nothing is hidden.
    """
    found = {level: replace(cube, value=cube.value.copy(), code=cube.code.copy()) for level, cube in cubes.items()}
    levels = [level for level in groups if level in cubes and cubes[level].parts]
    small = more = 0
    for part in sorted({part for level in levels for part in cubes[level].parts}):
        rule = RULES[secrecy_of(part, catalogue)][audience]
        if rule.k <= 1:
            continue
        first, second = _protect_part(found, levels, groups, (part, rule), catalogue)
        small, more = small + first, more + second
    return found, Hidden(small, more)


def secrecy_of(part: str, catalogue: Catalogue) -> Secrecy:
    """Return the class of secrecy of a part; of an indicator published ready made the strictest of its counts."""
    if part in catalogue.parts:
        return catalogue.parts[part].secrecy if catalogue.parts[part].whole else "frei"
    indicator = catalogue.indicators.get(part)
    if indicator is None or not indicator.count or not indicator.per:
        return "frei"
    classes: list[Secrecy] = [
        catalogue.parts[name].secrecy for name in names(parse(indicator.count)) if catalogue.parts[name].whole
    ]
    return max(classes, key=STRICTNESS.index, default="frei")


def _protect_part(
    cubes: dict[str, Cube],
    levels: list[str],
    groups: Mapping[str, pd.Series],
    secret: tuple[str, Rule],
    catalogue: Catalogue,
) -> tuple[int, int]:
    """Hide what a rule hides of one part on all levels and in all years; return how many cells that are."""
    part, rule = secret
    having = [level for level in levels if part in cubes[level].parts]
    years = sorted({year for level in having for year in cubes[level].years})
    stacked = [_counts(cubes[level], part, years, catalogue) for level in having]
    counts, known_secret = (
        np.concatenate(pieces, axis=1) for pieces in zip(*(each[:2] for each in stacked), strict=True)
    )
    universe = np.concatenate([each[2] for each in stacked], axis=1)
    small = primary(counts, rule.k, universe if rule.complement else None)
    hidden = small | known_secret
    if not hidden.any():
        return 0, 0
    membership = np.concatenate([_membership(cubes[level], groups[level]) for level in having])
    busy = hidden.any(axis=1)
    more = np.zeros_like(hidden)
    more[busy] = secondary(membership, np.rint(counts[busy]), hidden[busy], Protection(rule.k))
    begin = 0
    for level in having:
        width = len(cubes[level].areas)
        _hide(cubes[level], part, years, (small | more)[:, begin : begin + width])
        begin += width
    return int(small.sum()), int(more.sum())


def _counts(cube: Cube, part: str, years: list[int], catalogue: Catalogue) -> tuple[Floats, np.ndarray, Floats]:
    """Return counts, which of them their source keeps secret, and their universe, [year, area]."""
    cells = cube.cells(part)
    value, universe = cells.value, _universe(cube, part, catalogue)
    if part in catalogue.indicators:  # a rate that is published ready made: its count follows from it
        indicator = catalogue.indicators[part]
        base = evaluate(parse(indicator.per), cube.cells).value
        value = np.rint(value * base / (indicator.factor or 1.0))
        universe = base if indicator.share else np.full_like(base, np.nan)
    at = [cube.years.index(year) if year in cube.years else -1 for year in years]
    gone = np.array(at) < 0
    counts, secret, whole = value[at], np.isin(cells.code, HIDDEN_CODES)[at], universe[at]
    counts[gone], secret[gone], whole[gone] = np.nan, False, np.nan
    return counts, secret, whole


def _universe(cube: Cube, part: str, catalogue: Catalogue) -> Floats:
    """Return how many of the same people there are: the smallest base of the shares whose count is this part."""
    shares = [item.per for item in catalogue.indicators.values() if item.share and item.count == part]
    bases = [evaluate(parse(per), cube.cells).value for per in dict.fromkeys(shares)]
    nobody = np.full(cube.value.shape[1:], np.nan)
    return np.fmin.reduce([nobody, *bases]) if bases else nobody


def _membership(cube: Cube, group: pd.Series) -> Floats:
    """Return which Gemeinden (columns) each area (rows) consists of."""
    place = cube.areas.get_indexer(pd.Index(group))
    matrix = np.zeros((len(cube.areas), len(group)))
    matrix[place[place >= 0], np.flatnonzero(place >= 0)] = 1
    return matrix


def _hide(cube: Cube, part: str, years: list[int], hidden: np.ndarray) -> None:
    place = cube.parts.index(part)
    for row, year in enumerate(years):
        if year in cube.years and hidden[row].any():
            at = cube.years.index(year)
            cube.value[place, at, hidden[row]] = np.nan
            cube.code[place, at, hidden[row]] = CODE[State.SUPPRESSED_PRIMARY]


def is_hidden(cells: Cells) -> np.ndarray:
    """Return which cells are kept secret."""
    return np.isin(cells.code, HIDDEN_CODES) & (cells.code >= FIRST_EMPTY)
