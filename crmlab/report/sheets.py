"""One sheet of a workbook, written row by row: what stands above its table, the table with its filter, what stands below, how it prints."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from crmlab.language import current, size
from crmlab.report.tabular import Column, Sheetful
from crmlab.spreadsheets import write_text

WIDEST, NARROWEST = 52, 7
"""Half-widths of a column; longer texts wrap."""
READ = 96
"""Half-widths that sentences are set across, however narrow the table."""
LINE = 15.5
"""Points of a line of text."""
FEW, SHORT = 40, 24
"""Rows of a table: of more than so many its heading is repeated on paper; so few have the picture below them, else beside them."""
SQUEEZED = 4.6
"""Points of height for each half-width of width up to which a sheet is printed on one page: that makes it a little smaller."""
PLAIN = 8.43
LONG_ROWS = 400
"""Tables of more rows get no heights of their own: the spreadsheet finds them."""

FACES = {"en": "Calibri", "zh": "Microsoft YaHei"}
"""The font by language; a program that lacks it takes its own."""

GREY, PALE, HEAD = "FF767676", "FFF2F2F2", "FFDCEBFA"


class Styles:
    """The looks of cells, made once a book: styling each cell anew would take most of the time."""

    def __init__(self, book: Any) -> None:
        from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

        self._book, self._known = book, {}  # type: ignore[var-annotated]
        self._sheet: Any = None
        thin = Side(style="thin", color="FFBFBFBF")
        face = FACES.get(current(), FACES["en"])

        def font(**look: Any) -> Any:
            return Font(name=face, size=look.pop("size", 11), **look)

        text = Alignment(wrap_text=True, vertical="top")
        indented = Alignment(wrap_text=True, vertical="top", indent=1)
        self.kinds: dict[str, dict[str, Any]] = {
            "title": {"font": font(bold=True, size=14), "alignment": Alignment(vertical="center")},
            "text": {"font": font(), "alignment": text},
            "cell": {"font": font(), "alignment": indented},
            "grey": {"font": font(color=GREY), "alignment": text},
            "strong": {"font": font(bold=True), "alignment": text},
            "link": {"font": font(color="FF0563C1", underline="single"), "alignment": indented},
            "head": {
                "font": font(bold=True),
                "fill": PatternFill("solid", fgColor=HEAD),
                "alignment": Alignment(wrap_text=True, vertical="center", indent=1),
                "border": Border(bottom=thin),
            },
            "head right": {
                "font": font(bold=True),
                "fill": PatternFill("solid", fgColor=HEAD),
                "alignment": Alignment(wrap_text=True, vertical="center", horizontal="right", indent=1),
                "border": Border(bottom=thin),
            },
            "number": {"font": font(), "alignment": Alignment(vertical="top", horizontal="right", indent=1)},
        }
        for name, colour in {"holds": "FFD9EFE6", "unclear": "FFFFF2CC", "fails": "FFF8D9C9", "untested": PALE}.items():
            self.kinds[name] = {"font": font(), "fill": PatternFill("solid", fgColor=colour), "alignment": text}

    def cell(self, sheet: Any, value: Any, kind: str = "text", code: str = "General") -> Any:
        """A cell of that look; a text is one, whatever it looks like."""
        from openpyxl.cell import WriteOnlyCell

        quoted = isinstance(value, str) and value.startswith(("=", "+", "-", "@"))
        key = (kind, code, quoted)
        if key not in self._known:
            made = WriteOnlyCell(sheet)
            for name, look in self.kinds[kind].items():
                setattr(made, name, copy(look))
            made.number_format = code
            if quoted:
                made.quotePrefix = True
            self._known[key] = made._style
        cell = WriteOnlyCell(sheet)
        cell._style = self._known[key]
        if isinstance(value, str):
            write_text(cell, value, styled=True)
        else:
            cell.value = value
            cell._style = self._known[key]  # openpyxl gives a day a format of its own
        return cell


@dataclass
class Draft:
    """What a sheet will hold. ``above``: (text, look) across the sheet; ``table``: the main one, with filter and frozen heading;
    ``below``: texts, and further tables with their title."""

    title: str
    above: list[tuple[str, str]] = field(default_factory=list)
    table: Sheetful | None = None
    notes: list[tuple[str, str]] = field(default_factory=list)
    below: list[tuple[str, Sheetful]] = field(default_factory=list)
    picture: bytes | None = None
    links: list[tuple[int, int, str]] = field(default_factory=list)
    """(row of the main table from 0, column from 0, sheet) that a click leads to."""
    looks: dict[tuple[int, int], str] = field(default_factory=dict)
    """The look of single cells of the main table."""
    widest: float = WIDEST


def write(book: Any, styles: Styles, name: str, draft: Draft, footer: str) -> None:
    """Add the sheet to the book (of openpyxl, write-only)."""
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(name)
    tables = [*([draft.table] if draft.table else []), *(one for _title, one in draft.below)]
    widths = _widths(tables, draft.widest)
    last, wide = _across(widths)
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    _page(sheet, footer)

    at = 1

    def put(cells: Sequence[Any], height: float | None = None) -> None:
        nonlocal at
        if height is not None:
            sheet.row_dimensions[at].height = height
        sheet.append(cells)
        at += 1

    def across(text: str, look: str) -> None:
        sheet.merged_cells.add(f"A{at}:{get_column_letter(last)}{at}")
        put([styles.cell(sheet, text, look)], 24 if look == "title" else LINE * _lines(text, wide) + 2)

    # What a sheet shows and its columns must be said before its first row is written.
    header = 1 + 1 + len(draft.above) + (1 if draft.above else 0)
    if draft.table is not None:
        sheet.freeze_panes = f"A{header + 1}"
        if draft.table.taken > FEW or not draft.below:
            sheet.print_title_rows = f"{header}:{header}"
        elif _high(draft, tables, widths, wide) <= SQUEEZED * sum(widths):
            sheet.page_setup.fitToHeight = 1
        if draft.table.columns:
            end = header + max(draft.table.taken, 1)
            sheet.auto_filter.ref = f"A{header}:{get_column_letter(len(draft.table.columns))}{end}"
    sheet.sheet_view.showGridLines = False

    across(draft.title, "title")
    for text, look in draft.above:
        across(text, look)
    if draft.above:
        put([], 6)
    if draft.table is not None:
        for cells, height in _rows(sheet, styles, draft.table, widths, draft.looks):
            put(cells, height)
    elif not draft.above:
        put([])
    after = at
    picture_row = header
    short = draft.table is None or draft.table.taken <= SHORT
    if draft.picture is not None and short:
        picture_row = after + 1
        for _line in range(_picture_rows(draft.picture)):
            put([])
    for text, look in draft.notes:
        across(text, look)
    for title, table in draft.below:
        put([])
        across(title, "strong")
        for cells, height in _rows(sheet, styles, table, widths, {}):
            put(cells, height)
    if draft.picture is not None:
        _hang(
            sheet, draft.picture, f"A{picture_row}" if short else f"{get_column_letter(len(widths) + 2)}{picture_row}"
        )
    if draft.links:
        from openpyxl.worksheet.hyperlink import Hyperlink

        for row, column, target in draft.links:
            ref = f"{get_column_letter(column + 1)}{header + 1 + row}"
            quoted = target.replace("'", "''")
            sheet._hyperlinks.append(Hyperlink(ref=ref, location=f"'{quoted}'!A1", display=target))


def _high(draft: Draft, tables: Sequence[Sheetful], widths: Sequence[float], wide: float) -> float:
    """About how high a sheet is, in points; more than any page for a long table."""
    if any(one.taken > 2 * FEW for one in tables):
        return math.inf
    texts = [text for text, _look in (*draft.above, *draft.notes)]
    lines = 4 + sum(_lines(text, wide) for text in texts) + (_picture_rows(draft.picture) if draft.picture else 0)
    lines += sum(3 + sum(_row_lines(one, row, widths) for row in range(one.taken)) for one in tables)
    return LINE * lines


def _row_lines(table: Sheetful, row: int, widths: Sequence[float]) -> int:
    cells = ((one.values[row], width) for one, width in zip(table.columns, widths, strict=False))
    return max((_lines(text, width) for text, width in cells if isinstance(text, str)), default=1)


def _rows(
    sheet: Any, styles: Styles, table: Sheetful, widths: Sequence[float], looks: dict[tuple[int, int], str]
) -> Iterator[tuple[list[Any], float | None]]:
    heads = [styles.cell(sheet, one.heading, "head right" if one.right else "head") for one in table.columns]
    lines = max((_lines(one.heading, width) for one, width in zip(table.columns, widths, strict=False)), default=1)
    yield heads, LINE * lines + 4
    for row in range(table.taken):
        cells = [
            None
            if one.values[row] is None and (row, place) not in looks
            else styles.cell(
                sheet,
                one.values[row],
                looks.get((row, place)) or ("cell" if isinstance(one.values[row], str) and not one.right else "number"),
                one.code if not isinstance(one.values[row], str) else "General",
            )
            for place, one in enumerate(table.columns)
        ]
        height = None
        if table.taken <= LONG_ROWS:
            lines = _row_lines(table, row, widths)
            height = LINE * lines + 1 if lines > 1 else None
        yield cells, height


def _widths(tables: Sequence[Sheetful], widest: float) -> list[float]:
    most = max((len(one.columns) for one in tables), default=0)
    widths = []
    for place in range(most):
        columns: list[Column] = [one.columns[place] for one in tables if place < len(one.columns)]
        # Beside the text a heading carries the arrow of its filter.
        wanted = max(max(one.width, min(size(one.heading) + 4, 18)) for one in columns)
        widths.append(float(min(max(wanted + 3, NARROWEST), widest)))
    return widths


def _across(widths: Sequence[float]) -> tuple[int, float]:
    """Up to which column sentences go, and how wide that is."""
    total, number = 0.0, 0
    for width in widths:
        if number and total >= READ:
            break
        total += width
        number += 1
    while total < READ:
        total += PLAIN
        number += 1
    return number, total


def _lines(text: str, width: float) -> int:
    """In how many lines a text is set in a column so wide: a Chinese character takes a little more than two digits, a letter less than one."""
    return sum(
        max(1, math.ceil((1.06 * size(line) - 0.1 * len(line)) / max(width - 2, 1))) for line in text.split("\n")
    )


def _page(sheet: Any, footer: str) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom = 0.5, 0.6
    plain = footer.replace("&", "&&")
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = plain, "&P / &N"
    sheet.oddFooter.left.size = sheet.oddFooter.right.size = 8


SCALE = 0.62
"""Of the pixels of a picture: it is drawn finer than it is shown, so that it prints well."""


def _hang(sheet: Any, picture: bytes, anchor: str) -> None:
    import io

    from openpyxl.drawing.image import Image

    image = Image(io.BytesIO(picture))
    image.width, image.height = round(image.width * SCALE), round(image.height * SCALE)
    sheet.add_image(image, anchor)


def _picture_rows(picture: bytes) -> int:
    """How many rows it covers: a PNG says its height at its beginning."""
    high = int.from_bytes(picture[20:24], "big") * SCALE
    return math.ceil(high / 20) + 2
