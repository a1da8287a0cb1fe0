"""Facilities of OpenStreetMap beside a register: the register wins, and every double says of what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata import catalog
from geodata.catalog import Category
from geodata.territory import UMLAUTS

# How far the point of a register may lie from the building, by its precision (own setting). A point that stands for a
# whole Gemeinde says nothing about distance: there only the same Gemeinde and a similar name make a double.
REACH_M = {"address": 150.0, "stop": 500.0, "place": 2_500.0, "municipality": 15_000.0}
SAME_OBJECT_M = 150.0  # two objects of OpenStreetMap with a similar name: entrance and building, two wings
SIMILAR = 0.75  # of difflib's ratio (Ratcliff and Metzener 1988), own setting
# What stands in many names and tells none from another; the words of the category and of the place are ignored too.
GENERIC = """
am an der die das dem den des im in und für von zu zum zur e v ev kath evang evangelische evangelischer
evangelisches katholische katholischer katholisches staatl staatliche staatlicher staatliches städtische städtischer
städtisches kita kindergarten kindertagesstätte kinderkrippe tagesstätte schule freiwillige ff ffw praxis
gemeinschaftspraxis arztpraxis dr med dipl frau herr gmbh ggmbh filiale markt seniorenheim
"""
COLUMNS = ["duplicate_of", "metres", "similarity"]
NO_WORDS: frozenset[str] = frozenset()
Kinds = Mapping[str, frozenset[str]]


@dataclass(frozen=True, eq=False)
class Merged:
    """The register as it was with what OpenStreetMap adds, and what was left out as a double.

    ``dropped`` is indexed by the id of the row left out: ``duplicate_of`` (id), ``metres`` between the two,
    ``similarity`` of their names from 0 to 1, NaN where one of them has none of its own.
    """

    facilities: gpd.GeoDataFrame
    dropped: pd.DataFrame


def merge_with_register(
    register: gpd.GeoDataFrame, osm: gpd.GeoDataFrame, categories: Mapping[str, Category] | None = None
) -> Merged:
    """Return both frames (columns of the dataset, EPSG:25832, indexed by id) as one without doubles.

    A row of OpenStreetMap is a double of one in the register with the same category, near enough for the precision of
    the register's point, and a similar name. Where one of the two has no name of its own ("Apotheke", "Kita Vacha")
    the nearest such pair is one facility; a row of the register takes in one such row only.
    """
    known = catalog.categories() if categories is None else categories
    kinds = {key: words(f"{item.name} {item.plural}") for key, item in known.items()}
    doubles = _doubles_within(osm, kinds)
    rest = osm.drop(doubles.index)
    pairs = _pairs(register, rest, kinds)
    taken = pd.concat([named := _named(pairs), _nameless(pairs, named)])
    dropped = pd.concat([doubles, taken])[COLUMNS].astype({"metres": float, "similarity": float})
    kept = rest.drop(taken.index)
    facilities = pd.concat([register, kept]) if len(kept) else register.copy()
    return Merged(gpd.GeoDataFrame(facilities, crs=register.crs), dropped.rename_axis("id").sort_index())


def name_similarity(a: str, b: str, ignored: frozenset[str] = NO_WORDS) -> float:
    """Return how alike two names are without generic and ``ignored`` words, 0 to 1; NaN where one has no others.

    >>> name_similarity("Kita Sonnenschein", "Ev. Kindertagesstätte „Sonnenschein“")
    1.0
    >>> name_similarity("Platz 1", "Platz 2")
    0.0
    """
    left, right = words(a) - ignored, words(b) - ignored
    if not left or not right:
        return float("nan")
    if {word for word in left if word.isdigit()} != {word for word in right if word.isdigit()}:
        return 0.0
    if left <= right or right <= left:
        return 1.0
    return SequenceMatcher(None, " ".join(sorted(left)), " ".join(sorted(right)), autojunk=False).ratio()


def words(name: str) -> frozenset[str]:
    """Return the words of a name that tell it from others, in small letters without umlauts.

    >>> sorted(words("Staatliche Grundschule „Am Nordplatz“"))
    ['grundschule', 'nordplatz']
    """
    return _folded(name) - _folded(GENERIC)


@cache
def _folded(text: str) -> frozenset[str]:
    plain = text.casefold().translate(UMLAUTS)
    return frozenset(re.findall(r"\w+", re.sub("([aou])e", r"\1", plain)))


def _pairs(register: gpd.GeoDataFrame, osm: gpd.GeoDataFrame, kinds: Kinds) -> pd.DataFrame:
    """Return every pair that may be one facility: id, duplicate_of, metres, similarity, near."""
    reach = register["precision"].map(REACH_M).fillna(REACH_M["address"]).to_numpy(float)
    usable = np.flatnonzero(~(register.geometry.isna() | register.geometry.is_empty))
    points = register.geometry.iloc[usable]
    left, right = osm.sindex.query(points, predicate="dwithin", distance=reach[usable])
    return _compared(register.iloc[usable[left]], osm.iloc[right], kinds)


def _compared(ours: gpd.GeoDataFrame, theirs: gpd.GeoDataFrame, kinds: Kinds) -> pd.DataFrame:
    """Return pairs of the same category (and Gemeinde, where a point stands for more than an address) with likeness."""
    same = ours["category"].to_numpy() == theirs["category"].to_numpy()
    coarse = ours["precision"].isin(["place", "municipality"]).to_numpy()
    homes = ours["ags"].to_numpy(object), theirs["ags"].to_numpy(object)
    known = pd.notna(homes[0]) & pd.notna(homes[1])
    fits = same & ~(coarse & known & (homes[0] != homes[1]))
    ours, theirs = ours[fits], theirs[fits]
    return pd.DataFrame(
        {
            "id": theirs.index,
            "duplicate_of": ours.index,
            "metres": ours.distance(theirs.set_axis(ours.index), align=False).round(1).to_numpy(),
            "similarity": list(_similarities(ours, theirs, kinds)),
            "located": (ours["precision"] != "municipality").to_numpy(),
        }
    )


def _similarities(ours: pd.DataFrame, theirs: pd.DataFrame, kinds: Kinds) -> Iterator[float]:
    columns = ours["name"], theirs["name"], ours["place"], theirs["place"], ours["category"]
    for a, b, home, other, category in zip(*columns, strict=True):
        yield name_similarity(a, b, words(home) | words(other) | kinds.get(category, NO_WORDS))


def _named(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return per row the most similar and then nearest one of a similar name."""
    alike = pairs[pairs["similarity"] >= SIMILAR]
    order = alike.sort_values(["similarity", "metres", "duplicate_of"], ascending=[False, True, True], kind="stable")
    return order.drop_duplicates("id").set_index("id")[COLUMNS]


def _nameless(pairs: pd.DataFrame, named: pd.DataFrame) -> pd.DataFrame:
    """Return pairs without a name to compare, nearest first; each facility once, none that a name has matched."""
    free = pairs[pairs["similarity"].isna() & pairs["located"]]
    free = free[~free["id"].isin(named.index) & ~free["duplicate_of"].isin(named["duplicate_of"])]
    chosen: dict[str, str] = {}
    for row in free.sort_values(["metres", "id", "duplicate_of"]).itertuples():
        if row.id not in chosen and row.duplicate_of not in chosen.values():
            chosen[str(row.id)] = str(row.duplicate_of)
    hit = free["id"].map(chosen) == free["duplicate_of"]
    return free[hit].set_index("id")[COLUMNS]


def _doubles_within(osm: gpd.GeoDataFrame, kinds: Kinds) -> pd.DataFrame:
    """Return the objects that repeat another of OpenStreetMap: an area stays, then the lower id."""
    order = osm.iloc[np.lexsort((osm.index, osm.index.str.contains("-node-")))]
    left, right = order.sindex.query(order.geometry, predicate="dwithin", distance=SAME_OBJECT_M)
    later = left < right
    pairs = _compared(order.iloc[left[later]], order.iloc[right[later]], kinds)
    alike = pairs[pairs["similarity"] >= SIMILAR]
    rank = pd.Series(range(len(order)), index=order.index)
    alike = alike.assign(first=alike["duplicate_of"].map(rank), second=alike["id"].map(rank))
    gone: dict[str, int] = {}
    ordered = alike.sort_values(["first", "second"])
    for at, own, other in zip(ordered.index, ordered["id"], ordered["duplicate_of"], strict=True):
        if other not in gone:  # what is itself a double stands for nothing
            gone.setdefault(own, at)
    return alike.loc[list(gone.values())].set_index("id")[COLUMNS]
