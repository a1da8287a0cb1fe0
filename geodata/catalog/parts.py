"""Parts: the counts and amounts that indicators are made of, and how the items of each official form name them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from geodata.model import GeoDataError

FOLDER = Path(__file__).parent
KINDS = ("count", "amount", "rate")
Secrecy = Literal["frei", "amtlich", "schutz"]
SECRECY = get_args(Secrecy)
ITEM_COLUMNS = ["item", "part", "factor", "note"]


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is counted.

    ``kind``: a count of whole things, an amount (km², €), or a rate that is published as such and cannot be summed
    without its ``weight`` (another part). ``secrecy``: which rules of confidentiality hold (geodata.confidentiality).
    """

    id: str
    name: str
    unit: str
    kind: str
    secrecy: Secrecy
    weight: str = ""
    note: str = ""

    @property
    def whole(self) -> bool:
        """True for a count of people or cases, to which rules for small numbers apply."""
        return self.kind == "count"


@dataclass(frozen=True, slots=True)
class Item:
    """What an item of an official form is: a part, or an indicator that is published ready made, times a factor."""

    item: str
    part: str
    factor: float = 1.0
    note: str = ""

    @property
    def summand(self) -> bool:
        """True where the part is the sum of several items of its table."""
        return self.note.startswith("Summand")


def read_parts(path: Path, problems: list[str]) -> dict[str, Part]:
    """Return the parts of a file by id; ``problems`` grows by what is wrong."""
    parts = {row["id"]: Part(**row) for row in _rows(path, list(Part.__slots__), problems)}
    for part in parts.values():
        problems.extend(f"{path.name} [{part.id}]: {text}" for text in _broken(part, parts))
    return parts


def _broken(part: Part, parts: Mapping[str, Part]) -> Iterator[str]:
    if part.kind not in KINDS:
        yield f"kind must be one of {', '.join(KINDS)}, found '{part.kind}'"
    if part.secrecy not in SECRECY:
        yield f"secrecy must be one of {', '.join(SECRECY)}, found '{part.secrecy}'"
    if (part.kind == "rate") != bool(part.weight):
        yield "a weight stands exactly at a rate (name the part that it is a rate of)"
    if part.weight and part.weight not in parts:
        yield f"weight '{part.weight}' is unknown (name a part of this file)"


def read_items(path: Path, known: frozenset[str], problems: list[str]) -> dict[str, Item]:
    """Return what the items of a form are; ``known``: parts and indicators that they may name."""
    items: dict[str, Item] = {}
    for row in _rows(path, ITEM_COLUMNS, problems):
        if row["part"] not in known:
            problems.append(f"{path.name} [{row['item']}]: '{row['part']}' is unknown (name a part or an indicator)")
            continue
        items[row["item"]] = Item(row["item"], row["part"], float(row["factor"] or 1), row["note"])
    return items


def _rows(path: Path, columns: list[str], problems: list[str]) -> list[dict[str, Any]]:
    """Return the rows of a `;`-separated file with exactly these columns, keys in the first one."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter=";", strict=True)
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        problems.append(f"{path.name}: cannot be read, {error} (restore it)")
        return []
    if reader.fieldnames != columns:
        problems.append(f"{path.name}: columns must be {';'.join(columns)}, found {';'.join(reader.fieldnames or [])}")
        return []
    broken = [str(n) for n, row in enumerate(rows, 2) if None in row or None in row.values()]
    keys = [row[columns[0]] for row in rows]
    double = sorted({key for key in keys if keys.count(key) > 1})
    if broken or double:
        problems.append(f"{path.name}: rows {', '.join(broken) or '-'} with too many or few fields, twice: {double}")
        return []
    return rows


@cache
def items_of(form: str, folder: Path = FOLDER / "items") -> Mapping[str, Item]:
    """Return what the items of an official form are; raise one GeoDataError that lists every broken row."""
    from geodata import catalog

    problems: list[str] = []
    found = read_items(folder / f"{form}.csv", frozenset(catalog.parts()) | frozenset(catalog.indicators()), problems)
    if problems:
        raise GeoDataError("\n".join(problems))
    return found
