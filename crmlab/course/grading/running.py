"""A trainee's notebook, run for what cannot be judged without running it: the values that code answers made.

What is shown on the way is for reading only. Points come from :mod:`crmlab.course.grading.judging`, which runs elsewhere.
"""

from __future__ import annotations

import ast
import contextlib
import os
import re
import signal
import time
from typing import Any, cast

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from traitlets import Integer

from crmlab.course.grading import CannotGrade
from crmlab.course.grading.values import MOST, VALUE
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


class RunAnswers(Execute):
    """nbgrader's own, with an end: to the seconds, to what is shown, and to what a failure costs.

    A notebook in which no code was changed is not run; of others as much as the code answers need.
    """

    timeout = Integer(60, allow_none=True, help="Seconds for one cell.").tag(config=True)
    longest = Integer(300, help="Seconds for a whole notebook.").tag(config=True)
    most_shown = Integer(1_000_000, help="Characters that one cell may show.").tag(config=True)

    def __init__(self, **kw: Any) -> None:
        super().__init__(**kw)
        # A processor busy with printing is no reason to stop; leave no kernel behind that does not want to end.
        self.raise_on_iopub_timeout = False
        self.shutdown_kernel = "immediate"
        self.on_notebook_start = self._starts
        self._own_limit: Any = self.trait_values()["timeout_func"]

    def preprocess(self, nb: NotebookNode, resources: Any, km: Any = None) -> tuple[NotebookNode, Any]:
        """Run the cells up to the last that is needed. Raises :class:`CannotGrade` if there is no kernel to run them."""
        added = [place for place, cell in enumerate(nb.cells) if is_added(cell)]
        needed = [place for place, cell in enumerate(nb.cells) if is_ours(cell) and looks_at(cell.source)[1]]
        needed = sorted(added + ([] if resources["crmlab"]["as given"] else needed))
        if not needed:
            return nb, resources
        self._last, self._group, self._stopped, self._began = needed[-1], 0, 0, time.monotonic()
        try:
            return super().preprocess(nb, resources, km)
        except Exception as error:
            if not self._group:
                raise CannotGrade(str(error)) from error
            said = _("The kernel died while it ran this notebook: no code answer after that can count.")
            resources["crmlab"]["said"].append(tr(said))
            return nb, resources
        finally:
            if self._group > 1 and hasattr(os, "killpg"):  # what the code has started and left
                with contextlib.suppress(OSError):
                    os.killpg(self._group, signal.SIGKILL)

    def _starts(self, **_kw: Any) -> None:
        self._group = getattr(getattr(self.km, "provisioner", None), "pgid", 0) or 1

    def preprocess_cell(self, cell: NotebookNode, resources: Any, index: int) -> tuple[NotebookNode, Any]:
        """Run one cell; a check runs as nothing but its value."""
        left = self.longest - (time.monotonic() - self._began)
        if index > self._last or self._stopped > 1 or left < 1 or cell.cell_type != "code":
            return cell, resources
        id, expression = looks_at(cell.source) if is_ours(cell) else ("", "")
        if is_ours(cell) and not id:
            return cell, resources
        self._room, self._value = float(self.most_shown), cast("str | None", None)
        limit = self._own_limit(cell) if self._own_limit else self.timeout
        self.timeout_func = lambda _cell: max(1, int(min(left, limit or left)))
        before = cell.source
        if id:
            # Fetched here, not from the names of the notebook, which may be the trainee's by now.
            here = "__import__('crmlab.course.grading.values', fromlist=['shown'])"
            cell.source = f"{here}.shown(lambda: ({expression}))"
        try:
            cell, resources = super().preprocess_cell(cell, resources, index)
        finally:
            cell.source = before
        if id and self._value is not None:
            resources["crmlab"]["values"][id] = self._value
        if any(output.get("ename") == "CellTimeoutError" for output in cell.outputs):
            self._stopped += 1
            said = _("A cell of this notebook ran longer than {seconds} seconds and was stopped.")
            resources["crmlab"]["said"].append(tr(said, seconds=self.timeout_func(cell)))
            # One that takes no interruption would make every further cell wait as long.
            self.timeout_func = lambda _cell: 1
            if self.wait_for_reply(self.kc.kernel_info(), cell) is None:
                self._stopped += 1
        return cell, resources

    def on_cell_executed(self, **kwargs: Any) -> None:
        """nbgrader puts the error of the reply into the cell, however long it is."""
        content = kwargs["execute_reply"]["content"]
        if content["status"] == "error" and _length(content) > self.most_shown:
            content.update(evalue=str(content["evalue"])[:1000], traceback=[tr(_LEFT_OUT)])
        super().on_cell_executed(**kwargs)

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Keep of what the kernel sends what there is room for. Widgets are for a living notebook."""
        kind, content = msg["msg_type"], msg["content"]
        if kind.startswith("comm"):
            return None
        if kind in ("stream", "display_data", "execute_result", "update_display_data", "error"):
            data = content.get("data")
            if isinstance(data, dict) and isinstance(value := data.get(VALUE), str):
                self._value = value if len(value) <= MOST else None
                return None
            self._room -= _length(content)
            if self._room < 0:
                if self._room > -float("inf"):
                    self._room = -float("inf")  # said once
                    cell.outputs.append(new_output("stream", name="stdout", text=f"\n{tr(_LEFT_OUT)}\n"))
                return None
        return super().process_message(msg, cell, cell_index)


_LEFT_OUT = _("(What this cell showed beyond this is left out: it is too much.)")


def _length(content: Any) -> int:
    if isinstance(content, str):
        return len(content)
    if isinstance(content, dict):
        return sum(_length(one) for one in content.values())
    return sum(_length(one) for one in content) if isinstance(content, list | tuple) else 8
