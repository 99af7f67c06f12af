"""The hand-out: a script on paper, for two people and an observer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

import crmlab
from crmlab.course.roleplay import handout, scripts
from crmlab.language import LANGUAGES, set_language, tr

SCRIPTS = sorted(scripts.folder().glob("*.yml"))


@pytest.fixture(params=LANGUAGES)
def spoken(request: pytest.FixtureRequest) -> Iterator[str]:
    set_language(request.param)
    yield request.param
    set_language(None)


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "\n", html))


def sheets(name: str) -> list[str]:
    page = handout.page(scripts.load(name))
    return [plain(part) for part in page.split('<section class="sheet">')[1:]]


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.stem)
def test_nodes_are_numbered_from_the_start_and_the_endings_come_last(file: Path) -> None:
    script = scripts.load(file)
    numbers = handout.numbers(script)
    nodes = script.source["nodes"]
    assert set(numbers) == set(nodes)
    assert sorted(numbers.values()) == list(range(1, len(nodes) + 1))
    assert numbers[script.source["start"]] == 1
    assert max(numbers[name] for name in nodes if script.choices(name)) < min(
        numbers[name] for name in script.endings()
    )


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.stem)
def test_who_gets_to_read_what(file: Path, spoken: str) -> None:
    script = scripts.load(file)
    setting, customer, salesperson, observer = sheets(file.stem)
    assert script.source["setting"][spoken] in setting
    assert script.source["setting"][spoken] in salesperson
    half = re.split(r"(?:these lines are possible|每个编号下有几种说法可选)", salesperson)[1]
    for name, node in script.source["nodes"].items():
        assert node["says"][spoken] in customer
        assert node["says"][spoken] not in salesperson, "the salesperson hears what the customer says"
        for choice in script.choices(name):
            assert choice["text"][spoken] in customer
            assert choice["text"][spoken] in half
            for sheet in (customer, salesperson, observer):
                assert choice["why"][spoken] not in sheet
        if "ending" in node:
            assert node["debrief"][spoken] in observer
            assert node["debrief"][spoken] not in customer
    for step in script.known_steps().values():
        assert tr(step.name) in salesperson
        assert tr(step.name) in observer
        assert not re.search(rf"^\W*{re.escape(tr(step.name))}\W*$", half, re.M), "no line is labelled with its step"
    assert observer.count("☐") == len(script.known_steps())


def test_the_branching_can_be_followed_on_paper(spoken: str) -> None:
    script = scripts.load("late-delivery")
    at = handout.numbers(script)
    nodes = script.source["nodes"]
    choice = next(one for one in nodes["facts"]["choices"] if isinstance(one["to"], list))
    said = handout._leads(script, choice, at)
    if spoken == "en":
        assert said == f"if this was done: Show sympathy, go to {at['blamed']}; otherwise go to {at['hangs_up']}"
    else:
        assert said == f"如果已经做过：表示同情，转到 {at['blamed']}；否则转到 {at['hangs_up']}"
    assert handout._moves(choice) == {"en": "mood −1, trust −2: ", "zh": "心情 −1、信任 −2："}[spoken]
    route = {"to": "x", "mood_min": 2, "trust_max": 3, "not_done": ["ask", "confirm"]}
    conditions = handout._conditions(script, route)
    assert len(conditions) == 3
    assert {"en": "mood is 2 or more", "zh": "心情不低于 2"}[spoken] == conditions[0]
    # Every number that a line sends to is a number of the sheet, and every number but the first is sent to.
    customer = sheets("late-delivery")[1]
    targets = {int(n) for n in re.findall(r"(?:go to|转到) (\d+)", customer)}
    assert targets == set(range(2, len(nodes) + 1))


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.stem)
def test_the_chinese_hand_out_is_chinese(file: Path) -> None:
    set_language("zh")
    try:
        text = plain(re.sub(r"<style>.*?</style>", "", handout.page(scripts.load(file)), flags=re.S))
    finally:
        set_language(None)
    assert not re.search(r"\b(?!USB|PDF|ERP|CRM|APP|VIP|POS)[A-Za-z]{3,}", text)


def test_it_is_saved_beside_the_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoken: str) -> None:
    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path))
    told = crmlab.handout("late-delivery")
    assert "handout-late-delivery.html" in repr(told)
    text = (tmp_path / "handout-late-delivery.html").read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert "@media print" in text
    assert text.count('class="sheet"') == 4


@pytest.mark.parametrize("name", ["nowhere", "", "../late-delivery", 3, None, ["late-delivery"]])
def test_an_unknown_script_gets_a_sentence(name: object) -> None:
    assert "late-delivery" in repr(crmlab.handout(name))  # type: ignore[arg-type]


def test_a_folder_that_cannot_be_written_gets_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path / "nowhere"))
    assert "cannot be written" in repr(crmlab.handout("late-delivery"))


def test_a_script_with_faults_gets_its_list(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "mine.yml").write_text("id: mine\n", encoding="utf-8")
    monkeypatch.setattr(scripts, "folder", lambda: tmp_path)
    assert "mine.yml:1" in repr(crmlab.handout("mine"))
