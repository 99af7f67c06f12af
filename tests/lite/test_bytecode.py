"""Bytecode in place of sources, and the images that carry what the first lesson needs."""

from __future__ import annotations

import gzip
import hashlib
import importlib
import json
import marshal
import re
import sys
import zipfile
from pathlib import Path

import pytest

from crmlab.lite import build, bytecode, compiling, images
from tests.support import sitefixture

FILES = {
    "demo/__init__.py": "from demo.inner import twice\n",
    "demo/inner.py": "def twice(x):\n    return 2 * x\n",
    "demo/template.py": "{{ not }} Python\n",
    "demo/data.csv": "a,b\n",
    "demo/inner.pyi": "def twice(x: int) -> int: ...\n",
    "demo/inner.h": "int twice;\n",
}


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    path = tmp_path / "demo-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in FILES.items():
            archive.writestr(name, text)
    return path


def test_an_archive_works_without_its_sources(wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = tmp_path / "made.zip"
    compiling.archive(str(wheel), str(made), keep=False, top="/lib/here")
    with zipfile.ZipFile(made) as archive:
        assert set(archive.namelist()) == {
            "demo/__init__.pyc",
            "demo/inner.pyc",
            "demo/template.py",
            "demo/data.csv",
        }
        code = marshal.loads(archive.read("demo/inner.pyc")[16:])
        archive.extractall(tmp_path / "there")
    assert code.co_filename == "/lib/here/demo/inner.py"
    monkeypatch.syspath_prepend(str(tmp_path / "there"))
    try:
        assert importlib.import_module("demo").twice(21) == 42
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] == "demo"]:
            del sys.modules[name]


def test_sources_that_are_kept_stand_beside_bytecode_that_is_used_unchecked(wheel: Path, tmp_path: Path) -> None:
    made = tmp_path / "made.zip"
    compiling.archive(str(wheel), str(made), keep=True, top="/lib/here")
    with zipfile.ZipFile(made) as archive:
        assert archive.read("demo/inner.py").decode() == FILES["demo/inner.py"]
        head = archive.read("demo/__pycache__/inner.cpython-312.pyc")[:16]
    assert head[:4] == importlib.util.MAGIC_NUMBER
    assert head[4:8] == b"\x01\0\0\0", "by its hash, and without looking at the source"
    assert head[8:] == importlib.util.source_hash(FILES["demo/inner.py"].encode())


def test_what_was_compiled_is_kept_and_used(wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRMLAB_CACHE", str(tmp_path / "cache"))
    here = (sys.executable, str(bytecode.SCRIPT))
    monkeypatch.setattr(bytecode, "_command", lambda _pyodide: here)
    first, second, third = (tmp_path / name for name in ("a", "b", "c"))
    for folder in (first, second, third):
        folder.mkdir()
    [made] = bytecode.compiled([wheel], None, first) or []
    # Nothing compiles here any more: what comes now was kept.
    monkeypatch.setattr(bytecode, "_command", lambda _pyodide: None)
    [again] = bytecode.compiled([wheel], None, second) or []
    assert made.read_bytes() == again.read_bytes()
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("demo/more.py", "x = 1\n")
    assert bytecode.compiled([wheel], None, third) is None, "another content must be compiled"


def unpacked(path: Path) -> dict[str, bytes]:
    whole = gzip.decompress(path.read_bytes())
    place = 4 + int.from_bytes(whole[:4], "little")
    found = {}
    for name, size in json.loads(whole[4:place]):
        found[name] = whole[place : place + size]
        place += size
    assert place == len(whole)
    return found


def test_images_hold_what_the_wheels_hold(wheel: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    [made] = images.make({"demo": wheel}, tmp_path / "out")
    assert unpacked(made) == {f"{images.SITE}/{name}": text.encode() for name, text in FILES.items()}
    assert re.fullmatch(r"start-python-[0-9a-f]{10}\.bin", made.name)
    assert images.make({"demo": wheel}, tmp_path)[0].name == made.name, "the same content, the same name"


@pytest.mark.engine
def test_the_site_starts_from_bytecode(tmp_path: Path) -> None:
    site = sitefixture.site()
    if bytecode._command(sitefixture.pyodide()) is None:
        pytest.skip("NOT CHECKED: bytecode. There is no Python 3.12 here, and no Node")
    folder = site / build.FOLDER
    page = (site / next(iter(build.APPS.values())) / "index.html").read_text("utf-8")
    [settings] = re.findall(r'<script id="jupyter-config-data"[^>]*>(.*?)</script>', page)
    options = json.loads(settings)["litePluginSettings"][build.KERNEL]["loadPyodideOptions"]
    lock = json.loads((site / options["lockFileURL"]).read_text("utf-8"))["packages"]
    for entry in lock.values():
        path = folder / entry["file_name"]
        assert entry["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest(), path.name
        assert re.search(r"-0?[0-9a-f]{10}[-.]", path.name), "a name of its own content"
    held = {name: data for image in options["images"] for name, data in unpacked(folder / image).items()}
    for package in ("numpy", "pandas", "IPython", "micropip", "piplite", "pyodide_kernel"):
        assert held[f"{images.SITE}/{package}/__init__.pyc"][:4].hex() == bytecode.MAGIC
        assert f"{images.SITE}/{package}/__init__.py" not in held
    assert {f"{images.SITE}/crmlab/{name}" for name in ("places.py", "__pycache__/places.cpython-312.pyc")} <= set(held)
    assert images.UTC[1] in held
    with zipfile.ZipFile(site / options["stdLibURL"]) as library:
        assert "json/__init__.pyc" in library.namelist()
        assert "json/__init__.py" not in library.namelist()
    ahead = json.loads(
        re.findall(r'id="crmlab-ahead"[^>]*>(.*?)</script>', (site / "index.html").read_text("utf-8"))[0]
    )
    assert all((site / name).is_file() for name in ahead)
    assert {f"{build.FOLDER}/{name}" for name in [*options["images"], "pyodide.asm.wasm"]} <= set(ahead)
