"""Gemeindeverzeichnis: fixed width, workbook and simple tables; the sums of the real files, and what is refused."""

from __future__ import annotations

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
from geodata.sources.statistics.gemeindeverzeichnis import FORM, read, recognises
from geodata.sources.statistics.reading import READING_COLUMNS, Reading
from geodata.territory import keys_to

OWN = Path(__file__).parent / "data" / "gemeindeverzeichnis" / "GV100AD_31122021.txt"
REAL = Path(__file__).parents[2] / "shared" / "data" / "indicators"
YEARS = REAL / "gv_population_wartburgkreis_eisenach_2013_2017_2021_2023_2024.csv"
BASES = REAL / "population_gemeinden_2013_2023.csv"
VG250 = REAL / "vg250ew_20221231_gemeinden_thueringen_attribute_ewz_kfl.csv"
HARMONISED = REAL / "gv_population_harmonised_32gemeinden.csv"
needs_files = pytest.mark.skipif(not REAL.is_dir(), reason="die Tabellen liegen nicht neben dem Projekt")

NOTES = """Erscheinungsmonat: Oktober 2021

Die Bevölkerungsangaben basieren für alle Bundesländer auf dem Stichtag 31.12.2020.

Die Ergebnisse ab Berichtsjahr 2016 sind nur bedingt mit den Vorjahreswerten vergleichbar.

Die Flächenangaben basieren für alle Bundesländer auf dem Stichtag 31.12.2020.
"""
NONE = [None] * 4
MERGED = ["Fläche\nkm² ¹⁾", "Bevölkerung auf Grundlage des\nZENSUS 2011 ²⁾", None, None, None, "Post-\nleit-\nzahl"]
HEAD: list[list[object]] = [
    ["Gemeinden in Deutschland nach Fläche, Bevölkerung und Postleitzahl am 31.12.2022 (Jahr)"],
    [],
    ["Satz-\nart", "Text-\nkenn-\nzeichen", "Amtlicher Regionalschlüssel (ARS)", *NONE, "Gemeindename", *MERGED],
    [None, None, "Land", "RB", "Kreis", "VB", "Gem", None, None, "ins-\ngesamt", "männlich", "weiblich", "je km²"],
    [None, None, "Gebietsstand: 31.12.2022", *[None] * 5, "31.12.2022", "31.12.2022"],
    [],
]
BODY: list[list[object]] = [
    ["10", None, "08", None, None, None, None, "Kunstland"],
    ["20", None, "08", "9", None, None, None, "Reg.-Bez. Erfunden"],
    ["40", "44", "08", "9", "99", None, None, "Kunstkreis"],
    ["50", "54", "08", "9", "99", "5001", None, "Übertal"],
    ["60", "64", "08", "9", "99", "5001", "001", "Westdorf", 12.34, 6000, 2950, 3050, 486, "69998"],
    ["60", "63", "08", "9", "99", "0003", "003", "Waldstadt, Stadt", "152,02", 23177, 11408, 11769, 152, "69997"],
    ["60", "66", "08", "9", "99", "9999", "900", "Gemeindefreies Waldgebiet", 8.12, 0, 0, 0, 0, None],
    [],
    ["1) Abweichungen bei den Flächenangaben sind durch Runden der Zahlen möglich."],
    ["2) Ab Berichtsjahr 2016 nur bedingt mit den Vorjahren vergleichbar."],
]


def value(reading: Reading, key: str, item: str) -> tuple[float, str]:
    rows = reading.rows
    found = rows[(rows["key"] == key) & (rows["item"] == item)]
    assert len(found) == 1
    return found["value"].iloc[0], str(found["state"].iloc[0])


def lines(**changes: str) -> list[str]:
    """Return the records of the small file; ``changes`` by the first letters of a name replace whole records."""
    kept = OWN.read_text(encoding="utf-8").splitlines()
    return [next((new for name, new in changes.items() if line[22:].startswith(name)), line) for line in kept]


def written(folder: Path, rows: list[str], name: str = "GV100AD_31122021.txt", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes("\r\n".join(rows).encode(encoding))
    return path


def packed(folder: Path, rows: list[str], notes: str = "", name: str = "GV100AD3009.zip") -> Path:
    with zipfile.ZipFile(folder / name, "w") as archive:
        archive.writestr("GV100AD_300921.txt", "\r\n".join(rows))
        archive.writestr("Hinweise.txt", notes)
    return folder / name


def dated(day: str) -> list[str]:
    return [line[:2] + day + line[10:] for line in lines()]


def workbook(
    folder: Path,
    body: list[list[object]] | None = None,
    *,
    head: list[list[object]] | None = None,
    sheet: str = "Onlineprodukt_Gemeinden311222",
) -> Path:
    book = Workbook()
    book.active.title = "Deckblatt"
    page = book.create_sheet(sheet)
    for row in [*(HEAD if head is None else head), *(BODY if body is None else body)]:
        page.append(row)
    book.save(folder / "31122022_Auszug_GV.xlsx")
    return folder / "31122022_Auszug_GV.xlsx"


def table(folder: Path, text: str, name: str = "tabelle.csv", encoding: str = "utf-8") -> Path:
    (folder / name).write_bytes(text.encode(encoding))
    return folder / name


def refused(path: Path) -> str:
    with pytest.raises(GeoDataError) as error:
        read(path)
    assert "Abhilfe" in str(error.value)
    return str(error.value)


# Fixed width


def test_fixed_width_gives_area_people_and_males_of_gemeinden_only() -> None:
    assert recognises(OWN)
    reading = read(OWN)
    assert reading.rows.columns.tolist() == list(READING_COLUMNS)
    assert reading.form == FORM
    assert sorted(set(reading.rows["key"])) == ["08999001", "08999002", "08999003", "08999900"]
    assert value(reading, "08999003", "bev") == (23177, State.MEASURED)
    assert value(reading, "08999003", "bev_m") == (11408, State.MEASURED)
    assert value(reading, "08999003", "flaeche_ha") == (15202, State.MEASURED)
    assert reading.rows["name"].tolist()[3:6] == ["Ostdörfel"] * 3
    assert reading.rows["row"].iloc[0] == "Zeile 7"
    assert (reading.gebietsstand, reading.table, reading.problems) == ("2021-12-31", "GV100AD", ())


def test_nobody_lives_in_an_area_without_gemeinde_and_that_is_a_zero() -> None:
    assert value(read(OWN), "08999900", "bev") == (0, State.ZERO)


def test_edition_of_december_without_notes_is_read_as_the_yearly_one_and_says_so() -> None:
    reading = read(OWN)
    assert set(reading.rows["period"]) == {"2021-12-31"}
    assert reading.title.endswith("als Jahresausgabe gelesen")
    assert reading.basis == "Zensus 2011"


def test_notes_in_the_zip_date_the_people_of_a_quarterly_edition(tmp_path: Path) -> None:
    path = packed(tmp_path, dated("20210930"), NOTES)
    assert recognises(path)
    reading = read(path)
    assert set(reading.rows["period"]) == {"2020-12-31"}
    assert (reading.gebietsstand, reading.basis) == ("2021-09-30", "Zensus 2011")
    assert "Jahresausgabe" not in reading.title


def test_notes_win_over_the_day_of_a_fourth_quarter(tmp_path: Path) -> None:
    notes = "Die Fläche- und Bevölkerungsangaben basieren für alle Bundesländer auf dem Stichtag 31.12.2023."
    reading = read(packed(tmp_path, dated("20241231"), notes))
    assert set(reading.rows["period"]) == {"2023-12-31"}
    assert reading.basis == ""  # 31.12.2023 exists on both censuses


def test_census_of_the_notes_is_the_basis(tmp_path: Path) -> None:
    notes = NOTES.replace("2020", "2023") + "Die Bevölkerung wurde auf Grundlage des Zensus 2022 fortgeschrieben."
    assert read(packed(tmp_path, dated("20250331"), notes)).basis == "Zensus 2022"


@pytest.mark.parametrize(
    ("day", "basis"),
    [
        ("20111231", ""),  # public notes on the edition differ
        ("20121231", ""),  # could be the fourth quarter with the people of 2011
        ("20131231", "Zensus 2011"),
        ("20221231", "Zensus 2011"),
        ("20231231", "Zensus 2011"),
        ("20241231", ""),  # could be the fourth quarter with the people of 2023
        ("20251231", "Zensus 2022"),
    ],
)
def test_basis_is_named_only_where_the_day_leaves_no_doubt(tmp_path: Path, day: str, basis: str) -> None:
    assert read(written(tmp_path, dated(day))).basis == basis


def test_quarterly_edition_without_notes_is_refused(tmp_path: Path) -> None:
    assert "älter als der Gebietsstand 30.09.2021" in refused(written(tmp_path, dated("20210930")))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp850"])
def test_names_are_right_in_every_encoding_of_the_editions(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, lines(), encoding=encoding)
    assert recognises(path)
    assert read(path).rows["name"].tolist()[3] == "Ostdörfel"


def test_utf16_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, lines(), encoding="utf-16")
    assert not recognises(path)
    assert "nicht lesbar" in refused(path)


def test_shifted_record_is_a_problem_and_not_a_figure(tmp_path: Path) -> None:
    line = next(line for line in lines() if line[22:].startswith("Westdorf") and line.startswith("60"))
    for broken in (line[:60] + line[61:], line[:60] + " " + line[60:], line[:130] + line[131:]):
        rows = [broken if old == line else old for old in lines()]
        reading = read(written(tmp_path, rows))
        assert "08999001" not in set(reading.rows["key"])
        assert [problem.row for problem in reading.problems] == ["Zeile 7"]
        assert len(reading.rows) == 9


def test_file_whose_blanks_were_squeezed_is_refused_as_a_whole(tmp_path: Path) -> None:
    assert "keine Zahl lesbar" in refused(written(tmp_path, [" ".join(line.split()) for line in lines()]))


def test_more_males_than_people_tell_a_shift(tmp_path: Path) -> None:
    line = next(line for line in lines() if line.startswith("60") and "Ostdörfel" in line)
    rows = [line[:150] + "00000000068" + line[161:] if old == line else old for old in lines()]
    (problem,) = read(written(tmp_path, rows)).problems
    assert problem.rule.startswith("mehr Männer als Einwohner")


def test_blank_figure_is_missing_and_not_zero(tmp_path: Path) -> None:
    line = next(line for line in lines() if line.startswith("60") and "Ostdörfel" in line)
    rows = [line[:139] + " " * 22 + line[161:] if old == line else old for old in lines()]
    figure, state = value(read(written(tmp_path, rows)), "08999002", "bev")
    assert figure != figure
    assert state == State.MISSING


def test_records_of_another_edition_are_refused(tmp_path: Path) -> None:
    rows = [*lines(), *dated("20201231")[-1:]]
    assert "kein einheitlicher Gebietsstand" in refused(written(tmp_path, rows))


def test_repeated_key_is_told_and_contradicting_ones_give_nothing(tmp_path: Path) -> None:
    double = lines()[-2]
    same = read(written(tmp_path, [*lines(), double]))
    assert [problem.rule for problem in same.problems] == ["Schlüssel mehrfach"]
    assert value(same, "08999003", "bev") == (23177, State.MEASURED)
    other = read(written(tmp_path, [*lines(), double.replace("00000023177", "00000023178")]))
    assert {problem.row for problem in other.problems} == {"Zeile 9", "Zeile 11"}
    assert "bev" not in set(other.rows.loc[other.rows["key"] == "08999003", "item"])
    assert value(other, "08999003", "bev_m") == (11408, State.MEASURED)


def test_truncated_zip_is_refused_and_not_recognised(tmp_path: Path) -> None:
    path = packed(tmp_path, lines(), NOTES)
    path.write_bytes(path.read_bytes()[:-60])
    assert not recognises(path)
    assert "unvollständig" in refused(path)


def test_damaged_member_of_a_zip_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path, lines(), NOTES)
    data = bytearray(path.read_bytes())
    data[200:260] = b"\xff" * 60
    path.write_bytes(bytes(data))
    assert "nicht lesbar" in refused(path)


def test_zip_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "anderes.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("stops.txt", "stop_id")
    assert not recognises(path)
    assert "GV100AD_….txt" in refused(path)


# Workbook


def test_workbook_gives_figures_below_a_head_of_several_rows(tmp_path: Path) -> None:
    path = workbook(tmp_path)
    assert recognises(path)
    reading = read(path)
    assert reading.problems == ()
    assert value(reading, "08999001", "bev_w") == (3050, State.MEASURED)
    assert value(reading, "08999003", "flaeche") == (152.02, State.MEASURED)
    assert value(reading, "08999900", "bev") == (0, State.ZERO)
    assert set(reading.rows["key"]) == {"08999001", "08999003", "08999900"}
    assert reading.rows["row"].iloc[0] == "Blatt Onlineprodukt_Gemeinden311222, Zeile 11"
    assert (reading.gebietsstand, reading.basis) == ("2022-12-31", "Zensus 2011")
    assert set(reading.rows["period"]) == {"2022-12-31"}


def test_head_of_a_quarterly_workbook_dates_people_and_names_their_census(tmp_path: Path) -> None:
    head = [list(row) for row in HEAD]
    head[0] = ["Gemeinden in Deutschland nach Fläche, Bevölkerung und Postleitzahl am 30.06.2026 (2. Quartal)"]
    head[2][9] = "Bevölkerung auf Grundlage des\nZENSUS 2022 ²⁾"
    head[4] = [None, None, "Gebietsstand am 30.06.2026", *[None] * 5, "31.12.2023 (Jahr)", "31.12.2024 (Jahr)"]
    reading = read(workbook(tmp_path, head=head, sheet="Onlineprodukt_Gemeinden30062026"))
    days = reading.rows.groupby("item")["period"].unique().map(list).to_dict()
    assert days == {item: ["2024-12-31"] for item in ("bev", "bev_m", "bev_w")} | {"flaeche": ["2023-12-31"]}
    assert (reading.gebietsstand, reading.basis) == ("2026-06-30", "Zensus 2022")


def test_quarterly_workbook_whose_head_names_no_day_is_refused(tmp_path: Path) -> None:
    head = [list(row) for row in HEAD]
    head[0] = ["Gemeinden in Deutschland am 31.12.2025 (4. Quartal)"]
    head[4] = []
    assert "Stichtag der Einwohnerzahlen fehlt" in refused(workbook(tmp_path, head=head))


def test_gebietsstand_comes_from_the_name_of_the_sheet_where_the_title_is_cut(tmp_path: Path) -> None:
    head: list[list[object]] = [["Gemeinden"], *HEAD[1:4]]
    reading = read(workbook(tmp_path, head=head))
    assert reading.gebietsstand == "2022-12-31"
    assert set(reading.rows["period"]) == {"2022-12-31"}


def test_keys_as_numbers_are_problems_where_a_zero_was_lost(tmp_path: Path) -> None:
    body = [
        *BODY,
        ["60", "64", 8, 9, 99, 5001, 1, "Zahldorf", 1.0, 10, 5, 5],
        [60, 64, 16, 0, 63, 5051, 101, "Z", 1, 2, 1, 1],
    ]
    reading = read(workbook(tmp_path, body))
    (problem,) = reading.problems
    assert "führende Null" in problem.remedy
    assert problem.found == "60 8 9 99 1"
    assert value(reading, "16063101", "bev") == (2, State.MEASURED)


def test_figures_of_land_kreis_and_verband_keep_their_keys(tmp_path: Path) -> None:
    body = [[*row[:8], 5.0, 100, 50, 50] if row and row[0] in ("10", "40", "50") else row for row in BODY]
    keys = set(read(workbook(tmp_path, body)).rows["key"])
    assert {"08", "08999", "089995001"} <= keys


def test_signs_and_words_in_a_cell_of_the_workbook(tmp_path: Path) -> None:
    row: list[object] = ["60", "64", "08", "9", "99", "5001", "007", "Punktdorf", ".", "-", "viele", None]
    reading = read(workbook(tmp_path, [*BODY, row]))
    assert value(reading, "08999007", "flaeche")[1] == State.SUPPRESSED_PRIMARY
    assert value(reading, "08999007", "bev") == (0, State.ZERO)
    assert value(reading, "08999007", "bev_w")[1] == State.MISSING
    assert [problem.found for problem in reading.problems] == ["viele"]


def test_workbook_without_its_sheet_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, sheet="Tabelle1")
    assert not recognises(path)
    assert "Deckblatt, Tabelle1" in refused(path)


def test_workbook_without_its_head_is_refused(tmp_path: Path) -> None:
    assert "im Kopf fehlen Land, RB" in refused(workbook(tmp_path, head=[["Titel am 31.12.2022 (Jahr)"]]))


def test_truncated_workbook_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path)
    path.write_bytes(path.read_bytes()[:2000])
    assert not recognises(path)
    assert "unvollständig" in refused(path)


def test_workbook_of_the_old_excel_is_told(tmp_path: Path) -> None:
    path = tmp_path / "31122010_Auszug_GV.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    assert not recognises(path)
    assert "als .xlsx speichern" in refused(path)


# Simple tables

TWO_BASES = """ags;name;year;population;basis;note;source
08999001;Westdorf;2021;6.000;Zensus-2011-Fortschreibung;;
08999001;Westdorf;2022-05-15;5.900;Zensus 2022;;
08999001;Westdorf;2024;5.850;Zensus-2022-Fortschreibung;;
08999002;Ostdorf;2024;.;;;
"""
YEARLY = "year,ags,name,area_km2,pop,pop_m,pop_w,plz\n2021,08999001,Westdorf,12.34,6000,2950,3050,69998\n"


def test_several_censuses_in_one_table_stand_in_the_item(tmp_path: Path) -> None:
    path = table(tmp_path, TWO_BASES, encoding="cp1252")
    assert recognises(path)
    reading = read(path)
    assert reading.basis == ""
    found = reading.rows[["period", "item", "value"]].to_numpy().tolist()
    assert found[:3] == [
        ["2021-12-31", "bev|Zensus 2011", 6000],
        ["2022-05-15", "bev|Zensus 2022", 5900],
        ["2024-12-31", "bev|Zensus 2022", 5850],
    ]
    assert reading.rows["item"].iloc[3] == "bev"
    assert reading.rows["state"].iloc[3] == State.SUPPRESSED_PRIMARY


def test_one_census_in_a_table_is_the_basis_and_items_are_plain(tmp_path: Path) -> None:
    reading = read(table(tmp_path, YEARLY))
    assert (reading.basis, reading.gebietsstand) == ("Zensus 2011", "2021-12-31")
    assert value(reading, "08999001", "flaeche") == (12.34, State.MEASURED)
    assert set(reading.rows["item"]) == {"bev", "bev_m", "bev_w", "flaeche"}


def test_year_that_repeats_the_people_of_the_year_before_is_refused(tmp_path: Path) -> None:
    rows = [f"{year},0899900{n},Dorf {n},1.5,{100 + n},50,{50 + n}," for year in (2023, 2024) for n in range(1, 7)]
    reading = read(table(tmp_path, "\n".join([YEARLY.splitlines()[0], *rows])))
    assert set(reading.rows["period"]) == {"2023-12-31"}
    (problem,) = reading.problems
    assert (problem.row, problem.found) == ("Zeilen des Jahres 2024", "6 von 6 gleich")


def test_few_areas_alike_in_two_years_are_no_repetition(tmp_path: Path) -> None:
    reading = read(table(tmp_path, YEARLY + YEARLY.splitlines()[1].replace("2021", "2022")))
    assert set(reading.rows["period"]) == {"2021-12-31", "2022-12-31"}


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("2021,1001000,Zahldorf,1.0,5,2,3,", "Schlüssel hat nicht"),
        ("2021,8.999001E6,Zahldorf,1.0,5,2,3,", "Schlüssel hat nicht"),
        ("21,08999002,Ostdorf,1.0,5,2,3,", "Jahr oder Tag nicht lesbar"),
        ("2021,08999002,Ostdorf,1.0,5", "5 statt 8 Felder"),
        ("2021,08999002,Ostdorf,1.0,viele,2,3,", "pop ist keine Zahl"),
        ("2021,08999002,Ostdorf,1.0,-5,2,3,", "bev|Zensus 2011 ist negativ"),
    ],
)
def test_broken_row_is_told_with_its_place(tmp_path: Path, row: str, rule: str) -> None:
    reading = read(table(tmp_path, YEARLY + row))
    (problem,) = reading.problems
    assert problem.row == "Zeile 3"
    assert problem.rule.startswith(rule)
    assert value(reading, "08999001", "bev") == (6000, State.MEASURED)


VG = "AGS,GEN,GF,EWZ,KFL\n08999001,Westdorf,4,6000,12.34\n08999001,Westdorf,2,0,3.0\n"


def test_only_land_of_vg250_counts_and_the_day_is_that_of_the_name(tmp_path: Path) -> None:
    path = table(tmp_path, VG, "vg250ew_20221231_gem.csv")
    assert recognises(path)
    reading = read(path)
    assert reading.problems == ()
    assert value(reading, "08999001", "flaeche") == (12.34, State.MEASURED)
    assert (reading.gebietsstand, reading.basis) == ("2022-12-31", "Zensus 2011")


@pytest.mark.parametrize("name", ["vg250ew.csv", "vg250ew_20221331.csv"])
def test_vg250_without_a_day_in_its_name_is_refused(tmp_path: Path, name: str) -> None:
    assert "Stichtag steht nicht in der Tabelle" in refused(table(tmp_path, VG, name))


@pytest.mark.parametrize("text", ["", "<!DOCTYPE html><html><body>Fehler</body></html>", "a;b\n1;2\n", YEARLY[:45]])
def test_other_texts_are_refused_and_empty_tables_too(tmp_path: Path, text: str) -> None:
    refused(table(tmp_path, text))


def test_page_instead_of_a_file_is_named(tmp_path: Path) -> None:
    path = table(tmp_path, "<!DOCTYPE html><html>", "GV100AD.csv")
    assert not recognises(path)
    assert "Webseite (HTML)" in refused(path)


def test_missing_file_is_refused_and_not_recognised(tmp_path: Path) -> None:
    assert not recognises(tmp_path / "fehlt.csv")
    assert "fehlt" in refused(tmp_path / "fehlt.csv")


@given(st.binary(max_size=400), st.sampled_from(["x.zip", "x.xlsx", "GV100AD_31122021.txt", "x.csv"]))
def test_no_bytes_make_the_reader_fail_otherwise(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str
) -> None:
    path = tmp_path_factory.mktemp("bytes") / name
    for content in (data, b"PK\x03\x04" + data, OWN.read_bytes()[:700] + data):
        path.write_bytes(content)
        assert recognises(path) in (True, False)
        try:
            people = len(read(path).rows)
        except GeoDataError as error:
            people = "Abhilfe" in str(error)
        assert people


def test_every_item_is_in_the_catalogue(tmp_path: Path) -> None:
    readings = [read(OWN), read(workbook(tmp_path)), read(table(tmp_path, TWO_BASES))]
    known = items_of(FORM)
    assert {item for reading in readings for item in reading.rows["item"]} <= set(known)
    assert known["flaeche_ha"].factor == 0.01


def test_fifty_thousand_records_take_less_than_five_seconds(tmp_path: Path) -> None:
    line = next(line for line in lines() if line.startswith("60"))
    path = written(tmp_path, [line[:10] + f"{n:08d}" + line[18:] for n in range(1_000_000, 1_050_000)])
    start = time.perf_counter()
    assert len(read(path).rows) == 150_000
    assert time.perf_counter() - start < 5


# Real files


@needs_files
def test_years_of_the_real_table_equal_plain_reading() -> None:
    plain = pd.read_csv(YEARS, dtype={"ags": str})
    names = {"pop": "bev", "pop_m": "bev_m", "pop_w": "bev_w", "area_km2": "flaeche"}
    wanted = plain[plain["year"] < 2024].rename(columns=names).melt(["year", "ags"], list(names.values()), "item")
    wanted = wanted.set_index(["ags", "item", wanted["year"].astype(str) + "-12-31"])["value"].astype(float)
    reading = read(YEARS)
    found = reading.rows.set_index(["key", "item", "period"])["value"]
    assert len(found) == len(wanted)
    pd.testing.assert_series_equal(
        found.sort_index(), wanted.sort_index(), check_names=False, check_index_type=False, check_index=False
    )
    assert found.sort_index().index.tolist() == wanted.sort_index().index.tolist()
    assert reading.basis == "Zensus 2011"


@needs_files
def test_year_2024_of_the_real_table_holds_the_people_of_2023() -> None:
    plain = pd.read_csv(YEARS, dtype={"ags": str}).set_index(["year", "ags"])["pop"]
    assert plain.loc[2024].sum() == 159_028  # population_gemeinden_2013_2023 has this sum of the 30 for 2023
    (problem,) = read(YEARS).problems
    assert problem.found == "29 von 29 gleich"


@needs_files
def test_people_of_the_32_gemeinden_sum_to_the_published_figures() -> None:
    harmonised = pd.read_csv(HARMONISED, dtype={"ags32": str}).set_index("ags32")
    people = read(YEARS).rows.query("item == 'bev'").set_index(["period", "key"])["value"]
    target = keys_to("2022").reindex(people.index.unique("key"))
    sums = people.groupby(["period", people.index.get_level_values("key").map(target)]).sum()
    wanted = {"2013": 164_508, "2017": 163_148, "2021": 158_900, "2023": 159_201}
    for year, total in wanted.items():
        assert sums[f"{year}-12-31"].sum() == total
        assert sums[f"{year}-12-31"].reindex(harmonised.index).tolist() == harmonised[year].tolist()


@needs_files
def test_table_with_bases_equals_plain_reading_but_for_its_double_sums() -> None:
    plain = pd.read_csv(BASES, dtype=str)
    period = plain["year"].where(plain["year"].str.len() > 4, plain["year"] + "-12-31")
    double = plain.assign(period=period).duplicated(["ags", "period"], keep=False)
    reading = read(BASES)
    assert len(reading.problems) == double.sum() == 12
    assert set(plain.loc[double, "ags"]) == {"16063"}
    rows = reading.rows
    assert rows["value"].tolist() == plain.loc[~double, "population"].astype(float).tolist()
    assert rows["key"].tolist() == plain.loc[~double, "ags"].tolist()
    sums = rows[rows["key"].str.len() == 8].groupby("period")["value"].sum()
    assert sums[["2013-12-31", "2017-12-31", "2021-12-31"]].tolist() == [164_304, 162_950, 158_716]
    assert sums[["2022-12-31", "2023-12-31", "2022-05-15"]].tolist() == [159_355, 159_028, 156_494]
    assert set(rows.loc[rows["period"] == "2022-05-15", "item"]) == {"bev|Zensus 2022"}


@needs_files
def test_attributes_of_vg250_give_people_and_area_of_the_kreis() -> None:
    plain = pd.read_csv(VG250, dtype={"AGS": str})
    reading = read(VG250)
    assert reading.problems == ()
    for item, column, total in (("bev", "EWZ", 159_539), ("flaeche", "KFL", 1_371.15)):
        found = reading.rows[reading.rows["item"] == item].set_index("key")["value"]
        assert found.index.tolist() == plain["AGS"].tolist()
        assert found.tolist() == plain[column].tolist()
        assert round(found[found.index.str.startswith("16063")].sum(), 2) == total
