"""The exact versions of everything that the README's commands install: in pyproject.toml, where uv reads them.

    python tools/versions.py             renew them: the newest that the ranges allow; says what has changed
    python tools/versions.py --check     change nothing; exit 1 and say so if something newer is there

Renew, run the tests, commit. Ranges (``dependencies`` and extras) are changed by hand, and so is that of uv itself in the
README's commands: said too when a newer one is there.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
OLDEST_PYTHON = "3.11"
BUILDERS = ("setuptools", "wheel")
"""What packages that come as source are built with, beside what crmlab itself is built with."""
KEYS = ("constraint-dependencies", "build-constraint-dependencies")


def uv(*words: str, cwd: Path, given: str = "") -> str:
    """What uv prints when it is given this; it is run as a module of this Python, or as a command.

    Raises ``RuntimeError`` with uv's own words if it fails, or if there is no uv.
    """
    for start in ([sys.executable, "-m", "uv"], [os.environ.get("UV", "uv")], ["python3", "-m", "uv"]):
        try:
            subprocess.run([*start, "--version"], capture_output=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        run = subprocess.run([*start, *words], cwd=cwd, capture_output=True, input=given, encoding="utf-8", check=False)
        if run.returncode:
            raise RuntimeError(run.stderr)
        return run.stdout
    raise RuntimeError("uv is not there: python3 -m pip install uv")


def asked(project: dict) -> dict[str, list[str]]:
    """What is asked for, by the key under which its exact versions stand."""
    table = project["project"]
    extras = [text for texts in table["optional-dependencies"].values() for text in texts]
    outside = [text for text in [*table["dependencies"], *extras] if Requirement(text).name != table["name"]]
    return {KEYS[0]: outside, KEYS[1]: [*project["build-system"]["requires"], *BUILDERS]}


def newest(requirements: Iterable[str]) -> list[str]:
    """The newest versions that fit together, direct and indirect, for all Pythons and systems: ``name==version ; marker``."""
    words = ["pip", "compile", "-", "--universal", "--python-version", OLDEST_PYTHON, "--no-header", "--no-annotate", "-q"]
    with tempfile.TemporaryDirectory() as empty:  # away from pyproject.toml, whose versions would hold
        return uv(*words, cwd=Path(empty), given="\n".join(requirements)).splitlines()


def changes(old: Iterable[str], new: Iterable[str]) -> Iterator[str]:
    """A line for each package whose versions differ.

    >>> list(changes(["a==1", "b==1 ; os_name == 'nt'", "b==2 ; os_name != 'nt'", "c==1"], ["a==1", "b==3", "d==1"]))
    ['b 1, 2 -> 3', 'c 1 -> gone', 'd new -> 1']
    """
    before, after = _versions(old), _versions(new)
    for name in sorted(before | after):
        if before.get(name) != after.get(name):
            yield f"{name} {before.get(name, 'new')} -> {after.get(name, 'gone')}"


def _versions(pins: Iterable[str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for one in map(Requirement, pins):
        found.setdefault(canonicalize_name(one.name), []).append(str(one.specifier).removeprefix("=="))
    return {name: ", ".join(versions) for name, versions in found.items()}


def written(text: str, key: str, pins: Iterable[str]) -> str:
    """pyproject.toml with these pins under this key."""
    lines = "".join(f'  "{pin}",\n' for pin in pins)
    made, times = re.subn(rf"^{key} = \[\n.*?^\]$", f"{key} = [\n{lines}]", text, flags=re.MULTILINE | re.DOTALL)
    if times != 1:
        raise LookupError(f"pyproject.toml: {key} = [ stands there {times} times.")
    return made


def newer_uv() -> list[str]:
    """A line if the newest uv is outside the range that the README's commands take."""
    readme = PROJECT.with_name("README.md").read_text(encoding="utf-8")
    [taken] = {Requirement(found) for found in re.findall(r'pip install -q "(uv\b[^"]*)"', readme)}
    there = Requirement(newest(["uv"])[0])
    if taken.specifier.contains(str(there.specifier).removeprefix("==")):
        return []
    return [f"{there} is there; the README's commands take {taken}: try it, and raise that by hand"]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Renew the exact versions in pyproject.toml.")
    parser.add_argument("--check", action="store_true", help="change nothing, fail if something newer is there")
    check = parser.parse_args(argv).check
    text = PROJECT.read_text(encoding="utf-8")
    project = tomllib.loads(text)
    said: list[str] = []
    for key, requirements in asked(project).items():
        pins = newest(requirements)
        said += changes(project["tool"]["uv"][key], pins)
        text = written(text, key, pins)
    said += newer_uv()
    print("\n".join(said) or "Nothing is newer.")
    if not check:
        PROJECT.write_text(text, encoding="utf-8", newline="\n")
    return 1 if check and said else 0


if __name__ == "__main__":
    sys.exit(main())
