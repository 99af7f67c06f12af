"""How a role-play looks: the talk as bubbles, mood in picture and word, the lines side by side. The debrief's page is in
:mod:`crmlab.course.roleplay.debrief_page`.

Signs and words carry the meaning, colour only helps.
"""

from __future__ import annotations

from html import escape

from crmlab.course.palette import colour
from crmlab.course.roleplay import scripts
from crmlab.course.roleplay.scripts import Play, Script, Turn
from crmlab.course.roleplay.talk import Match
from crmlab.course.yamlfile import said
from crmlab.language import _, tr

HELPED, HURT, QUIET, INK = map(colour, ("good-sign", "bad-sign", "quiet", "ink"))
UNSEEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap"
"""For words that only a screen reader says."""


def mood_html(mood: int) -> str:
    """The customer's mood as a drawn face and a word. Drawn, because not every machine has a font with faces."""
    bend = 3 * (mood - 3)
    brows = '<path d="M6 6.5l4 2M18 6.5l-4 2"/>' if mood == 1 else ""
    return (
        '<span style="white-space:nowrap"><svg width="1.35em" height="1.35em" viewBox="0 0 24 24" aria-hidden="true" '
        'style="vertical-align:-.3em;margin-right:.25em" fill="none" stroke="#1b2330" stroke-width="1.7" '
        'stroke-linecap="round"><circle cx="12" cy="12" r="10" fill="#fff"/><path d="M8.5 9.6v1M15.5 9.6v1"/>'
        f'<path d="M7.5 16Q12 {16 + bend} 16.5 16"/>{brows}</svg>{escape(tr(scripts.MOODS[mood]))}</span>'
    )


def opening_html(script: Script) -> str:
    """The customer's first words. They can have the focus, so that a long talk can be scrolled by keyboard."""
    first = script.first()
    bubble = _bubble(said(script.source["customer"]), said(script.node(first.node)["says"]), first.mood)
    return f'<div role="group" tabindex="0" aria-label="{escape(tr(_("The talk so far")))}">{bubble}</div>'


def exchange_html(script: Script, turn: Turn, words: str = "", *, told: bool = True) -> str:
    """One exchange: what the trainee said (``words``: first in their own words), why it helped or hurt if that is ``told``,
    the reply."""
    customer = said(script.source["customer"])
    own = own_html(script, turn, words) if told else _own(tr(_("You")), escape(said(turn.choice["text"])))
    return own + _bubble(customer, said(script.node(turn.after.node)["says"]), turn.after.mood)


def _bubble(name: str, text: str, mood: int) -> str:
    return (
        '<div style="margin:.4em 3em .4em 0;padding:.5em .8em;border-radius:.2em .9em .9em .9em;'
        f'background:{colour("them")};color:{INK};line-height:1.5"><div style="font-size:.85em;color:{QUIET}">{escape(name)} · {mood_html(mood)}</div>'
        f"{escape(text)}</div>"
    )


def own_html(script: Script, turn: Turn, words: str = "") -> str:
    """The trainee's line with its step, and why it helped or hurt."""
    gain = turn.gain()
    sign, word, tint = (
        ("▲", tr(_("helps")), HELPED)
        if gain > 0
        else ("▼", tr(_("hurts")), HURT)
        if gain < 0
        else ("●", tr(_("neither helps nor hurts")), QUIET)
    )
    label = script.step_label(turn.choice)
    line = escape(said(turn.choice["text"]))
    if words:
        typed = named(escape(tr(_("In your words"))), f"“{escape(words)}”")
        line = f'<div style="border-left:3px solid {colour("info-sign")};padding-left:.6em;margin:.2em 0">{typed}</div>{line}'
    why = (
        '<div style="font-size:.9em;margin-top:.3em;padding-top:.3em;'
        f'border-top:1px solid {colour("line")}"><b style="color:{tint}">{sign} {escape(word)}</b> · '
        f"{escape(said(turn.choice['why']))}</div>"
    )
    return _own(f"{tr(_('You'))} · {label}", line + why)


def _own(name: str, html: str) -> str:
    return (
        '<div style="margin:.4em 0 .4em 3em;padding:.5em .8em;border-radius:.9em .2em .9em .9em;'
        f'background:{colour("you")};color:{INK};line-height:1.5"><div style="font-size:.85em;color:{QUIET}">{escape(name)}</div>{html}</div>'
    )


def news_html(script: Script, play: Play, *, told: bool = True) -> str:
    """The customer's newest line and mood, for screen readers alone: what was said before is not read out again. How the
    talk ended is said if that is ``told``."""
    text = named(
        f"{escape(said(script.source['customer']))} ({escape(tr(scripts.MOODS[play.state.mood]))})",
        escape(said(script.node(play.state.node)["says"])),
    )
    if play.ended() and told:
        ending = named(escape(tr(_("Debrief"))), escape(tr(scripts.ENDINGS[play.ended()])))
        text += f" {ending}"
    return aloud_html(text)


def aloud_html(text: str) -> str:
    """HTML that a screen reader says at once and nobody sees."""
    # An alert is read out when it appears; a polite region would have to be there before its text.
    return f'<div role="alert" style="{UNSEEN}">{text}</div>'


def status_html(script: Script, play: Play) -> str:
    """How the customer stands to you now: mood in picture, word and bar, and trust; what the last line changed."""
    state = play.state
    last = play.turns[-1] if play.turns else None
    mood_change = state.mood - last.before.mood if last else 0
    trust_change = state.trust - last.before.trust if last else 0
    parts = [
        f"<b>{named(escape(said(script.source['customer'])), mood_html(state.mood))}</b>",
        _meter(tr(_("mood")), state.mood, mood_change),
        _meter(tr(_("trust")), state.trust, trust_change),
    ]
    cells = "".join(f'<span style="display:inline-block;margin-right:1.4em">{part}</span>' for part in parts)
    return f'<div style="background:{colour("them")};color:{INK};padding:.4em .8em;border-radius:4px">{cells}</div>'


def _meter(name: str, value: int, change: int) -> str:
    moved = f' <span style="color:{HELPED if change > 0 else HURT}">{change:+d}</span>' if change else ""
    words = tr(_("{name} {value} of 5"), name=name, value=value)
    return f"{escape(words)} {squares(value, 5)}{moved}"


def squares(got: int, of: int) -> str:
    """A number of a few as full and empty squares, for the eye alone."""
    return f'<span aria-hidden="true" style="letter-spacing:.1em;white-space:nowrap">{"■" * got}{"□" * (of - got)}</span>'


def named(name: str, value: str) -> str:
    """A name and what it is, both HTML, with the language's colon."""
    return tr(_("{name}: {value}"), name=name, value=value)


_HOW_NEAR = (
    (0.6, _("almost the same")),
    (0.35, _("near")),
    (0.2, _("a little alike")),
    (0.0, _("hardly alike")),
)


def how_near(nearness: float) -> str:
    """Nearness in a word and in hundredths, in the trainee's language."""
    word = next(word for least, word in _HOW_NEAR if nearness >= least)
    return tr(_("{word}, {near} of 100"), word=tr(word), near=round(100 * nearness))


def match_html(match: Match, choices: list[str]) -> str:
    """An own line beside the nearest of the script, and how near it is; or why the trainee has to pick."""
    if not match.words:
        return f'<div role="alert" style="color:{HURT}"><b>{escape(match.says)}</b></div>'
    cells = [(_("You said"), f"“{escape(match.words)}”", "you")]
    if match.number is None:
        below = f"<b>{escape(match.says)}</b>"
    else:
        cells.append((_("The nearest line"), escape(choices[match.number]), "them"))
        near = match.near[match.number]
        filled = min(5, max(1, round(5 * near / 0.6)))
        below = f"{named(escape(tr(_('How near'))), escape(how_near(near)))} {squares(filled, 5)}"
    boxes = "".join(
        f'<div style="flex:1 1 16em;background:{colour(ground)};padding:.5em .8em;border-radius:4px">'
        f'<div style="font-size:.85em;color:{QUIET}">{escape(tr(name))}</div>{text}</div>'
        for name, text, ground in cells
    )
    return (
        f'<div role="alert" style="color:{INK};line-height:1.5"><div style="display:flex;flex-wrap:wrap;'
        f'gap:.5em;margin:.4em 0">{boxes}</div><div style="background:{colour("note")};padding:.3em .8em">{below}</div></div>'
    )
