"""Style and types, as tests, so that one command runs everything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import installed

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("words", [("ruff", "check"), ("mypy",)], ids=["ruff", "mypy"])
def test_style(words: tuple[str, ...]) -> None:
    if installed.differing():  # another release asks for another style
        pytest.skip("the exact versions of pyproject.toml are not installed")
    run = subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_widgets_are_shown_and_hidden_by_one_function() -> None:
    """``layout.display = None`` is lost between Pyodide and the page; :func:`crmlab.course.widgets.style.visible` is not."""
    folder = ROOT / "crmlab/course/widgets"
    found = [path.name for path in folder.glob("*.py") if ".display =" in path.read_text("utf-8")]
    assert found == ["style.py"]
