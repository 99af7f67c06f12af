"""What the page of a lesson asks the course's server, besides what it asks any Jupyter server."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Any

from crmlab.app import drop, hand_in, room_routes, trusted
from crmlab.app.workspace import Refused
from crmlab.course.files import reason
from crmlab.language import LANGUAGES, speaking


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

    class HandIn(APIHandler):
        """``GET``: name and number as they were last given, and the class. ``POST {name, id, language}``: the file to hand in, which
        on a hub with a drop folder is handed in."""

        @web.authenticated
        def get(self) -> None:
            name, id = hand_in.remembered(folder)
            group = hand_in.group(folder)
            told = {"name": group.name, "number": group.number, "lessons": group.lessons}
            self.finish(json.dumps({"name": name, "id": id, "class": told}))

        @web.authenticated
        async def post(self) -> None:
            asked = self.get_json_body()
            if not isinstance(asked, dict):
                raise web.HTTPError(400)
            name, id = hand_in.plain(asked.get("name")), hand_in.plain(asked.get("id"))
            language = asked.get("language")
            if not name or language not in LANGUAGES:
                raise web.HTTPError(400)
            try:
                # In a checkout git is asked for each lesson: others need not wait for that.
                made = await asyncio.to_thread(hand_in.pack, folder, name, id, language)
            except OSError as error:
                with speaking(language):
                    self.finish(json.dumps({"problem": reason(error)}))
                return
            with contextlib.suppress(OSError):  # then they are asked again
                hand_in.remember(folder, name, id)
            there = [one.number for one in made.lessons]
            said: dict[str, Any] = {"file": hand_in.file_name(name, id), "text": made.text(), "lessons": there}
            if there and drop.there():
                try:
                    await asyncio.to_thread(drop.give, said["file"], said["text"].encode("utf-8"), language)
                    said["given"] = True
                except Refused as refusal:
                    said["warning"] = str(refusal)
            self.finish(json.dumps(said))

    base = web_app.settings["base_url"]
    handlers = [("crmlab/cells", Cells), ("crmlab/hand-in", HandIn)]
    web_app.add_handlers(".*$", [(url_path_join(base, path), handler) for path, handler in handlers])
    room_routes.add(web_app, folder)


def _is_text(value: object) -> bool:
    return isinstance(value, str)
