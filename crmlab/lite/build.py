"""Build the site: JupyterLite, Pyodide, the course's packages, lessons and start page, put together in one folder."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import crmlab
from crmlab import places
from crmlab.app import page
from crmlab.app import settings as of_server
from crmlab.language import LANGUAGES, set_language
from crmlab.lite import bytecode, changes, images, later, named, pages, wheels
from crmlab.lite.wheels import Missing

PYODIDE = "0.27.7"
CDN = f"https://cdn.jsdelivr.net/pyodide/v{PYODIDE}/full/"
ANYWHERE = "here:"
"""As the address of a site: its own packages are found beside its pages, wherever these lie (``static/image.js``)."""
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
EXTENSIONS = ("@jupyter-widgets/jupyterlab-manager", "@jupyterlite/pyodide-kernel-extension")
STARTED_BY_KERNEL = ("comm", "ipykernel", "ipython", "micropip", "piplite", "pyodide_kernel")
"""What Pyodide's kernel asks for before its first cell: together with Pyodide it comes sooner."""
FOLDER = f"static/pyodide-{PYODIDE}"
"""Where Pyodide and the packages lie; every name in it stands for one content for ever."""
CORE = ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "pyodide.js", "python_stdlib.zip")
OFF = (
    # It needs what was switched off with the language server, and complains in the console.
    "@jupyterlite/application-extension:lsp-connection-manager",
    # Its list of headings is not shown here, and it fails when cells come into view.
    "@jupyterlab/notebook-extension:toc",
    "@jupyterlab/toc-extension",
    # What a notebook brings along must not become code of the page.
    "@jupyterlab/javascript-extension",
    "@jupyterlab/vega5-extension",
)
APP = "notebooks"
"""JupyterLite's page of one document."""
APPS = {code: APP if code == "en" else f"{APP}-{code}" for code in LANGUAGES}
"""The folder of that page in each language, below the site; JupyterLite opens a lesson only where the name begins so."""


def build(out: Path, pyodide: Path | None, address: str, tell: Callable[[str], None]) -> dict[str, int]:
    """Build the site into an empty or earlier-built folder; the bytes of the ``site`` and of Python at the ``first`` visit.

    ``pyodide`` is a folder with Pyodide: the site then needs no other host. Without it Pyodide comes from its public CDN, and
    ``address`` must say where the site will lie, because its own packages are then named by their full address. Raises
    :class:`Missing` with a sentence if something is not there. What was in ``out`` is replaced only at the end.
    """
    _check(pyodide, address)
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        tell("JupyterLite ...")
        site = _jupyterlite(work)
        tell("Python packages ...")
        folder = site / FOLDER
        folder.mkdir(parents=True)
        ours = wheels.make(folder)
        kernel = _kernel(site, folder)
        theirs, options, first, rest = _pyodide(folder, [*ours, *kernel], pyodide, address, tell)
        tell("Pages ...")
        _configure(site, theirs, folder, options)
        changes.apply(site)
        pages.write(site, APPS, theirs, first, rest)
        named.by_content(site)
        _replace(out, site)
    return {"site": _size(out), "first": sum(first.values())}


def _check(pyodide: Path | None, address: str) -> None:
    for name in ("jupyterlite-core", "jupyterlite-pyodide-kernel"):
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError as error:
            raise Missing(
                f"{name} is not installed. The site is built with the extra “lite”: "
                'python3 -m pip install "crmlab[lite]", or in a checkout python3 -m uv run --extra lite crmlab site build ...'
            ) from error
    if pyodide is not None:
        found = pyodide / "pyodide-lock.json"
        if not found.is_file():
            raise Missing(f"There is no Pyodide in {pyodide}: pyodide-lock.json is missing.")
        try:
            version = json.loads(found.read_text(encoding="utf-8"))["info"]["version"]
        except (ValueError, LookupError, TypeError) as error:
            raise Missing(f"{found} cannot be read: it is no lock file of Pyodide.") from error
        if version != PYODIDE:
            raise Missing(f"{pyodide} holds Pyodide {version}; this site needs {PYODIDE}.")
    elif address != ANYWHERE and not re.match(r"https?://[^/]+(/|$)", address):
        raise Missing(
            "Say where Pyodide comes from: --pyodide FOLDER (the site then needs no other host), or --address "
            "https://HOST/PATH/ (where the site will lie; Pyodide then comes from its public CDN)."
        )


def _jupyterlite(work: Path) -> Path:
    lite, contents = work / "lite", work / "contents"
    lite.mkdir()
    for edition, folder in (("notebooks", places.notebooks()), ("solutions", places.solutions())):
        for path in sorted(folder.glob("*/*-*/*-*.ipynb")):
            target = contents / edition / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(stamped(path.read_text(encoding="utf-8")), encoding="utf-8")
    extensions = [_extension(name) for name in EXTENSIONS]
    extensions += sorted(path.parent for path in places.labextensions().glob("*/package.json"))
    extensions += sorted(path.parent for path in places.labextensions().glob("@*/*/package.json"))
    settings = {
        "apps": [APP],
        "cache_dir": str(work / "cache"),
        "contents": [str(contents)],
        # Only these: what else is installed here need not work there.
        "federated_extensions": list(map(str, extensions)),
        "ignore_sys_prefix": ["federated_extensions"],
        "no_libarchive": True,
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
        "output_dir": str(work / "site"),
    }
    (lite / "jupyter_lite_config.json").write_text(json.dumps({"LiteBuildConfig": settings}), encoding="utf-8")
    command = [sys.executable, "-c", "from jupyterlite_core.app import main; main()", "build", "--lite-dir", str(lite)]
    done = subprocess.run(command, cwd=lite, capture_output=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode:
        raise Missing("JupyterLite could not be built:\n" + (done.stdout + done.stderr)[-3000:])
    return work / "site"


def _extension(name: str) -> Path:
    from jupyter_core.paths import jupyter_path

    for top in jupyter_path("labextensions"):
        if (Path(top) / name / "package.json").is_file():
            return Path(top) / name
    raise Missing(f"The JupyterLab extension {name} is not installed.")


def stamped(notebook: str) -> str:
    """A notebook with a stamp of its content, by which the page tells an older saved copy from the lesson as it is now."""
    content = json.loads(notebook)
    content["metadata"].setdefault("crmlab", {})["stamp"] = hashlib.sha256(notebook.encode()).hexdigest()[:16]
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _kernel(site: Path, folder: Path) -> list[Path]:
    """The wheels of Pyodide's kernel, which JupyterLite brings, put beside the others."""
    found = []
    for name in ("ipykernel", "piplite", "pyodide_kernel"):
        [wheel] = site.glob(f"extensions/{EXTENSIONS[1]}/static/pypi/{name}-*.whl")
        found.append(Path(shutil.copyfile(wheel, folder / wheel.name)))
    return found


def _pyodide(
    folder: Path, ours: list[Path], pyodide: Path | None, address: str, tell: Callable[[str], None]
) -> tuple[str, dict[str, Any], dict[str, int], dict[str, int]]:
    """Put Pyodide, or what points to it, into the site.

    Gives the address of its files, empty if they are here; what its kernel is told beside the lock; and with their bytes the
    files that are loaded at the start, and those that are loaded later.
    """
    theirs = "" if pyodide else os.environ.get("CRMLAB_PYODIDE_CDN", CDN)
    source = pyodide / "pyodide-lock.json" if pyodide else places.PACKAGE / "lite" / "pyodide-lock.json"
    original = json.loads(source.read_text(encoding="utf-8"))
    known = original.pop("bytes", {})
    everything = json.loads(wheels.lock(original, ours))["packages"]
    needed = _closure(everything, ("crmlab", *STARTED_BY_KERNEL, *later.LATER))
    start = _closure(everything, ("crmlab", *STARTED_BY_KERNEL))
    original["packages"] = {name: entry for name, entry in original["packages"].items() if name in needed}
    if pyodide:
        for name in (*CORE, *(entry["file_name"] for entry in original["packages"].values())):
            if not (pyodide / name).is_file():
                raise Missing(f"{name} is missing in {pyodide}.")
            shutil.copyfile(pyodide / name, folder / name)
    options: dict[str, Any] = {"packages": ["crmlab", *STARTED_BY_KERNEL]}
    if not pyodide and address == ANYWHERE:
        options["anywhere"] = ANYWHERE
    library = CORE[-1]
    theirs_here = {name: folder / entry["file_name"] for name, entry in original["packages"].items() if pyodide}
    compiled = _compiled(folder, [*ours, *theirs_here.values(), *([folder / library] if pyodide else [])], pyodide)
    if compiled:
        ours = [compiled[path] for path in ours]
        for name, path in theirs_here.items():
            original["packages"][name] |= {
                "file_name": compiled[path].name,
                "sha256": hashlib.sha256(compiled[path].read_bytes()).hexdigest(),
            }
    else:
        tell(
            "There is no Python 3.12 here, and no Node with Pyodide: packages stay sources, and Python starts more slowly."
        )
    text = wheels.lock(original, ours, "" if pyodide else address.rstrip("/") + f"/{FOLDER}/", theirs)
    (folder / "pyodide-lock.json").write_text(text, encoding="utf-8")
    packages = json.loads(text)["packages"]
    files = {name: Path(packages[name]["file_name"]).name for name in needed if name in packages}
    sizes = {
        name: (folder / file).stat().st_size if (folder / file).is_file() else known[file]
        for name, file in files.items()
    }
    core = {name: (folder / name).stat().st_size if pyodide else known[name] for name in CORE[1:-1]}
    first = {files[name]: size for name, size in sizes.items() if name in start}
    if pyodide:
        if compiled:
            library = compiled[folder / library].name
            options["stdLibURL"] = f"./{FOLDER}/{library}"
        made = images.make({name: folder / file for name, file in files.items() if name in start}, folder)
        options |= {"images": [path.name for path in made], "imaged": sorted({*start, *options["packages"]})}
        first = {path.name: path.stat().st_size for path in made}
    core[library] = (folder / library).stat().st_size if pyodide else known[library]
    return (
        theirs,
        options,
        core | first,
        {files[name]: size for name, size in sizes.items() if name not in start},
    )


def _compiled(folder: Path, paths: list[Path], pyodide: Path | None) -> dict[Path, Path] | None:
    """The archives of the site with bytecode in them, in place of those with sources and with names of their own content."""
    with tempfile.TemporaryDirectory() as temporary:
        made = bytecode.compiled(paths, pyodide, Path(temporary))
        if made is None:
            return None
        found = {}
        for path, fresh in zip(paths, made, strict=True):
            found[path] = folder / _named(path.name, hashlib.sha256(fresh.read_bytes()).hexdigest()[:10])
            path.unlink()
            shutil.move(fresh, found[path])
    return found


def _named(name: str, content: str) -> str:
    """The name of a wheel or another archive with a digest of its content in it, in a wheel as what is called a build tag."""
    if not name.endswith(".whl"):
        stem, _, ending = name.rpartition(".")
        return f"{stem}-{content}.{ending}"
    parts = name.split("-")
    return "-".join([*parts[:2], f"0{content}", *parts[-3:]])


def _closure(packages: dict[str, Any], start: tuple[str, ...]) -> set[str]:
    found: set[str] = set()
    left = list(start)
    while left:
        name = left.pop().lower().replace("_", "-").replace(".", "-")
        if name not in found:
            found.add(name)
            left += packages[name]["depends"] if name in packages else []
    return found


def _configure(site: Path, theirs: str, folder: Path, options: dict[str, Any]) -> None:
    path = site / "jupyter-lite.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    data = content["jupyter-config-data"]
    data["appName"] = "crmlab"
    data["exposeAppInBrowser"] = True
    data["disabledExtensions"] = sorted({*data.get("disabledExtensions", []), *of_server.PAGE["disabledExtensions"], *OFF})
    settings = data.setdefault("litePluginSettings", {}).setdefault(KERNEL, {})
    # A name that changes with the content, so that no old copy of it is used with new packages.
    lock = folder / "pyodide-lock.json"
    named = folder / f"pyodide-lock-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}.json"
    lock.rename(named)
    settings["pyodideUrl"] = (theirs or f"./{FOLDER}/") + "pyodide.js"
    settings["disablePyPIFallback"] = True
    settings["loadPyodideOptions"] = options | {"lockFileURL": f"./{FOLDER}/{named.name}"}
    path.write_text(json.dumps(content, indent=1, sort_keys=True), encoding="utf-8")
    schemas = [site / "build" / "schemas", site / "extensions"]
    for language in LANGUAGES:
        app = site / APPS[language]
        if not app.is_dir():
            shutil.copytree(site / APP, app)
        set_language(language)
        try:
            overrides = of_server.overrides(schemas)
        finally:
            set_language(None)
        own = app / "jupyter-lite.json"
        mine = json.loads(own.read_text(encoding="utf-8"))
        mine["jupyter-config-data"] |= {
            "settingsOverrides": overrides,
            "appUrl": f"./{APPS[language]}",
            "crmlab": page.told("site", APPS),
        }
        own.write_text(json.dumps(mine, ensure_ascii=False, indent=1), encoding="utf-8")


def _replace(out: Path, site: Path) -> None:
    marker = ".crmlab-site"
    if out.exists() and any(out.iterdir()) and not (out / marker).is_file():
        raise Missing(f"{out} is not empty and was not built by this command; choose another folder, or empty it.")
    (site / marker).write_text(f"{crmlab.__version__}\n", encoding="utf-8")
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = out.with_name(out.name + ".new")
    if fresh.exists():
        shutil.rmtree(fresh)
    shutil.copytree(site, fresh)
    # Renamed and not deleted first: who loads a page just now gets the old site or the new one.
    gone = out.with_name(out.name + ".old")
    if gone.exists():
        shutil.rmtree(gone)
    if out.exists():
        out.rename(gone)
    fresh.rename(out)
    if gone.exists():
        shutil.rmtree(gone)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
