"""What opening a lesson loads: nothing heavy that only some lessons need."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from crmlab import check, lesson
shown = lesson("3.2"), check("hear-it")
print(sorted({"matplotlib", "narwhals", "openpyxl", "scipy", "jupyterlab"} & set(sys.modules)))
"""


def test_a_lesson_opens_without_what_only_some_lessons_need() -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=120)
    assert run.stdout.strip() == "[]"
