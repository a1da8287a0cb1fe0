"""The work list of data quality: every open point of statistics, register, people and ways, the gravest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from geodata.catalog.responsible import office_of_kind, responsible
from geodata.network import SNAP_LIMIT_M, snap
from layers.atlas import Atlas
from layers.cube import Cube
from layers.german import number
from layers.inputs import Inputs
from layers.quality_counts import population_findings
from layers.quality_duplicates import duplicate_findings
from layers.quality_facilities import facility_findings, place_findings, register_findings
from layers.quality_records import KINDS, SEVERITIES, Finding, Scope, office_names, scope_of
from layers.quality_statistics import statistics_findings

KREIS = "kreis"  # in the place of a Gemeinde: what is about none of them
WALKED = "fuss"


def find_all(atlas: Atlas, today: date, published: Cube | None = None) -> tuple[Finding, ...]:
    """Return every open point, sorted by severity, kind, area and name.

    ``today`` is the day to judge by. ``published``: counts of the Kreis as their sources give them; without them sums
    are not compared.
    """
    scope = scope_of(atlas.data, responsible())
    found = [
        *statistics_findings(atlas, scope, today, published),
        *facility_findings(scope, today),
        *place_findings(scope),
        *duplicate_findings(scope),
        *register_findings(scope),
        *population_findings(scope),
        *network_findings(atlas.inputs, scope),
    ]
    kinds = {kind: place for place, kind in enumerate(KINDS)}
    return tuple(sorted(found, key=lambda f: (f.severity, kinds[f.kind], scope.names.get(f.area, ""), f.what, f.found)))


def names_of(atlas: Atlas) -> tuple[dict[str, str], dict[str, str]]:
    """Return the names of all areas by key, and those of everybody who may have to mend something."""
    scope = scope_of(atlas.data, responsible())
    return dict(scope.names), office_names(scope)


def network_findings(inputs: Inputs, scope: Scope) -> Iterator[Finding]:
    """Yield per Gemeinde how many people live too far from the network on foot; nothing where there is none."""
    network, points = inputs.data.networks.get(WALKED), inputs.points
    if network is None:
        return
    off = points[(snap(network, points["x"], points["y"])["node"] < 0).to_numpy()]
    office = office_of_kind(scope.offices, "netz")
    for ags, rows in off.groupby("ags", sort=True):
        where = (str(ags),)
        yield Finding(
            "netz",
            KINDS["netz"].severity,
            f"Wohnorte in {scope.names.get(where[0], where[0])}",
            f"etwa {number(rows['people'].sum())} Menschen wohnen weiter als {SNAP_LIMIT_M:g} m von einem Fußweg",
            KINDS["netz"].remedy,
            scope.office_key(office, where),
            area=where[0],
            gemeinden=where,
            handlungsfelder=("ZUM",),
        )


def matching(
    findings: Iterable[Finding],
    *,
    kind: str = "",
    severity: int = 0,
    office: str = "",
    ags: str = "",
    handlungsfeld: str = "",
) -> list[Finding]:
    """Return the findings that fit every given part; ``ags`` "kreis" asks for those about no single Gemeinde."""
    return [
        found
        for found in findings
        if (not kind or found.kind == kind)
        and (not severity or found.severity == severity)
        and (not office or found.office == office)
        and (not ags or (ags in found.gemeinden if ags != KREIS else not found.gemeinden))
        and (not handlungsfeld or handlungsfeld in found.handlungsfelder)
    ]


def counts_of_kinds(findings: Iterable[Finding]) -> dict[str, int]:
    """Return how many findings there are of each kind that has any, the most first."""
    return dict(Counter(found.kind for found in findings).most_common())


def counts_of_offices(findings: Iterable[Finding], names: Mapping[str, str]) -> dict[str, int]:
    """Return how many findings everybody has who has any, in the order of ``names``."""
    counted = Counter(found.office for found in findings)
    return {office: counted[office] for office in names if counted[office]}


def counts_of_severities(findings: Iterable[Finding]) -> dict[int, int]:
    """Return how many findings there are of each severity, also none."""
    counted = Counter(found.severity for found in findings)
    return {severity: counted[severity] for severity in SEVERITIES}
