"""One area beside Kreis, Land and another area; and which areas are like it."""

from __future__ import annotations

import pandas as pd

from geodata import catalog
from layers.atlas import Atlas
from layers.compare import FEWEST_FOR_SPREAD, SIMILAR_PERCENT, SIMILAR_Z, Tolerance, alike, profile, spread
from layers.german import number
from layers.sentences import LEVEL_DATIVE
from views.components.vergleich_charts import bar_chart
from views.components.vergleich_data import Field, Figure, Finding, figure_of, signed
from views.components.vergleich_state import Comparison

WORDS = ("günstiger", "ähnlich", "ungünstiger")
WHOLES = {"kreis": "Kreis", "land": "Land"}
ADDITIVE = "Nicht verglichen, weil die Zahl mit der Größe des Gebiets wächst: {names}."
NO_LAND = "Werte für das Land sind zu diesen Kennzahlen und Jahren nicht eingelesen."
NO_ONE = "Kein anderes Gebiet hat Werte für alle gewählten Kennzahlen."
SCALES = {"z": ("Abstand in robusten Streuungen (z)", "z", 2), "prozent": ("Abstand in Prozent", "percent", 1)}


def profile_finding(atlas: Atlas, state: Comparison) -> Finding:
    """Return an area, and a second one, against Kreis and Land in all chosen indicators."""
    every = tuple(figure_of(atlas, state.level, key, state.period) for key in state.indicators)
    figures = tuple(figure for figure in every if not figure.text.additive)
    left_out = [figure.text.name for figure in every if figure.text.additive]
    warnings = [ADDITIVE.format(names=", ".join(left_out))] if left_out else []
    if not figures:
        return Finding("Profil", figures=every, warnings=tuple(warnings), empty="Keine vergleichbare Kennzahl gewählt.")
    land = _land(atlas, figures)
    areas = [area for area in (state.area, state.compare) if area]
    names = [str(atlas.areas(state.level)["name"][area]) for area in areas]
    rows = [_against(figures, area, land) for area in areas]
    table = _profile_table(figures, rows)
    known = land.notna().any()
    return Finding(
        "Profil",
        tuple(_counted(name, row) for name, row in zip(names, rows, strict=True)),
        table,
        _profile_fields(names, with_land=bool(known)),
        figures,
        (*warnings, _rule(state.level, atlas), *(() if known else (NO_LAND,))),
        chart=_profile_chart(figures, names, rows, state.scale),
        rows="Kennzahlen",
    )


def _land(atlas: Atlas, figures: tuple[Figure, ...]) -> pd.Series:
    """Return the figures of the Land in the years shown, NaN where there is none."""
    statistics, known = atlas.current.statistics, catalog.indicators()
    found = {
        figure.key: statistics.land_value(figure.key, figure.year) if figure.key in known and figure.year else None
        for figure in figures
    }
    return pd.Series(found, dtype=float)


def _against(figures: tuple[Figure, ...], area: str, land: pd.Series) -> pd.DataFrame:
    values = pd.DataFrame({figure.key: figure.series for figure in figures})
    kreis = pd.Series({figure.key: figure.layer.kreis["value"] for figure in figures}, dtype=float)
    direction = {figure.key: figure.text.direction for figure in figures}
    table = profile(values, area, kreis, land, direction=direction)
    table["state"] = [figure.states[area] for figure in figures]
    return table


def _profile_table(figures: tuple[Figure, ...], rows: list[pd.DataFrame]) -> pd.DataFrame:
    """Return one row per indicator; the columns of the second area end in ``_2``."""
    table = pd.DataFrame({"name": [figure.title for figure in figures]}, index=[figure.key for figure in figures])
    table["kreis"], table["state_kreis"] = rows[0]["kreis"], [figure.layer.kreis["state"] for figure in figures]
    table["land"], table["decimals"] = rows[0]["land"], [figure.text.decimals for figure in figures]
    for mark, row in zip(("_1", "_2"), rows, strict=False):
        table = table.join(row.drop(columns=["kreis", "land"]).add_suffix(mark))
    return table.reset_index(drop=True)


def _profile_fields(names: list[str], *, with_land: bool) -> tuple[Field, ...]:
    fields = [Field("name", "Kennzahl"), Field("kreis", "Landkreis", 1, "state_kreis", by_row="decimals")]
    if with_land:
        fields.append(Field("land", "Land", 1, by_row="decimals"))
    for mark, name in zip(("_1", "_2"), names, strict=False):
        fields.append(Field(f"value{mark}", name, 1, f"state{mark}", by_row="decimals"))
        for kind, whole in WHOLES.items() if with_land else [("kreis", "Kreis")]:
            said = (f"zum {whole} in %", f"zum {whole} in z", f"gegen {whole}")
            fields += [
                Field(f"percent_{kind}{mark}", said[0], 1, plus=True, file=f"{name}: {said[0]}"),
                Field(f"z_{kind}{mark}", said[1], 2, plus=True, file=f"{name}: {said[1]}"),
                Field(f"word_{kind}{mark}", said[2], file=f"{name}: {said[2]}"),
            ]
    return tuple(fields)


def _counted(name: str, row: pd.DataFrame) -> str:
    """Return how often an area is better, alike or worse than the Kreis."""
    counts = row["word_kreis"].value_counts()
    said = [f"{word} {number(counts.get(word, 0))}" for word in WORDS]
    rest = int((row["word_kreis"] == "").sum())
    more = f"; ohne Wertung {number(rest)} (neutrale Kennzahl oder kein Wert)" if rest else ""
    return f"{name} im Vergleich mit dem Kreis, {number(len(row))} Kennzahlen: {', '.join(said)}{more}."


def _rule(level: str, atlas: Atlas) -> str:
    n = len(atlas.areas(level))
    if n < FEWEST_FOR_SPREAD:
        return f"Bei weniger als {FEWEST_FOR_SPREAD} Gebieten gibt es keine Streuung; „ähnlich“ heißt bis 5 % Abstand."
    return (
        f"„ähnlich“: weniger als eine halbe typische Streuung (|z| unter {number(SIMILAR_Z, 1)}) der {number(n)} "
        f"Gebiete, ohne Streuung höchstens {number(SIMILAR_PERCENT)} % Abstand. z: Abstand geteilt durch 1,4826 × MAD."
    )


def _profile_chart(
    figures: tuple[Figure, ...], names: list[str], rows: list[pd.DataFrame], scale: str
) -> dict[str, object] | None:
    title, column, decimals = SCALES[scale]
    series, texts = {}, {}
    for name, row in zip(names, rows, strict=True):
        for kind, whole in WHOLES.items():
            values = row[f"{column}_{kind}"]
            if kind == "land" and values.isna().all():
                continue
            label = f"{name} gegen {whole}"
            series[label] = values
            texts[label] = pd.Series(
                [
                    f"{label}<br>{f.title}: {signed(v, decimals)}" if pd.notna(v) else ""
                    for f, v in zip(figures, values, strict=True)
                ]
            )
    labels = pd.Series([figure.label for figure in figures])
    zero = "Kreis oder Land" if len(series) > len(names) else "Landkreis"
    return bar_chart(f"{title}; 0 = {zero}", labels, series, texts)


def alike_finding(atlas: Atlas, state: Comparison) -> Finding:
    """Return the other areas by how much they are like the chosen one."""
    figures = tuple(figure_of(atlas, state.level, key, state.period) for key in state.indicators)
    names = atlas.areas(state.level)["name"]
    values = pd.DataFrame({figure.label: figure.series for figure in figures})
    found = alike(values, state.area, tolerance=_tolerance(state.tolerance, values))
    table = found[["distance", "n", "note"]].copy()
    table["within"] = found["within"].map({True: "ja", False: "nein"}).fillna("")
    table.insert(0, "name", names)
    table["rank"] = table["distance"].rank(method="min")
    for place, figure in enumerate(figures):
        table[f"value_{place}"], table[f"state_{place}"] = figure.series, figure.states
        table[f"difference_{place}"] = found[figure.label]
    own = [
        f"{f.label}: {number(v, f.text.decimals) if pd.notna(v) else 'kein Wert'}"
        for f, v in zip(figures, values.loc[state.area], strict=True)
    ]
    return Finding(
        "Ähnliche Gebiete",
        (_most_alike(table, str(names[state.area]), state),),
        table,
        _alike_fields(figures, with_tolerance=state.tolerance != "keine"),
        figures,
        (f"{names[state.area]}: {'; '.join(own)}.", DISTANCE),
        empty="" if table["distance"].notna().any() else f"{NO_ONE} {table['note'].iloc[0]}".strip(),
    )


DISTANCE = (
    "Abstand: Wurzel aus dem Mittel der quadrierten Unterschiede, jeder in typischen Streuungen (1,4826 × MAD) aller "
    "Gebiete; 0 heißt gleich, 1 heißt im Mittel eine typische Streuung entfernt."
)


def _tolerance(name: str, values: pd.DataFrame) -> dict[str, Tolerance]:
    if name == "keine":
        return {}
    amount = float(name[:-1])
    if name.endswith("p"):
        return dict.fromkeys(values.columns, Tolerance(amount, percent=True))
    return {label: Tolerance(amount * float(scale)) for label, scale in spread(values).dropna().items()}


def _alike_fields(figures: tuple[Figure, ...], *, with_tolerance: bool) -> tuple[Field, ...]:
    fields = [Field("rank", "Platz", 0), Field("name", "Gebiet"), Field("distance", "Abstand", 2)]
    if with_tolerance:
        fields.append(Field("within", "in der Toleranz"))
    for place, figure in enumerate(figures):
        fields.append(Field(f"value_{place}", figure.title, figure.text.decimals, f"state_{place}"))
        fields.append(
            Field(
                f"difference_{place}",
                "Unterschied",
                figure.text.decimals,
                plus=True,
                file=f"{figure.title}: Unterschied",
            )
        )
    return (*fields, Field("note", "Hinweis"))


def _most_alike(table: pd.DataFrame, name: str, state: Comparison) -> str:
    known = table[table["distance"].notna()]
    if known.empty:
        return ""
    first = [f"{row['name']} ({number(row['distance'], 2)})" for _, row in known.head(3).iterrows()]
    said = f"Am ähnlichsten sind {name}: {', '.join(first)}."
    if state.tolerance != "keine":
        within = int((table["within"] == "ja").sum())
        said += f" Alle Toleranzen halten {number(within)} von {number(len(known))} {LEVEL_DATIVE[state.level]} ein."
    return said
