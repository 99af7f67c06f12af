"""Names, telephones and mail addresses are hidden unless somebody asks for them: keyed pseudonyms, the same for the same name every time.

The key is made at random once for each person of the machine and stays on it, readable for that person alone; nobody else can make the
pseudonyms or look them up. Where it cannot be kept, it lasts until the program ends, and so do the pseudonyms.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import secrets
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from crmlab import places
from crmlab.customers import masking
from crmlab.own.export import Export, Problem
from crmlab.own.result import Result
from crmlab.own.said import Said

PERSONAL = ("customer", "name", "contact", "phone", "email", "salesperson", "address")
"""Roles of columns that say who somebody is."""

FILE = "pseudonyms.key"

# A number of a customer: digits, few letters before or among them, no blank.
_CODE = re.compile(r"(?=[^0-9]*[0-9])(?:[0-9]|[A-Za-z](?![A-Za-z]{5})|[-_./#](?=[A-Za-z0-9])){1,24}")
_MOBILE = re.compile(r"(?:\+?86[- ]?)?1[3-9][0-9]{9}")
_EXAMINED = 5000

_Given = TypeVar("_Given", Result, Export, pd.DataFrame)


def folder() -> Path | None:
    """The person's own folder for the key, which need not be there yet; ``None`` where nothing would last.

    In the browser edition the files of the site, which the browser keeps. CRMLAB_CONFIG names another one (used by tests).
    """
    if wish := os.environ.get("CRMLAB_CONFIG"):
        return Path(wish)
    if sys.platform == "emscripten":
        drive = Path("/drive")
        return drive / ".crmlab" if drive.is_dir() else None
    return places.of_user("APPDATA", "~/Library/Application Support", "XDG_CONFIG_HOME", "~/.config")


def key() -> str:
    """The key of this person on this machine; made the first time."""
    return _key(folder())


@cache
def _key(place: Path | None) -> str:
    made = masking.new_key()
    if place is None:
        return made
    file = place / FILE
    with contextlib.suppress(OSError):
        if found := _read(file):
            return found
        place.mkdir(parents=True, exist_ok=True)
        draft = place / f".{FILE}.{secrets.token_hex(6)}.tmp"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="ascii") as opened:
                opened.write(made)
            if file.exists():  # damaged: no key of ours stands in it
                file.unlink()
            try:
                os.link(draft, file)  # of two programs that begin at once, the first one's key counts
            except FileExistsError:
                return _read(file) or made
            except (OSError, NotImplementedError, AttributeError):  # a disk without links
                draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
        return _read(file) or made
    return made


def _read(file: Path) -> str:
    """The key in a file, which others can no longer read then; "" where there is none."""
    try:
        text = file.read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return ""
    if os.name == "posix" and file.stat().st_mode & 0o077:
        with contextlib.suppress(OSError):
            file.chmod(0o600)
    return text if len(text) >= masking.SHORTEST else ""


def masked(given: _Given, personal: Iterable[str] | None = None, secret: str | None = None) -> _Given:
    """A copy with what is personal hidden: names as pseudonyms, telephones and mail addresses partly.

    ``given``: a table (``personal``: its columns; an index level of that name too), a :class:`~crmlab.own.Result` (``personal``: those it
    names itself) or an :class:`~crmlab.own.Export` (``personal``: roles; without them :data:`PERSONAL`, the customer only where the file has no
    number besides the name). In sentences a value that is one of the hidden ones is hidden too. ``secret`` is the key (without one that of
    this person). Same shape, same order; empty cells stay empty. Nothing that was given is changed; a result that is masked already stays as it is.

    >>> table = pd.DataFrame({"customer": ["Huaqiang", "Huaqiang", None], "phone": ["154 1234 5678", "", None], "orders": [3, 1, 2]})
    >>> hidden = masked(table, ["customer", "phone"], "k" * 16)
    >>> hidden["customer"].nunique(), hidden["phone"].tolist(), hidden["orders"].tolist()
    (1, ['154******78', '', None], [3, 1, 2])
    """
    secret = key() if secret is None else secret
    made: Any  # a checker of types does not see that each kind gives its own
    if isinstance(given, Export):
        made = _export(given, PERSONAL if personal is None else tuple(personal), secret)
    elif isinstance(given, Result):
        made = _result(given, given.personal if personal is None else tuple(personal), secret)
    else:
        made = _table(given, _whole([given], tuple(personal or ())), secret)
    return made


def _whole(tables: Iterable[pd.DataFrame], personal: tuple[str, ...]) -> tuple[str, ...]:
    """The personal columns, and the customer too where it is the name that is to be hidden."""
    if "customer" in personal or "name" not in personal:
        return personal
    for table in tables:
        if {"customer", "name"} <= set(table.columns) and bool((table["customer"] == table["name"]).any()):
            return (*personal, "customer")
    return personal


def tells_who(customers: Iterable[Any]) -> bool:
    """Whether what tells customers apart says who they are: names, telephones, mail addresses. Numbers of a list of customers do not.

    >>> tells_who(["C001", "C002"]), tells_who(["10023", "10024"]), tells_who(["华强第7号店"]), tells_who(["13812345678"]), tells_who(["Li"])
    (False, False, True, True, True)
    """
    texts = [str(one) for one in itertools.islice(customers, _EXAMINED)]
    coded = sum(bool(_CODE.fullmatch(one)) and not _MOBILE.fullmatch(one) for one in texts)
    return coded < 0.95 * len(texts)


def is_mobile(text: str) -> bool:
    """Whether a text is the number of a Chinese mobile telephone.

    >>> is_mobile("13812345678"), is_mobile("+86 13812345678"), is_mobile("DD13812345678")
    (True, True, False)
    """
    return bool(_MOBILE.fullmatch(text.strip()))


def hide(value: Any, role: str, secret: str) -> str:
    """One value as it is shown instead.

    >>> hide("154 1234 5678", "phone", "k" * 16), hide("info@huaqiang.example", "email", "k" * 16)
    ('154******78', 'i***@***.example')
    """
    if "phone" in role:
        return masking.hidden_phone(value)
    if "mail" in role:
        return masking.hidden_email(value)
    return masking.pseudonym(value, secret)


def _hidden(column: pd.Series | pd.Index, role: str, secret: str) -> list[Any]:
    codes, known = pd.factorize(column)
    new = [hide(str(value), role, secret) for value in known]
    return [new[code] if code >= 0 else None for code in codes]


def _table(table: pd.DataFrame, personal: tuple[str, ...], secret: str) -> pd.DataFrame:
    made = table.copy(deep=False)
    for column in personal:
        if column in made.columns:
            made[column] = pd.Series(_hidden(table[column], column, secret), index=table.index, dtype=object)
    if isinstance(made.index, pd.MultiIndex):
        for level in set(personal).intersection(made.index.names):
            made.index = made.index.set_levels(
                _hidden(made.index.unique(level), str(level), secret), level=level, verify_integrity=False
            )
    elif made.index.name in personal:
        made.index = pd.Index(_hidden(made.index, str(made.index.name), secret), name=made.index.name, dtype=object)
    return made


def _secrets(tables: Iterable[pd.DataFrame], personal: tuple[str, ...]) -> Mapping[str, str]:
    """Each personal text of these tables with its role."""
    found: dict[str, str] = {}
    for table in tables:
        for column in personal:
            cells = table[column] if column in table.columns else table.index if table.index.name == column else ()
            found |= {str(one): column for one in pd.unique(pd.Series(cells, dtype=object).dropna())}
    found.pop("", None)
    return found


def _said(said: Said, known: Mapping[str, str], secret: str) -> Said:
    """The sentence with hidden values: one that is personal, or a list in which some are."""

    def change(value: Any) -> Any:
        if isinstance(value, Said):
            return _said(value, known, secret)
        if isinstance(value, str):
            return hide(value, known[value], secret) if value in known else _within(value, known, secret)
        if isinstance(value, list | tuple):
            return type(value)(change(one) for one in value)
        return value

    return Said(said.text, **{name: change(value) for name, value in said.values.items()})


def _within(text: str, known: Mapping[str, str], secret: str) -> str:
    """The text with each personal value in it hidden, the longest first; short ones only where they stand as words."""
    for one in sorted((one for one in known if len(one) > 1 and one in text), key=len, reverse=True):
        edges = [r"(?<![0-9A-Za-z])" if one[0].isascii() else "", r"(?![0-9A-Za-z])" if one[-1].isascii() else ""]
        text = re.sub(edges[0] + re.escape(one) + edges[1], lambda _found: hide(one, known[one], secret), text)  # noqa: B023
    return text


def _result(result: Result, personal: Sequence[str], secret: str) -> Result:
    personal = tuple(personal)
    if not personal:
        return result
    test = result.test
    tables = [
        result.table,
        *result.more.values(),
        *(one for one in result.data.values() if isinstance(one, pd.DataFrame)),
    ]
    if test is not None and test.table is not None:
        tables.append(test.table)
    personal = _whole(tables, personal)
    known = _secrets(tables, personal)

    def hidden(value: Any) -> Any:
        if isinstance(value, pd.DataFrame):
            return _table(value, personal, secret)
        if isinstance(value, pd.Series) and value.index.name in personal:
            return value.set_axis(_hidden(value.index, str(value.index.name), secret))
        if isinstance(value, list | tuple) and any(isinstance(one, str) and one in known for one in value):
            return type(value)(
                hide(one, known[one], secret) if isinstance(one, str) and one in known else one for one in value
            )
        return value

    if test is not None:
        test = replace(test, says=_said(test.says, known, secret), table=hidden(test.table))
    return replace(
        result,
        title=_said(result.title, known, secret),
        table=hidden(result.table),
        says=[_said(one, known, secret) for one in result.says],
        test=test,
        more={title: hidden(table) for title, table in result.more.items()},
        data={name: hidden(value) for name, value in result.data.items()},
        # Nothing personal is left: masked again it stays as it is, else a pseudonym would get a pseudonym.
        personal=(),
    )


def _export(export: Export, personal: tuple[str, ...], secret: str) -> Export:
    roles = export.plan.roles
    named = "customer" in export.table and tells_who(pd.unique(export.table["customer"].dropna()))
    in_tables = tuple(role for role in personal if role != "customer" or named)
    if named and "customer" in personal:
        personal = (*personal, "customer_number", "number")
        in_tables = (*in_tables, "number")
    tables = [export.table, export.contacts]
    known = _secrets(tables, in_tables)

    def change(problem: Problem) -> Problem:
        role = roles.get(problem.column, "")
        how: Callable[[str], str]
        if role in personal:
            known_here = {**known, **{value: role for value in problem.values if value}}
            how = lambda value: hide(value, role, secret) if value else value  # noqa: E731
        else:
            known_here = dict(known)
            how = lambda value: hide(value, known[value], secret) if value in known else value  # noqa: E731
        return replace(
            problem,
            says=_said(problem.says, known_here, secret),
            done=_said(problem.done, known_here, secret),
            values=[how(value) for value in problem.values],
        )

    guesses = export.guesses
    if "examples" in guesses and "role" in guesses:
        guesses = guesses.copy()
        guesses["examples"] = pd.Series(
            [
                [hide(str(one), role, secret) for one in shown]
                if role in personal and isinstance(shown, list | tuple)
                else shown
                for role, shown in zip(guesses["role"], guesses["examples"], strict=True)
            ],
            index=guesses.index,
            dtype=object,
        )
    return replace(
        export,
        table=_table(export.table, in_tables, secret),
        contacts=_table(export.contacts, in_tables, secret),
        problems=[change(one) for one in export.problems],
        guesses=guesses,
    )
