"""Entries of the register that may be one facility twice, found through names, addresses and nearness.

Two entries of one kind are candidates where they share what is left of their names in one place, share an address, or
stand within 100 m of each other. A candidate is dropped where something speaks against it: other numbers in the names,
two different addresses, two exact points far from each other, or, for kinds of which several share a house (practices,
shops), names that are not alike. Thresholds and words are own settings [E], tuned on real registers.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from layers.quality_facilities import of_facility, register_of
from layers.quality_names import address_of, branch_of, cores, similar, words_of
from layers.quality_records import Finding, Scope

NEAR_M = 100.0
APART_M = {"address": 300.0, "stop": 1000.0}  # two entries of one facility are not farther from each other
MOST_ALIKE = 12  # a word that so many of one kind in one Gemeinde bear tells nothing
# Several of these rarely share a house: the same kind at the same address is one facility under two names.
SCHOOLS = {"grundschule", "regelschule", "gemeinschaftsschule", "gymnasium", "foerderzentrum", "musikschule"}
ALONE = frozenset({"kita", "hort", "jugendtreff", "bibliothek", "familienzentrum", "mgh", "behoerde", "jobcenter"})
ALONE |= SCHOOLS | {"apotheke", "krankenhaus", "rettungswache", "pflegeheim", "tafel", "feuerwehr"}
# Fields of one ground bear one name: only what lies upon another is the same.
FIELDS, UPON_M = frozenset({"sport", "spielplatz"}), 10.0
SAME_NAME, SAME_ADDRESS, NEAR = "gleicher Name am Ort", "gleiche Anschrift", "ähnlicher Name in der Nähe"


def duplicate_findings(scope: Scope) -> Iterator[Finding]:
    """Yield one finding per pair of entries that may be one facility."""
    rows = register_of(scope)
    rows = rows[rows["site"].astype(bool) & (rows["protected"] == "")].sort_index(kind="stable")
    rows = rows.assign(kind=rows["category"].map({key: item.name for key, item in scope.data.categories.items()}))
    pairs = duplicate_pairs(rows, scope.data.gemeinden["name"])
    table: list[Any] = list(rows.itertuples())
    for (one, other), (reason, metres) in pairs.items():
        twin = table[other]
        place = f", {twin.street}" if twin.street else ""
        away = f", {round(metres)} m entfernt" if not np.isnan(metres) else ""
        found = f"{reason}: {twin.name}{place} ({twin.Index}{away})"
        yield of_facility(scope, table[one], "dublette", found, other=str(twin.Index))


def duplicate_pairs(rows: pd.DataFrame, gemeinden: pd.Series) -> dict[tuple[int, int], tuple[str, float]]:
    """Return pairs of positions in ``rows`` with the reason and the metres between them, NaN where not known exactly.

    ``gemeinden``: names by key. ``kind`` is the name of the category: an entry that is called so has no name.
    """
    points = rows["geometry"].to_numpy()
    rows = rows.assign(name=rows["name"].where(rows["name"] != rows["kind"], ""))
    frame = pd.DataFrame(
        {
            "category": rows["category"].to_numpy(),
            "ags": rows["ags"].to_numpy(),
            "place": [frozenset(words_of(place)) for place in rows["place"]],
            "words": [frozenset(words_of(name)) for name in rows["name"]],
            "core": cores(rows, gemeinden),
            "branch": [branch_of(name) for name in rows["name"]],
            "address": [address_of(street) for street in rows["street"]],
            "apart": rows["precision"].map(APART_M).where(rows["geometry"].notna()).to_numpy(float),
            "x": shapely.get_x(points),
            "y": shapely.get_y(points),
        }
    )
    entries = list(frame.itertuples(index=False))
    found: dict[tuple[int, int], tuple[str, float]] = {}
    for reason, candidates in (
        (SAME_ADDRESS, _same_address(frame)),
        (NEAR, _near(frame, points)),
        (SAME_NAME, _same_name(frame)),
    ):
        for one, other in candidates:
            if (one, other) not in found and _may_be_one(entries[one], entries[other], reason):
                found[one, other] = reason, _metres(entries[one], entries[other])
    return dict(sorted(found.items()))


def _same_name(frame: pd.DataFrame) -> Iterator[tuple[int, int]]:
    """Yield pairs of one kind and Gemeinde that share a word that tells them apart, or only that of their place."""
    told = [list(core or place) or [""] for core, place in zip(frame["core"], frame["place"], strict=True)]
    words = frame[["category", "ags"]].assign(word=pd.Series(told, frame.index)).explode("word")
    yield from _pairs_within(words, ["category", "ags", "word"])


def _same_address(frame: pd.DataFrame) -> Iterator[tuple[int, int]]:
    yield from _pairs_within(frame[frame["address"].notna()], ["category", "ags", "address"])


def _pairs_within(frame: pd.DataFrame, columns: list[str]) -> Iterator[tuple[int, int]]:
    for numbers in frame.groupby(columns, sort=False).groups.values():
        if 2 <= len(numbers) <= MOST_ALIKE:
            yield from itertools.combinations(sorted(int(number) for number in numbers), 2)


def _near(frame: pd.DataFrame, points: NDArray[np.object_]) -> Iterator[tuple[int, int]]:
    """Yield pairs of one kind within NEAR_M whose points are exact; entries placed on their town stand all at one."""
    for numbers in frame[frame["apart"].notna()].groupby("category", sort=False).groups.values():
        own = np.asarray(numbers)
        here, there = shapely.STRtree(points[own]).query(points[own], predicate="dwithin", distance=NEAR_M)
        yield from ((int(own[a]), int(own[b])) for a, b in zip(here, there, strict=True) if a < b)


def _may_be_one(one: Any, other: Any, reason: str) -> bool:
    """Return whether nothing speaks against two entries (rows of the frame) being one facility."""
    most = UPON_M if one.category in FIELDS else max(one.apart, other.apart)
    if _metres(one, other) > most or one.branch != other.branch:
        return False
    if one.address and other.address and one.address != other.address:
        return False
    alone = one.category in ALONE
    first, second = one.core - other.place, other.core - one.place
    if not first and not second:
        return _one_place(one, other) and (alone or (bool(one.words) and one.words == other.words))
    alike = first == second or similar(first, second)
    return (alike and (reason != SAME_NAME or _one_place(one, other))) or (reason == SAME_ADDRESS and alone)


def _one_place(one: Any, other: Any) -> bool:
    """Return whether two entries of one Gemeinde may be in one place; where one names none its name may tell."""
    if one.place and other.place:
        return bool(one.place & other.place)
    return bool(one.core or other.core) or (one.place <= other.words and other.place <= one.words)


def _metres(one: Any, other: Any) -> float:
    """Return the metres between two entries, NaN unless both points are exact."""
    if np.isnan(one.apart) or np.isnan(other.apart):
        return float("nan")
    return float(np.hypot(one.x - other.x, one.y - other.y))
