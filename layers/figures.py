"""Every indicator of the catalogue in every year for all areas of one level, from counts above and below a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from geodata.catalog import Indicator, Part
from geodata.catalog.formula import names, parse
from geodata.catalog.formula_rules import factor_of
from geodata.model import State
from layers.cube import CODE, FIRST_EMPTY, STATES, Cells, Codes, Cube, Floats
from layers.formulas import evaluate

PEOPLE = frozenset({"Personen", "Haushalte", "Familien"})
HIDDEN_BELOW, FLAGGED_BELOW = 50, 100  # fachgrundlage 4.2.4
REASONS = {
    State.MISSING: "Für {year} liegt kein Wert vor.",
    State.NOT_APPLICABLE: "Der Nenner ist null: eine Quote ist nicht sinnvoll.",
    State.BREAK: "Zähler und Nenner beruhen auf verschiedenen Zählungen (Zensus 2011 und 2022): nicht vergleichbar.",
    State.SUPPRESSED_PRIMARY: "Geheim gehalten, weil die Zahl klein ist oder aus ihr eine kleine folgen würde.",
    State.SUPPRESSED_SECONDARY: "Geheim gehalten, weil die Zahl klein ist oder aus ihr eine kleine folgen würde.",
    State.UNRELIABLE: "Unsicher: Die Quote beruht auf weniger als {flagged} Fällen.",
    State.ESTIMATED: "Geschätzt.",
    State.PROVISIONAL: "Vorläufig.",
}
SMALL = "Die Quote beruht auf weniger als {hidden} Fällen und wird nicht gezeigt."


@dataclass(frozen=True, eq=False)
class Result:
    """One indicator: cells [year, area], and what stands above and below the line (None where it is published so)."""

    years: tuple[int, ...]
    areas: pd.Index
    cells: Cells
    above: Cells | None = None
    below: Cells | None = None
    small: Codes | None = None

    @cached_property
    def known_years(self) -> tuple[int, ...]:
        """The years in which any area has a value or a secret, newest first."""
        secret = np.isin(self.cells.code, [CODE[State.SUPPRESSED_PRIMARY], CODE[State.SUPPRESSED_SECONDARY]])
        rows = np.flatnonzero(((self.cells.code < FIRST_EMPTY) | secret).any(axis=1))
        return tuple(self.years[row] for row in rows[::-1])


@dataclass(frozen=True, eq=False)
class Figures:
    """The indicators of one level; a result is computed on first use and kept."""

    cube: Cube
    indicators: Mapping[str, Indicator]
    parts: Mapping[str, Part]
    shows_small: bool = False
    _kept: dict[str, Result] = field(default_factory=dict)

    def result(self, key: str) -> Result:
        """Return all years of an indicator; KeyError for an unknown one."""
        if key not in self._kept:
            self._kept[key] = compute(self, self.indicators[key])
        return self._kept[key]


def compute_figures(
    cube: Cube, indicators: Mapping[str, Indicator], parts: Mapping[str, Part], *, shows_small: bool = False
) -> Figures:
    """Return the indicators of one level; ``shows_small``: rates on fewer than 50 cases too (for internal use)."""
    return Figures(cube, indicators, parts, shows_small)


def compute(figures: Figures, indicator: Indicator) -> Result:
    """Return one indicator; where it cannot be computed from its parts the figure published as such stands in."""
    cube = figures.cube
    blank = cube.cells(indicator.id)
    if indicator.formula:
        computed = _of_indicators(figures, indicator)
    elif indicator.count:
        computed = _of_parts(figures, indicator)
    else:
        computed = Result(cube.years, cube.areas, blank)
    takes = (computed.cells.code >= FIRST_EMPTY) & (blank.code < FIRST_EMPTY)
    cells = Cells(
        np.where(takes, blank.value, computed.cells.value),
        np.where(takes, blank.code, computed.cells.code),
        np.where(takes, blank.basis, computed.cells.basis),
    )
    return replace(computed, cells=_with_zeros(cells))


def _of_indicators(figures: Figures, indicator: Indicator) -> Result:
    cells = evaluate(parse(indicator.formula), lambda key: figures.result(key).cells)
    factor = factor_of(indicator.unit) or 1.0
    return Result(figures.cube.years, figures.cube.areas, replace(cells, value=cells.value * factor))


def _of_parts(figures: Figures, indicator: Indicator) -> Result:
    cube = figures.cube
    above = evaluate(parse(indicator.count), cube.cells)
    if not indicator.per:
        return Result(cube.years, cube.areas, above, above)
    below = evaluate(parse(indicator.per), cube.cells)
    cells = evaluate(parse("a / b"), {"a": above, "b": below}.__getitem__)
    cells = replace(cells, value=cells.value * (indicator.factor or 1.0))
    if not _counts_people(indicator.per, figures.parts):
        return Result(cube.years, cube.areas, cells, above, below)
    small = _small(below)
    return Result(cube.years, cube.areas, _judged(cells, small, shows=figures.shows_small), above, below, small)


def _counts_people(formula: str, parts: Mapping[str, Part]) -> bool:
    """Return whether what stands below the line are people or households, so that a small number is a small base."""
    return all(parts[name].unit in PEOPLE for name in names(parse(formula)))


def _small(below: Cells) -> Codes:
    """Return 2 for a base that is too small to be shown, 1 for one that makes a rate unsure, else 0."""
    with np.errstate(invalid="ignore"):
        hidden, flagged = below.value < HIDDEN_BELOW, below.value < FLAGGED_BELOW
    return (hidden.astype(np.uint8) + flagged.astype(np.uint8)).astype(np.uint8)


def _judged(cells: Cells, small: Codes, *, shows: bool) -> Cells:
    known = cells.code < FIRST_EMPTY
    hidden = known & (small == 2) & (not shows)
    unsure = known & (small >= 1) & ~hidden
    code = np.where(unsure, np.maximum(cells.code, CODE[State.UNRELIABLE]), cells.code)
    code = np.where(hidden, CODE[State.NOT_APPLICABLE], code).astype(np.uint8)
    return replace(cells, value=np.where(hidden, np.nan, cells.value), code=code)


def _with_zeros(cells: Cells) -> Cells:
    zero = (cells.value == 0) & (cells.code == CODE[State.MEASURED])
    return replace(cells, code=np.where(zero, CODE[State.ZERO], cells.code).astype(np.uint8))


def several_years(result: Result, years: int, factor: float = 1.0) -> Cells:
    """Return the rate over each year and the ones before it, ``years`` in all, from summed counts above and below.

    Only where all of them are there on one basis; an estimate in no other sense than its parts.
    """
    if result.above is None:
        raise ValueError("a figure published as such has no counts to sum")
    above = _summed(result.above, years)
    if result.below is None:
        return replace(above, value=above.value / years)
    cells = evaluate(parse("a / b"), {"a": above, "b": _summed(result.below, years)}.__getitem__)
    return _with_zeros(replace(cells, value=cells.value * factor))


def _summed(cells: Cells, years: int) -> Cells:
    total: Callable[[str], Cells] = {"x": cells}.__getitem__
    formula = " + ".join(["x", *(f"vor(x, {back})" for back in range(1, years))])
    return evaluate(parse(formula), total)


def table_of(result: Result, year: int) -> pd.DataFrame:
    """Return one year as value, state, base and reason per area."""
    if year not in result.years:
        raise KeyError(year)
    row = result.years.index(year)
    code = result.cells.code[row]
    base = result.below.value[row] if result.below is not None else np.full(len(result.areas), np.nan)
    reasons = np.array([_reason(State(STATES[place]), year) for place in code], dtype=object)
    if result.small is not None:
        hidden = (result.small[row] == 2) & (code == CODE[State.NOT_APPLICABLE])
        reasons[hidden] = SMALL.format(hidden=HIDDEN_BELOW)
    value: Floats = np.where(code >= FIRST_EMPTY, np.nan, result.cells.value[row])
    return pd.DataFrame({"value": value, "state": STATES[code], "base": base, "reason": reasons}, index=result.areas)


def _reason(state: State, year: int) -> str:
    return REASONS.get(state, "").format(year=year, flagged=FLAGGED_BELOW)
