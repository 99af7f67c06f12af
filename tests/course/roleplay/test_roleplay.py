"""Role-plays as played: all scripts and what they allow, the talk that is kept, own words, the debrief, practice."""

from __future__ import annotations

import itertools
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crmlab import complaints
from crmlab.course import exercise, progress, session
from crmlab.course.exercises import open_lesson
from crmlab.course.roleplay import debrief_page, nearness, pages, practice, scoring, scripts
from crmlab.course.roleplay.debrief import Tried, compared, debrief, history, skills
from crmlab.course.roleplay.scripts import Script
from crmlab.course.roleplay.talk import LONGEST, Talk
from crmlab.course.state import Store
from crmlab.language import LANGUAGES, set_language, tr

SCRIPTS = sorted(scripts.folder().glob("*.yml"))
GOOD, POOR = [3, 1, 1, 2, 1, 0, 2, 2], [2, 0]
"""A talk of late-delivery with all points, and one with a single point."""


@pytest.fixture(params=LANGUAGES)
def spoken(request: pytest.FixtureRequest) -> Iterator[str]:
    set_language(request.param)
    yield request.param
    set_language(None)


@pytest.fixture
def late() -> Script:
    return scripts.load("late-delivery")


def two(text: str) -> dict[str, str]:
    return {"en": text, "zh": text}


def script_of(nodes: dict[str, Any], **more: Any) -> Script:
    """A script from its nodes, with the texts that do not matter filled in."""
    for node in nodes.values():
        node.setdefault("says", two("..."))
        if "ending" in node:
            node.setdefault("debrief", two("..."))
        for number, choice in enumerate(node.get("choices", [])):
            choice.setdefault("text", two(f"line {number}"))
            choice.setdefault("why", two("because"))
    head = {"id": "made", "title": two("Made"), "setting": two("Here"), "customer": two("Ms A"), "mood": 3, "trust": 2}
    return Script("made", {**head, "start": "a", **more, "nodes": nodes})


# -- what scripts allow ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.stem)
def test_every_ending_is_reached_and_every_choice_is_on_a_way_to_one(file: Path) -> None:
    script = scripts.load(file)
    began = time.process_time()
    lines = scoring.outlook_lines(script)
    took = time.process_time() - began
    print("\n".join(lines))
    outlook = scoring.outlook(script)
    assert list(outlook) == script.endings()
    for ending, counts in outlook.items():
        assert counts, f"no talk ends at {ending}"
        assert set(counts) <= {1, 2, 3, 4}
        assert (4 in counts) == (script.node(ending)["ending"] == "good"), f"{ending}: {counts}"
    assert scoring.unused_choices(script) == []
    assert len(lines) == 1 + len(outlook)
    assert took < 2


def test_an_ending_and_a_choice_that_no_talk_comes_to_are_named(spoken: str) -> None:
    script = script_of(
        {
            "a": {"choices": [{"to": "good"}, {"to": [{"to": "rich", "trust_min": 5}, {"to": "round"}]}]},
            "round": {"choices": [{"to": "round"}, {"to": "good"}]},
            "trap": {"choices": [{"to": "good"}]},
            "rich": {"ending": "good"},
            "good": {"ending": "good"},
        }
    )
    assert scoring.unused_choices(script) == [("trap", 0)]
    lines = "\n".join(scoring.outlook_lines(script))
    assert {"en": "  rich (A good ending): no talk ends here", "zh": "没有一种谈法走到这里"}[spoken] in lines
    assert "trap" in lines


def own(nodes: dict[str, Any]) -> Script:
    """A script with four steps of its own."""
    return script_of(nodes, steps={key: two(key) for key in ("name", "suits", "ask", "thank")})


def in_a_row(*steps: str) -> Script:
    """One node after the other, each with a choice that does nothing and one that does a step."""
    names = ["a", *(f"n{place}" for place in range(1, len(steps))), "end"]
    nodes: dict[str, Any] = {
        name: {"choices": [{"to": after}, {"to": after, "step": step}]}
        for name, after, step in zip(names, names[1:], steps, strict=False)
    }
    return own({**nodes, "end": {"ending": "good"}})


@pytest.mark.parametrize(
    ("path", "missing"),
    [
        ([1, 1, 1, 1], []),
        ([1, 0, 1, 1], []),
        ([1, 0, 0, 1], ["No more than one step skipped"]),
        ([0, 0, 0, 1], ["The steps in order, none too early", "No more than one step skipped"]),
        ([0, 0, 0, 0], ["The steps in order, none too early", "No more than one step skipped"]),
    ],
)
def test_marks_for_steps_of_its_own(path: list[int], missing: list[str]) -> None:
    found = scoring.marks(in_a_row("name", "suits", "ask", "thank").play(path))
    assert [mark.name for mark in found if not mark.ok] == missing
    assert len(found) == 4


def test_a_step_of_its_own_that_comes_too_early(spoken: str) -> None:
    play = in_a_row("suits", "name", "ask", "thank").play([1, 1, 1, 1])
    order = next(mark for mark in scoring.marks(play) if not mark.ok)
    assert (
        tr(order.says, **order.values)
        == {
            "en": "Too early: suits. Which step belongs before it?",
            "zh": "做得太早：suits。它前面该先做哪一步？",
        }[spoken]
    )
    found = debrief(play)
    assert (found.out_of_order, found.skipped) == (["suits"], [])
    page = debrief_page.debrief_html(found, [play.path()])
    assert {"en": "done, but too early", "zh": "做了，但太早"}[spoken] in page
    assert "4. thank" in page
    assert [(one.got, one.of) for one in skills(found)][:2] == [(4, 4), (3, 4)]


@pytest.mark.parametrize("steps", [("name", "suits", "ask", "thank"), ("ask", "name", "thank", "suits", "name")])
def test_the_outlook_with_steps_of_its_own_counts_what_playing_gives(steps: tuple[str, ...]) -> None:
    script = in_a_row(*steps)
    counted: dict[int, int] = {}
    for path in itertools.product((0, 1), repeat=len(steps)):
        points = sum(mark.ok for mark in scoring.marks(script.play(path)))
        counted[points] = counted.get(points, 0) + 1
    assert scoring.outlook(script) == {"end": counted}


def test_hints_and_praise_of_a_talk_that_is_no_complaint(late: Script) -> None:
    made = {name: scoring.of_script(name, name, lesson="x") for name in ("first-call", "late-delivery")}
    assert made["first-call"].hints == scoring.OWN_HINTS
    assert made["late-delivery"].hints == scoring.HINTS
    assert "Feelings" not in made["first-call"].right
    assert "Feelings" in made["late-delivery"].right


def test_a_choice_into_a_trap_is_unused() -> None:
    script = script_of(
        {
            "a": {"choices": [{"to": "end"}, {"to": "trap"}]},
            "trap": {"choices": [{"to": "trap"}]},
            "end": {"ending": "fair"},
        }
    )
    assert scoring.unused_choices(script) == [("a", 1), ("trap", 0)]


def test_the_outlook_of_a_long_script_is_quick() -> None:
    steps = list(complaints.STEPS)
    nodes: dict[str, Any] = {}
    for place in range(24):
        target = f"n{place + 1}" if place < 23 else "end"
        nodes["a" if place == 0 else f"n{place}"] = {
            "choices": [
                {"to": target, "step": steps[(place + number) % 7], "mood": number - 1, "trust": 1 - number}
                for number in range(4)
            ]
        }
    nodes["end"] = {"ending": "good"}
    script = script_of(nodes)
    began = time.process_time()
    found = scoring.outlook(script)
    took = time.process_time() - began
    print(f"25 nodes, 4 choices each: {sum(found['end'].values()):,} talks in {took:.2f} s")
    assert sum(found["end"].values()) == 4**24
    assert took < 20


# -- the talk ----------------------------------------------------------------------------------------------------------


def played(talk: Talk, path: list[int]) -> bool:
    ended = False
    for number in path:
        ended = talk.say(number)
    return ended


def test_a_talk_is_kept_at_each_step_and_taken_up_again(tmp_path: Path, late: Script) -> None:
    store = Store(tmp_path / "answers.json")
    talk = Talk(store, "late-delivery", late)
    assert not played(talk, GOOD[:3])
    again = Talk(Store(tmp_path / "answers.json"), "late-delivery", late)
    assert again.play().path() == GOOD[:3]
    again.back()
    assert again.play().path() == GOOD[:2]
    assert played(again, GOOD[2:])
    assert again.tries() == [GOOD]
    again.back()
    assert again.tries() == [GOOD], "a step back after the end takes no try away"
    again.again()
    assert again.play().path() == []
    assert played(again, GOOD)
    assert again.tries() == [GOOD], "the same talk again is no new try"


def test_tries_of_two_tabs_add_up(tmp_path: Path, late: Script) -> None:
    one, two = (Talk(Store(tmp_path / "answers.json"), "x", late) for _tab in range(2))
    played(one, GOOD)
    played(two, POOR)
    assert one.tries() == [GOOD, POOR]


OWN = {
    "en": "A wedding with a full house and nothing to pour: I stay with you until it is put right.",
    "zh": "满堂宾客，办喜事的日子桌上没酒，我一直跟到底。",
}


def test_own_words_find_the_nearest_line_and_are_kept_with_the_try(tmp_path: Path, late: Script, spoken: str) -> None:
    store = Store(tmp_path / "answers.json")
    talk = Talk(store, "x", late)
    assert talk.choices_open()
    talk.switch(True)
    assert not talk.choices_open()
    matched = talk.propose(f"  {OWN[spoken]}\n")
    assert matched.words == OWN[spoken]
    assert matched.number == 3
    assert not talk.choices_open(), "the other lines stay hidden until they are asked for"
    talk.pick()
    assert talk.choices_open()
    assert not talk.say(3)
    assert talk.matched is None
    assert not talk.choices_open()
    again = Talk(Store(tmp_path / "answers.json"), "x", late)
    assert again.own, "the mode is remembered"
    assert again.typed() == [OWN[spoken]]
    again.switch(False)
    played(again, GOOD[1:])
    assert again.words_of(GOOD) == [OWN[spoken], *[""] * (len(GOOD) - 1)]
    page = debrief_page.debrief_html(debrief(again.play()), again.tries(), again.words_of(GOOD))
    assert OWN[spoken] in page
    bubble = pages.exchange_html(late, again.play().turns[0], again.typed()[0])
    assert OWN[spoken] in bubble


def test_the_points_are_the_same_in_both_modes(late: Script) -> None:
    made = scoring.unregistered(late)
    points = []
    for own in (False, True):
        store = Store(None)
        talk = Talk(store, "x", late)
        talk.switch(own)
        for number in GOOD:
            if own:
                talk.propose(talk.choices()[number])
                assert talk.matched is not None
                assert talk.matched.number == number
                assert talk.matched.near[number] > 0.99
            talk.say(number)
        points.append(exercise.judge(made, store.record("x")["fields"], clicked=True).points)
    assert points == [4.0, 4.0]


def test_a_line_in_the_other_language_is_understood(late: Script, spoken: str) -> None:
    other = "zh" if spoken == "en" else "en"
    assert Talk(Store(None), "x", late).match(OWN[other]).number == 3


@pytest.mark.parametrize("words", ["", "   \n", "asdf qwer zxcv", "嗯嗯", "?!", "🙂"])
def test_a_line_that_is_near_to_none_opens_the_choices(late: Script, spoken: str, words: str) -> None:
    talk = Talk(Store(None), "x", late)
    talk.switch(True)
    matched = talk.propose(words)
    assert matched.number is None
    assert matched.says
    assert talk.choices_open() == bool(words.strip()), "an empty line opens nothing"
    assert matched.says in pages.match_html(matched, talk.choices())


def test_equally_near_lines_are_left_to_the_trainee(spoken: str) -> None:
    choices = [{"text": two(text), "to": "end"} for text in ("Friday at nine, by van", "Friday at nine, by bus")]
    talk = Talk(Store(None), "x", script_of({"a": {"choices": choices}, "end": {"ending": "good"}}))
    matched = talk.propose("Friday at nine")
    assert matched.number is None
    assert "2" in matched.says
    assert talk.choices_open()


def test_what_was_typed_is_escaped_and_cut(late: Script) -> None:
    talk = Talk(Store(None), "x", late)
    talk.switch(True)
    matched = talk.propose("<img src=x onerror=alert(1)> wedding guests " + "x" * 2000)
    assert len(matched.words) == LONGEST
    assert "<img" not in pages.match_html(matched, talk.choices())
    talk.say(3)
    assert "<img" not in pages.exchange_html(late, talk.play().turns[0], talk.typed()[0])
    played(talk, GOOD[1:])
    page = debrief_page.debrief_html(debrief(talk.play()), talk.tries(), talk.words_of(GOOD))
    assert "<img" not in page


@pytest.mark.parametrize(
    "damaged",
    [
        {"fields": 3, "typed": 3, "words": 3, "mode": 3},
        {"fields": {"path": "x", "tries": {}}, "typed": {"a": 1}, "words": ["x"], "mode": None},
        {"fields": {"path": [2, 99], "tries": [[2], "x", None]}, "typed": [1, None, "x"], "words": {"2": "x", "x": 1}},
    ],
)
def test_a_damaged_record_is_read_as_far_as_it_goes(tmp_path: Path, late: Script, damaged: dict[str, Any]) -> None:
    file = tmp_path / "answers.json"
    file.write_text(json.dumps({"format": 1, "exercises": {"x": damaged}}), encoding="utf-8")
    talk = Talk(Store(file), "x", late)
    assert talk.play().path() in ([], [2])
    assert talk.typed() == [""] * len(talk.play().path())
    assert not talk.own
    talk.again()
    talk.switch(True)
    talk.propose(OWN["en"])
    played(talk, GOOD)
    assert Talk(Store(file), "x", late).words_of(GOOD)[0] == OWN["en"]


# -- nearness ----------------------------------------------------------------------------------------------------------

TYPED = [
    ("opening", 0, "The truck should be there any minute, it left at noon", "车中午就出发了，应该马上就到您那儿"),
    ("opening", 1, "What is missing exactly, and when do the guests sit down?", "您现在具体缺什么？客人几点钟开席？"),
    ("opening", 2, "Sorry for the inconvenience. What's your customer number?", "很抱歉给您带来不便，请报一下客户编号"),
    ("cold", 0, "Please calm down and don't shout, then we'll find a solution", "请您冷静一点，别喊，我们才能解决问题"),
    ("cold", 1, "You're right. I am sorry that you must explain it to the bride's father.", "您说得对，让您去跟新娘的爸爸交代，真对不起"),
    ("cold", 3, "What did my colleague say earlier? What do you still have?", "我同事之前是怎么跟您说的？店里还剩什么酒？"),
    ("cold", 2, "I'll send another van with forty crates now, by half past four", "我马上再派一辆车送四十箱，四点半到"),
    ("heard", 1, "Tell me how the evening goes: what has arrived, what is missing?", "您说说今晚的安排，到了什么，缺什么？"),
    ("heard", 2, "I'm really terribly sorry, that must be dreadful for you", "真的非常抱歉，您和您爱人肯定急坏了"),
    ("facts", 1, "So the spirits are there, and the beer must be cold by half past six?", "也就是说白酒有了，啤酒六点半要冰的，对吗？"),
    ("facts", 0, "We told you to take Thursday because your cold room is slow", "我们当时建议您周四送货的，您冷柜太慢了"),
    ("wish", 3, "I promise you fifteen cold crates at four", "我保证四点给您送十五箱冰的"),
    ("wish", 1, "I have to check first. I'll call you back at 15:35.", "我得先核实，三点三十五分给您回电话"),
    ("wish", 0, "I'll give you ten percent discount", "我给您打个九折"),
    ("wish", 2, "From the cold store by ten to five, or the neighbour lends you some?", "要么从冷库调，要么先跟隔壁借。您选哪个？"),
]  # fmt: skip
"""Lines that mean a certain choice, written with the talk in mind but in other words."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_lines_in_other_words_find_the_choice_that_they_mean(late: Script, language: str) -> None:
    found = 0
    for node, number, *lines in TYPED:
        choices = [choice["text"][language] for choice in late.choices(node)]
        near = nearness.nearness(lines[list(LANGUAGES).index(language)], choices)
        found += nearness.nearest(near) == [number]
    print(f"{language}: {found} of {len(TYPED)} found")
    assert found >= len(TYPED) - 1


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda file: file.stem)
def test_the_line_itself_is_always_nearest(script: Path) -> None:
    made = scripts.load(script)
    for name in made.source["nodes"]:
        for language in LANGUAGES:
            choices = [choice["text"][language] for choice in made.choices(name)]
            for number, line in enumerate(choices):
                near = nearness.nearness(line, choices)
                assert nearness.nearest(near) == [number], (name, language, near)
                assert all(0 <= one <= 1 for one in near)


def test_nearness_at_the_edges() -> None:
    assert nearness.nearness("", ["a", "b"]) == [0.0, 0.0]
    assert nearness.nearness("a", []) == []
    assert nearness.nearest([]) == []
    assert nearness.nearness("ＡＢＣ　冰的", ["abc 冰的"]) == [pytest.approx(1)], "full width is the same letters"
    same = ["一模一样的话", "一模一样的话"]
    assert nearness.nearest(nearness.nearness("一模一样的话", same)) == [0, 1]


# -- the debrief -------------------------------------------------------------------------------------------------------


def small() -> Script:
    return script_of(
        {
            "a": {"choices": [{"to": "b", "step": "offer", "mood": -1}, {"to": "b", "step": "sympathy", "mood": 1}]},
            "b": {"choices": [{"to": "c", "step": "ask", "trust": 2}, {"to": "c", "mood": -2, "trust": -2}]},
            "c": {"choices": [{"to": "end", "step": "confirm"}, {"to": "out"}]},
            "end": {"ending": "good", "mood": 5},
            "out": {"ending": "bad"},
        }
    )


def test_the_score_by_skill_is_counted_from_the_talk(spoken: str) -> None:
    found = skills(debrief(small().play([0, 0, 0])))
    scores = [(one.got, one.of) for one in found]
    # feelings: ask and confirm of 3; matter: offer of 4; order: offer too early; words: one of three cost; mood; trust
    assert scores == [(2, 3), (1, 4), (2, 3), (2, 3), (5, 5), (4, 5)]
    assert tr(complaints.STEPS["sympathy"].name) in found[0].text()
    assert tr(complaints.STEPS["offer"].name) in found[2].text()
    assert all(one.text() for one in found)
    nothing = skills(debrief(small().play([1, 1, 1])))
    assert [(one.got, one.of) for one in nothing] == [(1, 3), (0, 4), (1, 1), (2, 3), (2, 5), (0, 5)]


def test_a_talk_without_any_step_has_no_order(spoken: str) -> None:
    script = script_of({"a": {"choices": [{"to": "end"}]}, "end": {"ending": "fair"}})
    found = skills(debrief(script.play([0])))
    assert (found[2].got, found[2].of) == (0, 0)
    assert debrief_page.debrief_html(debrief(script.play([0])))


def test_tries_are_compared(spoken: str) -> None:
    script = small()
    tries = [[0, 1, 1], [1, 0, 0], [0, 0, 0]]
    found = history(script, tries)
    assert found == [Tried(1, "bad", 1, 1, 1, 0), Tried(2, "good", 3, 3, 5, 4), Tried(3, "good", 2, 3, 5, 4)]
    said = {
        "en": "Better than in try 1: the ending, the points (3, before 1), the steps (3, before 1), "
        "the mood (5, before 1), the trust (4, before 0).",
        "zh": "比第 1 次好的：结局、得分（3，之前 1）、步数（3，之前 1）、心情（5，之前 1）、信任（4，之前 0）。",
    }
    assert compared(found[1], found[0]) == said[spoken]
    less = {"en": "Less good than in try 2: the points (2, before 3).", "zh": "不如第 2 次的：得分（2，之前 3）。"}
    assert compared(found[2], found[1]) == less[spoken]
    mixed = compared(Tried(2, "bad", 1, 5, 1, 1), Tried(1, "good", 1, 4, 1, 1))
    assert {"en": "(5, before 4). Less good: the ending.", "zh": "（5，之前 4）。不如那次的：结局。"}[spoken] in mixed
    same = compared(Tried(2, "bad", 1, 5, 1, 1), Tried(1, "bad", 1, 5, 1, 1))
    assert same == {"en": "As good as try 1, by another way.", "zh": "走了另一条路，和第 1 次一样好。"}[spoken]
    page = debrief_page.debrief_html(debrief(script.play(tries[1])), tries[:2])
    assert said[spoken] in page
    again = debrief_page.debrief_html(debrief(script.play(tries[0])), tries)
    assert {"en": "it is try 1.", "zh": "就是第 1 次。"}[spoken] in again


def test_a_long_history_shows_the_newest_tries_and_this_one(late: Script) -> None:
    ends: list[list[int]] = []

    def walk(path: list[int]) -> None:
        if len(ends) >= 12:
            return
        choices = late.choices(late.play(path).state.node)
        if not choices:
            ends.append(path)
        for number in range(len(choices)):
            walk([*path, number])

    walk([])
    page = debrief_page.debrief_html(debrief(late.play(ends[0])), ends)
    table = page[page.index("Your tries") :]
    numbers = re.findall(r"<tr><td[^>]*>(\d+)(?:, this one)?</td>", table)
    assert numbers == ["1", "6", "7", "8", "9", "10", "11", "12"]


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.stem)
def test_the_debrief_of_every_ending(file: Path, spoken: str) -> None:
    script = scripts.load(file)
    ends: dict[str, list[int]] = {}
    waiting: list[list[int]] = [[]]
    while waiting and len(ends) < len(script.endings()):
        path = waiting.pop(0)
        state = script.play(path).state
        choices = script.choices(state.node)
        if not choices:
            ends.setdefault(state.node, path)
        if len(path) < 12:
            waiting.extend([*path, number] for number in range(len(choices)))
    assert ends
    tries = list(ends.values())
    for path in tries:
        found = debrief(script.play(path))
        page = debrief_page.debrief_html(found, tries)
        svg = page[page.index("<svg viewBox") : page.index("</svg>", page.index("<svg viewBox"))]
        assert svg.count("<circle") == len(path) + 1
        assert ('stroke-dasharray="2 3"' in svg) == (found.turning_point is not None)
        assert 'role="img" aria-label="' in svg
        for skill in skills(found):
            assert 0 <= skill.got <= max(skill.of, 0)
        if spoken == "zh":
            words = re.sub(r"<[^>]*>", " ", page)
            assert not re.search(r"\b(?!USB|PDF|ERP|CRM|APP|VIP|POS)[A-Za-z]{3,}", words), words


# -- practice ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def no_lesson(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_open", None)
    monkeypatch.setattr(practice, "_unkept", Store(None))


@pytest.mark.usefixtures("no_lesson")
def test_practice_offers_all_scripts_by_title(spoken: str) -> None:
    offers = {offer.name: offer.label for offer in practice.offers()}
    assert list(offers) == [file.stem for file in SCRIPTS]
    for file in SCRIPTS:
        source = scripts.load(file).source
        assert source["title"][spoken] in offers[file.stem]
        assert source["customer"][spoken] in offers[file.stem]


def test_practice_keeps_tries_beside_the_answers_and_gives_no_points(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path))
    monkeypatch.setenv("CRMLAB_LANG", "en")
    opened = open_lesson("4.2")
    before = [(line.points, line.tries) for line in progress.of_lesson(opened)]
    played(practice.talk("late-delivery"), GOOD)
    played(practice.talk("late-delivery"), [])
    assert practice.talk("late-delivery").tries() == [GOOD]
    assert [(line.points, line.tries) for line in progress.of_lesson(opened)] == before
    record = opened.store.record("practice late-delivery")
    assert "points" not in record
    assert "maximum" not in record
    assert "tries: 1" in next(offer.label for offer in practice.offers() if offer.name == "late-delivery")
    assert opened.store.record("late-delivery") == {}, "the lesson's own role-play is untouched"


@pytest.mark.usefixtures("no_lesson")
def test_practice_without_a_lesson_lasts_as_long_as_the_kernel() -> None:
    played(practice.talk("late-delivery"), POOR)
    assert practice.talk("late-delivery").tries() == [POOR]


@pytest.mark.usefixtures("no_lesson")
def test_broken_scripts_are_offered_by_name_and_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from crmlab.course.widgets.gallery import _played

    monkeypatch.setattr(scripts, "folder", lambda: tmp_path)
    (tmp_path / "a.yml").write_text("id: [", encoding="utf-8")
    (tmp_path / "b.yml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "c.yml").write_text("title: 3\ncustomer: [x]\nnodes: {}", encoding="utf-8")
    assert [offer.label for offer in practice.offers()] == ["a", "b", "c"]
    for name in ("a", "b", "c", "nowhere"):
        (box,) = _played(name)
        assert f"{name}.yml" in box.value


# -- the widgets -------------------------------------------------------------------------------------------------------


@pytest.fixture
def player(late: Script, monkeypatch: pytest.MonkeyPatch) -> Any:
    from crmlab.course.widgets import player as view

    monkeypatch.setattr(view, "_TOO_SOON", 0)
    return view.Player(Talk(Store(None), "x", late))


def test_the_conversation_grows_and_what_was_said_stays(player: Any) -> None:
    first = player._exchanges.children
    assert len(first) == 1
    player._choices[3].click()
    second = player._exchanges.children
    assert second[0] is first[0]
    assert len(second) == 2
    player._choices[1].click()
    third = player._exchanges.children
    assert third[:2] == second
    player._back.click()
    assert player._exchanges.children == second
    assert third[2].comm is None, "what was taken back is closed"
    player._again.click()
    assert player._exchanges.children == first


def test_screen_readers_are_told_the_newest_line_alone(player: Any) -> None:
    assert player._news.value == "", "nothing is read out before something happens"
    player._choices[3].click()
    script = player._talk.script
    heard = script.node("heard")["says"]["en"]
    assert heard in player._news.value
    assert script.node("opening")["says"]["en"] not in player._news.value
    assert tr(scripts.MOODS[player._talk.play().state.mood]) in player._news.value


def test_hidden_choices_are_not_in_the_page(player: Any) -> None:
    player._own.value = True
    assert [button.description for button in player._choices if button.description] == []
    player._typed.value = OWN["en"]
    player._say.click()
    assert OWN["en"] in player._matched.value
    assert player._take.layout.display == ""
    player._typed.value = "The truck left at noon, it must be there any minute."
    assert "The truck left here" in player._matched.value, "a line changed afterwards is looked up again"
    player._take.click()
    assert player._talk.play().path() == [0]
    assert player._typed.value == ""


def test_a_double_click_is_dropped(late: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    from crmlab.course.widgets import player
    from crmlab.course.widgets.player import Player

    monkeypatch.setattr(player, "_TOO_SOON", 60)  # a busy machine may take longer than a reader for what a click does
    made = Player(Talk(Store(None), "x", late))
    made._choices[2].click()
    made._choices[0].click()
    assert made._talk.play().path() == [2]
