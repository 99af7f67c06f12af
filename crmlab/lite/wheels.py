"""Pure Python packages for the browser: wheels made from what is installed here, and Pyodide's lock with them in it.

Made from the installed files, and not fetched, so that the site has the versions that were tested, and builds offline.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import crmlab
from crmlab import catalogue, places
from crmlab.language import translations
from crmlab.lite import later, written

PACKAGES: dict[str, tuple[str, ...]] = {
    "comm": ("traitlets",),
    "et-xmlfile": (),
    "fsrs": ("typing-extensions",),
    "ipywidgets": ("comm", "ipython", "jupyterlab-widgets", "traitlets"),
    "jupyterlab-widgets": (),
    "narwhals": (),
    "openpyxl": ("et-xmlfile",),
    "ruamel-yaml": (),
    "typing-extensions": (),
}
"""What crmlab needs and Pyodide does not have, each with what it needs itself."""

NEEDS = ("fsrs", "ipywidgets", "pandas", "ruamel-yaml")
"""What is loaded together with crmlab; the rest is in :mod:`crmlab.lite.later`. The packages' own metadata ask for more: what a
server or a terminal needs."""

LARGE = ("datasets/grocery_baskets.csv.gz", "datasets/online_retail_lines.csv.gz")
"""Tables of a few cells, nearly half of what crmlab's wheel would weigh with them."""

BUNDLED = {"datasets": "", "lessons": ".yml", "notebooks": ".ipynb", "solutions": ".ipynb"}
"""What the course carries, and the ending of what is wanted of it: what lessons are made from, and what a trainee left
beside them, stay here."""
_SAME_DATE = (2020, 1, 1, 0, 0, 0)


class Missing(RuntimeError):
    """Something that the site is built from is not there; the message says what, and what to do."""


def make(folder: Path) -> list[Path]:
    """Write the wheels of crmlab, of its large tables and of :data:`PACKAGES` into a folder.

    Raises :class:`Missing` for a package that is not installed.
    """
    return [_crmlab(folder), _tables(folder), *(_installed(name, folder) for name in PACKAGES)]


def _installed(name: str, folder: Path) -> Path:
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError as error:
        raise Missing(f"The package {name} is not installed; the site is made from it.") from error
    files: dict[str, bytes] = {}
    for file in found.files or ():
        path = Path(str(found.locate_file(file)))
        inside = not file.as_posix().startswith(("..", "/")) and "__pycache__" not in file.parts
        if (
            inside
            and file.suffix not in (".pyc", ".exe")
            and file.name not in ("RECORD", "INSTALLER", "direct_url.json")
        ):
            if file.suffix in (".so", ".pyd", ".dylib"):
                continue  # a compiled helper that the package can do without
            files[file.as_posix()] = path.read_bytes()
    return _write(folder, found.metadata["Name"], found.version, files)


def _crmlab(folder: Path) -> Path:
    files = {
        f"crmlab/{name}": path.read_bytes()
        for name, path in _below(places.PACKAGE)
        if not name.startswith("_bundle/") and path.suffix != ".po"
    }
    for language in translations():
        texts = catalogue.read(places.locale() / language)
        files[f"crmlab/locale/{language}.json"] = json.dumps(texts, ensure_ascii=False).encode()
    for top, ending in BUNDLED.items():
        source = places.root() / top
        for name, path in _below(source):
            if f"{top}/{name}" not in LARGE and name.endswith(ending):
                files[f"crmlab/_bundle/{top}/{name}"] = path.read_bytes()
    # What people wrote in YAML, read and checked: there it is not read again.
    files |= {f"crmlab/_bundle/cache/{name}": content for name, content in written.ready().items()}
    return _own(folder, "crmlab", files)


def _tables(folder: Path) -> Path:
    tables = {f"crmlab/_bundle/{name}": (places.root() / name).read_bytes() for name in LARGE}
    # By its module Python sees that the package is there.
    return _own(folder, later.TABLES, tables | {f"{later.TABLES}.py": b'"""Large tables of crmlab."""\n'})


def _own(folder: Path, name: str, files: dict[str, bytes]) -> Path:
    about = f"Metadata-Version: 2.1\nName: {name}\nVersion: {crmlab.__version__}\n"
    files[f"{name}-{crmlab.__version__}.dist-info/METADATA"] = about.encode()
    return _write(folder, name, crmlab.__version__, files)


def _below(top: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(top.rglob("*")):
        parts = path.relative_to(top).parts
        if path.is_file() and not any(part.startswith(".") or part == "__pycache__" for part in parts):
            yield "/".join(parts), path


def _write(folder: Path, name: str, version: str, files: dict[str, bytes]) -> Path:
    import zipfile

    stem = f"{name.replace('-', '_').replace('.', '_')}-{version}"
    info = next((key.split("/")[0] for key in files if key.split("/")[0].endswith(".dist-info")), f"{stem}.dist-info")
    files.setdefault(
        f"{info}/WHEEL", b"Wheel-Version: 1.0\nGenerator: crmlab\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    record = ""
    # The name changes with the content (a "build tag"), so that a browser may keep the file for ever.
    content = hashlib.sha256(b"".join(key.encode() + files[key] for key in sorted(files))).hexdigest()[:10]
    path = folder / f"{stem}-0{content}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for key in sorted(files):
            digest = base64.urlsafe_b64encode(hashlib.sha256(files[key]).digest()).rstrip(b"=").decode()
            record += f"{key},sha256={digest},{len(files[key])}\n"
            archive.writestr(zipfile.ZipInfo(key, _SAME_DATE), files[key], zipfile.ZIP_DEFLATED)
        archive.writestr(zipfile.ZipInfo(f"{info}/RECORD", _SAME_DATE), f"{record}{info}/RECORD,,\n")
    return path


def lock(original: dict[str, Any], wheels: list[Path], address: str = "", theirs: str = "") -> str:
    """Pyodide's lock with our wheels in it, as JSON.

    ``address`` goes before the names of our files and ``theirs`` before Pyodide's, where the two lie on different hosts.
    """
    packages = {
        name: {**entry, "file_name": theirs + entry["file_name"]} for name, entry in original["packages"].items()
    }
    for wheel in wheels:
        written, version = wheel.name.split("-")[:2]
        name = written.lower().replace("_", "-")
        packages[name] = {
            "name": name,
            "version": version,
            "file_name": address + wheel.name,
            "install_dir": "site",
            "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
            "package_type": "package",
            "imports": ["ruamel", "ruamel.yaml"] if name == "ruamel-yaml" else [written],
            "depends": list(NEEDS if name == "crmlab" else PACKAGES.get(name, ())),
            "unvendored_tests": False,
        }
    return json.dumps({**original, "packages": packages})
