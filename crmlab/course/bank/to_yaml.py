"""Write questions as the YAML that the course's own have: every text in quotation marks, languages side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from crmlab.course.yamltext import quoted
from crmlab.language import LANGUAGES, size

_LINE = 150
_ORDER = ("id", "kind", "difficulty", "story", "ask", "right", "tolerance", "unit", "why", "why_not", "options", "mistakes", "items", "pairs", "otherwise")


def text(questions: Iterable[Mapping[str, Any]], comment: str = "") -> str:
    """Questions as YAML; ``comment`` is put on top.

    >>> print(text([{"id": "r", "kind": "true_false", "ask": {"en": "Is it?", "zh": "是吗？"}, "right": True}]), end="")
    - id: r
      kind: true_false
      ask: {en: "Is it?", zh: "是吗？"}
      right: true
    """
    lines = [f"# {line}" for line in comment.splitlines()]
    for question in questions:
        lines += _entry(question, "")
    return "\n".join([*lines, ""])


def _entry(content: Mapping[str, Any], indent: str) -> Iterator[str]:
    """An entry of a list."""
    keys = sorted(content, key=lambda key: _ORDER.index(key) if key in _ORDER and "id" in content else -1)
    for place, key in enumerate(keys):
        begin = f"{indent}- " if not place else f"{indent}  "
        value = content[key]
        if isinstance(value, Mapping):
            short = ", ".join(f"{language}: {quoted(value.get(language, ''))}" for language in LANGUAGES)
            if size(short) <= _LINE:
                yield f"{begin}{key}: {{{short}}}"
            else:
                yield f"{begin}{key}:"
                yield from (f"{indent}    {language}: {quoted(value.get(language, ''))}" for language in LANGUAGES)
        elif isinstance(value, list):
            yield f"{begin}{key}: []" if not value else f"{begin}{key}:"
            for one in value:
                yield from _entry(one, f"{indent}    ")
        elif isinstance(value, bool):
            yield f"{begin}{key}: {str(value).lower()}"
        else:
            plain = not isinstance(value, str) or (re.fullmatch("[a-z][a-z0-9_]*(-[a-z0-9]+)*", value) and value not in _TAKEN)
            yield f"{begin}{key}: {value if plain else quoted(value)}"


_TAKEN = ("null", "true", "false", "yes", "no", "on", "off", "y", "n")
