"""GISD, the index of socio-economic deprivation (RKI), as figures of a Reading.

Proven by public files: the releases of 2022 and 2025 (CSV, comma, decimal point; gemeinde_id, gvb_id or kreis_id, name,
year, gisd_score, for Germany also gisd_5, gisd_10, gisd_k) and the newest as GISD_Bundesland.tsv (tabs; federal_state,
region_type, region_id, region_name). By its public program only: its workbooks, one sheet a level. gemeindeverband_id
is read as well but was not found in any file.

A score is 0 to 1 among the areas of one level, one year and one frame: Germany or the own Land. Scores of two frames do
not mix; the name of a file says its frame, or its column federal_state, and so does the title. All years of a release
are on the areas of its newest year, which no file says. Other levels (PLZ, NUTS, Raumordnungsregionen) are left out.

What opens files line by line stands here for the reader of INKAR as well, from whose data the index is made.
"""

from __future__ import annotations

import codecs
import csv
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from geodata.model import GeoDataError, State
from geodata.sources.statistics.reading import READING_COLUMNS, Reading, RowProblem, as_rows, read_figure

FORM = "gisd"
BREAKS = {"gisd": ("2018",)}  # first year of another method: values of 2017 and 2018 are no series
ITEMS = {"gisd_score": (0, 1), "gisd_5": (1, 5), "gisd_10": (1, 10), "gisd_k": (1, 3)}  # and their bounds
KEYS = {  # head of the key: level, which region_type or the sheet says where it is empty
    "gemeinde_id": "gemeinde",
    "gvb_id": "gemeindeverband",
    "gemeindeverband_id": "gemeindeverband",
    "kreis_id": "kreis",
    "region_id": "",
}
LEVELS = {"gemeinden": "gemeinde", "kreise": "kreis"}
WIDTHS = {"gemeinde": 8, "kreis": 5}
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEAD_LINES = 10  # the head stands in one of these
SAMPLE = 64_000_000  # bytes that decide about the encoding
UNPACKED = 500_000_000  # bytes of a workbook
OLD_KEY = re.compile(r"0?(0[1-9]\d{3}|1004[1-6]|1[1-6]\d{3})(\d{3})")  # Kreis (Saarland: 41 to 46) and three digits
YEAR = re.compile(r"(19|20)\d\d")
FRAME = re.compile(r"GISD_(?!Release|Bundesland)([^\W_]+(?:-[^\W_]+)*)")
ADVICE = "Abhilfe: die Datei eines GISD-Release des RKI unverändert angeben."
Line = tuple[int, Sequence[Any]]


def recognises(path: Path) -> bool:
    """Return True where the head of a file is one of the GISD's; never raises."""
    return begins_with(path, is_head, ",\t")


def read(path: Path) -> Reading:
    """Return the figures of a GISD file, years as periods, or raise GeoDataError where it cannot be read at all."""
    problems: list[RowProblem] = []
    with readable(path, ADVICE):
        _, parts = parts_of(path, is_head, ",\t")
        tables = [table for sheet, lines in parts if (table := _table(sheet, lines, problems)) is not None]
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    if table.empty and not problems:
        raise GeoDataError(f"{path.name}: nichts zu Gemeinden, Gemeindeverbänden oder Kreisen. {ADVICE}")
    figures = [_figures(table, item, problems) for item in ITEMS if item in table]
    rows = settle(pd.concat([as_rows([]), *figures]).sort_index(kind="stable"), problems)
    title = f"GISD, Bezugsrahmen: {_frame(path, table)}"
    return Reading(rows.reset_index(drop=True), FORM, title, problems=merge_problems(problems))


def is_head(cells: Sequence[Any]) -> bool:
    """Return True for a head with a key of KEYS, a year and a score."""
    words = [word for word in _words(cells) if word]
    return {"gisd_score", "year"} <= set(words) and any(key in words for key in KEYS) and len({*words}) == len(words)


def association_key(key: str) -> str | None:
    """Return the nine digits of a Gemeindeverband (Kreis and four) for what INKAR or RKI write, None where unknown.

    Older editions give Kreis and three digits, 9 in front for an association; which number that is is known for
    Thüringen only (906 is 5006). Some files put a zero in front of these eight digits, others lost one.

    >>> [association_key(key) for key in ("160635006", "16063906", "016063004", "1051963")]
    ['160635006', '160635006', '160630004', None]
    """
    old = OLD_KEY.fullmatch(key.zfill(8) if len(key) == 7 else key)
    if old is None:
        return in_a_land(key.zfill(9)) if len(key) in (8, 9) else None
    kreis, tail = old.groups()
    if not tail.startswith("9"):
        return f"{kreis}0{tail}"
    return f"{kreis}50{tail[1:]}" if kreis.startswith("16") else None


def in_a_land(key: str) -> str | None:
    """Return a key that consists of digits and begins with a Land (01 to 16), else None."""
    return key if key.isascii() and key.isdigit() and "01" <= key[:2] <= "16" else None


def _key(level: str, text: str) -> str | None:
    if level == "gemeindeverband":
        return association_key(text)
    width = WIDTHS[level]
    return in_a_land(text.zfill(width)) if len(text) in (width - 1, width) else None


def _words(cells: Sequence[Any]) -> list[str]:
    return [digits_of(cell).casefold() for cell in cells]


def _frame(path: Path, table: pd.DataFrame) -> str:
    """Return the areas among which the scores are 0 to 1, German."""
    states = list(table["federal_state"].unique()) if "federal_state" in table else []
    named = FRAME.search(path.stem)
    if len(states) > 1:
        return "jeweiliges Land"
    return str(states[0]) if states else named[1] if named else "nicht genannt"


def _table(sheet: str, lines: Iterator[Line], problems: list[RowProblem]) -> pd.DataFrame | None:
    """Return the lines of a known level: row, key, name, period and the cells of ITEMS; None without a head."""
    head = next((_words(cells) for _, cells in islice(lines, HEAD_LINES) if is_head(cells)), None)
    if head is None:
        return None
    numbers, cells = _lines(f"Blatt {sheet}, Zeile " if sheet else "Zeile ", head, lines, problems)
    column = next(key for key in KEYS if key in head)
    level = cells["region_type"] if "region_type" in head else pd.Series(KEYS[column] or sheet, cells.index)
    name = column.replace("_id", "_name")
    table = cells[[item for item in (*ITEMS, "federal_state") if item in head]].assign(
        row=numbers,
        level=[LEVELS.get(text.casefold(), text.casefold()) for text in map(digits_of, level)],
        raw=cells[column].map(digits_of),
        name=cells[name].map(digits_of) if name in head else "",
        period=cells["year"].map(digits_of),
    )
    return _keyed(table[table["level"].isin({*WIDTHS, "gemeindeverband"})], problems)


def _lines(
    place: str, head: list[str], lines: Iterator[Line], problems: list[RowProblem]
) -> tuple[list[str], pd.DataFrame]:
    numbers, rows = [], []
    for number, cells in lines:
        row = fitted(cells, len(head), padded=place.startswith("Blatt"))
        if row is None:
            rule, found = f"{len(cells)} statt {len(head)} Felder", ", ".join(map(digits_of, cells))[:60]
            problems.append(RowProblem(f"{place}{number}", rule, found, "die Zeile wie im Release herstellen"))
        elif any(map(digits_of, row)):
            rows.append(row)
            numbers.append(f"{place}{number}")
    return numbers, pd.DataFrame(rows, columns=head, dtype=object)


def _keyed(table: pd.DataFrame, problems: list[RowProblem]) -> pd.DataFrame:
    """Return a table with its keys; lines without key or year become problems."""
    key_of = cache(_key)
    keys = [key_of(level, raw) for level, raw in zip(table["level"], table["raw"], strict=True)]
    table = table.assign(key=pd.Series(keys, table.index, dtype=object))
    dated = table["period"].map(cache(lambda text: YEAR.fullmatch(text) is not None)).astype(bool)
    for row in table[table["key"].isna()].itertuples():
        rule = f"Kennziffer passt nicht zur Ebene {str(row.level).capitalize()}"
        problems.append(RowProblem(str(row.row), rule, str(row.raw), "Kennziffer als Text mit allen Ziffern angeben"))
    for row in table[~dated].itertuples():
        problems.append(RowProblem(str(row.row), "year ist kein Jahr", str(row.period), "vierstelliges Jahr angeben"))
    return table[table["key"].notna() & dated]


def _figures(table: pd.DataFrame, item: str, problems: list[RowProblem]) -> pd.DataFrame:
    low, high = ITEMS[item]

    @cache
    def figure(kind: str, cell: Any) -> tuple[float, State] | None:
        if kind == "str" and cell.strip() in ("", "NA"):
            return float("nan"), State.MISSING
        found = read_figure(cell, decimal=".") if kind != "str" or "," not in cell else None
        return None if found is not None and not (low <= found[0] <= high or found[0] != found[0]) else found

    cells = table[item]
    figures = [figure(type(cell).__name__, cell) for cell in cells]
    good = pd.Series([found is not None for found in figures], table.index, dtype=bool)
    for row, cell in zip(table["row"][~good], cells[~good], strict=True):
        rule = f"{item} ist keine Zahl von {low} bis {high}"
        problems.append(RowProblem(row, rule, digits_of(cell), "Wert mit Dezimalpunkt wie im Release angeben"))
    values = pd.DataFrame([found for found in figures if found], table.index[good], ["value", "state"], dtype=object)
    named = table.loc[good, ["row", "key", "name", "period"]].assign(item=item).astype(object)
    return named.join(values.astype({"value": float}))[list(READING_COLUMNS)]


def settle(frame: pd.DataFrame, problems: list[RowProblem]) -> pd.DataFrame:
    """Return rows without repetitions; those that contradict each other become problems and are left out."""
    same = ["key", "period", "item"]
    frame = frame.drop_duplicates([*same, "value", "state"])
    double = frame.duplicated(same, keep=False)
    for (key, period, item), group in frame[double].groupby(same, sort=False):
        shown = (
            f"{value:.10g} ({row})".replace(".", ",") for value, row in zip(group["value"], group["row"], strict=True)
        )
        rule = f"{item} {period} für {key} mehrfach mit verschiedenen Werten"
        problems.append(RowProblem(group["row"].iloc[0], rule, " und ".join(shown), "nur die richtige Zeile behalten"))
    return frame[~double]


def merge_problems(problems: list[RowProblem]) -> tuple[RowProblem, ...]:
    """Return each problem once: its first place and how many more there are."""
    places: dict[tuple[str, str, str], list[str]] = {}
    for problem in problems:
        places.setdefault((problem.rule, problem.found, problem.remedy), []).append(problem.row)
    more = {key: f" und {len(rows) - 1} weitere" if len(rows) > 1 else "" for key, rows in places.items()}
    return tuple(RowProblem(f"{rows[0]}{more[key]}", *key) for key, rows in places.items())


def digits_of(cell: Any) -> str:
    """Return a cell as text, a whole number without its point: 16063003.0 is "16063003", nothing is ""."""
    if cell is None:
        return ""
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text


def fitted(cells: Sequence[Any], width: int, *, padded: bool) -> Sequence[Any] | None:
    """Return as many cells as a head has, None where there are more or (unless ``padded``) less."""
    if len(cells) >= width:
        return None if any(map(digits_of, cells[width:])) else cells[:width]
    return [*cells, *[None] * (width - len(cells))] if padded or not any(map(digits_of, cells)) else None


@contextmanager
def readable(path: Path, advice: str) -> Iterator[None]:
    """Turn whatever a broken file raises inside the block into a GeoDataError with advice."""
    try:
        yield
    except GeoDataError as error:
        raise GeoDataError(f"{path.name}: {error}. {advice}") from error
    except Exception as error:  # a workbook lets through what zip and XML raise
        raise GeoDataError(f"{path.name}: beschädigt oder nicht lesbar ({type(error).__name__}). {advice}") from error


def begins_with(path: Path, is_head: Callable[[Sequence[Any]], Any], separators: str) -> bool:
    """Return True where one of the first lines of a text file or of a sheet is a head; never raises."""
    try:
        separator, parts = parts_of(path, is_head, separators)
        return bool(separator) or any(is_head(cells) for _, lines in parts for _, cells in islice(lines, HEAD_LINES))
    except Exception:  # any bytes may come: what cannot be opened is not ours
        return False


def parts_of(
    path: Path, is_head: Callable[[Sequence[Any]], Any], separators: str
) -> tuple[str, Iterator[tuple[str, Iterator[Line]]]]:
    """Return the separator of a text file ("" for a workbook) and, of each part or sheet, name and numbered lines."""
    with path.open("rb") as file:
        start = file.read(65_536)
    if start.startswith(b"PK"):
        return "", _sheets(path)
    if start.startswith(OLD_EXCEL):
        raise GeoDataError("altes Excel-Format; in Excel als .xlsx oder CSV speichern")
    first = start.decode("utf-8-sig", errors="replace").splitlines()[:HEAD_LINES]
    for separator in separators:
        if any(map(is_head, csv.reader(first, delimiter=separator))):
            return separator, iter([("", _csv_lines(path, separator))])
    shown = first[0].strip()[:60] if first else "leere Datei"
    raise GeoDataError(f"kein bekannter Tabellenkopf oder anderes Trennzeichen, gefunden '{shown}'")


def _sheets(path: Path) -> Iterator[tuple[str, Iterator[Line]]]:
    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > UNPACKED:
            raise GeoDataError(f"entpackt über {UNPACKED // 10**6} MB; als CSV speichern")
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            yield sheet.title, enumerate(sheet.iter_rows(values_only=True), 1)
    finally:
        book.close()


def _csv_lines(path: Path, separator: str) -> Iterator[Line]:
    """Yield the numbered lines of a text file, UTF-8 or else cp1252; raises csv.Error."""
    with path.open("rb") as file:
        try:
            codecs.getincrementaldecoder("utf-8")().decode(file.read(SAMPLE))
            encoding = "utf-8-sig"
        except UnicodeDecodeError:
            encoding = "cp1252"
    with path.open(encoding=encoding, errors="replace", newline="") as text:
        reader = csv.reader(text, delimiter=separator)
        for cells in reader:
            yield reader.line_num, cells
