"""The column beside the map: classes with counts, signs, facts and notes; nothing runs out of the sheet."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import shapely

from layers.german import number
from layers.mapview import LegendEntry, MapView
from layers.sentences import LEVEL_MANY
from reports import words
from reports.areas import KREIS_EDGE, LAND_EDGE, LAND_WIDTH, draw_hatch
from reports.circles import LARGEST_MM, CircleScale, draw_circle
from reports.ground import Signs
from reports.picture import Picture
from reports.points import PointGroup, draw_change, draw_sign
from reports.sheet import Sheet
from reports.text import Style, width, wrap

GREY = "#4a5361"
HEAD, LABEL = Style(10.5, bold=True), Style(10)
SMALL, SMALL_BOLD, FAINT = Style(8), Style(8, bold=True), Style(7.5, colour=GREY)
BOX_WIDTH, BOX_HEIGHT, BOX_GAP = 10.0, 5.0, 1.1
TEXT_INDENT = 13.0
COUNT_AT = 74.0
FACT_INDENT = 24.0
LONG_GROUPS = 3
SHORT_REMARK = "Lage teils nur auf den Ort genau"
MORE = "Weitere Hinweise: Seite „Daten und Methodik“."


@dataclass
class Column:
    """A column of the sheet that is filled from ``y`` down to ``bottom``."""

    sheet: Sheet
    x: float
    width: float
    y: float
    bottom: float

    def lines_left(self, style: Style) -> int:
        """Return how many lines of ``style`` still fit."""
        return max(0, int((self.y - self.bottom) / style.line + 1e-6))

    def write(self, text: str, style: Style, *, indent: float = 0.0, max_lines: int | None = None) -> None:
        """Write a paragraph, at most to the bottom, and move down."""
        room = self.lines_left(style)
        limit = room if max_lines is None else min(room, max_lines)
        for line in wrap(text, style, self.width - indent, max_lines=limit):
            self.sheet.text(self.x + indent, self.y - 0.78 * style.line, line, style)
            self.y -= style.line

    def skip(self, millimetres: float) -> None:
        """Move down."""
        self.y -= millimetres


def draw_column(column: Column, picture: Picture, signs: Signs) -> None:
    """Draw everything that explains the map."""
    view = picture.view
    draw_classes(column, view)
    if signs.circles:
        draw_circle_key(column, signs.circles)
    draw_signs(column, signs.groups)
    if picture.scenario is not None:
        draw_changes(column, picture.scenario)
    draw_lines(column)
    if view.layer.text.approximation and view.has_values:
        draw_approximation(column)
    draw_facts(column, words.facts(view, picture.chosen))
    draw_notes(column, words.notes(view))


def draw_classes(column: Column, view: MapView) -> None:
    """Draw unit, classes with their limits and counts, and the states."""
    sheet, unit = column.sheet, view.layer.text.unit
    heading = f"Angaben in: {unit}" if unit else "Absolute Zahlen"
    column.write(heading if view.has_values else "Noch keine Werte", HEAD)
    sheet.text(
        column.x + COUNT_AT,
        column.y + 0.22 * HEAD.line,
        f"{LEVEL_MANY[view.layer.level]} (n)",
        FAINT,
        align="right",
    )
    column.skip(1.5)
    for entry in view.legend:
        draw_entry(column, entry)
    column.skip(1.5)


def draw_entry(column: Column, entry: LegendEntry) -> None:
    """Draw one line of the legend: box, label, count."""
    sheet, y = column.sheet, column.y - BOX_HEIGHT
    fill = "#ffffff" if entry.kind == "unreliable" else entry.colour
    sheet.box(column.x, y, BOX_WIDTH, BOX_HEIGHT, facecolor=fill, edgecolor="none")
    if entry.kind in ("unreliable", "suppressed"):
        draw_hatch(sheet, shapely.box(column.x, y, column.x + BOX_WIDTH, column.y), entry.kind)
    look = {"facecolor": "none", "edgecolor": "#8b93a1", "linewidth": 0.6, "zorder": 4}
    sheet.box(column.x, y, BOX_WIDTH, BOX_HEIGHT, **look)
    sheet.text(column.x + TEXT_INDENT, y + 1.5, entry.label, LABEL)
    sheet.text(column.x + COUNT_AT, y + 1.5, str(entry.count), LABEL, align="right")
    column.skip(BOX_HEIGHT + BOX_GAP)


def draw_circle_key(column: Column, scale: CircleScale) -> None:
    """Draw what the size of a circle means: round values side by side."""
    x, middle = column.x, column.y - LARGEST_MM
    for value in scale.samples:
        radius, label = scale.radius(value), number(value)
        draw_circle(column.sheet, x + radius, middle, radius)
        column.sheet.text(x + 2 * radius + 1.2, middle - 1.1, label, SMALL)
        x += 2 * radius + width(label, SMALL) + 6
    column.skip(2 * LARGEST_MM + 2)


def draw_signs(column: Column, groups: list[PointGroup]) -> None:
    """Draw the signs of the facilities with their number inside and around; many groups get one line each."""
    short = len(groups) > LONG_GROUPS
    for group in groups:
        at = pd.DataFrame({"x": [column.x + 3.4], "y": [column.y - 2.0]})
        draw_sign(column.sheet, group, at, inside=True)
        if group.outside:
            draw_sign(column.sheet, group, at.assign(x=column.x + 7.2), inside=False)
        column.write(_counted(group, short), SMALL, indent=TEXT_INDENT, max_lines=1 if short else 2)
        if group.remarks and not short:
            column.write("; ".join(group.remarks), FAINT, indent=TEXT_INDENT, max_lines=1)
        column.skip(0.6 if short else 1.0)
    if short:
        column.write(SHORT_REMARK, FAINT, indent=TEXT_INDENT, max_lines=1)
    if any(group.spots["count"].max() > 1 for group in groups if len(group.spots) and not group.is_small):
        column.write("Größeres Zeichen: mehrere am selben Ort", FAINT, indent=TEXT_INDENT, max_lines=1)
    column.skip(1.0 if groups else 0)


def draw_changes(column: Column, scenario: gpd.GeoDataFrame) -> None:
    """Draw what the signs of a scenario mean, with their number."""
    for closed, label in ((True, "Im Szenario geschlossen"), (False, "Im Szenario neu")):
        if count := int((scenario["closed"] == closed).sum()):
            draw_change(column.sheet, pd.DataFrame({"x": [column.x + 3.4], "y": [column.y - 2.0]}), closed=closed)
            column.write(f"{label}: {number(count)}", SMALL, indent=TEXT_INDENT, max_lines=1)
            column.skip(1.0)


def _counted(group: PointGroup, short: bool) -> str:
    """Return the name of a group with its numbers."""
    around = f" + {number(group.outside)} im Ausschnitt darum" if group.outside else ""
    mark = " (unvollständig)" if short and not group.complete else ""
    return f"{group.label}: {number(group.inside)} im Kreis{around}{mark}"


def draw_lines(column: Column) -> None:
    """Draw what the two kinds of borders mean, side by side."""
    x, y = column.x, column.y - 1.8
    column.sheet.line((x, x + BOX_WIDTH), (y, y), color=KREIS_EDGE, linewidth=0.9)
    column.sheet.text(x + TEXT_INDENT, y - 0.9, "Kreisgrenze", SMALL)
    middle = x + TEXT_INDENT + width("Kreisgrenze", SMALL) + 8
    column.sheet.line((middle, middle + BOX_WIDTH), (y, y), color=LAND_EDGE, linewidth=LAND_WIDTH)
    column.sheet.text(middle + TEXT_INDENT, y - 0.9, "Landesgrenze", SMALL)
    column.skip(SMALL.line + 2.0)


def draw_approximation(column: Column) -> None:
    """Draw the mark of values that are no more than an approximation."""
    height = SMALL_BOLD.line + 2.0
    column.sheet.box(
        column.x,
        column.y - height,
        column.width,
        height,
        facecolor="#fff4d6",
        edgecolor="#b7791f",
        linewidth=0.8,
    )
    column.sheet.text(column.x + 2, column.y - height / 2, words.APPROXIMATION, SMALL_BOLD, anchor="center_baseline")
    column.skip(height + 2.5)


def draw_facts(column: Column, facts: list[tuple[str, str]]) -> None:
    """Draw the facts as a small table."""
    for name, value in facts:
        if not column.lines_left(SMALL):
            break
        column.sheet.text(column.x, column.y - 0.78 * SMALL.line, name, SMALL_BOLD)
        column.write(value, SMALL, indent=FACT_INDENT)
        column.skip(0.7)
    column.skip(1.0)


def draw_notes(column: Column, notes: list[str]) -> None:
    """Draw as many lines of the notes as there is room for, and where the others stand."""
    if column.lines_left(FAINT) < 3 or not notes:
        return
    column.write("Hinweise", SMALL_BOLD)
    for place, note in enumerate(notes):
        room = column.lines_left(FAINT) - 1
        if room < 1:
            break
        share = max(2, room // (len(notes) - place))
        column.write(note, FAINT, max_lines=min(room, share))
        column.skip(0.5)
    column.write(MORE, FAINT, max_lines=1)
