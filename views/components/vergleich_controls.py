"""The controls of the page of comparisons, named after the fields of its state, and the rows of conditions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from geodata import catalog
from layers.atlas import Atlas
from layers.describe import describe
from layers.keys import parse_key
from layers.screening import OPERATORS, Join
from layers.statistics import Statistics
from views.components.controls import LIST_SETTINGS, NEWEST, area_options, shown_if
from views.components.query import to_query
from views.components.vergleich_data import offered
from views.components.vergleich_relation import METHODS
from views.components.vergleich_screen import Row, presets
from views.components.vergleich_state import (
    FIELDS,
    LEVELS,
    MOST_CONDITIONS,
    MOST_INDICATORS,
    TOLERANCES,
    Comparison,
    years_for,
)

PATH = "/vergleich"
LEVEL_NAMES = {"gemeinde": "Gemeinden", "sozialraum": "Sozialräume"}
SCALES = {"z": "in typischen Streuungen (z)", "prozent": "in Prozent"}
KINDS = {"absolut": "absolut", "relativ": "in Prozent"}
JOINS: dict[Join, str] = {"und": "UND", "oder": "ODER"}
LABELS = {
    "level": "Ebene",
    "indicator": "Kennzahl",
    "second": "Zweite Kennzahl (senkrecht)",
    "indicators": f"Kennzahlen (höchstens {MOST_INDICATORS})",
    "method": "Verfahren",
    "then": "Von",
    "period": "Jahr",
    "area": "Gebiet hervorheben",
    "compare": "Zweites Gebiet",
    "scale": "Abstände zeigen",
    "kind": "Veränderung zeigen",
    "tolerance": "Toleranz je Kennzahl",
}
OTHER_LABELS = {
    ("zusammenhang", "indicator"): "Erste Kennzahl (waagerecht)",
    ("profil", "area"): "Gebiet",
    ("aehnlich", "area"): "Gebiet",
    ("veraenderung", "period"): "Bis",
}
SEARCHED = ("indicator", "second", "area", "compare")
CLEARED = ("area", "compare")
CHOICES = {"method": METHODS, "scale": SCALES, "kind": KINDS, "tolerance": TOLERANCES}
Options = list[dict[str, Any]]


def control_id(field: str) -> str:
    """Return the id of the control for a field of the state."""
    return f"vergleich-{field}"


def row_id(row: int, part: str) -> str:
    """Return the id of a part of a row of conditions."""
    return f"vergleich-bedingung-{row}-{part}"


def indicator_options(atlas: Atlas, level: str, extra: Sequence[str] = ()) -> Options:
    """Return what has data on a level, by theme, and ``extra`` keys that a link asks for."""
    groups = _options(atlas, atlas.current.statistics, level)
    others = [key for key in dict.fromkeys(extra) if key and key not in offered(atlas, level)]
    more = [{"value": key, "label": _name(atlas, key)} for key in others]
    return [{"group": "Aus dem Link", "items": more}, *groups] if more else groups


@lru_cache(maxsize=4)
def _options(atlas: Atlas, statistics: Statistics, level: str) -> Options:
    groups: dict[str, Options] = {}
    for key in offered(atlas, level):
        known = catalog.indicators().get(key)
        theme = known.theme if known else catalog.measures()[parse_key(key).id].group
        groups.setdefault(theme, []).append({"value": key, "label": _name(atlas, key)})
    return [{"group": theme, "items": items} for theme, items in groups.items()]


def _name(atlas: Atlas, key: str) -> str:
    """Return what an indicator is called in a list: with its key where it has a short one."""
    name = describe(atlas.inputs, parse_key(key)).name
    return f"{name} ({key})" if key in catalog.indicators() else name


def options_of(atlas: Atlas, state: Comparison, field: str) -> Options:
    """Return what can be chosen in a field of the section of a settled state."""
    if field in CHOICES:
        return [{"value": key, "label": label} for key, label in CHOICES[field].items()]
    if field == "level":
        return [{"value": key, "label": f"{LEVEL_NAMES[key]} ({len(atlas.areas(key))})"} for key in LEVELS]
    if field in ("area", "compare"):
        return area_options(atlas, state.level)
    if field in ("then", "period"):
        years = [{"value": year, "label": year} for year in years_for(state, atlas)]
        return years if state.ansicht == "veraenderung" else [{"value": NEWEST, "label": "neuester Stand"}, *years]
    return indicator_options(atlas, state.level, (state.indicator, state.second, *state.indicators))


def value_of(state: Comparison, field: str) -> Any:
    """Return the value of the control for a field of a settled state."""
    value = getattr(state, field)
    if isinstance(value, tuple):
        return list(value)
    if field == "period" and state.ansicht != "veraenderung":
        return value or NEWEST
    return value or None


def filter_column(atlas: Atlas, state: Comparison) -> list[Component]:
    """Return all controls; those that the section does not use are hidden and empty."""
    return [html.Div(_control(atlas, state, field), style=shown_if(field in FIELDS[state.ansicht])) for field in LABELS]


def _control(atlas: Atlas, state: Comparison, field: str) -> Component:
    used = field in FIELDS[state.ansicht]
    settings = {
        "id": control_id(field),
        "label": OTHER_LABELS.get((state.ansicht, field), LABELS[field]),
        "data": options_of(atlas, state, field) if used else [],
        "value": value_of(state, field) if used else None,
        "mb": "sm",
        "nothingFoundMessage": "nichts gefunden",
        **LIST_SETTINGS,
    }
    if field == "indicators":
        return dmc.MultiSelect(searchable=True, maxValues=MOST_INDICATORS, hidePickedOptions=True, **settings)
    free = field in CLEARED and (field == "compare" or state.ansicht not in ("profil", "aehnlich"))
    return dmc.Select(
        searchable=field in SEARCHED,
        clearable=free,
        allowDeselect=False,
        placeholder="keines" if free else None,
        **settings,
    )


def condition_form(atlas: Atlas, state: Comparison, rows: list[Row], first: Join) -> Component:
    """Return the rows of conditions with their buttons, and examples to start from; hidden in other sections."""
    used = state.ansicht == "suche"
    shown = max(1, len(rows)) if used else 0
    padded = [*rows, *(Row() for _ in range(MOST_CONDITIONS - len(rows)))]
    mixed = len({row.join for row in rows[1:]}) > 1
    return html.Section(
        [
            html.H2("Bedingungen"),
            *[_row(atlas, state, place, row, visible=place < shown) for place, row in enumerate(padded)],
            html.Div(_first(first), id="vergleich-zuerst-feld", style=shown_if(mixed)),
            html.Button("Bedingung hinzufügen", id="vergleich-dazu", type="button", className="btn sec"),
            html.Div(preset_links(atlas, state) if used else [], id="vergleich-beispiele", className="vg-beispiele"),
            dcc.Store(id="vergleich-zeilen", data=shown),
        ],
        className="card vg-bedingungen",
        style=shown_if(used),
        **{"aria-label": "Bedingungen"},
    )


def preset_links(atlas: Atlas, state: Comparison) -> list[Component]:
    """Return the examples that the level has data for; the rest of the state goes along."""
    links = [
        html.Li(dcc.Link(name, href=f"{PATH}?{to_query(replace(state, ansicht='suche', screen=text))}"))
        for name, text in presets(atlas, state.level).items()
    ]
    return [html.P("Beispiele:"), html.Ul(links)] if links else []


def _first(first: Join) -> Component:
    radios = [dmc.Radio(label=f"zuerst {label}", value=key) for key, label in JOINS.items()]
    return dmc.RadioGroup(
        dmc.Group(radios, gap="md", mt=4),
        id="vergleich-zuerst",
        label="UND und ODER sind gemischt. In Klammern gehört zusammen:",
        value=first,
        mb="sm",
    )


def _row(atlas: Atlas, state: Comparison, place: int, row: Row, *, visible: bool) -> Component:
    number = place + 1
    compared = [{"value": key, "label": label} for key, label in OPERATORS.items()]
    joins = [{"value": key, "label": label} for key, label in JOINS.items()]
    named = {"mb": 0, "allowDeselect": False, **LIST_SETTINGS}
    return html.Div(
        [
            dmc.Select(id=row_id(place, "join"), data=joins, value=row.join, className="vg-join",
                       style={} if place else {"visibility": "hidden"},
                       **{"aria-label": f"Verknüpfung vor Bedingung {number}"}, **named),
            dmc.Select(id=row_id(place, "indicator"), value=row.indicator or None, searchable=True,
                       data=indicator_options(atlas, state.level, (row.indicator,)) if visible else [],
                       placeholder="Kennzahl wählen", nothingFoundMessage="nichts gefunden", className="vg-kennzahl",
                       **{"aria-label": f"Kennzahl der Bedingung {number}"}, **named),
            dmc.Select(id=row_id(place, "op"), data=compared, value=row.op, className="vg-vergleich",
                       **{"aria-label": f"Vergleich der Bedingung {number}"}, **named),
            dmc.NumberInput(id=row_id(place, "value"), value="" if row.value is None else row.value, hideControls=True,
                            decimalSeparator=",", allowedDecimalSeparators=[",", "."], placeholder="Wert", debounce=400,
                            className="vg-wert", **{"aria-label": f"Wert der Bedingung {number}"}),
            html.Button("✕", title="Entfernen", id=row_id(place, "weg"), type="button", className="btn sec",
                        **{"aria-label": f"Bedingung {number} entfernen"}),
        ],
        id=row_id(place, "zeile"),
        className="vg-zeile",
        style=row_style(visible=visible),
    )  # fmt: skip


def row_style(*, visible: bool) -> dict[str, str]:
    """Return the style that shows or hides a row."""
    return {"display": "flex"} if visible else {"display": "none"}
