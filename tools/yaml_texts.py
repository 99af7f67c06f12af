"""The texts of all YAML files, language beside language: Chinese that has gone stale, and .po files for translators.

    python tools/yaml_texts.py write FOLDER fr   a .po for each file, with the English and what there is of the language
    python tools/yaml_texts.py read FOLDER fr    what a translator has filled in goes back into the YAML files

Files are those of exercises, questions and role-plays below ``lessons/``, and the cards of the data sets. Stale texts are
listed by ``python tools/publish.py --check --since REV``.
"""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import yaml
from babel.messages import Catalog, pofile

ROOT = Path(__file__).resolve().parent.parent
SOURCE = "en"


@dataclass(frozen=True)
class Text:
    """A text: where it stands in its file (names of entries, numbers only where they have none), its line, its English, and
    the entry: the texts by language, in which words of tables have no English, because that is their name."""

    place: str
    line: int
    english: str
    entry: Mapping[str, str]
    node: yaml.MappingNode = field(compare=False, repr=False)
    """The entry as it was parsed, with the places of its keys and values."""


def files(root: Path = ROOT) -> list[Path]:
    """All files that hold texts language beside language; that of the workshops holds numbers and headings of lessons."""
    lessons = [path for path in sorted((root / "lessons").rglob("*.yml")) if path.name != "workshop.yml"]
    return [*lessons, *sorted((root / "datasets").glob("*.md"))]


@lru_cache(maxsize=4)
def texts(content: str, name: str) -> tuple[Text, ...]:
    """The texts of a file's content; of a card, those of its front matter."""
    if name.endswith(".md"):
        if not content.startswith("---\n"):
            return ()
        content = content.split("\n---\n", 1)[0][4:]
    # The parser in C: all files take it half a second, and one in Python with comments and places thirty times as long.
    return tuple(_texts(yaml.compose(content, Loader=yaml.CSafeLoader), ()))


def _texts(node: yaml.Node | None, place: tuple[str, ...]) -> Iterator[Text]:
    if isinstance(node, yaml.MappingNode):
        by_key = _by_key(node)
        if _is_text(by_key.get(SOURCE)):
            yield _text(node, place, by_key[SOURCE].value)
        for key, value in by_key.items():
            if place == ("tables",):
                yield _text(value, (*place, key), key)
            else:
                yield from _texts(value, (*place, key))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _texts(value, (*place, _name(value) or str(number)))


def _text(node: yaml.MappingNode, place: tuple[str, ...], english: str) -> Text:
    entry = {key: value.value for key, value in _by_key(node).items() if isinstance(value, yaml.ScalarNode)}
    return Text("/".join(place), node.start_mark.line + 1, english, entry, node)


def _by_key(node: yaml.Node) -> dict[str, yaml.Node]:
    return {key.value: value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}


def _is_text(node: yaml.Node | None) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:str"


def _name(node: yaml.Node) -> str:
    """What an entry of a list is called: then it is found again when others are put before it."""
    named = _by_key(node)
    return next((str(named[key].value) for key in ("id", "key", "name") if key in named), "")


# -- stale -------------------------------------------------------------------------------------------------------------


def stale(since: str, root: Path = ROOT) -> list[str]:
    """A line for each text whose English has changed since a revision while another language has not.

    Raises ``LookupError`` for a revision that git does not know.
    """
    old = _before(since, root)
    lines = []
    for path in files(root):
        name = path.relative_to(root).as_posix()
        before = {one.place: one for one in old.get(name, ())}
        for now in texts(path.read_text(encoding="utf-8"), name):
            was = before.get(now.place)
            if was is None or was.english == now.english:
                continue
            lines += [
                f"{name}:{now.line}: {language}: “{now.entry[language]}” is as it was before “{now.english}”"
                for language in now.entry
                if language != SOURCE and was.entry.get(language) == now.entry[language]
            ]
    return lines


def _before(since: str, root: Path) -> dict[str, tuple[Text, ...]]:
    """The texts at a revision, by the names that their files have today."""
    try:
        there = _git(root, "ls-tree", "-r", "-z", "--name-only", since).split("\0")
        moved = _git(root, "diff", "-M", "-z", "--name-status", "--diff-filter=R", since).split("\0")
    except subprocess.CalledProcessError as error:
        raise LookupError(f"git knows no revision {since!r}: {error.stderr.strip()}") from error
    names = dict(zip(moved[1::3], moved[2::3], strict=False))
    found = {}
    for name in there:
        if name.startswith(("lessons/", "datasets/")) and name.endswith((".yml", ".md")) and not name.endswith("/README.md"):
            if name.endswith(".md") and not name.startswith("datasets/"):
                continue
            found[names.get(name, name)] = texts(_git(root, "show", f"{since}:{name}"), name)
    return found


def _git(root: Path, *words: str) -> str:
    command = ["git", "-C", str(root), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout


# -- for translators ---------------------------------------------------------------------------------------------------


def to_po(content: str, name: str, language: str) -> bytes:
    """The texts of a file as a .po: the English, and what there is of the language."""
    catalogue = Catalog(locale=language)
    for one in texts(content, name):
        shown = [f"{other}: {text}" for other, text in one.entry.items() if other not in (SOURCE, language)]
        catalogue.add(
            one.english,
            one.entry.get(language, ""),
            locations=[(name, one.line)],
            auto_comments=shown,
            context=one.place,
        )
    out = io.BytesIO()
    pofile.write_po(out, catalogue, omit_header=True, width=0)
    header = f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    return header.encode() + out.getvalue()


def from_po(content: str, name: str, po: bytes, language: str) -> tuple[str, list[str]]:
    """A file's content with the texts of a .po in it, and a line for each text of the .po that no longer fits.

    A text fits while its place and its English are there. All else in the file stays to the letter.
    """
    filled = {(one.context, one.id): str(one.string) for one in pofile.read_po(io.BytesIO(po)) if one.id and one.string and not one.fuzzy}
    lines = content.split("\n")
    offset = 1 if name.endswith(".md") else 0
    used = set()
    for one in reversed(texts(content, name)):
        key = (one.place, one.english)
        if key not in filled:
            continue
        used.add(key)
        if one.entry.get(language) != filled[key]:
            _put(lines, one, language, filled[key], offset)
    left = [f"{name}: {place}: “{english}” is not there (any more)" for place, english in filled if (place, english) not in used]
    return "\n".join(lines), left


def _put(lines: list[str], one: Text, language: str, text: str, offset: int) -> None:
    """Write a text of a language behind the last one of its entry, or in the place of the old one."""
    nodes = _by_key(one.node)
    quoted = _quoted(text)
    last = nodes[language if language in nodes else list(nodes)[-1]]
    row, column = last.start_mark.line + offset, last.start_mark.column
    end_row, end = last.end_mark.line + offset, last.end_mark.column
    if last.style in ("|", ">"):  # it ends where the next thing begins
        end_row -= 1
        while not lines[end_row].strip():
            end_row -= 1
        end = len(lines[end_row])
    if language in nodes:
        lines[row : end_row + 1] = [lines[row][:column] + quoted + lines[end_row][end:]]
    elif one.node.flow_style:
        lines[end_row] = f"{lines[end_row][:end]}, {language}: {quoted}{lines[end_row][end:]}"
    else:
        indent = " " * one.node.value[-1][0].start_mark.column
        lines.insert(end_row + 1, f"{indent}{language}: {quoted}")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def main(argv: list[str]) -> int:
    """Write the .po files, or read them back."""
    if len(argv) != 3 or argv[0] not in ("write", "read"):
        print(__doc__)
        return 2
    what, folder, language = argv[0], Path(argv[1]), argv[2]
    code = 0
    for path in files():
        name = path.relative_to(ROOT).as_posix()
        content = path.read_text(encoding="utf-8")
        po = folder / f"{name}.{language}.po"
        if what == "write":
            po.parent.mkdir(parents=True, exist_ok=True)
            po.write_bytes(to_po(content, name, language))
        elif po.is_file():
            new, left = from_po(content, name, po.read_bytes(), language)
            path.write_text(new, encoding="utf-8")
            for line in left:
                print(line)
                code = 1
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
