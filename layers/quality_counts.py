"""Counts that cannot be true: zeros that are gaps, sums that do not fit, figures of people of unclear basis.

All of it rests on figures as the audience may see them; where one of them is kept secret, nothing is said of a sum.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from geodata import catalog
from geodata.catalog import Indicator
from geodata.catalog.responsible import office_of_indicator, office_of_kind
from geodata.model import State
from geodata.plausibility import implausible_zero, sum_check, zero_reasons
from layers.cube import CODE, Cube
from layers.german import day
from layers.inputs import LEVELS
from layers.protect import HIDDEN_CODES
from layers.quality_records import KINDS, LOW, Finding, Scope
from layers.statistics import GAP, GAP_ABOVE, Statistics, parts_of

MISSING, ESTIMATED = CODE[State.MISSING], CODE[State.ESTIMATED]
SUM_SHARE = 0.005  # sources round and perturb: smaller differences of a total are no finding
AS_MISSING, AS_ZERO = "als fehlend gezeigt", "noch als 0 gezeigt"
OLD_YEARS = 2
POPULATION = "BEV01"
Cell = tuple[str, str, int]


def about(
    scope: Scope, kind: str, indicator: Indicator, found: str, *, areas: tuple[str, ...] = (), **more: str
) -> Finding:
    """Return a finding about an indicator in areas, none for the whole Kreis."""
    gemeinden = tuple(key for area in areas for key in scope.members.get(area, ()))
    office = office_of_indicator(scope.offices, kind, indicator)
    return Finding(
        kind,
        KINDS[kind].severity,
        more.pop("what", indicator.name),
        found,
        more.pop("remedy", KINDS[kind].remedy),
        scope.office_key(office, gemeinden),
        area=areas[0] if len(areas) == 1 else "",
        gemeinden=gemeinden,
        indicator=indicator.id,
        handlungsfelder=indicator.handlungsfelder,
        **more,
    )


def zero_findings(statistics: Statistics, scope: Scope) -> Iterator[tuple[Cell, Finding]]:
    """Yield zeros that cannot be true: those that are already shown as missing, and those that harmonising left."""
    seen: set[tuple[str, tuple[str, ...], int]] = set()
    by_part = _by_part(statistics)
    for level in LEVELS:
        figures = statistics.levels.get(level)
        if figures is None or not figures.cube.years:
            continue
        for (part, area, year), text in _zero_texts(statistics, level).items():
            members = scope.members.get(area, ())
            indicator = by_part.get(part)
            if indicator is not None and (part, members, year) not in seen:
                seen.add((part, members, year))
                name = catalog.parts()[part].name if part in catalog.parts() else indicator.name
                what = f"{name} {year}"
                yield (
                    (part, area, year),
                    about(scope, "null", indicator, text, areas=(area,), what=what, level=level, year=str(year)),
                )


def _zero_texts(statistics: Statistics, level: str) -> dict[Cell, str]:
    """Return what is to be said of each zero; nothing where a figure beside it is secret, as it would tell of it."""
    cube = statistics.levels[level].cube
    names = [str(year) for year in cube.years]
    found: dict[Cell, str] = {}
    noted = [cell for cell, text in statistics.notes.get(level, {}).items() if GAP in text]
    for part in cube.parts:
        cells = cube.cells(part)
        secret = np.isin(cells.code, HIDDEN_CODES)
        series = np.where(secret, 0.0, cells.value)
        for _, area, year in (cell for cell in noted if cell[0] == part):
            at = cube.years.index(year) if year in cube.years else -1, cube.areas.get_indexer(pd.Index([area]))[0]
            if min(at) >= 0 and cells.code[at] == MISSING:
                series[at] = 0
        for row, place in zip(*np.nonzero(implausible_zero(series, GAP_ABOVE) & ~secret), strict=True):
            text = str(zero_reasons(series[:, place], names, GAP_ABOVE)[row])
            shown = cells.code[row, place] != MISSING
            found[part, str(cube.areas[place]), cube.years[row]] = text.replace(AS_MISSING, AS_ZERO) if shown else text
    return found


def _by_part(statistics: Statistics) -> dict[str, Indicator]:
    """Return for every part the first indicator with figures that rests on it."""
    indicators = catalog.indicators()
    found: dict[str, Indicator] = {}
    for item in indicators.values():
        if statistics.periods(item.id):
            for part in parts_of(item, indicators):
                found.setdefault(part, item)
    return found


def sum_findings(statistics: Statistics, scope: Scope, published: Cube) -> Iterator[Finding]:
    """Yield totals of the Kreis that differ from the sum of its Gemeinden; only where nobody hides any of them."""
    below, shown = statistics.levels["gemeinde"].cube, statistics.levels["kreis"].cube
    by_part = _by_part(statistics)
    for part in sorted(set(below.parts) & set(published.parts) & set(shown.parts)):
        indicator = by_part.get(part)
        if indicator is None or part not in catalog.parts() or catalog.parts()[part].kind == "rate":
            continue
        for year in sorted(set(below.years) & set(published.years) & set(shown.years)):
            cells, total = below.cells(part), published.cells(part)
            row, at, own = (cube.years.index(year) for cube in (below, published, shown))
            firm = (cells.code[row] < ESTIMATED).all() and total.code[at, 0] < ESTIMATED
            if not firm or shown.cells(part).code[own, 0] in HIDDEN_CODES:
                continue
            tolerance = max(float(len(below.areas)), SUM_SHARE * float(total.value[at, 0]))
            _, text = sum_check(cells.value[row], total.value[at, 0], tolerance)
            if text.item():
                name = f"{catalog.parts()[part].name} {year}"
                yield about(scope, "summe", indicator, text.item(), what=name, level="kreis", year=str(year))


def population_findings(scope: Scope) -> Iterator[Finding]:
    """Yield figures of people whose basis is not known, and Gemeinden whose figure is older than the others'."""
    rows = scope.data.population
    newest = str(max(rows.loc[rows["used"], "date"], default=""))
    for row in rows.itertuples():
        unclear = row.basis == "unklar" or row.state == str(State.UNRELIABLE)
        old = bool(row.used and newest) and int(str(row.date)[:4]) + OLD_YEARS < int(newest[:4])
        if unclear or old:
            yield _of_people(scope, row, newest[:4] if old else "")


def _of_people(scope: Scope, row: Any, newest: str) -> Finding:
    """Return what is to be said of one figure; ``newest``: year of the others where this one is old."""
    kind, gemeinde = KINDS["einwohner"], (str(row.ags),)
    told = [f"Stand {day(row.date)}", f"Grundlage {row.basis}"]
    told += [f"andere Gemeinden {newest}"] if newest else []
    told += ["steht in den Karten" if row.used else "wird nicht verwendet"]
    return Finding(
        "einwohner",
        kind.severity if row.used else LOW,
        f"Einwohner {scope.names.get(gemeinde[0], gemeinde[0])}",
        ", ".join(told),
        kind.remedy,
        scope.office_key(office_of_kind(scope.offices, "einwohner"), gemeinde),
        area=gemeinde[0],
        gemeinden=gemeinde,
        year=str(row.date)[:4],
        indicator=POPULATION,
        level="gemeinde",
        handlungsfelder=catalog.indicators()[POPULATION].handlungsfelder,
    )
