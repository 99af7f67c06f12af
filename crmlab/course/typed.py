"""A typed line held against its criteria: what was found in the trainee's own words, what is asked, what the trainee says is there.

What the trainee says is there, and no pattern finds, gives no points by itself, and takes none of those that were found: its share
waits for whoever leads the course, who reads the line and the reason. Points cannot be had by saying so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from crmlab.course import criteria
from crmlab.course.cases import OPEN, Case
from crmlab.course.criteria import Criterion
from crmlab.course.form import Answers, Line
from crmlab.language import _, tr


@dataclass(frozen=True)
class Look:
    """A criterion and what became of it in a line: the places where it was found, and the trainee's reason, if any."""

    criterion: Criterion
    spans: tuple[tuple[int, int], ...] = ()
    claim: str = ""

    @property
    def met(self) -> bool:
        """Whether the line is seen to be as it should be: there what should be, away what should not."""
        return bool(self.spans) != self.criterion.avoid

    @property
    def waits(self) -> bool:
        """Whether the trainee says that it is as it should be, and somebody has to look."""
        return bool(self.claim) and not self.met


def looks(line: Line, value: dict[str, Any]) -> list[Look]:
    """Each criterion of a line in the trainee's language; ``value`` as :meth:`Line.read` gives it.

    >>> one, two = looks(Line("reply", ("sympathy", "figure")), {"text": "The wrong room: that hurts.", "claims": {}})
    >>> one.met, one.spans, two.met
    (True, ((21, 26),), False)
    """
    return list(_looks(line, value))


def _looks(line: Line, value: dict[str, Any]) -> Iterator[Look]:
    known = criteria.every()
    for name in line.criteria:
        one = known[name]
        yield Look(one, tuple(one.spans(value["text"])), value["claims"].get(name, ""))


def case(line: Line, answer: Answers, weight: float) -> Case:
    """The case of a line: its points by criteria seen to be met, its sentence that of the first that is neither met nor claimed;
    where all others are claimed, that they wait, with the reasons."""
    value = line.read(answer.get(line.key))
    if value is None:
        return Case(False, OPEN, key=line.key, weight=weight, open=True)
    every = looks(line, value)
    due = [one for one in every if not one.met]
    if not due:
        return Case(True, key=line.key, weight=weight)
    # Words that avoid everything and say nothing earn nothing.
    says = [one for one in every if not one.criterion.avoid]
    part = 1 - len(due) / len(every) if any(one.met for one in says) or not says else 0.0
    asked = [one for one in due if not one.waits]
    if not asked:
        claims = "; ".join(f"{tr(one.criterion.name)}: {one.claim}" for one in due)
        return Case(False, WAITS, {"claims": claims, "got": value["text"]}, line.key, weight, part=part)
    found = ", ".join(value["text"][start:end] for start, end in asked[0].spans)
    return Case(False, asked[0].criterion.asks, {"found": found, "got": value["text"]}, line.key, weight, part=part)


WAITS = _(
    "“{got}”: what you say is there ({claims}) gives no points by itself. Whoever leads the course sees it with your reason, and can add them; or say it in other words."
)
