"""One rendering of a term: docs/glossary.yml held against all that the course says.

    python tools/glossary.py      lists the words that are no longer to be used, and the places where a term stands in
                                  English and none of its renderings stands beside it

An entry of the glossary:

    - en: credit note            # the term; "a|b" are forms of it
      zh: [红字发票, 红冲]         # its renderings, the usual one first
      not: [贷项凭单]             # renderings that are not to be used
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ruamel.yaml import YAML

from tools import course_texts

GLOSSARY = course_texts.ROOT / "docs" / "glossary.yml"


_CODE = re.compile(r"`[^`]*`|\b\w+\.\w+\([^)]*\)|\b[a-z]+_[a-z_]+\b")


def terms(path: Path = GLOSSARY) -> list[dict[str, Any]]:
    """The entries of the glossary."""
    return list(YAML(typ="safe").load(path.read_text(encoding="utf-8")) or [])


def banned() -> Iterator[str]:
    """A line for each place with a word that is not to be used."""
    words = {word: term["zh"][0] for term in terms() for word in term.get("not", ())}
    for one in course_texts.every():
        for word, instead in words.items():
            if word in one.words.get("zh", ""):
                yield f"{one.where}: “{word}”, not “{instead}”: {one.words['zh'][:80]}"


def other() -> Iterator[str]:
    """A line for each place where a term stands in English and none of its renderings beside it."""
    known = [(re.compile(rf"\b(?:{term['en']})s?\b", re.IGNORECASE), term) for term in terms()]
    for one in course_texts.every():
        chinese = one.words.get("zh")
        english = _CODE.sub("", one.words["en"]) if chinese else ""
        for pattern, term in known:
            if chinese and pattern.search(english) and not any(word in chinese for word in term["zh"]):
                yield f"{one.where}: {term['en']} is not {' or '.join(term['zh'])} in “{chinese[:80]}”"


def main() -> int:
    wrong, open_ = list(banned()), list(other())
    print("\n".join([*wrong, *open_]))
    print(f"{len(terms())} terms, {len(wrong)} words not to be used, {len(open_)} other renderings")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
