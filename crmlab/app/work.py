"""All of a trainee's work as one file, to carry it between the installed course and the browser edition.

A JSON file: ``{"kind": "crmlab work", "format": 1, "files": {path: text}}``, paths below the course's folder. The browser
edition writes and reads the same (``crmlab/lite/static/work.js``).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from crmlab.course.files import write_atomically
from crmlab.language import _, tr

KIND = "crmlab work"
_MINE = re.compile(r"notebooks/(?:en|zh)/(?:[^/\\]+/)?[^/\\]+")


class NotWork(ValueError):
    """A file that is no trainee's work; the message is a sentence."""


@dataclass
class Taken:
    """What was taken over: paths of the files, and under which names what was there before is kept."""

    files: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def pack(folder: Path, original: dict[str, bytes] | None = None) -> str:
    """The work in a course's folder, as the text of the file: answers, saved tables and pages, changed notebooks.

    ``original`` holds the notebooks as they came, by path; those that are unchanged are left out.
    """
    files = {}
    for path in sorted((folder / "notebooks").rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or not _MINE.fullmatch(name) or path.name.startswith("."):
            continue
        raw = path.read_bytes()
        if path.suffix == ".ipynb" and (original or {}).get(name) == raw:
            continue
        try:
            files[name] = raw.decode("utf-8")
        except UnicodeDecodeError:
            continue  # nothing of the course's: it writes text only
    return json.dumps({"kind": KIND, "format": 1, "files": files}, ensure_ascii=False, indent=1) + "\n"


def read(text: str) -> dict[str, str]:
    """The files of a packed work, by path. Raises :class:`NotWork` for anything else.

    >>> read('{"kind": "crmlab work", "format": 1, "files": {"notebooks/en/1-foundations/1-tour.json": "{}"}}')
    {'notebooks/en/1-foundations/1-tour.json': '{}'}
    """
    try:
        content = json.loads(text.removeprefix("\ufeff"))
    except ValueError:
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
    for name, written in files.items():
        # A path that leads out of the course's folder can only be meant ill.
        if (
            not _MINE.fullmatch(name)
            or any(part.startswith(".") for part in name.split("/"))
            or not isinstance(written, str)
        ):
            raise NotWork(
                tr(_("The file names “{name}”, which is no file of a trainee; nothing was taken over."), name=name[:80])
            )
    return files


def unpack(text: str, folder: Path) -> Taken:
    """Write packed work into a course's folder; what is there under the same name is kept beside it.

    Raises :class:`NotWork` before anything is written, ``OSError`` where the folder cannot be written.
    """
    taken = Taken()
    for name, written in read(text).items():
        path = folder / name
        if path.is_file() and path.read_bytes() == written.encode("utf-8"):
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file():
            older = next(
                one
                for n in range(1, 10_000)
                if not (one := path.with_name(f"{path.stem}.older-{n}{path.suffix}")).exists()
            )
            path.rename(older)
            taken.kept.append(older.relative_to(folder).as_posix())
        write_atomically(path, written)
        taken.files.append(name)
    return taken
