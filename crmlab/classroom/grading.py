"""Grading a class: nbgrader goes over what was collected, and ``marks.json`` says what came of it.

Only what has changed since the last time is graded again, so that a run which was stopped goes on where it stood. nbgrader's own folder
stays what it is: its gradebook, formgrader and feedback can be used beside this.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import re
import shutil
import stat
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import crmlab
from crmlab import places
from crmlab.classroom import collected, handing_out
from crmlab.classroom.collected import Person
from crmlab.classroom.folder import GRADING, HAND_OUT, Class
from crmlab.classroom.marks import LessonMarks, Mark, Marks
from crmlab.course import handed_out, lessons, ours
from crmlab.course.files import write_atomically
from crmlab.course.lessons import Lesson
from crmlab.language import _, tr

CONFIG = "nbgrader_config.py"
DONE = "graded.json"
"""In nbgrader's folder: from what each submission was graded last."""
JUDGED = "judged"
"""In nbgrader's folder: what was judged, by trainee, unit and lesson."""
LONGEST = 1800.0
"""Seconds for a unit of a trainee: more than all its notebooks may take."""
_LARGE = 30_000_000


class CannotGrade(Exception):
    """The class cannot be graded at all; the message is a sentence for the instructor."""


@dataclass(frozen=True)
class Step:
    """One submission, graded or not."""

    number: int
    of: int
    person: Person
    unit: str
    says: tuple[str, ...] = ()
    failed: bool = False


@dataclass(frozen=True)
class Work:
    """What there is to do: submissions by trainee and unit, those that run code among them, and how many are as they were."""

    due: tuple[tuple[Person, str], ...]
    code: tuple[tuple[Person, str], ...]
    before: int


@dataclass(frozen=True)
class Result:
    """What came of a run."""

    marks: Marks
    people: tuple[Person, ...]
    lessons: tuple[Lesson, ...]
    failed: tuple[tuple[Person, str, str], ...] = field(default=())


def lessons_of(settings: Class) -> tuple[Lesson, ...]:
    """The lessons of a class that bring points, in order, its own among them."""
    if (settings.folder / HAND_OUT / handed_out.FILE).is_file():
        return tuple(one for one in handing_out.lessons_of(settings) if one.scored)
    return tuple(one for one in map(lessons.find, settings.lessons) if one.scored)


def prepare(settings: Class) -> None:
    """Lay nbgrader's folder: its settings, and the notebooks as they were given out. Raises :class:`CannotGrade`, ``OSError``."""
    from crmlab.course.grading import settings as of_nbgrader

    at = settings.folder / GRADING
    at.mkdir(exist_ok=True)
    if not (at / CONFIG).exists():
        write_atomically(at / CONFIG, of_nbgrader.CONFIG)
    for lesson in lessons_of(settings):
        content = _given_out(settings, lesson)
        path = at / "source" / lesson.unit / f"{lesson.slug}.ipynb"
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, content)


def _given_out(settings: Class, lesson: Lesson) -> bytes:
    """The notebook that trainees began with."""
    for language in (*settings.languages, "en"):
        for top in (settings.folder / HAND_OUT / "notebooks", places.notebooks()):
            path = top / language / lesson.unit / f"{lesson.slug}.ipynb"
            if path.is_file():
                return path.read_bytes()
    with handed_out.in_force(settings.folder / HAND_OUT):
        # What the class has of its own is made a notebook on each computer anew.
        if lesson.number == lessons.CLASS_LESSON.number and (handed := handed_out.current()) is not None:
            return ours.notebook(handed, settings.languages[0])
    text = _("The notebook of lesson {lesson} is neither in {folder} nor in the course.")
    raise CannotGrade(tr(text, lesson=lesson.number, folder=HAND_OUT))


def look(settings: Class, people: Iterable[Person], again: bool = False) -> Work:
    """What there is to do; ``again``: all of it, whatever was done before."""
    from crmlab.course.grading import without_formats

    without_formats()
    from crmlab.course.grading import submissions

    done = {} if again else _done(settings)
    due, code, before = [], [], 0
    for person in people:
        for unit in _units(settings):
            at = _submitted(settings, person, unit)
            if not any(at.glob("*.ipynb")) and not any(at.glob("*.json")):
                continue
            if done.get(f"{person.key}/{unit}") == _digest(settings, person, unit):
                before += 1
                continue
            due.append((person, unit))
            for path in sorted(at.glob("*.ipynb")):
                source = settings.folder / GRADING / "source" / unit / path.name
                given = source if source.is_file() else None
                if _readable(path) and not submissions.as_given(
                    path.read_bytes(), given.read_bytes() if given else b"{}"
                ):
                    code.append((person, unit))
                    break
    return Work(tuple(due), tuple(code), before)


def grade(
    settings: Class,
    work: Work,
    *,
    unprotected: bool = False,
    jobs: int | None = None,
    say: Callable[[Step], None] = lambda _step: None,
) -> Result:
    """Grade, and write ``marks.json``. Whatever becomes of one submission, the others are graded.

    ``say`` hears of each submission as it is done. ``unprotected``: where nothing keeps the code of trainees apart it runs as whoever grades.
    Raises :class:`CannotGrade`, ``OSError``, ``KeyboardInterrupt``; what was graded until then is not graded again next time.
    """
    from crmlab.course.grading import sandbox
    from crmlab.course.grading.worker import Worker

    at = settings.folder / GRADING
    environment = _environment(settings)
    runs = bool(sandbox.name()) or unprotected
    count = max(1, min(jobs or os.cpu_count() or 1, len(work.due) or 1, 8))
    workers = [Worker(at, JUDGED, unprotected) for _number in range(count)]
    free, lock, finished, stopped = list(workers), threading.Lock(), [0], threading.Event()
    failed: list[tuple[Person, str, str]] = []
    before = {key: os.environ.get(key) for key in environment}
    os.environ.update(environment)

    def one(person: Person, unit: str) -> None:
        with lock:
            worker = free.pop()
        try:
            _complete(settings, person, unit)
            shutil.rmtree(at / JUDGED / person.key / unit, ignore_errors=True)
            reply = worker.ask({"unit": unit, "student": person.key}, LONGEST)
            # Another one may have held the gradebook, or the process died of something else; without a notebook it fails again.
            if not reply["success"] and not stopped.is_set() and "No notebooks" not in reply["log"]:
                worker.close()
                reply = worker.ask({"unit": unit, "student": person.key}, LONGEST)
        finally:
            with lock:
                free.append(worker)
        if stopped.is_set():
            return
        said = tuple(sentence for record in _records(settings, person, unit).values() for sentence in record["said"])
        why = "" if reply["success"] else _why(reply)
        with lock:
            finished[0] += 1
            if why:
                failed.append((person, unit, why))
            elif runs or (person, unit) not in work.code:  # whose code was not run waits for it
                done = _done(settings)
                # As it lies there now: nbgrader's hook has laid files under their right names beside others.
                done[f"{person.key}/{unit}"] = _digest(settings, person, unit)
                write_atomically(at / DONE, json.dumps(done, indent=1))
            say(Step(finished[0], len(work.due), person, unit, said or ((why,) if why else ()), bool(why)))

    try:
        _generate(settings, workers[0])
        with ThreadPoolExecutor(count) as pool:
            tasks = [pool.submit(one, *task) for task in work.due]
            try:
                for task in tasks:
                    task.result()
            except BaseException:
                stopped.set()
                pool.shutdown(wait=False, cancel_futures=True)
                for worker in workers:
                    worker.close()
                raise
    finally:
        for worker in workers:
            worker.close()
        for key, value in before.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value
    people = collected.load(settings.folder).people
    made = gather(settings, people, failed)
    made.save(settings.folder)
    return Result(made, people, lessons_of(settings), tuple(failed))


def gather(settings: Class, people: Iterable[Person], failed: Iterable[tuple[Person, str, str]] = ()) -> Marks:
    """The marks, from what was judged."""
    troubles = {(person.key, unit): why for person, unit, why in failed}
    found: dict[str, dict[str, LessonMarks]] = {}
    apart = set()
    for person in people:
        mine = found[person.key] = {}
        for lesson in lessons_of(settings):
            record = _records(settings, person, lesson.unit).get(lesson.number)
            if record:
                mine[lesson.number] = _marks(record)
                apart.add(record["apart"])
            elif (why := troubles.get((person.key, lesson.unit))) and lesson.number in person.lessons:
                mine[lesson.number] = _blank(settings, lesson, why)
    kept = "none" if "none" in apart else "bubblewrap" if "bubblewrap" in apart else ""
    return Marks(found, datetime.datetime.now().astimezone().isoformat(timespec="seconds"), kept)


def maximum(settings: Class, lesson: Lesson) -> float:
    """The points that a lesson can bring."""
    return sum(mark.maximum for mark in _blank(settings, lesson).exercises.values())


def _marks(record: dict[str, Any]) -> LessonMarks:
    return LessonMarks({id: Mark(**one) for id, one in record["exercises"].items()}, tuple(record["said"]))


def _blank(settings: Class, lesson: Lesson, why: str = "") -> LessonMarks:
    from crmlab.course.exercises import load_lesson

    with handed_out.in_force(settings.folder / HAND_OUT):
        made = {one.id: Mark(0.0, float(one.points), "blank") for one in load_lesson(lesson.number)}
    return LessonMarks(made, (why,) if why else ())


def _why(reply: dict[str, Any]) -> str:
    from crmlab.course.grading.shown import plain

    lines = [
        line
        for line in f"{reply['error']}\n{reply['log']}".splitlines()
        if re.search(r"(Error|Exception|Grade): ", line)
    ]
    lines = (
        [line for line in lines if "the above traceback" not in line] or str(reply["error"]).splitlines()[-1:] or ["?"]
    )
    return tr(_("nbgrader could not grade this submission: {reason}"), reason=plain(lines[-1]))


def _records(settings: Class, person: Person, unit: str) -> dict[str, dict[str, Any]]:
    """What was judged of a submission, by the number of the lesson."""
    found = {}
    for path in sorted((settings.folder / GRADING / JUDGED / person.key / unit).glob("*.json")):
        record = json.loads(path.read_text("utf-8"))
        found[record["lesson"]] = record
    return found


def _environment(settings: Class) -> dict[str, str]:
    """What whoever judges must know of the class."""
    found = {"CRMLAB_CLASS": str(settings.number)}
    if (settings.folder / HAND_OUT / "class.json").is_file():
        found["CRMLAB_CLASS_FOLDER"] = str((settings.folder / HAND_OUT).resolve())
    return found


def _generate(settings: Class, worker: Any) -> None:
    """Tell nbgrader of the units, once, and anew when a notebook changed."""
    at, done = settings.folder / GRADING, _done(settings)
    for unit in _units(settings):
        digest = hashlib.sha256()
        for path in sorted((at / "source" / unit).glob("*.ipynb")):
            digest.update(f"{path.name}\0".encode() + path.read_bytes())
        if done.get(f"/{unit}") == digest.hexdigest() and (at / "gradebook.db").is_file():
            continue
        reply = worker.ask({"generate": unit}, LONGEST)
        if not reply["success"]:
            text = _("nbgrader could not take in unit {unit}: {reason}")
            raise CannotGrade(tr(text, unit=unit, reason=_why(reply)))
        done = {**_done(settings), f"/{unit}": digest.hexdigest()}
        write_atomically(at / DONE, json.dumps(done, indent=1))


def _complete(settings: Class, person: Person, unit: str) -> None:
    """Lay the notebook as it was given out beside answers that came without one: whoever changed no cell hands in none."""
    at = _submitted(settings, person, unit)
    for source in (settings.folder / GRADING / "source" / unit).glob("*.ipynb"):
        answers, notebook = at / f"{source.stem}.json", at / source.name
        if _readable(answers) and not notebook.exists() and not notebook.is_symlink():
            shutil.copyfile(source, notebook)


def _submitted(settings: Class, person: Person, unit: str) -> Path:
    return settings.folder / GRADING / "submitted" / person.key / unit


def _units(settings: Class) -> list[str]:
    return list(dict.fromkeys(lesson.unit for lesson in lessons_of(settings)))


def _done(settings: Class) -> dict[str, str]:
    try:
        found = json.loads((settings.folder / GRADING / DONE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _digest(settings: Class, person: Person, unit: str) -> str:
    """All that the points of a submission follow from."""
    at = settings.folder / GRADING
    digest = hashlib.sha256(json.dumps([crmlab.__version__, settings.number]).encode())
    handed = _submitted(settings, person, unit)
    given = {path.stem: path.read_bytes() for path in (at / "source" / unit).glob("*.ipynb")}
    if (own := settings.folder / HAND_OUT / "class").is_dir():
        given |= {str(path): path.read_bytes() for path in own.rglob("*") if path.is_file()}
    for name, content in sorted(given.items()):
        digest.update(f"\0{name}\0{len(content)}\0".encode("utf-8", "surrogateescape") + content)
    for path in sorted(handed.glob("*")):
        # The notebook that was laid beside answers is what was given out, and no change.
        if path.suffix == ".ipynb" and _readable(path) and path.read_bytes() == given.get(path.stem):
            continue
        content = path.read_bytes() if _readable(path) else repr(path.lstat()[:7:6]).encode()
        digest.update(f"\0{path.name}\0{len(content)}\0".encode("utf-8", "surrogateescape") + content)
    return digest.hexdigest()


def _readable(path: Path) -> bool:
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size <= _LARGE
