"""What a cell of a survey answers, and on which scale: numbers, "9分", "8/10", stars, "5 - Very satisfied", 非常满意.

The words stand in ``answers.csv``, both languages side by side. A scale that the heading, the words or the numbers do not tell is not guessed:
:attr:`Scale.sure` is False, and a person must say it.
"""

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

from crmlab.customers.reading import plain
from crmlab.customers.simplified import simplified

SCALES = {
    "0-10": (0.0, 10.0),
    "1-10": (1.0, 10.0),
    "1-7": (1.0, 7.0),
    "1-5": (1.0, 5.0),
    "0-5": (0.0, 5.0),
    "0-100": (0.0, 100.0),
}
"""Scales of numbers that a person can choose from, lowest and highest answer."""

_KNOWN = {*SCALES.values(), (1.0, 4.0), (1.0, 6.0), (1.0, 9.0), (1.0, 100.0), (1.0, 3.0)}
_WORDS = Path(__file__).with_name("answers.csv")

FEW, LEAST, RARE = 20, 3, 0.05
"""The top of a short scale is believed from so many answers, if so many of them, and this share, are at the top."""

_RANGE = re.compile(
    r"(?<![\d.])(\d{1,3})\s*(?:分|=[^,;，；]*?)?\s*(?:-|~|–|—|～|至|到|to|\.\.+|…)\s*(\d{1,3})(?![\d.])", re.IGNORECASE
)
_OUT_OF = re.compile(r"(?:out of|满分)\s*(?:为|是)?\s*(\d{1,3})|(\d{1,3}|五|七|十|百)\s*分制", re.IGNORECASE)
_HAN_NUMBER = {"五": "5", "七": "7", "十": "10", "百": "100"}
_LETTER = re.compile(r"^[a-z][.、:)]\s*")
_NUMBER = re.compile(
    r"^(-?\d{1,6}(?:\.\d+)?)\s*(?:/\s*(\d{1,3}))?\s*(?:分|点|星级|星|points?|pts?|stars?|%)?\s*[-–—:.、)(=]*\s*(.*)$"
)
_STARS = re.compile(r"^[★⭐]+[☆✩]*\ufe0f?$")
_END = " .。!！?？,，;；)("


@dataclass(frozen=True)
class Scale:
    """``low`` and ``high`` are its ends (NaN: not told), ``words`` the name of a scale of words in ``answers.csv`` or "", ``sure``: nobody need be asked.
    ``low_seen`` is False where answers of 1 to 10 hold no 0 and nothing says whether 0 could be given."""

    low: float
    high: float
    words: str = ""
    sure: bool = True
    low_seen: bool = True

    @property
    def key(self) -> str:
        """``"0-10"``; "" where it is not told."""
        return "" if np.isnan(self.low + self.high) else f"{self.low:g}-{self.high:g}"

    def same(self, other: Scale) -> bool:
        """Whether both are one scale, as far as is known."""
        return (
            self.high == other.high
            and (self.low == other.low or not (self.low_seen and other.low_seen))
            and bool(self.words) == bool(other.words)
        )


NOT_TOLD = Scale(np.nan, np.nan, sure=False)


@dataclass(frozen=True, eq=False)
class Column:
    """``values``: the answers as numbers by row, NaN where there is none. ``readable``: the share of filled cells that are answers.
    ``wrong``: positions of cells that are none on this scale; ``none``: how many say that there is no answer ("n/a")."""

    values: pd.Series
    scale: Scale
    readable: float
    wrong: np.ndarray
    none: int = 0

    @property
    def n(self) -> int:
        """How many answered."""
        return int(self.values.notna().sum())


@cache
def _vocabulary() -> Mapping[str, Mapping[str, float]]:
    found: dict[str, dict[str, float]] = {}
    with _WORDS.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            scale = found.setdefault(line["scale"], {})
            for word in f"{line['en']}|{line['zh']}".split("|"):
                if word:
                    scale[_word(word)] = float(line["value"])
    return found


def _word(value: Any) -> str:
    return simplified(plain(value)).lower().replace("’", "'").strip(_END)


def from_heading(text: str) -> Scale | None:
    """The scale that a heading names, None if it names none.

    >>> from_heading("推荐意愿（0~10分）").key, from_heading("Service, 1 = poor ... 5 = excellent").key, from_heading("总体满意度")
    ('0-10', '1-5', None)
    """
    words = plain(text)
    for low, high in _RANGE.findall(words):
        if (float(low), float(high)) in _KNOWN:
            return Scale(float(low), float(high))
        if (float(high), float(low)) in _KNOWN:
            return Scale(float(high), float(low))
    ends = [float(number) for number in re.findall(r"(\d{1,3})\s*=", words)]
    if len(ends) == 2 and (min(ends), max(ends)) in _KNOWN:
        return Scale(min(ends), max(ends))
    out_of = _OUT_OF.search(words)
    if out_of:
        top = float(_HAN_NUMBER.get(out_of[1] or out_of[2], out_of[1] or out_of[2]))
        return _top(top)
    return None


def _top(top: float) -> Scale | None:
    if top in (5.0, 7.0):
        return Scale(1.0, top)
    return Scale(0.0, top, low_seen=False) if top in (10.0, 100.0) else None


def told(answer: str) -> Scale | None:
    """The scale that a person chose, by its key in :data:`SCALES`; None for anything else.

    >>> told("1-5").high, told("")
    (5.0, None)
    """
    ends = SCALES.get(answer)
    return None if ends is None else Scale(*ends)


def read(column: pd.Series, heading: str = "", answer: str = "") -> Column:
    """The answers in a column, and their scale: as ``answer`` says (a key of :data:`SCALES`), or the heading, or the cells.

    >>> read(pd.Series(["非常满意", "满意", "一般", "", "不适用"])).values.tolist()
    [5.0, 4.0, 3.0, nan, nan]
    >>> found = read(pd.Series(["9分", "10", 8, "0 (never)", None])); found.values.tolist(), found.scale.key
    ([9.0, 10.0, 8.0, 0.0, nan], '0-10')
    >>> read(pd.Series([3, 4, 5])).scale.sure
    False
    """
    codes, cells = pd.factorize(column.astype(object), use_na_sentinel=True)
    vocabulary = _vocabulary()
    empty, skipped = np.zeros(len(cells) + 1, dtype=bool), np.zeros(len(cells) + 1, dtype=bool)
    numbers, words, tops = np.full(len(cells) + 1, np.nan), [""] * (len(cells) + 1), set()
    empty[-1] = True
    for at, cell in enumerate(cells):
        words[at], numbers[at], top = _cell(cell)
        if top:
            tops.add(top)
        empty[at] = not words[at] and np.isnan(numbers[at])
        skipped[at] = words[at] in vocabulary["none"] and np.isnan(numbers[at])
    counts = np.bincount(codes[codes >= 0], minlength=len(cells) + 1)
    filled = ~empty & ~skipped
    total = int(counts[filled].sum())
    by_words, scale = _by_words(words, counts, filled)
    as_words = counts[filled & ~np.isnan(by_words)].sum()
    as_numbers = counts[filled & ~np.isnan(numbers)].sum()
    if scale is not None and as_words >= as_numbers and as_words:
        values = by_words
    else:
        values = numbers.copy()
        given = np.repeat(values[filled], counts[filled])
        scale = (
            told(answer)
            or from_heading(heading)
            or (_top(tops.pop()) if len(tops) == 1 else None)
            or _by_numbers(given[~np.isnan(given)])
        )
    if scale.key:
        with np.errstate(invalid="ignore"):
            values = np.where((values < scale.low) | (values > scale.high), np.nan, values)
    found = values[codes]  # -1, a missing cell, is the last
    wrong = np.flatnonzero(np.isnan(found) & filled[codes])
    readable = 1 - len(wrong) / total if total else 0.0
    return Column(pd.Series(found, column.index, dtype="float64"), scale, readable, wrong, int(counts[skipped].sum()))


def read_kano(column: pd.Series) -> Column:
    """The five answers of Kano's questionnaire, 1 (like) to 5 (dislike), from words, or the numbers 1 to 5 as they stand.

    >>> read_kano(pd.Series(["喜欢", "理应如此", "无所谓", "勉强接受", "不喜欢"])).values.tolist()
    [1.0, 2.0, 3.0, 4.0, 5.0]
    >>> read_kano(pd.Series(["I like it that way", "2", 7])).values.tolist()
    [1.0, 2.0, nan]
    """
    codes, cells = pd.factorize(column.astype(object), use_na_sentinel=True)
    vocabulary = _vocabulary()
    found, filled = np.full(len(cells) + 1, np.nan), np.zeros(len(cells) + 1, dtype=bool)
    none, by_words = 0, False
    counts = np.bincount(codes[codes >= 0], minlength=len(cells) + 1)
    for at, cell in enumerate(cells):
        word, number, _ignored = _cell(cell)
        if word in vocabulary["kano"]:
            found[at], filled[at], by_words = vocabulary["kano"][word], True, True
        elif np.isnan(number) and (not word or word in vocabulary["none"]):
            none += int(counts[at]) if word else 0
        else:
            filled[at] = True
            if number in (1.0, 2.0, 3.0, 4.0, 5.0):
                found[at] = number
    values = found[codes]
    wrong = np.flatnonzero(np.isnan(values) & filled[codes])
    total = int(counts[filled].sum())
    scale = Scale(1.0, 5.0, words="kano" if by_words else "")
    return Column(
        pd.Series(values, column.index, dtype="float64"), scale, 1 - len(wrong) / total if total else 0.0, wrong, none
    )


def _cell(cell: Any) -> tuple[str, float, float]:
    """Word, number and top ("8/10") of a cell; "", NaN and 0 for what is not there."""
    if isinstance(cell, (bool, np.bool_, pd.Timestamp, np.datetime64)) or hasattr(cell, "isoformat"):
        return "?", np.nan, 0.0
    if isinstance(cell, (int, float, np.integer, np.floating)):
        return "", float(cell), 0.0
    text = _LETTER.sub("", _word(cell))
    if not text:
        return "", np.nan, 0.0
    if _STARS.match(text):
        return "", float(text.count("★") + text.count("⭐")), 5.0
    found = _NUMBER.match(text)
    if found is None:
        return text, np.nan, 0.0
    return found[3].strip(_END), float(found[1]), float(found[2] or 0)


def _by_words(words: list[str], counts: np.ndarray, filled: np.ndarray) -> tuple[np.ndarray, Scale | None]:
    """The values of the scale of words that fits most cells; of equals the one in which no two words mean the same, then the first."""
    best: tuple[tuple[int, int], np.ndarray, Scale] | None = None
    for name, scale in _vocabulary().items():
        if name in ("none", "kano"):
            continue
        values = np.array(
            [scale.get(word, np.nan) if there else np.nan for word, there in zip(words, filled, strict=True)]
        )
        there = ~np.isnan(values)
        if not there.any():
            continue
        used = {word: value for word, value, known in zip(words, values, there, strict=True) if known}
        twice = len(used) - len(set(used.values()))
        top = max(scale.values())
        sure = not twice and (len(used) >= 3 or bool({1.0, top} & set(used.values())))
        rank = (int(counts[there].sum()), -twice)
        if best is None or rank > best[0]:
            best = rank, values, Scale(1.0, top, words=name, sure=sure)
    return (np.full(len(words), np.nan), None) if best is None else (best[1], best[2])


def _by_numbers(given: np.ndarray) -> Scale:
    """The scale that the numbers themselves tell."""
    if not len(given) or given.min() < 0 or given.max() > 10:
        return NOT_TOLD
    low, high = given.min(), given.max()
    if low < 1:
        return Scale(0.0, 10.0) if high > 5 else NOT_TOLD
    if high > 7:
        return Scale(0.0, 10.0, low_seen=False)
    at_top = (given == high).sum()
    if high in (5.0, 7.0) and len(given) >= FEW and at_top >= max(LEAST, RARE * len(given)):
        return Scale(1.0, float(high))
    return NOT_TOLD
