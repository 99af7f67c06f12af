"""How a day is written: each form is known here, and what a cell alone does not tell waits until its column does."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

import numpy as np

from crmlab.own.understanding.cells import text

_HALF = r"(?:上午|下午|中午|凌晨|早上|晚上|[AaPp]\.?[Mm]\.?|Uhr)"
_CLOCK = re.compile(
    rf"(?:T|\s|(?<=[日号\d]))\s*(?:at |um )?{_HALF}?\s*[0-2]?\d[:：时点]\s*(?:[0-5]?\d(?:[:：分]\s*(?:[0-5]?\d(?:[.,]\d+)?秒?)?)?)?\s*{_HALF}?"
    rf"\s*(Z|UTC|GMT|[A-Z]{{3,4}}|(?:GMT|UTC)?[+-]\d\d:?\d\d|(?:GMT|UTC)[+-]\d{{1,2}}|[+-]\d\d)?(?:\s*\([A-Za-z ]+\))?$"
)
_CTIME = re.compile(r"^(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2} \d{1,2}) \d\d:\d\d:\d\d(?: [A-Z]{3,4})? (\d{4})$")
COMMON = re.compile(
    r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})(?:[ T]\d{1,2}:[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)?"
)
_WEEKDAY = re.compile(
    r"^(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so)[a-z]*[.,]*\s+|[(\s]*(?:星期|周|礼拜)[一二三四五六日天]\)?\s*$",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"(\d{1,4})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{1,4})\.?")
_ROC = re.compile(r"(?:民国|民國|中华民国)\s*(\d{1,3})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?")
_ROC_BARE = re.compile(
    r"(1[01]\d|[89]\d)\s*[年]\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日|(1[01]\d)\s*[./-]\s*(\d{1,2})\s*[./-]\s*(\d{1,2})"
)
_SHORT_CHINESE = re.compile(r"(\d{2})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?")
_DAY_ONLY = re.compile(r"(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]")
SHORT = re.compile(r"(1[0-2]|0?[1-9])([-/.])(3[01]|[12]\d|0?[1-9])")
"""3.5 or 3/5, which under a Chinese heading is 5 March."""
_MONTH_ONLY = re.compile(r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*月?(?:份)?")
_MONTH_FIRST = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{4})")
_WORDS = re.compile(
    r"(\d{0,4})(?:st|nd|rd|th)?[.,]?[\s\-/.]*(?:of )?([^\W\d_]{3,10})[.,]?[\s\-/.]*(\d{1,4})?(?:st|nd|rd|th)?(?:[\s\-/.,']+(\d{2,4}))?"
)
_HAN = dict(zip("〇零一二三四五六七八九", "00123456789", strict=True))

MONTHS: Mapping[str, int] = {
    word: number
    for number, words in enumerate(
        (
            "jan january januar jänner janvier enero gennaio", "feb february februar février fevrier fév febrero febbraio",
            "mar march märz mär maerz mrz mars marzo", "apr april avril avr abril aprile", "may mai mayo maggio", "jun june juni juin junio giugno",
            "jul july juli juillet juil julio luglio", "aug august août aout agosto", "sep sept september septembre septiembre settembre",
            "oct october okt oktober octobre octubre ottobre", "nov november novembre noviembre", "dec december dez dezember décembre decembre déc diciembre dicembre",
        ),
        1,
    )
    for word in words.split()
}  # fmt: skip
"""Names of months in the languages that exports come in."""

UNKNOWN = frozenset(
    ["0000-00-00", "0000/00/00", "0001-01-01", "0001/01/01", "1/1/0001", "1900-01-00", "1900/1/0", "1900-1-0", "1/0/1900", "00/00/0000", "00.00.0000",
     "00000000", "99991231", "9999-12-31", "9999/12/31", "31.12.9999", "12/31/9999", "31/12/9999", "1900/1/0 0:00:00"]
)  # fmt: skip
DAY, MONTH, YEAR = "day", "month", "year"
NO_DAY = np.nan
IMPOSSIBLE = -np.inf  # written as a day, and there is none


def number(year: int, month: int, day: int) -> float:
    """Days since 1970-01-01; minus infinity for a day that is none.

    >>> number(1970, 1, 2), number(2026, 2, 30)
    (1.0, -inf)
    """
    try:
        return float(dt.date(year, month, day).toordinal() - 719163)
    except ValueError:
        return IMPOSSIBLE


def full_year(year: int, digits: int, today: int) -> int:
    """A year of two digits in the century that puts it not later than next year."""
    if digits > 2:
        return year
    this = (np.datetime64(today, "D").astype("datetime64[Y]").astype(int)) + 1970
    return year + 2000 if year + 2000 <= this + 1 else year + 1900


class Form:
    """Cells of a column by how they are written; what only the column can decide waits here."""

    def __init__(self, size: int, today: int, month_first: bool = False, typed: bool = False) -> None:
        """``month_first``: 3.5 is 5 March. ``typed``: texts are no numbers that a program wrote down."""
        self.today, self.month_first, self.typed = today, month_first, typed
        self.days = np.full(size, NO_DAY)
        self.open: list[
            tuple[int, int, int, int, tuple[int, int, int], str]
        ] = []  # place, the numbers, their digits, sign
        self.serial: list[tuple[int, float]] = []
        self.unix: list[tuple[int, float]] = []
        self.months: list[int] = []
        self.six: list[tuple[int, int]] = []
        self.roc: list[tuple[int, float]] = []
        self.unknown: list[int] = []
        self.empty: list[int] = []
        self.short: list[int] = []
        self.zones: set[str] = set()
        self.yearless: list[tuple[int, int, int]] = []
        self.cut: list[tuple[int, int, int]] = []
        self.nought = False

    def number(self, at: int, value: float) -> None:
        """A number, which may be a serial day, seconds, or digits in a row."""
        whole = int(value)
        if self.month_first and value != whole and 1 < value < 13:
            self.text(at, repr(value), typed=False)
            return
        if value == whole and 19000101 <= whole <= 21001231:
            self.days[at] = number(whole // 10000, whole // 100 % 100, whole % 100)
        elif value == whole and 100000 <= whole <= 999999:
            self.six.append((at, whole))
        elif 20000 <= value < 73051:  # from 1954 on to 2099
            self.serial.append((at, value))
        elif 6e8 <= value < 4.2e9:
            self.unix.append((at, value))
        elif 6e11 <= value < 4.2e12:
            self.unix.append((at, value / 1e3))
        elif 6e14 <= value < 4.2e15:
            self.unix.append((at, value / 1e6))
        elif value == whole and 19000101000000 <= whole <= 21001231235959:
            whole //= 1000000
            self.days[at] = number(whole // 10000, whole // 100 % 100, whole % 100)
        elif value == whole and 190001010000 <= whole <= 210012312359:
            whole //= 10000
            self.days[at] = number(whole // 10000, whole // 100 % 100, whole % 100)
        elif value in (0, 1, 2958465):
            self.unknown.append(at)

    def words(self, at: int, plain: str) -> None:
        """A text that names a month."""
        found = _WORDS.fullmatch(plain)
        month = MONTHS.get(found[2].lower()) if found else None
        if not found or month is None:
            return
        before, after, last = found[1], found[3] or "", found[4] or ""
        if before and after and not last:  # 1 Mar 2026, 2026-Mar-01
            day, year = (after, before) if len(before) == 4 else (before, after)
        elif not before and after and last:  # Mar 1 2026
            day, year = after, last
        elif not before and not last and len(after) in (2, 4):  # Mar 2026, Mar-26
            self.months.append(at)
            day, year = "1", after
        elif not after and not last and len(before) == 4:  # 2026 Mar
            self.months.append(at)
            day, year = "1", before
        else:
            return
        if len(day) > 2 or len(year) == 3 or len(year) < 2:
            return
        if len(year) == 2:
            self.short.append(at)
        self.days[at] = number(full_year(int(year), len(year), self.today), month, int(day))

    def text(self, at: int, plain: str, typed: bool = True) -> None:
        """Anything that is not written with the year first; ``typed``: as a text, not as a number."""
        found = _NUMBERS.fullmatch(plain)
        if found and len(found[1]) <= 2 and (len(found[4]) in (2, 4) or (len(found[1]) == 2 and len(found[4]) == 1)):
            numbers = (found[1], found[3], found[4])
            self.open.append((at, *map(int, numbers), (len(found[1]), len(found[3]), len(found[4])), found[2]))  # type: ignore[arg-type]
            return
        roc = _ROC.fullmatch(plain) or _ROC_BARE.fullmatch(plain)
        if roc:
            year, month, day = (int(one) for one in roc.groups() if one)
            self.roc.append((at, number(year + 1911, month, day)))
            return
        found = _SHORT_CHINESE.fullmatch(plain)
        if found:
            self.short.append(at)
            self.days[at] = number(full_year(int(found[1]), 2, self.today), int(found[2]), int(found[3]))
            return
        found = _DAY_ONLY.fullmatch(plain)
        if found:
            self.yearless.append((at, int(found[1]), int(found[2])))
            return
        found = SHORT.fullmatch(plain) if self.month_first else None
        if found:
            # A spreadsheet that took 3.10 for a number shows 3.1.
            self.nought |= found[2] == "." and found[3] in ("10", "20", "30")
            cut = found[2] == "." and found[3] in ("1", "2", "3") and not (typed and self.typed)
            (self.cut if cut else self.yearless).append((at, int(found[1]), int(found[3])))
            return
        found = _MONTH_ONLY.fullmatch(plain)
        first = None if found else _MONTH_FIRST.fullmatch(plain)
        if found or first:
            year, month = (int(found[1]), int(found[2])) if found else (int(first[2]), int(first[1]))  # type: ignore[index]
            self.months.append(at)
            self.days[at] = number(year, month, 1)
            return
        if re.fullmatch(r"\d+(?:\.\d+)?", plain) and len(plain) < 22:
            self.number(at, float(plain))
            return
        if re.fullmatch(
            r"[〇零一二三四五六七八九十]{4}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}[日号]", plain
        ):
            years, months, days = re.split("[年月]", plain[:-1])
            self.days[at] = number(int("".join(_HAN.get(one, "0") for one in years)), han(months), han(days))
            return
        self.words(at, plain)


def han(written: str) -> int:
    """A number up to 99 in Chinese numerals.

    >>> han("三"), han("十二"), han("二十一")
    (3, 12, 21)
    """
    tens, ten, ones = written.rpartition("十")
    return (int(_HAN.get(tens, "1")) * 10 if ten else 0) + int(_HAN.get(ones, "0"))


def without_clock(plain: str) -> tuple[str, str]:
    """A day's text without its time and weekday, and the zone ("" for none).

    >>> without_clock("2026-03-01T14:05:00+08:00"), without_clock("2026年3月1日 下午3:05"), without_clock("Sun, 1 Mar 2026 10:00:00 GMT")
    (('2026-03-01', '+08:00'), ('2026年3月1日', ''), ('1 Mar 2026', 'GMT'))
    >>> without_clock("2026/03/01 10:00:01 AM GMT+1")
    ('2026/03/01', 'GMT+1')
    """
    plain = _CTIME.sub(r"\1 \2", plain)
    found = _CLOCK.search(plain)
    zone = ""
    if found and found.start():
        plain, zone = plain[: found.start()].rstrip(" T,"), found[1] or ""
    return _WEEKDAY.sub("", plain).strip() or plain, zone


def head(cell: str) -> tuple[str, str]:
    """A text without its time, and its zone."""
    plain = text(cell)
    if plain[:1] in ("'", "`") or (plain.startswith('="') and plain.endswith('"')):
        plain = plain.removeprefix("=").strip("'\"`")
    if plain in UNKNOWN or (len(plain) <= 10 and ":" not in plain and " " not in plain and plain.isascii()):
        return plain, ""
    return without_clock(plain)


def looks_like_a_day(head: str) -> bool:
    """Year first, right signs, and still no day of the calendar."""
    return bool(
        re.fullmatch(r"[12]\d{3}\s*([-/.])\s*\d{1,2}\s*\1\s*\d{1,2}|[12]\d{3}年\s*\d{1,2}月\s*\d{1,2}[日号]?", head)
    )
