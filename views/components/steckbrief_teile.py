"""Small parts that all tables of a profile share: values with their state, references to sources, framed tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash import html
from dash.development.base_component import Component

from geodata.model import State
from layers.german import STATE_WORDS, signed_value
from layers.portrait import SECRET, Value

Refs = Mapping[str, int]
Cells = Sequence[Component]
PLAIN_STATES = frozenset({State.MEASURED, State.ZERO})


def numbered(sources: Sequence[str]) -> Refs:
    """Return the number under which each source stands at the end of the page."""
    return {source: place for place, source in enumerate(sources, 1)}


def references(refs: Refs, sources: Sequence[str]) -> list[Component | str]:
    """Return links to the sources at the end of the page: [1], [3]."""
    found: list[Component | str] = []
    for source in sources:
        place = refs[source]
        found += [" ", html.A(f"[{place}]", href=f"#quelle-{place}", title=source, className="sb-ref")]
    return found


def cell(value: Value, decimals: int = 0, unit: str = "", note: str = "", *, estimated: bool = False) -> Component:
    """Return a table cell: the value, below it what has to be said of it; a value that is not there says why.

    ``estimated``: all values of the table are, it says so itself.
    """
    shown = signed_value(value.value, value.state, decimals, unit)
    lines = [html.Small(text) for text in (note, _remark(value, estimated=estimated)) if text]
    return html.Td([html.Span(shown, className="sb-wert"), *lines], className="n")


def _remark(value: Value, *, estimated: bool) -> str:
    if value.state in (*PLAIN_STATES, *SECRET) or (estimated and value.state == State.ESTIMATED):
        return ""
    if not value.known or value.state == State.UNRELIABLE:
        return value.reason
    return STATE_WORDS[State(value.state)]


def table_of(caption: str, titles: Sequence[str], rows: Sequence[Cells], numeric: Sequence[str] = ()) -> Component:
    """Return a table in a frame that scrolls by itself, also by keyboard; ``numeric`` columns stand to the right.

    On a phone a row is a block: every cell then names its column, and roles keep it a table for screen readers.
    """
    head = [
        html.Th(title, scope="col", role="columnheader", className="n" if title in numeric else None)
        for title in titles
    ]
    body = [
        html.Tr([_labelled(cell, title) for title, cell in zip(titles, row, strict=True)], role="row") for row in rows
    ]
    parts = [
        html.Caption(caption),
        html.Thead(html.Tr(head, role="row"), role="rowgroup"),
        html.Tbody(body, role="rowgroup"),
    ]
    table = html.Table(parts, className="tab sb-tab", role="table")
    return html.Div(table, className="tab-rahmen", tabIndex="0", role="region", **{"aria-label": caption})


def _labelled(cell: Component, title: str) -> Component:
    cell.role = "cell" if isinstance(cell, html.Td) else "rowheader"
    setattr(cell, "data-label", title)
    return cell


def section(key: str, title: str, parts: Sequence[Component | str | None]) -> Component:
    """Return one section of the profile."""
    shown = [part for part in parts if part is not None]
    return html.Section([html.H2(title, id=f"sb-{key}", tabIndex="-1"), *shown], className="card sb-teil")
