"""How a file is to be read, remembered beside it: ``orders.xlsx.crmlab.json``. The file itself is never written."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from crmlab import checks
from crmlab.language import _
from crmlab.own.export import KINDS, Plan, Problem
from crmlab.own.said import Said
from crmlab.own.understanding.roles import heading

ENDING = ".crmlab.json"
_LARGEST = 1_000_000


def beside(file: Path | str) -> Path:
    """Where the plan of a file is kept.

    >>> beside("sales/orders.xlsx").name
    'orders.xlsx.crmlab.json'
    """
    path = Path(file)
    return path.with_name(path.name + ENDING)


def save(plan: Plan, file: Path | str) -> Path:
    """Remember the plan of a file, in one step: a plan that is there is replaced whole or not at all. Returns where it is.

    Raises :class:`~crmlab.checks.InputError` where the folder cannot be written.
    """
    path = beside(file)
    content = {"kind": plan.kind, "sheet": plan.sheet, "roles": dict(plan.roles), "answers": dict(plan.answers)}
    try:
        handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                json.dump(content, out, ensure_ascii=False, indent=1)
                out.flush()
                os.fsync(out.fileno())
            Path(draft).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(draft).unlink()
            raise
    except OSError as error:
        checks.fail(
            _("What you said of {file} cannot be kept beside it ({reason})."),
            file=path.name,
            reason=error.strerror or str(error),
        )
    return path


def load(file: Path | str) -> tuple[Plan | None, list[Said]]:
    """The plan that is kept beside a file, ``None`` where there is none or it cannot be read; and what is said of it."""
    path = beside(file)
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError
        content = json.loads(path.read_text("utf-8"))
        found = Plan(content["kind"], content["sheet"], _texts(content["roles"]), _texts(content["answers"]))
        if not isinstance(found.sheet, str) or (found.kind and found.kind not in KINDS):
            raise ValueError
    except FileNotFoundError:
        return None, []
    except (OSError, ValueError, KeyError, TypeError):
        return None, [
            Said(_("{file}, which keeps how the file is to be read, cannot be read and is not used."), file=path.name)
        ]
    return found, []


def _texts(value: object) -> Mapping[str, str]:
    if not isinstance(value, dict) or not all(isinstance(one, str) for pair in value.items() for one in pair):
        raise ValueError
    return value


def fitting(plan: Plan, headings: Sequence[str], remembered: bool) -> tuple[Plan | None, list[Problem]]:
    """The plan as far as it fits the headings of a file, and what is said where it does not.

    A remembered plan whose headings are gone is not used at all: the file is another one now. In a plan that was just given (``remembered`` false) an
    unknown heading is an error of the caller's. Headings that differ in width, case or signs alone are the same.

    Raises :class:`~crmlab.checks.InputError` for a kind that is none, or (``remembered`` false) a heading that is not there.

    >>> fitting(Plan(roles={"Kunde": "customer"}), ["customer"], True)[0] is None
    True
    """
    known = {heading(one): one for one in headings}
    roles = {one if one in headings else known.get(heading(one), ""): role for one, role in plan.roles.items()}
    gone = [one for one in plan.roles if one not in headings and heading(one) not in known]
    if plan.kind and plan.kind not in KINDS:
        checks.fail(
            _("There is no kind of file {kind!r}; choose one of {kinds}."), kind=plan.kind, kinds=", ".join(KINDS)
        )
    if not gone:
        return Plan(plan.kind, plan.sheet, roles, plan.answers), []
    names = ", ".join(gone[:5])
    if not remembered:
        checks.fail(
            _("The file has no column {columns}; its columns are {known}."),
            columns=names,
            known=", ".join(map(str, headings[:30])),
        )
    says = Said(_("What is kept of this file names columns that it does not have ({columns})."), columns=names)
    return None, [Problem(says, Said(_("It is not used; the columns were recognised anew.")))]
