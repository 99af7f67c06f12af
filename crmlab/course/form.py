"""What a click exercise asks: rows of fields, described without widgets.

A form's answers are a plain dict of field keys and values. A field that was left alone is absent, so "not attempted"
can always be told from an answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from crmlab.course import numerals
from crmlab.course.numerals import number as number
from crmlab.language import _, current, tr

Answers = dict[str, Any]


@dataclass(frozen=True)
class Choice:
    """One of several options. ``options`` are (value, label) pairs, the value being what is kept and judged.

    ``label`` names the field for everybody, screen readers included; it may be empty only where the field stands alone in
    its row: then the row's prompt names it.

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
    """A number that is typed; ``unit`` stands behind the box ("%", "GBP", "days"). ``near`` is about how large it should be: it
    decides what ``1,234`` can mean (:func:`crmlab.course.numerals.read`) and is never shown.

    What is kept is the text as it was typed; what is judged is the number.

    >>> box = Entry("share", "Share", "%")
    >>> box.read("73,4 %"), box.read("dozens"), box.typed(0.1), box.typed("0,10")
    (73.4, None, '0.1', '0,10')
    >>> box.unread("dozens"), box.unread("73")
    ('“dozens” is not understood as a number. Type the number alone, such as 12 or 0.5.', '')
    """

    key: str
    label: str
    unit: str = ""
    near: float | None = None

    def read(self, raw: Any) -> float | None:
        """The number that was meant, else ``None``."""
        return self._reading(raw).value

    def unread(self, raw: Any) -> str:
        """What was not understood, and what to type; empty where all is clear or nothing was typed."""
        return self._reading(raw).said

    def typed(self, raw: Any) -> str:
        """What stands in the box for an answer that was kept."""
        if isinstance(raw, str):
            return raw[: numerals.LONGEST]
        value = number(raw)
        return "" if value is None else numerals.written(value)

    def _reading(self, raw: Any) -> numerals.Reading:
        units = [self.unit, *getattr(self.unit, "by_language", {}).values()]
        percent = any(sign in f"{text} {tr(text)}" for text in (*units, self.label) for sign in ("%", "percent", "百分"))
        return numerals.read(raw, units=[*units, tr(self.unit)], percent=percent, near=self.near)

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

    def snap(self, value: float) -> float:
        """The nearest value on a step: browsers turn 40 into 40.00000000000001.

        >>> Slider("n", "Number", 1, 100, 1, 40).snap(40.00000000000001)
        40
        """
        return round(self.minimum + round((value - self.minimum) / self.step) * self.step, 10)

    def show(self, value: Any) -> str:
        """The number with its unit."""
        return f"{value:,.10g} {tr(self.unit)}".strip() if isinstance(value, int | float) else ""


@dataclass(frozen=True)
class Order:
    """Things to be put in order. ``items`` are (value, label) pairs in the order in which they are first shown, which
    must not be the right one. The answer is the list of all values in the trainee's order.

    Untouched, it counts as not answered. Raises ``ValueError`` for fewer than two items or a value that stands twice.

    >>> steps = Order("steps", (("ask", "Ask what happened"), ("listen", "Listen")))
    >>> steps.read(["listen", "ask"]), steps.read(["listen"]), steps.read(["ask", "ask"])
    (['listen', 'ask'], None, None)
    >>> steps.show(["listen", "ask"])
    '1. Listen  2. Ask what happened'
    """

    key: str
    items: tuple[tuple[str, str], ...]
    label: str = ""

    def __post_init__(self) -> None:
        _distinct(self.key, self.values())

    def read(self, raw: Any) -> list[str] | None:
        """The values in the order given if each item stands there exactly once, else ``None``.

        Lists, tuples, and what has a ``tolist`` of its own: arrays, Series, an Index.
        """
        found = raw if isinstance(raw, list | tuple) else raw.tolist() if hasattr(raw, "tolist") else None
        if not isinstance(found, list | tuple) or not all(isinstance(value, str) for value in found):
            return None
        return [str(value) for value in found] if sorted(found) == sorted(self.values()) else None

    def values(self) -> list[str]:
        """The values as first shown."""
        return [value for value, _label in self.items]

    def show(self, value: Any) -> str:
        """The labels, numbered."""
        labels = dict(self.items)
        found = self.read(value) or []
        return "  ".join(f"{place}. {tr(labels[item])}" for place, item in enumerate(found, 1))


@dataclass(frozen=True)
class Mark:
    """A bar or a cell to be marked on a chart; the answer is its key.

    ``kind="bars"``: ``bars`` are (key, label, value) with values of 0 or more; ``unit`` stands behind the value.
    ``kind="cells"``: ``rows`` and ``columns`` are (key, label) pairs; a cell's key is ``row.column``, and ``texts`` are
    (cell key, text) pairs for what stands in the cells. ``title`` stands above the columns, so that it can say what the
    rows and columns are.

    Raises ``ValueError`` for a chart with fewer than two bars or cells, a key that stands twice, a negative value or a
    text of a cell that is not there.

    >>> months = Mark("month", "bars", bars=(("jan", "January", 30), ("feb", "February", 12.5)), unit="%")
    >>> months.read("feb"), months.read("mar"), months.show("feb")
    ('feb', None, 'February: 12.5 %')
    >>> grid = Mark("cell", "cells", rows=(("A", "A customers"), ("B", "B customers")), columns=(("1", "weak"),))
    >>> grid.read("B.1"), grid.show("B.1")
    ('B.1', 'B customers, weak')
    """

    key: str
    kind: Literal["bars", "cells"] = "bars"
    bars: tuple[tuple[str, str, float], ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    label: str = ""
    title: str = ""
    unit: str = ""

    def __post_init__(self) -> None:
        values = self.values()
        _distinct(self.key, values)
        if self.kind == "bars" and not all(math.isfinite(value) and value >= 0 for _key, _label, value in self.bars):
            raise ValueError(f"{self.key}: the values of bars must be numbers of 0 or more.")
        if strange := [cell for cell, _text in self.texts if cell not in values]:
            raise ValueError(f"{self.key}: there is no cell {strange[0]!r}; the cells are {', '.join(values)}.")

    def values(self) -> list[str]:
        """The keys of all bars, or of all cells row by row."""
        if self.kind == "bars":
            return [key for key, _label, _value in self.bars]
        return [f"{row}.{column}" for row, _label in self.rows for column, _text in self.columns]

    def amount(self, value: float) -> str:
        """A bar's value as it is written beside the bar."""
        return f"{value:,.10g} {tr(self.unit)}".strip()

    def name(self, value: str) -> str:
        """A bar or cell in words: its label and value, or its row, column and text."""
        for key, label, height in self.bars:
            if key == value:
                return f"{tr(label)}: {self.amount(height)}"
        texts = dict(self.texts)
        for row, across in self.rows:
            for column, down in self.columns:
                if f"{row}.{column}" == value:
                    text = tr(texts[value]) if value in texts else ""
                    return ", ".join(filter(None, (tr(across), tr(down)))) + (f": {text}" if text else "")
        return ""

    def read(self, raw: Any) -> str | None:
        """The key if there is such a bar or cell, else ``None``."""
        return raw if isinstance(raw, str) and raw in self.values() else None

    def show(self, value: Any) -> str:
        """The bar or cell in words."""
        return self.name(value) if self.read(value) is not None else ""


@dataclass(frozen=True)
class Line:
    """A sentence or two that the trainee types. ``criteria`` are names of :mod:`crmlab.course.criteria`, which are looked for;
    ``models`` are lines of others, shown after the first check.

    The answer is ``{"text": ..., "claims": {criterion: reason}}``: where nothing was found, the trainee may say that it is
    there, and why, for whoever leads the course to judge. Plain text is such an answer without claims. A worked answer has a text for each language instead.

    >>> line = Line("reply", ("sympathy", "ask"))
    >>> line.read(" The wrong room: that hurts. "), line.read("  "), line.read(7)
    ({'text': 'The wrong room: that hurts.', 'claims': {}}, None, None)
    >>> line.read({"text": "Which room?", "claims": {"sympathy": "I name it", "figure": "?", "ask": ""}})["claims"]
    {'sympathy': 'I name it'}
    """

    key: str
    criteria: tuple[str, ...]
    label: str = ""
    models: tuple[str, ...] = ()

    def read(self, raw: Any) -> dict[str, Any] | None:
        """The text without blanks around it and the claims that have a reason, else ``None``."""
        given = raw if isinstance(raw, Mapping) else {"text": raw}
        text, claims = given.get("text", given.get(current())), given.get("claims")
        if not isinstance(text, str) or not text.strip():
            return None
        kept = {
            name: " ".join(reason.split())[:REASON]
            for name, reason in (claims.items() if isinstance(claims, Mapping) else ())
            if name in self.criteria and isinstance(reason, str) and reason.strip()
        }
        return {"text": text.strip()[:TYPED], "claims": kept}

    def show(self, value: Any) -> str:
        """The text."""
        found = self.read(value)
        return f"“{found['text']}”" if found else ""


TYPED = 2000
"""Characters of a typed line that are kept."""
REASON = 300
"""Characters of a reason that are kept."""


def _distinct(key: str, values: list[str]) -> None:
    if len(values) < 2:
        raise ValueError(f"{key}: give at least two to choose from, not {len(values)}.")
    if twice := sorted({value for value in values if values.count(value) > 1}):
        raise ValueError(f"{key}: {twice[0]!r} stands there twice.")


Field = Choice | Tick | Entry | Slider | Order | Mark | Line


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

    def unread(self, raw: Any) -> dict[str, str]:
        """By field key, what is said of numbers that were typed and not understood; empty where there is none.

        >>> Form((Row("How many?", (Entry("n", "Number"),)),)).unread({"n": "1,234"})
        {'n': '“1,234” can be read as 1234 or as 1.234. Type the one that you mean, without a comma.'}
        """
        if not isinstance(raw, Mapping):
            return {}
        found = {field.key: field.unread(raw.get(field.key)) for field in self.fields() if isinstance(field, Entry)}
        return {key: said for key, said in found.items() if said}

    def describe(self, answers: Any) -> list[tuple[str, str]]:
        """Prompts and answers in words, a pair a row: how a worked answer is shown to someone who does not program."""
        clean = self.clean(answers)
        lines = []
        for row in self.rows:
            shown = [
                tr(_("{name}: {value}"), name=tr(field.label), value=text) if len(row.fields) > 1 and not isinstance(field, Tick) else text
                for field in row.fields
                if (text := field.show(clean.get(field.key)))
            ]
            lines.append((tr(row.prompt), " · ".join(shown)))
        return lines

    def missing(self, answers: Answers) -> int:
        """How many rows have a field without an answer."""
        return sum(any(field.key not in answers for field in row.fields) for row in self.rows)


CHOOSE = _("choose ...")
"""What a dropdown shows before it is touched."""
