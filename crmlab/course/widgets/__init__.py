"""What a lesson calls: lesson, check, practice, answer, hint, solution, quiz, exam, review, calculator, roleplays, handout, progress;
save and show for its tables; own_file, own_columns, own_problems, own_result and own_save for one's own files; rehearse for scripts of an instructor's own.

No module of this package has the name of one of these functions: importing the module would put it in the function's place.

Each call finds out through :mod:`crmlab.course.session` what is to be said, and shows it: as widgets in a notebook, as
HTML or words elsewhere. None of them raises, whatever it is given.
"""

from __future__ import annotations

from typing import Any

from crmlab import figures
from crmlab.course import exercise, exercises, panel, session, source
from crmlab.course import progress as _progress
from crmlab.course import tables as _tables
from crmlab.course.bank import quiz as _quiz
from crmlab.course.exercise import Exercise, Feedback
from crmlab.course.exercise_load import ExerciseError
from crmlab.course.roleplay import handout as _handout
from crmlab.course.roleplay.scripts import ScriptError
from crmlab.course.widgets import rehearsal
from crmlab.course.widgets.calculator_view import calculator as calculator
from crmlab.course.widgets.gallery import roleplays as roleplays
from crmlab.course.widgets.guard import guarded, sentence
from crmlab.course.widgets.own_form import own_columns as own_columns
from crmlab.course.widgets.own_form import own_problems as own_problems
from crmlab.course.widgets.own_picker import own_file as own_file
from crmlab.course.widgets.own_result_view import own_result as own_result
from crmlab.course.widgets.own_saver import own_save as own_save
from crmlab.course.widgets.practice_view import practice as practice
from crmlab.course.widgets.shown import Shown
from crmlab.language import _, tr


def _worth_nothing(text: str) -> Shown:
    return Shown(Feedback("", "", 0.0, 0.0, exercise.UNREADABLE, [], text), None, None)


def _silence(_text: str) -> None:
    return None


save = guarded(sentence)(_tables.save)
show = guarded(sentence)(_tables.show)
handout = guarded(sentence)(_handout.handout)
rehearse = guarded(sentence)(rehearsal.rehearse)


@guarded(sentence)
def lesson(number: str) -> panel.Html:
    """Open the lesson: its exercises, the answers given before, a check that notebook and package fit."""
    figures.draw_once()
    try:
        opened = exercises.open_lesson(number)
    except (LookupError, _quiz.QuizError, ExerciseError, ScriptError, OSError) as error:
        said = str(error)
        return panel.Html(panel.box("unreadable", tr(_("This lesson cannot be opened")), panel.paragraph(said)), said)
    opened.store.settle()
    opened.store.read()
    title = opened.lesson.title()
    lines = _progress.of_lesson(opened)
    got, maximum = sum(line.points for line in lines), sum(line.maximum for line in lines)
    so_far = tr(_("{points} of {maximum} points so far."), points=panel.points(got), maximum=panel.points(maximum))
    body = panel.paragraph(so_far) if maximum else ""
    problems = [opened.store.problem, opened.store.notice, session.version_problem(opened.lesson)]
    for text in filter(None, problems):
        body += panel.paragraph("⚠ " + text)
    box = panel.box("note", title, body)
    if not any(problems):
        box = f'<div class="crmlab-greeting">{box}</div>'  # a page with a head of its own need not show it
    return panel.Html(box, "\n".join([title, *filter(None, problems)]))


@guarded(_worth_nothing)
def check(id: str, answer: Any = ...) -> Shown:
    """Judge an answer; shows the click form while there is no answer in code. The value is the points.

    Ends a cell. See :mod:`crmlab.course.exercise` for what it promises.
    """
    opened, made = _find(id)
    if opened is None or made is None:
        return _nothing(id)
    code = "" if exercise.is_blank(answer) else source.behind(id, _cells())
    given = opened.check(made, answer, code)
    return Shown(given, opened, made)


@guarded(_worth_nothing)
def quiz(number: str) -> Shown:
    """Five questions on a lesson, and when they are done five others. Ends a cell; the value is the points of the best five."""
    return check(_quiz.exercise_id(panel.words(number)))


@guarded(_worth_nothing)
def exam(seed: object = None) -> Shown:
    """The certificate exam, from any lesson. Ends a cell; the value is the points of the best try.

    A try begun with a ``seed`` (a whole number or a word) asks the questions of that seed, so that a class can sit the same
    exam; without one every try has others.
    """
    from crmlab.course.bank import exam as _exam
    from crmlab.course.widgets.exam_view import ExamShown

    try:
        opened, made = _exam.opened()
    except (LookupError, _quiz.QuizError, OSError) as error:
        return Shown(Feedback("exam", "", 0.0, 0.0, exercise.UNREADABLE, [], str(error)), None, None)
    return ExamShown(opened.check(made), opened, made, seed)


@guarded(sentence)
def review() -> panel.Html:
    """The questions that were answered wrongly in quizzes and exams, those that are due again. Ends a cell."""
    from crmlab.course.widgets.review_view import ReviewPage

    return ReviewPage()


@guarded(_silence)
def answer(id: str, answers: Any) -> None:
    """Fill in a click exercise from code, as if it had been clicked: how a worked edition shows its answers."""
    opened, made = _find(id)
    if opened is None or made is None:
        return
    form = made.form()
    if form is not None:
        opened.set_fields(made, form.clean(made.worked() if made.worked else answers))


@guarded(sentence)
def hint(id: str) -> panel.Html:
    """The next hint of an exercise, from a nudge to almost there."""
    opened, made = _find(id)
    if opened is None or made is None:
        return _sorry(id)
    number, text = opened.next_hint(made)
    if not number:
        text = tr(_("There is no hint for this exercise."))
        return panel.Html(panel.box("note", text), text)
    return panel.Html(panel.hint(number, len(made.hints), text), text)


@guarded(sentence)
def solution(id: str) -> panel.Html:
    """The worked answer of an exercise, from the worked edition of the lesson."""
    opened, made = _find(id)
    if opened is None or made is None:
        return _sorry(id)
    lines, code = opened.worked(made)
    if not lines and not code:
        text = tr(_("The worked edition of this lesson is not here."))
        return panel.Html(panel.box("note", text), text)
    plain = code or "\n".join(f"{prompt}: {said}" for prompt, said in lines)
    return panel.Html(panel.worked(tr(made.title), lines, code), plain)


@guarded(sentence)
def progress() -> panel.Html:
    """What is done in this lesson and in the whole course, what is next; with buttons that save it. Ends a cell."""
    from crmlab.course.widgets.progress_page import ProgressPage

    opened = session.opened()
    return _sorry("") if opened is None else ProgressPage(opened)


def _find(id: str) -> tuple[session.Session | None, Exercise | None]:
    opened = session.opened()
    return opened, exercise.get(id, opened.lesson.number) if opened else None


def _excuse(id: str) -> str:
    opened = session.opened()
    if opened is None:
        return tr(_('No lesson is open. Load the page again; elsewhere run the cell with lesson("..."), and then this one.'))
    return exercise.unknown(id, opened.lesson.number)


def _sorry(id: str) -> panel.Html:
    text = _excuse(id)
    return panel.Html(panel.box("unreadable", text), text)


def _nothing(id: str) -> Shown:
    given = Feedback(panel.words(id), "", 0.0, 0.0, exercise.UNREADABLE, [], _excuse(id))
    return Shown(given, None, None)


def _cells() -> list[str]:
    try:
        from IPython import get_ipython

        shell = get_ipython()
        return [str(cell) for cell in shell.user_ns.get("In", [])] if shell else []
    except ImportError:
        return []
