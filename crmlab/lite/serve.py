"""Show a built site on this computer: a small static server that knows the types of the files and lets the browser keep them."""

from __future__ import annotations

import functools
import http.server
import sys
from pathlib import Path
from typing import Any

from crmlab.lite import pages

TYPES = {
    ".wasm": "application/wasm",
    ".mjs": "text/javascript",
    ".js": "text/javascript",
    ".json": "application/json",
    ".whl": "application/octet-stream",
    ".ipynb": "application/json",
    ".zip": "application/zip",
    ".webmanifest": "application/manifest+json",
}


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a site; quiet, and asks the browser to look again for what may change."""

    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, **TYPES}  # noqa: RUF012

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Content-Security-Policy", pages.FRAMES)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the address is what matters on the screen."""


class Server(http.server.ThreadingHTTPServer):
    """Says nothing where the browser goes away in the middle of a file."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def server(site: Path, port: int = 0, handler: type[Handler] = Handler) -> http.server.ThreadingHTTPServer:
    """A server for the site on this computer only; ``port=0`` takes a free one. Raises ``OSError`` for a port in use."""
    return Server(("127.0.0.1", port), functools.partial(handler, directory=str(site)))
