"""What is said of the trainee's own files: which one is looked at, how many of its rows are used, how large it may be."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from html import escape

from crmlab.course import classes, own_files, panel
from crmlab.course.files import HANDED_OVER
from crmlab.course.own_files import COMPLAINTS, ORDERS, SURVEY
from crmlab.language import _, listed, tr
from crmlab.own import Export

LABELS: Mapping[str, str] = {
    ORDERS: _("Whose orders?"),
    SURVEY: _("Whose survey?"),
    COMPLAINTS: _("Whose complaints?"),
}

MOST_IN_BROWSER = 20_000_000
"""Bytes of a text file that the browser edition takes: some 280,000 lines, read in a minute or two."""
MOST_OF_BOOKS = 5_000_000
"""Bytes of a workbook there, which is packed: some 130,000 rows."""


def most(ending: str = ".csv") -> int:
    """The bytes that a file of this ending may have to be handed over, in this edition."""
    if sys.platform != "emscripten":
        return HANDED_OVER
    return MOST_OF_BOOKS if ending.startswith(".xls") else MOST_IN_BROWSER


def too_large() -> str:
    """What is said of a file with more bytes, before it is read; the page fills in ``{file}``, ``{size}`` and ``{most}``."""
    if sys.platform == "emscripten":
        text = _(
            "{file} has {size} MB, and this browser can hold files of up to {most} MB. Take a shorter period, leave out columns that are not "
            "needed, or use the installed course."
        )
    else:
        text = _(
            "{file} has {size} MB; the button takes files of up to {most} MB. Put it into the folder {folder} yourself, then load this page again."
        )
    return tr(text, file="{file}", size="{size}", most="{most}", folder=f"notebooks/{own_files.FOLDER}")


def limit() -> str:
    """A mark, not seen, by which the page refuses a file that is too large before it reads it."""
    limits = f'data-crmlab-most="{most()}" data-crmlab-most-of-books="{most(".xlsx")}"'
    return f'<span hidden {limits} data-crmlab-too-large="{escape(too_large())}"></span>'


def standing(kind: str) -> str:
    """Which firm is looked at, and how much of its file is used, in words."""
    problem, own = own_files.problem(kind), own_files.is_own(kind)
    if not own:
        return " ".join(filter(None, (problem, _made_up())))
    made = own_files.export(kind)
    text = _("Your file {file}. Nothing of it leaves this computer.")
    return tr(text, file=made.file.name) + " " + adds_up(made)


def standing_box(kind: str) -> str:
    """The same as a box."""
    if own_files.folder() is None:
        text = tr(
            _("A worked edition always shows the made-up firm. Open the lesson itself to choose a file of your own.")
        )
        return panel.box("note", tr(_("The made-up firm of your class")), panel.paragraph(text))
    problem = own_files.problem(kind)
    if not own_files.is_own(kind):
        box = (
            panel.box("unreadable", tr(_("This file does not serve yet")), panel.paragraph(problem), status=True)
            if problem
            else ""
        )
        return box + panel.box(
            "note", tr(_("The made-up firm of your class")), panel.paragraph(_made_up()), status=True
        )
    made = own_files.export(kind)
    body = panel.paragraph(
        tr(_("Nothing of it leaves this computer, and the file itself is never written."))
    ) + panel.paragraph(adds_up(made))
    body += panel.paragraph(asked(made))
    return panel.box("right", tr(_("Your file {file}"), file=made.file.name), body, status=True)


def adds_up(made: Export) -> str:
    """That no row was lost: read = used + listed."""
    text = (
        _("Rows read: {rows:,}. Used: {used:,}. Not used, and in the list of problems: {listed:,}.")
        if made.listed
        else _("Rows read: {rows:,}. All of them are used.")
    )
    return tr(text, rows=made.rows, used=made.used, listed=made.listed)


def asked(made: Export) -> str:
    """That questions are open, if any are."""
    n = sum(not one.answered for one in made.questions)
    return tr(_("Questions that only you can answer: {n}. They stand below."), n=n) if n else ""


def _made_up() -> str:
    number = classes.fixed()
    text = _(
        "What you see is invented: the firm that was made up for your class. Choose a file of your own, and all below is worked out again from it."
    )
    return tr(text, number=classes.ALONE if number is None else number)


def to_be_saved(kinds: Sequence[str]) -> str:
    """Of which files the results will be saved."""
    files = listed(own_files.export(kind).file.name for kind in kinds)
    if any(map(own_files.is_own, kinds)):
        return tr(_("What was found in {files} is saved beside this lesson, for you alone."), files=files)
    return tr(_("What was found in the made-up firm's files is saved beside this lesson."))


def no_kind(kind: object) -> str:
    """What to say to a kind of data that there is not; empty for one of :data:`own_files.ASKED`."""
    if isinstance(kind, str) and kind in own_files.ASKED:
        return ""
    there = ", ".join(f'"{one}"' for one in own_files.ASKED)
    return tr(_("There is no such kind of file. There are: {there}."), there=there)
