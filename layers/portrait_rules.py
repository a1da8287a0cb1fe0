"""Strengths and gaps of an area by rule, and a summary that a resident understands.

Every sentence names its number; beside it stand the rule that made it and its source. Rules judge firm numbers only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from geodata.portraits import Kind, Sentence
from layers.german import number, signed_value
from layers.portrait import SECRET, Figure
from layers.portrait_head import Head
from layers.portrait_places import STOPS, Access, Stock

FAR_Z = 1.0
BEYOND_SHARE = 20.0  # % of people beyond the threshold
REACHED_SHARE = 95.0  # % within it; the share that ThürRettG asks for (T17)
ALONE_SHARE = 50.0  # % who reach just one
RULE_Z = "Regel: Abstand zum Kreiswert über einer robusten Standardabweichung der {n} (z = {z})."
EDGE = "Einrichtungen außerhalb des Landkreises sind nicht erfasst."
RULE_BEYOND = f"Regel: Mehr als {BEYOND_SHARE:.0f} % der Menschen wohnen jenseits der Schwelle."
RULE_REACHED = f"Regel: Mindestens {REACHED_SHARE:.0f} % der Menschen wohnen innerhalb der Schwelle."
RULE_ALONE = f"Regel: Mehr als {ALONE_SHARE:.0f} % der Menschen erreichen innerhalb der Schwelle nur eine Einrichtung."
GROUPS = {"gemeinde": "Gemeinden", "sozialraum": "Sozialräume"}
MOST_SENTENCES = 5


@dataclass(frozen=True)
class Statement:
    """One strength or gap: the sentence, the rule, date and sources. ``figure``: the indicator it rests on."""

    id: str
    kind: Kind
    text: str
    rule: str
    stand: str
    sources: tuple[str, ...]
    figure: str = ""


@dataclass(frozen=True)
class Line:
    """A statement as it is shown. ``at``: the day planners wrote it, empty where the rule speaks.

    ``removed``: planners do not show it. ``now``: what the rule says today where planners wrote of another number.
    ``outdated``: the rule no longer applies. ``statement``: the rule behind it, None without one.
    """

    id: str
    kind: Kind
    text: str
    statement: Statement | None
    at: str = ""
    removed: bool = False
    now: str = ""
    outdated: bool = False


def statements(figures: Iterable[Figure], ways: Iterable[Access], level: str) -> list[Statement]:
    """Return strengths and gaps by rule."""
    access = list(ways)
    by_figure = [found for figure in figures if (found := _against_kreis(figure, level))]
    beyond = [found for way in access if (found := _beyond(way))]
    return [*by_figure, *_reached(access), *beyond, *_alone(access)]


def _against_kreis(figure: Figure, level: str) -> Statement | None:
    """Return how an indicator stands to the Kreis where that is far off and may be judged."""
    far = abs(figure.z) > FAR_Z  # False for NaN
    if not (far and figure.own.firm and figure.kreis.firm and figure.word in ("günstiger", "ungünstiger")):
        return None
    kind: Kind = "staerke" if figure.word == "günstiger" else "luecke"
    own, kreis = (signed_value(v.value, v.state, figure.decimals, figure.unit) for v in (figure.own, figure.kreis))
    count = f" ({figure.count})" if figure.count else ""
    z = number(figure.z, 1).replace("-", "−")
    return Statement(
        f"z.{figure.key}",
        kind,
        f"{figure.name} {figure.stand}: {own}{count}, {figure.word} als im Landkreis ({kreis}).",
        RULE_Z.format(n=f"{figure.n} {GROUPS[level]} mit Wert", z=z),
        figure.stand,
        figure.sources,
        figure.key,
    )


def limit_words(way: Access) -> str:
    """Return the threshold in words: "15 Minuten mit dem Auto"."""
    return f"{way.threshold} m Luftlinie" if way.category == STOPS else f"{way.threshold} Minuten {way.way}"


def _limits(ways: list[Access]) -> str:
    """Return what has to be said of ways once: that they are approximations, and that the border cuts them."""
    about = " Näherung." if any(way.approximation for way in ways) else ""
    return about + ("" if all(way.outside_known for way in ways) else f" {EDGE}")


def _beyond(way: Access) -> Statement | None:
    share = 100 - way.share.value
    if not (way.share.firm and share > BEYOND_SHARE):
        return None
    minutes = f"; im Mittel sind es {number(way.minutes.value, 1)} Minuten" if way.minutes.firm else ""
    return Statement(
        f"weg.{way.category}",
        "luecke",
        f"{way.name}: {percent(share)} der Menschen wohnen weiter weg als {limit_words(way)}{minutes}.{_limits([way])}",
        RULE_BEYOND,
        way.stand,
        way.sources,
    )


def percent(share: float) -> str:
    """Return a share without decimals."""
    return f"{number(share)} %"


def _reached(access: list[Access]) -> list[Statement]:
    """Return one sentence on all categories that almost everybody reaches; too many are no single strengths."""
    near = [way for way in access if way.share.firm and way.share.value >= REACHED_SHARE]
    names = "; ".join(f"{way.name} ({percent(way.share.value)} in {limit_words(way)})" for way in near)
    about = " Näherung." if any(way.approximation for way in near) else ""
    text = f"Fast alle erreichen: {names}.{about}"
    return [Statement("nah", "staerke", text, RULE_REACHED, *_origin(near))] if near else []


def _alone(access: list[Access]) -> list[Statement]:
    """Return one sentence on all categories of which most people reach a single facility."""
    single = [way for way in access if way.alone.firm and way.alone.value > ALONE_SHARE]
    names = "; ".join(f"{way.name} ({percent(way.alone.value)} in {limit_words(way)})" for way in single)
    text = f"Nur eine einzige Einrichtung erreichen die meisten bei: {names}.{_limits(single)}"
    return [Statement("allein", "luecke", text, RULE_ALONE, *_origin(single))] if single else []


def _origin(ways: list[Access]) -> tuple[str, tuple[str, ...]]:
    stands = dict.fromkeys(way.stand.split(",")[0] for way in ways)
    return ", ".join(stands), tuple(dict.fromkeys(source for way in ways for source in way.sources))


def merged(found: Iterable[Statement], saved: Mapping[str, Sentence]) -> list[Line]:
    """Return the statements as planners left them: changed, left out, added; the rest by rule."""
    by_rule = {statement.id: statement for statement in found}
    lines = [_line(statement, saved.get(statement.id)) for statement in by_rule.values()]
    own = [sentence for key, sentence in saved.items() if key not in by_rule and sentence.status == "text"]
    return [*lines, *(_own(sentence) for sentence in own)]


def _line(statement: Statement, sentence: Sentence | None) -> Line:
    if sentence is None or sentence.status == "rule":
        return Line(statement.id, statement.kind, statement.text, statement)
    if sentence.status == "removed":
        return Line(statement.id, statement.kind, statement.text, statement, at=sentence.at[:10], removed=True)
    now = statement.text if statement.text != sentence.draft else ""
    return Line(statement.id, sentence.kind, sentence.text, statement, at=sentence.at[:10], now=now)


def _own(sentence: Sentence) -> Line:
    """Return a sentence that no rule stands behind (any more)."""
    return Line(sentence.id, sentence.kind, sentence.text, None, at=sentence.at[:10], outdated=bool(sentence.draft))


def summary(head: Head, figures: list[Figure], ways: list[Access], stock: list[Stock]) -> list[str]:
    """Return three to five plain statements: who, what stands out, its course, the way, the register."""
    said = [_who(head), _what(figures), _course(figures), way_summary(ways), _register(stock)]
    return [text for text in said if text][:MOST_SENTENCES]


def _who(head: Head) -> str:
    kind = {"Stadt": "eine Stadt", "Gemeinde": "eine Gemeinde"}.get(head.kind, "ein Sozialraum")
    central = f" und hat die Aufgabe: {head.central}" if head.central and head.level == "gemeinde" else ""
    if not head.people.known:
        return f"{head.name} ist {kind}{central}; eine Einwohnerzahl liegt nicht vor."
    people = signed_value(head.people.value, head.people.state)
    return f"{head.name} ist {kind} mit {people} Menschen (Stand {head.people_stand}){central}."


def _what(figures: list[Figure]) -> str:
    """Return the leading indicator that is farthest from the Kreis, in plain words; or that one is kept secret."""
    plain = [figure for figure in figures if figure.plain]
    told = [figure for figure in plain if figure.own.firm]
    if not told:
        return _secret(plain)
    most = max(told, key=lambda figure: abs(figure.z) if figure.word else -1.0)
    sentence = most.plain.format(wert=number(most.own.value, most.decimals))
    if not most.kreis.known:
        return f"{sentence} ({most.stand}). {_secret(plain)}".strip()
    judged = {"": "", "ähnlich": ", also ähnlich viel"}.get(most.word, f"; der Wert hier ist {most.word}")
    kreis = number(most.kreis.value, most.decimals)
    return f"{sentence} ({most.stand}), im Landkreis {kreis}{judged}. {_secret(plain)}".strip()


def _secret(figures: list[Figure]) -> str:
    names = [figure.name for figure in figures if figure.own.state in SECRET]
    if not names:
        return ""
    return f"Geheim ist hier: {', '.join(names)}, damit niemand auf einzelne Menschen schließen kann."


def _course(figures: list[Figure]) -> str:
    """Return the first leading share that went up or down; amounts of money rise with the prices."""
    for figure in figures:
        moved = figure.trend.startswith(("gestiegen", "gesunken"))
        if figure.plain and figure.own.firm and figure.unit == "%" and moved:
            return f"{figure.name}: {figure.trend}."
    return ""


def way_summary(ways: list[Access]) -> str:
    """Return how many kinds of facilities almost everybody reaches, and which is the farthest off; empty for none."""
    firm = [way for way in ways if way.share.firm and way.category != STOPS]
    if not firm:
        return ""
    near = sum(way.share.value >= REACHED_SHARE for way in firm)
    far = [way for way in firm if way.share.value < 100 - BEYOND_SHARE]
    about = " Gerechnet als Näherung nach Luftlinie." if any(way.approximation for way in firm) else ""
    text = (
        f"Fast alle Menschen erreichen {near} von {len(firm)} geprüften Arten von Einrichtungen in der gesetzten Zeit"
    )
    if not far:
        return f"{text}.{about}"
    worst = min(far, key=lambda way: way.share.value)
    share = percent(worst.share.value)
    return f"{text}; am wenigsten erreichen: {worst.name} ({share} in {limit_words(worst)}).{about}"


def _register(stock: list[Stock]) -> str:
    counted = [entry for entry in stock if entry.category != STOPS]
    total = sum(int(entry.count.value) for entry in counted if entry.count.known and entry.site)
    complete = sum(entry.judgement == "ausreichend" for entry in counted)
    facilities = {0: "Keine soziale Einrichtung ist", 1: "Eine soziale Einrichtung ist"}
    recorded = facilities.get(total, f"{number(total)} soziale Einrichtungen sind")
    return f"{recorded} hier erfasst; vollständig ist die Liste erst für {complete} von {len(counted)} Arten."
