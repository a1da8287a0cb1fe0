"""The threshold slider: its range, its marks at limits that are named somewhere, and where a limit comes from."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from geodata import catalog
from layers.german import number
from layers.keys import STOP_THRESHOLDS
from views.components.words import KINDS
from views.selection import MAX_MINUTES, Selection

NUMBER_WIDTH, NAME_WIDTH = 0.1, 0.35  # of the slider: what the label of a mark takes


def threshold_props(selection: Selection) -> dict[str, Any]:
    """Return range, step and marks of the threshold slider; proven limits carry their number where there is room."""
    if selection.indicator == "haltestelle":
        marks = [{"value": metres, "label": f"{number(metres)} m"} for metres in STOP_THRESHOLDS]
        return {"min": 300, "max": 1200, "step": 300, "marks": marks, "restrictToMarks": True}
    limits = proven_limits(selection)
    longest = max(60, *limits, selection.threshold)
    marks = _minute_marks(limits, longest)
    return {"min": 1, "max": longest, "step": 1, "marks": marks, "restrictToMarks": False}


def _minute_marks(limits: dict[int, str], longest: int) -> list[dict[str, Any]]:
    """Return the marks for both ends and for ``limits``; a label that would lie on the one before is left out."""
    ends = {end: "" for end in (1, 60) if all(abs(end - limit) >= NUMBER_WIDTH * longest for limit in limits)}
    places = sorted({**ends, **limits}.items())
    roomy = all(later - earlier >= NAME_WIDTH * longest for (earlier, _), (later, _) in pairwise(places))
    marks: list[dict[str, Any]] = []
    labelled = -longest
    for value, name in places:
        clear = value - labelled >= NUMBER_WIDTH * longest
        labelled = value if clear else labelled
        text = f"{value} ({name})" if name and roomy else str(value)
        marks.append({"value": value} | ({"label": text} if clear else {}))
    return marks


def proven_limits(selection: Selection) -> dict[int, str]:
    """Return the limits in minutes that the thresholds name for the chosen category and mode, with their ids."""
    found: dict[int, str] = {}
    for threshold in catalog.thresholds().values():
        fits = selection.category in threshold.categories and threshold.measure == "minuten"
        if fits and threshold.mode in (selection.mode, None):
            for value in threshold.values:
                if 0 < value <= MAX_MINUTES and value == int(value):
                    found.setdefault(int(value), threshold.id)
    return found


def threshold_text(selection: Selection) -> str:
    """Return where the chosen threshold comes from: law, guideline, benchmark or the reader's own choice."""
    if selection.indicator == "haltestelle":
        return "300 bis 600 m: VDV-Schrift 4 (T38, zu prüfen); 1.200 m zur Bahn: T39 (zu prüfen)."
    threshold = proven_limits(selection).get(selection.threshold)
    if threshold is None:
        return f"{selection.threshold} Minuten: eigene Setzung, kein belegter Schwellenwert."
    entry = catalog.thresholds()[threshold]
    car = " Gemeint ist der Schulweg, nicht die Fahrt mit dem Auto." if entry.mode is None else ""
    proof = {"belegt": "belegt", "pruefen": "zu prüfen", "setzung": "eigene Setzung"}[entry.status]
    return f"{selection.threshold} Minuten: {entry.name} ({entry.id}, {KINDS[entry.kind]}, {proof}).{car}"
