"""The Sozialatlas as a Dash app: `python app.py` serves it, `server` is the WSGI application."""

from __future__ import annotations

import gc
import sys
import webbrowser
from collections.abc import Callable
from threading import Thread, Timer
from types import ModuleType

import dash
import dash_mantine_components as dmc
import pyarrow
from dash import Dash, dcc, html
from waitress import create_server

import geodata
from geodata.custom_areas import with_areas
from layers import Atlas, build_atlas, warm
from views import (
    datenqualitaet,
    einlesen,
    einrichtungen,
    entwicklung,
    karte,
    live,
    methodik,
    nicht_gefunden,
    reichweite,
    routes,
    security,
    steckbrief,
    vergleich,
)
from views.components import skeleton
from views.components.frame import INDEX, THEME, footer, header
from views.settings import Settings, read_settings

PAGES = (karte, entwicklung, vergleich, steckbrief, reichweite, einrichtungen, datenqualitaet, methodik)
INTERNAL_PAGES = (einlesen,)
COMPRESSED = [
    "text/html",
    "text/css",
    "text/javascript",
    "application/json",
    "application/geo+json",
    "image/svg+xml",
]
pyarrow.set_memory_pool(pyarrow.system_memory_pool())  # its own pool keeps 70 MB that nothing uses any more


def create_app(atlas: Atlas, settings: Settings) -> Dash:
    """Return the app for one district; every page is one module with TITLE, PATH, layout and register."""
    title = f"Sozialatlas {atlas.data.name}"
    app = Dash(
        __name__,
        use_pages=True,
        pages_folder="",
        title=title,
        index_string=INDEX,
        compress=True,
        serve_locally=True,
        update_title=None,
        on_error=security.callback_failed,
        assets_folder=str(settings.assets),
    )
    pages = PAGES + (INTERNAL_PAGES if settings.audience == "intern" else ())
    for order, page in enumerate(pages):
        name = page.__name__.split(".")[-1]
        dash.register_page(
            name,
            path=page.PATH,
            name=page.TITLE,
            order=order,
            title=f"{page.TITLE} – {title}",
            layout=_layout_of(page, atlas),
        )
    dash.register_page("not_found_404", path="/404", title=f"Nicht gefunden – {title}", layout=nicht_gefunden.layout)
    app.server.config["COMPRESS_MIMETYPES"] = COMPRESSED
    app.layout = dmc.MantineProvider(
        [
            dcc.Location(id="url", refresh="callback-nav"),
            header(title, [(page.TITLE, page.PATH) for page in pages]),
            html.Div(id=security.MESSAGE_ID, className="notiz notiz-fehler", role="alert"),
            html.Main(dash.page_container, id="inhalt", tabIndex="-1"),
            footer(atlas),
        ],
        theme=THEME,
    )
    for page in pages:
        page.register(app, atlas)
    store = live.store_of(settings)
    app.server.config.update({einlesen.STORE: store, "ZIELGRUPPE": settings.audience})
    routes.register(app.server, atlas, settings)
    for page in pages:
        if hasattr(page, "register_routes"):
            page.register_routes(app.server, atlas)
    live.watch(app.server, atlas, store, settings.audience)
    live.record_exports(app.server, atlas, store, settings.audience)
    skeleton.register(app)
    security.register(app)
    return app


def _layout_of(page: ModuleType, atlas: Atlas) -> Callable[..., object]:
    def layout(**parts: object) -> object:
        return page.layout(atlas, parts)

    return layout


def __getattr__(name: str) -> object:
    """Return the WSGI application for ``app:server``, built when a server first asks for it."""
    if name != "server":
        raise AttributeError(name)
    settings = read_settings()
    return create_app(open_atlas(settings), settings).server


def open_atlas(settings: Settings) -> Atlas:
    """Return the atlas of the settings: the dataset of the district with the figures of its store."""
    data = geodata.load(settings.district, settings.data)
    data = with_areas(data, settings.areas) if settings.areas else data
    return build_atlas(data, live.read_statistics(data, live.store_of(settings), settings.audience))


def main() -> None:
    """Serve the atlas on this machine and open it in a browser where there is one."""
    settings = read_settings()
    try:
        atlas = open_atlas(settings)
    except geodata.GeoDataError as error:
        sys.exit(f"Der Datensatz kann nicht gelesen werden.\n{error}")
    app = create_app(atlas, settings)
    try:
        server = create_server(app.server, host=settings.host, port=settings.port, threads=settings.threads)
    except OSError:
        sys.exit(f"Port {settings.port} ist belegt. Mit einem anderen starten: make run PORT={settings.port + 1}")
    print(f"Sozialatlas: {settings.address}   (Ende mit Strg+C)", flush=True)
    if settings.open_browser:
        Timer(0.5, webbrowser.open, [settings.address]).start()
    gc.collect()
    gc.freeze()  # what is there at start stays: no pauses for looking through it again
    Thread(target=warm, args=(atlas,), daemon=True).start()
    server.run()


if __name__ == "__main__":
    main()
