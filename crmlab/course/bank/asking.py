"""A question of the bank as it is asked, judged and explained; what a quiz, an exam and the review deck share."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from crmlab.course import lessons
from crmlab.course.bank import files
from crmlab.course.bank.files import QuizError
from crmlab.course.cases import OPEN, Case
from crmlab.course.form import Answers, Choice, Entry, Order, Row, Tick
from crmlab.course.yamlfile import said
from crmlab.language import LANGUAGES, Words, _, tr

T = TypeVar("T")


@dataclass(frozen=True)
class Question:
    """A question and the number of the lesson that it is from, "3.2"."""

    source: Any
    lesson: str

    @property
    def id(self) -> str:
        return str(self.source["id"])

    @property
    def kind(self) -> str:
        return str(self.source["kind"])

    @property
    def difficulty(self) -> int:
        return int(self.source["difficulty"])

    @property
    def unit(self) -> str:
        """The number of its unit, "3"."""
        return self.lesson.split(".")[0]

    def lesson_title(self) -> str:
        """The heading of its lesson, or "3.2" with the unit's name where that lesson is not there yet."""
        try:
            return lessons.find(self.lesson).title()
        except LookupError:
            return f"{self.lesson} {tr(lessons.units().get(self.unit, ''))}".strip()


_bank: dict[Any, tuple[Question, ...]] = {}


def bank() -> tuple[Question, ...]:
    """All questions, in the order of lessons. Read once, and again when a file has changed.

    Raises :class:`crmlab.course.bank.files.QuizError` with all faults of all files.
    """
    paths = files.files()
    key = tuple((path, path.stat().st_mtime_ns) for path in paths)
    if key not in _bank:
        found, faults = [], []
        for path in paths:
            content, wrong = files.load(path)
            faults += wrong
            found += [Question(one, files.number_of(path)) for one in content]
        if faults:
            raise QuizError("\n".join(map(str, faults)))
        _bank.clear()
        _bank[key] = tuple(found)
    return _bank[key]


def shuffled(things: Sequence[T], seed: object) -> list[T]:
    """The things in an order that depends on the seed alone: the same with every version of Python.

    >>> shuffled("abcde", 1) == shuffled("abcde", 1), sorted(shuffled("abcde", 2))
    (True, ['a', 'b', 'c', 'd', 'e'])
    """
    places = sorted(range(len(things)), key=lambda place: hashlib.sha256(f"{seed}:{place}".encode()).digest())
    return [things[place] for place in places]


def _tokens(question: Question, count: int) -> list[str]:
    """A letter for each item or pair of the file, dealt out so that the letters do not give the right order away."""
    return shuffled("abcdef"[:count], question.id)


def _displayed(question: Question, things: Sequence[T], seed: object, *, right_order: bool = False) -> list[T]:
    """The things as shown: with an empty seed in file order, items to be ordered never in their right order."""
    if not right_order:
        return shuffled(things, f"{seed}/{question.id}") if seed else list(things)
    shown = shuffled(things, f"{seed}/{question.id}")
    return shown if shown != list(things) else [*shown[1:], shown[0]]


# -- asking ------------------------------------------------------------------------------------------------------------


def prompt(question: Question) -> str:
    """What is asked, and a word on how to answer."""
    text = said(question.source["ask"])
    if _several(question):
        text += " " + tr(_("(Several may be right.)"))
    return text


def story(question: Question) -> str:
    """What is told before the question; empty for most kinds."""
    return said(question.source.get("story"))


def _unit(source: Any) -> str:
    return Words({language: str(source["unit"][language]).strip() for language in LANGUAGES}) if source.get("unit") else ""


def _several(question: Question) -> bool:
    if question.kind == "case":
        return sum(option.get("right") is True for option in question.source["options"]) > 1
    return question.kind == "multiple"


def row(question: Question, key: str, seed: object = "") -> Row:
    """The question as a row of a form, without its story; ``key`` is the field's, or the beginning of the fields' if it has
    several.

    ``seed`` shuffles the options; an empty one leaves them as they stand in the file.
    """
    source, kind = question.source, question.kind
    fields: list[Any]
    if kind == "true_false":
        fields = [Choice(key, (("true", _("True")), ("false", _("False"))), style="radio")]
    elif kind == "number":
        fields = [Entry(key, _("Number"), _unit(source), float(source["right"]))]
    elif kind == "order":
        tokens = _tokens(question, len(source["items"]))
        items = [(token, said(item["text"])) for token, item in zip(tokens, source["items"], strict=True)]
        fields = [Order(key, tuple(_displayed(question, items, seed, right_order=True)))]
    elif kind == "match":
        tokens = _tokens(question, len(source["pairs"]))
        rights = [(token, said(pair["right"])) for token, pair in zip(tokens, source["pairs"], strict=True)]
        options = tuple(sorted(rights))
        lefts = _displayed(question, list(enumerate(source["pairs"], 1)), seed)
        fields = [Choice(f"{key}.{place}", options, label=said(pair["left"])) for place, pair in lefts]
    else:
        labels = [(str(place), said(option["text"])) for place, option in enumerate(source["options"], 1)]
        labels = _displayed(question, labels, seed)
        if _several(question):
            fields = [Tick(f"{key}.{place}", label) for place, label in labels]
        else:
            fields = [Choice(key, tuple(labels), style="radio")]
    return Row(prompt(question), tuple(fields))


# -- judging -----------------------------------------------------------------------------------------------------------


def judge(question: Question, answers: Answers, key: str) -> Case:
    """One case for a question: its sentence is the explanation of what was answered."""
    return _JUDGES[question.kind](question, answers, key)


def _open(key: str) -> Case:
    return Case(False, OPEN, key=key, open=True)


def _judge_options(question: Question, answers: Answers, key: str) -> Case:
    options = question.source["options"]
    right = {place for place, option in enumerate(options, 1) if option.get("right")}
    if not _several(question):
        if key not in answers:
            return _open(key)
        picked = int(answers[key])
        why = said(options[picked - 1]["why"])
        return Case(picked in right, why, key=key, praise=why)
    keys = {place: f"{key}.{place}" for place in range(1, len(options) + 1)}
    if not any(one in answers for one in keys.values()):
        return _open(keys[1])
    ticked = {place for place, one in keys.items() if answers.get(one)}
    if wrong := sorted(ticked - right):
        return Case(False, " ".join(said(options[place - 1]["why"]) for place in wrong), key=keys[1])
    if ticked != right:
        return Case(False, _("What you ticked is right, but something is missing."), key=keys[1])
    return Case(True, key=keys[1], praise=why_right(question))


def _judge_true_false(question: Question, answers: Answers, key: str) -> Case:
    if key not in answers:
        return _open(key)
    ok = (answers[key] == "true") is question.source["right"]
    return Case(ok, said(question.source["why_not"]), key=key, praise=why_right(question))


def _judge_number(question: Question, answers: Answers, key: str) -> Case:
    if key not in answers:
        return _open(key)
    source, got = question.source, float(answers[key])
    if _near(got, source["right"], source["tolerance"]):
        return Case(True, key=key, praise=why_right(question))
    for mistake in source["mistakes"]:
        if _near(got, mistake["answer"], mistake.get("tolerance", source["tolerance"])):
            return Case(False, said(mistake["why"]), key=key)
    return Case(False, said(source["otherwise"]), key=key)


def _near(got: float, want: float, tolerance: float) -> bool:
    # Not "<= tolerance" alone: 0.3 is not quite 0.1 + 0.2 for a computer.
    return abs(got - want) <= tolerance + 1e-9 * max(1.0, abs(want))


def _judge_order(question: Question, answers: Answers, key: str) -> Case:
    if key not in answers:
        return _open(key)
    right = _tokens(question, len(question.source["items"]))
    given = list(answers[key])
    if given == right:
        return Case(True, key=key, praise=why_right(question))
    # The first place that is taken wrongly: the item that stands there says where it belongs, and nothing more.
    first = next(item for item, token in zip(given, right, strict=True) if item != token)
    item = question.source["items"][right.index(first)]
    says = tr(_("“{item}” does not stand where it should: {why}"), item=said(item["text"]), why=said(item["why"]))
    return Case(False, says, key=key)


def _judge_match(question: Question, answers: Answers, key: str) -> Case:
    pairs = question.source["pairs"]
    keys = [f"{key}.{place}" for place in range(1, len(pairs) + 1)]
    if any(one not in answers for one in keys):
        return _open(keys[0])
    tokens = _tokens(question, len(pairs))
    wrong = [pair for pair, one, token in zip(pairs, keys, tokens, strict=True) if answers[one] != token]
    if not wrong:
        return Case(True, key=keys[0], praise=why_right(question))
    return Case(False, " ".join(said(pair["why_not"]) for pair in wrong), key=keys[0])


_JUDGES = {
    "single": _judge_options,
    "multiple": _judge_options,
    "case": _judge_options,
    "true_false": _judge_true_false,
    "number": _judge_number,
    "order": _judge_order,
    "match": _judge_match,
}


# -- explaining --------------------------------------------------------------------------------------------------------


def right_answers(question: Question, key: str) -> Answers:
    """The right answer as it would be given in a form."""
    source, kind = question.source, question.kind
    if kind == "true_false":
        return {key: "true" if source["right"] else "false"}
    if kind == "number":
        return {key: float(source["right"])}
    if kind == "order":
        return {key: _tokens(question, len(source["items"]))}
    if kind == "match":
        return {f"{key}.{place}": token for place, token in enumerate(_tokens(question, len(source["pairs"])), 1)}
    right = [place for place, option in enumerate(source["options"], 1) if option.get("right")]
    if _several(question):
        return {f"{key}.{place}": place in right for place in range(1, len(source["options"]) + 1)}
    return {key: str(right[0])}


def in_words(question: Question, answers: Answers, key: str) -> str:
    """An answer as the trainee saw it; empty for one that was not given."""
    shown = []
    for field in row(question, key).fields:
        text = field.show(answers.get(field.key))
        if text:
            shown.append(f"{field.label} → {text}" if question.kind == "match" else text)
    return " · ".join(shown)


def why_right(question: Question) -> str:
    """Why the right answer is right."""
    source = question.source
    if question.kind == "match":
        return " ".join(said(pair["why"]) for pair in source["pairs"])
    if "options" in source:
        return " ".join(said(option["why"]) for option in source["options"] if option.get("right"))
    return said(source["why"])
