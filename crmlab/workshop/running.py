"""A worked lesson run as a trainee's is: in a kernel of this Python, in a folder whose name says the language, and saved nowhere."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from crmlab.course.lessons import Lesson
from crmlab.language import _, current, tr
from crmlab.workshop import materials

SECONDS = 300


class NotRun(Exception):
    """The lesson could not be run; the message is a sentence for the user."""


def run(lesson: Lesson) -> list[dict[str, Any]]:
    """The cells of the worked edition in the current language, with their outputs.

    Raises ``NotRun`` where there is no worked edition, or a cell fails.
    """
    cells = materials.worked(lesson)
    if not cells:
        raise NotRun(tr(_("The worked edition of lesson {lesson} is not here; fetch the course again."), lesson=lesson.number))
    import nbformat
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellControlSignal, DeadKernelError

    notebook = nbformat.from_dict({"cells": [{**cell, "source": "".join(cell["source"])} for cell in cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})

    class Manager(AsyncKernelManager):
        """Of no kernel that somebody has installed under the name, but of this Python."""

        def _kernel_spec_manager_default(self) -> KernelSpecManager:
            return KernelSpecManager(kernel_dirs=[])

    with tempfile.TemporaryDirectory(prefix="crmlab-slides-", ignore_cleanup_errors=True) as top:
        folder = Path(top) / current() / lesson.unit
        folder.mkdir(parents=True)
        client = NotebookClient(
            notebook, kernel_manager_class=Manager, timeout=SECONDS, resources={"metadata": {"path": str(folder)}}, store_widget_state=False
        )
        if Manager.class_traits().get("transport_encryption"):
            client.config.Manager.transport_encryption = "auto"  # else each kernel warns
        kept = {name: value for name, value in os.environ.items() if name not in ("CRMLAB_LANG", "MPLBACKEND")}
        try:
            # In the manner of a new reader: answers are kept beside the copy, and go with it.
            client.execute(env={**kept, "CRMLAB_STATE": str(folder), "IPYTHONDIR": str(Path(top) / "ipython")}, stderr=subprocess.DEVNULL)
        except (CellControlSignal, DeadKernelError, RuntimeError) as error:
            reason = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
            text = _("Lesson {lesson} could not be run: {reason}")
            raise NotRun(tr(text, lesson=lesson.number, reason=reason)) from error
    found: list[dict[str, Any]] = notebook.cells
    return found
