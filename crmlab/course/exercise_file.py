"""The exercises of a lesson as a file that needs no programming: ``lessons/UNIT/LESSON.exercises.yml``.

Every text stands in both languages, ``{en: ..., zh: ...}``. The file has up to four parts::

    options:                # lists of options that several fields share, by name
      verdicts: {yes: {en: holds, zh: 成立}, no: {en: does not follow, zh: 推不出来}}
    texts:                  # sentences by name; a plain name, where a text is wanted, stands for the sentence
      look: {en: "Line {n}: you chose “{got}”. What was computed here?", zh: "第 {n} 行：你选的是“{got}”。这里算的是什么？"}
    tables:                 # headings and cells of tables that the lesson shows, by their English
      deals: {zh: 商机数}
    exercises:
      - id: hear-it
        points: 6
        title: {en: Hear it, zh: 听出来}
        hints: [{en: ..., zh: ...}]
        praise: {en: ..., zh: ...}       # said when all is right
        intro: {en: ..., zh: ...}        # above the form, may be left out
        field: c                         # the field that a plain answer in code stands for, may be left out
        decides: true                    # what stands below it in the lesson follows from it and is run again; may be left out
        texts: {...}                     # sentences by name for this exercise alone
        fields:                          # the fields of each row, by name
          M: {label: {en: Money, zh: 金钱}, options: {M: {...}, m: {...}}, wrong: {...}}
        ask: {en: "Note {n} · {who}: {heard}", zh: "记录 {n} · {who}：{heard}"}
        rows:
          - key: note1                   # its fields are note1.M, note1.A ...
            who: {en: ..., zh: ...}      # any further texts, used as {who}
            heard: {en: ..., zh: ...}
            right: {M: M}
            wrong: {M: {m: {en: ..., zh: ...}, else: {en: ..., zh: ...}}}
        more: [...]                      # further rows like these, for practice("hear-it"): no points; may be left out

Instead of ``fields``, ``each`` describes the one field of each row; the field has the row's key, and ``right`` and ``wrong``
stand without names. Without ``rows`` the fields stand in one line, under their own names. A field with an ``ask`` of its own
begins a line of its own. Several of these, one below the other, stand under ``parts``. ``prefix: slip`` begins all keys
with ``slip.``; ``quote: true`` sets the prompt as a quotation.

A field is one of these; ``label``, ``right``, ``wrong`` and ``weight`` (its share of the points) go with all; for {...} a
name of ``options`` may stand, or of a list that Python gives::

    options: {...}                 style: radio shows all options
    number: true                   unit; within: by how much a right number may be off
    slider: true                   minimum, maximum, step, start; unit
    items: {...}                   things to be put in order, as first shown; right: [...]; credit: all; true: as Python gives them
    bars: {...}                    bars to be marked; title, unit; true: those that Python gives, by their keys
    rows: {...}, columns: {...}    cells to be marked; title
    line: [sympathy, ask]          a sentence to be typed, and the criteria of lessons/criteria.yml that are looked for in it;
                                   models: lines of others, shown after the first check. It has no right and no wrong

``wrong`` is one sentence, or one by option (by item; by slip of a number, ``low`` and ``high`` among them), ``else`` for all
others; a row's own comes first. It may use {got} (the answer in words), {key} (the answer's key), {n} (the row), the texts
of the row, and the numbers that Python gives. Nothing here computes or decides: numbers, what is right of them (also where it
follows from another answer) and slips come from the lesson's module (:mod:`crmlab.course.hooks`).
``- {id: late-delivery, roleplay: late-delivery, points: 4}`` is a role-play. ``crmlab exercises check FILE`` names all that is
wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from crmlab.course import lessons
from crmlab.course.lessons import Lesson
from crmlab.language import LANGUAGES

SUFFIX = ".exercises.yml"

PART = ("prefix", "ask", "quote", "each", "fields", "rows", "more")
"""The keys of a part of a form."""
ROW = ("key", "ask", "quote", "right", "wrong", "weight")
"""The keys of a row that are no words."""
SAID = ("right", "wrong", "weight")
"""The keys of a row that hold something for each of its fields."""


def path_of(lesson: Lesson) -> Path:
    """The file of a lesson's exercises."""
    return lesson.written / f"{lesson.slug}{SUFFIX}"


def files() -> list[Path]:
    """The files of all lessons, in their order; a lesson without exercises has none."""
    return [path for path in map(path_of, lessons.every()) if path.is_file()]


# -- finding one's way in the content ----------------------------------------------------------------------------------


def is_text(content: Any) -> bool:
    """Whether this is a text in the languages of the course."""
    return isinstance(content, Mapping) and bool(content) and all(key in LANGUAGES for key in content)


def parts(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The parts of an exercise's form: those under ``parts``, or the exercise itself; none where Python makes the form."""
    if "parts" in entry:
        return list(entry["parts"])
    return [entry] if "each" in entry or "fields" in entry else []


def every_row(part: Mapping[str, Any]) -> list[Any]:
    """The rows of a part and those for practice."""
    return [*part.get("rows", ()), *part.get("more", ())]


def fields_of(part: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The fields of each row with their names; "" is the name of the one under ``each``."""
    if "each" in part:
        yield "", part["each"]
    for name, spec in (part.get("fields") or {}).items():
        yield str(name), spec


def field_key(part: Mapping[str, Any], row: Mapping[str, Any], name: str) -> str:
    """The key of a field: prefix, row and name, as far as there are any.

    >>> field_key({"prefix": "slip"}, {"key": "tea"}, ""), field_key({}, {"key": "note1"}, "M"), field_key({}, {}, "c")
    ('slip.tea', 'note1.M', 'c')
    """
    return ".".join(str(one) for one in (part.get("prefix"), row.get("key"), name) if one not in (None, ""))


def of_field(row: Mapping[str, Any], what: str, name: str) -> Any:
    """What a row says of a field under ``right``, ``wrong`` or ``weight``; ``None`` for nothing."""
    found = row.get(what)
    if not name or found is None:
        return found
    return found.get(name) if isinstance(found, Mapping) and not is_text(found) else None


def words_of(row: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    """The further texts of a row, by name."""
    return {str(name): text for name, text in row.items() if name not in ROW and is_text(text)}


def kind_of(spec: Mapping[str, Any]) -> str:
    """What a field is: choice, number, slider, order, bars or cells."""
    for key, kind in (("line", "line"), ("number", "number"), ("slider", "slider"), ("items", "order"), ("bars", "bars"), ("columns", "cells")):
        if key in spec:
            return kind
    return "choice"
