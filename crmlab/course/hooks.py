"""What Python adds to the exercises of a file: the numbers in their words, and judges that a table of answers cannot be.

The module of a lesson, ``crmlab/course/exercises/UNIT/LESSON.py``, begins with its number and registers what it adds::

    here = Lesson("5.1")

    @here.numbers("west-service")
    def west_service() -> Numbers:
        \"\"\"Mean perceived over mean expected service in the West.\"\"\"
        row = service_by("region").loc["West"]
        c = row["perceived"] / row["expected"]
        return Numbers(words={"a": row["expected"], "b": row["perceived"]},
                       right={"c": Right(c, within=0.006, slips={"turned": 1 / c})})

Words stand in the file (:mod:`crmlab.course.exercise_file`); Python fetches them by name.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from crmlab.course import exercise, exercise_file, exercise_load, lessons
from crmlab.course.cases import Case
from crmlab.course.form import Answers, Field, Form
from crmlab.language import Words

Judge = Callable[[Any], Iterator[Case]]
Slip = float | Sequence[float]


@dataclass(frozen=True)
class Right:
    """What is right in a field, and where a wrong answer comes from.

    ``value`` is a number, an option, or the list of an order; ``None`` for what the file says; or a function of the answers,
    where it follows from another answer. A number may be off by ``within`` (same unit). ``slips`` are the numbers that known
    slips arrive at, by the name of their sentence; one percent of them counts as the same. ``slip`` finds the name of the
    sentence from the answers, where no number tells ("" for none). ``words`` fill the sentences of this field alone: values
    by name, or a function of the answers that gives them.
    """

    value: Any = None
    within: float = 0.0
    slips: Mapping[str, Slip] = field(default_factory=dict)
    slip: Callable[[Answers], str] | None = None
    words: Mapping[str, Any] | Callable[[Answers], Mapping[str, Any]] = field(default_factory=dict)
    weight: float | None = None

    def words_for(self, answers: Answers) -> Mapping[str, Any]:
        """The words for the sentences about these answers."""
        return self.words(answers) if callable(self.words) else self.words

    def beside(self, answers: Answers) -> Right:
        """What is right beside these other answers."""
        return replace(self, value=self.value(answers)) if callable(self.value) else self


class Signed(float):
    """A number that is written with a true minus sign, as in the prose.

    >>> f"{Signed(-0.5):.2f}"
    '−0.50'
    """

    def __format__(self, spec: str) -> str:
        return super().__format__(spec).replace("-", "−")


@dataclass(frozen=True)
class Numbers:
    """What is computed for an exercise: ``words`` for all its texts, ``rows`` for those of one row (by its key), what is
    ``right`` (by field), and what else of a field is computed, by field: ``options`` and ``items`` as (value, label) pairs, ``bars`` as
    values by key, ``texts`` of cells by key, ``minimum``, ``maximum``, ``step`` and ``start`` of a slider."""

    words: Mapping[str, Any] = field(default_factory=dict)
    rows: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    right: Mapping[str, Right | str | float | Sequence[str]] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def of(self, key: str) -> Right | None:
        """What is right in a field, if Python says so."""
        found = self.right.get(key)
        return found if found is None or isinstance(found, Right) else Right(found)


class Texts(Mapping[str, Words]):
    """Texts of a file by name, read when the first one is asked for. An unknown name raises ``KeyError`` with all names."""

    def __init__(self, where: str, read: Callable[[], Mapping[str, Any]]) -> None:
        self._where, self._read = where, read

    @cached_property
    def _found(self) -> dict[str, Words]:
        return {str(name): Words(text) for name, text in self._read().items()}

    def __getitem__(self, name: str) -> Words:
        if name not in self._found:
            raise KeyError(f"{self._where} have no {name!r}; there are: {', '.join(self._found)}.")
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


_hooked: dict[str, Lesson] = {}


def of(number: str) -> Lesson:
    """What Python adds to the lesson of that number; nothing for a lesson without a module.

    Raises ``LookupError`` for a lesson that is not there.
    """
    if number in _hooked:
        return _hooked[number]
    name = f"crmlab.course.exercises.{lessons.find(number).module}"
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not name.startswith(error.name):
            raise
    return _hooked.get(number) or Lesson(number)


def alone(content: Mapping[str, Any]) -> Lesson:
    """What Python adds to exercises that belong to no lesson: nothing. They are these, checked."""
    here = Lesson("")
    del _hooked[""]
    here.__dict__["content"] = content
    return here


class Lesson:
    """What Python adds to the exercises of one lesson; see the module's example."""

    def __init__(self, number: str) -> None:
        self.number = number
        self.numbered: dict[str, Callable[[], Numbers]] = {}
        self.judges: dict[str, Judge] = {}
        self.codes: dict[str, Judge] = {}
        self.lives: dict[str, Callable[[Answers], list[str]]] = {}
        self.forms: dict[str, Callable[[], Form]] = {}
        self.workings: dict[str, Callable[[], Answers]] = {}
        self.lists: dict[str, Mapping[str, str]] = {}
        self.texts = Texts(f"{number}: texts", lambda: self.content.get("texts", {}))
        _hooked[number] = self

    @cached_property
    def content(self) -> Mapping[str, Any]:
        """The file of the lesson, checked. Raises :class:`crmlab.course.exercise_load.ExerciseError` if it has faults."""
        return exercise_load.load(exercise_file.path_of(lessons.find(self.number)))

    def says(self, id: str) -> Texts:
        """The texts of an exercise by name, and those of the whole file."""

        def read() -> Mapping[str, Any]:
            entry: Mapping[str, Any] = next((one for one in self.content["exercises"] if one["id"] == id), {})
            return {**self.content.get("texts", {}), **entry.get("texts", {})}

        return Texts(f"{self.number}: the texts of {id!r}", read)

    def options(self, name: str) -> Texts:
        """A list of options of the file, by value."""
        return Texts(f"{self.number}: the options {name!r}", lambda: self.content["options"][name])

    def __getitem__(self, id: str) -> exercise.Exercise:
        """The exercise of that id. Raises ``LookupError`` if there is none."""
        made = exercise.get(id, self.number)
        if made is None:
            raise LookupError(exercise.unknown(id, self.number))
        return made

    def fields(self, id: str) -> list[Field]:
        """The fields of an exercise's form, in the trainee's language."""
        form = self[id].form()
        return list(form.fields()) if isinstance(form, Form) else []

    def entry(self, id: str) -> Mapping[str, Any]:
        """An exercise as the file has it. Raises ``LookupError`` if there is none of that id."""
        found = next((one for one in self.content["exercises"] if one["id"] == id), None)
        if found is None:
            raise LookupError(exercise.unknown(id, self.number))
        return dict(found)

    def rows(self, id: str, key: str = "rows") -> list[dict[str, Any]]:
        """The rows of an exercise as the file has them, their texts as :class:`crmlab.language.Words`; with "more" for
        ``key`` those for practice."""
        found = [row for part in exercise_file.parts(self.entry(id)) for row in part.get(key, ())]
        return [{key: Words(v) if exercise_file.is_text(v) else v for key, v in row.items()} for row in found]

    def numbers_of(self, id: str) -> Numbers:
        """The numbers of an exercise."""
        return self.numbered[id]() if id in self.numbered else Numbers()

    # -- decorators ------------------------------------------------------------------------------------------------

    def numbers(self, id: str) -> Callable[[Callable[[], Numbers]], Callable[[], Numbers]]:
        """The function gives the numbers of the exercise; it is called anew for each form and each judgement."""
        return lambda function: self.numbered.setdefault(id, function)

    def judge(self, id: str) -> Callable[[Judge], Judge]:
        """The function judges the form, instead of a case for each field: see :func:`crmlab.course.exercise_form.judged`."""
        return lambda function: self.judges.setdefault(id, function)

    def code(self, id: str) -> Callable[[Judge], Judge]:
        """The function judges an answer in code; the form stays, for the same points."""
        return lambda function: self.codes.setdefault(id, function)

    def live(self, id: str) -> Callable[[Callable[[Answers], list[str]]], Callable[[Answers], list[str]]]:
        """The function gives the lines that follow every move below the form."""
        return lambda function: self.lives.setdefault(id, function)

    def form(self, id: str) -> Callable[[Callable[[], Form]], Callable[[], Form]]:
        """The function makes the form, where rows of a file cannot."""
        return lambda function: self.forms.setdefault(id, function)

    def worked(self, id: str) -> Callable[[Callable[[], Answers]], Callable[[], Answers]]:
        """The function gives the right answers, where they are not always those of the worked edition."""
        return lambda function: self.workings.setdefault(id, function)
