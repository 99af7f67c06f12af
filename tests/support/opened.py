"""A notebook opened as a page opens it, without a browser: page, content, session, websocket."""

from __future__ import annotations

import json
import urllib.request
import uuid
from typing import Any
from urllib.parse import quote

import websocket


class Opened:
    """A notebook that is opened and run; its kernel lives until it is closed. ``lab`` is a server with ``base``, ``token`` and ``url``."""

    patience = 600.0
    """Seconds to wait for an answer."""

    def __init__(self, lab: Any, path: str) -> None:
        self.lab = lab
        self.path = path
        page = "lab/tree" if "/lab/tree/" in lab.url else "notebooks"
        self.ask("GET", f"/{page}/{quote(path)}")
        self.model = json.loads(self.ask("GET", f"/api/contents/{quote(path)}?type=notebook&content=1"))
        name = uuid.uuid4().hex
        kind = self.model["content"]["metadata"]["kernelspec"]["name"]
        wish = {"path": path, "type": "notebook", "name": "", "kernel": {"name": kind}}
        self.session = json.loads(self.ask("POST", "/api/sessions", wish))
        self.name = name
        self.socket = self.connect()
        self.said("kernel_info_request", {})

    def connect(self) -> websocket.WebSocket:
        """A connection to the kernel."""
        kernel = self.session["kernel"]["id"]
        return websocket.create_connection(
            f"{self.lab.base.replace('http', 'ws')}/api/kernels/{kernel}/channels?session_id={self.name}",
            header=[f"Authorization: token {self.lab.token}"],
            timeout=self.patience,
        )

    def ask(self, method: str, address: str, body: Any = None) -> bytes:
        """The answer of the server."""
        url = address if address.startswith("http") else self.lab.base + address
        request = urllib.request.Request(url, json.dumps(body).encode() if body else None, method=method)
        request.add_header("Authorization", f"token {self.lab.token}")
        with urllib.request.urlopen(request, timeout=self.patience) as answer:
            return answer.read()

    def said(self, kind: str, content: dict[str, Any]) -> list[dict[str, Any]]:
        """Ask the kernel; all that comes until it has answered and is idle again."""
        number = uuid.uuid4().hex
        head = {"msg_id": number, "msg_type": kind, "username": "", "session": self.name, "version": "5.4"}
        request = {"header": head, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        self.socket.send(json.dumps(request))
        found, answered, idle = [], False, False
        while not (answered and idle):
            message = self.next()
            if message["parent_header"].get("msg_id") != number:
                continue
            found.append(message)
            answered |= message["msg_type"].endswith("_reply")
            idle |= message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
        return found

    def next(self) -> dict[str, Any]:
        """The next message of the kernel."""
        return dict(json.loads(self.socket.recv()))

    def run(self) -> None:
        """Run all cells, one after the other, and save."""
        book = self.model["content"]
        for cell in book["cells"]:
            if cell["cell_type"] != "code":
                continue
            wish = {"code": cell["source"], "silent": False, "store_history": True, "allow_stdin": False}
            wish |= {"user_expressions": {}, "stop_on_error": False}
            cell["outputs"] = [o for one in self.said("execute_request", wish) if (o := output(one))]
        self.ask("PUT", f"/api/contents/{quote(self.path)}", {"type": "notebook", "format": "json", "content": book})

    def close(self) -> None:
        """End the kernel."""
        self.socket.close()
        self.ask("DELETE", f"/api/sessions/{self.session['id']}")


def output(message: dict[str, Any]) -> dict[str, Any] | None:
    """A message as a notebook keeps it."""
    kind, content = message["msg_type"], message["content"]
    if kind == "stream":
        return {"output_type": kind, "name": content["name"], "text": content["text"]}
    if kind in ("display_data", "execute_result"):
        more = {"execution_count": content["execution_count"]} if kind == "execute_result" else {}
        return {"output_type": kind, "data": content["data"], "metadata": content["metadata"], **more}
    if kind == "error":
        return {"output_type": kind, **{name: content[name] for name in ("ename", "evalue", "traceback")}}
    return None
