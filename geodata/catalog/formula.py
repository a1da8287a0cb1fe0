"""Formulas of the catalogue: text -> tree, with the names they use and the unit that comes out.

A formula is arithmetic over parts (counts of catalog/parts.csv) or over indicators: ``+ - * /``, brackets, numbers, and

- ``alter(15, 64)``: people of these ages as the sum of the age groups of the official table; ``alter(75)``: from 75.
- ``vor(x, 5)``: x five years earlier. ``mittel(x)``: mean of this year's and last year's x (mean population).
- ``oder(x, y)``: x, and y where there is no x.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

AGES = (0, 3, 6, 10, 15, 18, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 75)  # where the groups of 12411-02-03-5 begin
OPERATORS: Mapping[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
FUNCTIONS = {"alter": (1, 2), "vor": (2, 2), "mittel": (1, 1), "oder": (2, 2)}


class FormulaError(ValueError):
    """A formula cannot be read or its units do not fit; the message says where and what to do."""


@dataclass(frozen=True)
class Node:
    """One step of a formula: ``kind`` is name, number, an operator or a function."""

    kind: str
    name: str = ""
    number: float = 0.0
    args: tuple[Node, ...] = ()


@cache
def parse(text: str) -> Node:
    """Return the tree of a formula, or raise FormulaError.

    >>> sorted(names(parse("(alter(15, 19) + zuzuege) / vor(bev, 5)")))
    ['bev', 'bev_15_17', 'bev_18_19', 'zuzuege']
    """
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise FormulaError(f"'{text}' is no formula (write names, numbers, + - * / and brackets)") from error
    return _node(tree, text)


def _node(tree: ast.expr, text: str) -> Node:
    if isinstance(tree, ast.Name):
        return Node("name", tree.id)
    if isinstance(tree, ast.Constant) and type(tree.value) in (int, float):
        return Node("number", number=float(tree.value))  # type: ignore[arg-type]
    if isinstance(tree, ast.BinOp) and type(tree.op) in OPERATORS:
        return Node(OPERATORS[type(tree.op)], args=(_node(tree.left, text), _node(tree.right, text)))
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and not tree.keywords:
        return _call(tree.func.id, [_node(arg, text) for arg in tree.args], text)
    raise FormulaError(f"'{text}': {ast.unparse(tree)} is not allowed (write names, numbers, + - * / and brackets)")


def _call(name: str, args: list[Node], text: str) -> Node:
    fewest, most = FUNCTIONS.get(name, (1, 0))
    if not fewest <= len(args) <= most:
        known = ", ".join(FUNCTIONS)
        raise FormulaError(f"'{text}': {name} with {len(args)} values is unknown (known: {known})")
    if name == "alter":
        return _ages([arg.number for arg in args if arg.kind == "number"], text)
    if name == "vor" and (args[1].kind != "number" or args[1].number < 1 or args[1].number % 1):
        raise FormulaError(f"'{text}': vor(x, n) needs a whole number of years from 1")
    return Node(name, args=tuple(args))


def _ages(limits: list[float], text: str) -> Node:
    first, after = limits[0] if limits else -1, (limits[1] + 1 if len(limits) == 2 else None)
    ends = [*AGES[1:], None]
    if first not in AGES or after not in ends or (after is not None and after <= first):
        raise FormulaError(f"'{text}': no age groups from {limits} (they begin at {', '.join(map(str, AGES))})")
    begin, end = AGES.index(int(first)), ends.index(after if after is None else int(after))
    groups = [Node("name", age_part(AGES[n])) for n in range(begin, end + 1)]
    total = groups[0]
    for group in groups[1:]:
        total = Node("+", args=(total, group))
    return total


def age_part(first: int) -> str:
    """Return the part of the age group that begins at ``first``.

    >>> age_part(15), age_part(75)
    ('bev_15_17', 'bev_75_plus')
    """
    place = AGES.index(first)
    return f"bev_{first}_{AGES[place + 1] - 1}" if place + 1 < len(AGES) else f"bev_{first}_plus"


def names(node: Node) -> frozenset[str]:
    """Return the parts or indicators that a formula uses."""
    own = {node.name} if node.kind == "name" else set()
    return frozenset(own.union(*(names(arg) for arg in node.args)))


def unit(node: Node, units: Mapping[str, str]) -> str:
    """Return the unit of a formula; "" for a plain number. Raise FormulaError where a sum mixes units.

    >>> units = {"bev": "Personen", "geborene": "Personen", "flaeche": "km²"}
    >>> unit(parse("geborene / mittel(bev)"), units), unit(parse("bev / flaeche"), units)
    ('', 'Personen/km²')
    """
    if node.kind == "name":
        if node.name not in units:
            raise FormulaError(f"{node.name} is unknown (name a part of parts.csv or another indicator)")
        return units[node.name]
    if node.kind == "number":
        return ""
    return UNITS[node.kind]([unit(arg, units) for arg in node.args], node)


def _same(units: list[str], node: Node) -> str:
    if len(set(units)) > 1:
        raise FormulaError(f"{units[0] or 'number'} and {units[1] or 'number'} cannot be joined by {node.kind}")
    return units[0]


def _times(units: list[str], node: Node) -> str:
    return " · ".join(filter(None, units))


def _per(units: list[str], node: Node) -> str:
    over, under = units
    return "" if over == under else f"{over}/{under}" if under else over


UNITS: Mapping[str, Callable[[list[str], Node], str]] = {
    "+": _same,
    "-": _same,
    "oder": _same,
    "*": _times,
    "/": _per,
    "vor": lambda units, node: units[0],
    "mittel": lambda units, node: units[0],
}
