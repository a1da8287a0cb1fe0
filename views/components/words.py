"""German words for what the catalogues say in codes, with the look of their badges."""

from __future__ import annotations

JUDGEMENT_GROUPS = {
    "ausreichend": "Bestand ausreichend erfasst",
    "ungeprueft": "Bestand nicht geprüft",
    "unvollstaendig": "Bestand unvollständig",
    "keine": "Kein Bestand erfasst",
}
KINDS = {
    "gesetz": "Gesetz",
    "richtlinie": "Richtlinie",
    "fachplan": "Fachplan",
    "benchmark": "Vergleichswert",
    "setzung": "eigene Setzung",
}
PROOFS = {
    "belegt": ("belegt", "geprueft"),
    "pruefen": ("zu prüfen", "unvollstaendig"),
    "setzung": ("eigene Setzung", ""),
}
JUDGEMENTS = {
    "ausreichend": ("ausreichend", "geprueft"),
    "ungeprueft": ("ungeprüft", "unvollstaendig"),
    "unvollstaendig": ("unvollständig", "unvollstaendig"),
    "keine": ("kein Bestand", "unvollstaendig"),
}
DIRECTIONS = {-1: "höher heißt mehr Belastung", 0: "wird nicht gewertet", 1: "höher heißt günstiger"}
