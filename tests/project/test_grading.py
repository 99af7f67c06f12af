"""A class is graded in one run of ``crmlab class grade``: sound submissions, broken ones, and those that try to get points without an answer."""

from __future__ import annotations

import csv
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from crmlab import places
from crmlab.classroom import grading, marks, settings
from crmlab.classroom.collected import Collected, Person
from crmlab.classroom.collected import load as load_collected
from crmlab.classroom.folder import GRADING, MARKS, Class
from crmlab.course import lessons
from crmlab.course.exercise import judge
from crmlab.course.exercises import load_lesson
from crmlab.course.form import Form
from crmlab.course.grading import sandbox
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


def at_once(source: str) -> Change:
    """Code before everything else, the lesson's own among it."""
    return lambda notebook: notebook["cells"].insert(0, cell(source))


def without_the_lesson(notebook: Notebook) -> None:
    """No code but that of answers and checks: nothing is imported, and starting is all that the run costs."""
    notebook["cells"] = [
        one
        for one in notebook["cells"]
        if one["cell_type"] != "code" or "nbgrader" in one["metadata"] or "answer" in one["metadata"].get("crmlab", {})
    ]


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
subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(97.53)"])
os._exit(1)
"""
STUBBORN = (
    "# endless\nimport time\nwhile True:\n    try:\n        time.sleep(60)\n    except KeyboardInterrupt:\n        pass"
)
FLOODS = """
from IPython.display import HTML, display
print("x" * 9_000_000)
display(HTML("y" * 3_000_000))
for n in range(9): print(n)
raise ValueError("z" * 3_000_000)
"""
FAKE = 'def check(*a): return 3.0\nquiz = lesson = check\ndef __getattr__(name): return check\nprint("taken in")'


# -- code that wants what is not its own -----------------------------------------------------------------------------------

SPY = """
import glob, os, signal, socket, subprocess, sys
def leak(what): print("LEAK", what)
def tries(what, do):
    try:
        if found := do(): leak(f"{{what}}: {{found!r}}"[:300])
    except Exception: pass
for path in {paths!r}:
    tries(path, lambda: open(path, "rb").read(20) if os.path.isfile(path) else os.listdir(path))
for path in ("/proc/1/environ", "/proc/1/root/" + {paths!r}[0], f"/proc/{{os.getppid()}}/environ"):
    tries(path, lambda: b"SECRET" in open(path, "rb").read() or path.startswith("/proc/1/root"))
tries("environment", lambda: [key for key in os.environ if "SECRET" in key])
tries("home", lambda: set(os.listdir(os.path.expanduser("~"))) - {{".ipython", ".cache", ".config", "5-persuasion.json"}})
tries("worked edition", lambda: glob.glob({root!r} + "/solutions/*/*") + glob.glob("/**/_bundle/solutions/*"))
tries("sources", lambda: glob.glob({root!r} + "/tests/*") + glob.glob({root!r} + "/.git*"))
tries("processes", lambda: [p for p in os.listdir("/proc") if p.isdigit() and b"pytest" in open(f"/proc/{{p}}/cmdline", "rb").read()])
tries("parent", lambda: os.kill({pid}, 0) is None and open("/proc/{pid}/cmdline", "rb").read().count(b"pytest"))
def connects(family, address):
    with socket.socket(family) as one:
        one.settimeout(1)
        one.connect(address)
        return address
tries("network", lambda: connects(socket.AF_INET, ("127.0.0.1", {port})))
tries("network", lambda: connects(socket.AF_INET, ("192.0.2.1", 80)))
tries("abstract socket", lambda: connects(socket.AF_UNIX, "\\0{abstract}"))
tries("socket", lambda: connects(socket.AF_UNIX, {socket!r}))
tries("system bus", lambda: connects(socket.AF_UNIX, "/run/dbus/system_bus_socket"))
tries("trace", lambda: __import__("ctypes").CDLL(None).ptrace(16, {pid}, 0, 0) == 0)
tries("keys", lambda: subprocess.run(["keyctl", "show"], capture_output=True, text=True).stdout.count("\\n") > 3)
for path in [*{paths!r}, {root!r} + "/crmlab/language.py", sys.prefix + "/x", "/usr/x", "/x", "/dev/x", "/cache/x"]:
    def writes():
        for mode in ("ab", "wb"):
            open(path, mode).close()
        return "written"
    tries("write " + path, writes)
    tries("remove " + path, lambda: os.remove(path) is None)
tries("system", lambda: os.open("/proc/sys/kernel/core_pattern", os.O_WRONLY))
tries("sockets of the machine", lambda: socket.socket(40, socket.SOCK_STREAM))
tries("own keys", lambda: __import__("ctypes").CDLL(None).syscall(250, 0, -3, 1) > 0 and os.uname().machine == "x86_64")
tries("link", lambda: os.symlink({paths!r}[0], "5-persuasion.html") or open("5-persuasion.html").read())
print("spied")
"""
VANDAL = """
import os, shutil
for top in ({root!r}, "/etc", "/var", "/home", "/root", "/tmp", os.path.expanduser("~"), {folder!r}):
    shutil.rmtree(top, ignore_errors=True)
"""
FLOODS_MEMORY = """
import time
held = []
while True:
    try:
        held.append(b"x" * 100_000_000)
    except MemoryError:
        pass
    time.sleep(0.02)
"""
FORKS = """
import os, signal, subprocess, sys
def leave():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            os.execv(sys.executable, [sys.executable, "-S", "-c", "import time; time.sleep(97.53)"])
        os._exit(0)
leave()
many = "n=0; while [ $n -lt 3000 ]; do sleep 97.53 >/dev/null 2>&1 & n=$((n+1)); echo $n; done"
started = subprocess.run(["sh", "-c", many], capture_output=True, text=True).stdout.split()
print("started", started[-1])
"""
HIJACKS = """
import glob, json, os, signal
lines = [{"cell": n, "value": "[0.44, 0.73]", "outputs": [{"output_type": "display_data", "data": {"text/html": "<script>SCRIPT</script>",
    "image/png": '"><script>SCRIPT</script>', "text/plain": "3.0"}}], "count": 1, "late": -5} for n in range(-3, 40)] + [{"end": 5}, [], {"cell": True}]
for one in glob.glob("/proc/[0-9]*/fd/*"):
    try:
        with open(one, "w") as out:
            for line in lines: out.write(json.dumps(line) + "\\n")
    except OSError:
        pass
for pid in [int(one) for one in os.listdir("/proc") if one.isdigit()]:
    if pid != os.getpid():
        try: os.kill(pid, signal.SIGKILL)
        except OSError: pass
os.kill(os.getpid(), signal.SIGKILL)
"""
FILLS = """
import os
for folder in (".", "/tmp", "/dev/shm"):
    try:
        for n in range(100):
            with open(f"{folder}/fill{n}", "wb") as out: out.write(b"x" * 60_000_000)
    except OSError as error:
        print("full", error.errno)
os.remove("fill0")
"""


def scripts(notebook: Notebook) -> None:
    """Things that a browser would run, in every place that a notebook has for them."""
    bad = "<script>SCRIPT</script><img src=x onerror=SCRIPT>"
    notebook["cells"] += [
        {"cell_type": "markdown", "metadata": {}, "source": f"[a](javascript:SCRIPT) {bad}"},
        {"cell_type": "raw", "metadata": {"raw_mimetype": "text/html"}, "source": bad},
        {"cell_type": "markdown", "metadata": {}, "source": "x", "attachments": {"a.svg": {"image/svg+xml": bad}}},
    ]
    notebook["metadata"]["title"] = bad
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {bad: bad}}}
    show = f"from IPython.display import *\ndisplay(HTML({bad!r}), Javascript('SCRIPT'), SVG('<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"SCRIPT\"/>'), Markdown({bad!r}), Latex({bad!r}))\nprint({bad!r}, '\\x1b[2J\\x1b]0;TITLE\\x07')"
    first(show)(notebook)


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
    name: str = ""
    sandbox: bool = False
    """Whether it is laid only where there is a sandbox: it would do harm."""

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


def file(
    name: str, content: bytes | None = None, size: int = 0, link: str = "", gone: bool = False
) -> Callable[[Path], None]:
    """A file in the folder that is handed in; ``size`` makes it that long without taking room on the disk."""

    def lay(folder: Path) -> None:
        path = folder / name
        path.unlink(missing_ok=True)
        if gone:
            return
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
DEEP: dict[str, Any] = {"curtain": {"fields": {"low": "\ud800"}}}
for _level in range(400):
    DEEP["curtain"]["fields"] = {"low": DEEP["curtain"]["fields"], "\ud800": [1e999]}
CLASS: dict[str, Submission] = {
    # sound ones
    "blank": Submission(click=False, clicks=False),
    "clicks": Submission(also=file(IPYNB, gone=True)),  # as handing in packs it where no cell was changed
    "hints": Submission(extra={"half": "\ud800", "hints": 9, "solution_seen": True, "best": "abc", "tries": "many"}),
    "chinese": Submission(
        lambda notebook: notebook.update(given_out(LESSON, "zh")), prefix=b"\xef\xbb\xbf", name="王小明"
    ),
    "renamed": Submission(names=("5-persuasion (1).ipynb", "5-persuasion (1).json"), name='=HYPERLINK("x")'),
    # full marks without an answer
    "floats": Submission(
        both(
            first("def check(*a): return 3.0\nquiz = check"),
            first("def check(id, *a): pass"),
            first(PATCHES),
            written("x = 1"),
        ),
        click=False,
        clicks=False,
        also=several(
            file("crmlab.py", FAKE.encode()), file("IPython/__init__.py"), file("sitecustomize.py", FAKE.encode())
        ),
    ),
    "written-over": Submission(written_over, click=False, clicks=False),
    "claims": Submission(
        click=False,
        clicks=False,
        also=file(JSON, json.dumps({"format": 1, "lesson": "3.5", "points": 99, "exercises": CLAIMED | DEEP}).encode()),
    ),
    "linked": Submission(
        click=False, clicks=False, also=file(JSON, link=f"../../right/{UNIT}/{JSON}"), says="is a link"
    ),
    "other-lesson": Submission(
        clicks=False,
        says="belongs to another lesson",
        also=file(JSON, json.dumps(answers(OTHER, CLICKS["3.5"])).encode()),
    ),
    "hijacks": Submission(
        both(at_once(HIJACKS), written("x = 1")), click=False, clicks=False, says="kernel died", sandbox=True
    ),
    # broken ones
    "deep": Submission(clicks=False, also=file(JSON, b"[" * 200_000), says="cannot be read"),
    "huge": Submission(clicks=False, also=file(JSON, b"{", size=200_000_000), says="far longer"),
    "encoded": Submission(clicks=False, also=file(JSON, '{"lesson": "三"}'.encode("gbk")), says="cannot be read"),
    "no-notebook": Submission(also=file(IPYNB, "{}".encode("utf-16")), says="cannot be read"),
    "no-cells": Submission(also=file(IPYNB, b'{"nbformat": 4, "nbformat_minor": 5, "metadata": 3, "cells": "none"}')),
    "huge-notebook": Submission(also=file(IPYNB, b"{", size=25_000_000), says="far longer"),
    "linked-notebook": Submission(also=file(IPYNB, link="/dev/zero"), says="is a link"),
    "twice": Submission(twice, says="stands 2 times"),
    "deleted": Submission(without_graded_cells),
    "notes": Submission(with_damaged_notes),
    "stamped": Submission(also=several(file("timestamp.txt", b"\xff soon"), file("photo.jpg", size=25_000_000))),
    # code that does not end well, or wants what is not its own
    "endless": Submission(
        both(without_the_lesson, written("# endless\nimport time\nwhile True:\n    time.sleep(0.01)")), says="longer than 1 seconds"
    ),
    "stubborn": Submission(
        both(without_the_lesson, written(STUBBORN), at_once("ready = 1")), says="longer than 1 seconds"
    ),
    "leaves": Submission(both(without_the_lesson, written(LEAVES)), says="kernel died"),
    "floods": Submission(both(scripts, first(FLOODS), written()), code=True),
    "spies": Submission(lambda notebook: both(written(), *map(first, SPYING))(notebook), code=True, sandbox=True),
    "memory": Submission(both(written(), at_once(FLOODS_MEMORY)), says="GB of memory", sandbox=True),
    "forks": Submission(both(without_the_lesson, at_once(FORKS)), sandbox=True),
}
HOW_RIGHT: dict[str, Change] = {
    LESSON.number: both(in_a_cell_of_its_own, first("import sys\nsys.exit()"), first("1 / 0")),
    OTHER.number: written(lesson=OTHER),
}
"""How somebody answers rightly in code: in cells of their own, among others that fail, and where the lesson asks for it."""
SPYING: list[str] = []
"""Code of a spy and of a vandal: they know where everything lies."""


# -- the run -------------------------------------------------------------------------------------------------------------


@dataclass
class Graded:
    """What came of the class."""

    folder: Path
    log: str
    code: int
    marks: marks.Marks
    points: dict[str, dict[str, dict[str, float]]]
    untouched: bool
    private: Path

    def of(self, who: str, lesson: lessons.Lesson = LESSON) -> dict[str, float]:
        return {id: mark.points for id, mark in self.marks.people[who][lesson.number].exercises.items()}

    def said(self, who: str) -> str:
        return " ".join(self.marks.people[who][LESSON.number].said)

    def notebook(self, who: str, lesson: lessons.Lesson = LESSON) -> str:
        return (self.folder / GRADING / "autograded" / who / UNIT / f"{lesson.slug}.ipynb").read_text("utf-8")


def ran(words: list[str], folder: Path) -> tuple[int, str]:
    environment = {key: value for key, value in os.environ.items() if key != "CRMLAB_STATE"}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment.get("PATH", "")])
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**environment, "CRMLAB_LANG": "en", "PYTHONWARNINGS": "ignore", "A_SECRET": "SECRET"},
        stdin=subprocess.DEVNULL,
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


def tree(top: Path, *but: Path) -> dict[str, bytes]:
    """All files below a folder with their bytes; of what is very large its size."""
    found = {}
    for path in sorted(top.rglob("*")):
        if path.is_file() and not path.is_symlink() and not any(path.is_relative_to(one) for one in but):
            size = path.stat().st_size
            found[str(path)] = path.read_bytes() if size < 10_000_000 else str(size).encode()
    return found


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graded]:
    top = tmp_path_factory.mktemp("class")
    folder, private = top / "spring", top / "private"
    at = folder / GRADING
    private.mkdir()
    (private / "passwords.txt").write_text("SECRET", "utf-8")
    (folder / "came").mkdir(parents=True)
    (folder / "came" / "mail.zip").write_bytes(b"SECRET")
    settings.save(Class(folder, "Spring", 4711, lessons=(OTHER.number, LESSON.number)))
    at.mkdir()
    quick = '\nc.RunAnswers.timeout_func = lambda cell: 1 if "# endless" in cell.source else 120\nc.RunAnswers.longest = 600\n'
    (at / "nbgrader_config.py").write_text(
        (ROOT / "deploy" / "grading" / "nbgrader_config.py").read_text("utf-8") + quick, "utf-8"
    )
    listener, abstract, path = socket.create_server(("127.0.0.1", 0)), f"crmlab-{os.getpid()}", str(private / "s")
    listeners = [listener]
    for address in (f"\0{abstract}", path) if sys.platform == "linux" else ():
        listeners.append(socket.socket(socket.AF_UNIX))
        listeners[-1].bind(address)
        listeners[-1].listen()
    wanted = [
        private / "passwords.txt",
        private,
        folder,
        at,
        at / "gradebook.db",
        folder / "came" / "mail.zip",
        folder / "class.yml",
    ]
    wanted += [at / "submitted" / "right" / UNIT / JSON, at / "autograded", folder / "collected.json"]
    wanted += [ROOT / name for name in ("pyproject.toml", "solutions", "notebooks", "tests", ".git")]
    shown = [Path(sys.prefix), Path(sys.base_prefix), ROOT]
    wanted += [one for one in Path.home().iterdir() if not any(two.is_relative_to(one) for two in shown)]
    told = {"paths": list(map(str, wanted)), "root": str(ROOT), "pid": os.getpid(), "port": listener.getsockname()[1]}
    # The last one runs first.
    SPYING[:] = [VANDAL.format(folder=str(top), root=str(ROOT)), FILLS, SPY.format(**told, abstract=abstract, socket=path)]

    for who, submission in CLASS.items():
        if sandbox.name() or not submission.sandbox:
            submission.lay(at / "submitted" / who / UNIT)
    for who, clicks in (("right", CLICKS), ("half", {number: half(number) for number in CLICKS})):
        target = at / "submitted" / who / UNIT
        target.mkdir(parents=True)
        for lesson in (LESSON, OTHER):
            notebook = given_out(lesson)
            if who == "right":
                HOW_RIGHT[lesson.number](notebook)
            (target / f"{lesson.slug}.ipynb").write_text(json.dumps(notebook), "utf-8")
            (target / f"{lesson.slug}.json").write_text(json.dumps(answers(lesson, clicks[lesson.number])), "utf-8")
    # Nothing of the unit at all: nbgrader's own error, at the beginning of the alphabet.
    (at / "submitted" / "a-stranger" / UNIT).mkdir(parents=True)
    (at / "submitted" / "a-stranger" / UNIT / "holiday.ipynb").write_text("{}", "utf-8")
    there = [path.name for path in (at / "submitted").iterdir()]
    people = [
        Person(key, CLASS[key].name or key if key in CLASS else key, f"0{place}", lessons=(LESSON.number,))
        for place, key in enumerate(sorted(there))
    ]
    Collected(tuple(people)).save(folder)
    before = tree(top, at, private / "s")
    words = ["-P", "-m", "crmlab.cli", "class", "grade", str(folder), "--unprotected", "--lang", "en"]
    code, log = ran(words, top)
    made = [folder / MARKS, folder / "marks.csv", folder / "marks.xlsx"]
    untouched = tree(top, at, private / "s", *made) == before
    yield Graded(folder, log, code, marks.load(folder), dict(points(at)), untouched, private)
    for one in listeners:
        one.close()


def named(scores: dict[str, float]) -> dict[str, float]:
    """By exercise as nbgrader calls it, which takes no full stop in a name."""
    return {id.replace(".", "-"): score for id, score in scores.items()}


def apart(submission: Submission) -> None:
    if submission.sandbox and not sandbox.name():
        said = "this submission is not run where there is no bubblewrap that works"
        if os.environ.get("CRMLAB_REQUIRE_SANDBOX") == "1":
            pytest.fail(said)
        pytest.skip(said)


@pytest.mark.parametrize("who", CLASS)
def test_every_submission_gets_its_points_and_no_others(who: str, run: Graded) -> None:
    due, made = CLASS[who], MADE["3.5"]
    apart(due)
    expected = {id: one.points * (due.code if id in CODE["3.5"] else due.clicks) for id, one in made.items()}
    assert run.of(who) == expected, run.log[-3000:]
    assert run.points[who][LESSON.slug] == named(expected), "nbgrader's gradebook"
    assert due.says in run.said(who)
    assert due.says in run.log


@pytest.mark.parametrize("lesson", [LESSON, OTHER], ids=lambda lesson: lesson.number)
def test_right_and_half_right(lesson: lessons.Lesson, run: Graded) -> None:
    made, clicks = MADE[lesson.number], half(lesson.number)
    assert CODE[lesson.number]
    assert run.of("right", lesson) == {id: one.points for id, one in made.items()}
    expected = {id: judge(one, clicks.get(id, {}), clicked=True).points for id, one in made.items()}
    assert run.of("half", lesson) == expected
    assert 0 < sum(expected.values()) < sum(one.points for one in made.values())
    mark = run.marks.people["right"][lesson.number].exercises[CODE[lesson.number][0]]
    code = worked_code(lesson, CODE[lesson.number][0]).strip() if lesson == OTHER else ""
    assert (mark.state, mark.code.strip()) == ("right", code)
    first = next(iter(CLICKS[lesson.number]))
    assert run.marks.people["right"][lesson.number].exercises[first].fields == CLICKS[lesson.number][first]


def test_a_stranger_is_named_and_stops_nobody(run: Graded) -> None:
    assert run.code == 1
    assert "1 not graded" in run.log
    assert "No notebooks found" in run.said("a-stranger")
    assert not any(run.of("a-stranger").values())
    assert "Traceback" not in run.log
    assert not [one for one in run.log if one not in "\n" and not one.isprintable()]


def test_nothing_outside_of_the_grading_folder_is_touched(run: Graded) -> None:
    assert run.untouched
    assert (run.folder / MARKS).is_file()
    assert (ROOT / "crmlab" / "language.py").is_file()


def test_nothing_that_a_spy_wants_is_in_reach(run: Graded) -> None:
    apart(CLASS["spies"])
    shown = run.notebook("spies")
    assert "spied" in shown
    assert re.findall(r"LEAK [^\\]*", shown) == []


def test_nothing_but_the_notebook_and_its_answers_reaches_the_run(run: Graded) -> None:
    folder = run.folder / GRADING / "autograded"
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "timestamp.txt"]
    assert not [path for path in files if path.suffix not in (".ipynb", ".json")]
    assert not [path for path in folder.rglob("*") if path.is_symlink()]
    assert not (folder / "huge" / UNIT / JSON).exists()
    assert "taken in" not in run.notebook("floats")


def test_what_is_shown_is_kept_within_bounds(run: Graded) -> None:
    assert len(run.notebook("floods")) < 2_000_000
    assert "left out" in run.notebook("floods")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no groups of processes to end")
def test_what_a_notebook_started_is_ended_with_it(run: Graded) -> None:
    import psutil

    assert run.marks.apart == (sandbox.name() or "none")
    assert not [one for one in psutil.process_iter(["cmdline"]) if "97.53" in str(one.info["cmdline"])]
    if sandbox.name():
        (started,) = re.findall(r"started (\d+)", run.notebook("forks"))
        assert int(started) < 3000


def test_a_problem_stands_on_top_of_the_graded_notebook_with_the_feedback_below(run: Graded) -> None:
    top = json.loads(run.notebook("linked"))["cells"][0]
    assert "is a link or a folder" in "".join(top["source"])
    for one in graded(json.loads(run.notebook("clicks"))):
        (shown,) = one["outputs"]
        assert (
            float("".join(shown["data"]["text/plain"]))
            == named(run.of("clicks"))[one["metadata"]["nbgrader"]["grade_id"]]
        )
        assert "</" in "".join(shown["data"]["text/html"])
    assert "分" in str(graded(json.loads(run.notebook("chinese")))[0]["outputs"])


def test_no_script_of_a_trainee_reaches_the_page_of_feedback(run: Graded) -> None:
    import nbformat
    from nbconvert.exporters import HTMLExporter

    for who in ("hijacks", "floods") if sandbox.name() else ("floods",):
        page, _resources = HTMLExporter().from_notebook_node(nbformat.reads(run.notebook(who), as_version=4))
        assert not re.findall(r"<script>SCRIPT|<img src=x|<svg[^>]*onload|href=\"javascript|\x1b", page)
    assert "SCRIPT" in page


def test_the_tables_hold_names_as_they_are_and_no_formulas(run: Graded) -> None:
    import openpyxl

    raw = (run.folder / "marks.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(raw.decode("utf-8-sig").splitlines()))
    assert rows[0] == ["id", "name", "points", "maximum", "percent", "late", "3.2", "3.5"]
    by_name = {row[1]: row for row in rows[1:]}
    assert by_name["right"][2:5] == [by_name["right"][3], by_name["right"][3], "100"]
    assert by_name["王小明"][6] == ""
    assert '\'=HYPERLINK("x")' in by_name
    book = openpyxl.load_workbook(run.folder / "marks.xlsx")
    first, second = book.worksheets
    cells = {cell.value: cell for row in first.iter_rows() for cell in row}
    assert cells["王小明"].data_type == cells['=HYPERLINK("x")'].data_type == "s"
    assert (first.freeze_panes, second.freeze_panes) == ("D3", "C2")
    assert second.max_row > len(CLASS) * len(MADE["3.5"]) * 0.8


def test_only_what_changed_is_graded_again(run: Graded) -> None:
    of_class, people = settings.load(run.folder), load_collected(run.folder).people
    assert [person.key for person, _unit in grading.look(of_class, people).due] == ["a-stranger"]
    assert len(grading.look(of_class, people, again=True).due) == len(people)
    path = run.folder / GRADING / "submitted" / "half" / UNIT / JSON
    path.write_text(json.dumps(answers(LESSON, CLICKS["3.5"])), "utf-8")
    assert [person.key for person, _unit in grading.look(of_class, people).due] == ["a-stranger", "half"]
