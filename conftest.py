"""What all tests share, notebooks included: nothing is saved beside the lessons or in a user's cache; which worker runs what."""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

collect_ignore_glob = ["*.mine-*.ipynb"]

if "CRMLAB_TEST_STATE" not in os.environ:  # else this is a worker, and the folder is there
    os.environ["CRMLAB_TEST_STATE"] = tempfile.mkdtemp(prefix="crmlab-test-")
    atexit.register(shutil.rmtree, os.environ["CRMLAB_TEST_STATE"], ignore_errors=True)

# One cache for all workers and for the servers that tests start.
os.environ["CRMLAB_CACHE"] = str(Path(__file__).parent / ".pytest_cache" / "crmlab")

# The key of pseudonyms is a person's; tests have one of their own.
os.environ["CRMLAB_CONFIG"] = str(Path(os.environ["CRMLAB_TEST_STATE"]) / "config")

# The same examples on every run and machine: a failure is the change's, and can be run again. Many more each Monday.
EXAMPLES = int(os.environ.get("CRMLAB_EXAMPLES", "25"))
settings.register_profile("course", derandomize=True, deadline=None, max_examples=EXAMPLES)
settings.load_profile("course")

# Many containers forbid Python to keep what it has compiled; then every kernel, server and command that a test starts
# compiles pandas and JupyterLab once more: half of the time of all tests.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

os.environ.pop("CRMLAB_LANG", None)
os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"

LONGEST = (
    *("browser 1, site", "browser 2", "engine", "browser 3", "notebook"),
    # mypy, wheels; files of half a minute
    *("tests/project/", "tests/cli/test_cli.py", "tests/field/test_awkward.py", "tests/lessons/test_every_exercise.py"),
)
"""What is run first, in this order: as a whole (below), by mark, or by the beginning of its path. A worker with a browser goes
through it for minutes; what is short fills up those that would wait at the end."""

TOGETHER = {
    "tests/lite/test_site.py": "browser 1, site",
    "tests/browser/test_site.py": "browser 1, site",
    "tests/browser/test_packages.py": "browser 1, site",
    "tests/browser/test_exam.py": "browser 3",
    "tests/browser/test_evening.py": "browser 3",
    "tests/browser/test_exercises.py": "browser 3",
    "tests/browser/test_accessibility.py": "browser 3",
    "tests/browser/test_roleplay.py": "browser 3",
    "tests/browser/": "browser 2",
    "tests/report/": "report",
}
"""Files, by how their path begins, that one worker runs, so that what they share is started once; others go one by one."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the cells of notebooks, and put first what takes longest."""
    for item in items:
        if item.path.suffix == ".ipynb":
            item.add_marker("notebook")
            # nbval gives a kernel five seconds to say that it has done; on a busy machine that is not enough.
            item.parent.output_timeout = 60  # type: ignore[union-attr]

    def place(item: pytest.Item) -> int:
        scope = scope_of(item.nodeid)  # a file's is its path
        named = (n for n, name in enumerate(LONGEST) if scope.startswith(name) or item.get_closest_marker(name))
        return next(named, len(LONGEST))

    items.sort(key=place)


def scope_of(nodeid: str) -> str:
    """What one worker runs as a whole: a file, or the files that share something."""
    file = nodeid.split("::", 1)[0]
    return next((name for start, name in TOGETHER.items() if file.startswith(start)), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: tests in a browser wait for a third of their time."""
    affinity = getattr(os, "sched_getaffinity", None)
    return (len(affinity(0)) if affinity else os.cpu_count() or 1) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """How files go to the workers: as with ``--dist loadfile``, but for those that are run together."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduler(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return scope_of(nodeid)

    return Scheduler(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Give each test, and each notebook as a whole, a folder of its own for answers."""
    notebook = item.path.suffix == ".ipynb"
    name = hashlib.sha256((str(item.path) if notebook else item.nodeid).encode()).hexdigest()[:16]
    folder = Path(os.environ["CRMLAB_TEST_STATE"]) / name
    folder.mkdir(exist_ok=True)
    os.environ["CRMLAB_STATE"] = str(folder)
    if notebook:
        copied_kernels()
        os.environ.pop("MPLBACKEND", None)  # the kernel sets its own, as for a trainee
    else:
        os.environ["MPLBACKEND"] = "Agg"
        if "language" not in getattr(item, "fixturenames", ()) and (language := sys.modules.get("crmlab.language")):
            language.set_language(None)  # whatever the test before it has chosen


@cache
def copied_kernels() -> None:
    """On Linux nbval's kernels are made as the course makes them: copied, with everything imported. Takes a second a lesson less."""
    import nbval.kernel

    from crmlab.app import kernels

    kernels.prepare()
    start = nbval.kernel.start_new_kernel

    def started(*arguments: Any, **more: Any) -> Any:
        """Between the choice of a port and its use another program may take it; then the kernel dies at once."""
        for _attempt in range(2):
            with contextlib.suppress(RuntimeError):
                return start(*arguments, **more)
        return start(*arguments, **more)

    nbval.kernel.start_new_kernel = started


def pytest_runtest_teardown() -> None:
    """No chart stays open: after twenty of them Matplotlib warns, and a warning fails the next test that draws. Nor do the words of
    a lesson's tables stay."""
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")
    if tables := sys.modules.get("crmlab.course.tables"):
        tables.begin({})
