"""How long a lesson takes, computed: reading, forms, clicks. Compare with what the lesson says under its title.

    python tools/minutes.py            a table of all lessons, in every language
    python tools/minutes.py 3.2 5.1    these

Read are the prose of the trainee edition, what the forms ask, and of a role-play the talks to an end; done is each field,
at the seconds of ``SECONDS``. Code is not read: the lesson can be done without it.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from crmlab import places
from crmlab.course import lessons
from crmlab.course.bank import exam
from crmlab.course.exercises import load_lesson, own_data
from crmlab.course.form import Choice, Entry, Field, Form, Line, Mark, Order, Row, Slider, Tick
from crmlab.course.lessons import Lesson
from crmlab.course.roleplay.scripts import Script
from crmlab.course.yamlfile import said
from crmlab.language import LANGUAGES, current, set_language, tr
from crmlab.workshop.minutes import CHARACTERS_A_MINUTE, WORDS_A_MINUTE, reading

# Weighing, looking it up above, clicking, and reading what the panel says to it: ours, to be replaced by measured times.
SECONDS: dict[type, float] = {Choice: 20, Tick: 8, Entry: 60, Slider: 20, Mark: 20, Order: 45, Line: 60}
OWN = {"own_file": 30, "own_columns": 150, "own_problems": 60, "own_result": 70, "own_save": 60}
"""Seconds to choose a file, to look through its columns and problems, to read a result with its test; ours, too."""
TALKS = 1.5  # the second time most lines are known
LONGEST = 40


def words(text: str, language: str) -> int:
    """Words of a text, or its characters where the language is written without spaces.

    >>> words("Hear it first", "en"), words("先听", "zh")
    (3, 2)
    """
    return round(reading(text) * (CHARACTERS_A_MINUTE if language == "zh" else WORDS_A_MINUTE))


def doing(field: Field) -> float:
    """Minutes to decide and to click."""
    return SECONDS[type(field)] / 60


def texts(row: Row) -> set[str]:
    """What a row shows."""
    shown = {tr(row.prompt)}
    for field in row.fields:
        shown.add(tr(field.label))
        if isinstance(field, Choice):
            shown |= {tr(label) for _value, label in field.options}
        elif isinstance(field, Order):
            shown |= {tr(label) for _value, label in field.items}
    return shown


def talk(script: Script) -> float:
    """Minutes of one talk to its end: what is said, what could be answered, and why the answer helps."""
    state, text = script.first(), [said(script.source["setting"])]
    while choices := script.choices(state.node):
        best = max(choices, key=lambda one: (one.get("mood", 0) + one.get("trust", 0), bool(one.get("step"))))
        text += [said(script.node(state.node)["says"]), *(said(one["text"]) for one in choices), said(best["why"])]
        state = script.take(state, best)
    return reading("\n".join([*text, said(script.node(state.node)["says"])]))


@dataclass(frozen=True)
class Pace:
    """Minutes of a lesson: of prose, of forms, of clicks, as computed and as said; and what stands before the first form."""

    prose: float
    forms: float
    clicks: float
    said: int
    before: int
    after: float = 0.0
    """Of the exercise on the trainee's own customers: it is there for after the lesson, and does not count among its minutes."""

    @property
    def minutes(self) -> float:
        """All of it."""
        return self.prose + self.forms + self.clicks


def pace(lesson: Lesson) -> Pace:
    """The pace of a lesson in the current language."""
    path = places.notebooks() / current() / lesson.unit / f"{lesson.slug}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    prose = [("".join(cell["source"]), cell["cell_type"]) for cell in cells]
    before: list[str] = []
    now, later = _parts(prose, lesson)
    for source, kind in prose:
        if kind == "code" and re.search(r"^(check|quiz|exam|review|roleplays|calculator|own_file)\(", source, re.MULTILINE):
            break
        before += [source] if kind == "markdown" else []
    forms = clicks = 0.0
    after = reading(later)
    for made in load_lesson(lesson.number):
        form = made.form()
        if form is None:
            continue
        if made.id == own_data.ID and isinstance(form, Form):
            after += sum(map(reading, {text for row in form.rows for text in texts(row)} | {form.intro}))
            after += sum(doing(field) for row in form.rows for field in row.fields)
            continue
        if isinstance(form, Script):
            forms += TALKS * talk(form)
        rows = form.rows if isinstance(form, Form) else ()
        forms += sum(map(reading, {text for row in rows for text in texts(row)}))
        clicks += sum(doing(field) for row in rows for field in row.fields)
    asked = [found[1] for source, kind in prose if kind == "code" for found in re.finditer(r"^(own_\w+)\(", source, re.MULTILINE)]
    choosing = sum(OWN[one] for one in asked) / 60
    clicks, after = (clicks, after + choosing) if later else (clicks + choosing, after)
    if lesson.number == exam.LESSON:
        clicks += exam.MINUTES
    return Pace(
        reading(now),
        forms,
        clicks,
        lessons.minutes(lesson),
        words("\n".join(before), current()),
        after,
    )


def _parts(prose: list[tuple[str, str]], lesson: Lesson) -> tuple[str, str]:
    """The prose of a lesson, and of it what is about one's own customers: from the heading of that exercise to the next one."""
    own = next((tr(made.title) for made in load_lesson(lesson.number) if made.id == own_data.ID), None)
    sections = re.split(r"^(?=## )", "\n".join(source for source, kind in prose if kind == "markdown"), flags=re.MULTILINE)
    later = [one for one in sections if own is not None and own in one.partition("\n")[0]]
    return "\n".join(one for one in sections if one not in later), "\n".join(later)


def sittings(lesson: Lesson) -> list[int]:
    """The minutes of each sitting of a lesson that is split into several, as their headings say; empty for one that is not."""
    path = places.notebooks() / current() / lesson.unit / f"{lesson.slug}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    prose = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return [int(found) for found in re.findall(r"^## (?:Sitting|第.次) .*[(（](\d+) (?:minutes\)|分钟）)$", prose, re.MULTILINE)]


def main(argv: list[str]) -> int:
    print("lesson  language  prose  forms  clicks  minutes  said  ratio  before the first form  own customers")
    for lesson in lessons.every():
        if argv and lesson.number not in argv:
            continue
        for language in LANGUAGES:
            set_language(language)
            one = pace(lesson)
            ratio = f"{one.minutes / one.said:5.2f}" if one.said else "    -"
            print(
                f"{lesson.number:<8}{language:<10}{one.prose:5.1f}  {one.forms:5.1f}  {one.clicks:6.1f}"
                f"  {one.minutes:7.1f}  {one.said:4}  {ratio}  {one.before:5}                  {one.after:4.1f}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
