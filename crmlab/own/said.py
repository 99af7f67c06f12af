"""A sentence with its values, put into the reader's language only when it is shown: one result, shown in two languages."""

from __future__ import annotations

from typing import Any

from crmlab.language import Words, tr


class Said:
    """An English text marked by ``_()`` and the values that fill it; ``str()`` renders it.

    >>> from crmlab.language import _, set_language
    >>> set_language("en"); str(Said(_("{n} of {total} are right."), n=6, total=8)); set_language(None)
    '6 of 8 are right.'
    """

    __slots__ = ("text", "values")

    def __init__(self, text: str, /, **values: Any) -> None:
        self.text, self.values = text, values

    def __str__(self) -> str:
        """The sentence in the language in force."""
        return tr(self.text, **{name: _shown(value) for name, value in self.values.items()})

    def __repr__(self) -> str:
        """As ``str()``."""
        return str(self)

    def __eq__(self, other: object) -> bool:
        """The same text with the same values."""
        return isinstance(other, Said) and (self.text, self.values) == (other.text, other.values)

    def __hash__(self) -> int:
        """By the text alone: values need not be hashable."""
        return hash(self.text)


def _shown(value: Any) -> Any:
    return str(value) if isinstance(value, Said) else tr(value) if isinstance(value, Words) else value
