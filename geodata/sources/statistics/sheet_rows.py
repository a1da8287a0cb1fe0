"""Rows of a Reading from the tables of sheets: periods, days named in the title, figures, what is contradictory."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from geodata.model import State
from geodata.sources.statistics.reading import RowProblem, as_rows
from geodata.sources.statistics.sheet_tables import Table, numbers_columns
from geodata.sources.statistics.sheets import Row, text_of

MONTHS = ("jan", "feb", "mär", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez")
MONTH = r"(?:Jan|Feb|Mär|Mrz|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)[a-zä]*\.?"
PERIOD = rf"\d{{1,2}}\. ?\d{{1,2}}\. ?\d{{4}}|\d{{1,2}}\. {MONTH} \d{{4}}|{MONTH} \d{{4}}|(?:19|20)\d\d(?:-\d\d){{0,2}}"
LEAD = r"(?:am|zum|im|jahr|berichtsjahr|berichtsmonat|stichtag|stand|jd|jahresdurchschnitt)[: ]*"
LABELLED = re.compile(
    r"(berichtsmonat|stichtag|berichtsjahr|jahresdurchschnitt|\bJD\b|\bjahr\b|\bam\b|\bzum\b)\s*:?\s*"
    rf"(?:am |zum |den )?({PERIOD})(?!\d|\.\d)",
    re.I,
)
FREE = re.compile(rf"(?<![\d.,])({PERIOD})(?!\d|\.\d)", re.I)
SPANS = re.compile(
    rf"(?:gebietsstand|datenstand|erstell\w*(?: am)?|veröffentlich\w*|zensus|auftrag\w*|\b(?:ab|seit|vor)\b)"
    rf"[^,;|()]*|(?:{PERIOD})\s*(?:bis|-|–)\s*(?:{PERIOD})|{MONTH}\s*(?:bis|-|–)\s*{MONTH} \d{{4}}",
    re.I,
)
AVERAGE = {"jahresdurchschnitt", "jd"}
COMPARISON = re.compile(r"entwicklung|veränderung|gegenüber|vorjahr|vormonat|\brang\b|:|abnahme|zunahme", re.I)

WITHOUT_KEY = re.compile(
    r"(?:west|ost)?deutschland|(?:alte|neue) (?:bundes)?länder|regierungsbezirk|direktion|übrige|sonstige|ausland"
    r"|nicht zuordenbar|keine angabe|ohne angabe|insgesamt|summe|gesamt|zusammen|agentur|nachrichtlich"
    r"|\b(?:VG|EG):|verwaltungsgemeinschaft|erfüllende gemeinde|kreisfreie städte|landkreise",
    re.I,
)
SHIFT = "vor der Tabelle keine Zellen löschen und Schlüssel als Text mit führender Null speichern"

Figure = tuple[float, State]
KeyOf = Callable[[Any], str]
ItemOf = Callable[[tuple[str, ...]], str]
FigureOf = Callable[[Any], Figure | None]


@dataclass(frozen=True)
class Column:
    """A column of figures: its place, what it counts and when."""

    index: int
    item: str
    period: str


def iso_period(text: str) -> str:
    """Return the ISO day, month or year that a text is, else "".

    >>> iso_period("30.06.2023"), iso_period("Dezember 2023"), iso_period("Jahresdurchschnitt 2023"), iso_period("9999")
    ('2023-06-30', '2023-12', '2023', '')
    >>> iso_period("2025-12-01"), iso_period("30. Juni 2023"), iso_period("2040 : 2020")
    ('2025-12', '2023-06-30', '')
    """
    found = re.fullmatch(rf"(?:{LEAD})*({PERIOD})", text.strip(), re.I)
    if not found:
        return ""
    named = re.sub(MONTH, lambda month: f"{_month(month[0])}.", found[1], flags=re.I)
    parts = re.findall(r"\d+", named)
    if len(parts[0]) < 4:
        parts.reverse()
    elif found[1].endswith("-01") and len(parts) == 3:
        parts.pop()  # a column of months is headed by the first day of each
    return "-".join(part.zfill(2) for part in parts) if _exists(parts) else ""


def _month(name: str) -> int:
    return MONTHS.index(name[:3].lower().replace("mrz", "mär")) + 1


def _exists(parts: Sequence[str]) -> bool:
    try:
        date(*[int(part) for part in (*parts, "1", "1")[:3]])
    except ValueError:
        return False
    return True


def title_period(lines: Iterable[str], *, only_named: bool = False) -> tuple[str, ...]:
    """Return the periods that a title names: one, none, or several that contradict each other.

    Days of areas, of data and of publication are none. A named period ("Stichtag: ...") goes before a bare date, which
    ``only_named`` leaves out. A yearly average and a month of the same year contradict each other.

    >>> title_period(["Gebietsstand: Dezember 2024", "Stichtag: 30.06.2023", "Datenstand: Januar 2024"])
    ('2023-06-30',)
    >>> title_period(["Arbeitslose, Jahresdurchschnitt 2023", "Berichtsmonat: Dezember 2023"])
    ('2023', '2023-12')
    """
    texts = [SPANS.sub(" ", line) for line in lines]
    named = [(label.lower() in AVERAGE, iso_period(text)) for line in texts for label, text in LABELLED.findall(line)]
    found = {(average, period) for average, period in named if period}
    if not found and not only_named:
        found = {(False, period) for line in texts for text in FREE.findall(line) if (period := iso_period(text))}
    if len({average for average, _ in found}) == 2:
        return tuple(sorted(period for _, period in found))
    periods = sorted(period for _, period in found)
    finest = [one for one in periods if not any(other != one and other.startswith(one) for other in periods)]
    return tuple(dict.fromkeys(finest))


def named_day(label: str, lines: Iterable[str], *, exact: bool = False) -> str:
    """Return the one day that a label ("Gebietsstand", "Erstellungsdatum") names, "" where none or several.

    A month or a year stands for its last day, or for none where the day must be ``exact``.

    >>> named_day("Gebietsstand", ["Thüringen (Gebietsstand Februar 2024)"]), named_day("Gebietsstand", ["2024"])
    ('2024-02-29', '')
    >>> named_day("Erstellungsdatum", ["Erstellungsdatum: Februar 2012"], exact=True)
    ''
    """
    pattern = re.compile(rf"(?:{label})\s*:?\s*(?:vom |am |zum )?({PERIOD})", re.I)
    named = {day for line in lines for text in pattern.findall(line) if (day := iso_period(text))}
    days = {_last_day(day) for day in named if len(day) == 10 or not exact}
    return days.pop() if len(days) == 1 else ""


def _last_day(period: str) -> str:
    year, month, *day = [int(part) for part in period.split("-")] + ([12] if len(period) == 4 else [])
    return date(year, month, day[0] if day else calendar.monthrange(year, month)[1]).isoformat()


def columns_of(table: Table, item_of: ItemOf, general: tuple[str, ...], problems: list[RowProblem]) -> list[Column]:
    """Return the columns of figures with item and period; ``problems`` grows by what cannot be told.

    ``general``: the periods of the title; one in the head of a column goes before. Comparisons of two periods are
    passed over where the title names no single one.
    """
    place = f"Blatt {table.sheet.name}" if table.sheet.name else "Tabellenkopf"
    split = {c: _split(head) for c, head in table.heads.items()}
    undated = [item_of(head) for head, period in split.values() if not period and not _compares(head)]
    if undated and len(general) != 1:
        rule = "Zeitpunkte widersprechen sich" if general else "Zeitpunkt fehlt"
        remedy = "im Titel genau einen Zeitpunkt lassen, z. B. „Stichtag: 30.06.2023“"
        problems.append(RowProblem(place, rule, ", ".join(general or undated[:3]), remedy))
    own = general[0] if len(general) == 1 else ""
    columns = [Column(c, item_of(head), period or own) for c, (head, period) in split.items()]
    return list(_unique([column for column in columns if column.period and column.item], place, problems))


def _split(head: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """Return the head of a column without its period, and the period."""
    periods = [iso_period(text) for text in head]
    rest = tuple(text for text, period in zip(head, periods, strict=True) if not period)
    return rest, max(periods, key=len, default="")


def _compares(head: tuple[str, ...]) -> bool:
    return any(map(COMPARISON.search, head))


def _unique(columns: list[Column], place: str, problems: list[RowProblem]) -> Iterator[Column]:
    places: dict[tuple[str, str], list[Column]] = {}
    for column in columns:
        places.setdefault((column.item, column.period), []).append(column)
    for (item, _), same in places.items():
        if len(same) == 1:
            yield same[0]
        elif not COMPARISON.search(item):
            remedy = "verbundene Zellen im Tabellenkopf wiederherstellen oder ausfüllen"
            problems.append(RowProblem(place, "Spalten haben denselben Kopf", item, remedy))


def figures_of(
    table: Table, columns: Sequence[Column], key_of: KeyOf, figure_of: FigureOf, problems: list[RowProblem]
) -> Iterator[tuple[Any, ...]]:
    """Yield the figures of a table in the order of READING_COLUMNS; ``problems`` grows by what cannot be read.

    Rows without any figure are passed over, those of areas that have no key (Westdeutschland, Übrige) too.
    """
    for n, row in table.body():
        cells = [row[column.index] if column.index < len(row) else None for column in columns]
        if not any(map(text_of, cells)) or numbers_columns(row):
            continue
        key, name, place = key_of(row[table.key]), _name(table, row), table.sheet.place(n)
        if not key:
            problems.extend(_without_key(place, text_of(row[table.key]), name))
            continue
        for column, cell in zip(columns, cells, strict=True):
            figure = figure_of(cell)
            if figure is None:
                rule = f"weder Zahl noch Zeichen in Spalte „{column.item}“"
                problems.append(
                    RowProblem(place, rule, text_of(cell), "Zelle wie in der amtlichen Datei wiederherstellen")
                )
            else:
                yield place, key, name, column.period, column.item, *figure


def _name(table: Table, row: Row) -> str:
    if table.label >= 0:
        return text_of(row[table.label]) if table.label < len(row) else ""
    return re.sub(r"^[\d ]+", "", text_of(row[table.key]))


def _without_key(place: str, found: str, name: str) -> Iterator[RowProblem]:
    text = found or name
    if text and not WITHOUT_KEY.search(f"{found} {name}") and not re.match(r"\d{3}( |$)", found):
        yield RowProblem(place, "Schlüssel fehlt oder ist keiner", text, SHIFT)


def settled(records: Iterable[tuple[Any, ...]], problems: list[RowProblem]) -> pd.DataFrame:
    """Return the rows of a Reading; of equal ones the first, of contradictory ones none and a problem."""
    rows = as_rows(records)
    same = ["key", "period", "item"]
    rows = rows[~rows.duplicated([*same, "value", "state"])]
    for (key, period, item), group in rows[rows.duplicated(same, keep=False)].groupby(same):
        rule = f"mehrere Angaben zu {key}, {period}, „{item}“"
        found = ", ".join(f"{value:g}" for value in group["value"])
        problems.append(RowProblem("; ".join(group["row"]), rule, found, "die falsche Zeile entfernen"))
    return rows[~rows.duplicated(same, keep=False)].reset_index(drop=True)
