"""Results that were made already, kept beside a report so that they need not be made again: for the same file, plan and program.

What is kept holds no more than the report: pseudonyms, unless names were asked for. It is sealed with the key of this person
(:mod:`crmlab.own.privacy`), and what another one sealed is not read: unpickling runs what stands in a file.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import pickle
import secrets
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from crmlab.own import privacy
from crmlab.own.export import Plan
from crmlab.own.large import kept as large
from crmlab.own.result import Result

FOLDER = ".crmlab-report"
MASKED, NAMED = ".result", ".named"
"""The ending of what is kept with pseudonyms, and with names."""
_SEAL = 32
_PIECE = 1 << 20


def digest(file: Path) -> str:
    """What tells the content of a file apart, or of all files of a folder. Raises ``OSError`` where it cannot be read."""
    found = hashlib.sha256()
    for one in sorted(path for path in file.rglob("*") if path.is_file()) if file.is_dir() else [file]:
        if file.is_dir():
            found.update(one.relative_to(file).as_posix().encode())
        with one.open("rb") as opened:
            while piece := opened.read(_PIECE):
                found.update(piece)
    return found.hexdigest()


@cache
def program() -> str:
    """What tells the code apart that makes results: of another version nothing is taken."""
    top = Path(privacy.__file__).resolve().parent.parent
    found = hashlib.sha256()
    for path in _sources(top):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()


def _sources(top: Path) -> Iterator[Path]:
    yield from sorted(top.glob("*.py"))
    for folder in ("checks", "clv", "customers", "engines", "own"):
        yield from sorted(path for path in (top / folder).rglob("*") if path.suffix in (".py", ".csv"))


def forget_names(out: Path) -> None:
    """Take away what is kept with names in a folder of reports: results of an earlier report with names, and what was collected from large files,
    which served to go on after a stop. A finished report without names may be given away with its folder."""
    large.forget(out / FOLDER)
    for named in (out / FOLDER).glob(f"*{NAMED}"):
        with contextlib.suppress(OSError):
            named.unlink()


class Kept:
    """The results of one file in a folder of reports.

    ``content`` is its :func:`digest`, ``plan`` how it was read, ``names`` whether results hold names.
    """

    def __init__(self, folder: Path, content: str, plan: Plan, names: bool) -> None:
        how = json.dumps(
            [plan.kind, plan.sheet, sorted(plan.roles.items()), sorted(plan.answers.items()), names], ensure_ascii=False
        )
        self._folder, self._ending = folder / FOLDER, NAMED if names else MASKED
        self._secret = privacy.key().encode()
        self._mark = hashlib.sha256("\0".join([content, how, program(), privacy.key()]).encode()).hexdigest()[:24]

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}-{self._mark}{self._ending}"

    def get(self, name: str) -> Result | None:
        """The result of that name; ``None`` where it must be made."""
        try:
            raw = self._path(name).read_bytes()
        except OSError:
            return None
        seal, content = raw[:_SEAL], raw[_SEAL:]
        if not hmac.compare_digest(seal, self._sealed(name, content)):
            return None
        try:
            found = pickle.loads(content)
        except Exception:  # made by another version of pandas, perhaps
            return None
        return found if isinstance(found, Result) and found.name == name else None

    def put(self, name: str, result: Result) -> None:
        """Keep it, readable for this person alone. Where that cannot be done, it is made again next time."""
        with contextlib.suppress(OSError, pickle.PicklingError, AttributeError, TypeError):
            content = pickle.dumps(result, protocol=5)
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = self._folder / f".{secrets.token_hex(6)}.tmp"
            try:
                with os.fdopen(
                    os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "wb"
                ) as file:
                    file.write(self._sealed(name, content) + content)
                for older in self._folder.glob(f"{name}-*{self._ending}"):
                    # Of each result the newest few: other files of the same report have theirs.
                    if older != self._path(name) and _age(older) > _age(draft) + 30 * 24 * 3600:
                        older.unlink(missing_ok=True)
                draft.replace(self._path(name))
            finally:
                draft.unlink(missing_ok=True)

    def _sealed(self, name: str, content: bytes) -> bytes:
        return hmac.new(self._secret, name.encode() + self._mark.encode() + content, hashlib.sha256).digest()


def _age(path: Path) -> float:
    return -path.stat().st_mtime
