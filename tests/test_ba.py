"""Workbooks of the Statistik der Bundesagentur für Arbeit: the official layout, invented figures, what is refused."""

from __future__ import annotations

import io
import math
import tempfile
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import catalog
from geodata.catalog.parts import items_of
from geodata.model import GeoDataError, State
from geodata.sources.statistics import ba, tls
from geodata.sources.statistics.reading import READING_COLUMNS, Reading

TITLE = [
    ["Arbeitslose nach Gemeinden"],
    ["Thüringen (Gebietsstand: Dezember 2023)"],
    ["Jahresdurchschnitt 2023, Datenstand: Januar 2024"],
    ["Statistik der Bundesagentur für Arbeit"],
    [],
]
HEAD = [
    ["Gemeindeschlüssel", "Gemeinde", "Arbeitslose", None, None, None, None, None],
    [None, None, "Insgesamt", "darunter:", None, None, None, "Anteil"],
    [None, None, None, "Männer", "15 bis unter 25 Jahre", "Langzeitarbeitslose 1)", "Ausländer", "SGB II in %"],
    [1, 2, 3, 4, 5, 6, 7, 8],
]
BODY: list[list[Any]] = [
    ["16", "Thüringen", 66000, 36000, 6000, 22000, 12000, 60.5],
    ["16063", "Wartburgkreis", 4100, 2200, 380, 1300, 500, 55.1],
    ["16063003", "Bad Salzungen, Stadt", 612, 330, 61, 204, "*", 57.0],
    ["16063037", "Hallungen", "*", "-", "-", "x", ".", "..."],
    ["16063105", "Eisenach, Stadt", "1.507", 801, 143, 522, 388, "61,5"],
]
NOTES = [
    [],
    ["Erstellungsdatum: 12.01.2024, Statistik-Service Südost, Auftragsnummer 123456"],
    ["*) Aus Datenschutzgründen und Gründen der statistischen Geheimhaltung werden Zahlenwerte anonymisiert."],
    ["1) seit einem Jahr oder länger"],
]
MERGED = ("A6:A8", "B6:B8", "C6:H6", "C7:C8", "D7:G7")


def written(
    folder: Path, *sheets: list[list[Any]], merged: tuple[str, ...] = MERGED, names: tuple[str, ...] = ()
) -> Path:
    book = openpyxl.Workbook()
    cover = book.active
    cover.title = "Deckblatt"
    cover["B3"] = "Arbeitsmarkt in Zahlen"
    for n, rows in enumerate(sheets):
        sheet = book.create_sheet(names[n] if names else f"Tabelle {n + 1}")
        for row in rows:
            sheet.append(row)
        for cells in merged:
            sheet.merge_cells(cells)
    path = folder / "arbeitslose.xlsx"
    book.save(path)
    return path


def table(**changes: list[list[Any]]) -> list[list[Any]]:
    parts = {"title": TITLE, "head": HEAD, "body": BODY, "notes": NOTES} | changes
    return [row for part in parts.values() for row in part]


def values(reading: Reading, item: str) -> dict[str, float]:
    rows = reading.rows[reading.rows["item"] == item]
    return dict(zip(rows["key"], rows["value"], strict=True))


def states(reading: Reading, key: str) -> list[str]:
    return [str(state) for state in reading.rows.loc[reading.rows["key"] == key, "state"]]


def test_unemployed_by_gemeinde(tmp_path: Path) -> None:
    reading = ba.read(written(tmp_path, table()))
    assert list(reading.rows) == list(READING_COLUMNS)
    assert values(reading, "Arbeitslose|Insgesamt") == pytest.approx(
        {"16": 66000, "16063": 4100, "16063003": 612, "16063037": math.nan, "16063105": 1507}, nan_ok=True
    )
    assert values(reading, "Arbeitslose|15 bis unter 25 Jahre")["16063105"] == 143
    assert values(reading, "Arbeitslose|Langzeitarbeitslose")["16063003"] == 204
    assert values(reading, "Arbeitslose|Anteil|SGB II in %")["16063105"] == 61.5
    assert set(reading.rows["period"]) == {"2023"}
    assert reading.rows["name"].unique().tolist()[2] == "Bad Salzungen, Stadt"
    assert reading.rows["row"].iloc[0] == "Blatt Tabelle 1, Zeile 10"
    found = (reading.form, reading.title, reading.stand, reading.gebietsstand, reading.basis, reading.problems)
    assert found == ("ba", "Arbeitslose nach Gemeinden", "2024-01-12", "2023-12-31", "", ())


def test_signs_are_told_apart(tmp_path: Path) -> None:
    """Kept secret is not zero, makes no sense is not missing, a dot is no proof and not a secret."""
    reading = ba.read(written(tmp_path, table()))
    wanted = ["suppressed_primary", "zero", "zero", "not_applicable", "missing", "missing"]
    rows = reading.rows[reading.rows["key"] == "16063037"]
    assert [str(state) for state in rows["state"]] == wanted
    assert rows["value"].isna().tolist() == [True, False, False, True, True, True]
    assert states(reading, "16063003")[4] == State.SUPPRESSED_PRIMARY


@pytest.mark.parametrize("cells", [(), MERGED], ids=["merged cells lost", "merged"])
def test_a_head_without_merged_cells_reads_the_same(tmp_path: Path, cells: tuple[str, ...]) -> None:
    wanted = ["Insgesamt", "Männer", "15 bis unter 25 Jahre", "Langzeitarbeitslose", "Ausländer", "Anteil|SGB II in %"]
    reading = ba.read(written(tmp_path, table(), merged=cells))
    assert reading.rows["item"].unique().tolist() == [f"Arbeitslose|{head}" for head in wanted]


def test_keys_as_numbers_get_their_zero_back(tmp_path: Path) -> None:
    body = [
        [1001000, "Flensburg, Stadt", 5],
        [1001, "Flensburg", 5],
        [1, "Schleswig-Holstein", 9],
        [16063003, "Bad", 6],
    ]
    reading = ba.read(written(tmp_path, table(body=body)))
    assert values(reading, "Arbeitslose|Insgesamt") == {"01001000": 5, "01001": 5, "01": 9, "16063003": 6}


def test_key_and_name_in_one_cell_and_months_over_the_columns(tmp_path: Path) -> None:
    """The sheet Übersicht_Kreise: months as dates; counts and rates share the title, so the item is no known one."""
    rows = [
        ["Arbeitslose und Arbeitslosenquoten"],
        ["Statistik der Bundesagentur für Arbeit"],
        [],
        ["Region", date(2025, 11, 1), date(2025, 12, 1)],
        ["Deutschland", 2885000, 2908000],
        ["16 Thüringen", 71000, 72000],
        ["16063 Wartburgkreis", 4300, 4400],
        ["093 Erfurt", 8, 9],
    ]
    reading = ba.read(written(tmp_path, rows, merged=(), names=("Übersicht_Kreise",)))
    found = reading.rows[["key", "name", "period", "item", "value"]].to_numpy().tolist()
    item = "Arbeitslose und Arbeitslosenquoten"
    assert found[4:] == [
        ["16063", "Wartburgkreis", "2025-11", item, 4300.0],
        ["16063", "Wartburgkreis", "2025-12", item, 4400.0],
    ]
    assert found[0][:2] == ["DG", "Deutschland"]
    assert item not in items_of("ba")
    assert reading.problems == ()


GROUPS = ["Männer", "Frauen", "Deutsche", "Ausländer", "unter 20 Jahre", "20 bis unter 25 Jahre", "55 Jahre und älter"]
TOGETHER = ["Insgesamt", "Wohnort gleich Arbeitsort", "Ein-\npendler", "Aus-\npendler", "Zahl der Betriebe"]
EMPLOYED = [
    ["Gemeindedaten der sozialversicherungspflichtig Beschäftigten nach Wohn- und Arbeitsort"],
    ["Deutschland, Länder, Kreise und Gemeinden"],
    ["Stichtag: 30. Juni 2025"],
    ["Statistik der Bundesagentur für Arbeit, Gebietsstand: Juni 2025"],
    [],
    [None, None, "Sozialversicherungspflichtig Beschäftigte am Wohnort", *[None] * 7, "am Arbeitsort", *[None] * 4],
    ["Schlüssel", "Region", "Insgesamt", "davon", None, "darunter", *[None] * 4, *TOGETHER],
    [None, None, None, *GROUPS],
    ["16056", "Eisenach, Stadt", 16000, 8000, 8000, 15000, 1000, 300, 900, 4000, 23000, 9000, 14000, 7000, 1200],
    ["16063", "Wartburgkreis", 50000, 26000, 24000, 48000, 2000, 900, 2800, 13000, 41000, 30000, 11000, 20000, 2700],
    ["16063003", "Bad Salzungen, Stadt", 8000, 4100, 3900, 7600, 400, 100, 500, 2000, 11000, 5000, 6000, 3000, "*"],
]


def test_employed_at_home_and_at_work(tmp_path: Path) -> None:
    """Columns as in the real file: key, name, at home (8), at work, both, Einpendler, Auspendler, Betriebe."""
    merged = ("C6:J6", "K6:O6", "D7:E7", "F7:J7", "A7:A8", "B7:B8")
    reading = ba.read(written(tmp_path, EMPLOYED, merged=merged, names=("Gemeindedaten",)))
    assert set(reading.rows["period"]) == {"2025-06-30"}
    assert reading.gebietsstand == "2025-06-30"
    parts = {items_of("ba")[item].part: item for item in reading.rows["item"].unique() if item in items_of("ba")}
    assert set(parts) == {"svb_wohnort", "svb_arbeitsort", "einpendler", "auspendler"}
    found = {part: values(reading, item)["16063003"] for part, item in parts.items()}
    assert found == {"svb_wohnort": 8000, "svb_arbeitsort": 11000, "einpendler": 6000, "auspendler": 3000}
    assert values(reading, parts["svb_wohnort"])["16056"] == 16000


@pytest.mark.parametrize(
    ("kind", "own", "other"), [("Auspendler", "Wohnort", "Arbeitsort"), ("Einpendler", "Arbeitsort", "Wohnort")]
)
def test_of_pairs_only_the_totals_are_read(tmp_path: Path, kind: str, own: str, other: str) -> None:
    """The Kreis stands in its first row only; Z is its total, ZZ the one within Germany."""
    rows = [
        [f"{kind} nach Kreisen, sozialversicherungspflichtig Beschäftigte, Stichtag: 30.06.2023"],
        ["Statistik der Bundesagentur für Arbeit"],
        [],
        [own, None, other, None, "Insgesamt", "Männer"],
        ["16063", "Wartburgkreis", None, None, None, None],
        [None, None, "03", "Niedersachsen", 29, 20],
        [None, None, "06632", "Hersfeld-Rotenburg", 6100, 3300],
        [None, None, "ZZ", f"{kind} in das Bundesgebiet", 19000, 11000],
        [None, None, "Z", f"{kind} insgesamt", 19100, 11050],
        ["16069", "Hildburghausen", "Z", f"{kind} insgesamt", 7000, "*"],
    ]
    reading = ba.read(written(tmp_path, rows, merged=("A4:B4", "C4:D4"), names=(f"{kind} Kreise",)))
    assert values(reading, f"{kind}|Insgesamt") == {"16063": 19100, "16069": 7000}
    assert items_of("ba")[f"{kind}|Insgesamt"].part == kind.lower()
    assert reading.rows["name"].tolist()[::2] == ["Wartburgkreis", "Hildburghausen"]
    assert reading.rows["row"].iloc[0].endswith("Zeile 9")
    assert reading.problems == ()


def test_commuters_as_columns_are_no_pairs(tmp_path: Path) -> None:
    rows = [
        ["Pendler nach Gemeinden"],
        ["Stichtag:", "30.06.2023", None, "Gebietsstand:", "Dezember 2022"],
        ["Statistik der Bundesagentur für Arbeit"],
        [],
        ["Schlüssel", "Gemeinde", "Einpendler insgesamt", "Auspendler insgesamt", "Saldo"],
        ["16063003", "Bad Salzungen, Stadt", 6000, 3000, 3000],
    ]
    reading = ba.read(written(tmp_path, rows, merged=()))
    assert values(reading, "Pendler|Einpendler|Insgesamt") == {"16063003": 6000}
    assert items_of("ba")["Pendler|Auspendler|Insgesamt"].part == "auspendler"
    assert (set(reading.rows["period"]), reading.gebietsstand) == ({"2023-06-30"}, "2022-12-31")


def test_an_old_workbook_is_read_too() -> None:
    path = Path(__file__).parent / "data" / "ba" / "arbeitslose_2011_erfunden.xls"
    assert ba.recognises(path)
    reading = ba.read(path)
    assert values(reading, "Arbeitslose|Insgesamt") == pytest.approx(
        {"16": 104000, "16063003": 801, "16063037": math.nan}, nan_ok=True
    )
    assert (set(reading.rows["period"]), reading.gebietsstand, reading.problems) == ({"2011"}, "2011-12-31", ())


def test_figures_of_the_grundsicherung(tmp_path: Path) -> None:
    rows = [
        ["Strukturdaten der Grundsicherung für Arbeitsuchende SGB II nach Gemeinden"],
        ["Berichtsmonat: Dezember 2023"],
        ["Statistik der Bundesagentur für Arbeit"],
        [],
        ["Kreis-/Gemeindeschlüssel", "Region", "Leistungsberechtigte (LB)", "NEF unter 15 Jahre", "ELB"],
        ["16063003", "Bad Salzungen, Stadt", 1210, 310, 850],
        ["16063037", "Hallungen", "*", "*", "*"],
    ]
    reading = ba.read(written(tmp_path, rows, merged=()))
    parts = {items_of("ba")[item].part: values(reading, item)["16063003"] for item in reading.rows["item"].unique()}
    assert parts == {"leistungsberechtigte": 1210, "nef_0_14": 310, "elb": 850}
    assert set(reading.rows["period"]) == {"2023-12"}


def test_sheets_may_have_different_periods(tmp_path: Path) -> None:
    older = [["Arbeitslose nach Gemeinden"], [], ["Jahresdurchschnitt 2022"], [], [], *HEAD, *BODY]
    reading = ba.read(written(tmp_path, table(), older))
    assert sorted(set(reading.rows["period"])) == ["2022", "2023"]
    assert len(reading.rows) == 2 * 5 * 6


def test_the_cover_dates_a_sheet_without_date(tmp_path: Path) -> None:
    path = written(tmp_path, table(title=[["Arbeitslose nach Gemeinden"], [], [], [], []]))
    book = openpyxl.load_workbook(path)
    book["Deckblatt"]["B5"] = "Berichtsmonat: Dezember 2023"
    book["Deckblatt"]["B6"] = "Stand: Januar 2024"
    book.save(path)
    assert set(ba.read(path).rows["period"]) == {"2023-12"}


def test_hidden_rows_are_read(tmp_path: Path) -> None:
    path = written(tmp_path, table())
    book = openpyxl.load_workbook(path)
    book["Tabelle 1"].row_dimensions[12].hidden = True
    book.save(path)
    assert values(ba.read(path), "Arbeitslose|Insgesamt")["16063003"] == 612


@pytest.mark.parametrize(
    ("line", "rule", "found"),
    [
        ("Berichtsmonat: Dezember 2023, Stichtag: 30.06.2022", "Zeitpunkte widersprechen sich", "2022-06-30, 2023-12"),
        ("Jahresdurchschnitt 2023, Berichtsmonat: Dezember 2023", "Zeitpunkte widersprechen sich", "2023, 2023-12"),
        ("Datenstand: Januar 2024", "Zeitpunkt fehlt", "Arbeitslose|Insgesamt"),
    ],
)
def test_a_table_needs_one_period(tmp_path: Path, line: str, rule: str, found: str) -> None:
    with pytest.raises(GeoDataError, match=rule) as error:
        ba.read(written(tmp_path, table(title=[["Arbeitslose nach Gemeinden"], [], [line], [], []])))
    assert found in str(error.value)
    assert "Abhilfe" in str(error.value)


def test_one_bad_sheet_does_not_hide_the_others(tmp_path: Path) -> None:
    undated = [["Arbeitslose nach Gemeinden"], [], [], [], [], *HEAD, *BODY]
    reading = ba.read(written(tmp_path, table(), undated))
    assert len(reading.rows) == 5 * 6
    assert [one.row for one in reading.problems] == ["Blatt Tabelle 2"]


def test_bad_rows_are_told_and_left_out(tmp_path: Path) -> None:
    extra = [
        ["1606300X", "Verschrieben", 1, 1, 1, 1, 1, 1],
        [None, "Ohne Schlüssel", 2, 2, 2, 2, 2, 2],
        [None, "Ostdeutschland", 3, 3, 3, 3, 3, 3],
        ["Landkreis Nachbar:"],
        ["16063004", "Barchfeld-Immelborn", "viele", 4, 4, 4, 4, 4],
        ["16063099", "Zuletzt", 9, 9, 9, 9, 9, 9],
    ]
    reading = ba.read(written(tmp_path, table(body=[*BODY, *extra])))
    assert [(one.row, one.found) for one in reading.problems] == [
        ("Blatt Tabelle 1, Zeile 15", "1606300X"),
        ("Blatt Tabelle 1, Zeile 16", "Ohne Schlüssel"),
        ("Blatt Tabelle 1, Zeile 19", "viele"),
    ]
    assert "16063004" not in values(reading, "Arbeitslose|Insgesamt")
    assert values(reading, "Arbeitslose|Männer")["16063004"] == 4
    assert all(one.text().count("Abhilfe") == 1 for one in reading.problems)


def test_figures_before_the_first_key_are_no_head(tmp_path: Path) -> None:
    germany = [None, "Deutschland", 2609000, 1400000, 230000, 900000, 800000, 66.0]
    reading = ba.read(written(tmp_path, table(body=[germany, *BODY])))
    assert values(reading, "Arbeitslose|Insgesamt")["16063"] == 4100
    assert reading.problems == ()


def test_a_repeated_key_counts_once_where_it_says_the_same(tmp_path: Path) -> None:
    reading = ba.read(written(tmp_path, table(body=[*BODY, BODY[2]])))
    assert reading.problems == ()
    assert len(reading.rows) == 5 * 6


def test_contradictory_figures_of_a_key_are_both_left_out(tmp_path: Path) -> None:
    other = ["16063003", "Bad Salzungen, Stadt", 613, *BODY[2][3:]]
    reading = ba.read(written(tmp_path, table(body=[*BODY, other])))
    assert "16063003" not in values(reading, "Arbeitslose|Insgesamt")
    assert values(reading, "Arbeitslose|Männer")["16063003"] == 330
    (problem,) = reading.problems
    assert problem.row == "Blatt Tabelle 1, Zeile 12; Blatt Tabelle 1, Zeile 15"
    assert problem.found == "612, 613"


def test_two_columns_with_the_same_head_are_not_guessed(tmp_path: Path) -> None:
    head = [["Gemeindeschlüssel", "Gemeinde", "Insgesamt", "Insgesamt", "Männer"]]
    reading = ba.read(written(tmp_path, table(head=head, body=[["16063003", "Bad Salzungen", 1, 2, 3]]), merged=()))
    assert reading.rows["item"].tolist() == ["Arbeitslose|Männer"]
    assert [one.rule for one in reading.problems] == ["Spalten haben denselben Kopf"]


def test_totals_are_not_checked_here(tmp_path: Path) -> None:
    reading = ba.read(written(tmp_path, table(body=[["16063", "Wartburgkreis", 1], ["16063003", "Bad", 99]])))
    assert values(reading, "Arbeitslose|Insgesamt") == {"16063": 1, "16063003": 99}
    assert reading.problems == ()


def test_a_sheet_without_keys_says_what_to_do(tmp_path: Path) -> None:
    rows = [["Arbeitsmarkt kommunal"], ["Merkmal", 2022, 2023], ["Arbeitslose", 600, 612]]
    with pytest.raises(GeoDataError, match=r"kein Blatt hat eine Spalte mit .*schlüsseln.*Abhilfe"):
        ba.read(written(tmp_path, rows, merged=()))


def cut(path: Path) -> bytes:
    return path.read_bytes()[:3000]


def hollow(path: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/sharedStrings.xml", "Statistik der Bundesagentur für Arbeit")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (cut, "beschädigt oder unvollständig.*als .xlsx speichern"),
        (hollow, "beschädigt oder unvollständig"),
        (
            lambda _: b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
            "Kennwort.*ohne Kennwort",
        ),
        (lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, "beschädigt oder unvollständig.*als .xlsx"),
        (lambda _: b"<html><table>", "Webseite.*als Arbeitsmappe"),
        (lambda _: b"a;b\n1;2\n", "keine Excel-Arbeitsmappe"),
        (lambda _: b"", "keine Excel-Arbeitsmappe"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(
    tmp_path: Path, content: Callable[[Path], bytes], message: str
) -> None:
    path = tmp_path / "ba.xlsx"
    path.write_bytes(content(written(tmp_path, table())))
    with pytest.raises(GeoDataError, match=message):
        ba.read(path)


@pytest.mark.parametrize("cell", ["XFD1048576", "A1048576", "ZZ60000"])
def test_a_stray_cell_far_away_is_refused(tmp_path: Path, cell: str) -> None:
    path = written(tmp_path, table())
    book = openpyxl.load_workbook(path)
    book["Tabelle 1"][cell] = "x"
    book.save(path)
    with pytest.raises(GeoDataError, match=r"weit außerhalb der Tabelle.*löschen"):
        ba.read(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(GeoDataError, match=r"fehlt.xlsx: kann nicht gelesen werden"):
        ba.read(tmp_path / "fehlt.xlsx")
    assert not ba.recognises(tmp_path / "fehlt.xlsx")


def test_only_workbooks_of_the_bundesagentur_are_recognised(tmp_path: Path) -> None:
    path = written(tmp_path, table())
    assert ba.recognises(path)
    assert not tls.recognises(path)
    other = [["Bevölkerung"], ["© Statistisches Bundesamt; Quelle: Statistik der Bundesagentur für Arbeit"]]
    assert not ba.recognises(written(tmp_path, other, merged=()))
    path.write_bytes(path.read_bytes()[:2000])
    assert not ba.recognises(path)


@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]))
def test_no_bytes_break_the_readers(tmp_path_factory: pytest.TempPathFactory, tail: bytes, start: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes"
    path.write_bytes(start + tail)
    for reader in (ba, tls):
        reader.recognises(path)
        with pytest.raises(GeoDataError):
            reader.read(path)


@cache
def sound() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return written(Path(folder), table()).read_bytes()


@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=6))
def test_a_damaged_workbook_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, flips: list[tuple[float, int]]
) -> None:
    content = bytearray(sound())
    for place, change in flips:
        content[int(place * len(content))] ^= change
    path = tmp_path_factory.getbasetemp() / "beschaedigt.xlsx"
    path.write_bytes(bytes(content))
    ba.recognises(path)
    with suppress(GeoDataError):
        assert not ba.read(path).rows.empty


@given(
    st.lists(st.tuples(st.integers(0, 999), st.integers(0, 10**6)), min_size=1, max_size=20, unique_by=lambda x: x[0])
)
def test_what_was_written_is_read(tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[int, int]]) -> None:
    body = [[f"16063{gemeinde:03}", f"Gemeinde {gemeinde}", count] for gemeinde, count in pairs]
    reading = ba.read(written(tmp_path_factory.getbasetemp(), table(body=body)))
    assert values(reading, "Arbeitslose|Insgesamt") == {f"16063{gemeinde:03}": count for gemeinde, count in pairs}
    assert reading.problems == ()


def test_items_name_known_parts() -> None:
    found = {item.part for item in items_of("ba").values()}
    assert found <= set(catalog.parts())
    assert {"arbeitslose", "svb_wohnort", "einpendler", "geringfuegig", "leistungsberechtigte", "bev_0_rag"} <= found
    assert all(item.note for item in items_of("ba").values())


@pytest.mark.slow
def test_fifty_thousand_rows_are_read_in_time(tmp_path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Gemeindedaten")
    for row in EMPLOYED[:8]:
        sheet.append(row)
    for n in range(50_000):
        sheet.append([f"{1 + n // 3200:02}{n:06}", f"Gemeinde {n}", *range(n, n + 13)])
    path = tmp_path / "gross.xlsx"
    book.save(path)
    start = time.process_time()
    reading = ba.read(path)
    assert time.process_time() - start < 8
    assert len(reading.rows) == 50_000 * 13
