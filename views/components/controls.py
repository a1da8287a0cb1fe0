"""The filter column of the map page: controls named after the fields of Selection."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from geodata import catalog
from layers.atlas import Atlas
from layers.classify import K_RANGE, SCHEMES
from layers.inputs import modes_of
from views.components import choices, thresholds
from views.components.words import JUDGEMENT_GROUPS
from views.selection import ALL_FIELDS, MOST_CHANGES, Selection, categories_of, indicators_of

# A plain scrolling list: the one Mantine brings cannot be reached by keyboard (axe: scrollable-region-focusable).
LIST_SETTINGS = {"withScrollArea": False, "styles": {"options": {"maxHeight": "220px", "overflowY": "auto"}}}
NEWEST = "aktuell"  # a Select cannot hold an empty value
LEVEL_NAMES = {"gemeinde": "Gemeinden", "sozialraum": "Verwaltungsgemeinschaften", "kreis": "Kreis"}
SHOWN, HIDDEN = {"display": "block"}, {"display": "none"}
Options = list[dict[str, Any]]


def control_id(field: str) -> str:
    """Return the id of the control for a field of Selection."""
    return f"wahl-{field}"


def field_options() -> Options:
    """Return the Handlungsfelder and "all"."""
    fields = [{"value": f.code, "label": f.name} for f in catalog.handlungsfelder().values()]
    return [*fields, {"value": ALL_FIELDS, "label": "Alle Handlungsfelder"}]


def field_question(handlungsfeld: str) -> str:
    """Return what the Handlungsfeld asks."""
    if handlungsfeld == ALL_FIELDS:
        return "Alle Kennzahlen und Einrichtungsarten ohne Auswahl nach Handlungsfeld."
    return catalog.handlungsfelder()[handlungsfeld].question


def indicator_options(atlas: Atlas, handlungsfeld: str) -> Options:
    """Return measures and indicators of a Handlungsfeld in groups; those without data say so."""
    groups: dict[str, Options] = {}
    for key in indicators_of(handlungsfeld):
        measure = catalog.measures().get(key)
        if measure:
            groups.setdefault(measure.group, []).append({"value": key, "label": measure.name})
            continue
        indicator = catalog.indicators()[key]
        name = "Basisindikatoren" if key in atlas.filled else "Basisindikatoren – noch keine Daten"
        groups.setdefault(name, []).append({"value": key, "label": f"{indicator.name} ({key})"})
    order = sorted(groups, key=lambda name: name.endswith("Daten"))
    return [{"group": name, "items": groups[name]} for name in order]


def category_options(atlas: Atlas, handlungsfeld: str) -> Options:
    """Return the facility categories of a Handlungsfeld, grouped by how complete the register is."""
    groups: dict[str, Options] = {name: [] for name in JUDGEMENT_GROUPS.values()}
    for key in categories_of(handlungsfeld):
        category = atlas.categories[key]
        group = groups[JUDGEMENT_GROUPS[category.completeness.judgement]]
        group.append({"value": key, "label": category.name})
    return [{"group": name, "items": items} for name, items in groups.items() if items]


def area_options(atlas: Atlas, level: str) -> Options:
    """Return the areas of a level by name."""
    names = atlas.areas(level)["name"].sort_values()
    return [{"value": key, "label": name} for key, name in names.items()]


def period_options(atlas: Atlas, selection: Selection) -> Options:
    """Return the newest state and the single years that have values of their own."""
    years = [{"value": year, "label": year} for year in atlas.periods(selection.key)]
    return [{"value": NEWEST, "label": "neuester Stand"}, *years]


def needs(selection: Selection) -> dict[str, bool]:
    """Return which of the dependent controls the chosen indicator uses."""
    measure = catalog.measures().get(selection.indicator)
    return {
        "category": bool(measure and measure.needs_category),
        "mode": bool(measure and measure.needs_mode),
        "threshold": bool(measure and (measure.needs_threshold or measure.id == "haltestelle")),
    }


def shown_if(condition: bool) -> dict[str, str]:
    """Return the style that shows or hides a control."""
    return SHOWN if condition else HIDDEN


def filter_column(atlas: Atlas, selection: Selection) -> list[Component]:
    """Return the controls with the values of ``selection``."""
    return [
        *_question(atlas, selection),
        *_areas(atlas, selection),
        _scenario(atlas, selection),
        _second(atlas, selection),
        html.Details(
            [
                html.Summary("Klasseneinteilung"),
                _select("scheme", "Verfahren", _schemes(), selection.scheme),
                _select("k", "Zahl der Klassen", _class_numbers(), str(selection.k)),
            ]
        ),
        html.A("Auswahl zurücksetzen", href="/", className="klein"),
    ]


def _question(atlas: Atlas, selection: Selection) -> list[Component]:
    """Return what is asked: Handlungsfeld, indicator and what it needs."""
    used = needs(selection)
    return [
        _select("handlungsfeld", "Handlungsfeld", field_options(), selection.handlungsfeld),
        html.P(field_question(selection.handlungsfeld), id="frage", className="klein"),
        _select(
            "indicator",
            "Kennzahl",
            indicator_options(atlas, selection.handlungsfeld),
            selection.indicator,
            searchable=True,
        ),
        html.Div(
            _select(
                "category",
                "Einrichtungsart",
                category_options(atlas, selection.handlungsfeld),
                selection.category or None,
                searchable=True,
            ),
            id="feld-category",
            style=shown_if(used["category"]),
        ),
        html.Div(_mode(atlas, selection), id="feld-mode", style=shown_if(used["mode"])),
        html.Div(_threshold(selection), id="feld-threshold", style=shown_if(used["threshold"])),
    ]


def _areas(atlas: Atlas, selection: Selection) -> list[Component]:
    """Return where and when: level, year, areas, and what else is on the map."""
    return [
        _select("level", "Ebene", _levels(atlas), selection.level),
        html.Div(
            _select("period", "Jahr", period_options(atlas, selection), selection.period or NEWEST),
            id="feld-period",
            style=shown_if(bool(atlas.periods(selection.key))),
        ),
        _select(
            "area", "Gebiet", area_options(atlas, selection.level), selection.area or None, searchable=True,
            clearable=True, placeholder="auf der Karte oder hier wählen",
        ),
        _select(
            "compare", "Vergleichen mit", area_options(atlas, selection.level), selection.compare or None,
            searchable=True, clearable=True, placeholder="zweites Gebiet",
        ),
        dmc.MultiSelect(
            id=control_id("categories"),
            label="Weitere Einrichtungen auf der Karte",
            data=category_options(atlas, selection.handlungsfeld),
            value=list(selection.categories),
            searchable=True,
            clearable=True,
            placeholder="Einrichtungsarten",
            mb="sm",
            **LIST_SETTINGS,
        ),
    ]  # fmt: skip


def _second(atlas: Atlas, selection: Selection) -> Component:
    return html.Details(
        [
            html.Summary("Zweite Kennzahl auf derselben Karte"),
            _select(
                "second",
                "Zweite Kennzahl",
                choices.second_options(atlas),
                selection.second or None,
                searchable=True,
                clearable=True,
                allowDeselect=True,
                placeholder="keine",
                description="Je drei Gruppen, neun Farben: wo kommt beides zusammen?",
            ),
        ],
        open=bool(selection.second),
    )


def _levels(atlas: Atlas) -> Options:
    district = catalog.districts().get(atlas.data.ags)
    own = atlas.data.provenance.get("level_names", {})
    names = {**(district.level_names if district else LEVEL_NAMES), **own}
    return [{"value": level, "label": f"{name} ({len(atlas.areas(level))})"} for level, name in names.items()]


def _schemes() -> Options:
    return [{"value": key, "label": name} for key, name in SCHEMES.items()]


def _class_numbers() -> Options:
    return [{"value": str(k), "label": str(k)} for k in range(K_RANGE[0], K_RANGE[1] + 1)]


def _select(field: str, label: str, data: Options, value: str | None, **options: Any) -> Component:
    settings = LIST_SETTINGS | {"allowDeselect": False, "mb": "sm", "nothingFoundMessage": "nichts gefunden"} | options
    return dmc.Select(id=control_id(field), label=label, data=data, value=value, **settings)


def _scenario(atlas: Atlas, selection: Selection) -> Component:
    lead = "Rechnet die gewählte Kennzahl so, als ob Einrichtungen schlössen oder neue öffneten."
    closable, places = (
        choices.closable_options(atlas, selection.category),
        choices.opening_options(atlas, selection.opened),
    )
    return html.Details(
        [
            html.Summary("Was wäre, wenn …"),
            html.P(lead, className="klein"),
            _several("closed", "… diese schließen?", closable, selection.closed, "Einrichtungen"),
            _several("opened", "… hier neue öffneten?", places, selection.opened, "Orte"),
        ],
        open=bool(selection.closed or selection.opened),
        id="feld-szenario",
        style=shown_if(needs(selection)["category"]),
    )


def _several(field: str, label: str, data: Options, value: tuple[str, ...], placeholder: str) -> Component:
    return dmc.MultiSelect(
        id=control_id(field),
        label=label,
        data=data,
        value=list(value),
        searchable=True,
        clearable=True,
        limit=50,
        maxValues=MOST_CHANGES,
        placeholder=placeholder,
        nothingFoundMessage="nichts gefunden",
        mb="sm",
        **LIST_SETTINGS,
    )


def _mode(atlas: Atlas, selection: Selection) -> Component:
    radios = [dmc.Radio(label=mode.name, value=mode.id) for mode in modes_of(atlas.data).values()]
    return dmc.RadioGroup(
        dmc.Group(radios, gap="sm", mt=4),
        id=control_id("mode"),
        label="Unterwegs",
        value=selection.mode or "pkw",
        mb="sm",
    )


def _threshold(selection: Selection) -> Component:
    label = html.Div("Schwelle", id="schwelle-name", className="mantine-InputWrapper-label schwelle-name")
    slider = dmc.Slider(
        id=control_id("threshold"),
        value=selection.threshold or 600,
        thumbLabel="Schwelle",
        mb="xl",
        mt="xs",
        **thresholds.threshold_props(selection),
    )
    return html.Div(
        [label, slider, html.P(thresholds.threshold_text(selection), id="schwelle-text", className="klein")]
    )
