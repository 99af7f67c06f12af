"""A role-play as widgets: the talk so far, what the trainee may say, one step back, begin again, the debrief."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import ipywidgets as w

from crmlab.course.roleplay import debrief as learned
from crmlab.course.roleplay import debrief_page as review
from crmlab.course.roleplay import handout, pages
from crmlab.course.roleplay.talk import Talk
from crmlab.course.widgets.clicks import time_of_click
from crmlab.course.widgets.style import visible
from crmlab.course.yamlfile import said
from crmlab.language import _, tr

# The second half of a double click would choose an answer that the trainee has not read. The browser ignores the mouse for
# a moment after each line (the class changes, so the animation begins anew); a click that the browser sent right after
# another is dropped in `_say`. The keyboard is left alone: buttons keep their focus.
STYLE = """<style>
@keyframes crmlab-settle-a { from, to { pointer-events: none; } }
@keyframes crmlab-settle-b { from, to { pointer-events: none; } }
.crmlab-settle-a .crmlab-choice, .crmlab-settle-a .crmlab-take { animation: crmlab-settle-a .5s; }
.crmlab-settle-b .crmlab-choice, .crmlab-settle-b .crmlab-take { animation: crmlab-settle-b .5s; }
.crmlab .widget-vbox button.crmlab-choice { background: var(--crmlab-card); color: var(--crmlab-ink); border: 1px solid var(--crmlab-quiet); border-radius: 4px;
  font-size: var(--jp-content-font-size1, 14px); width: 100%; box-sizing: border-box; margin: 3px 0; padding: .5em .9em; }
.crmlab .crmlab-talk { display: flex; flex-direction: column-reverse; overflow: hidden auto; max-height: min(30em, 60vh);
  font-size: var(--jp-content-font-size1, 14px); border: 1px solid rgba(127,127,127,.35); border-radius: 4px; padding: .2em .6em; margin-bottom: .4em; }
.crmlab .crmlab-talk > .widget-vbox { flex: none; overflow: visible; }
.crmlab .crmlab-talk .widget-html { overflow: visible; flex: none; height: auto; margin: 0; }
.crmlab .crmlab-debrief .widget-html-content { min-width: 0; }
.crmlab .crmlab-typed { font-size: var(--jp-content-font-size1, 14px); flex-flow: column nowrap; width: 100%; height: auto; }
.crmlab .crmlab-typed > .widget-label { width: auto; text-align: left; font-weight: 600; }
.crmlab .crmlab-typed textarea { min-height: 4.2em; width: 100%; box-sizing: border-box; font-size: var(--jp-content-font-size1, 14px); }
.crmlab .widget-vbox button.crmlab-choice:hover { background: var(--crmlab-hover); }
</style>"""
_TOO_SOON = 0.3
"""Seconds between two clicks that nobody can have read an answer in."""


def _button(text: str, icon: str, name: str, then: Callable[[], None]) -> w.Button:
    button = w.Button(description=tr(text), icon=icon)
    button.add_class(f"crmlab-{name}")
    button.on_click(lambda _button: then())
    return button


class Player:
    """The widgets of a talk. ``after`` is called after each exchange, step back and new beginning, with whether the talk
    has just come to an end. In an exam (``exam``) a talk only goes on, and what helped or hurt is not told."""

    def __init__(self, talk: Talk, after: Callable[[bool], None] = lambda _ended: None, *, exam: bool = False) -> None:
        self._exam = exam
        self._talk = talk
        self._after = after
        self._clicked = 0.0
        script = talk.script
        setting = w.HTML(
            f"{STYLE}<h3 style='margin:.2em 0;font-size:1.15em'>{escape(said(script.source['title']))}</h3>"
            f"<p>{escape(said(script.source['setting']))}</p>"
        )
        self._own = w.Checkbox(
            value=talk.own, description=tr(_("Say it in my own words before I see the lines")), indent=False
        )
        self._own.add_class("crmlab-own")
        self._own.observe(lambda change: self._switch(bool(change["new"])), "value")
        # Exchanges are added one by one. The browser holds on to the end of a box that is laid out from its end.
        self._drawn: list[tuple[int, str]] = []
        self._exchanges = w.VBox([w.HTML(pages.opening_html(script))])
        talked = w.Box([self._exchanges])
        talked.add_class("crmlab-talk")
        self._status = w.HTML()
        self._news = w.HTML()
        self._ask = w.HTML(f"<b>{escape(tr(_('What do you say?')))}</b>")
        self._typed = w.Textarea(
            description=tr(_("Your own line")),
            placeholder=tr(_("What would you really say? Then you see which line of the script is nearest.")),
            continuous_update=False,
            rows=3,
        )
        self._typed.add_class("crmlab-typed")
        self._typed.observe(lambda change: self._retyped(str(change["new"])), "value")
        self._say = _button(_("Find the nearest line"), "comment", "say", self._propose)
        self._say.layout.align_self = "flex-start"
        self._matched = w.HTML()
        self._take = _button(_("Take this line"), "check", "take", self._take_it)
        self._pick = _button(_("Pick another line"), "list", "other", self._pick_another)
        matched = w.HBox([self._take, self._pick], layout=w.Layout(flex_flow="row wrap"))
        self._own_box = w.VBox([self._typed, self._say, self._matched, matched])
        # One button a choice, used again for each node: a new button would take the keyboard's focus away.
        most = max(len(script.choices(name)) for name in script.source["nodes"])
        self._choices = [w.Button() for _number in range(most)]
        for number, button in enumerate(self._choices):
            button.add_class("crmlab-choice")
            button.on_click(lambda _button, number=number: self._choose(number))
        self._box = w.VBox(self._choices)
        self._back = _button(_("One step back"), "undo", "back", self._go_back)
        self._again = _button(_("Begin again"), "refresh", "again", self._begin_again)
        self._print = _button(_("Save as a sheet for two"), "print", "print", self._hand_out)
        controls = w.HBox([self._back, self._again, self._print], layout=w.Layout(flex_flow="row wrap"))
        self._saved = w.Output()
        self._debrief = w.HTML()
        self._debrief.add_class("crmlab-debrief")
        self.widgets: list[w.Widget] = [
            *(setting, self._own, talked, self._status, self._news, self._own_box, self._ask, self._box),
            *(controls, self._saved, self._debrief),
        ]
        for widget in (self._own, self._status, controls):
            visible(widget, not exam)
        self._draw()

    # -- what is clicked -----------------------------------------------------------------------------------------------

    def _choose(self, number: int) -> None:
        if self._too_soon():
            return
        self._go(lambda: self._talk.say(number))
        # The button that was pressed may be gone now: hand the keyboard on to one that is there.
        left = len(self._talk.choices())
        if self._talk.own or number >= left:
            self._focus(left - 1)

    def _take_it(self) -> None:
        matched = self._talk.matched
        if not self._too_soon() and matched is not None and matched.number is not None:
            self._choose_matched(matched.number)

    def _choose_matched(self, number: int) -> None:
        self._go(lambda: self._talk.say(number))
        self._focus(0)

    def _propose(self) -> None:
        if self._too_soon():
            return
        self._look_up(self._typed.value)

    def _look_up(self, words: str) -> None:
        self._talk.propose(words)
        self._draw()
        if self._talk.matched and self._talk.matched.number is not None:
            self._take.focus()
        elif self._talk.choices_open():
            self._choices[0].focus()
        else:
            self._typed.focus()

    def _retyped(self, words: str) -> None:
        # While the kernel is busy the browser may send the click before the text; a line may also be changed afterwards.
        if self._talk.matched is not None and self._talk.matched.words != words:
            # Leaving the text by a click on "take" must not take a line that was not there to be read.
            self._clicked = time_of_click()
            self._look_up(words)

    def _pick_another(self) -> None:
        self._talk.pick()
        self._draw()
        self._choices[0].focus()

    def _switch(self, own: bool) -> None:
        self._talk.switch(own)
        self._typed.value = ""
        self._draw()

    def _go_back(self) -> None:
        self._go(self._talk.back)
        if self._back.disabled:
            self._focus(0)

    def _begin_again(self) -> None:
        self._go(self._talk.again)
        self._focus(0)

    def _hand_out(self) -> None:
        saved = handout.save(self._talk.script)
        data = {"text/html": saved._repr_html_(), "text/plain": repr(saved)}
        self._news.value = pages.aloud_html(escape(repr(saved)))
        # The notebook's own output area knows where a link beside the notebook leads.
        self._saved.outputs = ({"output_type": "display_data", "data": data, "metadata": {}},)

    def _go(self, step: Callable[[], bool | None]) -> None:
        ended = bool(step())
        self._typed.value = ""
        self._draw()
        self._news.value = pages.news_html(self._talk.script, self._talk.play(), told=not self._exam)
        self._after(ended)

    def _focus(self, choice: int) -> None:
        """Hand the keyboard on to what can be done now."""
        if not self._talk.choices():
            if not self._exam:  # there the exam says what comes next
                self._again.focus()
        elif not self._talk.choices_open():
            self._typed.focus()
        else:
            self._choices[choice].focus()

    def _too_soon(self) -> bool:
        clicked, before = time_of_click(), self._clicked
        self._clicked = clicked
        return 0 <= clicked - before < _TOO_SOON

    # -- what is shown -------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        talk, script = self._talk, self._talk.script
        play, choices = talk.play(), talk.choices()
        self._draw_talk()
        self._status.value = "" if self._exam else pages.status_html(script, play)
        visible(self._own_box, bool(choices) and talk.own)
        self._matched.value = pages.match_html(talk.matched, choices) if talk.matched else ""
        found = talk.matched is not None and talk.matched.number is not None
        visible(self._take, found)
        visible(self._pick, found and not talk.choices_open())
        visible(self._ask, talk.choices_open() and bool(choices))
        for number, button in enumerate(self._choices):
            there = number < len(choices) and talk.choices_open()
            visible(button, there)
            # A choice that is not to be seen yet is not in the page either.
            button.description = choices[number] if there else ""
        settle = ("crmlab-settle-a", "crmlab-settle-b")
        for box in (self._box, self._own_box):
            box.remove_class(settle[len(play.turns) % 2 - 1])
            box.add_class(settle[len(play.turns) % 2])
        self._debrief.value = (
            review.debrief_html(learned.debrief(play), talk.tries(), talk.words_of(play.path()))
            if play.ended() and not self._exam
            else ""
        )
        self._back.disabled = self._again.disabled = not play.turns

    def _draw_talk(self) -> None:
        """Keep the exchanges that are drawn already; add the new ones, take away those that were taken back."""
        play = self._talk.play()
        turns = [(turn.number, words) for turn, words in zip(play.turns, self._talk.typed(), strict=True)]
        same = 0
        while same < min(len(turns), len(self._drawn)) and turns[same] == self._drawn[same]:
            same += 1
        new = [
            w.HTML(pages.exchange_html(self._talk.script, play.turns[place], turns[place][1], told=not self._exam))
            for place in range(same, len(turns))
        ]
        gone = self._exchanges.children[1 + same :]
        self._exchanges.children = (*self._exchanges.children[: 1 + same], *new)
        for widget in gone:
            widget.close()
        self._drawn = turns
