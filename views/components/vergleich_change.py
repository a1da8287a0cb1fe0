"""What became of one indicator from one year to another, and where the two must not be compared."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.model import State
from layers.atlas import Atlas
from layers.cube import BASES, CODE, FIRST_EMPTY, MIXED
from layers.german import number, printed, rounded
from layers.palette import AROUND
from layers.ranking import wilson
from layers.sentences import LEVEL_DATIVE
from layers.trends import change
from views.components.vergleich_data import Field, Figure, Finding, Paint, figure_of, signed
from views.components.vergleich_rank import is_share
from views.components.vergleich_state import Comparison

AMOUNTS = ("€", "EW/km²")  # how the unit of a figure begins that may change by percent of itself
CHANCE = "„mehr als Zufall“: Die 95-%-Spannen (Wilson) beider Jahre überschneiden sich nicht; ein strenger Maßstab."
NEUTRAL = ("#5e3c99", "#b2abd2", "#f7f7f7", "#fdb863", "#e66101")  # ColorBrewer PuOr: no side is worse
COLOURS = {-1: tuple(AROUND), 0: NEUTRAL, 1: tuple(AROUND[::-1])}


def change_finding(atlas: Atlas, state: Comparison) -> Finding:
    """Return what became of an indicator from one year to another, where the two may be compared."""
    if not state.then:
        only = figure_of(atlas, state.level, state.indicator)
        empty = "Für diese Kennzahl gibt es auf dieser Ebene nur einen Stand: keine Veränderung zu zeigen."
        return Finding("Veränderung", figures=(only,), empty=empty)
    then, now = (figure_of(atlas, state.level, state.indicator, year) for year in (state.then, state.period))
    kind = "count" if _is_amount(now) else "rate"
    states, basis = comparable_states(atlas, then, now)
    table = change(then.series, now.series, states, kind=kind, basis=basis)  # type: ignore[arg-type]
    table["name"] = atlas.areas(state.level)["name"]
    table["then"], table["now"] = then.series, now.series
    table["state_then"], table["state_now"] = then.states, now.states
    table["beyond"] = _beyond_chance(then, now).where(table["comparable"], "")
    column = "relative" if state.kind == "relativ" and kind == "count" else "absolute"
    table = table.sort_values([column, "name"], ascending=[False, True], na_position="last")
    warnings = [*([_rate_note(now)] if kind == "rate" else []), *([CHANCE] if is_share(now) else [])]
    return Finding(
        "Veränderung",
        (_change_sentence(table, column, then, now),),
        table,
        _change_fields(then, now, kind),
        (then, now),
        tuple(warnings),
        paint=_change_paint(atlas, table, column, now),
        empty="" if table["comparable"].any() else "Kein Gebiet hat in beiden Jahren vergleichbare Werte.",
    )


def _is_amount(figure: Figure) -> bool:
    """Return whether a figure may change by percent of itself: numbers, money, people per area; no rates."""
    return not figure.text.unit or figure.text.unit.startswith(AMOUNTS)


def _rate_note(figure: Figure) -> str:
    points = "in Prozentpunkten" if figure.text.unit == "%" else "in der Einheit der Kennzahl"
    return f"Die Veränderung steht {points}; eine Veränderung in Prozent des Werts wäre irreführend."


def comparable_states(atlas: Atlas, then: Figure, now: Figure) -> tuple[pd.DataFrame, tuple[str, str]]:
    """Return the states of both years, a break also where one lies between, and the census that each year rests on.

    Where only some areas changed their census, those have a break.
    """
    states = pd.DataFrame({"then": then.states, "now": now.states})
    statistics, key = atlas.current.statistics, then.layer.key.id
    if now.year not in statistics.periods(key):
        return states, ("", "")  # collected figures of single years rest on one census
    result = statistics.levels[then.layer.level].result(key)
    first, last = (result.years.index(int(figure.year)) for figure in (then, now))
    broken = (result.cells.code[first + 1 : last + 1] == CODE[State.BREAK]).any(axis=0)
    before, after = result.cells.basis[first], result.cells.basis[last]
    both = (result.cells.code[[first, last]] < FIRST_EMPTY).all(axis=0)
    pairs = set(zip(before[both].tolist(), after[both].tolist(), strict=True))
    if len(pairs) == 1 and MIXED not in (pair := pairs.pop()):
        basis = (BASES[pair[0]], BASES[pair[1]])
    else:
        basis, broken = ("", ""), broken | (before != after)
    shut = pd.Series(broken, index=result.areas).reindex(states.index, fill_value=False)
    states["now"] = states["now"].mask(shut & then.series.notna() & now.series.notna(), str(State.BREAK))
    return states, basis


def _beyond_chance(then: Figure, now: Figure) -> pd.Series:
    """Return per area "ja" where the intervals of two shares do not overlap, "nein" where they do, else empty."""
    if not is_share(now):
        return pd.Series("", index=now.series.index, dtype=object)
    spans = []
    for figure in (then, now):
        table = figure.layer.table
        spans.append(wilson((table["value"] * table["base"] / 100).round(6), table["base"]))
    before, after = spans[0].reindex(spans[1].index), spans[1]
    known = before.notna().all(axis=1) & after.notna().all(axis=1)
    apart = (before["low"] > after["high"]) | (after["low"] > before["high"])
    return pd.Series(np.where(known, np.where(apart, "ja", "nein"), ""), index=after.index, dtype=object)


def _change_fields(then: Figure, now: Figure, kind: str) -> tuple[Field, ...]:
    text = now.text
    unit = change_unit(now) or "Anzahl"
    relative = (Field("relative", "Veränderung (%)", 1, plus=True),) if kind == "count" else ()
    beyond = (Field("beyond", "mehr als Zufall"),) if is_share(now) else ()
    return (
        Field("name", "Gebiet"),
        Field("then", then.year, text.decimals, "state_then"),
        Field("now", now.year, text.decimals, "state_now"),
        Field("absolute", f"Veränderung ({unit})", text.decimals, plus=True),
        *relative,
        *beyond,
        Field("reason", "Hinweis"),
    )


def _change_sentence(table: pd.DataFrame, column: str, then: Figure, now: Figure) -> str:
    known = table[table["comparable"]]
    shown = printed(known[column], now.text.decimals if column == "absolute" else 1)
    up, down = int((shown > 0).sum()), int((shown < 0).sum())
    level = LEVEL_DATIVE[now.layer.level]
    lead = f"{now.text.name}, {then.year} bis {now.year}: in {number(up)} von {number(len(known))} {level} gestiegen, "
    tail = f"in {number(down)} gesunken, in {number(len(known) - up - down)} unverändert."
    rest = len(table) - len(known)
    beyond = int((known["beyond"] == "ja").sum())
    if is_share(now):
        tail += f" Mehr, als der Zufall kleiner Zahlen erwarten lässt: in {number(beyond)}."
    return f"{lead}{tail}" + (f" Nicht vergleichbar oder ohne Wert: {number(rest)}." if rest else "")


def _change_paint(atlas: Atlas, table: pd.DataFrame, column: str, figure: Figure) -> Paint:
    """Return five classes around no change, at thirds of how far the areas moved; red where it became worse."""
    decimals = figure.text.decimals if column == "absolute" else 1
    rows = table.reindex(atlas.areas(figure.layer.level).index)
    shown = printed(rows[column], decimals)
    inner, outer = _limits(shown.abs().dropna(), decimals)
    conditions = [shown.isna(), shown < -outer, shown < -inner, shown <= inner, shown <= outer]
    of = pd.Series(np.select(conditions, [-1, 0, 1, 2, 3], 4), index=rows.index)
    low, high = number(inner, decimals), number(outer, decimals)
    labels = (f"um mehr als {high} gesunken", f"um {low} bis {high} gesunken", f"höchstens {low} verändert",
              f"um {low} bis {high} gestiegen", f"um mehr als {high} gestiegen")  # fmt: skip
    unit = "%" if column == "relative" else change_unit(figure)
    texts = [
        f"{signed(value, decimals)} {unit}".strip() if pd.notna(value) else reason or "kein Wert"
        for value, reason in zip(shown, rows["reason"], strict=True)
    ]
    return Paint(of, COLOURS[figure.text.direction], labels, pd.Series(texts, index=rows.index), unit)


def _limits(far: pd.Series, decimals: int) -> tuple[float, float]:
    """Return the two thirds of the distances ``far``, as printed, different and above 0."""
    step = 10.0**-decimals
    thirds = [rounded(float(far.quantile(share)), decimals) if len(far) else 0.0 for share in (1 / 3, 2 / 3)]
    inner = max(thirds[0], step)
    return inner, max(thirds[1], inner + step)


def change_unit(figure: Figure) -> str:
    """Return the unit of a difference between two years."""
    return "Prozentpunkte" if figure.text.unit == "%" else figure.text.unit
