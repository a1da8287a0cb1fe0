"""What a reader chose on the page of profiles; the URL holds all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from layers.atlas import Atlas
from layers.portrait import LEVELS
from views.components import query


@dataclass(frozen=True)
class PortraitState:
    """One state of the page: whose profile, and beside whom it is set."""

    level: str = "gemeinde"
    area: str = ""
    compare: str = ""


PARSERS: query.Parsers = {
    "level": query.one_of(*LEVELS),
    "area": query.short_text,
    "compare": query.short_text,
}


def read_parts(given: Mapping[str, object]) -> tuple[PortraitState, list[str]]:
    """Return the state made of named parts and a notice for every bad one."""
    return query.read_parts(given, PortraitState(), PARSERS)


def read_query(text: str) -> tuple[PortraitState, list[str]]:
    """Return the state in a query string and a notice for every part that could not be used."""
    return query.read_query(text, PortraitState(), PARSERS)


def settle(state: PortraitState, atlas: Atlas) -> tuple[PortraitState, list[str]]:
    """Return the state with parts that the data do not know left out, and a notice for each.

    The level follows the area: a link needs the area alone.
    """
    notices = []
    if state.area:
        level = next((level for level in (state.level, *LEVELS) if state.area in atlas.areas(level).index), "")
        if not level:
            notices.append(f"Das Gebiet „{state.area[:40]}“ gibt es nicht.")
        state = replace(state, level=level or state.level, area=state.area if level else "")
    if state.compare and (why := _no_comparison(state, atlas)):
        notices.append(why)
        state = replace(state, compare="")
    return state, notices


def _no_comparison(state: PortraitState, atlas: Atlas) -> str:
    if not state.area:
        return "Zum Vergleichen zuerst ein Gebiet wählen."
    if state.compare == state.area:
        return "Ein Gebiet lässt sich nicht mit sich selbst vergleichen."
    if state.compare not in atlas.areas(state.level).index:
        return f"Das Vergleichsgebiet „{state.compare[:40]}“ gibt es auf dieser Ebene nicht."
    return ""


def on_level(state: PortraitState, level: str, atlas: Atlas) -> PortraitState:
    """Return the state on another level: the Sozialraum around a Gemeinde, the largest Gemeinde of a Sozialraum."""
    gemeinden = atlas.data.gemeinden
    if state.area in atlas.areas(level).index:
        return PortraitState(level, state.area)
    if level == "sozialraum" and state.area in gemeinden.index:
        return PortraitState(level, str(gemeinden.loc[state.area, "sozialraum"]))
    members = gemeinden[gemeinden["sozialraum"] == state.area]
    return PortraitState(level, str(members["population"].idxmax()) if len(members) else "")
