"""The start page's script, without a built site."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from crmlab.app import work
from crmlab.course import panel, state
from crmlab.lite import pages

PACKAGE = Path(panel.__file__).resolve().parents[1]


def in_node(expression: str, values: list[Any]) -> list[Any]:
    """A function of work.js, or of the points, for each of the values, in Node: it needs no browser."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not there")
    script = (
        "global.window = {}; global.document = { currentScript: { src: 'http://127.0.0.1/site/crmlab-1/work.js' } };"
        f"require({json.dumps(str(pages.POINTS))}); require({json.dumps(str(pages.STATIC / 'work.js'))});"
        "const values = JSON.parse(require('fs').readFileSync(0, 'utf-8'));"
        f"console.log(JSON.stringify(values.map((value) => {expression})));"
    )
    run = subprocess.run(
        [node, "-e", script], input=json.dumps(values), capture_output=True, encoding="utf-8", check=True
    )
    return list(json.loads(run.stdout))


def test_points_look_the_same_in_python_and_in_the_browser() -> None:
    values = [0, 1, 2.5, 10, 100, 33.33, 0.1 + 0.2, 7.999, 3 - 1e-12, 1234.5]
    assert in_node("crmlabPoints.shown(value)", values) == [panel.points(value) for value in values]
    assert panel.points(33.33) == "33.33"


def test_the_same_files_are_work_in_both_editions() -> None:
    unit = "notebooks/en/1-foundations"
    names = [
        *(
            f"{unit}/1-tour{end}"
            for end in (".ipynb", ".json", ".csv", ".html", ".older-1.json", ".py", ".pyc", ".so", ".IPYNB", "")
        ),
        *(
            f"{unit}/{name}.json"
            for name in ("客户", "a b", " a", ".a", "a:b", "a\\b", "a\0", "a\n", "con", "NUL", "com1", "cone", "\ud800")
        ),
        *(f"{unit}/{'x' * length}.json" for length in (235, 236, 300)),
        *(f"{unit}/{'客' * length}.csv" for length in (78, 79)),
        *("notebooks/en/a.json", "notebooks/zh/a.csv", "notebooks/en/pandas/a.json", "notebooks/en/1-a/b/c.json"),
        *(
            "notebooks/a.json",
            "solutions/en/1-a/b.json",
            "a.json",
            "",
            f"/{unit}/a.json",
            f"{unit}/../a.json",
            f"{unit}/a.json/",
        ),
    ]
    found = in_node("window.crmlabWork.takes(value)", names)
    assert dict(zip(names, found, strict=True)) == {name: work.takes(name) for name in names}
    assert 10 < sum(found) < len(names) - 10


def test_damaged_answers_count_for_nothing_as_in_python() -> None:
    records = [
        {"points": 3, "maximum": 4}, {"points": 3}, {"points": "3", "maximum": 4}, {"points": True, "maximum": 4}, 5, None, [],
        {"points": -3, "maximum": 4}, {"points": None, "maximum": 4}, {"points": 2.5, "maximum": "4"}, {"maximum": 4},
    ]  # fmt: skip
    texts = [json.dumps({"exercises": {"a": record}}) for record in records]
    texts += [text.replace("3", "1e999") for text in texts]
    damaged = ["", "{", "null", "5", "[]", '{"exercises": 5}', '{"exercises": []}', "{}"]
    found = in_node("window.crmlabWork.points({ content: value, format: 'text' })", texts + damaged)
    read = [json.loads(text)["exercises"]["a"] for text in texts]
    assert found[: len(texts)] == [state.amount(one, "points") if state.amount(one, "maximum") else 0 for one in read]
    assert sum(found[: len(texts)]) == 3
    assert found[len(texts) :] == [None] * len(damaged)


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
