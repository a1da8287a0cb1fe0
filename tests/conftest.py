"""What several test modules share: the embedded dataset, its Atlas, and a synthetic district."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings

import geodata
from geodata import catalog
from layers import Atlas, build_atlas
from tests.synthetic import district, synthetic_catalog

# Always the same examples, no clock: a test that passes here passes elsewhere.
settings.register_profile("sozialatlas", deadline=None, derandomize=True, max_examples=30)
settings.load_profile("sozialatlas")

DISTRICT = "16063"


@pytest.fixture(scope="session")
def data() -> geodata.GeoData:
    """The dataset that ships with the project."""
    return geodata.load(DISTRICT)


@pytest.fixture(scope="session")
def atlas(data: geodata.GeoData) -> Atlas:
    """The Atlas of the dataset that ships with the project."""
    return build_atlas(data)


@pytest.fixture
def synthetic(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Atlas]:
    """Return a builder of a synthetic Atlas; meanwhile the catalogues hold invented categories and modes."""
    invented = synthetic_catalog()
    monkeypatch.setattr(catalog, "_catalog", lambda: invented)

    def build(*facilities: dict[str, Any], **changes: Any) -> Atlas:
        return build_atlas(district(facilities, **changes))

    return build
