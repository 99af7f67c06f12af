"""Lesson 4.5, three calls before lunch: the page that looks back on a trainee's own talks."""

from __future__ import annotations

from html import escape

from crmlab.course import session
from crmlab.course.form import Answers
from crmlab.course.hooks import Lesson
from crmlab.course.roleplay import debrief, scoring, scripts
from crmlab.course.yamlfile import said
from crmlab.language import tr

here = Lesson("4.5")
text = here.texts

TALKS = ("wrong-goods", "broken-on-arrival", "wrong-bill")


def look_back() -> str:
    """A page for printing: of each of the three talks the best try with the steps done and skipped and the line that cost
    most, the steps skipped in all of them, and the trainee's own two sentences. What was not played yet is said."""
    opened = session.opened()
    kept = {name: opened.fields(here[name]) if opened else {} for name in (*TALKS, "my-call")}
    found = {name: _best(name, kept[name]) for name in TALKS}
    parts = [f"<h1>{_words('page')}</h1>", *(_talk(name, one) for name, one in found.items())]
    looked = [one for one in found.values() if one]
    if looked:
        always = [step for step in looked[0].skipped if all(step in one.skipped for one in looked)]
        words = tr(text["in-all"], steps=scoring.names(always)) if always else tr(text["none-in-all"])
    else:
        words = tr(text["first-call"])
    return "".join([*parts, f"<p><b>{escape(words)}</b></p>", _own(kept["my-call"])])


def _words(name: str) -> str:
    return escape(tr(text[name]))


def _best(name: str, kept: Answers) -> debrief.Debrief | None:
    script = scripts.load(name)
    plays = [script.play(path) for path in kept.get("tries", ())]
    best = max(plays, key=lambda play: sum(mark.ok for mark in scoring.marks(play)), default=None)
    return debrief.debrief(best) if best else None


def _talk(name: str, found: debrief.Debrief | None) -> str:
    title = f"<h2>{escape(said(scripts.load(name).source['title']))}</h2>"
    if found is None:
        return f"{title}<p>{_words('not-played')}</p>"
    turn = found.turning_point
    rows = [
        ("ending", tr(scripts.ENDINGS[found.ending])),
        ("done", scoring.names(found.done)),
        ("skipped", scoring.names(found.skipped)),
        ("hurt", said(turn.choice["text"]) if turn else tr(text["nothing-hurt"])),
    ]
    if turn and "better" in turn.choice:
        rows.append(("better", said(turn.choice["better"])))
    cells = "".join(f"<tr><th>{_words(key)}</th><td>{escape(value)}</td></tr>" for key, value in rows)
    return f"{title}<table>{cells}</table>"


def _own(kept: Answers) -> str:
    typed = {key: kept[key]["text"] if key in kept else "" for key in ("first", "last")}
    rows = "".join(f"<tr><th>{_words(f'my-{key}')}</th><td>{escape(line)}</td></tr>" for key, line in typed.items())
    return f"<h2>{_words('my-lines')}</h2><table>{rows}</table>"

