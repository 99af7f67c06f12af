"""Lesson 4.2, complaint scripts: exercises, the role-play in every way it can be played, the card."""

from __future__ import annotations

import re

import pytest

from crmlab import checks, complaints, places
from crmlab.course import criteria, exercise, panel
from crmlab.course.exercises.complaints import scripts as lesson
from crmlab.course.form import Choice, Line
from crmlab.course.roleplay import debrief, debrief_page, pages, scoring, scripts
from crmlab.course.roleplay.scripts import Script, State
from crmlab.language import tr
from tests.support.answers import get, run, worked

LESSON = "4.2"
RIGHT = {**worked(LESSON), "second-look": {"skipped": "confirm", "early": "want offer"}}
"""The last call is answered in code in the worked edition; here are its clicks."""
PLAYS = ("late-delivery",)


def test_options_are_spread_and_right_ones_are_not_the_longest() -> None:
    gaps = {field.key: field for field in lesson.here.fields("certificates")}
    assert list(gaps) == ["say-back", "ask-her", "offer", "agree"], "four steps of the script in order"
    right = RIGHT["certificates"]
    chosen = {key: field for key, field in gaps.items() if isinstance(field, Choice)}
    longest = sum(max(field.options, key=lambda one: len(one[1]))[0] == right[key] for key, field in chosen.items())
    assert longest <= len(chosen) / 2
    assert set(RIGHT["which-step"].values()) == {*complaints.STEPS, "none"}
    reasons = [value for key, value in RIGHT["say-it-better"].items() if key.endswith(".why")]
    assert len(set(reasons)) == len(reasons) == 3


@pytest.mark.parametrize("answer", [complaints.review(lesson.XU_KAI), list(lesson.XU_KAI), lesson.XU_KAI])
def test_second_look_in_code(answer: object) -> None:
    assert run("second-look", LESSON, code=answer).points == 2


@pytest.mark.parametrize(
    ("answer", "state", "points"),
    [
        (..., exercise.BLANK, 0),
        (complaints.review(["sympathy", "ask"]), exercise.OPEN_STATE, 0),
        (["want", "offer", "confirm", "sympathy", "ask", "agree", "follow_up"], exercise.OPEN_STATE, 0),
        (["sympathy", "ask", "want", "offer", "agree", "follow_up"], exercise.PARTLY, 1),
        ("confirm", exercise.UNREADABLE, 0),
        (["want", "nonsense"], exercise.UNREADABLE, 0),
        (3, exercise.UNREADABLE, 0),
    ],
)
def test_second_look_in_code_blank_and_wrong(answer: object, state: str, points: float) -> None:
    given = run("second-look", LESSON, code=answer)
    assert (given.state, given.points) == (state, points), given.message


# -- the role-plays, in every way -----------------------------------------------------------------------------------------


def all_states(script: Script) -> dict[State, list[int]]:
    """Every state (steps in the order of first doing) with a path to it: marks depend on nothing else."""
    found: dict[State, list[int]] = {script.first(): []}
    waiting = [script.first()]
    while waiting:
        state = waiting.pop()
        for number, choice in enumerate(script.choices(state.node)):
            after = script.take(state, choice)
            if after not in found:
                found[after] = [*found[state], number]
                waiting.append(after)
    return found


@pytest.mark.parametrize("id", PLAYS)
def test_every_ending_and_every_choice_is_on_a_way_to_an_end(id: str) -> None:
    script = scripts.load(id)
    assert scripts.faults(scripts.folder() / f"{id}.yml") == []
    states = all_states(script)
    nodes = script.source["nodes"]
    assert {state.node for state in states} == set(nodes)
    # Without circles every talk that goes on comes to an end, so each choice of a reached node is on a way to one.
    levels: dict[str, int] = {}

    def depth(node: str, above: tuple[str, ...]) -> int:
        assert node not in above, f"the talk goes round in circles at {node}"
        if node not in levels:
            routes = [choice["to"] for choice in script.choices(node)]
            targets = [r for to in routes for r in ([to] if isinstance(to, str) else [line["to"] for line in to])]
            levels[node] = 1 + max((depth(target, (*above, node)) for target in targets), default=0)
        return levels[node]

    assert depth(str(script.source["start"]), ()) >= 8
    for kind in scripts.ENDINGS:
        assert len(script.endings(kind)) == 2, kind


@pytest.mark.parametrize("id", PLAYS)
def test_many_good_ways_and_hard_endings_that_are_earned(id: str) -> None:
    script, made = scripts.load(id), get(id, LESSON)
    outlook = scoring.outlook(script)
    total: dict[int, int] = {}
    for ending, counts in outlook.items():
        kind = script.node(ending)["ending"]
        print(f"{id}: {ending} ({kind}): " + ", ".join(f"{n} talks with {p}" for p, n in sorted(counts.items())))
        assert counts, f"{ending} is never reached"
        assert (4 in counts) == (kind == "good"), ending
        for points, count in counts.items():
            total[points] = total.get(points, 0) + count
    print(f"{id}: {sum(total.values())} talks, {dict(sorted(total.items()))}")
    assert set(total) == {1, 2, 3, 4}
    assert total[4] >= 3
    assert total[4] < sum(total.values()) / 3, "full marks should not come by themselves"

    # Different ways, not one way with small turns: full marks with different steps first.
    full = [
        play
        for state, path in all_states(script).items()
        if not script.choices(state.node) and exercise.judge(made, {"tries": [path]}, clicked=True).points == 4
        for play in [script.play(path)]
    ]
    assert len({play.steps()[0] for play in full}) >= 2
    assert len({tuple(turn.before.node for turn in play.turns) for play in full}) >= 3
    assert {play.state.node for play in full} == set(script.endings("good"))
    assert any(play.costly() for play in full), "a slip that is taken back can still end well"
    for state, path in all_states(script).items():
        if script.node(state.node).get("ending") == "bad":
            assert script.play(path).turning_point() is not None, f"{state.node} without a line that hurt: {path}"


@pytest.mark.parametrize("id", PLAYS)
def test_outlook_counts_what_playing_every_talk_gives(id: str) -> None:
    script = scripts.load(id)
    counted: dict[str, dict[int, int]] = {name: {} for name in script.endings()}

    def walk(state: State, path: list[int]) -> None:
        choices = script.choices(state.node)
        if not choices:
            points = sum(mark.ok for mark in scoring.marks(script.play(path)))
            counted[state.node][points] = counted[state.node].get(points, 0) + 1
        for number, choice in enumerate(choices):
            walk(script.take(state, choice), [*path, number])

    walk(script.first(), [])
    assert counted == scoring.outlook(script)


@pytest.mark.parametrize("id", PLAYS)
def test_the_best_line_is_not_given_away(id: str, language: str) -> None:
    script = scripts.load(id)
    first, longest, nodes = 0, 0, 0
    for name in script.source["nodes"]:
        choices = script.choices(name)
        if not choices:
            continue
        nodes += 1
        gains = [int(c.get("mood", 0)) + int(c.get("trust", 0)) for c in choices]
        best = gains.index(max(gains))
        lengths = [len(c["text"][language]) for c in choices]
        first += best == 0
        longest += lengths.index(max(lengths)) == best
        assert 2 <= len(choices) <= 4
        for choice in choices:
            hurts = int(choice.get("mood", 0)) + int(choice.get("trust", 0)) < 0
            assert not hurts or choice.get("better"), (
                f"{name}: a line that hurts has no better one: {choice['text']['en']}"
            )
    assert first <= nodes / 2
    assert longest <= nodes / 2


def test_a_talk_under_way_is_not_judged_and_the_best_talk_counts(language: str) -> None:
    made = get("late-delivery", LESSON)
    good, bad = [3, 1, 1, 2, 1, 0, 2, 2], [2, 0]
    for clicks in ({}, {"path": [2]}):
        given = exercise.judge(made, clicks, clicked=True)
        assert (given.state, given.points) == (exercise.BLANK, 0)
        assert given.message, "it says when the points come"
        assert panel.feedback(given).count("0 of 1") == 0
    assert exercise.judge(made, {"path": bad, "tries": [bad]}, clicked=True).points == 1
    assert exercise.judge(made, {"path": bad, "tries": [good, bad]}, clicked=True).points == 4
    assert exercise.judge(made, {"path": [2], "tries": [good]}, clicked=True).points == 4


@pytest.mark.parametrize("id", PLAYS)
def test_what_the_player_shows(id: str, language: str) -> None:
    script = scripts.load(id)
    ends = {state.node: path for state, path in all_states(script).items() if not script.choices(state.node)}
    for path in ends.values():
        play = script.play(path)
        page = pages.opening_html(script)
        page += "".join(pages.exchange_html(script, turn) for turn in play.turns)
        for turn in play.turns:
            assert tr(turn.choice["why"][language].replace("'", "&#x27;").replace('"', "&quot;")) in page
        assert play.moods()[-1] == script.node(play.state.node)["mood"], "an ending says which mood it ends in"
        assert tr(scripts.MOODS[play.state.mood]) in pages.status_html(script, play)
        shown = debrief_page.debrief_html(debrief.debrief(play), [path])
        for step in complaints.STEPS.values():
            assert tr(step.name) in shown
        assert shown.count("→") >= len(play.turns)
        for text in re.findall(r">([^<]+)<", shown + page):
            if language == "zh":
                assert not re.search(r"[A-Za-z]{3,}", text), text


def test_titles_in_lists_are_those_of_the_scripts(language: str) -> None:
    for id in PLAYS:
        assert tr(get(id, LESSON).title) == scripts.load(id).source["title"][language]


def test_faults_of_a_rehearsed_script_are_listed(tmp_path, language: str) -> None:
    from crmlab.course.widgets.rehearsal import rehearse

    text = (scripts.folder() / "late-delivery.yml").read_text(encoding="utf-8")
    file = tmp_path / "mine.yml"
    file.write_text(text.replace("to: wish", "to: whish", 1), encoding="utf-8")
    shown = rehearse(file)
    assert re.search(r"mine\.yml:\d+: .*whish", shown._repr_html_())
    file.write_text(text, encoding="utf-8")
    assert repr(rehearse(file)) == "0.0"


# -- the card, and the numbers in the prose -------------------------------------------------------------------------------


@pytest.mark.parametrize("trade", ["", *lesson.TRADES])
def test_the_card_has_a_line_for_every_step(trade: str, language: str) -> None:
    page = lesson.card(trade)
    cards = 1 if trade else len(lesson.TRADES)
    assert page.count('class="card"') == cards
    assert page.count("contenteditable") == cards * len(complaints.STEPS)
    for step in complaints.STEPS.values():
        assert page.count(f". {tr(step.name)}</b>") == cards
    if language == "zh":
        words = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page)
        assert not re.search(r"[A-Za-z]{3,}", words)


@pytest.mark.parametrize("id", ["first-line", "say-it-better", "certificates"])
def test_lines_of_others_pass_what_they_are_compared_for(id: str, language: str) -> None:
    for field in lesson.here.fields(id):
        if isinstance(field, Line):
            assert field.models, field.key
            for model in field.models:
                for name in field.criteria:
                    assert criteria.named(name).spans(model), (name, model)


def test_an_unknown_trade_is_named() -> None:
    with pytest.raises(checks.InputError, match="distribution"):
        lesson.card("fishing")


def test_numbers_in_the_lesson_are_those_of_the_scripts() -> None:
    text = (places.lessons() / "4-complaints" / "2-scripts.md").read_text(encoding="utf-8")
    chinese = (places.lessons() / "4-complaints" / "2-scripts.zh.po").read_text(encoding="utf-8")
    for id in PLAYS:
        script = scripts.load(id)
        outlook = scoring.outlook(script)
        talks = sum(sum(counts.values()) for counts in outlook.values())
        full = sum(counts.get(4, 0) for counts in outlook.values())
        assert f"{len(script.source['nodes'])} nodes, {talks:,} talks, {full:,} of them with full points" in text
        assert f"{talks:,} 种谈法" in chinese
        assert f"{full:,} 种" in chinese
    late = scripts.load("late-delivery").source
    assert "18,000 yuan a month" in late["setting"]["en"]
    assert f"18,000 yuan a month, {12 * 18_000:,} a year" in text
    assert f"{2 * 1380:,}" in get("second-look", LESSON).right
    assert 1380 == 60 * 23, "sixty cases, 23 yuan too much each"


def test_the_worked_call_is_reviewed_as_the_lesson_reads_it() -> None:
    chen = complaints.review(["offer", "offer", "agree", "sympathy"])
    assert chen.out_of_order == ["offer", "agree"]
    assert chen.skipped == ["ask", "confirm", "want", "follow_up"]
    assert complaints.review(["sympathy", "ask", "confirm", "offer", "agree", "follow_up"]).skipped == ["want"]
