"""A schedule in words: what stands in each line of it, what its minutes add up to, and what does not fit."""

from __future__ import annotations

from crmlab.course import lessons
from crmlab.course.lessons import Lesson
from crmlab.course.roleplay import scripts
from crmlab.course.yamlfile import said
from crmlab.language import _, current, tr
from crmlab.workshop import minutes, schedules, tracks
from crmlab.workshop.minutes import Variant
from crmlab.workshop.schedules import Item, Schedule, clock

LENGTHS = {"half": _("Half a day (up to 3.5 hours)"), "1": _("One day (up to 7.5 hours)"), "2": _("Two days (up to 7.5 hours each)")}
"""The lengths of a workshop in words."""
_SUMS = (
    ("lesson", _("lessons")),
    ("talk", _("talk in the room")),
    ("roleplay", _("role-plays on paper")),
    ("pause", _("pauses")),
    ("lunch", _("lunch")),
    ("buffer", _("buffer")),
)


def joined(parts: list[str]) -> str:
    """Words one after the other, in the language's way.

    >>> joined(["1", "2"])
    '1, 2'
    """
    return ("、" if current() == "zh" else ", ").join(parts)


def what(item: Item) -> str:
    """What happens."""
    if item.kind == "lesson" and item.variant:
        title = item.variant.lesson.title()
        return tr(_("{lesson} (shorter variant)"), lesson=title) if item.variant.short else title
    if item.kind == "closing" and not item.variant:
        return tr(_("Closing: everybody says what to do differently on Monday"))
    return tr(schedules.KINDS[item.kind])


def more(item: Item) -> str:
    """What to say besides: exercises, the role-play's title, a puzzle for the pause; empty if nothing."""
    if item.kind == "lesson" and item.variant:
        return exercises(item.variant)
    if item.script:
        return title_of(item.script)
    if item.puzzle:
        text = _("a puzzle for those who like one: {lesson}, {n} minutes")
        return tr(text, lesson=item.puzzle.title(), n=minutes.whole(item.puzzle).minutes)
    return ""


def exercises(variant: Variant) -> str:
    """Which exercises are done, by number: the rest of a shorter variant is homework."""
    parts = minutes.sections(variant.lesson)
    kept = {task.title for task in variant.tasks}
    numbers = [str(part.exercise) for part in parts if part.exercise and part.heading in kept]
    if not numbers:
        return ""
    if variant.short:
        choice = [str(one) for one in minutes.choice(variant.lesson)]
        numbers = ["/".join(choice) if one in choice else one for one in numbers]
        return tr(_("exercises {numbers}; the others and the quiz at home"), numbers=joined(numbers))
    if len(kept) == len(numbers):  # as in the lessons for breaks
        return tr(_("exercises 1 to {last}"), last=numbers[-1])
    return tr(_("exercises 1 to {last}, and the quiz"), last=numbers[-1])


def title_of(script: str) -> str:
    """The title of a role-play."""
    return said(scripts.load(script).source["title"])


def sums(schedule: Schedule, number: int) -> str:
    """What the minutes of a day add up to."""
    day = schedule.days[number]
    every = {kind: sum(item.minutes for item in day.items if item.kind == kind) for kind in schedules.KINDS}
    rest = every["welcome"] + every["look back"] + every["closing"]
    parts = [f"{tr(name)} {every[kind]}" for kind, name in _SUMS if every[kind]]
    parts.append(f"{tr(_('welcome and closing'))} {rest}")
    return tr(_("{all} minutes: {parts}."), all=sum(every.values()), parts=joined(parts))


def remarks(schedule: Schedule) -> list[str]:
    """What does not fit, what is left, and what is for after the workshop, a sentence each."""
    found = []
    if schedule.missing:
        found += _does_not_fit(schedule)
    left = [(number, day.left) for number, day in enumerate(schedule.days, 1) if day.left >= minutes.STEP]
    for number, free in left:
        end = clock(schedule.days[number - 1].end)
        if len(schedule.days) == 1:
            text = _("It is over at {end}; {n} minutes of the time are left. End early, or add lessons.")
        else:
            text = _("Day {day} is over at {end}; {n} minutes of the time are left. End early, or add lessons.")
        found.append(tr(text, day=number, end=end, n=free))
    if left and not schedule.missing and (more_of := _would_fit(schedule)):
        found.append(tr(_("There is room for one of these: {lessons}."), lessons=joined([one.title() for one in more_of])))
    if enough := fits_into(schedule):
        found.append(enough)
    later = [(one.lesson, task) for one in schedule.variants() for task in minutes.after(one.lesson)]
    if later:
        listed = joined([_later(lesson, task.minutes) for lesson, task in later])
        text = _("After the workshop, on everybody's own customers, and not counted here: {exercises}.")
        found.append(tr(text, exercises=listed))
    return found


def _later(lesson: Lesson, length: float) -> str:
    return tr(_("{lesson} last exercise, {n} minutes"), lesson=lesson.number, n=f"{length:g}")


def _does_not_fit(schedule: Schedule) -> list[str]:
    listed = []
    for lesson in schedule.missing:
        if lesson.number == tracks.EXAM:
            continue
        form = minutes.shorter(lesson) or minutes.whole(lesson)
        listed.append(tr(_("{lesson} ({n} minutes with its talk)"), lesson=lesson.title(), n=form.slot))
    text = _("Does not fit, even in its shorter variant: {lessons}. Give it as homework, or take more time.")
    said = [tr(text, lessons=joined(listed))] if listed else []
    if exam := next((one for one in schedule.missing if one.number == tracks.EXAM), None):
        text = _("{lesson} does not fit, and is not shortened: it takes {n} minutes. Hold it on a day of its own.")
        said.append(tr(text, lesson=exam.title(), n=minutes.whole(exam).slot))
    return said


def _would_fit(schedule: Schedule) -> list[Lesson]:
    """Further lessons of the same units and track, each of which would fit without another being shortened for it."""
    units = {one.unit_number for one in schedule.wanted}
    others = [one for one in lessons.every() if one.unit_number in units and one not in schedule.wanted]
    found = []
    for one in others:
        if not tracks.belongs(one, schedule.track):
            continue
        wanted = [other for other in lessons.every() if other in (*schedule.wanted, one)]
        made = schedules.plan(wanted, schedule.length, schedule.track, schedule.days[0].start)
        if not made.missing and {*schedule.variants()} <= {*made.variants()}:
            found.append(one)
    return found


def fits_into(schedule: Schedule) -> str:
    """A sentence on the shortest length into which the same lessons fit in the same form; empty if this is it."""
    for length in list(schedules.LENGTHS)[: list(schedules.LENGTHS).index(schedule.length)]:
        other = schedules.plan(schedule.wanted, length, schedule.track, schedule.days[0].start)
        if not other.missing and other.variants() == schedule.variants() and other.scripts() == schedule.scripts():
            return tr(_("All of it fits into less time: {length}."), length=tr(LENGTHS[length]))
    return ""


def chosen_for_you() -> str:
    """What is said of a plan for which nothing was chosen."""
    text = _(
        "These lessons are a choice from the whole course. Choose your own with --units 2,3, --lessons 3.2,4.2 or --track agent; "
        "--days half, 1 or 2 says how long."
    )
    return tr(text)


def text(schedule: Schedule) -> str:
    """The schedule for the terminal."""
    written = [tr(_("{length}, for {track}"), length=tr(LENGTHS[schedule.length]), track=tr(tracks.TRACKS[schedule.track]))]
    for number, day in enumerate(schedule.days):
        if len(schedule.days) > 1:
            written += ["", tr(_("Day {number}"), number=number + 1)]
        written.append("")
        for item in day.items:
            written.append(f"{clock(item.start)}  {item.minutes:>3}  {what(item)}")
            if besides := more(item):
                written.append(f"            {besides}")
        written += [clock(day.end), "", sums(schedule, number)]
    return "\n".join([*written, *remarks(schedule)])
