"""Records around statistics that are read in: who publishes them, and fixed limits of classes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Breaks:
    """Fixed limits of classes of an indicator on a level, rising; the last class is open."""

    indicator: str
    level: str
    limits: tuple[float, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes the statistics in one form of file."""

    id: str
    title: str
    publisher: str
    licence: str
    attribution: str
    licence_url: str = ""
    url: str = ""
