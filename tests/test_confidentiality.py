"""Which figures must not be shown to whom."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.confidentiality import COUNCIL, RULES, Protection, dominance, primary, public_state, small_base
from geodata.model import State

NAN = float("nan")


@pytest.mark.parametrize(
    ("secrecy", "audience", "k"),
    [
        ("frei", "oeffentlich", 1),
        ("frei", "gremium", 1),
        ("frei", "intern", 1),
        ("amtlich", "oeffentlich", 3),
        ("amtlich", "gremium", 3),
        ("amtlich", "intern", 1),
        ("schutz", "oeffentlich", 10),
        ("schutz", "gremium", 3),
        ("schutz", "intern", 1),
    ],
)
def test_the_smallest_figure_shown_follows_from_class_and_audience(secrecy: str, audience: str, k: int) -> None:
    rule = RULES[secrecy][audience]
    assert rule.k == k
    assert np.flatnonzero(~primary(np.arange(1, 20), rule.k))[0] + 1 == k


def test_whoever_sees_everything_has_no_other_rule_either() -> None:
    for secrecy in RULES:
        assert RULES[secrecy]["intern"] == RULES["frei"]["oeffentlich"]
    assert not RULES["frei"]["oeffentlich"].complement
    assert RULES["frei"]["oeffentlich"].dominance is None


def test_the_council_has_one_rule_for_all_protected_classes() -> None:
    assert RULES["amtlich"]["gremium"] is RULES["schutz"]["gremium"] is COUNCIL


@pytest.mark.parametrize(
    ("value", "universe", "hidden"),
    [
        (0, 0, False),
        (0, 2, False),  # nobody of two: a measured zero is published
        (1, 100, True),
        (2, 100, True),
        (3, 100, False),
        (97, 100, False),
        (98, 100, True),
        (99, 100, True),
        (100, 100, True),  # all of them: everybody's case is known
        (101, 100, True),  # no universe of these people
        (50, NAN, False),
        (NAN, 100, False),
        (NAN, NAN, False),
    ],
)
def test_few_counted_few_left_and_none_left_are_hidden(value: float, universe: float, hidden: bool) -> None:
    assert primary(value, 3, universe) == hidden


def test_a_universe_holds_for_a_whole_cube() -> None:
    cube = np.array([[[5, 2], [99, 0]]])
    assert primary(cube, 3, universe=100).tolist() == [[[False, True], [True, False]]]


def test_without_a_rule_nothing_is_hidden_even_where_all_have_it() -> None:
    assert not primary(np.arange(10), 1, universe=np.arange(10)).any()


@given(st.integers(0, 60), st.integers(0, 60), st.integers(2, 12))
def test_a_figure_and_its_counterpart_are_hidden_together_unless_one_is_zero(a: int, b: int, k: int) -> None:
    one, other = primary(a, k, a + b), primary(b, k, a + b)
    if a and b:
        assert one == other == (min(a, b) < k)
    else:
        assert (one, other) == (a > 0, b > 0)


def test_small_denominators_are_hidden_or_flagged_by_their_limits() -> None:
    hidden, flagged = small_base([0, 49, 50, 99, 100, NAN])
    assert hidden.tolist() == [True, True, False, False, False, False]
    assert flagged.tolist() == [False, False, True, True, False, False]
    hidden, flagged = small_base([299, 300], hide_below=300, flag_below=300)
    assert (hidden.tolist(), flagged.tolist()) == ([True, False], [False, False])


@pytest.mark.parametrize(
    ("largest", "second", "total", "dominant"),
    [
        (85, 0, 100, False),
        (86, 0, 100, True),
        (60, 30, 100, False),
        (60, 31, 100, True),
        (17, 1, 20, False),  # exactly 85 % and 90 %
        (0, 0, 0, False),
        (NAN, 1, 5, False),
    ],
)
def test_one_or_two_contributors_dominate_beyond_their_share(
    largest: float, second: float, total: float, dominant: bool
) -> None:
    assert dominance(largest, second, total) == dominant


@pytest.mark.parametrize("audience", ["oeffentlich", "gremium"])
def test_nobody_outside_can_tell_why_a_figure_is_hidden(audience: str) -> None:
    states = np.array(list(State), object)
    shown = public_state(states, audience)
    hidden = np.isin(states, [State.SUPPRESSED_PRIMARY, State.SUPPRESSED_SECONDARY])
    assert len(set(shown[hidden])) == 1
    assert shown[~hidden].tolist() == states[~hidden].tolist()
    assert all(isinstance(state, State) for state in shown)


def test_inside_both_reasons_are_kept() -> None:
    states = [State.SUPPRESSED_PRIMARY, State.SUPPRESSED_SECONDARY]
    assert public_state(states, "intern").tolist() == states


def test_states_given_are_not_changed() -> None:
    states = np.array([State.SUPPRESSED_SECONDARY], object)
    public_state(states, "oeffentlich")
    assert states[0] is State.SUPPRESSED_SECONDARY


def test_an_interval_is_at_least_k_minus_one_wide_unless_told() -> None:
    assert (Protection(3).needed, Protection(10).needed, Protection(10, width=4).needed) == (2, 9, 4)
