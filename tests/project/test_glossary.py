"""The glossary: no word stands in the course that it rules out, and what it finds."""

from __future__ import annotations

import pytest

from tools import course_texts, glossary
from tools.course_texts import Said


def test_no_word_that_is_not_to_be_used() -> None:
    assert list(glossary.banned()) == []


def test_what_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    said = [
        Said("a", {"en": "A credit note.", "zh": "一张退款单。"}),
        Said("b", {"en": "Two credit notes.", "zh": "两张红字发票。"}),
        Said("c", {"en": "`churn.rate(churn)`", "zh": "代码"}),
        Said("d", {"en": "Churn again.", "zh": "又是它。"}),
        Said("e", {"en": "Churn."}),
    ]
    monkeypatch.setattr(course_texts, "every", lambda: iter(said))
    assert [line.split(":")[0] for line in glossary.banned()] == ["a"]
    assert [line.split(":")[0] for line in glossary.other()] == ["a", "d"]
