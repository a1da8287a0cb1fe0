"""CSV files of regionalstatistik.de, GENESIS-Online and the databases of the Länder built like them.

Two forms: flat files ("ffcsv", one line per figure, the area is one of the variables) and cross tables
(`genesis_cross`), which people download. Items of a cross table are ``table|value|head|...|label of the row``, all
cells of the heads from top to bottom ("-B" at the number only chooses areas and is left out); of a flat file, which
does not name its table, ``statistic|code of the value|VARIABLE=label|...`` ordered by variable. A unit other than a
plain count stands in brackets behind the value, so that a changed unit is a new item.

Proven by real files: cross tables of 2017 (those in the catalogue without a remark), flat files with the old head of
2023 and the new one of 2025 (UTF-8 with mark, ISO days, several levels of areas in one file). By description only:
"Tabelle:" for "GENESIS-Tabelle:", quality columns in cross tables, keys of 12 digits (ARS), months, UTF-16 of Excel.
Keys of 10 digits (Kreis, Verband, Gemeinde, in Rheinland-Pfalz) and ARS become the 8 digits of the Gemeinde; 3 digits
(Regierungsbezirk) and 7 (Verband) are passed over. "e" beside a figure means final (endgültig), not estimated.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pandas as pd

from geodata.model import GeoDataError, State
from geodata.sources.statistics import genesis_cross as cross
from geodata.sources.statistics.reading import READING_COLUMNS, SIGNS, Reading, RowProblem, as_rows, read_figure

FORM = "genesis"
FLAT_HEADS = {"Statistik_Code": "Zeit_Code", "statistics_code": "time_code"}
AREA_VARIABLES = {"DG", "DINSG", "DLAND", "REGBEZ", "KREISE", "GEMEIN", "GEMEIND", "FGEMEIN"}
STOCKS = ("11111", "12411", "31231", "46251")  # every area has some
DASHES = {"-", "–", "—"}
TABLE_IN_NAME = re.compile(r"\d[0-9A-Z]{4}-(?:\d\d-\d\d-\d(?:-B)?|[0-9A-Z]{1,4}(?:-\d+)?)(?![0-9A-Z])")
TERRITORY = re.compile(r"Gebietsstand:? (\d{1,2}\.\d{1,2}\.\d{4})")
RENAMED = {"Statistik": "statistics", "Zeit": "time", "Merkmal": "variable", "Auspraegung": "variable_attribute"}
NOTHING = (float("nan"), State.MISSING)
STATES = {"p": State.PROVISIONAL, "r": State.REVISED, "s": State.ESTIMATED}
NO_ZERO = "Schlüsselspalte als Text einlesen, damit die führende Null bleibt, oder die Datei unverändert hochladen"
NO_PERIOD = "Zeitangabe als Tag (31.12.2021), Monat (Dezember 2021) oder Jahr (2021) angeben"
NO_FIGURE = "Zahl mit Dezimalkomma oder ein Zeichen der Statistik (- . / x ...) eintragen"


def recognises(path: Path) -> bool:
    """Return whether the head of a file is that of a GENESIS table; never raises."""
    try:
        with path.open("rb") as file:
            head = _decoded(file.read(4096).rpartition(b"\n")[0])
    except OSError:
        return False
    return _is_cross(head) or _is_flat(head)


def read(path: Path) -> Reading:
    """Return the figures of a flat file or a cross table; raise GeoDataError where it is neither."""
    text = _decoded(path.read_bytes())
    try:
        _refuse_other_kinds(text)
        cells = cross.read_cross(_lines(text)) if _is_cross(text) else read_flat(_lines(text), path.stem)
    except csv.Error:
        raise GeoDataError(f"{path.name}: Anführungszeichen ohne Ende. Abhilfe: {cross.CUT_OFF}") from None
    except GeoDataError as error:
        raise GeoDataError(f"{path.name}: {error}") from None
    rows, problems = figures(cells)
    told = {name: getattr(cells, name) for name in ("title", "table", "stand", "gebietsstand", "basis")}
    return Reading(rows, FORM, **told, problems=(*cells.problems, *problems))


def _decoded(data: bytes) -> str:
    """Return the text of a file in UTF-8, with or without mark, UTF-16 with mark, else Windows-1252."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _first_line(text: str) -> str:
    lines = (line.strip().strip('"\t,; ') for line in text.splitlines())
    return next((line for line in lines if line and not line.lower().startswith("sep=")), "")


def _is_cross(text: str) -> bool:
    return cross.TABLE.match(_first_line(text)) is not None


def _is_flat(text: str) -> bool:
    first = _first_line(text)
    return any(first.startswith(code) and time in first for code, time in FLAT_HEADS.items())


def _refuse_other_kinds(text: str) -> None:
    start = text[:2000].lstrip()
    if not start:
        raise GeoDataError("die Datei ist leer. Abhilfe: die Tabelle noch einmal herunterladen")
    if start.startswith("PK\x03\x04"):
        raise GeoDataError("die Datei ist ein ZIP-Archiv oder Excel. Abhilfe: entpacken oder als CSV speichern")
    if start.startswith(("<", "{")):
        raise GeoDataError("statt der Tabelle kam eine Internetseite. Abhilfe: neu anmelden und als CSV herunterladen")
    if not (_is_cross(text) or _is_flat(text)):
        raise GeoDataError(
            f"die Datei beginnt mit '{_first_line(text)[:40]}' und ist keine Tabelle der Regionaldatenbank. "
            "Abhilfe: als CSV oder Flat-File-CSV herunterladen und die ersten Zeilen nicht verändern"
        )


def _lines(text: str) -> list[cross.Line]:
    """Return the rows of cells with their line, parted by the separator that gives the most cells."""
    sample = text[:20_000].splitlines()
    separator = max(";\t,", key=lambda sign: sum(len(cells) for cells in csv.reader(sample, delimiter=sign)))
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator)
    lines: list[cross.Line] = []
    before = 0
    for cells in reader:
        if cells and not cells[0].lower().startswith("sep="):
            lines.append((before + 1, [cell.strip() for cell in cells]))
        before = reader.line_num
    if max(len(cells) for _, cells in lines) < 3:
        raise GeoDataError("die Spalten sind nicht getrennt. Abhilfe: als CSV mit Semikolon als Trennzeichen speichern")
    return lines


def read_flat(lines: list[cross.Line], stem: str) -> cross.Cells:
    """Return the cells of a flat file of the old or the new head; ``stem`` of the file name may name the table."""
    names = [_new_name(name) for name in lines[0][1]]
    end = next((at for at, (_, cells) in enumerate(lines) if cells[0].startswith("____")), None)
    kept = [(line, *cells) for line, cells in lines[1:end] if len(cells) == len(names)]
    if not kept:
        raise GeoDataError("die Datei hat nur Spaltenköpfe. Abhilfe: Zeitraum und Gebiete prüfen und neu abrufen")
    frame = pd.DataFrame(kept, columns=["line", *names])
    if missing := sorted(_needed(frame) - {name for name in names if names.count(name) == 1}):
        raise GeoDataError(f"die Spalte {missing[0]} fehlt oder steht doppelt. Abhilfe: {cross.CUT_OFF}")
    statistic, title = str(frame["statistics_code"].iloc[0]), str(frame["statistics_label"].iloc[0])
    table, areas = TABLE_IN_NAME.match(stem), _areas(frame)
    territory = TERRITORY.search(" ".join(frame[f"{areas}_variable_label"].unique()))
    return cross.Cells(
        frame=_flat_cells(frame, areas),
        table=table[0] if table and table[0].startswith(statistic) else statistic,
        title=title,
        gebietsstand=(cross.read_period(territory[1]) or "") if territory else "",
        basis=cross.census_basis(title),
        problems=tuple(
            RowProblem(f"Zeile {line}", cross.columns_differ(cells, len(names)), ";".join(cells)[-40:], cross.CUT_OFF)
            for line, cells in lines[1:end]
            if len(cells) != len(names) and any(cells)
        ),
    )


def _new_name(name: str) -> str:
    """Return the new name of a column of the old head; values keep theirs.

    >>> _new_name("2_Auspraegung_Label"), _new_name("Zeit"), _new_name("BEVSTD__Bevoelkerungsstand__Anzahl")
    ('2_variable_attribute_label', 'time', 'BEVSTD__Bevoelkerungsstand__Anzahl')
    """
    parts = [] if "__" in name else name.split("_")
    return "_".join(RENAMED.get(part, part.lower()) for part in parts) or name


def _areas(frame: pd.DataFrame) -> str:
    for number in _numbers(frame):
        codes = frame[f"{number}_variable_code"].unique()
        if all(code in AREA_VARIABLES or code.startswith("GEO") for code in codes):
            return number
    raise GeoDataError("keines der Merkmale nennt Gebiete. Abhilfe: eine Tabelle mit Gemeinden oder Kreisen abrufen")


def _numbers(frame: pd.DataFrame) -> list[str]:
    return [name.split("_")[0] for name in frame.columns if re.fullmatch(r"\d+_variable_code", name)]


def _needed(frame: pd.DataFrame) -> set[str]:
    """Return the names of the columns that must stand once."""
    parts = ("code", "label", "attribute_code", "attribute_label")
    variables = {f"{number}_variable_{part}" for number in _numbers(frame) for part in parts}
    values = {"value", "value_unit", "value_variable_code"} if "value" in frame else set()
    return {"statistics_code", "statistics_label", "time"} | variables | values


def _flat_cells(frame: pd.DataFrame, areas: str) -> pd.DataFrame:
    key, name = frame[f"{areas}_variable_attribute_code"], frame[f"{areas}_variable_attribute_label"]
    cells = pd.DataFrame({"line": frame["line"], "name": name, "period": frame["time"]})
    cells["key"] = key.mask((key == "") & name.isin(["Deutschland", "Insgesamt"]), "DG")
    variables: dict[str, pd.Series[str]] = {}
    for number in set(_numbers(frame)) - {areas}:
        named, label = frame[f"{number}_variable_code"], frame[f"{number}_variable_attribute_label"]
        if (named == "MONAT").all():
            cells["period"] += "-" + frame[f"{number}_variable_attribute_code"].str[-2:]
        else:
            part = "|" + named + "=" + label.str.replace("|", "/")
            variables[str(named.iloc[0])] = part.where(named != "", "")
    values = []
    for item, cell, quality in _flat_values(frame):
        for code in sorted(variables):
            item = item + variables[code]
        values.append(cells.assign(cell=cell, quality=quality, item=item))
    return pd.concat(values, ignore_index=True)[list(cross.CELL_COLUMNS)].sort_values("line", kind="stable")


def _flat_values(frame: pd.DataFrame) -> Iterator[tuple[pd.Series[str], pd.Series[str], pd.Series[str]]]:
    """Yield name, figures and quality signs of every value; the old head has a column for each."""
    none = pd.Series("", index=frame.index)
    if "value" in frame:
        value = frame["statistics_code"] + "|" + frame["value_variable_code"] + frame["value_unit"].map(_unit)
        yield value, frame["value"], frame.get("value_q", none)
        return
    columns = [name for name in frame.columns if "__" in name]
    if not columns:
        raise GeoDataError("hinter den Merkmalen stehen keine Werte. Abhilfe: die Tabelle neu herunterladen")
    for name, following in zip(columns, [*columns[1:], ""], strict=True):
        if not name.endswith("__q"):
            code, *_, unit = name.split("__")
            value = frame["statistics_code"] + f"|{code}{_unit(unit.replace('_', ' '))}"
            yield value, frame[name], frame[following] if following.endswith("__q") else none


def _unit(unit: str) -> str:
    return "" if unit in ("", "Anzahl") else f" [{unit}]"


def figures(cells: cross.Cells) -> tuple[pd.DataFrame, list[RowProblem]]:
    """Return the rows of a Reading and what is wrong in the others."""
    frame = cells.frame.assign(region=_each(cross.read_region, cells.frame["key"]))
    frame = frame[frame["region"].ne("")].assign(when=lambda kept: _each(cross.read_period, kept["period"]))
    signs = zip(frame["cell"].tolist(), frame["quality"].tolist(), strict=True)
    found = [_figure(cell, quality) for cell, quality in signs]
    wrong = pd.Series([figure is None for figure in found], index=frame.index, dtype=bool)
    problems = [
        *_problems(frame[frame["region"].isna()], "key", _key_rule, NO_ZERO),
        *_problems(frame[frame["when"].isna()], "period", lambda _: "die Zeitangabe ist unbekannt", NO_PERIOD),
        *_problems(frame[wrong], "cell", lambda _: "weder Zahl noch bekanntes Zeichen", NO_FIGURE),
    ]
    frame["figure"] = pd.Series(found, frame.index, dtype=object)
    frame = frame[~wrong & frame["region"].notna() & frame["when"].notna()]
    frame, twice = _once(frame, without_statement(frame, cells.table))
    rows = frame.assign(row="Zeile " + frame["line"].astype(str), key=frame["region"], period=frame["when"])
    rows["value"] = [value for value, _ in frame["figure"]]
    rows["state"] = pd.Series([state for _, state in frame["figure"]], frame.index, dtype=object)
    return as_rows(rows[list(READING_COLUMNS)]).reset_index(drop=True), [*problems, *twice]


def _each(function: Callable[[str], str | None], column: pd.Series[str]) -> pd.Series[str]:
    """Return the function of every text, computed once for equal ones."""
    return column.map({text: function(text) for text in column.unique()}).astype("str")


@lru_cache(maxsize=65_536)
def _figure(cell: str, quality: str) -> tuple[float, State] | None:
    """Return number and state of a cell with the sign beside it; a sign that stands for a number wins."""
    if quality in SIGNS and quality:
        return read_figure(quality)
    figure = read_figure(cell)
    if figure is None or quality in ("", "e"):
        return figure
    return (figure[0], STATES[quality]) if quality in STATES else None


def _problems(frame: pd.DataFrame, column: str, rule: Callable[[str], str], remedy: str) -> Iterator[RowProblem]:
    for line, found in frame[["line", column]].drop_duplicates().itertuples(index=False):
        yield RowProblem(f"Zeile {line}", rule(found), found, remedy)


def _key_rule(key: str) -> str:
    if key.isdecimal() and cross.read_region("0" + key) is not None:
        return f"der Gebietsschlüssel hat {len(key)} Ziffern, die führende Null fehlt"
    return "das ist kein Gebietsschlüssel"


def without_statement(frame: pd.DataFrame, table: str) -> pd.Series[bool]:
    """Return which rows of ``frame`` belong to an area that has nothing but dashes in a period and says nothing.

    That is so where the file writes zeros as 0, where the statistic counts what every area has, and for Kreise and
    Länder with more than one item. A Gemeinde with nothing but dashes else had no births, say.
    """
    dash = frame["cell"].isin(DASHES)
    by_area = dash.groupby([frame["key"], frame["when"]])
    zeros = frame["cell"].isin(["0", "0,0"]).groupby(frame["when"]).transform("any")
    large = (frame["region"].str.len() <= 5) & (by_area.transform("size") > 1)
    return by_area.transform("all") & (zeros | large | table.startswith(STOCKS))


def _once(frame: pd.DataFrame, silent: pd.Series[bool]) -> tuple[pd.DataFrame, list[RowProblem]]:
    """Return one figure per area, period and item, and where two stood; a silent area gives way to one that speaks."""
    frame = frame.assign(figure=frame["figure"].where(~silent, pd.Series([NOTHING] * len(frame), frame.index)))
    names = ["region", "when", "item"]
    if not frame.duplicated(names).any():
        return frame, []
    spoken = (~silent).groupby([frame[name] for name in names]).transform("any")
    frame = frame[~(silent & (spoken | frame.duplicated(names)))]
    twice = frame[frame.duplicated(names, keep=False)]
    same = twice["figure"].astype(str).groupby([twice[name] for name in names]).transform("nunique") == 1
    again, torn = twice[same & twice.duplicated(names)], twice[~same]
    problems = [
        *_problems(again, "key", lambda _: "die Zeile steht schon einmal in der Datei", "eine der Zeilen löschen"),
        *_problems(torn, "key", lambda _: "zwei verschiedene Zahlen für dasselbe Gebiet und Merkmal", cross.CUT_OFF),
    ]
    return frame.drop([*again.index, *torn.index]), problems
