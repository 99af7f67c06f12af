"""What a cell looks like, without being read: words, or a value (number, amount, date)."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import Any

_MONTH = (
    r"(?:jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz?|mrz|apr(?:il)?|may|mai|june?|juni|july?|juli|aug(?:ust)?|sept?(?:ember)?"
    r"|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)\.?"
)
_VALUE = re.compile(
    r"""[\s'`(=\"+-]*(?:
      (?:[¥￥$€£₩]|rmb|cny|usd|eur|gbp|chf|hk\$|us\$)?\s*[-+−]?\s*[\d０-９][\d０-９.,'’\s]*(?:e[-+]?\d+)?\s*(?:[%‰€$£¥万亿元块]|rmb|cny|usd|eur|gbp|chf|万元|人民币)*
      |\d{1,4}\s*[-/.年]\s*\d{1,2}(?:\s*[-/.月]\s*(?:\d{1,4}\s*[日号]?)?)?(?:[T\s]+.*)?
      |\d{1,2}\s*月\s*\d{1,2}\s*[日号]
      |\d{1,2}[-\s.]*MONTH[-\s.,]*\d{2,4}.*
      |MONTH[-\s.]*\d{1,2}(?:st|nd|rd|th)?,?[-\s.]*\d{4}.*
      |\d{1,2}:\d{2}(?::\d{2})?
      |\#(?:n/a|nv|ref!|value!|wert!|div/0!|name\?|null!|num!)
    )[\s)\"CRDRSH-]*""".replace("MONTH", _MONTH),
    re.IGNORECASE | re.VERBOSE,
)
_PERIOD = re.compile(
    rf"(?:{_MONTH}[-\s./']*(?:\d{{2}}|\d{{4}})?|(?:19|20)\d\d\s*年?[-/.\s]*(?:q[1-4]|第?[一二三四]季度|\d{{1,2}}\s*月?|{_MONTH})?(?:[-/.]\d{{1,2}}日?)?"
    r"|q[1-4][-\s./']*(?:\d{2}|\d{4})|(?:\d{1,2}|[一二三四五六七八九十]{1,2})月份?|\d{1,2}[-/.](?:19|20)\d\d|(?:kw|w)\s?\d{1,2}"
    r")",
    re.IGNORECASE,
)


def value(cell: Any) -> bool:
    """Whether a cell that holds something is a number, an amount or a date, typed or as text.

    >>> value("¥1,200.50"), value("3月1日"), value("SO-1001"), value(3)
    (True, True, False, True)
    """
    return _text_value(cell) if isinstance(cell, str) else not isinstance(cell, bool)


@lru_cache(maxsize=50_000)
def _text_value(cell: str) -> bool:
    return len(cell) < 60 and _VALUE.fullmatch(cell.strip()) is not None


def date(cell: Any) -> bool:
    """Whether a cell is a day or a month, typed or as text.

    >>> date("1/3/26"), date("2026年3月"), date("12.50"), date(dt.date(2026, 3, 1))
    (True, True, False, True)
    """
    if isinstance(cell, str):
        return value(cell) and re.search(r"\d\s*[-/年月]\s*\d|\d\.\s*\d+\.|[a-zä]{3}", cell, re.IGNORECASE) is not None
    return isinstance(cell, dt.date)


def heading(cells: list[Any]) -> bool:
    """Whether values can be headings: years, months, or numbers one after the other, such as those of the questions of a survey.

    >>> heading([2023, 2024, 2025]), heading(["1", "2", "3"]), heading([3, 5, 4])
    (True, True, False)
    """
    if len(cells) < 2:
        return False
    if all(period(cell) or (isinstance(cell, str) and _YEAR.fullmatch(cell.strip())) for cell in cells):
        return True
    numbers = [
        int(cell) for cell in cells if isinstance(cell, int) or (isinstance(cell, str) and cell.strip().isdecimal())
    ]
    return (
        len(numbers) == len(cells) >= 3
        and numbers[0] in (0, 1)
        and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    )


_YEAR = re.compile(r"(?:19|20)\d\d")


def period(cell: Any) -> bool:
    """Whether a heading is a month, a quarter, a week, a year or a day.

    >>> period("2026-03"), period("3月"), period("Mar 26"), period("Market")
    (True, True, True, False)
    """
    if isinstance(cell, (dt.date, dt.datetime)):
        return True
    if isinstance(cell, int) and not isinstance(cell, bool):
        return 1990 <= cell <= 2100
    return isinstance(cell, str) and len(cell) < 20 and _PERIOD.fullmatch(cell.strip()) is not None
