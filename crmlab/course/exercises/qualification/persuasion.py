"""Lesson 3.5, honest persuasion: the numbers of a hearing test, and the claim card that a trainee takes away from it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from crmlab import intervals
from crmlab.course import session
from crmlab.course.cases import Case, gate
from crmlab.course.exercise_form import judged
from crmlab.course.form import Answers, number
from crmlab.course.hooks import Lesson, Numbers, Right
from crmlab.language import tr

here = Lesson("3.5")
text = here.texts


# -- write the line --------------------------------------------------------------------------------------------------


@here.live("the-line")
def _line(answers: Answers) -> list[str]:
    """The four parts put together, a gap for each that is open."""
    gap = tr(text["gap"])
    parts = {field.key: field.show(answers.get(field.key)) or gap for field in here.fields("the-line")}
    return [tr(text["line"], **parts)]


# -- behind the curtain ----------------------------------------------------------------------------------------------

HEARD, LISTENERS = 24, 40


@here.numbers("curtain")
def curtain_numbers() -> Numbers:
    """The two numbers that go in, and the ends of the 95% interval of the hearing test, in percent."""
    low, high = (Right(100 * float(end), within=0.6) for end in intervals.wilson(HEARD, LISTENERS))
    return Numbers(right={"input": Right(f"{HEARD}.{LISTENERS}"), "low": low, "high": high})


@here.live("curtain")
def _curtain_live(answers: Answers) -> list[str]:
    say = here.says("curtain")
    if "input" not in answers:
        return [tr(say["choose"])]
    many, of = map(int, answers["input"].split("."))
    low, high = (100 * float(end) for end in intervals.wilson(many, of))
    return [tr(say["line"], many=many, of=of, low=low, high=high)]


@here.code("curtain")
def curtain(answer: Any) -> Iterator[Case]:
    """Two numbers, as shares or in percent."""
    found = [number(one) for one in answer] if isinstance(answer, tuple | list) or hasattr(answer, "tolist") else []
    yield gate(len(found) == 2 and None not in found, here.says("curtain")["two-numbers"])
    low, high = (float(one or 0) for one in found)
    scale = 100 if max(low, high) <= 1 else 1
    yield from judged("3.5", "curtain", {"low": scale * low, "high": scale * high}, "low", "high")


# -- what leaves the notebook ----------------------------------------------------------------------------------------


def _own() -> str:
    """The typed line if it passes, else the one that was built, else nothing."""
    opened = session.opened()
    if opened is None:
        return ""
    typed, built = (opened.fields(here[id]) for id in ("own-line", "the-line"))
    if typed and all(made.ok for made in judged("3.5", "own-line", typed)):
        return tr(text["own"], line=typed["mine"]["text"])
    return _line(built)[0] if all(made.ok for made in judged("3.5", "the-line", built)) else ""


def claim_card(blank: int = 6) -> str:
    """The claim-and-proof card as a page for printing: three tests, the trainee's own line of exercise 2 if it passes, else that of
    exercise 3, the proofs, and ``blank`` lines for claims of one's own."""

    def listed(beginning: str) -> list[str]:
        return [tr(words) for name, words in text.items() if name.startswith(beginning)]

    def row(cells: list[str], tag: str = "td") -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    said = _own()
    mine = f"<p><b>{escape(said)}</b></p>" if said else ""
    tests = "".join(f"<li>☐ {escape(line)}</li>" for line in listed("test-"))
    head = listed("head-")
    lines = row(head, "th") + row([*listed("example-"), ""])
    lines += ("<tr>" + "<td>&nbsp;<br>&nbsp;</td>" * len(head) + "</tr>") * blank
    proofs = "".join(f"<li>{escape(tr(label))}</li>" for key, label in here.options("proofs").items() if key != "none")
    return (
        f"<h1>{escape(tr(text['card-title']))}</h1>{mine}"
        f"<ul style='list-style:none;padding:0'>{tests}</ul><table style='width:100%'>{lines}</table>"
        f"<h2>{escape(tr(text['proofs']))}</h2><ul>{proofs}</ul>"
    )
