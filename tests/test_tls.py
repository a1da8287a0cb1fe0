"""Tables of the Thüringer Landesamt für Statistik: web exports, projections, elections; invented figures."""

from __future__ import annotations

import math
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

BASIS_2022 = "Grundlage der Fortschreibung der Bevölkerungszahl ist ab dem Jahr 2022 die Datenbasis des Zensus 2022"
BASIS_2011 = "Der Zensus 2011 mit Stichtag 09.05.2011 bildete für die Jahre 2011 bis 2021 die Fortschreibungsbasis."
PEOPLE = f"""Bevölkerung der Gemeinden nach Geschlecht am 31.12.2023 in Thüringen;;;;
{BASIS_2022} mit Stichtag 15.05.2022.;;;;
{BASIS_2011};;;;
Gebietsstand: 31.12.2023;;;;
;;;;
Schlüssel-Nr.;Gemeinde;Insgesamt;männlich;weiblich
;;Personen;;
16;Thüringen;2 114 870;1 045 100;1 069 770
63;Wartburgkreis;158 120;78 310;79 810
63003;Bad Salzungen, Stadt;19 930 p;9 800;10 130
63037;Hallungen;.;-;/
5053;VG: Hainich-Werratal;8 970;4 460;4 510
63105;Eisenach, Stadt;41 760;20 400;...
;;;;
© Thüringer Landesamt für Statistik, Erfurt;;;;
"""


def saved(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "tabelle.csv"
    path.write_bytes(text.encode(encoding))
    return path


def book(
    folder: Path, *sheets: list[list[Any]], names: tuple[str, ...] = ("Tabelle",), merged: tuple[str, ...] = ()
) -> Path:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in zip(names, sheets, strict=True):
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for cells in merged:
            sheet.merge_cells(cells)
    path = folder / "tabelle.xlsx"
    workbook.save(path)
    return path


def values(reading: Reading, item: str, period: str = "") -> dict[str, float]:
    rows = reading.rows[(reading.rows["item"] == item) & reading.rows["period"].str.startswith(period)]
    return dict(zip(rows["key"], rows["value"], strict=True))


def as_cells(text: str) -> list[list[str]]:
    return [line.split(";") for line in text.splitlines()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_people_by_gemeinde(tmp_path: Path, encoding: str) -> None:
    """Keys leave out 160; blanks group thousands; the Verwaltungsgemeinschaft is passed over."""
    path = saved(tmp_path, PEOPLE, encoding)
    reading = tls.read(path)
    assert list(reading.rows) == list(READING_COLUMNS)
    wanted = {"16": 2114870, "16063": 158120, "16063003": 19930, "16063037": math.nan, "16063105": 41760}
    assert values(reading, "Bevölkerung|Insgesamt") == pytest.approx(wanted, nan_ok=True)
    assert set(reading.rows["period"]) == {"2023-12-31"}
    assert (reading.gebietsstand, reading.basis, reading.form) == ("2023-12-31", "Zensus 2022", "tls")
    assert reading.stand == ""
    assert reading.title.startswith("Bevölkerung der Gemeinden")
    assert reading.problems == ()
    assert tls.recognises(path)
    assert not ba.recognises(path)


def test_a_workbook_reads_as_the_csv(tmp_path: Path) -> None:
    rows = tls.read(saved(tmp_path, PEOPLE)).rows.drop(columns="row")
    assert tls.read(book(tmp_path, as_cells(PEOPLE))).rows.drop(columns="row").equals(rows)


def test_signs_are_told_apart(tmp_path: Path) -> None:
    rows = tls.read(saved(tmp_path, PEOPLE)).rows
    found = {(row.key, row.item): (str(row.state), row.value == 0) for row in rows.itertuples()}
    assert found["16063037", "Bevölkerung|Insgesamt"] == ("suppressed_primary", False)
    assert found["16063037", "Bevölkerung|Männlich"] == ("zero", True)
    assert found["16063037", "Bevölkerung|Weiblich"] == ("unreliable", False)
    assert found["16063105", "Bevölkerung|Weiblich"] == ("missing", False)
    assert found["16063003", "Bevölkerung|Insgesamt"] == ("provisional", False)


@pytest.mark.parametrize(("year", "basis"), [("2021", "Zensus 2011"), ("2022", "Zensus 2022"), ("2010", "")])
def test_the_notes_say_on_which_census_the_figures_rest(tmp_path: Path, year: str, basis: str) -> None:
    assert tls.read(saved(tmp_path, PEOPLE.replace("31.12.2023 in", f"31.12.{year} in"))).basis == basis


def test_years_over_the_columns_of_a_table_of_kreise(tmp_path: Path) -> None:
    """As ThOnSA shows it: Kreise by name, years over the columns; two censuses, so no basis for the whole."""
    text = f"""Bevölkerung insgesamt nach Kreisen in Thüringen
{BASIS_2022}
{BASIS_2011}
Quelle: Thüringer Landesamt für Statistik

Kreisfreie Stadt/Landkreis;2020;2021;2022
Stadt Erfurt;213 692;213 227;214 969
Stadt Eisenach;41 970;x;x
Landkreis Gotha;134 000;133 500;134 200
Wartburgkreis;118 970;160 000;159 539
Thüringen;2 120 237;2 108 863;2 126 846
"""
    reading = tls.read(saved(tmp_path, text))
    people = "Bevölkerung"
    assert values(reading, people, "2022") == {"16051": 214969, "16067": 134200, "16063": 159539, "16": 2126846}
    assert values(reading, people, "2020")["16051"] == 213692
    assert reading.basis == ""
    assert [one.found for one in reading.problems] == ["Stadt Eisenach"]


def test_eisenach_is_a_kreis_before_it_joined_the_wartburgkreis(tmp_path: Path) -> None:
    text = "Bevölkerung in Thüringen\n\nKreis;2019;2020\nEisenach, Stadt;42250;41970\nSuhl, Stadt;1;2\n"
    assert values(tls.read(saved(tmp_path, text)), "Bevölkerung", "2020") == {"16056": 41970, "16054": 2}


PROJECTION = [
    ["Voraussichtliche Bevölkerungsentwicklung der kreisangehörigen Gemeinden, erfüllenden Gemeinden und"],
    ["Verwaltungsgemeinschaften in Thüringen 2020 bis 2040 (am 31.12. des jeweiligen Jahres)"],
    ["Ergebnisse der 1. Gemeindebevölkerungsvorausberechnung (1. GemBv)"],
    ["Gebietsstand: 31.12.2020"],
    [],
    ["Schlüssel", "Landkreis Gemeinde Erfüllende Gemeinde", "2020", "2030", "2040", "Entwicklung 2040 : 2020", None],
    [None, None, None, None, None, "Personen", "%"],
    ["63", "Wartburgkreis", "160 000", "148 000", "135 000", "- 25 000", "- 15,6"],
    ["63003", "Bad Salzungen, Stadt", "20 010", "19 300", "18 010", "- 2 000", "- 10,0"],
    ["63097", "EG: Ruhla, Stadt", "7 000", "6 500", "6 000", "- 1 000", "- 14,3"],
]


def test_a_projection_gives_base_and_target_for_each_year(tmp_path: Path) -> None:
    """For 2040: 18 010 people expected, 20 010 in the first year; all estimated; what compares years is passed over."""
    reading = tls.read(book(tmp_path, PROJECTION, merged=("F6:G6",)))
    assert values(reading, "Vorausberechnung|Zieljahr", "2040") == {"16063": 135000, "16063003": 18010}
    assert values(reading, "Vorausberechnung|Basisjahr", "2040") == {"16063": 160000, "16063003": 20010}
    assert values(reading, "Vorausberechnung|Basisjahr", "2030")["16063003"] == 20010
    assert set(reading.rows["period"]) == {"2030", "2040"}
    assert set(reading.rows["state"]) == {State.ESTIMATED}
    assert (reading.gebietsstand, reading.problems) == ("2020-12-31", ())
    parts = {items_of("tls")[item].part for item in reading.rows["item"]}
    assert parts == {"prognose_ziel", "prognose_basis"}


def test_names_without_keys_are_told_once(tmp_path: Path) -> None:
    rows = [row if len(row) < 2 else row[1:] for row in PROJECTION]
    names = [["Gerstungen", "9 000", "8 500", "8 000"], ["Landkreis Gotha", "1", "2", "3"]]
    reading = tls.read(book(tmp_path, [*rows, *names]))
    assert values(reading, "Vorausberechnung|Zieljahr", "2040") == {"16063": 135000, "16067": 3}
    (problem,) = reading.problems
    assert problem.text() == (
        "Blatt Tabelle, Zeile 9: Zeilen nur mit Namen, ohne Schlüsselnummer (2), gefunden 'Bad Salzungen, Stadt'. "
        "Abhilfe: die Tabelle mit Schlüsselnummern ausgeben."
    )


def test_births_deaths_and_moves(tmp_path: Path) -> None:
    text = """Natürliche Bevölkerungsbewegung und Wanderungen der Gemeinden in Thüringen;;;;;
Gebietsstand: 31.12.2023;;;;;
2023;;;;;
;;;;;
Schlüssel-Nr.;Gemeinde;Lebendgeborene;Gestorbene;Zuzüge;Fortzüge
;;Anzahl;Anzahl;Anzahl;Anzahl
16063003;Bad Salzungen, Stadt;130;310;1 204;1 160
"""
    reading = tls.read(saved(tmp_path, text))
    found = {items_of("tls")[row.item].part: row.value for row in reading.rows.itertuples()}
    assert found == {"geborene": 130, "gestorbene": 310, "zuzuege": 1204, "fortzuege": 1160}
    assert set(reading.rows["period"]) == {"2023"}


ELECTION = [
    ["Kreistagswahl 2024 - Freistaat Thüringen"],
    [],
    ["erstellt am: 05.06.2024"],
    [],
    [
        "Stand",
        "Satz-",
        "Kreis-",
        "Gemeinde-",
        "Stimm-",
        "Name",
        "Stimmbezirke",
        None,
        "Wahl-",
        "Wähler",
        "Wahlbe-",
        "CDU",
    ],
    [None, "art", "nr", "nr", "bezirks-", None, "insge-", "erfasst", "berech-", None, "teiligung", "Anzahl"],
    [None, None, None, None, "nr", None, "samt", None, "tigte", None, "%", None],
    ["E", "K", "063", "000", "0000", "Wartburgkreis", 190, 190, 131000, 81000, 61.8, 30000],
    [],
    ["E", "G", "063", "003", "0000", "Bad Salzungen, Stadt", 20, 20, 16100, 9900, 61.5, 3300],
    ["E", "S", "063", "003", "0001", "Rathaus", 1, 1, 900, 500, 55.6, 200],
    ["E", "G", "063", "105", "0000", "Eisenach, Stadt", 30, 30, 33000, 18700, 56.7, 6100],
]


def test_voters_by_gemeinde(tmp_path: Path) -> None:
    """Key from Kreis-Nr and Gemeinde-Nr; polling districts are passed over; the day in the file is the report's."""
    path = book(tmp_path, ELECTION, names=("Kreis 063",), merged=("G5:H5",))
    reading = tls.read(path)
    assert tls.recognises(path)
    assert values(reading, "Kreistagswahl|Wahlberechtigte") == {"16063": 131000, "16063003": 16100, "16063105": 33000}
    assert values(reading, "Kreistagswahl|Wähler")["16063003"] == 9900
    assert {items_of("tls")[item].part for item in reading.rows["item"] if item in items_of("tls")} == {
        "wahlberechtigte",
        "waehlende",
    }
    assert set(reading.rows["period"]) == {"2024"}
    assert reading.stand == "2024-06-05"
    assert reading.rows["name"].iloc[0] == "Wartburgkreis"
    assert reading.problems == ()


def test_other_elections_of_the_same_year_are_not_mixed(tmp_path: Path) -> None:
    rows = [["Landtagswahl 2024 - Freistaat Thüringen"], *ELECTION[1:]]
    items = tls.read(book(tmp_path, rows, names=("Kreis 063",))).rows["item"].unique()
    assert "Landtagswahl|Wahlberechtigte" in items
    assert not set(items) & set(items_of("tls"))


def test_bad_rows_are_told_and_left_out(tmp_path: Path) -> None:
    text = PEOPLE.replace("63105;Eisenach", "6310;Eisenach").replace("9 800;10 130", "viele;10 130")
    text = text.replace(";;;;\n©", "63200;Neu;1;1;1\n;;;;\n©")
    reading = tls.read(saved(tmp_path, text))
    assert [(one.row, one.found) for one in reading.problems] == [("Zeile 10", "viele"), ("Zeile 13", "6310")]
    assert "16063105" not in values(reading, "Bevölkerung|Insgesamt")
    assert values(reading, "Bevölkerung|Weiblich")["16063003"] == 10130


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "keine Tabelle mit Gemeinden oder Kreisen"),
        ("Merkmal;Einheit;2021\nBevölkerung;Personen;7\n", "keine Tabelle.*Schlüsselnummer.*Abhilfe|keine Tabelle"),
        ("<html><body><table>", "Webseite"),
        (PEOPLE.replace(" am 31.12.2023 in", " in"), "Zeitpunkt fehlt"),
        (PEOPLE.replace(" am 31.12.2023 in", " am 31.12.2023, Stichtag: 31.12.2022, in"), "widersprechen sich"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(GeoDataError, match=message) as error:
        tls.read(saved(tmp_path, text))
    assert "Abhilfe" in str(error.value)


def test_a_cut_workbook_is_refused(tmp_path: Path) -> None:
    path = book(tmp_path, PROJECTION)
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(GeoDataError, match=r"beschädigt oder unvollständig.*Abhilfe"):
        tls.read(path)
    assert not tls.recognises(path)


@pytest.mark.parametrize(
    "text",
    [
        "GENESIS-Tabelle: 12411\nThüringen\nGebietsstand: 31.12.2023\n",
        "<html>Thüringer Landesamt für Statistik",
        "a;b\n",
        "",
    ],
)
def test_files_of_others_are_not_recognised(tmp_path: Path, text: str) -> None:
    assert not tls.recognises(saved(tmp_path, text))


@given(st.integers(51, 77), st.integers(0, 199))
def test_short_and_full_keys_name_the_same_gemeinde(kreis: int, gemeinde: int) -> None:
    short = f"{kreis}{gemeinde:03}"
    full = tls.key_of(short)
    assert full in (f"160{short}", f"160{kreis}")
    assert (len(full) == 5) == (gemeinde == 0 and kreis > 56)
    assert tls.key_of(f"160{short}") == f"160{short}"
    assert tls.key_of(int(short)) == full
    assert tls.key_of(f"160{kreis}") == tls.key_of(str(kreis)) == f"160{kreis}"


@given(st.integers(-(10**9), 10**9))
def test_grouped_figures_keep_their_value(number: int) -> None:
    text = f"{abs(number):,}".replace(",", " ")
    figure = tls.figure_of(f"- {text}" if number < 0 else text)
    assert figure is not None
    assert figure[0] == number


@pytest.mark.parametrize(
    "key", ["09162000", "63", "16063", "99999", "160", "1606", "78001", "Gotha, Stadt", "", "63.003"]
)
def test_what_is_no_key_of_thueringen_is_none(key: str) -> None:
    assert tls.key_of(key) == {"63": "16063", "16063": "16063"}.get(key, "")


def test_items_name_known_parts() -> None:
    found = {item.part for item in items_of("tls").values()}
    assert found <= set(catalog.parts())
    assert {"bev", "geborene", "fortzuege", "waehlende", "prognose_ziel", "prognose_basis"} <= found
    assert all(item.note for item in items_of("tls").values())
