"""A third language comes by data alone: a record, .po files, texts in YAML. What is missing is said plainly."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a trainee of a made-up language sees."""
    words = [sys.executable, "-m", "tests.support.third_language", str(tmp_path_factory.mktemp("course"))]
    plain = {name: value for name, value in os.environ.items() if not name.startswith("CRMLAB_")}
    run = subprocess.run(words, cwd=ROOT, env=plain, capture_output=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_the_lesson(seen: dict[str, Any]) -> None:
    assert seen["language"] == "qx", "from the folder of the notebook"
    assert seen["title"].startswith("Qx 1.1 ")
    assert seen["minutes"] == seen["English"]["minutes"] > 0
    assert [points for _title, _minutes, points in seen["tasks"]] == seen["English"]["points"]
    assert all(title.startswith("Qx ") for title, _minutes, _points in seen["tasks"])
    assert 'lang="qx-QX"' in seen["lesson"]
    assert html.escape(seen["title"]) in seen["lesson"]


def test_the_packages_texts_and_a_question(seen: dict[str, Any]) -> None:
    assert "Qx Not attempted yet" in seen["feedback"]
    assert seen["question"].startswith("Qx ")
    assert seen["still English"] == "Run all", "a text without a translation"


def test_what_is_missing_is_named(seen: dict[str, Any]) -> None:
    lines = seen["script"]
    assert len(lines) > 20
    for line in lines:
        assert re.fullmatch(r"small\.yml:\d+: “\w+” has no text for language “qx”\.", line), line
    assert seen["code"] == 1
    assert seen["command"].splitlines()[0] == lines[0]
    assert "has no text for language qx" in seen["card"]


def test_page_menus_workbook_and_command(seen: dict[str, Any]) -> None:
    page = seen["start page"]
    assert '<button type="button" data-language="qx">Qonx</button>' in page
    assert '<main lang="qx-QX" data-language="qx" hidden>' in page
    assert f"notebooks-qx/index.html?path=notebooks/qx/1-foundations/1-tour.ipynb\" data-lesson=\"1.1\">{html.escape(seen['title'])}" in page
    assert seen["menus"] == {"locale": "en"}, "JupyterLab has no such language pack"
    assert [one for one in seen["workbook"] if one.endswith("_qx")] == ["says_qx", "debrief_qx"]
    assert seen["system"] == "qx"
