"""What a reader chose on the page of time; the URL holds all of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from geodata import catalog
from layers.atlas import Atlas
from layers.classify import K_RANGE, SCHEMES
from layers.inputs import LEVELS
from layers.keys import IndicatorKey
from layers.series import area_choices, can_be_averaged, default_areas
from layers.timeline import known_years
from views.components import query

ALL_FIELDS = "ALLE"
MOST_AREAS = 6
SERIES, MAP, SMALL = "reihe", "karte", "bilder"
VIEWS = {SERIES: "Verlauf", MAP: "Karte durch die Jahre", SMALL: "Kleine Karten"}
OVER_YEARS = {key: SCHEMES[key] for key in ("quantile", "gleich", "jenks", "rund")}
AREA = re.compile(r"[0-9A-Za-z-]{1,40}")
FIRST = "ARB02"


@dataclass(frozen=True)
class TimeState:
    """One state of the page; empty parts are settled: first indicator, newest year, areas that stand out."""

    handlungsfeld: str = ALL_FIELDS
    indicator: str = ""
    level: str = "gemeinde"
    view: str = SERIES
    areas: tuple[str, ...] = ()
    mean: str = ""
    year: str = ""
    scheme: str = "quantile"
    k: int = 5

    @property
    def key(self) -> IndicatorKey:
        """The key of the indicator."""
        return IndicatorKey(self.indicator)


PARSERS: query.Parsers = {
    "handlungsfeld": query.one_of(ALL_FIELDS, *catalog.handlungsfelder()),
    "indicator": query.one_of("", *catalog.indicators()),
    "level": query.one_of(*LEVELS),
    "view": query.one_of(*VIEWS),
    "areas": query.names(AREA, MOST_AREAS),
    "mean": query.one_of("", "ja"),
    "year": query.matching(re.compile(r"(19|20)[0-9]{2}")),
    "scheme": query.one_of(*OVER_YEARS),
    "k": query.whole(*K_RANGE),
}


def read_parts(given: Mapping[str, object]) -> tuple[TimeState, list[str]]:
    """Return the state made of named parts and a notice for every bad one."""
    return query.read_parts(given, TimeState(), PARSERS)


def read_query(text: str) -> tuple[TimeState, list[str]]:
    """Return the state in a query string and a notice for every part that could not be used."""
    return query.read_query(text, TimeState(), PARSERS)


def indicators_in(handlungsfeld: str) -> list[str]:
    """Return the indicators of the catalogue that belong to a Handlungsfeld."""
    every = catalog.indicators().values()
    return [each.id for each in every if handlungsfeld == ALL_FIELDS or handlungsfeld in each.handlungsfelder]


def first_indicator(atlas: Atlas, handlungsfeld: str) -> str:
    """Return the indicator of a Handlungsfeld to begin with: unemployment where it has years, else the longest series.

    One without any years where the Handlungsfeld has no others.
    """
    known = indicators_in(handlungsfeld)
    if FIRST in known and len(atlas.periods(IndicatorKey(FIRST))) > 1:
        return FIRST
    return max(known, key=lambda key: len(atlas.periods(IndicatorKey(key))), default=FIRST)


def settle(state: TimeState, atlas: Atlas) -> tuple[TimeState, list[str]]:
    """Return the state with parts that do not fit the data replaced, and a notice for each that was."""
    notices: list[str] = []
    if not state.indicator:
        state = replace(state, indicator=first_indicator(atlas, state.handlungsfeld))
    if state.indicator not in indicators_in(state.handlungsfeld):
        name = catalog.handlungsfelder()[state.handlungsfeld].name
        notices.append(f"Die Kennzahl gehört nicht zum Handlungsfeld {name}; gezeigt werden alle Handlungsfelder.")
        state = replace(state, handlungsfeld=ALL_FIELDS)
    if state.mean and not can_be_averaged(atlas, state.key):
        notices.append("Ein Mehrjahresmittel gibt es nur, wo Zähler und Nenner bekannt sind; gezeigt sind Einzeljahre.")
        state = replace(state, mean="")
    years = known_years(atlas, state.level, state.key)
    if state.year and years and not years[0] <= state.year <= years[-1]:
        notices.append(f"Für {state.year} gibt es keine Karte; gezeigt wird {years[-1]}.")
        state = replace(state, year="")
    return _settle_areas(state, atlas, notices), notices


def _settle_areas(state: TimeState, atlas: Atlas, notices: list[str]) -> TimeState:
    """Return the state with areas of its level only; those it would show anyway are not named."""
    known = area_choices(atlas, state.level, state.key)
    here = tuple(area for area in state.areas if area in known)
    if len(here) < len(state.areas):
        notices.append("Ein gewähltes Gebiet gibt es auf dieser Ebene nicht; es fehlt hier.")
    return replace(state, areas=() if here == default_areas(atlas, state.level, state.key) else here)


def shown_areas(state: TimeState, atlas: Atlas) -> dict[str, str]:
    """Return the areas of the chart by key with their names."""
    names = area_choices(atlas, state.level, state.key)
    return {area: names[area] for area in state.areas or default_areas(atlas, state.level, state.key)}


def shown_year(state: TimeState, years: tuple[str, ...]) -> str:
    """Return the year of the map: the one chosen, else the newest; empty without any."""
    return state.year or (years[-1] if years else "")


def follow(state: TimeState, before: TimeState, trigger: str, atlas: Atlas) -> TimeState:
    """Return what the reader means by the control that was moved; what was left to the page follows it.

    Another Handlungsfeld takes its own first indicator; another level or indicator keeps the areas that it knows and
    the year, where they were chosen.
    """
    if trigger == "handlungsfeld" and state.indicator not in indicators_in(state.handlungsfeld):
        state = replace(state, indicator=first_indicator(atlas, state.handlungsfeld))
    if trigger == "areas":
        return replace(state, year=before.year)
    years = known_years(atlas, state.level, state.key)
    known = area_choices(atlas, state.level, state.key)
    return replace(
        state,
        areas=tuple(area for area in before.areas if area in known),
        year=before.year if years and years[0] <= before.year <= years[-1] else "",
        mean=state.mean if can_be_averaged(atlas, state.key) else "",
    )
