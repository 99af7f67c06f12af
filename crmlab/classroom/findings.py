"""What the answers of a class show: points, what was handed in, wrong answers that many gave, lines that were typed.

Nothing here makes pages; :mod:`crmlab.classroom.report_pages` does. All texts are in the language in force.
"""

from __future__ import annotations

import contextlib
import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

import pandas as pd

from crmlab.classroom import items, naming
from crmlab.classroom.collected import Collected, Person
from crmlab.classroom.folder import HAND_OUT, Class
from crmlab.classroom.marks import LessonMarks, Marks
from crmlab.course import exercise, handed_out, lessons, typed
from crmlab.course.bank import quiz
from crmlab.course.criteria import Criterion
from crmlab.course.exercises import load_lesson
from crmlab.course.grading import answered
from crmlab.course.grading.answered import Looked, Wrong
from crmlab.language import _, current, speaking, tr

MANY, FEWEST = 0.15, 3
"""A wrong answer counts as given by many from this share of those who did the exercise, and from so many people (two in a class of
fewer than ten)."""
SHOWN = 20
"""Wrong answers that are shown at most."""
GOOD, NEAR = 3, 2
"""Typed lines that are shown of a field at most: good ones, and near misses."""
ALIKE = 0.8
"""From this likeness on (difflib's ratio) two typed lines are the same."""
STATES = (exercise.RIGHT, exercise.PARTLY, exercise.OPEN_STATE, exercise.UNREADABLE, exercise.BLANK)


@dataclass(frozen=True)
class Common:
    """A wrong answer that many gave."""

    lesson: str
    exercise: str
    title: str
    wrong: Wrong
    keys: tuple[str, ...]
    """Who gave it."""
    of: int
    """How many did the exercise."""
    varied: bool = False
    """Whether they wrote it in several ways, such as other wrong numbers; ``wrong`` is the most frequent one."""


@dataclass(frozen=True)
class Said:
    """A line that a trainee typed. ``lacks`` names what is not as it should be, ``claim`` is why the trainee says that it is."""

    key: str
    text: str
    language: str
    lacks: str = ""
    claim: str = ""


@dataclass(frozen=True)
class Spoken:
    """The lines typed into one field that are worth reading aloud."""

    lesson: str
    title: str
    prompt: str
    wants: tuple[str, ...]
    """What is looked for, in words."""
    of: int
    good: tuple[Said, ...]
    near: tuple[Said, ...]
    waits: tuple[Said, ...]
    """Where the trainee says that it is there, and whoever leads the course decides."""


@dataclass(frozen=True)
class Findings:
    """A class with all that was found. Make it, and read it, within :func:`of_class` and one language."""

    settings: Class
    collected: Collected
    marks: Marks
    names: bool = False

    @cached_property
    def people(self) -> tuple[Person, ...]:
        """Everybody whose work counts and was graded, by key, or in the order of their numbers where there are no names."""
        by_key = {one.key: one for one in self.collected.people}
        return tuple(by_key[key] for key in self.called if key in self.marks.people)

    @cached_property
    def called(self) -> dict[str, str]:
        """What each person is called on the page of the class."""
        return naming.shown(self.collected.people, self.names, self.settings.number)

    @cached_property
    def lessons(self) -> tuple[str, ...]:
        """The lessons of the class that give points, and others that were handed in, in order."""
        given = {number for one in self.marks.people.values() for number in one}
        wanted = {number for number in self.settings.lessons if scored(number)}
        if handed_out.current() is not None and lessons.CLASS_LESSON in lessons.shown() and lessons.CLASS_LESSON.scored:
            wanted.add(lessons.CLASS_LESSON.number)  # what the class has of its own stands in no list
        return tuple(sorted(given | wanted, key=_order))

    @cached_property
    def units(self) -> dict[str, tuple[str, ...]]:
        """The lessons by unit."""
        found = defaultdict(list)
        for number in self.lessons:
            found[number.partition(".")[0]].append(number)
        return {unit: tuple(numbers) for unit, numbers in found.items()}

    def lesson(self, key: str, number: str) -> LessonMarks | None:
        """The marks of a person for a lesson; ``None`` if it was not handed in."""
        return self.marks.people.get(key, {}).get(number)

    # -- points ------------------------------------------------------------------------------------------------------------

    @cached_property
    def maximum(self) -> pd.Series:
        """The points that each exercise gives, by lesson and exercise; of lessons that somebody handed in."""
        found: dict[tuple[str, str], float] = {}
        for number in self.lessons:
            for one in self.marks.people.values():
                for id, mark in (one[number].exercises if number in one else {}).items():
                    found[number, id] = max(found.get((number, id), 0.0), mark.maximum)
        index = pd.MultiIndex.from_tuples(list(found) or [("", "")][:0], names=["lesson", "exercise"])
        return pd.Series(list(found.values()), index, dtype=float)

    def whole(self, number: str) -> float:
        """The points that a lesson gives, also where nobody handed it in."""
        if number in self.maximum.index:
            return float(self.maximum[number].sum())
        with contextlib.suppress(LookupError):
            return sum(one.points for one in load_lesson(lessons.find(number).number))
        return 0.0

    @cached_property
    def points(self) -> pd.DataFrame:
        """The points of each person (row) for each exercise (column: lesson, exercise); NaN where the lesson was not handed in."""
        rows = []
        for one in self.people:
            row = []
            for number, id in self.maximum.index:
                marks = self.lesson(one.key, number)
                mark = marks.exercises.get(id) if marks else None
                row.append(mark.points if mark else (0.0 if marks else float("nan")))
            rows.append(row)
        return pd.DataFrame(rows, [one.key for one in self.people], self.maximum.index, dtype=float)

    @cached_property
    def shares(self) -> pd.Series:
        """The share of all points of the lessons that anybody handed in, by person; what was not handed in counts as 0."""
        whole = sum(self.whole(number) for number in self.lessons if number not in self.untouched)
        return self.points.fillna(0.0).sum(axis=1) / whole if whole else pd.Series(0.0, self.points.index)

    def states(self, number: str, id: str) -> dict[str, int]:
        """How many have an exercise right, partly right and so on, of those who handed in the lesson."""
        found = dict.fromkeys(STATES, 0)
        for one in self.people:
            marks = self.lesson(one.key, number)
            if marks is not None:
                state = marks.exercises[id].state if id in marks.exercises else exercise.BLANK
                found[state if state in found else exercise.UNREADABLE] += 1
        return found

    def analysis(self, numbers: tuple[str, ...]) -> items.Analysis | None:
        """The item analysis of these lessons as one test, for those who handed in all of them; ``None`` where there is nothing to analyse."""
        columns = [one for one in self.maximum.index if one[0] in numbers and self.maximum[one] > 0]
        if not columns or not len(self.points[columns].dropna()):
            return None
        return items.analysis(self.points[columns], self.maximum[columns])

    # -- answers -----------------------------------------------------------------------------------------------------------

    @cached_property
    def looked(self) -> dict[str, dict[str, dict[str, Looked]]]:
        """The answers of each person looked at again, by key, lesson and exercise; lessons that are not in the course are left out."""
        return {one.key: self.looked_of(one.key) for one in self.people}

    def looked_of(self, key: str) -> dict[str, dict[str, Looked]]:
        """The answers of one person, by lesson and exercise."""
        if key not in self._looked:
            found = self._looked[key] = {}
            for number, marks in self.marks.people[key].items():
                fields = {id: mark.fields for id, mark in marks.exercises.items()}
                with contextlib.suppress(LookupError):
                    found[number] = answered.look(number, fields)
        return self._looked[key]

    @cached_property
    def _looked(self) -> dict[str, dict[str, dict[str, Looked]]]:
        return {}

    def title(self, number: str, id: str) -> str:
        """The title of an exercise, as the lesson announces it; its name where it is not in the course."""
        if number not in self._titles:
            self._titles[number] = {}
            with contextlib.suppress(LookupError):
                self._titles[number] = naming.titles(number, current())
        found = self._titles[number].get(id)
        if found:
            return found
        made = next((one[number][id].made for one in map(self.looked_of, self.marks.people) if id in one.get(number, {})), None)
        return tr(made.title) if made else id

    @cached_property
    def _titles(self) -> dict[str, dict[str, str]]:
        return {}

    @property
    def fewest(self) -> int:
        """How many must have given a wrong answer."""
        return FEWEST if len(self.people) >= 10 else 2

    @cached_property
    def common(self) -> tuple[Common, ...]:
        """Wrong answers that many gave, the most frequent first."""
        groups: dict[tuple[str, str, str], dict[str, Wrong]] = defaultdict(dict)
        for key, numbers in self.looked.items():
            for number, exercises in numbers.items():
                for id, one in exercises.items():
                    mark = self.marks.people[key][number].exercises.get(id)
                    if mark and mark.state == exercise.RIGHT and id != quiz.exercise_id(number):
                        continue  # right in code, whatever was clicked before
                    for wrong in one.wrong:
                        groups[number, id, wrong.group].setdefault(key, wrong)
        found = []
        for (number, id, _group), wrongs in groups.items():
            of = sum(count for state, count in self.states(number, id).items() if state != exercise.BLANK)
            if len(wrongs) >= max(self.fewest, MANY * of):
                keys = tuple(sorted(wrongs))
                texts = Counter(wrongs[key].shown for key in keys)
                usual = next(wrongs[key] for key in keys if wrongs[key].shown == texts.most_common(1)[0][0])
                found.append(Common(number, id, self.title(number, id), usual, keys, of, len(texts) > 1))
        found.sort(key=lambda one: (-len(one.keys), _order(one.lesson), one.exercise, one.wrong.group))
        return tuple(found[:SHOWN])

    @cached_property
    def spoken(self) -> tuple[Spoken, ...]:
        """Lines worth reading aloud, field by field."""
        fields: dict[tuple[str, str, str], list[tuple[Said, list[typed.Look]]]] = defaultdict(list)
        about: dict[tuple[str, str, str], tuple[str, str, tuple[str, ...]]] = {}
        for person in self.people:
            for number, exercises in self.looked[person.key].items():
                for id, one in exercises.items():
                    for row, line, value in answered.lines(one):
                        place = (number, id, line.key)
                        with speaking(person.language):  # patterns are of a language
                            seen = typed.looks(line, value)
                        wants = tuple(_wanted(look.criterion) for look in seen)
                        about[place] = (self.title(number, id), tr(row.prompt), wants)
                        fields[place].append((_said(person, value["text"], seen), seen))
        made = [_chosen(place, about[place], every) for place, every in fields.items()]
        return tuple(sorted(made, key=lambda one: _order(one.lesson)))

    @cached_property
    def untouched(self) -> tuple[str, ...]:
        """The lessons that nobody has handed in: they are still to come, or were left out, and say nothing of anybody."""
        begun = {number for one in self.collected.people for number in one.lessons} | {number for one in self.marks.people.values() for number in one}
        return tuple(number for number in self.lessons if number not in begun)

    @cached_property
    def missing(self) -> dict[str, tuple[str, ...]]:
        """The lessons that each person did not hand in, of those who have not handed in all."""
        found = {one.key: tuple(n for n in self.lessons if self.lesson(one.key, n) is None and n not in one.lessons) for one in self.people}
        return {key: numbers for key, numbers in found.items() if numbers}

    @cached_property
    def unjudged(self) -> dict[str, tuple[str, ...]]:
        """The lessons of each person that were collected and not judged, of those who have any."""
        found = {
            one.key: tuple(n for n in one.lessons if scored(n) and self.lesson(one.key, n) is None)
            for one in self.collected.people
        }
        return {key: found[key] for key in self.called if found[key]}


def scored(number: str) -> bool:
    """Whether a lesson gives points; one that is not in the course does, for its marks are there."""
    try:
        return lessons.find(number).scored
    except LookupError:
        return True


def _order(number: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 99 for part in number.split("."))


def _said(person: Person, text: str, seen: list[typed.Look]) -> Said:
    due = [one for one in seen if not one.met]
    claims = [one.claim for one in due if one.waits]
    return Said(person.key, text, person.language, tr(_("; ")).join(_due(one.criterion) for one in due), tr(_("; ")).join(claims))


def _due(one: Criterion) -> str:
    return tr(_("there is {what}") if one.avoid else _("not there: {what}"), what=tr(one.name))


def _wanted(one: Criterion) -> str:
    name = tr(one.name)
    return tr(_("not in it: {what}"), what=name) if one.avoid else name


def _chosen(place: tuple[str, str, str], about: tuple[str, str, tuple[str, ...]], every: list[tuple[Said, list[typed.Look]]]) -> Spoken:
    """The good lines: all that is looked for is seen. The near misses: all but one, and of these first those that lack what most lines lack.
    Those in the reader's language first, then the shortest; no two alike."""
    number, _id, _key = place
    title, prompt, wants = about
    lacking: dict[str, int] = defaultdict(int)
    for _line, seen in every:
        for look in seen:
            if not look.met:
                lacking[look.criterion.id] += 1

    def rank(one: Said) -> tuple[bool, int, str]:
        return one.language != current(), len(one.text), one.key

    good = sorted((said for said, seen in every if all(one.met for one in seen)), key=rank)
    near = [(said, due[0]) for said, seen in every if len(due := [one for one in seen if not one.met]) == 1 and len(seen) > 1]
    near.sort(key=lambda pair: (-lacking[pair[1].criterion.id], rank(pair[0])))
    return Spoken(
        number, title, prompt, wants, len(every),
        tuple(_apart(good, GOOD)),
        tuple(_apart([said for said, look in near if not look.waits], NEAR)),
        tuple(said for said, seen in every if any(one.waits for one in seen)),
    )  # fmt: skip


def _apart(lines: list[Said], most: int) -> Iterator[Said]:
    taken: list[str] = []
    for one in lines:
        text = one.text[:400]
        if len(taken) < most and not any(SequenceMatcher(None, text, other).ratio() >= ALIKE for other in taken):
            taken.append(text)
            yield one


@contextlib.contextmanager
def of_class(of: Class) -> Iterator[None]:
    """Judge as in this class: what lessons make up follows from its number, and its own content is there."""
    place = of.folder / HAND_OUT
    before = os.environ.get("CRMLAB_CLASS")
    os.environ["CRMLAB_CLASS"] = str(of.number)
    try:
        with handed_out.in_force(place.resolve() if (place / handed_out.FILE).is_file() else None):
            yield
    finally:
        if before is None:
            del os.environ["CRMLAB_CLASS"]
        else:
            os.environ["CRMLAB_CLASS"] = before


def wrong_of(marks: LessonMarks, looked: Mapping[str, Looked]) -> dict[str, tuple[str, ...]]:
    """What is to be looked at again in a lesson, by exercise: the sentences of the course to each answer that is not right; of an answer in
    code those that the feedback has. Empty for what was not attempted."""
    found = {}
    for id, mark in marks.exercises.items():
        if mark.state == exercise.RIGHT:
            continue
        one = looked.get(id)
        texts = [wrong.text() for wrong in one.feedback.wrong()] if one and not mark.code else plain_sentences(mark.html)
        if one and not texts and one.feedback.message and mark.state == exercise.UNREADABLE:
            texts = [one.feedback.message]
        found[id] = tuple(dict.fromkeys(filter(None, texts)))
    return found


def plain_sentences(html: str) -> list[str]:
    """The sentences of a feedback that is kept as HTML, as plain text.

    >>> plain_sentences("<div><div>Partly right</div><ul><li>Row 1: &lt;b&gt;?</li></ul></div>")
    ['Row 1: <b>?']
    """
    from html.parser import HTMLParser

    class Items(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.found: list[str] = []
            self.inside = False

        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag == "li":
                self.inside = True
                self.found.append("")

        def handle_endtag(self, tag: str) -> None:
            self.inside = self.inside and tag != "li"

        def handle_data(self, data: str) -> None:
            if self.inside:
                self.found[-1] += data

    parser = Items()
    parser.feed(html)
    return [text for one in parser.found if (text := one.strip())]
