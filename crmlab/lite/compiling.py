"""Sources in an archive become bytecode. Runs by itself in a Python 3.12 (here, or Pyodide in Node): it imports nothing of crmlab.

``python compiling.py KEPT SOURCE TARGET [SOURCE TARGET ...]``; ``KEPT`` is a word: the archives whose name begins with it keep
their sources beside the bytecode, so that they can be read (a comma joins several).
"""

from __future__ import annotations

import importlib.util
import marshal
import sys
import warnings
import zipfile

_SAME_DATE = (2020, 1, 1, 0, 0, 0)
UNUSED = (".pyi", ".h", ".c", ".a", ".pxd", ".pyx", ".cpp", ".f", ".bat", ".exe")
"""Endings of what only a compiler of C or a type checker reads."""


def compiled(source: bytes, shown: str) -> bytes | None:
    """A ``.pyc`` that is used without a look at its source; ``None`` for what is no Python of this version (a template)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            code = compile(source, shown, "exec", dont_inherit=True, optimize=0)
        except (SyntaxError, ValueError):
            return None
    unchecked = (1).to_bytes(4, "little")
    return importlib.util.MAGIC_NUMBER + unchecked + importlib.util.source_hash(source) + marshal.dumps(code)


def beside(name: str) -> str:
    """Where Python looks for the bytecode of a source that stands beside it."""
    folder, _, file = name.rpartition("/")
    return f"{folder}/__pycache__/{file.removesuffix('.py')}.cpython-312.pyc"


def archive(source: str, target: str, keep: bool, top: str) -> None:
    """Write the archive ``source`` with bytecode for its sources to ``target``; ``top`` is where it will lie."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for name in sorted(old.namelist()):
            if name.endswith(("/", *UNUSED)):
                continue
            content = old.read(name)
            code = compiled(content, f"{top}/{name}") if name.endswith(".py") else None
            if code is None or keep:
                new.writestr(zipfile.ZipInfo(name, _SAME_DATE), content, zipfile.ZIP_DEFLATED)
            if code is not None:
                made = beside(name) if keep else f"{name}c"
                new.writestr(zipfile.ZipInfo(made, _SAME_DATE), code, zipfile.ZIP_DEFLATED)


def main(words: list[str]) -> None:
    """Compile each pair of archives that the command line names."""
    kept = tuple(words[0].split(","))
    for source, target in zip(words[1::2], words[2::2], strict=True):
        name = source.replace("\\", "/").rsplit("/", 1)[-1]
        top = "/lib/python312.zip" if name.startswith("python_stdlib") else "/lib/python3.12/site-packages"
        archive(source, target, name.startswith(kept), top)


if __name__ == "__main__":
    main(sys.argv[1:])
