"""Legends that are no list of classes: two indicators as a square of colours, absolute numbers as circles."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layers.bivariate import COLOURS, GRADES
from layers.german import number
from layers.mapview import MapView

LARGEST_PX = 26
STEPS = (1.0, 0.25, 0.05)


def circle_radius(value: float, largest: float) -> float:
    """Return the radius in pixels of a circle whose area grows with the value; 0 for no value.

    >>> circle_radius(100, 400), circle_radius(400, 400), circle_radius(float("nan"), 400)
    (13.0, 26.0, 0.0)
    """
    return round(LARGEST_PX * (max(value, 0) / largest) ** 0.5, 1) if value == value and largest > 0 else 0.0


def circles(view: MapView, counted: str) -> list[Component]:
    """Return round values as circles, and how many areas have none."""
    largest = float(view.rows["value"].max())
    samples = dict.fromkeys(_round(largest * step) for step in STEPS)
    items = [
        html.Li([html.Span(className="kreis-muster", style=_size(value, largest)), html.Span(number(value))])
        for value in samples
    ]
    gaps = [html.P(f"{entry.label}: {entry.count}") for entry in view.legend if entry.kind != "class"]
    return [
        html.P(html.B(counted)),
        html.Ul(items, className="kreis-legende"),
        *gaps,
        html.P("Fläche des Kreises = Wert"),
    ]


def _size(value: float, largest: float) -> dict[str, str]:
    width = f"{2 * circle_radius(value, largest):.0f}px"
    return {"width": width, "height": width}


def _round(value: float) -> float:
    """Return ``value`` cut to its first digit, at least 1."""
    power = 10 ** (len(str(int(value))) - 1) if value >= 1 else 1
    return max(float(int(value / power) * power), 1.0)


def square(view: MapView) -> list[Component]:
    """Return the nine colours of two indicators with the number of areas of each, and the words at their edges."""
    first, second = view.layer.text.name.split(" und ", 1) if " und " in view.layer.text.name else ("", "")
    counts = view.classes.counts
    head = html.Tr([html.Td(), *(html.Th(grade, scope="col") for grade in GRADES)])
    rows = [
        html.Tr([html.Th(GRADES[row], scope="row"), *(_cell(3 * row + column, counts) for column in range(3))])
        for row in (2, 1, 0)
    ]
    gaps = [html.P(f"{entry.label}: {entry.count}") for entry in view.legend if entry.kind != "class"]
    caption = html.Caption(f"Zeilen: {first}. Spalten: {second}. Zahlen: Gebiete.")
    return [html.Table([caption, html.Thead(head), html.Tbody(rows)], className="quadrat"), *gaps]


def _cell(place: int, counts: tuple[int, ...]) -> Component:
    dark = place % 3 + place // 3 >= 3
    return html.Td(str(counts[place]), style={"background": COLOURS[place], "color": "#fff" if dark else "#10162b"})
