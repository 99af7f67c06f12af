"""Every notebook, both editions and languages: runs without an error, scores what it should, links to what exists."""

from __future__ import annotations

import ast
import contextlib
import io
import itertools
import json
import re
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import matplotlib
import matplotlib.pyplot as plt
import pytest

from crmlab import places
from crmlab.course import lessons
from crmlab.course.bank import quiz
from crmlab.course.exercises import load_lesson, open_lesson
from crmlab.course.widgets.shown import Shown
from crmlab.language import LANGUAGES
from tools import purposes

EDITIONS = {"notebooks": places.notebooks(), "solutions": places.solutions()}
NOTEBOOKS = [
    pytest.param(edition, language, lesson, id=f"{edition}-{language}-{lesson.number}")
    for edition in EDITIONS
    for language in LANGUAGES
    for lesson in lessons.every()
]
EACH = pytest.mark.parametrize(("edition", "language", "lesson"), NOTEBOOKS)


def path_of(edition: str, language: str, lesson: lessons.Lesson) -> Path:
    return EDITIONS[edition] / language / lesson.unit / f"{lesson.slug}.ipynb"


def cells_of(path: Path, kind: str) -> list[dict[str, Any]]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [{**cell, "source": "".join(cell["source"])} for cell in cells if cell["cell_type"] == kind]


def run(path: Path) -> dict[str, float]:
    """Run the code of a notebook in this process; the points of its checks by id."""
    found: dict[str, float] = {}
    names: dict[str, Any] = {}
    for cell in cells_of(path, "code"):
        tree = ast.parse(cell["source"])
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, str(path), "exec"), names)
        value = eval(compile(ast.Expression(last.value), str(path), "eval"), names) if last else None
        if isinstance(value, Shown) and (value._made is None or value._made.lesson):  # a rehearsal is of no lesson
            found[value.feedback.exercise] = float(repr(value))
            assert isinstance(value._repr_html_(), str)
    return found


# The code is the same in both languages, and nbval runs the trainee edition in both.
@pytest.mark.notebook
@pytest.mark.parametrize(
    ("edition", "language", "lesson"), [one for one in NOTEBOOKS if one.values[:2] != ("notebooks", "zh")]
)
def test_scores(edition: str, language: str, lesson: lessons.Lesson, monkeypatch: Any, tmp_path: Path) -> None:
    path = path_of(edition, language, lesson)
    monkeypatch.chdir(path.parent)
    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path))
    matplotlib.use("agg")
    out = io.StringIO()
    with contextlib.redirect_stderr(out), warnings.catch_warnings():
        warnings.simplefilter("error")
        found = run(path)
    plt.close("all")
    assert out.getvalue() == "", "a line on stderr costs all marks"
    exercises = {one.id: one.points for one in load_lesson(lesson.number)}
    assert bool(found) == lesson.scored
    assert set(found) == set(exercises), "every exercise is asked in the lesson, and nothing else"
    assert found == (exercises if edition == "solutions" else dict.fromkeys(exercises, 0.0))


@EACH
def test_links_and_images_exist(edition: str, language: str, lesson: lessons.Lesson) -> None:
    path = path_of(edition, language, lesson)
    for cell in cells_of(path, "markdown"):
        for target in re.findall(r"\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)", cell["source"]):
            if re.match(r"(https?:|mailto:|#)", target):
                continue
            assert (path.parent / unquote(target.split("#")[0])).exists(), f"{path.name}: {target}"


@EACH
def test_clean(edition: str, language: str, lesson: lessons.Lesson) -> None:
    notebook = json.loads(path_of(edition, language, lesson).read_text(encoding="utf-8"))
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
            source = "".join(cell["source"])
            assert not re.search(r"^\s*[%!]|pip install|^\s*def ", source, re.MULTILINE), source
    if edition == "notebooks":
        assert not any("instructor" in cell["metadata"].get("tags", ()) for cell in notebook["cells"])
        assert not any("SOLUTION" in "".join(cell["source"]) for cell in notebook["cells"])


@EACH
def test_every_code_cell_but_a_form_says_what_it_is_for(edition: str, language: str, lesson: lessons.Lesson) -> None:
    """The reading view shows these words in the place of the code."""
    for cell in cells_of(path_of(edition, language, lesson), "code"):
        purpose = cell["metadata"].get("crmlab", {}).get("purpose")
        assert (purpose is not None) == purposes.needed(cell["source"]), cell["source"]
        if purpose is not None:
            theirs = bool(cell["metadata"].get("nbgrader", {}).get("solution"))
            assert list(purposes.wrong(purpose, language, theirs)) == [], purpose


def test_purposes_say_the_same_in_the_same_words() -> None:
    """Across all lessons: cells that open, cells of right answers, and whatever has one sentence in English."""
    opens: set[str] = set()
    answers: set[str] = set()
    translated: dict[str | None, str | None] = {}
    for lesson in lessons.every():
        both = [cells_of(path_of("solutions", language, lesson), "code") for language in ("en", "zh")]
        for english, chinese in zip(*both, strict=True):
            said, also = (cell["metadata"].get("crmlab", {}).get("purpose") for cell in (english, chinese))
            assert translated.setdefault(said, also) == also, said
            if 'lesson("' in english["source"]:
                opens.add(said)
            if english["source"].startswith("answer("):
                answers.add(said)
    assert (len(opens), len(answers)) == (1, 1)


@EACH
def test_one_heading_of_the_first_level_and_headings_in_order(
    edition: str, language: str, lesson: lessons.Lesson
) -> None:
    text = "\n".join(cell["source"] for cell in cells_of(path_of(edition, language, lesson), "markdown"))
    levels = [
        len(mark) for mark in re.findall(r"^(#{1,6}) ", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert text.startswith(f"# {lesson.number} ")


@EACH
def test_headings_promise_the_points_that_are_given(edition: str, language: str, lesson: lessons.Lesson) -> None:
    promised: list[float] = []
    asked: list[str] = []
    for cell in json.loads(path_of(edition, language, lesson).read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            promised += [
                float(n) for n in re.findall(r"^#+ .*?(\d+(?:\.\d+)?) (?:points?\)|分）)", source, re.MULTILINE)
            ]
        elif found := re.search(r'^(?:(check|quiz)\("([^"]+)"|(exam)\(\))', source, re.MULTILINE):
            asked.append(quiz.exercise_id(found[2]) if found[1] == "quiz" else found[2] or found[3])
    points = {one.id: one.points for one in load_lesson(lesson.number)}
    assert promised == [points[id] for id in asked]


@pytest.mark.parametrize("lesson", lessons.every(), ids=lambda lesson: lesson.number)
def test_code_is_the_same_in_both_languages(lesson: lessons.Lesson) -> None:
    for edition in EDITIONS:
        sources = [[cell["source"] for cell in cells_of(path_of(edition, one, lesson), "code")] for one in LANGUAGES]
        assert sources[0] == sources[1]


@pytest.mark.parametrize("lesson", lessons.every(), ids=lambda lesson: lesson.number)
def test_the_chinese_edition_is_chinese(lesson: lessons.Lesson) -> None:
    for cell in cells_of(path_of("notebooks", "zh", lesson), "markdown"):
        prose = re.sub(r"`[^`]*`|\([^)]*\)|https?:\S+", "", cell["source"])
        words = re.findall(r"[A-Za-z]{3,}", prose)
        assert re.search(r"[\u4e00-\u9fff]", prose) or len(words) < 4, cell["source"][:200]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_worked_answer_is_shown_in_words_or_code(language: str, monkeypatch: Any, tmp_path: Path) -> None:

    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path))
    monkeypatch.setenv("CRMLAB_LANG", language)
    for lesson in lessons.every():
        opened = open_lesson(lesson.number)
        for made in opened.exercises:
            lines, code = opened.worked(made)
            assert lines or code, made.id
            assert "SOLUTION" not in code
            assert not lines or any(said for _prompt, said in lines), made.id


@EACH
def test_bold_and_italics_are_rendered(edition: str, language: str, lesson: lessons.Lesson) -> None:
    """Beside Chinese punctuation the stars may stay stars: put the full stop outside of them."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")
    for cell in cells_of(path_of(edition, language, lesson), "markdown"):
        for block in parser.parse(cell["source"]):
            for piece in block.children or ():
                assert piece.type != "text" or "*" not in piece.content.replace("[*]", ""), piece.content
