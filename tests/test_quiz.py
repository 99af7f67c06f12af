"""Question files: faults with lines, every option explained, and a quiz that can be passed."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from crmlab import places
from crmlab.course import catalogue, exercise, quiz

GOOD = """\
- id: first
  kind: single
  difficulty: 1
  ask: {en: Which letter?, zh: 哪个字母？}
  options:
    - text: {en: R, zh: R}
      right: true
      why: {en: Yes., zh: 对。}
    - text: {en: F, zh: F}
      why: {en: No., zh: 不对。}
- id: second
  kind: multiple
  difficulty: 2
  ask: {en: Which two?, zh: 哪两个？}
  options:
    - text: {en: A, zh: 甲}
      right: true
      why: {en: A it is., zh: 是甲。}
    - text: {en: B, zh: 乙}
      why: {en: Not B., zh: 不是乙。}
    - text: {en: C, zh: 丙}
      right: true
      why: {en: C it is., zh: 是丙。}
"""

BROKEN = {
    "unknown key": ("difficulty: 1", "dificulty: 1", "Did you mean “difficulty”"),
    "no language": ("{en: R, zh: R}", "{en: R}", "zh"),
    "two right": (
        "    - text: {en: F, zh: F}\n",
        "    - text: {en: F, zh: F}\n      right: true\n",
        "2 options are marked",
    ),
    "none right": ("      right: true\n      why: {en: Yes.", "      why: {en: Yes.", "0 options are marked"),
    "right a word": ("right: true", "right: sure", "true or false"),
    "same id": ("id: second", "id: first", "stands twice"),
    "kind": ("kind: single", "kind: essay", "one of single"),
    "difficulty": ("difficulty: 2", "difficulty: 8", "from 1 to 3"),
    "full-width colon": ("  kind: single", "  kind：single", "full-width colon"),
    "no why": ("      why: {en: No., zh: 不对。}\n", "", "lacks “why”"),
}


def read(folder: Path, text: str) -> tuple[list[object], list[str]]:
    file = folder / "questions.yml"
    file.write_text(text, encoding="utf-8")
    questions, faults = quiz.read(file)
    return questions, [str(fault) for fault in faults]


def test_a_good_file_has_no_faults(tmp_path: Path) -> None:
    questions, faults = read(tmp_path, GOOD)
    assert (len(questions), faults) == (2, [])


@pytest.mark.parametrize(("old", "new", "says"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_told_where_and_what(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in GOOD
    questions, faults = read(tmp_path, GOOD.replace(old, new, 1))
    assert questions == []
    assert says in "\n".join(faults)
    assert all(re.match(r"questions\.yml:\d+: ", fault) for fault in faults)


FILES = sorted((places.datasets() / "questions").rglob("*.yml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_question_file_is_sound_and_belongs_to_a_lesson(file: Path) -> None:
    questions, faults = quiz.read(file)
    assert faults == []
    assert len(questions) >= 5
    assert any(quiz.path_of(lesson) == file for lesson in catalogue.lessons())


def test_no_place_among_the_options_is_always_right() -> None:
    places_ = Counter()
    for file in FILES:
        for question in quiz.read(file)[0]:
            if question["kind"] == "single":
                places_[[bool(option.get("right")) for option in question["options"]].index(True)] += 1
    assert max(places_.values()) <= 0.6 * places_.total(), places_


@pytest.mark.parametrize(
    "lesson", [one for one in catalogue.lessons() if quiz.path_of(one).is_file()], ids=lambda one: one.number
)
def test_a_quiz_can_be_passed_and_explains_every_choice(lesson: catalogue.Lesson) -> None:
    exercise.load_lesson(lesson.number)
    made = exercise.get(quiz.exercise_id(lesson.number), lesson.number)
    assert made is not None
    questions, _faults = quiz.read(quiz.path_of(lesson))
    right: dict[str, object] = {}
    for question in questions:
        for place, option in enumerate(question["options"], 1):
            if question["kind"] == "single":
                found = exercise.judge(made, {question["id"]: str(place)}, clicked=True)
                answered = [case for case in found.cases if not case.open]
                assert len(answered) == 1
                assert answered[0].text()
                assert answered[0].ok == bool(option.get("right"))
                if option.get("right"):
                    right[question["id"]] = str(place)
            else:
                right[f"{question['id']}.{place}"] = bool(option.get("right"))
    found = exercise.judge(made, right, clicked=True)
    assert (found.points, found.state) == (made.points, exercise.RIGHT)
    assert made.points == len(questions)
