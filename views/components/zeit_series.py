"""The series of chosen areas: chart, sentences, rules of territory and the table with the same numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from geodata import catalog
from geodata.model import State
from geodata.observations import territory_of
from layers.atlas import Atlas
from layers.describe import LayerText
from layers.german import number, signed_value
from layers.mapview import state_word
from layers.sentences import LEVEL_MANY
from layers.series import MEAN_YEARS, Series, band, breaks, course, gap_words, series_of, territory_rules
from layers.timeline import known_years, spans
from views.components import zeit_chart
from views.components.plain import element
from views.components.zeit_state import TimeState, shown_areas

LONG_UNIT = 12
NOTED = frozenset({State.ESTIMATED, State.PROVISIONAL, State.REVISED, State.UNRELIABLE})
BREAK_NOTE = (
    "Die gestrichelte senkrechte Linie ist ein Reihenbruch: Davor und danach beruhen die Zahlen auf verschiedenen "
    "Zählungen und sind nicht vergleichbar; die Linie geht nicht darüber hinweg."
)
GAP_NOTE = "×: in diesem Jahr geheim oder ohne Wert; die Linie geht nicht darüber hinweg."
OPEN_NOTE = "Offene Zeichen: geschätzt, vorläufig oder unsicher."
BAND_NOTE = (
    "Graues Band: 95-%-Bereich (Wilson). So weit kann der Anteil bei dieser Fallzahl allein durch Zufall schwanken."
)
AXIS_NOTE = "Die Wertachse beginnt nicht bei null."
MEAN_NOTE = (
    "Mehrjahresmittel: Jeder Punkt fasst das Jahr und die zwei davor zusammen, aus summierten Zählern und Nennern. "
    "Fehlt eines der drei Jahre, gibt es keinen Punkt."
)
ALONE_NOTE = (
    "Bei absoluten Zahlen ist zunächst nur der Kreis gewählt, weil seine Summe die Gebiete überdecken würde. "
    "Gebiete im Filter hinzufügen."
)


@dataclass(frozen=True, eq=False)
class Shown:
    """What the chart shows: all chosen series, those of them with values, and the words of the indicator."""

    series: list[Series]
    drawn: list[Series]
    text: LayerText
    with_band: bool


def shown_series(atlas: Atlas, state: TimeState) -> Shown:
    """Return the series of a settled state; the interval is drawn for a single share."""
    chosen = shown_areas(state, atlas)
    series = [series_of(atlas, state.level, state.key, area, mean=bool(state.mean)) for area in chosen.items()]
    drawn = [each for each in series if len(each.known)]
    alone = len(series) == 1 and len(drawn) == 1 and band(series[0]).notna().to_numpy().any()
    return Shown(series, drawn, atlas.layer(state.level, state.key).text, bool(alone))


def figure(shown: Shown) -> dict[str, Any]:
    """Return the chart, an empty one without values."""
    return zeit_chart.figure(shown.drawn, shown.text, with_band=shown.with_band) if shown.drawn else zeit_chart.EMPTY


def sentences(shown: Shown) -> list[Component]:
    """Return one sentence per series on its course, and the years without a value."""
    unit = shown.text.unit if len(shown.text.unit) < LONG_UNIT else ""
    said = [html.P(course(each, unit, shown.text.decimals)) for each in shown.series]
    gaps = [words for each in shown.series if (words := gap_words(each))]
    return [*said, html.P(f"Ohne Wert – {'. '.join(gaps)}.")] if gaps else list(said)


def notes(atlas: Atlas, state: TimeState, shown: Shown) -> list[Component]:
    """Return how to read the chart, what to mind about the indicator, and the rules of territory."""
    signs = [text for text, is_so in _signs(state, shown) if is_so]
    rules = rules_of(atlas, state)
    trap = catalog.indicators()[state.indicator].trap
    told = [html.P([html.B("Zu beachten: "), trap])] if trap else []
    told += [html.P(" ".join(signs), className="klein")] if signs else []
    if rules:
        head = html.H3("Gebietsstand der Reihe")
        lead = f"Alle Jahre gelten für das Gebiet vom {shown.text.gebietsstand}."
        told += [head, html.P([lead], className="klein"), html.Ul([html.Li(rule) for rule in rules], className="klein")]
    return told


def _signs(state: TimeState, shown: Shown) -> list[tuple[str, bool]]:
    drawn = shown.drawn
    states = {str(value) for each in drawn for value in each.known["state"]}
    gaps = any(each.rows[each.known.index[0] : each.known.index[-1]]["value"].isna().any() for each in drawn)
    return [
        (MEAN_NOTE, bool(state.mean)),
        (BREAK_NOTE, any(breaks(each) for each in drawn)),
        (GAP_NOTE, gaps),
        (OPEN_NOTE, bool(states & {str(each) for each in zeit_chart.OPEN_STATES})),
        (BAND_NOTE, shown.with_band),
        (AXIS_NOTE, bool(drawn) and not zeit_chart.starts_at_zero(drawn, with_band=shown.with_band)),
        (ALONE_NOTE, shown.text.additive and not state.areas and state.level != "kreis"),
    ]


def rules_of(atlas: Atlas, state: TimeState) -> list[str]:
    """Return the rule of territory of every chosen area that has changed since the first year with a value."""
    years = known_years(atlas, state.level, state.key) or atlas.periods(state.key)[::-1]
    if not years:
        return []
    territory = territory_of(atlas.data)
    return territory_rules(atlas.data, territory, state.level, shown_areas(state, atlas), int(years[0]))


def table(state: TimeState, shown: Shown) -> Component:
    """Return years in rows and areas in columns, with states in words; the newest year comes first."""
    years = list(shown.series[0].rows.index) if shown.series else []
    bases = any((each.rows["basis"] != "").any() for each in shown.series)
    titles = ["Jahr", *(each.name for each in shown.series)]
    titles += ["95-%-Bereich"] if shown.with_band else []
    titles += ["Zählung"] if bases else []
    rows = [_table_row(year, shown, with_base=bases) for year in reversed(years)]
    head = html.Tr([html.Th(title, scope="col", className="n" if 0 < place <= len(shown.series) else None)
                    for place, title in enumerate(titles)])  # fmt: skip
    unit = f" ({shown.text.unit})" if shown.text.unit else ""
    mean = f", Mittel aus je {MEAN_YEARS} Jahren" if state.mean else ""
    caption = html.Caption(f"{shown.text.name}{unit}{mean}: dieselben Werte wie im Diagramm")
    return html.Table([caption, html.Thead(head), html.Tbody(rows)], className="tab zeit-tab")


def _table_row(year: str, shown: Shown, *, with_base: bool) -> dict[str, Any]:
    rows = [each.rows.loc[year] for each in shown.series]
    cells = [element("Td", cell(row, shown.text.decimals), className="n", title=row["reason"] or None) for row in rows]
    if shown.with_band:
        cells.append(element("Td", interval(shown.series[0], year, shown.text.decimals)))
    if with_base:
        known = dict.fromkeys(row["basis"] for row in rows if row["basis"] and pd.notna(row["value"]))
        cells.append(element("Td", "; ".join(known)))
    return element("Tr", [element("Th", year, scope="row"), *cells])


def cell(row: pd.Series, decimals: int) -> str:
    """Return a value with its state in words where it is not plain; the word alone where there is no value."""
    shown = signed_value(float(row["value"]), str(row["state"]), decimals)
    return f"{shown} {state_word(str(row['state']))}" if State(row["state"]) in NOTED else shown


def interval(series: Series, year: str, decimals: int) -> str:
    """Return the interval of a share in a year, empty where there is none."""
    low, high = band(series).loc[year]
    return "" if pd.isna(low) else f"{number(low, decimals)} bis {number(high, decimals)}"


def all_values(atlas: Atlas, state: TimeState) -> Component:
    """Return areas in rows and years in columns: the numbers behind all maps of a level."""
    years = known_years(atlas, state.level, state.key)
    tables = [atlas.table(state.level, state.key, year) for year in years]
    text = atlas.layer(state.level, state.key).text
    names = atlas.areas(state.level)["name"].sort_values()
    rows = [
        element(
            "Tr",
            [
                element("Th", name, scope="row"),
                *(element("Td", cell(found.loc[area], text.decimals), className="n") for found in tables),
            ],
        )
        for area, name in names.items()
    ]
    head = html.Tr([html.Th("Gebiet", scope="col"), *(html.Th(year, scope="col", className="n") for year in years)])
    unit = f" ({text.unit})" if text.unit else ""
    caption = html.Caption(f"{text.name}{unit}, {LEVEL_MANY[state.level]}: dieselben Werte wie auf den Karten")
    return html.Table([caption, html.Thead(head), html.Tbody(rows)], className="tab zeit-tab")


def years_in_words(years: Sequence[str]) -> str:
    """Return first and last year and those between that are missing.

    >>> years_in_words(["2013", "2017", "2018"])
    '2013 bis 2018 (ohne 2014–2016)'
    """
    if len(years) < 2:
        return "".join(years)
    missing = spans(str(y) for y in range(int(years[0]), int(years[-1])) if str(y) not in years)
    return f"{years[0]} bis {years[-1]}" + (f" (ohne {missing})" if missing else "")
