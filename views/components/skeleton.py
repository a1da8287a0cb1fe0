"""The layout that the browser checks callbacks against, without its contents (it travels with every page)."""

from __future__ import annotations

from copy import copy

from dash import Dash, html
from dash.development.base_component import Component


def skeleton(layout: Component) -> Component:
    """Return one empty component of the same type for every id in ``layout``."""
    named = {part.id: part for part in layout._traverse() if getattr(part, "id", None)}
    return html.Div([_bare(part) for part in named.values()])


def _bare(part: Component) -> Component:
    bare = copy(part)
    for name in part.to_plotly_json()["props"]:
        if name != "id":
            delattr(bare, name)
    return bare


def register(app: Dash) -> None:
    """Replace the collected layouts of all pages by their skeleton before the first answer."""
    done: list[bool] = []

    @app.server.before_request
    def slim_down() -> None:
        if not done and app.validation_layout is not None:
            app.validation_layout = skeleton(app.validation_layout)
            done.append(True)
