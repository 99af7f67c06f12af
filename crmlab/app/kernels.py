"""Kernels that begin with everything imported: copies (by fork) of one process that did it once, see :mod:`crmlab.app.preloaded`.

Two thirds of the processor's time of a short lesson go into imports; ten trainees at once on one machine wait for them, ten times over.
On Linux alone: elsewhere, and wherever a copy cannot be had, a kernel is started as Jupyter starts it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

NAME = "crmlab-copies"
PATIENCE = 60.0
"""Seconds to wait for a copy: the process that it is made of may still be importing."""


# What lies in the folder of the server is not for import. (Not -P: kernels would inherit that, and not find what lies in theirs.)
PROGRAM = "import sys; '' in sys.path[:1] and sys.path.pop(0); from crmlab.app import {module}; {module}.main(int(sys.argv[1]))"


class Preloaded:
    """The process to copy, as the server sees it, through the socket for its orders. It ends with the server, and its kernels end
    with it."""

    def __init__(self, orders: socket.socket) -> None:
        self.orders = orders

    async def copy(self, arguments: list[str], env: dict[str, str], cwd: str, **more: Any) -> Copy:
        """A new one, with ``more`` told to it. Raises ``OSError`` where none can be had."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self.orders, [b"k"], [theirs.fileno()])
            ours.setblocking(False)
            loop = asyncio.get_running_loop()
            wanted = {"arguments": arguments, "env": env, "cwd": cwd, **more}
            async with asyncio.timeout(PATIENCE):
                await loop.sock_sendall(ours, json.dumps(wanted).encode() + b"\n")
                said = await loop.sock_recv(ours, 32)
            if not said.endswith(b"\n"):
                raise OSError("no kernel was copied")
        except BaseException:
            ours.close()
            raise
        return Copy(int(said), ours)


class Started(Preloaded):
    """A process to copy that is started here."""

    def __init__(self, program: str = PROGRAM.format(module="preloaded"), env: dict[str, str] | None = None) -> None:
        ours, theirs = socket.socketpair()
        super().__init__(ours)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-c", program, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the server, which then ends the kernels
                env=env,
            )


class Copy:
    """A kernel that is not this process's child, with what Jupyter uses of ``subprocess.Popen``."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, alive: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._alive = alive

    def poll(self) -> int | None:
        """``None`` while it lives. How it ended is not known: always 1 then."""
        if self.returncode is None:
            with contextlib.suppress(BlockingIOError):
                with contextlib.suppress(ConnectionError):
                    self._alive.recv(1)
                self.returncode = 1
                self._alive.close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises ``subprocess.TimeoutExpired`` after ``timeout`` seconds."""
        if self.poll() is None:
            self._alive.settimeout(timeout)
            try:
                self._alive.recv(1)
            except TimeoutError:
                raise subprocess.TimeoutExpired("kernel", timeout or 0.0) from None
            except ConnectionError:
                pass
            finally:
                self._alive.setblocking(False)
            self.returncode = 1
            self._alive.close()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it lives."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


_preloaded: Preloaded | None = None


class Provisioner(LocalProvisioner):
    """Jupyter's own, but that kernels of this Python are copied where they can be."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Copy a kernel, or start one."""
        usual = [sys.executable, "-m", "ipykernel_launcher"]
        env, cwd = kwargs.get("env"), kwargs.get("cwd")
        if _preloaded is None or cmd[:3] != usual or not isinstance(env, dict):
            return await super().launch_kernel(cmd, **kwargs)
        try:
            copy: Any = await _preloaded.copy(cmd[3:], env, str(cwd or Path.cwd()))
        except (OSError, TimeoutError):
            return await super().launch_kernel(cmd, **kwargs)
        self.process, self.pid, self.pgid = copy, copy.pid, copy.pid
        self.cwd = cwd or Path.cwd()
        return self.connection_info


def prepare(orders: socket.socket | None = None) -> None:
    """Start the process to copy, and let this server take its kernels from it; ``orders`` leads to one that is there already. To
    be called when the environment of the kernels is set, and before the server is made."""
    global _preloaded
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError):
        _preloaded = Preloaded(orders) if orders else Started()
        factory = KernelProvisionerFactory.instance()
        factory.provisioners[NAME] = EntryPoint(NAME, f"{__name__}:{Provisioner.__name__}", factory.GROUP_NAME)
        factory.default_provisioner_name = NAME
