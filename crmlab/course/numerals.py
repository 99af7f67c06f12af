"""A number as people type it: digits of any width, either comma, dashes for minus, units; and what to say where it is not clear.

Nothing is guessed. ``0,734`` can only be a decimal comma, ``1,234.5`` only thousands; ``1,234`` may be either, and is asked
where the number that is looked for leaves both open.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from crmlab.language import _, tr

LONGEST = 60
"""Characters of a typed number that are looked at; a longer text is none."""


@dataclass(frozen=True)
class Reading:
    """A number, or ``value=None`` and a sentence that says what was not understood and what to type; both empty for no text."""

    value: float | None = None
    said: str = ""


def read(raw: Any, *, units: Iterable[str] = (), percent: bool = True, near: float | None = None, ask: bool = True) -> Reading:
    """The number that was meant. ``units`` may stand beside it; ``percent`` says that it is one in percent anyhow.

    ``near`` is about how large it should be: a comma before three digits then counts as one of thousands, unless the number
    with a decimal comma would be as likely; that is asked, as it is without ``near``. Without ``ask`` such a comma is always one of
    thousands, as English and Chinese write it.

    >>> read("0,734").value, read("1.234,56").value, read("–０．８", units=["分"]).value, read("½").value, read("5万元").value
    (0.734, 1234.56, -0.8, 0.5, 50000.0)
    >>> read("1,234", near=1200).value, read("1,234", near=3)
    (1234.0, Reading(value=None, said='“1,234” can be read as 1234 or as 1.234. Type the one that you mean, without a comma.'))
    >>> read("dozens").said
    '“dozens” is not understood as a number. Type the number alone, such as 12 or 0.5.'
    """
    if not isinstance(raw, str):
        return Reading(_real(raw))
    raw = raw[: 10 * LONGEST]  # a file of answers may hold megabytes
    shown = _shown(raw)
    text = _plain(raw)
    if not text:
        return Reading()
    said = Reading(None, tr(_("“{text}” is not understood as a number. Type the number alone, such as 12 or 0.5."), text=shown))
    if len(text) > LONGEST:
        return said
    body, times, marked = _bare(text, units)
    sign = -1.0 if body[:1] == "-" else 1.0
    value = _unsigned(body[1:].lstrip() if body[:1] in ("-", "+") else body)
    if value is None:
        return said
    if ask and "," in body and re.fullmatch(r"[-+]? ?[1-9]\d{0,2},\d{3}", body) and not _large(near, value * times):
        whole, part = body.lstrip("+").replace(",", ""), body.lstrip("+").replace(",", ".")
        text = _("“{text}” can be read as {whole} or as {part}. Type the one that you mean, without a comma.")
        return Reading(None, tr(text, text=shown, whole=whole, part=part))
    if marked and not percent:
        text = _("“{text}”: this is not asked in percent. Type {whole} or {part}, whichever you mean, without the sign.")
        return Reading(None, tr(text, text=shown, whole=written(sign * value), part=written(sign * value / 100)))
    value *= sign * times
    return Reading(value + 0.0) if math.isfinite(value) else said


def number(raw: Any) -> float | None:
    """The finite number that a person meant, or ``None``; a lone comma before three digits is one of thousands.

    >>> number("1,234.5"), number("74,6 %"), number("８０"), number("dozens"), number(True), number(float("nan"))
    (1234.5, 74.6, 80.0, None, None, None)
    """
    return read(raw, ask=False).value


def written(value: float) -> str:
    """A number as one would type it: all its digits, no exponent.

    >>> written(4060892.45), written(0.00001), written(80.0), written(-0.5)
    ('4060892.45', '0.00001', '80', '-0.5')
    """
    if not math.isfinite(value) or (value and not 1e-9 < abs(value) < 1e16):
        return str(value)
    return f"{value:.10f}".rstrip("0").rstrip(".") if abs(value) < 1e5 and float(f"{value:.10f}") == value else _digits(value)


def _digits(value: float) -> str:
    from decimal import Decimal

    text = f"{Decimal(repr(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _real(raw: Any) -> float | None:
    """The finite float of a number, numpy's too; ``None`` for anything else, a yes or no among it."""
    import numbers

    if isinstance(raw, bool) or raw is None or not isinstance(raw, numbers.Real):
        return None
    try:
        value = float(raw)
    except Exception:  # an integer of 400 digits, or a stranger's object, which may fail in any way
        return None
    return value if math.isfinite(value) else None


def _large(near: float | None, whole: float) -> bool:
    """Whether a number of this size is looked for, and not one that is a thousand times smaller."""
    return near is not None and math.isfinite(near) and abs(near) >= whole / 20


# -- the text ----------------------------------------------------------------------------------------------------------

_DASHES = "‐‑‒–—―−⁻"
_FRACTION = "\x01"


def _plain(raw: str) -> str:
    """The text in plain characters: narrow letters and digits, one kind of dash and of blank, nothing invisible."""
    out = []
    for one in raw:
        kind, tag = unicodedata.category(one), unicodedata.decomposition(one).split(" ")[0]
        if kind == "Nd":
            out.append(str(unicodedata.decimal(one)))
        elif kind in ("Zs", "Zl", "Zp") or one in "\t\r\n":
            out.append(" ")
        elif kind == "Cf":
            continue
        elif tag in ("<wide>", "<narrow>", "<small>"):
            out.append(unicodedata.normalize("NFKC", one))
        else:
            out.append(one)
    if out[-1:] == ["。"]:  # the end of a sentence
        out.pop()
    text = "".join("-" if one in _DASHES else {"。": ".", "٫": ".", "’": "'", "‘": "'", "ʼ": "'"}.get(one, one) for one in out)
    return re.sub(" +", " ", text).strip()


def _shown(raw: str) -> str:
    """The text as a sentence may quote it."""
    text = " ".join("".join(one if one.isprintable() else " " for one in raw).split())
    return text if len(text) <= 30 else text[:27] + "..."


_MONEY = ("元", "块钱", "块", "人民币", "yuan", "rmb", "cny", "gbp", "usd", "eur", "us$", "cn¥", "¥", "￥", "£", "€", "$")
_TIMES = {"万": 1e4, "萬": 1e4, "亿": 1e8, "億": 1e8, "千": 1e3, "thousand": 1e3, "million": 1e6, "k": 1e3}
_PERCENT = ("%", "percent", "per cent")


def _bare(text: str, units: Iterable[str]) -> tuple[str, float, bool]:
    """The text without what may stand beside a number: (rest, by how much it is multiplied, whether in percent)."""
    own = [one for unit in units if (one := _plain(unit).casefold())]
    words = [unit for unit in own if not unit[0].isdigit()] + [part for unit in own for part in unit.split(" ")]
    beside = sorted({*(one for one in words if not re.search(r"\d", one) or one in own), *_MONEY} - {"", "%"}, key=len, reverse=True)
    times, marked = 1.0, False
    low = text.casefold()
    if len(low) != len(text):  # a letter that grows when it is made small is in no number
        return text, 1.0, False
    sign = low[0] if low[0] in "-+" else ""
    body = low[len(sign) :].strip()
    if body.startswith("百分之"):
        body, marked = body[3:].strip(), True
    for one in beside:
        if body.startswith(one):
            body = body[len(one) :].strip()
            break
    if not sign and body[:1] in ("-", "+"):
        sign, body = body[0], body[1:].strip()
    for _again in range(3):
        before = body
        for one in _PERCENT:
            if body.endswith(one) and not marked:
                body, marked = body.removesuffix(one).strip(), True
        for one in beside:
            if body.endswith(one):
                body = body.removesuffix(one).strip()
                break
        # A unit such as 万元 is counted in these already.
        for one, factor in _TIMES.items():
            if times == 1.0 and len(body) > len(one) and body.endswith(one) and re.search(rf"\d\.? ?{one}$", body):
                body = body.removesuffix(one).strip()
                times = 1.0 if any(one in unit for unit in own) else factor
        if body == before:
            break
    return sign + body, times, marked


_GROUPED = re.compile(r"\d{1,3}(?:([ ,.'_])\d{3})(?:\1\d{3})*")


def _unsigned(text: str) -> float | None:
    """The number of digits, commas and points; ``None`` where they make none."""
    if half := re.fullmatch(r"(\d{0,6}) ?(\D)", text):
        return _with_fraction(half[1], half[2])
    mantissa, exponent = text, ""
    if scientific := re.fullmatch(r"(\d+(?:\.\d*)?|\.\d+)e([-+]?\d{1,3})", text):
        mantissa, exponent = scientific[1], f"e{scientific[2]}"
    if re.search(r"[^\d ,.'_]", mantissa) or not re.search(r"\d", mantissa):
        return None
    digits = _decimal(mantissa)
    value = float(digits + exponent) if digits is not None else math.inf
    return value if math.isfinite(value) else None


def _with_fraction(whole: str, sign: str) -> float | None:
    if unicodedata.category(sign) != "No" or not unicodedata.decomposition(sign).startswith("<fraction>"):
        return float(whole) if whole and sign in ",." else None
    part = unicodedata.numeric(sign)
    return int(whole or 0) + part if part < 1 else None


def _decimal(text: str) -> str | None:
    """Digits with a point at most, as Python reads them, from digits with commas, points and blanks."""
    points, commas = text.count("."), text.count(",")
    if points and commas:
        last = max(text.rfind("."), text.rfind(","))
        if text.count(text[last]) > 1:
            return None
        whole, rest = _whole(text[:last]), text[last + 1 :]
    elif points == 1 or (commas == 1 and not re.fullmatch(r"[1-9]\d{0,2},\d{3}", text)):
        whole, _mark, rest = re.split(r"([,.])", text)
        whole = _whole(whole) if whole else "0"
    else:
        whole, rest = _whole(text), ""
    return None if whole is None or re.search(r"\D", rest) else f"{whole}.{rest or 0}"


def _whole(text: str) -> str | None:
    """The digits of a whole number, which may be set in groups of three."""
    if re.fullmatch(r"\d+", text):
        return text
    # A number in groups does not begin with nought.
    return re.sub(r"\D", "", text) if _GROUPED.fullmatch(text) and text[0] != "0" else None
