"""A made-up class: thirty trainees with slips that are known, judged by the course's own judge."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from crmlab.classroom.collected import Collected, File, Person
from crmlab.classroom.marks import LessonMarks, Mark, Marks
from crmlab.course.exercises import load_lesson
from crmlab.course.form import Choice, Form, Line, Tick
from crmlab.course.grading import answered, judging
from tests.support.answers import worked

LESSONS = ("3.2", "3.5", "4.2")
SLIP = ("3.2", "hear-it", "drinks.letter", "large")
"""The wrong option that most of the weaker half choose: lesson, exercise, field, option."""
HARD = ("3.2", "roles-and-needs")
"""An exercise that only the strong get right."""
EVIL = '<script>alert("x")</script> & "Zoë" <b>'
"""What one of them typed, and is called."""
LINES = {
    "en": ("Forty warm crates with 240 guests at six: that is awful. When did they come, and what is still cold?",
           "You must be furious, and rightly so. What exactly came at one?",
           "That hurts on a wedding day. Which of the forty crates do you need first?"),
    "zh": ("四十箱全是热的，六点就开席，换了谁都着急。几点送到的？", "真是扫兴，您一定很着急。现在到的是哪几箱？"),
}  # fmt: skip
NEAR = {"en": ("When did the crates come?", "I am so sorry, that is a terrible day for you."), "zh": ("几点送到的？", "让您着急了，真对不起。")}
NAMES = ("Anna Berg", "Ben Carter", "王芳", "李雷", "Chen Wei", "韩梅梅", "Dora Evans", "张伟", "Felix Grau", "刘洋", "Greta Holm", "赵敏", "Ivan Jansen",
         "周杰", "Kira Lund", "吴倩", "Max Nolte", "郑爽", "Olga Petri", "孙悦", "Quinn Reed", "欧阳娜娜", "Sam Tan", "陈晨", "Uma Voss", "林丹", "Will Xu",
         "Anna Boll", "黄磊", EVIL)  # fmt: skip


@dataclass(frozen=True)
class MadeUp:
    """The class as collecting and grading leave it."""

    collected: Collected
    marks: Marks
    ability: dict[str, float]

    def save(self, folder: Path) -> None:
        """Write it into the folder of a class."""
        folder.mkdir(parents=True, exist_ok=True)
        self.collected.save(folder)
        self.marks.save(folder)


@cache
def made(count: int = 30, lessons: tuple[str, ...] = LESSONS, seed: int = 7) -> MadeUp:
    """The class; the same seed makes the same one, once. Not to be changed."""
    lot = random.Random(seed)
    right = {number: worked(number) for number in lessons}
    people, marks, ability = [], {}, {}
    for place, name in enumerate(NAMES[:count]):
        key = f"p{place + 1:02}"
        language = "zh" if not name.isascii() and name != EVIL else "en"
        ability[key] = place / max(count - 1, 1)
        done = lessons[: len(lessons) - (place % 10 == 9)]
        strength = ability[key] if name != EVIL else 0.45
        people.append(Person(key, name, f"2026{place:04}", language, done, late=place % 9 == 4, came=f"2026-11-30T1{place % 10}:30:00+08:00"))
        marks[key] = {number: _lesson(lot, number, right[number], strength, language, name) for number in done}
    files = (File("mail.zip > broken.json", "broken", says="not JSON"),)
    return MadeUp(Collected(tuple(people), files), Marks(marks, "2026-11-30T20:00:00+08:00", "bubblewrap"), ability)


def _lesson(lot: random.Random, number: str, right: dict[str, Any], strength: float, language: str, name: str) -> LessonMarks:
    fields = {}
    for exercise in load_lesson(number):
        if exercise.id in right and lot.random() < 0.6 + 0.5 * strength:
            form = exercise.form()
            fields[exercise.id] = (
                _answers(lot, number, exercise.id, form, right[exercise.id], strength, language, name)
                if isinstance(form, Form) else dict(right[exercise.id])
            )  # fmt: skip
    grades, looked = judging.judge(number, fields, {}), answered.look(number, fields)
    return LessonMarks({
        id: Mark(grade.points, looked[id].made.points, looked[id].feedback.state, fields.get(id, {}), html=grade.html)
        for id, grade in grades.items()
    })  # fmt: skip


def _answers(
    lot: random.Random, number: str, id: str, form: Form, right: dict[str, Any], strength: float, language: str, name: str
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in form.fields():
        due = right.get(field.key, False if isinstance(field, Tick) else None)
        chance = 0.15 + 0.85 * (strength > 0.7) if (number, id) == HARD else 0.3 + 0.65 * strength
        if isinstance(field, Line):
            text = EVIL if name == EVIL else lot.choice((LINES if lot.random() < chance else NEAR)[language])
            found[field.key] = {"text": text, "claims": {}}
        elif (number, id, field.key) == SLIP[:3]:
            found[field.key] = due if strength > 0.6 else SLIP[3]
        elif lot.random() < chance or not isinstance(field, Choice):
            found[field.key] = due
        elif lot.random() < 0.9:
            found[field.key] = lot.choice([value for value, _label in field.options if value != due])
    return found
