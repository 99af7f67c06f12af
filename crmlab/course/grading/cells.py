"""The cells of a notebook that was handed in, set right before nbgrader looks at them.

nbgrader stops the whole class at a second cell of the same name, at damaged notes on a cell, at a missing one. Here each cell of
the assignment stands in the notebook once, as it was given out; only what is to be written in is the trainee's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from crmlab.language import _, tr


@dataclass(frozen=True)
class Given:
    """A cell as the gradebook has it."""

    type: str
    source: str
    notes: dict[str, Any]

    @property
    def graded(self) -> bool:
        """Whether it brings points."""
        return bool(self.notes["grade"])

    @property
    def open(self) -> bool:
        """Whether the trainee writes in it."""
        return bool(self.notes["solution"])

    def cell(self) -> NotebookNode:
        """A fresh one."""
        make = new_code_cell if self.type == "code" else new_markdown_cell
        return make(self.source, metadata={"nbgrader": dict(self.notes)})


def given(resources: Any) -> dict[str, Given]:
    """The cells of the notebook by name, from the gradebook; nbgrader's ``resources`` say which notebook."""
    here = resources["nbgrader"]
    with Gradebook(here["db_url"]) as book:
        notebook = book.find_notebook(here["notebook"], here["assignment"])
        points = {one.name: one.max_score for one in notebook.grade_cells}
        tasks = {one.name: one.max_score for one in notebook.task_cells}
        written = {one.name for one in notebook.solution_cells}
        found = {}
        for one in notebook.source_cells:
            notes = {
                "cell_type": one.cell_type,
                "checksum": one.checksum,
                "grade": one.name in points,
                "grade_id": one.name,
                "locked": bool(one.locked),
                "schema_version": 3,
                "solution": one.name in written,
                "task": one.name in tasks,
            }
            if one.name in points or one.name in tasks:
                notes["points"] = {**points, **tasks}[one.name]
            found[one.name] = Given(one.cell_type, one.source, notes)
    return found


class SetRight(NbGraderPreprocessor):
    """Puts the cells right. To stand before :class:`nbgrader.preprocessors.OverwriteCells`."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Nothing in a notebook that could be read makes it fail."""
        known = given(resources)
        places: dict[str, list[int]] = {}
        nb.cells = [_sound(one) for one in nb.cells]
        nb.nbformat, nb.nbformat_minor = 4, 5
        for place, cell in enumerate(nb.cells):
            notes = cell.metadata.pop("nbgrader", None)
            name = notes.get("grade_id") if isinstance(notes, dict) else None
            if isinstance(name, str) and name in known:
                places.setdefault(name, []).append(place)
        for name, found in places.items():
            place = _original(known[name], [nb.cells[one] for one in found], found)
            fresh = known[name].cell()
            fresh.id, fresh.metadata = nb.cells[place].id, {**nb.cells[place].metadata, **fresh.metadata}
            if known[name].open or known[name].notes["task"]:
                fresh.source = nb.cells[place].source
            nb.cells[place] = fresh
            if len(found) > 1:
                said = _("The cell “{name}” stands {times} times in this notebook; the original counts.")
                resources["crmlab"]["said"].append(tr(said, name=name, times=len(found)))
        for name, cell in known.items():
            if (cell.graded or cell.notes["task"]) and name not in places:
                # Behind its answer, so that it finds it; a clicked one may stand anywhere.
                answer = next((one for one in nb.cells if _name(one) == f"{name}-answer"), None)
                nb.cells.insert(nb.cells.index(answer) + 1 if answer else len(nb.cells), cell.cell())
        _number(nb.cells)
        return nb, resources


def _name(cell: NotebookNode) -> Any:
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def _sound(cell: NotebookNode) -> NotebookNode:
    """The cell without what it showed, and without what it must not have."""
    made = NotebookNode(cell_type=cell.cell_type, source=cell.source, metadata=NotebookNode(cell.metadata))
    made.id = cell.get("id")
    if cell.cell_type == "code":
        made.outputs, made.execution_count = [], None
    return made


def _original(given: Given, cells: list[NotebookNode], places: list[int]) -> int:
    """Of several cells of one name: the one that was given out; of those to write in the last that was written in."""
    same = [place for place, cell in zip(places, cells, strict=True) if cell.source == given.source]
    if given.open:
        return next((place for place in reversed(places) if place not in same), places[0])
    return (same or places)[0]


def _number(cells: list[NotebookNode]) -> None:
    """A name of its own for each cell."""
    seen: set[str] = set()
    for number, cell in enumerate(cells):
        if not isinstance(cell.get("id"), str) or not 0 < len(cell.id) <= 64 or cell.id in seen:
            cell.id = f"cell-{number}"
        seen.add(cell.id)
