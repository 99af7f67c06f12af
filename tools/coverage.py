"""Where each item of the curriculum is taught and practised: docs/coverage.md, from tags in the lessons.

    python tools/coverage.py             write docs/coverage.md
    python tools/coverage.py --check     write nothing; exit 1 if it is out of date, or if an item is missing

The items stand in docs/curriculum.yml; a lesson's cells carry tags "teaches:KEY" and "practises:KEY".
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import lesson_files

ROOT = lesson_files.ROOT
TABLE = ROOT / "docs" / "coverage.md"
VERBS = ("teaches", "practises")
_TAGS = re.compile(r"tags=\[([^\]]*)\]")
_HEADING = re.compile(r"^#{1,3} (.+?)(?:\s*\(\d[^)]*\))?\s*$")
_FENCE = re.compile(r"^```(\w*)")


def items() -> dict[str, dict[str, str]]:
    """The items by lesson: key and description."""
    from ruamel.yaml import YAML

    content = YAML(typ="safe", pure=True).load((ROOT / "docs" / "curriculum.yml").read_text(encoding="utf-8"))
    return {str(lesson): dict(found) for lesson, found in content.items()}


def tagged() -> dict[tuple[str, str], list[tuple[str, str]]]:
    """For each (verb, key) the places: lesson number and the heading above the tagged cell."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for source in lesson_files.sources():
        heading, code = "", False
        for line in source.markdown.read_text(encoding="utf-8").splitlines():
            if not code and (title := _HEADING.match(line)):
                heading = title[1]
            for tag in re.findall(r'"([^"]+)"', " ".join(_TAGS.findall(line))):
                verb, _colon, key = tag.partition(":")
                if verb in VERBS:
                    found[verb, key].append((source.lesson.number, heading))
            if _FENCE.match(line):
                code = not code
    return found


def faults() -> list[str]:
    """Items of lessons that are there which are not taught or not practised, and tags that name no item."""
    there = {source.lesson.number for source in lesson_files.sources()}
    known = {key for found in items().values() for key in found}
    places = tagged()
    said = [
        f"{verb}:{key} in {at[0][0]} is no item of docs/curriculum.yml"
        for (verb, key), at in places.items()
        if key not in known
    ]
    for lesson, found in items().items():
        if lesson in there:
            said += [
                f"{lesson} {key}: nothing {verb} it" for key in found for verb in VERBS if (verb, key) not in places
            ]
    return said


def table() -> str:
    """The whole page."""
    places = tagged()
    there = {source.lesson.number for source in lesson_files.sources()}
    lines = [
        "# What is taught where",
        "",
        "Made by `tools/coverage.py` from the tags in the lessons; the items stand in `docs/curriculum.yml`.",
    ]
    for lesson, found in items().items():
        lines += ["", f"## {lesson}", ""]
        if lesson not in there:
            lines += ["This lesson is not there yet."]
            continue
        lines += ["| item | taught in | practised in |", "|---|---|---|"]
        for key, text in found.items():
            cells = ["; ".join(dict.fromkeys(f"{n} {heading}" for n, heading in places[verb, key])) for verb in VERBS]
            lines.append(f"| {text} | {cells[0] or '-'} | {cells[1] or '-'} |")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    check = "--check" in arguments
    made = table()
    for fault in faults():
        print(fault)
    if not check:
        TABLE.write_text(made, encoding="utf-8")
        return 0
    if TABLE.read_text(encoding="utf-8") != made:
        print("docs/coverage.md is out of date: run `python tools/coverage.py`")
        return 1
    return 1 if faults() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
