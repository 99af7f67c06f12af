"""Break 8.3: one stroke makes 5 + 5 + 5 = 550 true, and what was given or only assumed in two customers' letters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from crmlab.course.cases import OPEN, Case, case, chosen
from crmlab.course.exercise import exercise
from crmlab.course.form import Answers, Choice, Entry, Form, Mark, Row, number
from crmlab.language import _, tr

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

_SAYS = {
    "equals": _(
        "Through the equals sign: then it reads “is not equal to”, and that is true. It is the cheap way, and no equation any "
        "more. Can you leave this sign alone?"
    ),
    "result": _("You change the 550. What would it have to become, if the left side stays 15?"),
    "": _("You change a 5. Which other digit can one stroke make of it, and does that bring the left side near 550?"),
}


@exercise(
    "stroke",
    lesson="8.3",
    points=2,
    title=_("Where does it go?"),
    form=Form(
        (
            Row(
                _("Which sign gets the stroke?"),
                (
                    Mark(
                        "place",
                        "cells",
                        rows=(("line", _("the line")),),
                        columns=tuple((key, str(place)) for place, (key, _sign) in enumerate(SIGNS, 1)),
                        texts=tuple((f"line.{key}", sign) for key, sign in SIGNS),
                        title=_("Sign number"),
                    ),
                ),
            ),
            Row(_("Your line has one number that was not there before. Which?"), (Entry("number", _("New number")),)),
        )
    ),
    hints=(
        _("15 is far from 550. To get there by adding, how many digits must the largest number on the left have?"),
        _("Three digits in a row on the left: which sign stands in between, and would have to be a digit?"),
        _("Draw a plus on paper, large, and join the end of one arm with the end of the next."),
    ),
    right=_("True to the last unit, and the equals sign is untouched. The other plus would have done as well."),
)
def stroke(answer: Answers) -> Iterator[Case]:
    """The place of the stroke, and the number that it makes; either plus will do."""
    if "place" in answer:
        place = answer["place"].removeprefix("line.")
        says = _SAYS.get(place, _SAYS[""])
        yield case(dict(SIGNS)[place] == "+" and becomes(place, TURNED) == 550, says, key="place")
    else:
        yield Case(False, OPEN, key="place", open=True)
    if "number" in answer:
        got = number(answer["number"]) or 0.0
        yield case(
            got == 545,
            _("You have {got}. With another 5 added, does it make 550?"),
            key="number",
            got=f"{got:,.10g}",
        )
    else:
        yield Case(False, OPEN, key="number", open=True)


# -- 2 given, or only assumed ------------------------------------------------------------------------------------------


class Claim(NamedTuple):
    """A sentence of the seller's note: does the customer's letter say so, or did the seller add it?"""

    key: str
    text: str
    want: str
    says: str


LETTER = _(
    "Customer’s letter: “This year we have 60,000 yuan for scanners and not one yuan more. They must read our old labels, and "
    "the first hall must be working with them by 1 December. Please send us an offer.”"
)
_ASK_GIVEN = _("“{text}” Read the letter once more. Which words in it say this?")
_ASK_ADDED = _("“{text}” Which words of the letter say this? If you find none: who says it?")
CLAIMS = (
    Claim("sum", _("More than 60,000 yuan cannot be paid for scanners this year."), "given", _ASK_GIVEN),
    Claim("whole", _("The whole project may not cost more than 60,000 yuan."), "added", _ASK_ADDED),
    Claim("labels", _("The scanners have to cope with the labels they have now."), "given", _ASK_GIVEN),
    Claim("once", _("They want all the scanners at once, not in two deliveries."), "added", _ASK_ADDED),
    Claim("halls", _("All halls have to be ready by 1 December."), "added", _ASK_ADDED),
)
_SIDES = (("given", _("the letter says so")), ("added", _("the seller added it")))


@exercise(
    "given-or-added",
    lesson="8.3",
    points=2,
    title=_("Given, or added?"),
    form=Form(
        tuple(Row(one.text, (Choice(one.key, _SIDES, label=_("Who says it?")),)) for one in CLAIMS),
        intro=LETTER,
    ),
    hints=(
        _("Put a finger on the words of the letter that say it. No words, no condition."),
        _("Look at the small words: “this year”, “the first”. What do they leave open?"),
    ),
    right=_(
        "Five of five. Each sentence that the seller added is a question to be asked: what about next year? Would two deliveries do? When "
        "for the other halls? The answer may be no. But then it has been said."
    ),
)
def given_or_added(answer: Answers) -> Iterator[Case]:
    """Which conditions stand in the letter."""
    for one in CLAIMS:
        found = chosen(answer, one.key, one.want, one.says)
        yield found if found.open else Case(found.ok, one.says, {"text": tr(one.text)}, one.key)
