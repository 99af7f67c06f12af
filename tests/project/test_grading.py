"""A class is graded in one run of nbgrader: sound submissions, broken ones, and those that try to get points without an answer."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from crmlab import places
from crmlab.course import lessons
from crmlab.course.exercise import judge
from crmlab.course.exercises import load_lesson
from crmlab.course.form import Form
from crmlab.course.session import worked_code
from tests.support.answers import worked

pytestmark = pytest.mark.notebook

ROOT = Path(__file__).resolve().parents[2]
UNIT = "3-qualification"
LESSON, OTHER = lessons.find("3.5"), lessons.find("3.2")
MADE = {lesson.number: {made.id: made for made in load_lesson(lesson.number)} for lesson in (LESSON, OTHER)}
CLICKS = {number: worked(number) for number in MADE}
CODE = {number: [id for id in made if id not in CLICKS[number]] for number, made in MADE.items()}

Notebook = dict[str, Any]
Change = Callable[[Notebook], None]


# -- what is handed in ---------------------------------------------------------------------------------------------------


def given_out(lesson: lessons.Lesson, language: str = "en") -> Notebook:
    """The trainee edition of a lesson."""
    return dict(json.loads((places.notebooks() / language / lesson.unit / f"{lesson.slug}.ipynb").read_text("utf-8")))


def answers(lesson: lessons.Lesson, clicks: dict[str, Any]) -> dict[str, Any]:
    """A file of answers with nothing but what was clicked."""
    records = {id: {"fields": fields} for id, fields in clicks.items()}
    return {"format": 1, "lesson": lesson.number, "exercises": records}


def graded(notebook: Notebook) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade")]


def cell(source: str) -> dict[str, Any]:
    return {"cell_type": "code", "execution_count": None, "id": "mine", "metadata": {}, "outputs": [], "source": source}


def first(source: str) -> Change:
    """Code in an unlocked cell of one's own, behind the first one."""

    def change(notebook: Notebook) -> None:
        code = [place for place, one in enumerate(notebook["cells"]) if one["cell_type"] == "code"]
        notebook["cells"].insert(code[0] + 1, cell(source))

    return change


def written(source: str | None = None, lesson: lessons.Lesson = LESSON) -> Change:
    """Code in the answer cells: that of the worked edition if none is given."""

    def change(notebook: Notebook) -> None:
        for one in notebook["cells"]:
            if id := one["metadata"].get("crmlab", {}).get("answer"):
                one["source"] = worked_code(lesson, id) if source is None else source

    return change


def both(*changes: Change) -> Change:
    """One change after the other."""

    def change(notebook: Notebook) -> None:
        for one in changes:
            one(notebook)

    return change


def in_a_cell_of_its_own(notebook: Notebook) -> None:
    place = next(
        place for place, one in enumerate(notebook["cells"]) if one["metadata"].get("crmlab", {}).get("answer")
    )
    notebook["cells"].insert(place + 1, cell(worked_code(LESSON, CODE["3.5"][0])))


def twice(notebook: Notebook) -> None:
    for one in [*graded(notebook), *(one for one in notebook["cells"] if "crmlab" in one["metadata"])]:
        notebook["cells"].append({**one, "id": f"{one['id']}-2", "metadata": json.loads(json.dumps(one["metadata"]))})


def without_graded_cells(notebook: Notebook) -> None:
    notebook["cells"] = [one for one in notebook["cells"] if "nbgrader" not in one["metadata"]]


def written_over(notebook: Notebook) -> None:
    """Graded cells that show full marks, for more points, unlocked; in the end as text."""
    for one in graded(notebook):
        points = one["metadata"]["nbgrader"]["points"]
        one["source"] = str(points)
        one["outputs"] = [
            {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": str(points)}}
        ]
        one["metadata"]["nbgrader"].update(locked=False, points=99, solution=True)
    graded(notebook)[0]["cell_type"] = "markdown"


def with_damaged_notes(notebook: Notebook) -> None:
    notes = [{"grade_id": ["x"], "grade": True}, "nbgrader", {"schema_version": 99, "grade": True}, {}, None, 7]
    for one, note in zip(graded(notebook), notes, strict=False):
        one["metadata"]["nbgrader"] = note
    notebook["cells"] += [{"cell_type": "code"}, 5, {"cell_type": "poem", "source": "x", "metadata": {}}]
    notebook["cells"] += [
        {"cell_type": "markdown", "source": "x", "metadata": {"nbgrader": {"grade_id": "mine", "grade": True}}}
    ]


PATCHES = """
import builtins, sys
import crmlab, crmlab.course.cases, crmlab.course.exercise as e, crmlab.course.session as s, crmlab.course.widgets
class Ten(float):
    __repr__ = lambda self: "3.0"
full = lambda made, *a, **k: e.Feedback(made.id, "", made.points, made.points, "right")
e.judge = e._graded = full
e.Feedback.__repr__ = lambda self: repr(self.maximum)
s.Session.check = s.Session.check_clicks = lambda self, made, *a, **k: full(made)
crmlab.check = crmlab.quiz = crmlab.course.widgets.check = lambda *a: Ten(3.0)
crmlab.course.cases.case = lambda *a, **k: crmlab.course.cases.Case(True)
builtins.float = Ten
sys.modules["crmlab.course.grading.judging"] = sys.modules["crmlab.course.exercises"] = sys
get_ipython().display_formatter.formatters["text/plain"].for_type(object, lambda *a: a[1].text("3.0"))
from IPython.display import display
display({"application/vnd.crmlab.value": "[0.44, 0.73]", "text/plain": "3.0"}, raw=True)
"""
LEAVES = """
import os, subprocess, sys
open("pid.json", "w").write(str(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"]).pid))
os._exit(1)
"""
STUBBORN = (
    "# endless\nimport time\nwhile True:\n    try:\n        time.sleep(60)\n    except KeyboardInterrupt:\n        pass"
)
FLOODS = """
from IPython.display import HTML, display
print("x" * 50_000_000)
display(HTML("y" * 9_000_000))
for n in range(9): print(n)
raise ValueError("z" * 9_000_000)
"""
FAKE = 'def check(*a): return 3.0\nquiz = lesson = check\ndef __getattr__(name): return check\nprint("taken in")'


@dataclass
class Submission:
    """What one trainee hands in: a change of the notebook, clicks, other files; and what it should bring.

    ``clicks`` and ``code`` say whether the exercises of that kind have all their points; ``says`` is looked for in the log.
    """

    change: Change | None = None
    click: bool = True
    clicks: bool = True
    code: bool = False
    says: str = ""
    also: Callable[[Path], None] | None = None
    names: tuple[str, str] = (f"{LESSON.slug}.ipynb", f"{LESSON.slug}.json")
    prefix: bytes = b""
    extra: dict[str, Any] = field(default_factory=dict)

    def lay(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        notebook, content = given_out(LESSON), answers(LESSON, CLICKS["3.5"] if self.click else {})
        if self.change:
            self.change(notebook)
        for record in content["exercises"].values():
            record.update(self.extra)
        (folder / self.names[0]).write_bytes(self.prefix + json.dumps(notebook).encode())
        if self.click:
            (folder / self.names[1]).write_bytes(self.prefix + json.dumps(content).encode())
        if self.also:
            self.also(folder)


def file(name: str, content: bytes | None = None, size: int = 0, link: str = "") -> Callable[[Path], None]:
    """A file in the folder that is handed in; ``size`` makes it that long without taking room on the disk."""

    def lay(folder: Path) -> None:
        path = folder / name
        path.unlink(missing_ok=True)
        path.parent.mkdir(exist_ok=True)
        if link:
            path.symlink_to(link)
        else:
            path.write_bytes(content or b"")
        if size:
            os.truncate(path, size)

    return lay


def several(*also: Callable[[Path], None]) -> Callable[[Path], None]:
    def lay(folder: Path) -> None:
        for one in also:
            one(folder)

    return lay


JSON, IPYNB = f"{LESSON.slug}.json", f"{LESSON.slug}.ipynb"
CLAIMED = {
    id: {"points": 1e999, "best": "6", "maximum": made.points, "state": "right", "tries": 1, "code": "x = 1"}
    for id, made in MADE["3.5"].items()
}
CLASS: dict[str, Submission] = {
    # sound ones
    "blank": Submission(click=False, clicks=False),
    "clicks": Submission(),
    "hints": Submission(extra={"hints": 9, "solution_seen": True, "best": "abc", "tries": "many"}),
    "code-alone": Submission(
        both(written(), first("import sys\nsys.exit()"), first("1 / 0")),
        click=False,
        clicks=False,
        code=True,
    ),
    "own-cell": Submission(in_a_cell_of_its_own, code=True),
    "marked": Submission(prefix=b"\xef\xbb\xbf"),
    "chinese": Submission(lambda notebook: notebook.update(given_out(LESSON, "zh"))),
    "renamed": Submission(names=("5-persuasion (1).ipynb", "5-persuasion (1).json")),
    # full marks without an answer
    "nothing": Submission(first("def check(id, *a): pass\ndef quiz(n): pass"), click=False, clicks=False),
    "floats": Submission(
        both(first("def check(*a): return 3.0\nquiz = check"), written("x = 1")),
        click=False,
        clicks=False,
        also=several(
            file("crmlab.py", FAKE.encode()), file("IPython/__init__.py"), file("sitecustomize.py", FAKE.encode())
        ),
    ),
    "patches": Submission(first(PATCHES), click=False, clicks=False),
    "written-over": Submission(written_over, click=False, clicks=False),
    "claims": Submission(
        click=False,
        clicks=False,
        also=file(JSON, json.dumps({"format": 1, "lesson": "3.5", "points": 99, "exercises": CLAIMED}).encode()),
    ),
    "linked": Submission(
        click=False, clicks=False, also=file(JSON, link=f"../../right/{UNIT}/{JSON}"), says="is a link"
    ),
    "other-lesson": Submission(
        clicks=False,
        says="belongs to another lesson",
        also=file(JSON, json.dumps(answers(OTHER, CLICKS["3.5"])).encode()),
    ),
    # broken ones
    "deep": Submission(clicks=False, also=file(JSON, b"[" * 200_000), says="cannot be read"),
    "huge": Submission(clicks=False, also=file(JSON, b"{", size=200_000_000), says="far longer"),
    "empty": Submission(clicks=False, also=file(JSON), says="cannot be read"),
    "no-notebook": Submission(also=file(IPYNB), says="cannot be read"),
    "deep-notebook": Submission(also=file(IPYNB, b'{"cells":' + b"[" * 200_000), says="cannot be read"),
    "no-cells": Submission(also=file(IPYNB, b'{"nbformat": 4, "nbformat_minor": 5, "metadata": 3, "cells": "none"}')),
    "huge-notebook": Submission(also=file(IPYNB, b"{", size=25_000_000), says="far longer"),
    "linked-notebook": Submission(also=file(IPYNB, link="/dev/zero"), says="is a link"),
    "twice": Submission(twice, says="stands 2 times"),
    "deleted": Submission(without_graded_cells),
    "notes": Submission(with_damaged_notes),
    "stamped": Submission(also=several(file("timestamp.txt", b"\xff soon"), file("photo.jpg", size=25_000_000))),
    # code that does not end well
    "syntax": Submission(written("interval = (((")),
    "endless": Submission(written("# endless\nwhile True:\n    pass"), says="longer than 2 seconds"),
    "stubborn": Submission(both(written(STUBBORN), first("ready = 1")), says="longer than 2 seconds"),
    "floods": Submission(both(first(FLOODS), written()), code=True),
    "leaves": Submission(written(LEAVES), says="kernel died"),
}


# -- the run -------------------------------------------------------------------------------------------------------------


@dataclass
class Graded:
    """What came of the class."""

    folder: Path
    log: str
    code: int
    points: dict[str, dict[str, dict[str, float]]]

    def of(self, who: str, lesson: lessons.Lesson = LESSON) -> dict[str, float]:
        return self.points[who][lesson.slug]

    def notebook(self, who: str, lesson: lessons.Lesson = LESSON) -> str:
        return (self.folder / "autograded" / who / UNIT / f"{lesson.slug}.ipynb").read_text("utf-8")


def nbgrader(folder: Path, *arguments: str) -> tuple[int, str]:
    environment = {key: value for key, value in os.environ.items() if key != "CRMLAB_STATE"}
    # nbgrader calls alembic by name: it lies beside this Python, which need not be on the path.
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment.get("PATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=folder,
        env={**environment, "CRMLAB_LANG": "en", "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def points(folder: Path) -> Iterator[tuple[str, dict[str, dict[str, float]]]]:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        for submission in book.assignment_submissions(UNIT):
            notebooks = {
                one.name: {grade.name: grade.auto_score for grade in one.grades} for one in submission.notebooks
            }
            yield submission.student.id, notebooks


def half(number: str) -> dict[str, Any]:
    """Half of the fields of each form."""
    found = {}
    for id, clicks in CLICKS[number].items():
        if isinstance(MADE[number][id].form(), Form):
            found[id] = dict(list(clicks.items())[: len(clicks) // 2])
    return found


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    folder = tmp_path_factory.mktemp("class")
    config = (ROOT / "deploy" / "grading" / "nbgrader_config.py").read_text("utf-8")
    quick = 'c.RunAnswers.timeout_func = lambda cell: 2 if "# endless" in cell.source else 120\nc.RunAnswers.longest = 600\n'
    (folder / "nbgrader_config.py").write_text(config + quick, "utf-8")
    (folder / "source" / UNIT).mkdir(parents=True)
    for lesson in (LESSON, OTHER):
        shutil.copy(places.notebooks() / "en" / UNIT / f"{lesson.slug}.ipynb", folder / "source" / UNIT)
    code, log = nbgrader(folder, "generate_assignment", UNIT)
    assert code == 0, log

    for who, submission in CLASS.items():
        submission.lay(folder / "submitted" / who / UNIT)
    for who, clicks in (("right", CLICKS), ("half", {number: half(number) for number in CLICKS})):
        target = folder / "submitted" / who / UNIT
        target.mkdir(parents=True)
        for lesson in (LESSON, OTHER):
            notebook = given_out(lesson)
            if who == "right":
                written(lesson=lesson)(notebook)
            (target / f"{lesson.slug}.ipynb").write_text(json.dumps(notebook), "utf-8")
            (target / f"{lesson.slug}.json").write_text(json.dumps(answers(lesson, clicks[lesson.number])), "utf-8")
    # Nothing of the unit at all: nbgrader's own error, at the beginning of the alphabet.
    (folder / "submitted" / "a-stranger" / UNIT).mkdir(parents=True)
    (folder / "submitted" / "a-stranger" / UNIT / "holiday.ipynb").write_text("{}", "utf-8")
    began = time.monotonic()
    code, log = nbgrader(folder, "autograde", UNIT)
    return Graded(folder, f"{log}\n{time.monotonic() - began:.0f} s", code, dict(points(folder)))


def named(scores: dict[str, float]) -> dict[str, float]:
    """By exercise as nbgrader calls it, which takes no full stop in a name."""
    return {id.replace(".", "-"): score for id, score in scores.items()}


@pytest.mark.parametrize("who", CLASS)
def test_every_submission_gets_its_points_and_no_others(who: str, run: Graded) -> None:
    due, made = CLASS[who], MADE["3.5"]
    expected = {id: one.points * (due.code if id in CODE["3.5"] else due.clicks) for id, one in made.items()}
    assert run.of(who) == named(expected), run.log[-3000:]
    said = [line for line in run.log.splitlines() if f" {who}/{UNIT}/" in line]
    assert any(due.says in line for line in said) or not due.says, said


@pytest.mark.parametrize("lesson", [LESSON, OTHER], ids=lambda lesson: lesson.number)
def test_right_and_half_right(lesson: lessons.Lesson, run: Graded) -> None:
    made, clicks = MADE[lesson.number], half(lesson.number)
    assert CODE[lesson.number]
    assert run.of("right", lesson) == named({id: one.points for id, one in made.items()})
    expected = {id: judge(one, clicks.get(id, {}), clicked=True).points for id, one in made.items()}
    assert run.of("half", lesson) == named(expected)
    assert 0 < sum(expected.values()) < sum(one.points for one in made.values())


def test_a_stranger_is_named_and_stops_nobody(run: Graded) -> None:
    assert run.code == 1
    failed = re.findall(r"error processing assignment '[^']*' for student '([^']*)'", run.log)
    assert failed == ["a-stranger"], run.log[-3000:]
    assert {who for who, notebooks in run.points.items() if LESSON.slug in notebooks} >= {*CLASS, "right", "half"}


def test_nothing_but_the_notebook_and_its_answers_reaches_the_run(run: Graded) -> None:
    folder = run.folder / "autograded"
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "timestamp.txt"]
    assert not [path for path in files if path.suffix not in (".ipynb", ".json")]
    assert not [path for path in folder.rglob("*") if path.is_symlink()]
    assert not (folder / "huge" / UNIT / JSON).exists()
    assert "taken in" not in run.notebook("floats")


def test_what_is_shown_is_kept_within_bounds(run: Graded) -> None:
    assert len(run.notebook("floods")) < 2_000_000
    assert "left out" in run.notebook("floods")


def test_who_runs_code_is_told_before_it_runs(run: Graded) -> None:
    assert run.log.count("runs as you") == 1
    assert run.log.index("runs as you") < run.log.index("ran longer than")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no groups of processes to end")
def test_what_a_notebook_started_is_ended_with_it(run: Graded) -> None:
    pid = int((run.folder / "autograded" / "leaves" / UNIT / "pid.json").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_problem_stands_on_top_of_the_graded_notebook_with_the_feedback_below(run: Graded) -> None:
    top = json.loads(run.notebook("linked"))["cells"][0]
    assert "is a link or a folder" in "".join(top["source"])
    for one in graded(json.loads(run.notebook("clicks"))):
        (shown,) = one["outputs"]
        assert float("".join(shown["data"]["text/plain"])) == run.of("clicks")[one["metadata"]["nbgrader"]["grade_id"]]
        assert "</" in "".join(shown["data"]["text/html"])
    assert "分" in str(graded(json.loads(run.notebook("chinese")))[0]["outputs"])
