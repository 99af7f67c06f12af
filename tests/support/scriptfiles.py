"""Script files for tests: the template as text, and as a workbook in which single cells are changed."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl

from crmlab.course.authoring import template, workbook
from crmlab.course.roleplay import scripts
from crmlab.course.roleplay.scripts import Script

TEXT = template.template("small.yml")


def text(folder: Path, *changes: tuple[str, str], of: str = TEXT) -> Path:
    """A script, by default the template, with changes, each at the first place where it fits."""
    content = of
    for old, new in changes:
        assert old in content, old
        content = content.replace(old, new, 1)
    file = folder / "small.yml"
    file.write_text(content, encoding="utf-8")
    return file


def script(folder: Path, *changes: tuple[str, str]) -> Script:
    """The template as a script."""
    return scripts.load(text(folder, *changes))


@cache
def _workbook(folder: Path) -> bytes:
    return workbook.workbook(script(folder).source)


def book(folder: Path, change: Callable[[Any], None] | None = None) -> Path:
    """The template as a workbook; ``change`` may alter it."""
    whole = openpyxl.load_workbook(io.BytesIO(_workbook(folder)))
    if change:
        change(whole)
    file = folder / "small.xlsx"
    whole.save(file)
    return file


def cell(sheet: str, where: str, value: Any) -> Callable[[Any], None]:
    """A change of one cell."""

    def change(whole: Any) -> None:
        whole[sheet][where] = value

    return change
