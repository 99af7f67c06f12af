"""Whether a script can be won without reading it: by a habit such as taking the longest line, or the one that asks.

A habit picks at random among the choices that it likes, and among all where it likes none or all. How often it ends well is computed
over all talks, not tried.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crmlab.course.roleplay.scripts import Script, State
from crmlab.language import LANGUAGES, _, current, tr

Choices = Sequence[Mapping[str, Any]]

_SORRY = re.compile(r"\b(?:sorry|apolog\w+|regret\w*|forgive)\b|对不起|抱歉|不好意思|见谅|对不住|过意不去|道歉|赔不是", re.IGNORECASE)
_POLITE = re.compile(r"\b(?:please|thank\w*|may i|could you|would you|if you like)\b|请|谢|麻烦您|劳驾|好吗|行吗|您看", re.IGNORECASE)
_I_SEE = re.compile(r"\bi (?:can |fully |quite )?(?:understand|see|imagine|hear)\b|理解|明白|体会|听得出|看得出", re.IGNORECASE)


@dataclass(frozen=True)
class Luck:
    """How talks end, as shares that add up to 1."""

    good: float
    fair: float
    bad: float


def _text(choice: Mapping[str, Any], language: str) -> str:
    return str(choice["text"][language]).strip()


def _asks(text: str) -> bool:
    return text.rstrip("”\"’') ").endswith(("?", "？"))


def _long(choices: Choices, language: str) -> list[int]:
    return [len(_text(one, language)) for one in choices]


def _likes(test: Callable[[str], Any]) -> Callable[[Choices, str], list[bool]]:
    return lambda choices, language: [bool(test(_text(one, language))) for one in choices]


MARGIN = 0.05
"""How much oftener than chance a habit may end well before an author is told."""


HABITS: dict[str, Callable[[Choices, str], list[bool]]] = {
    _("at random"): lambda choices, _language: [True] * len(choices),
    _("the first"): lambda choices, _language: [place == 0 for place in range(len(choices))],
    _("the second"): lambda choices, _language: [place == 1 for place in range(len(choices))],
    _("the third"): lambda choices, _language: [place == 2 for place in range(len(choices))],
    _("the last"): lambda choices, _language: [place == len(choices) - 1 for place in range(len(choices))],
    _("the longest"): lambda choices, language: [one == max(_long(choices, language)) for one in _long(choices, language)],
    _("the shortest"): lambda choices, language: [one == min(_long(choices, language)) for one in _long(choices, language)],
    _("a question"): _likes(_asks),
    _("no question"): _likes(lambda text: not _asks(text)),
    _("sorry"): _likes(_SORRY.search),
    _("please, thank you"): _likes(_POLITE.search),
    _("I understand"): _likes(_I_SEE.search),
}
"""What somebody may go by who does not read: the habit, and which of the choices at a node it likes."""


def luck(script: Script, habit: str, language: str | None = None) -> Luck:
    """How talks end for somebody with a habit of :data:`HABITS`, in a language.

    Raises ``KeyError`` for a habit that is not there.

    >>> from crmlab.course.roleplay import scripts
    >>> found = luck(scripts.load("late-delivery"), "at random")
    >>> round(found.good + found.fair + found.bad, 9)
    1.0
    """
    likes, tongue = HABITS[habit], language or current()
    liked: dict[str, list[int]] = {}
    known: dict[tuple[str, int, int, frozenset[str]], Luck] = {}

    def picked(node: str) -> list[int]:
        if node not in liked:
            fits = likes(script.choices(node), tongue)
            liked[node] = [place for place, one in enumerate(fits) if one] or list(range(len(fits)))
        return liked[node]

    def ends(state: State) -> Luck:
        key = (state.node, state.mood, state.trust, frozenset(state.done))
        if key not in known:
            known[key] = look(state)
        return known[key]

    def look(state: State) -> Luck:
        ending = script.node(state.node).get("ending")
        if ending:
            return Luck(*(float(ending == one) for one in ("good", "fair", "bad")))
        choices = script.choices(state.node)
        after = [ends(script.take(state, choices[place])) for place in picked(state.node)]
        return Luck(*(sum(getattr(one, name) for one in after) / len(after) for name in ("good", "fair", "bad")))

    return ends(script.first())


def table(script: Script, language: str | None = None) -> dict[str, Luck]:
    """:func:`luck` for each habit."""
    return {habit: luck(script, habit, language) for habit in HABITS}


def warnings(script: Script) -> list[str]:
    """A sentence for each habit that ends well clearly oftener than chance, in any language of the course; empty for a sound
    script.

    """
    text = _("  can be won without reading ({language}): who always takes “{habit}” ends well in {share:.0%}, at random {chance:.0%}")
    lines = []
    for language in LANGUAGES:
        found = table(script, language)
        chance = found["at random"].good
        for habit, one in found.items():
            if one.good > chance + MARGIN:
                lines.append(tr(text, language=language, habit=tr(habit), share=one.good, chance=chance))
    return lines
