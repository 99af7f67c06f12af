"""The package's own texts: from ``_("...")`` in the code to the Chinese catalogue that gettext reads."""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog, mofile, pofile

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "crmlab"
LOCALE = PACKAGE / "locale"
DATE = datetime(2000, 1, 1, tzinfo=UTC)


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


def update_po(name: str, path: Path, language: str) -> bytes | None:
    """The module's translation file brought up to date; ``None`` for a module without texts."""
    texts = messages(path)
    if not texts:
        return None
    template = Catalog()
    for text in texts:
        template.add(text)
    target = LOCALE / language / f"{name}.po"
    if target.is_file():
        with target.open("rb") as file:
            catalogue = pofile.read_po(file, locale=language)
        catalogue.update(template, no_fuzzy_matching=False)
    else:
        catalogue = Catalog(locale=language)
        catalogue.update(template)
    plain = Catalog(locale=language)
    for text in texts:
        old = catalogue.get(text)
        plain.add(text, old.string if old else "", flags=(old.flags & {"fuzzy"}) if old else ())
    out = io.BytesIO()
    pofile.write_po(out, plain, omit_header=True, width=110)
    header = f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    return header.encode() + out.getvalue()


def unfinished(name: str, path: Path, language: str) -> list[str]:
    """The module's texts that have no translation, or a fuzzy one."""
    content = update_po(name, path, language)
    if content is None:
        return []
    catalogue = pofile.read_po(io.BytesIO(content), locale=language)
    return [str(one.id) for one in catalogue if one.id and (not one.string or one.fuzzy)]


def compiled(language: str) -> bytes:
    """The catalogue that gettext reads, from all modules' translation files."""
    # Fixed dates: that of today would change the file with every build.
    whole = Catalog(locale=language, project="crmlab", version="", creation_date=DATE, revision_date=DATE)
    for name, path in modules().items():
        content = update_po(name, path, language)
        if content is None:
            continue
        for one in pofile.read_po(io.BytesIO(content), locale=language):
            if one.id and one.string and not one.fuzzy:
                whole.add(one.id, one.string)
    out = io.BytesIO()
    mofile.write_mo(out, whole)
    return out.getvalue()
