"""The work list of data quality in tables: counts of each kind, the points themselves, a file for everybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from geodata import catalog
from layers.german import number
from layers.quality import counts_of_kinds
from layers.quality_records import KINDS, SEVERITIES, SEVERITY_MEANINGS, Finding
from views.components import panels
from views.components.plain import Element, element
from views.components.quality_state import QualityState
from views.components.query import to_query

PATH = "/qualitaet"
COLUMNS = ("Schwere", "Befund", "Worum es geht", "Gebiet", "Gefunden", "Was zu tun ist", "Zuständig")
BADGES = {1: "fehlt", 2: "unvollstaendig", 3: ""}
COLLAPSED = "leer"
WHOLE = "ganzer Landkreis"


@dataclass(frozen=True, eq=False)
class Words:
    """The names that the tables need: areas and offices by key."""

    areas: Mapping[str, str]
    offices: Mapping[str, str]


def link_of(found: Finding) -> str:
    """Return the address of the place in the atlas where a finding can be seen."""
    if found.facility:
        return f"/einrichtungen?{urlencode({'facility': found.facility})}"
    if found.indicator:
        field = found.handlungsfelder[0] if found.handlungsfelder else "ALLE"
        parts = {"indicator": found.indicator, "handlungsfeld": field}
        parts |= {"level": found.level} if found.level else {}
        parts |= {"area": found.area} if found.area and found.level else {}
        parts |= {"period": found.year} if found.kind in ("null", "veraltet", "summe") and found.year else {}
        return f"/?{urlencode(parts)}"
    if found.category:
        return f"/einrichtungen?{urlencode({'categories': found.category})}"
    return f"/?{urlencode({'area': found.area})}" if found.area else "/"


def area_text(found: Finding, words: Words) -> str:
    """Return the area of a finding in words: one, the number of several, or the whole Kreis."""
    if found.area:
        return words.areas.get(found.area, found.area)
    names = [words.areas.get(key, key) for key in found.gemeinden]
    return f"{len(names)} Gemeinden" if len(names) > 3 else ", ".join(names) or WHOLE


def severities(counts: Mapping[int, int], state: QualityState) -> list[Component]:
    """Return how many points there are of each severity, each a link to them."""
    figures = []
    for severity, count in counts.items():
        word = SEVERITIES[severity]
        link = html.A(f"Schwere {word}", href=_address(state, severity=word))
        meaning = html.Dd(SEVERITY_MEANINGS[severity])
        figures.append(html.Div([html.Dt(link), html.Dd(html.B(number(count))), meaning], className="kpi"))
    return figures


def kinds(found: Sequence[Finding], state: QualityState) -> list[Component]:
    """Return how many points there are of each kind as a table with bars; the names lead to them."""
    counts = counts_of_kinds(found)
    if not counts:
        return [html.P("Keine offenen Punkte zu dieser Auswahl.")]
    most = max(counts.values())
    rows = [
        element("Tr", _kind_cells(kind, count, most, state), className="gewaehlt" if kind == state.kind else None)
        for kind, count in counts.items()
    ]
    head = html.Tr([html.Th("Befund", scope="col"), html.Th("Punkte", scope="col", className="n"), html.Td()])
    caption = html.Caption(_sentence(counts))
    table = html.Table([caption, html.Thead(head), html.Tbody(rows)], className="tab befunde")
    everything = html.A("Alle Befunde zeigen", href=_address(state, kind=""))
    return [table, *([html.P(everything)] if state.kind else [])]


def _sentence(counts: Mapping[str, int]) -> str:
    """Return the finding of the bars in one sentence."""
    total, (first, most) = sum(counts.values()), next(iter(counts.items()))
    return f"Von {number(total)} offenen Punkten sind {number(most)} „{KINDS[first].title}“."


def _kind_cells(kind: str, count: int, most: int, state: QualityState) -> list[Any]:
    link = html.A(KINDS[kind].title, href=_address(state, kind=kind))
    bar = element("Span", className="balken", style={"width": f"{max(1.0, 100 * count / most):.1f}%"})
    return [
        element("Th", link, scope="row"),
        element("Td", number(count), className="n"),
        element("Td", bar, className="balken-rahmen", **{"aria-hidden": "true"}),
    ]


def _address(state: QualityState, **changes: Any) -> str:
    parts = to_query(replace(state, page=1, **changes))
    return f"{PATH}?{parts}" if parts else PATH


def offices(counts: Mapping[str, int], words: Words) -> list[Component]:
    """Return everybody who has something to mend, with a file to send; single Gemeinden are folded."""
    if not counts:
        return [html.P("Niemand: Es gibt keine offenen Punkte.")]
    single = {key: count for key, count in counts.items() if "." in key}
    whole = {key: count for key, count in counts.items() if key not in single}
    parts: list[Component] = [_office_table(whole, words, "Je Stelle eine Datei zum Verschicken")] if whole else []
    if single:
        summary = html.Summary(f"Städte und Gemeinden ({len(single)})")
        parts.append(html.Details([summary, _office_table(single, words, "Je Gemeinde eine Datei zum Verschicken")]))
    note = "Wer zuständig ist, ist ein eigener Vorschlag und nicht beschlossen."
    return [*parts, html.P(note, className="klein")]


def _office_table(counts: Mapping[str, int], words: Words, caption: str) -> Component:
    rows = []
    for key, count in counts.items():
        links: list[Any] = []
        for ending, name in (("csv", "CSV"), ("xlsx", "Excel")):
            href = f"/ausgabe/qualitaet.{ending}?{urlencode({'office': key})}"
            label = f"{words.offices[key]}: offene Punkte als {name}"
            links += [element("A", name, href=href, download="", **{"aria-label": label}), " "]
        who = html.A(words.offices[key], href=_address(QualityState(), office=key))
        cells = [
            element("Th", who, scope="row"),
            element("Td", number(count), className="n"),
            element("Td", links[:-1]),
        ]
        rows.append(element("Tr", cells))
    titles = [html.Th("Stelle", scope="col"), html.Th("Punkte", scope="col", className="n"), html.Th("Datei")]
    return html.Table([html.Caption(caption), html.Thead(html.Tr(titles)), html.Tbody(rows)], className="tab")


def point_table(found: Sequence[Finding], words: Words, page: int, pages: int) -> Component:
    """Return one page of open points, the gravest first, or that there are none."""
    if not found:
        return panels.notice("Keine offenen Punkte zu dieser Auswahl.", "notiz")
    body = [element("Tr", _cells(point, words)) for point in found]
    head = html.Tr([html.Th(title, scope="col") for title in COLUMNS])
    caption = html.Caption(f"Die schwersten zuerst; Seite {page} von {pages}")
    return html.Table([caption, html.Thead(head), html.Tbody(body)], className="tab punkte")


def _cells(found: Finding, words: Words) -> list[Element]:
    what: list[Any] = [element("A", found.what, href=link_of(found))]
    under = _subject(found)
    what += [element("Br"), element("Small", under)] if under else []
    told: list[Any] = [found.found]
    if found.other:
        twin = link_of(replace(found, facility=found.other))
        told += [" ", element("A", "Zum zweiten Eintrag", href=twin)]
    badge = element("Span", SEVERITIES[found.severity], className=f"badge {BADGES[found.severity]}".strip())
    told_of = (area_text(found, words), told, found.remedy, words.offices[found.office])
    return [
        _cell(0, badge),
        _cell(1, KINDS[found.kind].title),
        element("Th", what, scope="row"),
        *(_cell(place, content) for place, content in enumerate(told_of, start=3)),
    ]


def _cell(place: int, content: Any) -> Element:
    """Return a cell that knows its title, which stands before it where there is no room for columns."""
    return element("Td", content, **{"data-titel": COLUMNS[place]})


def _subject(found: Finding) -> str:
    """Return the kind of facility or the key of the indicator."""
    if found.facility:
        return catalog.categories()[found.category].name if found.category in catalog.categories() else found.category
    return found.indicator


def without_data(found: Sequence[Finding], words: Words) -> list[Component]:
    """Return the indicators that nothing was read in for, folded, each with the file that would fill it."""
    if not found:
        return []
    rows = [
        element(
            "Tr",
            [
                element("Th", element("A", f"{point.what} ({point.indicator})", href=link_of(point)), scope="row"),
                element("Td", point.remedy),
                element("Td", words.offices[point.office]),
            ],
        )
        for point in found
    ]
    head = html.Tr([html.Th(title, scope="col") for title in ("Kennzahl", "Diese Datei füllt sie", "Zuständig")])
    summary = html.Summary(f"Kennzahlen ohne Daten ({number(len(found))})")
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="tab")
    frame = html.Div(table, className="tab-rahmen", tabIndex="0", role="region", **{"aria-label": "Ohne Daten"})
    return [html.Details([summary, frame], className="klappe")]


def rules() -> list[Component]:
    """Return the rule, remedy and usual severity of every kind of finding, folded."""
    rows = [
        element(
            "Tr",
            [
                element("Th", kind.title, scope="row"),
                element("Td", SEVERITIES[kind.severity]),
                element("Td", kind.rule),
                element("Td", kind.remedy),
            ],
        )
        for kind in KINDS.values()
    ]
    titles = ("Befund", "Schwere", "Regel", "Was zu tun ist")
    head = html.Tr([html.Th(title, scope="col") for title in titles])
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="tab")
    frame = html.Div(table, className="tab-rahmen", tabIndex="0", role="region", **{"aria-label": "Regeln"})
    return [html.Details([html.Summary("Nach welchen Regeln geprüft wird"), frame], className="klappe")]
