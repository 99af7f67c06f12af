"""How well the patterns of lessons/criteria.yml find what they look for: hits and false alarms, by criterion and language.

    python tools/criteria.py             the table
    python tools/criteria.py sympathy    and the lines on which this criterion is mistaken

The lines are those of tests/course/typed: for each criterion and language lines that have it, and lines that do not. With a
look at lines.yml the patterns were improved; held-out.yml was written before that and not used for it: what holds for lines
that nobody has seen yet is closer to its figures.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ruamel.yaml import YAML

from crmlab.course import criteria
from crmlab.language import LANGUAGES

LINES = Path(__file__).resolve().parent.parent / "tests" / "course" / "typed"
FILES = ("lines", "held-out")


def lines(file: str = "lines") -> dict[str, dict[str, dict[str, list[str]]]]:
    """By criterion and language, the lines of a file that have it ("has") and those that do not ("not")."""
    return dict(YAML(typ="safe").load((LINES / f"{file}.yml").read_text(encoding="utf-8")))


def mistakes(id: str, language: str, file: str = "lines") -> dict[str, list[str]]:
    """The lines that have it and are missed ("has"), and those in which it is found all the same ("not")."""
    one, given = criteria.named(id), lines(file)[id][language]
    return {
        "has": [line for line in given["has"] if not one.spans(line, language)],
        "not": [line for line in given["not"] if one.spans(line, language)],
    }


def main(argv: list[str]) -> int:
    print(f"{'criterion':<12}{'language':<10}{'lines':<10}{'found':>8}{'false alarms':>15}")
    for file in FILES:
        for id, given in lines(file).items():
            for language in LANGUAGES:
                wrong, there = mistakes(id, language, file), given[language]
                found = len(there["has"]) - len(wrong["has"])
                print(
                    f"{id:<12}{language:<10}{file:<10}{found:>4}/{len(there['has']):<4}{len(wrong['not']):>10}/{len(there['not'])}"
                )
                for kind, mark in (("has", "missed"), ("not", "alarm ")) if id in argv else ():
                    print(*(f"    {mark} {line}" for line in wrong[kind]), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
