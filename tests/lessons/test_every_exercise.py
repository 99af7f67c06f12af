"""Every exercise of every lesson, in both languages: blank, half, wrong and right by clicking, and its points.

The exam has tests of its own (``test_exam.py``); what an exercise says to answers in code, and which sentence belongs to
which slip, is tested with its lesson. A lesson's tests give the right clicks (``RIGHT``) of what is worked in code, and
the numbers that a trainee is likely to arrive at (``NUMBERS``, by field).
"""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase

import pytest

from crmlab import audit
from crmlab.course import exercise, lessons
from crmlab.course.cases import Case
from crmlab.course.exercise import Exercise
from crmlab.course.exercises import load_lesson
from crmlab.course.form import Choice, Form, Order, Slider, Tick
from crmlab.course.lessons import Lesson
from crmlab.course.roleplay import scoring
from crmlab.language import set_language
from tests.support.answers import of_tests, prose, questions, right_answers, wrong_values

LESSONS = [lesson for lesson in lessons.every() if lesson.number != "7.2"]
EXERCISES = [(lesson, made) for lesson in LESSONS for made in load_lesson(lesson.number)]
# All but the talks. To make the forms here, which computes their numbers, would take each worker two seconds.
FORMS = [(lesson, made) for lesson, made in EXERCISES if made.judge.__module__ != scoring.__name__]

each_lesson = pytest.mark.parametrize("lesson", [pytest.param(one, id=one.number) for one in lessons.every()])
each_exercise = pytest.mark.parametrize(
    ("lesson", "made"), [pytest.param(*both, id=f"{both[0].number}-{both[1].id}") for both in EXERCISES]
)
each_form = pytest.mark.parametrize(
    ("lesson", "made"), [pytest.param(*both, id=f"{both[0].number}-{both[1].id}") for both in FORMS]
)

# What follows is left out of one of the checks, as "exercise" or "exercise/field" (* for all fields of that beginning).

# Fields that are judged together: a wrong one is said under another, or makes another wrong as well.
TOGETHER = ["from-the-end/*", "street/*", "three-weeks/*", "my-week/*", "boat-map/*", "counter-sheet/*", "reward-plan/bar.reward", "my-plan/*"]
SEVERAL = [
    *("boat-map/*.point", "three-weeks/*", "my-week/*"),
    *("across-the-river/begin", "budget/[ABC]", "my-plan/*"),
]
# Other answers that are right, too; that slider only looks along a curve; own numbers that do not change the week; a price that
# leaves both enough; an audit of one's own firm.
ALSO_RIGHT = {
    "stroke/place": ["line.plus2"],
    "another-firm/top": range(1, 101),
    "my-week/talks": range(35, 435, 5),
    "my-week/visits": range(5, 151),
    "reward-plan/carp.for": ["brings"],
    "reward-plan/bar.reward": ["training"],
    "reward-plan/bar.for": ["pays"],
    "reward-plan/tea.reward": ["bill"],
    "build/price": [price / 10 for price in range(420, 435)],
    **{f"own-firm/{key}": [*"12345?"] for key in audit.QUESTIONS.index},
    # Any number names a class, and a bet is neither right nor wrong; a plan has room.
    "your-firm/code": [0, 7, 1e9],
    "your-firm/bet": ["discount", "calls", "complaints", "leads", "van"],
    "my-plan/visits": range(8, 10),
    "my-plan/recovery": range(400, 1101, 100),
    "my-plan/leads": range(10, 15),
    "my-plan/rewards": range(0, 9001, 1000),
    "my-plan/leads_by": ["value"],
}
# Half an answer earns nothing yet, or is not judged question by question.
HALF_IS_NOTHING = ["three-weeks", "another-firm"]
HALF_IS_ONE = ["my-plan", "from-the-end", "street", "my-week", "reward-plan"]
# A sentence that says where to look and does not ask; a quiz gives reasons.
TELLS = [
    "quiz-*",
    *("which-stage/*.stage", "set-the-limit/reading", "where-they-leak/loyal", "before-the-end/margin"),
    *("stage-memo/back", "keep-the-right/contribution", "keep-the-right/move.15134", "another-firm/share"),
    *("rfm-cards/14910.M", "rfm-score/*", "rfm-cds/hibernating", "stand/retention", "equity/equity", "another-day/*"),
    *("fill-the-board/91004", "fill-the-board/ross", "fill-the-board/overdue"),
    *("partners-all/novak", "partners-all/small", "three-weeks/*", "new-clients/full"),
    *("north-nps/nps", "next-day/better", "next-day/worse"),
]
# A sentence that asks and then says where to look.
ASKS_FIRST = [
    *("stage-memo/active", "stage-memo/loyal", "clv-memo/once", "roles-and-needs/labels", "path-and-map/path"),
    *("no-in-order/lines", "what-it-carries/*.reason", "twenty/*", "stated-derived/unimportant"),
    *("what-alpha-says/item", "call-and-card/message", "own-no/*", "own-line/mine"),
    *("fear-script/mend", "budget/memo", "my-call/last", "tea-room-line/line", "own-goal/goal", "actions/own"),
]
SHORT = ["chain/neglect", "late-answers/product", "quiz-2.3/fm-mean"]


def among(name: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


# -- the lessons ----------------------------------------------------------------------------------------------------------


@each_lesson
@pytest.mark.parametrize("edition", ["notebooks", "solutions"])
def test_the_editions_have_all_exercises_for_their_points(lesson: Lesson, edition: str, language: str) -> None:
    cells = json.loads(prose(lesson.number, language, edition))["cells"]
    graded = [cell["metadata"]["nbgrader"] for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade")]
    headings = re.findall(
        r"^## .*[,，] ?(\d+) (?:points?\)|分）)$",
        "\n".join("".join(cell["source"]) for cell in cells),
        flags=re.MULTILINE,
    )
    due = [(made.id.replace(".", "-"), made.points) for made in load_lesson(lesson.number)]
    assert [(cell["grade_id"], cell["points"]) for cell in graded] == due
    assert [float(points) for points in headings] == [points for _id, points in due]


# -- the exercises --------------------------------------------------------------------------------------------------------


@each_exercise
def test_blank_has_no_points(lesson: Lesson, made: Exercise, language: str) -> None:
    for given in (exercise.judge(made, {}, clicked=True), exercise.judge(made, ...)):
        assert (given.state, given.points, given.maximum) == (exercise.BLANK, 0, made.points)


@each_exercise
def test_right_has_all_points(lesson: Lesson, made: Exercise, language: str) -> None:
    given = exercise.judge(made, right_answers(lesson, made), clicked=True)
    assert (given.state, given.points, given.maximum) == (exercise.RIGHT, made.points, made.points), given.wrong()
    assert given.message


@each_form
def test_half_has_some_of_the_points(lesson: Lesson, made: Exercise, language: str) -> None:
    form = made.form()
    assert isinstance(form, Form)
    whole = questions(form, right_answers(lesson, made))
    middle = len(whole) // 2
    for half in (whole[::2], whole[:middle], whole[: len(whole) - middle]) if middle else ():
        given = exercise.judge(made, {key: value for one in half for key, value in one.items()}, clicked=True)
        assert not given.wrong()
        assert given.points < made.points
        assert given.points or made.id in HALF_IS_NOTHING
        assert made.id in HALF_IS_ONE or sum(one.open for one in given.cases) == len(whole) - len(half)


@each_form
def test_each_wrong_answer_costs_points_and_is_answered(lesson: Lesson, made: Exercise, language: str) -> None:
    form, right, numbers = made.form(), right_answers(lesson, made), of_tests(lesson, "NUMBERS")
    assert isinstance(form, Form)
    options, said = 0, set()
    for field in form.fields():
        name = f"{made.id}/{field.key}"
        due = right.get(field.key, False) if isinstance(field, Tick) else right[field.key]
        for value in wrong_values(field, due, numbers.get(field.key, ())):
            given = exercise.judge(made, {**right, field.key: value}, clicked=True)
            if value in ALSO_RIGHT.get(name, ()):
                assert given.state == exercise.RIGHT, (name, value)
                continue
            assert given.points < made.points, (name, value)
            assert given.points > 0 or len(right) == 1, (name, value)
            wrong = given.wrong()
            assert len(wrong) == 1 or (wrong and among(name, SEVERAL)), (name, value)
            if isinstance(field, Tick):
                assert wrong[0].key.rpartition(".")[0] == field.key.rpartition(".")[0]
            elif not among(name, TOGETHER):
                assert [one.key for one in wrong].count(field.key) == 1, (name, value)
            for one in wrong:
                asks(one, name, language)
            if isinstance(field, Choice):
                options += 1
                said |= {one.text() for one in wrong}
                assert not any(f"“{field.show(due)}”" in one.text() for one in wrong), "it gives the answer away"
    assert options < 3 or len(said) >= 3, "the same sentence for all"


def asks(wrong: Case, name: str, language: str) -> None:
    """The sentence for a wrong answer: whole, in the trainee's language, and a question."""
    text = wrong.text()
    assert len(text) > (7 if among(name, SHORT) else 10), (name, text)
    assert "{" not in text, (name, text)
    if language == "zh":
        assert not text.isascii(), (name, text)
    if not among(name, TELLS):
        assert re.search(r"[?？]" if among(name, ASKS_FIRST) else r"[?？]$", text), (name, text)


@each_form
def test_the_form_does_not_start_on_the_answer(lesson: Lesson, made: Exercise) -> None:
    form, right = made.form(), right_answers(lesson, made)
    assert isinstance(form, Form)
    assert set(right) <= {field.key for field in form.fields()}
    for field in form.fields():
        assert not hasattr(field, "start") or field.start != right[field.key], field.key
        if isinstance(field, Order):
            assert field.values() != right[field.key], field.key


@each_form
def test_what_follows_the_clicks_is_in_the_language_of_the_lesson(lesson: Lesson, made: Exercise) -> None:
    """Blank, and with each answer that is right, no English is left in the Chinese lines."""
    set_language("zh")
    try:
        form = made.form()
        assert isinstance(form, Form)
        if form.live is None:
            return
        start = {field.key: field.start for field in form.fields() if isinstance(field, Slider)}
        right = list(form.clean(right_answers(lesson, made)).items())
        lines = [line for part in (0, len(right) // 2, len(right)) for line in form.live(start | dict(right[:part]))]
        assert not [line for line in lines if re.search(r"[a-z]{2,} [a-z]{2,}", line)]
    finally:
        set_language(None)
