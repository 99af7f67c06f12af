"""A built site with some lessons of the course only, and without the worked edition: what leads elsewhere is not there."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from crmlab.app import page
from crmlab.course import handed_out, outline
from crmlab.language import LANGUAGES
from crmlab.lite import build, pages
from crmlab.lite.wheels import Missing
from crmlab.lms.product import Product


def limit(site: Path, product: Product) -> None:
    """Take out of a built site what is not of the package. Raises :class:`crmlab.lite.wheels.Missing` for a site of another build."""
    handed = handed_out.HandOut(site / "files", product.title(product.language), product.number, tuple(LANGUAGES), product.lessons)
    (site / "files" / handed_out.FILE).unlink(missing_ok=True)  # it may be a link to that of the site
    (site / "files" / handed_out.FILE).write_text(handed_out.text(handed), encoding="utf-8")
    with handed_out.in_force(site / "files"):
        kept = {outline.path(one, language) for one in outline.there() for language in LANGUAGES}
        _notebooks(site, kept)
        for app in build.APPS.values():
            _app(site / app / "index.html")
        _start(site / "index.html")
    _twice(site)
    for app in build.APPS.values():
        shutil.rmtree(site / app.replace("notebooks", "lab", 1), ignore_errors=True)


def check(site: Path) -> None:
    """Raise :class:`crmlab.lite.wheels.Missing` for a site of another build, or one that is a package already."""
    for app in build.APPS.values():
        path = site / app / "index.html"
        told = script(path.read_text(encoding="utf-8") if path.is_file() else "", "crmlab-told")
        if not told.get("worked"):
            raise Missing(OTHER)


OTHER = "This is no site of this version of the course; build it again with crmlab site build."


def _notebooks(site: Path, kept: set[str]) -> None:
    for path in sorted(site.glob("files/*/*/*/*.ipynb")):
        name = path.relative_to(site / "files").as_posix()
        if name in kept:
            fresh = handed_out.without_dead_links(path.read_bytes(), name, kept)
            path.unlink()  # it may be a link to the file of the site
            path.write_bytes(fresh)
        else:
            path.unlink()
    shutil.rmtree(site / "files" / "solutions", ignore_errors=True)
    shutil.rmtree(site / "api" / "contents" / "solutions", ignore_errors=True)
    folders = {"/".join(name.split("/")[:depth]) for name in kept for depth in (1, 2, 3)}
    for listed in sorted(site.glob("api/contents/**/all.json")):
        here = listed.parent.relative_to(site / "api" / "contents").as_posix()
        if here not in (".", *folders):
            shutil.rmtree(listed.parent)
            continue
        content = json.loads(listed.read_text(encoding="utf-8"))
        content["content"] = [one for one in content["content"] if one["path"] in (kept | folders)]
        if here == ".":
            about = {"name": handed_out.FILE, "path": handed_out.FILE, "type": "file", "mimetype": "application/json", "format": None}
            content["content"].append({**content["content"][0], **about, "size": (site / "files" / handed_out.FILE).stat().st_size})
        listed.unlink()
        listed.write_text(json.dumps(content), encoding="utf-8")
    for folder in sorted(site.glob("files/*/*/*"), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _twice(site: Path) -> None:
    """Take out the wheels of what lies in images as well: systems often limit the size of a package. Only browsers older than
    2023 want them."""
    settings = script((site / build.APP / "index.html").read_text(encoding="utf-8"), "jupyter-config-data")["litePluginSettings"]
    options = settings[build.KERNEL]["loadPyodideOptions"]
    if not options.get("images"):
        return
    packages = json.loads((site / options["lockFileURL"]).read_text(encoding="utf-8"))["packages"]
    for name in options["imaged"]:
        if name in packages:
            (site / build.FOLDER / packages[name]["file_name"]).unlink(missing_ok=True)


def script(html: str, id: str) -> dict[str, Any]:
    """The data in a page under this id. Raises :class:`Missing` where there are none."""
    found = re.search(rf'<script id="{id}"[^>]*>(.*?)</script>', html, re.DOTALL)
    if found is None:
        raise Missing(OTHER)
    return dict(json.loads(found[1]))


def _filled(html: str, id: str, data: Any) -> str:
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return re.sub(rf'(<script id="{id}"[^>]*>).*?(</script>)', lambda found: found[1] + text + found[2], html, count=1, flags=re.DOTALL)


def _app(path: Path) -> None:
    html = path.read_text(encoding="utf-8")
    config, told = script(html, "jupyter-config-data"), script(html, "crmlab-told")
    config["crmlab"] = page.told("site", build.APPS)
    told["lessons"] = [outline.path(one, told["language"]) for one in outline.there()]
    told["worked"] = False
    path.write_text(_filled(_filled(html, "jupyter-config-data", config), "crmlab-told", told), encoding="utf-8")


def _start(path: Path) -> None:
    """The start page made anew, with the folders that it has."""
    html = path.read_text(encoding="utf-8")
    app = script((path.parent / build.APP / "index.html").read_text(encoding="utf-8"), "crmlab-told")
    ahead = re.search(r'<script id="crmlab-ahead"[^>]*>(.*?)</script>', html, re.DOTALL)
    folder = re.search(r'href="(crmlab(?:-[0-9a-f]{12})?)/start\.css"', html)
    if ahead is None or folder is None:
        raise Missing(OTHER)
    made = pages.start(build.APPS, app["bytes"], json.loads(ahead[1]), package=True)
    path.write_text(re.sub(r'(?<=")crmlab/', f"{folder[1]}/", made), encoding="utf-8")
