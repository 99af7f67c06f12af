"""Play a script in the terminal: plain text, no colours, answers by number, so that it also runs through a pipe."""

from __future__ import annotations

import shutil
import sys
import unicodedata
from collections.abc import Iterator

from crmlab.course.roleplay import deal, scoring, scripts
from crmlab.course.roleplay.debrief import debrief
from crmlab.course.roleplay.scripts import Play, Script
from crmlab.course.yamlfile import said
from crmlab.language import _, tr


def play(script: Script) -> int:
    """Play until the trainee stops; the exit code. Reads standard input, writes standard output.

    ``u`` takes back one step, ``r`` begins again, ``q``, the end of the input and Ctrl-C end it.
    """
    path: list[int] = []
    try:
        _tell(*_opening(script))
        while True:
            now = script.play(path)
            ended = now.ended()
            _tell(*(debrief_lines(now) if ended else choice_lines(script, now)))
            word = _ask(script, now)
            if word == "q":
                _tell("", tr(_("The talk is closed.")))
                return 0
            if word == "u":
                path = path[:-1]
            elif word == "r":
                path = []
            else:
                path.append(int(word) - 1)
                _tell(*reaction_lines(script.play(path)))
                continue
            _tell("", tr(_("One step back.")) if word == "u" else tr(_("From the beginning.")))
            back = script.play(path)
            _tell(*_said(script, back), *status_lines(script, back))
    except KeyboardInterrupt:
        _tell("", tr(_("The talk is closed.")))
        return 130


def _ask(script: Script, now: Play) -> str:
    """The next word of the trainee that makes sense here."""
    count = 0 if now.ended() else len(script.choices(now.state.node))
    keyboard = sys.stdin  # closed where a program is started without one
    if keyboard is None or keyboard.closed:
        return "q"
    piped = not keyboard.isatty()
    while True:
        print("> ", end="", flush=True)
        try:
            line = keyboard.readline()
        except UnicodeDecodeError:
            line = "?\n"
        except (OSError, ValueError):  # closed meanwhile, or nothing that can be read from
            return "q"
        if not line:
            return "q"
        # A full-width 1 or ｑ from a Chinese keyboard is as good.
        word = unicodedata.normalize("NFKC", line).strip().lower().rstrip(".)")
        if piped:
            print(word[:20])
        if word == "u" and not now.turns:
            _tell(tr(_("There is nothing to take back yet.")))
        elif word in ("u", "r", "q") or (word.isascii() and word.isdigit() and 1 <= int(word[:6]) <= count):
            return word
        elif count:
            _tell(tr(_("Type a number from 1 to {n}, or u, r or q."), n=count))
        else:
            _tell(tr(_("The talk has ended. Type u, r or q.")))


# --- what is shown --------------------------------------------------------------------------------------------


def _opening(script: Script) -> Iterator[str]:
    title = said(script.source["title"])
    yield title
    yield "=" * min(width(title), _columns())
    yield said(script.source["setting"])
    yield ""
    yield tr(_("Type the number of what you say. u: one step back, r: from the beginning, q: stop."))
    start = script.play([])
    yield from _said(script, start)
    yield from status_lines(script, start)


def _said(script: Script, now: Play) -> list[str]:
    name = said(script.source["customer"])
    return ["", tr(_("{name}: {value}"), name=name, value=said(script.node(now.state.node)["says"]))]


def status_lines(script: Script, now: Play) -> list[str]:
    """Mood and trust in words, numbers and bars, and what the last line changed."""
    state = now.state
    before = now.turns[-1].before if now.turns else state
    mood = _meter(tr(_("mood")), state.mood, state.mood - before.mood)
    trust = _meter(tr(_("trust")), state.trust, state.trust - before.trust)
    return [f"[{tr(scripts.MOODS[state.mood])} | {mood} | {trust}]"]


def _meter(name: str, value: int, change: int) -> str:
    words = tr(_("{name} {value} of 5"), name=name, value=value)
    return f"{words} {'#' * value}{'.' * (5 - value)}" + (f" ({change:+d})" if change else "")


def choice_lines(script: Script, now: Play) -> list[str]:
    """The answers at this point, numbered."""
    lines = [""]
    for number, choice in enumerate(script.choices(now.state.node), 1):
        lines.append(f"  {number}. {said(choice['text'])}")
    return lines


def reaction_lines(now: Play) -> list[str]:
    """What the last line did and why, and what the customer says to it."""
    turn = now.turns[-1]
    gain = turn.gain()
    word = tr(_("helps")) if gain > 0 else tr(_("hurts")) if gain < 0 else tr(_("neither helps nor hurts"))
    label = now.script.step_label(turn.choice)
    sign = "+" if gain > 0 else "-" if gain < 0 else "="
    you = tr(_("{name}: {value}"), name=tr(_("You")), value=said(turn.choice["text"]))
    return ["", you, f"  {sign} {word} ({label}) {said(turn.choice['why'])}", *_said(now.script, now),
            *status_lines(now.script, now)]  # fmt: skip


def debrief_lines(now: Play) -> list[str]:
    """The debrief of a talk that has ended."""
    found = debrief(now)
    ending = tr(_("{name}: {value}"), name=tr(_("Debrief")), value=tr(scripts.ENDINGS[found.ending]))
    lines = ["", ending, "-" * min(width(ending), _columns()), said(now.script.node(now.state.node)["debrief"])]
    if (negotiated := deal.outcome(now)) is not None:
        lines += ["", *deal.lines(now.script, negotiated)]
    for half, heading in now.script.halves().items():
        steps = {key: step for key, step in now.script.known_steps().items() if step.half == half}
        done = sum(key in found.done for key in steps)
        lines += ["", tr(_("{heading}: {done} of {all}"), heading=tr(heading), done=done, all=len(steps))]
        for key, step in steps.items():
            sign, became = (
                ("-", tr(_("skipped")))
                if key in found.skipped
                else ("~", tr(_("done, but too early")))
                if key in found.out_of_order
                else ("+", tr(_("done")))
            )
            value = tr(_("{name}: {value}"), name=tr(step.name), value=became)
            lines.append(f"  {sign} {step.number}. {value}")
    lines += ["", f"{tr(_('The mood went:'))} {' > '.join(tr(scripts.MOODS[mood]) for mood in now.moods())}"]
    costly = now.costly()
    if not costly:
        lines.append(tr(_("No line of yours cost mood or trust.")))
    else:
        turn = costly[0]
        lines += [f"{tr(_('Where it turned:'))} “{said(turn.choice['text'])}”", f"  {said(turn.choice['why'])}"]
        if turn.choice.get("better"):
            lines.append(f"  {tr(_('A better line:'))} “{said(turn.choice['better'])}”")
    marks = scoring.marks(now)
    lines += ["", tr(_("This talk: {ok} of {all}"), ok=sum(mark.ok for mark in marks), all=len(marks))]
    lines += [f"  {'+' if mark.ok else '-'} {tr(mark.name)}" for mark in marks]
    return [*lines, "", tr(_("u: one step back, r: from the beginning, q: stop."))]


# --- lines of the terminal ------------------------------------------------------------------------------------


def _tell(*lines: str) -> None:
    for line in lines:
        for part in wrapped(line, _columns()):
            print(part)


def _columns() -> int:
    return max(30, min(100, shutil.get_terminal_size((80, 24)).columns - 1))


def width(text: str) -> int:
    """How many columns a text takes: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else not unicodedata.combining(one) for one in text)


def wrapped(text: str, columns: int) -> list[str]:
    """Break a text into lines of so many columns; further lines are indented like the first, behind its number.

    >>> wrapped("  1. one two three", 12)
    ['  1. one two', '     three']
    >>> wrapped("迟到的货", 6)
    ['迟到的', '货']
    """
    lines = []
    for paragraph in text.splitlines() or [""]:
        body = paragraph.lstrip()
        indent = len(paragraph) - len(body)
        number = body.split(" ", 1)[0] if indent and " " in body else ""
        hang = " " * (indent + (len(number) + 1 if len(number) < 3 and number else 0))
        line = " " * indent
        used = indent
        for piece in _pieces(body):
            if used + width(piece.rstrip()) > columns and line.strip():
                lines.append(line.rstrip())
                line, used = hang, len(hang)
                piece = piece.lstrip()
            line += piece
            used += width(piece)
        lines.append(line.rstrip())
    return lines


_NOT_FIRST = "，。！？；：、）”’》…—,.!?;:)"


def _pieces(text: str) -> Iterator[str]:
    """Words with the blanks after them, and single Chinese characters with the marks that may not begin a line."""
    piece = ""
    for place, one in enumerate(text):
        piece += one
        after = text[place + 1 : place + 2]
        wide = unicodedata.east_asian_width(one) in "WF" or (after and unicodedata.east_asian_width(after) in "WF")
        if (one == " " and after != " ") or (wide and after not in _NOT_FIRST and one not in "（“‘《"):
            yield piece
            piece = ""
    if piece:
        yield piece
