"""Translation files (.po) brought up to date and written, the same to the byte with any version of any tool."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from crmlab import catalogue
from crmlab.catalogue import Entry

HEADER = {
    "Project-Id-Version": "crmlab",
    "Language": "",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}
_FIELD = re.compile(r"\{\w+[^{}]*\}")
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\t": "\\t", "\r": "\\r"})


def read(path: Path) -> list[Entry]:
    """The texts of a file, in order; none if it is not there.

    Raises ``ValueError`` with the file for entries that cannot be read.
    """
    if not path.is_file():
        return []
    content = path.read_text(encoding="utf-8")
    found = list(catalogue.entries(content))
    asked = len(re.findall(r"^msgid ", content, re.MULTILINE)) - len(re.findall(r'^msgid ""\nmsgstr', content, re.MULTILINE))
    if asked != len(found):
        raise ValueError(f"{path}: {asked} texts, of which {len(found)} can be read; look at the quotation marks.")
    if strange := re.search(r"^msgctxt|^msgid_plural", content, re.MULTILINE):
        line = content.count("\n", 0, strange.start()) + 1
        raise ValueError(f"{path}:{line}: crmlab does not use {strange[0]}.")
    return found


def merge(texts: Iterable[str], old: Iterable[Entry]) -> list[Entry]:
    """An entry for each text. One that is new takes the translation of the most similar that is gone, marked fuzzy.

    >>> merge(["Two apples and a pear."], [Entry("One apple and a pear.", "一个苹果和一个梨。")])
    [Entry(english='Two apples and a pear.', translated='一个苹果和一个梨。', fuzzy=True, before='One apple and a pear.')]
    """
    wanted = dict.fromkeys(texts)
    known = {one.english: one for one in old}
    gone = {english: one for english, one in known.items() if english not in wanted and one.translated}
    merged = []
    for text in wanted:
        if text in known:
            merged.append(known[text])
        elif near := difflib.get_close_matches(text, gone, 1):
            merged.append(Entry(text, gone[near[0]].translated, True, near[0]))
        else:
            merged.append(Entry(text))
    return merged


def write(entries: Iterable[Entry], language: str, fields: bool = False) -> bytes:
    """The file. With ``fields``, texts with ``{names}`` are marked, so that a translator's program looks after them."""
    header = "".join(f"{key}: {value or language}\n" for key, value in HEADER.items())
    parts = ["\n".join(_lines("msgid", "") + _lines("msgstr", header))]
    for one in entries:
        marks = ["fuzzy"] if one.fuzzy else []
        marks += ["python-brace-format"] if fields and _FIELD.search(one.english) else []
        lines = [f"#, {', '.join(marks)}"] if marks else []
        lines += [f"#| {line}" for line in _lines("msgid", one.before)] if one.before else []
        parts.append("\n".join([*lines, *_lines("msgid", one.english), *_lines("msgstr", one.translated)]))
    return ("\n\n".join(parts) + "\n").encode()


def unfinished(entries: Iterable[Entry]) -> Iterator[str]:
    """The English of entries that have no translation, or a fuzzy one: "fuzzy: ..."."""
    for one in entries:
        if one.fuzzy or not one.translated.strip():
            yield f"fuzzy: {one.english}" if one.fuzzy else one.english


def _lines(key: str, text: str) -> list[str]:
    # A text is one line, however long: a changed word changes one line, and what is looked for is found.
    pieces = [piece.translate(_ESCAPES).replace("\n", "\\n") for piece in re.findall(r".*\n|.+", text)]
    if len(pieces) < 2:
        return [f'{key} "{"".join(pieces)}"']
    return [f'{key} ""', *(f'"{piece}"' for piece in pieces)]
