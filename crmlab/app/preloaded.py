"""The process that kernels are copied from: it has imported what every lesson imports, and forks once a kernel.

Started by :mod:`crmlab.app.kernels`. Through the socket whose number it is given comes a socket for each kernel; in it the kernel finds its arguments, environment and folder as one line of JSON,
and writes its process number there. It stays open as long as the kernel lives.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import json
import os
import pkgutil
import select
import signal
import socket
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

MODULES = (
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "pandas",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "scipy.optimize",
    "crmlab.course.widgets",
    "crmlab.plots",
)

IDLE = 0.5
"""Seconds without a new kernel, after which data are read that a lesson will want."""


def preload() -> None:
    """Import what a lesson imports, without doing anything that a lesson would notice."""
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")  # as the kernel does
    # A process with more than one thread cannot be copied; the sums of a lesson are too small for several. And the debugger,
    # which the course switches off, warns in the window of the server.
    quiet = {"OPENBLAS_NUM_THREADS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    before = dict(os.environ)
    os.environ.update(quiet)
    field = importlib.import_module("crmlab")
    field_modules = [f"crmlab.{one.name}" for one in pkgutil.iter_modules(field.__path__) if not one.ispkg]
    for name in (*MODULES, *field_modules):
        importlib.import_module(name)
    for name in quiet:
        os.environ.pop(name)
    os.environ.update(before)
    _a_chart()
    _sources()
    share()


def _a_chart() -> None:
    """Draw a chart for nobody: what matplotlib needs for the first one, above all the fonts, is there then."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from crmlab.plots import canvas

    with mpl.rc_context({"font.family": canvas.font_family()}):
        figure = Figure(layout="constrained")
        axes = figure.subplots()
        axes.barh(["A", "客户"], [1, 2], hatch="//")
        axes.set_title("1 %", fontsize=11.5)
        FigureCanvasAgg(figure).print_png(io.BytesIO())


def share() -> None:
    """What is there from now on is for the copies, too."""
    gc.collect()
    gc.freeze()  # else the first collection of a kernel writes to, and so copies, all that is shared


@cache
def _sources() -> list[str]:
    """The source files of the course that are loaded. Asked for once, before there are copies: each module that is looked at is a page that is no
    longer shared, and all of them 11 MiB."""
    files = [module.__file__ for name, module in list(sys.modules.items()) if name.split(".")[0] == "crmlab"]
    return [file for file in files if file]


def written() -> float:
    """When the newest source file of the course that was loaded to be copied was written."""
    return max(Path(file).stat().st_mtime for file in _sources())


def can_be_copied() -> bool:
    """Whether only one thread runs here: of others a copy would have the locks but not the work."""
    try:
        return len(list(Path("/proc/self/task").iterdir())) == 1
    except OSError:
        return False


def copies(orders: socket.socket, read: bool = True) -> socket.socket | None:
    """Fork whenever a socket comes. Returns it in each copy; ``None`` in this process, when nobody can send any more.

    Meanwhile data are read, unless this process was itself copied from one that has ``read`` them. Where the course's code has been changed since it was loaded, the socket is closed: a kernel is then started the usual way.
    """
    from crmlab import datasets

    begun, later = written(), datasets.names() if read else []
    while True:
        while later and not select.select([orders], [], [], IDLE)[0]:
            with contextlib.suppress(Exception):  # whoever loads it is told
                datasets.load(later.pop())
            share()
        try:
            data, kernels, *_rest = socket.recv_fds(orders, 1, 1)
        except OSError:
            return None
        if not data:
            return None
        with contextlib.suppress(OSError):
            if kernels and written() == begun and os.fork() == 0:
                orders.close()
                return socket.socket(fileno=kernels[0])
        for kernel in kernels:
            os.close(kernel)


def become(kernel: socket.socket) -> list[str]:
    """Take over the environment and folder of the kernel that is wanted; returns its arguments."""
    parent = os.getppid()
    # A kernel looks whether its parent still lives.
    wanted = take_over(kernel, {"JPY_PARENT_PID": str(parent)})
    # Read when the class was made, which was before this process was copied.
    return [*wanted["arguments"], f"--IPKernelApp.parent_handle={parent}"]


def take_over(asked: socket.socket, more: dict[str, str]) -> dict[str, Any]:
    """Be what is wanted: with its user, environment (and ``more`` of it), folder and signals. Returns what was asked for."""
    wanted: dict[str, Any] = json.loads(asked.makefile().readline())
    os.setsid()
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(wanted["env"] | more)
    if "user" in wanted:
        _be(**wanted["user"])
    os.chdir(wanted["cwd"])
    import numpy as np

    np.random.seed()  # else all kernels draw the same numbers
    asked.sendall(f"{os.getpid()}\n".encode())
    return wanted


def _be(uid: int, gid: int, groups: list[int], memory: int | None) -> None:
    """Be this user from now on, with so many bytes of data for each process."""
    import resource

    if memory:
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    os.setgroups(groups)
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def alone() -> None:
    """Signals of a process that waits for orders."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the copies


class _Sys:
    """``sys`` without modules."""

    modules: ClassVar[dict[str, Any]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


@contextlib.contextmanager
def _no_look_at_all_modules() -> Iterator[None]:
    """A new kernel looks at each module that is loaded for the sake of the debugger, which the course switches off. That is a page each that is no longer
    shared, 15 MiB in all."""
    from ipykernel import ipkernel

    vars(ipkernel)["sys"] = _Sys()
    try:
        yield
    finally:
        vars(ipkernel)["sys"] = sys


def main(number: int) -> None:
    """Wait for kernels, and be them."""
    alone()
    preload()
    if can_be_copied():
        with socket.socket(fileno=number) as orders:
            kernel = copies(orders)
        if kernel is not None:
            be_kernel(kernel)


def be_kernel(kernel: socket.socket) -> None:
    """Be the kernel that comes through this socket, until it ends."""
    launcher = importlib.util.find_spec("ipykernel_launcher")
    sys.argv = [str(launcher.origin) if launcher else "", *become(kernel)]
    from ipykernel.kernelapp import IPKernelApp

    app = IPKernelApp.instance()
    with _no_look_at_all_modules():
        app.initialize()
    # It does so when it is imported, if a kernel is there.
    importlib.import_module("ipywidgets").register_comm_target()
    app.start()
    kernel.close()
