"""What a build would change in a dataset, as German lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from geodata import dataset
from geodata.model import GeoData, GeoDataError

SHOWN = 5  # names per list
LEAST_PEOPLE = 0.5


def describe_changes(old: Path, new: Path) -> list[str]:
    """Return one line per difference between the dataset in ``old`` (which may be missing) and the one in ``new``."""
    fresh = dataset.read_dataset.__wrapped__(new)
    if not old.is_dir():
        return [f"Neuer Datensatz {fresh.ags} {fresh.name}; bisher gibt es keinen in {old}.", *_summary(fresh)]
    try:
        known = dataset.read_dataset.__wrapped__(old)
    except GeoDataError as error:
        return [f"Der Datensatz in {old} ist nicht lesbar und würde ersetzt: {error}", *_summary(fresh)]
    lines = [*_layers(known, fresh), *_facilities(known, fresh), *_people(known, fresh), *_ways(known, fresh)]
    return [f"Änderungen an {old}:", *lines] if lines else [f"Keine Änderung an {old}."]


def _summary(data: GeoData) -> Iterator[str]:
    people, inside = data.demand["population"].sum(), int(data.facilities["inside"].sum())
    yield f"  {len(data.gemeinden)} Gemeinden, {people:.0f} Menschen an {len(data.demand)} Punkten"
    yield f"  {inside} Einrichtungen und Halte im Kreis, {len(data.facilities)} mit Umland"
    for mode, network in data.networks.items():
        off = 100 * data.provenance.get("off_network", {}).get(mode, 0.0)
        size = f"{len(network.x)} Knoten, {len(network.head)} Kanten"
        yield f"  Wegenetz {mode}: {size}; {off:.1f} % der Menschen wohnen weiter als 500 m davon"
    if data.timetable is not None:
        yield f"  Fahrplan: {data.timetable.day:%d.%m.%Y}, {len(data.timetable.departure)} Fahrten von Halt zu Halt"


def _layers(known: GeoData, fresh: GeoData) -> Iterator[str]:
    before, after = known.provenance["layers"], fresh.provenance["layers"]
    for name in sorted(before.keys() | after.keys()):
        if name not in before:
            yield f"  Ebene {name}: neu, {after[name]['rows']} Zeilen"
        elif name not in after:
            yield f"  Ebene {name}: fiele weg ({before[name]['rows']} Zeilen)"
        elif before[name]["sha256"] != after[name]["sha256"]:
            yield f"  Ebene {name}: {before[name]['rows']} → {after[name]['rows']} Zeilen, Inhalt geändert"


def _facilities(known: GeoData, fresh: GeoData) -> Iterator[str]:
    before, after = known.facilities, fresh.facilities
    for title, rows in (
        ("kämen hinzu", after[~after.index.isin(before.index)]),
        ("fielen weg", before[~before.index.isin(after.index)]),
    ):
        if len(rows):
            kinds = ", ".join(f"{kind} {count}" for kind, count in rows["category"].value_counts().head(SHOWN).items())
            yield f"  Einrichtungen: {len(rows)} {title} ({kinds}), zum Beispiel {_some(rows['name'])}"


def _some(names: pd.Series) -> str:
    return ", ".join(names.head(SHOWN)) + (" …" if len(names) > SHOWN else "")


def _people(known: GeoData, fresh: GeoData) -> Iterator[str]:
    before, after = known.gemeinden["population"], fresh.gemeinden["population"]
    if gone := sorted(set(before.index) ^ set(after.index)):
        yield f"  Gemeinden: andere als bisher ({', '.join(gone[:SHOWN])})"
    both = before.index.intersection(after.index)
    changed = (after[both] - before[both])[(after[both] - before[both]).abs() > LEAST_PEOPLE]
    if len(changed):
        yield f"  Einwohner: {len(changed)} Gemeinden mit anderer Zahl, zusammen {changed.sum():+.0f}"
    spots = len(known.demand), len(fresh.demand)
    if spots[0] != spots[1]:
        yield f"  Wo Menschen wohnen: {spots[0]} → {spots[1]} Punkte"


def _ways(known: GeoData, fresh: GeoData) -> Iterator[str]:
    for mode in sorted(known.networks.keys() | fresh.networks.keys()):
        sizes = [data.networks.get(mode) for data in (known, fresh)]
        counts = [0 if network is None else len(network.x) for network in sizes]
        if counts[0] != counts[1]:
            yield f"  Wegenetz {mode}: {counts[0]} → {counts[1]} Knoten"
    days = [None if data.timetable is None else data.timetable for data in (known, fresh)]
    texts = ["keiner" if day is None else f"{day.day:%d.%m.%Y}, {len(day.departure)} Fahrten" for day in days]
    if texts[0] != texts[1]:
        yield f"  Fahrplan: {texts[0]} → {texts[1]}"
    if (known.basemap is None) != (fresh.basemap is None):
        yield "  Grundkarte: " + ("käme hinzu" if fresh.basemap else "fiele weg")
