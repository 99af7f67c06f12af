"""Certificates for a class: who has earned one, and the three files that each gets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crmlab.badges import baking, credential, keys, page, signing
from crmlab.badges.credential import Line
from crmlab.badges.keys import Issuer
from crmlab.classroom import collected, marks, settings
from crmlab.classroom.collected import Person
from crmlab.classroom.folder import COLLECTED, HAND_OUT, MARKS, Class
from crmlab.classroom.marks import LessonMarks
from crmlab.course import handed_out, lessons
from crmlab.course.certificate import PASS
from crmlab.course.files import draft, put, reason
from crmlab.course.yamlfile import shortened
from crmlab.language import LANGUAGES, _, listed, speaking, tr

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

SUFFIXES = (".html", ".png", ".jws")
"""What each trainee gets: the page to print, the badge with the credential in it, the credential alone."""


class Unissuable(ValueError):
    """No certificates can be made; the message is a sentence."""


@dataclass(frozen=True)
class Standing:
    """A trainee with what was earned: a line a unit, the last their sum."""

    person: Person
    lines: tuple[Line, ...]

    @property
    def share(self) -> float:
        """Of all points of the class."""
        return self.lines[-1].points / self.lines[-1].maximum if self.lines[-1].maximum else 0.0

    @property
    def passed(self) -> bool:
        """Whether that suffices."""
        return self.lines[-1].points >= PASS * self.lines[-1].maximum - 1e-9 and self.lines[-1].maximum > 0


def standings(folder: Path) -> tuple[Class, list[Standing]]:
    """Who of a class earned what, by the order of names in ``collected.json``. Raises :class:`Unissuable`."""
    try:
        of_class = settings.load(folder)
    except settings.SettingsError as error:
        raise Unissuable(str(error)) from None
    try:
        people = collected.load(folder).people
        earned = marks.load(folder).people
    except FileNotFoundError as error:
        name = MARKS if str(error.filename).endswith(MARKS) else COLLECTED
        text = _("There is no {file} in {folder}: first collect and grade what the class handed in (crmlab class collect, crmlab class grade).")
        raise Unissuable(tr(text, file=name, folder=folder)) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        text = _("What was graded in {folder} cannot be read ({reason}). Grade once more: crmlab class grade.")
        raise Unissuable(tr(text, folder=folder, reason=reason(error) if isinstance(error, OSError) else shortened(error))) from None
    found = []
    for person in people:
        if not re.fullmatch("[a-z0-9-]+", person.key):  # files are named by it
            text = _("What was graded in {folder} cannot be read ({reason}). Grade once more: crmlab class grade.")
            raise Unissuable(tr(text, folder=folder, reason=shortened(person.key)))
        with speaking(person.language if person.language in LANGUAGES else "en"), handed_out.in_force(folder / HAND_OUT):
            found.append(Standing(person, tuple(_lines(of_class, earned, earned.get(person.key, {})))))
    return of_class, found


def _lines(of_class: Class, earned: dict[str, dict[str, LessonMarks]], mine: dict[str, LessonMarks]) -> Iterable[Line]:
    """Points by unit over all lessons of the class, its own among them: what was not handed in has none."""
    own = lessons.CLASS_LESSON
    has_own = own in lessons.shown() or any(own.number in of_person for of_person in earned.values())
    units: dict[str, list[float]] = {}
    for number in (*of_class.lessons, *((own.number,) if has_own else ())):
        most = _maximum(number, earned)
        if not most:
            continue
        unit = units.setdefault(number.split(".")[0], [0.0, 0.0])
        unit[0] += min(mine[number].points, most) if number in mine else 0.0
        unit[1] += most
    for name, (points, most) in sorted(units.items(), key=lambda one: int(one[0])):
        yield Line(f"{name} {tr(lessons.units().get(name, ''))}".strip(), points, most)
    yield Line(tr(_("All")), sum(points for points, _most in units.values()), sum(most for _points, most in units.values()))


def _maximum(number: str, earned: dict[str, dict[str, LessonMarks]]) -> float:
    """What a lesson gives: as it was graded, else as its headings announce it."""
    graded = [of_person[number].maximum for of_person in earned.values() if number in of_person]
    if graded:
        return max(graded)
    try:
        lesson = lessons.find(number)
    except LookupError:
        return 0.0
    return sum(task.points for task in lessons.tasks(lesson)) if lesson.scored else 0.0


def chosen(found: Iterable[Standing], only: Iterable[str]) -> list[Standing]:
    """Those whose key, id or name is among ``only``; all, if that is empty. Raises :class:`Unissuable` for one that is nobody's."""
    everybody, wanted = list(found), list(only)
    picked = []
    for word in wanted:
        mine = [one for one in everybody if word in (one.person.key, one.person.id, one.person.name)]
        if not mine:
            known = listed(one.person.key for one in everybody[:8])
            raise Unissuable(tr(_("Nobody in the class is “{name}”. There are: {known}."), name=shortened(word), known=known))
        picked += [one for one in mine if one not in picked]
    return picked if wanted else everybody


def issue(
    standing: Standing, of_class: Class, key: RSAKey, issuer: Issuer, folder: Path, *, plain: bool = False, until: datetime | None = None, at: datetime | None = None
) -> list[Path]:
    """Write the files of a trainee's certificate, all or none; their paths. Raises ``OSError``."""
    person, at = standing.person, (at or datetime.now(UTC)).replace(microsecond=0)
    with speaking(person.language if person.language in LANGUAGES else "en"):
        title = tr(_("Certificate: customer relationships"))
        about = tr(_("A course on customer relationships for people who sell; class “{name}”, lessons {lessons}."), name=of_class.name, lessons=listed(of_class.lessons))
        shown = page.page(person.name or person.id, title, standing.lines, issuer, at, until)
        people = [("name", person.name), ("identifier", person.id)]
        unsigned = credential.credential(issuer, title, about, standing.lines, PASS, people, plain=plain, at=at, until=until, page=page.digest(shown))
    token = signing.sign(unsigned, key)
    # The file is the token and nothing else, not even a line end (section "File Format").
    contents: dict[str, str | bytes] = {".html": page.filled(shown, token), ".png": baking.bake(baking.picture(), token), ".jws": token}
    folder.mkdir(parents=True, exist_ok=True)
    made: dict[Path, Path] = {}
    try:
        for suffix, content in contents.items():
            made[folder / f"{person.key}{suffix}"] = draft(folder / f"{person.key}{suffix}", content)
        for path, ready in made.items():
            put(ready, path)
    finally:
        for ready in made.values():
            ready.unlink(missing_ok=True)
    return list(made)


def hand_on(issuer_folder: Path, folder: Path) -> Path:
    """Lay the issuer's public file beside the certificates, for whoever verifies them. Raises ``OSError``."""
    target = folder / keys.PUBLIC
    if target.resolve() != (issuer_folder / keys.PUBLIC).resolve():
        put(draft(target, (issuer_folder / keys.PUBLIC).read_bytes()), target)
    return target
