"""Parts of a page as the plain dicts that travel to the browser; long tables of components cost too much time."""

from __future__ import annotations

import json
from typing import Any

from dash.development.base_component import Component
from plotly.io.json import to_json_plotly

Element = dict[str, Any]


def element(name: str, children: Any = None, **props: Any) -> Element:
    """Return what ``html.<name>(children, **props)`` is when it travels; give it no id, Dash would not know of it.

    >>> element("Td", "4,2", className="n")["props"]
    {'children': '4,2', 'className': 'n'}
    """
    return {"type": name, "namespace": "dash_html_components", "props": {"children": children, **props}}


def as_sent(component: Component) -> Element:
    """Return a component and all it holds as they travel, for a part that stays the same for every reader."""
    sent: Element = json.loads(to_json_plotly(component))
    return sent
