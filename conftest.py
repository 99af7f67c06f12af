"""What all tests share, notebooks included: nothing is saved beside the lessons, or in the cache of who runs them."""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

collect_ignore_glob = ["*.mine-*.ipynb"]

if "CRMLAB_TEST_STATE" not in os.environ:  # else this is a worker, and the folder is there
    os.environ["CRMLAB_TEST_STATE"] = tempfile.mkdtemp(prefix="crmlab-test-")
    atexit.register(shutil.rmtree, os.environ["CRMLAB_TEST_STATE"], ignore_errors=True)

# One cache for all workers and for the servers that tests start.
os.environ["CRMLAB_CACHE"] = str(Path(os.environ["CRMLAB_TEST_STATE"], "cache"))

# The same examples on every run and machine: a failure is the change's, and can be run again.
settings.register_profile("course", derandomize=True, deadline=None)
settings.load_profile("course")

os.environ.pop("CRMLAB_LANG", None)
os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Give each test, and each notebook as a whole, a folder of its own for answers."""
    notebook = item.path.suffix == ".ipynb"
    name = hashlib.sha256((str(item.path) if notebook else item.nodeid).encode()).hexdigest()[:16]
    folder = Path(os.environ["CRMLAB_TEST_STATE"]) / name
    folder.mkdir(exist_ok=True)
    os.environ["CRMLAB_STATE"] = str(folder)
    if notebook:
        os.environ.pop("MPLBACKEND", None)  # the kernel sets its own, as for a trainee
    else:
        os.environ["MPLBACKEND"] = "Agg"
