"""Write a script as the YAML that the course's own scripts have: every text in quotation marks, languages side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from crmlab.course.roleplay.sheet import IN_EACH_LANGUAGE, SETTINGS
from crmlab.course.yamltext import quoted
from crmlab.language import LANGUAGES


def text(source: Mapping[str, Any], comment: str = "") -> str:
    """A script's content as YAML; ``comment`` is put on top."""
    return "\n".join([*(f"# {line}" for line in comment.splitlines()), *_lines(source), ""])


def _lines(source: Mapping[str, Any]) -> Iterator[str]:
    for key in SETTINGS:
        if key in IN_EACH_LANGUAGE:
            yield from _both("", key, source[key])
        else:
            yield f"{key}: {_plain(source[key])}"
    if "steps" in source:
        yield "steps:"
        for key, texts in source["steps"].items():
            yield from _both("  ", _plain(key), texts)
    if "deal" in source:
        yield from _deal(source["deal"])
    yield ""
    yield "nodes:"
    for name, node in source["nodes"].items():
        yield f"  {_plain(name)}:"
        for key in ("ending", "mood"):
            if key in node:
                yield f"    {key}: {_plain(node[key])}"
        for key in ("says", "debrief"):
            if key in node:
                yield from _both("    ", key, node[key])
        if "deal" in node:
            yield "    deal:"
            for issue, option in node["deal"].items():
                yield f"      {_plain(issue)}: {_plain(option)}"
        if "choices" in node:
            yield "    choices:"
            for choice in node["choices"]:
                yield from _choice(choice)
        yield ""


def _deal(deal: Mapping[str, Any]) -> Iterator[str]:
    yield "deal:"
    for key in ("unit", "worth"):
        yield from _both("  ", key, deal[key])
    for key in ("volume", "seller", "buyer"):
        yield f"  {key}: {_plain(deal[key])}"
    yield "  issues:"
    for name, issue in deal["issues"].items():
        yield f"    {_plain(name)}:"
        yield from _both("      ", "name", issue["name"])
        yield "      options:"
        for key, option in issue["options"].items():
            yield f"        {_plain(key)}:"
            yield from _both("          ", "name", option["name"])
            for side in ("seller", "buyer"):
                yield f"          {side}: {_plain(option[side])}"


def _choice(choice: Mapping[str, Any]) -> Iterator[str]:
    yield "      - text:"
    yield from _languages("          ", choice["text"])
    for key in ("step", "mood", "trust"):
        if key in choice:
            yield f"        {key}: {_plain(choice[key])}"
    for key in ("why", "better"):
        if key in choice:
            yield from _both("        ", key, choice[key])
    if isinstance(choice["to"], str):
        yield f"        to: {_plain(choice['to'])}"
        return
    yield "        to:"
    for route in choice["to"]:
        yield f"          - to: {_plain(route['to'])}"
        for key, value in route.items():
            if key != "to":
                shown = f"[{', '.join(value)}]" if isinstance(value, list) else _plain(value)
                yield f"            {key}: {shown}"


def _both(indent: str, key: str, texts: Mapping[str, str]) -> Iterator[str]:
    yield f"{indent}{key}:"
    yield from _languages(f"{indent}  ", texts)


def _languages(indent: str, texts: Mapping[str, str]) -> Iterator[str]:
    for language in LANGUAGES:
        yield f"{indent}{language}: {quoted(texts[language])}"


def _plain(value: Any) -> str:
    """A number, or a name: quoted where YAML would take it for something else (null, true, 1e5)."""
    if isinstance(value, str) and not _harmless(value):
        return quoted(value)
    return str(value)


def _harmless(value: str) -> bool:
    words = ("null", "true", "false", "yes", "no", "on", "off", "y", "n")
    return re.fullmatch(r"[a-z][a-z_-]*[a-z0-9]?", value) is not None and value not in words
