"""The work list of data quality: what is found, what is not, whose it is; never a figure that is kept secret."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geodata import catalog, dataset
from geodata.catalog import Source
from geodata.catalog.responsible import (
    office_of_category,
    office_of_indicator,
    office_of_kind,
    read_responsible,
    responsible,
)
from geodata.model import GeoData, GeoDataError
from geodata.network import build_network
from geodata.observations import territory_of
from layers import Atlas, build_atlas
from layers.cube import Cube, build_cube
from layers.german import number
from layers.quality import KREIS, counts_of_kinds, find_all, matching, names_of, network_findings
from layers.quality_counts import population_findings
from layers.quality_facilities import facility_findings, is_old, place_findings, register_findings
from layers.quality_records import HIGH, KINDS, LOW, MIDDLE, SEVERITIES, Finding, scope_of
from layers.quality_statistics import RHYTHMS, best_level, missing_years
from layers.statistics import SECRET, Statistics, build_statistics

TODAY = date(2026, 11, 25)
DATA = dataset.load("16063")
KEYS = sorted(DATA.gemeinden.index)
EISENACH, GEISA, VACHA = "16063105", "16063032", "16063082"
FILE = Source("inkar-1", "INKAR", "BBSR", "dl-de/by-2-0", "© BBSR", "2024-05-01", "inkar.csv", "0" * 64, "Statistik")
COMPLETE: dict[str, Any] = {
    "category": "kita",
    "kind": "",
    "name": "Kita Muster",
    "operator": "Stadt Eisenach",
    "street": "Musterstraße 1",
    "plz": "99817",
    "place": "Eisenach",
    "ags": EISENACH,
    "inside": True,
    "capacity": 40.0,
    "capacity_unit": "Plätze",
    "wheelchair": "yes",
    "source": "https://example.org/erfunden",
    "seen": "2025",
    "seen_estimated": False,
    "precision": "address",
    "check": False,
    "note": "",
}


def spot(ags: str, east: float = 0.0, north: float = 0.0) -> shapely.Point:
    """Return a point well inside a Gemeinde, moved by some metres."""
    inside = DATA.gemeinden.geometry[ags].representative_point()
    return shapely.Point(inside.x + east, inside.y + north)


def register(*rows: dict[str, Any]) -> GeoData:
    """Return the district with an invented register: each row is complete but for what it says."""
    placed = [row if "geometry" in row else {**row, "geometry": spot(row.get("ags", EISENACH))} for row in rows]
    full = [{**COMPLETE, **row} for row in placed]
    index = pd.Index([f"f{place}" for place in range(len(rows))], name="id")
    return replace(DATA, facilities=gpd.GeoDataFrame(full, index=index, geometry="geometry", crs=25832))


def entries(data: GeoData) -> list[Finding]:
    scope = scope_of(data, responsible())
    return [*facility_findings(scope, TODAY), *place_findings(scope)]


def counted(part: str, year: int, value: Any, basis: str = "", keys: list[str] = KEYS) -> pd.DataFrame:
    frame = pd.DataFrame({"key": keys, "value": value, "state": "measured"})
    return frame.assign(
        part=part, year=year, stand=str(year), gebietsstand="2024-01-01", basis=basis, row="Zeile 2", import_id=1
    )


def atlas_of(*frames: pd.DataFrame, audience: Any = "intern") -> Atlas:
    rows = pd.concat(frames, ignore_index=True)
    return build_atlas(DATA, build_statistics(DATA, rows, territory_of(DATA), {1: FILE}, audience))


def of_kind(findings: Any, kind: str) -> list[Finding]:
    return matching(findings, kind=kind)


# ---------------------------------------------------------------- who is responsible


def test_every_kind_that_an_office_claims_exists() -> None:
    offices = responsible().values()
    assert {kind for office in offices for kind in (*office.kinds, *office.official_kinds)} <= set(KINDS)
    assert {office.proof for office in offices} == {"E"}


def test_every_theme_and_bereich_has_one_office() -> None:
    themes = Counter(theme for office in responsible().values() for theme in office.themes)
    bereiche = Counter(bereich for office in responsible().values() for bereich in office.bereiche)
    assert themes == Counter({indicator.theme for indicator in catalog.indicators().values()})
    assert bereiche == Counter({category.bereich for category in catalog.categories().values()})


@pytest.mark.parametrize(
    ("kind", "indicator", "office"),
    [
        ("leer", "ARB02", "sozialplanung"),  # official: somebody reads the table in
        ("leer", "FAM05", "jugendamt"),  # own survey (K/E): the office of its theme
        ("veraltet", "BIL04", "jugendamt"),  # named, though the theme is the Schulverwaltung's
        ("veraltet", "BIL05", "schulverwaltung"),
        ("null", "MIN05", "sozialplanung"),  # whatever it is about
    ],
)
def test_an_indicator_is_mended_by(kind: str, indicator: str, office: str) -> None:
    assert office_of_indicator(responsible(), kind, catalog.indicators()[indicator]).id == office


@pytest.mark.parametrize(
    ("kind", "category", "office"),
    [
        ("anschrift", "kita", "jugendamt"),
        ("anschrift", "grundschule", "schulverwaltung"),
        ("anschrift", "feuerwehr", "gemeinde"),
        ("dublette", "feuerwehr", "sozialplanung"),
    ],
)
def test_a_facility_is_mended_by(kind: str, category: str, office: str) -> None:
    assert office_of_category(responsible(), kind, catalog.categories()[category]).id == office


def test_what_nobody_claims_is_the_first_office() -> None:
    assert office_of_kind(responsible(), "gibt-es-nicht").id == next(iter(responsible()))


def test_a_gemeinde_mends_by_its_name() -> None:
    (found,) = of_kind(entries(register({"category": "feuerwehr", "street": ""})), "anschrift")
    assert found.office == f"gemeinde.{EISENACH}"
    assert names_of(build_atlas(DATA))[1][found.office] == "Stadt Eisenach"


def test_a_broken_table_says_everything_that_is_wrong(tmp_path: Path) -> None:
    text = (Path(catalog.__file__).parent / "responsible.toml").read_text("utf-8")
    broken = text.replace('"Bevölkerung"', '"Bevolkerung"').replace('"Kultur", ', '"Kultur", "Gesundheit", ')
    (tmp_path / "responsible.toml").write_text(broken.replace('proof = "E"', 'proof = "X9"', 1), "utf-8")
    with pytest.raises(GeoDataError) as caught:
        read_responsible(tmp_path)
    for part in (
        "theme 'Bevolkerung' is unknown",
        "theme 'Bevölkerung' stands at no office",
        "bereich 'Gesundheit' stands at gesundheitsamt and gemeinde",
        "proof 'X9' is unknown",
    ):
        assert part in str(caught.value)
    with pytest.raises(GeoDataError, match="cannot be read"):
        read_responsible(tmp_path / "nirgends")


# ---------------------------------------------------------------- single entries


def test_a_complete_entry_has_no_finding() -> None:
    assert entries(register({})) == []


@pytest.mark.parametrize(
    ("change", "kind", "severity", "told"),
    [
        ({"street": ""}, "anschrift", LOW, "Lage bekannt auf: Anschrift"),
        ({"street": "", "precision": "place"}, "anschrift", MIDDLE, "Lage bekannt auf: nur Ort"),
        ({"precision": "municipality"}, "lage", MIDDLE, "Musterstraße 1, Eisenach: nur Gemeinde"),
        ({"capacity": np.nan}, "kapazitaet", MIDDLE, "fehlt: genehmigte Plätze"),
        ({"operator": ""}, "traeger", LOW, "kein Träger"),
        ({"check": True}, "pruefen", HIGH, "als zweifelhaft vermerkt"),
        ({"check": True, "note": "umgezogen?"}, "pruefen", HIGH, "umgezogen?"),
        ({"seen": "2020", "seen_estimated": True}, "alter", LOW, "Quelle von 2020 (geschätzt)"),
        ({"seen": ""}, "alter", LOW, "Quelle ohne Jahr"),
    ],
)
def test_one_gap_is_one_finding(change: dict[str, Any], kind: str, severity: int, told: str) -> None:
    (found,) = entries(register(change))
    assert (found.kind, found.severity, found.found) == (kind, severity, told)
    assert (found.facility, found.area, found.what) == ("f0", EISENACH, "Kita Muster")


@pytest.mark.parametrize(
    ("category", "kinds"),
    [
        ("apotheke", {"anschrift", "traeger"}),  # its capacity is the site itself
        ("krankenhaus_geburt", {"kapazitaet", "traeger"}),  # a department has the address of its house
        ("tagespflege_kind", {"kapazitaet", "traeger"}),  # private homes: nothing asks where
        ("frauenhaus", set()),  # nothing at all is said of it
        ("haltestelle", set()),
    ],
)
def test_only_what_a_kind_can_have_is_missing(category: str, kinds: set[str]) -> None:
    bare = {"category": category, "street": "", "operator": "", "capacity": np.nan, "precision": "place"}
    assert {point.kind for point in entries(register(bare))} == kinds


@pytest.mark.parametrize("category", ["tagespflege_kind", "frauenhaus"])
def test_nothing_is_said_of_where_a_protected_place_is(category: str) -> None:
    astray = {"category": category, "ags": GEISA, "geometry": spot(VACHA)}
    assert entries(register(astray)) == []
    assert [point.kind for point in entries(register({**astray, "category": "kita"}))] == ["gemeinde"]


@given(st.dates(date(2000, 1, 1), date(2040, 12, 31)), st.dates(date(2002, 3, 1), date(2040, 12, 31)))
def test_a_source_is_old_when_two_years_have_passed(seen: date, today: date) -> None:
    leap = (today.month, today.day) == (2, 29)
    limit = date(today.year - 2, 3, 1) if leap else today.replace(year=today.year - 2)
    assert is_old(pd.Series([seen.isoformat()]), today).tolist() == [seen < limit]


def test_a_point_in_another_gemeinde_names_both() -> None:
    (found,) = entries(register({"ags": GEISA, "place": "Geisa", "geometry": spot(VACHA)}))
    assert found.kind == "gemeinde"
    assert re.fullmatch(r"eingetragen: Geisa, liegt in Vacha, [\d.]+ m daneben", found.found)


def test_an_unknown_key_of_a_gemeinde_is_wrong_too() -> None:
    (found,) = entries(register({"ags": "16063999", "geometry": spot(VACHA)}))
    assert found.found == "eingetragen: 16063999 (kein Schlüssel dieses Landkreises), liegt in Vacha"


@pytest.mark.parametrize(("metres", "kinds"), [(99.0, []), (101.0, ["ausserhalb"])])
def test_a_point_off_the_border_is_allowed_a_hundred_metres(metres: float, kinds: list[str]) -> None:
    """The outermost point of the Kreis in the east: what lies further east is as far off as it is moved."""
    corners = shapely.get_coordinates(DATA.kreis.geometry.iloc[0])
    x, y = corners[corners[:, 0].argmax()]
    tip = shapely.Point(x, y)
    ags = str(DATA.gemeinden.geometry.distance(tip).idxmin())
    found = entries(register({"ags": ags, "place": "", "geometry": shapely.Point(x + metres, y)}))
    assert [point.kind for point in found] == kinds
    assert [point.found for point in found] == [f"{number(metres)} m außerhalb des Landkreises" for _ in kinds]


def test_a_register_judged_incomplete_says_how_many_are_expected() -> None:
    scope = scope_of(register({}, {}), responsible())
    found = {point.category: point for point in register_findings(scope)}
    assert set(found) == {c.id for c in DATA.categories.values() if c.completeness.judgement != "ausreichend"}
    kita = found["kita"]
    assert kita.found.startswith("2 erfasst, erwartet: etwa 95")
    assert (kita.severity, kita.gemeinden) == (HIGH, DATA.categories["kita"].completeness.gap_ags)
    assert found["hort"].found.startswith("keine erfasst"), "nothing recorded is not a measured zero"


# ---------------------------------------------------------------- statistics


def test_every_periodicity_of_the_catalogue_has_a_rhythm() -> None:
    assert {indicator.periodicity for indicator in catalog.indicators().values()} == set(RHYTHMS)


UNEMPLOYED = [*(counted("arbeitslose", year, 300) for year in (2020, 2021)), counted("bev_15_64", 2020, 4000)]
UNEMPLOYED.append(counted("bev_15_64", 2021, 4000))


@pytest.mark.parametrize(("year", "stale"), [(2024, False), (2025, True)])
def test_a_yearly_figure_of_2021_is_stale_from_2025_on(year: int, stale: bool) -> None:
    found = of_kind(find_all(atlas_of(*UNEMPLOYED), date(year, 6, 1)), "veraltet")
    assert [point.found for point in found if point.indicator == "ARB02"] == [
        "neuestes Jahr 2021 (erscheint: Jahres-Ø)" for _ in range(stale)
    ]


@given(st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=1, max_size=8), st.integers(1, 3))
def test_a_year_is_missing_between_known_ones_and_up_to_the_newest(rows: list[list[bool]], every: int) -> None:
    has = np.array(rows, bool)
    years = tuple(range(2000, 2000 + len(has)))
    newest = max((row for row in range(len(has)) if has[row].any()), default=-1)
    for column, found in zip(has.T, missing_years(has, years, every), strict=True):
        wanted, last = [], None
        for row in range(newest + 1):
            if column[row]:
                last = row
            elif last is not None and row - last == every:
                wanted.append(years[row])
                last = row
        assert list(found) == wanted


def test_a_year_that_all_lack_is_one_finding() -> None:
    rows = [counted("arbeitslose", year, 300) for year in (2018, 2020, 2021)]
    rows += [counted("bev_15_64", year, 4000) for year in range(2018, 2022)]
    (found,) = matching(of_kind(find_all(atlas_of(*rows), TODAY), "luecke"), ags=KREIS)[-1:]
    assert found.found == "es fehlen 2019 in 30 von 30 Gemeinden; Zähler fehlt"
    assert (found.indicator, found.area) == ("ARB02", "")


def test_a_year_that_one_lacks_names_it() -> None:
    rows = [counted("arbeitslose", year, 300) for year in (2018, 2020)]
    rows += [counted("arbeitslose", 2019, 300, keys=[key for key in KEYS if key != GEISA])]
    rows += [counted("bev_15_64", year, 4000) for year in range(2018, 2021)]
    (found,) = [point for point in find_all(atlas_of(*rows), TODAY) if point.indicator == "ARB02"][-1:]
    assert (found.kind, found.found, found.area) == ("luecke", "es fehlen 2019 in Geisa; Zähler fehlt", GEISA)


def test_figures_of_verbaende_are_judged_where_all_have_them() -> None:
    alone = [key for key in KEYS if (DATA.gemeinden["sozialraum"] == DATA.gemeinden.at[key, "sozialraum"]).sum() == 1]
    atlas = atlas_of(counted("arbeitslose", 2021, 50, keys=alone[:3]), counted("arbeitslose", 2021, 50, keys=["16063"]))
    assert best_level(atlas.current.statistics, "ARB02") == ""
    atlas = atlas_of(counted("arbeitslose", 2021, 50, keys=alone[:3]), counted("bev_15_64", 2021, 4000))
    assert best_level(atlas.current.statistics, "ARB02") in ("gemeinde", "sozialraum")


def test_a_zero_between_large_figures_is_told_with_its_neighbours_and_is_no_missing_year() -> None:
    rows = [counted("arbeitslose", year, 300) for year in (2018, 2020)]
    rows += [counted("arbeitslose", 2019, [0.0 if key == GEISA else 300.0 for key in KEYS])]
    rows += [counted("bev_15_64", year, 4000) for year in range(2018, 2021)]
    found = find_all(atlas_of(*rows), TODAY)
    (zero,) = of_kind(found, "null")
    assert zero.found.startswith("0 zwischen 300 (2018) und 300 (2020)")
    assert (zero.what, zero.area, zero.year, zero.severity) == ("Arbeitslose 2019", GEISA, "2019", HIGH)
    assert not [point for point in of_kind(found, "luecke") if point.indicator == "ARB02"]


def published(value: float, state: str = "measured") -> Cube:
    rows = counted("arbeitslose", 2021, value, keys=["16063"]).assign(state=state)
    return build_cube(rows, pd.Index(["16063"]))


@pytest.mark.parametrize(
    ("total", "state", "found"),
    [
        (9000.0, "measured", []),
        (9030.0, "measured", []),  # one per Gemeinde: rounding
        (9046.0, "measured", ["Kreiswert 9.046, Summe der Gemeinden 9.000: Unterschied 46."]),  # over 0,5 %
        (8900.0, "measured", ["Kreiswert 8.900, Summe der Gemeinden 9.000: Unterschied -100."]),
        (9500.0, "estimated", []),
        (np.nan, "missing", []),
    ],
)
def test_a_sum_is_compared_with_the_published_figure(total: float, state: str, found: list[str]) -> None:
    points = of_kind(find_all(atlas_of(*UNEMPLOYED), TODAY, published(total, state)), "summe")
    assert [point.found for point in points] == found


def test_nothing_is_said_of_a_sum_with_a_secret_part() -> None:
    """Who knew the difference could work out what is hidden."""
    values = [2.0, *[300.0] * (len(KEYS) - 1)]
    rows = [counted("arbeitslose", 2021, values), counted("bev_15_64", 2021, 4000)]
    for audience, wanted in (("intern", 1), ("oeffentlich", 0)):
        points = find_all(atlas_of(*rows, audience=audience), TODAY, published(9900.0))
        assert len(of_kind(points, "summe")) == wanted, audience


@pytest.mark.parametrize("zeros", [4, len(KEYS)])
def test_secret_figures_are_no_finding_and_appear_in_none(zeros: int) -> None:
    rows = [counted("bev_15_64", year, 4000) for year in range(2017, 2021)]
    rows += [counted("arbeitslose", year, [3000.0 + n for n in range(len(KEYS))]) for year in (2017, 2020)]
    small = [2.0, *[float(1511 + 7 * n) for n in range(1, len(KEYS))]]
    rows += [
        counted("arbeitslose", 2018, small),
        counted("arbeitslose", 2019, [0.0] * zeros + [3000.0] * (len(KEYS) - zeros)),
    ]
    atlas = atlas_of(*rows, audience="oeffentlich")
    table = atlas.current.statistics.table("gemeinde", "ARB02", "2018")
    assert table is not None
    hidden = [n for n, state in enumerate(table["state"]) if state in SECRET]
    assert len(hidden) > 1, "a secret needs a second one"
    points = find_all(atlas, TODAY, published(9900.0))
    said = " ".join(f"{point.found} {point.what}" for point in points if point.indicator)
    assert not [small[n] for n in hidden if number(small[n]) in re.findall(r"[\d.]+", said) and small[n] > 10]
    told = {(point.area, point.year) for point in of_kind(points, "null")}
    beside = {(key, "2019") for n, key in enumerate(KEYS[:zeros]) if n not in hidden}
    assert told == beside, "neither a secret figure nor a zero beside it, which would tell of it"
    gaps = [point for point in of_kind(points, "luecke") if point.indicator == "ARB02"]
    assert not [point for point in gaps if "2018" in point.found], "what is secret is there"


def test_a_series_on_two_bases_says_which_years_are_on_which() -> None:
    rows = [counted("bev", year, 1000, "Zensus 2011") for year in (2020, 2021)]
    found = of_kind(find_all(atlas_of(*rows, counted("bev", 2022, 990, "Zensus 2022")), TODAY), "grundlage")
    told = {point.indicator: point.found for point in found}
    assert told["BEV01"] == "Zensus 2011: 2020–2021; Zensus 2022: 2022"
    assert not of_kind(find_all(atlas_of(*rows), TODAY), "grundlage")


def test_every_indicator_without_data_is_told_with_what_fills_it(atlas: Atlas) -> None:
    found = of_kind(find_all(atlas, TODAY), "leer")
    assert {point.indicator for point in found} == set(catalog.indicators()) - atlas.filled
    assert all(point.remedy == catalog.indicators()[point.indicator].needs for point in found)
    assert {point.severity for point in found} == {LOW}


# ---------------------------------------------------------------- people and ways


def test_figures_of_people_that_are_old_or_of_unknown_basis() -> None:
    found = list(population_findings(scope_of(DATA, responsible())))
    assert {point.area: point.severity for point in found} == {
        "16063003": LOW,  # unclear, but not the figure in use
        "16063023": MIDDLE,
        "16063033": MIDDLE,
        "16063082": MIDDLE,
        "16063086": MIDDLE,  # of 2013
    }


def test_people_far_from_every_footpath_are_counted_per_gemeinde(synthetic: Any) -> None:
    """Nodes stand at s1 and s2 only: 3000 people in B and 500 in C are beyond 500 m, nobody in A is."""
    x, y = np.array([500_000.0, 503_000.0]), np.array([5_600_000.0, 5_600_000.0])
    network = build_network("fuss", x, y, [0, 1], [1, 0], [300, 300], [3000.0, 3000.0], {})
    world = synthetic(networks={"fuss": network})
    found = list(network_findings(world.inputs, scope_of(world.data, responsible())))
    assert [(point.area[-1], point.found.split()[1]) for point in found] == [("2", "3.000"), ("3", "500")]
    assert not list(network_findings(synthetic().inputs, scope_of(world.data, responsible())))


# ---------------------------------------------------------------- the whole list


@pytest.fixture(scope="module")
def found_here() -> tuple[Finding, ...]:
    return find_all(build_atlas(DATA), TODAY)


def test_the_gravest_come_first_and_everybody_has_a_name(found_here: tuple[Finding, ...]) -> None:
    assert [point.severity for point in found_here] == sorted(point.severity for point in found_here)
    areas, offices = names_of(build_atlas(DATA))
    for point in found_here:
        assert point.kind in KINDS
        assert point.severity in SEVERITIES
        assert point.office in offices
        assert not point.area or point.area in areas
        assert all((point.what, point.found, point.remedy, point.rule))
        assert not re.search(r"\b(nan|None)\b", point.found)
        assert set(point.handlungsfelder) <= set(catalog.handlungsfelder())


def test_no_point_stands_twice(found_here: tuple[Finding, ...]) -> None:
    assert len(set(found_here)) == len(found_here)


@given(
    st.sampled_from(["", *KINDS]),
    st.sampled_from([0, *SEVERITIES]),
    st.sampled_from(["", KREIS, EISENACH, GEISA]),
    st.sampled_from(["", *catalog.handlungsfelder()]),
)
def test_filters_keep_what_fits_and_nothing_else(
    found_here: tuple[Finding, ...], kind: str, severity: int, ags: str, handlungsfeld: str
) -> None:
    kept = matching(found_here, kind=kind, severity=severity, ags=ags, handlungsfeld=handlungsfeld)
    rest = set(found_here) - set(kept)
    for point, wanted in [*((point, True) for point in kept), *((point, False) for point in rest)]:
        fits = [
            kind in ("", point.kind),
            severity in (0, point.severity),
            not ags or (not point.gemeinden if ags == KREIS else ags in point.gemeinden),
            not handlungsfeld or handlungsfeld in point.handlungsfelder,
        ]
        assert all(fits) == wanted


def test_kinds_are_counted_the_most_first(found_here: tuple[Finding, ...]) -> None:
    counts = counts_of_kinds(found_here)
    assert list(counts.values()) == sorted(counts.values(), reverse=True)
    assert sum(counts.values()) == len(found_here)


def test_no_statistics_are_no_error() -> None:
    kinds = {point.kind for point in find_all(build_atlas(DATA, Statistics({}, {}, {})), TODAY)}
    assert "leer" in kinds
    assert not kinds & {"null", "summe", "grundlage"}
