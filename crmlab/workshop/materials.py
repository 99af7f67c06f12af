"""What an instructor needs at hand for a lesson: its notes, what it saves and prints, its role-plays.

The notes are taken out of the worked edition, so that they are written once.
"""

from __future__ import annotations

import json
import re
from functools import cache
from html import escape
from typing import Any

from crmlab import places
from crmlab.course.lessons import Lesson
from crmlab.language import current, own, speaking


def notes(lesson: Lesson) -> tuple[str, ...]:
    """The notes for instructors in the current language, as Markdown, in order; empty if the worked edition cannot be read.

    >>> from crmlab.course import lessons
    >>> from crmlab.language import speaking
    >>> with speaking("en"): notes(lessons.find("3.2"))[-1].startswith("## For")
    True
    """
    return tuple("".join(cell["source"]).strip() for cell in worked(lesson) if _is_note(cell))


def worked(lesson: Lesson) -> list[dict[str, Any]]:
    """The cells of the worked edition in the current language; none if it cannot be read."""
    path = places.solutions() / current() / lesson.unit / f"{lesson.slug}.ipynb"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, LookupError):
        return []
    return found if isinstance(found, list) else []


def _is_note(cell: dict[str, Any]) -> bool:
    return cell["cell_type"] == "markdown" and "instructor" in cell["metadata"].get("tags", ())


def about_shorter(lesson: Lesson) -> str:
    """The note on the shorter variant in the current language; empty if there is none.

    >>> from crmlab.course import lessons
    >>> from crmlab.language import speaking
    >>> with speaking("en"): about_shorter(lessons.find("8.3"))
    '**Shorter variant.** Exercise 1 alone, on the board: two minutes.'
    """
    with speaking("en"):
        english = _paragraphs(lesson)
    # A translation has the same paragraphs, in the same order.
    at = next((number for number, text in enumerate(english) if text.startswith("**Shorter")), None)
    here = _paragraphs(lesson)
    return here[at] if at is not None and at < len(here) else ""


def _paragraphs(lesson: Lesson) -> list[str]:
    return [part.strip() for text in notes(lesson) for part in re.split(r"\n\s*\n", text) if part.strip()]


def saved(lesson: Lesson) -> tuple[str, ...]:
    """The files that the lesson leaves for Monday, in order: pages to print and tables.

    >>> from crmlab.course import lessons
    >>> saved(lessons.find("3.2"))
    ('man-card.html', 'lead-sheet.csv')
    """
    return _saved(lesson, current())


@cache
def _saved(lesson: Lesson, language: str) -> tuple[str, ...]:
    with speaking(language):
        code = "\n".join("".join(cell["source"]) for cell in worked(lesson) if cell["cell_type"] == "code")
    return tuple(dict.fromkeys(re.findall(r"""^save\(.*["']([\w-]+\.(?:html|csv|xlsx))["']\)""", code, re.MULTILINE)))


@cache
def scripts(lesson: Lesson) -> tuple[str, ...]:
    """The names of the role-plays that are exercises of the lesson, in order.

    >>> from crmlab.course import lessons
    >>> scripts(lessons.find("4.2"))
    ('late-delivery',)
    """
    path = places.lessons() / lesson.unit / f"{lesson.slug}.exercises.yml"
    if not path.is_file():
        return ()
    # Reading the whole file as YAML would take a hundred times as long.
    return tuple(dict.fromkeys(re.findall(r"^[^#\n]*\broleplay: *([\w-]+)", path.read_text("utf-8"), re.MULTILINE)))


def handout_file(script: str) -> str:
    """The name of the file of a role-play's hand-out.

    >>> handout_file("late-delivery")
    'handout-late-delivery.html'
    """
    return f"handout-{script}.html"


def handout(script: str) -> str:
    """The hand-out of a role-play of the course as a page that stands alone, to print: one for three people.

    Raises ``OSError`` and :class:`crmlab.course.roleplay.scripts.ScriptError` for a script that cannot be used.
    """
    from crmlab.course.roleplay import handout as paper
    from crmlab.course.roleplay import scripts as files
    from crmlab.course.yamlfile import said

    found = files.load(script)
    return (
        f'<!DOCTYPE html>\n<html lang="{own().tag}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(said(found.source["title"]))}</title>'
        "<style>body{font-family:sans-serif;margin:2em auto;padding:0 1em;line-height:1.5}table{border-collapse:collapse}"
        f"td,th{{border:1px solid #999;padding:.3em .6em;text-align:left}}</style></head><body><main>{paper.page(found)}</main></body></html>\n"
    )
