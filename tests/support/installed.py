"""Which versions are installed here, beside the exact ones in pyproject.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PINS = [Requirement(text) for text in PROJECT["tool"]["uv"]["constraint-dependencies"]]


def reached(extra: str = "test") -> set[str]:
    """The packages that crmlab with this extra needs here, direct and indirect, by canonical name."""
    found: set[tuple[str, str]] = set()
    waiting = [("crmlab", ""), ("crmlab", extra)]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in found:
            continue
        found.add((name, extra))
        for need in _needs(name):
            if need.marker is None or need.marker.evaluate({"extra": extra}):
                waiting += [(canonicalize_name(need.name), one) for one in ("", *need.extras)]
    return {name for name, _extra in found} - {"crmlab"}


def _needs(name: str) -> Iterator[Requirement]:
    yield from map(Requirement, metadata.requires(name) or ())


@cache
def differing() -> list[str]:
    """A line for each package that is installed in another version than the exact one, or has none."""
    exact = {canonicalize_name(one.name): one for one in PINS if one.marker is None or one.marker.evaluate()}
    lines = []
    for name in sorted(reached()):
        version = metadata.version(name)
        if name not in exact:
            lines.append(f"{name} {version} has no exact version")
        elif not exact[name].specifier.contains(version, prereleases=True):
            lines.append(f"{name} is {version}, not {exact[name].specifier}")
    return lines
