"""Every measure against numbers computed by hand in a synthetic district and by pandas in the real one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from geodata import catalog
from geodata.model import State
from geodata.network import Network, build_network
from layers import Atlas
from layers.inputs import LEVELS, straight_metres, ways_to
from layers.keys import IndicatorKey, parse_key
from layers.measures import MEASURES, NEEDS_COMPLETE
from layers.travel_time import DECISECONDS
from tests.synthetic import KLINIK, KLINIK_OUTSIDE, KREIS, ORIGIN, A, B, C, D, facility

Build = Callable[..., Atlas]
NAN = float("nan")
LEVEL_KEYS = {"gemeinde": [A, B, C, D], "sozialraum": ["nord", "sued"], "kreis": [KREIS]}

# indicator -> values of A, B, C, D; of nord, sued; of the Kreis. The ways stand in tests/synthetic.py.
BY_HAND = {
    # s1 8 and s2 9.5 minutes: (600 x 8 + 400 x 9.5) / 1000; nord (4800 + 3800 + 3000 x 11) / 4000;
    # C (300 x 14.75 + 200 x 20) / 500; Kreis (41600 + 8425) / 4500
    "minuten.klinik.pkw": ([8.6, 11.0, 16.85, NAN], [10.4, 16.85], [50_025 / 4500]),
    "minuten_median.klinik.pkw": ([8.0, 11.0, 14.75, NAN], [11.0, 14.75], [11.0]),
    "abdeckung.klinik.pkw.7": ([0.0, 0.0, 0.0, NAN], [0.0, 0.0], [0.0]),
    "abdeckung.klinik.pkw.8": ([60.0, 0.0, 0.0, NAN], [15.0, 0.0], [100 * 600 / 4500]),
    "abdeckung.klinik.pkw.11": ([100.0, 100.0, 0.0, NAN], [100.0, 0.0], [100 * 4000 / 4500]),
    "abdeckung.klinik.pkw.15": ([100.0, 100.0, 60.0, NAN], [100.0, 60.0], [100 * 4300 / 4500]),
    "abdeckung.klinik.pkw.20": ([100.0, 100.0, 100.0, NAN], [100.0, 100.0], [100.0]),
    # the second one is 32.9, 30.3, 23.5, 27.4 and 21.5 minutes away
    "abhaengig.klinik.pkw.8": ([60.0, 0.0, 0.0, NAN], [15.0, 0.0], [100 * 600 / 4500]),
    "abhaengig.klinik.pkw.20": ([100.0, 100.0, 100.0, NAN], [100.0, 100.0], [100.0]),
    "abhaengig.klinik.pkw.22": ([100.0, 100.0, 60.0, NAN], [100.0, 60.0], [100 * 4300 / 4500]),
    # on foot 100 m a minute, no detour: 40, 50, 60, 85, 120 minutes
    "minuten.klinik.fuss": ([44.0, 60.0, 99.0, NAN], [56.0, 99.0], [(4000 * 56 + 500 * 99) / 4500]),
    # by bicycle 200 m a minute and one minute: 21, 26, 31, 43.5, 61 minutes
    "minuten.klinik.rad": ([23.0, 31.0, 50.5, NAN], [29.0, 50.5], [(4000 * 29 + 500 * 50.5) / 4500]),
    "anzahl.klinik": ([1.0, 0.0, 0.0, 0.0], [1.0, 0.0], [1.0]),
    "dichte.klinik": ([1.0, 0.0, 0.0, NAN], [0.25, 0.0], [1000 / 4500]),
    "versorgung.klinik": ([1000.0, NAN, NAN, NAN], [4000.0, NAN], [4500.0]),
    "plaetze.klinik": ([100.0, 0.0, 0.0, NAN], [25.0, 0.0], [100_000 / 4500]),
}
STOPS = (
    facility("haltestelle", 300, 0, A),  # 300 m from s1
    facility("haltestelle", 13_000, 4600, None),  # 600 m from s5, outside the Kreis
    facility("haltestelle", 7500, -1200.2, C),  # a little over 1200 m from s4
)
STOPS_BY_HAND = {
    "haltestelle.300": ([60.0, 0.0, 0.0, NAN], [15.0, 0.0], [100 * 600 / 4500]),
    "haltestelle.600": ([60.0, 0.0, 40.0, NAN], [15.0, 40.0], [100 * 800 / 4500]),
    "haltestelle.1200": ([60.0, 0.0, 40.0, NAN], [15.0, 40.0], [100 * 800 / 4500]),
}


def assert_by_hand(atlas: Atlas, key: str, by_hand: tuple[list[float], ...]) -> None:
    for level, expected in zip(LEVELS, by_hand, strict=True):
        found = atlas.values(level, key)["value"]
        assert found.index.tolist() == LEVEL_KEYS[level]
        np.testing.assert_allclose(found, expected, rtol=1e-9)


@pytest.mark.parametrize("key", BY_HAND)
def test_every_measure_is_what_the_hand_computes(synthetic: Build, key: str) -> None:
    assert_by_hand(synthetic(KLINIK, KLINIK_OUTSIDE), key, BY_HAND[key])


@pytest.mark.parametrize("key", STOPS_BY_HAND)
def test_people_near_a_stop_are_what_the_hand_computes(synthetic: Build, key: str) -> None:
    assert_by_hand(synthetic(*STOPS), key, STOPS_BY_HAND[key])


def test_every_measure_of_the_catalogue_is_computed_and_no_other() -> None:
    assert list(MEASURES) == list(catalog.measures())
    assert set(MEASURES) >= NEEDS_COMPLETE


def test_a_facility_outside_the_kreis_counts_for_people_inside(synthetic: Build) -> None:
    without, with_it = synthetic(KLINIK), synthetic(KLINIK, KLINIK_OUTSIDE)
    # s5 has 13000 m to the one inside and 12000 m to the one outside: 21.5 and 20 minutes
    assert without.values("gemeinde", "minuten.klinik.pkw").at[C, "value"] == pytest.approx(
        (300 * 14.75 + 200 * 21.5) / 500
    )
    assert with_it.values("gemeinde", "minuten.klinik.pkw").at[C, "value"] == pytest.approx(16.85)
    assert with_it.values("kreis", "anzahl.klinik")["value"].tolist() == [1.0]


@pytest.mark.parametrize("key", ["minuten.klinik.pkw", "minuten_median.klinik.rad", "abdeckung.klinik.fuss.15"])
def test_one_more_facility_never_makes_a_way_longer(synthetic: Build, key: str) -> None:
    more = facility("klinik", 7500, 2000, C)
    before, after = synthetic(KLINIK), synthetic(KLINIK, more)
    for level in LEVELS:
        change = (after.values(level, key)["value"] - before.values(level, key)["value"]).dropna()
        assert (change >= 0).all() if key.startswith("abdeckung") else (change <= 0).all()


@pytest.mark.parametrize("key", ["minuten.klinik.pkw", "abdeckung.klinik.fuss.15", "haltestelle.600", "dichte.klinik"])
def test_a_gemeinde_without_people_has_no_value_and_says_why(synthetic: Build, key: str) -> None:
    row = synthetic(KLINIK, *STOPS).table("gemeinde", parse_key(key)).loc[D]
    assert np.isnan(row["value"])
    assert row["state"] == State.NOT_APPLICABLE
    assert row["reason"]


@pytest.mark.parametrize("measure", sorted(NEEDS_COMPLETE - {"dichte", "plaetze"}))
def test_a_complete_category_without_any_facility_has_no_way_and_says_why(synthetic: Build, measure: str) -> None:
    atlas = synthetic(KLINIK)
    for level in LEVELS:
        table = atlas.table(level, parse_key(f"{measure}.leer"))
        assert table["value"].isna().all()
        assert (table["state"] == State.NOT_APPLICABLE).all()
        assert (table["reason"] != "").all()


def test_none_in_a_complete_register_is_a_measured_zero(synthetic: Build) -> None:
    table = synthetic(KLINIK).table("gemeinde", parse_key("anzahl.klinik"))
    assert table.at[B, "value"] == 0
    assert table.at[B, "state"] == State.ZERO
    assert table.at[A, "state"] == State.MEASURED


@pytest.mark.parametrize("category", ["laden", "amt"])
@pytest.mark.parametrize("measure", sorted(NEEDS_COMPLETE))
def test_nothing_is_computed_on_an_incomplete_register(synthetic: Build, measure: str, category: str) -> None:
    atlas = synthetic(facility("laden", 0, 0, A), facility("amt", 0, 0, A))
    for level in LEVELS:
        table = atlas.table(level, parse_key(f"{measure}.{category}"))
        assert table["value"].isna().all()
        assert (table["state"] == State.MISSING).all()
        assert table["reason"].str.contains(f"die Musterliste {category}", regex=False).all()


def test_none_in_an_incomplete_register_is_missing_and_some_are_at_least_so_many(synthetic: Build) -> None:
    table = synthetic(facility("laden", 0, 0, A), facility("laden", 1, 0, A)).table(
        "gemeinde", parse_key("anzahl.laden")
    )
    assert table.at[A, "value"] == 2
    assert table.at[A, "state"] == State.UNRELIABLE
    assert np.isnan(table.at[B, "value"])
    assert table.at[B, "state"] == State.MISSING
    assert table["reason"].str.contains("die Musterliste laden", regex=False).all()


@pytest.mark.parametrize("key", ["anzahl.schule", "dichte.schule", "minuten.schule.pkw", "abdeckung.schule.pkw.15"])
def test_a_known_gap_makes_the_value_unreliable(synthetic: Build, key: str) -> None:
    """A school is known to be missing in B: B and its Sozialraum are unsure, the Kreis is not measured."""
    atlas = synthetic(facility("schule", 0, 0, A), facility("schule", 0, 9000, B), facility("schule", 7500, 0, C))
    gemeinden = atlas.table("gemeinde", parse_key(key))
    assert gemeinden.at[B, "state"] == State.UNRELIABLE
    assert gemeinden.at[B, "value"] > 0
    assert "Eine fehlt." in gemeinden.at[B, "reason"]
    assert gemeinden.at[A, "state"] != State.UNRELIABLE
    assert atlas.table("sozialraum", parse_key(key))["state"].tolist()[0] == State.UNRELIABLE
    assert atlas.table("sozialraum", parse_key(key))["state"].tolist()[1] != State.UNRELIABLE
    kreis = atlas.table("kreis", parse_key(key)).iloc[0]
    assert kreis["state"] in (State.ESTIMATED, State.UNRELIABLE)
    assert "Eine fehlt." in kreis["reason"]


def test_a_category_that_offers_the_same_counts_for_the_way_but_not_for_the_number(synthetic: Build) -> None:
    """A Gesamtschule in C teaches what a Schule teaches."""
    atlas = synthetic(facility("schule", 0, 0, A), facility("gesamtschule", 7500, 0, C))
    assert atlas.values("gemeinde", "anzahl.schule").at[C, "value"] == 0
    assert atlas.values("kreis", "anzahl.schule")["value"].tolist() == [1.0]
    assert atlas.values("kreis", "anzahl.gesamtschule")["value"].tolist() == [1.0]
    # s4 lives at the Gesamtschule, s5 is sqrt(5500^2 + 4000^2) m away from it
    minutes = round((np.hypot(5500, 4000) * 1.5 / 1000 + 2) * 600) / 600
    found = atlas.values("gemeinde", "minuten.schule.pkw").at[C, "value"]
    assert found == pytest.approx((300 * 2 + 200 * minutes) / 500)
    assert atlas.values("gemeinde", "dichte.schule").at[C, "value"] == pytest.approx(2.0)
    # but a Schule is no Gesamtschule
    assert atlas.values("gemeinde", "dichte.gesamtschule").at[A, "value"] == 0


NEAR = {"x": 1000.0, "y": 0.0}  # 1000 m from s1, 2000 m from s2, 6500 m from s4


@pytest.mark.parametrize("precision", ["place", "municipality"])
@pytest.mark.parametrize("measure", ["minuten", "minuten_median", "abdeckung"])
def test_a_short_walk_to_a_place_known_roughly_has_no_value(synthetic: Build, measure: str, precision: str) -> None:
    rough = facility("klinik", **NEAR, ags=A, precision=precision)
    precise = facility("klinik", 7500, 100, C)
    atlas = synthetic(rough, precise)
    key = parse_key(f"{measure}.klinik.fuss")
    for level, where in (("gemeinde", A), ("sozialraum", "nord"), ("kreis", KREIS)):
        row = atlas.table(level, key).loc[where]
        assert np.isnan(row["value"]), level
        assert row["state"] == State.NOT_APPLICABLE
        assert "zu grob" in row["reason"]
    # C walks to the precise one, and by car 2 km do not matter
    assert atlas.table("gemeinde", key).at[C, "state"] == State.ESTIMATED
    assert atlas.table("gemeinde", parse_key(f"{measure}.klinik.pkw"))["value"].notna().tolist() == [True] * 3 + [False]


def test_the_share_of_people_a_rough_location_concerns_is_named(synthetic: Build) -> None:
    atlas = synthetic(facility("klinik", **NEAR, ags=A, precision="place"))
    # s1 walks 1000 m, s2 exactly 2000 m: only the 600 people of s1 are concerned
    reasons = {level: atlas.table(level, parse_key("minuten.klinik.fuss"))["reason"].iloc[0] for level in LEVELS}
    assert "betrifft 60 % der Menschen" in reasons["gemeinde"]
    assert "betrifft 15 % der Menschen" in reasons["sozialraum"]
    assert "betrifft 13 % der Menschen" in reasons["kreis"]


@pytest.mark.parametrize("precision", ["address", "stop"])
def test_a_short_walk_to_a_precise_location_has_a_value(synthetic: Build, precision: str) -> None:
    atlas = synthetic(facility("klinik", **NEAR, ags=A, precision=precision))
    table = atlas.table("gemeinde", parse_key("minuten.klinik.fuss"))
    assert table.at[A, "value"] == pytest.approx((600 * 10 + 400 * 20) / 1000)
    assert table.at[A, "state"] == State.ESTIMATED


def test_one_unknown_capacity_leaves_its_areas_without_a_value(synthetic: Build) -> None:
    atlas = synthetic(KLINIK, facility("klinik", 0, 10_000, B), KLINIK_OUTSIDE)
    for level, known in (("gemeinde", [A, C]), ("sozialraum", ["sued"]), ("kreis", [])):
        table = atlas.table(level, parse_key("plaetze.klinik"))
        assert table.index[table["value"].notna()].tolist() == known
        assert (table.loc[table["value"].isna(), "reason"] != "").all()
    row = atlas.table("gemeinde", parse_key("plaetze.klinik")).loc[B]
    assert row["state"] == State.MISSING
    assert "für 1 von 2 Einrichtungen bekannt" in row["reason"]


def test_capacities_in_different_units_are_never_summed(synthetic: Build) -> None:
    beds = facility("klinik", 0, 10_000, B, capacity=5.0, capacity_unit="Betten")
    table = synthetic(KLINIK, beds).table("kreis", parse_key("plaetze.klinik"))
    assert table["value"].isna().all()
    assert (table["state"] == State.MISSING).all()


def test_births_a_year_are_no_places(synthetic: Build) -> None:
    births = facility("klinik", 0, 0, A, capacity=600.0, capacity_unit="Geburten je Jahr (etwa)")
    table = synthetic(births).table("gemeinde", parse_key("plaetze.klinik"))
    assert np.isnan(table.at[A, "value"])
    assert table.at[A, "state"] == State.MISSING


def test_a_ratio_is_no_firmer_than_the_population_below_it(synthetic: Build) -> None:
    atlas = synthetic(KLINIK, states={A: ("unreliable", "Stand 2013, zu alt")})
    for key in ("dichte.klinik", "versorgung.klinik", "plaetze.klinik"):
        row = atlas.table("gemeinde", parse_key(key)).loc[A]
        assert (row["state"], row["reason"]) == (State.UNRELIABLE, "Stand 2013, zu alt")


def test_ways_are_estimated(synthetic: Build) -> None:
    atlas = synthetic(KLINIK, *STOPS)
    for key in ("minuten.klinik.pkw", "abdeckung.klinik.pkw.15", "haltestelle.600"):
        assert set(atlas.values("gemeinde", key)["state"][[A, B, C]]) == {State.ESTIMATED}


# ---- the real district: the whole is rebuilt from its parts ----


def complete_categories() -> list[str]:
    known = catalog.categories().values()
    return [category.id for category in known if category.completeness.judgement == "ausreichend"]


@pytest.mark.parametrize("level", ["gemeinde", "sozialraum"])
@pytest.mark.parametrize("mode", sorted(catalog.modes()))
def test_ways_of_the_kreis_are_the_people_weighted_ways_of_its_parts(atlas: Atlas, mode: str, level: str) -> None:
    for category in complete_categories():
        for key in (IndicatorKey("minuten", category, mode), IndicatorKey("abdeckung", category, mode, 15)):
            parts, whole = atlas.table(level, key), atlas.table("kreis", key).iloc[0]
            if parts["value"].isna().any():
                assert np.isnan(whole["value"]), key
                continue
            expected = (parts["value"] * parts["base"]).sum() / parts["base"].sum()
            assert whole["value"] == pytest.approx(expected, rel=1e-9), key
            assert whole["base"] == pytest.approx(parts["base"].sum()), key
            assert parts["value"].min() <= whole["value"] <= parts["value"].max(), key


def test_density_of_the_kreis_comes_from_summed_parts_and_is_never_averaged(atlas: Atlas) -> None:
    for category in complete_categories():
        parts = atlas.values("gemeinde", f"dichte.{category}")
        facilities = (parts["value"] * parts["base"] / 1000).sum()
        assert facilities == pytest.approx(round(facilities)), category
        whole = atlas.values("kreis", f"dichte.{category}").iloc[0]
        assert whole["value"] == pytest.approx(1000 * facilities / 159_351), category
        ratio = atlas.values("kreis", f"versorgung.{category}").iloc[0]
        assert ratio["value"] == pytest.approx(159_351 / facilities), category


def test_numbers_of_facilities_add_up(atlas: Atlas) -> None:
    rows = atlas.data.facilities
    counted = rows.loc[rows["inside"], "category"].value_counts()
    for category in catalog.categories():
        for level in LEVELS:
            total = atlas.values(level, f"anzahl.{category}")["value"].sum()
            assert total == counted.get(category, 0), (category, level)


@pytest.mark.parametrize("threshold", [300, 600, 1200])
def test_people_near_a_stop_add_up_and_grow_with_the_distance(atlas: Atlas, threshold: int) -> None:
    parts, whole = (atlas.values(level, f"haltestelle.{threshold}") for level in ("gemeinde", "kreis"))
    expected = (parts["value"] * parts["base"]).sum() / parts["base"].sum()
    assert whole["value"].tolist() == pytest.approx([expected])
    wider = atlas.values("gemeinde", f"haltestelle.{threshold * 2}")["value"]
    assert (parts["value"] <= wider).all()


def test_nearest_of_the_atlas_is_what_brute_force_finds(atlas: Atlas) -> None:
    points = atlas.inputs.points.iloc[::97]
    rows = atlas.inputs.facilities.query("category == 'krankenhaus'")
    every = np.hypot(
        points["x"].to_numpy()[:, None] - rows["x"].to_numpy(),
        points["y"].to_numpy()[:, None] - rows["y"].to_numpy(),
    )
    found = straight_metres(atlas.inputs, "krankenhaus").loc[points.index]
    np.testing.assert_allclose(found, every.min(axis=1), atol=0.051)
    ways = ways_to(atlas.inputs, "krankenhaus", "pkw").loc[points.index, "metres"]
    np.testing.assert_allclose(ways, every.min(axis=1) * catalog.modes()["pkw"].detour)


def test_gemeinschaftsschulen_count_for_the_way_to_a_grundschule(atlas: Atlas) -> None:
    assert "gemeinschaftsschule" in catalog.categories()["grundschule"].also_by
    kinds = atlas.inputs.facilities["category"]
    reached = ways_to(atlas.inputs, "grundschule", "pkw")["dest"].map(kinds)
    assert set(reached) == {"grundschule", "gemeinschaftsschule"}
    counted = atlas.values("kreis", "anzahl.grundschule")["value"].iloc[0]
    assert counted == ((kinds == "grundschule") & atlas.inputs.facilities["inside"]).sum()


def road(*points: tuple[float, float]) -> Network:
    """Return a road through ``points`` (metres from ORIGIN), 10 minutes between each two of them (invented)."""
    x, y = (np.array(values, float) for values in zip(*points, strict=True))
    tail = np.arange(len(points) - 1)
    both = np.append(tail, tail + 1), np.append(tail + 1, tail)
    cost = np.full(len(both[0]), 10 * DECISECONDS)
    return build_network("pkw", x + ORIGIN[0], y + ORIGIN[1], *both, cost, cost * 1.0, {})


def test_minutes_come_from_the_network_and_who_lives_far_from_it_is_said(synthetic: Build) -> None:
    """s2 - s1 - clinic on one road: 20 + 2 and 10 + 2 minutes; the people of B and C live far from it."""
    atlas = synthetic(KLINIK, networks={"pkw": road((3000, 0), (0, 0), (0, 4000))})
    table = atlas.table("gemeinde", parse_key("minuten.klinik.pkw"))
    assert table.at[A, "value"] == pytest.approx(0.4 * 22 + 0.6 * 12)
    assert table.at[A, "state"] == State.ESTIMATED
    assert table.at[A, "reason"] == ""
    for area in (B, C):
        assert np.isnan(table.at[area, "value"])
        assert table.at[area, "state"] == State.MISSING
        assert table.at[area, "reason"] == "Das Gebiet liegt außerhalb des geladenen Wegenetzes."
    assert not atlas.layer("gemeinde", parse_key("minuten.klinik.pkw")).text.approximation
    assert atlas.layer("gemeinde", parse_key("minuten.klinik.rad")).text.approximation


def test_people_off_the_network_count_as_not_supplied_and_make_the_value_unreliable(synthetic: Build) -> None:
    """s1 and s3 are one piece of road (10 + 2 minutes) away; the 500 people of C live far from it, 11 % of all."""
    atlas = synthetic(KLINIK, networks={"pkw": road((3000, 0), (0, 0), (0, 4000), (0, 10_000))})
    share = atlas.table("kreis", parse_key("abdeckung.klinik.pkw.12"))
    assert share["value"].tolist() == [pytest.approx(100 * 3600 / 4500)]
    assert share["state"].tolist() == [State.UNRELIABLE]
    median = atlas.table("kreis", parse_key("minuten_median.klinik.pkw")).iloc[0]
    assert (median["value"], median["state"]) == (12, State.UNRELIABLE)
    assert "11 % der Menschen wohnen weiter als 500 m" in median["reason"]
