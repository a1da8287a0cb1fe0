"""Rules that hold between blocks and inside texts; the types alone are the business of the reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from geodata.catalog.formula_rules import formula_problems
from geodata.catalog.records import Catalog, Category, Handlungsfeld, Indicator, Threshold, proof_ids
from geodata.catalog.selectors import parse_selector

UNPROVEN = {"M", "E"}
ICON = re.compile(r"[a-z0-9]+(-[a-zA-Z0-9]+)*")
COLOUR = re.compile(r"#[0-9a-f]{6}")
AGS = re.compile(r"[0-9]{8}")
KREIS = re.compile(r"[0-9]{5}")
SHA256 = re.compile(r"[0-9a-f]{64}")
ADDRESS = re.compile(r"https?://\S+")


def broken_rules(catalog: Catalog) -> list[str]:
    """Return every broken rule as "file [block]: rule (remedy)", in file order."""
    rules: tuple[tuple[str, Callable[[Catalog], Iterator[tuple[str, str]]]], ...] = (
        ("handlungsfelder.toml", _handlungsfelder),
        ("categories.toml", _categories),
        ("thresholds.toml", _thresholds),
        ("indicators.toml", _indicators),
        ("measures.toml", _measures),
        ("modes.toml", _modes),
        ("sources.toml", _sources),
        ("districts.toml", _districts),
    )
    return [f"{file} [{block}]: {text}" for file, rule in rules for block, text in rule(catalog)]


def _handlungsfelder(catalog: Catalog) -> Iterator[tuple[str, str]]:
    colours: set[str] = set()
    for code, field in catalog.handlungsfelder.items():
        yield from ((code, text) for text in _handlungsfeld(field))
        if field.colour in colours:
            yield code, f"colour {field.colour} is taken by another Handlungsfeld (choose another)"
        colours.add(field.colour)


def _handlungsfeld(field: Handlungsfeld) -> Iterator[str]:
    if not COLOUR.fullmatch(field.colour):
        yield f"colour must be # and six lower case hex digits, found '{field.colour}'"
    elif contrast_on_white(field.colour) < 3:
        yield f"colour {field.colour} has less than 3:1 contrast on white (take a darker one)"
    if not ICON.fullmatch(field.icon):
        yield f"icon must be a Maki name without .svg, found '{field.icon}'"
    if (field.leitziel is None) != (field.leitziel_status == "offen"):
        yield "leitziel is given exactly when leitziel_status is 'beschlossen' (no draft as decided)"


def contrast_on_white(colour: str) -> float:
    """Return the contrast ratio of a colour on white (WCAG 2.1, relative luminance).

    >>> round(contrast_on_white("#000000"))
    21
    """
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def _categories(catalog: Catalog) -> Iterator[tuple[str, str]]:
    for key, category in catalog.categories.items():
        if category.also_by:
            yield from ((key, text) for text in _unknown("also_by", category.also_by, catalog.categories))
        if bool(category.also_by) != bool(category.also_note):
            yield key, "also_by and also_note stand together (say to the reader what counts too)"
        yield from (
            (key, text) for text in _unknown("handlungsfelder", category.handlungsfelder, catalog.handlungsfelder)
        )
        yield from ((key, text) for text in _category(category))
        yield from ((key, text) for text in _default_threshold(category, catalog))


def _category(category: Category) -> Iterator[str]:
    if not ICON.fullmatch(category.icon):
        yield f"icon must be a Maki name without .svg, found '{category.icon}'"
    if category.default_threshold <= 0:
        yield f"default_threshold must be minutes above 0, found {category.default_threshold}"
    for ags in category.completeness.gap_ags:
        if not AGS.fullmatch(ags):
            yield f"completeness: gap_ags must be 8 digits, found '{ags}'"
    if category.completeness.missing_source.endswith("."):
        yield "completeness: missing_source must be a noun phrase without full stop (drop the dot)"
    expected = category.completeness.expected
    if expected is not None and expected < 0:
        yield f"completeness: expected must not be negative, found {expected}"
    if category.protection == "no_location" and category.osm_tags:
        yield "osm_tags must be empty where protection is 'no_location' (never look such places up)"
    if category.protection and category.osm:
        yield f"osm must be empty where protection is '{category.protection}' (never look such places up)"
    yield from _selectors(category)


def _selectors(category: Category) -> Iterator[str]:
    for text in category.osm:
        try:
            parse_selector(text)
        except ValueError as error:
            yield f"osm: {error} (write 'key=value + key~part')"


def _default_threshold(category: Category, catalog: Catalog) -> Iterator[str]:
    origin = category.default_threshold_from
    if origin == "setzung":
        return
    threshold = catalog.thresholds.get(origin)
    if threshold is None:
        yield f"default_threshold_from names unknown threshold '{origin}' (correct it or use 'setzung')"
    elif category.id not in threshold.categories or threshold.measure != "minuten":
        yield f"default_threshold_from: {origin} gives no minutes for this category (use 'setzung')"
    elif category.default_threshold not in threshold.values:
        yield f"default_threshold {category.default_threshold} is not a value of {origin} (use 'setzung')"
    elif threshold.mode not in (None, category.default_mode):
        yield f"default_mode must be that of {origin}, {threshold.mode} (or use 'setzung')"


def _thresholds(catalog: Catalog) -> Iterator[tuple[str, str]]:
    for key, threshold in catalog.thresholds.items():
        yield from ((key, text) for text in _unknown("categories", threshold.categories, catalog.categories))
        yield from (
            (key, text) for text in _unknown("handlungsfelder", threshold.handlungsfelder, catalog.handlungsfelder)
        )
        yield from ((key, text) for text in _unknown("proof", proof_ids(threshold.proof), catalog.proofs))
        yield from ((key, text) for text in _threshold(threshold))


def _threshold(threshold: Threshold) -> Iterator[str]:
    if threshold.status == "belegt" and UNPROVEN & set(proof_ids(threshold.proof)):
        yield f"status 'belegt' needs a source in proof, found '{threshold.proof}' (use 'pruefen')"
    if threshold.measure != "text" and not threshold.values:
        yield f"measure '{threshold.measure}' needs values (or set measure to 'text')"
    if any(value <= 0 for value in threshold.values):
        yield f"values must be above 0, found {list(threshold.values)}"
    for name in ("valid_from", "valid_to"):
        text = getattr(threshold, name)
        if text is not None and not re.fullmatch(r"\d{4}(-\d{2}-\d{2})?", text):
            yield f"{name} must be a year or an ISO date, found '{text}'"


def _indicators(catalog: Catalog) -> Iterator[tuple[str, str]]:
    for key, indicator in catalog.indicators.items():
        yield from (
            (key, text) for text in _unknown("handlungsfelder", indicator.handlungsfelder, catalog.handlungsfelder)
        )
        yield from ((key, text) for text in _unknown("proof", proof_ids(indicator.proof), catalog.proofs))
        yield from ((key, text) for text in _indicator(indicator))
    yield from formula_problems(catalog.indicators, catalog.parts)


def _indicator(indicator: Indicator) -> Iterator[str]:
    if indicator.decimals < 0:
        yield f"decimals must not be negative, found {indicator.decimals}"
    if indicator.factor is not None and indicator.factor <= 0:
        yield f"factor must be above 0, found {indicator.factor}"


def _measures(catalog: Catalog) -> Iterator[tuple[str, str]]:
    for key, measure in catalog.measures.items():
        yield from (
            (key, text) for text in _unknown("handlungsfelder", measure.handlungsfelder, catalog.handlungsfelder)
        )
        if measure.needs_category != ("{kategorie}" in measure.name_for_category):
            yield key, "name_for_category holds {kategorie} exactly when needs_category is true"
        if measure.needs_threshold != bool(measure.threshold_unit):
            yield key, "threshold_unit is given exactly when needs_threshold is true"
        on_ways = bool(measure.ways_formula and measure.ways_limits)
        if on_ways != (measure.needs_mode or measure.by_ways):
            yield key, "ways_formula and ways_limits are given exactly when needs_mode or by_ways is true"


def _modes(catalog: Catalog) -> Iterator[tuple[str, str]]:
    for key, mode in catalog.modes.items():
        if mode.speed_kmh <= 0:
            yield key, f"speed_kmh must be above 0, found {mode.speed_kmh}"
        if mode.detour < 1:
            yield key, f"detour must be at least 1, found {mode.detour}"
        if mode.access_minutes < 0:
            yield key, f"access_minutes must not be negative, found {mode.access_minutes}"
    for category in catalog.categories.values():
        if category.default_mode not in catalog.modes:
            yield category.default_mode, f"mode is missing, category {category.id} uses it (add the block)"


def _sources(catalog: Catalog) -> Iterator[tuple[str, str]]:
    for key, source in catalog.sources.items():
        if not SHA256.fullmatch(source.sha256):
            yield key, f"sha256 must be 64 lower case hex digits, found '{source.sha256}'"
        for name, address in (("url", source.url), ("licence_url", source.licence_url)):
            if address and not ADDRESS.fullmatch(address):
                yield key, f"{name} must be an address with http or https, found '{address}'"


def _districts(catalog: Catalog) -> Iterator[tuple[str, str]]:
    for key, district in catalog.districts.items():
        if not KREIS.fullmatch(key):
            yield key, f"ags must be 5 digits, found '{key}'"
        if district.context_km <= 0 or district.buffer_km <= 0:
            yield key, "context_km and buffer_km must be above 0"


def _unknown(name: str, ids: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    """Yield one sentence about the ids that no catalogue knows, and one where the list is empty."""
    ids, known = tuple(ids), set(known)
    if not ids:
        yield f"{name} must name at least one entry"
    if unknown := [entry for entry in ids if entry not in known]:
        yield f"{name} names unknown {', '.join(map(repr, unknown[:3]))} (correct it or add the block)"
