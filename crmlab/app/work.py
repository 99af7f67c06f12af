"""All of a trainee's work as one file, to carry it between the installed course and the browser edition.

A JSON file: ``{"kind": "crmlab work", "format": 1, "files": {path: text}}``, paths below the course's folder. The browser
edition writes and reads the same (``crmlab/lite/static/work.js``).

Only what the course itself writes is taken along: notebooks, answers, saved tables and pages, in the folders of units. None of
them can be imported or is read by anything that starts: a module, or settings, of somebody else would run.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from crmlab.course.files import draft, followed, put, whole
from crmlab.language import LANGUAGES, _, tr

KIND = "crmlab work"
FORMAT = 1
SUFFIXES = (".ipynb", ".json", ".csv", ".html")
_MINE = re.compile(
    rf"notebooks/(?:{'|'.join(LANGUAGES)})/(?:[0-9]+-[a-z0-9-]+/)?"
    r"(?!(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])\.)"  # devices, not files, on Windows
    r'[^/\\<>:"|?*\x00-\x1f\x7f. ][^/\\<>:"|?*\x00-\x1f\x7f]*(?:\.ipynb|\.json|\.csv|\.html)'
)
_LONGEST = 240
"""Bytes of a name: disks allow 255, and what is there is kept under a longer one."""


class NotWork(ValueError):
    """A file that is no trainee's work; the message is a sentence."""


@dataclass
class Taken:
    """What was taken over: paths of the files, and under which names what was there before is kept."""

    files: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


@dataclass
class Packed:
    """Work as the text of its file, how many files it has, and which of the trainee's own files it does not take along."""

    text: str
    count: int
    left_out: list[str]


def pack(folder: Path, original: dict[str, bytes] | None = None) -> Packed:
    """The work in a course's folder: answers, saved tables and pages, changed notebooks.

    ``original`` holds the notebooks as they came, by path; those that are unchanged are left out.
    """
    files, left_out = {}, []
    for path in sorted((folder / "notebooks").rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.name.startswith(".") or "/." in name or not path.is_file() or "__pycache__" in path.parts:
            continue
        if not takes(name) or _OWN.fullmatch(name):
            if path.suffix not in _DRAWN:
                left_out.append(whole(name))
            continue
        raw = path.read_bytes()
        if name in (original or {}) and (original or {})[name] == raw:
            continue
        try:
            files[name] = _text(raw)
        except ValueError:
            left_out.append(whole(name))
    content = {"kind": KIND, "format": FORMAT, "files": files}
    return Packed(json.dumps(content, ensure_ascii=False, indent=1) + "\n", len(files), left_out)


_OWN = re.compile(r"notebooks/[^/]+/9-own/.*\.(?:csv|html)")
"""What is saved in the unit on the trainee's own customers is about these, and may name them; the notebook is taken along."""

_DRAWN = (".png", ".jpg", ".jpeg", ".svg", ".gif")
"""Pictures came with the lessons."""


def _text(raw: bytes) -> str:
    """The text of a file, as it is; with a mark of UTF-16 at its beginning it is that."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16")
    return raw.decode("utf-8")


def takes(name: object) -> bool:
    """Whether a path below the course's folder is one of a trainee's work.

    >>> takes("notebooks/en/3-qualification/2-man.json"), takes("notebooks/en/3-qualification/crmlab.py")
    (True, False)
    """
    if not isinstance(name, str) or not _MINE.fullmatch(name):
        return False
    try:
        return len(name.rpartition("/")[2].encode("utf-8")) <= _LONGEST
    except UnicodeEncodeError:
        return False


def read(work: str | bytes) -> dict[str, str]:
    """The files of a packed work, by path. Raises :class:`NotWork` for anything else.

    >>> read('{"kind": "crmlab work", "format": 1, "files": {"notebooks/en/1-foundations/1-tour.json": "{}"}}')
    {'notebooks/en/1-foundations/1-tour.json': '{}'}
    """
    try:
        content = json.loads((work if isinstance(work, str) else _text(work)).removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        content = None
    files = content.get("files") if isinstance(content, dict) and content.get("kind") == KIND else None
    if not isinstance(files, dict):
        raise NotWork(
            tr(
                _(
                    "This is no file of work from this course; it is made with “Download my work” or `crmlab work export`."
                )
            )
        )
    if content.get("format", FORMAT) != FORMAT:
        raise NotWork(tr(_("This file of work is of another version of the course; bring this one up to date first.")))
    for name, written in files.items():
        # Anything else could run by being there: a module, settings, a path that leads out of the course's folder.
        if not takes(name) or not isinstance(written, str):
            text = _("The file names “{name}”, which is no file of a trainee; nothing was taken over.")
            raise NotWork(tr(text, name=whole(name[:80])))
    return {name: whole(written) for name, written in files.items()}


def unpack(work: str | bytes, folder: Path) -> Taken:
    """Write packed work into a course's folder, whole or not at all; what is there under the same name is kept beside it.

    Raises :class:`NotWork` before anything is written; ``OSError`` where the folder cannot be written, which then is as it
    was.
    """
    files = read(work)
    taken = Taken()
    with contextlib.ExitStack() as undo:
        drafts: list[tuple[str, Path, Path]] = []
        for name, written in files.items():
            path, raw = folder / name, written.encode("utf-8")
            if path.is_dir() and not path.is_symlink():
                raise NotWork(tr(_("{name} is a folder here; nothing was taken over."), name=name))
            if path.is_file() and path.read_bytes() == raw:
                continue
            _make(path.parent, undo)
            made = draft(path, raw)
            undo.callback(made.unlink, missing_ok=True)
            drafts.append((name, path, made))
        for name, path, made in drafts:
            if path.is_file():
                real = followed(path)
                older = next(one for one in _beside(real) if not one.exists())
                real.rename(older)
                undo.callback(older.replace, real)
                taken.kept.append(f"{name.rpartition('/')[0]}/{older.name}")
            else:
                undo.callback(path.unlink, missing_ok=True)
            put(made, path)
            taken.files.append(name)
        undo.pop_all()
    return taken


def _make(folder: Path, undo: contextlib.ExitStack) -> None:
    """Make a folder and those above it; undone where the rest fails."""
    for one in reversed([place for place in (folder, *folder.parents) if not place.exists()]):
        one.mkdir(exist_ok=True)
        undo.callback(_remove, one)


def _remove(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()


def _beside(path: Path) -> Iterator[Path]:
    for number in range(1, 100_000):
        yield path.with_name(f"{path.stem}.older-{number}{path.suffix}")
