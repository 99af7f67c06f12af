"""A script file of one's own, played in a notebook as trainees see it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crmlab.course import exercise, files, panel
from crmlab.course.lessons import Lesson
from crmlab.course.roleplay import scoring, scripts
from crmlab.course.session import Session
from crmlab.course.state import Store
from crmlab.course.widgets.shown import Shown
from crmlab.course.yamlfile import shortened
from crmlab.language import _, tr


def rehearse(file: str | Path) -> Any:
    """Play any script file, for no points and without keeping anything: how an instructor tries out a new one.

    Ends a cell. A file with faults gives their list, with lines; none of it raises.

    >>> from crmlab.course.roleplay import scripts
    >>> rehearse(scripts.folder() / "late-delivery.yml")
    0.0
    >>> rehearse("nowhere.yml")
    nowhere.yml cannot be opened: there is no such file or folder
    >>> rehearse(5)
    Say which file is to be played: rehearse("my-talk.yml").
    """
    if not isinstance(file, str | Path) or not str(file):
        return _sorry(tr(_('Say which file is to be played: rehearse("my-talk.yml").')))
    path = Path(file)
    shown = shortened(path.name)
    try:
        faults = scripts.faults(path)
        if not faults:
            script = scripts.load(path)
    except (OSError, ValueError) as error:  # a name with a NUL in it is a ValueError
        return _sorry(tr(_("{file} cannot be opened: {reason}"), file=shown, reason=files.reason(error)))
    if faults:
        return _sorry(tr(_("{file} cannot be played yet"), file=shown), *map(str, faults))
    made = scoring.unregistered(script)
    session = Session(Lesson("0.0", "", script.name), Store(None), [made])
    return Shown(exercise.judge(made, {}, clicked=True), session, made)


def _sorry(heading: str, *lines: str) -> panel.Html:
    return panel.Html(panel.box("unreadable", heading, panel.bullets(lines)), "\n".join([heading, *lines]))
