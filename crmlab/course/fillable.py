"""What workbooks that people fill in have in common: headings, drop-downs, and a sheet that explains how."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from crmlab.language import LANGUAGES, _, speaking, tr


def headings(sheet: Any, widths: Mapping[str, float], numbers: Iterable[str]) -> None:
    """Write the headings into the first row. ``widths`` are those of the columns, by heading in order; ``numbers`` are the columns of numbers."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    top, bold, blue = Alignment(wrap_text=True, vertical="top"), Font(bold=True), PatternFill("solid", fgColor="FFDCEBFA")
    for number, (heading, wide) in enumerate(widths.items(), 1):
        cell = sheet.cell(1, number, heading)
        cell.font, cell.fill = bold, blue
        column = sheet.column_dimensions[get_column_letter(number)]
        column.width, column.alignment = wide, top
        if heading not in numbers:
            column.number_format = "@"  # so that Excel makes neither a date nor a formula of a text


def offer(sheet: Any, column: int, formula: str, first: int, last: int, strict: bool = True) -> None:
    """A drop-down in these rows of a column. ``formula`` as Excel has it: ``"a,b"`` with its quotes, or cells. ``strict``: nothing else may be typed."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    rule = DataValidation("list", formula1=formula, allow_blank=True, showErrorMessage=strict)
    rule.error = tr(_("Choose one from the list, or leave the cell empty."))
    sheet.add_data_validation(rule)
    rule.add(f"{get_column_letter(column)}{first}:{get_column_letter(column)}{last}")


def explain(sheet: Any, title: str, lines: Callable[[], Iterable[str]]) -> None:
    """A title and lines below it, a column a language; ``lines`` is asked in each."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    for column, language in enumerate(LANGUAGES, 1):
        with speaking(language):
            sheet.column_dimensions[get_column_letter(column)].width = 80
            sheet.cell(1, column, tr(title)).font = Font(bold=True, size=14)
            for row, line in enumerate(lines(), 3):
                sheet.cell(row, column, line).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.sheet_view.showGridLines = False
