"""Where a choice leads, written in one cell: ``hangs_up if mood <= 1; last_chance``.

One route after the other, each on a line of its own or after a semicolon; the first that fits is taken, the last has no
condition. Conditions are joined by ``and``: ``mood <= 1``, ``trust >= 3``, ``done ask, sympathy``, ``not done confirm``.
"""

from __future__ import annotations

import re
from typing import Any

from crmlab.language import _, tr

# What a Chinese keyboard and a spell checker make of the signs.
_PLAIN = str.maketrans({"；": ";", "，": ",", "、": ",", "＜": "<", "＞": ">", "＝": "=", "≤": "<=", "≥": ">=", "\u3000": " ",
                        "\xa0": " ", **{chr(0xFF10 + digit): str(digit) for digit in range(10)}})  # fmt: skip
_COMPARE = re.compile(r"(mood|trust)\s*(<=|>=|=<|=>|==|=|<|>)\s*(\d{1,3})", re.IGNORECASE)
_DONE = re.compile(r"(not\s+)?done\s+(\w+(?:[\s,]+\w+)*)", re.IGNORECASE)


class RouteError(ValueError):
    """A route that cannot be understood; the message says what to write."""


def written(to: Any) -> str:
    """The routes of a choice as one text.

    >>> written([{"to": "gone", "mood_max": 1, "not_done": ["ask"]}, {"to": "on"}])
    'gone if mood <= 1 and not done ask\\non'
    """
    if isinstance(to, str):
        return to
    return "\n".join(_written(route) for route in to)


def conditions(route: Any) -> str:
    """The conditions of one route as a text; empty for one without.

    >>> conditions({"to": "on", "mood_min": 2, "mood_max": 3})
    'mood >= 2 and mood <= 3'
    """
    parts = [
        f"{name} {sign} {route[f'{name}_{end}']}"
        for name in ("mood", "trust")
        for end, sign in (("min", ">="), ("max", "<="))
        if f"{name}_{end}" in route
    ]
    parts += [
        f"{word} {', '.join(route[key])}" for key, word in (("done", "done"), ("not_done", "not done")) if route.get(key)
    ]
    return " and ".join(parts)


def _written(route: Any) -> str:
    found = conditions(route)
    return f"{route['to']} if {found}" if found else str(route["to"])


def understood(text: str) -> Any:
    """A node's name, or the list of routes, from what :func:`written` makes. Raises :class:`RouteError`.

    >>> understood("gone if mood ≤ 1；on")
    [{'to': 'gone', 'mood_max': 1}, {'to': 'on'}]
    """
    parts = [part for line in text.translate(_PLAIN).splitlines() for part in line.split(";") if part.strip()]
    routes = [_understood(part.strip()) for part in parts]
    if not routes:
        raise RouteError(tr(_("Name the node to which this choice leads.")))
    return routes[0]["to"] if len(routes) == 1 and routes[0].keys() == {"to"} else routes


def _understood(part: str) -> dict[str, Any]:
    node, *rest = re.split(r"\s+if\s+", part, maxsplit=1, flags=re.IGNORECASE)
    if len(node.split()) != 1:
        raise RouteError(_not_understood(part))
    route: dict[str, Any] = {"to": node}
    for condition in re.split(r"\s+and\s+", rest[0], flags=re.IGNORECASE) if rest else ():
        if compare := _COMPARE.fullmatch(condition.strip()):
            _compare(route, compare[1].lower(), compare[2], int(compare[3]))
        elif done := _DONE.fullmatch(condition.strip()):
            route.setdefault("not_done" if done[1] else "done", []).extend(re.split(r"[\s,]+", done[2]))
        else:
            raise RouteError(_not_understood(condition.strip()))
    return route


def _compare(route: dict[str, Any], name: str, sign: str, value: int) -> None:
    if sign in ("<=", "=<", "<", "=", "=="):
        route[f"{name}_max"] = value - 1 if sign == "<" else value
    if sign in (">=", "=>", ">", "=", "=="):
        route[f"{name}_min"] = value + 1 if sign == ">" else value


def _not_understood(part: str) -> str:
    return tr(
        _("“{part}” cannot be understood. Write a node, or a node and when, such as: {example}"),
        part=part[:60],
        example="gone if mood <= 1 and not done ask; on",
    )
