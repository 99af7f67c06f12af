"""The trainee's language, and texts in it.

A text is written once, in English, where it is used; its translation stands in ``locale/LANGUAGE`` under the same English.
``_()`` marks a text so that the tools find it, :func:`tr` renders it when it is shown.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from crmlab import catalogue, places


class Language(NamedTuple):
    """What is particular to a language; its texts stand elsewhere, under its code."""

    name: str
    """As its readers call it."""
    tag: str
    """In web pages (BCP 47)."""
    minutes: str
    """The words for minutes in the headings of lessons, as a regular expression."""
    points: str
    """The words for points there."""
    lab: str = ""
    """JupyterLab's language pack; without one its menus stay English."""
    letters: str = ""
    """Characters that its texts are written in and no other language's, as ranges of a regular expression."""
    font: tuple[str, str] = ("", "")
    """Family and file (in ``crmlab/fonts``) of the font for charts, where the common one lacks its letters."""


LANGUAGES = {
    "en": Language("English", "en", minutes="minutes?", points="points?"),
    "zh": Language(
        "中文",
        "zh-CN",
        minutes="分钟",
        points="分",
        lab="zh_CN",
        letters="\u3400-\u9fff",
        font=("Noto Sans SC", "NotoSansSC-GB2312.otf"),
    ),
}
"""The languages of the course by code, English first: it is the source of all others."""


def translations() -> list[str]:
    """The codes of all languages that are translated into."""
    return list(LANGUAGES)[1:]


def own() -> Language:
    """What is particular to the trainee's language."""
    return LANGUAGES[current()]

_chosen: str | None = None


def _(text: str) -> str:
    """Mark an English text for translation; it is rendered later, by :func:`tr`.

    >>> _("Well done.")
    'Well done.'
    """
    return text


class Words(str):
    """A text with its translations beside it, as files for exercises have them; as a plain ``str`` it is the English.

    :func:`tr` renders it. A plain copy of the English, as a table makes of it, is found again by :func:`tr` as well.

    >>> set_language("zh"); tr(Words({"en": "Money", "zh": "金钱"})), tr("Money"); set_language(None)
    ('金钱', '金钱')
    """

    by_language: Mapping[str, str]

    def __new__(cls, texts: Mapping[str, str]) -> Words:
        """From the texts by language, English among them."""
        made = super().__new__(cls, texts["en"])
        made.by_language = texts
        _written.setdefault(texts["en"], texts)
        return made


_written: dict[str, Mapping[str, str]] = {}


def set_language(language: str | None) -> None:
    """Choose the language of all further texts; ``None`` goes back to finding it out.

    Raises ``ValueError`` for a language that the course does not have.
    """
    global _chosen
    if language is not None and language not in LANGUAGES:
        raise ValueError(f"crmlab has no language {language!r}; choose one of {', '.join(LANGUAGES)}.")
    _chosen = language


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Take this language for a while, then the one from before.

    >>> with speaking("zh"): current()
    'zh'
    """
    before = _chosen
    set_language(language)
    try:
        yield
    finally:
        set_language(before)


def current() -> str:
    """The language in force: the chosen one, else CRMLAB_LANG, else the notebook's folder, else English.

    >>> set_language("zh"); current()
    'zh'
    >>> set_language(None)
    """
    if _chosen:
        return _chosen
    wish = os.environ.get("CRMLAB_LANG", "")[:2].lower()
    if wish in LANGUAGES:
        return wish
    return _of_folder(os.getcwd())  # noqa: PTH109 (a Path for each text would cost a tenth of a lesson)


@cache
def _of_folder(folder: str) -> str:
    """A notebook runs in .../<language>/<unit>; the innermost match wins."""
    return next((part for part in reversed(Path(folder).parts) if part in LANGUAGES), "en")


@cache
def _catalogue(language: str) -> dict[str, str]:
    return catalogue.read(places.locale() / language)


def tr(text: str, /, **values: Any) -> str:
    """The text in the trainee's language, with ``{name}`` filled in from ``values``.

    >>> set_language("en")
    >>> tr("{n} of {total} are right.", n=6, total=8)
    '6 of 8 are right.'
    >>> set_language(None)
    """
    if not text:
        return ""
    found = _rendered(text)
    if not values:
        return found
    return found.format(**{name: tr(value) if isinstance(value, Words) else value for name, value in values.items()})


def size(text: str) -> int:
    """How wide a text is in print, in half-widths: about one for a letter, two for a Chinese character.

    >>> size("tea"), size("茶叶")
    (3, 4)
    """
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def listed(names: Iterable[str]) -> str:
    """Names in a row, with the comma of the trainee's language; "" for none.

    >>> set_language("zh"); listed(["A", "B"]); set_language(None)
    'A、B'
    """
    return tr(_(", ")).join(names)


def _rendered(text: str) -> str:
    language = current()
    if isinstance(text, Words):
        return str(text.by_language.get(language) or str(text))
    found = _catalogue(language).get(text, text)
    return _written[text].get(language, found) if found == text and text in _written else found
