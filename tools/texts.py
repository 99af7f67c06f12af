"""The package's own texts: from ``_("...")`` in the code to the translation files that the course reads."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from crmlab.catalogue import Entry
from tools import po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "crmlab"
LOCALE = PACKAGE / "locale"


def modules() -> dict[str, Path]:
    """Every module below crmlab, by dotted name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts
        found[".".join(parts)] = path
    return found


def messages(path: Path) -> list[str]:
    """The texts marked in one module, in order."""
    found = _marked(ast.parse(path.read_bytes()))
    return list(dict.fromkeys(found))


def _marked(node: ast.AST) -> Iterator[str]:
    # Read from the syntax tree, because a reader of tokens does not see into f-strings before Python 3.12.
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_" and node.args:
        text = node.args[0]
        if isinstance(text, ast.Constant) and isinstance(text.value, str):
            yield text.value
    for decorator in getattr(node, "decorator_list", ()):
        yield from _marked(decorator)
    for child in ast.iter_child_nodes(node):
        if child not in getattr(node, "decorator_list", ()):
            yield from _marked(child)


def entries(name: str, path: Path, language: str) -> list[Entry]:
    """The module's texts with what its translation file has for them."""
    return po.merge(messages(path), po.read(LOCALE / language / f"{name}.po"))


def update_po(name: str, path: Path, language: str) -> bytes | None:
    """The module's translation file brought up to date; ``None`` for a module without texts."""
    found = entries(name, path, language)
    return po.write(found, language, fields=True) if found else None


def unfinished(name: str, path: Path, language: str) -> list[str]:
    """The module's texts that have no translation, or a fuzzy one."""
    return list(po.unfinished(entries(name, path, language)))
