"""Words by which a table's totals, pages and units are known, and what is frequent in a language: read from ``layout_words.csv``."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("layout_words.csv")


@cache
def words(what: str, language: str = "") -> tuple[str, ...]:
    """The words of a kind, of all languages or of one.

    >>> "合计" in words("total"), "summe" in words("total", "de")
    (True, True)
    """
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["what"] == what and language in ("", row["language"])]
    return tuple(word for row in rows for word in row["words"].split("|"))


def plain(text: str) -> str:
    """A text as it is compared: full-width characters made plain, small letters, one blank at most, none between Chinese characters.

    >>> plain("合　计："), plain(" Grand  TOTAL ")
    ('合计', 'grand total')
    """
    text = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    text = re.sub(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])", "", text)
    return text.rstrip(" :*=.").strip("*= ")


@cache
def _totals() -> frozenset[str]:
    return frozenset(words("total"))


@cache
def _pages() -> re.Pattern[str]:
    return re.compile("|".join(words("page")))


def total(text: str) -> bool:
    """Whether a cell says that its row is a total, and nothing else."""
    return len(text) < 40 and plain(text) in _totals()


def total_of(text: str) -> bool:
    """Whether a cell can be the head of a total, with what it is of: ``Total for Acme``, ``Acme 小计``, ``合计(元)``."""
    if len(text) > 120:
        return False
    if text.strip() in ("*", "**", "***"):  # SAP's
        return True
    cell = plain(text)
    return cell in _totals() or cell.startswith(words("beginning")) or cell.endswith(words("end"))


def page(text: str) -> bool:
    """Whether a cell is a page's head or foot."""
    return len(text) < 80 and _pages().search(plain(text)) is not None


def labels(cells: Iterable[Any]) -> bool:
    """Whether all cells are labels with what belongs to them, as signatures are.

    >>> labels(["制单：王芳", "审核：李强"]), labels(["Li", "审核：李强"]), labels(["10:30"])
    (True, False, False)
    """
    return all(isinstance(cell, str) and _LABEL.match(cell.strip()) is not None for cell in cells)


_LABEL = re.compile(r"[^\d:：]{1,24}[:：]")


def ruled(text: str) -> bool:
    """Whether a cell is a line drawn of signs, such as ``-----``.

    >>> ruled("+----+"), ruled("-"), ruled("A-1")
    (True, False, False)
    """
    return len(text) > 2 and not text.strip("-=_+*~·—─━| \t")


def unit(text: str) -> bool:
    """Whether a cell names a unit, alone or in brackets.

    >>> unit("(元)"), unit("EUR"), unit("Name")
    (True, True, False)
    """
    return len(text) < 24 and plain(text).strip("()[] ") in words("unit")
