"""Who depends on one facility: for whom it is the nearest, and what its closing would cost them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from geodata import catalog
from layers.german import number
from layers.inputs import Inputs, ways_to
from layers.keys import IndicatorKey
from layers.reach_measures import too_coarse, travel_cost

MOST_COARSE = 0.05  # share of its people whose walk is too short for the precision of the location


@dataclass(frozen=True)
class Dependence:
    """People for whom a facility is the nearest; ``alone``: it is their only one within the threshold.

    ``minutes_more`` is their people-weighted mean if it closes, None where there is no second one.
    """

    people: float
    alone: float
    minutes_more: float | None


@lru_cache(maxsize=256)
def dependence(inputs: Inputs, facility: str, mode: str, threshold: int) -> Dependence | None:
    """Return who depends on ``facility``; None where that cannot be said.

    It cannot where the register of its category is incomplete, the facility has no location, or its location is too
    coarse for the walks to it.
    """
    category = str(inputs.facilities.at[facility, "category"])
    complete = inputs.data.categories[category].completeness.usable
    if not complete or facility not in inputs.supply[category].index:
        return None
    first, second = ways_to(inputs, category, mode), ways_to(inputs, category, mode, rank=2)
    mine = (first["dest"] == facility) & first["minutes"].notna()
    people = inputs.points["people"].where(mine, 0.0)
    if float(people[too_coarse(inputs, category, mode)].sum()) > MOST_COARSE * float(people.sum()):
        return None
    more = second["minutes"] - first["minutes"]
    alone = (travel_cost(inputs, category, mode) <= threshold) & ~(second["minutes"] <= threshold)
    known = mine & more.notna()
    mean = float((more[known] * people[known]).sum() / people[known].sum()) if people[known].sum() > 0 else None
    return Dependence(float(people.sum()), float(people[alone].sum()), mean)


def dependence_text(inputs: Inputs, facility: str) -> str:
    """Return what closing a facility would mean, in German; empty where that cannot be said."""
    category = inputs.data.categories[str(inputs.facilities.at[facility, "category"])]
    key = IndicatorKey("abhaengig", category.id, category.default_mode, category.default_threshold)
    found = dependence(inputs, facility, key.mode, key.threshold)
    if found is None:
        return ""
    way = catalog.modes()[key.mode].name_dative
    about = ", Näherung" if inputs.model.is_approximation(key.mode) else ""
    if found.people < 1:
        return f"Für niemanden im Landkreis die nächste ({way}{about})."
    parts = [f"Für etwa {_people(found.people)} die nächste ({way}{about})."]
    if found.minutes_more is None:
        return " ".join([*parts, "Eine zweite ist nicht erfasst."])
    parts.append(f"Schließt sie, wird der Weg im Mittel {number(found.minutes_more, 1)} Minuten länger;")
    parts.append(_left_alone(found.alone, key.threshold))
    if not category.completeness.outside_known:
        parts.append("Einrichtungen außerhalb des Landkreises sind nicht erfasst.")
    return " ".join(parts)


def _left_alone(people: float, threshold: int) -> str:
    who = f"etwa {_people(people)} hätten" if people >= 1 else "niemand hätte deshalb"
    return f"{who} keine mehr innerhalb von {threshold} Minuten."


def _people(people: float) -> str:
    """Return people as far as an estimate can be read: tens above a hundred.

    >>> _people(1234.4), _people(57.2)
    ('1.230 Menschen', '57 Menschen')
    """
    rounded = round(people, -1) if people >= 100 else round(people)
    return f"{number(rounded)} {'Mensch' if rounded == 1 else 'Menschen'}"
