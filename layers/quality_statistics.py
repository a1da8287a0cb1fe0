"""What the statistics lack: newer years, years inside a series, sums that fit, one basis, or any figure at all.

All of it rests on figures as the audience may see them. A figure that is kept secret is no gap: it is there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata import catalog
from geodata.catalog import Indicator
from geodata.model import State
from layers.atlas import Atlas
from layers.cube import BASES, CODE, FIRST_EMPTY, MIXED, Cube
from layers.figures import Result
from layers.inputs import LEVELS
from layers.keys import IndicatorKey
from layers.quality_counts import Cell, about, sum_findings, zero_findings
from layers.quality_records import Finding, Scope
from layers.sentences import LEVEL_DATIVE
from layers.statistics import Statistics, parts_of

MISSING = CODE[State.MISSING]
ALLOWED_YEARS = 2
SHOWN_NAMES = 4


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a figure appears, and how many years after its year (own setting [E])."""

    every: int
    lag: int = 0


YEARLY = Rhythm(1)
RHYTHMS: Mapping[str, Rhythm | None] = {
    "jährlich": YEARLY,
    "Jahres-Ø": YEARLY,
    "Schuljahr": YEARLY,
    "31.12.": YEARLY,
    "30.06.": YEARLY,
    "30.06./31.12.": YEARLY,
    "01.01.": YEARLY,
    "Dez.": YEARLY,
    "Dez./Jahres-Ø": YEARLY,
    "halbjährl.": YEARLY,
    "laufend": YEARLY,
    "Fahrplan": YEARLY,
    "jährlich, t-2": Rhythm(1, 2),
    "2-jährl.": Rhythm(2),
    "15./31.12., 2-jährl.": Rhythm(2),
    "je Wahl": Rhythm(5),
    "Zensus": Rhythm(11),
    "Zensus/jährl.": Rhythm(11),
    "unregelm.": None,
}


def statistics_findings(atlas: Atlas, scope: Scope, today: date, published: Cube | None = None) -> Iterator[Finding]:
    """Yield all that is to be said of the indicators.

    ``published``: counts of the Kreis as its source gives them, without any that follow from the Gemeinden.
    """
    statistics = atlas.current.statistics
    zeros = dict(zero_findings(statistics, scope))
    yield from zeros.values()
    for indicator in catalog.indicators().values():
        yield from _stale(atlas, scope, indicator, today)
        level = best_level(statistics, indicator.id)
        if level:
            yield from _gaps(statistics, scope, indicator, level, frozenset(zeros))
            yield from _bases(statistics, scope, indicator, level)
    if published is not None and statistics.levels:
        yield from sum_findings(statistics, scope, published)
    yield from _without_data(atlas, scope)


def best_level(statistics: Statistics, key: str) -> str:
    """Return the level on which most areas have figures of an indicator, of equal ones the finest; empty without any.

    Figures of Gemeindeverbände are those of a few Gemeinden as well, and most Gemeinden lack them by their nature.
    """
    shares = {}
    for level in LEVELS:
        if level in statistics.levels and statistics.levels[level].cube.years:
            code = statistics.levels[level].result(key).cells.code
            shares[level] = float((code != MISSING).any(axis=0).mean())
    best = max(shares.values(), default=0.0)
    return next((level for level, share in shares.items() if share == best > 0), "")


def _stale(atlas: Atlas, scope: Scope, indicator: Indicator, today: date) -> Iterator[Finding]:
    known, rhythm = atlas.periods(IndicatorKey(indicator.id)), RHYTHMS.get(indicator.periodicity)
    if not known or rhythm is None:
        return
    due = int(known[0]) + rhythm.every + rhythm.lag
    if due + ALLOWED_YEARS < today.year:
        found = f"neuestes Jahr {known[0]} (erscheint: {indicator.periodicity})"
        remedy = f"Neuere Jahre einlesen: {indicator.source_table}."
        yield about(scope, "veraltet", indicator, found, year=known[0], remedy=remedy)


def missing_years(has: NDArray[np.bool_], years: tuple[int, ...], every: int) -> list[tuple[int, ...]]:
    """Return per area the years that should be there: between two that are, and up to the newest of all areas.

    ``has``: [year, area]. Areas without any year are left out of it: nothing says that there should be one.

    >>> missing_years(np.array([[1], [0], [1], [1]], bool), (2018, 2019, 2020, 2021), 1)
    [(2019,)]
    """
    newest = max((int(row) for row in np.flatnonzero(has.any(axis=1))), default=-1)
    found = []
    for column in has.T:
        rows = np.flatnonzero(column).tolist()
        ends = [*rows[1:], newest + 1] if rows else []
        found.append(tuple(years[at] for a, b in zip(rows, ends, strict=True) for at in range(a + every, b, every)))
    return found


def _gaps(
    statistics: Statistics, scope: Scope, indicator: Indicator, level: str, zeros: frozenset[Cell]
) -> Iterator[Finding]:
    """Yield one finding on years that most areas lack, and one per set of years that few areas lack."""
    rhythm = RHYTHMS.get(indicator.periodicity)
    if rhythm is None:
        return
    result = statistics.levels[level].result(indicator.id)
    has = result.cells.code != MISSING
    parts = parts_of(indicator, catalog.indicators())
    lacking = {
        str(area): [year for year in years if not any((part, str(area), year) in zeros for part in parts)]
        for area, years in zip(result.areas, missing_years(has, result.years, rhythm.every), strict=True)
    }
    counts = Counter(year for years in lacking.values() for year in years)
    known = int(has.any(axis=0).sum())
    common = tuple(sorted(year for year, count in counts.items() if 2 * count >= known))
    if common:
        found = f"es fehlen {_spans(common)}{_how_many([counts[year] for year in common], known, level)}"
        why = _why(result, common, list(lacking))
        yield about(scope, "luecke", indicator, found + why, level=level, year=str(common[-1]))
    by_years: dict[tuple[int, ...], list[str]] = {}
    for area, years in lacking.items():
        if own := tuple(year for year in years if year not in common):
            by_years.setdefault(own, []).append(area)
    for own, areas in by_years.items():
        found = f"es fehlen {_spans(own)} in {_named(scope, areas)}{_why(result, own, areas)}"
        yield about(scope, "luecke", indicator, found, areas=tuple(areas), level=level, year=str(own[-1]))


def _how_many(counts: list[int], known: int, level: str) -> str:
    """Return in how many areas years are missing, empty for the Kreis itself."""
    if level == "kreis":
        return ""
    least, most = min(counts), max(counts)
    told = f"{most}" if least == most else f"{least} bis {most}"
    return f" in {told} von {known} {LEVEL_DATIVE[level]}"


def _named(scope: Scope, areas: list[str]) -> str:
    names = [scope.names.get(area, area) for area in areas]
    more = len(names) - SHOWN_NAMES
    return ", ".join(names[:SHOWN_NAMES]) + (f" und {more} weiteren" if more > 0 else "")


def _spans(years: tuple[int, ...]) -> str:
    """Return years as runs.

    >>> _spans((1999, 2000, 2001, 2004))
    '1999–2001, 2004'
    """
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def _why(result: Result, years: tuple[int, ...], areas: list[str]) -> str:
    """Return which side of a fraction is not there, empty where that is not known or both are gone."""
    if result.above is None or result.below is None or result.above is result.below:
        return ""
    rows = pd.Index(result.years).get_indexer(pd.Index(years))
    at = np.ix_(rows, result.areas.get_indexer(pd.Index(areas)))
    above, below = ((cells.code[at] == MISSING).any() for cells in (result.above, result.below))
    return {(True, False): "; Zähler fehlt", (False, True): "; Nenner fehlt"}.get((bool(above), bool(below)), "")


def _bases(statistics: Statistics, scope: Scope, indicator: Indicator, level: str) -> Iterator[Finding]:
    result = statistics.levels[level].result(indicator.id)
    known = (result.cells.code < FIRST_EMPTY) & (result.cells.basis > 0)
    by_basis: dict[int, list[int]] = {}
    for row, year in enumerate(result.years):
        for basis in np.unique(result.cells.basis[row][known[row]]):
            by_basis.setdefault(int(basis), []).append(year)
    if len(by_basis) < 2 and int(MIXED) not in by_basis:
        return
    names = {**dict(enumerate(BASES)), int(MIXED): "gemischt"}
    found = "; ".join(f"{names[basis]}: {_spans(tuple(years))}" for basis, years in by_basis.items())
    yield about(scope, "grundlage", indicator, found, level=level)


def _without_data(atlas: Atlas, scope: Scope) -> Iterator[Finding]:
    for indicator in catalog.indicators().values():
        if indicator.id not in atlas.filled:
            found = "keine Werte"
            yield about(scope, "leer", indicator, found, remedy=indicator.needs)
