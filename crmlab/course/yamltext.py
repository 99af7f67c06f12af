"""Texts as YAML that people edit holds them: in quotation marks, so that none of them is taken for a number or a yes."""

from __future__ import annotations

import json
import re

# What YAML wants written as \uXXXX, and what some readers take for the end of a line.
_ESCAPED = re.compile("[^\n\t -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def quoted(value: str) -> str:
    """A text in double quotation marks, as YAML reads it back.

    >>> print(quoted('He said: "No."'))
    "He said: \\"No.\\""
    """
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))
