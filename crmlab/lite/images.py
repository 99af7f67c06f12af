"""What Python needs for the first lesson, in a few files that the browser unpacks by itself (``static/image.js``).

Pyodide unpacks a wheel in Python, one after the other, and only when it runs; an image is fetched and unpacked while Pyodide
is being loaded. An image is packed with gzip: the length of a list (four bytes, little-endian), the list as JSON, of pairs of a
path and its number of bytes, and the contents one after the other.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zipfile
from pathlib import Path

SITE = "/lib/python3.12/site-packages"
GROUPS = {"numpy": "numpy", "pandas": "pandas", "crmlab": "crmlab"}
"""Packages with an image of their own, so that a new edition of the course lets the others stay; the rest shares one."""
REST = "python"
UTC = "pytz/zoneinfo/UTC", "/usr/share/zoneinfo/UTC"
"""Pandas asks dateutil for this one when it is imported; where it does not find it, dateutil reads an archive of all the world's."""


def make(wheels: dict[str, Path], folder: Path) -> list[Path]:
    """Write images of the wheels, given by the names of their packages, into a folder; they are named by their content."""
    groups: dict[str, list[Path]] = {name: [] for name in (*GROUPS.values(), REST)}
    for package, wheel in sorted(wheels.items()):
        groups[GROUPS.get(package, REST)].append(wheel)
    return [_write(name, members, folder) for name, members in groups.items() if members]


def _write(name: str, wheels: list[Path], folder: Path) -> Path:
    told: list[tuple[str, int]] = []
    contents: list[bytes] = []
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for file in sorted(archive.namelist()):
                if _wanted(file):
                    content = archive.read(file)
                    for place in (f"{SITE}/{file}", *UTC[1:]) if file == UTC[0] else (f"{SITE}/{file}",):
                        told.append((place, len(content)))
                        contents.append(content)
    head = json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()
    whole = gzip.compress(len(head).to_bytes(4, "little") + head + b"".join(contents), 7, mtime=0)
    path = folder / f"start-{name}-{hashlib.sha256(whole).hexdigest()[:10]}.bin"
    path.write_bytes(whole)
    return path


def _wanted(file: str) -> bool:
    """Of a package's own description only what says which version it is, and no tests."""
    own = ".dist-info/" in file and not file.endswith("/METADATA")
    return not own and not file.endswith("/") and "/tests/" not in file
