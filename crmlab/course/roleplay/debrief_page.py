"""The page of a debrief: ending, steps, score by skill, mood and trust as a line, where it turned, better lines, earlier
tries."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from crmlab.course.palette import colour
from crmlab.course.roleplay import deal, scoring, scripts
from crmlab.course.roleplay.debrief import Debrief, compared, history, skills
from crmlab.course.roleplay.pages import HELPED, HURT, mood_html, named, squares
from crmlab.course.roleplay.scripts import Play, Script
from crmlab.course.yamlfile import said
from crmlab.language import _, tr

BETTER_LINES = 3
"""How many lines a debrief shows with a better one beside it."""

TRIES_SHOWN = 8
"""How many tries the table shows, the newest ones."""


def debrief_html(found: Debrief, tries: Sequence[Sequence[int]] = (), words: Sequence[str] = ()) -> str:
    """The debrief of a talk. With ``tries`` (the paths of all talks so far) it is compared with them; ``words`` are the
    trainee's own lines in this talk, one for each exchange, empty where a line was only chosen."""
    play, script = found.play, found.play.script
    parts = [
        f'<h4 style="margin:.8em 0 .2em">{named(escape(tr(_("Debrief"))), escape(tr(scripts.ENDINGS[found.ending])))}</h4>',
        _p(said(script.node(play.state.node)["debrief"])),
        _deal(play),
        _steps(found),
        _skills(found),
        _course(found),
        _turned(found),
        _own_words(play, words),
        _points(play),
        _tries(script, play, tries),
    ]
    return f'<div style="line-height:1.5">{"".join(parts)}</div>'


def _p(text: str) -> str:
    return f'<p style="margin:.5em 0">{escape(text)}</p>' if text else ""


def _part(heading: str, body: str) -> str:
    return f'<div style="margin:.6em 0"><b>{escape(tr(heading))}</b>{body}</div>'


def _list(items: str) -> str:
    return f'<ul style="margin:.2em 0;padding-left:.3em;list-style:none">{items}</ul>'


def _steps(found: Debrief) -> str:
    html = ""
    script = found.play.script
    for half, heading in script.halves().items():
        steps = {key: step for key, step in script.known_steps().items() if step.half == half}
        done = sum(key in found.done for key in steps)
        count = tr(_("{heading}: {done} of {all}"), heading=tr(heading), done=done, all=len(steps))
        items = ""
        for key, step in steps.items():
            sign, word, colour = (
                ("–", tr(_("skipped")), HURT)
                if key in found.skipped
                else ("↕", tr(_("done, but too early")), HURT)
                if key in found.out_of_order
                else ("✓", tr(_("done")), HELPED)
            )
            line = found.line(key)
            quoted = f'<div style="padding-left:1.5em"><i>“{escape(line)}”</i></div>' if line else ""
            name = f"{step.number}. {escape(tr(step.name))}"
            became = f'<b style="color:{colour}">{escape(word)}</b>'
            items += (
                f'<li style="list-style:none;margin:.15em 0"><b style="color:{colour};display:inline-block;width:1.2em" '
                f'aria-hidden="true">{sign}</b> {named(name, became)}{quoted}</li>'
            )
        html += f'<div style="margin:.6em 0"><b>{escape(count)}</b>{_list(items)}</div>'
    return html


def _capital(text: str) -> str:
    return escape(text[:1].upper() + text[1:])


_CELL = "text-align:left;padding:.2em .9em .2em 0;vertical-align:top"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], bold: int | None = None) -> str:
    """A table from HTML cells; it scrolls sideways where the screen is too narrow."""
    top = "".join(f'<th scope="col" style="{_CELL};white-space:nowrap">{cell}</th>' for cell in head)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="{_CELL};border-top:1px solid {colour("line")}{";font-weight:700" if number == bold else ""}">{cell}</td>'
            for cell in row
        )
        + "</tr>"
        for number, row in enumerate(rows)
    )
    return (
        '<div class="crmlab-sideways" style="overflow-x:auto;max-width:100%" tabindex="0"><table style="border-collapse:collapse;margin:.2em 0">'
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _deal(play: Play) -> str:
    """What was at stake in a negotiation: limits, zone, shares, and what was left on the table; empty for another talk."""
    found = deal.outcome(play)
    if found is None:
        return ""
    head, rows = deal.table(play.script, found)
    lines = deal.lines(play.script, found)
    cells = [[escape(cell) for cell in row] for row in rows]
    return _part(_("What lay on the table"), _table([escape(one) for one in head], cells) + "".join(map(_p, lines)))


def _skills(found: Debrief) -> str:
    head = [escape(tr(text)) for text in (_("Skill"), _("Score reached"), _("How it was counted"))]
    rows = [
        [
            _capital(tr(skill.name)),
            f'<span style="white-space:nowrap">{escape(tr(_("{got} of {of}"), got=skill.got, of=skill.of))}</span> '
            f"{squares(skill.got, skill.of) if skill.of <= 12 else ''}",
            escape(skill.text()),
        ]
        for skill in skills(found)
    ]
    return _part(_("Score by skill"), _table(head, rows))


def _course(found: Debrief) -> str:
    play = found.play
    faces = " → ".join(map(mood_html, play.moods()))
    return _part(_("Mood and trust in the course of the talk"), course_svg(found)) + (
        f'<p style="margin:.5em 0">{escape(tr(_("The mood went:")))} {faces}</p>'
    )


_TURN = "#a33c00"
"""The mark where a talk turned; like all of a picture it stands on white in the dark theme too."""


def course_svg(found: Debrief) -> str:
    """Mood (full line) and trust (broken line) from the first word to the last; a mark where the talk turned."""
    play = found.play
    moods = play.moods()
    trusts = [play.script.first().trust, *(turn.after.trust for turn in play.turns)]
    left, right, top, bottom = 58, 280, 14, 104
    step = (right - left) / max(1, len(moods) - 1)

    def at(place: int, value: int) -> tuple[float, float]:
        return round(left + place * step, 1), round(bottom - value * (bottom - top) / 5, 1)

    def line(values: Sequence[int], style: str) -> str:
        points = " ".join(f"{x},{y}" for x, y in (at(*one) for one in enumerate(values)))
        return f'<polyline points="{points}" fill="none" {style}/>'

    grid = "".join(
        f'<path d="M{left} {at(0, mood)[1]}H{right}" stroke="#d5dae1"/><text x="{left - 6}" y="{at(0, mood)[1] + 4}" '
        f'text-anchor="end">{escape(tr(word))}</text>'
        for mood, word in scripts.MOODS.items()
    )
    marks = "".join(f'<circle cx="{x}" cy="{y}" r="3.2" fill="#1f5fa8"/>' for x, y in (at(*m) for m in enumerate(moods)))
    ends = [(moods, tr(_("mood")), "#1f5fa8", 0.0), (trusts, tr(_("trust")), "#8a4b00", 0.0)]
    apart = abs(at(0, moods[-1])[1] - at(0, trusts[-1])[1])
    if apart < 12:
        shift = (12 - apart) / 2 + 1
        up = 0 if moods[-1] >= trusts[-1] else 1
        ends = [
            (values, name, ink, -shift if number == up else shift)
            for number, (values, name, ink, _shift) in enumerate(ends)
        ]
    labels = "".join(
        f'<text x="{right + 7}" y="{at(0, values[-1])[1] + 4 + shift}" fill="{ink}">{escape(name)}</text>'
        for values, name, ink, shift in ends
    )
    turned = ""
    if found.turning_point is not None:
        place = next(number for number, turn in enumerate(play.turns, 1) if turn is found.turning_point)
        x = at(place, 0)[0]
        turned = (
            f'<path d="M{x} {top - 2}V{bottom}" stroke="{_TURN}" stroke-dasharray="2 3"/><text x="{x}" y="{bottom + 14}" '
            f'text-anchor="middle" fill="{_TURN}">▲ {escape(tr(_("it turned")))}</text>'
        )
    said_by = tr(
        _("Mood from {first} to {last}, trust from {before} to {after} of 5."),
        first=tr(scripts.MOODS[moods[0]]),
        last=tr(scripts.MOODS[moods[-1]]),
        before=trusts[0],
        after=trusts[-1],
    )
    blue, brown = 'stroke="#1f5fa8" stroke-width="2.4"', 'stroke="#8a4b00" stroke-width="2" stroke-dasharray="6 4"'
    return (
        f'<svg viewBox="0 0 330 {bottom + (20 if turned else 6)}" role="img" aria-label="{escape(said_by)}" font-size="11" fill="#1b2330" style="'
        "display:block;width:100%;max-width:34em;background:#f7f9fb;border-radius:4px;margin:.3em 0;"
        f'font-family:var(--jp-ui-font-family,sans-serif)">{grid}{turned}{line(trusts, brown)}{line(moods, blue)}'
        f"{marks}{labels}</svg>"
    )


def _turned(found: Debrief) -> str:
    if found.turning_point is None:
        return _p(tr(_("No line of yours cost mood or trust.")))
    point = found.turning_point
    html = (
        f'<p style="margin:.5em 0"><b>{escape(tr(_("Where it turned:")))}</b> “{escape(said(point.choice["text"]))}”<br>'
        f"{escape(said(point.choice['why']))}</p>"
    )
    pairs = [turn for turn in found.play.costly() if turn.choice.get("better")][:BETTER_LINES]
    items = "".join(
        f'<li style="margin:.3em 0">{escape(tr(_("Instead of")))} “{escape(said(turn.choice["text"]))}”<br>'
        f"→ “{escape(said(turn.choice['better']))}”</li>"
        for turn in pairs
    )
    if items:
        html += _part(
            _("A better line:") if len(pairs) == 1 else _("Better lines:"),
            f'<ul style="margin:.2em 0;padding-left:1.3em">{items}</ul>',
        )
    return html


def _own_words(play: Play, words: Sequence[str]) -> str:
    rows = [
        [f"“{escape(line)}”", escape(said(turn.choice["text"]))]
        for turn, line in zip(play.turns, words, strict=False)
        if line
    ]
    head = [escape(tr(text)) for text in (_("You said"), _("Taken as"))]
    return _part(_("Your own words"), _table(head, rows)) if rows else ""


def _points(play: Play) -> str:
    found = scoring.marks(play)
    heading = tr(_("This talk: {ok} of {all}"), ok=sum(mark.ok for mark in found), all=len(found))
    items = "".join(
        f'<li style="list-style:none"><b style="color:{HELPED if mark.ok else HURT}">{"✓" if mark.ok else "–"}</b> '
        f"{escape(tr(mark.name))}</li>"
        for mark in found
    )
    return f'<div style="margin:.6em 0"><b>{escape(heading)}</b>{_list(items)}</div>'


def _tries(script: Script, play: Play, tries: Sequence[Sequence[int]]) -> str:
    """The tries as a table, this one against the one before it, and which endings are left to find."""
    paths = list(map(list, tries))
    if not paths:
        return ""
    found = history(script, paths)
    now = paths.index(play.path()) if play.path() in paths else None
    html = ""
    if len(found) > 1:
        shown = found[-TRIES_SHOWN:]
        if now is not None and found[now] not in shown:
            shown = [found[now], *shown[1:]]
        head = [_("Try"), _("Ending"), _("Points"), _("Steps"), _("mood"), _("trust")]
        rows = []
        for one in shown:
            this = now is not None and one.number == now + 1
            number = tr(_("{number}, this one"), number=one.number) if this else str(one.number)
            rows.append(
                [
                    escape(number),
                    escape(tr(scripts.ENDINGS[one.ending])),
                    escape(tr(_("{got} of {of}"), got=one.points, of=4)),
                    escape(tr(_("{got} of {of}"), got=one.done, of=len(script.known_steps()))),
                    mood_html(one.mood),
                    escape(tr(_("{got} of {of}"), got=one.trust, of=5)),
                ]
            )
        place = next((place for place, one in enumerate(shown) if now is not None and one.number == now + 1), None)
        html += _part(_("Your tries"), _table([_capital(tr(text)) for text in head], rows, place))
        if now is not None and now < len(found) - 1:
            html += _p(tr(_("You have had this very talk before: it is try {number}."), number=now + 1))
        elif now:
            html += _p(compared(found[now], found[now - 1]))
    seen = {script.play(path).state.node for path in paths}
    ends, good = script.endings(), script.endings("good")
    return html + _p(
        tr(
            _("So far you have seen {seen} of {all} endings, {good} of the {all_good} good ones among them."),
            seen=len(seen & set(ends)),
            all=len(ends),
            good=len(seen & set(good)),
            all_good=len(good),
        )
    )
