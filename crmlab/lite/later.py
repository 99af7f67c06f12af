"""What the browser edition loads only when a cell needs it, so that the first lesson starts sooner.

Before a cell runs, Pyodide's kernel asks ``pyodide.code.find_imports`` what the cell imports, and loads that. It cannot see
that ``clv.fit(orders)`` needs SciPy inside: :func:`watch` adds what crmlab's own modules need.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from crmlab.course import handed_out

TABLES = "crmlab_tables"
"""The large tables as a package of their own."""

LATER: dict[str, tuple[str, ...]] = {
    "matplotlib": ("plots", "widgets.own_result", "widgets.own_save"),
    "scipy": (
        "clv",
        "cross_selling",
        "forecasting",
        "funnel",
        "intervals.exact",
        "kano",
        "pipeline",
        "retention",
        "servqual",
        "two_factor",
        "widgets.own_result",
        "widgets.own_save",
    ),
    "narwhals": ("engines",),
    "openpyxl": ("sheet", "widgets.own_file", "widgets.own_save", "workbook", "xlsx"),
    TABLES: ("grocery_baskets", "online_retail_lines", "rfm"),
}
"""Packages, each with the names in a cell, or bound by an earlier one, that call for it; with a dot, one function of a module."""


def wanted(source: str, names: Mapping[str, Any]) -> list[str]:
    """The packages of :data:`LATER` that a cell needs; ``names`` are those that earlier cells have bound.

    A name counts where it is used, as in ``plots.abc_curve`` or ``"orders.xlsx"``, and not where it is only imported: so the
    first cell of a lesson waits for nothing.

    >>> wanted("from crmlab import clv, plots", {}), wanted("clv.summary(orders)", {})
    ([], ['scipy'])
    >>> wanted("intervals.wilson(3, 8)", {}), wanted("intervals.exact(3, 8)", {})
    ([], ['scipy'])
    >>> import crmlab.plots
    >>> wanted("draw()", {"plots": crmlab.plots})
    ['matplotlib']
    >>> wanted('own_file("orders")', {}), wanted('own_result("rfm")', {})
    (['openpyxl'], ['matplotlib', 'scipy', 'crmlab_tables'])
    """
    used = {name for found in re.findall(r"crmlab\.(\w+)|(\w+)(?=[.\"'])", source) for name in found}
    used |= {name for name, value in names.items() if isinstance(value, ModuleType)}
    used |= {name for names in LATER.values() for name in names if "." in name and f"{name.split('.')[1]}(" in source}
    return [package for package, calling in LATER.items() if used.intersection(calling)]


def watch() -> None:
    """In Pyodide: have :func:`wanted` asked before each cell runs; and look once for the class that the site is made for."""
    from pyodide import code

    _hand_out()

    found = code.find_imports

    def find_imports(source: str) -> list[str]:
        missing = (name for name in wanted(source, vars(sys.modules["__main__"])) if find_spec(name) is None)
        return [*found(source), *missing]

    code.find_imports = find_imports


def _hand_out() -> None:
    """Lay what the site says of a class where looking is quick: each look into the site's own files is a request."""
    try:
        text = Path("/drive", handed_out.FILE).read_bytes()
    except OSError:
        os.environ[handed_out.VARIABLE] = ""
        return
    folder = Path(tempfile.gettempdir(), "crmlab-class")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / handed_out.FILE).write_bytes(text)
    os.environ[handed_out.VARIABLE] = str(folder)
