"""Names in a row, put together in the reader's language when they are shown."""

from __future__ import annotations

from crmlab.language import _, tr


class Listed(tuple[str, ...]):
    """Names as one text, parted as the language in force does it.

    >>> str(Listed(["tea", "cup"]))
    'tea, cup'
    """

    __slots__ = ()

    def __str__(self) -> str:
        """The names in a row."""
        return tr(_(", ")).join(self)

    def __format__(self, spec: str) -> str:
        """As ``str()``."""
        return format(str(self), spec)
