"""The last exercise of a lesson, "On your own customers": about a firm made up for the class, or about the trainee's own file.

:func:`own_customers` registers it; all its numbers come from a :class:`Source`. Answers about an own file are kept under keys of their own
(``own.share`` beside ``share``): whoever switches to and fro loses nothing, and whoever grades sees which source an answer was
given for. Grading has no own file: it looks at the answers about the made-up firm alone (:func:`made_up_only`).
"""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from crmlab.checks import InputError
from crmlab.course import classes, exercise_form, own_files
from crmlab.course.form import Answers, Form
from crmlab.course.hooks import Lesson, Numbers, Right
from crmlab.customers import masking
from crmlab.language import _, current, tr
from crmlab.own import Export, sandbox

ID = "own-customers"
"""The exercise's name in every lesson."""
OWN = "own"
"""What the keys of answers about an own file begin with."""


@dataclass(frozen=True, eq=False)
class Source:
    """What an exercise is about: an export, and whether it is the trainee's own file."""

    export: Export
    own: bool

    @cached_property
    def seed(self) -> int:
        """From it follows which customers are drawn: of the made-up firm by the class, of an own file by what it holds."""
        table = self.export.table
        held = f"{self.export.kind} {len(table)} {table['customer'].astype(str).iloc[0]}" if self.own else str(_class())
        return zlib.crc32(f"own {held}".encode())

    def lot(self, number: int) -> np.random.RandomState:
        """The lot by which an exercise chooses."""
        return np.random.RandomState([self.seed, number])

    def called(self, who: Any) -> str:
        """A customer as it is shown: those of an own file under their pseudonym."""
        if self.own:
            from crmlab.own import privacy

            return masking.pseudonym(who, privacy.key())
        names = self.export.contacts
        return str(names.at[who, "name"]) if who in names.index else str(who)

    def money(self, amount: float) -> str:
        """A sum in whole units, with the currency where the file has one."""
        sign = {"": "", "CNY": tr(_("yuan"))}.get(self.export.currency, self.export.currency)
        return f"{amount:,.0f} {sign}".strip().replace("-", "−")

    @cached_property
    def orders(self) -> pd.DataFrame:
        """The orders: ``customer_id``, ``invoice``, ``date``, ``amount``. Lines of one order stand together; where the file has no numbers, each row
        is an order. Raises :class:`~crmlab.checks.InputError` for a file of monthly totals."""
        table = self.export.table
        if self.export.kind not in ("orders", "lines"):
            raise InputError(
                tr(_("It holds {kind}, and this needs single orders with their days."), kind=_kind(self.export))
            )
        known = table["order"].notna().to_numpy() if "order" in table else np.zeros(len(table), dtype=bool)
        number = np.where(
            known, table["order"].astype(str) if "order" in table else "", [f"row {row}" for row in table.index]
        )
        whole = table.assign(invoice=number).groupby(["customer", "invoice"], sort=False, as_index=False)
        made = whole.agg(date=("date", "max"), amount=("amount", "sum"))
        return made.rename(columns={"customer": "customer_id"})[["customer_id", "invoice", "date", "amount"]]

    @cached_property
    def today(self) -> pd.Timestamp:
        """The last day of the file."""
        return pd.Timestamp(self.export.table["date"].max()).normalize()

    @cached_property
    def found(self) -> dict[str, Any]:
        """What an exercise has worked out, to be looked up again."""
        return {}

    def need(self, there: int, least: int, what: str) -> None:
        """Raise :class:`~crmlab.checks.InputError` if there are too few of something (``what``, marked by ``_()``)."""
        if there < least:
            raise InputError(
                tr(_("It needs {least} {what} at least; there are {there}."), least=least, what=tr(what), there=there)
            )


CUSTOMERS = _("customers with orders")
ANSWERS = _("complete answers")


def _kind(export: Export) -> str:
    from crmlab.own import KINDS

    return tr(KINDS[export.kind]) if export.kind in KINDS else export.kind


def _class() -> int:
    number = classes.fixed()
    return classes.seed(classes.ALONE if number is None else number)


# -- which source ------------------------------------------------------------------------------------------------------

_alone = 0


@contextlib.contextmanager
def made_up_only() -> Iterator[None]:
    """As long as this is open, all exercises are about the made-up firm, whatever was chosen."""
    global _alone
    _alone += 1
    try:
        yield
    finally:
        _alone -= 1


_sources: dict[tuple[int, bool, int, str], Source] = {}


def _source(export: Export, own: bool) -> Source:
    """One source for each export and class, so that what was worked out is there still."""
    key = (id(export), own, _class(), current())
    if key not in _sources:
        while len(_sources) > 5:
            _sources.pop(next(iter(_sources)))
        _sources[key] = Source(export, own)  # it holds the export: no other one can get its id
    return _sources[key]


@dataclass(frozen=True)
class Asked:
    """The numbers of an exercise, whether they are about the trainee's own file, and the sentence that says what they are about."""

    numbers: Numbers
    own: bool
    about: str


def asked(kind: str, make: Callable[[Source], Numbers]) -> Asked:
    """The exercise as it is now: on the trainee's own file if one was chosen and does, else on the made-up firm."""
    why = ""
    if not _alone:
        why = own_files.problem(kind)  # also of a file that is not there any more
        if not why and own_files.chosen(kind) is not None:
            source = _source(own_files.export(kind), own=True)
            try:
                numbers = _worked_out(source, make)
            except InputError as error:
                why = str(error)
            else:
                return Asked(_marked(numbers), True, tr(_OWN, file=source.export.file.name))
    numbers = _worked_out(_source(sandbox.export(kind, _class()), own=False), make)
    firm = sandbox.name(_class())
    return Asked(numbers, False, tr(_NOT_FIT, why=why, firm=firm) if why else tr(_MADE_UP, firm=firm))


_MADE_UP = _("This is about {firm}, a firm made up for your class.")
_OWN = _(
    "This is about your file {file}; customers stand under pseudonyms. For a mark, do it on the made-up firm, too: whoever marks does not have your "
    "file. What you answer here is kept with your other answers; a file made with “Hand in” leaves it out."
)
_NOT_FIT = _(
    "Your own file does not do for this exercise. {why} So it is about {firm}, the firm made up for your class."
)
_ONLY_OWN = _(
    "This was answered about the trainee's own file, which is not here: it cannot be judged again, and brings no points. For a mark, "
    "it has to be done on the made-up firm."
)


def _worked_out(source: Source, make: Callable[[Source], Numbers]) -> Numbers:
    """Worked out once: the forms ask again and again. What a file lacks is remembered, too."""
    key = f"{make.__module__}.{make.__qualname__}"
    if key not in source.found:
        try:
            source.found[key] = make(source)
        except InputError as error:
            source.found[key] = error
    if isinstance(source.found[key], InputError):
        raise source.found[key]
    found: Numbers = source.found[key]
    return found


def only_own(fields: Any) -> str:
    """A sentence if there are answers, all of them about an own file; else empty."""
    keys = [str(key) for key in fields] if isinstance(fields, Mapping) else []
    return tr(_ONLY_OWN) if keys and all(key.startswith(f"{OWN}.") for key in keys) else ""


# -- the exercise ------------------------------------------------------------------------------------------------------


def own_customers(here: Lesson, kind: str, make: Callable[[Source], Numbers]) -> None:
    """Register the exercise of a lesson. ``make`` gives its numbers, with the keys of the file of exercises; it raises
    :class:`~crmlab.checks.InputError` with a sentence where a file does not hold what it needs."""

    def entry(own: bool) -> Mapping[str, Any]:
        found = here.entry(ID)
        if not own:
            return found
        parts = [{**part, "prefix": OWN} for part in exercise_form.exercise_file.parts(found)]
        return {
            **{name: value for name, value in found.items() if name not in exercise_form.exercise_file.PART},
            "parts": parts,
        }

    def form() -> Form:
        now = asked(kind, make)
        made = exercise_form.form(here, entry(now.own))
        return replace(made, intro="\n".join(filter(None, (now.about, made.intro))))

    here.numbers(ID)(lambda: asked(kind, make).numbers)
    here.form(ID)(form)
    here.judge(ID)(lambda answers: exercise_form.judged(here.number, ID, answers, entry=entry(asked(kind, make).own)))
    here.worked(ID)(lambda: exercise_form.right_answers(here.number, ID, entry=entry(asked(kind, make).own)))


def _marked(numbers: Numbers) -> Numbers:
    """The same for keys that begin with :data:`OWN`."""
    right = {
        f"{OWN}.{key}": _of_own(one if isinstance(one, Right) else Right(one)) for key, one in numbers.right.items()
    }
    return replace(numbers, right=right, fields={f"{OWN}.{key}": value for key, value in numbers.fields.items()})


def _of_own(right: Right) -> Right:
    def plain(answers: Answers) -> Answers:
        return {str(key).removeprefix(f"{OWN}."): value for key, value in answers.items()}

    value, slip, words = right.value, right.slip, right.words
    return replace(
        right,
        value=(lambda answers: value(plain(answers))) if callable(value) else value,
        slip=None if slip is None else lambda answers: slip(plain(answers)),
        words=(lambda answers: words(plain(answers))) if callable(words) else words,
    )
