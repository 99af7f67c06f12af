"""A trainee's notebook, run for what cannot be judged without running it: the values that code answers made.

What is shown on the way is for reading only. Points come from :mod:`crmlab.course.grading.judging`, which runs elsewhere.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import json
import re
import tempfile
from pathlib import Path
from typing import Any

import traitlets
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Integer

from crmlab.course.grading import MOST, CannotGrade, sandbox, shown
from crmlab.language import _, tr

_OURS = re.compile(r"\s*(check|quiz|exam)\(")


def is_ours(cell: NotebookNode) -> bool:
    """Whether a graded cell is one of the course, and not one that an instructor has added."""
    return cell.cell_type == "code" and bool(_OURS.match(cell.source)) and _graded(cell)


def is_added(cell: NotebookNode) -> bool:
    """Whether it is a graded cell of code that an instructor has added: nbgrader grades it by what it shows."""
    return cell.cell_type == "code" and _graded(cell) and not is_ours(cell)


def looks_at(source: str) -> tuple[str, str]:
    """The exercise of a check cell and what of the notebook it looks at; both empty if it looks at the clicked answers alone.

    >>> looks_at('check("days", days)'), looks_at('check("guess")')
    (('days', 'days'), ('', ''))
    """
    with contextlib.suppress(SyntaxError, ValueError):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "check" and len(node.args) == 2:
                return str(ast.literal_eval(node.args[0])), ast.unparse(node.args[1])
    return "", ""


def _graded(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("grade"))


class RunAnswers(NbGraderPreprocessor):
    """Runs a notebook for its values, apart from everything else (:mod:`crmlab.course.grading.sandbox`), and not at all where nothing
    keeps it apart, unless that is allowed.

    A notebook in which no code was changed is not run; of others as much as the code answers need.
    """

    timeout = Integer(60, help="Seconds for one cell.").tag(config=True)
    timeout_func = traitlets.Any(None, help="Seconds for a cell, if given: a function of the cell.").tag(config=True)
    longest = Integer(300, help="Seconds for a whole notebook.").tag(config=True)
    most_shown = Integer(1_000_000, help="Characters that one cell may show.").tag(config=True)
    unprotected = Bool(False, help="Run code as whoever grades where nothing keeps it apart.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Run the cells up to the last that is needed. Raises :class:`CannotGrade` if there is no kernel to run them."""
        here = resources["crmlab"]
        added = [place for place, cell in enumerate(nb.cells) if is_added(cell)]
        needed = [place for place, cell in enumerate(nb.cells) if is_ours(cell) and looks_at(cell.source)[1]]
        needed = sorted(added + ([] if here["as given"] else needed))
        if not needed:
            return nb, resources
        here["apart"] = sandbox.name() or "none"
        if not sandbox.name() and not self.unprotected:
            here["apart"] = ""
            here["said"].append(tr(NOT_RUN))
            return nb, resources
        asked: list[tuple[int, str]] = []
        cells = []
        for place, cell in enumerate(nb.cells[: needed[-1] + 1]):
            id, expression = looks_at(cell.source) if is_ours(cell) else ("", "")
            if cell.cell_type != "code" or (is_ours(cell) and not id) or not cell.source.strip():
                continue
            limit = self.timeout_func(cell) if self.timeout_func else self.timeout
            # Fetched here, not from the names of the notebook, which may be the trainee's by now.
            fetched = "__import__('crmlab.course.grading.values', fromlist=['shown'])"
            source = f"{fetched}.shown(lambda: ({expression}))" if id else cell.source
            asked.append((place, id))
            cells.append({"source": source, "limit": limit})
        self._run(nb, here, cells, asked)
        return nb, resources

    def _run(self, nb: NotebookNode, here: Any, cells: list[Any], asked: list[tuple[int, str]]) -> None:
        request = {"cells": cells, "longest": self.longest, "most shown": self.most_shown}
        end: dict[str, Any] = {}
        said: list[str] = here["said"]

        def heard(line: bytes) -> None:
            # Whatever stands there may be the trainee's: data, and nothing else.
            try:
                found = json.loads(line)
            except (ValueError, RecursionError):
                return
            number = found.get("cell") if isinstance(found, dict) else None
            if isinstance(found, dict) and ("end" in found or "began" in found):
                end.update(found)
            if type(number) is not int or not 0 <= number < len(asked):
                return
            place, id = asked[number]
            count, late = found.get("count"), found.get("late")
            nb.cells[place].outputs = shown.outputs(found.get("outputs"))
            nb.cells[place].execution_count = count if type(count) is int else None
            if id and isinstance(found.get("value"), str) and len(found["value"]) <= MOST:
                here["values"][id] = found["value"]
            if type(late) is int and late:
                text = _("A cell of this notebook ran longer than {seconds} seconds and was stopped.")
                said.append(tr(text, seconds=max(1, min(late, self.longest, cells[number]["limit"] or self.longest))))

        request["files"] = _files(Path(here["folder"]))
        given, seconds, most = json.dumps(request).encode(), self.longest + 150, 4 * MOST
        if sandbox.name():
            ended = sandbox.run(sandbox.words(), given, heard, seconds, most)
        else:
            with tempfile.TemporaryDirectory(prefix="crmlab-", ignore_cleanup_errors=True) as folder:
                ended = sandbox.run(sandbox.bare(), given, heard, seconds, most, Path(folder))
        if ended.why == "memory":
            text = _(
                "The code of this notebook took more than {size} GB of memory and was stopped: no code answer after that can count."
            )
            said.append(tr(text, size=sandbox.MEMORY / 1e9))
        elif ended.why == "time":
            text = _(
                "This notebook ran longer than {seconds} seconds and was stopped: no code answer after that can count."
            )
            said.append(tr(text, seconds=self.longest))
        elif ended.why == "much":
            said.append(tr(_("This notebook sent far more than can be kept: no code answer after that can count.")))
        elif "began" not in end:  # none of the trainee's code has run
            raise CannotGrade(shown.plain(str(end.get("why") or "no kernel")))
        elif end.get("end") != "done":
            said.append(tr(_("The kernel died while it ran this notebook: no code answer after that can count.")))


NOT_RUN = _(
    "The code of this notebook was not run, because nothing on this computer keeps it apart from the instructor's files: only what was "
    "clicked counts."
)


def _files(folder: Path) -> dict[str, str]:
    """What lies beside a notebook, for where its code runs: files of the assignment's own, and the answers."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.suffix != ".ipynb" and path.stat().st_size <= _LARGEST:
            found[path.relative_to(folder).as_posix()] = base64.b64encode(path.read_bytes()).decode()
    return found


_LARGEST = 50_000_000
