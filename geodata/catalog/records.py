"""One frozen record per catalogue block; the annotations are the rules that the reader enforces.

A field without a default must be present, and a text without a default must not be empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from geodata.catalog.parts import Part
from geodata.catalog.statistics import Publisher

Status = Literal["belegt", "pruefen", "setzung"]


def proof_ids(proof: str) -> tuple[str, ...]:
    """Return the ids of a proof text, in its order.

    >>> proof_ids("S36,S38,M")
    ('S36', 'S38', 'M')
    >>> proof_ids("S26 (Variante 1)")
    ('S26',)
    """
    return tuple(re.split(r"[\s(]", part.strip(), maxsplit=1)[0] for part in proof.split(","))


@dataclass(frozen=True, slots=True)
class Handlungsfeld:
    """A field of the strategy; ``leitziel`` stays None until a text that was decided on is imported."""

    code: str
    name: str
    question: str
    colour: str
    icon: str
    leitziel_status: Literal["offen", "beschlossen"]
    leitziel: str | None = None


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of a category the register of facilities holds, and what would complete it.

    ``judgement`` "ungeprueft": taken from a source that nobody has compared with an official list; it is computed on,
    with that mark. ``usable`` says where a figure may be computed at all.
    ``expected`` is a number only where one is known or calculated for the whole district, ``expected_text``
    says which. ``gap_ags`` are the Gemeinden where a facility is known that the register lacks.
    ``outside_known``: facilities outside the district are recorded too. ``standort`` False: a department
    of another facility, not a site of its own.
    """

    expected_text: str
    judgement: Literal["ausreichend", "ungeprueft", "unvollstaendig", "keine"]
    note: str
    missing_source: str
    outside_known: bool
    standort: bool
    expected: int | None = None
    gap_ags: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        """True where density, supply and minutes may be computed."""
        return self.judgement in ("ausreichend", "ungeprueft")


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of facility; ``default_threshold`` is in minutes for ``default_mode``.

    ``protection``: "municipality" shows the Gemeinde only, "no_location" no place at all.
    ``also_by``: other categories that offer the same, so that their facilities count for reachability and supply
    (the register does not list them twice); ``also_note`` says so to the reader.
    ``osm_tags`` is verbatim; ``osm`` are the selectors that are read by program (``selectors.parse_selector``).
    ``plural`` fills {kategorie} in the names of measures; ``icon`` is a Maki file name without ``.svg``.
    """

    id: str
    name: str
    plural: str
    bereich: str
    handlungsfelder: tuple[str, ...]
    target: str
    target_ages: str
    register: str
    icon: str
    default_mode: Literal["fuss", "rad", "pkw"]
    default_threshold: int
    default_threshold_from: str
    completeness: Completeness
    default_note: str = ""
    capacity: str = ""
    osm_tags: tuple[str, ...] = ()
    osm: tuple[str, ...] = ()
    also_by: tuple[str, ...] = ()
    also_note: str = ""
    protection: Literal["", "municipality", "no_location"] = ""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit from law, guideline, plan or practice.

    ``value_text`` is verbatim. ``values`` are its numeric limits, in minutes or metres where ``measure`` says
    so (2 km become 2000.0); where one text gives car and public transport, they are those of ``mode``.
    ``mode`` None: the text names no single mode.
    """

    id: str
    name: str
    categories: tuple[str, ...]
    value_text: str
    values: tuple[float, ...]
    measure: Literal["minuten", "meter", "ratio", "text"]
    kind: Literal["gesetz", "richtlinie", "fachplan", "benchmark", "setzung"]
    source: str
    handlungsfelder: tuple[str, ...]
    status: Status
    status_text: str
    proof: str
    unit: str = ""
    reference: str = ""
    mode: Literal["pkw", "fuss", "oev"] | None = None
    valid_from: str | None = None
    valid_to: str | None = None

    @property
    def historical(self) -> bool:
        """True where the source speaks of a value that no longer applies."""
        return "historisch" in self.status_text


@dataclass(frozen=True, slots=True)
class Indicator:
    """A figure of social reporting: how it is built, who publishes it, what goes wrong with it.

    ``direction`` -1: a higher value is more load, +1: better, 0: context. ``levels`` is verbatim (G Gemeinde,
    K Kreis, E own survey). ``table_proven``: the table key was found in public code.
    ``count`` and ``per`` are formulas over parts, above and below the line; ``formula`` one over other indicators.
    ``share``: who is counted is among those below the line, so that the rest is known as well.
    """

    id: str
    theme: str
    name: str
    numerator: str
    unit: str
    direction: Literal[-1, 0, 1]
    levels: str
    source_table: str
    table_proven: bool
    periodicity: str
    handlungsfelder: tuple[str, ...]
    proof: str
    needs: str
    decimals: int
    denominator: str = ""
    factor: float | None = None
    direction_note: str = ""
    trap: str = ""
    count: str = ""
    per: str = ""
    formula: str = ""
    share: bool = False

    @property
    def status(self) -> Status:
        """What the proof allows to say: proven, expert knowledge to be checked, or our own draft."""
        ids = set(proof_ids(self.proof))
        if ids & {"E"}:
            return "setzung"
        return "pruefen" if ids & {"M"} else "belegt"


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure that the atlas computes; ``thresholds`` are the limits on offer, in ``threshold_unit``.

    ``ways_formula`` and ``ways_limits`` stand in for ``formula`` and ``limits`` where it rests on road networks or a
    timetable; ``by_ways``: it does so without a mode of its own.
    """

    id: str
    name: str
    name_for_category: str
    group: str
    unit: str
    decimals: int
    direction: Literal[-1, 0, 1]
    needs_category: bool
    needs_mode: bool
    needs_threshold: bool
    formula: str
    limits: str
    handlungsfelder: tuple[str, ...]
    threshold_unit: Literal["", "min", "m"] = ""
    thresholds: tuple[int, ...] = ()
    by_ways: bool = False
    ways_formula: str = ""
    ways_limits: str = ""


@dataclass(frozen=True, slots=True)
class Mode:
    """A way to move; while roads are unknown it takes distance x ``detour`` / ``speed_kmh`` + ``access_minutes``.

    ``needs``: only on offer where the district has road networks ("wegenetz") or a timetable ("fahrplan").
    """

    id: str
    name: str
    name_dative: str
    speed_kmh: float
    detour: float
    access_minutes: float
    source: str
    status: Status
    thresholds_default: tuple[int, ...]
    needs: Literal["", "wegenetz", "fahrplan"] = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where data comes from; ``sha256`` of the package archive, or of the file where there is no package.

    ``url`` is empty where every row names its own address.
    """

    id: str
    title: str
    publisher: str
    licence: str
    attribution: str
    date: str
    file: str
    sha256: str
    used_for: str
    url: str = ""
    gebietsstand: str = ""
    licence_url: str = ""
    package: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class District:
    """A Kreis that can be built; ``context_km`` of neighbours to draw, ``buffer_km`` of stops to load."""

    ags: str
    name: str
    land: str
    gebietsstand: date
    context_km: float
    buffer_km: float
    level_names: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Proof:
    """One entry of the list of proofs: S with a number is a source, M expert knowledge, E our own draft."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Catalog:
    """All catalogues of one folder, each keyed by id in file order."""

    handlungsfelder: Mapping[str, Handlungsfeld]
    categories: Mapping[str, Category]
    thresholds: Mapping[str, Threshold]
    indicators: Mapping[str, Indicator]
    measures: Mapping[str, Measure]
    modes: Mapping[str, Mode]
    sources: Mapping[str, Source]
    districts: Mapping[str, District]
    proofs: Mapping[str, Proof]
    parts: Mapping[str, Part]
    publishers: Mapping[str, Publisher]
