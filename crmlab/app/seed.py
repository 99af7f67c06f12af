"""The one process of a hub's machine that all servers are copied from: it has imported what a server and what a lesson imports.

Started by :mod:`crmlab.app.spawning` as the hub's user (root, where servers run as users of the system). What comes through its socket is
as in :mod:`crmlab.app.preloaded`, and says as whom to run. It does nothing but import the course and fork: environment and tokens of a user
are read by the copy, which becomes that user before anything else. The memory of what was imported is there once for all.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import pkgutil
import socket
import sys

from crmlab.app import hub_server, page, preloaded

MODULES = (
    "notebook.app",
    "jupyterhub.singleuser.extension",
    "jupyter_server.services.kernels.kernelmanager",
    "crmlab.app.settings",
)
LATER = (
    # by a server, when it is asked the first time
    "anyio._backends._asyncio",
    "jinja2.ext",
    "jupyter_server.services.events.handlers",
    "jupyter_server.services.nbconvert.handlers",
    "jupyter_server.services.sessions.handlers",
    "jupyter_server.view.handlers",
    "psutil",
    "tornado.platform.asyncio",
    # by a kernel, when it begins and in lessons
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.pylabtools",
    "IPython.extensions.storemagic",
    "filelock",
    "pandas.core.methods.to_dict",
    "pandas.io.formats.string",
)
"""What would be imported late, and by each copy for itself."""
NOT_OF_LESSONS = ("crmlab.course.authoring", "crmlab.course.grading")


def main(number: int) -> None:
    """Wait for servers, and be them."""
    preloaded.alone()
    grow()
    if not preloaded.can_be_copied():
        return
    with socket.socket(fileno=number) as orders:
        server = preloaded.copies(orders)
    if server is not None:
        preloaded.take_over(server, {})
        sys.exit(be_server(server))


def grow() -> None:
    """Import what a server and a lesson import."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # as in settings.prepare
    for name in MODULES:
        importlib.import_module(name)
    preloaded.preload()
    for name in LATER:
        with contextlib.suppress(ImportError):  # other versions may have it elsewhere
            importlib.import_module(name)
    _import_all("crmlab.course")
    page.told("server")  # and with it all translations
    preloaded.share()


def _import_all(package: str) -> None:
    for one in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
        if not one.ispkg:
            importlib.import_module(one.name)
        elif one.name not in NOT_OF_LESSONS:
            _import_all(one.name)


def be_server(asked: socket.socket | None = None) -> int:
    """Be the server of the user whose environment this is, with a process beside it that its kernels are copied from; returns its
    exit code. ``asked`` is the socket that stays open as long as it lives."""
    ours, theirs = socket.socketpair()
    if os.fork() == 0:
        ours.close()
        if asked is not None:
            asked.close()
        preloaded.alone()
        kernel = preloaded.copies(theirs, read=False)
        theirs.close()
        if kernel is not None:
            preloaded.be_kernel(kernel)
        return 0
    theirs.close()
    sys.argv = ["crmlab.app.hub"]
    return hub_server.main(ours)


def alone() -> int:
    """Be the only server of a container: what its kernels and it import is in memory once. Returns the exit code."""
    grow()
    return be_server() if preloaded.can_be_copied() else hub_server.main()
