"""A workshop from the welcome to the closing, minute by minute.

Lessons come in the order of the course, each with the talk about it in the room. There is a pause before ninety minutes are over, a
lunch in a day, and a buffer. Where not all lessons fit whole, as few as possible take their shorter variant; what does not fit even
so is left out, the lessons at the heart of the course last, and said. Room that is left goes to role-plays on paper; what is still left is said, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from crmlab.course import lessons
from crmlab.course.lessons import Lesson
from crmlab.language import _, tr
from crmlab.workshop import materials, minutes, tracks
from crmlab.workshop.minutes import Variant
from crmlab.workshop.tracks import NotPlanned as NotPlanned

LENGTHS = {"half": (210,), "1": (450,), "2": (450, 450)}
"""Minutes of each day by the length of a workshop: half a day of three and a half hours, days of seven and a half."""
WELCOME, LOOK_BACK, CLOSING, PAUSE, LUNCH = 15, 10, 20, 15, 60
SHORT_WELCOME = 10
"""Before a lesson that leaves no room for more without a pause."""
BUFFER = {"half": 10, "1": 15, "2": 15}
"""At least so many minutes of a day are for what takes longer."""
MOST_BUFFER = 30
LONGEST = 90
"""Nobody sits longer without a pause."""
SOONEST = 20
"""A pause comes no sooner, so that nobody has one right after the welcome, unless what follows can be cut nowhere."""
LUNCH_FROM, LUNCH_UNTIL = 150, 270
"""Minutes from the beginning of a day between which lunch begins."""
ROLEPLAY = 30
"""A role-play on paper for three people, played twice with its debrief."""
EARLIEST, LATEST = 7 * 60, 22 * 60
"""Between these minutes of a day a workshop begins and ends."""

KINDS = {
    "welcome": _("Welcome, what the day is about, open the course"),
    "look back": _("What stayed from yesterday"),
    "lesson": _("Lesson"),
    "talk": _("Talk: compare answers, questions for discussion"),
    "roleplay": _("Role-play on paper, in threes, roles changed once"),
    "pause": _("Pause"),
    "lunch": _("Lunch"),
    "buffer": _("Buffer: questions, what took longer"),
    "closing": _("Closing: each pair presents what it saved under “On Monday”"),
}
"""What an item of a schedule is, in words."""


@dataclass(frozen=True)
class Item:
    """One line of a schedule; ``start`` and ``minutes`` in minutes, from midnight."""

    kind: str
    start: int
    minutes: int
    variant: Variant | None = None
    """The lesson of a lesson, talk or role-play; of the closing one that leaves pages for Monday, if any does."""
    script: str = ""
    """The role-play's name."""
    puzzle: Lesson | None = None
    """A puzzle that fits into a pause, for those who like one."""

    @property
    def end(self) -> int:
        """When it is over."""
        return self.start + self.minutes


@dataclass(frozen=True)
class Day:
    """A day of a workshop: its items without gaps, and minutes that are left until the end that was wished."""

    items: tuple[Item, ...]
    left: int

    @property
    def start(self) -> int:
        """When it begins."""
        return self.items[0].start

    @property
    def end(self) -> int:
        """When it is over."""
        return self.items[-1].end


@dataclass(frozen=True)
class Schedule:
    """A workshop's days, and the lessons that found no room in them."""

    length: str
    track: str
    days: tuple[Day, ...]
    missing: tuple[Lesson, ...] = ()
    wanted: tuple[Lesson, ...] = ()

    def variants(self) -> tuple[Variant, ...]:
        """The lessons that are held, in order."""
        return tuple(item.variant for day in self.days for item in day.items if item.kind == "lesson" and item.variant)

    def scripts(self) -> tuple[str, ...]:
        """The role-plays that are played on paper, in order."""
        return tuple(item.script for day in self.days for item in day.items if item.script)

    def minutes(self, kind: str) -> int:
        """All minutes of items of this kind."""
        return sum(item.minutes for day in self.days for item in day.items if item.kind == kind)


def clock(moment: int) -> str:
    """A time of day.

    >>> clock(545)
    '09:05'
    """
    return f"{moment // 60:02}:{moment % 60:02}"


def plan(chosen: Sequence[Lesson], length: str = "1", track: str = "all", start: int = 9 * 60) -> Schedule:
    """The schedule of these lessons; ``length`` is "half", "1" or "2" days, ``start`` minutes from midnight.

    Raises ``NotPlanned`` where the day would begin before seven or end after ten at night.

    >>> made = plan([lessons.find("3.2"), lessons.find("3.3")], "half")
    >>> [clock(item.start) + " " + item.kind for item in made.days[0].items][:4]
    ['09:00 welcome', '09:15 lesson', '09:55 talk', '10:15 pause']
    >>> made.missing, clock(made.days[0].end)
    ((), '12:00')
    """
    if start < EARLIEST or start + max(LENGTHS[length]) > LATEST:
        raise NotPlanned(_refusal(start, length))
    wanted = tuple(dict.fromkeys(chosen))
    forms = {one: _forms(one, track) for one in wanted}
    kept = _fitting(wanted, forms, length, start)
    made = _shortest_changes([forms[one] for one in kept], length, start) if kept else None
    if made is not None:
        missing = tuple(one for one in wanted if one not in kept)
        made = _with_roleplays(made, length, start)
        return Schedule(length, track, tuple(_laid(made, length, start)), missing, wanted)
    # A lesson that is longer than a workshop: nothing but what surrounds it is left.
    return Schedule(length, track, tuple(_laid([[] for _day in LENGTHS[length]], length, start)), wanted, wanted)


def _refusal(start: int, length: str) -> str:
    latest = clock(LATEST - max(LENGTHS[length]))
    text = _("A workshop of this length begins between {first} and {last}, not at {start}.")
    return tr(text, first=clock(EARLIEST), last=latest, start=clock(start))


# -- what is held ----------------------------------------------------------------------------------------------------------

Part = tuple[Variant, str]
"""A lesson with its talk, or (with a name) a role-play of it on paper."""


def _forms(lesson: Lesson, track: str) -> tuple[Variant, ...]:
    """How a lesson can be held, the one that is liked best first."""
    whole, short = minutes.whole(lesson), minutes.shorter(lesson)
    if short is None:
        return (whole,)
    if not short.measured and lesson.number == "7.2":
        return (whole,)  # half an exam is none
    return (short,) if track == "agent" else (whole, short)


def _fitting(wanted: Sequence[Lesson], forms: dict[Lesson, tuple[Variant, ...]], length: str, start: int) -> list[Lesson]:
    """As many of the lessons as fit in their shortest form, in their order: those at the heart of the course first."""
    kept: list[Lesson] = []
    for lesson in sorted(wanted, key=tracks.rank):
        more = [one for one in wanted if one in kept or one is lesson]
        if _in_days([(forms[one][-1], "") for one in more], length, start) is not None:
            kept = more
    return kept


def _shortest_changes(forms: list[tuple[Variant, ...]], length: str, start: int) -> list[list[Part]] | None:
    """The lessons laid into days with as few of them shortened as will do, those first that save most; ``None`` if they do not fit."""
    if _in_days([(one[-1], "") for one in forms], length, start) is None:
        return None
    saving = sorted(range(len(forms)), key=lambda at: (forms[at][0].slot - forms[at][-1].slot, at), reverse=True)
    for short in range(len(forms) + 1):
        parts = [(one[-1] if at in saving[:short] else one[0], "") for at, one in enumerate(forms)]
        if (made := _in_days(parts, length, start)) is not None:
            # Of those that were shortened some may have room after all.
            for at in saving[:short]:
                longer = [*parts[:at], (forms[at][0], ""), *parts[at + 1 :]]
                if (better := _in_days(longer, length, start)) is not None:
                    parts, made = longer, better
            return made
    return None


def _in_days(parts: Sequence[Part], length: str, start: int) -> list[list[Part]] | None:
    """The parts in their order, cut into days so that these are as even as can be; ``None`` if they do not fit."""
    days = len(LENGTHS[length])
    # A role-play is on the day of its lesson.
    between = [at for at in range(len(parts) + 1) if at == len(parts) or not parts[at][1]]
    cuts = [[list(parts)]] if days == 1 else [[list(parts[:at]), list(parts[at:])] for at in between]
    most = max(LENGTHS[length]) - BUFFER[length] - LOOK_BACK  # laying takes long: what cannot fit is not tried
    evenest = sorted((cut for cut in cuts if all(sum(map(_unbroken, day)) <= most for day in cut)), key=_unevenness)
    return next((cut for cut in evenest if all(day.left >= 0 for day in _laid(cut, length, start))), None)


def _unbroken(part: Part) -> int:
    """Minutes of a part without what surrounds it."""
    variant, script = part
    return ROLEPLAY if script else variant.slot


def _unevenness(cut: list[list[Part]]) -> tuple[int, int]:
    sums = [sum(map(_unbroken, day)) for day in cut]
    return max(sums) - min(sums), -sums[0]


def _with_roleplays(made: list[list[Part]], length: str, start: int) -> list[list[Part]]:
    """The days with as many role-plays of their lessons on paper as there is room for, each after its lesson."""
    parts = [part for day in made for part in day]
    for variant, _script in list(parts):
        for script in materials.scripts(variant.lesson):
            at = max(n for n, (one, _name) in enumerate(parts) if one is variant) + 1
            longer = [*parts[:at], (variant, script), *parts[at:]]
            if script not in [name for _one, name in parts] and (better := _in_days(longer, length, start)) is not None:
                parts, made = longer, better
    return made


# -- when it is held ---------------------------------------------------------------------------------------------------------


@dataclass
class _Laying:
    """A day that is being laid."""

    start: int
    lunch: bool
    puzzles: list[Lesson]
    items: list[Item] = field(default_factory=list)
    sitting: int = 0
    eaten: bool = False

    @property
    def now(self) -> int:
        return self.items[-1].end if self.items else self.start

    def put(self, kind: str, length: int, variant: Variant | None = None, script: str = "") -> None:
        """Add an item, after a pause where one is due."""
        if length > 0:
            if self.sitting and self.sitting + length > LONGEST:
                self.rest()
            self.items.append(Item(kind, self.now, length, variant, script))
            self.sitting += length

    def together(self, length: int) -> None:
        """What follows and takes so long is not to be cut: let a pause or lunch come before it where one is due."""
        gone = self.now - self.start
        due = self.lunch and not self.eaten and gone + length > LUNCH_UNTIL and gone >= LUNCH_FROM
        # Nobody needs a pause after the welcome: there the pause is between a long lesson and its talk.
        if due or (self.sitting >= SOONEST and self.sitting + length > LONGEST):
            self.rest()

    def rest(self) -> None:
        gone = self.now - self.start
        if self.lunch and not self.eaten and gone >= LUNCH_FROM:
            self.items.append(Item("lunch", self.now, LUNCH, puzzle=self._puzzle(LUNCH)))
            self.eaten = True
        else:
            self.items.append(Item("pause", self.now, PAUSE, puzzle=self._puzzle(PAUSE)))
        self.sitting = 0

    def _puzzle(self, room: int) -> Lesson | None:
        """One that leaves at least half of a pause to rest, each only once."""
        found = next((one for one in self.puzzles if 2 * lessons.minutes(one) <= room), None)
        if found is not None:
            self.puzzles.remove(found)
        return found


def _laid(made: Sequence[Sequence[Part]], length: str, start: int) -> list[Day]:
    """The days with their times; one whose ``left`` is below nought is too full."""
    puzzles = _puzzles(made)
    return [_day(made, number, length, start, puzzles) for number in range(len(made))]


def _day(made: Sequence[Sequence[Part]], number: int, length: str, start: int, puzzles: list[Lesson]) -> Day:
    parts = made[number]
    wished, last = LENGTHS[length][number], number == len(LENGTHS[length]) - 1
    laying = _Laying(start, length != "half", puzzles)
    first = next((_length(variant) for variant, _script in parts), 0)
    welcome = WELCOME if first + WELCOME <= LONGEST else SHORT_WELCOME
    laying.put(*(("welcome", welcome) if not number else ("look back", LOOK_BACK)))
    for variant, script in parts:
        if script:
            laying.together(ROLEPLAY)
            laying.put("roleplay", ROLEPLAY, variant, script)
        else:
            laying.together(_length(variant))
            laying.put("lesson", minutes.up(variant.minutes), variant)
            laying.put("talk", variant.talk, variant)
    closing = CLOSING if last else 0
    least = BUFFER[length]
    laying.lunch = False  # nobody comes back from lunch to say goodbye
    laying.together(least + closing)
    room = wished - (laying.now - start) - closing
    most = LONGEST - laying.sitting - closing
    # A buffer takes what is left, up to its most: a day that then ends early is better than one that is drawn out.
    buffer = max(least, min(room, MOST_BUFFER, most) if room <= MOST_BUFFER else least)
    laying.put("buffer", buffer)
    held = (variant for day in made for variant, _script in day)
    laying.put("closing", closing, next((one for one in held if materials.saved(one.lesson)), None))
    return Day(tuple(laying.items), wished - (laying.now - start))


def _length(variant: Variant) -> int:
    """Minutes that are not to be cut: the lesson with its talk, where that is no longer than anybody sits."""
    return variant.slot if variant.slot <= LONGEST else minutes.up(variant.minutes)


def _puzzles(made: Sequence[Sequence[Part]]) -> list[Lesson]:
    """The puzzles for pauses, the longest first, without those that are lessons of the workshop."""
    held = {variant.lesson for day in made for variant, _script in day}
    return [one for one in _breaks() if one not in held]


@cache
def _breaks() -> tuple[Lesson, ...]:
    found = [one for one in lessons.every() if one.unit_number == minutes.BREAKS]
    return tuple(sorted(found, key=lambda one: (-lessons.minutes(one), one.number)))

