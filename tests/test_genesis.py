"""Tables of the regional database: both forms cell by cell, what the offices mean by their signs, and broken files."""

from __future__ import annotations

import contextlib
import csv
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.model import GeoDataError, State
from geodata.sources.statistics.genesis import FORM, read, recognises
from geodata.sources.statistics.genesis_cross import census_basis, read_period, read_region
from geodata.sources.statistics.reading import READING_COLUMNS, Reading

DATA = Path(__file__).parent / "data" / "genesis"
ITEMS = Path(__file__).parents[1] / "geodata" / "catalog" / "items" / "genesis.csv"
PARTS = ITEMS.parents[1] / "parts.csv"
UNSEEN = "Spaltenkopf nicht an einer echten Datei geprüft"
AGES = "12411-02-03-5|Bevölkerungsstand|Insgesamt|Altersgruppen (unter 3 bis 75 u.m.)|"
FLAT = (
    "statistics_code;statistics_label;time_code;time_label;time;"
    "1_variable_code;1_variable_label;1_variable_attribute_code;1_variable_attribute_label;"
    "value;value_unit;value_variable_code;value_variable_label\n"
)
CROSS = "Tabelle: 12411-01-01-5\nBevölkerung\nFortschreibung\nBevölkerungsstand (Anzahl)\n;;;Insgesamt;männlich\n"
FOOT = "__________\n© Statistisches Bundesamt (Destatis), 2024\nStand: 12.03.2024 / 10:11:12\n"


def given_file(folder: Path, text: str, name: str = "tabelle.csv", encoding: str = "cp1252") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def cross(folder: Path, *rows: str, encoding: str = "cp1252") -> Reading:
    return read(given_file(folder, CROSS + "\n".join(rows) + "\n" + FOOT, encoding=encoding))


def flat_row(key: str, value: str, *, period: str = "2023-12-31", code: str = "GEMEIN") -> str:
    return f"12411;Fortschreibung;STAG;Stichtag;{period};{code};Gebiete;{key};Ort;{value};Anzahl;BEVSTD;Bevölkerung\n"


def figure(reading: Reading, key: str, item: str, period: str = "") -> tuple[float, State]:
    rows = reading.rows
    rows = rows[(rows["key"] == key) & (rows["item"] == item) & (rows["period"].isin([period]) if period else True)]
    assert len(rows) == 1
    return rows["value"].iloc[0], rows["state"].iloc[0]


def told(reading: Reading) -> list[str]:
    return [problem.text() for problem in reading.problems]


def catalogue() -> pd.DataFrame:
    return pd.read_csv(ITEMS, sep=";", dtype=str, keep_default_na=False)


def test_age_groups_of_three_heads_become_one_item_each() -> None:
    reading = read(DATA / "12411-02-03-5.csv")
    mine = reading.rows[reading.rows["key"].eq("16999001") & reading.rows["item"].str.startswith(AGES)]
    # invented: men 3, 6, 9, ... and women 3, 5, 7, ..., so that both are 6, 11, 16, ... and all are 782
    assert mine["value"].tolist() == [5.0 * at + 1 for at in range(1, 18)] + [782.0]
    assert mine["item"].iloc[-2:].tolist() == [AGES + "75 Jahre und mehr", AGES + "Insgesamt"]
    assert set(mine["period"]) == {"2021-12-31"}
    assert list(reading.rows.columns) == list(READING_COLUMNS)


def test_men_and_women_of_every_age_add_up_to_the_total() -> None:
    rows = read(DATA / "12411-02-03-5.csv").rows
    parts = rows["item"].str.split("|", expand=True)
    sums = rows.assign(sex=parts[2], age=parts[4]).pivot_table(index=["key", "age"], columns="sex", values="value")
    pd.testing.assert_series_equal(sums["männlich"] + sums["weiblich"], sums["Insgesamt"], check_names=False)
    assert len(sums) == 5 * 18  # Deutschland, Land, Kreis, two Gemeinden


def test_the_file_says_table_title_stand_and_census() -> None:
    reading = read(DATA / "12411-02-03-5.csv")
    assert (reading.form, reading.table) == (FORM, "12411-02-03-5")
    assert (reading.stand, reading.basis, reading.gebietsstand) == ("2024-03-12", "Zensus 2011", "")
    assert reading.title.startswith("Bevölkerungsstand: Bevölkerung nach Geschlecht und Altersgruppen (17)")
    assert "Fortschreibung" not in reading.title
    assert reading.problems == ()


def test_region_between_land_and_kreis_is_passed_over() -> None:
    assert set(read(DATA / "12411-02-03-5.csv").rows["key"]) == {
        "DG",
        "16",
        "16999",
        "16999001",
        "16999002",
        "16999003",
    }


def test_names_lose_their_indent_and_rows_keep_their_line() -> None:
    rows = read(DATA / "12411-02-03-5.csv").rows
    assert rows.loc[rows["key"].eq("16999002"), ["name", "row"]].drop_duplicates().to_numpy().tolist() == [
        ["Bestadt, Stadt", "Zeile 16"]
    ]


def test_gemeinde_with_nothing_but_dashes_has_no_inhabitants_stated() -> None:
    gone = read(DATA / "12411-02-03-5.csv").rows.query("key == '16999003'")
    assert gone["value"].isna().all()
    assert set(gone["state"]) == {State.MISSING}
    assert len(gone) == 54


def test_years_side_by_side_are_periods_not_items() -> None:
    reading = read(DATA / "12411-01-01-4.csv")
    item = "12411-01-01-4|Bevölkerungsstand|Insgesamt"
    assert figure(reading, "16999", item, "2022-12-31") == (200.0, State.MEASURED)
    assert figure(reading, "16999", item, "2021-12-31") == (190.0, State.MEASURED)
    assert reading.rows["item"].nunique() == 3


def test_kreis_is_missing_only_in_the_year_of_its_dashes() -> None:
    rows = read(DATA / "12411-01-01-4.csv").rows.query("key == '16098'")
    assert rows.groupby("period")["state"].unique().map(list).to_dict() == {
        "2021-12-31": [State.MISSING],
        "2022-12-31": [State.MEASURED],
    }


def test_several_values_with_units_keep_the_unit_in_the_item() -> None:
    reading = read(DATA / "13211-02-05-4.csv")
    rate = "13211-02-05-4|Arbeitslosenquote bez. auf alle zivile Erwerbsp. [Prozent]"
    assert figure(reading, "16999", "13211-02-05-4|Arbeitslose", "2021") == (123.0, State.MEASURED)
    assert figure(reading, "16999", "13211-02-05-4|Arbeitslose|15 bis unter 25 Jahre") == (12.0, State.MEASURED)
    assert figure(reading, "16999", rate) == (5.3, State.MEASURED)
    assert figure(reading, "16999", rate + "|Männer") == (5.9, State.UNRELIABLE)
    assert set(reading.rows.query("key == '16998'")["state"]) == {State.MISSING}


def test_label_in_the_row_closes_the_item() -> None:
    reading = read(DATA / "22543-01-02-4.csv")
    children = "22543-01-02-4|Betreute Kinder"
    assert figure(reading, "16999", children + "|Tageseinrichtung", "2021-03-01") == (700.0, State.MEASURED)
    young = children + "|Altersgruppe|unter 3 Jahre|Insgesamt (ohne Doppelzählungen)"
    assert figure(reading, "16999", young) == (178.0, State.MEASURED)
    meals = reading.rows[reading.rows["item"].str.contains("Mittag")].set_index("item")["state"].tolist()
    assert meals == [State.MEASURED, State.NOT_APPLICABLE, State.UNRELIABLE]


def test_floor_area_in_thousands_is_multiplied_by_the_catalogue() -> None:
    item = "31231-02-01-5|Wohnfläche in Wohngebäuden [1000 qm]"
    value, _ = figure(read(DATA / "31231-02-01-5.csv"), "16999001", item)
    line = catalogue().set_index("item").loc[item]
    assert value * float(line["factor"]) == pytest.approx(52_400)
    assert line["part"] == "wohnflaeche"


def test_dashes_are_zero_births_unless_the_year_writes_zeros_as_zeros() -> None:
    reading, item = read(DATA / "12612-01-01-5.csv"), "12612-01-01-5|Lebendgeborene|Insgesamt"
    assert figure(reading, "16999001", item, "2021") == (0.0, State.ZERO)
    assert figure(reading, "16999001", item, "2020") == (0.0, State.ZERO)
    assert figure(reading, "16999002", "12612-01-01-5|Lebendgeborene|weiblich", "2021") == (0.0, State.ZERO)
    value, state = figure(reading, "16999002", item, "2020")
    assert value != value
    assert state is State.MISSING


def test_old_flat_file_has_a_column_per_value() -> None:
    reading = read(DATA / "12411-01-01-5_flat.csv")
    assert figure(reading, "16999001", "12411|BEVSTD|GES=Insgesamt", "2021-12-31") == (783.0, State.MEASURED)
    assert figure(reading, "16999001", "12411|BEVSTD|GES=männlich") == (459.0, State.PROVISIONAL)
    assert figure(reading, "DG", "12411|FLC006 [qkm]|GES=Insgesamt") == (357595.99, State.MEASURED)
    assert (reading.table, reading.title) == ("12411-01-01-5", "Fortschreibung des Bevölkerungsstandes")


def test_new_flat_file_mixes_levels_and_has_signs_beside_the_value() -> None:
    reading = read(DATA / "12411-02-03-5_1749623963823_de_flat.csv")
    item = "12411|BEVSTD|ALTX20={}|GES=Insgesamt"
    assert figure(reading, "16999001", item.format("unter 3 Jahre"), "2023-12-31") == (17.0, State.MEASURED)
    assert figure(reading, "16999", item.format("Insgesamt")) == (1500.0, State.REVISED)
    value, state = figure(reading, "16999001", item.format("3 bis unter 6 Jahre"))
    assert value != value
    assert state is State.SUPPRESSED_PRIMARY
    assert (len(reading.rows), reading.table, reading.problems) == (3, "12411-02-03-5", ())


def test_flat_file_renamed_by_its_user_has_the_same_items(tmp_path: Path) -> None:
    source = DATA / "12411-02-03-5_1749623963823_de_flat.csv"
    (tmp_path / "export.csv").write_bytes(source.read_bytes())
    renamed = read(tmp_path / "export.csv")
    assert renamed.table == "12411"
    pd.testing.assert_frame_equal(renamed.rows, read(source).rows)


def test_months_of_a_flat_file_are_periods(tmp_path: Path) -> None:
    month = FLAT.replace(
        "value;", "2_variable_code;2_variable_label;2_variable_attribute_code;2_variable_attribute_label;value;", 1
    )
    row = (
        "13211;Arbeitsmarkt;JAHR;Jahr;2021;KREISE;Kreise;16999;Ort;MONAT;Monat;MONAT07;Juli;12;Anzahl;ERW;Arbeitslose\n"
    )
    rows = read(given_file(tmp_path, month + row, encoding="utf-8")).rows
    assert rows[["period", "item"]].to_numpy().tolist() == [["2021-07", "13211|ERW"]]


def test_areas_of_one_day_and_long_keys(tmp_path: Path) -> None:
    text = FLAT + flat_row("092760130130", "2294", code="GEOGM4").replace(
        "Gebiete", "Gemeinden (Gebietsstand 15.05.2022)"
    )
    reading = read(given_file(tmp_path, text, encoding="utf-8"))
    assert (reading.gebietsstand, reading.rows["key"].tolist()) == ("2022-05-15", ["09276130"])


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
def test_encoding_does_not_matter(tmp_path: Path, encoding: str) -> None:
    reading = cross(tmp_path, "31.12.2021;16999001;Örtchen;5;2", encoding=encoding)
    assert recognises(tmp_path / "tabelle.csv")
    assert reading.rows["name"].tolist() == ["Örtchen", "Örtchen"]
    assert reading.rows["item"].iloc[1] == "12411-01-01-5|Bevölkerungsstand|männlich"


@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_file_saved_by_a_spreadsheet_reads_like_the_original(tmp_path: Path, sign: str) -> None:
    original = DATA / "13211-02-05-4.csv"
    with original.open(encoding="cp1252", newline="") as source:
        rows = [cells or [""] for cells in csv.reader(source, delimiter=";")]
    path = tmp_path / "mappe.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        csv.writer(target, delimiter=sign, quoting=csv.QUOTE_ALL).writerows(rows)
    assert recognises(path)
    names = [name for name in READING_COLUMNS if name != "row"]
    pd.testing.assert_frame_equal(read(path).rows[names], read(original).rows[names])
    assert read(path).problems == ()


def test_flags_in_the_column_after_a_value_set_its_state(tmp_path: Path) -> None:
    text = CROSS.replace(";;;Insgesamt;männlich", ";;;Insgesamt;;männlich;")
    text += "31.12.2021;16999001;Adorf;5;e;2;p\n31.12.2021;16999002;Bestadt;7;s;4;r\n" + FOOT
    reading = read(given_file(tmp_path, text))
    assert reading.rows["state"].tolist() == [State.MEASURED, State.PROVISIONAL, State.ESTIMATED, State.REVISED]
    assert reading.rows["value"].tolist() == [5.0, 2.0, 7.0, 4.0]


def test_day_over_the_rows_holds_until_the_next(tmp_path: Path) -> None:
    text = CROSS.replace(";;;Insg", "Stichtag: 31.12.2010;;;\n;;Insg")
    text += "16999001;Adorf;5;2\n31.12.2011;;;\n16999001;Adorf;6;3\n" + FOOT
    reading = read(given_file(tmp_path, text))
    assert reading.rows[["period", "value"]].to_numpy().tolist() == [
        ["2010-12-31", 5.0],
        ["2010-12-31", 2.0],
        ["2011-12-31", 6.0],
        ["2011-12-31", 3.0],
    ]


def test_gemeinde_under_two_verbaende_counts_once(tmp_path: Path) -> None:
    reading = cross(tmp_path, "2013;0723106;Verband;9;4", "2013;0723106006;Berg;9;4", "2013;0723108006;Berg;-;-")
    assert reading.rows[["key", "value"]].to_numpy().tolist() == [["07231006", 9.0], ["07231006", 4.0]]
    assert reading.problems == ()


def test_lost_leading_zero_is_reported_with_its_remedy_and_not_read(tmp_path: Path) -> None:
    reading = cross(tmp_path, "2021;1051001;Albersdorf;5;2", "2021;1051;Dithmarschen;5;2", "2021;16999001;Adorf;1;1")
    assert set(reading.rows["key"]) == {"16999001"}
    first, second = told(reading)
    assert first.startswith("Zeile 6: der Gebietsschlüssel hat 7 Ziffern, die führende Null fehlt, gefunden '1051001'.")
    assert "als Text" in first
    assert "4 Ziffern" in second


def test_row_that_stands_twice_is_read_once_and_reported(tmp_path: Path) -> None:
    reading = cross(tmp_path, "2021;16999001;Adorf;5;2", "2021;16999001;Adorf;5;2")
    assert reading.rows["value"].tolist() == [5.0, 2.0]
    assert [text[:49] for text in told(reading)] == ["Zeile 7: die Zeile steht schon einmal in der Date"]


def test_two_figures_for_one_thing_are_both_left_out(tmp_path: Path) -> None:
    reading = cross(tmp_path, "2021;16999001;Adorf;5;2", "2021;16999001;Adorf;6;2")
    assert reading.rows["value"].tolist() == [2.0]
    assert [text.split(",")[0] for text in told(reading)] == [
        "Zeile 7: die Zeile steht schon einmal in der Datei",
        "Zeile 6: zwei verschiedene Zahlen für dasselbe Gebiet und Merkmal",
        "Zeile 7: zwei verschiedene Zahlen für dasselbe Gebiet und Merkmal",
    ]


def test_unknown_sign_period_and_key_are_reported_together(tmp_path: Path) -> None:
    reading = cross(tmp_path, "2021;16999001;Adorf;viele;2", "31.02.2021;16999001;A;1;2", "2021;Kreis X;B;1;2")
    assert reading.rows["value"].tolist() == [2.0]
    assert sorted(text.split(". ")[0] for text in told(reading)) == [
        "Zeile 6: weder Zahl noch bekanntes Zeichen, gefunden 'viele'",
        "Zeile 7: die Zeitangabe ist unbekannt, gefunden '31.02.2021'",
        "Zeile 8: das ist kein Gebietsschlüssel, gefunden 'Kreis X'",
    ]


def test_truncated_cross_table_names_the_row_and_the_missing_end(tmp_path: Path) -> None:
    reading = read(given_file(tmp_path, CROSS + "2021;16999001;Adorf;5;2\n2021;16999002;Best"))
    assert reading.rows["key"].tolist() == ["16999001", "16999001"]
    assert [text[:35] for text in told(reading)] == [
        "Zeile 7: die Zeile hat 3 statt 5 Sp",
        "Zeile 7: die Zeile aus Unterstriche",
    ]


def test_truncated_flat_file_names_the_row(tmp_path: Path) -> None:
    text = FLAT + flat_row("16999001", "5") + flat_row("16999002", "7")[:60]
    reading = read(given_file(tmp_path, text, encoding="utf-8"))
    assert reading.rows["value"].tolist() == [5.0]
    assert told(reading)[0].startswith("Zeile 3: die Zeile hat 7 statt 13 Spalten")


def test_columns_with_the_same_head_are_reported_and_not_read(tmp_path: Path) -> None:
    text = CROSS.replace("männlich", "Insgesamt;weiblich") + "2021;16999001;Adorf;5;2;3\n" + FOOT
    reading = read(given_file(tmp_path, text))
    assert reading.rows["item"].tolist() == ["12411-01-01-5|Bevölkerungsstand|weiblich"]
    assert [text[:54] for text in told(reading)] == [
        "Spalte 4: die Spalte hat keinen eigenen Kopf, gefunden",
        "Spalte 5: die Spalte hat keinen eigenen Kopf, gefunden",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "leer"),
        (b"\r\n  \r\n", "leer"),
        (b"<!DOCTYPE html><html><body>Anmeldung abgelaufen</body></html>", "neu anmelden"),
        (b'{"Status": {"Code": 104, "Content": "Es gibt keine Objekte"}}', "neu anmelden"),
        (b"PK\x03\x04\x14\x00\x08", "entpacken"),
        (b"Gemeinde;Einwohner\nAdorf;5\n", "'Gemeinde;Einwohner'"),
        (CROSS.replace(";", "|").encode("cp1252"), "nicht getrennt"),
        (CROSS.encode("cp1252"), "Gebietsschlüssel"),
        (b"Tabelle: 1\n16999001;Adorf;5\n", "Spaltenköpfe"),
        (FLAT.encode(), "nur Spaltenköpfe"),
        ((FLAT + flat_row("1", "2", code="GES")).encode(), "Gebiete"),
        ((FLAT.replace("value_unit", "value") + flat_row("16", "2")).encode(), "value"),
        ((FLAT.replace("value;value_unit", "wert;einheit") + flat_row("16", "2")).encode(), "keine Werte"),
        (CROSS.encode("cp1252") + b'2021;16999001;"' + b"x" * 200_000, "Anführungszeichen"),
    ],
)
def test_file_that_cannot_be_read_is_refused_with_name_and_remedy(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "datei.csv"
    path.write_bytes(content)
    with pytest.raises(GeoDataError, match=message) as caught:
        read(path)
    assert str(caught.value).startswith("datei.csv: ")
    assert "Abhilfe: " in str(caught.value)


@pytest.mark.parametrize("name", sorted(path.name for path in DATA.iterdir()))
def test_every_form_is_recognised_by_its_head(name: str) -> None:
    assert recognises(DATA / name)


def test_other_files_are_not_recognised(tmp_path: Path) -> None:
    assert not recognises(ITEMS)
    assert not recognises(tmp_path)
    assert not recognises(tmp_path / "fehlt.csv")


HEADS = st.sampled_from([path.read_bytes() for path in sorted(DATA.iterdir())])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_disturb_the_recognition(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "unbekannt.csv"
    path.write_bytes(content)
    assert recognises(path) in (True, False)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(HEADS, st.integers(0, 6000), st.integers(0, 80), st.binary(max_size=4))
def test_damaged_file_is_read_in_part_or_refused(tmp_path: Path, content: bytes, at: int, cut: int, put: bytes) -> None:
    path = tmp_path / "12411-01-01-5.csv"
    path.write_bytes(content[:at] + put + content[at + cut :])
    recognises(path)
    with contextlib.suppress(GeoDataError):
        rows = read(path).rows
        assert rows["key"].map(read_region).eq(rows["key"]).all()
        assert rows["period"].map(read_period).eq(rows["period"]).all()
        assert not rows.duplicated(["key", "period", "item"]).any()
        assert rows.loc[rows["state"].isin([State.MEASURED, State.ZERO]), "value"].notna().all()


@given(st.integers(1, 16), st.integers(0, 999), st.integers(0, 9999), st.integers(0, 999))
def test_ars_becomes_the_key_of_the_gemeinde(land: int, kreis: int, verband: int, gemeinde: int) -> None:
    assert read_region(f"{land:02}{kreis:03}{verband:04}{gemeinde:03}") == f"{land:02}{kreis:03}{gemeinde:03}"


@given(st.dates(min_value=pd.Timestamp("1900-01-01").date()))
def test_german_day_becomes_the_iso_day(day: object) -> None:
    assert read_period(f"{day:%d.%m.}{day.year:04}") == str(day)  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", ["", "31.02.2021", "Insgesamt", "20211", "2021/2022/23", "2021-13", "unter 3", "1051"])
def test_other_texts_are_no_period(text: str) -> None:
    assert read_period(text) is None


def test_two_censuses_in_one_file_name_no_basis() -> None:
    both = "bis 2021: auf Grundlage des Zensus 2011, ab 2022: auf Basis des Zensus 2022"
    assert (census_basis(both), census_basis("Basis: Zensus 2022")) == ("", "Zensus 2022")


def test_fifty_thousand_rows_are_read_in_three_seconds(tmp_path: Path) -> None:
    rows = [flat_row(f"{1_000_000 + at // 20:08}", str(at), period=f"{2001 + at % 20}-12-31") for at in range(50_000)]
    path = given_file(tmp_path, FLAT + "".join(rows), encoding="utf-8")
    begin = time.process_time()
    reading = read(path)
    assert time.process_time() - begin < 3
    assert reading.rows["value"].sum() == 50_000 * 49_999 / 2
    assert reading.problems == ()


def test_catalogue_names_known_parts_once_with_a_factor() -> None:
    lines = catalogue()
    assert list(lines.columns) == ["item", "part", "factor", "note"]
    assert not lines["item"].duplicated().any()
    assert set(lines["part"]) <= set(pd.read_csv(PARTS, sep=";", dtype=str)["id"])
    assert (lines["factor"].astype(float) > 0).all()
    assert lines.loc[lines["part"].eq("wohnflaeche"), "factor"].unique().tolist() == ["1000"]
    assert set(lines["note"]) == {"", UNSEEN, "Summand: der Teil ist die Summe seiner Zeilen aus dieser Tabelle"}


@pytest.mark.parametrize("name", sorted(path.name for path in DATA.iterdir()))
def test_every_input_has_items_of_the_catalogue(name: str) -> None:
    assert set(read(DATA / name).rows["item"]) & set(catalogue()["item"])


def test_catalogue_takes_every_age_group_and_the_total() -> None:
    rows = read(DATA / "12411-02-03-5.csv").rows.query("key == '16999001'").merge(catalogue(), on="item")
    parts = rows.set_index("part")["value"]
    assert len(parts) == 20
    assert parts[parts.index.str.contains(r"\d")].sum() == parts["bev"] == parts["bev_m"] + parts["bev_w"]
