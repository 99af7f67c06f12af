"""What a column of a survey or of a list of complaints can be, and under which headings it is found: ``survey_headings.csv``, as ``headings.csv``.

The table of such an export (:attr:`crmlab.own.export.Export.table`) has, as far as the file has them:

- survey: ``customer`` (text), ``date`` (day of the answer), ``recommend``; and several each of ``rating:NAME``, ``expected:NAME`` with
  ``perceived:NAME``, ``functional:NAME`` with ``dysfunctional:NAME``, ``group:NAME`` (text: region, segment ...). NAME is what was asked about.
  Answers stand as the file has them, number or text, missing where there is none: :mod:`crmlab.own.understanding.answers` tells the scale.
- complaints: ``complaint`` (text), ``customer`` (text), ``date`` (day received), ``closed`` (day settled, missing while open), ``status``,
  ``reason``, ``severity``, ``safety``, ``settled`` (how it was settled), ``text``, ``class`` (of the customer, A to C): text as the file has it;
  ``claim`` (money, float), ``days`` (until it was settled, float), and ``group:NAME``. :mod:`crmlab.own.understanding.complaint_cells` reads the words.

Two questions belong together by what their headings share: ``expected_service`` and ``perceived_service``, 服务-期望 and 服务-实际.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import pandas as pd

from crmlab.customers.reading import plain
from crmlab.language import _
from crmlab.own.said import Said
from crmlab.own.understanding import answers
from crmlab.own.understanding.roles import Role, heading, vocabulary

VOCABULARY = "survey_headings.csv"

_SURVEY, _COMPLAINTS = ("survey",), ("complaints",)

ROLES: Mapping[str, Role] = {
    "answer": Role(_("answer: number"), "key", _SURVEY),
    "answered": Role(_("day of the answer"), "day", _SURVEY),
    "recommend": Role(_("would recommend us, 0 to 10"), "rating", _SURVEY),
    "rating": Role(_("how satisfied"), "rating", _SURVEY, many=True),
    "expected": Role(_("expected"), "rating", _SURVEY, many=True),
    "perceived": Role(_("perceived"), "rating", _SURVEY, many=True),
    "functional": Role(_("Kano: if it is there"), "rating", _SURVEY, many=True),
    "dysfunctional": Role(_("Kano: if it is not there"), "rating", _SURVEY, many=True),
    "group": Role(_("group of customers"), "word", (*_SURVEY, *_COMPLAINTS), many=True),
    "complaint": Role(_("complaint: number"), "key", _COMPLAINTS),
    "received": Role(_("day of the complaint"), "day", _COMPLAINTS),
    "closed": Role(_("day it was settled"), "day", _COMPLAINTS),
    "state": Role(_("open or closed"), "word", _COMPLAINTS),
    "reason": Role(_("reason of the complaint"), "word", _COMPLAINTS),
    "severity": Role(_("how serious"), "word", _COMPLAINTS),
    "safety": Role(_("danger to people, yes or no"), "word", _COMPLAINTS),
    "outcome": Role(_("how it was settled"), "word", _COMPLAINTS),
    "claim": Role(_("money at stake"), "amount", _COMPLAINTS),
    "days": Role(_("days until it was settled"), "number", _COMPLAINTS),
    "text": Role(_("complaint in words"), "text", _COMPLAINTS),
    "class": Role(_("class of the customer"), "word", _COMPLAINTS),
}
"""The roles of surveys and complaints, besides ``customer`` and ``customer_number`` (:data:`crmlab.own.understanding.roles.ROLES`)."""

PAIRS: Mapping[str, str] = {"expected": "perceived", "functional": "dysfunctional"}
"""Roles that go together: one question asked twice."""

COLUMNS: Mapping[str, str] = {"answered": "date", "received": "date", "state": "status", "outcome": "settled"}
"""Columns of the table that are not called as their role."""

_MARKS: Mapping[str, tuple[str, ...]] = {
    # The longer mark first; what denies before what it denies.
    "dysfunctional": (
        "dysfunctional", "negative question", "if it were not there", "if it is not there", "if it were not", "if absent", "absent", "without",
        "反向问题", "反向题", "负向问题", "负向题", "反向", "负向", "如果没有", "如果不具备", "若没有", "若不具备", "不具备时", "没有时", "不具备", "不提供时", "不提供", "没有",
    ),
    "functional": (
        "functional", "positive question", "if it were there", "if it is there", "if present", "present", "with",
        "正向问题", "正向题", "正向", "如果具备", "如果有", "若具备", "若有", "具备时", "有时", "具备", "提供时", "提供",
    ),
    "expected": (
        "expectation", "expected", "expect", "importance", "desired",
        "期望值", "期望分", "期望", "预期", "期待",
    ),
    "perceived": (
        "perception", "perceived", "experienced", "experience", "actual", "performance", "received",
        "实际感受", "实际感知", "实际体验", "感知值", "感知分", "感知", "感受", "体验", "实际",
    ),
}  # fmt: skip
"""What a heading holds that asks such a question, besides what it asks about."""

_HAN = re.compile(r"[\u3400-\u9fff]")
_EDGE = " -_:/|.,;·、，：—–?？()（）[]【】"
_NUMBERED = re.compile(r"^(?:q|question|第|题)?\s*\d{1,3}\s*(?:题)?\s*[.、:：)）_-]?\s*(?=\D)", re.IGNORECASE)
_SCALE = re.compile(r"[(（\[]\s*\d{1,3}\s*(?:-|–|—|~|至|到|to)\s*\d{1,3}[^)）\]]*[)）\]]\s*[?？:：]?$", re.IGNORECASE)
"""The scale behind a question: "(1-5)"."""
_SIMILAR_WORDS = ("satisf", "rate ", "rating", "how happy", "满意", "评分", "打分", "评价", "星级")
_RECOMMEND_WORDS = ("recommend", "推荐", "nps")
_GROUP_WORDS = (
    "region",
    "segment",
    "channel",
    "branch",
    "type of",
    "age group",
    "gender",
    "industry",
    "地区",
    "区域",
    "省份",
    "城市",
    "类型",
    "行业",
    "性别",
    "年龄",
    "渠道",
    "门店",
)
_FILLERS = re.compile(
    r"how (?:would|do) you feel(?: about(?: it)?)?|you feel|您(?:会)?(?:觉得|感觉|认为)(?:如何|怎么样|怎样)?|您的(?:感受|感觉|态度)(?:是|如何)?|^(?:如果|假如|若|if)\s*"
    r"|^.*以下.{0,20}?(?:—+|-|[:：])|[,，]?您对(?:于)?(?:我们|我司|本公司)$"
    r"|^您对(?:于)?(?:我们|我司|本公司)?的?|^(?:how )?satisfied (?:are you )?with (?:our |the )?|的?(?:总体)?满意(?:度|程度)(?:如何|评价)?$|是否满意$",
    re.IGNORECASE,
)
"""What questions say besides what they ask about."""
_YOU = re.compile(r"^您对(?:于)?(?:我们|我司|本公司)?的?")
_LETTERED = re.compile(r"^([ep])(\d{1,2})$", re.IGNORECASE)


class Guess(NamedTuple):
    """What a column probably is, how sure that is (0 to 1), and why."""

    role: str
    certainty: float
    why: Said


def pair_of(text: str) -> tuple[str, str] | None:
    """Which half of a pair a heading asks, and about what: ``(role, name)``; None for any other.

    >>> pair_of("expected_service"), pair_of("服务（实际感受）"), pair_of("没有手机下单时"), pair_of("spend")
    (('expected', 'service'), ('perceived', '服务'), ('dysfunctional', '手机下单'), None)
    """
    words = _NUMBERED.sub("", plain(text).replace("_", " ")).strip()
    low = words.lower()
    for role, marks in _MARKS.items():
        for mark in marks:
            at = low.find(mark)
            if at < 0:
                continue
            end = at + len(mark)
            whole = _HAN.search(mark) or (not low[at - 1 : at].isalpha() and not low[end : end + 1].isalpha())
            rest = _rest(words, at, end)
            if whole and rest:
                return role, rest
    return None


def _rest(words: str, at: int, end: int) -> str:
    """The heading without the mark and without what every question says; of two parts that are left both stay."""
    parts = [_FILLERS.sub("", one.strip(_EDGE)).strip(_EDGE) for one in (words[:at], words[end:])]
    rest = " ".join(filter(None, parts))
    return rest.removesuffix("时").strip(_EDGE) if _HAN.search(rest) else rest


def names(roles: Mapping[str, str]) -> dict[str, str]:
    """The column of the table that each heading becomes, by the role that it has; headings without a role are left out.

    The halves of a pair get one name by what their headings share; what has no partner so is paired in the order of the file.

    >>> names({"expected_service": "expected", "perceived_service": "perceived", "Region": "group", "nps": "recommend", "Q7": "functional", "Q8": "dysfunctional"})
    {'expected_service': 'expected:service', 'perceived_service': 'perceived:service', 'Region': 'group:Region', 'nps': 'recommend', 'Q7': 'functional:Q7', 'Q8': 'dysfunctional:Q7'}
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for first, second in PAIRS.items():
        named = {
            role: {text: _about(text, role) for text, one in roles.items() if one == role} for role in (first, second)
        }
        known = set(named[first].values()) & set(named[second].values()) - {""}
        alone = {role: [text for text, name in named[role].items() if name not in known] for role in (first, second)}
        partner = dict(zip(alone[second], alone[first], strict=False))
        for role in (first, second):
            for text, name in named[role].items():
                head = partner.get(text, text)
                label = name if name in known else named[first].get(head) or _whole(head)
                found[text] = _once(f"{role}:{label}", taken)
    for text, role in roles.items():
        if role and text not in found:
            column = COLUMNS.get(role, role)
            known_role = ROLES.get(role)
            found[text] = _once(
                f"{role}:{_short(text)}" if known_role is not None and known_role.many else column, taken
            )
    return {text: found[text] for text in roles if text in found}


def _about(text: str, role: str) -> str:
    pair = pair_of(text)
    if pair is not None and pair[0] == role:
        return pair[1]
    lettered = _LETTERED.match(plain(text))
    return lettered[2] if lettered else ""


def _whole(text: str) -> str:
    """What a heading that says nothing but "expected" asks about: the whole."""
    low = plain(text).lower()
    if low in (mark for marks in _MARKS.values() for mark in marks):
        return "总体" if _HAN.search(text) else "overall"
    return _short(text)


def _short(text: str) -> str:
    words = _trimmed(_SCALE.sub("", _NUMBERED.sub("", plain(text))))
    return _trimmed(_FILLERS.sub("", words)) or _trimmed(_YOU.sub("", words)) or words or plain(text)


def _trimmed(words: str) -> str:
    """Without signs and blanks at its ends; a bracket that was opened in it stays closed."""
    made = words.strip(_EDGE)
    return made + ")" if made.count("(") > made.count(")") else made


def _once(column: str, taken: set[str]) -> str:
    made, number = column, 2
    while made in taken:
        made, number = f"{column} ({number})", number + 1
    taken.add(made)
    return made


@cache
def _words() -> Mapping[str, list[tuple[str, float]]]:
    """By heading all roles of the vocabulary: one heading (等级, product) can mean one thing in a survey, another among complaints."""
    import csv

    from crmlab.own.understanding.roles import FOLDER

    found: dict[str, list[tuple[str, float]]] = {}
    with (FOLDER / VOCABULARY).open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            for word in f"{line['en']}|{line['zh']}".split("|"):
                if word.strip():
                    found.setdefault(heading(word)[0], []).append((line["role"], float(line["certainty"])))
    return found


def guess(headings: Sequence[str], sample: pd.DataFrame, kind: str) -> dict[str, Guess]:
    """What the columns of a survey or of complaints probably are, by heading; those that are none of these are not in it.

    ``kind`` is "survey" or "complaints". ``sample`` holds cells as they stand. Looks at headings first, then at the answers.
    """
    found: dict[str, Guess] = {}
    halves: dict[tuple[str, str], str] = {}
    if kind == "survey":
        for text in headings:
            pair = pair_of(text)
            if pair is not None:
                halves[pair] = text
        halves |= _lettered(headings)
        for (role, name), text in halves.items():
            other = PAIRS.get(role) or next(first for first, second in PAIRS.items() if second == role)
            if (other, name) in halves:
                found[text] = Guess(
                    role,
                    0.97,
                    Said(_("its heading and that of {other!r} ask the same thing twice"), other=halves[other, name]),
                )
    single: dict[str, str] = {}
    for text in headings:
        if text in found:
            continue
        made = _by_heading(text, kind) or (_by_answers(text, sample, kind) if text in sample else None)
        if made is None or not made.role:
            continue
        before = single.get(made.role)
        if not ROLES[made.role].many:
            if before is not None and found[before].certainty >= made.certainty:
                continue
            if before is not None:
                del found[before]
            single[made.role] = text
        found[text] = made
    return {text: found[text] for text in headings if text in found}


def _lettered(headings: Sequence[str]) -> dict[tuple[str, str], str]:
    """e1 ... e22 with p1 ... p22, as SERVQUAL's items are called; three pairs or more."""
    found: dict[tuple[str, str], str] = {}
    for text in headings:
        match = _LETTERED.match(plain(text))
        if match:
            found["expected" if match[1].lower() == "e" else "perceived", match[2]] = text
    items = [{name for role, name in found if role == one} for one in ("expected", "perceived")]
    return found if items[0] == items[1] and len(items[0]) >= 3 else {}


def _by_heading(text: str, kind: str) -> Guess | None:
    known = _words().get(heading(text)[0]) or _words().get(heading(_short(text))[0], [])
    for role, certainty in known:
        if not role or kind in ROLES[role].kinds:
            return Guess(role, certainty, Said(_("its heading")))
    return None


def _by_answers(text: str, sample: pd.DataFrame, kind: str) -> Guess | None:
    """A question in whole words, and a column of answers."""
    if kind != "survey":
        return None
    low = plain(text).lower()
    cells = sample[text].dropna().astype(str).str.strip()
    few = cells[cells != ""].nunique()
    if any(word in low for word in _GROUP_WORDS) and 2 <= few <= min(20, max(2, len(cells) // 2)):
        return Guess("group", 0.75, Said(_("its heading names groups, and its cells are a few words")))
    column = answers.read(sample[text])
    if column.readable < 0.8:
        return None
    if any(word in low for word in _RECOMMEND_WORDS) and column.scale.words == "":
        return Guess(
            "recommend",
            0.9,
            Said(_("its heading asks whether they recommend you, and its cells are answers on a scale")),
        )
    if any(word in low for word in _SIMILAR_WORDS):
        return Guess(
            "rating", 0.9, Said(_("its heading asks how satisfied they are, and its cells are answers on a scale"))
        )
    if column.scale.words:
        return Guess("rating", 0.7, Said(_("its cells are the words of a scale")))
    return None


def likely(headings: Sequence[str], sample: pd.DataFrame) -> tuple[str, float]:
    """Whether a file looks like a survey or like complaints, and how sure that is: ``("survey", 0.95)``; ``("", 0.0)`` for neither.

    >>> likely(["expected_service", "perceived_service"], pd.DataFrame({"expected_service": [7], "perceived_service": [8]}))
    ('survey', 0.95)
    >>> likely(["投诉编号", "投诉原因", "处理状态"], pd.DataFrame())[0]
    'complaints'
    """
    survey = guess(headings, sample, "survey")
    roles = [one.role for one in survey.values()]
    pairs = sum(role in PAIRS for role in roles if role in PAIRS and PAIRS[role] in roles)
    asked = roles.count("rating")
    said = " ".join(plain(one).lower() for one in headings)
    heard = {one.role for one in guess(headings, sample, "complaints").values() if one.certainty >= 0.9}
    telling = len(heard & {"complaint", "reason", "severity", "safety", "outcome", "received", "closed", "state"})
    named = "投诉" in said or "客诉" in said or "complain" in said
    if pairs:
        return "survey", 0.95
    if (named and telling >= 2) or telling >= 4:
        return "complaints", 0.95 if named else 0.8
    if "recommend" in roles:
        return "survey", 0.9
    if asked >= 2:
        return "survey", 0.85
    if asked == 1:
        return "survey", 0.6
    return ("complaints", 0.6) if telling >= 3 or (named and telling) else ("", 0.0)


__all__ = ["COLUMNS", "PAIRS", "ROLES", "VOCABULARY", "Guess", "guess", "likely", "names", "pair_of", "vocabulary"]
