"""The page that a learning management system opens: the course in a frame, and what tells the system how the learner stands."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

from crmlab.course import outline
from crmlab.language import LANGUAGES, _, speaking, tr
from crmlab.lms import strings
from crmlab.lms.product import PASS, Product, answers

STATIC = Path(__file__).resolve().parent / "static"
ALWAYS = ("launch.css", "coding.js", "joining.js", "standing.js", "learner.js", "launch.js")
"""Files of every package; beside them the one that speaks its standard."""
SPEAKS = {"scorm-1.2": "scorm.js", "scorm-2004": "scorm.js", "cmi5": "xapi.js", "xapi": "xapi.js"}

TEXTS = {
    "alone": _(
        "No learning platform was found, so no results are reported. Your answers stay in this browser; start the course from "
        "your learning platform to have them counted."
    ),
    "unreadable": _(
        "What your learning platform kept of your work is damaged and cannot be read. The course goes on with the answers in this "
        "browser."
    ),
    "refused": _(
        "Your learning platform does not take everything just now: {names}. Go on, it is tried again with each answer; before you "
        "leave, download your work."
    ),
    "too_long": _(
        "Your learning platform has no room for all of your answers. Your points are kept. Some answers in these lessons are only in "
        "this browser: {titles}. Before you change to another computer, download your work."
    ),
    "joint": _(", "),
    "no_code": _(
        "Your learning platform has no room for the code that you wrote. Your points and clicked answers are kept. Before you change to "
        "another computer, download your work."
    ),
    "silent": _("You are looking back: nothing is reported."),
    "standing": _("{points} of {maximum} points, {percent} %: reported to your learning platform."),
    "waiting": _("{points} of {maximum} points, {percent} %: not yet reported to your learning platform."),
    "passed": _("Passed: {points} of {maximum} points, {percent} %, reported to your learning platform."),
    "leave": _("Leave the course"),
    "download": _("Download my work"),
}
"""What the page says, by key; ``{names}`` are filled in by the page."""


def told(standard: str, product: Product) -> dict[str, Any]:
    """What the page is told: the standard, the lessons, words in every language, and the strings that get codes."""
    decks = [f"notebooks/{language}/review.json" for language in LANGUAGES]
    paths = [answers(outline.path(one, language)) for one in product.chosen() if one.scored for language in LANGUAGES]
    texts = {}
    for language in LANGUAGES:
        with speaking(language):
            texts[language] = {key: tr(text) for key, text in TEXTS.items()}
    return {
        "standard": standard,
        "pass": PASS,
        "activity": {"id": product.id, "name": {LANGUAGES[one].tag: product.title(one) for one in LANGUAGES}},
        "language": product.language,
        "tags": {code: one.tag for code, one in LANGUAGES.items()},
        "texts": texts,
        "lessons": product.told(),
        "answers": [*paths, *decks],
        "strings": strings.of(product.chosen(), [*paths, *decks]),
    }


def html(standard: str, product: Product, folder: str) -> str:
    """The page; ``folder`` is that of our scripts in the site."""
    # Tokens and statements go to a record store of the system's choice, which may be anywhere.
    elsewhere = " https: http:" if standard in ("cmi5", "xapi") else ""
    policy = (
        f"default-src 'self'; script-src 'self'; connect-src 'self'{elsewhere}; style-src 'self'; img-src 'self' data: blob:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'"
    )
    title = product.title(product.language)
    scripts = ("points.js", "work.js", *(name for name in ALWAYS if name.endswith(".js") and name != "launch.js"), SPEAKS[standard], "launch.js")
    data = json.dumps(told(standard, product), ensure_ascii=False).replace("<", "\\u003c")
    return (
        f'<!DOCTYPE html>\n<html lang="{LANGUAGES[product.language].tag}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f'<link rel="icon" href="site/notebooks/favicon.ico"><link rel="stylesheet" href="{folder}/launch.css">'
        f'<script id="crmlab-launch" type="application/json">{data}</script>'
        + "".join(f'<script src="{folder}/{name}" defer></script>' for name in scripts)
        + f'</head><body><iframe id="course" title="{escape(title)}" allow="fullscreen; clipboard-write"></iframe>'
        '<div id="bar" hidden></div></body></html>\n'
    )
