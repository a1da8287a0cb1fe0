"""The border: every rule refuses its small broken input, names it, and lets good input pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import MultiPolygon, Point, Polygon, box

from geodata import rules, validate
from geodata.model import GeoDataError

X, Y = 590_000, 5_640_000
NAMES = {"99063001": "Adorf", "99063002": "Bedorf"}


@dataclass(frozen=True)
class Kind:
    protection: str = ""


CATEGORIES = {"kita": Kind(), "frauenhaus": Kind("no_location"), "obdach": Kind("municipality")}


def make_areas() -> gpd.GeoDataFrame:
    squares = [box(X, Y, X + 1000, Y + 1000), box(X + 1000, Y, X + 2000, Y + 1000)]
    return gpd.GeoDataFrame({"ags": list(NAMES), "name": list(NAMES.values())}, geometry=squares, crs=25832)


def make_register() -> gpd.GeoDataFrame:
    frame = pd.DataFrame(
        {
            "id": ["k1", "k2", "k3", "k4"],
            "category": "kita",
            "name": ["Kita Eins", "Kita Zwei", "Kita Drei", "Kita Vier"],
            "street": "",
            "ags": ["99063001", "99063001", "99063002", "99063002"],
            "capacity": ["20", "", "0", "12"],
            "wheelchair": ["", "yes", "no", "limited"],
            "source": "https://beispiel.invalid/",
            "precision": ["address", "stop", "place", "municipality"],
        }
    )
    points = [Point(X + 100 + 500 * n, Y + 500) for n in range(4)]
    return gpd.GeoDataFrame(frame, geometry=points, crs=25832)


def check_register(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    areas = make_areas().set_index("ags")
    return validate.check_facilities(frame, place="f.csv", areas=areas, categories=CATEGORIES)


def refuse(check: Callable[[], object]) -> str:
    with pytest.raises(GeoDataError) as caught:
        check()
    return str(caught.value)


def test_sound_register_comes_back_as_it_was() -> None:
    frame = make_register()
    assert check_register(frame) is frame


def test_sound_register_in_degrees_comes_back_too() -> None:
    frame = make_register().to_crs(4326)
    assert check_register(frame) is frame


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("ags", "1606300", ["ags hat nicht 8 Ziffern", "'1606300' (k1)", "Abhilfe: amtlichen Schlüssel"]),
        ("ags", None, ["ags hat nicht 8 Ziffern"]),
        ("ags", "99063999", ["Gemeinde gehört nicht zum Gebietsstand: '99063999' (k1)"]),
        ("ags", "99063002", ["Punkt liegt nicht in seiner Gemeinde: '99063002' (k1)"]),
        ("category", "kiosk", ["Kategorie unbekannt: 'kiosk' (k1)", "Katalog"]),
        ("precision", "gps", ["Lagegenauigkeit unbekannt: 'gps' (k1)", "address, stop, place, municipality"]),
        ("wheelchair", "ja", ["Angabe zur Barrierefreiheit unbekannt: 'ja' (k1)"]),
        ("capacity", "-3", ["Kapazität ist keine Zahl ab 0: '-3' (k1)"]),
        ("capacity", "viele", ["Kapazität ist keine Zahl ab 0: 'viele' (k1)"]),
        ("capacity", "NaN", ["Kapazität ist keine Zahl ab 0"]),
        ("source", "", ["Quelle fehlt: 'Kita Eins' (k1)"]),
        ("source", None, ["Quelle fehlt"]),
        ("id", "k2", ["id mehrfach vergeben: 'k2' (k2)"]),
        ("id", "", ["id fehlt: '' (Zeile 2)"]),
        ("geometry", None, ["Geometrie fehlt: 'Kita Eins' (k1)"]),
        ("geometry", Point(), ["Geometrie fehlt: 'Kita Eins' (k1)"]),
        ("geometry", Point(Y, X), ["Koordinaten vertauscht: '5640000 590000' (k1)", "erst Länge (Ost)"]),
        ("geometry", Point(10.2, 50.9), ["liegen nicht in Deutschland: '10.2 50.9' (k1)", "EPSG:25832"]),
    ],
)
def test_broken_value_is_refused(column: str, value: object, words: list[str]) -> None:
    frame = make_register().astype(dict.fromkeys(("id", "ags", "source"), object))
    frame.loc[0, column] = value
    message = refuse(lambda: check_register(frame))
    assert message.startswith("f.csv: ")
    for word in words:
        assert word in message


def test_swapped_degrees_are_recognised() -> None:
    frame = make_register().to_crs(4326)
    frame.geometry = frame.geometry.map(lambda point: Point(point.y, point.x))
    assert "Koordinaten vertauscht: '50.9" in refuse(lambda: check_register(frame))


def test_degrees_declared_as_metres_are_refused() -> None:
    frame = make_register().to_crs(4326).set_crs(25832, allow_override=True)
    assert "Koordinaten liegen nicht in Deutschland" in refuse(lambda: check_register(frame))


@pytest.mark.parametrize("crs", [None, 3857, 31468])
def test_missing_or_foreign_crs_is_refused(crs: int | None) -> None:
    frame = make_register().set_crs(crs, allow_override=True)
    message = refuse(lambda: check_register(frame))
    assert "Koordinatensystem fehlt oder ist nicht zugelassen" in message
    assert "EPSG:25832" in message


def test_ags_as_number_is_refused() -> None:
    frame = make_register()
    frame["ags"] = frame["ags"].astype(int)
    message = refuse(lambda: check_register(frame))
    assert "ags ist als Zahl gespeichert: '99063001' (k1), '99063001' (k2), '99063002' (k3) und 1 weitere" in message


@pytest.mark.parametrize("column", validate.FACILITY_INPUT)
def test_missing_column_is_named(column: str) -> None:
    frame = pd.DataFrame(make_register()).drop(columns=column)
    assert f"f.csv: Pflichtspalte fehlt: {column}." in refuse(lambda: check_register(frame))


def test_all_problems_come_in_one_error() -> None:
    frame = make_register()
    frame.loc[0, "category"] = "kiosk"
    frame.loc[1, "capacity"] = "-1"
    frame.loc[2, "wheelchair"] = "ja"
    assert len(refuse(lambda: check_register(frame)).splitlines()) == 3


def test_at_most_three_rows_are_shown() -> None:
    frame = make_register().assign(category="kiosk")
    message = refuse(lambda: check_register(frame))
    assert message.count("'kiosk'") == 3
    assert "und 1 weitere" in message


# protection


def test_hidden_facility_with_location_is_refused() -> None:
    frame = make_register()
    frame.loc[0, "category"] = "frauenhaus"
    message = refuse(lambda: check_register(frame))
    assert "geschützte Einrichtung mit Lage: 'frauenhaus' (k1)" in message
    assert "Koordinaten und Anschrift entfernen" in message


def test_hidden_facility_with_address_is_refused() -> None:
    frame = make_register()
    frame.loc[0, ["category", "geometry", "street"]] = ["frauenhaus", None, "Hauptstr. 1"]
    assert "geschützte Einrichtung mit Lage" in refuse(lambda: check_register(frame))


def test_hidden_facility_without_location_passes() -> None:
    frame = make_register()
    frame.loc[0, ["category", "geometry"]] = ["frauenhaus", None]
    assert check_register(frame) is frame


@pytest.mark.parametrize("precision", ["address", "stop", "place"])
def test_protected_facility_more_exact_than_the_gemeinde_is_refused(precision: str) -> None:
    frame = make_register()
    frame.loc[0, ["category", "precision"]] = ["obdach", precision]
    assert "geschützte Einrichtung genauer als die Gemeinde: 'obdach' (k1)" in refuse(lambda: check_register(frame))


def test_protected_facility_with_street_is_refused() -> None:
    frame = make_register()
    frame.loc[3, ["category", "street"]] = ["obdach", "Hauptstr. 1"]
    assert "genauer als die Gemeinde" in refuse(lambda: check_register(frame))


def test_protected_facility_known_to_the_gemeinde_passes() -> None:
    frame = make_register()
    frame.loc[3, "category"] = "obdach"
    assert check_register(frame) is frame


# areas

OFFICIAL = pd.DataFrame({"name": list(NAMES.values()), "area_km2": [1.0, 1.0]}, index=list(NAMES))


def check_areas(frame: gpd.GeoDataFrame, **options: object) -> gpd.GeoDataFrame:
    return validate.check_areas(frame, place="gebiete.gpkg", **options)  # type: ignore[arg-type]


def test_sound_areas_come_back_as_they_were() -> None:
    frame = make_areas()
    assert check_areas(frame, official=OFFICIAL, outline=box(X, Y, X + 2000, Y + 1000)) is frame


def test_overlap_is_refused() -> None:
    frame = make_areas()
    frame.loc[1, "geometry"] = box(X + 990, Y, X + 2000, Y + 1000)
    assert "Flächen überlappen: '10000 m²' (99063001 und 99063002)" in refuse(lambda: check_areas(frame))


def test_gap_to_the_outline_is_refused() -> None:
    frame = make_areas()
    frame.loc[1, "geometry"] = box(X + 1010, Y, X + 2000, Y + 1000)
    message = refuse(lambda: check_areas(frame, outline=box(X, Y, X + 2000, Y + 1000)))
    assert "Lücke: '10000 m²' (bei 591005 5640500)" in message


def test_area_beyond_the_outline_is_refused() -> None:
    message = refuse(lambda: check_areas(make_areas(), outline=box(X, Y, X + 1900, Y + 1000)))
    assert "Fläche über den Umriss hinaus: '100000 m²'" in message


def test_hole_between_areas_is_a_gap_without_outline() -> None:
    whole = box(X, Y, X + 3000, Y + 3000)
    frame = make_areas().head(1).assign(geometry=[whole - box(X + 1000, Y + 1000, X + 1100, Y + 1100)])
    assert "Lücke: '10000 m²'" in refuse(lambda: check_areas(frame))


def test_sliver_of_less_than_a_square_metre_is_no_gap() -> None:
    frame = make_areas()
    frame.loc[1, "geometry"] = box(X + 1000.0005, Y, X + 2000, Y + 1000)
    assert check_areas(frame, outline=box(X, Y, X + 2000, Y + 1000)) is frame


@pytest.mark.parametrize(("share", "passes"), [(1.0149, True), (1.0151, False), (0.9851, True), (0.9849, False)])
def test_area_may_differ_by_one_and_a_half_percent(share: float, passes: bool) -> None:
    official = OFFICIAL.assign(area_km2=[1 / share, 1.0])
    if passes:
        check_areas(make_areas(), official=official)
        return
    message = refuse(lambda: check_areas(make_areas(), official=official))
    assert f"Fläche weicht von der amtlichen ab: '{share - 1:+.1%}' (99063001)" in message
    assert "höchstens 1,5 % sind erlaubt" in message


def test_unknown_official_area_is_not_compared() -> None:
    check_areas(make_areas(), official=OFFICIAL.assign(area_km2=[np.nan, 1.0]))


def test_wrong_name_missing_and_surplus_gemeinde_are_refused_together() -> None:
    official = pd.DataFrame({"name": ["Adorf an der Aue", "Cedorf"]}, index=["99063001", "99063003"])
    message = refuse(lambda: check_areas(make_areas(), official=official))
    assert "Name weicht ab: 'Adorf' (99063001)" in message
    assert "Gemeinde fehlt: 'Cedorf' (99063003)" in message
    assert "Gemeinde zu viel: 'Bedorf' (99063002)" in message


@pytest.mark.parametrize(
    ("shape", "word"),
    [
        (None, "Geometrie fehlt: 'Adorf' (99063001)"),
        (MultiPolygon(), "Geometrie fehlt: 'Adorf' (99063001)"),
        (
            Polygon([(X, Y), (X + 9, Y + 9), (X + 9, Y), (X, Y + 9)]),
            "Geometrie ungültig: 'Self-intersection[590004.5 5640004.5]' (99063001)",
        ),
    ],
)
def test_empty_or_invalid_area_is_refused(shape: shapely.Geometry | None, word: str) -> None:
    frame = make_areas()
    frame.loc[0, "geometry"] = shape
    assert word in refuse(lambda: check_areas(frame))


def test_doubled_key_of_an_area_is_refused() -> None:
    frame = make_areas().assign(ags="99063001")
    assert "ags mehrfach vergeben: '99063001' (99063001)" in refuse(lambda: check_areas(frame))


def test_areas_without_crs_are_refused() -> None:
    frame = make_areas().set_crs(None, allow_override=True)
    assert "Koordinatensystem fehlt" in refuse(lambda: check_areas(frame))


def test_area_deviation_is_signed_and_leaves_out_what_is_unknown() -> None:
    shapes = make_areas().set_index("ags").geometry
    official = pd.Series({"99063001": 0.8, "99063002": np.nan})
    assert rules.area_deviation(shapes, official).round(3).to_dict() == {"99063001": 0.25}


# points, figures, states


def test_points_need_their_columns_and_places() -> None:
    frame = make_register()
    assert validate.check_points(frame, place="p", columns=("name",)) is frame
    assert "Pflichtspalte fehlt: products" in refuse(
        lambda: validate.check_points(frame, place="p", columns=("products",))
    )
    frame.loc[0, "geometry"] = None
    assert "p: Geometrie fehlt" in refuse(lambda: validate.check_points(frame, place="p", columns=("name",)))


FIGURES = pd.DataFrame(
    {
        "ags": ["99063001", "99063002"],
        "population": ["10", "20"],
        "date": "2023-12-31",
        "basis": ["Zensus 2011", "unklar"],
        "area_km2": "",
        "source": "https://beispiel.invalid/",
    }
)


def check_figures(frame: pd.DataFrame) -> pd.DataFrame:
    return validate.check_population(frame, place="einwohner.csv", keys=list(NAMES))


def test_sound_figures_come_back_as_they_were() -> None:
    assert check_figures(FIGURES) is FIGURES


@pytest.mark.parametrize(
    ("column", "value", "word"),
    [
        ("ags", "99063009", "Gemeinde unbekannt: '99063009' (Zeile 2)"),
        ("population", "0", "Einwohnerzahl nicht positiv: '0' (Zeile 2)"),
        ("population", "1.234,5", "Einwohnerzahl nicht positiv: '1.234,5' (Zeile 2)"),
        ("date", "31.12.2023", "Stichtag nicht lesbar: '31.12.2023' (Zeile 2)"),
        ("basis", "Zensus 1987", "Basis unbekannt: 'Zensus 1987' (Zeile 2)"),
        ("source", "", "Quelle fehlt: '99063001' (Zeile 2)"),
    ],
)
def test_broken_figure_is_refused(column: str, value: str, word: str) -> None:
    frame = FIGURES.copy()
    frame.loc[0, column] = value
    assert word in refuse(lambda: check_figures(frame))


def test_unknown_state_is_refused() -> None:
    states = pd.Series({"99063001": "measured", "99063002": "guessed"})
    message = refuse(lambda: validate.check_states(states, place="Werte"))
    assert "Werte: Zustand unbekannt: 'guessed' (99063002)" in message
    known = states[:1]
    assert validate.check_states(known, place="Werte") is known
