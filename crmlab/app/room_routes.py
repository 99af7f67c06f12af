"""What the course panel asks the course's server about a live room: whether it is in one, to join, to leave."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from crmlab.app import reporting
from crmlab.course import joining
from crmlab.language import LANGUAGES, _, speaking, tr


def add(web_app: Any, folder: Path) -> None:
    """Add the route to a server's application; ``folder`` is the workspace. ``GET`` how it stands, ``POST {room, pseudonym, language}`` to join, ``POST {leave}`` to leave."""
    from jupyter_server.base.handlers import APIHandler
    from jupyter_server.utils import url_path_join
    from tornado import web

    member = reporting.member(folder)

    class InRoom(APIHandler):
        @web.authenticated
        def get(self) -> None:
            with speaking(self._language(self.get_query_argument("language", ""))):
                self._tell(propose=True)

        @web.authenticated
        def post(self) -> None:
            asked = self.get_json_body()
            if isinstance(asked, dict) and asked.get("leave"):
                member.leave()
                self._tell()
                return
            if not isinstance(asked, dict) or not isinstance(asked.get("room"), str):
                raise web.HTTPError(400)
            with speaking(self._language(asked.get("language"))):
                try:
                    member.join(joining.parse(asked["room"]), asked.get("pseudonym", ""))
                except ValueError as error:
                    self._tell(problem=str(error))
                except OSError as error:
                    self._tell(problem=tr(_("The room cannot be joined: {reason}"), reason=str(error)))
                else:
                    self._tell()

        def _language(self, wish: object) -> str:
            return wish if isinstance(wish, str) and wish in LANGUAGES else next(iter(LANGUAGES))

        def _tell(self, *, propose: bool = False, problem: str = "") -> None:
            name = member.pseudonym or (joining.pseudonym() if propose else "")
            told = {"room": str(member.room or ""), "pseudonym": name, "state": member.state, "problem": problem}
            self.finish(json.dumps(told, ensure_ascii=False))

    web_app.add_handlers(".*$", [(url_path_join(web_app.settings["base_url"], "crmlab/room"), InRoom)])
