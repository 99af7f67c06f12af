"""Criteria of typed lines: any text is looked through, in no time; files with mistakes."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab.course import criteria
from crmlab.language import LANGUAGES
from tools import criteria as measured

IDS = list(criteria.every())

@pytest.mark.parametrize(
    ("file", "language", "found", "alarms"),
    [
        ("lines", "en", 0.75, 0.07),
        ("lines", "zh", 0.78, 0.07),
        ("held-out", "en", 0.95, 0.04),  # written before the patterns were changed, never used for it
        ("held-out", "zh", 0.93, 0.02),
    ],
)
def test_patterns_are_no_worse_than_they_were(file: str, language: str, found: float, alarms: float) -> None:
    """``tools/criteria.py`` prints the figures by criterion."""
    lines = measured.lines(file)
    assert set(measured.lines("lines")) | set(measured.lines("held-out")) == set(IDS)
    every = {kind: sum(len(one[language][kind]) for one in lines.values()) for kind in ("has", "not")}
    wrong = {kind: sum(len(measured.mistakes(id, language, file)[kind]) for id in lines) for kind in every}
    assert all(len(one[language][kind]) == 20 for one in lines.values() for kind in every)
    assert 1 - wrong["has"] / every["has"] >= found
    assert wrong["not"] / every["not"] <= alarms


@given(st.text(max_size=500), st.sampled_from(IDS), st.sampled_from(sorted(LANGUAGES)))
def test_any_text_is_looked_through(text: str, id: str, language: str) -> None:
    spans = criteria.named(id).spans(text, language)
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(one[1] < two[0] for one, two in itertools.pairwise(spans))


HARD = """
from crmlab.course import criteria
for one in criteria.every().values():
    for part in ("what if ", "so you say that ", "我们给您", "a ", "1", "not "):
        for language in one.patterns:
            one.spans(part * 400, language)
"""


def test_no_pattern_tries_everything_with_everything() -> None:
    subprocess.run([sys.executable, "-c", HARD], check=True, timeout=60)  # else it would take hours


FILE = """criteria:
  - id: sum
    name: {en: a sum, zh: 金额}
    asks: {en: "How much?", zh: 多少？}
    patterns: {en: ['PATTERN'], zh: ['元']}
"""


@pytest.mark.parametrize(
    ("file", "line", "says"),
    [
        (FILE.replace("PATTERN", "(yuan"), 5, "cannot be read, at its character 1"),
        (FILE.replace("PATTERN", "y*"), 5, "even nothing"),
        (FILE.replace("    asks", "    ask"), 4, "asks"),
        (FILE.replace(", zh: 金额", ""), 3, "zh"),
        (FILE.replace("['PATTERN'], zh: ['元']", "['yuan']"), 5, "list for each language"),
        (FILE.replace("['PATTERN']", "yuan"), 5, "list for each language"),
        ("criteria: [", 1, "YAML"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, file: str, line: int, says: str) -> None:
    path = tmp_path / "criteria.yml"
    path.write_text(file, encoding="utf-8")
    _content, faults = criteria.read(path)
    assert faults
    assert any(says in str(one) for one in faults), faults
    assert any(one.line == line for one in faults), faults
