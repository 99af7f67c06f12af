"""What was found in the chosen file, result by result: computed once, masked unless names are wanted, with the verdict of its test in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from crmlab.checks import InputError
from crmlab.course import classes, own_files
from crmlab.language import _, current, tr
from crmlab.own import FAILS, HOLDS, UNCLEAR, UNTESTED, Export, Result, privacy, results

KIND_OF: Mapping[str, str] = {
    name: kind for kind, exports in own_files.FITS.items() for of_export in exports for name in results.NAMES[of_export]
}
"""The kind of data that each result is found in."""

VERDICTS: Mapping[str, tuple[str, str]] = {
    HOLDS: ("right", _("Tested on the firm's own past: it holds")),
    UNCLEAR: ("unreadable", _("Tested on the firm's own past: not shown to be better than chance. Use it with care")),
    FAILS: ("not yet right", _("Tested on the firm's own past: it fails. Do not rely on this")),
    UNTESTED: ("note", _("Not tested: the file is too short to tell. Do not rely on this yet")),
}
"""How a verdict looks (:func:`crmlab.course.panel.box`) and what it says."""


@dataclass(frozen=True, eq=False)
class Found:
    """A result, or the sentence that says why the file does not allow it; whose it is."""

    name: str
    kind: str
    export: Export
    own: bool
    result: Result | None
    why_not: str = ""

    def shown(self, names: bool = False) -> Result | None:
        """The result as it may be shown: masked unless ``names``."""
        return self.result if names or self.result is None else privacy.masked(self.result)

    def personal(self) -> bool:
        """Whether anything in it is masked."""
        if self.result is None:
            return False
        return any(
            column in table or column in table.index.names
            for _title, table in tables(self.result)
            for column in self.result.personal
        )


def tables(result: Result) -> list[tuple[str, pd.DataFrame]]:
    """The table of a result, under "", and further ones by title in the language in force."""
    return [("", result.table), *((tr(title), table) for title, table in result.more.items())]


def find(name: str) -> Found:
    """A result in the chosen file, or in that of the made-up firm: computed once as long as neither file nor plan changes.

    Raises ``KeyError`` for a name that none has.
    """
    kind = KIND_OF[name]
    file = own_files.chosen(kind)
    own = own_files.is_own(kind)
    made = own_files.export(kind)
    # Of the made-up firm the names of articles are in the language in force, so it is another export in each.
    key: tuple[Any, ...] = ("result", name, own_files.seal(file)) if own and file else ("result", name, (kind, str(classes.fixed()), current()))

    def compute() -> Found:
        try:
            return Found(name, kind, made, own, results.find(name, made))
        except InputError as error:
            return Found(name, kind, made, own, None, str(error))

    found: Found = own_files.kept(key, compute)
    return found


def every(kind: str, progress: Callable[[str, int, int], None] | None = None) -> list[Found]:
    """All results that the chosen file allows, in order. ``progress(name, number, of how many)`` is called before each."""
    names = results.NAMES.get(own_files.export(kind).kind, ())
    found = []
    for number, name in enumerate(names):
        if progress is not None:
            progress(name, number, len(names))
        found.append(find(name))
    return found
