"""The page of a room: its frame and its words. What stands in it is fetched and drawn by ``static/room.js``, which holds no words."""

from __future__ import annotations

import json
from html import escape

from crmlab.classroom.report_style import WORDS
from crmlab.classroom.room import STATES, STUCK
from crmlab.course import joining
from crmlab.language import _, own, tr

TEXTS = {
    "here": _("{n} here"),
    "left": _("{n} left"),
    "nobody": _("Nobody has joined yet."),
    "hidden": _("Trainee {n}"),
    "away": _("away"),
    "points": _("{points} of {maximum} points"),
    "since": _("{n} min"),
    "stuck": _("Stuck: {n} min"),
    "none-stuck": _("Nobody is stuck."),
    "no-lessons": _("Nothing has been begun yet."),
    "begun": _("{n} have begun, {here} are in it now"),
    "no-wrong": _("No wrong option was chosen by two or more."),
    "chosen": _("{n} of {of}"),
    "typed": _("something else was typed"),
    "lost": _("The room does not answer. If its window was closed, start it again with crmlab class room."),
    "show": _("Show names"),
    "hide": _("Hide names"),
    "blank": _("Not attempted yet"),
}
"""What the script says, by key; it fills in the ``{names}``."""


def html(line: str) -> str:
    """The page, in the language in force. ``line`` is what trainees paste; empty where nobody can join."""
    told = {"texts": {key: tr(text) for key, text in TEXTS.items()}, "states": [tr(WORDS[state]) for state in STATES]}
    data = json.dumps(told, ensure_ascii=False).replace("<", "\\u003c")
    title = tr(_("The room"))
    join = (
        f'<p class="how">{escape(tr(_("To join: open the course panel, choose “Join a room”, paste this line:")))}</p><p class="line">{escape(line)}</p>'
        f'<p class="note">{escape(tr(joining.SENT))}</p>'
    )
    stuck = tr(_("Stuck is who has begun a lesson and for {n} minutes or more has won no points, begun no other exercise and opened no other lesson."), n=STUCK)
    sections = (
        ("people", _("Who is where"), f'<p class="note">{escape(stuck)}</p><div class="scroll" tabindex="0" role="region" aria-labelledby="people"><table id="who"><thead><tr>'
         + "".join(f'<th scope="col">{escape(tr(name))}</th>' for name in (_("Trainee"), _("Lesson"), _("Exercise"), _("State"), _("Points"), _("Last step forward")))
         + '</tr></thead><tbody></tbody></table></div>'),
        ("progress", _("Progress"), '<p class="legend" id="legend"></p><div id="lessons"></div>'),
        ("wrong", _("What most got wrong"), '<ol id="mistakes"></ol>'),
        ("files", _("Handed in"), f'<p class="note">{escape(tr(_("From the files in the folder of the class. They are counted above while nobody reports; else most would be counted twice.")))}</p><ul id="handed"></ul>'),
    )  # fmt: skip
    body = "".join(f'<section><h2 id="{id}">{escape(tr(name))}</h2>{content}</section>' for id, name, content in sections)
    return (
        f'<!DOCTYPE html>\n<html lang="{own().tag}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="/static/room.css"><script type="application/json" id="told">{data}</script>'
        f'<script type="module" src="/static/room.js"></script></head><body><header><div class="top"><h1>{escape(title)}</h1>'
        f'<p id="count" role="status"></p><button id="names" type="button">{escape(tr(TEXTS["show"]))}</button></div>{join}'
        f'<p id="lost" role="alert"></p></header><main>{body}</main></body></html>\n'
    )
