"""Writes the report on a class: ``report/class.html`` and a page for each trainee below ``report/people``."""

from __future__ import annotations

import re
from pathlib import Path

from crmlab.classroom import collected, marks, report_pages, report_person, settings
from crmlab.classroom.findings import Findings, of_class
from crmlab.classroom.folder import COLLECTED, MARKS, REPORT, Class
from crmlab.course.files import reason, word, write_atomically
from crmlab.language import LANGUAGES, _, current, speaking, tr

CLASS, PEOPLE = "class.html", "people"


class CannotReport(ValueError):
    """There is nothing to report on; the message says what to do first."""


def write(of: Class, *, names: bool = False, site: str = "") -> tuple[Path, int]:
    """Write the page on the class in the language in force, and those of trainees each in the language that they worked in; return the page on
    the class, and how many trainees have one.

    ``names``: the page on the class has them; those of trainees always do. ``site``: where the course lies on a web server, for links to
    lessons. Pages of trainees who are no longer in the class are removed. Raises :class:`CannotReport`, or ``OSError``.
    """
    gathered, judged = load(of.folder)
    found = Findings(of, gathered, judged, names)
    top = of.folder / REPORT
    with of_class(of):
        pages = {top / CLASS: report_pages.made(found)}
        usual, found_in = current(), {current(): found}
        for one in found.people:
            # What was typed is looked through in its own language, and what was judged has said its sentences in it.
            language = one.language if one.language in LANGUAGES else usual
            with speaking(language):
                theirs = found_in.setdefault(language, Findings(of, gathered, judged, names))
                pages[top / PEOPLE / f"{one.key}.html"] = report_person.made(theirs, one, site)
    (top / PEOPLE).mkdir(parents=True, exist_ok=True)
    for path, content in pages.items():
        write_atomically(path, content)
    for path in (top / PEOPLE).glob("*.html"):
        if path not in pages:
            path.unlink()
    return top / CLASS, len(found.people)


def load(folder: Path) -> tuple[collected.Collected, marks.Marks]:
    """What was collected and judged. Raises :class:`CannotReport` with a sentence if something of it is missing or cannot be used."""
    found = []
    for name, read, command in ((COLLECTED, collected.load, "collect"), (MARKS, marks.load, "grade")):
        try:
            found.append(read(folder))
        except FileNotFoundError as error:
            text = _("There is no {file} in {folder} yet. First run: crmlab class {command} {folder}")
            raise CannotReport(tr(text, file=name, folder=word(folder), command=command)) from error
        except OSError as error:
            raise CannotReport(tr(_("{file} cannot be read: {reason}"), file=folder / name, reason=reason(error))) from error
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            text = _("{file} was changed or damaged and cannot be used. Write it anew: crmlab class {command} {folder}")
            raise CannotReport(tr(text, file=folder / name, folder=word(folder), command=command)) from error
    gathered, judged = found
    assert isinstance(gathered, collected.Collected)
    assert isinstance(judged, marks.Marks)
    # A key becomes the name of a file.
    if strange := [one.key for one in gathered.people if not re.fullmatch(r"[\w-]{1,100}", one.key)]:
        text = _("{file} was changed or damaged and cannot be used. Write it anew: crmlab class {command} {folder}")
        raise CannotReport(tr(text, file=f"{folder / COLLECTED} ({strange[0][:40]!r})", folder=word(folder), command="collect"))
    return gathered, judged


def stale(folder: Path) -> bool:
    """Whether something was collected after the marks were made."""
    try:
        return (folder / COLLECTED).stat().st_mtime_ns > (folder / MARKS).stat().st_mtime_ns
    except OSError:
        return False


__all__ = ["CannotReport", "load", "settings", "stale", "write"]
