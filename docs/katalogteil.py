"""`python -m docs.katalogteil`: write the part of the handbook that the catalogues say themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import geodata
from docs.tabellen import escape, table
from geodata import catalog
from geodata.catalog import Category, Handlungsfeld, Indicator, Measure, Threshold
from geodata.model import State
from layers import Atlas, build_atlas
from layers.german import SHORT, SIGNS, STATE_WORDS, day, number
from views.components.words import DIRECTIONS, JUDGEMENT_GROUPS, JUDGEMENTS, KINDS, PROOFS

HANDBOOK = Path(__file__).parent / "handbuch.md"
BEGIN, END = "<!-- Katalog: Anfang -->", "<!-- Katalog: Ende -->"
DISTRICT = "16063"

PROTECTION = {
    "municipality": "Geschützt: nur die Gemeinde wird gezeigt.",
    "no_location": "Geschützt: eine Lage wird weder gespeichert noch gezeigt.",
}


def catalogue_part(atlas: Atlas) -> str:
    """Return the generated chapters of the handbook as Markdown."""
    counts = atlas.data.facilities.query("inside")["category"].value_counts()
    chapters = {
        "Der Datensatz in Zahlen": _numbers(atlas),
        "Handlungsfelder": _fields(),
        "Einrichtungsarten": _categories({str(key): int(count) for key, count in counts.items()}),
        "Kennzahlen des Atlas": _measures(),
        "Basisindikatoren": _indicators(atlas.filled),
        "Schwellenwerte": _thresholds(),
        "Wege: Annahmen je Verkehrsmittel": _modes(),
        "Art der Werte": _states(),
        "Quellen und Lizenzen": _sources(),
        "Nachweise der Fachgrundlage": _proofs(),
    }
    blocks = [f"### {title}\n\n" + "\n\n".join(paragraphs) for title, paragraphs in chapters.items()]
    return "\n\n".join(blocks)


def with_catalogue(handbook: str, part: str) -> str:
    """Return the handbook with ``part`` between its two markers.

    >>> with_catalogue(f"vor {BEGIN} alt {END} nach", "neu").split()[-6:]
    ['neu', '<!--', 'Katalog:', 'Ende', '-->', 'nach']
    """
    before, rest = handbook.split(BEGIN)
    return f"{before}{BEGIN}\n\n{part}\n\n{END}{rest.split(END)[1]}"


def _numbers(atlas: Atlas) -> Iterator[str]:
    inside, demand = atlas.data.facilities.query("inside"), atlas.data.demand
    stops = int((inside["category"] == "haltestelle").sum())
    around = len(atlas.data.facilities) - len(inside)
    areas = [len(atlas.areas(level)) for level in ("gemeinde", "sozialraum")]
    people, counted = float(atlas.areas("kreis")["population"].iloc[0]), float(demand["zensus2011"].sum())
    facts = [
        f"{atlas.data.name}, Gebietsstand {day(atlas.data.gebietsstand)}",
        f"{areas[0]} Gemeinden, {areas[1]} Sozialräume",
        f"{number(people)} Einwohner (neueste Zahl je Gemeinde, Basis Zensus 2011, verschiedene Stichtage)",
        f"{number(len(demand))} Siedlungsflächen mit {number(counted)} Menschen im Zensus 2011",
        f"{number(len(inside) - stops)} Einrichtungen im Landkreis",
        f"{number(stops)} Haltestellen und Bahnhöfe im Landkreis, {number(around)} im Umkreis",
        f"{len(atlas.filled)} von {len(catalog.indicators())} Basisindikatoren mit Werten",
    ]
    yield "\n".join(f"- {fact}" for fact in facts)


def _fields() -> Iterator[str]:
    yield (
        "Was jedes Handlungsfeld fragt und was dazu gehört. Die Fragen sind für den Atlas formuliert. "
        "Ein Leitziel steht erst da, wenn sein beschlossener Wortlaut eingetragen ist."
    )
    yield from map(_field, catalog.handlungsfelder().values())


def _field(field: Handlungsfeld) -> str:
    categories = [c.name for c in catalog.categories().values() if field.code in c.handlungsfelder]
    indicators = [f"{i.id} {i.name}" for i in catalog.indicators().values() if field.code in i.handlungsfelder]
    goal = field.leitziel or "offen, der beschlossene Text liegt nicht vor"
    return "\n".join(
        [
            f"**{field.name} ({field.code})** – {escape(field.question)}",
            "",
            f"- Leitziel: {escape(goal)}",
            f"- Einrichtungsarten ({len(categories)}): {'; '.join(categories) or 'keine'}",
            f"- Basisindikatoren ({len(indicators)}): {escape('; '.join(indicators)) or 'keine'}",
        ]
    )


def _categories(counts: dict[str, int]) -> Iterator[str]:
    complete = sum(c.completeness.judgement == "ausreichend" for c in catalog.categories().values())
    yield (
        f"{len(catalog.categories())} Einrichtungsarten, davon {complete} ausreichend erfasst. "
        "Die Voreinstellung sagt, mit welchem Verkehrsmittel und welcher Schwelle eine Art zuerst gezeigt "
        "wird; die Nummer nennt den Schwellenwert, aus dem sie stammt."
    )
    titles = (
        "Einrichtungsart",
        "Felder",
        "erfasst",
        "erwartet",
        "Urteil",
        "Voreinstellung",
        "Bemerkung",
        "Was ihn vervollständigt",
    )
    for judgement, title in JUDGEMENT_GROUPS.items():
        chosen = [c for c in catalog.categories().values() if c.completeness.judgement == judgement]
        rows = [_category(category, counts.get(category.id, 0)) for category in chosen]
        yield f"**{title} ({len(rows)})**"
        yield table(titles, rows) if rows else "Hier keine; so gilt ein Bestand, der allein aus OpenStreetMap kommt."


def _category(category: Category, count: int) -> list[str]:
    done = category.completeness
    mode = catalog.modes()[category.default_mode].name_dative
    origin = category.default_threshold_from.replace("setzung", "eigene Setzung")
    notes = (done.note, category.also_note, category.default_note, PROTECTION.get(category.protection, ""))
    return [
        f"{category.name} (`{category.id}`)",
        ", ".join(category.handlungsfelder),
        "–" if done.judgement == "keine" else number(count),
        done.expected_text,
        JUDGEMENTS[done.judgement][0],
        f"{category.default_threshold} Minuten {mode} ({origin})",
        " ".join(note for note in notes if note),
        "–" if done.judgement == "ausreichend" else done.missing_source,
    ]


def _measures() -> Iterator[str]:
    yield f"{len(catalog.measures())} Kennzahlen rechnet der Atlas selbst, wo der Bestand es zulässt."
    yield from map(_measure, catalog.measures().values())


def _measure(measure: Measure) -> str:
    return "\n".join(
        [
            f"**{measure.name} (`{measure.id}`)** – {measure.unit}; {DIRECTIONS[measure.direction]}.",
            "",
            f"- Rechenweg: {escape(measure.formula)}",
            f"- Grenzen: {escape(measure.limits)}",
        ]
    )


def _indicators(filled: frozenset[str]) -> Iterator[str]:
    yield (
        f"{len(catalog.indicators())} Basisindikatoren der Sozialberichterstattung; {len(filled)} haben "
        f"Werte: {', '.join(sorted(filled))}. Die übrigen nennen, was sie füllt. "
        "Ebene: G Gemeinde, K Kreis, E eigene Erhebung."
    )
    themes: dict[str, list[Indicator]] = {}
    for indicator in catalog.indicators().values():
        themes.setdefault(indicator.theme, []).append(indicator)
    titles = ("Nr.", "Indikator", "Einheit", "Ebene", "Werte", "Definition", "Was fehlt", "Vorsicht")
    for theme, found in themes.items():
        yield f"**{theme} ({len(found)})**"
        yield table(titles, map(partial(_indicator, filled), found))


def _indicator(filled: frozenset[str], indicator: Indicator) -> list[str]:
    has_data = indicator.id in filled
    return [
        indicator.id,
        indicator.name,
        indicator.unit,
        indicator.levels,
        "ja" if has_data else "nein",
        PROOFS[indicator.status][0],
        indicator.needs,
        indicator.trap,
    ]


def _thresholds() -> Iterator[str]:
    kinds = [threshold.kind for threshold in catalog.thresholds().values()]
    counted = ", ".join(f"{word} {kinds.count(kind)}" for kind, word in KINDS.items())
    yield (
        f"{len(kinds)} Schwellenwerte ({counted}). Die Art sagt, woher ein Wert kommt; ob er im Einzelfall "
        "bindet, entscheidet das Fachamt. „Zu prüfen“ heißt: Der Wortlaut lag nicht vor."
    )
    titles = ("Nr.", "Thema", "Wert", "Bezug", "Art", "Nachweis", "Gilt", "Quelle")
    yield table(titles, map(_threshold, catalog.thresholds().values()))


def _threshold(threshold: Threshold) -> list[str]:
    span = " bis ".join(part for part in (threshold.valid_from or "", threshold.valid_to or "") if part)
    valid = ["historisch"] if threshold.historical else []
    return [
        threshold.id,
        threshold.name,
        f"{threshold.value_text} {threshold.unit}".strip(),
        threshold.reference,
        KINDS[threshold.kind],
        f"{PROOFS[threshold.status][0]} ({threshold.proof})",
        ", ".join([*valid, *([span] if span else [])]),
        threshold.source,
    ]


def _modes() -> Iterator[str]:
    yield (
        "Minuten = Luftlinie × Umwegfaktor ÷ Geschwindigkeit + Zugangszeit. Alle Werte sind Annahmen; "
        "sie gelten, bis ein Wegenetz geladen ist."
    )
    titles = ("Verkehrsmittel", "Geschwindigkeit", "Umwegfaktor", "Zugangszeit", "Nachweis", "Herkunft")
    yield table(titles, [_mode(mode) for mode in catalog.modes().values()])


def _mode(mode: catalog.Mode) -> list[str]:
    speed, access = number(mode.speed_kmh, 1), number(mode.access_minutes, 0)
    minutes = "Minute" if mode.access_minutes == 1 else "Minuten"
    return [
        mode.name,
        f"{speed} km/h",
        number(mode.detour, 2),
        f"{access} {minutes}",
        PROOFS[mode.status][0],
        mode.source,
    ]


def _states() -> Iterator[str]:
    yield "Jeder Wert trägt seine Art bei sich, auf dem Bildschirm, in der Tabelle, im Export und im Druck."
    yield table(("Art", "auf dem Bildschirm", "gedruckt", "im Export"), map(_state, STATE_WORDS))


def _state(state: State) -> list[str]:
    shown = "(Zahl in Klammern)" if state == State.UNRELIABLE else SHORT.get(state, "Zahl")
    return [STATE_WORDS[state], shown, SIGNS.get(state, "Zahl"), f"`{state.value}`"]


def _sources() -> Iterator[str]:
    yield (
        "Wer etwas veröffentlicht, druckt die Namensnennung jeder Quelle mit, die in die Darstellung eingegangen ist."
    )
    titles = (
        "Quelle",
        "Herausgeber",
        "Stand",
        "Gebietsstand",
        "Lizenz",
        "Namensnennung",
        "Verwendung und Hinweise",
    )
    yield table(titles, [_source(source) for source in catalog.sources().values()])


def _source(source: catalog.Source) -> list[str]:
    return [
        source.title,
        source.publisher,
        day(source.date),
        day(source.gebietsstand),
        source.licence,
        source.attribution,
        f"{source.used_for}. {source.notes}",
    ]


def _proofs() -> Iterable[str]:
    return [
        "Worauf sich Schwellenwerte und Indikatoren stützen. „M“ ist Fachwissen ohne Beleg, „E“ ein eigener Entwurf.",
        "\n".join(f"- {proof.id}: {escape(proof.text)}" for proof in catalog.proofs().values()),
    ]


def main() -> None:
    """Rewrite the generated part of the handbook."""
    part = catalogue_part(build_atlas(geodata.load(DISTRICT)))
    HANDBOOK.write_text(with_catalogue(HANDBOOK.read_text("utf-8"), part), "utf-8")
    print(f"{HANDBOOK.name}: {len(part.splitlines())} Zeilen aus den Katalogen")


if __name__ == "__main__":
    main()
