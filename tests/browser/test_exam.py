"""Exam, quiz and review in a real browser, by keyboard alone; the exam in the other language by mouse."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from crmlab.course import exercise, lessons
from crmlab.course.bank import asking, exam, exam_talk, quiz
from crmlab.course.bank.asking import Question
from crmlab.course.exercises import load_lesson
from crmlab.course.form import Choice, Order, Row, Tick
from crmlab.course.yamlfile import said
from crmlab.language import tr
from tests.support.browser import Desk, LessonPage
from tests.support.labserver import LabServer

pytestmark = pytest.mark.browser

EXAM = lessons.find(exam.LESSON)
MAN = lessons.find("3.2")


def wait(done: Callable[[], Any], what: str, seconds: float = 120) -> None:
    """Wait until this holds; a busy machine may take its time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if done():
                return
        except (json.JSONDecodeError, OSError, KeyError):
            pass  # the file is being written
        time.sleep(0.05)
    raise AssertionError(what)


def path_of(language: str, lesson: lessons.Lesson) -> str:
    return f"notebooks/{language}/{lesson.unit}/{lesson.slug}.ipynb"


def record(lab: LabServer, language: str, lesson: lessons.Lesson, id: str) -> dict[str, Any]:
    path = (lab.folder / path_of(language, lesson)).with_suffix(".json")
    if not path.is_file():
        return {}
    return dict(json.loads(path.read_text(encoding="utf-8"))["exercises"].get(id, {}))


def last_try(lab: LabServer, language: str) -> dict[str, Any]:
    tries = record(lab, language, EXAM, exam.ID).get("fields", {}).get("tries", [])
    return dict(tries[-1]) if tries else {}


def give(page: LessonPage, whole: Any, row: Row, answers: dict[str, Any], keyboard: bool) -> None:
    """Give one question's answer, by mouse or with keys alone."""
    for field in row.fields:
        box = whole.locator(f".crmlab-field-{field.key.replace('.', '-')}")
        value = answers[field.key]
        if isinstance(field, Order):
            page.put_in_order(box, value, field, keyboard)
        elif isinstance(field, Choice) and field.style == "radio":
            press(page, box.locator("input").nth([one for one, _label in field.options].index(value)), keyboard)
        elif isinstance(field, Choice):
            box.locator("select").focus()
            if keyboard:
                for _step in range([one for one, _label in field.options].index(value) + 1):
                    page.page.keyboard.press("ArrowDown")
            else:
                box.locator("select").select_option(index=[one for one, _label in field.options].index(value) + 1)
        elif isinstance(field, Tick):
            if value:
                press(page, box.locator("input"), keyboard)
        else:
            box.locator("input").focus()
            page.page.keyboard.type(f"{value:g}")
            page.page.keyboard.press("Tab")


def press(page: LessonPage, target: Any, keyboard: bool) -> None:
    if keyboard:
        target.focus()
        page.page.keyboard.press("Space")
    else:
        target.click()


def activate(page: LessonPage, button: Any, keyboard: bool) -> None:
    """Press a button: with the mouse, or by Tab stops that end on it."""
    button.wait_for()
    if keyboard:
        button.focus()
        page.page.keyboard.press("Enter")
    else:
        button.click()


def walk_to_the_first_question(page: LessonPage, there: Any) -> None:
    """The focus is on the button of the page; the Tab key leads from there over the other pages into the questions."""
    focused = "() => document.activeElement.className"
    wait(lambda: "crmlab-page-" in page.page.evaluate(focused), "the focus is not on the page's button")
    inside = "element => element.contains(document.activeElement)"
    for _stop in range(12):
        if there.evaluate(inside):
            return
        page.page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead into the questions, but to {page.page.evaluate(focused)}")


def note_frames(page: Any, found: list[str]) -> None:
    """Add all that the server sends to this list."""

    def listen(socket: Any) -> None:
        socket.on(
            "framereceived",
            lambda frame: found.append(frame if isinstance(frame, str) else frame.decode("utf-8", "replace")),
        )

    page.on("websocket", listen)


def secrets(questions: list[Question], language: str) -> list[str]:
    """The explanations of questions, as they would stand in a message."""
    texts = []
    for question in questions:
        for option in question.source.get("options", []):
            texts.append(option["why"][language])
        for key in ("why", "why_not", "otherwise"):
            if key in question.source:
                texts.append(question.source[key][language])
    return [text for text in texts if len(text) > 12]


WRONG = {3, 17, 31, 44}
OPEN = 50


def answers_to(one: exam.Asked) -> dict[str, Any]:
    """What is answered to a question of the exam."""
    right = asking.right_answers(one.question, one.key)
    return spoiled(one.question, one.key, right) if one.number in WRONG else right


def stands_for(kept: Any, given: Any) -> bool:
    """Whether what is kept is what was given: a number is kept as it was typed."""
    return kept == given or (isinstance(given, int | float) and kept == f"{given:g}")


def begun(lab: LabServer, language: str, pages: int, ago: float = 60) -> None:
    """Keep an exam that was begun some seconds ago, and left after some pages."""
    then = time.time() - ago
    attempt = {"seed": 3, "ids": [question.id for question in exam.draw(3)], "answers": {}, "page": pages}
    attempt |= {"talk": exam_talk.begun(3), "handed_in": None, "began": then, "seen": then, "used": 0.0}
    for one in exam.asked(attempt)[: pages * exam.PAGE]:
        attempt["answers"] |= answers_to(one)
    content = {"format": 1, "lesson": EXAM.number, "exercises": {exam.ID: {"fields": {"tries": [attempt]}}}}
    (lab.folder / path_of(language, EXAM)).with_suffix(".json").write_text(json.dumps(content), encoding="utf-8")


def test_an_exam(fresh: LabServer, chromium: Any, language: str) -> None:
    """In English a whole one by keyboard alone; in Chinese by mouse what is left of one that was begun."""
    lab, lang, keyboard = fresh, language, language == "en"
    first = 0 if keyboard else 3
    if first:
        begun(lab, lang, first)
    sent: list[str] = []
    page = LessonPage(chromium, lab, path_of(lang, EXAM), lambda page: note_frames(page, sent))
    whole = page.exercise(exam.ID)
    if not first:
        activate(page, whole.locator("button.crmlab-begin"), keyboard)
    wait(lambda: last_try(lab, lang).get("ids"), "the exam did not begin")
    asked = exam.asked(last_try(lab, lang))
    assert len(asked) == 50
    seed = last_try(lab, lang)["seed"]
    for number_of_page in range(first, 5):
        on_page = [one for one in asked if (one.number - 1) // exam.PAGE == number_of_page]
        whole.locator(".crmlab-questions").get_by_text(f"{on_page[0].number}.", exact=False).first.wait_for()
        there = whole.locator(".crmlab-questions")
        wait(
            lambda there=there, on_page=on_page: (
                there.locator(".crmlab-row").count() == len(on_page) and f"{on_page[-1].number}. " in there.inner_text()
            ),
            "the page was not turned",
        )
        if keyboard:
            walk_to_the_first_question(page, there)
        for one in on_page:
            if one.number == OPEN:
                continue
            answers = answers_to(one)
            give(page, whole, exam.row(one, seed), answers, keyboard)
            keys = [key for key, value in answers.items() if value is not False]
            wait(
                lambda keys=keys, answers=answers: all(
                    stands_for(last_try(lab, lang)["answers"].get(key), answers[key]) for key in keys
                ),
                f"question {one.number} ({one.question.kind}) was not kept",
            )
        if number_of_page < 4:
            if number_of_page == 1:
                # Closing the lid: the page is loaded again.
                page.reload()
                whole = page.exercise(exam.ID)
                whole.locator("button.crmlab-next").wait_for()
            activate(page, whole.locator("button.crmlab-next"), keyboard)
            turned = number_of_page + 1
            wait(lambda turned=turned: last_try(lab, lang)["page"] == turned, "the page was not kept")
    activate(page, whole.locator("button.crmlab-next"), keyboard)
    wait(lambda: last_try(lab, lang)["page"] == 5, "the page of the talk did not come")
    script = exam_talk.script(last_try(lab, lang)["talk"]["script"])
    assert script is not None
    path = exam_talk.best_path(script)
    for place, choice in enumerate(path, 1):
        line = said(script.choices(script.play(path[: place - 1]).state.node)[choice]["text"])
        page.page.wait_for_timeout(400)  # nobody reads three lines faster; sooner counts as a double click
        activate(page, whole.locator("button.crmlab-choice", has_text=line), keyboard)
        wait(lambda place=place: last_try(lab, lang)["talk"]["path"] == path[:place], "what was said was not kept")
    assert re.search(r"[56]\d:\d\d|\d+ (min|分钟)", whole.locator(".crmlab-clock").inner_text())
    activate(page, whole.locator("button.crmlab-hand-in"), keyboard)
    sure = whole.locator(".crmlab-sure")
    wait(lambda: f"{OPEN}" in sure.inner_text(), "what is open is not said")
    # Nothing of what is right has been sent so far, neither as text on the page nor behind it.
    hidden = secrets([one.question for one in asked], lang)
    before = "\n".join(sent)
    assert len(hidden) > 100
    assert len(before) > 10_000, "the messages were not heard"
    assert not [text for text in hidden if text in before or json.dumps(text)[1:-1] in before]
    assert not [text for text in hidden if text in page.page.content()]
    activate(page, whole.locator("button.crmlab-hand-in-now"), keyboard)
    wait(lambda: record(lab, lang, EXAM, exam.ID).get("points") == 49, "45 of 50 were right, and the talk has four")
    whole.locator("details").first.wait_for()
    wait(lambda: tr("Passed") in whole.inner_text(), "the result is not said")
    text = whole.inner_text()
    assert "49" in text
    assert all(name in text for name in (tr(lessons.UNITS[unit]) for unit in exam.blueprint()))
    wait(lambda: whole.locator("details").count() == 3, "the answers are not there to look at")
    # What was explained, now that it may be.
    shown = next(one for one in asked if one.number == OPEN)
    wait(lambda: asking.why_right(shown.question)[:12] in whole.inner_text(), "the explanations are not there")
    # The certificate, with the name.
    whole.locator(".crmlab-name input").focus()
    page.page.keyboard.type("Li Lei")
    page.page.keyboard.press("Tab")
    activate(page, whole.locator("button.crmlab-certificate"), keyboard)
    certificate = (lab.folder / path_of(lang, EXAM)).parent / "exam-certificate.html"
    wait(lambda: certificate.is_file() and "Li Lei" in certificate.read_text(encoding="utf-8"), "no certificate")
    assert "90%" in certificate.read_text(encoding="utf-8")
    assert page.errors() == []
    assert page.strangers() == []
    # What was wrong is in the deck; what was left open is not.
    deck = json.loads((lab.folder / "notebooks" / lang / "review.json").read_text(encoding="utf-8"))["exercises"]
    assert set(deck) == {one.question.id for one in asked if one.number in WRONG}
    certificate.unlink()
    page.page.close()


def spoiled(question: Question, key: str, right: dict[str, Any]) -> dict[str, Any]:
    """A wrong answer that can be clicked."""
    if question.kind == "number":
        return {key: right[key] + 777}
    if question.kind == "order":
        return {key: [right[key][1], right[key][0], *right[key][2:]]}
    if question.kind == "match":
        return dict.fromkeys(right, right[f"{key}.1"])
    if key in right:
        return {
            key: next(value for value, _label in asking.row(question, key).fields[0].options if value != right[key])
        }
    return dict.fromkeys(right, True)


@pytest.mark.parametrize("language", ["zh"], indirect=True)
def test_quiz_second_draw_and_review(desk: Desk, language: str) -> None:
    keyboard = True
    load_lesson("3.2")
    made = exercise.get("quiz-3.2", "3.2")
    assert made is not None
    asks = made.form()
    assert isinstance(asks, quiz.Quiz)
    page = desk.open(path_of(language, MAN))
    whole = page.exercise(made.id)
    whole.locator("button.crmlab-check").wait_for()
    assert not whole.locator("button.crmlab-more").is_visible()
    for number, right in ((1, 4), (2, 5)):
        form = asks.form(number)
        for place, ((key, question), row) in enumerate(zip(asks.draw(number), form.rows, strict=True)):
            answers = asking.right_answers(question, key)
            if place >= right:
                answers = spoiled(question, key, answers)
            give(page, whole, row, answers, keyboard)
            keys = [one for one, value in answers.items() if value is not False]
            wait(
                lambda keys=keys, answers=answers, form=form: all(  # a number is kept as it was typed
                    form.clean(record(desk.lab, language, MAN, made.id)["fields"]).get(one) == answers[one] for one in keys
                ),
                f"{question.id} was not kept",
            )
        activate(page, whole.locator("button.crmlab-check"), keyboard)
        wait(lambda right=right: record(desk.lab, language, MAN, made.id).get("points") == right, f"{right} points")
        if number == 1:
            more = whole.locator("button.crmlab-more")
            assert more.inner_text().strip() == tr("Five others")
            activate(page, more, keyboard)
            second = asks.form(2).rows[0].prompt
            whole.get_by_text(second, exact=False).first.wait_for()
            assert record(desk.lab, language, MAN, made.id)["points"] == 4, "a new draw takes nothing away"
    wrong = asks.draw(1)[4][1]
    deck = desk.lab.folder / "notebooks" / language / "review.json"
    content = json.loads(deck.read_text(encoding="utf-8"))
    assert list(content["exercises"]) == [wrong.id]

    # Ten minutes later.
    card = content["exercises"][wrong.id]["card"]
    card["due"] = card["last_review"] = "2026-01-05T08:00:00+00:00"
    deck.write_text(json.dumps(content), encoding="utf-8")
    page = desk.open(path_of(language, EXAM))
    whole = page.page.locator(".crmlab-review").last
    whole.get_by_text(asking.prompt(wrong), exact=False).first.wait_for()
    assert asking.why_right(wrong)[:15] not in whole.inner_text()
    give(page, whole, asking.row(wrong, "review", "review/1"), asking.right_answers(wrong, "review"), keyboard)
    activate(page, whole.locator("button.crmlab-check"), keyboard)
    whole.get_by_text(asking.why_right(wrong)[:15], exact=False).first.wait_for()
    activate(page, whole.locator("button.crmlab-next"), keyboard)
    wait(lambda: not whole.locator("button.crmlab-next").is_visible(), "the review did not end")
    assert page.errors() == []


@pytest.mark.parametrize("language", ["zh"], indirect=True)
def test_when_the_time_is_up_and_nothing_is_wider_than_the_page(desk: Desk, language: str) -> None:
    begun(desk.lab, language, 0, 60 * (exam.MINUTES + 2))
    page = desk.open(path_of(language, EXAM))
    whole = page.exercise(exam.ID)
    whole.get_by_text(tr("The time is up"), exact=False).first.wait_for()
    assert whole.locator("input").count() == 0
    whole.locator("button.crmlab-hand-in-now").click()
    whole.get_by_text(tr("Not passed yet"), exact=False).first.wait_for()
    narrow(page, whole)
    whole.locator("button.crmlab-again").click()
    whole.locator(".crmlab-questions .crmlab-row").first.wait_for()
    for part in range(1, exam.SIZE // exam.PAGE + 2):  # one of many draws, but all of it, and the talk
        whole.locator(f".crmlab-page-{part}").click()
        whole.locator(f".crmlab-page-{part}.crmlab-here").wait_for()
        narrow(page, whole)
    assert last_try(desk.lab, language)["seed"] != 3


def narrow(page: LessonPage, whole: Any) -> None:
    """On a wide page and on a narrow one nothing sticks out."""
    for width in (1400, 420):
        page.page.set_viewport_size({"width": width, "height": 1000})
        wait(lambda: not too_wide(whole), f"wider than the page at {width}: {too_wide(whole)}", 15)


def too_wide(whole: Any) -> list[str]:
    return list(
        whole.evaluate(
            """element => [...element.querySelectorAll('*')]
                .filter(one => one.scrollWidth > one.clientWidth + 2 && one.clientWidth > 0
                    && getComputedStyle(one).overflowX !== 'visible')
                .map(one => one.className + ' ' + one.scrollWidth + ' > ' + one.clientWidth)"""
        )
    )
