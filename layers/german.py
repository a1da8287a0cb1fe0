"""German numbers, dates and the signs of the Landesamt for values that are no plain number."""

from __future__ import annotations

import math
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

import pandas as pd
from babel.numbers import format_decimal

from geodata.model import State

# On paper: Zeichenerklärung of the Thüringer Landesamt für Statistik (Monatsheft 04/2017).
SIGNS = {
    State.ZERO: "–",
    State.SUPPRESSED_PRIMARY: ".",
    State.SUPPRESSED_SECONDARY: ".",
    State.MISSING: "...",
    State.NOT_APPLICABLE: "x",
    State.UNRELIABLE: "( )",
    State.PROVISIONAL: "p",
    State.REVISED: "r",
    State.BREAK: "x",
}
# On screen: short words, because a reader at home does not know the signs.
SHORT = {
    State.SUPPRESSED_PRIMARY: "geheim",
    State.SUPPRESSED_SECONDARY: "geheim",
    State.MISSING: "k. A.",
    State.NOT_APPLICABLE: "entfällt",
    State.BREAK: "Bruch",
}
STATE_WORDS = {
    State.MEASURED: "belegt",
    State.ESTIMATED: "geschätzt",
    State.PROVISIONAL: "vorläufig",
    State.REVISED: "berichtigt",
    State.ZERO: "genau null",
    State.SUPPRESSED_PRIMARY: "geheim",
    State.SUPPRESSED_SECONDARY: "geheim",
    State.MISSING: "keine Angabe",
    State.NOT_APPLICABLE: "nicht sinnvoll",
    State.UNRELIABLE: "unsicher",
    State.BREAK: "Reihenbruch",
}


def rounded(value: float, decimals: int = 0) -> float:
    """Return ``value`` rounded half away from zero, as tables are rounded; what is not finite stays.

    Classes, ranks and printed numbers all round here, so that they never contradict each other.

    >>> rounded(0.5), rounded(4.35, 1), rounded(-0.04, 1)
    (1.0, 4.4, 0.0)
    """
    if not math.isfinite(value):
        return value
    return float(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)) + 0.0


def printed(values: pd.Series, decimals: int) -> pd.Series:
    """Return ``values`` rounded as ``number`` prints them."""
    return values.map(lambda value: rounded(value, decimals)).astype(float)


@lru_cache(maxsize=65536)
def number(value: float, decimals: int = 0) -> str:
    """Return ``value`` in German notation.

    >>> number(1234.56, 1)
    '1.234,6'
    """
    digits = "0" * decimals
    text = format_decimal(rounded(value, decimals), format=f"#,##0.{digits}" if decimals else "#,##0", locale="de")
    return str(text)


def day(iso: str | date) -> str:
    """Return an ISO date, month or year in German notation.

    >>> day("2023-12-31"), day("2023-12"), day("2023")
    ('31.12.2023', '12.2023', '2023')
    """
    return ".".join(reversed(str(iso).split("-")))


def signed_value(value: float, state: str, decimals: int = 0, unit: str = "") -> str:
    """Return value and unit as shown, or a short word for a value that is not there; unsure values in brackets.

    >>> signed_value(12.34, "unreliable", 1, "%"), signed_value(float("nan"), "missing")
    ('(12,3) %', 'k. A.')
    """
    if math.isnan(value):
        return SHORT.get(State(state), "k. A.")
    text = number(value, decimals)
    return f"({text}) {unit}".strip() if state == State.UNRELIABLE else f"{text} {unit}".strip()
