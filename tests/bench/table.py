"""What the bench found: rows with a peer, the ratio to it, the printed table and the JSON form."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

HEAD = ("Messung", "unser Wert", "Vergleich", "dessen Wert", "Verhältnis", "Einheit", "Ziel")


@dataclass(frozen=True)
class Row:
    """One measurement; less is better. ``at_least``: the ratio (peer / ours) aimed at, None for no aim."""

    name: str
    ours: float | None
    peer: str
    peer_value: float | None
    unit: str
    at_least: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times better than the peer; None where one of the two was not measured.

        >>> Row("Wechsel", 20.0, "Plotly", 500.0, "ms").ratio
        25.0
        """
        if not self.ours or self.peer_value is None:
            return None
        return self.peer_value / self.ours

    @property
    def verdict(self) -> str:
        """The aim and whether it is reached, as information."""
        if self.at_least is None:
            return ""
        if self.ratio is None:
            return f"≥ {self.at_least:g}x nicht gemessen"
        return f"≥ {self.at_least:g}x {'erreicht' if self.ratio >= self.at_least else 'VERFEHLT'}"


def limit(name: str, ours: float | None, target: float, unit: str, *, judged: bool = True) -> Row:
    """Return a row that is held against a fixed limit instead of another program."""
    return Row(name, ours, f"Grenze {target:g} {unit}", target, unit, 1.0 if judged else None)


def as_json(rows: Iterable[Row]) -> dict[str, dict[str, float | str | None]]:
    """Return ``{name: {ours, peer, peer_value, ratio}}``; two rows of one name are an error."""
    found: dict[str, dict[str, float | str | None]] = {}
    for row in rows:
        if row.name in found:
            raise ValueError(f"zwei Messungen heißen „{row.name}“")
        found[row.name] = {
            "ours": _rounded(row.ours),
            "peer": row.peer,
            "peer_value": _rounded(row.peer_value),
            "ratio": _rounded(row.ratio),
        }
    return found


def as_text(rows: Sequence[Row]) -> str:
    """Return the table for a terminal, one line per row, columns aligned."""
    lines = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    return "\n".join("  ".join(_aligned(line, widths)).rstrip() for line in lines)


def _aligned(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    numeric = (1, 3, 4)
    cells = zip(line, widths, strict=True)
    return [text.rjust(w) if i in numeric else text.ljust(w) for i, (text, w) in enumerate(cells)]


def _cells(row: Row) -> tuple[str, ...]:
    ratio = "–" if row.ratio is None else f"{shown(row.ratio)}x"
    return (row.name, shown(row.ours), row.peer, shown(row.peer_value), ratio, row.unit, row.verdict)


def shown(value: float | None) -> str:
    """Return a number with three digits that matter, whole from 100 on, thousands parted.

    >>> shown(0.1234), shown(12.34), shown(12345.6), shown(None)
    ('0.123', '12.3', '12 346', '–')
    """
    if value is None:
        return "–"
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}".replace(",", " ")


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest of ``values`` that at least ``share`` of them do not exceed (nearest rank).

    >>> quantile([5.0, 1.0, 4.0, 2.0, 3.0], 0.95), quantile([1.0, 2.0], 0.5)
    (5.0, 1.0)
    """
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def settled(values: Sequence[float], warm_up: int) -> float:
    """Return the median of ``values`` without the first ``warm_up`` of them.

    >>> settled([90.0, 3.0, 1.0, 2.0], 1)
    2.0
    """
    return median(values[warm_up:])


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")
