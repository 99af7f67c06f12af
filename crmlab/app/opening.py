"""Opening a hand-out that came as a zip: its class is laid into a folder beside it, and nothing of a trainee's work is overwritten.

Only what says which class it is comes out of the zip: its settings, its number and its own content. The lessons come from the
course that is installed, which judges them.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from crmlab import places, zips
from crmlab.app.workspace import Refused, in_place, lay, read_manifest
from crmlab.course import classes, handed_out
from crmlab.course.files import reason, word
from crmlab.language import _, tr

SUFFIX = ".zip"
MOST, MOST_FILES = 30_000_000, 2_000
"""Bytes of a hand-out unpacked, and its files."""
SETTINGS = "class.yml"
"""What tells the folder of a class (crmlab.classroom.folder) from a hand-out."""
_WANTED = re.compile(rf"{re.escape(handed_out.FILE)}|notebooks/{re.escape(classes.FILE)}|{handed_out.OWN}/[\w-]+/[\w.-]+\.yml")


def is_zip(word: str) -> bool:
    """Whether a word of the command line names a hand-out rather than a lesson.

    >>> is_zip("Spring.ZIP"), is_zip("2.3")
    (True, False)
    """
    return word.lower().endswith(SUFFIX)


def folder_of(file: Path) -> Path:
    """The folder that a hand-out is opened in: beside it, under its name without ``.zip``.

    Browsers name a second copy "Spring (1).zip": it belongs to the first one's folder.

    >>> folder_of(Path("Spring (1).zip")).name
    'Spring'
    """
    return file.with_name(re.sub(r" ?\(\d+\)$", "", file.name[: -len(SUFFIX)]).rstrip(" .") or "class")


def unpack(file: Path, folder: Path | None = None) -> Path:
    """Lay the class of a hand-out into a folder, by default that of :func:`folder_of`, and return it.

    Raises :class:`crmlab.app.workspace.Refused` with a sentence if it is none, or belongs to another class than the one there.
    """
    files = _read(file)
    target = folder_of(file) if folder is None else folder
    new = handed_out.parsed(files[handed_out.FILE], target)
    old = handed_out.of(target)
    if old is not None and old.number != new.number:
        # Those of two years may have one name.
        text = _("{folder} holds the class “{old}”, number {was}, and this is “{new}”, number {number}. Open it elsewhere: crmlab start {file} --to {to}")
        to = folder_of(file).with_name(f"{folder_of(file).name} {new.number}")
        raise Refused(tr(text, folder=target, old=old.name, was=old.number, new=new.name, number=new.number, file=_named(file), to=_named(to)))
    if (target / SETTINGS).is_file():
        text = _("{folder} is the folder of a class, for its instructor. Open the hand-out elsewhere: crmlab start {file} --to FOLDER")
        raise Refused(tr(text, folder=target, file=_named(file)))
    if in_place(target) or (old is None and (target / "notebooks").is_dir() and read_manifest(target)["files"]):
        text = _("{folder} holds the whole course. Open the class elsewhere: crmlab start {file} --to FOLDER")
        raise Refused(tr(text, folder=target, file=_named(file)))
    lay(places.root(), target, files.items())
    return target


def _named(path: Path) -> str:
    """A path as it can be copied into a command line here."""
    return word(path.name if path.parent == Path.cwd() else path)


def _read(file: Path) -> dict[str, bytes]:
    """What is wanted of a hand-out, by path."""
    try:
        with zipfile.ZipFile(file) as packed:
            entries = packed.infolist()
            if len(entries) > MOST_FILES or sum(one.file_size for one in entries) > MOST:
                raise Refused(tr(_("{file} is far larger than the hand-out of a class, and was not opened."), file=file.name))
            # Some programs pack the folder that it lies in as well.
            top = next((one.filename[: -len(handed_out.FILE)] for one in entries if _is_top(one.filename)), None)
            names = {} if top is None else {one.filename.removeprefix(top): one for one in entries if one.filename.startswith(top)}
            files = {name: packed.read(one) for name, one in names.items() if _WANTED.fullmatch(name)}
            handed_out.parsed(files.get(handed_out.FILE, b""), file)
    except FileNotFoundError:
        text = _("There is no file {file} in this folder. Copy it here, or type crmlab start and a blank, and drag the file into this window.")
        raise Refused(tr(text, file=file.name)) from None
    except zips.DAMAGED as error:
        text = _("{file} is no hand-out of a class, or was not copied to its end. Ask your instructor for it again.")
        raise Refused(tr(text, file=file.name)) from error
    except OSError as error:
        raise Refused(tr(_("{file} cannot be read: {reason}"), file=file.name, reason=reason(error))) from error
    return files


def _is_top(name: str) -> bool:
    return re.fullmatch(rf"(?:[^/\\]+/)?{re.escape(handed_out.FILE)}", name) is not None
