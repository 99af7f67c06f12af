"""``crmlab doctor``: what the course needs, checked for real, each with what to do when it is missing."""

from __future__ import annotations

import importlib.metadata
import json
import locale
import os
import queue
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from crmlab import places
from crmlab.app import settings, workspace
from crmlab.language import _, tr, translations

NEEDED_MB = 200
"""Free disk space below which saving soon fails; the lessons themselves are a few MB."""


@dataclass(frozen=True)
class Finding:
    """One line of the report: what was looked at, what was found, and, if it is wrong, what to do.

    >>> str(Finding("Font", True, "NotoSansSC"))
    '[OK] Font: NotoSansSC'
    """

    what: str
    ok: bool
    found: str
    do: str = ""

    def __str__(self) -> str:
        mark = "[OK]" if self.ok else "[!!]"
        return f"{mark} {self.what}: {self.found}" + ("" if self.ok else f"\n     -> {self.do}")


def examine(folder: Path, language: str) -> list[Finding]:
    """All checks, for a workspace (which need not exist yet) and a language."""
    with tempfile.TemporaryDirectory(prefix="crmlab-", ignore_cleanup_errors=True) as aside:
        store = folder / workspace.STORE
        try:
            # As `crmlab start` does it, and in the same place where that is there already.
            settings.own_environment(store if _is_folder(store) else Path(aside))
        except OSError:  # `writable` says it
            settings.own_environment(Path(aside))
        checks: list[Callable[[], Finding]] = [
            kernel,
            versions,
            widgets,
            lambda: course(language),
            lambda: writable(folder, language),
            font,
            encoding,
            lambda: disk(folder),
        ]
        return [check() for check in checks]


def _install() -> str:
    if places.in_checkout():
        return tr(_('in the folder of the course: python3 -m pip install -q "uv<0.14" && python3 -m uv sync'))
    return f'"{sys.executable}" -m pip install --upgrade --force-reinstall crmlab'


def kernel() -> Finding:
    """Start the kernel ``python3`` and ask which interpreter it is: it must be the one of the course."""
    what = tr(_("Kernel"))
    command = f'"{sys.executable}" -m ipykernel install --sys-prefix'
    again = tr(_("install the kernel again: {command}"), command=command)
    try:
        theirs = _ask_kernel("import sys; print(sys.executable)")
    except Exception as error:  # whatever goes wrong in starting a kernel is the finding
        found = tr(_("does not start ({error})"), error=f"{type(error).__name__}: {error}")
        return Finding(what, False, found, again)
    if Path(theirs).parent.resolve() == Path(sys.executable).parent.resolve():
        return Finding(what, True, theirs)
    found = tr(_("runs {theirs}, but the course runs {ours}"), theirs=theirs, ours=sys.executable)
    return Finding(what, False, found, again)


def _ask_kernel(code: str) -> str:
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(60, "python3", stderr=subprocess.DEVNULL)
    try:
        said: list[str] = []

        def hear(message: dict) -> None:
            if message["msg_type"] == "stream":
                said.append(message["content"]["text"])

        client.execute_interactive(code, output_hook=hear, timeout=30)
        return "".join(said).strip()
    except queue.Empty as error:
        raise TimeoutError("no answer") from error
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def versions() -> Finding:
    """Everything crmlab requires must be installed in a version it was made for."""
    from packaging.requirements import Requirement

    what = tr(_("Packages"))
    wrong, good = [], 0
    for text in importlib.metadata.requires("crmlab") or []:
        need = Requirement(text)
        if need.marker and not need.marker.evaluate({"extra": ""}):
            continue
        try:
            version = importlib.metadata.version(need.name)
        except importlib.metadata.PackageNotFoundError:
            wrong.append(tr(_("{name} is missing"), name=need.name))
            continue
        if need.specifier.contains(version, prereleases=True):
            good += 1
        else:
            text = _("{name} is {version}, needed is {range}")
            wrong.append(tr(text, name=need.name, version=version, range=need.specifier))
    if wrong:
        return Finding(what, False, "; ".join(wrong), _install())
    python = sys.version.split()[0]
    return Finding(what, True, tr(_("{n} in fitting versions, Python {python}"), n=good, python=python))


def widgets() -> Finding:
    """Jupyter shows widgets only with the extension that jupyterlab_widgets brings."""
    from jupyter_core.paths import jupyter_path

    what = tr(_("Widgets"))
    for top in jupyter_path("labextensions"):
        package = Path(top) / "@jupyter-widgets" / "jupyterlab-manager" / "package.json"
        try:
            version = json.loads(package.read_text("utf-8"))["version"]
            return Finding(what, True, f"jupyterlab-manager {version}")
        except (OSError, ValueError, LookupError):
            continue
    command = f'"{sys.executable}" -m pip install --force-reinstall jupyterlab_widgets'
    return Finding(what, False, tr(_("Jupyter cannot show click exercises")), command)


def course(language: str) -> Finding:
    """Lessons of both editions, data sets and translations must be there."""
    what = tr(_("Course"))
    folder = places.notebooks() / language
    needed = {
        "/".join(workspace.TOUR): folder / workspace.TOUR[0] / f"{workspace.TOUR[1]}.ipynb",
        "datasets": places.datasets(),
        **{f"locale/{code}": places.locale() / code / "app.doctor.po" for code in translations()},
    }
    missing = [name for name, path in needed.items() if not path.exists()]
    if missing:
        found = tr(_("missing: {names}"), names=", ".join(missing))
        return Finding(what, False, found, tr(_("fetch the course again; your answers stay")))
    n = len(list(folder.glob("*/*.ipynb")))
    return Finding(what, True, tr(_("{n} lessons in {folder}"), n=n, folder=folder))


def writable(folder: Path, language: str) -> Finding:
    """Lessons and answers are saved in the workspace."""
    what = tr(_("Saving"))
    try:
        if _is_folder(folder):
            workspace.check_writable(folder, language, *settings.FOLDERS)
        else:
            near = next(p for p in (folder, *folder.parents) if os.path.lexists(p))
            if not (near.is_dir() and os.access(near, os.W_OK)):
                raise workspace.cannot_write(near, PermissionError(13, os.strerror(13), str(near)))
            _try_name(near, folder)
    except workspace.Refused as refusal:
        return Finding(what, False, str(folder), str(refusal))
    return Finding(what, True, str(folder))


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112 (Path's raises for a name that is too long)


def _try_name(near: Path, folder: Path) -> None:
    """Raises ``Refused`` for a folder whose name this disk does not take."""
    try:
        os.lstat(folder)
    except FileNotFoundError:
        return
    except OSError as error:
        raise workspace.cannot_write(near, error) from error


def font() -> Finding:
    """Charts in Chinese need the font that comes with the course."""
    what = tr(_("Font"))
    file = places.fonts() / "NotoSansSC-GB2312.otf"
    try:
        from matplotlib.font_manager import get_font

        name = get_font(str(file)).family_name
    except Exception as error:  # a missing or damaged font, or no matplotlib
        found = tr(_("{file} cannot be used ({error})"), file=file, error=error)
        return Finding(what, False, found, _install())
    return Finding(what, True, name)


def encoding() -> Finding:
    """File names must be able to hold any character, and this window should show Chinese."""
    what = tr(_("Encoding"))
    files, shown = sys.getfilesystemencoding(), getattr(sys.stdout, "encoding", None) or "?"
    found = tr(_("files {files}, this window {window}"), files=files, window=shown)
    try:
        "客户 é".encode(files)
    except (UnicodeEncodeError, LookupError):
        do = tr(_("set the environment variable {name}, then open a new window"), name="PYTHONUTF8=1")
        return Finding(what, False, f"{found} ({locale.getpreferredencoding(False)})", do)
    return Finding(what, True, found)


def disk(folder: Path) -> Finding:
    """Room for saving."""
    what = tr(_("Disk"))
    near = next(p for p in (folder, *folder.parents) if os.path.lexists(p))
    free = shutil.disk_usage(near).free // 2**20
    found = tr(_("{free} MB free"), free=free)
    do = tr(_("make room: the course needs {needed} MB"), needed=NEEDED_MB)
    return Finding(what, free >= NEEDED_MB, found, do)
