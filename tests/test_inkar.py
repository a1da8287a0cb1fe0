"""Reader of INKAR: official forms (invented content), real lists against pandas, broken files."""

from __future__ import annotations

import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.catalog.parts import items_of
from geodata.model import GeoDataError, State
from geodata.sources.statistics import inkar
from geodata.sources.statistics.reading import READING_COLUMNS, Reading

DATA = Path(__file__).parent / "data" / "inkar"
SHARED = Path(__file__).parents[2] / "shared" / "data" / "indicators"
REAL = {  # file: head of key, level, item and value
    "inkar2024_gemeinde_gvb_gebietsstand2022.csv": ("schluessel", "aggregat", "indikator", "wert"),
    "inkar2024_kreis_gebietsstand2022.csv": ("schluessel", "aggregat", "indikator", "wert"),
    "inkar_gvb_gebietsstand2019.csv": ("schluessel", "aggregat", "indikator", "wert"),
    "inkar_gemeinden_16063_arbeitslose_erwerbsfaehige.csv": ("id", "agg", "indikator", "wert"),
    "inkar_gemeindeverbaende_16063_einkommensteuer.csv": ("id", "agg", None, "einkommensteuer_eur_ew"),
}
needs_real = pytest.mark.skipif(not SHARED.is_dir(), reason="the lists of INKAR figures are not on this machine")


def text_file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "inkar.csv"
    path.write_text(text, encoding=encoding)
    return path


def workbook(folder: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path = folder / "inkar.xlsx"
    book.save(path)
    return path


def export(*lines: str, head: str = "Arbeitslose", years: str = "2021") -> str:
    return "\n".join([f"Kennziffer;Raumeinheit;Aggregat;{head}", f";;;{years}", *lines, ""])


def triples(reading: Reading) -> list[tuple[str, str, float]]:
    return list(reading.rows[["key", "period", "value"]].itertuples(index=False, name=None))


def only_problem(reading: Reading) -> str:
    assert len(reading.problems) == 1
    return reading.problems[0].text()


# --- official forms


def test_online_export_gives_one_row_per_area_indicator_and_year() -> None:
    reading = inkar.read(DATA / "export.csv")
    assert list(reading.rows.columns) == list(READING_COLUMNS)
    nan = float("nan")
    expected = pd.DataFrame(
        [
            ("Zeile 3", "16063", "Musterkreis (erfunden)", "2020", "Einwohnerdichte", 117.5, State.MEASURED),
            ("Zeile 3", "16063", "Musterkreis (erfunden)", "2021", "Einwohnerdichte", 1560.0, State.MEASURED),
            ("Zeile 3", "16063", "Musterkreis (erfunden)", "2021", "Schulabgänger ohne Abschluss", 7.2, State.MEASURED),
            ("Zeile 4", "16056", "Musterstadt (erfunden)", "2020", "Einwohnerdichte", 410.0, State.MEASURED),
            ("Zeile 4", "16056", "Musterstadt (erfunden)", "2021", "Einwohnerdichte", 408.9, State.MEASURED),
            ("Zeile 4", "16056", "Musterstadt (erfunden)", "2021", "Schulabgänger ohne Abschluss", nan, State.MISSING),
            ("Zeile 5", "16", "Musterland (erfunden)", "2020", "Einwohnerdichte", 130.1, State.MEASURED),
            ("Zeile 5", "16", "Musterland (erfunden)", "2021", "Einwohnerdichte", 129.9, State.MEASURED),
            ("Zeile 5", "16", "Musterland (erfunden)", "2021", "Schulabgänger ohne Abschluss", 0.0, State.ZERO),
            ("Zeile 6", "DG", "Bund", "2020", "Einwohnerdichte", 232.0, State.MEASURED),
            ("Zeile 6", "DG", "Bund", "2021", "Einwohnerdichte", 233.0, State.MEASURED),
            ("Zeile 6", "DG", "Bund", "2021", "Schulabgänger ohne Abschluss", nan, State.MISSING),
        ],
        columns=list(READING_COLUMNS),
    )
    pd.testing.assert_frame_equal(reading.rows, expected, check_dtype=False)
    assert (reading.form, reading.problems, reading.gebietsstand) == ("inkar", (), "")
    assert reading.title == "INKAR: 2 Indikatoren"


def test_export_in_the_windows_character_set_says_the_same(tmp_path: Path) -> None:
    text = (DATA / "export.csv").read_text(encoding="utf-8-sig")
    latin = inkar.read(text_file(tmp_path, text, "cp1252"))
    pd.testing.assert_frame_equal(latin.rows, inkar.read(DATA / "export.csv").rows)


def test_workbook_says_the_same_as_the_text_file(tmp_path: Path) -> None:
    head = [
        "Kennziffer",
        "Raumeinheit",
        "Aggregat",
        "Einwohnerdichte",
        "Einwohnerdichte",
        "Schulabgänger ohne Abschluss",
    ]
    path = workbook(
        tmp_path,
        Daten=[
            head,
            [None, None, None, 2020, 2021, 2021],
            ["16063", "Musterkreis (erfunden)", "Landkreis", 117.5, 1560, 7.2],
            ["16056", "Musterstadt (erfunden)", "krsfr. Stadt", 410, 408.9, None],
            ["16", "Musterland (erfunden)", "Bundesländer", 130.1, 129.9, 0],
            ["0", "Bund", "Bund", 232, 233, None],
            ["1601", "Musterregion (erfunden)", "Raumordnungsregionen", 99, 98, 6.1],
        ],
    )
    expected = inkar.read(DATA / "export.csv").rows
    assert inkar.recognises(path)
    rows = inkar.read(path).rows
    pd.testing.assert_frame_equal(rows, expected.assign(row="Blatt Daten, " + expected["row"]))


def test_workbook_with_documentation_gives_data_and_territorial_state(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        Metadaten=[["Indikator", "Anmerkung"], ["Arbeitslose", "Jahresdurchschnitt. Gebietsstand: 31.12.2022"]],
        Daten=[
            ["Kennziffer", "Raumeinheit", "Aggregat", "Arbeitslose", None],
            [None, None, None, "2020", "2021"],
            ["16063003", "Musterstadt (erfunden)", "Gemeinden", 12, 11],
            ["Quelle: Laufende Raumbeobachtung des BBSR"],
        ],
    )
    reading = inkar.read(path)
    assert triples(reading) == [("16063003", "2020", 12.0), ("16063003", "2021", 11.0)]
    assert (reading.gebietsstand, reading.title, reading.problems) == ("2022-12-31", "INKAR: Arbeitslose", ())


def test_sheet_named_daten_is_read_before_others_that_look_like_it(tmp_path: Path) -> None:
    head = [["Kennziffer", "Raumeinheit", "Aggregat", "Arbeitslose"], [None, None, None, 2021]]
    path = workbook(tmp_path, Auswahl=[*head, ["16063", "K", "Kreise", 1]], Daten=[*head, ["16063", "K", "Kreise", 2]])
    assert triples(inkar.read(path)) == [("16063", "2021", 2.0)]
    path = workbook(tmp_path, Erstes=[*head, ["16063", "K", "Kreise", 1]], Zweites=[*head, ["16063", "K", "Kreise", 2]])
    assert triples(inkar.read(path)) == [("16063", "2021", 1.0)]


def test_workbook_that_states_a_wrong_size_is_read_as_a_whole(tmp_path: Path) -> None:
    head = [["Kennziffer", "Raumeinheit", "Aggregat", "Arbeitslose"], [None, None, None, 2021]]
    path = workbook(tmp_path, Daten=[*head, ["16063", "K", "Kreise", 5]])
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    entries[sheet] = entries[sheet].replace(b'ref="A1:D3"', b'ref="A1:B1"')
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    assert b'<dimension ref="A1:B1"' in entries[sheet]
    assert triples(inkar.read(path)) == [("16063", "2021", 5.0)]


def test_keys_stored_as_numbers_in_a_workbook_keep_their_digits(tmp_path: Path) -> None:
    rows = [[16063003, "a", "Gemeinden", 1], [16063004.0, "b", "Gemeinden", 2], [1051011, "c", "Gemeinden", 3]]
    more = [[1051, "d", "Kreise", 4], [1.0, "e", "Bundesländer", 5], [0, "f", "Bund", 6]]
    head = [["Kennziffer", "Raumeinheit", "Aggregat", "Arbeitslose"], [None, None, None, 2021]]
    reading = inkar.read(workbook(tmp_path, Daten=[*head, *rows, *more]))
    assert list(reading.rows["key"]) == ["16063003", "16063004", "01051011", "01051", "01", "DG"]
    assert reading.problems == ()


def test_package_of_2021_names_indicators_and_has_lost_zeros() -> None:
    reading = inkar.read(DATA / "paket_2021.csv")
    assert triples(reading) == [
        ("16063003", "2019", 1001.0),
        ("01051011", "2019", 55.0),
        ("01051", "2019", 8.25),
        ("16063", "2019", 7.1875),
        ("01", "2019", 6.5),
        ("DG", "2019", 6.25),
    ]
    assert set(reading.rows["item"]) == {"Arbeitslose", "Schulabgänger ohne Abschluss"}


def test_package_since_2024_names_codes_and_lists_an_indicator_once() -> None:
    reading = inkar.read(DATA / "paket_2024.csv")
    assert list(reading.rows[["row", "key", "item", "value"]].itertuples(index=False, name=None)) == [
        ("Zeile 2", "16063", "a_schul_oA", 7.1875),
        ("Zeile 4", "160635006", "q_einkst_bev", 412.5),
        ("Zeile 5", "08435016", "alo", 12.0),
        ("Zeile 6", "16063003", "alo", 1002.0),
    ]
    assert reading.problems == ()


def test_package_too_large_to_read_is_read_for_one_kreis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inkar, "MAX_BYTES", 100)
    with pytest.raises(GeoDataError, match=r"paket_2024\.csv: über 0 MB; nur für den eigenen Kreis einlesen"):
        inkar.read(DATA / "paket_2024.csv")
    assert triples(inkar.read(DATA / "paket_2024.csv", kreis="08435")) == [("08435016", "2022", 12.0)]
    north = inkar.read(DATA / "paket_2021.csv", kreis="01051")
    assert list(north.rows["key"]) == ["01051011", "01051", "01", "DG"]


# --- real lists


@needs_real
@pytest.mark.parametrize("name", REAL)
def test_every_row_of_a_real_list_equals_the_plain_reading(name: str) -> None:
    key, level, item, value = REAL[name]
    plain = pd.read_csv(SHARED / name, dtype={key: str})
    reading = inkar.read(SHARED / name)
    assert (len(reading.rows), reading.problems) == (len(plain), ())
    rows = reading.rows
    assert list(rows["row"]) == [f"Zeile {number}" for number in range(2, len(plain) + 2)]
    assert list(rows["period"]) == list(plain["jahr"].astype(str))
    assert list(rows["item"]) == (list(plain[item]) if item else [value] * len(plain))
    np.testing.assert_array_equal(rows["value"], plain[value])
    same = plain[level] != "Gemeindeverband"  # those have the key of an older edition, see the next test
    assert list(rows["key"][same]) == list(plain[key][same])
    assert list(rows["name"]) == list(plain["name"])
    assert set(rows["state"][rows["value"] == 0]) <= {State.ZERO}
    assert set(rows["state"][rows["value"] != 0]) == {State.MEASURED}


@needs_real
def test_old_keys_of_associations_become_those_of_the_newer_edition() -> None:
    old = inkar.read(SHARED / "inkar_gvb_gebietsstand2019.csv").rows
    new = inkar.read(SHARED / "inkar_gemeindeverbaende_16063_einkommensteuer.csv").rows
    official = dict(zip(new["name"], new["key"], strict=True))
    found = dict(zip(old["name"], old["key"], strict=True))
    associations = {name for name, key in found.items() if len(key) == 9}
    assert len(associations) == 5
    assert {name: found[name] for name in associations} == {name: official[name] for name in associations}


@needs_real
def test_sums_of_the_32_gemeinden_in_2021_are_those_published() -> None:
    rows = inkar.read(SHARED / "inkar_gemeinden_16063_arbeitslose_erwerbsfaehige.csv").rows
    sums = rows[rows["period"] == "2021"].groupby("item")["value"].agg(["sum", "count"])
    assert sums.loc["arbeitslose_anzahl"].tolist() == [4545.0, 32]
    assert sums.loc["bevoelkerung_15_65"].tolist() == [95727.0, 32]


@needs_real
def test_zero_of_amt_creuzburg_in_2019_is_reported_as_the_file_says_it() -> None:
    rows = inkar.read(SHARED / "inkar_gemeinden_16063_arbeitslose_erwerbsfaehige.csv").rows
    amt = rows[(rows["key"] == "16063104") & (rows["item"] == "arbeitslose_anzahl")].set_index("period")
    assert amt.loc["2018":"2020", "value"].tolist() == [97.0, 0.0, 123.0]
    assert amt.loc["2019", "state"] == State.ZERO


@needs_real
def test_items_of_the_real_lists_have_a_meaning_or_are_known_to_have_none() -> None:
    found = {item for name in REAL for item in inkar.read(SHARED / name).rows["item"]}
    assert found - set(items_of("inkar")) == {"bruttoverdienst_eur", "svb_akad_pct"}


# --- meaning of the items


def test_items_with_another_unit_have_a_factor() -> None:
    items = items_of("inkar")
    assert {item.part for item in items.values() if item.factor != 1} == {"GES02", "MIG02"}
    assert (items["alo"].part, items["Arbeitslose"].part) == ("arbeitslose", "arbeitslose")
    assert (items["a_schul_oA"].part, items["d_Hausshaltseinkommen"].part) == ("BIL07", "EIK01")


@needs_real
def test_codes_of_the_codebook_that_we_use_are_written_as_there() -> None:
    codes = set(pd.read_csv(SHARED / "gerda_inkar_codebook.csv")["inkar_code"].dropna())
    used = {"a_ausl_bev", "q_alo", "a_aloLang", "a_schul_abi", "a_schul_oA", "q_wofl_bev", "q_pkw_bev", "m_bev_alter"}
    assert used <= codes & set(items_of("inkar"))


# --- numbers, keys, years


@pytest.mark.parametrize("cell", ["", "-", ",", "NA", " "])
def test_cell_without_a_figure_is_missing_and_never_zero(tmp_path: Path, cell: str) -> None:
    reading = inkar.read(text_file(tmp_path, export(f"16063003;Ort;Gemeinden;{cell}")))
    assert reading.rows["state"].tolist() == [State.MISSING]
    assert reading.rows["value"].isna().tolist() == [True]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (export("16063003;Ort;Gemeinden;viele"), "Arbeitslose ist keine Zahl mit Dezimalkomma, gefunden 'viele'"),
        (export("16063003;Ort;Gemeinden;8.46"), "Arbeitslose ist keine Zahl mit Dezimalkomma, gefunden '8.46'"),
        (
            'schluessel,name,aggregat,jahr,indikator,wert\n16063,K,Kreise,2021,x,"95,727"\n',
            "Dezimalpunkt, gefunden '95,727'",
        ),
        ("Kennziffer;Name;Raumbezug;Zeitbezug;Indikator;Wert\n16063;K;Kreise;2021;x;95.727\n", "gefunden '95.727'"),
    ],
    ids=["word", "point for comma", "comma for point", "thousands in the package"],
)
def test_number_that_could_be_two_things_is_a_problem(tmp_path: Path, text: str, shown: str) -> None:
    reading = inkar.read(text_file(tmp_path, text))
    assert reading.rows.empty
    assert shown in only_problem(reading)


@pytest.mark.parametrize(
    ("level", "key", "expected"),
    [
        ("kreis", "1001", "01001"),
        ("kreis", "16063", "16063"),
        ("kreis", "16063000", "16063"),
        ("kreis", "1001000", "01001"),
        ("kreis", "16063003", None),
        ("kreis", "160", None),
        ("kreis", "17063", None),
        ("gemeinde", "16056000", "16056000"),
        ("gemeinde", "16063", None),
        ("gemeinde", "1606300a", None),
        ("gemeinde", "１６０６３００３", None),
        ("land", "1", "01"),
        ("land", "16000000", "16"),
        ("land", "0", None),
        ("bund", "0", "DG"),
        ("bund", "D", "DG"),
        ("verband", "160635006", "160635006"),
        ("verband", "16063906", "160635006"),
        ("verband", "16056000", "160560000"),
        ("verband", "10510011", "010510011"),
        ("verband", "10041511", "100410511"),
        ("verband", "01051963", None),
        ("verband", "160630", None),
    ],
)
def test_key_is_what_its_level_makes_of_it(level: str, key: str, expected: str | None) -> None:
    assert inkar.key_of(level, key) == expected


def test_lost_zero_is_not_put_back_where_the_level_does_not_ask_for_it(tmp_path: Path) -> None:
    reading = inkar.read(text_file(tmp_path, export("1001;Musterstadt;Kreise;5", "1001;Musterort;Gemeinden;6")))
    assert triples(reading) == [("01001", "2021", 5.0)]
    expected = "Zeile 4: Kennziffer passt nicht zum Aggregat, gefunden '1001 (Gemeinden)'. "
    assert only_problem(reading) == expected + "Abhilfe: Kennziffer als Text mit allen Ziffern speichern."


def test_year_that_is_a_text_is_a_problem_and_other_years_are_read(tmp_path: Path) -> None:
    text = export("16063;K;Kreise;1;2", head="Baulandpreise;Baulandpreise", years="2016/2017;2018")
    reading = inkar.read(text_file(tmp_path, text))
    assert triples(reading) == [("16063", "2018", 2.0)]
    assert "Spalte 4: 'Baulandpreise' ohne Jahr, gefunden '2016/2017'" in only_problem(reading)
    long = "schluessel,name,aggregat,jahr,indikator,wert\n16063,K,Kreise,vorläufig,x,1\n16063,K,Kreise,2021,x,2\n"
    reading = inkar.read(text_file(tmp_path, long))
    assert triples(reading) == [("16063", "2021", 2.0)]
    assert "Zeile 2: Jahr oder Indikator fehlt, gefunden 'x vorläufig'" in only_problem(reading)


def test_line_with_units_below_the_head_is_no_data(tmp_path: Path) -> None:
    text = export(";;;%;%", "16063;K;Kreise;1;2", head="Arbeitslosenquote;Arbeitslosenquote", years="2020;2021")
    reading = inkar.read(text_file(tmp_path, text))
    assert triples(reading) == [("16063", "2020", 1.0), ("16063", "2021", 2.0)]
    assert reading.problems == ()


def test_remark_below_the_table_says_the_territorial_state(tmp_path: Path) -> None:
    text = export("16063;K;Kreise;1", "", "Gebietsstand: 31.12.2019;;;")
    assert inkar.read(text_file(tmp_path, text)).gebietsstand == "2019-12-31"


def test_contradicting_rows_are_left_out_and_named(tmp_path: Path) -> None:
    lines = ["16063003;Ort;Gemeinden;5", "16063004;Dorf;Gemeinden;6", "16063003;Ort;Gemeinden;7,5"]
    reading = inkar.read(text_file(tmp_path, export(*lines)))
    assert triples(reading) == [("16063004", "2021", 6.0)]
    expected = "Zeile 3: Arbeitslose 2021 für 16063003 mehrfach mit verschiedenen Werten, "
    assert only_problem(reading).startswith(expected + "gefunden '5 (Zeile 3) und 7,5 (Zeile 5)'")


def test_line_with_too_few_or_too_many_fields_is_a_problem(tmp_path: Path) -> None:
    lines = ["16063003;Ort;Gemeinden", "16063004;Dorf;Gemeinden;6;7", "16063006;Weiler;Gemeinden;8;", "1606"]
    reading = inkar.read(text_file(tmp_path, export(*lines)))
    assert triples(reading) == [("16063006", "2021", 8.0)]
    assert [problem.rule for problem in reading.problems] == [f"{n} statt 4 Felder" for n in (3, 5, 1)]


def test_line_without_aggregate_is_a_problem(tmp_path: Path) -> None:
    reading = inkar.read(text_file(tmp_path, export("16063;K;Kreise;1", "16064;L;;2")))
    assert triples(reading) == [("16063", "2021", 1.0)]
    assert "Zeile 4: Aggregat fehlt, gefunden '16064; L; 2'" in only_problem(reading)


def test_same_problem_in_many_lines_is_told_once(tmp_path: Path) -> None:
    reading = inkar.read(text_file(tmp_path, export(*["999;Ort;Gemeinden;5"] * 40, "16063;K;Kreise;1")))
    assert only_problem(reading).startswith("Zeile 3 und 39 weitere: Kennziffer passt nicht zum Aggregat")


# --- files that are none


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (b"", "gefunden 'leere Datei'"),
        (b"<!DOCTYPE html>\n<html><body>INKAR</body></html>", "gefunden '<!DOCTYPE html>'"),
        (b"Kennziffer\tRaumeinheit\tAggregat\tArbeitslose\n\t\t\t2021\n", "anderes Trennzeichen"),
        (b"Kennziffer;Raumeinheit;Aggregat;Arbeitslose\n16063;K;Kreise;5\n", "unter den Indikatoren steht kein Jahr"),
        (b"Kennziffer;Raumeinheit;Aggregat;x\n;;;2021\n1;T;Kreistypen;5\n", "gefunden 'Kreistypen'"),
        (b"Kennziffer;Raumeinheit;Aggregat;x\n;;;2021\n", "gefunden keine Zeile"),
        (b"PK\x03\x04 no archive", r"beschädigt oder nicht lesbar \(BadZipFile\)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "altes Excel-Format; in Excel als .xlsx oder CSV speichern"),
    ],
)
def test_file_that_is_no_table_of_inkar_is_refused_in_german(tmp_path: Path, content: bytes, shown: str) -> None:
    path = tmp_path / "inkar.csv"
    path.write_bytes(content)
    with pytest.raises(GeoDataError, match=rf"^inkar\.csv: .*{shown}.*Abhilfe: in INKAR"):
        inkar.read(path)


def test_truncated_workbook_is_refused_and_not_recognised(tmp_path: Path) -> None:
    rows = [["Kennziffer", "Raumeinheit", "Aggregat", "x"], [None, None, None, 2021], ["16063", "K", "Kreise", 1]]
    path = workbook(tmp_path, Daten=rows)
    whole = path.read_bytes()
    assert inkar.recognises(path)
    for length in range(10, len(whole), 97):
        path.write_bytes(whole[:length])
        assert not inkar.recognises(path)
        with pytest.raises(GeoDataError, match="beschädigt oder nicht lesbar"):
            inkar.read(path)


def test_workbook_without_the_table_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, Tabelle1=[["a", "b"], [1, 2]])
    assert not inkar.recognises(path)
    with pytest.raises(GeoDataError, match="kein Blatt beginnt mit Kennziffer, Raumeinheit, Aggregat"):
        inkar.read(path)


def test_missing_file_and_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "fehlt.csv", tmp_path):
        assert not inkar.recognises(path)
        with pytest.raises(GeoDataError, match="nicht lesbar"):
            inkar.read(path)


@pytest.mark.parametrize("name", ["export.csv", "paket_2021.csv", "paket_2024.csv"])
def test_official_forms_are_recognised(name: str) -> None:
    assert inkar.recognises(DATA / name)


def test_old_workbook_of_inkar_is_recognised_so_that_it_can_be_refused_with_advice(tmp_path: Path) -> None:
    path = tmp_path / "Arbeitslosenquote.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000) + b"Kennziffer\x0bRaumeinheit\x08Aggregat")
    assert inkar.recognises(path)
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000))
    assert not inkar.recognises(path)


# --- properties


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda text: export(text).encode("utf-8", "ignore")))
)
def test_any_bytes_are_read_or_refused_but_never_break(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(content)
        assert inkar.recognises(path) in (True, False)
        try:
            reading = inkar.read(path)
        except GeoDataError:
            return
    assert list(reading.rows.columns) == list(READING_COLUMNS)
    assert len(reading.rows) or reading.problems


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.integers(1, 999), st.integers(1995, 2030)),
        st.integers(-(10**7), 10**7).map(lambda n: n / 100),
        min_size=1,
    )
)
def test_what_the_export_writes_is_what_is_read(figures: dict[tuple[int, int], float]) -> None:
    keys, years = sorted({key for key, _ in figures}), sorted({year for _, year in figures})
    cells = {pair: f"{value:.2f}".replace(".", ",") for pair, value in figures.items()}
    lines = [f"16063{key:03};Ort;Gemeinden;" + ";".join(cells.get((key, year), "") for year in years) for key in keys]
    text = export(*lines, head=";".join(["x"] * len(years)), years=";".join(map(str, years)))
    with tempfile.TemporaryDirectory() as folder:
        rows = inkar.read(text_file(Path(folder), text)).rows
    known = rows[rows["state"] != State.MISSING]
    found = {(int(r.key[5:]), int(r.period)): r.value for r in known.itertuples()}
    assert found == figures
    assert len(rows) == len(keys) * len(years)


def test_fifty_thousand_rows_are_read_in_under_three_seconds(tmp_path: Path) -> None:
    head = "Bereich;ID;Kuerzel;Indikator;Raumbezug;Kennziffer;Name;Zeitbezug;Wert\n"
    lines = (f"B;1;i{n // 20_000};A;Gemeinden;16{n % 800:06};Ort;{1998 + n // 800 % 25};{n},5\n" for n in range(50_000))
    path = text_file(tmp_path, head + "".join(lines))
    start = time.process_time()
    reading = inkar.read(path)
    assert time.process_time() - start < 3
    assert (len(reading.rows), reading.problems) == (50_000, ())
    assert reading.rows["value"].sum() == sum(range(50_000)) + 25_000
