"""A column of days, in whatever form it was written: read as a whole, so that one 25/03/26 says what 1/3/26 is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from crmlab import daytext
from crmlab.checks import FIRST_DAY, LAST_DAY
from crmlab.language import _
from crmlab.own.export import Problem, Question
from crmlab.own.said import Said
from crmlab.own.understanding.cells import MISSING, Fault, Understood, text, understood

_HALF = r"(?:上午|下午|中午|凌晨|早上|晚上|[AaPp]\.?[Mm]\.?|Uhr)"
_CLOCK = re.compile(
    rf"(?:T|\s|(?<=[日号\d]))\s*(?:at |um )?{_HALF}?\s*[0-2]?\d[:：时点]\s*(?:[0-5]?\d(?:[:：分]\s*(?:[0-5]?\d(?:[.,]\d+)?秒?)?)?)?\s*{_HALF}?"
    rf"\s*(Z|UTC|GMT|[A-Z]{{3,4}}|(?:GMT|UTC)?[+-]\d\d:?\d\d|[+-]\d\d)?(?:\s*\([A-Za-z ]+\))?$"
)
_CTIME = re.compile(r"^(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2} \d{1,2}) \d\d:\d\d:\d\d(?: [A-Z]{3,4})? (\d{4})$")
_COMMON = re.compile(
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
_UNKNOWN_DAYS = frozenset(
    int(np.datetime64(one, "D").astype("int64"))
    for one in ("1753-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1970-01-01")
)

DAY, MONTH, YEAR = "day", "month", "year"
_EXCEL_1900 = int(np.datetime64("1899-12-30", "D").astype("int64"))
_EXCEL_1904 = int(np.datetime64("1904-01-01", "D").astype("int64"))
NO_DAY = np.nan
_IMPOSSIBLE = -np.inf  # written as a day, and there is none
_MONTHLY = "monthly"


def number(year: int, month: int, day: int) -> float:
    """Days since 1970-01-01; minus infinity for a day that is none.

    >>> number(1970, 1, 2), number(2026, 2, 30)
    (1.0, -inf)
    """
    try:
        return float(dt.date(year, month, day).toordinal() - 719163)
    except ValueError:
        return _IMPOSSIBLE


def _full(year: int, digits: int, today: int) -> int:
    """A year of two digits in the century that puts it not later than next year."""
    if digits > 2:
        return year
    this = (np.datetime64(today, "D").astype("datetime64[Y]").astype(int)) + 1970
    return year + 2000 if year + 2000 <= this + 1 else year + 1900


class _Form:
    """Cells of a column by how they are written; what only the column can decide waits here."""

    def __init__(self, size: int, today: int) -> None:
        self.today = today
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

    def number(self, at: int, value: float) -> None:
        """A number, which may be a serial day, seconds, or digits in a row."""
        whole = int(value)
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
        self.days[at] = number(_full(int(year), len(year), self.today), month, int(day))

    def text(self, at: int, plain: str) -> None:
        """Anything that is not written with the year first."""
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
            self.days[at] = number(_full(int(found[1]), 2, self.today), int(found[2]), int(found[3]))
            return
        found = _DAY_ONLY.fullmatch(plain)
        if found:
            self.yearless.append((at, int(found[1]), int(found[2])))
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
    """
    plain = _CTIME.sub(r"\1 \2", plain)
    found = _CLOCK.search(plain)
    zone = ""
    if found and found.start():
        plain, zone = plain[: found.start()].rstrip(" T,"), found[1] or ""
    return _WEEKDAY.sub("", plain).strip() or plain, zone


def read(
    cells: Sequence[Any],
    heading: str,
    answers: Mapping[str, str] | None = None,
    today: int | None = None,
    starts_1904: bool | None = None,
    year: str = "",
    first: str = "",
) -> Understood:
    """Days since 1970-01-01, a value a cell (NaN where it was not read, with its fault).

    ``cells`` are the different cells of a column in the order of the file. ``answers``: "day_first" ("day",
    "month", "year"), "date_system" ("1900", "1904"), "unix_zone" ("+00:00", "+08:00"), "roc" ("yes", "no"). ``starts_1904``: what the workbook says
    of its own numbers. ``year``: that of days without one, as far as a title says it. ``first``: what stands first in the file's other
    columns, for a column that does not tell it.

    >>> found = read(["25/03/26", "1/3/26", "2026年3月1日", "31/02/2026"], "date", today=20600)
    >>> np.array(found.values[:3], "datetime64[D]").astype(str).tolist(), found.fault.tolist()
    (['2026-03-25', '2026-03-01', '2026-03-01'], [0, 0, 0, 1])
    """
    answers = answers or {}
    today = int(np.datetime64("today", "D").astype("int64")) if today is None else today
    heads: dict[Any, int] = {}
    zones: set[str] = set()
    size, place = len(cells), np.empty(len(cells), dtype=np.intp)
    for at, cell in enumerate(cells):
        key: Any = cell
        if isinstance(cell, str):
            found = _COMMON.fullmatch(cell)
            if found:
                key = found[1]
            else:
                key, zone = _head(cell)
                if zone:
                    zones.add(zone)
        elif isinstance(cell, dt.datetime) and cell == cell:
            key = cell.date()
        place[at] = heads.setdefault(key if not isinstance(cell, bool) else "TRUE", len(heads))
    made = _read_heads(list(heads), heading, answers, today, starts_1904, zones, year, first)
    return made if len(heads) == size else replace(made, values=made.values[place], fault=made.fault[place])


def _head(cell: str) -> tuple[str, str]:
    """A text without its time, and its zone."""
    plain = text(cell)
    if plain.startswith("'") or (plain.startswith('="') and plain.endswith('"')):
        plain = plain.removeprefix("=").strip("'\"")
    if plain in UNKNOWN or (len(plain) <= 10 and ":" not in plain and " " not in plain and plain.isascii()):
        return plain, ""
    return without_clock(plain)


def _read_heads(
    cells: list[Any],
    heading: str,
    answers: Mapping[str, str],
    today: int,
    starts_1904: bool | None,
    zones: set[str],
    year: str,
    first: str,
) -> Understood:
    """Different cells without their times."""
    made = understood(cells)
    form = _Form(len(cells), today)
    form.zones = zones
    texts: list[tuple[int, str]] = []
    for at, cell in enumerate(cells):
        if isinstance(cell, str):
            if cell.lower() in MISSING:
                form.empty.append(at)
            elif cell in UNKNOWN:
                form.unknown.append(at)
            else:
                texts.append((at, cell))
        elif isinstance(cell, dt.datetime):
            pass  # no time: pandas' NaT
        elif isinstance(cell, dt.date):
            form.days[at] = cell.toordinal() - 719163
        elif isinstance(cell, np.datetime64):
            form.days[at] = cell.astype("datetime64[D]").astype("int64") if cell == cell else NO_DAY
        elif isinstance(cell, (int, float, np.number)) and not isinstance(cell, bool):
            value = float(cell) if abs(cell) < 1e16 else np.nan  # type: ignore[operator]
            if value == value:
                form.number(at, value)
    year_first, _zones = daytext.read([plain for _at, plain in texts])
    for (at, plain), day in zip(texts, year_first.tolist(), strict=True):
        if day == day:
            form.days[at] = day
        else:
            form.text(at, plain)
            if form.days[at] != form.days[at] and _looks_like_a_day(plain):
                form.days[at] = _IMPOSSIBLE
    _decide(form, made, heading, answers, starts_1904, year, first)
    _judge(form, made, heading, today)
    return made


def _looks_like_a_day(head: str) -> bool:
    """Year first, right signs, and still no day of the calendar."""
    return bool(
        re.fullmatch(r"[12]\d{3}\s*([-/.])\s*\d{1,2}\s*\1\s*\d{1,2}|[12]\d{3}年\s*\d{1,2}月\s*\d{1,2}[日号]?", head)
    )


def _decide(
    form: _Form,
    made: Understood,
    heading: str,
    answers: Mapping[str, str],
    starts_1904: bool | None,
    titled: str,
    first: str,
) -> None:
    if form.open:
        _decide_order(form, made, heading, answers, first)
    if form.serial:
        system = "1904" if starts_1904 else "1900"
        if starts_1904 is None:
            system = answers.get("date_system", system)
            made.questions.append(
                Question(
                    "date_system",
                    Said(_("Column {column!r} has Excel's numbers for days ({example:.0f}). Which day does its Excel count from?"), column=heading, example=form.serial[0][1]),
                    {"1900": Said(_("1900, as Excel mostly does")), "1904": Said(_("1904, as old Excel for Mac did"))},
                    system,
                )
            )  # fmt: skip
        for at, value in form.serial:
            form.days[at] = int(value) + (_EXCEL_1904 if system == "1904" else _EXCEL_1900)
    if form.unix:
        zone = answers.get("unix_zone", "+00:00")
        made.questions.append(
            Question(
                "unix_zone",
                Said(
                    _("Column {column!r} counts seconds since 1970. In which time zone does your day begin?"),
                    column=heading,
                ),
                {"+00:00": Said(_("in Greenwich's (UTC)")), "+08:00": Said(_("in China's (UTC+8)"))},
                zone,
            )
        )
        for at, value in form.unix:
            form.days[at] = (value + (8 * 3600 if zone == "+08:00" else 0)) // 86400
    if form.six:
        months = all(199000 < value < 206000 and 1 <= value % 100 <= 12 for _at, value in form.six)
        for at, value in form.six:
            if months:
                form.months.append(at)
                form.days[at] = number(value // 100, value % 100, 1)
            else:
                form.short.append(at)
                form.days[at] = number(_full(value // 10000, 2, form.today), value // 100 % 100, value % 100)
    if form.yearless:
        this = int(np.datetime64(form.today, "D").astype("datetime64[Y]").astype("int64")) + 1970
        late = any(number(this, month, day) > form.today for _at, month, day in form.yearless)
        year = ask_year(heading, this, titled or str(this - 1 if late else this), answers, made.questions)
        for at, month, day in form.yearless:
            form.days[at] = number(year, month, day)
    if form.roc:
        taken = answers.get("roc", "no")
        made.questions.append(
            Question(
                "roc",
                Said(
                    _(
                        "Column {column!r} has days whose year may be one of the Republic's calendar (year 115 = 2026). Is it?"
                    ),
                    column=heading,
                ),
                {"no": Said(_("no: leave these rows out")), "yes": Said(_("yes: add 1911 years"))},
                taken,
            )
        )
        if taken == "yes":
            for at, value in form.roc:
                form.days[at] = value
        else:
            made.mark(
                [at for at, _value in form.roc],
                Fault(
                    Said(_("The year may be one of the Republic's calendar.")),
                    Said(_("Row left out until you say so.")),
                ),
            )
    if len(form.zones) > 1:
        made.notes.append(
            Problem(
                Said(_("The column mixes time zones ({zones})."), zones=", ".join(sorted(form.zones)[:4])),
                Said(_("Each day is taken as it stands there, in its own zone.")),
                heading,
            )
        )


def ask_year(column: str, this: int, taken: str, answers: Mapping[str, str], asked: list[Question]) -> int:
    """The year of days or months that name none (``taken`` meanwhile), asked; ``this`` is the year of today."""
    said = answers.get("year", taken)
    options = {
        str(year): Said("{year}", year=year) for year in sorted({*range(this - 9, this + 1), int(taken)}, reverse=True)
    }
    asked.append(
        Question(
            "year", Said(_("The days or months of {column} name no year. Which is it?"), column=column), options, said
        )
    )
    return int(said) if said in options else int(taken)


def _read_as(order: str, one: tuple[int, int, int, int, tuple[int, int, int], str], today: int) -> float:
    _at, first, second, third, digits, _sign = one
    if order == YEAR:
        return number(_full(first, 2, today), second, third) if digits[2] <= 2 and digits[0] == 2 else _IMPOSSIBLE
    if digits[2] == 1:
        return _IMPOSSIBLE
    day, month = (first, second) if order == DAY else (second, first)
    return number(_full(third, digits[2], today), month, day)


def _decide_order(form: _Form, made: Understood, heading: str, answers: Mapping[str, str], known: str) -> None:
    """What comes first in 1/3/26: what fits all; else it is asked, and what gives the fewest days to come is taken meanwhile."""
    orders = [DAY, MONTH]
    # 24.3.5 may have the year first: only where the last number can be a day, and the first is too large for one or never is one digit.
    if all(one[4][2] <= 2 and 1 <= one[3] <= 31 and one[4][0] == 2 for one in form.open):
        orders.append(YEAR)
    days = {order: np.array([_read_as(order, one, form.today) for one in form.open]) for order in orders}
    wrong = {order: int(np.isinf(found).sum()) for order, found in days.items()}
    odd = {
        order: int(((found > form.today + 31) | ((found < 3653) & np.isfinite(found))).sum())
        for order, found in days.items()
    }  # later than a month from now, or before 1980
    least = min(wrong.values())
    fit = [order for order in orders if wrong[order] == least]
    if YEAR in fit and len(fit) > 1 and odd[YEAR] > min(odd[one] for one in fit):
        fit.remove(YEAR)
    if fit == [YEAR] or (
        YEAR in fit and all(odd[one] > len(form.open) // 2 for one in fit if one != YEAR) and odd[YEAR] == 0
    ):
        fit = [YEAR]
    if len(fit) == 1 and wrong[fit[0]] == 0:
        made.first = fit[0]
    elif known in fit and not answers.get("day_first"):
        fit = [known]
    dotted = all(one[5] == "." for one in form.open) and all(one[4][2] == 4 for one in form.open)
    same = len(fit) > 1 and all(np.array_equal(days[fit[0]], days[other]) for other in fit[1:])
    said = answers.get("day_first", "")
    if said in orders:
        taken = said
    elif len(fit) == 1 or same:
        taken = fit[0]
    elif dotted and DAY in fit:
        taken = DAY  # nobody writes points with the month first
    else:
        steps = {order: int((np.diff(days[order]) < 0).sum()) for order in fit}
        taken = min(
            fit, key=lambda order: (odd[order], min(steps[order], len(form.open) - 1 - steps[order]), order != DAY)
        )
    if said or not (len(fit) == 1 or same or dotted):
        apart = np.flatnonzero(days[DAY] != days[MONTH])
        at = int(apart[0]) if len(apart) else 0  # 1/1/25 asks nothing
        shown = form.open[at]
        made.questions.append(
            Question(
                "day_first",
                Said(
                    _("Column {column!r}: what stands first in {example!r}?"),
                    column=heading,
                    example=shown[5].join(
                        f"{part:0{digits}d}" for part, digits in zip(shown[1:4], shown[4], strict=True)
                    ),
                ),
                {
                    order: Said(
                        {DAY: _("the day: {day}"), MONTH: _("the month: {day}"), YEAR: _("the year: {day}")}[order],
                        day=str(np.datetime64(int(days[order][at]), "D")) if np.isfinite(days[order][at]) else "–",
                    )
                    for order in (orders if said else fit)
                },
                taken,
            )
        )
    for one, day in zip(form.open, days[taken], strict=True):
        form.days[one[0]] = day
        if min(one[4][0] if taken == YEAR else one[4][2], 3) == 2:
            form.short.append(one[0])


def _judge(form: _Form, made: Understood, heading: str, today: int) -> None:
    out = Said(_("Row left out."))
    days = form.days
    made.mark(form.empty, Fault(Said(_("The day is missing.")), out))
    unknown = np.isin(days, list(_UNKNOWN_DAYS))
    unknown[form.unknown] = True
    made.mark(unknown, Fault(Said(_("Many programs write this day for an unknown one.")), out))
    made.mark(np.isinf(days), Fault(Said(_("There is no such day.")), out))
    made.mark(np.isnan(days), Fault(Said(_("This is not a day that can be read.")), out))
    made.mark((days < FIRST_DAY) | (days > LAST_DAY), Fault(Said(_("Nothing can have happened on this day.")), out))
    made.mark(days > today + 366, Fault(Said(_("The day lies more than a year ahead.")), out))
    made.mark(
        (days > today) & (made.fault == 0),
        Fault(Said(_("The day is still to come.")), Said(_("Used as it is.")), left_out=False),
    )
    good = np.isfinite(days) & ~np.array([False, *(one.left_out for one in made.faults)])[made.fault]
    made.values = np.where(good, days, np.nan)
    if form.months and len(form.months) < len(days):
        made.mark(
            form.months,
            Fault(Said(_("Only the month is given.")), Said(_("Taken as the first of the month.")), left_out=False),
        )
    elif form.months:
        made.notes.append(
            Problem(Said(_("The column gives months, not days.")), Said(_("Taken as the first of the month.")), heading)
        )
    if form.short:
        made.notes.append(
            Problem(
                Said(_("The column has years of two digits.")),
                Said(_("Taken in the century that puts them not later than next year.")),
                heading,
            )
        )
