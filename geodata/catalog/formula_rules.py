"""Rules for the formulas of indicators: every name is known, units fit, nothing rests on itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from geodata.catalog.formula import FormulaError, names, parse, unit
from geodata.catalog.parts import Part
from geodata.catalog.records import Indicator

PER = re.compile(r"je ([\d.]+)")


def formula_problems(indicators: Mapping[str, Indicator], parts: Mapping[str, Part]) -> Iterator[tuple[str, str]]:
    """Yield indicator and broken rule."""
    part_units = {key: part.unit for key, part in parts.items()}
    for key, indicator in indicators.items():
        try:
            if indicator.formula:
                yield from ((key, text) for text in _computed(indicator, indicators))
            elif indicator.count:
                yield from ((key, text) for text in _of_parts(indicator, part_units))
            elif indicator.per or indicator.share:
                yield key, "per and share need count (write the formula above the line)"
        except FormulaError as error:
            yield key, str(error)


def factor_of(unit_text: str) -> float | None:
    """Return the factor that a unit stands for, None where it stands for none.

    >>> factor_of("%"), factor_of("je 10.000"), factor_of("EW/km²")
    (100.0, 10000.0, None)
    """
    if unit_text.startswith("%"):
        return 100.0
    found = PER.fullmatch(unit_text)
    return float(found[1].replace(".", "")) if found else None


def _of_parts(indicator: Indicator, units: Mapping[str, str]) -> Iterator[str]:
    over = unit(parse(indicator.count), units)
    under = unit(parse(indicator.per), units) if indicator.per else ""
    factor = factor_of(indicator.unit)
    if factor is not None and (factor != indicator.factor or not indicator.per):
        yield f"unit '{indicator.unit}' needs per and factor {factor:g}, found {indicator.factor}"
    if factor is None and indicator.factor not in (None, 1.0):
        yield f"factor {indicator.factor} is not part of unit '{indicator.unit}' (write 1 or 'je ...')"
    if indicator.share and over != under:
        yield f"a share has one unit above and below the line, found {over} and {under}"
    if indicator.formula:
        yield "count and formula exclude each other (remove one)"


def _computed(indicator: Indicator, indicators: Mapping[str, Indicator]) -> Iterator[str]:
    tree = parse(indicator.formula)
    for name in sorted(names(tree) - indicators.keys()):
        yield f"formula: {name} is unknown (name an indicator)"
    if chain := _cycle(indicator.id, indicators, ()):
        yield f"formula rests on itself: {' -> '.join(chain)} (remove one of them)"
    if names(tree) <= indicators.keys():
        result = unit(tree, {key: other.unit for key, other in indicators.items()})
        if result != indicator.unit and not (result == "" and indicator.unit in ("", "%", "Index", "Verhältnis")):
            yield f"formula gives '{result or 'a plain number'}', unit says '{indicator.unit}' (correct one of them)"


def _cycle(key: str, indicators: Mapping[str, Indicator], above: tuple[str, ...]) -> tuple[str, ...]:
    """Return the chain by which an indicator rests on itself, empty where it does not."""
    if key in above:
        return (*above[above.index(key) :], key)
    formula = indicators[key].formula if key in indicators else ""
    if not formula:
        return ()
    chains = (_cycle(name, indicators, (*above, key)) for name in sorted(names(parse(formula))))
    return next((chain for chain in chains if chain), ())
