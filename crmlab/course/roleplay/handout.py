"""A role-play on paper: a script as a page for two people to act and a third to watch.

Four sheets: the setting, for all; the customer's, with moods, lines and where each answer leads; the salesperson's, with
the steps and what can be said, without which step a line does; the observer's, with the steps to tick.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from crmlab.complaint_steps import Step
from crmlab.course import panel, tables
from crmlab.course.roleplay import deal, scripts
from crmlab.course.roleplay.pages import mood_html, named
from crmlab.course.roleplay.scripts import Script
from crmlab.course.yamlfile import said
from crmlab.language import _, tr

STYLE = """<style>
body { max-width: 62em !important; color: #1b2330; }
h1 { font-size: 1.5em; margin: 0 0 .3em; } h2 { font-size: 1.2em; margin: 0 0 .4em; } p { margin: .4em 0; }
.sheet { break-after: page; margin-bottom: 3em; } .sheet:last-child { break-after: auto; margin-bottom: 0; }
.sheet > header { border-bottom: 2px solid #1b2330; margin-bottom: .7em; } .sheet > header small { color: #4a5361; }
.line { break-inside: avoid; margin: .7em 0; padding-left: 2.6em; position: relative; }
.number { position: absolute; left: 0; top: 0; font-weight: 700; border: 1.5px solid #1b2330; border-radius: 1em;
  min-width: 1.6em; text-align: center; }
.says { font-weight: 600; } ol, ul { margin: .2em 0; padding-left: 1.6em; } li { margin: .15em 0; }
.track { display: flex; flex-wrap: wrap; gap: .4em; margin: .4em 0; }
.track span.box { border: 1px solid #8a919c; border-radius: .3em; padding: .15em .5em; }
.track .start { border: 2px solid #1b2330; font-weight: 700; }
table { width: 100%; } td, th { vertical-align: top; } td.write { min-width: 9em; } .watch td { padding: .2em .5em; line-height: 1.3; } td.tick { width: 4em; }
@media print { body { margin: 0 !important; font-size: 10.5pt; } @page { size: A4; margin: 14mm; } }
</style>"""


def numbers(script: Script) -> dict[str, int]:
    """The numbers of the nodes on paper: from 1 in the order in which a talk can come to them, the endings last."""
    start = str(script.source["start"])
    order, waiting = [start], deque([start])
    while waiting:
        for choice in script.choices(waiting.popleft()):
            for target in scripts.targets(choice):
                if target not in order:
                    order.append(target)
                    waiting.append(target)
    order.sort(key=lambda name: not script.choices(name))  # stable: the endings move behind
    return {name: number for number, name in enumerate(order, 1)}


def page(script: Script) -> str:
    """The hand-out as HTML, for :func:`crmlab.course.tables.save`."""
    sheets = [_setting(script), _customer(script), _salesperson(script), _observer(script)]
    return STYLE + "".join(f'<section class="sheet">{sheet}</section>' for sheet in sheets)


def handout(name: str) -> panel.Html:
    """Save the hand-out of a script of the course beside the notebook, ready for printing. Ends a cell; never raises.

    >>> handout("nowhere")
    There is no script “nowhere”. Scripts: ...
    """
    known = sorted(path.stem for path in scripts.folder().glob("*.yml"))
    if not isinstance(name, str) or name not in known:
        text = tr(_("There is no script “{name}”. Scripts: {known}."), name=panel.words(name), known=", ".join(known))
        return panel.Html(panel.box("unreadable", text), text)
    try:
        return save(scripts.load(name))
    except (OSError, scripts.ScriptError) as error:
        return panel.Html(panel.box("unreadable", str(error)), str(error))


def save(script: Script) -> panel.Html:
    """Save the hand-out of any script beside the notebook; what it returns says where."""
    return tables.save(page(script), f"handout-{Path(script.name).name}.html")


# -- sheets ------------------------------------------------------------------------------------------------------------


def _head(script: Script, sheet: str) -> str:
    title = escape(said(script.source["title"]))
    return f"<header><small>{title}</small><h2>{escape(tr(sheet))}</h2></header>"


def _p(text: str, **values: Any) -> str:
    return f"<p>{escape(tr(text, **values))}</p>"


def _setting(script: Script) -> str:
    first = script.first()
    rules = (
        _("Three people: customer, salesperson, observer. Each takes one sheet and reads it; nobody reads another's."),
        _("The customer says a number aloud and then the line with that number, and begins with 1."),
        _("The salesperson answers in their own words, or with one of the lines of that number, and says which it is nearest to: a, b, c or d."),
        _("The customer moves mood and trust as the sheet says, and goes on at the number that stands there."),
        _("At an ending the observer reads out the debrief. Then change the roles."),
    )
    items = "".join(f"<li>{escape(tr(rule))}</li>" for rule in rules)
    mood = named(escape(said(script.source["customer"])), mood_html(first.mood))
    return (
        f"<h1>{escape(said(script.source['title']))}</h1>"
        f"{_p(_('A role-play for two and an observer. About 15 minutes with the debrief.'))}"
        f"<h2>{escape(tr(_('The setting')))}</h2><p>{escape(said(script.source['setting']))}</p><p>{mood}</p>"
        f"<h2>{escape(tr(_('How it is played')))}</h2><ol>{items}</ol>"
    )


def _customer(script: Script) -> str:
    first = script.first()
    moods = "".join(
        f'<span class="box{" start" if mood == first.mood else ""}">{mood} {mood_html(mood)}</span>' for mood in scripts.MOODS
    )
    trusts = "".join(
        f'<span class="box{" start" if trust == first.trust else ""}">{trust}</span>' for trust in range(6)
    )
    html = _head(script, _("Customer"))
    customer = f"<b>{escape(said(script.source['customer']))}</b>"
    html += f"<p>{named(escape(tr(_('You are'))), customer)}</p>"
    html += _p(_("Lay a coin on your mood and one on your trust, and move them after each answer. They begin at the bold box."))
    html += f'<p>{escape(tr(_("Your mood")))}</p><div class="track">{moods}</div>'
    html += f'<p>{escape(tr(_("Your trust")))}</p><div class="track">{trusts}</div>'
    at = numbers(script)
    for name, number in at.items():
        html += _line(number, _customer_line(script, name, at))
    return html


def _line(number: int, body: str) -> str:
    return f'<div class="line"><span class="number">{number}</span>{body}</div>'


def _customer_line(script: Script, name: str, at: Mapping[str, int]) -> str:
    node = script.node(name)
    html = f'<div class="says">{escape(said(node["says"]))}</div>'
    if "ending" in node:
        mood = node.get("mood")
        became = f" · {mood_html(int(mood))}" if mood else ""
        return html + f"<div>■ {escape(tr(scripts.ENDINGS[node['ending']]))}{became}</div>"
    items = "".join(
        f"<li>{escape(said(choice['text']))}<br><b>{escape(_moves(choice))}{escape(_leads(script, choice, at))}</b></li>"
        for choice in script.choices(name)
    )
    return html + f'<ol type="a">{items}</ol>'


def _moves(choice: Mapping[str, Any]) -> str:
    """What a line does to mood and trust, e.g. "mood +1, trust -1: "."""
    parts = [
        tr(_("{name} {change}"), name=tr(name), change=f"{change:+d}".replace("-", "−"))
        for name, change in ((_("mood"), int(choice.get("mood", 0))), (_("trust"), int(choice.get("trust", 0))))
        if change
    ]
    return tr(_("{moves}: "), moves=tr(_(", ")).join(parts)) if parts else ""


def _leads(script: Script, choice: Mapping[str, Any], at: Mapping[str, int]) -> str:
    """Where a line leads, e.g. "if your mood is at most 1, go to 18; otherwise go to 7"."""
    to = choice["to"]
    if isinstance(to, str):
        return tr(_("go to {number}"), number=at[to])
    parts = []
    for route in to:
        conditions = _conditions(script, route)
        go = tr(_("go to {number}"), number=at[str(route["to"])])
        if conditions:
            parts.append(tr(_("if {conditions}, {go}"), conditions=tr(_(" and ")).join(conditions), go=go))
        elif parts:
            parts.append(tr(_("otherwise {go}"), go=go))
        else:
            return go
    return tr(_("; ")).join(parts)


def _conditions(script: Script, route: Mapping[str, Any]) -> list[str]:
    found = []
    steps = script.known_steps()
    for name, thing in (("mood", _("mood")), ("trust", _("trust"))):
        low, high = route.get(f"{name}_min"), route.get(f"{name}_max")
        if low is not None:
            found.append(tr(_("{thing} is {value} or more"), thing=tr(thing), value=low))
        if high is not None:
            found.append(tr(_("{thing} is {value} or less"), thing=tr(thing), value=high))
    done = [tr(steps[step].name) for step in route.get("done", ())]
    if done:
        found.append(tr(_("this was done: {steps}"), steps=tr(_(", ")).join(done)))
    missing = [tr(steps[step].name) for step in route.get("not_done", ())]
    if missing:
        found.append(tr(_("this was not done: {steps}"), steps=tr(_(", ")).join(missing)))
    return found


def _salesperson(script: Script) -> str:
    html = _head(script, _("Salesperson"))
    html += f"<p>{escape(said(script.source['setting']))}</p>"
    steps = ""
    for half, heading in script.halves().items():
        steps += f'<tr><th colspan="2">{escape(tr(heading))}</th></tr>'
        steps += "".join(
            f"<tr><td><b>{step.number}. {escape(tr(step.name))}</b></td><td>{_meaning(step)}</td></tr>"
            for step in script.known_steps().values()
            if step.half == half
        )
    html += f"<table>{steps}</table>"
    html += _p(_("Answer in your own words. If you are stuck: these lines are possible at each number. Not all of them are good."))
    for name, number in numbers(script).items():
        choices = script.choices(name)
        if choices:
            items = "".join(f"<li>{escape(said(choice['text']))}</li>" for choice in choices)
            html += _line(number, f'<ol type="a">{items}</ol>')
    return html


def _meaning(step: Step) -> str:
    return escape(tr(step.meaning)) if step.meaning else ""


def _observer(script: Script) -> str:
    html = _head(script, _("Observer"))
    html += _p(_("Say nothing. Write down in which order the steps come, and with which words."))
    head = "".join(
        f"<th>{escape(tr(text))}</th>" for text in (_("Step"), _("Done"), _("As number"), _("In which words"))
    )
    rows = ""
    for half, heading in script.halves().items():
        rows += f'<tr><th colspan="4">{escape(tr(heading))}</th></tr>'
        rows += "".join(
            f"<tr><td>{step.number}. {escape(tr(step.name))}<br><small>{_meaning(step)}</small></td>"
            '<td class="tick">☐</td><td class="tick"></td><td class="write"></td></tr>'
            for step in script.known_steps().values()
            if step.half == half
        )
    html += f'<table class="watch"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    questions = (
        _("Which line changed the mood for the better, which for the worse?"),
        _("Which step was skipped, and what would the customer have said to it?"),
        _("What was promised: who does what by when? Had it been checked?"),
    )
    html += "<ol>" + "".join(f"<li>{escape(tr(text))} ____________________</li>" for text in questions) + "</ol>"
    at = numbers(script)
    html += f"<h2>{escape(tr(_('To be read out at the end')))}</h2>"
    for name in sorted(script.endings(), key=lambda name: at[name]):
        node = script.node(name)
        body = f"<b>{escape(tr(scripts.ENDINGS[node['ending']]))}</b> · {escape(said(node['debrief']))}"
        html += _line(at[name], body + _deal(script, name))
    return html


def _deal(script: Script, ending: str) -> str:
    """Of a negotiation, what lay on the table and what became of it, for the end."""
    found = deal.at(script, ending)
    return "".join(f"<p>{escape(line)}</p>" for line in deal.lines(script, found)) if found else ""
