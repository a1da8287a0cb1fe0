"""The words around a layer: name, unit, date, territorial state, sources, limits. German."""

from __future__ import annotations

from dataclasses import dataclass

from geodata import catalog
from geodata.catalog import Source
from geodata.sources.gtfs_day import Timetable
from layers.german import day
from layers.inputs import Inputs
from layers.keys import IndicatorKey
from layers.travel_time import BUS

REGISTER_INDICATORS = frozenset({"INK04", "TRA01", "TRA02"})
ADDITIVE = frozenset({"BEV01", "PAR03", "anzahl"})
BASES = {
    "BEV01": "Einwohner",
    "BEV02": "km²",
    "INK03": "erhobene Haltepunkte",
    "INK04": "erhobene Einrichtungen",
}
COUNT_UNITS = ("Anzahl", "Einrichtungen")
EDGE_NOTE = "Einrichtungen außerhalb des Landkreises sind nicht erfasst: Minuten am Kreisrand sind Obergrenzen."


@dataclass(frozen=True)
class LayerText:
    """What has to stand beside the numbers of a layer wherever they are shown."""

    name: str
    short: str
    unit: str
    decimals: int
    direction: int
    approximation: bool
    stand: str
    gebietsstand: str
    sources: tuple[Source, ...]
    method: str
    notes: tuple[str, ...]
    additive: bool = False
    base: str = "Einwohner"


def describe(inputs: Inputs, key: IndicatorKey, period: str | None = None) -> LayerText:
    """Return the words for one layer."""
    if key.id in catalog.indicators():
        return _describe_indicator(inputs, key, period)
    return _describe_measure(inputs, key)


def population_stand(inputs: Inputs, period: str | None = None) -> str:
    """Return the span of reference dates of the population figures."""
    if period:
        return period
    dates = inputs.data.gemeinden["population_date"]
    newest, oldest = dates.max(), dates.min()
    return day(newest) if newest == oldest else f"{day(newest)}, einzelne Gemeinden älter (bis {day(oldest)})"


def register_stand(inputs: Inputs, category: str) -> str:
    """Return the years in which the entries of a category were seen."""
    rows = inputs.data.facilities
    seen = rows.loc[(rows["category"] == category) & rows["inside"], "seen"]
    years = sorted({str(value)[:4] for value in seen if value})
    register = f"Register {day(inputs.data.sources_of('register')[0].date)}"
    if not years:
        return f"{register}, Quellen ohne Jahr"
    span = years[0] if len(years) == 1 else f"{years[0]} bis {years[-1]}"
    return f"{register}, Quellen von {span}"


def _describe_indicator(inputs: Inputs, key: IndicatorKey, period: str | None) -> LayerText:
    indicator = catalog.indicators()[key.id]
    population = key.id in ("BEV01", "BEV02")
    sources = inputs.data.sources_of("population") if population else ()
    if key.id in REGISTER_INDICATORS:
        sources = inputs.data.sources_of("register")
    if key.id == "INK03":
        sources = inputs.data.sources_of("stops")
    stand = population_stand(inputs, period) if population else ""
    if key.id in REGISTER_INDICATORS | {"INK03"}:
        stand = day(sources[-1].date)
    notes = tuple(note for note in (indicator.trap,) if note)
    method = f"{indicator.numerator} / {indicator.denominator}".rstrip(" /–")
    return LayerText(
        indicator.name,
        indicator.name,
        "" if indicator.unit in COUNT_UNITS else indicator.unit,
        indicator.decimals,
        indicator.direction,
        key.id == "MOB05" and inputs.model.is_approximation("fuss"),
        stand or "noch keine Daten",
        day(inputs.data.gebietsstand),
        sources,
        method,
        notes,
        additive=key.id in ADDITIVE,
        base=BASES.get(key.id, "Einträge" if key.id in REGISTER_INDICATORS else ""),
    )


def _describe_measure(inputs: Inputs, key: IndicatorKey) -> LayerText:
    measure = catalog.measures()[key.id]
    category = inputs.data.categories.get(key.category)
    name = measure.name_for_category.format(kategorie=category.plural if category else "")
    sources, stand = _measure_sources(inputs, key)
    approximation = _is_approximation(inputs, key)
    on_ways = measure.ways_formula and not approximation
    notes = [measure.ways_limits if on_ways else measure.limits]
    if inputs.data.timetable is not None and (key.mode == BUS or measure.by_ways):
        notes.insert(0, timetable_note(inputs.data.timetable))
    if category and category.also_note and key.id != "anzahl":
        notes.append(category.also_note)
    if category and measure.needs_mode and not category.completeness.outside_known:
        notes.append(EDGE_NOTE)
    if category and category.completeness.note:
        notes.append(category.completeness.note)
    return LayerText(
        full_name(name, key),
        name,
        "" if measure.unit in COUNT_UNITS else measure.unit,
        measure.decimals,
        measure.direction,
        approximation,
        stand,
        day(inputs.data.gebietsstand),
        sources,
        measure.ways_formula if on_ways else measure.formula,
        tuple(note for note in notes if note),
        additive=key.id in ADDITIVE,
    )


def _is_approximation(inputs: Inputs, key: IndicatorKey) -> bool:
    measure = catalog.measures()[key.id]
    if key.id == "gueteklasse":
        return inputs.data.timetable is None
    if measure.by_ways:
        return inputs.data.timetable is None or inputs.model.is_approximation(BUS)
    return key.id == "haltestelle" or (measure.needs_mode and inputs.model.is_approximation(key.mode))


def timetable_note(table: Timetable) -> str:
    """Return which day of which timetable stands for all days."""
    spans = table.provenance.get("feeds", [table.provenance])
    files = ", ".join(str(span["file"]) for span in spans)
    first, last = max(str(span["first"]) for span in spans), min(str(span["last"]) for span in spans)
    return (
        f"Fahrplan {files}, gültig vom {day(first)} bis {day(last)}; gerechnet für {WEEKDAYS[table.day.weekday()]}, "
        f"{day(table.day)}."
    )


WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")


def full_name(name: str, key: IndicatorKey) -> str:
    """Return the name with mode and threshold.

    >>> full_name("Haltestelle in der Nähe", IndicatorKey("haltestelle", threshold=600))
    'Haltestelle in der Nähe, 600 m'
    """
    if key.id == "haltestelle":
        return f"{name}, {key.threshold} m"
    mode = f" {catalog.modes()[key.mode].name_dative}" if key.mode else ""
    limit = f", höchstens {key.threshold} Minuten" if key.threshold else ""
    return f"{name}{limit}{mode}"


def _measure_sources(inputs: Inputs, key: IndicatorKey) -> tuple[tuple[Source, ...], str]:
    data = inputs.data
    if key.id == "veraenderung":
        return data.sources_of("population"), population_stand(inputs)
    if key.id == "haltestelle" or key.category == "haltestelle":
        return data.sources_of("stops", "homes"), day(data.sources_of("stops")[0].date)
    if key.id == "gueteklasse":
        return data.sources_of("timetable", "homes"), day(data.timetable.day) if data.timetable else "noch keine Daten"
    register = register_stand(inputs, key.category)
    extra: tuple[str, ...] = ("population",) if key.id in ("dichte", "versorgung", "plaetze") else ()
    measure = catalog.measures()[key.id]
    if measure.needs_mode or measure.by_ways:
        extra = ("homes", "ways", "timetable") if measure.by_ways or key.mode == BUS else ("homes", "ways")
    return data.sources_of("register", *extra), register
