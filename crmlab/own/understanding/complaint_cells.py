"""What the words in a list of complaints mean: open or settled, how, how serious, a danger to people. The words: ``complaint_words.csv``, both languages side by side."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.customers.reading import is_chinese, plain
from crmlab.customers.simplified import simplified
from crmlab.language import _
from crmlab.own.export import Export
from crmlab.own.understanding.roles_survey import names

_WORDS = Path(__file__).with_name("complaint_words.csv")
_NO = re.compile(
    r"\b(?:no|not|without|never|nobody)\b(?! only)[^.,;]{0,9}$|(?:没有|没|并未|未|无|无人)(?:人|造成|发生|任何)?$"
)


@cache
def _vocabulary() -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = {}
    with _WORDS.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            for word in f"{line['en']}|{line['zh']}".split("|"):
                found.setdefault(line["column"], {})[_word(word)] = line["value"]
    return found


def _word(value: Any) -> str:
    return simplified(plain(value)).lower().strip(" .。!！,，;；")


def meaning(column: pd.Series, of: str) -> pd.Series:
    """What each cell of a column means, by the words under ``of``: None where it is empty or not known.

    >>> meaning(pd.Series(["已结案", "In progress", "", "?"]), "status").tolist()
    ['closed', 'open', None, None]
    """
    known = _vocabulary()[of]
    codes, cells = pd.factorize(column.astype(object), use_na_sentinel=True)
    told = np.array([known.get(_word(cell)) for cell in cells] + [None], dtype=object)
    return pd.Series(told[codes], column.index, dtype=object)


def danger(column: pd.Series) -> pd.Series:
    """The first word in each text that may mean danger to people, "" where there is none. Denied ones ("no injury") are passed over.

    A hint to look at once and no judgement: a word may mean nothing, and danger may be told in other words.

    >>> danger(pd.Series(["The heater caught fire", "nobody was hurt", "充电器漏电", "late"])).tolist()
    ['caught fire', '', '漏电', '']
    """
    words = sorted(_vocabulary()["danger"], key=len, reverse=True)
    telling = re.compile("|".join(_pattern(word) for word in words))
    codes, cells = pd.factorize(column.astype(object), use_na_sentinel=True)
    found = np.array([_danger(_word(cell), telling) for cell in cells] + [""], dtype=object)
    return pd.Series(found[codes], column.index, dtype=object)


def _pattern(word: str) -> str:
    """A Chinese word anywhere; an English one whole, with a star as the beginning of a word."""
    if is_chinese(word):
        return re.escape(word)
    return rf"\b{re.escape(word[:-1])}" if word.endswith("*") else rf"\b{re.escape(word)}\b"


def _danger(text: str, telling: re.Pattern[str]) -> str:
    for match in telling.finditer(text):
        if not _NO.search(text[: match.start()]):
            return match.group()
    return ""


@dataclass(frozen=True, eq=False)
class Complaints:
    """Complaints with their words understood; ``table`` by the row of the file: ``complaint``, ``customer``, ``date``, ``closed``, ``reason``,
    ``claim``, ``days`` as the file has them (missing where it has none), ``open`` (True, False, None where it is not told), ``settled`` ("well", "badly",
    "neither" or None), ``severity`` (1 to 3, NaN), ``safety`` (True, False, None), ``class`` (A to C), ``danger`` (the word). ``has``: the columns that
    the file has. ``as_of``: the last day in it. ``unknown``: by column how many filled cells hold words that are not known."""

    table: pd.DataFrame
    has: frozenset[str]
    as_of: pd.Timestamp | None
    unknown: Mapping[str, int]
    headings: Mapping[str, str]

    def heading(self, key: str) -> str:
        """How the file calls a column."""
        return self.headings.get(key, key)


def of(export: Export) -> Complaints:
    """The complaints in an export. Raises :class:`~crmlab.checks.InputError` where it holds none."""
    if export.kind != "complaints":
        checks.fail(_("{file} holds no complaints."), file=export.file.name)
    given = export.table
    if not len(given):
        checks.fail(_("No row of {file} can be used."), file=export.file.name)
    headings = {column: text for text, column in names(export.plan.roles).items()}
    has = frozenset(str(name) for name in given.columns if _filled(given[name]))
    empty = pd.Series(None, given.index, dtype=object)
    table = pd.DataFrame(index=given.index)
    for name in ("complaint", "customer", "reason"):
        table[name] = _texts(given[name]) if name in has else empty
    for name in ("date", "closed"):
        table[name] = given[name] if name in has else pd.Series(pd.NaT, given.index)
    for name in ("claim", "days"):
        table[name] = given[name].astype("float64") if name in has else np.nan
    unknown: dict[str, int] = {}

    def told(name: str, of: str = "") -> pd.Series:
        if name not in has:
            return empty
        made = meaning(given[name], of or name)
        filled = given[name].map(lambda cell: bool(_word(cell)) if cell is not None else False) & given[name].notna()
        lost = int((filled & made.isna()).sum())
        if lost:
            unknown[name] = lost
        return made

    disputed = "disput" in headings.get("settled", "").lower() or "争议" in headings.get("settled", "")
    settled = told("settled", "disputed" if disputed else "settled")
    status = told("status")
    shut = table["closed"].notna() if "closed" in has else None
    table["open"] = _open(status, shut, settled)
    table["settled"] = settled.where(settled.isin(["well", "badly", "neither"]), None)
    table["severity"] = pd.to_numeric(told("severity"), errors="coerce").astype("float64")
    table["safety"] = told("safety").map({"yes": True, "no": False}).astype(object)
    table["class"] = given["class"].map(_letter).astype(object) if "class" in has else empty
    words = [danger(given[name]) for name in ("text", "reason") if name in has]
    table["danger"] = words[0].where(words[0] != "", words[1] if len(words) > 1 else "") if words else ""
    days = [table[name].max() for name in ("date", "closed") if name in has]
    return Complaints(table, has, max(days) if days else None, unknown, headings)


def _filled(column: pd.Series) -> bool:
    cells = pd.unique(column.dropna())
    written = not (pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_datetime64_any_dtype(column.dtype))
    return any(plain(cell) for cell in cells) if written else bool(len(cells))


def _texts(column: pd.Series) -> pd.Series:
    return column.map(lambda cell: plain(cell) or None, na_action="ignore").astype(object).where(column.notna(), None)


def _letter(cell: Any) -> str | None:
    word = _word(cell)[:1].upper()
    return word if word and word in "ABC" else None


def _open(status: pd.Series, shut: pd.Series | None, settled: pd.Series) -> pd.Series:
    """Whether it is still open: as its status says, else by its day of settlement, else by whether it is told how it was settled."""
    made = status.map({"open": True, "closed": False}).astype(object)
    made = made.where(
        made.notna(), settled.map({"open": True, "well": False, "badly": False, "neither": False}).astype(object)
    )
    if shut is not None:
        made = made.where(made.notna(), ~shut)
    return made.where(made.notna(), None)
