"""Role-play scripts: what is wrong with one is said with its line; a good one can be played to its end."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmlab import complaints
from crmlab.course.roleplay import debrief, debrief_page, scripts
from crmlab.language import tr

GOOD = """\
id: small
title: {en: Small, zh: 小}
setting: {en: A shop., zh: 一家店。}
customer: {en: Mr Zhou, zh: 周先生}
mood: 2
trust: 2
start: opening
nodes:
  opening:
    says: {en: "It is broken!", zh: "坏了！"}
    choices:
      - text: {en: "I am sorry to hear that.", zh: "真抱歉。"}
        step: sympathy
        mood: 1
        trust: 1
        why: {en: It helps., zh: 有帮助。}
        to: details
      - text: {en: "Not mine.", zh: "不归我管。"}
        mood: -2
        why: {en: It hurts., zh: 伤人。}
        better: {en: "I will see to it.", zh: "我来处理。"}
        to:
          - to: gone
            mood_max: 1
          - to: details
  details:
    says: {en: "So?", zh: "然后呢？"}
    choices:
      - text: {en: "What happened?", zh: "怎么回事？"}
        step: ask
        why: {en: Facts., zh: 事实。}
        to: happy
  happy:
    ending: good
    says: {en: Thanks., zh: 谢谢。}
    debrief: {en: Well done., zh: 做得好。}
  gone:
    ending: bad
    says: {en: Bye., zh: 再见。}
    debrief: {en: He left., zh: 他走了。}
"""

OWN = (
    GOOD.replace(
        "nodes:\n",
        "steps:\n  greet: {en: Greet, zh: 问好}\n  learn: {en: Learn, zh: 了解}\n  thank: {en: Thank, zh: 道谢}\nnodes:\n",
    )
    .replace("step: sympathy", "step: greet")
    .replace("step: ask", "step: learn")
)
"""The same talk with steps of its own."""

BROKEN = {
    # what: (text, its replacement, what is said, the text at which the fault is)
    "unknown key": ("step: ask", "stepp: ask", "Did you mean “step”", "stepp"),
    "missing language": ("zh: 谢谢。", "de: Danke.", "no text for language “zh”", "says: {en: Thanks"),
    "link to nowhere": ("to: happy", "to: hapy", "no node “hapy”", "to: hapy"),
    "dead end": (
        '    choices:\n      - text: {en: "What',
        '    choice:\n      - text: {en: "What',
        "dead end",
        "details:\n",
    ),
    "never reached": (
        "  gone:\n",
        "  away:\n    ending: bad\n    says: {en: A, zh: 甲}\n    debrief: {en: A, zh: 甲}\n  gone:\n",
        "never reached: no choice",
        "  away:",
    ),
    "never by conditions": ("mood_max: 1", "trust_min: 5", "once conditions are applied", "  gone:"),
    "full-width colon": ("start: opening", "start： opening", "full-width colon", "start："),
    "tab": ('    says: {en: "So?"', '\tsays: {en: "So?"', "tab", '\tsays: {en: "So?"'),
    "unknown step": ("step: ask", "step: listen", "not one of the seven steps", "step: listen"),
    "mood too high": ("mood: 2\n", "mood: 9\n", "from 1 to 5", "mood: 9"),
    "mood a word": ("mood: 1\n", "mood: better\n", "whole number", "mood: better"),
    "no such ending": ("ending: good", "ending: great", "one of good, fair, bad", "ending: great"),
    "last route with condition": (
        "          - to: details\n",
        "          - to: details\n            mood_min: 2\n",
        "no condition",
        "          - to: details\n            mood_min",
    ),
    "key twice": ("trust: 2\n", "trust: 2\ntrust: 3\n", "twice", "trust: 3"),
    "start nowhere": ("start: opening", "start: begin", "no node “begin”", "start: begin"),
    "no choices": (
        '      - text: {en: "What happened?", zh: "怎么回事？"}\n        step: ask\n        why: {en: Facts., zh: 事实。}\n'
        "        to: happy\n",
        "",
        "should be a list",
        "    choices:\n  happy",
    ),
    "circle": ("to: happy", "to: details", "circles", "  details:\n"),
    "wrong indentation": ("    ending: good", "   ending: good", "cannot be read as YAML", "    says: {en: Thanks"),
    "colons in a text": ('{en: "So?", zh: "然后呢？"}', "what: now: then", "cannot be read as YAML", "what: now"),
}


def write(folder: Path, text: str | bytes) -> Path:
    file = folder / "small.yml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_a_good_script_has_no_faults(tmp_path: Path) -> None:
    assert scripts.faults(write(tmp_path, GOOD)) == []
    assert scripts.faults(write(tmp_path, "\ufeff" + GOOD.replace("\n", "\r\n"))) == [], "as Windows editors save it"


@pytest.mark.parametrize(("old", "new", "says", "at"), BROKEN.values(), ids=BROKEN)
def test_a_broken_script_is_told_where_and_what(tmp_path: Path, old: str, new: str, says: str, at: str) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    line = text[: text.index(at)].count("\n") + 1
    found = scripts.faults(write(tmp_path, text))
    assert [fault.line for fault in found if says in fault.text] == [line], "\n".join(map(str, found))
    assert str(found[0]).startswith(f"small.yml:{found[0].line}: ")


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD
    for name in ("unknown key", "missing language", "link to nowhere", "unknown step", "mood too high"):
        text = text.replace(*BROKEN[name][:2], 1)
    assert len(scripts.faults(write(tmp_path, text))) >= 4


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe", b"- a\n- b", b"just text", b"a: [1", b"\0", b"a: &x *x", b"? {a: b}: c"]
)
def test_what_is_no_script_at_all_gets_a_sentence(tmp_path: Path, raw: bytes) -> None:
    assert scripts.faults(write(tmp_path, raw))


@settings(suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_script_broken_at_random_never_raises(tmp_path: Path, data: st.DataObject) -> None:
    lines = GOOD.splitlines()
    for _turn in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(lines) - 1))
        change = data.draw(st.sampled_from(["drop", "double", "cut", "noise", "dedent", "value"]))
        line = lines[place]
        noise = data.draw(st.text(alphabet="：:-{}[]\"'&*!|>%@`#?, \t，。ab\n", max_size=4))
        new = {"drop": [], "double": [line, line], "cut": [line[: len(line) // 2]], "noise": [line + noise],
               "dedent": [line[1:]], "value": [line.split(":")[0] + ": " + noise]}[change]  # fmt: skip
        lines[place : place + 1] = new
        if not lines:
            lines = [""]
    file = write(tmp_path, "\n".join(lines))
    for fault in scripts.faults(file):
        assert fault.text
        assert "Traceback" not in fault.text


@pytest.mark.parametrize(
    ("old", "new", "says", "at"),
    [
        ("step: learn", "step: ask", "“ask” is not one of the steps of this script: greet, learn, thank.", "step: ask"),
        ("  learn: {en: Learn, zh: 了解}", "  learn: {en: Learn}", "no text for language “zh”", "  learn: {en"),
        ("  learn:", "  Learn on:", "one word of small letters", "  Learn on:"),
        (
            "steps:\n  greet: {en: Greet, zh: 问好}\n  learn: {en: Learn, zh: 了解}\n",
            "steps:\n",
            "2 to 12 steps",
            "steps:",
        ),
        ("nodes:\n", "steps: [greet]\nnodes:\n", "stands twice", "steps: ["),
    ],
)
def test_what_is_wrong_with_steps_of_its_own(tmp_path: Path, old: str, new: str, says: str, at: str) -> None:
    text = OWN.replace(old, new, 1)
    found = scripts.faults(write(tmp_path, text))
    line = text[: text.index(at)].count("\n") + 1
    assert any(says in fault.text and fault.line == line for fault in found), found


def test_a_script_may_bring_its_own_steps(tmp_path: Path, language: str) -> None:
    script = scripts.load(write(tmp_path, OWN))
    steps = script.known_steps()
    assert [(step.number, tr(step.name)) for step in steps.values()] == [
        (number, {"en": en, "zh": zh}[language])
        for number, en, zh in ((1, "Greet", "问好"), (2, "Learn", "了解"), (3, "Thank", "道谢"))
    ]
    assert {step.half for step in steps.values()} == set(script.halves())
    label = {"en": ("Greet", "none of the steps"), "zh": ("问好", "不属于其中任何一步")}[language]
    assert tuple(map(script.step_label, script.choices("opening"))) == label
    seven = scripts.load(write(tmp_path, GOOD))
    assert seven.known_steps() is complaints.STEPS
    assert not seven.own_steps


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        scripts.faults(tmp_path / "nowhere.yml")


def test_conditions_follow_mood(tmp_path: Path) -> None:
    script = scripts.load(write(tmp_path, GOOD))
    assert script.play([1]).state.node == "gone"
    assert script.play([0, 0]).ended() == "good"
    assert script.play([0, 0]).moods() == [2, 3, 3]
    assert script.play([0, 0]).steps() == ["sympathy", "ask"]
    turn = script.play([1]).turning_point()
    assert turn is not None
    assert turn.choice["better"]["en"] == "I will see to it."


@pytest.mark.parametrize("path", [[7], [0, 0, 0], ["0"], [True], [-1], "ab", None, {}, [None]])
def test_a_path_that_no_longer_fits_is_followed_as_far_as_it_goes(tmp_path: Path, path: object) -> None:
    play = scripts.load(write(tmp_path, GOOD)).play(path)
    assert len(play.path()) <= 2


def test_kept_answers_are_cleaned(tmp_path: Path) -> None:
    script = scripts.load(write(tmp_path, GOOD))
    assert script.clean({"path": [0, 0], "tries": [[1], [0], "x", None]}) == {"path": [0, 0], "tries": [[1], [0, 0]]}
    assert script.clean({"path": []}) == {}
    assert script.clean(3) == {}


def test_debrief_only_after_the_end(tmp_path: Path) -> None:
    script = scripts.load(write(tmp_path, GOOD))
    with pytest.raises(ValueError, match="not come to an end"):
        debrief.debrief(script.play([0]))
    page = debrief_page.debrief_html(debrief.debrief(script.play([1])))
    assert "I will see to it." in page


SCRIPTS = sorted(scripts.folder().glob("*.yml"))


def test_there_are_two_scripts_or_more() -> None:
    assert len(SCRIPTS) >= 2


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.stem)
def test_every_script_of_the_course_is_sound(file: Path) -> None:
    assert scripts.faults(file) == []
    script = scripts.load(file)
    assert script.name == file.stem
    nodes = script.source["nodes"]
    assert 12 <= len(nodes) <= 25
    used = {step for name in nodes for choice in script.choices(name) if (step := choice.get("step"))}
    assert used == set(script.known_steps()), "every step can be done"
    assert {node["ending"] for node in nodes.values() if "ending" in node} >= {"good", "bad"}
