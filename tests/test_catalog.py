"""The catalogues: complete, equal to the professional groundwork, and refused as soon as a rule is broken."""

from __future__ import annotations

import csv
import hashlib
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import catalog
from geodata.catalog.reader import to_record
from geodata.catalog.records import Proof, proof_ids
from geodata.catalog.rules import contrast_on_white
from geodata.model import GeoDataError

ROOT = Path(__file__).parents[1]
FOLDER = Path(catalog.__file__).parent
DOMAIN = ROOT.parent / "shared" / "domain"
FIGURES = ROOT.parent / "shared" / "figures"
ICONS = ROOT / "node_modules" / "@mapbox" / "maki" / "icons"
MEASURES = [
    "anzahl",
    "dichte",
    "versorgung",
    "plaetze",
    "minuten",
    "minuten_median",
    "abdeckung",
    "abhaengig",
    "ohne_auto",
    "haltestelle",
    "gueteklasse",
    "veraenderung",
]
PROTECTION = {
    "–": "",
    "Privatadresse – nur Gemeinde": "municipality",
    "eingeschränkt": "municipality",
    "**keine Lage**": "no_location",
}
STATUS = {
    "belegt": "belegt",
    "belegt (historisch)": "belegt",
    "belegt (sekundär)": "belegt",
    "prüfen": "pruefen",
    "prüfen (§)": "pruefen",
    "setzung": "setzung",
    "Gesetz belegt, Wert prüfen": "pruefen",
    "§ belegt (S58), Datum M": "pruefen",
    "Existenz belegt": "pruefen",
}


def rows(folder: Path, name: str, delimiter: str = ";") -> list[dict[str, str]]:
    path = folder / name
    if not path.exists():
        pytest.skip(f"{name} is not beside the repository, nothing to compare with")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def plain(text: str) -> str:
    """Return a cell as the catalogue holds it: no dash for empty, no blank before a semicolon."""
    return "" if text == "–" else text.replace(" ; ", "; ")


def codes(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


# --- what is there -----------------------------------------------------------------------------------------


def test_catalogues_hold_at_least_what_the_professional_ground_names() -> None:
    # At least: a new block in a catalogue needs no change here.
    assert len(catalog.handlungsfelder()) == 10
    assert len(catalog.categories()) >= 57
    assert len(catalog.thresholds()) >= 53
    assert len(catalog.indicators()) >= 83
    assert list(catalog.measures()) == MEASURES
    assert list(catalog.modes()) == ["fuss", "rad", "pkw", "oev", "rollstuhl"]
    assert list(catalog.proofs()) == [*(f"S{number}" for number in range(1, 67)), "TLS-PM", "M", "E"]


def test_catalogues_are_read_once() -> None:
    assert catalog.categories() is catalog.categories()


def test_categories_equal_the_groundwork() -> None:
    table = rows(DOMAIN, "einrichtungen.csv")
    assert list(catalog.categories()) == [row["id"] for row in table]
    for row in table:
        category = catalog.categories()[row["id"]]
        tags = row["osm_tags"].replace(" ; ", "; ")
        assert category.name == row["name"]
        assert category.bereich == row["bereich"]
        assert category.handlungsfelder == codes(row["hf"])
        assert (category.target, category.target_ages) == (row["zielgruppe"], row["alter"])
        assert (category.capacity, category.register) == (plain(row["kapazitaet"]), row["register"])
        assert "; ".join(category.osm_tags) == ("" if tags.startswith(("–", "**")) else tags)
        assert category.protection == PROTECTION[row["schutz"]]


def test_thresholds_equal_the_groundwork() -> None:
    table = rows(DOMAIN, "schwellenwerte.csv")
    assert list(catalog.thresholds()) == [row["id"] for row in table]
    above = {"bezug": "", "quelle": ""}
    for row in table:
        above = {name: above[name] if row[name] == "dito" else row[name] for name in above}
        threshold = catalog.thresholds()[row["id"]]
        assert (threshold.name, threshold.value_text) == (row["thema"], row["wert"])
        assert (threshold.unit, threshold.reference) == (plain(row["einheit"]), plain(above["bezug"]))
        assert (threshold.kind, threshold.source) == (row["art"], above["quelle"])
        assert (threshold.status, threshold.status_text) == (STATUS[row["status"]], row["status"])
        assert (threshold.categories, threshold.handlungsfelder) == (
            codes(row["kategorie"]),
            codes(row["hf"]),
        )
        assert threshold.proof == row["beleg"]


def test_indicators_equal_the_groundwork() -> None:
    table = rows(DOMAIN, "indikatoren.csv")
    assert list(catalog.indicators())[: len(table)] == [row["id"] for row in table], "our own ones come after"
    for row in table:
        indicator = catalog.indicators()[row["id"]]
        note = f" ({indicator.direction_note})" if indicator.direction_note else ""
        assert (indicator.theme, indicator.name) == (row["thema"], row["name"])
        assert (indicator.numerator, indicator.denominator) == (row["zaehler"], plain(row["nenner"]))
        assert indicator.factor == (None if row["faktor"] == "–" else float(row["faktor"]))
        assert (indicator.unit, indicator.levels) == (row["einheit"], row["ebene"])
        assert {-1: "-", 0: "0", 1: "+"}[indicator.direction] + note == row["richtung"]
        assert indicator.source_table == plain(row["quelle_tabelle"].replace(" ✔", ""))
        assert indicator.table_proven == ("✔" in row["quelle_tabelle"])
        assert (indicator.periodicity, indicator.proof) == (row["periodik"], row["beleg"])
        assert indicator.handlungsfelder == codes(row["hf"])


def test_every_numeric_limit_stands_in_its_text() -> None:
    for threshold in catalog.thresholds().values():
        numbers = {float(n.replace(".", "")) for n in re.findall(r"\d+(?:\.\d{3})*", threshold.value_text)}
        scale = 1000 if threshold.unit.startswith("km") else 1
        assert set(threshold.values) <= {number * scale for number in numbers}, threshold.id


def test_expected_counts_stand_in_their_text() -> None:
    for category in catalog.categories().values():
        expected = category.completeness.expected
        assert expected is None or str(expected) in category.completeness.expected_text, category.id


def test_judgement_agrees_with_the_register() -> None:
    found = [row["category"] for row in rows(FIGURES, "facilities.csv", ",")]
    for category in catalog.categories().values():
        if category.id == "haltestelle":
            continue
        completeness = category.completeness
        assert (completeness.judgement == "keine") == (category.id not in found), category.id
        if counted := re.match(r"(\d+) (Zeilen )?erfasst|(\d+) von", completeness.note):
            assert int(counted[1] or counted[3]) == found.count(category.id), category.id


def test_only_what_the_register_proves_is_complete_enough() -> None:
    complete = [c.id for c in catalog.categories().values() if c.completeness.judgement == "ausreichend"]
    assert complete == [
        "grundschule",
        "regelschule",
        "gemeinschaftsschule",
        "gymnasium",
        "foerderzentrum",
        "krankenhaus",
        "krankenhaus_geburt",
        "krankenhaus_kjm",
        "haltestelle",
    ]


def test_only_stops_are_known_outside_the_district() -> None:
    outside = [c.id for c in catalog.categories().values() if c.completeness.outside_known]
    assert outside == ["haltestelle"]


def test_hospital_departments_are_no_sites() -> None:
    departments = [c.id for c in catalog.categories().values() if not c.completeness.standort]
    assert departments == ["krankenhaus_geburt", "krankenhaus_kjm"]


def test_protected_categories_are_marked() -> None:
    protected = {c.id: c.protection for c in catalog.categories().values() if c.protection}
    assert protected == {
        "tagespflege_kind": "municipality",
        "obdach": "municipality",
        "frauenhaus": "no_location",
        "besondere_wohnform": "municipality",
    }


def test_gaps_are_gemeinden_of_the_district() -> None:
    table = rows(DOMAIN, "gemeinden.csv")
    known = {row["ags"] for row in table if not row["ab_2024"].startswith("→")}
    for category in catalog.categories().values():
        assert set(category.completeness.gap_ags) <= known, category.id


def test_icons_exist_in_the_icon_set() -> None:
    if not ICONS.is_dir():
        pytest.skip("the icon set is not installed (make run installs it)")
    names = {path.stem for path in ICONS.glob("*.svg")}
    used = {category.icon for category in catalog.categories().values()}
    used |= {field.icon for field in catalog.handlungsfelder().values()}
    assert used <= names


def test_source_digests_equal_the_files() -> None:
    for key in ("einrichtungen", "einwohner", "strategie"):
        source = catalog.sources()[key]
        path = FIGURES / source.file
        if not path.exists():
            pytest.skip(f"{source.file} is not beside the repository, nothing to compare with")
        assert hashlib.sha256(path.read_bytes()).hexdigest() == source.sha256


# --- examples worked out by hand ---------------------------------------------------------------------------


def test_hospital_threshold() -> None:
    t12 = catalog.thresholds()["T12"]
    assert (t12.values, t12.mode, t12.measure) == ((30.0,), "pkw", "minuten")
    assert (t12.kind, t12.status, t12.proof) == ("richtlinie", "belegt", "S28")
    assert t12.categories == ("krankenhaus",)


def test_way_to_primary_school_is_law_and_no_car_ride() -> None:
    t20 = catalog.thresholds()["T20"]
    assert (t20.values, t20.measure, t20.mode, t20.kind) == ((35.0,), "minuten", None, "gesetz")
    school = catalog.categories()["grundschule"]
    assert school.default_threshold_from == "setzung"
    assert "kein zulässiger Ersatz" in school.default_note
    assert school.completeness.gap_ags == ("16063023", "16063101")
    assert school.completeness.expected == 36


def test_ditto_is_resolved() -> None:
    thresholds = catalog.thresholds()
    assert thresholds["T13"].source == thresholds["T12"].source
    assert thresholds["T21"].source == thresholds["T20"].source
    assert "dito" not in {text for t in thresholds.values() for text in (t.source, t.reference)}


def test_kilometres_become_metres() -> None:
    t23 = catalog.thresholds()["T23"]
    assert (t23.value_text, t23.values, t23.measure, t23.mode) == ("2 / 3", (2000.0, 3000.0), "meter", "fuss")


def test_car_values_are_not_mixed_with_public_transport() -> None:
    t35 = catalog.thresholds()["T35"]
    assert (t35.value_text, t35.values, t35.mode) == ("30 Pkw / 45 ÖV", (30.0,), "pkw")


def test_validity_comes_from_the_text() -> None:
    thresholds = catalog.thresholds()
    assert (thresholds["T01"].valid_from, thresholds["T01"].valid_to) == ("2013", "2017")
    assert thresholds["T01"].historical
    assert thresholds["T29"].valid_from == "2025-01-01"
    assert (thresholds["T12"].valid_from, thresholds["T12"].valid_to) == (None, None)


def test_unemployment_share_is_not_the_rate() -> None:
    share = catalog.indicators()["ARB02"]
    assert (share.numerator, share.denominator, share.factor) == ("Arbeitslose", "Bev 15–<65", 100.0)
    assert (share.unit, share.direction, share.decimals) == ("%", -1, 1)
    assert (share.proof, share.status) == ("S50", "belegt")
    assert "Arbeitslosenquote und Arbeitslosenanteil" in share.trap


def test_facts_without_proof_are_marked() -> None:
    indicators = catalog.indicators()
    assert indicators["ARB01"].status == "pruefen"
    assert indicators["MOB04"].status == "setzung"
    unproven = [t for t in catalog.thresholds().values() if {"M", "E"} & set(proof_ids(t.proof))]
    assert unproven
    assert all(t.status != "belegt" for t in unproven)


def test_kindergartens_are_incomplete_and_say_who_can_help() -> None:
    kita = catalog.categories()["kita"]
    assert (kita.default_mode, kita.default_threshold, kita.default_threshold_from) == ("pkw", 15, "T30")
    assert (kita.completeness.expected, kita.completeness.judgement) == (95, "unvollstaendig")
    assert "Kita-Bedarfsplan" in kita.completeness.missing_source
    assert kita.target_ages == "0-6"


def test_direction_note_is_kept_apart() -> None:
    care = catalog.indicators()["GES02"]
    assert (care.direction, care.direction_note) == (0, "altersstd. werten")


def test_no_leitziel_is_presented_as_decided() -> None:
    fields = catalog.handlungsfelder().values()
    assert {(field.leitziel, field.leitziel_status) for field in fields} == {(None, "offen")}
    assert all(field.question.endswith("?") for field in fields)


def test_district() -> None:
    kreis = catalog.districts()["16063"]
    assert (kreis.name, kreis.gebietsstand) == ("Wartburgkreis", date(2024, 1, 1))
    assert list(kreis.level_names) == ["gemeinde", "sozialraum", "kreis"]


def test_colours_can_be_told_apart() -> None:
    colours = [field.colour for field in catalog.handlungsfelder().values()]
    assert len(set(colours)) == 10
    for colour in colours:
        assert contrast_on_white(colour) >= 3
    parts = [tuple(int(c[i : i + 2], 16) for i in (1, 3, 5)) for c in colours]
    gaps = [sum((a - b) ** 2 for a, b in zip(p, q, strict=True)) for p in parts for q in parts if p != q]
    assert min(gaps) > 40**2


# --- the border --------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the catalogues that a test may break."""
    for path in [*FOLDER.glob("*.toml"), FOLDER / "parts.csv"]:
        shutil.copy(path, tmp_path)
    return tmp_path


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def complaint(folder: Path) -> str:
    with pytest.raises(GeoDataError) as caught:
        catalog.read_catalog(folder)
    return str(caught.value)


def test_untouched_copy_is_read(folder: Path) -> None:
    assert catalog.read_catalog(folder).categories == catalog.categories()


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("categories.toml", 'bereich = "Bildung"', 'breich = "Bildung"', "[kita]: unknown key 'breich'"),
        ("categories.toml", 'bereich = "Bildung"', "", "[kita]: key 'bereich' is missing"),
        ("categories.toml", 'icon = "playground"', 'icon = ""', "[kita]: icon must not be empty"),
        (
            "categories.toml",
            'icon = "playground"',
            'icon = "playground.svg"',
            "without .svg, found 'playground.svg'",
        ),
        ("categories.toml", 'id = "hort"', 'id = "kita"', "[kita]: id must be unique"),
        ("categories.toml", '["FAM", "CHA"]', '["FAM", "XXX"]', "handlungsfelder names unknown 'XXX'"),
        ("categories.toml", '["FAM", "CHA"]', "[]", "handlungsfelder must name at least one entry"),
        ("categories.toml", '["FAM", "CHA"]', '["FAM", "FAM"]', "must not name the same entry twice"),
        ("categories.toml", '["FAM", "CHA"]', '"FAM"', "handlungsfelder must be a list, found 'FAM'"),
        ("categories.toml", "default_threshold = 15", 'default_threshold = "15"', "must be a whole number"),
        ("categories.toml", "default_threshold = 15", "default_threshold = true", "must be a whole number"),
        ("categories.toml", "default_threshold = 15", "default_threshold = 14", "14 is not a value of T30"),
        ("categories.toml", 'threshold_from = "T30"', 'threshold_from = "T99"', "unknown threshold 'T99'"),
        ("categories.toml", 'threshold_from = "T30"', 'threshold_from = "T12"', "T12 gives no minutes for"),
        ("categories.toml", 'default_mode = "pkw"', 'default_mode = "auto"', "default_mode must be one of"),
        ("categories.toml", 'default_mode = "pkw"', 'default_mode = "rad"', "must be that of T30, pkw"),
        ("categories.toml", "expected = 95", "expected = -1", "expected must not be negative"),
        ("categories.toml", "expected = 95", "expcted = 95", "completeness: unknown key 'expcted'"),
        ("categories.toml", 'genehmigten Plätzen"', 'genehmigten Plätzen."', "noun phrase without full stop"),
        ("categories.toml", '"16063003"', '"1063003"', "gap_ags must be 8 digits, found '1063003'"),
        (
            "categories.toml",
            "outside_known = false",
            "outside_known = 0",
            "outside_known must be true or false",
        ),
        ("thresholds.toml", '["hausarzt"]', '["hausartz"]', "categories names unknown 'hausartz'"),
        ("thresholds.toml", 'proof = "S44"', 'proof = "S99"', "proof names unknown 'S99'"),
        ("thresholds.toml", 'proof = "S44"', 'proof = "M"', "status 'belegt' needs a source in proof"),
        ("thresholds.toml", "values = [1671.0]", "values = []", "measure 'ratio' needs values"),
        ("thresholds.toml", "values = [1671.0]", "values = [nan]", "must be a finite number"),
        ("thresholds.toml", "values = [1671.0]", "values = [-1.0]", "values must be above 0"),
        ("thresholds.toml", 'valid_from = "2013"', 'valid_from = "ab 2013"', "a year or an ISO date"),
        ("indicators.toml", "direction = 0", "direction = 2", "direction must be one of -1, 0, 1, found 2"),
        ("indicators.toml", "factor = 1.0", "factor = 0.0", "factor must be above 0"),
        ("indicators.toml", "decimals = 0", "decimals = -1", "decimals must not be negative"),
        ("measures.toml", "{kategorie}: Zahl", "Zahl", "holds {kategorie} exactly when"),
        ("measures.toml", 'threshold_unit = "min"', "", "threshold_unit is given exactly when"),
        ("modes.toml", "detour = 1.3", "detour = 0.9", "detour must be at least 1"),
        ("modes.toml", "speed_kmh = 4.8", "speed_kmh = 0.0", "speed_kmh must be above 0"),
        ("modes.toml", 'id = "fuss"', 'id = "zufuss"', "modes.toml [fuss]: mode is missing"),
        ("sources.toml", 'sha256 = "2', 'sha256 = "X', "sha256 must be 64 lower case hex digits"),
        ("sources.toml", 'url = "https://', 'url = "', "url must be an address with http or https"),
        (
            "districts.toml",
            'ags = "16063"',
            "ags = 16063",
            "[16063]: ags must be text in quotes, found 16063",
        ),
        ("districts.toml", 'ags = "16063"', 'ags = "1603"', "ags must be 5 digits"),
        ("districts.toml", "2024-01-01", '"2024-01-01"', "gebietsstand must be a date without quotes"),
        ("districts.toml", "buffer_km = 20.0", "buffer_km = 0", "context_km and buffer_km must be above 0"),
        ("districts.toml", 'kreis = "Landkreis"', "kreis = 1", "level_names must be a table of texts"),
        ("handlungsfelder.toml", "#4b5563", "#f5f5f5", "less than 3:1 contrast on white"),
        ("handlungsfelder.toml", "#4b5563", "#A3161F", "six lower case hex digits"),
        ("handlungsfelder.toml", "#4b5563", "#a3161f", "is taken by another Handlungsfeld"),
        ("handlungsfelder.toml", '"offen"', '"beschlossen"', "leitziel is given exactly when"),
        ("handlungsfelder.toml", "[[handlungsfeld]]", "[[feld]]", "[feld]: unknown table"),
        ("proofs.toml", 'id = "S1"', 'id = "S1" x', "proofs.toml: not readable as TOML"),
        ("indicators.toml", 'count = "arbeitslose"', 'count = "arbeitlose"', "arbeitlose is unknown"),
        ("indicators.toml", 'count = "arbeitslose"', 'count = "haushalte"', "one unit above and below the line"),
        ("indicators.toml", 'count = "arbeitslose"', 'count = "arbeitslose +"', "is no formula"),
        ("indicators.toml", 'count = "arbeitslose"', 'count = "arbeitslose + wohnungen"', "cannot be joined by +"),
        ("indicators.toml", 'per = "alter(20, 64)"', 'per = "alter(20, 66)"', "no age groups from"),
        ("indicators.toml", "factor = 100.0", "factor = 1000.0", "needs per and factor 100"),
        ("indicators.toml", 'count = "bev"', 'formula = "BEV02 + BEV99"', "BEV99 is unknown"),
        ("indicators.toml", 'count = "bev"', 'formula = "BEV01 * 2"', "formula rests on itself: BEV01 -> BEV01"),
        ("indicators.toml", 'count = "bev"', 'formula = "BEV02 * 2"', "formula gives 'EW/km²', unit says 'Anzahl'"),
        ("parts.csv", "Personen;count", "Personen;anzahl", "kind must be one of"),
        ("parts.csv", "rate;frei;bev", "rate;frei;", "a weight stands exactly at a rate"),
        ("parts.csv", "bev_m;", "bev;", "parts.csv: rows - with too many or few fields, twice: ['bev']"),
    ],
)
def test_broken_rule_names_file_and_remedy(folder: Path, file: str, old: str, new: str, expected: str) -> None:
    edit(folder, file, old, new)
    text = complaint(folder)
    assert expected in text
    assert any(line.startswith(file) for line in text.splitlines()[1:])


def test_protected_place_must_not_be_looked_up(folder: Path) -> None:
    edit(
        folder,
        "categories.toml",
        'protection = "no_location"',
        'protection = "no_location"\nosm_tags = ["a=b"]',
    )
    assert "[frauenhaus]: osm_tags must be empty" in complaint(folder)


def test_all_problems_come_in_one_error(folder: Path) -> None:
    edit(folder, "categories.toml", 'bereich = "Bildung"', "")
    edit(folder, "modes.toml", "detour = 1.3", 'detour = "1,3"')
    (folder / "sources.toml").unlink()
    text = complaint(folder)
    assert text.startswith("3 broken rules")
    for file in ("categories.toml [kita]", "modes.toml [fuss]", "sources.toml: cannot be read"):
        assert file in text


def test_file_in_another_encoding_is_refused(folder: Path) -> None:
    path = folder / "categories.toml"
    path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))
    assert "categories.toml: not readable as TOML in UTF-8" in complaint(folder)


def test_empty_file_is_refused(folder: Path) -> None:
    (folder / "measures.toml").write_text("", encoding="utf-8")
    assert "measures.toml: no [[measure]] block found" in complaint(folder)


@given(key=st.from_regex(r"[a-z_]{1,12}", fullmatch=True), value=st.integers())
def test_any_unknown_key_is_refused(key: str, value: int) -> None:
    broken: list[str] = []
    found = to_record(Proof, {"id": "S1", "text": "a", key: value}, broken)
    assert found is None
    assert len(broken) == 1


@given(st.lists(st.from_regex(r"S[1-9][0-9]?|M|E|TLS-PM", fullmatch=True), min_size=1, max_size=5))
def test_proof_ids_read_back_what_was_joined(ids: list[str]) -> None:
    assert proof_ids(",".join(ids)) == tuple(ids)
    assert proof_ids(", ".join(f"{entry} (Variante 1)" for entry in ids)) == tuple(ids)
