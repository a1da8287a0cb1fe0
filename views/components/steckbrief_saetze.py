"""Strengths and gaps of a profile: shown to everybody, changed by planners (audience intern)."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from geodata.portraits import MOST_CHARACTERS
from layers.german import day
from layers.portrait_build import Portrait
from layers.portrait_rules import Line
from views.components.controls import LIST_SETTINGS
from views.components.steckbrief_teile import Refs, references

KINDS = {"staerke": "Stärken", "luecke": "Lücken"}
ONE = {"staerke": "Stärke", "luecke": "Lücke"}
NONE_OF = {
    "staerke": "Keine Regel hat eine Stärke gefunden.",
    "luecke": "Keine Regel hat eine Lücke gefunden. Das heißt nicht, dass es keine gibt.",
}
NEW = "neu"
LOCKED = (
    "Dieser Satz beruht auf einer Zahl, die öffentlich geheim ist. Er wird nur intern gezeigt und lässt sich nicht "
    "veröffentlichen."
)
LEAD = (
    "Was hier gespeichert wird, sehen alle, mit dem Vermerk „von der Sozialplanung ergänzt“ und dem Datum. Geheime "
    "Zahlen gehören nicht hinein; bekannte werden beim Speichern erkannt, umschriebene nicht."
)
NO_STORE = "Zum Bearbeiten fehlt ein Speicher (SPEICHER)."


def part_id(kind: str, key: str) -> dict[str, str]:
    """Return the id of a control of the editor for one sentence."""
    return {"typ": f"satz-{kind}", "id": key}


def lists(portrait: Portrait, refs: Refs, *, plans: bool) -> list[Component]:
    """Return strengths and gaps; ``plans``: also what planners left out."""
    parts: list[Component] = []
    for kind, title in KINDS.items():
        lines = [line for line in portrait.lines if line.kind == kind and (plans or not line.removed)]
        shown = [html.Li(_sentence(line, refs)) for line in lines]
        parts += [html.H3(title), html.Ul(shown, className="sb-saetze") if shown else html.P(NONE_OF[kind])]
    return parts


def _sentence(line: Line, refs: Refs) -> list[Component | str]:
    """Return the sentence, and who says it on what grounds."""
    parts: list[Component | str] = [line.text, html.Br()]
    if line.at and not line.removed:
        parts.append(html.B(f"Von der Sozialplanung ergänzt, {day(line.at)}. ", className="sb-planung"))
    if line.removed:
        parts.append(html.B(f"Von der Sozialplanung ausgeblendet, {day(line.at)}; nur intern sichtbar. "))
    if line.statement:
        origin = f"{line.statement.rule} Stand: {line.statement.stand}."
        parts.append(html.Small([origin, *references(refs, line.statement.sources)]))
    elif not line.removed:
        parts.append(html.Small("Eigene Einschätzung der Sozialplanung, nicht aus einer Regel."))
    return parts


def editor(lines: tuple[Line, ...], locked: frozenset[str], *, editing: bool) -> Component:
    """Return the form to change sentences; ``locked``: those that rest on a figure hidden from the public."""
    fields = [_field(place, line, line.id in locked) for place, line in enumerate(lines, 1)]
    new = _fieldset("Neuer Satz", [_kind(NEW, "staerke"), _text(NEW, "", "Text des neuen Satzes")])
    button = html.Button("Sätze speichern", id={"typ": "satz-speichern", "id": "los"}, className="knopf haupt",
                         type="button")  # fmt: skip
    return html.Details(
        [html.Summary("Sätze bearbeiten (nur intern)"), html.P(LEAD), *fields, new, button],
        open=editing,
        className="sb-bearbeiten",
    )


def _field(place: int, line: Line, locked: bool) -> Component:
    title = f"Satz {place}"
    if locked:
        return _fieldset(title, [html.P(line.text), html.P(LOCKED, className="notiz notiz-warn")])
    parts = [_kind(line.id, line.kind), _text(line.id, line.text, f"Text von Satz {place}")]
    if line.now:
        parts.append(html.P(f"Die Regel sagt jetzt: {line.now}", className="notiz notiz-warn"))
    if line.outdated:
        parts.append(html.P("Die Regel hinter diesem Satz trifft nicht mehr zu.", className="notiz notiz-warn"))
    parts.append(_check("weg", line.id, "nicht zeigen" if line.statement else "entfernen", line.removed))
    if line.statement and line.at and not line.removed:
        parts.append(_check("regel", line.id, "eigenen Text verwerfen, die Regel sprechen lassen", False))
    return _fieldset(title, parts)


def _fieldset(title: str, parts: list[Component]) -> Component:
    return html.Fieldset([html.Legend(title), *parts], className="sb-satz")


def _kind(key: str, kind: str) -> Component:
    options = [{"value": value, "label": label} for value, label in ONE.items()]
    return dmc.Select(id=part_id("art", key), label="Art", data=options, value=kind, allowDeselect=False, maw=220,
                      mb="xs", **LIST_SETTINGS)  # fmt: skip


def _text(key: str, text: str, label: str) -> Component:
    return dmc.Textarea(id=part_id("text", key), label=label, value=text, autosize=True, minRows=2, mb="xs",
                        description=f"höchstens {MOST_CHARACTERS} Zeichen")  # fmt: skip


def _check(kind: str, key: str, label: str, checked: bool) -> Component:
    return dmc.Checkbox(id=part_id(kind, key), label=label, checked=checked, mb="xs")


def form_values(texts: Any, kinds: Any, gone: Any, ruled: Any) -> dict[str, dict[str, Any]]:
    """Return what a form holds per sentence; each argument are values and ids of one kind of control."""
    form: dict[str, dict[str, Any]] = {}
    for name, (values, ids) in {"text": texts, "kind": kinds, "gone": gone, "rule": ruled}.items():
        for value, key in zip(values or [], ids or [], strict=False):
            if isinstance(key, dict) and "id" in key:  # a browser may send anything
                form.setdefault(str(key["id"]), {})[name] = value
    return form
