"""What an import would do, in words and tables: findings, problems, changes, a map; and what was read in before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import html
from dash.development.base_component import Component

from geodata import catalog, imports
from geodata.model import GeoData
from geodata.observations import Territory, territory_of
from geodata.store import FIGURE_COLUMNS, IDENTITY, Store
from layers.german import day, number
from layers.mapview import state_word
from layers.statistics import Statistics, build_statistics, parts_of
from views.components.controls import LIST_SETTINGS
from views.components.jobs import Job
from views.components.panels import framed, notice
from views.components.plain import Element, element

ROWS_SHOWN = 50
NOT_YET = 0  # the number of an import that has not happened
MEANINGS = {
    "ags": "Gemeindeschlüssel",
    "zeitraum": "Jahr oder Stichtag",
    "indikator": "Kennung der Kennzahl",
    "zaehler": "Zähler",
    "nenner": "Nenner",
    "zustand": "Zustand des Wertes",
    "quelle": "Quelle",
}


@dataclass(frozen=True)
class Unknown:
    """A table that no reader knows; ``told``: what its columns mean, as somebody said; ``error``: why not so."""

    path: Path
    heads: list[str]
    proposed: dict[str, str]
    told: dict[str, str] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True, eq=False)
class Prepared:
    """A plan and the statistics as they would be after it; ``columns``: what was said of them, where it was asked."""

    plan: imports.Plan
    after: Statistics
    columns: Unknown | None = None


def after(plan: imports.Plan, store: Store, data: GeoData) -> Statistics:
    """Return the statistics as they would be after an import."""
    planned = plan.changes[FIGURE_COLUMNS].assign(import_id=NOT_YET)
    figures = pd.concat([store.figures(), planned], ignore_index=True).drop_duplicates(IDENTITY, keep="last")
    return build_statistics(data, figures, territory_of(data), {}, "intern")


def names_of(data: GeoData) -> dict[str, str]:
    """Return the name of every area that figures may be for, today's and former ones."""
    territory = territory_of(data)
    former = dict(zip(territory.changes["from_ags"], territory.changes["from_name"], strict=True))
    own = {**data.gemeinden["name"].to_dict(), **data.kreis["name"].to_dict()}
    return {**former, **own, territory.land: "Land", "DG": "Deutschland"}


def progress(job: Job) -> Component:
    """Return how far a job is, as a bar and in words."""
    percent = round(100 * job.share)
    bar = html.Progress(value=str(percent), max="100", **{"aria-label": "Fortschritt"})
    return html.P([bar, f" {job.stage} … {percent} %"])


def unknown_text(found: Unknown) -> Component:
    """Return what is asked about a table that no reader knows, or why it cannot be read as told."""
    if found.error:
        return notice(found.error, "notiz-fehler")
    text = (
        f"{found.path.name} ist keine der bekannten amtlichen Dateien. Bitte sagen, welche Spalte was bedeutet; "
        "das wird für Dateien mit denselben Spalten gemerkt."
    )
    return notice(text)


def column_form(found: Unknown) -> list[Component]:
    """Return one choice per column of an unknown table."""
    parts = [{"value": key, "label": part.name} for key, part in catalog.parts().items()]
    meanings = [{"value": key, "label": label} for key, label in MEANINGS.items()]
    data = [{"group": "Aufbau der Tabelle", "items": meanings}, {"group": "Zahl von …", "items": parts}]
    return [
        html.Div(
            [
                dmc.Select(
                    id={"typ": "spalte", "kopf": head},
                    label=f"Spalte „{head}“",
                    data=data,
                    value=found.proposed.get(head),
                    placeholder="nicht verwenden",
                    searchable=True,
                    clearable=True,
                    mb="xs",
                    maw=480,
                    **LIST_SETTINGS,
                )
                for head in found.heads
            ]
        ),
        html.Button("Mit diesen Spalten prüfen", id={"typ": "spalten-los", "n": 0}, className="knopf", type="button"),
    ]


def report(found: Prepared, job: str, areas: Mapping[str, str]) -> list[Any]:
    """Return findings, problems, changes and the preview of a plan."""
    plan = found.plan
    return [_findings(plan), *_problems(plan), *_changes(plan, areas), *_preview(found, job)]


def _findings(plan: imports.Plan) -> Component:
    rows, kinds = plan.judgement.observations, plan.changes["kind"].value_counts()
    years = f"{rows['year'].min()} bis {rows['year'].max()}" if len(rows) else "keine"
    table = f", Tabelle {plan.reading.table}" if plan.reading.table else ""
    state = plan.judgement.gebietsstand
    facts = [
        ("Datei", plan.file),
        ("Erkannt als", f"{plan.source}{table}"),
        ("Titel", plan.reading.title),
        ("Gebietsstand", day(state) if state else "für jedes Jahr der damalige"),
        ("Werte für diesen Kreis", f"{number(len(rows))} (Jahre: {years})"),
        ("davon neu", number(int(kinds.get("neu", 0)))),
        ("davon geändert", number(int(kinds.get("anders", 0)))),
        ("schon da", number(plan.same)),
        ("Werte anderer Gebiete", f"{number(plan.judgement.elsewhere)}, nicht übernommen"),
    ]
    if plan.judgement.unknown:
        names = " · ".join(list(plan.judgement.unknown)[:6])
        facts.append(("Nicht verwendet", f"{number(len(plan.judgement.unknown))} Merkmale: {names}"))
    return html.Dl([part for name, text in facts for part in (html.Dt(name), html.Dd(text))], className="fakten")


def _problems(plan: imports.Plan) -> list[Any]:
    problems = plan.judgement.problems
    if not problems:
        return [notice("Keine Fehler gefunden.", "")]
    heads = ("Stelle", "Regel", "Gefunden", "Abhilfe")
    rows = [(p.row, p.rule, p.found, p.remedy) for p in problems[:ROWS_SHOWN]]
    more = f" Gezeigt werden die ersten {ROWS_SHOWN}." if len(problems) > ROWS_SHOWN else ""
    said = notice(f"{number(len(problems))} Fehler: Ohne Berichtigung wird nichts übernommen.{more}", "notiz-fehler")
    return [said, framed(_table(heads, rows), "Fehler der Datei")]


def _changes(plan: imports.Plan, areas: Mapping[str, str]) -> list[Any]:
    if plan.changes.empty:
        return [html.P("Die Datei enthält nichts, was nicht schon da ist.")]
    names = {**{key: part.name for key, part in catalog.parts().items()}, **_names()}
    rows = [
        (
            names.get(row.part, row.part),
            areas.get(row.key, row.key),
            day(row.stand),
            _shown(row.before, ""),
            _shown(row.value, row.state),
        )
        for row in plan.changes.head(ROWS_SHOWN).itertuples()
    ]
    heads = ("Zahl", "Gebiet", "Stand", "bisher", "neu")
    title = html.H3(f"Was sich ändern würde ({number(len(plan.changes))}, gezeigt bis {ROWS_SHOWN})")
    return [title, framed(_table(heads, rows), "Änderungen")]


def _names() -> dict[str, str]:
    return {key: indicator.name for key, indicator in catalog.indicators().items()}


def _shown(value: float, state: str) -> str:
    if pd.isna(value):
        return state_word(state) if state else "–"
    decimals = 0 if float(value).is_integer() else 2
    return number(value, decimals)


def _preview(found: Prepared, job: str) -> list[Component]:
    """Return a map of an indicator as it would be, one that the file has figures for."""
    hit = touched_indicators(found)
    if not hit:
        return []
    address = f"/einlesen/vorschau.svg?auftrag={job}&indicator="
    links = [html.Li(html.A(_names()[key], href=address + key, target="_blank")) for key in hit[:12]]
    picture = html.Img(
        src=address + hit[0],
        alt=f"Vorschau: {_names()[hit[0]]} je Gemeinde, wie es nach dem Übernehmen wäre. Die Werte stehen oben.",
        className="vorschau",
    )
    return [html.H3(f"Vorschau: {_names()[hit[0]]}"), picture, html.P("Weitere Vorschauen:"), html.Ul(links)]


def touched_indicators(found: Prepared) -> list[str]:
    """Return the indicators that change and that have a value afterwards."""
    touched, every = set(found.plan.changes["part"]), catalog.indicators()
    return [key for key in every if touched & parts_of(every[key], every) and found.after.periods(key)]


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> Element:
    head = element("Thead", element("Tr", [element("Th", name, scope="col") for name in heads]))
    body = element("Tbody", [element("Tr", [element("Td", text) for text in row]) for row in rows])
    return element("Table", [head, body], className="tab")


def history(store: Store | None) -> Any:
    """Return what was read in before, the newest first."""
    done = store.imports() if store else []
    if not done:
        return html.P("Noch nichts eingelesen.")
    rows = [
        (str(one.id), f"{day(one.at[:10])} {one.at[11:16]} UTC", one.file, one.source, number(one.rows),
         f"zurückgenommen {day(one.undone_at[:10])}" if one.undone_at else "gilt")
        for one in done
    ]  # fmt: skip
    return framed(_table(("Nr.", "Wann", "Datei", "Art", "Werte", "Zustand"), rows), "Bisher eingelesen")


def state_options(territory: Territory) -> list[dict[str, str]]:
    """Return the days on which the areas of the district changed, each with the last day before, newest first."""
    days = pd.to_datetime(territory.changes["effective"]).dt.date.unique() if len(territory.changes) else []
    before = sorted({(pd.Timestamp(one) - pd.Timedelta(days=1)).date() for one in days}, reverse=True)
    chosen = [territory.day, *before]
    return [{"value": one.isoformat(), "label": day(one)} for one in dict.fromkeys(chosen)]
