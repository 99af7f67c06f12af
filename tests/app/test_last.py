"""Which lesson `crmlab start` opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmlab.app import last, server, workspace
from crmlab.cli import main
from crmlab.course import lessons
from tests.support.labserver import ROOT

RFM = "notebooks/en/2-classification/3-rfm.ipynb"
TOUR = "notebooks/{}/1-foundations/1-tour.ipynb"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    workspace.lay(ROOT, tmp_path)
    return tmp_path


def test_the_lesson_that_was_open_last_in_the_language_that_is_asked_for(folder: Path) -> None:
    assert last.path(folder, "zh") == TOUR.format("zh")
    last.note(folder, RFM)
    assert last.path(folder, "en") == RFM
    assert last.path(folder, "zh") == RFM.replace("/en/", "/zh/")
    for other in (
        "solutions/en/1-foundations/1-tour.ipynb",
        "notebooks/en/mine.ipynb",
        "notebooks/../x/1-tour.ipynb",
        "",
    ):
        last.note(folder, other)
    assert last.lesson(folder) == lessons.find("2.3")
    (folder / RFM).unlink()
    assert last.path(folder, "en") == TOUR.format("en")
    for damaged in ("{", "[]", '{"lesson": 3}', '{"lesson": "9.9"}'):
        (folder / workspace.STORE / "last.json").write_text(damaged)
        assert last.path(folder, "zh") == TOUR.format("zh")


def test_start_opens_it_or_the_one_that_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[str] = []

    def started(_folder: Path, lesson: str, sockets: list, *_more: object) -> None:
        opened.append(lesson)
        for one in sockets:
            one.close()

    monkeypatch.setattr(server, "start", started)
    last.note(folder, RFM)
    for words in ([], ["1.1"], ["3-rfm", "--lang", "zh"]):
        assert main(["start", *words, "--to", str(folder), *([] if "--lang" in words else ["--lang", "en"])]) == 0
    assert opened == [RFM, TOUR.format("en"), RFM.replace("/en/", "/zh/")]
    assert main(["start", "9.9", "--to", str(folder), "--lang", "en"]) == 2
    assert "There is no lesson 9.9" in capsys.readouterr().err
