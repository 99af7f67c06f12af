"""The report on a class: what it finds in a class whose slips are known, and the pages as a browser and a printer get them."""

from __future__ import annotations

import re
import shutil
import time
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from crmlab.classroom import collected, marks, naming, report_pages, report_person, reporting, settings
from crmlab.classroom.collected import Collected, File
from crmlab.classroom.findings import Findings, of_class
from crmlab.classroom.folder import Class
from crmlab.classroom.report_style import moment
from crmlab.cli import main
from crmlab.course import lessons, panel
from crmlab.course.exercises import load_lesson
from crmlab.course.grading import answered
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
    languages = {one.key: one.language for one in collected.load(folder).people}
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
        assert page.tags[0][1]["lang"] == {"en": "en", "zh": "zh-CN"}[languages.get(path.stem, language)], "a trainee's page is in their own language"
    content = (folder / "report/class.html").read_text("utf-8")
    for one in collected.load(folder).people:
        assert one.name not in content, "no names without --names"
        assert f"people/{one.key}" not in content
    own = (folder / "report/people/p30.html").read_text("utf-8")
    theirs = languages["p30"]
    assert f"https://course.example/crm/{build.APPS[theirs]}/index.html?path=notebooks/{theirs}/3-qualification/2-man.ipynb" in own
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


def test_late_undated_and_unjudged_work_is_told(thirty: MadeUp) -> None:
    anna, ben, wang, lei, *_others = thirty.collected.people
    people = (
        replace(anna, late=True, late_lessons=("3.5",), says=("Also written Ana Berg, with the same number: taken for one person.",)),
        replace(ben, undated=("3.2", "4.2"), versions={"3.2": "2026-11-30T10:00:00+08:00", "4.2": ""}, late=False),
        replace(wang, late=False),
        replace(lei, late=False),
    )
    files = (File("Anna Berg.zip > x.json", "taken", "p01", "by the date of the file", look=True), File("Ben.zip", "broken", says="not a zip"), File("c.json", "taken", "p01"))
    some = {key: dict(thirty.marks.people[key]) for key in ("p01", "p02", "p03")}
    del some["p03"]["3.5"], some["p03"]["4.2"]
    of = replace(CLASS, lessons=(*CLASS.lessons, "3.4"))
    gathered = Collected((people[0], people[1], replace(people[2], lessons=("3.2", "3.5")), people[3]), files)
    found = Findings(of, gathered, marks.Marks(some), names=True)
    assert found.unjudged == {"p03": ("3.5",), "p04": people[3].lessons}
    assert found.missing == {"p01": ("3.4",), "p02": ("3.4",), "p03": ("3.4", "4.2")}
    with of_class(of), speaking("en"):
        said = " ".join(" ".join(Page(report_pages.made(found)).said).split())
        secret = report_pages.made(replace(found, names=False))
        page = " ".join(" ".join(Page(report_person.made(found, people[0])).said).split())
    for text in (
        "Handed in after the end: Anna Berg: 3.5", "changes it: Ben Carter: 3.2", "Nothing tells when this was made: Ben Carter: 4.2", "then this again: 王芳: 3.5 李雷: 3.2, 3.5, 4.2",
        "Anna Berg: Also written Ana Berg", "Anna Berg.zip > x.json: by the date of the file", "Ben.zip: not a zip",
    ):  # fmt: skip
        assert text in said
    assert "c.json" not in said
    assert not [name for name in ("Anna", "Ana Berg", "Ben", "王", "A. B.") if name in secret]
    assert "Handed in after the end: 3.5." in page
    assert "Not handed in: 3.4." in page
    # What one person did not hand in counts as 0; what nobody did, a lesson that is still to come, says nothing of anybody.
    given = sum(one.maximum for one in thirty.marks.people["p01"].values())
    mine = sum(one.points for one in thirty.marks.people["p01"].values())
    assert found.untouched == ("3.4",)
    assert found.shares["p01"] == pytest.approx(mine / given)
    assert "Nobody has handed in: 3.4." in said
    assert "Not handed in: Anna" not in said
    whole = given + sum(one.points for one in load_lesson("3.4"))
    assert f"Together {panel.points(mine)} {panel.points(whole)}" in page


def test_a_trainee_s_lines_are_judged_in_their_own_language(thirty: MadeUp, tmp_path: Path) -> None:
    """A good line in Chinese on the page of a trainee in a class whose report is in English."""
    line = made_up_class.LINES["zh"][0]
    fields = {"first-line": {"reply": {"text": line, "claims": {}}}}
    with speaking("zh"):
        right = answered.look("4.2", fields)["first-line"]
    mark = marks.Mark(0.5, right.made.points, "partly right", fields["first-line"])
    gathered = Collected((replace(thirty.collected.people[2], key="p03", lessons=("4.2",)),))
    gathered.save(tmp_path)
    marks.Marks({"p03": {"4.2": marks.LessonMarks({"first-line": mark})}}).save(tmp_path)
    with speaking("en"):
        reporting.write(Class(tmp_path, "S", 7, lessons=("4.2",)))
    page = (tmp_path / "report/people/p03.html").read_text("utf-8")
    assert right.feedback.state == "right"
    assert re.search("<li><b>[^<]*</b></li>", page), "nothing is asked of a line that has all"


def test_what_is_right_in_code_is_no_wrong_answer_and_other_texts_are_instances(thirty: MadeUp) -> None:
    people = thirty.collected.people[:3]
    right = load_lesson("1.1")
    most = {one.id: one.points for one in right}

    def of_guess(share: str, days: str, state: str = "not yet right", code: str = "") -> marks.LessonMarks:
        return marks.LessonMarks({
            "guess": marks.Mark(0.0, most["guess"], state, {"share": share}, code),
            "days": marks.Mark(0.0, most["days"], "not yet right", {"days": days}),
        })  # fmt: skip

    some = marks.Marks({"p01": {"1.1": of_guess("20", "7")}, "p02": {"1.1": of_guess("20", "9")}, "p03": {"1.1": of_guess("20", "9", "right", "x = 75")}})
    with speaking("en"):
        found = Findings(replace(CLASS, lessons=("1.1",)), Collected(people), some, names=True)
        common = {one.exercise: one for one in found.common}
        page = report_pages.made(found)
    assert common["guess"].keys == ("p01", "p02")
    assert not common["guess"].varied
    for one in common.values():
        shown = {found.looked[key]["1.1"][one.exercise].answers.get(one.wrong.key) for key in one.keys}
        assert one.varied == (len(shown) > 1)
        assert one.exercise != "days" or one.wrong.shown.startswith("9")
    assert ("For instance:" in page) == any(one.varied for one in common.values())


def test_figures_of_a_few_are_not_read(thirty: MadeUp) -> None:
    """Under 20 people nothing is read off r, under 10 no alpha is shown; the 95 % interval of an r is said until 100."""
    for count in (5, 15, 30):
        few = marks.Marks({key: {"3.2": thirty.marks.people[key]["3.2"]} for key in list(thirty.marks.people)[:count]})
        with of_class(CLASS), speaking("en"):
            said = report_pages._items(Findings(replace(CLASS, lessons=("3.2",)), thirty.collected, few))
        assert ("not shown for fewer than 10" in said) == (count < 10)
        assert ("Cronbach&#x27;s alpha 0." in said) == (count >= 10)
        assert count >= 20 or not re.search("strong from weak|did worse here", said)
        assert ("from −0.07 to 0.60" in said) == (count == 30)


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
    with of_class(a_class.settings), speaking("en"):
        assert lessons.CLASS_LESSON.number in Findings(a_class.settings, thirty.collected, marks.Marks({})).lessons, "it counts where nobody did it, as in the tables of marks"
    assert "Our *prices*" in page
    assert "Look at Scanner X again." in page
