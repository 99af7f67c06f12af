"""Who and what: identifiers and names as they were meant, digits and noughts kept; what a spreadsheet has spoiled is said, never merged."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from crmlab.customers.simplified import simplified
from crmlab.language import _
from crmlab.own.export import Problem
from crmlab.own.said import Said
from crmlab.own.understanding.cells import MISSING, Fault, Understood, is_error, narrow, text, understood
from crmlab.own.understanding.roles import FOLDER

_SCIENTIFIC = re.compile(r"[-+]?\d(?:[.,]\d+)?[eE]\+?\d+")
_CLEAN = re.compile(r"[A-Za-z0-9_#/-]+|[\u4e00-\u9fff]+")
_POINT_ZERO = re.compile(r"(\d+)\.0+")
_HAN_BLANK = re.compile(r"(?<=[\u3400-\u9fff）)])\s+(?=[\u3400-\u9fff（(])")
_SIGNS = re.compile(r"[\W_]+")
DIGITS = 15
"""So many digits of a number a spreadsheet keeps; the rest it makes noughts."""


@cache
def placeholders() -> frozenset[str]:
    """Words that stand where no customer was named, as they are looked up: lower case, signs made blanks."""
    with (FOLDER / "placeholders.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(word for line in csv.DictReader(file) for one in line.values() for word in one.split("|"))


def is_placeholder(name: str) -> bool:
    """Whether a text stands for no customer in particular.

    >>> [is_placeholder(one) for one in ("散客", "Walk-in", "0000", "TEST 2", "Guest House Ltd", "99999")]
    [True, True, True, True, False, True]
    """
    plain = " ".join(_SIGNS.sub(" ", text(name)).lower().split())
    if not plain or re.fullmatch(r"0+|1{5,}|9{4,}", plain):
        return True
    if simplified(plain) in placeholders():
        return True
    return (
        re.fullmatch(
            r"(?:test|测试|guest|匿名|微信用户|散客)(?: ?(?:customer|user|客户|用户|账号))? ?\d+", simplified(plain)
        )
        is not None
    )


def unwrapped(plain: str) -> str:
    """A text without what keeps a spreadsheet from making a number of it.

    >>> unwrapped('="00123"'), unwrapped("'00123"), unwrapped("O'Neill")
    ('00123', '00123', "O'Neill")
    """
    if plain.startswith('="') and plain.endswith('"') and len(plain) > 3:
        return plain[2:-1].strip()
    if plain.startswith("'") and not plain.endswith("'"):
        return plain[1:].strip()
    return plain


def read(cells: Sequence[Any], heading: str, name: bool = False, out: bool = True) -> Understood:
    """Identifiers (or with ``name`` names) as texts, a value a cell, ``None`` where there is none, with its fault.

    Digits stay as they are: leading noughts, long numbers. Refused is what has lost digits: 1.23E+17, a number of more than fifteen digits that a
    spreadsheet kept as a number, a code that it made a date of. ``out``: rows with such a cell are not used.

    >>> found = read(["00123", '="00124"', 12345.0, "1.23E+17", 123456789012345678], "customer")
    >>> found.values.tolist(), [fault.left_out for fault in found.faults]
    (['00123', '00124', '12345', None, None], [True, True])
    """
    made = understood(cells, "object", None)
    done = Said(_("Row left out.")) if out else Said(_("The cell is not used; the row is."))
    texts = [
        (cell if _CLEAN.fullmatch(cell) else unwrapped(narrow(cell))) if isinstance(cell, str) else "" for cell in cells
    ]
    with_zero = [at for at, one in enumerate(texts) if one.endswith("0") and _POINT_ZERO.fullmatch(one)]
    if (
        with_zero
        and not name
        and sum(bool(re.fullmatch(r"\d+\.\d+", one)) for one in texts if "." in one) == len(with_zero)
    ):
        for at in with_zero:
            texts[at] = texts[at].split(".")[0]
        made.notes.append(
            Problem(
                Said(_("Numbers such as 12345.0 were decimal numbers once.")),
                Said(_("Read without the point and the nought: 12345.")),
                heading,
            )
        )
    empty, broken, lost, many, dates, odd, bare = [], [], [], [], [], [], []
    for at, cell in enumerate(cells):
        if isinstance(cell, str):
            plain = texts[at]
            if plain.lower() in MISSING:
                empty.append(at)
            elif is_error(plain):
                broken.append(at)
            elif _SCIENTIFIC.fullmatch(plain) and (not name or "+" in plain) and _lost(plain):
                lost.append(at)
            else:
                made.values[at] = plain
        elif cell is None or cell != cell:
            empty.append(at)
        elif isinstance(cell, (bool, np.bool_)):
            odd.append(at)
        elif isinstance(cell, (int, float, np.number)):
            number = float(cell) if abs(cell) < 1e300 else np.inf  # type: ignore[operator]
            if abs(number) >= 10**DIGITS:
                many.append(at)
            elif number.is_integer():
                made.values[at] = str(int(cell))
                bare.append(at)
            else:
                made.values[at] = repr(cell) if isinstance(cell, float) else str(cell)
        elif isinstance(cell, (dt.date, dt.time)):
            dates.append(at)
        else:
            odd.append(at)
    made.mark(empty, Fault(Said(_("The cell is empty.")), done))
    made.mark(broken, Fault(Said(_("The spreadsheet's formula failed.")), done))
    made.mark(
        lost, Fault(Said(_("A number such as 1.23E+17 has lost its digits; two of them may have become one.")), done)
    )
    made.mark(
        many,
        Fault(
            Said(
                _(
                    "A number of more than {n} digits: a spreadsheet keeps no more, and two of them may have become one."
                ),
                n=DIGITS,
            ),
            done,
        ),
    )
    made.mark(dates, Fault(Said(_("The spreadsheet has made a date of it.")), done))
    made.mark(odd, Fault(Said(_("This is neither a text nor a number.")), done))
    blurred = [
        cell
        for at, cell in enumerate(cells)
        if isinstance(cell, str) and made.values[at] is not None and made.values[at] != cell
    ]
    if blurred:
        says = Said(
            _("Different cells with blanks, full-width signs or marks that keep them text: {n}."), n=len(blurred)
        )
        made.notes.append(Problem(says, Said(_("Read without these.")), heading, values=blurred))
    noughts = [one for one in made.values if one and one[0] == "0" and one.isdigit()]
    if bare and noughts and not name:
        short = {one.lstrip("0") for one in noughts}
        twins = [at for at in bare if made.values[at] in short]
        if twins:
            made.mark(
                twins,
                Fault(
                    Said(
                        _(
                            "The same number stands elsewhere with noughts before it; a spreadsheet may have taken them off."
                        )
                    ),
                    Said(_("Kept apart from it.")),
                    left_out=False,
                ),
            )
    return made


def _lost(plain: str) -> bool:
    """Whether a number in E-notation shows fewer digits than it has; 12E4 may be a code."""
    before, after = re.split("[eE]", plain)
    return int(after) >= 9 or ("." in before or "," in before)


def same(name: str) -> str:
    """What two ways of writing one name have in common: width, blanks, letter case and points at the end do not count.

    >>> same("Huaqiang  LTD."), same("Ｈuaqiang Ltd"), same("华强 有限公司")
    ('huaqiang ltd', 'huaqiang ltd', '华强有限公司')
    """
    plain = narrow(name)
    if not plain.isascii():
        plain = _HAN_BLANK.sub("", plain).replace("。", ".")
    return plain.casefold().rstrip(" .,;:") or plain


def joined(values: np.ndarray, counts: np.ndarray, heading: str, names: bool) -> tuple[np.ndarray, list[Problem]]:
    """The same texts where names that differ only in width, blanks, letter case and points at the end have become the one that is written most; and
    what is said of it. Identifiers (``names`` false) that differ so are one only where blanks and width alone differ: letter case may tell them apart.

    >>> found, said = joined(np.array(["Huaqiang Ltd", "HUAQIANG LTD.", "Tailing"], dtype=object), np.array([3, 1, 2]), "customer", True)
    >>> found.tolist(), said[0].values
    (['Huaqiang Ltd', 'Huaqiang Ltd', 'Tailing'], ['HUAQIANG LTD. = Huaqiang Ltd'])
    """
    groups: dict[str, list[int]] = {}
    for at, value in enumerate(values):
        if value is not None:
            groups.setdefault(same(value), []).append(at)
    found, one_of = values.copy(), []
    apart = []
    for places in groups.values():
        if len({values[at] for at in places}) < 2:
            continue
        best = max(places, key=lambda at: (counts[at], values[at]))
        others = [at for at in places if values[at] != values[best]]
        if not names:
            apart += [f"{values[at]} ~ {values[best]}" for at in others]
            continue
        for at in others:
            found[at] = values[best]
        one_of += [f"{values[at]} = {values[best]}" for at in others]
    said = []
    none = np.empty(0, "int64")
    if one_of:
        says = Said(
            _(
                "Ways of writing that differ from another only in width, blanks, letter case or a point at the end: {n}."
            ),
            n=len(one_of),
        )
        said.append(
            Problem(says, Said(_("Read as one: {examples}."), examples="; ".join(one_of[:5])), heading, none, one_of)
        )
    if apart:
        says = Said(
            _("Identifiers that differ from another only in letter case or a point at the end: {n}."), n=len(apart)
        )
        said.append(
            Problem(says, Said(_("Kept apart: {examples}."), examples="; ".join(apart[:5])), heading, none, apart)
        )
    return found, said
