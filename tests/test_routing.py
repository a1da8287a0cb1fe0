"""The kernels say what SciPy says: on random graphs, on awkward ones, and after every change."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.network import INFINITE, Network, build_network
from layers.routing import reference
from layers.routing.arcs import backward, forward, undirected
from layers.routing.hierarchy import Hierarchy, prepare
from layers.routing.keys import LABEL_BITS, UNREACHED, costs_of, labels_of
from layers.routing.order import contraction_order
from layers.routing.places import Places, at_nodes
from layers.routing.reach import BEYOND, costs_between
from layers.routing.search import k_nearest, nearest_within
from layers.routing.sweep import costs_from, costs_to, nearest_of
from layers.routing.whatif import add, close, scenario

Edge = tuple[int, int, int]


def network(edges: list[Edge], n: int, seed: int = 0) -> Network:
    """Return what is left of the edges (tail, head, cost): without parallel ones, loops and islands."""
    tail, head, cost = np.array(edges, np.int32).reshape(-1, 3).T
    x, y = np.random.default_rng(seed).random((2, n)) * 1000
    return build_network("pkw", x, y, tail, head, cost, cost.astype(float), {})


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Draw a multigraph with one-ways, parallel edges, zero lengths, loops and islands."""
    n = draw(st.integers(2, 40))
    node, cost = st.integers(0, n - 1), st.integers(0, 30)
    edges = draw(st.lists(st.tuples(node, node, cost), min_size=n, max_size=6 * n))
    ring = [(v, (v + 1) % n, draw(cost)) for v in range(draw(st.integers(2, n)))]
    return network([*edges, *ring], n, draw(st.integers(0, 5)))


@st.composite
def places_on(draw: st.DrawFn, net: Network, lowest: int = 0) -> Places:
    """Draw places on a network, several at one node and some a walk away from it; at least one."""
    count = draw(st.integers(1, 7))
    nodes = draw(st.lists(st.integers(lowest, len(net.x) - 1), min_size=count, max_size=count))
    walk = draw(st.lists(st.integers(0, 40), min_size=count, max_size=count))
    return Places(np.array(nodes, np.int32), np.array(walk, np.int32))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Network, Places]:
    """Draw a network and facilities, some of them not on it."""
    net = draw(networks())
    return net, draw(places_on(net, -1))


def town(side: int = 12) -> Network:
    """Return a grid of streets with different speeds and some one-ways (synthetic)."""
    random = np.random.default_rng(7)
    rows, columns = np.divmod(np.arange(side * side), side)
    right = [(v, v + 1) for v in range(side * side) if (v + 1) % side]
    up = [(v, v + side) for v in range(side * (side - 1))]
    pairs = np.array([*right, *up, *((b, a) for a, b in right), *((b, a) for a, b in up)])
    pairs = pairs[random.random(len(pairs)) > 0.05]
    cost = random.integers(1, 90, len(pairs))
    return build_network("pkw", columns * 100.0, rows * 100.0, *pairs.T, cost, cost * 1.0, {})


@given(networks())
def test_every_node_is_contracted_once(net: Network) -> None:
    order = contraction_order(undirected(net), net.x, net.y)
    assert sorted(order) == list(range(len(net.x)))


def test_separators_of_a_town_stay_small() -> None:
    net = town(40)
    hierarchy = prepare(net)
    assert len(hierarchy.up.head) < 6 * len(net.head)


def above(hierarchy: Hierarchy) -> list[bool]:
    """Return whether every arc leads to a higher rank."""
    pairs = ((arcs, v) for arcs in (hierarchy.up, hierarchy.down) for v in range(len(hierarchy.order)))
    return [bool((arcs.head[arcs.start[v] : arcs.start[v + 1]] > v).all()) for arcs, v in pairs]


@given(networks())
def test_arcs_of_a_hierarchy_lead_upwards(net: Network) -> None:
    hierarchy = prepare(net)
    assert all(above(hierarchy))
    assert (hierarchy.rank[hierarchy.order] == np.arange(len(net.x))).all()


@given(cases())
def test_sweeps_equal_scipy_in_both_directions(case: tuple[Network, Places]) -> None:
    net, nodes = case[0], np.maximum(case[1].nodes, 0)
    lanes = [nodes, nodes[::-1][:1]]
    places = [at_nodes(lane) for lane in lanes]
    assert (costs_to(prepare(net), places) == reference.nearest_costs(backward(net), lanes)).all()
    assert (costs_from(prepare(net), places) == reference.nearest_costs(forward(net), lanes)).all()


@given(cases())
def test_nearest_facility_equals_scipy_and_ties_go_to_the_first(case: tuple[Network, Places]) -> None:
    net, nodes = case
    wanted = reference.nearest_keys(backward(net), nodes)
    assert (nearest_within(backward(net), nodes) == wanted).all()
    assert (nearest_of(prepare(net), [nodes, nodes])[:, 1] == wanted).all()
    assert (costs_to(prepare(net), [nodes])[:, 0] == costs_of(wanted)).all()


def test_the_way_to_a_facility_follows_the_one_way() -> None:
    net = network([(0, 1, 10), (1, 2, 10), (2, 0, 100)], 3)
    costs = costs_to(prepare(net), [at_nodes([v]) for v in range(3)])
    assert sorted(costs.ravel()) == [0, 0, 0, 10, 10, 20, 100, 110, 110]


@given(cases(), st.integers(0, 60))
def test_a_limit_keeps_what_lies_exactly_on_it(case: tuple[Network, Places], limit: int) -> None:
    net, nodes = case
    wanted = reference.nearest_keys(backward(net), nodes)
    kept = np.where(costs_of(wanted) <= limit, wanted, UNREACHED)
    assert (nearest_within(backward(net), nodes, limit) == kept).all()


@given(cases(), st.integers(1, 5))
def test_k_nearest_equals_scipy(case: tuple[Network, Places], k: int) -> None:
    net, nodes = case
    wanted = reference.k_nearest(backward(net), nodes, k)
    found = k_nearest(backward(net), nodes, k)
    assert (found[:, : wanted.shape[1]] == wanted).all()
    assert (found[:, wanted.shape[1] :] == UNREACHED).all()


@given(networks(), st.integers(0, 120), st.data())
def test_costs_between_equal_scipy(net: Network, limit: int, data: st.DataObject) -> None:
    origins, dests = data.draw(places_on(net)), data.draw(places_on(net))
    start, dest, cost = costs_between(prepare(net), origins, dests, limit)
    wanted = reference.costs_between(backward(net), origins, dests)
    rows, columns = np.nonzero(wanted <= limit)
    assert np.repeat(np.arange(len(origins.nodes)), np.diff(start)).tolist() == rows.tolist()
    assert dest.tolist() == columns.tolist()
    assert cost.tolist() == wanted[rows, columns].tolist()


def test_places_off_the_network_reach_nothing_and_are_not_reached() -> None:
    net = town()
    start, dest, cost = costs_between(prepare(net), at_nodes([-1, 0]), at_nodes([5, -1]), 60_000)
    assert np.diff(start).tolist() == [0, 1]
    assert dest.tolist() == [0]
    assert cost[0] == reference.costs_between(backward(net), at_nodes([0]), at_nodes([5]))[0, 0]
    assert (costs_to(prepare(net), [at_nodes([-1])]) == INFINITE).all()


@pytest.mark.parametrize("limit", [-1, BEYOND])
def test_a_limit_that_does_not_fit_is_refused(limit: int) -> None:
    with pytest.raises(ValueError, match="limit"):
        costs_between(prepare(town(4)), at_nodes([0]), at_nodes([0]), limit)


@given(cases(), st.data())
def test_opening_and_closing_is_exact_and_closing_gives_the_old_state_back(
    case: tuple[Network, Places], data: st.DataObject
) -> None:
    net, places = case
    towards = backward(net)
    state = scenario(towards, forward(net), places)
    before = state.keys.copy()
    node, walk = data.draw(st.integers(0, len(net.x) - 1)), data.draw(st.integers(0, 40))
    changed = add(state, len(places.nodes), node, walk)
    more = Places(np.append(places.nodes, node).astype(np.int32), np.append(places.walk, walk).astype(np.int32))
    wanted = reference.nearest_keys(towards, more)
    assert (state.keys == wanted).all()
    assert sorted(changed) == np.flatnonzero(before != wanted).tolist()
    close(state, len(places.nodes))
    assert (state.keys == before).all()


@given(cases())
def test_closing_one_after_the_other_is_exact_until_none_is_left(case: tuple[Network, Places]) -> None:
    net, places = case
    towards, nodes = backward(net), places.nodes.copy()
    state = scenario(towards, forward(net), places)
    for label in np.flatnonzero(nodes >= 0):
        lost = labels_of(state.keys) == label
        assert sorted(close(state, int(label))) == np.flatnonzero(lost).tolist()
        nodes[label] = -1
        left = places._replace(nodes=nodes)
        wanted = reference.nearest_keys(towards, left) if (nodes >= 0).any() else np.full(len(net.x), UNREACHED)
        assert (state.keys == wanted).all()


def test_a_facility_opens_once() -> None:
    net = town(4)
    state = scenario(backward(net), forward(net), at_nodes([3]))
    with pytest.raises(ValueError, match="already open"):
        add(state, 0, 1)


def test_keys_hold_cost_and_facility() -> None:
    keys = np.array([(1234 << LABEL_BITS) + 56, UNREACHED])
    assert costs_of(keys).tolist() == [1234, INFINITE]
    assert labels_of(keys).tolist() == [56, -1]
