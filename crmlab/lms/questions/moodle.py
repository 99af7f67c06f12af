"""Questions as Moodle XML, the format that Moodle itself imports and exports (docs.moodle.org, "Moodle XML format").

    single, case with one right answer    multichoice, single
    multiple, case with several           multichoice; each right answer gives its share, each wrong one takes all
    true_false                            truefalse
    number                                numerical; typical wrong numbers are answers of 0 %, any other number is "*"
    order                                 ordering (a plug-in, part of Moodle from 4.4 on)
    match                                 matching

Each answer has its explanation as feedback. A question's id is its ID number; lesson and difficulty are tags.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from typing import Any

from crmlab.course.bank.asking import Question
from crmlab.course.yamlfile import shortened
from crmlab.lms.questions.asked import digits, path, right_ones, says, tags
from crmlab.lms.questions.texts import inline, part

# Moodle takes these shares and no others: three thirds are 99.99999.
_SHARES = {1: "100", 2: "50", 3: "33.33333", 4: "25", 5: "20", 6: "16.66667", 7: "14.28571", 8: "12.5", 9: "11.11111", 10: "10"}


def write(questions: Iterable[Question]) -> bytes:
    """The questions in the language in force, each in the category of its lesson."""
    quiz = ET.Element("quiz")
    category = ""
    for question in questions:
        # A slash divides categories; two stand for one.
        here = "/".join(["$course$", "top", *(name.replace("/", "//") for name in path(question))])
        if here != category:
            _text(ET.SubElement(ET.SubElement(quiz, "question", type="category"), "category"), "text", here)
            category = here
        _question(quiz, question)
    ET.indent(quiz, " ")
    return ET.tostring(quiz, "utf-8", xml_declaration=True) + b"\n"


def asked(source: Mapping[str, Any]) -> str:
    """Story, question and unit as HTML."""
    html = part("story", says(source["story"])) if source.get("story") else ""
    unit = f"<p>({part('unit', says(source['unit']), 'span')})</p>" if source.get("unit") else ""
    return html + part("ask", says(source["ask"])) + unit if html or unit else inline(says(source["ask"]))


def _question(quiz: ET.Element, question: Question) -> None:
    source, kind = question.source, question.kind
    one = ET.SubElement(quiz, "question", type=_TYPES[kind])
    # Moodle's ordering cuts a name after 42 bytes, in the middle of a Chinese character.
    _text(ET.SubElement(one, "name"), "text", question.id if kind == "order" else shortened(says(source["ask"]), 100))
    _html(one, "questiontext", asked(source))
    _html(one, "generalfeedback", _general(source))
    for name, value in (("defaultgrade", "1"), ("penalty", "1" if kind == "true_false" else "0.3333333"), ("hidden", "0"), ("idnumber", question.id)):
        _text(one, name, value)
    _WRITERS[kind](one, source)
    noted = ET.SubElement(one, "tags")
    for tag in tags(question):
        _text(ET.SubElement(noted, "tag"), "text", tag)


def _general(source: Mapping[str, Any]) -> str:
    """What everybody reads in the end; the explanations of answers stand with these."""
    if source["kind"] == "match":
        rows = (f"<li>{inline(says(pair['left']))} → {inline(says(pair['right']))}<br>{part('why', says(pair['why']), 'span')}</li>" for pair in source["pairs"])
        return f"<ul>{''.join(rows)}</ul>"
    return ""


def _options(one: ET.Element, source: Mapping[str, Any]) -> None:
    right = right_ones(source)
    single = right == 1 and source["kind"] != "multiple"
    for name, value in (("single", "true" if single else "false"), ("shuffleanswers", "true"), ("answernumbering", "abc")):
        _text(one, name, value)
    for option in source["options"]:
        share = _SHARES.get(right, digits(round(100 / right, 5))) if option.get("right") else "0" if single else "-100"
        _answer(one, share, inline(says(option["text"])), inline(says(option["why"])), "html")


def _true_false(one: ET.Element, source: Mapping[str, Any]) -> None:
    for value in (True, False):
        ok = value is bool(source["right"])
        why = says(source["why"] if ok else source["why_not"])
        _answer(one, "100" if ok else "0", "true" if value else "false", inline(why))


def _number(one: ET.Element, source: Mapping[str, Any]) -> None:
    def answer(value: str, tolerance: float, share: str, why: str) -> None:
        _text(_answer(one, share, value, inline(why)), "tolerance", digits(tolerance))

    answer(digits(source["right"]), source["tolerance"], "100", says(source["why"]))
    for mistake in source["mistakes"]:
        answer(digits(mistake["answer"]), mistake.get("tolerance", source["tolerance"]), "0", says(mistake["why"]))
    answer("*", 0, "0", says(source["otherwise"]))


def _order(one: ET.Element, source: Mapping[str, Any]) -> None:
    settings = {"layouttype": "VERTICAL", "selecttype": "ALL", "selectcount": str(len(source["items"])), "gradingtype": "ALL_OR_NOTHING", "showgrading": "HIDE",
                "numberingstyle": "none", "shownumcorrect": "1"}  # fmt: skip
    # Without shownumcorrect Moodle 4.5 adds an empty hint of its own, which its database refuses, and with it all that follows.
    for name, value in settings.items():
        _text(one, name, value)
    _html(one, "correctfeedback", part("why", says(source["why"])))
    rows = "".join(f"<li>{inline(says(item['text']))}<br>{part('item', says(item['why']), 'span')}</li>" for item in source["items"])
    for name in ("partiallycorrectfeedback", "incorrectfeedback"):
        _html(one, name, f"<ul>{rows}</ul>")
    for place, item in enumerate(source["items"], 1):
        _answer(one, str(place), inline(says(item["text"])), "", "html")


def _match(one: ET.Element, source: Mapping[str, Any]) -> None:
    _text(one, "shuffleanswers", "true")
    rows = "".join(f"<li>{inline(says(pair['left']))}<br>{part('why-not', says(pair['why_not']), 'span')}</li>" for pair in source["pairs"])
    for name in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"):
        _html(one, name, "" if name == "correctfeedback" else f"<ul>{rows}</ul>")
    for pair in source["pairs"]:
        row = ET.SubElement(one, "subquestion", format="html")
        _text(row, "text", inline(says(pair["left"])))
        _text(ET.SubElement(row, "answer"), "text", says(pair["right"]))


_TYPES = {"single": "multichoice", "multiple": "multichoice", "case": "multichoice", "true_false": "truefalse", "number": "numerical", "order": "ordering", "match": "matching"}
_WRITERS = {"single": _options, "multiple": _options, "case": _options, "true_false": _true_false, "number": _number, "order": _order, "match": _match}


def _answer(one: ET.Element, share: str, text: str, why: str, form: str = "moodle_auto_format") -> ET.Element:
    made = ET.SubElement(one, "answer", fraction=share, format=form)
    _text(made, "text", text)
    _html(made, "feedback", why)
    return made


def _html(parent: ET.Element, name: str, html: str) -> None:
    _text(ET.SubElement(parent, name, format="html"), "text", html)


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text
