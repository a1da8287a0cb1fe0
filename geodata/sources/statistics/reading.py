"""What every reader of a statistical table gives back: its figures one per row, as the file says them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from geodata.model import State

READING_COLUMNS = {
    "row": "where the figure stands, for messages: 'Zeile 12' or 'Blatt Daten, Zeile 12'",
    "key": "area as digits: 8 Gemeinde, 9 Gemeindeverband, 5 Kreis, 2 Land, 'DG' Germany",
    "name": "name of the area as in the file, may be empty",
    "period": "ISO year, month or day: 2021, 2021-12, 2021-12-31",
    "item": "what is counted, in the words or codes of the file (see catalog/items)",
    "value": "number, NaN where the file has none",
    "state": "State",
}


@dataclass(frozen=True)
class RowProblem:
    """One thing wrong in a file: where, which rule, what was found, what to do (German)."""

    row: str
    rule: str
    found: str
    remedy: str

    def text(self) -> str:
        """Return the problem as one German sentence.

        >>> RowProblem("Zeile 3", "ags hat nicht 8 Ziffern", "1001", "Spalte als Text speichern").text()
        "Zeile 3: ags hat nicht 8 Ziffern, gefunden '1001'. Abhilfe: Spalte als Text speichern."
        """
        found = f", gefunden '{self.found}'" if self.found else ""
        return f"{self.row}: {self.rule}{found}. Abhilfe: {self.remedy}."


@dataclass(frozen=True, eq=False)
class Reading:
    """The figures of one file. ``rows`` follows READING_COLUMNS; rows with a problem are not among them.

    ``form``: id of the reader, also the name of its catalogue in ``catalog/items``. ``table``: number or code of the
    table where the file names one. ``stand``: day the file was made or published, ISO, else empty.
    ``gebietsstand``: ISO day whose areas all figures are for, empty where each period has its own areas.
    ``basis``: "Zensus 2011" or "Zensus 2022" where the file says on which count its population rests, else empty.
    """

    rows: pd.DataFrame
    form: str
    title: str
    table: str = ""
    stand: str = ""
    gebietsstand: str = ""
    basis: str = ""
    problems: tuple[RowProblem, ...] = field(default=())


def as_rows(records: Iterable[Any]) -> pd.DataFrame:
    """Return records (tuples or dicts in the order of READING_COLUMNS) as the rows of a Reading."""
    frame = pd.DataFrame(records, columns=list(READING_COLUMNS))
    texts = [name for name in READING_COLUMNS if name != "value"]
    return frame.astype(dict.fromkeys(texts, "object")).astype({"value": float})


# What stands in a cell instead of a plain number: Zeichenerklärung of the statistical offices.
SIGNS = {
    "-": State.ZERO,
    "–": State.ZERO,
    "—": State.ZERO,
    ".": State.SUPPRESSED_PRIMARY,
    "*": State.SUPPRESSED_PRIMARY,
    "...": State.MISSING,
    "…": State.MISSING,
    "": State.MISSING,
    "x": State.NOT_APPLICABLE,
    "X": State.NOT_APPLICABLE,
    "/": State.UNRELIABLE,
}
SUFFIXES = {"p": State.PROVISIONAL, "r": State.REVISED, "s": State.ESTIMATED, "e": State.ESTIMATED}
GERMAN = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?")
ENGLISH = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")


def read_figure(cell: object, *, decimal: str = ",") -> tuple[float, State] | None:
    """Return number and state of a cell, or None where it is neither a number nor a known sign.

    ``decimal``: the decimal sign of the file; the other one may only group thousands. A dash is a zero, a dot is kept
    secret, brackets are unreliable, p is provisional, r revised. "/" has no number: unreliable without a value.

    >>> read_figure("1.234,5"), read_figure("-"), read_figure("(12)")
    ((1234.5, <State.MEASURED: 'measured'>), (0.0, <State.ZERO: 'zero'>), (12.0, <State.UNRELIABLE: 'unreliable'>))
    >>> read_figure("."), read_figure("17 p"), read_figure("viele")
    ((nan, <State.SUPPRESSED_PRIMARY: 'suppressed_primary'>), (17.0, <State.PROVISIONAL: 'provisional'>), None)
    >>> read_figure("0"), read_figure("1.5"), read_figure("1.5", decimal=".")
    ((0.0, <State.ZERO: 'zero'>), None, (1.5, <State.MEASURED: 'measured'>))
    """
    if isinstance(cell, bool):
        return None
    if cell is None or (isinstance(cell, float) and cell != cell):
        return float("nan"), State.MISSING
    if isinstance(cell, (int, float)):
        return float(cell), State.ZERO if cell == 0 else State.MEASURED
    text = str(cell).strip().replace("\u00a0", "").replace("\u202f", "")
    if text in SIGNS:
        return (0.0 if SIGNS[text] is State.ZERO else float("nan")), SIGNS[text]
    if text.startswith("(") and text.endswith(")"):
        inner = _number(text[1:-1].strip(), decimal)
        return None if inner is None else (inner, State.UNRELIABLE)
    suffix = SUFFIXES.get(text[-1:])
    value = _number(text[:-1].strip() if suffix else text, decimal)
    if value is None:
        return None
    return value, suffix or (State.ZERO if value == 0 else State.MEASURED)


def _number(text: str, decimal: str) -> float | None:
    pattern, group = (GERMAN, ".") if decimal == "," else (ENGLISH, ",")
    if not pattern.fullmatch(text):
        return None
    return float(text.replace(group, "").replace(decimal, "."))
