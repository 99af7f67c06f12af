"""The lesson that a notebook is: opened by ``lesson("2.3")``, then asked by ``check``, ``hint``, ``solution``.

No widgets here; :mod:`crmlab.course.widgets` shows what these functions find.
"""

from __future__ import annotations

import ast
import json
import os
import re
import sys
import weakref
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crmlab import places
from crmlab.course import exercise, lessons, state
from crmlab.course.exercise import Exercise, Feedback
from crmlab.course.form import Answers
from crmlab.course.state import Record, Store, amount
from crmlab.language import LANGUAGES, _, current, tr
from crmlab.version import __version__


@dataclass
class Session:
    """An open lesson: its exercises, and the store of the trainee's answers."""

    lesson: lessons.Lesson
    store: Store
    exercises: list[Exercise] = field(default_factory=list)

    def __post_init__(self) -> None:
        if isinstance(self.lesson, lessons.Lesson):
            _newest[self.lesson.number] = self.store

    def work(self, made: Exercise) -> Work:
        """One exercise, as a form sees it."""
        return Work(self, made)

    # -- answers ---------------------------------------------------------------------------------------------------

    def set_field(self, made: Exercise, key: str, value: Any) -> None:
        """Keep one field of a form at once; ``None`` empties it."""

        def change(record: Record) -> None:
            fields = record["fields"] = state.fields(record)
            if value is None:
                fields.pop(key, None)
            else:
                fields[key] = value

        self.store.change(made.id, change)

    def set_fields(self, made: Exercise, answers: dict[str, Any]) -> None:
        """Replace all fields of a form."""
        self.store.change(made.id, lambda record: record.__setitem__("fields", dict(answers)))

    def fields(self, made: Exercise) -> dict[str, Any]:
        """The kept answers of a form, as far as they still fit it."""
        form = made.form()
        kept = self.store.record(made.id).get("fields")
        return form.clean(kept) if form is not None else {}

    def typed(self, made: Exercise) -> dict[str, Any]:
        """The fields of a form as they were kept, whether they can be read or not."""
        return dict(state.fields(self.store.record(made.id)))

    def check_clicks(self, made: Exercise, *, count: bool = True) -> Feedback:
        """Judge what was clicked. ``count`` makes it a try; drawing the form again is none."""
        given = exercise.judge(made, state.fields(self.store.record(made.id)), clicked=True)
        self._keep(made, given, count=count and given.state not in (exercise.BLANK, exercise.UNREADABLE))
        return self.told(given)

    def check(self, made: Exercise, answer: Any = ..., code: str = "") -> Feedback:
        """Judge an answer given in code, or the clicks if the code was left as it was; the better one of both counts.

        ``code`` is the source that made the answer: it is kept so that it can be shown again after a crash.
        """
        clicked = self.check_clicks(made, count=False) if made.make_form else None
        given = exercise.judge(made, answer)
        if given.state != exercise.BLANK:
            self._keep(made, given, count=True, code=code)
            return self.told(clicked if clicked is not None and clicked.points > given.points else given)
        shown = clicked or given
        kept = self.store.record(made.id).get("code")
        if shown.state == exercise.BLANK and isinstance(kept, str) and kept:
            shown.message = tr(_("You ran this before, and it is kept here: {code}"), code=kept)
        return self.told(shown)

    def told(self, given: Feedback) -> Feedback:
        """The feedback with what stands in the way of saving, after one more try."""
        self.store.settle()
        given.trouble = self.store.problem
        return given

    def _keep(self, made: Exercise, given: Feedback, *, count: bool, code: str = "") -> None:
        before = self.store.record(made.id)
        new = {"points": given.points, "maximum": given.maximum, "state": given.state}
        if not count and (not before or all(before.get(key) == value for key, value in new.items())):
            return

        def change(record: Record) -> None:
            record.update(new)
            record["best"] = max(given.points, amount(record, "best"))
            if count:
                record["tries"] = int(amount(record, "tries")) + 1
            if code:
                record["code"] = code

        self.store.change(made.id, change)

    # -- help ------------------------------------------------------------------------------------------------------

    def next_hint(self, made: Exercise) -> tuple[int, str]:
        """The next hint (number from 1, text); after the last one it is the last one again. (0, "") if there is none."""
        if not made.hints:
            return 0, ""
        seen = min(self.hints_seen(made) + 1, len(made.hints))
        self.store.change(made.id, lambda record: record.__setitem__("hints", seen))
        return seen, tr(made.hints[seen - 1])

    def hints_seen(self, made: Exercise) -> int:
        """How many hints were asked for."""
        return int(min(amount(self.store.record(made.id), "hints"), len(made.hints)))

    def worked(self, made: Exercise) -> tuple[list[tuple[str, str]], str]:
        """The worked answer from the worked edition: as prompts and answers if it is clicked, as code if it is written.

        Both are empty if the worked edition is not there.
        """
        code = worked_code(self.lesson, made.id)
        self.store.change(made.id, lambda record: record.__setitem__("solution_seen", True))
        form = made.form()
        if form is not None and made.worked:
            return form.describe(made.worked()), ""
        if form is not None and (literal := answer_literal(code)) is not None:
            return form.describe(literal), ""
        return [], code


@dataclass(frozen=True)
class Work:
    """One exercise of an open lesson, answered by clicking: an :class:`crmlab.course.answering.Answering`."""

    session: Session
    made: Exercise

    def fields(self) -> Answers:
        """The kept answers, as far as they still fit the form."""
        return self.session.fields(self.made)

    def typed(self) -> Answers:
        """The same as it was kept."""
        return self.session.typed(self.made)

    def set_field(self, key: str, value: Any) -> None:
        """Keep one field at once; ``None`` empties it."""
        self.session.set_field(self.made, key, value)

    def check(self, *, count: bool = True) -> Feedback:
        """Judge what was clicked. ``count`` makes it a try."""
        return self.session.check_clicks(self.made, count=count)

    def feedback(self) -> Feedback:
        """How the kept answers stand; nothing is kept or counted."""
        given = exercise.judge(self.made, self.typed(), clicked=True)
        given.trouble = self.session.store.problem
        return given


_open: Session | None = None
_newest: weakref.WeakValueDictionary[str, Store] = weakref.WeakValueDictionary()
"""The answers of the session of each lesson that was made last, as long as there is one."""


def kept(lesson: str, id: str) -> dict[str, Any] | None:
    """The answers to an exercise of a lesson, as they were kept: for exercises whose numbers follow from those to another one.
    Empty if there are none yet; ``None`` without a session of that lesson."""
    store = _newest.get(lesson)
    return None if store is None else dict(state.fields(store.record(id)))


def begin(lesson: lessons.Lesson, exercises: list[Exercise]) -> Session:
    """Make this lesson the open one, with the answers that the trainee gave before."""
    global _open
    _open = Session(lesson, state.of(state_path(lesson), lesson.number), exercises)
    return _open


def opened() -> Session | None:
    """The open lesson, if there is one."""
    return _open


def state_path(lesson: lessons.Lesson, folder: Path | None = None) -> Path | None:
    """Where the answers of a lesson are kept: beside the notebook, as ``3-rfm.json``.

    CRMLAB_STATE names another folder for all of them (used by tests). A worked edition keeps none.
    """
    elsewhere = os.environ.get("CRMLAB_STATE")
    folder = folder or Path.cwd()
    if elsewhere:
        return Path(elsewhere) / f"{current()}-{lesson.unit}-{lesson.slug}.json"
    parts = folder.parts
    if len(parts) >= 3 and parts[-3] == "solutions" and parts[-2] in LANGUAGES:
        return None
    return folder / f"{lesson.slug}.json"


def version_problem(lesson: lessons.Lesson, folder: Path | None = None) -> str:
    """A sentence if the notebook was made for another version of the package; empty if they fit or it cannot be told."""
    path = (folder or Path.cwd()) / f"{lesson.slug}.ipynb"
    try:
        made_for = json.loads(path.read_text(encoding="utf-8"))["metadata"]["crmlab"]["version"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return ""
    if made_for == __version__:
        return ""
    text = (
        _(
            "This notebook is of version {notebook}, the course of version {package}. Get the fitting lesson on the start page "
            "with “Reset a lesson”; your copy is kept."
        )
        if sys.platform == "emscripten"  # the browser edition
        else _(
            "This notebook is of version {notebook}, the installed course of version {package}. Get the fitting lesson "
            "with `crmlab reset {number}`; your copy is kept."
        )
    )
    return tr(text, notebook=made_for, package=__version__, number=lesson.number)


def worked_code(lesson: lessons.Lesson, id: str) -> str:
    """The answer cell of an exercise in the worked edition, without the markers; empty if it is not there."""
    path = places.solutions() / current() / lesson.unit / f"{lesson.slug}.ipynb"
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, LookupError):
        return ""
    for cell in cells:
        if cell.get("metadata", {}).get("crmlab", {}).get("answer") == id:
            source = "".join(cell["source"])
            lines = [line for line in source.splitlines() if not _MARKER.match(line)]
            return "\n".join(line for line in lines if not _PLACEHOLDER.match(line)).strip()
    return ""


_MARKER = re.compile(r"\s*### (BEGIN|END) SOLUTION")
_PLACEHOLDER = re.compile(r"\s*\w+ = \.\.\.\s*(#.*)?$")


def answer_literal(code: str) -> Any:
    """The dictionary in ``answer("id", {...})``; ``None`` if the code is anything else."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "answer" and len(node.args) == 2:
            try:
                return ast.literal_eval(node.args[1])
            except ValueError:
                return None
    return None
