"""The network as arrays: equal to what brute force keeps, read as it was written, refused when broken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.model import GeoDataError
from geodata.network import ARRAYS, INFINITE, Network, build_network, hilbert, read_network, snap, write_network

PLACE = st.tuples(st.integers(0, 6), st.integers(0, 6))
Edges = list[tuple[int, int, int, int]]


@st.composite
def multigraphs(draw: st.DrawFn) -> tuple[list[tuple[int, int]], Edges]:
    """Few nodes, many edges: parallel ones, loops, one-ways, islands and zero lengths all occur."""
    places = draw(st.lists(PLACE, min_size=1, max_size=9))
    node = st.integers(0, len(places) - 1)
    edge = st.tuples(node, node, st.integers(0, 5), st.integers(0, 3))
    return places, draw(st.lists(edge, max_size=25))


def built(places: list[tuple[int, int]], edges: Edges, **provenance: Any) -> Network:
    table = np.array(edges, float).reshape(-1, 4)
    xy = np.array(places, float).reshape(-1, 2)
    tail, head = table[:, 0].astype(int), table[:, 1].astype(int)
    return build_network("fuss", xy[:, 0], xy[:, 1], tail, head, table[:, 2], table[:, 3], provenance)


def reachable(n: int, edges: Edges) -> np.ndarray:
    """Return who reaches whom (Warshall 1962)."""
    reach = np.eye(n, dtype=bool)
    for tail, head, *_ in edges:
        reach[tail, head] = True
    for k in range(n):
        reach |= np.outer(reach[:, k], reach[k])
    return reach


def table_of(network: Network) -> pd.DataFrame:
    tail = np.repeat(np.arange(len(network.x)), np.diff(network.start))
    return pd.DataFrame({"tail": tail, "head": network.head, "cost": network.cost, "metres": network.metres})


@given(multigraphs())
def test_what_is_kept_is_what_brute_force_keeps(graph: tuple[list[tuple[int, int]], Edges]) -> None:
    places, edges = graph
    numbered = [(float(k), 0.0) for k in range(len(places))]  # the x of a node is its old number
    network = built(numbered, edges)
    reach = reachable(len(places), edges)
    both = reach & reach.T
    largest = int(both.sum(axis=1).max())
    kept = sorted(int(x) for x in network.x)
    assert len(kept) == largest
    assert both[np.ix_(kept, kept)].all()
    cheapest: dict[tuple[int, int], tuple[int, int]] = {}
    for tail, head, cost, metres in edges:
        if tail != head and tail in kept and head in kept:
            found = (max(cost, 1), metres)
            cheapest[tail, head] = min(cheapest.get((tail, head), found), found)
    rows = table_of(network).astype(int)
    old = network.x.astype(int)
    ways = {(old[r.tail], old[r.head]): (r.cost, r.metres) for r in rows.itertuples()}
    assert ways == cheapest
    assert len(rows) == len(ways)


@given(multigraphs())
def test_arrays_have_the_types_and_the_order_of_the_contract(graph: tuple[list[tuple[int, int]], Edges]) -> None:
    network = built(*graph)
    assert {name: getattr(network, name).dtype.str for name in ARRAYS} == ARRAYS
    assert network.start[0] == 0
    assert network.start[-1] == len(network.head)
    rows = table_of(network)
    assert rows.equals(rows.sort_values(["tail", "head"], ignore_index=True))


@given(multigraphs())
def test_every_node_and_edge_is_kept_or_counted(graph: tuple[list[tuple[int, int]], Edges]) -> None:
    places, edges = graph
    counts = built(places, edges, counts={"ways": 7}).provenance["counts"]
    assert counts["ways"] == 7
    assert counts["nodes"] + counts["nodes_dropped_islands"] == len(places)
    dropped = sum(counts[f"edges_dropped_{why}"] for why in ("loops", "parallel", "islands"))
    assert counts["edges"] + dropped == len(edges)


def test_a_ring_with_a_dead_end_one_way_and_an_island() -> None:
    places = [(0, 0), (10, 0), (10, 10), (20, 10), (90, 90), (91, 90)]
    ring = [(0, 1, 5, 10), (1, 2, 5, 10), (2, 0, 7, 14)]
    edges = [*ring, (0, 1, 3, 12), (2, 2, 1, 0), (2, 3, 5, 10), (4, 5, 1, 1), (5, 4, 1, 1)]
    network = built(places, edges)
    assert sorted(zip(network.x.tolist(), network.y.tolist(), strict=True)) == [(0, 0), (10, 0), (10, 10)]
    assert sorted(network.cost.tolist()) == [3, 5, 7]
    assert network.provenance["counts"] == {
        "nodes": 3,
        "edges": 3,
        "nodes_dropped_islands": 3,
        "edges_dropped_loops": 1,
        "edges_dropped_parallel": 1,
        "edges_dropped_islands": 3,
    }


def test_costs_are_whole_and_at_least_one_decisecond() -> None:
    network = built([(0, 0), (1, 0)], [(0, 1, 0, 0), (1, 0, 2.6, 1)])  # type: ignore[list-item]
    assert sorted(network.cost.tolist()) == [1, 3]
    assert INFINITE == 1 << 30


def test_a_network_without_nodes_is_refused() -> None:
    with pytest.raises(GeoDataError, match=r"keinen Knoten.*Abhilfe"):
        built([], [])


def test_the_curve_steps_from_neighbour_to_neighbour() -> None:
    side = 16
    x, y = (part.ravel().astype(float) for part in np.meshgrid(np.arange(side), np.arange(side)))
    order = hilbert(x, y).argsort()
    steps = np.abs(np.diff(x[order])) + np.abs(np.diff(y[order]))
    assert (steps == 1).all()


@given(graph=multigraphs())
def test_what_is_read_is_what_was_written(graph: tuple[list[tuple[int, int]], Edges], tmp_path_factory: Any) -> None:
    folder = tmp_path_factory.mktemp("netz") / "deep" / "fuss"
    network = built(*graph, source="karte.osm.pbf", date="2024-01-01")
    write_network(folder, network)
    again = read_network(folder)
    for name in ARRAYS:
        assert getattr(again, name).tobytes() == getattr(network, name).tobytes(), name
    assert (again.mode, again.provenance) == (network.mode, network.provenance)
    assert not again.cost.flags.writeable
    assert [path.name for path in folder.parent.iterdir()] == ["fuss"]


def test_a_second_writing_takes_the_place_of_the_first(tmp_path: Path) -> None:
    write_network(tmp_path / "fuss", built([(0, 0)], []))
    write_network(tmp_path / "fuss", built([(0, 0), (1, 0)], [(0, 1, 1, 1), (1, 0, 1, 1)]))
    assert len(read_network(tmp_path / "fuss").x) == 2


def test_a_failed_writing_leaves_the_old_network(tmp_path: Path) -> None:
    write_network(tmp_path / "fuss", built([(0, 0)], []))
    with pytest.raises(TypeError):
        write_network(tmp_path / "fuss", built([(0, 0), (1, 0)], [], unwritable=object()))
    assert len(read_network(tmp_path / "fuss").x) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["fuss"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_network(tmp_path / "rad", built([(0, 0), (9, 0)], [(0, 1, 5, 9), (1, 0, 5, 9)]))
    return tmp_path / "rad"


def complaint(folder: Path) -> str:
    with pytest.raises(GeoDataError) as caught:
        read_network(folder)
    return str(caught.value)


@pytest.mark.parametrize("name", [*(f"{name}.npy" for name in ARRAYS), "provenance.json"])
def test_a_missing_or_damaged_file_is_named(folder: Path, name: str) -> None:
    path = folder / name
    content = path.read_bytes()
    for damaged in (b"", content[: len(content) // 2], b"etwas anderes"):
        path.write_bytes(damaged)
        assert name in complaint(folder)
    path.unlink()
    assert name in complaint(folder)
    assert "Abhilfe" in complaint(folder)


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("cost", np.array([1.0, 2.0]), "cost.npy: erwartet eine Reihe vom Typ <i4, gefunden float64"),
        ("cost", np.array([[1], [2]], "i4"), "cost.npy: erwartet eine Reihe"),
        ("cost", np.array([0, 5], "i4"), "cost ist kleiner als 1"),
        ("cost", np.array([5], "i4"), "verschieden lang (2, 1, 2)"),
        ("head", np.array([0, 2], "i4"), "head zeigt auf Knoten, die es nicht gibt"),
        ("start", np.array([0, 2], "i8"), "x, y und start passen nicht zusammen"),
        ("start", np.array([0, 1, 1], "i8"), "start zählt nicht"),
        ("x", np.array([0.0, np.nan]), "ungültige Zahlen"),
    ],
)
def test_an_inconsistent_folder_is_refused(folder: Path, name: str, values: np.ndarray, expected: str) -> None:
    np.save(folder / f"{name}.npy", values)
    assert expected in complaint(folder)


def test_a_folder_without_mode_is_refused(folder: Path) -> None:
    (folder / "provenance.json").write_text(json.dumps({"mode": None}), "utf-8")
    assert "Angabe fehlt: mode" in complaint(folder)


def test_no_folder_at_all_is_refused(tmp_path: Path) -> None:
    assert "fehlt" in complaint(tmp_path / "nirgends")


def test_snapping_by_hand() -> None:
    network = built([(0, 0), (1000, 0)], [(0, 1, 5, 9), (1, 0, 5, 9)])
    x = pd.Series([0.0, 300.0, 1500.0, 1500.1, np.nan], index=["auf", "nah", "genau", "fern", "ohne"])
    found = snap(network, x, x * 0)
    assert found.index.tolist() == x.index.tolist()
    assert found["node"].dtype == np.int32
    nodes = {float(v): k for k, v in enumerate(network.x)}
    assert found["node"].tolist() == [nodes[0.0], nodes[0.0], nodes[1000.0], -1, -1]
    assert found["metres"].tolist()[:4] == [0.0, 300.0, 500.0, 500.1]
    assert found["reason"].tolist() == ["", "", "", "weiter als 500 m vom Wegenetz", "ohne Lage"]


def test_exactly_at_the_limit_counts_at_large_coordinates_too() -> None:
    network = built([(570123, 5634567)], [])
    for shift in (0.1, 0.123, 0.7):
        moved = Network(**{**network.__dict__, "x": network.x + shift})
        x, y = pd.Series([570123 + 500 + shift]), pd.Series([5634567.0])
        assert snap(moved, x, y)["node"].tolist() == [0]
        assert snap(moved, x + 0.002, y)["node"].tolist() == [-1]


def test_snapping_nothing_gives_nothing() -> None:
    empty = snap(built([(0, 0)], []), pd.Series(dtype=float), pd.Series(dtype=float))
    assert (len(empty), list(empty)) == (0, ["node", "metres", "reason"])


@given(st.lists(PLACE, min_size=1, max_size=8), st.lists(PLACE, min_size=1, max_size=8))
def test_snapping_finds_the_nearest(places: list[tuple[int, int]], points: list[tuple[int, int]]) -> None:
    ring = [(k, (k + 1) % len(places), 1, 1) for k in range(len(places))]
    network = built(places, ring)
    x, y = (pd.Series([float(p[axis]) for p in points]) for axis in (0, 1))
    far = np.hypot(x.to_numpy()[:, None] - network.x, y.to_numpy()[:, None] - network.y)
    found = snap(network, x, y, limit_m=2.0)
    np.testing.assert_allclose(found["metres"], far.min(axis=1), atol=5e-4)
    assert ((found["node"] >= 0) == (found["metres"] <= 2.0)).all()
    for row, node in enumerate(found["node"]):
        assert node < 0 or far[row, node] == far[row].min()
