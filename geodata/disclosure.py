"""What an attacker can work out about hidden cells from published sums: exact intervals of whole numbers.

A table consists of *atoms* (finest areas, or area x part) that hold whole numbers from 0; every *cell* is the sum of a
set of atoms. Cells with the same atoms are one *row*: one figure, published as soon as one of them is. Sets of atoms
and of rows are bits of a whole number here.

Method: a published row is subtracted from every row that contains it, until none contains another. This keeps what the
rows say and leaves those that bind. Where they are disjoint, the interval of any sum of atoms follows in closed form;
rows that overlap form a block, which is solved as one integer program (HiGHS), exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import inf, nan
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import issparse

from geodata.model import GeoDataError

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Span = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Layout:
    """The distinct rows of a membership: ``masks`` (atoms of each row), ``row_of`` each cell, the rows as a matrix."""

    masks: tuple[int, ...]
    row_of: NDArray[np.int64]
    matrix: Floats

    @property
    def atoms(self) -> int:
        """Number of atoms."""
        return int(self.matrix.shape[1])


@dataclass(frozen=True, eq=False)
class Table:
    """One table: ``figures`` of atoms (0 where unknown), ``rest`` of each row beyond them, ``upper`` limits of atoms.

    ``present``: rows that have a figure (bits). ``open``: atoms that have none (mask). ``solved``: blocks done before.
    """

    layout: Layout
    present: int
    open: int
    figures: list[int]
    rest: list[int]
    upper: list[float]
    solved: dict[tuple[tuple[tuple[int, float], ...], int], Span] = field(default_factory=dict)


class Row(NamedTuple):
    """A sum of unknown atoms that follows from the published ``rows`` (bits), which cover the atoms ``origin``."""

    mask: int
    total: float
    origin: int
    rows: int


class Block(NamedTuple):
    """Rows that overlap, with the atoms of all of them."""

    mask: int
    rows: tuple[Row, ...]


class Knowledge(NamedTuple):
    """What is known: the atoms that are not published themselves and the blocks that bind them."""

    unknown: int
    blocks: tuple[Block, ...]


def attack(
    membership: Any, values: ArrayLike, hidden: ArrayLike, *, upper: ArrayLike | None = None
) -> tuple[Floats, Floats]:
    """Return the smallest and the largest whole number that each hidden cell can be, NaN for cells not hidden.

    ``membership``: (cells, atoms) of 0 and 1, dense or scipy.sparse; ``values``: (cells,), whole numbers from 0, NaN
    where missing, which is not published; ``hidden``: (cells,); ``upper``: (atoms,), public limits. A cell without
    limit reaches to ``inf``. A hidden cell is NaN where the published figures contradict each other.
    """
    figures, secret = np.asarray(values, float), np.asarray(hidden, bool)
    layout = layout_of(membership, figures, secret)
    table = next(tables_of(layout, figures, upper))
    shown = bits(layout.row_of[~secret & ~np.isnan(figures)])
    known = knowledge(table, table.present & ~shown)
    low, high = np.full((2, *figures.shape), nan)
    for cell in np.flatnonzero(secret):
        mask = layout.masks[layout.row_of[cell]]
        sure = total(mask & ~known.unknown, table.figures)
        span = spans(table, known, [mask])[0]
        low[cell], high[cell] = sure + span[0], sure + span[1]
    return low, high


def layout_of(membership: Any, values: Floats, hidden: Bools) -> Layout:
    """Return the distinct rows of a membership; GeoDataError where it, the values or the hidden cells do not fit."""
    matrix = np.atleast_2d(np.asarray(membership.toarray() if issparse(membership) else membership, float))
    _check(matrix, values, hidden)
    packed = np.packbits(matrix.astype(bool), axis=1, bitorder="little")
    masks = [int.from_bytes(row.tobytes(), "little") for row in packed]
    distinct = {mask: row for row, mask in enumerate(dict.fromkeys(masks))}
    first = [masks.index(mask) for mask in distinct]
    return Layout(tuple(distinct), np.array([distinct[mask] for mask in masks]), matrix[first])


def _check(matrix: Floats, values: Floats, hidden: Bools) -> None:
    problems = []
    if not np.isin(matrix, (0, 1)).all() or not matrix.any(axis=1).all():
        problems.append("die Zugehörigkeit muss aus 0 und 1 bestehen und jede Zelle ein Gebiet haben")
    if values.shape != hidden.shape or values.shape[-1:] != matrix.shape[:1]:
        found = f"{values.shape}, {hidden.shape} und {matrix.shape}"
        problems.append(f"Werte, geheime Zellen und Zugehörigkeit passen nicht zueinander, gefunden {found}")
    wrong = values[~np.isnan(values) & ((values < 0) | (values != np.floor(values)) | np.isinf(values))]
    if wrong.size:
        found = ", ".join(f"{value:g}" for value in wrong[:3])
        problems.append(f"Fallzahlen müssen ganze Zahlen ab 0 sein, gefunden {found} ({wrong.size} Zellen)")
    if problems:
        raise GeoDataError("Geheimhaltung: " + "; ".join(problems) + ". Abhilfe: Tabelle vor der Prüfung berichtigen.")


def tables_of(layout: Layout, values: Floats, upper: ArrayLike | None = None) -> Iterator[Table]:
    """Yield the tables of ``values``, (cells,) or (tables, cells); a sum of atoms that we know is taken as that sum."""
    by_row = rows_of(layout, values)
    atoms = np.full((len(by_row), layout.atoms), nan)
    for row, mask in enumerate(layout.masks):
        if mask.bit_count() == 1:
            atoms[:, mask.bit_length() - 1] = by_row[:, row]
    figures, missing = np.nan_to_num(atoms), np.isnan(atoms)
    beyond = np.maximum(np.nan_to_num(by_row) - figures @ layout.matrix.T, 0)
    rest = np.where(missing.astype(float) @ layout.matrix.T > 0, beyond, 0)
    limits = np.full(atoms.shape, inf) if upper is None else np.broadcast_to(np.asarray(upper, float), atoms.shape)
    limits = np.where(np.isnan(limits), inf, limits)
    for at, present in enumerate(~np.isnan(by_row)):
        whole = figures[at].astype(int).tolist(), rest[at].astype(int).tolist()
        yield Table(
            layout, bits(np.flatnonzero(present)), bits(np.flatnonzero(missing[at])), *whole, limits[at].tolist()
        )


def rows_of(layout: Layout, values: Floats) -> Floats:
    """Return values by cell as (tables, rows): of cells that are one figure the first that is not missing."""
    cells = values.reshape(-1, values.shape[-1])
    by_row = np.full((len(cells), len(layout.masks)), nan)
    for cell, row in enumerate(layout.row_of):
        by_row[:, row] = np.where(np.isnan(by_row[:, row]), cells[:, cell], by_row[:, row])
    return by_row


def knowledge(table: Table, hidden: int) -> Knowledge:
    """Return what is known of a table while the rows ``hidden`` (bits) are not published."""
    masks, shown, unknown = table.layout.masks, table.present & ~hidden, table.open
    for row in members(hidden):
        if masks[row].bit_count() == 1:
            unknown |= masks[row]
    rows = [
        Row(mask & unknown, table.rest[row] + total(mask & unknown, table.figures), mask, 1 << row)
        for row, mask in enumerate(masks)
        if mask & unknown and shown >> row & 1
    ]
    return Knowledge(unknown, _blocks(_reduced(rows)))


def spans(table: Table, known: Knowledge, masks: list[int]) -> list[Span]:
    """Return the smallest and the largest possible sum of the unknown atoms in each mask."""
    lows, highs = [0.0] * len(masks), [0.0] * len(masks)
    bound = 0
    for block in known.blocks:
        bound |= block.mask
        parts = [mask & block.mask for mask in masks]
        within = _within_one if len(block.rows) == 1 else _within_many
        for at, (low, high) in enumerate(within(table, block, parts)):
            lows[at], highs[at] = lows[at] + low, highs[at] + high
    free = [total(mask & known.unknown & ~bound, table.upper) for mask in masks]
    return [(low, high + more) for low, high, more in zip(lows, highs, free, strict=True)]


def _within_one(table: Table, block: Block, parts: list[int]) -> Iterator[Span]:
    amount = block.rows[0].total
    for part in parts:
        if part in (0, block.mask):
            yield (amount, amount) if part else (0, 0)
        else:
            others = total(block.mask ^ part, table.upper)
            yield max(0, amount - others), min(amount, total(part, table.upper))


def _within_many(table: Table, block: Block, parts: list[int]) -> Iterator[Span]:
    key = tuple((row.mask, row.total) for row in block.rows)
    table.solved[key, 0] = 0, 0
    missing = sorted({part for part in parts if (key, part) not in table.solved})
    if missing:
        for part, span in zip(missing, _solved(table, block, missing), strict=True):
            table.solved[key, part] = span
    return (table.solved[key, part] for part in parts)


def _solved(table: Table, block: Block, parts: list[int]) -> list[Span]:
    """Return the span of each part by one program that holds two copies of the block for each: least and most."""
    atoms = list(members(block.mask))
    rows = np.array([[row.mask >> atom & 1 for atom in atoms] for row in block.rows], float)
    goals = np.array([[part >> atom & 1 for atom in atoms] for part in parts], float)
    weights = np.concatenate([goals, -goals])
    totals = np.tile([float(row.total) for row in block.rows], len(weights))
    found = milp(
        weights.ravel(),
        constraints=LinearConstraint(np.kron(np.eye(len(weights)), rows), totals, totals),
        integrality=np.ones(weights.size),
        bounds=(0, np.tile([table.upper[atom] for atom in atoms], len(weights))),
        options={"mip_rel_gap": 0},
    )
    if not found.success:
        return [(nan, nan)] * len(parts)
    low, high = np.rint((goals * found.x.reshape(2, len(parts), -1)).sum(axis=2))
    return list(zip(low.tolist(), high.tolist(), strict=True))


def _reduced(rows: list[Row]) -> list[Row]:
    """Return rows that say the same, none of which contains another."""
    waiting = sorted(rows, key=lambda row: -row.mask.bit_count())
    basis: list[Row] = []
    while waiting:
        row = waiting.pop()
        while inner := next((other for other in basis if not other.mask & ~row.mask), None):
            row = _minus(row, inner)
        if row.mask:
            outer = [other for other in basis if not row.mask & ~other.mask]
            basis = [other for other in basis if row.mask & ~other.mask] + [row]
            waiting += [_minus(other, row) for other in outer]
    return basis


def _minus(row: Row, inner: Row) -> Row:
    nested = not inner.origin & ~row.origin
    origin = row.origin ^ inner.origin if nested else row.origin | inner.origin
    return Row(row.mask ^ inner.mask, max(row.total - inner.total, 0), origin, row.rows | inner.rows)


def _blocks(rows: list[Row]) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for row in rows:
        joined = Block(row.mask, (row,))
        for block in [block for block in blocks if block.mask & row.mask]:
            blocks.remove(block)
            joined = Block(joined.mask | block.mask, joined.rows + block.rows)
        blocks.append(joined)
    return tuple(blocks)


def members(mask: int) -> Iterator[int]:
    """Yield the places of the bits that are set.

    >>> list(members(0b1011))
    [0, 1, 3]
    """
    while mask:
        yield (mask & -mask).bit_length() - 1
        mask &= mask - 1


def bits(places: NDArray[np.int64]) -> int:
    """Return a whole number with the bits of these places set.

    >>> bits(np.array([0, 1, 3]))
    11
    """
    return sum(1 << place for place in set(places.tolist()))


def total(mask: int, figures: Sequence[float]) -> float:
    """Return the sum of the figures at the bits that are set; whole numbers stay whole numbers.

    >>> total(0b101, [2, 3, 5])
    7
    """
    amount: float = 0
    while mask:
        amount += figures[(mask & -mask).bit_length() - 1]
        mask &= mask - 1
    return amount
