"""A worked lesson as slides with live widgets: a copy whose cells say where a slide begins, shown by jupyterlab-slideshow.

The copy is made anew each time, in ``slides/`` of the workspace: the room's answers begin blank, and nothing of the lesson that
somebody works on is touched. Right answers are not filled in beforehand; each exercise shows them once somebody has tried.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import crmlab
from crmlab.course.files import write_atomically
from crmlab.course.lessons import Lesson
from crmlab.language import _, current, tr
from crmlab.workshop import materials, slicing
from crmlab.workshop.slicing import CHART, FORM, TABLE, Cell

TOP = "slides"
"""The folder of the copies below the workspace."""
_FORM = re.compile(r"^(check|practice|quiz|exam|review|calculator|roleplays|own_\w+)\(", re.MULTILINE)
_CHART, _TABLE = re.compile(r"^plots\.|plots\.\w+\(", re.MULTILINE), re.compile(r"^(show|progress)\(", re.MULTILINE)


class NoSlides(Exception):
    """The slides cannot be shown; the message is a sentence for the user."""


def check_installed() -> None:
    """Raise ``NoSlides`` unless the package that shows slides in JupyterLab is there."""
    if importlib.util.find_spec("jupyterlab_slideshow") is None:
        text = _("Live slides need jupyterlab-slideshow: {command}. In a checkout: uv run --extra slides crmlab ...")
        raise NoSlides(tr(text, command='pip install "crmlab[slides]"'))


def path(lesson: Lesson) -> str:
    """Where the copy lies below the workspace, with forward slashes."""
    return f"{TOP}/{current()}/{lesson.unit}/{lesson.slug}.ipynb"


def lay(lesson: Lesson, folder: Path) -> list[str]:
    """Write the copy below ``folder``, in place of an older one and its answers; the sources of its cells of code.

    Raises ``NoSlides`` where the worked edition is missing, ``OSError`` where the folder cannot be written.
    """
    cells = made(materials.worked(lesson))
    if not cells:
        raise NoSlides(tr(_("The worked edition of lesson {lesson} is not here; fetch the course again."), lesson=lesson.number))
    notebook = {
        "cells": cells,
        "metadata": {
            "crmlab": {"language": current(), "lesson": lesson.number, "version": crmlab.__version__},
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "language_info": {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    target = folder / path(lesson)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.with_suffix(".json").unlink(missing_ok=True)
    write_atomically(target, json.dumps(notebook, ensure_ascii=False, indent=1) + "\n")
    return [cell["source"] for cell in cells if cell["cell_type"] == "code"]


def made(worked: list[Cell]) -> list[Cell]:
    """The cells of the copy: a slide begins at each heading, and again where one would be too long.

    >>> cells = made([{"cell_type": "markdown", "metadata": {}, "source": "# A\\n\\none\\n\\n## B\\n\\ntwo"}])
    >>> [cell["metadata"]["slideshow"]["slide_type"] for cell in cells]
    ['slide', 'slide']
    """
    found: list[Cell] = []
    for slide in slicing.slides(worked, _weigh):
        heading = f"{'#' * min(2, slide.level)} {slide.heading}"
        if slide.goes_on:
            heading = tr(_("{heading} (continued)"), heading=heading)
        texts: list[str] = [heading]
        started = False
        for piece in slide.pieces:
            if piece.cell is None:
                texts.append(piece.source)
                continue
            if texts:
                found.append(_text("\n\n".join(texts), first=not started))
                started, texts = True, []
            found.append(_code(piece.cell, shown=piece.lines > 0))
        if texts:
            found.append(_text("\n\n".join(texts), first=not started))
    for number, cell in enumerate(found):
        cell["id"] = hashlib.sha256(f"{number}\n{cell['source']}".encode()).hexdigest()[:12]
    return found


def _text(source: str, first: bool) -> Cell:
    metadata = {"slideshow": {"slide_type": "slide"}} if first else {}
    return {"cell_type": "markdown", "metadata": metadata, "source": source}


def _code(cell: Cell, shown: bool) -> Cell:
    # A cell of no type stands below the one before it on the slide.
    metadata: dict[str, Any] = {"jupyter": {"source_hidden": True}} | ({} if shown else {"slideshow": {"slide_type": "skip"}})
    source = "".join(cell["source"])
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": [], "execution_count": None}


def _weigh(cell: Cell) -> float:
    """Lines that what a cell shows will take; it is not run yet, so this goes by what it calls."""
    source = "".join(cell["source"])
    if _FORM.search(source):
        return FORM
    if _CHART.search(source):
        return CHART
    if found := re.search(r"rows=(\d+)", source):
        return min(TABLE, 2.0 + int(found[1]))
    return TABLE if _TABLE.search(source) else 0.0 if re.search(r"^(save|lesson|from|import)\b", source) else 1.0
