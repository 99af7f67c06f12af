"""``class.yml``, the settings of a class: read with each mistake named by its line, and written for people to change.

The file holds::

    name: Spring team                 # shown to trainees
    number: 4711                      # what lessons make up follows from it; keep it once work has begun
    languages: [en, zh]
    lessons: ["2.1", "2.2", "3"]      # lessons, or whole units; in quotation marks, for 2.10 is not 2.1
    roleplays: [late-delivery]        # role-plays of the course beside those of the lessons; may be left out
    draw: true                        # quizzes ask others than the first five; or the number to draw by; may be left out
    due: 2026-12-01T18:00             # may be left out
"""

from __future__ import annotations

import datetime
import difflib
import json
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from crmlab.classroom.folder import SETTINGS, Class
from crmlab.course import classes, lessons, yamlfile
from crmlab.course.files import reason, write_atomically
from crmlab.course.roleplay import scripts
from crmlab.course.yamlfile import Checker, Fault
from crmlab.language import LANGUAGES, _, listed, tr

MOST_NUMBER = 999_999_999
"""The largest number of a class: one that can be typed from the whiteboard."""
LONGEST_NAME = 80

_REQUIRED, _OPTIONAL = ("name", "number", "lessons"), ("languages", "roleplays", "draw", "due")
_YES, _NO = ("true", "yes", "on", "是"), ("false", "no", "off", "否")


class SettingsError(ValueError):
    """A ``class.yml`` that cannot be used; the message names each mistake, a line each."""

    def __init__(self, faults: Iterable[Fault | str]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(map(str, self.faults)))


def load(folder: Path) -> Class:
    """Read the settings of the class in a folder. Raises :class:`SettingsError` with a sentence for each mistake, also where there
    is no such file."""
    path = folder / SETTINGS
    try:
        content, faults = yamlfile.read(path)
    except (OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            text = _("There is no {file} in {folder}. Name the folder of a class; crmlab class new NAME makes one.")
            raise SettingsError([tr(text, file=SETTINGS, folder=yamlfile.shortened(folder if folder.name else folder.absolute(), 200))]) from error
        text = _("{file} cannot be read: {reason}")
        raise SettingsError([tr(text, file=yamlfile.shortened(path, 200), reason=reason(error))]) from error
    if faults:
        raise SettingsError(faults)
    check = Checker(SETTINGS)
    found = _checked(check, folder, content)
    if check.faults or found is None:
        raise SettingsError(sorted(set(check.faults)))
    return found


def checked(settings: Class) -> Class:
    """The same settings as they are read back from ``class.yml``. Raises :class:`SettingsError` for what could not be."""
    check = Checker(SETTINGS)
    content = {
        "name": settings.name,
        "number": settings.number,
        "languages": list(settings.languages),
        "lessons": list(settings.lessons),
        "roleplays": list(settings.roleplays),
        "draw": False if settings.draw is None else settings.draw,
        "due": settings.due,
    }
    found = _checked(check, settings.folder, content)
    if check.faults or found is None:
        raise SettingsError(check.faults)
    return found


def save(settings: Class) -> Path:
    """Write ``class.yml`` into the folder of the class, with what each line means, in the reader's language.

    Raises ``OSError``.
    """
    path = settings.folder / SETTINGS
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, text_of(settings))
    return path


def text_of(settings: Class) -> str:
    """The settings as the text of ``class.yml``.

    >>> print(text_of(Class(Path("x"), "Spring", 7, ("en",), ("2.1", "2.2"))).splitlines()[3])
    name: "Spring"
    """
    said = [
        (tr(_("shown to trainees")), "name", settings.name),
        (tr(_("what lessons make up for this class follows from it: do not change it once work has begun")), "number", settings.number),
        (tr(_("languages of the class: {languages}"), languages=", ".join(LANGUAGES)), "languages", list(settings.languages)),
        (tr(_("numbers of lessons, or of whole units, in quotation marks")), "lessons", list(settings.lessons)),
        (tr(_("role-plays of the course beside those of the lessons")), "roleplays", list(settings.roleplays)),
        (tr(_("true: quizzes ask others than the first five, the same for all in the class")), "draw", _draw_text(settings)),
        (tr(_("when work is due, such as 2026-12-01T18:00; empty for no end")), "due", settings.due),
    ]
    head = [tr(_("# The class. After a change: crmlab class update FOLDER")), ""]
    # What JSON writes is YAML too, whatever stands in a name.
    return "\n".join(head + [f"# {note}\n{key}: {json.dumps(value, ensure_ascii=False)}\n" for note, key, value in said])


def _draw_text(settings: Class) -> bool | int:
    if settings.draw is None:
        return False
    return True if settings.draw == classes.seed(settings.number) else settings.draw


def new_number() -> int:
    """A number for a class, at random.

    >>> 100_000 <= new_number() <= 999_999
    True
    """
    return 100_000 + secrets.randbelow(900_000)


def expand(wishes: Iterable[str]) -> tuple[tuple[str, ...], list[str]]:
    """The lessons that numbers of lessons and units name, in the order of the course, and the wishes that name none.

    >>> expand(["2.2", "2.1", "x"])
    (('2.1', '2.2'), ['x'])
    >>> len(expand(["2"])[0]) > 3
    True
    """
    known = of_course()
    chosen: set[str] = set()
    unknown = []
    for wish in wishes:
        hit = {one.number for one in known if wish in (one.number, one.unit_number, one.slug, one.unit)}
        chosen |= hit
        if not hit:
            unknown.append(wish)
    return tuple(one.number for one in known if one.number in chosen), unknown


def of_course() -> list[lessons.Lesson]:
    """The lessons that a class can be given: all that have their exercises or are to have none."""
    return list(lessons.of_course())


def moment(text: str) -> str:
    """A day, or a day and a time, as ``class.yml`` keeps it; a day alone ends at midnight. Raises ``ValueError``.

    >>> moment("2026-12-01"), moment("2026-12-01 18:00"), moment("2026-12-01T18:00+08:00")
    ('2026-12-01T23:59', '2026-12-01T18:00', '2026-12-01T18:00+08:00')
    """
    found = datetime.datetime.fromisoformat(text.strip())
    if len(text.strip()) <= len("2026-12-01"):
        found = found.replace(hour=23, minute=59)
    return found.isoformat(timespec="minutes")


# -- checking ----------------------------------------------------------------------------------------------------------


def _checked(check: Checker, folder: Path, content: Any) -> Class | None:
    if not isinstance(content, Mapping):
        check.faults.append(Fault(SETTINGS, 1, tr(_("The file should begin with “name: ...”, and have an entry a line."))))
        return None
    check.mapping(content, None, content, required=_REQUIRED, optional=_OPTIONAL, called=SETTINGS)
    name = _name(check, content)
    if "number" in content:
        check.whole(content, "number", 0, MOST_NUMBER)
    languages = _list(check, content, "languages", list(LANGUAGES), ("en",))
    chosen = _lessons(check, content)
    roleplays = _list(check, content, "roleplays", [path.stem for path in scripts.files()], ())
    draw, due = _draw(check, content), _due(check, content)
    if check.faults:
        return None
    number = int(content["number"])
    seed = classes.seed(number) if draw is True else draw
    return Class(folder, name, number, languages, chosen, roleplays, None if seed is False else seed, due)


def _name(check: Checker, content: Mapping[str, Any]) -> str:
    name = content.get("name", "-")
    if not isinstance(name, str):
        check.fault(content, "name", _("“{key}” should be a text; put {value} in quotation marks."), key="name", value=name)
        return ""
    if not name.strip():
        check.fault(content, "name", _("The class has no name."))
    if len(name) > LONGEST_NAME:
        check.fault(content, "name", _("The name is longer than {n} characters."), n=LONGEST_NAME)
    return name.strip()


def _entries(check: Checker, content: Mapping[str, Any], key: str) -> list[tuple[int, str]]:
    found = content.get(key)
    if found is None or found == "":
        return []
    if isinstance(found, str | int | float):  # one alone
        found = [found]
    if not isinstance(found, list) or any(isinstance(one, Mapping | list) or one is None for one in found):
        check.fault(content, key, _("“{key}” should be a list, such as {example}."), key=key, example=_EXAMPLES[key])
        return []
    return [(place, str(one).strip()) for place, one in enumerate(found)]


_EXAMPLES = {"languages": "[en, zh]", "lessons": '["2.1", "2.2"]', "roleplays": "[late-delivery]"}


def _list(check: Checker, content: Mapping[str, Any], key: str, known: list[str], usual: tuple[str, ...]) -> tuple[str, ...]:
    found = _entries(check, content, key)
    for _place, one in found:
        if one not in known:
            near = difflib.get_close_matches(one, known, n=1, cutoff=0.5)
            hint = tr(_("Did you mean “{near}”?"), near=near[0]) if near else tr(_("Allowed here: {allowed}."), allowed=listed(known))
            check.fault(content, key, _("“{key}”: there is no “{name}”. {hint}"), key=key, name=one, hint=hint)
    return tuple(dict.fromkeys(one for _place, one in found)) or usual


def _lessons(check: Checker, content: Mapping[str, Any]) -> tuple[str, ...]:
    found = _entries(check, content, "lessons")
    chosen, unknown = expand(one for _place, one in found)
    known = listed(one.number for one in of_course())
    for name in unknown:
        check.fault(content, "lessons", _("There is no lesson “{number}”. Lessons: {known}."), number=name, known=known)
    if "lessons" in content and not found and not check.faults:
        check.fault(content, "lessons", _("The class has no lessons. Lessons: {known}."), known=known)
    return chosen


def _draw(check: Checker, content: Mapping[str, Any]) -> bool | int:
    draw = content.get("draw", False)
    if isinstance(draw, bool) or (isinstance(draw, int) and draw >= 0):
        return draw if isinstance(draw, bool) else int(draw)
    word = str(draw).strip().lower()
    if draw is None or word in ("", *_NO):
        return False
    if word in _YES:
        return True
    check.fault(content, "draw", _("“{key}” should be true, false or a whole number, not “{value}”."), key="draw", value=draw)
    return False


def _due(check: Checker, content: Mapping[str, Any]) -> str:
    due = content.get("due")
    if due is None or due == "":
        return ""
    try:
        return moment(due.isoformat() if isinstance(due, datetime.date) else str(due))
    except ValueError:
        check.fault(content, "due", _("“{value}” is no day or time. Write it such as {example}."), value=due, example="2026-12-01T18:00")
        return ""
