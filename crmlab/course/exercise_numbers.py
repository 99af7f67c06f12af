"""A file of exercises beside the module of its lesson: slips that Python does not know, numbers that it does not give,
texts that it asks for and that are not there."""

from __future__ import annotations

import ast
import difflib
import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from crmlab.course import criteria, exercise_check, exercise_file, hooks, lessons
from crmlab.course.exercise_check import english, placeholders
from crmlab.course.exercise_file import fields_of, is_text, kind_of, of_field
from crmlab.course.hooks import Right
from crmlab.course.yamlfile import Checker, Fault
from crmlab.language import _, tr

_NO_ROW: tuple[dict[str, Any]] = ({},)
ALWAYS = {"n", "got", "key"}
"""Names that every sentence may use."""


def faults(path: Path) -> list[Fault]:
    """All that is wrong with a file, as such and beside the lesson's module. Raises ``OSError`` if there is no such file.

    A file whose name is that of no lesson has no module.
    """
    content, check = exercise_check.read_with_lines(path)
    if not check.faults:
        try:
            here = hooks.of(lessons.find(path.name.partition(".")[0]).number)
        except LookupError:
            alone(check, content)
        else:
            _compare(check, here, content)
            _asked(check, here, content)
    return sorted(set(check.faults))


def alone(check: Checker, content: Mapping[str, Any]) -> None:
    """Note what is wrong with sound content to which no module adds anything."""
    _compare(check, hooks.alone(content), content)


def _compare(check: Checker, here: hooks.Lesson, content: Mapping[str, Any]) -> None:
    for entry in content["exercises"]:
        _entry(check, here, entry, content)
    _hooks(check, here, content)


def _entry(check: Checker, here: hooks.Lesson, entry: Mapping[str, Any], content: Mapping[str, Any]) -> None:
    id = str(entry["id"])
    if "roleplay" in entry:
        return
    own = {**(content.get("texts") or {}), **(entry.get("texts") or {})}
    try:
        numbers = here.numbers_of(id)
    except Exception as error:  # what the file says goes into them, and may be anything
        text = _("Python cannot work out the numbers of this exercise: {error}. What is right in a row may be no option, or missing.")
        check.fault(entry, "id", text, error=f"{type(error).__name__} {error}")
        return
    given = set(numbers.words) | ALWAYS
    keys: set[str] = set()
    rows: set[str] = set()
    if not exercise_file.parts(entry) and id not in here.forms:
        check.fault(entry, None, _("Nothing is asked here: “rows”, “fields” or “parts” are missing."))
    for part in exercise_file.parts(entry):
        for row in exercise_file.every_row(part) or _NO_ROW:
            words = given | set(exercise_file.words_of(row)) | set(numbers.rows.get(str(row.get("key", "")), ()))
            rows.add(str(row.get("key", "")))
            where = row if row else part
            _unfilled(check, where, [row.get("ask") or part.get("ask")], words)
            for name, spec in fields_of(part):
                _unfilled(check, where, [spec.get("ask")], words)
                key = exercise_file.field_key(part, row, name)
                keys.add(key)
                right = numbers.of(key)
                if kind_of(spec) == "line":
                    _criteria(check, spec)
                    continue
                if id in here.judges:
                    continue
                if (right is None or right.value is None) and of_field(row, "right", name) is None and "right" not in spec:
                    check.fault(where, None, _("Nobody says what is right in “{key}”: add “right”, or let Python give it."), key=key)
                filed = of_field(row, "right", name)
                if right and right.value is not None and filed is not None and (callable(right.value) or str(filed) != str(right.value)):
                    text = _("What is right in “{key}” is worked out by Python, and this is something else; leave it out here.")
                    check.fault(where, "right", text, key=key)
                _names(check, here, row, spec, name, right, content, numbers.fields.get(key, {}))
                said = [of_field(row, "wrong", name), spec.get("wrong")]
                extra = right.words if right else {}
                if not callable(extra):
                    more = {"right", "pairs"} if kind_of(spec) == "order" else set()
                    _unfilled(check, where, [_named(one, own) for one in said], words | more | set(extra))
        _never_said(check, part)
    for what, names, known in (("right", numbers.right, keys), ("fields", numbers.fields, keys), ("rows", numbers.rows, rows)):
        for key in names:
            if key not in known:
                check.fault(entry, "id", _("Python gives “{what}” for “{key}”, which is not in this exercise."), what=what, key=key)
    if "field" in entry and not any(key == entry["field"] or key.startswith(f"{entry['field']}.") for key in keys):
        check.fault(entry, "field", _("There is no field “{name}” in this exercise."), name=entry["field"])


def _criteria(check: Checker, spec: Mapping[str, Any]) -> None:
    """What is looked for in a typed line are criteria that there are."""
    known = list(criteria.every())
    for at, name in enumerate(spec["line"]):
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=1)
            hint = tr(_("Did you mean “{near}”?"), near=near[0]) if near else ""
            text = _("There is no criterion “{name}” in criteria.yml. {hint} There are {known}.")
            check.fault(spec["line"], at, text, name=name, hint=hint, known=", ".join(known))


def _never_said(check: Checker, part: Mapping[str, Any]) -> None:
    """Each row has a sentence of its own for all answers: then that of the field is never seen."""
    for name, spec in fields_of(part):
        own = [of_field(row, "wrong", name) for row in exercise_file.every_row(part)]
        if own and "wrong" in spec and all(isinstance(one, str) or is_text(one) or "else" in (one or ()) for one in own):
            text = _("This is never said: each row has a “wrong” of its own for all answers. Put the sentence into the rows, by option.")
            check.fault(spec, "wrong", text)


def _named(says: Any, own: Mapping[str, Any]) -> Any:
    """The sentences with names replaced by their texts."""
    if isinstance(says, str):
        return own.get(says)
    if isinstance(says, Mapping) and not is_text(says):
        return {key: _named(one, own) for key, one in says.items()}
    return says


def _unfilled(check: Checker, where: Any, texts: list[Any], words: set[str]) -> None:
    for text in english(texts, {}):
        for name in sorted(placeholders(text) - words):
            check.fault(where, None, _("Nothing fills {{{name}}} in “{text}”."), name=name, text=text)


def _names(
    check: Checker,
    here: hooks.Lesson,
    row: Mapping[str, Any],
    spec: Mapping[str, Any],
    name: str,
    right: Right | None,
    content: Mapping[str, Any],
    computed: Mapping[str, Any],
) -> None:
    """What is right is an option, the names under "wrong" are options or slips, and each of them has its sentence."""
    levels = [(row, of_field(row, "wrong", name)), (spec, spec.get("wrong"))]
    mappings = [level for _where, level in levels if isinstance(level, Mapping) and not is_text(level)]
    said = {str(one) for level in mappings for one in level}
    whole = "else" in said or any(isinstance(level, str) or is_text(level) for _where, level in levels)
    kind = kind_of(spec)
    if kind in ("number", "slider"):
        known = {*(right.slips if right else ()), "low", "high", "else"}
        if right is not None and not whole:
            for slip in right.slips:
                if slip not in said:
                    check.fault(row or spec, None, _("There is no sentence for the slip “{name}”: add it under “wrong”, or “else”."), name=slip)
            if not {"low", "high"} <= said:
                check.fault(row or spec, None, _("There is no sentence for other numbers: add “else” under “wrong”."))
    else:
        values = _values(here, spec, kind, content, computed)
        known = {*values, "else"}
        due = right.value if right and right.value is not None else of_field(row, "right", name) or spec.get("right")
        if callable(due):  # it follows from other answers
            due = None
        best = [str(one) for one in due] if isinstance(due, list | tuple) else [str(due)]
        if values and due is not None and not set(best) <= set(values):
            text = _("What is right, “{value}”, is none of the options: {values}.")
            check.fault(row or spec, "right", text, value=", ".join(best), values=", ".join(values))
        elif due is not None and not whole and not (right and right.slip):
            wrong = best[1:] if kind == "order" else [one for one in values if one not in best]
            missing = [one for one in wrong if one not in said]
            if missing:
                text = _("There is no sentence for {missing}: add it under “wrong”, or “else” for all others.")
                check.fault(row or spec, None, text, missing=", ".join(missing))
    for level in mappings:
        for one in level:
            if str(one) not in known and len(known) > 1 and not (right and right.slip):
                text = _("“{name}” is neither an option nor a slip that Python knows; there are {known}.")
                check.fault(level, one, text, name=one, known=", ".join(sorted(known)))


def _values(
    here: hooks.Lesson, spec: Mapping[str, Any], kind: str, content: Mapping[str, Any], computed: Mapping[str, Any]
) -> list[str]:
    """The options, items, bars or cells of a field, Python's as well; empty where there are none to choose from."""

    def listed(key: str) -> list[str]:
        given = computed.get(key, spec.get(key))
        if isinstance(given, str):
            given = (content.get("options") or {}).get(given) or here.lists.get(given)
        pairs = () if given is None or given is True else given
        return [str(one[0] if isinstance(one, tuple) else one) for one in pairs]

    if kind == "cells":
        return [f"{row}.{column}" for row in listed("rows") for column in listed("columns")]
    return listed({"choice": "options", "order": "items", "bars": "bars"}.get(kind, ""))


def _hooks(check: Checker, here: hooks.Lesson, content: Mapping[str, Any]) -> None:
    there = {str(entry["id"]) for entry in content["exercises"]}
    for id in sorted({*here.judges, *here.codes, *here.lives, *here.forms, *here.numbered, *here.workings} - there):
        check.fault(content, "exercises", _("Python has something for an exercise “{id}” that is not in this file."), id=id)
    for name, where in _lists(content):
        if name not in (content.get("options") or {}) and name not in here.lists:
            check.fault(where, None, _("There is no list of options of the name “{name}”."), name=name)


def _lists(content: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for entry in content["exercises"]:
        for part in exercise_file.parts(entry):
            for _name, spec in fields_of(part):
                for key in ("options", "rows", "columns", "bars", "items"):
                    if isinstance(spec.get(key), str):
                        yield spec[key], spec


def _asked(check: Checker, here: hooks.Lesson, content: Mapping[str, Any]) -> None:
    """The texts that the module fetches by name are there."""
    module = sys.modules.get(f"crmlab.course.exercises.{lessons.find(here.number).module}")
    if module is None:
        return
    entries = {str(entry["id"]): entry for entry in content["exercises"]}
    common = content.get("texts") or {}
    for id, name in fetched(inspect.getsource(module)):
        if id and id not in entries:
            check.fault(content, "exercises", _("Python asks for texts of an exercise “{id}” that is not in this file."), id=id)
        elif name not in common and name not in (entries.get(id, {}).get("texts") or {}):
            where = entries[id] if id else content
            check.fault(where, "texts" if "texts" in where else None, _("Python asks for a text “{name}” that is not under “texts”."), name=name)


def fetched(source: str) -> list[tuple[str, str]]:
    """The texts that a module asks for: (exercise, name), the exercise "" for those of the whole file.

    >>> fetched('say = here.says("who")\\nx = say["not-asked"], here.texts["title"]')
    [('who', 'not-asked'), ('', 'title')]
    """
    module = ast.parse(source)
    common = _holders(module.body)
    found = []
    for function in module.body:
        holders = {**common, **_holders(ast.walk(function))}
        for node in ast.walk(function):
            if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
                id = holders.get(node.value.id) if isinstance(node.value, ast.Name) else _says(node.value)
                if id is not None and isinstance(node.slice.value, str):
                    found.append((id, node.slice.value))
    return found


def _holders(nodes: Iterable[ast.AST]) -> dict[str, str]:
    """The names to which texts are assigned, with their exercise."""
    found = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            id = _says(node.value)
            if id is not None:
                found[node.targets[0].id] = id
    return found


def _says(node: ast.expr) -> str | None:
    """The exercise of ``here.says("id")``, "" for ``here.texts``; ``None`` for anything else."""
    if isinstance(node, ast.Attribute) and node.attr == "texts":
        return ""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "says":
        first = node.args[0] if node.args else None
        return str(first.value) if isinstance(first, ast.Constant) else None
    return None
