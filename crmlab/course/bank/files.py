"""The question bank: files that instructors write, one a lesson, in ``lessons/UNIT/LESSON.questions.yml``.

A file is a list of questions, every text in both languages. All have ``id``, ``kind``, ``difficulty`` (1 easy, 2 middle,
3 hard) and ``ask``; the rest goes by kind::

    - id: recency-first
      kind: single            # one right option; "multiple": one or more; "case": a "story" before the question
      difficulty: 1
      ask: {en: Which letter dates the last purchase?, zh: 哪个字母说的是最近一次购买的时间？}
      options:
        - text: {en: R, zh: R}
          right: true
          why: {en: "Recency: days since the last purchase.", zh: "Recency，距最近一次购买的天数。"}
        - text: {en: F, zh: F}
          why: {en: "F counts purchases; it does not date them.", zh: "F 统计购买次数，不记录时间。"}

    kind: true_false          # right: true or false; why: said when it is answered rightly; why_not: when wrongly
    kind: number              # right: 25; tolerance: 0.5; unit: {en, zh}, may be left out; why; otherwise;
                              # mistakes: 1 to 3 typical wrong numbers, each - answer: 4, why: {en, zh}, tolerance if need be
    kind: order               # items in the right order, each - text, why; why: said when all stand right
    kind: match               # pairs, each - left, right, why, why_not

The first five questions of a file are the lesson's own quiz; all of them are the bank that an exam draws from.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from crmlab import places
from crmlab.course import handed_out, yamlfile
from crmlab.course.yamlfile import Checker, Fault, Kind
from crmlab.language import LANGUAGES, _, tr

KINDS = ("single", "multiple", "case", "true_false", "number", "order", "match")

_COMMON = ("id", "kind", "difficulty", "ask")
_REQUIRED: dict[str, tuple[str, ...]] = {
    "single": ("options",),
    "multiple": ("options",),
    "case": ("story", "options"),
    "true_false": ("right", "why", "why_not"),
    "number": ("right", "tolerance", "why", "mistakes", "otherwise"),
    "order": ("items", "why"),
    "match": ("pairs",),
}
_OPTIONAL: dict[str, tuple[str, ...]] = {"number": ("unit",)}
_TEXTS = ("story", "why", "why_not", "otherwise", "unit")
"""Keys that are a text in both languages, whatever the kind."""


class QuizError(ValueError):
    """A question file that cannot be used; the message lists the faults."""


def folder() -> Path:
    """The folder in which all question files are, one folder a unit."""
    return places.lessons()


def files() -> list[Path]:
    """All question files, in the order of units and lessons, with that of the class."""

    def place(path: Path) -> tuple[int, int, str]:
        unit, lesson = (int(part.split("-", 1)[0]) for part in (path.parent.name, path.name))
        return unit, lesson, path.name

    handed = handed_out.current()
    places_ = [folder(), *([handed.own] if handed else [])]
    named = (path for top in places_ for path in top.glob("*/*.questions.yml") if number_of(path))
    return sorted(named, key=place)


def number_of(path: Path) -> str:
    """The lesson's number from a file's path, "3.2" for 3-qualification/2-man.questions.yml; empty if the path has none.

    >>> number_of(Path("3-qualification/2-man.questions.yml"))
    '3.2'
    """
    found = [re.match(r"(\d+)-[a-z0-9-]+$", part) for part in (path.parent.name, path.name.partition(".")[0])]
    return f"{found[0][1]}.{found[1][1]}" if found[0] and found[1] else ""


def read(path: Path) -> tuple[list[Any], list[Fault]]:
    """The questions of a file and all that is wrong with them. Raises ``OSError`` if there is no such file."""
    content, faults = yamlfile.read(path)
    if content is None:
        return [], faults
    if not isinstance(content, list):
        return [], [Fault(path.name, 1, tr(_("The file should be a list: each question begins with “- id: ...”.")))]
    found = check(content, Checker(path.name))
    return ([] if found else list(content)), sorted(set(found))


def check(content: Any, checker: Checker) -> list[Fault]:
    """All that is wrong with the questions of a list, wherever it was read from."""
    names: set[str] = set()
    for number, question in enumerate(content):
        _check_question(checker, content, number, question, names)
    return checker.faults


def keys_of(kind: str) -> tuple[str, ...]:
    """What a question of a kind has beside what all have; nothing for a kind that there is not.

    >>> keys_of("case")
    ('story', 'options')
    """
    return (*_REQUIRED.get(kind, ()), *_OPTIONAL.get(kind, ()))


def lists_of(kind: str) -> tuple[str, ...]:
    """Which of them are lists.

    >>> lists_of("number"), lists_of("true_false")
    (('mistakes',), ())
    """
    return tuple(key for key in keys_of(kind) if key in ("options", "mistakes", "items", "pairs"))


QUESTIONS = Kind("questions", read, ("crmlab.course.bank.files",))


def load(path: Path) -> tuple[list[Any], list[Fault]]:
    """Like :func:`read`, but a file that was found sound before is not read again; the questions know no lines."""
    return yamlfile.load(path, QUESTIONS)


def faults(
    path: Path, others: Iterable[Path] | None = None, reader: Callable[[Path], tuple[list[Any], list[Fault]]] = read
) -> list[Fault]:
    """All that is wrong with a file, also beside the other files of the bank: an id or a question that stands in two.

    ``reader`` is :func:`read`, or ``crmlab.course.bank.workbook.read``. Raises ``OSError`` if there is no such file.
    """
    questions, found = reader(path)
    check = Checker(path.name)
    elsewhere: dict[str, str] = {}
    asked: dict[str, str] = {}
    for other in files() if others is None else others:
        if other.resolve() != path.resolve():
            for question in _known(other, other.stat().st_mtime_ns):
                where = f"{other.parent.name}/{other.name}"
                elsewhere[str(question["id"])] = where
                asked |= {normal(text): where for text in _question_texts(question)}
    for question in questions:
        name = str(question["id"])
        if name in elsewhere:
            check.fault(
                question, "id", _("The id “{name}” is taken in {file}; choose another."), name=name, file=elsewhere[name]
            )
        for text in _question_texts(question):
            if same := asked.get(normal(text)):
                check.fault(question, "ask", _("The same question stands in {file}; ask something else."), file=same)
                break
            asked[normal(text)] = path.name
    return sorted({*found, *check.faults})


@lru_cache(maxsize=100)
def _known(path: Path, _changed: int) -> tuple[Any, ...]:
    """The questions of a file, read once as long as it does not change."""
    return tuple(load(path)[0])


def _question_texts(question: Any) -> list[str]:
    story = question.get("story") or {}
    return list(dict.fromkeys(f"{story.get(language, '')} {question['ask'][language]}" for language in LANGUAGES))


def normal(text: str) -> str:
    """A text without case, spaces and punctuation, for comparing.

    >>> normal("Who  signs?") == normal("who signs")
    True
    """
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).lower() if sign.isalnum())


# -- checking ----------------------------------------------------------------------------------------------------------


def _check_question(check: Checker, content: Any, number: int, question: Any, names: set[str]) -> None:
    if not isinstance(question, Mapping):
        check.fault(content, number, _("Question {n} should begin with “- id: ...”."), n=number + 1)
        return
    kind = question.get("kind")
    if kind not in KINDS:
        if "kind" in question:
            check.fault(question, "kind", _("“kind” should be one of {kinds}."), kinds=", ".join(KINDS))
        else:
            _lacks(check, question, number, ["kind"])
        return
    required = (*_COMMON, *_REQUIRED[kind])
    if not _entries(check, content, number, question, required, _OPTIONAL.get(kind, ())):
        return
    name = question["id"]
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        check.fault(
            question, "id", _("The id “{name}” should be small letters, digits and hyphens, such as who-decides."), name=name
        )
    if str(name) in names:
        check.fault(question, "id", _("The id “{name}” stands twice; each question needs its own."), name=name)
    names.add(str(name))
    check.whole(question, "difficulty", 1, 3)
    check.both(question, "ask")
    for key in _TEXTS:
        if key in question:
            check.both(question, key)
    _CHECKS[kind](check, question)


def _lacks(check: Checker, question: Any, number: int, names: list[str]) -> None:
    check.fault(question, None, _("Question {n} lacks “{names}”."), n=number + 1, names=tr(_("”, “")).join(names))


def _entries(check: Checker, where: Any, place: int, content: Any, required: Iterable[str], optional: Iterable[str]) -> bool:
    """Like ``Checker.mapping``, for an entry of a list: it is called by its number from 1."""
    if not isinstance(content, Mapping):
        check.fault(
            where, place, _("Entry {n} should have entries of its own: {names}."), n=place + 1, names=", ".join(required)
        )
        return False
    # Unknown keys are told by the checker; what is missing is told here, all at once.
    before = len(check.faults)
    check.mapping(where, place, content, required=(), optional=(*required, *optional))
    missing = [name for name in required if name not in content]
    if missing:
        text = _("Question {n} lacks “{names}”.") if "kind" in content else _("Entry {n} lacks “{names}”.")
        check.fault(content, None, text, n=place + 1, names=tr(_("”, “")).join(missing))
    return not missing and len(check.faults) == before


def _list(check: Checker, question: Any, key: str, low: int, high: int) -> list[Any]:
    """The list under a key if it has the right number of entries, else an empty one."""
    content = question[key]
    if not isinstance(content, list) or not low <= len(content) <= high:
        check.fault(
            question,
            key,
            _("“{key}” should be a list of {low} to {high} entries, each beginning with a hyphen."),
            key=key,
            low=low,
            high=high,
        )
        return []
    return content


def _distinct(check: Checker, question: Any, key: str, texts: list[Any]) -> None:
    """No two of these texts are the same in either language."""
    for language in LANGUAGES:
        seen = Counter(str(text.get(language) or "").strip() for text in texts if isinstance(text, Mapping))
        twice = [text for text, count in seen.items() if text and count > 1]  # a text that is missing is told as such
        if twice:
            check.fault(question, key, _("“{text}” stands twice under “{key}”."), text=twice[0], key=key)


def _check_options(check: Checker, question: Any) -> None:
    options = question["options"]
    if not isinstance(options, list) or len(options) < 2:
        check.fault(question, "options", _("A question needs two options or more, each beginning with “- text:”."))
        return
    kind = question["kind"]
    if kind in ("single", "case") and not 3 <= len(options) <= 5:
        check.fault(question, "options", _("A question of this kind needs three to five options, not {n}."), n=len(options))
    right, texts = 0, []
    for place, option in enumerate(options):
        if _entries(check, options, place, option, ("text", "why"), ("right",)):
            check.both(option, "text")
            check.both(option, "why")
            texts.append(option["text"])
            if not isinstance(option.get("right", False), bool):
                check.fault(option, "right", _("“right” should be true or false."))
        if isinstance(option, Mapping):
            right += option.get("right") is True
    _distinct(check, question, "options", texts)
    if right == 0 or (kind == "single" and right != 1):
        check.fault(
            question,
            "options",
            _("{right} options are marked “right: true”; a single question needs exactly one, any other one or more."),
            right=right,
        )
    elif right == len(options):
        check.fault(question, "options", _("All options are marked right; one at least should be wrong."))


def _check_true_false(check: Checker, question: Any) -> None:
    if not isinstance(question["right"], bool):
        check.fault(question, "right", _("“right” should be true or false."))


def _check_number(check: Checker, question: Any) -> None:
    sound = check.number(question, "right")
    sound &= check.number(question, "tolerance", least=0)
    mistakes = _list(check, question, "mistakes", 1, 3)
    for place, mistake in enumerate(mistakes):
        if not _entries(check, mistakes, place, mistake, ("answer", "why"), ("tolerance",)):
            continue
        check.both(mistake, "why")
        if "tolerance" in mistake:
            check.number(mistake, "tolerance", least=0)
        number = mistake["answer"]
        if check.number(mistake, "answer") and sound and abs(number - question["right"]) <= question["tolerance"]:
            text = _("The mistake “{answer}” lies within the tolerance of the right answer.")
            check.fault(mistake, "answer", text, answer=number)


def _check_order(check: Checker, question: Any) -> None:
    items = _list(check, question, "items", 3, 6)
    texts = []
    for place, item in enumerate(items):
        if _entries(check, items, place, item, ("text", "why"), ()):
            check.both(item, "text")
            check.both(item, "why")
            texts.append(item["text"])
    _distinct(check, question, "items", texts)


def _check_match(check: Checker, question: Any) -> None:
    pairs = _list(check, question, "pairs", 3, 5)
    lefts, rights = [], []
    for place, pair in enumerate(pairs):
        if _entries(check, pairs, place, pair, ("left", "right", "why", "why_not"), ()):
            for key in ("left", "right", "why", "why_not"):
                check.both(pair, key)
            lefts.append(pair["left"])
            rights.append(pair["right"])
    _distinct(check, question, "pairs", lefts)
    _distinct(check, question, "pairs", rights)


_CHECKS = {
    "single": _check_options,
    "multiple": _check_options,
    "case": _check_options,
    "true_false": _check_true_false,
    "number": _check_number,
    "order": _check_order,
    "match": _check_match,
}
