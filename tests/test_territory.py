"""Territorial states: whole Gemeinden sum and dissolve exactly, and nothing is lost on the way."""

from __future__ import annotations

import csv
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from geodata import catalog, territory

SHARED = Path("../shared/data/indicators")
OLD = sorted(territory.read_crosswalk().index)


def test_51_gemeinden_become_32_and_30() -> None:
    crosswalk = territory.read_crosswalk()
    assert (len(crosswalk), crosswalk["ags_2022"].nunique(), crosswalk["ags_2024"].nunique()) == (51, 32, 30)


@pytest.mark.parametrize(
    ("old", "in_2022", "in_2024"),
    [
        ("16063075", "16063003", "16063003"),  # Tiefenort
        ("16063094", "16063003", "16063003"),  # Moorgrund
        ("16063052", "16063097", "16063097"),  # Marksuhl
        ("16063039", "16063076", "16063076"),  # Ifta
        ("16063036", "16063103", "16063103"),  # Großensee
        ("16063093", "16063015", "16063015"),  # Zella
        ("16063055", "16063104", "16063104"),  # Mihla
        ("16063028", "16063028", "16063104"),  # Frankenroda
        ("16056000", "16063105", "16063105"),  # Eisenach
        ("16063033", "16063033", "16063033"),  # Gerstengrund stayed as it was
    ],
)
def test_gemeinde_goes_where_the_change_says(old: str, in_2022: str, in_2024: str) -> None:
    assert territory.read_crosswalk().loc[old, ["ags_2022", "ags_2024"]].to_list() == [in_2022, in_2024]


def test_kaltennordheim_and_hallungen_leave_for_another_kreis() -> None:
    crosswalk = territory.read_crosswalk()
    left = crosswalk[crosswalk["ags_2024"].isna()]
    assert left["kreis_2024"].to_dict() == {"16063037": "16064", "16063102": "16066"}
    assert left["ags_2022"].isna().to_dict() == {"16063037": False, "16063102": True}


def test_every_change_has_its_date_and_proof() -> None:
    crosswalk = territory.read_crosswalk()
    moved = crosswalk[(crosswalk["ags_2024"] != crosswalk.index) | (crosswalk["ags_2022"] != crosswalk.index)]
    changes = pd.read_csv(territory.QUELLEN / "gebietsaenderungen.csv", sep=";", dtype=str)
    assert set(moved["wirksam"]) == set(changes["wirksam"])
    proofs = {proof.split()[0] for text in moved["beleg"] for proof in text.split(", ")}
    assert proofs <= set(catalog.proofs())


def test_crosswalk_ends_in_the_gemeinden_of_the_list() -> None:
    with (territory.QUELLEN / "gemeinden.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["ags"]: row for row in csv.DictReader(file, delimiter=";")}
    crosswalk = territory.read_crosswalk()
    assert set(crosswalk["ags_2022"].dropna()) == set(rows)
    assert set(crosswalk["ags_2024"].dropna()) == {ags for ags, row in rows.items() if row["ab_2024"][0] != "→"}
    kept = crosswalk.index.intersection(list(rows))
    assert crosswalk["name_2016"][kept].to_dict() == {ags: rows[ags]["name"] for ags in kept}


def test_old_and_new_keys_lead_to_the_same_gemeinde() -> None:
    crosswalk = territory.read_crosswalk()
    target = territory.keys_to("2024")
    through_2022 = crosswalk["ags_2022"].dropna().map(target)
    assert through_2022.dropna().to_dict() == crosswalk["ags_2024"].dropna().to_dict()


def test_sum_by_hand_for_2024() -> None:
    people = pd.Series({"16063028": 317, "16063104": 4628, "16063037": 184, "16063033": 67})
    assert territory.sum_to(people, territory.keys_to("2024")).to_dict() == {"16063033": 67, "16063104": 4945}


def test_sum_by_hand_from_2016() -> None:
    people = pd.Series({"16063003": 15_000, "16063075": 4_000, "16063029": 900, "16063024": 400, "16063094": 3_300})
    sums = territory.sum_to(people, territory.keys_to("2022"))
    assert sums.to_dict() == {"16063003": 23_600}


def test_sum_with_a_missing_part_is_missing() -> None:
    people = pd.Series({"16063028": np.nan, "16063104": 4628.0, "16063033": 67.0})
    sums = territory.sum_to(people, territory.keys_to("2024"))
    assert sums["16063033"] == 67
    assert np.isnan(sums["16063104"])


def test_frame_is_summed_column_by_column() -> None:
    frame = pd.DataFrame({"people": [1, 2], "jobs": [3, 4]}, index=["16063028", "16063104"])
    sums = territory.sum_frame_to(frame, territory.keys_to("2024"))
    assert sums.loc["16063104"].to_dict() == {"people": 3, "jobs": 7}


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 100_000), min_size=len(OLD), max_size=len(OLD)))
def test_sums_are_preserved(people: list[int]) -> None:
    values = pd.Series(people, index=OLD)
    for state in ("2022", "2024"):
        target = territory.keys_to(state)
        stayed = target.reindex(values.index).notna()
        assert territory.sum_to(values, target).sum() == values[stayed].sum()


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 100_000), min_size=len(OLD), max_size=len(OLD)), st.randoms())
def test_order_of_rows_does_not_matter(people: list[int], random: object) -> None:
    values = pd.Series(people, index=OLD)
    shuffled = values.sample(frac=1, random_state=random.randrange(2**32))  # type: ignore[attr-defined]
    target = territory.keys_to("2024")
    pd.testing.assert_series_equal(territory.sum_to(shuffled, target), territory.sum_to(values, target))


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 100_000), min_size=len(OLD), max_size=len(OLD)))
def test_going_through_2022_gives_the_same_as_going_straight(people: list[int]) -> None:
    values, target = pd.Series(people, index=OLD), territory.keys_to("2024")
    through = territory.sum_to(territory.sum_to(values, territory.keys_to("2022")), target)
    pd.testing.assert_series_equal(through, territory.sum_to(values, target), check_names=False)


def test_dissolved_squares_keep_their_area() -> None:
    squares = gpd.GeoDataFrame(geometry=[box(x, 0, x + 1, 1) for x in range(3)], index=["a", "b", "c"], crs=25832)
    shapes = territory.dissolve_to(squares, pd.Series({"a": "ab", "b": "ab", "c": None}))
    assert shapes.area.to_dict() == {"ab": 2.0}
    assert shapes.crs.to_epsg() == 25832


def test_16_sozialraeume_have_readable_keys() -> None:
    gemeinden = territory.gemeinden_of("2024")
    assert gemeinden["sozialraum"].nunique() == 16
    assert gemeinden["sozialraum"].str.fullmatch("[a-z]+(-[a-z]+)*").all()
    assert gemeinden.loc["16063104", "sozialraum"] == "hainich-werratal"


def test_official_area_of_a_merged_gemeinde_is_the_sum_of_its_parts() -> None:
    assert territory.gemeinden_of("2024")["area_km2"].round(2)["16063104"] == 76.80
    assert territory.gemeinden_of("2022")["area_km2"]["16063104"] == 69.73
    assert np.isnan(territory.gemeinden_of("2022")["area_km2"]["16063037"])


def test_only_proven_central_places_are_named() -> None:
    functions = territory.gemeinden_of("2024")["central_place"]
    assert functions[functions != ""].index.to_list() == [
        "16063003",
        "16063076",
        "16063097",
        "16063104",
        "16063105",
    ]


# against official figures, where they are at hand


def official(name: str) -> Path:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{path} liegt nicht vor (amtliche Vergleichsdaten)")
    return path


def test_population_of_2013_and_2017_sums_like_the_official_series() -> None:
    years = pd.read_csv(
        official("gv_population_wartburgkreis_eisenach_2013_2017_2021_2023_2024.csv"), dtype={"ags": str}
    )
    harmonised = pd.read_csv(official("gv_population_harmonised_32gemeinden.csv"), dtype={"ags32": str})
    harmonised = harmonised.set_index("ags32").sort_index()
    target = territory.keys_to("2022")
    for year in (2013, 2017, 2021, 2023):
        people = years[years["year"] == year].set_index("ags")["pop"]
        sums = territory.sum_to(people, target)
        pd.testing.assert_series_equal(sums, harmonised[f"{year}"], check_names=False, check_dtype=False)


def test_names_and_areas_of_2022_are_the_official_ones() -> None:
    table = pd.read_csv(official("vg250ew_20221231_gemeinden_thueringen_attribute_ewz_kfl.csv"), dtype={"AGS": str})
    table = table[table["AGS"].str.startswith("16063")].drop_duplicates("AGS").set_index("AGS").sort_index()
    gemeinden = territory.gemeinden_of("2022")
    assert list(gemeinden.index) == list(table.index)
    assert gemeinden["bez"].to_dict() == table["BEZ"].to_dict()
    known = gemeinden["area_km2"].dropna()
    assert known.to_dict() == table["KFL"][known.index].to_dict()
