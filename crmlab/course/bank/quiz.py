"""The quiz of a lesson: five questions of its file in the bank, and when they are done five others.

The first draw is the first five questions of the file, the same for everybody: that is what a course is graded by. Each
further draw takes those questions that were asked least. The best draw counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from crmlab.course import exercise, handed_out, panel
from crmlab.course.bank import asking, files, review
from crmlab.course.bank.asking import Question
from crmlab.course.bank.files import QuizError
from crmlab.course.cases import Case
from crmlab.course.exercise import Exercise, Feedback
from crmlab.course.form import Answers, Form
from crmlab.course.lessons import CLASS_LESSON, Lesson
from crmlab.course.session import Session
from crmlab.language import _, tr

__all__ = ["SIZE", "Draw", "Quiz", "QuizError", "drawn", "exercise_id", "load", "path_of"]

T = TypeVar("T")

SIZE = 5
"""Questions of a draw."""
MOST = 99
"""Draws that are kept apart; after so many everything has been asked."""
DRAW = "draw"
"""The key under which the number of the present draw stands among the answers."""


def path_of(lesson: Lesson) -> Path:
    """The file of a lesson's questions."""
    return lesson.written / f"{lesson.slug}.questions.yml"


def exercise_id(number: str) -> str:
    """The id under which a lesson's quiz is kept and graded: "quiz-2.3"."""
    return f"quiz-{number}"


def draws(names: Sequence[str], seed: str, count: int) -> list[list[str]]:
    """The names asked in each of the first ``count`` draws: first the first five, then those that were asked least.

    >>> first, second = draws([f"q{n}" for n in range(10)], "2.3", 2)
    >>> first, set(first) & set(second)
    (['q0', 'q1', 'q2', 'q3', 'q4'], set())
    """
    made = [list(names[:SIZE])]
    asked = dict.fromkeys(names, 0) | dict.fromkeys(made[0], 1)
    for number in range(2, count + 1):
        last = set(made[-1])
        order = asking.shuffled(names, f"{seed}/{number}")
        # Of those asked equally often, the ones of the last draw come last.
        order.sort(key=lambda name: (asked[name], name in last))
        made.append(order[:SIZE])
        for name in made[-1]:
            asked[name] += 1
    return made


def drawn(questions: Sequence[T], lesson: str) -> list[T]:
    """The questions of a lesson, those first that its quiz asks first: the first five of the file, or for a class with a draw
    (:mod:`crmlab.course.handed_out`) five others, as its seed has it. Of a short file the first five fill up what is missing.
    """
    handed = handed_out.current()
    if handed is None or handed.draw is None or lesson == CLASS_LESSON.number:
        return list(questions)
    usual, others = range(min(SIZE, len(questions))), range(SIZE, len(questions))
    seed = f"{handed.draw}/{lesson}"
    first = [*asking.shuffled(others, seed), *asking.shuffled(usual, seed)][:SIZE]
    return [questions[n] for n in (*first, *(n for n in range(len(questions)) if n not in first))]


@dataclass(frozen=True)
class Quiz(Form):
    """What a quiz asks: the form of the first draw, and those of the draws after it.

    Answers of the first draw stand under the question's id, those of draw 2 under ``id_2``.
    """

    lesson: str = ""
    questions: tuple[Question, ...] = ()

    @classmethod
    def of(cls, lesson: str, asked: Sequence[Question]) -> Quiz:
        """The quiz of a lesson from its questions, in the trainee's language."""
        return cls(tuple(asking.row(question, question.id) for question in asked[:SIZE]), lesson=lesson, questions=tuple(asked))

    def draw(self, number: int) -> list[tuple[str, Question]]:
        """The questions of a draw (from 1), each with the key of its answer."""
        by_name = {question.id: question for question in self.questions}
        chosen = draws(list(by_name), self.lesson, number)[-1]
        return [(name if number == 1 else f"{name}_{number}", by_name[name]) for name in chosen]

    def form(self, number: int) -> Form:
        """The form of a draw; after the first one the options are shuffled."""
        if number == 1:
            return Form(self.rows)
        seed = f"{self.lesson}/{number}"
        return Form(tuple(asking.row(question, key, seed) for key, question in self.draw(number)))

    def number(self, answers: Any) -> int:
        """The number of the present draw."""
        found = answers.get(DRAW) if isinstance(answers, dict) else None
        return found if isinstance(found, int) and not isinstance(found, bool) and 1 <= found <= MOST else 1

    def clean(self, raw: Any) -> Answers:
        """The readable answers of all draws so far."""
        number = self.number(raw)
        found: Answers = {DRAW: number} if number > 1 else {}
        for one in range(1, number + 1):
            found |= self.form(one).clean(raw)
        return found

    def unread(self, raw: Any) -> dict[str, str]:
        """What was typed in the present draw and not understood."""
        return self.form(self.number(raw)).unread(raw)

    def judge(self, answers: Answers, number: int) -> list[Case]:
        """A case a question of one draw."""
        return [asking.judge(question, answers, key) for key, question in self.draw(number)]

    def best(self, answers: Answers) -> Iterator[Case]:
        """The cases of the best draw so far, of two equal ones those of the first."""
        every = (self.judge(answers, number) for number in range(1, self.number(answers) + 1))
        yield from max(every, key=lambda cases: sum(case.ok for case in cases))

    def more(self) -> bool:
        """Whether there is anything else to ask than the first draw."""
        return len(self.questions) > SIZE


def load(lesson: Lesson) -> Exercise | None:
    """Register the quiz of a lesson, a point a question; ``None`` if it has none.

    Raises :class:`crmlab.course.bank.files.QuizError` with all faults, file and line, if the file cannot be used.
    """
    path = path_of(lesson)
    if not path.is_file():
        return None
    found, faults = files.load(path)
    if faults:
        raise QuizError("\n".join(map(str, faults)))
    asked = [Question(one, lesson.number) for one in drawn(found, lesson.number)]
    quiz = Quiz.of(lesson.number, asked)
    made = Exercise(
        exercise_id(lesson.number),
        lesson.number,
        float(min(SIZE, len(found))),
        _("Quiz"),
        quiz.best,
        right=_("All right. On to what you take away."),
        make_form=lambda: Quiz.of(lesson.number, asked),
    )
    return exercise.add(made)


class Draw:
    """The present draw of an open quiz, which judges this draw alone: an :class:`crmlab.course.answering.Answering`.

    What is kept and graded is the whole quiz, with its best draw.
    """

    def __init__(self, session: Session, made: Exercise) -> None:
        quiz = made.form()
        assert isinstance(quiz, Quiz)
        self.quiz = quiz
        self._session = session
        self._made = made
        self._work = session.work(made)
        self.number = quiz.number(self._work.fields())
        form = quiz.form(self.number)
        self.form = form
        self._alone = Exercise(
            made.id,
            made.lesson,
            made.points,
            made.title,
            lambda answers: iter(quiz.judge(answers, self.number)),
            right=made.right,
            make_form=lambda: form,
        )

    def fields(self) -> Answers:
        """The kept answers of this draw."""
        return self.form.clean(self._work.fields())

    def typed(self) -> Answers:
        """The answers so far as they were kept."""
        return self._work.typed()

    def set_field(self, key: str, value: Any) -> None:
        """Keep one answer."""
        self._work.set_field(key, value)

    def check(self, *, count: bool = True) -> Feedback:
        """Judge this draw, and keep what the best one is worth. What is wrong goes into the review deck."""
        best = self._work.check(count=count)
        given = self.feedback()
        if best.points > given.points:
            given.message = tr(_("Your best five so far count: {points} points."), points=panel.points(best.points))
        if count:
            review.note(question.id for question, case in self._cases(given) if not case.ok and not case.open)
        return given

    def feedback(self) -> Feedback:
        """How this draw stands."""
        return exercise.judge(self._alone, self.typed(), clicked=True)

    def _cases(self, given: Feedback) -> list[tuple[Question, Case]]:
        asked = [question for _key, question in self.quiz.draw(self.number)]
        return list(zip(asked, given.cases, strict=True)) if given.cases else []

    def finished(self) -> bool:
        """Whether all of this draw was answered and checked, so that others may be asked."""
        tried = bool(self._session.store.record(self._made.id).get("tries"))
        cases = self.feedback().cases
        return tried and bool(cases) and not any(case.open for case in cases)

    def next(self) -> Draw:
        """Draw five others; the answers of this draw are kept."""
        self._work.set_field(DRAW, min(self.number + 1, MOST))
        return Draw(self._session, self._made)
