"""The review deck: questions that were answered wrongly come back, at growing distances (spaced repetition, FSRS).

The deck is a file beside the lessons, ``notebooks/LANGUAGE/review.json``. A wrong answer in a quiz or an exam puts its
question in; a right answer in the review sends it further away, a wrong one brings it back within minutes. The distances
are those of the FSRS algorithm (the ``fsrs`` package), which estimates how fast each question is forgotten.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmlab.course import exercise, panel, state
from crmlab.course.bank import asking
from crmlab.course.bank.asking import Question
from crmlab.course.exercise import Exercise, Feedback
from crmlab.course.form import Answers, Form
from crmlab.course.state import Record, Store, amount
from crmlab.language import LANGUAGES, _, current, tr

if TYPE_CHECKING:
    from fsrs import Card, Scheduler

AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4
"""How well a question was known, as FSRS counts."""
STEP = timedelta(minutes=10)
"""When a question comes back that was answered wrongly."""
FARTHEST = timedelta(days=366)
"""No question is sent further away than this."""
DRIFT = timedelta(days=1)
"""By so much clocks may differ, as those of two computers or of two zones."""
KEY = "review"
"""The key of the one answer that a review asks for at a time."""


def path(folder: Path | None = None) -> Path | None:
    """Where the deck is kept: ``review.json`` above the folders of the units. A worked edition keeps none.

    CRMLAB_STATE names another folder, as for the answers.
    """
    elsewhere = os.environ.get("CRMLAB_STATE")
    folder = folder or Path.cwd()
    if elsewhere:
        return Path(elsewhere) / f"{current()}-review.json"
    parts = folder.parts
    if len(parts) >= 3 and parts[-2] in LANGUAGES:
        return None if parts[-3] == "solutions" else folder.parent / "review.json"
    return folder / "review.json"


def _now() -> datetime:
    return datetime.now().astimezone()


def note(names: Iterable[str]) -> None:
    """Put questions into the deck that were answered wrongly just now."""
    names = list(names)
    if names:
        Deck().note(names)


class Deck:
    """The questions to be asked again. ``now`` is the clock, with its time zone; "today" is meant there."""

    def __init__(
        self,
        store: Store | None = None,
        now: Callable[[], datetime] = _now,
        bank: Callable[[], Iterable[Question]] = asking.bank,
    ) -> None:
        self.store = store or state.of(path(), "review")
        self._now = now
        self._bank = bank

    def note(self, names: Iterable[str]) -> None:
        """Put questions in, or bring them back, as answered wrongly now."""
        for name in names:
            self._rate(name, AGAIN)

    def grade(self, name: str, right: bool) -> None:
        """A question of the deck was answered in the review: right is "good", wrong is "again"."""
        self._rate(name, GOOD if right else AGAIN)

    def regrade(self, name: str, rating: int) -> None:
        """Say that the last answer was hard or easy: it is rated anew, from where the question stood before it."""
        before = self.store.record(name).get("before")
        self._rate(name, rating, before=before if isinstance(before, dict) else None, anew=True)

    def _rate(self, name: str, rating: int, before: Any = None, anew: bool = False) -> None:
        from fsrs import Rating

        def change(record: Record) -> None:
            if not anew:
                record["before"] = record.get("card")
                record["times"] = int(amount(record, "times")) + 1
            card = _card(before if anew else record.get("card"), self._now())
            after, _log = _scheduler().review_card(card, Rating(rating), self._now().astimezone(UTC))
            record["card"] = after.to_dict()

        self.store.change(name, change)

    # -- what is due ---------------------------------------------------------------------------------------------------

    def questions(self) -> list[tuple[Question, Card]]:
        """The questions of the deck that are still in the bank, the one that is due first at the beginning."""
        records = self.store.records()
        found = [
            (question, _card(records[question.id].get("card"), self._now()))
            for question in self._bank()
            if question.id in records
        ]
        return sorted(found, key=lambda pair: (pair[1].due, pair[0].id))

    def due(self) -> list[Question]:
        """The questions to be asked now: those of today and earlier; one that was wrong just now waits its ten minutes."""
        return [question for question, card in self.questions() if self._is_due(card)]

    def _is_due(self, card: Card) -> bool:
        now = self._now()
        if card.step is not None:  # still being learned: by the minute
            return card.due <= now
        return card.due.astimezone(now.tzinfo).date() <= now.date()

    def next_due(self) -> datetime | None:
        """When the next question is due that is not due yet; ``None`` if there is none."""
        return next((card.due for _question, card in self.questions() if not self._is_due(card)), None)

    def when(self, name: str = "") -> str:
        """When a question of the deck comes next, in words; without a name the first that is not due yet."""
        cards = {question.id: card for question, card in self.questions()}
        due = cards[name].due if name in cards else self.next_due()
        return in_words(due, self._now()) if due else ""

    def summary(self) -> str:
        """How many questions there are, how many are due, and when the next one is."""
        total, due = len(self.questions()), len(self.due())
        if not total:
            return tr(
                _("Your review deck is empty. A question that you answer wrongly in a quiz or an exam comes in here by itself.")
            )
        text = tr(_("{total} questions in your deck, {due} of them due now."), total=total, due=due)
        if due < total and not due:
            text += " " + tr(_("The next one comes {when}."), when=self.when())
        return text


def _scheduler() -> Scheduler:
    from fsrs import Scheduler

    # No fuzz: the same answers give the same days, for everybody and in every test.
    return Scheduler(learning_steps=(STEP,), relearning_steps=(STEP,), maximum_interval=365, enable_fuzzing=False)


def _card(kept: Any, now: datetime) -> Card:
    """The card as it was kept; a new one, due now, where it cannot be read."""
    from fsrs import Card

    try:
        card = Card.from_dict(kept)
        _scheduler().get_card_retrievability(card, now.astimezone(UTC))
        if card.due.tzinfo is None or (card.last_review and card.last_review.tzinfo is None):
            raise ValueError("times without a zone")
        if card.due > now + FARTHEST or (card.last_review and card.last_review > now + DRIFT):
            # Noted while the clock stood in the future: it would wait until then.
            card.due, card.last_review = now.astimezone(UTC), None
    except Exception:  # whatever somebody's editor made of it
        return Card(card_id=1, due=now.astimezone(UTC))
    return card


def in_words(due: datetime, now: datetime) -> str:
    """When something is due, in words: minutes today, else the day.

    >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> in_words(noon + timedelta(minutes=9.5), noon), in_words(noon + timedelta(days=1), noon)
    ('in 10 minutes', 'tomorrow')
    >>> in_words(noon + timedelta(days=6), noon)
    'in 6 days (2026-03-08)'
    """
    local = due.astimezone(now.tzinfo)
    days = (local.date() - now.date()).days
    minutes = -(-(local - now).total_seconds() // 60)
    if minutes <= 0:
        return tr(_("now"))
    if days <= 0 or minutes <= 60:
        if minutes <= 60:
            return tr(_("in {n} minutes"), n=int(minutes))
        return tr(_("later today"))
    if days == 1:
        return tr(_("tomorrow"))
    return tr(_("in {n} days ({date})"), n=days, date=local.date().isoformat())


class Turn:
    """One question of the review, being asked: an :class:`crmlab.course.answering.Answering`. The first full answer is
    graded."""

    def __init__(self, deck: Deck, question: Question) -> None:
        self.deck = deck
        self.question = question
        self.graded: bool | None = None
        """Whether the answer was right; ``None`` before it was given."""
        times = int(amount(self.deck.store.record(question.id), "times"))
        self.form = Form((asking.row(question, KEY, f"review/{times}"),))
        self._answers: Answers = {}
        self._exercise = Exercise(
            "review",
            question.lesson,
            1.0,
            _("Review"),
            lambda answers: iter([asking.judge(question, answers, KEY)]),
            make_form=lambda: self.form,
        )

    def fields(self) -> Answers:
        """The answer so far."""
        return self.form.clean(self._answers)

    def typed(self) -> Answers:
        """The same as it was typed."""
        return dict(self._answers)

    def set_field(self, key: str, value: Any) -> None:
        """Take an answer; ``None`` takes it back."""
        if value is None:
            self._answers.pop(key, None)
        else:
            self._answers[key] = value

    def feedback(self) -> Feedback:
        """What the answer so far is worth."""
        return exercise.judge(self._exercise, self._answers, clicked=True)

    def check(self, *, count: bool = True) -> Feedback:
        """Judge the answer, and grade it once."""
        given = self.feedback()
        answered = bool(given.cases) and not any(case.open for case in given.cases)
        if answered and self.graded is None:
            self.graded = given.state == exercise.RIGHT
            self.deck.grade(self.question.id, self.graded)
        return given

    def rate(self, rating: int) -> None:
        """Say after a right answer that it was hard or easy."""
        if self.graded:
            self.deck.regrade(self.question.id, rating)

    def told(self) -> str:
        """What is said about the answer, as HTML: how it was, the right answer, why, the lesson, when it comes again."""
        case = asking.judge(self.question, self.fields(), KEY)
        if self.graded is None or case.open:
            return ""
        right = asking.in_words(self.question, asking.right_answers(self.question, KEY), KEY)
        body = panel.paragraph(case.text())
        if not self.graded:
            body += panel.paragraph(tr(_("Right answer: {answer}"), answer=right))
            if (why := asking.why_right(self.question)) != case.text():
                body += panel.paragraph(why)
        body += panel.paragraph(tr(_("From lesson {lesson}"), lesson=self.question.lesson_title()))
        body += panel.paragraph(tr(_("It comes again {when}."), when=self.deck.when(self.question.id)))
        look, heading = ("right", _("Right")) if self.graded else ("not yet right", _("Not yet right"))
        return panel.box(look, tr(heading), body, status=True)
