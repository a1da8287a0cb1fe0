"""Every callback of the app as the requests of a browser: its map of callbacks, filled from its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

Props = dict[str, Any]
Body = dict[str, Any]
Components = Mapping[str, Props]
Post = Callable[[Body], Any]
Stores = Mapping[str, list[Any]]

PAGES = "_pages_content"
# Queries that open a page so that all its controls matter.
OPENED = {"/": ("?handlungsfeld=ALLE&indicator=abdeckung", "?handlungsfeld=ALLE&indicator=dichte&table=ja")}
TEXTS = ("Bad", "schule", "gibt es nicht", "")
MOST_CHOICES = 40  # of one input


@dataclass(frozen=True)
class Callback:
    """One callback that the server answers and the requests to replay."""

    name: str
    bodies: tuple[Body, ...]


def server_callbacks(dependencies: list[Props]) -> list[Props]:
    """Return the entries of /_dash-dependencies that the server answers."""
    return [entry for entry in dependencies if not entry.get("clientside_function")]


def short_name(output: str) -> str:
    """Return the first output of a callback and how many follow.

    >>> short_name("..titel.children...rang.children..."), short_name("karte-inhalt.data@1f")
    ('titel.children (+1)', 'karte-inhalt.data')
    """
    names = [part.strip(".").split("@")[0] for part in output.strip(".").split("...")]
    return names[0] if len(names) == 1 else f"{names[0]} (+{len(names) - 1})"


def components(tree: Any) -> Iterator[tuple[str, Props]]:
    """Yield id and props (with ``type``) of every component in a layout as it travels."""
    if isinstance(tree, list):
        yield from chain.from_iterable(map(components, tree))
    elif isinstance(tree, dict):
        props = tree.get("props")
        if isinstance(props, dict):
            if "id" in props:
                yield str(props["id"]), {**props, "type": tree.get("type")}
            tree = props
        yield from chain.from_iterable(map(components, tree.values()))


def links(layout: Any) -> list[str]:
    """Return the addresses of the app's own pages that its layout links to."""
    if isinstance(layout, list):
        return list(dict.fromkeys(chain.from_iterable(map(links, layout))))
    if not isinstance(layout, dict):
        return []
    href = layout.get("href")
    own = [href] if isinstance(href, str) and href.startswith("/") and "#" not in href else []
    return list(dict.fromkeys(chain(own, *(links(value) for value in layout.values()))))


def choices(props: Props, prop: str, stores: Stores) -> list[Any]:
    """Return what a reader can set ``prop`` of a component to; ``stores``: what clicks write into stores."""
    kind = props.get("type")
    if prop == "checked":
        return [True, False]
    if kind == "Store":
        return stores.get(props["id"], [])
    if kind == "Slider":
        low, high = props["min"], props["max"]
        return [low + (high - low) * i // 4 for i in range(5)]
    if kind == "Pagination":
        return list(range(1, min(props["total"], 5) + 1))
    if kind == "TextInput":
        return list(TEXTS)
    values = list(_option_values(props.get("data") or props.get("children") or []))
    return [[value] for value in values] if kind == "MultiSelect" else values


def clicks(areas: list[str], facilities: list[str]) -> Stores:
    """Return what clicks on areas, facilities and something unknown write into the stores of a page."""
    known = {"karte-klick": areas, "karte-punkt": facilities}
    return {store: [{"id": key, "n": 1} for key in [*thin(keys, 10), "gibt-es-nicht"]] for store, keys in known.items()}


def thin(values: list[Any], most: int) -> list[Any]:
    """Return at most ``most`` of the values, evenly spread.

    >>> thin([1, 2, 3, 4, 5], 2)
    [1, 4]
    """
    return values[:: max(1, -(-len(values) // most))]


def _option_values(options: Any) -> Iterator[Any]:
    if isinstance(options, list):
        yield from chain.from_iterable(map(_option_values, options))
    elif isinstance(options, dict):
        if "value" in options:
            yield options["value"]
        else:
            yield from chain.from_iterable(map(_option_values, options.values()))


def requests_of(entry: Props, page: Components, stores: Stores) -> list[Body]:
    """Return one request per value an input can take, the others as on ``page``; none where one is missing."""
    inputs = [(part["id"], part["property"]) for part in entry["inputs"]]
    states = [(part["id"], part["property"]) for part in entry["state"]]
    if any(name not in page for name, _ in inputs + states):
        return []
    return [
        _body(entry, {part: page[part[0]].get(part[1]) for part in inputs + states}, changed, value)
        for changed in inputs
        for value in thin(choices(page[changed[0]], changed[1], stores), MOST_CHOICES)
    ]


def _body(entry: Props, values: dict[tuple[str, str], Any], changed: tuple[str, str], value: Any) -> Body:
    """Return the body of the request after ``changed`` has become ``value``; the rest is as in ``values``."""
    now = values | {changed: value}
    filled = {
        kind: [part | {"value": now[part["id"], part["property"]]} for part in entry[kind]]
        for kind in ("inputs", "state")
        if entry[kind]
    }
    return _head(entry, [".".join(changed)]) | filled


def _head(entry: Props, changed: list[str]) -> Body:
    """Return what a request says besides inputs and state."""
    parts = [part.rsplit(".", 1) for part in entry["output"].strip(".").split("...")]
    outputs = [{"id": name, "property": prop.split("@")[0]} for name, prop in parts]
    several = entry["output"].startswith("..")
    return {
        "output": entry["output"],
        "outputs": outputs if several else outputs[0],
        "changedPropIds": changed,
        "parsedChangedPropsIds": changed,
    }


def page_request(entry: Props, path: str, query: str) -> Body:
    """Return the request with which the browser asks for a page."""
    names = [f"{part['id']}.{part['property']}" for part in entry["inputs"]]
    values = {"pathname": path, "search": query}
    inputs = [part | {"value": values[part["property"]]} for part in entry["inputs"]]
    return _head(entry, names) | {"inputs": inputs}


def find_callbacks(dependencies: list[Props], layout: Any, post: Post, stores: Stores) -> list[Callback]:
    """Return every callback of the app with its requests; ``post`` asks the running app for its pages."""
    entries = server_callbacks(dependencies)
    router = next(entry for entry in entries if PAGES in entry["output"])
    opened = [page_request(router, path, query) for path in links(layout) for query in OPENED.get(path, ("",))]
    pages = [dict(components(post(body))) for body in opened]
    found = [Callback("Seite öffnen", tuple(opened))]
    for entry in entries:
        if entry is not router:
            bodies = [body for page in pages for body in requests_of(entry, page, stores)]
            found.append(Callback(short_name(entry["output"]), tuple(bodies)))
    return found
