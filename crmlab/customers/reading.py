"""What a cell of a customer list says, however it was written: names of firms, telephones, dates, amounts, mail addresses.

Everything begins with :func:`plain`: full-width letters and digits become ordinary ones (Unicode NFKC, UAX #15), blanks are
trimmed. Nothing is guessed: what can be read in two ways is not read, and the reason is said.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from crmlab import checks
from crmlab.customers.simplified import simplified
from crmlab.language import _

TOWNS: dict[str, str] = {
    "深圳": "shenzhen", "广州": "guangzhou", "东莞": "dongguan", "佛山": "foshan", "惠州": "huizhou", "中山": "zhongshan",
    "珠海": "zhuhai", "香港": "hong kong", "澳门": "macau", "上海": "shanghai", "北京": "beijing", "天津": "tianjin",
    "重庆": "chongqing", "杭州": "hangzhou", "宁波": "ningbo", "温州": "wenzhou", "苏州": "suzhou", "南京": "nanjing",
    "无锡": "wuxi", "厦门": "xiamen", "福州": "fuzhou", "泉州": "quanzhou", "成都": "chengdu", "武汉": "wuhan",
    "长沙": "changsha", "青岛": "qingdao", "西安": "xi'an",
}  # fmt: skip
"""Towns as they stand in names of firms, Chinese and English."""

FORMS = (
    "股份有限公司", "有限责任公司", "集团有限公司", "有限公司", "股份公司", "集团公司", "分公司", "公司", "集团",
)  # fmt: skip
_ENGLISH_FORM = re.compile(
    r"\b(?:co|company|ltd|limited|inc|incorporated|corp|corporation|llc|plc|pte|gmbh|group|holdings?)\b\.?",
    re.IGNORECASE,
)
WORDS = {"tech": "technology", "elec": "electronics", "electronic": "electronics", "intl": "international", "mfg": "manufacturing",
         "pkg": "packaging", "ind": "industrial", "garment": "garments", "plastic": "plastics", "ceramic": "ceramics"}  # fmt: skip
"""Words of English names that are often shortened."""
TITLES = ("总经理", "副总经理", "董事长", "经理", "主任", "主管", "老板", "老师", "先生", "女士", "小姐", "总", "工")
_ENGLISH_TITLE = re.compile(r"^(?:mr|mrs|ms|miss|dr|prof)\b\.?\s*", re.IGNORECASE)

_HAN = re.compile(r"[\u3400-\u9fff]")
_BLANK = re.compile(r"\s+")


def plain(value: Any) -> str:
    """A cell as text: full-width made ordinary, blanks trimmed and single; "" for what is missing.

    >>> plain(" （０７５５）１２３４ "), plain(None), plain(float("nan"))
    ('(0755)1234', '', '')
    """
    if _missing(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _BLANK.sub(" ", unicodedata.normalize("NFKC", str(value))).strip()


def _missing(value: Any) -> bool:
    if isinstance(value, Decimal):
        return value.is_nan()
    return value is None or (not isinstance(value, str) and pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def cells(table: pd.DataFrame, column: Any) -> list[tuple[Any, Any]]:
    """The cells of a column with the labels of their rows; what is missing is missing in one way.

    Raises :class:`~crmlab.checks.InputError` for cells such as lists, and numbers that are not exact.

    >>> cells(pd.DataFrame({"name": ["a", None]}, index=["R1", "R2"]), "name")
    [('R1', 'a'), ('R2', None)]
    """
    return list(zip(table.index, checks.keys(table[column], str(column)), strict=True))


def labels_once(table: pd.DataFrame) -> None:
    """Refuse a table in which two rows have one label."""
    if not table.index.is_unique:
        twice = table.index[table.index.duplicated()][0]
        checks.fail(
            _("Two rows have the label {label!r}. Give each row its own: table.reset_index(drop=True)."), label=twice
        )


def is_chinese(text: str) -> bool:
    """Whether there is a Chinese character in the text.

    >>> is_chinese("华强 Ltd"), is_chinese("Huaqiang")
    (True, False)
    """
    return bool(_HAN.search(text))


@dataclass(frozen=True)
class Firm:
    """The name of a firm, taken apart: ``core`` is what sets it apart, ``town`` stands in it or is "", ``form`` is the legal form."""

    core: str
    town: str
    form: str

    @property
    def chinese(self) -> bool:
        """Whether the core is written in Chinese characters."""
        return is_chinese(self.core)


def firm(name: Any) -> Firm:
    """Take the name of a firm apart: legal form and town off, traditional characters simplified, words in lower case.

    The town is given in English for both ways of writing. A works (厂) keeps that word: it is no legal form.

    >>> firm("深圳市華強包装有限公司") == firm("华强包装（深圳）有限公司")
    True
    >>> firm("HUAQIANG PACKAGING (SHENZHEN) CO., LTD.")
    Firm(core='huaqiang packaging', town='shenzhen', form='ltd')
    """
    text = simplified(plain(name)).lower()
    if is_chinese(text):
        text = re.sub(r"[\s()\[\]·,.\-]", "", text)
        form = next((one for one in FORMS if text.endswith(one) and len(text) > len(one)), "")
        text = text.removesuffix(form)
        town = next((one for one in TOWNS if re.match(f"{one}市?.", text) or re.search(f".{one}市?$", text)), "")
        rest = re.sub(f"^{town}市?|{town}市?$", "", text, count=1) if town else text
        core = rest or text
        kind = "股份" if "股份" in form else "有限" if "有限" in form else form
        return Firm(core, TOWNS.get(town, ""), kind)
    text = text.replace("&", " and ")
    town = next((one for one in TOWNS.values() if re.search(rf"\b{one}\b", text)), "")
    form = " ".join(found.group().strip(".") for found in _ENGLISH_FORM.finditer(text))
    text = _ENGLISH_FORM.sub(" ", text)
    rest = re.sub(rf"\b{town}\b", " ", text) if town else text
    words = re.findall(r"[^\W_]+", rest) or re.findall(r"[^\W_]+", text)
    core = " ".join(WORDS.get(word, word) for word in words)
    return Firm(core, town, "ltd" if re.search(r"ltd|limited", form) else form)


def person(name: Any) -> str:
    """A person's name without title, simplified and in lower case: 张三经理 and 张三 are one name.

    >>> person("張三經理"), person("Ms Wang Fang"), person("陈总")
    ('张三', 'wang fang', '陈')
    """
    text = simplified(plain(name)).lower()
    if is_chinese(text):
        text = text.replace(" ", "")
        title = next((one for one in TITLES if text.endswith(one) and len(text) > len(one)), "")
        return text.removesuffix(title)
    return " ".join(re.findall(r"[^\W_]+", _ENGLISH_TITLE.sub("", text)))


def phone(value: Any) -> str:
    """A telephone number of China, Hong Kong or Macau as ``+86...``, ``+852...``, ``+853...``; "" if it cannot be read as one.

    Mobile numbers have 11 digits from 13 to 19 on; fixed ones an area code that begins with 0 and seven or eight digits. Eight
    digits alone are not read: they may lie in Hong Kong or, without area code, in any town. An extension is left off.
    Source of the formats: ITU-T E.164 and the national numbering plans as published by the ITU.

    >>> phone("＋86 154-1234-5678"), phone("(0755) 1234 5678 转 12"), phone("852-1234 5678"), phone("1234567")
    ('+8615412345678', '+8675512345678', '+85212345678', '')
    """
    text = re.split(r"(?i)转|分机|ext\.?|#", plain(value), maxsplit=1)[0]
    if re.search(r"[^\W\d_]", text):
        return ""
    digits = re.sub(r"\D", "", text)
    digits = digits.removeprefix("00") if digits.startswith(("0086", "00852", "00853")) else digits
    if re.fullmatch(r"85[23]\d{8}", digits):
        return f"+{digits}"
    if digits.startswith("86") and len(digits) > 11:
        digits = digits[2:]
        digits = digits if re.fullmatch(r"1[3-9]\d{9}", digits) or digits.startswith("0") else f"0{digits}"
    if re.fullmatch(r"1[3-9]\d{9}", digits):
        return f"+86{digits}"
    # Two-digit areas (010, 02x) have eight local digits, three-digit ones seven or eight.
    if re.fullmatch(r"0(?:10|2\d)\d{8}|0[3-9]\d{2}\d{7,8}", digits):
        return f"+86{digits[1:]}"
    return ""


_MAIL = re.compile(r"[a-z0-9._%+'-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}")


def email(value: Any) -> str:
    """A mail address in lower case; "" if it is none. Only the form is looked at, not whether anybody reads it.

    >>> email(" Info@Huaqiang.EXAMPLE "), email("info at huaqiang.example")
    ('info@huaqiang.example', '')
    """
    text = plain(value).lower()
    return text if _MAIL.fullmatch(text) else ""


@dataclass(frozen=True)
class Read:
    """What was read, or ``value=None`` and ``why`` not."""

    value: Any
    why: str = ""


ORDERS = ("", "day", "month")


def day(value: Any, first: str = "") -> Read:
    """A date as ``pandas.Timestamp``, from year-month-day, 2021年3月5日, 20210305, or day and month before the year.

    03/04/2021 can be the third of April or the fourth of March: it is read only if ``first`` says what stands first ("day"
    or "month"), or if one of the two is above 12. Raises :class:`~crmlab.checks.InputError` for another ``first``.

    >>> day("2021年3月5日").value, day("25/04/2021").value
    (Timestamp('2021-03-05 00:00:00'), Timestamp('2021-04-25 00:00:00'))
    >>> day("03/04/2021").why, day("03/04/2021", first="day").value
    ('day or month first?', Timestamp('2021-04-03 00:00:00'))
    """
    checks.one_of(first, "first", ORDERS)
    text = plain(value)
    if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2} 00:00:00(?:\.0+)?", text):
        text = text.split(" ", maxsplit=1)[0]
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text) or re.fullmatch(
        r"(\d{4})(\d\d)(\d\d)", text
    )
    if found:
        return _made(*map(int, found.groups()))
    turned = re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", text)
    if not turned:
        return Read(None, _("not a whole date"))
    one, other, year = map(int, turned.groups())
    if not first and one <= 12 and other <= 12 and one != other:
        return Read(None, _("day or month first?"))
    if first == "month" or (not first and other > 12):
        return _made(year, one, other)
    return _made(year, other, one)


def _made(year: int, month: int, number: int) -> Read:
    try:
        return Read(pd.Timestamp(year=year, month=month, day=number))
    except ValueError:
        return Read(None, _("there is no such day"))


UNITS: Mapping[str, float] = {
    "": 1,
    "元": 1,
    "千": 1e3,
    "k": 1e3,
    "万": 1e4,
    "万元": 1e4,
    "m": 1e6,
    "百万": 1e6,
    "亿": 1e8,
    "亿元": 1e8,
}
CURRENCIES = {
    "": "CNY",
    "rmb": "CNY",
    "cny": "CNY",
    "¥": "CNY",
    "hkd": "HKD",
    "hk$": "HKD",
    "港币": "HKD",
    "usd": "USD",
    "us$": "USD",
}


def amount(value: Any) -> Read:
    """An amount as (number, currency): 12万 is 120,000 CNY, HKD 35,000 stays in Hong Kong dollars.

    No currency means CNY. Nothing is converted: the rate of the day is nobody's guess.

    >>> amount("12万").value, amount("HKD 35,000").value, amount("about ten").why
    ((120000.0, 'CNY'), (35000.0, 'HKD'), 'not an amount')
    """
    text = simplified(plain(value)).lower().replace(",", "").replace(" ", "")
    found = re.fullmatch(r"([a-z$¥]*|港币)(-?\d+(?:\.\d+)?)([a-z千万百亿元]*)(rmb|cny|hkd|usd)?", text)
    if not found:
        return Read(None, _("not an amount"))
    before, number, unit, after = found.group(1), float(found.group(2)), found.group(3), found.group(4) or ""
    for code in ("rmb", "cny", "hkd", "usd"):
        if unit.endswith(code):
            unit, after = unit.removesuffix(code), code
    if unit not in UNITS or before not in CURRENCIES or (before and after):
        return Read(None, _("not an amount"))
    return Read((round(number * UNITS[unit], 2), CURRENCIES[after or before]))


KINDS = (
    _("empty"), _("telephone"), _("mail address"), _("date"), _("number"), _("amount"), _("Chinese text"), _("other text"),
)  # fmt: skip
"""What a cell can look like, in the order in which it is tried."""


def kind(value: Any) -> str:
    """What a cell looks like, one of :data:`KINDS`.

    >>> kind("154 1234 5678"), kind("2021/3/5"), kind("518000"), kind("华强"), kind("12万"), kind("")
    ('telephone', 'date', 'number', 'Chinese text', 'amount', 'empty')
    """
    text = plain(value)
    if not text:
        return "empty"
    if email(text):
        return "mail address"
    if phone(text):
        return "telephone"
    if day(text, "day").value is not None:
        return "date"
    if re.fullmatch(r"-?\d+(?:\.\d+)?", text):
        return "number"
    if amount(text).value is not None:
        return "amount"
    return "Chinese text" if is_chinese(text) else "other text"
