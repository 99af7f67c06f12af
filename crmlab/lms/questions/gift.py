"""Questions as GIFT, Moodle's format for a text editor (docs.moodle.org, "GIFT format").

GIFT has no ordering: such a question becomes one of matching, each item with its place. It has no explanation for a pair either:
these stand in the feedback that everybody reads in the end. All texts are HTML, and say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from crmlab.course.bank.asking import Question
from crmlab.lms.questions.asked import digits, path, right_ones, says, tags
from crmlab.lms.questions.moodle import asked
from crmlab.lms.questions.texts import inline, part


def write(questions: Iterable[Question]) -> bytes:
    """The questions in the language in force, each in the category of its lesson; UTF-8."""
    lines: list[str] = []
    category = ""
    for question in questions:
        here = "/".join(["$course$", "top", *(name.replace("/", "//") for name in path(question))])
        if here != category:
            lines += [f"$CATEGORY: {here}", ""]
            category = here
        lines += [_question(question), ""]
    return ("\n".join(lines) + "\n").encode("utf-8")


def escaped(text: str) -> str:
    """A text in which nothing has a meaning for GIFT.

    >>> print(escaped("a = b: {c}"))
    a \\= b\\: \\{c\\}
    """
    return re.sub(r"([\\~=#{}:])", r"\\\1", text).replace("\n", "\\n")


def _html(text: str) -> str:
    return escaped(inline(text))


def _question(question: Question) -> str:
    source = question.source
    notes = " ".join(f"[tag:{tag}]" for tag in tags(question))
    head = f"// [id:{question.id}] {notes}\n::{escaped(question.id)}::[html]{escaped(asked(source))}"
    return f"{head} {{\n{_ANSWERS[question.kind](source)}\n}}"


def _options(source: Mapping[str, Any]) -> str:
    right = right_ones(source)
    single = right == 1 and source["kind"] != "multiple"
    lines = []
    for option in source["options"]:
        mark = "=" if single else f"~%{digits(round(100 / right, 5))}%"
        wrong = "~" if single else "~%-100%"
        lines.append(f"\t{mark if option.get('right') else wrong}{_html(says(option['text']))}#{_html(says(option['why']))}")
    return "\n".join(lines)


def _true_false(source: Mapping[str, Any]) -> str:
    # Moodle reads the first feedback as that of the wrong answer.
    return f"{'TRUE' if source['right'] else 'FALSE'}#{_html(says(source['why_not']))}#{_html(says(source['why']))}"


def _number(source: Mapping[str, Any]) -> str:
    lines = [f"\t={digits(source['right'])}:{digits(source['tolerance'])}#{_html(says(source['why']))}"]
    for mistake in source["mistakes"]:
        tolerance = digits(mistake.get("tolerance", source["tolerance"]))
        lines.append(f"\t=%0%{digits(mistake['answer'])}:{tolerance}#{_html(says(mistake['why']))}")
    return "\n".join(["#", *lines, f"\t~#{_html(says(source['otherwise']))}"])


def _order(source: Mapping[str, Any]) -> str:
    rows = "".join(f"<li>{inline(says(item['text']))}<br>{part('item', says(item['why']), 'span')}</li>" for item in source["items"])
    general = part("why", says(source["why"])) + f"<ol>{rows}</ol>"
    return _pairs(((says(item["text"]), str(place)) for place, item in enumerate(source["items"], 1)), general)


def _match(source: Mapping[str, Any]) -> str:
    rows = (
        f"<li>{inline(says(pair['left']))} → {inline(says(pair['right']))}<br>{part('why', says(pair['why']), 'span')}<br>{part('why-not', says(pair['why_not']), 'span')}</li>"
        for pair in source["pairs"]
    )
    return _pairs(((says(pair["left"]), says(pair["right"])) for pair in source["pairs"]), f"<ul>{''.join(rows)}</ul>")


def _pairs(pairs: Iterable[tuple[str, str]], general: str) -> str:
    # What stands on the right is plain text for Moodle, not HTML.
    lines = [f"\t={_html(left)} -> {escaped(right)}" for left, right in pairs]
    return "\n".join([*lines, f"\t####{escaped(general)}"])


_ANSWERS = {"single": _options, "multiple": _options, "case": _options, "true_false": _true_false, "number": _number, "order": _order, "match": _match}
