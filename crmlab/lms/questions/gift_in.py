"""GIFT of anybody, as questions of the bank; what is taken and what is left empty is as for Moodle XML."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from crmlab.course.yamlfile import shortened
from crmlab.language import _, tr
from crmlab.lms.questions.asked import number, understood
from crmlab.lms.questions.taking import MOST_CHARACTERS, Taken, Texts, Unreadable, language_of, without_pictures
from crmlab.lms.questions.texts import inline, plain

_MOST_BYTES = 20_000_000
_SIGNS = "\\~=#{}:"
# While a question is taken apart, an escaped sign is a character that no text has.
_HIDDEN = {sign: chr(0xFDD0 + place) for place, sign in enumerate(_SIGNS)}
_MISTAKES = 3


class _Left(Exception):
    """A question cannot be taken; the message is a sentence that begins small."""


def read(path: Path, language: str = "") -> Taken:
    """The questions of a file. ``language`` is that of its texts; found out if it is left out.

    Raises :class:`Unreadable` with a sentence if it is no text or holds no question, ``OSError`` if it cannot be opened.
    """
    raw = path.read_bytes()
    if len(raw) > _MOST_BYTES:
        raise Unreadable(tr(_("The file is larger than {n} MB. Export fewer questions at a time."), n=_MOST_BYTES // 1_000_000))
    try:
        text = raw.decode("utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeError:
        raise Unreadable(tr(_("The file is not saved as UTF-8. In your editor choose “Save as”, encoding UTF-8."))) from None
    taken, texts = Taken(), Texts(language or language_of([text]))
    blocks = [block for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n")) if block.strip()]
    found = 0
    for block in blocks:
        lines = block.split("\n")
        notes = [line.strip() for line in lines if line.lstrip().startswith("//")]
        body = "\n".join(line for line in lines if not line.lstrip().startswith(("//", "$CATEGORY:"))).strip()
        if not body:
            continue
        found += 1
        _take(taken, texts, "\n".join(notes), body, found)
    if not found:
        raise Unreadable(tr(_("There is no question in the file.")))
    return taken


def _take(taken: Taken, texts: Texts, notes: str, body: str, place: int) -> None:
    if len(body) > MOST_CHARACTERS:
        taken.note(shortened(body), _("not taken: {why}"), why=tr(_("a text in it is longer than that of any question")))
        return
    body = re.sub(r"\\([\\~=#{}:n])", lambda sign: "\n" if sign[1] == "n" else _HIDDEN[sign[1]], body)
    titled = re.match(r"::(.*?)::", body, re.DOTALL)
    body = body[titled.end() :] if titled else body
    title = plain(_shown(titled[1])) if titled else ""
    name = title or shortened(plain(_shown(body.partition("{")[0]))) or tr(_("question {n}"), n=place)
    form = re.match(r"\s*\[(html|moodle|plain|markdown)\]", body)
    body = body[form.end() :] if form else body
    reader = _Reader(texts, form[1] if form else "moodle")
    try:
        question = reader.question(body)
    except _Left as why:
        taken.note(name, _("not taken: {why}"), why=str(why))
        return
    lesson, difficulty = understood(re.findall(r"\[tag:([^\]]+)\]", notes))
    given = re.search(r"\[id:([^\]]+)\]", notes)
    wish = given[1] if given else title
    whole = {"id": taken.name(wish if wish.isascii() else ""), "kind": question.pop("kind"), "difficulty": difficulty, **question}
    if lesson:
        taken.lessons[whole["id"]] = lesson
    taken.questions.append(whole)
    for text in reader.noted:
        taken.note(name, text)
    without_pictures(taken, name, [_shown(body)])


def _shown(text: str) -> str:
    """A text with its escaped signs again."""
    for sign, hidden in _HIDDEN.items():
        text = text.replace(hidden, sign)
    return text


class _Reader:
    def __init__(self, texts: Texts, form: str) -> None:
        self.texts, self.form = texts, form
        self.noted: list[str] = []

    def html(self, text: str) -> str:
        text = text.strip()
        form = re.match(r"\[(html|moodle|plain|markdown)\]", text)
        text, kind = (text[form.end() :], form[1]) if form else (text, self.form)
        text = _shown(text)
        if kind in ("plain", "markdown"):
            return inline(text)
        return text if kind == "html" or "</" in text or "<br" in text else text.replace("\n", "<br>")

    def both(self, text: str) -> dict[str, str]:
        return self.texts.both(self.html(text))

    def question(self, body: str) -> dict[str, Any]:
        before, brace, rest = body.partition("{")
        answers, closed, after = rest.partition("}")
        if not brace:
            raise _Left(tr(_("it is a description without answers")))
        if not closed:
            raise _Left(tr(_("a curly bracket is not closed")))
        gap = " _____ " if after.strip() else ""
        asked = self.texts.asked(self.html(before + gap + after))
        if not any(asked["ask"].values()):
            raise _Left(tr(_("it asks nothing in words")))
        answers, _marks, general = answers.partition("####")
        answers, general = answers.strip(), self.html(general)
        if not answers:
            raise _Left(tr(_("it is to be answered in free words")))
        # Moodle's own export of a question of ordering: {>4 ALL VERTICAL ALL_OR_NOTHING SHOW none, and a line for each item.
        if form := re.match(r">\s*\d+[^\n]*\n", answers):
            items = [{"text": self.both(line), "why": self.texts.none()} for line in answers[form.end() :].split("\n") if line.strip()]
            return {"kind": "order", **asked, "items": items, "why": self.texts.both(general)}
        if answers.startswith("#"):
            return self._number(asked, answers[1:])
        if re.match(r"(T|TRUE|F|FALSE)\s*(#|$)", answers):
            return self._true_false(asked, answers)
        if "->" in answers and answers.startswith("="):
            return self._pairs(asked, answers, general)
        if "~" in answers:
            return self._options(asked, answers, general)
        raise _Left(tr(_("it is to be answered in free words")))

    def _options(self, asked: dict[str, Any], answers: str, general: str) -> dict[str, Any]:
        options: list[dict[str, Any]] = []
        shares: list[float] = []
        # Some write "~=" for "=".
        for mark, text in re.findall(r"([=~])([^=~]*)", answers.replace("~=", "=")):
            share = re.match(r"\s*%(-?[\d.]+)%", text)
            shares.append(float(share[1]) if share else 100.0 if mark == "=" else 0.0)
            text, _sign, why = (text[share.end() :] if share else text).partition("#")
            options.append({"text": self.both(text), "why": self.both(why)})
        single = "=" in answers
        right = [share >= max(shares) if single else share > 0 for share in shares]
        if max(shares) <= 0:
            raise _Left(tr(_("no answer is right")))
        if single and any(0 < share < max(shares) for share in shares):
            self.noted.append(tr(_("answers that give a part of the points count as wrong here")))
        for place, ok in enumerate(right):
            if ok:
                one = options[place]
                why = one["why"] if any(one["why"].values()) else self.texts.both(general)
                options[place] = {"text": one["text"], "right": True, "why": why}
        kind = "case" if "story" in asked else "single" if single and sum(right) == 1 else "multiple"
        return {"kind": kind, **asked, "options": options}

    def _true_false(self, asked: dict[str, Any], answers: str) -> dict[str, Any]:
        value, wrong, right = [*answers.split("#"), "", ""][:3]
        return {"kind": "true_false", **asked, "right": value.strip().startswith("T"), "why": self.both(right), "why_not": self.both(wrong)}

    def _number(self, asked: dict[str, Any], answers: str) -> dict[str, Any]:
        answers, _sign, otherwise = answers.partition("~")
        found: dict[str, Any] = {"kind": "number", **asked}
        mistakes: list[dict[str, Any]] = []
        pieces = [piece for piece in answers.split("=") if piece.strip()]
        for piece in pieces:
            share = re.match(r"\s*%(-?[\d.]+)%", piece)
            value, _sign, why = (piece[share.end() :] if share else piece).partition("#")
            answer, tolerance = self._span(value.strip())
            if (not share or float(share[1]) >= 100) and "right" not in found:
                found |= {"right": answer, "tolerance": tolerance, "why": self.both(why)}
            else:
                mistakes.append({"answer": answer, "tolerance": tolerance, "why": self.both(why)})
        if "right" not in found:
            raise _Left(tr(_("no answer is right")))
        kept = [one for one in mistakes if abs(one["answer"] - found["right"]) > found["tolerance"]][:_MISTAKES]
        if len(kept) < len(mistakes):
            self.noted.append(tr(_("{n} of its wrong numbers were left out; there is room for {most}"), n=len(mistakes) - len(kept), most=_MISTAKES))
        for one in kept:
            if one["tolerance"] == found["tolerance"]:
                del one["tolerance"]
        return {**found, "mistakes": kept, "otherwise": self.both(otherwise.removeprefix("#"))}

    @staticmethod
    def _span(value: str) -> tuple[float, float]:
        """A number and its tolerance, from "5:0.5" or "4.5..5.5"."""
        try:
            if ".." in value:
                low, high = (number(one) for one in value.split("..", 1))
                return (low + high) / 2, abs(high - low) / 2
            answer, _colon, tolerance = value.partition(":")
            return number(answer), abs(number(tolerance or "0"))
        except (ValueError, ArithmeticError):
            raise _Left(tr(_("its answer “{answer}” is no number"), answer=shortened(_shown(value)))) from None

    def _pairs(self, asked: dict[str, Any], answers: str, general: str) -> dict[str, Any]:
        pairs = []
        for piece in answers.split("=")[1:]:
            left, arrow, right = piece.partition("->")
            if arrow and left.strip():
                pairs.append((self.both(left), _shown(right).strip()))
            elif arrow:
                self.noted.append(tr(_("“{answer}” belongs to nothing and was left out"), answer=shortened(_shown(right).strip())))
        places = [right for _left, right in pairs]
        if places == [str(place) for place in range(1, len(pairs) + 1)] and self.texts.part(general, "item"):
            items = [{"text": left, "why": self.texts.part(general, "item", place) or self.texts.none()} for place, (left, _right) in enumerate(pairs)]
            return {"kind": "order", **asked, "items": items, "why": self.texts.part(general, "why") or self.texts.none()}
        content = [
            {
                "left": left,
                "right": self.texts.both(inline(right)),
                "why": self.texts.part(general, "why", place) or self.texts.none(),
                "why_not": self.texts.part(general, "why-not", place) or self.texts.none(),
            }
            for place, (left, right) in enumerate(pairs)
        ]
        return {"kind": "match", **asked, "pairs": content}
