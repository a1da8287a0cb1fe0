"""Tables within sheets: the column with keys, the head over several rows, the title above, the notes below."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from geodata.sources.statistics.reading import read_figure
from geodata.sources.statistics.sheets import Row, Sheet, text_of

HEAD_ROWS, KEY_COLUMNS = 60, 8  # no head lies deeper, no key column further right
AREAS = (
    "regionen|region|gebiet|raumeinheit|(?:erfüllende )?gemeinden?|(?:land)?kreise?|kreisfreie|stadt|städte|länder|land"
)
AREAS += "|verwaltungsgemeinschaft|wohnort|arbeitsort"
KEY_HEAD = re.compile(
    r"(?:(?:amtlicher|gemeinde|kreis|regional|gebiets|land|vg)[-/ ]*)*schlüssel.{0,30}|schl\. ?-?nr.{0,20}"
    rf"|AGS.{{0,20}}|(?:(?:{AREAS})(?:[ ,/]|und|$)+)+",
    re.I,
)
NOT_HEAD = re.compile(
    r"gebietsstand|datenstand|berichtsmonat|stichtag|erstell|auftrag|^tabelle|quelle|statistik der|zurück zum|.{90}",
    re.I,
)
LINKS = re.compile(r"^(?:davon|darunter|dav\.|dar\.|und zwar|bestand an|anzahl der)[: ]*|[:*]+$", re.I)
EMPTY_HEADS = {"anzahl", "personen", "fälle", "bestand", "absolut"}
FOOTNOTE = re.compile(r"\s*(?:\*|\d{1,2})\)|\s*[¹²³⁴⁵⁶⁷⁸⁹]\)?$")


@dataclass(frozen=True, eq=False)
class Table:
    """What is what in a sheet.

    ``title`` and ``notes``: texts above the head and below the last key. ``key``, ``label``: columns of key and name
    (label -1 where the name stands behind the key in one cell). ``heads``: the texts over each column of figures, from
    top to bottom. ``first``, ``last``: rows of the body.
    """

    sheet: Sheet
    title: tuple[str, ...]
    notes: tuple[str, ...]
    key: int
    label: int
    heads: dict[int, tuple[str, ...]]
    first: int
    last: int

    def body(self) -> Iterator[tuple[int, Row]]:
        """Yield number and cells of the rows from the first key to the last."""
        yield from ((n, self.sheet.rows[n]) for n in range(self.first, self.last + 1))


def find_table(sheet: Sheet, key_of: Callable[[Any], str]) -> Table | None:
    """Return head, body and notes of the table in a sheet, None where no column holds keys.

    ``key_of`` returns the key that a cell holds, else "". The key column is the one under a word for it ("Schlüssel",
    "AGS", "Region"), otherwise the first whose texts are keys; numbers alone do not make a key column.
    """
    found = _key_column(sheet, key_of)
    if found is None:
        return None
    key, body = found
    top = _top_of_head(sheet, key, body[0])
    first = next((n for n in range(top + 1, body[0]) if _is_data(sheet.rows[n], key)), body[0])
    heads = _heads(sheet, range(top, first))
    label = _label_column(sheet, key, body, heads)
    kept = {c: head for c, head in heads.items() if c not in (key, label) and not _is_text(sheet, c, body)}
    last = body[-1]
    return Table(sheet, _texts(sheet, 0, top), _texts(sheet, last + 1, len(sheet.rows)), key, label, kept, first, last)


def _key_column(sheet: Sheet, key_of: Callable[[Any], str]) -> tuple[int, list[int]] | None:
    """Return the key column, the one with most different keys, and its rows with a key."""
    rows = sheet.rows
    named = {c: n for n in range(min(len(rows), HEAD_ROWS) - 1, -1, -1) for c in _key_heads(rows[n])}
    candidates = []
    for column in range(min(KEY_COLUMNS, max(map(len, rows), default=0))):
        start = named.get(column, -1)
        cells = ((n, rows[n][column]) for n in range(start + 1, len(rows)) if column < len(rows[n]))
        keys = {n: key for n, cell in cells if (start >= 0 or isinstance(cell, str)) and (key := key_of(cell))}
        keys = {n: key for n, key in keys.items() if not numbers_columns(rows[n])}
        if keys and (start >= 0 or all(_has_name(rows[n], column) for n in list(keys)[:5])):
            candidates.append((start >= 0, len(set(keys.values())), -column, list(keys)))
    best = max(candidates, default=None)
    return (-best[2], best[3]) if best else None


def _key_heads(row: Row) -> list[int]:
    cells = enumerate(map(text_of, row[:KEY_COLUMNS]))
    return [c for c, text in cells if len(text) < 90 and KEY_HEAD.fullmatch(_plain(text))]


def _has_name(row: Row, column: int) -> bool:
    """Return True where a name stands behind the key in its cell, or in the next one."""
    return any(re.search(r"[A-Za-zÄÖÜäöü]{2}", text_of(cell)) for cell in row[column : column + 2])


def numbers_columns(row: Row) -> bool:
    """Return True for the row of a head that numbers the columns 1, 2, 3."""
    count = 0
    for cell in row:
        if cell is None or cell == "":
            continue
        count += 1
        if text_of(cell) != str(count):
            return False
    return count > 2


def _top_of_head(sheet: Sheet, key: int, first: int) -> int:
    """Return the first row of the head: from the row that names the key, or from the body, up to the title."""
    named = [n for n in range(max(0, first - 12), first) if key in _key_heads(sheet.rows[n])]
    top = named[-1] if named else first
    while top > 0:
        above = {c: text for c, cell in enumerate(sheet.rows[top - 1]) if (text := text_of(cell))}
        between = not above and top == first  # an empty row between head and body
        spans = bool(above) and (min(above) > key or (not named and len(above) > 1))
        if not between and (not spans or any(map(NOT_HEAD.search, above.values()))):
            break
        top -= 1
    return top


def _is_data(row: Row, key: int) -> bool:
    """Return True for a row of figures, though without a key: no texts behind the name, not only years."""
    texts = [text for cell in row[key + 1 :] if (text := text_of(cell))]
    figures = [
        text for text in texts if read_figure(text.replace(" ", "")) and not re.fullmatch(r"(?:19|20)\d\d", text)
    ]
    return bool(figures) and len(texts) - len(figures) < 2 and not numbers_columns(row)


def _heads(sheet: Sheet, block: range) -> dict[int, tuple[str, ...]]:
    """Return the texts over each column: merged cells filled, numbers of columns left out, each text once."""
    lines = [list(map(text_of, sheet.rows[n])) for n in block]
    width = max(map(len, lines), default=0)
    lines = [line + [""] * (width - len(line)) for line in lines]
    merged = [m for m in sheet.merged if m[0][0] in block and m[0][1] < width]
    for (top, left), (bottom, right) in merged:
        for n in range(top, min(bottom, block[-1]) + 1):
            lines[n - block[0]][left : right + 1] = [lines[top - block[0]][left]] * (min(right + 1, width) - left)
    lines = [line for line in lines if any(line) and not numbers_columns(line)]
    if not any(right > left for (_, left), (_, right) in merged):
        _fill_right(lines)
    return {c: head for c in range(width) if (head := _path([line[c] for line in lines]))}


def _fill_right(lines: list[list[str]]) -> None:
    """Fill upper texts to the right as far as the texts above them reach: cells that only looked merged."""
    for n, line in enumerate(lines[:-1]):
        for c in range(1, len(line)):
            below = any(other[c] for other in lines[n + 1 :])
            if not line[c] and below and all(upper[c] == upper[c - 1] for upper in lines[:n]) and line[c - 1]:
                line[c] = line[c - 1]


def _path(texts: list[str]) -> tuple[str, ...]:
    """Return the texts of a head from top to bottom without repetition, footnotes and linking words.

    >>> _path(["Arbeitslose 1)", "davon:", "davon:", "unter 25 Jahre"])
    ('Arbeitslose', 'Unter 25 Jahre')
    >>> _path(["Wahl-", "berechtigte", "Anzahl"])
    ('Wahlberechtigte',)
    """
    path: list[str] = []
    for text in map(_plain, texts):
        broken = path and path[-1].endswith("-") and text[:1].islower() and not text.startswith(("und ", "oder "))
        if broken:
            path[-1] = path[-1][:-1] + text
        elif text and text.lower() not in EMPTY_HEADS and (raised := text[:1].upper() + text[1:]) not in path[-1:]:
            path.append(raised)
    return tuple(path)


def _plain(text: str) -> str:
    """Return a text of a head without footnote signs and linking words."""
    unmarked = text if "(" in text else FOOTNOTE.sub("", text)
    return LINKS.sub("", unmarked.strip()).strip()


def _label_column(sheet: Sheet, key: int, body: list[int], heads: dict[int, Any]) -> int:
    """Return the column of names: the nearest of texts beside the key, -1 where the name stands with the key."""
    near = sorted({*heads, key + 1, key - 1} - {key, -1}, key=lambda c: (abs(c - key), -c))
    return next((c for c in near if abs(c - key) < 3 and _is_text(sheet, c, body)), -1)


def _is_text(sheet: Sheet, column: int, body: list[int]) -> bool:
    """Return True where most cells of a column are neither figures nor signs."""
    sample = [sheet.rows[n][column] for n in body[:200] if column < len(sheet.rows[n])]
    filled = [cell for cell in sample if text_of(cell)]
    strange = [cell for cell in filled if isinstance(cell, str) and read_figure(cell.replace(" ", "")) is None]
    return 2 * len(strange) > len(filled)


def _texts(sheet: Sheet, start: int, stop: int) -> tuple[str, ...]:
    """Return one text for each row: its cells parted by a bar, but a label and its value kept together."""
    lines = (" | ".join(filter(None, map(text_of, row))).replace(": | ", ": ") for row in sheet.rows[start:stop])
    return tuple(filter(None, lines))
