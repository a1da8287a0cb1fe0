"""Fira Sans for the printed map: the page's web fonts as TTF, converted once; without them DejaVu Sans."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError
from matplotlib import font_manager

ROOT = Path(__file__).parent.parent
WEB_FONTS = ROOT / "node_modules" / "@fontsource" / "fira-sans" / "files"
TTF_FOLDER = ROOT / "build" / "fonts"
FACES = ("400-normal", "400-italic", "700-normal")
FALLBACK = "DejaVu Sans"  # comes with matplotlib and has every sign that Fira Sans lacks


@cache
def families() -> tuple[str, ...]:
    """Return the font families to draw with, best first; registers Fira Sans where its files are at hand."""
    try:
        paths = [to_ttf(WEB_FONTS / f"fira-sans-latin-{face}.woff2", TTF_FOLDER) for face in FACES]
    except (
        OSError,
        TTLibError,
        ImportError,
    ):  # not installed, no place to write, no brotli: DejaVu does as well
        return (FALLBACK,)
    for path in paths:
        font_manager.fontManager.addfont(path)
    return ("Fira Sans", FALLBACK)


def to_ttf(web_font: Path, folder: Path) -> Path:
    """Return the TTF of a woff2 file, written to ``folder`` unless it is there; OSError where that fails."""
    target = folder / web_font.with_suffix(".ttf").name
    if target.exists() and target.stat().st_mtime >= web_font.stat().st_mtime:
        return target
    folder.mkdir(parents=True, exist_ok=True)
    font = TTFont(web_font)
    font.flavor = None
    part = target.with_suffix(f".{os.getpid()}.part")  # two processes may start at once
    font.save(part)
    return part.replace(target)
