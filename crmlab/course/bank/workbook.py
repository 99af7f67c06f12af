"""Questions as a workbook: one sheet, both languages side by side, so that an instructor edits them in Excel.

A question is a few rows. The first says ``id``, ``kind`` and ``difficulty`` and has the part ``ask``; the rows below it are its
other parts, each with the same id or none::

    ask        what is asked; true_false: right, why, why_not; number: number, tolerance, why; order: why
    story      of a case: what is told before
    option     text, why; right: yes where it is right
    unit       of a number: text
    mistake    of a number: a typical wrong number, its tolerance if it has one, why
    otherwise  of a number: text, said for any other number
    item       to be ordered, in the right order: text, why
    pair       text and match belong together; why, why_not

:func:`read` gives the same content as a YAML file would, each entry knowing its cell; :func:`workbook` writes one. Other sheets,
empty rows and columns whose heading begins with # are left alone.
"""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from crmlab.course import fillable
from crmlab.course.bank import files
from crmlab.course.roleplay.sheet import Reader, Record, Records, in_each, opened, table_of
from crmlab.course.yamlfile import Cell, Checker, Fault, fill, shortened
from crmlab.language import LANGUAGES, _, listed, size, tr
from crmlab.spreadsheets import MOST_CHARACTERS, write_text

SUFFIXES = (".xlsx", ".xlsm")
SHEET = "questions"
PARTS = ("ask", "story", "option", "unit", "mistake", "otherwise", "item", "pair")
COLUMNS = ("id", "kind", "difficulty", "part", "right", "number", "tolerance", *in_each("text"), *in_each("match"), *in_each("why"), *in_each("why_not"))
"""The headings."""

_TEXTS = ("text", "match", "why", "why_not")
_LISTS = {"option": "options", "mistake": "mistakes", "item": "items", "pair": "pairs"}
_MAY_LACK = {"right", "number", "tolerance", *in_each("match"), *in_each("why_not")}
# What a part may say beside its text: where that goes.
_ENTRIES = {
    "ask": {"text": "ask", "right": "right", "number": "right", "tolerance": "tolerance", "why": "why", "why_not": "why_not"},
    "story": {"text": "story"},
    "option": {"text": "text", "right": "right", "why": "why"},
    "unit": {"text": "unit"},
    "mistake": {"number": "answer", "tolerance": "tolerance", "why": "why"},
    "otherwise": {"text": "otherwise"},
    "item": {"text": "text", "why": "why"},
    "pair": {"text": "left", "match": "right", "why": "why", "why_not": "why_not"},
}
_YES = {"yes", "y", "true", "x", "1", "是", "对", "正确", "√", "✓", "✔"}
_NO = {"no", "n", "false", "0", "否", "错", "错误", "×", "✗"}
_MOST_ROWS = 20_000
_WIDE = 42
"""Half-widths of a column of texts."""


# -- reading -----------------------------------------------------------------------------------------------------------


def read(path: Path) -> tuple[list[Any], list[Fault]]:
    """The questions of a workbook and all that is wrong with them, like :func:`crmlab.course.bank.files.read`.

    Each fault names sheet, row and column. Never raises for what is in the file; raises ``OSError`` if the file cannot be
    opened.
    """
    content, faults = content_of(path)
    if content is None:
        return [], faults
    faults += files.check(content, Checker(path.name))
    return ([] if faults else list(content)), sorted(set(faults))


def content_of(path: Path) -> tuple[Any, list[Fault]]:
    """What a workbook holds, each entry with its cell, before the questions themselves are checked; ``None`` where sheet or
    headings are missing. Raises ``OSError`` if the file cannot be opened."""
    book, said = opened(path)
    if said:
        return None, [Fault(path.name, 0, said)]
    reader = _Reader(path.name)
    return reader.content(book), reader.faults


class _Reader(Reader):
    """Reads one workbook and notes what is wrong with its cells."""

    def content(self, book: Any) -> Records | None:
        if (sheet := self.sheet(book, SHEET, alone=True)) is None:
            return None
        rows, faults = table_of(sheet, self.file, COLUMNS, _MAY_LACK)
        self.faults += faults
        if rows is None:
            return None
        if len(rows) > _MOST_ROWS:
            self.fault(Cell(1, sheet=sheet.title), _("The sheet has more than {n} rows. Divide it into several files."), n=_MOST_ROWS)
            return None
        content = Records(Cell(1, sheet=sheet.title))
        question: Record | None = None
        for row in rows:
            values = {heading: value.strip() if isinstance(value, str) else value for heading, value in row.values.items()}
            question = self._row(content, question, row, values)
        return content

    # -- rows ----------------------------------------------------------------------------------------------

    def _row(self, content: Records, question: Record | None, row: Any, values: dict[str, Any]) -> Record | None:
        """Take a row in; the question that the next row belongs to if it names none."""
        name = str(values.get("id", "")).strip()
        part = str(values.get("part", "")).strip().lower() or ("ask" if "kind" in values else "")
        if part not in PARTS:
            near = difflib.get_close_matches(part, PARTS, n=1, cutoff=0.5)
            text = _("“part” should be one of {parts}, not “{part}”.") if not near else _("“{part}” is no part of a question. Did you mean “{near}”?")
            self.fault(row.cell("part"), text, parts=listed(PARTS), part=part, near=near[0] if near else "")
            return question
        if part == "ask":
            return self._ask(content, row, name, values)
        if question is None or (name and name != question["id"]):
            text = _("This row belongs to no question: the row “ask” with the id “{name}” should stand above it.")
            self.fault(row.cell("id"), text, name=name)
            return question
        for heading in ("kind", "difficulty"):
            # A copy of the first row's is harmless.
            if heading in values and values[heading] != question.get(heading):
                self.fault(row.cell(heading), _("“{key}” belongs into the row “ask” of a question."), key=heading)
        if part in _LISTS:
            entry = Record(row.at)
            self._fill(entry, part, "", row, values)
            if _LISTS[part] not in question:
                question.put(_LISTS[part], Records(row.at), row.at)
            question[_LISTS[part]].put(entry, row.at)
        elif _ENTRIES[part]["text"] in question:
            self.fault(row.cell("part"), _("The part “{part}” stands twice in this question."), part=part)
        else:
            self._fill(question, part, str(question.get("kind", "")), row, values)
        return question

    def _ask(self, content: Records, row: Any, name: str, values: dict[str, Any]) -> Record:
        question = Record(row.at)
        question.put("id", name, row.cell("id"))
        for heading in ("kind", "difficulty"):
            if heading in values:
                value = values[heading]
                whole = heading == "difficulty" and isinstance(value, str) and re.fullmatch(r"\d{1,3}", value, re.ASCII)
                question.put(heading, int(value) if whole else value.strip().lower() if isinstance(value, str) else value, row.cell(heading))
        kind = str(question.get("kind", ""))
        self._fill(question, "ask", kind, row, values)
        for key in files.lists_of(kind):  # so that what is missing is named as such
            question.put(key, Records(row.at), row.at)
        content.put(question, row.at)
        return question

    def _fill(self, entry: Record, part: str, kind: str, row: Any, values: dict[str, Any]) -> None:
        """Put what a row says into an entry; what its part does not have is a fault."""
        known = dict(_ENTRIES[part])
        if part == "ask":
            wanted = {"ask", *files.keys_of(kind)}
            known = {heading: key for heading, key in known.items() if key in wanted}
            known.pop("right" if kind == "number" else "number", None)
        for heading, key in known.items():
            if heading in _TEXTS:
                self._texts(entry, heading, key, row, values)
            elif heading in values:
                at = row.cell(heading)
                value = self._yes(at, values[heading]) if heading == "right" else self._number(at, values[heading])
                if not (heading == "right" and part == "option" and value is False):
                    entry.put(key, value, at)
        for heading in values:
            stem = re.sub(f"_({'|'.join(LANGUAGES)})$", "", heading)
            if stem not in known and heading not in ("id", "kind", "difficulty", "part") and (kind in files.KINDS or part != "ask"):
                self.fault(row.cell(heading), _("Nothing belongs here in a row “{part}”."), part=part)

    def _texts(self, entry: Record, heading: str, key: str, row: Any, values: dict[str, Any]) -> None:
        headings = in_each(heading)
        texts = Record(row.cell(headings[0]))
        for language, one in zip(LANGUAGES, headings, strict=True):
            value = values.get(one, "")
            texts.put(language, value if isinstance(value, str) else str(value), row.cell(one))
        fill(texts)
        entry.put(key, texts, row.cell(headings[0]))

    def _yes(self, at: Cell, value: Any) -> Any:
        word = str(value).strip().lower()
        if isinstance(value, bool) or word in _YES | _NO:
            return value if isinstance(value, bool) else word in _YES
        self.fault(at, _("“right” should be yes or no, not “{value}”."), value=value)
        return False

    @staticmethod
    def _number(_at: Cell, value: Any) -> Any:
        """A number, also one that was typed as text; else the value as it is, for the check to name."""
        plain = str(value).strip().replace("−", "-").removeprefix("+")
        if isinstance(value, str) and len(plain) < 20 and re.fullmatch(r"-?\d+(\.\d+)?", plain, re.ASCII):
            return float(plain) if "." in plain else int(plain)
        return value


# -- writing -----------------------------------------------------------------------------------------------------------


class Unwritable(ValueError):
    """A text that a workbook cannot hold; the message says which."""


def rows(question: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """A question as rows of the sheet, by heading.

    >>> two = {"en": "R dates it.", "zh": "R 说的是时间。"}
    >>> asked = {"id": "r", "kind": "true_false", "difficulty": 1, "ask": two, "right": True, "why": two, "why_not": two}
    >>> [row["part"] for row in rows(asked)], list(rows(asked))[0]["right"]
    (['ask'], 'yes')
    """
    number = question["kind"] == "number"
    for part in ("ask", "story", "unit", "option", "mistake", "otherwise", "item", "pair"):
        known = _ENTRIES[part]
        entries = question.get(_LISTS[part], ()) if part in _LISTS else [question] if known["text"] in question else []
        for entry in entries:
            row: dict[str, Any] = {"id": question["id"], "part": part}
            if part == "ask":
                row |= {"kind": question["kind"], "difficulty": question["difficulty"]}
            for heading, key in known.items():
                if key not in entry or (part == "ask" and heading == ("right" if number else "number")):
                    continue
                value = entry[key]
                if heading in _TEXTS:
                    row |= {name: str(value.get(language) or "") or None for language, name in zip(LANGUAGES, in_each(heading), strict=True)}
                elif heading == "right":
                    row[heading] = "yes" if value else "no" if part == "ask" else None
                else:
                    row[heading] = value
            yield row


def workbook(questions: Iterable[Mapping[str, Any]]) -> bytes:
    """Questions as an ``.xlsx`` file. Raises :class:`Unwritable` for a text that a cell cannot hold."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    texts = {one for name in _TEXTS for one in in_each(name)}
    widths = {heading: _WIDE + 2 if heading in texts else 22 if heading == "id" else 11 for heading in COLUMNS}
    fillable.headings(sheet, widths, ("difficulty", "number", "tolerance"))
    top = Alignment(wrap_text=True, vertical="top")
    place = {heading: number for number, heading in enumerate(COLUMNS, 1)}
    band, at = PatternFill("solid", fgColor="FFF2F5F9"), 1
    for question in questions:
        for row in rows(question):
            at += 1
            for heading, value in row.items():
                if value is None:
                    continue
                cell = sheet.cell(at, place[heading])
                if isinstance(value, str):
                    _write(cell, value)
                else:
                    cell.value = value
                cell.alignment = top
                if row["part"] == "ask":
                    cell.fill = band
            # As high as its longest text; programs that open the file do not all find that out by themselves.
            lines = [-(-size(value) // _WIDE) for heading, value in row.items() if isinstance(value, str) and place[heading] > place["tolerance"]]
            sheet.row_dimensions[at].height = 15.0 * max(lines, default=1)
    sheet.freeze_panes = "E2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{max(at, 2)}"
    for heading, choices in (("kind", files.KINDS), ("difficulty", ("1", "2", "3")), ("part", PARTS), ("right", ("yes", "no"))):
        fillable.offer(sheet, place[heading], f'"{",".join(choices)}"', 2, at + 400)
    fillable.explain(book.create_sheet("how to"), _("How to write questions"), lambda: map(tr, _HOW))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(cell: Any, value: str) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if ILLEGAL_CHARACTERS_RE.search(value) or len(value) > MOST_CHARACTERS:
        text = _("A workbook cannot hold this text (too long, or with characters that no text has): {text}")
        raise Unwritable(tr(text, text=shortened(ILLEGAL_CHARACTERS_RE.sub("?", value))))
    cell.number_format = "@"
    write_text(cell, value)


# What the sheet "how to" says, in each language.
_HOW = (
    _("A question is a few rows of the sheet “questions”: first the row “ask”, then its other parts. All have the same id; an empty id is that of the row above."),
    _("id: a name in small letters, digits and hyphens, such as who-decides. difficulty: 1 easy, 2 middle, 3 hard."),
    _("single: three to five rows “option”, one of them right. why explains each answer, right or wrong."),
    _("multiple: two rows “option” or more, one or more of them right. case: the same, and a row “story” before the question."),
    _("true_false: only the row “ask”, with right yes or no; why is said when it is answered rightly, why_not when wrongly."),
    _("number: in the row “ask” number and tolerance; one to three rows “mistake” with typical wrong numbers; a row “otherwise” for any other; a row “unit” if there is one."),
    _("order: three to six rows “item” in the right order; why in the row “ask” is said when all stand right."),
    _("match: three to five rows “pair”: text and match belong together; why and why_not are said of this pair."),
    _("Every text stands in both languages, in the columns that end in _en and _zh."),
    _("A column whose heading begins with # is yours: it is not read. Other sheets are not read either."),
    _("Save, then check it: crmlab questions check FILE.xlsx. Make it a text file: crmlab questions import FILE.xlsx --out NAME.questions.yml."),
)
