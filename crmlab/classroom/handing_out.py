"""The hand-out of a class: the folder that trainees get, and the same in one file.

It is made anew from ``class.yml``, ``own/`` and the course as often as is wanted; what somebody changed in it is left alone.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import tempfile
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crmlab import __version__, places
from crmlab.app import workspace
from crmlab.classroom import own
from crmlab.classroom.folder import CAME, HAND_OUT, OWN, Class
from crmlab.course import classes, handed_out, lessons
from crmlab.course.authoring.exercise_sheet import everywhere
from crmlab.course.bank import workbook as question_book
from crmlab.course.files import write_atomically
from crmlab.language import _

MANIFEST = f"{workspace.STORE}/manifest.json"
_DATED = (2026, 1, 1, 0, 0, 0)
"""The day of all files in the zip: the same class gives the same bytes."""


@dataclass(frozen=True)
class Made:
    """What was made: the folder, the zip beside it, how many lessons, exercises, talks and questions are in it, and which files were
    left as they are because somebody changed them."""

    folder: Path
    zip: Path
    lessons: int
    exercises: int
    talks: int
    questions: int
    kept: tuple[str, ...] = ()


def begin(settings: Class) -> None:
    """Make the folder of own content, with an example of each kind, and the one for what trainees send. Raises ``OSError``."""
    (settings.folder / CAME).mkdir(parents=True, exist_ok=True)
    for kind in own.KINDS:
        place = settings.folder / OWN / kind
        place.mkdir(parents=True, exist_ok=True)
        if not (place / own.EXAMPLE).exists():
            write_atomically(place / own.EXAMPLE, _example(kind))


def make(settings: Class) -> Made:
    """Make the hand-out of a class, or make it again.

    Raises :class:`crmlab.classroom.own.OwnError` with all that is wrong with own content, before anything is written, and
    ``OSError`` where that cannot be done.
    """
    content = own.read(settings.folder, settings.languages)
    files = _files(settings, content)
    folder = settings.folder / HAND_OUT
    _drop(folder, files)
    kept = _laid(folder, files)
    target = settings.folder / f"{zip_name(settings.name)}.zip"
    write_atomically(target, _zipped(files))
    talks = len({*content.scripts, *settings.roleplays})
    return Made(folder, target, len(settings.lessons), len(content.exercises), talks, len(content.questions), tuple(kept))


def out_of_date(settings: Class) -> bool:
    """Whether there is a hand-out, and ``class.yml`` says something else than when it was made."""
    made = handed_out.of(settings.folder / HAND_OUT)
    return made is not None and made != _handed(settings)


def lessons_of(settings: Class) -> tuple[lessons.Lesson, ...]:
    """The lessons that trainees of a class have, in order: those of the course, and that of what the class has of its own.

    Of the latter, titles, exercises and points are known while the hand-out is in force (:func:`crmlab.course.handed_out.in_force`).
    """
    with handed_out.in_force(settings.folder / HAND_OUT):
        return lessons.shown()


def zip_name(name: str) -> str:
    """The name of a class as that of a file, its own letters kept.

    >>> zip_name("销售一班: A/B"), zip_name("..."), zip_name("CON")
    ('销售一班- A-B', 'class', 'class CON')
    """
    plain = re.sub(r'[\\/:*?"<>|\x00-\x1f\x7f]+', "-", unicodedata.normalize("NFC", name)).strip(" .-")
    plain = plain.encode("utf-8")[:120].decode("utf-8", "ignore").strip(" .") or "class"
    reserved = re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", plain) or plain == HAND_OUT
    return f"class {plain}" if reserved else plain


def _handed(settings: Class) -> handed_out.HandOut:
    return handed_out.HandOut(
        settings.folder / HAND_OUT,
        settings.name,
        settings.number,
        settings.languages,
        settings.lessons,
        settings.roleplays,
        settings.draw,
        settings.due,
    )


def _files(settings: Class, content: own.Own) -> dict[str, bytes]:
    """All files of the hand-out, by path."""
    files = {
        handed_out.FILE: handed_out.text(_handed(settings)).encode("utf-8"),
        f"notebooks/{classes.FILE}": f"{settings.number}\n".encode(),
        **own.files(content, settings.roleplays),
    }
    with tempfile.TemporaryDirectory() as place:  # what the course brings follows from these
        for name, data in files.items():
            path = Path(place) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return {**files, **dict(workspace.brought(places.root(), Path(place)))}


def _laid(folder: Path, files: dict[str, bytes]) -> list[str]:
    """Lay the files; those that somebody changed."""
    try:
        return workspace.lay(places.root(), folder, files.items()).kept
    except workspace.Refused as refusal:  # what it says is for trainees
        raise refusal.__cause__ if isinstance(refusal.__cause__, OSError) else refusal from None


def _drop(folder: Path, files: dict[str, bytes]) -> None:
    """Take out of the hand-out's folder what an earlier one laid there and this one does not have, unless somebody changed it."""
    manifest = workspace.read_manifest(folder)
    gone = [name for name in manifest["files"] if name not in files]
    for name in gone:
        path = folder / name
        if path.is_file() and workspace.fingerprints(path.read_bytes(), name)["sha256"] == manifest["files"][name].get("sha256"):
            path.unlink()
            for empty in path.relative_to(folder).parents[:-1]:
                with contextlib.suppress(OSError):  # it holds something else
                    (folder / empty).rmdir()
    if gone:
        left = {name: marks for name, marks in manifest["files"].items() if name not in gone}
        workspace.write_manifest(folder, {**manifest, "files": left})


def _zipped(files: dict[str, bytes]) -> bytes:
    """The files as a zip whose names are UTF-8, with what tells later whether a trainee changed one."""
    marks = {name: workspace.fingerprints(data, name) for name, data in files.items()}
    manifest = {"course": __version__, "language": "", "files": marks}
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in sorted({**files, MANIFEST: text.encode("utf-8")}.items()):
            entry = zipfile.ZipInfo(name, _DATED)  # marks a name as UTF-8 where it is not plain ASCII
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            made.writestr(entry, data)
    return out.getvalue()


# -- examples ----------------------------------------------------------------------------------------------------------


def _question() -> dict[str, Any]:
    options = [
        (_("Their name"), _("The name tells whom to call, not how.")),
        (_("What was promised to them last time"), _("Right: a promise that nobody kept is the first thing they will speak of.")),
        (_("How large their firm is"), _("That changes the offer, not the first sentence.")),
    ]
    made = [{"text": everywhere(text), "why": everywhere(why), "right": place == 1} for place, (text, why) in enumerate(options)]
    asked = everywhere(_("What do you look up first before you call a customer who has complained?"))
    return {"id": "example-before-calling", "kind": "single", "difficulty": 1, "ask": asked, "options": made}


def _example(kind: str) -> bytes:
    from crmlab.course.authoring import exercise_sheet, template, workbook
    from crmlab.course.roleplay import scripts

    if kind == own.EXERCISES:
        return exercise_sheet.workbook()
    if kind == own.QUESTIONS:
        return question_book.workbook([_question()])
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "my-talk.yml"
        file.write_text(template.template(file.name), encoding="utf-8")
        return workbook.workbook(scripts.load(file).source)
