"""What a trainee is told, as HTML: feedback, hints, worked answers, banners. Everything is escaped here, once."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from crmlab.course.files import whole
from crmlab.course.palette import colour
from crmlab.language import _, own, tr

if TYPE_CHECKING:
    from crmlab.course.exercise import Feedback

# A sign and words carry the state, colour only helps.
_LOOKS = {
    "blank": ("○", "note", "quiet"),
    "unreadable": ("?", "warn", "warn-sign"),
    "not yet right": ("△", "warn", "warn-sign"),
    "partly right": ("◐", "info", "info-sign"),
    "right": ("✓", "good", "good-sign"),
    "note": ("i", "note", "quiet"),
    "hint": ("?", "info", "info-sign"),
}

_STATES = {
    "blank": _("Not attempted yet"),
    "unreadable": _("Cannot be read"),
    "not yet right": _("Not yet right"),
    "partly right": _("Partly right"),
    "right": _("Right"),
}


def box(look: str, heading: str, body: str = "", *, status: bool = False) -> str:
    """A coloured box with a sign. ``heading`` is plain text, ``body`` is HTML that is escaped already.

    ``status`` makes screen readers read it out when it changes.
    """
    sign, ground, edge = _LOOKS[look]
    edge = colour(edge)
    role = ' role="status" aria-live="polite"' if status else ""
    tag = own().tag
    return whole(
        f'<div class="crmlab-panel crmlab-{look.replace(" ", "-")}" lang="{tag}"{role} style="background:{colour(ground)};'
        f"color:{colour('ink')};border-left:5px solid {edge};padding:.6em .9em;margin:.3em 0;border-radius:3px;"
        'line-height:1.5;max-width:60em;overflow-wrap:anywhere">'
        f'<div style="font-weight:600"><span aria-hidden="true" style="color:{edge}">{sign}</span> {escape(heading)}</div>'
        f"{body}</div>"
    )


def words(value: object, most: int = 80) -> str:
    """Any value as a short text, to be named in a sentence; the type of what has no text.

    >>> words("days"), words(7)
    ('days', '7')
    """
    try:
        return whole(str(value)[:most])
    except Exception:  # a stranger's object may fail in any way
        return type(value).__name__


def paragraph(text: str) -> str:
    """One escaped paragraph."""
    return f'<p style="margin:.3em 0;white-space:pre-line">{escape(text)}</p>' if text else ""


def bullets(lines: Iterable[str]) -> str:
    """An escaped list."""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'<ul style="margin:.3em 0 .1em;padding-left:1.3em">{items}</ul>' if items else ""


def points(value: float) -> str:
    """Points as people write them: 3, 2.5.

    >>> points(3.0), points(2.5)
    ('3', '2.5')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".")


def feedback(given: Feedback, *, show: int = 6) -> str:
    """What came of an answer: state and points, what is not right yet (the first ``show`` sentences), what comes next."""
    heading = tr(
        _("{state}: {points} of {maximum} points"),
        state=tr(_STATES[given.state]),
        points=points(given.points),
        maximum=points(given.maximum),
    )
    body = paragraph(given.message)
    open_cases = [one for one in given.cases if one.open]
    wrong = [] if given.state == "unreadable" else given.wrong()
    if given.cases and (wrong or open_cases) and given.state not in ("unreadable", "blank"):
        right = sum(one.ok for one in given.cases if not one.gate)
        total = sum(not one.gate for one in given.cases)
        if total > 1:
            body += paragraph(tr(_("{right} of {total} are right."), right=right, total=total))
        unread = [one for one in open_cases if one.unread]
        if wrong or unread:
            sentences = list(dict.fromkeys(text for one in (*unread, *wrong) if (text := one.text())))
            body += bullets(sentences[:show])
            if len(sentences) > show:
                body += paragraph(tr(_("... and {more} more."), more=len(sentences) - show))
        if open_cases:
            body += paragraph(tr(_("Still open: {open}."), open=len(open_cases)))
    if given.state == "blank" and not given.message:
        body += paragraph(tr(_("Answer above, then check. A wrong answer costs nothing.")))
    return box(given.state, heading, trouble(given.trouble) + body, status=True)


def below(id: str, answers: Mapping[str, Any]) -> str:
    """A mark, not seen, by which the page of a lesson notices that what stands below an exercise is to be run again.

    >>> below("plan", {"hours": 3})
    '<span hidden data-crmlab-below="plan=1709421595"></span>'
    """
    seal = zlib.crc32(json.dumps(answers, sort_keys=True, default=str).encode())
    return f'<span hidden data-crmlab-below="{escape(id)}={seal}"></span>'


def trouble(text: str) -> str:
    """A paragraph that warns; empty if there is nothing to warn of."""
    return f'<p class="crmlab-trouble" style="margin:.3em 0;font-weight:600">⚠ {escape(text)}</p>' if text else ""


def hint(number: int, total: int, text: str) -> str:
    """A numbered hint."""
    return box("hint", tr(_("Hint {number} of {total}"), number=number, total=total), paragraph(text), status=True)


def worked(title: str, lines: Sequence[tuple[str, str]], code: str = "") -> str:
    """A worked answer: prompts and answers in words, or the code of the worked edition."""
    body = ""
    if lines:
        rows = "".join(
            f'<tr><td style="text-align:left;padding:.15em .8em .15em 0;vertical-align:top">{escape(prompt)}</td>'
            f'<td style="text-align:left;padding:.15em 0;vertical-align:top"><b>{escape(answer)}</b></td></tr>'
            for prompt, answer in lines
        )
        body += f'<table style="border-collapse:collapse">{rows}</table>'
    if code:
        body += (
            f'<pre style="white-space:pre-wrap;color:inherit;background:transparent;margin:.3em 0">{escape(code)}</pre>'
        )
    return box("note", tr(_("Worked answer: {title}"), title=title), body, status=True)


class Html:
    """A piece of HTML that a cell ends in. Its ``repr`` is the same in plain words, for those who see no HTML."""

    def __init__(self, html: str, plain: str) -> None:
        # Halves of characters would stop the message to the browser.
        self.html = whole(html)
        self.plain = whole(plain)

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.plain
