"""What each lesson owes its reader: a first click soon, minutes that are true, and advice that names its test."""

from __future__ import annotations

import re

import pytest

from crmlab.course import lessons
from crmlab.course.lessons import Lesson
from tools import lesson_files, minutes, sentences

each = pytest.mark.parametrize("lesson", [pytest.param(one, id=one.number) for one in lessons.every()])
FIRST_CLICK = {"en": 200, "zh": 330}  # words, characters: at the same pace
ADVICE = {"en": ("## On Monday", "**Tested:**"), "zh": ("## 周一就做", "**检验**：")}
KINDS = {
    "en": r"hold-out|back-test|interval|untested|permutation|shuffl",
    "zh": r"留出|回测|区间|未经检验|没有检验|打乱",
}


@each
def test_minutes_are_as_computed(lesson: Lesson, language: str) -> None:
    one = minutes.pace(lesson)
    assert one.said == pytest.approx(one.minutes, rel=0.2), "see tools/minutes.py"
    sittings = minutes.sittings(lesson)
    assert not sittings or sum(sittings) == one.said
    assert max(sittings or [one.said]) <= minutes.LONGEST or lesson.number == "7.2", "cut it, or split it"


@each
def test_the_first_click_comes_soon(lesson: Lesson, language: str) -> None:
    assert minutes.pace(lesson).before <= FIRST_CLICK[language] * 1.1


@each
def test_advice_names_its_test(lesson: Lesson) -> None:
    source = lesson_files.Source(lesson)
    text = source.markdown.read_text(encoding="utf-8")
    if lesson.number.startswith("8."):
        return  # a riddle advises nothing
    heading, mark = ADVICE["en"]
    section = re.search(rf"^{heading}\b.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert section, "a lesson ends with what to do on Monday"
    lines = [line for line in section[0].splitlines() if mark in line]
    assert lines
    assert all(re.search(KINDS["en"], line, re.IGNORECASE) for line in lines), lines
    chinese = [one.translated for one in lesson_files.po.read(source.po("zh")) if one.english in map(str.strip, sentences.of("\n".join(lines)))]
    assert chinese
    assert all(ADVICE["zh"][1] in line and re.search(KINDS["zh"], line) for line in chinese), chinese


def test_few_lessons_end_on_the_mistakes_of_others() -> None:
    """At most every third; the others end on something that the trainee makes."""
    last = {}
    for lesson in lessons.every():
        headings = re.findall(r"^## Exercise \d+ · (.*?) \(", lesson_files.Source(lesson).markdown.read_text("utf-8"), re.MULTILINE)
        if headings:
            last[lesson.number] = headings[-1]
    judging = [number for number, title in last.items() if title == "Find the mistake"]
    assert 3 * len(judging) <= len(last), judging
