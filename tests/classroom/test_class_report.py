"""The report on a class: what it finds in a class whose slips are known, and the pages as a browser and a printer get them."""

from __future__ import annotations

import re
import shutil
import time
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from crmlab.classroom import collected, marks, naming, report_pages, report_person, reporting, settings
from crmlab.classroom.findings import Findings, of_class
from crmlab.classroom.folder import Class
from crmlab.classroom.report_style import moment
from crmlab.cli import main
from crmlab.course import lessons
from crmlab.language import speaking
from crmlab.lite import build
from tests.classroom.conftest import AClass
from tests.support import made_up_class
from tests.support.made_up_class import EVIL, HARD, SLIP, MadeUp

CLASS = Class(Path("nowhere"), "Spring", 7, lessons=made_up_class.LESSONS)


@pytest.fixture
def thirty() -> MadeUp:
    return made_up_class.made()


@pytest.fixture(scope="module")
def class_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the class, collected and graded; a test that changes something there copies it first."""
    folder = tmp_path_factory.mktemp("class") / "spring"
    made_up_class.made().save(folder)
    settings.save(Class(folder, "Spring <team>", 7, ("en", "zh"), made_up_class.LESSONS))
    return folder


@pytest.fixture(scope="module")
def found() -> Findings:
    thirty = made_up_class.made()
    return Findings(CLASS, thirty.collected, thirty.marks)


def test_the_planted_slip_comes_first_with_the_course_s_own_sentence(found: Findings, thirty: MadeUp) -> None:
    with of_class(CLASS), speaking("en"):
        first = found.common[0]
    assert (first.lesson, first.exercise, first.wrong.key, first.wrong.value) == SLIP
    chose = {key for key, one in thirty.marks.people.items() if one["3.2"].exercises["hear-it"].fields.get("drinks.letter") == "large"}
    assert set(first.keys) == chose
    assert first.wrong.shown == "capital: has it"
    assert first.wrong.says == "2, you chose “capital: has it”: a director, to be sure. Of what?"
    assert first.of == sum(1 for one in thirty.marks.people.values() if one["3.2"].exercises["hear-it"].state != "blank")


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of this computer cannot be changed for a while")
def test_moments_are_those_of_the_instructors_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as there:
        there.setenv("TZ", "Asia/Shanghai")
        time.tzset()
        shown = moment("2026-11-30T18:30:00+00:00")
    time.tzset()
    assert shown == "2026-12-01 02:30"


def test_points_are_those_of_the_marks(found: Findings, thirty: MadeUp) -> None:
    for key, numbers in thirty.marks.people.items():
        for number, one in numbers.items():
            assert found.points.loc[key, number].sum() == pytest.approx(one.points)
    assert found.points["4.2"].isna().all(axis=1).sum() == 3
    assert found.missing == {"p10": ("4.2",), "p20": ("4.2",), "p30": ("4.2",)}


def test_the_hard_exercise_is_hard_and_tells_strong_from_weak(found: Findings) -> None:
    analysis = found.analysis(("3.2",))
    assert analysis is not None
    row = analysis.items.loc[HARD]
    done = analysis.items[analysis.items["p"] > 0]
    assert row["p"] == done["p"].min()
    assert row["d"] == done["d"].max()


def test_lines_are_judged_in_the_language_they_were_typed_in(found: Findings) -> None:
    with of_class(CLASS), speaking("en"):
        one = next(spoken for spoken in found.spoken if spoken.title == "Exercise 1 · You pick up")
    good, near = {said.text for said in one.good}, {said.text for said in one.near}
    assert good <= {*made_up_class.LINES["en"], *made_up_class.LINES["zh"]}
    assert near <= {*made_up_class.NEAR["en"], *made_up_class.NEAR["zh"]}
    assert good
    assert near
    assert len({said.lacks for said in one.near}) == 1  # what most lines lack


class Page(HTMLParser):
    """Tags, headings and texts of a page."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said.append(data)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_pages(class_folder: Path, tmp_path: Path, language: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shutil.copytree(class_folder, tmp_path / "spring")
    (folder / "report/people").mkdir(parents=True)
    (folder / "report/people/gone.html").write_text("of another day")
    assert main(["class", "report", str(folder), "--lang", language, "--site", "https://course.example/crm/"]) == 0
    assert "30" in capsys.readouterr().out
    pages = sorted(folder.glob("report/**/*.html"))
    assert len(pages) == 31
    assert not (folder / "report/people/gone.html").exists()
    for path in pages:
        page = Page(path.read_text("utf-8"))
        names = [tag for tag, _attributes in page.tags]
        assert "script" not in names
        assert not [value for tag, one in page.tags for name, value in one.items() if name in ("src", "onload", "onclick")]
        levels = [int(tag[1]) for tag in names if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        assert all("scope" in one for tag, one in page.tags if tag == "th")
        assert all(one.get("aria-label") or one.get("aria-hidden") for tag, one in page.tags if tag == "svg")
        ids = [str(one["id"]) for _tag, one in page.tags if "id" in one]
        assert len(ids) == len(set(ids))
        assert {str(one["href"])[1:] for tag, one in page.tags if tag == "a" and str(one["href"]).startswith("#")} <= set(ids)
        assert page.tags[0][1]["lang"] == {"en": "en", "zh": "zh-CN"}[language]
    content = (folder / "report/class.html").read_text("utf-8")
    for one in collected.load(folder).people:
        assert one.name not in content, "no names without --names"
        assert f"people/{one.key}" not in content
    own = (folder / "report/people/p30.html").read_text("utf-8")
    assert f"https://course.example/crm/{build.APPS[language]}/index.html?path=notebooks/{language}/3-qualification/2-man.ipynb" in own
    assert EVIL in " ".join(Page(own).said)
    if language == "zh":
        said = " ".join(Page(content).said)
        typed = "|".join(map(re.escape, (*made_up_class.LINES["en"], *made_up_class.NEAR["en"], "crmlab class report", "crmlab class collect")))
        assert not re.search(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}", re.sub(typed, "", said))


def test_names_only_when_asked_for(thirty: MadeUp) -> None:
    few = marks.Marks({key: {"3.2": thirty.marks.people[key]["3.2"]} for key in ("p01", "p03", "p05")})
    with of_class(CLASS), speaking("en"):
        content = report_pages.made(Findings(Class(Path("x"), "S", 7), thirty.collected, few, names=True))
    assert "王芳" in content
    assert 'href="people/p03.html"' in content


def test_a_long_line_is_cut_with_a_note(thirty: MadeUp) -> None:
    person = thirty.collected.people[0]
    mark = marks.Mark(0.0, 2.0, "not yet right", {}, "x = 1", f"<ul><li>{'Sorry. ' * 280}</li></ul>")
    made_up = marks.Marks({person.key: {"4.2": marks.LessonMarks({"second-look": mark})}})
    with of_class(CLASS), speaking("en"):
        page = report_person.made(Findings(Class(Path("x"), "S", 7), thirty.collected, made_up), person)
    assert "more characters" in page
    assert page.count("Sorry.") < 120


def test_code_answers_are_told_by_their_feedback(thirty: MadeUp) -> None:
    person = thirty.collected.people[0]
    mark = marks.Mark(1.0, 3.0, "partly right", {}, "x = 1", "<div><ul><li>Row 3 differs: &lt;i&gt;?</li></ul></div>")
    made_up = marks.Marks({person.key: {"3.2": marks.LessonMarks({"not-asked": mark}), "9.9": marks.LessonMarks({"mine": mark})}})
    with of_class(CLASS), speaking("en"):
        page = report_person.made(Findings(Class(Path("x"), "S", 7), thirty.collected, made_up), person)
    assert page.count("Row 3 differs: &lt;i&gt;?") == 2


@pytest.mark.parametrize("count", [1, 2])
def test_a_tiny_class_has_a_report_too(count: int, tmp_path: Path) -> None:
    few = made_up_class.made(count, ("4.2",))
    few.save(tmp_path)
    _path, pages = reporting.write(Class(tmp_path, "Tiny", 1, lessons=("4.2", "9.1")))
    assert pages == count
    assert "Only 2 trainees" in (tmp_path / "report/class.html").read_text("utf-8") or count == 1


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("marks.json", None, "class grade"), ("collected.json", None, "class collect"), ("marks.json", "{}", "class grade"),
        ("collected.json", '{"kind": "crmlab collected", "format": 1, "files": [], "people": [{"key": "../x", "name": "x", "id": "1", "lessons": []}]}', "../x"),
        ("class.yml", "name: [", "class.yml"),
    ],
)  # fmt: skip
def test_refusals_are_sentences(
    class_folder: Path, tmp_path: Path, file: str, content: str | None, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("class.yml", "collected.json", "marks.json"):
        shutil.copyfile(class_folder / name, tmp_path / name)
    (tmp_path / file).unlink()
    if content is not None:
        (tmp_path / file).write_text(content, "utf-8")
    assert main(["class", "report", str(tmp_path), "--lang", "en"]) == 2
    err = capsys.readouterr().err
    assert says in err
    assert "Traceback" not in err
    assert not (tmp_path / "report").exists()


def test_nobody_twice(thirty: MadeUp) -> None:
    for names in (False, True):
        called = naming.shown(thirty.collected.people, names)
        assert len(set(called.values())) == len(called) == 30


def test_own_exercises_of_a_class_are_there_too(a_class: AClass, thirty: MadeUp) -> None:
    person = thirty.collected.people[0]
    mark = marks.Mark(1.0, 2.0, "partly right", {"a": "no", "b": "no"})
    made_up = marks.Marks({person.key: {lessons.CLASS_LESSON.number: marks.LessonMarks({"our-prices": mark})}})
    with of_class(a_class.settings), speaking("en"):
        page = report_person.made(Findings(a_class.settings, thirty.collected, made_up), person)
    assert "Our *prices*" in page
    assert "Look at Scanner X again." in page
