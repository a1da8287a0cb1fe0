"""What a reader chose on the map page. The URL holds all of it; nothing else does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pyproj

from geodata import catalog
from geodata.catalog import Category
from geodata.model import METRIC_CRS, WEB_CRS
from layers.atlas import Atlas
from layers.classify import K_RANGE, SCHEMES
from layers.inputs import LEVELS, modes_of
from layers.keys import STOP_THRESHOLDS, IndicatorKey, complete_key, parse_key
from layers.scenario import Scenario
from views.components import query

MAX_MINUTES = 120
AREA_PATTERN = re.compile(r"[0-9a-z-]{1,40}")
ALL_FIELDS = "ALLE"
KEY_PATTERN = re.compile(r"[A-Za-z0-9_.]{1,80}")
FACILITY_PATTERN = re.compile(r"[\w.:-]{1,80}")
SPOT_PATTERN = re.compile(r"-?\d{1,3}\.\d{1,5}_-?\d{1,2}\.\d{1,5}")
MOST_CHANGES = 20
FAR_M = 20_000  # from the Kreis
TO_METRES = pyproj.Transformer.from_crs(WEB_CRS, METRIC_CRS, always_xy=True)


@dataclass(frozen=True)
class Selection:
    """One state of the map page; the defaults are the start page."""

    handlungsfeld: str = "ZUM"
    indicator: str = "haltestelle"
    category: str = ""
    mode: str = ""
    threshold: int = 0
    second: str = ""
    level: str = "gemeinde"
    period: str = ""
    scheme: str = "quantile"
    k: int = 5
    categories: tuple[str, ...] = ()
    area: str = ""
    compare: str = ""
    closed: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    table: str = ""

    @classmethod
    def from_query(cls, text: str) -> Selection:
        """Return the selection written in ``text``; unknown or wrong parts fall back to the default."""
        return read_query(text)[0]

    @property
    def key(self) -> IndicatorKey:
        """The key of the chosen indicator, completed from the catalogue."""
        return complete_key(IndicatorKey(self.indicator, self.category, self.mode, self.threshold))


def to_query(selection: Selection) -> str:
    """Return the query string of ``selection`` without the parts that are the default.

    >>> to_query(Selection(level="kreis", categories=("kita", "hort")))
    'level=kreis&categories=kita%2Chort'
    """
    return query.to_query(selection)


def read_query(text: str) -> tuple[Selection, list[str]]:
    """Return the selection in a query string and one German notice for every part that could not be used."""
    return query.read_query(text, Selection(), PARSERS)


def read_parts(given: Mapping[str, object]) -> tuple[Selection, list[str]]:
    """Return the selection made of named parts (from the URL or from the controls) and the notices on bad ones."""
    return query.read_parts(given, Selection(), PARSERS)


PARSERS: query.Parsers = {
    "handlungsfeld": query.one_of(ALL_FIELDS, *catalog.handlungsfelder()),
    "indicator": query.one_of(*catalog.measures(), *catalog.indicators()),
    "category": query.one_of("", *catalog.categories()),
    "mode": query.one_of("", *catalog.modes()),
    "threshold": query.whole(0, max(MAX_MINUTES, *STOP_THRESHOLDS)),
    "second": query.matching(KEY_PATTERN),
    "level": query.one_of(*LEVELS),
    "period": query.matching(re.compile(r"(19|20)[0-9]{2}")),
    "scheme": query.one_of(*SCHEMES),
    "k": query.whole(*K_RANGE),
    "categories": query.categories,
    "area": query.matching(AREA_PATTERN),
    "compare": query.matching(AREA_PATTERN),
    "closed": query.names(FACILITY_PATTERN, MOST_CHANGES),
    "opened": query.names(SPOT_PATTERN, MOST_CHANGES),
    "table": query.one_of("", "ja"),
}


def settle(selection: Selection, atlas: Atlas) -> tuple[Selection, list[str]]:
    """Return ``selection`` with parts that do not fit together replaced, and a notice for each that was."""
    notices: list[str] = []
    selection = _in_its_field(selection, notices)
    selection = _settle_key(selection, atlas, notices)
    if selection.period and selection.period not in atlas.periods(selection.key):
        notices.append(f"Für {selection.period} gibt es keine eigenen Werte; gezeigt wird der neueste Stand.")
        selection = replace(selection, period="")
    selection = _settle_second(selection, atlas, notices)
    selection = _settle_scenario(selection, atlas, notices)
    index = atlas.areas(selection.level).index
    for name in ("area", "compare"):
        area = getattr(selection, name)
        if area and area not in index:
            notices.append(f"Das Gebiet „{area}“ gibt es auf dieser Ebene nicht.")
            selection = replace(selection, **{name: ""})
    return selection, notices


def _settle_second(selection: Selection, atlas: Atlas, notices: list[str]) -> Selection:
    """Return the selection with a second indicator that exists and is another one, else with none."""
    if not selection.second:
        return selection
    try:
        key = parse_key(selection.second)
    except KeyError:
        notices.append(f"Eine zweite Kennzahl „{selection.second[:40]}“ gibt es nicht; gezeigt wird nur die erste.")
        return replace(selection, second="")
    if key == selection.key:
        notices.append("Die zweite Kennzahl ist dieselbe wie die erste; gezeigt wird nur eine.")
        return replace(selection, second="")
    return replace(selection, second=str(key))


def _settle_scenario(selection: Selection, atlas: Atlas, notices: list[str]) -> Selection:
    """Return the selection with a scenario of facilities of its category only; measures without one have none."""
    if not (selection.closed or selection.opened):
        return selection
    if not selection.category:
        notices.append("Ein Szenario gibt es nur bei Kennzahlen zu einer Einrichtungsart; es wurde weggelassen.")
        return replace(selection, closed=(), opened=())
    if not atlas.categories[selection.category].completeness.usable:
        notices.append("Für diese Einrichtungsart ist der Bestand zu unvollständig für ein Szenario; es fehlt hier.")
        return replace(selection, closed=(), opened=())
    known = atlas.inputs.supply[selection.category].index
    closed = tuple(key for key in selection.closed if key in known)
    opened = tuple(spot for spot in selection.opened if _is_near(spot, atlas))
    if len(closed) + len(opened) < len(selection.closed) + len(selection.opened):
        notices.append("Ein Teil des Szenarios passt nicht zu dieser Einrichtungsart oder liegt fern; er fehlt hier.")
    return replace(selection, closed=closed, opened=opened)


def _is_near(spot: str, atlas: Atlas) -> bool:
    x, y = spot_metres(spot)
    west, south, east, north = atlas.data.kreis.total_bounds
    return bool(west - FAR_M <= x <= east + FAR_M and south - FAR_M <= y <= north + FAR_M)


def spot_metres(spot: str) -> tuple[float, float]:
    """Return x and y (EPSG:25832, whole metres) of a place written as degrees, "lon_lat"."""
    x, y = TO_METRES.transform(*map(float, spot.split("_")))
    return float(round(x)), float(round(y))


def scenario_of(selection: Selection) -> Scenario:
    """Return the scenario of a settled selection; an empty one where it has none."""
    return Scenario(selection.category, selection.closed, tuple(spot_metres(spot) for spot in selection.opened))


def narrow(selection: Selection) -> Selection:
    """Return ``selection`` inside its Handlungsfeld: what does not belong to it is replaced by its first choice."""
    allowed = indicators_of(selection.handlungsfeld)
    if selection.indicator not in allowed:
        return replace(selection, indicator=allowed[0], category="", mode="", threshold=0)
    measure = catalog.measures().get(selection.indicator)
    asks = measure is not None and measure.needs_category and selection.category
    if asks and selection.category not in categories_of(selection.handlungsfeld):
        return replace(selection, category="", mode="", threshold=0)
    return selection


def _in_its_field(selection: Selection, notices: list[str]) -> Selection:
    """Widen the Handlungsfeld where a link asks for something outside it: what it asks for is shown, not replaced."""
    if narrow(selection) == selection:
        return selection
    name = catalog.handlungsfelder()[selection.handlungsfeld].name
    notices.append(f"Die Auswahl gehört nicht zum Handlungsfeld {name}; gezeigt werden alle Handlungsfelder.")
    return replace(selection, handlungsfeld=ALL_FIELDS)


def _settle_key(selection: Selection, atlas: Atlas, notices: list[str]) -> Selection:
    measure = catalog.measures().get(selection.indicator)
    if measure is None or not measure.needs_category:
        threshold = _stop_threshold(selection.threshold, notices) if selection.indicator == "haltestelle" else 0
        return replace(selection, category="", mode="", threshold=threshold)
    category = selection.category or first_complete(categories_of(selection.handlungsfeld), atlas.categories)
    mode = _known_mode(selection.mode, atlas, notices) if measure.needs_mode else ""
    threshold = selection.threshold if measure.needs_threshold else 0
    if threshold > MAX_MINUTES:
        notices.append(f"Die Schwelle {threshold} ist zu groß; gezeigt werden {MAX_MINUTES} Minuten.")
    key = complete_key(IndicatorKey(selection.indicator, category, mode, min(threshold, MAX_MINUTES)))
    return replace(selection, category=category, mode=key.mode, threshold=key.threshold)


def _known_mode(mode: str, atlas: Atlas, notices: list[str]) -> str:
    """Return a mode that the district has the data for, empty for the default."""
    if not mode or mode in modes_of(atlas.data):
        return mode
    lacking = {"wegenetz": "das Wegenetz", "fahrplan": "der Fahrplan"}[catalog.modes()[mode].needs]
    notices.append(f"Für „{catalog.modes()[mode].name}“ fehlt im Datensatz {lacking}; gezeigt wird ein anderes.")
    return ""


def _stop_threshold(threshold: int, notices: list[str]) -> int:
    if threshold and threshold not in STOP_THRESHOLDS:
        notices.append(f"Die Schwelle {threshold} m gibt es bei Haltestellen nicht; gezeigt werden 600 m.")
    return threshold if threshold in STOP_THRESHOLDS else 600


def start_of(atlas: Atlas) -> Selection:
    """Return what the page asks first: who gets to a doctor without a car, where there is a timetable to answer it."""
    if atlas.data.timetable is None:
        return Selection()
    return Selection(indicator="ohne_auto", category="hausarzt", threshold=30)


def compact(selection: Selection) -> Selection:
    """Return ``selection`` without the mode and threshold that its indicator has anyway, for a short address."""
    for part in ({"threshold": 0}, {"mode": ""}):
        shorter = replace(selection, **part)
        if shorter.key == selection.key:
            selection = shorter
    return selection


def categories_of(handlungsfeld: str) -> list[str]:
    """Return the facility categories of a Handlungsfeld in catalogue order."""
    categories = catalog.categories().values()
    return [c.id for c in categories if handlungsfeld == ALL_FIELDS or handlungsfeld in c.handlungsfelder]


def first_complete(categories: list[str], known: Mapping[str, Category]) -> str:
    """Return the first category whose register is complete enough, else the first one."""
    complete = [c for c in categories if known[c].completeness.usable and c != "haltestelle"]
    return (complete or categories)[0]


def indicators_of(handlungsfeld: str) -> list[str]:
    """Return measures and catalogue indicators of a Handlungsfeld, those with data first."""
    has_categories = bool(categories_of(handlungsfeld))
    measures = [
        m.id
        for m in catalog.measures().values()
        if (has_categories if m.needs_category else _belongs(m.handlungsfelder, handlungsfeld))
    ]
    indicators = [i.id for i in catalog.indicators().values() if _belongs(i.handlungsfelder, handlungsfeld)]
    return measures + indicators


def _belongs(handlungsfelder: tuple[str, ...], handlungsfeld: str) -> bool:
    return handlungsfeld == ALL_FIELDS or handlungsfeld in handlungsfelder
