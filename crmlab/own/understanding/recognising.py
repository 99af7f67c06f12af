"""What each column of a file probably is: by its heading and by what its cells look like, with a certainty and the reason."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from crmlab.customers import reading as customer_cells
from crmlab.customers.likeness import jaro_winkler
from crmlab.language import _
from crmlab.own.said import Said
from crmlab.own.understanding import amounts, dates, dayforms, roles_survey, states
from crmlab.own.understanding.cells import missing, text
from crmlab.own.understanding.identifiers import unwrapped
from crmlab.own.understanding.roles import ROLES, heading, vocabulary

SURE, LIKELY, LEAST = 0.8, 0.55, 0.35
"""From which certainty on a column is taken for granted, is a candidate, is taken where there is no better."""

EVERY = {**roles_survey.ROLES, **ROLES}
"""All roles."""


@dataclass(frozen=True)
class Guess:
    """What a column is taken for."""

    role: str
    certainty: float
    why: Said


@dataclass(frozen=True)
class Look:
    """What the cells of a column look like: shares (0 to 1) of those that hold anything, by kind of cell; ``different`` of ``there`` cells."""

    share: Mapping[str, float]
    there: int
    different: int
    examples: Sequence[str]
    counted: bool = False
    """Whether the cells are 1, 2, 3 and so on."""
    first: str = ""
    """What stands first in days such as 25/03/26, where the cells tell it."""


_MONEY = re.compile(r"[¥￥$€£₹]|元|rmb|cny|usd|eur|[.,]\d\d\)?$", re.IGNORECASE)
_FIRM = re.compile(
    r"(?:公司|集团|厂|商行|经营部|店|医院|学校|中心|ltd\.?|limited|inc\.?|llc|gmbh|ag|corp\.?|co\.|company|s\.?a\.?|plc|kg|bv|oy)\)?$",
    re.IGNORECASE,
)
_OTHER_MONEY = re.compile(
    r"\b(?:tax|vat|shipping|shipped|handling|refund(?:s|ed)?|discounts?|fees?|gift card|tips?|remaining|commission)\b"
)
_WITH_TAX = re.compile(r"\b(?:incl|including|includes|excl|excluding|before|after|without|with|net of)\b")
"""Amounts and days of something else than the sale, and what makes them amounts of the sale all the same."""
_NUMBERED = re.compile(r"\b(?:id|no|nr|number|code|key)\b|号|编码|ID$")
_DOCUMENT = re.compile(r"(?:transaction |document |event |entry )?type|typ|belegart|业务类型|单据类型|交易类型|类型")
_MONTH = re.compile(
    r"\d{4}\s*[-/.年]\s*\d{1,2}\s*月?份?|(?:19|20)\d{2}(?:0[1-9]|1[0-2])|[A-Za-z]{3,9}[- ]\d{2,4}|(?:0?[1-9]|1[0-2]|[一二三四五六七八九十]{1,2})月?份?"
)
_MONTH_NAME = re.compile(r"(\d{1,2}|[一二三四五六七八九十]{1,2})月份?|[a-zäéû]{3,10}\.?", re.IGNORECASE)


def look(cells: pd.Series) -> Look:
    """What the cells of a sample look like.

    >>> look(pd.Series(["a@b.example", "c@d.example", ""])).share["email"]
    1.0
    """
    there = [one for one in cells.tolist() if not missing(one)]
    unique = list(dict.fromkeys(one if isinstance(one, str) else repr(one) for one in there))
    plain = dict.fromkeys(unique)
    values: list[Any] = []
    for one in there:
        key = one if isinstance(one, str) else repr(one)
        if key in plain and plain[key] is None:
            plain[key] = one
    values = [plain[key] for key in unique][:200]
    if not values:
        return Look({}, 0, 0, [])
    texts = [unwrapped(text(one)) for one in values]
    days = dates.read(values, "", {"roc": "yes"})
    money, _codes = amounts.read(values, "")
    numbers = np.isfinite(money.values)
    written = np.array([isinstance(one, str) for one in values])
    # A plain number may be a serial day: only what is written as a day looks like one.
    bare = np.array(
        [bool(re.fullmatch(r"\d+(?:\.\d+)?", one)) and not re.fullmatch(r"(?:19|20)\d{6}", one) for one in texts]
    )
    looks_like_day = np.isfinite(days.values) & ~bare
    share = {
        "day": looks_like_day.mean(),
        "readable_day": np.isfinite(days.values).mean(),
        "short_day": (np.isfinite(days.values) | [bool(dayforms.SHORT.fullmatch(one)) for one in texts]).mean(),
        "month": np.mean([bool(_MONTH.fullmatch(one)) or one.lower().rstrip(".") in dayforms.MONTHS for one in texts]),
        "amount": numbers.mean(),
        "money": np.mean([bool(_MONEY.search(one)) and good for one, good in zip(texts, numbers, strict=True)]),
        "number": numbers.mean(),
        "email": np.mean([bool(customer_cells.email(one)) for one in texts]),
        "phone": np.mean([_is_phone(one) for one in texts]),
        "text": (written & ~numbers & ~looks_like_day).mean(),
        "firm": np.mean([bool(_FIRM.search(one)) for one in texts]),
        "code": np.mean([bool(re.fullmatch(r"[\w#/.-]*\d[\w#/.-]*", one, re.ASCII)) for one in texts]),
        "state": np.mean([bool(states.state(one)) for one in texts]),
        "moved": float(states.documents(texts)),
        "whole": np.mean([bool(re.fullmatch(r"\d+(?:\.0+)?", one)) for one in texts]),
    }
    count = [int(one) for one in texts[:20] if one.isdecimal() and len(one) < 9]
    counted = len(count) == len(texts[:20]) and count == list(range(count[0], count[0] + len(count))) and count[0] < 2
    return Look(
        {key: float(one) for key, one in share.items()}, len(there), len(unique), texts[:3], counted, days.first
    )


def _is_phone(plain: str) -> bool:
    """A number of China as customers.reading knows it, or any other that is written as one."""
    return bool(customer_cells.phone(plain)) or bool(
        re.fullmatch(
            r"\+\d[\d ()/.-]{6,18}|\(?0\d{1,5}\)?[ /-]\d[\d -]{4,12}|\d{3}[-*]{1,4}\d{3,4}[-]?\d{4}|1[3-9]\d\*{4}\d{4}",
            plain,
        )
    )


def fits(cells: str, seen: Look) -> float:
    """How well cells fit what a role has in it (:attr:`crmlab.own.understanding.roles.Role.cells`), from 0 to 1; 0.5 where nothing can be said."""
    if not seen.there:
        return 0.3
    share = seen.share
    few = seen.different <= max(20, seen.there // 10)
    found = {
        "day": max(share["day"], share["readable_day"]),
        "month": max(share["month"], share["readable_day"]) if share["whole"] < 1 or share["month"] else 0.6,
        "amount": share["amount"],
        "number": share["number"],
        "email": share["email"],
        "phone": max(share["phone"], 0.7 * share["whole"]),
        "key": 1 - max(share["day"] - share["whole"], 0) - 0.5 * share["money"],
        "name": 0.35 + 0.65 * (1 - share["number"]) if share["day"] < 0.5 else 0.1,
        "word": 1.0 if few else 0.6,
        "text": 0.9,
        "rating": 1.0 if few else 0.4,
    }
    return min(max(found.get(cells, 0.5), 0.0), 1.0)


def by_heading(written: str) -> tuple[str, float, Said | None]:
    """Role and certainty that the heading alone gives: its own entry, the longest entry within it, or one that differs by a slip of the pen.

    >>> by_heading("客户名称")[:2], by_heading("Sales order customer name")[:2], by_heading("Custmer name")[:2], by_heading("Tax amount")[:2]
    (('customer', 0.97), ('customer', 0.78), ('customer', 0.78), ('', 0.95))
    """
    plain, _unit = heading(written)
    words = vocabulary()
    if plain in words:
        role, certainty = words[plain]
        return role, certainty, Said(_("its heading"))
    best: tuple[float, str, float, str] = (0.0, "", 0.0, "")
    han = bool(re.search(r"[\u3400-\u9fff]", plain))
    if len(plain) > 5 and not han:
        near = max(
            (word for word in words if abs(len(word) - len(plain)) < 2),
            key=lambda word: jaro_winkler(word, plain),
            default="",
        )
        if near and jaro_winkler(near, plain) >= 0.96:
            role, certainty = words[near]
            return role, round(certainty * 0.8, 2), Said(_("its heading looks like {word!r}"), word=near)
    for word, (role, certainty) in words.items():
        if len(word) < 2 or len(word) >= len(plain) or word not in plain:
            continue
        if han:
            at_end = plain.endswith(word)
        else:
            if len(word) < 3 or not re.search(rf"(?:^| ){re.escape(word)}(?: |$)", plain):
                continue
            at_end = plain.endswith(word)
        weight = len(word) / len(plain) + (0.5 if at_end else 0)
        if weight > best[0]:
            best = (weight, role, round(certainty * (0.8 if at_end else 0.6), 2), word)
    if best[0] and _OTHER_MONEY.search(plain) and not _WITH_TAX.search(plain) and best[1] in ("amount", "date"):
        return "", 0.8, Said(_("its heading holds {word!r}"), word=best[3])
    if best[0]:
        return best[1], best[2], Said(_("its heading holds {word!r}"), word=best[3])
    return "", 0.0, None


def by_cells(seen: Look) -> tuple[str, float, Said | None]:
    """Role and certainty that the cells alone give, where the heading says nothing."""
    share = seen.share
    if not seen.there:
        return "", 0.0, None
    if share["email"] > 0.8:
        return "email", 0.9, Said(_("its cells are mail addresses"))
    if share["phone"] > 0.8 and share["firm"] < 0.2:
        return "phone", 0.75, Said(_("its cells look like telephone numbers"))
    if share["day"] > 0.85:
        return "date", 0.6, Said(_("its cells are days"))
    if share["firm"] > 0.5 and share["text"] > 0.8:
        return "customer", 0.6, Said(_("its cells look like names of firms"))
    if share["money"] > 0.6 and share["amount"] > 0.9:
        return "amount", 0.45, Said(_("its cells look like amounts of money"))
    return "", 0.0, None


def guess(written: str, seen: Look) -> Guess:
    """What a column is taken for, by heading and cells."""
    role, certainty, why = by_heading(written)
    plain = heading(written)[0]
    if written.lower().startswith("(do not modify)"):  # Dynamics' own keys
        return Guess("", 0.9, Said(_("its heading says that it is something that is not used here")))
    if seen.there and _DOCUMENT.fullmatch(plain) and seen.share["moved"]:
        return Guess("status", 0.9, Said(_("its cells are kinds of documents, some of which are no sale")))
    if plain in ("no", "number", "nr") and seen.there > 1 and seen.different == seen.there and not seen.counted:
        return Guess("order", 0.65, Said(_("its cells are numbers or codes, no two the same, and not simply 1, 2, 3")))
    if why is None:
        role, certainty, why = by_cells(seen)
        if role == "phone" and _NUMBERED.search(plain):
            role, certainty, why = "", 0.0, None
        return Guess(role, certainty, why or Said(_("neither its heading nor its cells say what it is")))
    if not role and certainty < 0.7 and seen.there and seen.share["firm"] > 0.5:
        return Guess("customer", 0.6, Said(_("its cells look like names of firms")))
    if not role:
        return Guess("", certainty, Said(_("its heading says that it is something that is not used here")))
    fit = fits(ROLES[role].cells, seen)
    if role == "date" and seen.there and re.search("[日时期]", written):
        fit = max(fit, seen.share["short_day"])
    if heading(written)[0] in ("name", "名称") and seen.there and seen.share["code"] > 0.95:
        return Guess("order", 0.7, Said(_("{why}, but its cells are numbers or codes"), why=why))
    if role == "status" and heading(written)[0].endswith("state") and seen.there and not seen.share["state"]:
        role = "region"  # of the United States
    named = re.search("name|nom$|名|称", heading(written)[0])
    if role == "customer" and not named and seen.there and seen.share["code"] > 0.95 and seen.share["day"] < 0.5:
        role, why = "customer_number", Said(_("{why}, and its cells are numbers or codes"), why=why)
        fit = fits("key", seen)
    if role in ("date",) and fit < 0.3 and seen.there:
        return Guess(
            "", 0.5, Said(_("its heading says {role}, but its cells are no such thing"), role=Said(ROLES[role].says))
        )
    if role == "month" and seen.share.get("day", 0) > 0.9 and seen.share.get("month", 0) < 0.5:
        role = "date"
    certainty = round(certainty * (0.35 + 0.65 * fit), 2)
    if fit >= 0.9:
        return Guess(role, certainty, Said(_("{why}, and its cells fit"), why=why))
    return Guess(role, certainty, Said(_("{why}; of its cells {share:.0%} fit"), why=why, share=fit))


def months(headings: Sequence[str]) -> dict[str, float]:
    """Headings that are months, with the first day of each (since 1970-01-01); a month without a year (3月, Mar) has its number, minus 13.

    >>> found = months(["客户", "2026-01", "2026年2月", "Mar 2026", "4月"])
    >>> [int(one) for one in found.values()]
    [20454, 20485, 20513, -9]
    """
    found: dict[str, float] = {}
    for one in headings:
        plain = text(one)
        front = (
            re.sub(r"(?:销售|营业|订单)?(?:额|金额|收入|业绩|合计)?(?:\(.*\))?$|\s*\(.*\)$", "", plain).strip() or plain
        )
        bare = _MONTH_NAME.fullmatch(front)
        if bare:
            number = (
                int(bare[1])
                if bare[1] and bare[1].isdigit()
                else int(dayforms.han(bare[1]))
                if bare[1]
                else dayforms.MONTHS.get(front.lower().rstrip("."), 0)
            )
            if 1 <= number <= 12:
                found[one] = number - 13
            continue
        if not re.search(r"\d{2}", front) or len(front) > 25:
            continue
        read = dates.read([front], "", {"day_first": "day"})
        day = read.values[0]
        if np.isfinite(day) and (re.fullmatch(r"\d{6}", front) or not front.isdigit()):
            month = np.datetime64(int(day), "D").astype("datetime64[M]")
            if month.astype("datetime64[D]").astype("int64") == day:
                found[one] = float(day)
    return found


@dataclass(frozen=True, eq=False)
class Recognised:
    """``kind`` of file, with its certainty; ``guesses`` and ``looks`` by heading; ``natural``: the guesses before a person said anything; ``wide``: the
    months that are headings."""

    kind: str
    certainty: float
    guesses: Mapping[str, Guess]
    looks: Mapping[str, Look]
    wide: Mapping[str, float]
    natural: Mapping[str, Guess]

    def candidates(self, role: str, least: float = LEAST) -> list[str]:
        """The headings taken for a role, the most certain first."""
        found = [one for one, guess_ in self.guesses.items() if guess_.role == role and guess_.certainty >= least]
        return sorted(found, key=lambda one: (-self.guesses[one].certainty, -self.natural[one].certainty))


def recognise(
    headings: Sequence[str], sample: pd.DataFrame, kind: str = "", roles: Mapping[str, str] | None = None
) -> Recognised:
    """What a file is and what its columns are; a ``kind`` and ``roles`` (by heading) that a person has given are taken as they are."""
    looks = {one: look(sample[one]) for one in headings}
    guesses = {one: guess(one, looks[one]) for one in headings}
    best = {made.role: made.certainty for made in guesses.values()}
    if (
        not {"amount", "quantity"} & set(best) and "price" in best
    ):  # the price of one thing, without how many, is what was paid
        for one, made in guesses.items():
            if made.role == "price":
                guesses[one] = Guess(
                    "amount",
                    round(made.certainty * 0.7, 2),
                    Said(_("its heading is a price, and no column has a quantity or an amount")),
                )
    _nameless(guesses, looks)
    natural = dict(guesses)
    given = {one: role for one, role in (roles or {}).items() if one in guesses}
    for one, role in given.items():
        guesses[one] = Guess(role, 1.0, Said(_("you said so")))
    wide = (
        {}
        if any(guesses[one].role == "date" and guesses[one].certainty >= LIKELY for one in headings)
        else months(headings)
    )
    wide = {
        one: day
        for one, day in wide.items()
        if (looks[one].there < 4 or looks[one].share["amount"] > 0.5) and given.get(one, "amount") == "amount"
    }
    if len(wide) < 2:
        wide = {}
    found, certainty = (kind, 1.0) if kind else _kind(headings, sample, guesses, wide)
    if found in ("survey", "complaints"):
        for one, heard in roles_survey.guess(headings, sample, found).items():
            if one not in given:
                guesses[one] = Guess(heard.role, heard.certainty, heard.why)
        for one, now in guesses.items():
            if now.role in ROLES and one not in given and now.role not in ("customer", "customer_number"):
                guesses[one] = Guess("", 0.5, Said(_("not used for this kind of file")))
        wide = {}
    elif found != "months":
        wide = {}
    for one in wide:
        guesses[one] = Guess("amount", 0.9, Said(_("its heading is a month, and its cells are numbers")))
    return Recognised(found, certainty, guesses, looks, wide, natural)


def _nameless(guesses: dict[str, Guess], looks: Mapping[str, Look]) -> None:
    """The amount in a file whose headings say nothing at all but which has days: the column of numbers that looks most like money, to be asked."""
    roles = {one.role for one in guesses.values()}
    unknown = [one for one, made in guesses.items() if not made.role and not made.certainty]
    named = any(by_heading(one)[2] is not None for one in guesses)
    if named or "amount" in roles or "date" not in roles:
        return
    numbers = [
        one for one in unknown if looks[one].there and looks[one].share["amount"] > 0.9 and not looks[one].counted
    ]
    if numbers:
        order = list(guesses)
        best = max(numbers, key=lambda one: (looks[one].share["whole"] < 1, looks[one].different > 1, order.index(one)))
        why = Said(_("its cells are numbers, and the headings do not say which column has the amount"))
        guesses[best] = Guess("amount", 0.4, why)


def _kind(
    headings: Sequence[str], sample: pd.DataFrame, guesses: Mapping[str, Guess], wide: Mapping[str, float]
) -> tuple[str, float]:
    best: dict[str, float] = {}
    for one in guesses.values():
        best[one.role] = max(best.get(one.role, 0.0), one.certainty)
    who = max(
        (best.get(role, 0.0) for role in ("customer", "customer_number", "email", "phone", "contact")), default=0.0
    )
    money = max(best.get("amount", 0.0), min(best.get("quantity", 0.0), best.get("price", 0.0)))
    day, month = best.get("date", 0.0), best.get("month", 0.0)
    if day < LIKELY:
        day = max(day, best.get("day", 0.0))
    goods = max(best.get("item", 0.0), best.get("item_number", 0.0))
    sales = min(who, day, money) if who >= LEAST and day >= LEAST and money >= LEAST else 0.0
    other, certainty = roles_survey.likely(headings, sample)
    if (
        other
        and certainty >= 0.8
        and (certainty >= 0.95 or not (sales and (best.get("order", 0) >= SURE or goods >= SURE)))
    ):
        return other, certainty
    if len(wide) >= 2 and who >= LEAST:
        return "months", 0.9
    if sales:
        if goods >= LIKELY and (
            best.get("quantity", 0)
            or best.get("price", 0)
            or best.get("item_number", 0) >= LIKELY
            or goods >= SURE
            or (best.get("order", 0) and _several(sample, guesses))
        ):
            return "lines", round(min(sales, goods), 2)
        monthly = [one for one, made in guesses.items() if made.role == "date"]
        if best.get("order", 0) < LIKELY and monthly and all(_monthly(sample[one]) for one in monthly):
            return "months", round(sales, 2)
        return "orders", round(sales, 2)
    if who >= LEAST and month >= LEAST and money >= LEAST:
        return "months", round(min(who, month, money), 2)
    if other and certainty >= LIKELY:
        return other, certainty
    if day >= LEAST and money >= LEAST:
        return ("lines" if goods >= LIKELY else "orders"), 0.4
    if who >= LEAST and money < LEAST:
        return "customers", round(who * 0.8, 2)
    return ("lines" if goods >= LIKELY and money >= LEAST else "orders"), 0.2


def _several(sample: pd.DataFrame, guesses: Mapping[str, Guess]) -> bool:
    """Whether orders go over several rows."""
    order = max((one for one, made in guesses.items() if made.role == "order"), key=lambda one: guesses[one].certainty)
    there = [text(one) for one in sample[order].tolist() if not missing(one)]
    return len(set(there)) < len(there)


def _monthly(cells: pd.Series) -> bool:
    """Whether all days are firsts (or lasts) of a month: totals a month have no other."""
    values = [one for one in cells.tolist() if not missing(one)]
    if len(values) < 3:
        return False
    days = dates.read(values, "", {"roc": "yes"}).values
    days = days[np.isfinite(days)]
    if not len(days):
        return False
    stamps = days.astype("int64").astype("datetime64[D]")
    first = stamps == stamps.astype("datetime64[M]").astype("datetime64[D]")
    last = (stamps + 1) == (stamps + 1).astype("datetime64[M]").astype("datetime64[D]")
    return bool((first.all() or last.all()) and len(np.unique(stamps)) > 1)


def table(recognised: Recognised, taken: Mapping[str, str]) -> pd.DataFrame:
    """The guesses as a table by heading: ``role``, ``certainty``, ``why``, ``examples``; ``taken``: the roles really used, by heading."""
    rows = []
    for one, made in recognised.guesses.items():
        role = taken.get(one, "")
        shown = (
            made
            if role == made.role
            else replace(made, role=role, why=Said(_("{why}; another column is used for that"), why=made.why))
            if not role
            else replace(made, role=role)
        )
        rows.append((shown.role, shown.certainty, shown.why, ", ".join(recognised.looks[one].examples)))
    return pd.DataFrame(
        rows,
        index=pd.Index(list(recognised.guesses), name="heading", dtype="object"),
        columns=["role", "certainty", "why", "examples"],
    )
