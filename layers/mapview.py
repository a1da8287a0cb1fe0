"""What one map shows: classes, colours, legend, ranking. The same for screen, table, export and print."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from geodata import catalog
from geodata.model import State
from layers.atlas import Atlas, Layer
from layers.classify import OPEN_BELOW, Classes, Ground, classify
from layers.german import STATE_WORDS, number, printed, signed_value
from layers.keys import IndicatorKey
from layers.palette import NO_DATA, class_colours

HATCHED = frozenset({State.UNRELIABLE, State.SUPPRESSED_PRIMARY, State.SUPPRESSED_SECONDARY})
SUPPRESSED = frozenset({State.SUPPRESSED_PRIMARY, State.SUPPRESSED_SECONDARY})


@dataclass(frozen=True)
class LegendEntry:
    """One line of the legend; ``kind`` is class, unreliable, suppressed or none."""

    colour: str
    label: str
    count: int
    kind: str


@dataclass(frozen=True, eq=False)
class MapView:
    """One map: ``colours`` per class; ``rows`` per area.

    ``rows`` has name, value, state, base, reason, shown, class_, colour, hatched, rank, and is sorted by rank (the
    greatest load first, or the greatest value where neither is load), areas without a value last, by name.
    """

    layer: Layer
    classes: Classes
    colours: list[str]
    rows: pd.DataFrame
    legend: tuple[LegendEntry, ...]

    @property
    def is_count(self) -> bool:
        """True for absolute numbers: circles show them, as a coloured area would say more than they can bear."""
        text = self.layer.text
        return text.additive and not text.unit and self.layer.level != "kreis" and self.has_values

    @property
    def has_values(self) -> bool:
        """True where at least one area has a value."""
        return bool(self.rows["value"].notna().any())


@lru_cache(maxsize=512)
def build_map_view(
    atlas: Atlas,
    level: str,
    key: IndicatorKey,
    *,
    scheme: str = "quantile",
    k: int = 5,
    period: str | None = None,
) -> MapView:
    """Return the map of one indicator; classes are formed on the values as they are printed. Kept: do not change it."""
    layer = atlas.layer(level, key, period)
    text = layer.text
    classes = classify(layer.values, scheme, k, decimals=text.decimals, ground=_ground(atlas, layer, scheme))
    colours = class_colours(len(classes.bins), classes.scheme, text.direction) if classes.bins else []
    rows = _rows(atlas, layer, classes, colours)
    return MapView(layer, classes, colours, rows, _legend(rows, classes, colours))


def _ground(atlas: Atlas, layer: Layer, scheme: str) -> Ground:
    """Return what the limits of a scheme rest on besides the values of this map."""
    if scheme == "fest":
        return Ground(fixed=catalog.fixed_breaks(str(layer.key), layer.level))
    if scheme == "jahre" and len(periods := atlas.periods(layer.key)) > 1:
        tables = [atlas.table(layer.level, layer.key, period)["value"] for period in periods]
        return Ground(pool=pd.concat(tables, ignore_index=True))
    if layer.text.additive:
        return Ground()
    if scheme == "land":
        return Ground(reference=atlas.current.statistics.land_value(layer.key.id, layer.text.stand))
    kreis = layer.kreis["value"]
    return Ground(reference=float(kreis) if pd.notna(kreis) else None)


def _rows(atlas: Atlas, layer: Layer, classes: Classes, colours: list[str]) -> pd.DataFrame:
    text = layer.text
    rows = layer.table.copy()
    rows.insert(0, "name", atlas.areas(layer.level)["name"])
    rows["shown"] = [
        signed_value(value, state, text.decimals, text.unit)
        for value, state in zip(rows["value"], rows["state"], strict=True)
    ]
    rows["class_"] = classes.of
    rows["colour"] = [colours[c] if c >= 0 else NO_DATA for c in classes.of]
    rows["hatched"] = rows["state"].isin(HATCHED)
    rows["rank"] = printed(rows["value"], text.decimals).rank(method="min", ascending=text.direction > 0)
    return rows.sort_values(["rank", "name"], na_position="last")


def _legend(rows: pd.DataFrame, classes: Classes, colours: list[str]) -> tuple[LegendEntry, ...]:
    entries = [
        LegendEntry(colour, label, count, "class")
        for colour, label, count in zip(colours, class_labels(classes), classes.counts, strict=True)
    ]
    unsure = int((rows["state"] == State.UNRELIABLE).sum())
    hidden = int(rows["state"].isin(SUPPRESSED).sum())
    none = int(rows["value"].isna().sum()) - hidden
    if unsure:
        entries.append(LegendEntry(NO_DATA, "unsicher, in Klammern", unsure, "unreliable"))
    if hidden:
        entries.append(LegendEntry(NO_DATA, "geheim", hidden, "suppressed"))
    if none:
        entries.append(LegendEntry(NO_DATA, "keine Angabe", none, "none"))
    return tuple(entries)


def class_labels(classes: Classes) -> list[str]:
    """Return one label per class; each class reaches from above the limit before it up to its own limit."""
    shown = [number(limit, classes.decimals) for limit in classes.bins if limit != float("inf")]
    lowest = number(classes.lowest, classes.decimals)
    labels = []
    for i, limit in enumerate(classes.bins):
        if limit == float("inf"):
            labels.append(f"über {shown[i - 1]}")
        elif i:
            labels.append(f"über {shown[i - 1]} bis {shown[i]}")
        elif classes.scheme in OPEN_BELOW:
            labels.append(f"bis {shown[0]}")
        else:
            labels.append(shown[0] if lowest == shown[0] else f"{lowest} bis {shown[0]}")
    return labels


def state_word(state: str) -> str:
    """Return the German word for a state."""
    return STATE_WORDS[State(state)]
