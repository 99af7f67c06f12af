"""JupyterHub on one machine, for a class or a department: users of the system, each with the course in their home.

    jupyterhub -f jupyterhub_config.py

README.md beside it says what to install, what to change here, and how many learners a machine holds.
"""

import importlib.util
import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821  (JupyterHub gives it)

# --- change these ---------------------------------------------------------------------------------------------

DATA = Path(os.environ.get("CRMLAB_HUB_DATA", "/srv/crmlab"))
"""What the hub keeps: its database, and what was handed in. For root alone."""
INSTRUCTORS = set(os.environ.get("CRMLAB_INSTRUCTORS", "").split())
"""Who may fetch what was handed in."""
LANGUAGE = os.environ.get("CRMLAB_LANG", "")
"""en or zh for all; empty: the browser's language at first, then the one last worked in."""
LEARNERS = 100
"""Servers at once; a machine of 24 GiB and 2 cores: see README.md."""

# --- who may come in ------------------------------------------------------------------------------------------

# Behind a web server that does https. PAM lets in the users of the system who have a password.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.JupyterHub.authenticator_class = "pam"
c.Authenticator.allow_all = True
c.Authenticator.admin_users = set()

DATA.mkdir(mode=0o700, parents=True, exist_ok=True)
c.JupyterHub.db_url = f"sqlite:///{DATA}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = f"{DATA}/cookie_secret"
c.ConfigurableHTTPProxy.pid_file = f"{DATA}/proxy.pid"

# --- the course as everybody's server -------------------------------------------------------------------------

# Copies of one process that has imported everything: see README.md. Without it: "jupyterhub.spawner.LocalProcessSpawner".
c.JupyterHub.spawner_class = "crmlab.app.spawning.CopiedSpawner"
c.Spawner.cmd = [sys.executable, "-m", "crmlab.app.hub"]
c.Spawner.default_url = "/crmlab/open"
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 60
c.JupyterHub.active_server_limit = LEARNERS
c.JupyterHub.concurrent_spawn_limit = 10

# --- the drop folder of the class, and idle servers -----------------------------------------------------------

DROP = os.environ.get("CRMLAB_HUB_DROP", "http://127.0.0.1:10101")
c.Spawner.environment = {"CRMLAB_DROP": f"{DROP}/services/drop/"}
if LANGUAGE:
    c.Spawner.environment["CRMLAB_LANG"] = LANGUAGE

c.JupyterHub.custom_scopes = {"custom:crmlab:collect": {"description": "Fetch what the class has handed in"}}
c.JupyterHub.load_groups = {"instructors": {"users": sorted(INSTRUCTORS)}}
c.JupyterHub.services = [
    {
        "name": "drop",
        "url": DROP,
        "command": [sys.executable, str(Path(__file__).with_name("drop.py"))],
        "environment": {"CRMLAB_DROP_FOLDER": str(DATA / "drop")},
        "oauth_no_confirm": True,
        "oauth_client_allowed_scopes": ["custom:crmlab:collect"],
    }
]
# "user" and "server" are JupyterHub's own roles, with what the drop folder needs added.
c.JupyterHub.load_roles = [
    {"name": "user", "scopes": ["self", "access:services!service=drop"]},
    {"name": "server", "scopes": ["users:activity!user", "access:servers!server", "access:services!service=drop"]},
    {
        "name": "instructor",
        "scopes": ["custom:crmlab:collect", "access:services!service=drop"],
        "groups": ["instructors"],
    },
]
if importlib.util.find_spec("jupyterhub_idle_culler"):
    c.JupyterHub.services.append(
        {"name": "cull-idle", "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"]}
    )
    c.JupyterHub.load_roles.append(
        {
            "name": "cull-idle",
            "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
            "services": ["cull-idle"],
        }
    )
else:
    print(
        "jupyterhub-idle-culler is not installed: servers that nobody uses stay until they are stopped.",
        file=sys.stderr,
    )
