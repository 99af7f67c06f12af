"""Write questions as the YAML that the course's own have: every text in quotation marks, languages side by side."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from crmlab.language import LANGUAGES, size

# What YAML wants written as \\uXXXX, and what some readers take for the end of a line.
_ESCAPED = re.compile("[^\n\t -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
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
            short = ", ".join(f"{language}: {_quoted(value.get(language, ''))}" for language in LANGUAGES)
            if size(short) <= _LINE:
                yield f"{begin}{key}: {{{short}}}"
            else:
                yield f"{begin}{key}:"
                yield from (f"{indent}    {language}: {_quoted(value.get(language, ''))}" for language in LANGUAGES)
        elif isinstance(value, list):
            yield f"{begin}{key}: []" if not value else f"{begin}{key}:"
            for one in value:
                yield from _entry(one, f"{indent}    ")
        elif isinstance(value, bool):
            yield f"{begin}{key}: {str(value).lower()}"
        else:
            plain = not isinstance(value, str) or (re.fullmatch("[a-z][a-z0-9_]*(-[a-z0-9]+)*", value) and value not in _TAKEN)
            yield f"{begin}{key}: {value if plain else _quoted(value)}"


_TAKEN = ("null", "true", "false", "yes", "no", "on", "off", "y", "n")


def _quoted(value: str) -> str:
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))
