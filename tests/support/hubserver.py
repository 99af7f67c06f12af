"""A real JupyterHub on loopback, with the configuration of ``deploy/hub``: for tests, and for the benchmark.

Where this is root and can have mounts of its own (bubblewrap), servers run as users of a system that only the hub sees: its ``/etc/passwd`` names
them, and nothing of this machine is changed. Elsewhere all run as whoever runs the tests.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "deploy" / "hub" / "jupyterhub_config.py"
PROXY = "configurable-http-proxy@5"
PASSWORD = "open"


class Missing(Exception):
    """Something that a hub needs is not here; the message is a sentence."""


@cache
def proxy() -> Path:
    """The program of configurable-http-proxy, installed by npm into a folder of the cache. Raises :class:`Missing`."""
    if sys.platform == "win32":
        raise Missing("JupyterHub does not run on Windows.")
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        raise Missing("JupyterHub's proxy needs node and npm.")
    folder = Path(os.environ.get("CRMLAB_CACHE") or ROOT / ".pytest_cache" / "crmlab") / PROXY
    program = folder / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"
    if not program.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        words = [npm, "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(folder), PROXY]
        done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
        if not program.is_file():
            raise Missing(f"npm could not install {PROXY}: {done.stderr[-500:]}")
    return program


@dataclass
class Server:
    """One user's server, as :class:`tests.support.opened.Opened` wants it."""

    base: str
    token: str
    url: str = ""


class Door:
    """A hub as somebody with a token of its API sees it: its address below ``base``."""

    def __init__(self, base: str, token: str) -> None:
        self.base = base
        self.token = token

    def ask(self, method: str, address: str, body: Any = None, token: str = "") -> Any:
        """What the hub, or a server behind it, answers; ``None`` for nothing. Raises ``HTTPError``."""
        request = urllib.request.Request(
            self.base + address, json.dumps(body).encode() if body is not None else None, method=method
        )
        request.add_header("Authorization", f"token {token or self.token}")
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def start(self, user: str, patience: float = 120) -> Server:
        """Start the server of a user, who has logged in once or not; returns it with a token of theirs. Raises ``RuntimeError`` where it does not come."""
        try:
            self.ask("POST", f"/hub/api/users/{user}")
        except urllib.error.HTTPError as error:
            if error.code != 409:
                raise
        token = self.ask("POST", f"/hub/api/users/{user}/tokens", {"expires_in": 3600})["token"]
        self.ask("POST", f"/hub/api/users/{user}/server")
        # As the page does that shows how far the server is: to ask again and again would be work for the hub.
        request = urllib.request.Request(f"{self.base}/hub/api/users/{user}/server/progress")
        request.add_header("Authorization", f"token {self.token}")
        said: dict[str, Any] = {}
        with urllib.request.urlopen(request, timeout=patience) as answer:
            for line in answer:
                said = json.loads(line.removeprefix(b"data:")) if line.startswith(b"data:") else said
                if said.get("ready"):
                    return Server(f"{self.base}/user/{user}", token)
        raise RuntimeError(f"the server of {user} did not come: {said.get('message', '')}")


class Hub(Door):
    """A hub as a context manager. ``real`` says whether its users are users of the system; ``None``: where they can be."""

    def __init__(
        self,
        folder: Path,
        users: list[str],
        instructors: list[str] | None = None,
        real: bool | None = None,
        more: str = "",
    ) -> None:
        self.folder = folder
        self.users = users
        self.instructors = instructors or []
        self.more = more
        self.real = can_be_real() if real is None else real
        self.port, self.api, self.inner, self.dropping = free(4)
        super().__init__(f"http://127.0.0.1:{self.port}", secrets.token_hex(16))
        self.data = folder / "data"
        self.log = folder / "hub.log"

    def home(self, user: str) -> Path:
        """The home of a user."""
        return self.folder / "home" / user

    def number(self, user: str) -> int:
        """The uid of a user of the system."""
        return 20_001 + self.users.index(user)

    def __enter__(self) -> Hub:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        for user in self.users:
            self.home(user).mkdir(parents=True)
            if self.real:
                os.chown(self.home(user), self.number(user), self.number(user))
                self.home(user).chmod(0o700)
        (self.folder / "config.py").write_text(self._config(), encoding="utf-8")
        env = {
            k: v
            for k, v in os.environ.items()
            if not k.startswith(("JUPYTER", "CRMLAB", "PYTEST", "MPL", "LC_", "LANG"))
        }
        env |= {
            "PYTHONPATH": os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(ROOT)))),
            "CRMLAB_HUB_DATA": str(self.data),
            "CRMLAB_HUB_DROP": f"http://127.0.0.1:{self.dropping}",
            "CRMLAB_INSTRUCTORS": " ".join(self.instructors),
            "LANG": "C.UTF-8",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}",
        }
        # The check of one format of addresses takes a second of every start (crmlab.app.settings.prepare).
        code = "import sys; sys.modules['rfc3987_syntax'] = None; from jupyterhub.app import main; main()"
        command = [sys.executable, "-c", code, "-f", str(self.folder / "config.py")]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*self._inside(), *command],
                cwd=self.folder,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait(lambda: self.ask("GET", "/hub/api/")["version"], 60)
        return self

    def __exit__(self, *_error: object) -> None:
        for user in self.users:
            try:
                self.ask("DELETE", f"/hub/api/users/{user}/server")
            except (OSError, ValueError):
                continue
        top = psutil.Process(self.process.pid)
        below = top.children(recursive=True)
        hub = below[0] if self.real and below else top  # the first is bubblewrap, which would not pass it on
        hub.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(30)
        for one in [top, *below]:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()

    def _config(self) -> str:
        kind = (
            ""
            if self.real
            else 'c.JupyterHub.spawner_class = "simple"\nc.SimpleLocalProcessSpawner.home_dir_template = HOME\n'
        )
        return f"""
load_subconfig({str(CONFIG)!r})
HOME = {str(self.folder / "home" / "{username}")!r}
c.JupyterHub.bind_url = "{self.base}"
c.JupyterHub.hub_port = {self.inner}
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "{PASSWORD}"
c.Authenticator.allowed_users = set({self.users!r})
c.Authenticator.allow_all = False
c.ConfigurableHTTPProxy.command = [{shutil.which("node")!r}, {str(proxy())!r}]
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{self.api}"
c.JupyterHub.log_level = "WARN"
c.JupyterHub.services.append({{"name": "test", "api_token": "{self.token}"}})
c.JupyterHub.load_roles.append({{"name": "test", "services": ["test"], "scopes": ["admin:users", "admin:servers", "tokens", "access:servers"]}})
{kind}{self.more}
"""

    def _inside(self) -> list[str]:
        """Where users are real: the command by which the hub sees users, and they see Python."""
        if not self.real:
            return []
        passwd, group = self.folder / "passwd", self.folder / "group"
        lines = Path("/etc/passwd").read_text().splitlines()
        lines += [f"{one}:x:{self.number(one)}:{self.number(one)}::{self.home(one)}:/bin/sh" for one in self.users]
        passwd.write_text("\n".join(lines) + "\n")
        groups = Path("/etc/group").read_text().splitlines()
        group.write_text("\n".join([*groups, *(f"{one}:x:{self.number(one)}:" for one in self.users)]) + "\n")
        return [*mounts(), "--ro-bind", str(passwd), "/etc/passwd", "--ro-bind", str(group), "/etc/group"]

    def wait(self, done: Any, seconds: float) -> Any:
        """What ``done`` returns as soon as that is something. Raises ``AssertionError`` with the log where it takes too long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if found := done():
                    return found
            except (OSError, ValueError, LookupError):
                pass
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError(f"the hub did not get so far:\n{self.log.read_text()[-5000:]}")


def mounts() -> list[str]:
    """bubblewrap with all rights, in which every user reaches this Python and this project, whoever's home they lie in."""
    words = ["bwrap", "--die-with-parent", "--cap-add", "ALL", "--dev-bind", "/", "/"]
    wanted = {Path(sys.executable).resolve().parents[1], Path(sys.base_prefix).resolve(), Path(sys.prefix), ROOT}
    closed = {top for one in wanted for top in one.parents if not top.stat().st_mode & 0o001}
    for top in sorted(one for one in closed if not closed & set(one.parents)):
        words += ["--perms", "0755", "--tmpfs", str(top)]
        between = {step for one in wanted for step in one.parents if top in step.parents}
        for step in sorted(between):
            words += ["--perms", "0755", "--dir", str(step)]
    for one in sorted(wanted):
        words += ["--bind", str(one), str(one)]
    return words


@cache
def can_be_real() -> bool:
    """Whether servers can run as users of a system of the hub's own."""
    if sys.platform != "linux" or os.getuid() != 0 or not shutil.which("bwrap"):
        return False
    try:
        become = (
            "import os, sys; os.setgroups([]); os.setresgid(20001, 20001, 20001); os.setresuid(20001, 20001, 20001)"
        )
        code = f"{become}; sys.path[:0] = [{str(ROOT)!r}]; import encodings.rot_13, crmlab.places, jupyterhub"
        words = [*mounts(), sys.executable, "-c", code]
        return subprocess.run(words, capture_output=True, timeout=60, check=False, cwd="/").returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def free(count: int) -> list[int]:
    """So many ports that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
