"""Minutes of a workshop follow from the lessons: the shorter variants hold, in every language, and nothing named in them is gone."""

from __future__ import annotations

import re

import pytest

from crmlab.course import lessons
from crmlab.language import LANGUAGES, speaking
from crmlab.workshop import materials, minutes, tracks

EACH = pytest.mark.parametrize("lesson", lessons.every(), ids=lambda one: one.number)
LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)


@EACH
@LANGUAGE
def test_a_shorter_variant_takes_no_longer_than_it_says(lesson: lessons.Lesson, language: str) -> None:
    with speaking(language):
        short, whole = minutes.shorter(lesson), minutes.whole(lesson)
    if short is None:
        assert lesson.unit_number == minutes.BREAKS
        return
    assert short.minutes < whole.minutes
    if short.measured:
        # As for whole lessons, see tests/lessons/test_what_a_lesson_owes.py. Below: talks in the room take some of it.
        assert 0.5 * short.minutes <= short.computed <= 1.15 * short.minutes, f"{short.computed:.1f}"
        assert all(task.minutes for task in short.tasks)


@EACH
@LANGUAGE
def test_the_notes_say_the_same_minutes(lesson: lessons.Lesson, language: str) -> None:
    with speaking(language):
        said = minutes.said_in_notes(materials.about_shorter(lesson))
        short = minutes.shorter(lesson)
        assert materials.about_shorter(lesson), "each lesson has a shorter variant in its notes"
    if said is None:  # in words: "five minutes"
        assert lesson.number == "1.1" or lesson.unit_number == minutes.BREAKS
    else:
        assert short is not None
        assert short.minutes == said


@EACH
def test_the_notes_name_the_exercises_that_are_kept(lesson: lessons.Lesson) -> None:
    """The English note, read up to where it says what is left out."""
    with speaking("en"):
        note = materials.about_shorter(lesson)
        short = minutes.shorter(lesson)
    # 4.5: a talk of the group's choice; 5.2: the remarks are those of exercise 1.
    if short is None or not short.measured or lesson.number in ("4.5", "5.2"):
        return
    sentences = re.split(r"(?<=[.;]) ", note.split("** ", 1)[1])
    left_out = r"Leave out|at home|homework|[Tt]he rest|The others|Read the two|Keep ten|for exercise 8"
    done = " ".join(one for one in sentences if not re.search(left_out, one))
    done = re.sub(r"without exercises? \d+", "", done).replace(", then ", ", ")
    runs = re.findall(r"[Ee]xercises? ((?:\d+(?: by clicking)?(?:, and |, | and )?)+)", done)
    named = {int(number) for run in runs for number in re.findall(r"\d+", run)}
    assert named == set(minutes.settings()[lesson.number]["shorter"]["exercises"]), note


@EACH
def test_the_chinese_note_names_the_same_exercises(lesson: lessons.Lesson) -> None:
    said = {}
    for language in LANGUAGES:
        with speaking(language):
            note = materials.about_shorter(lesson).replace("12 月", "")  # a month has a name in English
        said[language] = sorted(re.findall(r"\d+", note))
    assert said["zh"] == said["en"]


@EACH
def test_after_the_lesson_is_counted_apart(lesson: lessons.Lesson) -> None:
    with speaking("en"):
        later, whole = minutes.after(lesson), minutes.whole(lesson)
        assert bool(later) == (lesson.unit_number in "25")
        assert not set(later) & set(whole.tasks)
        assert len(later) + len(whole.tasks) == len(lessons.tasks(lesson))


def test_every_lesson_has_its_place() -> None:
    known = {one.number for one in lessons.every() if one.unit_number != minutes.BREAKS}
    assert set(minutes.settings()) == known
    assert {track for one in minutes.settings().values() for track in one["tracks"]} == set(tracks.TRACKS) - {"all"}


def test_an_agents_lesson_is_about_twenty_minutes() -> None:
    held = [minutes.shorter(one) for one in tracks.chosen(track="agent")]
    assert len(held) >= 8
    assert all(one is not None and one.minutes <= 25 for one in held)


@pytest.mark.parametrize(
    ("units", "numbers", "track"), [(["12"], [], "all"), ([], ["3.9"], "all"), ([], [], "boss"), (["2"], [], "agent")]
)
def test_what_cannot_be_chosen_is_said(units: list[str], numbers: list[str], track: str) -> None:
    with pytest.raises(tracks.NotPlanned) as said, speaking("zh"):
        tracks.chosen(units, numbers, track)
    assert any("一" <= letter <= "鿿" for letter in str(said.value))


def test_a_lesson_that_is_named_is_taken_whatever_the_track() -> None:
    assert next(one.number for one in tracks.chosen(["4"], ["2.3"], "agent")) == "2.3"
