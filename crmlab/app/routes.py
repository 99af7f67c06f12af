"""What the page of a lesson asks the course's server, besides what it asks any Jupyter server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from crmlab.app import room_routes, trusted


def add(web_app: Any, folder: Path) -> None:
    """Add the routes to a running server's application; ``folder`` is the workspace."""
    from jupyter_server.base.handlers import APIHandler
    from jupyter_server.utils import url_path_join
    from tornado import web

    class Cells(APIHandler):
        """``POST {path, sources}``: which of these cells may run by themselves. ``POST {mine}``: the user wrote or ran these."""

        @web.authenticated
        def post(self) -> None:
            asked = self.get_json_body()
            if not isinstance(asked, dict):
                raise web.HTTPError(400)
            mine, sources, path = (asked.get(key, empty) for key, empty in (("mine", []), ("sources", []), ("path", "")))
            if not isinstance(path, str) or not all(isinstance(one, list) for one in (mine, sources)):
                raise web.HTTPError(400)
            if mine:
                trusted.remember(folder, filter(_is_text, mine))
            self.finish(json.dumps({"run": trusted.may_run(folder, path, map(str, sources))}))

    base = web_app.settings["base_url"]
    web_app.add_handlers(".*$", [(url_path_join(base, "crmlab/cells"), Cells)])
    room_routes.add(web_app, folder)


def _is_text(value: object) -> bool:
    return isinstance(value, str)
