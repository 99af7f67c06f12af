"""The trainee's language, and texts in it.

A text is written once, in English, where it is used; its Chinese stands in ``locale/zh`` under the same English.
``_()`` marks a text so that the tools find it, :func:`tr` renders it when it is shown.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

from crmlab import catalogue, places

LANGUAGES = ("en", "zh")
"""The languages of the course, English first: it is the source of all others."""

_chosen: str | None = None


def _(text: str) -> str:
    """Mark an English text for translation; it is rendered later, by :func:`tr`.

    >>> _("Well done.")
    'Well done.'
    """
    return text


def set_language(language: str | None) -> None:
    """Choose the language of all further texts; ``None`` goes back to finding it out.

    Raises ``ValueError`` for a language that the course does not have.
    """
    global _chosen
    if language is not None and language not in LANGUAGES:
        raise ValueError(f"crmlab has no language {language!r}; choose one of {', '.join(LANGUAGES)}.")
    _chosen = language


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
    # A notebook runs in .../<language>/<unit>; the innermost match wins.
    for part in reversed(Path.cwd().parts):
        if part in LANGUAGES:
            return part
    return "en"


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
    found = _catalogue(current()).get(text, text)
    return found.format(**values) if values else found
