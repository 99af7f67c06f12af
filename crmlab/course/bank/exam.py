"""The certificate exam: fifty questions from the bank by a blueprint of the lessons that there are, and a talk that no lesson shows, in
seventy minutes, with a result by unit.

One try is a dict among the kept answers: its seed, the ids of its questions, the answers (``q01`` ... ``q50``), the talk, the clock,
and whether it was handed in. Nothing of a try is judged before it is handed in.
"""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crmlab.course import exercise, lessons, session, state
from crmlab.course.bank import asking, exam_talk, review
from crmlab.course.bank.asking import Question
from crmlab.course.bank.files import QuizError
from crmlab.course.cases import Case
from crmlab.course.exercise import Exercise, Feedback
from crmlab.course.form import Answers, Form, Row
from crmlab.course.roleplay.scripts import Play
from crmlab.course.roleplay.talk import Talk
from crmlab.course.session import Session
from crmlab.course.state import Record
from crmlab.language import _, tr

LESSON = "7.2"
ID = "exam"
SIZE = 50
MINUTES = 70
"""Sixty for the questions, ten for the talk."""
PASS = 80
"""Percent of the points from which the exam is passed."""
PAGE = 10
"""Questions on a page."""
WEIGHTS = {"1": 4, "2": 10, "3": 10, "4": 10, "5": 10, "6": 4, "7": 2}
"""What each unit weighs when all its lessons are there; 2 to 5 are the heart of the course."""
GRACE = 3.0
"""Seconds after the end in which an answer still counts: it was on its way."""

Try = dict[str, Any]


# -- drawing -----------------------------------------------------------------------------------------------------------


def ready(bank: Sequence[Question] | None = None) -> list[Question]:
    """The questions whose lesson is there: nobody is asked what nobody could learn here."""
    there = {lesson.number for lesson in lessons.of_course()}
    return [question for question in (asking.bank() if bank is None else bank) if question.lesson in there and question.unit in WEIGHTS]


def blueprint() -> dict[str, int]:
    """How many questions of each unit an exam has: fifty, shared out by :data:`WEIGHTS` times the share of the unit's
    lessons that are there. What rounding down leaves goes to the largest remainders."""
    written = {question.lesson for question in asking.bank()}
    there = {question.lesson for question in ready()}
    parts = {}
    for unit, weight in WEIGHTS.items():
        of_unit = {number for number in written if number.split(".")[0] == unit}
        if of_unit & there:
            parts[unit] = weight * len(of_unit & there) / len(of_unit)
    exact = {unit: SIZE * part / sum(parts.values()) for unit, part in parts.items()}
    shares = {unit: int(number) for unit, number in exact.items()}
    rest = SIZE - sum(shares.values()) if shares else 0
    for unit in sorted(exact, key=lambda unit: shares[unit] - exact[unit])[:rest]:
        shares[unit] += 1
    return shares


def draw(seed: object, bank: Sequence[Question] | None = None) -> list[Question]:
    """The questions of an exam: the same for the same seed and the same bank, in mixed order.

    Only of lessons that are there, of each unit as many as :func:`blueprint` says, its kinds and difficulties in the proportions in which the unit has
    them. What one unit lacks is taken from the others; a bank of fewer than fifty is asked whole.
    """
    bank = ready(bank)
    units: dict[str, list[Question]] = {unit: [] for unit in blueprint()}
    for question in bank:
        units.setdefault(question.unit, []).append(question)
    shares = _shares({unit: len(found) for unit, found in units.items()})
    chosen = []
    for unit, found in units.items():
        chosen += _spread(found, shares[unit], f"{seed}/{unit}")
    return asking.shuffled(chosen, seed)


def _shares(there: Mapping[str, int]) -> dict[str, int]:
    wanted = blueprint()
    shares = {unit: min(count, wanted.get(unit, 0)) for unit, count in there.items()}
    while sum(shares.values()) < SIZE and any(shares[unit] < there[unit] for unit in shares):
        # One at a time to the unit that can best spare one.
        most = max(shares, key=lambda unit: there[unit] - shares[unit])
        shares[most] += 1
    return shares


def _spread(found: Sequence[Question], count: int, seed: str) -> list[Question]:
    """``count`` of the questions, spread evenly over kinds and difficulties (systematic sampling)."""
    if not count:
        return []
    # Stable sorting: within a kind and difficulty the order is that of the seed.
    line = sorted(asking.shuffled(found, seed), key=lambda question: (question.kind, question.difficulty))
    step = len(line) / count
    start = int(asking.shuffled(range(1000), seed)[0]) / 1000 * step
    return [line[min(int(start + number * step), len(line) - 1)] for number in range(count)]


def shortage(bank: Sequence[Question] | None = None) -> str:
    """A sentence if the bank is too small for the blueprint; empty if it is large enough."""
    bank = ready(bank)
    if len(bank) < SIZE:
        text = _("The question bank has {there} questions so far; the exam asks them all instead of {size}.")
        return tr(text, there=len(bank), size=SIZE)
    short = [
        tr(lessons.UNITS[unit])
        for unit, count in blueprint().items()
        if sum(question.unit == unit for question in bank) < count
    ]
    if not short:
        return ""
    text = _("There are too few questions on {units} so far; questions of other units stand in for them.")
    return tr(text, units=tr(_(", ")).join(short))


# -- the tries ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """A question of a try: its number in the exam and the key of its answer."""

    number: int
    key: str
    question: Question


def asked(attempt: Try) -> list[Asked]:
    """The questions of a try that are still in the bank."""
    by_name = {question.id: question for question in asking.bank()}
    return [
        Asked(number, f"q{number:02}", by_name[name])
        for number, name in enumerate(attempt["ids"], 1)
        if name in by_name
    ]


def row(one: Asked, seed: object) -> Row:
    """A question of a try as a row of a form, with its number."""
    made = asking.row(one.question, one.key, seed)
    return Row(f"{one.number}. {made.prompt}", made.fields)


def form(attempt: Try, page: int | None = None) -> Form:
    """The form of a try, or of one of its pages (from 0)."""
    chosen = asked(attempt) if page is None else on_page(attempt, page)
    return Form(tuple(row(one, attempt["seed"]) for one in chosen))


def on_page(attempt: Try, page: int) -> list[Asked]:
    """The questions of a page of a try, from 0."""
    return [one for one in asked(attempt) if (one.number - 1) // PAGE == page]


def _moment(value: Any) -> float | None:
    sound = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if sound else None


def _readable(raw: Any) -> Try | None:
    """A try as it was kept; ``None`` if it cannot be read."""
    if not isinstance(raw, Mapping) or not isinstance(raw.get("ids"), list | tuple):
        return None
    ids = [name for name in raw["ids"] if isinstance(name, str)][:SIZE]
    if not ids:
        return None
    seed = raw.get("seed")
    attempt: Try = {"seed": seed if isinstance(seed, int | str) else 0, "ids": list(dict.fromkeys(ids))}
    asks = form(attempt)
    attempt["answers"] = asks.clean(raw.get("answers"))
    attempt["unread"] = asks.unread(raw.get("answers"))
    for key in ("began", "seen", "used", "handed_in"):
        attempt[key] = _moment(raw.get(key))
    talk = exam_talk.readable(raw.get("talk"))
    if talk:
        attempt["talk"] = talk
    page = raw.get("page")
    attempt["page"] = page if isinstance(page, int) and 0 <= page < pages(attempt) else 0
    return attempt


def pages(attempt: Try) -> int:
    """How many pages a try has: those of the questions, and one for the talk."""
    return -(-len(attempt["ids"]) // PAGE) + ("talk" in attempt)


def judge_try(attempt: Try) -> list[tuple[Asked, Case]]:
    """Every question of a try with what came of it."""
    return [(one, asking.judge(one.question, attempt["answers"], one.key)) for one in asked(attempt)]


class Exam:
    """What the exam asks, as the frame of exercises wants it: answers are ``{"tries": [...], "name": ...}``."""

    def clean(self, raw: Any) -> Answers:
        """The readable tries; empty if there is none."""
        if not isinstance(raw, Mapping) or not isinstance(raw.get("tries"), list | tuple):
            return {}
        tries = [found for one in raw["tries"] if (found := _readable(one))]
        return {"tries": tries} if tries else {}

    def describe(self, answers: Any) -> list[tuple[str, str]]:
        """The last try in words."""
        tries = self.clean(answers).get("tries", [])
        if not tries:
            return []
        talked = exam_talk.play(tries[-1].get("talk"))
        said = talked.script.describe({"path": talked.path()}) if talked else []
        return [*form(tries[-1]).describe(tries[-1]["answers"]), *said]


def best(answers: Answers) -> Iterator[Case]:
    """The cases of the best try that was handed in; before that one case that is open."""
    done = [one for one in answers.get("tries", ()) if one["handed_in"] is not None]
    judged = [result(attempt).cases() for attempt in done]
    if not any(judged):
        text = _("The exam was not handed in yet. Its points come with the result.")
        yield Case(False, text, open=True)
        return
    yield from max(judged, key=lambda cases: sum(case.ok for case in cases) / max(len(cases), 1))


def register() -> Exercise:
    """Put the exam into its lesson: a point a question, and those of the talk."""
    return exercise.add(
        Exercise(
            ID,
            LESSON,
            float(SIZE + exam_talk.POINTS),
            _("Certificate exam"),
            best,
            right=_("Every answer was right."),
            make_form=Exam,
        )
    )


def worked(seed: int = 1) -> dict[str, Any]:
    """A try with all answers right, handed in: what the worked edition shows."""
    chosen = draw(seed)
    attempt: Try = {"seed": seed, "ids": [question.id for question in chosen], "answers": {}}
    for one in asked(attempt):
        attempt["answers"] |= asking.right_answers(one.question, one.key)
    talk = exam_talk.begun(seed)
    played = exam_talk.play(talk)
    if talk and played:
        attempt["talk"] = talk | {"path": exam_talk.best_path(played.script)}
    return {"tries": [attempt | {"began": 0.0, "seen": 0.0, "used": 0.0, "handed_in": 0.0}]}


def opened() -> tuple[Session, Exercise]:
    """The exam's session: that of the open lesson if it is the exam's, else one beside it, with the same file of answers.

    Raises ``LookupError`` if the lesson is not there.
    """
    made = exercise.get(ID, LESSON) or register()
    found = session.opened()
    if found is None or found.lesson.number != LESSON:
        lesson = lessons.find(LESSON)
        path = session.state_path(lesson, Path.cwd().parent / lesson.unit)
        found = Session(lesson, state.of(path, LESSON), [made])
    return found, made


# -- sitting the exam --------------------------------------------------------------------------------------------------


class Sitting:
    """The exam of a trainee: begun, answered, handed in. For its forms it is an
    :class:`crmlab.course.answering.Answering` that tells them nothing.

    Every step is kept at once, so that it goes on after a crash or a closed lid. The clock is the computer's: it runs on
    while the lid is closed, and setting it back gains no time. ``now`` gives seconds, like ``time.time``.
    """

    def __init__(self, opened: Session, made: Exercise, now: Callable[[], float] = time.time) -> None:
        self._session = opened
        self._made = made
        self._now = now
        self.problem = ""
        """Why there can be no exam, as a sentence; empty if there can."""
        try:
            self.shortage = shortage()
        except (QuizError, OSError) as error:
            self.problem = str(error)
            self.shortage = ""

    def notices(self) -> list[str]:
        """What became of a damaged file, as sentences."""
        return [text for text in (self._session.store.notice,) if text]

    # -- state

    def tries(self) -> list[Try]:
        """All tries so far."""
        return list(self._session.fields(self._made).get("tries", []))

    def last(self) -> Try | None:
        """The present try."""
        tries = self.tries()
        return tries[-1] if tries else None

    def status(self) -> str:
        """ "ready" before the first try, "running", "over" when the time is up, "done" when it is handed in."""
        attempt = self.last()
        if attempt is None:
            return "ready"
        if attempt["handed_in"] is not None:
            return "done"
        return "running" if self.left(attempt) > 0 else "over"

    def left(self, attempt: Try | None = None) -> float:
        """Seconds that are left of the present try; not below 0."""
        attempt = attempt or self.last()
        return max(60.0 * MINUTES - self._used(attempt), 0.0) if attempt else 60.0 * MINUTES

    def _used(self, attempt: Try) -> float:
        seen = attempt.get("seen")
        # A clock that was set back gains nothing: time since then counts from 0, not below.
        since = max(self._now() - seen, 0.0) if seen is not None else 0.0
        return float(attempt.get("used") or 0.0) + since

    def _change(self, change: Callable[[Try], None]) -> None:
        def on_disk(record: Record) -> None:
            fields = record.get("fields")
            tries = fields.get("tries") if isinstance(fields, dict) else None
            if not tries or not isinstance(tries[-1], dict):
                return
            attempt = tries[-1]
            used = self._used({key: _moment(attempt.get(key)) for key in ("seen", "used")})
            attempt["used"], attempt["seen"] = round(used, 1), round(self._now(), 1)
            change(attempt)

        self._session.store.change(ID, on_disk)

    # -- steps

    def begin(self, seed: object = None) -> None:
        """Begin a try, unless one is under way. Without a seed it gets one of its own."""
        if self.status() in ("running", "over") or self.problem:
            return
        seed = seed if isinstance(seed, int | str) and not isinstance(seed, bool) else secrets.randbelow(10**6)
        now = round(self._now(), 1)
        attempt: Try = {"seed": seed, "ids": [question.id for question in draw(seed)], "answers": {}, "page": 0}
        attempt |= {"began": now, "seen": now, "used": 0.0, "handed_in": None}
        seen = [one["talk"]["script"] for one in self.tries() if "talk" in one]
        if talk := exam_talk.begun(seed, seen):
            attempt["talk"] = talk

        def add(record: Record) -> None:
            fields = record.get("fields")
            if not isinstance(fields, dict):
                fields = record["fields"] = {}
            tries = fields.get("tries")
            if not isinstance(tries, list):
                tries = fields["tries"] = []
            tries.append(attempt)

        self._session.store.change(ID, add)

    def fields(self) -> Answers:
        """The answers of the present try."""
        attempt = self.last()
        return dict(attempt["answers"]) if attempt else {}

    def typed(self) -> Answers:
        """The same as they were kept."""
        tries = self._session.typed(self._made).get("tries")
        last = tries[-1] if isinstance(tries, list) and tries else None
        kept = last.get("answers") if isinstance(last, dict) else None
        return dict(kept) if isinstance(kept, dict) else {}

    def set_field(self, key: str, value: Any) -> None:
        """Keep one answer; ``None`` takes it back. When the time is up, or the try is handed in, nothing changes."""
        if not self._in_time():
            return

        def change(on_disk: Try) -> None:
            answers = on_disk.get("answers")
            if not isinstance(answers, dict):
                answers = on_disk["answers"] = {}
            if value is None:
                answers.pop(key, None)
            else:
                answers[key] = value

        self._change(change)

    def _in_time(self) -> bool:
        attempt = self.last()
        return attempt is not None and attempt["handed_in"] is None and self._used(attempt) <= 60 * MINUTES + GRACE

    def talk(self) -> Talk | None:
        """The talk of the present try, which only goes on; ``None`` where it has none."""

        def kept() -> exam_talk.Kept | None:
            return (self.last() or {}).get("talk")

        def say(path: Sequence[int]) -> None:
            if self._in_time():
                self._change(lambda on_disk: on_disk["talk"].__setitem__("path", list(path)))

        found = exam_talk.play(kept())
        # The exam asks for lines to choose: what a trainee types cannot be judged alike for all.
        return Talk(exam_talk.Forwards(kept, say), ID, found.script) if found else None

    def talked(self) -> bool:
        """Whether the talk came to its end, or there is none."""
        talk = self.talk()
        return talk is None or bool(talk.play().ended())

    def on_talk(self) -> bool:
        """Whether the page that is open is that of the talk."""
        attempt = self.last()
        return attempt is not None and "talk" in attempt and self.page() == self.pages() - 1

    def check(self, *, count: bool = True) -> Feedback:
        """Nothing is judged before the exam is handed in."""
        return Feedback(self._made.id, self._made.title, 0.0, self._made.points, exercise.BLANK)

    def feedback(self) -> Feedback:
        """Nor is anything told."""
        return self.check(count=False)

    def go(self, page: int) -> None:
        """Turn to a page, from 0."""
        self._change(lambda attempt: attempt.__setitem__("page", max(0, min(page, self.pages() - 1))))

    def page(self) -> int:
        """The page that is open."""
        attempt = self.last()
        return int(attempt["page"]) if attempt else 0

    def pages(self) -> int:
        """How many pages the present try has."""
        attempt = self.last()
        return pages(attempt) if attempt else 0

    def form(self) -> Form:
        """The form of the page that is open."""
        attempt = self.last()
        return form(attempt, self.page()) if attempt else Form(())

    def questions(self) -> list[Question]:
        """The questions of the page that is open."""
        attempt = self.last()
        return [one.question for one in on_page(attempt, self.page())] if attempt else []

    def open(self) -> list[int]:
        """The numbers of the questions without a full answer."""
        attempt = self.last()
        return [one.number for one, case in judge_try(attempt) if case.open] if attempt else []

    def hand_in(self) -> None:
        """Hand the present try in; what was answered wrongly goes into the review deck."""
        attempt = self.last()
        if attempt is None or attempt["handed_in"] is not None:
            return
        self._change(lambda one: one.__setitem__("handed_in", round(self._now(), 1)))
        self._session.check_clicks(self._made)
        review.note(one.question.id for one, case in judge_try(attempt) if not case.ok and not case.open)

    # -- the name on the certificate

    def name(self) -> str:
        """The name that was typed; it is kept in the file of answers and nowhere else."""
        found = self._session.store.record(ID).get("name")
        return found if isinstance(found, str) else ""

    def set_name(self, name: str) -> None:
        """Keep the name."""
        self._session.store.change(ID, lambda record: record.__setitem__("name", str(name)[:120]))


# -- the result --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """What came of a try that was handed in."""

    judged: list[tuple[Asked, Case]]
    answers: Answers
    talk: Play | None = None
    marks: tuple[Case, ...] = ()
    unread: Mapping[str, str] = field(default_factory=dict)
    """By key, what is said of numbers that were typed and not understood."""

    def cases(self) -> list[Case]:
        """All that there is a point for: questions, and marks of the talk."""
        return [*(case for _one, case in self.judged), *self.marks]

    @property
    def total(self) -> int:
        return len(self.cases())

    @property
    def right(self) -> int:
        return sum(case.ok for case in self.cases())

    @property
    def percent(self) -> int:
        """Rounded down: 79.9 is not 80."""
        return 100 * self.right // self.total if self.total else 0

    @property
    def passed(self) -> bool:
        return self.total > 0 and self.percent >= PASS

    def units(self) -> list[tuple[str, int, int]]:
        """For each unit that was asked: its name, how many were right, how many were asked."""
        lines = []
        for unit, name in lessons.UNITS.items():
            cases = [case for one, case in self.judged if one.question.unit == unit]
            if cases:
                lines.append((tr(name), sum(case.ok for case in cases), len(cases)))
        if self.marks:
            lines.append((tr(_("The talk")), sum(case.ok for case in self.marks), len(self.marks)))
        return lines

    def lines(self) -> list[tuple[str, str]]:
        """The result in words, for the certificate."""
        of = _("{right} of {total}")
        whole = tr(_("{right} of {total} ({percent}%)"), right=self.right, total=self.total, percent=self.percent)
        units = [(name, tr(of, right=right, total=total)) for name, right, total in self.units()]
        return [(tr(_("Certificate exam")), whole), *units]


def result(attempt: Try) -> Result:
    """The result of a try."""
    talk = attempt.get("talk")
    return Result(judge_try(attempt), attempt["answers"], exam_talk.play(talk), tuple(exam_talk.cases(talk)), attempt.get("unread", {}))
