"""The folder a trainee works in: laying the lessons there, finding a lesson, putting one back as it came.

Two rules hold everywhere: what a trainee changed is never overwritten, and nothing is ever deleted.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import crmlab
from crmlab import places
from crmlab.course import handed_out, lessons, ours, outline
from crmlab.course.files import draft, put, reason, tidy, write_atomically
from crmlab.language import LANGUAGES, _, tr

STORE = ".crmlab"
"""The course's own folder in a workspace: manifest, settings of the server, originals."""

_LAID = {".ipynb", ".png", ".jpg", ".jpeg", ".svg", ".gif"}
_DAY = 24 * 60 * 60.0
_OWN_COPY = re.compile(r"\.mine-\d+$")


class Refused(Exception):
    """Something cannot be done; the message is a sentence for the trainee, in their language."""


TOUR = ("1-foundations", "1-tour")


@dataclass
class Laid:
    """What :func:`lay` did: paths newly written, updated, and left alone because the trainee changed them."""

    new: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Restored:
    """What :func:`reset` did: the notebook put back, and where the trainee's own files now are."""

    path: Path
    copies: tuple[Path, ...]


def default_folder() -> Path:
    """Where the course is worked on if the trainee names no folder: in the checkout, else ``~/crmlab``."""
    if places.in_checkout():
        return places.root()
    try:
        return Path.home() / "crmlab"
    except RuntimeError:  # a user without a home
        return Path.cwd() / "crmlab"


def find_folder(wish: str | None = None) -> Path:
    """The workspace: the one named, else the one that we stand in, else the usual one."""
    if wish:
        try:
            return Path(os.path.realpath(Path(wish).expanduser()))
        except (RuntimeError, ValueError) as error:  # the home of somebody who is not there; a NUL
            raise Refused(tr(_("{folder} is no name of a folder."), folder=wish)) from error
    here = Path.cwd()
    for folder in (here, *here.parents):
        laid = any((folder / one).is_file() for one in (f"{STORE}/manifest.json", handed_out.FILE))
        if laid and (folder / "notebooks").is_dir():
            return folder
    return default_folder()


def in_place(folder: Path) -> bool:
    """True when the folder is the checkout itself, where nothing needs to be laid."""
    return places.in_checkout() and folder.resolve() == places.root().resolve()


# --- what the course brings ---------------------------------------------------------------------------------


def course_files(source: Path) -> Iterator[str]:
    """The files that a workspace gets, as paths below ``source`` with forward slashes, sorted."""
    for top in ("notebooks", "solutions"):
        for path in sorted((source / top).rglob("*")):
            hidden = any(part.startswith(".") for part in path.relative_to(source).parts)
            if path.suffix in _LAID and path.is_file() and not hidden and not _OWN_COPY.search(path.stem):
                yield path.relative_to(source).as_posix()
    for card in sorted((source / "datasets").glob("*.md")):
        yield card.relative_to(source).as_posix()
    for name in ("LICENSE-lessons", "NOTICE"):
        if (source / name).is_file():
            yield name


def brought(source: Path, folder: Path, only: str = "") -> Iterator[tuple[str, bytes]]:
    """The files that the workspace ``folder`` gets of the course, each with its content: all of them, or for a class those of its
    lessons, in which no link leads to others, and the lesson of what the class has of its own. ``only`` one of them, if named."""
    handed = handed_out.of(folder)
    if handed is None:
        yield from ((name, (source / name).read_bytes()) for name in course_files(source))
        return
    there = handed_out_notebooks(handed)
    units = tuple({name.rpartition("/")[0] + "/" for name in there})
    for name in course_files(source):
        if only and name != only:
            continue
        if name.endswith(".ipynb"):
            if name in there:
                yield name, handed_out.without_dead_links((source / name).read_bytes(), name, there)
        elif name.startswith(units) or not name.startswith(("notebooks/", "solutions/")):
            yield name, (source / name).read_bytes()
    for language in handed.languages:
        name = outline.path(lessons.CLASS_LESSON, language)
        if name in there and only in ("", name):
            yield name, ours.notebook(handed, language)


def handed_out_notebooks(handed: handed_out.HandOut) -> list[str]:
    """The notebooks of a class, as paths below its workspace."""
    given = [one for one in lessons.of_course() if one.number in handed.lessons]
    given += [lessons.CLASS_LESSON] if ours.there(handed) else []
    return [outline.path(one, language) for language in handed.languages for one in given]


def fingerprints(data: bytes, name: str) -> dict[str, str]:
    """What tells whether a file was changed: its sha256, and for a notebook that of its cells as well.

    Running a notebook changes the file (outputs); only typing in it changes the cells.

    >>> sorted(fingerprints(b'{"cells": []}', "a.ipynb"))
    ['cells', 'sha256']
    """
    marks = {"sha256": hashlib.sha256(data).hexdigest()}
    if name.endswith(".ipynb"):
        try:
            cells = [
                [c["cell_type"], "".join(c["source"]), c.get("attachments"), c["metadata"].get("tags")]
                for c in json.loads(data)["cells"]
            ]
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return marks  # not a notebook any more: then every byte counts
        text = json.dumps(cells, ensure_ascii=False, sort_keys=True)
        marks["cells"] = hashlib.sha256(text.encode("utf-8")).hexdigest()
    return marks


def _unchanged(now: dict[str, str], laid: dict[str, str]) -> bool:
    return now["sha256"] == laid.get("sha256") or ("cells" in now and now["cells"] == laid.get("cells"))


# --- laying -------------------------------------------------------------------------------------------------


def read_manifest(folder: Path) -> dict[str, Any]:
    """What was laid into ``folder``: keys course (version), language, files (fingerprints by path)."""
    empty: dict[str, Any] = {"course": "", "language": "", "files": {}}
    try:
        found = json.loads((folder / STORE / "manifest.json").read_text("utf-8"))
        files = {str(k): dict(v) for k, v in found.get("files", {}).items()}
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        # Without a readable manifest every file that differs counts as the trainee's: nothing can be lost.
        return empty
    return {**empty, **found, "files": files}


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest in one go, so that a crash leaves the old or the new one, never half of one."""
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    _write(folder / STORE / "manifest.json", text.encode("utf-8"))


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    tidy(path, older=_DAY)
    write_atomically(path, data)


def lay(source: Path, folder: Path, given: Iterable[tuple[str, bytes]] | None = None) -> Laid:
    """Lay the course into ``folder``: new files are written, unchanged ones updated, changed ones left alone. ``given`` are other
    files than the course brings.

    Raises ``Refused`` if the folder cannot be written to.
    """
    done = Laid()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        manifest = read_manifest(folder)
        files = manifest["files"]
        for name, data in brought(source, folder) if given is None else given:
            target, new = folder / name, fingerprints(data, name)
            if not target.exists():
                _write(target, data)
                (done.updated if name in files else done.new).append(name)
                files[name] = new
                continue
            now, laid = fingerprints(target.read_bytes(), name), files.get(name, {})
            if now["sha256"] == new["sha256"]:
                files[name] = new
            elif laid.get("sha256") == new["sha256"]:
                pass  # the course has nothing newer, and what is there is the trainee's
            elif _unchanged(now, laid):
                _write(target, data)
                files[name] = new
                done.updated.append(name)
            else:
                done.kept.append(name)
        manifest["course"] = crmlab.__version__
        write_manifest(folder, manifest)
    except OSError as error:
        raise cannot_write(folder, error) from error
    return done


def remember(folder: Path, language: str) -> None:
    """Note the language last started, which ``crmlab reset`` takes when it is given none."""
    manifest = read_manifest(folder)
    if manifest["language"] == language and manifest["course"] == crmlab.__version__:
        return
    try:
        write_manifest(folder, manifest | {"language": language, "course": crmlab.__version__})
    except OSError as error:
        raise cannot_write(folder, error) from error


def check_writable(folder: Path, language: str, *parts: str) -> None:
    """Raise ``Refused`` unless lessons and settings in ``folder`` can be saved, these ``parts`` of its own folder, too."""
    for place in (folder / STORE, *(folder / STORE / part for part in parts), folder / "notebooks" / language):
        try:
            place.mkdir(parents=True, exist_ok=True)
            probe = place / f".{os.getpid()}.probe"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise cannot_write(place, error) from error


def cannot_write(folder: Path, error: OSError) -> Refused:
    """The sentence for an ``OSError`` met while writing in ``folder``."""
    where = Path(error.filename) if error.filename else folder
    if os.path.exists(folder) and not os.path.isdir(folder):  # noqa: PTH110, PTH112 (Path's raise for a name that is too long)
        text = _("{folder} is a file, not a folder. Name another one: crmlab start --to FOLDER")
        return Refused(tr(text, folder=folder))
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        text = _("The course cannot write in {folder} ({where}: {reason}). Make room, or work elsewhere: crmlab start --to FOLDER")
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        text = _(
            "The course cannot write in {folder} ({where}: {reason}). Give yourself the right to write "
            "there, or work elsewhere: crmlab start --to FOLDER"
        )
    else:
        text = _("The course cannot write in {folder} ({where}: {reason}). Work elsewhere: crmlab start --to FOLDER")
    return Refused(tr(text, folder=_short(folder), where=_short(where), reason=reason(error)))


def _short(path: Path) -> str:
    """A path as it can be read: of a name without end its beginning."""
    text = str(path)
    return text if len(text) <= 250 else f"{text[:120]}...{text[-60:]}"


# --- finding a lesson ---------------------------------------------------------------------------------------


def notebook(lesson: lessons.Lesson, language: str) -> str:
    """The path of a lesson's notebook below the workspace, with forward slashes.

    >>> notebook(lessons.Lesson("2.3", "2-classification", "3-rfm"), "zh")
    'notebooks/zh/2-classification/3-rfm.ipynb'
    """
    return outline.path(lesson, language)


def find_lesson(text: str) -> lessons.Lesson:
    """The lesson called ``text``: its number (2.3), its name (3-rfm, rfm) or the path of its notebook.

    Raises ``Refused`` with the list of lessons if there is none, or more than one.
    """
    wish = text.strip().replace("\\", "/").strip("/").removesuffix(".ipynb").lower()
    wish = "/".join(wish.split("/")[-2:])
    known = lessons.shown()
    hits = [x for x in known if wish in _names(x)]
    if len(hits) == 1:
        return hits[0]
    listed = ", ".join(f"{x.number} ({x.slug})" for x in hits or known)
    if hits:
        several = _("{name} can mean several lessons: {lessons}. Give the number.")
        raise Refused(tr(several, name=text, lessons=listed))
    if not listed:
        missing = _("There are no lessons in {folder}: the course is incomplete, fetch it again.")
        raise Refused(tr(missing, folder=places.root()))
    raise Refused(tr(_("There is no lesson {name}. These are there: {lessons}."), name=text, lessons=listed))


def _names(lesson: lessons.Lesson) -> set[str]:
    unit, slug = (part.split("-", 1)[1] for part in (lesson.unit, lesson.slug))
    paths = {f"{u}/{s}" for u in (unit, lesson.unit) for s in (slug, lesson.slug)}
    return {lesson.number, slug, lesson.slug, *paths}


# --- putting a lesson back ----------------------------------------------------------------------------------


def save_originals(source: Path) -> None:
    """In a checkout without git (a ZIP download) copy the lessons aside, before the first is opened."""
    if not places.in_checkout() or _git(source, "cat-file", "-e", "HEAD:./notebooks") is not None:
        return
    store = _originals(source)
    if store.exists():
        return
    # Copied aside first: a folder with the final name is always complete.
    draft = store.with_name(f"{store.name}.{os.getpid()}.part")
    try:
        for name in course_files(source):
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, draft / name)
        if draft.exists():
            draft.rename(store)
    except OSError as error:
        raise cannot_write(store.parent, error) from error


def _originals(source: Path) -> Path:
    return source / STORE / "originals" / crmlab.__version__


def original(name: str, folder: Path) -> bytes | None:
    """The course's own version of file ``name`` of the workspace, or ``None`` if it cannot be had."""
    source = places.root()
    if handed_out.of(folder) is not None:
        return next((data for _name, data in brought(source, folder, name)), None)
    beside = source / name
    if not places.in_checkout():
        return beside.read_bytes() if beside.is_file() else None
    if not in_place(folder) and beside.is_file():
        data = beside.read_bytes()
        if fingerprints(data, name)["sha256"] == read_manifest(folder)["files"].get(name, {}).get("sha256"):
            return data
    data_in_git = _git(source, "show", f"HEAD:./{name}")
    if data_in_git is not None:
        return data_in_git
    saved = _originals(source) / name
    return saved.read_bytes() if saved.is_file() else None


def reset(lesson: lessons.Lesson, folder: Path, language: str) -> Restored:
    """Put the lesson back as it came; the trainee's notebook and answers stay as ``NAME.mine-1...``.

    Raises ``Refused`` if there is no original, or the folder cannot be written to.
    """
    name = notebook(lesson, language)
    data = original(name, folder)
    if data is None:
        gone = _("The original of {name} is not here any more. Fetch the course again; yours was not touched.")
        raise Refused(tr(gone, name=name))
    target = folder / name
    copies: list[Path] = []
    try:
        number = 1
        while any(target.parent.glob(f"{lesson.slug}.mine-{number}.*")):
            number += 1
        target.parent.mkdir(parents=True, exist_ok=True)
        new = draft(target, data)  # first: where the disk is full, nothing has been moved yet
        try:
            if target.exists() and target.read_bytes() != data:
                copies.append(target.rename(target.with_name(f"{lesson.slug}.mine-{number}.ipynb")))
            answers = target.with_suffix(".json")
            if answers.exists():
                copies.append(answers.rename(target.with_name(f"{lesson.slug}.mine-{number}.json")))
            put(new, target)
        finally:
            new.unlink(missing_ok=True)
        if not in_place(folder):
            manifest = read_manifest(folder)
            manifest["files"][name] = fingerprints(data, name)
            write_manifest(folder, manifest)
    except OSError as error:
        raise cannot_write(target.parent, error) from error
    return Restored(target, tuple(copies))


def language_of(folder: Path) -> str | None:
    """The language last started in this workspace, if any."""
    found = read_manifest(folder)["language"]
    return found if isinstance(found, str) and found in LANGUAGES else None


def _git(source: Path, *command: str) -> bytes | None:
    """What git says, or ``None`` where there is no git, no repository, or no such thing in it."""
    try:
        words = ["git", "-C", str(source), *command]
        run = subprocess.run(words, capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    return run.stdout if run.returncode == 0 else None
