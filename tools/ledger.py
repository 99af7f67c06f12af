"""The ledger of sources: what the course says about a hand-out or a study, and where that stands.

    python tools/ledger.py            lists statements of the course that the ledger does not hold yet
    python tools/ledger.py 3-phone    those of files whose name holds this

docs/sources.yml holds an entry for each such statement:

    - lesson: "3.3"
      source: interaction.txt          # a file of the hand-outs, or the full citation of a study
      quote: ["袖口商标未拆"]            # hand-outs: words that stand there; studies: page or section
      absent: ["短信"]                  # where the course says that a hand-out does not say something: words that are not there
      en: "names three taboos"         # a part of our sentence, to the letter
      zh: "点了三条大忌"
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ruamel.yaml import YAML

from crmlab.language import LANGUAGES
from tools import course_texts

ROOT = course_texts.ROOT
LEDGER = ROOT / "docs" / "sources.yml"
KEYS = {"lesson", "source", "quote", "absent", "en", "zh"}

# A work by its author and year, or by the journal that it stands in.
CITED = r"\b[A-Z]\. ?[(（](?:1[89]|20)\d\d[)）]|\bJournal of\b|\bHarvard Business Review\b|\bPsychological (?:Science|Bulletin)\b|\bet al\."

# What a sentence about a source looks like. A sentence that only uses the word is listed in the ledger, too: as "ours".
ABOUT = {
    "en": re.compile(rf"(?i:\bhand-?outs?\b|\bstud(?:y|ies) (?:of|by|from|in|found|shows?)\b|\bTARP\b)|{CITED}"),
    "zh": re.compile(rf"讲义|TARP|研究(?:发现|表明|显示)|{CITED}"),
}


OF_A_CLASS = re.compile(r"crmlab/locale/\w+/(?:app|cli|classroom|workshop)[\w.]*\.po")
"""There a hand-out is what a class is given, not a source."""

SHORT = 6
"""Characters below which a part says nothing of its own."""


@dataclass(frozen=True)
class Statement:
    """A sentence about a source: where it stands, and its words."""

    where: str
    language: str
    text: str


def entries(path: Path = LEDGER) -> list[dict[str, Any]]:
    """The ledger. Raises ``ValueError`` for an entry with a key that is missing or unknown."""
    found = YAML(typ="safe").load(path.read_text(encoding="utf-8")) or []
    for number, one in enumerate(found, 1):
        missing = {"lesson", "source", "quote", *LANGUAGES} - set(one)
        if missing or set(one) - KEYS:
            raise ValueError(f"{path.name}: entry {number} ({one.get('en', '')!r}): {sorted(missing or set(one) - KEYS)}")
    return list(found)


def statements() -> Iterator[Statement]:
    """Every sentence of the course about a source, in every language."""
    for one in course_texts.every():
        for language, text in one.words.items():
            looked_at = re.sub(r"(?i:\bhand-?outs?\b)|讲义", "", text) if OF_A_CLASS.match(one.where) else text
            if ABOUT[language].search(looked_at):
                yield Statement(one.where, language, text)


def covers(part: str, text: str) -> bool:
    """Whether a part that the ledger holds stands for a text: a short one only if it is the whole of it.

    >>> covers("培训讲义", "培训讲义"), covers("培训讲义", "培训讲义说，客户永远是对的。")
    (True, False)
    """
    return part == text or (len(part) >= SHORT and part in text)


def held(text: str, known: list[str]) -> bool:
    """Whether one of the plain parts that the ledger holds stands for a text."""
    text = plain(text)
    return any(covers(part, text) for part in known)


def all_texts(language: str) -> str:
    """All that the course says in a language, a sentence a line."""
    return "\n".join(one.words.get(language, "") for one in course_texts.every())


def plain(text: str) -> str:
    """Without what sets it: bold, italics, links, doubled blanks."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"\s+", " ", re.sub(r"[*_`]", "", text))


def main(argv: list[str]) -> int:
    known = {language: [plain(one[language]) for one in entries()] for language in LANGUAGES}
    found = [one for one in statements() if not argv or any(part in one.where for part in argv)]
    loose = [one for one in found if not held(one.text, known[one.language])]
    for one in loose:
        print(f"{one.where}: {one.text[:140]}")
    print(f"{len(found)} statements, {len(loose)} of them not in the ledger")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
