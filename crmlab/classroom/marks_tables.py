"""Marks as tables for people and for other systems: ``marks.csv`` and ``marks.xlsx`` in the folder of a class."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crmlab.classroom.collected import Person
from crmlab.classroom.marks import Marks
from crmlab.course.files import draft, put
from crmlab.course.lessons import Lesson
from crmlab.language import _, current, tr
from crmlab.spreadsheets import csv_line, harmless, write_text

CSV, XLSX = "marks.csv", "marks.xlsx"

_FACES = {"en": "Calibri", "zh": "Microsoft YaHei"}
_STATES = {
    "blank": _("not attempted"),
    "unreadable": _("not readable"),
    "not yet right": _("not yet right"),
    "partly right": _("partly right"),
    "right": _("right"),
}


def write(
    folder: Path, marks: Marks, people: Sequence[Person], lessons: Sequence[Lesson], maxima: dict[str, float]
) -> list[Path]:
    """Write both, all or none; ``maxima`` are the points of each lesson by its number. Raises ``OSError``."""
    drafts = []
    try:
        for name, content in (
            (CSV, _csv(marks, people, lessons, maxima)),
            (XLSX, _xlsx(marks, people, lessons, maxima)),
        ):
            drafts.append((draft(folder / name, content), folder / name))
        for made, path in drafts:
            put(made, path)
    finally:
        for made, _path in drafts:
            made.unlink(missing_ok=True)
    return [path for _made, path in drafts]


def totals(
    marks: Marks, people: Sequence[Person], lessons: Sequence[Lesson], maxima: dict[str, float]
) -> list[tuple[Person, dict[str, float | None], float]]:
    """Of each person the points by lesson, ``None`` for one that was not handed in, and their sum."""
    found = []
    for person in people:
        mine = marks.people.get(person.key, {})
        points = {one.number: round(mine[one.number].points, 2) if one.number in mine else None for one in lessons}
        found.append((person, points, round(sum(one or 0.0 for one in points.values()), 2)))
    return found


def _csv(marks: Marks, people: Sequence[Person], lessons: Sequence[Lesson], maxima: dict[str, float]) -> bytes:
    """Number, name, points, maximum and percent first: what a learning management system asks for when it takes marks in."""
    most = sum(maxima[one.number] for one in lessons)
    head = [tr(one) for one in (_("id"), _("name"), _("points"), _("maximum"), _("percent"), _("late"))]
    lines = [csv_line([*head, *(one.number for one in lessons)])]
    for person, points, total in totals(marks, people, lessons, maxima):
        late = tr(_("yes")) if person.late else ""
        shown = [_number(total), _number(most), _number(round(100 * total / most, 1) if most else 0.0), late]
        each = ["" if points[one.number] is None else _number(points[one.number]) for one in lessons]
        lines.append(csv_line([harmless(person.id), harmless(person.name), *shown, *each]))
    # With its mark a spreadsheet takes it for UTF-8, and Chinese stays Chinese.
    return "".join(lines).encode("utf-8-sig", "replace")


def _number(value: float | None) -> str:
    """A number without needless zeros.

    >>> _number(3.0), _number(2.5)
    ('3', '2.5')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".") if value is not None else ""


def _xlsx(marks: Marks, people: Sequence[Person], lessons: Sequence[Lesson], maxima: dict[str, float]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    _totals(sheet, marks, people, lessons, maxima)
    _exercises(book.create_sheet(), marks, people, lessons)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _totals(
    sheet: Any, marks: Marks, people: Sequence[Person], lessons: Sequence[Lesson], maxima: dict[str, float]
) -> None:
    """By person and unit: points by lesson, sums by unit and of all. Sums are numbers, for what is read without a spreadsheet."""
    sheet.title = tr(_("totals"))
    units = list(dict.fromkeys(one.unit_number for one in lessons))
    columns: list[tuple[str, list[Lesson]]] = []
    for unit in units:
        of_unit = [one for one in lessons if one.unit_number == unit]
        columns += [(one.number, [one]) for one in of_unit]
        columns.append((tr(_("unit {unit}"), unit=unit), of_unit))
    heads = [tr(_("name")), tr(_("id")), tr(_("late")), *(head for head, _of in columns)]
    heads += [tr(_("points")), tr(_("maximum")), tr(_("percent")), tr(_("notes"))]
    _row(sheet, 1, heads, bold=True)
    most = sum(maxima.values())
    row = [
        tr(_("maximum")),
        "",
        "",
        *(sum(maxima[one.number] for one in of) for _head, of in columns),
        most,
        most,
        "",
        "",
    ]
    _row(sheet, 2, row, bold=True)
    for place, (person, points, total) in enumerate(totals(marks, people, lessons, maxima), 3):
        found: list[Any] = []
        for _head, of in columns:
            there = [points[one.number] for one in of if points[one.number] is not None]
            found.append(round(sum(one for one in there if one is not None), 2) if there else "")
        said = [sentence for number in points for sentence in _said(marks, person, number)]
        late = tr(_("yes")) if person.late else ""
        share = total / most if most else 0.0
        _row(sheet, place, [person.name, person.id, late, *found, total, most, share, "\n".join(dict.fromkeys(said))])
        sheet.cell(place, len(heads) - 1).number_format = "0.0%"
    _shape(sheet, "D3", [24, 16, 8, *([9] * len(columns)), 9, 10, 10, 60])


def _said(marks: Marks, person: Person, number: str) -> tuple[str, ...]:
    found = marks.people.get(person.key, {}).get(number)
    return tuple(f"{number}: {one}" for one in found.said) if found else ()


def _exercises(sheet: Any, marks: Marks, people: Sequence[Person], lessons: Sequence[Lesson]) -> None:
    """A row for each exercise of each person."""
    sheet.title = tr(_("exercises"))
    heads = [_("name"), _("id"), _("lesson"), _("exercise"), _("points"), _("maximum"), _("state")]
    _row(sheet, 1, [tr(one) for one in heads], bold=True)
    place = 1
    for person in people:
        mine = marks.people.get(person.key, {})
        for lesson in lessons:
            for id, mark in mine[lesson.number].exercises.items() if lesson.number in mine else ():
                place += 1
                state = tr(_STATES[mark.state]) if mark.state in _STATES else mark.state
                _row(sheet, place, [person.name, person.id, lesson.number, id, mark.points, mark.maximum, state])
    _shape(sheet, "C2", [24, 16, 9, 26, 9, 10, 18])
    sheet.auto_filter.ref = f"A1:G{place}"


def _row(sheet: Any, row: int, values: Sequence[Any], bold: bool = False) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    font = Font(name=_FACES.get(current(), _FACES["en"]), bold=bold)
    wrapped = Alignment(wrap_text=True, vertical="top")
    fill = PatternFill("solid", fgColor="FFDCEBFA") if bold else None
    for column, value in enumerate(values, 1):
        cell = sheet.cell(row, column)
        cell.font = font
        cell.alignment = wrapped
        if fill:
            cell.fill = fill
        if isinstance(value, str):
            if value:
                write_text(cell, value)
        else:
            cell.value = value


def _shape(sheet: Any, frozen: str, widths: Sequence[int]) -> None:
    from openpyxl.utils import get_column_letter

    sheet.freeze_panes = frozen
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
