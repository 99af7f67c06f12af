"""The sentences in a lesson's Markdown, and the same Markdown with other sentences.

A sentence is what a translator gets in one piece: a heading, a paragraph, an item of a list, a line of a quotation, a cell
of a table; and what a code cell is for (``purpose="..."`` in its fence). Code and comments are no sentences. Everything
between the sentences stays as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_FENCE = re.compile(r"(`{3,}|~{3,})")
_RULE = re.compile(r"\|[\s:|-]+\|\s*|-{3,}\s*")
_BEFORE = re.compile(r"(?:#{1,6} +|(?:> ?|\s+|(?:[-*+]|\d{1,9}[.)]) +)*)")
_CELL = re.compile(r"(?<!\\)\|")
_PURPOSE = re.compile(r'(?<= purpose=")(?:[^"\\]|\\.)*(?=")')


def of(text: str) -> list[str]:
    """The sentences, each once, in order.

    >>> of("# Two classes\\n\\n- *A* customers\\n- others,\\n  for now\\n\\n| a | a |\\n|---|---|\\n")
    ['Two classes', '*A* customers', 'others, for now', 'a']
    """
    found: dict[str, None] = {}
    replace(text, lambda sentence: found.setdefault(sentence) or sentence)
    return list(found)


def replace(text: str, look_up: Callable[[str], str]) -> str:
    """The Markdown with ``look_up(sentence)`` in the place of each sentence.

    >>> replace("## Two *classes*\\n\\n```python\\nx = 1\\n```\\n\\n| a | b |\\n|---|---|\\n", str.upper)
    '## TWO *CLASSES*\\n\\n```python\\nx = 1\\n```\\n\\n| A | B |\\n|---|---|\\n'
    """
    out: list[str] = []
    before = ""  # the paragraph that is being read: its mark
    words: list[str] = []

    def end() -> None:
        nonlocal before, words
        if words:
            out.append(before + look_up(" ".join(words)))
        before, words = "", []

    closing = ""
    for line in text.splitlines():
        if closing:
            out.append(line)
            closing = "" if closing in line else closing
        elif not line.strip() or _RULE.fullmatch(line):
            end()
            out.append(line)
        elif fence := _FENCE.match(line):
            end()
            out.append(_PURPOSE.sub(lambda found: _quoted(look_up(_plain(found[0]))), line))
            closing = fence[1]
        elif line.startswith("<!--"):
            end()
            out.append(line)
            closing = "" if "-->" in line else "-->"
        elif line.startswith("|"):
            end()
            out.append("|".join(_cell(cell, look_up) for cell in _CELL.split(line)))
        else:
            mark = _BEFORE.match(line)
            assert mark
            if mark[0].strip():
                end()
                before = mark[0]
            words.append(line[mark.end() :].rstrip())
            if line.startswith("#"):
                end()
    end()
    return "\n".join(out) + "\n"


def _cell(cell: str, look_up: Callable[[str], str]) -> str:
    words = cell.strip()
    return cell.replace(words, look_up(words)) if words else cell


def _plain(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted)


def _quoted(plain: str) -> str:
    return re.sub(r'(["\\])', r"\\\1", plain)
