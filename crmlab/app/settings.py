"""Settings of the course's server and pages, whether ``crmlab start`` or a hub starts it.

The trainee's own Jupyter is neither used nor touched: configuration, settings and window layouts of this
server live in ``.crmlab/`` of the workspace.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import site
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from crmlab import places
from crmlab.app import last, page, routes
from crmlab.app.workspace import cannot_write
from crmlab.course import cache
from crmlab.course.files import HANDED_OVER, write_atomically
from crmlab.language import _, own, tr

_MODIFIERS = {"Ctrl", "Accel", "Alt", "Cmd"}
_NOT_FOR_TRAINEES = ("cut", "copy", "paste", "cellType")


# Run-all alone leaves the reader at the end of the lesson: go back to the first cell (selecting up to it is the only
# command that does; the moves down and up undo the selection).
RUN_ALL: dict[str, Any] = {
    "command": "apputils:run-all-enabled",
    "args": {
        "commands": [
            "notebook:run-all-cells",
            "notebook:extend-marked-cells-top",
            "notebook:deselect-all",
            "notebook:move-cursor-down",
            "notebook:move-cursor-up",
        ]
    },
}
RUN_ALL_KEY = {**RUN_ALL, "keys": ["Ctrl Shift Enter"], "selector": "body"}


def bare_shortcuts(schemas: list[Path]) -> list[dict[str, Any]]:
    """The notebook's shortcuts without Ctrl, Alt or Cmd, each marked as disabled.

    They act while a widget has the focus: ``d d`` would delete the exercise, an arrow key would leave it.
    Read from the schemas of the installed JupyterLab, because it compares keys and selector to the letter.
    Enter is left: it needs the cell itself to have the focus.
    """
    found = []
    for folder in schemas:
        for file in sorted(folder.rglob("*.json")):
            try:
                schema = json.loads(file.read_text("utf-8"))
                shortcuts = schema.get("jupyter.lab.shortcuts", [])
            except (OSError, ValueError, AttributeError):
                continue  # not a schema
            found += [{**s, "disabled": True} for s in shortcuts if _acts_in_a_widget(s)]
    return found


def _windowing(schemas: list[Path]) -> str:
    """How cells that are scrolled away are treated: older JupyterLabs take them out of the page, and with them what is being
    answered there."""
    files = (file for folder in schemas for file in folder.rglob("notebook-extension/tracker.json"))
    newer = any("contentVisibility" in file.read_text("utf-8") for file in files)
    return "contentVisibility" if newer else "defer"


def _acts_in_a_widget(shortcut: dict[str, Any]) -> bool:
    selector = shortcut.get("selector", "")
    if "jp-mod-commandMode" not in selector and "[data-jp-kernel-user]" not in selector:
        return False
    every = [shortcut.get(k) or [] for k in ("keys", "winKeys", "macKeys", "linuxKeys")]
    return any(_bare(keys) for keys in every)


def _bare(keys: list[str]) -> bool:
    words = [word for chord in keys for word in chord.split()]
    return bool(words) and not _MODIFIERS & set(words) and words[-1] != "Enter"


def overrides(schemas: list[Path]) -> dict[str, dict[str, Any]]:
    """The defaults of this server in the current language, in the form of JupyterLab's ``overrides.json``."""
    toolbar: list[dict[str, Any]] = [
        {
            "name": "crmlab-run-all",
            **RUN_ALL,
            "label": tr(_("Run all")),
            "rank": 29,
        },
        *({"name": name, "disabled": True} for name in _NOT_FOR_TRAINEES),
    ]
    return {
        # Else a second press may be handled by another thread of the kernel while the first one is at it.
        "@jupyterlab/apputils-extension:kernels-settings": {"commsOverSubshells": "disabled"},
        # Dark where the whole computer is.
        "@jupyterlab/apputils-extension:themes": {"adaptive-theme": True},
        "@jupyter-notebook/application-extension:top": {"visible": "no"},
        "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
        "@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": 10},
        "@jupyterlab/notebook-extension:panel": {"toolbar": toolbar},
        "@jupyterlab/notebook-extension:tracker": {"windowingMode": _windowing(schemas)},
        "@jupyterlab/shortcuts-extension:shortcuts": {"shortcuts": [*bare_shortcuts(schemas), RUN_ALL_KEY]},
        "@jupyterlab/translation-extension:plugin": {"locale": own().lab or "en"},
    }


PAGE = {
    # A waste basket on every cell, a shop for extensions and a debugger are more danger than help here;
    # grading is done in the instructor's own JupyterLab.
    "disabledExtensions": {
        "@jupyter-notebook/lab-extension": True,
        "@jupyter/nbgrader": True,
        "@jupyterlab/cell-toolbar-extension": True,
        "@jupyterlab/debugger-extension": True,
        "@jupyterlab/extensionmanager-extension": True,
        "@jupyterlab/fileeditor-extension:language-server": True,
        "@jupyterlab/lsp-extension": True,
        "@jupyterlab/notebook-extension:language-server": True,
    }
}


ADDRESSES = ("/notebooks", "/lab/tree")
"""Where a notebook is opened: as a page, and in JupyterLab."""


def schema_folders() -> list[Path]:
    """Where the installed JupyterLab and its extensions keep the schemas of their settings."""
    from jupyter_core.paths import jupyter_path
    from jupyterlab.commands import get_app_dir

    extensions = [p for top in jupyter_path("labextensions") for p in sorted(Path(top).glob("**/schemas"))]
    return [Path(get_app_dir()) / "schemas", *extensions]


def prepare(store: Path, keep: str = "", slides: bool = False) -> None:
    """Make the course's own folder ready for a server: environment and settings, before anything of Jupyter is imported.

    ``keep`` as in :func:`own_environment`. Raises ``Refused`` if the settings cannot be written.
    """
    try:
        own_environment(store, keep)
        shutil.rmtree(store / SLIDES_LAYOUTS, ignore_errors=True)  # a presentation begins with nothing else open
        write(store, slides)
    except OSError as error:
        raise cannot_write(store, error) from error
    # The check of one format of addresses, which no schema of Jupyter's asks for, takes half of the time of all imports.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def of_server(lab: bool = False) -> dict[str, Any]:
    """Settings of the server itself, by ``Class.name``, wherever it runs."""
    return {
        "ServerApp.allow_root": True,  # containers often have no other user
        "Application.log_level": "ERROR",
        "ServerApp.log_level": "ERROR",
        # The kernel of a lesson that was left: when it is opened again, another one begins. In JupyterLab none would.
        "MappingKernelManager.cull_idle_timeout": 0 if lab else 600,
        "MappingKernelManager.cull_interval": 60,
        "KernelManager.transport_encryption": "auto",  # else each kernel warns in this window
    }


def server_extensions(lab: bool = False) -> dict[str, bool]:
    """Only these: what else is installed for Jupyter here need not work with the course."""
    return {"jupyterlab": True, "jupyter_server_terminals": True} if lab else {"notebook": True}


def of_app(app: str, store: Path, address: str, lab: bool = False, slides: bool = False) -> dict[str, Any]:
    """Settings of the application with the pages, whose class is called ``app``."""
    found = {
        "log_level": "ERROR",
        "default_url": address,
        "app_settings_dir": store / "lab",
        "user_settings_dir": store / "settings",
        "workspaces_dir": store / (SLIDES_LAYOUTS if slides else "layouts"),
        "extra_labextensions_path": places.labextensions(),
    }
    found |= {"extension_manager": "readonly", "news_url": "None"} if lab else {"custom_css": False}
    return {f"{app}.{name}": value for name, value in found.items()}


def finish(web_app: Any, folder: Path, slides: bool = False) -> None:
    """Give a server that is made, and not yet started, the course's pages and routes."""
    web_app.settings["page_config_hook"] = _pages(folder, web_app.settings, slides)
    # A file that is handed over in a lesson comes as one message.
    web_app.settings["websocket_max_message_size"] = HANDED_OVER + 1_000_000
    routes.add(web_app, folder)


FOLDERS = ("config", "data", "runtime", "ipython", "cache/matplotlib", "lab", "settings", "layouts")
"""What server and kernels write, below the course's own folder."""


def own_environment(store: Path, keep: str = "") -> None:
    """Let Jupyter, IPython and matplotlib keep everything in the course's own folder, whose parts are made here, and let no
    settings of the trainee's own reach them; only variables that begin with ``keep`` are left. To be called before anything of
    Jupyter is imported.

    Raises ``OSError`` where the folder cannot be written.
    """
    for name in FOLDERS:
        (store / name).mkdir(parents=True, exist_ok=True)
    for name in list(os.environ):
        if (name.startswith(("JUPYTER", "JPY_")) or name in _THEIRS) and not (keep and name.startswith(keep)):
            del os.environ[name]
    os.environ |= {
        "JUPYTER_CONFIG_DIR": str(store / "config"),
        "JUPYTER_DATA_DIR": str(store / "data"),
        "JUPYTER_RUNTIME_DIR": str(store / "runtime"),
        "JUPYTER_PREFER_ENV_PATH": "1",  # so that the kernel "python3" is this interpreter
        "IPYTHONDIR": str(store / "ipython"),
        "MPLCONFIGDIR": str(store / "cache" / "matplotlib"),
    }
    kept = cache.folder()
    if kept is None or not _can_be_written(kept):
        os.environ["CRMLAB_CACHE"] = str(store / "cache" / "crmlab")
    # Settings of this installation and of this computer, and of the user's own packages.
    from jupyter_core import paths

    site.ENABLE_USER_SITE = False
    paths.ENV_CONFIG_PATH[:] = paths.SYSTEM_CONFIG_PATH[:] = [str(store / "config")]


_THEIRS = (
    "IPYTHONDIR",
    "MATPLOTLIBRC",
    "MPLBACKEND",
    "MPLCONFIGDIR",
    "PYTHONSTARTUP",  # a kernel would run it
    # The folder of a lesson decides its language, so that both can be open at once.
    "CRMLAB_LANG",
)


def _can_be_written(folder: Path) -> bool:
    near = next((one for one in (folder, *folder.parents) if one.exists()), folder)
    return near.is_dir() and os.access(near, os.W_OK)


def write(store: Path, slides: bool = False) -> None:
    """Write the settings of the pages, in the current language. Raises ``OSError`` where the folder cannot be written."""
    settings = overrides(schema_folders()) | (SLIDES if slides else {})
    text = json.dumps(settings, ensure_ascii=False, indent=1)
    write_atomically(store / "lab" / "overrides.json", text)


def _pages(folder: Path, web: dict[str, Any], slides: bool) -> Callable[[Any, dict[str, Any]], dict[str, Any]]:
    """What makes the settings of a page: as Jupyter (or a hub) made them, with ours. The lesson that it is asked for is noted."""
    before = web.get("page_config_hook")
    base = web["base_url"].rstrip("/")
    wanted = EXTENSIONS + (SLIDE_EXTENSIONS if slides else ())

    def page_of(handler: Any, config: dict[str, Any]) -> dict[str, Any]:
        if before is not None:
            config = before(handler, config)
        address = unquote(str(handler.request.path)).removeprefix(base)
        for start in ADDRESSES:
            if address.startswith(f"{start}/"):
                with contextlib.suppress(OSError):  # then the next start opens another lesson
                    last.note(folder, address.removeprefix(f"{start}/"))
        off = dict.fromkeys([*config.get("disabledExtensions", []), *PAGE["disabledExtensions"]])
        extensions = [one for one in config.get("federated_extensions", []) if one["name"] in wanted]
        told = {**page.told("server"), "slides": slides}
        own = {"disabledExtensions": list(off), "federated_extensions": extensions, "crmlab": told}
        return {**config, **own}

    return page_of


EXTENSIONS = ("@jupyter-widgets/jupyterlab-manager", "jupyterlab_pygments", "crmlab")
"""Of JupyterLab's extensions only these: what else is installed here need not work with the course, and takes time."""
SLIDE_EXTENSIONS = ("jupyterlab-slideshow", "@deathbeds/jupyterlab-fonts")
"""For a presentation these as well; the second is what the first draws with."""
SLIDES_LAYOUTS = "slides"
SLIDES: dict[str, Any] = {
    # A slide's cells must all be there, also those that are not in sight.
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    "jupyterlab-slideshow:plugin": {"active": False},
}
"""Settings of a presentation; the page begins it when the lesson has run."""
