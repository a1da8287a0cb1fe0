"""The plain table of a Fachamt: any CSV or Excel file, once it is said which column means what.

The template that needs nothing said has the columns of TEMPLATE. Every other table can be read as well: a column may
also hold one of the counts of parts.csv directly.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from geodata import catalog
from geodata.model import GeoDataError, State
from geodata.sources.statistics.reading import Reading, RowProblem, as_rows, read_figure

FORM = "vorlage"
TEMPLATE = ("ags", "zeitraum", "indikator", "zaehler", "nenner", "zustand", "quelle")
NEEDED = ("ags", "zeitraum")
SYNONYMS = {
    "ags": ("ags", "schlüssel", "gemeindeschlüssel", "amtlicher gemeindeschlüssel", "key", "regionalschlüssel"),
    "zeitraum": ("zeitraum", "period", "periode", "jahr", "stichtag", "zeit", "datum", "year"),
    "indikator": ("indikator", "kennzahl", "indicator"),
    "zaehler": ("zähler", "zaehler", "numerator", "anzahl", "fälle"),
    "nenner": ("nenner", "denominator", "grundgesamtheit", "basis"),
    "zustand": ("zustand", "state", "status"),
    "quelle": ("quelle", "source"),
}
STATE_WORDS = {
    "": None,
    "belegt": State.MEASURED,
    "gemessen": State.MEASURED,
    "geschätzt": State.ESTIMATED,
    "vorläufig": State.PROVISIONAL,
    "berichtigt": State.REVISED,
    "unsicher": State.UNRELIABLE,
    "geheim": State.SUPPRESSED_PRIMARY,
    "fehlt": State.MISSING,
    "nicht sinnvoll": State.NOT_APPLICABLE,
    **{str(state): state for state in State},
}
YEAR = re.compile(r"(19|20)\d\d")
PERIODS = (
    (re.compile(r"((?:19|20)\d\d)(?:\.0)?"), r"\1"),
    (re.compile(r"(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d)"), r"\3-\2-\1"),
    (re.compile(r"(\d{1,2})[./]((?:19|20)\d\d)"), r"\2-\1"),
    (re.compile(r"((?:19|20)\d\d)-(\d{2})(?:-(\d{2}))?(?:[ T]00:00:00)?"), None),
    (re.compile(r"((?:19|20)\d\d)/\d\d(?:\d\d)?"), r"\1"),
)


def recognises(path: Path) -> bool:
    """Return whether a file has the columns of the template, so that nothing has to be said about it."""
    try:
        heads = read_heads(path)
    except GeoDataError:
        return False
    return {*NEEDED, "indikator", "zaehler"} <= set(propose(heads).values())


def read_table(path: Path, rows: int | None = None) -> pd.DataFrame:
    """Return a CSV or Excel table (its first ``rows``), rows numbered as in the file; else raise GeoDataError."""
    try:
        if path.suffix.lower() in (".xlsx", ".xlsm"):
            frame = pd.read_excel(path, dtype=object, header=0, nrows=rows)
        else:
            frame = _read_csv(path, rows)
    except GeoDataError:
        raise
    except Exception as error:  # every library below has its own kinds
        kind = "Excel-Datei" if path.suffix.lower().startswith(".xls") else "CSV-Datei"
        raise GeoDataError(
            f"{path.name}: ist keine lesbare {kind} ({type(error).__name__}). "
            "Abhilfe: im Tabellenprogramm öffnen und als .xlsx oder als CSV (UTF-8, Semikolon) neu speichern."
        ) from error
    if frame.empty or len(frame.columns) < 2:
        raise GeoDataError(f"{path.name}: keine Tabelle mit Kopfzeile und Daten gefunden. Abhilfe: Vorlage verwenden.")
    frame.columns = [_text(name) or f"Spalte {n + 1}" for n, name in enumerate(frame.columns)]
    return frame.set_axis([f"Zeile {n + 2}" for n in range(len(frame))]).dropna(how="all")


def _read_csv(path: Path, rows: int | None) -> pd.DataFrame:
    raw = path.read_bytes()
    if b"\0" in raw[:4096]:
        raise GeoDataError(f"{path.name}: ist keine Textdatei. Abhilfe: als .xlsx oder CSV speichern.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    first = text.split("\n", 1)[0]
    sign = max((";", "\t", ","), key=first.count)
    lines = list(csv.reader(text.splitlines()[: None if rows is None else rows + 1], delimiter=sign, strict=True))
    width = len(lines[0]) if lines else 0
    body = [(line + [""] * width)[:width] for line in lines[1:]]
    return pd.DataFrame(body, columns=lines[0] if lines else [], dtype=object).replace("", None)


def read_heads(path: Path) -> list[str]:
    """Return the names of the columns of a table."""
    return [str(name) for name in read_table(path, 1).columns]


def propose(heads: list[str]) -> dict[str, str]:
    """Return what the columns probably mean: head -> meaning (TEMPLATE, or a part of parts.csv).

    >>> propose(["AGS", "Jahr", "Arbeitslose", "Bemerkung"])
    {'AGS': 'ags', 'Jahr': 'zeitraum', 'Arbeitslose': 'arbeitslose'}
    """
    names = {part.name.lower(): key for key, part in catalog.parts().items()} | {key: key for key in catalog.parts()}
    meanings = {word: meaning for meaning, words in SYNONYMS.items() for word in words} | names
    found: dict[str, str] = {}
    for head in heads:
        meaning = meanings.get(head.strip().lower())
        if meaning and meaning not in found.values():
            found[head] = meaning
    return found


def read(path: Path, mapping: Mapping[str, str] | None = None, indicator: str = "") -> Reading:
    """Return the figures of a table; ``mapping``: head -> meaning, by default what `propose` says.

    ``indicator``: the one that all rows are for, where there is no column for it.
    """
    table = read_table(path)
    mapping = dict(mapping) if mapping else propose(list(table.columns))
    columns = {meaning: table[head] for head, meaning in mapping.items() if head in table}
    if missing := [name for name in NEEDED if name not in columns]:
        raise GeoDataError(
            f"{path.name}: Spalte fehlt: {', '.join(missing)}. Gefunden: {', '.join(table.columns)}. "
            "Abhilfe: beim Einlesen sagen, welche Spalte was bedeutet, oder die Vorlage verwenden."
        )
    problems: list[RowProblem] = []
    keys = _checked(columns["ags"], _key, "ags hat nicht 8 (Gemeinde) oder 5 (Kreis) Ziffern", problems)
    periods = _checked(columns["zeitraum"], _period, "Zeitraum ist kein Jahr, Monat oder Tag", problems)
    rows = [
        row
        for item, cells in _items(columns, indicator, problems)
        for row in _figures(item, cells, (keys, periods), columns.get("zustand"), problems)
    ]
    return Reading(as_rows(rows), FORM, path.stem, problems=tuple(problems))


def _text(value: Any) -> str:
    if value is None or value != value:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _key(text: str) -> str | None:
    """Return a key of 8 or 5 digits; one that lost its leading zero in a spreadsheet is not repaired by guessing."""
    return text if re.fullmatch(r"\d{8}|\d{5}|\d{9}|DG", text) else None


def _period(text: str) -> str | None:
    for pattern, order in PERIODS:
        if found := pattern.fullmatch(text):
            parts = re.sub(r"[T ].*", "", found[0]) if order is None else found.expand(order)
            return _valid("-".join(part.zfill(2) for part in parts.split("-")))
    return None


def _valid(period: str) -> str | None:
    try:
        pd.Period(period) if len(period) < 10 else pd.Timestamp(period)
    except ValueError:
        return None
    return period


def _checked(column: pd.Series, read_one: Any, rule: str, problems: list[RowProblem]) -> pd.Series:
    texts = column.map(_text)
    found = texts.map(read_one)
    remedy = "in der Tabelle berichtigen (Schlüssel als Text, Jahr als 2023, Tag als 31.12.2023)"
    problems.extend(RowProblem(str(row), rule, texts[row], remedy) for row in texts.index[found.isna()])
    return found


def _items(
    columns: Mapping[str, pd.Series], indicator: str, problems: list[RowProblem]
) -> list[tuple[pd.Series, pd.Series]]:
    """Return (item per row, cells) for every column that holds figures."""
    pairs = []
    own = columns.get("indikator")
    given = own.map(_text) if own is not None else None
    for role in ("zaehler", "nenner"):
        if role in columns:
            cells = columns[role]
            names = given if given is not None else pd.Series(indicator, cells.index)
            pairs.append((role + "|" + names, cells))
    for meaning, cells in columns.items():
        if meaning in catalog.parts():
            pairs.append((pd.Series(meaning, cells.index), cells))
    if given is not None:
        unknown = given[~given.isin(list(catalog.indicators()))]
        remedy = "eine Kennung wie ARB02 eintragen (Liste: Daten und Methodik)"
        problems.extend(RowProblem(str(row), "Indikator ist unbekannt", text, remedy) for row, text in unknown.items())
    return pairs


def _figures(
    items: pd.Series,
    cells: pd.Series,
    where: tuple[pd.Series, pd.Series],
    states: pd.Series | None,
    problems: list[RowProblem],
) -> list[tuple[Any, ...]]:
    keys, periods = where
    said = states.map(_text).str.lower() if states is not None else pd.Series("", cells.index)
    rows = []
    for row, cell, word, key, period, item in zip(cells.index, cells, said, keys, periods, items, strict=True):
        figure = read_figure(cell if isinstance(cell, (int, float)) else _text(cell))
        if figure is None:
            remedy = "eine Zahl in deutscher Schreibweise (1.234,5) oder ein Zeichen der Statistik eintragen"
            problems.append(RowProblem(str(row), "Wert ist keine Zahl", _text(cell), remedy))
        elif word not in STATE_WORDS:
            remedy = f"eines von: {', '.join(list(STATE_WORDS)[1:9])}"
            problems.append(RowProblem(str(row), "Zustand ist unbekannt", word, remedy))
        elif isinstance(key, str) and isinstance(period, str):
            value, state = figure
            state = STATE_WORDS[word] or state
            value = float("nan") if state in (State.SUPPRESSED_PRIMARY, State.MISSING) else value
            rows.append((row, key, "", period, item, value, str(state)))
    return rows


def template_items() -> dict[str, str]:
    """Return what the items of the template are: counts above and below the line of every indicator, and all parts."""
    from geodata.catalog.formula import parse

    items = {key: key for key in catalog.parts()}
    for key, indicator in catalog.indicators().items():
        for role, formula in (("zaehler", indicator.count), ("nenner", indicator.per)):
            node = parse(formula) if formula else None
            if node is not None and node.kind == "name":
                items[f"{role}|{key}"] = node.name
        if not indicator.count:
            items[f"zaehler|{key}"] = key
    return items
