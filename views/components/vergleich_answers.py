"""What the controls of the page of comparisons answer when one of them was moved."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from dash import Output, no_update

from layers.atlas import Atlas
from views.components.controls import NEWEST, shown_if
from views.components.vergleich_controls import (
    control_id,
    indicator_options,
    options_of,
    preset_links,
    row_id,
    row_style,
    value_of,
)
from views.components.vergleich_screen import Row
from views.components.vergleich_state import FIELDS, MOST_CONDITIONS, Comparison, read_parts

CONTROLS = tuple(dict.fromkeys(field for fields in FIELDS.values() for field in fields))
CHANGING = ("indicator", "second", "indicators", "period", "then", "area", "compare")
CONTROL_OUTPUTS = {
    **{f"wert_{field}": Output(control_id(field), "value") for field in CHANGING},
    **{f"liste_{field}": Output(control_id(field), "data") for field in CHANGING},
}
PLACES = range(MOST_CONDITIONS)
ROW_PARTS = ("indicator", "op", "value", "join")
ROW_OUTPUTS = {
    "zeilen": Output("vergleich-zeilen", "data"),
    "zuerst": Output("vergleich-zuerst-feld", "style"),
    "beispiele": Output("vergleich-beispiele", "children"),
    **{f"stil_{n}": Output(row_id(n, "zeile"), "style") for n in PLACES},
    **{f"liste_{n}": Output(row_id(n, "indicator"), "data") for n in PLACES},
    **{f"{part}_{n}": Output(row_id(n, part), "value") for n in PLACES for part in ROW_PARTS},
}


def asked_state(base: Comparison, chosen: dict[str, Any]) -> tuple[Comparison, list[str]]:
    """Return ``base`` with what the controls of its section say."""
    used = {field: chosen.get(field) for field in FIELDS[base.ansicht]}
    given = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(base).items()}
    return read_parts(given | {name: "" if value in (None, NEWEST) else value for name, value in used.items()})


def follow(atlas: Atlas, asked: Comparison, trigger: str, click: Any) -> Comparison:
    """Return what the reader means: a click chooses or leaves an area, a new level takes the areas along."""
    if trigger == "vergleich-klick" and isinstance(click, dict):
        area = str(click.get("id", ""))
        known = area in atlas.areas(asked.level).index
        return replace(asked, area="" if area == asked.area or not known else area)
    if trigger != control_id("level"):
        return asked
    return replace(
        asked, area=_on_level(atlas, asked.area, asked.level), compare=_on_level(atlas, asked.compare, asked.level)
    )


def _on_level(atlas: Atlas, area: str, level: str) -> str:
    """Return the area of ``level`` that ``area`` lies in, the same area where it stays, else nothing."""
    if area in atlas.areas(level).index:
        return area
    if level == "sozialraum" and area in atlas.data.gemeinden.index:
        return str(atlas.data.gemeinden.at[area, "sozialraum"])
    return ""


def rows_after(rows: list[Row], shown: Any, trigger: str) -> tuple[list[Row], int]:
    """Return the rows of the form and how many are shown, after a row was added or taken away."""
    count = shown if isinstance(shown, int) and 0 < shown <= MOST_CONDITIONS else 1
    if trigger == "vergleich-dazu":
        return rows, min(count + 1, MOST_CONDITIONS)
    for place in PLACES:
        if trigger == row_id(place, "weg"):
            rows = [*rows[:place], *rows[place + 1 :], Row()]
            return [replace(rows[0], join="und"), *rows[1:]], max(1, count - 1)
    return rows, count


def incomplete(state: Comparison, rows: list[Row]) -> list[str]:
    """Return a notice for every row of conditions that was begun and cannot be asked yet."""
    if state.ansicht != "suche":
        return []
    begun = [place for place, row in enumerate(rows, 1) if bool(row.indicator) != (row.value is not None)]
    return [f"Bedingung {place} ist noch unvollständig und zählt nicht mit." for place in begun]


def control_parts(atlas: Atlas, state: Comparison, chosen: dict[str, Any], trigger: str) -> dict[str, Any]:
    """Return new values and lists of the controls of the section; what is already right is not sent again."""
    parts: dict[str, Any] = dict.fromkeys(CONTROL_OUTPUTS, no_update)
    used = [field for field in CHANGING if field in FIELDS[state.ansicht]]
    for field in used:
        value = value_of(state, field)
        if value != chosen.get(field):
            parts[f"wert_{field}"] = value
    moved = [field for field in used if trigger == control_id("level") or field in ("period", "then")]
    return parts | {f"liste_{field}": options_of(atlas, state, field) for field in moved}


def row_parts(atlas: Atlas, state: Comparison, rows: list[Row], count: int, trigger: str) -> dict[str, Any]:
    """Return what changes in the rows of conditions."""
    parts: dict[str, Any] = dict.fromkeys(ROW_OUTPUTS, no_update)
    if state.ansicht != "suche":
        return parts
    mixed = len({row.join for row in rows[1:count] if row.complete}) > 1
    parts |= {"zeilen": count, "zuerst": shown_if(mixed), "beispiele": preset_links(atlas, state)}
    pressed = trigger == "vergleich-dazu" or trigger.endswith("-weg")
    if pressed or trigger == control_id("level"):
        parts |= {f"stil_{n}": row_style(visible=n < count) for n in PLACES}
        parts |= {f"liste_{n}": indicator_options(atlas, state.level, (rows[n].indicator,)) for n in range(count)}
    if trigger.endswith("-weg"):
        for n, row in enumerate(rows):
            value = "" if row.value is None else row.value
            parts |= {
                f"indicator_{n}": row.indicator or None,
                f"op_{n}": row.op,
                f"value_{n}": value,
                f"join_{n}": row.join,
            }
    return parts
