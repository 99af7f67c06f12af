"""A worked lesson as slides that stand alone: one page of HTML with its charts in it, which asks no host for anything.

Keys, clicks and swipes turn the pages; S opens what is for the speaker in a window of its own, for the projector shows the first.
It prints a slide a page. Styles and script are our own, ``static/deck.css`` and ``static/deck.js``: a deck needs little, and what is
on a slide must fit it, which the script measures.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from html import escape
from typing import Any

from crmlab import places
from crmlab.course import lessons
from crmlab.course.exercise import Exercise
from crmlab.course.exercises import load_lesson
from crmlab.course.lessons import Lesson
from crmlab.language import _, own, tr
from crmlab.workshop import asked, markdown, materials, minutes, running, slicing
from crmlab.workshop.slicing import Cell, Slide

STATIC = places.PACKAGE / "workshop" / "static"
_ASKED = re.compile(r"""^(check|quiz|exam)\((?:["']([\w.-]+)["'])?""", re.MULTILINE)
_LIVE = re.compile(r"^(calculator|own_\w+|review)\(", re.MULTILINE)
_LEFT_OUT = re.compile(r"^(practice|progress|save|handout|solution|hint|roleplays|lesson|answer|own_save)\(", re.MULTILINE)
_WIDGET = "application/vnd.jupyter.widget-view+json"


def page(lesson: Lesson) -> str:
    """The deck of a lesson in the current language; its worked edition is run for that.

    Raises :class:`crmlab.workshop.running.NotRun`.
    """
    return made(lesson, running.run(lesson))


def made(lesson: Lesson, cells: list[Cell]) -> str:
    """The deck from the cells of a worked edition with their outputs."""
    exercises = {one.id: one for one in load_lesson(lesson.number)}
    # The script measures what fits; a slide is begun here by a heading alone.
    slides = slicing.slides(cells, lambda _cell: 0.0, most=math.inf)
    shown = [one for number, one in enumerate(slides) if not number or _html(one, exercises)]
    sections = []
    for number, slide in enumerate(shown):
        speaker = _answers(slide, exercises, lesson)
        if not number:
            speaker = "".join(markdown.html(text, 1) for text in materials.notes(lesson)) + speaker
        sections.append(_section(slide, _html(slide, exercises), speaker, first=not number))
    title = lesson.title()
    style, script = ((STATIC / name).read_text("utf-8") for name in ("deck.css", "deck.js"))
    words = {
        "previous": tr(_("Previous slide")),
        "next": tr(_("Next slide")),
        "again": tr(_("{heading} (continued)"), heading=""),
        "speaker": tr(_("For the speaker (S)")),
        "nothing": tr(_("Nothing to say besides.")),
    }
    data = "".join(f' data-{name}="{escape(text)}"' for name, text in words.items())
    return (
        f'<!DOCTYPE html>\n<html lang="{own().tag}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{style}</style></head><body{data}><main>{''.join(sections)}</main><script>{script}</script></body></html>\n"
    )


def _section(slide: Slide, body: str, speaker: str, first: bool) -> str:
    heading = markdown.html(slide.heading).removeprefix("<p>").removesuffix("</p>\n")
    level = 1 if first else 2
    if slide.goes_on:
        heading += f'<span class="again">{escape(tr(_("{heading} (continued)"), heading=""))}</span>'
    aside = f'<aside class="speaker" hidden>{speaker}</aside>' if speaker else ""
    look = ' class="title"' if first else ""
    return f'<section{look}><h{level}>{heading}</h{level}><div class="box">{body}</div>{aside}</section>'


def _html(slide: Slide, exercises: dict[str, Exercise]) -> str:
    parts = []
    for piece in slide.pieces:
        parts.append(markdown.html(piece.source) if piece.cell is None else _shown(piece.cell, exercises))
    return "".join(parts)


def exercise_of(cell: Cell, exercises: dict[str, Exercise]) -> Exercise | None:
    """The exercise that a cell asks for; ``None`` if it asks for none."""
    found = _ASKED.search("".join(cell["source"]))
    if not found:
        return None
    kind, name = found.groups()
    return exercises.get({"quiz": f"quiz-{name}", "exam": "exam"}.get(kind, name or ""))


def _shown(cell: Cell, exercises: dict[str, Exercise]) -> str:
    source = "".join(cell["source"])
    if exercise := exercise_of(cell, exercises):
        return asked.html(exercise)
    if _LEFT_OUT.search(source):
        return ""
    if _LIVE.search(source):
        purpose = cell["metadata"].get("crmlab", {}).get("purpose", "")
        text = purpose or tr(_("This is done in the lesson itself."))
        return f'<p class="live">{escape(text)}</p>'
    return "".join(_output(output) for output in cell.get("outputs", ()))


def _output(output: dict[str, Any]) -> str:
    data = output.get("data", {})
    if _WIDGET in data:
        return f'<p class="live">{escape(tr(_("This is done in the lesson itself.")))}</p>'
    if "image/png" in data:
        return f'<img src="data:image/png;base64,{_joined(data["image/png"]).strip()}" alt="">'
    if "image/svg+xml" in data:
        return _joined(data["image/svg+xml"])
    if "text/html" in data:
        return f'<div class="shown">{_joined(data["text/html"])}</div>'
    return ""


def _joined(text: str | Iterable[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def _answers(slide: Slide, exercises: dict[str, Exercise], lesson: Lesson) -> str:
    found = []
    for piece in slide.pieces:
        exercise = exercise_of(piece.cell, exercises) if piece.cell is not None else None
        lines, code = asked.answers(exercise, lesson) if exercise is not None else ([], "")
        if not lines and not code:
            continue
        rows = "".join(f'<tr><th scope="row">{escape(prompt)}</th><td>{escape(answer)}</td></tr>' for prompt, answer in lines)
        body = f"<table>{rows}</table>" if lines else f"<pre>{escape(code)}</pre>"
        found.append(f"<h3>{escape(tr(_('Worked answers')))}</h3>{body}")
    found += [] if slide.goes_on else _minutes(slide, lesson)
    return "".join(found)


def _minutes(slide: Slide, lesson: Lesson) -> list[str]:
    """Of an exercise how long it takes, and whether it belongs to the shorter variant."""
    title = re.sub(r"\s*[(（][^()（）]*[)）]\s*$", "", slide.heading)
    task = next((one for one in lessons.tasks(lesson) if one.title == title), None)
    short = minutes.shorter(lesson)
    if task is None:
        return []
    said = [tr(_("{n} minutes."), n=f"{task.minutes:g}")]
    if short and task in short.tasks and not minutes.choice(lesson):
        said.append(tr(_("Stays in the shorter variant.")))
    return [f"<p>{escape(' '.join(said))}</p>"]
