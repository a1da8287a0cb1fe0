"""Catchment methods: a table computed by hand, pysal's access on the same pairs, and what must hold for all."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.catchment import (
    assign,
    enhanced_fca,
    exponential,
    gaussian,
    gravity,
    three_step_fca,
    two_step_fca,
    zones,
)
from layers.costs import Costs, check_costs, costs_from_frame, costs_to_frame, narrowed, transposed, within

with warnings.catch_warnings():  # the library imports parts of pandas that go away
    warnings.simplefilter("ignore")
    from access import fca

STEPS = {10: 1.0, 20: 0.68, 30: 0.22}
PAIRS = pd.DataFrame(
    [("a", "X", 10), ("a", "Y", 25), ("b", "X", 10.1), ("b", "Y", 5), ("c", "Y", 30), ("c", "X", 31), ("b", "Z", 40)],
    columns=["origin", "dest", "minutes"],
)
DEMAND = pd.Series({"a": 100.0, "b": 50.0, "c": 200.0, "d": 10.0})
SUPPLY = pd.Series({"X": 2.0, "Y": 3.0, "Z": 4.0})
COSTS = costs_from_frame(PAIRS, DEMAND.index, SUPPLY.index)


def test_two_step_by_hand() -> None:
    """Within 30 minutes: X serves a and b (2 / 150), Y serves all three (3 / 350); Z nobody; exactly 30 counts."""
    found = two_step_fca(DEMAND, SUPPLY, COSTS, 30)
    x, y = 2 / 150, 3 / 350
    pd.testing.assert_series_equal(found, pd.Series({"a": x + y, "b": x + y, "c": y, "d": 0.0}))


def test_enhanced_by_hand() -> None:
    """Zones to 10, 20, 30 minutes weigh 1, 0.68, 0.22; 10 belongs to the first, 10.1 to the second."""
    x, y = 2 / (100 + 0.68 * 50), 3 / (0.22 * 100 + 50 + 0.22 * 200)
    wanted = {"a": x + 0.22 * y, "b": 0.68 * x + y, "c": 0.22 * y, "d": 0.0}
    pd.testing.assert_series_equal(enhanced_fca(DEMAND, SUPPLY, COSTS, zones(STEPS)), pd.Series(wanted))


def test_three_step_by_hand() -> None:
    """a chooses X with 1 / 1.22, Y with 0.22 / 1.22; b X with 0.68 / 1.68, Y with 1 / 1.68; c has Y alone."""
    a_x, a_y, b_x, b_y = 1 / 1.22, 0.22**2 / 1.22, 0.68**2 / 1.68, 1 / 1.68
    x, y = 2 / (100 * a_x + 50 * b_x), 3 / (100 * a_y + 50 * b_y + 200 * 0.22)
    wanted = {"a": x * a_x + y * a_y, "b": x * b_x + y * b_y, "c": y * 0.22, "d": 0.0}
    pd.testing.assert_series_equal(three_step_fca(DEMAND, SUPPLY, COSTS, zones(STEPS)), pd.Series(wanted))


def test_gravity_by_hand() -> None:
    """Weights halve every 10 minutes: a has half of X and 2 ** -2.5 of Y."""
    weights = exponential(30, halved_every=10)
    alone = gravity(DEMAND, SUPPLY, COSTS, weights, shared=False)
    assert alone["a"] == pytest.approx(2 * 0.5 + 3 * 2**-2.5)
    assert alone["d"] == 0
    shared = gravity(DEMAND, SUPPLY, COSTS, weights)
    pd.testing.assert_series_equal(shared, enhanced_fca(DEMAND, SUPPLY, COSTS, weights))


def test_the_way_there_counts_where_there_and_back_differ() -> None:
    """a and b have people and a place each; a needs 8 minutes to b, b needs 12 to a: in 10 only a can choose."""
    pairs = pd.DataFrame(
        [("a", "a", 0), ("a", "b", 8), ("b", "a", 12), ("b", "b", 0)], columns=["origin", "dest", "minutes"]
    )
    people, places = pd.Series({"a": 10.0, "b": 30.0}), pd.Series({"a": 2.0, "b": 8.0})
    costs = costs_from_frame(pairs, people.index, places.index)
    assert two_step_fca(people, places, costs, 10).to_dict() == pytest.approx({"a": 2 / 10 + 8 / 40, "b": 8 / 40})
    steps = enhanced_fca(people, places, costs, zones({5: 1.0, 15: 0.5}))
    at_a, at_b = 2 / (10 + 15), 8 / (5 + 30)
    assert steps.to_dict() == pytest.approx({"a": at_a + at_b / 2, "b": at_a / 2 + at_b})
    served = assign(pd.Series({"a": 5.0, "b": 9.0}), places, costs, 10)
    assert served.served.to_dict() == {"a": 2, "b": 8}
    back = transposed(costs, 2)
    assert costs_to_frame(back, places.index, people.index)["minutes"].tolist() == [0, 12, 8, 0]


def test_weights_fall_from_one_to_nothing_at_the_limit() -> None:
    table = gaussian(20)
    assert table[0] == 1
    assert table[-1] == 0
    assert table[6000] == pytest.approx((np.exp(-0.125) - np.exp(-0.5)) / (1 - np.exp(-0.5)))
    assert (np.diff(table) < 0).all()


def test_places_that_are_full_send_people_on() -> None:
    """b (5 minutes) fills Y first, a fills X; c finds the two places that Y has left."""
    demand, capacity = pd.Series({"a": 3.0, "b": 4.0, "c": 5.0}), pd.Series({"X": 3.0, "Y": 6.0, "Z": 9.0})
    costs = costs_from_frame(PAIRS, demand.index, capacity.index)
    found = assign(demand, capacity, costs, 30)
    assert found.served.to_dict() == {"a": 3, "b": 4, "c": 2}
    assert found.residual.to_dict() == {"a": 0, "b": 0, "c": 3}
    assert found.used.to_dict() == {"X": 3, "Y": 6, "Z": 0}
    assert found.free.to_dict() == {"X": 0, "Y": 0, "Z": 9}
    assert assign(demand, capacity, costs, 29.9).served["c"] == 0


@st.composite
def cases(draw: st.DrawFn) -> tuple[pd.Series, pd.Series, pd.DataFrame]:
    """Draw people, places and asymmetric costs between some of them."""
    n, m = draw(st.integers(1, 8)), draw(st.integers(1, 6))
    demand = pd.Series(draw(st.lists(st.integers(1, 500), min_size=n, max_size=n)), dtype=float)
    supply = pd.Series(draw(st.lists(st.integers(0, 20), min_size=m, max_size=m)), dtype=float)
    pairs = draw(st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, m - 1)), min_size=1))
    minutes = draw(st.lists(st.integers(0, 300), min_size=len(pairs), max_size=len(pairs)))
    rows = [(o, d, c / 10) for (o, d), c in zip(sorted(pairs), minutes, strict=True)]
    return demand, supply, pd.DataFrame(rows, columns=["origin", "dest", "minutes"])


def by_access(method: Callable[..., pd.Series], case: tuple, weight: Callable[[float], float] | None) -> pd.Series:
    """Return what pysal's access computes, 0 where it says nothing."""
    demand, supply, pairs = case
    frames = [
        values.rename(name).rename_axis("geoid").to_frame() for values, name in ((demand, "demand"), (supply, "supply"))
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = method(
            frames[0].reset_index(),
            frames[1],
            pairs.rename(columns={"minutes": "cost"}),
            max_cost=30,
            demand_index="geoid",
            supply_index=True,
            weight_fn=weight or (lambda cost: 1.0),
        )
    return found.reindex(demand.index).fillna(0.0)


def step_weight(cost: float) -> float:
    return next((weight for limit, weight in STEPS.items() if cost <= limit), 0.0)


@given(cases())
def test_what_every_method_must_hold(case: tuple[pd.Series, pd.Series, pd.DataFrame]) -> None:
    """What is handed out is what is reached; more supply never means less; order does not matter."""
    demand, supply, pairs = case
    costs = costs_from_frame(pairs, demand.index, supply.index)
    reached = supply[sorted(set(costs.dest[costs.cost <= 18_000]))].sum()
    for found in (two_step_fca(demand, supply, costs, 30), enhanced_fca(demand, supply, costs, zones(STEPS))):
        assert (found * demand).sum() == pytest.approx(reached)
        assert (found >= 0).all()
    more = enhanced_fca(demand, supply + 1, costs, zones(STEPS))
    assert (more >= enhanced_fca(demand, supply, costs, zones(STEPS)) - 1e-12).all()
    turned = costs_from_frame(pairs.sample(frac=1, random_state=1), demand.index, supply.index)
    assert all((one == two).all() for one, two in zip(costs, turned, strict=True))


@given(cases(), st.integers(0, 30))
def test_assignment_loses_nobody_and_overfills_nothing(case: tuple, minutes: int) -> None:
    demand, supply, pairs = case
    costs = costs_from_frame(pairs, demand.index, supply.index)
    found = assign(demand, supply, costs, minutes)
    assert found.served.sum() == pytest.approx(found.used.sum())
    pd.testing.assert_series_equal(found.served + found.residual, demand)
    pd.testing.assert_series_equal(found.used + found.free, supply)
    near = within(costs, minutes)
    left = (found.residual.to_numpy()[near.origin] > 0) & (found.free.to_numpy()[near.dest] > 0)
    assert not left.any()


def test_of_a_pair_named_twice_the_least_counts() -> None:
    twice = pd.concat([PAIRS, PAIRS.assign(minutes=PAIRS["minutes"] + 1)])
    again = costs_from_frame(twice, DEMAND.index, SUPPLY.index)
    assert all((one == two).all() for one, two in zip(COSTS, again, strict=True))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"demand": DEMAND.where(DEMAND != 50)}, "demand must be 0 or more"),
        ({"supply": -SUPPLY}, "supply must be 0 or more"),
        ({"demand": DEMAND.iloc[:2]}, "costs are for other places"),
        ({"supply": SUPPLY.iloc[:1]}, "costs are for other places"),
    ],
)
def test_missing_or_foreign_numbers_are_refused(change: dict[str, pd.Series], words: str) -> None:
    given_values = {"demand": DEMAND, "supply": SUPPLY} | change
    for method in (enhanced_fca, three_step_fca):
        with pytest.raises(ValueError, match=words):
            method(given_values["demand"], given_values["supply"], COSTS, zones(STEPS))


@pytest.mark.parametrize("row", [("a", "X", np.nan), ("a", "X", -1.0), ("a", "nirgends", 1.0)])
def test_costs_that_make_no_sense_are_refused(row: tuple) -> None:
    with pytest.raises(ValueError, match=r"found|unknown"):
        costs_from_frame(pd.DataFrame([row], columns=PAIRS.columns), DEMAND.index, SUPPLY.index)


def test_costs_within_a_limit_keep_their_order() -> None:
    near = within(COSTS, 25)
    assert near.origin.tolist() == [0, 0, 1, 1]
    assert near.dest.tolist() == [0, 1, 0, 1]
    assert isinstance(near, Costs)


@given(cases())
def test_destinations_of_two_bytes_change_nothing(case: tuple[pd.Series, pd.Series, pd.DataFrame]) -> None:
    demand, supply, pairs = case
    costs = costs_from_frame(pairs, demand.index, supply.index)
    narrow = check_costs(narrowed(costs), len(demand), len(supply))
    assert narrow.dest.dtype == np.uint16
    for method in (enhanced_fca, three_step_fca, gravity):
        pd.testing.assert_series_equal(
            method(demand, supply, narrow, zones(STEPS)), method(demand, supply, costs, zones(STEPS)), check_exact=True
        )
    assert (
        two_step_fca(demand, supply, within(narrow, 5), 30).tolist() == two_step_fca(demand, supply, costs, 5).tolist()
    )
    for one, two in zip(assign(demand, supply, narrow, 30), assign(demand, supply, costs, 30), strict=True):
        pd.testing.assert_series_equal(one, two)
    for one, two in zip(transposed(narrow, len(supply)), transposed(costs, len(supply)), strict=True):
        np.testing.assert_array_equal(one, two)
    assert narrowed(costs._replace(dest=costs.dest + 65_536)).dest.dtype == np.int32


def test_narrow_destinations_that_fall_or_lie_outside_are_refused() -> None:
    narrow = narrowed(COSTS)
    for dest, words in (([1, 0, 0, 1, 2, 0, 1], "dest must rise"), ([0, 1, 0, 1, 3, 0, 1], "dest must lie in 0 to 2")):
        with pytest.raises(ValueError, match=words):
            check_costs(narrow._replace(dest=np.array(dest, np.uint16)), 4, 3)


def test_parts_at_the_same_time_give_what_one_part_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part of three pairs: some origins have none, one has many; the sums are the same in every run."""
    random = np.random.default_rng(1)
    rows = np.append(random.integers(0, 50, 300), np.full(40, 7))
    pairs = pd.DataFrame({"origin": rows, "dest": random.integers(0, 40, 340), "minutes": random.integers(0, 40, 340)})
    demand, supply = pd.Series(random.random(60)), pd.Series(random.random(40))
    costs = costs_from_frame(pairs, demand.index, supply.index)
    whole = [method(demand, supply, costs, gaussian(30)) for method in (enhanced_fca, three_step_fca)]
    monkeypatch.setattr("layers.catchment.PAIRS_A_PART", 3)
    for parts in (1, 2, 7, 100):
        monkeypatch.setattr("layers.catchment.PARTS", parts)
        for method, wanted in zip((enhanced_fca, three_step_fca), whole, strict=True):
            found = method(demand, supply, costs, gaussian(30))
            pd.testing.assert_series_equal(found, wanted, rtol=1e-12)
            assert all((method(demand, supply, costs, gaussian(30)) == found).all() for _ in range(5))


@given(cases())
def test_two_step_and_enhanced_equal_access(case: tuple[pd.Series, pd.Series, pd.DataFrame]) -> None:
    demand, supply, pairs = case
    costs = costs_from_frame(pairs, demand.index, supply.index)
    ours = {
        None: two_step_fca(demand, supply, costs, 30),
        step_weight: enhanced_fca(demand, supply, costs, zones(STEPS)),
    }
    for weight, found in ours.items():
        pd.testing.assert_series_equal(
            found, by_access(fca.two_stage_fca, case, weight), check_names=False, check_index_type=False
        )


@given(cases())
def test_three_step_equals_access(case: tuple[pd.Series, pd.Series, pd.DataFrame]) -> None:
    demand, supply, pairs = case
    costs = costs_from_frame(pairs, demand.index, supply.index)
    found = three_step_fca(demand, supply, costs, zones(STEPS))
    wanted = by_access(fca.three_stage_fca, case, step_weight)
    pd.testing.assert_series_equal(found, wanted, check_names=False, check_index_type=False)


@given(cases(), st.sampled_from([zones(STEPS), gaussian(30), exponential(30, halved_every=7)]))
def test_gravity_and_decay_equal_access(case: tuple, weights: np.ndarray) -> None:
    demand, supply, pairs = case
    costs = costs_from_frame(pairs, demand.index, supply.index)

    def weight(cost: float) -> float:
        return float(weights[round(cost * 600)]) if cost <= 30 else 0.0

    # access divides 0 by 0 at a place where everybody weighs nothing; ours serves nobody there
    if (weights[costs.cost[costs.cost <= 18_000]] > 0).all():
        shared = by_access(fca.two_stage_fca, case, weight)
        found = gravity(demand, supply, costs, weights)
        pd.testing.assert_series_equal(found, shared, check_names=False, check_index_type=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        alone = fca.weighted_catchment(
            supply.rename("supply").rename_axis("geoid").reset_index(),
            pairs.rename(columns={"minutes": "cost"}),
            max_cost=30,
            weight_fn=weight,
            cost_source="dest",  # where the value lies
            cost_dest="origin",
            loc_index="geoid",
            loc_value="supply",
        )
    found = gravity(demand, supply, costs, weights, shared=False)
    wanted = alone.reindex(demand.index).fillna(0.0)
    pd.testing.assert_series_equal(found, wanted, check_names=False, check_index_type=False)


@given(cases(), st.integers(0, 30))
def test_assignment_equals_the_rule_written_down(case: tuple, minutes: int) -> None:
    """Pair after pair by minutes, then origin, then place; nothing of ours but the rule."""
    demand, supply, pairs = case
    left, free = demand.to_dict(), supply.to_dict()
    rows = pairs[pairs["minutes"] <= minutes].itertuples(index=False)
    for origin, dest, _ in sorted(rows, key=lambda row: (row.minutes, row.origin, row.dest)):
        taken = min(left[origin], free[dest])
        left[origin] -= taken
        free[dest] -= taken
    found = assign(demand, supply, costs_from_frame(pairs, demand.index, supply.index), minutes)
    assert found.residual.to_dict() == left
    assert found.free.to_dict() == free


@given(cases())
def test_costs_survive_the_way_through_a_frame_and_two_turns(case: tuple) -> None:
    demand, supply, pairs = case
    costs = check_costs(costs_from_frame(pairs, demand.index, supply.index), len(demand), len(supply))
    frame = costs_to_frame(costs, demand.index, supply.index)
    wanted = pairs.sort_values(["origin", "dest"]).reset_index(drop=True)
    pd.testing.assert_frame_equal(frame, wanted, check_dtype=False)
    back = check_costs(transposed(costs, len(supply)), len(supply), len(demand))
    again = check_costs(transposed(back, len(demand)), len(demand), len(supply))
    assert all((one == two).all() for one, two in zip(costs, again, strict=True))
    at = np.add.reduceat(np.append(demand.to_numpy()[back.dest], 0), back.start[:-1])
    sums = np.where(np.diff(back.start) > 0, at, 0)
    assert (
        sums.tolist()
        == pairs.groupby("dest")["origin"].apply(lambda o: demand[o].sum()).reindex(supply.index, fill_value=0).tolist()
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"start": np.array([0, 2, 1, 6, 7])}, "start must have 5 entries"),
        ({"start": np.array([0, 7])}, "start must have 5 entries"),
        ({"dest": np.array([1, 0, 0, 1, 2, 0, 1], np.int32)}, "dest must rise within an origin"),
        ({"dest": np.array([0, 0, 0, 1, 2, 0, 1], np.int32)}, "dest must rise within an origin"),
        ({"dest": np.array([0, 1, 0, 1, 3, 0, 1], np.int32)}, "dest must lie in 0 to 2"),
        ({"cost": np.full(7, -1, np.int32)}, "cost must be whole deciseconds"),
        ({"cost": np.full(7, 1.5)}, "cost must be whole deciseconds"),
        ({"cost": np.full(6, 1, np.int32)}, "cost must be whole deciseconds"),
    ],
)
def test_arrays_that_are_no_costs_are_refused(change: dict[str, np.ndarray], words: str) -> None:
    assert check_costs(COSTS, 4, 3) is COSTS
    with pytest.raises(ValueError, match=words):
        check_costs(COSTS._replace(**change), 4, 3)
