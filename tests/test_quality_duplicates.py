"""Entries that may be one facility twice: what is taken for one, what is not, and how it does on real registers."""

from __future__ import annotations

from pathlib import Path
from time import process_time
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geodata import catalog
from geodata.catalog.responsible import responsible
from layers import build_atlas
from layers.quality import find_all
from layers.quality_duplicates import FIELDS, duplicate_findings, duplicate_pairs
from layers.quality_facilities import register_of
from layers.quality_names import words_of
from layers.quality_records import HIGH, Finding, scope_of
from tests.test_quality import DATA, EISENACH, GEISA, TODAY, register, spot

LISTS = Path(__file__).parents[2] / "shared" / "data" / "facilities"
NAMES = DATA.gemeinden["name"]


def doubles(*rows: dict[str, Any]) -> list[Finding]:
    return list(duplicate_findings(scope_of(register(*rows), responsible())))


def at(east: float, **changes: Any) -> dict[str, Any]:
    return {"street": "", "geometry": spot(EISENACH, east), **changes}


def coarse(name: str, **changes: Any) -> dict[str, Any]:
    return {"name": name, "street": "", "precision": "place", **changes}


@pytest.mark.parametrize(
    "pair",
    [
        (coarse("Kita Löwenzahn"), coarse("Kindertagesstätte „Löwenzahn“ Eisenach")),
        (coarse("Kita St. Andreas"), coarse("Kindergarten Sankt Andreas")),
        (coarse("Feuerwehr Göringen", place="Göringen", category="feuerwehr"),
         coarse("Freiwillige Feuerwehr Göringen", place="Göringen", category="feuerwehr")),
        (coarse("Grundschule Sünna", category="grundschule", ags="16063078", place="Sünna"),
         coarse("Staatliche Grundschule Sünna", category="grundschule", ags="16063078", place="")),
        ({"name": "Kita Spatzennest"}, {"name": "Haus für Kinder der AWO", "street": "Musterstr. 1"}),
        (at(0, name="Kita Zwergenland"), at(90, name="Kita Zwergenlande")),
        (at(0, name="DRK-Kita Zwergenland", precision="stop"), at(700, name="Kita Zwergenland", precision="stop")),
        (at(0, name="Praxis Dr. Müller", category="hausarzt"), at(20, name="Hausarzt Müller", category="hausarzt")),
        (at(0, name="Waldstadion", category="sport"), at(5, name="Waldstadion", category="sport")),
    ],
)  # fmt: skip
def test_one_facility_twice(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    (found,) = doubles(*pair)
    assert (found.kind, found.severity, found.facility, found.other) == ("dublette", HIGH, "f0", "f1")
    assert pair[1]["name"] in found.found


@pytest.mark.parametrize(
    "pair",
    [
        (coarse("Kita Regenbogenland Haus 1"), coarse("Kita Regenbogenland Haus 2")),
        (coarse("Staatliche Grundschule I", category="grundschule"),
         coarse("Staatliche Grundschule II", category="grundschule")),
        (coarse("Kita Löwenzahn"), coarse("Kita Löwenzahn", ags=GEISA, place="Geisa")),
        (coarse("Kita Löwenzahn"), coarse("Hort Löwenzahn", category="hort")),
        (coarse("Kita Löwenzahn"), coarse("Kita Pusteblume")),
        (coarse("MVZ Poliklinik, Standort Klinikum", category="facharzt"),
         coarse("MVZ Poliklinik, Standort Johannisplatz", category="facharzt")),
        (coarse("Kita Moorhüpfer"), coarse("Kita Moorhüpfer, Nebenstelle Nord")),
        ({"name": "Kita Löwenzahn"}, {"name": "Kita Löwenzahn", "street": "Musterstraße 7"}),
        ({"name": "Praxis Dr. Abel", "category": "hausarzt"}, {"name": "Praxis Dr. Kain", "category": "hausarzt"}),
        (at(0, name="Kita Löwenzahn"), at(400, name="Kita Löwenzahn")),
        (at(0, name="Norma", category="nahversorgung"), at(400, name="Norma", category="nahversorgung")),
        (at(0, name="Waldstadion", category="sport"), at(60, name="Waldstadion", category="sport")),
        (at(0, name="Spielplatz", category="spielplatz"), at(3, name="Spielplatz", category="spielplatz")),
        ({"name": "Klinikum", "category": "krankenhaus_kjm"}, {"name": "Klinikum", "category": "krankenhaus_kjm"}),
        ({"name": "Meier", "category": "tagespflege_kind"}, {"name": "Meier", "category": "tagespflege_kind"}),
    ],
)  # fmt: skip
def test_two_facilities(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    assert doubles(*pair) == []


@given(st.permutations(range(6)))
def test_the_order_of_the_register_does_not_matter(order: list[int]) -> None:
    rows = register(
        coarse("Kita Löwenzahn"), coarse("Kindergarten Löwenzahn"), coarse("AWO-Kita Löwenzahn"),
        at(0, name="Kita Zwergenland"), at(50, name="Zwergenland"), coarse("Kita Pusteblume"),
    )  # fmt: skip
    base = register_of(scope_of(rows, responsible())).assign(kind="")
    mixed = base.iloc[order]
    pairs = {frozenset(mixed.index[list(pair)]) for pair in duplicate_pairs(mixed, NAMES)}
    assert pairs == {frozenset(p) for p in (("f0", "f1"), ("f0", "f2"), ("f1", "f2"), ("f3", "f4"))}


def embedded() -> pd.DataFrame:
    rows = register_of(scope_of(DATA, responsible()))
    return rows[rows["site"].astype(bool) & (rows["protected"] == "")].assign(kind="")


def test_every_entry_with_an_exact_point_is_found_when_it_stands_there_twice() -> None:
    rows = embedded()
    rows = rows[(rows["precision"] == "stop") & ~rows["category"].isin(FIELDS)]
    twins = rows.assign(geometry=shapely.transform(rows["geometry"].to_numpy(), lambda at: np.add(at, (30, 40))))
    both = pd.concat([rows, twins.set_axis([f"{key}-zwei" for key in rows.index])])
    found = {(both.index[one], both.index[other]) for one, other in duplicate_pairs(both, NAMES)}
    assert {(key, f"{key}-zwei") for key in rows.index} <= found


def test_the_register_that_ships_with_the_project_has_no_doubles() -> None:
    """Judged by hand: pairs of the same kind with like names are two houses, two towns or two branches."""
    assert duplicate_pairs(embedded(), NAMES) == {}


# ---------------------------------------------------------------- real lists of third parties

TYPES = {
    "Grundschule": "grundschule",
    "Regelschule": "regelschule",
    "Gymnasium": "gymnasium",
    "Gemeinschaftsschule": "gemeinschaftsschule",
    "Förderschule": "foerderzentrum",
}


def schools(name: str, key: str) -> pd.DataFrame:
    """Return a list of schools like the register: no place, no address, coordinates to about 100 m."""
    path = LISTS / name
    if not path.exists():
        pytest.skip("Die Schulliste liegt nicht bereit")
    table = pd.read_csv(path, dtype=str)
    table = table[table["school_type"].isin(TYPES)].reset_index(drop=True)
    points = gpd.GeoSeries(gpd.points_from_xy(table["lon"].astype(float), table["lat"].astype(float)), crs=4326)
    frame = pd.DataFrame({"category": table["school_type"].map(TYPES), "name": table["name"], "ags": table[key]})
    frame = frame.assign(street="", place="", precision="stop", geometry=points.to_crs(25832).to_numpy(), kind="")
    return frame.set_axis([f"liste-{number}" for number in frame.index])


def test_two_lists_of_the_same_schools_meet_and_none_meets_itself() -> None:
    """Neither list names a school twice, so a pair within one of them is a false alarm."""
    listed = schools("schulen_wartburgkreis_jedeschule2017.csv", "AGS")
    both = pd.concat([embedded(), listed])
    pairs = [(both.iloc[one], both.iloc[other]) for one, other in duplicate_pairs(both, NAMES)]
    false = [pair for pair in pairs if str(pair[0].name).startswith("liste") == str(pair[1].name).startswith("liste")]
    assert false == []
    assert len(pairs) >= 45
    assert all(set(words_of(one["name"])) & set(words_of(other["name"])) for one, other in pairs)
    assert all(one["geometry"].distance(other["geometry"]) < 3000 for one, other in pairs)


def test_a_list_of_a_whole_land_gives_hardly_a_false_alarm() -> None:
    listed = schools("schulen_thueringen_jedeschule2017.csv", "plz")
    usual = {"schule", "staatliche", "staatliches", "grundschule", "regelschule", "gymnasium", "am", "an", "der", "die"}
    towns = {
        str(plz): pd.Series([word for name in names for word in {*words_of(name)} - usual]).mode().iloc[0]
        for plz, names in listed.groupby("ags")["name"]
    }
    assert len(listed) > 850
    assert len(duplicate_pairs(listed, pd.Series(towns))) <= 2


def test_eleven_thousand_entries_take_less_than_three_seconds() -> None:
    """Measured as time of the processor, so that other work on the machine does not count."""
    rng = np.random.default_rng(1)
    own = DATA.facilities[DATA.facilities["inside"] & (DATA.facilities["category"] != "haltestelle")]
    copies = [DATA.facilities]
    for turn in range(30):
        shift = rng.uniform(-1500, 1500, (len(own), 2))
        points = [shapely.Point(p.x + dx, p.y + dy) for p, (dx, dy) in zip(own.geometry, shift, strict=True)]
        streets = [f"Musterweg {house}" for house in rng.integers(1, 200, len(own))]
        copy = own.assign(geometry=points, street=streets, precision="address")
        copies.append(copy.set_axis([f"{key}-{turn}" for key in own.index]).rename_axis("id"))
    many = gpd.GeoDataFrame(pd.concat(copies), geometry="geometry", crs=25832)
    assert (many["category"] != "haltestelle").sum() > 11_000
    atlas = build_atlas(type(DATA)(**{**DATA.__dict__, "facilities": many}))
    assert atlas.filled
    begin = process_time()
    found = find_all(atlas, TODAY)
    assert process_time() - begin < 3
    assert len(found) > 11_000
    assert {point.category for point in found if point.category} <= set(catalog.categories())
