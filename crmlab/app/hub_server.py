"""The course as one person's server on a JupyterHub, which starts it by :mod:`crmlab.app.hub`.

The hub says by its environment where to listen and who may come in (jupyterhub.singleuser); settings and pages are those of
``crmlab start``. What a hub can set for the course:

    CRMLAB_LANG   the language, en or zh; without it the one last worked in, at first that of the browser
    CRMLAB_DROP   the address of the drop folder of the class (crmlab.app.drop)
    JUPYTERHUB_ROOT_DIR   (``c.Spawner.notebook_dir``) the folder to work in; without it ``~/crmlab``
"""

from __future__ import annotations

import os
import re
import socket
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from crmlab import places
from crmlab.app import last, settings, workspace
from crmlab.app.workspace import STORE, Refused
from crmlab.language import LANGUAGES, _, speaking, tr

OPEN = "/crmlab/open"
"""The address, below that of the person's server, which leads to the lesson: ``?lesson=2.3&lang=zh``, both may be left out."""


def main(kernels_from: socket.socket | None = None) -> int:
    """Serve the course to the user whom the hub has started this for; returns the exit code. ``kernels_from`` as ``orders`` in
    :func:`crmlab.app.kernels.prepare`.

    It is 2 where there is no hub, or the folder cannot be written: the sentence on stderr is in the hub's log.
    """
    try:
        serve(kernels_from)
    except Refused as refusal:
        print(f"crmlab: {refusal}", file=sys.stderr, flush=True)
        return 2
    return 0


def serve(kernels_from: socket.socket | None = None) -> None:
    """Lay the course and serve it until the hub ends this process. Raises ``Refused``."""
    fixed = os.environ.get("CRMLAB_LANG", "")[:2].lower()
    language = fixed if fixed in LANGUAGES else "en"
    with speaking(language):
        if "JUPYTERHUB_SERVICE_URL" not in os.environ:
            raise Refused(tr(_("This is started by a JupyterHub. On your own computer: crmlab start")))
        folder = lay(language)
        settings.prepare(folder / STORE, keep="JUPYTERHUB_")

    from crmlab.app import kernels

    kernels.prepare(kernels_from)
    made(folder, language, fixed).start()


def lay(language: str) -> Path:
    """The folder of this user, with the course in it; what they changed is left alone. Raises ``Refused``."""
    wish = os.environ.get("JUPYTERHUB_ROOT_DIR") or str(Path.home() / "crmlab")
    folder = workspace.find_folder(wish)
    workspace.lay(places.root(), folder)
    workspace.check_writable(folder, language)
    return folder


def made(folder: Path, language: str, fixed: str = "") -> Any:
    """The server, ready to be started; its menus are in ``language``, and ``fixed`` is the one that the hub has set. Raises ``Refused`` where JupyterHub is not installed."""
    try:
        from jupyterhub.singleuser.extension import JupyterHubSingleUser
    except ImportError as error:
        text = _('The server of a hub needs JupyterHub in the same place as the course: pip install "jupyterhub>=5.2"')
        raise Refused(tr(text)) from error
    wanted = {
        "ServerApp.root_dir": folder,
        **settings.of_server(),
        **settings.of_app("JupyterNotebookApp", folder / STORE, OPEN),
        "ServerApp.default_url": OPEN,
    }
    JupyterHubSingleUser.serverapp_config = {"jpserver_extensions": settings.server_extensions()}
    server = JupyterHubSingleUser.initialize_server(argv=[f"--{name}={value}" for name, value in wanted.items()])
    settings.finish(server.web_app, folder)
    _add_open(server.web_app, folder, language, fixed)
    return server


def _add_open(web_app: Any, folder: Path, language: str, fixed: str) -> None:
    """Add the address that leads to the lesson."""
    from jupyter_server.base.handlers import JupyterHandler
    from jupyter_server.utils import url_path_join
    from tornado import web

    base = web_app.settings["base_url"]
    written = [language]

    class Open(JupyterHandler):
        """Redirect to the lesson asked for, or the one that was open last."""

        @web.authenticated
        def get(self) -> None:
            asked = self.get_query_argument("lang", "")
            code = (
                asked if asked in LANGUAGES else chosen(folder, self.request.headers.get("Accept-Language", ""), fixed)
            )
            if written[0] != code:  # the menus are Jupyter's, and in one language for the whole server
                with speaking(code):
                    _renew(web_app)
                written[0] = code
            workspace.remember(folder, code)
            self.redirect(
                url_path_join(
                    base, "notebooks", quote(lesson_path(folder, code, self.get_query_argument("lesson", "")))
                )
            )

    web_app.add_handlers(".*$", [(url_path_join(base, OPEN), Open)])


def _renew(web_app: Any) -> None:
    """Let the running server give the settings of its pages in the language that is current now: it has read them once."""
    now = settings.overrides(settings.schema_folders())
    found = [web_app.default_router]
    while found:
        for rule in found.pop().rules:
            if hasattr(rule.target, "rules"):
                found.append(rule.target)
            read = (rule.target_kwargs or {}).get("overrides")
            if isinstance(read, dict):
                read.clear()
                read.update(now)


def lesson_path(folder: Path, language: str, wish: str = "") -> str:
    """The notebook to open: that of the lesson called ``wish``, if it is there; else where the user was last."""
    if wish:
        try:
            path = workspace.notebook(workspace.find_lesson(wish), language)
        except Refused:
            path = ""
        if path and (folder / path).is_file():
            return path
    return last.path(folder, language)


def chosen(folder: Path, accepted: str, fixed: str = "") -> str:
    """The language of this user: the hub's setting, else the one last worked in, else that of the browser.

    >>> chosen(Path("nowhere"), "fr-CH, fr;q=0.9, zh-CN;q=0.8, en;q=0.7")
    'zh'
    """
    return fixed if fixed in LANGUAGES else workspace.language_of(folder) or preferred(accepted)


def preferred(accepted: str) -> str:
    """The first of the course's languages in an ``Accept-Language`` header (RFC 9110, 12.5.4); English if there is none.

    >>> preferred("en;q=0.1, zh-TW;q=0.5"), preferred("*"), preferred("zh;q=x")
    ('zh', 'en', 'en')
    """
    best = ("en", 0.0)
    for part in accepted.split(","):
        found = re.fullmatch(r"\s*([A-Za-z]{2})(?:-[\w-]+)?\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*", part)
        if found and found[1].lower() in LANGUAGES and float(found[2] or 1) > best[1]:
            best = (found[1].lower(), float(found[2] or 1))
    return best[0]
