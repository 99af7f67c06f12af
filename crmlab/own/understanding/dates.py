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
from crmlab.own.understanding.cells import MISSING, Fault, Understood, understood
from crmlab.own.understanding.dayforms import (
    COMMON,
    DAY,
    IMPOSSIBLE,
    MONTH,
    NO_DAY,
    UNKNOWN,
    YEAR,
    Form,
    full_year,
    head,
    looks_like_a_day,
    number,
)

_UNKNOWN_DAYS = frozenset(
    int(np.datetime64(one, "D").astype("int64"))
    for one in ("1753-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1970-01-01")
)

_HAN = re.compile(r"[\u3400-\u9fff]")
_EXCEL_1900 = int(np.datetime64("1899-12-30", "D").astype("int64"))
_EXCEL_1904 = int(np.datetime64("1904-01-01", "D").astype("int64"))


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
            found = COMMON.fullmatch(cell)
            if found:
                key = found[1]
            else:
                key, zone = head(cell)
                if zone:
                    zones.add(zone)
        elif isinstance(cell, dt.datetime) and cell == cell:
            key = cell.date()
        place[at] = heads.setdefault(key if not isinstance(cell, bool) else "TRUE", len(heads))
    made = _read_heads(list(heads), heading, answers, today, starts_1904, zones, year, first)
    return made if len(heads) == size else replace(made, values=made.values[place], fault=made.fault[place])


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
    form = Form(len(cells), today, bool(_HAN.search(heading)), starts_1904 is not None)
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
            if form.days[at] != form.days[at] and looks_like_a_day(plain):
                form.days[at] = IMPOSSIBLE
    _decide(form, made, heading, answers, starts_1904, year, first)
    _judge(form, made, heading, today)
    return made


def _decide(
    form: Form,
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
                form.days[at] = number(full_year(value // 10000, 2, form.today), value // 100 % 100, value % 100)
    if form.cut and form.nought:
        form.yearless += form.cut  # noughts at the end were kept
    elif form.cut:
        made.mark(
            [at for at, _month, _day in form.cut],
            Fault(
                Said(_("3.1 may have been 3.10: a spreadsheet drops the nought at the end of a number.")),
                Said(_("Row left out.")),
            ),
        )
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
        return number(full_year(first, 2, today), second, third) if digits[2] <= 2 and digits[0] == 2 else IMPOSSIBLE
    if digits[2] == 1:
        return IMPOSSIBLE
    day, month = (first, second) if order == DAY else (second, first)
    return number(full_year(third, digits[2], today), month, day)


def _decide_order(form: Form, made: Understood, heading: str, answers: Mapping[str, str], known: str) -> None:
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
            fit,
            key=lambda order: (
                odd[order],
                bool(_HAN.search(heading)) and order != YEAR,
                min(steps[order], len(form.open) - 1 - steps[order]),
                order != DAY,
            ),
        )
    if said or not (len(fit) == 1 or same or dotted):
        shown = form.open[0]
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
                        day=str(np.datetime64(int(days[order][0]), "D")) if np.isfinite(days[order][0]) else "–",
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


def _judge(form: Form, made: Understood, heading: str, today: int) -> None:
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
