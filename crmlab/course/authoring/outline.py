"""The graph of a script as text: each node with its choices and where they lead."""

from __future__ import annotations

from collections import deque
from typing import Any

from crmlab.course.authoring.layout import layout
from crmlab.course.authoring.terminal import width
from crmlab.course.roleplay import routes, scripts
from crmlab.course.roleplay.scripts import Script
from crmlab.course.yamlfile import said
from crmlab.language import _, tr


def outline(script: Script, columns: int = 100) -> list[str]:
    """The outline as lines no wider than ``columns``; signs are ASCII, so that every console has them.

    >>> from crmlab.course.roleplay import scripts
    >>> lines = outline(scripts.load("late-delivery"))
    >>> lines[2].split()[0]
    'opening:'
    """
    links = {
        name: [target for choice in script.choices(name) for target in scripts.targets(choice)]
        for name in script.source["nodes"]
    }
    back = layout(str(script.source["start"]), links).back
    first = script.first()
    about = tr(
        _("starts at {node}, mood {mood}, trust {trust}"),
        node=first.node,
        mood=f"{first.mood} ({tr(scripts.MOODS[first.mood])})",
        trust=first.trust,
    )
    lines = [f"{script.name}: {said(script.source['title'])} ({about})", ""]
    order = _order(first.node, links)
    for name in order:
        node = script.node(name)
        ending = f" *** {tr(scripts.ENDINGS[node['ending']])}" if "ending" in node else ""
        lines.append(_cut(f"{name}{ending}: {said(node['says'])}", columns))
        for number, choice in enumerate(script.choices(name), 1):
            lines.append(_cut(f"  {number}. {_does(script, choice)}{said(choice['text'])}", columns))
            ways = [{"to": choice["to"]}] if isinstance(choice["to"], str) else choice["to"]
            for route in ways:
                words = routes.conditions(route)
                lines.append(
                    f"     -> {route['to']}"
                    + (f" ({words})" if words else "")
                    + (f" [{tr(_('loop'))}]" if (name, route["to"]) in back else "")
                )
        lines.append("")
    lines.append(tr(_("+ helps, - hurts, = neither; in brackets the step")))
    return lines


def _order(start: str, links: dict[str, list[str]]) -> list[str]:
    """From the start in the order of the links, what is not linked last."""
    found = {start: None}
    waiting = deque([start])
    while waiting:
        for target in links[waiting.popleft()]:
            if target not in found:
                found[target] = None
                waiting.append(target)
    return [*found, *(name for name in links if name not in found)]


def _does(script: Script, choice: Any) -> str:
    gain = int(choice.get("mood", 0)) + int(choice.get("trust", 0))
    label = f" [{script.step_label(choice)}]" if choice.get("step") else ""
    return f"{'+' if gain > 0 else '-' if gain < 0 else '='}{label} "


def _cut(text: str, columns: int) -> str:
    text = " ".join(text.split()) if not text.startswith(" ") else "  " + " ".join(text.split())
    if width(text) <= columns:
        return text
    while width(text) > columns - 3:
        text = text[:-1]
    return f"{text}..."
