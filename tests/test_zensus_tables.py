"""Tables of the census per area: Regionaltabellen, flat CSV, simple totals; the real file, and what is refused."""

from __future__ import annotations

import math
import time
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from geodata.catalog.parts import items_of
from geodata.model import GeoDataError, State
from geodata.sources.statistics.reading import READING_COLUMNS, Reading
from geodata.sources.statistics.zensus_tables import FORM, area_key, read, recognises

OWN = Path(__file__).parent / "data" / "zensus_tables" / "1000A-0001_de_flat.csv"
REAL = Path(__file__).parents[2] / "shared" / "data" / "indicators" / "gerda_zensus2022_gemeinden_thueringen.csv"
needs_file = pytest.mark.skipif(not REAL.is_file(), reason="die Tabelle liegt nicht neben dem Projekt")

KREIS = "Stadtkreis/kreisfreie Stadt/Landkreis"
PEOPLE = [
    ["Berichtszeitpunkt", "_RS", "Name", "Regionalebene", "EWZ"],
    [20220515, "00", "Deutschland", "Bund", 82719540],
    [20220515, "08", "Kunstland", "Land", 900000],
    [20220515, "089", "Erfunden", "Regierungsbezirk", 500000],
    [20220515, "08999", "Kunstkreis", KREIS, 92294],
    [20220515, "089995001", "Übertal", "Gemeindeverband", 2294],
    [20220515, "089995001001", "Westdorf", "Gemeinde", 2294],
    [20220515, "089995001002", "Leerdorf", "Gemeinde", 0],
]
HOUSEHOLDS = [
    ["Berichtszeitpunkt", "_RS", "Name", "Reg_Ebene", "0_Insgesamt_", "HH_SIZE_NAT__1", "HHTYP_FAM__4"],
    [20220515, "089995001001", "Westdorf", "Gemeinde", 1010, "–", "."],
    [20220515, "089995001002", "Leerdorf", "Gemeinde", "/", "(12)", None],
]
DWELLINGS = [
    ["Berichtszeitpunkt", "_RS", "Name", "Regionalebene", "GEBAEUDEART_SYS_1", "NUTZUNG__04", "QMMIETE", "LEQ", "ETQ"],
    [20220515, "089995001001", "Westdorf", "Gemeinde", "1.234", 61, 5.57, "4,9", "61.8"],
    [20220515, "089995001002", "Leerdorf", "Gemeinde", 0, 0, "–", 0, "( )"],
]


def workbook(folder: Path, **sheets: list[list[object]]) -> Path:
    """Return a Regionaltabelle; the names of the sheets get "CSV-" before them."""
    book = Workbook()
    book.active.title = "Titel"
    for name, rows in sheets.items():
        page = book.create_sheet(f"CSV-{name}")
        for row in rows:
            page.append(row)
    book.save(folder / "Regionaltabelle.xlsx")
    return folder / "Regionaltabelle.xlsx"


def table(folder: Path, text: str, name: str = "tabelle.csv", encoding: str = "utf-8") -> Path:
    (folder / name).write_bytes(text.encode(encoding))
    return folder / name


def flat(*rows: str) -> str:
    """Return a flat table parted by the size of households."""
    head = OWN.read_text(encoding="utf-8-sig").splitlines()[0]
    parted = "2_variable_code;2_variable_label;2_variable_attribute_code;2_variable_attribute_label;value;"
    return "\n".join([head.replace("value;", parted, 1), *rows])


def flat_row(size: str, cell: str, *, unit: str = "Anzahl", quality: str = "e", key: str = "089995001001") -> str:
    area = f"GEOGM4;Gemeinden (Gebietsstand 15.05.2022);{key};Westdorf"
    parted = f"HSHGR2;Größe des privaten Haushalts;{size};{'1 Person' if size else 'Insgesamt'}"
    return f"1000A;Bevölkerung kompakt;STAG;Stichtag;2022-05-15;{area};{parted};{cell};{unit};PRS018;Personen;{quality}"


def value(reading: Reading, key: str, item: str) -> tuple[float, str]:
    rows = reading.rows
    found = rows[(rows["key"] == key) & (rows["item"] == item)]
    assert len(found) == 1
    return found["value"].iloc[0], str(found["state"].iloc[0])


def refused(path: Path) -> str:
    with pytest.raises(GeoDataError) as error:
        read(path)
    assert "Abhilfe" in str(error.value)
    return str(error.value)


# Regionaltabellen


def test_official_population_of_every_level_is_exact(tmp_path: Path) -> None:
    path = workbook(tmp_path, Einwohnerzahl=PEOPLE)
    assert recognises(path)
    reading = read(path)
    assert reading.rows.columns.tolist() == list(READING_COLUMNS)
    assert reading.rows[["key", "value"]].to_numpy().tolist() == [
        ["DG", 82719540],
        ["08", 900000],
        ["08999", 92294],
        ["089995001", 2294],
        ["08999001", 2294],
        ["08999002", 0],
    ]
    assert reading.rows["state"].tolist() == [State.MEASURED] * 5 + [State.ZERO]
    assert set(reading.rows["period"]) == {"2022-05-15"}
    assert (reading.form, reading.basis, reading.gebietsstand) == (FORM, "Zensus 2022", "2022-05-15")
    assert reading.rows["row"].iloc[-1] == "Blatt CSV-Einwohnerzahl, Zeile 8"
    assert reading.problems == ()


def test_counts_of_2022_are_estimated_and_a_dash_may_have_been_altered_to_zero(tmp_path: Path) -> None:
    reading = read(workbook(tmp_path, Haushalte=HOUSEHOLDS))
    assert value(reading, "08999001", "Haushalte|0_Insgesamt_") == (1010, State.ESTIMATED)
    assert value(reading, "08999001", "Haushalte|HH_SIZE_NAT__1") == (0, State.ESTIMATED)


def test_signs_keep_what_they_say_and_never_become_zero(tmp_path: Path) -> None:
    rows = read(workbook(tmp_path, Haushalte=HOUSEHOLDS)).rows.set_index(["key", "item"])
    states = rows["state"]
    assert states["08999001", "Haushalte|HHTYP_FAM__4"] == State.SUPPRESSED_PRIMARY
    assert states["08999002", "Haushalte|0_Insgesamt_"] == State.UNRELIABLE
    assert states["08999002", "Haushalte|HHTYP_FAM__4"] == State.MISSING
    assert rows["value"].isna().sum() == 3
    assert rows.loc[("08999002", "Haushalte|HH_SIZE_NAT__1"), ["value", "state"]].tolist() == [12, State.UNRELIABLE]


def test_rates_are_read_with_comma_and_with_point_and_stay_measured(tmp_path: Path) -> None:
    reading = read(workbook(tmp_path, Wohnungen=DWELLINGS))
    assert reading.problems == ()
    assert value(reading, "08999001", "Wohnungen|QMMIETE") == (5.57, State.MEASURED)
    assert value(reading, "08999001", "Wohnungen|LEQ") == (4.9, State.MEASURED)
    assert value(reading, "08999001", "Wohnungen|ETQ") == (61.8, State.MEASURED)
    assert value(reading, "08999002", "Wohnungen|LEQ") == (0, State.ZERO)
    figure, state = value(reading, "08999002", "Wohnungen|ETQ")
    assert math.isnan(figure)
    assert state == State.UNRELIABLE


def test_point_in_a_count_groups_thousands(tmp_path: Path) -> None:
    reading = read(workbook(tmp_path, Wohnungen=DWELLINGS))
    assert value(reading, "08999001", "Wohnungen|GEBAEUDEART_SYS_1") == (1234, State.ESTIMATED)


def test_same_code_in_two_sheets_is_two_items(tmp_path: Path) -> None:
    reading = read(workbook(tmp_path, Demografie=HOUSEHOLDS, Haushalte=HOUSEHOLDS, Wohnungen=DWELLINGS))
    assert {"Demografie|0_Insgesamt_", "Haushalte|0_Insgesamt_"} <= set(reading.rows["item"])
    assert reading.problems == ()
    assert reading.title == "Zensus 2022, Regionaltabelle Demografie, Haushalte, Wohnungen"


def test_counts_of_2011_are_measured(tmp_path: Path) -> None:
    rows = [HOUSEHOLDS[0], [20110509, *HOUSEHOLDS[1][1:]]]
    reading = read(workbook(tmp_path, Haushalte=rows))
    assert value(reading, "08999001", "Haushalte|0_Insgesamt_") == (1010, State.MEASURED)
    assert value(reading, "08999001", "Haushalte|HH_SIZE_NAT__1") == (0, State.ZERO)
    assert (reading.basis, set(reading.rows["period"])) == ("Zensus 2011", {"2011-05-09"})


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ([20220515, 89995001009, "Zahldorf", "Gemeinde", 5], "Regionalschlüssel hat nicht 12 Ziffern"),
        ([20220515, "08999009", "Kurzdorf", "Gemeinde", 5], "Regionalschlüssel hat nicht 12 Ziffern"),
        ([20220515, "089995001009", "Ortsteil", "Ortsteil", 5], "Regionalebene unbekannt"),
        ([20211231, "089995001009", "Altdorf", "Gemeinde", 5], "kein Stichtag eines Zensus"),
        ([20220515, "089995001009", "Wortdorf", "Gemeinde", "viele"], "EWZ ist keine Zahl"),
        ([20220515, "089995001009", "Minusdorf", "Gemeinde", -9], "Einwohnerzahl|EWZ ist negativ"),
        ([20220515, "089995001001", "Westdorf", "Gemeinde", 2295], "Schlüssel mehrfach mit verschiedenen Werten"),
    ],
)
def test_broken_row_is_told_with_its_place(tmp_path: Path, row: list[object], rule: str) -> None:
    reading = read(workbook(tmp_path, Einwohnerzahl=[*PEOPLE, row]))
    assert reading.problems[-1].rule == rule
    assert reading.problems[-1].row == "Blatt CSV-Einwohnerzahl, Zeile 9"
    assert "08999009" not in set(reading.rows["key"])


def test_key_as_a_number_is_taken_where_no_zero_can_be_lost(tmp_path: Path) -> None:
    row = [20220515, 160635051003, "Zahlstadt", "Gemeinde", 5]
    reading = read(workbook(tmp_path, Einwohnerzahl=[*PEOPLE, row]))
    assert value(reading, "16063003", "Einwohnerzahl|EWZ") == (5, State.MEASURED)


def test_sheet_with_another_head_is_a_problem_and_others_are_read(tmp_path: Path) -> None:
    reading = read(workbook(tmp_path, Einwohnerzahl=PEOPLE, Wohnungen=[["AGS", "Name"], ["08999001", "Westdorf"]]))
    (problem,) = reading.problems
    assert (problem.row, problem.rule) == ("Blatt CSV-Wohnungen, Zeile 1", "Kopf unbekannt")


def test_workbook_without_machine_sheets_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path)
    assert not recognises(path)
    assert "gefunden: Titel" in refused(path)


def test_truncated_workbook_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, Einwohnerzahl=PEOPLE)
    path.write_bytes(path.read_bytes()[:3000])
    assert not recognises(path)
    assert "unvollständig" in refused(path)


# Flat CSV


def test_flat_table_without_further_merkmal_has_exact_population() -> None:
    assert recognises(OWN)
    reading = read(OWN)
    assert value(reading, "08999001", "1000A|Personen (Anzahl)") == (2294, State.MEASURED)
    assert value(reading, "08999001", "1000A|Fläche (qkm)") == (108.84, State.MEASURED)
    assert value(reading, "08999", "1000A|Personen (Anzahl)") == (92294, State.MEASURED)
    assert set(reading.rows["key"]) == {"08999001", "08999"}
    assert (reading.table, reading.basis, reading.problems) == ("1000A-0001", "Zensus 2022", ())
    assert reading.title == "Zensus 2022, Bevölkerung kompakt (Gebietsstand 15.05.2022)"


def test_flat_table_is_read_from_its_zip(tmp_path: Path) -> None:
    path = tmp_path / "1000A-0001_de_flat.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(OWN, "1000A-0001_de_flat/1000A-0001_de_flat.csv")
    assert recognises(path)
    pd.testing.assert_frame_equal(read(path).rows, read(OWN).rows)


def test_parts_of_a_flat_table_are_items_and_shares_are_not_counts(tmp_path: Path) -> None:
    text = flat(flat_row("", "2294"), flat_row("PERSON01", "300"), flat_row("PERSON01", "13,1", unit="%"))
    reading = read(table(tmp_path, text))
    assert value(reading, "08999001", "1000A|Personen (Anzahl)") == (2294, State.ESTIMATED)
    assert value(reading, "08999001", "1000A|Personen (Anzahl)|HSHGR2=PERSON01") == (300, State.ESTIMATED)
    assert value(reading, "08999001", "1000A|Personen (%)|HSHGR2=PERSON01") == (13.1, State.MEASURED)


def test_signs_of_a_flat_table(tmp_path: Path) -> None:
    cells = {"PERSON01": "/", "PERSON02": ".", "PERSON03": "–", "PERSON04": "()", "PERSON05": "5", "PERSON06": "…"}
    rows = [flat_row(size, cell, quality="()" if cell == "5" else "") for size, cell in cells.items()]
    found = read(table(tmp_path, flat(*rows))).rows
    assert found["state"].tolist() == [
        State.UNRELIABLE,
        State.SUPPRESSED_PRIMARY,
        State.ESTIMATED,
        State.UNRELIABLE,
        State.UNRELIABLE,
        State.MISSING,
    ]
    assert found["value"].dropna().tolist() == [0, 5]


OLD = """Statistik_Code;Statistik_Label;Zeit_Code;Zeit_Label;Zeit;1_Merkmal_Code;1_Merkmal_Label;\
1_Auspraegung_Code;1_Auspraegung_Label;PRS018__Personen__Anzahl;PRS018__Personen__Anzahl__q;FLC001__Fläche__qkm
1000A;Bevölkerung kompakt;STAG;Stichtag;09.05.2011;GEOGM1;Gemeinden;089995001001;Westdorf;2294;e;108,84
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_older_flat_head_with_a_column_for_each_value(tmp_path: Path, encoding: str) -> None:
    path = table(tmp_path, OLD, encoding=encoding)
    assert recognises(path)
    reading = read(path)
    assert value(reading, "08999001", "1000A|Personen (Anzahl)") == (2294, State.MEASURED)
    assert value(reading, "08999001", "1000A|Fläche (qkm)") == (108.84, State.MEASURED)
    assert (reading.basis, reading.gebietsstand) == ("Zensus 2011", "2011-05-09")


def test_flat_table_of_another_statistic_is_not_recognised(tmp_path: Path) -> None:
    path = table(tmp_path, flat(flat_row("", "5")).replace("1000A", "12411"))
    assert not recognises(path)
    assert "keine Tabelle des Zensus" in refused(path)


def test_cut_row_and_word_in_a_flat_table_are_told(tmp_path: Path) -> None:
    rows = [flat_row("", "2294"), flat_row("PERSON01", "viele"), flat_row("PERSON02", "1", key="8999"), "1000A;Bevölk"]
    reading = read(table(tmp_path, flat(*rows)))
    assert {problem.row for problem in reading.problems} == {"Zeile 3", "Zeile 4", "Zeile 5"}
    assert len(reading.rows) == 1


def test_zip_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "1000A-0001_de_flat.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("stops.txt", "stop_id")
    assert not recognises(path)
    assert "_flat.csv" in refused(path)


def test_truncated_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "1000A-0001_de_flat.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(OWN, OWN.name)
    path.write_bytes(path.read_bytes()[:-40])
    assert not recognises(path)
    assert "unvollständig" in refused(path)


# Simple totals

TOTALS = """ags,municipality_name,population_census22,share_under18_census22,total_dwellings_census22,\
vacancy_rate_census22,share_owner_occupied_census22,avg_rent_per_m2_census22
08999001,Westdorf,2294.0,14.4,1234.0,4.5,20.8,6.48
08999002,Leerdorf,128.0,,57.0,,73.2,
"""


def test_simple_totals_give_their_five_columns_and_no_age(tmp_path: Path) -> None:
    path = table(tmp_path, TOTALS)
    assert recognises(path)
    reading = read(path)
    assert value(reading, "08999001", "population_census22") == (2294, State.MEASURED)
    assert value(reading, "08999001", "total_dwellings_census22") == (1234, State.ESTIMATED)
    assert value(reading, "08999001", "avg_rent_per_m2_census22") == (6.48, State.MEASURED)
    assert value(reading, "08999002", "vacancy_rate_census22")[1] == State.MISSING
    assert not reading.rows["item"].str.contains("under18").any()
    assert len(reading.rows) == 10
    assert (reading.basis, reading.gebietsstand) == ("Zensus 2022", "2022-05-15")


def test_totals_saved_with_german_signs_are_the_same(tmp_path: Path) -> None:
    german = TOTALS.replace(",", ";").replace(".0;", ";").replace(".", ",")
    pd.testing.assert_frame_equal(read(table(tmp_path, german)).rows, read(table(tmp_path, TOTALS, "b.csv")).rows)


def test_keys_that_lost_their_zero_are_told(tmp_path: Path) -> None:
    reading = read(table(tmp_path, TOTALS.replace("08999002", "8999002")))
    (problem,) = reading.problems
    assert (problem.row, problem.found) == ("Zeile 3", "8999002")
    assert "führende Null" in problem.remedy


@pytest.mark.parametrize("text", ["", "<html>Wartung</html>", "a;b\n1;2\n", TOTALS.splitlines()[0]])
def test_other_texts_are_refused_and_empty_tables_too(tmp_path: Path, text: str) -> None:
    refused(table(tmp_path, text))


def test_page_instead_of_a_file_is_named(tmp_path: Path) -> None:
    path = table(tmp_path, "\n<!DOCTYPE html><html>", "Regionaltabelle.xlsx")
    assert not recognises(path)
    assert "Webseite (HTML)" in refused(path)


def test_missing_file_is_refused_and_not_recognised(tmp_path: Path) -> None:
    assert not recognises(tmp_path / "fehlt.csv")
    assert "fehlt" in refused(tmp_path / "fehlt.csv")


# Rules


@given(st.from_regex(r"\d{12}", fullmatch=True))
def test_key_of_a_gemeinde_drops_the_verband_and_nothing_else(code: str) -> None:
    assert area_key(code, 12) == code[:5] + code[-3:]
    assert area_key(code[:-1], 12) == ""


@given(st.binary(max_size=400), st.sampled_from(["x.zip", "x.xlsx", "1000A-0001_de_flat.csv"]))
def test_no_bytes_make_the_reader_fail_otherwise(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str
) -> None:
    path = tmp_path_factory.mktemp("bytes") / name
    for content in (data, b"PK\x03\x04" + data, OWN.read_bytes()[:700] + data):
        path.write_bytes(content)
        assert recognises(path) in (True, False)
        try:
            sound = len(read(path).rows) > 0
        except GeoDataError as error:
            sound = "Abhilfe" in str(error)
        assert sound


def test_catalogue_names_items_as_the_reader_does(tmp_path: Path) -> None:
    readings = [read(workbook(tmp_path, Einwohnerzahl=PEOPLE, Haushalte=HOUSEHOLDS, Wohnungen=DWELLINGS)), read(OWN)]
    readings.append(read(table(tmp_path, TOTALS)))
    found = {item for reading in readings for item in reading.rows["item"]}
    known = items_of(FORM)
    assert {item for item in known if not item.startswith(("Demografie", "4000W", "Wohnungen|NUTZUNG__01"))} <= found
    assert {known[item].part for item in ("Wohnungen|LEQ", "Wohnungen|ETQ", "Wohnungen|QMMIETE")} == {
        "WOH03",
        "WOH04",
        "WOH05",
    }


def test_fifty_thousand_rows_take_less_than_five_seconds(tmp_path: Path) -> None:
    rows = [flat_row("", "5", key=f"{n:012d}").replace("\n", "") for n in range(50_000)]
    # every key of 12 digits becomes another one of 8: the digits of the Verband stay 0000
    rows = [row.replace(f";{n:012d};", f";{n // 1000:05d}0000{n % 1000:03d};") for n, row in enumerate(rows)]
    path = table(tmp_path, flat(*rows))
    start = time.perf_counter()
    assert len(read(path).rows) == 50_000
    assert time.perf_counter() - start < 5


@needs_file
def test_real_totals_equal_plain_reading() -> None:
    plain = pd.read_csv(REAL, dtype={"ags": str})
    reading = read(REAL)
    assert reading.problems == ()
    for item in reading.rows["item"].unique():
        rows = reading.rows[reading.rows["item"] == item]
        assert rows["key"].tolist() == plain["ags"].tolist()
        pd.testing.assert_series_equal(rows["value"].reset_index(drop=True), plain[item], check_names=False)
    people = reading.rows[reading.rows["item"] == "population_census22"]
    kreis = people[people["key"].str.startswith("16063")].set_index("key")["value"]
    assert len(kreis) == 32
    assert kreis.drop("16063037").sum() == 156_494  # published for the 30 of today, without Hallungen
