"""Kernels that are copies of a process with everything imported: each its own, and a usual one where none can be copied."""

from __future__ import annotations

import base64
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from jupyter_client import KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory

from crmlab.app import kernels, preloaded

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are copied on Linux alone")


@pytest.fixture(scope="module", autouse=True)
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[kernels.Started]:
    own = {"JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "MPLCONFIGDIR"}
    with pytest.MonkeyPatch.context() as patch:
        for name in own:
            patch.setenv(name, str(tmp_path_factory.mktemp(name.lower())))
        patch.delenv("MPLBACKEND", raising=False)
        KernelProvisionerFactory.clear_instance()
        kernels.prepare()
        assert isinstance(kernels._preloaded, kernels.Started)
        yield kernels._preloaded
        kernels._preloaded.orders.close()
        kernels._preloaded.process.wait(20)
        KernelProvisionerFactory.clear_instance()
        KernelProvisionerFactory.provisioners.pop(kernels.NAME)


class Kernel:
    """A kernel as the server starts it, asked by a client."""

    def __init__(self, folder: Path, **env: str) -> None:
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(cwd=str(folder), env={**os.environ, **env})
        self.connect()

    def connect(self) -> None:
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=120)

    def outputs(self, code: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []

        def keep(message: dict[str, Any]) -> None:
            if message["msg_type"] not in ("status", "execute_input"):
                found.append(message)

        self.client.execute_interactive(code, output_hook=keep, timeout=120, allow_stdin=False)
        return found

    def says(self, code: str) -> str:
        """What the code printed."""
        return "".join(one["content"].get("text", "") for one in self.outputs(code)).strip()


@contextmanager
def kernel(folder: Path, **env: str) -> Iterator[Kernel]:
    made = Kernel(folder, **env)
    try:
        yield made
    finally:
        made.client.stop_channels()
        made.manager.shutdown_kernel(now=True)


IMPORTED = (
    "import sys; print('pandas' in sys.modules, 'matplotlib.pyplot' in sys.modules, 'crmlab.course' in sys.modules)"
)


def test_two_kernels_are_ready_and_have_nothing_in_common(tmp_path: Path, prepared: kernels.Preloaded) -> None:
    (tmp_path / "zh").mkdir()
    with kernel(tmp_path, WHO="first") as one, kernel(tmp_path / "zh", WHO="second") as two:
        for each, who, where, language in ((one, "first", tmp_path, "en"), (two, "second", tmp_path / "zh", "zh")):
            assert each.says(IMPORTED) == "True True True"
            seen = each.says(
                "import os; print(os.environ['WHO'], os.getcwd(), os.getppid(), os.getpgid(0) == os.getpid())"
            )
            assert seen == f"{who} {where} {prepared.process.pid} True"
            assert each.says("from crmlab.language import current; print(current())") == language
            assert each.says("print('OPENBLAS_NUM_THREADS' in os.environ, __name__, '' in sys.path)") == (
                f"{'OPENBLAS_NUM_THREADS' in os.environ} __main__ True"
            )
            targets = "sorted(get_ipython().kernel.comm_manager.targets)"
            # Of the second, a page that is loaded again asks for its widgets.
            assert "['jupyter.widget', 'jupyter.widget.control'" in each.says(f"print({targets})")
        draw = "import random, numpy as np; print(random.random(), np.random.rand())"
        assert not set(one.says(draw).split()) & set(two.says(draw).split())


def test_it_is_interrupted_ended_and_started_again_as_any_other(tmp_path: Path) -> None:
    with kernel(tmp_path) as one:
        number = one.client.execute("import time\nprint('now', flush=True)\ntime.sleep(60)", stop_on_error=False)
        while one.client.get_iopub_msg(timeout=60)["msg_type"] != "stream":
            pass
        one.manager.interrupt_kernel()
        while (reply := one.client.get_shell_msg(timeout=30))["parent_header"]["msg_id"] != number:
            pass
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        assert one.manager.is_alive()
        before = int(one.says("import os; print(os.getpid())"))
        one.client.execute("os._exit(3)")
        until(lambda: not one.manager.is_alive())
        one.client.stop_channels()
        one.manager.restart_kernel(now=True)
        one.connect()
        assert one.says(IMPORTED) == "True True True"
        assert int(one.says("import os; print(os.getpid())")) != before
    assert not one.manager.is_alive()


CHART = """
from matplotlib.backends.backend_agg import FigureCanvasAgg
from crmlab import figures, plots, value
drawn, real = [], FigureCanvasAgg.draw
def draw(canvas, *args, **more):
    drawn.append(1)
    return real(canvas, *args, **more)
FigureCanvasAgg.draw = draw
"""
PLOT = "ax = plots.lorenz(value.lorenz([5.0, 3.0, 1.0])); ax.set_xlabel('客户'); None"


def test_a_chart_is_drawn_once_and_looks_as_if_drawn_twice(tmp_path: Path) -> None:
    """A kernel draws a figure when its cell ends, and once more to show it; Chinese has its font in a copied kernel too."""
    with kernel(tmp_path) as one:
        assert one.says(CHART) == ""
        pictures, counts = [], []
        for undo in ("", "get_ipython().events.unregister('post_execute', figures._as_if_drawn)"):
            assert one.outputs(undo) == []
            shown = one.outputs(PLOT)
            assert [message["msg_type"] for message in shown] == ["display_data"]  # nothing about a missing letter
            pictures.append(base64.b64decode(shown[0]["content"]["data"]["image/png"]))
            counts.append(int(one.says("print(len(drawn)); drawn.clear()")))
        assert pictures[0] == pictures[1]
        assert pictures[0].startswith(b"\x89PNG")
        assert counts[0] < counts[1]


def test_where_the_course_has_been_changed_nothing_is_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([1.0, 2.0])
    monkeypatch.setattr(preloaded, "written", lambda: next(times))
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("copied"))
    orders, theirs = socket.socketpair()
    ours, wanted = socket.socketpair()
    with orders, theirs, ours:
        socket.send_fds(orders, [b"k"], [wanted.fileno()])
        wanted.close()
        orders.shutdown(socket.SHUT_WR)
        assert preloaded.copies(theirs) is None
        assert ours.recv(1) == b""


def test_without_it_a_kernel_starts_as_usual(tmp_path: Path, prepared: kernels.Preloaded) -> None:
    """Last: it ends the process that the others are copied from, and with it what was copied."""
    with kernel(tmp_path) as orphan:
        number = int(orphan.says("import os; print(os.getpid())"))
        prepared.process.send_signal(signal.SIGKILL)
        prepared.process.wait(20)
        with kernel(tmp_path) as one:
            assert one.says(IMPORTED) == "False False False"
        until(lambda: not psutil.pid_exists(number))
        assert not orphan.manager.is_alive()


def until(true: Any, seconds: float = 30) -> None:
    """Wait for it."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize("module", ["crmlab.cli", "crmlab.app.settings", "crmlab.app.seed"])
def test_a_server_begins_without_what_only_a_lesson_needs(module: str) -> None:
    """Pandas takes half a second of every start; and numpy begins threads where it is loaded before they are forbidden: then nothing
    can be copied."""
    code = f"import sys, {module}; print([name for name in ('numpy', 'pandas', 'matplotlib') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
