"""What the course says about its sources stands in the ledger, and what the ledger quotes stands in the source."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from crmlab.course import lessons
from crmlab.language import LANGUAGES
from tools import ledger

ENTRIES = ledger.entries()
HANDOUTS = Path(os.environ.get("CRMLAB_HANDOUTS", ledger.ROOT.parent / "shared" / "handouts"))


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_statement_about_a_source_is_in_the_ledger(language: str) -> None:
    known = [ledger.plain(one[language]) for one in ENTRIES]
    statements = [one for one in ledger.statements() if one.language == language]
    assert len(statements) > 90
    loose = [
        f"{one.where}: {one.text[:160]}"
        for one in statements
        if not ledger.held(one.text, known)
    ]
    assert not loose, "look it up in the source, then add it to docs/sources.yml:\n" + "\n".join(loose)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_ledger_holds_nothing_that_is_no_longer_said(language: str) -> None:
    texts = ledger.plain(ledger.all_texts(language))
    assert not [one[language] for one in ENTRIES if ledger.plain(one[language]) not in texts]


def test_every_entry_names_a_lesson_and_a_place() -> None:
    there = {lesson.number for lesson in lessons.every()}
    for one in ENTRIES:
        assert str(one["lesson"]) in there, one
        assert one["quote"] or one.get("absent"), f"{one['en']}: where does it stand?"


def test_what_is_quoted_stands_in_the_hand_out() -> None:
    if not HANDOUTS.is_dir():
        pytest.skip("NOT CHECKED: quotations from the hand-outs. Their texts are not here; set CRMLAB_HANDOUTS")
    texts = {path.name: squeezed(path.read_text("utf-8")) for path in HANDOUTS.glob("*.txt")}
    wrong = []
    for one in ENTRIES:
        if not one["source"].endswith(".txt"):
            continue
        text = texts[one["source"]]
        wrong += [f"{one['source']} does not say {part!r}" for part in one["quote"] if squeezed(part) not in text]
        wrong += [f"{one['source']} does say {part!r}" for part in one.get("absent", ()) if squeezed(part) in text]
    assert not wrong, "\n".join(wrong)


def squeezed(text: str) -> str:
    """Without blanks and line ends, and with one form of punctuation: the texts were taken from slides."""
    return re.sub(r"\s+", "", text).translate(str.maketrans("，。：；？！（）“”", ',.:;?!()""'))
