"""``python -m crmlab.app.hub``: the command of a learner's server on a JupyterHub (``c.Spawner.cmd``), see :mod:`crmlab.app.hub_server`.

On Linux it imports the course once, for itself and for its kernels. ``--fresh-kernels`` starts the process that kernels are copied from by itself, as
``crmlab start`` does.
"""

from __future__ import annotations

import os
import sys


def main(words: list[str]) -> int:
    """Be the server; returns the exit code."""
    if sys.platform == "linux" and "--fresh-kernels" not in words and "JUPYTERHUB_SERVICE_URL" in os.environ:
        from crmlab.app import seed

        return seed.alone()
    from crmlab.app import hub_server

    return hub_server.main()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
