"""The course on The Littlest JupyterHub: copy this to /opt/tljh/config/jupyterhub_config.d/crmlab.py, and drop.py to /opt/tljh/config/drop.py.

README.md beside it has the commands. Learners' servers run in the user environment (/opt/tljh/user), where the course is installed; the hub has an environment
of its own. Each server is a unit of systemd: memory and processor are limited by `tljh-config set limits.memory` and `limits.cpu`.
"""

import os
import sys

c = get_config()  # noqa: F821  (JupyterHub gives it)

INSTRUCTORS = set(os.environ.get("CRMLAB_INSTRUCTORS", "").split())
"""Who may fetch what was handed in: their names as they log in. Change it here."""

c.Spawner.cmd = ["/opt/tljh/user/bin/python", "-m", "crmlab.app.hub"]
c.Spawner.default_url = "/crmlab/open"
c.Spawner.start_timeout = 120

DROP = "http://127.0.0.1:10101"
c.Spawner.environment.update({"CRMLAB_DROP": f"{DROP}/services/drop/", "MALLOC_ARENA_MAX": "1"})

c.JupyterHub.custom_scopes = {"custom:crmlab:collect": {"description": "Fetch what the class has handed in"}}
c.JupyterHub.load_groups = {"instructors": {"users": sorted(INSTRUCTORS)}}
c.JupyterHub.services.append(
    {
        "name": "drop",
        "url": DROP,
        "command": [sys.executable, "/opt/tljh/config/drop.py"],
        "environment": {"CRMLAB_DROP_FOLDER": "/opt/tljh/state/drop"},
        "oauth_no_confirm": True,
        "oauth_client_allowed_scopes": ["custom:crmlab:collect"],
    }
)
c.JupyterHub.load_roles.extend(
    [
        {"name": "user", "scopes": ["self", "access:services!service=drop"]},
        {"name": "server", "scopes": ["users:activity!user", "access:servers!server", "access:services!service=drop"]},
        {
            "name": "instructor",
            "scopes": ["custom:crmlab:collect", "access:services!service=drop"],
            "groups": ["instructors"],
        },
    ]
)
