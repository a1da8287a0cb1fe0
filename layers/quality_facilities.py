"""What the register of facilities lacks: address, capacity, operator, place, a source that is not old."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from layers.german import number
from layers.inputs import COARSE
from layers.quality_records import HIGH, KINDS, LOW, Finding, Scope
from layers.register import PRECISION_WORDS

STOPS = "haltestelle"
SITE_ONLY = frozenset({"", "Standort"})  # where the capacity is the site itself there is no number to know
OLD_YEARS = 2
BORDER_M = 100.0  # borders are drawn coarser than facilities are placed
NO_PLACE = "no_location"
Bools = NDArray[np.bool_]


def facility_findings(scope: Scope, today: date) -> Iterator[Finding]:
    """Yield what single entries of the register lack; of protected places nothing that says where they are."""
    rows = register_of(scope)
    open_place = rows["protected"].to_numpy() == ""
    site = rows["site"].to_numpy(bool) & open_place
    coarse = rows["precision"].isin(COARSE).to_numpy()
    no_street = (rows["street"] == "").to_numpy()
    yield from _lacking(scope, rows[site & no_street & coarse], "anschrift")
    yield from _lacking(scope, rows[site & no_street & ~coarse], "anschrift", LOW)
    yield from _lacking(scope, rows[site & ~no_street & coarse], "lage")
    yield from _lacking(scope, rows[rows["capacity"].isna() & ~rows["measure"].isin(SITE_ONLY)], "kapazitaet")
    yield from _lacking(scope, rows[rows["operator"] == ""], "traeger")
    yield from _lacking(scope, rows[rows["check"]], "pruefen")
    yield from _lacking(scope, rows[is_old(rows["seen"], today)], "alter")


def register_of(scope: Scope) -> pd.DataFrame:
    """Return the entries inside the Kreis, without stops and places that are kept secret, with what their kind says."""
    facilities, categories = scope.data.facilities, scope.data.categories
    rows = pd.DataFrame(facilities[facilities["inside"] & (facilities["category"] != STOPS)])
    kinds = rows["category"].map(dict(categories))
    rows = rows.assign(
        protected=[kind.protection for kind in kinds],
        site=[kind.completeness.standort for kind in kinds],
        measure=[kind.capacity for kind in kinds],
    )
    texts = [name for name in rows if isinstance(rows[name].dtype, pd.StringDtype)]
    return rows[rows["protected"] != NO_PLACE].astype(dict.fromkeys(texts, object))  # rows are read one by one


def is_old(seen: pd.Series, today: date) -> pd.Series:
    """Return which dates of sources (ISO year, month or day) are unknown or more than two years ago.

    A year or month ends with its last day: 2022 is old from the last day of 2024 on.

    >>> is_old(pd.Series(["2022", "2023", "2023-10", ""]), date(2025, 11, 25)).tolist()
    [True, False, True, True]
    """
    last_day = seen.where(seen.str.len() != 4, seen + "-12-31").where(seen.str.len() != 7, seen + "-31")
    limit = f"{today.year - OLD_YEARS}-{today:%m-%d}"
    return (seen == "") | (last_day < limit)


FOUND: Mapping[str, Callable[[Any], str]] = {
    "anschrift": lambda row: f"Lage bekannt auf: {PRECISION_WORDS[row.precision]}",
    "lage": lambda row: f"{row.street}, {row.place}: {PRECISION_WORDS[row.precision]}",
    "kapazitaet": lambda row: f"fehlt: {row.measure}",
    "traeger": lambda row: "kein Träger",
    "pruefen": lambda row: row.note or "als zweifelhaft vermerkt",
    "alter": lambda row: (
        f"Quelle von {row.seen[:4]}" + (" (geschätzt)" if row.seen_estimated else "")
        if row.seen
        else "Quelle ohne Jahr"
    ),
}


def _lacking(scope: Scope, rows: pd.DataFrame, kind: str, severity: int = 0) -> Iterator[Finding]:
    tell = FOUND[kind]
    for row in rows.itertuples():
        yield of_facility(scope, row, kind, tell(row), severity=severity)


def of_facility(scope: Scope, row: Any, kind: str, found: str, *, severity: int = 0, other: str = "") -> Finding:
    """Return a finding about one row (``itertuples``) of the register."""
    values = row._asdict()
    category = scope.data.categories[values["category"]]
    gemeinden = (str(values["ags"]),) if isinstance(values["ags"], str) else ()
    return Finding(
        kind,
        severity or KINDS[kind].severity,
        str(values["name"]),
        found,
        KINDS[kind].remedy,
        scope.office_key(scope.office_of(kind, category.id), gemeinden),
        area=next(iter(gemeinden), ""),
        gemeinden=gemeinden,
        facility=str(values["Index"]),
        other=other,
        category=category.id,
        handlungsfelder=category.handlungsfelder,
    )


def place_findings(scope: Scope) -> Iterator[Finding]:
    """Yield entries (and stops) whose point lies outside the Kreis or in another Gemeinde than they say."""
    facilities = scope.data.facilities
    open_place = facilities["category"].map({c.id: c.protection == "" for c in scope.data.categories.values()})
    rows = facilities[facilities["inside"] & open_place.astype(bool) & ~facilities.geometry.is_empty]
    rows = rows[rows.geometry.notna()]
    points = rows.geometry.to_numpy()
    beyond = _metres_off(points, np.full(len(rows), scope.data.kreis.geometry.iloc[0]))
    own = scope.data.gemeinden.geometry.reindex(rows["ags"]).to_numpy()
    astray = _metres_off(points, own)
    unknown = ~rows["ags"].isin(scope.data.gemeinden.index).to_numpy()
    actual = _gemeinde_at(scope, points)
    for row, far in zip(rows[beyond > BORDER_M].itertuples(), beyond[beyond > BORDER_M], strict=True):
        yield of_facility(scope, row, "ausserhalb", f"{number(far)} m außerhalb des Landkreises")
    wrong = (unknown | (astray > BORDER_M)) & (beyond <= BORDER_M)
    for row, far, here in zip(rows[wrong].itertuples(), astray[wrong], actual[wrong], strict=True):
        yield of_facility(scope, row, "gemeinde", _told(scope, str(row.ags), far, here))


def _told(scope: Scope, said: str, far: float, here: str) -> str:
    place = scope.names.get(here, "keiner Gemeinde des Landkreises")
    if said not in scope.names:
        return f"eingetragen: {said} (kein Schlüssel dieses Landkreises), liegt in {place}"
    return f"eingetragen: {scope.names[said]}, liegt in {place}, {number(far)} m daneben"


def _metres_off(points: NDArray[np.object_], areas: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return how far each point lies outside its area, 0 inside, NaN without an area."""
    shapely.prepare(areas)
    inside = shapely.covers(areas, points)
    metres = np.zeros(len(points))
    metres[~inside] = shapely.distance(areas[~inside], points[~inside])
    return metres


def _gemeinde_at(scope: Scope, points: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the Gemeinde that each point lies in, empty outside of all."""
    tree = shapely.STRtree(scope.data.gemeinden.geometry.to_numpy())
    at, area = tree.query(points, predicate="covered_by")
    found = np.full(len(points), "", object)
    found[at] = scope.data.gemeinden.index.to_numpy()[area]
    return found


def register_findings(scope: Scope) -> Iterator[Finding]:
    """Yield the kinds of facilities whose register is judged incomplete, with the number that is expected."""
    facilities = scope.data.facilities
    counts = facilities.loc[facilities["inside"], "category"].value_counts()
    for category in scope.data.categories.values():
        done = category.completeness
        if done.usable:
            continue
        known = int(counts.get(category.id, 0))
        expected = f"erwartet: {done.expected_text or 'unbekannt'}"
        short = done.expected is not None and known < done.expected
        yield Finding(
            "unvollstaendig",
            HIGH if short else KINDS["unvollstaendig"].severity,
            category.plural,
            f"{number(known) if known else 'keine'} erfasst, {expected}",
            f"Einlesen: {done.missing_source}.",
            scope.office_key(scope.office_of("unvollstaendig", category.id), ()),
            gemeinden=tuple(key for key in done.gap_ags if key in scope.names),
            category=category.id,
            handlungsfelder=category.handlungsfelder,
        )
