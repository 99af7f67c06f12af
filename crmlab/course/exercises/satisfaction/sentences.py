"""Sentences that are judged one by one: customers' remarks, claims for the page, the lines of a colleague's page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from crmlab.course.cases import Case, chosen
from crmlab.course.form import Answers, Choice, Form, Row
from crmlab.language import _

LI_LEIS_PAGE = _("Li Lei's page, line by line. What do you write beside each?")
_NOTE = _("Your note")


class Sentence(NamedTuple):
    """A sentence, the option that fits it, and a question for each other one, as in :func:`crmlab.course.cases.chosen`.

    Without ``text`` it is written when the form is made, with its numbers.
    """

    key: str
    want: str
    says: Mapping[str, str]
    text: str = ""


def form(
    sentences: Sequence[Sentence],
    options: Mapping[str, str],
    texts: Callable[[str], str] | None = None,
    *,
    label: str = "",
    intro: str = "",
) -> Form:
    """Each sentence as a quotation with a choice; ``texts`` gives the sentence of a key where it holds numbers."""
    rows = (
        Row(texts(one.key) if texts else one.text, (Choice(one.key, tuple(options.items()), label=label),), quote=True)
        for one in sentences
    )
    return Form(tuple(rows), intro=intro)


def page(
    lines: Sequence[Sentence], notes: Mapping[str, str], texts: Callable[[str], str], intro: str = LI_LEIS_PAGE
) -> Form:
    """The lines of a colleague's page, each with room for the note that one writes beside it."""
    return form(lines, notes, texts, label=_NOTE, intro=intro)


def judged(answer: Answers, sentences: Sequence[Sentence], options: Mapping[str, str]) -> Iterator[Case]:
    """A case for each sentence; what it says may use {n}, its number, and {got}, the choice in words."""
    for n, one in enumerate(sentences, 1):
        yield chosen(answer, one.key, one.want, one.says, names=options, n=n)
