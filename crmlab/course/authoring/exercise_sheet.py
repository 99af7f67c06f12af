"""Exercises as a workbook: one sheet, both languages side by side, for those that need no more than a few kinds.

An exercise is a few rows. The first is its part ``exercise`` and says ``id``, ``kind``, ``points`` and its title; the rows below are its
other parts, each with the same id or none::

    ask        what is asked; of a number also number, within (by how much it may be off) and why (said of any other number)
    option     of one and several: text, right (yes where it is right) and why (said to who has it wrong)
    group      of classify: name, text
    item       of classify: text, group (the name of the right one), why; of order, in the right order: text, why
    unit       of a number: text
    hint       text; one or more
    praise     text, said when all is right

Kinds: ``one`` (of several options one is right), ``several`` (each option is right or not), ``classify`` (each item into a group),
``order``, ``number``. :func:`read` gives the same content as a YAML file would (:mod:`crmlab.course.exercise_file`), each entry knowing
its cell; :func:`workbook` writes examples. Other sheets, empty rows and columns whose heading begins with # are left alone.
"""

from __future__ import annotations

import difflib
import hashlib
import io
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from crmlab.course import exercise_check, exercise_numbers, fillable
from crmlab.course.roleplay.sheet import Reader, Record, Records, in_each, opened, table_of
from crmlab.course.yamlfile import Cell, Checker, Fault, shortened
from crmlab.language import LANGUAGES, _, listed, speaking, tr
from crmlab.spreadsheets import write_text

SUFFIXES = (".xlsx", ".xlsm")
SHEET = "exercises"
KINDS = ("one", "several", "classify", "order", "number")
PARTS = ("exercise", "ask", "option", "group", "item", "unit", "hint", "praise")
COLUMNS = ("id", "kind", "points", "part", "right", "group", "number", "within", *in_each("text"), *in_each("why"))
"""The headings."""
_MAY_LACK = {"right", "group", "number", "within"}
_OF_KIND = {
    "one": ("option",),
    "several": ("option",),
    "classify": ("group", "item"),
    "order": ("item",),
    "number": ("unit",),
}
"""The parts that a kind has beside those of all."""
_NEEDED = {
    "one": {"option": 2},
    "several": {"option": 2},
    "classify": {"group": 2, "item": 2},
    "order": {"item": 3},
    "number": {},
}
_YES = {"yes", "y", "true", "x", "1", "是", "对", "正确", "√", "✓", "✔"}
_NO = {"", "no", "n", "false", "0", "否", "错", "错误", "×", "✗"}
_ANSWERS = {"yes": _("right"), "no": _("not right")}


def read(path: Path) -> tuple[dict[str, Any], list[Fault]]:
    """The content of a workbook, like :func:`crmlab.course.exercise_check.read`, and all that is wrong with it.

    Each fault names sheet, row and column. Never raises for what is in the file; raises ``OSError`` if the file cannot be
    opened.
    """
    book, said = opened(path)
    if said:
        return {}, [Fault(path.name, 0, said)]
    reader = _Reader(path.name)
    content = reader.content(book)
    check = Checker(path.name)
    if content is not None and not reader.faults:
        exercise_check.look(check, content)
        if not check.faults:
            exercise_numbers.alone(check, content)
    found = sorted({*reader.faults, *check.faults})
    return ({} if found or content is None else exercise_check.resolved(content)), found


class _Reader(Reader):
    """Reads one workbook and notes what is wrong with its cells."""

    def content(self, book: Any) -> Record | None:
        if (sheet := self.sheet(book, SHEET, alone=True)) is None:
            return None
        rows, faults = table_of(sheet, self.file, COLUMNS, _MAY_LACK)
        self.faults += faults
        if rows is None:
            return None
        whole = Cell(1, sheet=sheet.title)
        content, exercises = Record(whole), Records(whole)
        group: list[Any] = []
        for row in rows:
            part = row.word("part").lower() or ("exercise" if row.has("kind") else "")
            if part not in PARTS:
                near = difflib.get_close_matches(part, PARTS, n=1, cutoff=0.5)
                text = _("“{part}” is no part of an exercise. Did you mean “{near}”?") if near else _("“part” should be one of {parts}, not “{part}”.")
                self.fault(row.cell("part"), text, parts=listed(PARTS), part=part, near=near[0] if near else "")
            elif part == "exercise":
                self._finish(exercises, group)
                group = [row]
            elif not group or row.word("id") not in ("", group[0].word("id")):
                text = _("This row belongs to no exercise: the row “exercise” with the id “{name}” should stand above it.")
                self.fault(row.cell("id"), text, name=row.word("id"))
            else:
                group.append(row)
        self._finish(exercises, group)
        if not exercises and not self.faults:
            self.fault(whole, _("The sheet holds no exercise."))
        content.put("exercises", exercises, whole)
        return content

    # -- an exercise -------------------------------------------------------------------------------------------------

    def _finish(self, exercises: Records, rows: list[Any]) -> None:
        """Take in the exercise that these rows are, the first of them its head."""
        if not rows:
            return
        head, others = rows[0], rows[1:]
        kind = head.word("kind").lower()
        if kind not in KINDS:
            near = difflib.get_close_matches(kind, KINDS, n=1, cutoff=0.5)
            text = _("“kind” should be one of {kinds}, not “{kind}”.")
            hint = " " + tr(_("Did you mean “{near}”?"), near=near[0]) if near else ""
            self.faults.append(Fault(self.file, head.at.row, tr(text, kinds=listed(KINDS), kind=shortened(kind)) + hint, head.cell("kind")))
            return
        parts: dict[str, list[Any]] = {name: [] for name in PARTS}
        for row in others:
            name = row.word("part").lower()
            if name not in ("ask", "hint", "praise", *_OF_KIND[kind]):
                text = _("An exercise of the kind “{kind}” has no part “{part}”; it has {parts}.")
                self.fault(row.cell("part"), text, kind=kind, part=name, parts=listed(("ask", *_OF_KIND[kind], "hint", "praise")))
            parts[name].append(row)
        for name in ("ask", "praise", "unit"):
            for row in parts[name][1:]:
                self.fault(row.cell("part"), _("The part “{part}” stands twice in this exercise."), part=name)
        for name, least in {"ask": 1, "hint": 1, "praise": 1, **_NEEDED[kind]}.items():
            if len(parts[name]) < least:
                text = _("This exercise needs {n} or more rows “{part}”; it has {there}.")
                self.fault(head.at, text, n=least, part=name, there=len(parts[name]))
        before = len(self.faults)
        if any(fault.line == head.at.row or fault.line in [row.at.row for row in others] for fault in self.faults):
            return
        entry = Record(head.at)
        entry.put("id", head.word("id"), head.cell("id"))
        entry.put("points", _number(head.values.get("points", "")), head.cell("points"))
        entry.put("title", self._text(head), head.cell("text_en"))
        hints = Records(parts["hint"][0].at)
        for row in parts["hint"]:
            hints.put(self._text(row), row.cell("text_en"))
        entry.put("hints", hints, hints.places[None])
        entry.put("praise", self._text(parts["praise"][0]), parts["praise"][0].cell("text_en"))
        _KINDS[kind](self, entry, parts)
        if len(self.faults) == before:
            exercises.put(entry, head.at)

    def _one(self, entry: Record, parts: Mapping[str, list[Any]]) -> None:
        field, options, wrong = Record(parts["ask"][0].at), *(Record(parts["option"][0].at) for _ in range(2))
        right = []
        for place, row in enumerate(parts["option"], 1):
            options.put(f"o{place}", self._text(row, escaped=True), row.cell("text_en"))
            if self._yes(row):
                right.append(f"o{place}")
            else:
                wrong.put(f"o{place}", self._why(row), row.cell("why_en"))
        if len(right) != 1:
            text = _("{right} options are marked right; an exercise of the kind “one” needs exactly one.")
            self.fault(parts["option"][0].cell("right"), text, right=len(right))
        field.put("options", options, options.places[None])
        field.put("style", "radio", options.places[None])
        field.put("right", "".join(right), parts["option"][0].cell("right"))
        field.put("wrong", wrong, wrong.places[None])
        self._single(entry, parts, "answer", field)

    def _several(self, entry: Record, parts: Mapping[str, list[Any]]) -> None:
        answers = {value: everywhere(text) for value, text in _ANSWERS.items()}
        rows = Records(parts["option"][0].at)
        for place, row in enumerate(parts["option"], 1):
            rows.put(self._row(row, f"o{place}", "yes" if self._yes(row) else "no", row.cell("right")), row.at)
        self._each(entry, parts, answers, rows)

    def _classify(self, entry: Record, parts: Mapping[str, list[Any]]) -> None:
        groups = Record(parts["group"][0].at)
        for row in parts["group"]:
            name = row.word("group")
            if not name or name in groups:
                text = _("The group “{name}” stands twice.") if name else _("The name of the group is missing: write one in the column “group”.")
                self.fault(row.cell("group"), text, name=name)
                continue
            groups.put(name, self._text(row, escaped=True), row.cell("text_en"))
        rows = Records(parts["item"][0].at)
        for place, row in enumerate(parts["item"], 1):
            name = row.word("group")
            if name not in groups:
                near = difflib.get_close_matches(name, list(groups), n=1)
                hint = tr(_("Did you mean “{near}”?"), near=near[0]) if near else tr(_("There are {known}."), known=listed(groups))
                self.fault(row.cell("group"), _("There is no group “{name}” in this exercise. {hint}"), name=name, hint=hint)
            rows.put(self._row(row, f"i{place}", name, row.cell("group")), row.at)
        self._each(entry, parts, groups, rows)

    def _order(self, entry: Record, parts: Mapping[str, list[Any]]) -> None:
        names = [f"i{place}" for place in range(1, len(parts["item"]) + 1)]
        rows = dict(zip(names, parts["item"], strict=True))
        shown = sorted(names, key=lambda name: hashlib.sha256(f"{entry['id']} {name}".encode()).digest())
        at = parts["item"][0].at
        items, wrong = Record(at), Record(at)
        for name in shown if shown != names else names[::-1]:  # as first shown, it must not be right
            items.put(name, self._text(rows[name], escaped=True), rows[name].cell("text_en"))
            wrong.put(name, self._why(rows[name]), rows[name].cell("why_en"))
        field = Record(parts["ask"][0].at)
        field.put("items", items, at)
        field.put("right", names, at)
        field.put("wrong", wrong, at)
        self._single(entry, parts, "order", field)

    def _number(self, entry: Record, parts: Mapping[str, list[Any]]) -> None:
        ask = parts["ask"][0]
        field = Record(ask.at)
        field.put("number", True, ask.at)
        field.put("right", _number(ask.values.get("number", "")), ask.cell("number"))
        field.put("within", _number(ask.values.get("within", 0)), ask.cell("within"))
        if parts["unit"]:
            field.put("unit", self._text(parts["unit"][0], escaped=True), parts["unit"][0].cell("text_en"))
        field.put("wrong", self._why(ask), ask.cell("why_en"))
        if not isinstance(field["right"], int | float) or isinstance(field["right"], bool):
            self.fault(ask.cell("number"), _("The right number is missing here, or is none: “{value}”."), value=field["right"])
        self._single(entry, parts, "n", field)

    # -- pieces ------------------------------------------------------------------------------------------------------

    def _single(self, entry: Record, parts: Mapping[str, list[Any]], name: str, field: Record) -> None:
        ask = parts["ask"][0]
        fields = Record(ask.at)
        fields.put(name, field, ask.at)
        entry.put("ask", self._text(ask, escaped=True), ask.cell("text_en"))
        entry.put("fields", fields, ask.at)

    def _each(self, entry: Record, parts: Mapping[str, list[Any]], options: Mapping[str, Any], rows: Records) -> None:
        ask = parts["ask"][0]
        each = Record(ask.at)
        each.put("options", options, ask.at)
        entry.put("intro", self._text(ask, escaped=True), ask.cell("text_en"))
        asked = Record(ask.at)
        for language in LANGUAGES:
            asked.put(language, "{said}", ask.cell("text_en"))
        entry.put("ask", asked, ask.at)
        entry.put("each", each, ask.at)
        entry.put("rows", rows, rows.places[None])

    def _row(self, row: Any, key: str, right: str, at: Cell) -> Record:
        made = Record(row.at)
        made.put("key", key, row.at)
        made.put("said", self._text(row), row.cell("text_en"))
        made.put("right", right, at)
        made.put("wrong", self._why(row), row.cell("why_en"))
        return made

    def _yes(self, row: Any) -> bool:
        word = row.word("right").lower()
        if word not in _YES | _NO:
            self.fault(row.cell("right"), _("“right” should be yes or no, not “{value}”."), value=word)
        return word in _YES

    def _why(self, row: Any) -> Record:
        return self._text(row, "why", escaped=True)

    def _text(self, row: Any, heading: str = "text", escaped: bool = False) -> Record:
        """A text in every language; ``escaped``, so that braces are braces where YAML files have names in them."""
        texts: Record = row.texts(in_each(heading))
        for language, name in zip(LANGUAGES, in_each(heading), strict=True):
            if not texts[language].strip():
                self.fault(row.cell(name), _("The text is missing here."))
        if escaped and "{" in texts["en"]:
            for language in LANGUAGES:
                texts[language] = texts[language].replace("{", "{{").replace("}", "}}")
        return texts


_KINDS: Mapping[str, Callable[[_Reader, Record, Mapping[str, list[Any]]], None]] = {
    "one": _Reader._one,
    "several": _Reader._several,
    "classify": _Reader._classify,
    "order": _Reader._order,
    "number": _Reader._number,
}


def everywhere(text: str) -> dict[str, str]:
    """A text of the package in every language, as files have it."""
    found = {}
    for language in LANGUAGES:
        with speaking(language):
            found[language] = tr(text)
    return found


def _number(value: Any) -> Any:
    """A number, also one that was typed as text; else the value as it is, for the check to name.

    >>> _number(" 2.5 "), _number("−3"), _number("many")
    (2.5, -3, 'many')
    """
    if not isinstance(value, str):
        return value
    plain = value.strip().replace("−", "-").removeprefix("+")
    digits = plain.removeprefix("-")
    if len(plain) < 20 and digits.isascii() and digits.replace(".", "", 1).isdigit():
        return float(plain) if "." in plain else int(plain)
    return value


# -- writing -----------------------------------------------------------------------------------------------------------

_EXAMPLES: tuple[tuple[Any, ...], ...] = (
    # id, kind, points, part, right, group, number, within, text, why
    ("example-one", "one", 2, "exercise", "", "", None, None, _("The first sentence"), ""),
    ("", "", None, "ask", "", "", None, None, _("A customer calls: “Your driver was late again!” What do you say first?"), ""),
    ("", "", None, "option", "yes", "", None, None, _("Thank you for calling me. Tell me what happened."), ""),
    ("", "", None, "option", "", "", None, None, _("That was not our fault: the road was closed."), _("You explain before you have listened.")),
    ("", "", None, "hint", "", "", None, None, _("What does the customer want to feel before anything else?"), ""),
    ("", "", None, "praise", "", "", None, None, _("Yes: first listen."), ""),
    ("example-several", "several", 2, "exercise", "", "", None, None, _("What belongs into a complaint note?"), ""),
    ("", "", None, "ask", "", "", None, None, _("Say of each whether it belongs there."), ""),
    ("", "", None, "option", "yes", "", None, None, _("what was promised, and by when"), _("Without the promise nobody can keep it.")),
    ("", "", None, "option", "no", "", None, None, _("what you think of the customer"), _("The note may be read by the customer one day.")),
    ("", "", None, "hint", "", "", None, None, _("Who reads the note tomorrow?"), ""),
    ("", "", None, "praise", "", "", None, None, _("All right: facts and promises."), ""),
    ("example-classify", "classify", 2, "exercise", "", "", None, None, _("Whose turn is it?"), ""),
    ("", "", None, "ask", "", "", None, None, _("Who acts next in each case?"), ""),
    ("", "", None, "group", "", "sales", None, None, _("the sales team"), ""),
    ("", "", None, "group", "", "service", None, None, _("the service team"), ""),
    ("", "", None, "item", "", "service", None, None, _("A scanner does not start."), _("A device that fails is a matter for service.")),
    ("", "", None, "item", "", "sales", None, None, _("A customer asks for a second scanner."), _("An order is a matter for sales.")),
    ("", "", None, "hint", "", "", None, None, _("Is something broken, or wanted?"), ""),
    ("", "", None, "praise", "", "", None, None, _("All in the right hands."), ""),
    ("example-order", "order", 3, "exercise", "", "", None, None, _("In which order?"), ""),
    ("", "", None, "ask", "", "", None, None, _("Put the steps of a call into order."), ""),
    ("", "", None, "item", "", "", None, None, _("greet, and say who you are"), _("Nobody listens to a voice without a name.")),
    ("", "", None, "item", "", "", None, None, _("ask whether it is a good moment"), _("Ask before you take somebody's time.")),
    ("", "", None, "item", "", "", None, None, _("say why you call"), _("The reason comes when they have time for it.")),
    ("", "", None, "hint", "", "", None, None, _("What would you want to know first if you were called?"), ""),
    ("", "", None, "praise", "", "", None, None, _("A call that one likes to take."), ""),
    ("example-number", "number", 1, "exercise", "", "", None, None, _("How many calls?"), ""),
    ("", "", None, "ask", "", "", 20, 0.5, _("Of five calls one becomes a visit. How many calls for four visits?"), _("Five calls for each visit, and four visits.")),
    ("", "", None, "unit", "", "", None, None, _("calls"), ""),
    ("", "", None, "hint", "", "", None, None, _("How many calls for one visit?"), ""),
    ("", "", None, "praise", "", "", None, None, _("Right: 4 × 5."), ""),
)

_HOW = (
    _("An exercise is a few rows of the sheet “exercises”: first the row “exercise” with its title, then its other parts. All have the same id; an empty id is that of the row above."),
    _("id: a name in small letters, digits and hyphens, such as who-decides. points: what it is worth."),
    _("Every exercise has a row “ask” (what is asked), a row “hint” or more, and a row “praise”, said when all is right."),
    _("one: two rows “option” or more, one of them right; why is said to who chose a wrong one."),
    _("several: rows “option”, each right yes or no; why is said to who judged it wrongly."),
    _("classify: rows “group”, each with a name in the column group; rows “item”, each with the name of the right group, and why."),
    _("order: three rows “item” or more in the right order; they are shuffled when shown. why is said of one that stands wrongly."),
    _("number: in the row “ask” number, and in within by how much an answer may be off; why is said of any other number; a row “unit” if there is one."),
    _("Every text stands in both languages, in the columns that end in _en and _zh."),
    _("A column whose heading begins with # is yours: it is not read. Other sheets are not read either."),
    _("Save, then check it: crmlab exercises check FILE.xlsx."),
)


def workbook() -> bytes:
    """A workbook with an exercise of each kind, and a sheet that explains them."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, PatternFill

    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    widths = {heading: 44 if heading.startswith(("text", "why")) else 18 if heading == "id" else 10 for heading in COLUMNS}
    fillable.headings(sheet, widths, ("points", "number", "within"))
    top, band = Alignment(wrap_text=True, vertical="top"), PatternFill("solid", fgColor="FFF2F5F9")
    for row, values in enumerate(_rows(), 2):
        for column, value in enumerate(values, 1):
            if value in (None, ""):
                continue
            cell = sheet.cell(row, column)
            if isinstance(value, str):
                cell.number_format = "@"
                write_text(cell, value)
            else:
                cell.value = value
            cell.alignment = top
            if values[3] == "exercise":
                cell.fill = band
    sheet.freeze_panes = "E2"
    for heading, choices in (("kind", KINDS), ("part", PARTS), ("right", ("yes", "no"))):
        fillable.offer(sheet, COLUMNS.index(heading) + 1, f'"{",".join(choices)}"', 2, 400)
    fillable.explain(book.create_sheet("how to"), _("How to write exercises"), lambda: map(tr, _HOW))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _rows() -> Iterable[list[Any]]:
    for *plain, text, why in _EXAMPLES:
        both = []
        for said in (text, why):
            for language in LANGUAGES:
                with speaking(language):
                    both.append(tr(said))
        yield [*plain, *both]
