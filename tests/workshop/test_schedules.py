"""Schedules: minutes add up, nothing overlaps, nobody sits too long, nothing is lost - for every lesson, unit, length and track."""

from __future__ import annotations

import itertools
from functools import cache

import pytest

from crmlab.cli import main
from crmlab.course import lessons
from crmlab.course.lessons import Lesson
from crmlab.language import LANGUAGES, speaking
from crmlab.workshop import lines, minutes, schedules, tracks
from crmlab.workshop.schedules import LENGTHS, Day, Schedule

UNITS = sorted({one.unit_number for one in lessons.every()})
CHOSEN: dict[str, tuple[Lesson, ...]] = {
    **{f"lesson {one.number}": (one,) for one in lessons.every()},
    **{f"unit {unit}": tracks.chosen([unit]) for unit in UNITS},
    "two units": tracks.chosen(["2", "3"]),
    "all": tracks.chosen(),
    "everything": lessons.every(),
}
CASES = [
    *((name, chosen, length, "all") for (name, chosen), length in itertools.product(CHOSEN.items(), LENGTHS)),
    *((track, tracks.chosen(track=track), length, track) for track in ("agent", "analyst") for length in LENGTHS),
    *(("unit 4", tracks.chosen(["4"], track="agent"), length, "agent") for length in LENGTHS),
]
EACH = pytest.mark.parametrize(
    ("chosen", "length", "track"), [one[1:] for one in CASES], ids=[f"{one[0]}, {one[2]}, {one[3]}" for one in CASES]
)


planned = cache(schedules.plan)


def sitting(day: Day) -> list[int]:
    """Minutes between pauses."""
    found = [0]
    for item in day.items:
        if item.kind in ("pause", "lunch"):
            found.append(0)
        else:
            found[-1] += item.minutes
    return found


@EACH
def test_it_adds_up(chosen: tuple[Lesson, ...], length: str, track: str) -> None:
    made = planned(chosen, length, track)
    assert len(made.days) == len(LENGTHS[length])
    for day, wished in zip(made.days, LENGTHS[length], strict=True):
        for before, item in itertools.pairwise(day.items):
            assert item.start == before.end, "no gap, no overlap"
        assert all(item.minutes > 0 and item.minutes % minutes.STEP == 0 for item in day.items)
        assert sum(item.minutes for item in day.items) + day.left == wished
        assert day.left >= 0
        assert max(sitting(day)) <= schedules.LONGEST
        assert day.items[-1].kind not in ("pause", "lunch")
        kinds = [item.kind for item in day.items]
        assert not any(one in ("pause", "lunch") and two in ("pause", "lunch") for one, two in itertools.pairwise(kinds))
        assert kinds.count("buffer") == 1
        assert next(item.minutes for item in day.items if item.kind == "buffer") >= schedules.BUFFER[length]
        lunch = [item for item in day.items if item.kind == "lunch"]
        assert len(lunch) <= (length != "half")
        assert all(schedules.LUNCH_FROM <= one.start - day.start <= schedules.LUNCH_UNTIL for one in lunch)
        if not lunch:
            assert day.end - day.start <= schedules.LUNCH_UNTIL + 60, "a day that goes on has its lunch"
    assert [item.kind for day in made.days for item in day.items].count("closing") == 1
    assert made.days[-1].items[-1].kind == "closing"
    assert made.days[0].items[0].kind == "welcome"


@EACH
def test_nothing_is_lost(chosen: tuple[Lesson, ...], length: str, track: str) -> None:
    made = planned(chosen, length, track)
    held = [one.lesson for one in made.variants()]
    assert sorted([*held, *made.missing], key=chosen.index) == list(chosen), "each once, and what found no room is named"
    assert held == sorted(held, key=chosen.index), "in their order"
    for variant in made.variants():
        assert variant in (minutes.whole(variant.lesson), minutes.shorter(variant.lesson))
        assert variant.short or track != "agent" or minutes.shorter(variant.lesson) is None
    with speaking("en"):
        said = " ".join(lines.remarks(made))
        assert all(lesson.title() in said for lesson in made.missing)
        assert all(f"{one.lesson.number} last exercise" in said for one in made.variants() if minutes.after(one.lesson))


def test_what_was_left_out_would_not_have_fitted() -> None:
    made = schedules.plan(tracks.chosen(["3"]), "half")
    assert made.missing
    more = schedules.plan([*(one.lesson for one in made.variants()), made.missing[0]], "half")
    assert more.missing == (made.missing[0],)
    assert schedules.plan(tracks.chosen(["3"]), "1").missing == ()


def test_lessons_are_whole_where_they_fit_and_no_more_are_shortened_than_must_be() -> None:
    assert not any(one.short for one in schedules.plan(tracks.chosen(["2"]), "1").variants())
    half = schedules.plan(tracks.chosen(["2"]), "half").variants()
    assert any(one.short for one in half)
    assert any(not one.short for one in half)


def test_the_heart_of_the_course_stays_where_not_all_fits() -> None:
    held = [one.lesson.number for one in planned(tracks.chosen(track="agent"), "half", "agent").variants()]
    assert {"1.1", "3.2", "4.2"} <= set(held), "agents learn to take a complaint in half a day, too"
    held = [one.lesson.number for one in planned(tracks.chosen(["2", "3"]), "half", "all").variants()]
    assert {"2.3", "3.2"} <= set(held), "of each unit that was asked for something is held"


@pytest.mark.parametrize("length", LENGTHS)
def test_without_a_choice_there_is_a_workshop_for_everybody(length: str, capsys: pytest.CaptureFixture[str]) -> None:
    made = planned(tracks.core(length), length, "all")
    assert len({one.lesson.unit_number for one in made.variants()}) >= 4, "a lesson of most units"
    assert length == "half" or not any(one.short for one in made.variants())
    assert main(["workshop", "plan", "--days", length, "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert "Does not fit" not in said, "nobody asked for it"
    assert "--units 2,3" in said


def test_the_closing_and_the_exam_are_what_they_are() -> None:
    exam, long = lessons.find("7.2"), lessons.find("7.1")
    with speaking("en"):
        assert "saved under" in lines.what(planned((long,), "half", "all").days[-1].items[-1])
        assert "saved under" not in lines.what(planned((exam,), "half", "all").days[-1].items[-1]), "an exam saves nothing"
        made = planned((long, exam), "half", "all")
        said = " ".join(lines.remarks(made))
    assert "7.2 The certificate exam does not fit, and is not shortened" in said
    assert "homework" not in said
    assert [item.kind for item in made.days[0].items][:4] == ["welcome", "lesson", "pause", "talk"], "no pause after the welcome"


def test_days_are_even_with_their_roleplays() -> None:
    made = planned(tracks.chosen(track="agent"), "2", "agent")
    assert max(day.left for day in made.days) < 120
    for day in made.days:
        held = {item.variant.lesson for item in day.items if item.kind == "lesson" and item.variant}
        assert {item.variant.lesson for item in day.items if item.script and item.variant} <= held, "on its lesson's day"


def test_room_that_is_left_goes_to_roleplays() -> None:
    made = schedules.plan(tracks.chosen(["4"], track="agent"), "2", "agent")
    assert made.scripts()[:2] == ("late-delivery", "unreasonable-demand")
    assert len(set(made.scripts())) == len(made.scripts())


def test_lessons_for_which_there_is_room_are_named() -> None:
    with speaking("en"):
        said = lines.remarks(schedules.plan([lessons.find("3.2")], "half"))
    assert any("room for one of these" in one and "3.3" in one and "3.2" not in one for one in said)


def test_a_day_begins_when_it_is_wished() -> None:
    made = schedules.plan(tracks.chosen(["4"]), "half", start=13 * 60 + 30)
    assert schedules.clock(made.days[0].start) == "13:30"
    for start in (0, 6 * 60 + 55, 15 * 60):
        with pytest.raises(schedules.NotPlanned):
            schedules.plan(tracks.chosen(["4"]), "1", start=start)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_say_the_same_minutes(language: str) -> None:
    with speaking(language):
        made: Schedule = schedules.plan(tracks.chosen(["2"]), "2")
        text = lines.text(made)
        for day in made.days:
            assert all(f"{schedules.clock(item.start)}  {item.minutes:>3}  {lines.what(item)}" in text for item in day.items)
            assert f"\n{schedules.clock(day.end)}\n" in text
            assert str(day.end - day.start) in text


def test_a_plan_ends_with_the_class_of_its_lessons(capsys: pytest.CaptureFixture[str]) -> None:
    """Lessons that found no room are not in it: a class that had them would have marks of lessons that nobody was taught."""
    assert main(["workshop", "plan", "--units", "2,3", "--days", "half", "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert "crmlab class new NAME --lessons 2.1,2.2,2.3,3.2." in said.splitlines()[-1]
