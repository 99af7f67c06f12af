"""What every exercise shows and says, written down, so that a change of form can be held against what was before.

    python -m tests.support.record write FILE            all lessons
    python -m tests.support.record write FILE 3.2 5.1    these
    python -m tests.support.record compare FILE [3.2]    what differs from the file, at most 40 lines

Recorded, in each language: title, hints, praise, points; the form with all labels and options; and for each value of
each field (``tests/support/answers.py`` enumerates them), the others right: points, state and sentences.
"""

from __future__ import annotations

import dataclasses
import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crmlab.course import exercise, lessons
from crmlab.course.exercise import Exercise
from crmlab.course.exercises import load_lesson
from crmlab.course.form import Form, Tick
from crmlab.language import LANGUAGES, set_language, tr
from tests.support import answers

MOST = 40


def recorded(numbers: list[str]) -> dict[str, Any]:
    """What is shown and said, by lesson, exercise and language."""
    found: dict[str, Any] = {}
    for lesson in lessons.every():
        if lesson.number == "7.2" or (numbers and lesson.number not in numbers):
            continue
        for language in LANGUAGES:
            set_language(language)
            for made in load_lesson(lesson.number):
                if made.id.startswith("quiz-"):
                    continue
                found[f"{lesson.number} {made.id} {language}"] = dict(_one(lesson, made))
        print(lesson.number, file=sys.stderr)
    set_language(None)
    return found


def _one(lesson: lessons.Lesson, made: Exercise) -> Iterator[tuple[str, Any]]:
    yield (
        "about",
        [tr(made.title), [tr(one) for one in made.hints], tr(made.right), made.points, made.field, made.takes_code],
    )
    form, right = made.form(), answers.right_answers(lesson, made)
    for name, given in (("blank", {}), ("right", right)):
        yield name, _said(made, given)
    if not isinstance(form, Form):
        return
    yield "intro", tr(form.intro)
    numbers = answers.of_tests(lesson, "NUMBERS")
    for row in form.rows:
        yield (
            f"row {'/'.join(field.key for field in row.fields)}",
            [tr(row.prompt), row.quote, [_field(one) for one in row.fields]],
        )
    for field in form.fields():
        due = right.get(field.key, False) if isinstance(field, Tick) else right[field.key]
        for value in answers.wrong_values(field, due, numbers.get(field.key, ())):
            yield f"{field.key} = {value}", _said(made, {**right, field.key: value})
        rest = {key: value for key, value in right.items() if key != field.key}
        yield f"{field.key} left out", _said(made, rest)
    if form.live is not None:
        start = {field.key: field.start for field in form.fields() if hasattr(field, "start")}
        for name, given in (("start", start), ("right", {**start, **{k: _number(v) for k, v in right.items()}})):
            yield f"live {name}", form.live(form.clean(given) if name == "right" else start)


def _number(value: Any) -> Any:
    return value


def _field(field: Any) -> Any:
    """A field as it is shown; keys and values are not, and stand in the names of what is recorded."""

    def shown(value: Any) -> Any:
        if isinstance(value, str):
            return tr(value)
        if isinstance(value, tuple):  # of pairs or triples, the first the value
            return [[shown(one) for one in pair[1:]] for pair in value]
        return value

    named = [one.name for one in dataclasses.fields(field) if one.name not in ("key", "kind", "style")]
    return [type(field).__name__, *([name, shown(getattr(field, name))] for name in named)]


def _said(made: Exercise, given: dict[str, Any]) -> Any:
    came = exercise.judge(made, given, clicked=True)
    return [came.points, came.state, tr(came.message), [[one.key, one.text()] for one in came.wrong()]]


def main(argv: list[str]) -> int:
    """Write or compare; the exit code tells whether anything differs."""
    what, path, numbers = argv[0], Path(argv[1]), argv[2:]
    found = json.loads(json.dumps(recorded(numbers), ensure_ascii=False))
    if what == "write":
        path.write_bytes(gzip.compress(json.dumps(found, ensure_ascii=False, indent=0).encode(), mtime=0))
        return 0
    before = json.loads(gzip.decompress(path.read_bytes()))
    if numbers:
        before = {name: one for name, one in before.items() if name.split()[0] in numbers}
    lines = [f"{name}: only {'before' if name in before else 'now'}" for name in sorted(before.keys() ^ found.keys())]
    count = 0
    for name in before.keys() & found.keys():
        for key in dict.fromkeys((*before[name], *found[name])):
            count += 1
            old, new = before[name].get(key), found[name].get(key)
            if old != new:
                lines.append(
                    f"{name} · {key}\n   before {json.dumps(old, ensure_ascii=False)}\n   now    {json.dumps(new, ensure_ascii=False)}"
                )
    print("\n".join(lines[:MOST]))
    print(f"{count} things compared, {len(lines)} differ")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
