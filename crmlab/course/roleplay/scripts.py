"""Role-plays: a script is a graph of what the customer says and what the trainee may answer.

Scripts are YAML files in ``lessons/roleplays`` that an instructor can edit, or workbooks (:mod:`crmlab.course.roleplay.sheet`).
:func:`faults` names all that is wrong with one, :func:`load` gives a :class:`Script`, :class:`Play` follows a path of
choices through it.

A talk that is no complaint brings its own steps, in their order, before ``nodes``::

    steps:
      name: {en: Say who you are, zh: 报上姓名}
      suits: {en: Ask whether it suits, zh: 问方便不方便}

The customer's ``mood`` (1 furious to 5 pleased) and ``trust`` (0 none to 5 full) follow the choices; where a reply
leads may depend on them and on the steps done so far::

    id: late-delivery
    title: {en: The late delivery, zh: 迟到的货}
    setting: {en: Who you are, who calls, what is at stake., zh: ...}
    customer: {en: Mr Zhou, zh: 周先生}
    mood: 2
    trust: 2
    start: opening
    nodes:
      opening:
        says: {en: "The goods are not here!", zh: "货还没到！"}
        choices:
          - text: {en: "That is a bad morning for you ...", zh: "..."}
            step: sympathy              # one of the seven steps of a complaint (or of the script's own), if it does one
            mood: 1                     # -2 to 2, 0 if left out
            trust: 1
            why: {en: why this helps or hurts, zh: ...}
            to: details
          - text: {en: "Not my department.", zh: "..."}
            mood: -2
            why: {en: ..., zh: ...}
            better: {en: a better line, zh: ...}
            to:                         # the first line whose conditions hold
              - to: hangs_up
                mood_max: 1
              - to: last_chance         # the last line must have no condition
      hangs_up:
        ending: bad                     # good, fair or bad
        mood: 1                         # the mood at the end, 1 to 5; as it came if left out
        says: {en: ..., zh: ...}
        debrief: {en: what this ending shows, zh: ...}

A negotiation also has ``deal``: :mod:`crmlab.course.roleplay.deal`.

Conditions of a route: ``mood_min``, ``mood_max``, ``trust_min``, ``trust_max``, ``done`` and ``not_done`` (lists of
steps).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from crmlab import places
from crmlab.complaint_steps import HALVES, STEPS, Step
from crmlab.course import handed_out, yamlfile
from crmlab.course.form import Answers
from crmlab.course.roleplay import sheet
from crmlab.course.roleplay.check import ENDINGS as ENDINGS
from crmlab.course.roleplay.check import check_script
from crmlab.course.yamlfile import Checker, Fault, said
from crmlab.language import Words, _, tr

MOST_TRIES = 1000
"""Tries that are looked at, the newest: a file of answers from elsewhere may hold a hundred thousand."""
MOODS = {1: _("furious"), 2: _("annoyed"), 3: _("waiting"), 4: _("calm"), 5: _("pleased")}
"""Mood by number, in a word."""


class ScriptError(ValueError):
    """A script that cannot be used; the message lists its faults."""


@dataclass(frozen=True)
class State:
    """Where a talk stands: node, mood 1 to 5, trust 0 to 5, the steps done in order of first doing."""

    node: str
    mood: int
    trust: int
    done: tuple[str, ...] = ()


@dataclass(frozen=True)
class Turn:
    """One exchange: the state it began in, which choice was taken (its number from 0), the state it led to."""

    before: State
    choice: Mapping[str, Any]
    after: State
    number: int

    def gain(self) -> int:
        """What the choice did to mood and trust together; below 0 it hurt."""
        return int(self.choice.get("mood", 0)) + int(self.choice.get("trust", 0))


@dataclass(frozen=True)
class Script:
    """A script that has no faults. ``source`` is the file's content; use the methods."""

    name: str
    source: Mapping[str, Any]

    invite: ClassVar[str] = _(
        "Choose what you say. The points come at the end of the talk; the best of your talks counts."
    )
    """What a trainee is told who has not begun."""

    def node(self, name: str) -> Mapping[str, Any]:
        """A node of the graph."""
        return self.source["nodes"][name]

    def choices(self, name: str) -> list[Mapping[str, Any]]:
        """What the trainee may say at a node; empty at an ending."""
        return list(self.node(name).get("choices", ()))

    @property
    def own_steps(self) -> bool:
        """Whether the script brings its own steps; else they are the seven of a complaint."""
        return "steps" in self.source

    def known_steps(self) -> Mapping[str, Step]:
        """The steps that a choice may do, by key, in the order in which they belong."""
        if not self.own_steps:
            return STEPS
        own = enumerate(self.source["steps"].items(), 1)
        return {str(key): Step(number, "own", Words(texts), "") for number, (key, texts) in own}

    def halves(self) -> Mapping[str, str]:
        """The headings under which the steps stand, by :attr:`Step.half`."""
        return {"own": _("The steps of this talk")} if self.own_steps else HALVES

    def step_label(self, choice: Mapping[str, Any]) -> str:
        """The step that a choice does, in the trainee's language, or that it does none."""
        if step := choice.get("step"):
            return tr(self.known_steps()[str(step)].name)
        return tr(_("none of the steps") if self.own_steps else _("none of the seven steps"))

    def first(self) -> State:
        """The state at the beginning."""
        return State(str(self.source["start"]), int(self.source["mood"]), int(self.source["trust"]))

    def take(self, state: State, choice: Mapping[str, Any]) -> State:
        """The state after a choice."""
        mood = min(5, max(1, state.mood + int(choice.get("mood", 0))))
        trust = min(5, max(0, state.trust + int(choice.get("trust", 0))))
        step = choice.get("step")
        done = state.done if step is None or step in state.done else (*state.done, str(step))
        to = _route(choice["to"], mood, trust, done)
        return State(to, int(self.node(to).get("mood", mood)), trust, done)

    def endings(self, kind: str = "") -> list[str]:
        """The nodes at which a talk ends; those of one kind ("good", "fair", "bad") if it is named."""
        ends = {name: node["ending"] for name, node in self.source["nodes"].items() if "ending" in node}
        return [name for name, ending in ends.items() if kind in ("", ending)]

    def play(self, path: Any) -> Play:
        """Follow a path of choices (numbers from 0); it stops where the path no longer fits the script."""
        turns: list[Turn] = []
        state = self.first()
        for number in path if isinstance(path, list | tuple) else ():
            choices = self.choices(state.node)
            if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < len(choices):
                break
            after = self.take(state, choices[number])
            turns.append(Turn(state, choices[number], after, number))
            state = after
        return Play(self, tuple(turns), state)

    # A script is what a role-play exercise asks, as a form is what a click exercise asks.
    def clean(self, raw: Any) -> Answers:
        """The readable part of kept answers: ``path`` (the talk under way) and ``tries`` (talks that came to an end)."""
        if not isinstance(raw, Mapping):
            return {}
        path = self.play(raw.get("path")).path()
        kept = raw.get("tries")
        tries = [self.play(one).path() for one in (kept[-MOST_TRIES:] if isinstance(kept, list | tuple) else ())]
        tries = [one for one in tries if self.play(one).ended()]
        if self.play(path).ended() and path not in tries:
            tries.append(path)
        return {"path": path, "tries": tries} if path or tries else {}

    def describe(self, answers: Any) -> list[tuple[str, str]]:
        """The talk in words: who speaks, and what."""
        clean = self.clean(answers)
        tries = clean.get("tries") or []
        lines = []
        play = self.play(tries[-1] if tries else clean.get("path"))
        for turn in play.turns:
            lines.append((said(self.node(turn.before.node)["says"]), said(turn.choice["text"])))
        lines.append((said(self.node(play.state.node)["says"]), ""))
        return lines


@dataclass(frozen=True)
class Play:
    """A talk as far as it went."""

    script: Script
    turns: tuple[Turn, ...]
    state: State

    def path(self) -> list[int]:
        """The choices taken, as numbers."""
        return [turn.number for turn in self.turns]

    def ended(self) -> str:
        """ "good", "fair" or "bad" at an ending, else an empty text."""
        return str(self.script.node(self.state.node).get("ending", ""))

    def steps(self) -> list[str]:
        """The steps in the order in which the trainee did them, repeats included."""
        return [str(turn.choice["step"]) for turn in self.turns if turn.choice.get("step")]

    def moods(self) -> list[int]:
        """The customer's mood from the first word to the last."""
        return [self.script.first().mood, *(turn.after.mood for turn in self.turns)]

    def costly(self) -> list[Turn]:
        """The exchanges that cost mood or trust on balance, the worst first, equals in the order of the talk."""
        return sorted((turn for turn in self.turns if turn.gain() < 0), key=Turn.gain)

    def turning_point(self) -> Turn | None:
        """The exchange that hurt most (mood and trust together), the first of equals; ``None`` if none did."""
        return next(iter(self.costly()), None)


def fits(route: Mapping[str, Any], mood: int, trust: int, done: tuple[str, ...]) -> bool:
    """The conditions of a route hold."""
    return (
        route.get("mood_min", 1) <= mood <= route.get("mood_max", 5)
        and route.get("trust_min", 0) <= trust <= route.get("trust_max", 5)
        and set(route.get("done", ())) <= set(done)
        and not set(route.get("not_done", ())) & set(done)
    )


def _route(to: Any, mood: int, trust: int, done: tuple[str, ...]) -> str:
    if isinstance(to, str):
        return to
    for route in to:
        if fits(route, mood, trust, done):
            return str(route["to"])
    raise LookupError("no route fits")  # faults() makes sure that a usable script has a last route without conditions


def folder() -> Path:
    """Where the course's scripts are."""
    return places.lessons() / "roleplays"


def files() -> list[Path]:
    """All scripts of the course, by name, then those of the class."""
    handed = handed_out.current()
    own = sorted((handed.own / "roleplays").glob("*.yml")) if handed else []
    return [*sorted(folder().glob("*.yml")), *own]


def path_of(name: str) -> Path:
    """The file of a script by name: of the course, else of the class."""
    path = folder() / f"{name}.yml"
    handed = handed_out.current()
    return handed.own / "roleplays" / path.name if handed and not path.is_file() else path


def load(name: str | Path) -> Script:
    """A script of the course by name, or any file by path, YAML or workbook.

    Raises ``OSError`` if there is none, :class:`ScriptError` with all faults if it cannot be used.
    """
    path = name if isinstance(name, Path) else path_of(name)
    # A workbook is kept nowhere: the same bytes under a name of .yml are no script.
    content, found = _content(path) if _is_workbook(path) else yamlfile.load(path, SCRIPT)
    if found:
        raise ScriptError("\n".join(map(str, found)))
    return Script(content["id"], content)


def _content(path: Path) -> tuple[Any, list[Fault]]:
    reading = read(path)
    if reading.faults or reading.script is None:
        return None, reading.faults
    return plain(reading.script).source, []


SCRIPT = yamlfile.Kind(
    "script",
    _content,
    ("crmlab.course.roleplay.scripts", "crmlab.course.roleplay.check", "crmlab.complaint_steps"),
)


def plain(script: Script) -> Script:
    """The script without places in its file, and with ``to: node`` for a list of one route without conditions."""
    source = yamlfile.plain(script.source)
    for node in source["nodes"].values():
        for choice in node.get("choices", ()):
            if isinstance(choice["to"], list):
                choice["to"] = [{k: v for k, v in route.items() if v != []} for route in choice["to"]]
                if choice["to"][0].keys() == {"to"}:
                    choice["to"] = choice["to"][0]["to"]
    return Script(script.name, source)


def faults(path: Path) -> list[Fault]:
    """All that is wrong with a script file, in the order of its lines; empty for a good one.

    Looked for: what cannot be read, unknown and missing keys, missing languages, links to nodes that are not there,
    dead ends, nodes that are never reached, endings that no route reaches once conditions are applied, full-width
    colons. Raises ``OSError`` if the file cannot be opened.
    """
    return read(path).faults


@dataclass(frozen=True)
class Reading:
    """A script file as read. ``script`` is there once its content is sound, even where a node cannot be reached; its
    dicts and lists then still know their places in the file."""

    script: Script | None
    faults: list[Fault]


def read(path: Path) -> Reading:
    """Read a script file and look for faults. Raises ``OSError`` if it cannot be opened."""
    reader = sheet.read if _is_workbook(path) else yamlfile.read
    content, found = reader(path)
    script = None
    if content is not None:
        check = Checker(path.name)
        check_script(check, content)
        # A cell that cannot be read has its sentence already.
        spoilt = {fault.place for fault in found if fault.place.column}
        check.faults = [*found, *(fault for fault in check.faults if fault.place not in spoilt)]
        if not check.faults:
            script = Script(str(content["id"]), content)
            _check_graph(check, Script(script.name, yamlfile.plain(content)), content)
        found = check.faults
    return Reading(script, sorted(set(found), key=lambda fault: (fault.place, fault.line, fault.text)))


def _is_workbook(path: Path) -> bool:
    return path.suffix.lower() in sheet.SUFFIXES


def targets(choice: Mapping[str, Any]) -> list[str]:
    """The nodes that a choice may lead to, in the order of its routes."""
    to = choice["to"]
    return [to] if isinstance(to, str) else [str(route["to"]) for route in to]


def states(script: Script) -> Iterator[State]:
    """Every state that some path reaches (order of steps left aside: routes ask only which were done)."""
    seen = set()
    waiting = deque([script.first()])
    while waiting:
        state = waiting.popleft()
        mark = (state.node, state.mood, state.trust, frozenset(state.done))
        if mark in seen:
            continue
        seen.add(mark)
        yield state
        waiting.extend(script.take(state, choice) for choice in script.choices(state.node))


MOST_STATES = 50_000
"""A script that a talk can be in more states of is not checked to the end; the longest of the course has a thousand."""


def _check_graph(check: Checker, script: Script, content: Any) -> None:
    nodes = content["nodes"]
    linked = {str(script.source["start"])}
    waiting = deque(linked)
    while waiting:
        for choice in script.choices(waiting.popleft()):
            for target in targets(choice):
                if target not in linked:
                    linked.add(target)
                    waiting.append(target)
    reached = set()
    for number, state in enumerate(states(script)):
        reached.add(state.node)
        if number == MOST_STATES:
            check.fault(content, "nodes", _("The script is too large to be checked. Make two of it."))
            return
    for name in nodes:
        if name not in linked:
            check.fault(nodes, name, _("“{node}” is never reached: no choice leads to it."), node=name)
        elif name not in reached:
            check.fault(
                nodes,
                name,
                _("“{node}” is never reached once conditions are applied: no way there has that mood, trust or steps."),
                node=name,
            )
    if not any("ending" in nodes[name] for name in reached):
        check.fault(content, "start", _("No ending can be reached from the start."))
    _check_traps(check, script, nodes, reached)


def _check_traps(check: Checker, script: Script, nodes: Any, reached: set[str]) -> None:
    """Nodes from which no ending can be reached any more."""
    back: dict[str, set[str]] = {name: set() for name in nodes}
    for name in nodes:
        for choice in script.choices(name):
            for target in targets(choice):
                back[target].add(name)
    good = {name for name in nodes if "ending" in nodes[name]}
    waiting = deque(good)
    while waiting:
        for name in back[waiting.popleft()] - good:
            good.add(name)
            waiting.append(name)
    for name in nodes:
        if name in reached and name not in good:
            check.fault(
                nodes, name, _("From “{node}” no ending can be reached: the talk goes round in circles."), node=name
            )
