"""What a click exercise asks: rows of fields, described without widgets.

A form's answers are a plain dict of field keys and values. A field that was left alone is absent, so "not attempted"
can always be told from an answer.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from crmlab.language import _, tr

Answers = dict[str, Any]


@dataclass(frozen=True)
class Choice:
    """One of several options. ``options`` are (value, label) pairs, the value being what is kept and judged.

    ``label`` names the field for everybody, screen readers included; it may be empty only for a radio in a row with a
    prompt of its own.

    >>> Choice("money", (("M", "has money"), ("m", "lacks money")), label="Money").read("M")
    'M'
    """

    key: str
    options: tuple[tuple[str, str], ...]
    label: str = ""
    style: Literal["dropdown", "radio"] = "dropdown"

    def read(self, raw: Any) -> str | None:
        """The value if it is one of the options, else ``None``."""
        return raw if isinstance(raw, str) and any(raw == value for value, _label in self.options) else None

    def show(self, value: Any) -> str:
        """The value as the trainee saw it."""
        return next((tr(label) for option, label in self.options if option == value), "")


@dataclass(frozen=True)
class Tick:
    """A box to tick, for questions with several right answers.

    A box counts as answered once any box of its form was touched.
    """

    key: str
    label: str

    def read(self, raw: Any) -> bool | None:
        """True or False, else ``None``."""
        return raw if isinstance(raw, bool) else None

    def show(self, value: Any) -> str:
        """The label if it is ticked."""
        return tr(self.label) if value is True else ""


@dataclass(frozen=True)
class Entry:
    """A number that is typed; ``unit`` stands behind the box ("%", "GBP", "days")."""

    key: str
    label: str
    unit: str = ""

    def read(self, raw: Any) -> float | None:
        """The number that was meant, else ``None``. See :func:`number`."""
        return number(raw)

    def show(self, value: Any) -> str:
        """The number with its unit."""
        return f"{value:,.10g} {tr(self.unit)}".strip() if isinstance(value, int | float) else ""


@dataclass(frozen=True)
class Slider:
    """A number from a range. ``start`` is where the slider stands before it is touched; it must not be the answer."""

    key: str
    label: str
    minimum: float
    maximum: float
    step: float
    start: float
    unit: str = ""

    def read(self, raw: Any) -> float | None:
        """The number if it lies in the range, else ``None``."""
        found = number(raw)
        return found if found is not None and self.minimum <= found <= self.maximum else None

    def show(self, value: Any) -> str:
        """The number with its unit."""
        return f"{value:,.10g} {tr(self.unit)}".strip() if isinstance(value, int | float) else ""


Field = Choice | Tick | Entry | Slider


@dataclass(frozen=True)
class Row:
    """One line of a form: what is asked (plain text; ``quote`` sets it as something that somebody said) and the fields."""

    prompt: str
    fields: tuple[Field, ...]
    quote: bool = False


@dataclass(frozen=True)
class Form:
    """A whole click exercise.

    ``live`` turns the present numbers (starting values where nothing was touched) into lines of plain text that are
    shown under the form and follow every move: the result of a calculator.

    >>> form = Form((Row("Can she sign?", (Choice("authority", (("A", "yes"), ("a", "no"))),)),))
    >>> form.clean({"authority": "A", "nonsense": 3})
    {'authority': 'A'}
    >>> form.clean({"authority": "B"})
    {}
    """

    rows: tuple[Row, ...]
    live: Callable[[Answers], list[str]] | None = None
    intro: str = ""

    def fields(self) -> Iterator[Field]:
        """All fields, row by row."""
        for row in self.rows:
            yield from row.fields

    def clean(self, raw: Any) -> Answers:
        """The answers that can be read, by field key; anything else is left out. Empty if there is none."""
        if not isinstance(raw, Mapping):
            return {}
        found: Answers = {}
        for field in self.fields():
            try:
                value = field.read(raw[field.key]) if field.key in raw else None
            except Exception:  # a stranger's object may fail in any way
                value = None
            if value is not None:
                found[field.key] = value
        return found

    def describe(self, answers: Any) -> list[tuple[str, str]]:
        """Prompts and answers in words, a pair a row: how a worked answer is shown to someone who does not program."""
        clean = self.clean(answers)
        lines = []
        for row in self.rows:
            shown = [
                f"{tr(field.label)}: {text}" if len(row.fields) > 1 and not isinstance(field, Tick) else text
                for field in row.fields
                if (text := field.show(clean.get(field.key)))
            ]
            lines.append((tr(row.prompt), " · ".join(shown)))
        return lines

    def missing(self, answers: Answers) -> int:
        """How many rows have a field without an answer."""
        return sum(any(field.key not in answers for field in row.fields) for row in self.rows)


_STRIP = str.maketrans("", "", " \u00a0\u202f_%£€$¥￥'")


def number(raw: Any) -> float | None:
    """The finite number that a person meant, or ``None``.

    Takes ints and floats (numpy's too) and text as people type it: ``"1,234.5"``, ``"74.6 %"``, full-width digits.
    A lone comma before one or two digits is read as a decimal comma. Percent signs and money signs are passed over:
    the exercise states the unit.

    >>> number("1,234.5"), number("74,6 %"), number("８０"), number("dozens"), number(True), number(float("nan"))
    (1234.5, 74.6, 80.0, None, None, None)
    """
    if isinstance(raw, bool) or raw is None:
        return None
    try:
        if isinstance(raw, str):
            text = unicodedata.normalize("NFKC", raw).translate(_STRIP).replace("−", "-")
            head, comma, tail = text.rpartition(",")
            if comma and "," not in head and "." not in text and len(tail) in (1, 2):
                text = f"{head}.{tail}"
            value = float(text.replace(",", ""))
        else:
            import numbers

            if not isinstance(raw, numbers.Real):
                return None
            value = float(raw)
    except Exception:  # a stranger's object may fail in any way
        return None
    return value if math.isfinite(value) else None


CHOOSE = _("choose ...")
"""What a dropdown shows before it is touched."""
