"""What people type in YAML that looks right and is not: full-width signs, tabs, blanks that are none, a space left out.

A guess is told only if the file can be read further once the line is mended so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from crmlab.course import yamlproblems
from crmlab.language import LANGUAGES, _, tr

FULL_WIDTH = _("A full-width colon “：” stands after a key; type a plain colon and a space instead.")

TAB = _("The line begins with a tab; use spaces.")

_KEY = r"""^[\s\-{,]*["']?[A-Za-z_][\w.-]*["']?"""
_BLANKS = r"[\u00a0\u1680\u2000-\u200f\u202f\u205f\u2060\u3000\ufeff]"
_SIGNS = {"，": ",", "｛": "{", "｝": "}", "［": "[", "］": "]"}
_MOST, _LONGEST = 100_000, 3000
"""Characters of a file, and of a line, of which the guesses are tried out."""


def lines_of(text: str) -> list[str]:
    """The lines as YAML and editors count them."""
    return re.split("\r\n|\r|\n", text)


def instead(text: str, first: int, last: int) -> tuple[int, str] | None:
    """The line (from 1) and a sentence, if something that looks right is why a file cannot be read between two lines."""
    lines = lines_of(text)
    if len(text) > _MOST or max(map(len, lines)) > _LONGEST:
        return None
    stops = _stops(lines[: last + 20])
    if not stops:  # what is wrong is no sign: a key stands twice, say
        return None
    for number in range(min(last, len(lines)), max(0, first - 2), -1):
        for mended, said in _guesses(lines[number - 1]):
            further = _stops([*lines[: number - 1], mended, *lines[number : last + 20]])
            if not further or further > stops:
                return number, said
    return None


def _guesses(line: str) -> Iterator[tuple[str, str]]:
    """The line mended, and what was wrong with it."""

    def tried(pattern: str, put: str, said: str, **values: Any) -> Iterator[tuple[str, str]]:
        mended = re.sub(pattern, put, line)
        if mended != line:
            yield mended, tr(said, **values)

    yield from tried(rf"({_KEY})\s*：\s*", r"\1: ", FULL_WIDTH)
    for blanks in ("", "  ", "    "):
        begin = line[: len(line) - len(line.lstrip())]
        if "\t" in begin:
            yield begin.replace("\t", blanks) + line.lstrip(), tr(TAB)
    yield from tried(rf"({_KEY}\s*):\t\s*", r"\1: ", _("A tab stands after the colon; use a space."))
    if blank := re.search(_BLANKS, line):
        said = _("A blank that is no space ({code}) stands in this line; delete it and type a space.")
        yield from tried(_BLANKS, " ", said, code=code_of(blank[0]))
        yield from tried(_BLANKS, "", said, code=code_of(blank[0]))
    yield from tried(r"^(\s*)[－—–•·](\s*)", r"\1- ", _("An entry of a list begins with a plain hyphen and a space."))
    for sign, plain in _SIGNS.items():
        said = _("A full-width “{sign}” stands here; type a plain “{plain}”, with a space after it.")
        yield from tried(re.escape(sign), f"{plain} ", said, sign=sign, plain=plain)
    yield from tried(rf"({_KEY}):(?=\S)", r"\1: ", _("A space is missing after the colon."))


def _stops(lines: list[str]) -> int:
    """The line (from 1) at which these lines cannot be read on; 0 if they can."""
    from ruamel.yaml.error import MarkedYAMLError

    try:
        for _event in yamlproblems.plain_reader().parse("\n".join(lines)):
            pass
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return mark.line + 1 if mark else 1
    except Exception:  # ruamel.yaml lets some of its own slips through
        return 1
    return 0


def keys_with_full_width(content: Any, text: str) -> Iterator[tuple[Any, Any, int]]:
    """Where a full-width colon stands after a key in a file that can be read all the same: (dict or list, entry, line)."""
    lines, known = lines_of(text), {*LANGUAGES, *_keys(content)}
    for where, key, value in entries(content):
        if isinstance(where, Mapping) and isinstance(key, str) and "：" in key and value is None:
            yield where, key, 0
        elif isinstance(value, str) and (found := re.match(r"([A-Za-z_][\w-]*)\s*：", value)) and found[1] in known:
            # Text begins beside its key, or in quotation marks; what begins below is meant to be a key.
            line, column, below = _begins(where, key)
            if below and not (isinstance(where, Mapping) and key in LANGUAGES) and lines[line - 1][column : column + 1] not in ("'", '"', "|", ">"):
                yield where, key, line


def _keys(content: Any) -> set[str]:
    return {key for where, key, _value in entries(content) if isinstance(where, Mapping) and isinstance(key, str)}


def entries(content: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Every entry of the dicts and lists of a content: (dict or list, key or place, value)."""
    pairs = content.items() if isinstance(content, Mapping) else enumerate(content) if isinstance(content, list) else ()
    for key, value in pairs:
        yield content, key, value
        yield from entries(value)


def _begins(where: Any, key: Any) -> tuple[int, int, bool]:
    """Line (from 1) and column (from 0) at which a value begins, and whether that is an entry of a list or below its key."""
    at = where.lc
    try:
        line, column = at.value(key) if isinstance(where, Mapping) else at.item(key)
        return line + 1, column, not isinstance(where, Mapping) or line > at.key(key)[0]
    except (AttributeError, KeyError, IndexError, TypeError):  # the reader does not know every place
        return 0, 0, False


# -- characters --------------------------------------------------------------------------------------------------------

NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Characters that no text has: controls, halves of characters, and what is no character at all."""


def code_of(character: str) -> str:
    """The number of a character, as it is looked up.

    >>> code_of("\\u200b")
    'U+200B'
    """
    return f"U+{ord(character):04X}"


def visible(text: str) -> str:
    """The text with a name for each character that cannot be seen.

    >>> visible("z\\u200b")
    'z[U+200B]'
    """
    return "".join(one if one in " \n\r\t" or _seen(one) else f"[{code_of(one)}]" for one in text)


def _seen(one: str) -> bool:
    return unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") and (one.isprintable() or one == "\u3000")


def hidden(name: str) -> str:
    """The first character of a name that cannot be seen; empty for a text, or where there is none."""
    found = [one for one in name if unicodedata.category(one) == "Cf"]
    return found[0] if found and re.fullmatch(r"[\w.-]+", "".join(one for one in name if one not in found)) else ""


def no_text(value: str) -> str:
    """What is said of a text with a character that no text has, as a template with {key} and {code}; empty for others."""
    found = NO_TEXT.search(value)
    if not found:
        return ""
    if "\ud800" <= found[0] <= "\udfff":
        return _("“{key}” holds half a character ({code}): write the character itself, such as 😀, instead of its two halves.")
    return _("“{key}” holds a character that no text has ({code}). Delete it; if it was made by a backslash \\ in quotation marks, write that twice.")
