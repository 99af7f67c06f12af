"""From a lesson's one source to its four notebooks: worked and trainee edition, in English and Chinese."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import CheckCellMetadata, ClearOutput, ClearSolutions, ComputeChecksums, LockCells

import crmlab
from crmlab.catalogue import Entry
from crmlab.course import lessons
from crmlab.course.bank import quiz
from crmlab.course.exercises import load_lesson
from tools import po, sentences

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Source:
    """A lesson as written: ``lessons/UNIT/LESSON.md``."""

    lesson: lessons.Lesson

    @property
    def markdown(self) -> Path:
        return ROOT / "lessons" / self.lesson.unit / f"{self.lesson.slug}.md"

    def po(self, language: str) -> Path:
        return ROOT / "lessons" / self.lesson.unit / f"{self.lesson.slug}.{language}.po"

    def notebook(self, edition: str, language: str) -> Path:
        """Where a built notebook goes; ``edition`` is "solutions" or "notebooks"."""
        return ROOT / edition / language / self.lesson.unit / f"{self.lesson.slug}.ipynb"


def sources(names: list[str] | None = None) -> list[Source]:
    """The lessons of these numbers or slugs; all of them without names."""
    chosen = [lessons.find(name) for name in names] if names else list(lessons.every())
    return [Source(lesson) for lesson in chosen]


# -- translation -----------------------------------------------------------------------------------------------------


def entries(source: Source, language: str) -> list[Entry]:
    """The lesson's sentences with what its translation file has for them: new ones empty, changed ones fuzzy."""
    return po.merge(sentences.of(source.markdown.read_text(encoding="utf-8")), po.read(source.po(language)))


def update_po(source: Source, language: str) -> bytes:
    """The lesson's translation file brought up to date."""
    return po.write(entries(source, language), language)


def unfinished(source: Source, language: str) -> list[str]:
    """The English texts that have no translation, or a fuzzy one; "fuzzy: ..." tells them apart."""
    return list(po.unfinished(entries(source, language)))


def translated(source: Source, language: str) -> str:
    """The lesson's Markdown in another language; texts without a translation stay English, never stale."""
    text = source.markdown.read_text(encoding="utf-8")
    if language == "en":
        return text
    ready = {one.english: one.translated for one in entries(source, language) if one.translated and not one.fuzzy}
    return sentences.replace(text, lambda sentence: ready.get(sentence, sentence))


# -- notebooks -------------------------------------------------------------------------------------------------------

_CHECK = re.compile(r'^(?:(check|quiz)\(\s*"([^"]+)"|(exam)\(\))', re.MULTILINE)
_ANSWER = re.compile(r'^answer\(\s*"([^"]+)"', re.MULTILINE)
_BEGIN = "### BEGIN SOLUTION"


def worked(source: Source, language: str) -> NotebookNode:
    """The worked edition of a lesson."""
    notebook = jupytext.reads(translated(source, language), fmt="md")
    exercises = {one.id: one for one in load_lesson(source.lesson.number)}
    notebook.metadata = NotebookNode(
        crmlab=NotebookNode(language=language, lesson=source.lesson.number, version=crmlab.__version__),
        kernelspec=NotebookNode(display_name="Python 3 (ipykernel)", language="python", name="python3"),
        language_info=NotebookNode(file_extension=".py", mimetype="text/x-python", name="python"),
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    waiting: NotebookNode | None = None
    for cell in notebook.cells:
        tags, purpose = cell.metadata.get("tags"), cell.metadata.get("purpose")
        cell.metadata = NotebookNode(tags=list(tags)) if tags else NotebookNode()
        if purpose:
            cell.metadata["crmlab"] = NotebookNode(purpose=purpose)
        if cell.cell_type != "code":
            continue
        if _BEGIN in cell.source:
            waiting = cell
        if found := _ANSWER.search(cell.source):
            _note(cell, answer=found[1])
        if found := _CHECK.search(cell.source):
            id = quiz.exercise_id(found[2]) if found[1] == "quiz" else found[2] or found[3]
            if id not in exercises:
                raise LookupError(
                    f"{source.markdown.name}: the cell {found[0]}...) names no exercise of lesson "
                    f"{source.lesson.number}; there are: {', '.join(exercises)}."
                )
            cell.metadata["nbgrader"] = _graded(id, exercises[id].points)
            if waiting is not None:
                _note(waiting, answer=id)
                waiting.metadata["nbgrader"] = _solution(f"{id}-answer")
                waiting = None
    _set_ids(notebook, source)
    return notebook


def trainee(notebook: NotebookNode) -> NotebookNode:
    """The trainee edition: instructor cells taken out, solutions replaced by a place to write, checks locked."""
    made = copy.deepcopy(notebook)
    made.cells = [cell for cell in made.cells if "instructor" not in cell.metadata.get("tags", ())]
    steps = (
        ClearSolutions(code_stub={"python": "# YOUR CODE HERE"}),
        LockCells(),
        ComputeChecksums(),
        ClearOutput(),
        CheckCellMetadata(),
    )
    for step in steps:
        made, _resources = step.preprocess(made, {})
    return made


def text(notebook: NotebookNode) -> str:
    """The bytes of a notebook file: sorted keys, one blank at the end, the same for the same content."""
    return json.dumps(json.loads(nbformat.writes(notebook)), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _note(cell: NotebookNode, **notes: str) -> None:
    cell.metadata.setdefault("crmlab", NotebookNode()).update(notes)


def _graded(id: str, points: float) -> NotebookNode:
    return NotebookNode(
        cell_type="code",
        grade=True,
        grade_id=id.replace(".", "-"),  # nbgrader takes no full stop: quiz-2.3
        locked=True,
        points=points,
        schema_version=3,
        solution=False,
        task=False,
    )


def _solution(id: str) -> NotebookNode:
    return NotebookNode(grade=False, grade_id=id, locked=False, schema_version=3, solution=True, task=False)


def _set_ids(notebook: NotebookNode, source: Source) -> None:
    """Cell ids from the content, so that a build from nothing gives the same bytes as any other."""
    seen: dict[str, int] = {}
    for cell in notebook.cells:
        key = f"{source.lesson.number}\n{cell.cell_type}\n{cell.source}"
        seen[key] = seen.get(key, 0) + 1
        cell["id"] = hashlib.sha256(f"{key}\n{seen[key]}".encode()).hexdigest()[:12]
