"""Formulas of the catalogue over the cells of all years and areas at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from geodata.catalog.formula import Node
from geodata.model import State
from layers.cube import CODE, FIRST_EMPTY, MIXED, Cells, Floats


def evaluate(node: Node, cells: Callable[[str], Cells]) -> Cells:
    """Return what a formula gives in every year and area; ``cells`` gives the cells of a name.

    A result is no firmer than its weakest part. Different census bases in one result make it a break.
    """
    if node.kind == "name":
        return cells(node.name)
    if node.kind in JOINED:
        left, right = (_operand(arg, cells) for arg in node.args)
        return _joined(left, right, JOINED[node.kind])
    if node.kind == "vor":
        return _earlier(evaluate(node.args[0], cells), int(node.args[1].number))
    if node.kind == "mittel":
        return _mean_of_two(evaluate(node.args[0], cells))
    if node.kind == "oder":
        return _first_known(*(evaluate(arg, cells) for arg in node.args))
    raise ValueError(node.kind)


def _operand(node: Node, cells: Callable[[str], Cells]) -> Cells:
    if node.kind != "number":
        return evaluate(node, cells)
    return Cells(np.array(node.number), np.uint8(0) * np.ones((), np.uint8), np.zeros((), np.uint8))


def _divided(over: Floats, under: Floats) -> Floats:
    shape = np.broadcast_shapes(over.shape, under.shape)
    result: Floats = np.divide(over, under, out=np.full(shape, np.nan), where=np.broadcast_to(under != 0, shape))
    return result


JOINED: Mapping[str, Callable[[Floats, Floats], Floats]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": _divided,
}


def _joined(left: Cells, right: Cells, operation: Callable[[Floats, Floats], Floats]) -> Cells:
    values = operation(left.value, right.value)
    codes = np.maximum(left.code, right.code)
    bases = np.maximum(left.basis, right.basis)
    broken = (left.basis != right.basis) & (left.basis > 0) & (right.basis > 0)
    bases = np.where(broken, MIXED, bases).astype(np.uint8)
    codes = np.where((bases == MIXED) & (codes < FIRST_EMPTY), CODE[State.BREAK], codes)
    codes = np.where(np.isnan(values) & (codes < FIRST_EMPTY), CODE[State.NOT_APPLICABLE], codes)
    return Cells(np.where(codes >= FIRST_EMPTY, np.nan, values), codes.astype(np.uint8), bases)


def _earlier(cells: Cells, years: int) -> Cells:
    values, codes = np.full_like(cells.value, np.nan), np.full_like(cells.code, CODE[State.MISSING])
    bases = np.zeros_like(cells.basis)
    if years < len(cells.value):
        values[years:], codes[years:] = cells.value[:-years], cells.code[:-years]
        bases[years:] = cells.basis[:-years]
    return Cells(values, codes, bases)


def _mean_of_two(cells: Cells) -> Cells:
    """Return the mean with the year before; where that is missing or on another basis the year alone, an estimate."""
    before = _earlier(cells, 1)
    usable = (before.code < FIRST_EMPTY) & (before.basis == cells.basis)
    values = np.where(usable, (cells.value + before.value) / 2, cells.value)
    alone = np.where(cells.code < FIRST_EMPTY, np.maximum(cells.code, CODE[State.ESTIMATED]), cells.code)
    codes = np.where(usable, np.maximum(cells.code, before.code), alone)
    return Cells(values, codes.astype(np.uint8), cells.basis)


def _first_known(first: Cells, second: Cells) -> Cells:
    takes = (first.code >= FIRST_EMPTY) & (second.code < first.code)
    pairs = ((first.value, second.value), (first.code, second.code), (first.basis, second.basis))
    return Cells(*(np.where(takes, b, a) for a, b in pairs))
