"""Composite indices on the figures of the atlas: from what there is, and honest about what is not."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from geodata import catalog
from geodata.catalog.indices import Index, indices
from geodata.model import State
from layers.frames import add_reason, empty, mark
from layers.index import standardise
from layers.index_spans import index_table

SHOWN_AS = {"BEL01": "lage"}
FEWEST = 2
NO_KREIS = "Der Index vergleicht Gebiete untereinander; für den ganzen Kreis gibt es keinen."
TOO_FEW = "Ein Index braucht mindestens zwei seiner Kennzahlen. Auf dieser Ebene mit Werten: {known}; ohne: {gone}."
PARTLY = "Vorläufig: aus {n} von {of} Kennzahlen ({known}); ohne Daten: {gone}."

Tables = Callable[[str], pd.DataFrame]


def members_with_data(index: Index, table_of: Tables) -> tuple[list[str], list[str]]:
    """Return the members of an index that have a value for any area, and those that have none."""
    every = [member.indicator for member in index.members]
    known = [key for key in every if table_of(key)["value"].notna().any()]
    return known, [key for key in every if key not in known]


def table_of_index(key: str, level: str, table_of: Tables) -> pd.DataFrame:
    """Return value, state, base (share of the weight behind it) and reason of an index per area.

    ``key``: an indicator of SHOWN_AS. ``table_of``: the table of an indicator on the level, newest year each. What is
    hidden there is hidden here. An index of fewer members than it should have is an estimate and names what it lacks.
    """
    index = indices()[SHOWN_AS[key]]
    areas = table_of(index.members[0].indicator).index
    known, gone = members_with_data(index, table_of)
    if not known:
        return empty(areas, State.MISSING, f"Noch keine Daten. {catalog.indicators()[key].needs}")
    if level == "kreis":
        return empty(areas, State.NOT_APPLICABLE, NO_KREIS)
    if len(known) < FEWEST:
        text = TOO_FEW.format(known=", ".join(known) or "keine", gone=", ".join(gone))
        return empty(areas, State.MISSING, text)
    tables = {name: table_of(name) for name in known}
    values = pd.DataFrame({name: table["value"] for name, table in tables.items()})
    states = pd.DataFrame({name: table["state"] for name, table in tables.items()})
    chosen = {member.indicator: member for member in index.members}
    scores = standardise(values, {name: chosen[name].load for name in known}, index.method)
    table = index_table(scores, {name: chosen[name].weight for name in known}, index.how, states=states)
    if not gone:
        return table
    table = table.assign(base=table["base"] * sum(chosen[name].weight for name in known))
    formed = table["value"].notna()
    said = PARTLY.format(n=len(known), of=len(index.members), known=", ".join(known), gone=", ".join(gone))
    return add_reason(mark(table, formed, State.ESTIMATED, ""), table.index[formed], said)
