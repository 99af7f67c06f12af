"""Servers for JupyterHub on one machine that are copies (by fork) of one process, see :mod:`crmlab.app.seed`.

``c.JupyterHub.spawner_class = "crmlab.app.spawning.CopiedSpawner"``. Each server still is a process of its own user, with kernels of its own; but a
learner costs a fraction of the memory, and no time for imports. Where no copy can be had, a server is started as JupyterHub does it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from jupyterhub.spawner import LocalProcessSpawner
from jupyterhub.utils import random_port

from crmlab.app import kernels

COMMAND = ["-m", "crmlab.app.hub"]
TRIES = 3
"""So often a new process to copy is started, after one from which no copy could be had."""

_seed: kernels.Started | None = None
_failed = 0
_aside = tempfile.TemporaryDirectory(prefix="crmlab-seed-", ignore_cleanup_errors=True)


class CopiedSpawner(LocalProcessSpawner):
    """A server is copied if its command is the course's own. ``mem_limit`` holds for the data of each of its processes."""

    async def start(self) -> tuple[str, int]:
        """Copy the server, or start it; returns where it listens."""
        if sys.platform == "linux" and list(self.cmd) == [sys.executable, *COMMAND] and _failed < TRIES:
            import pwd

            self.port: int = self.port or random_port()
            user = pwd.getpwnam(self.user.name)
            whom = {
                "uid": user.pw_uid,
                "gid": user.pw_gid,
                "groups": os.getgrouplist(user.pw_name, user.pw_gid),
                "memory": self.mem_limit,
            }
            try:
                copy = await _process().copy([], self.get_env(), user.pw_dir, user=whom)
            except (OSError, TimeoutError) as error:
                _give_up()
                self.log.warning("No server could be copied (%s); it is started the usual way.", error)
            else:
                self.proc, self.pid = None, copy.pid
                return self.ip or "127.0.0.1", self.port
        return await super().start()

    def make_preexec_fn(self, name: str) -> Callable[[], None]:
        """What a server that is not copied does before it begins."""
        usual, memory = super().make_preexec_fn(name), self.mem_limit

        def begin() -> None:
            if memory:
                import resource

                resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
            usual()

        return begin


def _process() -> kernels.Started:
    global _seed
    if _seed is None:
        # Nothing of the hub's own environment, which holds its secrets: the copies inherit this memory.
        kept = {
            name: os.environ[name]
            for name in ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV")
            if name in os.environ
        }
        aside = _aside.name
        env: dict[str, str] = kept | {"MALLOC_ARENA_MAX": "1", "MALLOC_TRIM_THRESHOLD_": "131072", "HOME": aside, "MPLCONFIGDIR": aside, "CRMLAB_CACHE": str(Path(aside) / "cache")}
        _seed = kernels.Started(kernels.PROGRAM.format(module="seed"), env)
    return _seed


def _give_up() -> None:
    """After a change of the course's code, or an error: the next server is copied from a new process."""
    global _seed, _failed
    _failed += 1
    if _seed is not None:
        _seed.orders.close()
        _seed = None
