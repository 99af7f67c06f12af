"""Break 8.3: one stroke makes 5 + 5 + 5 = 550 true."""

from __future__ import annotations

from collections.abc import Iterator

from crmlab.course.cases import OPEN, Case, case
from crmlab.course.exercise_form import judged
from crmlab.course.form import Answers
from crmlab.course.hooks import Lesson, Numbers

here = Lesson("8.3")

SIGNS = (
    ("five1", "5"),
    ("plus1", "+"),
    ("five2", "5"),
    ("plus2", "+"),
    ("five3", "5"),
    ("equals", "="),
    ("result", "550"),
)
"""The line, sign by sign."""


def becomes(place: str, text: str) -> int | float:
    """What the left side comes to when the sign at ``place`` is read as ``text``.

    >>> becomes("plus1", "4"), becomes("plus2", "4"), becomes("plus1", "+")
    (550, 550, 15)
    """
    left = "".join(text if key == place else sign for key, sign in SIGNS[:5])
    return sum(int(part) for part in left.split("+"))


TURNED = "4"
"""What a plus becomes with one slanting stroke from the end of its left arm to the top."""

here.lists["line"] = {"line": "the line"}
here.lists["signs"] = {key: str(place) for place, (key, _sign) in enumerate(SIGNS, 1)}


@here.numbers("stroke")
def signs() -> Numbers:
    """The line, sign by sign, and the number that the stroke makes."""
    made = int(f"{SIGNS[0][1]}{TURNED}{SIGNS[2][1]}")
    return Numbers(right={"number": made}, fields={"place": {"texts": {f"line.{key}": sign for key, sign in SIGNS}}})


@here.judge("stroke")
def stroke(answer: Answers) -> Iterator[Case]:
    """The place of the stroke, and the number that it makes; either plus will do."""
    say = here.says("stroke")
    if "place" in answer:
        place = answer["place"].removeprefix("line.")
        asked = {"equals": say["equals"], "result": say["result"]}.get(place, say["five"])
        yield case(dict(SIGNS)[place] == "+" and becomes(place, TURNED) == 550, asked, key="place")
    else:
        yield Case(False, OPEN, key="place", open=True)
    yield from judged("8.3", "stroke", answer, "number")
