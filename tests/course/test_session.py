"""What a lesson calls: open, check by click and by code, hints, worked answers, progress - and what goes wrong there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import crmlab
from crmlab import answer, check, hint, lesson, progress, quiz, solution
from crmlab.course import exercise, lessons, panel, session
from crmlab.course.exercises import open_lesson
from crmlab.course.session import opened


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder like a trainee's, with the answers beside the notebook."""
    folder = tmp_path / "notebooks" / "en" / "1-foundations"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    monkeypatch.delenv("CRMLAB_STATE", raising=False)
    monkeypatch.delenv("CRMLAB_LANG", raising=False)
    monkeypatch.setattr(session, "_open", None)
    return folder


def test_nothing_raises_before_a_lesson_is_open() -> None:
    for value in (check("guess"), hint("guess"), solution("guess"), quiz("1.1"), progress()):
        assert "No lesson is open" in value._repr_html_()
    assert repr(check("guess")) == "0.0"
    answer("guess", {})


def test_a_lesson_that_is_not_there_gets_a_sentence() -> None:
    said = repr(lesson("9.9"))
    assert "9.9" in said
    assert "1.1" in said


def test_an_exercise_that_is_not_there_names_the_nearest() -> None:
    lesson("1.1")
    assert "Did you mean guess?" in check("gues")._repr_html_()
    assert repr(check(17)) == "0.0"  # type: ignore[arg-type]


def test_answers_lie_beside_the_notebook_and_are_found_again(here: Path) -> None:
    lesson("1.1")
    answer("days", {"days": 10})
    tried = repr(check("days"))
    assert (here / "1-tour.json").is_file()
    open_lesson("1.1")
    assert repr(check("days")) == tried


def test_code_is_kept_and_shown_again_when_the_cell_is_blank(here: Path) -> None:
    opened_ = open_lesson("1.1")
    made = exercise.get("days", "1.1")
    assert made is not None
    opened_.check(made, 3, "days = 3")
    again = open_lesson("1.1").check(made, ...)
    assert again.state == exercise.BLANK
    assert "days = 3" in panel.feedback(again)


def test_the_better_of_clicks_and_code_counts() -> None:
    from tests.lessons.test_foundations_tour import RIGHT

    opened_ = open_lesson("1.1")
    made = exercise.get("days", "1.1")
    assert made is not None
    opened_.set_fields(made, RIGHT["days"])
    assert opened_.check(made, -5).points == made.points
    assert opened_.check(made, "nonsense").points == made.points


def test_hints_go_on_and_stay_at_the_last() -> None:
    opened_ = open_lesson("1.1")
    made = exercise.get("guess", "1.1")
    assert made is not None
    numbers = [opened_.next_hint(made)[0] for _turn in range(len(made.hints) + 2)]
    assert numbers == [*range(1, len(made.hints) + 1), len(made.hints), len(made.hints)]
    assert opened_.store.record("guess")["hints"] == len(made.hints)


def test_drawing_again_is_no_try_and_pressing_check_is_one() -> None:
    opened_ = open_lesson("1.1")
    made = exercise.get("days", "1.1")
    assert made is not None
    opened_.set_fields(made, {"days": 3})
    for _turn in range(3):
        opened_.check(made)
    assert "tries" not in opened_.store.record("days")
    opened_.check_clicks(made)
    opened_.check_clicks(made)
    assert opened_.store.record("days")["tries"] == 2


def test_the_best_points_are_remembered() -> None:
    from tests.lessons.test_foundations_tour import RIGHT

    opened_ = open_lesson("1.1")
    made = exercise.get("days", "1.1")
    assert made is not None
    opened_.set_fields(made, RIGHT["days"])
    opened_.check_clicks(made)
    opened_.set_fields(made, {"days": 1})
    assert opened_.check_clicks(made).points < made.points
    assert opened_.store.record("days")["best"] == made.points


def test_a_notebook_of_another_version_is_told(here: Path) -> None:
    notebook = {"cells": [], "metadata": {"crmlab": {"version": "0.0.1"}}}
    (here / "1-tour.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    said = lesson("1.1")._repr_html_()
    assert "0.0.1" in said
    assert crmlab.__version__ in said
    assert "crmlab reset 1.1" in said
    (here / "1-tour.ipynb").write_text("broken", encoding="utf-8")
    assert "crmlab reset" not in lesson("1.1")._repr_html_()


def test_a_damaged_file_is_told_when_the_lesson_opens(here: Path) -> None:
    (here / "1-tour.json").write_text("{", encoding="utf-8")
    assert "1-tour.damaged-1.json" in lesson("1.1")._repr_html_()


def test_a_worked_edition_keeps_no_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "solutions" / "zh" / "1-foundations"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    lesson("1.1")
    answer("days", {"days": 10})
    check("days")
    assert list(folder.iterdir()) == []


def test_the_language_is_that_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "notebooks" / "zh" / "1-foundations"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    lesson("1.1")
    assert 'lang="zh-CN"' in check("guess")._repr_html_()


def test_progress_counts_this_lesson_and_the_others(here: Path) -> None:
    other = here.parent / "5-satisfaction"
    other.mkdir()
    content = {"exercises": {"a": {"points": 2, "maximum": 4, "tries": 3}}}
    (other / "1-index.json").write_text(json.dumps(content), encoding="utf-8")
    lesson("1.1")
    page = progress()._repr_html_()
    assert "2 / 31" in page
    assert lessons.find("5.1").title() in page
    current = opened()
    assert current is not None
    assert all(exercise_.title in page for exercise_ in current.exercises)
