"""Areas that meet conditions: rows of a form as a screen and back, and what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geodata.model import GeoDataError
from layers.atlas import Atlas
from layers.german import signed_value
from layers.screening import (
    OPERATORS,
    Condition,
    Group,
    Hit,
    Join,
    Screen,
    Wording,
    parse_screen,
    screen,
)
from views.components.vergleich_data import Field, Figure, Finding, Paint, figure_of, offered
from views.components.vergleich_state import Comparison, chosen_keys, screen_of

OTHER: dict[Join, Join] = {"und": "oder", "oder": "und"}
ORDER = (Hit.YES, Hit.UNKNOWN, Hit.NO)
COLOURS = ("#1c5fa8", "#ffffff", "#e9edf3")
PRESETS = {
    "Viele Ältere, weit zum Hausarzt": "BEV06.gt.45~minuten.hausarzt.pkw.gt.20",
    "Viele Hochbetagte, weit zum Krankenhaus": "BEV09.gt.12~minuten.krankenhaus.pkw.gt.20",
    "Weit zum Krankenhaus und viel Leerstand": "minuten.krankenhaus.pkw.gt.20~WOH03.gt.8",
    "Hohe Arbeitslosigkeit oder viel Leerstand": "ARB02.gt.4!WOH03.gt.10",
    "Dünn besiedelt und weit zum Krankenhaus": "BEV02.lt.80~minuten.krankenhaus.pkw.gt.20",
    "Wenig Haltestellen und weit zum Krankenhaus": "haltestelle.600.lt.90~minuten.krankenhaus.pkw.gt.20",
}
ASK = "Bitte mindestens eine Bedingung angeben: Kennzahl, Vergleich und Wert."


@dataclass(frozen=True)
class Row:
    """One row of the form; ``join`` ties it to the row above."""

    indicator: str = ""
    op: str = "gt"
    value: float | None = None
    join: Join = "und"

    @property
    def complete(self) -> bool:
        """True where it can be asked."""
        return bool(self.indicator) and self.value is not None


def row_of(indicator: Any, op: Any, value: Any, join: Any) -> Row:
    """Return a row of what a form sent, which may be anything."""
    return Row(
        indicator if isinstance(indicator, str) else "",
        op if isinstance(op, str) and op in OPERATORS else "gt",
        _number(value),
        join if isinstance(join, str) and join in ("und", "oder") else "und",
    )


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        read = round(float(str(value).replace(",", ".")), 6)
    except ValueError:
        return None
    return read + 0.0 if abs(read) < 1e12 else None  # no minus zero; NaN compares false


def screen_text(rows: Sequence[Row], first: Join) -> str:
    """Return the complete rows as text of a screen; where both joins occur, ``first`` binds closer.

    >>> rows = [Row("A", "gt", 1.0), Row("B", "gt", 2.0), Row("C", "lt", 3.0, "oder")]
    >>> screen_text(rows, "und"), screen_text(rows, "oder")
    ('(A.gt.1~B.gt.2)!C.lt.3', 'A.gt.1~(B.gt.2!C.lt.3)')
    """
    asked = [row for row in rows if row.complete]
    if not asked:
        return ""
    joins = {row.join for row in asked[1:]}
    outer = OTHER[first] if len(joins) == 2 else next(iter(joins), "und")
    groups: list[list[Condition]] = []
    for row in asked:
        condition = Condition(row.indicator, row.op, float(row.value or 0))
        if groups and row.join != outer:
            groups[-1].append(condition)
        else:
            groups.append([condition])
    parts = [group[0] if len(group) == 1 else Group(OTHER[outer], tuple(group)) for group in groups]
    return str(Screen(outer, tuple(parts)))


def rows_of(asked: Screen | None) -> tuple[list[Row], Join]:
    """Return the rows of the form for a screen, and which join binds closer."""
    if asked is None:
        return [], "und"
    rows: list[Row] = []
    for part in asked.parts:
        conditions = part.conditions if isinstance(part, Group) else (part,)
        for place, each in enumerate(conditions):
            join = OTHER[asked.join] if place else asked.join
            rows.append(Row(each.indicator, each.op, each.value, join if rows else "und"))
    grouped = any(isinstance(part, Group) for part in asked.parts)
    return rows, OTHER[asked.join] if grouped else "und"


def presets(atlas: Atlas, level: str) -> dict[str, str]:
    """Return the examples all of whose indicators have data on the level, by name."""
    known = offered(atlas, level)
    found = {}
    for name, text in PRESETS.items():
        try:
            found[name] = str(parse_screen(text, known))
        except GeoDataError:
            continue
    return found


def screen_finding(atlas: Atlas, state: Comparison) -> Finding:
    """Return which areas meet the conditions, with the values that decide."""
    asked = screen_of(state)
    if asked is None:
        return Finding("Suche nach Bedingungen", empty=ASK)
    figures = tuple(figure_of(atlas, state.level, key, state.period) for key in chosen_keys(state))
    values = pd.DataFrame({figure.key: figure.series for figure in figures})
    wording = {f.key: Wording(f.label, f.text.unit, f.text.decimals) for f in figures}
    found = screen(values, asked, wording=wording)
    table = pd.DataFrame({"name": atlas.areas(state.level)["name"], "hit": found.of.map(str)})
    for place, figure in enumerate(figures):
        table[f"value_{place}"], table[f"state_{place}"] = figure.series, figure.states
    order = found.of.map({hit: place for place, hit in enumerate(ORDER)})
    table = table.assign(order=order).sort_values(["order", "name"]).drop(columns="order")
    fields = [Field(f"value_{n}", f.title, f.text.decimals, f"state_{n}") for n, f in enumerate(figures)]
    return Finding(
        "Suche nach Bedingungen",
        (found.sentence,),
        table,
        (Field("name", "Gebiet"), Field("hit", "Ergebnis"), *fields),
        figures,
        paint=_paint(found.of, figures),
    )


def _paint(of: pd.Series, figures: tuple[Figure, ...]) -> Paint:
    places = of.map({hit: place for place, hit in enumerate(ORDER)}).astype(int)
    texts = []
    for area in of.index:
        said = [
            f"{f.text.name} {signed_value(float(f.series[area]), str(f.states[area]), f.text.decimals, f.text.unit)}"
            for f in figures
        ]
        texts.append(f"{of[area]} – {'; '.join(said)}")
    labels = tuple(str(hit) for hit in ORDER)
    hatched = pd.Series(np.equal(places, ORDER.index(Hit.UNKNOWN)), index=of.index)
    return Paint(places, COLOURS, labels, pd.Series(texts, index=of.index), "Ergebnis", hatched)
