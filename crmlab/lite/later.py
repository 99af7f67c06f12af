"""What the browser edition loads only when a cell needs it, so that the first lesson starts sooner.

Before a cell runs, Pyodide's kernel asks ``pyodide.code.find_imports`` what the cell imports, and loads that. It cannot see
that ``clv.fit(orders)`` needs SciPy inside: :func:`watch` adds what crmlab's own modules need.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from types import ModuleType
from typing import Any

TABLES = "crmlab_tables"
"""The large tables as a package of their own."""

LATER: dict[str, tuple[str, ...]] = {
    "matplotlib": ("plots",),
    "scipy": (
        "bgnbd",
        "clv",
        "funnel",
        "gamma_gamma",
        "kano",
        "pipeline",
        "retention",
        "sbg",
        "servqual",
        "two_factor",
    ),
    "narwhals": ("engines",),
    "openpyxl": ("script_sheet", "script_workbook", "xlsx"),
    TABLES: ("grocery_baskets", "online_retail_lines", "rfm"),
}
"""Packages, each with the words in a cell, or names imported by an earlier one, that call for it."""


def wanted(source: str, names: Mapping[str, Any]) -> list[str]:
    """The packages of :data:`LATER` that a cell needs; ``names`` are those that earlier cells have bound.

    >>> wanted("clv.summary(orders)", {})
    ['scipy']
    >>> import crmlab.plots
    >>> wanted("draw()", {"plots": crmlab.plots})
    ['matplotlib']
    """
    words = set(re.findall(r"\w+", source))
    words |= {name for name, value in names.items() if isinstance(value, ModuleType)}
    return [package for package, calling in LATER.items() if words.intersection(calling)]


def watch() -> None:
    """In Pyodide: have :func:`wanted` asked before each cell runs."""
    from pyodide import code

    found = code.find_imports

    def find_imports(source: str) -> list[str]:
        missing = (name for name in wanted(source, vars(sys.modules["__main__"])) if find_spec(name) is None)
        return [*found(source), *missing]

    code.find_imports = find_imports
