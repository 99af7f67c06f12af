"""What is asked in the lessons, a module a lesson: :func:`load_lesson` finds it, :func:`open_lesson` opens it."""

from __future__ import annotations

from crmlab.course import exercise, exercise_file, exercise_form, hooks, lessons, session, tables
from crmlab.course.bank import quiz
from crmlab.course.exercise import Exercise
from crmlab.course.roleplay import scoring
from crmlab.course.session import Session


def load_lesson(number: str) -> list[Exercise]:
    """Import the exercises of a lesson and return them in the order in which they are written, the quiz last.

    A lesson without exercises gives an empty list. Raises ``LookupError`` for a lesson that is not there,
    :class:`crmlab.course.bank.files.QuizError` for a quiz that cannot be used.

    >>> [made.id for made in load_lesson("3.2")][::7]
    ['hear-it', 'quiz-3.2']
    """
    lesson = lessons.find(number)
    hooks.of(lesson.number)  # a lesson that is not a file yet registers its exercises when it is imported
    exercise_form.register(lesson, scoring.of_script)
    quiz.load(lesson)
    return exercise.of_lesson(lesson.number)


def open_lesson(number: str) -> Session:
    """Open a lesson with its exercises and the trainee's answers. Raises as :func:`load_lesson` does."""
    lesson = lessons.find(number)
    exercises = load_lesson(lesson.number)
    tables.begin(hooks.of(lesson.number).content.get("tables") or {} if exercise_file.path_of(lesson).is_file() else {})
    return session.begin(lesson, exercises)
