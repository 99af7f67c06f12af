"""A typed line held against its criteria: what was found in the trainee's own words, what is asked, what the trainee says is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from crmlab.course import criteria
from crmlab.course.cases import OPEN, Case
from crmlab.course.criteria import Criterion
from crmlab.course.form import Answers, Line

CLAIMS = 1
"""How many criteria of a line are taken on the trainee's word."""


@dataclass(frozen=True)
class Look:
    """A criterion and what became of it in a line: the places where it was found, and the trainee's reason, if any."""

    criterion: Criterion
    spans: tuple[tuple[int, int], ...] = ()
    claim: str = ""

    @property
    def met(self) -> bool:
        """Whether the line is as it should be: there what should be, away what should not."""
        return bool(self.spans) != self.criterion.avoid or bool(self.claim)


def looks(line: Line, value: dict[str, Any]) -> list[Look]:
    """Each criterion of a line in the trainee's language; ``value`` as :meth:`Line.read` gives it.

    >>> one, two = looks(Line("reply", ("sympathy", "figure")), {"text": "The wrong room: that hurts.", "claims": {}})
    >>> one.met, one.spans, two.met
    (True, ((21, 26),), False)
    """
    return list(_looks(line, value))


def _looks(line: Line, value: dict[str, Any]) -> Iterator[Look]:
    known, taken = criteria.every(), 0
    for name in line.criteria:
        one = known[name]
        spans = tuple(one.spans(value["text"]))
        # A claim against words that are there ("this is no fear") counts like one for words that were not found.
        claim = "" if bool(spans) != one.avoid else value["claims"].get(name, "")
        if claim and taken == CLAIMS:
            claim = ""
        taken += bool(claim)
        yield Look(one, spans, claim)


def case(line: Line, answer: Answers, weight: float) -> Case:
    """The case of a line: its points by criteria met, its sentence that of the first that is not."""
    value = line.read(answer.get(line.key))
    if value is None:
        return Case(False, OPEN, key=line.key, weight=weight, open=True)
    every = looks(line, value)
    due = [one for one in every if not one.met]
    if not due:
        return Case(True, key=line.key, weight=weight)
    found = ", ".join(value["text"][start:end] for start, end in due[0].spans)
    # Words that avoid everything and say nothing earn nothing.
    says = [one for one in every if not one.criterion.avoid]
    part = 1 - len(due) / len(every) if any(one.met for one in says) or not says else 0.0
    return Case(False, due[0].criterion.asks, {"found": found, "got": value["text"]}, line.key, weight, part=part)
