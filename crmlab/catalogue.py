"""Translation files (.po), read as they are: nothing has to be compiled before the course speaks Chinese.

Reading all files of a language takes no longer than gettext needs for the compiled file that they would make. In the browser,
where Python is slow, one file of JSON stands in their place: :mod:`crmlab.lite.wheels` makes it with the site.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

# Comments; the English and the translation, each its first line and, where it has more, the others.
_ENTRY = re.compile(r'^((?:#.*\n)*)msgid "(.*)"\n((?:".*"\n)*)msgstr "(.*)"\n?((?:".*"\n?)*)', re.MULTILINE)
_FUZZY = re.compile(r"^#,.*\bfuzzy\b", re.MULTILINE)
_BEFORE = re.compile(r'^#\| (?:msgid )?(".*"\n)', re.MULTILINE)
_ESCAPED = re.compile(r"\\(.)")
_CONTROL = {"n": "\n", "t": "\t", "r": "\r"}


class Entry(NamedTuple):
    """One text: in English, translated, whether that is to be looked at again, and the English it was made for."""

    english: str
    translated: str = ""
    fuzzy: bool = False
    before: str = ""


def entries(content: str) -> Iterator[Entry]:
    """The texts of a translation file, in order; its header is left out.

    >>> list(entries('msgid "Right."\\nmsgstr "正确。"\\n'))
    [Entry(english='Right.', translated='正确。', fuzzy=False, before='')]
    """
    for notes, *english, said, more in _ENTRY.findall(content):
        if english != ["", ""]:
            fuzzy = bool(_FUZZY.search(notes))
            before = _plain("", "".join(_BEFORE.findall(notes))) if fuzzy else ""
            yield Entry(_plain(*english), _plain(said, more), fuzzy, before)


def read(folder: Path) -> dict[str, str]:
    """Translations by English text, from all files of a folder; without those that are empty or fuzzy.

    A folder that is not there holds none.
    """
    ready = folder.with_suffix(".json")
    if ready.is_file():
        import json

        return dict(json.loads(ready.read_bytes()))
    content = b"\n".join(path.read_bytes() for path in sorted(folder.glob("*.po"))).decode().replace("\r\n", "\n")
    return {
        _plain(first, more): _plain(said, further)
        for notes, first, more, said, further in _ENTRY.findall(content)
        if (first or more) and (said or further) and not (notes and _FUZZY.search(notes))
    }


def _plain(text: str, more: str) -> str:
    if more:
        text += more.strip()[1:-1].replace('"\n"', "")
    return _ESCAPED.sub(lambda found: _CONTROL.get(found[1], found[1]), text) if "\\" in text else text
