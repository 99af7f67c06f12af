"""YAML that people edit: read with line numbers, and checked with sentences instead of tracebacks.

Role-play scripts and quiz questions are such files. :func:`read` gives the content and what is wrong with the file as
such; :class:`Checker` collects what is wrong with the content, each fault with its line.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crmlab.language import LANGUAGES, _, current, tr


@dataclass(frozen=True, order=True)
class Fault:
    """Something wrong in a file: where, and in words what and what to do. ``line`` counts from 1; 0 is the whole file."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


def read(path: Path) -> tuple[Any, list[Fault]]:
    """Read a YAML 1.2 file; (content, faults), the content ``None`` if it cannot be read at all.

    The content's dicts and lists carry line numbers, see :func:`line_of`. Never raises for what is in the file; raises
    ``OSError`` if the file cannot be opened.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    name = path.name
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        said = tr(_("The file is not saved as UTF-8. In your editor choose “Save as”, encoding UTF-8."))
        return None, [Fault(name, line, said)]
    faults = []
    for number, line_text in enumerate(text.splitlines(), 1):
        if re.match(r"^[\s-]*[A-Za-z_][A-Za-z0-9_-]*：", line_text):
            said = tr(_("A full-width colon “：” stands after a key; type a plain colon and a space instead."))
            faults.append(Fault(name, number, said))
        if re.match(r"^ *\t", line_text):
            faults.append(Fault(name, number, tr(_("The line begins with a tab; use spaces."))))
    if faults:
        return None, faults
    try:
        content = YAML(typ="rt", pure=True).load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = tr(_("This line cannot be read as YAML: {problem}."), problem=_plain(error))
        return None, [Fault(name, mark.line + 1 if mark else 0, said)]
    except (YAMLError, ValueError, RecursionError, TypeError, AttributeError, KeyError, AssertionError) as error:
        # ruamel.yaml lets some of its own slips through on badly broken files; the user gets one sentence all the same.
        problem = (str(error).splitlines() or [type(error).__name__])[0][:200]
        return None, [Fault(name, 0, tr(_("The file cannot be read as YAML: {problem}."), problem=problem))]
    if content is None:
        return None, [Fault(name, 0, tr(_("The file is empty.")))]
    return content, []


def _plain(error: Any) -> str:
    problem = str(error.problem or error.context or error)
    if "duplicate key" in problem:
        return tr(_("a key stands twice ({problem})"), problem=problem.splitlines()[0])
    if "mapping values are not allowed" in problem:
        return tr(_("a colon inside a text; put the whole text in quotation marks, or begin it with >-"))
    if "expected <block end>" in problem or "could not find expected ':'" in problem:
        return tr(_("the line is indented wrongly, or a colon is missing after the key"))
    return problem.splitlines()[0]


def line_of(content: Any, key: Any = None) -> int:
    """The line (from 1) of a dict or list that :func:`read` gave, or of one of its entries; 0 if it is not known."""
    position = getattr(content, "lc", None)
    if position is None:
        return 0
    try:
        if key is None:
            return int(position.line) + 1
        if isinstance(content, Mapping):
            return int(position.key(key)[0]) + 1
        return int(position.item(key)[0]) + 1
    except (KeyError, IndexError, TypeError, AttributeError):
        return 0


class Checker:
    """Collects faults while a file's content is walked through."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []

    def fault(self, where: Any, key: Any, text: str, /, **values: Any) -> None:
        """Note a fault at an entry ``key`` of the dict or list ``where``."""
        self.faults.append(Fault(self.file, line_of(where, key) or line_of(where), tr(text, **values)))

    def mapping(self, where: Any, key: Any, content: Any, *, required: Iterable[str], optional: Iterable[str]) -> bool:
        """``content`` (entry ``key`` of ``where``) is a dict with these keys and no others."""
        if not isinstance(content, Mapping):
            self.fault(where, key, _("“{key}” should have entries of its own, indented below it."), key=key)
            return False
        required, allowed = list(required), [*required, *optional]
        for name in content:
            if name not in allowed:
                near = difflib.get_close_matches(str(name), allowed, n=1, cutoff=0.5)
                hint = (
                    tr(_("Did you mean “{near}”?"), near=near[0])
                    if near
                    else tr(_("Allowed here: {allowed}."), allowed=", ".join(allowed))
                )
                self.fault(content, name, _("The key “{name}” is not known here. {hint}"), name=name, hint=hint)
        ok = True
        for name in required:
            if name not in content:
                self.fault(where, key, _("“{key}” lacks “{name}”."), key=key, name=name)
                ok = False
        return ok

    def both(self, where: Any, key: Any) -> bool:
        """The entry ``key`` of ``where`` is a text in every language of the course."""
        content = where.get(key)
        if not isinstance(content, Mapping):
            self.fault(
                where,
                key,
                _("“{key}” needs its text in each language: en: ... and zh: ... indented below it."),
                key=key,
            )
            return False
        ok = True
        for name in content:
            if name not in LANGUAGES:
                self.fault(content, name, _("“{name}” is not a language of the course; use en and zh."), name=name)
                ok = False
        for language in LANGUAGES:
            text = content.get(language)
            if not isinstance(text, str) or not text.strip():
                self.fault(where, key, _("“{key}” has no text for language “{language}”."), key=key, language=language)
                ok = False
        return ok

    def whole(self, where: Any, key: Any, low: int, high: int) -> bool:
        """The entry ``key`` of ``where`` is a whole number in the range."""
        value = where.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.fault(
                where,
                key,
                _("“{key}” should be a whole number from {low} to {high}, not “{value}”."),
                key=key,
                low=low,
                high=high,
                value=value,
            )
            return False
        return True


def said(texts: Mapping[str, str] | None) -> str:
    """The text of a two-language entry in the trainee's language."""
    if not texts:
        return ""
    return str(texts.get(current()) or texts.get("en") or "").strip()
