"""Moodle XML of anybody, as questions of the bank.

Taken are multichoice, truefalse, numerical, matching and ordering; what else is in the file is named and left out. Texts become plain:
no formatting, no pictures. What the bank wants and the file does not have (a reason for each answer, a second language) is left
empty, and ``crmlab questions check`` names it.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

from crmlab.course.yamlfile import shortened
from crmlab.language import LANGUAGES, _, tr
from crmlab.lms.questions import safexml
from crmlab.lms.questions.asked import number, understood
from crmlab.lms.questions.taking import MOST_CHARACTERS, Taken, Texts, Unreadable, language_of, without_pictures
from crmlab.lms.questions.texts import inline, plain

_MISTAKES = 3


class _Left(Exception):
    """A question cannot be taken; the message is a sentence that begins small."""


def read(path: Path, language: str = "") -> Taken:
    """The questions of a file. ``language`` is that of its texts; found out if it is left out.

    Raises :class:`Unreadable` with a sentence if it is no Moodle XML, ``OSError`` if it cannot be opened.
    """
    try:
        root = safexml.parse(path.read_bytes())
    except safexml.Unreadable as error:
        raise Unreadable(str(error)) from None
    if root.tag != "quiz":
        text = _("It is XML, but no Moodle XML: it begins with <{tag}>, and should begin with <quiz>. In Moodle choose Question bank, Export, Moodle XML.")
        raise Unreadable(tr(text, tag=shortened(root.tag)))
    if not language:
        language = language_of(plain(_html(one, "questiontext")) for one in root.iter("question"))
    taken, texts = Taken(), Texts(language)
    for place, one in enumerate((child for child in root if child.tag == "question" and child.get("type") != "category"), 1):
        name = plain(_html(one, "name")) or plain(_html(one, "questiontext")) or tr(_("question {n}"), n=place)
        try:
            question, noted = _taken(one, texts)
        except _Left as why:
            taken.note(name, _("not taken: {why}"), why=str(why))
            continue
        lesson, question["difficulty"] = understood(plain(tag.findtext("text") or "") for tag in one.iterfind("tags/tag"))
        wish = (one.findtext("idnumber") or "").strip() or plain(_html(one, "name"))
        whole = {"id": taken.name(wish if wish.isascii() else ""), **question}
        if lesson:
            taken.lessons[whole["id"]] = lesson
        taken.questions.append({key: whole[key] for key in ("id", "kind", "difficulty", *(key for key in whole if key not in ("id", "kind", "difficulty")))})
        for text in noted:
            taken.note(name, text)
        without_pictures(taken, name, [text.text or "" for text in one.iter("text")], len([*one.iter("file"), *one.iter("image_base64")]))
    return taken


def _taken(one: ET.Element, texts: Texts) -> tuple[dict[str, Any], list[str]]:
    kind = str(one.get("type") or "").strip().lower()
    reader = _READERS.get(kind)
    if reader is None:
        known = tr(_("the course has multiple choice, true or false, numbers, matching and ordering"))
        raise _Left(tr(_("its type is {kind}; {known}"), kind=shortened(kind) or "?", known=known))
    if any(len(_without_data(text.text or "")) > MOST_CHARACTERS for text in one.iter("text")):
        raise _Left(tr(_("a text in it is longer than that of any question")))
    noted: list[str] = []
    asked = texts.asked(_html(one, "questiontext"))
    if not any(asked["ask"].values()):
        raise _Left(tr(_("it asks nothing in words")))
    return reader(one, texts, asked, noted), noted


# -- by type -----------------------------------------------------------------------------------------------------------


def _options(one: ET.Element, texts: Texts, asked: dict[str, Any], noted: list[str]) -> dict[str, Any]:
    answers = [answer for answer in one.iterfind("answer") if plain(_own_html(answer))]
    if len(answers) < len(one.findall("answer")):
        noted.append(tr(_("answers without words were left out")))
    shares = [_share(answer) for answer in answers]
    if not shares or max(shares) <= 0:
        raise _Left(tr(_("no answer is right")))
    single = (one.findtext("single") or "true").strip().lower() in ("true", "1")
    right = [share >= max(shares) if single else share > 0 for share in shares]
    if single and any(0 < share < max(shares) for share in shares):
        noted.append(tr(_("answers that give a part of the points count as wrong here")))
    general = texts.both(_html(one, "generalfeedback"))
    options = []
    for answer, ok in zip(answers, right, strict=True):
        why = texts.both(_html(answer, "feedback"))
        if ok and not any(why.values()):
            why = general
        options.append({"text": texts.both(_own_html(answer)), **({"right": True} if ok else {}), "why": why})
    kind = "case" if "story" in asked else "single" if single and sum(right) == 1 else "multiple"
    return {"kind": kind, **asked, "options": options}


def _true_false(one: ET.Element, texts: Texts, asked: dict[str, Any], _noted: list[str]) -> dict[str, Any]:
    answers = {plain(_own_html(answer)).lower(): answer for answer in one.iterfind("answer")}
    if answers.keys() != {"true", "false"}:
        if len(answers) != 2 or answers.keys() & {"true", "false"}:
            raise _Left(tr(_("its answers are not true and false")))
        # Old exports have the words of the site's language, true first; Moodle reads them so, too.
        answers = dict(zip(("true", "false"), answers.values(), strict=True))
    right = _share(answers["true"]) > _share(answers["false"])
    why, why_not = (texts.both(_html(answers["true" if ok is right else "false"], "feedback")) for ok in (True, False))
    return {"kind": "true_false", **asked, "right": right, "why": why if any(why.values()) else texts.both(_html(one, "generalfeedback")), "why_not": why_not}


def _number(one: ET.Element, texts: Texts, asked: dict[str, Any], noted: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": "number", **asked}
    mistakes: list[dict[str, Any]] = []
    otherwise = None
    for answer in one.iterfind("answer"):
        why = texts.both(_html(answer, "feedback"))
        if plain(_own_html(answer)) == "*":
            otherwise = otherwise or why
            continue
        try:
            value, tolerance = number(plain(_own_html(answer))), number((answer.findtext("tolerance") or "0").strip() or "0")
        except (ValueError, ArithmeticError):
            raise _Left(tr(_("its answer “{answer}” is no number"), answer=shortened(plain(_own_html(answer))))) from None
        if _share(answer) >= 100 and "right" not in found:
            found |= {"right": value, "tolerance": abs(tolerance), "why": why if any(why.values()) else texts.both(_html(one, "generalfeedback"))}
        else:
            mistakes.append({"answer": value, "tolerance": abs(tolerance), "why": why})
    if "right" not in found:
        raise _Left(tr(_("no answer is right")))
    # A second right number, or one within the tolerance, is no mistake here.
    kept = [mistake for mistake in mistakes if abs(mistake["answer"] - found["right"]) > found["tolerance"]][:_MISTAKES]
    if len(kept) < len(mistakes):
        noted.append(tr(_("{n} of its wrong numbers were left out; there is room for {most}"), n=len(mistakes) - len(kept), most=_MISTAKES))
    for mistake in kept:
        if mistake["tolerance"] == found["tolerance"]:
            del mistake["tolerance"]  # the question's own goes for it, too
    unit = next((texts.both(inline(name)) for each in one.iterfind("units/unit") if (name := each.findtext("unit_name"))), None)
    if unit and "unit" not in found:
        found["unit"] = {language: unit[language] or unit[texts.language] for language in LANGUAGES}
    return {**found, "mistakes": kept, "otherwise": otherwise or texts.none()}


def _order(one: ET.Element, texts: Texts, asked: dict[str, Any], _noted: list[str]) -> dict[str, Any]:
    answers = sorted(one.iterfind("answer"), key=_share)
    items: list[dict[str, Any]] = []
    whys = next((html for name in ("incorrectfeedback", "partiallycorrectfeedback") if texts.part(html := _html(one, name), "item")), "")
    for place, answer in enumerate(answers):
        items.append({"text": texts.both(_own_html(answer)), "why": texts.part(whys, "item", place) or texts.both(_html(answer, "feedback"))})
    correct = _html(one, "correctfeedback")
    why = texts.part(correct, "why") or texts.both(_html(one, "generalfeedback"))
    return {"kind": "order", **asked, "items": items, "why": why if any(why.values()) else texts.none()}


def _match(one: ET.Element, texts: Texts, asked: dict[str, Any], noted: list[str]) -> dict[str, Any]:
    general, incorrect = _html(one, "generalfeedback"), _html(one, "incorrectfeedback")
    # What came into Moodle as GIFT has all its reasons in the general feedback, and an order is pairs there.
    whys_not = incorrect if texts.part(incorrect, "why-not") else general
    pairs: list[dict[str, Any]] = []
    for place, row in enumerate(one.iterfind("subquestion")):
        left, right = texts.both(_own_html(row)), texts.both(inline(row.findtext("answer/text") or ""))
        if not any(left.values()):
            noted.append(tr(_("“{answer}” belongs to nothing and was left out"), answer=shortened(row.findtext("answer/text") or "")))
            continue
        why, why_not = texts.part(general, "why", place) or texts.none(), texts.part(whys_not, "why-not", place) or texts.none()
        pairs.append({"left": left, "right": right, "why": why, "why_not": why_not})
    if not pairs:
        raise _Left(tr(_("it has no pairs")))
    if texts.part(general, "item") and [row.findtext("answer/text") for row in one.iterfind("subquestion")] == [str(place) for place in range(1, len(pairs) + 1)]:
        items = [{"text": pair["left"], "why": texts.part(general, "item", place) or texts.none()} for place, pair in enumerate(pairs)]
        return {"kind": "order", **asked, "items": items, "why": texts.part(general, "why") or texts.none()}
    return {"kind": "match", **asked, "pairs": pairs}


_READERS = {"multichoice": _options, "truefalse": _true_false, "numerical": _number, "ordering": _order, "matching": _match}


# -- elements ----------------------------------------------------------------------------------------------------------


def _share(answer: ET.Element) -> float:
    try:
        return float(str(answer.get("fraction") or "0").replace(",", "."))
    except ValueError:
        return 0.0


def _html(one: ET.Element, name: str) -> str:
    child = one.find(name)
    return "" if child is None else _own_html(child)


def _own_html(one: ET.Element) -> str:
    """The text of an element as HTML, whatever format it says that it has."""
    inner = one.find("text")
    text = _without_data((one.text if inner is None else inner.text) or "")[:MOST_CHARACTERS]
    form = (one.get("format") or "html").strip().lower()
    if form in ("plain_text", "markdown", "2", "4"):
        return inline(text)
    tagged = "</" in text or "<br" in text or "<p>" in text
    return text if tagged or form == "html" else text.replace("\n", "<br>")


def _without_data(text: str) -> str:
    """HTML without pictures that are written out in it, which can have megabytes."""
    return re.sub("""(["'])data:[^"'<>]*\\1""", '""', text) if "data:" in text else text
