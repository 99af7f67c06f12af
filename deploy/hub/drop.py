"""The drop folder of a class, as a service of the hub: it takes what trainees hand in, and gives it to instructors alone.

Needs what a hub has (tornado, jupyterhub), not the course. Settings, by the environment:

    CRMLAB_DROP_FOLDER   where the files go, one folder a user; nobody but the hub's user need be able to read it

    POST  hand-in/NAME   a user's token (that of their server) comes with it; the answer names the file. Nothing is ever overwritten
    GET   .              for instructors (scope custom:crmlab:collect): how many files of how many users, and the link to
    GET   handed-in.zip  all of it: `crmlab class collect` takes the zip as it is
"""

import asyncio
import hashlib
import json
import os
import re
import tempfile
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

from jupyterhub.services.auth import HubOAuthCallbackHandler, HubOAuthenticated
from tornado import httpserver, ioloop, web

LARGEST = 20_000_000
MOST, MOST_BYTES = 200, 200_000_000
COLLECT = "custom:crmlab:collect"


def safe(name: str) -> str:
    """The name of a file, whatever was sent: no path, no hidden file, not too long, the ending of a hand-in."""
    stem = re.sub(r'[/\\<>:"|?*\x00-\x1f\x7f]', "_", name).removesuffix(".handin.json").strip(". ") or "work"
    while len(stem.encode("utf-8", "replace")) > 180:
        stem = stem[:-1]
    return stem.encode("utf-8", "replace").decode() + ".handin.json"


def folder_of(user: str) -> str:
    """The folder of a user: two users never have the same one."""
    name = safe(user).removesuffix(".handin.json")
    return name if name == user else f"{name}.{hashlib.sha256(user.encode('utf-8', 'replace')).hexdigest()[:8]}"


def full(folder: Path) -> bool:
    """Whether a user has handed in as much as there is room for: nobody fills the disk of all."""
    sizes = [path.stat().st_size for path in folder.iterdir()] if folder.is_dir() else []
    return len(sizes) >= MOST or sum(sizes) >= MOST_BYTES


def keep(folder: Path, name: str, data: bytes) -> str:
    """Write the file beside those that are there; the same once more is not kept twice. Returns its name."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stem = safe(name).removesuffix(".handin.json")
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".", delete=False) as draft:
        draft.write(data)
    try:
        for number in range(1, MOST + 1):
            path = folder / (f"{stem}.handin.json" if number == 1 else f"{stem}.{number}.handin.json")
            try:
                os.link(draft.name, path)  # never over another
            except FileExistsError:
                if path.read_bytes() != data:
                    continue
            return path.name
    finally:
        Path(draft.name).unlink()
    raise web.HTTPError(429)


class HandIn(HubOAuthenticated, web.RequestHandler):
    """Only with a token in the head: a page of somebody else cannot hand in for a user who is logged in."""

    def prepare(self):
        if "Authorization" not in self.request.headers:
            raise web.HTTPError(403)

    @web.authenticated
    def post(self, name):
        user = self.get_current_user()
        folder = Path(self.settings["folder"]) / folder_of(user["name"])
        if len(self.request.body) > LARGEST:
            raise web.HTTPError(413)
        if full(folder):
            raise web.HTTPError(429)
        self.finish(json.dumps({"name": keep(folder, name, self.request.body)}))


class ForInstructors(HubOAuthenticated, web.RequestHandler):
    """What only those may do who have the scope."""

    def prepare(self):
        user = self.get_current_user()
        if user is not None and COLLECT not in user["scopes"]:
            raise web.HTTPError(403)

    def files(self):
        """All that was handed in, oldest names first."""
        top = Path(self.settings["folder"])
        return [path for path in sorted(top.glob("*/*.handin.json")) if path.is_file()]


class Overview(ForInstructors):
    """How much there is."""

    @web.authenticated
    def get(self):
        files = self.files()
        users = len({path.parent for path in files})
        self.finish(
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Handed in · 已提交</title>'
            f"<h1>Handed in · 已提交</h1><p>{len(files)} files of {users} trainees · {users} 名学员的 {len(files)} 个文件</p>"
            '<p><a href="handed-in.zip">Download all · 全部下载</a></p></html>'
        )


class Everything(ForInstructors):
    """All in one zip, made on the disk beside the files and sent piece by piece: a whole class need not fit into memory."""

    @web.authenticated
    async def get(self):
        with tempfile.TemporaryFile(dir=self.settings["folder"]) as held:
            await asyncio.to_thread(packed, self.files(), held)
            held.seek(0)
            self.set_header("Content-Type", "application/zip")
            self.set_header("Content-Disposition", 'attachment; filename="handed-in.zip"')
            while piece := held.read(1_000_000):
                self.write(piece)
                await self.flush()


def packed(files, held):
    """Write a zip of these files, each in the folder of its user."""
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for path in files:
            made.write(path, f"{path.parent.name}/{path.name}")


def main():
    """Serve until the hub ends this."""
    os.umask(0o077)
    folder = Path(os.environ["CRMLAB_DROP_FOLDER"])
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    base = os.environ["JUPYTERHUB_SERVICE_PREFIX"]
    app = web.Application(
        [
            (rf"{base}hand-in/([^/]+)", HandIn),
            (rf"{base}handed-in\.zip", Everything),
            (rf"{base}oauth_callback", HubOAuthCallbackHandler),
            (base, Overview),
        ],
        folder=str(folder),
        cookie_secret=os.urandom(32),
    )
    at = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
    server = httpserver.HTTPServer(app, max_body_size=LARGEST + 1_000_000)
    # Under Kubernetes the address names the pod for others; all of its interfaces are listened on.
    server.listen(at.port, "127.0.0.1" if at.hostname in ("127.0.0.1", "localhost") else "")
    ioloop.IOLoop.current().start()


if __name__ == "__main__":
    main()
