"""A script file of one's own, played in a notebook as trainees see it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crmlab.course import exercise, panel
from crmlab.course.lessons import Lesson
from crmlab.course.roleplay import scoring, scripts
from crmlab.course.session import Session
from crmlab.course.state import Store
from crmlab.course.widgets.shown import Shown
from crmlab.language import _, tr


def rehearse(file: str | Path) -> Any:
    """Play any script file, for no points and without keeping anything: how an instructor tries out a new one.

    Ends a cell. A file with faults gives their list, with lines; none of it raises.

    >>> from crmlab.course.roleplay import scripts
    >>> rehearse(scripts.folder() / "late-delivery.yml")
    0.0
    >>> rehearse("nowhere.yml")
    nowhere.yml cannot be opened: No such file or directory
    """
    path = Path(file)
    try:
        faults = scripts.faults(path)
    except OSError as error:
        text = tr(_("{file} cannot be opened: {reason}"), file=path.name, reason=error.strerror or str(error))
        return panel.Html(panel.box("unreadable", text), text)
    if faults:
        lines = list(map(str, faults))
        heading = tr(_("{file} cannot be played yet"), file=path.name)
        return panel.Html(panel.box("unreadable", heading, panel.bullets(lines)), "\n".join([heading, *lines]))
    script = scripts.load(path)
    made = scoring.unregistered(script)
    session = Session(Lesson("0.0", "", script.name), Store(None), [made])
    return Shown(exercise.judge(made, {}, clicked=True), session, made)
