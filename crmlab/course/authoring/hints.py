"""What is no mistake in a script, but worth a look: lines without a better one, patterns that give the answer away."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from crmlab.course.roleplay import scoring, scripts
from crmlab.course.roleplay.scripts import Script
from crmlab.course.yamlfile import Checker, Fault
from crmlab.language import LANGUAGES, _, tr

LONGEST = 400
"""Characters of a choice in English beyond which a trainee reads no further."""


def hints(script: Script, file: str) -> list[Fault]:
    """Hints on a script as :func:`crmlab.course.roleplay.scripts.read` gives it, each with its place, in the order of the file."""
    check = Checker(file)
    used = _used_routes(scripts.plain(script))
    for name, node in script.source["nodes"].items():
        choices = node.get("choices", ())
        _node(check, name, node, choices)
        for number, choice in enumerate(choices):
            _choice(check, choice, number)
            if isinstance(choice["to"], list) and len(choice["to"]) > 1:
                for place, _route in enumerate(choice["to"]):
                    if (name, number, place) not in used:
                        last = place == len(choice["to"]) - 1
                        text = (
                            _("The conditions of choice {choice} of “{node}” always hold: the last line of “to” is never taken.")
                            if last
                            else _("No talk ever takes line {n} of “to” (choice {choice} of “{node}”).")
                        )
                        check.fault(choice["to"], place, text, n=place + 1, choice=number + 1, node=name)
    _whole(check, script)
    return sorted(set(check.faults), key=lambda fault: (fault.place, fault.line, fault.text))


def _gain(choice: Any) -> int:
    return int(choice.get("mood", 0)) + int(choice.get("trust", 0))


def _node(check: Checker, name: str, node: Any, choices: Any) -> None:
    _languages(check, node, "says")
    if "debrief" in node:
        _languages(check, node, "debrief")
    if len(choices) == 1:
        check.fault(node, "choices", _("“{node}” has only one choice: there is nothing to choose."), node=name)
    said: dict[str, int] = {}
    for number, choice in enumerate(choices):
        text = " ".join(choice["text"]["en"].split()).lower()
        if text in said:
            words = _("Choices {a} and {b} of “{node}” say the same.")
            check.fault(choices, number, words, a=said[text] + 1, b=number + 1, node=name)
        said.setdefault(text, number)


def _choice(check: Checker, choice: Any, number: int) -> None:
    for key in ("text", "why", "better"):
        if key in choice:
            _languages(check, choice, key)
    if _gain(choice) < 0 and "better" not in choice:
        check.fault(choice, "text", _("This choice hurts. Give it a “better” line: the debrief shows it."))
    if len(choice["text"]["en"]) > LONGEST:
        text = _("The choice is {n} characters long; up to {most} are read.")
        check.fault(choice, "text", text, n=len(choice["text"]["en"]), most=LONGEST)


def _languages(check: Checker, where: Any, key: str) -> None:
    """Texts that stand under the wrong language, as their letters tell where a language has its own."""
    texts = where[key]
    for code, one in LANGUAGES.items():
        if not one.letters:
            continue
        own = re.compile(f"[{one.letters}]")
        if not own.search(texts[code]) and re.search(r"[A-Za-z]{3}", texts[code]):
            check.fault(texts, code, _("The text in {language} holds none of its characters."), language=one.name)
        for other in LANGUAGES:
            if other != code and own.search(texts[other]):
                text = _("The text in {language} holds characters of {other}.")
                check.fault(texts, other, text, language=LANGUAGES[other].name, other=one.name)


def _used_routes(script: Script) -> set[tuple[str, int, int]]:
    """The lines of ``to`` that some talk takes, as (node, choice, line)."""
    used = set()
    for state in scripts.states(script):
        for number, choice in enumerate(script.choices(state.node)):
            if isinstance(choice["to"], list):
                after = script.take(state, {**choice, "to": choice["to"][-1]["to"]})
                # The mood at an ending may be set there; what a route looks at is the mood before.
                mood = min(5, max(1, state.mood + int(choice.get("mood", 0))))
                for place, route in enumerate(choice["to"]):
                    if scripts.fits(route, mood, after.trust, after.done):
                        used.add((state.node, number, place))
                        break
    return used


def _whole(check: Checker, script: Script) -> None:
    nodes = script.source["nodes"]
    source = script.source
    every = [choice for node in nodes.values() for choice in node.get("choices", ())]
    steps = {choice["step"] for choice in every if "step" in choice}
    lacking = [step for step in script.known_steps() if step not in steps]
    if lacking:
        seven = _("No choice does these of the seven steps: {steps}.")
        text = _("No choice does these of the script's steps: {steps}.") if script.own_steps else seven
        check.fault(source, "nodes", text, steps=", ".join(lacking))
    kinds = {node["ending"] for node in nodes.values() if "ending" in node}
    for kind in ("good", "bad"):
        if kind not in kinds:
            check.fault(source, "nodes", _("There is no {kind} ending."), kind=kind)
    best = _best_marks(script)
    if best is not None and best < 4:
        check.fault(source, "nodes", _("No talk earns all four points; the best earns {n}."), n=best)
    _pattern(
        check,
        source,
        lambda choices: max(range(len(choices)), key=lambda n: (_gain(choices[n]), -n)) == 0,
        _("The choice that helps most stands first at {n} of {all} nodes: trainees notice. Mix the order."),
    )
    _pattern(
        check,
        source,
        lambda choices: max(choices, key=_gain) is max(choices, key=lambda one: len(one["text"]["en"])),
        _("The choice that helps most is the longest at {n} of {all} nodes: trainees notice."),
    )


def _best_marks(script: Script) -> int | None:
    try:
        found = scoring.outlook(scripts.plain(script))
    except RecursionError:  # a script with long circles
        return None
    return max((points for counts in found.values() for points in counts), default=None)


def _pattern(check: Checker, source: Any, shows: Callable[[Any], bool], text: str) -> None:
    """A hint where four or more nodes have a choice that helps most, and three quarters of them show a pattern."""
    nodes = [
        node["choices"]
        for node in source["nodes"].values()
        if len(node.get("choices", ())) > 1 and len({_gain(choice) for choice in node["choices"]}) > 1
    ]
    count = sum(map(shows, nodes))
    if len(nodes) >= 4 and count >= 0.75 * len(nodes):
        check.fault(source, "nodes", text, n=count, all=len(nodes))


def lines(found: list[Fault]) -> list[str]:
    """The hints as lines for the terminal."""
    return [tr(_("hint: {text}"), text=str(fault)) for fault in found]
