"""What a reader chose on the page of comparisons; the URL holds all of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from geodata.model import GeoDataError
from layers.atlas import Atlas
from layers.screening import LONGEST, Screen, conditions_of, parse_screen
from views.components import query
from views.components.vergleich_data import canonical, figure_of, offered, years_of

SECTIONS = {
    "rangliste": "Rangliste",
    "zusammenhang": "Zusammenhang",
    "korrelationen": "Korrelationen",
    "profil": "Profil",
    "aehnlich": "Ähnliche Gebiete",
    "suche": "Suche nach Bedingungen",
    "muster": "Räumliche Muster",
    "veraenderung": "Veränderung",
}
FIELDS: Mapping[str, tuple[str, ...]] = {
    "rangliste": ("level", "indicator", "period", "area"),
    "zusammenhang": ("level", "indicator", "second", "period", "area"),
    "korrelationen": ("level", "indicators", "method", "period"),
    "profil": ("level", "indicators", "area", "compare", "scale", "period"),
    "aehnlich": ("level", "indicators", "area", "tolerance", "period"),
    "suche": ("level", "area", "period"),
    "muster": ("level", "indicator", "period", "area"),
    "veraenderung": ("level", "indicator", "then", "period", "kind", "area"),
}
LEVELS = ("gemeinde", "sozialraum")
TOLERANCES = {
    "keine": "keine",
    "5p": "± 5 % des eigenen Werts",
    "10p": "± 10 % des eigenen Werts",
    "20p": "± 20 % des eigenen Werts",
    "50p": "± 50 % des eigenen Werts",
    "0.5s": "± eine halbe typische Streuung",
    "1s": "± eine typische Streuung",
}
USUAL_NUMBER, MOST_INDICATORS, FEWEST = 5, 12, {"korrelationen": 3, "profil": 1, "aehnlich": 1}
MOST_CONDITIONS = 6
USUAL = ("ARB02", "WOH03", "BEV02", "minuten.krankenhaus.pkw", "WOH04", "MIN01", "BEV06", "haltestelle.600", "BEV01")
USUAL_YEARS = 5
KEY = re.compile(r"[A-Za-z]\w{1,40}(\.\w{1,40}){0,3}", re.ASCII)
AREA = re.compile(r"[0-9a-z-]{1,40}")
YEAR = re.compile(r"(19|20)[0-9]{2}")


@dataclass(frozen=True)
class Comparison:
    """One state of the page. ``ansicht``: the section; ``indicator`` and ``second`` for x and y, ``indicators`` for
    several; ``then`` the earlier year; ``screen`` as ``layers.screening`` writes it.
    """

    ansicht: str = "rangliste"
    level: str = "gemeinde"
    indicator: str = ""
    second: str = ""
    indicators: tuple[str, ...] = ()
    period: str = ""
    then: str = ""
    area: str = ""
    compare: str = ""
    method: str = "pearson"
    scale: str = "z"
    kind: str = "absolut"
    tolerance: str = "20p"
    screen: str = ""

    @property
    def categories(self) -> tuple[str, ...]:
        """No facilities are drawn on the maps of this page."""
        return ()


def _screen_text(text: str) -> str:
    if len(text) > LONGEST or not text.isprintable():
        raise ValueError(text)
    return text


PARSERS: query.Parsers = {
    "ansicht": query.one_of(*SECTIONS),
    "level": query.one_of(*LEVELS),
    "indicator": query.matching(KEY),
    "second": query.matching(KEY),
    "indicators": query.names(KEY, MOST_INDICATORS),
    "period": query.matching(YEAR),
    "then": query.matching(YEAR),
    "area": query.matching(AREA),
    "compare": query.matching(AREA),
    "method": query.one_of("pearson", "spearman"),
    "scale": query.one_of("z", "prozent"),
    "kind": query.one_of("absolut", "relativ"),
    "tolerance": query.one_of(*TOLERANCES),
    "screen": _screen_text,
}


def read_parts(given: Mapping[str, object]) -> tuple[Comparison, list[str]]:
    """Return the state made of named parts and a notice for every bad one."""
    return query.read_parts(given, Comparison(), PARSERS)


def read_query(text: str) -> tuple[Comparison, list[str]]:
    """Return the state in a query string and a notice for every part that could not be used."""
    return query.read_query(text, Comparison(), PARSERS)


def settle(state: Comparison, atlas: Atlas) -> tuple[Comparison, list[str]]:
    """Return the state with what the data do not know replaced, gaps filled by what is usual, and the notices."""
    notices: list[str] = []
    state = _areas(state, atlas, notices)
    state = _indicators(state, atlas, notices)
    if state.ansicht == "suche":
        state = _screen(state, atlas, notices)
    return _years(state, atlas, notices), notices


def _areas(state: Comparison, atlas: Atlas, notices: list[str]) -> Comparison:
    areas = atlas.areas(state.level)
    for name in ("area", "compare"):
        area = getattr(state, name)
        if area and area not in areas.index:
            notices.append(f"Das Gebiet „{area}“ gibt es auf dieser Ebene nicht.")
            state = replace(state, **{name: ""})
    if state.ansicht in ("profil", "aehnlich") and not state.area:
        state = replace(state, area=str(areas["population"].astype(float).idxmax()))
    return replace(state, compare="") if state.compare == state.area else state


def _indicators(state: Comparison, atlas: Atlas, notices: list[str]) -> Comparison:
    """Return the state with indicators that have data on its level; the sections that need some get the usual ones."""
    asked = dict.fromkeys(key for key in (state.indicator, state.second, *state.indicators) if key)
    full = {"": ""} | {key: canonical(atlas, state.level, key) for key in asked}
    lost = [key for key in asked if not full[key]]
    notices += [f"Für „{key}“ gibt es auf dieser Ebene keine Werte; die Angabe wurde weggelassen." for key in lost]
    fields, usual = FIELDS[state.ansicht], usual_keys(atlas, state.level)
    first, second = full[state.indicator], full[state.second]
    several = tuple(dict.fromkeys(full[key] for key in state.indicators if full[key]))
    if "indicator" in fields and not first:
        first = next(iter(usual), "")
    if "second" in fields and (not second or second == first):
        second = next((key for key in usual if key != first), "")
    if "indicators" in fields and not several:
        several = usual[:USUAL_NUMBER]
    return replace(state, indicator=first, second=second, indicators=several)


def usual_keys(atlas: Atlas, level: str) -> tuple[str, ...]:
    """Return what a level has data on, the usual indicators first."""
    known = offered(atlas, level)
    return tuple(dict.fromkeys([*(key for key in USUAL if key in known), *known]))


def _screen(state: Comparison, atlas: Atlas, notices: list[str]) -> Comparison:
    if not state.screen:
        return state
    try:
        asked = conditions_of(parse_screen(state.screen))
        known = {each.indicator for each in asked if canonical(atlas, state.level, each.indicator) == each.indicator}
        screen = parse_screen(state.screen, known)
    except GeoDataError as error:
        notices.append(f"Die Suche ist nicht lesbar. {error}")
        return replace(state, screen="")
    if len(asked) > MOST_CONDITIONS:
        notices.append(f"Es sind höchstens {MOST_CONDITIONS} Bedingungen möglich; die Suche wurde weggelassen.")
        return replace(state, screen="")
    return replace(state, screen=str(screen))


def screen_of(state: Comparison) -> Screen | None:
    """Return the conditions of a settled state, None without any."""
    return parse_screen(state.screen) if state.screen else None


def chosen_keys(state: Comparison) -> tuple[str, ...]:
    """Return the indicators that the section of a settled state shows, each once."""
    fields = FIELDS[state.ansicht]
    if state.ansicht == "suche":
        screen = screen_of(state)
        return tuple(dict.fromkeys(each.indicator for each in conditions_of(screen))) if screen else ()
    if "indicators" in fields:
        return state.indicators
    pair = (state.indicator, state.second) if "second" in fields else (state.indicator,)
    return tuple(key for key in pair if key)


def years_for(state: Comparison, atlas: Atlas) -> tuple[str, ...]:
    """Return the years that any indicator of the section has values for, newest first."""
    years = {year for key in chosen_keys(state) for year in years_of(atlas, state.level, key)}
    return tuple(sorted(years, reverse=True))


def _years(state: Comparison, atlas: Atlas, notices: list[str]) -> Comparison:
    """Return the state with years that are there; a change runs from the earlier year to the later one."""
    years = years_for(state, atlas)
    if state.period and state.period not in years:
        notices.append(f"Für {state.period} gibt es keine eigenen Werte; gezeigt wird der neueste Stand.")
        state = replace(state, period="")
    if state.ansicht != "veraenderung":
        return state
    if len(years) < 2:
        return replace(state, then="", period="")
    return _span(state, years, atlas, notices)


def _span(state: Comparison, years: tuple[str, ...], atlas: Atlas, notices: list[str]) -> Comparison:
    now = state.period or years[0]
    then = state.then if state.then in years else ""
    if state.then and not then:
        notices.append(f"Für {state.then} gibt es keine eigenen Werte; gezeigt wird ein anderes Jahr.")
    if then == now:
        notices.append("Eine Veränderung braucht zwei verschiedene Jahre.")
    if then in ("", now):
        then = _usual_start(state, years, now, atlas)
    return replace(state, then=min(then, now), period=max(then, now))


def _usual_start(state: Comparison, years: tuple[str, ...], now: str, atlas: Atlas) -> str:
    """Return the year to compare ``now`` with: of those that share the most areas with it the one five years off."""
    has = {year: figure_of(atlas, state.level, state.indicator, year).series.notna() for year in years}
    shared = {year: int((has[year] & has[now]).sum()) for year in years if year != now}
    known = [year for year, count in shared.items() if count == max(shared.values())]
    return min(known, key=lambda year: (year > now, abs(abs(int(now) - int(year)) - USUAL_YEARS)))
