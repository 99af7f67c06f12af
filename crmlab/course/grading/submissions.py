"""What nbgrader is told to use in place of its own (``deploy/grading/nbgrader_config.py``): reading, running and judging a submission.

Whatever one submission holds, it costs that submission its points and nobody else theirs.
"""

from __future__ import annotations

import atexit
import getpass
import json
import os
import shutil
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook, new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from crmlab.course import lessons
from crmlab.course.files import whole, write_atomically
from crmlab.course.grading import CannotGrade, handin, judging, running, sandbox, shown
from crmlab.course.grading.apart import Judge
from crmlab.course.grading.cells import SetRight
from crmlab.language import LANGUAGES, _, current, tr

WARNING = _(
    "Nothing on this computer keeps the code that trainees wrote apart, so it runs as you, {user}: it can read, change and send away what "
    "you can, this gradebook and the other submissions among them (deploy/grading/README.md)."
)
MISSING = _(
    "Nothing on this computer keeps the code that trainees wrote apart (bubblewrap does, on Linux), so it is not run: only what was clicked "
    "counts. deploy/grading/README.md says what you can do."
)


def under_their_names(assignment: str, student: str, notebooks: list[str]) -> None:
    """Lay a copy of a notebook that came as "2-man (1).ipynb" under its right name beside it, its answers too.

    For ``Autograde.pre_convert_hook``; ``notebooks`` are the paths found, to which the copies are added.
    """
    folder = Path(notebooks[0]).parent
    for right, other in handin.renamed(folder, [one for one in lessons.every() if one.unit == assignment]).items():
        shutil.copyfile(other, right, follow_symlinks=False)
        if right.suffix == ".ipynb":
            notebooks.append(str(right))


class Submission(NotebookExporter):
    """Reads a notebook that was handed in, whatever it is; one that cannot be read or graded counts as a blank one."""

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self._answers: tuple[bytes | None, str] = None, ""
        self._said: list[str] = []
        self._warned = False
        if (course := self._course) is not None:
            # nbgrader copies all files to where the code runs, and follows links. What is needed is laid there below.
            course.ignore = ["*"]
            course.get_existing_timestamp = _careful(course.get_existing_timestamp)

    @property
    def _course(self) -> Any:
        return getattr(self.parent, "coursedir", None)

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> tuple[Any, Any]:
        """First the notebook as it was handed in, then the one that was made of it."""
        path = Path(filename)
        here = resources["nbgrader"]
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        first = path.parent != Path(self._folder("autograded_directory", here["student"], here["assignment"]))
        source = _source(Path(self._folder("source_directory", ".", here["assignment"])) / path.name)
        raw, problem = handin.read(path, handin.MOST)
        try:
            notebook = nbformat.reads(handin.notebook(raw or b""), as_version=4)
        except Exception as error:
            self.log.info("%s: %s: %s", path, type(error).__name__, str(error)[:500])
            notebook = None
        # A trainee may hand in another language than the class was given: the code is the same in all.
        os.environ["CRMLAB_LANG"] = _language(notebook) or _language(source) or current()
        if first:
            self._answers, self._said = handin.read(path.with_suffix(".json"), judging.MOST), []
            self._lay(path, Path(self._folder("autograded_directory", here["student"], here["assignment"])))
            self._said += filter(None, [self._answers[1]])
        resources["crmlab"] = {"lesson": _lesson(source, here), "answers": self._answers[0], "values": {}, "apart": ""}
        resources["crmlab"] |= {"given": source, "folder": str(path.parent)}
        if notebook is not None:
            try:
                return self._made(notebook, source, resources, first)
            except (CannotGrade, KeyboardInterrupt):
                raise
            except Exception:
                self.log.info("%s cannot be graded as it is", path, exc_info=True)
        text = _("The notebook {name} cannot be read: nothing in it counts.")
        self._said.append(problem or tr(text, name=path.name))
        return self._made(None, source, resources, first)

    def _made(
        self, notebook: NotebookNode | None, source: NotebookNode | None, resources: Any, first: bool
    ) -> tuple[Any, Any]:
        resources["crmlab"]["said"] = list(self._said)
        if notebook is None:
            as_given, notebook = True, new_notebook()
            if not first:
                notebook, resources = SetRight().preprocess(notebook, resources)
        else:
            as_given = source is not None and _code(notebook) <= _code(source)
        if not first and not as_given and not self._warned and not sandbox.name():
            self._warned = True
            allowed = running.RunAnswers(parent=self).unprotected
            self.log.warning(tr(WARNING, user=_user()) if allowed else tr(MISSING))
        resources["crmlab"]["as given"] = as_given
        output, resources = self.from_notebook_node(notebook, resources=resources)
        self._said = list(dict.fromkeys(resources["crmlab"]["said"]))
        if not first:
            who = "{student}/{assignment}/{notebook}".format(**resources["nbgrader"])
            for sentence in self._said:
                self.log.warning("%s: %s", who, shown.plain(sentence))
        return output, resources

    def _folder(self, which: str, student: str, assignment: str) -> str:
        course = self._course
        return str(course.format_path(getattr(course, which), student, assignment))

    def _lay(self, path: Path, where: Path) -> None:
        """What the code may find beside it: files of the assignment's own, and the answers."""
        where.mkdir(parents=True, exist_ok=True)
        source = Path(self._folder("source_directory", ".", where.name))
        if source.is_dir():
            shutil.copytree(source, where, ignore=shutil.ignore_patterns("*.ipynb", ".*", "__*"), dirs_exist_ok=True)
        for name, found in (
            (path.with_suffix(".json").name, self._answers[0]),
            ("timestamp.txt", handin.read(path.with_name("timestamp.txt"), 1000)[0]),
        ):
            (where / name).unlink(missing_ok=True)
            if found is not None:
                (where / name).write_bytes(found)


class Judged(NbGraderPreprocessor):
    """Puts the points of the judge into the graded cells. To stand before :class:`nbgrader.preprocessors.SaveAutoGrades`."""

    records = Unicode("", help="A folder into which what was judged is written as JSON; nowhere if it is empty.").tag(
        config=True
    )

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Each graded cell of the course gets one number and its feedback, whatever stood there; the rest is made harmless."""
        here, grades = resources["crmlab"], {}
        if here["lesson"]:
            found, problem = judge().grades(here["lesson"], current(), here["answers"], here["values"])
            here["said"] += [problem] if problem else []
            grades = {id.replace(".", "-"): grade for id, grade in found.items()}
            if self.records:
                self._record(nb, resources, found)
        shown.tame(nb, here.get("given"))
        for cell in nb.cells:
            if running.is_ours(cell):
                grade = grades.get(cell.metadata.nbgrader["grade_id"])
                points = min(grade.points, float(cell.metadata.nbgrader["points"])) if grade else 0.0
                data = {"text/plain": repr(points), **({"text/html": grade.html} if grade else {})}
                cell.execution_count = None
                cell.outputs = [new_output("execute_result", data=data, execution_count=None)]
            elif running.is_added(cell) and cell.execution_count is None:
                # nbgrader takes silence for a test that was passed; this one did not get its turn.
                cell.outputs = [new_output("error", ename="NotRun", evalue="", traceback=["NotRun"])]
        if sentences := list(dict.fromkeys(here["said"])):
            nb.cells.insert(0, new_markdown_cell("\n\n".join(f"**{_plain(one)}**" for one in sentences)))
        return nb, resources

    def _record(self, nb: NotebookNode, resources: Any, found: dict[str, judging.Grade]) -> None:
        """What crmlab.classroom.marks needs to know."""
        here, where = resources["crmlab"], resources["nbgrader"]
        fields = judging.read(here["answers"], lessons.find(here["lesson"]))[0] if here["answers"] is not None else {}
        blank = {_name(cell): cell.source for cell in (here["given"].cells if here["given"] is not None else ())}
        code = {_name(cell): cell.source for cell in nb.cells if cell.cell_type == "code"}
        exercises = {}
        for id, grade in found.items():
            name = f"{id.replace('.', '-')}-answer"
            written = code.get(name, "") if name in blank and code.get(name) != blank[name] else ""
            clicked = fields.get(id)
            exercises[id] = {
                **asdict(grade),
                "fields": _kept(clicked) if isinstance(clicked, dict) else {},
                "code": whole(written),
            }
        record = {
            "lesson": here["lesson"],
            "exercises": exercises,
            "said": list(dict.fromkeys(here["said"])),
            "apart": here["apart"],
        }
        path = Path(self.records) / where["student"] / where["assignment"] / f"{where['notebook']}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, json.dumps(record))


def _kept(found: Any, depth: int = 0) -> Any:
    """What was clicked or typed as a file can hold it: without halves of characters, and not deeper than any form is."""
    if isinstance(found, str):
        return whole(found)
    if isinstance(found, dict):
        return {whole(key): _kept(one, depth + 1) for key, one in found.items()} if depth < _DEEPEST else {}
    if isinstance(found, list):
        return [_kept(one, depth + 1) for one in found] if depth < _DEEPEST else []
    return found


_DEEPEST = 12


@cache
def judge() -> Judge:
    """The judge of this class."""
    made = Judge()
    atexit.register(made.close)
    return made


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container without an entry for it
        return "?"


def _plain(sentence: str) -> str:
    """A sentence without what Markdown or HTML would read in it."""
    return "".join(f"&#{ord(one)};" if one in "<>&*_`[]\\$" else one for one in sentence.replace("\n", " "))


def _source(path: Path) -> NotebookNode | None:
    """The notebook as it was given out, if it is there."""
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError):
        return None


def _notes(notebook: NotebookNode | None) -> Any:
    notes = notebook.metadata.get("crmlab") if notebook is not None else None
    return notes if isinstance(notes, dict) else {}


def _language(notebook: NotebookNode | None) -> str:
    """The language of a notebook; empty if it does not say so."""
    found = _notes(notebook).get("language")
    return found if isinstance(found, str) and found in LANGUAGES else ""


def _lesson(source: NotebookNode | None, here: Any) -> str:
    """The number of the lesson that a notebook is; empty for one that is not the course's."""
    try:
        return lessons.find(_notes(source).get("lesson") or f"{here['assignment']}/{here['notebook']}").number
    except LookupError:
        return ""


def _name(cell: NotebookNode) -> str:
    notes = cell.metadata.get("nbgrader")
    return str(notes.get("grade_id", "")) if isinstance(notes, dict) else ""


def as_given(raw: bytes, source: bytes) -> bool:
    """Whether a notebook that was handed in has no code but that of the one that was given out, or cannot be read at all.

    >>> as_given(b"[", b"{}")
    True
    """
    try:
        handed, given = (json.loads(handin.notebook(one)) for one in (raw, source))
    except (ValueError, RecursionError):
        return True
    if handed.get("nbformat") != 4:
        return False
    codes = [
        {_source_of(cell) for cell in one.get("cells", ()) if cell["cell_type"] == "code"} - {""}
        for one in (handed, given)
    ]
    return codes[0] <= codes[1]


def _source_of(cell: Any) -> str:
    return "".join(cell["source"]).strip()


def _code(notebook: NotebookNode) -> set[str]:
    return {cell.source.strip() for cell in notebook.cells if cell.get("cell_type") == "code"} - {""}


def _careful(reads: Any) -> Any:
    """nbgrader's reading of a time stamp, for one that is none: as if there were none."""

    def read(folder: str) -> Any:
        try:
            return reads(folder)
        except Exception:
            return None

    return read
