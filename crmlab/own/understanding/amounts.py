"""A column of amounts, in whatever form it was written: decimal comma or point is decided by the column as a whole, or asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from crmlab.language import _
from crmlab.own.export import Question
from crmlab.own.said import Said
from crmlab.own.understanding.cells import MISSING, Fault, Understood, is_error, text, understood

CURRENCIES: Mapping[str, str] = {
    word: code
    for code, words in {
        "CNY": "¥ ￥ 元 元整 块 圆 rmb cny cn¥ 人民币 人民币元 cnh",
        "USD": "$ us$ usd 美元 美金 us-dollar",
        "EUR": "€ eur 欧元 euro euros",
        "GBP": "£ gbp 英镑 pound british-pound pound-sterling",
        "HKD": "hk$ hkd 港币 港元",
        "TWD": "nt$ twd 新台币 台币 ntd",
        "JPY": "jpy 日元 円 jp¥ 日币",
        "KRW": "₩ krw 韩元 韩币",
        "SGD": "s$ sgd 新加坡元 新币",
        "AUD": "a$ au$ aud australian-dollar 澳元 澳币",
        "CAD": "c$ ca$ cad canadian-dollar 加元 加币",
        "NZD": "nz$ nzd",
        "CHF": "chf fr. sfr. swiss-franc 瑞士法郎 瑞郎",
        "INR": "₹ inr rs rs.",
        "RUB": "₽ rub 卢布 руб руб.",
        "THB": "฿ thb 泰铢",
        "VND": "₫ vnd đ 越南盾",
        "BRL": "r$ brl",
        "MXN": "mx$ mxn",
        "MYR": "rm myr",
        "IDR": "rp idr rp.",
        "PHP": "₱ php",
        "PLN": "zł pln",
        "CZK": "kč czk",
        "HUF": "ft huf",
        "SEK": "sek",
        "NOK": "nok",
        "DKK": "dkk",
        "TRY": "₺ try",
        "ILS": "₪ ils",
        "ZAR": "zar",
        "AED": "aed",
        "SAR": "sar",
        "MOP": "mop 澳门元 澳门币",
        "UAH": "₴ uah",
    }.items()
    for word in words.split()
}
"""Signs, codes and words of currencies; ¥ alone is taken as yuan and $ alone as US dollar, and that is said."""

UNITS: Mapping[str, int] = {
    "十": 10, "百": 100, "千": 1000, "k": 1000, "tsd": 1000, "tsd.": 1000, "thousand": 1000, "t€": 1000, "teur": 1000, "keur": 1000, "'000": 1000, "000": 1000,
    "000s": 1000, "in thousands": 1000, "万": 10_000, "w": 10_000, "十万": 100_000, "百万": 1_000_000, "m": 1_000_000, "mm": 1_000_000, "mio": 1_000_000,
    "mio.": 1_000_000, "mn": 1_000_000, "million": 1_000_000, "millions": 1_000_000, "千万": 10_000_000, "亿": 100_000_000, "bn": 1_000_000_000, "b": 1_000_000_000,
    "mrd": 1_000_000_000, "mrd.": 1_000_000_000, "billion": 1_000_000_000, "lakh": 100_000, "crore": 10_000_000,
}  # fmt: skip
"""What a number counts, in the cell or in the heading."""

_PLAIN = re.compile(r"-?\d+(?:\.(?:\d{1,2}|\d{4,}))?")
_GROUPED = re.compile(r"-?\d{1,3}(?:,\d{3})+\.\d{1,2}")
_TAKEN = re.compile(r"^([^\d]*?)([\d.,](?:[\d.,'’ ]*\d)?[.,]?)([^\d]*)$")
_STROKE = re.compile(r"(?<=\d)[.,][-–—]+(?=\D*$)")  # 5,- is five
_COMMA = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d*)?")
_POINT = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d*)?")
_OTHER = re.compile(r"\d{1,3}(?:['’ ]\d{3})+(?:[.,]\d*)?")
_NUMERALS = re.compile(r"[零〇一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟元圆角分整正点]{2,}")
POINT, COMMA, LEAVE_OUT = "point", "comma", "leave_out"
SURE = 50


def code(word: str) -> str:
    """The code of a currency, "" for a word that is none.

    >>> code("￥"), code("US$"), code("欧元"), code("apples")
    ('CNY', 'USD', 'EUR', '')
    """
    plain = text(word).lower().strip()
    return (
        CURRENCIES.get(plain, "")
        or CURRENCIES.get(plain.removesuffix("s").replace(" ", "-"), "")
        or CURRENCIES.get(word.strip().lower(), "")
    )


def unit(word: str) -> tuple[int, str]:
    """What a word behind a number or in a heading's brackets says: a factor and a currency's code.

    >>> unit("万元"), unit("k€"), unit("EUR"), unit("in thousand USD"), unit("kg")
    ((10000, 'CNY'), (1000, 'EUR'), (1, 'EUR'), (1000, 'USD'), (0, ''))
    """
    plain = text(word).lower().replace("：", ":")
    plain = re.sub(r"^(?:in|unit|单位)\s*:?\s*|\s*(?:of)\s*", " ", plain).strip(" :,.")
    if not plain:
        return 1, ""
    if plain in CURRENCIES:
        return 1, CURRENCIES[plain]
    if plain in UNITS:
        return UNITS[plain], ""
    for size in range(len(plain) - 1, 0, -1):
        front, back = plain[:size].strip(), plain[size:].strip(" ,")
        if front in UNITS and back in CURRENCIES:
            return UNITS[front], CURRENCIES[back]
        if front in CURRENCIES and back in UNITS:
            return UNITS[back], CURRENCIES[front]
    return 0, ""


class _Written:
    """A text taken apart: sign, currency, unit and the number as it was written, with what it says of the decimal mark."""

    __slots__ = ("body", "code", "credit", "factor", "mark", "negative", "sign", "why")

    def __init__(self, plain: str) -> None:
        self.negative, self.code, self.factor, self.body, self.mark, self.why, self.credit = (
            False,
            "",
            1,
            "",
            "",
            "",
            False,
        )
        self.sign = ""
        self._take(plain)

    def _take(self, plain: str) -> None:
        if plain[0] in "([" and plain[-1] in ")]" and plain[1:-1].strip():
            self.negative, plain = True, plain[1:-1].strip()
        lower = plain.lower()
        for word in ("红字", "[red]", "负", "▲", "△", "▼"):
            if lower.startswith(word):
                self.negative, lower = not self.negative, lower[len(word) :].strip()
        for word, credit in ((" cr", True), (" dr", False), ("cr.", True), ("dr.", False), ("贷", True), ("借", False)):
            if lower.endswith(word) and lower[: -len(word)].strip()[-1:].isdigit():
                lower, self.credit = lower[: -len(word)].strip(), credit
                self.sign = "credit"
        if not self.sign and re.fullmatch(r".*\d(?:cr|dr)", lower):
            lower, self.credit, self.sign = lower[:-2], lower.endswith("cr"), "credit"
        lower = _STROKE.sub("", lower)
        for dash in "−–—‐‑－":
            lower = lower.replace(dash, "-")
        if lower.count("-") == 1 and (
            lower[0] == "-" or lower[-1] == "-" or re.fullmatch(r"[^\d]+-\s*[\d.,].*", lower)
        ):
            self.negative, lower = not self.negative, lower.replace("-", " ").strip()
        elif lower.startswith("+"):
            lower = lower[1:].strip()
        if lower[:1] == "(" and lower[-1:] == ")":  # -(5) or $ (5)
            lower = "x"
        if "(" in lower and lower.endswith(")"):
            front, inner = lower[:-1].split("(", 1)
            if front.strip() in CURRENCIES and not self.negative:
                self.negative, lower = True, f"{front.strip()}{inner.strip()}"
        found = _TAKEN.fullmatch(lower.replace("\u202f", " ").replace("\u00a0", " "))
        if not found:
            self.why = "unread"
            return
        before, self.body, after = found[1].strip(), found[2], found[3].strip()
        if after.startswith("%") or before == "%":
            self.why = "percent"
            return
        if before:
            self.code = CURRENCIES.get(before, "")
            if not self.code:
                self.why = "unread"
                return
        if after:
            factor, behind = unit(after)
            if not factor or (behind and self.code and behind != self.code):
                self.why = "unread"
                return
            self.factor, self.code = factor, behind or self.code
        self._number()

    def _number(self) -> None:
        """Which mark is the decimal one, as far as this number tells; ``mark`` "?." or "?,": three digits behind the only mark."""
        body = self.body = self.body.rstrip(".,") if re.fullmatch(r"\d+[.,]", self.body) else self.body
        if body.isdigit():
            return
        if body[0] in ".,":
            body = self.body = f"0{body}"
        if "'" in body or "’" in body or " " in body:
            if not _OTHER.fullmatch(body):
                self.why = "unread"
                return
            self.mark = POINT if "." in body else COMMA if "," in body else ""
            return
        points, commas = body.count("."), body.count(",")
        if points and commas:
            self.mark = POINT if body.rindex(".") > body.rindex(",") else COMMA
            if not (_COMMA if self.mark == POINT else _POINT).fullmatch(body):
                self.why = "unread"
            return
        mark = "." if points else ","
        if points + commas > 1:
            self.mark = COMMA if points else POINT
            if not (_POINT if points else _COMMA).fullmatch(body):
                self.why = "unread"
            return
        front, back = body.split(mark)
        if len(back) == 3 and 1 <= len(front) <= 3 and front[0] != "0":
            self.mark = f"?{mark}"
        elif mark == "," and len(back) >= 4:
            self.mark = "long,"
        else:
            self.mark = POINT if mark == "." else COMMA

    def value(self, decimal: str) -> Decimal:
        """The number, with this decimal mark."""
        body = re.sub(r"['’ ]", "", self.body)
        body = body.replace(",", "") if decimal == POINT else body.replace(".", "").replace(",", ".")
        found = Decimal(body) * self.factor
        return -found if self.negative else found


def read(
    cells: Sequence[Any],
    heading: str,
    answers: Mapping[str, str] | None = None,
    factor: int = 1,
    key: str = "decimal",
    percent: bool = False,
    decimal: str = "",
) -> tuple[Understood, np.ndarray]:
    """Amounts as floats, a value a cell (NaN where it was not read, with its fault), and the code of its currency ("" where none stands in the cell).

    ``cells`` are the different cells of a column. ``answers``: ``key`` ("point", "comma": the decimal mark), "credit" ("negative", "positive"). ``factor``
    is what the heading says (万元: 10,000); a cell with a unit of its own is not multiplied again. ``percent``: 12% is read as 0.12. ``decimal``: the decimal
    mark of the file's other columns, for a column that does not tell it.

    >>> found, codes = read(["€ 1.234,50", "(12,00)", "3.000", "1,2万", "12 CR"], "amount")
    >>> found.values.tolist(), codes.tolist()
    ([1234.5, -12.0, 3000.0, 12000.0, -12.0], ['EUR', '', '', '', ''])
    """
    answers = answers or {}
    made = understood(cells)
    codes = np.full(len(cells), "", dtype=object)
    empty, broken, lost, numerals, percents, unread, twice = [], [], [], [], [], [], []  # type: ignore[var-annotated]
    written: list[tuple[int, _Written]] = []
    pointed = False
    values: list[float] = [np.nan] * len(cells)
    for at, cell in enumerate(cells):
        if isinstance(cell, str):
            if _PLAIN.fullmatch(cell):
                values[at] = float(cell) if factor == 1 else float(Decimal(cell) * factor)
                continue
            if _GROUPED.fullmatch(cell):
                pointed = True
                digits = cell.replace(",", "")
                values[at] = float(digits) if factor == 1 else float(Decimal(digits) * factor)
                continue
            plain = text(cell)
            if plain[:1] in ("'", "`") or (plain.startswith('="') and plain.endswith('"')):
                plain = plain.removeprefix("=").strip("'\"`")
            lower = plain.lower()
            if lower in MISSING:
                empty.append(at)
            elif is_error(plain):
                broken.append(at)
            elif re.fullmatch(r"[-+]?\d+(?:[.,]\d+)?e[+-]?\d+", lower):
                lost.append(at)
            elif _NUMERALS.fullmatch(plain.removeprefix("人民币")):
                numerals.append(at)
            else:
                one = _Written(plain)
                if one.why == "percent" and percent:
                    one = _Written(plain.replace("%", ""))
                    one.factor = 1
                    if not one.why:
                        one.why = "share"
                if one.why in ("", "share"):
                    written.append((at, one))
                else:
                    (percents if one.why == "percent" else unread).append(at)
        elif isinstance(cell, (int, float, np.number)) and not isinstance(cell, (bool, np.bool_)):
            number = float(cell) if abs(cell) < 1e300 else np.inf  # type: ignore[operator]
            if number != number:
                empty.append(at)
            elif abs(number) >= 1e15:
                unread.append(at)
            else:
                values[at] = (
                    number
                    if factor == 1
                    else float(Decimal(repr(cell) if type(cell) in (int, float) else str(number)) * factor)
                )
        elif isinstance(cell, Decimal) and cell.is_finite():
            values[at] = float(cell * factor)
        elif cell is None:
            empty.append(at)
        else:
            unread.append(at)
    decimal, open_ = _decimal(written, cells, heading, answers, key, made, decimal, pointed)
    for at, one in written:
        mark = one.mark if one.mark in (POINT, COMMA) else decimal
        if one.mark == "long,":  # 1,2345: the comma of a Chinese ten thousand, or a decimal one
            if decimal != COMMA:
                unread.append(at)
                continue
            mark = COMMA
        found = one.value(mark)
        if one.sign and one.credit and answers.get("credit", "negative") == "negative":
            found = -found
        if factor != 1 and one.factor != 1:
            twice.append(at)
        elif factor != 1:
            found *= factor
        if one.why == "share":
            found /= 100
        if abs(found) >= 10**15:
            unread.append(at)
            continue
        values[at] = float(found)
        codes[at] = one.code
    if any(one.sign for _at, one in written):
        made.questions.append(
            Question(
                "credit",
                Said(
                    _("Column {column!r} marks credits with CR. Is a credit money that goes back to the customer?"),
                    column=heading,
                ),
                {"negative": Said(_("yes: a negative amount")), "positive": Said(_("no: a positive amount"))},
                answers.get("credit", "negative"),
            )
        )
    out = Said(_("Row left out."))
    made.values = np.array(values, dtype="float64")
    made.mark(empty, Fault(Said(_("The number is missing.")), out))
    made.mark(broken, Fault(Said(_("The spreadsheet's formula failed.")), out))
    made.mark(lost, Fault(Said(_("A number such as 1.23E+17 has lost its digits.")), out))
    made.mark(numerals, Fault(Said(_("A number in Chinese numerals is not read.")), out))
    made.mark(percents, Fault(Said(_("This is a percentage, not an amount.")), out))
    made.mark(unread, Fault(Said(_("This is not a number that can be read with certainty.")), out))
    made.mark(
        open_, Fault(Said(_("The point or comma may part thousands or decimals, and the column says both.")), out)
    )
    made.values[made.fault > 0] = np.nan
    if twice:
        made.mark(
            twice,
            Fault(
                Said(_("Heading and cell both name a unit.")),
                Said(_("Only the cell's is taken; check that it is meant so.")),
                left_out=False,
            ),
        )
    return made, codes


def _decimal(
    written: list[tuple[int, _Written]],
    cells: Sequence[Any],
    heading: str,
    answers: Mapping[str, str],
    key: str,
    made: Understood,
    known: str,
    pointed: bool,
) -> tuple[str, list[int]]:
    """The decimal mark of what does not tell it itself, and the cells for which that stays open."""
    told = {one.mark for _at, one in written} & {POINT, COMMA}
    # A plain 12.50 was read already: it says "point" too.
    if pointed or any(isinstance(cell, str) and "." in cell and _PLAIN.fullmatch(cell) for cell in cells):
        told.add(POINT)
    doubtful = [(at, one) for at, one in written if one.mark in ("?.", "?,")]
    if len(told) == 1 or not doubtful:
        made.decimal = next(iter(told)) if len(told) == 1 else ""
        return made.decimal or known or POINT, []
    if known and not told and key not in answers:
        return known, []
    marks = {one.mark for _at, one in doubtful}
    if not told and len(marks) == 1 and len(doubtful) >= SURE and len(doubtful) < len(cells):
        # So many numbers, each with none or three digits behind the mark: decimals of one or two digits would be among them.
        return (POINT if marks == {"?,"} else COMMA), []
    said = answers.get(key, "")
    # Without any other sign: amounts hardly ever have three decimals, so the only mark parts thousands.
    taken = said or ("" if told else POINT if marks == {"?,"} else COMMA if marks == {"?."} else "")
    example = str(cells[doubtful[0][0]])
    made.questions.append(
        Question(
            key,
            Said(
                _("Column {column!r}: which sign stands before the decimals? {example!r} can be read in two ways."),
                column=heading,
                example=example,
            ),
            {
                POINT: Said(_("the point: {number}"), number=f"{doubtful[0][1].value(POINT):,}"),
                COMMA: Said(_("the comma: {number}"), number=f"{doubtful[0][1].value(COMMA):,}"),
                LEAVE_OUT: Said(_("I do not know: leave these rows out")),
            },
            taken or LEAVE_OUT,
        )
    )
    if taken in (POINT, COMMA):
        return taken, []
    return POINT, [at for at, _one in doubtful]
