"""Official files as their publishers fill them: census tables by content, areas with their day, damaged ones."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pandas as pd
import pyogrio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.catalog.official import official_files
from geodata.model import GeoDataError
from geodata.sources.official import find_files, gemeinde_layer, kind_of
from geodata.sources.vg250 import dissolve_official, official_day, read_official
from tests.officialfiles import KREIS, write_vg250

PEOPLE_2022 = "GITTER_ID_100m;x_mp_100m;y_mp_100m;Einwohner\n"
AGES_2022 = (
    "GITTER_ID_100m;x_mp_100m;y_mp_100m;Insgesamt_Bevoelkerung;Unter10;a10bis19;a80undaelter;werterlaeuternde_Zeichen\n"
)
RENTS_2022 = "GITTER_ID_100m;x_mp_100m;y_mp_100m;durchschnMieteQM;AnzahlWohnungen;werterlaeuternde_Zeichen\n"
LONG_2011 = "Gitter_ID_100m;Gitter_ID_100m_neu;Merkmal;Auspraegung_Code;Auspraegung_Text;Anzahl;Anzahl_q\n"
TOTAL_2011 = "100mN26891E43370;CRS3035RES100mN2689100E4337000;INSGESAMT;0;Einheiten insgesamt;3;0\n"
AGE_2011 = "100mN26891E43370;CRS3035RES100mN2689100E4337000;ALTER_10JG;1;Unter 10;3;0\n"
SIZE_2011 = "100mN26891E43370;CRS3035RES100mN2689100E4337000;HHGROESS_KLASS;1;1 Person;3;0\n"


def packed(path: Path, *texts: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, text in enumerate(texts):
            archive.writestr(f"tabelle{number}.csv", text)
    return path


# --- census


def test_the_fetched_tables_of_people_and_of_ages_go_together(tmp_path: Path) -> None:
    """The table of ages counts people too; it is for the ages all the same."""
    names = official_files()
    people = packed(tmp_path / names["zensus2022_personen"].file, PEOPLE_2022)
    ages = packed(tmp_path / names["zensus2022_alter"].file, AGES_2022)
    found = find_files(tmp_path)
    assert (found.people, found.ages, found.unknown) == (people, (ages,), {})


def test_a_table_of_both_serves_alone(tmp_path: Path) -> None:
    both = packed(tmp_path / "Alter.zip", AGES_2022)
    found = find_files(tmp_path)
    assert (kind_of(both), found.people, found.ages) == ("people_ages", both, ())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (PEOPLE_2022, "people"),
        (AGES_2022, "people_ages"),
        (RENTS_2022, ""),
        (LONG_2011 + TOTAL_2011 + AGE_2011, "people_ages"),
        (LONG_2011 + TOTAL_2011 + SIZE_2011, ""),
        ("GITTER_ID_1km;x_mp_1km;y_mp_1km;a10bis19\n", "ages"),
        ("Gitter_ID_1km;x_mp_1km;y_mp_1km;Einwohner;unter18_A\n", "people_ages"),
        ("GITTER_ID_1km;x_mp_1km;y_mp_1km;Durchschnittsalter\n", ""),
        ("", ""),
    ],
)
@pytest.mark.parametrize("ending", ["csv", "zip"])
def test_census_tables_by_their_content(tmp_path: Path, text: str, kind: str, ending: str) -> None:
    path = tmp_path / f"x.{ending}"
    if ending == "csv":
        path.write_text(text, "utf-8")
    else:
        packed(path, text)
    assert kind_of(path) == kind


def test_tables_that_are_not_used_are_told_with_the_reason(tmp_path: Path) -> None:
    packed(tmp_path / "neu.zip", PEOPLE_2022)
    (tmp_path / "alt.csv").write_text("Gitter_ID_1km;x_mp_1km;y_mp_1km;Einwohner\n")
    packed(tmp_path / "miete.zip", RENTS_2022)
    (tmp_path / "on_demand.toml").write_text("")
    found = find_files(tmp_path)
    assert found.unknown == {
        "alt.csv": "Zensus 2011, Gitter 1000 m: verwendet wird neu.zip",
        "miete.zip": "unbekannter Inhalt",
    }
    assert found.on_demand == tmp_path / "on_demand.toml"


def test_ages_without_people_are_told(tmp_path: Path) -> None:
    (tmp_path / "alter.csv").write_text("GITTER_ID_1km;x_mp_1km;y_mp_1km;a10bis19\n")
    found = find_files(tmp_path)
    assert (found.people, found.ages) == (None, ())
    assert "es fehlt die Tabelle der Einwohner" in found.unknown["alter.csv"]


# --- damaged files


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(cut=st.integers(0, 400), place=st.integers(0, 400), byte=st.integers(0, 255))
@pytest.mark.parametrize("ending", ["zip", "csv", "gpkg", "osm.gz"])
def test_a_damaged_file_is_told_and_never_a_traceback(
    tmp_path: Path, cut: int, place: int, byte: int, ending: str
) -> None:
    whole = bytearray(packed(tmp_path / "vorlage.bin", AGES_2022 * 3, PEOPLE_2022).read_bytes())
    (tmp_path / "vorlage.bin").unlink()
    whole[place % len(whole)] = byte
    (tmp_path / f"x.{ending}").write_bytes(whole[: len(whole) - cut % len(whole)])
    found = find_files(tmp_path)
    known = {path.name for path in (found.osm, found.people, *found.ages) if path}
    assert known | set(found.unknown) == {f"x.{ending}"}


def test_a_table_that_unpacks_to_a_lot_is_not_unpacked(tmp_path: Path) -> None:
    path = packed(tmp_path / "bombe.zip", PEOPLE_2022 + "0" * 300_000_000)
    assert path.stat().st_size < 1e6
    assert kind_of(path) == "people"


# --- areas


def test_nobody_counted_is_not_the_same_as_not_known(tmp_path: Path) -> None:
    frame = pyogrio.read_dataframe(write_vg250(tmp_path, packed=False), layer="vg250_gem")
    empty = frame.assign(EWZ=frame["EWZ"].where(frame["GEN"] != "Waldstadt", 0))
    people = dissolve_official(empty, "x").set_index("name")["population"]
    assert people.to_dict() == {"Westdorf": 60_000.0, "Ostdorf": 40_000.0, "Waldstadt": 0.0}
    unknown = dissolve_official(frame.assign(EWZ=-9999), "x")["population"]
    assert unknown.isna().all()


def test_people_are_counted_once_however_many_parts_name_them(tmp_path: Path) -> None:
    frame = pyogrio.read_dataframe(write_vg250(tmp_path, packed=False), layer="vg250_gem")
    for second in (60_000, 0):  # given with every part, or with the first only
        twice = pd.concat([frame, frame[:1].assign(EWZ=second)])
        assert dissolve_official(twice, "x").set_index("name").at["Westdorf", "population"] == 60_000


def test_views_of_a_layer_do_not_count(tmp_path: Path) -> None:
    source = write_vg250(tmp_path, packed=False)
    path = tmp_path / "mit_sichten.gpkg"
    view = pyogrio.read_dataframe(source, layer="vg250_gem").rename(columns={"ARS": "Regionalschlüssel_ARS"})
    pyogrio.write_dataframe(view, path, layer="v_vg250_gem")
    for layer in ("vg250_gem", "vg250_vwg", "vg250_krs"):
        pyogrio.write_dataframe(pyogrio.read_dataframe(source, layer=layer), path, layer=layer)
    assert len(read_official(str(path), KREIS)["gem"]) == 3
    pyogrio.write_dataframe(view, tmp_path / "nur_sicht.gpkg", layer="v_vg250_gem")
    assert kind_of(tmp_path / "nur_sicht.gpkg") == ""


def test_a_day_that_is_missing_is_empty(tmp_path: Path) -> None:
    frame = pyogrio.read_dataframe(write_vg250(tmp_path, packed=False), layer="vg250_gem")
    assert set(dissolve_official(frame, "x")["since"]) == {"2020-01-01"}
    for missing in (None, pd.NaT, "unbekannt"):
        assert set(dissolve_official(frame.assign(WSK=missing), "x")["since"]) == {""}
    timed = frame.assign(WSK=pd.Timestamp("2024-01-01 00:00"))
    assert set(dissolve_official(timed, "x")["since"]) == {"2024-01-01"}


@pytest.mark.parametrize(
    ("text", "day"), [("31.12.2024\r\n", date(2024, 12, 31)), ("Referenzjahr 2018", None), ("", None)]
)
def test_the_zip_names_its_day(tmp_path: Path, text: str, day: date | None) -> None:
    path = write_vg250(tmp_path)
    assert official_day(path) is None
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("vg250-ew/aktualitaet.txt", text)
        archive.writestr("vg250-ew/dokumentation/aktualitaet.txt", text)
    assert official_day(path) == day
    assert official_day(tmp_path / "ohne.gpkg") is None


@pytest.mark.parametrize("name", ["a b", "Ä{1}", "x.zip"])
def test_areas_are_found_in_folders_of_any_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    path = write_vg250(tmp_path / name)
    found = find_files(tmp_path / name)
    assert found.areas == path
    assert len(read_official(gemeinde_layer(path), KREIS)["gem"]) == 3


def test_a_file_without_the_layer_is_refused_by_name(tmp_path: Path) -> None:
    source = write_vg250(tmp_path, packed=False)
    path = tmp_path / "halb.gpkg"
    pyogrio.write_dataframe(pyogrio.read_dataframe(source, layer="vg250_gem"), path, layer="vg250_gem")
    with pytest.raises(GeoDataError, match=r"halb\.gpkg: Ebene …_vwg fehlt\. Abhilfe"):
        read_official(str(path), KREIS)
