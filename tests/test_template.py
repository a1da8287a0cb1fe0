"""The table of a Fachamt: every way to write it gives the same figures, every fault a German sentence."""

from __future__ import annotations

import csv
import io
import math
import time
import unicodedata
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import catalog
from geodata.catalog.formula import names, parse
from geodata.model import GeoDataError, State
from geodata.sources.statistics import template
from geodata.sources.statistics.plain_table import read_heads
from layers.german import STATE_WORDS as SHOWN_WORDS

NAN = float("nan")
EXAMPLE = Path(__file__).parent / "data" / "vorlage" / "erfunden.csv"
HEAD = "ags;zeitraum;indikator;zaehler;nenner;zustand;quelle"
ROW = "16063003;2022;MIN01;1.250;16.804;belegt;erfunden"
FIGURES = [
    ("Zeile 2", "16063003", "2022", "zaehler|MIN01", 1250.0, "measured"),
    ("Zeile 3", "16063105", "2022-06-30", "zaehler|MIN01", 2400.5, "estimated"),
    ("Zeile 4", "16063104", "2022", "zaehler|MIN01", NAN, "suppressed_primary"),
    ("Zeile 5", "16063", "2022-12", "zaehler|BEV01", 158432.0, "measured"),
    ("Zeile 6", "16063078", "2022", "zaehler|PAR03", 0.0, "zero"),
    ("Zeile 7", "16063078", "2022", "zaehler|MIN01", 7.0, "provisional"),
    ("Zeile 2", "16063003", "2022", "nenner|MIN01", 16804.0, "measured"),
    ("Zeile 7", "16063078", "2022", "nenner|MIN01", 350.0, "unreliable"),
]


def write(folder: Path, text: str | bytes, name: str = "zahlen.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def workbook(folder: Path, *sheets: list[list[Any]], name: str = "zahlen.xlsx") -> Path:
    book = openpyxl.Workbook()
    for n, rows in enumerate(sheets):
        sheet = book.active if n == 0 else book.create_sheet()
        sheet.title = f"Blatt{n + 1}"
        for row in rows:
            sheet.append(row)
    book.save(folder / name)
    return folder / name


def read(path: Path, mapping: dict[str, str] | None = None, indicator: str = "") -> list[tuple[Any, ...]]:
    reading = template.read(path, mapping, indicator)
    assert not reading.problems, [problem.text() for problem in reading.problems]
    return list(reading.rows[["row", "key", "period", "item", "value", "state"]].itertuples(index=False, name=None))


def only(folder: Path, *lines: str, head: str = "ags;jahr;arbeitslose") -> list[tuple[float, str]]:
    return [row[-2:] for row in read(write(folder, "\n".join([head, *lines])))]


def faults(path: Path, **options: Any) -> list[str]:
    return [problem.text() for problem in template.read(path, **options).problems]


def refused(path: Path, **options: Any) -> str:
    with pytest.raises(GeoDataError) as caught:
        template.read(path, **options)
    text = str(caught.value)
    assert path.name in text
    assert "Abhilfe: " in text
    assert not any(trace in text for trace in ("Error", "Traceback", "Exception", "None"))
    return text


# one table in every form


def test_figures_states_and_periods_of_the_template() -> None:
    pd.testing.assert_frame_equal(pd.DataFrame(read(EXAMPLE)), pd.DataFrame(FIGURES))
    assert template.recognises(EXAMPLE)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("sign", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_encoding_separator_and_line_end_make_no_difference(tmp_path: Path, encoding: str, sign: str, end: str) -> None:
    rows = csv.reader(io.StringIO(EXAMPLE.read_bytes().decode("cp1252")), delimiter=";")
    out = io.StringIO()
    csv.writer(out, delimiter=sign, lineterminator=end).writerows(rows)
    path = write(tmp_path, out.getvalue().encode(encoding))
    assert template.recognises(path)
    pd.testing.assert_frame_equal(pd.DataFrame(read(path)), pd.DataFrame(FIGURES))


def test_a_workbook_with_numbers_dates_and_texts_is_the_same_table(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        [
            HEAD.split(";"),
            [16063003, 2022, "MIN01", 1250, 16804.0, "belegt", None],
            ["16063105", date(2022, 6, 30), "MIN01", 2400.5, None, "Geschätzt", None],
            ["16063104", "2022", "MIN01", None, "", "geheim", None],
            ["16063", "12.2022", "BEV01", "158.432", None, None, None],
            [16063078.0, 2022.0, "PAR03", "-", None, None, "x"],
            ["16063078", "2022", "min01", "7 p", "(350)", None, None],
        ],
    )
    expected = [(f"Blatt Blatt1, {place}", *rest) for place, *rest in FIGURES]
    pd.testing.assert_frame_equal(pd.DataFrame(read(path)), pd.DataFrame(expected))


def test_sheets_with_the_same_head_are_one_table_and_others_are_passed_over(tmp_path: Path) -> None:
    head = ["ags", "jahr", "arbeitslose"]
    path = workbook(
        tmp_path, [head, ["16063003", 2021, 5]], [["Hinweise"], ["zum", "Lesen"]], [head, ["16063003", 2022, 6]]
    )
    assert [row[:1] + row[2:5] for row in read(path)] == [
        ("Blatt Blatt1, Zeile 2", "2021", "arbeitslose", 5.0),
        ("Blatt Blatt3, Zeile 2", "2022", "arbeitslose", 6.0),
    ]


def test_title_lines_above_the_head_and_empty_lines_count_as_lines(tmp_path: Path) -> None:
    path = write(tmp_path, "Arbeitslose im Kreis (erfunden)\n\nags;jahr;arbeitslose\n\n16063003;2022;5\n;;\n")
    assert [row[0] for row in read(path)] == ["Zeile 5"]


def test_a_line_break_within_quotes_does_not_move_the_numbers_of_lines(tmp_path: Path) -> None:
    path = write(tmp_path, 'ags;jahr;arbeitslose;text\n16063003;2022;5;"zwei\nZeilen"\n16063004;2022;6;x\n')
    assert [(row[0], row[1]) for row in read(path)] == [("Zeile 2", "16063003"), ("Zeile 4", "16063004")]


@pytest.mark.parametrize(
    ("cell", "value", "state"),
    [
        ("1.234,5", 1234.5, "measured"),
        ("1234,5", 1234.5, "measured"),
        ("1\u00a0234", 1234.0, "measured"),
        ("+7", 7.0, "measured"),
        ("-3", -3.0, "measured"),
        ("0", 0.0, "zero"),
        ("0,0", 0.0, "zero"),
        ("-", 0.0, "zero"),
        ("–", 0.0, "zero"),
        (".", NAN, "suppressed_primary"),
        ("*", NAN, "suppressed_primary"),
        ("...", NAN, "missing"),
        ("", NAN, "missing"),
        (" ", NAN, "missing"),
        ("x", NAN, "not_applicable"),
        ("/", NAN, "unreliable"),
        ("(12)", 12.0, "unreliable"),
        ("17 p", 17.0, "provisional"),
        ("17r", 17.0, "revised"),
    ],
)
def test_german_numbers_and_signs_of_the_offices(tmp_path: Path, cell: str, value: float, state: str) -> None:
    (found,) = only(tmp_path, f"16063003;2022;{cell}")
    assert found == (pytest.approx(value, nan_ok=True), state)


@pytest.mark.parametrize(
    "cell", ["viele", "12,5,1", "1,234.5", "5 Personen", "1.5", "#DIV/0!", "NA", "=1+2", "²", "inf"]
)
def test_a_text_that_is_no_number_is_a_fault_of_its_line(tmp_path: Path, cell: str) -> None:
    path = write(tmp_path, f"ags;jahr;arbeitslose\n16063003;2022;{cell}\n16063004;2022;5")
    assert faults(path) == [
        f"Zeile 2: Wert in Spalte „arbeitslose“ ist keine Zahl, gefunden '{cell}'. Abhilfe: eine Zahl in deutscher "
        "Schreibweise (1.234,5) oder ein Zeichen der Statistik eintragen."
    ]
    assert list(template.read(path).rows["key"]) == ["16063004"], "the others are read"


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2022", "2022"),
        ("31.12.2022", "2022-12-31"),
        ("1.2.2022", "2022-02-01"),
        ("06.2022", "2022-06"),
        ("6/2022", "2022-06"),
        ("2022-06", "2022-06"),
        ("2022-06-30", "2022-06-30"),
        ("2022-06-30 00:00:00", "2022-06-30"),
        ("2022/23", "2022"),
    ],
)
def test_spellings_of_a_period(tmp_path: Path, text: str, period: str) -> None:
    (row,) = read(write(tmp_path, f"ags;jahr;arbeitslose\n16063003;{text};5"))
    assert row[2] == period


@pytest.mark.parametrize("text", ["", "22", "2022-13", "31.02.2022", "Juni", "1822", "2022-00", "20222", "२०२२", "0"])
def test_what_is_no_period_is_a_fault(tmp_path: Path, text: str) -> None:
    (fault,) = faults(write(tmp_path, f"ags;jahr;arbeitslose\n16063003;{text};5"))
    assert fault.startswith("Zeile 2: Zeitraum ist kein Jahr, Monat oder Tag")
    assert "Abhilfe: Jahr als 2023" in fault


@pytest.mark.parametrize(
    ("text", "key"),
    [("16063003", "16063003"), ("16063", "16063"), ("160635003", "160635003"), ("160635003003", "16063003"),
     ("16 0 63 003", "16063003"), ("DG", "DG")],
)  # fmt: skip
def test_spellings_of_a_key(tmp_path: Path, text: str, key: str) -> None:
    (row,) = read(write(tmp_path, f"ags;jahr;arbeitslose\n{text};2022;5"))
    assert row[1] == key


@pytest.mark.parametrize("text", ["1001000", "", "Gerstungen", "1606300", "1606300a", "-16063003", "١٦٠٦٣٠٠٣"])
def test_a_key_with_too_few_digits_is_a_fault_and_is_not_repaired(tmp_path: Path, text: str) -> None:
    (fault,) = faults(write(tmp_path, f"ags;jahr;arbeitslose\n{text};2022;5"))
    found = f", gefunden '{text}'" if text else ""
    assert fault == (
        f"Zeile 2: ags hat nicht 8 (Gemeinde) oder 5 (Kreis) Ziffern{found}. "
        "Abhilfe: amtlichen Schlüssel mit allen Ziffern eintragen, Spalte als Text speichern."
    )


def test_a_key_stored_as_a_number_without_its_zero_is_a_fault_in_a_workbook(tmp_path: Path) -> None:
    (fault,) = faults(workbook(tmp_path, [["ags", "jahr", "arbeitslose"], [1001000, 2022, 5]]))
    assert "Blatt Blatt1, Zeile 2: ags hat nicht 8" in fault


@pytest.mark.parametrize(
    "head",
    [
        "AGS;Jahr;Kennzahl;Anzahl",
        "Amtlicher Gemeindeschlüssel;Stichtag;Kennung;Fälle",
        " ags ;ZEITRAUM;Indikator;Zähler",
        "key;period;indicator;numerator",
        '"Amtlicher\nGemeindeschlüssel";Periode;indikator;zaehler',
    ],
)
def test_spellings_of_the_head(tmp_path: Path, head: str) -> None:
    path = write(tmp_path, f"{head}\n16063003;2022;MIN01;5")
    assert template.recognises(path)
    assert [row[1:5] for row in read(path)] == [("16063003", "2022", "zaehler|MIN01", 5.0)]


# states


@pytest.mark.parametrize("state", [state for state in State if state is not State.SUPPRESSED_SECONDARY])
def test_every_word_that_the_atlas_shows_for_a_state_is_read(state: State) -> None:
    assert template.STATE_WORDS[SHOWN_WORDS[state].lower()] is state


@pytest.mark.parametrize(
    ("cell", "word", "value", "state"),
    [
        ("5", "", 5.0, "measured"),
        ("5", "Gemessen", 5.0, "measured"),
        ("5", "geschätzt", 5.0, "estimated"),
        ("5", "unsicher", 5.0, "unreliable"),
        ("5", "Reihenbruch", 5.0, "break"),
        ("5", "geheim", NAN, "suppressed_primary"),
        ("5", "fehlt", NAN, "missing"),
        ("5", "nicht sinnvoll", NAN, "not_applicable"),
        ("0", "belegt", 0.0, "zero"),
        ("0", "genau null", 0.0, "zero"),
        ("0", "fehlt", NAN, "missing"),
        ("0", "geheim", NAN, "suppressed_primary"),
        ("0", "geschätzt", 0.0, "estimated"),
        ("", "belegt", NAN, "missing"),
        ("", "genau null", NAN, "missing"),
        ("", "geschätzt", NAN, "missing"),
        (".", "belegt", NAN, "suppressed_primary"),
        ("", "geheim", NAN, "suppressed_primary"),
        ("", "suppressed_secondary", NAN, "suppressed_secondary"),
    ],
)
def test_what_is_said_of_a_figure_and_what_stands_there(
    tmp_path: Path, cell: str, word: str, value: float, state: str
) -> None:
    (found,) = only(tmp_path, f"16063003;2022;{cell};{word}", head="ags;jahr;arbeitslose;zustand")
    assert found == (pytest.approx(value, nan_ok=True), state)


@pytest.mark.parametrize(
    ("cell", "word", "fault"),
    [
        (
            "5",
            "ungefähr",
            "Zustand ist unbekannt, gefunden 'ungefähr'. Abhilfe: eines von: belegt, gemessen, geschätzt",
        ),
        ("5", "genau null", "Zustand passt nicht zum Wert, gefunden '5, genau null'. Abhilfe: Wert oder Zustand"),
    ],
)
def test_unknown_and_contradictory_states_are_faults(tmp_path: Path, cell: str, word: str, fault: str) -> None:
    path = write(tmp_path, f"ags;jahr;arbeitslose;zustand\n16063003;2022;{cell};{word}")
    assert [text.startswith(f"Zeile 2: {fault}") for text in faults(path)] == [True]
    assert template.read(path).rows.empty


def test_the_denominator_of_a_secret_numerator_is_no_secret_and_an_empty_one_says_nothing(tmp_path: Path) -> None:
    lines = [f"{HEAD}", "16063003;2022;MIN01;4;16.804;geheim;", "16063004;2022;MIN01;5;;fehlt;"]
    found = read(write(tmp_path, "\n".join(lines)))
    assert [row[3:] for row in found] == [
        ("zaehler|MIN01", pytest.approx(NAN, nan_ok=True), "suppressed_primary"),
        ("zaehler|MIN01", pytest.approx(NAN, nan_ok=True), "missing"),
        ("nenner|MIN01", 16804.0, "measured"),
    ]


# own columns, wide tables


def test_own_counts_stand_in_columns_of_their_own(tmp_path: Path) -> None:
    path = write(tmp_path, "Schlüssel;Jahr;Einwohner;Arbeitslose;Bemerkung\n16063003;2022;100;5;viele")
    assert not template.recognises(path), "somebody has to say that the rest does not matter"
    mapping = template.propose(read_heads(path))
    assert mapping == {"Schlüssel": "ags", "Jahr": "zeitraum", "Einwohner": "bev", "Arbeitslose": "arbeitslose"}
    assert template.suffices(mapping)
    assert [row[3:5] for row in read(path)] == [("bev", 100.0), ("arbeitslose", 5.0)]


def test_any_column_may_be_said_to_be_any_count(tmp_path: Path) -> None:
    path = write(tmp_path, "Ort;Quartal;A;B\n16063003;2022;100;5")
    mapping = {"Ort": "ags", "Quartal": "zeitraum", "B": "arbeitslose"}
    assert [row[3:5] for row in read(path, mapping)] == [("arbeitslose", 5.0)]


def test_one_indicator_may_be_said_for_all_rows(tmp_path: Path) -> None:
    path = write(tmp_path, "ags;jahr;anzahl\n16063003;2022;5")
    assert [row[3:5] for row in read(path, indicator="MIN01")] == [("zaehler|MIN01", 5.0)]
    assert template.suffices(template.propose(read_heads(path)), "MIN01")
    assert not template.suffices(template.propose(read_heads(path)))


def test_a_table_of_every_count_is_read(tmp_path: Path) -> None:
    parts = list(catalog.parts())
    assert len(parts) > 100
    numbers = [str(n + 1) for n in range(len(parts))]
    path = write(tmp_path, ";".join(["ags", "jahr", *parts]) + "\n" + ";".join(["16063003", "2022", *numbers]))
    assert {row[3]: row[4] for row in read(path)} == {part: float(n + 1) for n, part in enumerate(parts)}


def test_every_item_is_a_count_of_its_indicator_and_every_indicator_can_be_given_or_derived() -> None:
    items, indicators = template.template_items(), catalog.indicators()
    for item, part in items.items():
        role, _, key = item.partition("|")
        if not key:
            assert part == item
        elif indicators[key].count:
            formula = indicators[key].count if role == "zaehler" else indicators[key].per
            assert part in names(parse(formula))
        else:
            assert (role, part) == ("zaehler", key)
    assert items["nenner|ARB02"] == "bev_15_64", "ages that are added up elsewhere, or this number"
    assert "nenner|BEV10" not in items, "a mean of two years"


# faults of whole files


ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\b\2\0\0\0"
BROKEN: list[tuple[str, str | bytes, str]] = [
    ("leer.csv", "", "keine Tabelle mit Kopfzeile und Daten"),
    ("leer.xlsx", b"", "keine Tabelle mit Kopfzeile und Daten"),
    ("nur-kopf.csv", HEAD, "keine Tabelle mit Kopfzeile und Daten"),
    ("nur-kopf-umbruch.csv", HEAD + "\r\n\r\n;;;\r\n", "keine Tabelle mit Kopfzeile und Daten"),
    ("eine-spalte.csv", "ags\n16063003\n", "keine Tabelle mit Kopfzeile und Daten"),
    ("ohne-jahr.csv", "ags;arbeitslose\n16063003;5", "Spalte fehlt: zeitraum. Gefunden: ags, arbeitslose"),
    ("fremd.csv", "a;b\n1;2", "Spalte fehlt: ags, zeitraum. Gefunden: a, b"),
    ("ohne-zahlen.csv", "ags;jahr;text\n16063003;2022;x", "keine Spalte mit Zahlen"),
    ("ohne-kennzahl.csv", "ags;jahr;anzahl\n16063003;2022;5", "fehlt die Kennzahl"),
    ("doppelt.csv", "ags;jahr;anzahl;anzahl\n16063003;2022;5;6", "Zeile 1: mehrere Spalten heißen gleich: anzahl"),
    ("breit.csv", "ags,jahr,arbeitslose\n16063003,2022,5\n16063004,2022,1,5", "Zeile 3: mehr Zellen als Spalten im"),
    ("zitat.csv", 'ags;jahr;arbeitslose\n16063003;2022;"5\n16063004;2022;6\n', "Zeile 2: Anführungszeichen stimmen"),
    ("zitat2.csv", 'ags;jahr;arbeitslose\n16063003;2022;5\n"160"63004;2022;6\n', "Zeile 3: Anführungszeichen stimmen"),
    ("lang.csv", "ags;jahr;arbeitslose\n" + "9" * 200_000 + ";2022;5", "Zeile 2: Anführungszeichen"),
    ("bild.png", PNG, "ist weder CSV-Datei noch Arbeitsmappe"),
    ("bild.csv", PNG, "ist weder CSV-Datei noch Arbeitsmappe"),
    ("bild.xlsx", PNG, "ist weder CSV-Datei noch Arbeitsmappe"),
    ("utf16.csv", f"{HEAD}\n{ROW}".encode("utf-16"), "ist weder CSV-Datei noch Arbeitsmappe"),
    ("seite.csv", f"<!DOCTYPE html><table><tr><td>{HEAD}</td></tr></table>", "ist weder CSV-Datei noch Arbeitsmappe"),
    ("seite.xls", "\n <html><table></table></html>", "ist weder CSV-Datei noch Arbeitsmappe"),
    ("kennwort.xlsx", ENCRYPTED, "mit einem Kennwort geschützt. Abhilfe: in Excel öffnen und ohne Kennwort"),
    ("alt.xls", b"\xd0\xcf\x11\xe0" + bytes(2000), "die Arbeitsmappe ist beschädigt oder unvollständig"),
    ("zip.xlsx", b"PK\3\4" + bytes(500), "die Arbeitsmappe ist beschädigt oder unvollständig"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "text"), BROKEN, ids=[name for name, *_ in BROKEN])
def test_what_cannot_be_read_is_refused_in_german(tmp_path: Path, name: str, content: str | bytes, text: str) -> None:
    path = write(tmp_path, content, name)
    assert text in refused(path)
    assert not template.recognises(path)


def test_a_file_that_is_not_there_is_refused_in_german(tmp_path: Path) -> None:
    assert "kann nicht gelesen werden" in refused(tmp_path / "fehlt.csv")
    assert not template.recognises(tmp_path / "fehlt.csv")


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.99])
def test_a_workbook_that_did_not_arrive_as_a_whole_is_refused(tmp_path: Path, share: float) -> None:
    whole = workbook(tmp_path, [HEAD.split(";"), *[ROW.split(";")] * 200]).read_bytes()
    path = write(tmp_path, whole[: int(len(whole) * share)], "halb.xlsx")
    assert "die Arbeitsmappe ist beschädigt oder unvollständig" in refused(path)
    assert not template.recognises(path)


def test_two_hundred_columns_without_meaning_are_named_but_not_all(tmp_path: Path) -> None:
    heads = [f"Spalte{n}" for n in range(200)]
    text = refused(write(tmp_path, ";".join(heads) + "\n" + ";".join("1" for _ in heads)))
    assert "Spalte fehlt: ags, zeitraum" in text
    assert len(text) < 500


def test_two_columns_with_one_meaning_and_an_unknown_indicator_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "ort;jahr;a;b\n16063003;2022;5;6")
    twice = {"ort": "ags", "jahr": "zeitraum", "a": "bev", "b": "bev"}
    assert "mehrere Spalten bedeuten dasselbe: bev" in refused(path, mapping=twice)
    once = {"ort": "ags", "jahr": "zeitraum", "a": "zaehler"}
    assert "Kennzahl „XYZ“ ist unbekannt" in refused(path, mapping=once, indicator="XYZ")
    nothing = {"ort": "ags", "jahr": "zeitraum", "a": "quatsch"}
    assert "keine Spalte mit Zahlen" in refused(path, mapping=nothing)


def test_an_unknown_indicator_is_a_fault_of_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, f"{HEAD}\n16063003;2022;XYZ99;5;6;;\n{ROW}\n16063003;2022;;5;6;;")
    assert [text[: text.index(". Abhilfe")] for text in faults(path)] == [
        "Zeile 2: Indikator ist unbekannt, gefunden 'XYZ99'",
        "Zeile 4: Indikator ist unbekannt",
    ]
    assert set(template.read(path).rows["row"]) == {"Zeile 3"}


def test_every_fault_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    lines = [
        "ags;jahr;arbeitslose;zustand",
        "1001000;2022;5;",
        "16063003;gestern;5;",
        "16063003;2022;fünf;",
        "16;99;?;!",
    ]
    found = faults(write(tmp_path, "\n".join(lines)))
    assert sorted(text.split(":")[0] for text in found) == [
        "Zeile 2",
        "Zeile 3",
        "Zeile 4",
        "Zeile 5",
        "Zeile 5",
        "Zeile 5",
    ]
    assert all(". Abhilfe: " in text for text in found)


# formulas


def test_a_formula_that_was_never_computed_is_not_taken_for_an_empty_cell(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["ags", "jahr", "arbeitslose"], ["16063003", 2022, "=2+3"], ["16063004", 2022, 5]])
    text = refused(path)
    assert "Formel ohne Ergebnis oder mit Fehler: Blatt Blatt1, Zeile 2, Spalte 3 (1 Zellen)" in text
    assert "Werte ersetzen" in text


def test_an_error_of_the_spreadsheet_is_not_taken_for_an_empty_cell(tmp_path: Path) -> None:
    rows = [["ags", "jahr", "arbeitslose"], ["16063003", 2022, "#DIV/0!"], ["16063004", 2022, 5]]
    path = workbook(tmp_path, rows)
    book = openpyxl.load_workbook(path)
    book.active["C2"].data_type = "e"
    book.save(path)
    assert "Zeile 2, Spalte 3" in refused(path)


def test_a_formula_with_its_result_is_a_number(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["ags", "jahr", "arbeitslose"], ["16063003", 2022, 77]])
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    assert members[sheet].count(b"<v>77</v>") == 1
    members[sheet] = members[sheet].replace(b"<v>77</v>", b"<f>70+7</f><v>77</v>")
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    assert [row[4] for row in read(path)] == [77.0]


# properties


STATES = {
    State.MEASURED: "belegt", State.ESTIMATED: "geschätzt", State.PROVISIONAL: "vorläufig",
    State.REVISED: "berichtigt", State.UNRELIABLE: "unsicher", State.BREAK: "Reihenbruch",
    State.SUPPRESSED_PRIMARY: "geheim", State.SUPPRESSED_SECONDARY: "suppressed_secondary",
    State.MISSING: "keine Angabe", State.NOT_APPLICABLE: "nicht sinnvoll", State.ZERO: "genau null",
}  # fmt: skip
NUMBERS = st.integers(1, 10**9).map(lambda n: n / 100)
SURE = st.sampled_from(
    [State.MEASURED, State.ESTIMATED, State.PROVISIONAL, State.REVISED, State.UNRELIABLE, State.BREAK]
)
GONE = [State.SUPPRESSED_PRIMARY, State.SUPPRESSED_SECONDARY, State.MISSING, State.NOT_APPLICABLE]
FIGURE = st.tuples(NUMBERS, SURE) | st.just((0.0, State.ZERO)) | st.tuples(st.just(NAN), st.sampled_from(GONE))
WHERE = st.tuples(
    st.sampled_from(["16063003", "16063105", "16063", "160635003"]),
    st.sampled_from(["2021", "2022", "2022-06", "2022-12-31"]),
    st.sampled_from(["MIN01", "BEV01", "ARB02", "WOH05"]),
)
TABLES = st.dictionaries(WHERE, FIGURE, min_size=1, max_size=12)


def german(value: float) -> str:
    return "" if math.isnan(value) else f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


@given(TABLES, st.sampled_from(["csv", "xlsx"]))
def test_a_table_written_in_the_form_of_the_template_is_read_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, table: dict[tuple[str, str, str], tuple[float, State]], kind: str
) -> None:
    folder = tmp_path_factory.mktemp("table")
    cell: Callable[[float], Any] = german if kind == "csv" else lambda value: None if math.isnan(value) else value
    rows = [[*where, cell(value), None, STATES[state], "erfunden"] for where, (value, state) in table.items()]
    if kind == "csv":
        lines = [";".join("" if one is None else str(one) for one in row) for row in [HEAD.split(";"), *rows]]
        path = write(folder, "\n".join(lines))
    else:
        path = workbook(folder, [HEAD.split(";"), *rows])
    found = {(row[1], row[2], row[3].removeprefix("zaehler|")): (row[4], row[5]) for row in read(path)}
    expected = {where: (pytest.approx(value, nan_ok=True), str(state)) for where, (value, state) in table.items()}
    assert found == expected


@given(st.text(max_size=8), st.sampled_from(["", *template.GERMAN_STATES]))
def test_only_a_nought_or_a_dash_is_a_zero(tmp_path_factory: pytest.TempPathFactory, cell: str, word: str) -> None:
    rows = [["ags", "jahr", "arbeitslose", "zustand"], ["16063003", "2022", cell, word]]
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(rows)
    try:
        reading = template.read(write(tmp_path_factory.mktemp("cell"), out.getvalue().encode("utf-8", "replace")))
    except GeoDataError:
        assert "\0" in cell
        return
    for value, state in reading.rows[["value", "state"]].itertuples(index=False):
        if value == 0:
            assert cell.strip() in ("-", "–", "—") or any(unicodedata.digit(sign, 1) == 0 for sign in cell)
        assert math.isnan(value) or state not in ("missing", "suppressed_primary", "not_applicable")


@given(st.binary(max_size=300), st.sampled_from(["x.csv", "x.xlsx", "x.txt"]))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str) -> None:
    path = write(tmp_path_factory.mktemp("bytes"), content, name)
    try:
        told = [problem.text() for problem in template.read(path).problems]
    except GeoDataError as error:
        told = [str(error)]
    assert all("Abhilfe: " in text for text in told)


# size


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_fifty_thousand_rows_are_read_quickly(tmp_path: Path, kind: str) -> None:
    rows = [["16063003", 2022, "MIN01", n, 16804, "belegt", "erfunden"] for n in range(50_000)]
    if kind == "csv":
        path = write(tmp_path, "\n".join([HEAD, *(";".join(map(str, row)) for row in rows)]))
    else:
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("Daten")
        for row in [HEAD.split(";"), *rows]:
            sheet.append(row)
        path = tmp_path / "gross.xlsx"
        book.save(path)
    start = time.perf_counter()
    reading = template.read(path)
    assert time.perf_counter() - start < 20, "takes one or two seconds; twenty would be another kind of reading"
    assert len(reading.rows) == 100_000
    assert not reading.problems
