"""What can be wrong in a file of exercises: each fault with its line, in words.

The format stands in :mod:`crmlab.course.exercise_file`. What only Python can tell (names of slips, numbers in texts) is
compared with the lesson's module in :mod:`crmlab.course.exercise_numbers`.
"""

from __future__ import annotations

import difflib
import re
import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from crmlab.course import exercise_file, yamlfile
from crmlab.course.exercise_file import PART, SAID, fields_of, is_text, kind_of, of_field
from crmlab.course.yamlfile import Checker, Fault
from crmlab.language import LANGUAGES, _, tr, translations

_TOP = ("options", "texts", "tables", "exercises")
_ENTRY = ("id", "points", "title", "hints", "praise", "intro", "field", "texts", "parts", "roleplay", "decides", *PART)
_EVERY_FIELD = ("label", "right", "wrong", "weight")
_FIELD: dict[str, tuple[str, ...]] = {
    "choice": ("options", "style"),
    "number": ("number", "unit", "within"),
    "slider": ("slider", "unit", "within", "minimum", "maximum", "step", "start"),
    "order": ("items", "credit"),
    "bars": ("bars", "title", "unit"),
    "cells": ("rows", "columns", "title"),
    "line": ("line", "models"),
}
_NUMERIC = ("number", "slider")


def read(path: Path) -> tuple[dict[str, Any], list[Fault]]:
    """The content of a file, with names of texts replaced by the texts, and all that is wrong with it as such.

    The content is empty if there are faults. Raises ``OSError`` if there is no such file.
    """
    content, check = read_with_lines(path)
    return {} if check.faults else resolved(content), sorted(set(check.faults))


def count(path: Path) -> int:
    """How many exercises a sound file holds."""
    return len(read(path)[0].get("exercises", ()))


def read_with_lines(path: Path) -> tuple[Any, Checker]:
    """The content as it stands in the file, its lines known, and a checker with all that is wrong with it."""
    content, found = yamlfile.read(path)
    check = Checker(path.name)
    check.faults += found
    if content is not None:
        look(check, content)
    return content, check


def look(check: Checker, content: Any) -> None:
    """Note all that is wrong with the content of a file, wherever it was read from."""
    if check.mapping({"file": content}, "file", content, required=("exercises",), optional=_TOP, called=check.file):
        _File(check, content).look()


def resolved(content: Mapping[str, Any]) -> dict[str, Any]:
    """Sound content as plain dicts and lists; where a sentence is wanted, the text for its name."""
    return dict(_resolved(content, content.get("texts") or {}))


def _resolved(content: Any, texts: Mapping[str, Any]) -> Any:

    def walk(value: Any, own: Mapping[str, Any], says: bool) -> Any:
        if isinstance(value, Mapping):
            if is_text(value):
                return {str(key): str(text).strip() for key, text in value.items()}
            own = {**own, **(value.get("texts") or {})} if "id" in value else own
            return {str(key): walk(one, own, says or key == "wrong") for key, one in value.items()}
        if isinstance(value, list):
            return [walk(one, own, says) for one in value]
        if says and isinstance(value, str):
            return walk(own[value], own, False)
        return value

    return walk(content, texts, False)


def placeholders(text: str) -> set[str]:
    """The names in braces of a text. Raises ``ValueError`` for a brace that is not closed.

    >>> sorted(placeholders("{n} of {share:.1%}"))
    ['n', 'share']
    """
    return {re.split(r"[.\[]", name)[0] for _said, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


class _File:
    """A file's content while it is walked through."""

    def __init__(self, check: Checker, content: Mapping[str, Any]) -> None:
        self.check, self.content = check, content
        self.texts, self.lists = (
            found if isinstance(found := content.get(key), Mapping) else {} for key in ("texts", "options")
        )
        self.asked: set[str] = set()

    def look(self) -> None:
        for key in ("options", "texts", "tables"):
            if key in self.content and not isinstance(self.content[key], Mapping):
                self.check.fault(self.content, key, _("“{key}” should have entries of its own, indented below it."), key=key)
                return
        for name in self.texts:
            self.text(self.texts, name)
        for name in self.lists:
            self.options(self.lists, name)
        for name, texts in (self.content.get("tables") or {}).items():
            due = {language for language in translations() if isinstance(texts, Mapping) and str(texts.get(language) or "").strip()}
            if not isinstance(texts, Mapping) or due != set(texts) or due != set(translations()):
                text = _("“{key}” needs its text in each other language, after its English as the key: {languages}.")
                languages = "{" + ", ".join(f"{language}: ..." for language in translations()) + "}"
                self.check.fault(self.content["tables"], name, text, key=name, languages=languages)
        entries = self.content["exercises"]
        if not isinstance(entries, list) or not entries:
            self.check.fault(self.content, "exercises", _("“exercises” should be a list: each begins with “- id: ...”."))
            return
        for place, entry in enumerate(entries):
            if not isinstance(entry, Mapping) or "id" not in entry:
                self.check.fault(entries, place, _("Exercise {n} should begin with “- id: ...”."), n=place + 1)
            else:
                self.entry(entries, place, entry)

    # -- texts -------------------------------------------------------------------------------------------------------

    def text(self, where: Any, key: Any) -> bool:
        """A text in all languages with the same names in braces."""
        if not self.check.both(where, key):
            return False
        names: dict[str, set[str]] = {}
        for language in LANGUAGES:
            try:
                names[language] = placeholders(where[key][language])
            except ValueError:
                self.check.fault(where[key], language, _("A brace stands alone in this text; write {{ and }} for braces that are to be seen."))
                return False
        for language in translations():
            if names[language] != names["en"]:
                differ = ", ".join(sorted("{" + name + "}" for name in names[language] ^ names["en"]))
                self.check.fault(where[key], language, _("The languages do not use the same names in braces: {differ}."), differ=differ)
                return False
        return True

    def named(self, where: Any, key: Any, own: Mapping[str, Any]) -> None:
        """A text, or the name of one."""
        if not isinstance(where[key], str):
            self.text(where, key)
        elif where[key] not in own and where[key] not in self.texts:
            self.check.fault(where, key, _("There is no text of the name “{name}” under “texts”."), name=where[key])

    def options(self, where: Any, key: Any) -> list[str]:
        """The values of a list of options; empty if it is no such list."""
        given = where[key]
        if not isinstance(given, Mapping) or is_text(given) or len(given) < 2:
            self.check.fault(where, key, _("“{key}” should be two options or more, each with its text in both languages."), key=key)
            return []
        for value in given:
            self.text(given, value)
        return [str(value) for value in given]

    # -- exercises ---------------------------------------------------------------------------------------------------

    def entry(self, entries: Any, place: int, entry: Mapping[str, Any]) -> None:
        check, id = self.check, str(entry["id"])
        play = "roleplay" in entry
        required = ("points",) if play else ("points", "title", "hints", "praise")
        if not check.mapping(entries, place, entry, required=required, optional=_ENTRY, called=id):
            return
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id):
            text = _("The id “{name}” should be small letters, digits and hyphens, such as who-decides.")
            check.fault(entry, "id", text, name=id)
        if id in self.asked:
            check.fault(entry, "id", _("The id “{name}” stands twice; each exercise needs its own."), name=id)
        self.asked.add(id)
        points = entry["points"]
        if isinstance(points, bool) or not isinstance(points, int | float) or points <= 0:
            check.fault(entry, "points", _("“points” should be a number above 0, not “{value}”."), value=points)
        if not isinstance(entry.get("decides", False), bool):
            check.fault(entry, "decides", _("“decides” should be true or false, not “{value}”."), value=entry["decides"])
        for key in ("title", "praise", "intro", "ask"):
            if key in entry:
                self.text(entry, key)
        for key in ("title", "praise"):
            shown = entry.get(key)
            for name in sorted(_safe(str(shown.get(next(iter(LANGUAGES)), ""))) if isinstance(shown, Mapping) else ()):
                check.fault(entry, key, _("“{key}” is shown as it is; nothing fills {{{name}}} there."), key=key, name=name)
        hints = entry.get("hints", [])
        if not isinstance(hints, list) or (not hints and not play):
            check.fault(entry, "hints", _("“hints” should be a list of one or more, each beginning with a hyphen."))
        else:
            for number in range(len(hints)):
                self.hint(hints, number)
        own = entry.get("texts") or {}
        if not isinstance(own, Mapping):
            check.fault(entry, "texts", _("“{key}” should have entries of its own, indented below it."), key="texts")
            own = {}
        for name in own:
            self.text(own, name)
        keys: set[str] = set()
        for part in self.parts(entry):
            self.part(part, own, keys)

    def hint(self, hints: Any, number: int) -> None:
        if not is_text(hints[number]):
            self.check.fault(hints, number, _("A hint needs its text in each language, en: ... and zh: ..., after its hyphen."))
            return
        for language in LANGUAGES:
            text = hints[number].get(language)
            if not isinstance(text, str) or not text.strip():
                self.check.fault(hints, number, _("“{key}” has no text for language “{language}”."), key="hints", language=language)

    def parts(self, entry: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        given = entry.get("parts")
        if given is None:
            yield from exercise_file.parts(entry)
            return
        if not isinstance(given, list) or any(key in entry for key in PART):
            self.check.fault(entry, "parts", _("“parts” should be a list, and what belongs to a part should stand in it: {keys}."), keys=", ".join(PART))
            return
        for number, part in enumerate(given):
            if self.check.mapping(given, number, part, required=(), optional=PART, called=tr(_("part {n}"), n=number + 1)):
                yield part

    def part(self, part: Mapping[str, Any], own: Mapping[str, Any], keys: set[str]) -> None:
        check = self.check
        if ("each" in part) == ("fields" in part):
            check.fault(part, None, _("A part needs either “each”, the field of every row, or “fields”, several by name."))
            return
        holder = "each" if "each" in part else "fields"
        specs = part[holder]
        if not isinstance(specs, Mapping) or (holder == "fields" and not all(isinstance(one, Mapping) for one in specs.values())):
            check.fault(part, holder, _("“{key}” should have entries of its own, indented below it."), key=holder)
            return
        if "ask" in part:
            self.text(part, "ask")
        rows = part.get("rows", [{}])
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows) or not rows:
            check.fault(part, "rows", _("“rows” should be a list, each beginning with “- key: ...”."))
            return
        if "rows" not in part and holder == "each":
            check.fault(part, "each", _("“each” is the field of every row: there are no rows. Use “fields” for a single line."))
            return
        fields = {name: self.field(part if not name else specs, name or "each", spec, own) for name, spec in fields_of(part)}
        more = part.get("more", [])
        if not isinstance(more, list) or not all(isinstance(row, Mapping) for row in more) or (more and "rows" not in part):
            check.fault(part, "more", _("“more” should be a list of further rows like those under “rows”."))
            return
        for given in (rows, more):
            for number, row in enumerate(given):
                self.row(given, number, row, part, fields, own, keys)

    # -- fields ------------------------------------------------------------------------------------------------------

    def field(self, where: Any, key: str, spec: Mapping[str, Any], own: Mapping[str, Any]) -> list[str] | None:
        """The values that a field may have; ``None`` for numbers and for what Python gives."""
        check, kind = self.check, kind_of(spec)
        own_line = () if key == "each" else ("ask", "quote")
        check.mapping(where, key, spec, required=(), optional=(*_EVERY_FIELD, *own_line, *_FIELD[kind]))
        for name in ("label", "unit", "title", "ask"):
            if name in spec:
                self.text(spec, name)
        values: list[str] | None = None
        if kind in ("choice", "order", "bars"):
            values = self.values(spec, {"choice": "options", "order": "items", "bars": "bars"}[kind])
        elif kind == "line":
            self.line(spec)
        elif kind == "cells":
            rows, columns = self.values(spec, "rows"), self.values(spec, "columns")
            values = [f"{row}.{column}" for row in rows for column in columns] if rows and columns else None
        for name in ("within", "weight"):
            if name in spec:
                check.number(spec, name, least=0)
        if kind == "slider":
            self.slider(spec)
        for name, known in (("style", ("dropdown", "radio")), ("credit", ("pairs", "all"))):
            if name in spec and spec[name] not in known:
                check.fault(spec, name, _("“{key}” should be one of {names}."), key=name, names=", ".join(known))
        if "wrong" in spec:
            self.wrong(spec, "wrong", own)
        if "right" in spec:
            self.right(spec, "right", kind, values)
        return values

    def slider(self, spec: Mapping[str, Any]) -> None:
        """From a number to a larger one in steps, beginning between them; what is not there comes from Python."""
        sound = [name for name in ("minimum", "maximum", "step", "start") if name in spec and self.check.number(spec, name)]
        if len(sound) == 4 and not (spec["minimum"] < spec["maximum"] and spec["step"] > 0 and spec["minimum"] <= spec["start"] <= spec["maximum"]):
            text = _("A slider goes from “minimum” up to “maximum” in steps above 0, and its “start” lies between them.")
            self.check.fault(spec, "minimum", text)

    def line(self, spec: Mapping[str, Any]) -> None:
        """What is looked for in a typed line is a list of criteria that there are, and its models are texts."""
        given = spec["line"]
        if not isinstance(given, list) or not given:
            self.check.fault(spec, "line", _("“line” should be a list of what is looked for: names of criteria.yml."))
            return
        models = spec.get("models", [])
        if not isinstance(models, list):
            self.check.fault(spec, "models", _("“{key}” should be a list of texts, each beginning with a hyphen."), key="models")
            return
        for at in range(len(models)):
            self.hint(models, at)

    def values(self, spec: Mapping[str, Any], key: str) -> list[str] | None:
        """The values of a list that stands in the field or has a name; ``None`` for one that Python gives."""
        if key not in spec or (key in ("bars", "items") and spec[key] is True):
            return None
        if not isinstance(spec[key], str):
            return self.options(spec, key)
        known = self.lists.get(spec[key])
        return [str(value) for value in known] if isinstance(known, Mapping) else None

    def right(self, where: Any, key: Any, kind: str, values: list[str] | None) -> None:
        right = where[key]
        if kind in _NUMERIC:
            if isinstance(right, bool) or not isinstance(right, int | float):
                self.check.fault(where, key, _("“{key}” should be a number, not “{value}”."), key=key, value=right)
        elif kind == "order":
            if values and (not isinstance(right, list) or sorted(map(str, right)) != sorted(values)):
                self.check.fault(where, key, _("The right order should hold each of these once: {values}."), values=", ".join(values))
        elif values is not None and str(right) not in values:
            self.check.fault(where, key, _("What is right, “{value}”, is none of the options: {values}."), value=right, values=", ".join(values))

    def wrong(self, where: Any, key: Any, own: Mapping[str, Any]) -> None:
        says = where[key]
        if isinstance(says, str) or is_text(says):
            self.named(where, key, own)
            return
        if not isinstance(says, Mapping):
            self.check.fault(where, key, _("“{key}” should be a sentence in both languages, or one for each option."), key=key)
            return
        for name in says:
            self.named(says, name, own)

    def row(
        self,
        rows: Any,
        number: int,
        row: Mapping[str, Any],
        part: Mapping[str, Any],
        fields: Mapping[str, list[str] | None],
        own: Mapping[str, Any],
        keys: set[str],
    ) -> None:
        check = self.check
        if "rows" in part and "key" not in row:
            check.fault(rows, number, _("Row {n} lacks “key”, its name."), n=number + 1)
            return
        ask = row.get("ask", part.get("ask"))
        first = next(fields_of(part), ("", {}))[1]
        if ask is None and "ask" not in first:
            check.fault(row if row else part, None, _("Nothing is asked here: “ask” is missing."))
            return
        if "ask" in row:
            self.text(row, "ask")
        self.words(row, ask, part, own)
        for name, spec in fields_of(part):
            key = exercise_file.field_key(part, row, name)
            if key in keys:
                check.fault(row or part, "key", _("The field “{key}” stands twice."), key=key)
            keys.add(key)
            kind, values = kind_of(spec), fields[name]
            for what in ("right", "wrong"):
                if of_field(row, what, name) is None:
                    continue
                where, at = (row, what) if not name else (row[what], name)
                if what == "right":
                    self.right(where, at, kind, values)
                else:
                    self.wrong(where, at, own)
            weight = of_field(row, "weight", name)
            if weight is not None and not isinstance(weight, Mapping):
                check.number(row if not name else row["weight"], name or "weight", least=0)
            self.all_answered(row or part, row, spec, name, values)
        for what in SAID:
            found = row.get(what)
            if "fields" in part and isinstance(found, Mapping) and not is_text(found):
                for name in found:
                    if str(name) not in part["fields"]:
                        text = _("There is no field “{name}” in this row; there are {fields}.")
                        check.fault(found, name, text, name=name, fields=", ".join(map(str, part["fields"])))

    def all_answered(
        self, where: Any, row: Mapping[str, Any], spec: Mapping[str, Any], name: str, values: list[str] | None
    ) -> None:
        """Each wrong option has a sentence, where the file says what is right."""
        right = of_field(row, "right", name)
        right = spec.get("right") if right is None else right
        if right is None or not values:
            return
        said: set[str] = set()
        for level in (of_field(row, "wrong", name), spec.get("wrong")):
            if isinstance(level, str) or is_text(level):
                return
            said |= {str(one) for one in (level if isinstance(level, Mapping) else ())}
        if "else" in said:
            return
        due = [str(one) for one in right[1:]] if isinstance(right, list) else [one for one in values if one != str(right)]
        missing = [one for one in due if one not in said]
        if missing:
            self.check.fault(where, "wrong" if "wrong" in where else None, _("There is no sentence for {missing}: add it under “wrong”, or “else” for all others."), missing=", ".join(missing))

    def words(self, row: Mapping[str, Any], ask: Any, part: Mapping[str, Any], own: Mapping[str, Any]) -> None:
        """The further entries of a row are texts, and are used."""
        used: set[str] = set()
        for text in english([ask, part, row], {**self.texts, **own}):
            used |= _safe(text)
        for name in row:
            if name in exercise_file.ROW:
                continue
            if str(name) not in used:
                near = difflib.get_close_matches(str(name), [*exercise_file.ROW, *used], n=1)
                hint = tr(_("Did you mean “{near}”?"), near=near[0]) if near else ""
                text = _("“{name}” is not known here: no text of this part uses {{{name}}}. {hint} Keys of a row: {keys}.")
                self.check.fault(row, name, text, name=name, hint=hint, keys=", ".join(exercise_file.ROW))
            else:
                self.text(row, name)


def _safe(text: str) -> set[str]:
    try:
        return placeholders(text)
    except ValueError:
        return set()


def english(content: Any, names: Mapping[str, Any]) -> Iterator[str]:
    """All English texts below, those that stand for a name among them."""
    if isinstance(content, Mapping):
        if is_text(content):
            yield str(content.get("en", ""))
            return
        for key, value in content.items():
            if key not in ("rows", "more"):
                yield from english(value, names)
    elif isinstance(content, list):
        for value in content:
            yield from english(value, names)
    elif isinstance(content, str) and content in names:
        yield from english(names[content], {})
