"""Days written as text, the year first, as exports of Europe and China write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import numpy as np

# In regular expressions that all engines read alike: no \d (which may be any script's), no looking around, no groups.
_HALF = r"(?:上午|下午|中午|凌晨|早上|晚上|[AaPp]\.?[Mm]\.?)"
_HOUR, _SIXTY = "(?:[01]?[0-9]|2[0-4])", "[0-5][0-9]"
_CLOCK = (
    rf"(?:{_HALF}?\s*{_HOUR}:{_SIXTY}(?::{_SIXTY}(?:[.,][0-9]+)?)?\s*{_HALF}?"
    rf"|{_HALF}?\s*{_HOUR}\s*[时時点點](?:\s*[0-5]?[0-9]\s*分?(?:\s*[0-5]?[0-9]\s*秒)?)?)"
)
_WEEKDAY = r"\(?(?:星期|周|週)[一二三四五六日天]\)?"
_SIGNS = r"[0-9]{4}\s*[-/.]\s*[0-9]{1,2}\s*[-/.]\s*[0-9]{1,2}\.?"
_CHINESE = r"[0-9]{4}\s*年\s*[0-9]{1,2}\s*月\s*[0-9]{1,2}\s*[日号號]"
# Eight digits are a day of these two centuries with the year first, or none: with the year last, 19 or 20 would be the month.
_SHORT = "(?:19|20)[0-9]{6}"
WITH_CLOCK = (
    rf"(?:{_SIGNS}(?:\s*{_WEEKDAY}\s*{_CLOCK}?|(?:T|\s)\s*{_CLOCK})?"
    rf"|{_CHINESE}\s*(?:{_WEEKDAY})?\s*T?\s*{_CLOCK}?"
    rf"|{_SHORT}(?:[T\s]?{_HOUR}{_SIXTY}{_SIXTY}|T{_HOUR}{_SIXTY}|[T\s]\s*{_CLOCK})?)"
)
"""A day with or without a time."""
ZONE = r"(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2}|\+[0-9]{2})"
"""A time zone."""

_WHOLE = re.compile(rf"{WITH_CLOCK}\s*({ZONE})?")
_DIGITS = re.compile(r"([0-9]{4})\D*([0-9]{1,2})\D*([0-9]{1,2})")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))
_TIME = re.compile(
    r"(?<![-+/.\d])(?P<h>\d{1,2}):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?"
    r"|(?P<ch>\d{1,2})\s*[时時点點](?:\s*(?P<cm>[0-5]?\d)\s*分?(?:\s*(?P<cs>[0-5]?\d)\s*秒)?)?"
    r"|^\d{8}[T\s]?(?P<sh>\d{1,2})(?P<sm>[0-5]\d)(?P<ss>[0-5]\d)?(?![-\d])"
)
_MORNING, _NOON = re.compile(r"上午|凌晨|早上|[Aa]\.?[Mm]"), re.compile("中午")
_AFTERNOON, _EVENING = re.compile(r"下午|[Pp]\.?[Mm]"), re.compile("晚上")
_DOTTED = re.compile(r"\s*\d{1,2}\s*([./-])\s*\d{1,2}\s*\1\s*\d{4}\b.*")


def read(texts: Iterable[str]) -> tuple[np.ndarray, list[str]]:
    """Days since 1970-01-01 as floats (NaN: no date with the year first), and the time zone written in each ("" = none).

    >>> days, zones = read(["1970-01-02", "1970年1月3日 下午3:05", "１９７０．１．４", "19700105", "1970-01-06T23:59Z", "03/04/2011"])
    >>> days.tolist(), zones[4]
    ([1.0, 2.0, 3.0, 4.0, 5.0, nan], 'Z')
    """
    parts: list[tuple[int, int, int]] = []
    zones: list[str] = []
    for text in texts:
        plain = clean(text)
        found = _WHOLE.fullmatch(plain)
        year, month, day = _DIGITS.match(plain).groups() if found else (0, 0, 0)  # type: ignore[union-attr]
        parts.append((int(year), int(month), int(day)))
        zones.append((found[1] if found else None) or "")
    years, month_of, day_of = np.array(parts, dtype="int64").reshape(-1, 3).T
    right = (years >= 1) & (month_of >= 1) & (month_of <= 12) & (day_of >= 1) & (day_of <= 31)
    months = ((years - 1970) * 12 + month_of - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day_of - 1)
    right &= days.astype("datetime64[M]") == months  # there is no 31 April
    return np.where(right, days.astype("int64"), np.nan), zones


def clock(text: str) -> tuple[int, int, int] | None:
    """Hour, minute and second of a day with a time (no time: midnight, where the day begins); None where it is not certain.

    >>> clock("2024-05-01 12:30 AM"), clock("2024年5月1日 下午3点05分"), clock("2024-05-01"), clock("2024年5月1日 晚上12:00")
    ((0, 30, 0), (15, 5, 0), (0, 0, 0), None)
    """
    plain = clean(text)
    found = _TIME.search(plain)
    if not found:
        return 0, 0, 0
    parts = [part for kind in (("h", "m", "s"), ("ch", "cm", "cs"), ("sh", "sm", "ss")) for part in map(found.group, kind)]
    at = next(i for i in (0, 3, 6) if parts[i] is not None)
    hour, minute, second = (int(part or 0) for part in parts[at : at + 3])
    morning, evening = _MORNING.search(plain), _EVENING.search(plain)
    if (morning and hour > 12) or (evening and hour in (0, 12)):
        return None  # of the evening, 12 may be the midnight before or the one after
    if morning:
        hour %= 12
    elif ((evening or _AFTERNOON.search(plain)) and hour < 12) or (_NOON.search(plain) and hour < 10):
        hour += 12
    return None if hour > 23 else (hour, minute, second)


def clean(text: str) -> str:
    """The text in plain digits and signs, without blanks around it and without what cannot be seen.

    >>> clean("２０２４－０１－０５\\u200e ")
    '2024-01-05'
    """
    if text.isascii():
        return text.strip()
    text = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cf").strip()


def year_last(text: str) -> str | None:
    """The sign between the numbers of a date with the year last (03/04/2011), or None.

    >>> year_last("05.01.2024"), year_last("2024-01-05")
    ('.', None)
    """
    found = _DOTTED.fullmatch(clean(text))
    return found[1] if found else None
