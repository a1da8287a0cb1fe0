"""The last touch to an SVG: title and description, areas with key and value, for paper or for the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree as ET

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
LONG_NUMBER = re.compile(r"(\.\d\d)\d+")  # beyond a hundredth of a point
AREA, OVER = "area-", "over-"
ROOT_STYLE = "stroke-linejoin:round;stroke-linecap:butt"  # what matplotlib writes for all elements of the document
for _prefix, _uri in (("", SVG), ("xlink", XLINK)):
    ET.register_namespace(_prefix, _uri)


def finish(svg: bytes, title: str, text: str, values: Mapping[str, str], *, interactive: bool) -> bytes:
    """Return the SVG with ``title`` and ``text``, areas with ``data-id`` and their ``values`` as title.

    Interactive: areas are buttons in the order of the tab key, the picture is as wide as its place, and
    nothing in it reaches beyond it (no style element, no declaration), so that it can stand in a page.
    """
    root = ET.fromstring(svg)
    for group in root.iter(f"{{{SVG}}}g"):
        name = group.get("id", "")
        if name.startswith(AREA):
            _name_area(group, values, interactive)
        elif name.startswith(OVER):
            group.set("pointer-events", "none")
    for path in root.iter(f"{{{SVG}}}path"):
        path.set("d", re.sub(LONG_NUMBER, r"\1", path.get("d", "")))
    _describe(root, title, text, interactive)
    if interactive:
        _fit_page(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=not interactive)


def _name_area(group: ET.Element, values: Mapping[str, str], interactive: bool) -> None:
    key = group.attrib["id"].removeprefix(AREA)
    group.set("data-id", key)
    label = ET.Element(f"{{{SVG}}}title")
    label.text = values[key]
    group.insert(0, label)
    if interactive:
        group.set("role", "button")
        group.set("tabindex", "0")


def _describe(root: ET.Element, title: str, text: str, interactive: bool) -> None:
    """Put title and description first; a picture with buttons in it is a group, else it is one image."""
    for old in root.findall(f"{{{SVG}}}metadata"):
        root.remove(old)
    for place, (tag, content) in enumerate((("title", title), ("desc", text))):
        element = ET.Element(f"{{{SVG}}}{tag}", {"id": f"karte-{tag}"})
        element.text = content
        root.insert(place, element)
    root.set("role", "group" if interactive else "img")
    root.set("aria-labelledby", "karte-title")
    root.set("aria-describedby", "karte-desc")
    root.set("lang", "de")


def _fit_page(root: ET.Element) -> None:
    root.set("width", "100%")
    root.attrib.pop("height", None)
    root.set("style", ROOT_STYLE)
    for parent in list(root.iter()):
        for child in parent.findall(f"{{{SVG}}}style"):
            parent.remove(child)
