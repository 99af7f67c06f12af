"""Which cells of a lesson run by themselves: those that came with the course, and those written or run here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crmlab import places
from crmlab.app import settings, trusted, workspace

TOUR = "notebooks/en/1-foundations/1-tour.ipynb"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("course")
    workspace.lay(places.root(), made)
    return made


def test_a_lesson_as_it_came_runs_and_what_somebody_changed_does_not(folder: Path) -> None:
    cells = trusted.code((folder / TOUR).read_bytes())
    assert len(cells) > 5
    assert all(trusted.may_run(folder, TOUR, cells))
    others = "import os"
    content = json.loads((folder / TOUR).read_text("utf-8"))
    content["cells"].append({"cell_type": "code", "source": others, "metadata": {}, "outputs": []})
    (folder / TOUR).write_text(json.dumps(content), encoding="utf-8")
    assert trusted.may_run(folder, TOUR, [*cells, others]) == [True] * len(cells) + [False]
    # In another notebook the same cell was written by nobody that is known.
    assert not any(trusted.may_run(folder, "notebooks/en/1-foundations/mine.ipynb", cells))
    assert not any(trusted.may_run(folder, "notebooks/../" + TOUR, cells))


def test_what_was_written_here_runs_wherever_it_stands(folder: Path) -> None:
    trusted.remember(folder, ["mine = 1\n"])
    trusted.remember(folder, ["mine = 1", "mine = 2"])
    assert trusted.may_run(folder, "notebooks/en/x.ipynb", ["mine = 1", "mine = 2", "mine = 3"]) == [True, True, False]
    kept = folder / workspace.STORE / "mine.json"
    assert len(json.loads(kept.read_text("utf-8"))) == 2
    for damaged in ("", "{", "{}", "[1, null]", "[" * 5000):
        kept.write_text(damaged, encoding="utf-8")
        assert trusted.may_run(folder, TOUR, ["mine = 1"]) == [False]
    trusted.remember(folder, ["mine = 1"])
    assert trusted.may_run(folder, TOUR, ["mine = 1"]) == [True]


@pytest.mark.parametrize(("known", "mode"), [("full none defer", "defer"), ("full contentVisibility", "contentVisibility")])
def test_what_is_scrolled_away_stays_on_the_page(tmp_path: Path, known: str, mode: str) -> None:
    schema = tmp_path / "@jupyterlab" / "notebook-extension" / "tracker.json"
    schema.parent.mkdir(parents=True)
    schema.write_text(json.dumps({"properties": {"windowingMode": {"description": known}}}), encoding="utf-8")
    assert settings.overrides([tmp_path])["@jupyterlab/notebook-extension:tracker"] == {"windowingMode": mode}
