"""class.yml: what is read, and what is said of each mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmlab.classroom import settings
from crmlab.classroom.folder import SETTINGS, Class
from crmlab.course import classes


def load(folder: Path, text: str) -> Class:
    (folder / SETTINGS).write_text(text, encoding="utf-8")
    return settings.load(folder)


def test_what_is_saved_is_read_back(tmp_path: Path, language: str) -> None:
    made = Class(tmp_path, 'A "B": #1 班', 7, ("zh", "en"), ("2.1", "3.2"), ("late-delivery",), 12, "2026-12-01T18:00+08:00")
    settings.save(made)
    assert settings.load(tmp_path) == made


def test_what_somebody_types_by_hand(tmp_path: Path) -> None:
    found = load(tmp_path, "name: Spring\nnumber: 7\nlessons: [2.1, '8']\ndraw: yes\ndue: 2026-12-01 18:00:00\nroleplays:\n")
    assert found.lessons == ("2.1", "8.1", "8.2", "8.3")
    assert (found.draw, found.due, found.languages, found.roleplays) == (classes.seed(7), "2026-12-01T18:00", ("en",), ())


WRONG = {
    "name: a\nnumbr: 1\nlessons: [2.1]": ["class.yml:1: “class.yml” lacks “number”.", "class.yml:2: The key “numbr” is not known here. Did you mean “number”?"],
    "name: 5\nnumber: 1\nlessons: [2.1]": ["class.yml:1: “name” should be a text; put 5 in quotation marks."],
    "name: a\nnumber: -1\nlessons: [2.1]": ["class.yml:2: “number” should be a whole number from 0 to 999999999, not “-1”."],
    "name: a\nnumber: 1\nlessons: {2: 1}": ["class.yml:3: “lessons” should be a list"],
    "name: a\nnumber: 1\nlessons:": ["class.yml:3: The class has no lessons."],
    "name: a\nnumber: 1\nlessons: [2.1, 9.7]": ["class.yml:3: There is no lesson “9.7”."],
    "name: a\nnumber: 1\nlessons: [2.1]\nroleplays: [late-delivry]": ["class.yml:4: “roleplays”: there is no “late-delivry”. Did you mean “late-delivery”?"],
    "name: a\nnumber: 1\nlessons: [2.1]\nlanguages: fr": ["class.yml:4: “languages”: there is no “fr”."],
    "name: a\nnumber: 1\nlessons: [2.1]\ndraw: maybe": ["class.yml:4: “draw” should be true, false or a whole number, not “maybe”."],
    "name: a\nnumber: 1\nlessons: [2.1]\ndue: tomorrow": ["class.yml:4: “tomorrow” is no day or time."],
    "- name: a": ["class.yml:1: The file should begin with"],
    "name: [a": ["class.yml:1: This line cannot be read as YAML"],
    "": ["class.yml: The file is empty."],
}


@pytest.mark.parametrize("text", WRONG)
def test_each_mistake_has_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(settings.SettingsError) as told:
        load(tmp_path, text)
    lines = str(told.value).splitlines()
    assert len(lines) == len(WRONG[text])
    for line, due in zip(lines, WRONG[text], strict=True):
        assert line.startswith(due)


def test_a_folder_that_is_no_class(tmp_path: Path) -> None:
    with pytest.raises(settings.SettingsError, match=r"There is no class\.yml in .*crmlab class new"):
        settings.load(tmp_path / "nowhere")
