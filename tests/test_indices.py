"""Composite indices on figures of the atlas: by hand, with members that are missing or secret, and on the map."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata import dataset
from geodata.catalog.indices import FILE, indices
from geodata.model import GeoDataError
from geodata.observations import territory_of
from layers.atlas import build_atlas
from layers.indices import NO_KREIS, table_of_index
from layers.keys import IndicatorKey
from layers.sentences import map_text
from layers.statistics import build_statistics
from views.components.mappage import view_notices, view_of
from views.selection import Selection

AREAS = pd.Index(["a", "b", "c", "d", "e"])
MEMBERS = [member.indicator for member in indices()["lage"].members]


def tables(**known: list[float]) -> dict[str, pd.DataFrame]:
    none = pd.DataFrame({"value": np.nan, "state": "missing", "base": np.nan, "reason": ""}, index=AREAS)
    made = {}
    for key in MEMBERS:
        value = pd.Series(known.get(key, [np.nan] * 5), AREAS)
        made[key] = none.assign(value=value, state=np.where(value.isna(), "missing", "measured"))
    return made


def test_two_members_by_hand_make_a_provisional_index() -> None:
    """ARB02: median 3, MAD 1, so z = (x - 3) / 1.4826; EIK02 turned round: median 30, MAD 10, z = (30 - x) / 14.826."""
    given = tables(ARB02=[1.0, 2.0, 3.0, 4.0, 5.0], EIK02=[50.0, 40.0, 30.0, 20.0, 10.0])
    table = table_of_index("BEL01", "sozialraum", given.__getitem__)
    assert table["value"].tolist() == pytest.approx([-2 / 1.4826, -1 / 1.4826, 0, 1 / 1.4826, 2 / 1.4826], abs=1e-4)
    assert set(table["state"]) == {"estimated"}
    assert table["base"].tolist() == pytest.approx([0.4] * 5), "two of five weights of 0.2"
    assert table["reason"].iloc[0] == (
        "Vorläufig: aus 2 von 5 Kennzahlen (ARB02, EIK02); ohne Daten: MIN01, MIN02, FAM03."
    )


def test_all_members_make_an_index_that_is_not_provisional() -> None:
    order = [1.0, 2.0, 3.0, 4.0, 5.0]
    given = tables(ARB02=order, MIN01=order, MIN02=order, FAM03=order, EIK02=order[::-1])
    table = table_of_index("BEL01", "sozialraum", given.__getitem__)
    assert set(table["state"]) == {"measured"}
    assert table["base"].tolist() == pytest.approx([1.0] * 5)


def test_a_secret_member_leaves_no_index_and_one_member_is_none() -> None:
    given = tables(ARB02=[np.nan, 2.0, 3.0, 4.0, 5.0], EIK02=[50.0, 40.0, 30.0, 20.0, 10.0])
    given["ARB02"].loc["a", "state"] = "suppressed_primary"
    table = table_of_index("BEL01", "sozialraum", given.__getitem__)
    assert np.isnan(table.at["a", "value"])
    assert table.at["a", "state"] == "missing"
    alone = table_of_index("BEL01", "sozialraum", tables(ARB02=[1.0, 2.0, 3.0, 4.0, 5.0]).__getitem__)
    assert alone["value"].isna().all()
    assert "mindestens zwei" in alone["reason"].iloc[0]


def test_the_kreis_has_no_index() -> None:
    table = table_of_index("BEL01", "kreis", tables(ARB02=[1.0] * 5, EIK02=[2.0] * 5).__getitem__)
    assert set(table["state"]) == {"not_applicable"}
    assert set(table["reason"]) == {NO_KREIS}


def test_the_map_shows_the_index_with_its_limits_and_years() -> None:
    data = dataset.load("16063")
    keys = sorted(data.gemeinden.index)
    parts = {
        "arbeitslose": [100.0 + 10 * n for n in range(30)],
        "bev_15_64": [4000.0] * 30,
        "alleinerziehende": [50.0 + n for n in range(30)],
        "familien_kinder": [500.0] * 30,
    }
    frame = pd.concat(
        pd.DataFrame({"key": keys, "value": values, "part": part}) for part, values in parts.items()
    ).assign(state="measured", year=2022, stand="2022", gebietsstand="2024-01-01", basis="", row="", import_id=1)
    atlas = build_atlas(data, build_statistics(data, frame, territory_of(data), {}))
    assert "BEL01" in atlas.filled
    view = view_of(atlas, Selection(handlungsfeld="PLA", indicator="BEL01", level="sozialraum"))
    assert view.layer.text.name == "Belastungsindex: Soziale Lage"
    assert view.layer.text.stand == "ARB02 2022, FAM03 2022"
    assert any("weder amtlich noch beschlossen" in note for note in view.layer.text.notes)
    assert "Belastungsindex" in map_text(view)
    (notice,) = view_notices(atlas, view, Selection(indicator="BEL01", level="sozialraum"))
    assert notice.startswith("Vorläufig: aus 2 von 5 Kennzahlen")
    assert build_atlas(data).table("sozialraum", IndicatorKey("BEL01"))["value"].isna().all()


def test_a_broken_catalogue_names_the_index_and_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "indices.toml"
    path.write_text(FILE.read_text("utf-8").replace("weight = 0.2, load = 1", "weight = 0.3, load = 1", 1), "utf-8")
    with pytest.raises(GeoDataError, match=r"\[lage\]: weights must add up to 1"):
        indices(path)
