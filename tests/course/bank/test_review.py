"""The review deck: what comes in, when it comes back, and what becomes of changed questions and damaged files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab import review as show_review
from crmlab.course import exercise, lessons
from crmlab.course.bank import asking, quiz, review
from crmlab.course.bank.asking import Question
from crmlab.course.bank.review import EASY, HARD, Deck, Turn
from crmlab.course.exercises import load_lesson
from crmlab.course.session import Session
from crmlab.course.state import Store
from crmlab.language import tr

BANK = asking.bank()
NAMES = [question.id for question in BANK]
ZONE = timezone(timedelta(hours=8))


class Clock:
    """A clock that is set by hand: nine in the morning in Shanghai."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def deck(clock: Clock, tmp_path: Path) -> Deck:
    return Deck(Store(tmp_path / "review.json", "review"), clock)


def ids(found: list[Question]) -> list[str]:
    return [question.id for question in found]


def test_a_wrong_answer_comes_back_in_ten_minutes(deck: Deck, clock: Clock) -> None:
    deck.note(NAMES[:2])
    assert deck.due() == []
    clock.time += timedelta(minutes=10)
    assert sorted(ids(deck.due())) == sorted(NAMES[:2])


def test_the_distances_grow_with_right_answers_and_shrink_with_wrong_ones(deck: Deck, clock: Clock) -> None:
    deck.note(NAMES[:1])
    distances = []
    for _time in range(6):
        due = deck.next_due()
        assert due is not None
        clock.time = due.astimezone(ZONE)
        assert ids(deck.due()) == NAMES[:1]
        deck.grade(NAMES[0], right=True)
        assert deck.due() == []
        after = deck.next_due()
        assert after is not None
        distances.append(after - clock.time)
    assert distances == sorted(distances)
    assert distances[0] == timedelta(days=1)
    assert distances[-1] > timedelta(days=20)
    clock.time += distances[-1]
    deck.grade(NAMES[0], right=False)
    assert deck.next_due() == clock.time + timedelta(minutes=10)
    clock.time += timedelta(minutes=10)
    deck.grade(NAMES[0], right=True)
    again = deck.next_due()
    assert again is not None
    assert again - clock.time < distances[-1], "what was forgotten comes back sooner"


def test_due_today_is_due_from_the_morning(deck: Deck, clock: Clock) -> None:
    clock.time = clock.time.replace(hour=18)
    deck.note(NAMES[:1])
    clock.time += timedelta(minutes=10)
    deck.grade(NAMES[0], right=True)  # one day: tomorrow at ten past six
    assert deck.due() == []
    clock.time = clock.time.replace(hour=0, minute=1) + timedelta(days=1)
    assert ids(deck.due()) == NAMES[:1]


def test_hard_and_easy_rate_the_same_answer_anew(deck: Deck, clock: Clock) -> None:
    deck.note(NAMES[:3])
    for day in (0, 1):
        clock.time += timedelta(minutes=10) + timedelta(days=day)
        for name in NAMES[:3]:
            deck.grade(name, right=True)
    deck.regrade(NAMES[0], HARD)
    deck.regrade(NAMES[2], EASY)
    deck.regrade(NAMES[2], HARD)
    deck.regrade(NAMES[2], EASY)
    due = {question.id: card.due for question, card in deck.questions()}
    assert due[NAMES[0]] < due[NAMES[1]] < due[NAMES[2]]
    assert deck.store.record(NAMES[2])["times"] == 3, "rated anew is not asked anew"


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 4), st.floats(0, 60)), max_size=25))
def test_whatever_is_answered_every_question_stays_in_the_deck(steps: list[tuple[int, int, float]]) -> None:
    clock = Clock()
    deck = Deck(Store(None), clock)
    noted = set()
    for number, rating, days in steps:
        name = NAMES[number]
        if name in noted and rating > 1:
            deck.grade(name, right=True)
            deck.regrade(name, rating)
        else:
            deck.note([name])
        noted.add(name)
        clock.time += timedelta(days=days)
    assert {question.id for question, _card in deck.questions()} == noted
    assert all(card.due.tzinfo for _question, card in deck.questions())
    clock.time += timedelta(days=400)
    assert set(ids(deck.due())) == noted, "nothing stays away for more than a year"


def test_a_card_noted_under_a_clock_of_the_future_is_asked_now(deck: Deck, clock: Clock) -> None:
    today = clock.time
    clock.time = today.replace(year=2099)
    deck.note(NAMES[:2])
    clock.time += timedelta(minutes=10)
    deck.grade(NAMES[1], right=True)
    clock.time = today
    assert sorted(ids(deck.due())) == sorted(NAMES[:2])
    for name in NAMES[:2]:
        deck.grade(name, right=True)
    assert deck.due() == []
    clock.time += timedelta(days=30)
    assert sorted(ids(deck.due())) == sorted(NAMES[:2])


def test_in_words(language: str) -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=ZONE)
    said = [
        review.in_words(noon + later, noon)
        for later in (
            timedelta(minutes=-5),
            timedelta(minutes=9.5),
            timedelta(hours=5),
            timedelta(hours=20),
            timedelta(days=6),
        )
    ]
    expected = {
        "en": ["now", "in 10 minutes", "later today", "tomorrow", "in 6 days (2026-03-08)"],
        "zh": ["现在", "10 分钟后", "今天晚些时候", "明天", "6 天后（2026-03-08）"],
    }
    assert said == expected[language]


def test_a_question_that_is_gone_is_passed_over_and_kept(deck: Deck, clock: Clock, tmp_path: Path) -> None:
    deck.note([*NAMES[:2], "was-never-there"])
    clock.time += timedelta(minutes=10)
    smaller = Deck(Store(tmp_path / "review.json"), clock, lambda: BANK[1:])
    assert ids(smaller.due()) == NAMES[1:2]
    smaller.grade(NAMES[1], right=True)
    assert set(smaller.store.records()) == {NAMES[0], NAMES[1], "was-never-there"}
    assert len(deck.questions()) == 2


DAMAGED_CARDS: list[Any] = [
    None, {}, [], "card", {"card": None}, {"card": {}}, {"card": {"state": 9}}, {"card": "x"}, {"card": {"due": "soon"}},
    {"card": {"card_id": 1, "state": 2, "step": None, "stability": -1, "difficulty": 5, "due": "2026-03-01", "last_review": None}},
]  # fmt: skip


@pytest.mark.parametrize("kept", DAMAGED_CARDS, ids=repr)
def test_a_damaged_card_is_due_now(kept: Any, clock: Clock) -> None:
    store = Store(None)
    store.read()["exercises"][NAMES[0]] = kept
    deck = Deck(store, clock)
    assert ids(deck.due()) == (NAMES[:1] if isinstance(kept, dict) else [])
    deck.grade(NAMES[0], right=True)
    deck.regrade(NAMES[0], HARD)
    assert len(deck.questions()) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", '{"exercises": 3}', "\ufffd\x00", "null"])
def test_a_damaged_file_is_set_aside_and_named(text: str, tmp_path: Path, clock: Clock, language: str) -> None:
    file = tmp_path / "review.json"
    file.write_text(text, encoding="utf-8")
    deck = Deck(Store(file, "review"), clock)
    assert deck.due() == []
    assert (tmp_path / "review.damaged-1.json").read_text(encoding="utf-8") == text
    assert "review.damaged-1.json" in deck.store.notice
    deck.note(NAMES[:1])
    assert len(json.loads(file.read_text(encoding="utf-8"))["exercises"]) == 1


def test_where_the_deck_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRMLAB_STATE", raising=False)
    assert (
        review.path(tmp_path / "notebooks" / "zh" / "2-classification") == tmp_path / "notebooks" / "zh" / "review.json"
    )
    assert review.path(tmp_path / "solutions" / "en" / "2-classification") is None
    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path))
    assert review.path(Path("anywhere")) == tmp_path / "en-review.json"
    ignored = (Path(__file__).resolve().parents[3] / ".gitignore").read_text(encoding="utf-8")
    assert "/notebooks/**/*.json" in ignored


def test_wrong_answers_of_a_quiz_come_in_when_they_are_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path))
    lesson = lessons.find("3.2")
    load_lesson("3.2")
    made = exercise.get("quiz-3.2", "3.2")
    assert made is not None
    draw = quiz.Draw(Session(lesson, Store(None), [made]), made)
    asked = draw.quiz.draw(1)
    for key, question in asked[:3]:
        for one, value in asking.right_answers(question, key).items():
            draw.set_field(one, value)
    key, question = asked[3]
    wrong = next(
        value
        for value, _label in asking.row(question, key).fields[0].options
        if value != asking.right_answers(question, key)[key]
    )
    draw.set_field(key, wrong)
    assert Deck().questions() == []
    draw.check(count=False)
    assert Deck().questions() == [], "drawing a form again is no answer"
    draw.check()
    assert [one.id for one, _card in Deck().questions()] == [question.id], "what is open was not answered"


def test_a_turn_is_graded_once(deck: Deck, clock: Clock, language: str) -> None:
    for right in (True, False):
        name = next(question.id for question in BANK if question.kind == "true_false")
        deck.note([name])
        clock.time += timedelta(minutes=10)
        turn = Turn(deck, next(question for question in BANK if question.id == name))
        assert turn.check().state == exercise.BLANK
        assert turn.graded is None
        assert turn.told() == ""
        answers = asking.right_answers(turn.question, review.KEY)
        value = answers[review.KEY] if right else {"true": "false", "false": "true"}[answers[review.KEY]]
        turn.set_field(review.KEY, value)
        turn.check()
        assert turn.graded is right
        due = deck.next_due()
        turn.set_field(review.KEY, answers[review.KEY])
        turn.check()
        turn.check()
        assert (turn.graded, deck.next_due()) == (right, due)
        assert tr("Right") in turn.told() if right else tr("Not yet right") in turn.told()
        turn.rate(HARD)
        after = deck.next_due()
        assert due is not None
        assert after is not None
        assert (after < due) is right, "after a wrong answer there is nothing to rate"


@pytest.mark.parametrize("kind", ["single", "multiple", "case", "true_false", "number", "order", "match"])
def test_every_kind_can_be_reviewed(kind: str, deck: Deck, clock: Clock, language: str) -> None:
    question = next(question for question in BANK if question.kind == kind)
    deck.note([question.id])
    clock.time += timedelta(minutes=10)
    turn = Turn(deck, question)
    for key, value in asking.right_answers(question, review.KEY).items():
        turn.set_field(key, value)
    assert turn.form.clean(turn.fields()) == turn.fields()
    turn.check()
    assert turn.graded
    assert tr("tomorrow") in turn.told()


def test_the_page_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock, language: str) -> None:
    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path))
    empty = repr(show_review())
    assert empty == Deck().summary()
    deck = Deck(now=clock)
    deck.note(NAMES[:3])
    assert tr("in {n} minutes", n=10) in deck.summary()
    clock.time += timedelta(minutes=11)
    assert deck.summary().count("3") == 2
    assert "crmlab-panel" in show_review()._repr_html_()


def test_the_widgets_tell_nothing_before_the_answer(deck: Deck, clock: Clock, language: str) -> None:
    from crmlab.course.widgets.review_view import ReviewView

    deck.note(NAMES[:1])
    clock.time += timedelta(minutes=10)
    view = ReviewView(deck)
    question = BANK[0]
    whys = [option["why"][language] for option in question.source["options"]]

    def sent() -> str:
        return json.dumps([one.get_state() for one in walk(view.widget)], default=str, ensure_ascii=False)

    assert json.dumps(asking.prompt(question), ensure_ascii=False)[1:-1] in sent()
    assert not [why for why in whys if json.dumps(why, ensure_ascii=False)[1:-1] in sent()]
    assert view._turn is not None
    view._turn.set_field(review.KEY, asking.right_answers(question, review.KEY)[review.KEY])
    view._judge()
    assert tr("Right") in view._told.value
    view._go_on()
    assert view._turn is None
    assert tr("tomorrow") in view._head.value


def walk(widget: Any) -> Iterator[Any]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)
