"""The start page's script, without a built site."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from crmlab.course import panel
from crmlab.lite import pages

PACKAGE = Path(panel.__file__).resolve().parents[1]


def test_points_look_the_same_in_python_and_in_the_browser() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not there")
    values = [0, 1, 2.5, 10, 100, 33.33, 0.1 + 0.2, 7.999, 3 - 1e-12, 1234.5]
    [shown] = re.findall(r"const shown = (\(points\) => .+);", (pages.STATIC / "start.js").read_text("utf-8"))
    words = [node, "-e", f"console.log(JSON.stringify({json.dumps(values)}.map({shown})))"]
    run = subprocess.run(words, capture_output=True, encoding="utf-8", check=True)
    assert json.loads(run.stdout) == [panel.points(value) for value in values]
    assert panel.points(33.33) == "33.33"


def test_points_are_shown_by_one_function() -> None:
    """No other place in the package formats points."""
    found = []
    for path in sorted([*PACKAGE.rglob("course/**/*.py"), *PACKAGE.rglob("lite/*.py"), *PACKAGE.rglob("cli/*.py")]):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FormattedValue) and (node.format_spec or node.conversion != -1):
                words = set(re.findall(r"\w+", ast.unparse(node.value)))
                if words & {"points", "maximum"}:
                    found.append(f"{path.name}:{node.lineno}: {ast.unparse(node.value)}")
    assert not found
