"""Which browser the tests use and how it starts."""

from __future__ import annotations

import shutil

from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SOFTWARE_GL = (
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
)
NO_GL = ("--disable-gpu", "--disable-3d-apis", "--disable-software-rasterizer")


def launch(playwright: Playwright, *, webgl: bool = True) -> Browser:
    """Return the Chromium of this machine, else the one that playwright brings; fail where there is none."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    flags = [*QUIET, *(SOFTWARE_GL if webgl else NO_GL)]
    return playwright.chromium.launch(executable_path=found, args=flags)
