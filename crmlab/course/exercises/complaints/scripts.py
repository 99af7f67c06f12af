"""Lesson 4.2, complaint scripts: the review of a call, and the card that a trainee takes along."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from crmlab import checks, complaints
from crmlab.course.cases import Case, case, gate
from crmlab.course.hooks import Lesson, Numbers
from crmlab.language import listed, tr

here = Lesson("4.2")
text = here.texts

STEPS = {key: step.name for key, step in complaints.STEPS.items()}
here.lists["steps"] = STEPS


@here.numbers("which-step")
def which_step() -> Numbers:
    """The options of each line: the seven steps, and none of them."""
    options = [*STEPS.items(), ("none", here.says("which-step")["none"])]
    return Numbers(fields={row["key"]: {"options": options} for row in here.rows("which-step")})


# -- a colleague's verdict ---------------------------------------------------------------------------------------------

XU_KAI = ("want", "offer", "sympathy", "ask", "agree", "follow_up")
"""What the six lines of Xu Kai's call do, as the lesson prints them."""


@here.numbers("second-look")
def second_look() -> Numbers:
    """What the review of the call says."""
    truth = complaints.review(XU_KAI)
    return Numbers(right={"skipped": truth.skipped[0], "early": " ".join(truth.out_of_order)})


@here.code("second-look")
def second_look_code(answer: Any) -> Iterator[Case]:
    """The review of a call, or its steps in order: what was skipped, what came too early?"""
    say = here.says("second-look")
    steps = isinstance(answer, list | tuple) and not isinstance(answer, complaints.Review)
    yield gate(steps or isinstance(answer, complaints.Review), say["not-a-review"])
    found = complaints.review(answer) if steps else answer
    truth = complaints.review(XU_KAI)

    def names(steps: Sequence[str]) -> str:
        return listed(tr(STEPS[step]) for step in steps) or tr(say["none"])

    yield case(list(found.skipped) == truth.skipped, say["skipped"], got=names(found.skipped))
    yield case(list(found.out_of_order) == truth.out_of_order, say["early"], got=names(found.out_of_order))


# -- on Monday: the card -----------------------------------------------------------------------------------------------

TRADES = ("distribution", "service", "hotel", "online")
"""The trades for which there is a card."""


def card(trade: str = "") -> str:
    """The script card as a page for printing: the seven steps, a line for each, and room for your own.

    ``trade`` is one of :data:`TRADES`; without it the page has a card for each. The column for your own lines can be
    typed into in the browser before printing. Raises :class:`crmlab.checks.InputError` for an unknown trade.
    """
    if trade and trade not in TRADES:
        checks.fail(text["no-card"], trade=trade, there=", ".join(TRADES))
    style = (
        "<style>body{max-width:64em}.card{break-after:page;margin-bottom:3em}.card:last-child{break-after:auto}"
        "table{width:100%}td,th{vertical-align:top}td:first-child{width:22%}td:nth-child(2){width:42%}"
        ".half{background:#eef1f5}.own{min-height:1.4em}@media print{body{margin:0}@page{size:A4 landscape;margin:12mm}}"
        "</style>"
    )
    return style + "".join(map(_one_card, [trade] if trade else TRADES))


def _words(name: str) -> str:
    return escape(tr(text[name]))


def _one_card(trade: str) -> str:
    rows, half = "", ""
    for key, step in complaints.STEPS.items():
        if step.half != half:
            half = step.half
            rows += f'<tr class="half"><th colspan="3">{escape(tr(complaints.HALVES[half]))}</th></tr>'
        rows += (
            f"<tr><td><b>{step.number}. {escape(tr(step.name))}</b><br><small>{escape(tr(step.meaning))}</small></td>"
            f'<td>{_words(f"{trade}-{key}")}</td><td contenteditable="true" class="own"></td></tr>'
        )
    never = "".join(f"<li>{_words(name)}</li>" for name in ("never-say", "never-promise", "never-more"))
    head = "".join(f"<th>{_words(name)}</th>" for name in ("step", "sounds", "own"))
    return (
        f'<div class="card"><h1>{_words("card")} · {_words(trade)}</h1><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table><ul>{never}</ul><p>{_words('agreed')}</p></div>"
    )
