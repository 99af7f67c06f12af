"""A package for a learning management system: the browser edition, the page that the system opens, and a manifest, in one file."""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from pathlib import Path

from crmlab.course.files import draft, put
from crmlab.lite import build, named
from crmlab.lite.wheels import Missing
from crmlab.lms import launching, limiting, manifest
from crmlab.lms.product import LAUNCH, Product

_SAME_DATE = (2020, 1, 1, 0, 0, 0)
SITE = "site"
"""The folder of the site in a package."""
LEFT_OUT = ("_headers", ".crmlab-site", "package.json", "jupyterlite.schema.v0.json")
"""Of a site, what only a host of static pages reads."""
PACKED = (".bin", ".whl", ".zip", ".png", ".woff2", ".gz")
"""Files that do not become smaller."""


def pack(site: Path, standard: str, product: Product, out: Path) -> dict[str, int]:
    """Write the package of a built site; the number of ``files`` and of ``bytes``.

    ``site`` stays as it is. Raises :class:`crmlab.lite.wheels.Missing` for a folder that is no such site, and ``OSError``; ``out`` is
    then as it was.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder, made = Path(temporary) / "package", Path(temporary) / "package.zip"
        files = lay(site, standard, product, folder)
        with zipfile.ZipFile(made, "w") as archive:
            for name in files:
                _add(archive, name, (folder / name).read_bytes())
        _put(made, out)
    return {"files": len(files), "bytes": out.stat().st_size}


def lay(site: Path, standard: str, product: Product, folder: Path) -> list[str]:
    """Lay a package into a new folder; its files, the manifest first: systems look for it there. Raises as :func:`pack` does."""
    if not (site / build.APP / "index.html").is_file():
        raise Missing(f"There is no built site in {site}.")
    limiting.check(site)
    # The launch page lies beside the site: the service worker there, through which all its requests go, lets none out when a page
    # is being closed.
    inner = _copied(site, folder / SITE)
    limiting.limit(inner, product)
    [scripts] = [path for path in inner.iterdir() if path.name == "crmlab" or path.name.startswith("crmlab-")]
    for name in (*launching.ALWAYS, launching.SPEAKS[standard]):
        shutil.copyfile(launching.STATIC / name, scripts / name)
    named.by_content(inner)
    [scripts] = inner.glob("crmlab-*")
    (folder / LAUNCH).write_text(launching.html(standard, product, f"{SITE}/{scripts.name}"), encoding="utf-8")
    for name in LEFT_OUT:
        (inner / name).unlink(missing_ok=True)
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    head = manifest.FILES[standard]
    (folder / head).write_text(manifest.text(standard, product, files), encoding="utf-8")
    return [head, *files]


def _copied(site: Path, to: Path) -> Path:
    """A copy in which what is changed is its own; the rest are links, where the disk has such."""

    def copy(source: str, target: str) -> None:
        if not source.endswith((".html", "service-worker.js")):
            try:
                os.link(source, target)
                return
            except OSError:
                pass
        shutil.copyfile(source, target)

    return Path(shutil.copytree(site, to, copy_function=copy))


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    kind = zipfile.ZIP_STORED if name.endswith(PACKED) else zipfile.ZIP_DEFLATED
    about = zipfile.ZipInfo(name, _SAME_DATE)
    about.external_attr = 0o644 << 16
    archive.writestr(about, content, kind, compresslevel=9)


def _put(made: Path, out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = draft(out, b"")
    try:
        shutil.copyfile(made, fresh)
        put(fresh, out)
    finally:
        fresh.unlink(missing_ok=True)
