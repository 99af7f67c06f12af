"""Quiz questions: written by instructors in ``datasets/questions/UNIT/LESSON.yml``, asked as a click exercise.

A file is a list of questions; a question looks like this (``right: true`` marks what is right, ``why`` answers back)::

    - id: recency-first
      kind: single            # one right option; "multiple" for several
      difficulty: 1           # 1 easy, 2 middle, 3 hard
      ask:
        en: Which letter says when a customer last bought?
        zh: 哪个字母表示客户最近一次购买的时间？
      options:
        - text: {en: R, zh: R}
          right: true
          why: {en: "Recency: days since the last purchase.", zh: "Recency，距最近一次购买的天数。"}
        - text: {en: F, zh: F}
          why: {en: "F counts purchases; it does not date them.", zh: "F 统计购买次数，不记录时间。"}
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crmlab import places
from crmlab.course import exercise, yamlfile
from crmlab.course.catalogue import Lesson
from crmlab.course.exercise import Case, Exercise
from crmlab.course.form import Answers, Choice, Form, Row, Tick
from crmlab.course.yamlfile import Checker, Fault, said
from crmlab.language import _, tr

KINDS = ("single", "multiple")


class QuizError(ValueError):
    """A question file that cannot be used; the message lists the faults."""


def path_of(lesson: Lesson) -> Path:
    """The file of a lesson's questions."""
    return places.datasets() / "questions" / lesson.unit / f"{lesson.slug}.yml"


def read(path: Path) -> tuple[list[Any], list[Fault]]:
    """The questions of a file and all that is wrong with them. Raises ``OSError`` if there is no such file."""
    content, faults = yamlfile.read(path)
    if content is None:
        return [], faults
    check = Checker(path.name)
    if not isinstance(content, list):
        return [], [Fault(path.name, 1, tr(_("The file should be a list: each question begins with “- id: ...”.")))]
    names: set[str] = set()
    for number, question in enumerate(content):
        _check_question(check, content, number, question, names)
    return ([] if check.faults else list(content)), sorted(check.faults)


def _check_question(check: Checker, content: Any, number: int, question: Any, names: set[str]) -> None:
    required = ("id", "kind", "difficulty", "ask", "options")
    if not check.mapping(content, number, question, required=required, optional=()):
        return
    name = str(question["id"])
    if name in names:
        check.fault(question, "id", _("The id “{name}” stands twice; each question needs its own."), name=name)
    names.add(name)
    if question["kind"] not in KINDS:
        check.fault(question, "kind", _("“kind” should be one of {kinds}."), kinds=", ".join(KINDS))
    check.whole(question, "difficulty", 1, 3)
    check.both(question, "ask")
    options = question["options"]
    if not isinstance(options, list) or len(options) < 2:
        check.fault(question, "options", _("A question needs two options or more, each beginning with “- text:”."))
        return
    right = 0
    for position, option in enumerate(options):
        if check.mapping(options, position, option, required=("text", "why"), optional=("right",)):
            check.both(option, "text")
            check.both(option, "why")
            if not isinstance(option.get("right", False), bool):
                check.fault(option, "right", _("“right” should be true or false."))
            right += option.get("right") is True
    if right == 0 or (question["kind"] == "single" and right != 1):
        check.fault(
            question,
            "options",
            _("{right} options are marked “right: true”; a single question needs exactly one, a multiple one or more."),
            right=right,
        )


def exercise_id(number: str) -> str:
    """The id under which a lesson's quiz is kept and graded: "quiz-2.3"."""
    return f"quiz-{number}"


def load(lesson: Lesson) -> Exercise | None:
    """Register the quiz of a lesson, a point a question; ``None`` if it has none.

    Raises :class:`QuizError` with all faults, file and line, if the file cannot be used.
    """
    path = path_of(lesson)
    if not path.is_file():
        return None
    questions, faults = read(path)
    if faults:
        raise QuizError("\n".join(map(str, faults)))

    def judge(answers: Answers) -> Iterator[Case]:
        for question in questions:
            yield _judge_question(question, answers)

    made = Exercise(
        exercise_id(lesson.number),
        lesson.number,
        float(len(questions)),
        _("Quiz"),
        judge,
        right=_("All right. On to what you take away."),
        make_form=lambda: Form(tuple(map(_row, questions))),
    )
    return exercise.add(made)


def _row(question: Any) -> Row:
    name = str(question["id"])
    labels = [said(option["text"]) for option in question["options"]]
    if question["kind"] == "single":
        options = tuple((str(place), label) for place, label in enumerate(labels, 1))
        return Row(said(question["ask"]), (Choice(name, options, style="radio"),))
    ticks = tuple(Tick(f"{name}.{place}", label) for place, label in enumerate(labels, 1))
    return Row(said(question["ask"]) + " " + tr(_("(Several may be right.)")), ticks)


def _judge_question(question: Any, answers: Answers) -> Case:
    name = str(question["id"])
    options = question["options"]
    right = {place for place, option in enumerate(options, 1) if option.get("right")}
    if question["kind"] == "single":
        if name not in answers:
            return Case(False, exercise.OPEN, key=name, open=True)
        picked = int(answers[name])
        return Case(
            picked in right, said(options[picked - 1]["why"]), key=name, praise=said(options[picked - 1]["why"])
        )
    key = f"{name}.1"
    keys = {place: f"{name}.{place}" for place in range(1, len(options) + 1)}
    if not any(one in answers for one in keys.values()):
        return Case(False, exercise.OPEN, key=key, open=True)
    ticked = {place for place, one in keys.items() if answers.get(one)}
    if wrong := sorted(ticked - right):
        return Case(False, said(options[wrong[0] - 1]["why"]), key=key)
    if ticked != right:
        return Case(False, _("What you ticked is right, but something is missing."), key=key)
    return Case(True, key=key, praise=" ".join(said(options[place - 1]["why"]) for place in sorted(right)))
