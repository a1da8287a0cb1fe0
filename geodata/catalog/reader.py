"""TOML blocks -> records: every broken rule of every file is collected, none is raised alone."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

R = TypeVar("R")
NAMES = {
    str: "text in quotes",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    date: "a date without quotes",
}


def read_blocks(path: Path, table: str, record: type[R], key: str, problems: list[str]) -> dict[str, R]:
    """Return the records of ``[[table]]`` by ``key``, in file order; ``problems`` grows by what is wrong."""
    blocks = _blocks(path, table, problems)
    records: dict[str, R] = {}
    seen: set[str] = set()
    for number, block in enumerate(blocks, start=1):
        name = str(block.get(key, f"block {number}"))
        broken = [f"{key} must be unique (rename or remove one of the blocks)"] if name in seen else []
        seen.add(name)
        found = to_record(record, block, broken)
        problems.extend(f"{path.name} [{name}]: {text}" for text in broken)
        if found is not None:
            records[name] = found
    return records


def read_rows(path: Path, table: str, record: type[R], problems: list[str]) -> list[R]:
    """Return the records of ``[[table]]`` in file order, where no single entry is the key of a block."""
    rows = []
    for number, block in enumerate(_blocks(path, table, problems), start=1):
        broken: list[str] = []
        found = to_record(record, block, broken)
        problems.extend(f"{path.name} [block {number}]: {text}" for text in broken)
        rows += [found] if found is not None else []
    return rows


def _blocks(path: Path, table: str, problems: list[str]) -> list[dict[str, Any]]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        problems.append(f"{path.name}: cannot be read, {error.strerror} (put it beside the other catalogues)")
        return []
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"{path.name}: not readable as TOML in UTF-8, {error} (correct that line)")
        return []
    for other in sorted(content.keys() - {table}):
        problems.append(f"{path.name} [{other}]: unknown table (write [[{table}]])")
    blocks = content.get(table)
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        problems.append(f"{path.name}: no [[{table}]] block found (write at least one)")
        return []
    return blocks


@cache
def _hints(record: type) -> dict[str, Any]:
    return get_type_hints(record)


def to_record(record: type[R], block: Mapping[str, Any], broken: list[str]) -> R | None:
    """Return the record of one block, or None after adding every problem to ``broken``."""
    assert is_dataclass(record)
    known = {entry.name: entry for entry in fields(record)}
    before = len(broken)
    for name in sorted(block.keys() - known.keys()):
        broken.append(f"unknown key '{name}' (correct the spelling or remove it)")
    values: dict[str, Any] = {}
    for name, entry in known.items():
        if name in block:
            values[name] = _value(block[name], _hints(record)[name], name, _may_be_empty(entry), broken)
        elif _required(entry):
            broken.append(f"key '{name}' is missing (add it)")
    return record(**values) if len(broken) == before else None


def _required(entry: Field[Any]) -> bool:
    return entry.default is MISSING and entry.default_factory is MISSING


def _may_be_empty(entry: Field[Any]) -> bool:
    return entry.default == ""


def _value(raw: Any, hint: Any, name: str, may_be_empty: bool, broken: list[str]) -> Any:
    """Return ``raw`` as the annotation wants it; what does not fit is reported and returned unchanged."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _value(raw, next(arg for arg in args if arg is not type(None)), name, may_be_empty, broken)
    if origin is Literal:
        if not any(raw == option and type(raw) is type(option) for option in args):
            broken.append(f"{name} must be one of {', '.join(map(repr, args))}, found {raw!r}")
        return raw
    if origin is tuple:
        return _items(raw, args[0], name, broken)
    if origin is not None and issubclass(origin, Mapping):
        return _texts(raw, name, broken)
    if is_dataclass(hint):
        return _nested(raw, hint, name, broken)
    return _scalar(raw, hint, name, may_be_empty, broken)


def _items(raw: Any, hint: Any, name: str, broken: list[str]) -> tuple[Any, ...]:
    if not isinstance(raw, list):
        broken.append(f"{name} must be a list, found {raw!r} (write it in square brackets)")
        return ()
    items = tuple(_value(item, hint, name, False, broken) for item in raw)
    if len(set(map(repr, items))) < len(items):
        broken.append(f"{name} must not name the same entry twice, found {raw!r}")
    return items


def _texts(raw: Any, name: str, broken: list[str]) -> dict[str, str]:
    if not isinstance(raw, dict) or not raw or not all(isinstance(text, str) and text for text in raw.values()):
        broken.append(f"{name} must be a table of texts, found {raw!r}")
        return {}
    return dict(raw)


def _nested(raw: Any, hint: Any, name: str, broken: list[str]) -> Any:
    if not isinstance(raw, dict):
        broken.append(f"{name} must be a table, found {raw!r}")
        return None
    inner: list[str] = []
    found = to_record(hint, raw, inner)
    broken.extend(f"{name}: {text}" for text in inner)
    return found


def _scalar(raw: Any, hint: type, name: str, may_be_empty: bool, broken: list[str]) -> Any:
    value = float(raw) if hint is float and type(raw) is int else raw
    if type(value) is not hint:
        broken.append(f"{name} must be {NAMES.get(hint, hint.__name__)}, found {raw!r}")
    elif isinstance(value, float) and not math.isfinite(value):
        broken.append(f"{name} must be a finite number, found {raw!r}")
    elif isinstance(value, str) and not value.strip() and not may_be_empty:
        broken.append(f"{name} must not be empty (fill it in)")
    return value
