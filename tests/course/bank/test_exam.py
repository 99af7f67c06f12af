"""The certificate exam: what it draws, its clock, that it keeps its answers to itself, and its result."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab import exam as show_exam
from crmlab import lesson as open_lesson
from crmlab.course import exercise, lessons
from crmlab.course.bank import asking, exam, exam_page, exam_talk, review
from crmlab.course.bank.asking import Question
from crmlab.course.bank.exam import Sitting
from crmlab.course.exercise import Exercise
from crmlab.course.exercises import load_lesson
from crmlab.course.roleplay import scoring, scripts
from crmlab.course.session import Session
from crmlab.course.state import Store
from crmlab.language import LANGUAGES, tr

BANK = exam.ready()


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def made() -> Exercise:
    load_lesson(exam.LESSON)
    found = exercise.get(exam.ID, exam.LESSON)
    assert found is not None
    return found


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sitting(made: Exercise, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sitting:
    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path))
    return sit(made, clock, tmp_path / "exam.json")


def sit(made: Exercise, clock: Clock, path: Path) -> Sitting:
    return Sitting(Session(lessons.find(exam.LESSON), Store(path, exam.LESSON), [made]), made, clock)


def answer(sitting: Sitting, made: Exercise, right: int, wrong: int = 0) -> None:
    """Answer the first ``right`` questions rightly and the ``wrong`` after them wrongly, the rest not at all."""
    attempt = sitting.last()
    assert attempt is not None
    for number, one in enumerate(exam.asked(attempt)):
        if number >= right + wrong:
            break
        answers = asking.right_answers(one.question, one.key)
        if number >= right:
            answers = a_wrong_answer(one.question, one.key)
        for key, value in answers.items():
            sitting.set_field(key, value)


def talk(sitting: Sitting, marks: int) -> None:
    """Play the talk of the exam to an end that earns so many of its four marks."""
    found = sitting.talk()
    assert found is not None
    script = found.script
    waiting: list[list[int]] = [[]]
    while waiting:
        path = waiting.pop()
        played = script.play(path)
        if not played.ended():
            waiting += [[*path, number] for number in range(len(script.choices(played.state.node)))]
        elif sum(mark.ok for mark in scoring.marks(played)) == marks:
            break
    for number in path:
        found.say(number)


def a_wrong_answer(question: Question, key: str) -> dict[str, Any]:
    right = asking.right_answers(question, key)
    if question.kind == "number":
        return {key: right[key] * 3 + 1e6}
    if question.kind == "order":
        return {key: right[key][::-1]}
    if question.kind == "match":
        return dict(zip(right, [*list(right.values())[1:], next(iter(right.values()))], strict=True))
    if key in right:
        return {
            key: next(value for value, _label in asking.row(question, key).fields[0].options if value != right[key])
        }
    return {one: not value for one, value in right.items()}


# -- drawing -----------------------------------------------------------------------------------------------------------


@given(seed=st.one_of(st.integers(), st.text(max_size=12)))
def test_every_draw_keeps_to_the_blueprint(seed: int | str) -> None:
    drawn = exam.draw(seed)
    assert [question.id for question in drawn] == [question.id for question in exam.draw(seed)]
    assert len({question.id for question in drawn}) == len(drawn) == exam.SIZE
    assert Counter(question.unit for question in drawn) == exam.blueprint()
    assert len({question.kind for question in drawn}) >= 6
    assert {question.difficulty for question in drawn} == {1, 2, 3}


def test_the_blueprint_is_fifty_and_the_heart_units_have_ten() -> None:
    assert sum(exam.blueprint().values()) == exam.SIZE
    assert all(exam.blueprint()[unit] >= 10 for unit in "2345")
    assert [*exam.WEIGHTS, "8", "9"] == list(lessons.UNITS), "every unit is asked about, but for the breaks and one's own files"
    assert set(exam.blueprint()) == {question.unit for question in BANK}
    assert exam.shortage() == ""


def test_tries_differ_and_ask_the_whole_bank_in_the_long_run() -> None:
    draws = [[question.id for question in exam.draw(seed)] for seed in range(60)]
    assert len({tuple(draw) for draw in draws}) == 60
    often = Counter(name for draw in draws for name in draw)
    never = [question.id for question in BANK if not often[question.id]]
    assert len(never) <= 0.02 * len(BANK), never
    units = {question.id: question.unit for question in BANK}
    # No question of the heart units comes in every exam.
    assert max(count for name, count in often.items() if units[name] in "2345") < 45


def test_kinds_and_difficulties_come_in_the_shares_of_the_bank() -> None:
    heart = [question for question in BANK if question.unit in "2345"]
    drawn = [question for seed in range(40) for question in exam.draw(seed) if question.unit in "2345"]
    for what in ("kind", "difficulty"):
        have = Counter(getattr(question, what) for question in drawn)
        want = Counter(getattr(question, what) for question in heart)
        for value, count in want.items():
            assert abs(have[value] / len(drawn) - count / len(heart)) < 0.05, (what, value)


@pytest.mark.parametrize("size", [0, 1, 7, 49])
def test_a_bank_that_is_too_small_is_asked_whole_and_said(size: int, language: str) -> None:
    small = BANK[:size]
    assert {question.id for question in exam.draw(1, small)} == {question.id for question in small}
    assert str(size) in exam.shortage(small)
    assert str(size) in exam_page.rules(exam.shortage(small))


def test_a_unit_that_lacks_questions_is_made_up_for_and_said(language: str) -> None:
    without = [question for question in BANK if question.unit != "5"]
    drawn = exam.draw(1, without)
    assert len(drawn) == exam.SIZE
    assert all(Counter(question.unit for question in drawn)[unit] >= 10 for unit in "234")
    assert tr(lessons.UNITS["5"]) in exam.shortage(without)


# -- sitting -----------------------------------------------------------------------------------------------------------


def test_a_whole_exam(sitting: Sitting, made: Exercise, clock: Clock) -> None:
    assert sitting.status() == "ready"
    sitting.begin()
    assert sitting.status() == "running"
    assert (sitting.pages(), sitting.page(), len(sitting.open()), sitting.talked()) == (6, 0, 50, False)
    answer(sitting, made, right=41, wrong=5)
    talk(sitting, 4)
    assert (sitting.open(), sitting.talked()) == ([47, 48, 49, 50], True)
    clock.time += 1800
    sitting.hand_in()
    assert sitting.status() == "done"
    attempt = sitting.last()
    assert attempt is not None
    found = exam.result(attempt)
    assert (found.right, found.total, found.percent, found.passed) == (45, 54, 83, True)
    assert sum(right for _name, right, _total in found.units()) == 45
    assert [total for _name, _right, total in found.units()] == [*exam.blueprint().values(), 4]
    record = sitting._session.store.record(exam.ID)
    assert (record["points"], record["maximum"], record["tries"]) == (45, 54, 1)
    assert attempt["used"] == 1800
    # What was answered wrongly comes back in the review; what was left open was not answered.
    assert len(review.Deck().questions()) == 5


def test_the_best_try_counts(sitting: Sitting, made: Exercise) -> None:
    seeds = []
    for right in (30, 45, 10):
        sitting.begin()
        attempt = sitting.last()
        assert attempt is not None
        seeds.append(attempt["seed"])
        answer(sitting, made, right=right)
        sitting.hand_in()
    record = sitting._session.store.record(exam.ID)
    assert (record["points"], record["tries"]) == (45, 3)
    assert len(set(seeds)) == 3, "each try has a seed of its own"


def test_a_seed_gives_the_same_exam(sitting: Sitting) -> None:
    sitting.begin(2026)
    attempt = sitting.last()
    assert attempt is not None
    assert attempt["ids"] == [question.id for question in exam.draw(2026)]
    sitting.begin(7)
    assert sitting.last() == attempt, "a try under way is not replaced"


def test_an_exam_goes_on_after_a_crash(sitting: Sitting, made: Exercise, clock: Clock, tmp_path: Path) -> None:
    sitting.begin(1)
    answer(sitting, made, right=12)
    sitting.go(2)
    clock.time += 600
    again = sit(made, clock, tmp_path / "exam.json")
    assert (again.status(), again.page(), len(again.open())) == ("running", 2, 38)
    assert again.left() == pytest.approx(60 * (exam.MINUTES - 10), abs=1)
    assert again.fields() == sitting.fields()


def test_when_the_time_is_up_answers_can_only_be_handed_in(sitting: Sitting, made: Exercise, clock: Clock) -> None:
    sitting.begin(1)
    answer(sitting, made, right=20)
    clock.time += 60 * exam.MINUTES + exam.GRACE + 1
    assert (sitting.status(), sitting.left()) == ("over", 0)
    before = sitting.fields()
    answer(sitting, made, right=30)
    assert sitting.fields() == before
    sitting.hand_in()
    assert sitting._session.store.record(exam.ID)["points"] == 20
    sitting.set_field("q30", "1")
    assert sitting.fields() == before, "nor after it was handed in"


def test_setting_the_clock_back_gains_no_time(sitting: Sitting, made: Exercise, clock: Clock) -> None:
    sitting.begin(1)
    clock.time += 1200
    sitting.go(1)
    left = sitting.left()
    clock.time -= 86_400
    assert sitting.left() <= left
    sitting.go(2)
    assert sitting.left() <= left
    clock.time += 60
    assert sitting.left() == pytest.approx(left - 60, abs=1)


@given(st.lists(st.floats(-1e5, 4000), min_size=1, max_size=12))
def test_whatever_the_clock_does_the_time_left_never_grows(jumps: list[float]) -> None:
    load_lesson(exam.LESSON)
    made = exercise.get(exam.ID, exam.LESSON)
    assert made is not None
    clock = Clock()
    one = Sitting(Session(lessons.find(exam.LESSON), Store(None), [made]), made, clock)
    one.begin(1)
    left = [one.left()]
    for jump in jumps:
        clock.time += jump
        one.go(1)
        left.append(one.left())
    assert all(after <= before + 0.11 for before, after in pairwise(left)), left
    assert min(left) >= 0


def test_a_question_that_is_gone_is_left_out(sitting: Sitting, made: Exercise, monkeypatch: pytest.MonkeyPatch) -> None:
    sitting.begin(1)
    answer(sitting, made, right=50)
    talk(sitting, 4)
    attempt = sitting.last()
    assert attempt is not None
    gone = attempt["ids"][:10]
    monkeypatch.setattr(asking, "bank", lambda: tuple(question for question in BANK if question.id not in gone))
    sitting.hand_in()
    found = exam.result(sitting.last() or {})
    assert (found.right, found.total, found.percent) == (44, 44, 100)
    assert sitting._session.store.record(exam.ID)["points"] == 54


DAMAGED: dict[str, Any] = {
    "no list": {"tries": "many"},
    "no dicts": {"tries": [1, None, "x"]},
    "no ids": {"tries": [{"seed": 1}]},
    "ids of numbers": {"tries": [{"ids": [1, 2, None], "seed": 1}]},
    "no tries": {"path": [1]},
    "a list": [1, 2],
    "nothing": None,
}


@pytest.mark.parametrize("kept", DAMAGED.values(), ids=DAMAGED)
def test_damaged_tries_are_no_tries(kept: Any, made: Exercise, clock: Clock) -> None:
    store = Store(None)
    store.change(exam.ID, lambda record: record.__setitem__("fields", kept))
    one = Sitting(Session(lessons.find(exam.LESSON), store, [made]), made, clock)
    assert one.status() == "ready"
    one.hand_in()
    one.begin(3)
    assert one.status() == "running"


@pytest.mark.parametrize("field", ["began", "seen", "used", "page", "answers", "seed", "handed_in"])
@pytest.mark.parametrize("value", [None, "x", float("nan"), [], {}, -5, 10**12], ids=repr)
def test_a_damaged_part_of_a_try_does_no_harm(field: str, value: Any, made: Exercise, clock: Clock) -> None:
    store = Store(None)
    one = Sitting(Session(lessons.find(exam.LESSON), store, [made]), made, clock)
    one.begin(3)
    store.change(exam.ID, lambda record: record["fields"]["tries"][0].__setitem__(field, value))
    assert one.status() in ("running", "over", "done")
    one.set_field("q01", "1")
    one.go(one.page() + 1)
    one.hand_in()
    assert one.status() == "done"
    assert "crmlab-panel" in exam_page.result(exam.result(one.last() or {}))


# -- what is told ------------------------------------------------------------------------------------------------------


def secrets() -> set[str]:
    """Sentences that nobody may see before handing in: all explanations, in both languages."""
    found: set[str] = set()

    def walk(content: Any, under: str = "") -> None:
        if isinstance(content, dict):
            for key, value in content.items():
                walk(value, under if key in LANGUAGES else str(key))
        elif isinstance(content, list):
            for value in content:
                walk(value, under)
        elif isinstance(content, str) and under in ("why", "why_not", "otherwise") and len(content) > 12:
            found.add(content)

    for question in BANK:
        walk(question.source)
    # Some explanation may be said in another question's words.
    return {text for text in found if not any(text in whole for whole in _asked_texts())}


def _asked_texts() -> list[str]:
    texts = []
    for question in BANK:
        for lang in LANGUAGES:
            texts.append(question.source["ask"][lang] + (question.source.get("story") or {lang: ""})[lang])
    return texts


def sent(view: Any) -> str:
    """All that the page is sent: the state of every widget, with its layout and style."""
    states = [{key: value for key, value in one.get_state().items() if key != "children"} for one in walk(view.widget)]
    return json.dumps(states, default=str, ensure_ascii=False)


def test_nothing_is_told_before_it_is_handed_in(sitting: Sitting, made: Exercise, language: str) -> None:
    from crmlab.course.widgets.exam_view import ExamView

    hidden = secrets()
    assert len(hidden) > 500
    view = ExamView(sitting._session, made, 5)
    view._begin()
    attempt = sitting.last()
    assert attempt is not None
    answer(sitting, made, right=25, wrong=25)
    for page in range(5):
        view._go(page)
        page_sent = sent(view)
        asked = exam.on_page(attempt, page)
        assert all(one.question.source["ask"][language][:8] in page_sent for one in asked)
        assert not [text for text in hidden if json.dumps(text, ensure_ascii=False)[1:-1] in page_sent]
        assert not any(sign in page_sent for sign in ('✓"', "△", '"right"', "crmlab-right"))
    view._ask()
    view._finish()
    told = sent(view)
    assert sum(asking.why_right(one.question)[:10] in told for one in exam.asked(attempt)) > 40


def test_values_sent_to_the_page_do_not_tell_the_right_order() -> None:
    """The letters behind items and pairs are dealt out afresh for each question."""
    for kind in ("order", "match"):
        found = [asking.right_answers(question, "k") for question in BANK if question.kind == kind]
        orders = ["".join(one["k"]) if kind == "order" else "".join(one.values()) for one in found]
        assert sum(order == "".join(sorted(order)) for order in orders) < 0.3 * len(orders), orders


def test_the_result_says_everything(sitting: Sitting, made: Exercise, language: str) -> None:
    sitting.begin(11)
    answer(sitting, made, right=30, wrong=15)
    sitting.hand_in()
    found = exam.result(sitting.last() or {})
    html = exam_page.result(found, 1234)
    from html import escape

    for name, right, total in found.units():
        assert escape(name) in html
        assert escape(tr("{right} of {total}", right=right, total=total)) in html
    for one, case in found.judged:
        assert escape(asking.prompt(one.question)) in html
        assert escape(asking.why_right(one.question)) in html
        assert escape(one.question.lesson_title()) in html
        if not case.ok and not case.open:
            assert escape(case.text()) in html
    assert tr("Not passed yet") in html
    assert html.count("<details") == 3
    assert escape(tr("The talk was not brought to an end.")) in html


@pytest.mark.parametrize(
    ("right", "marks", "passed"), [(43, 0, False), (44, 0, True), (39, 4, False), (40, 4, True), (50, 4, True)]
)
def test_eighty_percent_passes(sitting: Sitting, made: Exercise, right: int, marks: int, passed: bool) -> None:
    sitting.begin(4)
    answer(sitting, made, right=right)
    if marks:
        talk(sitting, marks)
    sitting.hand_in()
    assert exam.result(sitting.last() or {}).passed is passed


def test_certificate(sitting: Sitting, made: Exercise, language: str, tmp_path: Path) -> None:
    from crmlab.course.widgets.exam_view import ExamView

    sitting.begin(4)
    answer(sitting, made, right=44)
    talk(sitting, 4)
    sitting.hand_in()
    view = ExamView(sitting._session, made)
    name = next(one for one in walk(view.widget) if "crmlab-name" in one._dom_classes)
    button = next(one for one in walk(view.widget) if "crmlab-certificate" in one._dom_classes)
    shown = list(walk(view.widget))
    (questions,) = (one for one in shown if "<details" in getattr(one, "value", ""))
    assert shown.index(name) < shown.index(questions), "the lesson says that the field is above the questions"
    button.click()
    assert not (tmp_path / "exam-certificate.html").exists(), "without a name there is none"
    name.value = "Li <Lei>"
    button.click()
    page = (tmp_path / "exam-certificate.html").read_text(encoding="utf-8")
    assert "Li &lt;Lei&gt;" in page
    assert "88%" in page  # 44 questions and 4 marks: 48 of 54
    assert all(unit in page for unit, _right, _total in exam.result(sitting.last() or {}).units())
    assert sitting.name() == "Li <Lei>"


def walk(widget: Any) -> Iterator[Any]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)


def displayed(widget: Any) -> Iterator[Any]:
    """What of it is to be seen."""
    if widget.layout.display != "none":
        yield widget
        for child in getattr(widget, "children", ()):
            yield from displayed(child)


# -- the talk ----------------------------------------------------------------------------------------------------------


def test_a_talk_only_goes_on(sitting: Sitting) -> None:
    sitting.begin(1)
    first = sitting.talk()
    assert first is not None
    first.say(0)
    first.back()
    first.again()
    attempt = sitting.last()
    assert attempt is not None
    assert attempt["talk"]["path"] == [0]
    again = sitting.talk()
    assert again is not None
    assert again.play().path() == [0]


def test_no_word_after_the_time_is_up_or_the_exam_handed_in(sitting: Sitting, clock: Clock) -> None:
    sitting.begin(1)
    late = sitting.talk()
    assert late is not None
    clock.time += 60 * exam.MINUTES + 60
    late.say(0)
    attempt = sitting.last()
    assert attempt is not None
    assert attempt["talk"]["path"] == []
    sitting.hand_in()
    late.say(0)
    assert (sitting.last() or {})["talk"]["path"] == []


def test_the_talk_of_an_exam_is_in_no_lesson() -> None:
    names = {path.stem for path in exam_talk.files()}
    assert names
    assert not names & {path.stem for path in scripts.files()}
    for lesson in lessons.every():
        assert not names & {made.id for made in load_lesson(lesson.number)}


def test_a_second_try_has_another_talk_as_long_as_there_is_one() -> None:
    names = {path.stem for path in exam_talk.files()}
    seen: list[str] = []
    for seed in range(len(names)):
        talk = exam_talk.begun(seed, seen)
        assert talk is not None
        seen.append(talk["script"])
    assert set(seen) == names
    assert exam_talk.begun(0, seen) is not None


@pytest.mark.parametrize("talk", [None, 3, {}, {"script": 1}, {"script": "none"}, {"script": "../late-delivery", "path": [0]}])
def test_a_talk_that_cannot_be_read_is_left_out(sitting: Sitting, talk: Any) -> None:
    """As in an exam that was begun before there were talks: it has its fifty points."""
    sitting.begin(1)
    sitting._session.store.change(exam.ID, lambda record: record["fields"]["tries"][0].__setitem__("talk", talk))
    assert (sitting.talk(), sitting.talked(), sitting.pages()) == (None, True, 5)
    assert exam.result(sitting.last() or {}).total == 50


def test_a_talk_is_not_looked_back_on_before_the_exam_is_handed_in(sitting: Sitting, made: Exercise, language: str) -> None:
    from crmlab.course.widgets.exam_view import ExamView

    sitting.begin(1)
    asked = sitting.talk()
    assert asked is not None
    talk(sitting, 4)
    view = ExamView(sitting._session, made)
    view._go(5)
    assert asked.script.source["title"][language] in sent(view)
    before = sent(view)
    script = asked.script
    whys = [choice["why"][language][:20] for name in script.source["nodes"] for choice in script.choices(name)]
    assert not any(json.dumps(why, ensure_ascii=False)[1:-1] in before for why in whys)
    ways_back = {"crmlab-again", "crmlab-own", "crmlab-print"}
    assert not [one for one in displayed(view.widget) if ways_back & set(one._dom_classes)]
    assert ways_back <= {name for one in walk(view.widget) for name in one._dom_classes}, "hidden, under these names"
    view._finish()
    assert tr("Debrief") in sent(view)


# -- from a lesson -----------------------------------------------------------------------------------------------------


def test_exam_is_shown_from_any_lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path))
    for number in ("7.2", "1.1"):
        open_lesson(number)
        shown = show_exam()
        assert float(shown) == 0.0
        assert shown.feedback.maximum == 54
        assert "54" in shown._repr_html_()


def test_a_bank_with_faults_is_said_and_not_raised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        raise exam.QuizError("2-man.questions.yml:4: something")

    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path))
    open_lesson("7.2")
    monkeypatch.setattr(asking, "bank", broken)
    shown = show_exam()
    assert float(shown) == 0.0
    assert isinstance(shown._repr_html_(), str)
    load_lesson(exam.LESSON)
    made = exercise.get(exam.ID, exam.LESSON)
    assert made is not None
    assert "2-man.questions.yml:4" in Sitting(Session(lessons.find(exam.LESSON), Store(None), [made]), made).problem


def test_the_lesson_says_what_the_exam_is(language: str) -> None:
    path = f"notebooks/{language}/7-capstone/2-exam.ipynb"
    text = json.loads((Path(__file__).resolve().parents[3] / path).read_text(encoding="utf-8"))
    prose = "".join("".join(cell["source"]) for cell in text["cells"] if cell["cell_type"] == "markdown")
    row = tr(", ").join(f"{tr(lessons.UNITS[unit])} {count}" for unit, count in exam.blueprint().items())
    assert row.replace("、", "，") in prose.replace("、", "，")
    for number in (exam.SIZE, exam.MINUTES, exam.PASS):
        assert str(number) in prose


def test_the_worked_exam_is_all_right(made: Exercise, language: str) -> None:
    assert exercise.judge(made, exam.worked(1), clicked=True).points == 54
    assert exercise.judge(made, {"tries": [exam.worked(1)["tries"][0] | {"handed_in": None}]}, clicked=True).points == 0


def test_a_number_that_is_not_understood_is_kept_as_typed_and_said_in_the_result(made: Exercise, clock: Clock, tmp_path: Path) -> None:
    sitting = sit(made, clock, tmp_path / "7-capstone.json")
    sitting.begin(1)
    attempt = sitting.last()
    assert attempt is not None
    key = next(one.key for one in exam.asked(attempt) if one.question.kind == "number")
    sitting.set_field(key, "1/2")
    again = sit(made, clock, tmp_path / "7-capstone.json")
    assert again.typed()[key] == "1/2"
    assert key not in again.fields()
    again.hand_in()
    assert "“1/2”" in exam_page.result(exam.result(again.last()))
