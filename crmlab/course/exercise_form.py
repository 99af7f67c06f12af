"""From an exercise of a file to its form, its cases and its registration.

What the file says: :mod:`crmlab.course.exercise_file`; what Python adds: :mod:`crmlab.course.hooks`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from crmlab.course import exercise, exercise_file, hooks, lessons, typed
from crmlab.course.cases import OPEN, Case, close, ordered
from crmlab.course.exercise import Exercise
from crmlab.course.form import Answers, Choice, Entry, Field, Form, Line, Mark, Order, Row, Slider, number
from crmlab.course.hooks import Numbers, Right
from crmlab.language import Words, tr


@dataclass(frozen=True)
class Asked:
    """A field of a form with all that the file and Python say of it; ``words`` fill its texts, ``row`` is its row."""

    field: Field
    spec: Mapping[str, Any]
    row: Mapping[str, Any]
    name: str
    words: Mapping[str, Any]
    right: Right | None


def register(lesson: lessons.Lesson, roleplay: Callable[..., Exercise]) -> list[Exercise]:
    """Register the exercises of a lesson's file, in its order; none if it has no file. ``roleplay`` makes one of a script:
    :func:`crmlab.course.roleplay.scoring.of_script`.

    Raises :class:`crmlab.course.exercise_load.ExerciseError` with all faults if the file cannot be used.
    """
    path = exercise_file.path_of(lesson)
    if not path.is_file():
        return []
    here = hooks.of(lesson.number)
    return [
        exercise.add(_talk(here, entry, roleplay) if "roleplay" in entry else made(here, entry))
        for entry in here.content["exercises"]
    ]


def _talk(here: hooks.Lesson, entry: Mapping[str, Any], roleplay: Callable[..., Exercise]) -> Exercise:
    told: dict[str, Any] = {"title": Words(entry["title"])} if "title" in entry else {}
    if "hints" in entry:
        told["hints"] = tuple(map(Words, entry["hints"]))
    return roleplay(str(entry["roleplay"]), str(entry["id"]), lesson=here.number, points=entry["points"], **told)


def made(here: hooks.Lesson, entry: Mapping[str, Any]) -> Exercise:
    """The exercise that an entry of a file makes, without registering it."""
    id = str(entry["id"])
    hints = tuple(map(Words, entry.get("hints", ())))
    code = here.codes.get(id)
    clicks = here.judges.get(id) or (lambda answer: judged(here.number, id, answer))
    return Exercise(
        id,
        here.number,
        float(entry["points"]),
        Words(entry["title"]),
        code or clicks,
        hints,
        Words(entry["praise"]),
        here.forms.get(id) or (lambda: form(here, entry)),
        clicks if code else None,
        str(entry.get("field", "")),
        bool(code or entry.get("field")),
        decides=bool(entry.get("decides")),
        worked=here.workings.get(id),
    )


def right_answers(lesson: str, id: str, entry: Mapping[str, Any] | None = None) -> Answers:
    """The right answer to each field of an exercise of which the file or the numbers say what is right. ``entry`` in the place of
    what the file has."""
    here = hooks.of(lesson)
    return right_of(here, entry or here.entry(id))


def right_of(here: hooks.Lesson, entry: Mapping[str, Any]) -> Answers:
    """The right answers to an exercise of these exercises, like :func:`right_answers`."""
    found: Answers = {}
    for _prompt, fields, _quote in _lines(here, entry, here.numbers_of(str(entry["id"]))):
        for one in fields:
            if one.right is not None:
                value = one.right.beside(found).value
                found[one.field.key] = _typed(value, one.right.within) if isinstance(one.field, Entry) else value
    return found


def _typed(value: Any, within: float) -> str:
    """A number as somebody would type it: with as few digits as may be.

    >>> _typed(0.95321, 0.006), _typed(34.9, 1)
    ('0.953', '35')
    """
    exact = float(value)
    return next((text for digits in range(2, 12) if abs(float(text := f"{exact:.{digits}g}") - exact) <= within / 2), f"{exact!r}")


def practice(number: str, id: str, at_once: int = 10) -> list[Exercise]:
    """The rows for practice of an exercise, so many at once, as exercises of their own that nobody registers or grades."""
    here = hooks.of(number)
    entry = here.entry(id)
    found: list[Exercise] = []
    for part in exercise_file.parts(entry):
        more = part.get("more", ())
        for start in range(0, len(more), at_once):
            rows = more[start : start + at_once]
            found.append(_round(here, {**entry, "parts": [{**part, "rows": rows}]}, len(found) + 1))
    return found


def alone(here: hooks.Lesson, entry: Mapping[str, Any]) -> Exercise:
    """An exercise that belongs to no lesson yet, judged by what its entry says; nobody registers it."""
    return _unregistered(here, entry, str(entry["id"]), float(entry["points"]))


def _round(here: hooks.Lesson, entry: Mapping[str, Any], place: int) -> Exercise:
    """One round of practice."""
    fields = sum(len(fields) for _prompt, fields, _quote in _lines(here, entry, here.numbers_of(str(entry["id"]))))
    return _unregistered(here, entry, f"practice {entry['id']} {place}", float(fields))


def _unregistered(here: hooks.Lesson, entry: Mapping[str, Any], id: str, points: float) -> Exercise:
    return Exercise(
        id,
        here.number,
        points,
        Words(entry["title"]),
        lambda answer: _cases(here, entry, answer),
        right=Words(entry["praise"]),
        make_form=lambda: form(here, entry),
    )


# -- the form ----------------------------------------------------------------------------------------------------------


def form(here: hooks.Lesson, entry: Mapping[str, Any]) -> Form:
    """The form of an exercise in the trainee's language."""
    id = str(entry["id"])
    numbers = here.numbers_of(id)
    lines = _lines(here, entry, numbers)
    rows = tuple(Row(prompt, tuple(one.field for one in fields), quote) for prompt, fields, quote in lines)
    return Form(rows, here.lives.get(id), _filled(entry.get("intro"), numbers.words))


def _filled(text: Any, words: Mapping[str, Any]) -> str:
    """A text of the file in the trainee's language, with its values; "" for none."""
    return tr(Words(text), **(dict(words) if "{" in text["en"] else {})) if text else ""


def _lines(here: hooks.Lesson, entry: Mapping[str, Any], numbers: Numbers) -> Iterator[tuple[str, list[Asked], bool]]:
    """What is asked, the fields, and whether it is a quotation, for each line."""
    for part in exercise_file.parts(entry):
        for place, row in enumerate(part.get("rows") or ({},), 1):
            own = {name: Words(text) for name, text in exercise_file.words_of(row).items()}
            words = {**numbers.words, **own, "n": place, **numbers.rows.get(str(row.get("key", "")), {})}
            ask, quote = row.get("ask") or part.get("ask"), bool(row.get("quote", part.get("quote")))
            fields: list[Asked] = []
            for name, spec in exercise_file.fields_of(part):
                if "ask" in spec:
                    if fields:
                        yield _filled(ask, words), fields, quote
                    ask, quote, fields = spec["ask"], bool(spec.get("quote")), []
                key = exercise_file.field_key(part, row, name)
                right = _right(numbers.of(key), spec, row, name)
                field = _field(here, key, spec, words, numbers.fields.get(key, {}), right)
                fields.append(Asked(field, spec, row, name, words, right))
            yield _filled(ask, words), fields, quote


def _right(computed: Right | None, spec: Mapping[str, Any], row: Mapping[str, Any], name: str) -> Right | None:
    """What Python says is right; where it leaves that open, what the file says."""
    if computed is not None and computed.value is not None:
        return computed
    value = exercise_file.of_field(row, "right", name)
    value = spec.get("right") if value is None else value
    if value is None:
        return None
    return replace(computed, value=value) if computed else Right(value, float(spec.get("within", 0)))


def _options(here: hooks.Lesson, given: Any, words: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    if isinstance(given, str):
        lists = here.content.get("options", {})
        given = lists[given] if given in lists else here.lists[given]
    pairs = given.items() if isinstance(given, Mapping) else given
    return tuple((str(value), _label(label, words)) for value, label in pairs)


def _label(label: Any, words: Mapping[str, Any]) -> str:
    """A label: a text of the file, or one that Python gives."""
    if not exercise_file.is_text(label):
        return str(label) if not isinstance(label, Words) else label
    return _filled(label, words) if "{" in label["en"] else Words(label)


def _field(
    here: hooks.Lesson,
    key: str,
    spec: Mapping[str, Any],
    words: Mapping[str, Any],
    computed: Mapping[str, Any],
    right: Right | None,
) -> Field:
    label = _label(spec["label"], words) if "label" in spec else ""
    unit = _label(spec["unit"], words) if "unit" in spec else ""
    kind = exercise_file.kind_of(spec)
    if kind == "number":
        return Entry(key, label, unit, number(right.value) if right else None)
    if kind == "line":
        return Line(key, tuple(map(str, spec["line"])), label, tuple(_filled(one, words) for one in spec.get("models", ())))
    if kind == "slider":
        low, high, step, start = (computed[one] if one in computed else spec[one] for one in ("minimum", "maximum", "step", "start"))
        return Slider(key, label, low, high, step, start, unit)
    if kind == "order":
        return Order(key, _options(here, computed.get("items", spec["items"]), words), label)
    if kind == "bars":
        heights = computed.get("bars", {})
        shown = _options(here, spec["bars"], words) if spec["bars"] is not True else tuple((str(one), str(one)) for one in heights)
        bars = tuple((value, name, float(heights[value])) for value, name in shown)
        return Mark(key, "bars", bars=bars, label=label, title=_title(spec, words), unit=unit)
    if kind == "cells":
        rows, columns = (_options(here, spec[one], words) for one in ("rows", "columns"))
        texts = tuple(computed.get("texts", {}).items())
        return Mark(key, "cells", rows=rows, columns=columns, texts=texts, label=label, title=_title(spec, words))
    return Choice(key, _options(here, computed.get("options", spec.get("options")), words), label, spec.get("style", "dropdown"))


def _title(spec: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    return _label(spec["title"], words) if "title" in spec else ""


# -- judging -----------------------------------------------------------------------------------------------------------


def judged(lesson: str, id: str, answer: Answers, *keys: str, entry: Mapping[str, Any] | None = None) -> Iterator[Case]:
    """A case for each field of an exercise, or for the fields named, by what the file and the numbers say is right.

    For use in judges of a lesson's own as well; ``entry`` in the place of what the file has. Raises ``LookupError`` for a field of
    which nobody says what is right.
    """
    here = hooks.of(lesson)
    yield from _cases(here, entry or here.entry(id), answer, *keys)


def _cases(here: hooks.Lesson, entry: Mapping[str, Any], answer: Answers, *keys: str) -> Iterator[Case]:
    for _prompt, fields, _quote in _lines(here, entry, here.numbers_of(str(entry["id"]))):
        for one in fields:
            if not keys or one.field.key in keys:
                yield _case(one, answer)


def _case(asked: Asked, answer: Answers) -> Case:
    field, right = asked.field, asked.right
    key = field.key
    if isinstance(field, Line):
        weight = float(exercise_file.of_field(asked.row, "weight", asked.name) or asked.spec.get("weight", len(field.criteria)))
        return typed.case(field, answer, weight)
    if right is None:
        raise LookupError(f"{key}: neither the file nor Python says what is right.")
    weight = float(right.weight or exercise_file.of_field(asked.row, "weight", asked.name) or asked.spec.get("weight", 1))
    if key not in answer:
        return Case(False, OPEN, key=key, weight=weight, open=True)
    right = right.beside(answer)
    words = {**asked.words, **right.words_for(answer)}
    if isinstance(field, Order):
        want = [str(item) for item in right.value]
        says = {item: _sentence(asked, [item]) for item in want}
        made = ordered(answer, key, want, says, credit=asked.spec.get("credit", "pairs"), weight=weight)
    elif isinstance(field, Entry | Slider):
        says_it = _sentence(asked, _slips(right, answer, key))
        made = close(answer, key, float(right.value), says_it, tolerance=right.within, weight=weight)
    else:
        got = str(answer[key])
        says_it = _sentence(asked, [right.slip(answer) if right.slip else "", got])
        shown = {"got": field.show(got).rstrip(".。"), "key": got}
        made = Case(got == str(right.value), says_it, shown, key, weight)
    return replace(made, values={**made.values, **words})


def _slips(right: Right, answer: Answers, key: str) -> list[str]:
    """The names of the sentences that may be said of a number, the nearest first."""
    got = number(answer[key])
    names = [right.slip(answer)] if right.slip else []
    if got is None:
        return names
    for name, values in right.slips.items():
        for value in values if isinstance(values, list | tuple) else (values,):
            # A slip is rounded by hand, too: one percent of it counts as the same.
            if abs(got - float(value)) <= max(right.within, 0.01 * abs(float(value))):
                names.append(name)
    return [*names, "low" if got < float(right.value) else "high"]


def _sentence(asked: Asked, names: list[str]) -> str:
    """The sentence of the first of these names that has one: of the row, then of the field; else that for all others."""
    for level in (exercise_file.of_field(asked.row, "wrong", asked.name), asked.spec.get("wrong")):
        if level and exercise_file.is_text(level):
            return Words(level)
        for name in (*names, "else"):
            if level and name in level:
                return Words(level[name])
    return ""
