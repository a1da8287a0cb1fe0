"""What is said of values beside their number: gaps of the register, and areas in which there is nothing to say."""

from __future__ import annotations

import pandas as pd

from geodata.catalog import Category
from geodata.model import State
from layers.frames import add_reason, mark
from layers.inputs import Inputs
from layers.keys import IndicatorKey

NOBODY = (State.NOT_APPLICABLE, "Nach den Daten wohnt hier niemand.")
NONE_AT_ALL = (State.NOT_APPLICABLE, "Keine Einrichtung dieser Art erfasst.")
INCOMPLETE = {
    "keine": "Kein Bestand erfasst",
    "unvollstaendig": "Bestand unvollständig",
    "ungeprueft": "Bestand nicht mit einem amtlichen Verzeichnis verglichen",
}


def incomplete_reason(category: Category) -> str:
    """Return why nothing is computed for a category, and what would complete it (German)."""
    done = category.completeness
    kind = INCOMPLETE[done.judgement]
    expected = f" Erwartet: {done.expected_text.rstrip('.')}." if done.expected_text else ""
    return f"{kind}.{expected} Vollständig würde er durch: {done.missing_source.rstrip('.')}."


def mark_gaps(table: pd.DataFrame, inputs: Inputs, category: Category, level: str) -> pd.DataFrame:
    """Mark areas in which a facility is known to be missing; the Kreis as a whole is then an estimate."""
    gaps = inputs.data.gemeinden.loc[inputs.data.gemeinden.index.isin(category.completeness.gap_ags)]
    if gaps.empty:
        return table
    hit = {"gemeinde": list(gaps.index), "sozialraum": list(gaps["sozialraum"]), "kreis": list(table.index)}[level]
    state = State.ESTIMATED if level == "kreis" else State.UNRELIABLE
    return add_reason(mark(table, hit, state, ""), hit, f"Bestand lückenhaft: {category.completeness.note}")


def mark_unchecked(table: pd.DataFrame, inputs: Inputs, key: IndicatorKey) -> pd.DataFrame:
    """Mark what rests on a register that nobody has compared with an official list: ratios are unreliable."""
    if inputs.data.categories[key.category].completeness.judgement != "ungeprueft":
        return table
    known = table["value"].notna()
    state = State.UNRELIABLE if key.id in ("dichte", "versorgung", "plaetze") else State.ESTIMATED
    table = mark(table, known, state, "")
    return add_reason(table, table.index[known], f"{INCOMPLETE['ungeprueft']}.")
