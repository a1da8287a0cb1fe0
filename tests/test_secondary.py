"""Hidden cells stay hidden: judged by other means than the code's own attack."""

from __future__ import annotations

from itertools import product
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array

from geodata.confidentiality import Protection, primary
from geodata.model import GeoDataError
from geodata.secondary import attack, secondary
from geodata.territory import read_gemeinden

NAN = float("nan")
SMALL = st.sampled_from([0, 0, 1, 1, 2, 3, 4, 5, 8, 12, 40])


def sets(atoms: int, *cells: set[int]) -> np.ndarray:
    """Return a membership whose cells are these sets of atoms."""
    return np.array([[atom in cell for atom in range(atoms)] for cell in cells], int)


def singles(atoms: int) -> list[set[int]]:
    return [{atom} for atom in range(atoms)]


def groups(labels: list[int]) -> list[set[int]]:
    return [{atom for atom, label in enumerate(labels) if label == wanted} for wanted in sorted(set(labels))]


@st.composite
def districts(draw: st.DrawFn, most: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Draw atoms in Sozialräume, overlapping regions, two territorial states and one or two Kreis totals."""
    atoms = draw(st.integers(3, most))
    room = st.lists(st.integers(0, 2), min_size=atoms, max_size=atoms)
    cells = singles(atoms)[draw(st.integers(0, 1)) :] + groups(draw(room)) + groups(draw(room))
    cells += [{0, 1}, set(range(atoms)), set(range(atoms - draw(st.integers(0, 1))))]
    return sets(atoms, *cells), np.array(draw(st.lists(SMALL, min_size=atoms, max_size=atoms)))


def interval_by_lp(membership: np.ndarray, values: np.ndarray, shown: np.ndarray, cell: int) -> tuple[float, float]:
    """Return the interval of one cell by two plain linear programs over the atoms."""
    ends = []
    for sign in (1, -1):
        system = {"A_eq": membership[shown], "b_eq": values[shown]} if shown.any() else {}
        found = linprog(sign * membership[cell], bounds=(0, None), **system)
        assert found.status in (0, 3), found.message
        ends.append(sign * found.fun if found.status == 0 else -sign * inf)
    return ends[0], ends[1]


def fillings(membership: np.ndarray, values: np.ndarray, shown: np.ndarray, most: int) -> np.ndarray:
    """Return all tables of whole numbers up to ``most`` that have the shown figures."""
    every = np.array(list(product(range(most + 1), repeat=membership.shape[1])))
    return every[(every @ membership[shown].T == values[shown]).all(axis=1)]


@given(districts(), st.sampled_from([3, 5, 10]))
def test_no_linear_program_finds_a_narrow_interval(district: tuple[np.ndarray, np.ndarray], k: int) -> None:
    membership, atoms = district
    values = membership @ atoms
    hidden = primary(values, k)
    hidden |= secondary(membership, values, hidden, Protection(k))
    for cell in np.flatnonzero(hidden):
        low, high = interval_by_lp(membership, values, ~hidden, cell)
        assert high - low >= k - 1 - 1e-6


@given(districts(), st.sampled_from([3, 10]), st.data())
def test_missing_figures_and_figures_kept_secret_by_the_source_do_not_open_others(
    district: tuple[np.ndarray, np.ndarray], k: int, data: st.DataObject
) -> None:
    membership, atoms = district
    cells = len(membership)
    values = (membership @ atoms).astype(float)
    hidden = primary(values, k)
    drawn = data.draw(st.lists(st.sampled_from(["", "", "missing", "secret"]), min_size=cells, max_size=cells))
    values[np.array(drawn) != ""] = NAN
    hidden |= np.array(drawn) == "secret"
    more = secondary(membership, values, hidden, Protection(k))
    assert not (more & np.isnan(values)).any()
    shown = ~hidden & ~more & ~np.isnan(values)
    for cell in np.flatnonzero(hidden | more):
        low, high = interval_by_lp(membership, values, shown, cell)
        assert high - low >= k - 1 - 1e-6


@given(districts(most=4), st.sampled_from([3, 4]))
def test_every_hidden_cell_can_be_two_whole_numbers_even_if_one_is_known_to_be_below_k(
    district: tuple[np.ndarray, np.ndarray], k: int
) -> None:
    membership, atoms = district
    atoms = np.minimum(atoms, 6)
    values = membership @ atoms
    hidden = primary(values, k)
    hidden |= secondary(membership, values, hidden, Protection(k))
    possible = fillings(membership, values, ~hidden, 10) @ membership[hidden].T
    below = ((possible > 0) & (possible < k)).any(axis=1)
    for cell in possible.T:
        assert len(np.unique(cell)) >= k
        assert len(np.unique(cell[below])) >= 2


@given(districts(most=4), st.data())
def test_the_attack_is_exact_for_whole_numbers(district: tuple[np.ndarray, np.ndarray], data: st.DataObject) -> None:
    membership, atoms = district
    atoms = np.minimum(atoms, 3)  # no bounded atom can exceed 12
    values = membership @ atoms
    hidden = np.array(data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values))))
    low, high = attack(membership, values, hidden)
    np.testing.assert_array_equal(np.isnan(low), ~hidden)
    possible = fillings(membership, values, ~hidden, 12) @ membership.T
    for cell in np.flatnonzero(hidden):
        loose = interval_by_lp(membership, values, ~hidden, cell)
        assert loose[0] - 1e-6 <= low[cell] <= values[cell] <= high[cell] <= loose[1] + 1e-6
        if high[hidden].max() <= 12:
            assert (low[cell], high[cell]) == (possible[:, cell].min(), possible[:, cell].max())


def test_whole_numbers_tell_more_than_a_linear_program_sees() -> None:
    """Between 0 and 2.5 for fractions, exactly 1 for people: three overlapping divisions can do that."""
    shown = sets(6, {0, 1, 5}, {2, 3, 4}, {0, 1, 2, 3}, {0, 2, 5}, {0, 3, 4})
    membership = np.vstack([shown, sets(6, {3})])
    values = membership @ [1, 2, 2, 1, 1, 2]
    hidden = np.array([False] * 5 + [True])
    assert interval_by_lp(membership, values, ~hidden, 5) == pytest.approx((0, 2.5))
    assert np.unique(fillings(membership, values, ~hidden, 5)[:, 3]).tolist() == [1]
    assert [end[5] for end in attack(membership, values, hidden)] == [1, 1]
    more = secondary(membership, values, hidden, Protection(3))
    assert len(np.unique(fillings(membership, values, ~hidden & ~more, 5)[:, 3])) >= 3


@given(districts())
def test_without_a_primary_cell_nothing_is_hidden(district: tuple[np.ndarray, np.ndarray]) -> None:
    membership, atoms = district
    values = membership @ atoms
    assert not secondary(membership, values, np.zeros(len(values), bool), Protection(10)).any()


@given(districts(), st.sampled_from([3, 10]))
def test_no_secondary_cell_could_be_published_after_all(district: tuple[np.ndarray, np.ndarray], k: int) -> None:
    membership, atoms = district
    values = membership @ atoms
    hidden = primary(values, k)
    more = secondary(membership, values, hidden, Protection(k))
    for cell in np.flatnonzero(more):
        same = (membership == membership[cell]).all(axis=1)
        less = (hidden | more) & ~same
        low, high = attack(membership, values, less)
        assert (high[less] - low[less] < k - 1).any()


def test_one_primary_cell_in_a_sozialraum_of_three_hides_the_cheapest_other() -> None:
    membership = sets(5, *singles(5), {0, 1, 2}, {3, 4}, {0, 1, 2, 3, 4})
    values = membership @ [1, 40, 7, 30, 5]
    more = secondary(membership, values, primary(values, 3), Protection(3))
    assert np.flatnonzero(more).tolist() == [2]


def test_a_cell_too_small_to_protect_is_passed_over_and_a_zero_may_serve() -> None:
    membership = sets(3, *singles(3), {0, 1, 2})
    for atoms, chosen in (([1, 0, 9], 2), ([2, 0, 9], 1)):
        values = membership @ atoms
        assert np.flatnonzero(secondary(membership, values, primary(values, 3), Protection(3))).tolist() == [chosen]


def test_cost_decides_which_cell_is_hidden() -> None:
    membership = sets(3, *singles(3), {0, 1, 2})
    values = membership @ [1, 40, 7]
    more = secondary(membership, values, primary(values, 3), Protection(3, cost=[1, 1, 2, 9]))
    assert np.flatnonzero(more).tolist() == [1]


def test_a_cell_may_cost_nothing_even_where_several_are_needed() -> None:
    membership = sets(4, *singles(4), {0, 1, 2, 3})
    values, hidden = membership @ [1, 1, 3, 4], np.array([True, True, False, False, False])
    assert secondary(membership, values, hidden, Protection(10, cost=0)).tolist() == [False, False, True, True, False]


def test_a_sozialraum_of_one_gemeinde_is_that_gemeinde_and_needs_another_sozialraum() -> None:
    membership = sets(3, *singles(3), {0}, {1, 2}, {0, 1, 2})
    values = membership @ [1, 40, 7]
    hidden = np.array([True, False, False, False, False, False])
    assert [end[0] for end in attack(membership, values, hidden)] == [1, 1]
    more = secondary(membership, values, hidden, Protection(3))
    assert np.flatnonzero(more).tolist() == [2, 3, 4]


def test_the_kreis_is_hidden_only_where_nothing_else_helps() -> None:
    membership = sets(3, *singles(3), {0, 1}, {0, 1, 2})
    kept = secondary(membership, membership @ [1, 1, 500], np.array([1, 1, 0, 1, 0], bool), Protection(10))
    assert kept.tolist() == [False, False, True, False, False]
    few = membership @ [1, 1, 2]
    assert secondary(membership, few, primary(few, 10), Protection(10)).tolist() == [False] * 5
    alone = np.array([True, False, False, False, False])
    assert secondary(membership, few, alone, Protection(10)).tolist() == [False, False, False, True, True]


def test_hiding_frankenroda_alone_is_not_enough() -> None:
    """Amt Creuzburg without Frankenroda (areas of 2023) and with it (areas of 2024) give it away."""
    creuzburg, frankenroda, bischofroda, mihla = range(4)
    raum = set(range(4))
    membership = sets(4, {creuzburg}, {frankenroda}, {creuzburg, frankenroda}, {bischofroda}, {mihla}, raum)
    values = membership @ [118, 2, 15, 60]
    hidden = primary(values, 3)
    assert np.flatnonzero(hidden).tolist() == [1]
    assert [end[1] for end in attack(membership, values, hidden)] == [2, 2]
    more = secondary(membership, values, hidden, Protection(3))
    low, high = attack(membership, values, hidden | more)
    assert (high - low)[hidden | more].min() >= 2
    assert more[[0, 2]].any()
    sibling = np.array([False, False, False, True, False, False])  # enough for the Sozialraum, not for the two states
    assert [end[1] for end in attack(membership, values, hidden | sibling)] == [2, 2]


def test_two_territorial_states_of_the_kreis_give_away_the_gemeinde_that_left() -> None:
    membership = sets(4, *singles(4), {0, 1, 2, 3}, {0, 1, 2})  # the last Gemeinde left the Kreis
    values = membership @ [50, 60, 70, 2]
    more = secondary(membership, values, primary(values, 3), Protection(3))
    assert more[4:].sum() == 1


def test_overlapping_regions_are_seen_through() -> None:
    """Hiding one neighbour in the Sozialraum leaves the way over the region."""
    membership = sets(4, *singles(4), {0, 1}, {2, 3}, {0, 2}, {1, 3})
    values = membership @ [1, 20, 30, 40]
    hidden = primary(values, 3)
    naive = hidden | (np.arange(8) == 1)
    assert [end[0] for end in attack(membership, values, naive)] == [1, 1]
    more = secondary(membership, values, hidden, Protection(3))
    for cell in np.flatnonzero(hidden | more):
        low, high = interval_by_lp(membership, values, ~hidden & ~more, cell)
        assert high - low >= 2


def test_parts_that_add_up_to_a_published_total_are_atoms_of_area_and_part() -> None:
    """Long-term unemployed + others = all, by Gemeinde and in the Kreis."""
    areas, parts = np.vstack([np.eye(3), np.ones(3)]), np.array([[1, 0], [0, 1], [1, 1]])
    membership = np.kron(parts, areas)  # cells: part x area, atoms: part x Gemeinde
    values = membership @ [2, 20, 30, 50, 60, 70]
    hidden = primary(values, 3)
    assert np.flatnonzero(hidden).tolist() == [0]
    more = secondary(membership, values, hidden, Protection(3))
    for cell in np.flatnonzero(hidden | more):
        low, high = interval_by_lp(membership, values, ~hidden & ~more, cell)
        assert high - low >= 2
    assert more.sum() == 3  # a rectangle: another Gemeinde, both parts of both
    assert more.reshape(3, 4).sum(axis=1).tolist() == [1, 2, 0]


def test_a_public_universe_narrows_what_sums_leave_open() -> None:
    """99 of 100 people: with 9 of 10 next door the sum leaves 98 to 100."""
    membership = sets(3, *singles(3), {0, 1, 2})
    values, upper = membership @ [99, 9, 40], [100, 10, 500]
    pair = np.array([True, True, False, False])
    assert np.subtract(*attack(membership, values, pair)[::-1])[0] == 108
    assert [end[0] for end in attack(membership, values, pair, upper=upper)] == [98, 100]
    more = secondary(membership, values, primary(values, 3, [100, 10, 500, 610]), Protection(3, upper=upper))
    low, high = attack(membership, values, pair | more, upper=upper)
    assert (high - low)[pair | more].min() >= 2
    assert secondary(membership, values, pair, Protection(5, upper=upper)).sum() > more.sum()


def test_a_universe_smaller_than_the_width_is_all_that_can_be_left_open() -> None:
    membership = sets(2, *singles(2), {0, 1})
    values = membership @ [2, 300]
    hidden = np.array([True, False, False])
    more = secondary(membership, values, hidden, Protection(10, upper=[4, NAN]))
    low, high = attack(membership, values, hidden | more, upper=[4, NAN])
    assert (low[0], high[0]) == (0, 4)


def test_a_total_that_is_not_the_sum_of_its_parts_is_judged_as_if_it_were() -> None:
    membership = sets(3, *singles(3), {0, 1, 2})
    exact, other = membership @ [1, 40, 7], np.array([1, 40, 7, 45])
    hidden = np.array([True, False, False, False])
    expected = secondary(membership, exact, hidden, Protection(3))
    assert secondary(membership, other, hidden, Protection(3)).tolist() == expected.tolist()


def test_figures_that_contradict_each_other_are_hidden_until_they_do_not() -> None:
    membership = sets(4, {0, 1}, {1, 2}, {2, 3}, {0})
    values, hidden = np.array([1, 9, 1, 1]), np.array([False, False, False, True])
    assert np.isnan(attack(membership, values, hidden)).all()
    more = secondary(membership, values, hidden, Protection(3))
    low, high = attack(membership, values, hidden | more)
    assert (high - low)[hidden | more].min() >= 2


def test_many_tables_at_once_are_the_same_as_one_by_one() -> None:
    rng = np.random.default_rng(7)
    membership = sets(6, *singles(6), {0, 1, 2}, {3, 4}, {2, 3}, set(range(6)))
    values = (rng.poisson(4, (3, 5, 6)) @ membership.T).astype(float)
    hidden = primary(values, 3)
    together = secondary(membership, values, hidden, Protection(3))
    assert together.any()
    for at in np.ndindex(3, 5):
        assert secondary(csr_array(membership), values[at], hidden[at], Protection(3)).tolist() == together[at].tolist()


def test_the_embedded_district_keeps_its_secrets_in_both_territorial_states() -> None:
    gemeinden = read_gemeinden()
    ags, gone = list(gemeinden.index), {"16063028", "16063037"}
    left = [key for key in ags if key not in gone]
    areas = [{key, "16063028"} if key == "16063104" else {key} for key in left] + [{key} for key in ags]
    areas += [set(keys) - {"16063037"} for keys in gemeinden.groupby("sozialraum").groups.values()]
    areas += [set(ags) - {"16063037"}]
    membership = sets(len(ags), *({ags.index(key) for key in area} for area in areas))
    values = np.random.default_rng(3).poisson(6, (4, len(ags))) @ membership.T
    hidden = primary(values, 3)
    hidden |= secondary(membership, values, hidden, Protection(3))
    assert not hidden[:, -1].any()
    for table in range(4):
        for cell in np.flatnonzero(hidden[table]):
            low, high = interval_by_lp(membership, values[table], ~hidden[table], cell)
            assert high - low >= 2 - 1e-6


@pytest.mark.parametrize(
    ("membership", "values", "hidden", "said"),
    [
        ([[1, 0], [0, 2]], [1, 2], [True, False], "aus 0 und 1"),
        ([[1, 0], [0, 0]], [1, 2], [True, False], "ein Gebiet"),
        ([[1, 0], [0, 1]], [1, 2, 3], [True, False], "passen nicht zueinander"),
        ([[1, 0], [0, 1]], [1, -2], [True, False], "gefunden -2"),
        ([[1, 0], [0, 1]], [1, 2.5], [True, False], "gefunden 2.5"),
    ],
)
def test_what_is_no_table_of_counts_is_refused(membership: list, values: list, hidden: list, said: str) -> None:
    with pytest.raises(GeoDataError, match=said):
        secondary(membership, values, hidden, Protection(3))


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(GeoDataError, match=r"aus 0 und 1.*passen nicht.*ganze Zahlen"):
        secondary([[3]], [-1, 2], [True], Protection(3))
