"""What can be wrong with the content of a script, apart from where its choices lead: keys, texts, numbers, names.

:mod:`crmlab.course.roleplay.scripts` reads the file and looks at the graph.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any

from crmlab.complaint_steps import STEPS
from crmlab.course.yamlfile import Checker, Fault
from crmlab.language import _, tr

ENDINGS = {"good": _("A good ending"), "fair": _("A fair ending"), "bad": _("A bad ending")}

CONDITIONS = ("mood_min", "mood_max", "trust_min", "trust_max", "done", "not_done")

MOST_NODES, MOST_CHOICES, MOST_STEPS = 200, 12, 12

_NAME = re.compile(r"[^\W\d][\w-]*")
_STEP = re.compile(r"[a-z][a-z0-9_]*")
_ID = re.compile(r"\w[\w.-]*")


def check_script(check: Checker, content: Any) -> None:
    """Note all that is wrong with a script's content as such."""
    required = ("id", "title", "setting", "customer", "mood", "trust", "start", "nodes")
    if not isinstance(content, Mapping):
        check.faults.append(Fault(check.file, 1, tr(_("The file should begin with “id: ...”."))))
        return
    called = tr(_("the script"))
    whole = check.mapping(content, None, content, required=required, optional=("steps", "deal"), called=called)
    if "id" in content and not (isinstance(content["id"], str) and _ID.fullmatch(content["id"])):
        check.fault(
            content, "id", _("“id” should be one word, such as late-delivery, not “{value}”."), value=content["id"]
        )
    for key in ("title", "setting", "customer"):
        if key in content:
            check.both(content, key)
    for key, low in (("mood", 1), ("trust", 0)):
        if key in content:
            check.whole(content, key, low, 5)
    known = _known_steps(check, content)
    if "deal" in content:
        _check_deal(check, content)
    nodes = content.get("nodes")
    if not isinstance(nodes, Mapping) or not nodes:
        if whole:
            check.fault(content, "nodes", _("“nodes” needs at least one node, indented below it."))
        return
    if len(nodes) > MOST_NODES:
        check.fault(content, "nodes", _("A script has at most {most} nodes; this one has {n}."), most=MOST_NODES, n=len(nodes))
        return
    if "start" in content:
        _check_link(check, nodes, content, "start")
    for name, node in nodes.items():
        _check_node(check, nodes, name, node, known)
        if isinstance(node, Mapping) and "deal" in node:
            _check_agreed(check, content, name, node)


def _check_deal(check: Checker, content: Any) -> None:
    """What a negotiation is about; :mod:`crmlab.course.roleplay.deal` shows one."""
    deal = content["deal"]
    keys = ("unit", "worth", "volume", "seller", "buyer", "issues")
    if not check.mapping(content, "deal", deal, required=keys, optional=()):
        return
    for key in ("unit", "worth"):
        check.both(deal, key)
    for key in ("seller", "buyer"):
        check.number(deal, key)
    check.whole(deal, "volume", 1, 10**9)
    if not isinstance(deal["issues"], Mapping):
        check.fault(deal, "issues", _("“{key}” should have entries of its own, indented below it."), key="issues")
        return
    for name, issue in deal["issues"].items():
        if not isinstance(name, str) or not _STEP.fullmatch(name) or name == "price":
            text = _("An issue's key should be one word of small letters, such as payment, and not price; this is “{issue}”.")
            check.fault(deal["issues"], name, text, issue=name)
        if not check.mapping(deal["issues"], name, issue, required=("name", "options"), optional=()):
            continue
        check.both(issue, "name")
        options = issue["options"]
        if not isinstance(options, Mapping) or len(options) < 2:
            check.fault(issue, "options", _("“{issue}” needs two options at least, the first one as it is today."), issue=name)
            continue
        for key, option in options.items():
            if not isinstance(key, str) or not _STEP.fullmatch(key):
                text = _("An option's key should be one word of small letters, such as later, not “{option}”.")
                check.fault(options, key, text, option=key)
            if check.mapping(options, key, option, required=("name", "seller", "buyer"), optional=()):
                check.both(option, "name")
                for side in ("seller", "buyer"):
                    check.number(option, side)


def _check_agreed(check: Checker, content: Any, name: Any, node: Any) -> None:
    """What an ending says was agreed on."""
    agreed, deal = node["deal"], content.get("deal")
    if not isinstance(deal, Mapping) or not isinstance(deal.get("issues"), Mapping):
        check.fault(node, "deal", _("“{node}” names a deal, but the script has no “deal” that says what is negotiated."), node=name)
        return
    if "choices" in node:
        check.fault(node, "deal", _("“{key}” belongs to an ending, and “{node}” is none: take it out, or make it an ending."), key="deal", node=name)
    issues = deal["issues"]
    if not check.mapping(node, "deal", agreed, required=("price",), optional=tuple(map(str, issues))):
        return
    check.number(agreed, "price")
    for issue, option in agreed.items():
        options = issues[issue].get("options") if isinstance(issues.get(issue), Mapping) else None
        if isinstance(options, Mapping) and option not in options:
            text = _("“{issue}” has no option “{option}”; it has: {known}.")
            check.fault(agreed, issue, text, issue=issue, option=option, known=", ".join(map(str, options)))


def _known_steps(check: Checker, content: Any) -> list[str]:
    """The keys of the steps that choices may name."""
    if "steps" not in content:
        return list(STEPS)
    own = content["steps"]
    if not isinstance(own, Mapping) or not 2 <= len(own) <= MOST_STEPS:
        text = _("“steps” should be 2 to {most} steps in their order, each with its text in every language, indented below it.")
        check.fault(content, "steps", text, most=MOST_STEPS)
        return list(STEPS)
    for key in own:
        if not isinstance(key, str) or not _STEP.fullmatch(key):
            check.fault(own, key, _("A step's key should be one word of small letters, such as follow_up, not “{step}”."), step=key)
        check.both(own, key)
    return [str(key) for key in own]


def _check_node(check: Checker, nodes: Any, name: Any, node: Any, known: list[str]) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        text = _("A node's name should be one word that begins with a letter (letters, digits, - and _), not “{node}”.")
        check.fault(nodes, name, text, node=name)
    if not isinstance(node, Mapping):
        check.fault(nodes, name, _("“{key}” should have entries of its own, indented below it."), key=name)
        return
    if "ending" in node:
        if "choices" in node:
            text = _("“{node}” has both “ending” and “choices”: a talk ends there or goes on. Take one of them out.")
            check.fault(node, "ending", text, node=name)
        if check.mapping(nodes, name, node, required=("ending", "says", "debrief"), optional=("mood", "choices", "deal")):
            check.both(node, "says")
            check.both(node, "debrief")
            if "mood" in node:
                check.whole(node, "mood", 1, 5)
        if node["ending"] not in tuple(ENDINGS):
            check.fault(node, "ending", _("“ending” should be one of {endings}."), endings=", ".join(ENDINGS))
        return
    for key in ("mood", "debrief"):
        if key in node and "choices" in node:
            text = _("“{key}” belongs to an ending, and “{node}” is none: take it out, or make it an ending.")
            check.fault(node, key, text, key=key, node=name)
    if "choices" not in node:
        check.fault(
            nodes, name, _("“{node}” is a dead end: it needs “choices” to go on, or “ending” to be one."), node=name
        )
    check.mapping(nodes, name, node, required=("says",), optional=("choices", "mood", "debrief", "deal"))
    if "says" in node:
        check.both(node, "says")
    choices = node.get("choices", [])
    if not isinstance(choices, list) or ("choices" in node and not choices):
        check.fault(node, "choices", _("“choices” should be a list, each choice beginning with “- text:”."))
        return
    if len(choices) > MOST_CHOICES:
        text = _("“{node}” has {n} choices; more than {most} nobody can weigh.")
        check.fault(node, "choices", text, node=name, n=len(choices), most=MOST_CHOICES)
        return
    for number, choice in enumerate(choices):
        _check_choice(check, nodes, choices, number, choice, known)


def _check_choice(check: Checker, nodes: Any, choices: Any, number: int, choice: Any, known: list[str]) -> None:
    optional = ("step", "mood", "trust", "better")
    called = tr(_("choice {n}"), n=number + 1)
    if not check.mapping(choices, number, choice, required=("text", "why", "to"), optional=optional, called=called):
        return
    for key in ("text", "why", "better"):
        if key in choice:
            check.both(choice, key)
    for key in ("mood", "trust"):
        if key in choice:
            check.whole(choice, key, -2, 2)
    if "step" in choice:
        _check_steps(check, choice, "step", [choice["step"]], known)
    routes = choice["to"]
    if isinstance(routes, list) and routes:
        for place, route in enumerate(routes):
            called = tr(_("line {n} of “to”"), n=place + 1)
            if check.mapping(routes, place, route, required=("to",), optional=CONDITIONS, called=called):
                _check_link(check, nodes, route, "to")
                _check_conditions(check, route, known)
        last = routes[-1]
        if isinstance(last, Mapping) and any(key in last for key in CONDITIONS):
            check.fault(
                routes, len(routes) - 1, _("The last line of “to” must have no condition: it catches the rest.")
            )
    else:
        _check_link(check, nodes, choice, "to")


def _check_link(check: Checker, nodes: Any, where: Any, key: str) -> None:
    target = where[key]
    if isinstance(target, str) and target in nodes:
        return
    near = difflib.get_close_matches(str(target), [name for name in nodes if isinstance(name, str)], n=1)
    if isinstance(target, str) and near:
        check.fault(where, key, _("There is no node “{node}”. Did you mean “{near}”?"), node=target, near=near[0])
    else:
        check.fault(where, key, _("There is no node “{node}”."), node=target)


def _check_conditions(check: Checker, route: Any, known: list[str]) -> None:
    for key, low in (("mood_min", 1), ("mood_max", 1), ("trust_min", 0), ("trust_max", 0)):
        if key in route:
            check.whole(route, key, low, 5)
    for least, most in (("mood_min", "mood_max"), ("trust_min", "trust_max")):
        low, high = route.get(least), route.get(most)
        if isinstance(low, int) and isinstance(high, int) and low > high:
            text = _("This line is never taken: {least} is above {most}.")
            check.fault(route, least, text, least=least, most=most)
    for key in ("done", "not_done"):
        if key in route:
            steps = route[key]
            if isinstance(steps, list):
                _check_steps(check, route, key, steps, known)
            else:
                check.fault(route, key, _("“{key}” should be a list of steps, e.g. [sympathy, ask]."), key=key)


def _check_steps(check: Checker, where: Any, key: str, steps: list[Any], known: list[str]) -> None:
    seven = _("“{step}” is not one of the seven steps: {known}.")
    text = seven if known == list(STEPS) else _("“{step}” is not one of the steps of this script: {known}.")
    for step in steps:
        if not isinstance(step, str) or step not in known:
            check.fault(where, key, text, step=step, known=", ".join(known))
