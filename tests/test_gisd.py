"""Reader of the GISD: official forms (invented content), the published scores, broken files."""

from __future__ import annotations

import tempfile
import time
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
from geodata.sources.statistics import gisd, inkar
from geodata.sources.statistics.reading import READING_COLUMNS, Reading

DATA = Path(__file__).parent / "data" / "gisd"
SHARED = Path(__file__).parents[2] / "shared" / "data" / "indicators"
REAL = {"rki_gisd_gemeindeverband_16063_1998_2021.csv": "gvb_id", "rki_gisd_kreis_16063.csv": "kreis_id"}
HEAD = "kreis_id,kreis_name,year,gisd_score\n"
needs_real = pytest.mark.skipif(not SHARED.is_dir(), reason="the published scores are not on this machine")


def text_file(folder: Path, text: str, name: str = "GISD_Bund_Kreis.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text(text, encoding=encoding)
    return path


def workbook(folder: Path, name: str, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(folder / name)
    return folder / name


def figures(reading: Reading) -> list[tuple[str, str, str, float]]:
    return list(reading.rows[["key", "period", "item", "value"]].itertuples(index=False, name=None))


# --- official forms


def test_release_for_germany_gives_score_and_classes_as_own_items() -> None:
    reading = gisd.read(DATA / "GISD_Bund_Kreis.csv")
    kreis = ("Zeile 3", "16063", "Musterkreis (erfunden)", "2018")
    expected = [
        (*kreis, "gisd_score", 0.0, State.ZERO),
        (*kreis, "gisd_5", 1.0, State.MEASURED),
        (*kreis, "gisd_10", 1.0, State.MEASURED),
        (*kreis, "gisd_k", 1.0, State.MEASURED),
    ]
    found = reading.rows[reading.rows["row"] == "Zeile 3"]
    assert list(found.itertuples(index=False, name=None)) == expected
    assert list(reading.rows.columns) == list(READING_COLUMNS)
    assert (len(reading.rows), reading.form, reading.problems) == (12, "gisd", ())
    assert reading.title == "GISD, Bezugsrahmen: Bund"


def test_release_of_2022_has_keys_of_associations_of_an_older_edition() -> None:
    reading = gisd.read(DATA / "GISD_Thueringen_Gemeindeverband.csv")
    assert figures(reading) == [
        ("160610045", "2019", "gisd_score", 0.61),
        ("160615001", "2019", "gisd_score", 0.62),
        ("010010000", "2019", "gisd_score", 0.64),
    ]
    assert [problem.text() for problem in reading.problems] == [
        "Zeile 4: Kennziffer passt nicht zur Ebene Gemeindeverband, gefunden '1051963'. "
        "Abhilfe: Kennziffer als Text mit allen Ziffern angeben."
    ]
    assert reading.title == "GISD, Bezugsrahmen: Thueringen"


def test_newest_release_is_split_by_tabs_and_names_level_and_frame() -> None:
    reading = gisd.read(DATA / "GISD_Bundesland.tsv")
    scores = reading.rows[reading.rows["item"] == "gisd_score"]
    assert list(zip(scores["key"], scores["value"], strict=True)) == [("16063003", 0.31), ("16063", 0.5)]
    assert reading.title == "GISD, Bezugsrahmen: Thueringen"
    assert reading.problems == ()


def test_frames_of_several_laender_are_named(tmp_path: Path) -> None:
    text = (DATA / "GISD_Bundesland.tsv").read_text(encoding="utf-8")
    text += "Hessen\tKreis\t06631\tMusterkreis in Hessen (erfunden)\t2023\t0.5\t3\t5\t2\n"
    reading = gisd.read(text_file(tmp_path, text, "GISD_Bundesland.tsv"))
    assert reading.title == "GISD, Bezugsrahmen: jeweiliges Land"


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("GISD_Bund_Kreis.csv", "Bund"),
        ("GISD_Baden-Wuerttemberg_Kreis.csv", "Baden-Wuerttemberg"),
        ("GISD_Thüringen_Kreis.csv", "Thüringen"),
        ("GISD_Release_2025_v1.csv", "nicht genannt"),
        ("GISD_Bundesland.csv", "nicht genannt"),
        ("rki_gisd_kreis.csv", "nicht genannt"),
    ],
)
def test_name_of_a_file_says_its_frame_or_nothing(tmp_path: Path, name: str, frame: str) -> None:
    reading = gisd.read(text_file(tmp_path, HEAD + "16063,K,2021,0.5\n", name))
    assert reading.title == f"GISD, Bezugsrahmen: {frame}"


def test_workbook_of_a_land_has_one_sheet_a_level(tmp_path: Path) -> None:
    head = ["region_id", "region_name", "year", "gisd_score", "gisd_5"]
    path = workbook(
        tmp_path,
        "16_GISD_Thueringen.xlsx",
        Gemeinden=[head, ["16063003", "Musterort (erfunden)", 2023, 0.31, 2], [16063004.0, "B", 2023, 1, 5]],
        Kreise=[head, [16063, "Musterkreis (erfunden)", 2023, 0.50283, None]],
    )
    assert gisd.recognises(path)
    reading = gisd.read(path)
    assert figures(reading)[:5] == [
        ("16063003", "2023", "gisd_score", 0.31),
        ("16063003", "2023", "gisd_5", 2.0),
        ("16063004", "2023", "gisd_score", 1.0),
        ("16063004", "2023", "gisd_5", 5.0),
        ("16063", "2023", "gisd_score", 0.50283),
    ]
    assert reading.rows["state"].tolist()[4:] == [State.MEASURED, State.MISSING]
    assert reading.rows["row"].tolist()[::2] == [
        "Blatt Gemeinden, Zeile 2",
        "Blatt Gemeinden, Zeile 3",
        "Blatt Kreise, Zeile 2",
    ]
    assert reading.title == "GISD, Bezugsrahmen: Thueringen"


def test_gemeindeverband_may_be_written_out(tmp_path: Path) -> None:
    head = "gemeindeverband_id,gemeindeverband_name,year,population,gisd_score\n"
    reading = gisd.read(text_file(tmp_path, head + "160635006,Musterverband (erfunden),2021,9000,0.41\n"))
    assert figures(reading) == [("160635006", "2021", "gisd_score", 0.41)]
    assert reading.rows["name"].tolist() == ["Musterverband (erfunden)"]


# --- published scores


@needs_real
@pytest.mark.parametrize("name", REAL)
def test_every_published_score_is_read_exactly(name: str) -> None:
    plain = pd.read_csv(SHARED / name, dtype=str)
    reading = gisd.read(SHARED / name)
    rows = reading.rows
    assert (len(rows), reading.problems) == (len(plain), ())
    assert list(rows["key"]) == list(plain[REAL[name]])
    assert list(rows["period"]) == list(plain["year"])
    assert list(rows["value"]) == [float(text) for text in plain["gisd_score"]]
    np.testing.assert_array_equal(rows["value"], pd.read_csv(SHARED / name)["gisd_score"])
    assert set(rows["item"]) == {"gisd_score"}
    assert set(rows["state"]) == {State.MEASURED}


@needs_real
def test_scores_of_the_wartburgkreis_are_those_of_the_release() -> None:
    rows = gisd.read(SHARED / "rki_gisd_kreis_16063.csv").rows.set_index("period")
    assert rows.loc[["1998", "2017", "2018", "2021"], "value"].tolist() == [0.48894, 0.70374, 0.34286, 0.50283]
    verband = gisd.read(SHARED / "rki_gisd_gemeindeverband_16063_1998_2021.csv").rows
    newest = verband[verband["period"] == "2021"]
    assert len(newest) == 16
    assert newest.set_index("name")["value"].idxmax() == "Eisenach, Stadt"


@needs_real
def test_method_breaks_where_the_constant_says() -> None:
    values = gisd.read(SHARED / "rki_gisd_kreis_16063.csv").rows.set_index("period")["value"]
    assert values.diff().abs().idxmax() == gisd.BREAKS["gisd"][0]


# --- meaning


def test_only_the_score_is_a_part() -> None:
    items = items_of("gisd")
    assert {name: (item.part, item.factor) for name, item in items.items()} == {"gisd_score": ("gisd", 1.0)}
    assert set(items) < set(gisd.ITEMS)


# --- keys and figures


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("160630004", "160630004"),
        ("016063004", "160630004"),
        ("16063951", "160635051"),
        ("001001000", "010010000"),
        ("01001000", "010010000"),
        ("010010000", "010010000"),
        ("010040000", "010040000"),
        ("010041511", "100410511"),
        ("10010000", "010010000"),
        ("110000000", "110000000"),
        ("1051963", None),
        ("170630004", None),
        ("16063", None),
        ("16063000x", None),
    ],
)
def test_association_has_nine_digits_in_every_edition(key: str, expected: str | None) -> None:
    assert gisd.association_key(key) == expected


@given(st.integers(1, 16), st.integers(1, 99), st.integers(0, 899))
def test_gemeinde_outside_associations_keeps_its_number(land: int, kreis: int, number: int) -> None:
    kreis = 41 + kreis % 6 if land == 10 else kreis
    new, old = f"{land:02}0{kreis:02}0{number:03}", f"{land:02}0{kreis:02}{number:03}"
    assert gisd.association_key(new) == gisd.association_key(old) == gisd.association_key("0" + old) == new


@pytest.mark.parametrize("cell", ["", "NA"])
def test_missing_score_is_missing_and_never_zero(tmp_path: Path, cell: str) -> None:
    reading = gisd.read(text_file(tmp_path, HEAD + f"16063,K,2021,{cell}\n"))
    assert reading.rows["state"].tolist() == [State.MISSING]
    assert reading.rows["value"].isna().all()


@pytest.mark.parametrize("cell", ["1.2", "-0.1", "viel", '"0,5"', "1e-3"])
def test_score_that_is_no_number_from_0_to_1_is_a_problem(tmp_path: Path, cell: str) -> None:
    reading = gisd.read(text_file(tmp_path, HEAD + f"16063,K,2021,{cell}\n16063,K,2022,1\n"))
    assert figures(reading) == [("16063", "2022", "gisd_score", 1.0)]
    (problem,) = reading.problems
    assert (problem.row, problem.rule) == ("Zeile 2", "gisd_score ist keine Zahl von 0 bis 1")
    assert problem.found == cell.strip('"')


def test_lost_zero_of_a_kreis_is_put_back(tmp_path: Path) -> None:
    reading = gisd.read(text_file(tmp_path, HEAD + "1051,K,2021,0.5\n160,L,2021,0.5\n"))
    assert figures(reading) == [("01051", "2021", "gisd_score", 0.5)]
    assert "Ebene Kreis, gefunden '160'" in reading.problems[0].text()


def test_year_that_is_a_text_is_a_problem(tmp_path: Path) -> None:
    reading = gisd.read(text_file(tmp_path, HEAD + "16063,K,vorläufig,0.5\n16063,K,2021,0.6\n"))
    assert figures(reading) == [("16063", "2021", "gisd_score", 0.6)]
    assert "Zeile 2: year ist kein Jahr, gefunden 'vorläufig'" in reading.problems[0].text()


def test_contradicting_rows_are_left_out_and_equal_ones_counted_once(tmp_path: Path) -> None:
    text = HEAD + "16063,K,2021,0.5\n16063,K,2021,0.6\n16064,L,2021,0.7\n16064,L,2021,0.7\n"
    reading = gisd.read(text_file(tmp_path, text))
    assert figures(reading) == [("16064", "2021", "gisd_score", 0.7)]
    expected = "Zeile 2: gisd_score 2021 für 16063 mehrfach mit verschiedenen Werten, "
    assert reading.problems[0].text().startswith(expected + "gefunden '0,5 (Zeile 2) und 0,6 (Zeile 3)'")


def test_line_with_wrong_number_of_fields_is_a_problem_and_empty_lines_are_none(tmp_path: Path) -> None:
    reading = gisd.read(text_file(tmp_path, HEAD + "\n16063,Musterkreis, Land,2021,0.5\n16064,L,2021,0.7\n16065,M\n\n"))
    assert figures(reading) == [("16064", "2021", "gisd_score", 0.7)]
    assert [(problem.row, problem.rule) for problem in reading.problems] == [
        ("Zeile 3", "5 statt 4 Felder"),
        ("Zeile 5", "2 statt 4 Felder"),
    ]


# --- files that are none


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (b"", "gefunden 'leere Datei'"),
        (b"<!DOCTYPE html>\n<html></html>", "gefunden '<!DOCTYPE html>'"),
        (b"kreis_id;kreis_name;year;gisd_score\n16063;K;2021;0,5\n", "anderes Trennzeichen"),
        (b"ror_id,ror_name,year,gisd_score\n1601,R,2021,0.5\n", "kein bekannter Tabellenkopf"),
        (b"kreis_id,kreis_name,year,gisd_score,gisd_score\n16063,K,2021,0.5,0.6\n", "kein bekannter Tabellenkopf"),
        (HEAD.encode(), "nichts zu Gemeinden"),
        (b"region_type,region_id,region_name,year,gisd_score\nPLZ_5,36433,x,2021,0.5\n", "nichts zu Gemeinden"),
        (b"PK\x03\x04 no archive", r"beschädigt oder nicht lesbar \(BadZipFile\)"),
    ],
)
def test_file_that_is_no_release_is_refused_in_german(tmp_path: Path, content: bytes, shown: str) -> None:
    path = tmp_path / "gisd.csv"
    path.write_bytes(content)
    with pytest.raises(GeoDataError, match=rf"^gisd\.csv: .*{shown}.*Abhilfe: die Datei eines GISD-Release"):
        gisd.read(path)


def test_truncated_workbook_is_refused_and_not_recognised(tmp_path: Path) -> None:
    head = ["region_id", "region_name", "year", "gisd_score"]
    path = workbook(tmp_path, "16_GISD_Thueringen.xlsx", Kreise=[head, ["16063", "K", 2023, 0.5]])
    whole = path.read_bytes()
    for length in (10, len(whole) // 2, len(whole) - 5):
        path.write_bytes(whole[:length])
        assert not gisd.recognises(path)
        with pytest.raises(GeoDataError, match="beschädigt oder nicht lesbar"):
            gisd.read(path)


def test_workbook_without_scores_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, "anders.xlsx", Tabelle1=[["a", "b"], [1, 2]])
    assert not gisd.recognises(path)
    with pytest.raises(GeoDataError, match="nichts zu Gemeinden"):
        gisd.read(path)


def test_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gisd, "UNPACKED", 1000)
    head = ["region_id", "region_name", "year", "gisd_score"]
    path = workbook(tmp_path, "16_GISD_Thueringen.xlsx", Kreise=[head, ["16063", "K", 2023, 0.5]])
    assert not gisd.recognises(path)
    with pytest.raises(GeoDataError, match="entpackt über 0 MB; als CSV speichern"):
        gisd.read(path)


def test_each_form_is_recognised_by_its_own_reader_only() -> None:
    folder = DATA.parent
    assert all(gisd.recognises(path) and not inkar.recognises(path) for path in (folder / "gisd").iterdir())
    assert all(inkar.recognises(path) and not gisd.recognises(path) for path in (folder / "inkar").iterdir())


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda text: (HEAD + text).encode("utf-8", "ignore")))
)
def test_any_bytes_are_read_or_refused_but_never_break(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(content)
        assert gisd.recognises(path) in (True, False)
        try:
            reading = gisd.read(path)
        except GeoDataError:
            return
    assert list(reading.rows.columns) == list(READING_COLUMNS)
    assert len(reading.rows) or reading.problems


def test_fifty_thousand_rows_are_read_in_under_three_seconds(tmp_path: Path) -> None:
    lines = (f"16{n // 25:06},Ort,{1998 + n % 25},{n / 50_000:.5f}\n" for n in range(50_000))
    path = text_file(tmp_path, "gemeinde_id,gemeinde_name,year,gisd_score\n" + "".join(lines))
    start = time.process_time()
    reading = gisd.read(path)
    assert time.process_time() - start < 3
    assert (len(reading.rows), reading.problems) == (50_000, ())
