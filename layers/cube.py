"""Counts of all areas and years as one array per part, each cell with its state; sums of areas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.model import State
from layers.frames import EMPTY_STATES, ORDER

Floats = NDArray[np.float64]
Codes = NDArray[np.uint8]
CODE = {state: np.uint8(place) for place, state in enumerate(ORDER)}
STATES = np.array([str(state) for state in ORDER], dtype=object)
BASES = ("", "Zensus 2011", "Zensus 2022")
MIXED = np.uint8(255)
FIRST_EMPTY = min(CODE[state] for state in EMPTY_STATES)


@dataclass(frozen=True, eq=False)
class Cells:
    """Values (NaN where there is none), codes of their states (places in ORDER) and bases, all [year, area]."""

    value: Floats
    code: Codes
    basis: Codes


@dataclass(frozen=True, eq=False)
class Cube:
    """Counts by part, year and area: ``value``, ``code`` and ``basis`` are [part, year, area]; years follow closely.

    ``code``: places in ORDER; a measured zero is kept as measured. ``basis``: places in BASES.
    """

    areas: pd.Index
    years: tuple[int, ...]
    parts: tuple[str, ...]
    value: Floats
    code: Codes
    basis: Codes

    def cells(self, part: str) -> Cells:
        """Return one part; all missing where the cube does not have it."""
        if part not in self.parts:
            shape = self.value.shape[1:]
            return Cells(
                np.full(shape, np.nan), np.full(shape, CODE[State.MISSING], np.uint8), np.zeros(shape, np.uint8)
            )
        place = self.parts.index(part)
        return Cells(self.value[place], self.code[place], self.basis[place])


def build_cube(rows: pd.DataFrame, areas: pd.Index) -> Cube:
    """Return the cube of observations (part, key, year, value, state, basis); one row a part, area, year and basis.

    Where a year has figures on two bases, the newer basis counts: the break then lies before that year.
    """
    rows = rows[rows["key"].isin(areas)]
    if rows.empty:
        return Cube(areas, (), (), *(np.zeros((0, 0, len(areas)), kind) for kind in (float, np.uint8, np.uint8)))
    years = tuple(range(int(rows["year"].min()), int(rows["year"].max()) + 1))
    parts, part = _codes(rows["part"])
    place = (part, rows["year"].to_numpy(int) - years[0], areas.get_indexer(pd.Index(rows["key"])))
    shape = (len(parts), len(years), len(areas))
    bases = pd.Categorical(rows["basis"], categories=list(BASES)).codes.astype(np.uint8)
    order = np.argsort(bases, kind="stable")
    where = tuple(axis[order] for axis in place)
    values, codes, basis = np.full(shape, np.nan), np.full(shape, CODE[State.MISSING]), np.zeros(shape, np.uint8)
    values[where] = rows["value"].to_numpy(float)[order]
    codes[where] = _state_codes(rows["state"])[order]
    basis[where] = bases[order]
    return Cube(areas, years, parts, values, codes, basis)


def _codes(column: pd.Series) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    codes, names = pd.factorize(column, sort=True)
    return tuple(str(name) for name in names), codes


def _state_codes(states: pd.Series) -> Codes:
    names = [str(state) for state in ORDER]
    codes = pd.Categorical(states, categories=names).codes.astype(np.uint8)
    return np.where(codes == CODE[State.ZERO], CODE[State.MEASURED], codes)


def aggregate(cube: Cube, groups: pd.Series, areas: pd.Index, weights: Mapping[str, Cells | None]) -> Cube:
    """Return the cube of ``areas``, each the sum of the areas that ``groups`` assigns to it (missing: to none).

    A sum with a missing part is missing, and so is one with a secret part: the sum itself is no secret, but nobody
    can form it. ``weights``: parts that are rates, with what each is a rate of; they become weighted means, which are
    estimates (without a weight: missing); of a single area they stay as they are.
    """
    place = areas.get_indexer(pd.Index(groups.reindex(cube.areas)))
    order = np.argsort(place, kind="stable")
    order = order[place[order] >= 0]
    if not len(order) or not cube.parts:
        return build_cube(pd.DataFrame(columns=["part", "key", "year", "value", "state", "basis"]), areas)
    filled, starts = np.unique(place[order], return_index=True)
    summed = Cube(areas, cube.years, cube.parts, *_reduced(cube, order, starts, filled, len(areas)))
    sizes = np.zeros(len(areas), int)
    sizes[filled] = np.diff([*starts, len(order)])
    for part, weight in weights.items():
        _weigh(cube, summed, (part, weight), (order, starts, filled), sizes)
    return summed


def _reduced(
    cube: Cube, order: NDArray[np.intp], starts: NDArray[np.intp], filled: NDArray[np.intp], count: int
) -> tuple[Floats, Codes, Codes]:
    shape = (*cube.value.shape[:2], count)
    values, codes = np.full(shape, np.nan), np.full(shape, CODE[State.MISSING])
    bases = np.zeros(shape, np.uint8)
    values[..., filled] = np.add.reduceat(cube.value[..., order], starts, axis=-1)
    worst = np.maximum.reduceat(cube.code[..., order], starts, axis=-1)
    codes[..., filled] = np.where(worst >= CODE[State.SUPPRESSED_SECONDARY], CODE[State.MISSING], worst)
    known = cube.basis[..., order]
    most = np.maximum.reduceat(known, starts, axis=-1)
    least = np.minimum.reduceat(np.where(known == 0, MIXED, known), starts, axis=-1)
    bases[..., filled] = np.where((most > 0) & (least != most), MIXED, most)
    return values, codes, bases


def _weigh(
    cube: Cube,
    summed: Cube,
    rate_of: tuple[str, Cells | None],
    grouping: tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]],
    sizes: NDArray[np.int_],
) -> None:
    """Replace the sum of a rate by its weighted mean, an estimate; of a single area it stays as it is."""
    order, starts, filled = grouping
    part, weight = rate_of
    rate, place = cube.cells(part), cube.parts.index(part)
    people = np.full_like(rate.value, np.nan) if weight is None else weight.value
    several = sizes > 1
    product = np.full(summed.value.shape[1:], np.nan)
    total = product.copy()
    product[:, filled] = np.add.reduceat((rate.value * people)[:, order], starts, axis=-1)
    total[:, filled] = np.add.reduceat(people[:, order], starts, axis=-1)
    mean = np.divide(product, total, out=np.full_like(total, np.nan), where=total > 0)
    summed.value[place][:, several] = mean[:, several]
    worst = np.maximum(summed.code[place], CODE[State.ESTIMATED])
    lost = np.where(np.isnan(mean), CODE[State.MISSING], worst)
    summed.code[place][:, several] = lost[:, several]


def filled_up(cube: Cube, published: Cube) -> Cube:
    """Return ``cube`` with the published figures of the same areas wherever it has none of its own."""
    years = _span(cube.years, published.years)
    parts = tuple(sorted({*cube.parts, *published.parts}))
    own, other = (widened(each, years, parts) for each in (cube, published))
    takes = (own.code >= FIRST_EMPTY) & (other.code < own.code)
    return replace(
        own,
        value=np.where(takes, other.value, own.value),
        code=np.where(takes, other.code, own.code),
        basis=np.where(takes, other.basis, own.basis),
    )


def _span(*spans: tuple[int, ...]) -> tuple[int, ...]:
    known = [year for span in spans for year in span]
    return tuple(range(min(known), max(known) + 1)) if known else ()


def widened(cube: Cube, years: tuple[int, ...], parts: tuple[str, ...]) -> Cube:
    """Return ``cube`` on more years and parts, missing where it had none."""
    shape = (len(parts), len(years), len(cube.areas))
    wide = Cube(
        cube.areas,
        years,
        parts,
        np.full(shape, np.nan),
        np.full(shape, CODE[State.MISSING]),
        np.zeros(shape, np.uint8),
    )
    if cube.parts and cube.years:
        where = np.ix_([parts.index(part) for part in cube.parts], [years.index(year) for year in cube.years])
        wide.value[where], wide.code[where], wide.basis[where] = cube.value, cube.code, cube.basis
    return wide
