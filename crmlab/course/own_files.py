"""The trainee's own files: which one was chosen for each kind of data, what it holds, else the firm that was made up for the class.

They lie in the folder ``my-files`` beside the folders of the languages, where nothing is handed in, collected or exported from. Only
:func:`keep` writes there, and nothing that is there is ever written over. Which file was chosen is kept beside them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from crmlab.checks import InputError
from crmlab.course import classes, files, state
from crmlab.course.state import Store
from crmlab.language import _, current, tr
from crmlab.own import Export, Plan, Said
from crmlab.own import plan as plans

FOLDER = "my-files"
CHOICES = "chosen.json"

ORDERS, SURVEY, COMPLAINTS = "orders", "survey", "complaints"
ASKED: Mapping[str, str] = {
    ORDERS: _("your orders"),
    SURVEY: _("your survey"),
    COMPLAINTS: _("your complaints"),
}
"""The kinds of data that are asked for."""

FITS: Mapping[str, tuple[str, ...]] = {
    ORDERS: ("orders", "lines", "months"),
    SURVEY: ("survey",),
    COMPLAINTS: ("complaints",),
}
"""Which kinds of export serve each."""

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")


def folder() -> Path | None:
    """Where the trainee's files lie; ``None`` in a worked edition, which keeps nothing. The folder need not be there yet."""
    if elsewhere := os.environ.get("CRMLAB_STATE"):
        return Path(elsewhere) / FOLDER
    here = Path.cwd()
    for place in here.parents:
        if here.name and place.name in ("notebooks", "solutions"):
            return place / FOLDER if place.name == "notebooks" else None
    return here / FOLDER


def there() -> list[Path]:
    """The files that lie in the folder and look like exports, by name."""
    place = folder()
    try:
        found = sorted(place.iterdir(), key=lambda path: path.name.casefold()) if place else []
        return [
            one
            for one in found
            if one.suffix.lower() in ENDINGS and one.is_file() and not one.name.startswith((".", "~$"))
        ]
    except OSError:
        return []


def chosen(kind: str) -> Path | None:
    """The file that was chosen for this kind of data (:data:`ASKED`), if it is there; ``None`` for the made-up firm.

    Raises ``ValueError`` for another kind.
    """
    file = named(kind)
    return file if file is not None and file.is_file() else None


def named(kind: str) -> Path | None:
    """The file that was chosen, whether it is still there or not."""
    _known(kind)
    place = folder()
    if place is None:
        return None
    name = state.fields(_store().record(kind)).get("file")
    return place / name if isinstance(name, str) and name else None


def choose(kind: str, path: Path | str | None) -> None:
    """Take this file for this kind of data, or with ``None`` the made-up firm again. It is kept for all lessons.

    Raises :class:`~crmlab.checks.InputError` for a file that is not there, ``ValueError`` for another kind.
    """
    _known(kind)
    place, name = folder(), None
    if path is not None:
        file = Path(path)
        if not file.is_file():
            raise InputError(tr(_("There is no file {file}."), file=file.name))
        inside = place is not None and file.resolve().parent == place.resolve()
        name = file.name if inside else str(file.resolve())
    _store(make=True).change(
        kind, lambda record: record.update(fields={"file": name}, changes=count(record, "changes") + 1)
    )
    tell(kind)


def is_own(kind: str) -> bool:
    """Whether :func:`export` is about the trainee's own file."""
    return chosen(kind) is not None and not problem(kind)


def problem(kind: str) -> str:
    """Why the chosen file cannot serve, as a sentence in the language in force; empty if it can, or none was chosen."""
    file = named(kind)
    if file is None:
        return ""
    if not file.is_file():
        return tr(_("The file {file} is not there any more."), file=file.name)
    try:
        made = of(file, kind)
    except InputError as error:
        return str(error)
    except Exception as error:  # a stranger's file may hold anything, and the notebook must go on
        return tr(_("{file} cannot be read: {reason}."), file=file.name, reason=files.reason(error))
    return unfit(made, kind)


def unfit(made: Export, kind: str) -> str:
    """Why an export cannot serve as this kind of data, as a sentence; empty if it can."""
    from crmlab.own import KINDS

    if made.kind not in FITS[kind]:
        elsewhere = [other for other, exports in FITS.items() if made.kind in exports]
        text = (
            _(
                "{file} was understood as “{found}”. It serves as {other}: choose it where that is asked for, and another file here; or say below what its columns are."
            )
            if elsewhere
            else _(
                "{file} was understood as “{found}”, which does not serve as {wanted}. Choose another file, or say below what its columns are."
            )
        )
        found = tr(KINDS[made.kind]) if made.kind in KINDS else tr(_("not understood"))
        return tr(
            text,
            file=made.file.name,
            found=found,
            wanted=tr(ASKED[kind]),
            other=tr(ASKED[elsewhere[0]]) if elsewhere else "",
        )
    return (
        ""
        if len(made.table)
        else tr(_("No row of {file} can be used; the list of problems says why."), file=made.file.name)
    )


def export(kind: str) -> Export:
    """What the chosen file holds, read by its remembered plan; the made-up firm of the class where none was chosen or it cannot serve.

    Raises ``ValueError`` for a kind that is none of :data:`ASKED`.
    """
    file = chosen(kind)
    return made_up(kind) if file is None or problem(kind) else of(file, kind)


def made_up(kind: str) -> Export:
    """The exports of the firm that was made up for the class."""
    from crmlab.own import sandbox

    number = classes.fixed()
    made: Export = sandbox.export(kind, classes.seed(classes.ALONE if number is None else number))
    return made


def of(path: Path, kind: str = ORDERS) -> Export:
    """What a file holds for this kind of data, by its remembered plan; read once as long as neither file nor plan changes. Of a workbook that
    serves several kinds each takes the sheet that fits it. Raises as :func:`crmlab.own.read`."""
    made: Export = kept((f"file {kind}", str(path)), seal(path, kind), lambda: _read(path, kind))
    return made


def _read(path: Path, kind: str) -> Export:
    from crmlab import own

    of_kind = _of_kind(path, kind)
    if plans.beside(of_kind).is_file():
        plan, said = plans.load(of_kind)
        try:
            made = own.read(path, plan) if plan else own.read(path)
        except InputError as error:
            # The file is another one now, or cannot be read at all: then this raises, too.
            made, said = (
                own.read(path),
                [Said(_("What was remembered of this file is not used: {reason}"), reason=str(error))],
            )
        return replace(made, notes=[*said, *made.notes])
    made = own.read(path)
    if made.kind in FITS[kind] or (plans.load(path)[0] is not None and not _shared(path, kind)):
        return made
    for sheet in [one for one in made.sheets if one != made.plan.sheet][:MOST_SHEETS]:
        try:
            other = own.read(path, Plan(sheet=sheet))
        except InputError:
            continue
        if other.kind in FITS[kind] and len(other.table):
            return other
    return made


MOST_SHEETS = 8
"""So many further sheets of a workbook are looked at for one that fits."""


def _of_kind(path: Path, kind: str) -> Path:
    """Under which name the plan is kept where a file serves another kind of data, too."""
    return path.with_name(f"{path.name}.{kind}")


def _shared(path: Path, kind: str) -> bool:
    return any(named(other) == path for other in ASKED if other != kind)


def read_as(kind: str, plan: Plan) -> Export:
    """The chosen file read by another plan, which is remembered beside it. Raises as :func:`crmlab.own.read`."""
    from crmlab import own

    path = chosen(kind)
    if path is None:
        raise InputError(tr(_("No file of your own is chosen.")))
    made = own.read(path, plan)
    of_kind = _of_kind(path, kind)
    plans.save(plan, of_kind if _shared(path, kind) or plans.beside(of_kind).is_file() else path)
    kept((f"file {kind}", str(path)), seal(path, kind), lambda: made)
    _store(make=True).change(kind, lambda record: record.update(plans=count(record, "plans") + 1))
    tell(kind)
    return made


def count(record: Mapping[str, Any], key: str) -> int:
    """How often something was done, as it is kept in the record of a choice."""
    return int(state.amount(record, key))


def times(kind: str, key: str = "changes") -> int:
    """How often another file was chosen for this kind of data, or (``"plans"``) another plan: by that a page knows that something has changed."""
    return count(_store().record(kind), key) if folder() else 0


watchers: dict[tuple[str, str], Callable[[], None]] = {}
"""What is shown of a choice, by the kind of data and a name: called when the choice, or how its file is read, has changed."""


def tell(kind: str) -> None:
    """Have everything that is shown of this choice drawn again."""
    for (of_kind, _name), draw in list(watchers.items()):
        if of_kind == kind:
            draw()


def seal(path: Path, kind: str = ORDERS) -> tuple[Any, ...]:
    """What tells whether a file or its plan has changed."""
    about = path.stat()
    remembered = []
    for one in (path, _of_kind(path, kind)):
        try:
            remembered.append(plans.beside(one).read_bytes())
        except OSError:
            remembered.append(b"")
    return (str(path), about.st_size, about.st_mtime_ns, *remembered, _shared(path, kind))


def keep(name: str, content: bytes) -> Path:
    """Put a file that was handed over into the folder, under its name or, where another file has that, a numbered one.

    Raises :class:`~crmlab.checks.InputError` for a name of another kind of file or a folder that cannot be written; nothing is left half-written.
    """
    place = folder()
    last = re.sub(r'[\x00-\x1f\x7f<>:"|?*]', "", re.split(r"[/\\]", files.whole(name))[-1]).strip(". ")
    ending = Path(last).suffix.lower()
    if ending not in ENDINGS or place is None:
        text = _(
            "{file} is no export that can be read here. Save it as Excel (.xlsx) or CSV (.csv) and choose it again."
        )
        raise InputError(tr(text, file=last or name))
    if not content:
        raise InputError(tr(_("{file} is empty."), file=last))
    stem = Path(last).stem.encode("utf-8")[:180].decode("utf-8", "ignore")
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        for number in range(1, 100_000):
            path = place / (f"{stem}{ending}" if number == 1 else f"{stem}-{number}{ending}")
            if not os.path.lexists(path):
                files.write_atomically(path, content)
                if number > 1:
                    _as_before(path, place / (f"{stem}{ending}" if number == 2 else f"{stem}-{number - 1}{ending}"))
                return path
            if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
                return path
    except OSError as error:
        raise InputError(
            tr(_("{file} cannot be kept here: {reason}."), file=last, reason=files.reason(error))
        ) from error
    raise InputError(tr(_("{file} cannot be kept here: {reason}."), file=last, reason="-"))


def _as_before(path: Path, before: Path) -> None:
    """What was said of an earlier export of this name holds for the new one; one with other columns says so itself."""
    for kind in ("", *ASKED):
        old, new = (_of_kind(one, kind) if kind else one for one in (before, path))
        plan = plans.load(old)[0]
        if plan is not None and not plans.beside(new).exists():
            plans.save(plan, new)


# -- what was chosen ---------------------------------------------------------------------------------------------------


def _known(kind: str) -> None:
    if kind not in ASKED:
        raise ValueError(f"no kind of data: {kind!r}; there are {', '.join(ASKED)}")


_stores: dict[Path | None, Store] = {}


def _store(*, make: bool = False) -> Store:
    place = folder()
    path = place / CHOICES if place else None
    if make and place is not None:
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                tr(_("{file} cannot be kept here: {reason}."), file=FOLDER, reason=files.reason(error))
            ) from error
    return _stores.setdefault(path, state.of(path, "own"))


# -- what was read -----------------------------------------------------------------------------------------------------

_memory: dict[tuple[str, str], tuple[Any, Any]] = {}
"""What was read and found, by what it is: what tells whether it is the same still, and it itself."""


def kept(what: tuple[str, str], state: Any, make: Callable[[], Any]) -> Any:
    """What ``make`` gives, made again only when ``state`` is another than the last time."""
    if what not in _memory or _memory[what][0] != state:
        _memory.pop(what, None)  # the old one need not be there while the new one is made
        _memory[what] = (state, make())
    return _memory[what][1]


def mark(kind: str) -> Any:
    """What tells whether :func:`export` gives the same still."""
    file = chosen(kind)
    return seal(file, kind) if file is not None and is_own(kind) else ("made up", classes.fixed(), current())
