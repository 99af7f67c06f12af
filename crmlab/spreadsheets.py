"""What leaves the course for a spreadsheet: texts that must not become formulas, numbers that show as they are meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from numbers import Integral
from typing import Any

MOST_CHARACTERS = 32_767
"""What a cell of Excel can hold."""

# A cell begins at the beginning of a text, and behind what some spreadsheet takes for the end of a cell.
_FORMULA = r"[^\S\t\r\n]*'*[^\S\t\r\n]*[=+\-@＝＋－＠]"
_RUNS = re.compile(rf"(^|[;\t\r\n])({_FORMULA})")
_RAN = re.compile(rf"(^|[;\t\r\n])'({_FORMULA})")
_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?(e[+-]?\d+)?%?", re.ASCII | re.IGNORECASE)
_SHARES = ("share", "cumulative_share")
_BOUNDS = ("low", "high")


def harmless(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would run as a formula. Numbers stay as they are.

    >>> [harmless(text) for text in ("=1+1", "-5", "-5+2", "tea", "a;@SUM(1)")]
    ["'=1+1", '-5', "'-5+2", 'tea', "a;'@SUM(1)"]
    """
    return text if _NUMBER.fullmatch(text) else _RUNS.sub(r"\1'\2", text)


class Formula(str):
    """A formula that the course itself wrote for a spreadsheet: it is left as it is. Its column must be of dtype object."""


def as_typed(text: str) -> str:
    """The text before :func:`harmless` made it so: for reading a saved table again.

    >>> as_typed("'=1+1")
    '=1+1'
    """
    return _RAN.sub(r"\1\2", text)


def csv_line(texts: Sequence[str]) -> str:
    """A line of a CSV file, with its end; the texts are harmless already.

    >>> csv_line(["tea", 'a "b", c'])
    'tea,"a ""b"", c"\\n'
    """
    # The csv module of older Pythons leaves a lone carriage return as it is, and that would be a new line.
    fields = ['"' + text.replace('"', '""') + '"' if re.search('[,"\\r\\n]', text) else text for text in texts]
    return (",".join(fields) if fields != [""] else '""') + "\n"


def usual_format(column: str, value: Any, columns: Iterable[str]) -> str:
    """How a value is shown of which nothing is said: shares as percent, identifiers and years without thousands marks.

    ``columns`` are all of the table: the bounds of an interval are in the unit of what they are bounds of.

    >>> usual_format("low", 0.5, ["share", "low"]), usual_format("invoice", 5001, ["invoice"]), usual_format("orders", 5001, [])
    ('{:.0%}', '{}', '{:,}')
    """
    if column in _SHARES or (column in _BOUNDS and "share" in columns):
        return "{:.0%}"
    if column.endswith("_id") or column in ("invoice", "year"):
        return "{}"
    # z: no minus before a zero.
    return "{:z,.2f}" if isinstance(value, float) else "{:,}" if isinstance(value, Integral) else "{}"


def number_format(form: str) -> str:
    """The spreadsheet's word for a Python format of numbers; ``"General"`` for what it has no word for.

    >>> [number_format(form) for form in ("{:,.0f}", "{:.1%}", "¥{:,.2f}", "{:+.1f}", "{}", "{:,.0f} days")]
    ['#,##0', '0.0%', '"¥"#,##0.00', '+0.0;-0.0;0.0', 'General', '#,##0" days"']
    """
    found = re.fullmatch(r"([^{}]*)\{(?::(z?)([+]?)(z?)(,?)(?:\.(\d+))?([fd%]?))?\}([^{}]*)", form)
    if found is None or '"' in form:
        return "General"
    before, _z, sign, _zero, thousands, digits, kind, after = found.groups(default="")
    if not (thousands or digits or kind):
        return "General"
    decimals = int(digits or 0)
    number = ("#,##0" if thousands else "0") + ("." + "0" * decimals if decimals else "") + ("%" if kind == "%" else "")
    front, back = (f'"{text}"' if text else "" for text in (before, after))
    whole = f"{front}{number}{back}"
    return f"{front}+{number}{back};{front}-{number}{back};{whole}" if sign else whole


def write_text(cell: Any, text: str, styled: bool = False) -> None:
    """Write a text into a cell of openpyxl so that it stays a text: no formula, no date, no error, also when it is edited.

    Characters that no workbook can hold become "?", and what is longer than a cell is cut.
    ``styled``: the look of the cell says already that it is a text.
    """
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    text = ILLEGAL_CHARACTERS_RE.sub("?", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) > MOST_CHARACTERS:
        text = f"{text[: MOST_CHARACTERS - 1]}…"
    if not styled:
        cell.quotePrefix = text.startswith(("=", "+", "-", "@"))
    cell.value = re.sub("_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)  # else Excel would make a character of _x0041_
    cell.data_type = "s"  # also for a text that begins with =, or reads #N/A
