"""Jupyter as the course starts it on a person's own computer: the real server, with settings that hold for this server only."""

from __future__ import annotations

import secrets
import signal
import socket
from pathlib import Path
from typing import Any
from urllib.parse import quote

from crmlab.app import settings
from crmlab.app.port import HOST, number
from crmlab.app.settings import ADDRESSES
from crmlab.app.workspace import STORE
from crmlab.language import _, tr


def start(
    folder: Path, lesson: str, sockets: list[socket.socket], browser: bool, lab: bool = False, slides: bool = False
) -> None:
    """Serve ``folder`` on these sockets until Ctrl-C, opening ``lesson`` (a path below it) as a page, or in JupyterLab; there
    with ``slides`` as a presentation.

    Raises ``Refused`` if the settings cannot be written.
    """
    store = folder / STORE
    settings.prepare(store, slides=slides)

    from crmlab.app import kernels

    kernels.prepare()

    from jupyter_server.serverapp import ServerApp
    from tornado.httpserver import HTTPServer

    class Server(ServerApp):
        """Jupyter's own looks for a free port, lets it go, and takes it only after its address is told."""

        def init_httpserver(self) -> None:
            self._http_server = HTTPServer(
                self.web_app, max_body_size=self.max_body_size, max_buffer_size=self.max_buffer_size
            )
            self.io_loop.add_callback(self._http_server.add_sockets, sockets)

    App = _app(lab)
    token = secrets.token_hex(24)
    address = f"{ADDRESSES[lab]}/{quote(lesson)}"
    wanted = {
        "ServerApp.ip": HOST,
        "ServerApp.port": number(sockets),
        "ServerApp.root_dir": folder,
        "ServerApp.base_url": "/",
        "ServerApp.sock": "",
        "ServerApp.certfile": "",
        "ServerApp.keyfile": "",
        "PasswordIdentityProvider.hashed_password": "",  # the address that is printed lets in
        "ServerApp.open_browser": browser,
        "IdentityProvider.token": token,
        **settings.of_server(lab),
        **settings.of_app(App.__name__, store, address, lab, slides),
    }
    App.serverapp_config = {**App.serverapp_config, "jpserver_extensions": settings.server_extensions(lab)}
    App.serverapp_class = Server
    server = App.initialize_server(argv=[f"--{name}={value}" for name, value in wanted.items()])
    settings.finish(server.web_app, folder, slides)

    def stop(*_signal: Any) -> None:
        server.stop(from_signal=True)

    signal.signal(signal.SIGINT, stop)  # without Jupyter's question whether we are sure
    signal.signal(signal.SIGTERM, stop)
    print(tr(_("The course is open at {url}"), url=f"http://{HOST}:{server.port}{address}?token={token}"))
    print(tr(_("Leave this window open. To stop: press Ctrl-C here; your answers are saved.")), flush=True)
    server.start()
    print(tr(_("The course is closed.")), flush=True)


def _app(lab: bool) -> Any:
    if lab:
        from jupyterlab.labapp import LabApp

        return LabApp
    from notebook.app import JupyterNotebookApp

    return JupyterNotebookApp
