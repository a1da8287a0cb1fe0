"""What surrounds the three views of time: filters, lead, the frame of the map, sources, and why a page is empty."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from geodata import catalog
from layers.atlas import Atlas
from layers.classify import K_RANGE
from layers.describe import LayerText
from layers.inputs import LEVELS
from layers.keys import IndicatorKey
from layers.sentences import LEVEL_DATIVE, LEVEL_MANY
from layers.series import area_choices, can_be_averaged
from layers.timeline import known_years
from views.components import panels, zeit_map, zeit_series
from views.components.controls import LIST_SETTINGS, Options, field_options, shown_if
from views.components.zeit_state import (
    MOST_AREAS,
    OVER_YEARS,
    SERIES,
    VIEWS,
    TimeState,
    indicators_in,
    shown_areas,
    shown_year,
)

NUMBERS = [str(k) for k in range(K_RANGE[0], K_RANGE[1] + 1)]
CHANGE_PAGE = "/vergleich?ansicht=veraenderung"


def field_id(field: str) -> str:
    """Return the id of the control for a field of TimeState."""
    return f"zeit-wahl-{field}"


def filters(atlas: Atlas, state: TimeState) -> Component:
    """Return the filter column."""
    folded = html.Details(
        [
            html.Summary("Filter"),
            _select("handlungsfeld", "Handlungsfeld", field_options(), state.handlungsfeld),
            _select("indicator", "Kennzahl", indicator_options(atlas, state.handlungsfeld), state.indicator,
                    searchable=True),
            _select("level", "Ebene", _levels(atlas), state.level),
            html.Div(_for_series(atlas, state), id="zeit-feld-reihe", style=shown_if(state.view == SERIES)),
            html.Div(_for_maps(state), id="zeit-feld-karten", style=shown_if(uses_classes(atlas, state))),
            html.P(html.A("Veränderung zwischen zwei Jahren auf der Karte", href=CHANGE_PAGE)),
            html.A("Auswahl zurücksetzen", href="/entwicklung", className="klein"),
        ],
        open=True,
        className="klappe",
    )  # fmt: skip
    return html.Section(folded, className="card karte-filter", **{"aria-label": "Filter"})


def _for_series(atlas: Atlas, state: TimeState) -> list[Component]:
    areas = dmc.MultiSelect(
        id=field_id("areas"), label=f"Gebiete im Diagramm (bis {MOST_AREAS})", data=area_options(atlas, state),
        value=list(shown_areas(state, atlas)), maxValues=MOST_AREAS, searchable=True, mb="sm",
        nothingFoundMessage="nichts gefunden", **LIST_SETTINGS,
    )  # fmt: skip
    mean = dmc.Switch(
        id=field_id("mean"), label="Mehrjahresmittel (3 Jahre)", checked=bool(state.mean), mb="sm",
        disabled=has_no_mean(atlas, state), description="glättet kleine Fallzahlen; nur bei bekannten Fallzahlen",
    )  # fmt: skip
    return [areas, mean]


def _for_maps(state: TimeState) -> list[Component]:
    return [
        _select("scheme", "Klassen über alle Jahre", _options(OVER_YEARS), state.scheme),
        _select("k", "Zahl der Klassen", _options({k: k for k in NUMBERS}), str(state.k)),
    ]


def _select(field: str, label: str, data: Options, value: str | None, **options: Any) -> Component:
    settings = LIST_SETTINGS | {"allowDeselect": False, "mb": "sm", "nothingFoundMessage": "nichts gefunden"} | options
    return dmc.Select(id=field_id(field), label=label, data=data, value=value, **settings)


def _options(names: dict[str, str]) -> Options:
    return [{"value": value, "label": label} for value, label in names.items()]


def _levels(atlas: Atlas) -> Options:
    return [{"value": level, "label": f"{LEVEL_MANY[level]} ({len(atlas.areas(level))})"} for level in LEVELS]


def indicator_options(atlas: Atlas, handlungsfeld: str) -> Options:
    """Return the indicators of a Handlungsfeld: those with a series, with one year, and those still without data."""
    groups: dict[str, Options] = {"Zeitreihen": [], "Nur ein Jahr": [], "Noch keine Jahreswerte": []}
    for key in indicators_in(handlungsfeld):
        years = len(atlas.periods(IndicatorKey(key)))
        group = "Zeitreihen" if years > 1 else "Nur ein Jahr" if years else "Noch keine Jahreswerte"
        groups[group].append({"value": key, "label": f"{catalog.indicators()[key].name} ({key})"})
    return [{"group": name, "items": items} for name, items in groups.items() if items]


def area_options(atlas: Atlas, state: TimeState) -> Options:
    """Return the areas that the chart can show."""
    return _options(area_choices(atlas, state.level, state.key))


def uses_classes(atlas: Atlas, state: TimeState) -> bool:
    """Return whether what is shown has classes: maps have, but absolute numbers are circles."""
    return state.view != SERIES and not atlas.layer(state.level, state.key).text.additive


def has_no_mean(atlas: Atlas, state: TimeState) -> bool:
    """Return whether means over years cannot be formed, because counts are not known."""
    return not can_be_averaged(atlas, state.key)


def view_switch(state: TimeState) -> Component:
    """Return the choice between the three views."""
    return dmc.RadioGroup(
        dmc.Group([dmc.Radio(label=name, value=view) for view, name in VIEWS.items()], gap="lg", mt=4),
        id=field_id("view"),
        label="Ansicht",
        value=state.view,
        mb="sm",
        className="zeit-ansicht",
    )


def map_view(made: dict[str, Any] | None, state: TimeState) -> list[Component]:
    """Return the map with the year in its corner, its legend and the controls."""
    frame = zeit_map.first_frame(made, state) or {}
    years = tuple(str(year) for year in made["years"]) if made else ()
    corner = html.Div(
        [
            html.B(shown_year(state, years), id="zeit-gross"),
            html.Span(frame.get("below", ""), id="zeit-klein-jahr"),
        ],
        className="zeit-ecke",
        **{"aria-hidden": "true"},
    )
    legend = html.Div(
        made["legend"] if made else [],
        id="zeit-legende",
        className="legende",
        role="group",
        **{"aria-label": "Legende"},
    )
    return [
        zeit_map.controls(made, state),
        html.Section(
            [html.Div(id="karte", className="karte", **{"data-text": "zeit-ansage"}), corner, legend],
            className="karte-mitte",
            **{"aria-label": "Karte durch die Jahre"},
        ),
        html.P(frame.get("said", ""), id="zeit-ansage", className="zeit-ansage", **{"aria-live": "polite"}),
    ]


def all_values(atlas: Atlas, state: TimeState) -> Component:
    """Return the folded table of all areas and years."""
    table = panels.framed(zeit_series.all_values(atlas, state), "Werte aller Gebiete und Jahre")
    return html.Details([html.Summary("Alle Werte als Tabelle"), table])


def lead(state: TimeState, text: LayerText, years: tuple[str, ...]) -> str:
    """Return the line below the heading."""
    span = zeit_series.years_in_words(years) or "noch keine Jahreswerte"
    return f"{LEVEL_MANY[state.level]} · Jahre: {span} · Gebietsstand: {text.gebietsstand} in allen Jahren"


def source_line(text: LayerText, years: tuple[str, ...]) -> str:
    """Return sources, years and territorial state as one line."""
    said = "; ".join(dict.fromkeys(source.attribution for source in text.sources)) or "noch keine"
    span = zeit_series.years_in_words(years)
    return f"Quellen: {said}. Stand: {span or text.stand}. Gebietsstand: {text.gebietsstand}. Eigene Berechnung."


def method(text: LayerText) -> list[Component]:
    """Return how the indicator is computed and its limits."""
    notes = [html.Ul([html.Li(note) for note in text.notes])] if text.notes else []
    link = html.P(dcc.Link("Alle Kennzahlen, Quellen und Schwellenwerte", href="/daten"))
    return [html.P(["Rechenweg: ", text.method]), *notes, link]


def why_empty(atlas: Atlas, state: TimeState) -> str:
    """Return why a level has no years: no data yet (which file would fill it), or figures on other levels only."""
    if known_years(atlas, state.level, state.key):
        return ""
    others = [LEVEL_DATIVE[level] for level in LEVELS if known_years(atlas, level, state.key)]
    if others:
        return f"Diese Kennzahl gibt es nur nach {' und '.join(others)}, nicht nach {LEVEL_DATIVE[state.level]}."
    reason = atlas.table(state.level, state.key)["reason"]
    said = str(reason.iloc[0]) if len(reason) and reason.iloc[0] else "Noch keine Daten."
    return f"Keine Jahreswerte. {said}"
