"""What a trainee handed in, judged: the clicked answers from the file of answers, the code answers from their values.

This is the whole judgement. What stands in the file or in the notebook about points, tries and hints is not looked at.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from crmlab.course import lessons, panel
from crmlab.course.bank import exam, exam_talk
from crmlab.course.exercises import load_lesson, own_data
from crmlab.course.grading import values
from crmlab.course.session import Session
from crmlab.course.state import Store
from crmlab.language import _, set_language, tr

MOST = 5_000_000
"""Bytes that a file of answers may have; a lesson's has some thousand."""
MOST_TRIES = 100
"""Tries of an exam that are looked at, the newest: each is drawn again."""


@dataclass(frozen=True)
class Grade:
    """What an exercise earned, and the feedback as HTML."""

    points: float
    html: str
    maximum: float = 0.0
    state: str = ""
    """As :class:`crmlab.course.exercise.Feedback` has it."""


def read(raw: bytes, lesson: lessons.Lesson) -> tuple[dict[str, Any], str]:
    """The clicked fields by exercise in a file of answers, and a sentence if nothing of it can be used. Never raises.

    >>> read(b'{"lesson": "3.2", "exercises": {"hear-it": {"fields": {"a": 1}, "points": 6}}}', lessons.find("3.2"))
    ({'hear-it': {'a': 1}}, '')
    >>> read(b"[" * 100_000, lessons.find("3.2"))[1]
    'The file of answers, 2-man.json, cannot be read: nothing that was clicked counts.'
    """
    name = f"{lesson.slug}.json"
    if len(raw) > MOST:
        return {}, too_long(name)
    try:
        content = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        content = None
    records = content.get("exercises") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(records, dict):
        text = _("The file of answers, {name}, cannot be read: nothing that was clicked counts.")
        return {}, tr(text, name=name)
    if content.get("lesson", lesson.number) != lesson.number:
        text = _("The file of answers, {name}, belongs to another lesson: nothing that was clicked counts.")
        return {}, tr(text, name=name)
    return {id: one["fields"] for id, one in records.items() if isinstance(one, dict) and "fields" in one}, ""


def too_long(name: str) -> str:
    """The sentence for a file that is too long to be one of answers or a notebook of the course."""
    text = _("The file {name} is far longer than one of this course can be, and was not read: nothing in it counts.")
    return tr(text, name=name)


def judge(
    number: str, fields: Mapping[str, Any], given: Mapping[str, Any], only: str | None = None
) -> dict[str, Grade]:
    """The grade of each exercise of a lesson, or of one, by id.

    ``fields`` as :func:`read` finds them; ``given`` the texts of code answers, as :func:`crmlab.course.grading.values.dumps`
    makes them, by id. Of clicks and code the better one counts.

    >>> {id: grade.points for id, grade in judge("1.1", {"guess": {"share": "75"}}, {"days": "361.5"}).items()}
    {'guess': 1.0, 'units': 0.0, 'days': 1.0, 'three-weeks': 0.0, 'tenth': 0.0, 'quiz-1.1': 0.0}
    """
    lesson = lessons.find(number)
    with own_data.made_up_only():
        return _judged(lesson, fields, given, only)


def _judged(
    lesson: lessons.Lesson, fields: Mapping[str, Any], given: Mapping[str, Any], only: str | None
) -> dict[str, Grade]:
    store = Store(None, lesson.number)
    session = Session(lesson, store, load_lesson(lesson.number))
    found = {}
    for made in session.exercises:  # all of them first: what is right may follow from the answers to another exercise
        if isinstance(clicked := fields.get(made.id), dict):
            if lesson.number == exam.LESSON:
                clicked = as_drawn(clicked)
            store.change(made.id, lambda record, clicked=clicked: record.update(fields=clicked))  # type: ignore[misc]
    for made in session.exercises:
        if only is not None and made.id != only:
            continue
        try:
            answer = values.loads(given.get(made.id, values.BLANK))
        except ValueError:
            answer = values.Unknown()
        feedback = session.check(made, answer)
        if made.id == own_data.ID and (note := own_data.only_own(fields.get(made.id))):
            feedback.message = note
        # A lone surrogate in a typed line, which the feedback quotes, could not be written into a notebook.
        html = panel.feedback(feedback).encode("utf-8", "replace").decode("utf-8")
        points = min(max(float(feedback.points), 0.0), made.points)
        found[made.id] = Grade(points, html, float(made.points), feedback.state)
    return found


def as_drawn(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The tries of an exam with the questions that their seeds draw, and with a talk: nobody chooses what is asked.

    Answers stay where the question is the one that was drawn. The bank must be the one that the trainees had.

    >>> short = as_drawn({"tries": [{"seed": 1, "ids": ["rfm-best"], "answers": {"q01": "a"}, "handed_in": 1}]})
    >>> len(short["tries"][0]["ids"]), short["tries"][0]["answers"], short["tries"][0]["talk"]["path"]
    (50, {}, [])
    """
    tries = []
    for one in fields["tries"][-MOST_TRIES:] if isinstance(fields.get("tries"), list) else ():
        seed = one.get("seed") if isinstance(one, dict) else None
        if not isinstance(seed, int | str):
            continue
        due = [question.id for question in exam.draw(seed)]
        ids, answers = one.get("ids"), one.get("answers")
        ids, answers = ids if isinstance(ids, list) else [], answers if isinstance(answers, dict) else {}
        kept = {f"q{number:02}" for number, both in enumerate(zip(ids, due, strict=False), 1) if both[0] == both[1]}
        attempt = {**one, "ids": due, "answers": {key: value for key, value in answers.items() if key[:3] in kept}}
        if not exam_talk.readable(one.get("talk")) and (talk := exam_talk.begun(seed)):
            attempt["talk"] = talk
        tries.append(attempt)
    return {"tries": tries}


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """Judge what a request of :class:`crmlab.course.grading.apart.Judge` holds."""
    set_language(request["language"])
    lesson = lessons.find(request["lesson"])
    raw = request["answers"]
    fields, problem = ({}, "") if raw is None else read(raw.encode("utf-8", "surrogateescape"), lesson)
    grades = judge(lesson.number, fields, request["given"], request.get("only"))
    return {"grades": {id: asdict(grade) for id, grade in grades.items()}, "problem": problem}
