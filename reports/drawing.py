"""How a map is put together on the sheet: heading, map, column, scale, sources."""

from __future__ import annotations

from layers.german import number
from layers.sentences import map_text
from reports import svg, words
from reports.frame import MapFrame, fit_frame
from reports.ground import draw_ground
from reports.legend import FAINT, GREY, Column, draw_column
from reports.picture import Picture
from reports.sheet import Sheet, drawing
from reports.text import Style, wrap

PAPER = (297.0, 210.0)  # A4 landscape
BARE = (136.0, 152.0)
MARGIN = 11.0
WIDE = PAPER[0] - 2 * MARGIN
RULE, INK = "#003a80", "#16213a"
MAP_WIDTH, COLUMN_GAP, STRIP = 160.0, 7.0, 9.0
TITLES = (Style(18, bold=True), Style(16, bold=True), Style(14, bold=True))
WHERE, LEAD = Style(11, colour=GREY), Style(11)
SOURCE = Style(7, colour=GREY)
TICKS_KM = (0, 5, 10)


def draw_page(picture: Picture, kind: str) -> bytes:
    """Return the map on A4 with all that belongs on it."""
    with drawing():
        sheet = Sheet(*PAPER)
        top = draw_heading(sheet, picture)
        foot = draw_sources(sheet, picture)
        bounds = picture.atlas.data.kreis.total_bounds
        frame = fit_frame(bounds, MARGIN, foot + STRIP, MAP_WIDTH, top - foot - STRIP, margin=3)
        signs = draw_ground(sheet, frame, picture, on_paper=True)
        look = {"facecolor": "none", "edgecolor": "#8b93a1", "linewidth": 0.7, "zorder": 10}
        sheet.box(frame.x, frame.y, frame.width, frame.height, **look)
        draw_scale(sheet, frame)
        left = MARGIN + MAP_WIDTH + COLUMN_GAP
        draw_column(Column(sheet, left, PAPER[0] - MARGIN - left, top, foot + 2), picture, signs)
        return _file(sheet, picture, kind, interactive=False)


def draw_bare(picture: Picture, kind: str) -> bytes:
    """Return the map alone on a transparent ground."""
    with drawing():
        sheet = Sheet(*BARE, transparent=True)
        frame = fit_frame(picture.atlas.data.kreis.total_bounds, 0, 0, *BARE, margin=5)
        draw_ground(sheet, frame, picture, on_paper=False)
        return _file(sheet, picture, kind, interactive=True)


def draw_heading(sheet: Sheet, picture: Picture) -> float:
    """Draw title, place and date, headline; return where the map may begin."""
    sheet.box(MARGIN, PAPER[1] - 9.2, WIDE, 1.2, facecolor=RULE, edgecolor="none")
    title = words.title(picture.view)
    fitting = (style for style in TITLES if len(wrap(title, style, WIDE)) == 1)
    column = Column(sheet, MARGIN, WIDE, PAPER[1] - 11.5, 0)
    column.write(title, next(fitting, TITLES[-1]), max_lines=2)
    column.write(words.where_and_when(picture.atlas, picture.view), WHERE, max_lines=1)
    column.write(words.subtitle(picture.view), LEAD, max_lines=2)
    return column.y - 3


def draw_sources(sheet: Sheet, picture: Picture) -> float:
    """Draw sources with licences and the imprint at the foot; return their upper edge."""
    shown = words.sources(picture.atlas, picture.view, picture.categories)
    text = "Quellen: " + " · ".join(words.source_line(source) for source in shown)
    lines = [*wrap(text, SOURCE, WIDE), *wrap(words.imprint(picture.created, picture.office), SOURCE, WIDE)]
    column = Column(sheet, MARGIN, WIDE, MARGIN - 3 + len(lines) * SOURCE.line, 0)
    top = column.y + 1.5
    for line in lines:
        column.write(line, SOURCE)
    return top


def draw_scale(sheet: Sheet, frame: MapFrame) -> None:
    """Draw north arrow, scale bar, scale and projection below the map."""
    x, y = frame.x + 2.5, frame.y - 6.4
    sheet.polygon([(x, y + 4.6), (x + 1.7, y - 1), (x, y + 0.4), (x - 1.7, y - 1)], RULE)
    sheet.text(x + 2.6, y + 0.2, "N", Style(9, bold=True))
    left, step = x + 11, 1000 * (TICKS_KM[1] - TICKS_KM[0]) / frame.scale
    for place, kilometres in enumerate(TICKS_KM):
        end = " km" if kilometres == TICKS_KM[-1] else ""
        sheet.text(left + place * step, y + 2.4, f"{kilometres}{end}", Style(8), align="center")
    for place, fill in enumerate((INK, "white")):
        sheet.box(left + place * step, y, step, 1.4, facecolor=fill, edgecolor=INK, linewidth=0.6)
    text = f"Maßstab 1:{number(frame.denominator)} auf A4 · {words.PROJECTION}"
    sheet.text(frame.x + frame.width, y, text, FAINT, align="right")


def _file(sheet: Sheet, picture: Picture, kind: str, *, interactive: bool) -> bytes:
    view, title = picture.view, words.title(picture.view)
    made = sheet.save(kind, title)
    if kind != "svg":
        return made
    values = {str(key): f"{row['name']}: {row['shown']}" for key, row in view.rows.iterrows()}
    return svg.finish(made, title, map_text(view), values, interactive=interactive)
