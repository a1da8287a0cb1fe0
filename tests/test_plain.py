"""Parts of a page as they travel: the same as the components they stand for."""

from __future__ import annotations

import json

from dash import html
from plotly.io.json import to_json_plotly

from layers import Atlas
from views import methodik
from views.components.plain import as_sent, element


def test_element_travels_as_the_component_does() -> None:
    plain = element("Button", ["Bad ", html.B("Salzungen")], type="button", **{"data-area": "16063003"})
    component = html.Button(["Bad ", html.B("Salzungen")], type="button", **{"data-area": "16063003"})
    assert json.loads(to_json_plotly(plain)) == json.loads(to_json_plotly(component))


def test_as_sent_holds_no_component_at_any_depth() -> None:
    part = html.Div([html.P(["A < B ", html.Small("ü")]), "Ende"], className="klein")
    assert json.loads(json.dumps(as_sent(part))) == json.loads(to_json_plotly(part))


def test_page_on_data_is_made_once(atlas: Atlas) -> None:
    first, second = methodik.layout(atlas, {}), methodik.layout(atlas, {})
    assert first.children is second.children
    assert all(isinstance(part, dict) for part in first.children)
