"""A synthetic rural district: villages, roads between them, people, facilities. It is no real place.

Roads are the relative neighbourhood graph (Toussaint 1980) of points that are dense in villages.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay, cKDTree

from geodata.network import Network, build_network

SEED = 16063
NODES, SIDE_M, VILLAGES = 60_000, 37_000.0, 260
CELLS, CATEGORIES, PER_CATEGORY = 15_000, 20, 50
IN_VILLAGES = 0.72
SPACING_M = 62.0
SLOW, FAST = [20, 30, 30, 50], [30, 50, 70, 90, 100]
SHARE_FAST = [0.25, 0.2, 0.25, 0.2, 0.1]
ONE_WAY, PARALLEL = 0.05, 0.01


@dataclass(frozen=True, eq=False)
class District:
    """Cells and facilities stand at nodes; ``facilities`` has one row per category."""

    network: Network
    cells: NDArray[np.int32]
    facilities: NDArray[np.int32]


def synthetic_district(nodes: int = NODES, *, cells: int = CELLS) -> District:
    """Return a district of about ``nodes`` nodes and 2.5 times as many directed edges; the same on every call."""
    random = np.random.default_rng(SEED)
    scale = (nodes / NODES) ** 0.5
    points, in_village = _points(random, nodes, SIDE_M * scale, max(2, int(VILLAGES * scale**2)))
    network = _network(random, points, in_village)
    return _furnished(random, network, cells, max(PER_CATEGORY, int(PER_CATEGORY * scale**2)))


def district_on(network: Network) -> District:
    """Return synthetic cells and facilities on a given network; the same on every call."""
    return _furnished(np.random.default_rng(SEED), network, CELLS, PER_CATEGORY)


def _furnished(random: np.random.Generator, network: Network, cells: int, per_category: int) -> District:
    homes = random.choice(len(network.x), cells).astype(np.int32)
    shape = (CATEGORIES, per_category)
    return District(network, homes, random.integers(0, len(network.x), shape).astype(np.int32))


def _points(
    random: np.random.Generator, nodes: int, side: float, villages: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    weight = 1 / np.arange(1, villages + 1) ** 0.8
    count = random.multinomial(int(IN_VILLAGES * nodes), weight / weight.sum())
    centre = np.repeat(random.uniform(0.03 * side, 0.97 * side, (villages, 2)), count, axis=0)
    radius = np.repeat(SPACING_M * np.sqrt(np.maximum(count, 1) / np.pi), count)
    angle, out = random.uniform(0, 2 * np.pi, len(centre)), np.sqrt(random.random(len(centre)))
    dense = centre + np.column_stack([np.cos(angle), np.sin(angle)]) * (radius * out)[:, None]
    sparse = random.uniform(0, side, (nodes - len(dense), 2))
    return np.concatenate([dense, sparse]), np.arange(nodes) < len(dense)


def _network(random: np.random.Generator, points: NDArray[np.float64], in_village: NDArray[np.bool_]) -> Network:
    edges = _neighbours(points)
    inside = in_village[edges].all(axis=1)
    speed = np.where(inside, random.choice(SLOW, len(edges)), random.choice(FAST, len(edges), p=SHARE_FAST))
    metres = np.hypot(*(points[edges[:, 0]] - points[edges[:, 1]]).T) * random.uniform(1.02, 1.25, len(edges))
    both = ~(inside & (random.random(len(edges)) < ONE_WAY))
    tail, head = np.append(edges[:, 0], edges[both, 1]), np.append(edges[:, 1], edges[both, 0])
    length, kmh = np.append(metres, metres[both]), np.append(speed, speed[both])
    more = random.choice(len(tail), int(len(tail) * PARALLEL), replace=False)
    tail, head = np.append(tail, tail[more]), np.append(head, head[more])
    length, kmh = np.append(length, length[more] * 1.7), np.append(kmh, kmh[more])
    provenance = {"source": "synthetisch"}
    return build_network("pkw", *points.T, tail, head, length / (kmh / 3.6) * 10, length, provenance)


def _neighbours(points: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return the pairs of points between which no third one lies nearer to both."""
    corners = Delaunay(points).simplices
    pairs = np.unique(np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])), axis=0)
    length = np.hypot(*(points[pairs[:, 0]] - points[pairs[:, 1]]).T)
    _, near = cKDTree(points).query(points[pairs].mean(axis=1), k=10)
    kept = np.ones(len(pairs), bool)
    for third in near.T:
        other = (third != pairs[:, 0]) & (third != pairs[:, 1])
        ends = [np.hypot(*(points[third] - points[end]).T) for end in pairs.T]
        kept &= ~(other & (np.maximum(*ends) < length * 0.999))
    return pairs[kept].astype(np.int32)
