"""A class from its hand-out to its marks: by the commands of its instructor, and by what two trainees click, download and send."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from crmlab.app import page as told
from crmlab.cli import main
from crmlab.course import handed_out, lessons
from crmlab.course.bank import asking, quiz
from crmlab.course.exercises import load_lesson
from crmlab.language import speaking
from tests.classroom.conftest import PRICES, QUESTIONS
from tests.support.browser import LessonPage
from tests.support.labserver import LabServer
from tests.support.lessonclicks import path_of, said

pytestmark = pytest.mark.browser

NAME = "销售一班"
TOUR, OURS = "1.1", "10.1"
Clicks = Mapping[str, Mapping[str, Any]]

ZOE: dict[str, Clicks] = {
    TOUR: {
        "guess": {"share": "75"},
        "units": {"list": "2", "lead": "3", "wet": "4", "smile": "5"},
        "days": {"days": 361.5},
        "three-weeks": {"top": 5, "calls": 15},
        "tenth": {"why": "cancelled"},
    },
    OURS: {"our-prices": {"a": "yes", "b": "no"}, "quiz-10.1": {"ours-1": "true", "ours-2": "true", "ours-3": "false"}},
}
"""All is right but one question of the class's own; the quiz that is drawn is answered rightly as well."""
MING: dict[str, Clicks] = {
    TOUR: {"guess": {"share": "20"}, "units": {"list": "2", "lead": "3", "wet": "5"}},
    OURS: {"our-prices": {"a": "yes", "b": "yes"}, "quiz-10.1": {"ours-3": "false"}},
}
"""Half of it, and of that half wrong; of the quiz that is drawn one question is right and one wrong."""
DUE = [
    ["2026001", "Zoë Li", "17", "18", "94.4", "", "13", "4"],
    ["2026002", "王小明", "3", "18", "16.7", "", "2", "1"],
]
WRONG = (
    "你选了 20%：那就是说每位客户带来的一样多。你的客户是这样吗？",
    "第 3 句：你选了第 5 单元。",
    "再看看扫描枪 Y。",
    "你答的是：错 成立，见规则 3。",
)
"""What stands on the page of the second trainee, in the language that they worked in."""


def crmlab(*words: str) -> None:
    """A command of the instructor."""
    assert main([*words, "--lang", "en"]) == 0, " ".join(words)


def say(key: str, language: str, **values: object) -> str:
    return told.texts(language)[key].format(**values)


def drawn(right: int, wrong: int) -> dict[str, Any]:
    """Answers to the quiz of the tour as this class has it: so many right ones, then so many wrong ones."""
    made = next(one for one in load_lesson(TOUR) if one.id == f"quiz-{TOUR}").form()
    assert isinstance(made, quiz.Quiz)
    answers: dict[str, Any] = {}
    for place, (key, question) in enumerate(made.draw(1)[: right + wrong]):
        given = asking.right_answers(question, key)
        if place >= right:
            given = {one: other(question, value) for one, value in given.items()}
        answers |= given
    return answers


def other(question: asking.Question, right: Any) -> Any:
    """Another answer than the right one to a field of a question."""
    if isinstance(right, bool):
        return not right
    if isinstance(right, float):
        return right + 7
    if isinstance(right, list):
        return [*right[1:], right[0]]
    return {"true": "false", "false": "true"}.get(right) or str(1 + int(right) % len(question.source["options"]))


def answer(page: LessonPage, language: str, number: str, clicks: Clicks) -> None:
    """Click and check the exercises of a lesson that are to be done."""
    for made in load_lesson(number):
        if made.id in clicks:
            page.drawn(made.id)
            page.fill(made, dict(clicks[made.id]))
            page.check(made.id)
            page.wait(lambda id=made.id: said("Not attempted yet", language) not in page.told(id).inner_text(), f"{made.id} is not judged")  # type: ignore[misc]


def take_part(chromium: Any, hand_out: Path, home: Path, language: str, who: tuple[str, str], work: Mapping[str, Clicks], came: Path) -> None:
    """A trainee opens what they were given, does it, and hands it in."""
    home.mkdir()
    given = home / hand_out.name
    shutil.copyfile(hand_out, given)
    with LabServer(home / NAME, language, hand_out=given) as lab, handed_out.in_force(home / NAME), speaking(language):
        assert f"/notebooks/notebooks/{language}/1-foundations/1-tour.ipynb" in lab.url
        page = LessonPage(chromium, lab, path_of(language, lessons.find(TOUR)))
        answer(page, language, TOUR, work[TOUR])
        course = page.page.locator(".crmlab-course")
        if not course.is_visible():
            page.page.click(".crmlab-page-opener")
        assert course.locator("h2").inner_text() == NAME
        course.locator("a", has_text=re.compile(rf"^{OURS}")).click()
        page.page.wait_for_url(re.compile("/10-class/"))
        page.ready()
        answer(page, language, OURS, work[OURS])
        hand_in(page, course, language, who, came)
        assert page.errors() == []
        assert page.strangers() == []
        page.page.close()


def hand_in(page: LessonPage, course: Any, language: str, who: tuple[str, str], came: Path) -> None:
    """By the dialog of the course panel; what is downloaded is what is sent."""
    course.get_by_role("button", name=say("hand-in", language), exact=True).click()
    form = page.page.get_by_role("dialog", name=say("hand-in", language))
    form.get_by_text(say("hand-in-class", language, name=NAME)).wait_for()
    form.get_by_label(say("hand-in-name", language)).fill(who[0])
    form.get_by_label(say("hand-in-id", language)).fill(who[1])
    with page.page.expect_download() as waiting:
        form.get_by_role("button", name=say("hand-in-make", language)).click()
    waiting.value.save_as(came / waiting.value.suggested_filename)


def shown(tab: Any) -> str:
    """What a page of the report says; it fits a telephone."""
    assert tab.evaluate("() => document.documentElement.scrollWidth") <= 390
    return str(tab.locator("body").inner_text())


def test_from_the_hand_out_to_the_report(chromium: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    crmlab("class", "new", NAME, "--lessons", TOUR, "--languages", "en,zh", "--draw", "--number", "7")
    folder = tmp_path / NAME
    (folder / "own/exercises/prices.yml").write_text(PRICES, encoding="utf-8")
    (folder / "own/questions/rules.yml").write_text(QUESTIONS, encoding="utf-8")
    crmlab("class", "update", NAME)
    with handed_out.in_force(folder / "hand-out"):
        quizzes = [{f"quiz-{TOUR}": drawn(*count)} for count in ((5, 0), (1, 1))]
    zoe, ming = ({**work, TOUR: {**work[TOUR], **one}} for work, one in zip((ZOE, MING), quizzes, strict=True))

    came = folder / "came"
    take_part(chromium, folder / f"{NAME}.zip", tmp_path / "zoe", "en", ("Zoë Li", "2026001"), zoe, came)
    take_part(chromium, folder / f"{NAME}.zip", tmp_path / "ming", "zh", ("王小明", "2026002"), ming, came)
    assert sorted(one.name for one in came.iterdir()) == ["Zoë Li-2026001.handin.json", "王小明-2026002.handin.json"]

    crmlab("class", "collect", NAME)
    crmlab("class", "grade", NAME, "--jobs", "1")
    crmlab("class", "report", NAME, "--names")
    head, *rows = csv.reader(io.StringIO((folder / "marks.csv").read_text("utf-8-sig")))
    assert head == ["id", "name", "points", "maximum", "percent", "late", TOUR, OURS]
    assert sorted(rows) == DUE

    tab = chromium.new_page(viewport={"width": 390, "height": 800})
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto((folder / "report/class.html").as_uri())
    text = shown(tab)
    assert NAME in text
    assert "Does our rule 3 hold?" in text, "what both had wrong"
    assert "2 of 2 who did it (100%)" in text
    for _id, name, _points, _of, _percent, _late, *each in DUE:
        row = tab.get_by_role("row").filter(has=tab.get_by_role("link", name=name))
        assert row.locator("td").all_inner_texts()[-2:] == each
    tab.get_by_role("link", name="王小明").click()
    tab.wait_for_url(re.compile("/people/"))
    text = shown(tab)
    assert tab.get_by_role("heading", level=1).inner_text().startswith("王小明")
    assert tab.get_by_role("row", name="合计").locator("td").all_inner_texts()[-3:-1] == ["3", "18"]
    for wrong in WRONG:
        assert wrong in text
    assert "再看看扫描枪 X" not in text, "that was right"
    tab.close()
    assert len(asked) == 2, asked
    assert [one for one in asked if not one.startswith("file:")] == []
