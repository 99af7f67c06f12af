"""The hand-out: what is in it, how it is opened, and that nothing of a trainee's is lost when a newer one comes."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from crmlab.app import opening, page, trusted, workspace
from crmlab.classroom import handing_out
from crmlab.course import classes, handed_out, lessons, ours, outline, progress
from crmlab.course.bank import files, quiz
from crmlab.course.grading.apart import Judge
from crmlab.language import LANGUAGES
from tests.classroom.conftest import QUESTIONS, AClass, begun

LESSON = "notebooks/en/3-qualification/2-man.ipynb"
OURS = "notebooks/en/10-class/1-ours.ipynb"


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as packed:
        return [one for one in packed.namelist() if not one.startswith(("datasets/", "LICENSE", "NOTICE"))]


@pytest.fixture
def within(a_class: AClass) -> Iterator[AClass]:
    with handed_out.in_force(a_class.hand_out):
        yield a_class


# -- what is in it -----------------------------------------------------------------------------------------------------


def test_folder_and_zip_hold_the_same(a_class: AClass) -> None:
    assert a_class.made.zip.name == "销售 -Spring.zip"
    found = names(a_class.made.zip)
    assert found == [
        ".crmlab/manifest.json",
        "class.json",
        "class/10-class/1-ours.exercises.yml",
        "class/10-class/1-ours.questions.yml",
        "class/roleplays/my-talk.yml",
        "notebooks/class.txt",
        "notebooks/en/1-foundations/1-tour.ipynb",
        OURS,
        LESSON,
        "notebooks/zh/1-foundations/1-tour.ipynb",
        "notebooks/zh/10-class/1-ours.ipynb",
        "notebooks/zh/3-qualification/2-man.ipynb",
    ]
    with zipfile.ZipFile(a_class.made.zip) as packed:
        for name in found[1:]:
            assert packed.read(name) == (a_class.hand_out / name).read_bytes()
    told = json.loads((a_class.hand_out / "class.json").read_text("utf-8"))
    assert (told["kind"], told["number"], told["lessons"], told["draw"]) == ("crmlab class", 4711, ["1.1", "3.2"], 99)
    assert (a_class.made.exercises, a_class.made.talks, a_class.made.questions) == (6, 2, 4)


def test_no_link_leads_nowhere(a_class: AClass) -> None:
    there = {one.relative_to(a_class.hand_out).as_posix() for one in a_class.hand_out.rglob("*.ipynb")}
    links = 0
    for name in there:
        for cell in json.loads((a_class.hand_out / name).read_text("utf-8"))["cells"]:
            for link in re.findall(r"\]\(([^)\s]+\.ipynb)", "".join(cell["source"])):
                links += 1
                target = (a_class.hand_out / name).parent / link
                assert target.resolve().relative_to(a_class.hand_out.resolve()).as_posix() in there, link
    assert links >= 4  # from the tour to 3.2 and to the other language
    tour = json.loads((a_class.hand_out / "notebooks/en/1-foundations/1-tour.ipynb").read_text("utf-8"))
    assert "".join(tour["cells"][-1]["source"]).endswith("\n\n[中文版](../../zh/1-foundations/1-tour.ipynb)")
    assert "8.2 five pirates" in json.dumps(tour)


def test_the_lesson_of_the_class_is_a_sound_notebook(a_class: AClass) -> None:
    nbformat = pytest.importorskip("nbformat")
    nbgrader = pytest.importorskip("nbgrader.utils")
    for language in LANGUAGES:
        made = nbformat.read(a_class.hand_out / f"notebooks/{language}/10-class/1-ours.ipynb", as_version=4)
        nbformat.validate(made)
        graded = [cell for cell in made.cells if "nbgrader" in cell.metadata]
        assert len(graded) == 9
        for cell in graded:
            assert nbgrader.compute_checksum(cell) == cell.metadata.nbgrader["checksum"]
        title = r"## Exercise 6 · Our \*prices\* (2 minutes, 2 points)" if language == "en" else "## 练习 6 · 我们的价目（2 分钟，2 分）"
        assert title in [cell.source for cell in made.cells]


# -- the course within a class -----------------------------------------------------------------------------------------


def test_a_trainee_sees_the_lessons_of_the_class(within: AClass, language: str) -> None:
    told = outline.of(language)
    assert [one["number"] for one in told["lessons"]] == ["1.1", "3.2", "10.1"]
    assert told["units"][-1] == {"number": "10", "title": "销售 *Spring*"}
    assert told["class"] == "销售 *Spring*"
    last = told["lessons"][-1]
    assert last["points"] == sum(task["points"] for task in last["tasks"]) == 2 + 2 + 2 + 3 + 1 + 2 + 4 + 4 + 4
    assert last["minutes"] > 20
    assert page.told("server")["worked"] is False
    assert [one.lesson.number for one in progress.of_course(within.hand_out / "notebooks" / language / "10-class")] == ["1.1", "3.2", "10.1"]
    assert classes.fixed() == 4711
    assert [one.number for one in handing_out.lessons_of(within.settings)] == ["1.1", "3.2", "10.1"]


def test_without_a_class_nothing_changes() -> None:
    with handed_out.in_force(None):
        assert lessons.shown() == lessons.every() == lessons.of_course()
        assert outline.of("en")["class"] == ""
        assert page.told("server")["worked"] is True


def test_the_folder_above_a_notebook_is_the_class(a_class: AClass, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(handed_out.VARIABLE, raising=False)
    monkeypatch.chdir(a_class.hand_out / "notebooks" / "zh" / "10-class")
    found = handed_out.current()
    assert found is not None
    assert found.name == "销售 *Spring*"
    monkeypatch.chdir(a_class.settings.folder)
    assert handed_out.current() is None


def test_a_draw_asks_others_and_the_same_for_all(within: AClass) -> None:
    found, _faults = files.load(quiz.path_of(lessons.find("3.2")))
    usual = [one["id"] for one in found[: quiz.SIZE]]
    drawn = [one["id"] for one in quiz.drawn(found, "3.2")]
    assert sorted(drawn) == sorted(one["id"] for one in found)
    assert drawn == [one["id"] for one in quiz.drawn(found, "3.2")]
    assert not set(drawn[: quiz.SIZE]) & set(usual)
    short = quiz.drawn(found[:7], "3.2")[: quiz.SIZE]
    assert {one["id"] for one in found[5:7]} < {one["id"] for one in short}
    with handed_out.in_force(None):
        assert [one["id"] for one in quiz.drawn(found, "3.2")][: quiz.SIZE] == usual


def test_what_is_handed_in_is_judged_by_the_class(within: AClass) -> None:
    """In the judge's own process, which learns of the class by its environment."""
    found, _faults = files.load(quiz.path_of(lessons.find("3.2")))
    drawn = [one for one in quiz.drawn(found, "3.2") if one["kind"] == "true_false"]
    judge = Judge()
    try:
        fields = {"our-prices": {"a": "yes", "b": "yes"}, "example-number": {"n": "20"}, "quiz-10.1": {"ours-1": "true"}}
        answers = {"lesson": "10.1", "exercises": {id: {"fields": one, "points": 99} for id, one in fields.items()}}
        grades, problem = judge.grades("10.1", "en", json.dumps(answers).encode(), {})
        assert problem == ""
        points = {id: grade.points for id, grade in grades.items() if grade.points}
        assert points == {"our-prices": 1.0, "example-number": 1.0, "quiz-10.1": 1.0}
        assert set(grades) >= {"late-delivery", "my-talk"}
        clicked = {one["id"]: str(one["right"]).lower() for one in drawn}
        answers = {"lesson": "3.2", "exercises": {"quiz-3.2": {"fields": clicked}}}
        grades, problem = judge.grades("3.2", "en", json.dumps(answers).encode(), {})
        due = sum(one["kind"] == "true_false" for one in quiz.drawn(found, "3.2")[: quiz.SIZE])
        assert grades["quiz-3.2"].points == due
    finally:
        judge.close()


# -- opening it --------------------------------------------------------------------------------------------------------


def test_a_zip_is_opened_beside_it(a_class: AClass, tmp_path: Path) -> None:
    file = tmp_path / "Spring (1).zip"
    file.write_bytes(a_class.made.zip.read_bytes())
    folder = opening.unpack(file)
    assert folder == tmp_path / "Spring"
    laid = workspace.lay(workspace.places.root(), folder)
    assert LESSON in laid.new
    assert OURS in laid.new
    assert not (folder / "solutions").exists()
    original = workspace.original(OURS, folder)
    assert original == (a_class.hand_out / OURS).read_bytes()
    assert trusted.may_run(folder, OURS, ['check("our-prices")', "import os"]) == [True, False]


def test_a_language_is_no_path(a_class: AClass, tmp_path: Path) -> None:
    told = json.loads((a_class.hand_out / "class.json").read_text("utf-8")) | {"languages": ["../..", "en"]}
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        made.writestr("class.json", json.dumps(told))
        made.write(a_class.hand_out / "class/10-class/1-ours.exercises.yml", "class/10-class/1-ours.exercises.yml")
    folder = opening.unpack(tmp_path / "a.zip")
    workspace.lay(workspace.places.root(), folder)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a", "a.zip"]
    assert [one.name for one in (folder / "notebooks").iterdir()] == ["en"]


def test_a_notebook_in_the_zip_does_not_come_out_of_it(a_class: AClass, tmp_path: Path) -> None:
    """Code of the lesson comes from the course that is installed, whatever the zip holds."""
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(a_class.made.zip) as packed, zipfile.ZipFile(file, "w") as made:
        for name in packed.namelist():
            made.writestr(name, b"{}" if name.endswith(".ipynb") else packed.read(name))
        made.writestr("../out.txt", "x")
        made.writestr("class/../../crmlab.py", "x")
        made.writestr("class/evil/sitecustomize.py", "x")
        made.writestr("notebooks/en/crmlab.py", "x")
    folder = opening.unpack(file)
    workspace.lay(workspace.places.root(), folder)
    assert (folder / OURS).read_bytes() == (a_class.hand_out / OURS).read_bytes()
    assert not [*tmp_path.rglob("*.py")]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a", "a.zip"]


def test_nothing_of_a_trainee_is_lost_when_a_newer_one_comes(tmp_path: Path) -> None:
    settings = begun(tmp_path / "class", lessons=("3.2",))
    handing_out.make(settings)
    file = tmp_path / "mine.zip"
    file.write_bytes((tmp_path / "class" / "销售 -Spring.zip").read_bytes())
    folder = opening.unpack(file)
    workspace.lay(workspace.places.root(), folder)
    answers = folder / "notebooks/en/10-class/1-ours.json"
    answers.write_text('{"mine": 1}', encoding="utf-8")
    mine = json.loads((folder / LESSON).read_text("utf-8"))
    mine["cells"][1]["source"] = ["a = 1"]
    (folder / LESSON).write_text(json.dumps(mine), encoding="utf-8")
    (settings.folder / "own/questions/more.yml").write_text(QUESTIONS.replace("ours-", "more-").replace("rule", "law"), encoding="utf-8")
    (settings.folder / "own/roleplays/a.xlsx").unlink()
    (settings.folder / "hand-out/notebooks/en/3-qualification/2-man.json").write_text("{}", encoding="utf-8")
    made = handing_out.make(settings)
    assert "class/roleplays/my-talk.yml" not in names(made.zip)
    assert not (made.folder / "class/roleplays/my-talk.yml").exists()
    assert (made.folder / "notebooks/en/3-qualification/2-man.json").read_text("utf-8") == "{}"  # somebody tried it out
    assert not any(name.endswith("2-man.json") for name in names(made.zip))
    file.write_bytes(made.zip.read_bytes())
    assert opening.unpack(file) == folder
    laid = workspace.lay(workspace.places.root(), folder)
    assert laid.kept == []  # the course has no newer 3.2
    assert answers.read_text("utf-8") == '{"mine": 1}'
    assert json.loads((folder / LESSON).read_text("utf-8"))["cells"][1]["source"] == ["a = 1"]
    handed = handed_out.of(folder)
    assert handed is not None
    assert ours.questions(handed) == ours.ASKED == quiz.SIZE
    assert "my-talk" not in [part.id for part in ours.parts(handed)]


def test_what_is_refused(a_class: AClass, tmp_path: Path) -> None:
    with pytest.raises(workspace.Refused, match="There is no file"):
        opening.unpack(tmp_path / "nowhere.zip")
    sound = a_class.made.zip.read_bytes()
    with zipfile.ZipFile(a_class.made.zip) as packed:
        at = packed.getinfo("class.json").header_offset + 45
    altered = sound[:at] + bytes(one ^ 0x5A for one in sound[at : at + 40]) + sound[at + 40 :]
    for content in (b"", b"PK nothing", sound[:5000], altered):
        (tmp_path / "half.zip").write_bytes(content)
        with pytest.raises(workspace.Refused, match="is no hand-out of a class, or was not copied to its end"):
            opening.unpack(tmp_path / "half.zip")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as made:
        made.writestr("class.json", '{"kind": "crmlab class", "format": 1, "name": "B", "number": 1, "languages": ["en"], "lessons": ["1.1"]}')
    with pytest.raises(workspace.Refused, match=r"number 4711, and this is “B”, number 1\. Open it elsewhere: crmlab start \S*other\.zip --to \"\S*other 1\"$"):
        opening.unpack(tmp_path / "other.zip", a_class.hand_out)
    with pytest.raises(workspace.Refused, match=r"holds the whole course\. Open the class elsewhere"):
        opening.unpack(tmp_path / "other.zip", workspace.places.root())
    assert sorted(one.name for one in tmp_path.iterdir()) == ["half.zip", "other.zip"]


@pytest.mark.parametrize(
    ("due", "shown"),
    [("2026-12-01T18:00", "2026-12-01 18:00"), ("2026-12-01T18:00+08:00", "2026-12-01 18:00 (UTC+08:00)"), ("2026-12-01", "2026-12-01"), ("", ""), ("soon", "")],
)
def test_trainees_read_when_work_is_due(tmp_path: Path, due: str, shown: str) -> None:
    content = {"kind": "crmlab class", "format": 1, "name": "A", "number": 1, "languages": ["en"], "lessons": ["1.1"], "due": due}
    (tmp_path / "class.json").write_text(json.dumps(content), encoding="utf-8")
    with handed_out.in_force(tmp_path):
        assert outline.of("en")["due"] == shown


def test_the_name_of_a_class_gives_no_orders_to_a_terminal(tmp_path: Path) -> None:
    content = {"kind": "crmlab class", "format": 1, "name": "A\x1b[2J\n\u202eB", "number": 1, "languages": ["en"], "lessons": ["1.1"]}
    assert handed_out.parsed(json.dumps(content).encode(), tmp_path).name == "A [2J B"
    with pytest.raises(ValueError, match=r"class\.json"):
        handed_out.parsed(json.dumps({**content, "number": 10**4000}).encode(), tmp_path)
