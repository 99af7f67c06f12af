"""How far one has come: counted from the files of answers, whatever state they are in; saved as table, JSON, certificate."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest

from crmlab import lesson, places, progress
from crmlab.app import workspace
from crmlab.course import certificate, lessons
from crmlab.course import progress as pages
from crmlab.course.exercises import load_lesson
from crmlab.course.session import opened
from crmlab.course.state import PAUSE, Store
from crmlab.language import LANGUAGES, set_language


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty workspace; the notebook runs in the folder of unit 1."""
    monkeypatch.delenv("CRMLAB_STATE")
    folder = tmp_path / "notebooks" / "en" / "1-foundations"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def keep(here: Path, number: str, content: object) -> Path:
    one = lessons.find(number)
    path = here.parent / one.unit / f"{one.slug}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("one", lessons.every(), ids=lambda one: one.number)
def test_headings_announce_the_exercises_that_there_are(one: lessons.Lesson, language: str) -> None:
    set_language(language)
    try:
        announced = [task.points for task in lessons.tasks(one)]
    finally:
        set_language(None)
    registered = [made.points for made in load_lesson(one.number)]
    assert sum(announced) == sum(registered)
    assert len(announced) == len(registered)


def test_nothing_begun(here: Path) -> None:
    course = pages.of_course()
    assert [one.lesson for one in course] == [one for one in lessons.every() if one.scored]
    assert not any(one.begun or one.points or one.spent for one in course)
    step = pages.next_step(course)
    assert step is not None
    assert step.lesson.number == "1.1"
    assert not pages.earned(course)
    assert pages.table().empty
    assert list(here.iterdir()) == [], "looking writes nothing"


def test_points_tries_and_what_is_next(here: Path) -> None:
    record = {"points": 2, "maximum": 4, "tries": 3, "state": "partly right", "hints": 1}
    keep(here, "5.1", {"exercises": {"a": record, "practice late-delivery": {"fields": {}}}, "seconds": 90})
    course = {one.lesson.number: one for one in pages.of_course()}
    one = course["5.1"]
    assert (one.points, one.tries, one.spent, one.begun, one.done()) == (2, 3, 1.5, True, False)
    step = pages.next_step(list(course.values()))
    assert step is not None
    assert step.lesson.number == "5.1", "what was begun comes before what is new"
    step = pages.next_step(list(course.values()), "1.1")
    assert step is not None
    assert step.lesson.number == "1.1", "the open lesson comes first"
    table = pages.table()
    assert table.to_dict("records") == [{"unit": "5", "lesson": "5.1", "exercise": "a", **record}]
    kept = json.loads(pages.content())
    assert next(one for one in kept["lessons"] if one["lesson"] == "5.1")["answers"]["exercises"]["a"] == record


ODD_RECORDS = [
    {"points": "many", "maximum": 4},
    {"points": None, "maximum": None},
    {"points": [3], "maximum": {}},
    {"points": True, "maximum": 4},
    {"points": -7, "maximum": 4},
    {"points": 1e400, "maximum": 4},
    {"points": 2, "maximum": 4, "tries": "three", "hints": None},
    ["points", 2],
    None,
    "points",
]


@pytest.mark.parametrize("record", ODD_RECORDS, ids=repr)
def test_a_damaged_record_costs_only_itself(here: Path, record: object) -> None:
    good = {"points": 3, "maximum": 4, "tries": 1}
    keep(here, "1.1", {"exercises": {"odd": record, "good": good}, "seconds": "long", "last": "today"})
    one = pages.of_course()[0]
    assert 3 <= one.points <= 5
    assert one.tries == 1
    lesson("1.1")
    assert "3" in progress()._repr_html_()
    json.loads(pages.content())


@pytest.mark.parametrize(("language", "says"), [("en", "was damaged"), ("zh", "损坏")])
def test_a_damaged_file_of_another_lesson_is_named(here: Path, language: str, says: str) -> None:
    path = keep(here, "5.1", {})
    path.write_bytes(b'{"exercises": {"a": {"poi')
    set_language(language)
    try:
        lesson("1.1")
        page = progress()._repr_html_()
    finally:
        set_language(None)
    assert says in page
    assert "1-index.damaged-1.json" in page
    assert path.with_name("1-index.damaged-1.json").read_bytes() == b'{"exercises": {"a": {"poi'


def test_time_counts_from_answer_to_answer_and_not_through_the_night(tmp_path: Path) -> None:
    store = clocked(tmp_path, 1000)
    for now, spent in ((1030, 30), (1090, 90), (50_000, 90 + PAUSE)):
        store.now = store.ticks = lambda now=now: float(now)
        store.change("a", lambda record: record.update(points=1.0))
        assert store.seconds() == spent
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["seconds"] == 90 + PAUSE


@pytest.mark.parametrize("jump", [-3e8, -60, 3600, 3e9])
def test_a_clock_that_is_set_costs_no_time_and_gives_none(tmp_path: Path, jump: float) -> None:
    store = clocked(tmp_path, 1_700_000_000)
    for minute in range(1, 11):
        wall = 1_700_000_000 + 60.0 * minute + (jump if minute > 4 else 0)
        store.now = lambda wall=wall: wall
        store.ticks = lambda minute=minute: 1_700_000_000 + 60.0 * minute
        store.change("a", lambda record: record.update(points=1.0))
    assert store.seconds() == 600


def clocked(folder: Path, opened: float) -> Store:
    """A store that was opened at a moment."""
    store = Store(folder / "a.json")
    store.now = store.ticks = lambda: opened
    store._ticked = opened
    return store


def test_two_windows_do_not_count_the_same_minute_twice(tmp_path: Path) -> None:
    stores = [clocked(tmp_path, 1000) for _number in range(2)]
    for now in (1010, 1020, 1030, 1040):
        for store in stores:
            store.now = store.ticks = lambda now=now: float(now)
            store.change("a", lambda record: record.update(points=1.0))
    assert stores[0].seconds() == 40


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_points_earn_a_certificate(here: Path, language: str) -> None:
    for one in lessons.every():
        points = sum(task.points for task in lessons.tasks(one))
        keep(here, one.number, {"exercises": {"all": {"points": points, "maximum": points, "tries": 1}}})
    set_language(language)
    try:
        course = pages.of_course()
        assert pages.earned(course)
        assert all(one.done() for one in course)
        assert pages.next_step(course) is None
        saved = certificate.save("Wang <b>Lan</b>", "crmlab", pages.results(course))
        assert "certificate.html" in saved.plain
        page = (here / "certificate.html").read_text(encoding="utf-8")
        assert "Wang &lt;b&gt;Lan&lt;/b&gt;" in page
        assert date.today().isoformat() in page
        for unit in {one.lesson.unit_number for one in course}:
            assert f"{unit} " in page
    finally:
        set_language(None)


def test_no_certificate_without_a_name(here: Path) -> None:
    assert "name" in certificate.save("  ", "crmlab", []).plain
    assert list(here.iterdir()) == []


def test_what_is_saved_opens_elsewhere(here: Path) -> None:
    from crmlab.course import tables

    keep(here, "2.3", {"exercises": {"rfm-score": {"points": 1.5, "maximum": 3, "tries": 2, "state": "partly right"}}})
    tables.save(pages.table(), "progress.csv")
    tables.save_text(pages.content(), "progress.json")
    back = pd.read_csv(StringIO((here / "progress.csv").read_text(encoding="utf-8-sig")))
    assert back.loc[0, "points"] == 1.5
    json.loads((here / "progress.json").read_text(encoding="utf-8"))


def test_answers_survive_an_update_of_the_course(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    workspace.lay(places.root(), folder)
    one = lessons.find("1.1")
    notebook = folder / "notebooks" / "en" / one.unit / f"{one.slug}.ipynb"
    kept = dict.fromkeys((notebook.with_suffix(".json"), notebook.with_name("review.json")), b'{"exercises": {}}')
    for path, content in kept.items():
        path.write_bytes(content)
    notebook.write_bytes(notebook.read_bytes() + b"\n")
    workspace.lay(places.root(), folder)
    assert {path: path.read_bytes() for path in kept} == kept
    lesson("1.1")
    assert opened() is not None
