"""What a column of a firm's file can be, and under which headings it is found: the vocabulary stands in ``headings.csv``, both languages side by side.

A line of the vocabulary is ``role,certainty,en,zh``: headings of one role that are equally telling, parted by ``|``. ``certainty`` is how sure the
heading alone makes it (0 to 1). A line without a role names headings that look like one and are none ("tax amount" is no amount).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crmlab.customers.simplified import simplified
from crmlab.language import _

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Role:
    """What a column can be. ``says``: its name, to be translated. ``cells``: what is in it, one of "key" (an identifier), "name" (a text that
    names somebody or something), "day", "month", "amount" (money), "number", "word" (one of a few texts), "text" (anything written), "phone",
    "email", "rating" (a number or word of a scale). ``kinds``: the kinds of file it speaks for. ``many``: several columns may have it; else two
    candidates make a question."""

    says: str
    cells: str
    kinds: tuple[str, ...] = ()
    many: bool = False


_SALES = ("orders", "lines", "months")

ROLES: Mapping[str, Role] = {
    "customer": Role(_("customer: name"), "name"),
    "customer_number": Role(_("customer: number"), "key"),
    "order": Role(_("order number"), "key", ("orders", "lines")),
    "date": Role(_("day of the order"), "day", ("orders", "lines")),
    "month": Role(_("month"), "month", ("months",)),
    "year": Role(_("year"), "number"),
    "day": Role(_("day of the month"), "number"),
    "amount": Role(_("amount"), "amount", _SALES),
    "quantity": Role(_("quantity"), "number", ("lines",)),
    "price": Role(_("price of one"), "amount", ("lines",)),
    "item": Role(_("article: name"), "name", ("lines",)),
    "item_number": Role(_("article: number"), "key", ("lines",)),
    "currency": Role(_("currency"), "word"),
    "status": Role(_("status of the order"), "word", ("orders", "lines")),
    "phone": Role(_("telephone"), "phone"),
    "email": Role(_("mail address"), "email"),
    "contact": Role(_("contact person"), "name"),
    "region": Role(_("region"), "word"),
    "salesperson": Role(_("salesperson"), "word"),
    "category": Role(_("kind of article"), "word"),
}
"""The roles of orders, order lines, months and customers. Those of surveys and complaints: :mod:`crmlab.own.understanding.roles_survey`."""

_UNIT = re.compile(r"[(\[{【〔<《]([^()\[\]{}【】〔〕<>《》]*)[)\]}】〕>》]")
_SLASH = re.compile(r"/\s*([^/\s]{1,8})\s*$")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SIGNS = re.compile(r"[^\w%#]+|_")
_HASH = re.compile(r"(?<=[A-Za-z])\s*#\s*$")
_ACCOUNT = re.compile(r"\ba/c\b(?: ref(?:erence)?\b| n(?:o|umber)\b)?", re.IGNORECASE)
_HAN_BLANK = re.compile(r"(?<=[\u3400-\u9fff])\s+|\s+(?=[\u3400-\u9fff])")


def heading(text: str) -> tuple[str, str]:
    """A heading as it is looked up, and what stands in brackets or behind a stroke at its end: a unit mostly.

    >>> heading("销售额（万元）"), heading("CustomerID"), heading("Amount (EUR)"), heading("金額/元"), heading("Order_Date__c")
    (('销售额', '万元'), ('customer id', ''), ('amount', 'eur'), ('金额', '元'), ('order date', ''))
    >>> heading("Inv #"), heading("A/C")
    (('inv no', ''), ('account number', ''))
    """
    plain = unicodedata.normalize("NFKC", simplified(str(text))).strip().strip("*:'\"")
    plain = _HASH.sub(" no", plain)
    plain = _ACCOUNT.sub("account number", plain.removesuffix("__c"))
    units = [one.strip() for one in _UNIT.findall(plain)]
    plain = _UNIT.sub(" ", plain)
    stroke = _SLASH.search(plain)
    if stroke and not units and _SIGNS.sub("", plain[: stroke.start()]):
        units, plain = [stroke[1]], plain[: stroke.start()]
    plain = _SIGNS.sub(" ", _CAMEL.sub(" ", plain)).lower()
    return _HAN_BLANK.sub("", " ".join(plain.split())), " ".join(filter(None, units)).lower()


@cache
def vocabulary(name: str = "headings.csv") -> Mapping[str, tuple[str, float]]:
    """Role ("" for none) and certainty by heading, as :func:`heading` gives it, from a file of this folder.

    >>> vocabulary()["order date"], vocabulary()["订单编号"]
    (('date', 0.97), ('order', 0.98))
    """
    found: dict[str, tuple[str, float]] = {}
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            for word in f"{line['en']}|{line['zh']}".split("|"):
                if word.strip():
                    found.setdefault(heading(word)[0], (line["role"], float(line["certainty"])))
    return found
