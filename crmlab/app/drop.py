"""The drop folder of a class on a JupyterHub: what is handed in there goes to the instructor at once.

The folder is the hub's: a service of it (``deploy/hub/drop.py``) takes files in the name of the user whose token comes with them, so that nobody
can read, replace or hand in the work of another.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from urllib.parse import quote

from crmlab.app.workspace import Refused
from crmlab.language import _, current, speaking, tr

PATIENCE = 30.0
"""Seconds to wait for the hub."""


def there(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this runs on a hub that has a drop folder.

    >>> there({}), there({"CRMLAB_DROP": "http://127.0.0.1:10101/services/drop/", "JUPYTERHUB_API_TOKEN": "x"})
    (False, True)
    """
    return bool(environment.get("CRMLAB_DROP") and environment.get("JUPYTERHUB_API_TOKEN"))


def give(name: str, data: bytes, language: str | None = None, environment: Mapping[str, str] = os.environ) -> str:
    """Hand in a file under its name; returns the name that it has in the drop folder. ``language`` is that of the sentence below.

    Raises ``Refused`` where the hub does not take it: the sentence says why, and that the file itself is still there.
    """
    address = f"{environment['CRMLAB_DROP'].rstrip('/')}/hand-in/{quote(name, safe='')}"
    head = {"Authorization": f"token {environment['JUPYTERHUB_API_TOKEN']}"}
    request = urllib.request.Request(address, data=data, headers=head, method="POST")
    try:
        # The hub is beside us: no proxy that the system may have for the web.
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=PATIENCE) as answer:
            return str(json.loads(answer.read())["name"])
    except urllib.error.HTTPError as error:
        why = {413: _("it is too large"), 429: _("you have handed in very often")}.get(error.code, f"HTTP {error.code}")
    except (OSError, ValueError, LookupError, TypeError) as error:
        why = str(getattr(error, "reason", "") or error)
    text = _("The hub did not take {name} ({problem}). The file is kept here: give it to your instructor, or try again later.")
    with speaking(language or current()):
        raise Refused(tr(text, name=name, problem=tr(why)))
