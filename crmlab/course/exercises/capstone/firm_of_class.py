"""The firm of the class, from which all of lesson 7.1 follows."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import TypeVar

import numpy as np
import pandas as pd

from crmlab import firm
from crmlab.course import classes
from crmlab.course.hooks import Lesson
from crmlab.firm import Firm
from crmlab.language import current

T = TypeVar("T")
LESSON = "7.1"
here = Lesson(LESSON)
_WHOLE, _PERCENT = "{:,.0f}", "{:.0%}"
FORMATS = {
    **dict.fromkeys(
        ("orders", "yearly", "customers", "amount", "from", "value", "worth", "claim", "silent", "gap"), _WHOLE
    ),
    **dict.fromkeys(("chance", "share", "amount_share", "customer_share", "low share", "high share"), _PERCENT),
    "days": _WHOLE,
}
"""How the numbers in the lesson's tables are written."""
OUTCOME = dict.fromkeys(("revenue", "margin", "spent", "ahead", "total", "orders gone wrong", "lost", "won"), _WHOLE)
"""How those of a quarter are."""
SUMS = "{:,.10g}"
"""How means and counts of the survey are written."""


def class_number() -> int:
    """The number of the class: fixed by whoever leads it, or typed in the first form; 0 for who learns alone."""
    return classes.of(LESSON, "your-firm", "code")


@cache
def firm_of(number: int) -> Firm:
    """The firm of a class."""
    return firm.make(classes.seed(number))


def company() -> Firm:
    """The firm of the class.

    >>> len(company().customers)
    160
    """
    return firm_of(class_number())


def once(function: Callable[[], T]) -> Callable[[], T]:
    """The function, worked out once for each class and language."""

    @cache
    def worked_out(_number: int, _language: str) -> T:
        return function()

    return wraps(function)(lambda: worked_out(class_number(), current()))


def name_of() -> str:
    """The firm's name in the trainee's language."""
    one = company()
    return one.name_zh if current() == "zh" else one.name


def named(table: pd.DataFrame) -> pd.DataFrame:
    """A table of customers or leads with one name, that of the trainee's language, in the first column."""
    names = table["name_zh"] if current() == "zh" else table["name"]
    rest = table.drop(columns=["name", "name_zh"])
    rest.insert(0, "name", names)
    return rest


def called(who: str) -> str:
    """A customer's name in the trainee's language."""
    row = company().customers.loc[who]
    return str(row["name_zh" if current() == "zh" else "name"])


def lot_of(name: int) -> np.random.RandomState:
    """The lot by which an exercise chooses, another for each class."""
    return np.random.RandomState([company().seed, 700 + name])
